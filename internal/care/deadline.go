package care

import (
	"slices"
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

	Owner      Role      `json:"owner,omitempty"`      // the role that answers for it
	WarnedAt   time.Time `json:"warned_at,omitzero"`   // when the owner was warned of its end
	BreachedAt time.Time `json:"breached_at,omitzero"` // when it was found to have run out unmet
}

// DeadlineID names a deadline within its claim: a claim has one term of a name
// on a basis that counts from a day. A reopened claim counts from another.
type DeadlineID struct {
	Name  string       `json:"name"`
	Basis policy.Basis `json:"basis,omitempty"`
	From  string       `json:"from"`
}

// ID is the deadline's name within its claim.
func (d Deadline) ID() DeadlineID { return DeadlineID{d.Name, d.Basis, d.From} }

// Deadline finds a deadline of the claim; nil when there is none.
func (c Claim) Deadline(id DeadlineID) *Deadline {
	for i := range c.Deadlines {
		if c.Deadlines[i].ID() == id {
			return &c.Deadlines[i]
		}
	}
	return nil
}

// deadlineOwners says which role answers for a deadline, by its name.
var deadlineOwners = map[string]Role{
	"answer":      Clerk,      // C11: whoever talks to the customer
	"loaner":      Clerk,      // given at the counter
	"remedy":      Technician, // B8: the work itself, whatever it is
	"repair":      Technician,
	"estimate":    Technician,
	"replacement": Dispatcher, // finds the other unit
	"return":      Dispatcher, // B9: sends it
	"refund":      Manager,    // approves and pays
}

// DeadlineOwner is the role that answers for a deadline of a name.
func DeadlineOwner(name string) Role {
	if r, ok := deadlineOwners[name]; ok {
		return r
	}
	return Manager
}

// What only the desk itself gives: when a deadline's time has come, and when
// the customer was answered in the request's thread.
const (
	CmdWarnDeadline   CommandName = "warn_deadline"
	CmdBreachDeadline CommandName = "breach_deadline"
	CmdNoteAnswer     CommandName = "note_answer"
)

// fromDesk lists the commands that only the desk itself gives.
func fromDesk(name CommandName) bool {
	return name == CmdSubmit || name == CmdDecide || name == CmdWarnDeadline || name == CmdBreachDeadline || name == CmdNoteAnswer || name == CmdNoteLoaner ||
		name == CmdDispose || name == CmdConfirmDisposal
}

type (
	// WarnDeadline notes that the owner of a running deadline is warned of its
	// end: once, and before it.
	WarnDeadline struct{ DeadlineID }

	// BreachDeadline notes that a running deadline has run out unmet: once.
	BreachDeadline struct{ DeadlineID }

	// NoteAnswer notes that the customer was answered in the thread, which
	// keeps the promised term (C11).
	NoteAnswer struct{}

	// CustomerAnswered is that answer.
	CustomerAnswered struct{}

	// DeadlineWarned is the warning, with whom it went to.
	DeadlineWarned struct {
		DeadlineID
		DueAt time.Time `json:"due_at"`
		Due   string    `json:"due"`
		Owner Role      `json:"owner"`
	}

	// DeadlineBreached is the end of a term that was not kept, with what that
	// opens by the pack and the law.
	DeadlineBreached struct {
		DeadlineID
		DueAt  time.Time `json:"due_at"`
		Due    string    `json:"due"`
		Owner  Role      `json:"owner"`
		Clause string    `json:"clause,omitempty"`
		Opens  []string  `json:"opens,omitempty"` // policy vocabulary "breaches"
	}
)

// The stored names of what happens to deadlines.
const (
	EventDeadlineWarned   EventKind = "deadline_warned"
	EventDeadlineBreached EventKind = "deadline_breached"
	EventCustomerAnswered EventKind = "customer_answered"
)

func (WarnDeadline) Name() CommandName         { return CmdWarnDeadline }       // Name implements Command.
func (BreachDeadline) Name() CommandName       { return CmdBreachDeadline }     // Name implements Command.
func (*DeadlineWarned) EventKind() EventKind   { return EventDeadlineWarned }   // EventKind implements Payload.
func (*DeadlineBreached) EventKind() EventKind { return EventDeadlineBreached } // EventKind implements Payload.

func (NoteAnswer) Name() CommandName { return CmdNoteAnswer } // Name implements Command.

// EventKind implements Payload.
func (*CustomerAnswered) EventKind() EventKind { return EventCustomerAnswered }

func (NoteAnswer) run(Claim, Env) ([]Payload, error) { return []Payload{&CustomerAnswered{}}, nil }

func (p *CustomerAnswered) apply(c *Claim, e Event) { c.settle(e.At, "answer") }

// toldAs is a deadline that is new to the claim: when the same term ran on
// another basis before, what was told of it is not told again.
func (c Claim) toldAs(d Deadline) Deadline {
	for _, x := range c.Deadlines {
		if x.Name != d.Name || x.From != d.From || !x.DueAt.Equal(d.DueAt) {
			continue
		}
		if d.WarnedAt.IsZero() {
			d.WarnedAt = x.WarnedAt
		}
		if d.BreachedAt.IsZero() {
			d.BreachedAt = x.BreachedAt
		}
	}
	return d
}

// running finds an open deadline, or refuses.
func (c Claim) running(id DeadlineID) (Deadline, error) {
	d := c.Deadline(id)
	if d == nil || d.State != DeadlineOpen {
		return Deadline{}, Fail(Illegal, "deadline_not_running", "deadline", id.Name)
	}
	return *d, nil
}

func (w WarnDeadline) run(c Claim, env Env) ([]Payload, error) {
	d, err := c.running(w.DeadlineID)
	switch {
	case err != nil:
		return nil, err
	case !d.WarnedAt.IsZero() || d.Late(env.Now):
		return nil, Fail(Conflict, "deadline_told", "deadline", d.Name)
	}
	return []Payload{&DeadlineWarned{DeadlineID: d.ID(), DueAt: d.DueAt, Due: d.Due, Owner: d.AnswersFor()}}, nil
}

func (b BreachDeadline) run(c Claim, env Env) ([]Payload, error) {
	d, err := c.running(b.DeadlineID)
	switch {
	case err != nil:
		return nil, err
	case !d.BreachedAt.IsZero():
		return nil, Fail(Conflict, "deadline_told", "deadline", d.Name)
	case !d.Late(env.Now):
		return nil, Fail(Blocked, "deadline_runs_on", "deadline", d.Name)
	}
	return []Payload{&DeadlineBreached{DeadlineID: d.ID(), DueAt: d.DueAt, Due: d.Due, Owner: d.AnswersFor(), Clause: d.Clause,
		Opens: slices.Clone(d.Breach)}}, nil
}

func (p *DeadlineWarned) apply(c *Claim, e Event) {
	c.tell(p.DeadlineID, func(d *Deadline) { d.WarnedAt = e.At })
}

func (p *DeadlineBreached) apply(c *Claim, e Event) {
	c.tell(p.DeadlineID, func(d *Deadline) { d.BreachedAt = e.At })
}

func (c *Claim) tell(id DeadlineID, note func(*Deadline)) {
	c.Deadlines = slices.Clone(c.Deadlines)
	if d := c.Deadline(id); d != nil {
		note(d)
	}
}

// AnswersFor is the role that answers for it; claims of before have none
// written.
func (d Deadline) AnswersFor() Role {
	if d.Owner != "" {
		return d.Owner
	}
	return DeadlineOwner(d.Name)
}

// Late reports whether the term ran out before it was met.
func (d Deadline) Late(at time.Time) bool {
	return d.State == DeadlineMissed || d.State == DeadlineOpen && !at.Before(d.DueAt)
}
