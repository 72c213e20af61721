package web

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/i18n"
)

// A term that ends at an instant is told by the clock of the reader's shop,
// whatever clock it was written by.
func TestADueInstantIsToldByTheShopsClock(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	sofia := time.FixedZone("EET", 2*60*60)
	for due, want := range map[string]string{
		"2026-11-17T10:14:00Z":      "17\u00a0ноември 2026\u00a0г., 12:14\u00a0ч.",
		"2026-11-17T12:14:00+02:00": "17\u00a0ноември 2026\u00a0г., 12:14\u00a0ч.",
		"2026-11-17":                "17\u00a0ноември 2026\u00a0г.",
		"soon":                      "soon",
	} {
		v := &visit{L: words.Locale("bg"), Zone: sofia}
		if got := v.Due(due); got != want {
			t.Errorf("%s is told as %q, want %q", due, got, want)
		}
	}
}
