package desk_test

import (
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// TestCustomerChangesTheWayBack has a device brought instead of collected,
// and the other way round: the request keeps the address, a courier who was
// booked is called off, and what happened is in the history.
//
// Walks: B9.
func TestCustomerChangesTheWayBack(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.decided()
		_, err := s.TrackedDo(ctx, r.Token, care.ChangeReturn{Return: care.ReturnDeliver, Address: "ул. „Проба“ 7", Settlement: "Бургас"})
		if err != nil {
			s.t.Fatal(err)
		}
		view, err := s.Claim(ctx, as(care.Clerk), r.Claim.ID, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		if view.Claim.Return != care.ReturnDeliver || view.Claim.Settlement != "Бургас" || view.Request.Address != "ул. „Проба“ 7" || view.Request.Return != care.ReturnDeliver {
			s.t.Errorf("claim %s %s, request %s %q", view.Claim.Return, view.Claim.Settlement, view.Request.Return, view.Request.Address)
		}
		boss := as(care.Manager)
		s.do(boss, r.Claim.ID, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
		if _, err := s.BookLeg(ctx, boss, desk.NewLeg{Claim: r.Claim.ID, Direction: care.LegBack, Carrier: "Куриер"}); err != nil {
			s.t.Fatal(err)
		}
		s.do(boss, r.Claim.ID, care.ChangeReturn{Return: care.ReturnCollect})
		if legs := s.legs(r.Claim.ID); len(legs) != 1 || legs[0].State != care.LegCancelled {
			s.t.Errorf("the courier still comes: %+v", legs)
		}
		// Back to the address that the request holds.
		if c := s.do(boss, r.Claim.ID, care.ChangeReturn{Return: care.ReturnDeliver}); c.Return != care.ReturnDeliver {
			s.t.Errorf("%s", c.Return)
		}
		if _, err := s.TrackedDo(ctx, r.Token, care.ChangeReturn{Return: care.ReturnDeliver}); keyOf(err) != "error.return_same" {
			s.t.Errorf("the same again: %v", err)
		}
		if _, err := s.Do(ctx, as(care.Technician), r.Claim.ID, care.ChangeReturn{Return: care.ReturnCollect}); care.CodeOf(err) != care.Forbidden {
			s.t.Errorf("a technician: %v", err)
		}
		s.do(boss, r.Claim.ID, care.Ship{Carrier: "Куриер"})
		if _, err := s.TrackedDo(ctx, r.Token, care.ChangeReturn{Return: care.ReturnCollect}); care.CodeOf(err) != care.Illegal {
			s.t.Errorf("after it left: %v", err)
		}
		// Nobody knows where to bring it.
		in := ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		in.Customer.Address = ""
		in.Customer.Phone = "+359 890 000 777"
		nowhere := s.submit(visitor, in)
		if _, err := s.TrackedDo(ctx, nowhere.Token, care.ChangeReturn{Return: care.ReturnDeliver}); keyOf(err) != "error.required" {
			s.t.Errorf("without an address: %v", err)
		}
	})
}

// TestDisposalOfUncollectedDevice lets a device go that nobody collected: not
// before a notice and the law's two months, by two persons, with what the sale
// left owed to its owner.
//
// Walks: B9.
func TestDisposalOfUncollectedDevice(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		c := s.ready("ru-omsk", "omsk-service")
		clerk, boss := of("ru-omsk", care.Clerk), of("ru-omsk", care.Manager)
		proceeds, costs := amount("9000.00", "RUB"), amount("1500.00", "RUB")
		sold := care.Disposal{How: care.DisposedSold, Reason: "Не забрали после двух писем", Proceeds: &proceeds, Costs: &costs}
		refused := func(what, want string) {
			s.t.Helper()
			if _, err := s.Dispose(ctx, clerk, c.ID, sold); keyOf(err) != want {
				s.t.Errorf("%s: %v, want %s", what, err, want)
			}
		}
		refused("nobody was warned", "error.disposal_not_lawful")
		if err := s.Warn(ctx, clerk, c.ID, "письмо"); err != nil {
			s.t.Fatal(err)
		}
		refused("the day of the letter", "error.disposal_too_early")
		s.now = s.now.AddDate(0, 2, 2)
		if _, err := s.ConfirmDisposal(ctx, boss, c.ID); keyOf(err) != "error.disposal_not_proposed" {
			s.t.Errorf("confirmed out of the blue: %v", err)
		}
		if _, err := s.Dispose(ctx, of("ru-omsk", care.Technician), c.ID, sold); care.CodeOf(err) != care.Forbidden {
			s.t.Errorf("a technician: %v", err)
		}
		if _, err := s.Dispose(ctx, boss, c.ID, sold); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.ConfirmDisposal(ctx, boss, c.ID); keyOf(err) != "error.second_person" {
			s.t.Errorf("one person for two: %v", err)
		}
		if _, err := s.Dispose(ctx, clerk, c.ID, sold); err != nil { // another proposes anew
			s.t.Fatal(err)
		}
		if _, err := s.ConfirmDisposal(ctx, clerk, c.ID); care.CodeOf(err) != care.Forbidden {
			s.t.Errorf("a clerk confirms: %v", err)
		}
		done, err := s.ConfirmDisposal(ctx, boss, c.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		if done.State != care.Closed || done.Outcome != care.OutcomeDisposed {
			s.t.Errorf("%s %s", done.State, done.Outcome)
		}
		s.owes("after the sale", "ru-omsk", c.ID, "proceeds retailer>customer 7500.00 RUB due")
		if a := s.auditOf("ru-omsk", "collection.dispose"); a.Reason != sold.Reason {
			s.t.Errorf("audit %+v", a)
		}
		if list, _, err := s.Uncollected(ctx, clerk, care.Page{}); err != nil || len(list) != 0 {
			s.t.Errorf("still listed: %+v, %v", list, err)
		}
	})
}

// What a courier takes is known by the agreed tariff; where none is agreed, by
// the carrier's own word.
//
// Walks: B9.
func TestWhatACourierTakes(t *testing.T) {
	withCourier(t, func(s *shop, _ *courier) {
		ctx := s.t.Context()
		book := func(grams int) care.Leg {
			s.t.Helper()
			leg, err := s.BookLeg(ctx, as(care.Clerk), desk.NewLeg{Claim: s.open().Claim.ID, Direction: care.LegIn, To: "omni-service", Carrier: "rapid", Grams: grams})
			if err != nil {
				s.t.Fatal(err)
			}
			return leg
		}
		told := amount("6.10", "EUR")
		for name, c := range map[string]struct {
			grams         int
			booked, after string
			by            string
		}{
			"by the tariff":          {2500, "4.90", "4.90", "courier-small"},
			"by the carrier's word":  {9000, "", "6.10", care.PricedByCarrier},
			"of an unknown weight":   {0, "", "6.10", care.PricedByCarrier},
			"at the tariff's border": {3000, "4.90", "4.90", "courier-small"},
		} {
			leg := book(c.grams)
			if got := costOf(leg); got != c.booked {
				s.t.Errorf("%s: booked for %q, want %q", name, got, c.booked)
			}
			err := s.Report(ctx, care.CarrierEvent{ID: name, Carrier: "rapid", Kind: care.CarrierBooked, Leg: leg.ID, Cost: &told})
			if err != nil {
				s.t.Fatal(err)
			}
			got := s.legs(leg.Claim)[0]
			if costOf(got) != c.after || got.Priced != c.by {
				s.t.Errorf("%s: %q by %q, want %q by %q", name, costOf(got), got.Priced, c.after, c.by)
			}
		}
	})
}

func costOf(l care.Leg) string {
	if l.Cost == nil {
		return ""
	}
	return l.Cost.String()
}
