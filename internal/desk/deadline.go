package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// The jobs of deadlines: a warning before the end, and what its breach opens.
const (
	warnDeadline   care.JobKind = "deadline.warn"
	breachDeadline care.JobKind = "deadline.breach"
	warnAnswer     care.JobKind = "answer.warn"
	breachAnswer   care.JobKind = "answer.breach"
)

// deadlineJob names the deadline that a job is about.
type deadlineJob struct {
	Claim string `json:"claim"`
	care.DeadlineID
}

// deadlineKey is the unique key of a deadline's job: however often the claim
// is saved, there is one.
func deadlineKey(kind care.JobKind, claim string, id care.DeadlineID) string {
	return string(kind) + " " + claim + " " + id.Name + " " + string(id.Basis) + " " + id.From
}

// plan is what the deadlines of a claim want done, and when.
type plan struct {
	kind care.JobKind
	key  string
	at   time.Time // zero = nothing: drop it
	what deadlineJob
}

// plans lists the jobs of a deadline: those of one that runs and was not told
// of, and those to drop.
func (d *Desk) plans(c care.Claim, dl care.Deadline) ([]plan, error) {
	id := dl.ID()
	out := []plan{{kind: warnDeadline}, {kind: breachDeadline}}
	for i := range out {
		out[i].key, out[i].what = deadlineKey(out[i].kind, c.ID, id), deadlineJob{c.ID, id}
	}
	if dl.State != care.DeadlineOpen || !dl.BreachedAt.IsZero() {
		return out, nil
	}
	out[1].at = dl.DueAt
	if !dl.WarnedAt.IsZero() {
		return out, nil
	}
	program, err := d.packs.Program(c.Retailer, calendar.Date{})
	if err != nil {
		return nil, fmt.Errorf("find pack: %w", err)
	}
	if at, ok := program.WarnOfDeadline(dl.Clause, dl.DueAt); ok && dl.Name != "answer" {
		out[0].at = at
	} else if at, ok := program.WarnOfAnswer(care.WarrantyService, dl.DueAt); ok && dl.Name == "answer" {
		out[0].at = at
	}
	return out, nil
}

// deadlines brings the jobs of the claim's deadlines in line with what has
// just happened, in the same transaction: a deadline that was met, stopped or
// moved drops or moves its jobs.
func (w *work) deadlines([]care.Event) error {
	for _, dl := range w.claim.Deadlines {
		if i := slices.IndexFunc(w.was, func(x care.Deadline) bool { return x.ID() == dl.ID() }); i >= 0 && !clockMoved(w.was[i], dl) {
			continue
		}
		list, err := w.d.plans(w.claim, dl)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := w.follow(p, dl); err != nil {
				return fmt.Errorf("jobs of deadline %s: %w", dl.Name, err)
			}
		}
	}
	return w.partner()
}

// clockMoved reports whether a deadline's jobs may have to change.
func clockMoved(was, is care.Deadline) bool {
	return was.State != is.State || !was.DueAt.Equal(is.DueAt) || !was.WarnedAt.Equal(is.WarnedAt) || !was.BreachedAt.Equal(is.BreachedAt)
}

func (w *work) follow(p plan, dl care.Deadline) error {
	if !p.at.IsZero() {
		return w.d.enqueue(w.ctx, w.tx, w.claim.Retailer, p.kind, p.key, p.at, p.what)
	}
	if dl.State != care.DeadlineOpen {
		if err := w.tx.SettleAlerts(w.ctx, w.claim.Retailer, p.key, w.d.now()); err != nil {
			return err
		}
	}
	return w.tx.DropJob(w.ctx, p.key)
}

// deadlineJob warns of a deadline, or notes its breach.
func (d *Desk) deadlineJob(ctx context.Context, j care.Job) error {
	var what deadlineJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	_, err := d.tellDeadline(ctx, j.Retailer, what, j.Kind)
	return err
}

// tellDeadline does what a deadline's time asks for, once; it tells whether
// that was still to be done.
func (d *Desk) tellDeadline(ctx context.Context, retailer string, what deadlineJob, kind care.JobKind) (told bool, err error) {
	t, err := d.terms(retailer)
	if err != nil {
		return false, err
	}
	actor := care.System(retailer)
	err = d.store.Tx(ctx, func(tx Tx) error {
		told = false
		c, err := findClaim(ctx, tx, actor, what.Claim)
		if err != nil {
			return err
		}
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
		told, err = w.tell(kind, what.DeadlineID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("%s of claim %s: %w", kind, what.Claim, err)
	}
	return told, nil
}

// tell notes a warning or a breach on the claim, decides it anew after a
// breach (so that what that opens is offered, and penalties count), and tells
// the owner and the manager.
func (w *work) tell(kind care.JobKind, id care.DeadlineID) (bool, error) {
	due, err := w.due(kind, id)
	if err != nil || !due {
		return false, err
	}
	cmd, told := care.Command(care.WarnDeadline{DeadlineID: id}), care.AlertWarning
	if kind == breachDeadline {
		cmd, told = care.BreachDeadline{DeadlineID: id}, care.AlertBreach
	}
	dl := *w.claim.Deadline(id)
	if err := w.apply(cmd); err != nil {
		return false, err
	}
	if kind == breachDeadline && w.claim.Ruling != nil && w.claim.ReadyAt.IsZero() {
		if err := w.decide(); err != nil {
			return false, err
		}
	}
	if err := w.save(); err != nil {
		return false, err
	}
	if kind == breachDeadline {
		if err := w.tx.SettleAlerts(w.ctx, w.claim.Retailer, deadlineKey(warnDeadline, w.claim.ID, id), w.d.now()); err != nil {
			return false, err
		}
	}
	_, err = w.d.alert(w.ctx, w.tx, dl.AnswersFor(), care.Alert{Retailer: w.claim.Retailer, Subject: deadlineKey(kind, w.claim.ID, id), Kind: told,
		Claim: w.claim.ID, Request: w.claim.Request, Number: w.claim.Number, Centre: w.claim.Centre, Deadline: dl.Name, Basis: dl.Basis,
		Due: dl.Due, DueAt: dl.DueAt})
	if err != nil {
		return false, err
	}
	return true, w.d.audit(w.ctx, w.tx, w.actor, string(On(cmd.Name())), "claim", w.claim.ID, "",
		map[string]string{"number": w.claim.Number, "deadline": dl.Name, "due": dl.Due})
}

// due answers whether a deadline's warning or breach is still to be noted;
// care.TooEarly when its time has not come, because the clock was set back or
// the pack now warns later.
func (w *work) due(kind care.JobKind, id care.DeadlineID) (bool, error) {
	dl := w.claim.Deadline(id)
	if dl == nil || dl.State != care.DeadlineOpen {
		return false, nil
	}
	list, err := w.d.plans(w.claim, *dl)
	if err != nil {
		return false, err
	}
	now := w.d.now()
	for _, p := range list {
		switch {
		case p.kind != kind:
		case p.at.IsZero(), kind == warnDeadline && dl.Late(now):
			return false, nil
		case now.Before(p.at):
			return false, care.TooEarly{Until: p.at}
		default:
			return true, nil
		}
	}
	return false, nil
}

// answered notes on a claim that its customer was answered in the thread,
// which keeps the promised term (C11).
func (d *Desk) answered(ctx context.Context, tx Tx, actor care.Actor, claim string) error {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return err
	}
	c, err := tx.Claim(ctx, actor.Retailer, claim)
	if err != nil {
		return notFound(err, "no_claim")
	}
	if !slices.ContainsFunc(c.Deadlines, func(dl care.Deadline) bool { return dl.Name == "answer" && dl.State == care.DeadlineOpen }) {
		return nil
	}
	w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
	if err := w.apply(care.NoteAnswer{}); err != nil {
		return err
	}
	return w.save()
}

// LateTerm is a term that ran out, with what the delay costs as it stands now.
type LateTerm struct {
	Name    string
	Basis   policy.Basis
	Days    int           // past due
	PerDay  *money.Amount // penalty for a day, where one is due
	Penalty *money.Amount // so far, capped as the law caps it
}

// late lists the terms of the basis in use that are past due. A term that
// still runs is counted to this day; one that was kept too late as the last
// decision counted it.
func (d *Desk) late(c care.Claim, last *policy.Decision, stays []care.Stay, t terms) ([]LateTerm, error) {
	if c.Ruling == nil || last == nil {
		return nil, nil
	}
	now := d.now()
	if !slices.ContainsFunc(c.Deadlines, func(dl care.Deadline) bool { return dl.Basis != "" && dl.Late(now) }) {
		return nil, nil
	}
	counted := *last
	if c.ReadyAt.IsZero() && !c.State.Over() {
		var err error
		if counted, err = d.decideAt(c, stays, now, t); err != nil {
			return nil, err
		}
	}
	var out []LateTerm
	for _, b := range counted.Bases {
		for _, x := range b.Deadlines {
			dl := c.Deadline(care.DeadlineID{Name: x.Name, Basis: b.Basis, From: x.From})
			if dl == nil || !dl.Late(now) || x.OverdueDays == 0 || b.Basis != c.BasisInUse() && x.Name != "loaner" {
				continue
			}
			late := LateTerm{Name: x.Name, Basis: b.Basis, Days: x.OverdueDays, Penalty: x.Penalty}
			if x.Penalty != nil {
				var err error
				if late.PerDay, err = d.perDay(c, stays, *dl, t); err != nil {
					return nil, err
				}
			}
			out = append(out, late)
		}
	}
	return out, nil
}

func (d *Desk) decideAt(c care.Claim, stays []care.Stay, at time.Time, t terms) (policy.Decision, error) {
	dec, err := d.packs.DecideVersion(c.Pack, c.Version, care.FactsOf(c, stays, at, t.zone), t.lang(c.Lang))
	if err != nil {
		return dec, fmt.Errorf("count the delay of %s: %w", c.Number, err)
	}
	return dec, nil
}

// perDay is the penalty of the first day of a delay.
func (d *Desk) perDay(c care.Claim, stays []care.Stay, dl care.Deadline, t terms) (*money.Amount, error) {
	first := c
	first.ReadyAt = time.Time{}
	dec, err := d.decideAt(first, stays, dl.DueAt, t)
	if err != nil {
		return nil, err
	}
	if b := dec.Basis(dl.Basis); b != nil {
		for _, x := range b.Deadlines {
			if x.Name == dl.Name && x.From == dl.From && x.OverdueDays == 1 {
				return x.Penalty, nil
			}
		}
	}
	return nil, nil
}
