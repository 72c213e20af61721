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
	if err := w.demanded(in.Remedy); err != nil {
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
	was    []care.Deadline // before the events
	from   care.State      // before the events
}

func (w *work) apply(cmd care.Command) error {
	events, err := care.Apply(w.claim, cmd, care.Env{Now: w.d.now(), Zone: w.terms.zone, Actor: w.actor, Respond: w.respond})
	if err != nil {
		return err
	}
	if len(w.events) == 0 {
		w.was, w.from = w.claim.Deadlines, w.claim.State
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
	dec, err := w.decision(facts, lang)
	if err != nil {
		return err
	}
	ruling := care.Ruling{Pack: dec.Pack, PackVersion: dec.PackVersion, Statute: dec.StatuteVersion, Lang: lang}
	if ruling.Facts, err = facts.CanonicalJSON(); err != nil {
		return err
	}
	if ruling.Decision, err = json.Marshal(dec); err != nil {
		return fmt.Errorf("write decision: %w", err)
	}
	return w.apply(care.Decide{Ruling: ruling, Decision: dec, Shops: w.terms.shops()})
}

// decision answers facts by the version that the claim is decided by.
func (w *work) decision(facts policy.Facts, lang string) (dec policy.Decision, err error) {
	if w.claim.Version == "" {
		dec, err = w.d.packs.Decide(facts, lang)
	} else {
		dec, err = w.d.packs.DecideVersion(w.claim.Pack, w.claim.Version, facts, lang)
	}
	if err != nil {
		return dec, fmt.Errorf("decide claim %s: %w", w.claim.Number, err)
	}
	return dec, nil
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
	for _, follow := range []func([]care.Event) error{w.carry, w.money, w.certificates, w.deadlines, w.loaners, w.collecting, w.recovery, w.notices} {
		if err := follow(w.events); err != nil {
			return err
		}
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
	care.CmdDemandRemedy: true, care.CmdFindUnrepairable: true, care.CmdFindImpossible: true, care.CmdMarkReady: true, care.CmdReturnToBench: true, care.CmdReopen: true, care.CmdChooseRemedy: true, care.CmdAnswerDifference: true,
	care.CmdChangeReturn: true,
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
	return d.doAt(ctx, actor, claim, seq, cmd, nil)
}

// doAt is DoAt with what else is to be done in the same transaction; nil is
// nothing.
func (d *Desk) doAt(ctx context.Context, actor care.Actor, claim string, seq int, cmd care.Command, then func(*work) error) (care.Claim, error) {
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
		if out = w.claim; then != nil {
			return then(w)
		}
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
	switch cmd.Name() {
	case care.CmdRecordAnswers:
		err = w.register()
	case care.CmdPayRefund:
		err = w.rescind()
	case care.CmdChangeReturn:
		err = w.keepAddress(cmd.(care.ChangeReturn))
	}
	if err != nil {
		return err
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
