package desk

import (
	"context"
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// LegView is a leg as a page or a paper shows it.
type LegView struct {
	Leg      care.Leg
	Claim    care.Claim
	From, To care.Address // full, for the label
	Rule     *policy.CarriageRule
	Reports  []care.CarrierEvent
	Wired    bool // the carrier is told by the program
	Terms    *policy.Pack
}

// Legs lists ways by courier, the nearest promise first. A partner's list
// holds only those of claims that are routed to its centre (D7).
func (d *Desk) Legs(ctx context.Context, actor care.Actor, f care.LegFilter, page care.Page) (list []care.Leg, next string, err error) {
	if err := may(actor, ReadShipments); err != nil {
		return nil, "", err
	}
	if f.At.IsZero() {
		f.At = d.now()
	}
	if actor.Role == care.Partner {
		if actor.Place == "" {
			return nil, "", care.Fail(care.Forbidden, "partner_without_centre")
		}
		f.Centre = actor.Place
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Legs(ctx, actor.Retailer, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list shipments: %w", err)
	}
	return list, next, nil
}

// Leg shows one, with the addresses for its label.
func (d *Desk) Leg(ctx context.Context, actor care.Actor, id string) (LegView, error) {
	if err := may(actor, ReadShipments); err != nil {
		return LegView{}, err
	}
	var out LegView
	err := d.store.View(ctx, func(tx Tx) (err error) {
		if out.Leg, err = findLeg(ctx, tx, actor, id); err != nil {
			return err
		}
		out.Wired = d.carriers[out.Leg.Carrier] != nil
		if out.Claim, err = tx.Claim(ctx, actor.Retailer, out.Leg.Claim); err != nil {
			return err
		}
		order, err := d.bookingOrder(ctx, tx, out.Leg)
		if err != nil {
			return err
		}
		out.From, out.To = order.From, order.To
		p, err := d.packs.Program(out.Claim.Retailer, out.Claim.Sale.Date)
		if err != nil {
			return fmt.Errorf("terms at the sale: %w", err)
		}
		out.Rule, out.Terms = p.CarriageRuleOf(out.Leg.Pack, out.Leg.Clause), p.Pack
		out.Reports, err = tx.CarrierEvents(ctx, actor.Retailer, id)
		return err
	})
	if err != nil {
		return LegView{}, fmt.Errorf("show shipment: %w", err)
	}
	return out, nil
}

// findLeg reads a leg that the actor sees: one of a claim that it sees.
func findLeg(ctx context.Context, tx Tx, actor care.Actor, id string) (care.Leg, error) {
	l, err := tx.Leg(ctx, actor.Retailer, id)
	if err != nil {
		return l, notFound(err, "no_leg")
	}
	c, err := tx.Claim(ctx, actor.Retailer, l.Claim)
	if err != nil {
		return l, notFound(err, "no_leg")
	}
	if sees(actor, c) != nil {
		return l, care.Fail(care.NotFound, "no_leg")
	}
	return l, nil
}

// HandOver is one hand-over of a claim's device, for its slip.
type HandOver struct {
	Claim    care.Claim
	Passing  care.Passing
	Customer care.Customer
	Places   map[string]care.Place
}

// HandOverSlip shows the hand-over that an event of a claim was (B6); seq 0 is
// the latest.
func (d *Desk) HandOverSlip(ctx context.Context, actor care.Actor, claim string, seq int) (HandOver, error) {
	if err := may(actor, ReadShipments); err != nil {
		return HandOver{}, err
	}
	var out HandOver
	err := d.store.View(ctx, func(tx Tx) (err error) {
		if out.Claim, err = findClaim(ctx, tx, actor, claim); err != nil {
			return err
		}
		events, err := tx.Events(ctx, actor.Retailer, out.Claim.ID)
		if err != nil {
			return err
		}
		found := false
		for _, p := range care.HandOvers(events) {
			if p.From.Kind != "" && (seq == 0 || p.Seq == seq) {
				out.Passing, found = p, true
			}
		}
		if !found {
			return care.Fail(care.NotFound, "no_hand_over")
		}
		if out.Customer, err = tx.Customer(ctx, actor.Retailer, out.Claim.Customer); !missing(&err) && err != nil {
			return err
		}
		places, err := tx.Places(ctx, actor.Retailer)
		out.Places = map[string]care.Place{}
		for _, p := range places {
			out.Places[p.ID] = p
		}
		return err
	})
	if err != nil {
		return HandOver{}, fmt.Errorf("hand-over slip: %w", err)
	}
	return out, nil
}

// ways adds the courier's legs to a claim's view, and to the forms what was
// booked. A customer reads nothing of what went wrong between us and the
// carrier.
func (d *Desk) ways(ctx context.Context, tx Tx, actor care.Actor, out *ClaimView) error {
	var err error
	if out.Legs, err = tx.LegsOfClaim(ctx, out.Claim.Retailer, out.Claim.ID); err != nil {
		return err
	}
	if actor.Kind == care.CustomerActor {
		for i := range out.Legs {
			l := &out.Legs[i]
			l.Fault, l.Note, l.Why, l.CancelledReason = "", "", "", ""
		}
	}
	for i := range out.Actions {
		prefill(out.Actions[i], out.Legs)
	}
	return nil
}

// wayOf is the way that a command sends the device.
var wayOf = map[care.CommandName]care.LegDirection{care.CmdForward: care.LegBetween, care.CmdShip: care.LegBack}

// prefill puts the booked courier and number into a form.
func prefill(a care.Action, legs []care.Leg) {
	way, ok := wayOf[a.Command]
	if !ok {
		return
	}
	for _, l := range legs {
		if l.Direction != way || l.State != care.LegAsked && l.State != care.LegBooked {
			continue
		}
		for i := range a.Fields {
			switch f := &a.Fields[i]; f.Name {
			case "carrier":
				f.Value = l.Carrier
			case "tracking":
				f.Value = l.Tracking
			case "to":
				f.Value = l.To.Place
			}
		}
	}
}

// booked fills the courier and number that were booked into a command that
// names none.
func (w *work) booked(cmd care.Command) (care.Command, error) {
	way, ok := wayOf[cmd.Name()]
	if !ok {
		return cmd, nil
	}
	legs, err := w.tx.LegsOfClaim(w.ctx, w.claim.Retailer, w.claim.ID)
	if err != nil {
		return nil, err
	}
	var to string
	if f, ok := cmd.(care.Forward); ok {
		to = f.To
	}
	i := waiting(legs, way, to)
	if i < 0 {
		return cmd, nil
	}
	l := legs[i]
	fill := func(carrier, tracking *string) {
		if *carrier == "" {
			*carrier = l.Carrier
		}
		if *tracking == "" && *carrier == l.Carrier {
			*tracking = l.Tracking
		}
	}
	switch c := cmd.(type) {
	case care.Forward:
		fill(&c.Carrier, &c.Tracking)
		return c, nil
	case care.Ship:
		fill(&c.Carrier, &c.Tracking)
		return c, nil
	}
	return cmd, nil
}
