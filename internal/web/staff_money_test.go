package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk/demo"
)

// TestStaffMoney goes through the ledger as two managers would: the list, the
// second approval, the payment, the day's file; and reads what a clerk sees.
// Walks: D6.
func TestStaffMoney(t *testing.T) {
	w := newStaffWorld(t)
	guide, err := demo.Fill(t.Context(), w.desk, demo.Options{Now: w.now, Seed: 11, Password: staffPassword})
	if err != nil {
		t.Fatal(err)
	}
	var boss, deputy, clerk demo.SignIn
	for _, in := range guide.SignIns {
		switch {
		case in.Retailer != "bg-omni":
		case in.Role == care.Clerk:
			clerk = in
		case in.Role == care.Manager && strings.HasPrefix(in.Email, "deputy"):
			deputy = in
		case in.Role == care.Manager:
			boss = in
		}
	}
	open := func(in demo.SignIn) *browser { return w.signedIn(t, in.Email, staffPassword) }
	first, second := open(boss), open(deputy)
	p := second.get("/staff/money?state=due&what=price_reduction&lang=en")
	approve := moneyForms(p, "/approve")
	if len(approve) != 1 {
		t.Fatalf("%d reductions to approve", len(approve))
	}
	if forms := moneyForms(first.get("/staff/money?state=due&what=price_reduction&lang=en"), "/approve"); len(forms) != 0 {
		t.Errorf("who approved may approve again: %v", forms)
	}
	second.post(approve[0], url.Values{"back": {"/staff/money?state=approved&lang=en"}})
	p = first.get("/staff/money?state=approved&lang=en")
	pay := strings.TrimSuffix(approve[0], "/approve") + "/pay"
	if p.form(pay) == nil {
		t.Fatal("what two approved can't be paid")
	}
	first.post(pay, url.Values{"reference": {""}, "back": {"/staff/money"}})
	first.post(pay, url.Values{"reference": {"bank 44"}, "back": {"/staff/money?state=paid&lang=en"}})
	if p = first.get("/staff/money?state=paid&lang=en"); !strings.Contains(p.main(), "bank 44") {
		t.Error("the payment's reference is not shown")
	}
	day := w.now.Format("2006-01-02")
	if status, file := download(first, "/staff/money/export?day="+day); status != http.StatusOK || !strings.Contains(file, "bank 44") {
		t.Errorf("the day's file: %d\n%s", status, file)
	}
	if p = first.get("/staff/money/export?day=nonsense"); p.status != http.StatusBadRequest {
		t.Errorf("a day that is none: %d", p.status)
	}
	third := open(clerk)
	if p = third.get("/staff/money?state=all&lang=en"); p.status != http.StatusOK || len(moneyForms(p, "/approve")) != 0 {
		t.Errorf("a clerk may approve: %d", p.status)
	}
	if p = third.get("/staff/money/export?day=" + day); p.status != http.StatusForbidden {
		t.Errorf("a clerk exports: %d", p.status)
	}
}

// download is a file that is no page.
func download(b *browser, path string) (int, string) {
	b.t.Helper()
	res, err := b.http.Get(b.w.http.URL + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// moneyForms are the addresses of a page's forms that end so.
func moneyForms(p *screen, end string) []string {
	var out []string
	for _, f := range p.forms() {
		if strings.HasPrefix(f.action, "/staff/money/") && strings.HasSuffix(f.action, end) {
			out = append(out, f.action)
		}
	}
	return out
}
