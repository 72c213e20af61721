package ingest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// maxCell bounds what one field may hold, in characters.
const maxCell = 500

// rowReader is one row under way.
type rowReader struct {
	opt      *Options
	row      desk.SaleRow
	currency string // of the row's own column
}

// row reads a record.
func (lay *layout) row(rec record, opt *Options) (desk.SaleRow, *desk.RowError) {
	refuse := func(column int, err *care.Error) (desk.SaleRow, *desk.RowError) {
		return desk.SaleRow{}, &desk.RowError{Row: rec.row, Column: lay.name(column), Reason: err}
	}
	if rec.fault != nil {
		return refuse(rec.column, rec.fault)
	}
	if n := len(rec.fields); n != len(lay.headers) {
		if n < len(lay.headers) {
			return refuse(n, care.Fail(care.Invalid, "sales_too_few_fields", "fields", itoa(n), "columns", itoa(len(lay.headers))))
		}
		if extra := strings.Join(rec.fields[len(lay.headers):], ""); trim(extra) != "" {
			return refuse(n, care.Fail(care.Invalid, "sales_too_many_fields", "fields", itoa(n), "columns", itoa(len(lay.headers))))
		}
	}
	r := rowReader{opt: opt, row: desk.SaleRow{Row: rec.row}}
	for _, c := range lay.order {
		text := c.text
		if c.index >= 0 {
			text = rec.fields[c.index]
		}
		if err := r.read(c, text); err != nil {
			return desk.SaleRow{}, &desk.RowError{Row: rec.row, Column: lay.header(c), Reason: err.At(string(c.field))}
		}
	}
	if r.row.Serial+r.row.IMEI == "" {
		c := lay.order[slices.IndexFunc(lay.order, func(c cellAt) bool { return c.field == FieldSerial || c.field == FieldIMEI })]
		return desk.SaleRow{}, &desk.RowError{Row: rec.row, Column: lay.header(c),
			Reason: care.Fail(care.Invalid, "sales_identity_required").At(string(c.field))}
	}
	return r.row, nil
}

// name is the header of a column; a fault beyond the last belongs to it.
func (lay *layout) name(column int) string {
	column = min(max(column, 0), len(lay.headers)-1)
	if h := lay.headers[column]; h != "" {
		return h
	}
	return itoa(column + 1)
}

// header names a cell's column; a constant has its field's name.
func (lay *layout) header(c cellAt) string {
	if c.index < 0 {
		return string(c.field)
	}
	return lay.name(c.index)
}

// read takes one cell into the row.
func (r *rowReader) read(c cellAt, text string) *care.Error {
	text, err := clean(text)
	if err != nil {
		return err
	}
	if text == "" || saysNothing(c.field, text) {
		if slices.Contains(requiredCells, c.field) {
			return care.Fail(care.Invalid, "sales_required")
		}
		return nil
	}
	row := &r.row
	switch c.field {
	case FieldDate:
		return r.date(&row.Date, text)
	case FieldDelivered:
		return r.date(&row.Delivered, text)
	case FieldCertificateSold:
		return r.date(&row.CertificateSold, text)
	case FieldPrice:
		return r.sum(&row.Price, c, text, row.Date)
	case FieldCertificatePrice:
		sold := row.CertificateSold
		if sold.IsZero() {
			sold = row.Date
		}
		return r.sum(&row.CertificatePrice, c, text, sold)
	case FieldIMEIOnReceipt, FieldCardInKit, FieldOriginalPackaging, FieldDigitalElements:
		return r.flag(c.field, text)
	case FieldCategory, FieldChannel, FieldWarrantyIssuer:
		return r.word(c.field, text)
	case FieldWeightGrams, FieldWeightKg:
		row.WeightGrams, err = grams(text, c.field == FieldWeightKg)
		return err
	case FieldWarrantyMonths:
		row.WarrantyMonths, err = months(text)
		return err
	case FieldIMEI, FieldIMEI2:
		return r.imei(c.field, text)
	}
	return r.text(c.field, text)
}

// saysNothing tells whether a text says that there is nothing: "нет", "n/a". In a
// column of yes and no it says no, and a warranty of none is one of 0 months.
func saysNothing(f Field, text string) bool {
	switch f {
	case FieldIMEIOnReceipt, FieldCardInKit, FieldOriginalPackaging, FieldDigitalElements:
		return false
	case FieldWarrantyMonths:
		if _, zero := word("months_zero", text); zero {
			return false
		}
	}
	text = strings.TrimRight(text, ".")
	return slices.ContainsFunc(nothings(), func(word string) bool { return strings.EqualFold(word, text) })
}

// requiredCells must hold something in every row; serial and IMEI one of the
// two.
var requiredCells = []Field{FieldDate, FieldCategory, FieldBrand}

// clean takes off what a spreadsheet puts round a text, and refuses what is
// none.
func clean(text string) (string, *care.Error) {
	text = trim(text)
	if len(text) > maxCell && utf8.RuneCountInString(text) > maxCell {
		return "", care.Fail(care.Invalid, "sales_cell_too_long", "max", itoa(maxCell))
	}
	if inner, ok := strings.CutPrefix(text, `="`); ok && strings.HasSuffix(inner, `"`) {
		text = trim(strings.TrimSuffix(inner, `"`))
	}
	for i := range len(text) {
		if c := text[i]; c >= ' ' && c != 0x7f {
			continue
		}
		if !unicode.IsSpace(rune(text[i])) {
			return "", bad("sales_control_character", strings.ToValidUTF8(text[:i], ""))
		}
	}
	if strings.ContainsAny(text, "\n\t\r") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return text, nil
}

func (r *rowReader) date(to *calendar.Date, text string) *care.Error {
	d, err := date(text)
	if err != nil {
		return err
	}
	if !r.opt.Today.IsZero() && r.opt.Today.Before(d) && to != &r.row.Delivered {
		return care.Fail(care.Invalid, "sales_future", "value", text, "today", r.opt.Today.String())
	}
	*to = d
	return nil
}

func (r *rowReader) sum(to **money.Amount, c cellAt, text string, at calendar.Date) *care.Error {
	currency := r.currency
	if currency == "" {
		currency = c.currency
	}
	if currency == "" && r.opt.Currency != nil {
		currency = r.opt.Currency(at)
	}
	var err *care.Error
	*to, err = sum(text, currency)
	return err
}

func (r *rowReader) flag(f Field, text string) *care.Error {
	value, ok := word("boolean", text)
	if !ok {
		return bad("sales_bad_boolean", text)
	}
	yes := value == "yes"
	switch f {
	case FieldIMEIOnReceipt:
		r.row.IMEIOnReceipt = &yes
	case FieldCardInKit:
		r.row.CardInKit = &yes
	case FieldOriginalPackaging:
		r.row.OriginalPackaging = &yes
	default:
		r.row.DigitalElements = &yes
	}
	return nil
}

// word reads a value out of a fixed vocabulary, in the retailer's own word,
// the usual ones, or the value itself.
func (r *rowReader) word(f Field, text string) *care.Error {
	to, kind, vocabulary := &r.row.Category, "category", "categories"
	switch f {
	case FieldChannel:
		to, kind, vocabulary = &r.row.Channel, "channel", "sale_channels"
	case FieldWarrantyIssuer:
		to, kind, vocabulary = &r.row.WarrantyIssuer, "issuer", "issuers"
	}
	value, ok := r.opt.Words[text]
	if !ok {
		value, ok = word(kind, text)
	}
	known := policy.Words(vocabulary)
	if !ok {
		value = strings.ToLower(text)
	}
	if !slices.Contains(known, value) {
		return care.Fail(care.Invalid, "sales_unknown_word", "value", shorten(text), "expected", strings.Join(known, ", "))
	}
	*to = value
	return nil
}

func (r *rowReader) imei(f Field, text string) *care.Error {
	text = strings.TrimPrefix(text, "'")
	if first, second, two := twoIMEIs(text); two && f == FieldIMEI {
		i, err := parseIMEI(second)
		if err != nil {
			return err
		}
		r.row.IMEI2, text = i, first
	}
	i, err := parseIMEI(text)
	if err != nil {
		return err
	}
	switch {
	case f == FieldIMEI:
		r.row.IMEI = i
	case i != r.row.IMEI:
		r.row.IMEI2 = i
	}
	return nil
}

// text takes a cell as it is written.
func (r *rowReader) text(f Field, text string) *care.Error {
	row := &r.row
	switch f {
	case FieldKey:
		row.Key = text
	case FieldSKU:
		row.SKU = text
	case FieldBrand:
		row.Brand = text
	case FieldModel:
		row.Model = text
	case FieldSerial:
		if text = strings.TrimPrefix(text, "'"); rounded(text) {
			return bad("sales_serial_lost", text)
		}
		row.Serial = text
	case FieldReceipt:
		row.Receipt = text
	case FieldCertificate:
		row.Certificate = text
	case FieldCurrency:
		code, ok := word("currency", text)
		if !ok {
			return bad("sales_bad_currency", text)
		}
		r.currency = code
	case FieldShop:
		return r.shop(text)
	default:
		return r.customer(f, text)
	}
	return nil
}

func (r *rowReader) customer(f Field, text string) *care.Error {
	c := &r.row.Customer
	switch f {
	case FieldCustomerName:
		c.Name = text
	case FieldCustomerPhone:
		if !phoneNumber(text) {
			return bad("sales_bad_phone", text)
		}
		c.Phone = text
	case FieldCustomerEmail:
		if at := strings.IndexByte(text, '@'); at < 1 || !strings.Contains(text[at:], ".") || strings.ContainsAny(text, " <>,;") {
			return bad("sales_bad_email", text)
		}
		c.Email = text
	case FieldCustomerAddress:
		c.Address = text
	case FieldCustomerSettlement:
		c.Settlement = text
	}
	return nil
}

func (r *rowReader) shop(text string) *care.Error {
	if r.opt.Places == nil {
		r.row.Shop = text
		return nil
	}
	id := r.opt.Places[fold(text)]
	if id == "" {
		return bad("sales_unknown_shop", text)
	}
	r.row.Shop = id
	return nil
}

// phoneNumber tells whether a text may be one; it is kept as it is written.
func phoneNumber(text string) bool {
	digits := 0
	for _, c := range text {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 5 && digits <= 40 && !rounded(text)
}
