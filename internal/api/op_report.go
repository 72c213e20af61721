package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

type reportIn struct {
	From     calendar.Date `query:"from" format:"date" doc:"first day of opening; absent = ninety days that end with the last"`
	To       calendar.Date `query:"to" format:"date" doc:"last day of opening; absent = today"`
	Centre   string        `query:"centre" maxLength:"100" doc:"only claims routed to this place"`
	Category string        `query:"category" vocab:"categories" doc:"only goods of this category"`
}

type reportOut struct{ Body ServiceReport }

// ServiceReport counts the claims that were opened in a time.
type ServiceReport struct {
	From       calendar.Date    `json:"from" doc:"first day of opening"`
	To         calendar.Date    `json:"to" doc:"last day of opening"`
	Claims     int              `json:"claims" doc:"claims opened in the time"`
	Open       int              `json:"open" doc:"of them not over"`
	Urgencies  []ReportUrgency  `json:"urgencies" doc:"all open claims by who acts, as of now"`
	Outcomes   []ReportOutcome  `json:"outcomes" doc:"how claims ended, most frequent first"`
	Turnaround ReportTurnaround `json:"turnaround" doc:"of all stays that have ended"`
	Months     []ReportMonth    `json:"months" doc:"the same by month of opening"`
	Centres    []ReportCentre   `json:"centres" doc:"the same by centre"`
	Refusals   []ReportRefusal  `json:"refusals" doc:"clauses that the latest decisions refuse by"`
	Models     []ReportModel    `json:"models" doc:"models with most failures, at most twenty"`
	Repeats    []ReportRepeat   `json:"repeats" doc:"units that came again within ninety days of a repair"`
	Repaired   int              `json:"repaired" doc:"claims that ended with a repair"`
	Costs      []ReportCost     `json:"costs" doc:"sums of the ledger's entries made in the time"`
}

// ReportUrgency counts the open claims whose next step is a role's.
type ReportUrgency struct {
	Role      string `json:"role" vocab:"roles" doc:"who acts next"`
	Late      int    `json:"late" doc:"the clock ran out"`
	Day       int    `json:"day" doc:"it will within 24 hours"`
	ThreeDays int    `json:"three_days" doc:"it will within 72 hours, those above left out"`
	Later     int    `json:"later" doc:"later, or there is no clock"`
}

// ReportOutcome counts claims that ended so.
type ReportOutcome struct {
	Outcome string `json:"outcome,omitzero" vocab:"claim_outcomes" doc:"absent = still open"`
	Claims  int    `json:"claims" doc:"how many"`
}

// ReportTurnaround says how long devices were away, in elapsed time.
type ReportTurnaround struct {
	Stays        int     `json:"stays" doc:"devices that came back"`
	MedianHours  float64 `json:"median_hours" doc:"half were back within this"`
	NinthHours   float64 `json:"ninth_hours" doc:"nine of ten were"`
	LongestHours float64 `json:"longest_hours" doc:"all were"`
}

// ReportMonth is the turnaround of the claims opened in a month.
type ReportMonth struct {
	Month string `json:"month" doc:"year and month" example:"2026-03"`
	ReportTurnaround
}

// ReportCentre is the turnaround of a centre.
type ReportCentre struct {
	Centre string `json:"centre,omitzero" doc:"id of the place; absent = none was named"`
	ReportTurnaround
}

// ReportRefusal counts claims that a clause refuses on a basis.
type ReportRefusal struct {
	Clause string `json:"clause" doc:"id of the clause"`
	Text   string `json:"text,omitzero" doc:"its text in the language asked for"`
	Basis  string `json:"basis" vocab:"bases" doc:"the basis"`
	Claims int    `json:"claims" doc:"claims whose latest decision it refuses"`
	Ended  int    `json:"ended" doc:"of them ended as refused"`
}

// ReportModel counts a model's claims.
type ReportModel struct {
	Category string `json:"category" doc:"category of goods"`
	Brand    string `json:"brand" doc:"brand"`
	Model    string `json:"model" doc:"model"`
	Claims   int    `json:"claims" doc:"claims opened"`
	Failures int    `json:"failures" doc:"of them ended with a defect made good"`
	Sold     int    `json:"sold" doc:"units of the model in the registry"`
}

// ReportRepeat is a claim on a unit that had been repaired shortly before.
type ReportRepeat struct {
	Claim        string    `json:"claim" doc:"number of the claim"`
	Brand        string    `json:"brand" doc:"brand"`
	Model        string    `json:"model" doc:"model"`
	OpenedAt     time.Time `json:"opened_at" doc:"when it was opened"`
	RepairedAt   time.Time `json:"repaired_at" doc:"when the earlier repair ended"`
	EarlierClaim string    `json:"earlier_claim,omitzero" doc:"number of its claim; absent = before the registry"`
}

// ReportCost sums entries of one kind, parties and currency.
type ReportCost struct {
	What     string `json:"what" doc:"kind of the entry, or supplier: work and parts claimed from suppliers"`
	Debtor   string `json:"debtor,omitzero" vocab:"parties" doc:"who owes"`
	Creditor string `json:"creditor,omitzero" vocab:"parties" doc:"to whom"`
	Entries  int    `json:"entries" doc:"how many"`
	Open     Money  `json:"open" doc:"due or approved"`
	Paid     Money  `json:"paid" doc:"paid"`
}

func (s *server) reportOperations() {
	register(s, huma.Operation{OperationID: "service-report", Method: http.MethodGet, Path: "/reports/service", Tags: []string{"Reports"}, Security: byKey(),
		Summary: "Tell how claims went: lateness, outcomes, turnaround, refusals by clause, failures by model, repeats, costs"},
		func(ctx context.Context, who caller, in *reportIn) (*reportOut, error) {
			v, err := s.desk.Statistics(ctx, who.actor, desk.ReportAsk{From: in.From, To: in.To, Centre: in.Centre, Category: in.Category}, who.lang)
			if err != nil {
				return nil, err
			}
			return &reportOut{Body: serviceReportOf(v, who.zone)}, nil
		})
}

func serviceReportOf(v desk.ReportView, zone *time.Location) ServiceReport {
	return ServiceReport{From: v.From, To: v.To, Claims: v.Claims, Open: v.Open, Repaired: v.Repaired,
		Urgencies: each(v.Urgencies, func(u care.Urgency) ReportUrgency {
			return ReportUrgency{string(u.Owner), u.Late, u.Day, u.ThreeDays, u.Later}
		}),
		Outcomes:   each(v.Outcomes, func(o care.OutcomeCount) ReportOutcome { return ReportOutcome{string(o.Outcome), o.Claims} }),
		Turnaround: turnaroundOf(v.Turnaround),
		Months:     each(v.Months, func(m care.MonthTurnaround) ReportMonth { return ReportMonth{m.Month, turnaroundOf(m.Turnaround)} }),
		Centres:    each(v.Centres, func(c care.CentreTurnaround) ReportCentre { return ReportCentre{c.Centre, turnaroundOf(c.Turnaround)} }),
		Refusals: each(v.Refusals, func(r care.RefusalCount) ReportRefusal {
			return ReportRefusal{Clause: r.Clause, Text: v.Clauses[r.Clause].Text, Basis: string(r.Basis), Claims: r.Claims, Ended: r.Ended}
		}),
		Models: each(v.Models, func(m care.ModelCount) ReportModel { return ReportModel(m) }),
		Repeats: each(v.Repeats, func(r care.Repeat) ReportRepeat {
			return ReportRepeat{Claim: r.Number, Brand: r.Brand, Model: r.Model, OpenedAt: r.OpenedAt.In(zone), RepairedAt: r.Before.In(zone), EarlierClaim: r.BeforeNumber}
		}),
		Costs: each(v.Costs, func(c care.CostCount) ReportCost {
			return ReportCost{What: c.What, Debtor: string(c.Debtor), Creditor: string(c.Creditor), Entries: c.Entries,
				Open: *moneyOf(&money.Amount{Minor: c.Open, Currency: c.Currency}), Paid: *moneyOf(&money.Amount{Minor: c.Paid, Currency: c.Currency})}
		}),
	}
}

func turnaroundOf(t care.Turnaround) ReportTurnaround {
	return ReportTurnaround{Stays: t.Stays, MedianHours: hours(t.Median), NinthHours: hours(t.Ninth), LongestHours: hours(t.Longest)}
}

// hours are whole tenths.
func hours(d time.Duration) float64 { return float64(d.Round(6*time.Minute)/(6*time.Minute)) / 10 }
