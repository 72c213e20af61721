package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// CertificateQuote is an offer of a certificate for one unit: the plan that
// fits, its price and the term that it would have (A5, A7).
type CertificateQuote struct {
	care.UnitRecord
	Plan         string
	Price        money.Amount
	Sample       bool // the pack's figure is an example
	From         calendar.Date
	LastDay      calendar.Date
	Until        calendar.Date
	BuyBy        calendar.Date // last day of the maker's warranty: the last one on which it is sold
	Notice       *policy.NoticeClause
	PackVersion  string
	TermsVersion string
	lang         string
	languages    []string
}

// Ask is the pack's word on whom to ask about it, in the reader's language.
func (q CertificateQuote) Ask() string {
	if q.Notice == nil {
		return ""
	}
	return q.Notice.Text.In(q.lang, q.languages...)
}

// QuoteCertificate offers a certificate for a unit, by id, serial or IMEI, or
// says why none can be sold.
func (d *Desk) QuoteCertificate(ctx context.Context, actor care.Actor, unit, lang string) (CertificateQuote, error) {
	if err := may(actor, SellCertificates); err != nil {
		return CertificateQuote{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return CertificateQuote{}, err
	}
	var out CertificateQuote
	err = d.store.View(ctx, func(tx Tx) error {
		rec, err := d.unitRecord(ctx, tx, actor.Retailer, unit)
		if err != nil {
			return err
		}
		out, err = d.quote(ctx, tx, t, rec, lang)
		return err
	})
	if err != nil {
		return CertificateQuote{}, fmt.Errorf("quote certificate: %w", err)
	}
	return out, nil
}

// unitRecord finds a unit by id, serial or IMEI.
func (d *Desk) unitRecord(ctx context.Context, tx Tx, retailer, id string) (care.UnitRecord, error) {
	u, err := tx.Unit(ctx, retailer, id)
	if missing(&err) {
		return d.findUnit(ctx, tx, retailer, id)
	}
	if err != nil {
		return care.UnitRecord{}, fmt.Errorf("find unit: %w", err)
	}
	return d.record(ctx, tx, u)
}

// quote finds the plan for a unit, or why there is none. The certificate's
// plan and price are those of the pack in force today; it is served by the
// terms that the product's sale is under, as every claim on the unit is.
func (d *Desk) quote(ctx context.Context, tx Tx, t terms, rec care.UnitRecord, lang string) (CertificateQuote, error) {
	out := CertificateQuote{UnitRecord: rec, lang: t.lang(lang), languages: t.pack.Languages}
	today := calendar.DateOf(d.now(), t.zone)
	program, err := d.packs.Program(t.pack.ID, today)
	if err != nil {
		return out, fmt.Errorf("pack of today: %w", err)
	}
	pack := program.Pack
	if len(pack.Fees.CertificatePlans) == 0 {
		return out, care.Fail(care.Blocked, "certificate_not_sold")
	}
	if err := d.certifiable(ctx, tx, rec); err != nil {
		return out, err
	}
	if err := d.quoteTerm(ctx, tx, t, rec, today, &out); err != nil {
		return out, err
	}
	plan, price, err := planFor(pack, rec)
	if err != nil {
		return out, err
	}
	out.Plan, out.Price, out.Sample, out.PackVersion = plan.ID, price, plan.Sample, pack.Version
	out.TermsVersion = rec.Sale.PackVersion
	if out.TermsVersion == "" {
		out.TermsVersion = pack.Version
	}
	out.Notice = noticeAbout(pack, "certificate_offer")
	return out, nil
}

// certifiable refuses a unit that can have no certificate, whatever its term.
func (d *Desk) certifiable(ctx context.Context, tx Tx, rec care.UnitRecord) error {
	switch {
	case rec.Sale == nil || rec.Sale.Date.IsZero():
		return care.Fail(care.Blocked, "certificate_no_sale")
	case !rec.Sale.Rescinded.IsZero():
		return care.Fail(care.Illegal, "certificate_sale_ended", "date", rec.Sale.Rescinded.String())
	case rec.Sale.Certificate != "":
		return care.Fail(care.Conflict, "certificate_exists", "number", rec.Sale.Certificate)
	}
	_, gone := tx.UnitReplacing(ctx, rec.Unit.Retailer, rec.Unit.ID)
	if missing(&gone) {
		return nil
	}
	if gone != nil {
		return fmt.Errorf("replacement of unit: %w", gone)
	}
	return care.Fail(care.Conflict, "unit_replaced", "serial", rec.Unit.Identity())
}

// quoteTerm computes the term that a certificate would have, and refuses when
// the maker's warranty is over: it extends one that still runs (A5).
func (d *Desk) quoteTerm(ctx context.Context, tx Tx, t terms, rec care.UnitRecord, today calendar.Date, out *CertificateQuote) error {
	sale := *rec.Sale
	sale.Certificate, sale.CertificateSold = "?", today
	dec, err := d.decideUnit(ctx, tx, t, rec.Unit, sale, "")
	if err != nil {
		return err
	}
	w, c := dec.Basis(policy.Warranty), dec.Basis(policy.Certificate)
	switch {
	case w == nil || w.LastDay.IsZero() || c == nil || c.From.IsZero():
		return care.Fail(care.Blocked, "certificate_warranty_unknown")
	case today.After(w.LastDay):
		return care.Fail(care.Illegal, "certificate_warranty_over", "date", w.LastDay.String())
	}
	out.From, out.LastDay, out.Until, out.BuyBy = c.From, c.LastDay, c.Until, w.LastDay
	return nil
}

// decideUnit is the decision on a unit without a claim, with its ledger.
func (d *Desk) decideUnit(ctx context.Context, tx Tx, t terms, u care.Unit, sale care.Sale, lang string) (policy.Decision, error) {
	stays, err := lineageStays(ctx, tx, u)
	if err != nil {
		return policy.Decision{}, err
	}
	dec, err := d.packs.Decide(care.UnitFactsOf(t.pack.ID, u, sale, stays, d.now(), t.zone), t.lang(lang))
	if err != nil {
		return dec, fmt.Errorf("decide unit: %w", err)
	}
	return dec, nil
}

// CertificateOffer is the certificate that can still be bought for a unit, as
// anybody may read it (A5).
type CertificateOffer struct {
	Price   money.Amount
	Sample  bool // the pack's figure is an example
	From    calendar.Date
	LastDay calendar.Date
	BuyBy   calendar.Date
	Ask     string // whom to ask, in the reader's language
	Clause  string // id of the clause that says so
}

// offerOf is the offer for a unit; nil where there is none, for whatever
// reason.
func (d *Desk) offerOf(ctx context.Context, tx Tx, t terms, rec care.UnitRecord, lang string) (*CertificateOffer, error) {
	q, err := d.quote(ctx, tx, t, rec, lang)
	if care.CodeOf(err) != "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &CertificateOffer{Price: q.Price, Sample: q.Sample, From: q.From, LastDay: q.LastDay, BuyBy: q.BuyBy, Ask: q.Ask()}
	if q.Notice != nil {
		out.Clause = q.Notice.ID
	}
	return out, nil
}

// planFor finds the plan of a category and price band (A5).
func planFor(pack *policy.Pack, rec care.UnitRecord) (policy.Plan, money.Amount, error) {
	if rec.Sale.Price == nil {
		return policy.Plan{}, money.Amount{}, care.Fail(care.Blocked, "certificate_price_unknown")
	}
	none := care.Fail(care.Blocked, "certificate_no_plan", "category", rec.Unit.Category, "price", policy.AmountText(*rec.Sale.Price))
	goods := *rec.Sale.Price
	if goods.Currency != pack.Currency {
		converted, err := goods.ConvertFixed(pack.Currency)
		if err != nil {
			return policy.Plan{}, money.Amount{}, none
		}
		goods = converted
	}
	for _, p := range pack.Fees.CertificatePlans {
		if len(p.Categories) > 0 && !slices.Contains(p.Categories, rec.Unit.Category) {
			continue
		}
		fits, err := inBand(goods, p)
		if err != nil {
			return policy.Plan{}, money.Amount{}, fmt.Errorf("plan %s: %w", p.ID, err)
		}
		if !fits {
			continue
		}
		price, err := money.Parse(p.Amount, pack.Currency)
		if err != nil {
			return policy.Plan{}, money.Amount{}, fmt.Errorf("plan %s: %w", p.ID, err)
		}
		return p, price, nil
	}
	return policy.Plan{}, money.Amount{}, none
}

func inBand(goods money.Amount, p policy.Plan) (bool, error) {
	for _, bound := range []struct {
		text string
		out  int // how the goods compare with the bound when they are outside
	}{{p.PriceFrom, -1}, {p.PriceTo, 1}} {
		if bound.text == "" {
			continue
		}
		sum, err := money.Parse(bound.text, goods.Currency)
		if err != nil {
			return false, err
		}
		if c, err := goods.Cmp(sum); err != nil || c == bound.out {
			return false, err
		}
	}
	return true, nil
}

// noticeAbout is the clause of a pack that speaks of a subject; nil for none.
func noticeAbout(pack *policy.Pack, subject string) *policy.NoticeClause {
	if pack == nil {
		return nil
	}
	for i := range pack.Notices {
		if pack.Notices[i].About == subject {
			return &pack.Notices[i]
		}
	}
	return nil
}

// CertificateSale is what is said when a certificate is sold.
type CertificateSale struct {
	Unit     string        // id, serial or IMEI
	Price    *money.Amount // the price that was told the customer; another one today is a conflict; nil = today's
	Customer Contact       // the buyer, where the product's sale names none
	Lang     string
}

// SoldCertificate is a certificate just sold, with the secret of its link.
type SoldCertificate struct {
	care.Certificate
	Token string
}

// SellCertificate sells a certificate while the maker's warranty runs, with
// the product or after it (A5). The sale's papers name it from then on, so
// that decisions see it.
func (d *Desk) SellCertificate(ctx context.Context, actor care.Actor, in CertificateSale) (SoldCertificate, error) {
	if err := may(actor, SellCertificates); err != nil {
		return SoldCertificate{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return SoldCertificate{}, err
	}
	var out SoldCertificate
	err = d.store.Tx(ctx, func(tx Tx) error {
		rec, err := d.unitRecord(ctx, tx, actor.Retailer, in.Unit)
		if err != nil {
			return err
		}
		out, err = d.sellCertificate(ctx, tx, actor, t, rec, in)
		return err
	})
	if err != nil {
		return SoldCertificate{}, fmt.Errorf("sell certificate: %w", err)
	}
	return out, nil
}

func (d *Desk) sellCertificate(ctx context.Context, tx Tx, actor care.Actor, t terms, rec care.UnitRecord, in CertificateSale) (SoldCertificate, error) {
	q, err := d.quote(ctx, tx, t, rec, in.Lang)
	if err != nil {
		return SoldCertificate{}, err
	}
	if in.Price != nil && *in.Price != q.Price {
		return SoldCertificate{}, care.Fail(care.Conflict, "certificate_price_changed", "price", policy.AmountText(q.Price)).At("price")
	}
	sale := *rec.Sale
	if sale.Customer == "" && strings.TrimSpace(in.Customer.Name) != "" {
		c, err := d.customerFor(ctx, tx, actor, t.lang(in.Lang), in.Customer)
		if err != nil {
			return SoldCertificate{}, err
		}
		sale.Customer = c.ID
	}
	number, err := d.certificateNumber(ctx, tx, actor.Retailer)
	if err != nil {
		return SoldCertificate{}, err
	}
	id, err := d.newID()
	if err != nil {
		return SoldCertificate{}, err
	}
	token, hash, err := d.newToken(16)
	if err != nil {
		return SoldCertificate{}, err
	}
	price, today := q.Price, calendar.DateOf(d.now(), t.zone)
	c := care.Certificate{ID: id, Retailer: actor.Retailer, Number: number, Unit: rec.Unit.ID, Sale: sale.ID, Customer: sale.Customer,
		State: care.CertificateSold, Origin: care.CertificateFromDesk, Plan: q.Plan, Price: &price, SoldOn: today, SoldAt: d.now(),
		SoldBy: actor.ID, PackVersion: q.PackVersion, TermsVersion: q.TermsVersion, From: q.From, LastDay: q.LastDay, Until: q.Until, Link: hash}
	sale.Certificate, sale.CertificateSold, sale.CertificatePrice = number, today, &price
	if err := tx.PutSale(ctx, sale); err != nil {
		return SoldCertificate{}, fmt.Errorf("store sale: %w", err)
	}
	if err := tx.PutCertificate(ctx, c); err != nil {
		return SoldCertificate{}, fmt.Errorf("store certificate: %w", err)
	}
	if err := d.carry(ctx, tx, actor, t, sale); err != nil {
		return SoldCertificate{}, err
	}
	return SoldCertificate{c, token}, d.audit(ctx, tx, actor, string(SellCertificates), "certificate", c.ID, "",
		map[string]string{"number": c.Number, "plan": c.Plan, "price": policy.AmountText(price)})
}

// certificateNumber is the next number of the own series. An imported paper
// may bear it already; then it is passed over.
func (d *Desk) certificateNumber(ctx context.Context, tx Tx, retailer string) (string, error) {
	for {
		number, err := d.number(ctx, tx, retailer, "CERT")
		if err != nil {
			return "", err
		}
		_, err = tx.CertificateByNumber(ctx, retailer, number)
		if missing(&err) {
			return number, nil
		}
		if err != nil {
			return "", fmt.Errorf("find certificate: %w", err)
		}
	}
}

// carry tells the claims under way on a unit what its sale says now of the
// certificate and of the contract, and decides them anew. A claim that has
// come too far to take answers keeps what it was decided on.
func (d *Desk) carry(ctx context.Context, tx Tx, actor care.Actor, t terms, sale care.Sale) error {
	claims, err := tx.ClaimsOfUnit(ctx, sale.Retailer, sale.Unit)
	if err != nil {
		return fmt.Errorf("claims of unit: %w", err)
	}
	price := ""
	if sale.CertificatePrice != nil {
		price = policy.AmountText(*sale.CertificatePrice)
	}
	facts := care.RecordAnswers{Facts: []care.Answer{{Fact: "certificate.number", Value: sale.Certificate},
		{Fact: "certificate.sold", Value: sale.CertificateSold.String()}, {Fact: "certificate.price", Value: price},
		{Fact: "sale.rescinded", Value: sale.Rescinded.String()}}}
	for _, c := range claims {
		if c.Sale.ID != sale.ID || c.State.Over() {
			continue
		}
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
		if err := w.apply(facts); err != nil {
			if code := care.CodeOf(err); code == care.Illegal || code == care.Blocked {
				continue
			}
			return err
		}
		if err := w.decide(); err != nil {
			return err
		}
		if err := w.save(); err != nil {
			return err
		}
	}
	return nil
}

// findCertificate reads a certificate by its number.
func findCertificate(ctx context.Context, tx Tx, retailer, number string) (care.Certificate, error) {
	if err := required(number, "number"); err != nil {
		return care.Certificate{}, err
	}
	c, err := tx.CertificateByNumber(ctx, retailer, number)
	if errors.Is(err, care.ErrNotFound) {
		return c, care.Fail(care.NotFound, "no_certificate", "number", number)
	}
	return c, err
}
