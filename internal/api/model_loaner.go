package api

import (
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// Loaner is a device of the pool.
type Loaner struct {
	ID        string    `json:"id" doc:"id"`
	Category  string    `json:"category" vocab:"categories" doc:"category of goods"`
	Brand     string    `json:"brand" doc:"brand"`
	Model     string    `json:"model" doc:"model"`
	Serial    string    `json:"serial" doc:"serial number"`
	Condition string    `json:"condition" doc:"its condition"`
	Place     string    `json:"place" doc:"id of where it is kept"`
	State     string    `json:"state" vocab:"loaner_states" doc:"where it is"`
	Note      string    `json:"note,omitempty" doc:"why it is lost or withdrawn"`
	AddedAt   time.Time `json:"added_at" doc:"when it came into the pool"`
}

func loanerOf(zone *time.Location) func(care.Loaner) Loaner {
	return func(l care.Loaner) Loaner {
		return Loaner{ID: l.ID, Category: l.Category, Brand: l.Brand, Model: l.Model, Serial: l.Serial, Condition: l.Condition,
			Place: l.Place, State: string(l.State), Note: l.Note, AddedAt: in(l.Added, zone)}
	}
}

// NewLoaner is a device to take into the pool.
type NewLoaner struct {
	Category  string `json:"category" vocab:"categories" doc:"category of goods"`
	Brand     string `json:"brand" minLength:"1" maxLength:"100" doc:"brand"`
	Model     string `json:"model" minLength:"1" maxLength:"200" doc:"model"`
	Serial    string `json:"serial" minLength:"1" maxLength:"100" doc:"serial number"`
	Condition string `json:"condition" minLength:"1" maxLength:"2000" doc:"its condition"`
	Place     string `json:"place" minLength:"1" maxLength:"100" doc:"id of where it is kept"`
}

// WriteOff takes a device out of the pool.
type WriteOff struct {
	State  string `json:"state" enum:"lost,withdrawn" doc:"what became of it"`
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"why; it is audited"`
}

// Loan is a demand for a loaner and what came of it.
type Loan struct {
	ID           string    `json:"id" doc:"id"`
	ClaimID      string    `json:"claim_id" doc:"the claim"`
	Number       string    `json:"number" doc:"number of the claim"`
	Category     string    `json:"category" vocab:"categories" doc:"category that the loaner has to be of"`
	State        string    `json:"state" vocab:"loan_states" doc:"where it stands"`
	DemandedAt   time.Time `json:"demanded_at" doc:"when it was demanded"`
	Due          string    `json:"due,omitempty" doc:"last day, or instant, on which it is provided in time; absent where no law demands it"`
	Clause       string    `json:"clause,omitempty" doc:"id of the clause of that term"`
	Late         bool      `json:"late" doc:"it should have been provided, or be back, by now"`
	Loaner       *Loaner   `json:"loaner,omitempty" doc:"the device that was lent"`
	LentAt       time.Time `json:"lent_at,omitzero" doc:"when it was handed out"`
	ConditionOut string    `json:"condition_out,omitempty" doc:"its condition then"`
	BackBy       time.Time `json:"back_by,omitzero" doc:"when it is expected back"`
	ReturnedAt   time.Time `json:"returned_at,omitzero" doc:"when it came back"`
	ConditionIn  string    `json:"condition_in,omitempty" doc:"its condition then"`
	Damage       string    `json:"damage,omitempty" doc:"what was damaged"`
	Note         string    `json:"note,omitempty" doc:"note"`
}

func loanOf(zone *time.Location, now time.Time) func(desk.LoanView) Loan {
	return func(v desk.LoanView) Loan {
		l := v.Loan
		out := Loan{ID: l.ID, ClaimID: l.Claim, Number: l.Number, Category: l.Category, State: string(l.State), DemandedAt: in(l.DemandedAt, zone),
			Due: l.Due, Clause: l.Clause, Late: l.Late(now), LentAt: in(l.LentAt, zone), ConditionOut: l.ConditionOut, BackBy: in(l.BackBy, zone),
			ReturnedAt: in(l.ReturnedAt, zone), ConditionIn: l.ConditionIn, Damage: l.Damage, Note: l.Note}
		if v.Loaner != nil {
			d := loanerOf(zone)(*v.Loaner)
			out.Loaner = &d
		}
		return out
	}
}

// ClaimLoans is what a claim has of loaners.
type ClaimLoans struct {
	Items []Loan `json:"items" doc:"demands and loans, oldest first"`
	Due   string `json:"due,omitempty" doc:"by when a loaner that is demanded now is owed by law; absent where none is"`
	May   bool   `json:"may_demand" doc:"one may be demanded now"`
	Why   string `json:"why,omitempty" doc:"why none may"`
}

// DemandLoaner asks for a loaner.
type DemandLoaner struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"what the customer needs"`
}

// LendLoaner hands one out.
type LendLoaner struct {
	Loaner    string    `json:"loaner" minLength:"1" maxLength:"100" doc:"id of a free device of the same category"`
	Condition string    `json:"condition,omitempty" maxLength:"2000" doc:"its condition; absent = as in the pool"`
	BackBy    time.Time `json:"back_by,omitzero" doc:"when it is expected back; absent = once the device is ready"`
}

// ReturnLoaner takes it back.
type ReturnLoaner struct {
	Condition string `json:"condition" minLength:"1" maxLength:"2000" doc:"its condition"`
	Damage    string `json:"damage,omitempty" maxLength:"2000" doc:"what was damaged"`
	Place     string `json:"place,omitempty" maxLength:"100" doc:"id of where it is kept now; absent = as before"`
	Withdraw  bool   `json:"withdraw,omitempty" doc:"it is not lent again"`
}

// Recovery is one thing that a supplier owes for warranty work.
type Recovery struct {
	ID         string    `json:"id" doc:"id"`
	ClaimID    string    `json:"claim_id" doc:"the claim"`
	Number     string    `json:"number" doc:"number of the claim"`
	Supplier   string    `json:"supplier" doc:"id of the supplier in the pack, or the brand"`
	Centre     string    `json:"centre,omitempty" doc:"id of who did the work"`
	Kind       string    `json:"kind" vocab:"recovery_kinds" doc:"what for"`
	What       string    `json:"what" doc:"what was done or given"`
	Amount     Money     `json:"amount" doc:"what is claimed"`
	EarnedOn   string    `json:"earned_on" format:"date" doc:"the shop's day"`
	State      string    `json:"state" vocab:"recovery_states" doc:"how far it is"`
	Batch      string    `json:"batch,omitempty" doc:"id of its batch"`
	Agreed     *Money    `json:"agreed,omitempty" doc:"what the supplier consents to"`
	Reason     string    `json:"reason,omitempty" doc:"why less, or nothing"`
	AnsweredAt time.Time `json:"answered_at,omitzero" doc:"when it was answered"`
	PaidAt     time.Time `json:"paid_at,omitzero" doc:"when it was paid"`
	Reference  string    `json:"reference,omitempty" doc:"reference of the payment"`
}

func recoveryOf(zone *time.Location) func(care.Recovery) Recovery {
	return func(r care.Recovery) Recovery {
		return Recovery{ID: r.ID, ClaimID: r.Claim, Number: r.Number, Supplier: r.Supplier, Centre: r.Centre, Kind: string(r.Kind), What: r.What,
			Amount: *moneyOf(&r.Amount), EarnedOn: r.EarnedOn.String(), State: string(r.State), Batch: r.Batch, Agreed: moneyOf(r.Agreed),
			Reason: r.Reason, AnsweredAt: in(r.AnsweredAt, zone), PaidAt: in(r.PaidAt, zone), Reference: r.Reference}
	}
}

// NewRecovery is a cost that no event tells of.
type NewRecovery struct {
	Claim  string `json:"claim" minLength:"1" maxLength:"100" doc:"id or number of the claim"`
	Kind   string `json:"kind" vocab:"recovery_kinds" doc:"what for"`
	What   string `json:"what" minLength:"1" maxLength:"2000" doc:"what was done or given"`
	Amount Money  `json:"amount" doc:"sum in the pack's currency, above zero"`
}

// RecoveryAnswer is what the supplier says.
type RecoveryAnswer struct {
	Agreed *Money `json:"agreed,omitempty" doc:"the sum agreed; absent = rejected"`
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"required where less than the claimed sum is agreed"`
}

// RecoveryTotal sums a month.
type RecoveryTotal struct {
	Supplier string `json:"supplier" doc:"id of the supplier"`
	Month    string `json:"month" doc:"month in which it was earned" example:"2026-03"`
	State    string `json:"state" vocab:"recovery_states" doc:"how far the lines are"`
	Lines    int    `json:"lines" doc:"how many"`
	Amount   Money  `json:"amount" doc:"what is claimed"`
	Agreed   Money  `json:"agreed" doc:"what was agreed"`
}

func recoveryTotalOf(t care.RecoveryTotal) RecoveryTotal {
	return RecoveryTotal{Supplier: t.Supplier, Month: t.Month, State: string(t.State), Lines: t.Lines, Amount: *moneyOf(&t.Amount), Agreed: *moneyOf(&t.Agreed)}
}

// RecoveryBatch is what is claimed from a supplier at once.
type RecoveryBatch struct {
	ID        string    `json:"id" doc:"id"`
	Number    string    `json:"number" doc:"number" example:"REC-2026-000004"`
	Supplier  string    `json:"supplier" doc:"id of the supplier"`
	State     string    `json:"state" vocab:"batch_states" doc:"how far it is"`
	CreatedAt time.Time `json:"created_at" doc:"when it was made"`
	SentAt    time.Time `json:"sent_at,omitzero" doc:"when it was sent"`
	AnswerBy  string    `json:"answer_by,omitempty" format:"date" doc:"last day of the agreed term of the answer"`
	PaidAt    time.Time `json:"paid_at,omitzero" doc:"when it was paid"`
	Reference string    `json:"reference,omitempty" doc:"reference of the payment"`
}

func batchOf(zone *time.Location) func(care.RecoveryBatch) RecoveryBatch {
	return func(b care.RecoveryBatch) RecoveryBatch {
		return RecoveryBatch{ID: b.ID, Number: b.Number, Supplier: b.Supplier, State: string(b.State), CreatedAt: in(b.CreatedAt, zone),
			SentAt: in(b.SentAt, zone), AnswerBy: b.AnswerBy.String(), PaidAt: in(b.PaidAt, zone), Reference: b.Reference}
	}
}

// RecoveryBatchDetail is a batch with its lines.
type RecoveryBatchDetail struct {
	Batch  RecoveryBatch `json:"batch" doc:"the batch"`
	Lines  []Recovery    `json:"lines" doc:"its lines"`
	Total  Money         `json:"total" doc:"what is claimed"`
	Agreed Money         `json:"agreed" doc:"what was agreed"`
	Late   bool          `json:"late" doc:"the term of the answer has run out"`
}

// NewBatch gathers a supplier's open lines.
type NewBatch struct {
	Supplier string `json:"supplier" minLength:"1" maxLength:"100" doc:"id of the supplier"`
}

// Payment names a payment.
type Payment struct {
	Reference string `json:"reference" minLength:"1" maxLength:"200" doc:"reference of the payment"`
}
