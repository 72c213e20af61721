package policy_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/packs"
)

// TestWarnings finds when the owner of a term is warned: as its clause says,
// as the law's clause beside it says, or as the retailer does by default.
func TestWarnings(t *testing.T) {
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, pack, clause, end, want string }{
		{"of the page", "bg-omni", "one-month", "2026-04-14T21:00:00Z", "2026-04-09T21:00:00Z"},
		{"across a clock change", "bg-omni", "one-month", "2026-03-31T21:00:00Z", "2026-03-26T22:00:00Z"},
		{"in hours", "bg-omni", "forty-eight-hours", "2026-03-29T02:00:00Z", "2026-03-28T14:00:00Z"},
		{"of the law", "ru-omsk", "repair-45-days", "2026-04-14T18:00:00Z", "2026-04-07T18:00:00Z"},
		{"of no clause", "bg-omni", "nothing", "2026-04-14T21:00:00Z", "2026-04-12T21:00:00Z"},
	} {
		p, err := lib.Program(c.pack, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		end, err := time.Parse(time.RFC3339, c.end)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := p.WarnOfDeadline(c.clause, end); !ok || got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s: %v %v, want %s", c.name, got, ok, c.want)
		}
	}
	p, err := lib.Program("ru-xiaomi", calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2026, 3, 11, 21, 0, 0, 0, time.UTC)
	if got, ok := p.WarnOfAnswer("consultation", end); !ok || !got.Equal(end.Add(-4*time.Hour)) {
		t.Errorf("of the promised answer: %v %v", got, ok)
	}
	other := *p.Pack
	other.Warn = ""
	quiet := *p
	quiet.Pack = &other
	if got, ok := quiet.WarnOfDeadline("nothing", end); ok {
		t.Errorf("a pack that says nothing warns at %v", got)
	}
}
