package ingest

import (
	"errors"
	"strings"
	"unicode"

	"github.com/talon-care/talon/internal/care"
)

// parseIMEI reads the IMEI of a cell, as [care.ReadIMEI] does and as a
// spreadsheet shows it. What it can't be is an error of that function, or
// imei_digits_lost: the spreadsheet rounded it, as in 3.56938E+14.
func parseIMEI(text string) (string, *care.Error) {
	if rounded(text) {
		return "", bad("imei_digits_lost", text)
	}
	text = whole(trim(text))
	if text == "" {
		return "", bad("imei_form", text)
	}
	imei, err := care.ReadIMEI("", text)
	var why *care.Error
	if errors.As(err, &why) {
		return "", why
	}
	return imei, nil
}

// whole takes off the fraction of nothing that a number column may add.
func whole(number string) string {
	for _, zero := range []string{".0", ",0", ".00", ",00"} {
		if whole, ok := strings.CutSuffix(number, zero); ok && strings.Trim(whole, "0123456789") == "" && len(whole) >= 14 {
			return whole
		}
	}
	return number
}

// rounded knows a number that a spreadsheet wrote with an exponent: its last
// digits are gone.
func rounded(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(trim(s)), "E+")
	return ok && mantissa != "" && exponent != "" &&
		strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "0123456789") == ""
}

// twoIMEIs cuts a cell that holds both numbers of a phone with two SIM cards.
func twoIMEIs(text string) (first, second string, ok bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;/|", r) || unicode.IsSpace(r) })
	if len(parts) != 2 || len(parts[0]) < 14 || len(parts[1]) < 14 {
		return "", "", false
	}
	return parts[0], parts[1], true
}
