package care

import (
	"encoding/json"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Claim is a warranty service request on its way. It is exactly what Replay
// makes of its events; a store keeps it as one JSON document beside the
// columns that lists need.
type Claim struct {
	ID       string `json:"id"`
	Retailer string `json:"retailer"`
	Number   string `json:"number"` // RMA-2026-000017
	Seq      int    `json:"seq"`    // of its last event; the version for optimistic locking

	State State      `json:"state"`
	Wait  WaitReason `json:"wait,omitempty"` // of awaiting_customer
	Clock Clock      `json:"clock"`
	Owner Role       `json:"owner,omitempty"` // the role that has to act

	Request    string       `json:"request"` // Request.ID
	Channel    string       `json:"channel"`
	Lang       string       `json:"lang"`
	Customer   string       `json:"customer,omitempty"`
	Return     ReturnMethod `json:"return,omitempty"`
	Settlement string       `json:"settlement,omitempty"`
	ReceivedAt time.Time    `json:"received_at"` // the demand

	Unit    Unit    `json:"unit"`
	Sale    Sale    `json:"sale"`
	Answers Answers `json:"answers"`

	// Documents seen; nil = not looked at yet, empty = none.
	Documents    []string          `json:"documents"`
	Acknowledged []Acknowledgement `json:"acknowledged,omitempty"`
	Intake       *Intake           `json:"intake,omitempty"`

	Custody  Holder `json:"custody"`
	Centre   string `json:"centre,omitempty"`   // the centre it is routed to; partners of it see the claim
	Assignee string `json:"assignee,omitempty"` // User.ID

	Response *Response `json:"response,omitempty"` // how soon the centre acts

	Diagnosis *Diagnosis   `json:"diagnosis,omitempty"`
	Pack      string       `json:"pack"`
	Version   string       `json:"pack_version,omitempty"` // frozen at the first ruling
	Basis     policy.Basis `json:"basis,omitempty"`        // the customer's choice (C4); "" = not chosen
	Ruling    *Ruling      `json:"ruling,omitempty"`       // the latest
	Override  *Override    `json:"override,omitempty"`

	Demand      *Demand       `json:"demand,omitempty"` // what the customer asked for before the decision
	Remedy      *ChosenRemedy `json:"remedy,omitempty"`
	Estimate    *Estimate     `json:"estimate,omitempty"`
	Repair      *Repair       `json:"repair,omitempty"`
	Replacement *Replacement  `json:"replacement,omitempty"`
	Refund      *Refund       `json:"refund,omitempty"`
	Refusal     *Refusal      `json:"refusal,omitempty"`
	Impossible  []string      `json:"impossible,omitempty"` // remedies that could not be carried out
	Shipment    *Shipment     `json:"shipment,omitempty"`
	Loaner      *LoanerDemand `json:"loaner,omitempty"` // the latest that the law owes
	Outcome     Outcome       `json:"outcome,omitempty"`
	Disposal    *Disposal     `json:"disposal,omitempty"` // of a device that nobody collects: proposed, or done

	ReadyAt   time.Time  `json:"ready_at,omitzero"`
	Stays     []Stay     `json:"stays,omitempty"`
	Deadlines []Deadline `json:"deadlines,omitempty"`

	OpenedAt  time.Time `json:"opened_at"`
	UpdatedAt time.Time `json:"updated_at"`
	ClosedAt  time.Time `json:"closed_at,omitzero"`
	Reopened  int       `json:"reopened,omitempty"` // how many times
}

// HolderKind says who has the device.
type HolderKind string

// The holders. At every moment a claim's device has exactly one.
const (
	HeldByCustomer HolderKind = "customer"
	HeldByShop     HolderKind = "shop"
	HeldByCourier  HolderKind = "courier"
	HeldByCentre   HolderKind = "centre"
)

// Holder has the device: the claimed unit or, once a replacement was given,
// the new one (the old one is the retailer's from then on).
type Holder struct {
	Kind     HolderKind `json:"kind"`
	Place    string     `json:"place,omitempty"`    // Place.ID of a shop or centre
	Carrier  string     `json:"carrier,omitempty"`  // of a courier
	Tracking string     `json:"tracking,omitempty"` // of a courier
	To       string     `json:"to,omitempty"`       // of a courier: the place it is carried to, "customer" for the way back
	Since    time.Time  `json:"since,omitzero"`
}

// Intake is what was taken in, and in what condition (B6).
type Intake struct {
	At          time.Time `json:"at"`
	Place       string    `json:"place"`
	Condition   string    `json:"condition,omitempty"`
	Accessories []string  `json:"accessories,omitempty"`
	Defect      string    `json:"defect,omitempty"` // the defect in the customer's words
}

// Acknowledgement is one thing the customer was told and accepted (C8).
type Acknowledgement struct {
	ID string    `json:"id"` // as in the decision's acknowledge list
	At time.Time `json:"at"`
	By ActorKind `json:"by"` // the customer online, or staff who saw the signature
}

// Diagnosis is what the specialists found (B7), with who found it where.
type Diagnosis struct {
	Facts      policy.DiagnosisFacts `json:"facts"`
	At         time.Time             `json:"at"`
	By         string                `json:"by,omitempty"`
	Place      string                `json:"place,omitempty"`
	Method     string                `json:"method,omitempty"`     // how it was examined
	Measured   string                `json:"measured,omitempty"`   // readings, with their units
	Conclusion string                `json:"conclusion,omitempty"` // for the technical conclusion
}

// Answers are facts that people gave to the decision's questions, by the
// paths of the decision contract. nil and "" are unknown.
type Answers struct {
	PersonalUse    *bool              `json:"personal_use,omitempty"`
	ReportedStolen *bool              `json:"reported_stolen,omitempty"`
	LockActive     *bool              `json:"lock_active,omitempty"`
	OwnerProven    *bool              `json:"owner_proven,omitempty"`
	RepairPossible *bool              `json:"repair_possible,omitempty"`
	Market         policy.MarketFacts `json:"market"`
}

// Ruling is one decision, frozen: the facts it was made on and the answer,
// byte for byte as the engine wrote them, so that it can be recomputed.
type Ruling struct {
	Index       int             `json:"index"` // 1, 2 … within the claim
	At          time.Time       `json:"at"`
	Pack        string          `json:"pack"`
	PackVersion string          `json:"pack_version"`
	Statute     string          `json:"statute,omitempty"` // version of the statute pack beside it
	Lang        string          `json:"lang"`
	Facts       json.RawMessage `json:"facts"`
	Decision    json.RawMessage `json:"decision"`
	Result      Result          `json:"result"`
}

// Result is what the commands of a claim need of a decision.
type Result struct {
	Bases       []BasisResult `json:"bases"`
	Recommended policy.Basis  `json:"recommended,omitempty"`
	Acknowledge []string      `json:"acknowledge,omitempty"`
	Route       []string      `json:"route,omitempty"` // ids of centres, best first
	Shops       []string      `json:"shops,omitempty"` // those of the route that only take in and forward (B1)
}

// BasisResult is the answer on one basis, without texts.
type BasisResult struct {
	Basis    policy.Basis    `json:"basis"`
	Verdict  policy.Verdict  `json:"verdict"`
	Remedies []policy.Remedy `json:"remedies,omitempty"`
	Clauses  []string        `json:"clauses,omitempty"` // ids of the deciding clauses
}

// Basis finds the result on one basis; nil when the decision has none.
func (r Result) Basis(b policy.Basis) *BasisResult {
	for i := range r.Bases {
		if r.Bases[i].Basis == b {
			return &r.Bases[i]
		}
	}
	return nil
}

// Override is a manager's departure from the decision, always with a reason.
type Override struct {
	Basis   policy.Basis   `json:"basis"`
	Verdict policy.Verdict `json:"verdict"` // covered or refused
	Reason  string         `json:"reason"`
	By      string         `json:"by"`
	At      time.Time      `json:"at"`
}

// ChosenRemedy is what will be done, on which basis, and who chose it.
type ChosenRemedy struct {
	Kind    string        `json:"kind"` // policy vocabulary "remedy_kinds"
	Basis   policy.Basis  `json:"basis"`
	Clause  string        `json:"clause,omitempty"`
	Amount  *money.Amount `json:"amount,omitempty"` // as in the decision: a refund, or a signed difference
	Chooser string        `json:"chooser"`          // who had the right: retailer or customer
	By      ActorKind     `json:"by"`
	At      time.Time     `json:"at"`
	Agreed  bool          `json:"agreed,omitempty"` // the customer agreed to the difference
}

// Estimate is an offer of paid work and the customer's answer.
type Estimate struct {
	Amount     money.Amount `json:"amount"`
	PriceList  string       `json:"price_list,omitempty"`
	Work       string       `json:"work"`
	OfferedAt  time.Time    `json:"offered_at"`
	AnsweredAt time.Time    `json:"answered_at,omitzero"`
	Accepted   bool         `json:"accepted,omitempty"`
}

// Repair is the work on the device.
type Repair struct {
	StartedAt  time.Time     `json:"started_at"`
	Place      string        `json:"place,omitempty"`
	By         string        `json:"by,omitempty"`
	Awaiting   []string      `json:"awaiting,omitempty"` // parts on order
	Expected   time.Time     `json:"expected,omitzero"`
	FinishedAt time.Time     `json:"finished_at,omitzero"`
	Kind       string        `json:"kind,omitempty"`    // hardware or software
	Outcome    string        `json:"outcome,omitempty"` // repaired, no_fault or paid
	Parts      []Part        `json:"parts,omitempty"`
	Software   string        `json:"software,omitempty"` // what was done to it: restored or updated
	Work       string        `json:"work,omitempty"`
	Labour     *money.Amount `json:"labour,omitempty"` // what the work cost, where reported; not the customer\'s to see
	Told       []string      `json:"told,omitempty"`   // ids of the notices given with the device (C9)
}

// Part is a part that was put in; it carries a warranty as long as the one
// that the part it replaced had, from the hand-back (ЗоЗПП 20(4)).
type Part struct {
	Part   string        `json:"part"` // policy vocabulary "parts"
	Name   string        `json:"name,omitempty"`
	Serial string        `json:"serial,omitempty"`
	Months int           `json:"warranty_months,omitempty"` // of the part that was replaced; 0 = it had none of its own
	Until  calendar.Date `json:"warranty_until,omitzero"`   // last day of it, from the hand-back on
	Price  *money.Amount `json:"price,omitempty"`           // what it cost the repairer, where reported; not the customer\'s to see
}

// Replacement is the unit given in place of the claimed one.
type Replacement struct {
	Unit string    `json:"unit"` // Unit.ID of the new unit, which points back to the old
	Sale string    `json:"sale"` // its terms, under the same contract
	At   time.Time `json:"at"`
}

// Refund is money to the customer.
type Refund struct {
	Kind         string       `json:"kind"` // refund, rescission or price_reduction
	Amount       money.Amount `json:"amount"`
	ApprovedBy   string       `json:"approved_by,omitempty"`
	ApprovedName string       `json:"approved_name,omitempty"`
	ApprovedAt   time.Time    `json:"approved_at,omitzero"`
	Two          bool         `json:"two,omitempty"` // the sum takes two persons
	SecondBy     string       `json:"second_by,omitempty"`
	SecondName   string       `json:"second_name,omitempty"`
	SecondAt     time.Time    `json:"second_at,omitzero"`
	Reference    string       `json:"reference,omitempty"` // of the payment
	PaidBy       string       `json:"paid_by,omitempty"`
	PaidAt       time.Time    `json:"paid_at,omitzero"`
}

// Approved reports whether as many persons consented as the sum takes.
func (r Refund) Approved() bool { return !r.Two || !r.SecondAt.IsZero() }

// Refusal is a refusal with the clauses it rests on.
type Refusal struct {
	Basis   policy.Basis `json:"basis"`
	Clauses []string     `json:"clauses"`
	Text    string       `json:"text,omitempty"` // what staff add to the clauses' texts
	At      time.Time    `json:"at"`
	By      string       `json:"by,omitempty"`
}

// Shipment is the leg back to the customer.
type Shipment struct {
	Carrier  string    `json:"carrier"`
	Tracking string    `json:"tracking,omitempty"`
	At       time.Time `json:"at"`
}

// Outcome is how a claim ended, for lists and figures.
type Outcome string

// The outcomes of a claim.
const (
	OutcomeRepaired  Outcome = "repaired"
	OutcomePaid      Outcome = "paid" // repaired at the customer's cost
	OutcomeNoFault   Outcome = "no_fault"
	OutcomeReplaced  Outcome = "replaced"
	OutcomeRefunded  Outcome = "refunded"
	OutcomeReduced   Outcome = "price_reduced"
	OutcomeRefused   Outcome = "refused"
	OutcomeDeclined  Outcome = "declined" // the customer declined what was offered
	OutcomeWithdrawn Outcome = "withdrawn"
)
