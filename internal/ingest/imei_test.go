package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
)

func TestParseIMEI(t *testing.T) {
	tests := []struct {
		name, text string
		want       string
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
			got, err := parseIMEI(tt.text)
			if got != tt.want || (err == nil) != (tt.fault == "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err == nil {
				return
			}
			if err.Key != tt.fault {
				t.Errorf("fault %s, want %s", err.Key, tt.fault)
			}
			english(t, err)
		})
	}
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
