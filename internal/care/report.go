package care

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/talon-care/talon/policy"
)

// ReportFilter says which claims a report is of: those opened from one instant
// on and before another. The other fields don't narrow when they are empty.
type ReportFilter struct {
	From, Before time.Time
	Centre       string // Place.ID
	Category     string
}

// ReportClaim is what a report needs of a claim.
type ReportClaim struct {
	Claim, Number          string
	State                  State
	Outcome                Outcome
	Category, Brand, Model string
	Centre                 string
	OpenedAt               time.Time
	Accepted, Released     time.Time // the first day and the last of its stays; zero = none
	Before                 time.Time // when an earlier repair of the unit ended; zero = there was none
	BeforeNumber           string    // of the claim of that repair; "" = it was before the registry
}

// ReportRefusal is a clause that the latest decision of a claim refuses by.
type ReportRefusal struct {
	Claim  string
	Basis  policy.Basis
	Clause string
	Ended  bool // the claim ended as refused
}

// RepeatWindow is how long after a repair another claim on the unit counts as
// a repeat: ninety days, the usual figure of the trade.
const RepeatWindow = 90 * 24 * time.Hour

// Report is what a manager wants to know of the claims of a time. It is
// gathered claim by claim; Done puts it in order.
type Report struct {
	Claims     int
	Open       int
	Outcomes   []OutcomeCount // most frequent first
	Turnaround Turnaround     // of all stays that have ended
	Centres    []CentreTurnaround
	Months     []MonthTurnaround
	Refusals   []RefusalCount // most frequent first
	Models     []ModelCount   // most failures first
	Repeats    []Repeat       // newest first
	Repaired   int            // claims that a repeat could follow: repaired ones
	Costs      []CostCount

	outcomes map[Outcome]int
	stays    []time.Duration
	centres  map[string][]time.Duration
	months   map[string][]time.Duration
	refusals map[refusalKey]*RefusalCount
	models   map[modelKey]*ModelCount
}

// OutcomeCount counts the claims that ended so; "" are those still open.
type OutcomeCount struct {
	Outcome Outcome
	Claims  int
}

// Turnaround says how long devices were away, from the hand-over to the
// service until the release, in elapsed time. Half of them were faster than
// Median, nine of ten no slower than Ninth.
type Turnaround struct {
	Stays                  int
	Median, Ninth, Longest time.Duration
}

// CentreTurnaround is that of one centre; "" = none was named.
type CentreTurnaround struct {
	Centre string
	Turnaround
}

// MonthTurnaround is that of the claims opened in one month, "2026-03".
type MonthTurnaround struct {
	Month string
	Turnaround
}

// RefusalCount counts the claims that a clause refuses on a basis.
type RefusalCount struct {
	Clause string
	Basis  policy.Basis
	Claims int
	Ended  int // of them ended as refused
}

// ModelCount counts a model's claims. Failures are those that a defect was
// made good for; Sold is how many units of it the registry knows.
type ModelCount struct {
	Category, Brand, Model string
	Claims, Failures, Sold int
}

// Repeat is a claim on a unit that had been repaired shortly before.
type Repeat struct {
	Claim, Number          string
	Category, Brand, Model string
	OpenedAt, Before       time.Time
	BeforeNumber           string
}

// CostCount sums what the ledger holds of one kind: what the retailer owes or
// paid, less what others owe it for the same.
type CostCount struct {
	What     string // a DebtKind, or "supplier" for what makers are asked to make good
	Debtor   Party
	Creditor Party
	Currency string
	Entries  int
	Open     int64 // minor units, due or approved
	Paid     int64 // minor units
}

type refusalKey struct {
	clause string
	basis  policy.Basis
}

type modelKey struct{ category, brand, model string }

// Add counts a claim. Months are those of the zone.
func (r *Report) Add(c ReportClaim, zone *time.Location) {
	if r.outcomes == nil {
		r.outcomes, r.centres, r.months = map[Outcome]int{}, map[string][]time.Duration{}, map[string][]time.Duration{}
		r.models = map[modelKey]*ModelCount{}
	}
	r.Claims++
	outcome := c.Outcome
	if !c.State.Over() {
		r.Open++
		outcome = ""
	}
	r.outcomes[outcome]++
	if c.Outcome == OutcomeRepaired {
		r.Repaired++
	}
	if !c.Accepted.IsZero() && !c.Released.IsZero() {
		took, month := c.Released.Sub(c.Accepted), c.OpenedAt.In(zone).Format("2006-01")
		r.stays = append(r.stays, took)
		r.centres[c.Centre] = append(r.centres[c.Centre], took)
		r.months[month] = append(r.months[month], took)
	}
	r.addModel(c)
	if !c.Before.IsZero() && c.OpenedAt.Sub(c.Before) <= RepeatWindow {
		r.Repeats = append(r.Repeats, Repeat{Claim: c.Claim, Number: c.Number, Category: c.Category, Brand: c.Brand, Model: c.Model,
			OpenedAt: c.OpenedAt, Before: c.Before, BeforeNumber: c.BeforeNumber})
	}
}

func (r *Report) addModel(c ReportClaim) {
	k := modelKey{c.Category, c.Brand, c.Model}
	m := r.models[k]
	if m == nil {
		m = &ModelCount{Category: c.Category, Brand: c.Brand, Model: c.Model}
		r.models[k] = m
	}
	m.Claims++
	switch c.Outcome {
	case OutcomeRepaired, OutcomeReplaced, OutcomeRefunded, OutcomeReduced:
		m.Failures++
	}
}

// AddRefusal counts a clause that a claim is refused by.
func (r *Report) AddRefusal(x ReportRefusal) {
	if r.refusals == nil {
		r.refusals = map[refusalKey]*RefusalCount{}
	}
	k := refusalKey{x.Clause, x.Basis}
	n := r.refusals[k]
	if n == nil {
		n = &RefusalCount{Clause: x.Clause, Basis: x.Basis}
		r.refusals[k] = n
	}
	n.Claims++
	if x.Ended {
		n.Ended++
	}
}

// Done orders what was counted; models is how many of them are kept, 0 = all.
func (r *Report) Done(models int) {
	for o, n := range r.outcomes {
		r.Outcomes = append(r.Outcomes, OutcomeCount{o, n})
	}
	slices.SortFunc(r.Outcomes, func(a, b OutcomeCount) int {
		return cmp.Or(b.Claims-a.Claims, cmp.Compare(a.Outcome, b.Outcome))
	})
	r.Turnaround = turnaround(r.stays)
	for _, centre := range slices.Sorted(maps.Keys(r.centres)) {
		r.Centres = append(r.Centres, CentreTurnaround{centre, turnaround(r.centres[centre])})
	}
	slices.SortStableFunc(r.Centres, func(a, b CentreTurnaround) int { return b.Stays - a.Stays })
	for _, month := range slices.Sorted(maps.Keys(r.months)) {
		r.Months = append(r.Months, MonthTurnaround{month, turnaround(r.months[month])})
	}
	for _, n := range r.refusals {
		r.Refusals = append(r.Refusals, *n)
	}
	slices.SortFunc(r.Refusals, func(a, b RefusalCount) int {
		return cmp.Or(b.Claims-a.Claims, cmp.Compare(a.Clause, b.Clause), cmp.Compare(a.Basis, b.Basis))
	})
	for _, m := range r.models {
		r.Models = append(r.Models, *m)
	}
	slices.SortFunc(r.Models, func(a, b ModelCount) int {
		return cmp.Or(b.Failures-a.Failures, b.Claims-a.Claims, cmp.Compare(a.Brand, b.Brand), cmp.Compare(a.Model, b.Model),
			cmp.Compare(a.Category, b.Category))
	})
	if models > 0 && len(r.Models) > models {
		r.Models = r.Models[:models]
	}
	slices.SortFunc(r.Repeats, func(a, b Repeat) int {
		return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), cmp.Compare(a.Claim, b.Claim))
	})
}

// turnaround takes the lower of two middle values for the median, so that it
// is one that really was.
func turnaround(list []time.Duration) Turnaround {
	t := Turnaround{Stays: len(list)}
	if len(list) == 0 {
		return t
	}
	slices.Sort(list)
	rank := func(percent int) time.Duration { return list[(len(list)*percent+99)/100-1] }
	t.Median, t.Ninth, t.Longest = rank(50), rank(90), list[len(list)-1]
	return t
}

// Urgency counts the open claims whose next step is a role's, by how soon the
// clock of their state runs out.
type Urgency struct {
	Owner     Role
	Late      int
	Day       int // within 24 hours
	ThreeDays int // within 72 hours, those within 24 left out
	Later     int // or without a clock
}

// Total is all of them.
func (u Urgency) Total() int { return u.Late + u.Day + u.ThreeDays + u.Later }
