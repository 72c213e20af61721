package care

import (
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
)

func (m MarkReady) run(c Claim, _ Env) ([]Payload, error) {
	if err := atHand(c); err != nil {
		return nil, err
	}
	out := &WasReady{Told: strings.TrimSpace(m.Told)}
	switch c.State {
	case Refused:
		out.Outcome, out.Final = "refused", OutcomeRefused
	case InRepair:
		if c.Repair == nil || c.Repair.FinishedAt.IsZero() {
			return nil, Fail(Blocked, "repair_running")
		}
		out.Outcome, out.Final = c.Repair.Outcome, Outcome(c.Repair.Outcome)
	case Replacing:
		if c.Replacement == nil {
			return nil, Fail(Blocked, "not_replaced")
		}
		out.Outcome, out.Final = "replaced", OutcomeReplaced
	case Refunding:
		if c.Refund == nil || c.Refund.PaidAt.IsZero() {
			return nil, Fail(Blocked, "refund_not_paid")
		}
		if c.Refund.Kind != "price_reduction" {
			return nil, Fail(Blocked, "device_stays")
		}
		out.Final = OutcomeReduced
	default:
		switch {
		case c.faultless():
			out.Outcome, out.Final = "no_fault", OutcomeNoFault
		case c.Estimate != nil && !c.Estimate.AnsweredAt.IsZero() && !c.Estimate.Accepted:
			out.Outcome, out.Final = "refused", OutcomeDeclined
		default:
			return nil, Fail(Blocked, "nothing_done")
		}
	}
	return []Payload{out}, nil
}

func (s Ship) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(s.Carrier, "carrier"); err != nil {
		return nil, err
	}
	if err := atHand(c); err != nil {
		return nil, err
	}
	return []Payload{&WasShipped{Carrier: strings.TrimSpace(s.Carrier), Tracking: strings.TrimSpace(s.Tracking),
		Condition: strings.TrimSpace(s.Condition), Accessories: trimmed(s.Accessories)}}, nil
}

func (h HandOver) run(c Claim, env Env) ([]Payload, error) {
	if c.State == Ready {
		if err := atHand(c); err != nil {
			return nil, err
		}
	}
	return []Payload{&WasHandedOver{Proof: strings.TrimSpace(h.Proof), Parts: partsFrom(c, env), Told: h.Told,
		Condition: strings.TrimSpace(h.Condition), Accessories: trimmed(h.Accessories)}}, nil
}

// partsFrom are the parts put in, with the warranty that begins at the
// hand-back (RU-20.4).
func partsFrom(c Claim, env Env) []Part {
	if c.Repair == nil {
		return nil
	}
	out := slices.Clone(c.Repair.Parts)
	for i, p := range out {
		if p.Months > 0 {
			out[i].Until = calendar.DateOf(env.Now, env.Zone).AddMonths(p.Months)
		}
	}
	return out
}

func (x Close) run(c Claim, env Env) ([]Payload, error) {
	if err := x.mayOwe(env.Actor); err != nil {
		return nil, err
	}
	out := &WasClosed{Outcome: c.Outcome, Note: strings.TrimSpace(x.Note)}
	switch c.State {
	case Refunding:
		if c.Refund == nil || c.Refund.PaidAt.IsZero() {
			return nil, Fail(Blocked, "refund_not_paid")
		}
		if c.Refund.Kind == "price_reduction" {
			return nil, Fail(Blocked, "device_held")
		}
		out.Outcome = OutcomeRefunded
	case Refused:
		if c.Custody.Kind != HeldByCustomer {
			return nil, Fail(Blocked, "device_held")
		}
		out.Outcome = OutcomeRefused
	}
	return []Payload{out}, nil
}

// mayOwe refuses to close while the retailer owes money, unless a manager
// says why.
func (x Close) mayOwe(actor Actor) error {
	if len(x.Owed) == 0 || actor.Role == Manager && strings.TrimSpace(x.Note) != "" {
		return nil
	}
	sums := make([]string, len(x.Owed))
	for i, a := range x.Owed {
		sums[i] = a.String() + " " + a.Currency
	}
	return Fail(Blocked, "money_unpaid", "amount", strings.Join(sums, ", ")).At("note")
}

func (x Cancel) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(x.Reason, "reason"); err != nil {
		return nil, err
	}
	if c.Custody.Kind == HeldByCourier {
		return nil, Fail(Blocked, "not_held", "holder", string(c.Custody.Kind))
	}
	return []Payload{&WasCancelled{Reason: strings.TrimSpace(x.Reason), Returning: c.Held()}}, nil
}

func (r Reopen) run(c Claim, env Env) ([]Payload, error) {
	if err := need(r.Reason, "reason"); err != nil {
		return nil, err
	}
	if c.Replacement != nil || c.Refund != nil && !c.Refund.PaidAt.IsZero() {
		return nil, Fail(Blocked, "open_new_claim", "outcome", string(c.Outcome))
	}
	if c.Outcome == OutcomeDisposed {
		return nil, Fail(Blocked, "device_disposed", "number", c.Number)
	}
	return []Payload{&WasReopened{Reason: strings.TrimSpace(r.Reason), Demand: stamp(env)}}, nil
}
