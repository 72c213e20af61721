package care

import "slices"

// EventKind implements Payload.
func (*WasSubmitted) EventKind() EventKind      { return EventSubmitted }
func (*DeviceAsked) EventKind() EventKind       { return EventDeviceAsked }       // EventKind implements Payload.
func (*WasAccepted) EventKind() EventKind       { return EventAccepted }          // EventKind implements Payload.
func (*WasForwarded) EventKind() EventKind      { return EventForwarded }         // EventKind implements Payload.
func (*WasReceived) EventKind() EventKind       { return EventReceived }          // EventKind implements Payload.
func (*WasRouted) EventKind() EventKind         { return EventRouted }            // EventKind implements Payload.
func (*WasAssigned) EventKind() EventKind       { return EventAssigned }          // EventKind implements Payload.
func (*DocumentsRecorded) EventKind() EventKind { return EventDocumentsRecorded } // EventKind implements Payload.
func (*AnswersRecorded) EventKind() EventKind   { return EventAnswersRecorded }   // EventKind implements Payload.
func (*WasAcknowledged) EventKind() EventKind   { return EventAcknowledged }      // EventKind implements Payload.
func (*NoteAdded) EventKind() EventKind         { return EventNoteAdded }         // EventKind implements Payload.

func (p *WasSubmitted) apply(c *Claim, e Event) {
	c.Number, c.Request, c.Channel, c.Lang = p.Number, p.Request, p.Channel, p.Lang
	c.Customer, c.Return, c.Settlement, c.ReceivedAt = p.Customer, p.Return, p.Settlement, p.ReceivedAt
	c.Unit, c.Sale, c.Pack, c.Basis = p.Unit, p.Sale, p.Pack, p.Basis
	c.Documents = slices.Clone(p.Documents)
	c.State, c.OpenedAt = Submitted, e.At
	c.Custody = Holder{Kind: HeldByCustomer, Since: e.At}
}

func (p *DeviceAsked) apply(c *Claim, e Event) {
	c.State = AwaitingDevice
	c.settle(e.At, "answer")
}

func (p *WasAccepted) apply(c *Claim, e Event) {
	c.State, c.Custody = Accepted, p.Holder
	c.Intake = &Intake{At: e.At, Place: p.Holder.Place, Condition: p.Condition, Accessories: slices.Clone(p.Accessories), Defect: p.Defect}
	if p.Holder.Kind == HeldByCourier {
		c.Intake.Place = p.Holder.To
	}
	c.Stays = append(slices.Clone(c.Stays), Stay{Retailer: c.Retailer, Unit: c.Unit.ID, Claim: c.ID, Index: len(c.Stays),
		Demanded: c.ReceivedAt, Accepted: e.At, Centre: p.Centre, Basis: c.BasisInUse()})
	if p.Centre != "" && c.Centre == "" {
		c.Centre = p.Holder.Place
	}
	c.settle(e.At, "answer")
}

func (p *WasForwarded) apply(c *Claim, _ Event) {
	c.Custody = p.Holder
	if c.ReadyAt.IsZero() && (c.Repair == nil || c.Repair.FinishedAt.IsZero()) {
		c.Centre = p.Holder.To
	}
}

func (p *WasReceived) apply(c *Claim, _ Event) {
	c.Custody = p.Holder
	if p.CentreKind != "" && c.ReadyAt.IsZero() && (c.Repair == nil || c.Repair.FinishedAt.IsZero()) {
		c.Centre = p.Holder.Place
		c.editStay(func(s *Stay) { s.Centre = p.CentreKind })
	}
}

func (p *WasRouted) apply(c *Claim, _ Event)   { c.Centre = p.Centre }
func (p *WasAssigned) apply(c *Claim, _ Event) { c.Assignee = p.User }

func (p *DocumentsRecorded) apply(c *Claim, _ Event) {
	c.Documents = append([]string{}, p.Documents...)
}

func (p *AnswersRecorded) apply(c *Claim, _ Event) {
	c.Answers, c.Unit, c.Sale = p.Answers, p.Unit, p.Sale
	if can := p.Answers.RepairPossible; can != nil && *can {
		c.Impossible = slices.DeleteFunc(slices.Clone(c.Impossible), func(r string) bool { return r != "replacement" })
	}
	if p.Place != "" {
		c.Settlement = p.Place
	}
}

func (p *WasAcknowledged) apply(c *Claim, e Event) {
	list := slices.Clone(c.Acknowledged)
	for _, id := range p.IDs {
		list = append(list, Acknowledgement{ID: id, At: e.At, By: e.Actor.Kind})
	}
	c.Acknowledged = list
}

func (p *NoteAdded) apply(*Claim, Event) {}

// editStay changes the open stay, where there is one.
func (c *Claim) editStay(edit func(*Stay)) {
	if n := len(c.Stays); n > 0 && c.Stays[n-1].Released.IsZero() {
		c.Stays = slices.Clone(c.Stays)
		edit(&c.Stays[n-1])
	}
}
