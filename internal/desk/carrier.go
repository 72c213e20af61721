package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// Carrier is a courier company that can be told to come. Both calls may be
// repeated with the same reference.
type Carrier interface {
	// Book orders a way. An error that wraps care.ErrCarrierRefused is final,
	// any other is tried again later.
	Book(ctx context.Context, order care.BookingOrder) (care.Booking, error)
	// Cancel calls an order off.
	Cancel(ctx context.Context, reference, tracking string) error
}

// ManualCarrier is a courier whom staff call by phone: the number comes from
// its paper label, and staff type it in.
type ManualCarrier struct{}

// Book takes every order and knows no number.
func (ManualCarrier) Book(context.Context, care.BookingOrder) (care.Booking, error) {
	return care.Booking{}, nil
}

// Cancel has nobody to tell.
func (ManualCarrier) Cancel(context.Context, string, string) error { return nil }

// NewLeg is a way to book.
type NewLeg struct {
	Claim     string
	Direction care.LegDirection
	To        string // place, of a leg that does not go to the customer; "" = the next place of the route
	Carrier   string // id of a carrier, or any name
	Tracking  string // where staff know it already
	Grams     int    // 0 = as the catalogue states
	Bulky     bool
	Bearer    string // who pays where the terms don't say; policy vocabulary "bearers"
	Why       string // required with Bearer
}

// Carriers lists the ids of the carriers that are wired.
func (d *Desk) Carriers() []string {
	var list []string
	for id := range d.carriers {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// BookLeg orders a courier for a claim's device. The order is kept first and
// then given to the carrier, so that nothing is lost when the carrier does not
// answer: the leg stays asked, and its job asks again.
func (d *Desk) BookLeg(ctx context.Context, actor care.Actor, in NewLeg) (care.Leg, error) {
	if err := may(actor, ShipDevices); err != nil {
		return care.Leg{}, err
	}
	in.Carrier, in.Tracking, in.Why = strings.TrimSpace(in.Carrier), strings.TrimSpace(in.Tracking), strings.TrimSpace(in.Why)
	if err := in.check(); err != nil {
		return care.Leg{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return care.Leg{}, err
	}
	var leg care.Leg
	err = d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, in.Claim)
		if err != nil {
			return err
		}
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
		if leg, err = w.bookLeg(in); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, "shipment.book", "leg", leg.ID, in.Why,
			map[string]string{"number": c.Number, "direction": string(leg.Direction), "carrier": leg.Carrier})
	})
	if err != nil {
		return care.Leg{}, fmt.Errorf("book a courier: %w", err)
	}
	return d.order(ctx, leg)
}

func (in NewLeg) check() error {
	switch {
	case !slices.Contains([]care.LegDirection{care.LegIn, care.LegBetween, care.LegBack}, in.Direction):
		return care.Fail(care.Invalid, "unknown_value", "field", "direction", "value", string(in.Direction), "expected", "in between back").At("direction")
	case in.Carrier == "":
		return required("", "carrier")
	case in.Bearer != "" && !slices.Contains(policy.Words("bearers"), in.Bearer):
		return care.Fail(care.Invalid, "unknown_value", "field", "bearer", "value", in.Bearer, "expected", strings.Join(policy.Words("bearers"), " ")).At("bearer")
	case in.Bearer != "" && in.Why == "":
		return required("", "why")
	case in.Grams < 0 || in.Grams > maxGrams:
		return care.Fail(care.Invalid, "bad_weight").At("grams")
	}
	return nil
}

// maxGrams bounds what a courier is asked to lift.
const maxGrams = 1_000_000

// book makes the leg and stores it as asked.
func (w *work) bookLeg(in NewLeg) (care.Leg, error) {
	if err := w.bookable(in.Direction); err != nil {
		return care.Leg{}, err
	}
	legs, err := w.tx.LegsOfClaim(w.ctx, w.claim.Retailer, w.claim.ID)
	if err != nil {
		return care.Leg{}, err
	}
	for _, l := range legs {
		if !l.State.Over() {
			return care.Leg{}, care.Fail(care.Conflict, "leg_open", "number", w.claim.Number)
		}
	}
	to := in.To
	if to == "" && in.Direction != care.LegBack {
		to = care.NextPlace(w.claim)
	}
	if in.Direction == care.LegBetween && to == w.claim.Custody.Place {
		return care.Leg{}, care.Fail(care.Invalid, "already_there", "place", to).At("to")
	}
	leg, err := w.newLeg(in.Direction, to)
	if err != nil {
		return leg, err
	}
	leg.State, leg.Carrier, leg.Tracking, leg.Bulky = care.LegAsked, in.Carrier, in.Tracking, in.Bulky
	if in.Grams > 0 {
		leg.Grams = in.Grams
	}
	if err := w.bear(&leg); err != nil {
		return leg, err
	}
	if leg.Bearer == "" {
		leg.Bearer, leg.Why = in.Bearer, in.Why
	}
	p, err := w.d.packs.Program(w.claim.Retailer, calendar.Date{})
	if err != nil {
		return leg, fmt.Errorf("terms of today: %w", err)
	}
	leg.Settlement = settlementOf(p, w.claim, leg.To)
	leg.PickUp, _ = p.NextCourierDay(settlementOf(p, w.claim, leg.From), calendar.DateOf(w.d.now(), w.terms.zone))
	if err := w.priceLeg(&leg); err != nil {
		return leg, err
	}
	return leg, w.d.putLeg(w.ctx, w.tx, leg)
}

// bookable refuses a way that the claim is not at.
func (w *work) bookable(d care.LegDirection) error {
	c := w.claim
	switch d {
	case care.LegIn:
		if c.Custody.Kind != care.HeldByCustomer || c.State != care.Submitted && c.State != care.AwaitingDevice {
			return care.Fail(care.Blocked, "not_with_customer", "holder", string(c.Custody.Kind))
		}
	case care.LegBetween:
		if !c.Held() || c.State.Over() {
			return care.Fail(care.Blocked, "not_held", "holder", string(c.Custody.Kind))
		}
	case care.LegBack:
		if !c.Held() || c.State != care.Ready {
			return care.Fail(care.Blocked, "not_ready", "state", string(c.State))
		}
	}
	return nil
}

// order gives an asked leg to its carrier and keeps the answer.
func (d *Desk) order(ctx context.Context, leg care.Leg) (care.Leg, error) {
	carrier := d.carrier(leg.Carrier)
	var order care.BookingOrder
	err := d.store.View(ctx, func(tx Tx) (err error) {
		order, err = d.bookingOrder(ctx, tx, leg)
		return err
	})
	if err != nil {
		return leg, fmt.Errorf("order of leg: %w", err)
	}
	got, failed := carrier.Book(ctx, order)
	err = d.store.Tx(ctx, func(tx Tx) error {
		l, err := tx.Leg(ctx, leg.Retailer, leg.ID)
		if err != nil {
			return err
		}
		answer(&l, got, failed)
		l.Updated, leg = d.now(), l
		return d.putLeg(ctx, tx, l)
	})
	if err != nil {
		return leg, fmt.Errorf("keep the carrier's answer: %w", err)
	}
	return leg, nil
}

// answer is the leg after its carrier answered. A leg that moved on meanwhile,
// because the device was given away or the way called off, only learns its
// number.
func answer(l *care.Leg, got care.Booking, failed error) {
	if failed != nil {
		if l.State == care.LegAsked {
			l.Fault, l.Note = care.FaultBooking, ""
			if errors.Is(failed, care.ErrCarrierRefused) {
				l.Fault = care.FaultRefused
			}
		}
		return
	}
	if got.Tracking != "" {
		l.Tracking = got.Tracking
	}
	if got.Label != "" {
		l.Label = got.Label
	}
	if l.PromisedBy.IsZero() && !got.PromisedBy.IsZero() {
		l.PromisedBy, l.Promise = got.PromisedBy.UTC(), "carrier"
	}
	switch l.State {
	case care.LegAsked:
		l.State, l.Fault, l.Note = care.LegBooked, "", ""
	case care.LegCancelled:
		l.Fault = care.FaultCancel
	}
}

// carrier is the one wired under an id; any other name is a courier whom staff
// call themselves.
func (d *Desk) carrier(id string) Carrier {
	if c := d.carriers[id]; c != nil {
		return c
	}
	return ManualCarrier{}
}

func (d *Desk) bookingOrder(ctx context.Context, tx Tx, l care.Leg) (care.BookingOrder, error) {
	out := care.BookingOrder{Reference: l.ID, Number: l.Number, Grams: l.Grams, Bulky: l.Bulky, Worth: l.Worth, PickUp: l.PickUp, Payer: l.Bearer}
	c, err := tx.Claim(ctx, l.Retailer, l.Claim)
	if err != nil {
		return out, err
	}
	if out.From, err = d.address(ctx, tx, c, l.From); err != nil {
		return out, err
	}
	out.To, err = d.address(ctx, tx, c, l.To)
	return out, err
}

// address is where a courier goes: a place's own, or the one of the customer's
// request (B9).
func (d *Desk) address(ctx context.Context, tx Tx, c care.Claim, end care.Terminus) (care.Address, error) {
	if end.Kind != care.HeldByCustomer {
		p, err := tx.Place(ctx, c.Retailer, end.Place)
		if err != nil {
			return care.Address{}, notFound(err, "no_place", "place", end.Place)
		}
		t, err := d.terms(c.Retailer)
		if err != nil {
			return care.Address{}, err
		}
		lang := t.lang("")
		return care.Address{Name: p.Name[lang], Phone: p.Phone, Street: p.Address[lang]}, nil
	}
	r, err := tx.Request(ctx, c.Retailer, c.Request)
	if err != nil {
		return care.Address{}, fmt.Errorf("request of claim: %w", err)
	}
	who, err := tx.Customer(ctx, c.Retailer, c.Customer)
	if !missing(&err) && err != nil {
		return care.Address{}, fmt.Errorf("customer of claim: %w", err)
	}
	a := care.Address{Name: who.Name, Phone: who.Phone, Street: r.Address, Settlement: c.Settlement}
	if a.Street == "" {
		a.Street = who.Address
	}
	return a, nil
}

// CancelLeg calls off a way that the courier has not begun.
func (d *Desk) CancelLeg(ctx context.Context, actor care.Actor, id, reason string) (care.Leg, error) {
	if err := may(actor, ShipDevices); err != nil {
		return care.Leg{}, err
	}
	if err := required(reason, "reason"); err != nil {
		return care.Leg{}, err
	}
	var leg care.Leg
	err := d.store.Tx(ctx, func(tx Tx) (err error) {
		if leg, err = findLeg(ctx, tx, actor, id); err != nil {
			return err
		}
		if leg.State != care.LegAsked && leg.State != care.LegBooked {
			return care.Fail(care.Illegal, "leg_begun", "number", leg.Number)
		}
		booked := leg.State == care.LegBooked && d.carriers[leg.Carrier] != nil
		leg.State, leg.CancelledReason, leg.Fault, leg.Updated = care.LegCancelled, strings.TrimSpace(reason), "", d.now()
		if booked {
			leg.Fault = care.FaultCancel // until the carrier was told
		}
		if err := d.putLeg(ctx, tx, leg); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, "shipment.cancel", "leg", leg.ID, leg.CancelledReason, map[string]string{"number": leg.Number})
	})
	if err != nil {
		return care.Leg{}, fmt.Errorf("cancel a courier: %w", err)
	}
	if leg.Fault == "" {
		return leg, nil
	}
	return d.tellCancelled(ctx, leg)
}

// tellCancelled tells the carrier; where that fails, the leg stays marked and
// its job tells it later.
func (d *Desk) tellCancelled(ctx context.Context, leg care.Leg) (care.Leg, error) {
	if err := d.carrier(leg.Carrier).Cancel(ctx, leg.ID, leg.Tracking); err != nil {
		return leg, nil //nolint:nilerr // kept as the leg's fault, and tried again
	}
	err := d.store.Tx(ctx, func(tx Tx) (err error) {
		if leg, err = tx.Leg(ctx, leg.Retailer, leg.ID); err != nil {
			return err
		}
		leg.Fault, leg.Updated = "", d.now()
		return d.putLeg(ctx, tx, leg)
	})
	return leg, err
}

// Report takes in what a carrier says of a leg. A report that was taken in
// before changes nothing, so a carrier may repeat it.
func (d *Desk) Report(ctx context.Context, e care.CarrierEvent) error {
	if e.ID == "" || !slices.Contains(care.CarrierEventKinds(), e.Kind) {
		return care.Fail(care.Invalid, "unknown_value", "field", "type", "value", string(e.Kind), "expected", "shipment.…").At("type")
	}
	now := d.now()
	if e.At.IsZero() || e.At.After(now) {
		e.At = now
	}
	e.At = e.At.UTC()
	err := d.store.Tx(ctx, func(tx Tx) error {
		retailer, err := tx.RetailerOfLeg(ctx, e.Leg)
		if err != nil {
			return notFound(err, "no_leg")
		}
		l, err := tx.Leg(ctx, retailer, e.Leg)
		if err != nil {
			return notFound(err, "no_leg")
		}
		if l.Carrier != e.Carrier {
			return care.Fail(care.NotFound, "no_leg")
		}
		if err := tx.AddCarrierEvent(ctx, retailer, e); errors.Is(err, care.ErrConflict) {
			return nil
		} else if err != nil {
			return err
		}
		return d.reported(ctx, tx, l, e)
	})
	if err != nil {
		return fmt.Errorf("carrier's report: %w", err)
	}
	return nil
}

// reported changes the leg, and gives the claim the command that the report
// stands for. What the claim does not allow is marked on the leg for people to
// look at: the carrier would not say it differently if it were refused.
func (d *Desk) reported(ctx context.Context, tx Tx, l care.Leg, e care.CarrierEvent) error {
	if e.Tracking != "" {
		l.Tracking = e.Tracking
	}
	if e.Label != "" {
		l.Label = e.Label
	}
	if e.Cost != nil && (l.Cost == nil || l.Priced == care.PricedByCarrier) {
		l.Cost, l.Priced = e.Cost, care.PricedByCarrier // an agreed tariff stands
	}
	l.Updated = d.now()
	var cmd care.Command
	switch e.Kind {
	case care.CarrierBooked:
		if l.State == care.LegAsked {
			l.State, l.Fault, l.Note = care.LegBooked, "", ""
		}
	case care.CarrierFailed:
		l.Fault, l.Note = care.FaultCarrier, e.Note
	case care.CarrierCancelled:
		if l.State == care.LegAsked || l.State == care.LegBooked {
			l.State, l.CancelledReason = care.LegCancelled, e.Note
		}
		l.Fault, l.Note = care.FaultWithdrawn, e.Note
	case care.CarrierCollected:
		if l.State == care.LegUnderWay || l.State == care.LegDelivered {
			break
		}
		if l.State == care.LegCancelled {
			l.Fault, l.Note = care.FaultCollected, e.Note
			break
		}
		cmd = collecting(l)
	case care.CarrierDelivered:
		switch {
		case l.State == care.LegDelivered:
		case l.State != care.LegUnderWay:
			l.Fault, l.Note = care.FaultDelivered, e.Note
		default:
			l.BroughtAt, l.Fault, l.Note = e.At, "", ""
			if l.Direction == care.LegBack {
				cmd = care.HandOver{Proof: l.Carrier + " " + l.Tracking}
			}
		}
	}
	if err := d.putLeg(ctx, tx, l); err != nil || cmd == nil {
		return err
	}
	return d.obey(ctx, tx, l, cmd)
}

// collecting is the command that a courier's collection stands for.
func collecting(l care.Leg) care.Command {
	switch l.Direction {
	case care.LegIn:
		return care.Accept{Place: l.To.Place, Carrier: l.Carrier, Tracking: l.Tracking}
	case care.LegBetween:
		return care.Forward{To: l.To.Place, Carrier: l.Carrier, Tracking: l.Tracking}
	}
	return care.Ship{Carrier: l.Carrier, Tracking: l.Tracking}
}

func (d *Desk) obey(ctx context.Context, tx Tx, l care.Leg, cmd care.Command) error {
	t, err := d.terms(l.Retailer)
	if err != nil {
		return err
	}
	c, err := tx.Claim(ctx, l.Retailer, l.Claim)
	if err != nil {
		return err
	}
	actor := care.System(l.Retailer)
	actor.ID, actor.Name = "carrier:"+l.Carrier, l.Carrier
	w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
	if _, err := care.Apply(c, probed(cmd), care.Env{Now: d.now(), Zone: t.zone, Actor: actor}); err != nil {
		l.Fault = care.FaultCollected
		if cmd.Name() == care.CmdHandOver {
			l.Fault = care.FaultDelivered
		}
		return d.putLeg(ctx, tx, l)
	}
	return w.do(cmd)
}

// probed is the command as it will be once the desk filled it in, to learn
// whether the claim lets it through before anything is stored.
func probed(cmd care.Command) care.Command {
	if a, ok := cmd.(care.Accept); ok {
		a.PlaceKind = care.OwnCentre
		return a
	}
	return cmd
}
