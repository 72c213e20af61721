package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/jobs"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
)

var t0 = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// bench is a database of jobs with a clock to move, and what was done.
type bench struct {
	*testing.T
	store *storage.Store

	mu  sync.Mutex
	at  time.Time
	ran []string
}

func on(t *testing.T, test func(b *bench)) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) { test(&bench{T: t, store: s, at: t0}) })
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) move(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func (b *bench) did(j care.Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ran = append(b.ran, j.Key)
}

func (b *bench) LeaseJobs(ctx context.Context, now, until time.Time, limit int, kinds []care.JobKind) (list []care.Job, err error) {
	err = b.store.Tx(ctx, func(tx *storage.Tx) error {
		list, err = tx.LeaseJobs(ctx, now, until, limit, kinds)
		return err
	})
	return list, err
}

func (b *bench) CompleteJob(ctx context.Context, j care.Job, at time.Time) error {
	return b.store.Tx(ctx, func(tx *storage.Tx) error { return tx.CompleteJob(ctx, j, at) })
}

func (b *bench) FailJob(ctx context.Context, j care.Job, f care.JobFailure) error {
	return b.store.Tx(ctx, func(tx *storage.Tx) error { return tx.FailJob(ctx, j, f) })
}

func (b *bench) enqueue(keys ...string) {
	b.Helper()
	err := b.store.Tx(b.Context(), func(tx *storage.Tx) error {
		for _, key := range keys {
			j := care.Job{ID: key, Retailer: "r", Kind: "tick", Key: key, RunAt: t0, Created: t0}
			if err := tx.Enqueue(b.Context(), j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) job(key string) (j care.Job) {
	b.Helper()
	err := b.store.View(b.Context(), func(tx *storage.Tx) (err error) {
		j, err = tx.JobByKey(b.Context(), key)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// runner works on the bench; change what it is configured to.
func (b *bench) runner(handler jobs.Handler, change ...func(*jobs.Config)) *jobs.Runner {
	b.Helper()
	cfg := jobs.Config{Queue: b, Handlers: map[care.JobKind]jobs.Handler{"tick": handler}, Now: b.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Poll: time.Millisecond}
	for _, c := range change {
		c(&cfg)
	}
	r, err := jobs.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func (b *bench) due(r *jobs.Runner, want int) {
	b.Helper()
	if n, err := r.RunDue(b.Context()); err != nil || n != want {
		b.Errorf("%s: ran %d jobs, want %d: %v", b.now().Format(time.TimeOnly), n, want, err)
	}
}

func (b *bench) same(what string, got, want any) {
	b.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestConfig(t *testing.T) {
	if _, err := jobs.New(jobs.Config{}); err == nil {
		t.Error("a runner of nothing")
	}
}

// A job is done when its time has come, once, whoever restarts meanwhile.
func TestRunsWhatIsDue(t *testing.T) {
	on(t, func(b *bench) {
		handler := func(_ context.Context, j care.Job) error { b.did(j); return nil }
		b.enqueue("a", "b")
		b.move(-time.Second)
		b.due(b.runner(handler), 0)
		b.move(time.Second)
		b.due(b.runner(handler), 2) // another runner: the first was restarted
		b.due(b.runner(handler), 0)
		b.same("done", len(b.ran), 2)
		b.same("state", b.job("a").State(t0), care.JobDone)
	})
}

// What a job queues runs in the same round.
func TestJobsQueueJobs(t *testing.T) {
	on(t, func(b *bench) {
		handler := func(_ context.Context, j care.Job) error {
			if j.Key == "a" {
				b.enqueue("b", "c")
			}
			return nil
		}
		b.enqueue("a")
		b.due(b.runner(handler), 3)
	})
}

// A failing job is tried again, each time later, and is parked at last; a
// panic is a failure like another, and holds up nothing.
func TestFailures(t *testing.T) {
	on(t, func(b *bench) {
		handler := func(_ context.Context, j care.Job) error {
			switch {
			case j.Key == "poison" && j.Attempts == 2:
				panic("a fault")
			case j.Key == "poison":
				return errors.New("refused")
			}
			return nil
		}
		r := b.runner(handler, func(c *jobs.Config) { c.Attempts, c.Backoff, c.Longest = 4, 10*time.Second, 30*time.Second })
		b.enqueue("poison", "good")
		b.due(r, 2)
		b.same("the other", b.job("good").State(t0), care.JobDone)
		for i, c := range []struct {
			text string
			wait time.Duration
		}{{"refused", 10 * time.Second}, {"panic: a fault", 20 * time.Second}, {"refused", 30 * time.Second}} {
			j := b.job("poison")
			b.same(fmt.Sprintf("after %d tries", i+1), []any{j.Attempts, j.LastError, j.RunAt.Sub(b.now())}, []any{i + 1, c.text, c.wait})
			b.move(c.wait - 1000)
			b.due(r, 0)
			b.move(1000)
			b.due(r, 1)
		}
		b.move(24 * time.Hour)
		b.due(r, 0)
		j := b.job("poison")
		b.same("parked", []any{j.State(b.now()), j.LastError, j.Attempts}, []any{care.JobParked, "refused", 4})
	})
}

// A job whose time has not come after all is put off, which is no failure.
func TestTooEarly(t *testing.T) {
	on(t, func(b *bench) {
		handler := func(_ context.Context, j care.Job) error {
			if until := t0.Add(time.Hour); b.now().Before(until) {
				return fmt.Errorf("deadline: %w", care.TooEarly{Until: until})
			}
			b.did(j)
			return nil
		}
		r := b.runner(handler)
		b.enqueue("a")
		b.due(r, 1)
		j := b.job("a")
		b.same("put off", []any{j.RunAt, j.Attempts, j.LastError}, []any{t0.Add(time.Hour), 0, ""})
		b.move(time.Hour)
		b.due(r, 1)
		b.same("done", b.ran, []string{"a"})
	})
}

// Two runners with four workers each share a database, and do nothing twice.
func TestTwoRunners(t *testing.T) {
	on(t, func(b *bench) {
		const many = 300
		keys := make([]string, many)
		for i := range keys {
			keys[i] = fmt.Sprintf("%03d", i)
		}
		b.enqueue(keys...)
		handler := func(_ context.Context, j care.Job) error { b.did(j); return nil }
		var group sync.WaitGroup
		for range 2 {
			r := b.runner(handler)
			group.Go(func() {
				if _, err := r.RunDue(b.Context()); err != nil {
					b.Error(err)
				}
			})
		}
		group.Wait()
		once := map[string]int{}
		for _, key := range b.ran {
			once[key]++
		}
		b.same("jobs done", []int{len(b.ran), len(once)}, []int{many, many})
	})
}

// A runner that is stopped lets the job in hand finish and begins no other.
func TestStop(t *testing.T) {
	on(t, func(b *bench) {
		b.enqueue("a", "b")
		ctx, stop := context.WithCancel(b.Context())
		handler := func(ctx context.Context, j care.Job) error {
			stop()
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("the job was stopped with the runner: %w", err)
			}
			b.did(j)
			return nil
		}
		b.runner(handler, func(c *jobs.Config) { c.Workers = 1 }).Run(ctx)
		b.same("done", b.ran, []string{"a"})
		b.same("state of the one in hand", b.job("a").State(t0), care.JobDone)
		b.same("state of the other", b.job("b").State(t0), care.JobWaiting)
	})
}

// A job that hangs after the stop is cut off when patience ends, and another
// runner does it later.
func TestStopOfAHangingJob(t *testing.T) {
	on(t, func(b *bench) {
		b.enqueue("a")
		ctx, stop := context.WithCancel(b.Context())
		hang := func(ctx context.Context, j care.Job) error {
			stop()
			<-ctx.Done()
			return ctx.Err()
		}
		b.runner(hang, func(c *jobs.Config) { c.Patience = time.Millisecond }).Run(ctx)
		b.move(time.Hour)
		b.due(b.runner(func(_ context.Context, j care.Job) error { b.did(j); return nil }), 1)
		b.same("done", b.ran, []string{"a"})
	})
}

// A runner whose lease has ended while it worked does not take the job from
// the one who has it now.
func TestLostLease(t *testing.T) {
	on(t, func(b *bench) {
		b.enqueue("a")
		second := b.runner(func(_ context.Context, j care.Job) error { b.did(j); return errors.New("second failed") })
		first := b.runner(func(_ context.Context, j care.Job) error {
			b.move(time.Hour) // it was asleep for so long
			b.due(second, 1)
			b.did(j)
			return nil
		})
		b.due(first, 1)
		j := b.job("a")
		b.same("what counts is the second's word", []any{j.State(b.now()), j.LastError, j.Attempts}, []any{care.JobWaiting, "second failed", 2})
	})
}
