package care

import (
	"slices"
	"strings"
	"time"
)

// LoanerState says where a device of the pool is.
type LoanerState string

// The states of a loaner.
const (
	LoanerFree      LoanerState = "free"
	LoanerLent      LoanerState = "lent"
	LoanerLost      LoanerState = "lost"      // never came back
	LoanerWithdrawn LoanerState = "withdrawn" // no longer lent: damaged, worn out, sold
)

// LoanerStates lists the states in the order pages show them.
func LoanerStates() []LoanerState {
	return []LoanerState{LoanerFree, LoanerLent, LoanerLost, LoanerWithdrawn}
}

// Loaner is a device that the retailer keeps to lend out for the time of a
// repair (ЗоЗПП 20(2)).
type Loaner struct {
	ID        string
	Retailer  string
	Category  string // policy vocabulary "categories"
	Brand     string
	Model     string
	Serial    string // unique among the retailer's loaners
	Condition string
	Place     string // Place.ID of where it is kept
	State     LoanerState
	Note      string // why it is lost or withdrawn
	Added     time.Time
}

// Check says what is missing of a loaner that comes into the pool.
func (l Loaner) Check() error {
	if err := needWord(l.Category, "categories", "category"); err != nil {
		return err
	}
	for _, f := range [][2]string{{l.Brand, "brand"}, {l.Model, "model"}, {l.Serial, "serial"}, {l.Condition, "condition"}, {l.Place, "place"}} {
		if err := need(f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}

// WrittenOff is the loaner taken out of the pool for good.
func (l Loaner) WrittenOff(state LoanerState, reason string) (Loaner, error) {
	if state != LoanerLost && state != LoanerWithdrawn {
		return l, Fail(Invalid, "unknown_value", "field", "state", "value", string(state),
			"expected", string(LoanerLost)+" "+string(LoanerWithdrawn)).At("state")
	}
	if err := need(reason, "reason"); err != nil {
		return l, err
	}
	switch {
	case l.State == LoanerLost, l.State == LoanerWithdrawn:
		return l, Fail(Illegal, "loaner_gone", "serial", l.Serial)
	case l.State == LoanerLent && state == LoanerWithdrawn:
		return l, Fail(Blocked, "loaner_is_out", "serial", l.Serial)
	}
	l.State, l.Note = state, strings.TrimSpace(reason)
	return l, nil
}

// LoanState says where a loan stands.
type LoanState string

// The states of a loan.
const (
	LoanAsked    LoanState = "asked"    // demanded, nothing lent yet
	LoanOut      LoanState = "out"      // the customer has the loaner
	LoanReturned LoanState = "returned" // the loaner came back
	LoanLost     LoanState = "lost"     // the loaner never came back
	LoanLapsed   LoanState = "lapsed"   // nothing was lent, and no longer has to be
)

// LoanStates lists the states in the order of a loan's life.
func LoanStates() []LoanState {
	return []LoanState{LoanAsked, LoanOut, LoanReturned, LoanLost, LoanLapsed}
}

// Loan is a demand for a loaner and what came of it.
type Loan struct {
	ID       string
	Retailer string
	Claim    string
	Number   string // of the claim
	Category string // of the claimed device, which the loaner has to be of
	State    LoanState

	DemandedAt time.Time
	DemandedBy ActorKind // the customer, or staff who were asked
	// Due is the last day on which a loaner is provided in time, DueAt the
	// first instant that is too late, Clause the rule (RU-20.2). They are
	// zero where no law demands it and the shop lends of its own will.
	Due    string
	DueAt  time.Time
	Clause string

	Loaner       string // Loaner.ID; "" while nothing is lent
	LentAt       time.Time
	LentBy       string
	ConditionOut string
	BackBy       time.Time // when it is expected back; zero = once the device is ready

	ReturnedAt  time.Time
	ReturnedBy  string
	ConditionIn string
	Damage      string // "" = none
	Note        string
	EndedAt     time.Time // when it was returned, lost or lapsed
}

// LoanFilter narrows a list of loans. Zero fields don't narrow.
type LoanFilter struct {
	States []LoanState
	Loaner string
}

// LoanerFilter narrows the pool. Zero fields don't narrow.
type LoanerFilter struct {
	States   []LoanerState
	Category string
}

// Live reports whether something is still owed: the loaner to the customer,
// or by the customer.
func (l Loan) Live() bool { return l.State == LoanAsked || l.State == LoanOut }

// NextAt is when the loan is late: the loaner not provided, or not back. Zero
// where nothing runs.
func (l Loan) NextAt() time.Time {
	switch l.State {
	case LoanAsked:
		return l.DueAt
	case LoanOut:
		return l.BackBy
	}
	return time.Time{}
}

// Late reports whether the loaner should have been provided, or be back, by
// an instant.
func (l Loan) Late(at time.Time) bool { return !l.NextAt().IsZero() && !at.Before(l.NextAt()) }

// ProvidedLate reports whether the loaner came after the term.
func (l Loan) ProvidedLate() bool {
	return !l.DueAt.IsZero() && !l.LentAt.IsZero() && !l.LentAt.Before(l.DueAt)
}

// LoanerRight is what the terms say of lending for a claim's device.
type LoanerRight struct {
	Owed bool // the law demands it of this claim
	// Excluded goods are never lent (RU-20.2): the clause that excepts them.
	Excluded string
	Source   string // article of the clause
	Due      string
	DueAt    time.Time
	Clause   string
}

// lendable lists the states in which a loaner is of use: the customer is, or
// is about to be, without the device.
var lendable = []State{Submitted, AwaitingDevice, Accepted, InDiagnosis, Decided, AwaitingCustomer, InRepair, AwaitingParts, Replacing, Refunding}

// MayDemandLoaner says why no loaner can be demanded for the claim; nil where
// it can.
func (c Claim) MayDemandLoaner(loans []Loan, right LoanerRight, actor Actor) error {
	switch {
	case !slices.Contains(lendable, c.State):
		return Fail(Illegal, "loaner_too_late", "state", string(c.State))
	case slices.ContainsFunc(loans, Loan.Live):
		return Fail(Blocked, "loaner_demanded_already", "number", c.Number)
	case right.Excluded != "":
		return Fail(Blocked, "loaner_excluded", "clause", right.Excluded, "source", right.Source)
	case !right.Owed && actor.Kind == CustomerActor:
		return Fail(Blocked, "loaner_not_owed")
	}
	return nil
}

// DemandLoaner opens a loan; ID is the caller's to set, and its term comes from
// the claim's deadline (Termed).
func (c Claim) DemandLoaner(loans []Loan, right LoanerRight, note string, env Env) (Loan, error) {
	if err := c.MayDemandLoaner(loans, right, env.Actor); err != nil {
		return Loan{}, err
	}
	return Loan{Retailer: c.Retailer, Claim: c.ID, Number: c.Number, Category: c.Unit.Category, State: LoanAsked, DemandedAt: stamp(env),
		DemandedBy: env.Actor.Kind, Note: strings.TrimSpace(note)}, nil
}

// Termed is the loan with the term that the claim's deadline gives it: it is
// counted there alone. What was lent or lapsed keeps the term it had.
func (l Loan) Termed(c Claim) Loan {
	if l.State != LoanAsked {
		return l
	}
	l.Due, l.DueAt, l.Clause = "", time.Time{}, ""
	if c.Loaner == nil || c.Loaner.Loan != l.ID {
		return l
	}
	for _, d := range c.Deadlines {
		if d.Name == "loaner" && d.State == DeadlineOpen {
			l.Due, l.DueAt, l.Clause = d.Due, d.DueAt, d.Clause
		}
	}
	return l
}

// Withdraw ends a demand that the customer no longer makes.
func (l Loan) Withdraw(why string, env Env) (Loan, error) {
	if l.State != LoanAsked {
		return l, Fail(Illegal, "loan_moved_on", "number", l.Number)
	}
	l.State, l.EndedAt = LoanLapsed, stamp(env)
	if why = strings.TrimSpace(why); why != "" {
		l.Note = why
	}
	return l, nil
}

// Lend gives a loaner of the pool to the customer.
func (l Loan) Lend(c Claim, give Loaner, condition string, backBy time.Time, env Env) (Loan, Loaner, error) {
	switch {
	case l.State != LoanAsked:
		return l, give, Fail(Illegal, "loan_moved_on", "number", l.Number)
	case !slices.Contains(lendable, c.State):
		return l, give, Fail(Illegal, "loaner_too_late", "state", string(c.State))
	case give.State != LoanerFree:
		return l, give, Fail(Conflict, "loaner_not_free", "serial", give.Serial).At("loaner")
	case give.Category != l.Category:
		return l, give, Fail(Invalid, "loaner_other_category", "wanted", l.Category, "given", give.Category).At("loaner")
	case !backBy.IsZero() && backBy.Before(env.Now):
		return l, give, Fail(Invalid, "loaner_back_in_past").At("back_by")
	}
	if condition = strings.TrimSpace(condition); condition == "" {
		condition = give.Condition
	}
	give.State, give.Condition = LoanerLent, condition
	l.State, l.Loaner, l.LentAt, l.LentBy, l.ConditionOut, l.BackBy = LoanOut, give.ID, stamp(env), env.Actor.ID, condition, utc(backBy)
	return l, give, nil
}

// Return takes the loaner back; a withdrawn one is not lent again.
func (l Loan) Return(back Loaner, condition, damage, place string, withdraw bool, env Env) (Loan, Loaner, error) {
	if l.State != LoanOut || l.Loaner != back.ID {
		return l, back, Fail(Illegal, "loan_moved_on", "number", l.Number)
	}
	if err := need(condition, "condition"); err != nil {
		return l, back, err
	}
	l.State, l.ReturnedAt, l.EndedAt, l.ReturnedBy = LoanReturned, stamp(env), stamp(env), env.Actor.ID
	l.ConditionIn, l.Damage = strings.TrimSpace(condition), strings.TrimSpace(damage)
	back.State, back.Condition = LoanerFree, l.ConditionIn
	if place != "" {
		back.Place = place
	}
	if withdraw {
		back.State, back.Note = LoanerWithdrawn, l.Damage
	}
	return l, back, nil
}

// Lost ends a loan whose loaner was written off.
func (l Loan) Lost(reason string, env Env) Loan {
	l.State, l.EndedAt, l.Note = LoanLost, stamp(env), strings.TrimSpace(reason)
	return l
}

// Follow is the loan after the claim moved on: a demand lapses once the
// device is ready or stays with the retailer, and a loaner that is out is
// expected back while the device waits to be collected. It reports whether
// anything changed.
func (l Loan) Follow(c Claim) (Loan, bool) {
	if slices.Contains(lendable, c.State) && !c.deviceKept() {
		return l, false
	}
	switch {
	case l.State == LoanAsked:
		l.State, l.EndedAt = LoanLapsed, c.UpdatedAt
		return l, true
	case l.State == LoanOut && !c.Clock.Due.IsZero() && (l.BackBy.IsZero() || c.Clock.Due.Before(l.BackBy)):
		l.BackBy = c.Clock.Due
		return l, true
	}
	return l, false
}

// deviceKept reports whether the price was given back for the device.
func (c Claim) deviceKept() bool {
	return c.Refund != nil && !c.Refund.PaidAt.IsZero() && c.Refund.Kind != "price_reduction"
}

// HeldUp says why a command has to wait for the loaner: a claim whose loaner
// is out gives nothing back and does not end, so that none is forgotten.
func (c Claim) HeldUp(name CommandName, loans []Loan, pool map[string]Loaner) error {
	ends := name == CmdShip || name == CmdHandOver || name == CmdClose || name == CmdCancel && !c.Held()
	if !ends {
		return nil
	}
	for _, l := range loans {
		if l.State == LoanOut {
			d := pool[l.Loaner]
			return Fail(Blocked, "loaner_out", "device", strings.TrimSpace(d.Brand+" "+d.Model), "serial", d.Serial)
		}
	}
	return nil
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
