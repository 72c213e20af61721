package policy

import (
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// Decision is the full answer for one set of facts, in one language. It
// marshals to the JSON of docs/decision.md; the same pack version and facts
// give the same bytes.
type Decision struct {
	Pack           string        `json:"pack" doc:"id of the pack"`
	PackVersion    string        `json:"pack_version" doc:"version of the pack that decided"`
	StatuteVersion string        `json:"statute_version,omitzero" doc:"id and version of the statute pack beside it"`
	At             time.Time     `json:"at" doc:"the instant of the decision"`
	Lang           string        `json:"lang" doc:"language of the texts"`
	Chosen         Basis         `json:"chosen,omitzero" doc:"the basis the customer chose (C4)"`
	Bases          []BasisResult `json:"bases" doc:"each basis side by side"`
	Recommended    Recommended   `json:"recommended" doc:"the best basis for the customer"`
	Support        *Support      `json:"support" doc:"the phone-support right, or null (C6)"`
	Route          []Route       `json:"route" doc:"where the device goes, best first"`
	Contacts       []Contact     `json:"contacts" doc:"whom to ask about this request"`
	Acknowledge    []string      `json:"acknowledge" doc:"ids of the acknowledgements to collect"`
	Notices        []ClauseRef   `json:"notices" doc:"texts of the acknowledgements and other notices, by clause"`
	AnswerUntil    *string       `json:"answer_until" doc:"when the request must be answered: a date or an instant; null when nothing is promised"`
}

// Basis finds the result on one basis; nil when this unit does not have it.
func (d *Decision) Basis(b Basis) *BasisResult {
	for i := range d.Bases {
		if d.Bases[i].Basis == b {
			return &d.Bases[i]
		}
	}
	return nil
}

// BasisResult is the answer on one basis.
type BasisResult struct {
	Basis         Basis         `json:"basis" enum:"bases" doc:"the basis"`
	InForce       bool          `json:"in_force" doc:"the demand falls inside the term"`
	From          calendar.Date `json:"from,omitzero" doc:"first day"`
	LastDay       calendar.Date `json:"last_day,omitzero" doc:"nominal last day, inclusive"`
	Until         calendar.Date `json:"until,omitzero" doc:"last day moved to a working day where the law says so"`
	Provisional   bool          `json:"provisional,omitzero" doc:"until rests on a year whose transferred days off are not published"`
	ProlongedDays int           `json:"prolonged_days" doc:"days added for time in service"`
	Ledger        []LedgerEntry `json:"ledger" doc:"the stays behind prolonged_days"`
	Verdict       Verdict       `json:"verdict" enum:"verdicts" doc:"the answer"`
	Clauses       []ClauseRef   `json:"clauses" doc:"the clauses the answer rests on, deciding ones first"`
	Needs         []Need        `json:"needs" doc:"what is missing, most decisive first"`
	Remedies      []Remedy      `json:"remedies" doc:"remedies in order"`
	Deadlines     []Deadline    `json:"deadlines" doc:"deadlines with their rule"`
}

// LedgerEntry is one stay in service that moved the end of the term.
type LedgerEntry struct {
	From   calendar.Date `json:"from" doc:"first day of the stay"`
	To     calendar.Date `json:"to" doc:"last day of the stay, counted"`
	Days   int           `json:"days" doc:"days this entry adds; days shared with an earlier entry count once"`
	Open   bool          `json:"open,omitzero" doc:"still in service at the instant of the decision"`
	Clause string        `json:"clause" doc:"id of the prolongation clause"`
}

// ClauseRef is a clause as shown to a reader.
type ClauseRef struct {
	ID          string   `json:"id" doc:"clause id"`
	Requirement string   `json:"requirement" doc:"row of the requirements or of the law"`
	Effect      string   `json:"effect" doc:"what it does: refuse, paid, proof, term, prolong, restart, remedy, deadline, notice …"`
	Source      string   `json:"source" doc:"section of the page or article of the law"`
	Verified    *bool    `json:"verified,omitzero" doc:"false where the article's text was not read"`
	Text        string   `json:"text" doc:"text in the reader's language"`
	Facts       []string `json:"facts" doc:"the facts that made it true"`
}

// Need is a document or a fact that is missing.
type Need struct {
	Document string `json:"document,omitzero" enum:"documents" doc:"a document to show"`
	Fact     string `json:"fact,omitzero" doc:"path of a fact"`
	Question string `json:"question,omitzero" doc:"the question to ask, in the reader's language"`
}

// Remedy is one thing that may be done.
type Remedy struct {
	Kind    string        `json:"kind" enum:"remedy_kinds" doc:"what is done"`
	Chooser string        `json:"chooser" enum:"choosers" doc:"who chooses it"`
	Amount  *money.Amount `json:"amount" doc:"sum: for a refund what the customer gets; for a replacement the difference, + the customer pays, − gets; null when none"`
	Clause  string        `json:"clause" doc:"id of the clause that grants it"`
}

// Deadline is one legal or promised term.
type Deadline struct {
	Name        string        `json:"name" enum:"deadlines" doc:"what must be done"`
	Due         string        `json:"due" doc:"last day (a date), or an instant where hours are counted"`
	From        string        `json:"from" doc:"the day or instant it counts from"`
	Clause      string        `json:"clause" doc:"id of the clause"`
	Provisional bool          `json:"provisional" doc:"rests on a year whose transferred days off are not published"`
	Breach      []string      `json:"breach,omitzero" doc:"what a breach opens"`
	OverdueDays int           `json:"overdue_days,omitzero" doc:"days past due at the instant of the decision"`
	Penalty     *money.Amount `json:"penalty,omitzero" doc:"penalty accrued so far"`
}

// Recommended is the basis that serves the customer best.
type Recommended struct {
	Basis Basis  `json:"basis" doc:"the basis; empty when none helps"`
	Why   string `json:"why" doc:"the reason in the reader's language"`
}

// Support is the right to phone support (C6).
type Support struct {
	From    calendar.Date `json:"from" doc:"day of delivery"`
	LastDay calendar.Date `json:"last_day" doc:"last day, inclusive"`
	InForce bool          `json:"in_force" doc:"the request falls inside"`
	Clause  string        `json:"clause" doc:"id of the clause"`
}

// Route is one centre the device may go to.
type Route struct {
	Centre  string `json:"centre" doc:"id of the centre"`
	Name    string `json:"name" doc:"its name in the reader's language"`
	Address string `json:"address,omitzero" doc:"its address"`
	Phone   string `json:"phone,omitzero" doc:"its phone"`
	Why     string `json:"why" doc:"the reason in the reader's language"`
	Clause  string `json:"clause" doc:"id of the routing clause"`
}

// Contact is whom to turn to.
type Contact struct {
	ID        string `json:"id" doc:"id of the contact"`
	Label     string `json:"label" doc:"department in the reader's language"`
	Kind      string `json:"kind" doc:"phone, email, address, form, video or catalogue"`
	Value     string `json:"value" doc:"the number, address or link"`
	Extension string `json:"extension,omitzero" doc:"extension to dial"`
	Clause    string `json:"clause" doc:"id of the clause"`
}
