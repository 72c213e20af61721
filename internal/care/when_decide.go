package care

import (
	"slices"
	"time"

	"github.com/talon-care/talon/policy"
)

// EventKind implements Payload.
func (*DiagnosisStarted) EventKind() EventKind   { return EventDiagnosisStarted }
func (*WasDiagnosed) EventKind() EventKind       { return EventDiagnosed }          // EventKind implements Payload.
func (*WasDecided) EventKind() EventKind         { return EventDecided }            // EventKind implements Payload.
func (*BasisChosen) EventKind() EventKind        { return EventBasisChosen }        // EventKind implements Payload.
func (*CustomerAsked) EventKind() EventKind      { return EventCustomerAsked }      // EventKind implements Payload.
func (*RemedyChosen) EventKind() EventKind       { return EventRemedyChosen }       // EventKind implements Payload.
func (*DifferenceAnswered) EventKind() EventKind { return EventDifferenceAnswered } // EventKind implements Payload.
func (*EstimateOffered) EventKind() EventKind    { return EventEstimateOffered }    // EventKind implements Payload.
func (*EstimateAnswered) EventKind() EventKind   { return EventEstimateAnswered }   // EventKind implements Payload.
func (*WasRefused) EventKind() EventKind         { return EventRefused }            // EventKind implements Payload.
func (*WasOverridden) EventKind() EventKind      { return EventOverridden }         // EventKind implements Payload.

func (p *DiagnosisStarted) apply(c *Claim, _ Event) {
	c.State, c.Diagnosis = InDiagnosis, nil // an earlier one is in the history
	c.clearRemedy()
}

func (p *WasDiagnosed) apply(c *Claim, _ Event) {
	c.State = InDiagnosis
	d := p.Diagnosis
	c.Diagnosis, c.Override = &d, nil
	c.clearRemedy()
	c.editStay(func(s *Stay) {
		s.Defect = d.Facts.Defect
		if d.Facts.Kind == "hardware" || d.Facts.Kind == "software" {
			s.Kind = d.Facts.Kind
		}
	})
}

// clearRemedy forgets what was to be done; what was done stays.
func (c *Claim) clearRemedy() {
	c.Remedy, c.Estimate, c.Refusal, c.Wait = nil, nil, nil, ""
}

func (p *WasDecided) apply(c *Claim, e Event) {
	r := p.Ruling
	c.Ruling = &r
	if c.Version == "" {
		c.Version = r.PackVersion
	}
	if p.Settles {
		c.State = Decided
	}
	c.setDeadlines(p.Deadlines, e.At)
	c.editStay(func(s *Stay) {
		if c.Remedy == nil {
			s.Basis = c.BasisInUse()
		}
	})
}

// supersededReason marks the terms that a later decision no longer names.
const supersededReason = "deadline.superseded"

// setDeadlines brings in the deadlines of a new decision. What was met or
// missed stays so; an open one that the decision no longer names is stopped.
func (c *Claim) setDeadlines(fresh []Deadline, at time.Time) {
	list := slices.Clone(c.Deadlines)
	same := func(d Deadline) func(Deadline) bool {
		return func(x Deadline) bool { return x.Name == d.Name && x.Basis == d.Basis && x.From == d.From }
	}
	for i, d := range list {
		if d.State == DeadlineOpen && !slices.ContainsFunc(fresh, same(d)) && !c.overridden(d.Basis) {
			list[i].State, list[i].SettledAt, list[i].Reason = DeadlineStopped, at, supersededReason
			if d.Name == "loaner" {
				list[i].Reason = "deadline.loaner_not_owed"
			}
		}
	}
	for _, d := range fresh {
		i := slices.IndexFunc(list, same(d))
		switch {
		case i < 0:
			list = append(list, c.toldAs(d))
		case list[i].State == DeadlineOpen || list[i].State == DeadlineStopped:
			d.WarnedAt, d.BreachedAt = list[i].WarnedAt, list[i].BreachedAt // told once
			list[i] = d
		}
	}
	c.Deadlines = list
	if len(list) == 0 {
		c.Deadlines = nil
	}
}

// overridden reports whether a manager covers the claim on a basis that the
// decision refuses: its terms run on.
func (c *Claim) overridden(b policy.Basis) bool {
	return b != "" && c.Override != nil && c.Override.Basis == b && c.Override.Verdict == policy.Covered
}

// settle ends open deadlines of these names, as met or missed.
func (c *Claim) settle(at time.Time, names ...string) {
	c.end(at, DeadlineMet, "", func(d Deadline) bool { return slices.Contains(names, d.Name) })
}

// stop ends every open deadline, with the reason.
func (c *Claim) stop(at time.Time, reason string) {
	c.end(at, DeadlineStopped, reason, func(Deadline) bool { return true })
}

func (c *Claim) end(at time.Time, as DeadlineState, reason string, which func(Deadline) bool) {
	if len(c.Deadlines) == 0 {
		return
	}
	c.Deadlines = slices.Clone(c.Deadlines)
	for i := range c.Deadlines {
		d := &c.Deadlines[i]
		if d.State != DeadlineOpen || !which(*d) {
			continue
		}
		d.State, d.SettledAt, d.Reason = as, at, reason
		if as == DeadlineStopped && d.Name == "loaner" && !at.Before(d.DueAt) {
			d.State, d.Reason = DeadlineMissed, "" // the days without one stay owed (RU-23)
		}
		if as == DeadlineMet && !at.Before(d.DueAt) {
			d.State = DeadlineMissed
		}
	}
}

func (p *BasisChosen) apply(c *Claim, _ Event) {
	c.Basis = p.Basis
	c.clearRemedy()
	if c.repairing() {
		c.State, c.Repair = Decided, nil
	}
	if c.State == AwaitingCustomer || c.State == Refused {
		c.State = Decided
		if c.Diagnosis == nil { // refused on the papers alone
			c.State = Accepted
			if c.Custody.Kind == HeldByCustomer {
				c.State = Submitted
			}
		}
	}
}

func (p *CustomerAsked) apply(c *Claim, e Event) {
	c.State, c.Wait = AwaitingCustomer, p.Reason
	c.settle(e.At, "answer")
}

func (p *RemedyChosen) apply(c *Claim, _ Event) {
	r := p.Remedy
	if c.repairing() {
		c.Repair = nil // the work stops
	}
	c.Remedy = &r
	c.State, c.Wait = p.Next, p.Wait
	c.editStay(func(s *Stay) { s.Basis = r.Basis })
}

func (p *DifferenceAnswered) apply(c *Claim, _ Event) {
	c.Wait = ""
	if !p.Accepted {
		c.State, c.Remedy = Decided, nil
		if c.Demand != nil && c.Demand.Remedy == "replacement" {
			c.Demand = nil // not at this price
		}
		return
	}
	r := *c.Remedy
	r.Agreed = true
	c.Remedy, c.State = &r, Replacing
}

func (p *EstimateOffered) apply(c *Claim, e Event) {
	c.Estimate = &Estimate{Amount: p.Amount, PriceList: p.PriceList, Work: p.Work, OfferedAt: e.At}
	c.State, c.Wait, c.Remedy = AwaitingCustomer, WaitPaidEstimate, nil
	c.settle(e.At, "estimate", "answer")
}

func (p *EstimateAnswered) apply(c *Claim, e Event) {
	est := *c.Estimate
	est.AnsweredAt, est.Accepted = e.At, p.Accepted
	c.Estimate, c.State, c.Wait = &est, Decided, ""
}

func (p *WasRefused) apply(c *Claim, e Event) {
	r := p.Refusal
	c.Refusal, c.State, c.Wait = &r, Refused, ""
	c.settle(e.At, "answer")
	c.stop(e.At, "deadline.refused")
}

func (p *WasOverridden) apply(c *Claim, _ Event) {
	o := p.Override
	c.Override, c.Basis, c.State = &o, o.Basis, Decided
	c.clearRemedy()
	if len(c.Deadlines) == 0 || o.Verdict != policy.Covered {
		return
	}
	c.Deadlines = slices.Clone(c.Deadlines)
	for i := range c.Deadlines {
		d := &c.Deadlines[i]
		if d.Basis == o.Basis && d.State == DeadlineStopped && d.Reason == supersededReason && d.SettledAt.After(c.ReceivedAt) {
			d.State, d.SettledAt, d.Reason = DeadlineOpen, time.Time{}, ""
		}
	}
}
