package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talon-care/talon/calendar"
)

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct {
		in, out      string
		months, days int
		clock        time.Duration
	}{
		{"P12M", "P12M", 12, 0, 0},
		{"P1Y", "P12M", 12, 0, 0},
		{"P2Y", "P24M", 24, 0, 0},
		{"P1Y6M", "P18M", 18, 0, 0},
		{"P1Y6M10D", "P18M10D", 18, 10, 0},
		{"P45D", "P45D", 0, 45, 0},
		{"P1W", "P7D", 0, 7, 0},
		{"P100Y", "P1200M", 1200, 0, 0},
		{"P012M", "P12M", 12, 0, 0},
		{"P1Y0M", "P12M", 12, 0, 0},
		{"PT48H", "PT48H", 0, 0, 48 * time.Hour},
		{"PT30M", "PT30M", 0, 0, 30 * time.Minute},
		{"PT90M", "PT1H30M", 0, 0, 90 * time.Minute},
		{"PT1H30M", "PT1H30M", 0, 0, 90 * time.Minute},
	} {
		t.Run(c.in, func(t *testing.T) {
			p, err := calendar.ParsePeriod(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if p.String() != c.out || p.Months() != c.months || p.Days() != c.days || p.Duration() != c.clock || p.IsClock() != (c.clock > 0) {
				t.Errorf("got %v: %d months, %d days, %v", p, p.Months(), p.Days(), p.Duration())
			}
			if again, err := calendar.ParsePeriod(p.String()); err != nil || again != p {
				t.Errorf("%v reads back as %v, %v", p, again, err)
			}
		})
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	for _, s := range []string{"", "P", "PT", "12M", "p12m", "P12", "P12m", "P-12M", "-P12M", "+P12M", "P+1M", "P0D", "P0M", "PT0H", "P0Y0M0D",
		"P1DT12H", "P1YT1H", "PT48H1D", "P1M1Y", "P1D1M", "P1M1M", "P1W1D", "P1Y1W", "P1.5Y", "P1,5Y", "PT48S", "PT1M1H", "P 12M", "P12M ",
		"P101Y", "P1201M", "P36526D", "P5300W", "PT10001H", "P9999999D", "P99999999999999999999M", "P１2M", "P12Mx", "PT48H\x00"} {
		t.Run(s, func(t *testing.T) {
			if p, err := calendar.ParsePeriod(s); code(t, err) != calendar.BadPeriod || !p.IsZero() {
				t.Errorf("got %v, %v", p, err)
			}
		})
	}
}

// TestFromUsesTheAnchor holds D21's rule for any date: months are added to the
// original day in one step, and days after them.
func TestFromUsesTheAnchor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event := anyDate().Draw(t, "event")
		months := rapid.IntRange(1, 240).Draw(t, "months")
		days := rapid.IntRange(1, 400).Draw(t, "days")
		m, d := calendar.MonthsPeriod(months), calendar.DaysPeriod(days)
		if got := m.From(event); got != event.AddMonths(months) {
			t.Fatalf("%v + %v = %v", event, m, got)
		}
		if got := d.From(event); got.Sub(event) != days {
			t.Fatalf("%v + %v = %v", event, d, got)
		}
		both, err := calendar.ParsePeriod(m.String() + d.String()[1:])
		if err != nil || both.From(event) != event.AddMonths(months).AddDays(days) {
			t.Fatalf("%v + %v = %v, %v", event, both, both.From(event), err)
		}
	})
}

// TestFromIsMonotone holds that a later event never ends earlier, and that a
// longer term of one kind never ends earlier.
func TestFromIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate().Draw(t, "a"), anyDate().Draw(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		months := rapid.IntRange(0, 240).Draw(t, "months")
		p := calendar.MonthsPeriod(months)
		if p.From(b).Before(p.From(a)) {
			t.Fatalf("%v: %v ends %v, %v ends %v", p, a, p.From(a), b, p.From(b))
		}
		if longer := calendar.MonthsPeriod(months + 1); !longer.From(a).After(p.From(a)) {
			t.Fatalf("%v ends %v, %v ends %v", p, p.From(a), longer, longer.From(a))
		}
	})
}

func TestPeriodLimits(t *testing.T) {
	for name, c := range map[string]struct{ got, want calendar.Period }{
		"months below zero": {calendar.MonthsPeriod(-1), calendar.Period{}},
		"days below zero":   {calendar.DaysPeriod(-1), calendar.Period{}},
		"months too many":   {calendar.MonthsPeriod(1 << 40), calendar.MonthsPeriod(1200)},
		"days too many":     {calendar.DaysPeriod(1 << 40), calendar.DaysPeriod(36525)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if s := (calendar.Period{}).String(); s != "" {
		t.Errorf("no term is %q", s)
	}
	clock, err := calendar.ParsePeriod("PT48H")
	if err != nil || !clock.From(date("2026-01-01")).IsZero() {
		t.Errorf("48 hours have a last day: %v, %v", clock.From(date("2026-01-01")), err)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"P12M", "P1Y6M", "P1W", "PT48H", "P1DT2H", "P", "PT1H30M", "P000001D", "P1M10D"} {
		f.Add(s)
	}
	event := date("2026-01-31")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := calendar.ParsePeriod(s)
		if err != nil {
			return
		}
		if again, err := calendar.ParsePeriod(p.String()); err != nil || again != p {
			t.Errorf("%q is %v, which reads back as %v, %v", s, p, again, err)
		}
		if !p.IsClock() && !p.From(event).After(event) || p.IsClock() && p.Duration() <= 0 {
			t.Errorf("%q goes nowhere", s)
		}
	})
}

func BenchmarkPeriodFrom(b *testing.B) {
	d, p := date("2025-01-31"), calendar.MonthsPeriod(24)
	b.ReportAllocs()
	for b.Loop() {
		p.From(d)
	}
}
