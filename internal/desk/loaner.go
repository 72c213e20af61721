package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// NewLoaner is a device to take into the pool.
type NewLoaner struct {
	Category, Brand, Model, Serial, Condition, Place string
}

// AddLoaner takes a device into the pool.
func (d *Desk) AddLoaner(ctx context.Context, actor care.Actor, in NewLoaner) (care.Loaner, error) {
	if err := may(actor, ManageLoaners); err != nil {
		return care.Loaner{}, err
	}
	l := care.Loaner{Retailer: actor.Retailer, Category: in.Category, Brand: strings.TrimSpace(in.Brand), Model: strings.TrimSpace(in.Model),
		Serial: strings.TrimSpace(in.Serial), Condition: strings.TrimSpace(in.Condition), Place: in.Place, State: care.LoanerFree, Added: d.now()}
	err := d.store.Tx(ctx, func(tx Tx) error {
		if err := l.Check(); err != nil {
			return err
		}
		if err := knownPlace(ctx, tx, actor.Retailer, l.Place); err != nil {
			return err
		}
		_, err := tx.LoanerBySerial(ctx, actor.Retailer, l.Serial)
		switch {
		case err == nil:
			return care.Fail(care.Conflict, "loaner_known", "serial", l.Serial).At("serial")
		case !errors.Is(err, care.ErrNotFound):
			return err
		}
		if l.ID, err = d.newID(); err != nil {
			return err
		}
		if err := tx.PutLoaner(ctx, l); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, "loaner.add", "loaner", l.ID, "", map[string]string{"serial": l.Serial})
	})
	if err != nil {
		return care.Loaner{}, fmt.Errorf("add loaner: %w", err)
	}
	return l, nil
}

func knownPlace(ctx context.Context, tx Tx, retailer, id string) error {
	if _, err := tx.Place(ctx, retailer, id); err != nil {
		if errors.Is(err, care.ErrNotFound) {
			return care.Fail(care.Invalid, "no_place", "place", id).At("place")
		}
		return err
	}
	return nil
}

// Loaners lists the pool.
func (d *Desk) Loaners(ctx context.Context, actor care.Actor, f care.LoanerFilter, page care.Page) (list []care.Loaner, next string, err error) {
	if err := may(actor, ReadLoaners); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Loaners(ctx, actor.Retailer, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list loaners: %w", err)
	}
	return list, next, nil
}

// LoanView is a loan with the device that was lent; nil while none is.
type LoanView struct {
	Loan   care.Loan
	Loaner *care.Loaner
}

// Loans lists demands and what came of them, the latest first to be late
// first.
func (d *Desk) Loans(ctx context.Context, actor care.Actor, f care.LoanFilter, page care.Page) (out []LoanView, next string, err error) {
	if err := may(actor, ReadLoaners); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		var list []care.Loan
		if list, next, err = tx.Loans(ctx, actor.Retailer, f, page); err != nil {
			return err
		}
		out, err = withLoaners(ctx, tx, list)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list loans: %w", err)
	}
	return out, next, nil
}

// Loan shows one, for the hand-out paper.
func (d *Desk) Loan(ctx context.Context, actor care.Actor, id string) (out LoanView, err error) {
	if err := may(actor, ReadLoaners); err != nil {
		return out, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		l, err := tx.Loan(ctx, actor.Retailer, id)
		if err != nil {
			return notFound(err, "no_loan")
		}
		list, err := withLoaners(ctx, tx, []care.Loan{l})
		if err == nil {
			out = list[0]
		}
		return err
	})
	if err != nil {
		return LoanView{}, fmt.Errorf("show loan: %w", err)
	}
	return out, nil
}

func withLoaners(ctx context.Context, tx Tx, list []care.Loan) ([]LoanView, error) {
	out := make([]LoanView, len(list))
	for i, l := range list {
		out[i].Loan = l
		if l.Loaner == "" {
			continue
		}
		device, err := tx.Loaner(ctx, l.Retailer, l.Loaner)
		if err != nil {
			return nil, err
		}
		out[i].Loaner = &device
	}
	return out, nil
}

// ClaimLoans is what a claim's page shows of loaners.
type ClaimLoans struct {
	Loans []LoanView // oldest first
	// Refused says why no loaner can be demanded now; nil where one can.
	Refused *care.Error
	// Owed is what the law promises to whom demands one now; nil where it
	// promises nothing, and staff may lend as a courtesy.
	Owed *care.LoanerRight
}

// ClaimLoans shows the loans of a claim that the actor sees.
func (d *Desk) ClaimLoans(ctx context.Context, actor care.Actor, claim string) (out ClaimLoans, err error) {
	if err := may(actor, ReadClaims); err != nil {
		return out, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		out, err = d.claimLoans(ctx, tx, actor, c)
		return err
	})
	if err != nil {
		return ClaimLoans{}, fmt.Errorf("show loans: %w", err)
	}
	return out, nil
}

func (d *Desk) claimLoans(ctx context.Context, tx Tx, actor care.Actor, c care.Claim) (out ClaimLoans, err error) {
	list, err := tx.LoansOfClaim(ctx, c.Retailer, c.ID)
	if err != nil {
		return out, err
	}
	if out.Loans, err = withLoaners(ctx, tx, list); err != nil {
		return out, err
	}
	right, err := d.loanerRight(ctx, tx, c)
	if err != nil {
		return out, err
	}
	if right.Owed {
		out.Owed = &right
	}
	var why *care.Error
	if errors.As(c.MayDemandLoaner(list, right, actor), &why) {
		out.Refused = why
	}
	return out, nil
}

// TrackedLoans is ClaimLoans for the customer whom the link lets in; nil
// where the link opens no claim.
func (d *Desk) TrackedLoans(ctx context.Context, token string) (*ClaimLoans, error) {
	link, actor, err := d.followed(ctx, token)
	if err != nil || link.Claim == "" {
		return nil, err
	}
	out, err := d.ClaimLoans(ctx, actor, link.Claim)
	return &out, err
}

// loanerRight asks the terms whether a loaner is owed for a claim: the
// decision has to promise one to whom asks now, and the goods must not be among
// those that the law excepts, by their category or in the catalogue (RU-20.2).
func (d *Desk) loanerRight(ctx context.Context, tx Tx, c care.Claim) (care.LoanerRight, error) {
	var right care.LoanerRight
	if c.Ruling == nil {
		return right, nil
	}
	program, err := d.programOf(c)
	if err != nil {
		return right, err
	}
	rule, excepted, ok := program.LoanerRule(c.Unit.Category)
	if !ok {
		return right, nil
	}
	if c.Unit.Product != "" && !excepted {
		p, err := tx.Product(ctx, c.Retailer, c.Unit.Product)
		if !missing(&err) && err != nil {
			return right, fmt.Errorf("product of claim: %w", err)
		}
		excepted = p.NoLoaner
	}
	if excepted {
		right.Excluded, right.Source = rule.ID, rule.Source
		return right, nil
	}
	return right, d.loanerDue(ctx, tx, c, rule, &right)
}

// loanerDue fills in by when a loaner is due that is asked for now, as the
// decision counts it.
func (d *Desk) loanerDue(ctx context.Context, tx Tx, c care.Claim, rule *policy.DeadlineClause, right *care.LoanerRight) error {
	t, err := d.terms(c.Retailer)
	if err != nil {
		return err
	}
	stays, err := lineageStays(ctx, tx, c.Unit)
	if err != nil {
		return err
	}
	c.Loaner = &care.LoanerDemand{At: d.now()}
	dec, err := d.decideAt(c, stays, d.now(), t)
	if err != nil {
		return err
	}
	_, x := care.LoanerDeadline(dec)
	if x == nil {
		return nil
	}
	right.Owed, right.Clause, right.Source, right.Due = true, x.Clause, rule.Source, x.Due
	if right.DueAt, err = care.EndOfDue(x.Due, t.zone); err != nil {
		return fmt.Errorf("end of the loaner's term: %w", err)
	}
	return nil
}

// DemandLoaner notes that a customer wants a loaner for the time of the
// repair; the term runs from now (RU-20.2). Staff may note one that no law
// demands; excluded goods are refused with the clause.
func (d *Desk) DemandLoaner(ctx context.Context, actor care.Actor, claim, note string) (care.Loan, error) {
	return d.loan(ctx, actor, DemandLoaner, func(w *work, env care.Env) (care.Loan, error) {
		if err := w.find(claim); err != nil {
			return care.Loan{}, err
		}
		loans, err := w.tx.LoansOfClaim(ctx, w.claim.Retailer, w.claim.ID)
		if err != nil {
			return care.Loan{}, err
		}
		right, err := d.loanerRight(ctx, w.tx, w.claim)
		if err != nil {
			return care.Loan{}, err
		}
		l, err := w.claim.DemandLoaner(loans, right, note, env)
		if err != nil {
			return care.Loan{}, err
		}
		if l.ID, err = d.newID(); err != nil || !right.Owed {
			return l, err
		}
		if err := w.apply(care.NoteLoaner{Loan: l.ID, Step: care.LoanerAsked}); err != nil {
			return l, err
		}
		return l, w.decide()
	})
}

// WithdrawLoaner notes that the customer no longer wants the loaner: nothing is
// owed any longer.
func (d *Desk) WithdrawLoaner(ctx context.Context, actor care.Actor, loan, why string) (care.Loan, error) {
	return d.loan(ctx, actor, WithdrawLoaner, func(w *work, env care.Env) (care.Loan, error) {
		l, err := w.loanOf(loan)
		if err != nil {
			return l, err
		}
		if l, err = l.Withdraw(why, env); err != nil {
			return l, err
		}
		return l, w.noteLoaner(l, care.LoanerNotWanted)
	})
}

// TrackedWithdrawLoaner is the same by the tracking link.
func (d *Desk) TrackedWithdrawLoaner(ctx context.Context, token, loan string) (care.Loan, error) {
	_, actor, err := d.followed(ctx, token)
	if err != nil {
		return care.Loan{}, err
	}
	return d.WithdrawLoaner(ctx, actor, loan, "")
}

// TrackedDemandLoaner is the customer's demand by the tracking link.
func (d *Desk) TrackedDemandLoaner(ctx context.Context, token, note string) (care.Loan, error) {
	link, actor, err := d.followed(ctx, token)
	if err != nil {
		return care.Loan{}, err
	}
	if link.Claim == "" {
		return care.Loan{}, care.Fail(care.NotFound, "no_claim")
	}
	return d.DemandLoaner(ctx, actor, link.Claim, note)
}

// Lending is what is noted when a loaner is handed out.
type Lending struct {
	Loaner    string    // id, required
	Condition string    // "" = as in the pool
	BackBy    time.Time // zero = once the device is ready
}

// LendLoaner hands a free loaner of the same category out.
func (d *Desk) LendLoaner(ctx context.Context, actor care.Actor, loan string, in Lending) (care.Loan, error) {
	return d.loan(ctx, actor, LendLoaner, func(w *work, env care.Env) (care.Loan, error) {
		if err := required(in.Loaner, "loaner"); err != nil {
			return care.Loan{}, err
		}
		l, err := w.loanOf(loan)
		if err != nil {
			return l, err
		}
		give, err := w.tx.Loaner(ctx, actor.Retailer, in.Loaner)
		if err != nil {
			return l, notFound(err, "no_loaner")
		}
		if l, give, err = l.Lend(w.claim, give, in.Condition, in.BackBy, env); err != nil {
			return l, err
		}
		if err := w.tx.PutLoaner(ctx, give); err != nil {
			return l, err
		}
		return l, w.noteLoaner(l, care.LoanerProvided)
	})
}

// Returning is what is noted when a loaner comes back.
type Returning struct {
	Condition string // required
	Damage    string
	Place     string // "" = where it was kept
	Withdraw  bool   // it is not lent again
}

// ReturnLoaner takes a loaner back.
func (d *Desk) ReturnLoaner(ctx context.Context, actor care.Actor, loan string, in Returning) (care.Loan, error) {
	return d.loan(ctx, actor, ReturnLoaner, func(w *work, env care.Env) (care.Loan, error) {
		tx := w.tx
		l, err := w.loanOf(loan)
		if err != nil {
			return l, err
		}
		if l.State != care.LoanOut {
			return l, care.Fail(care.Illegal, "loan_moved_on", "number", l.Number)
		}
		if in.Place != "" {
			if err := knownPlace(ctx, tx, actor.Retailer, in.Place); err != nil {
				return l, err
			}
		}
		back, err := tx.Loaner(ctx, actor.Retailer, l.Loaner)
		if err != nil {
			return l, err
		}
		if l, back, err = l.Return(back, in.Condition, in.Damage, in.Place, in.Withdraw, env); err != nil {
			return l, err
		}
		return l, tx.PutLoaner(ctx, back)
	})
}

// loan runs a use case on one loan and the claim it is for: permission,
// change, audit.
func (d *Desk) loan(ctx context.Context, actor care.Actor, action Action, change func(*work, care.Env) (care.Loan, error)) (out care.Loan, err error) {
	if err := may(actor, action); err != nil {
		return out, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return out, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t}
		l, err := change(w, care.Env{Now: d.now(), Zone: t.zone, Actor: actor})
		if err != nil {
			return err
		}
		l = l.Termed(w.claim)
		if err := d.putLoan(ctx, tx, l); err != nil {
			return err
		}
		if err := w.save(); err != nil {
			return err
		}
		out = l
		return d.audit(ctx, tx, actor, string(action), "claim", l.Claim, l.Damage, map[string]string{"number": l.Number, "loaner": l.Loaner})
	})
	if err != nil {
		return care.Loan{}, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

// loanJob names the loan that a job is about.
type loanJob struct {
	Loan string `json:"loan"`
}

// putLoan stores a loan, with the reminder of the day it is due back.
func (d *Desk) putLoan(ctx context.Context, tx Tx, l care.Loan) error {
	if err := tx.PutLoan(ctx, l); err != nil {
		return err
	}
	return d.planReminder(ctx, tx, l)
}

// exceptLoans ends the demands for a loaner of a product that the catalogue
// now excepts: the term stops, with that reason (RU-20.2).
func (d *Desk) exceptLoans(ctx context.Context, tx Tx, actor care.Actor, product string) error {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return err
	}
	for page := (care.Page{Limit: 200}); ; {
		list, next, err := tx.Loans(ctx, actor.Retailer, care.LoanFilter{States: []care.LoanState{care.LoanAsked}}, page)
		if err != nil {
			return fmt.Errorf("loaners asked for: %w", err)
		}
		for _, l := range list {
			w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t}
			if err := w.find(l.Claim); err != nil {
				return err
			}
			if w.claim.Unit.Product != product || l.DueAt.IsZero() {
				continue
			}
			if l, err = l.Withdraw("", care.Env{Now: d.now(), Zone: t.zone, Actor: actor}); err != nil {
				return err
			}
			if err := w.noteLoaner(l, care.LoanerExcepted); err != nil {
				return err
			}
			if err := d.putLoan(ctx, tx, l); err != nil {
				return err
			}
			if err := w.save(); err != nil {
				return err
			}
		}
		if page.Cursor = next; next == "" {
			return nil
		}
	}
}

// find reads the claim that the work is on.
func (w *work) find(claim string) (err error) {
	w.claim, err = findClaim(w.ctx, w.tx, w.actor, claim)
	return err
}

// loanOf reads a loan, and the claim it is for.
func (w *work) loanOf(id string) (care.Loan, error) {
	l, err := w.tx.Loan(w.ctx, w.actor.Retailer, id)
	if err != nil {
		return l, notFound(err, "no_loan")
	}
	return l, w.find(l.Claim)
}

// noteLoaner notes a step on the claim, where the law owed the loaner.
func (w *work) noteLoaner(l care.Loan, step care.LoanerStep) error {
	if asked := w.claim.Loaner; asked == nil || asked.Loan != l.ID || !asked.Until.IsZero() {
		return nil
	}
	return w.apply(care.NoteLoaner{Loan: l.ID, Step: step})
}

// WriteOffLoaner takes a device out of the pool: lost, which ends the loan it
// was out on and lets its claim go on, or withdrawn.
func (d *Desk) WriteOffLoaner(ctx context.Context, actor care.Actor, loaner string, state care.LoanerState, reason string) (out care.Loaner, err error) {
	if err := may(actor, ManageLoaners); err != nil {
		return out, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		l, err := tx.Loaner(ctx, actor.Retailer, loaner)
		if err != nil {
			return notFound(err, "no_loaner")
		}
		if out, err = l.WrittenOff(state, reason); err != nil {
			return err
		}
		loans, _, err := tx.Loans(ctx, actor.Retailer, care.LoanFilter{Loaner: l.ID, States: []care.LoanState{care.LoanOut}}, care.Page{})
		if err != nil {
			return err
		}
		for _, loan := range loans {
			if err := d.putLoan(ctx, tx, loan.Lost(reason, care.Env{Now: d.now(), Actor: actor})); err != nil {
				return err
			}
		}
		if err := tx.PutLoaner(ctx, out); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, "loaner.write_off", "loaner", l.ID, reason, map[string]string{"serial": l.Serial, "state": string(state)})
	})
	if err != nil {
		return care.Loaner{}, fmt.Errorf("write off loaner: %w", err)
	}
	return out, nil
}

// loaners brings the loans of the claim in line with it: a hook of save.
func (w *work) loaners([]care.Event) error {
	list, err := w.tx.LoansOfClaim(w.ctx, w.claim.Retailer, w.claim.ID)
	if err != nil {
		return err
	}
	for _, l := range list {
		next, _ := l.Follow(w.claim)
		if next = next.Termed(w.claim); next == l {
			continue
		}
		if err := w.d.putLoan(w.ctx, w.tx, next); err != nil {
			return fmt.Errorf("store loan: %w", err)
		}
	}
	return nil
}

// heldUp refuses a command that would end a claim whose loaner is out.
func heldUp(ctx context.Context, tx Tx, c care.Claim, name care.CommandName) error {
	switch name {
	case care.CmdShip, care.CmdHandOver, care.CmdClose, care.CmdCancel:
	default:
		return nil
	}
	loans, err := tx.LoansOfClaim(ctx, c.Retailer, c.ID)
	if err != nil {
		return err
	}
	views, err := withLoaners(ctx, tx, loans)
	if err != nil {
		return err
	}
	pool := map[string]care.Loaner{}
	for _, v := range views {
		if v.Loaner != nil {
			pool[v.Loaner.ID] = *v.Loaner
		}
	}
	return c.HeldUp(name, loans, pool)
}

// holdUp marks the actions that wait for the loaner.
func holdUp(ctx context.Context, tx Tx, c care.Claim, list []care.Action) error {
	for i := range list {
		err := heldUp(ctx, tx, c, list[i].Command)
		var why *care.Error
		switch {
		case err == nil:
		case errors.As(err, &why):
			list[i].Blocked, list[i].Primary = why, false
		default:
			return err
		}
	}
	return nil
}

// programOf is the terms that a claim stands under.
func (d *Desk) programOf(c care.Claim) (*policy.Program, error) {
	p, err := d.packs.Program(c.Pack, c.Sale.Date)
	if err != nil {
		return nil, fmt.Errorf("terms of claim: %w", err)
	}
	return p, nil
}
