package calendar

import (
	"strings"
	"time"
)

// LoadZone returns the zone of an IANA name such as Europe/Sofia. An unknown
// name, the empty name and "Local" (which would make results depend on the
// machine) are errors of code UnknownZone. The zone database is the program's
// business: a program that must run anywhere embeds time/tzdata.
func LoadZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc, nil
		}
	}
	return nil, fail(UnknownZone, "calendar: there is no time zone "+shown(name)+": expected a name of the IANA database, such as Europe/Sofia", "zone", name)
}

// DefaultZone returns the name of the zone that a jurisdiction's dates are
// meant in where no shop is known: Europe/Moscow for RU, Europe/Sofia for BG.
func DefaultZone(jurisdiction string) (string, error) {
	switch jurisdiction {
	case "RU":
		return "Europe/Moscow", nil
	case "BG":
		return "Europe/Sofia", nil
	}
	_, err := For(jurisdiction)
	return "", err
}

// AddHours returns the instant the given hours of elapsed time later, in the
// zone of t: across a clock change the clock shows an hour more or less
// (law.md, counting rule 7).
func AddHours(t time.Time, hours int) time.Time { return t.Add(time.Duration(hours) * time.Hour) }

// ParseInstant reads a date with a time of day, YYYY-MM-DDTHH:MM with optional
// seconds and fraction, and T or a space between. With an offset (or Z) it is
// that instant, shown in loc, or in its own offset if loc is nil. Without one
// it is the local time in loc; a local time that a clock change skips or
// repeats is an error of code OffsetNeeded that names both readings (law.md,
// counting rule 8), and so is a local time if loc is nil. Anything else is an
// error of code BadInstant.
func ParseInstant(s string, loc *time.Location) (time.Time, error) {
	wall, offset, ok := splitInstant(s)
	if !ok {
		return time.Time{}, fail(BadInstant, "calendar: "+shown(s)+" is not a date with a time of day: expected such as 2026-03-10T12:00:00+02:00, or 2026-03-10T12:00 with a zone", "instant", s)
	}
	if offset != "" {
		seconds, ok := parseOffset(offset)
		if !ok {
			return time.Time{}, fail(BadInstant, "calendar: "+shown(s)+" has no valid offset from UTC: expected Z or such as +02:00", "instant", s)
		}
		instant := wall.Add(-time.Duration(seconds) * time.Second)
		switch {
		case loc != nil:
			return instant.In(loc), nil
		case seconds == 0:
			return instant, nil
		}
		return instant.In(time.FixedZone("", seconds)), nil
	}
	if loc == nil {
		return time.Time{}, fail(OffsetNeeded, "calendar: "+shown(s)+" has neither an offset nor a zone: add an offset, such as +02:00", "instant", s)
	}
	return local(s, wall, loc)
}

// parseOffset reads Z or ±HH:MM, up to 18 hours, as seconds east of UTC.
func parseOffset(s string) (seconds int, ok bool) {
	if s == "Z" {
		return 0, true
	}
	if len(s) != len("+02:00") || s[3] != ':' {
		return 0, false
	}
	h, okH := number(s[1:3])
	m, okM := number(s[4:])
	seconds = h*3600 + m*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, okH && okM && h <= 18 && m < 60
}

// splitInstant reads the wall clock, as if it were UTC, and what offset follows.
func splitInstant(s string) (wall time.Time, offset string, ok bool) {
	const least = len("2026-03-10T12:00")
	if len(s) < least || len(s) > 40 || s[10] != 'T' && s[10] != ' ' {
		return time.Time{}, "", false
	}
	date, err := ParseDate(s[:10])
	if err != nil {
		return time.Time{}, "", false
	}
	clock := s[11:]
	if i := strings.IndexAny(clock, "Z+-"); i >= 0 {
		clock, offset = clock[:i], clock[i:]
	}
	layout := "15:04"
	if len(clock) > len(layout) {
		layout = "15:04:05" // a fraction of the second may follow
	}
	if len(clock) < len(layout) || clock[2] != ':' || strings.Contains(clock, ",") {
		return time.Time{}, "", false
	}
	of, err := time.Parse(layout, clock)
	if err != nil {
		return time.Time{}, "", false
	}
	return date.Start(time.UTC).Add(of.Sub(time.Date(0, time.January, 1, 0, 0, 0, 0, time.UTC))), offset, true
}

// local finds the one instant at which the clocks of loc show wall.
func local(s string, wall time.Time, loc *time.Location) (time.Time, error) {
	shows, offsets := readings(wall, loc)
	if len(shows) == 1 {
		return shows[0], nil
	}
	why := " exists twice in "
	if len(shows) == 0 {
		why = " does not exist in "
	}
	first, second := withOffset(wall, offsets[0]), withOffset(wall, offsets[len(offsets)-1])
	return time.Time{}, fail(OffsetNeeded,
		"calendar: the time "+s+why+loc.String()+": add the offset, "+first+" or "+second,
		"instant", s, "zone", loc.String(), "first", first, "second", second)
}

// withOffset writes the wall clock with an offset in seconds, as a caller would
// have to give it.
func withOffset(wall time.Time, offset int) string {
	return wall.Add(-time.Duration(offset) * time.Second).In(time.FixedZone("", offset)).Format(time.RFC3339)
}

// readings returns the instants, in order, at which the clocks of loc show
// wall, and the offsets in seconds, in order, that they have or, if there is
// no such instant, that are in use around it.
func readings(wall time.Time, loc *time.Location) (shows []time.Time, offsets []int) {
	// Offsets are less than a day, so whatever offset applies is in use within
	// a day of the wall clock read as UTC.
	end := wall.Add(25 * time.Hour)
	var around []int
	for t := wall.Add(-25 * time.Hour).In(loc); !t.After(end); {
		_, offset := t.Zone()
		start, next := t.ZoneBounds()
		at := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		around = append(around, offset)
		if !at.Before(start) && (next.IsZero() || at.Before(next)) {
			shows, offsets = append(shows, at), append(offsets, offset)
		}
		if next.IsZero() {
			break
		}
		t = next
	}
	if len(shows) == 0 {
		return nil, around
	}
	return shows, offsets
}

// Start returns the first instant of the day in loc: midnight, or the moment
// after a clock change that skips it. If a zone left the day out altogether,
// it is the first instant of the next one. No date gives the zero time.
func (d Date) Start(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	midnight := time.Unix(int64(d.Days())*24*60*60, 0).UTC()
	if loc == time.UTC {
		return midnight
	}
	shows, offsets := readings(midnight, loc)
	if len(shows) > 0 {
		return shows[0]
	}
	// Read with the offset before the change, a skipped time lies after it.
	after := midnight.Add(-time.Duration(offsets[0]) * time.Second).In(loc)
	change, _ := after.ZoneBounds()
	return change
}
