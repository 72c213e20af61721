package calendar

import (
	"strconv"
	"strings"
	"time"
)

// Period is a term as policies write it, in ISO 8601: a calendar period of
// months and days, or a clock period of elapsed hours and minutes, never both.
// Years are kept as 12 months and weeks as 7 days, so that equal terms are
// equal values. The zero Period is no term.
type Period struct {
	months, days int32
	clock        time.Duration
}

// The largest terms that ParsePeriod accepts: a century, and 10,000 hours.
const (
	maxMonths = 100 * 12
	maxDays   = 36525
	maxClock  = 10_000 * time.Hour
)

// MonthsPeriod returns a period of whole months, as a warranty card states it.
// Numbers below zero count as zero, and a century is the most.
func MonthsPeriod(months int) Period {
	return Period{months: int32(min(max(months, 0), maxMonths))}
}

// DaysPeriod returns a period of whole days, within the same limits.
func DaysPeriod(days int) Period { return Period{days: int32(min(max(days, 0), maxDays))} }

// ParsePeriod reads an ISO 8601 period: P12M, P2Y, P1Y6M, P45D, P1M10D, P1W,
// PT48H, PT30M, PT1H30M. Numbers are whole and without a sign, units stand in
// the order of the standard, dates and times are not mixed, weeks stand alone,
// and the sum is above zero and at most a century, or 10,000 hours. Anything
// else is an error of code BadPeriod.
func ParsePeriod(s string) (Period, error) {
	rest, found := strings.CutPrefix(s, "P")
	if !found || rest == "" || len(s) > 30 {
		return Period{}, badPeriod(s, "")
	}
	if clock, timed := strings.CutPrefix(rest, "T"); timed {
		return parseClock(s, clock)
	}
	if strings.Contains(rest, "T") {
		return Period{}, badPeriod(s, "; days and hours cannot be mixed")
	}
	values, ok := parseUnits(rest, "YMWD")
	if !ok || values[2] > 0 && (values[0] > 0 || values[1] > 0 || values[3] > 0) {
		return Period{}, badPeriod(s, "")
	}
	months, days := values[0]*12+values[1], values[2]*7+values[3]
	switch {
	case months == 0 && days == 0:
		return Period{}, badPeriod(s, "; it must be longer than nothing")
	case months > maxMonths || days > maxDays:
		return Period{}, badPeriod(s, "; it must not exceed 100 years")
	}
	return Period{months: int32(months), days: int32(days)}, nil
}

func parseClock(s, rest string) (Period, error) {
	values, ok := parseUnits(rest, "HM")
	if !ok {
		return Period{}, badPeriod(s, "")
	}
	clock := time.Duration(values[0])*time.Hour + time.Duration(values[1])*time.Minute
	switch {
	case clock == 0:
		return Period{}, badPeriod(s, "; it must be longer than nothing")
	case clock > maxClock:
		return Period{}, badPeriod(s, "; it must not exceed 10,000 hours")
	}
	return Period{clock: clock}, nil
}

// parseUnits reads numbers that are each followed by a unit, the units in the
// order given and each at most once.
func parseUnits(s, units string) (values [4]int, ok bool) {
	next := 0
	for s != "" {
		end := strings.IndexAny(s, units[next:])
		if end < 1 || end > 6 { // six digits are beyond every limit and cannot overflow
			return values, false
		}
		unit := strings.IndexByte(units, s[end])
		value, digits := number(s[:end])
		if !digits {
			return values, false
		}
		values[unit] = value
		next, s = unit+1, s[end+1:]
	}
	return values, next > 0
}

func badPeriod(s, why string) error {
	return fail(BadPeriod, "calendar: "+shown(s)+" is not a period: expected ISO 8601, such as P12M, P2Y, P1Y6M, P45D, P1W, PT48H or PT30M"+why, "period", s)
}

// IsZero reports whether p is no term.
func (p Period) IsZero() bool { return p == Period{} }

// IsClock reports whether p is elapsed time (PT48H) instead of calendar time.
func (p Period) IsClock() bool { return p.clock != 0 }

// Months returns the months of a calendar period, years included.
func (p Period) Months() int { return int(p.months) }

// Days returns the days of a calendar period beside its months, weeks included.
func (p Period) Days() int { return int(p.days) }

// Duration returns the length of a clock period, and 0 for a calendar period,
// which has no fixed length.
func (p Period) Duration() time.Duration { return p.clock }

// From returns the last day, inclusive, of a calendar period that an event on
// the given day starts; that day itself is not counted (GK RF 191, ZZD 72).
// Months are added to the given day in one step, then days. A clock period has
// no last day: use AddHours.
func (p Period) From(event Date) Date {
	if p.IsClock() {
		return Date{}
	}
	if p.months != 0 {
		event = event.AddMonths(int(p.months))
	}
	return event.AddDays(int(p.days))
}

// String writes the period in ISO 8601, years as months and weeks as days:
// P24M, P7D, PT48H. The zero Period is empty.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	b := []byte{'P'}
	part := func(n int64, unit byte) {
		if n != 0 {
			b = append(strconv.AppendInt(b, n, 10), unit)
		}
	}
	part(int64(p.months), 'M')
	part(int64(p.days), 'D')
	if p.IsClock() {
		b = append(b, 'T')
		part(int64(p.clock/time.Hour), 'H')
		part(int64(p.clock%time.Hour/time.Minute), 'M')
	}
	return string(b)
}

// MarshalText writes what String writes.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePeriod accepts; empty text is no term.
func (p *Period) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Period{}
		return nil
	}
	parsed, err := ParsePeriod(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
