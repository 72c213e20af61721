package storage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
)

// putCertificates stores certificates in one transaction.
func (f fixture) putCertificates(list ...care.Certificate) {
	f.Helper()
	f.tx(func(tx *storage.Tx) error {
		for _, c := range list {
			if err := tx.PutCertificate(f.ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func certificateRow(id string, change func(*care.Certificate)) care.Certificate {
	day := calendar.MustDate
	c := care.Certificate{ID: id, Retailer: alpha, Number: "CERT-" + id, Unit: "u-" + id, Sale: "s-" + id, State: care.CertificateSold,
		Origin: care.CertificateFromDesk, Price: &money.Amount{Minor: 299000, Currency: "RUB"}, SoldOn: day("2026-03-02"),
		From: day("2026-06-01"), LastDay: day("2027-05-31"), Until: day("2027-05-31")}
	if change != nil {
		change(&c)
	}
	return c
}

// soldThings are the units and sales that certificates are of.
func soldThings(f fixture, ids ...string) {
	f.Helper()
	for _, id := range ids {
		f.put(care.Unit{ID: "u-" + id, Retailer: alpha, Serial: "SN-" + id, Brand: "Honor"}, care.Sale{ID: "s-" + id, Retailer: alpha, Unit: "u-" + id})
	}
}

// Every field of a certificate comes back, and what must be one of a kind is.
// Rows: A5, A7, A13.
func TestCertificateRoundTrip(t *testing.T) {
	each(t, func(f fixture) {
		soldThings(f, "1", "2")
		f.put(care.Customer{ID: "c1", Retailer: alpha, Name: "Мария"})
		day := calendar.MustDate
		full := certificateRow("1", func(c *care.Certificate) {
			c.Number, c.Customer, c.State, c.Plan = "Пго-0017", "c1", care.CertificateCancelled, "small"
			c.SoldAt, c.SoldBy, c.PackVersion, c.TermsVersion = t0, "w1", "2026.1", "2025.1"
			c.Until, c.EndedOn, c.EndedAt, c.EndedBy, c.Clause, c.Reason = day("2027-06-01"), day("2026-03-09"), t0.Add(time.Hour), "w2", "cancel", "wish"
			c.Costs, c.Refund = &money.Amount{Minor: 100, Currency: "RUB"}, &money.Amount{Minor: 298900, Currency: "RUB"}
			c.Link = "hash"
		})
		bare := care.Certificate{ID: "2", Retailer: alpha, Number: "X", Unit: "u-2", Sale: "s-2", State: care.CertificateSold}
		f.putCertificates(full, bare)
		refund := owed("e1", "", "certificate_refund", care.CertificateCause("1"), 298900, 0)
		refund.Certificate, refund.CertificateNumber, refund.State = "1", "Пго-0017", care.EntryCancelled
		f.tx(func(tx *storage.Tx) error { return tx.SaveMoney(f.ctx, []care.Entry{refund}, nil) })
		f.view(func(tx *storage.Tx) error {
			got, err := tx.CertificateByNumber(f.ctx, alpha, "пго 0017")
			f.same("with a refund that was given up", got, full)
			if _, other := tx.EntryOfCertificate(f.ctx, alpha, "1"); !errors.Is(other, care.ErrNotFound) {
				f.Errorf("a refund that was given up is found: %v", other)
			}
			return err
		})
		paid := refund
		paid.ID, paid.Cause, paid.State, paid.PaidAt, paid.PaidBy, paid.Reference = "e2", "remedy", care.EntryPaid, t0.Add(2*time.Hour), "w3", "PP-1"
		f.tx(func(tx *storage.Tx) error { return tx.SaveMoney(f.ctx, []care.Entry{paid}, nil) })
		full.Entry, full.EntryState, full.PaidAt, full.PaidBy, full.Reference = "e2", care.EntryPaid, t0.Add(2*time.Hour), "w3", "PP-1"
		f.view(func(tx *storage.Tx) error {
			got, err := tx.EntryOfCertificate(f.ctx, alpha, "1")
			f.same("the refund", got, paid)
			return err
		})
		again := paid
		again.ID, again.Cause = "e3", "another"
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.SaveMoney(f.ctx, []care.Entry{again}, nil) })
		f.view(func(tx *storage.Tx) error {
			for name, read := range map[string]func() (care.Certificate, error){
				"number": func() (care.Certificate, error) { return tx.CertificateByNumber(f.ctx, alpha, "пго 0017") },
				"link":   func() (care.Certificate, error) { return tx.CertificateByLink(f.ctx, "hash") },
				"unit": func() (care.Certificate, error) {
					list, err := tx.CertificatesOfUnit(f.ctx, alpha, "u-1")
					return list[0], err
				},
			} {
				got, err := read()
				if err != nil {
					return err
				}
				f.same("by "+name, got, full)
			}
			got, err := tx.CertificateByNumber(f.ctx, alpha, "x")
			f.same("bare", got, bare)
			if _, other := tx.CertificateByNumber(f.ctx, beta, "x"); !errors.Is(other, care.ErrNotFound) {
				f.Errorf("another retailer finds it: %v", other)
			}
			return err
		})
		taken := certificateRow("3", func(c *care.Certificate) { c.Number, c.Unit, c.Sale = "пго 0017", "u-1", "s-1" })
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.PutCertificate(f.ctx, taken) })
		second := certificateRow("4", func(c *care.Certificate) { c.Unit, c.Sale = "u-2", "s-2" })
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.PutCertificate(f.ctx, second) })
	})
}

// The register is listed newest first, page by page, by every filter; the
// report counts each month.
// Rows: A5, A6.
func TestCertificateRegister(t *testing.T) {
	each(t, func(f fixture) {
		day := calendar.MustDate
		var want []string
		for n := range 5 {
			id := fmt.Sprint(n)
			soldThings(f, id)
			f.putCertificates(certificateRow(id, func(c *care.Certificate) {
				c.SoldOn = day("2026-01-30").AddDays(n) // two in January, three in February
				if n == 4 {
					c.SoldOn = calendar.Date{} // unknown: last
				}
				if n == 3 {
					c.State, c.EndedOn, c.Refund = care.CertificateRefunded, day("2026-03-05"), &money.Amount{Minor: 99000, Currency: "RUB"}
				}
			}))
		}
		refund := owed("e3", "", "certificate_refund", care.CertificateCause("3"), 99000, 0)
		refund.Certificate = "3"
		f.tx(func(tx *storage.Tx) error { return tx.SaveMoney(f.ctx, []care.Entry{refund}, nil) })
		want = []string{"3", "2", "1", "0", "4"}
		for limit := 1; limit <= 5; limit++ {
			f.view(func(tx *storage.Tx) error {
				got := all(f, limit, func(page care.Page) ([]care.CertificateItem, string, error) {
					return tx.Certificates(f.ctx, alpha, care.CertificateFilter{}, page)
				})
				f.same(fmt.Sprint("pages of ", limit), ids(got, func(i care.CertificateItem) string { return i.ID }), want)
				return nil
			})
		}
		for name, c := range map[string]struct {
			f    care.CertificateFilter
			want []string
		}{
			"state":   {care.CertificateFilter{States: []care.CertificateState{care.CertificateRefunded}}, []string{"3"}},
			"owed":    {care.CertificateFilter{Owed: true}, []string{"3"}},
			"waiting": {care.CertificateFilter{Phase: care.CertificateWaiting, On: day("2026-05-31")}, []string{"2", "1", "0", "4"}},
			"running": {care.CertificateFilter{Phase: care.CertificateInForce, On: day("2027-05-31")}, []string{"2", "1", "0", "4"}},
			"over":    {care.CertificateFilter{Phase: care.CertificateOver, On: day("2027-05-31")}, nil},
			"unknown": {care.CertificateFilter{Phase: care.CertificateUnknown, On: day("2027-05-31")}, nil},
			"sold":    {care.CertificateFilter{SoldFrom: day("2026-01-31"), SoldTo: day("2026-02-01")}, []string{"2", "1"}},
			"up to":   {care.CertificateFilter{SoldTo: day("2026-01-30")}, []string{"0"}},
			"number":  {care.CertificateFilter{Text: "cert2"}, []string{"2"}},
			"serial":  {care.CertificateFilter{Text: "sn 1"}, []string{"1"}},
		} {
			f.view(func(tx *storage.Tx) error {
				got, _, err := tx.Certificates(f.ctx, alpha, c.f, care.Page{})
				f.same(name, ids(got, func(i care.CertificateItem) string { return i.ID }), c.want)
				return err
			})
		}
		f.view(func(tx *storage.Tx) error {
			got, err := tx.CertificateMonths(f.ctx, alpha, []care.CertificateMonth{{Month: "2026-01", On: day("2026-01-31")},
				{Month: "2026-03", On: day("2026-03-31")}, {Month: "2026-06", On: day("2026-06-30")}})
			f.same("report", got, []care.CertificateMonth{
				{Month: "2026-01", On: day("2026-01-31"), Currency: "RUB", Sold: 2, SoldSum: 598000, Waiting: 3},
				{Month: "2026-03", On: day("2026-03-31"), Currency: "RUB", Refunded: 1, Refunds: 99000, Waiting: 4},
				{Month: "2026-06", On: day("2026-06-30"), Currency: "RUB", InForce: 4},
			})
			return err
		})
	})
}

// What was brought over without a term, and what is in service, is told to
// have a term that may have moved, until it is counted and the device is back.
// Rows: A7.
func TestMovingCertificates(t *testing.T) {
	each(t, func(f fixture) {
		day := calendar.MustDate
		ids4 := []string{"1", "2", "3", "4"}
		soldThings(f, ids4...)
		for _, id := range ids4 {
			f.putCertificates(certificateRow(id, func(c *care.Certificate) {
				if id == "4" { // counted, and unknown
					c.From, c.LastDay, c.Until = calendar.Date{}, calendar.Date{}, calendar.Date{}
				}
			}))
		}
		if err := f.store.Exec(f.ctx, "UPDATE certificate SET from_on = NULL, last_on = NULL, until_on = NULL WHERE certificate_id = '2'"); err != nil {
			f.Fatal(err)
		}
		stay := care.Stay{Retailer: alpha, Unit: "u-3", Index: 1, Accepted: t0, Kind: "hardware"}
		f.tx(func(tx *storage.Tx) error { return tx.AddStay(f.ctx, stay) })
		moving := func(what string, want ...string) {
			f.Helper()
			f.view(func(tx *storage.Tx) error {
				var got []string
				for after := ""; ; {
					list, err := tx.MovingCertificates(f.ctx, alpha, after, 1)
					if err != nil || len(list) == 0 {
						f.same(what, got, want)
						return err
					}
					after = list[0].ID
					got = append(got, after)
				}
			})
			f.view(func(tx *storage.Tx) error {
				list, _, err := tx.Certificates(f.ctx, alpha, care.CertificateFilter{}, care.Page{})
				var got []string
				for _, i := range list {
					if i.Moving {
						got = append([]string{i.ID}, got...)
					}
				}
				f.same(what+", listed", got, want)
				return err
			})
		}
		moving("at first", "2", "3")
		f.view(func(tx *storage.Tx) error {
			got, _, err := tx.Certificates(f.ctx, alpha, care.CertificateFilter{Phase: care.CertificateOver, On: day("2026-03-02")}, care.Page{})
			f.same("a filter by phase lets them through", ids(got, func(i care.CertificateItem) string { return i.ID }), []string{"3", "2"})
			return err
		})
		f.putCertificates(certificateRow("2", nil), certificateRow("3", func(c *care.Certificate) { c.State = care.CertificateLapsed }))
		moving("counted, and ended")
	})
}
