package care

import (
	"time"

	"github.com/talon-care/talon/policy"
)

// Page asks for a slice of a list. Cursor is what the list before gave as
// Next, opaque to everybody but the store; "" starts at the beginning.
type Page struct {
	Cursor string
	Limit  int // 0 = 50; at most 200
}

// WorkFilter narrows a work list. Zero fields don't narrow.
type WorkFilter struct {
	States   []State
	Owner    Role
	Centre   string // only claims routed to it (a partner's view is always narrowed so)
	Assignee string // User.ID
	Customer string // Customer.ID
	Unit     string // Unit.ID
	Late     bool   // only those whose clock ran out before At
	Open     bool   // leave out closed and cancelled claims
	At       time.Time
	// Text searches number, customer's name and phone, serial and IMEI; the
	// store folds case and spelling (ё = е, spaces, hyphens).
	Text string
}

// WorkItem is one line of a work list, ordered by Due (those without one
// last), then by claim id.
type WorkItem struct {
	Claim        string
	Number       string
	State        State
	Wait         WaitReason
	Owner        Role
	Due          time.Time
	DueName      string
	Custody      HolderKind
	Place        string // of the holder
	Centre       string
	Assignee     string
	Brand        string
	Model        string
	Category     string
	Serial       string
	IMEI         string
	Basis        policy.Basis
	Outcome      Outcome
	Customer     string
	CustomerName string
	OpenedAt     time.Time
	UpdatedAt    time.Time
}

// WorkCounts counts a work list: by state, and how many are late at
// WorkFilter.At. The filter's States, Late and Open are not applied.
type WorkCounts struct {
	ByState map[State]int
	ByOwner map[Role]int // open claims only
	Late    int          // open claims only
}

// RequestFilter narrows a list of requests.
type RequestFilter struct {
	Kinds    []string
	States   []RequestState
	Customer string
	NoClaim  bool // only requests that are no claim
	Text     string
}

// AuditFilter narrows the audit log. It is listed newest first.
type AuditFilter struct {
	Object   string
	ObjectID string
	Actor    string
	Action   string
}

// UnitRecord is a unit with what the registry knows of it.
type UnitRecord struct {
	Unit     Unit
	Sale     *Sale     // nil when it was not sold here
	Customer *Customer // nil when unknown
}

// Idempotent is a stored answer to an API write (Idempotency-Key).
type Idempotent struct {
	Retailer string
	Client   string // who used the key
	Key      string
	Request  string // hex SHA-256 of method, path and body
	Status   int    // 0 while the first request is still in flight
	Header   string // headers of the answer, as JSON
	Body     []byte
	Created  time.Time
}
