package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// JobTx keeps work that was put off. A job is queued in the transaction that
// causes it; workers lease jobs, and what a worker says of a job counts only
// while the lease is its own.
type JobTx interface {
	// Enqueue adds a job, or moves the undone job of the same key to another
	// instant or payload; a done one stays as it is.
	Enqueue(ctx context.Context, j care.Job) error
	// LeaseJobs gives jobs of the kinds whose time has come, earliest first.
	LeaseJobs(ctx context.Context, now, until time.Time, limit int, kinds []care.JobKind) ([]care.Job, error)
	// CompleteJob and FailJob end a lease; care.ErrConflict when it is gone.
	CompleteJob(ctx context.Context, j care.Job, at time.Time) error
	FailJob(ctx context.Context, j care.Job, f care.JobFailure) error
	// DropJob removes the undone job of a key.
	DropJob(ctx context.Context, key string) error
	JobByKey(ctx context.Context, key string) (care.Job, error)
	// HaveJobs tells which of the keys are there, done or not.
	HaveJobs(ctx context.Context, keys []string) (map[string]bool, error)
	RetryJob(ctx context.Context, retailer, id string, at time.Time) error
	// Jobs are listed by the instant from which they run, then id.
	Jobs(ctx context.Context, retailer string, f care.JobFilter, page care.Page) (items []care.Job, next string, err error)
	JobCounts(ctx context.Context, retailer string, at time.Time) (care.JobCounts, error)
	DeleteJobsBefore(ctx context.Context, done time.Time) (int, error)
}

// keepJobs is how long a job that is done is kept for whoever looks.
const keepJobs = 30 * 24 * time.Hour

// JobHandler does a job's work. It may be called more than once for a job, and
// looks whether the work is still to be done; care.TooEarly puts it off.
type JobHandler func(ctx context.Context, j care.Job) error

// JobHandlers are the kinds of job and who does them.
func (d *Desk) JobHandlers() map[care.JobKind]JobHandler {
	return map[care.JobKind]JobHandler{
		warnDeadline:   d.deadlineJob,
		breachDeadline: d.deadlineJob,
		warnAnswer:     d.answerJob,
		breachAnswer:   d.answerJob,
		breachPartner:  d.partnerJob,
		warnCollect:    d.collectJob,
		bookCarrier:    d.carrierJob,
		cancelCarrier:  d.carrierJob,
		sendNotice:     d.noticeJob,
		remindLoan:     d.remindJob,
	}
}

// LeaseJobs gives a worker jobs that are due, until an instant.
func (d *Desk) LeaseJobs(ctx context.Context, now, until time.Time, limit int, kinds []care.JobKind) (list []care.Job, err error) {
	err = d.store.Tx(ctx, func(tx Tx) error {
		list, err = tx.LeaseJobs(ctx, now, until, limit, kinds)
		return err
	})
	return list, err
}

// CompleteJob ends a leased job; care.ErrConflict when the lease is gone: it
// was moved, dropped, or taken by another worker.
func (d *Desk) CompleteJob(ctx context.Context, j care.Job, at time.Time) error {
	return d.store.Tx(ctx, func(tx Tx) error { return tx.CompleteJob(ctx, j, at) })
}

// FailJob gives a leased job back; care.ErrConflict when the lease is gone.
func (d *Desk) FailJob(ctx context.Context, j care.Job, f care.JobFailure) error {
	return d.store.Tx(ctx, func(tx Tx) error { return tx.FailJob(ctx, j, f) })
}

// enqueue queues a job in the transaction of what causes it.
func (d *Desk) enqueue(ctx context.Context, tx Tx, retailer string, kind care.JobKind, key string, at time.Time, payload any) error {
	id, err := d.newID()
	if err != nil {
		return err
	}
	b, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("write job %s: %w", key, err)
	}
	return tx.Enqueue(ctx, care.Job{ID: id, Retailer: retailer, Kind: kind, Key: key, RunAt: at, Payload: b, Created: d.now()})
}

// JobList is what waits to be done, for administrators.
type JobList struct {
	Jobs   []care.Job
	Next   string
	Counts care.JobCounts
	At     time.Time
}

// Jobs lists a retailer's jobs by their time.
func (d *Desk) Jobs(ctx context.Context, actor care.Actor, f care.JobFilter, page care.Page) (JobList, error) {
	if err := may(actor, ManageJobs); err != nil {
		return JobList{}, err
	}
	out := JobList{At: d.now()}
	err := d.store.View(ctx, func(tx Tx) (err error) {
		if out.Jobs, out.Next, err = tx.Jobs(ctx, actor.Retailer, f, page); err != nil {
			return err
		}
		out.Counts, err = tx.JobCounts(ctx, actor.Retailer, out.At)
		return err
	})
	if err != nil {
		return JobList{}, fmt.Errorf("list jobs: %w", err)
	}
	return out, nil
}

// RetryJob lets a job that failed too often run again.
func (d *Desk) RetryJob(ctx context.Context, actor care.Actor, id string) error {
	if err := may(actor, ManageJobs); err != nil {
		return err
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		if err := tx.RetryJob(ctx, actor.Retailer, id, d.now()); err != nil {
			return notFound(err, "no_job")
		}
		return d.audit(ctx, tx, actor, "job.retry", "job", id, "", nil)
	})
	if err != nil {
		return fmt.Errorf("retry job: %w", err)
	}
	return nil
}

// RunDue does all jobs that are due, one after another, without a runner: for
// a demo that replays months, and for tests. What fails stays due.
func (d *Desk) RunDue(ctx context.Context) (ran int, err error) {
	handlers := d.JobHandlers()
	kinds := make([]care.JobKind, 0, len(handlers))
	for k := range handlers {
		kinds = append(kinds, k)
	}
	const lease = time.Minute
	for {
		list, err := d.LeaseJobs(ctx, d.now(), d.now().Add(lease), 50, kinds)
		if err != nil || len(list) == 0 {
			return ran, err
		}
		for _, j := range list {
			err := handlers[j.Kind](ctx, j)
			var early care.TooEarly
			switch {
			case errors.As(err, &early):
				err = d.FailJob(ctx, j, care.JobFailure{Retry: early.Until})
			case err == nil:
				ran++
				err = d.CompleteJob(ctx, j, d.now())
			}
			if err != nil && !errors.Is(err, care.ErrConflict) {
				return ran, fmt.Errorf("job %s: %w", j.Key, err)
			}
		}
	}
}
