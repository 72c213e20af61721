package api

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// Decision is a decision as the decision contract has it: its schema is the
// policy engine's own.
type Decision policy.Decision

// Schema makes huma refer to the engine's schema.
func (Decision) Schema(r huma.Registry) *huma.Schema { return refTo(r, "Decision") }

// Claim is a warranty claim as it stands.
type Claim struct {
	ID      string `json:"id" doc:"id"`
	Number  string `json:"number" doc:"number for people" example:"RMA-2026-000017"`
	Version int    `json:"version" doc:"number of its last event; also the ETag, for If-Match"`
	State   string `json:"state" vocab:"states" doc:"where it stands"`
	Wait    string `json:"wait,omitempty" vocab:"waits" doc:"what awaiting_customer waits for"`
	Clock   Clock  `json:"clock" doc:"the clock of the state"`
	Owner   string `json:"owner,omitempty" vocab:"owners" doc:"the role that has to act"`

	RequestID  string    `json:"request_id" doc:"the request that it came from"`
	Channel    string    `json:"channel" vocab:"channels" doc:"how it came in"`
	Lang       string    `json:"lang" doc:"the customer's language"`
	CustomerID string    `json:"customer_id,omitempty" doc:"the customer"`
	Return     string    `json:"return,omitempty" vocab:"returns" doc:"how the device goes back"`
	Settlement string    `json:"settlement,omitempty" doc:"settlement of the return address"`
	ReceivedAt time.Time `json:"received_at" doc:"the customer's demand"`

	Unit                    Unit              `json:"unit" doc:"the claimed unit"`
	Sale                    Sale              `json:"sale" doc:"its sale"`
	Answers                 []Answer          `json:"answers" doc:"facts that people stated of this claim"`
	Documents               *[]string         `json:"documents,omitempty" vocab:"documents" doc:"documents seen; absent = not looked at yet, empty = none"`
	Acknowledged            []Acknowledgement `json:"acknowledged" doc:"what the customer acknowledged"`
	MissingAcknowledgements []string          `json:"missing_acknowledgements" doc:"ids that the decision asks for and that were not collected yet"`
	Intake                  *Intake           `json:"intake,omitempty" doc:"what was taken in"`
	Custody                 Holder            `json:"custody" doc:"who has the device"`
	Centre                  string            `json:"centre,omitempty" doc:"id of the centre it is routed to"`
	AssigneeID              string            `json:"assignee_id,omitempty" doc:"who works on it"`

	Diagnosis   *DiagnosisRecord `json:"diagnosis,omitempty" doc:"what the specialists found"`
	Pack        string           `json:"pack" doc:"policy pack"`
	PackVersion string           `json:"pack_version,omitempty" doc:"version, frozen at the first decision"`
	Basis       string           `json:"basis,omitempty" vocab:"bases" doc:"the customer's choice; absent = not chosen"`
	BasisInUse  string           `json:"basis_in_use,omitempty" vocab:"bases" doc:"the chosen basis, or the recommended one"`
	Verdict     string           `json:"verdict,omitempty" vocab:"verdicts" doc:"the verdict on it, an override first"`
	Decisions   int              `json:"decisions" doc:"how many decisions were frozen"`
	Override    *Override        `json:"override,omitempty" doc:"a manager's departure from the decision"`

	Demand      *Demand      `json:"demand,omitempty" doc:"what the customer demanded before the decision"`
	Remedy      *Remedy      `json:"remedy,omitempty" doc:"what will be done"`
	Estimate    *Estimate    `json:"estimate,omitempty" doc:"offer of paid work"`
	Repair      *Repair      `json:"repair,omitempty" doc:"the work"`
	Replacement *Replacement `json:"replacement,omitempty" doc:"the unit given for it"`
	Refund      *Refund      `json:"refund,omitempty" doc:"money to the customer"`
	Refusal     *Refusal     `json:"refusal,omitempty" doc:"the refusal and its clauses"`
	Shipment    *Shipment    `json:"shipment,omitempty" doc:"the way back to the customer"`
	Outcome     string       `json:"outcome,omitempty" vocab:"claim_outcomes" doc:"how it ended"`

	ReadyAt   time.Time  `json:"ready_at,omitzero" doc:"the customer was told that it is ready"`
	Stays     []Stay     `json:"stays" doc:"this claim's stays in service"`
	Deadlines []Deadline `json:"deadlines" doc:"legal and promised terms"`
	OpenedAt  time.Time  `json:"opened_at" doc:"opened"`
	UpdatedAt time.Time  `json:"updated_at" doc:"last event"`
	ClosedAt  time.Time  `json:"closed_at,omitzero" doc:"closed or cancelled"`
	Reopened  int        `json:"reopened" doc:"how many times it was reopened"`

	Actions []Action `json:"actions" doc:"the commands that this caller may give now, the next step first"`
}

// Clock is the clock of a claim's state.
type Clock struct {
	Entered time.Time `json:"entered" doc:"since when"`
	Due     time.Time `json:"due,omitzero" doc:"the nearest of the open deadlines and the house's target"`
	Name    string    `json:"name,omitempty" vocab:"clocks" doc:"the deadline that due comes from, or target"`
	Late    bool      `json:"late" doc:"due is past"`
}

// Acknowledgement is one thing that the customer was told and accepted.
type Acknowledgement struct {
	ID string    `json:"id" doc:"id, as in the decision"`
	At time.Time `json:"at" doc:"when"`
	By string    `json:"by" vocab:"actor_kinds" doc:"the customer online, or staff who saw the signature"`
}

// Intake is what was taken in, and in what condition.
type Intake struct {
	At          time.Time `json:"at" doc:"when"`
	Place       string    `json:"place" doc:"id of the place"`
	Condition   string    `json:"condition,omitempty" doc:"condition"`
	Accessories []string  `json:"accessories" doc:"what came with it"`
	Defect      string    `json:"defect,omitempty" doc:"the defect in the customer's words"`
}

// Holder has the device.
type Holder struct {
	Kind     string    `json:"kind" vocab:"holders" doc:"who"`
	Place    string    `json:"place,omitempty" doc:"id of the shop or centre"`
	Carrier  string    `json:"carrier,omitempty" doc:"the courier"`
	Tracking string    `json:"tracking,omitempty" doc:"the courier's number"`
	To       string    `json:"to,omitempty" doc:"where the courier carries it: a place, or customer"`
	Since    time.Time `json:"since,omitzero" doc:"since when"`
}

// Finding is one thing that the diagnosis found.
type Finding struct {
	Code  string `json:"code" vocab:"findings" doc:"finding"`
	Part  string `json:"part,omitempty" vocab:"parts" doc:"the part that failed or is damaged"`
	Cause string `json:"cause,omitempty" vocab:"causes" doc:"cause; absent = not established yet"`
}

// Diagnosis is what the specialists found, in the words of the decision
// contract.
type Diagnosis struct {
	Confirmed     bool       `json:"confirmed" doc:"the defect was confirmed"`
	Kind          string     `json:"kind" vocab:"diagnosis_kinds" doc:"nature of the defect"`
	Findings      *[]Finding `json:"findings,omitempty" doc:"what was found; absent = unknown, empty = nothing"`
	FailedPart    string     `json:"failed_part,omitempty" vocab:"parts" doc:"the part to be repaired"`
	Defect        string     `json:"defect,omitempty" maxLength:"100" doc:"the retailer's code of the defect, to recognise a repeated one"`
	Insignificant *bool      `json:"insignificant,omitempty" doc:"the seller proved the defect insignificant"`
}

func (d Diagnosis) facts() policy.DiagnosisFacts {
	out := policy.DiagnosisFacts{Confirmed: &d.Confirmed, Kind: d.Kind, FailedPart: d.FailedPart, Defect: d.Defect, Insignificant: d.Insignificant}
	if d.Findings != nil {
		out.Findings = each(*d.Findings, func(f Finding) policy.Finding { return policy.Finding{Code: f.Code, Part: f.Part, Cause: f.Cause} })
	}
	return out
}

// DiagnosisRecord is a diagnosis with who made it where.
type DiagnosisRecord struct {
	Diagnosis
	At         time.Time `json:"at" doc:"when"`
	By         string    `json:"by,omitempty" doc:"who"`
	Place      string    `json:"place,omitempty" doc:"where"`
	Method     string    `json:"method,omitempty" doc:"how the device was examined"`
	Measured   string    `json:"measured,omitempty" doc:"readings, with their units"`
	Conclusion string    `json:"conclusion,omitempty" doc:"for the technical conclusion"`
}

// Override is a manager's departure from the decision.
type Override struct {
	Basis   string    `json:"basis" vocab:"bases" doc:"basis"`
	Verdict string    `json:"verdict" vocab:"verdicts" doc:"covered or refused"`
	Reason  string    `json:"reason" doc:"why"`
	By      string    `json:"by" doc:"who"`
	At      time.Time `json:"at" doc:"when"`
}

// Demand is what the customer demanded before the decision; the law's terms for
// it count from then.
type Demand struct {
	Remedy string    `json:"remedy" vocab:"remedy_kinds" doc:"what"`
	At     time.Time `json:"at" doc:"when"`
	By     string    `json:"by" vocab:"actor_kinds" doc:"who noted it"`
}

// Remedy is what will be done, and who chose it.
type Remedy struct {
	Kind    string    `json:"kind" vocab:"remedy_kinds" doc:"what"`
	Basis   string    `json:"basis" vocab:"bases" doc:"on which basis"`
	Clause  string    `json:"clause,omitempty" doc:"id of the clause that grants it"`
	Amount  *Money    `json:"amount,omitempty" doc:"a refund, or the difference: + the customer pays, - gets"`
	Chooser string    `json:"chooser" vocab:"choosers" doc:"who had the right"`
	By      string    `json:"by" vocab:"actor_kinds" doc:"who chose it"`
	At      time.Time `json:"at" doc:"when"`
	Agreed  bool      `json:"agreed" doc:"the customer agreed to the difference"`
}

// Estimate is an offer of paid work and the customer's answer.
type Estimate struct {
	Amount     Money     `json:"amount" doc:"price"`
	PriceList  string    `json:"price_list,omitempty" doc:"by which price list"`
	Work       string    `json:"work" doc:"the work"`
	OfferedAt  time.Time `json:"offered_at" doc:"offered"`
	AnsweredAt time.Time `json:"answered_at,omitzero" doc:"answered"`
	Accepted   bool      `json:"accepted" doc:"accepted"`
}

// Repair is the work on the device.
type Repair struct {
	StartedAt  time.Time `json:"started_at" doc:"begun"`
	Place      string    `json:"place,omitempty" doc:"where"`
	By         string    `json:"by,omitempty" doc:"who"`
	Awaiting   []string  `json:"awaiting" doc:"parts on order"`
	Expected   time.Time `json:"expected,omitzero" doc:"when they are expected"`
	FinishedAt time.Time `json:"finished_at,omitzero" doc:"ended"`
	Kind       string    `json:"kind,omitempty" vocab:"service_kinds" doc:"nature of the defect"`
	Outcome    string    `json:"outcome,omitempty" vocab:"outcomes" doc:"how it ended"`
	Parts      []Part    `json:"parts" doc:"parts put in"`
	Software   string    `json:"software,omitempty" doc:"what was done to the software: restored or updated"`
	Work       string    `json:"work,omitempty" doc:"what was done"`
	Labour     *Money    `json:"labour,omitempty" doc:"what the work cost the repairer; customers are not told"`
}

// Part is a part that was put in.
type Part struct {
	Part   string `json:"part" vocab:"parts" doc:"which part"`
	Name   string `json:"name,omitempty" maxLength:"200" doc:"its name"`
	Serial string `json:"serial,omitempty" maxLength:"100" doc:"its serial number"`
	Months int    `json:"warranty_months,omitempty" minimum:"0" maximum:"1200" doc:"months of warranty that the part it replaced had; it begins at the hand-back"`
	Until  string `json:"warranty_until,omitempty" format:"date" readOnly:"true" doc:"last day of its own warranty"`
	Price  *Money `json:"price,omitempty" doc:"what it cost the repairer; customers are not told"`
}

// Replacement is the unit given in place of the claimed one.
type Replacement struct {
	UnitID string    `json:"unit_id" doc:"the new unit"`
	SaleID string    `json:"sale_id" doc:"its terms"`
	At     time.Time `json:"at" doc:"when"`
}

// Refund is money to the customer.
type Refund struct {
	Kind       string    `json:"kind" vocab:"remedy_kinds" doc:"refund, rescission or price_reduction"`
	Amount     Money     `json:"amount" doc:"sum"`
	ApprovedBy string    `json:"approved_by,omitempty" doc:"who approved it"`
	ApprovedAt time.Time `json:"approved_at,omitzero" doc:"approved"`
	Two        bool      `json:"two,omitempty" doc:"the sum takes two persons"`
	SecondBy   string    `json:"second_by,omitempty" doc:"the second of them"`
	SecondAt   time.Time `json:"second_at,omitzero" doc:"when"`
	Reference  string    `json:"reference,omitempty" doc:"reference of the payment"`
	PaidAt     time.Time `json:"paid_at,omitzero" doc:"paid"`
}

// Refusal is a refusal with the clauses it rests on.
type Refusal struct {
	Basis   string    `json:"basis" vocab:"bases" doc:"basis"`
	Clauses []string  `json:"clauses" doc:"ids of the clauses"`
	Text    string    `json:"text,omitempty" doc:"what staff add"`
	At      time.Time `json:"at" doc:"when"`
	By      string    `json:"by,omitempty" doc:"who"`
}

// Shipment is the leg back to the customer.
type Shipment struct {
	Carrier  string    `json:"carrier" doc:"courier"`
	Tracking string    `json:"tracking,omitempty" doc:"the courier's number"`
	At       time.Time `json:"at" doc:"when"`
}

// Deadline is a legal or promised term that runs for a claim.
type Deadline struct {
	Name        string    `json:"name" vocab:"deadlines" doc:"what must be done"`
	Basis       string    `json:"basis,omitempty" vocab:"bases" doc:"basis"`
	Due         string    `json:"due" doc:"last day, or an instant where hours are counted"`
	DueAt       time.Time `json:"late_from" doc:"the first instant that is too late"`
	From        string    `json:"from" doc:"the day or instant it counts from"`
	Clause      string    `json:"clause,omitempty" doc:"id of the clause"`
	Provisional bool      `json:"provisional" doc:"rests on a year whose transferred days off are not published"`
	Breach      []string  `json:"breach" doc:"what a breach opens"`
	State       string    `json:"state" vocab:"deadline_states" doc:"what became of it"`
	SettledAt   time.Time `json:"settled_at,omitzero" doc:"when it was met, missed or stopped"`
	Late        bool      `json:"late" doc:"it ran out before it was met"`
	Owner       string    `json:"owner" vocab:"roles" doc:"the role that answers for it"`
	Reason      string    `json:"reason,omitempty" doc:"why it no longer runs, as a key" example:"deadline.ready"`
	WarnedAt    time.Time `json:"warned_at,omitzero" doc:"when its owner was warned of its end"`
	BreachedAt  time.Time `json:"breached_at,omitzero" doc:"when it was found to have run out unmet"`
}

// Action is a command that may be given now.
type Action struct {
	Command string   `json:"command" vocab:"commands" doc:"name of the command"`
	Label   string   `json:"label" doc:"what a button says, in the reader's language"`
	Primary bool     `json:"primary" doc:"the usual next step"`
	Fields  []Field  `json:"fields" doc:"what it needs"`
	Blocked *Blocked `json:"blocked,omitempty" doc:"why it can't be done yet"`
}

// Field is one thing that a command needs.
type Field struct {
	Name     string   `json:"name" doc:"its place in the command's body; a dot goes into an object"`
	Type     string   `json:"type" vocab:"field_types" doc:"how it is asked for"`
	Required bool     `json:"required" doc:"it must be given"`
	Options  []string `json:"options" doc:"the values of a choice"`
	Value    string   `json:"value,omitempty" doc:"what to start with"`
}

// Blocked says what has to be done first.
type Blocked struct {
	Key    string `json:"key" doc:"the reason for programs"`
	Detail string `json:"detail" doc:"the reason in the reader's language"`
}

func actionsOf(l *i18n.Locale, list []care.Action) []Action {
	return each(list, func(a care.Action) Action {
		out := Action{Command: string(a.Command), Label: string(a.Command), Primary: a.Primary, Fields: each(a.Fields, fieldOf)}
		if l.Has(a.Label) {
			out.Label = l.Cap(a.Label)
		}
		if a.Blocked != nil {
			key := trimKey(a.Blocked.Key)
			out.Blocked = &Blocked{Key: key, Detail: detail(l, key, a.Blocked.Args, title(l, "blocked"))}
		}
		return out
	})
}

func fieldOf(f care.Field) Field {
	return Field{Name: f.Name, Type: string(f.Type), Required: f.Required, Options: list(f.Options), Value: f.Value}
}

// ClaimDetail is a claim with all that stands around it.
type ClaimDetail struct {
	Claim       Claim            `json:"claim" doc:"the claim"`
	Customer    *Customer        `json:"customer,omitempty" doc:"the customer"`
	Request     Request          `json:"request" doc:"the request that it came from"`
	Thread      []Message        `json:"thread" doc:"what was written, oldest first"`
	Decision    *Decision        `json:"decision,omitempty" doc:"the latest decision in the reader's language"`
	Covers      []Cover          `json:"covers" doc:"the unit's terms as they stand now"`
	Parts       []CoveredPart    `json:"parts" doc:"parts put into the unit earlier whose own warranty runs"`
	Places      map[string]Place `json:"places" doc:"the shops and centres that are named, by id"`
	Assignee    *User            `json:"assignee,omitempty" doc:"who works on it"`
	Replacement *Unit            `json:"replacement,omitempty" doc:"the unit given for it"`
}

func (s *server) claimDetail(l *i18n.Locale, v desk.ClaimView) ClaimDetail {
	out := ClaimDetail{Claim: s.claim(l, v.Claim, v.Zone, v.Actions), Request: requestOf(v.Zone)(v.Request), Thread: each(v.Thread, messageOf(v.Zone)),
		Covers: each(v.Covers, coverOf), Parts: each(v.Parts, coveredPartOf), Places: map[string]Place{}, Assignee: mapped(v.Assignee, userOf(v.Zone)), Replacement: unitPtr(v.Replacement)}
	if v.Customer.ID != "" {
		c := customerOf(v.Customer)
		out.Customer = &c
	}
	if v.Decision != nil {
		d := Decision(*v.Decision)
		out.Decision = &d
	}
	for _, id := range []string{v.Claim.Centre, v.Claim.Custody.Place, v.Claim.Custody.To, v.Claim.Sale.Shop} {
		if p, ok := v.Places[id]; ok {
			out.Places[id] = placeOf(p)
		}
	}
	return out
}

// Event is one thing that happened to a claim.
type Event struct {
	Seq  int             `json:"seq" doc:"1, 2, 3 … within the claim"`
	At   time.Time       `json:"at" doc:"when"`
	By   Actor           `json:"by" doc:"who"`
	Kind string          `json:"kind" doc:"what happened" example:"diagnosed"`
	Data json.RawMessage `json:"data" doc:"particulars of the event, for the history; keys may be added"`
}

// Recheck compares a frozen decision with the same decision made again.
type Recheck struct {
	Decision int  `json:"decision" doc:"1, 2 … within the claim"`
	Same     bool `json:"same" doc:"byte for byte"`
}
