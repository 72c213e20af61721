package desk

import (
	"fmt"
	"slices"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// carry keeps the legs in line with the claim's custody: what a courier was
// given is under way, what reached its place is delivered, what is no longer
// needed is called off. A claim has a leg under way exactly while a courier
// holds its device.
func (w *work) carry(events []care.Event) error {
	if !slices.ContainsFunc(events, moves) {
		return nil
	}
	legs, err := w.tx.LegsOfClaim(w.ctx, w.claim.Retailer, w.claim.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if legs, err = w.carryOne(legs, e); err != nil {
			return err
		}
	}
	for _, l := range legs {
		if l.Centre == w.claim.Centre {
			continue
		}
		l.Centre = w.claim.Centre // so that the centre's partners see it
		if err := w.d.putLeg(w.ctx, w.tx, l); err != nil {
			return err
		}
	}
	return nil
}

// moves reports whether an event may concern a leg.
func moves(e care.Event) bool {
	switch e.Data.(type) {
	case *care.WasAccepted, *care.WasForwarded, *care.WasReceived, *care.WasShipped, *care.WasHandedOver, *care.WasCancelled,
		*care.WasRouted, *care.WasReady, *care.WentBack, *care.WasClosed,
		*care.ReturnChanged, *care.WasDisposed:
		return true
	}
	return false
}

func (w *work) carryOne(legs []care.Leg, e care.Event) ([]care.Leg, error) {
	switch p := e.Data.(type) {
	case *care.WasAccepted:
		legs, err := w.arrive(legs, e, p.Condition, p.Accessories) // a claim taken up again while its device travels
		if err != nil {
			return nil, err
		}
		if p.Holder.Kind == care.HeldByCourier {
			return w.handOut(legs, care.LegIn, p.Holder, e, p.Condition, p.Accessories)
		}
		return w.callOff(legs, e, care.LegIn)
	case *care.WasForwarded:
		return w.handOut(legs, care.LegBetween, p.Holder, e, p.Condition, p.Accessories)
	case *care.WasReceived:
		return w.arrive(legs, e, p.Condition, p.Accessories)
	case *care.WasShipped:
		h := care.Holder{Carrier: p.Carrier, Tracking: p.Tracking, To: "customer"}
		return w.handOut(legs, care.LegBack, h, e, p.Condition, p.Accessories)
	case *care.WasHandedOver:
		legs, err := w.arrive(legs, e, p.Condition, p.Accessories)
		if err != nil {
			return nil, err
		}
		return w.callOff(legs, e, care.LegIn, care.LegBetween, care.LegBack)
	case *care.WentBack:
		return w.callOff(legs, e, care.LegBack)
	case *care.WasCancelled:
		return w.callOff(legs, e, care.LegIn, care.LegBetween)
	case *care.ReturnChanged: // whoever was booked would go to the wrong door
		return w.callOff(legs, e, care.LegBack)
	case *care.WasDisposed:
		return w.callOff(legs, e, care.LegIn, care.LegBetween, care.LegBack)
	case *care.WasClosed:
		return w.callOff(legs, e, care.LegIn, care.LegBetween, care.LegBack)
	}
	return legs, nil
}

// waiting finds the leg that was booked for this way, -1 where none was.
func waiting(legs []care.Leg, d care.LegDirection, to string) int {
	return slices.IndexFunc(legs, func(l care.Leg) bool {
		return l.Direction == d && (l.State == care.LegAsked || l.State == care.LegBooked) && (d == care.LegBack || l.To.Place == to)
	})
}

// handOut gives the device to the courier: on the leg that was booked, or on a
// new one where staff gave it away without booking. Whoever was booked for
// another way would come for nothing.
func (w *work) handOut(legs []care.Leg, d care.LegDirection, h care.Holder, e care.Event, condition string, with []string) ([]care.Leg, error) {
	i := waiting(legs, d, h.To)
	if i < 0 {
		l, err := w.newLeg(d, h.To)
		if err != nil {
			return nil, err
		}
		l.Carrier = h.Carrier
		legs, i = append(legs, l), len(legs)
	}
	l := legs[i]
	if h.Carrier != "" {
		l.Carrier = h.Carrier
	}
	if h.Tracking != "" {
		l.Tracking = h.Tracking
	}
	l.State, l.HandedAt, l.Condition, l.Accessories, l.Updated = care.LegUnderWay, e.At, condition, with, e.At
	if err := w.promiseLeg(&l); err != nil {
		return nil, err
	}
	if err := w.priceLeg(&l); err != nil {
		return nil, err
	}
	legs[i] = l
	if err := w.d.putLeg(w.ctx, w.tx, l); err != nil {
		return nil, err
	}
	return w.callOff(legs, e, care.LegIn, care.LegBetween, care.LegBack)
}

// arrive ends the leg that is under way.
func (w *work) arrive(legs []care.Leg, e care.Event, condition string, with []string) ([]care.Leg, error) {
	i := slices.IndexFunc(legs, func(l care.Leg) bool { return l.State == care.LegUnderWay })
	if i < 0 {
		return legs, nil
	}
	l := legs[i]
	l.State, l.DeliveredAt, l.ArrivedAs, l.ArrivedWith, l.Fault, l.Note, l.Updated = care.LegDelivered, e.At, condition, with, "", "", e.At
	legs[i] = l
	return legs, w.d.putLeg(w.ctx, w.tx, l)
}

// callOff cancels legs that nobody needs any more: the customer came in
// person, or took the claim back. The carrier is told when the sweep next
// runs.
func (w *work) callOff(legs []care.Leg, e care.Event, directions ...care.LegDirection) ([]care.Leg, error) {
	for i, l := range legs {
		if l.State != care.LegAsked && l.State != care.LegBooked || !slices.Contains(directions, l.Direction) {
			continue
		}
		told := w.d.carriers[l.Carrier] != nil && l.State == care.LegBooked
		l.State, l.CancelledReason, l.Fault, l.Updated = care.LegCancelled, "not_needed", "", e.At
		if told {
			l.Fault = care.FaultCancel // until it was told; see carrierJob
		}
		legs[i] = l
		if err := w.d.putLeg(w.ctx, w.tx, l); err != nil {
			return nil, err
		}
	}
	return legs, nil
}

// newLeg is a leg of the claim from where its device is.
func (w *work) newLeg(d care.LegDirection, to string) (care.Leg, error) {
	id, err := w.d.newID()
	if err != nil {
		return care.Leg{}, err
	}
	c := w.claim
	now := w.d.now()
	l := care.Leg{ID: id, Retailer: c.Retailer, Claim: c.ID, Number: c.Number, Centre: c.Centre, Direction: d, State: care.LegBooked,
		Worth: c.Sale.Price, Created: now, Updated: now}
	if l.From, err = w.origin(d); err != nil {
		return l, err
	}
	l.To = care.Terminus{Kind: care.HeldByCustomer}
	if d != care.LegBack {
		kind, err := w.placeKind(to, "to")
		if err != nil {
			return l, err
		}
		l.To = terminus(to, kind)
	}
	if c.Unit.Product != "" {
		p, err := w.tx.Product(w.ctx, c.Retailer, c.Unit.Product)
		if !missing(&err) && err != nil {
			return l, fmt.Errorf("product of unit: %w", err)
		}
		l.Grams = p.WeightGrams
	}
	return l, w.bear(&l)
}

func terminus(place string, kind care.PlaceKind) care.Terminus {
	if kind == care.ShopPlace {
		return care.Terminus{Kind: care.HeldByShop, Place: place}
	}
	return care.Terminus{Kind: care.HeldByCentre, Place: place}
}

// origin is where a leg sets out: the customer's, or the place that holds the
// device, or last held it where a courier has it by now.
func (w *work) origin(d care.LegDirection) (care.Terminus, error) {
	if d == care.LegIn {
		return care.Terminus{Kind: care.HeldByCustomer}, nil
	}
	if w.claim.Held() {
		return care.Terminus{Kind: w.claim.Custody.Kind, Place: w.claim.Custody.Place}, nil
	}
	events, err := w.tx.Events(w.ctx, w.claim.Retailer, w.claim.ID)
	if err != nil {
		return care.Terminus{}, fmt.Errorf("events of claim: %w", err)
	}
	if n := len(w.events); n > 0 && (len(events) == 0 || events[len(events)-1].Seq < w.events[0].Seq) {
		events = append(events, w.events...)
	}
	for _, p := range slices.Backward(care.HandOvers(events)) {
		if p.To.Kind == care.HeldByShop || p.To.Kind == care.HeldByCentre {
			return care.Terminus{Kind: p.To.Kind, Place: p.To.Place}, nil
		}
	}
	return care.Terminus{}, care.Fail(care.Blocked, "not_held", "holder", string(w.claim.Custody.Kind))
}

// bear finds who pays for a leg, by the terms at the sale (C2; ЗоЗПП 18(7)).
func (w *work) bear(l *care.Leg) error {
	p, err := w.d.packs.Program(w.claim.Retailer, w.claim.Sale.Date)
	if err != nil {
		return fmt.Errorf("terms at the sale: %w", err)
	}
	l.Bearer, l.Clause, l.Pack, l.Why = "", "", "", ""
	if r := p.Carriage(l.Carrying(w.claim)); r != nil {
		l.Bearer, l.Clause, l.Pack = r.Bearer, r.ID, r.Pack
	}
	return nil
}

// promiseLeg sets by when a leg that was handed over must be delivered: what
// the customer was promised for the way back, the courier's term from the
// hand-over for the others (B9). What a carrier promised itself holds where
// the terms promise nothing.
func (w *work) promiseLeg(l *care.Leg) error {
	p, err := w.d.packs.Program(w.claim.Retailer, calendar.Date{})
	if err != nil {
		return fmt.Errorf("terms of today: %w", err)
	}
	l.Settlement = settlementOf(p, w.claim, l.To)
	if l.Direction == care.LegBack {
		for _, d := range w.claim.Deadlines {
			if d.Name != "return" || d.State != care.DeadlineOpen {
				continue
			}
			l.PromisedBy, l.Promise = d.DueAt, d.Clause
			l.PromiseDay, _ = calendar.ParseDate(d.Due) // an instant is no day
			return nil
		}
	}
	if got, ok := p.Delivery(l.HandedAt, l.Settlement); ok {
		l.PromisedBy, l.PromiseDay, l.Promise = got.Until, got.Day, got.Deadline.ID
	}
	return nil
}

// priceLeg finds what the carrier takes by the pack's tariffs; what it said
// itself stands where none is agreed.
func (w *work) priceLeg(l *care.Leg) error {
	p, err := w.d.packs.Program(w.claim.Retailer, calendar.Date{})
	if err != nil {
		return fmt.Errorf("terms of today: %w", err)
	}
	settlement := l.Settlement
	if settlement == "" {
		settlement = settlementOf(p, w.claim, l.To)
	}
	if r, sum := p.Tariff(l.Carrier, string(l.Direction), settlement, l.Grams); r != nil {
		l.Cost, l.Priced = &sum, r.ID
	}
	return nil
}

// settlementOf is the settlement that one end of a leg stands in; "" where
// nothing is known of it.
func settlementOf(p *policy.Program, c care.Claim, end care.Terminus) string {
	if end.Kind == care.HeldByCustomer {
		return c.Settlement
	}
	centre, _ := p.Centre(end.Place)
	return centre.Town
}
