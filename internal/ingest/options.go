package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// Options tell how to read a file of sales. The zero value finds out the
// encoding, the separator and the columns, and asks the file for currencies.
type Options struct {
	Columns   map[string]Field  // header as written → field; Ignored = not read
	Constants map[Field]string  // what a file without that column means, such as a brand
	Words     map[string]string // a retailer's own word of a category, channel or issuer → the fixed value

	Encoding string // "utf-8" or "windows-1251"; "" = found out
	Comma    rune   // ',', ';' or '\t'; 0 = found out

	// Currency of sums on a day of sale, where the file does not say; nil = the
	// file must.
	Currency func(sold calendar.Date) string
	// Places are the ids of shops and centres by their id and their names; nil
	// takes a shop as it is written.
	Places map[string]string
	// Today refuses later sales; zero = not checked.
	Today calendar.Date

	Opened   func(Layout)   // once, when the header is understood; nil = none
	Progress func(Progress) // every ProgressEvery rows and at the end; nil = none
}

// ProgressEvery is how many rows lie between two reports of progress.
const ProgressEvery = 500

// Progress is how far the reading is.
type Progress struct {
	Bytes int64 // read from the file
	Rows  int   // yielded, refused ones included
}

// Layout is how a file was understood.
type Layout struct {
	Encoding string // "utf-8", "utf-16", "windows-1251"; "" = no letter beyond ASCII so far
	Comma    rune
	Columns  []Column
	Unknown  []string // headers that nothing is read from, as written
}

// Column is a column of a file and what is read from it.
type Column struct {
	Header string
	Field  Field
}

// OptionsFor are the options for a retailer's files: the shops and centres of
// its pack by every name they have, its currency, and the one before it where
// its country changed currency.
func OptionsFor(pack *policy.Pack) Options {
	places := map[string]string{}
	name := func(text, id string) {
		if other, taken := places[fold(text)]; taken && other != id {
			id = "" // two places of one name: neither is meant
		}
		places[fold(text)] = id
	}
	for _, c := range pack.Centres {
		for _, text := range c.Name {
			name(text, c.ID)
		}
	}
	for _, c := range pack.Centres {
		places[fold(c.ID)] = c.ID
	}
	return Options{Places: places, Currency: func(sold calendar.Date) string {
		for _, p := range pack.Paying {
			if p.To == pack.Currency && sold.Before(p.Since) {
				return p.From
			}
		}
		return pack.Currency
	}}
}

// Field is what a column of a file of sales means.
type Field string

// The fields. FieldWeightKg fills the same place as FieldWeightGrams.
const (
	Ignored Field = "-" // a column that is not to be read

	FieldKey                Field = "key"
	FieldSKU                Field = "sku"
	FieldCategory           Field = "category"
	FieldBrand              Field = "brand"
	FieldModel              Field = "model"
	FieldSerial             Field = "serial"
	FieldIMEI               Field = "imei"
	FieldIMEI2              Field = "imei2"
	FieldShop               Field = "shop"
	FieldChannel            Field = "channel"
	FieldDate               Field = "date"
	FieldDelivered          Field = "delivered"
	FieldReceipt            Field = "receipt"
	FieldCurrency           Field = "currency"
	FieldPrice              Field = "price"
	FieldIMEIOnReceipt      Field = "imei_on_receipt"
	FieldCardInKit          Field = "card_in_kit"
	FieldOriginalPackaging  Field = "original_packaging"
	FieldDigitalElements    Field = "digital_elements"
	FieldWeightGrams        Field = "weight_grams"
	FieldWeightKg           Field = "weight_kg"
	FieldWarrantyMonths     Field = "warranty_months"
	FieldWarrantyIssuer     Field = "warranty_issuer"
	FieldCertificate        Field = "certificate"
	FieldCertificateSold    Field = "certificate_sold"
	FieldCertificatePrice   Field = "certificate_price"
	FieldCustomerName       Field = "customer_name"
	FieldCustomerPhone      Field = "customer_phone"
	FieldCustomerEmail      Field = "customer_email"
	FieldCustomerAddress    Field = "customer_address"
	FieldCustomerSettlement Field = "customer_settlement"
)

// fields lists them in the order a row is read in: a sum needs its currency,
// and that the date.
var fields = []Field{FieldKey, FieldSKU, FieldCategory, FieldBrand, FieldModel, FieldSerial, FieldIMEI, FieldIMEI2, FieldShop,
	FieldChannel, FieldDate, FieldDelivered, FieldReceipt, FieldCurrency, FieldPrice, FieldIMEIOnReceipt, FieldCardInKit,
	FieldOriginalPackaging, FieldDigitalElements, FieldWeightGrams, FieldWeightKg, FieldWarrantyMonths, FieldWarrantyIssuer,
	FieldCertificate, FieldCertificateSold, FieldCertificatePrice, FieldCustomerName, FieldCustomerPhone, FieldCustomerEmail,
	FieldCustomerAddress, FieldCustomerSettlement}

// Fields lists the fields in the order of the documentation.
func Fields() []Field { return slices.Clone(fields) }

// ParseMapping reads "HEADER=FIELD", such as "Сер. номер=serial", as a command
// line gives it; the field "-" is a column that is not to be read.
func ParseMapping(text string) (header string, field Field, err error) {
	at := strings.LastIndexByte(text, '=')
	if at < 1 {
		return "", "", care.Fail(care.Invalid, "sales_bad_mapping", "value", text)
	}
	header, field = strings.TrimSpace(text[:at]), Field(strings.TrimSpace(text[at+1:]))
	if field != Ignored && !slices.Contains(fields, field) {
		return "", "", care.Fail(care.Invalid, "sales_unknown_field", "value", string(field), "expected", joined(fields))
	}
	return header, field, nil
}

func (o *Options) check() error {
	if o.Encoding != "" && o.Encoding != utf8Name && o.Encoding != cp1251Name {
		return fmt.Errorf("encoding %q: expected %s or %s", o.Encoding, utf8Name, cp1251Name)
	}
	if o.Comma != 0 && !strings.ContainsRune(commas, o.Comma) {
		return fmt.Errorf("separator %q: expected a comma, a semicolon or a tab", o.Comma)
	}
	for header, f := range o.Columns {
		if _, _, err := ParseMapping("x=" + string(f)); err != nil {
			return fmt.Errorf("column %q: %w", header, err)
		}
	}
	for f := range o.Constants {
		if !slices.Contains(fields, f) {
			return fmt.Errorf("constant: %w", care.Fail(care.Invalid, "sales_unknown_field", "value", string(f), "expected", joined(fields)))
		}
	}
	return nil
}

func joined[T ~string](values []T) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}
