package care_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// TestCertificatePhase tells where a certificate stands on a day; its last
// day counts, and so do the days until the next working one.
// Rows: A7.
func TestCertificatePhase(t *testing.T) {
	day := calendar.MustDate
	c := care.Certificate{State: care.CertificateSold, From: day("2026-02-01"), LastDay: day("2027-01-31"), Until: day("2027-02-01")}
	for date, want := range map[string]care.CertificatePhase{"2026-01-31": care.CertificateWaiting, "2026-02-01": care.CertificateInForce,
		"2027-01-31": care.CertificateInForce, "2027-02-01": care.CertificateInForce, "2027-02-02": care.CertificateOver} {
		if got := c.Phase(day(date)); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
	c.From = calendar.Date{}
	if got := c.Phase(day("2026-03-01")); got != care.CertificateUnknown {
		t.Errorf("without a term: %s", got)
	}
	c.State = care.CertificateCancelled
	if got := c.Phase(day("2026-03-01")); got != "" {
		t.Errorf("cancelled: %s", got)
	}
}

// TestCertificateEnds gives back what each end owes, once.
// Rows: A13, RU-32.
func TestCertificateEnds(t *testing.T) {
	env := care.Env{Now: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), Zone: time.UTC, Actor: care.System("x")}
	on := calendar.MustDate("2026-03-10")
	rub := func(n int64) *money.Amount { return &money.Amount{Minor: n, Currency: "RUB"} }
	sold := care.Certificate{Number: "C-1", State: care.CertificateSold, Price: rub(299000)}

	given, err := sold.EndWithSale(on, "a", true, rub(299000), "x", env)
	if err != nil || given.State != care.CertificateRefunded || given.Owed() || *given.Refund != *rub(299000) {
		t.Errorf("within the warranty: %+v, %v", given, err)
	}
	if _, err := given.Cancel(on, *rub(0), "b", "x", env); care.CodeOf(err) != care.Illegal {
		t.Errorf("cancelled after a refund: %v", err)
	}
	unknown, err := sold.EndWithSale(on, "a", true, nil, "x", env)
	if err != nil || !unknown.Owed() {
		t.Errorf("a price that is not known: %+v, %v", unknown, err)
	}
	if _, err := unknown.StateRefund(*rub(0)); care.CodeOf(err) != care.Invalid {
		t.Errorf("stated as nothing: %v", err)
	}
	if stated, err := unknown.StateRefund(*rub(100)); err != nil || stated.Unpriced() || stated.Refund.Minor != 100 {
		t.Errorf("stated: %+v, %v", stated, err)
	}
	if _, err := given.StateRefund(*rub(100)); care.CodeOf(err) != care.Illegal {
		t.Errorf("stated where it is known: %v", err)
	}
	kept, err := sold.EndWithSale(on, "a", false, nil, "x", env)
	if err != nil || kept.State != care.CertificateLapsed || kept.Owed() {
		t.Errorf("later: %+v, %v", kept, err)
	}
	if _, err := kept.EndWithSale(on, "a", true, nil, "x", env); care.CodeOf(err) != care.Illegal {
		t.Errorf("ended twice: %v", err)
	}
	all, err := kept.Cancel(on, *rub(299000), "b", "x", env)
	if err != nil || all.Refund.Minor != 0 || all.Owed() {
		t.Errorf("the whole price was spent: %+v, %v", all, err)
	}
	if sold.State != care.CertificateSold || sold.Refund != nil {
		t.Errorf("the certificate itself was changed: %+v", sold)
	}
}
