package desk_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// second is another manager of a retailer.
func second(retailer string) care.Actor {
	a := of(retailer, care.Manager)
	a.ID, a.Name = "staff-manager-2", "second"
	return a
}

// moneyLines words a claim's entries: "refund 600.00 EUR due".
func (s *shop) moneyLines(retailer, claim string) []string {
	s.t.Helper()
	var out []string
	for _, e := range view(s, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(s.t.Context(), retailer, claim) }) {
		out = append(out, fmt.Sprintf("%s %s>%s %s %s %s", e.What, e.Debtor, e.Creditor, e.Amount, e.Amount.Currency, e.State))
	}
	return out
}

func (s *shop) owes(what, retailer, claim string, want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.moneyLines(retailer, claim)); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// broken sells a laptop at a price and brings a claim to a covered decision
// that can't be a repair.
func (s *shop) broken(price string) string {
	s.t.Helper()
	sum := amount(price, "EUR")
	r := s.submit(visitor, ask(s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Price = &sum }).Unit.Serial))
	s.do(as(care.Manager), r.Claim.ID, care.Accept{Place: "omni-service", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard"),
		care.RecordAnswers{Facts: []care.Answer{{Fact: "remedy.repair_possible", Value: "false"}}}, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "no board"})
	return r.Claim.ID
}

// TestRefundTakesTwoPersons pays back more than the pack lets one manager
// approve, by the claim's commands and by the ledger's.
// Walks: B8, B11.
func TestRefundTakesTwoPersons(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Manager)
		id := s.broken("1600.00")
		s.do(boss, id, care.ChooseRemedy{Remedy: "price_reduction"})
		_, err := s.Do(ctx, boss, id, care.ApproveRefund{Amount: amount("1600.01", "EUR")})
		s.fails("more than the price", "invalid error.amount_above_price", err)
		c := s.do(boss, id, care.ApproveRefund{Amount: amount("1550.00", "EUR")})
		s.owes("after one", "bg-omni", id, "price_reduction retailer>customer 1550.00 EUR due")
		if !c.Refund.Two || c.Refund.Approved() {
			s.t.Errorf("one of two: %+v", c.Refund)
		}
		_, err = s.Do(ctx, boss, id, care.PayRefund{Reference: "p"})
		s.fails("paid too soon", "blocked error.second_approval_missing", err)
		entry := view(s, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(ctx, "bg-omni", id) })[0]
		_, err = s.ApproveEntry(ctx, boss, entry.ID)
		s.fails("the same person by the ledger", "blocked error.second_person", err)
		_, err = s.ApproveEntry(ctx, as(care.Clerk), entry.ID)
		s.fails("a clerk", "forbidden error.forbidden", err)
		if e, err := s.ApproveEntry(ctx, second("bg-omni"), entry.ID); err != nil || e.State != care.EntryApproved || len(e.Approvals) != 2 {
			s.t.Fatalf("the second: %+v, %v", e, err)
		}
		_, err = s.CancelEntry(ctx, boss, entry.ID, "no")
		s.fails("cancelled beside the claim", "blocked error.entry_follows_claim", err)
		if e, err := s.PayEntry(ctx, boss, entry.ID, "bank 17"); err != nil || e.State != care.EntryPaid || e.Reference != "bank 17" {
			s.t.Fatalf("paid: %+v, %v", e, err)
		}
		c = view(s, func(tx *storage.Tx) (care.Claim, error) { return tx.Claim(ctx, "bg-omni", id) })
		if c.Refund.SecondBy != "staff-manager-2" || c.Refund.PaidAt.IsZero() || c.Refund.PaidBy != boss.ID {
			s.t.Errorf("the claim says %+v", c.Refund)
		}
		_, err = s.PayEntry(ctx, boss, entry.ID, "bank 18")
		s.fails("paid twice", "blocked error.entry_state", err)
		_, err = s.ApproveEntry(ctx, of("ru-omsk", care.Manager), entry.ID)
		s.fails("another retailer's", "not_found error.no_entry", err)
		s.do(boss, id, care.MarkReady{}, care.HandOver{}, care.Close{})
	})
}

// refundDue brings a claim of ru-omsk to where its customer, who bought for a
// price some days before, asks under the law for the money back.
func (s *shop) refundDue(price money.Amount, sold string) (claim string) {
	s.t.Helper()
	u := s.sell(of("ru-omsk", care.Clerk), func(r *desk.SaleRow) {
		r.Price, r.Date, r.Delivered = &price, day(sold), day(sold)
	}).Unit
	in := ask(u.Serial)
	in.Basis, in.Documents = policy.Statute, []string{"receipt", "warranty_card"}
	who := visitor
	who.Retailer = "ru-omsk"
	r := s.submit(who, in)
	s.do(of("ru-omsk", care.Manager), r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("mainboard"))
	if _, err := s.TrackedDo(s.t.Context(), r.Token, care.ChooseRemedy{Remedy: "refund"}); err != nil {
		s.t.Fatal(err)
	}
	return r.Claim.ID
}

// TestPenaltyForTheDelay counts one percent a day until the money is paid
// (D40), and lets only a manager close over it
// who says why.
// Walks: RU-22, RU-23.
func TestPenaltyForTheDelay(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of("ru-omsk", care.Manager)
		price := amount("50000.00", "RUB")
		s.now = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
		id := s.refundDue(price, "2026-02-25")
		s.owes("asked for", "ru-omsk", id, "refund retailer>customer 50000.00 RUB due")
		grow := func(at string, want int) {
			s.t.Helper()
			s.now = day(at).Start(time.UTC).Add(6 * time.Hour)
			if n, err := s.Accrue(ctx); err != nil || n != want {
				s.t.Errorf("%s: %d ledgers grew, want %d: %v", at, n, want, err)
			}
		}
		grow("2026-03-12", 0) // the last day
		grow("2026-03-13", 1)
		grow("2026-03-13", 0)
		s.owes("a day late", "ru-omsk", id, "refund retailer>customer 50000.00 RUB due", "penalty retailer>customer 500.00 RUB due")
		s.now = day("2026-04-01").Start(time.UTC).Add(6 * time.Hour)
		for _, cmd := range []care.Command{care.ApproveRefund{Amount: price}, care.PayRefund{Reference: "p-1"}} {
			if _, err := s.Do(ctx, boss, id, cmd); err != nil {
				s.t.Fatal(err)
			}
		}
		want := []string{"refund retailer>customer 50000.00 RUB paid", "penalty retailer>customer 10000.00 RUB due"}
		s.owes("D40: twenty days", "ru-omsk", id, want...)
		grow("2026-05-01", 0)
		s.owes("paid, so it has stopped", "ru-omsk", id, want...)

		_, err := s.Do(ctx, of("ru-omsk", care.Clerk), id, care.Close{Note: "done"})
		s.fails("a clerk closes", "blocked error.money_unpaid", err)
		_, err = s.Do(ctx, boss, id, care.Close{})
		s.fails("without a word", "blocked error.money_unpaid", err)
		v, err := s.Claim(ctx, of("ru-omsk", care.Clerk), id, "ru")
		if err != nil {
			s.t.Fatal(err)
		}
		for _, a := range v.Actions {
			if a.Command == care.CmdClose && (a.Blocked == nil || a.Primary) {
				s.t.Errorf("the page offers to close: %+v", a)
			}
		}
		if e := v.Money[1]; !strings.Contains(e.ClauseText, "10") && e.ClauseText == "" || len(e.Moves) < 2 {
			s.t.Errorf("the penalty's clause %q and %d moves", e.ClauseText, len(e.Moves))
		}
		c, err := s.Do(ctx, boss, id, care.Close{Note: "the customer's bank account is not known yet"})
		if err != nil || c.State != care.Closed {
			s.t.Fatalf("%s: %v", c.State, err)
		}
		// It is still owed, and can still be paid.
		e := v.Money[1].ID
		if _, err := s.ApproveEntry(ctx, boss, e); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.PayEntry(ctx, boss, e, "p-2"); err != nil {
			s.t.Fatal(err)
		}
		s.owes("all paid", "ru-omsk", id, "refund retailer>customer 50000.00 RUB paid", "penalty retailer>customer 10000.00 RUB paid")
		list, err := s.Balances(ctx, boss)
		if err != nil || len(list) != 1 || list[0].Paid != 6_000_000 || list[0].Open().Minor != 0 {
			s.t.Errorf("balance %+v, %v", list, err)
		}
	})
}

// TestPenaltyStopsAtThePrice counts a penalty day by day, as the job does:
// half up, in parts where some was approved or paid meanwhile, and never above
// the price since 1 February 2026 (D40, D41).
// Walks: RU-23.
func TestPenaltyStopsAtThePrice(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of("ru-omsk", care.Manager)
		price := amount("333.50", "RUB")
		s.now = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
		id := s.refundDue(price, "2026-02-25")
		refund := "refund retailer>customer 333.50 RUB due"
		today := day("2026-03-02")
		upTo := func(last string, want ...string) {
			s.t.Helper()
			for ; !today.After(day(last)); today = today.AddDays(1) {
				s.now = today.Start(time.UTC).Add(9 * time.Hour)
				for range 2 { // a second machine, or the same one after a restart
					if _, err := s.Accrue(ctx); err != nil {
						s.t.Fatal(err)
					}
				}
			}
			s.owes(last, "ru-omsk", id, append([]string{refund}, want...)...)
		}
		entry := func(i int) string {
			return view(s, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(ctx, "ru-omsk", id) })[i].ID
		}
		settle := func(i int, reference string) {
			s.t.Helper()
			if _, err := s.ApproveEntry(ctx, boss, entry(i)); err != nil {
				s.t.Fatal(err)
			}
			if reference == "" {
				return
			}
			if _, err := s.PayEntry(ctx, boss, entry(i), reference); err != nil {
				s.t.Fatal(err)
			}
		}
		upTo("2026-03-12")                                            // the last day
		upTo("2026-03-13", "penalty retailer>customer 3.34 RUB due")  // 3.335
		upTo("2026-03-15", "penalty retailer>customer 10.01 RUB due") // 10.005
		settle(1, "p-1")
		upTo("2026-03-16", "penalty retailer>customer 10.01 RUB paid", "penalty retailer>customer 3.33 RUB due") // 13.34 in all
		settle(2, "")
		upTo("2026-03-31", "penalty retailer>customer 10.01 RUB paid", "penalty retailer>customer 3.33 RUB approved", "penalty retailer>customer 50.03 RUB due") // 19 days: 63.365
		whole := []string{"penalty retailer>customer 10.01 RUB paid", "penalty retailer>customer 3.33 RUB approved", "penalty retailer>customer 320.16 RUB due"}
		upTo("2026-06-20", whole...) // the hundredth day: the price
		upTo("2026-06-30", whole...)
		settle(3, "p-3")
		upTo("2026-07-10", whole[0], whole[1], "penalty retailer>customer 320.16 RUB paid")
	})
}

// TestPenaltyBeforeTheCap counts on past the price until the day of the law
// that caps it, and no part of it twice.
// Walks: RU-23.
func TestPenaltyBeforeTheCap(t *testing.T) {
	on(t, func(s *shop) {
		s.now = time.Date(2025, 9, 1, 6, 0, 0, 0, time.UTC)
		id := s.refundDue(amount("100.00", "RUB"), "2025-08-25")
		for _, c := range []struct{ on, penalty string }{{"2025-09-12", "1.00"}, {"2026-01-31", "142.00"}, {"2026-02-01", "100.00"}, {"2026-04-01", "100.00"}} {
			s.now = day(c.on).Start(time.UTC).Add(9 * time.Hour)
			if _, err := s.Accrue(s.t.Context()); err != nil {
				s.t.Fatal(err)
			}
			s.owes(c.on, "ru-omsk", id, "refund retailer>customer 100.00 RUB due", "penalty retailer>customer "+c.penalty+" RUB due")
		}
	})
}

// TestApprovalIsWithdrawn takes the consent to a refund back before it is
// paid, by the ledger and by the claim: the entry is due again, the other
// manager's consent is needed anew, and the audit log says who did it and why.
// Reopened, a claim cancels what was not paid.
// Walks: B8, B11.
func TestApprovalIsWithdrawn(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss, deputy := s.t.Context(), as(care.Manager), second("bg-omni")
		id := s.broken("1600.00")
		s.do(boss, id, care.ChooseRemedy{Remedy: "price_reduction"}, care.ApproveRefund{Amount: amount("1550.00", "EUR")})
		entry := view(s, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(ctx, "bg-omni", id) })[0].ID
		if _, err := s.ApproveEntry(ctx, deputy, entry); err != nil {
			s.t.Fatal(err)
		}
		s.owes("approved", "bg-omni", id, "price_reduction retailer>customer 1550.00 EUR approved")
		_, err := s.WithdrawApproval(ctx, as(care.Clerk), entry, "x")
		s.fails("a clerk", "forbidden error.forbidden", err)
		_, err = s.WithdrawApproval(ctx, deputy, entry, " ")
		s.fails("without a reason", "invalid error.required", err)
		if _, err := s.WithdrawApproval(ctx, deputy, entry, "the account was another"); err != nil {
			s.t.Fatal(err)
		}
		c := view(s, func(tx *storage.Tx) (care.Claim, error) { return tx.Claim(ctx, "bg-omni", id) })
		if c.Refund != nil || c.State != care.Refunding {
			s.t.Errorf("the claim says %s, %+v", c.State, c.Refund)
		}
		a := s.auditOf("bg-omni", "money.withdraw")
		if a.Actor.ID != deputy.ID || a.Reason != "the account was another" || a.Details["amount"] != "1550.00 EUR" {
			s.t.Errorf("audited as %+v", a)
		}
		_, err = s.Do(ctx, boss, id, care.PayRefund{Reference: "p"})
		s.fails("paid without consent", "blocked error.refund_not_approved", err)
		_, err = s.Do(ctx, boss, id, care.WithdrawApproval{Reason: "again"})
		s.fails("taken back twice", "blocked error.refund_not_approved", err)

		s.do(boss, id, care.ApproveRefund{Amount: amount("300.00", "EUR")})
		v, err := s.Claim(ctx, boss, id, "en")
		if err != nil {
			s.t.Fatal(err)
		}
		last := v.Money[len(v.Money)-1]
		if last.Amount != amount("300.00", "EUR") || last.State != care.EntryApproved || !last.MayUndo {
			s.t.Errorf("approved anew: %+v", last)
		}
		s.do(boss, id, care.WithdrawApproval{Reason: "the customer takes a repair"}, care.ChooseRemedy{Remedy: "rescission"})
		for _, line := range s.moneyLines("bg-omni", id) {
			if strings.HasPrefix(line, "price_reduction") && !strings.HasSuffix(line, "cancelled") {
				s.t.Errorf("another remedy was chosen, and the ledger says %s", line)
			}
		}
	})
}

// TestRefundOfOldPrice approves in the ledger what an old Bulgarian price
// comes to in euro.
// Walks: B11.
func TestRefundOfOldPrice(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Manager)
		price := amount("1200.00", "BGN")
		rec := s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Price = &price })
		r := s.submit(visitor, ask(rec.Unit.Serial))
		id := r.Claim.ID
		s.do(boss, id, care.Accept{Place: "omni-service", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard"),
			care.RecordAnswers{Facts: []care.Answer{{Fact: "remedy.repair_possible", Value: "false"}, {Fact: "market.same_model", Value: "false"}}},
			care.ChooseRemedy{Remedy: "refund"})
		s.owes("asked for", "bg-omni", id, "refund retailer>customer 613.55 EUR due")
		entry := view(s, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(ctx, "bg-omni", id) })[0].ID
		_, err := s.Do(ctx, boss, id, care.ApproveRefund{Amount: amount("613.54", "EUR")})
		s.fails("a cent less", "invalid error.amount_differs", err)
		_, err = s.Do(ctx, boss, id, care.ApproveRefund{Amount: amount("613.55", "USD")})
		s.fails("money of another country", "invalid error.foreign_currency", err)
		s.do(boss, id, care.ApproveRefund{Amount: price}, care.WithdrawApproval{Reason: "asked for once more"})
		if _, err := s.ApproveEntry(ctx, boss, entry); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.PayEntry(ctx, boss, entry, "bank 4"); err != nil {
			s.t.Fatal(err)
		}
		s.owes("paid in euro", "bg-omni", id, "refund retailer>customer 613.55 EUR paid")
	})
}

// TestPaidRepairOfNetworkParts offers the second LAN failure by the price
// list, takes the customer's money at the till and hands back.
// Walks: B17.
func TestPaidRepairOfNetworkParts(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss, till := s.t.Context(), as(care.Manager), as(care.Clerk)
		rec := s.sell(till, func(r *desk.SaleRow) { r.Category = "network" })
		first := s.submit(visitor, ask(rec.Unit.Serial))
		s.repaired(first.Claim.ID, "omni-service")
		s.now = s.now.Add(30 * 24 * time.Hour)
		r := s.submit(visitor, ask(rec.Unit.Serial))
		id := r.Claim.ID
		c := s.do(boss, id, care.Accept{Place: "omni-service", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard"))
		if c.Verdict() != policy.VerdictPaid {
			s.t.Fatalf("the second failure is %s", c.Verdict())
		}
		_, err := s.Do(ctx, boss, id, care.OfferEstimate{Amount: amount("35.00", "RUB"), Work: "power stage"})
		s.fails("an estimate in money of another country", "invalid error.foreign_currency", err)
		s.do(boss, id, care.OfferEstimate{PriceList: "network", Items: []string{"net-diagnosis", "network/net-power"}})
		c, err = s.TrackedDo(ctx, r.Token, care.AnswerEstimate{Accepted: true})
		if err != nil {
			s.t.Fatal(err)
		}
		if c.Estimate.Amount != amount("35.00", "EUR") || c.Estimate.Work == "" {
			s.t.Errorf("by the price list: %+v", c.Estimate)
		}
		s.owes("accepted", "bg-omni", id, "paid_repair customer>retailer 35.00 EUR approved")
		s.do(boss, id, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "power stage"}, care.MarkReady{})
		e := view(s, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(ctx, "bg-omni", id) })[0]
		if e.Clause != "network-once" {
			s.t.Errorf("by clause %q", e.Clause)
		}
		if _, err := s.PayEntry(ctx, till, e.ID, "till 3, receipt 441"); err != nil {
			s.t.Fatal(err)
		}
		c = s.do(till, id, care.HandOver{}, care.Close{})
		if c.Outcome != care.OutcomePaid {
			s.t.Errorf("ended as %s", c.Outcome)
		}
		v, err := s.Tracked(ctx, r.Token, "en")
		if err != nil || len(v.Claim.Money) != 1 || v.Claim.Money[0].Approvals != nil || v.Claim.Money[0].Moves != nil || v.Claim.Money[0].ClauseText == "" {
			s.t.Errorf("the customer sees %+v, %v", v.Claim.Money, err)
		}
		s.do(till, id, care.Reopen{Reason: "again"})
		s.owes("what was done and paid stays so", "bg-omni", id, "paid_repair customer>retailer 35.00 EUR paid")
	})
}

// TestEstimateInOldMoney offers a repair at a price in lev once the euro is
// in use: the customer is asked for, and owes, the same sum in euro.
func TestEstimateInOldMoney(t *testing.T) {
	on(t, func(s *shop) {
		s.now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		boss := as(care.Manager)
		rec := s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Date, r.Delivered = day("2023-03-01"), day("2023-03-01") })
		id := s.submit(visitor, ask(rec.Unit.Serial)).Claim.ID
		s.do(boss, id, care.Accept{Place: "omni-service"}, hardware("mainboard"), care.ChooseBasis{Basis: policy.Paid})
		c := s.do(boss, id, care.OfferEstimate{Amount: amount("1.95", "BGN"), Work: "cleaning"})
		if c.Estimate.Amount != amount("1.00", "EUR") {
			s.t.Errorf("offered at %v", c.Estimate.Amount)
		}
		s.do(boss, id, care.AnswerEstimate{Accepted: true})
		s.owes("accepted", "bg-omni", id, "paid_repair customer>retailer 1.00 EUR approved")
	})
}

// TestStorageFee charges a device that was collected forty days after it was
// ready for the days that the terms charge.
func TestStorageFee(t *testing.T) {
	on(t, func(s *shop) {
		for days, want := range map[int][]string{30: nil, 40: {"storage_fee customer>retailer 5.00 EUR due"}} {
			s.now = noon
			r := s.decided()
			s.do(as(care.Manager), r.Claim.ID, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
			s.now = s.now.Add(time.Duration(days) * 24 * time.Hour)
			s.do(as(care.Clerk), r.Claim.ID, care.HandOver{}, care.Close{})
			s.owes(fmt.Sprint(days, " days"), "bg-omni", r.Claim.ID, want...)
		}
	})
}

// TestEnterMoneyByHand enters the carriage that a customer paid.
func TestEnterMoneyByHand(t *testing.T) {
	on(t, func(s *shop) {
		ctx, till := s.t.Context(), as(care.Clerk)
		id := s.open().Claim.ID
		in := desk.NewEntry{What: care.DebtReimbursement, Debtor: care.RetailerParty, Creditor: care.CustomerParty, Amount: amount("12.00", "EUR"), Why: "courier, receipt 9"}
		for _, c := range []struct {
			name, want string
			change     func(*desk.NewEntry)
		}{
			{"no reason", "invalid error.required", func(n *desk.NewEntry) { n.Why = " " }},
			{"a penalty", "invalid error.unknown_value", func(n *desk.NewEntry) { n.What = care.DebtPenalty }},
			{"to oneself", "invalid error.owes_oneself", func(n *desk.NewEntry) { n.Creditor = n.Debtor }},
			{"nothing", "invalid error.amount_not_positive", func(n *desk.NewEntry) { n.Amount = money.Amount{} }},
			{"money of another country", "invalid error.foreign_currency", func(n *desk.NewEntry) { n.Amount = amount("12.00", "USD") }},
		} {
			bad := in
			c.change(&bad)
			_, err := s.EnterMoney(ctx, till, id, bad)
			s.fails(c.name, c.want, err)
		}
		e, err := s.EnterMoney(ctx, till, id, in)
		if err != nil {
			s.t.Fatal(err)
		}
		_, err = s.EnterMoney(ctx, as(care.Partner), id, in)
		s.fails("a centre", "forbidden error.forbidden", err)
		if _, err := s.CancelEntry(ctx, as(care.Manager), e.ID, "paid by the maker"); err != nil {
			s.t.Fatal(err)
		}
		s.owes("given up", "bg-omni", id, "reimbursement retailer>customer 12.00 EUR cancelled")
		if a := s.audits("bg-omni")[0]; a.Action != "money.cancel" || a.Reason != "paid by the maker" || a.Object != "money" {
			s.t.Errorf("audited as %+v", a)
		}
		list, _, err := s.Money(ctx, till, care.EntryFilter{States: []care.EntryState{care.EntryDue}}, care.Page{}, "en")
		if err != nil || len(list) != 0 {
			s.t.Errorf("still due: %+v, %v", list, err)
		}
	})
}

// TestMoneyOfADay writes what happened on a day in the shops' zone, and the
// same bytes again.
func TestMoneyOfADay(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Manager)
		id := s.open().Claim.ID
		enter := func(at time.Time, why string) {
			s.t.Helper()
			s.now = at
			_, err := s.EnterMoney(ctx, boss, id, desk.NewEntry{What: care.DebtDelivery, Debtor: care.CustomerParty, Creditor: care.RetailerParty, Amount: amount("6.50", "EUR"), Why: why})
			if err != nil {
				s.t.Fatal(err)
			}
		}
		midnight := day("2026-11-21").Start(sofia(s.t)).UTC()
		enter(midnight.Add(-time.Microsecond), "the day before")
		enter(midnight, "=1+1")
		enter(midnight.Add(24*time.Hour), "the day after")
		var file, again bytes.Buffer
		if err := s.WriteMoney(ctx, boss, day("2026-11-21"), &file); err != nil {
			s.t.Fatal(err)
		}
		if err := s.WriteMoney(ctx, boss, day("2026-11-21"), &again); err != nil || again.String() != file.String() {
			s.t.Errorf("another file the second time: %v", err)
		}
		rows, err := csv.NewReader(&file).ReadAll()
		if err != nil || len(rows) != 2 {
			s.t.Fatalf("%d rows, %v", len(rows), err)
		}
		got := map[string]string{}
		for i, name := range rows[0] {
			got[name] = rows[1][i]
		}
		for name, want := range map[string]string{"at": "2026-11-21T00:00:00+02:00", "step": "made", "what": "delivery", "debtor": "customer",
			"creditor": "retailer", "change": "6.50", "amount": "6.50", "currency": "EUR", "state": "due", "by": boss.ID, "note": "'=1+1", "claim": "RMA-2026-000001"} {
			if got[name] != want {
				s.t.Errorf("%s = %q, want %q", name, got[name], want)
			}
		}
		var empty bytes.Buffer
		if err := s.WriteMoney(ctx, boss, day("2026-01-01"), &empty); err != nil || strings.Count(empty.String(), "\n") != 1 {
			s.t.Errorf("a day without money: %q, %v", empty.String(), err)
		}
		s.fails("a clerk exports", "forbidden error.forbidden", s.WriteMoney(ctx, as(care.Clerk), day("2026-11-21"), &empty))
	})
}

func sofia(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Sofia")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestSoftwareGoesBackWithItsNotice tells what an update means, once software
// was worked on, at the hand-back.
// Walks: C9.
func TestSoftwareGoesBackWithItsNotice(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of("ru-xiaomi", care.Manager)
		rec := s.sell(boss, func(r *desk.SaleRow) { r.Brand, r.Category, r.Model = "Xiaomi", "phone", "14T" })
		places, err := s.Places(ctx, "ru-xiaomi")
		if err != nil {
			s.t.Fatal(err)
		}
		in := ask(rec.Unit.Serial)
		in.Documents = []string{"receipt"}
		who := visitor
		who.Retailer = "ru-xiaomi"
		r := s.submit(who, in)
		id := r.Claim.ID
		if ids := r.Claim.MissingAcknowledgements(); len(ids) > 0 {
			s.do(boss, id, care.Acknowledge{IDs: ids})
		}
		s.do(boss, id, care.Accept{Place: places[0].ID}, hardware("mainboard"))
		s.do(boss, id, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "test"}, care.ChooseRemedy{Remedy: "repair"}, care.StartRepair{},
			care.FinishRepair{Kind: "software", Work: "flashed", Software: "updated"}, care.MarkReady{})
		v, err := s.Tracked(ctx, r.Token, "ru")
		if err != nil || len(v.Claim.HandBack) != 4 {
			s.t.Errorf("the customer reads %q, %v", v.Claim.HandBack, err)
		}
		c := s.do(boss, id, care.HandOver{})
		if diff := cmp.Diff([]string{"factory-settings", "no-way-back", "third-party-programs", "data-not-restored"}, c.Repair.Told); diff != "" {
			s.t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

// TestPartsCarryTheirWarranty gives a new part the warranty of the one it
// replaces where the law says so: without a word the product's, then that of
// the part before it; the technician states more, never less. The service
// record, the hand-back and the next claim say it.
// Walks: RU-20.4.
func TestPartsCarryTheirWarranty(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		u := s.phone("2026-01-20", "20000.00", nil).Unit
		repair := func(at string, parts ...care.Part) (care.Claim, desk.ClaimView) {
			s.t.Helper()
			s.at(at)
			in := ask(u.Serial)
			in.Lang, in.Documents = "ru", []string{"receipt"}
			who := visitor
			who.Retailer = omsk
			r := s.submit(who, in)
			s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service", Documents: []string{"receipt"}}, hardware("battery"), care.StartRepair{})
			v, err := s.Claim(ctx, boss, r.Claim.ID, "ru")
			if err != nil {
				s.t.Fatal(err)
			}
			if len(parts) > 1 {
				_, err := s.Do(ctx, boss, r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "x", Parts: parts[1:]})
				s.fails("less than the law", "invalid error.part_months_less", err)
			}
			return s.do(boss, r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "battery", Parts: parts[:1]}, care.MarkReady{}, care.HandOver{}, care.Close{}), v
		}
		battery := func(months int) care.Part { return care.Part{Part: "battery", Months: months} }
		first, form := repair("2026-03-10", battery(0), battery(11))
		if p := first.Repair.Parts[0]; p.Months != 12 || p.Until != day("2027-03-10") {
			s.t.Errorf("as the product: %+v", p)
		}
		hint := ""
		for _, a := range form.Actions {
			for _, f := range a.Fields {
				if a.Command == care.CmdFinishRepair && f.Type == care.PartsField {
					hint = f.Value
				}
			}
		}
		if hint != "12" || len(form.Parts) != 0 {
			s.t.Errorf("the form says %q, parts before %+v", hint, form.Parts)
		}
		second, next := repair("2026-05-12", battery(24))
		if len(next.Parts) != 1 || next.Parts[0].Claim != first.Number || next.Parts[0].Until != day("2027-03-10") {
			s.t.Errorf("the next claim shows %+v", next.Parts)
		}
		if p := second.Repair.Parts[0]; p.Months != 24 || p.Until != day("2028-05-12") {
			s.t.Errorf("more than the law: %+v", p)
		}
		third, _ := repair("2026-07-13", battery(0), battery(12))
		if p := third.Repair.Parts[0]; p.Months != 24 || p.Until != day("2028-07-13") {
			s.t.Errorf("as the part before it: %+v", p)
		}
		check, err := s.CheckWarranty(ctx, omsk, u.Serial, "ru")
		if err != nil || len(check.Parts) != 1 || check.Parts[0].Claim != third.Number {
			s.t.Errorf("the check shows %+v, %v", check.Parts, err)
		}

		// In Bulgaria nothing says so: what the technician states holds.
		r := s.decided()
		c := s.do(as(care.Manager), r.Claim.ID, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x", Parts: []care.Part{{Part: "mainboard"}}})
		if p := c.Repair.Parts[0]; p.Months != 0 {
			s.t.Errorf("without a rule: %+v", p)
		}
	})
}

// moneyCalls are the calls that need the ledger's permissions.
func moneyCalls(s *shop, claim string) map[desk.Action]func(context.Context, care.Actor) error {
	s.t.Helper()
	owed, err := s.EnterMoney(s.t.Context(), as(care.Manager), claim,
		desk.NewEntry{What: care.DebtDelivery, Debtor: care.RetailerParty, Creditor: care.CarrierParty, Amount: amount("1.00", "EUR"), Why: "x"})
	if err != nil {
		s.t.Fatal(err)
	}
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadMoney: func(ctx context.Context, a care.Actor) error {
			_, _, err := s.Money(ctx, a, care.EntryFilter{}, care.Page{}, "en")
			if _, other := s.Balances(ctx, a); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("list says %w, balances %w", err, other)
			}
			return err
		},
		desk.EnterMoney: func(ctx context.Context, a care.Actor) error {
			_, err := s.EnterMoney(ctx, a, "none", desk.NewEntry{})
			return err
		},
		desk.ApproveMoney: func(ctx context.Context, a care.Actor) error { _, err := s.ApproveEntry(ctx, a, "none"); return err },
		desk.CancelMoney: func(ctx context.Context, a care.Actor) error {
			_, err := s.CancelEntry(ctx, a, "none", "x")
			return err
		},
		desk.WithdrawMoney: func(ctx context.Context, a care.Actor) error {
			_, err := s.WithdrawApproval(ctx, a, "none", "x")
			return err
		},
		desk.TakeMoney: func(ctx context.Context, a care.Actor) error { _, err := s.PayEntry(ctx, a, "none", "x"); return err },
		desk.ExportMoney: func(ctx context.Context, a care.Actor) error {
			return s.WriteMoney(ctx, a, day("2026-11-21"), io.Discard)
		},
		desk.PayMoney: func(ctx context.Context, a care.Actor) error {
			_, err := s.PayEntry(ctx, a, owed.ID, "x")
			return err
		},
	}
}
