package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// lateRepair opens a claim whose 45 days for the repair have passed (RU-20.1).
func (w *staffWorld) lateRepair(t *testing.T) (care.Claim, string) {
	t.Helper()
	months, card, price := 24, true, money.Amount{Minor: 4_000_000, Currency: "RUB"}
	_, err := w.desk.RegisterSale(t.Context(), care.System("ru-omsk"), desk.SaleRow{Category: "laptop", Brand: "Lenovo", Model: "T14", Serial: "LATE001",
		Date: calendar.MustDate("2026-01-12"), Delivered: calendar.MustDate("2026-01-12"), WarrantyMonths: &months, WarrantyIssuer: "manufacturer", CardInKit: &card, Price: &price})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.desk.Submit(t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: "ru-omsk"}, desk.NewRequest{Kind: care.WarrantyService, Channel: "portal",
		Lang: "ru", Customer: desk.Contact{Name: "Пётр Пробный", Phone: "+7 900 000 0001"}, Identity: "LATE001", Basis: policy.Statute,
		Documents: []string{"receipt", "warranty_card"}})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Claim.Deadlines, func(d care.Deadline) bool { return d.Name == "repair" })
	w.now = r.Claim.Deadlines[i].DueAt.Add(-time.Hour)
	if _, err := w.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.now = r.Claim.Deadlines[i].DueAt.Add(2 * 24 * time.Hour)
	if _, err := w.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	return *r.Claim, r.Token
}

// TestStaffAlerts shows the people who answer for a deadline that it ran out,
// what the delay costs, and lets them say that they have seen it. Walks: D6.
func TestStaffAlerts(t *testing.T) {
	w := newStaffWorld(t)
	c, token := w.lateRepair(t)
	for _, role := range []care.Role{care.Technician, care.Manager} {
		b := w.signedIn(t, w.user(t, "ru-omsk", role, ""), staffPassword)
		for _, lang := range []string{"ru", "bg", "en"} {
			p := b.get("/staff/alerts?lang=" + lang).want(http.StatusOK)
			if rows := claimRows(p); len(rows) != 1 {
				t.Errorf("%s in %s sees %v", role, lang, rows)
			}
		}
		p := b.get("/staff/alerts")
		if !strings.Contains(words(p.all(classed("nav"))[0]), "1 new") {
			t.Errorf("%s: the menu counts nothing: %s", role, words(p.all(classed("nav"))[0]))
		}
		claim := b.get("/staff/claims/" + c.Number).want(http.StatusOK)
		for _, text := range []string{"Penalty so far", "a day", "Deadline missed", "answers for it"} {
			if !strings.Contains(claim.main(), text) {
				t.Errorf("%s: the claim's page does not say %q", role, text)
			}
		}
		p = p.submit("/staff/alerts/seen", fill{}).want(http.StatusOK)
		if rows := claimRows(p); len(rows) != 0 || strings.Contains(words(p.all(classed("nav"))[0]), "new") {
			t.Errorf("%s still sees %v", role, rows)
		}
		if rows := claimRows(b.get("/staff/alerts?all=1")); len(rows) != 2 {
			t.Errorf("%s sees %v in all, want the warning and the breach", role, rows)
		}
	}
	clerk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	if rows := claimRows(clerk.get("/staff/alerts?all=1").want(http.StatusOK)); len(rows) != 0 {
		t.Errorf("a clerk is told of a technician's deadline: %v", rows)
	}
	track := w.browser(t).get("/track/" + token + "?lang=en").want(http.StatusOK)
	if !strings.Contains(track.main(), "Penalty so far") {
		t.Errorf("the customer is not told of the penalty: %s", track.main())
	}
}

// TestStaffJobs shows an administrator what waits, and lets nobody else in.
func TestStaffJobs(t *testing.T) {
	w := newStaffWorld(t)
	w.lateRepair(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Administrator, ""), staffPassword)
	b.get("/staff/jobs").want(http.StatusOK)
	months := 24
	_, err := w.desk.Submit(t.Context(), care.System("bg-omni"), desk.NewRequest{Kind: care.WarrantyService, Channel: "counter", Lang: "bg",
		Basis: policy.Warranty, Documents: []string{"invoice", "warranty_card", "return_request"},
		Customer: desk.Contact{Name: "Мария Пробна", Phone: "+359 890 000 001"},
		Device: &desk.Device{Category: "laptop", Brand: "Lenovo", Serial: "J1", Sale: care.Sale{Date: calendar.DateOf(w.now, time.UTC), Delivered: calendar.DateOf(w.now, time.UTC),
			Channel: "store", WarrantyMonths: &months, WarrantyIssuer: "manufacturer"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"ru", "bg", "en"} {
		if rows := claimRows(b.get("/staff/jobs?lang=" + lang).want(http.StatusOK)); len(rows) != 2 {
			t.Errorf("in %s: %v", lang, rows)
		}
	}
	kinds, err := w.desk.LeaseJobs(t.Context(), w.now.AddDate(1, 0, 0), w.now.AddDate(1, 0, 1), 1, []care.JobKind{"deadline.breach"})
	if err != nil || len(kinds) != 1 {
		t.Fatal(kinds, err)
	}
	if err := w.desk.FailJob(t.Context(), kinds[0], care.JobFailure{Error: "no such thing", Retry: w.now, Park: w.now}); err != nil {
		t.Fatal(err)
	}
	p := b.get("/staff/jobs?parked=1").want(http.StatusOK)
	if !strings.Contains(p.main(), "no such thing") || len(claimRows(p)) != 1 {
		t.Errorf("parked: %s", p.main())
	}
	p.submit("/staff/jobs/"+kinds[0].ID+"/retry", fill{}).want(http.StatusOK)
	if rows := claimRows(b.get("/staff/jobs?parked=1")); len(rows) != 0 {
		t.Errorf("still parked: %v", rows)
	}
	boss := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	boss.get("/staff/jobs").want(http.StatusForbidden)
	if slices.ContainsFunc(boss.get("/staff/work").all(element("a")), func(n *html.Node) bool { return attr(n, "href") == "/staff/jobs" }) {
		t.Error("a manager's menu leads to the jobs")
	}
}

// TestEveryJobHasAName holds that the page of jobs names what each of them does.
func TestEveryJobHasAName(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for kind := range new(desk.Desk).JobHandlers() {
		for _, lang := range i18n.Languages() {
			if !words.Locale(lang).Has("job." + string(kind)) {
				t.Errorf("in %s the job %s has no name", lang, kind)
			}
		}
	}
}
