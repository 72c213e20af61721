package care

import (
	"encoding/json"
	"time"
)

// JobKind names what is to be done: "deadline.warn".
type JobKind string

// Job is work that was put off in the transaction that caused it: it is there
// exactly when that transaction is. It may run more than once (a process dies
// after the work, before it could say so), so each kind looks whether its work
// is still to be done.
type Job struct {
	ID       string
	Retailer string
	Kind     JobKind
	// Key is unique in the installation: the same key twice is one job.
	Key   string
	RunAt time.Time // not before
	// Payload is what the kind needs to know, as JSON.
	Payload json.RawMessage

	Attempts    int       // how often it was begun since it was queued or moved
	LeasedUntil time.Time // until then a worker has it; zero = nobody
	LastError   string    // of the latest attempt that failed
	Done        time.Time // zero = still to do
	Parked      time.Time // failed too often: waits for an administrator; zero = no
	Created     time.Time
}

// JobState says where a job stands at an instant.
type JobState string

// The states of a job.
const (
	JobWaiting JobState = "waiting" // for its time, or for another try
	JobRunning JobState = "running" // a worker has it
	JobParked  JobState = "parked"  // failed too often
	JobDone    JobState = "done"
)

// State is where the job stands.
func (j Job) State(at time.Time) JobState {
	switch {
	case !j.Done.IsZero():
		return JobDone
	case !j.Parked.IsZero():
		return JobParked
	case at.Before(j.LeasedUntil):
		return JobRunning
	}
	return JobWaiting
}

// JobFailure is what a store notes of an attempt that did not end the job.
type JobFailure struct {
	Error string    // "" = nothing failed, it was too early: the attempt does not count
	Retry time.Time // when it may run again
	Park  time.Time // set: it may not, an administrator has to look
}

// TooEarly is what a job's work answers when its time has not come: the clock
// was moved back, say. It is no failure.
type TooEarly struct{ Until time.Time }

// Error says when it is to be tried.
func (e TooEarly) Error() string { return "too early: wait until " + e.Until.Format(time.RFC3339) }

// JobFilter narrows a list of jobs. Zero fields don't narrow.
type JobFilter struct {
	Kinds  []JobKind
	Parked bool // only parked ones
	Undone bool // leave out those that are done
}

// JobCounts counts what waits.
type JobCounts struct {
	Waiting int // not done, not parked
	Due     int // of these, those whose time has come
	Parked  int
}
