package calendar_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests must not depend on the machine's zones

	"pgregory.net/rapid"

	"github.com/talon-care/talon/calendar"
)

// zone returns the named zone, and nil for no name.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	if name == "" {
		return nil
	}
	loc, err := calendar.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestLoadZone(t *testing.T) {
	for _, name := range []string{"Europe/Sofia", "Asia/Omsk", "UTC"} {
		if loc, err := calendar.LoadZone(name); err != nil || loc.String() != name {
			t.Errorf("%s: %v, %v", name, loc, err)
		}
	}
	for _, name := range []string{"", "Local", "Europe/Sofiya", "../etc/passwd", "MSK+3"} {
		if loc, err := calendar.LoadZone(name); code(t, err) != calendar.UnknownZone || loc != nil {
			t.Errorf("%q: %v, %v", name, loc, err)
		}
	}
	if _, err := calendar.DefaultZone("EU"); code(t, err) != calendar.UnknownJurisdiction {
		t.Errorf("EU: %v", err)
	}
}

func TestParseInstant(t *testing.T) {
	for _, c := range []struct{ in, zone, want string }{
		{"2026-03-10T12:00:00+02:00", "", "2026-03-10T12:00:00+02:00"},
		{"2026-03-10T12:00:00+02:00", "Europe/Sofia", "2026-03-10T12:00:00+02:00"},
		{"2026-03-10T12:00:00Z", "Europe/Sofia", "2026-03-10T14:00:00+02:00"},
		{"2026-03-10T12:00:00Z", "", "2026-03-10T12:00:00Z"},
		{"2026-03-10T12:00:00-00:00", "", "2026-03-10T12:00:00Z"},
		{"2026-03-10T12:00-03:30", "", "2026-03-10T12:00:00-03:30"},
		{"2026-03-10T12:00", "Europe/Sofia", "2026-03-10T12:00:00+02:00"},
		{"2026-07-10 12:00:30", "Europe/Sofia", "2026-07-10T12:00:30+03:00"},
		{"2026-03-10T12:00:00.25", "Asia/Omsk", "2026-03-10T12:00:00.25+06:00"},
		{"2026-03-29T02:59:59", "Europe/Sofia", "2026-03-29T02:59:59+02:00"},
		{"2026-03-29T04:00", "Europe/Sofia", "2026-03-29T04:00:00+03:00"},
		{"2026-10-25T02:59:59", "Europe/Sofia", "2026-10-25T02:59:59+03:00"},
		{"2026-10-25T04:00", "Europe/Sofia", "2026-10-25T04:00:00+02:00"},
		{"2026-10-25T03:30+03:00", "Europe/Sofia", "2026-10-25T03:30:00+03:00"},
		{"2026-10-25T03:30+02:00", "Europe/Sofia", "2026-10-25T03:30:00+02:00"},
		{"2026-03-29T03:30+02:00", "Europe/Sofia", "2026-03-29T04:30:00+03:00"},
		{"1916-07-02T00:00", "Europe/Moscow", "1916-07-02T00:00:00+02:30"}, // a mean time, 2:30:17
	} {
		t.Run(c.in+" "+c.zone, func(t *testing.T) {
			got, err := calendar.ParseInstant(c.in, zone(t, c.zone))
			if err != nil || got.Format(time.RFC3339Nano) != c.want {
				t.Errorf("got %v, %v; want %s", got.Format(time.RFC3339Nano), err, c.want)
			}
		})
	}
}

func TestParseInstantRefuses(t *testing.T) {
	for _, s := range []string{"", "2026-03-10", "12:00", "2026-03-10T", "2026-03-10T9:00:00", "2026-03-10T9:000", "2026-03-10T24:00", "2026-03-10T12:60",
		"2026-03-10T12:00:60", "2026-03-10t12:00", "2026-03-10T12:00z", "2026-02-30T12:00Z", "2026-03-10T12:00+3", "2026-03-10T12:00+0300", "2026-03-10T12:00+25:00",
		"2026-03-10T12:00+03:60", "2026-03-10T12:00+-3:00", "2026-03-10T12:00:00,5Z", "2026-03-10T12:00:00.Z", "2026-03-10T12:00ZZ", "1.3.2026 12:00:00",
		"2026-03-10T12:00 +03:00", "9999-03-10T12:00Z", "2026-03-10T12:00:00.0000000000000000000000Z"} {
		t.Run(s, func(t *testing.T) {
			if got, err := calendar.ParseInstant(s, time.UTC); code(t, err) != calendar.BadInstant || !got.IsZero() {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// TestClockChanges holds law.md, counting rule 8: the error names both readings.
func TestClockChanges(t *testing.T) {
	for _, c := range []struct{ in, zone, why, first, second string }{
		{"2026-03-29T03:30", "Europe/Sofia", "does not exist", "2026-03-29T03:30:00+02:00", "2026-03-29T03:30:00+03:00"},
		{"2026-03-29T03:00", "Europe/Sofia", "does not exist", "2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00+03:00"},
		{"2026-10-25T03:30", "Europe/Sofia", "exists twice", "2026-10-25T03:30:00+03:00", "2026-10-25T03:30:00+02:00"},
		{"2026-10-25T03:00", "Europe/Sofia", "exists twice", "2026-10-25T03:00:00+03:00", "2026-10-25T03:00:00+02:00"},
		{"2014-10-26T01:30", "Europe/Moscow", "exists twice", "2014-10-26T01:30:00+04:00", "2014-10-26T01:30:00+03:00"},
		{"2011-12-30T12:00", "Pacific/Apia", "does not exist", "2011-12-30T12:00:00-10:00", "2011-12-30T12:00:00+14:00"},
	} {
		t.Run(c.in+" "+c.zone, func(t *testing.T) {
			_, err := calendar.ParseInstant(c.in, zone(t, c.zone))
			if code(t, err) != calendar.OffsetNeeded {
				t.Fatalf("got %v", err)
			}
			for _, part := range []string{c.in, c.zone, c.why, "add the offset", c.first, c.second} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
	if _, err := calendar.ParseInstant("2026-03-29T03:30", nil); code(t, err) != calendar.OffsetNeeded {
		t.Errorf("without a zone: %v", err)
	}
}

// TestInstantRoundTrip holds that a local time without an offset is read as an
// instant at which the zone's clock shows it, and only if there is no other.
func TestInstantRoundTrip(t *testing.T) {
	zones := []string{"Europe/Sofia", "Europe/Moscow", "Asia/Omsk", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		loc, err := calendar.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(0, 1<<31).Draw(t, "seconds"), 0).In(loc)
		if rapid.Bool().Draw(t, "near a change") {
			if _, change := at.ZoneBounds(); !change.IsZero() {
				at = change.Add(time.Duration(rapid.IntRange(-7200, 7200).Draw(t, "off")) * time.Second)
			}
		}
		const wall = "2006-01-02T15:04:05"
		got, err := calendar.ParseInstant(at.Format(wall), loc)
		twice := false
		for minutes := -26 * 60; minutes <= 26*60; minutes += 30 {
			other := at.Add(time.Duration(minutes) * time.Minute)
			twice = twice || minutes != 0 && other.Format(wall) == at.Format(wall)
		}
		if twice != (err != nil) || err == nil && !got.Equal(at) {
			t.Fatalf("%v reads as %v, %v; twice %v", at, got, err, twice)
		}
		if exact, err := calendar.ParseInstant(at.Format(time.RFC3339), loc); err != nil || !exact.Equal(at) {
			t.Fatalf("%v with its offset reads as %v, %v", at, exact, err)
		}
		start := calendar.DateOf(at, loc).Start(loc)
		if start.After(at) || calendar.DateOf(start, loc) != calendar.DateOf(at, loc) || calendar.DateOf(start.Add(-1), loc) == calendar.DateOf(at, loc) && !repeats(start, loc) {
			t.Fatalf("the day of %v starts at %v", at, start)
		}
	})
}

// repeats reports whether the clock goes back over midnight, so that a day is
// left and entered again.
func repeats(start time.Time, loc *time.Location) bool {
	_, before := start.Add(-3 * time.Hour).In(loc).Zone()
	_, after := start.Add(3 * time.Hour).In(loc).Zone()
	return after < before
}

func TestStart(t *testing.T) {
	for _, c := range []struct{ day, zone, want string }{
		{"2026-03-10", "Europe/Sofia", "2026-03-10T00:00:00+02:00"},
		{"2026-07-10", "Europe/Sofia", "2026-07-10T00:00:00+03:00"},
		{"2018-11-04", "America/Sao_Paulo", "2018-11-04T01:00:00-02:00"}, // midnight skipped
		{"2011-12-30", "Pacific/Apia", "2011-12-31T00:00:00+14:00"},      // day skipped
		{"2018-11-04", "America/Havana", "2018-11-04T00:00:00-04:00"},    // midnight twice
	} {
		t.Run(c.day+" "+c.zone, func(t *testing.T) {
			if got := date(c.day).Start(zone(t, c.zone)).Format(time.RFC3339); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{"2026-03-10T12:00:00+02:00", "2026-03-29T03:30", "2026-10-25 03:30", "2026-03-10T12:00Z", "2026-03-10T12:00:00.5-00:00"} {
		f.Add(s)
	}
	loc := zone(f, "Europe/Sofia")
	f.Fuzz(func(t *testing.T, s string) {
		at, err := calendar.ParseInstant(s, loc)
		if err != nil {
			return
		}
		// Before the zone had whole-minute offsets, RFC 3339 cannot write it.
		if again, err := calendar.ParseInstant(at.Format(time.RFC3339Nano), loc); err != nil || !again.Equal(at) && at.Year() > 1904 {
			t.Errorf("%q is %v, which reads back as %v, %v", s, at, again, err)
		}
		if want, err := time.Parse(time.RFC3339, s); err == nil && !want.Equal(at) {
			t.Errorf("%q is %v, RFC 3339 says %v", s, at, want)
		}
	})
}
