package care_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

var deputy = care.Actor{Kind: care.StaffActor, ID: "u-deputy", Name: "Deputy", Retailer: "r", Role: care.Manager}

func sum(minor int64, currency string) money.Amount {
	return money.Amount{Minor: minor, Currency: currency}
}

// rules ask two persons above 50.00 and a fee of 15.00 where a paid diagnosis
// finds nothing; old lev are paid in euro.
func rules() care.MoneyRules {
	limit := sum(5_000, "EUR")
	return care.MoneyRules{TwoAbove: &limit, Old: map[string]string{"BGN": "EUR"}, Pack: "r", PackVersion: "1",
		NoFault: &care.Fee{Clause: "no-fault", Bases: []policy.Basis{policy.Paid}, Amount: sum(1_500, "EUR")}}
}

// ledger is a book that follows a claim.
type ledger struct {
	care.Book
	log []care.MoneyMove
	ids int
}

func newLedger() *ledger {
	l := &ledger{}
	l.Rules = rules()
	l.NewID = func() (string, error) {
		l.ids++
		return "e" + strconv.Itoa(l.ids), nil
	}
	return l
}

// as runs something on the book in somebody's name and takes the moves over.
func (l *ledger) as(actor care.Actor, at time.Time, do func() error) error {
	l.Actor, l.At, l.Moves = actor, at, nil
	err := do()
	l.log = append(l.log, l.Moves...)
	return err
}

func (l *ledger) settle(t testing.TB, k *kit) {
	t.Helper()
	if err := l.as(clerk, k.now, func() error { return l.Settle(k.claim) }); err != nil {
		t.Fatal(err)
	}
}

func (l *ledger) lines() []string {
	var out []string
	for _, e := range l.Entries {
		out = append(out, fmt.Sprintf("%s %s>%s %s %s %s", e.What, e.Debtor, e.Creditor, e.Amount, e.Amount.Currency, e.State))
	}
	return out
}

// TestLedgerFollowsTheClaim takes claims through what makes money due.
// Rows: A9, B8, B11, B17.
func TestLedgerFollowsTheClaim(t *testing.T) {
	remedies := func(list ...policy.Remedy) care.Decide {
		return decide(basis(policy.Warranty, policy.Covered, list...))
	}
	replacing := func(difference money.Amount) *kit {
		return decided(t, remedies(costing(offer("replacement", "customer"), difference)))
	}
	refund := func(amount money.Amount) *kit {
		return decided(t, remedies(costing(offer("refund", "customer"), amount))).do(owner, care.ChooseRemedy{Remedy: "refund"})
	}
	paid := func() *kit {
		return decided(t, decide(refusing(basis(policy.Warranty, policy.Refused), "lan-once"))).
			do(tech, care.OfferEstimate{Amount: euros, PriceList: "network", Work: "connector"})
	}
	noFault := care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: no()}}
	for _, c := range []struct {
		name  string
		claim func() *kit
		want  []string
	}{
		{name: "a refund is due once it was chosen", claim: func() *kit { return refund(sum(4_000, "EUR")) },
			want: []string{"refund retailer>customer 40.00 EUR due"}},
		{name: "approved by one up to the limit", claim: func() *kit {
			return refund(sum(5_000, "EUR")).do(manager, care.ApproveRefund{Amount: sum(5_000, "EUR")})
		}, want: []string{"refund retailer>customer 50.00 EUR approved"}},
		{name: "above the limit one is not enough", claim: func() *kit {
			return refund(euros).do(manager, care.ApproveRefund{Amount: euros, Two: true})
		}, want: []string{"refund retailer>customer 100.00 EUR due"}},
		{name: "two are", claim: func() *kit {
			return refund(euros).do(manager, care.ApproveRefund{Amount: euros, Two: true}).do(deputy, care.ApproveRefund{Amount: euros, Two: true})
		}, want: []string{"refund retailer>customer 100.00 EUR approved"}},
		{name: "paid", claim: func() *kit {
			return refund(sum(4_000, "EUR")).do(manager, care.ApproveRefund{Amount: sum(4_000, "EUR")}, care.PayRefund{Reference: "p-1"})
		}, want: []string{"refund retailer>customer 40.00 EUR paid"}},
		{name: "a reduction that staff weigh is due when it was approved", claim: func() *kit {
			return decided(t, remedies(offer("price_reduction", "customer"))).do(owner, care.ChooseRemedy{Remedy: "price_reduction"}).
				do(manager, care.ApproveRefund{Amount: sum(1_000, "EUR")})
		}, want: []string{"price_reduction retailer>customer 10.00 EUR approved"}},
		{name: "the contract undone", claim: func() *kit {
			return decided(t, remedies(costing(offer("rescission", "customer"), sum(4_000, "EUR")))).do(owner, care.ChooseRemedy{Remedy: "rescission"})
		}, want: []string{"rescission retailer>customer 40.00 EUR due"}},
		{name: "A9: the customer pays the difference", claim: func() *kit { return replacing(sum(700, "EUR")).do(owner, care.ChooseRemedy{Remedy: "replacement"}) },
			want: []string{"difference customer>retailer 7.00 EUR approved"}},
		{name: "A9: the customer receives it", claim: func() *kit { return replacing(sum(-700, "EUR")).do(owner, care.ChooseRemedy{Remedy: "replacement"}) },
			want: []string{"difference retailer>customer 7.00 EUR due"}},
		{name: "A9: nothing before the customer agreed", claim: func() *kit { return replacing(sum(700, "EUR")).do(clerk, care.ChooseRemedy{Remedy: "replacement"}) }},
		{name: "A9: agreed at the counter", claim: func() *kit {
			return replacing(sum(700, "EUR")).do(clerk, care.ChooseRemedy{Remedy: "replacement"}, care.AnswerDifference{Accepted: true})
		}, want: []string{"difference customer>retailer 7.00 EUR approved"}},
		{name: "B17: the second failure by the price list", claim: func() *kit { return paid().do(owner, care.AnswerEstimate{Accepted: true}) },
			want: []string{"paid_repair customer>retailer 100.00 EUR approved"}},
		{name: "an estimate that was declined", claim: func() *kit { return paid().do(owner, care.AnswerEstimate{}) }},
		{name: "paid work that found no fault", claim: func() *kit {
			return paid().do(owner, care.AnswerEstimate{Accepted: true}).do(tech, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Outcome: "no_fault", Work: "tested"})
		}},
		{name: "no fault found on the paid basis: the fee", claim: func() *kit {
			return submitted(t).do(clerk, atCentre()).do(tech, noFault, decide(basis(policy.Paid, policy.VerdictPaid))).do(clerk, care.MarkReady{})
		}, want: []string{"no_fault_fee customer>retailer 15.00 EUR due"}},
		{name: "no fault found under the warranty: none", claim: func() *kit {
			return submitted(t).do(clerk, atCentre()).do(tech, noFault, covers()).do(clerk, care.MarkReady{})
		}},
		{name: "a price in old lev is paid in euro, half up", claim: func() *kit { return refund(sum(1_001, "BGN")) },
			want: []string{"refund retailer>customer 5.12 EUR due"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, k := newLedger(), c.claim()
			l.settle(t, k)
			l.settle(t, k)
			if diff := cmp.Diff(c.want, l.lines()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestConsentInTheLedgerStands approves in the ledger what the claim's own
// commands don't: the claim goes on, and the consent is still there.
func TestConsentInTheLedgerStands(t *testing.T) {
	for name, k := range map[string]*kit{
		"a fee": submitted(t).do(clerk, atCentre()).do(tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: no()}},
			decide(basis(policy.Paid, policy.VerdictPaid))).do(clerk, care.MarkReady{}),
		"a difference that the retailer owes": decided(t, decide(basis(policy.Warranty, policy.Covered,
			costing(offer("replacement", "customer"), sum(-700, "EUR"))))).do(owner, care.ChooseRemedy{Remedy: "replacement"}),
	} {
		l := newLedger()
		l.settle(t, k)
		if err := l.as(manager, k.now, func() error { return l.Approve(l.Entries[0].ID) }); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		l.settle(t, k)
		if e := l.Entries[0]; e.State != care.EntryApproved || len(e.Approvals) != 1 || len(l.Moves) > 0 {
			t.Errorf("%s: %+v, moves %+v", name, e, l.Moves)
		}
	}
}

// TestLedgerReverses ends claims in the middle of their money.
func TestLedgerReverses(t *testing.T) {
	pay := func(l *ledger, k *kit) {
		t.Helper()
		if err := l.as(clerk, k.now, func() error { return l.Pay(l.Entries[0].ID, "till 7") }); err != nil {
			t.Fatal(err)
		}
	}
	accepted := func() *kit {
		return decided(t, decide(refusing(basis(policy.Warranty, policy.Refused), "liquid"))).
			do(tech, care.OfferEstimate{Amount: euros, Work: "screen"}).do(owner, care.AnswerEstimate{Accepted: true})
	}
	for _, c := range []struct {
		name string
		pay  bool
		then func(k *kit)
		want []string
	}{
		{"unpaid work of a claim taken back", false, func(k *kit) { k.do(owner, care.Cancel{Reason: "too dear"}) },
			[]string{"paid_repair customer>retailer 100.00 EUR cancelled"}},
		{"work paid in advance that can't be done", true, func(k *kit) { k.do(tech, care.FindUnrepairable{Reason: "no part"}) },
			[]string{"paid_repair customer>retailer 100.00 EUR paid", "reversal retailer>customer 100.00 EUR due"}},
		{"unpaid work of a claim reopened", false, func(k *kit) {
			k.do(tech, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
			k.do(clerk, care.HandOver{}, care.Close{}, care.Reopen{Reason: "again"})
		}, []string{"paid_repair customer>retailer 100.00 EUR cancelled"}},
		{"work that was done and paid stays paid", true, func(k *kit) {
			k.do(tech, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
			k.do(clerk, care.HandOver{}, care.Close{}, care.Reopen{Reason: "again"})
		}, []string{"paid_repair customer>retailer 100.00 EUR paid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, k := newLedger(), accepted()
			l.settle(t, k)
			if c.pay {
				pay(l, k)
			}
			c.then(k)
			l.settle(t, k)
			l.settle(t, k)
			if diff := cmp.Diff(c.want, l.lines()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnotherRemedy gives up what was due for the remedy before, and gives
// back what was paid for it.
func TestAnotherRemedy(t *testing.T) {
	either := func() *kit {
		return decided(t, decide(basis(policy.Warranty, policy.Covered, costing(offer("refund", "customer"), euros), costing(offer("replacement", "customer"), sum(700, "EUR")))))
	}
	l, k := newLedger(), either().do(owner, care.ChooseRemedy{Remedy: "refund"})
	l.settle(t, k)
	l.settle(t, k.do(owner, care.ChooseRemedy{Remedy: "replacement"}))
	if err := l.as(clerk, k.now, func() error { return l.Pay(l.Entries[1].ID, "till 7") }); err != nil {
		t.Fatal(err)
	}
	l.settle(t, k.do(clerk, care.FindImpossible{Reason: "no longer made"}))
	want := []string{"refund retailer>customer 100.00 EUR cancelled", "difference customer>retailer 7.00 EUR paid", "reversal retailer>customer 7.00 EUR due"}
	if diff := cmp.Diff(want, l.lines()); diff != "" {
		t.Error(diff)
	}
	// The replacement is no longer offered; the refund is next.
	if got := k.claim.Remedies(); k.claim.State != care.Decided || len(got) != 1 || got[0].Kind != "refund" {
		t.Errorf("in %s, offered %+v", k.claim.State, got)
	}
	if got := reason(k.try(owner, care.ChooseRemedy{Remedy: "replacement"})); got != "blocked error.remedy_not_offered" {
		t.Errorf("what can't be had: %s", got)
	}
}

// TestPartsAndSoftware: a part carries the warranty of the one it replaced
// from the hand-back on, and a partial replacement names its parts.
// Rows: RU-20.4, A8, B8, C9.
func TestPartsAndSoftware(t *testing.T) {
	k := decided(t, decide(basis(policy.Warranty, policy.Covered, offer("part_replacement", "retailer")))).do(tech, care.StartRepair{})
	if got := reason(k.try(tech, care.FinishRepair{Kind: "hardware", Work: "x"})); got != "invalid error.required" {
		t.Errorf("a partial replacement without a part: %s", got)
	}
	if got := reason(k.try(tech, care.FinishRepair{Kind: "hardware", Work: "x", Parts: []care.Part{{Part: "battery", Months: -1}}})); got != "invalid error.part_months" {
		t.Errorf("a warranty of minus a month: %s", got)
	}
	if got := reason(k.try(tech, care.FinishRepair{Kind: "hardware", Work: "x", Parts: []care.Part{{Part: "battery"}}, Software: "painted"})); got != "invalid error.unknown_value" {
		t.Errorf("software that was painted: %s", got)
	}
	k.do(tech, care.FinishRepair{Kind: "hardware", Work: "x", Software: "updated", Parts: []care.Part{{Part: "battery", Months: 12}, {Part: "display"}}}, care.MarkReady{})
	if p := k.claim.Repair.Parts[0]; !p.Until.IsZero() {
		t.Errorf("the part's warranty runs before the hand-back: %v", p.Until)
	}
	k.do(clerk, care.HandOver{Told: []string{"no-way-back"}})
	got := k.claim.Repair
	if want := calendar.DateOf(k.now, sofia).AddMonths(12); got.Parts[0].Until != want || !got.Parts[1].Until.IsZero() {
		t.Errorf("parts %+v, want the first until %v", got.Parts, want)
	}
	if got.Software != "updated" || len(got.Told) != 1 {
		t.Errorf("handed back as %+v", got)
	}
}

// TestClosingWhileOwing needs a manager who says why.
func TestClosingWhileOwing(t *testing.T) {
	owed := []money.Amount{euros}
	for _, c := range []struct {
		name  string
		actor care.Actor
		note  string
		want  string
	}{
		{"a clerk", clerk, "because", "blocked error.money_unpaid"},
		{"a manager without a word", manager, " ", "blocked error.money_unpaid"},
		{"a manager who says why", manager, "the bank has the order", ""},
	} {
		if got := reason(in(t, care.HandedOver).try(c.actor, care.Close{Note: c.note, Owed: owed})); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestApprovals: above the limit two different persons, and no payment before.
func TestApprovals(t *testing.T) {
	l := newLedger()
	enter := func(amount money.Amount, debtor, creditor care.Party) string {
		t.Helper()
		err := l.as(clerk, start, func() error {
			return l.Open(care.Entry{What: care.DebtReimbursement, Cause: "hand " + strconv.Itoa(l.ids), Debtor: debtor, Creditor: creditor, Amount: amount})
		})
		if err != nil {
			t.Fatal(err)
		}
		return l.Entries[len(l.Entries)-1].ID
	}
	try := func(what, want string, actor care.Actor, do func() error) {
		t.Helper()
		if got := reason(l.as(actor, start, do)); got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	large := enter(sum(5_001, "EUR"), care.RetailerParty, care.CustomerParty)
	try("unapproved", "blocked error.entry_state", manager, func() error { return l.Pay(large, "p") })
	try("the first", "", manager, func() error { return l.Approve(large) })
	try("the same person again", "blocked error.second_person", manager, func() error { return l.Approve(large) })
	try("one of two", "blocked error.second_approval_missing", manager, func() error { return l.Pay(large, "p") })
	try("the second", "", deputy, func() error { return l.Approve(large) })
	try("a third", "blocked error.entry_state", clerk, func() error { return l.Approve(large) })
	try("no reference", "invalid error.required", manager, func() error { return l.Pay(large, " ") })
	try("paid", "", manager, func() error { return l.Pay(large, "p-1") })
	try("paid twice", "blocked error.entry_state", manager, func() error { return l.Pay(large, "p-2") })
	try("cancelled after", "blocked error.entry_state", manager, func() error { return l.Cancel(large, "why") })
	small := enter(sum(5_000, "EUR"), care.RetailerParty, care.CustomerParty)
	try("at the limit", "", manager, func() error { return l.Approve(small) })
	try("no reason", "invalid error.required", manager, func() error { return l.Cancel(small, "") })
	try("given up", "", manager, func() error { return l.Cancel(small, "settled otherwise") })
	income := enter(sum(9_000, "EUR"), care.CustomerParty, care.RetailerParty)
	try("what a customer pays takes one", "", manager, func() error { return l.Approve(income) })
	try("nobody's", "not_found error.no_entry", manager, func() error { return l.Approve("e99") })
	want := []string{"reimbursement retailer>customer 50.01 EUR paid", "reimbursement retailer>customer 50.00 EUR cancelled",
		"reimbursement customer>retailer 90.00 EUR approved"}
	if diff := cmp.Diff(want, l.lines()); diff != "" {
		t.Error(diff)
	}
}

// TestOtherCurrency corrects the price to another currency: the open debt
// follows, what was paid in the old one is left to a person, and the log sums
// up in each currency by itself.
func TestOtherCurrency(t *testing.T) {
	l, k := newLedger(), submitted(t)
	at := func(total int64, currency string) {
		t.Helper()
		err := l.as(care.System("r"), k.now, func() error {
			return l.Accrue(k.claim, care.Accrued{Term: "statute refund 2026-03-02", Amount: sum(total, currency)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	at(10_000, "RUB")
	at(250, "EUR")
	if diff := cmp.Diff([]string{"penalty retailer>customer 2.50 EUR due"}, l.lines()); diff != "" {
		t.Fatal(diff)
	}
	sums := map[string]int64{}
	for _, m := range l.log {
		sums[m.Change.Currency] += m.Change.Minor
	}
	if sums["RUB"] != 0 || sums["EUR"] != 250 {
		t.Errorf("the log comes to %v", sums)
	}
	if err := l.as(manager, k.now, func() error { return l.Approve(l.Entries[0].ID) }); err != nil {
		t.Fatal(err)
	}
	at(20_000, "RUB")
	if diff := cmp.Diff([]string{"penalty retailer>customer 2.50 EUR approved"}, l.lines()); diff != "" {
		t.Error(diff)
	}
}

// TestPenaltyAcrossTheEuro counts a penalty of an old Bulgarian price: parts
// that were approved or paid in lev count at the fixed rate, the days that
// follow become a new entry in euro, and together they are the whole to the
// cent, half up; nothing is lost and nothing doubled.
func TestPenaltyAcrossTheEuro(t *testing.T) {
	l, k := newLedger(), submitted(t)
	l.Rules.TwoAbove = nil
	lev := l.Rules
	lev.Old = nil // before 2026
	euro := l.Rules
	at := func(rules care.MoneyRules, total int64, want ...string) {
		t.Helper()
		l.Rules = rules
		for range 2 { // a second run on the day counts nothing
			err := l.as(care.System("r"), k.now, func() error {
				return l.Accrue(k.claim, care.Accrued{Term: "statute refund 2025-12-20", Amount: sum(total, "BGN")})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, l.lines()); diff != "" {
			t.Errorf("%d (-want +got):\n%s", total, diff)
		}
	}
	settle := func(i int, reference string) {
		t.Helper()
		err := l.as(manager, k.now, func() error {
			if err := l.Approve(l.Entries[i].ID); err != nil || reference == "" {
				return err
			}
			return l.Pay(l.Entries[i].ID, reference)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	at(lev, 1_000, "penalty retailer>customer 10.00 BGN due")
	settle(0, "p-1") // 10.00 lev are 5.11 euro
	at(lev, 1_300, "penalty retailer>customer 10.00 BGN paid", "penalty retailer>customer 3.00 BGN due")
	settle(1, "") // 3.00 lev are 1.53 euro
	// 15.00 lev are 7.669…, so 7.67 euro: 1.03 are left.
	at(euro, 1_500, "penalty retailer>customer 10.00 BGN paid", "penalty retailer>customer 3.00 BGN approved", "penalty retailer>customer 1.03 EUR due")
	at(euro, 1_600, "penalty retailer>customer 10.00 BGN paid", "penalty retailer>customer 3.00 BGN approved", "penalty retailer>customer 1.54 EUR due")
	settle(2, "p-2")
	at(euro, 2_000, "penalty retailer>customer 10.00 BGN paid", "penalty retailer>customer 3.00 BGN approved",
		"penalty retailer>customer 1.54 EUR paid", "penalty retailer>customer 2.05 EUR due") // 10.23 in all
	sums := map[string]int64{}
	for _, m := range l.log {
		sums[m.Change.Currency] += m.Change.Minor
	}
	if sums["BGN"] != 1_300 || sums["EUR"] != 154+205 {
		t.Errorf("the log comes to %v", sums)
	}

	// What nobody approved is owed in euro from the day on which lev are paid
	// no more, even where two parts wait because a consent was taken back.
	other := newLedger()
	l = other
	l.Rules.TwoAbove = nil
	at(lev, 1_000, "penalty retailer>customer 10.00 BGN due")
	settle(0, "")
	at(lev, 1_300, "penalty retailer>customer 10.00 BGN approved", "penalty retailer>customer 3.00 BGN due")
	if err := l.as(manager, k.now, func() error { return l.Withdraw(l.Entries[0].ID, "the account was another") }); err != nil {
		t.Fatal(err)
	}
	at(euro, 1_500, "penalty retailer>customer 5.11 EUR due", "penalty retailer>customer 2.56 EUR due")
}

// TestWithdrawApproval takes the consent to a sum back: nobody has consented
// then, the log says who took it back and why, and the sum is approved anew.
func TestWithdrawApproval(t *testing.T) {
	l, k := newLedger(), submitted(t)
	err := l.as(clerk, k.now, func() error {
		return l.Open(care.Entry{Retailer: "r", What: care.DebtReimbursement, Cause: "hand 1", Debtor: care.RetailerParty, Creditor: care.CustomerParty, Amount: sum(6_000, "EUR")})
	})
	if err != nil {
		t.Fatal(err)
	}
	id := l.Entries[0].ID
	try := func(what, want string, who care.Actor, do func() error) {
		t.Helper()
		got := ""
		if err := l.as(who, k.now, do); err != nil {
			got = reason(err)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	withdraw := func(why string) func() error { return func() error { return l.Withdraw(id, why) } }
	try("nobody consented", "blocked error.entry_state", manager, withdraw("x"))
	try("one of two", "", manager, func() error { return l.Approve(id) })
	try("no reason", "invalid error.required", manager, withdraw(" "))
	try("taken back by the other", "", deputy, withdraw("another sum"))
	if e := l.Entries[0]; e.State != care.EntryDue || len(e.Approvals) != 0 || e.Needs != 2 {
		t.Errorf("taken back: %+v", e)
	}
	if m := l.log[len(l.log)-1]; m.Step != care.StepWithdrawn || m.Actor.ID != deputy.ID || m.Note != "another sum" || m.Change.Minor != 0 || m.State != care.EntryDue {
		t.Errorf("logged as %+v", m)
	}
	try("one again", "", manager, func() error { return l.Approve(id) })
	try("the second", "", deputy, func() error { return l.Approve(id) })
	try("paid", "", manager, func() error { return l.Pay(id, "p") })
	try("once it is paid", "blocked error.entry_state", manager, withdraw("x"))
}

// TestPenaltyGrows counts a penalty in parts: what was approved stays, the
// rest comes to the whole.
func TestPenaltyGrows(t *testing.T) {
	l, k := newLedger(), submitted(t)
	at := func(total int64) {
		t.Helper()
		err := l.as(care.System("r"), k.now, func() error {
			return l.Accrue(k.claim, care.Accrued{Term: "statute refund 2026-03-02", Clause: "refund-term", Amount: sum(total, "EUR")})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	at(100)
	at(100)
	at(250)
	if got := l.lines(); len(got) != 1 || got[0] != "penalty retailer>customer 2.50 EUR due" {
		t.Fatalf("one entry that grows: %q", got)
	}
	if err := l.as(manager, k.now, func() error { return l.Approve(l.Entries[0].ID) }); err != nil {
		t.Fatal(err)
	}
	at(333)
	at(400)
	if err := l.as(manager, k.now, func() error { return l.Cancel(l.Entries[1].ID, "agreed with the customer") }); err != nil {
		t.Fatal(err)
	}
	at(400)
	at(501)
	want := []string{"penalty retailer>customer 2.50 EUR approved", "penalty retailer>customer 1.50 EUR cancelled", "penalty retailer>customer 1.01 EUR due"}
	if diff := cmp.Diff(want, l.lines()); diff != "" {
		t.Error(diff)
	}
}

// TestLedgerBalances leads claims through random lives, with people who
// approve, pay and give up, and checks that no sum appears, vanishes or is
// counted twice.
func TestLedgerBalances(t *testing.T) {
	actors := []care.Actor{clerk, tech, manager, deputy, owner, care.System("r")}
	rapid.Check(t, func(r *rapid.T) {
		k := &kit{t: t, claim: care.Claim{ID: "claim", Retailer: "r"}, now: start}
		k.do(owner, submit())
		l, penalty := newLedger(), int64(0)
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			k.now = k.now.Add(time.Duration(rapid.IntRange(0, 300).Draw(r, "hours")) * time.Hour)
			_ = k.try(rapid.SampledFrom(actors).Draw(r, "actor"), randomCommand(r, k.claim))
			penalty += int64(rapid.IntRange(0, 3).Draw(r, "penalty"))
			err := l.as(care.System("r"), k.now, func() error {
				if err := l.Accrue(k.claim, care.Accrued{Term: "statute remedy 2026-03-02", Amount: sum(penalty, "EUR")}); err != nil {
					return err
				}
				return l.Settle(k.claim)
			})
			if err != nil {
				r.Fatalf("settle: %v", err)
			}
			if len(l.Entries) > 0 {
				randomMoney(r, l, k.now)
			}
			if err := l.as(clerk, k.now, func() error { return l.Settle(k.claim) }); err != nil || len(l.Moves) > 0 {
				r.Fatalf("settled twice: %v, %+v", err, l.Moves)
			}
			checkLedger(r, l, k.claim)
		}
	})
}

func withdrawn(c care.Claim) bool { return c.Outcome == care.OutcomeWithdrawn }

// randomMoney has somebody do something to an entry that the claim's own
// commands leave alone.
func randomMoney(r *rapid.T, l *ledger, at time.Time) {
	e := rapid.SampledFrom(l.Entries).Draw(r, "entry")
	if e.Follows() {
		return
	}
	_ = l.as(rapid.SampledFrom([]care.Actor{manager, deputy, clerk}).Draw(r, "who"), at, func() error {
		switch rapid.IntRange(0, 3).Draw(r, "what") {
		case 0:
			return l.Approve(e.ID)
		case 1:
			return l.Pay(e.ID, "p")
		case 2:
			return l.Cancel(e.ID, "no longer")
		}
		return nil
	})
}

func checkLedger(r *rapid.T, l *ledger, c care.Claim) {
	seen := map[string]bool{}
	var whole, states int64
	for _, e := range l.Entries {
		key := string(e.What) + "|" + e.Cause
		if e.Cause == "" || seen[key] || e.Amount.Minor <= 0 || e.Debtor == e.Creditor {
			r.Fatalf("entry %+v", e)
		}
		seen[key] = true
		whole += e.Amount.Minor
		var changes, seq int64
		for _, m := range l.log {
			if m.Entry == e.ID {
				changes += m.Change.Minor
				seq++
				if m.Seq != int(seq) {
					r.Fatalf("move %d of entry %s is the %dth", m.Seq, e.ID, seq)
				}
			}
		}
		want := e.Amount.Minor
		if e.State == care.EntryCancelled {
			want = 0
		}
		if changes != want || int(seq) != e.Seq {
			r.Fatalf("moves of %+v come to %d", e, changes)
		}
		if (e.State == care.EntryApproved || e.State == care.EntryPaid) && len(e.Approvals) < e.Needs {
			r.Fatalf("%d approvals of %+v", len(e.Approvals), e)
		}
		if withdrawn(c) && e.Derived && e.State.Open() {
			r.Fatalf("still owed after the claim was withdrawn: %+v", e)
		}
		if e.What == care.DebtReversal && !slices.ContainsFunc(l.Entries, func(x care.Entry) bool {
			return x.State == care.EntryPaid && x.Amount == e.Amount && x.Debtor == e.Creditor && e.Cause == "reversal:"+string(x.What)+":"+x.Cause
		}) {
			r.Fatalf("a reversal of nothing: %+v", e)
		}
	}
	for _, b := range care.BalancesOf(l.Entries) {
		states += b.Due + b.Approved + b.Paid + b.Cancelled
	}
	if states != whole {
		r.Fatalf("owed %d, by states %d", whole, states)
	}
	if f := c.Refund; f != nil && !f.PaidAt.IsZero() && !slices.ContainsFunc(l.Entries, func(e care.Entry) bool {
		return e.Follows() && e.State == care.EntryPaid && e.Amount == f.Amount && e.Reference == f.Reference
	}) {
		r.Fatalf("a refund was paid and is not in the ledger: %+v in %q", *f, l.lines())
	}
}
