package policy

import (
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// open reports whether the verdict leaves remedies and deadlines running.
func (o *outcome) open() bool {
	return o.verdict == Covered || o.verdict == NeedsFacts || o.verdict == NeedsDocuments
}

// offer lists the remedies in order: opened first, ordinary, opened besides.
func (d *Decider) offer(o *outcome, bp *basisProgram) {
	running := o.open() || o.term.cover.verdict == VerdictPaid && o.verdict == VerdictPaid
	if running {
		d.openLimits(o, bp.opens)
	}
	for i := range bp.remedies {
		r := &bp.remedies[i]
		if !r.always && !running {
			continue
		}
		answer, missing := d.view.ask(r.clause)
		if answer == unknown {
			o.needs.add(missing, false, 1)
		}
		if answer == yes {
			d.grant(o, r.clause, r.offers)
		}
	}
	if running {
		d.openLimits(o, bp.adds)
	}
}

func (d *Decider) openLimits(o *outcome, limits []limit) {
	for i := range limits {
		l := &limits[i]
		switch answer, missing := d.view.ask(l.clause); answer {
		case yes:
			d.grant(o, l.clause, l.opens)
		case unknown:
			o.needs.add(missing, false, 1)
		}
	}
}

// grant adds the offers of a clause that stand, each kind once.
func (d *Decider) grant(o *outcome, c *clause, offers []offer) {
	v, shown := &d.view, false
	for i := range offers {
		off := &offers[i]
		if off.when != nil {
			answer, missing := v.askCondition(off.when)
			if answer == unknown {
				o.needs.add(missing, false, 1)
			}
			if answer != yes {
				continue
			}
		}
		if off.possible != nil {
			answer, missing := v.askCondition(off.possible)
			if answer == unknown {
				o.needs.add(missing, false, 1)
			}
			if answer == no {
				continue
			}
		}
		if o.offered&off.kind != 0 {
			continue
		}
		o.offered |= off.kind
		amount, has := d.amount(o, off.Amount)
		o.remedies = append(o.remedies, grantedRemedy{off.Remedy, off.Chooser, amount, has, c})
		shown = true
	}
	if shown && !slices.ContainsFunc(o.hits, func(h hit) bool { return h.clause == c }) {
		o.hit(c, -1)
	}
}

// amount is the sum of a remedy: the price, the certificate's price, or the
// difference to the other model's price (A9: + the customer pays, − gets).
func (d *Decider) amount(o *outcome, kind string) (money.Amount, bool) {
	f := d.view.facts
	switch kind {
	case "price":
		return d.paid(f.Sale.Price)
	case "certificate_price":
		return d.paid(f.Certificate.Price)
	case "difference":
		if f.Market.SameModel == nil || *f.Market.SameModel {
			return money.Amount{}, false
		}
		if f.Market.AnalogPrice == nil {
			o.needs.add(d.program.index.bit("market.analog_price"), false, 1)
			return money.Amount{}, false
		}
		analog, _ := d.paid(f.Market.AnalogPrice)
		price, ok := d.paid(f.Sale.Price)
		if !ok {
			o.needs.add(d.program.index.bit("sale.price"), false, 1)
			return money.Amount{}, false
		}
		difference, err := analog.Sub(price)
		return difference, err == nil
	}
	return money.Amount{}, false
}

func (d *Decider) paid(a *money.Amount) (money.Amount, bool) {
	if a == nil {
		return money.Amount{}, false
	}
	return d.program.paidIn(*a, d.view.today), true
}

// schedule lists the deadlines that run.
func (d *Decider) schedule(o *outcome, bp *basisProgram, basis int) {
	running := o.open() || basisOrder[basis] == Paid && o.verdict == VerdictPaid
	for i := range bp.deadlines {
		dl := &bp.deadlines[i]
		if !running && !dl.always {
			continue
		}
		if dl.except.has(d.view.category) {
			continue
		}
		if dl.forKinds != 0 && !d.demandedRemedy(o, dl.forKinds) {
			continue
		}
		answer, missing := d.view.ask(dl.clause)
		if answer == unknown {
			o.needs.add(missing, false, 1)
		}
		if answer != yes {
			continue
		}
		if g, ok := d.due(o, dl); ok {
			o.deadlines = append(o.deadlines, g)
			if !slices.ContainsFunc(o.hits, func(h hit) bool { return h.clause == dl.clause }) {
				o.hit(dl.clause, -1)
			}
		}
	}
}

// demandedRemedy reports whether one of the kinds is offered, and, where the
// customer demanded one of the remedies offered, whether it is that.
func (d *Decider) demandedRemedy(o *outcome, kinds wordSet) bool {
	if demanded := d.demandMet(o); demanded != 0 {
		return kinds&demanded != 0
	}
	return kinds&o.offered != 0
}

// demandMet is the remedy that the customer demanded, where it is offered: a
// demand for what is not to be had leaves the terms of what is.
func (d *Decider) demandMet(o *outcome) wordSet {
	words := d.program.words.remedies
	return words.set([]string{d.view.facts.Request.Remedy}) & o.offered
}

// due counts one deadline; it is absent when its anchor is not known.
func (d *Decider) due(o *outcome, dl *deadline) (grantedDeadline, bool) {
	v := &d.view
	g := grantedDeadline{deadline: dl}
	switch dl.from {
	case "demanded":
		g.from, g.since = v.demanded, v.received
	case "remedy_demanded":
		// Who asks for money back weeks after the repair was asked for starts
		// a term of its own.
		g.from, g.since = v.demanded, v.received
		if at := v.facts.Request.RemedyAt; at.After(g.since) {
			g.from, g.since = calendar.DateOf(at, v.zone), at
		}
	case "loaner_demanded":
		g.from, g.since = v.demanded, v.received
		if at := v.facts.Request.LoanerAt; !at.IsZero() {
			g.from, g.since = calendar.DateOf(at, v.zone), at
		}
	case "decided":
		g.from, g.since = v.today, v.facts.At
	case "ready":
		if g.since = v.facts.Remedy.ReadyAt; g.since.IsZero() {
			return g, false
		}
		g.from = calendar.DateOf(g.since, v.zone)
	case "delivered":
		if g.from = v.delivered; g.from.IsZero() {
			return g, false
		}
		g.since = g.from.Start(v.zone)
	}
	if dl.fixed {
		if day, ok := d.courierDay(g.from); ok {
			g.date, g.since = day, time.Time{}
			return g, true
		}
	}
	if dl.period.IsClock() {
		g.at = g.since.Add(dl.period.Duration())
		return g, true
	}
	counted := d.program.days.Deadline(g.from, dl.period, dl.shift)
	g.date, g.provisional, g.since = counted.Until, counted.Provisional, time.Time{}
	d.late(o, &g)
	return g, true
}

// courierDay is the settlement's next fixed day after the device was ready
// (B9).
func (d *Decider) courierDay(ready calendar.Date) (calendar.Date, bool) {
	return d.program.NextCourierDay(d.view.facts.Request.Settlement, ready)
}

func weekdayName(w time.Weekday) string {
	return vocabulary["weekdays"][(int(w)+6)%7]
}

// awaited reports whether the customer waits for what the deadline limits: the
// remedy demanded or, where none was named, the repair that service means; a
// loaner only where one was asked for.
func (d *Decider) awaited(o *outcome, dl *deadline) bool {
	if dl.name == "loaner" {
		return !d.view.facts.Request.LoanerAt.IsZero()
	}
	return dl.forKinds == 0 || d.demandMet(o) != 0 || dl.forKinds.has(d.program.words.remedies.of("repair"))
}

// late counts the days past due and the penalty for them. Work that is ready
// stops the clock of the work, not that of a payment; a loaner that was
// provided stops its own.
func (d *Decider) late(o *outcome, g *grantedDeadline) {
	if !d.awaited(o, g.deadline) {
		return
	}
	v := &d.view
	end := v.today
	if ready := v.facts.Remedy.ReadyAt; !ready.IsZero() && g.name != "refund" && g.name != "return" {
		end = calendar.DateOf(ready, v.zone)
	}
	if until := v.facts.Request.LoanerUntil; g.name == "loaner" && !until.IsZero() {
		if day := calendar.DateOf(until, v.zone); day.Before(end) {
			end = day
		}
	}
	if !end.After(g.date) {
		return
	}
	g.overdue = end.Sub(g.date)
	if g.deadline.penalty.PercentPerDay == 0 || v.facts.Sale.Price == nil {
		return
	}
	percent := int64(g.overdue * g.deadline.penalty.PercentPerDay)
	cap := int64(g.deadline.penalty.CapPercent)
	if cap > 0 && !v.today.Before(g.deadline.penalty.CapSince) {
		percent = min(percent, cap)
	}
	price, _ := d.paid(v.facts.Sale.Price)
	if sum, err := price.MulRatio(percent, 100); err == nil {
		g.penalty, g.has = sum, true
	}
}

// inform adds the notices of a basis.
func (d *Decider) inform(o *outcome, bp *basisProgram) {
	verdict := d.program.words.verdicts.of(string(o.verdict))
	for i := range bp.notices {
		n := &bp.notices[i]
		if n.verdicts != 0 && !n.verdicts.has(verdict) {
			continue
		}
		if d.told(n) {
			o.hit(n.clause, -1)
		}
	}
}

// told answers whether a notice concerns this request.
func (d *Decider) told(n *notice) bool {
	v := &d.view
	if !n.requests.has(v.kind) {
		return false
	}
	if len(n.channels) > 0 && !slices.Contains(n.channels, v.facts.Sale.Channel) {
		return false
	}
	answer, _ := v.ask(n.clause)
	return answer == yes
}
