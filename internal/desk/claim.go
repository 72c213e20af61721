package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// openClaim makes a claim of a warranty_service request: finds or registers
// the unit, freezes the terms, and decides on what is known.
func (d *Desk) openClaim(ctx context.Context, tx Tx, actor care.Actor, t terms, req *care.Request, in NewRequest) (care.Claim, error) {
	rec, err := d.unitFor(ctx, tx, t, req, in)
	if err != nil {
		return care.Claim{}, err
	}
	id, err := d.newID()
	if err != nil {
		return care.Claim{}, err
	}
	number, err := d.number(ctx, tx, actor.Retailer, "RMA")
	if err != nil {
		return care.Claim{}, err
	}
	req.Unit, req.Claim = rec.Unit.ID, id
	cmd := care.Submit{WasSubmitted: care.WasSubmitted{Number: number, Request: req.ID, Channel: req.Channel, Lang: req.Lang,
		Customer: req.Customer, Return: req.Return, Settlement: req.Settlement, ReceivedAt: req.ReceivedAt, Unit: rec.Unit,
		Sale: saleOf(rec), Pack: actor.Retailer, Basis: in.Basis, Documents: in.Documents}}
	w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: care.Claim{ID: id, Retailer: actor.Retailer}}
	if err := w.apply(cmd); err != nil {
		return care.Claim{}, err
	}
	if facts := statable(actor, in.Facts); len(facts) > 0 {
		if err := w.apply(care.RecordAnswers{Facts: facts}); err != nil {
			return care.Claim{}, err
		}
		if err := w.register(); err != nil {
			return care.Claim{}, err
		}
	}
	if err := w.decide(); err != nil {
		return care.Claim{}, err
	}
	if known := intersect(in.Accepted, w.claim.MissingAcknowledgements()); len(known) > 0 {
		if err := w.apply(care.Acknowledge{IDs: known}); err != nil {
			return care.Claim{}, err
		}
	}
	if w.claim.Ruling != nil {
		for _, dl := range w.claim.Deadlines {
			if dl.Name == "answer" {
				req.AnswerDue, req.AnswerUntil = dl.Due, dl.DueAt
			}
		}
	}
	return w.claim, w.save()
}

// statable leaves out what a customer can't settle by stating it: the papers
// and the sale are for staff to see.
func statable(actor care.Actor, facts []care.Answer) []care.Answer {
	if actor.Kind != care.CustomerActor {
		return facts
	}
	var out []care.Answer
	for _, f := range facts {
		if slices.Contains(CustomerFacts(), f.Fact) {
			out = append(out, f)
		}
	}
	return out
}

// CustomerFacts lists the facts that a customer may state on the form.
func CustomerFacts() []string {
	return []string{"unit.personal_use", "unit.lock_active", "unit.owner_proven", "request.settlement"}
}

func intersect(a, b []string) []string {
	var out []string
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

// work is one claim under way in one transaction.
type work struct {
	d      *Desk
	ctx    context.Context
	tx     Tx
	actor  care.Actor
	terms  terms
	claim  care.Claim
	events []care.Event
}

func (w *work) apply(cmd care.Command) error {
	events, err := care.Apply(w.claim, cmd, care.Env{Now: w.d.now(), Zone: w.terms.zone, Actor: w.actor})
	if err != nil {
		return err
	}
	for _, e := range events {
		w.claim = w.claim.When(e)
	}
	w.events = append(w.events, events...)
	return nil
}

// decide freezes a fresh decision on the claim: the pack version in force at
// the sale the first time, the frozen one ever after.
func (w *work) decide() error {
	stays, err := lineageStays(w.ctx, w.tx, w.claim.Unit)
	if err != nil {
		return err
	}
	facts := care.FactsOf(w.claim, stays, w.d.now(), w.terms.zone)
	lang := w.terms.lang(w.claim.Lang)
	var dec policy.Decision
	if w.claim.Version == "" {
		dec, err = w.d.packs.Decide(facts, lang)
	} else {
		dec, err = w.d.packs.DecideVersion(w.claim.Pack, w.claim.Version, facts, lang)
	}
	if err != nil {
		return fmt.Errorf("decide claim %s: %w", w.claim.Number, err)
	}
	ruling := care.Ruling{Pack: dec.Pack, PackVersion: dec.PackVersion, Statute: dec.StatuteVersion, Lang: lang}
	if ruling.Facts, err = facts.CanonicalJSON(); err != nil {
		return err
	}
	if ruling.Decision, err = json.Marshal(dec); err != nil {
		return fmt.Errorf("write decision: %w", err)
	}
	return w.apply(care.Decide{Ruling: ruling, Decision: dec})
}

// register carries answers that correct the unit or the sale over to the
// registry, so that the next claim knows them.
func (w *work) register() error {
	if err := w.tx.PutUnit(w.ctx, w.claim.Unit); err != nil {
		return fmt.Errorf("store unit: %w", err)
	}
	if w.claim.Sale.ID == "" {
		return nil
	}
	if err := w.tx.PutSale(w.ctx, w.claim.Sale); err != nil {
		return fmt.Errorf("store sale: %w", err)
	}
	return nil
}

func (w *work) save() error {
	if len(w.events) == 0 {
		return nil
	}
	if err := w.tx.SaveClaim(w.ctx, w.claim, w.events); err != nil {
		if errors.Is(err, care.ErrConflict) {
			return care.Fail(care.Conflict, "claim_moved_on", "number", w.claim.Number)
		}
		return fmt.Errorf("store claim: %w", err)
	}
	return nil
}

// lineageStays is the prolongation ledger behind a unit: its own stays and
// those of the units it was given for.
func lineageStays(ctx context.Context, tx Tx, u care.Unit) ([]care.Stay, error) {
	var out []care.Stay
	for hops := 0; hops < 20; hops++ {
		stays, err := tx.StaysOfUnit(ctx, u.Retailer, u.ID)
		if err != nil {
			return nil, fmt.Errorf("stays of unit: %w", err)
		}
		out = append(stays, out...)
		if u.Replaces == "" {
			break
		}
		if u, err = tx.Unit(ctx, u.Retailer, u.Replaces); err != nil {
			return nil, fmt.Errorf("unit replaced: %w", err)
		}
	}
	return out, nil
}

// redecides lists the commands after which a claim is decided anew.
var redecides = map[care.CommandName]bool{
	care.CmdAccept: true, care.CmdDiagnose: true, care.CmdRecordDocuments: true, care.CmdRecordAnswers: true, care.CmdChooseBasis: true,
	care.CmdFindUnrepairable: true, care.CmdMarkReady: true, care.CmdReopen: true, care.CmdChooseRemedy: true, care.CmdAnswerDifference: true,
}

// Do gives a claim a command: checks the permission, applies it, decides anew
// where the facts changed, and writes the audit entry, all in one
// transaction. The claim may be named by id or number.
func (d *Desk) Do(ctx context.Context, actor care.Actor, claim string, cmd care.Command) (care.Claim, error) {
	return d.DoAt(ctx, actor, claim, 0, cmd)
}

// DoAt is Do for whoever looked at the claim before: when it has moved on
// since the event seq, the command is refused as a conflict. 0 doesn't mind.
func (d *Desk) DoAt(ctx context.Context, actor care.Actor, claim string, seq int, cmd care.Command) (care.Claim, error) {
	if err := may(actor, On(cmd.Name())); err != nil {
		return care.Claim{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return care.Claim{}, err
	}
	var out care.Claim
	err = d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		if seq != 0 && c.Seq != seq {
			return care.Fail(care.Conflict, "claim_moved_on", "number", c.Number)
		}
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
		if err := w.do(cmd); err != nil {
			return err
		}
		out = w.claim
		return nil
	})
	if err != nil {
		return care.Claim{}, fmt.Errorf("%s: %w", cmd.Name(), err)
	}
	return out, nil
}

// findClaim reads a claim that the actor sees, by id or number.
func findClaim(ctx context.Context, tx Tx, actor care.Actor, claim string) (care.Claim, error) {
	find := tx.Claim
	if strings.HasPrefix(strings.ToUpper(claim), "RMA-") {
		find, claim = tx.ClaimByNumber, strings.ToUpper(claim)
	}
	c, err := find(ctx, actor.Retailer, claim)
	if err != nil {
		return care.Claim{}, notFound(err, "no_claim")
	}
	return c, sees(actor, c)
}

func (w *work) do(cmd care.Command) error {
	cmd, err := w.prepare(cmd)
	if err != nil {
		return err
	}
	if err := w.apply(cmd); err != nil {
		return err
	}
	if cmd.Name() == care.CmdRecordAnswers {
		if err := w.register(); err != nil {
			return err
		}
	}
	if redecides[cmd.Name()] {
		if err := w.decide(); err != nil {
			return err
		}
	}
	if err := w.save(); err != nil {
		return err
	}
	return w.d.audit(w.ctx, w.tx, w.actor, string(On(cmd.Name())), "claim", w.claim.ID, reasonOf(cmd),
		map[string]string{"number": w.claim.Number, "state": string(w.claim.State)})
}

// reasonOf is the reason that a command states, for the audit log.
func reasonOf(cmd care.Command) string {
	b, err := json.Marshal(cmd)
	if err != nil {
		return ""
	}
	var r struct{ Reason string }
	if json.Unmarshal(b, &r) != nil {
		return ""
	}
	return r.Reason
}

// prepare fills in what a command needs from the registry: kinds of places,
// and the new unit of a replacement.
func (w *work) prepare(cmd care.Command) (care.Command, error) {
	switch c := value(cmd).(type) {
	case care.Accept:
		if c.Place == "" {
			c.Place = w.actor.Place
		}
		kind, err := w.placeKind(c.Place, "place")
		c.PlaceKind = kind
		return c, err
	case care.ReceiveAtCentre:
		if c.Place == "" {
			c.Place = w.claim.Custody.To
		}
		kind, err := w.placeKind(c.Place, "place")
		c.PlaceKind = kind
		return c, err
	case care.Forward:
		_, err := w.placeKind(c.To, "to")
		return c, err
	case care.RouteTo:
		_, err := w.placeKind(c.Centre, "centre")
		return c, err
	case care.AskDevice:
		if c.Place == "" {
			return c, nil
		}
		_, err := w.placeKind(c.Place, "place")
		return c, err
	case care.Assign:
		if c.User == "" {
			return c, nil
		}
		_, err := w.tx.User(w.ctx, w.actor.Retailer, c.User)
		return c, notFound(err, "no_user")
	case care.Replace:
		return w.replacement(c)
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
	case *care.AskDevice:
		return *c
	case *care.Assign:
		return *c
	case *care.Replace:
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
	identity := c.Serial
	if identity == "" {
		identity = c.IMEI
	}
	known, err := w.tx.UnitsByIdentity(w.ctx, w.actor.Retailer, identity)
	if err != nil {
		return nil, fmt.Errorf("find unit: %w", err)
	}
	if len(known) > 0 {
		return nil, care.Fail(care.Conflict, "unit_known", "serial", identity).At("serial")
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

// Recheck is the comparison of a frozen decision with the same decision made
// again.
type Recheck struct {
	Number string
	Ruling int  // index of the ruling
	Same   bool // byte for byte
	Fresh  json.RawMessage
}

// Recheck decides a claim's rulings again, each from its frozen facts and
// pack version, and compares byte for byte.
func (d *Desk) Recheck(ctx context.Context, actor care.Actor, claim string) ([]Recheck, error) {
	if err := may(actor, ReadClaims); err != nil {
		return nil, err
	}
	var events []care.Event
	var c care.Claim
	err := d.store.View(ctx, func(tx Tx) (err error) {
		if c, err = findClaim(ctx, tx, actor, claim); err != nil {
			return err
		}
		events, err = tx.Events(ctx, c.Retailer, c.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recheck: %w", err)
	}
	var out []Recheck
	for _, e := range events {
		if p, ok := e.Data.(*care.WasDecided); ok {
			r, err := d.recheck(c.Number, p.Ruling)
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
	}
	return out, nil
}

func (d *Desk) recheck(number string, r care.Ruling) (Recheck, error) {
	dec, err := d.decideFrozen(r, r.Lang)
	if err != nil {
		return Recheck{}, err
	}
	fresh, err := json.Marshal(dec)
	if err != nil {
		return Recheck{}, fmt.Errorf("write decision: %w", err)
	}
	return Recheck{Number: number, Ruling: r.Index, Same: string(fresh) == string(r.Decision), Fresh: fresh}, nil
}

// decideFrozen makes the decision of a ruling again, in any language.
func (d *Desk) decideFrozen(r care.Ruling, lang string) (policy.Decision, error) {
	f, err := policy.ReadFrozen(r.Facts)
	if err != nil {
		return policy.Decision{}, fmt.Errorf("read frozen facts: %w", err)
	}
	dec, err := d.packs.DecideVersion(r.Pack, r.PackVersion, *f, lang)
	if err != nil {
		return policy.Decision{}, fmt.Errorf("decide again: %w", err)
	}
	return dec, nil
}
