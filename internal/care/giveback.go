package care

import (
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// The names of commands and events about how a device goes back, or does not.
const (
	CmdChangeReturn    CommandName = "change_return"
	CmdDispose         CommandName = "dispose"
	CmdConfirmDisposal CommandName = "confirm_disposal"

	EventReturnChanged    EventKind = "return_changed"
	EventDisposalProposed EventKind = "disposal_proposed"
	EventDisposed         EventKind = "disposed"
)

type (
	// ChangeReturn is the customer's wish to have the device back another way
	// (B9), until it leaves.
	ChangeReturn struct {
		Return     ReturnMethod `json:"return"`               // required
		Address    string       `json:"address,omitempty"`    // "" = the one in the request
		Settlement string       `json:"settlement,omitempty"` // "" = as before
		// SameAddress says that the request's address does not change; the desk
		// fills it in, for the address is kept with the request alone.
		SameAddress bool `json:"-"`
	}

	// Dispose proposes to let a device go that its owner does not collect
	// (ГК 738): one person proposes, another confirms.
	Dispose struct{ Disposal }

	// ConfirmDisposal is the second person's consent, by which it is done.
	ConfirmDisposal struct {
		From calendar.Date `json:"-"` // the first lawful day, as it stands now; the desk fills it in
	}

	// ReturnChanged says how the device goes back from now on. The address is
	// kept with the request.
	ReturnChanged struct {
		Return     ReturnMethod `json:"return"`
		Settlement string       `json:"settlement,omitempty"`
		Address    bool         `json:"address,omitempty"` // another one was given
	}

	// DisposalProposed is the first person's proposal.
	DisposalProposed struct {
		Disposal Disposal `json:"disposal"`
	}

	// WasDisposed ends a claim whose device was let go.
	WasDisposed struct{}
)

// Disposal is what becomes of a device that nobody collects.
type Disposal struct {
	How      string        `json:"how"`                // one of DisposalWays
	Reason   string        `json:"reason"`             // a person's words
	Proceeds *money.Amount `json:"proceeds,omitempty"` // of a sale
	Costs    *money.Amount `json:"costs,omitempty"`    // of the sale or the disposal
	From     calendar.Date `json:"from"`               // the first lawful day; the desk fills it in
	Clause   string        `json:"clause,omitempty"`   // of the law

	ProposedBy    string    `json:"proposed_by,omitempty"` // Actor.ID
	ProposedName  string    `json:"proposed_name,omitempty"`
	ProposedAt    time.Time `json:"proposed_at,omitzero"`
	ConfirmedBy   string    `json:"confirmed_by,omitempty"`
	ConfirmedName string    `json:"confirmed_name,omitempty"`
	ConfirmedAt   time.Time `json:"confirmed_at,omitzero"`
}

// OutcomeDisposed is the end of a claim whose device nobody collected.
const OutcomeDisposed Outcome = "disposed"

// The ways in which a device is let go.
const (
	DisposedSold     = "sold"
	DisposedRecycled = "recycled"
	DisposedGiven    = "given_away"
)

// DisposalWays lists them.
func DisposalWays() []string { return []string{DisposedSold, DisposedRecycled, DisposedGiven} }

// Left is what a sale brought above its costs, which is the owner's; zero
// where nothing is left.
func (d Disposal) Left() (money.Amount, error) {
	if d.Proceeds == nil {
		return money.Amount{}, nil
	}
	if d.Costs == nil {
		return *d.Proceeds, nil
	}
	left, err := d.Proceeds.Sub(*d.Costs)
	if err != nil || left.Minor < 0 {
		return money.Amount{Currency: d.Proceeds.Currency}, err
	}
	return left, nil
}

// Name implements Command.
func (ChangeReturn) Name() CommandName    { return CmdChangeReturn }
func (Dispose) Name() CommandName         { return CmdDispose }         // Name implements Command.
func (ConfirmDisposal) Name() CommandName { return CmdConfirmDisposal } // Name implements Command.

// EventKind implements Payload.
func (*ReturnChanged) EventKind() EventKind    { return EventReturnChanged }
func (*DisposalProposed) EventKind() EventKind { return EventDisposalProposed } // EventKind implements Payload.
func (*WasDisposed) EventKind() EventKind      { return EventDisposed }         // EventKind implements Payload.

func (r ChangeReturn) run(c Claim, _ Env) ([]Payload, error) {
	if r.Return != ReturnCollect && r.Return != ReturnDeliver {
		return nil, Fail(Invalid, "unknown_value", "field", "return", "value", string(r.Return), "expected", "collect deliver").At("return")
	}
	if c.Custody.Kind == HeldByCourier && c.Custody.To == "customer" {
		return nil, Fail(Blocked, "device_left", "number", c.Number)
	}
	settlement := strings.TrimSpace(r.Settlement)
	if settlement == "" {
		settlement = c.Settlement
	}
	if r.Return == c.Return && settlement == c.Settlement && (r.SameAddress || r.Address == "") {
		return nil, Fail(Invalid, "return_same").At("return")
	}
	return []Payload{&ReturnChanged{Return: r.Return, Settlement: settlement, Address: r.Address != "" && !r.SameAddress}}, nil
}

// otherReturn is the way back that was not chosen.
func otherReturn(c Claim) ReturnMethod {
	if c.Return == ReturnDeliver {
		return ReturnCollect
	}
	return ReturnDeliver
}

func (p *ReturnChanged) apply(c *Claim, _ Event) {
	c.Return, c.Settlement = p.Return, p.Settlement
}

func (d Dispose) run(c Claim, env Env) ([]Payload, error) {
	x := d.Disposal
	if !slices.Contains(DisposalWays(), x.How) {
		return nil, Fail(Invalid, "unknown_value", "field", "how", "value", x.How, "expected", strings.Join(DisposalWays(), " ")).At("how")
	}
	if err := need(x.Reason, "reason"); err != nil {
		return nil, err
	}
	if err := x.sums(); err != nil {
		return nil, err
	}
	if err := disposable(c, x.From, env); err != nil {
		return nil, err
	}
	x.Reason = strings.TrimSpace(x.Reason)
	x.ProposedBy, x.ProposedName, x.ProposedAt = env.Actor.ID, env.Actor.Name, stamp(env)
	x.ConfirmedBy, x.ConfirmedName, x.ConfirmedAt = "", "", time.Time{}
	return []Payload{&DisposalProposed{Disposal: x}}, nil
}

// sums checks the money of a disposal: proceeds are those of a sale.
func (d Disposal) sums() error {
	for _, sum := range []struct {
		field string
		*money.Amount
	}{{"proceeds", d.Proceeds}, {"costs", d.Costs}} {
		if sum.Amount != nil && sum.Minor <= 0 {
			return Fail(Invalid, "amount_not_positive", "field", sum.field).At(sum.field)
		}
	}
	if (d.How == DisposedSold) != (d.Proceeds != nil) {
		return Fail(Invalid, "proceeds_of_sale").At("proceeds")
	}
	if d.Costs != nil && d.Proceeds != nil && d.Costs.Currency != d.Proceeds.Currency {
		return Fail(Invalid, "two_currencies").At("costs")
	}
	return nil
}

// disposable refuses to let a device go before the law does: from is the
// first day on which it may, zero where no notice was given or no law says so.
func disposable(c Claim, from calendar.Date, env Env) error {
	if err := atHand(c); err != nil {
		return err
	}
	if from.IsZero() {
		return Fail(Blocked, "disposal_not_lawful", "number", c.Number)
	}
	if calendar.DateOf(env.Now, env.Zone).Before(from) {
		return Fail(Blocked, "disposal_too_early", "day", from.String())
	}
	return nil
}

func (p *DisposalProposed) apply(c *Claim, _ Event) {
	d := p.Disposal
	c.Disposal = &d
}

func (x ConfirmDisposal) run(c Claim, env Env) ([]Payload, error) {
	switch {
	case c.Disposal == nil:
		return nil, Fail(Blocked, "disposal_not_proposed")
	case c.Disposal.ProposedBy == env.Actor.ID:
		return nil, Fail(Blocked, "second_person")
	}
	if err := disposable(c, x.From, env); err != nil {
		return nil, err
	}
	return []Payload{&WasDisposed{}}, nil
}

func (p *WasDisposed) apply(c *Claim, e Event) {
	c.State, c.Outcome, c.ClosedAt = Closed, OutcomeDisposed, e.At
	if c.Disposal != nil {
		d := *c.Disposal
		d.ConfirmedBy, d.ConfirmedName, d.ConfirmedAt = e.Actor.ID, e.Actor.Name, e.At
		c.Disposal = &d
	}
	c.stop(e.At, "deadline.closed")
}
