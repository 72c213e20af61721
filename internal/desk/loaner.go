package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/talon-care/talon/internal/care"
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
