package calendar

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// WorkCalendar knows which days of a country are working days. Its methods look
// days up in a table made once and do not allocate; it is safe for concurrent
// use.
type WorkCalendar struct {
	jurisdiction string
	off, firm    bitmap
	published    []int
}

// Deadline is the end of a term (law.md, counting rule 4).
type Deadline struct {
	LastDay Date // the nominal last day, inclusive
	Until   Date // the last day on which an act is in time: LastDay, or the next working day after it
	// Provisional tells that a decree on days off that is not loaded could
	// still change Until (counting rule 9).
	Provisional bool
}

// The table covers the years of ParseDate and a century's term after them.
const (
	firstTableYear = MinYear
	lastTableYear  = MaxYear + 100
)

var (
	loadRussia   = sync.OnceValues(func() (*WorkCalendar, error) { return build("RU", russia()) })
	loadBulgaria = sync.OnceValues(func() (*WorkCalendar, error) { return build("BG", bulgaria()) })
)

// For returns the calendar of a country, "RU" or "BG". Another name is an error
// of code UnknownJurisdiction. The first call for a country builds its table.
func For(jurisdiction string) (*WorkCalendar, error) {
	switch jurisdiction {
	case "RU":
		return loadRussia()
	case "BG":
		return loadBulgaria()
	}
	return nil, fail(UnknownJurisdiction, "calendar: no working days are known for "+shown(jurisdiction)+": expected RU or BG", "jurisdiction", jurisdiction)
}

// Jurisdiction returns the country, "RU" or "BG".
func (c *WorkCalendar) Jurisdiction() string { return c.jurisdiction }

// Published returns the years, ascending, whose decrees on days off are loaded.
func (c *WorkCalendar) Published() []int { return slices.Clone(c.published) }

// IsWorking reports whether d is a working day of the five-day week, and
// whether a decree that is not loaded could still turn it into the other kind.
//
// In a year with loaded data nothing is provisional. In any other year the
// holidays of the labour code are certain (in Bulgaria also the days off that
// article 154(2) gives for them); every other day is provisional, an ordinary
// weekday too: Russia moves days off to such weekdays each year, and makes
// Saturdays working days.
func (c *WorkCalendar) IsWorking(d Date) (working, provisional bool) {
	i := int(d.n) - tableStart
	if uint(i) >= tableDays {
		w := d.Weekday()
		return w != time.Saturday && w != time.Sunday, true
	}
	return !c.off.has(i), !c.firm.has(i)
}

// NextWorking returns d if it is a working day, else the first one after it.
// provisional tells that one of the days looked at is; see IsWorking.
func (c *WorkCalendar) NextWorking(d Date) (next Date, provisional bool) { return c.seek(d, 1) }

// PreviousWorking returns d if it is a working day, else the last one before
// it; provisional as in NextWorking.
func (c *WorkCalendar) PreviousWorking(d Date) (previous Date, provisional bool) {
	return c.seek(d, -1)
}

func (c *WorkCalendar) seek(d Date, step int) (Date, bool) {
	if d.IsZero() {
		return d, false
	}
	unsure := false
	for {
		working, provisional := c.IsWorking(d)
		unsure = unsure || provisional
		if working {
			return d, unsure
		}
		d = d.AddDays(step)
	}
}

// Deadline returns the end of a calendar period that an event on the given day
// starts. With shift a last day that is not a working day moves to the next
// working day (GK RF 193, ZZD 72); without, Until is the nominal day. No date,
// and a clock period, give the zero Deadline.
func (c *WorkCalendar) Deadline(event Date, p Period, shift bool) Deadline {
	last := p.From(event)
	if !shift {
		return Deadline{LastDay: last, Until: last}
	}
	until, provisional := c.NextWorking(last)
	return Deadline{LastDay: last, Until: until, Provisional: provisional}
}

// bitmap holds a bit for each day of the table.
type bitmap []uint64

// Where the table starts, as the ordinal of 1 January of its first year, and
// how many days it has; both follow from the years above.
const (
	tableStart = 693596
	tableDays  = 146462
)

func (b bitmap) has(i int) bool { return b[uint(i)/64]&(1<<(uint(i)%64)) != 0 }

func (b bitmap) set(i int, on bool) {
	if on {
		b[uint(i)/64] |= 1 << (uint(i) % 64)
	} else {
		b[uint(i)/64] &^= 1 << (uint(i) % 64)
	}
}

// build makes the table of a country from its law and its data files.
func build(jurisdiction string, l law) (*WorkCalendar, error) {
	decrees, err := readDecrees(strings.ToLower(jurisdiction))
	if err != nil {
		return nil, err
	}
	c := &WorkCalendar{
		jurisdiction: jurisdiction,
		off:          make(bitmap, tableDays/64+1),
		firm:         make(bitmap, tableDays/64+1),
	}
	for year := firstTableYear; year <= lastTableYear; year++ {
		c.addYear(year, l, decrees[year])
		if decree := decrees[year]; decree != nil {
			c.published = append(c.published, year)
			if got := c.workingDays(year); got != decree.total {
				return nil, decree.fault("%d working days come out, %d are published", got, decree.total)
			}
		}
	}
	return c, nil
}

func (c *WorkCalendar) setOff(d Date, off bool) { c.off.set(int(d.n)-tableStart, off) }
func (c *WorkCalendar) setFirm(d Date)          { c.firm.set(int(d.n)-tableStart, true) }

func (c *WorkCalendar) isOff(d Date) bool { return c.off.has(int(d.n) - tableStart) }

// addYear fills in weekends, then holidays, then the days given for holidays on
// weekends, then what the year's decree, if any, changes.
func (c *WorkCalendar) addYear(year int, l law, d *decree) {
	first, end := fixed(year, time.January, 1).date, fixed(year+1, time.January, 1).date
	for sunday := first.AddDays(-int(first.Weekday())); sunday.Before(end); sunday = sunday.AddDays(7) {
		for _, day := range [2]Date{sunday, sunday.AddDays(6)} {
			if !day.Before(first) && day.Before(end) {
				c.setOff(day, true)
			}
		}
	}
	holidays := l.holidays(year)
	weekend := make([]bool, len(holidays))
	for i, h := range holidays {
		w := h.date.Weekday()
		weekend[i] = w == time.Saturday || w == time.Sunday
		c.setOff(h.date, true)
		if year >= l.since {
			c.setFirm(h.date)
		}
	}
	for i, h := range holidays {
		if !weekend[i] || !l.shifted(h) || d.moves(h.date) {
			continue
		}
		given := h.date
		for c.isOff(given) {
			given = given.AddDays(1)
		}
		c.setOff(given, true)
		if !l.movable && year >= l.since {
			c.setFirm(given)
		}
	}
	if d != nil {
		c.apply(d, holidays)
		for day := first; day.Before(end); day = day.AddDays(1) {
			c.setFirm(day)
		}
	}
}

// apply enters the changes of a year's decree. A weekend day that was moved
// away becomes a working day, unless it is a holiday itself.
func (c *WorkCalendar) apply(d *decree, holidays []holiday) {
	for _, m := range d.moved {
		if !slices.ContainsFunc(holidays, func(h holiday) bool { return h.date == m.from }) {
			c.setOff(m.from, false)
		}
		c.setOff(m.to, true)
	}
	for _, day := range d.off {
		c.setOff(day, true)
	}
	for _, day := range d.work {
		c.setOff(day, false)
	}
}

func (c *WorkCalendar) workingDays(year int) int {
	n := 0
	for d := fixed(year, time.January, 1).date; d.Before(fixed(year+1, time.January, 1).date); d = d.AddDays(1) {
		if !c.isOff(d) {
			n++
		}
	}
	return n
}
