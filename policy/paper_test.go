package policy_test

import (
	"testing"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/packs"
)

// TestPapersOfTheLaw finds the papers that each country asks for, on the days
// on which it does, and whom a refusal names.
func TestPapersOfTheLaw(t *testing.T) {
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pack, paper, day string
		copies           int
		there            bool
	}{
		{"bg-omni", "closing_act", "2026-03-01", 2, true},
		{"bg-omni", "repair_form", "2026-07-30", 0, false},
		{"bg-omni", "repair_form", "2026-07-31", 0, true},
		{"ru-omsk", "hand_back", "2026-03-01", 0, true},
		{"ru-omsk", "closing_act", "2026-03-01", 0, false},
		{"ru-xiaomi", "repair_form", "2026-11-01", 0, false},
	} {
		p, err := lib.Program(c.pack, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		r := p.Paper(c.paper, calendar.MustDate(c.day))
		if (r != nil) != c.there || r != nil && r.Copies != c.copies {
			t.Errorf("%s on %s at %s: %+v", c.paper, c.day, c.pack, r)
		}
		if len(p.Disputes()) < 2 {
			t.Errorf("%s names %d bodies for disputes", c.pack, len(p.Disputes()))
		}
	}
}
