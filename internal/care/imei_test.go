package care_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/talon-care/talon/internal/care"
)

func TestReadIMEI(t *testing.T) {
	for _, c := range []struct{ name, typed, want, err string }{
		{"as on the box", "356938035643809", "356938035643809", ""},
		{"in groups", " 35-693803/564380.9 ", "356938035643809", ""},
		{"without its check digit", "26053179311383", "260531793113837", ""},
		{"an IMEISV", "2605317931138301", "260531793113837", ""},
		{"with a software version", "26053179311383701", "260531793113837", ""},
		{"a zero as the check digit", "100000000000050", "", "invalid error.imei_check"},
		{"a digit mistyped", "356938035643808", "", "invalid error.imei_check"},
		{"a spreadsheet's", "3.56938E+14", "", "invalid error.imei_form"},
		{"a dash", "—", "", "invalid error.imei_form"},
		{"too short", "35693803564", "", "invalid error.imei_length"},
		{"with its name", "IMEI: 260531793113837", "260531793113837", ""},
		{"in order", "123456789012347", "", "invalid error.imei_implausible"},
		{"none", " ", "", ""},
	} {
		got, err := care.ReadIMEI("imei", c.typed)
		if told := reason(err); got != c.want || told != c.err {
			t.Errorf("%s: %q, %s; want %q, %s", c.name, got, told, c.want, c.err)
		}
	}
}

// The check digit finds every wrong digit, and every swap of neighbours but
// 0 and 9.
func TestIMEICheckDigitFindsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`35[0-9]{12}`).Draw(t, "digits")
		whole := digits + string('0'+care.LuhnDigit(digits))
		if got, err := care.ReadIMEI("imei", whole); err != nil || got != whole {
			t.Fatalf("%s: %q, %v", whole, got, err)
		}
		at := rapid.IntRange(0, 14).Draw(t, "at")
		other := byte('0' + rapid.IntRange(0, 9).Draw(t, "other"))
		slip := whole[:at] + string(other) + whole[at+1:]
		if _, err := care.ReadIMEI("imei", slip); (err == nil) != (slip == whole) {
			t.Fatalf("%s taken for %s: %v", slip, whole, err)
		}
		if at == 14 {
			return
		}
		a, b := whole[at], whole[at+1]
		swapped := whole[:at] + string(b) + string(a) + whole[at+2:]
		blind := a == b || a == '0' && b == '9' || a == '9' && b == '0'
		if _, err := care.ReadIMEI("imei", swapped); (err == nil) != blind {
			t.Fatalf("%s taken for %s: %v", swapped, whole, err)
		}
	})
}

func FuzzReadIMEI(f *testing.F) {
	for _, s := range []string{"260531793113837", "IMEI: 26-053179-311383-7-01", "3.56938E+14", "260531793113837.0", "\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i, err := care.ReadIMEI("imei", text)
		if err != nil {
			if i != "" || care.CodeOf(err) != care.Invalid {
				t.Fatalf("%q beside %v", i, err)
			}
			return
		}
		if again, err := care.ReadIMEI("imei", i); err != nil || again != i || i != "" && len(i) != 15 {
			t.Fatalf("%q gives %q, and that %q, %v", text, i, again, err)
		}
	})
}
