package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/talon-care/talon/internal/care"
)

// Overdue decides anew every claim whose term for the work has run out since
// its last decision, so that what the breach opens (money back, a new unit) is
// offered and the history says since when. Any machine may run it at any time;
// it tells how many claims it decided.
func (d *Desk) Overdue(ctx context.Context) (int, error) {
	decided := 0
	var failed []error
	for _, retailer := range d.packs.Retailers() {
		late, err := d.lateClaims(ctx, retailer)
		if err != nil {
			return decided, fmt.Errorf("late claims of %s: %w", retailer, err)
		}
		for _, id := range late {
			changed, err := d.decideOverdue(ctx, care.System(retailer), id)
			if err != nil {
				failed = append(failed, err) // one claim must not hold up the others
			}
			if changed {
				decided++
			}
		}
	}
	return decided, errors.Join(failed...)
}

func (d *Desk) lateClaims(ctx context.Context, retailer string) (ids []string, err error) {
	f := care.WorkFilter{Late: true, Open: true, At: d.now()}
	for page := (care.Page{Limit: 200}); ; {
		var list []care.WorkItem
		err = d.store.View(ctx, func(tx Tx) error {
			list, page.Cursor, err = tx.Work(ctx, retailer, f, page)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, w := range list {
			ids = append(ids, w.Claim)
		}
		if page.Cursor == "" {
			return ids, nil
		}
	}
}

func (d *Desk) decideOverdue(ctx context.Context, actor care.Actor, id string) (changed bool, err error) {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return false, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		changed = false
		c, err := findClaim(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if c.Ruling == nil || !c.ReadyAt.IsZero() || !c.RanOut(c.Ruling.At, d.now()) {
			return nil
		}
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
		if err := w.decide(); err != nil {
			return err
		}
		if err := w.save(); err != nil {
			return err
		}
		changed = true
		return d.audit(ctx, tx, actor, string(On(care.CmdDecide)), "claim", c.ID, "", map[string]string{"number": c.Number, "state": string(w.claim.State)})
	})
	if err != nil {
		return false, fmt.Errorf("decide overdue claim %s: %w", id, err)
	}
	return changed, nil
}
