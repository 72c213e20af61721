package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
)

// courier is a carrier whose answers a test sets.
type courier struct {
	answer    care.Booking
	fails     error
	orders    []care.BookingOrder
	cancelled []string
}

func (c *courier) Book(_ context.Context, o care.BookingOrder) (care.Booking, error) {
	c.orders = append(c.orders, o)
	return c.answer, c.fails
}

func (c *courier) Cancel(_ context.Context, reference, _ string) error {
	if c.fails == nil {
		c.cancelled = append(c.cancelled, reference)
	}
	return c.fails
}

// withCourier is a shop with a carrier that the program tells itself.
func withCourier(t *testing.T, test func(s *shop, c *courier)) {
	storagetest.Each(t, func(t *testing.T, store *storage.Store) {
		s, c := newShop(t, store), &courier{}
		lib, err := packs.Library()
		if err != nil {
			t.Fatal(err)
		}
		s.Desk, err = desk.New(desk.Config{Store: desk.StoreOf(store), Packs: lib, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1},
			Now: func() time.Time { return s.now }, Carriers: map[string]desk.Carrier{"rapid": c}})
		if err != nil {
			t.Fatal(err)
		}
		test(s, c)
	})
}

var (
	burgasClerk = care.User{ID: "clerk-burgas", Retailer: "bg-omni", Role: care.Clerk, Name: "clerk", Place: "omni-shop-burgas"}.Actor()
	varna       = care.User{ID: "varna", Retailer: "bg-omni", Role: care.Partner, Name: "partner", Place: "asus-varna"}.Actor()
)

// burgas is a claim on an ASUS laptop whose owner lives in Burgas, where the
// courier drives on Tuesdays and Fridays.
func (s *shop) burgas() care.Claim {
	s.t.Helper()
	serial := s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Brand, r.Shop = "ASUS", "omni-shop-burgas" }).Unit.Serial
	in := ask(serial)
	in.Customer.Settlement, in.Customer.Address, in.Return, in.Address = "Бургас", "ул. „Проба“ 7", care.ReturnDeliver, "ул. „Проба“ 7"
	return *s.submit(visitor, in).Claim
}

func (s *shop) legs(claim string) []care.Leg {
	s.t.Helper()
	v, err := s.Claim(s.t.Context(), as(care.Dispatcher), claim, "bg")
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Legs
}

// A laptop goes from the shop in Burgas to the brand's nearest centre and back
// to its owner, by a courier that drives there on Tuesdays and Fridays: one
// holder at every moment, each hand-over with its condition, the promise by
// the courier's days, and late when they pass.
//
// Walks: B1, B2, B6, B9, D7.
func TestLaptopFromBurgasAndBack(t *testing.T) {
	withCourier(t, func(s *shop, c *courier) {
		ctx := t.Context()
		claim := s.burgas() // Tuesday, 10 March
		if got := claim.Ruling.Result.Route[0]; got != "asus-varna" {
			t.Fatalf("the centre nearest to Burgas is %q", got)
		}
		s.do(burgasClerk, claim.ID, care.Accept{Condition: "scratched lid", Accessories: []string{"charger", "bag"}, Documents: []string{"invoice", "warranty_card", "return_request"}})

		c.answer = care.Booking{Tracking: "BG100", Label: "L-100"}
		leg, err := s.BookLeg(ctx, burgasClerk, desk.NewLeg{Claim: claim.Number, Direction: care.LegBetween, Carrier: "rapid", Grams: 2400})
		if err != nil {
			t.Fatal(err)
		}
		want := care.Leg{Direction: care.LegBetween, From: care.Terminus{Kind: care.HeldByShop, Place: "omni-shop-burgas"},
			To: care.Terminus{Kind: care.HeldByCentre, Place: "asus-varna"}, State: care.LegBooked, Carrier: "rapid", Tracking: "BG100", Label: "L-100",
			Bearer: "seller", Clause: "shop-forwards", Pack: "bg-omni", Grams: 2400, PickUp: day("2026-03-13")}
		got := care.Leg{Direction: leg.Direction, From: leg.From, To: leg.To, State: leg.State, Carrier: leg.Carrier, Tracking: leg.Tracking,
			Label: leg.Label, Bearer: leg.Bearer, Clause: leg.Clause, Pack: leg.Pack, Grams: leg.Grams, PickUp: leg.PickUp}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b calendar.Date) bool { return a == b })); diff != "" {
			t.Errorf("booked leg (-want +got):\n%s", diff)
		}
		if o := c.orders[0]; o.Reference != leg.ID || o.From.Street == "" || o.To.Name == "" || o.PickUp != day("2026-03-13") || o.Payer != "seller" {
			t.Errorf("order: %+v", o)
		}

		// The clerk types no number: the booked one holds.
		s.now = time.Date(2026, 3, 13, 9, 0, 0, 0, time.UTC)
		claim = s.do(burgasClerk, claim.ID, care.Forward{To: "asus-varna", Condition: "scratched lid", Accessories: []string{"charger", "bag"}})
		if h := claim.Custody; h.Kind != care.HeldByCourier || h.Carrier != "rapid" || h.Tracking != "BG100" {
			t.Errorf("custody: %+v", h)
		}
		leg = s.legs(claim.ID)[0]
		if leg.State != care.LegUnderWay || !leg.PromisedBy.Equal(s.now.Add(48*time.Hour)) || leg.Promise != "forty-eight-hours" || !leg.PromiseDay.IsZero() {
			t.Errorf("under way: %s until %s (%s) by %s", leg.State, leg.PromisedBy, leg.PromiseDay, leg.Promise)
		}
		list, _, err := s.Legs(ctx, varna, care.LegFilter{Open: true}, care.Page{})
		if err != nil || len(list) != 1 {
			t.Fatalf("the partner sees %d legs, %v", len(list), err)
		}
		if list, _, _ := s.Legs(ctx, of("bg-omni", care.Partner), care.LegFilter{}, care.Page{}); len(list) != 0 {
			t.Errorf("a partner sees another centre's leg: %+v", list)
		}
		_, err = s.Leg(ctx, of("bg-omni", care.Partner), leg.ID)
		s.fails("another centre's leg", "not_found error.no_leg", err)

		s.do(varna, claim.ID, care.ReceiveAtCentre{Condition: "as sent", Accessories: []string{"Charger"}}, hardware("mainboard"), care.StartRepair{},
			care.FinishRepair{Kind: "hardware", Work: "new board"})
		leg = s.legs(claim.ID)[0]
		if leg.State != care.LegDelivered || !slices.Equal(leg.Missing(), []string{"bag"}) || leg.Late(s.now) {
			t.Errorf("received: %s, missing %v, late %v", leg.State, leg.Missing(), leg.Late(s.now))
		}

		// Ready on Saturday: the next day of the courier in Burgas is Tuesday.
		s.now = time.Date(2026, 3, 14, 8, 0, 0, 0, time.UTC)
		claim = s.do(varna, claim.ID, care.MarkReady{}, care.Ship{Carrier: "Куриер Тест", Tracking: "BG200", Condition: "repaired"})
		leg = s.legs(claim.ID)[1]
		if leg.Direction != care.LegBack || leg.From.Place != "asus-varna" || leg.To.Kind != care.HeldByCustomer || leg.PromiseDay != day("2026-03-17") || leg.Bearer != "seller" {
			t.Errorf("way back: %+v", leg)
		}
		late := func() int {
			list, _, err := s.Legs(ctx, as(care.Dispatcher), care.LegFilter{Late: true}, care.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		s.now = time.Date(2026, 3, 17, 21, 59, 0, 0, time.UTC) // a minute to midnight in Sofia
		if n := late(); n != 0 {
			t.Errorf("%d late before the day is over", n)
		}
		s.now = s.now.Add(time.Minute)
		if n := late(); n != 1 {
			t.Errorf("%d late after it", n)
		}
		claim = s.do(as(care.Dispatcher), claim.ID, care.HandOver{Proof: "signed"})
		if claim.Custody.Kind != care.HeldByCustomer || late() != 0 || !s.legs(claim.ID)[1].Late(s.now) {
			t.Errorf("handed over: %+v", claim.Custody)
		}
		s.oneHolder(claim)
		slip, err := s.HandOverSlip(ctx, as(care.Clerk), claim.ID, 0)
		if err != nil || slip.Passing.Proof != "signed" || slip.Passing.From.Kind != care.HeldByCourier {
			t.Errorf("slip: %+v, %v", slip.Passing, err)
		}
	})
}

// oneHolder checks that the device had one holder at every moment, and a leg
// under way exactly while that was a courier.
func (s *shop) oneHolder(c care.Claim) {
	s.t.Helper()
	events := view(s, func(tx *storage.Tx) ([]care.Event, error) { return tx.Events(s.t.Context(), c.Retailer, c.ID) })
	legs := view(s, func(tx *storage.Tx) ([]care.Leg, error) { return tx.LegsOfClaim(s.t.Context(), c.Retailer, c.ID) })
	passings := care.HandOvers(events)
	var rides []care.Passing
	for i, p := range passings {
		if i > 0 && !p.From.Same(passings[i-1].To) {
			s.t.Errorf("hand-over %d is from %+v, which did not have it: %+v", i, p.From, passings[i-1].To)
		}
		if p.To.Kind == care.HeldByCourier {
			rides = append(rides, p)
		}
	}
	if last := passings[len(passings)-1].To; !last.Same(c.Custody) {
		s.t.Errorf("the last hand-over is to %+v, the custody %+v", last, c.Custody)
	}
	var carried []care.Leg
	under := 0
	for _, l := range legs {
		if !l.HandedAt.IsZero() {
			carried = append(carried, l)
		}
		if l.State == care.LegUnderWay {
			under++
		}
	}
	slices.SortFunc(carried, func(a, b care.Leg) int { return a.HandedAt.Compare(b.HandedAt) })
	if len(carried) != len(rides) || (under == 1) != (c.Custody.Kind == care.HeldByCourier) || under > 1 {
		s.t.Errorf("%d rides, %d legs carried, %d under way, held by %s", len(rides), len(carried), under, c.Custody.Kind)
	}
	for i := range min(len(carried), len(rides)) {
		if !carried[i].HandedAt.Equal(rides[i].At) || carried[i].Carrier != rides[i].To.Carrier {
			s.t.Errorf("ride %d: %+v against %+v", i, rides[i], carried[i])
		}
	}
}

// Random lives of claims keep one holder, and the legs in line with custody,
// whatever is booked, called off, reported or handed over in which order.
func TestRandomLivesKeepOneHolder(t *testing.T) {
	store := storagetest.Open(t)
	s := newShop(t, store)
	boss := as(care.Manager)
	places := []string{"omni-shop-sofia", "omni-shop-burgas", "omni-service", "asus-varna", "asus-sofia"}
	rapid.Check(t, func(r *rapid.T) {
		s.now = s.now.Add(time.Hour)
		claim := s.burgas()
		place := func() string { return rapid.SampledFrom(places).Draw(r, "place") }
		name := func() string { return rapid.SampledFrom([]string{"", "Куриер", "Друг"}).Draw(r, "carrier") }
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			s.now = s.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(r, "hours")) * time.Hour)
			var err error
			switch rapid.IntRange(0, 13).Draw(r, "step") {
			case 0:
				_, err = s.Do(t.Context(), boss, claim.ID, care.Accept{Place: place(), Carrier: name()})
			case 1, 2:
				_, err = s.Do(t.Context(), boss, claim.ID, care.Forward{To: place(), Carrier: name()})
			case 3, 4:
				_, err = s.Do(t.Context(), boss, claim.ID, care.ReceiveAtCentre{Place: place()})
			case 5:
				_, err = s.Do(t.Context(), boss, claim.ID, care.Ship{Carrier: "Куриер"})
			case 6:
				_, err = s.Do(t.Context(), boss, claim.ID, care.HandOver{})
			case 7:
				_, err = s.Do(t.Context(), boss, claim.ID, care.Cancel{Reason: "x"})
			case 8:
				_, err = s.Do(t.Context(), boss, claim.ID, care.Reopen{Reason: "x"})
			case 9:
				_, err = s.Do(t.Context(), boss, claim.ID, care.Diagnose{Facts: hardware("mainboard").Facts})
			case 10:
				for _, l := range s.legs(claim.ID) {
					if l.State == care.LegBooked {
						_, err = s.CancelLeg(t.Context(), boss, l.ID, "x")
					}
				}
			case 11:
				for i, l := range s.legs(claim.ID) {
					kind := rapid.SampledFrom(care.CarrierEventKinds()).Draw(r, "report")
					err = s.Report(t.Context(), care.CarrierEvent{ID: fmt.Sprint(l.ID, i, s.now.UnixNano()), Carrier: l.Carrier, Kind: kind, Leg: l.ID})
				}
			default:
				d := rapid.SampledFrom([]care.LegDirection{care.LegIn, care.LegBetween, care.LegBack}).Draw(r, "direction")
				_, err = s.BookLeg(t.Context(), boss, desk.NewLeg{Claim: claim.ID, Direction: d, To: place(), Carrier: "Куриер"})
			}
			if err != nil && care.CodeOf(err) == "" {
				r.Fatalf("not a domain error: %v", err)
			}
		}
		v, err := s.Claim(t.Context(), boss, claim.ID, "bg")
		if err != nil {
			r.Fatal(err)
		}
		s.oneHolder(v.Claim)
	})
}

// A carrier that does not answer loses no order; one that refuses is not asked
// again; a cancellation that it was not told is told later.
func TestCarrierThatDoesNotAnswer(t *testing.T) {
	withCourier(t, func(s *shop, c *courier) {
		ctx, claim := t.Context(), s.burgas()
		in := desk.NewLeg{Claim: claim.ID, Direction: care.LegIn, Carrier: "rapid"}
		c.fails = errors.New("no answer")
		leg, err := s.BookLeg(ctx, as(care.Dispatcher), in)
		if err != nil || leg.State != care.LegAsked || leg.Fault != care.FaultBooking {
			t.Fatalf("%+v, %v", leg, err)
		}
		_, err = s.BookLeg(ctx, as(care.Dispatcher), in)
		s.fails("a second order", "conflict error.leg_open", err)
		c.fails, c.answer = nil, care.Booking{Tracking: "T1"}
		s.runDue()
		if len(c.orders) != 1 {
			t.Errorf("asked again too soon: %d orders", len(c.orders))
		}
		s.later(15 * time.Minute)
		s.later(time.Hour)
		if len(c.orders) != 2 || c.orders[1].Reference != leg.ID {
			t.Errorf("%d orders", len(c.orders))
		}
		if l := s.legs(claim.ID)[0]; l.State != care.LegBooked || l.Fault != "" || l.Tracking != "T1" {
			t.Errorf("after the answer: %+v", l)
		}
		c.fails = errors.New("no answer")
		if leg, err = s.CancelLeg(ctx, as(care.Dispatcher), leg.ID, "comes in person"); err != nil || leg.Fault != care.FaultCancel {
			t.Errorf("%+v, %v", leg, err)
		}
		c.fails = nil
		s.later(time.Hour)
		s.later(time.Hour)
		if !slices.Equal(c.cancelled, []string{leg.ID}) {
			t.Errorf("told %v", c.cancelled)
		}
		_, err = s.CancelLeg(ctx, as(care.Dispatcher), leg.ID, "again")
		s.fails("cancelled twice", "illegal error.leg_begun", err)

		c.fails = fmt.Errorf("status 422: %w", care.ErrCarrierRefused)
		if leg, err = s.BookLeg(ctx, as(care.Dispatcher), in); err != nil || leg.Fault != care.FaultRefused {
			t.Errorf("%+v, %v", leg, err)
		}
		n := len(c.orders)
		if s.later(24 * time.Hour); len(c.orders) != n {
			t.Error("a refused order was repeated")
		}
	})
}

// What a carrier reports moves the claim: collected from the customer,
// delivered to the customer's site. A repeated report changes nothing, and
// what the claim does not allow is left for people.
//
// Walks: B6, B9.
func TestCarriersReports(t *testing.T) {
	withCourier(t, func(s *shop, c *courier) {
		ctx, claim := t.Context(), s.burgas()
		c.answer = care.Booking{Tracking: "T1"}
		leg, err := s.BookLeg(ctx, as(care.Dispatcher), desk.NewLeg{Claim: claim.ID, Direction: care.LegIn, Carrier: "rapid"})
		if err != nil {
			t.Fatal(err)
		}
		report := func(id string, kind care.CarrierEventKind, of care.Leg) error {
			s.now = s.now.Add(time.Hour)
			return s.Report(ctx, care.CarrierEvent{ID: id, Carrier: "rapid", Kind: kind, Leg: of.ID})
		}
		events := func() int {
			v, err := s.Claim(ctx, as(care.Manager), claim.ID, "bg")
			if err != nil {
				t.Fatal(err)
			}
			claim = v.Claim
			return len(v.Events)
		}
		s.fails("another carrier's leg", "not_found error.no_leg", s.Report(ctx, care.CarrierEvent{ID: "e0", Carrier: "other", Kind: care.CarrierCollected, Leg: leg.ID}))
		s.fails("no such leg", "not_found error.no_leg", s.Report(ctx, care.CarrierEvent{ID: "e0", Carrier: "rapid", Kind: care.CarrierCollected, Leg: "x"}))
		s.fails("no such report", "invalid error.unknown_value", s.Report(ctx, care.CarrierEvent{ID: "e0", Carrier: "rapid", Kind: "x", Leg: leg.ID}))
		if err := report("e1", care.CarrierCollected, leg); err != nil {
			t.Fatal(err)
		}
		n := events()
		if claim.State != care.Accepted || claim.Custody.Kind != care.HeldByCourier || claim.Custody.Tracking != "T1" || claim.Centre != "asus-varna" {
			t.Fatalf("collected: %s, %+v", claim.State, claim.Custody)
		}
		for range 2 {
			if err := report("e1", care.CarrierCollected, leg); err != nil || events() != n {
				t.Errorf("repeated report: %v, %d events after %d", err, events(), n)
			}
		}
		if err := report("e2", care.CarrierDelivered, leg); err != nil {
			t.Fatal(err)
		}
		if l := s.legs(claim.ID)[0]; l.BroughtAt.IsZero() || l.State != care.LegUnderWay {
			t.Errorf("brought, not received: %+v", l)
		}
		s.do(varna, claim.ID, care.ReceiveAtCentre{}, hardware("mainboard"), care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
		back, err := s.BookLeg(ctx, as(care.Dispatcher), desk.NewLeg{Claim: claim.ID, Direction: care.LegBack, Carrier: "rapid"})
		if err != nil {
			t.Fatal(err)
		}
		if a := c.orders[1].To; a.Settlement != "Бургас" || a.Street != "ул. „Проба“ 7" || a.Phone == "" {
			t.Errorf("the customer's site: %+v", a)
		}
		if err := report("e3", care.CarrierDelivered, back); err != nil || s.legs(claim.ID)[1].Fault != care.FaultDelivered {
			t.Errorf("delivered before it was collected: %v, %+v", err, s.legs(claim.ID)[1])
		}
		for id, kind := range map[string]care.CarrierEventKind{"e4": care.CarrierCollected} {
			if err := report(id, kind, back); err != nil {
				t.Fatal(err)
			}
		}
		if err := report("e5", care.CarrierDelivered, back); err != nil {
			t.Fatal(err)
		}
		if events(); claim.State != care.HandedOver || claim.Custody.Kind != care.HeldByCustomer {
			t.Errorf("delivered: %s, %+v", claim.State, claim.Custody)
		}
		s.oneHolder(claim)
	})
}

// A device that the customer brings in person needs no courier any more.
func TestBookedCourierIsCalledOff(t *testing.T) {
	withCourier(t, func(s *shop, c *courier) {
		claim := s.burgas()
		leg, err := s.BookLeg(t.Context(), as(care.Clerk), desk.NewLeg{Claim: claim.ID, Direction: care.LegIn, Carrier: "rapid"})
		if err != nil {
			t.Fatal(err)
		}
		s.do(burgasClerk, claim.ID, care.Accept{})
		if s.later(time.Hour); !slices.Equal(c.cancelled, []string{leg.ID}) {
			t.Errorf("told %v", c.cancelled)
		}
	})
}

// A courier who was booked for a way that the device no longer takes is called
// off when another carries it elsewhere.
func TestCourierOfAnotherWayIsCalledOff(t *testing.T) {
	withCourier(t, func(s *shop, c *courier) {
		claim := s.burgas()
		s.do(burgasClerk, claim.ID, care.Accept{})
		leg, err := s.BookLeg(t.Context(), as(care.Dispatcher), desk.NewLeg{Claim: claim.ID, Direction: care.LegBetween, To: "hp-plovdiv", Carrier: "rapid"})
		if err != nil {
			t.Fatal(err)
		}
		s.do(as(care.Dispatcher), claim.ID, care.Forward{To: "asus-sofia", Carrier: "by hand"})
		if s.later(time.Hour); !slices.Equal(c.cancelled, []string{leg.ID}) {
			t.Errorf("told %v", c.cancelled)
		}
		legs := view(s, func(tx *storage.Tx) ([]care.Leg, error) { return tx.LegsOfClaim(t.Context(), claim.Retailer, claim.ID) })
		var states []care.LegState
		for _, l := range legs {
			states = append(states, l.State)
		}
		if !slices.Equal(states, []care.LegState{care.LegCancelled, care.LegUnderWay}) {
			t.Errorf("legs are %v", states)
		}
	})
}

// Over five kilos the seller pays by law, whatever the verdict; where the terms
// say nothing, staff say why.
func TestWhoPaysTheCarriage(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, store *storage.Store) {
		s := newShop(t, store)
		for _, c := range []struct {
			name         string
			in           desk.NewLeg
			bearer, rule string
			why          string
			refused      string
		}{
			{name: "over 5 kg", in: desk.NewLeg{Grams: 5001}, bearer: "seller", rule: "heavy-goods"},
			{name: "exactly 5 kg", in: desk.NewLeg{Grams: 5000}},
			{name: "bulky", in: desk.NewLeg{Bulky: true}, bearer: "seller", rule: "heavy-goods"},
			{name: "law before staff", in: desk.NewLeg{Bulky: true, Bearer: "customer", Why: "x"}, bearer: "seller", rule: "heavy-goods"},
			{name: "staff say", in: desk.NewLeg{Grams: 300, Bearer: "customer", Why: "as agreed"}, bearer: "customer", why: "as agreed"},
			{name: "without a reason", in: desk.NewLeg{Grams: 300, Bearer: "customer"}, refused: "invalid error.required"},
			{name: "nobody", in: desk.NewLeg{Bearer: "nobody", Why: "x"}, refused: "invalid error.unknown_value"},
			{name: "too heavy to be true", in: desk.NewLeg{Grams: 2_000_000}, refused: "invalid error.bad_weight"},
		} {
			t.Run(c.name, func(t *testing.T) {
				s.t = t
				boss := of("ru-omsk", care.Manager)
				serial := s.sell(boss, func(r *desk.SaleRow) { r.Category = "phone" }).Unit.Serial
				in := ask(serial)
				in.Lang = "ru"
				claim := s.submit(boss, in).Claim
				c.in.Claim, c.in.Direction, c.in.Carrier, c.in.To = claim.ID, care.LegIn, "Курьер", "omsk-service"
				leg, err := s.BookLeg(t.Context(), boss, c.in)
				if c.refused != "" {
					s.fails("booked", c.refused, err)
					return
				}
				if err != nil || leg.Bearer != c.bearer || leg.Clause != c.rule || leg.Why != c.why {
					t.Errorf("paid by %q (%s) %q, %v", leg.Bearer, leg.Clause, leg.Why, err)
				}
			})
		}
	})
}

// The online shop's buyer chooses between the maker's centre and the shop's
// own, on the tracking page, while the device is at home; the buyer of a brand
// chooses among its centres, and never a shop.
//
// Walks: A3, B2.
func TestCustomerChoosesTheCentre(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, store *storage.Store) {
		s := newShop(t, store)
		boss := of("ru-omsk", care.Manager)
		serial := s.sell(boss, func(r *desk.SaleRow) { r.Category, r.Channel = "phone", "online" }).Unit.Serial
		in := ask(serial)
		in.Lang = "ru"
		receipt := s.submit(boss, in)
		if got, want := receipt.Claim.Ruling.Result.Route, []string{"omsk-authorised", "omsk-service"}; !slices.Equal(got, want) {
			t.Fatalf("offered %v, want %v", got, want)
		}
		c, err := s.TrackedDo(t.Context(), receipt.Token, care.RouteTo{Centre: "omsk-service"})
		if err != nil || c.Centre != "omsk-service" {
			t.Fatalf("chosen: %q, %v", c.Centre, err)
		}
		_, err = s.TrackedDo(t.Context(), receipt.Token, care.RouteTo{Centre: "omsk-technical"})
		s.fails("not offered", "blocked error.centre_not_offered", err)
		s.do(boss, c.ID, care.Accept{Place: "omsk-service"})
		_, err = s.TrackedDo(t.Context(), receipt.Token, care.RouteTo{Centre: "omsk-authorised"})
		s.fails("too late", "blocked error.centre_not_offered", err)

		burgas := s.burgas()
		token, err := s.IssueTracking(t.Context(), as(care.Clerk), burgas.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.TrackedDo(t.Context(), token, care.RouteTo{Centre: "omni-shop-burgas"})
		s.fails("a shop does not repair", "blocked error.centre_not_offered", err)
		tracked, err := s.Tracked(t.Context(), token, "bg")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range tracked.Claim.Actions {
			if a.Command == care.CmdRoute && slices.Contains(a.Fields[0].Options, "omni-shop-burgas") {
				t.Errorf("a shop is offered as a centre: %v", a.Fields[0].Options)
			}
		}
	})
}
