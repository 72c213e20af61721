package storage

import (
	"context"
	"strconv"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// PutLeg stores a leg. A second one that is under way on the same claim is
// refused: a device has one holder.
func (t *Tx) PutLeg(ctx context.Context, l care.Leg) error {
	with, err := encode(l.Accessories)
	if err != nil {
		return wrap("put leg", err)
	}
	arrived, err := encode(l.ArrivedWith)
	if err != nil {
		return wrap("put leg", err)
	}
	return wrap("put leg", t.put(ctx, "shipment_leg", 2, []column{
		{"retailer_id", l.Retailer}, {"leg_id", l.ID}, {"claim_id", l.Claim}, {"claim_number", l.Number}, {"centre", l.Centre},
		{"direction", string(l.Direction)}, {"from_kind", string(l.From.Kind)}, {"from_place", l.From.Place},
		{"to_kind", string(l.To.Kind)}, {"to_place", l.To.Place}, {"settlement", l.Settlement}, {"carrier", l.Carrier},
		{"tracking", l.Tracking}, {"label", l.Label}, {"state", string(l.State)}, {"fault", l.Fault}, {"note", l.Note},
		{"bearer", l.Bearer}, {"why", l.Why}, {"clause", l.Clause}, {"pack", l.Pack}, {"grams", l.Grams}, {"bulky", l.Bulky},
		{"worth", minor(l.Worth)}, {"currency", currency(l.Worth)},
		{"cost", minor(l.Cost)}, {"cost_currency", currency(l.Cost)}, {"priced", l.Priced}, {"pick_up", day(l.PickUp)},
		{"promised_by", microsOrNever(l.PromisedBy)}, {"promise_day", day(l.PromiseDay)}, {"promise", l.Promise},
		{"handed_at", micros(l.HandedAt)}, {"handed_as", l.Condition}, {"handed_with", with}, {"brought_at", micros(l.BroughtAt)},
		{"delivered_at", micros(l.DeliveredAt)}, {"arrived_as", l.ArrivedAs}, {"arrived_with", arrived},
		{"cancelled", l.CancelledReason}, {"created_at", micros(l.Created)}, {"updated_at", micros(l.Updated)},
	}))
}

const legColumns = `retailer_id, leg_id, claim_id, claim_number, centre, direction, from_kind, from_place, to_kind, to_place, settlement,
	carrier, tracking, label, state, fault, note, bearer, why, clause, pack, grams, bulky, worth, currency, cost, cost_currency, priced, pick_up, promised_by,
	promise_day, promise, handed_at, handed_as, handed_with, brought_at, delivered_at, arrived_as, arrived_with, cancelled,
	created_at, updated_at`

func legFields(l *care.Leg) []any {
	return []any{&l.Retailer, &l.ID, &l.Claim, &l.Number, &l.Centre, &l.Direction, &l.From.Kind, &l.From.Place, &l.To.Kind, &l.To.Place,
		&l.Settlement, &l.Carrier, &l.Tracking, &l.Label, &l.State, &l.Fault, &l.Note, &l.Bearer, &l.Why, &l.Clause, &l.Pack, &l.Grams,
		&l.Bulky, intoPrice{&l.Worth}, intoCurrency{&l.Worth}, intoPrice{&l.Cost}, intoCurrency{&l.Cost}, &l.Priced, intoDate{&l.PickUp}, intoTime{&l.PromisedBy}, intoDate{&l.PromiseDay},
		&l.Promise, intoTime{&l.HandedAt}, &l.Condition, intoJSON{&l.Accessories}, intoTime{&l.BroughtAt}, intoTime{&l.DeliveredAt},
		&l.ArrivedAs, intoJSON{&l.ArrivedWith}, &l.CancelledReason, intoTime{&l.Created}, intoTime{&l.Updated}}
}

// Leg finds a leg; in a read-write transaction it also locks it.
func (t *Tx) Leg(ctx context.Context, retailer, id string) (care.Leg, error) {
	var l care.Leg
	err := t.one(ctx, "SELECT "+legColumns+" FROM shipment_leg WHERE retailer_id = $1 AND leg_id = $2"+t.lock(),
		[]any{retailer, id}, legFields(&l)...)
	return l, wrap("leg", err)
}

// RetailerOfLeg tells whose a leg is, by its id alone.
func (t *Tx) RetailerOfLeg(ctx context.Context, id string) (retailer string, err error) {
	err = t.one(ctx, "SELECT retailer_id FROM shipment_leg WHERE leg_id = $1", []any{id}, &retailer)
	return retailer, wrap("leg", err)
}

// LegsOfClaim lists the legs of a claim, oldest first.
func (t *Tx) LegsOfClaim(ctx context.Context, retailer, claim string) ([]care.Leg, error) {
	items, err := list(ctx, t, legFields, "SELECT "+legColumns+` FROM shipment_leg WHERE retailer_id = $1 AND claim_id = $2
		ORDER BY leg_id`, retailer, claim)
	return items, wrap("legs of claim", err)
}

// Legs lists legs by their promise, those without one last.
func (t *Tx) Legs(ctx context.Context, retailer string, f care.LegFilter, page care.Page) ([]care.Leg, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	text, args := legsQuery(retailer, f, from, started, limit)
	items, err := list(ctx, t, legFields, text, args...)
	if err != nil {
		return nil, "", wrap("legs", err)
	}
	items, next := cut(items, limit, func(l care.Leg) position { return position{microsOrNever(l.PromisedBy), l.ID} })
	return items, next, nil
}

func legsQuery(retailer string, f care.LegFilter, from position, started bool, limit int) (string, []any) {
	var w where
	w.is("retailer_id", retailer)
	states := f.States
	if len(states) == 0 && (f.Open || f.Late) {
		states = []care.LegState{care.LegAsked, care.LegBooked, care.LegUnderWay}
	}
	in(&w, "state", states)
	if f.Stuck {
		w.and("(state = 'asked' AND fault <> " + w.arg(care.FaultRefused) + " OR state = 'cancelled' AND fault = " + w.arg(care.FaultCancel) + ")")
	}
	in(&w, "direction", f.Directions)
	w.isUnlessEmpty("carrier", f.Carrier)
	w.isUnlessEmpty("centre", f.Centre)
	w.isUnlessEmpty("claim_id", f.Claim)
	if f.Late {
		w.and("promised_by <= " + w.arg(f.At.UnixMicro()))
		w.and("brought_at IS NULL")
	}
	if started {
		w.and("(promised_by, leg_id) > (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	return "SELECT " + legColumns + " FROM shipment_leg" + w.String() + " ORDER BY promised_by, leg_id LIMIT " + w.arg(limit+1), w.args
}

// AddCarrierEvent notes a carrier's report; one that was noted before is
// care.ErrConflict, after which the transaction can go on.
func (t *Tx) AddCarrierEvent(ctx context.Context, retailer string, e care.CarrierEvent) error {
	return wrap("add carrier event", t.add(ctx, "carrier_event", []column{
		{"carrier", e.Carrier}, {"event_id", e.ID}, {"retailer_id", retailer}, {"leg_id", e.Leg}, {"kind", string(e.Kind)},
		{"note", e.Note}, {"at", e.At.UnixMicro()},
	}))
}

// CarrierEvents lists what a carrier reported on a leg, oldest first.
func (t *Tx) CarrierEvents(ctx context.Context, retailer, leg string) ([]care.CarrierEvent, error) {
	fields := func(e *care.CarrierEvent) []any {
		return []any{&e.Carrier, &e.ID, &e.Leg, &e.Kind, &e.Note, intoTime{&e.At}}
	}
	items, err := list(ctx, t, fields, `SELECT carrier, event_id, leg_id, kind, note, at FROM carrier_event
		WHERE retailer_id = $1 AND leg_id = $2 ORDER BY at, event_id, carrier`, retailer, leg)
	return items, wrap("carrier events", err)
}

// AddWarned notes a warning. A step of the terms that was taken already is
// care.ErrConflict, after which the transaction can go on.
func (t *Tx) AddWarned(ctx context.Context, x care.Warned) error {
	actor, err := encode(x.Actor)
	if err != nil {
		return wrap("add warning", err)
	}
	once := x.ID
	if x.Step > 0 {
		once = strconv.Itoa(x.Step)
	}
	return wrap("add warning", t.add(ctx, "collect_warning", []column{
		{"retailer_id", x.Retailer}, {"warning_id", x.ID}, {"claim_id", x.Claim}, {"ready_at", x.Ready.UnixMicro()}, {"step", x.Step},
		{"once", once}, {"due", day(x.Due)}, {"at", x.At.UnixMicro()}, {"actor", actor}, {"how", x.How},
	}))
}

// Warnings lists the warnings on a claim since it was ready, oldest first.
func (t *Tx) Warnings(ctx context.Context, retailer, claim string, ready time.Time) ([]care.Warned, error) {
	fields := func(x *care.Warned) []any {
		return []any{&x.Retailer, &x.ID, &x.Claim, intoTime{&x.Ready}, &x.Step, intoDate{&x.Due}, intoTime{&x.At}, intoJSON{&x.Actor}, &x.How}
	}
	items, err := list(ctx, t, fields, `SELECT retailer_id, warning_id, claim_id, ready_at, step, due, at, actor, how FROM collect_warning
		WHERE retailer_id = $1 AND claim_id = $2 AND ready_at = $3 ORDER BY at, warning_id`, retailer, claim, ready.UnixMicro())
	return items, wrap("warnings", err)
}
