package web

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// paperClaim opens a claim whose device was taken in, with the customer's
// link.
func (w *staffWorld) paperClaim(t *testing.T) desk.Receipt {
	t.Helper()
	months, boss := 24, care.System("bg-omni")
	rec, err := w.desk.RegisterSale(t.Context(), boss, desk.SaleRow{Category: "laptop", Brand: "Lenovo", Model: "T14", Serial: "PAPER001", Date: calendar.MustDate("2026-02-02"),
		Delivered: calendar.MustDate("2026-02-02"), Receipt: "17", WarrantyMonths: &months, WarrantyIssuer: "retailer"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.desk.Submit(t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: "bg-omni"}, desk.NewRequest{Kind: care.WarrantyService, Channel: "portal", Lang: "bg",
		Customer: desk.Contact{Name: "Мария Пробна", Phone: "+359 890 000 001"}, Identity: rec.Unit.Serial, Basis: policy.Warranty})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.Do(t.Context(), boss, r.Claim.ID, care.Accept{Place: "omni-service", Condition: "като нов", Documents: []string{"invoice"}}); err != nil {
		t.Fatal(err)
	}
	return r
}

// file reads what an address gives, as it comes.
func (b *browser) file(method, path string) (*http.Response, []byte) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.w.http.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, body
}

func isPaper(t *testing.T, res *http.Response, body []byte, name string) {
	t.Helper()
	h := res.Header
	if res.StatusCode != http.StatusOK || !bytes.HasPrefix(body, []byte("%PDF-")) || h.Get("Content-Type") != "application/pdf" ||
		h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Cache-Control"), "no-store") ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "inline; filename*=UTF-8''"+name) {
		t.Errorf("%s: %d, %v, %d bytes", res.Request.URL.Path, res.StatusCode, h, len(body))
	}
}

// TestPapersAtTheDesk prints from the claim's page, with a link where the
// clerk may make one.
func TestPapersAtTheDesk(t *testing.T) {
	w := newStaffWorld(t)
	r := w.paperClaim(t)
	base := "/staff/claims/" + r.Claim.Number + "/papers/"
	clerk := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, ""), staffPassword)
	page := clerk.get("/staff/claims/" + r.Claim.Number).want(http.StatusOK)
	if page.form(base+"intake_slip") == nil || !strings.Contains(page.raw, base+"device_label.pdf") || !strings.Contains(page.raw, base+"intake_slip.pdf?lang=ru") {
		t.Fatal("the page does not offer the slip, the label, or its languages")
	}
	for path, method := range map[string]string{"intake_slip.pdf": http.MethodGet, "intake_slip.pdf?lang=ru": http.MethodGet, "intake_slip": http.MethodPost} {
		res, body := clerk.file(method, base+path)
		isPaper(t, res, body, r.Claim.Number+"-A")
	}
	if res, body := clerk.file(http.MethodHead, base+"device_label.pdf"); res.StatusCode != http.StatusOK || len(body) > 0 || res.ContentLength < 5_000 {
		t.Errorf("asked for the head only: %d, %d of %d bytes", res.StatusCode, len(body), res.ContentLength)
	}
	for _, path := range []string{"refusal.pdf", "letter.pdf", "intake_slip.txt", ".pdf"} {
		if res, _ := clerk.file(http.MethodGet, base+path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	bench := w.signedIn(t, w.user(t, "bg-omni", care.Technician, ""), staffPassword)
	if p := bench.get("/staff/claims/" + r.Claim.Number); p.form(base+"intake_slip") != nil || !strings.Contains(p.raw, base+"intake_slip.pdf") {
		t.Error("a technician may print the slip, and makes no links")
	}
	if res, _ := bench.file(http.MethodPost, base+"intake_slip"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a technician makes a link: %d", res.StatusCode)
	}
	other := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	if res, _ := other.file(http.MethodGet, base+"intake_slip.pdf"); res.StatusCode != http.StatusNotFound {
		t.Errorf("another retailer's clerk: %d", res.StatusCode)
	}
}

// TestAPaperNamesWhatItReplaces shows with the second conclusion the number of
// the first.
func TestAPaperNamesWhatItReplaces(t *testing.T) {
	w := newStaffWorld(t)
	r := w.paperClaim(t)
	boss, no := care.System("bg-omni"), false
	first := ""
	for range 2 {
		if _, err := w.desk.Do(t.Context(), boss, r.Claim.ID, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &no}, Conclusion: "няма дефект"}); err != nil {
			t.Fatal(err)
		}
		list, err := w.desk.Papers(t.Context(), boss, r.Claim.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if p.Kind == care.Conclusion && first == "" {
				first = p.Number
			}
		}
	}
	clerk := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, ""), staffPassword)
	page := clerk.get("/staff/claims/" + r.Claim.Number + "?lang=en").want(http.StatusOK)
	if first == "" || !strings.Contains(words(page.doc), "Replaces No. "+first) {
		t.Errorf("it does not say that it replaces %q", first)
	}
}

// TestPapersByTheLink gives the customer the papers that are the customer's.
func TestPapersByTheLink(t *testing.T) {
	w := newStaffWorld(t)
	r := w.paperClaim(t)
	base := "/track/" + r.Token + "/papers/"
	b := w.browser(t)
	page := b.get("/track/" + r.Token + "?lang=bg").want(http.StatusOK)
	if !strings.Contains(page.raw, base+"intake_slip.pdf?lang=bg") || strings.Contains(page.raw, "device_label") {
		t.Fatalf("papers on the tracking page: %s", page.main())
	}
	res, body := b.file(http.MethodGet, base+"intake_slip.pdf")
	isPaper(t, res, body, r.Claim.Number+"-A")
	for _, path := range []string{base + "device_label.pdf", base + "refusal.pdf", "/track/nobody/papers/intake_slip.pdf"} {
		if res, _ := b.file(http.MethodGet, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
