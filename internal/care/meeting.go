package care

import "time"

// Meeting is a time that a customer has taken for a video consultation (A1).
// A request has at most one that is not cancelled.
type Meeting struct {
	ID       string
	Retailer string
	Request  string
	Customer string
	Start    time.Time
	End      time.Time
	Seat     int    // which of the consultations given at the same time: 1 to the capacity
	Room     string // the unguessable part of the meeting's address
	Clause   string // id of the pack's rule
	Sequence int    // of the calendar entry: grows with each change (RFC 5545, 3.8.7.4)
	Created  time.Time
	// Cancelled is zero while the booking stands.
	Cancelled time.Time
	Reason    string    // why it was cancelled
	By        ActorKind // who cancelled it
}

// Stands reports whether the booking was not cancelled.
func (b Meeting) Stands() bool { return b.Cancelled.IsZero() }

// MeetingItem is a line of the calendar of consultations.
type MeetingItem struct {
	Meeting
	Number       string // of the request
	Subject      string
	CustomerName string
	Phone        string
	Lang         string
}

// MeetingFilter narrows the calendar of consultations.
type MeetingFilter struct {
	From, To  time.Time // bookings that begin in [From, To); a zero end is open
	Cancelled bool      // cancelled ones too
}

// SupportRight is the right to phone support (C6) as it stood on the day of a
// request.
type SupportRight struct {
	From    string `json:"from"`     // day of delivery
	LastDay string `json:"last_day"` // inclusive
	InForce bool   `json:"in_force"` // the request fell inside
	Clause  string `json:"clause"`
}
