package web

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

// phoneSold is a phone of ru-omsk sold on a day, with its price.
func (w *staffWorld) phoneSold(t *testing.T, serial, date string) string {
	t.Helper()
	months, card, price := 12, true, money.Amount{Minor: 2_000_000, Currency: "RUB"}
	rec, err := w.desk.RegisterSale(t.Context(), care.System("ru-omsk"), desk.SaleRow{Category: "phone", Brand: "Honor", Model: "200", Serial: serial,
		Date: calendar.MustDate(date), Delivered: calendar.MustDate(date), WarrantyMonths: &months, WarrantyIssuer: "manufacturer", CardInKit: &card, Price: &price})
	if err != nil {
		t.Fatal(err)
	}
	return rec.Unit.ID
}

// says wants texts on the page.
func (p *screen) says(texts ...string) *screen {
	p.b.t.Helper()
	for _, s := range texts {
		if !strings.Contains(p.main(), s) {
			p.b.t.Errorf("%s does not say %q: %s", p.path, s, p.main())
		}
	}
	return p
}

// TestStaffCertificate sells a certificate from the device's page, prints its
// paper, lets the customer read it by the link, cancels it by law, pays the
// money back and finds it in the report.
// Walks: A5, A7, A8, A10, A11, A12, A14, A15, RU-32.
func TestStaffCertificate(t *testing.T) {
	w := newStaffWorld(t)
	unit := w.phoneSold(t, "CERT-TEST-1", "2026-05-12")
	clerk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)

	offer := clerk.get("/staff/units/"+unit).says("Sell for ₽2,990.00", "12 May 2027")
	if offer.form("/staff/units/"+unit+"/rescind") != nil {
		t.Error("a clerk may rescind a sale")
	}
	page := clerk.get("/staff/units/"+unit+"/certificate").says("13 May 2027", "12 May 2028", "Phone, tablet, accessory, other product from ₽15,000.00").
		submit("/staff/units/"+unit+"/certificate", fill{"name": {"Иван Пробный"}, "phone": {"+7 900 000-09-09"}}).want(http.StatusOK)
	page.says("CERT-2026-000001", "The certificate is sold", "Sold: not begun", "Иван Пробный", "Phone, tablet, accessory, other product from ₽15,000.00")
	link := ""
	for _, h := range page.links() {
		if _, path, ok := strings.Cut(h, "/certificate/"); ok && !strings.HasPrefix(h, "/staff") {
			link = "/certificate/" + path
		}
	}
	if link == "" {
		t.Fatalf("no link for the customer: %v", page.links())
	}
	clerk.get("/staff/units/" + unit + "/certificate").want(http.StatusUnprocessableEntity).says("has a certificate already: CERT-2026-000001")
	clerk.get("/staff/units/" + unit).says("CERT-2026-000001")
	clerk.get("/staff/certificates?q=cert-test-1&phase=waiting").says("CERT-2026-000001", "Honor 200")
	clerk.get("/staff/certificates?phase=over").says("No certificate fits")
	clerk.get("/staff/certificates?sold_from=yesterday").says("yesterday")
	clerk.get("/staff/certificates/CERT-2026-000001/paper?lang=ru").says("Сертификат на послегарантийное обслуживание", "Что не обслуживается", "Что принести")
	clerk.get("/staff/certificates/report").want(http.StatusForbidden)
	clerk.get("/staff/certificates/none?lang=en").want(http.StatusNotFound)
	file, err := clerk.http.Get(w.http.URL + "/staff/certificates.csv?q=CERT")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	body, err := io.ReadAll(file.Body)
	if err != nil || !strings.Contains(string(body), "CERT-2026-000001,sold,waiting,desk,small-from-15000,phone,Honor,200,CERT-TEST-1") {
		t.Errorf("CSV: %s, %v", body, err)
	}

	customer := w.browser(t)
	customer.get(link+"?lang=en").want(http.StatusOK).says("Post-warranty certificate", "CERT-TEST-1", "13 May 2027 – 12 May 2028", "batteries", "all three papers", "cancel it at any time", "23-05-01")
	customer.get("/certificate/nonsense").want(http.StatusNotFound)

	boss := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	number := "/staff/certificates/CERT-2026-000001"
	boss.get(number).submit(number+"/cancel", fill{"costs": {"3000"}, "reason": {"wish"}}).want(http.StatusUnprocessableEntity).says("The actual costs are between")
	boss.get(number).submit(number+"/cancel", fill{"costs": {"190,00"}, "reason": {"the customer's wish"}}).says("The certificate is cancelled", "₽2,800.00", "Not paid yet")
	boss.get("/staff/certificates?owed=1").says("CERT-2026-000001")
	entry := moneyForms(boss.get(number), "/approve")
	if len(entry) != 1 {
		t.Fatalf("%d refunds to approve on the certificate's page", len(entry))
	}
	if len(moneyForms(clerk.get(number), "/approve")) != 0 {
		t.Error("a clerk may approve")
	}
	one := strings.TrimSuffix(entry[0], "/approve")
	boss.get(number).submit(entry[0], nil).says("Approved", "CERT-2026-000001")
	boss.get(number).submit(one+"/withdraw", fill{"reason": {"another account"}}).says("The approval is taken back")
	boss.get(number).submit(entry[0], nil)
	boss.get("/staff/money?state=approved&lang=en").says("CERT-2026-000001", "Refund of a certificate")
	boss.get(number).submit(one+"/pay", fill{"reference": {"PP-77"}}).says("PP-77", "paid")
	boss.get("/staff/certificates/report").says("November 2026", "₽190.00")
	customer.get(link + "?lang=en").says("no longer in force: cancelled by the customer")
	clerk.get(number).submit(number+"/link", nil).says("The customer opens the certificate by this link")
	customer.get(link).want(http.StatusNotFound)
}

// TestStaffSellsBoth records a sale with a certificate in one form, and asks
// for the refund's sum where the price of a certificate was not recorded.
// Walks: A5, A13.
func TestStaffSellsBoth(t *testing.T) {
	w := newStaffWorld(t)
	clerk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	sale := fill{"category": {"phone"}, "brand": {"Honor"}, "model": {"200"}, "serial": {"BOTH-1"}, "date": {"2026-11-20"}, "price": {"20000"}, "currency": {"RUB"},
		"warranty_months": {"12"}, "warranty_issuer": {"manufacturer"}, "sell_certificate": {"1"}}
	clerk.get("/staff/units/new?lang=en").submit("/staff/units", sale).says("CERT-2026-000001", "The certificate is sold", "BOTH-1", "₽2,990.00")
	sale["serial"], sale["category"] = []string{"BOTH-2"}, []string{"hard_disk"}
	clerk.get("/staff/units/new?lang=en").submit("/staff/units", sale).want(http.StatusUnprocessableEntity)
	if p := clerk.get("/staff/intake?identity=BOTH-2&lang=en"); strings.Contains(p.main(), "Honor") {
		t.Errorf("the sale is recorded without its certificate: %s", p.main())
	}
	omni := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, ""), staffPassword)
	if strings.Contains(omni.get("/staff/units/new?lang=en").main(), "Sell a certificate") {
		t.Error("a shop without plans offers certificates")
	}

	months := 12
	rec, err := w.desk.RegisterSale(t.Context(), care.System("ru-omsk"), desk.SaleRow{Category: "phone", Brand: "Honor", Serial: "BOTH-3", WarrantyMonths: &months,
		WarrantyIssuer: "manufacturer", Date: calendar.MustDate("2026-05-12"), Certificate: "PGO-3", CertificateSold: calendar.MustDate("2026-05-12")})
	if err != nil {
		t.Fatal(err)
	}
	boss := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	boss.get("/staff/units/"+rec.Unit.ID).submit("/staff/units/"+rec.Unit.ID+"/rescind", fill{"on": {"2026-11-18"}, "reason": {"defect"}})
	const page = "/staff/certificates/PGO-3"
	boss.get(page).says("Not paid yet", "Enter the refund").submit(page+"/refund", fill{"amount": {"0"}}).want(http.StatusUnprocessableEntity)
	boss.get(page).submit(page+"/refund", fill{"amount": {"1490"}}).says("The refund is in the ledger", "₽1,490.00")
}

// TestStaffRescission records that a sale ended: the certificate's price is
// due back, and nothing stays in force.
// Walks: A13.
func TestStaffRescission(t *testing.T) {
	w := newStaffWorld(t)
	unit := w.phoneSold(t, "CERT-TEST-2", "2026-05-12")
	if _, err := w.desk.SellCertificate(t.Context(), care.System("ru-omsk"), desk.CertificateSale{Unit: unit}); err != nil {
		t.Fatal(err)
	}
	boss := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	boss.get("/staff/units/"+unit).submit("/staff/units/"+unit+"/rescind", fill{"on": {"2026-11-18"}, "reason": {"defect"}}).
		says("The rescission is recorded", "ended on 18 November 2026")
	boss.get("/staff/certificates/CERT-2026-000001").says("Refunded", "₽2,990.00", "so we refund the price of the certificate", "Not paid yet")
	boss.get("/staff/units/" + unit + "/certificate").want(http.StatusUnprocessableEntity).says("The contract of sale ended")
	check := w.browser(t).get("/r/ru-omsk/check?lang=en&id=CERT-TEST-2").says("The contract of sale ended on 18 November 2026")
	if strings.Contains(check.main(), "2027") || strings.Contains(check.main(), "Ask for service") {
		t.Errorf("terms of a sale that was undone: %s", check.main())
	}
}

// TestPortalOffersCertificate shows what can be bought for a device, and whom
// to ask; where one was sold, its term instead.
// Walks: A5, A7.
func TestPortalOffersCertificate(t *testing.T) {
	w := newStaffWorld(t)
	unit := w.phoneSold(t, "CERT-TEST-3", "2026-05-12")
	b := w.browser(t)
	const offer = "Extend the maker's warranty"
	b.get("/r/ru-omsk/check?lang=en&id=CERT-TEST-3").says(offer, "₽2,990.00", "13 May 2027", "12 May 2027", "8 (3812) 23-05-01")
	if _, err := w.desk.SellCertificate(t.Context(), care.System("ru-omsk"), desk.CertificateSale{Unit: unit}); err != nil {
		t.Fatal(err)
	}
	if p := b.get("/r/ru-omsk/check?lang=en&id=CERT-TEST-3").says("Post-warranty certificate", "Last day: 12 May 2028"); strings.Contains(p.main(), offer) || strings.Contains(p.main(), "CERT-2026") {
		t.Errorf("the offer stays, or the number is told: %s", p.main())
	}
}
