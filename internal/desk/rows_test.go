package desk_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// TestSoftwareIsNotCounted repairs a laptop three times and lets it fail a
// fourth time: after three hardware repairs in authorised centres the customer
// may have another one or the price back, whatever the retailer would rather
// do; a repair of its software, or one elsewhere, does not count, and neither
// does a fourth failure of the software.
//
// Walks: B11, B12.
func TestSoftwareIsNotCounted(t *testing.T) {
	type repair struct{ kind, centre string }
	hard, soft, own := repair{"hardware", "asus-sofia"}, repair{"software", "asus-sofia"}, repair{"hardware", "omni-service"}
	cases := map[string]struct {
		repairs []repair
		fourth  string
		want    bool
	}{
		"three of the hardware":              {[]repair{hard, hard, hard}, "hardware", true},
		"one of them of the software":        {[]repair{hard, soft, hard}, "hardware", false},
		"software between three of hardware": {[]repair{hard, soft, hard, hard}, "hardware", true},
		"one of them not authorised":         {[]repair{hard, own, hard}, "hardware", false},
		"the fourth failure is software":     {[]repair{hard, hard, hard}, "software", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			on(t, func(s *shop) {
				boss, u := as(care.Manager), s.sell(as(care.Clerk), nil).Unit
				diagnose := func(kind, centre string) care.Claim {
					r := s.submit(visitor, ask(u.Serial))
					d := hardware("mainboard")
					d.Facts.Kind = kind
					return s.do(boss, r.Claim.ID, care.Accept{Place: centre, Documents: []string{"invoice", "warranty_card", "return_request"}}, d)
				}
				for _, x := range c.repairs {
					id := diagnose(x.kind, x.centre).ID
					s.do(boss, id, care.StartRepair{}, care.FinishRepair{Kind: x.kind, Work: "x"}, care.MarkReady{}, care.HandOver{}, care.Close{})
					s.now = s.now.Add(20 * 24 * time.Hour)
				}
				last := diagnose(c.fourth, "asus-sofia")
				may := map[string]bool{}
				for _, r := range last.Remedies() {
					may[r.Kind] = may[r.Kind] || r.Chooser == "customer" && r.Clause == "fourth-hardware-failure"
				}
				if may["replacement"] != c.want || may["refund"] != c.want {
					t.Errorf("offered %+v", last.Remedies())
				}
			})
		})
	}
}

// TestBackOnTheBench calls a laptop ready that fails its check, and repairs it
// again: the month runs on as if it had not been ready, the stay that
// prolongs the warranty ends with the last readiness, the customer is told
// anew, the maker pays the agreed labour once, and it counts as one repair
// towards the fourth failure.
//
// Walks: B8, B10, B11.
func TestBackOnTheBench(t *testing.T) {
	on(t, func(s *shop) {
		boss, u := as(care.Manager), s.sell(as(care.Clerk), nil).Unit
		open := func() care.Claim {
			r := s.submit(visitor, ask(u.Serial))
			return s.do(boss, r.Claim.ID, care.Accept{Place: "asus-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard"), care.StartRepair{})
		}
		finish := care.FinishRepair{Kind: "hardware", Work: "board"}
		c := open()
		running := stateOf(c, "remedy")
		if running != care.DeadlineOpen {
			t.Fatalf("the month is %q: %+v", running, c.Deadlines)
		}
		if got := stateOf(s.do(boss, c.ID, finish, care.MarkReady{}), "remedy"); got != care.DeadlineMet {
			t.Errorf("ready, and the month is %q", got)
		}
		s.now = s.now.Add(40 * 24 * time.Hour) // the month is over before anybody looks
		c = s.do(boss, c.ID, care.ReturnToBench{Reason: "no sound"})
		if got := stateOf(c, "remedy"); got != care.DeadlineOpen || c.State != care.InRepair || !c.ReadyAt.IsZero() {
			t.Errorf("back on the bench the month is %q, %s, ready %s", got, c.State, c.ReadyAt)
		}
		c = s.do(boss, c.ID, finish, care.MarkReady{})
		if got := stateOf(c, "remedy"); got != care.DeadlineMissed {
			t.Errorf("ready after the month, which is %q", got)
		}
		if len(c.Stays) != 1 || !c.Stays[0].Released.Equal(s.now) || c.Stays[0].Outcome != "repaired" {
			t.Errorf("stays %+v, now %s", c.Stays, s.now)
		}
		if costs, _, err := s.Recoveries(s.t.Context(), boss, care.RecoveryFilter{Claim: c.ID}, care.Page{}); err != nil || len(costs) != 1 || costs[0].Kind != care.RecoverLabour {
			t.Errorf("the maker is asked for %+v, %v", costs, err)
		}
		s.do(boss, c.ID, care.HandOver{}, care.Close{})
		for range 2 {
			s.now = s.now.Add(24 * time.Hour)
			s.do(boss, open().ID, finish, care.MarkReady{}, care.HandOver{}, care.Close{})
		}
		s.now = s.now.Add(24 * time.Hour)
		for _, r := range s.do(boss, s.submit(visitor, ask(u.Serial)).Claim.ID, care.Accept{Place: "asus-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard")).Remedies() {
			if r.Kind == "refund" && r.Chooser == "customer" && r.Clause == "fourth-hardware-failure" {
				return
			}
		}
		t.Error("after three repairs, the first done twice, the fourth failure opens nothing")
	})
}

func stateOf(c care.Claim, term string) care.DeadlineState {
	for _, d := range c.Deadlines {
		if d.Name == term && d.Basis == c.BasisInUse() {
			return d.State
		}
	}
	return ""
}

// TestDeliveredToTheSite serves a phone of the brand as its warranty says: it
// is taken in at the centre, examined and repaired there, and brought to the
// customer's address, none of it at the customer's cost.
//
// Walks: C1, C2.
func TestDeliveredToTheSite(t *testing.T) {
	withCourier(t, func(s *shop, c *courier) {
		boss := of("ru-xiaomi", care.Manager)
		serial := s.sell(boss, func(r *desk.SaleRow) { r.Brand, r.Category, r.Model = "Xiaomi", "phone", "14T" }).Unit.Serial
		in := ask(serial)
		in.Lang, in.Documents, in.Basis = "ru", []string{"receipt"}, policy.Warranty
		in.Return, in.Settlement, in.Accepted = care.ReturnDeliver, "Москва", []string{"erase-data", "contents-may-be-lost"}
		in.Customer.Address = "ул. Примерная, 1"
		who := visitor
		who.Retailer = "ru-xiaomi"
		r := s.submit(who, in)
		s.do(boss, r.Claim.ID, care.Accept{Place: "xiaomi-moscow", Documents: in.Documents},
			care.RecordAnswers{Facts: []care.Answer{{Fact: "unit.original_packaging", Value: "true"}, {Fact: "unit.reported_stolen", Value: "false"}, {Fact: "unit.lock_active", Value: "false"}}})
		claim := s.do(boss, r.Claim.ID, hardware("mainboard"), care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "new board"}, care.MarkReady{})
		if b := claim.Ruling.Result.Basis(policy.Warranty); b.Verdict != policy.Covered {
			t.Fatalf("the warranty says %s", b.Verdict)
		}
		c.answer = care.Booking{Tracking: "MSK-1"}
		leg, err := s.BookLeg(t.Context(), boss, desk.NewLeg{Claim: claim.ID, Direction: care.LegBack, Carrier: "rapid"})
		if err != nil || leg.Bearer != "maker" || leg.Clause != "warranty-service-carriage" || c.orders[0].To.Street != in.Customer.Address {
			t.Fatalf("at whose cost and where: %+v, %+v, %v", leg, c.orders, err)
		}
		for i, kind := range []care.CarrierEventKind{care.CarrierCollected, care.CarrierDelivered} {
			s.now = s.now.Add(time.Hour)
			if err := s.Report(t.Context(), care.CarrierEvent{ID: string(rune('a' + i)), Carrier: "rapid", Kind: kind, Leg: leg.ID}); err != nil {
				t.Fatal(err)
			}
		}
		v, err := s.Tracked(t.Context(), r.Token, "ru")
		if err != nil || v.Claim.Claim.State != care.HandedOver || v.Claim.Claim.Custody.Kind != care.HeldByCustomer {
			t.Errorf("delivered: %s, %+v, %v", v.Claim.Claim.State, v.Claim.Claim.Custody, err)
		}
	})
}

// TestCertificateRestoresFunction repairs under the certificate what it
// covers: a faulty part is replaced and the user's software is restored,
// because the device does not work without it, and the customer pays nothing;
// the part's warranty begins at the hand-back and stands with the device.
//
// Walks: A6, A8, RU-20.4.
func TestCertificateRestoresFunction(t *testing.T) {
	on(t, func(s *shop) {
		boss, who := of(omsk, care.Manager), visitor
		who.Retailer = omsk
		s.at("2025-01-31")
		u := s.phone("2025-01-31", "20000.00", nil).Unit
		s.certify(u.ID)
		s.at("2026-05-12")
		papers := []string{"receipt", "warranty_card", "certificate"}
		for _, x := range []struct {
			kind, clause string
			done         care.FinishRepair
		}{
			{"hardware", "certificate-part", care.FinishRepair{Kind: "hardware", Work: "new board", Parts: []care.Part{{Part: "mainboard", Serial: "MB-7", Months: 12}}}},
			{"software", "certificate-restore-software", care.FinishRepair{Kind: "software", Work: "system installed anew", Software: "restored"}},
		} {
			in := ask(u.Serial)
			in.Lang, in.Basis, in.Documents = "ru", policy.Certificate, papers
			r, found := s.submit(who, in), hardware("mainboard")
			found.Facts.Kind = x.kind
			s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-technical", Documents: papers}, found,
				care.RecordAnswers{Facts: []care.Answer{{Fact: "unit.personal_use", Value: "true"}}})
			v, err := s.Tracked(s.t.Context(), r.Token, "ru")
			if err != nil {
				s.t.Fatal(err)
			}
			b := v.Claim.Decision.Basis(policy.Certificate)
			if b.Verdict != policy.Covered || !slices.ContainsFunc(b.Clauses, func(c policy.ClauseRef) bool { return c.ID == x.clause && c.Requirement == "A8" }) {
				s.t.Fatalf("%s: %s by %+v", x.kind, b.Verdict, b.Clauses)
			}
			s.do(boss, r.Claim.ID, care.StartRepair{}, x.done, care.MarkReady{}, care.HandOver{}, care.Close{})
			if v, err = s.Tracked(s.t.Context(), r.Token, "ru"); err != nil || len(v.Claim.Money) != 0 {
				s.t.Fatalf("the customer owes %+v, %v", v.Claim.Money, err)
			}
			c := v.Claim.Claim
			if c.Outcome != care.OutcomeRepaired || c.Repair.Software != x.done.Software || len(c.Repair.Parts) != len(x.done.Parts) {
				s.t.Errorf("%s: ended %s, %+v", x.kind, c.Outcome, c.Repair)
			}
			for _, part := range c.Repair.Parts {
				if part.Until != day("2027-05-12") {
					s.t.Errorf("the part's warranty ends on %s", part.Until)
				}
			}
		}
	})
}

// TestRefusedWithoutAChoice refuses a laptop with traces of liquid whose owner
// chose no basis. Only a paid repair is left, and still what is written to
// them names the clause of the warranty; while the law may yet give something,
// nothing is refused.
//
// Walks: B13, D3.
func TestRefusedWithoutAChoice(t *testing.T) {
	on(t, func(s *shop) {
		boss, ctx := as(care.Manager), s.t.Context()
		in := ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		in.Basis = ""
		r := s.submit(visitor, in)
		s.do(boss, r.Claim.ID, care.Accept{Place: "omni-service", Documents: in.Documents})
		_, err := s.Do(ctx, boss, r.Claim.ID, care.Refuse{})
		if care.CodeOf(err) != care.Blocked {
			t.Errorf("refused before anybody looked: %v", err)
		}
		wet := hardware("mainboard")
		wet.Facts.Findings = []policy.Finding{{Code: "liquid", Part: "mainboard", Cause: "external"}}
		s.do(boss, r.Claim.ID, wet)
		c := s.do(boss, r.Claim.ID, care.Refuse{})
		if c.State != care.Refused || c.Refusal == nil || c.Refusal.Basis != policy.Warranty || len(c.Refusal.Clauses) == 0 {
			t.Errorf("%s, refusal %+v", c.State, c.Refusal)
		}
		if c = s.do(boss, r.Claim.ID, care.MarkReady{}, care.HandOver{}, care.Close{}); c.Outcome != care.OutcomeRefused {
			t.Errorf("ended as %s", c.Outcome)
		}
	})
}

// TestThirdDefectByLaw has a laptop of 2025, sold for lev, break for the third
// time after two repairs: the law lets its owner end the contract, with the
// money in 14 days that end on the next working day after Christmas, and in
// euro once the euro is in use; the shop's own terms wait for the fourth. The
// refund ends with the device kept and the act in two copies.
// Walks: B8, BG-33.4.2, BG-36.3, BG-43, BG-47, BG-ZZD-72, D3.
func TestThirdDefectByLaw(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Manager)
		price := amount("1271.29", "BGN")
		rec := s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Price = &price })
		demand := func() desk.Receipt {
			in := ask(rec.Unit.Serial)
			in.Basis, in.Documents = policy.Statute, []string{"receipt"} // the law asks for no card
			return s.submit(visitor, in)
		}
		offers := func(token string, basis policy.Basis) (out []string) {
			v, err := s.Tracked(ctx, token, "bg")
			if err != nil {
				s.t.Fatal(err)
			}
			for _, r := range v.Claim.Decision.Basis(basis).Remedies {
				out = append(out, r.Kind)
			}
			return out
		}
		for i, from := range []time.Time{time.Date(2025, 8, 4, 9, 0, 0, 0, time.UTC), time.Date(2025, 10, 6, 9, 0, 0, 0, time.UTC)} {
			s.now = from
			r := demand()
			s.do(boss, r.Claim.ID, care.Accept{Place: "omni-service"}, hardware("mainboard"))
			s.same(fmt.Sprint("after repairs: ", i), slices.Contains(offers(r.Token, policy.Statute), "rescission"), false)
			s.do(boss, r.Claim.ID, care.ChooseRemedy{Remedy: "repair"}, care.StartRepair{})
			s.do(boss, r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		}

		s.now = time.Date(2025, 12, 12, 8, 0, 0, 0, time.UTC)
		third := demand()
		id := third.Claim.ID
		s.do(boss, id, care.Accept{Place: "omni-service"}, hardware("mainboard"))
		s.same("by the law", offers(third.Token, policy.Statute), []string{"repair", "replacement", "price_reduction", "rescission"})
		s.same("by the shop's terms", offers(third.Token, policy.Warranty), []string{"repair", "part_replacement"})
		c, err := s.TrackedDo(ctx, third.Token, care.ChooseRemedy{Remedy: "rescission"})
		if err != nil {
			s.t.Fatal(err)
		}
		s.same("the money's term", deadlineOf(s.t, c, "refund").Due, "2025-12-29")
		s.owes("chosen in the last month of the lev", "bg-omni", id, "rescission retailer>customer 1271.29 BGN due")

		s.now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
		s.do(boss, id, care.ApproveRefund{Amount: amount("650.00", "EUR")}, care.PayRefund{Reference: "bank 1"})
		s.owes("paid in euro", "bg-omni", id, "rescission retailer>customer 650.00 EUR paid")
		s.do(boss, id, care.Close{})
	})
}
