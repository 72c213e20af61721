package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
)

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
