package calendar_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/talon-care/talon/calendar"
)

// TestDue holds the JSON that other programs read.
func TestDue(t *testing.T) {
	for _, c := range []struct{ name, jurisdiction, from, period, zone, want string }{
		{"date", "RU", "2026-01-31", "P45D", "Asia/Omsk", `{"last_day":"2026-03-17","until":"2026-03-17","provisional":false}`},
		{"shift", "BG", "2026-01-31", "P1M", "", `{"last_day":"2026-02-28","until":"2026-03-02","provisional":false}`},
		{"provisional", "RU", "2026-11-21", "P45D", "", `{"last_day":"2027-01-05","until":"2027-01-11","provisional":true}`},
		{"instant in the shop's zone", "RU", "2025-06-29T22:30:00+03:00", "P10D", "Asia/Omsk", `{"last_day":"2025-07-10","until":"2025-07-10","provisional":false}`},
		{"instant in the default zone", "RU", "2025-06-29T22:30:00+03:00", "P10D", "", `{"last_day":"2025-07-09","until":"2025-07-09","provisional":false}`},
		{"instant in its own offset", "RU", "2025-06-30T01:30:00+06:00", "P10D", "", `{"last_day":"2025-07-10","until":"2025-07-10","provisional":false}`},
		{"UTC instant says nothing of the place", "RU", "2025-06-29T22:30:00Z", "P10D", "", `{"last_day":"2025-07-10","until":"2025-07-10","provisional":false}`},
		{"local time", "BG", "2026-01-31T23:59", "P1M", "", `{"last_day":"2026-02-28","until":"2026-03-02","provisional":false}`},
		{"hours across the clock change", "BG", "2026-10-24T12:00:00+03:00", "PT48H", "", `{"due":"2026-10-26T11:00:00+02:00"}`},
		{"local hours", "BG", "2026-10-24T12:00", "PT48H", "Europe/Sofia", `{"due":"2026-10-26T11:00:00+02:00"}`},
		{"hours in a zone", "RU", "2026-10-24T12:00:00+03:00", "PT48H", "Asia/Omsk", `{"due":"2026-10-26T15:00:00+06:00"}`},
		{"hours in an offset", "RU", "2026-10-24T12:00:00+06:00", "PT48H", "", `{"due":"2026-10-26T12:00:00+06:00"}`},
		{"minutes", "BG", "2026-10-24T12:00:00Z", "PT30M", "", `{"due":"2026-10-24T15:30:00+03:00"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			due, err := calendar.Due(c.jurisdiction, c.from, c.period, c.zone)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := json.Marshal(due); err != nil || string(got) != c.want {
				t.Errorf("got %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func TestDueRefuses(t *testing.T) {
	for _, c := range []struct {
		name, jurisdiction, from, period, zone string
		code                                   calendar.Code
	}{
		{"no such country", "DE", "2026-01-31", "P45D", "", calendar.UnknownJurisdiction},
		{"bad period", "RU", "2026-01-31", "45", "", calendar.BadPeriod},
		{"bad zone, though not needed", "RU", "2026-01-31", "P45D", "Omsk", calendar.UnknownZone},
		{"bad date", "RU", "2026-02-30", "P45D", "", calendar.BadDate},
		{"bad instant", "RU", "2026-02-28T30:00", "P45D", "", calendar.BadInstant},
		{"hours from a date", "RU", "2026-01-31", "PT48H", "", calendar.BadInstant},
		{"skipped time", "BG", "2026-03-29T03:30", "PT48H", "", calendar.OffsetNeeded},
		{"repeated time", "BG", "2026-10-25T03:30", "P1M", "", calendar.OffsetNeeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			if due, err := calendar.Due(c.jurisdiction, c.from, c.period, c.zone); code(t, err) != c.code || due != (calendar.DueResult{}) {
				t.Errorf("got %v, %v; want %s", due, err, c.code)
			}
		})
	}
}

func TestStaySum(t *testing.T) {
	for _, c := range []struct {
		name, zone, stays, want string
	}{
		{"union", "Europe/Sofia", "2026-03-01/2026-03-20 2026-03-10/2026-03-25", `{"days":25}`},
		{"instants", "Europe/Sofia", "2026-03-01T10:00:00+02:00/2026-03-02T16:00:00+02:00", `{"days":2}`},
		{"local dates differ", "Asia/Omsk", "2025-06-29T22:30:00+03:00/2025-06-30T22:30:00+03:00", `{"days":2}`},
		{"none", "", "", `{"days":0}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			sum, err := calendar.StaySum(c.zone, strings.Fields(c.stays))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := json.Marshal(sum); err != nil || string(got) != c.want {
				t.Errorf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
	if _, err := calendar.StaySum("Mars/Base", nil); code(t, err) != calendar.UnknownZone {
		t.Errorf("zone: %v", err)
	}
	if _, err := calendar.StaySum("", []string{"2026-03-01/2026-03-20", "2026-03-20/2026-03-01"}); code(t, err) != calendar.BadStay {
		t.Errorf("stay: %v", err)
	}
}
