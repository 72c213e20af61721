package care

import (
	"slices"
	"time"

	"github.com/talon-care/talon/policy"
)

// CmdNoteLoaner is what the desk gives a claim when a loaner is demanded for
// it, lent, or no longer owed.
const CmdNoteLoaner CommandName = "note_loaner"

// LoanerStep says what became of a demand for a loaner.
type LoanerStep string

// The steps of a demand.
const (
	LoanerAsked     LoanerStep = "asked"
	LoanerProvided  LoanerStep = "provided"
	LoanerNotWanted LoanerStep = "not_wanted" // the customer took the demand back
	LoanerExcepted  LoanerStep = "excepted"   // the law excepts such goods after all
)

// LoanerDemand is a demand for a loaner that the law owes (RU-20.2): its term
// is one of the claim's deadlines and counts from At.
type LoanerDemand struct {
	Loan  string    `json:"loan"` // Loan.ID
	At    time.Time `json:"at"`
	Until time.Time `json:"until,omitzero"` // when it was met, or fell away; zero = still owed
}

type (
	// NoteLoaner notes a step of a demand for a loaner.
	NoteLoaner struct {
		Loan string
		Step LoanerStep
	}

	// LoanerNoted is that step.
	LoanerNoted struct {
		Loan string     `json:"loan"`
		Step LoanerStep `json:"step"`
	}
)

// EventLoanerNoted is its stored name.
const EventLoanerNoted EventKind = "loaner_noted"

func (NoteLoaner) Name() CommandName { return CmdNoteLoaner } // Name implements Command.

// EventKind implements Payload.
func (*LoanerNoted) EventKind() EventKind { return EventLoanerNoted }

func (n NoteLoaner) run(c Claim, _ Env) ([]Payload, error) {
	switch asked := c.owesLoaner(); {
	case n.Step == LoanerAsked && asked:
		return nil, Fail(Blocked, "loaner_demanded_already", "number", c.Number)
	case n.Step != LoanerAsked && (!asked || c.Loaner.Loan != n.Loan):
		return nil, Fail(Illegal, "loan_moved_on", "number", c.Number)
	}
	return []Payload{&LoanerNoted{Loan: n.Loan, Step: n.Step}}, nil
}

// owesLoaner reports whether a demand for a loaner is still to be met.
func (c Claim) owesLoaner() bool { return c.Loaner != nil && c.Loaner.Until.IsZero() }

func (p *LoanerNoted) apply(c *Claim, e Event) {
	if p.Step == LoanerAsked {
		c.Loaner = &LoanerDemand{Loan: p.Loan, At: e.At}
		return
	}
	l := *c.Loaner
	l.Until = e.At
	c.Loaner = &l
	if p.Step == LoanerProvided {
		c.settle(e.At, "loaner")
		return
	}
	reason := "deadline.loaner_not_wanted"
	if p.Step == LoanerExcepted {
		reason = "deadline.loaner_excepted"
	}
	c.end(e.At, DeadlineStopped, reason, func(d Deadline) bool { return d.Name == "loaner" })
}

// followLoaner ends a demand that nobody met once the customer is no longer
// without the device.
func (c *Claim) followLoaner(e Event) {
	if !c.owesLoaner() || slices.Contains(lendable, c.State) && !c.deviceKept() {
		return
	}
	l := *c.Loaner
	l.Until = e.At
	c.Loaner = &l
}

// LoanerDeadline is the term of the loaner that a decision names: that of the
// law, on whatever basis the claim goes, so that another choice of basis does
// not begin it anew; nil where no basis names one.
func LoanerDeadline(d policy.Decision) (policy.Basis, *policy.Deadline) {
	for _, basis := range []policy.Basis{policy.Statute, policy.Warranty, policy.Certificate, policy.Paid} {
		b := d.Basis(basis)
		if b == nil {
			continue
		}
		if i := slices.IndexFunc(b.Deadlines, func(x policy.Deadline) bool { return x.Name == "loaner" }); i >= 0 {
			return basis, &b.Deadlines[i]
		}
	}
	return "", nil
}

// loanerDeadline is the term of the loaner for this claim. Who chose something
// else than a repair waits for none. The term stays on the basis on which it
// ran already, and days that were missed on one are not counted again on
// another.
func (c Claim) loanerDeadline(d policy.Decision) (policy.Basis, *policy.Deadline) {
	if r := c.Remedy; r != nil && r.Kind != "repair" && r.Kind != "part_replacement" {
		return "", nil
	}
	basis, x := LoanerDeadline(d)
	if x == nil {
		return "", nil
	}
	missed := false
	for _, ran := range c.Deadlines {
		if ran.Name != x.Name || ran.From != x.From {
			continue
		}
		if b := d.Basis(ran.Basis); b != nil {
			if i := slices.IndexFunc(b.Deadlines, func(y policy.Deadline) bool { return y.Name == x.Name && y.From == x.From }); i >= 0 {
				return ran.Basis, &b.Deadlines[i]
			}
		}
		missed = missed || ran.State == DeadlineMissed || !ran.BreachedAt.IsZero()
	}
	if missed {
		return "", nil
	}
	return basis, x
}
