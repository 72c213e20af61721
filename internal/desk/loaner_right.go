package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

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
