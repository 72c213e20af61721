package care

import (
	"time"

	"github.com/talon-care/talon/policy"
)

// DeadlineState says what became of a deadline.
type DeadlineState string

// The states of a deadline. An open one that is past due is late; see Late.
const (
	DeadlineOpen    DeadlineState = "open"
	DeadlineMet     DeadlineState = "met"     // done, on or before the last day
	DeadlineMissed  DeadlineState = "missed"  // done, but after the last day
	DeadlineStopped DeadlineState = "stopped" // no longer runs; Reason says why
)

// Deadline is a legal or promised term that runs for a claim, with the rule
// it comes from.
type Deadline struct {
	Name        string        `json:"name"`            // policy vocabulary "deadlines"
	Basis       policy.Basis  `json:"basis,omitempty"` // "" for the promised answer
	Due         string        `json:"due"`             // as the decision words it: a last day, or an instant
	DueAt       time.Time     `json:"due_at"`          // the first instant that is too late
	From        string        `json:"from"`            // the day or instant it counts from
	Clause      string        `json:"clause,omitempty"`
	Pack        string        `json:"pack"`
	PackVersion string        `json:"pack_version"`
	Provisional bool          `json:"provisional,omitempty"` // rests on an unpublished calendar
	Breach      []string      `json:"breach,omitempty"`      // what a breach opens
	State       DeadlineState `json:"state"`
	SettledAt   time.Time     `json:"settled_at,omitzero"` // when it was met, missed or stopped
	Reason      string        `json:"reason,omitempty"`    // translation key, of a stopped one
}

// Late reports whether the term ran out before it was met.
func (d Deadline) Late(at time.Time) bool {
	return d.State == DeadlineMissed || d.State == DeadlineOpen && !at.Before(d.DueAt)
}
