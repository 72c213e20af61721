package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// warnCollect takes a step of warning whoever does not collect a device (B9).
const warnCollect care.JobKind = "collect.warn"

// collectJob names the claim whose device waits.
type collectJob struct {
	Claim string `json:"claim"`
}

// collectKey is the key of a step's job: of the device as it was ready then.
func collectKey(c care.Claim, step int) string {
	return fmt.Sprintf("%s %s %s %d", warnCollect, c.ID, c.ReadyAt.UTC().Format(time.RFC3339Nano), step)
}

// collecting queues the job of the next step while the device waits for its
// owner, and drops the steps of one that waits no longer.
func (w *work) collecting([]care.Event) error {
	if w.claim.ReadyAt.IsZero() {
		return nil // a job of before finds nothing to do
	}
	u, waits, err := w.d.uncollected(w.ctx, w.tx, w.terms, w.claim.ID)
	if err != nil {
		return err
	}
	if waits {
		return w.d.planCollect(w.ctx, w.tx, w.terms, u)
	}
	program, err := w.d.packs.Program(w.claim.Retailer, w.claim.Sale.Date)
	if err != nil {
		return fmt.Errorf("terms at the sale: %w", err)
	}
	for i := range program.Keep(calendar.DateOf(w.claim.ReadyAt, w.terms.zone)).Warnings {
		if err := w.tx.DropJob(w.ctx, collectKey(w.claim, i+1)); err != nil {
			return err
		}
	}
	return nil
}

// planCollect queues the first step that was not taken, on its day.
func (d *Desk) planCollect(ctx context.Context, tx Tx, t terms, u Uncollected) error {
	if u.Next == nil {
		return nil
	}
	return d.enqueue(ctx, tx, u.Claim.Retailer, warnCollect, collectKey(u.Claim, u.taken()+1), u.Next.On.Start(t.zone).UTC(), collectJob{u.Claim.ID})
}

// collectJob warns the customer whose device has waited as long as a step of
// the terms says, in the claim's thread and in the terms' own words, and
// queues the next step. Of several that are due at once only the last is
// taken, and each is taken once.
func (d *Desk) collectJob(ctx context.Context, j care.Job) error {
	var what collectJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	t, err := d.terms(j.Retailer)
	if err != nil {
		return err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		u, waits, err := d.uncollected(ctx, tx, t, what.Claim)
		if err != nil || !waits {
			return err
		}
		switch {
		case u.Next == nil || collectKey(u.Claim, u.taken()+1) != j.Key:
			return nil
		case d.now().Before(u.Next.On.Start(t.zone)):
			return care.TooEarly{Until: u.Next.On.Start(t.zone).UTC()}
		}
		return d.warnStep(ctx, tx, t, u)
	})
	if errors.Is(err, care.ErrConflict) {
		return nil // another machine was first
	}
	if err != nil {
		return fmt.Errorf("%s of claim %s: %w", j.Kind, what.Claim, err)
	}
	return nil
}

// warnStep takes the last step that is due.
func (d *Desk) warnStep(ctx context.Context, tx Tx, t terms, u Uncollected) error {
	step, due := u.due(d, t)
	actor := care.System(t.pack.ID)
	if err := d.warn(ctx, tx, actor, u, step, due.On, "message"); err != nil {
		return err
	}
	r, err := tx.Request(ctx, u.Claim.Retailer, u.Claim.Request)
	if err != nil {
		return fmt.Errorf("request of claim: %w", err)
	}
	words := due.Rule.Text.In(t.lang(u.Claim.Lang), t.pack.Languages...)
	if err := d.noticeUncollected(ctx, tx, t, u.Claim, step, words); err != nil {
		return err
	}
	if err := d.say(ctx, tx, actor, r, words, false); err != nil {
		return err
	}
	u, waits, err := d.uncollected(ctx, tx, t, u.Claim.ID)
	if err != nil || !waits {
		return err
	}
	return d.planCollect(ctx, tx, t, u)
}
