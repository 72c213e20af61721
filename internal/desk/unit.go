package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// findUnit finds the one unit with a serial or IMEI, and its sale. A number
// that several units bear takes the latest sold.
func (d *Desk) findUnit(ctx context.Context, tx Tx, retailer, identity string) (care.UnitRecord, error) {
	list, err := tx.UnitsByIdentity(ctx, retailer, strings.TrimSpace(identity))
	if err != nil {
		return care.UnitRecord{}, fmt.Errorf("find unit: %w", err)
	}
	if len(list) == 0 {
		return care.UnitRecord{}, care.Fail(care.NotFound, "no_unit", "serial", identity).At("serial")
	}
	return d.record(ctx, tx, list[0])
}

func (d *Desk) record(ctx context.Context, tx Tx, u care.Unit) (care.UnitRecord, error) {
	out := care.UnitRecord{Unit: u}
	sale, err := tx.SaleOfUnit(ctx, u.Retailer, u.ID)
	if missing(&err) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("sale of unit: %w", err)
	}
	out.Sale = &sale
	if sale.Customer == "" {
		return out, nil
	}
	customer, err := tx.Customer(ctx, u.Retailer, sale.Customer)
	if missing(&err) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("customer of sale: %w", err)
	}
	out.Customer = &customer
	return out, nil
}

// unitFor is the unit that a request is about: one of the registry, or one
// that is registered now as its owner describes it (C5).
func (d *Desk) unitFor(ctx context.Context, tx Tx, t terms, req *care.Request, in NewRequest) (care.UnitRecord, error) {
	rec, err := d.knownUnit(ctx, tx, req.Retailer, in)
	if err == nil || care.CodeOf(err) != care.NotFound || in.Device == nil {
		return rec, err
	}
	return d.registerDevice(ctx, tx, req, *in.Device)
}

// knownUnit is the unit of the registry that a request is about. A unit that
// was given away for another one can't be claimed any more.
func (d *Desk) knownUnit(ctx context.Context, tx Tx, retailer string, in NewRequest) (care.UnitRecord, error) {
	identity := in.Identity
	if identity == "" {
		identity = strings.TrimSpace(in.Device.Serial)
	}
	if identity == "" {
		identity = strings.TrimSpace(in.Device.IMEI)
	}
	rec, err := d.findUnit(ctx, tx, retailer, identity)
	if err != nil {
		return rec, err
	}
	switch gone, err := replaced(ctx, tx, rec.Unit); {
	case err != nil:
		return rec, err
	case gone:
		return rec, care.Fail(care.Conflict, "unit_replaced", "serial", identity).At("serial")
	}
	return rec, d.oneOpenClaim(ctx, tx, rec.Unit)
}

// replaced tells whether another unit was given for this one.
func replaced(ctx context.Context, tx Tx, u care.Unit) (bool, error) {
	if u.ID == "" {
		return false, nil
	}
	_, err := tx.UnitReplacing(ctx, u.Retailer, u.ID)
	if missing(&err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("replacement of unit: %w", err)
	}
	return true, nil
}

// oneOpenClaim refuses a second claim while one is under way: the device can
// be in one place only.
func (d *Desk) oneOpenClaim(ctx context.Context, tx Tx, u care.Unit) error {
	claims, err := tx.ClaimsOfUnit(ctx, u.Retailer, u.ID)
	if err != nil {
		return fmt.Errorf("claims of unit: %w", err)
	}
	for _, c := range claims {
		if !c.State.Over() && c.State != care.HandedOver {
			return care.Fail(care.Conflict, "claim_open", "serial", u.Identity()).At("serial")
		}
	}
	return nil
}

func (d *Desk) registerDevice(ctx context.Context, tx Tx, req *care.Request, in Device) (care.UnitRecord, error) {
	if err := in.check(); err != nil {
		return care.UnitRecord{}, err
	}
	unitID, err := d.newID()
	if err != nil {
		return care.UnitRecord{}, err
	}
	saleID, err := d.newID()
	if err != nil {
		return care.UnitRecord{}, err
	}
	unit, sale := in.described()
	unit.ID, unit.Retailer = unitID, req.Retailer
	sale.ID, sale.Retailer, sale.Unit, sale.Customer = saleID, req.Retailer, unitID, req.Customer
	if sale.PackVersion, err = d.versionAt(req.Retailer, sale.Date); err != nil {
		return care.UnitRecord{}, err
	}
	if err := tx.PutUnit(ctx, unit); err != nil {
		return care.UnitRecord{}, fmt.Errorf("store unit: %w", err)
	}
	if err := tx.PutSale(ctx, sale); err != nil {
		return care.UnitRecord{}, fmt.Errorf("store sale: %w", err)
	}
	return care.UnitRecord{Unit: unit, Sale: &sale}, nil
}

// described is the unit and its sale as the owner states them, without ids.
func (in Device) described() (care.Unit, care.Sale) {
	unit := care.Unit{Category: in.Category, Brand: strings.TrimSpace(in.Brand), Model: strings.TrimSpace(in.Model),
		Serial: strings.TrimSpace(in.Serial), IMEI: strings.TrimSpace(in.IMEI)}
	if read, err := care.ReadIMEI("imei", unit.IMEI); err == nil {
		unit.IMEI = read
	}
	sale := in.Sale
	sale.ID, sale.Retailer, sale.Unit, sale.Customer, sale.Key, sale.PackVersion = "", "", "", "", "", ""
	if sale.Channel == "" {
		sale.Channel = "third_party"
	}
	return unit, sale
}

func (in Device) check() error {
	if err := oneOf(in.Category, "categories", "category"); err != nil {
		return err
	}
	if err := required(in.Brand, "brand"); err != nil {
		return err
	}
	if strings.TrimSpace(in.Serial) == "" && strings.TrimSpace(in.IMEI) == "" {
		return care.Fail(care.Invalid, "required", "field", "serial").At("serial")
	}
	if _, err := care.ReadIMEI("imei", in.IMEI); err != nil {
		return err
	}
	if err := notNegative(in.Sale.Price, "price"); err != nil {
		return err
	}
	if in.Sale.Channel != "" {
		return oneOf(in.Sale.Channel, "sale_channels", "sale_channel")
	}
	return nil
}

// versionAt is the version of the retailer's pack that a sale on a date is
// under.
func (d *Desk) versionAt(retailer string, sold calendar.Date) (string, error) {
	if sold.IsZero() {
		return "", nil
	}
	p, err := d.packs.Program(retailer, sold)
	if err != nil {
		return "", fmt.Errorf("pack at sale: %w", err)
	}
	return p.Pack.Version, nil
}

// Cover is what is in force for a unit on one basis.
type Cover struct {
	Basis         policy.Basis
	InForce       bool
	From          calendar.Date
	LastDay       calendar.Date
	Until         calendar.Date // LastDay moved to a working day
	Provisional   bool
	ProlongedDays int
	Ledger        []policy.LedgerEntry
	Clauses       []policy.ClauseRef // of the term itself, in the reader's language
}

// Check is the answer to "is it under warranty?". It holds no personal data
// and nothing that a thief could use: whoever knows the number may see it.
type Check struct {
	Retailer string
	Category string
	Brand    string
	Model    string
	Serial   string // as asked, when that was a serial
	IMEI     string
	SoldOn   calendar.Date
	Covers   []Cover
	Parts    []CoveredPart   // put in on earlier claims, with warranties of their own that still run (RU-20.4)
	Support  *policy.Support // the right to phone support (C6)
	Offer    *CertificateOffer
	Replaced bool          // another unit was given for this one, and its terms went along
	Ended    calendar.Date // the contract of sale was rescinded on it, so that no term holds; zero = it stands
	At       time.Time
}

// CheckWarranty says what is in force for a unit, by serial or IMEI (D4).
// Anybody may ask; the edge limits how often.
func (d *Desk) CheckWarranty(ctx context.Context, retailer, identity, lang string) (Check, error) {
	t, err := d.terms(retailer)
	if err != nil {
		return Check{}, err
	}
	if err := required(identity, "serial"); err != nil {
		return Check{}, err
	}
	var out Check
	err = d.store.View(ctx, func(tx Tx) error {
		rec, err := d.findUnit(ctx, tx, retailer, identity)
		if err != nil {
			return err
		}
		out, err = d.check(ctx, tx, t, rec, lang)
		out.tell(identity, rec.Unit)
		return err
	})
	if err != nil {
		return Check{}, fmt.Errorf("check warranty: %w", err)
	}
	return out, nil
}

// tell leaves out the numbers of the unit that were not asked for.
func (c *Check) tell(identity string, u care.Unit) {
	asked := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return r
	}, identity)
	switch asked {
	case u.IMEI:
		c.Serial = ""
	case u.IMEI2:
		c.Serial, c.IMEI = "", ""
	default: // it was found by its serial, however that was spelt
		c.IMEI = ""
	}
}

// check says what is in force for a unit: nothing for one that another was
// given for, whose terms went along.
func (d *Desk) check(ctx context.Context, tx Tx, t terms, rec care.UnitRecord, lang string) (Check, error) {
	gone, err := replaced(ctx, tx, rec.Unit)
	if err != nil {
		return Check{}, err
	}
	if gone {
		u := rec.Unit
		return Check{Retailer: u.Retailer, Category: u.Category, Brand: u.Brand, Model: u.Model, Serial: u.Serial, IMEI: u.IMEI,
			SoldOn: saleOf(rec).Date, Replaced: true, At: d.now().In(t.zone).Truncate(time.Second)}, nil
	}
	return d.inForce(ctx, tx, t, rec, lang)
}

// inForce says what is in force under a unit's contract, whichever device
// stands under it now.
func (d *Desk) inForce(ctx context.Context, tx Tx, t terms, rec care.UnitRecord, lang string) (Check, error) {
	stays, err := lineageStays(ctx, tx, rec.Unit)
	if err != nil {
		return Check{}, err
	}
	sale := saleOf(rec)
	facts := care.UnitFactsOf(t.pack.ID, rec.Unit, sale, stays, d.now(), t.zone)
	dec, err := d.packs.Decide(facts, t.lang(lang))
	if err != nil {
		return Check{}, fmt.Errorf("decide check: %w", err)
	}
	u := rec.Unit
	out := Check{Retailer: u.Retailer, Category: u.Category, Brand: u.Brand, Model: u.Model, Serial: u.Serial, IMEI: u.IMEI,
		SoldOn: sale.Date, Support: dec.Support, Ended: sale.Rescinded, At: facts.At}
	for _, b := range dec.Bases {
		if b.Basis == policy.Paid {
			continue
		}
		out.Covers = append(out.Covers, coverOf(b))
	}
	if u.ID != "" {
		claims, err := tx.ClaimsOfUnit(ctx, u.Retailer, u.ID)
		if err != nil {
			return out, fmt.Errorf("claims of unit: %w", err)
		}
		out.Parts = coveredParts(claims, calendar.DateOf(d.now(), t.zone))
	}
	out.Offer, err = d.offerOf(ctx, tx, t, rec, lang)
	return out, err
}

func coverOf(b policy.BasisResult) Cover {
	return Cover{Basis: b.Basis, InForce: b.InForce, From: b.From, LastDay: b.LastDay, Until: b.Until,
		Provisional: b.Provisional, ProlongedDays: b.ProlongedDays, Ledger: b.Ledger, Clauses: termClauses(b.Clauses)}
}

// termClauses are those that speak of the term.
func termClauses(list []policy.ClauseRef) []policy.ClauseRef {
	var out []policy.ClauseRef
	for _, c := range list {
		if slices.Contains([]string{"term", "prolong", "restart", "extend"}, c.Effect) {
			out = append(out, c)
		}
	}
	return out
}

// UnitView is all that the registry knows of a unit, for staff.
type UnitView struct {
	care.UnitRecord
	Check    Check
	Claims   []care.Claim // oldest first
	Stays    []care.Stay  // the ledger, with that of the units it replaces
	Replaces *care.Unit
	Replaced *care.Unit // the unit that was given for it
	// Before and After are the units it was given for, latest first, and
	// those that were given for it, each with its claims.
	Before, After []UnitLife
}

// UnitLife is another unit of the same contract, with the claims on it.
type UnitLife struct {
	care.Unit
	Claims []care.Claim // oldest first
}

// Unit shows a unit by id, serial or IMEI.
func (d *Desk) Unit(ctx context.Context, actor care.Actor, id, lang string) (UnitView, error) {
	if err := may(actor, ReadRegistry); err != nil {
		return UnitView{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return UnitView{}, err
	}
	var out UnitView
	err = d.store.View(ctx, func(tx Tx) error {
		out, err = d.unitView(ctx, tx, t, id, lang)
		return err
	})
	if err != nil {
		return UnitView{}, fmt.Errorf("show unit: %w", err)
	}
	return out, nil
}

func (d *Desk) unitView(ctx context.Context, tx Tx, t terms, id, lang string) (out UnitView, err error) {
	u, err := tx.Unit(ctx, t.pack.ID, id)
	if missing(&err) {
		out.UnitRecord, err = d.findUnit(ctx, tx, t.pack.ID, id)
	} else if err == nil {
		out.UnitRecord, err = d.record(ctx, tx, u)
	}
	if err != nil {
		return out, err
	}
	if out.Check, err = d.check(ctx, tx, t, out.UnitRecord, lang); err != nil {
		return out, err
	}
	if out.Claims, err = tx.ClaimsOfUnit(ctx, t.pack.ID, out.Unit.ID); err != nil {
		return out, fmt.Errorf("claims of unit: %w", err)
	}
	if out.Stays, err = lineageStays(ctx, tx, out.Unit); err != nil {
		return out, err
	}
	if out.Before, err = lives(ctx, tx, out.Unit, replacedUnit); err != nil {
		return out, err
	}
	if out.After, err = lives(ctx, tx, out.Unit, replacingUnit); err != nil {
		return out, err
	}
	if len(out.Before) > 0 {
		out.Replaces = &out.Before[0].Unit
	}
	if len(out.After) > 0 {
		out.Replaced = &out.After[0].Unit
	}
	return out, nil
}

// longestLineage bounds the walk along replacements.
const longestLineage = 20

// lives follows a unit's replacements one way.
func lives(ctx context.Context, tx Tx, u care.Unit, next func(context.Context, Tx, care.Unit) (care.Unit, error)) (out []UnitLife, err error) {
	for len(out) < longestLineage {
		if u, err = next(ctx, tx, u); missing(&err) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("lineage of unit: %w", err)
		}
		life := UnitLife{Unit: u}
		if life.Claims, err = tx.ClaimsOfUnit(ctx, u.Retailer, u.ID); err != nil {
			return nil, fmt.Errorf("claims of unit: %w", err)
		}
		out = append(out, life)
	}
	return out, nil
}

func replacedUnit(ctx context.Context, tx Tx, u care.Unit) (care.Unit, error) {
	if u.Replaces == "" {
		return care.Unit{}, care.ErrNotFound
	}
	return tx.Unit(ctx, u.Retailer, u.Replaces)
}

func replacingUnit(ctx context.Context, tx Tx, u care.Unit) (care.Unit, error) {
	return tx.UnitReplacing(ctx, u.Retailer, u.ID)
}

// FindUnits searches the registry: serial, IMEI, model, customer's name or
// phone, receipt or certificate number.
func (d *Desk) FindUnits(ctx context.Context, actor care.Actor, text string, page care.Page) (list []care.UnitRecord, next string, err error) {
	if err := may(actor, ReadRegistry); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.SearchUnits(ctx, actor.Retailer, text, page)
		return err
	})
	return list, next, err
}
