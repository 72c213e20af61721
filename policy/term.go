package policy

import (
	"slices"

	"github.com/talon-care/talon/calendar"
)

// term is one basis's cover as computed for a unit.
type term struct {
	present     bool
	cover       *cover
	restart     *clause
	extend      *clause
	prolong     *clause
	anchor      calendar.Date // the day of the event the term counts from
	from        calendar.Date
	lastDay     calendar.Date
	until       calendar.Date
	provisional bool
	prolonged   int
	ledger      []LedgerEntry
	inForce     tri
	rescinded   bool
	unknown     factSet
}

// applies answers the clause's filters and condition; on unknown the view
// names the facts.
func (c *clause) applies(v *view) tri {
	result := yes
	if c.filtered {
		if result = c.filter(v); result == no {
			return no
		}
	}
	if c.when != nil {
		result = result.and(c.when(v))
	}
	return result
}

// filter answers what the clause names beside its condition: categories,
// brands, the maker's card, dates of sale.
func (c *clause) filter(v *view) tri {
	result := yes
	if c.categories != 0 {
		switch {
		case v.category < 0:
			v.unknown |= v.bits.category
			result = unknown
		case c.categories&(1<<v.category) == 0:
			return no
		}
	}
	if len(c.brands) > 0 {
		switch {
		case v.brand == "" && c.maker:
			return no // a maker's policy speaks only for its own brands
		case v.brand == "":
			v.unknown |= v.bits.brand
			result = unknown
		case !slices.Contains(c.brands, v.brand):
			return no
		}
	}
	if c.maker {
		switch v.facts.Warranty.Issuer {
		case "manufacturer":
		case "":
			v.unknown |= v.bits.issuer
			result = unknown
		default:
			return no
		}
	}
	if c.dated {
		sold := v.facts.Sale.Date
		switch {
		case sold.IsZero():
			v.unknown |= v.bits.saleDate
			result = unknown
		case sold.Before(c.Since), !c.Before.IsZero() && !sold.Before(c.Before):
			return no
		}
	}
	return result
}

// ask answers whether a clause applies and gives the facts that an unknown
// answer lacks.
func (v *view) ask(c *clause) (tri, factSet) {
	if !c.filtered && c.when == nil {
		return yes, 0
	}
	saved := v.unknown
	v.unknown = 0
	answer := c.applies(v)
	missing := v.unknown
	v.unknown = saved
	if answer != unknown {
		missing = 0
	}
	return answer, missing
}

// askCondition runs a question with a clean set of unknown facts.
func (v *view) askCondition(question boolFn) (tri, factSet) {
	saved := v.unknown
	v.unknown = 0
	answer := question(v)
	missing := v.unknown
	v.unknown = saved
	if answer != unknown {
		missing = 0
	}
	return answer, missing
}

// terms computes the term of every basis, in the order that chains need.
func (p *Program) terms(v *view) {
	for i := range p.bases {
		t := &v.covers[i]
		*t = term{ledger: t.ledger[:0]}
		for j := range p.bases[i].covers {
			c := &p.bases[i].covers[j]
			if c.maker {
				continue
			}
			applies, missing := v.ask(c.clause)
			if applies == yes && c.requires != nil {
				applies, missing = v.askCondition(c.requires)
			}
			if applies == no {
				continue
			}
			t.present, t.cover, t.inForce = true, c, unknown
			if applies == unknown {
				t.unknown |= missing
				break
			}
			p.compute(v, i, t)
			break
		}
	}
}

// compute finds the dates of a term: start, length, restarts, extensions and
// the ledger of time in service.
func (p *Program) compute(v *view, basis int, t *term) {
	c := t.cover
	if c.starts == "always" {
		t.inForce = yes
		return
	}
	period, known := p.length(v, t)
	if !t.present || !p.start(v, t) || !known {
		return
	}
	t.lastDay = period.From(t.anchor)
	p.restart(v, basis, t, period)
	p.prolong(v, basis, t)
	p.extend(v, basis, t)
	if c.longer >= 0 {
		if other := &v.covers[c.longer]; other.lastDay.After(t.lastDay) {
			t.lastDay = other.lastDay
		}
	}
	t.until = t.lastDay
	if c.shift {
		t.until, t.provisional = p.days.NextWorking(t.lastDay)
	}
	t.rescinded = !v.facts.Sale.Rescinded.IsZero() && !v.facts.Sale.Rescinded.After(v.demanded)
	t.inForce = triOf(!v.demanded.Before(t.from) && !v.demanded.After(t.until) && !t.rescinded)
	if c.longer >= 0 && t.inForce == no && !t.rescinded && !v.demanded.Before(t.from) {
		// The longer cover may still be running: its unknown dates decide.
		if other := &v.covers[c.longer]; other.present && other.lastDay.IsZero() {
			t.inForce, t.unknown = unknown, other.unknown
		}
	}
}

// length is how long the cover lasts; a cover of no months is absent.
func (p *Program) length(v *view, t *term) (calendar.Period, bool) {
	c := t.cover
	if !c.months {
		return c.period, true
	}
	months := v.facts.Warranty.Months
	switch {
	case months == nil && c.least.Months() == 0:
		t.unknown |= v.bits.months
		return calendar.Period{}, false
	case months == nil || *months < c.least.Months():
		return c.least, true
	case *months == 0:
		t.present = false
		return calendar.Period{}, false
	}
	return calendar.MonthsPeriod(*months), true
}

// start finds the day of the event that the term counts from, and its first
// day.
func (p *Program) start(v *view, t *term) bool {
	c := t.cover
	if c.after >= 0 {
		before := &v.covers[c.after]
		if before.lastDay.IsZero() {
			t.unknown |= before.unknown
			if !before.present {
				t.unknown |= v.bits.months
			}
			return false
		}
		t.anchor, t.from = before.lastDay, before.lastDay.AddDays(1)
		return true
	}
	t.anchor = v.facts.Sale.Date
	if c.starts == "sale.delivered" {
		t.anchor = v.delivered
	}
	t.from = t.anchor
	if t.anchor.IsZero() {
		t.unknown |= v.bits.saleDate
		return false
	}
	return true
}

// restart begins the term anew at the last product given in replacement
// (ЗоЗПП 21(2)).
func (p *Program) restart(v *view, basis int, t *term, period calendar.Period) {
	for i := range p.bases[basis].restarts {
		r := &p.bases[basis].restarts[i]
		for _, s := range v.stays {
			if s.service.Outcome != r.outcome || !s.free() {
				continue
			}
			at := s.anchor(r.at, v.today)
			if at.Before(t.from) || at.After(v.today) {
				continue
			}
			if ok, _ := v.ask(r.clause); ok == yes {
				t.anchor, t.from, t.lastDay, t.restart = at, at, period.From(at), r.clause
			}
		}
	}
}

// prolong adds the stays in service to the term: calendar days, both ends
// counted, days of overlapping stays once (law.md, counting rules 5 and 6).
func (p *Program) prolong(v *view, basis int, t *term) {
	for i := range p.bases[basis].prolongations {
		pr := &p.bases[basis].prolongations[i]
		if ok, _ := v.ask(pr.clause); ok != yes {
			continue
		}
		for _, s := range v.stays {
			if !pr.counts(s) {
				continue
			}
			from, to := s.anchor(pr.from, v.today), s.anchor(pr.to, v.today)
			if from.Before(t.from) || from.After(p.inTimeUntil(t)) {
				continue
			}
			t.add(LedgerEntry{From: from, To: to, Open: s.released.IsZero(), Clause: pr.ID}, pr.clause)
		}
	}
}

// add enters a stay in the ledger, less the days that are in it already, and
// moves the end.
func (t *term) add(stay LedgerEntry, c *clause) {
	for _, e := range t.ledger {
		if stay.To.Before(e.From) || stay.From.After(e.To) {
			continue
		}
		if after := stay; stay.To.After(e.To) && stay.From.Before(e.From) {
			after.From = e.To.AddDays(1)
			t.add(after, c)
		}
		if stay.From.Before(e.From) {
			stay.To = e.From.AddDays(-1)
		} else {
			stay.From = e.To.AddDays(1)
		}
	}
	if stay.To.Before(stay.From) {
		return
	}
	stay.Days = stay.To.Sub(stay.From) + 1
	t.prolonged += stay.Days
	t.lastDay = t.lastDay.AddDays(stay.Days)
	t.prolong = c
	t.ledger = append(t.ledger, stay)
}

// inTimeUntil is the last day on which a demand is in time, as the term
// stands now.
func (p *Program) inTimeUntil(t *term) calendar.Date {
	if !t.cover.shift {
		return t.lastDay
	}
	until, _ := p.days.NextWorking(t.lastDay)
	return until
}

// counts answers whether a stay is of the kind that prolongs. A stay that has
// not ended yet is counted up to today; one whose outcome nobody wrote down
// counts for the customer.
func (pr *prolongation) counts(s stay) bool {
	if !s.free() || s.service.Basis != "" && !slices.Contains(pr.bases, Basis(s.service.Basis)) {
		return false
	}
	return s.service.Outcome == "" || slices.Contains(pr.outcomes, s.service.Outcome)
}

// extend lengthens the term once (Directive 2024/1799, article 16).
func (p *Program) extend(v *view, basis int, t *term) {
	for i := range p.bases[basis].extensions {
		x := &p.bases[basis].extensions[i]
		earned := slices.ContainsFunc(v.stays, func(s stay) bool {
			return s.free() && s.service.Outcome == x.outcome && !s.released.IsZero() && !s.released.Before(x.since) && !s.anchor("accepted", v.today).After(t.lastDay)
		})
		if !earned {
			continue
		}
		if ok, _ := v.ask(x.clause); ok == yes {
			t.lastDay, t.extend = x.adds.From(t.lastDay), x.clause
			return
		}
	}
}
