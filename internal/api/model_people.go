package api

import (
	"time"

	"github.com/talon-care/talon/internal/care"
)

// User is a member of staff or of a partner centre.
type User struct {
	ID       string    `json:"id" doc:"id"`
	Email    string    `json:"email" doc:"the sign-in"`
	Name     string    `json:"name" doc:"name"`
	Role     string    `json:"role" vocab:"roles" doc:"role"`
	Place    string    `json:"place,omitempty" doc:"shop or centre; absent = the whole retailer"`
	Lang     string    `json:"lang,omitempty" doc:"language of the pages"`
	Disabled bool      `json:"disabled" doc:"locked out"`
	Created  time.Time `json:"created_at" doc:"since when"`
}

func userOf(zone *time.Location) func(care.User) User {
	return func(u care.User) User {
		return User{ID: u.ID, Email: u.Email, Name: u.Name, Role: string(u.Role), Place: u.Place, Lang: u.Lang, Disabled: u.Disabled, Created: in(u.Created, zone)}
	}
}

// NewUser is a member of staff to be.
type NewUser struct {
	Email    string `json:"email" minLength:"3" maxLength:"254" doc:"the sign-in; unique in the installation"`
	Name     string `json:"name" minLength:"1" maxLength:"200" doc:"name"`
	Role     string `json:"role" vocab:"roles" doc:"role"`
	Place    string `json:"place,omitempty" maxLength:"100" doc:"shop or centre; required for a partner"`
	Lang     string `json:"lang,omitempty" maxLength:"10" doc:"language of the pages"`
	Password string `json:"password" maxLength:"1000" writeOnly:"true" doc:"at least ten characters"`
}

// UserChange is what changes of a user; what is absent stays.
type UserChange struct {
	Name     *string `json:"name,omitempty" minLength:"1" maxLength:"200" doc:"name"`
	Role     *string `json:"role,omitempty" vocab:"roles" doc:"role"`
	Place    *string `json:"place,omitempty" maxLength:"100" doc:"shop or centre; empty = the whole retailer"`
	Lang     *string `json:"lang,omitempty" maxLength:"10" doc:"language of the pages"`
	Password *string `json:"password,omitempty" maxLength:"1000" writeOnly:"true" doc:"at least ten characters"`
	Disabled *bool   `json:"disabled,omitempty" doc:"lock out, or let in again"`
}

// Client is a program that calls the API.
type Client struct {
	ID       string    `json:"id" doc:"id"`
	Name     string    `json:"name" doc:"name"`
	Role     string    `json:"role" vocab:"roles" doc:"role: what it may do"`
	Place    string    `json:"place,omitempty" doc:"shop or centre; absent = the whole retailer"`
	Disabled bool      `json:"disabled" doc:"locked out"`
	Created  time.Time `json:"created_at" doc:"since when"`
}

func clientOf(zone *time.Location) func(care.Client) Client {
	return func(c care.Client) Client {
		return Client{ID: c.ID, Name: c.Name, Role: string(c.Role), Place: c.Place, Disabled: c.Disabled, Created: in(c.Created, zone)}
	}
}

// NewClient is a program to be let in.
type NewClient struct {
	Name  string `json:"name" minLength:"1" maxLength:"200" doc:"name"`
	Role  string `json:"role" vocab:"roles" doc:"role"`
	Place string `json:"place,omitempty" maxLength:"100" doc:"shop or centre; required for a partner, whose program sees only what is routed there"`
}

// ClientKey is a program with its key, which is told once.
type ClientKey struct {
	Client Client `json:"client" doc:"the program"`
	Key    string `json:"key" doc:"its key; only the hash is stored"`
}

// Audit is one line of the audit log.
type Audit struct {
	ID       string            `json:"id" doc:"id"`
	At       time.Time         `json:"at" doc:"when"`
	By       Actor             `json:"by" doc:"who"`
	Action   string            `json:"action" doc:"what" example:"claim.override"`
	Object   string            `json:"object" doc:"to what kind of thing" example:"claim"`
	ObjectID string            `json:"object_id,omitempty" doc:"to which one"`
	Reason   string            `json:"reason,omitempty" doc:"the stated reason"`
	Details  map[string]string `json:"details" doc:"particulars; never personal data"`
}

func auditOf(zone *time.Location) func(care.Audit) Audit {
	return func(a care.Audit) Audit {
		return Audit{ID: a.ID, At: in(a.At, zone), By: actorOf(a.Actor), Action: a.Action, Object: a.Object, ObjectID: a.ObjectID,
			Reason: a.Reason, Details: nonNil(a.Details)}
	}
}

// Me is who the key belongs to.
type Me struct {
	Name     string   `json:"name" doc:"name of the program"`
	Retailer Retailer `json:"retailer" doc:"whose data it sees"`
	Role     string   `json:"role" vocab:"roles" doc:"role"`
	May      []string `json:"may" doc:"what it may do" example:"[\"claim.read\"]"`
}

// WorkItem is one line of the work list.
type WorkItem struct {
	ClaimID      string    `json:"claim_id" doc:"id of the claim"`
	Number       string    `json:"number" doc:"its number"`
	State        string    `json:"state" vocab:"states" doc:"state"`
	Wait         string    `json:"wait,omitempty" vocab:"waits" doc:"what it waits for"`
	Owner        string    `json:"owner,omitempty" vocab:"owners" doc:"the role that has to act"`
	Due          time.Time `json:"due,omitzero" doc:"when its clock runs out"`
	DueName      string    `json:"due_name,omitempty" vocab:"clocks" doc:"the deadline that due comes from, or target"`
	Late         bool      `json:"late" doc:"due is past"`
	Custody      string    `json:"custody" vocab:"holders" doc:"who has the device"`
	Place        string    `json:"place,omitempty" doc:"at which place"`
	Centre       string    `json:"centre,omitempty" doc:"the centre it is routed to"`
	AssigneeID   string    `json:"assignee_id,omitempty" doc:"who works on it"`
	Brand        string    `json:"brand,omitempty" doc:"brand"`
	Model        string    `json:"model,omitempty" doc:"model"`
	Category     string    `json:"category,omitempty" vocab:"categories" doc:"category of goods"`
	Serial       string    `json:"serial,omitempty" doc:"serial number"`
	IMEI         string    `json:"imei,omitempty" doc:"IMEI"`
	Basis        string    `json:"basis,omitempty" vocab:"bases" doc:"basis in use"`
	Outcome      string    `json:"outcome,omitempty" vocab:"claim_outcomes" doc:"how it ended"`
	CustomerID   string    `json:"customer_id,omitempty" doc:"customer"`
	CustomerName string    `json:"customer_name,omitempty" doc:"the customer's name"`
	OpenedAt     time.Time `json:"opened_at" doc:"opened"`
	UpdatedAt    time.Time `json:"updated_at" doc:"last event"`
}

func (s *server) workItem(zone *time.Location) func(care.WorkItem) WorkItem {
	now := s.now()
	return func(w care.WorkItem) WorkItem {
		return WorkItem{ClaimID: w.Claim, Number: w.Number, State: string(w.State), Wait: string(w.Wait), Owner: string(w.Owner), Due: in(w.Due, zone),
			DueName: w.DueName, Late: !w.Due.IsZero() && !now.Before(w.Due), Custody: string(w.Custody), Place: w.Place, Centre: w.Centre,
			AssigneeID: w.Assignee, Brand: w.Brand, Model: w.Model, Category: w.Category, Serial: w.Serial, IMEI: w.IMEI, Basis: string(w.Basis),
			Outcome: string(w.Outcome), CustomerID: w.Customer, CustomerName: w.CustomerName, OpenedAt: in(w.OpenedAt, zone), UpdatedAt: in(w.UpdatedAt, zone)}
	}
}

// WorkCounts counts a work list.
type WorkCounts struct {
	ByState map[string]int `json:"by_state" doc:"claims by state"`
	ByOwner map[string]int `json:"by_owner" doc:"open claims by the role that has to act"`
	Late    int            `json:"late" doc:"open claims whose clock ran out"`
}

func countsOf(c care.WorkCounts) WorkCounts {
	out := WorkCounts{ByState: map[string]int{}, ByOwner: map[string]int{}, Late: c.Late}
	for k, n := range c.ByState {
		out.ByState[string(k)] = n
	}
	for k, n := range c.ByOwner {
		out.ByOwner[string(k)] = n
	}
	return out
}
