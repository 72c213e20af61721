package calendar_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
)

// TestEndsOfMonths holds law.md, counting rules 2 and 3, where months differ in
// length.
func TestEndsOfMonths(t *testing.T) {
	for _, c := range []struct{ name, event, period, last string }{
		{"no 31 February", "2026-01-31", "P1M", "2026-02-28"},
		{"no 30 February", "2026-01-30", "P1M", "2026-02-28"},
		{"28 January keeps its day", "2026-01-28", "P1M", "2026-02-28"},
		{"29 February of a leap year", "2028-01-31", "P1M", "2028-02-29"},
		{"no 31 April", "2026-03-31", "P1M", "2026-04-30"},
		{"over the year", "2025-11-30", "P3M", "2026-02-28"},
		{"the last of August, half a year", "2025-08-31", "P6M", "2026-02-28"},
		{"a leap day, a year", "2024-02-29", "P1Y", "2025-02-28"},
		{"a leap day, four years", "2024-02-29", "P4Y", "2028-02-29"},
		{"into a leap year the day stays", "2027-02-28", "P1Y", "2028-02-28"},
		{"2100 is no leap year", "2099-12-31", "P2M", "2100-02-28"},
		{"2000 was one", "1999-12-31", "P2M", "2000-02-29"},
		{"two years of a Bulgarian warranty", "2024-02-29", "P2Y", "2026-02-28"},
		{"months first, then days", "2026-01-31", "P1M1D", "2026-03-01"},
		{"weeks are days", "2026-02-20", "P2W", "2026-03-06"},
		{"45 days over February", "2026-01-31", "P45D", "2026-03-17"},
		{"45 days over a leap February", "2028-01-31", "P45D", "2028-03-16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := calendar.ParsePeriod(c.period)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.From(date(c.event)); got != date(c.last) {
				t.Errorf("%s + %s ends %v, want %s", c.event, c.period, got, c.last)
			}
		})
	}
}

// TestLastDaysThatMove walks the days off of the loaded years that a term may
// end on: holidays, the days given for them, and the days the decrees moved.
func TestLastDaysThatMove(t *testing.T) {
	for _, c := range []struct{ name, jurisdiction, last, until string }{
		{"Monday after 23 February 2025 works: the day off was moved to May", "RU", "2025-02-23", "2025-02-24"},
		{"and after 8 March 2025", "RU", "2025-03-08", "2025-03-10"},
		{"1 May 2025 with the moved 2 May", "RU", "2025-05-01", "2025-05-05"},
		{"8 May 2025, moved, and 9 May", "RU", "2025-05-08", "2025-05-12"},
		{"12 June 2025 with the moved 13 June", "RU", "2025-06-12", "2025-06-16"},
		{"Saturday 1 November 2025 works", "RU", "2025-11-01", "2025-11-01"},
		{"Sunday before the moved 3 November", "RU", "2025-11-02", "2025-11-05"},
		{"31 December 2025 and all of the New Year holidays", "RU", "2025-12-31", "2026-01-12"},
		{"30 December 2025 works", "RU", "2025-12-30", "2025-12-30"},
		{"Friday 9 January 2026, moved", "RU", "2026-01-09", "2026-01-12"},
		{"Monday 23 February 2026", "RU", "2026-02-23", "2026-02-24"},
		{"Sunday 8 March 2026 gives Monday", "RU", "2026-03-08", "2026-03-10"},
		{"Saturday 9 May 2026 gives Monday", "RU", "2026-05-09", "2026-05-12"},
		{"Friday 12 June 2026", "RU", "2026-06-12", "2026-06-15"},
		{"Wednesday 4 November 2026", "RU", "2026-11-04", "2026-11-05"},
		{"3 March 2024 is a Sunday", "BG", "2024-03-03", "2024-03-05"},
		{"Good Friday 2024; Easter Monday is 6 May, and gives no day for it", "BG", "2024-05-03", "2024-05-07"},
		{"Independence Day 2024 is a Sunday", "BG", "2024-09-22", "2024-09-24"},
		{"Good Friday 2025", "BG", "2025-04-18", "2025-04-22"},
		{"24 May 2025 is a Saturday", "BG", "2025-05-24", "2025-05-27"},
		{"6 September 2025 is a Saturday", "BG", "2025-09-06", "2025-09-09"},
		{"Christmas 2025 and the weekend", "BG", "2025-12-24", "2025-12-29"},
		{"the euro: 31 December 2025 to 4 January 2026", "BG", "2025-12-31", "2026-01-05"},
		{"Good Friday 2026", "BG", "2026-04-10", "2026-04-14"},
		{"24 May 2026 is a Sunday", "BG", "2026-05-24", "2026-05-26"},
		{"6 September 2026 is a Sunday", "BG", "2026-09-06", "2026-09-08"},
		{"26 December 2026 is a Saturday", "BG", "2026-12-25", "2026-12-29"},
		{"All Saints is a day off in schools only", "BG", "2024-11-01", "2024-11-01"},
	} {
		t.Run(c.jurisdiction+" "+c.name, func(t *testing.T) {
			got := workdays(t, c.jurisdiction).Deadline(date(c.last).AddDays(-10), calendar.DaysPeriod(10), true)
			want := calendar.Deadline{LastDay: date(c.last), Until: date(c.until)}
			if got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// TestHoursOverClockChanges holds law.md, counting rule 7: an hour is an hour.
func TestHoursOverClockChanges(t *testing.T) {
	for _, c := range []struct {
		name, from string
		hours      int
		zone, want string
	}{
		{"spring in Sofia skips 03:00 to 04:00", "2026-03-28T12:00:00+02:00", 48, "Europe/Sofia", "2026-03-30T13:00:00+03:00"},
		{"an hour before the gap", "2026-03-29T02:30:00+02:00", 1, "Europe/Sofia", "2026-03-29T04:30:00+03:00"},
		{"autumn in Sofia has 03:00 to 04:00 twice", "2026-10-24T12:00:00+03:00", 48, "Europe/Sofia", "2026-10-26T11:00:00+02:00"},
		{"an hour inside the repeated hour", "2026-10-25T03:30:00+03:00", 1, "Europe/Sofia", "2026-10-25T03:30:00+02:00"},
		{"Omsk has no summer time", "2026-03-28T12:00:00+06:00", 48, "Asia/Omsk", "2026-03-30T12:00:00+06:00"},
		{"Omsk moved its clocks back in 2014", "2014-10-25T12:00:00+07:00", 48, "Asia/Omsk", "2014-10-27T11:00:00+06:00"},
		{"over the New Year", "2025-12-30T18:00:00+03:00", 48, "Europe/Moscow", "2026-01-01T18:00:00+03:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := calendar.ParseInstant(c.from, zone(t, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			if got := calendar.AddHours(at, c.hours).Format(time.RFC3339); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestLocalDates holds law.md, counting rule 1, around midnight and a clock
// change.
func TestLocalDates(t *testing.T) {
	for _, c := range []struct{ at, zone, want string }{
		{"2025-06-29T19:30:00Z", "Asia/Omsk", "2025-06-30"},
		{"2025-06-29T19:30:00Z", "Europe/Moscow", "2025-06-29"},
		{"2025-06-29T17:59:59Z", "Asia/Omsk", "2025-06-29"},
		{"2026-03-28T21:59:59Z", "Europe/Sofia", "2026-03-28"},
		{"2026-03-28T22:00:00Z", "Europe/Sofia", "2026-03-29"},
		{"2026-03-29T20:59:59Z", "Europe/Sofia", "2026-03-29"},
		{"2026-03-29T21:00:00Z", "Europe/Sofia", "2026-03-30"},
		{"2026-10-25T21:59:59Z", "Europe/Sofia", "2026-10-25"},
		{"2026-10-25T22:00:00Z", "Europe/Sofia", "2026-10-26"},
		{"2024-02-28T18:00:00Z", "Asia/Omsk", "2024-02-29"},
		{"2025-12-31T18:00:00Z", "Asia/Omsk", "2026-01-01"},
	} {
		t.Run(c.at+" "+c.zone, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := calendar.DateOf(at, zone(t, c.zone)); got != date(c.want) {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}
