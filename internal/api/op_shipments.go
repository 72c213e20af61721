package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// Leg is one way of a claim's device by courier.
type Leg struct {
	ID         string   `json:"id" doc:"id; carriers name it as their reference"`
	ClaimID    string   `json:"claim_id" doc:"claim"`
	Number     string   `json:"number" doc:"number of the claim" example:"RMA-2026-000017"`
	Direction  string   `json:"direction" vocab:"legs" doc:"in: from the customer; between: shop and centre; back: to the customer"`
	From       Terminus `json:"from" doc:"where it sets out"`
	To         Terminus `json:"to" doc:"where it goes"`
	Settlement string   `json:"settlement,omitempty" doc:"settlement that it goes to, where courier days are known by it"`
	Carrier    string   `json:"carrier" doc:"id of a carrier, or its name"`
	Tracking   string   `json:"tracking,omitempty" doc:"consignment number"`
	Label      string   `json:"label,omitempty" doc:"the carrier's id of the label"`
	State      string   `json:"state" vocab:"leg_states" doc:"how far it has come"`
	Late       bool     `json:"late" doc:"delivered, or still on its way, after the promise"`
	Fault      string   `json:"fault,omitempty" vocab:"leg_faults" doc:"what went wrong last"`
	Note       string   `json:"note,omitempty" doc:"the carrier's words on it"`

	Bearer string `json:"bearer,omitempty" vocab:"bearers" doc:"who pays; absent = the terms don't say"`
	Clause string `json:"clause,omitempty" doc:"rule that says so"`
	Pack   string `json:"pack,omitempty" doc:"pack that the rule stands in"`
	Why    string `json:"why,omitempty" doc:"what staff say of it"`
	Cost   *Money `json:"cost,omitempty" doc:"what the carrier takes; absent = unknown"`
	Priced string `json:"priced,omitempty" doc:"tariff of the pack that says so, or carrier where the carrier said it"`
	Grams  int    `json:"weight_grams,omitempty" doc:"weight; absent = unknown"`
	Bulky  bool   `json:"bulky" doc:"does not fit in an ordinary box"`

	PickUp      calendar.Date `json:"pick_up_day,omitzero" format:"date" doc:"the courier's next fixed day at the sender's; absent = any day"`
	PromisedBy  time.Time     `json:"promised_by,omitzero" doc:"the first instant that is too late; absent = nothing is promised"`
	PromiseDay  calendar.Date `json:"promise_day,omitzero" format:"date" doc:"where the promise is a fixed courier day"`
	Promise     string        `json:"promise,omitempty" doc:"rule that promises it, or carrier"`
	HandedAt    time.Time     `json:"handed_at,omitzero" doc:"the carrier took it"`
	Condition   string        `json:"condition,omitempty" doc:"as it was then"`
	Accessories []string      `json:"accessories,omitempty" doc:"what went with it"`
	BroughtAt   time.Time     `json:"brought_at,omitzero" doc:"the carrier says that it brought it"`
	DeliveredAt time.Time     `json:"delivered_at,omitzero" doc:"whom it was for took it"`
	ArrivedAs   string        `json:"arrived_condition,omitempty" doc:"as it was then"`
	ArrivedWith []string      `json:"arrived_accessories,omitempty" doc:"what came with it"`
	Missing     []string      `json:"missing,omitempty" doc:"accessories that were sent and did not arrive"`
	Cancelled   string        `json:"cancelled_reason,omitempty" doc:"why it was called off"`
	CreatedAt   time.Time     `json:"created_at" doc:"when it was ordered"`
}

// Terminus is one end of a way.
type Terminus struct {
	Kind  string `json:"kind" vocab:"holders" doc:"customer, shop or centre"`
	Place string `json:"place,omitempty" doc:"id of the shop or centre"`
}

// NewShipment orders a courier.
type NewShipment struct {
	Direction string `json:"direction" vocab:"legs" doc:"which way"`
	To        string `json:"to,omitempty" maxLength:"100" doc:"place; absent = the next one of the route"`
	Carrier   string `json:"carrier" minLength:"1" maxLength:"100" doc:"id of a carrier, or the name of a courier whom staff call"`
	Tracking  string `json:"tracking,omitempty" maxLength:"100" doc:"consignment number, where known"`
	Grams     int    `json:"weight_grams,omitempty" minimum:"0" maximum:"1000000" doc:"weight; absent = as the catalogue states"`
	Bulky     bool   `json:"bulky,omitempty" doc:"does not fit in an ordinary box"`
	Bearer    string `json:"bearer,omitempty" vocab:"bearers" doc:"who pays, where the terms don't say"`
	Why       string `json:"why,omitempty" maxLength:"500" doc:"required with bearer"`
}

// Cancellation says why.
type Cancellation struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"why"`
}

// UncollectedDevice is a device that waits for its owner.
type UncollectedDevice struct {
	ClaimID     string        `json:"claim_id" doc:"claim"`
	Number      string        `json:"number" doc:"number of the claim"`
	ReadySince  calendar.Date `json:"ready_since" format:"date" doc:"day on which it was ready"`
	Days        int           `json:"days" doc:"days that it has waited"`
	Warnings    []time.Time   `json:"warnings" doc:"when the customer was warned"`
	NextWarning calendar.Date `json:"next_warning,omitzero" format:"date" doc:"day of the next warning"`
	Fee         *Money        `json:"storage_fee,omitempty" doc:"run up by today; absent = the terms have none"`
	DisposeFrom calendar.Date `json:"dispose_from,omitzero" format:"date" doc:"the first day on which the law lets it go; absent = not yet warned, or no law"`
	Overdue     bool          `json:"overdue" doc:"that day has come"`
}

// NewWarning notes a warning given by hand.
type NewWarning struct {
	How string `json:"how" minLength:"1" maxLength:"100" doc:"phone, letter"`
}

type listShipmentsIn struct {
	Directions []string `query:"direction" vocab:"legs" doc:"only these ways, joined by commas"`
	States     []string `query:"state" vocab:"leg_states" doc:"only in these states, joined by commas"`
	Open       bool     `query:"open" doc:"leave out delivered and cancelled ones"`
	Late       bool     `query:"late" doc:"only open ones past their promise"`
	Carrier    string   `query:"carrier" maxLength:"100" doc:"only of this carrier"`
	PageQuery
}

// ShipmentPath names a shipment.
type ShipmentPath struct {
	Shipment string `path:"shipment" maxLength:"100" doc:"id of the shipment"`
}

type shipmentOut struct{ Body Leg }

type bookLegIn struct {
	Claim string `path:"claim" maxLength:"100" doc:"id or number of the claim" example:"RMA-2026-000017"`
	Body  NewShipment
}

type cancelShipmentIn struct {
	ShipmentPath
	Body Cancellation
}

type uncollectedIn struct{ PageQuery }

type warnIn struct {
	Claim string `path:"claim" maxLength:"100" doc:"id or number of the claim" example:"RMA-2026-000017"`
	Body  NewWarning
}

func (s *server) shipmentOf(zone *time.Location) func(care.Leg) Leg {
	return func(l care.Leg) Leg { return s.legOf(l, zone) }
}

func (s *server) legOf(l care.Leg, zone *time.Location) Leg {
	return Leg{ID: l.ID, ClaimID: l.Claim, Number: l.Number, Direction: string(l.Direction), From: Terminus{string(l.From.Kind), l.From.Place},
		To: Terminus{string(l.To.Kind), l.To.Place}, Settlement: l.Settlement, Carrier: l.Carrier, Tracking: l.Tracking, Label: l.Label,
		State: string(l.State), Late: l.Late(s.now()), Fault: l.Fault, Note: l.Note, Bearer: l.Bearer, Clause: l.Clause, Pack: l.Pack, Why: l.Why,
		Cost: moneyOf(l.Cost), Priced: l.Priced, Grams: l.Grams, Bulky: l.Bulky, PickUp: l.PickUp, PromisedBy: in(l.PromisedBy, zone), PromiseDay: l.PromiseDay, Promise: l.Promise,
		HandedAt: in(l.HandedAt, zone), Condition: l.Condition, Accessories: l.Accessories, BroughtAt: in(l.BroughtAt, zone), DeliveredAt: in(l.DeliveredAt, zone),
		ArrivedAs: l.ArrivedAs, ArrivedWith: l.ArrivedWith, Missing: l.Missing(), Cancelled: l.CancelledReason, CreatedAt: in(l.Created, zone)}
}

func uncollectedOf(zone *time.Location) func(desk.Uncollected) UncollectedDevice {
	return func(u desk.Uncollected) UncollectedDevice { return waiting(u, zone) }
}

func waiting(u desk.Uncollected, zone *time.Location) UncollectedDevice {
	out := UncollectedDevice{ClaimID: u.Claim.ID, Number: u.Claim.Number, ReadySince: u.Since, Days: u.Days, Warnings: []time.Time{},
		Fee: moneyOf(u.Fee), DisposeFrom: u.DisposeFrom, Overdue: u.Overdue}
	for _, w := range u.Warnings {
		out.Warnings = append(out.Warnings, in(w.At, zone))
	}
	if u.Next != nil {
		out.NextWarning = u.Next.On
	}
	return out
}

func (s *server) shipmentOperations() {
	tag := []string{"Shipments"}
	register(s, huma.Operation{OperationID: "list-shipments", Method: http.MethodGet, Path: "/shipments", Tags: tag, Security: byKey(),
		Summary: "List ways by courier, the nearest promise first"},
		func(ctx context.Context, who caller, in *listShipmentsIn) (*pageOut[Leg], error) {
			f := care.LegFilter{Directions: each(in.Directions, func(s string) care.LegDirection { return care.LegDirection(s) }),
				States: each(in.States, func(s string) care.LegState { return care.LegState(s) }), Open: in.Open, Late: in.Late, Carrier: in.Carrier}
			items, next, err := s.desk.Legs(ctx, who.actor, f, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, s.shipmentOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "get-shipment", Method: http.MethodGet, Path: "/shipments/{shipment}", Tags: tag, Security: byKey(),
		Summary: "Show one"},
		func(ctx context.Context, who caller, in *ShipmentPath) (*shipmentOut, error) {
			v, err := s.desk.Leg(ctx, who.actor, in.Shipment)
			if err != nil {
				return nil, err
			}
			return &shipmentOut{Body: s.legOf(v.Leg, who.zone)}, nil
		})
	register(s, huma.Operation{OperationID: "book-shipment", Method: http.MethodPost, Path: "/claims/{claim}/shipments", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Order a courier for a claim's device",
		Description: "Who pays follows from the terms at the sale. An order that the carrier does not answer stays `asked` and is repeated."},
		func(ctx context.Context, who caller, in *bookLegIn) (*shipmentOut, error) {
			b := in.Body
			l, err := s.desk.BookLeg(ctx, who.actor, desk.NewLeg{Claim: in.Claim, Direction: care.LegDirection(b.Direction), To: b.To, Carrier: b.Carrier,
				Tracking: b.Tracking, Grams: b.Grams, Bulky: b.Bulky, Bearer: b.Bearer, Why: b.Why})
			if err != nil {
				return nil, at(err, "grams", "/weight_grams")
			}
			return &shipmentOut{Body: s.legOf(l, who.zone)}, nil
		})
	register(s, huma.Operation{OperationID: "cancel-shipment", Method: http.MethodPost, Path: "/shipments/{shipment}/cancel", Tags: tag,
		Security: byKey(), Summary: "Call off a courier who has not come yet"},
		func(ctx context.Context, who caller, in *cancelShipmentIn) (*shipmentOut, error) {
			l, err := s.desk.CancelLeg(ctx, who.actor, in.Shipment, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return &shipmentOut{Body: s.legOf(l, who.zone)}, nil
		})
	register(s, huma.Operation{OperationID: "list-uncollected", Method: http.MethodGet, Path: "/uncollected", Tags: tag, Security: byKey(),
		Summary: "List devices that wait for their owners, with warnings, storage fee and the lawful wait"},
		func(ctx context.Context, who caller, in *uncollectedIn) (*pageOut[UncollectedDevice], error) {
			items, next, err := s.desk.Uncollected(ctx, who.actor, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, uncollectedOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "warn-customer", Method: http.MethodPost, Path: "/claims/{claim}/warnings", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusNoContent, Summary: "Note that the customer was warned to collect"},
		func(ctx context.Context, who caller, in *warnIn) (*struct{}, error) {
			return nil, s.desk.Warn(ctx, who.actor, in.Claim, in.Body.How)
		})
}
