package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Uncollected is a device that waits for its owner (ГК 738).
type Uncollected struct {
	Claim    care.Claim
	Since    calendar.Date   // when it was ready
	Days     int             // that it has waited
	Warnings []care.Warned   // given so far, oldest first
	Next     *policy.Warning // the first step of the terms that was not taken; nil where all were
	Fee      *money.Amount   // run up by today; nil where the terms have none
	FeeFrom  calendar.Date   // the first day that is charged
	// DisposeFrom is the first day on which the law lets the device go; zero
	// while no warning was given, or where no law says so.
	DisposeFrom calendar.Date
	Rule        *policy.UncollectedRule // the law's, behind DisposeFrom
	Overdue     bool                    // DisposeFrom has come
}

// Uncollected lists devices that are ready to be collected, those that wait
// longest by the house's clock first.
func (d *Desk) Uncollected(ctx context.Context, actor care.Actor, page care.Page) (list []Uncollected, next string, err error) {
	f := care.WorkFilter{States: []care.State{care.Ready}}
	if err := narrow(actor, &f, d.now()); err != nil {
		return nil, "", err
	}
	if err := may(actor, ReadShipments); err != nil {
		return nil, "", err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list = nil
		var items []care.WorkItem
		if items, next, err = tx.Work(ctx, actor.Retailer, f, page); err != nil {
			return err
		}
		for _, item := range items {
			u, ok, err := d.uncollected(ctx, tx, t, item.Claim)
			if err != nil {
				return err
			}
			if ok {
				list = append(list, u)
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("list uncollected: %w", err)
	}
	return list, next, nil
}

// uncollected is what a claim's device is under; false where it does not wait
// for its owner: it goes back by courier, or is on its way.
func (d *Desk) uncollected(ctx context.Context, tx Tx, t terms, claim string) (Uncollected, bool, error) {
	c, err := tx.Claim(ctx, t.pack.ID, claim)
	if err != nil {
		return Uncollected{}, false, err
	}
	if c.State != care.Ready || !c.Held() || c.Return == care.ReturnDeliver {
		return Uncollected{}, false, nil
	}
	program, err := d.packs.Program(c.Retailer, c.Sale.Date)
	if err != nil {
		return Uncollected{}, false, fmt.Errorf("terms at the sale: %w", err)
	}
	out := Uncollected{Claim: c, Since: calendar.DateOf(c.ReadyAt, t.zone)}
	today := calendar.DateOf(d.now(), t.zone)
	out.Days = int(today.Days()) - int(out.Since.Days())
	if out.Warnings, err = tx.Warnings(ctx, c.Retailer, c.ID, c.ReadyAt); err != nil {
		return out, false, err
	}
	keep := program.Keep(out.Since)
	if taken := out.taken(); taken < len(keep.Warnings) {
		out.Next = &keep.Warnings[taken]
	}
	if keep.Fee != nil {
		fee, err := keep.Fee.Due(today)
		if err != nil {
			return out, false, fmt.Errorf("storage fee: %w", err)
		}
		out.Fee, out.FeeFrom = &fee, keep.Fee.From
	}
	if n := len(out.Warnings); n > 0 && keep.Wait != nil {
		out.Rule = keep.Wait.Rule
		out.DisposeFrom = keep.Wait.Allowed(calendar.DateOf(out.Warnings[n-1].At, t.zone))
		out.Overdue = !today.Before(out.DisposeFrom)
	}
	return out, true, nil
}

// waiting finds a claim that the actor sees and whose device waits for its
// owner; any other is refused.
func (d *Desk) waiting(ctx context.Context, tx Tx, t terms, actor care.Actor, claim string) (Uncollected, error) {
	c, err := findClaim(ctx, tx, actor, claim)
	if err != nil {
		return Uncollected{}, err
	}
	u, ok, err := d.uncollected(ctx, tx, t, c.ID)
	if err != nil {
		return Uncollected{}, err
	}
	if !ok {
		return Uncollected{}, care.Fail(care.Illegal, "not_waiting", "number", c.Number)
	}
	return u, nil
}

// taken is the number of the last step of warning that was taken; 0 where
// none was. What staff did by hand is no step.
func (u Uncollected) taken() int {
	last := 0
	for _, w := range u.Warnings {
		last = max(last, w.Step)
	}
	return last
}

// Warn notes a warning that staff gave by hand, by phone or letter.
func (d *Desk) Warn(ctx context.Context, actor care.Actor, claim, how string) error {
	if err := may(actor, WarnCustomers); err != nil {
		return err
	}
	if err := required(how, "how"); err != nil {
		return err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		u, err := d.waiting(ctx, tx, t, actor, claim)
		if err != nil {
			return err
		}
		return d.warn(ctx, tx, actor, u, 0, calendar.Date{}, strings.TrimSpace(how))
	})
	if err != nil {
		return fmt.Errorf("warn customer: %w", err)
	}
	return nil
}

func (d *Desk) warn(ctx context.Context, tx Tx, actor care.Actor, u Uncollected, step int, due calendar.Date, how string) error {
	id, err := d.newID()
	if err != nil {
		return err
	}
	w := care.Warned{ID: id, Retailer: u.Claim.Retailer, Claim: u.Claim.ID, Ready: u.Claim.ReadyAt, Step: step, Due: due, At: d.now(), Actor: actor, How: how}
	if err := tx.AddWarned(ctx, w); err != nil {
		return err
	}
	return d.audit(ctx, tx, actor, string(WarnCustomers), "claim", u.Claim.ID, how, map[string]string{"number": u.Claim.Number, "step": fmt.Sprint(step)})
}

// due is the last step of the terms that is due and not taken, with its
// number; 0 where none is.
func (u Uncollected) due(d *Desk, t terms) (int, policy.Warning) {
	program, err := d.packs.Program(u.Claim.Retailer, u.Claim.Sale.Date)
	if err != nil {
		return 0, policy.Warning{}
	}
	today := calendar.DateOf(d.now(), t.zone)
	taken, step := u.taken(), 0
	steps := program.Keep(u.Since).Warnings
	for i, s := range steps {
		if i+1 > taken && !today.Before(s.On) {
			step = i + 1
		}
	}
	if step == 0 {
		return 0, policy.Warning{}
	}
	return step, steps[step-1]
}
