package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talon-care/talon/internal/care"
)

func TestParseIMEI(t *testing.T) {
	tests := []struct {
		name, text string
		want       IMEI
		fault      string
	}{
		{"check digit of the standard", "26053179311383", "260531793113837", ""},
		{"fifteen digits", "260531793113837", "260531793113837", ""},
		{"hyphens", "26-053179-311383-7", "260531793113837", ""},
		{"blanks and no-break blanks", " 260531 79\u00a0311383 7\u200b", "260531793113837", ""},
		{"slashes", "260531/79/311383/7", "260531793113837", ""},
		{"points", "260531.79.311383.7", "260531793113837", ""},
		{"with its name", "IMEI: 260531793113837", "260531793113837", ""},
		{"second with its name", "imei2 260531793113837", "260531793113837", ""},
		{"IMEISV has no check digit", "2605317931138301", "260531793113837", ""},
		{"check digit and software version", "26-053179-311383-7-01", "260531793113837", ""},
		{"number column of a spreadsheet", "260531793113837.0", "260531793113837", ""},
		{"number column with a comma", "260531793113837,00", "260531793113837", ""},
		{"test range", "001010000000016", "001010000000016", ""},
		{"wrong check digit", "260531793113838", "", "error.imei_check"},
		{"wrong check digit before a version", "26053179311383801", "", "error.imei_check"},
		{"neighbours swapped", "260351793113837", "", "error.imei_check"},
		{"thirteen digits", "2605317931138", "", "error.imei_length"},
		{"eighteen digits", "260531793113837000", "", "error.imei_length"},
		{"rounded by a spreadsheet", "2,60532E+14", "", "error.imei_digits_lost"},
		{"rounded to the full", "3E+14", "", "error.imei_digits_lost"},
		{"nothing", "", "", "error.imei_form"},
		{"only separators", "--", "", "error.imei_form"},
		{"MEID", "A0000031F9B5E1", "", "error.imei_form"},
		{"Arabic digits", "٢٦٠٥٣١٧٩٣١١٣٨٣", "", "error.imei_form"},
		{"zeros", "000000000000000", "", "error.imei_implausible"},
		{"ones", "11111111111111", "", "error.imei_implausible"},
		{"in order", "123456789012347", "", "error.imei_implausible"},
		{"backwards", "98765432109876", "", "error.imei_implausible"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseIMEI(tt.text)
			if got != tt.want || (err == nil) != (tt.fault == "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err == nil {
				if got.TAC()+got.Serial() != string(got[:14]) {
					t.Errorf("TAC %s, serial %s", got.TAC(), got.Serial())
				}
				return
			}
			if key := err.(*care.Error).Key; key != tt.fault {
				t.Errorf("fault %s, want %s", key, tt.fault)
			}
			english(t, err)
		})
	}
}

// The check digit finds every wrong digit, and every swap of neighbours but
// 0 and 9.
func TestIMEICheckDigitFindsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`35[0-9]{12}`).Draw(t, "digits")
		whole := digits + string('0'+LuhnDigit(digits))
		if got, err := ParseIMEI(whole); err != nil || string(got) != whole {
			t.Fatalf("%s: %q, %v", whole, got, err)
		}
		at := rapid.IntRange(0, 14).Draw(t, "at")
		other := byte('0' + rapid.IntRange(0, 9).Draw(t, "other"))
		slip := whole[:at] + string(other) + whole[at+1:]
		if _, err := ParseIMEI(slip); (err == nil) != (slip == whole) {
			t.Fatalf("%s taken for %s: %v", slip, whole, err)
		}
		if at == 14 {
			return
		}
		a, b := whole[at], whole[at+1]
		swapped := whole[:at] + string(b) + string(a) + whole[at+2:]
		blind := a == b || a == '0' && b == '9' || a == '9' && b == '0'
		if _, err := ParseIMEI(swapped); (err == nil) != blind {
			t.Fatalf("%s taken for %s: %v", swapped, whole, err)
		}
	})
}

func TestIMEIOfRows(t *testing.T) {
	const head = "date;category;brand;imei;imei 2\n2025-12-31;phone;Mi;"
	tests := []struct {
		name, cells    string
		first, second  string
		column, refuse string
	}{
		{"one", "260531793113837;", "260531793113837", "", "", ""},
		{"two columns", "260531793113837;001010000000016", "260531793113837", "001010000000016", "", ""},
		{"two in one cell", "260531793113837 / 001010000000016;", "260531793113837", "001010000000016", "", ""},
		{"the same twice is one", "260531793113837;26053179311383", "260531793113837", "", "", ""},
		{"text of a spreadsheet", "\"=\"\"260531793113837\"\"\";'001010000000016", "260531793113837", "001010000000016", "", ""},
		{"second of two is wrong", "260531793113837,260531793113838;", "", "", "imei", "error.imei_check"},
		{"second column is wrong", "260531793113837;1", "", "", "imei 2", "error.imei_length"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for row, err := range ReadSales(strings.NewReader(head+tt.cells+"\n"), Options{Comma: ';'}) {
				column, key := "", ""
				if bad, ok := rowError(err); ok {
					column, key = bad.Column, bad.Reason.(*care.Error).Key
				}
				if diff := cmp.Diff([]string{tt.first, tt.second, tt.column, tt.refuse}, []string{row.IMEI, row.IMEI2, column, key}); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func FuzzParseIMEI(f *testing.F) {
	for _, s := range []string{"260531793113837", "IMEI: 26-053179-311383-7-01", "3.56938E+14", "260531793113837.0", "\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i, err := ParseIMEI(text)
		if err != nil {
			if i != "" || care.CodeOf(err) != care.Invalid {
				t.Fatalf("%q beside %v", i, err)
			}
			return
		}
		if again, err := ParseIMEI(string(i)); err != nil || again != i || len(i) != 15 {
			t.Fatalf("%q gives %q, and that %q, %v", text, i, again, err)
		}
	})
}
