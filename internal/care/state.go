package care

import (
	"slices"
	"time"
)

// State is where a claim stands. docs/states.md draws the moves.
type State string

// The states of a claim.
const (
	Submitted        State = "submitted"         // opened, nobody has dealt with it
	AwaitingDevice   State = "awaiting_device"   // the customer was told where to bring or send it
	Accepted         State = "accepted"          // we hold the device: shop, courier or centre
	InDiagnosis      State = "in_diagnosis"      // a specialist looks at it
	Decided          State = "decided"           // the verdict is there, the remedy is not begun
	AwaitingCustomer State = "awaiting_customer" // the customer must answer; see WaitReason
	InRepair         State = "in_repair"
	AwaitingParts    State = "awaiting_parts"
	Replacing        State = "replacement" // a unit is being found and given
	Refunding        State = "refund"      // money is being approved and paid
	Refused          State = "refused"     // refused in writing; the device goes back
	Ready            State = "ready"       // the customer was told it can be collected, or it waits for the courier
	Shipped          State = "shipped"     // on its way to the customer
	HandedOver       State = "handed_over"
	Closed           State = "closed"
	Cancelled        State = "cancelled"
)

// States lists every state in the order of a claim's life.
func States() []State {
	return []State{Submitted, AwaitingDevice, Accepted, InDiagnosis, Decided, AwaitingCustomer, InRepair, AwaitingParts,
		Replacing, Refunding, Refused, Ready, Shipped, HandedOver, Closed, Cancelled}
}

// Valid reports whether s is a state.
func (s State) Valid() bool { return slices.Contains(States(), s) }

// Over reports whether the claim's life has ended; only Reopen moves it on.
func (s State) Over() bool { return s == Closed || s == Cancelled }

// WaitReason says what a claim in awaiting_customer waits for.
type WaitReason string

// The reasons to wait for the customer.
const (
	WaitChoice          WaitReason = "choice"           // which basis or remedy
	WaitPaidEstimate    WaitReason = "paid_estimate"    // consent to a paid repair
	WaitPriceDifference WaitReason = "price_difference" // consent to pay the difference (A9)
)

// stateRule is the owner of a state and the house's own target for leaving
// it. Legal and promised terms are Deadlines and come from the decision; the
// target only makes sure that no claim is without a clock.
type stateRule struct {
	owner  Role
	target time.Duration
}

const day = 24 * time.Hour

var stateRules = map[State]stateRule{
	Submitted:        {Clerk, day},
	AwaitingDevice:   {CustomerRole, 14 * day},
	Accepted:         {Clerk, 2 * day},
	InDiagnosis:      {Technician, 5 * day},
	Decided:          {Technician, 2 * day},
	AwaitingCustomer: {CustomerRole, 7 * day},
	InRepair:         {Technician, 10 * day},
	AwaitingParts:    {Technician, 14 * day},
	Replacing:        {Dispatcher, 5 * day},
	Refunding:        {Manager, 5 * day},
	Refused:          {Clerk, 2 * day},
	Ready:            {Clerk, 14 * day},
	Shipped:          {Dispatcher, 4 * day},
	HandedOver:       {Clerk, 2 * day},
	Closed:           {Nobody, 0},
	Cancelled:        {Nobody, 0},
}

// Owner is the role that acts in a state, unless where the device is makes it
// somebody else's turn (see Claim.Owner).
func (s State) Owner() Role { return stateRules[s].owner }

// Target is the house's own target for leaving a state; 0 for one that is not
// left.
func (s State) Target() time.Duration { return stateRules[s].target }

// Clock is the clock of the state a claim is in.
type Clock struct {
	Entered time.Time `json:"entered"`
	// Due is the nearest of the open deadlines and the house's target for
	// this state; zero when the claim is over.
	Due time.Time `json:"due,omitzero"`
	// Name is the deadline that Due comes from, or TargetName.
	Name string `json:"name,omitempty"`
}

// TargetName stands for a deadline's name where the house set the term for
// itself, and neither policy nor law did.
const TargetName = "target"
