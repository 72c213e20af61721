package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// certificates brings the register in line with what was done to a claim:
// a certificate read off the customer's papers is entered, one whose device
// was replaced goes over to the new unit, a refund paid on a claim is paid in
// the register too, and the terms follow the ledger of services (A7).
func (w *work) certificates(events []care.Event) error {
	if w.claim.Unit.ID == "" {
		return nil
	}
	for _, e := range events {
		var err error
		switch p := e.Data.(type) {
		case *care.AnswersRecorded:
			err = w.noteCertificate()
		case *care.WasReplaced:
			err = w.moveCertificate(p)
		case *care.RefundApproved:
			err = w.statesRefund()
		case *care.RefundPaid:
			if err = w.refundedCertificate(); err == nil {
				err = w.endCertificate()
			}
		}
		if err != nil {
			return err
		}
	}
	unit := w.claim.Unit
	if r := w.claim.Replacement; r != nil {
		var err error
		if unit, err = w.tx.Unit(w.ctx, w.claim.Retailer, r.Unit); err != nil {
			return fmt.Errorf("unit that was given: %w", err)
		}
	}
	return w.d.refreshCertificates(w.ctx, w.tx, w.terms, unit)
}

// noteCertificate enters a certificate that staff read off the customer's
// paper. What a customer states of one is not enough.
func (w *work) noteCertificate() error {
	s := w.claim.Sale
	if s.Certificate == "" || s.ID == "" || w.actor.Kind == care.CustomerActor {
		return nil
	}
	return w.d.enterCertificate(w.ctx, w.tx, w.terms, w.claim.Unit, s, care.CertificateFromPaper)
}

// moveCertificate carries a certificate over to the unit that was given.
func (w *work) moveCertificate(p *care.WasReplaced) error {
	c, ok, err := certificateOfSale(w.ctx, w.tx, w.claim.Sale)
	if err != nil || !ok {
		return err
	}
	return w.d.putCertificate(w.ctx, w.tx, w.actor, c.MoveTo(p.Unit, p.Sale), "certificate.move", "")
}

// refunding is the register's certificate whose price the claim gives back;
// false where it gives back no certificate's, or the register has none.
func (w *work) refunding() (care.Certificate, bool, error) {
	if !w.claim.RefundsCertificate() {
		return care.Certificate{}, false, nil
	}
	return w.registered(w.claim.Sale.Certificate)
}

func (w *work) registered(number string) (care.Certificate, bool, error) {
	if number == "" {
		return care.Certificate{}, false, nil
	}
	c, err := w.tx.CertificateByNumber(w.ctx, w.claim.Retailer, number)
	if missing(&err) {
		return care.Certificate{}, false, nil
	}
	if err != nil {
		return care.Certificate{}, false, fmt.Errorf("find certificate: %w", err)
	}
	return c, true, nil
}

// refundBook gives the ledger of a claim that gives a certificate's price back
// the certificate and what is entered for it. Where that was paid already, or
// is another claim's, it can't be asked for again (A13).
func (w *work) refundBook(b *care.Book, events []care.Event) error {
	c, ok, err := w.refunding()
	if i := slices.IndexFunc(b.Entries, func(e care.Entry) bool { return e.Derived && e.Certificate != "" }); !ok && err == nil && i >= 0 {
		b.Certificate, _, err = w.registered(b.Entries[i].CertificateNumber) // it has turned to something else since
	}
	if err != nil || !ok {
		return err
	}
	b.Certificate = c
	e, err := w.tx.EntryOfCertificate(w.ctx, c.Retailer, c.ID)
	switch {
	case missing(&err) || err == nil && e.Claim == w.claim.ID:
		return nil
	case err != nil:
		return fmt.Errorf("refund of certificate: %w", err)
	case e.Claim == "" && e.State.Open():
		b.Entries = append(b.Entries, e)
		return nil
	}
	b.Elsewhere = true
	asked := slices.ContainsFunc(events, func(e care.Event) bool {
		switch e.Data.(type) {
		case *care.RemedyChosen, *care.RefundApproved:
			return true
		}
		return false
	})
	switch {
	case !asked:
		return nil
	case e.State == care.EntryPaid:
		return care.Fail(care.Blocked, "certificate_paid_back", "number", c.Number, "reference", e.Reference)
	}
	return care.Fail(care.Blocked, "certificate_refund_on_claim", "number", e.Number)
}

// statesRefund notes the sum that was approved where the register did not
// know it.
func (w *work) statesRefund() error {
	c, ok, err := w.refunding()
	if err != nil || !ok || c.State != care.CertificateRefunded || c.Refund != nil {
		return err
	}
	sum := w.claim.Refund.Amount
	c.Refund = &sum
	return w.d.putCertificate(w.ctx, w.tx, w.actor, c, string(StateRefunds), w.claim.Number)
}

// refundedCertificate ends a certificate whose price the claim has given back
// and that the register still had.
func (w *work) refundedCertificate() error {
	c, ok, err := w.refunding()
	if err != nil || !ok || c.State == care.CertificateRefunded || c.State == care.CertificateCancelled {
		return err
	}
	on := calendar.DateOf(w.d.now(), w.terms.zone)
	c = c.RefundOnClaim(on, w.claim.Remedy.Clause, w.claim.Refund.Amount, w.claim.Number, care.Env{Now: w.d.now(), Zone: w.terms.zone, Actor: w.actor})
	return w.d.putCertificate(w.ctx, w.tx, w.actor, c, "certificate.end", w.claim.Number)
}

// endCertificate ends the certificate of a sale that a claim has rescinded.
func (w *work) endCertificate() error {
	if w.claim.Sale.ID == "" {
		return nil
	}
	sale, err := w.tx.Sale(w.ctx, w.claim.Retailer, w.claim.Sale.ID)
	if err != nil {
		return fmt.Errorf("sale of claim: %w", err)
	}
	if sale.Rescinded.IsZero() {
		return nil
	}
	return w.d.endWithSale(w.ctx, w.tx, w.actor, w.terms, w.claim.Unit, sale, w.claim, w.claim.Number)
}

// refreshCertificates derives the terms of a unit's certificates anew from
// the ledger of services.
func (d *Desk) refreshCertificates(ctx context.Context, tx Tx, t terms, u care.Unit) error {
	list, err := tx.CertificatesOfUnit(ctx, u.Retailer, u.ID)
	if err != nil {
		return fmt.Errorf("certificates of unit: %w", err)
	}
	for _, c := range list {
		if c.State != care.CertificateSold {
			continue
		}
		sale, err := tx.Sale(ctx, c.Retailer, c.Sale)
		if err != nil {
			return fmt.Errorf("sale of certificate: %w", err)
		}
		next, err := d.withTerm(ctx, tx, t, c, u, sale)
		if err != nil {
			return err
		}
		if next == c && !c.Until.IsZero() { // what is unknown is noted as counted
			continue
		}
		if err := tx.PutCertificate(ctx, next); err != nil {
			return fmt.Errorf("store certificate: %w", err)
		}
	}
	return nil
}

// withTerm is the certificate with the term that the decision gives it.
func (d *Desk) withTerm(ctx context.Context, tx Tx, t terms, c care.Certificate, u care.Unit, sale care.Sale) (care.Certificate, error) {
	dec, err := d.decideUnit(ctx, tx, t, u, sale, "")
	if err != nil {
		return c, err
	}
	c.From, c.LastDay, c.Until = calendar.Date{}, calendar.Date{}, calendar.Date{}
	if b := dec.Basis(policy.Certificate); b != nil {
		c.From, c.LastDay, c.Until = b.From, b.LastDay, b.Until
	}
	return c, nil
}

// enterCertificate puts a certificate into the register that came with a
// sale's papers. One that is there already stays; a number that is another
// unit's is a conflict.
func (d *Desk) enterCertificate(ctx context.Context, tx Tx, t terms, u care.Unit, sale care.Sale, origin care.CertificateOrigin) error {
	known, err := tx.CertificateByNumber(ctx, sale.Retailer, sale.Certificate)
	if !missing(&err) {
		if err == nil && known.Unit != u.ID {
			err = care.Fail(care.Conflict, "certificate_taken", "number", sale.Certificate).At("certificate")
		}
		return err
	}
	if old, ok, err := certificateOfSale(ctx, tx, sale); err != nil || ok {
		if err != nil || old.Origin == care.CertificateFromDesk {
			return err
		}
		// The sale bears one certificate: another number puts the first right.
		old.Number, old.Price, old.SoldOn = sale.Certificate, sale.CertificatePrice, sale.CertificateSold
		if err := tx.PutCertificate(ctx, old); err != nil {
			return fmt.Errorf("store certificate: %w", err)
		}
		return nil
	}
	id, err := d.newID()
	if err != nil {
		return err
	}
	c := care.Certificate{ID: id, Retailer: sale.Retailer, Number: sale.Certificate, Unit: u.ID, Sale: sale.ID, Customer: sale.Customer,
		State: care.CertificateSold, Origin: origin, Price: sale.CertificatePrice, SoldOn: sale.CertificateSold,
		PackVersion: sale.PackVersion, TermsVersion: sale.PackVersion}
	if c, err = d.withTerm(ctx, tx, t, c, u, sale); err != nil {
		return err
	}
	if err := tx.PutCertificate(ctx, c); err != nil {
		return fmt.Errorf("store certificate: %w", err)
	}
	return nil
}
