package desk_test

import (
	"testing"

	"github.com/talon-care/talon/internal/desk"
)

func TestSafeCellIsNoFormula(t *testing.T) {
	for text, want := range map[string]string{"": "", "note": "note", "1-2": "1-2", "=1+1": "'=1+1", "+7": "'+7", "-1": "'-1", "@a": "'@a",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "при": "при"} {
		if got := desk.SafeCell(text); got != want {
			t.Errorf("SafeCell(%q) = %q, want %q", text, got, want)
		}
	}
}
