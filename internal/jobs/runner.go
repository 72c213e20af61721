package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// Queue keeps jobs; a desk is one.
type Queue interface {
	// LeaseJobs gives up to limit jobs of the kinds that are due at now, to
	// nobody else before until.
	LeaseJobs(ctx context.Context, now, until time.Time, limit int, kinds []care.JobKind) ([]care.Job, error)
	// CompleteJob and FailJob end a lease; care.ErrConflict when it is gone.
	CompleteJob(ctx context.Context, j care.Job, at time.Time) error
	FailJob(ctx context.Context, j care.Job, f care.JobFailure) error
}

// Handler does a job's work. It may be called again for a job whose work is
// done already. care.TooEarly puts the job off and is no failure.
type Handler func(ctx context.Context, j care.Job) error

// Config is what a Runner needs. Queue, Handlers, Now and Log are required.
type Config struct {
	Queue    Queue
	Handlers map[care.JobKind]Handler
	Now      func() time.Time
	Log      *slog.Logger

	Workers  int           // jobs done at once; 0 = 4
	Poll     time.Duration // how often it looks for due jobs; 0 = 5 s
	Lease    time.Duration // how long a job may take; 0 = 2 min
	Patience time.Duration // how long the jobs in hand may go on after a stop; 0 = 10 s
	Backoff  time.Duration // before the second try, doubled for each after it; 0 = 10 s
	Longest  time.Duration // most that a try waits; 0 = 1 h
	Attempts int           // tries until a job is parked; 0 = 8
}

// Runner does jobs.
type Runner struct {
	cfg   Config
	kinds []care.JobKind
}

// New makes a runner.
func New(cfg Config) (*Runner, error) {
	if cfg.Queue == nil || len(cfg.Handlers) == 0 || cfg.Now == nil || cfg.Log == nil {
		return nil, errors.New("jobs: queue, handlers, clock and log are required")
	}
	usual(&cfg.Workers, 4)
	usual(&cfg.Poll, 5*time.Second)
	usual(&cfg.Lease, 2*time.Minute)
	usual(&cfg.Patience, 10*time.Second)
	usual(&cfg.Backoff, 10*time.Second)
	usual(&cfg.Longest, time.Hour)
	usual(&cfg.Attempts, 8)
	return &Runner{cfg: cfg, kinds: slices.Sorted(maps.Keys(cfg.Handlers))}, nil
}

func usual[T int | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// Run does jobs as they fall due until ctx ends, then lets those in hand
// finish. A queue that fails is asked again at the next poll.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(r.cfg.Poll)
	defer tick.Stop()
	for {
		if _, err := r.RunDue(ctx); err != nil && ctx.Err() == nil {
			r.cfg.Log.Error("lease jobs", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// RunDue does all jobs that are due, and those that fall due meanwhile, and
// tells how many it began. It returns when none is left, or ctx has ended and
// those in hand are done.
func (r *Runner) RunDue(ctx context.Context) (int, error) {
	hard, stop := r.outlive(ctx)
	defer stop()
	slots := make(chan struct{}, r.cfg.Workers)
	var group sync.WaitGroup
	defer group.Wait()
	for began, idle := 0, false; ; {
		free, err := r.free(ctx, slots)
		if err != nil {
			return began, err
		}
		now := r.cfg.Now()
		list, err := r.cfg.Queue.LeaseJobs(ctx, now, now.Add(r.cfg.Lease), free, r.kinds)
		for range free - len(list) {
			<-slots
		}
		if err != nil {
			return began, err
		}
		for _, j := range list {
			group.Go(func() {
				defer func() { <-slots }()
				r.do(hard, j)
			})
		}
		began += len(list)
		if len(list) > 0 {
			idle = false
			continue
		}
		if idle {
			return began, nil
		}
		group.Wait() // what runs may queue more
		idle = true
	}
}

// outlive is a context that goes on for a while after ctx has ended, so that
// jobs in hand can finish.
func (r *Runner) outlive(ctx context.Context) (context.Context, func()) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var timer atomic.Pointer[time.Timer]
	end := context.AfterFunc(ctx, func() { timer.Store(time.AfterFunc(r.cfg.Patience, cancel)) })
	return hard, func() {
		end()
		if t := timer.Load(); t != nil {
			t.Stop()
		}
		cancel()
	}
}

// free waits for a free worker and takes all that are free.
func (r *Runner) free(ctx context.Context, slots chan struct{}) (int, error) {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	for n := 1; ; n++ {
		select {
		case slots <- struct{}{}:
		default:
			return n, nil
		}
	}
}

// noteTime is how long it may take to note what came of a job.
const noteTime = 10 * time.Second

// do does one job and notes what came of it.
func (r *Runner) do(ctx context.Context, j care.Job) {
	log := r.cfg.Log.With("job", j.Key, "kind", string(j.Kind), "retailer", j.Retailer, "attempt", j.Attempts)
	// The work ends before the lease does, so that two never work at once.
	work, cancel := context.WithTimeout(ctx, r.cfg.Lease-r.cfg.Lease/10)
	err := r.try(work, j)
	cancel()
	// What came of it is noted even when the runner was told to stop.
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	var early care.TooEarly
	switch {
	case errors.As(err, &early):
		err = r.cfg.Queue.FailJob(ctx, j, care.JobFailure{Retry: early.Until})
	case err != nil:
		f := r.failure(j, err)
		if f.Park.IsZero() {
			log.Warn("job failed", "error", err, "retry", f.Retry)
		} else {
			log.Error("job parked", "error", err)
		}
		err = r.cfg.Queue.FailJob(ctx, j, f)
	default:
		log.Debug("job done")
		err = r.cfg.Queue.CompleteJob(ctx, j, r.cfg.Now())
	}
	switch {
	case errors.Is(err, care.ErrConflict):
		log.Debug("job was moved, dropped or taken over meanwhile")
	case err != nil: // the lease ends, and it is tried again
		log.Error("note what came of a job", "error", err)
	}
}

// try runs the handler; a panic is an error with its stack.
func (r *Runner) try(ctx context.Context, j care.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.cfg.Log.Error("job panicked", "job", j.Key, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	handler, ok := r.cfg.Handlers[j.Kind]
	if !ok {
		return fmt.Errorf("no handler for jobs of kind %q", j.Kind)
	}
	return handler(ctx, j)
}

const longestError = 1000 // characters of an error that are kept with the job

func (r *Runner) failure(j care.Job, err error) care.JobFailure {
	text := []rune(err.Error())
	if len(text) > longestError {
		text = text[:longestError]
	}
	now := r.cfg.Now()
	f := care.JobFailure{Error: string(text), Retry: now.Add(r.wait(j.Attempts))}
	if j.Attempts >= r.cfg.Attempts {
		f.Park = now
	}
	return f
}

// wait is how long to wait after so many tries.
func (r *Runner) wait(tries int) time.Duration {
	d := r.cfg.Backoff
	for range tries - 1 {
		if d *= 2; d >= r.cfg.Longest {
			break
		}
	}
	return min(d, r.cfg.Longest)
}
