package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	send "github.com/talon-care/talon/internal/message"
)

// outbox keeps messages on this machine, as a demonstration does; broken is a
// relay that is not there.
func outbox(t *testing.T, broken bool) func(*i18n.Bundle) desk.Post {
	return func(words *i18n.Bundle) desk.Post {
		hooks, err := send.NewHooks(send.HooksConfig{Now: time.Now, Reach: send.Here})
		if err != nil {
			t.Fatal(err)
		}
		cfg := send.Config{Words: words, Kept: !broken, Hooks: hooks}
		if broken {
			relay, err := send.NewSMTP(send.SMTPConfig{URL: "smtp://127.0.0.1:1?tls=none", From: "service@shop.example"})
			if err != nil {
				t.Fatal(err)
			}
			cfg.Mail = relay
		}
		post, err := send.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return post
	}
}

// asked opens a claim of a customer with a mail address and sends what is due.
func (w *staffWorld) asked(t *testing.T) desk.Receipt {
	t.Helper()
	w.phoneSold(t, "MSG001", "2026-01-12")
	got, err := w.desk.Submit(t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: "ru-omsk"}, desk.NewRequest{Kind: care.WarrantyService, Channel: "portal",
		Lang: "ru", Customer: desk.Contact{Name: "Пётр <Пробный>", Phone: "+7 900 000 0001", Email: "petr@mail.example"}, Identity: "MSG001"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	return got
}

// What customers are told stands on the claim with its text; the customer says
// on the tracking page how it is told.
func TestMessagesOnTheClaim(t *testing.T) {
	w := newStaffWorld(t, outbox(t, false))
	got := w.asked(t)
	b := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	for _, lang := range []string{"ru", "bg", "en"} {
		p := b.get("/staff/claims/" + got.Claim.Number + "?lang=" + lang).want(http.StatusOK)
		for _, want := range []string{"petr@mail.example", "https://service.example/track/", "Заявка " + got.Claim.Number + " принята"} {
			if !strings.Contains(words(p.doc), want) {
				t.Errorf("%s: the claim's page lacks %q", lang, want)
			}
		}
		b.get("/staff/messages?all=1&lang=" + lang).want(http.StatusOK)
	}
	customer := w.browser(t)
	p := customer.get("/track/" + got.Token + "?lang=ru").want(http.StatusOK)
	if !strings.Contains(words(p.doc), "Электронная почта p…@mail.example") {
		t.Errorf("the tracking page does not say how the customer is told: %s", words(p.doc))
	}
	p = customer.post("/track/"+got.Token+"/contact", url.Values{"channels": {"sms"}, "telegram": {"nobody's chat"}}).want(http.StatusUnprocessableEntity)
	if !strings.Contains(words(p.doc), "Это не чат Телеграма") {
		t.Errorf("what is wrong is not said: %s", words(p.doc))
	}
	customer.post("/track/"+got.Token+"/contact", url.Values{"channels": {"sms"}, "telegram": {"123456"}, "off": {"1"}}).want(http.StatusOK)
	contact, err := w.desk.TrackedContact(t.Context(), got.Token)
	if err != nil || len(contact.Ways) != 2 || contact.Ways[care.ByEmail] != "" || !contact.Wish.Off {
		t.Errorf("the customer is told by %+v, %v", contact, err)
	}
}

// A request that is no claim shows what its customer was told, as a claim does.
func TestMessagesOnTheRequest(t *testing.T) {
	w := newStaffWorld(t, outbox(t, false))
	got, err := w.desk.Submit(t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: "ru-omsk", Role: care.CustomerRole},
		desk.NewRequest{Kind: "consultation", Channel: "portal", Lang: "ru", Text: "Какой ноутбук выбрать?",
			Customer: desk.Contact{Name: "Пётр Пробный", Email: "petr@mail.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	p := b.get("/staff/requests/" + got.Request.ID + "?lang=ru").want(http.StatusOK)
	for _, want := range []string{"Сообщения", "petr@mail.example", "https://service.example/track/"} {
		if !strings.Contains(words(p.doc), want) {
			t.Errorf("the request's page lacks %q:\n%s", want, words(p.doc))
		}
	}
}

// What did not arrive is listed and can be sent again.
func TestMessagesThatFailed(t *testing.T) {
	w := newStaffWorld(t, outbox(t, true))
	got := w.asked(t)
	if _, err := w.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	watching := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	for lang, want := range map[string]string{"en": "not delivered yet, trying again", "ru": "пока не доставлено, повторяем", "bg": "още не е доставено, опитваме пак"} {
		if p := watching.get("/staff/messages?lang=" + lang).want(http.StatusOK); !strings.Contains(words(p.doc), want) {
			t.Errorf("%s: after the first attempt the list says %s", lang, words(p.doc))
		}
	}
	for range 12 {
		w.later(24 * time.Hour)
		if _, err := w.desk.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	list, _, err := w.desk.Messages(t.Context(), care.Actor{Kind: care.StaffActor, Retailer: "ru-omsk", Role: care.Clerk}, care.NoticeFilter{Claim: got.Claim.ID}, care.Page{})
	if err != nil || len(list) == 0 {
		t.Fatalf("messages: %+v, %v", list, err)
	}
	first := list[len(list)-1]
	p := b.get("/staff/messages?lang=en").want(http.StatusOK)
	if all := words(p.doc); !strings.Contains(all, "not delivered") || !strings.Contains(all, "The sending service was not reached.") ||
		strings.Contains(all, "connection refused") {
		t.Errorf("the list says %s", all)
	}
	boss := w.signedIn(t, w.user(t, "ru-omsk", care.Administrator, ""), staffPassword)
	for lang, want := range map[string]string{"en": "The sending service was not reached.", "ru": "Не удалось связаться со службой отправки.", "bg": "Няма връзка с услугата за изпращане."} {
		if all := words(boss.get("/staff/messages?lang=" + lang).want(http.StatusOK).doc); !strings.Contains(all, want) || !strings.Contains(all, "connection refused") {
			t.Errorf("%s: an administrator reads %s", lang, all)
		}
	}
	p = b.post("/staff/messages/"+first.ID+"/again", url.Values{}).want(http.StatusOK)
	if !strings.Contains(words(p.doc), "The message will go out shortly.") {
		t.Errorf("answer: %s", words(p.doc))
	}
	b.post("/staff/messages/"+first.ID+"/again", url.Values{}).want(http.StatusConflict)
	partner := w.signedIn(t, w.user(t, "bg-omni", care.Partner, "asus-sofia"), staffPassword)
	partner.get("/staff/messages").want(http.StatusForbidden)
}

// An administrator has programs told; the secret is shown once.
func TestWebhooksPage(t *testing.T) {
	w := newStaffWorld(t, outbox(t, false))
	b := w.signedIn(t, w.user(t, "ru-omsk", care.Administrator, ""), staffPassword)
	p := b.post("/staff/webhooks?lang=en", url.Values{"url": {"http://erp.example/hooks"}}).want(http.StatusUnprocessableEntity)
	if !strings.Contains(words(p.doc), "must begin with https://") {
		t.Errorf("what is wrong is not said: %s", words(p.doc))
	}
	p = b.post("/staff/webhooks", url.Values{"url": {"https://erp.example/hooks"}, "types": {"device.ready", "claim.changed"}}).want(http.StatusOK)
	if !strings.Contains(words(p.doc), "whsec_") {
		t.Errorf("no secret: %s", words(p.doc))
	}
	for _, lang := range []string{"ru", "bg", "en"} {
		if p = b.get("/staff/webhooks?lang=" + lang).want(http.StatusOK); strings.Contains(words(p.doc), "whsec_") {
			t.Error("the secret is shown again")
		}
	}
	list, err := w.desk.Endpoints(t.Context(), care.Actor{Kind: care.StaffActor, Retailer: "ru-omsk", Role: care.Administrator})
	if err != nil || len(list) != 1 || len(list[0].Types) != 2 {
		t.Fatalf("webhooks: %+v, %v", list, err)
	}
	at := "/staff/webhooks/" + list[0].ID
	if p = b.post(at+"/test", url.Values{}).want(http.StatusOK); !strings.Contains(words(p.doc), "Test") {
		t.Errorf("the test is not listed: %s", words(p.doc))
	}
	for _, do := range []string{"disable", "enable", "types"} {
		b.post(at, url.Values{"do": {do}}).want(http.StatusOK)
	}
	if list, err = w.desk.Endpoints(t.Context(), care.Actor{Kind: care.StaffActor, Retailer: "ru-omsk", Role: care.Administrator}); err != nil || !list[0].Enabled || len(list[0].Types) != 0 {
		t.Errorf("after the changes: %+v, %v", list, err)
	}
	if p = b.post(at, url.Values{"do": {"remove"}}).want(http.StatusOK); strings.Contains(words(p.doc), "erp.example/hooks") {
		t.Error("the webhook is still there")
	}
	b.post(at, url.Values{"do": {"remove"}}).want(http.StatusNotFound)
	w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword).get("/staff/webhooks").want(http.StatusForbidden)
}
