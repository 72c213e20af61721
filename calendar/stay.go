package calendar

import (
	"slices"
	"strings"
	"time"
)

// Stay is time in service, in days of the shop's zone, both ends counted
// (law.md, counting rule 5). A stay with To before From, or without one of the
// ends, holds no day: whoever counts a stay that has not ended yet closes it
// with the day of the question first.
type Stay struct{ From, To Date }

// NewStay returns the stay from one day to another, or an error of code BadStay
// if an end is missing or the last day is before the first.
func NewStay(from, to Date) (Stay, error) {
	if from.IsZero() || to.IsZero() {
		return Stay{}, fail(BadStay, "calendar: a stay has a first and a last day", "from", from.String(), "to", to.String())
	}
	if to.Before(from) {
		return Stay{}, fail(BadStay, "calendar: the stay ends on "+to.String()+", before it begins on "+from.String(), "from", from.String(), "to", to.String())
	}
	return Stay{from, to}, nil
}

// ParseStay reads two ends with a slash between: dates
// (2026-03-01/2026-03-20), or instants as ParseInstant reads them, which count
// as their local dates in loc. If loc is nil, instants need their own offset
// and count as dates in it. Errors have the codes BadStay, BadDate, BadInstant
// and OffsetNeeded.
func ParseStay(s string, loc *time.Location) (Stay, error) {
	first, last, found := strings.Cut(s, "/")
	if !found || strings.Contains(last, "/") {
		return Stay{}, fail(BadStay, "calendar: "+shown(s)+" is not a stay: expected two ends, such as 2026-03-01/2026-03-20", "stay", s)
	}
	from, err := parseEnd(first, loc)
	if err != nil {
		return Stay{}, err
	}
	to, err := parseEnd(last, loc)
	if err != nil {
		return Stay{}, err
	}
	return NewStay(from, to)
}

// parseEnd reads a date, or an instant as the date it falls on in loc.
func parseEnd(s string, loc *time.Location) (Date, error) {
	if !strings.ContainsAny(s, "T ") {
		return ParseDate(s)
	}
	t, err := ParseInstant(s, loc)
	if err != nil {
		return Date{}, err
	}
	return DateOf(t, t.Location()), nil
}

// Days returns the days of the stay, both ends counted: 1 for a stay that
// begins and ends on one day.
func (s Stay) Days() int {
	if s.From.IsZero() || s.To.Before(s.From) {
		return 0
	}
	return s.To.Sub(s.From) + 1
}

// SortStays puts stays in order of their first day, in place and without
// allocating.
func SortStays(stays []Stay) { slices.SortFunc(stays, compareStays) }

func compareStays(a, b Stay) int { return a.From.Compare(b.From) }

// Union returns the days of all stays as the fewest stays, in order:
// overlapping stays and stays on neighbouring days are united. The argument
// stays as it was.
func Union(stays []Stay) []Stay { return UnionInPlace(slices.Clone(stays)) }

// UnionInPlace is Union over the caller's slice: it sorts and shortens it, and
// does not allocate.
func UnionInPlace(stays []Stay) []Stay {
	SortStays(stays)
	united := stays[:0]
	for _, s := range stays {
		if s.Days() == 0 {
			continue
		}
		if n := len(united); n > 0 && united[n-1].To.Sub(s.From) >= -1 {
			united[n-1].To = Date{max(united[n-1].To.n, s.To.n)}
			continue
		}
		united = append(united, s)
	}
	return united
}

// StayDays returns how many days at least one of the stays holds. It does not
// allocate if the stays are sorted by their first day; others it copies.
func StayDays(stays []Stay) int {
	if !slices.IsSortedFunc(stays, compareStays) {
		stays = slices.Clone(stays)
		SortStays(stays)
	}
	days := 0
	var counted Date // last day counted so far
	for _, s := range stays {
		if s.Days() == 0 || !s.To.After(counted) {
			continue
		}
		if !s.From.After(counted) {
			s.From = Date{counted.n + 1}
		}
		days += s.Days()
		counted = s.To
	}
	return days
}
