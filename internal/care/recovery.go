package care

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// RecoveryKind says what a line of supplier recovery is for.
type RecoveryKind string

// What a maker or distributor pays back for warranty work on its card (B2).
const (
	RecoverLabour      RecoveryKind = "labour"
	RecoverParts       RecoveryKind = "parts"
	RecoverReplacement RecoveryKind = "replacement" // the unit given
	RecoverRefund      RecoveryKind = "refund"      // the price given back
	RecoverTransport   RecoveryKind = "transport"   // one way
)

// RecoveryKinds lists the kinds in the order pages show them.
func RecoveryKinds() []RecoveryKind {
	return []RecoveryKind{RecoverLabour, RecoverParts, RecoverReplacement, RecoverRefund, RecoverTransport}
}

// RecoveryState says how far a line is.
type RecoveryState string

// The states of a line.
const (
	RecoveryOpen     RecoveryState = "open"     // earned, not claimed yet
	RecoveryBatched  RecoveryState = "batched"  // in a batch that was not sent
	RecoverySent     RecoveryState = "sent"     // claimed from the supplier
	RecoveryAgreed   RecoveryState = "agreed"   // to be paid, in full or in part
	RecoveryRejected RecoveryState = "rejected" // with a reason
	RecoveryPaid     RecoveryState = "paid"
)

// RecoveryStates lists the states in the order of a line's life.
func RecoveryStates() []RecoveryState {
	return []RecoveryState{RecoveryOpen, RecoveryBatched, RecoverySent, RecoveryAgreed, RecoveryRejected, RecoveryPaid}
}

// Recovery is one thing that a supplier owes the retailer for warranty work.
type Recovery struct {
	ID       string
	Retailer string
	Claim    string
	Number   string // of the claim
	Cause    string // unique within the claim: what it came of
	Supplier string // policy.SupplierRule.ID, or the brand where the terms name nobody
	Centre   string // Place.ID of who did the work
	Kind     RecoveryKind
	What     string
	Amount   money.Amount
	EarnedOn calendar.Date // the shop's date
	EarnedAt time.Time

	State      RecoveryState
	Batch      string        // RecoveryBatch.ID
	Agreed     *money.Amount // what the supplier consents to
	Reason     string        // of a rejection, or of an agreed sum that is lower
	AnsweredAt time.Time
	PaidAt     time.Time
	Reference  string // of the payment
}

// BatchState says how far a batch is.
type BatchState string

// The states of a batch.
const (
	BatchDraft BatchState = "draft" // lines may still change
	BatchSent  BatchState = "sent"
	BatchPaid  BatchState = "paid" // or nothing of it was agreed
	// BatchDropped was taken apart before it was sent.
	BatchDropped BatchState = "dropped"
)

// BatchStates lists the states.
func BatchStates() []BatchState { return []BatchState{BatchDraft, BatchSent, BatchPaid, BatchDropped} }

// RecoveryBatch is what is claimed from one supplier at once.
type RecoveryBatch struct {
	ID        string
	Retailer  string
	Number    string // REC-2026-000004
	Supplier  string
	State     BatchState
	CreatedAt time.Time
	CreatedBy string
	SentAt    time.Time
	AnswerBy  calendar.Date // last day of the agreed term
	PaidAt    time.Time
	Reference string
}

// RecoveryFilter narrows a list of lines. Zero fields don't narrow.
type RecoveryFilter struct {
	States   []RecoveryState
	Supplier string
	Batch    string
	Claim    string
}

// RecoveryTotal sums the lines of a supplier that were earned in a month.
type RecoveryTotal struct {
	Supplier string
	Month    string // 2026-03
	State    RecoveryState
	Currency string
	Lines    int
	Amount   money.Amount
	Agreed   money.Amount // of those that were answered
}

// Agreement is what is agreed with a supplier: policy.SupplierRule.
type Agreement interface {
	Labour(kind, currency string) *money.Amount
	Carriage(currency string) *money.Amount
}

// Recoverable reports whether the claim's cost is the maker's to bear: work on
// the warranty of a card that the maker gave (B2).
func (c Claim) Recoverable() bool {
	return c.Sale.WarrantyIssuer == "manufacturer" && c.Remedy != nil && c.Remedy.Basis == policy.Warranty
}

// Recovered is what the claim's events have cost that its supplier pays back,
// with causes that never change, so that it may be computed again after each
// event. Sums are in the currency given by paid; a sum that nobody knows makes
// no line. IDs, supplier and state are the caller's to set.
func Recovered(c Claim, events []Event, t Agreement, currency string, zone *time.Location, paid func(money.Amount, calendar.Date) money.Amount) []Recovery {
	if !c.Recoverable() || !c.workDone() {
		return nil
	}
	var out []Recovery
	redone := false // after a failed check: at no further agreed rate
	add := func(e Event, kind RecoveryKind, suffix, what string, sum *money.Amount) {
		if sum == nil || sum.Minor <= 0 {
			return
		}
		day := calendar.DateOf(e.At, zone)
		amount := paid(*sum, day)
		if amount.Currency != currency {
			return // can't be summed up with the others; a line by hand names it
		}
		out = append(out, Recovery{Retailer: c.Retailer, Claim: c.ID, Number: c.Number, Cause: causeOf(e, kind) + suffix, Centre: c.workPlace(),
			Kind: kind, What: what, Amount: amount, EarnedOn: day, EarnedAt: e.At, State: RecoveryOpen})
	}
	for _, e := range events {
		switch p := e.Data.(type) {
		case *RepairFinished:
			if p.Outcome != "repaired" {
				continue
			}
			labour := p.Labour
			if labour == nil && t != nil && !redone {
				labour = t.Labour(p.Kind, currency)
			}
			add(e, RecoverLabour, "", p.Work, labour)
			for i, part := range p.Parts {
				add(e, RecoverParts, "."+strconv.Itoa(i+1), strings.TrimSpace(part.Part+" "+part.Name+" "+part.Serial), part.Price)
			}
		case *WentBack:
			redone = slices.ContainsFunc(out, func(r Recovery) bool { return r.Kind == RecoverLabour })
		case *RepairStarted:
			redone = false
		case *WasReplaced:
			add(e, RecoverReplacement, "", strings.TrimSpace(p.Unit.Brand+" "+p.Unit.Model+" "+p.Unit.Identity()), c.Sale.Price)
		case *RefundPaid:
			if c.Refund != nil {
				add(e, RecoverRefund, "", p.Reference, &c.Refund.Amount)
			}
		case *WasForwarded, *WasShipped:
			if t != nil {
				add(e, RecoverTransport, "", legOf(e), t.Carriage(currency))
			}
		}
	}
	return out
}

// causeOf names an event within its claim.
func causeOf(e Event, kind RecoveryKind) string { return string(kind) + "@" + strconv.Itoa(e.Seq) }

// legOf says which way a courier took.
func legOf(e Event) string {
	switch p := e.Data.(type) {
	case *WasForwarded:
		return strings.TrimSpace(p.Holder.Carrier + " " + p.Holder.Tracking)
	case *WasShipped:
		return strings.TrimSpace(p.Carrier + " " + p.Tracking)
	}
	return ""
}

// workDone reports whether what the warranty promises has been done.
func (c Claim) workDone() bool {
	return c.Repair != nil && c.Repair.Outcome == "repaired" || c.Replacement != nil || c.Refund != nil && !c.Refund.PaidAt.IsZero()
}

// workPlace is who did the work.
func (c Claim) workPlace() string {
	if c.Repair != nil && c.Repair.Place != "" {
		return c.Repair.Place
	}
	return c.Centre
}

// Answer records what the supplier says to a line: an agreed sum, or a
// rejection with its reason.
func (r Recovery) Answer(agreed *money.Amount, reason string, at time.Time) (Recovery, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case !slices.Contains([]RecoveryState{RecoverySent, RecoveryAgreed, RecoveryRejected}, r.State):
		return r, Fail(Illegal, "recovery_not_sent", "number", r.Number)
	case agreed == nil && reason == "":
		return r, Fail(Invalid, "required", "field", "reason").At("reason")
	case agreed != nil && (agreed.Minor <= 0 || agreed.Currency != r.Amount.Currency || agreed.Minor > r.Amount.Minor):
		return r, Fail(Invalid, "recovery_sum", "claimed", r.Amount.String()+" "+r.Amount.Currency).At("agreed")
	case agreed != nil && agreed.Minor < r.Amount.Minor && reason == "":
		return r, Fail(Invalid, "required", "field", "reason").At("reason")
	}
	r.State, r.Agreed, r.Reason, r.AnsweredAt = RecoveryRejected, nil, reason, at
	if agreed != nil {
		sum := *agreed
		r.State, r.Agreed = RecoveryAgreed, &sum
	}
	return r, nil
}

// checkCosts checks the sums that the repairer reports.
func (f FinishRepair) checkCosts() error {
	sums := map[string]*money.Amount{"labour": f.Labour}
	for _, p := range f.Parts {
		if p.Price != nil && (sums["parts"] == nil || p.Price.Minor < sums["parts"].Minor) {
			sums["parts"] = p.Price
		}
	}
	for _, field := range []string{"labour", "parts"} {
		if a := sums[field]; a != nil && (a.Minor < 0 || a.Currency == "") {
			return Fail(Invalid, "cost_negative").At(field)
		}
	}
	return nil
}

// Cost is what the repair cost the repairer, as reported: labour and parts, in
// one currency; nil where nothing was reported or the currencies differ.
func (r *Repair) Cost() *money.Amount {
	if r == nil {
		return nil
	}
	sums := []*money.Amount{r.Labour}
	for _, p := range r.Parts {
		sums = append(sums, p.Price)
	}
	var total *money.Amount
	for _, a := range sums {
		if a == nil {
			continue
		}
		if total == nil {
			first := *a
			total = &first
			continue
		}
		sum, err := total.Add(*a)
		if err != nil {
			return nil
		}
		total = &sum
	}
	return total
}
