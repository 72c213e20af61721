package care

import (
	"strconv"
	"strings"
	"unicode"
)

// ReadIMEI reads the number of a phone in the forms in which it is printed and
// typed: 15 digits, the last of which is the check digit (3GPP TS 23.003, annex
// B); 14 without it; 16 of an IMEISV, and 17 of an IMEI with its check digit
// and a software version, of which the version is left out. Blanks, hyphens,
// points and slashes may stand between the digits, and the word IMEI before
// them. It gives 15 digits; nothing typed is no number.
//
// The errors are *Error, Invalid, at the field: imei_form, imei_length,
// imei_check and imei_implausible.
func ReadIMEI(field, text string) (string, error) {
	text = strings.TrimFunc(text, invisible)
	if text == "" {
		return "", nil
	}
	wrong := func(key string, args ...string) error {
		return Fail(Invalid, key, append([]string{"value", Shortened(text, 60)}, args...)...).At(field)
	}
	digits, ok := imeiDigits(text)
	if !ok {
		return "", wrong("imei_form")
	}
	switch len(digits) {
	case 14, 16:
		digits = digits[:14] + string('0'+LuhnDigit(digits[:14]))
	case 15, 17:
		if want := LuhnDigit(digits[:14]); digits[14] != '0'+want {
			return "", wrong("imei_check", "want", string('0'+want))
		}
		digits = digits[:15]
	default:
		return "", wrong("imei_length", "digits", strconv.Itoa(len(digits)))
	}
	if !plausible(digits) {
		return "", wrong("imei_implausible")
	}
	return digits, nil
}

// imeiDigits takes the word and the separators out.
func imeiDigits(text string) (string, bool) {
	s := strings.ToUpper(text)
	for _, word := range []string{"IMEISV", "IMEI1", "IMEI2", "IMEI"} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			s = strings.TrimLeft(rest, " :№#")
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

// invisible are the characters that copying brings along.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u2060'
}
