package ingest

import (
	"net/url"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// maxQR bounds the text of a code; the longest QR code holds 7,089 digits.
const maxQR = 2000

// Operation is what a Russian receipt records.
type Operation int

// The operations, as the key n numbers them.
const (
	Sale           Operation = 1
	SaleRefund     Operation = 2
	Purchase       Operation = 3
	PurchaseRefund Operation = 4
)

// RussianReceipt is what the QR code of a Russian fiscal receipt says.
type RussianReceipt struct {
	Date      calendar.Date // the shop's local date
	Time      string        // HH:MM or HH:MM:SS, local
	Total     money.Amount  // roubles
	Drive     string        // number of the fiscal drive, 16 digits
	Document  string        // number of the document in the drive
	Sign      string        // fiscal sign, leading zeros kept
	Operation Operation
}

// Number names the receipt for the registry: drive and document are unique
// together.
func (r RussianReceipt) Number() string { return r.Drive + "-" + r.Document }

// ParseRussianQR reads the text of a receipt's QR code, a query string whose
// keys may come in any order and behind a URL:
//
//	t=20250131T1432&s=1999.00&fn=9288000100192401&i=439&fp=2880362760&n=1
//
// Errors are *care.Error: receipt_form, or receipt_field with the key at fault.
func ParseRussianQR(text string) (RussianReceipt, error) {
	fail := care.Fail(care.Invalid, "receipt_form", "value", shorten(text))
	text = trim(text)
	if len(text) > maxQR {
		return RussianReceipt{}, fail
	}
	if _, query, ok := strings.Cut(text, "?"); ok {
		text, _, _ = strings.Cut(query, "#")
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return RussianReceipt{}, fail
	}
	for _, key := range []string{"t", "s", "fn", "i", "fp", "n"} {
		if len(values[key]) != 1 {
			return RussianReceipt{}, badKey(key, strings.Join(values[key], " "))
		}
	}
	out := RussianReceipt{Drive: values.Get("fn"), Document: values.Get("i"), Sign: values.Get("fp")}
	day, at, _ := strings.Cut(values.Get("t"), "T")
	date, dateErr := compactDate(day)
	clock, clockOK := compactTime(at)
	total, totalErr := fiscalSum(values.Get("s"), "RUB")
	op := values.Get("n")
	for _, check := range []struct {
		key string
		ok  bool
	}{
		{"t", dateErr == nil && clockOK},
		{"s", totalErr == nil},
		{"fn", len(out.Drive) == 16 && digitsOnly(out.Drive)},
		{"i", len(out.Document) <= 10 && digitsOnly(out.Document)},
		{"fp", len(out.Sign) <= 10 && digitsOnly(out.Sign)},
		{"n", len(op) == 1 && op >= "1" && op <= "4"},
	} {
		if !check.ok {
			return RussianReceipt{}, badKey(check.key, values.Get(check.key))
		}
	}
	out.Date, out.Time, out.Total, out.Operation = date, clock, total, Operation(op[0]-'0')
	return out, nil
}

func badKey(key, value string) error {
	return care.Fail(care.Invalid, "receipt_field", "key", key, "value", shorten(value)).At(key)
}

func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func compactDate(s string) (calendar.Date, error) {
	if len(s) != len("YYYYMMDD") {
		return calendar.ParseDate(s)
	}
	return calendar.ParseDate(s[:4] + "-" + s[4:6] + "-" + s[6:])
}

func compactTime(s string) (string, bool) {
	if len(s) != 4 && len(s) != 6 || !digitsOnly(s) {
		return "", false
	}
	out := s[:2] + ":" + s[2:4]
	if len(s) == 6 {
		out += ":" + s[4:]
	}
	return out, clock(out)
}

// fiscalSum reads digits with up to two decimals behind a point or a comma.
func fiscalSum(s, currency string) (money.Amount, error) {
	if strings.HasPrefix(s, "-") {
		return money.Amount{}, care.Fail(care.Invalid, "sales_bad_sum", "value", shorten(s))
	}
	return money.Parse(strings.Replace(s, ",", ".", 1), currency)
}

// BulgarianReceipt is what the QR code of a Bulgarian fiscal receipt says
// (Ordinance Н-18).
type BulgarianReceipt struct {
	Memory   string        // number of the fiscal memory, 8 digits
	Document string        // number of the receipt, as printed
	Date     calendar.Date // the shop's local date
	Time     string        // HH:MM:SS, local
	Total    money.Amount  // leva before 2026-01-01, euro from then on
}

// Number names the receipt for the registry.
func (r BulgarianReceipt) Number() string { return r.Memory + "-" + r.Document }

// euroDay is the day Bulgarian receipts changed to euro.
var euroDay = calendar.MustDate("2026-01-01")

// ParseBulgarianQR reads the text of a receipt's QR code:
//
//	02517985*0000085*2019-05-17*13:55:18*30.00
//
// Errors are *care.Error: receipt_form, or receipt_field with the part at
// fault.
func ParseBulgarianQR(text string) (BulgarianReceipt, error) {
	text = trim(text)
	parts := strings.Split(text, "*")
	if len(text) > maxQR || len(parts) != 5 {
		return BulgarianReceipt{}, care.Fail(care.Invalid, "receipt_form", "value", shorten(text))
	}
	out := BulgarianReceipt{Memory: parts[0], Document: parts[1], Time: parts[3]}
	date, dateErr := calendar.ParseDate(parts[2])
	currency := "EUR"
	if date.Before(euroDay) {
		currency = "BGN"
	}
	total, totalErr := fiscalSum(parts[4], currency)
	for i, ok := range []bool{
		len(out.Memory) == 8 && digitsOnly(out.Memory),
		len(out.Document) <= 20 && digitsOnly(out.Document),
		dateErr == nil,
		len(out.Time) == 8 && clock(out.Time),
		totalErr == nil,
	} {
		if !ok {
			return BulgarianReceipt{}, badKey([]string{"memory", "document", "date", "time", "total"}[i], parts[i])
		}
	}
	out.Date, out.Total = date, total
	return out, nil
}

// ReceiptNumber finds the number of a receipt in the code that is printed on
// it; ok is false where the text is no such code.
func ReceiptNumber(code string) (number string, ok bool) {
	if r, err := ParseRussianQR(code); err == nil {
		return r.Number(), true
	}
	if r, err := ParseBulgarianQR(code); err == nil {
		return r.Number(), true
	}
	return "", false
}
