package care

import (
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// LegDirection is which way a courier carries a claim's device; policy
// vocabulary "legs".
type LegDirection string

// The directions of a leg.
const (
	LegIn      LegDirection = "in"      // from the customer (B6)
	LegBetween LegDirection = "between" // between shops and centres (B1)
	LegBack    LegDirection = "back"    // to the customer (B9, C2)
)

// LegState says how far a leg has come.
type LegState string

// The states of a leg.
const (
	LegAsked     LegState = "asked"     // the carrier has not answered yet
	LegBooked    LegState = "booked"    // the carrier will come for it
	LegUnderWay  LegState = "under_way" // the carrier has the device
	LegDelivered LegState = "delivered" // whom it was for has it
	LegCancelled LegState = "cancelled"
)

// LegStates lists the states in the order of a leg's life.
func LegStates() []LegState {
	return []LegState{LegAsked, LegBooked, LegUnderWay, LegDelivered, LegCancelled}
}

// Over reports whether nothing more happens to a leg.
func (s LegState) Over() bool { return s == LegDelivered || s == LegCancelled }

// PricedByCarrier as Leg.Priced says that the carrier named the cost itself.
const PricedByCarrier = "carrier"

// Terminus is where a leg begins or ends. The customer's address is not kept
// here: it is on the request.
type Terminus struct {
	Kind  HolderKind // customer, shop or centre
	Place string     // Place.ID of a shop or centre
}

// Leg is one way of a claim's device by courier: the papers of a custody whose
// events are the claim's. A claim has at most one leg that is under way, and
// has one exactly while a courier holds its device.
type Leg struct {
	ID         string
	Retailer   string
	Claim      string
	Number     string // of the claim, as the courier's papers name it
	Centre     string // that the claim is routed to; partners of it see the leg
	Direction  LegDirection
	From, To   Terminus
	Settlement string // that it is carried to, where the terms name the courier's days there

	Carrier  string // id of a carrier, or the name of one that nobody has wired
	Tracking string
	Label    string // the carrier's own id of the label
	State    LegState
	Fault    string // what went wrong last: "booking_failed", …; "" = nothing
	Note     string // the carrier's own words on it

	Bearer string // who pays; policy vocabulary "bearers"; "" = the terms don't say
	Why    string // what staff say of it where the terms don't
	Clause string // id of the rule that says so
	Pack   string // whose rule it is
	Grams  int    // 0 = unknown
	Bulky  bool
	Worth  *money.Amount // declared to the carrier
	Cost   *money.Amount // what the carrier takes; nil = unknown
	Priced string        // where Cost is said: id of a tariff of the pack, or PricedByCarrier

	PickUp     calendar.Date // the sender's next fixed courier day; zero = any day
	PromisedBy time.Time     // the first instant that is too late; zero = nothing was promised
	PromiseDay calendar.Date // where the promise is a fixed courier day
	Promise    string        // id of the deadline that promises it, "carrier" = the carrier's word

	HandedAt        time.Time // the carrier took it
	Condition       string    // in which the carrier took it
	Accessories     []string
	BroughtAt       time.Time // the carrier says that it brought it
	DeliveredAt     time.Time // whom it was for took it
	ArrivedAs       string    // condition on arrival
	ArrivedWith     []string  // accessories on arrival
	CancelledReason string

	Created time.Time
	Updated time.Time
}

// Late reports whether a leg was, or is, delivered after its promise. The
// carrier's word that it was brought stops the clock.
func (l Leg) Late(at time.Time) bool {
	if l.PromisedBy.IsZero() || l.State == LegCancelled {
		return false
	}
	end := at
	switch {
	case !l.BroughtAt.IsZero():
		end = l.BroughtAt
	case !l.DeliveredAt.IsZero():
		end = l.DeliveredAt
	}
	return !end.Before(l.PromisedBy)
}

// Missing are the accessories that were sent and did not arrive. It is nil
// while nobody has counted.
func (l Leg) Missing() []string {
	if l.State != LegDelivered || len(l.ArrivedWith) == 0 {
		return nil
	}
	var out []string
	for _, a := range l.Accessories {
		if !slices.ContainsFunc(l.ArrivedWith, func(b string) bool { return strings.EqualFold(a, b) }) {
			out = append(out, a)
		}
	}
	return out
}

// What may go wrong with a leg.
const (
	FaultBooking   = "booking_failed"   // the carrier did not take the order; it is tried again
	FaultRefused   = "booking_refused"  // the carrier will not take it
	FaultCancel    = "cancel_failed"    // the carrier was not told that it need not come
	FaultCarrier   = "carrier_failed"   // could not collect or deliver
	FaultWithdrawn = "carrier_withdrew" // the carrier called it off
	FaultCollected = "collected_unexpectedly"
	FaultDelivered = "delivered_unexpectedly"
)

// LegFaults lists them.
func LegFaults() []string {
	return []string{FaultBooking, FaultRefused, FaultCancel, FaultCarrier, FaultWithdrawn, FaultCollected, FaultDelivered}
}

// LegFilter narrows a list of legs.
type LegFilter struct {
	Stuck      bool // orders without an answer, cancellations that were not told
	Claim      string
	Directions []LegDirection
	Open       bool      // neither delivered nor cancelled
	Late       bool      // open and past the promise at At
	At         time.Time // for Late
	Carrier    string
	Centre     string // of the claim; a partner's lists
	States     []LegState
}

// HandOvers are the changes of a claim's holder, oldest first: from its events
// alone. Each has the time, and what was noted of the device (B6).
func HandOvers(events []Event) []Passing {
	var c Claim
	var out []Passing
	for _, e := range events {
		before := c.Custody
		c = c.When(e)
		if c.Custody.Same(before) {
			continue
		}
		p := Passing{At: e.At, Event: e.Data.EventKind(), Actor: e.Actor, From: before, To: c.Custody, Seq: e.Seq}
		switch d := e.Data.(type) {
		case *WasAccepted:
			p.Condition, p.Accessories = d.Condition, d.Accessories
		case *WasForwarded:
			p.Condition, p.Accessories = d.Condition, d.Accessories
		case *WasReceived:
			p.Condition, p.Accessories = d.Condition, d.Accessories
		case *WasShipped:
			p.Condition, p.Accessories = d.Condition, d.Accessories
		case *WasHandedOver:
			p.Condition, p.Accessories, p.Proof = d.Condition, d.Accessories, d.Proof
		}
		out = append(out, p)
	}
	return out
}

// Passing is one hand-over of a device.
type Passing struct {
	Seq         int
	At          time.Time
	Event       EventKind
	Actor       Actor
	From, To    Holder // From is zero where the claim begins
	Condition   string
	Accessories []string
	Proof       string
}

// Same reports whether two holders are one and the same custody.
func (h Holder) Same(other Holder) bool {
	return h.Kind == other.Kind && h.Place == other.Place && h.Carrier == other.Carrier && h.Tracking == other.Tracking &&
		h.To == other.To && h.Since.Equal(other.Since)
}

// Carrying is what the terms are asked about who pays for a leg.
func (l Leg) Carrying(c Claim) policy.Carrying {
	return policy.Carrying{Leg: string(l.Direction), Category: c.Unit.Category, Basis: c.BasisInUse(), Verdict: c.Verdict(),
		Grams: l.Grams, Bulky: l.Bulky}
}

// BookingOrder asks a carrier to carry a device. It holds personal data and is
// not kept.
type BookingOrder struct {
	Reference string // Leg.ID, also the key that makes the order safe to repeat
	Number    string // of the claim
	From, To  Address
	Grams     int
	Bulky     bool
	Worth     *money.Amount
	PickUp    calendar.Date // zero = any day
	Payer     string        // policy vocabulary "bearers"
}

// Address is where a carrier goes.
type Address struct {
	Name       string
	Phone      string
	Street     string
	Settlement string
}

// Booking is a carrier's answer to an order.
type Booking struct {
	Tracking   string
	Label      string
	PromisedBy time.Time // zero = the carrier promises nothing
}

// CarrierEventKind says what a carrier reports.
type CarrierEventKind string

// What carriers report.
const (
	CarrierBooked    CarrierEventKind = "shipment.booked" // the number or label came later
	CarrierCollected CarrierEventKind = "shipment.collected"
	CarrierDelivered CarrierEventKind = "shipment.delivered"
	CarrierFailed    CarrierEventKind = "shipment.failed" // could not be collected or delivered; Note says why
	CarrierCancelled CarrierEventKind = "shipment.cancelled"
)

// CarrierEventKinds lists them.
func CarrierEventKinds() []CarrierEventKind {
	return []CarrierEventKind{CarrierBooked, CarrierCollected, CarrierDelivered, CarrierFailed, CarrierCancelled}
}

// CarrierEvent is one report of a carrier on a leg. Its ID makes it safe to
// report again.
type CarrierEvent struct {
	ID       string
	Carrier  string
	Kind     CarrierEventKind
	Leg      string
	Tracking string
	Label    string
	Note     string
	Cost     *money.Amount // what it takes for the way; nil = not said
	At       time.Time     // when it happened; zero = when it was reported
}

// Warned is a warning given to a customer who does not collect (ГК 738).
type Warned struct {
	ID       string
	Retailer string
	Claim    string
	Ready    time.Time     // since when the device was ready: a claim taken up again begins anew
	Step     int           // 1, 2 …: which of the steps in the terms; 0 = given by hand
	Due      calendar.Date // on which the step was due
	At       time.Time
	Actor    Actor
	How      string // where staff gave it: phone, letter
}

// NextPlace is where a claim's device goes next: the place it was asked to, the
// centre it is routed to, the one that the terms name, or back to where it was
// taken in.
func NextPlace(c Claim) string {
	if c.Custody.Kind != HeldByCustomer {
		return forwardTo(c)
	}
	if c.Centre != "" {
		return c.Centre
	}
	return first(routeOf(c))
}
