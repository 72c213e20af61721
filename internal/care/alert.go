package care

import (
	"time"

	"github.com/talon-care/talon/policy"
)

// AlertKind says what somebody is told of a deadline.
type AlertKind string

// The kinds of alert.
const (
	AlertWarning AlertKind = "warning" // it runs out soon
	AlertBreach  AlertKind = "breach"  // it has run out unmet
	AlertReply   AlertKind = "reply"   // the customer has written and waits for an answer
	AlertWebhook AlertKind = "webhook" // a program was not reached for days
)

// Alert tells the people of one role of a deadline that is about to run out,
// or has. There is one for a deadline, a kind and a role, however often the
// claim is looked at.
type Alert struct {
	ID       string
	Retailer string
	Role     Role
	// Subject is what it is about: the key of the job that raised it.
	Subject  string
	Kind     AlertKind
	Claim    string // Claim.ID; "" where a request waits that is no claim
	Request  string // Request.ID
	Number   string // of the claim or the request
	Centre   string // the claim's, for partners
	Deadline string // policy vocabulary "deadlines"
	Basis    policy.Basis
	Due      string // as the decision words it
	DueAt    time.Time
	At       time.Time
	Settled  time.Time // the deadline was met or stopped meanwhile; zero = not
	SeenBy   []Seen    // who has seen it
	Seen     bool      // the one who asked is among them
}

// Seen is one reader of an alert.
type Seen struct {
	User string // User.ID
	At   time.Time
}

// AlertFilter narrows a list of alerts; it is listed newest first. Zero fields
// don't narrow.
type AlertFilter struct {
	Roles  []Role
	Centre string // only of claims routed to it
	Claim  string
	User   string // whose reading Alert.Seen tells
	Unseen bool   // only what User has not seen; a warning whose deadline is settled counts as seen
}
