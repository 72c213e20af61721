package policy

import (
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
)

// ConsultationRule says when video consultations are given (A1). It is read by
// the desk, not by the engine. Days off of the country are left out.
type ConsultationRule struct {
	Rule
	Weekdays []string `json:"weekdays" enum:"weekdays" required:"true" doc:"days of the week on which they are given"`
	Opens    string   `json:"opens" required:"true" doc:"when the first one begins, by the clock of the shop: 10:00"`
	Closes   string   `json:"closes" required:"true" doc:"when the last one has ended: 18:00"`
	Minutes  int      `json:"minutes" required:"true" doc:"how long one lasts, in minutes"`
	Capacity int      `json:"capacity" required:"true" doc:"how many are given at the same time"`
	Days     int      `json:"days_ahead" required:"true" doc:"how many days ahead they can be booked"`
	Notice   string   `json:"notice" doc:"how long before its start one can be booked at the latest (PT2H); absent = until it starts"`
}

// Slot is a time at which a video consultation is given.
type Slot struct {
	Start, End time.Time
	Capacity   int // how many at the same time
	Rule       *ConsultationRule
}

// HasSlots reports whether the terms name times of video consultations; where
// they name none, the customer wishes and staff agree on a time.
func (p *Program) HasSlots() bool { return len(p.Pack.Consultations) > 0 }

// Slots lists the times of video consultations that begin in [from, to) and
// can be booked now: not too soon, not too far ahead, in order (A1).
func (p *Program) Slots(from, to, now time.Time) []Slot {
	var out []Slot
	for i := range p.Pack.Consultations {
		r := &p.Pack.Consultations[i]
		notice, _ := calendar.ParsePeriod(r.Notice) // checked when the pack was compiled
		first, today := calendar.DateOf(from, p.zone), calendar.DateOf(now, p.zone)
		if first.Before(today) {
			first = today
		}
		last := today.AddDays(r.Days)
		for day := first; !day.After(last) && day.Start(p.zone).Before(to); day = day.AddDays(1) {
			if !p.consultsOn(r, day) {
				continue
			}
			for _, s := range p.slotsOf(r, day) {
				if !s.Start.Before(from) && s.Start.Before(to) && !s.Start.Before(now.Add(notice.Duration())) {
					out = append(out, s)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Slot) int { return a.Start.Compare(b.Start) })
	return slices.CompactFunc(out, func(a, b Slot) bool { return a.Start.Equal(b.Start) })
}

// consultsOn leaves out public holidays: days off on which the week would
// have it be work.
func (p *Program) consultsOn(r *ConsultationRule, day calendar.Date) bool {
	if !slices.Contains(r.Weekdays, weekdayName(day.Weekday())) {
		return false
	}
	working, _ := p.days.IsWorking(day)
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return working || weekend
}

func (p *Program) slotsOf(r *ConsultationRule, day calendar.Date) []Slot {
	opens, _ := minuteOf(r.Opens)
	closes, _ := minuteOf(r.Closes)
	var out []Slot
	y, m, d := day.YMD()
	for at := opens; at+r.Minutes <= closes; at += r.Minutes {
		start := time.Date(y, m, d, at/60, at%60, 0, 0, p.zone)
		if start.Hour() != at/60 || start.Minute() != at%60 {
			continue // the clocks go forward over it
		}
		out = append(out, Slot{Start: start.UTC(), End: start.Add(time.Duration(r.Minutes) * time.Minute).UTC(), Capacity: r.Capacity, Rule: r})
	}
	return out
}

// minuteOf is a time of the day as minutes after midnight.
func minuteOf(clock string) (int, error) {
	t, err := time.Parse("15:04", clock)
	return t.Hour()*60 + t.Minute(), err
}

// checkConsultations checks the times of video consultations.
func (b *builder) checkConsultations(p *Pack) {
	for i := range p.Consultations {
		r := &p.Consultations[i]
		b.checkRule(p, &r.Rule, "consultations")
		opens, err := minuteOf(r.Opens)
		closes, also := minuteOf(r.Closes)
		switch {
		case err != nil || also != nil:
			b.faults.add(r.Pos, "consultations %s: opens and closes: expected times such as 10:00, found %q and %q", r.ID, r.Opens, r.Closes)
		case r.Minutes < 5 || opens+r.Minutes > closes:
			b.faults.add(r.Pos, "consultations %s: minutes: one of at least 5 minutes must fit between opens and closes, found %d", r.ID, r.Minutes)
		}
		if r.Capacity < 1 || r.Capacity > 1000 {
			b.faults.add(r.Pos, "consultations %s: capacity: expected 1 to 1000, found %d", r.ID, r.Capacity)
		}
		if r.Days < 1 || r.Days > 366 {
			b.faults.add(r.Pos, "consultations %s: days_ahead: expected 1 to 366, found %d", r.ID, r.Days)
		}
		if r.Notice != "" {
			if got := b.period(r.Pos, "consultations "+r.ID+": notice", r.Notice, true); !got.IsClock() {
				b.faults.add(r.Pos, "consultations %s: notice is counted in hours (PT2H), not %q", r.ID, r.Notice)
			}
		}
	}
}

// checkRule checks what rules of the desk have in common.
func (b *builder) checkRule(p *Pack, r *Rule, section string) {
	if !idForm.MatchString(r.ID) {
		b.faults.add(r.Pos, "%s: id: expected lower-case words joined by hyphens, found %q", section, r.ID)
	}
	if !rowForm.MatchString(r.Requirement) {
		b.faults.add(r.Pos, "%s %s: requirement: expected a row such as A1, found %q", section, r.ID, r.Requirement)
	}
	b.checkText(p, r.Pos, section+" "+r.ID+": text", r.Text)
}
