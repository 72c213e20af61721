package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// changedReturn fills in what a change of the way back takes from the request:
// to be delivered, a device needs an address.
func (w *work) changedReturn(c care.ChangeReturn) (care.Command, error) {
	r, err := w.tx.Request(w.ctx, w.claim.Retailer, w.claim.Request)
	if err != nil {
		return c, notFound(err, "no_request")
	}
	if c.Address = strings.TrimSpace(c.Address); c.Return == care.ReturnDeliver && c.Address == "" {
		if c.Address = r.Address; c.Address == "" {
			customer, err := w.tx.Customer(w.ctx, r.Retailer, r.Customer)
			if !missing(&err) && err != nil {
				return c, fmt.Errorf("customer of claim: %w", err)
			}
			c.Address = customer.Address
		}
		if err := required(c.Address, "address"); err != nil {
			return c, err
		}
	}
	if len([]rune(c.Address)) > longestAddress || len([]rune(c.Settlement)) > longestName {
		return c, care.Fail(care.Invalid, "too_long", "field", "address").At("address")
	}
	c.SameAddress = c.Address == "" || c.Address == r.Address
	return c, nil
}

const longestAddress = 500 // characters

// keepAddress writes a changed way back into the request, where the address is
// kept and where couriers' orders take it from.
func (w *work) keepAddress(c care.ChangeReturn) error {
	r, err := w.tx.Request(w.ctx, w.claim.Retailer, w.claim.Request)
	if err != nil {
		return notFound(err, "no_request")
	}
	r.Return, r.Settlement, r.Updated = w.claim.Return, w.claim.Settlement, w.d.now()
	if c.Address != "" {
		r.Address = c.Address
	}
	if err := w.tx.PutRequest(w.ctx, r); err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	return nil
}

// Dispose proposes to let a device go that its owner does not collect: after
// the law's wait, counted from a notice that was given (ГК 738). Another
// person confirms it.
func (d *Desk) Dispose(ctx context.Context, actor care.Actor, claim string, in care.Disposal) (care.Claim, error) {
	if err := may(actor, ProposeDisposals); err != nil {
		return care.Claim{}, err
	}
	return d.disposeOf(ctx, actor, claim, ProposeDisposals, in.Reason, func(u Uncollected) care.Command {
		in.From = u.DisposeFrom
		if u.Rule != nil {
			in.Clause = u.Rule.ID
		}
		return care.Dispose{Disposal: in}
	})
}

// ConfirmDisposal is another person's consent, by which the claim ends and
// the ledger says what is owed: the fee for keeping the device, and to its
// owner what a sale left.
func (d *Desk) ConfirmDisposal(ctx context.Context, actor care.Actor, claim string) (care.Claim, error) {
	if err := may(actor, ConfirmDisposals); err != nil {
		return care.Claim{}, err
	}
	return d.disposeOf(ctx, actor, claim, ConfirmDisposals, "", func(u Uncollected) care.Command {
		return care.ConfirmDisposal{From: u.DisposeFrom}
	})
}

func (d *Desk) disposeOf(ctx context.Context, actor care.Actor, claim string, action Action, reason string, command func(Uncollected) care.Command) (out care.Claim, err error) {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return out, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		u, err := d.waiting(ctx, tx, t, actor, claim)
		if err != nil {
			return err
		}
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: u.Claim}
		if err := w.apply(command(u)); err != nil {
			return err
		}
		if err := w.save(); err != nil {
			return err
		}
		out = w.claim
		return d.audit(ctx, tx, actor, string(action), "claim", out.ID, strings.TrimSpace(reason), map[string]string{"number": out.Number, "state": string(w.claim.State)})
	})
	if err != nil {
		return care.Claim{}, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

// proceeds enters what a sale left above its costs: it is the owner's, who may
// ask for it.
func (w *work) proceeds(b *care.Book, events []care.Event) error {
	c := w.claim
	if !disposed(events) || c.Disposal == nil {
		return nil
	}
	left, err := c.Disposal.Left()
	if err != nil || left.Minor <= 0 {
		return err
	}
	return b.Open(care.Entry{Retailer: c.Retailer, Claim: c.ID, Number: c.Number, What: care.DebtProceeds, Cause: "disposal",
		Debtor: care.RetailerParty, Creditor: care.CustomerParty, Amount: left, Why: c.Disposal.Reason, Round: c.Reopened})
}

func disposed(events []care.Event) bool {
	for _, e := range events {
		if _, ok := e.Data.(*care.WasDisposed); ok {
			return true
		}
	}
	return false
}
