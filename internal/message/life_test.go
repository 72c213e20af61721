package message_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/jobs"
	"github.com/talon-care/talon/internal/message"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// house is a desk that sends mail to a real relay.
type house struct {
	*desk.Desk
	t     *testing.T
	relay *relay

	mu   sync.Mutex
	time time.Time
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

// around lets a test stand between the desk and its post.
type around struct {
	desk.Post
	after func(error) error
}

func (a around) Send(ctx context.Context, out care.Outgoing) (care.Delivery, error) {
	got, err := a.Post.Send(ctx, out)
	return got, a.after(err)
}

func newHouse(t *testing.T, s *storage.Store, wrap func(desk.Post) desk.Post) *house {
	t.Helper()
	h := &house{t: t, relay: newRelay(t, false), time: t0}
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	hooks, err := message.NewHooks(message.HooksConfig{Now: time.Now, Reach: message.Here})
	if err != nil {
		t.Fatal(err)
	}
	post, err := message.New(message.Config{Words: words(t), Mail: mailer(t, h.relay, "none"), Hooks: hooks})
	if err != nil {
		t.Fatal(err)
	}
	var way desk.Post = post
	if wrap != nil {
		way = wrap(post)
	}
	h.Desk, err = desk.New(desk.Config{Store: desk.StoreOf(s), Packs: lib, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1}, Now: h.clock,
		Post: way, Public: "https://service.shop.example"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func as(role care.Role) care.Actor {
	return care.User{ID: "staff-" + string(role), Retailer: "bg-omni", Role: role, Name: string(role)}.Actor()
}

func yes() *bool { v := true; return &v }

// open sells a laptop and takes a request for its repair, in Russian.
func (h *house) open() desk.Receipt {
	h.t.Helper()
	months, digital := 24, false
	rec, err := h.RegisterSale(h.t.Context(), as(care.Clerk), desk.SaleRow{Category: "laptop", Brand: "Lenovo", Model: "T14", Serial: "PROBA001",
		Date: calendar.MustDate("2025-06-02"), Delivered: calendar.MustDate("2025-06-02"), Receipt: "1", WarrantyMonths: &months, WarrantyIssuer: "manufacturer",
		CardInKit: yes(), DigitalElements: &digital, OriginalPackaging: yes()})
	if err != nil {
		h.t.Fatal(err)
	}
	got, err := h.Submit(h.t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: "bg-omni"}, desk.NewRequest{Kind: care.WarrantyService, Channel: "portal",
		Lang: "ru", Customer: desk.Contact{Name: "Мария <Пробна>", Phone: "+359 890 000 001", Email: "maria@mail.example"}, Identity: rec.Unit.Serial,
		Basis: policy.Warranty, Documents: []string{"invoice", "warranty_card", "return_request"}})
	if err != nil {
		h.t.Fatal(err)
	}
	return got
}

func (h *house) do(role care.Role, claim string, cmd care.Command) care.Claim {
	h.t.Helper()
	c, err := h.Do(h.t.Context(), as(role), claim, cmd)
	if err != nil {
		h.t.Fatalf("%s: %v", cmd.Name(), err)
	}
	return c
}

// run does what is due; failures of sending are no failures of the job.
func (h *house) run() {
	h.t.Helper()
	if _, err := h.RunDue(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) messages(f care.NoticeFilter) []care.Notice {
	h.t.Helper()
	list, _, err := h.Messages(h.t.Context(), as(care.Administrator), f, care.Page{Limit: 200})
	if err != nil {
		h.t.Fatal(err)
	}
	slices.Reverse(list) // oldest first
	return list
}

func told(list []care.Notice) []care.Occasion {
	var out []care.Occasion
	for _, n := range list {
		out = append(out, n.Occasion)
	}
	return out
}

// A claim's life, as its customer hears of it: each step once, by mail, with a
// link that opens the page.
func TestACustomerIsToldOfEachStepOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		h := newHouse(t, s, nil)
		id := h.open().Claim.ID
		h.run()
		h.wait(time.Hour)
		h.do(care.Clerk, id, care.Accept{Place: "omni-shop-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}})
		h.do(care.Technician, id, care.StartDiagnosis{})
		h.run()
		h.wait(24 * time.Hour)
		h.do(care.Technician, id, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", FailedPart: "mainboard", Defect: "mainboard"}})
		h.run()
		h.do(care.Technician, id, care.StartRepair{})
		h.wait(24 * time.Hour)
		h.do(care.Technician, id, care.FinishRepair{Kind: "hardware", Outcome: "repaired", Work: "Смяна"})
		h.do(care.Technician, id, care.ReturnToBench{Reason: "прегрява"}) // nobody was told that it is ready
		h.do(care.Technician, id, care.FinishRepair{Kind: "hardware", Outcome: "repaired", Work: "Паста"})
		h.do(care.Technician, id, care.MarkReady{Told: "email"})
		h.run()
		h.wait(time.Hour)
		h.do(care.Technician, id, care.ReturnToBench{Reason: "няма звук"})
		h.run()
		h.wait(time.Hour)
		h.do(care.Technician, id, care.FinishRepair{Kind: "hardware", Outcome: "repaired", Work: "Говорител"})
		h.do(care.Technician, id, care.MarkReady{})
		h.run()
		h.wait(time.Hour)
		h.do(care.Clerk, id, care.HandOver{Proof: "signature"})
		h.do(care.Clerk, id, care.Close{})
		h.run()
		h.run()

		list := h.messages(care.NoticeFilter{Claim: id})
		want := []care.Occasion{care.RequestReceived, care.DeviceReceived, care.ClaimDecided, care.DeviceReady, care.DeviceNotReady, care.DeviceReady, care.DeviceHandedOver}
		if got := told(list); !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		mails := h.relay.all()
		if len(mails) != len(want) {
			t.Fatalf("%d mails, want %d", len(mails), len(want))
		}
		for i, m := range mails {
			n := list[i]
			if n.State != care.NoticeSent || n.Attempts != 1 || n.Provider != m.Header.Get("Message-Id") || n.Subject == "" || strings.Contains(n.Text, "/track/") {
				t.Errorf("%s is noted as %+v", n.Occasion, n)
			}
			whole := parts(t, m.Header.Get("Content-Type"), "", m.Body)
			_, rest, found := strings.Cut(whole[0].text, "https://service.shop.example/track/")
			if !found || len(rest) < 22 {
				t.Fatalf("%s has no link:\n%s", n.Occasion, whole[0].text)
			}
			if opened, err := h.Tracked(t.Context(), rest[:22], "ru"); err != nil || opened.Claim == nil || opened.Claim.Claim.ID != id {
				t.Errorf("%s: the link opens %v", n.Occasion, err)
			}
			if !strings.Contains(whole[1].text, "Мария &lt;Пробна&gt;") {
				t.Errorf("%s: the name is not escaped", n.Occasion)
			}
		}
		if not := list[4]; strings.Contains(not.Text, "няма звук") || not.Facts.Deadline != "remedy" || not.Facts.Due != "2026-04-14" {
			t.Errorf("not ready after all: %s\n%+v", not.Text, not.Facts)
		}
		if last := list[len(list)-1]; last.Facts.Until.Before(calendar.MustDate("2027-06-03")) {
			t.Errorf("the warranty told at the end is %s: the stay prolongs it", last.Facts.Until)
		}
	})
}

// A relay that is busy is asked again, later each time; one that knows nobody
// of the name is not, until staff mend the address.
func TestAMessageThatFails(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		h := newHouse(t, s, nil)
		h.relay.answers(busy, busy, nil, unknown)
		id := h.open().Claim.ID
		h.run()
		first := h.messages(care.NoticeFilter{Claim: id})[0]
		if first.State != care.NoticeQueued || !strings.Contains(first.Error, "greylisted") || !first.Retry.Equal(t0.Add(time.Minute)) {
			t.Fatalf("after the first try: %+v", first)
		}
		h.run() // it is too early
		h.wait(time.Minute)
		h.run()
		h.wait(5 * time.Minute)
		h.run()
		if n := h.messages(care.NoticeFilter{Claim: id})[0]; n.State != care.NoticeSent || n.Attempts != 3 || len(h.relay.all()) != 1 {
			t.Fatalf("after the third try: %+v, %d mails", n, len(h.relay.all()))
		}

		h.do(care.Clerk, id, care.Accept{Place: "omni-shop-sofia"})
		h.run()
		failed := h.messages(care.NoticeFilter{States: []care.NoticeState{care.NoticeFailed}})
		if len(failed) != 1 || failed[0].Attempts != 1 || !strings.Contains(failed[0].Error, "no such user") {
			t.Fatalf("failed: %+v", failed)
		}
		if _, err := h.SendAgain(t.Context(), as(care.Technician), failed[0].ID); care.CodeOf(err) != care.Forbidden {
			t.Errorf("a technician sends again: %v", err)
		}
		if _, err := h.SendAgain(t.Context(), as(care.Clerk), failed[0].ID); err != nil {
			t.Fatal(err)
		}
		h.run()
		if n := h.messages(care.NoticeFilter{Claim: id})[1]; n.State != care.NoticeSent || len(h.relay.all()) != 2 {
			t.Errorf("sent again: %+v", n)
		}
		if _, err := h.SendAgain(t.Context(), as(care.Clerk), failed[0].ID); care.CodeOf(err) != care.Illegal {
			t.Errorf("what was sent is sent once more: %v", err)
		}
	})
}

// A message that nobody takes is given up after days, and shown.
func TestAMessageIsGivenUp(t *testing.T) {
	h := newHouse(t, storagetest.Open(t), func(p desk.Post) desk.Post {
		return around{p, func(error) error { return errors.New("no answer") }}
	})
	id := h.open().Claim.ID
	for range 12 {
		h.run()
		h.wait(24 * time.Hour)
	}
	list := h.messages(care.NoticeFilter{Claim: id, States: []care.NoticeState{care.NoticeFailed}})
	if len(list) == 0 || list[0].Occasion != care.RequestReceived || list[0].Attempts != 10 || list[0].Error != "no answer" {
		t.Errorf("failed: %+v", list)
	}
}

// The process dies after the mail went out and before that was noted: it goes
// out again as the same mail.
func TestACrashAfterSending(t *testing.T) {
	died := true
	h := newHouse(t, storagetest.Open(t), func(p desk.Post) desk.Post {
		return around{p, func(err error) error {
			if died {
				panic("the machine is gone")
			}
			return err
		}}
	})
	h.open()
	func() {
		defer func() { _ = recover() }()
		_, _ = h.RunDue(t.Context())
	}()
	died = false
	h.run() // the lease of the dead is still running
	if len(h.relay.all()) != 1 {
		t.Fatalf("%d mails while the lease runs", len(h.relay.all()))
	}
	h.wait(2 * time.Minute)
	h.run()
	mails := h.relay.all()
	if len(mails) != 2 || mails[0].Header.Get("Message-Id") != mails[1].Header.Get("Message-Id") {
		t.Fatalf("%d mails; the second must be the first one's like", len(mails))
	}
	if n := h.messages(care.NoticeFilter{})[0]; n.State != care.NoticeSent || n.Attempts != 2 {
		t.Errorf("noted as %+v", n)
	}
}

// Two machines work on one database: nothing goes out twice.
func TestTwoRunnersSendOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		h := newHouse(t, s, nil)
		id := h.open()
		const replies = 12
		for range replies {
			if err := h.Answer(t.Context(), as(care.Clerk), id.Request.ID, "Пишем вам.", false); err != nil {
				t.Fatal(err)
			}
		}
		handlers := map[care.JobKind]jobs.Handler{}
		for kind, f := range h.JobHandlers() {
			handlers[kind] = jobs.Handler(f)
		}
		var group sync.WaitGroup
		for range 2 {
			r, err := jobs.New(jobs.Config{Queue: h.Desk, Handlers: handlers, Now: h.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
			if err != nil {
				t.Fatal(err)
			}
			group.Go(func() {
				if _, err := r.RunDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		seen := map[string]int{}
		for _, m := range h.relay.all() {
			seen[m.Header.Get("Message-Id")]++
		}
		if len(seen) != replies+1 {
			t.Errorf("%d different mails, want %d", len(seen), replies+1)
		}
		for mail, n := range seen {
			if n != 1 {
				t.Errorf("%s went out %d times", mail, n)
			}
		}
	})
}

// Programs are told of what they want, and are told no more once they are out
// of reach for days.
func TestProgramsAreTold(t *testing.T) {
	h := newHouse(t, storagetest.Open(t), nil)
	boss := as(care.Administrator)
	if _, err := h.AddEndpoint(t.Context(), as(care.Manager), desk.NewEndpoint{URL: "https://erp.example"}); care.CodeOf(err) != care.Forbidden {
		t.Errorf("a manager adds a webhook: %v", err)
	}
	for _, bad := range []string{"", "erp.example", "ftp://erp.example", "http://erp.example", "https://user@erp.example", "https://"} {
		if _, err := h.AddEndpoint(t.Context(), boss, desk.NewEndpoint{URL: bad}); care.CodeOf(err) != care.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	gone := newProgram(t, http.StatusServiceUnavailable)
	silent, err := h.AddEndpoint(t.Context(), boss, desk.NewEndpoint{URL: gone.URL, Types: []care.Occasion{care.RequestReceived}})
	if err != nil || !strings.HasPrefix(silent.Secret, "whsec_") {
		t.Fatalf("%+v, %v", silent, err)
	}
	verifier := newVerified(t)
	e, err := h.AddEndpoint(t.Context(), boss, desk.NewEndpoint{URL: verifier.url, Types: []care.Occasion{care.DeviceReceived, care.ClaimChanged}})
	if err != nil {
		t.Fatal(err)
	}
	verifier.believe(e.Secret)
	gone.Close()
	if list, err := h.Endpoints(t.Context(), boss); err != nil || len(list) != 2 || list[1].Secret != "" {
		t.Errorf("the secret is shown again: %+v, %v", list, err)
	}

	id := h.open().Claim.ID
	h.do(care.Clerk, id, care.Accept{Place: "omni-shop-sofia"})
	if _, err := h.TestEndpoint(t.Context(), boss, e.ID); err != nil {
		t.Fatal(err)
	}
	h.run()
	if got := verifier.types(); !slices.Equal(got, []string{"claim.changed", "claim.changed", "device.received", "webhook.test"}) {
		t.Errorf("told %v", got)
	}
	if strings.Contains(verifier.all(), "Мария") || strings.Contains(verifier.all(), "maria@") || !strings.Contains(verifier.all(), `"state":"accepted"`) {
		t.Errorf("programs are told %s", verifier.all())
	}
	for range 8 { // it is not reached for days
		h.wait(24 * time.Hour)
		h.run()
	}
	list, err := h.Endpoints(t.Context(), boss)
	if err != nil || list[0].Enabled || list[0].Stopped.IsZero() || !list[1].Enabled {
		t.Errorf("after days: %+v, %v", list, err)
	}
	alerts, _, err := h.Alerts(t.Context(), boss, care.AlertFilter{}, care.Page{Limit: 50})
	if err != nil || !slices.ContainsFunc(alerts, func(a care.Alert) bool { return a.Kind == care.AlertWebhook && a.Role == care.Administrator }) {
		t.Errorf("nobody is told: %+v, %v", alerts, err)
	}
	if n := h.messages(care.NoticeFilter{Endpoint: silent.ID})[0]; n.State != care.NoticeFailed {
		t.Errorf("what never arrived is noted as %+v", n)
	}
}
