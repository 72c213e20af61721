package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Rescission ends the contract of sale of a unit otherwise than by a claim.
type Rescission struct {
	Unit   string        // id, serial or IMEI
	On     calendar.Date // zero = today
	Reason string
}

// RescindSale records that the contract of sale ended: no cover of the sale
// is in force any more, and the certificate's price is refunded where its
// terms say so (A13).
func (d *Desk) RescindSale(ctx context.Context, actor care.Actor, in Rescission) (care.UnitRecord, error) {
	if err := may(actor, RescindSales); err != nil {
		return care.UnitRecord{}, err
	}
	if err := required(in.Reason, "reason"); err != nil {
		return care.UnitRecord{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return care.UnitRecord{}, err
	}
	var out care.UnitRecord
	err = d.store.Tx(ctx, func(tx Tx) error {
		out, err = d.rescindSale(ctx, tx, actor, t, in)
		return err
	})
	if err != nil {
		return care.UnitRecord{}, fmt.Errorf("rescind sale: %w", err)
	}
	return out, nil
}

func (d *Desk) rescindSale(ctx context.Context, tx Tx, actor care.Actor, t terms, in Rescission) (care.UnitRecord, error) {
	rec, err := d.unitRecord(ctx, tx, actor.Retailer, in.Unit)
	if err != nil {
		return rec, err
	}
	today := calendar.DateOf(d.now(), t.zone)
	if in.On.IsZero() {
		in.On = today
	}
	switch {
	case rec.Sale == nil:
		return rec, care.Fail(care.Blocked, "certificate_no_sale")
	case !rec.Sale.Rescinded.IsZero():
		return rec, care.Fail(care.Conflict, "certificate_sale_ended", "date", rec.Sale.Rescinded.String())
	case in.On.Before(rec.Sale.Date):
		return rec, care.Fail(care.Invalid, "before_sale", "field", "on", "value", in.On.String()).At("on")
	case in.On.After(today):
		return rec, care.Fail(care.Invalid, "certificate_in_future", "value", in.On.String()).At("on")
	}
	rec.Sale.Rescinded = in.On
	if err := tx.PutSale(ctx, *rec.Sale); err != nil {
		return rec, fmt.Errorf("store sale: %w", err)
	}
	if err := d.endWithSale(ctx, tx, actor, t, rec.Unit, *rec.Sale, care.Claim{}, in.Reason); err != nil {
		return rec, err
	}
	if err := d.carry(ctx, tx, actor, t, *rec.Sale); err != nil {
		return rec, err
	}
	return rec, d.audit(ctx, tx, actor, string(RescindSales), "sale", rec.Sale.ID, in.Reason, map[string]string{"on": in.On.String()})
}

// endWithSale ends the certificate of a sale whose contract was rescinded, as
// the decision on it says: refunded where a clause gives its price back, and
// otherwise kept by its terms (A13). claim is the one that rescinded it, zero
// for none.
func (d *Desk) endWithSale(ctx context.Context, tx Tx, actor care.Actor, t terms, u care.Unit, sale care.Sale, claim care.Claim, reason string) error {
	c, ok, err := certificateOfSale(ctx, tx, sale)
	if err != nil || !ok {
		return err
	}
	dec, err := d.decideUnit(ctx, tx, t, u, sale, "")
	if err != nil {
		return err
	}
	clause, given, refund := "", false, (*money.Amount)(nil)
	if b := dec.Basis(policy.Certificate); b != nil {
		if i := slices.IndexFunc(b.Remedies, func(r policy.Remedy) bool { return r.Kind == "refund" }); i >= 0 {
			clause, given, refund = b.Remedies[i].Clause, true, b.Remedies[i].Amount
		}
	}
	if !given {
		program, err := d.packs.Program(t.pack.ID, sale.Date)
		if err != nil {
			return fmt.Errorf("pack of sale: %w", err)
		}
		if n := noticeAbout(program.Pack, "certificate_kept"); n != nil {
			clause = n.ID
		}
	}
	c, err = c.EndWithSale(sale.Rescinded, clause, given, refund, reason, care.Env{Now: d.now(), Zone: t.zone, Actor: actor})
	if err != nil {
		return err
	}
	if err := d.putCertificate(ctx, tx, actor, c, "certificate.end", reason); err != nil {
		return err
	}
	return d.oweRefund(ctx, tx, actor, t, c, claim)
}

// oweRefund enters what a certificate that ended gives back into the ledger,
// once: on the claim that ended it, or on none. What a claim has entered for
// the certificate before is it already.
func (d *Desk) oweRefund(ctx context.Context, tx Tx, actor care.Actor, t terms, c care.Certificate, claim care.Claim) error {
	if c.Refund == nil || c.Refund.Minor <= 0 {
		return nil
	}
	_, err := tx.EntryOfCertificate(ctx, c.Retailer, c.ID)
	if !missing(&err) {
		return err
	}
	b, err := d.book(ctx, tx, actor, t, claim.ID)
	if err != nil {
		return err
	}
	e := care.Entry{Retailer: c.Retailer, Claim: claim.ID, Number: claim.Number, What: care.DebtCertificate, Cause: care.CertificateCause(c.ID),
		Certificate: c.ID, CertificateNumber: c.Number, Debtor: care.RetailerParty, Creditor: care.CustomerParty, Amount: *c.Refund,
		Clause: c.Clause, Pack: t.pack.ID, PackVersion: c.TermsVersion, Why: c.Reason, Round: claim.Reopened}
	if e.Claim == "" {
		e.Number = c.Number
	}
	if err := b.Open(e); err != nil {
		return err
	}
	return saveBook(ctx, tx, b)
}

// certificateOfSale is the certificate that is sold for a sale.
func certificateOfSale(ctx context.Context, tx Tx, sale care.Sale) (care.Certificate, bool, error) {
	list, err := tx.CertificatesOfUnit(ctx, sale.Retailer, sale.Unit)
	if err != nil {
		return care.Certificate{}, false, fmt.Errorf("certificates of unit: %w", err)
	}
	for _, c := range list {
		if c.Sale == sale.ID && c.State == care.CertificateSold {
			return c, true, nil
		}
	}
	return care.Certificate{}, false, nil
}

func (d *Desk) putCertificate(ctx context.Context, tx Tx, actor care.Actor, c care.Certificate, action, reason string) error {
	if err := tx.PutCertificate(ctx, c); err != nil {
		return fmt.Errorf("store certificate: %w", err)
	}
	details := map[string]string{"number": c.Number, "state": string(c.State)}
	if c.Refund != nil {
		details["refund"] = policy.AmountText(*c.Refund)
	}
	return d.audit(ctx, tx, actor, action, "certificate", c.ID, reason, details)
}

// Cancellation is the customer's wish to end a certificate.
type Cancellation struct {
	Costs  money.Amount // what the provider has actually spent; kept
	Reason string
}

// CancelCertificate ends a certificate at the customer's wish, which the law
// allows at any time for the actual costs (RU-32). Where no law beside the
// pack says so, it is refused. Its year over or not does not matter: the
// costs are then what the service has cost. Decisions no longer see it.
func (d *Desk) CancelCertificate(ctx context.Context, actor care.Actor, number string, in Cancellation) (care.Certificate, error) {
	return d.changeCertificate(ctx, actor, CancelCertificates, number, in.Reason, func(tx Tx, t terms, c care.Certificate) (care.Certificate, error) {
		clause, err := d.cancellation(ctx, tx, t, c)
		if err != nil {
			return c, err
		}
		if in.Costs.Currency == "" && c.Price != nil {
			in.Costs.Currency = c.Price.Currency
		}
		was := c
		c, err = c.Cancel(calendar.DateOf(d.now(), t.zone), in.Costs, clause.ID, in.Reason, care.Env{Now: d.now(), Zone: t.zone, Actor: actor})
		if err != nil {
			return c, err
		}
		if err := freeOfClaims(ctx, tx, was); err != nil {
			return was, err
		}
		if err := d.forget(ctx, tx, actor, t, c); err != nil {
			return c, err
		}
		return c, d.oweRefund(ctx, tx, actor, t, c, care.Claim{})
	})
}

// freeOfClaims refuses to end a certificate whose price a claim is giving
// back.
func freeOfClaims(ctx context.Context, tx Tx, c care.Certificate) error {
	e, err := tx.EntryOfCertificate(ctx, c.Retailer, c.ID)
	if missing(&err) {
		return nil
	}
	if err != nil {
		return err
	}
	return care.Fail(care.Blocked, "certificate_refund_on_claim", "number", e.Number)
}

// cancellation is the clause of the law that lets the customer cancel.
func (d *Desk) cancellation(ctx context.Context, tx Tx, t terms, c care.Certificate) (*policy.NoticeClause, error) {
	sale, err := tx.Sale(ctx, c.Retailer, c.Sale)
	if err != nil {
		return nil, fmt.Errorf("sale of certificate: %w", err)
	}
	program, err := d.packs.Program(t.pack.ID, sale.Date)
	if err != nil {
		return nil, fmt.Errorf("pack of sale: %w", err)
	}
	for _, p := range []*policy.Pack{program.Statute, program.Pack} {
		if n := noticeAbout(p, "certificate_cancellation"); n != nil {
			return n, nil
		}
	}
	return nil, care.Fail(care.Blocked, "certificate_no_cancelling", "number", c.Number)
}

// forget takes a certificate that is no more off the sale's papers.
func (d *Desk) forget(ctx context.Context, tx Tx, actor care.Actor, t terms, c care.Certificate) error {
	sale, err := tx.Sale(ctx, c.Retailer, c.Sale)
	if err != nil {
		return fmt.Errorf("sale of certificate: %w", err)
	}
	sale.Certificate, sale.CertificateSold, sale.CertificatePrice = "", calendar.Date{}, nil
	if err := tx.PutSale(ctx, sale); err != nil {
		return fmt.Errorf("store sale: %w", err)
	}
	// The register first: a claim that is told must not find it sold.
	if err := tx.PutCertificate(ctx, c); err != nil {
		return fmt.Errorf("store certificate: %w", err)
	}
	return d.carry(ctx, tx, actor, t, sale)
}

// StateRefund says what a certificate's refund is where its price was not
// known; the ledger has it from then on.
func (d *Desk) StateRefund(ctx context.Context, actor care.Actor, number string, amount money.Amount) (care.Certificate, error) {
	return d.changeCertificate(ctx, actor, StateRefunds, number, "", func(tx Tx, t terms, c care.Certificate) (care.Certificate, error) {
		c, err := c.StateRefund(amount)
		if err != nil {
			return c, err
		}
		return c, d.oweRefund(ctx, tx, actor, t, c, care.Claim{})
	})
}

// changeCertificate is one use case on one certificate.
func (d *Desk) changeCertificate(ctx context.Context, actor care.Actor, action Action, number, reason string,
	change func(Tx, terms, care.Certificate) (care.Certificate, error)) (care.Certificate, error) {
	if err := may(actor, action); err != nil {
		return care.Certificate{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return care.Certificate{}, err
	}
	var out care.Certificate
	err = d.store.Tx(ctx, func(tx Tx) error {
		c, err := findCertificate(ctx, tx, actor.Retailer, number)
		if err != nil {
			return err
		}
		if out, err = change(tx, t, c); err != nil {
			return err
		}
		if err := d.putCertificate(ctx, tx, actor, out, string(action), reason); err != nil {
			return err
		}
		out, err = tx.CertificateByNumber(ctx, actor.Retailer, out.Number) // with what the ledger says now
		return err
	})
	if err != nil {
		return care.Certificate{}, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}
