package care

import (
	"strconv"
	"strings"
)

// ReadIMEI reads the number of a phone as somebody typed it, with blanks,
// hyphens, points or slashes between the digits: 15 of them, the last of which
// is the check digit (3GPP TS 23.003, annex B); 14 without it; 16 of an IMEISV
// or 17 of an IMEI with a software version, which is left out. Nothing typed is
// no number. The error is Invalid, at the field: imei_form, imei_length or
// imei_check.
func ReadIMEI(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	digits := strings.NewReplacer(" ", "", "\u00a0", "", "-", "", "/", "", ".", "").Replace(text)
	if text == "" {
		return "", nil
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", Fail(Invalid, "imei_form", "value", text).At(field)
	}
	switch len(digits) {
	case 14, 16:
		return digits[:14] + string(imeiDigit(digits[:14])), nil
	case 15, 17:
		if want := imeiDigit(digits[:14]); digits[14] != want {
			return "", Fail(Invalid, "imei_check", "value", text, "want", string(want)).At(field)
		}
		return digits[:15], nil
	}
	return "", Fail(Invalid, "imei_length", "value", text, "digits", strconv.Itoa(len(digits))).At(field)
}

// imeiDigit is the check digit behind 14 digits (Luhn).
func imeiDigit(digits string) byte {
	sum := 0
	for i, r := range digits {
		n := int(r - '0')
		if i%2 == 1 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return byte('0' + (10-sum%10)%10)
}
