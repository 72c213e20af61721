package care

import (
	"slices"
	"time"
)

// EventKind implements Payload.
func (*RepairStarted) EventKind() EventKind     { return EventRepairStarted }
func (*PartsAwaited) EventKind() EventKind      { return EventPartsAwaited }      // EventKind implements Payload.
func (*PartsCame) EventKind() EventKind         { return EventPartsCame }         // EventKind implements Payload.
func (*FoundUnrepairable) EventKind() EventKind { return EventFoundUnrepairable } // EventKind implements Payload.
func (*FoundImpossible) EventKind() EventKind   { return EventFoundImpossible }   // EventKind implements Payload.
func (*RepairFinished) EventKind() EventKind    { return EventRepairFinished }    // EventKind implements Payload.
func (*WasReplaced) EventKind() EventKind       { return EventReplaced }          // EventKind implements Payload.
func (*RefundApproved) EventKind() EventKind    { return EventRefundApproved }    // EventKind implements Payload.
func (*RefundPaid) EventKind() EventKind        { return EventRefundPaid }        // EventKind implements Payload.
func (*WasReady) EventKind() EventKind          { return EventReady }             // EventKind implements Payload.
func (*WasShipped) EventKind() EventKind        { return EventShipped }           // EventKind implements Payload.
func (*WasHandedOver) EventKind() EventKind     { return EventHandedOver }        // EventKind implements Payload.
func (*WasClosed) EventKind() EventKind         { return EventClosed }            // EventKind implements Payload.
func (*WasCancelled) EventKind() EventKind      { return EventCancelled }         // EventKind implements Payload.
func (*WasReopened) EventKind() EventKind       { return EventReopened }          // EventKind implements Payload.

func (p *RepairStarted) apply(c *Claim, e Event) {
	r := p.Remedy
	c.Remedy, c.State = &r, InRepair
	c.Repair = &Repair{StartedAt: e.At, By: p.By, Place: p.Place}
	c.editStay(func(s *Stay) { s.Basis = r.Basis })
}

func (p *PartsAwaited) apply(c *Claim, _ Event) {
	r := *c.Repair
	r.Awaiting, r.Expected = slices.Clone(p.Parts), p.Expected
	c.Repair, c.State = &r, AwaitingParts
}

func (p *PartsCame) apply(c *Claim, _ Event) {
	r := *c.Repair
	r.Awaiting, r.Expected = nil, time.Time{}
	c.Repair, c.State = &r, InRepair
}

func (p *FoundUnrepairable) apply(c *Claim, _ Event) {
	no := false
	c.Answers.RepairPossible = &no
	c.State, c.Repair = Decided, nil
	c.rule("repair")
	c.rule("part_replacement")
	c.clearRemedy()
}

// rule out a remedy: what can't be done is not offered again.
func (c *Claim) rule(remedy string) {
	if !slices.Contains(c.Impossible, remedy) {
		c.Impossible = append(slices.Clone(c.Impossible), remedy)
	}
}

func (p *FoundImpossible) apply(c *Claim, _ Event) {
	c.State = Decided
	c.rule(p.Remedy)
	c.clearRemedy()
}

func (p *RepairFinished) apply(c *Claim, e Event) {
	r := *c.Repair
	r.FinishedAt, r.Kind, r.Outcome = e.At, p.Kind, p.Outcome
	r.add(p)
	r.Awaiting, r.Expected = nil, time.Time{}
	c.Repair = &r
	c.editStay(func(s *Stay) {
		s.Kind = p.Kind
		if s.Centre == "" {
			s.Centre = "own" // done at the shop
		}
	})
}

func (p *WasReplaced) apply(c *Claim, e Event) {
	c.Replacement = &Replacement{Unit: p.Unit.ID, Sale: p.Sale.ID, At: e.At}
	c.settle(e.At, "replacement")
}

func (p *RefundApproved) apply(c *Claim, e Event) {
	if p.Second {
		r := *c.Refund
		r.SecondBy, r.SecondName, r.SecondAt = p.By, e.Actor.Name, e.At
		c.Refund = &r
		return
	}
	c.Refund = &Refund{Kind: p.Kind, Amount: p.Amount, ApprovedBy: p.By, ApprovedName: e.Actor.Name, ApprovedAt: e.At, Two: p.Two}
}

func (p *RefundPaid) apply(c *Claim, e Event) {
	r := *c.Refund
	r.Reference, r.PaidBy, r.PaidAt = p.Reference, e.Actor.ID, e.At
	c.Refund = &r
	if r.Kind != "price_reduction" { // the device stays with the retailer
		c.release(e.At, "")
		c.settle(e.At, "refund", "remedy")
		c.stop(e.At, "deadline.refunded")
		return
	}
	c.settle(e.At, "refund")
}

// release ends the stay in service.
func (c *Claim) release(at time.Time, outcome string) {
	c.editStay(func(s *Stay) { s.Released, s.Outcome = at, outcome })
}

func (p *WasReady) apply(c *Claim, e Event) {
	c.State, c.Wait, c.ReadyAt, c.Outcome = Ready, "", e.At, p.Final
	c.release(e.At, p.Outcome)
	c.settle(e.At, "remedy", "repair", "replacement", "answer")
	c.stop(e.At, "deadline.ready")
}

func (p *WasShipped) apply(c *Claim, e Event) {
	c.State = Shipped
	c.Shipment = &Shipment{Carrier: p.Carrier, Tracking: p.Tracking, At: e.At}
	c.Custody = Holder{Kind: HeldByCourier, Carrier: p.Carrier, Tracking: p.Tracking, To: "customer", Since: e.At}
}

func (p *WasHandedOver) apply(c *Claim, e Event) {
	c.State = HandedOver
	c.Custody = Holder{Kind: HeldByCustomer, Since: e.At}
	c.Disposal = nil // the owner came in time
	if n := len(c.Stays); n > 0 && !c.Stays[n-1].Released.IsZero() {
		c.Stays = slices.Clone(c.Stays)
		c.Stays[n-1].HandedBack = e.At
	}
	if c.Repair != nil && len(p.Parts)+len(p.Told) > 0 {
		r := *c.Repair
		r.Parts, r.Told = slices.Clone(p.Parts), slices.Clone(p.Told)
		c.Repair = &r
	}
	c.settle(e.At, "return")
	c.stop(e.At, "deadline.handed_over")
}

func (p *WasClosed) apply(c *Claim, e Event) {
	c.State, c.Outcome, c.ClosedAt = Closed, p.Outcome, e.At
	c.stop(e.At, "deadline.closed")
}

func (p *WasCancelled) apply(c *Claim, e Event) {
	c.Wait, c.Outcome = "", OutcomeWithdrawn
	c.clearRemedy()
	c.stop(e.At, "deadline.withdrawn")
	if !p.Returning {
		c.State, c.ClosedAt = Cancelled, e.At
		return
	}
	c.State, c.ReadyAt = Ready, e.At
	c.release(e.At, "")
}

func (p *WasReopened) apply(c *Claim, e Event) {
	c.State, c.Outcome, c.ClosedAt, c.ReadyAt = Submitted, "", time.Time{}, time.Time{}
	c.ReceivedAt = p.Demand
	c.Diagnosis, c.Override, c.Repair, c.Refund, c.Replacement, c.Shipment, c.Intake = nil, nil, nil, nil, nil, nil, nil
	c.Acknowledged, c.Answers.RepairPossible, c.Impossible = nil, nil, nil
	c.Demand, c.Loaner = nil, nil
	c.clearRemedy()
	c.Reopened++
}

// newPayload gives an empty payload to decode into; nil for an unknown kind.
func newPayload(kind EventKind) Payload {
	for _, p := range allPayloads() {
		if p.EventKind() == kind {
			return p
		}
	}
	return nil
}

func allPayloads() []Payload {
	return []Payload{&WasSubmitted{}, &DeviceAsked{}, &WasAccepted{}, &WasForwarded{}, &WasReceived{}, &WasRouted{}, &WasAssigned{},
		&DiagnosisStarted{}, &WasDiagnosed{}, &DocumentsRecorded{}, &AnswersRecorded{}, &WasAcknowledged{}, &WasDecided{},
		&BasisChosen{}, &CustomerAsked{}, &RemedyChosen{}, &DifferenceAnswered{}, &EstimateOffered{}, &EstimateAnswered{},
		&RepairStarted{}, &PartsAwaited{}, &PartsCame{}, &FoundUnrepairable{}, &FoundImpossible{}, &RepairFinished{}, &WentBack{}, &WasReplaced{}, &RefundApproved{},
		&ApprovalWithdrawn{}, &RefundPaid{}, &WasRefused{}, &WasReady{}, &WasShipped{}, &WasHandedOver{}, &WasClosed{}, &WasCancelled{}, &WasReopened{},
		&WasOverridden{}, &NoteAdded{}, &ResponseDue{}, &DeadlineWarned{}, &DeadlineBreached{}, &CustomerAnswered{}, &RemedyDemanded{}, &LoanerNoted{},
		&ReturnChanged{}, &DisposalProposed{}, &WasDisposed{}}
}
