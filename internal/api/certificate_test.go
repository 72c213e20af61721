package api

import (
	"bytes"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// TestCertificate sells, shows, lists, cancels and pays back a certificate by
// the API, and tells the offer at the public check.
// Walks: A5, A7, A13, RU-32.
func TestCertificate(t *testing.T) {
	w := newWorld(t, wide)
	clerk, boss := w.key("ru-omsk", care.Clerk), w.key("ru-omsk", care.Manager)
	for _, serial := range []string{"CRT-1", "CRT-2"} {
		w.omskUnit(clerk, serial, "2026-01-20", "")
	}
	if o := w.want(200, call{method: "GET", path: "/retailers/ru-omsk/warranty?serial=CRT-1"}); o.str("certificate_offer.price.amount") != "2990.00" || o.str("certificate_offer.from") != "2027-01-21" {
		t.Fatalf("offer %s", o.raw)
	}
	if q := w.want(200, call{method: "GET", path: "/units/CRT-1/certificate-quote", key: clerk, lang: "en"}); q.str("plan") != "small-from-15000" || !strings.Contains(q.str("ask"), "23-05-01") {
		t.Fatalf("quote %s", q.raw)
	}
	w.want(409, call{method: "POST", path: "/units/CRT-1/certificate", key: clerk, body: `{"price": {"amount": "1.00", "currency": "RUB"}}`, header: map[string]string{keyHeader: "c0"}})
	sold := w.want(201, call{method: "POST", path: "/units/CRT-1/certificate", key: clerk, body: examples["sell-certificate"], header: map[string]string{keyHeader: "c1"}})
	number := sold.str("certificate.number")
	if sold.str("certificate.phase") != "waiting" || sold.str("certificate.last_day") != "2028-01-20" || !strings.HasSuffix(sold.str("link.path"), sold.str("link.token")) {
		t.Fatalf("sold %s", sold.raw)
	}
	if again := w.want(201, call{method: "POST", path: "/units/CRT-1/certificate", key: clerk, body: examples["sell-certificate"], header: map[string]string{keyHeader: "c1"}}); again.str("certificate.number") != number {
		t.Errorf("the repeated write gives %s", again.raw)
	}
	w.want(409, call{method: "GET", path: "/units/CRT-1/certificate-quote", key: clerk})
	if one := w.want(200, call{method: "GET", path: strings.TrimPrefix(sold.header.Get("Location"), Base), key: clerk}); one.str("certificate.number") != number || len(one.at("covers").([]any)) != 2 || one.str("law") == "" {
		t.Errorf("shown %s", one.raw)
	}
	if list := w.want(200, call{method: "GET", path: "/certificates?state=sold&phase=waiting&sold_from=2026-01-01&q=crt-1", key: clerk}); len(list.at("items").([]any)) != 1 {
		t.Errorf("listed %s", list.raw)
	}
	for _, c := range []call{{method: "GET", path: "/certificates/" + number + "/paper?lang=ru", key: clerk}, {method: "GET", path: "/certificate-links/" + sold.str("link.token") + "/paper", lang: "en"}} {
		if p := w.want(200, c); !bytes.HasPrefix(p.raw, []byte("%PDF-")) || p.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %v", c.path, p.header)
		}
	}
	w.want(404, call{method: "GET", path: "/certificate-links/none/paper"})
	w.want(404, call{method: "GET", path: "/certificates/" + number + "/paper", key: w.key("bg-omni", care.Clerk)})
	if link := w.want(201, call{method: "POST", path: "/certificates/" + number + "/links", key: clerk, header: map[string]string{keyHeader: "c2"}}); link.str("token") == sold.str("link.token") {
		t.Errorf("the link stays %s", link.raw)
	}
	w.want(422, call{method: "POST", path: "/certificates/" + number + "/cancel", key: boss, body: `{"costs": {"amount": "9999.00", "currency": "RUB"}, "reason": "wish"}`, header: map[string]string{keyHeader: "c3"}})
	if c := w.want(200, call{method: "POST", path: "/certificates/" + number + "/cancel", key: boss, body: examples["cancel-certificate"], header: map[string]string{keyHeader: "c4"}}); c.str("refund.amount") != "2800.00" || c.at("owed") != true {
		t.Errorf("cancelled %s", c.raw)
	}
	w.want(409, call{method: "POST", path: "/certificates/" + number + "/refund", key: boss, body: examples["state-certificate-refund"], header: map[string]string{keyHeader: "c5"}})
	entry := w.want(200, call{method: "GET", path: "/certificates/" + number, key: clerk}).str("certificate.entry")
	w.want(200, call{method: "POST", path: "/money/" + entry + "/approve", key: boss, header: map[string]string{keyHeader: "c8"}})
	w.want(200, call{method: "POST", path: "/money/" + entry + "/pay", key: boss, body: `{"reference": "PP-77"}`, header: map[string]string{keyHeader: "c9"}})
	if c := w.want(200, call{method: "GET", path: "/certificates/" + number, key: clerk}); c.str("certificate.reference") != "PP-77" || c.at("certificate.owed") != false || c.str("certificate.refund_state") != "paid" {
		t.Errorf("paid %s", c.raw)
	}
	w.want(201, call{method: "POST", path: "/units/CRT-2/certificate", key: clerk, body: `{}`, header: map[string]string{keyHeader: "c6"}})
	if u := w.want(200, call{method: "POST", path: "/units/CRT-2/rescission", key: boss, body: `{"reason": "returned"}`, header: map[string]string{keyHeader: "c7"}}); u.str("sale.rescinded") == "" {
		t.Errorf("rescinded %s", u.raw)
	}
	with := w.want(201, call{method: "POST", path: "/sales", key: clerk, header: map[string]string{keyHeader: "c10"}, body: `{"category": "phone", "brand": "Honor", "serial": "CRT-3",
		"date": "` + w.clock.now().Format("2006-01-02") + `", "price": {"amount": "9000.00", "currency": "RUB"}, "warranty": {"months": 12, "issuer": "manufacturer"},
		"sell_certificate": {"price": {"amount": "1490.00", "currency": "RUB"}}}`})
	if with.str("sold_certificate.certificate.number") == "" || with.str("sale.certificate.number") != with.str("sold_certificate.certificate.number") || with.str("sold_certificate.link.token") == "" {
		t.Errorf("sold together %s", with.raw)
	}
	report := w.want(200, call{method: "GET", path: "/reports/certificates", key: boss})
	months := report.at("items").([]any)
	if last := months[len(months)-1].(map[string]any); last["sold"] != 3.0 || last["refunded"] != 2.0 || last["net"].(map[string]any)["amount"] != "1680.00" {
		t.Errorf("report %s", report.raw)
	}
}
