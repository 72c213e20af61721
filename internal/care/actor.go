package care

import (
	"slices"
	"time"
)

// Role is what a member of staff is, or who has to act on a claim.
type Role string

// The roles. CustomerRole and Nobody only own states; no user has them.
const (
	Clerk         Role = "clerk"
	Technician    Role = "technician"
	Dispatcher    Role = "dispatcher"
	Manager       Role = "manager"
	PolicyEditor  Role = "policy_editor"
	Partner       Role = "partner"
	Administrator Role = "administrator"
	CustomerRole  Role = "customer"
	Nobody        Role = ""
)

// Roles lists the roles a user may have, in the order pages show them.
func Roles() []Role {
	return []Role{Clerk, Technician, Dispatcher, Manager, PolicyEditor, Partner, Administrator}
}

// Valid reports whether a user may have the role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// ActorKind says what kind of party acts.
type ActorKind string

// The kinds of actor.
const (
	StaffActor    ActorKind = "staff"
	CustomerActor ActorKind = "customer"
	PartnerActor  ActorKind = "partner"
	SystemActor   ActorKind = "system"
	ProgramActor  ActorKind = "program" // an API client
)

// Actor is who does something. It is an explicit argument everywhere; nothing
// finds it in a context.
type Actor struct {
	Kind     ActorKind `json:"kind"`
	ID       string    `json:"id,omitempty"`       // user id, customer id, or the client's name
	Name     string    `json:"name,omitempty"`     // as shown in the history
	Retailer string    `json:"retailer,omitempty"` // whose data it may see; never empty for staff, partner, customer
	Role     Role      `json:"role,omitempty"`
	Place    string    `json:"place,omitempty"` // shop of a clerk, centre of a technician or partner
}

// System is the actor of work that nobody asked for: imports, timers, demo.
func System(retailer string) Actor {
	return Actor{Kind: SystemActor, ID: "system", Retailer: retailer, Role: Administrator}
}

// User is a member of staff or of a partner centre.
type User struct {
	ID       string
	Retailer string
	Email    string // the sign-in, stored folded (lower case, trimmed); unique in the installation
	Name     string
	Role     Role
	Place    string // shop or centre, "" for the whole retailer
	Lang     string // language of the desk's pages
	Password string // PHC string of argon2id; never the password
	Disabled bool
	Created  time.Time
}

// Actor is the user as an actor.
func (u User) Actor() Actor {
	kind := StaffActor
	if u.Role == Partner {
		kind = PartnerActor
	}
	return Actor{Kind: kind, ID: u.ID, Name: u.Name, Retailer: u.Retailer, Role: u.Role, Place: u.Place}
}

// Session is a signed-in browser. Only the hash of its token is stored.
type Session struct {
	Hash     string // hex SHA-256 of the token
	User     string
	Retailer string
	Created  time.Time
	Seen     time.Time
	Expires  time.Time
}

// Client is a program that calls the API. Only the hash of its key is stored.
type Client struct {
	ID       string
	Retailer string
	Name     string
	Role     Role
	Place    string // a partner's centre; "" for the whole retailer
	Hash     string // hex SHA-256 of the key
	Created  time.Time
	Disabled bool
}

// Audit is one line of the audit log: who did what to what. Each use case
// writes its entry in the transaction of the change. Nothing edits it.
type Audit struct {
	ID       string
	Retailer string
	At       time.Time
	Actor    Actor
	Action   string // the use case: "claim.override", "user.create"
	Object   string // what kind of thing: claim, request, user, sale …
	ObjectID string
	Reason   string
	Details  map[string]string // never personal data, never secrets
}
