package desk_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/policy"
)

var omskVisitor = care.Actor{Kind: care.CustomerActor, Retailer: "ru-omsk"}

func wishing(slot time.Time) desk.NewRequest {
	return desk.NewRequest{Kind: care.VideoConsultation, Channel: "portal", Lang: "ru", Customer: contact(), Text: "Выбираю ноутбук", Slot: slot}
}

// slots are those of the coming days.
func (s *shop) slots(retailer string) []desk.Slot {
	s.t.Helper()
	list, err := s.Slots(s.t.Context(), retailer, s.now, s.now.Add(30*24*time.Hour))
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// TestSlots books video consultations to the last seat, gives one back, and
// books it again.
//
// Walks: A1.
func TestSlots(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of("ru-omsk", care.Clerk)
		free := s.slots("ru-omsk")
		if len(free) == 0 || free[0].Left < 1 {
			s.t.Fatalf("no slots: %+v", free)
		}
		if list := s.slots("bg-omni"); len(list) != 0 {
			s.t.Errorf("a retailer that names no times offers %d", len(list))
		}
		at := free[0]
		var held []desk.Receipt
		for range at.Left {
			r := s.submit(omskVisitor, wishing(at.Start))
			if !r.Request.Slot.Equal(at.Start) || !r.Request.AnswerUntil.Equal(at.Start) {
				s.t.Errorf("booked %s, to be answered by %s", r.Request.Slot, r.Request.AnswerUntil)
			}
			held = append(held, r)
		}
		_, err := s.Submit(ctx, omskVisitor, wishing(at.Start))
		s.fails("a full slot", "conflict error.slot_full", err)
		_, err = s.Submit(ctx, omskVisitor, wishing(at.Start.Add(time.Minute)))
		s.fails("a time between", "invalid error.slot_not_offered", err)
		if left := s.slots("ru-omsk")[0].Left; left != 0 {
			s.t.Errorf("%d left", left)
		}
		seen, err := s.Tracked(ctx, held[0].Token, "ru")
		if err != nil {
			s.t.Fatal(err)
		}
		other, err := s.Tracked(ctx, held[1].Token, "ru")
		if err != nil || seen.Request.MeetingLink == "" || seen.Request.MeetingLink == other.Request.MeetingLink || len(seen.Request.Meeting.Room) < 22 {
			s.t.Errorf("rooms %q and %q, %v", seen.Request.MeetingLink, other.Request.MeetingLink, err)
		}
		if err := s.TrackedCancelSlot(ctx, held[0].Token, "Не успеваю"); err != nil {
			s.t.Fatal(err)
		}
		s.fails("cancelling twice", "illegal error.no_slot", s.TrackedCancelSlot(ctx, held[0].Token, ""))
		if seen, err = s.Tracked(ctx, held[0].Token, "ru"); err != nil || seen.Request.Meeting.Stands() || seen.Request.MeetingLink != "" ||
			seen.Request.Meeting.Sequence != 1 || seen.Request.Request.State != care.RequestClosed || !seen.Request.Request.AnswerUntil.IsZero() {
			s.t.Errorf("cancelled: %+v, %v", seen.Request, err)
		}
		s.fails("a cancellation without a reason", "invalid error.required", s.CancelSlot(ctx, clerk, held[1].Request.ID, " "))
		if err := s.CancelSlot(ctx, clerk, held[1].Request.ID, "Консультант заболел"); err != nil {
			s.t.Fatal(err)
		}
		s.fails("another time that is none", "invalid error.slot_not_offered", s.BookSlot(ctx, clerk, held[1].Request.ID, s.now))
		if err := s.BookSlot(ctx, clerk, held[1].Request.ID, free[1].Start); err != nil {
			s.t.Fatal(err)
		}
		s.fails("booking a second", "illegal error.slot_booked", s.TrackedBookSlot(ctx, held[1].Token, free[2].Start))
		list, _, err := s.Consultations(ctx, clerk, care.MeetingFilter{From: s.now}, care.Page{})
		if err != nil || len(list) != 1 || list[0].Number != held[1].Request.Number || list[0].CustomerName != contact().Name || !list[0].Start.Equal(free[1].Start) {
			s.t.Errorf("the calendar: %+v, %v", list, err)
		}
		s.now = free[1].Start
		s.fails("cancelling what has begun", "illegal error.slot_begun", s.CancelSlot(ctx, clerk, held[1].Request.ID, "x"))
		var done []string
		for _, a := range s.audits("ru-omsk") {
			done = append(done, a.Action)
		}
		for _, want := range []string{"request.cancel_slot", "request.book"} {
			if !slices.Contains(done, want) {
				s.t.Errorf("%s is not in the audit log", want)
			}
		}
	})
}

// TestSlotsAtOnce lets many book the same time at the same instant: the
// capacity holds on both engines.
//
// Walks: A1.
func TestSlotsAtOnce(t *testing.T) {
	on(t, func(s *shop) {
		at := s.slots("ru-omsk")[3]
		var wg sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			wg.Go(func() { _, results[i] = s.Submit(s.t.Context(), omskVisitor, wishing(at.Start)) })
		}
		wg.Wait()
		booked := 0
		for _, err := range results {
			var e *care.Error
			switch {
			case err == nil:
				booked++
			case !errors.As(err, &e) || e.Key != "error.slot_full":
				s.t.Errorf("refused with %v", err)
			}
		}
		stored := view(s, func(tx *storage.Tx) ([]care.Meeting, error) {
			return tx.MeetingsBetween(s.t.Context(), "ru-omsk", at.Start, at.End)
		})
		if booked != at.Left || len(stored) != at.Left {
			s.t.Errorf("%d booked, %d stored, of %d seats", booked, len(stored), at.Left)
		}
	})
}

// TestSupportRight keeps the 90 days of phone support with a request, as they
// stood on its day (C6), and shows them on the check.
//
// Walks: C6.
func TestSupportRight(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of("ru-xiaomi", care.Clerk)
		for name, c := range map[string]struct {
			delivered, last string
			in              bool
		}{
			"the last day":  {"2025-12-10", "2026-03-10", true},
			"the day after": {"2025-12-09", "2026-03-09", false},
		} {
			u := s.sell(clerk, func(r *desk.SaleRow) { r.Brand, r.Date, r.Delivered = "Xiaomi", day(c.delivered), day(c.delivered) }).Unit
			r := s.submit(clerk, desk.NewRequest{Kind: care.TechnicalSupport, Channel: "phone", Lang: "ru", Customer: contact(), Text: "Не видит сеть", Identity: u.Serial})
			later := s.now
			s.now = s.now.Add(100 * 24 * time.Hour)
			v, err := s.Request(ctx, clerk, r.Request.ID)
			s.now = later
			if err != nil || v.Support == nil || v.Support.LastDay != c.last || v.Support.InForce != c.in || v.Support.Clause != "phone-support" {
				s.t.Errorf("%s: %+v, %v", name, v.Support, err)
			}
			check, err := s.CheckWarranty(ctx, "ru-xiaomi", u.Serial, "ru")
			if err != nil || check.Support == nil || check.Support.LastDay.String() != c.last || check.Support.InForce != c.in {
				s.t.Errorf("%s: the check says %+v, %v", name, check.Support, err)
			}
			if tracked, err := s.Tracked(ctx, r.Token, "ru"); err != nil || tracked.Request.Support == nil {
				s.t.Errorf("%s: the customer is not told: %v", name, err)
			}
		}
		r := s.submit(clerk, desk.NewRequest{Kind: care.TechnicalSupport, Channel: "phone", Lang: "ru", Customer: contact(), Text: "?"})
		if v, err := s.Request(ctx, clerk, r.Request.ID); err != nil || v.Support != nil {
			s.t.Errorf("support of no device: %+v, %v", v.Support, err)
		}
	})
}

// TestTurnIntoClaim makes a claim of a question: the thread, the customer and
// the link go on.
//
// Walks: C12, D4.
func TestTurnIntoClaim(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of("ru-xiaomi", care.Clerk)
		u := s.sell(clerk, func(r *desk.SaleRow) { r.Brand, r.Category = "Xiaomi", "phone" }).Unit
		who := visitor
		who.Retailer = "ru-xiaomi"
		r := s.submit(who, desk.NewRequest{Kind: care.TechnicalSupport, Channel: "portal", Lang: "ru", Customer: contact(), Text: "Не включается", Identity: u.Serial})
		if err := s.Answer(ctx, clerk, r.Request.ID, "Похоже на поломку, примем в ремонт.", false); err != nil {
			s.t.Fatal(err)
		}
		s.now = s.now.Add(48 * time.Hour)
		_, err := s.TurnIntoClaim(ctx, who, r.Request.ID, desk.TurnIn{})
		s.fails("by the customer", "forbidden error.forbidden", err)
		c, err := s.TurnIntoClaim(ctx, clerk, r.Request.ID, desk.TurnIn{Documents: []string{"receipt"}})
		if err != nil {
			s.t.Fatal(err)
		}
		if c.Customer != r.Request.Customer || c.Unit.ID != u.ID || c.Request != r.Request.ID || !c.ReceivedAt.Equal(s.now) || c.Ruling == nil {
			s.t.Errorf("the claim: %+v", c)
		}
		seen, err := s.Tracked(ctx, r.Token, "ru")
		if err != nil || seen.Claim == nil || seen.Claim.Claim.ID != c.ID || len(seen.Request.Thread) != 1 || seen.Request.Request.Kind != care.TechnicalSupport {
			s.t.Fatalf("the link gives %+v, %v", seen, err)
		}
		if _, err := s.TrackedDo(ctx, r.Token, care.ChooseBasis{Basis: policy.Statute}); err != nil {
			s.t.Errorf("the customer acts by the link: %v", err)
		}
		_, err = s.TurnIntoClaim(ctx, clerk, r.Request.ID, desk.TurnIn{})
		s.fails("turning twice", "illegal error.request_is_claim", err)
		if !slices.ContainsFunc(s.audits("ru-xiaomi"), func(a care.Audit) bool {
			return a.Action == "request.turn" && a.ObjectID == r.Request.ID && a.Details["claim"] == c.Number
		}) {
			s.t.Error("not in the audit log")
		}

		plain := s.submit(who, desk.NewRequest{Kind: care.Consultation, Channel: "portal", Lang: "ru", Customer: contact(), Text: "Сломалось"})
		_, err = s.TurnIntoClaim(ctx, clerk, plain.Request.ID, desk.TurnIn{})
		s.fails("no device", "invalid error.required", err)
		c, err = s.TurnIntoClaim(ctx, clerk, plain.Request.ID, desk.TurnIn{Device: &desk.Device{Category: "phone", Brand: "Xiaomi", Serial: "TURN-1"},
			Demanded: s.now.Add(-time.Hour * 24 * 365)})
		if err != nil || !c.ReceivedAt.Equal(plain.Request.ReceivedAt) || c.Unit.Serial != "TURN-1" {
			s.t.Errorf("a device that is described: %+v, %v", c, err)
		}
		closed := s.submit(who, desk.NewRequest{Kind: care.Consultation, Channel: "portal", Lang: "ru", Customer: contact(), Text: "?"})
		if err := s.CloseRequest(ctx, clerk, closed.Request.ID); err != nil {
			s.t.Fatal(err)
		}
		_, err = s.TurnIntoClaim(ctx, clerk, closed.Request.ID, desk.TurnIn{Identity: u.Serial})
		s.fails("a closed one", "illegal error.request_closed", err)
	})
}

// TestTurnFreesTheSlot gives the booked time back when the talk becomes a
// claim before it.
//
// Walks: A1.
func TestTurnFreesTheSlot(t *testing.T) {
	on(t, func(s *shop) {
		clerk := of("ru-omsk", care.Clerk)
		at := s.slots("ru-omsk")[0]
		r := s.submit(omskVisitor, wishing(at.Start))
		u := s.sell(clerk, nil).Unit
		if _, err := s.TurnIntoClaim(s.t.Context(), clerk, r.Request.ID, desk.TurnIn{Identity: u.Serial}); err != nil {
			s.t.Fatal(err)
		}
		if left := s.slots("ru-omsk")[0].Left; left != at.Left {
			s.t.Errorf("%d of %d left", left, at.Left)
		}
	})
}
