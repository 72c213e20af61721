package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
)

// omskPhone opens a claim of the Russian shop on a phone, as its customer.
func (s *shop) omskPhone(change func(*desk.SaleRow)) desk.Receipt {
	s.t.Helper()
	rec := s.sell(of("ru-omsk", care.Clerk), func(r *desk.SaleRow) {
		r.Category, r.Brand, r.Model = "phone", "Nokia", "G42"
		if change != nil {
			change(r)
		}
	})
	in := ask(rec.Unit.Serial)
	in.Lang, in.Customer = "ru", desk.Contact{Name: "Анна Пробная", Phone: "+7 900 000 0001", Email: "anna@mail.example"}
	return s.submit(care.Actor{Kind: care.CustomerActor, Retailer: "ru-omsk"}, in)
}

// pooled adds a loaner to the Russian shop's pool.
func (s *shop) pooled(category, serial string) care.Loaner {
	s.t.Helper()
	places, err := s.Places(s.t.Context(), "ru-omsk")
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := s.AddLoaner(s.t.Context(), of("ru-omsk", care.Manager), desk.NewLoaner{Category: category, Brand: "Nokia", Model: "105",
		Serial: serial, Condition: "целый", Place: places[0].ID})
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

// TestLoaner takes a loaner from the customer's demand to its return, and
// shows that the claim waits for it. Walks: RU-20.2.
func TestLoaner(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk, boss := t.Context(), of("ru-omsk", care.Clerk), of("ru-omsk", care.Manager)
		r := s.omskPhone(nil)
		phone, laptop := s.pooled("phone", "LOAN-1"), s.pooled("laptop", "LOAN-2")
		if _, err := s.AddLoaner(ctx, boss, desk.NewLoaner{Category: "phone", Brand: "x", Model: "x", Serial: "loan 1", Condition: "x", Place: phone.Place}); care.CodeOf(err) != care.Conflict {
			t.Errorf("the same serial twice: %v", err)
		}

		see, err := s.TrackedLoans(ctx, r.Token)
		if err != nil || see.Refused != nil || see.Owed == nil || see.Owed.Clause != "loaner-3-days" {
			t.Fatalf("what the customer may demand: %+v, %v", see, err)
		}
		loan, err := s.TrackedDemandLoaner(ctx, r.Token, "нужен телефон")
		if err != nil {
			t.Fatal(err)
		}
		// The demand is of Tuesday the 10th: three days from it are Friday.
		if loan.Due != "2026-03-13" || loan.DemandedBy != care.CustomerActor {
			t.Errorf("due %s, demanded by %s", loan.Due, loan.DemandedBy)
		}
		_, err = s.TrackedDemandLoaner(ctx, r.Token, "")
		s.fails("a second demand", "blocked error.loaner_demanded_already", err)

		_, err = s.LendLoaner(ctx, clerk, loan.ID, desk.Lending{Loaner: laptop.ID})
		s.fails("another category", "invalid error.loaner_other_category", err)
		if loan, err = s.LendLoaner(ctx, clerk, loan.ID, desk.Lending{Loaner: phone.ID, Condition: "царапина"}); err != nil || loan.State != care.LoanOut {
			t.Fatalf("lend: %+v, %v", loan, err)
		}
		_, err = s.LendLoaner(ctx, clerk, loan.ID, desk.Lending{Loaner: phone.ID})
		s.fails("lent twice", "illegal error.loan_moved_on", err)

		s.waitsForLoaner(r.Claim.ID)
		if _, err := s.ReturnLoaner(ctx, clerk, loan.ID, desk.Returning{}); fieldOf(err) != "condition" {
			t.Errorf("a return without its condition: %v", err)
		}
		if loan, err = s.ReturnLoaner(ctx, clerk, loan.ID, desk.Returning{Condition: "трещина", Damage: "стекло", Withdraw: true}); err != nil {
			t.Fatal(err)
		}
		if c, err := s.Do(ctx, clerk, r.Claim.ID, care.HandOver{}); err != nil || c.State != care.HandedOver {
			t.Errorf("hand over once it is back: %s, %v", c.State, err)
		}
		back := view(s, func(tx *storage.Tx) (care.Loaner, error) { return tx.Loaner(ctx, "ru-omsk", phone.ID) })
		if back.State != care.LoanerWithdrawn || back.Condition != "трещина" {
			t.Errorf("the loaner that came back damaged: %+v", back)
		}
	})
}

// waitsForLoaner brings a claim to where only the loaner is missing.
func (s *shop) waitsForLoaner(claim string) {
	s.t.Helper()
	boss := of("ru-omsk", care.Manager)
	places, err := s.Places(s.t.Context(), "ru-omsk")
	if err != nil {
		s.t.Fatal(err)
	}
	s.do(boss, claim, care.Accept{Place: places[0].ID, Documents: []string{"receipt", "warranty_card"}}, hardware("mainboard"), care.StartRepair{},
		care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
	for _, cmd := range []care.Command{care.HandOver{}, care.Ship{Carrier: "x"}} {
		_, err := s.Do(s.t.Context(), boss, claim, cmd)
		s.fails(string(cmd.Name())+" while the loaner is out", "blocked error.loaner_out", err)
	}
	v, err := s.Claim(s.t.Context(), boss, claim, "ru")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range v.Actions {
		if waits := a.Command == care.CmdHandOver || a.Command == care.CmdShip; waits != (a.Blocked != nil && a.Blocked.Key == "error.loaner_out") {
			s.t.Errorf("%s is offered as blocked by %v", a.Command, a.Blocked)
		}
	}
	loans, _, err := s.Loans(s.t.Context(), boss, care.LoanFilter{States: []care.LoanState{care.LoanOut}}, care.Page{})
	if err != nil || len(loans) != 1 || loans[0].Loan.BackBy.IsZero() || loans[0].Loaner.Serial != "LOAN-1" {
		s.t.Errorf("what is out: %+v, %v", loans, err)
	}
	if l := loans[0].Loan; !l.Late(l.BackBy) || l.Late(l.BackBy.Add(-time.Microsecond)) {
		s.t.Error("a loaner is late at its instant and not before")
	}
}

// TestLoanerRefused says why nothing is lent. Walks: RU-20.2.
func TestLoanerRefused(t *testing.T) {
	on(t, func(s *shop) {
		ctx := t.Context()
		bulgarian := s.open()
		_, err := s.TrackedDemandLoaner(ctx, bulgarian.Token, "")
		s.fails("no law promises one", "blocked error.loaner_not_owed", err)
		if loan, err := s.DemandLoaner(ctx, as(care.Clerk), bulgarian.Claim.ID, "жест"); err != nil || loan.Due != "" || !loan.NextAt().IsZero() {
			t.Errorf("a courtesy of the shop has no term: %+v, %v", loan, err)
		}

		err = s.store.Tx(ctx, func(tx *storage.Tx) error {
			return tx.PutProduct(ctx, care.Product{ID: "kettle", Retailer: "ru-omsk", SKU: "K-1", Category: "other", Brand: "Proba", Model: "Kettle", NoLoaner: true})
		})
		if err != nil {
			t.Fatal(err)
		}
		excepted := s.omskPhone(func(r *desk.SaleRow) { r.SKU, r.Category, r.Brand, r.Model = "K-1", "other", "Proba", "Kettle" })
		_, err = s.TrackedDemandLoaner(ctx, excepted.Token, "")
		s.fails("goods that the law excepts", "blocked error.loaner_excluded", err)
		if !strings.Contains(err.Error(), "loaner-3-days") || !strings.Contains(err.Error(), "2463") {
			t.Errorf("the refusal names no clause and article: %v", err)
		}
		_, err = s.DemandLoaner(ctx, as(care.Partner), bulgarian.Claim.ID, "")
		s.fails("a partner", "forbidden error.forbidden", err)
	})
}

// TestLoanerLost lets a claim go on whose loaner was written off, and a demand
// lapse that nobody met. Walks: RU-20.2.
func TestLoanerLost(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk, boss := t.Context(), of("ru-omsk", care.Clerk), of("ru-omsk", care.Manager)
		r, phone := s.omskPhone(nil), s.pooled("phone", "LOAN-1")
		loan, err := s.DemandLoaner(ctx, clerk, r.Claim.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.LendLoaner(ctx, clerk, loan.ID, desk.Lending{Loaner: phone.ID}); err != nil {
			t.Fatal(err)
		}
		s.waitsForLoaner(r.Claim.ID)
		_, err = s.WriteOffLoaner(ctx, boss, phone.ID, care.LoanerWithdrawn, "стар")
		s.fails("withdrawing what is out", "blocked error.loaner_is_out", err)
		_, err = s.WriteOffLoaner(ctx, clerk, phone.ID, care.LoanerLost, "украден")
		s.fails("a clerk", "forbidden error.forbidden", err)
		if l, err := s.WriteOffLoaner(ctx, boss, phone.ID, care.LoanerLost, "украден"); err != nil || l.State != care.LoanerLost {
			t.Fatalf("%+v, %v", l, err)
		}
		s.do(boss, r.Claim.ID, care.HandOver{}, care.Close{})

		second := s.omskPhone(nil)
		if loan, err = s.DemandLoaner(ctx, clerk, second.Claim.ID, ""); err != nil {
			t.Fatal(err)
		}
		s.do(boss, second.Claim.ID, care.Cancel{Reason: "x"})
		if v, err := s.Loan(ctx, clerk, loan.ID); err != nil || v.Loan.State != care.LoanLapsed {
			t.Errorf("the demand of a cancelled claim: %+v, %v", v, err)
		}
	})
}

func euro(s string) *money.Amount {
	a, err := money.Parse(s, "EUR")
	if err != nil {
		panic(err)
	}
	return &a
}

// atPartner opens a claim on an Asus laptop at the authorised centre, repaired
// with these sums.
func (s *shop) atPartner(labour, part *money.Amount) desk.Receipt {
	s.t.Helper()
	r := s.submit(visitor, ask(s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Brand = "Asus" }).Unit.Serial))
	boss, partner := as(care.Manager), as(care.Partner)
	s.do(boss, r.Claim.ID, care.Accept{Place: "omni-shop-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}},
		care.Forward{To: "asus-sofia", Carrier: "Куриер", Tracking: "1"})
	s.do(partner, r.Claim.ID, care.ReceiveAtCentre{Place: "asus-sofia"}, hardware("mainboard"), care.StartRepair{})
	foreign := amount("31.00", "USD")
	for field, cmd := range map[string]care.FinishRepair{"labour": {Labour: &foreign}, "parts": {Parts: []care.Part{{Part: "mainboard", Price: &foreign}}}} {
		cmd.Kind, cmd.Work = "hardware", "смяна на платка"
		_, err := s.Do(s.t.Context(), partner, r.Claim.ID, cmd)
		s.fails(field+" in money of another country", "invalid error.foreign_currency", err)
	}
	s.do(partner, r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "смяна на платка", Labour: labour, Parts: []care.Part{{Part: "mainboard", Serial: "MB1", Price: part}}})
	return r
}

// TestRecovery claims from the distributor what a repair on the maker's card
// cost, as far as the payment. Walks: B2.
func TestRecovery(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := t.Context(), as(care.Manager)
		r := s.atPartner(euro("31.00"), euro("120.00"))
		s.now = s.now.Add(time.Hour)
		s.do(as(care.Partner), r.Claim.ID, care.Forward{To: "omni-shop-sofia", Carrier: "Куриер", Tracking: "2"})
		s.do(boss, r.Claim.ID, care.ReceiveAtCentre{Place: "omni-shop-sofia"}, care.MarkReady{})
		lines, _, err := s.Recoveries(ctx, boss, care.RecoveryFilter{Claim: r.Claim.ID}, care.Page{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, l := range lines {
			got[string(l.Kind)+" "+l.Amount.String()]++
			if l.Supplier != "asus-distributor" || l.State != care.RecoveryOpen || l.Centre != "asus-sofia" {
				t.Errorf("line %+v", l)
			}
		}
		if len(lines) != 4 || got["labour 31.00"] != 1 || got["parts 120.00"] != 1 || got["transport 5.50"] != 2 {
			t.Errorf("lines %v: the reported work and part, and two ways at the agreed rate", got)
		}
		s.claimedBack(lines)
	})
}

func (s *shop) claimedBack(lines []care.Recovery) {
	s.t.Helper()
	ctx, boss := s.t.Context(), as(care.Manager)
	_, err := s.AnswerRecovery(ctx, boss, lines[0].ID, euro("1.00"), "x")
	s.fails("an answer before it was claimed", "illegal error.recovery_not_sent", err)
	b, err := s.CreateBatch(ctx, boss, "asus-distributor")
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = s.CreateBatch(ctx, boss, "asus-distributor")
	s.fails("nothing is left to claim", "blocked error.recovery_nothing", err)
	if b, err = s.SendBatch(ctx, boss, b.ID); err != nil || b.AnswerBy.IsZero() {
		s.t.Fatalf("%+v, %v", b, err)
	}
	_, err = s.PayBatch(ctx, boss, b.ID, "PAY-1")
	s.fails("a payment before the answers", "blocked error.recovery_unanswered", err)
	for i, l := range lines {
		agreed, reason := &lines[i].Amount, ""
		switch {
		case l.Kind == care.RecoverParts:
			agreed, reason = euro("100.00"), "по ценовата ни листа"
			_, err = s.AnswerRecovery(ctx, boss, l.ID, agreed, "")
			s.fails("less than claimed, without a reason", "invalid error.required", err)
		case l.Kind == care.RecoverTransport:
			agreed, reason = nil, "превозът не е уговорен"
		}
		if _, err := s.AnswerRecovery(ctx, boss, l.ID, agreed, reason); err != nil {
			s.t.Fatal(err)
		}
	}
	if b, err = s.PayBatch(ctx, boss, b.ID, "PAY-1"); err != nil || b.State != care.BatchPaid {
		s.t.Fatalf("%+v, %v", b, err)
	}
	v, err := s.Batch(ctx, boss, b.ID)
	if err != nil || v.Total.String() != "162.00" || v.Agreed.String() != "131.00" {
		s.t.Errorf("claimed %s, agreed %s, %v", v.Total, v.Agreed, err)
	}
	var out strings.Builder
	if err := v.WriteCSV(&out); err != nil || strings.Count(out.String(), "\n") != 5 || !strings.Contains(out.String(), "по ценовата ни листа") {
		s.t.Errorf("%v:\n%s", err, out.String())
	}
	totals, err := s.RecoveryTotals(ctx, boss, care.RecoveryFilter{})
	if err != nil || len(totals) != 2 || totals[0].State != care.RecoveryPaid || totals[0].Agreed.String() != "131.00" || totals[0].Lines != 2 {
		s.t.Errorf("totals %+v, %v", totals, err)
	}
	for _, role := range []care.Role{care.Clerk, care.Technician, care.Partner, care.Administrator} {
		_, _, err := s.Recoveries(ctx, as(role), care.RecoveryFilter{}, care.Page{})
		s.fails(string(role), "forbidden error.forbidden", err)
	}
}

// TestRecoveryOnlyOfMakers enters nothing for work that is the retailer's own
// to bear, nor twice for the same. Walks: B2.
func TestRecoveryOnlyOfMakers(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := t.Context(), as(care.Manager)
		own := s.submit(visitor, ask(s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.WarrantyIssuer = "retailer" }).Unit.Serial))
		s.repaired(own.Claim.ID, "omni-service")
		maker := s.open()
		s.repaired(maker.Claim.ID, "omni-service")
		s.do(boss, maker.Claim.ID, care.Reopen{Reason: "x"})
		s.repaired(maker.Claim.ID, "omni-service")
		lines, _, err := s.Recoveries(ctx, boss, care.RecoveryFilter{}, care.Page{})
		if err != nil || len(lines) != 2 {
			t.Fatalf("%+v, %v: two repairs of one claim are two lines", lines, err)
		}
		for _, l := range lines {
			if l.Claim != maker.Claim.ID || l.Amount.String() != "18.00" || l.Supplier != "other-makers" {
				t.Errorf("%+v", l)
			}
		}
		_, err = s.AddRecovery(ctx, boss, desk.NewRecovery{Claim: own.Claim.Number, Kind: care.RecoverTransport, What: "x", Amount: *euro("3.00")})
		s.fails("a claim on the shop's own card", "blocked error.recovery_not_makers", err)
		if _, err = s.AddRecovery(ctx, boss, desk.NewRecovery{Claim: maker.Claim.Number, Kind: care.RecoverTransport, What: "=x", Amount: *euro("3.00")}); err != nil {
			t.Error(err)
		}
	})
}

// TestPartnerTerms holds a partner to its terms and shows them first in its
// list. Walks: B2, D7.
func TestPartnerTerms(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss, partner := t.Context(), as(care.Manager), as(care.Partner)
		r := s.open()
		c := s.do(boss, r.Claim.ID, care.Accept{Place: "omni-shop-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}}, care.Forward{To: "asus-sofia", Carrier: "Куриер"})
		routed := s.now
		if name, due := c.PartnerDue(); name != care.ClockAccept || !due.Equal(routed.Add(72*time.Hour)) {
			t.Errorf("to take it in: %s by %s", name, due)
		}
		c = s.do(partner, r.Claim.ID, care.ReceiveAtCentre{Place: "asus-sofia"})
		taken := s.now
		if name, due := c.PartnerDue(); name != care.ClockDiagnose || !due.Equal(taken.Add(120*time.Hour)) {
			t.Errorf("to diagnose it: %s by %s", name, due)
		}
		_, err := s.Do(ctx, partner, r.Claim.ID, care.Refuse{})
		if err == nil {
			t.Error("a partner refused without a diagnosis")
		}
		c = s.do(partner, r.Claim.ID, hardware("mainboard"))
		if name, _ := c.PartnerDue(); name != "" {
			t.Errorf("a term still runs after the diagnosis: %s", name)
		}
		events := view(s, func(tx *storage.Tx) ([]care.Event, error) { return tx.Events(ctx, "bg-omni", r.Claim.ID) })
		if again := care.Replay(events); again.Response == nil || !again.Response.DiagnosedAt.Equal(c.Response.DiagnosedAt) {
			t.Errorf("the log rebuilds the terms as %+v", again.Response)
		}
	})
}

// loanerCalls are the calls of loaners and supplier recovery that need a
// permission.
func loanerCalls(s *shop) map[desk.Action]func(context.Context, care.Actor) error {
	page := care.Page{}
	agree := func(errs ...error) error {
		for _, err := range errs[1:] {
			if (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(errs[0]) == care.Forbidden) {
				return fmt.Errorf("one call says %w, another %w", errs[0], err)
			}
		}
		return errs[0]
	}
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadLoaners: func(ctx context.Context, a care.Actor) error {
			_, _, one := s.Loaners(ctx, a, care.LoanerFilter{}, page)
			_, _, two := s.Loans(ctx, a, care.LoanFilter{}, page)
			_, three := s.Loan(ctx, a, "none")
			return agree(one, two, three)
		},
		desk.DemandLoaner: func(ctx context.Context, a care.Actor) error {
			_, err := s.DemandLoaner(ctx, a, "none", "")
			return err
		},
		desk.LendLoaner: func(ctx context.Context, a care.Actor) error {
			_, err := s.LendLoaner(ctx, a, "none", desk.Lending{Loaner: "none"})
			return err
		},
		desk.ReturnLoaner: func(ctx context.Context, a care.Actor) error {
			_, err := s.ReturnLoaner(ctx, a, "none", desk.Returning{})
			return err
		},
		desk.ManageLoaners: func(ctx context.Context, a care.Actor) error {
			_, one := s.AddLoaner(ctx, a, desk.NewLoaner{})
			_, two := s.WriteOffLoaner(ctx, a, "none", care.LoanerLost, "x")
			return agree(one, two)
		},
		desk.ReadRecovery: func(ctx context.Context, a care.Actor) error {
			_, _, one := s.Recoveries(ctx, a, care.RecoveryFilter{}, page)
			_, two := s.RecoveryTotals(ctx, a, care.RecoveryFilter{})
			_, three := s.Batch(ctx, a, "none")
			_, _, four := s.Batches(ctx, a, page)
			_, five := s.Suppliers(ctx, a, "bg")
			return agree(one, two, three, four, five)
		},
		desk.ManageRecovery: func(ctx context.Context, a care.Actor) error {
			_, one := s.AddRecovery(ctx, a, desk.NewRecovery{Claim: "none"})
			_, two := s.CreateBatch(ctx, a, "none")
			_, three := s.SendBatch(ctx, a, "none")
			_, four := s.DropBatch(ctx, a, "none")
			_, five := s.AnswerRecovery(ctx, a, "none", nil, "x")
			_, six := s.PayBatch(ctx, a, "none", "x")
			return agree(one, two, three, four, five, six)
		},
	}
}

// TestPartnerSeesNothingElse asks, as a partner of another centre, for
// everything that there is of a claim. Walks: D7.
func TestPartnerSeesNothingElse(t *testing.T) {
	on(t, func(s *shop) {
		ctx := t.Context()
		r := s.atPartner(euro("31.00"), nil)
		other := as(care.Partner)
		other.Place, other.ID = "hp-plovdiv", "staff-other"
		if _, err := s.Claim(ctx, as(care.Partner), r.Claim.ID, "bg"); err != nil {
			t.Fatalf("its own centre: %v", err)
		}
		for name, call := range map[string]func() error{
			"claim by id":     func() error { _, err := s.Claim(ctx, other, r.Claim.ID, "bg"); return err },
			"claim by number": func() error { _, err := s.Claim(ctx, other, r.Claim.Number, "bg"); return err },
			"its page":        func() error { _, err := s.ClaimPage(ctx, other, r.Claim.Number, "bg"); return err },
			"command":         func() error { _, err := s.Do(ctx, other, r.Claim.ID, care.AddNote{Text: "x"}); return err },
			"take it":         func() error { _, err := s.Do(ctx, other, r.Claim.ID, care.Accept{Place: "hp-plovdiv"}); return err },
			"loans":           func() error { _, err := s.ClaimLoans(ctx, other, r.Claim.ID); return err },
			"recheck":         func() error { _, err := s.Recheck(ctx, other, r.Claim.ID); return err },
			"request":         func() error { _, err := s.Request(ctx, other, r.Request.ID); return err },
			"answer":          func() error { return s.Answer(ctx, other, r.Request.ID, "x", false) },
			"tracking":        func() error { _, err := s.IssueTracking(ctx, other, r.Claim.ID); return err },
			"unit":            func() error { _, err := s.Unit(ctx, other, r.Claim.Unit.ID, "bg"); return err },
			"recovery":        func() error { _, _, err := s.Recoveries(ctx, other, care.RecoveryFilter{}, care.Page{}); return err },
			"audit":           func() error { _, _, err := s.Audits(ctx, other, care.AuditFilter{}, care.Page{}); return err },
		} {
			if code := care.CodeOf(call()); code != care.NotFound && code != care.Forbidden {
				t.Errorf("%s: %q", name, code)
			}
		}
		for _, f := range []care.WorkFilter{{}, {Centre: "asus-sofia"}, {Text: r.Claim.Unit.Serial}, {Customer: r.Claim.Customer}, {Unit: r.Claim.Unit.ID}} {
			list, _, err := s.Work(ctx, other, f, care.Page{})
			if err != nil || len(list) != 0 {
				t.Errorf("work list by %+v: %+v, %v", f, list, err)
			}
			if n, err := s.WorkCounts(ctx, other, f); err != nil || len(n.ByState) != 0 {
				t.Errorf("counts by %+v: %+v, %v", f, n, err)
			}
		}
		nowhere := other
		nowhere.Place = ""
		if _, _, err := s.Work(ctx, nowhere, care.WorkFilter{}, care.Page{}); care.CodeOf(err) != care.Forbidden {
			t.Errorf("a partner of no centre: %v", err)
		}
	})
}
