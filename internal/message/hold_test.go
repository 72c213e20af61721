package message_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// again is the same house after its process was started anew.
func (h *house) again(s *storage.Store) *house {
	h.t.Helper()
	other := newHouse(h.t, s, nil)
	other.time = h.clock()
	return other
}

// states are what became of the messages of an occasion, oldest first.
func (h *house) states(claim string, o care.Occasion) []care.NoticeState {
	h.t.Helper()
	var out []care.NoticeState
	for _, n := range h.messages(care.NoticeFilter{Claim: claim}) {
		if n.Occasion == o {
			out = append(out, n.State)
		}
	}
	return out
}

func (h *house) became(claim string, o care.Occasion, want ...care.NoticeState) {
	h.t.Helper()
	if got := h.states(claim, o); !slices.Equal(got, want) {
		h.t.Errorf("%s became %v, want %v", o, got, want)
	}
}

// repaired takes a claim to where its device is repaired, and sends what was to
// be told until then.
func (h *house) repaired() string {
	h.t.Helper()
	id := h.open().Claim.ID
	h.do(care.Clerk, id, care.Accept{Place: "omni-shop-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}})
	h.do(care.Technician, id, care.StartDiagnosis{})
	h.do(care.Technician, id, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", FailedPart: "mainboard", Defect: "mainboard"}})
	h.do(care.Technician, id, care.StartRepair{})
	h.wait(24 * time.Hour)
	h.do(care.Technician, id, care.FinishRepair{Kind: "hardware", Outcome: "repaired", Work: "Смяна"})
	h.run()
	return id
}

// A message that waits for a relay is not sent when what it calls the customer
// to is over, even by a process that was started meanwhile; the others are.
func TestWhatIsOverIsWithdrawn(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		h := newHouse(t, s, nil)
		id := h.repaired()
		h.relay.answers(busy)
		h.do(care.Technician, id, care.MarkReady{})
		h.run()
		h.became(id, care.DeviceReady, care.NoticeQueued)
		h.do(care.Technician, id, care.ReturnToBench{Reason: "няма звук"})
		h.wait(time.Hour)
		h = h.again(s)
		h.run()
		h.became(id, care.DeviceReady, care.NoticeWithdrawn)
		h.became(id, care.DeviceNotReady, care.NoticeWithdrawn) // nobody was told that it is ready
		if n := len(h.relay.all()); n != 0 {
			t.Errorf("%d mails of what is over", n)
		}

		h.do(care.Technician, id, care.FinishRepair{Kind: "hardware", Outcome: "repaired", Work: "Говорител"})
		h.relay.answers(busy)
		h.do(care.Technician, id, care.MarkReady{})
		h.run()
		h.do(care.Technician, id, care.ReturnToBench{Reason: "пак"})
		h.do(care.Technician, id, care.FinishRepair{Kind: "hardware", Outcome: "repaired", Work: "Пак"})
		h.wait(time.Hour)
		h.do(care.Technician, id, care.MarkReady{})
		h.run()
		h.became(id, care.DeviceReady, care.NoticeWithdrawn, care.NoticeWithdrawn, care.NoticeSent) // of the present one alone
		h.became(id, care.DeviceNotReady, care.NoticeWithdrawn, care.NoticeWithdrawn)

		busyForDays := slices.Repeat([]*smtp.SMTPError{busy}, 40)
		h.relay.answers(busyForDays...)
		for range 60 {
			h.wait(24 * time.Hour)
			h.run()
			if got := h.states(id, care.DeviceUncollected); len(got) > 0 && got[len(got)-1] == care.NoticeQueued {
				break
			}
		}
		warned := h.states(id, care.DeviceUncollected)
		if len(warned) == 0 || warned[len(warned)-1] != care.NoticeQueued {
			t.Fatalf("no warning waits: %v", warned)
		}
		h.do(care.Clerk, id, care.HandOver{Proof: "signature"})
		h.relay.answers()
		h.wait(24 * time.Hour)
		h.run()
		if got := h.states(id, care.DeviceUncollected); got[len(got)-1] != care.NoticeWithdrawn {
			t.Errorf("the warning became %v", got)
		}
		h.became(id, care.DeviceHandedOver, care.NoticeSent)
	})
}

// An estimate that was answered is not asked about any more.
func TestAnAnsweredEstimateIsNotAsked(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		h := newHouse(t, s, nil)
		got := h.open()
		id := got.Claim.ID
		h.do(care.Clerk, id, care.Accept{Place: "omni-shop-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}})
		h.do(care.Technician, id, care.StartDiagnosis{})
		h.do(care.Technician, id, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", FailedPart: "mainboard", Defect: "mainboard",
			Findings: []policy.Finding{{Code: "liquid", Part: "mainboard", Cause: "external"}}}})
		h.do(care.Manager, id, care.Refuse{Text: "Течност."})
		h.run()
		h.relay.answers(busy)
		h.do(care.Manager, id, care.OfferEstimate{Amount: money.Amount{Minor: 9000, Currency: "EUR"}, Work: "Смяна"})
		h.run()
		h.became(id, care.EstimateAwaited, care.NoticeQueued)
		if _, err := h.TrackedDo(t.Context(), got.Token, care.AnswerEstimate{Accepted: true}); err != nil {
			t.Fatal(err)
		}
		h.wait(time.Hour)
		h.run()
		h.became(id, care.EstimateAwaited, care.NoticeWithdrawn)
	})
}

// The confirmation of a request whose time was given back is sent without the
// time.
func TestACancelledTimeIsNotTold(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		h := newHouse(t, s, nil)
		ctx := t.Context()
		slots, err := h.Slots(ctx, "ru-omsk", h.clock(), h.clock().Add(21*24*time.Hour))
		if err != nil || len(slots) < 2 {
			t.Fatalf("times: %v, %v", slots, err)
		}
		h.relay.answers(busy)
		got, err := h.Submit(ctx, care.Actor{Kind: care.CustomerActor, Retailer: "ru-omsk"}, desk.NewRequest{Kind: care.VideoConsultation, Channel: "portal",
			Lang: "ru", Text: "Покажите", Customer: desk.Contact{Name: "Пётр", Email: "petr@mail.example"}, Slot: slots[0].Start})
		if err != nil {
			t.Fatal(err)
		}
		h.run()
		if err := h.TrackedMoveSlot(ctx, got.Token, slots[1].Start); err != nil {
			t.Fatal(err)
		}
		h.wait(10 * time.Minute)
		h.run()
		list, _, err := h.Messages(ctx, care.User{ID: "boss", Retailer: "ru-omsk", Role: care.Administrator}.Actor(), care.NoticeFilter{Request: got.Request.ID}, care.Page{})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(n care.Notice) bool { return n.Occasion == care.RequestReceived })
		if i < 0 || list[i].State != care.NoticeSent || len(list[i].Facts.Also) != 0 {
			t.Fatalf("the confirmation is noted as %+v", list)
		}
		for _, m := range h.relay.all() {
			own := m.Header.Get("Message-Id") == list[i].Provider
			if has := strings.Contains(m.raw, "text/calendar"); has == own {
				t.Errorf("%s has a booking: %v", m.Header.Get("Subject"), has)
			}
		}
	})
}
