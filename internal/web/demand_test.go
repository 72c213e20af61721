package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// TestDemandPages takes a demand at the counter and from the tracking page, in
// three languages; the page shows it and its term, and the manager hears when
// it is late. Walks: RU-21.1.
func TestDemandPages(t *testing.T) {
	w := newStaffWorld(t)
	unit := w.phoneSold(t, "WANT-1", "2026-11-16")
	clerk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, "omsk-service"), staffPassword)
	clerk.get("/staff/intake?unit="+unit).want(http.StatusOK).says("What the customer wants").
		submit("/staff/intake", fill{"name": {"Проба Пробная"}, "phone": {"+7 900 000 0003"}, "condition": {"as new"}, "remedy": {"replacement"}, "documents": {"receipt", "warranty_card"}}).
		want(http.StatusOK).says("The customer demands", "Replacement", "10 December 2026")

	w.phoneSold(t, "WANT-2", "2026-11-16")
	r := w.ask(t, "ru-omsk", "ru", "WANT-2")
	w.do(t, "ru-omsk", r.Claim.ID, care.ChooseBasis{Basis: "statute"})
	customer := w.browser(t)
	for lang, words := range map[string][]string{"ru": {"Предъявить требование", "Замена"}, "en": {"Say what you want", "Replacement"}, "bg": {"Кажете какво искате", "Замяна"}} {
		customer.get("/track/" + r.Token + "?lang=" + lang).want(http.StatusOK).says(words...)
	}
	page := customer.get("/track/" + r.Token + "?lang=ru")
	if strings.Contains(page.raw, `value="rescission"`) {
		t.Error("the page offers what the law there does not know")
	}
	customer.post("/track/"+r.Token+"/do", url.Values{"command": {"demand_remedy"}}).want(http.StatusUnprocessableEntity)
	customer.post("/track/"+r.Token+"/do", url.Values{"command": {"demand_remedy"}, "remedy": {"replacement"}}).
		want(http.StatusOK).says("Требование записано", "Вы просили", "10 декабря 2026")
	w.later(22 * 24 * time.Hour)
	if _, err := w.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	boss := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	boss.get("/staff/alerts").want(http.StatusOK).says(r.Claim.Number)
}

// TestLoanerDemandIsTakenBack takes the demand for a loaner back on the
// tracking page; the claim's page shows that its term stopped, and why.
// Walks: RU-20.2.
func TestLoanerDemandIsTakenBack(t *testing.T) {
	w := newStaffWorld(t)
	w.phoneSold(t, "LENT-BACK-1", "2026-06-12")
	r := w.ask(t, "ru-omsk", "ru", "LENT-BACK-1")
	customer := w.browser(t)
	customer.get("/track/"+r.Token+"?lang=ru").submit("/track/"+r.Token+"/loaner", nil).want(http.StatusOK)
	clerk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	clerk.get("/staff/claims/"+r.Claim.Number).want(http.StatusOK).says("A loaner is provided", "Note that no loaner is wanted")
	customer.get("/track/"+r.Token+"?lang=ru").submit("/track/"+r.Token+"/loaner/withdraw", nil).want(http.StatusOK).says("больше не нужен")
	clerk.get("/staff/claims/" + r.Claim.Number).want(http.StatusOK).says("the customer no longer wants a loaner")
}
