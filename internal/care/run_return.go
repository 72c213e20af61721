package care

import "strings"

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
	return []Payload{&WasShipped{Carrier: strings.TrimSpace(s.Carrier), Tracking: strings.TrimSpace(s.Tracking)}}, nil
}

func (h HandOver) run(c Claim, _ Env) ([]Payload, error) {
	if c.State == Ready {
		if err := atHand(c); err != nil {
			return nil, err
		}
	}
	return []Payload{&WasHandedOver{Proof: strings.TrimSpace(h.Proof)}}, nil
}

func (x Close) run(c Claim, _ Env) ([]Payload, error) {
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
	return []Payload{&WasReopened{Reason: strings.TrimSpace(r.Reason), Demand: stamp(env)}}, nil
}
