package care_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// withTerms adds terms to a decision's first basis.
func withTerms(d care.Decide, terms ...policy.Deadline) care.Decide {
	d.Decision.Bases[0].Deadlines = terms
	return d
}

func term(name, due string) policy.Deadline {
	return policy.Deadline{Name: name, Due: due, From: "2026-03-02", Clause: "clause"}
}

// TestRepairLife follows a device from the counter to the bench and back.
func TestRepairLife(t *testing.T) {
	month := withTerms(covers(), term("remedy", "2026-04-02"))
	k := submitted(t).do(clerk, month, atShop())
	if got := k.claim.Custody; got.Kind != care.HeldByShop || got.Place != "shop" {
		t.Errorf("after intake held by %+v", got)
	}
	k.do(clerk, care.Forward{To: "centre", Carrier: "courier", Tracking: "T1"})
	if got := k.claim; got.Custody.Kind != care.HeldByCourier || got.Centre != "centre" || got.Owner != care.Dispatcher {
		t.Errorf("on its way: %+v, centre %q, owner %q", got.Custody, got.Centre, got.Owner)
	}
	k.do(partner, care.ReceiveAtCentre{Place: "centre", PlaceKind: care.AuthorisedPlace}, care.StartDiagnosis{}, hardware(), month)
	if k.claim.State != care.Decided || k.claim.Verdict() != policy.Covered {
		t.Fatalf("diagnosed and decided: %s, %s", k.claim.State, k.claim.Verdict())
	}
	k.do(partner, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "new board", Parts: []care.Part{{Part: "mainboard"}}}, care.MarkReady{})
	released := k.now
	k.do(clerk, care.Ship{Carrier: "courier"}, care.HandOver{}, care.Close{})
	c := k.claim
	want := []care.Stay{{Retailer: "r", Unit: "unit", Claim: "claim", Demanded: start, Accepted: c.Stays[0].Accepted, Released: released, HandedBack: c.Custody.Since,
		Kind: "hardware", Outcome: "repaired", Centre: "authorised", Basis: policy.Warranty, Defect: "no-power"}}
	if diff := cmp.Diff(want, c.Stays); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	if c.State != care.Closed || c.Outcome != care.OutcomeRepaired || c.Custody.Kind != care.HeldByCustomer {
		t.Errorf("ended %s, %s, with %s", c.State, c.Outcome, c.Custody.Kind)
	}
	if d := c.Deadlines[0]; d.State != care.DeadlineMet || !d.SettledAt.Equal(released) {
		t.Errorf("the month: %+v", d)
	}
}

// TestEndings runs claims to each outcome.
func TestEndings(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(testing.TB) *kit
		want care.Outcome
		stay string
	}{
		"no fault found": {func(t testing.TB) *kit { return sound(t).do(clerk, care.MarkReady{}, care.HandOver{}, care.Close{}) }, care.OutcomeNoFault, "no_fault"},
		"repaired for money": {func(t testing.TB) *kit {
			return awaiting(t, care.WaitPaidEstimate).do(owner, care.AnswerEstimate{Accepted: true}).
				do(tech, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{}).do(clerk, care.HandOver{}, care.Close{})
		}, care.OutcomePaid, "paid"},
		"estimate declined": {func(t testing.TB) *kit {
			return awaiting(t, care.WaitPaidEstimate).do(owner, care.AnswerEstimate{}).do(clerk, care.MarkReady{}, care.HandOver{}, care.Close{})
		}, care.OutcomeDeclined, "refused"},
		"replaced": {func(t testing.TB) *kit { return replaced(t).do(clerk, care.MarkReady{}, care.HandOver{}, care.Close{}) }, care.OutcomeReplaced, "replaced"},
		"replaced for a difference": {func(t testing.TB) *kit {
			k := awaiting(t, care.WaitPriceDifference).do(owner, care.AnswerDifference{Accepted: true})
			return k.do(clerk, good(t, k.claim, care.CmdReplace), care.MarkReady{}, care.HandOver{}, care.Close{})
		}, care.OutcomeReplaced, "replaced"},
		"refunded": {func(t testing.TB) *kit { return paid(t).do(clerk, care.Close{}) }, care.OutcomeRefunded, ""},
		"price reduced": {func(t testing.TB) *kit {
			return coveredBy(t, offer("price_reduction", "customer")).do(owner, care.ChooseRemedy{Remedy: "price_reduction"}).
				do(manager, care.ApproveRefund{Amount: euros}, care.PayRefund{Reference: "x"}).do(clerk, care.MarkReady{}, care.HandOver{}, care.Close{})
		}, care.OutcomeReduced, ""},
		"refused": {func(t testing.TB) *kit {
			return in(t, care.Refused).do(clerk, care.MarkReady{}, care.HandOver{}, care.Close{})
		}, care.OutcomeRefused, "refused"},
		"taken back while we hold it": {func(t testing.TB) *kit {
			return in(t, care.Accepted).do(owner, care.Cancel{Reason: "x"}).do(clerk, care.HandOver{}, care.Close{})
		}, care.OutcomeWithdrawn, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.end(t).claim
			if got.State != care.Closed || got.Outcome != c.want {
				t.Errorf("ended %s, %s; want closed, %s", got.State, got.Outcome, c.want)
			}
			if n := len(got.Stays); n != 1 || got.Stays[0].Outcome != c.stay || got.Stays[0].Released.IsZero() {
				t.Errorf("ledger %+v, want one ended stay with outcome %q", got.Stays, c.stay)
			}
		})
	}
}

// TestDifferenceDeclined goes back to the choice of a remedy (A9).
func TestDifferenceDeclined(t *testing.T) {
	c := awaiting(t, care.WaitPriceDifference).do(owner, care.AnswerDifference{}).claim
	if c.State != care.Decided || c.Remedy != nil {
		t.Errorf("after the answer: %s, remedy %+v", c.State, c.Remedy)
	}
	seen := coveredBy(t, costing(offer("replacement", "customer"), euros)).do(owner, care.ChooseRemedy{Remedy: "replacement"}).claim
	if seen.State != care.Replacing || !seen.Remedy.Agreed {
		t.Errorf("a customer who chose it seeing the price is asked again: %s", seen.State)
	}
}

// TestTerms says which of a decision's terms run for a claim, and what
// becomes of them.
func TestTerms(t *testing.T) {
	all := []policy.Deadline{term("repair", "2026-04-16"), term("loaner", "2026-03-05"), term("refund", "2026-03-12"), term("replacement", "2026-03-09"),
		term("return", "2026-03-06T12:00:00+02:00")}
	type row map[string]care.DeadlineState
	deadlines := func(c care.Claim) row {
		out := row{}
		for _, d := range c.Deadlines {
			out[d.Name] = d.State
		}
		return out
	}
	chooses := func(kind string) func(testing.TB) *kit {
		return func(t testing.TB) *kit {
			d := withTerms(decide(basis(policy.Warranty, policy.Covered, offer(kind, "customer"))), all...)
			return decided(t, d).do(owner, care.ChooseRemedy{Remedy: kind}).do(owner, d)
		}
	}
	for name, c := range map[string]struct {
		life func(testing.TB) *kit
		want row
	}{
		"before a choice only the repair":             {func(t testing.TB) *kit { return submitted(t).do(clerk, withTerms(covers(), all...)) }, row{"repair": "open"}},
		"money once it was chosen":                    {chooses("refund"), row{"repair": "open", "refund": "open"}},
		"a new unit once it was chosen":               {chooses("replacement"), row{"repair": "open", "replacement": "open"}},
		"the way back once ready":                     {func(t testing.TB) *kit { return in(t, care.Ready).do(clerk, withTerms(covers(), all...)) }, row{"return": "open"}},
		"a term that the next decision does not name": {func(t testing.TB) *kit { return submitted(t).do(clerk, withTerms(covers(), all...), covers()) }, row{"repair": "stopped"}},
		"a term that comes back": {func(t testing.TB) *kit {
			return submitted(t).do(clerk, withTerms(covers(), all...), covers(), withTerms(covers(), all...))
		}, row{"repair": "open"}},
		"a manager's cover keeps the term": {func(t testing.TB) *kit {
			return submitted(t).do(clerk, withTerms(covers(), all...), atCentre()).do(tech, hardware(), decide(basis(policy.Warranty, policy.Refused))).
				do(manager, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "x"}).do(manager, decide(basis(policy.Warranty, policy.Refused)))
		}, row{"repair": "open"}},
		"a manager's refusal does not": {func(t testing.TB) *kit {
			return submitted(t).do(clerk, withTerms(covers(), all...), atCentre()).do(tech, hardware(), decide(basis(policy.Warranty, policy.Refused))).
				do(manager, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Refused, Reason: "x"})
		}, row{"repair": "stopped"}},
		"a claim taken back": {func(t testing.TB) *kit {
			return submitted(t).do(clerk, withTerms(covers(), all...)).do(owner, care.Cancel{Reason: "x"})
		}, row{"repair": "stopped"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, deadlines(c.life(t).claim)); diff != "" {
				t.Errorf("terms (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOverdueRepair lets nobody wait for a repair whose term has run out, and
// nobody break it off before.
func TestOverdueRepair(t *testing.T) {
	due := withTerms(decide(basis(policy.Warranty, policy.Covered, offer("repair", "retailer")),
		basis(policy.Statute, policy.Covered, offer("refund", "customer"), offer("repair", "customer"))), term("repair", "2026-04-16"))
	late := time.Date(2026, 4, 16, 21, 0, 0, 0, time.UTC) // the shop's midnight is an hour later
	for name, from := range map[string]func() *kit{
		"in repair": func() *kit { return decided(t, due).do(tech, care.StartRepair{}) },
		"awaiting parts": func() *kit {
			return decided(t, due).do(tech, care.StartRepair{}, care.AwaitParts{Parts: []string{"x"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := from()
			k.now = late
			if got := reason(k.try(owner, care.ChooseBasis{Basis: policy.Statute})); got != "blocked error.repair_running" {
				t.Errorf("an hour before the end: %q", got)
			}
			k.now = late.Add(time.Hour)
			k.do(manager, due) // as the desk does when a term has run out
			if list := care.NextActions(k.claim, owner); !slices.ContainsFunc(list, func(a care.Action) bool { return a.Command == care.CmdChooseBasis }) {
				t.Errorf("the customer is offered %+v", list)
			}
			k.do(owner, care.ChooseBasis{Basis: policy.Statute})
			if c := k.claim; c.State != care.Decided || c.Repair != nil || c.Remedy != nil {
				t.Errorf("after the choice: %s, %+v", c.State, c.Repair)
			}
			if k.do(owner, care.ChooseRemedy{Remedy: "refund"}); k.claim.State != care.Refunding {
				t.Errorf("after the next: %s", k.claim.State)
			}
		})
	}
	statute := withTerms(decide(basis(policy.Statute, policy.Covered, offer("repair", "customer"), offer("refund", "customer"))), term("repair", "2026-04-16"))
	k := decided(t, statute).do(owner, care.ChooseRemedy{Remedy: "repair"}).do(tech, care.StartRepair{})
	k.now = late.Add(2 * time.Hour)
	if got := reason(k.try(owner, care.ChooseRemedy{Remedy: "repair"})); got != "blocked error.repair_running" {
		t.Errorf("choosing the running repair once more: %q", got)
	}
	if k.do(owner, care.ChooseRemedy{Remedy: "refund"}); k.claim.State != care.Refunding || k.claim.Repair != nil {
		t.Errorf("money instead: %s, %+v", k.claim.State, k.claim.Repair)
	}
	k = decided(t, due).do(tech, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"})
	k.now = late.Add(2 * time.Hour)
	if got := reason(k.try(owner, care.ChooseBasis{Basis: policy.Statute})); got != "blocked error.repair_finished" {
		t.Errorf("a repair that is done: %q", got)
	}
}

// TestSecondDiagnosis looks anew: until it is done nothing is decided by the
// first.
func TestSecondDiagnosis(t *testing.T) {
	k := in(t, care.Decided).do(tech, care.StartDiagnosis{}).do(clerk, care.RecordDocuments{Documents: []string{"receipt"}}, covers())
	if k.claim.State != care.InDiagnosis || k.claim.Diagnosis != nil {
		t.Errorf("papers ended the diagnosis: %s, %+v", k.claim.State, k.claim.Diagnosis)
	}
	if k.do(tech, hardware(), covers()); k.claim.State != care.Decided {
		t.Errorf("after it: %s", k.claim.State)
	}
}

// TestCollected has no courier's term for a device that its owner collects.
func TestCollected(t *testing.T) {
	k := &kit{t: t, claim: care.Claim{ID: "claim", Retailer: "r"}, now: start}
	s := submit()
	s.Return = care.ReturnCollect
	k.do(owner, s).do(clerk, atCentre()).do(tech, hardware(), covers(), care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{}).
		do(tech, withTerms(covers(), term("return", "2026-03-06T12:00:00+02:00")))
	if len(k.claim.Deadlines) != 0 {
		t.Errorf("terms of the way back: %+v", k.claim.Deadlines)
	}
}

// TestLastDay holds the end of a term to the shop's midnight: done on the last
// day is in time, a moment after it is late.
func TestLastDay(t *testing.T) {
	for name, c := range map[string]struct {
		due  string
		at   time.Time
		want care.DeadlineState
	}{
		"the last moment of the last day":        {"2026-03-04", time.Date(2026, 3, 4, 21, 59, 59, 0, time.UTC), care.DeadlineMet},
		"the first moment of the next day":       {"2026-03-04", time.Date(2026, 3, 4, 22, 0, 0, 0, time.UTC), care.DeadlineMissed},
		"a moment before an instant":             {"2026-03-04T12:00:00+02:00", time.Date(2026, 3, 4, 9, 59, 59, 0, time.UTC), care.DeadlineMet},
		"the instant itself is already too late": {"2026-03-04T12:00:00+02:00", time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC), care.DeadlineMissed},
	} {
		t.Run(name, func(t *testing.T) {
			k := submitted(t).do(clerk, withTerms(covers(), term("repair", c.due)), atCentre()).
				do(tech, hardware(), withTerms(covers(), term("repair", c.due)), care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"})
			k.now = c.at
			if err := k.try(tech, care.MarkReady{}); err != nil {
				t.Fatal(err)
			}
			d := k.claim.Deadlines[0]
			if d.State != c.want || d.Late(c.at.Add(time.Hour)) != (c.want == care.DeadlineMissed) {
				t.Errorf("got %s, want %s", d.State, c.want)
			}
		})
	}
	open := submitted(t).do(clerk, withTerms(covers(), term("repair", "2026-03-04"))).claim.Deadlines[0]
	if open.Late(open.DueAt.Add(-time.Second)) || !open.Late(open.DueAt) {
		t.Error("an open term is late from its end on, not before")
	}
	if _, err := care.EndOfDue("soon", time.UTC); err == nil {
		t.Error("a term that is no date has an end")
	}
}

// TestReopened starts a second stay under a new demand; the ledger keeps the
// first.
func TestReopened(t *testing.T) {
	k := in(t, care.Closed)
	first := k.claim.Stays[0]
	k.now = k.now.Add(240 * time.Hour)
	k.do(clerk, care.Reopen{Reason: "it failed again"}, covers(), atCentre())
	c := k.claim
	if c.State != care.Accepted || c.Reopened != 1 || c.Diagnosis != nil || c.Repair != nil || c.Outcome != "" || !c.ReadyAt.IsZero() {
		t.Errorf("reopened: %+v", c)
	}
	if len(c.Stays) != 2 || c.Stays[0] != first || !c.Stays[1].Released.IsZero() || c.Stays[1].Demanded.Equal(first.Demanded) {
		t.Fatalf("ledger: %+v", c.Stays)
	}
	f := care.FactsOf(c, nil, k.now, sofia)
	if n := len(f.Services); n != 2 || f.Services[0].Outcome != "repaired" || !f.Services[1].Released.IsZero() {
		t.Errorf("services for the decision: %+v", f.Services)
	}
}

// TestFacts checks what the engine is told of a claim.
func TestFacts(t *testing.T) {
	d := decide(basis(policy.Warranty, policy.Covered, offer("refund", "customer")))
	k := decided(t, d).do(clerk, care.RecordDocuments{Documents: []string{"warranty_card", "receipt", "receipt"}}).do(owner, care.ChooseRemedy{Remedy: "refund"})
	other := care.Stay{Claim: "earlier", Demanded: start.AddDate(0, -2, 0), Accepted: start.AddDate(0, -2, 0), Released: start.AddDate(0, -1, 0), Outcome: "repaired"}
	own := care.Stay{Claim: "claim", Demanded: start, Accepted: start}
	f := care.FactsOf(k.claim, []care.Stay{other, own}, k.now, sofia)
	if len(f.Services) != 2 {
		t.Errorf("the claim's own stay is counted twice: %d services", len(f.Services))
	}
	if f.Request.Kind != care.WarrantyService || f.Request.Remedy != "refund" || !f.Request.ReceivedAt.Equal(start) || f.At.Location() != sofia {
		t.Errorf("request: %+v at %v", f.Request, f.At)
	}
	if diff := cmp.Diff([]string{"receipt", "warranty_card"}, f.Documents); diff != "" {
		t.Errorf("documents: %s", diff)
	}
	if f.Certificate != (policy.CertificateFacts{}) {
		t.Errorf("a certificate out of nothing: %+v", f.Certificate)
	}
	ready := care.FactsOf(in(t, care.Ready).claim, nil, k.now, sofia)
	if ready.Remedy.ReadyAt.IsZero() || !ready.Services[0].Released.IsZero() {
		t.Errorf("a ready device is in its present stay still: %+v, %+v", ready.Remedy, ready.Services)
	}
	bare := care.UnitFactsOf("r", care.Unit{Serial: "S"}, care.Sale{}, []care.Stay{other}, start, sofia)
	if len(bare.Services) != 1 || bare.Unit.Serial != "S" || bare.Documents != nil {
		t.Errorf("a unit without a claim: %+v", bare)
	}
}

// TestAnswers records each fact that people may state, and refuses what it is
// not.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		fact, value string
		got         func(care.Claim) any
		want        any
	}{
		{"unit.personal_use", "false", func(c care.Claim) any { return *c.Answers.PersonalUse }, false},
		{"unit.reported_stolen", "true", func(c care.Claim) any { return *c.Answers.ReportedStolen }, true},
		{"unit.lock_active", "true", func(c care.Claim) any { return *c.Answers.LockActive }, true},
		{"unit.owner_proven", "true", func(c care.Claim) any { return *c.Answers.OwnerProven }, true},
		{"unit.owner_proven", "", func(c care.Claim) any { return c.Answers.OwnerProven == nil }, true},
		{"remedy.repair_possible", "false", func(c care.Claim) any { return *c.Answers.RepairPossible }, false},
		{"market.same_model", "false", func(c care.Claim) any { return *c.Answers.Market.SameModel }, false},
		{"market.analog_price", "1999.00 BGN", func(c care.Claim) any { return *c.Answers.Market.AnalogPrice }, money.Amount{Minor: 199_900, Currency: "BGN"}},
		{"unit.category", "tablet", func(c care.Claim) any { return c.Unit.Category }, "tablet"},
		{"unit.brand", " Lenovo ", func(c care.Claim) any { return c.Unit.Brand }, "Lenovo"},
		{"unit.model", "X1", func(c care.Claim) any { return c.Unit.Model }, "X1"},
		{"unit.digital_elements", "true", func(c care.Claim) any { return *c.Unit.DigitalElements }, true},
		{"unit.imei_on_receipt", "true", func(c care.Claim) any { return *c.Sale.IMEIOnReceipt }, true},
		{"unit.card_in_kit", "false", func(c care.Claim) any { return *c.Sale.CardInKit }, false},
		{"unit.original_packaging", "true", func(c care.Claim) any { return *c.Sale.OriginalPackaging }, true},
		{"sale.date", "2025-01-31", func(c care.Claim) any { return c.Sale.Date.String() }, "2025-01-31"},
		{"sale.delivered", "2025-02-02", func(c care.Claim) any { return c.Sale.Delivered.String() }, "2025-02-02"},
		{"sale.rescinded", "2025-03-02", func(c care.Claim) any { return c.Sale.Rescinded.String() }, "2025-03-02"},
		{"sale.rescinded", "", func(c care.Claim) any { return c.Sale.Rescinded == calendar.Date{} }, true},
		{"sale.channel", "online", func(c care.Claim) any { return c.Sale.Channel }, "online"},
		{"sale.price", "", func(c care.Claim) any { return c.Sale.Price == nil }, true},
		{"warranty.months", "24", func(c care.Claim) any { return *c.Sale.WarrantyMonths }, 24},
		{"warranty.issuer", "retailer", func(c care.Claim) any { return c.Sale.WarrantyIssuer }, "retailer"},
		{"certificate.number", "C-1", func(c care.Claim) any { return c.Sale.Certificate }, "C-1"},
		{"certificate.sold", "2025-01-31", func(c care.Claim) any { return c.Sale.CertificateSold.String() }, "2025-01-31"},
		{"certificate.price", "10.00 RUB", func(c care.Claim) any { return c.Sale.CertificatePrice.Minor }, int64(1000)},
		{"request.settlement", "София", func(c care.Claim) any { return c.Settlement }, "София"},
	} {
		k := submitted(t).do(clerk, care.RecordAnswers{Facts: []care.Answer{{Fact: c.fact, Value: c.value}}})
		if got := c.got(k.claim); got != c.want {
			t.Errorf("%s = %q: got %v, want %v", c.fact, c.value, got, c.want)
		}
	}
	if n := len(care.AnswerableFacts()); n != 25 {
		t.Errorf("%d facts may be stated; this test knows 25", n)
	}
	for _, c := range []struct{ fact, value, want string }{
		{"unit.age", "7", "invalid error.unknown_fact"},
		{"unit.lock_active", "perhaps", "invalid error.bad_fact"},
		{"unit.category", "spoon", "invalid error.bad_fact"},
		{"sale.date", "yesterday", "invalid error.bad_fact"},
		{"sale.price", "12.345 EUR", "invalid error.bad_fact"},
		{"sale.price", "12.34", "invalid error.bad_fact"},
		{"sale.price", "-0.01 EUR", "invalid error.bad_fact"},
		{"market.analog_price", "-700.00 EUR", "invalid error.bad_fact"},
		{"sale.date", "2099-01-01", "invalid error.sales_future"},
		{"sale.delivered", "2001-01-01", "invalid error.before_sale"},
		{"sale.rescinded", "2001-01-01", "invalid error.before_sale"},
		{"warranty.months", "-1", "invalid error.bad_fact"},
		{"warranty.months", "two", "invalid error.bad_fact"},
		{"warranty.months", "1201", "invalid error.bad_fact"},
	} {
		k := submitted(t)
		if strings.HasPrefix(c.fact, "sale.") {
			k.do(clerk, care.RecordAnswers{Facts: []care.Answer{{Fact: "sale.date", Value: "2001-01-02"}}})
		}
		if got := reason(k.try(clerk, care.RecordAnswers{Facts: []care.Answer{{Fact: c.fact, Value: c.value}}})); got != c.want {
			t.Errorf("%s = %q: got %q, want %q", c.fact, c.value, got, c.want)
		}
	}
}

// TestNextStep names the step that pages put first in each state.
func TestNextStep(t *testing.T) {
	for name, c := range map[string]struct {
		life func(testing.TB) *kit
		want care.CommandName
	}{
		"new":                          {submitted, care.CmdAccept},
		"to be acknowledged first":     {acknowledging, care.CmdAcknowledge},
		"at the shop, routed":          {func(t testing.TB) *kit { return submitted(t).do(clerk, atShop(), care.RouteTo{Centre: "centre"}) }, care.CmdForward},
		"on its way":                   {withCourier, care.CmdReceive},
		"at the centre":                {func(t testing.TB) *kit { return in(t, care.Accepted) }, care.CmdStartDiagnosis},
		"on the bench":                 {func(t testing.TB) *kit { return in(t, care.InDiagnosis) }, care.CmdDiagnose},
		"covered":                      {func(t testing.TB) *kit { return in(t, care.Decided) }, care.CmdStartRepair},
		"covered, the customer's turn": {func(t testing.TB) *kit { return coveredBy(t, offer("refund", "customer")) }, care.CmdChooseRemedy},
		"not covered":                  {func(t testing.TB) *kit { return decided(t, decide(basis(policy.Warranty, policy.Refused))) }, care.CmdRefuse},
		"nothing found":                {sound, care.CmdMarkReady},
		"estimate out":                 {func(t testing.TB) *kit { return awaiting(t, care.WaitPaidEstimate) }, care.CmdAnswerEstimate},
		"difference out":               {func(t testing.TB) *kit { return awaiting(t, care.WaitPriceDifference) }, care.CmdAnswerDifference},
		"in repair":                    {func(t testing.TB) *kit { return in(t, care.InRepair) }, care.CmdFinishRepair},
		"awaiting parts":               {func(t testing.TB) *kit { return in(t, care.AwaitingParts) }, care.CmdPartsArrived},
		"replacement":                  {func(t testing.TB) *kit { return in(t, care.Replacing) }, care.CmdReplace},
		"replaced":                     {replaced, care.CmdMarkReady},
		"refund":                       {func(t testing.TB) *kit { return in(t, care.Refunding) }, care.CmdApproveRefund},
		"paid":                         {paid, care.CmdClose},
		"refused":                      {func(t testing.TB) *kit { return in(t, care.Refused) }, care.CmdMarkReady},
		"ready for the courier":        {func(t testing.TB) *kit { return in(t, care.Ready) }, care.CmdShip},
		"shipped":                      {func(t testing.TB) *kit { return in(t, care.Shipped) }, care.CmdHandOver},
		"handed over":                  {func(t testing.TB) *kit { return in(t, care.HandedOver) }, care.CmdClose},
	} {
		t.Run(name, func(t *testing.T) {
			list := care.NextActions(c.life(t).claim, manager)
			if len(list) == 0 || !list[0].Primary || list[0].Command != c.want {
				t.Errorf("got %+v, want %s first", list[0], c.want)
			}
		})
	}
	for _, a := range care.NextActions(in(t, care.InRepair).claim, manager) {
		if a.Command == care.CmdMarkReady && (a.Blocked == nil || a.Blocked.Key != "error.repair_running") {
			t.Errorf("mark_ready amid a repair is blocked by %v", a.Blocked)
		}
	}
	if list := care.NextActions(care.Claim{}, manager); len(list) != 0 {
		t.Errorf("nothing can be done to no claim, yet: %+v", list)
	}
}

// TestVerdict checks whose word counts.
func TestVerdict(t *testing.T) {
	if v := (care.Claim{}).Verdict(); v != "" {
		t.Errorf("before a decision: %q", v)
	}
	k := decided(t, decide(refusing(basis(policy.Warranty, policy.Refused), "liquid"), basis(policy.Statute, policy.Covered, offer("repair", "customer"))))
	k.do(owner, care.ChooseBasis{Basis: policy.Statute})
	if k.claim.Verdict() != policy.Covered || len(k.claim.Remedies()) != 1 {
		t.Errorf("the chosen basis: %s, %v", k.claim.Verdict(), k.claim.Remedies())
	}
	k.do(manager, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "x"})
	if k.claim.BasisInUse() != policy.Warranty || k.claim.Verdict() != policy.Covered || len(k.claim.Remedies()) != len(policy.Words("remedy_kinds")) {
		t.Errorf("a manager's cover offers every remedy: %v", k.claim.Remedies())
	}
	k.do(tech, hardware())
	if k.claim.Override != nil {
		t.Error("a new diagnosis leaves the override standing")
	}
}

// TestOwners says who has to act in each state.
func TestOwners(t *testing.T) {
	want := map[care.State]care.Role{care.Submitted: care.Clerk, care.AwaitingDevice: care.CustomerRole, care.Accepted: care.Technician,
		care.InDiagnosis: care.Technician, care.Decided: care.Technician, care.AwaitingCustomer: care.CustomerRole, care.InRepair: care.Technician,
		care.AwaitingParts: care.Technician, care.Replacing: care.Dispatcher, care.Refunding: care.Manager, care.Refused: care.Clerk,
		care.Ready: care.Dispatcher, care.Shipped: care.Dispatcher, care.HandedOver: care.Clerk, care.Closed: care.Nobody, care.Cancelled: care.Nobody}
	for _, s := range care.States() {
		if got := in(t, s).claim.Owner; got != want[s] {
			t.Errorf("%s: %q, want %q", s, got, want[s])
		}
		if !s.Valid() {
			t.Errorf("%s is no state", s)
		}
	}
	for _, r := range care.Roles() {
		if !r.Valid() {
			t.Errorf("%s is no role", r)
		}
	}
	if care.CustomerRole.Valid() || care.State("lost").Valid() {
		t.Error("the customer is no member of staff, and lost is no state")
	}
}
