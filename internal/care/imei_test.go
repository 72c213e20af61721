package care_test

import (
	"testing"

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
		{"none", " ", "", ""},
	} {
		got, err := care.ReadIMEI("imei", c.typed)
		if told := reason(err); got != c.want || told != c.err {
			t.Errorf("%s: %q, %s; want %q, %s", c.name, got, told, c.want, c.err)
		}
	}
}
