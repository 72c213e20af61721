package ingest

import (
	"strings"
	"unicode"

	"github.com/talon-care/talon/internal/care"
)

// IMEI is the number of a phone as it is stored and shown: 15 digits, the last
// of which is the check digit (3GPP TS 23.003, annex B).
type IMEI string

// TAC is the type allocation code: the model.
func (i IMEI) TAC() string { return string(i[:8]) }

// Serial is the number within the model.
func (i IMEI) Serial() string { return string(i[8:14]) }

// ParseIMEI reads an IMEI in the forms that it is printed in: 15 digits, whose
// check digit must be right; 14 without it; 16 of an IMEISV, and 17 of an IMEI
// with its check digit and a software version, of which the version is left
// out. Blanks, hyphens, points and slashes may stand between the digits, and
// the word IMEI before them.
//
// The errors are *care.Error: imei_digits_lost (a spreadsheet rounded it, as
// in 3.56938E+14), imei_form, imei_length, imei_check and imei_implausible.
func ParseIMEI(text string) (IMEI, error) {
	i, err := parseIMEI(text)
	if err != nil {
		return "", err
	}
	return i, nil
}

func parseIMEI(text string) (IMEI, *care.Error) {
	if rounded(text) {
		return "", bad("imei_digits_lost", text)
	}
	digits, ok := imeiDigits(text)
	if !ok {
		return "", bad("imei_form", text)
	}
	switch len(digits) {
	case 14, 16:
		digits = digits[:14] + string('0'+LuhnDigit(digits[:14]))
	case 15, 17:
		digits = digits[:15]
		if want := LuhnDigit(digits[:14]); digits[14] != '0'+want {
			return "", care.Fail(care.Invalid, "imei_check", "value", shorten(text), "want", string('0'+want))
		}
	default:
		return "", care.Fail(care.Invalid, "imei_length", "value", shorten(text), "digits", itoa(len(digits)))
	}
	if !plausible(digits) {
		return "", bad("imei_implausible", text)
	}
	return IMEI(digits), nil
}

// imeiDigits takes the separators out.
func imeiDigits(text string) (string, bool) {
	s := strings.ToUpper(trim(text))
	for _, word := range []string{"IMEISV", "IMEI1", "IMEI2", "IMEI"} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			s = strings.TrimLeft(rest, " :№#")
			break
		}
	}
	// A number column of a spreadsheet may add a fraction of nothing.
	for _, zero := range []string{".0", ",0", ".00", ",00"} {
		if whole, ok := strings.CutSuffix(s, zero); ok && strings.Trim(whole, "0123456789") == "" && len(whole) >= 14 {
			s = whole
			break
		}
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !unicode.IsSpace(r) && !strings.ContainsRune("-./–", r):
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

// rounded knows a number that a spreadsheet wrote with an exponent: its last
// digits are gone.
func rounded(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(trim(s)), "E+")
	return ok && mantissa != "" && exponent != "" &&
		strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "0123456789") == ""
}

// LuhnDigit is the digit that completes decimal digits by ISO/IEC 7812-1:
// doubling starts at the rightmost of them.
func LuhnDigit(digits string) byte {
	total := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return byte((10 - total%10) % 10)
}

// plausible refuses what people type to get past a form: a model code of one
// repeated digit, or the digits in order.
func plausible(digits string) bool {
	tac := digits[:8]
	return strings.Trim(tac, tac[:1]) != "" && !strings.HasPrefix(digits, "12345678") && !strings.HasPrefix(digits, "01234567") &&
		!strings.HasPrefix(digits, "98765432")
}

// twoIMEIs cuts a cell that holds both numbers of a phone with two SIM cards.
func twoIMEIs(text string) (first, second string, ok bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;/|", r) || unicode.IsSpace(r) })
	if len(parts) != 2 || len(parts[0]) < 14 || len(parts[1]) < 14 {
		return "", "", false
	}
	return parts[0], parts[1], true
}
