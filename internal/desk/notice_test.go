package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// messages are those of a claim or a request, oldest first.
func (s *shop) messages(f care.NoticeFilter) []care.Notice {
	s.t.Helper()
	list, _, err := s.Messages(s.t.Context(), as(care.Administrator), f, care.Page{Limit: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

func occasionsOf(list []care.Notice) []care.Occasion {
	var out []care.Occasion
	for _, n := range list {
		out = append(append(out, n.Occasion), n.Facts.Also...)
	}
	return out
}

func (s *shop) toldOf(f care.NoticeFilter, want ...care.Occasion) []care.Notice {
	s.t.Helper()
	list := s.messages(f)
	if got := occasionsOf(list); !slices.Equal(got, want) {
		s.t.Errorf("told %v, want %v", got, want)
	}
	return list
}

// An installation without any channel says so: nothing is sent, nothing waits,
// nothing is lost.
func TestWithoutAChannelMessagesAreNotedAsNotSent(t *testing.T) {
	on(t, func(s *shop) {
		id := s.open().Claim.ID
		s.do(as(care.Manager), id, care.Accept{Place: "omni-shop-sofia"}, care.Cancel{Reason: "withdrawn"})
		for _, n := range s.toldOf(care.NoticeFilter{Claim: id}, care.RequestReceived, care.DeviceReceived, care.ClaimEnded) {
			if n.State != care.NoticeUnsent || n.Attempts != 0 || n.To != "maria@mail.example" {
				t.Errorf("%s is noted as %+v", n.Occasion, n)
			}
			if _, err := s.SendAgain(t.Context(), as(care.Clerk), n.ID); care.CodeOf(err) != care.Blocked {
				t.Errorf("sent without a channel: %v", err)
			}
		}
		if list, err := s.Jobs(t.Context(), as(care.Administrator), care.JobFilter{Kinds: []care.JobKind{"notice.send"}}, care.Page{}); err != nil || len(list.Jobs) != 0 {
			t.Errorf("jobs wait: %+v, %v", list.Jobs, err)
		}
	})
}

// What a clerk takes in at the counter is told in one message.
func TestIntakeAtTheCounterIsOneMessage(t *testing.T) {
	on(t, func(s *shop) {
		id := s.open().Claim.ID
		if _, err := s.Do(t.Context(), as(care.Clerk), id, care.Accept{Place: "omni-shop-sofia"}); err != nil {
			t.Fatal(err)
		}
		list := s.toldOf(care.NoticeFilter{Claim: id}, care.RequestReceived, care.DeviceReceived)
		if len(list) != 1 || list[0].Facts.Place == nil || list[0].Facts.Place.Name == "" || list[0].Facts.State != care.Accepted {
			t.Errorf("messages: %+v", list)
		}
	})
}

// The customer's message raises an alert for whoever has to act, one until it
// is answered; the answer is told to the customer.
func TestRepliesAreSeen(t *testing.T) {
	on(t, func(s *shop) {
		got := s.open()
		ctx, clerk := t.Context(), as(care.Clerk)
		replies := func(actor care.Actor) (open, settled int) {
			list, _, err := s.Alerts(ctx, actor, care.AlertFilter{Claim: got.Claim.ID}, care.Page{Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				switch {
				case a.Kind != care.AlertReply:
				case a.Settled.IsZero():
					open++
				default:
					settled++
				}
			}
			return open, settled
		}
		for range 3 {
			s.now = s.now.Add(time.Minute)
			if err := s.TrackedSay(ctx, got.Token, "Кога ще е готов?"); err != nil {
				t.Fatal(err)
			}
		}
		if open, settled := replies(clerk); open != 1 || settled != 0 {
			t.Fatalf("the clerk has %d open, %d settled", open, settled)
		}
		if err := s.Answer(ctx, clerk, got.Request.ID, "между нас", true); err != nil {
			t.Fatal(err)
		}
		if open, _ := replies(clerk); open != 1 {
			t.Error("a note among staff is no answer")
		}
		if err := s.Answer(ctx, clerk, got.Request.ID, "Утре.", false); err != nil {
			t.Fatal(err)
		}
		if open, settled := replies(clerk); open != 0 || settled != 1 {
			t.Errorf("after the answer %d open, %d settled", open, settled)
		}
		unseen, err := s.UnseenAlerts(ctx, clerk)
		if err != nil || unseen != 0 {
			t.Errorf("unseen: %d, %v", unseen, err)
		}
		if err := s.TrackedSay(ctx, got.Token, "Благодаря!"); err != nil {
			t.Fatal(err)
		}
		if open, settled := replies(clerk); open != 1 || settled != 1 {
			t.Errorf("a new message: %d open, %d settled", open, settled)
		}
		list := s.toldOf(care.NoticeFilter{Claim: got.Claim.ID}, care.RequestReceived, care.ReplySent)
		if list[1].Facts.Text != "Утре." {
			t.Errorf("the customer is told %q", list[1].Facts.Text)
		}
	})
}

// Who has no mail is told by SMS; who wants nothing is told what is owed.
func TestHowACustomerIsTold(t *testing.T) {
	on(t, func(s *shop) {
		ctx := t.Context()
		in := ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		in.Customer.Email = ""
		got := s.submit(visitor, in)
		list := s.messages(care.NoticeFilter{Claim: got.Claim.ID})
		if len(list) != 1 || list[0].Channel != care.BySMS || list[0].To != in.Customer.Phone {
			t.Fatalf("told %+v", list)
		}
		for _, bad := range []care.ContactWish{{Telegram: "not a chat"}, {Channels: []care.MessageChannel{care.ByWebhook}}, {Channels: []care.MessageChannel{"pigeon"}}} {
			if err := s.SetTrackedContact(ctx, got.Token, bad); care.CodeOf(err) != care.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := s.SetTrackedContact(ctx, "no such link", care.ContactWish{}); care.CodeOf(err) != care.NotFound {
			t.Errorf("a link that is none: %v", err)
		}
		if err := s.SetTrackedContact(ctx, got.Token, care.ContactWish{Off: true, Telegram: "123456"}); err != nil {
			t.Fatal(err)
		}
		contact, err := s.TrackedContact(ctx, got.Token)
		if err != nil || contact.Known[care.BySMS] != "…0001" || contact.Ways[care.ByTelegram] != "…3456" || !contact.Wish.Off {
			t.Errorf("contact %+v, %v", contact, err)
		}
		s.now = s.now.Add(time.Hour)
		s.do(as(care.Manager), got.Claim.ID, care.Accept{Place: "omni-shop-sofia", Documents: in.Documents}, hardware("mainboard"))
		later := s.messages(care.NoticeFilter{Claim: got.Claim.ID})[1:]
		ways := map[care.MessageChannel]bool{}
		for _, n := range later {
			ways[n.Channel] = true
			if n.Occasion != care.ClaimDecided {
				t.Errorf("told of %s in spite of the wish", n.Occasion)
			}
		}
		if !ways[care.BySMS] || !ways[care.ByTelegram] || len(later) != 2 {
			t.Errorf("the decision went out by %v", ways)
		}
	})
}

// A consultation is told when it is booked, moved and cancelled.
func TestConsultationsAreTold(t *testing.T) {
	on(t, func(s *shop) {
		ctx, omsk := t.Context(), of("ru-omsk", care.Clerk)
		slots, err := s.Slots(ctx, "ru-omsk", s.now, s.now.Add(21*24*time.Hour))
		if err != nil || len(slots) < 2 {
			t.Fatalf("no times are offered: %v", err)
		}
		got, err := s.Submit(ctx, care.Actor{Kind: care.CustomerActor, Retailer: "ru-omsk"}, desk.NewRequest{Kind: care.VideoConsultation, Channel: "portal",
			Lang: "ru", Text: "Покажите", Customer: contact(), Slot: slots[0].Start})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.CancelSlot(ctx, omsk, got.Request.ID, "Заболел консультант"); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
		if err := s.TrackedBookSlot(ctx, got.Token, slots[1].Start); err != nil {
			t.Fatal(err)
		}
		list, _, err := s.Messages(ctx, of("ru-omsk", care.Administrator), care.NoticeFilter{Request: got.Request.ID}, care.Page{})
		slices.Reverse(list)
		want := []care.Occasion{care.RequestReceived, care.ConsultationBooked, care.ConsultationCancelled, care.ConsultationMoved}
		if err != nil || !slices.Equal(occasionsOf(list), want) {
			t.Fatalf("told %v, want %v (%v)", occasionsOf(list), want, err)
		}
		if m := list[1].Facts.Meeting; m == nil || m.Stands() || list[1].Facts.Text != "Заболел консультант" {
			t.Errorf("the end is told as %+v", list[1].Facts)
		}
		if m := list[2].Facts.Meeting; m == nil || !m.Start.Equal(slots[1].Start) || list[2].Facts.Join == "" {
			t.Errorf("the new time is told as %+v", list[2].Facts)
		}
	})
}

// kept is a post that takes everything and leaves it here.
type kept struct{}

func (kept) Has(care.MessageChannel) bool { return true }

func (kept) Send(_ context.Context, out care.Outgoing) (care.Delivery, error) {
	return care.Delivery{ID: "x", Subject: string(out.Occasion), Text: out.Link, Kept: true}, nil
}

// A loaner is asked back the day before, once, unless it is back already; a
// device that waits is warned of in the terms' words. Each message has a link
// of its own.
func TestRemindersComeInTime(t *testing.T) {
	on(t, func(s *shop) {
		s.withPost(kept{})
		ctx, clerk := t.Context(), of("ru-omsk", care.Clerk)
		run := func() {
			t.Helper()
			if _, err := s.RunDue(ctx); err != nil {
				t.Fatal(err)
			}
		}
		phone, got := s.pooled("phone", "LOAN-1"), s.omskPhone(nil)
		loan, err := s.TrackedDemandLoaner(ctx, got.Token, "")
		if err != nil {
			t.Fatal(err)
		}
		back := s.now.Add(10 * 24 * time.Hour)
		if _, err := s.LendLoaner(ctx, clerk, loan.ID, desk.Lending{Loaner: phone.ID, BackBy: back}); err != nil {
			t.Fatal(err)
		}
		count := func(claim string, o care.Occasion) (n int) {
			t.Helper()
			list, _, err := s.Messages(ctx, clerk, care.NoticeFilter{Claim: claim}, care.Page{Limit: 200})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				if x.State != care.NoticeKept {
					t.Errorf("%s is noted as %+v", x.Occasion, x)
				}
				if opened, err := s.Tracked(ctx, strings.TrimPrefix(x.Text, "https://service.example/track/"), "ru"); err != nil || opened.Claim == nil {
					t.Errorf("%s: its link %q opens %v", x.Occasion, x.Text, err)
				}
				if x.Occasion == o {
					n++
				}
			}
			return n
		}
		s.now = back.Add(-25 * time.Hour)
		run()
		if n := count(got.Claim.ID, care.LoanerDue); n != 0 {
			t.Errorf("reminded %d times too early", n)
		}
		for range 3 {
			s.now = s.now.Add(2 * time.Hour)
			run()
		}
		if n := count(got.Claim.ID, care.LoanerDue); n != 1 {
			t.Errorf("reminded %d times, want once", n)
		}

		c := s.ready("ru-omsk", "omsk-service")
		for range 40 {
			s.now = s.now.Add(48 * time.Hour)
			run()
		}
		if n := count(c.ID, care.DeviceUncollected); n == 0 || n > 5 {
			t.Errorf("warned %d times of a device that waits", n)
		}
	})
}
