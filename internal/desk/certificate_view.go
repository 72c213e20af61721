package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// CertificateView is one certificate with its chain: the maker's warranty and
// the certificate's year behind it, as the ledger of services has them now.
type CertificateView struct {
	care.Certificate
	Record   care.UnitRecord
	Warranty *Cover
	Term     *Cover
	Phase    care.CertificatePhase
	Claims   []care.Claim  // on the unit, newest first
	Parts    []CoveredPart // of the unit, whose own warranty runs
	Money    []EntryView   // its refund in the ledger, for who may read that
	EndedBy  string        // text of the clause that it ended by, in the reader's language
	Law      string        // text of the law that lets the customer cancel; "" where none does
}

// Certificates lists the register, newest first (A5, A6).
func (d *Desk) Certificates(ctx context.Context, actor care.Actor, f care.CertificateFilter, page care.Page) (list []care.CertificateItem, next string, err error) {
	if err := may(actor, ReadCertificates); err != nil {
		return nil, "", err
	}
	if f, err = d.certificateFilter(actor.Retailer, f); err != nil {
		return nil, "", err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next = nil, page.Cursor
		for len(list) == 0 { // a page may be shorter, but is not empty before the end
			page.Cursor = next
			var rows []care.CertificateItem
			if rows, next, err = tx.Certificates(ctx, actor.Retailer, f, page); err != nil {
				return err
			}
			if list, err = d.asOfNow(ctx, tx, t, f, rows); err != nil || next == "" {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("list certificates: %w", err)
	}
	return list, next, nil
}

// asOfNow gives the rows whose term may have moved the one that holds now, and
// leaves out what is in another phase by it.
func (d *Desk) asOfNow(ctx context.Context, tx Tx, t terms, f care.CertificateFilter, rows []care.CertificateItem) ([]care.CertificateItem, error) {
	var out []care.CertificateItem
	for _, i := range rows {
		if i.Moving {
			sale, err := tx.Sale(ctx, i.Retailer, i.Sale)
			if err != nil {
				return nil, fmt.Errorf("sale of certificate: %w", err)
			}
			if i.Certificate, err = d.withTerm(ctx, tx, t, i.Certificate, i.UnitRow, sale); err != nil {
				return nil, err
			}
		}
		if f.Phase == "" || i.Phase(f.On) == f.Phase {
			out = append(out, i)
		}
	}
	return out, nil
}

// RefreshCertificates writes the terms that may have moved since they were
// written, so that reports count by those that hold. It may be run at any
// time, by any machine, and tells how many have moved.
func (d *Desk) RefreshCertificates(ctx context.Context) (moved int, err error) {
	var failed []error
	for _, retailer := range d.packs.Retailers() {
		n, err := d.refreshMoving(ctx, retailer)
		if err != nil {
			failed = append(failed, fmt.Errorf("certificates of %s: %w", retailer, err))
		}
		moved += n
	}
	return moved, errors.Join(failed...)
}

func (d *Desk) refreshMoving(ctx context.Context, retailer string) (moved int, err error) {
	t, err := d.terms(retailer)
	if err != nil {
		return 0, err
	}
	const batch = 100
	for after := ""; ; {
		var list []care.Certificate
		err := d.store.View(ctx, func(tx Tx) error {
			list, err = tx.MovingCertificates(ctx, retailer, after, batch)
			return err
		})
		if err != nil || len(list) == 0 {
			return moved, err
		}
		for _, c := range list {
			err := d.store.Tx(ctx, func(tx Tx) error {
				u, err := tx.Unit(ctx, retailer, c.Unit)
				if err != nil {
					return fmt.Errorf("unit of certificate: %w", err)
				}
				return d.refreshCertificates(ctx, tx, t, u)
			})
			if err != nil {
				return moved, fmt.Errorf("certificate %s: %w", c.Number, err)
			}
			moved++
		}
		after = list[len(list)-1].ID
	}
}

// certificateFilter asks for a phase as of today where no day is given.
func (d *Desk) certificateFilter(retailer string, f care.CertificateFilter) (care.CertificateFilter, error) {
	if f.Phase == "" {
		return f, nil
	}
	if !slices.Contains(care.CertificatePhases(), f.Phase) {
		return f, care.Fail(care.Invalid, "unknown_value", "field", "phase", "value", string(f.Phase),
			"expected", "waiting in_force over unknown").At("phase")
	}
	t, err := d.terms(retailer)
	if err != nil {
		return f, err
	}
	if f.On.IsZero() {
		f.On = calendar.DateOf(d.now(), t.zone)
	}
	return f, nil
}

// Certificate shows one, by its number.
func (d *Desk) Certificate(ctx context.Context, actor care.Actor, number, lang string) (CertificateView, error) {
	if err := may(actor, ReadCertificates); err != nil {
		return CertificateView{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return CertificateView{}, err
	}
	var out CertificateView
	err = d.store.View(ctx, func(tx Tx) error {
		c, err := findCertificate(ctx, tx, actor.Retailer, number)
		if err != nil {
			return err
		}
		if out, err = d.certificateView(ctx, tx, t, c, lang); err != nil || c.Entry == "" || !May(actor, ReadMoney) {
			return err
		}
		e, err := tx.Entry(ctx, c.Retailer, c.Entry)
		if err != nil {
			return err
		}
		v := d.entryView(actor, t, e, lang)
		v.Moves, err = tx.MovesOf(ctx, e.Retailer, e.ID)
		out.Money = []EntryView{v}
		return err
	})
	if err != nil {
		return CertificateView{}, fmt.Errorf("show certificate: %w", err)
	}
	return out, nil
}

func (d *Desk) certificateView(ctx context.Context, tx Tx, t terms, c care.Certificate, lang string) (CertificateView, error) {
	out := CertificateView{Certificate: c}
	var err error
	if out.Record, err = d.certified(ctx, tx, c); err != nil {
		return out, err
	}
	dec, err := d.decideUnit(ctx, tx, t, out.Record.Unit, *out.Record.Sale, lang)
	if err != nil {
		return out, err
	}
	for _, b := range dec.Bases {
		cover := coverOf(b)
		switch b.Basis {
		case policy.Warranty:
			out.Warranty = &cover
		case policy.Certificate:
			if c.State == care.CertificateSold {
				out.Term = &cover
				out.From, out.LastDay, out.Until = b.From, b.LastDay, b.Until
			}
		}
	}
	out.Phase = out.Certificate.Phase(calendar.DateOf(d.now(), t.zone))
	if out.Claims, err = tx.ClaimsOfUnit(ctx, c.Retailer, c.Unit); err != nil {
		return out, fmt.Errorf("claims of unit: %w", err)
	}
	out.Parts = coveredParts(out.Claims, calendar.DateOf(d.now(), t.zone))
	slices.Reverse(out.Claims)
	return out, d.certificateClauses(t, &out, lang)
}

// certified is the unit of a certificate with the certificate's own sale,
// which may not be the unit's latest.
func (d *Desk) certified(ctx context.Context, tx Tx, c care.Certificate) (care.UnitRecord, error) {
	u, err := tx.Unit(ctx, c.Retailer, c.Unit)
	if err != nil {
		return care.UnitRecord{}, fmt.Errorf("unit of certificate: %w", err)
	}
	sale, err := tx.Sale(ctx, c.Retailer, c.Sale)
	if err != nil {
		return care.UnitRecord{}, fmt.Errorf("sale of certificate: %w", err)
	}
	rec := care.UnitRecord{Unit: u, Sale: &sale}
	owner := c.Customer
	if owner == "" {
		owner = sale.Customer
	}
	if owner == "" {
		return rec, nil
	}
	customer, err := tx.Customer(ctx, c.Retailer, owner)
	if missing(&err) {
		return rec, nil
	}
	if err != nil {
		return rec, fmt.Errorf("customer of certificate: %w", err)
	}
	rec.Customer = &customer
	return rec, nil
}

// certificateClauses words what ended the certificate and what the law adds.
func (d *Desk) certificateClauses(t terms, v *CertificateView, lang string) error {
	program, err := d.packs.Program(t.pack.ID, v.Record.Sale.Date)
	if err != nil {
		return fmt.Errorf("pack of sale: %w", err)
	}
	for _, p := range []*policy.Pack{program.Pack, program.Statute} {
		if p == nil {
			continue
		}
		for _, c := range p.Clauses() {
			if c.ID == v.Clause {
				v.EndedBy = c.Text.In(t.lang(lang), p.Languages...)
			}
		}
		if n := noticeAbout(p, "certificate_cancellation"); n != nil {
			v.Law = n.Text.In(t.lang(lang), p.Languages...)
		}
	}
	return nil
}

// IssueCertificateLink makes the customer's link to the certificate's paper.
// An earlier one stops working.
func (d *Desk) IssueCertificateLink(ctx context.Context, actor care.Actor, number string) (string, error) {
	token, hash, err := d.newToken(16)
	if err != nil {
		return "", err
	}
	_, err = d.changeCertificate(ctx, actor, SellCertificates, number, "", func(_ Tx, _ terms, c care.Certificate) (care.Certificate, error) {
		c.Link = hash
		return c, nil
	})
	return token, err
}

// maxReportMonths bounds a report.
const maxReportMonths = 120

// CertificateReport is the income from certificates by month, from the month
// of one day to that of another; zero days stand for the last twelve months.
func (d *Desk) CertificateReport(ctx context.Context, actor care.Actor, from, to calendar.Date) (list []care.CertificateMonth, err error) {
	if err := may(actor, ReadReports); err != nil {
		return nil, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(d.now(), t.zone)
	if to.IsZero() {
		to = today
	}
	if from.IsZero() {
		from = monthOf(to).AddMonths(-11)
	}
	var months []care.CertificateMonth
	for n := 0; ; n++ {
		first := monthOf(from).AddMonths(n)
		if first.After(to) {
			break
		}
		if n == maxReportMonths {
			return nil, care.Fail(care.Invalid, "certificate_report_long").At("from")
		}
		on := first.AddMonths(1).AddDays(-1)
		if on.After(today) {
			on = today
		}
		months = append(months, care.CertificateMonth{Month: first.String()[:len("2006-01")], On: on})
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.CertificateMonths(ctx, actor.Retailer, months)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("certificate report: %w", err)
	}
	return list, nil
}

// monthOf is the first day of a day's month.
func monthOf(d calendar.Date) calendar.Date {
	_, _, day := d.YMD()
	return d.AddDays(1 - day)
}
