package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

func (w *staffWorld) later(d time.Duration) { w.now = w.now.Add(d) }

// ask opens a claim as a customer does on the portal.
func (w *staffWorld) ask(t *testing.T, retailer, lang, serial string) desk.Receipt {
	t.Helper()
	r, err := w.desk.Submit(t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: retailer}, desk.NewRequest{Kind: care.WarrantyService,
		Channel: "portal", Lang: lang, Identity: serial, Basis: policy.Warranty, Documents: []string{"receipt", "warranty_card", "invoice"},
		Customer: desk.Contact{Name: "Проба Пробная", Phone: "+7 900 000 0002", Email: "proba@mail.example"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// do gives a claim commands as the system, an hour apart.
func (w *staffWorld) do(t *testing.T, retailer, claim string, cmds ...care.Command) {
	t.Helper()
	for _, cmd := range cmds {
		w.later(time.Hour)
		if _, err := w.desk.Do(t.Context(), care.System(retailer), claim, cmd); err != nil {
			t.Fatalf("%s: %v", cmd.Name(), err)
		}
	}
}

func confirmed(part string) care.Diagnose {
	yes := true
	return care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", FailedPart: part}}
}

// TestLoanerPages lends a phone from the pool to a customer who asked for it
// by the tracking link, prints the paper, and keeps the claim until it is
// back. Walks: RU-20.2.
func TestLoanerPages(t *testing.T) {
	w := newStaffWorld(t)
	w.phoneSold(t, "LENT-TEST-1", "2026-06-12")
	r := w.ask(t, "ru-omsk", "ru", "LENT-TEST-1")
	places, err := w.desk.Places(t.Context(), "ru-omsk")
	if err != nil {
		t.Fatal(err)
	}
	boss := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	boss.get("/staff/loaners").want(http.StatusOK).submit("/staff/loaners", fill{"category": {"phone"}, "brand": {"Nokia"}, "model": {"105"},
		"serial": {"POOL-1"}, "condition": {"scratched"}, "place": {places[0].ID}}).want(http.StatusOK).says("The loaner is in the pool", "POOL-1")
	boss.get("/staff/loaners").submit("/staff/loaners", fill{"category": {"phone"}, "brand": {"x"}, "model": {"x"}, "serial": {"pool 1"},
		"condition": {"x"}, "place": {places[0].ID}}).want(http.StatusConflict).says("already")

	customer := w.browser(t)
	customer.get("/track/"+r.Token+"?lang=ru").says("23 ноября 2026").submit("/track/"+r.Token+"/loaner", nil).
		want(http.StatusOK).says("Вы попросили подменный товар")

	clerk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, places[0].ID), staffPassword)
	page := clerk.get("/staff/loaners").want(http.StatusOK).says(r.Claim.Number, "Demanded", "left")
	if page.form("/staff/loaners") != nil && page.form("/staff/loaners").method == "post" {
		t.Error("a clerk may add loaners")
	}
	lend := clerk.get("/staff/claims/" + r.Claim.Number)
	var action string
	for _, f := range lend.forms() {
		if strings.HasSuffix(f.action, "/lend") {
			action = f.action
		}
	}
	lend.submit(action, fill{"loaner": {lend.form(action).fields[0].options[1]}, "condition": {"scratched, charged"}}).
		want(http.StatusOK).says("With the customer", "POOL-1")
	clerk.get(strings.TrimSuffix(action, "/lend")+"/paper").want(http.StatusOK).
		says("Акт выдачи и возврата подменного товара", "POOL-1", "Проба Пробная", "scratched, charged", "подпись")

	w.do(t, "ru-omsk", r.Claim.ID, care.Accept{Place: places[0].ID, Documents: []string{"receipt", "warranty_card"}}, confirmed("mainboard"),
		care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
	clerk.get("/staff/claims/" + r.Claim.Number).says("The customer still has the loaner Nokia 105, POOL-1")
	customer.get("/track/"+r.Token).says("У вас подменный товар", "Nokia 105")
	back := strings.TrimSuffix(action, "/lend") + "/return"
	clerk.get("/staff/claims/"+r.Claim.Number).submit(back, fill{"condition": {"as it was"}}).want(http.StatusOK).says("Returned", "as it was")
	p := clerk.get("/staff/claims/" + r.Claim.Number)
	p.submit("/staff/claims/"+r.Claim.Number+"/do/hand_over", nil).want(http.StatusOK).says("Handed over")
	clerk.get("/staff/recovery").want(http.StatusForbidden)
}

// asusRepaired is a laptop of bg-omni that the authorised centre repaired on
// the maker's card.
func (w *staffWorld) asusRepaired(t *testing.T, serial string) care.Claim {
	t.Helper()
	months, card := 24, true
	_, err := w.desk.RegisterSale(t.Context(), care.System("bg-omni"), desk.SaleRow{Category: "laptop", Brand: "Asus", Model: "Zenbook", Serial: serial,
		Date: mustDay("2026-06-12"), Delivered: mustDay("2026-06-12"), WarrantyMonths: &months, WarrantyIssuer: "manufacturer", CardInKit: &card})
	if err != nil {
		t.Fatal(err)
	}
	r := w.ask(t, "bg-omni", "bg", serial)
	w.do(t, "bg-omni", r.Claim.ID, care.Accept{Place: "omni-shop-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}},
		care.Forward{To: "asus-sofia", Carrier: "Куриер", Tracking: "1"})
	return *r.Claim
}

// TestRecoveryPages has a partner report what a repair cost, and claims it
// from the distributor. Walks: B2.
func TestRecoveryPages(t *testing.T) {
	w := newStaffWorld(t)
	c := w.asusRepaired(t, "RECOVER-1")
	partner := w.signedIn(t, w.user(t, "bg-omni", care.Partner, "asus-sofia"), staffPassword)
	partner.get("/staff/work").says(c.Number, "left")
	partner.get("/staff/claims/"+c.Number).says("The centre takes the device in", "left")
	w.do(t, "bg-omni", c.ID, care.ReceiveAtCentre{Place: "asus-sofia"}, confirmed("mainboard"), care.StartRepair{})
	do := "/staff/claims/" + c.Number + "/do/finish_repair"
	partner.get("/staff/claims/"+c.Number).submit(do, fill{"kind": {"hardware"}, "work": {"New board"}, "labour.sum": {"31,00"}, "labour.currency": {"EUR"},
		"parts.0.part": {"mainboard"}, "parts.0.price": {"120.50"}}).want(http.StatusOK).says("Cost of the repair", "151.50")
	partner.get("/staff/recovery").want(http.StatusForbidden)

	boss := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	boss.get("/staff/recovery").want(http.StatusOK).says("ASUS distributor", "157.00", c.Number)
	batch := boss.get("/staff/recovery").submit("/staff/recovery/batches", fill{}).want(http.StatusOK).says("REC-2026-000001", "draft", "157.00")
	boss.get(batch.path + "?lang=bg").says("основна платка")
	boss.get(batch.path + "?lang=en")
	path := batch.path
	csv := boss.get(path + "/lines.csv")
	if csv.status != http.StatusOK || !strings.Contains(csv.raw, "REC-2026-000001,"+c.Number+",2026-11-20,labour,New board,31.00,EUR") {
		t.Errorf("the file that is sent: %d %s", csv.status, csv.raw)
	}
	sent := boss.get(path).submit(path+"/send", nil).want(http.StatusOK).says("Claimed", "Answer by")
	sent.submit(path+"/pay", fill{"reference": {"PAY-7"}}).want(http.StatusConflict).says("no answer yet")
	n := 0
	for _, f := range sent.forms() {
		if !strings.HasSuffix(f.action, "/answer") {
			continue
		}
		if n++; n == 1 {
			boss.post(f.action, f.values(fill{"answer": {"rejected"}})).want(http.StatusUnprocessableEntity).says("Reason")
			boss.post(f.action, f.values(fill{"answer": {"rejected"}, "reason": {"not agreed"}})).want(http.StatusOK).says("not agreed")
			continue
		}
		boss.post(f.action, f.values(fill{"answer": {"agreed"}})).want(http.StatusOK)
	}
	if n != 3 {
		t.Fatalf("%d lines to answer, want the way, the work and the part", n)
	}
	boss.get(path).submit(path+"/pay", fill{"reference": {"PAY-7"}}).want(http.StatusOK).says("settled", "PAY-7", "151.50")
	boss.get("/staff/recovery").submit("/staff/recovery", fill{"claim": {"RMA-2026-999999"}, "kind": {"transport"}, "amount": {"5"}, "what": {"x"}}).
		want(http.StatusNotFound).says("claim")
	boss.get("/staff/recovery").submit("/staff/recovery", fill{"claim": {c.Number}, "kind": {"transport"}, "amount": {"5"}, "what": {"parking"}}).
		want(http.StatusOK).says("parking", "5.00")
}

// TestPartnerPages opens, as a partner of another centre, every page that
// there is of a claim. Walks: D7.
func TestPartnerPages(t *testing.T) {
	w := newStaffWorld(t)
	c := w.asusRepaired(t, "SECRET-1")
	loan, err := w.desk.DemandLoaner(t.Context(), care.System("bg-omni"), c.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	other := w.signedIn(t, w.user(t, "bg-omni", care.Partner, "hp-plovdiv"), staffPassword)
	claim, request := "/staff/claims/"+c.Number, "/staff/requests/"+c.Request
	for _, path := range []string{claim, "/staff/claims/" + c.ID, claim + "/recheck", request, "/staff/requests", "/staff/units/" + c.Unit.ID,
		"/staff/loaners", "/staff/loans/" + loan.ID + "/paper", "/staff/recovery", "/staff/audit?object=claim&id=" + c.Number, "/staff/people", "/staff/intake"} {
		if p := other.get(path); p.status != http.StatusNotFound && p.status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
	for _, path := range []string{claim + "/do/add_note", claim + "/do/receive", claim + "/do/accept", claim + "/messages", claim + "/tracking", claim + "/loaner",
		"/staff/loans/" + loan.ID + "/lend", "/staff/loans/" + loan.ID + "/return", request + "/answer", "/staff/recovery/batches"} {
		if p := other.post(path, fill{"text": {"x"}, "place": {"hp-plovdiv"}, "loaner": {"x"}, "condition": {"x"}}.values()); p.status != http.StatusNotFound && p.status != http.StatusForbidden {
			t.Errorf("POST %s: status %d", path, p.status)
		}
	}
	for _, path := range []string{"/staff/work", "/staff/work?q=SECRET-1", "/staff/work?q=" + c.Number, "/staff/work?centre=asus-sofia", "/staff/work?state=all"} {
		if p := other.get(path).want(http.StatusOK); strings.Contains(p.raw, c.ID) || strings.Contains(p.main(), c.Number) || strings.Contains(p.main(), "Zenbook") {
			t.Errorf("%s shows another centre's claim", path)
		}
	}
}

// values is what would be sent with nothing else on the form.
func (f fill) values() url.Values { return url.Values(f) }

func mustDay(s string) calendar.Date { return calendar.MustDate(s) }
