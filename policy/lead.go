package policy

import (
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
)

// checkLeads checks how long before its end a term warns.
func (b *builder) checkLeads(p *Pack) {
	check := func(pos Pos, key, value string) {
		if value != "" {
			b.period(pos, key, value, true)
		}
	}
	check(p.Pos, "warn", p.Warn)
	for i := range p.Deadlines {
		check(p.Deadlines[i].Pos, "deadline "+p.Deadlines[i].ID+": warn", p.Deadlines[i].Warn)
	}
	for i := range p.Requests {
		check(p.Requests[i].Pos, "request "+p.Requests[i].ID+": warn", p.Requests[i].Warn)
	}
}

// WarnOfDeadline is the instant from which the owner of a term is warned of
// its end: as the clause says, or else the retailer. false = not at all.
func (p *Program) WarnOfDeadline(clause string, end time.Time) (time.Time, bool) {
	for _, pack := range append([]*Pack{p.Pack, p.Statute}, p.Makers...) {
		if pack == nil {
			continue
		}
		if i := slices.IndexFunc(pack.Deadlines, func(d DeadlineClause) bool { return d.ID == clause }); i >= 0 {
			return p.before(end, pack.Deadlines[i].Warn)
		}
	}
	return p.before(end, "")
}

// WarnOfAnswer is the same for the promised answer to a kind of request (C11).
func (p *Program) WarnOfAnswer(kind string, end time.Time) (time.Time, bool) {
	for _, r := range p.Pack.Requests {
		if r.Kind == kind && r.Answer != "" {
			return p.before(end, r.Warn)
		}
	}
	return p.before(end, "")
}

// before goes back from an end: elapsed time, or calendar time in the shop's
// zone.
func (p *Program) before(end time.Time, lead string) (time.Time, bool) {
	if lead == "" {
		lead = p.Pack.Warn
	}
	period, err := calendar.ParsePeriod(lead)
	if err != nil || period.IsZero() {
		return time.Time{}, false
	}
	if period.IsClock() {
		return end.Add(-period.Duration()), true
	}
	return end.In(p.zone).AddDate(0, -period.Months(), -period.Days()).UTC(), true
}
