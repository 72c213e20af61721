package calendar

import (
	"errors"
	"strings"
	"testing"
)

// TestDataFaults holds that a wrong data file is refused with its name and
// line, not read as something else.
func TestDataFaults(t *testing.T) {
	const head = "# Source: a decree\n"
	for name, c := range map[string]struct{ text, want string }{
		"no source":            {"total\t247\n", "a source"},
		"no total":             {head, "a total"},
		"bad total":            {head + "total\tmany\n", "line 2"},
		"unknown line":         {head + "total\t247\nholiday\t2026-01-09\n", "line 3"},
		"day of another year":  {head + "off\t2025-01-09\n", "not in 2026"},
		"bad day":              {head + "off\t2026-02-30\n", "no day"},
		"move from a weekday":  {head + "move\t2026-01-05\t2026-01-09\n", "expected"},
		"move to a weekend":    {head + "move\t2026-01-03\t2026-01-10\n", "expected"},
		"move without a place": {head + "move\t2026-01-03\n", "expected"},
		"weekend day off":      {head + "off\t2026-01-10\n", "expected"},
		"weekday of work":      {head + "work\t2026-01-09\n", "expected"},
		"empty fields":         {head + "\t\n", "not a date"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseDecree("ru/2026.tsv", 2026, c.text)
			var e *Error
			if !errors.As(err, &e) || e.Code != BadData || !strings.Contains(e.Error(), c.want) || !strings.Contains(e.Error(), "ru/2026.tsv") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestWorkLine holds the kind of line that no present file has.
func TestWorkLine(t *testing.T) {
	d, err := parseDecree("ru/2026.tsv", 2026, "# Source: a decree\ntotal\t249\nwork\t2026-01-10\noff\t2026-01-12\n")
	if err != nil {
		t.Fatal(err)
	}
	c := &WorkCalendar{off: make(bitmap, tableDays/64+1), firm: make(bitmap, tableDays/64+1)}
	c.addYear(2026, russia(), d)
	if c.isOff(MustDate("2026-01-10")) || !c.isOff(MustDate("2026-01-12")) || c.workingDays(2026) != d.total {
		t.Errorf("%d working days, want %d", c.workingDays(2026), d.total)
	}
}

func TestTableStart(t *testing.T) {
	if first := MustDate("1900-01-01"); first.n != tableStart {
		t.Errorf("the table starts %d days off", int(first.n)-tableStart)
	}
	if last := ordinal(lastTableYear+1, 1, 1); int(last)-tableStart != tableDays {
		t.Errorf("the table must have %d days", int(last)-tableStart)
	}
}

// TestTableEnd holds that days after the last year of the table are not read
// from its unused rest.
func TestTableEnd(t *testing.T) {
	c, err := For("RU")
	if err != nil {
		t.Fatal(err)
	}
	for d := (Date{ordinal(lastTableYear+1, 1, 1)}); int(d.n) < tableStart+tableDays+10; d = d.AddDays(1) {
		if working, provisional := c.IsWorking(d); working == isWeekend(d) || !provisional {
			t.Fatalf("%v: working %v, provisional %v", d, working, provisional)
		}
	}
}
