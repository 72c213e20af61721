package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/talon-care/talon/internal/care"
)

// Overdue is the slow net under the deadlines' jobs. It queues the jobs that
// open deadlines should have and lack (claims of before there were jobs), and
// notes every breach that no job has noted. It finds nothing to do where the
// runner runs. Any machine may run it at any time; it tells how many breaches
// it noted.
func (d *Desk) Overdue(ctx context.Context) (int, error) {
	noted := 0
	var failed []error
	for _, retailer := range d.packs.Retailers() {
		n, err := d.sweepClaims(ctx, retailer)
		noted, failed = noted+n, append(failed, err)
		n, err = d.sweepRequests(ctx, retailer)
		noted, failed = noted+n, append(failed, err)
	}
	return noted, errors.Join(failed...)
}

// wanted is a job that should be there.
type wanted struct {
	plan
	payload any
	note    func(context.Context) (bool, error) // does it now
}

func (d *Desk) sweepClaims(ctx context.Context, retailer string) (int, error) {
	return d.sweepPages(ctx, retailer, func(tx Tx, page care.Page) (list []wanted, next string, err error) {
		items, next, err := tx.Work(ctx, retailer, care.WorkFilter{Open: true}, page)
		if err != nil {
			return nil, "", err
		}
		for _, item := range items {
			c, err := tx.Claim(ctx, retailer, item.Claim)
			if err != nil {
				return nil, "", err
			}
			for _, dl := range c.Deadlines {
				plans, err := d.plans(c, dl)
				if err != nil {
					return nil, "", err
				}
				for _, p := range plans {
					list = append(list, wanted{p, p.what, func(ctx context.Context) (bool, error) { return d.tellDeadline(ctx, retailer, p.what, p.kind) }})
				}
			}
		}
		return list, next, nil
	})
}

func (d *Desk) sweepRequests(ctx context.Context, retailer string) (int, error) {
	return d.sweepPages(ctx, retailer, func(tx Tx, page care.Page) (list []wanted, next string, err error) {
		items, next, err := tx.Requests(ctx, retailer, care.RequestFilter{States: []care.RequestState{care.RequestOpen}, NoClaim: true}, page)
		if err != nil {
			return nil, "", err
		}
		for _, r := range items {
			plans, err := d.answerPlans(r)
			if err != nil {
				return nil, "", err
			}
			for _, p := range plans {
				list = append(list, wanted{p, answerJob{r.ID}, func(ctx context.Context) (bool, error) { return d.tellAnswer(ctx, retailer, r.ID, p.kind) }})
			}
		}
		return list, next, nil
	})
}

// sweepPages goes through a list page by page. One claim or request must not
// hold up the others.
func (d *Desk) sweepPages(ctx context.Context, retailer string, read func(Tx, care.Page) ([]wanted, string, error)) (int, error) {
	noted := 0
	var failed []error
	for page := (care.Page{Limit: 200}); ; {
		var list []wanted
		have := map[string]bool{}
		err := d.store.View(ctx, func(tx Tx) (err error) {
			if list, page.Cursor, err = read(tx, page); err != nil {
				return err
			}
			keys := make([]string, len(list))
			for i, p := range list {
				keys[i] = p.key
			}
			have, err = tx.HaveJobs(ctx, keys)
			return err
		})
		if err != nil {
			return noted, errors.Join(append(failed, fmt.Errorf("deadlines of %s: %w", retailer, err))...)
		}
		n, err := d.sweepPage(ctx, retailer, list, have)
		noted, failed = noted+n, append(failed, err)
		if page.Cursor == "" {
			return noted, errors.Join(failed...)
		}
	}
}

func (d *Desk) sweepPage(ctx context.Context, retailer string, list []wanted, have map[string]bool) (noted int, err error) {
	var failed []error
	for _, p := range list {
		breach := p.kind == breachDeadline || p.kind == breachAnswer
		switch {
		case p.at.IsZero():
		case breach && !d.now().Before(p.at):
			told, err := p.note(ctx)
			failed = append(failed, err)
			if told {
				noted++
			}
		case !have[p.key]:
			failed = append(failed, d.store.Tx(ctx, func(tx Tx) error {
				return d.enqueue(ctx, tx, retailer, p.kind, p.key, p.at, p.payload)
			}))
		}
	}
	return noted, errors.Join(failed...)
}
