package storage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

var ticks = []care.JobKind{"tick"}

func job(key string, at time.Time) care.Job {
	return care.Job{ID: "j-" + key, Retailer: alpha, Kind: "tick", Key: key, RunAt: at, Payload: json.RawMessage(`{"n":1}`), Created: t0}
}

func (f fixture) enqueue(jobs ...care.Job) {
	f.Helper()
	f.tx(func(tx *storage.Tx) error {
		for _, j := range jobs {
			if err := tx.Enqueue(f.ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

// lease takes what is due at an instant for a minute.
func (f fixture) lease(at time.Time, limit int) (jobs []care.Job) {
	f.Helper()
	f.tx(func(tx *storage.Tx) (err error) {
		jobs, err = tx.LeaseJobs(f.ctx, at, at.Add(time.Minute), limit, ticks)
		return err
	})
	return jobs
}

func (f fixture) job(key string) (j care.Job) {
	f.Helper()
	f.view(func(tx *storage.Tx) (err error) {
		j, err = tx.JobByKey(f.ctx, key)
		return err
	})
	return j
}

func keys(jobs []care.Job) []string {
	list := []string{}
	for _, j := range jobs {
		list = append(list, j.Key)
	}
	return list
}

// A job is there with the transaction that queued it, and not without.
func TestJobBelongsToItsTransaction(t *testing.T) {
	each(t, func(f fixture) {
		stop := errors.New("stop")
		f.refused(stop, func(tx *storage.Tx) error { return errors.Join(stop, tx.Enqueue(f.ctx, job("a", t0))) })
		f.same("leased after a rollback", keys(f.lease(t0, 9)), []string{})
		f.enqueue(job("a", t0))
		want := job("a", t0)
		want.Attempts, want.LeasedUntil = 1, t0.Add(time.Minute)
		f.same("leased", f.lease(t0, 9), []care.Job{want})
	})
}

// The same key twice is one job; another instant moves it while it is not
// done, and takes it from who has it.
func TestJobKeyIsUnique(t *testing.T) {
	each(t, func(f fixture) {
		later := t0.Add(time.Hour)
		again := job("a", t0)
		again.ID = "another"
		f.enqueue(job("a", t0), again)
		f.same("id", f.job("a").ID, "j-a")
		f.enqueue(job("a", later))
		f.same("due before its new time", keys(f.lease(t0, 9)), []string{})
		held := f.lease(later, 9)[0]
		f.enqueue(job("a", later)) // nothing new: it stays with its worker
		f.same("leased again", keys(f.lease(later, 9)), []string{})
		f.enqueue(job("a", t0))
		f.same("moved while it was leased", keys(f.lease(t0, 9)), []string{"a"})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.CompleteJob(f.ctx, held, later) })
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.FailJob(f.ctx, held, care.JobFailure{Error: "x", Retry: later}) })

		now := f.job("a")
		f.tx(func(tx *storage.Tx) error { return tx.CompleteJob(f.ctx, now, t0) })
		f.enqueue(job("a", later.Add(time.Hour)))
		done := f.job("a")
		f.same("a done job that is queued again", []any{done.State(later), done.RunAt}, []any{care.JobDone, t0})
	})
}

// A worker that dies gives its jobs back by doing nothing; what it says after
// its time is not heard.
func TestLeaseExpires(t *testing.T) {
	each(t, func(f fixture) {
		f.enqueue(job("a", t0))
		dead := f.lease(t0, 9)[0]
		f.same("before the lease ends", keys(f.lease(t0.Add(time.Minute-1), 9)), []string{})
		next := f.lease(t0.Add(time.Minute), 9)
		f.same("after", keys(next), []string{"a"})
		f.same("attempts", next[0].Attempts, 2)
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.CompleteJob(f.ctx, dead, t0) })
		f.tx(func(tx *storage.Tx) error { return tx.CompleteJob(f.ctx, next[0], t0) })
		f.same("state", f.job("a").State(t0), care.JobDone)
	})
}

// A clock that is set does not run what is not due, and does not leave jobs
// with workers of the past.
func TestClockIsMoved(t *testing.T) {
	each(t, func(f fixture) {
		f.enqueue(job("now", t0), job("later", t0.Add(time.Hour)))
		f.lease(t0, 9) // and the worker dies
		back := t0.Add(-24 * time.Hour)
		f.same("a day back: nothing is due", keys(f.lease(back, 9)), []string{})
		f.enqueue(job("old", back))
		f.same("a day back", keys(f.lease(back, 9)), []string{"old"})

		ahead := t0.Add(24 * time.Hour)
		f.same("a day ahead: all that is due", keys(f.lease(ahead, 9)), []string{"old", "now", "later"})
		f.same("back again: leases of tomorrow don't hold", keys(f.lease(t0, 9)), []string{"old", "now"})
		f.same("a clock a little behind another's takes nothing", keys(f.lease(t0.Add(-30*time.Second), 9)), []string{})
	})
}

func TestFailedJob(t *testing.T) {
	each(t, func(f fixture) {
		f.enqueue(job("a", t0))
		fail := func(x care.JobFailure) {
			f.Helper()
			at := f.job("a").RunAt
			f.tx(func(tx *storage.Tx) error {
				jobs, err := tx.LeaseJobs(f.ctx, at, at.Add(time.Minute), 1, ticks)
				if err != nil {
					return err
				}
				return tx.FailJob(f.ctx, jobs[0], x)
			})
		}
		fail(care.JobFailure{Error: "first", Retry: t0.Add(time.Second)})
		f.enqueue(job("a", t0)) // queued again as before: it still waits
		f.same("before another try", keys(f.lease(t0, 9)), []string{})
		got := f.job("a")
		f.same("after a failure", []any{got.LastError, got.Attempts, got.RunAt}, []any{"first", 1, t0.Add(time.Second)})
		fail(care.JobFailure{Retry: t0.Add(2 * time.Second)})
		f.same("too early is no attempt", f.job("a").Attempts, 0)
		fail(care.JobFailure{Error: "poison", Retry: t0, Park: t0.Add(time.Minute)})
		f.same("parked", keys(f.lease(t0.Add(time.Hour), 9)), []string{})
		f.view(func(tx *storage.Tx) error {
			list, _, err := tx.Jobs(f.ctx, alpha, care.JobFilter{Parked: true}, care.Page{})
			f.same("listed as parked", keys(list), []string{"a"})
			counts, err2 := tx.JobCounts(f.ctx, alpha, t0)
			f.same("counts", counts, care.JobCounts{Parked: 1})
			return errors.Join(err, err2)
		})
		f.refused(care.ErrNotFound, func(tx *storage.Tx) error { return tx.RetryJob(f.ctx, beta, "j-a", t0) })
		f.tx(func(tx *storage.Tx) error { return tx.RetryJob(f.ctx, alpha, "j-a", t0) })
		f.same("tried again", f.lease(t0, 9)[0].Attempts, 1)
	})
}

func TestJobsAreDroppedAndForgotten(t *testing.T) {
	each(t, func(f fixture) {
		f.enqueue(job("a", t0), job("b", t0), job("c", t0.Add(time.Hour)))
		a := f.lease(t0, 1)[0]
		f.tx(func(tx *storage.Tx) error {
			return errors.Join(tx.CompleteJob(f.ctx, a, t0), tx.DropJob(f.ctx, "a"), tx.DropJob(f.ctx, "b"), tx.DropJob(f.ctx, "none"))
		})
		f.same("done jobs are kept", f.job("a").Done, t0)
		f.same("left to do", keys(f.lease(t0.Add(time.Hour), 9)), []string{"c"})
		f.tx(func(tx *storage.Tx) error {
			n, err := tx.DeleteJobsBefore(f.ctx, t0)
			f.same("forgotten on the instant", n, 0)
			return err
		})
		f.tx(func(tx *storage.Tx) error {
			n, err := tx.DeleteJobsBefore(f.ctx, t0.Add(1000))
			f.same("forgotten", n, 1)
			return err
		})
	})
}

func TestJobList(t *testing.T) {
	each(t, func(f fixture) {
		other := job("z", t0)
		other.Retailer = beta
		f.enqueue(job("c", t0.Add(time.Hour)), job("b", t0), job("a", t0), other)
		f.view(func(tx *storage.Tx) error {
			list := all(f, 2, func(p care.Page) ([]care.Job, string, error) {
				return tx.Jobs(f.ctx, alpha, care.JobFilter{Undone: true}, p)
			})
			f.same("by time", keys(list), []string{"a", "b", "c"})
			have, err3 := tx.HaveJobs(f.ctx, []string{"a", "none", "z"})
			f.same("there", have, map[string]bool{"a": true, "z": true})
			list, _, err := tx.Jobs(f.ctx, alpha, care.JobFilter{Kinds: []care.JobKind{"tock"}}, care.Page{})
			f.same("of another kind", keys(list), []string{})
			counts, err2 := tx.JobCounts(f.ctx, alpha, t0)
			f.same("counts", counts, care.JobCounts{Waiting: 3, Due: 2})
			return errors.Join(err, err2, err3)
		})
		f.tx(func(tx *storage.Tx) error {
			none, err := tx.LeaseJobs(f.ctx, t0, t0.Add(1), 9, []care.JobKind{"tock"})
			f.same("of a kind that nobody queued", keys(none), []string{})
			return err
		})
	})
}

// Eight workers do two thousand jobs, and none twice.
func TestManyWorkers(t *testing.T) {
	const jobs, workers = 2000, 8
	each(t, func(f fixture) {
		list := make([]care.Job, jobs)
		for i := range list {
			list[i] = job(fmt.Sprintf("%04d", i), t0.Add(time.Duration(i)*time.Millisecond))
		}
		f.enqueue(list...)
		at := t0.Add(time.Hour)
		var group sync.WaitGroup
		ran := make([][]string, workers)
		for w := range workers {
			group.Go(func() {
				for {
					var taken []care.Job
					err := f.store.Tx(f.ctx, func(tx *storage.Tx) (err error) {
						taken, err = tx.LeaseJobs(f.ctx, at, at.Add(time.Hour), 25, ticks)
						return err
					})
					if err != nil {
						f.Error(err)
						return
					}
					if len(taken) == 0 {
						return
					}
					err = f.store.Tx(f.ctx, func(tx *storage.Tx) error {
						for _, j := range taken {
							if err := tx.CompleteJob(f.ctx, j, at); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						f.Error(err)
						return
					}
					ran[w] = append(ran[w], keys(taken)...)
				}
			})
		}
		group.Wait()
		done := slices.Sorted(slices.Values(slices.Concat(ran...)))
		f.same("jobs that ran", len(done), jobs)
		f.same("different jobs", len(slices.Compact(done)), jobs)
		f.view(func(tx *storage.Tx) error {
			counts, err := tx.JobCounts(f.ctx, alpha, at)
			f.same("left", counts, care.JobCounts{})
			return err
		})
	})
}

func TestAlerts(t *testing.T) {
	each(t, func(f fixture) {
		alert := func(id string, role care.Role, kind care.AlertKind, minutes int) care.Alert {
			return care.Alert{ID: id, Retailer: alpha, Role: role, Subject: "s-" + id, Kind: kind, Claim: "k1", Request: "q1", Number: "RMA-2026-000001",
				Centre: "north", Deadline: "remedy", Basis: "warranty", Due: "2026-03-09", DueAt: t0, At: t0.Add(time.Duration(minutes) * time.Minute)}
		}
		a, b, c := alert("a", care.Clerk, care.AlertWarning, 1), alert("b", care.Manager, care.AlertBreach, 2), alert("c", care.Clerk, care.AlertBreach, 2)
		c.Centre, c.Claim = "", ""
		again := a
		again.ID, again.At = "again", t0.Add(time.Hour)
		f.tx(func(tx *storage.Tx) error {
			for _, x := range []care.Alert{a, b, c, again} {
				if added, err := tx.AddAlert(f.ctx, x); err != nil || added != (x.ID != "again") {
					f.Errorf("alert %s added: %v, %v", x.ID, added, err)
				}
			}
			return nil
		})
		seen := care.Seen{User: "w1", At: t0.Add(time.Hour)}
		f.tx(func(tx *storage.Tx) error {
			return errors.Join(tx.SeeAlert(f.ctx, alpha, "b", seen), tx.SeeAlert(f.ctx, alpha, "b", care.Seen{User: "w1", At: t0.Add(2 * time.Hour)}))
		})
		b.SeenBy = []care.Seen{seen}
		read := func(filter care.AlertFilter) []care.Alert {
			var list []care.Alert
			f.view(func(tx *storage.Tx) error {
				list = all(f, 2, func(p care.Page) ([]care.Alert, string, error) { return tx.Alerts(f.ctx, alpha, filter, p) })
				n, err := tx.CountAlerts(f.ctx, alpha, filter)
				f.same("count", n, len(list))
				return err
			})
			return list
		}
		f.same("all, newest first, one of a subject", read(care.AlertFilter{}), []care.Alert{c, b, a})
		f.same("of a role", read(care.AlertFilter{Roles: []care.Role{care.Clerk}}), []care.Alert{c, a})
		f.same("of a centre", read(care.AlertFilter{Centre: "north"}), []care.Alert{b, a})
		f.same("of a claim", read(care.AlertFilter{Claim: "k1"}), []care.Alert{b, a})
		f.same("unseen by one", read(care.AlertFilter{User: "w1", Unseen: true}), []care.Alert{c, a})
		b.Seen = true
		f.same("with what one has seen", read(care.AlertFilter{User: "w1"}), []care.Alert{c, b, a})
		f.tx(func(tx *storage.Tx) error {
			return errors.Join(tx.SettleAlerts(f.ctx, alpha, "s-a", t0), tx.SettleAlerts(f.ctx, alpha, "s-c", t0), tx.SettleAlerts(f.ctx, beta, "s-b", t0))
		})
		c.Settled = t0
		f.same("a settled warning need not be seen, a breach must", read(care.AlertFilter{User: "w1", Unseen: true}), []care.Alert{c})
		f.view(func(tx *storage.Tx) error {
			if _, err := tx.Alert(f.ctx, beta, "a"); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("another retailer's alert: %v", err)
			}
			n, err := tx.CountAlerts(f.ctx, beta, care.AlertFilter{})
			f.same("another retailer's alerts", n, 0)
			return err
		})
	})
}
