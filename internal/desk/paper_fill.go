package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// paperWork is a paper being filled in.
type paperWork struct {
	d       *Desk
	ctx     context.Context
	tx      Tx
	terms   terms
	program *policy.Program
	p       *care.Paper
}

// paperOf fills a paper in.
func (d *Desk) paperOf(ctx context.Context, tx Tx, actor care.Actor, c care.Claim, kind care.PaperKind, as PaperAs) (care.Paper, error) {
	list, err := d.papersOf(ctx, tx, actor, c)
	if err != nil {
		return care.Paper{}, err
	}
	i := slices.IndexFunc(list, func(p care.Issued) bool { return p.Kind == kind })
	if i < 0 {
		return care.Paper{}, care.Fail(care.NotFound, "no_paper")
	}
	t, err := d.terms(c.Retailer)
	if err != nil {
		return care.Paper{}, err
	}
	program, err := d.programOf(c)
	if err != nil {
		return care.Paper{}, err
	}
	if as.Lang == "" {
		as.Lang = c.Lang
	}
	p := care.Paper{Issued: list[i], Lang: t.lang(as.Lang), Zone: t.zone, Link: as.Link}
	w := &paperWork{d: d, ctx: ctx, tx: tx, terms: t, program: program, p: &p}
	if err := w.head(); err != nil {
		return p, err
	}
	return p, w.body()
}

// in is a text of a pack in the paper's language.
func (w *paperWork) in(t policy.Text) string { return t.In(w.p.Lang, w.terms.pack.Languages...) }

// head adds the parties and the place.
func (w *paperWork) head() error {
	p, c := w.p, w.p.Claim
	p.Seller = w.seller()
	var err error
	if p.Customer, err = w.tx.Customer(w.ctx, c.Retailer, c.Customer); !missing(&err) && err != nil {
		return fmt.Errorf("customer of claim: %w", err)
	}
	if p.Request, err = w.tx.Request(w.ctx, c.Retailer, c.Request); err != nil {
		return fmt.Errorf("request of claim: %w", err)
	}
	p.Author = p.By.Name
	if at := w.where(); at != "" {
		place, err := w.tx.Place(w.ctx, c.Retailer, at)
		if missing(&err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("place of paper: %w", err)
		}
		p.Place = &place
	}
	return nil
}

// where is the place that a paper was drawn up at: where the device was.
func (w *paperWork) where() string {
	c := w.p.Claim
	switch {
	case w.p.Kind == care.IntakeSlip && c.Intake != nil:
		return c.Intake.Place
	case w.p.Kind == care.Conclusion && c.Diagnosis != nil && c.Diagnosis.Place != "":
		return c.Diagnosis.Place
	case c.Custody.Place != "":
		return c.Custody.Place
	case c.Intake != nil:
		return c.Intake.Place
	}
	return ""
}

// sellerLines is how many lines of contacts a head takes.
const sellerLines = 3

// seller is the retailer with whom to ask about a claim.
func (w *paperWork) seller() care.PaperSeller {
	out := care.PaperSeller{Name: w.in(w.terms.pack.Name)}
	for _, kind := range []string{"phone", "email", "address"} {
		for _, c := range w.terms.pack.Contacts {
			answers := len(c.Requests) == 0 || slices.Contains(c.Requests, care.WarrantyService)
			known := slices.ContainsFunc(out.Contacts, func(x care.PaperContact) bool { return x.Value == c.Value })
			if c.Kind != kind || !answers || known || len(out.Contacts) == sellerLines {
				continue
			}
			out.Contacts = append(out.Contacts, care.PaperContact{Label: w.in(c.Label), Value: c.Value, Extension: c.Extension})
		}
	}
	return out
}

// body adds what the kind of paper needs.
func (w *paperWork) body() error {
	fill := map[care.PaperKind]func() error{
		care.IntakeSlip: w.intake, care.RefusalLetter: w.refusal, care.RepairForm: w.form, care.LoanerPaper: w.loaner,
		care.HandBackPaper: w.handBack, care.ReplacementAct: w.exchange, care.RefundAct: w.refund, care.ClosingAct: w.closing,
		care.WarrantyPaper: w.certificate, care.ShippingLabel: w.shipping,
	}[w.p.Kind]
	if fill == nil {
		return nil
	}
	return fill()
}

// decision is the frozen one in the paper's language; nil before the first.
func (w *paperWork) decision() (*policy.Decision, error) {
	if w.p.Claim.Ruling == nil {
		return nil, nil
	}
	dec, err := w.d.decideFrozen(*w.p.Claim.Ruling, w.p.Lang)
	return &dec, err
}

func (w *paperWork) intake() error {
	dec, err := w.decision()
	if err != nil || dec == nil {
		return err
	}
	for _, a := range w.p.Claim.Acknowledged {
		for _, n := range dec.Notices {
			if n.ID == a.ID {
				w.p.Acknowledged = append(w.p.Acknowledged, care.PaperTerm{ID: n.ID, Source: n.Source, Text: n.Text, At: a.At})
			}
		}
	}
	for _, dl := range w.p.Claim.Deadlines {
		if dl.State == care.DeadlineOpen && (dl.Name == "remedy" || dl.Name == "repair") && dl.Basis == w.p.Claim.BasisInUse() {
			w.p.Due = dl.Due
		}
	}
	w.right("claims-register", "any-store")
	return nil
}

// refusal quotes every clause that the refusal rests on, what the other bases
// give, and whom the customer may turn to (D2; BG-54).
func (w *paperWork) refusal() error {
	r := w.p.Claim.Refusal
	dec, err := w.decision()
	if err != nil || r == nil {
		return err
	}
	for _, id := range r.Clauses {
		w.p.Grounds = append(w.p.Grounds, w.clause(dec, r.Basis, id))
	}
	if dec != nil {
		for _, b := range dec.Bases {
			if b.Basis != r.Basis {
				w.p.Other = append(w.p.Other, care.PaperBasis{Basis: b.Basis, Verdict: b.Verdict})
			}
		}
	}
	if own := w.p.Claim.Answers.PersonalUse; own != nil && !*own {
		return nil
	}
	for _, x := range w.program.Disputes() {
		w.p.Disputes = append(w.p.Disputes, care.PaperDispute{Name: w.in(x.Name), Text: w.in(x.Text), Source: x.Source, Web: x.Web, Phone: x.Phone})
	}
	return nil
}

// clause is a clause of the decision, or of the packs behind it.
func (w *paperWork) clause(dec *policy.Decision, basis policy.Basis, id string) care.PaperTerm {
	if dec != nil {
		if b := dec.Basis(basis); b != nil {
			for _, c := range b.Clauses {
				if c.ID == id {
					return care.PaperTerm{ID: id, Source: c.Source, Text: c.Text}
				}
			}
		}
	}
	for _, pack := range append([]*policy.Pack{w.program.Pack, w.program.Statute}, w.program.Makers...) {
		if pack == nil {
			continue
		}
		for _, c := range pack.Clauses() {
			if c.ID == id {
				return care.PaperTerm{ID: id, Source: c.Source, Text: c.Text.In(w.p.Lang, pack.Languages...)}
			}
		}
	}
	return care.PaperTerm{ID: id}
}

// right adds clauses of the law by their ids, where the law has them for such
// goods and contracts.
func (w *paperWork) right(ids ...string) {
	if w.program.Statute == nil {
		return
	}
	for _, id := range ids {
		for _, c := range w.program.Statute.Clauses() {
			if c.ID == id && concernsSale(c, w.p.Claim) {
				w.p.Rights = append(w.p.Rights, care.PaperTerm{ID: id, Source: c.Source, Text: c.Text.In(w.p.Lang, w.program.Statute.Languages...)})
			}
		}
	}
}

func concernsSale(c *policy.Clause, claim care.Claim) bool {
	on := claim.Sale.Date
	return (len(c.Categories) == 0 || slices.Contains(c.Categories, claim.Unit.Category)) &&
		(c.Since.IsZero() || !on.IsZero() && !on.Before(c.Since)) && (c.Before.IsZero() || !on.IsZero() && on.Before(c.Before))
}

// rule adds what the law says of the paper itself, with its copies and how
// long it binds.
func (w *paperWork) rule() error {
	r := w.program.Paper(string(w.p.Kind), w.day())
	if r == nil {
		return nil
	}
	w.p.Copies = r.Copies
	w.p.Rights = append(w.p.Rights, care.PaperTerm{ID: r.ID, Source: r.Source, Text: w.in(r.Text)})
	if r.Binds == "" {
		return nil
	}
	period, err := calendar.ParsePeriod(r.Binds)
	if err != nil {
		return fmt.Errorf("how long a paper binds: %w", err)
	}
	w.p.ValidUntil = period.From(w.day())
	return nil
}

func (w *paperWork) day() calendar.Date { return calendar.DateOf(w.p.At, w.p.Zone) }

// form is the European repair information form; the time that the repair
// takes is the promised one, or the house's own.
func (w *paperWork) form() error {
	for _, dl := range w.p.Claim.Deadlines {
		if dl.Name == "repair" && dl.State == care.DeadlineOpen {
			w.p.Due = dl.Due
		}
	}
	if w.p.Due == "" {
		w.p.Due = calendar.DateOf(w.p.At.Add(care.InRepair.Target()), w.p.Zone).String()
	}
	for _, l := range w.program.Pack.Fees.PriceLists {
		if e := w.p.Claim.Estimate; e != nil && e.PriceList == l.ID {
			w.p.PriceList = w.in(l.Name)
		}
	}
	return w.rule()
}

func (w *paperWork) loaner() error {
	loan, _, err := lentFor(w.ctx, w.tx, w.p.Claim)
	if err != nil || loan == nil {
		return err
	}
	device, err := w.tx.Loaner(w.ctx, loan.Retailer, loan.Loaner)
	if err != nil {
		return fmt.Errorf("loaner: %w", err)
	}
	w.p.Loan, w.p.Loaner = loan, &device
	place, err := w.tx.Place(w.ctx, loan.Retailer, device.Place)
	if err == nil {
		w.p.Place = &place
	}
	missing(&err)
	return err
}

func (w *paperWork) handBack() (err error) {
	c := w.p.Claim
	if w.p.Terms, err = w.d.paperTerms(w.ctx, w.tx, w.terms, w.p.Issued, c.Unit, c.Sale, w.p.Lang); err != nil {
		return err
	}
	for _, n := range handBackNotices(w.terms, c) {
		w.p.Told = append(w.p.Told, w.in(n.Text))
	}
	if c.Repair != nil && len(c.Repair.Parts) > 0 {
		w.right("replaced-part")
	}
	if err := w.owed(); err != nil {
		return err
	}
	return w.rule()
}

func (w *paperWork) exchange() error {
	c := w.p.Claim
	if c.Replacement == nil {
		return nil
	}
	u, err := w.tx.Unit(w.ctx, c.Retailer, c.Replacement.Unit)
	if err != nil {
		return fmt.Errorf("unit given in exchange: %w", err)
	}
	sale, err := w.tx.Sale(w.ctx, c.Retailer, c.Replacement.Sale)
	if err != nil {
		return fmt.Errorf("terms of the unit given in exchange: %w", err)
	}
	w.p.NewUnit, w.p.NewSale = &u, &sale
	if w.p.Terms, err = w.d.paperTerms(w.ctx, w.tx, w.terms, w.p.Issued, u, sale, w.p.Lang); err != nil {
		return err
	}
	w.right("price-difference", "swap-keeps-terms")
	return w.owed()
}

// owed adds the ledger as far as it is the customer's business.
func (w *paperWork) owed() error {
	entries, err := w.tx.EntriesOf(w.ctx, w.p.Claim.Retailer, w.p.Claim.ID)
	if err != nil {
		return fmt.Errorf("ledger of claim: %w", err)
	}
	for _, e := range entries {
		if concerns(e) && e.Round == w.p.Claim.Reopened {
			w.p.Money = append(w.p.Money, e)
		}
	}
	return nil
}

func (w *paperWork) refund() error {
	r := w.p.Claim.Refund
	if r == nil {
		return nil
	}
	w.p.Author = strings.Join(slices.DeleteFunc([]string{r.ApprovedName, r.SecondName}, func(s string) bool { return s == "" }), ", ")
	if clause := w.p.Claim.Remedy; clause != nil && clause.Clause != "" {
		dec, err := w.decision()
		if err != nil {
			return err
		}
		w.p.Grounds = append(w.p.Grounds, w.clause(dec, clause.Basis, clause.Clause))
	}
	return w.owed()
}

func (w *paperWork) closing() error {
	c := w.p.Claim
	if c.Replacement != nil {
		u, err := w.tx.Unit(w.ctx, c.Retailer, c.Replacement.Unit)
		if err != nil {
			return fmt.Errorf("unit given in exchange: %w", err)
		}
		w.p.NewUnit = &u
	}
	var err error
	if w.p.Terms, err = w.d.paperTerms(w.ctx, w.tx, w.terms, w.p.Issued, c.Unit, c.Sale, w.p.Lang); err != nil {
		return err
	}
	return w.rule()
}

func (w *paperWork) certificate() error {
	full, err := w.d.paper(w.ctx, w.p.Lang, func(tx Tx) (care.Certificate, error) {
		return findCertificate(w.ctx, tx, w.p.Claim.Retailer, w.p.Claim.Sale.Certificate)
	})
	if err != nil {
		return err
	}
	w.p.Certificate = certificateOf(full)
	return nil
}

func certificateOf(full CertificatePaper) *care.PaperCertificate {
	out := &care.PaperCertificate{Certificate: full.Certificate, Unit: full.Record.Unit, Months: full.Months}
	if full.Record.Customer != nil {
		out.Buyer = full.Record.Customer.Name
	}
	if full.Record.Sale != nil {
		out.Sale = *full.Record.Sale
	}
	if m := full.Warranty; m != nil {
		out.Maker = &policy.BasisResult{Basis: m.Basis, From: m.From, LastDay: m.LastDay, Until: m.Until, ProlongedDays: m.ProlongedDays}
	}
	for _, part := range full.Parts {
		out.Parts = append(out.Parts, care.PaperPart{Key: part.Key, Texts: part.Texts})
	}
	return out
}

func (w *paperWork) shipping() error {
	leg, err := wayToLabel(w.ctx, w.tx, w.p.Claim)
	if err != nil || leg == nil {
		return err
	}
	order, err := w.d.bookingOrder(w.ctx, w.tx, *leg)
	if err != nil {
		return fmt.Errorf("addresses of label: %w", err)
	}
	w.p.Leg, w.p.From, w.p.To = leg, order.From, order.To
	return nil
}
