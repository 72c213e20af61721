package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// TurnIn is what a request that is no claim lacks to become one.
type TurnIn struct {
	Identity  string  // serial or IMEI; "" = the unit that the request is about
	Device    *Device // a unit that the registry may not know
	Return    care.ReturnMethod
	Address   string
	Basis     policy.Basis
	Documents []string // documents at hand; nil = not asked
	Facts     []care.Answer
	Accepted  []string
	// Demanded is when the customer asked for service; zero = now. It is
	// never before the request came in.
	Demanded time.Time
}

// TurnIntoClaim makes a claim of a request that was none: the thread, the
// customer and the tracking links stay as they are and lead to the claim.
func (d *Desk) TurnIntoClaim(ctx context.Context, actor care.Actor, request string, in TurnIn) (care.Claim, error) {
	if err := may(actor, OpenClaims); err != nil {
		return care.Claim{}, err
	}
	if actor.Kind == care.CustomerActor { // a customer hands a request for service in
		return care.Claim{}, care.Fail(care.Forbidden, "forbidden", "action", string(OpenClaims))
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return care.Claim{}, err
	}
	var out care.Claim
	err = d.store.Tx(ctx, func(tx Tx) error {
		r, err := tx.Request(ctx, actor.Retailer, request)
		if err != nil {
			return notFound(err, "no_request")
		}
		out, err = d.turn(ctx, tx, actor, t, r, in)
		return err
	})
	if err != nil {
		return care.Claim{}, fmt.Errorf("turn request into claim: %w", err)
	}
	return out, nil
}

func (d *Desk) turn(ctx context.Context, tx Tx, actor care.Actor, t terms, r care.Request, in TurnIn) (care.Claim, error) {
	switch {
	case r.Claim != "":
		return care.Claim{}, care.Fail(care.Illegal, "request_is_claim", "number", r.Number)
	case r.State == care.RequestClosed:
		return care.Claim{}, care.Fail(care.Illegal, "request_closed", "number", r.Number)
	}
	ask, err := d.demandOf(ctx, tx, r, in)
	if err != nil {
		return care.Claim{}, err
	}
	if err := ask.check(t); err != nil {
		return care.Claim{}, err
	}
	if err := d.endTalk(ctx, tx, actor, &r); err != nil {
		return care.Claim{}, err
	}
	demand := r
	demand.ReceivedAt, demand.Return, demand.AnswerDue, demand.AnswerUntil = ask.ReceivedAt, ask.Return, "", time.Time{}
	claim, err := d.openClaim(ctx, tx, actor, t, &demand, ask)
	if err != nil {
		return care.Claim{}, err
	}
	r.Claim, r.Unit, r.AnswerDue, r.AnswerUntil = demand.Claim, demand.Unit, demand.AnswerDue, demand.AnswerUntil
	r.Return, r.Address, r.Updated = ask.Return, ask.Address, d.now()
	if err := tx.PutRequest(ctx, r); err != nil {
		return care.Claim{}, fmt.Errorf("store request: %w", err)
	}
	return claim, d.audit(ctx, tx, actor, "request.turn", "request", r.ID, "",
		map[string]string{"number": r.Number, "kind": r.Kind, "claim": claim.Number})
}

// demandOf is the request for service that the talk comes to.
func (d *Desk) demandOf(ctx context.Context, tx Tx, r care.Request, in TurnIn) (NewRequest, error) {
	customer, err := tx.Customer(ctx, r.Retailer, r.Customer)
	if err != nil {
		return NewRequest{}, fmt.Errorf("customer of request: %w", err)
	}
	ask := NewRequest{Kind: care.WarrantyService, Channel: r.Channel, Lang: r.Lang, Text: r.Text, Subject: r.Subject,
		Customer: Contact{Name: customer.Name, Phone: customer.Phone, Email: customer.Email, Address: customer.Address, Settlement: customer.Settlement},
		Return:   in.Return, Address: in.Address, Settlement: r.Settlement, Identity: in.Identity, Device: in.Device, Basis: in.Basis,
		Documents: in.Documents, Facts: in.Facts, Accepted: in.Accepted, ReceivedAt: in.Demanded}
	if ask.Return == "" {
		ask.Return, ask.Address = r.Return, r.Address
	}
	now := d.now()
	if ask.ReceivedAt.IsZero() || ask.ReceivedAt.After(now) {
		ask.ReceivedAt = now
	}
	if ask.ReceivedAt.Before(r.ReceivedAt) {
		ask.ReceivedAt = r.ReceivedAt
	}
	if ask.Identity != "" || ask.Device != nil || r.Unit == "" {
		return ask, nil
	}
	unit, err := tx.Unit(ctx, r.Retailer, r.Unit)
	if err != nil {
		return ask, fmt.Errorf("unit of request: %w", err)
	}
	ask.Identity = unit.Identity()
	return ask, nil
}

// endTalk stops what the request had promised of itself: its answer, and a
// consultation that is still ahead.
func (d *Desk) endTalk(ctx context.Context, tx Tx, actor care.Actor, r *care.Request) error {
	if !r.Slot.IsZero() && d.now().Before(r.Slot) {
		m, err := tx.MeetingOf(ctx, r.Retailer, r.ID)
		if none := missing(&err); err != nil {
			return fmt.Errorf("booking of request: %w", err)
		} else if !none && m.Stands() {
			if err := d.freeSlot(ctx, tx, actor, r, ""); err != nil {
				return err
			}
		}
	}
	return d.forgetAnswer(ctx, tx, *r)
}
