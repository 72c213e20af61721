package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talon-care/talon/calendar"
)

func workdays(t testing.TB, jurisdiction string) *calendar.WorkCalendar {
	t.Helper()
	c, err := calendar.For(jurisdiction)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// year returns the first and the last day of a year.
func year(y int) (first, last calendar.Date) {
	first, _ = calendar.NewDate(y, time.January, 1)
	last, _ = calendar.NewDate(y, time.December, 31)
	return first, last
}

// TestPublishedYears compares each loaded year with the list of days off that
// were announced for it, and with the announced working days of each month.
func TestPublishedYears(t *testing.T) {
	for _, c := range []struct {
		jurisdiction string
		year         int
		off          string // weekdays off, MM-DD
		working      string // working weekend days
		months       [12]int
	}{
		{"RU", 2024, "01-01 01-02 01-03 01-04 01-05 01-08 02-23 03-08 04-29 04-30 05-01 05-09 05-10 06-12 11-04 12-30 12-31",
			"04-27 11-02 12-28", [12]int{17, 20, 20, 21, 20, 19, 23, 22, 21, 23, 21, 21}},
		{"RU", 2025, "01-01 01-02 01-03 01-06 01-07 01-08 05-01 05-02 05-08 05-09 06-12 06-13 11-03 11-04 12-31",
			"11-01", [12]int{17, 20, 21, 22, 18, 19, 23, 21, 22, 23, 19, 22}},
		{"RU", 2026, "01-01 01-02 01-05 01-06 01-07 01-08 01-09 02-23 03-09 05-01 05-11 06-12 11-04 12-31",
			"", [12]int{15, 19, 21, 22, 19, 21, 23, 21, 22, 22, 20, 22}},
		{"BG", 2024, "01-01 03-04 05-01 05-03 05-06 05-24 09-06 09-23 12-24 12-25 12-26",
			"", [12]int{22, 21, 20, 22, 19, 20, 23, 22, 19, 23, 21, 19}},
		{"BG", 2025, "01-01 03-03 04-18 04-21 05-01 05-06 05-26 09-08 09-22 12-24 12-25 12-26 12-31",
			"", [12]int{22, 20, 20, 20, 19, 21, 23, 21, 20, 23, 20, 19}},
		{"BG", 2026, "01-01 01-02 03-03 04-10 04-13 05-01 05-06 05-25 09-07 09-22 12-24 12-25 12-28",
			"", [12]int{20, 20, 21, 20, 18, 22, 23, 21, 20, 22, 21, 20}},
	} {
		t.Run(c.jurisdiction+first4(c.year), func(t *testing.T) {
			days := workdays(t, c.jurisdiction)
			var off, working []string
			var months [12]int
			for d, last := year(c.year); !d.After(last); d = d.AddDays(1) {
				works, provisional := days.IsWorking(d)
				if provisional {
					t.Errorf("%v is provisional", d)
				}
				_, m, _ := d.YMD()
				weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
				switch {
				case works && weekend:
					working = append(working, d.String()[5:])
				case !works && !weekend:
					off = append(off, d.String()[5:])
				}
				if works {
					months[m-1]++
				}
			}
			if diff := cmp.Diff(strings.Fields(c.off), off); diff != "" {
				t.Errorf("days off (-announced +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.working, strings.Join(working, " ")); diff != "" {
				t.Errorf("working weekends (-announced +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.months, months); diff != "" {
				t.Errorf("working days a month (-announced +got):\n%s", diff)
			}
		})
	}
}

func first4(y int) string { d, _ := year(y); return d.String()[:4] }

func TestPublished(t *testing.T) {
	for _, jurisdiction := range []string{"RU", "BG"} {
		days := workdays(t, jurisdiction)
		if diff := cmp.Diff([]int{2024, 2025, 2026}, days.Published()); diff != "" || days.Jurisdiction() != jurisdiction {
			t.Errorf("%s: %s", jurisdiction, diff)
		}
	}
	if _, err := calendar.For("ru"); code(t, err) != calendar.UnknownJurisdiction {
		t.Errorf("ru: %v", err)
	}
}

// TestLawAlone looks at years without loaded data.
func TestLawAlone(t *testing.T) {
	for _, c := range []struct {
		name, jurisdiction, day string
		working, provisional    bool
	}{
		{"New Year holiday is certain", "RU", "2027-01-05", false, false},
		{"holiday on a Saturday is certain", "RU", "2027-05-01", false, false},
		{"day off after it may be moved", "RU", "2027-05-03", false, true},
		{"second such day in May", "RU", "2027-05-10", false, true},
		{"June holiday on a Saturday", "RU", "2027-06-14", false, true},
		{"weekend of January is not placed by the code", "RU", "2027-01-11", true, true},
		{"ordinary weekday may become a day off", "RU", "2027-03-17", true, true},
		{"ordinary Saturday may become a working day", "RU", "2027-03-20", false, true},
		{"before the list of 2013", "RU", "2010-01-06", false, true},
		{"holiday", "BG", "2027-03-03", false, false},
		{"Good Friday", "BG", "2027-04-30", false, false},
		{"Easter Saturday with 1 May", "BG", "2027-05-01", false, false},
		{"Easter Monday", "BG", "2027-05-03", false, false},
		{"1 May on Easter Saturday gives the day after Easter", "BG", "2027-05-04", false, false},
		{"and no more", "BG", "2027-05-05", true, true},
		{"Christmas Saturday and Sunday give two days", "BG", "2027-12-27", false, false},
		{"the second of them", "BG", "2027-12-28", false, false},
		{"then work", "BG", "2027-12-29", true, true},
		{"1 November is for schools", "BG", "2027-11-01", true, true},
		{"before article 154(2)", "BG", "2016-01-01", false, true},
		{"beyond the table a weekday", "RU", "2200-12-31", true, true},
	} {
		t.Run(c.jurisdiction+" "+c.name, func(t *testing.T) {
			working, provisional := workdays(t, c.jurisdiction).IsWorking(date(c.day))
			if working != c.working || provisional != c.provisional {
				t.Errorf("%s: working %v, provisional %v", c.day, working, provisional)
			}
		})
	}
}

// TestBeyondTheTable looks at days that only arithmetic can reach.
func TestBeyondTheTable(t *testing.T) {
	days := workdays(t, "RU")
	for _, y := range []int{1, 1899, 2301, 9999} {
		for d, last := year(y); d.Before(last); d = d.AddDays(1) {
			working, provisional := days.IsWorking(d)
			if weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; working == weekend || !provisional {
				t.Fatalf("%v: working %v, provisional %v", d, working, provisional)
			}
		}
	}
	for _, y := range []int{1900, 2300} {
		if first, _ := year(y); first.IsZero() {
			t.Fatal("no such year")
		} else if working, _ := days.IsWorking(first); working {
			t.Errorf("%v is a working day", first)
		}
	}
}

func TestOrthodoxEaster(t *testing.T) {
	days := workdays(t, "BG")
	for _, easter := range []string{"2000-04-30", "2010-04-04", "2016-05-01", "2017-04-16", "2019-04-28", "2020-04-19", "2021-05-02", "2022-04-24",
		"2023-04-16", "2024-05-05", "2025-04-20", "2026-04-12", "2027-05-02", "2028-04-16", "2029-04-08", "2030-04-28", "2040-05-06"} {
		sunday := date(easter)
		for offset := -2; offset <= 1; offset++ {
			if working, _ := days.IsWorking(sunday.AddDays(offset)); working {
				t.Errorf("Easter %v: %v is a working day", sunday, sunday.AddDays(offset))
			}
		}
		if working, _ := days.IsWorking(sunday.AddDays(-3)); !working {
			t.Errorf("Easter %v: Thursday is off", sunday)
		}
	}
}

func TestDeadline(t *testing.T) {
	for _, c := range []struct {
		name, jurisdiction, event, period string
		shift                             bool
		last, until                       string
		provisional                       bool
	}{
		{"ordinary day", "RU", "2026-01-31", "P45D", true, "2026-03-17", "2026-03-17", false},
		{"no shift", "RU", "2025-01-31", "P12M", false, "2026-01-31", "2026-01-31", false},
		{"no shift into an open year is certain", "RU", "2026-11-21", "P45D", false, "2027-01-05", "2027-01-05", false},
		{"working Saturday", "RU", "2025-10-02", "P30D", true, "2025-11-01", "2025-11-01", false},
		{"moved day off", "RU", "2025-10-04", "P30D", true, "2025-11-03", "2025-11-05", false},
		{"last day of the year is off, next year open", "RU", "2026-12-01", "P30D", true, "2026-12-31", "2027-01-11", true},
		{"weekday of an open year", "RU", "2026-12-17", "P3M", true, "2027-03-17", "2027-03-17", true},
		{"euro days", "BG", "2025-12-01", "P30D", true, "2025-12-31", "2026-01-05", false},
		{"schools' holiday", "BG", "2024-10-01", "P1M", true, "2024-11-01", "2024-11-01", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := calendar.ParsePeriod(c.period)
			if err != nil {
				t.Fatal(err)
			}
			got := workdays(t, c.jurisdiction).Deadline(date(c.event), p, c.shift)
			want := calendar.Deadline{LastDay: date(c.last), Until: date(c.until), Provisional: c.provisional}
			if got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	none := workdays(t, "RU").Deadline(calendar.Date{}, calendar.DaysPeriod(45), true)
	if none != (calendar.Deadline{}) {
		t.Errorf("no event ends %v", none)
	}
}

// TestNextWorking holds the definition: the first working day that is not
// before d, found again from itself, and nothing but days off in between.
func TestNextWorking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jurisdiction := rapid.SampledFrom([]string{"RU", "BG"}).Draw(t, "jurisdiction")
		days, err := calendar.For(jurisdiction)
		if err != nil {
			t.Fatal(err)
		}
		d := anyDate().Draw(t, "day")
		next, provisional := days.NextWorking(d)
		seen := false
		for day := d; !day.After(next); day = day.AddDays(1) {
			working, unsure := days.IsWorking(day)
			seen = seen || unsure
			if working != (day == next) {
				t.Fatalf("%v is the next from %v, but %v: working %v", next, d, day, working)
			}
		}
		if seen != provisional || next.Before(d) {
			t.Fatalf("%v: next %v, provisional %v, seen %v", d, next, provisional, seen)
		}
		if again, _ := days.NextWorking(next); again != next {
			t.Fatalf("next of %v is %v", next, again)
		}
		previous, _ := days.PreviousWorking(d)
		if working, _ := days.IsWorking(previous); !working || previous.After(d) || (previous == d) != (next == d) {
			t.Fatalf("previous of %v is %v, next %v", d, previous, next)
		}
		if back, _ := days.NextWorking(previous.AddDays(1)); previous != d && back != next {
			t.Fatalf("after %v comes %v, not %v", previous, back, next)
		}
	})
}

func TestLookUpsDoNotAllocate(t *testing.T) {
	days, from, p := workdays(t, "RU"), date("2025-11-20"), calendar.DaysPeriod(45)
	stays := []calendar.Stay{{From: from, To: from.AddDays(3)}, {From: from.AddDays(2), To: from.AddDays(9)}}
	buffer := make([]byte, 0, 16)
	for name, f := range map[string]func(){
		"Deadline": func() { days.Deadline(from, p, true) },
		"months":   func() { from.AddMonths(13) },
		"stays":    func() { calendar.StayDays(stays) },
		"sorting":  func() { calendar.SortStays(stays) },
		"text":     func() { buffer, _ = from.AppendText(buffer[:0]) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkDeadline(b *testing.B) {
	p := calendar.DaysPeriod(45)
	for name, from := range map[string]calendar.Date{"weekday": date("2026-01-31"), "eight days off": date("2025-11-20")} {
		b.Run(name, func(b *testing.B) {
			days := workdays(b, "RU")
			b.ReportAllocs()
			for b.Loop() {
				days.Deadline(from, p, true)
			}
		})
	}
}

func BenchmarkIsWorking(b *testing.B) {
	days, d := workdays(b, "BG"), date("2026-04-10")
	b.ReportAllocs()
	for b.Loop() {
		days.IsWorking(d)
	}
}
