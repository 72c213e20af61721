package desk_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

const omsk = "ru-omsk"

// phone registers a phone of ru-omsk with a year of the maker's warranty.
func (s *shop) phone(sold, price string, change func(*desk.SaleRow)) care.UnitRecord {
	s.t.Helper()
	months := 12
	return s.sell(of(omsk, care.Clerk), func(r *desk.SaleRow) {
		r.Category, r.Brand, r.Model, r.WarrantyMonths = "phone", "Honor", "200", &months
		r.Date, r.Delivered, r.IMEIOnReceipt = day(sold), day(sold), yes()
		r.Price = nil
		if price != "" {
			p := amount(price, "RUB")
			r.Price = &p
		}
		if change != nil {
			change(r)
		}
	})
}

// at sets the clock to a day's noon in Omsk.
func (s *shop) at(date string) {
	zone, err := time.LoadLocation("Asia/Omsk")
	if err != nil {
		s.t.Fatal(err)
	}
	s.now = day(date).Start(zone).Add(12 * time.Hour).UTC()
}

func (s *shop) certify(unit string) care.Certificate {
	s.t.Helper()
	sold, err := s.SellCertificate(s.t.Context(), of(omsk, care.Clerk), desk.CertificateSale{Unit: unit})
	if err != nil {
		s.t.Fatal(err)
	}
	return sold.Certificate
}

func (s *shop) certificate(number string) desk.CertificateView {
	s.t.Helper()
	v, err := s.Certificate(s.t.Context(), of(omsk, care.Clerk), number, "en")
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// span is a term as text.
func span(from, last calendar.Date) string { return from.String() + ".." + last.String() }

// TestQuoteCertificate offers the plan of the category and the price band, and
// refuses with the reason why none can be sold.
// Walks: A5.
func TestQuoteCertificate(t *testing.T) {
	on(t, func(s *shop) {
		s.at("2026-03-10")
		clerk := of(omsk, care.Clerk)
		months := func(n int) func(*desk.SaleRow) { return func(r *desk.SaleRow) { r.WarrantyMonths = &n } }
		cases := map[string]struct {
			sold, price string
			change      func(*desk.SaleRow)
			want        string // plan and price, or the refusal
		}{
			"a cheap phone":             {"2025-11-10", "14999.99", nil, "small-up-to-15000 1490.00"},
			"on the edge of the band":   {"2025-11-10", "15000.00", nil, "small-from-15000 2990.00"},
			"a dear laptop":             {"2025-11-10", "80000.00", func(r *desk.SaleRow) { r.Category = "laptop" }, "computer-from-50000 5990.00"},
			"on the last warranty day":  {"2025-03-10", "9000.00", nil, "small-up-to-15000 1490.00"},
			"on the day of the sale":    {"2026-03-10", "9000.00", nil, "small-up-to-15000 1490.00"},
			"the warranty is over":      {"2025-03-09", "9000.00", nil, "illegal error.certificate_warranty_over"},
			"the warranty is not known": {"2025-11-10", "9000.00", func(r *desk.SaleRow) { r.WarrantyMonths = nil }, "blocked error.certificate_warranty_unknown"},
			"no warranty was given":     {"2025-11-10", "9000.00", months(0), "blocked error.certificate_warranty_unknown"},
			"the price is not known":    {"2025-11-10", "", nil, "blocked error.certificate_price_unknown"},
			"no plan for the goods":     {"2025-11-10", "9000.00", func(r *desk.SaleRow) { r.Category = "hard_disk" }, "blocked error.certificate_no_plan"},
			"it has one":                {"2025-11-10", "9000.00", func(r *desk.SaleRow) { r.Certificate = "ПГО-1" }, "conflict error.certificate_exists"},
		}
		for name, c := range cases {
			u := s.phone(c.sold, c.price, c.change).Unit
			q, err := s.QuoteCertificate(s.t.Context(), clerk, u.Serial, "en")
			if err != nil {
				s.fails(name, c.want, err)
				continue
			}
			if got := q.Plan + " " + q.Price.String(); got != c.want || !q.Sample || !strings.Contains(q.Ask(), "23-05-01") {
				s.t.Errorf("%s: %s, sample %v, ask %q", name, got, q.Sample, q.Ask())
			}
		}
		u := s.sell(as(care.Clerk), nil).Unit
		_, err := s.QuoteCertificate(s.t.Context(), as(care.Clerk), u.Serial, "en")
		s.fails("a retailer without plans", "blocked error.certificate_not_sold", err)
		gone := s.phone("2025-11-10", "9000.00", nil).Unit
		if _, err := s.RescindSale(s.t.Context(), of(omsk, care.Manager), desk.Rescission{Unit: gone.ID, Reason: "returned"}); err != nil {
			s.t.Fatal(err)
		}
		_, err = s.QuoteCertificate(s.t.Context(), clerk, gone.ID, "en")
		s.fails("the sale ended", "illegal error.certificate_sale_ended", err)
		_, err = s.QuoteCertificate(s.t.Context(), of(omsk, care.Technician), gone.ID, "en")
		s.fails("a technician", "forbidden error.forbidden", err)
	})
}

// TestCertificateDates chains the certificate's year to the maker's warranty
// and moves it with every repair (D22, D24 of the dates).
// Walks: A5, A7.
func TestCertificateDates(t *testing.T) {
	on(t, func(s *shop) {
		s.at("2025-06-02")
		u := s.phone("2025-01-31", "20000.00", nil).Unit
		c := s.certify(u.ID)
		if c.Number != "CERT-2025-000001" || span(c.From, c.LastDay) != "2026-02-01..2027-01-31" || c.Phase(day("2025-06-02")) != care.CertificateWaiting {
			s.t.Fatalf("sold as %+v", c)
		}
		sale := s.phoneSale(u.ID)
		if sale.Certificate != c.Number || sale.CertificateSold != day("2025-06-02") || *sale.CertificatePrice != amount("2990.00", "RUB") {
			s.t.Errorf("the sale says %+v", sale)
		}
		// Twenty days in service, both ends counted: the first and the twentieth.
		who := visitor
		who.Retailer = omsk
		in := ask(u.Serial)
		in.Lang, in.Documents = "ru", []string{"receipt"}
		s.at("2025-09-01")
		r := s.submit(who, in)
		boss := of(omsk, care.Manager)
		s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service", Documents: []string{"receipt"}}, hardware("port"), care.StartRepair{})
		s.at("2025-09-20")
		s.do(boss, r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "port"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		v := s.certificate(c.Number)
		if v.Warranty.LastDay != day("2026-02-20") || span(v.Term.From, v.Term.LastDay) != "2026-02-21..2027-02-20" || v.Warranty.ProlongedDays != 20 {
			s.t.Errorf("after the repair: warranty to %s, certificate %s", v.Warranty.LastDay, span(v.Term.From, v.Term.LastDay))
		}
		row := view(s, func(tx *storage.Tx) (care.Certificate, error) {
			return tx.CertificateByNumber(s.t.Context(), omsk, c.Number)
		})
		if span(row.From, row.LastDay) != "2026-02-21..2027-02-20" {
			s.t.Errorf("the register says %s", span(row.From, row.LastDay))
		}
		check, err := s.CheckWarranty(s.t.Context(), omsk, u.Serial, "en")
		if err != nil || cover(s.t, check.Covers, policy.Certificate).From != day("2026-02-21") || check.Offer != nil {
			s.t.Errorf("the check shows %+v, offer %+v: %v", check.Covers, check.Offer, err)
		}
	})
}

func (s *shop) phoneSale(unit string) care.Sale {
	s.t.Helper()
	return view(s, func(tx *storage.Tx) (care.Sale, error) { return tx.SaleOfUnit(s.t.Context(), omsk, unit) })
}

// TestSellCertificate sells one, once, at the price that was told, and lets
// the customer open its paper by the link.
// Walks: A5, A6, A14, A15.
func TestSellCertificate(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of(omsk, care.Clerk)
		s.at("2026-03-10")
		u := s.phone("2025-11-10", "20000.00", nil).Unit
		wrong, right := amount("1490.00", "RUB"), amount("2990.00", "RUB")
		_, err := s.SellCertificate(ctx, clerk, desk.CertificateSale{Unit: u.Serial, Price: &wrong})
		s.fails("another price", "conflict error.certificate_price_changed", err)
		before, err := s.CheckWarranty(ctx, omsk, u.Serial, "ru")
		if err != nil || before.Offer == nil || before.Offer.Price != right || before.Offer.BuyBy != day("2026-11-10") || !strings.Contains(before.Offer.Ask, "23-05-01") {
			s.t.Fatalf("offer %+v: %v", before.Offer, err)
		}
		buyer := contact()
		sold, err := s.SellCertificate(ctx, clerk, desk.CertificateSale{Unit: u.Serial, Price: &right, Customer: buyer, Lang: "bg"})
		if err != nil {
			s.t.Fatal(err)
		}
		_, err = s.SellCertificate(ctx, clerk, desk.CertificateSale{Unit: u.Serial})
		s.fails("a second one", "conflict error.certificate_exists", err)
		if a := s.auditOf(omsk, "certificate.sell"); a.Details["number"] != sold.Number || a.Details["price"] != "2990.00 RUB" {
			s.t.Errorf("audit %+v", a)
		}
		paper, err := s.LinkedCertificate(ctx, sold.Token, "")
		if err != nil {
			s.t.Fatal(err)
		}
		if paper.Lang != "bg" || paper.Months != 12 || paper.Record.Customer == nil || paper.Record.Customer.Name != buyer.Name || paper.TermsVersion == "" {
			s.t.Errorf("paper in %s for %d months, %+v", paper.Lang, paper.Months, paper.Record.Customer)
		}
		parts := map[string]int{}
		for _, p := range paper.Parts {
			parts[p.Key] = len(p.Texts)
		}
		for key, least := range map[string]int{"term": 1, "covers": 5, "deadlines": 1, "refused": 10, "not_covered": 10, "proof": 1, "ended_sale": 2, "rights": 2, "where": 3} {
			if parts[key] < least {
				s.t.Errorf("%d texts of %s, want at least %d", parts[key], key, least)
			}
		}
		token, err := s.IssueCertificateLink(ctx, clerk, strings.ToLower(sold.Number))
		if err != nil {
			s.t.Fatal(err)
		}
		_, err = s.LinkedCertificate(ctx, sold.Token, "")
		s.fails("the earlier link", "not_found error.no_certificate_link", err)
		if p, err := s.LinkedCertificate(ctx, token, "en"); err != nil || p.Number != sold.Number || p.Lang != "en" {
			s.t.Errorf("the new link: %v", err)
		}
		_, err = s.Certificate(ctx, as(care.Manager), sold.Number, "en")
		s.fails("another retailer", "not_found error.no_certificate", err)
	})
}

// TestCertificateWithTheProduct sells a certificate with the product: both are
// recorded, or neither.
// Walks: A5.
func TestCertificateWithTheProduct(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of(omsk, care.Clerk)
		s.at("2026-03-10")
		months, price := 12, amount("20000.00", "RUB")
		row := func(serial string) desk.SaleRow {
			return desk.SaleRow{Category: "phone", Brand: "Honor", Model: "200", Serial: serial, Date: day("2026-03-10"), Price: &price, WarrantyMonths: &months,
				WarrantyIssuer: "manufacturer", Customer: contact()}
		}
		told, wrong := amount("2990.00", "RUB"), amount("1490.00", "RUB")
		rec, err := s.RegisterSaleWith(ctx, clerk, row("WITH-1"), &desk.CertificateSale{Price: &told})
		if err != nil {
			s.t.Fatal(err)
		}
		c := rec.Certificate
		if c == nil || c.Token == "" || rec.Sale.Certificate != c.Number || span(c.From, c.LastDay) != "2027-03-11..2028-03-10" || c.Customer == "" || c.Customer != rec.Sale.Customer {
			s.t.Errorf("sold %+v with %+v", c, rec.Sale)
		}
		if paper, err := s.LinkedCertificate(ctx, c.Token, "ru"); err != nil || paper.Number != c.Number {
			s.t.Errorf("the paper: %v", err)
		}
		papers := row("WITH-2")
		papers.Certificate, papers.CertificateSold = "ПГО-5", day("2026-03-10")
		for name, x := range map[string]struct {
			who  care.Actor
			row  desk.SaleRow
			with desk.CertificateSale
			want string
		}{
			"another price":             {clerk, row("WITH-3"), desk.CertificateSale{Price: &wrong}, "conflict error.certificate_price_changed"},
			"a paper of another series": {clerk, papers, desk.CertificateSale{}, "conflict error.certificate_exists"},
			"may not":                   {of(omsk, care.Technician), row("WITH-4"), desk.CertificateSale{}, "forbidden error.forbidden"},
		} {
			_, err := s.RegisterSaleWith(ctx, x.who, x.row, &x.with)
			s.fails(name, x.want, err)
			_, err = s.QuoteCertificate(ctx, clerk, x.row.Serial, "ru")
			s.fails(name+": nothing is recorded", "not_found error.no_unit", err)
		}
		if rec, err := s.RegisterSaleWith(ctx, clerk, row("WITH-5"), nil); err != nil || rec.Certificate != nil || rec.Sale.Certificate != "" {
			s.t.Errorf("without one: %+v, %v", rec.Sale, err)
		}
	})
}

// TestRegisterShowsWhatHoldsNow counts the term of a certificate whose device
// is in service as the register is read: in the list, by phase and in the
// file; what is written follows.
// Walks: A7.
func TestRegisterShowsWhatHoldsNow(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		s.at("2025-06-02")
		u := s.phone("2025-01-31", "20000.00", nil).Unit
		c := s.certify(u.ID)
		s.phone("2025-02-10", "20000.00", func(r *desk.SaleRow) {
			r.Certificate, r.CertificateSold = "ПГО-9", day("2025-02-10")
		})
		s.phone("2025-02-10", "20000.00", func(r *desk.SaleRow) {
			r.WarrantyMonths, r.Certificate, r.CertificateSold = nil, "ПГО-10", day("2025-02-10")
		})
		written := func(number string) string {
			row := view(s, func(tx *storage.Tx) (care.Certificate, error) { return tx.CertificateByNumber(ctx, omsk, number) })
			return span(row.From, row.LastDay)
		}
		shows := func(what string, phase care.CertificatePhase, want ...string) {
			s.t.Helper()
			list, _, err := s.Certificates(ctx, boss, care.CertificateFilter{Phase: phase}, care.Page{})
			var got []string
			for _, i := range list {
				got = append(got, i.Number+" "+span(i.From, i.LastDay))
			}
			slices.Sort(got)
			if err != nil || !slices.Equal(got, want) {
				s.t.Errorf("%s: %q, want %q: %v", what, got, want, err)
			}
		}
		shows("of no known warranty", care.CertificateUnknown, "ПГО-10 ..")
		moved := func(want int) {
			s.t.Helper()
			if n, err := s.RefreshCertificates(ctx); err != nil || n != want {
				s.t.Errorf("%d were counted anew, want %d: %v", n, want, err)
			}
		}
		moved(0)

		// In service, every day moves it.
		who := visitor
		who.Retailer = omsk
		in := ask(u.Serial)
		in.Lang, in.Documents = "ru", []string{"receipt"}
		s.at("2025-09-01")
		r := s.submit(who, in)
		s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service", Documents: []string{"receipt"}}, hardware("port"), care.StartRepair{})
		s.at("2025-09-10")
		now := c.Number + " 2026-02-11..2027-02-10"
		shows("ten days in service", care.CertificateWaiting, now, "ПГО-9 2026-02-11..2027-02-10")
		s.at("2026-02-05")
		shows("its year would have begun", care.CertificateInForce)
		moved(1)
		if got := written(c.Number); got != "2026-07-09..2027-07-08" {
			s.t.Errorf("written in service: %s", got)
		}
		var file strings.Builder
		if err := s.WriteCertificates(ctx, boss, care.CertificateFilter{Phase: care.CertificateWaiting}, &file); err != nil || !strings.Contains(file.String(), "2026-07-09,2027-07-08") {
			s.t.Errorf("the file: %v\n%s", err, file.String())
		}
	})
}

// auditOf is the newest entry of an action.
func (s *shop) auditOf(retailer, action string) care.Audit {
	s.t.Helper()
	list := s.audits(retailer)
	i := slices.IndexFunc(list, func(a care.Audit) bool { return a.Action == action })
	if i < 0 {
		s.t.Fatalf("no entry of %s", action)
	}
	return list[i]
}

// TestCertificateOfRescindedSale gives the certificate's price back in full
// when the contract of sale ends within the maker's warranty, and keeps it
// later, where the law still lets the customer cancel for the actual costs.
// Walks: A13, RU-32.
func TestCertificateOfRescindedSale(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		s.at("2025-06-02")
		in, late := s.phone("2025-03-10", "20000.00", nil).Unit, s.phone("2025-03-10", "20000.00", nil).Unit
		first, second := s.certify(in.ID), s.certify(late.ID)

		s.at("2026-03-10") // the last day of the warranty
		if _, err := s.RescindSale(ctx, boss, desk.Rescission{Unit: in.Serial, Reason: "defect"}); err != nil {
			s.t.Fatal(err)
		}
		v := s.certificate(first.Number)
		if v.State != care.CertificateRefunded || *v.Refund != amount("2990.00", "RUB") || v.Clause != "certificate-refund" || v.EndedBy == "" || !v.Owed() {
			s.t.Errorf("within the warranty: %s, %v, %s", v.State, v.Refund, v.Clause)
		}
		_, err := s.RescindSale(ctx, boss, desk.Rescission{Unit: in.Serial, Reason: "again"})
		s.fails("a second rescission", "conflict error.certificate_sale_ended", err)
		_, err = s.StateRefund(ctx, boss, first.Number, amount("2000.00", "RUB"))
		s.fails("another sum", "illegal error.certificate_nothing_owed", err)
		_, err = s.PayEntry(ctx, boss, v.Entry, "PP-1")
		s.fails("paid without consent", "blocked error.entry_state", err)
		s.payBack(first.Number, "PP-1", "certificate_refund retailer>customer 2990.00 RUB paid CERT-2025-000001")
		_, err = s.PayEntry(ctx, boss, v.Entry, "PP-2")
		s.fails("twice", "blocked error.entry_state", err)

		s.at("2026-03-11")
		if _, err := s.RescindSale(ctx, boss, desk.Rescission{Unit: late.Serial, Reason: "essential defect"}); err != nil {
			s.t.Fatal(err)
		}
		v = s.certificate(second.Number)
		if v.State != care.CertificateLapsed || v.Refund != nil || v.Clause != "certificate-no-refund" || v.Owed() || !strings.Contains(v.Law, "cancel") {
			s.t.Errorf("later: %s, %v, %s, %q", v.State, v.Refund, v.Clause, v.Law)
		}
		costs := amount("490.00", "RUB")
		c, err := s.CancelCertificate(ctx, boss, second.Number, desk.Cancellation{Costs: costs, Reason: "on article 32"})
		if err != nil || c.State != care.CertificateCancelled || *c.Refund != amount("2500.00", "RUB") {
			s.t.Errorf("by law: %+v: %v", c, err)
		}
		s.payBack(second.Number, "PP-3", "certificate_refund retailer>customer 2500.00 RUB paid CERT-2025-000002")
	})
}

// payBack approves and pays the refund of a certificate in the ledger, and
// tells what the register, the ledger and the day's export say of it then.
func (s *shop) payBack(number, reference, want string) {
	s.t.Helper()
	ctx, boss := s.t.Context(), of(omsk, care.Manager)
	v := s.certificate(number)
	if !v.Owed() || v.EntryState != care.EntryDue {
		s.t.Fatalf("%s before it is paid: %s, owed %v", number, v.EntryState, v.Owed())
	}
	_, err := s.ApproveEntry(ctx, of(omsk, care.Clerk), v.Entry)
	s.fails("a clerk approves", "forbidden error.forbidden", err)
	if _, err := s.ApproveEntry(ctx, boss, v.Entry); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.PayEntry(ctx, boss, v.Entry, reference); err != nil {
		s.t.Fatal(err)
	}
	if v = s.certificate(number); v.Owed() || v.Reference != reference || v.PaidBy != boss.ID || !v.PaidAt.Equal(s.now) {
		s.t.Errorf("the register says %s of %s: owed %v, paid %s by %s", v.EntryState, number, v.Owed(), v.PaidAt, v.PaidBy)
	}
	shown, err := s.Certificate(ctx, boss, number, "en")
	if err != nil || len(shown.Money) != 1 || shown.Money[0].ID != v.Entry || len(shown.Money[0].Moves) < 3 || shown.Money[0].ClauseText == "" {
		s.t.Errorf("the page shows %+v, %v", shown.Money, err)
	}
	list, _, err := s.Money(ctx, boss, care.EntryFilter{Whats: []care.DebtKind{care.DebtCertificate}}, care.Page{}, "en")
	i := slices.IndexFunc(list, func(e desk.EntryView) bool { return e.CertificateNumber == number })
	if err != nil || i < 0 {
		s.t.Fatalf("the ledger has %+v, %v", list, err)
	}
	e := list[i]
	if got := fmt.Sprintf("%s %s>%s %s %s %s %s", e.What, e.Debtor, e.Creditor, e.Amount, e.Amount.Currency, e.State, e.Number); got != want {
		s.t.Errorf("the ledger says %s, want %s", got, want)
	}
	var file strings.Builder
	zone, _ := time.LoadLocation("Asia/Omsk")
	if err := s.WriteMoney(ctx, boss, calendar.DateOf(s.now, zone), &file); err != nil || !strings.Contains(file.String(), ","+reference+","+number+"\n") {
		s.t.Errorf("the day's export: %v\n%s", err, file.String())
	}
}

// TestDearCertificateTakesTwoPersons pays back more than one manager may
// approve alone, by the rule of all money that the retailer pays.
// Walks: A13.
func TestDearCertificateTakesTwoPersons(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		s.at("2026-03-10")
		price := amount("250000.00", "RUB")
		u := s.phone("2025-11-10", "900000.00", func(r *desk.SaleRow) {
			r.Certificate, r.CertificateSold, r.CertificatePrice = "ПГО-77", day("2025-11-10"), &price
		}).Unit
		if _, err := s.RescindSale(ctx, boss, desk.Rescission{Unit: u.ID, Reason: "defect"}); err != nil {
			s.t.Fatal(err)
		}
		entry := s.certificate("ПГО-77").Entry
		if e, err := s.ApproveEntry(ctx, boss, entry); err != nil || e.State != care.EntryDue {
			s.t.Errorf("after one: %s, %v", e.State, err)
		}
		_, err := s.PayEntry(ctx, boss, entry, "PP")
		s.fails("with one consent", "blocked error.second_approval_missing", err)
		if e, err := s.ApproveEntry(ctx, second(omsk), entry); err != nil || e.State != care.EntryApproved {
			s.t.Errorf("after two: %s, %v", e.State, err)
		}
		if _, err := s.CancelEntry(ctx, boss, entry, "the customer wants no money"); err != nil {
			s.t.Fatal(err)
		}
		if v := s.certificate("ПГО-77"); v.Owed() || v.Entry != "" || v.State != care.CertificateRefunded {
			s.t.Errorf("given up, the register says %s, owed %v", v.State, v.Owed())
		}
	})
}

// TestRefundOfUnknownPrice enters a refund once somebody says what was paid.
// Walks: A13.
func TestRefundOfUnknownPrice(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		s.at("2026-03-10")
		u := s.phone("2025-11-10", "20000.00", func(r *desk.SaleRow) { r.Certificate, r.CertificateSold = "ПГО-78", day("2025-11-10") }).Unit
		if _, err := s.RescindSale(ctx, boss, desk.Rescission{Unit: u.ID, Reason: "defect"}); err != nil {
			s.t.Fatal(err)
		}
		if v := s.certificate("ПГО-78"); !v.Owed() || !v.Unpriced() || v.Entry != "" {
			s.t.Fatalf("before: owed %v, %q", v.Owed(), v.Entry)
		}
		_, err := s.StateRefund(ctx, of(omsk, care.Clerk), "ПГО-78", amount("1990.00", "RUB"))
		s.fails("a clerk", "forbidden error.forbidden", err)
		if c, err := s.StateRefund(ctx, boss, "ПГО-78", amount("1990.00", "RUB")); err != nil || c.EntryState != care.EntryDue || c.Unpriced() {
			s.t.Fatalf("stated: %+v, %v", c, err)
		}
		s.payBack("ПГО-78", "PP-9", "certificate_refund retailer>customer 1990.00 RUB paid ПГО-78")
	})
}

// TestClaimRescindsAndRefundsCertificate gives the product's price back on a
// claim within the maker's warranty: the certificate's price is owed on the
// same claim from then on, although the certificate itself is in force no more
// (A13), and the claim is not closed by a clerk before it is paid.
// Walks: A13.
func TestClaimRescindsAndRefundsCertificate(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss, clerk := s.t.Context(), of(omsk, care.Manager), of(omsk, care.Clerk)
		s.at("2025-06-02")
		u := s.phone("2025-06-02", "20000.00", nil).Unit
		c := s.certify(u.ID)
		who := visitor
		who.Retailer = omsk
		in := ask(u.Serial)
		in.Lang, in.Basis, in.Documents = "ru", policy.Statute, []string{"receipt", "warranty_card"}
		s.at("2025-06-09")
		r := s.submit(who, in)
		id := r.Claim.ID
		s.do(boss, id, care.Accept{Place: "omsk-service"}, hardware("mainboard"))
		if _, err := s.TrackedDo(ctx, r.Token, care.ChooseRemedy{Remedy: "refund"}); err != nil {
			s.t.Fatal(err)
		}
		s.owes("before it is paid", omsk, id, "refund retailer>customer 20000.00 RUB due")
		claim := s.do(boss, id, care.ApproveRefund{Amount: amount("20000.00", "RUB")}, care.PayRefund{Reference: "PP-1"})
		s.owes("once the sale is rescinded", omsk, id, "refund retailer>customer 20000.00 RUB paid", "certificate_refund retailer>customer 2990.00 RUB due")
		v := s.certificate(c.Number)
		if v.State != care.CertificateRefunded || v.Clause != "certificate-refund" || !v.Owed() || v.Reason != claim.Number {
			s.t.Errorf("the register says %s by %s", v.State, v.Clause)
		}
		s.owes("decided anew", omsk, id, "refund retailer>customer 20000.00 RUB paid", "certificate_refund retailer>customer 2990.00 RUB due")
		_, err := s.Do(ctx, clerk, id, care.Close{})
		s.fails("a clerk closes", "blocked error.money_unpaid", err)
		s.payBack(c.Number, "PP-2", "certificate_refund retailer>customer 2990.00 RUB paid "+claim.Number)
		s.do(clerk, id, care.Close{})
		seen, err := s.Tracked(ctx, r.Token, "ru")
		if err != nil || len(seen.Claim.Money) != 2 {
			s.t.Errorf("the customer sees %+v, %v", seen.Claim.Money, err)
		}
	})
}

// TestCancelCertificate ends a certificate at the customer's wish, for the
// actual costs; decisions no longer see it, and another can be sold.
// Walks: RU-32.
func TestCancelCertificate(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		s.at("2026-03-10")
		u := s.phone("2025-11-10", "20000.00", nil).Unit
		c := s.certify(u.ID)
		for name, bad := range map[string]struct {
			actor  care.Actor
			costs  money.Amount
			reason string
			want   string
		}{
			"a clerk":             {of(omsk, care.Clerk), amount("0.00", "RUB"), "x", "forbidden error.forbidden"},
			"more than the price": {boss, amount("2990.01", "RUB"), "x", "invalid error.certificate_costs"},
			"less than nothing":   {boss, amount("-1.00", "RUB"), "x", "invalid error.certificate_costs"},
			"another currency":    {boss, amount("10.00", "EUR"), "x", "invalid error.certificate_costs"},
			"without a reason":    {boss, amount("0.00", "RUB"), " ", "invalid error.required"},
		} {
			_, err := s.CancelCertificate(ctx, bad.actor, c.Number, desk.Cancellation{Costs: bad.costs, Reason: bad.reason})
			s.fails(name, bad.want, err)
		}
		got, err := s.CancelCertificate(ctx, boss, c.Number, desk.Cancellation{Costs: amount("190.00", "RUB"), Reason: "the customer's wish"})
		if err != nil || got.State != care.CertificateCancelled || *got.Refund != amount("2800.00", "RUB") || got.Clause != "cancel-certificate" {
			s.t.Fatalf("cancelled %+v: %v", got, err)
		}
		if sale := s.phoneSale(u.ID); sale.Certificate != "" || sale.CertificatePrice != nil || !sale.CertificateSold.IsZero() {
			s.t.Errorf("the sale still says %+v", sale)
		}
		_, err = s.CancelCertificate(ctx, boss, c.Number, desk.Cancellation{Reason: "again"})
		s.fails("twice", "illegal error.certificate_ended", err)
		if again := s.certify(u.ID); again.Number == c.Number {
			s.t.Errorf("sold again as %s", again.Number)
		}
	})
}

// TestCancelledDuringClaim decides a claim under way anew without the
// certificate.
// Walks: RU-32.
func TestCancelledDuringClaim(t *testing.T) {
	on(t, func(s *shop) {
		s.at("2025-06-02")
		u := s.phone("2025-01-31", "20000.00", nil).Unit
		c := s.certify(u.ID)
		s.at("2026-03-10")
		in := ask(u.Serial)
		in.Lang, in.Basis = "ru", policy.Certificate
		who := visitor
		who.Retailer = omsk
		r := s.submit(who, in)
		if r.Claim.Ruling.Result.Basis(policy.Certificate) == nil {
			s.t.Fatal("the claim is not decided on the certificate")
		}
		if _, err := s.CancelCertificate(s.t.Context(), of(omsk, care.Manager), c.Number, desk.Cancellation{Reason: "wish"}); err != nil {
			s.t.Fatal(err)
		}
		v, err := s.Claim(s.t.Context(), of(omsk, care.Clerk), r.Claim.ID, "ru")
		if err != nil || v.Claim.Sale.Certificate != "" || v.Claim.Ruling.Result.Basis(policy.Certificate) != nil {
			s.t.Errorf("the claim has %q, %+v: %v", v.Claim.Sale.Certificate, v.Claim.Ruling.Result.Bases, err)
		}
	})
}

// TestCertificateJourney is the whole way: a certificate is sold, the phone
// breaks in its tenth month and is twenty days in repair, the certificate
// moves twenty days, a claim is made on it in its year, the phone can't be
// repaired and there is none like it, the customer pays the difference, and
// the new phone has its covers.
// Walks: A5, A6, A7, A9, A15.
func TestCertificateJourney(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		who := visitor
		who.Retailer = omsk
		s.at("2025-01-31")
		u := s.phone("2025-01-31", "20000.00", nil).Unit
		c := s.certify(u.ID)

		s.at("2025-11-10") // its tenth month
		in := ask(u.Serial)
		in.Lang, in.Documents = "ru", []string{"receipt"}
		r := s.submit(who, in)
		s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service", Documents: []string{"receipt"}}, hardware("port"), care.StartRepair{})
		s.at("2025-11-29")
		s.do(boss, r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "port"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		v := s.certificate(c.Number)
		if span(v.Term.From, v.Term.LastDay) != "2026-02-21..2027-02-20" {
			s.t.Fatalf("the certificate is %s", span(v.Term.From, v.Term.LastDay))
		}

		s.at("2026-05-12") // in its year
		in = ask(u.Serial)
		in.Lang, in.Basis, in.Documents = "ru", policy.Certificate, []string{"receipt", "warranty_card"}
		r = s.submit(who, in)
		claim := s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-technical", Documents: []string{"receipt", "warranty_card"}}, hardware("mainboard"),
			care.RecordAnswers{Facts: []care.Answer{{Fact: "unit.personal_use", Value: "true"}}})
		if got := claim.Ruling.Result.Basis(policy.Certificate).Verdict; got != policy.NeedsDocuments {
			s.t.Errorf("without the paper itself: %s", got)
		}
		claim = s.do(boss, r.Claim.ID, care.RecordDocuments{Documents: []string{"receipt", "warranty_card", "certificate"}})
		if got := claim.Ruling.Result.Basis(policy.Certificate).Verdict; got != policy.Covered {
			s.t.Fatalf("with all three papers: %s", got)
		}
		claim = s.do(boss, r.Claim.ID, care.FindUnrepairable{Reason: "no boards"},
			care.RecordAnswers{Facts: []care.Answer{{Fact: "market.same_model", Value: "false"}, {Fact: "market.analog_price", Value: "23500.00 RUB"}}},
			care.ChooseRemedy{Remedy: "replacement"})
		if claim.State != care.AwaitingCustomer || *claim.Remedy.Amount != amount("3500.00", "RUB") {
			s.t.Fatalf("%s, the difference is %v", claim.State, claim.Remedy.Amount)
		}
		if _, err := s.TrackedDo(ctx, r.Token, care.AnswerDifference{Accepted: true}); err != nil {
			s.t.Fatal(err)
		}
		s.do(boss, r.Claim.ID, care.Replace{Serial: "NEWPHONE1", Model: "400"}, care.MarkReady{}, care.HandOver{}, care.Close{})

		next, err := s.Unit(ctx, boss, "NEWPHONE1", "ru")
		if err != nil {
			s.t.Fatal(err)
		}
		if next.Sale.Certificate != c.Number || next.Unit.Replaces != u.ID || len(next.Stays) != 2 {
			s.t.Errorf("the new phone: certificate %q, replaces %q, %d stays", next.Sale.Certificate, next.Unit.Replaces, len(next.Stays))
		}
		if *next.Sale.Price != amount("23500.00", "RUB") {
			s.t.Errorf("the customer has paid 23500.00 for the new phone, its sale says %s", next.Sale.Price)
		}
		old, err := s.CheckWarranty(ctx, omsk, u.Serial, "ru")
		if err != nil || !old.Replaced || len(old.Covers)+len(old.Parts) != 0 || old.Offer != nil {
			s.t.Errorf("the phone that was given back: %+v, %v", old, err)
		}
		paid, err := s.Claim(ctx, boss, r.Claim.ID, "ru")
		if err != nil || cover(s.t, paid.Covers, policy.Warranty).From.String() != "2026-05-12" {
			s.t.Errorf("the claim shows the terms that go on: %+v, %v", paid.Covers, err)
		}
		v = s.certificate(c.Number)
		if v.Unit != next.Unit.ID || v.State != care.CertificateSold || v.Term == nil || v.Term.From != cover(s.t, next.Check.Covers, policy.Certificate).From {
			s.t.Errorf("the certificate is of %s (%s): %+v", v.Unit, v.State, v.Term)
		}
		if row := s.auditOf(omsk, "certificate.move"); row.Details["number"] != c.Number {
			s.t.Errorf("audit %+v", row)
		}
		list, _, err := s.Certificates(ctx, boss, care.CertificateFilter{Text: "newphone-1"}, care.Page{})
		if err != nil || len(list) != 1 || list[0].Number != c.Number {
			s.t.Errorf("found by the new serial: %v, %v", list, err)
		}
	})
}

// TestRefundOfCertificateOnClaim pays a certificate back once: on the register
// or on a claim.
// Walks: A13.
func TestRefundOfCertificateOnClaim(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		who := visitor
		who.Retailer = omsk
		claimUpTo := func(u care.Unit) care.Claim {
			in := ask(u.Serial)
			in.Lang, in.Basis = "ru", policy.Certificate
			r := s.submit(who, in)
			return s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("other"),
				care.OverrideDecision{Basis: policy.Certificate, Verdict: policy.Covered, Reason: "the price is owed"})
		}
		claimOn := func(u care.Unit) care.Claim {
			return s.do(boss, claimUpTo(u).ID, care.ChooseRemedy{Remedy: "refund"})
		}
		s.at("2025-06-02")
		sold := func() care.Unit { return s.phone("2025-03-10", "20000.00", nil).Unit }
		one, two, three := sold(), sold(), sold()
		first, other, third := s.certify(one.ID), s.certify(two.ID), s.certify(three.ID)
		s.at("2025-09-02")
		for _, u := range []care.Unit{one, two, three} {
			if _, err := s.RescindSale(ctx, boss, desk.Rescission{Unit: u.ID, Reason: "defect"}); err != nil {
				s.t.Fatal(err)
			}
		}
		c := claimOn(one)
		s.owes("what the register had entered is the claim's", omsk, c.ID, "certificate_refund retailer>customer 2990.00 RUB due")
		_, err := s.CancelEntry(ctx, boss, s.certificate(first.Number).Entry, "no")
		s.fails("cancelled beside the claim", "blocked error.entry_follows_claim", err)
		s.do(boss, c.ID, care.ApproveRefund{Amount: amount("2990.00", "RUB")})
		if e, err := s.PayEntry(ctx, boss, s.certificate(first.Number).Entry, "PP-7"); err != nil || e.Number != c.Number {
			s.t.Errorf("paid in the ledger: %+v, %v", e, err)
		}
		if v := s.certificate(first.Number); v.Owed() || v.Reference != "PP-7" {
			s.t.Errorf("paid on a claim, the register says %+v", v.Certificate)
		}
		s.owes("once", omsk, c.ID, "certificate_refund retailer>customer 2990.00 RUB paid")
		s.do(boss, c.ID, care.Close{})

		s.payBack(other.Number, "PP-8", "certificate_refund retailer>customer 2990.00 RUB paid "+other.Number)
		c = claimUpTo(two)
		_, err = s.Do(ctx, boss, c.ID, care.ChooseRemedy{Remedy: "refund"})
		s.fails("paid on the register", "blocked error.certificate_paid_back", err)

		// A claim that turns to another remedy leaves the refund to the register.
		c = claimOn(three)
		s.do(boss, c.ID, care.ChooseRemedy{Remedy: "repair"})
		s.owes("repaired after all", omsk, c.ID)
		s.payBack(third.Number, "PP-9", "certificate_refund retailer>customer 2990.00 RUB paid "+third.Number)
	})
}

// TestImportedCertificates come into the register with their sales; a number
// that is another device's is refused with its row.
// Walks: A5, A7.
func TestImportedCertificates(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		s.at("2026-03-10")
		months, price := 12, amount("1990.00", "RUB")
		row := func(serial, number string) desk.SaleRow {
			return desk.SaleRow{Row: 1, Category: "phone", Brand: "Honor", Serial: serial, Date: day("2025-01-31"), Delivered: day("2025-01-31"), WarrantyMonths: &months,
				WarrantyIssuer: "manufacturer", Certificate: number, CertificateSold: day("2025-02-03"), CertificatePrice: &price}
		}
		var refused []string
		report, err := s.ImportSales(ctx, of(omsk, care.Manager), func(yield func(desk.SaleRow, error) bool) {
			_ = yield(row("AA1", "ПГО-100"), nil) && yield(row("AA2", "пго 100"), nil) && yield(row("AA3", "CERT-2026-000001"), nil) && yield(row("AA4", ""), nil)
		}, desk.ImportOptions{Refused: func(e *desk.RowError) { refused = append(refused, e.Column) }})
		if err != nil || report.Added != 3 || report.Refused != 1 || !slices.Equal(refused, []string{"certificate"}) {
			s.t.Fatalf("%+v, %v: %v", report, refused, err)
		}
		v := s.certificate("ПГО-100")
		if v.Origin != care.CertificateFromImport || span(v.From, v.LastDay) != "2026-02-01..2027-01-31" || *v.Price != price || v.Phase != care.CertificateInForce {
			s.t.Errorf("imported as %+v", v.Certificate)
		}
		// The own series passes over a number that a paper bears.
		if c := s.certify(s.phone("2025-11-10", "20000.00", nil).Unit.ID); c.Number != "CERT-2026-000002" {
			s.t.Errorf("sold as %s", c.Number)
		}
	})
}

// TestCertificateReport counts income by month, and exports the register.
// Walks: A5, D6.
func TestCertificateReport(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of(omsk, care.Manager)
		s.at("2025-12-05")
		a := s.phone("2025-12-01", "20000.00", nil).Unit
		s.certify(a.ID)
		c := s.certify(s.phone("2025-12-01", "9000.00", nil).Unit.ID)
		s.at("2026-01-20")
		s.certify(s.phone("2025-01-21", "9000.00", nil).Unit.ID) // begins on 22 January
		if _, err := s.CancelCertificate(ctx, boss, c.Number, desk.Cancellation{Costs: amount("90.00", "RUB"), Reason: "wish"}); err != nil {
			s.t.Fatal(err)
		}
		s.at("2026-02-10")
		list, err := s.CertificateReport(ctx, boss, day("2025-12-15"), day("2026-02-01"))
		if err != nil {
			s.t.Fatal(err)
		}
		want := []care.CertificateMonth{
			{Month: "2025-12", On: day("2025-12-31"), Currency: "RUB", Sold: 2, SoldSum: 448000, Waiting: 2},
			{Month: "2026-01", On: day("2026-01-31"), Currency: "RUB", Sold: 1, SoldSum: 149000, Refunded: 1, Refunds: 140000, InForce: 1, Waiting: 1},
			{Month: "2026-02", On: day("2026-02-10"), Currency: "RUB", InForce: 1, Waiting: 1},
		}
		if !slices.Equal(list, want) || list[1].Net() != 9000 {
			s.t.Errorf("report %+v", list)
		}
		_, err = s.CertificateReport(ctx, of(omsk, care.Clerk), calendar.Date{}, calendar.Date{})
		s.fails("a clerk", "forbidden error.forbidden", err)
		if list, err := s.CertificateReport(ctx, boss, calendar.Date{}, calendar.Date{}); err != nil || list[0].Month != "2025-03" {
			s.t.Errorf("the last year: %+v, %v", list, err)
		}
		var out strings.Builder
		if err := s.WriteCertificates(ctx, boss, care.CertificateFilter{}, &out); err != nil {
			s.t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 4 || !strings.HasPrefix(lines[0], "number,state,phase") || !strings.Contains(lines[1], "CERT-2026-000001,sold,in_force,desk,small-up-to-15000,phone,Honor,200,") {
			s.t.Errorf("%s", out.String())
		}
		for name, c := range map[string]struct {
			f    care.CertificateFilter
			want int
		}{
			"all": {care.CertificateFilter{}, 3}, "cancelled": {care.CertificateFilter{States: []care.CertificateState{care.CertificateCancelled}}, 1},
			"waiting": {care.CertificateFilter{Phase: care.CertificateWaiting}, 1}, "in force": {care.CertificateFilter{Phase: care.CertificateInForce}, 1},
			"over": {care.CertificateFilter{Phase: care.CertificateOver}, 0}, "owed": {care.CertificateFilter{Owed: true}, 1},
			"sold in January": {care.CertificateFilter{SoldFrom: day("2026-01-01"), SoldTo: day("2026-01-31")}, 1},
			"by number":       {care.CertificateFilter{Text: "cert2025"}, 2},
		} {
			if got, _, err := s.Certificates(ctx, boss, c.f, care.Page{}); err != nil || len(got) != c.want {
				s.t.Errorf("%s: %d, want %d: %v", name, len(got), c.want, err)
			}
		}
	})
}

// certificateCalls are the calls of certificates that need a permission.
func certificateCalls(s *shop) map[desk.Action]func(context.Context, care.Actor) error {
	same := func(what string, errs ...error) error {
		for _, err := range errs[1:] {
			if (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(errs[0]) == care.Forbidden) {
				return fmt.Errorf("%s: one says %w, another %w", what, errs[0], err)
			}
		}
		return errs[0]
	}
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadCertificates: func(ctx context.Context, a care.Actor) error {
			_, err := s.Certificate(ctx, a, "none", "bg")
			_, _, list := s.Certificates(ctx, a, care.CertificateFilter{}, care.Page{})
			_, paper := s.CertificatePaper(ctx, a, "none", "bg")
			return same("read", err, list, paper, s.WriteCertificates(ctx, a, care.CertificateFilter{}, io.Discard))
		},
		desk.SellCertificates: func(ctx context.Context, a care.Actor) error {
			_, err := s.SellCertificate(ctx, a, desk.CertificateSale{Unit: "none"})
			_, quote := s.QuoteCertificate(ctx, a, "none", "bg")
			_, link := s.IssueCertificateLink(ctx, a, "none")
			return same("sell", err, quote, link)
		},
		desk.CancelCertificates: func(ctx context.Context, a care.Actor) error {
			_, err := s.CancelCertificate(ctx, a, "none", desk.Cancellation{})
			return err
		},
		desk.StateRefunds: func(ctx context.Context, a care.Actor) error {
			_, err := s.StateRefund(ctx, a, "none", amount("1.00", "RUB"))
			return err
		},
		desk.RescindSales: func(ctx context.Context, a care.Actor) error {
			_, err := s.RescindSale(ctx, a, desk.Rescission{Unit: "none", Reason: "x"})
			return err
		},
	}
}
