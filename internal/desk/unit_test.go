package desk_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/policy"
)

// TestReplacement registers the new unit with its lineage: the contract goes
// over to it, the old unit can't be claimed again, and the ledger of both is
// one.
//
// Walks: B8.
func TestReplacement(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Manager)
		r := s.decided()
		s.do(boss, r.Claim.ID, care.FindUnrepairable{Reason: "no board"}, care.RecordAnswers{Facts: []care.Answer{{Fact: "market.same_model", Value: "true"}}},
			care.ChooseRemedy{Remedy: "replacement"})
		c := s.do(boss, r.Claim.ID, care.Replace{Serial: "NEW001"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		next, err := s.Unit(ctx, boss, "new-001", "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		if next.Unit.Replaces != c.Unit.ID || next.Replaces == nil || next.Replaces.ID != c.Unit.ID || next.Sale.Date != c.Sale.Date || next.Unit.Model != c.Unit.Model {
			s.t.Errorf("the new unit: %+v", next)
		}
		if len(next.Stays) != 1 || next.Stays[0].Claim != c.ID {
			s.t.Errorf("its ledger: %+v", next.Stays)
		}
		old, err := s.Unit(ctx, boss, c.Unit.ID, "bg")
		if err != nil || old.Replaced == nil || old.Replaced.ID != next.Unit.ID {
			s.t.Errorf("the old unit was given for %+v: %v", old.Replaced, err)
		}
		v, err := s.Claim(ctx, boss, c.ID, "bg")
		if err != nil || v.Replacement == nil || v.Replacement.Serial != "NEW001" {
			s.t.Errorf("the page shows %+v: %v", v.Replacement, err)
		}
		_, err = s.Submit(ctx, visitor, ask(c.Unit.Serial))
		s.fails("a claim on the old unit", "conflict error.unit_replaced", err)
		again := s.submit(visitor, ask("NEW001"))
		if f := again.Claim.Unit.Replaces; f != c.Unit.ID {
			s.t.Errorf("the next claim's unit replaces %q", f)
		}
	})
}

// TestRefund gives the price back: the device stays, the contract is at an
// end, and a certificate's price is due where that fell within the warranty
// (A13). A lower price ends nothing.
//
// Walks: A13, B8.
func TestRefund(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of("ru-omsk", care.Manager)
		price, certificate, months := amount("20000.00", "RUB"), amount("2000.00", "RUB"), 12
		for kind, ends := range map[string]bool{"refund": true, "price_reduction": false} {
			s.now = noon // each within one day, whichever comes first
			u := s.sell(of("ru-omsk", care.Clerk), func(r *desk.SaleRow) {
				r.Category, r.Brand, r.Date, r.Delivered, r.Price, r.WarrantyMonths = "printer", "Pantum", day("2025-11-03"), day("2025-11-03"), &price, &months
				r.Certificate, r.CertificateSold, r.CertificatePrice = "C-"+kind, day("2025-11-03"), &certificate
			}).Unit
			in := ask(u.Serial)
			in.Lang, in.Basis = "ru", policy.Statute
			who := visitor
			who.Retailer = "ru-omsk"
			r := s.submit(who, in)
			s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("other"), care.ChooseRemedy{Remedy: kind},
				care.ApproveRefund{Amount: price}, care.PayRefund{Reference: "1"})
			v, err := s.Unit(ctx, boss, u.ID, "ru")
			if err != nil {
				s.t.Fatal(err)
			}
			if rescinded := v.Sale.Rescinded == day("2026-03-10"); rescinded != ends || cover(s.t, v.Check.Covers, policy.Warranty).InForce == ends {
				s.t.Errorf("%s: the contract ended %q, the warranty %+v", kind, v.Sale.Rescinded, v.Check.Covers)
			}
			if !ends {
				continue
			}
			if c := s.do(boss, r.Claim.ID, care.Close{Note: "the certificate's price is paid by the bank"}); c.Outcome != care.OutcomeRefunded || c.Custody.Kind != care.HeldByCentre || !c.Sale.Rescinded.IsZero() {
				s.t.Errorf("%s: ended %s with %s, %v", kind, c.Outcome, c.Custody.Kind, c.Sale.Rescinded)
			}
			if view, err := s.Claim(ctx, boss, r.Claim.Number, "ru"); err != nil || len(view.Covers) != 0 {
				s.t.Errorf("%s: terms of a device that is the shop's again: %v, %v", kind, view.Covers, err)
			}
			in.Basis = policy.Certificate
			next := s.submit(who, in)
			if list := next.Claim.Ruling.Result.Basis(policy.Certificate).Remedies; len(list) == 0 || list[0].Kind != "refund" || *list[0].Amount != certificate {
				s.t.Errorf("the certificate gives back %+v", list)
			}
		}
	})
}

// TestLedger counts time in service: each stay from the day it began to the
// day it ended, days that two stays share once (B10, ЗоЗПП 20(3)).
//
// Walks: B10, RU-20.3.
func TestLedger(t *testing.T) {
	at := func(date string) time.Time { return day(date).Start(time.UTC).Add(10 * time.Hour) }
	stay := func(demanded, accepted, released, outcome string) care.Stay {
		x := care.Stay{Demanded: at(demanded), Accepted: at(accepted), Outcome: outcome, Kind: "hardware", Centre: "own", Basis: policy.Warranty}
		if released != "" {
			x.Released = at(released)
		}
		return x
	}
	fetched := func(x care.Stay, back string) []care.Stay {
		x.HandedBack = at(back)
		return []care.Stay{x}
	}
	cases := map[string]struct {
		stays []care.Stay
		omni  int // from acceptance to readiness
		omsk  int // from the demand to the hand-over
	}{
		"none":                         {nil, 0, 0},
		"one":                          {[]care.Stay{stay("2025-09-01", "2025-09-03", "2025-09-10", "repaired")}, 8, 10},
		"in and out on one day":        {[]care.Stay{stay("2025-09-03", "2025-09-03", "2025-09-03", "repaired")}, 1, 1},
		"fetched later":                {fetched(stay("2025-09-01", "2025-09-03", "2025-09-10", "repaired"), "2025-09-25"), 8, 25},
		"two apart":                    {[]care.Stay{stay("2025-09-01", "2025-09-01", "2025-09-05", "repaired"), stay("2025-11-01", "2025-11-01", "2025-11-05", "repaired")}, 10, 10},
		"two that overlap":             {[]care.Stay{stay("2025-09-01", "2025-09-01", "2025-09-10", "repaired"), stay("2025-09-05", "2025-09-05", "2025-09-14", "repaired")}, 14, 14},
		"one inside another":           {[]care.Stay{stay("2025-09-01", "2025-09-01", "2025-09-20", "repaired"), stay("2025-09-05", "2025-09-05", "2025-09-10", "repaired")}, 20, 20},
		"two that touch on a day":      {[]care.Stay{stay("2025-09-01", "2025-09-01", "2025-09-10", "repaired"), stay("2025-09-10", "2025-09-10", "2025-09-12", "repaired")}, 12, 12},
		"the same entered twice":       {[]care.Stay{stay("2025-09-01", "2025-09-01", "2025-09-10", "repaired"), stay("2025-09-01", "2025-09-01", "2025-09-10", "repaired")}, 10, 10},
		"a refused stay gives nothing": {[]care.Stay{stay("2025-09-01", "2025-09-01", "2025-09-10", "refused")}, 0, 0},
		"a paid stay gives nothing":    {[]care.Stay{stay("2025-09-01", "2025-09-01", "2025-09-10", "paid")}, 0, 0},
	}
	on(t, func(s *shop) {
		for name, c := range cases {
			for retailer, want := range map[string]int{"bg-omni": c.omni, "ru-omsk": c.omsk} {
				got := s.ledger(retailer, c.stays)
				if got.ProlongedDays != want {
					s.t.Errorf("%s, %s: prolonged by %d days, want %d: %+v", name, retailer, got.ProlongedDays, want, got.Ledger)
				}
				sum := 0
				for _, e := range got.Ledger {
					sum += e.Days
				}
				if sum != got.ProlongedDays {
					s.t.Errorf("%s, %s: the ledger adds up to %d", name, retailer, sum)
				}
			}
		}
	})
}

// ledger is the warranty of a unit that had these stays before the registry
// was kept.
func (s *shop) ledger(retailer string, stays []care.Stay) desk.Cover {
	s.t.Helper()
	u := s.sell(of(retailer, care.Clerk), nil).Unit
	err := s.store.Tx(s.t.Context(), func(tx *storage.Tx) error {
		for i, x := range stays {
			x.Retailer, x.Unit, x.Index = retailer, u.ID, i
			if err := tx.AddStay(s.t.Context(), x); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	check, err := s.CheckWarranty(s.t.Context(), retailer, u.Serial, "en")
	if err != nil {
		s.t.Fatal(err)
	}
	return cover(s.t, check.Covers, policy.Warranty)
}

// TestProlongation moves the end of the warranty by a claim's own stay, first
// while it lasts, then for good, and the next claim on the unit knows it.
//
// Walks: B10.
func TestProlongation(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		before, err := s.CheckWarranty(s.t.Context(), "bg-omni", r.Claim.Unit.Serial, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		base := cover(s.t, before.Covers, policy.Warranty)
		s.do(as(care.Manager), r.Claim.ID, care.Accept{Place: "omni-service"}, hardware("mainboard"), care.StartRepair{})
		s.now = s.now.Add(9 * 24 * time.Hour)
		v, err := s.Claim(s.t.Context(), as(care.Clerk), r.Claim.ID, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		if got := cover(s.t, v.Covers, policy.Warranty); got.ProlongedDays != 10 || got.LastDay.Sub(base.LastDay) != 10 {
			s.t.Errorf("after ten days in service prolonged by %d, to %s", got.ProlongedDays, got.LastDay)
		}
		s.do(as(care.Manager), r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
		s.now = s.now.Add(30 * 24 * time.Hour) // waiting to be collected is no service
		s.do(as(care.Manager), r.Claim.ID, care.HandOver{}, care.Close{})
		next := s.submit(visitor, ask(r.Claim.Unit.Serial))
		v, err = s.Claim(s.t.Context(), as(care.Clerk), next.Claim.ID, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		if got := cover(s.t, v.Covers, policy.Warranty); got.ProlongedDays != 10 {
			s.t.Errorf("the next claim knows of %d days", got.ProlongedDays)
		}
	})
}
