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

// CertificatePaper is all that the certificate's paper says, made of the
// clauses of the pack that it is served by.
type CertificatePaper struct {
	CertificateView
	Retailer care.Retailer
	Lang     string
	Months   int // of the term
	Parts    []PaperPart
}

// PaperPart is one heading of the paper with its clauses.
type PaperPart struct {
	Key   string // covers, deadlines, not_covered, refused, proof, where, ended_sale, rights
	Texts []string
}

// CertificatePaper is the paper of a certificate. lang "" is the customer's.
func (d *Desk) CertificatePaper(ctx context.Context, actor care.Actor, number, lang string) (CertificatePaper, error) {
	if err := may(actor, ReadCertificates); err != nil {
		return CertificatePaper{}, err
	}
	return d.paper(ctx, lang, func(tx Tx) (care.Certificate, error) { return findCertificate(ctx, tx, actor.Retailer, number) })
}

// LinkedCertificate is the paper by the customer's link. A link that is none
// is not found.
func (d *Desk) LinkedCertificate(ctx context.Context, token, lang string) (CertificatePaper, error) {
	return d.paper(ctx, lang, func(tx Tx) (care.Certificate, error) {
		c, err := tx.CertificateByLink(ctx, HashToken(token))
		if errors.Is(err, care.ErrNotFound) {
			return c, care.Fail(care.NotFound, "no_certificate_link")
		}
		return c, err
	})
}

func (d *Desk) paper(ctx context.Context, lang string, find func(Tx) (care.Certificate, error)) (CertificatePaper, error) {
	var out CertificatePaper
	err := d.store.View(ctx, func(tx Tx) error {
		c, err := find(tx)
		if err != nil {
			return err
		}
		t, err := d.terms(c.Retailer)
		if err != nil {
			return err
		}
		if out.Retailer, err = tx.Retailer(ctx, c.Retailer); err != nil {
			return err
		}
		if lang == "" {
			rec, err := d.certified(ctx, tx, c)
			if err != nil {
				return err
			}
			if rec.Customer != nil {
				lang = rec.Customer.Lang
			}
		}
		out.Lang = t.lang(lang)
		if out.CertificateView, err = d.certificateView(ctx, tx, t, c, out.Lang); err != nil {
			return err
		}
		return d.paperParts(ctx, tx, t, &out)
	})
	if err != nil {
		return CertificatePaper{}, fmt.Errorf("certificate paper: %w", err)
	}
	return out, nil
}

func (d *Desk) paperParts(ctx context.Context, tx Tx, t terms, out *CertificatePaper) error {
	program, err := d.packs.Program(t.pack.ID, out.Record.Sale.Date)
	if err != nil {
		return fmt.Errorf("pack of sale: %w", err)
	}
	p := paperMaker{pack: program.Pack, unit: out.Record.Unit, out: out}
	p.terms(program.Statute)
	return d.paperContacts(ctx, tx, t, out, &p)
}

// paperMaker gathers the clauses of a pack under the paper's headings.
type paperMaker struct {
	pack *policy.Pack
	unit care.Unit
	out  *CertificatePaper
}

// add puts a clause under a heading where it speaks of the certificate and of
// such goods.
func (p *paperMaker) add(key string, pack *policy.Pack, c *policy.Clause) {
	if len(c.Categories) > 0 && !slices.Contains(c.Categories, p.unit.Category) {
		return
	}
	p.put(key, c.Text.In(p.out.Lang, pack.Languages...))
}

func (p *paperMaker) put(key, text string) {
	i := slices.IndexFunc(p.out.Parts, func(x PaperPart) bool { return x.Key == key })
	if i < 0 {
		i, p.out.Parts = len(p.out.Parts), append(p.out.Parts, PaperPart{Key: key})
	}
	if !slices.Contains(p.out.Parts[i].Texts, text) {
		p.out.Parts[i].Texts = append(p.out.Parts[i].Texts, text)
	}
}

func ofCertificate(c *policy.Clause) bool { return slices.Contains(c.Basis, policy.Certificate) }

// terms adds the clauses in the order in which a customer asks: how long,
// what is done, by when, what is left out, what is needed, what if the sale
// ends, and what the law gives besides.
func (p *paperMaker) terms(statute *policy.Pack) {
	pack := p.pack
	for i := range pack.Covers {
		if ofCertificate(&pack.Covers[i].Clause) {
			p.add("term", pack, &pack.Covers[i].Clause)
		}
	}
	for i := range pack.Remedies {
		c := &pack.Remedies[i]
		if !ofCertificate(&c.Clause) {
			continue
		}
		key := "covers"
		if slices.ContainsFunc(c.Offers, func(o policy.Offer) bool { return o.Amount == "certificate_price" }) {
			key = "ended_sale"
		}
		p.add(key, pack, &c.Clause)
	}
	for i := range pack.Deadlines {
		if ofCertificate(&pack.Deadlines[i].Clause) {
			p.add("deadlines", pack, &pack.Deadlines[i].Clause)
		}
	}
	for i := range pack.Exclusions {
		c := &pack.Exclusions[i]
		switch {
		case !ofCertificate(&c.Clause):
		case len(c.FailedParts) > 0:
			p.add("not_covered", pack, &c.Clause)
		default:
			p.add("refused", pack, &c.Clause)
		}
	}
	for i := range pack.Proof {
		if ofCertificate(&pack.Proof[i].Clause) {
			p.add("proof", pack, &pack.Proof[i].Clause)
		}
	}
	p.notices(statute)
}

func (p *paperMaker) notices(statute *policy.Pack) {
	for i := range p.pack.Notices {
		n := &p.pack.Notices[i]
		switch {
		case n.About == "certificate_kept":
			p.add("ended_sale", p.pack, &n.Clause)
		case ofCertificate(&n.Clause):
			p.add("rights", p.pack, &n.Clause)
		}
	}
	if n := noticeAbout(statute, "certificate_cancellation"); n != nil {
		p.add("rights", statute, &n.Clause)
	}
}

// paperContacts adds whom to turn to: the lines that a decision gives because
// there is a certificate, and not without one (A10).
func (d *Desk) paperContacts(ctx context.Context, tx Tx, t terms, out *CertificatePaper, p *paperMaker) error {
	with := *out.Record.Sale
	with.Certificate = out.Number
	without := with
	without.Certificate = ""
	dec, err := d.decideUnit(ctx, tx, t, out.Record.Unit, with, out.Lang)
	if err != nil {
		return err
	}
	plain, err := d.decideUnit(ctx, tx, t, out.Record.Unit, without, out.Lang)
	if err != nil {
		return err
	}
	for _, c := range dec.Contacts {
		if slices.ContainsFunc(plain.Contacts, func(x policy.Contact) bool { return x.ID == c.ID }) {
			continue
		}
		for i := range p.pack.Contacts {
			if p.pack.Contacts[i].ID == c.ID {
				p.add("where", p.pack, &p.pack.Contacts[i].Clause)
			}
		}
	}
	for _, c := range p.pack.Covers {
		if !ofCertificate(&c.Clause) || c.Lasts == "" {
			continue
		}
		period, err := calendar.ParsePeriod(c.Lasts)
		if err != nil {
			return fmt.Errorf("term of certificate: %w", err)
		}
		out.Months = period.Months()
	}
	return nil
}
