package desk

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// prepare fills in what a command needs from the registry: kinds of places,
// and the new unit of a replacement.
func (w *work) prepare(cmd care.Command) (care.Command, error) {
	if err := heldUp(w.ctx, w.tx, w.claim, cmd.Name()); err != nil {
		return nil, err
	}
	switch c := value(cmd).(type) {
	case care.Accept:
		c.Place = cmp.Or(c.Place, w.actor.Place)
		var err error
		c.PlaceKind, err = w.placeKind(c.Place, "place")
		return c, err
	case care.ReceiveAtCentre:
		c.Place = cmp.Or(c.Place, w.claim.Custody.To)
		var err error
		c.PlaceKind, err = w.placeKind(c.Place, "place")
		return c, err
	case care.Forward:
		if _, err := w.placeKind(c.To, "to"); err != nil {
			return c, err
		}
		return w.booked(c)
	case care.Ship:
		return w.booked(c)
	case care.RouteTo:
		return c, w.routable(c.Centre)
	case care.AskDevice:
		if c.Place == "" {
			return c, nil
		}
		_, err := w.placeKind(c.Place, "place")
		return c, err
	case care.Assign:
		return c, w.assignable(c.User)
	default:
		return w.prepareWork(c)
	}
}

// routable refuses a place that there is not, and to a customer a shop.
func (w *work) routable(centre string) error {
	kind, err := w.placeKind(centre, "centre")
	if err == nil && kind == care.ShopPlace && w.actor.Kind == care.CustomerActor {
		return care.Fail(care.Blocked, "centre_not_offered", "place", centre).At("centre")
	}
	return err
}

// assignable refuses a person that there is not; "" is nobody.
func (w *work) assignable(user string) error {
	if user == "" {
		return nil
	}
	_, err := w.tx.User(w.ctx, w.actor.Retailer, user)
	return notFound(err, "no_user")
}

// prepareWork fills in the commands of the bench, of money and of the way
// back.
func (w *work) prepareWork(cmd any) (care.Command, error) {
	switch c := cmd.(type) {
	case care.Replace:
		return w.replacement(c)
	case care.FinishRepair:
		return w.partWarranties(c)
	case care.ApproveRefund:
		return w.approval(c)
	case care.OfferEstimate:
		return w.estimate(c)
	case care.HandOver:
		c.Told = w.handBack()
		return c, nil
	case care.DemandRemedy:
		return w.demand(c)
	case care.ChangeReturn:
		return w.changedReturn(c)
	case care.Close:
		var err error
		c.Owed, err = w.owed()
		return c, err
	default:
		return c.(care.Command), nil
	}
}

// value is the command itself where a pointer to it was given, as decoders
// do.
func value(cmd care.Command) any {
	switch c := cmd.(type) {
	case *care.Accept:
		return *c
	case *care.ReceiveAtCentre:
		return *c
	case *care.Forward:
		return *c
	case *care.RouteTo:
		return *c
	case *care.Ship:
		return *c
	case *care.AskDevice:
		return *c
	case *care.Assign:
		return *c
	case *care.Replace:
		return *c
	case *care.FinishRepair:
		return *c
	case *care.ApproveRefund:
		return *c
	case *care.OfferEstimate:
		return *c
	case *care.HandOver:
		return *c
	case *care.DemandRemedy:
		return *c
	case *care.Close:
		return *c
	case *care.ChangeReturn:
		return *c
	}
	return cmd
}

func (w *work) placeKind(id, field string) (care.PlaceKind, error) {
	if err := required(id, field); err != nil {
		return "", err
	}
	p, err := w.tx.Place(w.ctx, w.actor.Retailer, id)
	if errors.Is(err, care.ErrNotFound) {
		return "", care.Fail(care.Invalid, "no_place", "place", id).At(field)
	}
	return p.Kind, err
}

// replacement registers the unit that is given: it points back to the old
// one and stands under the same contract; how its terms run on or restart is
// the policy's to say, from the lineage.
func (w *work) replacement(c care.Replace) (care.Command, error) {
	old := w.claim.Unit
	if c.Serial == "" && c.IMEI == "" {
		return c, nil // the domain says what is missing
	}
	var err error
	if c.IMEI, err = care.ReadIMEI("imei", c.IMEI); err != nil {
		return nil, err
	}
	for _, n := range []struct{ field, identity string }{{"serial", c.Serial}, {"imei", c.IMEI}} {
		if n.identity == "" {
			continue
		}
		known, err := w.tx.UnitsByIdentity(w.ctx, w.actor.Retailer, n.identity)
		if err != nil {
			return nil, fmt.Errorf("find unit: %w", err)
		}
		if len(known) > 0 {
			return nil, care.Fail(care.Conflict, "unit_known", "serial", n.identity).At(n.field)
		}
	}
	unitID, err := w.d.newID()
	if err != nil {
		return nil, err
	}
	saleID, err := w.d.newID()
	if err != nil {
		return nil, err
	}
	c.NewUnit = care.Unit{ID: unitID, Retailer: old.Retailer, Product: old.Product, Category: old.Category, Brand: old.Brand,
		Model: old.Model, Serial: c.Serial, IMEI: c.IMEI, Replaces: old.ID, DigitalElements: old.DigitalElements}
	if c.Model != "" && c.Model != old.Model {
		c.NewUnit.Model, c.NewUnit.Product = c.Model, ""
	}
	c.SaleOf = w.claim.Sale
	c.SaleOf.ID, c.SaleOf.Unit, c.SaleOf.Key, c.SaleOf.Retailer = saleID, unitID, "", old.Retailer
	if r, price := w.claim.Remedy, w.claim.Answers.Market.AnalogPrice; r != nil && r.Amount != nil && price != nil {
		c.SaleOf.Price = price // recalculated (A9): what the customer has now paid for it
	}
	if _, err := care.Apply(w.claim, c, care.Env{Now: w.d.now(), Zone: w.terms.zone, Actor: w.actor}); err != nil {
		return nil, err // before anything is stored
	}
	if err := w.tx.PutUnit(w.ctx, c.NewUnit); err != nil {
		return nil, fmt.Errorf("store unit: %w", err)
	}
	if err := w.tx.PutSale(w.ctx, c.SaleOf); err != nil {
		return nil, fmt.Errorf("store sale: %w", err)
	}
	return c, nil
}

// rescind ends the contract of sale in the registry once its price was given
// back: on the day that the money was demanded, which is what a certificate's
// refund looks at (A13). The claim keeps the sale as it was.
func (w *work) rescind() error {
	r := w.claim.Remedy
	if r.Kind == "price_reduction" || r.Basis == policy.Certificate || w.claim.Sale.ID == "" {
		return nil
	}
	sale, err := w.tx.Sale(w.ctx, w.claim.Retailer, w.claim.Sale.ID)
	if err != nil {
		return fmt.Errorf("sale of claim: %w", err)
	}
	sale.Rescinded = calendar.DateOf(r.At, w.terms.zone)
	if err := w.tx.PutSale(w.ctx, sale); err != nil {
		return fmt.Errorf("store sale: %w", err)
	}
	return nil
}
