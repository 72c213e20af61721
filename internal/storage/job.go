package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
)

const jobColumns = `job_id, retailer_id, kind, job_key, run_at, payload, attempts, leased_until, last_error, done_at, parked_at, created_at`

func jobFields(j *care.Job) []any {
	return []any{&j.ID, &j.Retailer, &j.Kind, &j.Key, intoTime{&j.RunAt}, intoJSON{&j.Payload}, &j.Attempts, intoTime{&j.LeasedUntil},
		&j.LastError, intoTime{&j.Done}, intoTime{&j.Parked}, intoTime{&j.Created}}
}

// Enqueue adds a job. Where its key is there already and not done, it moves
// that job to the new instant and payload; a job that moves is taken from the
// worker who has it, and its failures are forgotten. The same instant and
// payload again change nothing.
func (t *Tx) Enqueue(ctx context.Context, j care.Job) error {
	payload := string(j.Payload)
	if payload == "" {
		payload = "{}"
	}
	row := []column{{"job_id", j.ID}, {"retailer_id", j.Retailer}, {"kind", string(j.Kind)}, {"job_key", j.Key},
		{"wanted_at", j.RunAt.UnixMicro()}, {"run_at", j.RunAt.UnixMicro()}, {"payload", payload}, {"attempts", 0}, {"last_error", ""},
		{"created_at", j.Created.UnixMicro()}}
	_, err := t.exec(ctx, insertText("job", row)+` ON CONFLICT (job_key) DO UPDATE SET wanted_at = excluded.wanted_at, run_at = excluded.run_at,
		payload = excluded.payload, attempts = 0, leased_until = NULL, last_error = '', parked_at = NULL
		WHERE job.done_at IS NULL AND (job.wanted_at <> excluded.wanted_at OR job.payload <> excluded.payload)`, values(row)...)
	return wrap("enqueue job", err)
}

// LeaseJobs gives up to limit jobs of the kinds whose time has come, earliest
// first, to a worker until an instant; nobody else gets them before. A lease
// that ends later than any that is given now was given by a clock that has
// been set back since, and counts for nothing.
func (t *Tx) LeaseJobs(ctx context.Context, now, until time.Time, limit int, kinds []care.JobKind) ([]care.Job, error) {
	if limit <= 0 || len(kinds) == 0 {
		return nil, nil
	}
	var w where
	lease, at, stale := w.arg(until.UnixMicro()), w.arg(now.UnixMicro()), w.arg(until.Add(until.Sub(now)).UnixMicro())
	w.and("done_at IS NULL AND parked_at IS NULL AND run_at <= " + at)
	w.and("(leased_until IS NULL OR leased_until <= " + at + " OR leased_until > " + stale + ")")
	in(&w, "kind", kinds)
	text := "UPDATE job SET leased_until = " + lease + ", attempts = attempts + 1 WHERE job_id IN (SELECT job_id FROM job" + w.String() +
		" ORDER BY run_at, job_id LIMIT " + w.arg(limit) + t.skipLocked() + ") RETURNING " + jobColumns
	jobs, err := list(ctx, t, jobFields, text, w.args...)
	slices.SortFunc(jobs, func(a, b care.Job) int {
		if c := a.RunAt.Compare(b.RunAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return jobs, wrap("lease jobs", err)
}

// held is the condition that a job is still the one that was leased: it was
// not moved, dropped, or leased by another since.
const held = " WHERE job_id = $1 AND attempts = $2 AND leased_until = $3 AND done_at IS NULL"

func lease(j care.Job) []any { return []any{j.ID, j.Attempts, j.LeasedUntil.UnixMicro()} }

// CompleteJob ends a leased job; care.ErrConflict when the lease is gone.
func (t *Tx) CompleteJob(ctx context.Context, j care.Job, at time.Time) error {
	n, err := t.exec(ctx, "UPDATE job SET done_at = $4, leased_until = NULL, last_error = ''"+held, append(lease(j), at.UnixMicro())...)
	return wrap("complete job", held1(n, err))
}

// FailJob gives a leased job back, to be tried later or parked;
// care.ErrConflict when the lease is gone.
func (t *Tx) FailJob(ctx context.Context, j care.Job, f care.JobFailure) error {
	attempts := j.Attempts
	if f.Error == "" {
		attempts = 0
	}
	n, err := t.exec(ctx, "UPDATE job SET run_at = $4, last_error = $5, parked_at = $6, attempts = $7, leased_until = NULL"+held,
		append(lease(j), f.Retry.UnixMicro(), f.Error, micros(f.Park), attempts)...)
	return wrap("fail job", held1(n, err))
}

func held1(n int, err error) error {
	if err == nil && n == 0 {
		return care.ErrConflict
	}
	return err
}

// DropJob removes the job of a key unless it is done; none is no error.
func (t *Tx) DropJob(ctx context.Context, key string) error {
	_, err := t.exec(ctx, "DELETE FROM job WHERE job_key = $1 AND done_at IS NULL", key)
	return wrap("drop job", err)
}

// JobByKey finds a job, done or not.
func (t *Tx) JobByKey(ctx context.Context, key string) (care.Job, error) {
	var j care.Job
	err := t.one(ctx, "SELECT "+jobColumns+" FROM job WHERE job_key = $1", []any{key}, jobFields(&j)...)
	return j, wrap("job by key", err)
}

// HaveJobs tells which of the keys are there, done or not.
func (t *Tx) HaveJobs(ctx context.Context, keys []string) (map[string]bool, error) {
	have := map[string]bool{}
	for part := range slices.Chunk(keys, 500) {
		var w where
		in(&w, "job_key", part)
		err := t.query(ctx, func(scan func(...any) error) error {
			var key string
			if err := scan(&key); err != nil {
				return err
			}
			have[key] = true
			return nil
		}, "SELECT job_key FROM job"+w.String(), w.args...)
		if err != nil {
			return nil, wrap("have jobs", err)
		}
	}
	return have, nil
}

// RetryJob lets a parked job run again, its failures forgotten.
func (t *Tx) RetryJob(ctx context.Context, retailer, id string, at time.Time) error {
	n, err := t.exec(ctx, "UPDATE job SET parked_at = NULL, attempts = 0, run_at = $3 WHERE retailer_id = $1 AND job_id = $2 AND parked_at IS NOT NULL",
		retailer, id, at.UnixMicro())
	if err == nil && n == 0 {
		err = care.ErrNotFound
	}
	return wrap("retry job", err)
}

// Jobs lists a retailer's jobs by the instant from which they run, then id.
func (t *Tx) Jobs(ctx context.Context, retailer string, f care.JobFilter, page care.Page) ([]care.Job, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	var w where
	w.is("retailer_id", retailer)
	in(&w, "kind", f.Kinds)
	if f.Parked {
		w.and("parked_at IS NOT NULL")
	}
	if f.Undone {
		w.and("done_at IS NULL")
	}
	if started {
		w.and("(run_at, job_id) > (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	items, err := list(ctx, t, jobFields, "SELECT "+jobColumns+" FROM job"+w.String()+" ORDER BY run_at, job_id LIMIT "+w.arg(limit+1), w.args...)
	if err != nil {
		return nil, "", wrap("jobs", err)
	}
	items, next := cut(items, limit, func(j care.Job) position { return position{j.RunAt.UnixMicro(), j.ID} })
	return items, next, nil
}

// JobCounts counts a retailer's jobs that are not done.
func (t *Tx) JobCounts(ctx context.Context, retailer string, at time.Time) (care.JobCounts, error) {
	var c care.JobCounts
	err := t.one(ctx, `SELECT coalesce(sum(CASE WHEN parked_at IS NULL THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN parked_at IS NULL AND run_at <= $2 THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN parked_at IS NULL THEN 0 ELSE 1 END), 0) FROM job WHERE retailer_id = $1 AND done_at IS NULL`,
		[]any{retailer, at.UnixMicro()}, &c.Waiting, &c.Due, &c.Parked)
	return c, wrap("job counts", err)
}

// DeleteJobsBefore removes jobs that were done before an instant.
func (t *Tx) DeleteJobsBefore(ctx context.Context, done time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM job WHERE done_at < $1", done.UnixMicro())
	return n, wrap("delete jobs", err)
}
