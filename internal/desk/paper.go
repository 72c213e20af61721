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

// Renderer sets papers; internal/document's writes PDF.
type Renderer interface {
	// Render gives the file of a paper. The same paper gives the same bytes.
	Render(p care.Paper) ([]byte, error)
}

// PaperFile is a paper as a file.
type PaperFile struct {
	Name    string // RMA-2026-000017-N12.pdf
	Content []byte
}

// PaperAs says how a paper is wanted.
type PaperAs struct {
	Lang string // "" = the customer's
	// Link is the address that its QR code leads to: where the customer
	// follows the claim; "" = no code.
	Link string
}

// paperActions are the further rights that some papers take: whoever may not
// read the ledger reads no act of a refund.
var paperActions = map[care.PaperKind]Action{care.RefundAct: ReadMoney, care.LoanerPaper: ReadLoaners, care.WarrantyPaper: ReadCertificates,
	care.ShippingLabel: ReadShipments}

// mayPaper reports whether a paper is for the actor.
func mayPaper(actor care.Actor, kind care.PaperKind) bool {
	if actor.Kind == care.CustomerActor {
		return May(actor, ReadPapers) && !kind.Inside()
	}
	further := paperActions[kind]
	return May(actor, ReadPapers) && (further == "" || May(actor, further))
}

// Papers lists the papers that a claim has in its present state, as far as
// they are for the actor (D4).
func (d *Desk) Papers(ctx context.Context, actor care.Actor, claim string) (list []care.Issued, err error) {
	if err := may(actor, ReadPapers); err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		list, err = d.papersOf(ctx, tx, actor, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list papers: %w", err)
	}
	return list, nil
}

// Paper is one of them as a file. It is the same file whenever it is printed
// again; a paper that the claim does not have is not found.
func (d *Desk) Paper(ctx context.Context, actor care.Actor, claim string, kind care.PaperKind, as PaperAs) (PaperFile, error) {
	if err := may(actor, ReadPapers); err != nil {
		return PaperFile{}, err
	}
	var p care.Paper
	err := d.store.View(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		p, err = d.paperOf(ctx, tx, actor, c, kind, as)
		return err
	})
	if err != nil {
		return PaperFile{}, fmt.Errorf("paper: %w", err)
	}
	return d.printed(p)
}

// PrintIntakeSlip is the intake slip with a new tracking link in its QR code,
// for the customer to take along. link makes the address of a token. Earlier
// links stay good.
func (d *Desk) PrintIntakeSlip(ctx context.Context, actor care.Actor, claim, lang string, link func(token string) string) (PaperFile, error) {
	if err := may(actor, IssueTracking); err != nil {
		return PaperFile{}, err
	}
	if err := may(actor, ReadPapers); err != nil {
		return PaperFile{}, err
	}
	var p care.Paper
	err := d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		if p, err = d.paperOf(ctx, tx, actor, c, care.IntakeSlip, PaperAs{Lang: lang}); err != nil {
			return err
		}
		token, err := d.track(ctx, tx, p.Request)
		if err != nil {
			return err
		}
		p.Link = link(token)
		return d.audit(ctx, tx, actor, string(IssueTracking), "claim", c.ID, "", map[string]string{"number": c.Number, "paper": p.Number})
	})
	if err != nil {
		return PaperFile{}, fmt.Errorf("print intake slip: %w", err)
	}
	return d.printed(p)
}

// TrackedPapers lists the papers for the customer whom a tracking link lets
// in; none where the link opens no claim.
func (d *Desk) TrackedPapers(ctx context.Context, token string) ([]care.Issued, error) {
	link, actor, err := d.followed(ctx, token)
	if err != nil || link.Claim == "" {
		return nil, err
	}
	return d.Papers(ctx, actor, link.Claim)
}

// TrackedPaper is Paper for the customer whom a tracking link lets in.
func (d *Desk) TrackedPaper(ctx context.Context, token string, kind care.PaperKind, as PaperAs) (PaperFile, error) {
	link, actor, err := d.followed(ctx, token)
	if err != nil {
		return PaperFile{}, err
	}
	if link.Claim == "" {
		return PaperFile{}, care.Fail(care.NotFound, "no_paper")
	}
	return d.Paper(ctx, actor, link.Claim, kind, as)
}

func (d *Desk) printed(p care.Paper) (PaperFile, error) {
	if d.papers == nil {
		return PaperFile{}, errors.New("print paper: this desk has no printer")
	}
	content, err := d.papers.Render(p)
	if err != nil {
		return PaperFile{}, fmt.Errorf("print %s %s: %w", p.Kind, p.Number, err)
	}
	return PaperFile{Name: p.Number + ".pdf", Content: content}, nil
}

// papersOf gathers the papers that the claim's events call for, and those of
// its loans, ways and certificate.
func (d *Desk) papersOf(ctx context.Context, tx Tx, actor care.Actor, c care.Claim) ([]care.Issued, error) {
	events, err := eventsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	return d.papersFrom(ctx, tx, actor, c, events)
}

func eventsOf(ctx context.Context, tx Tx, c care.Claim) ([]care.Event, error) {
	events, err := tx.Events(ctx, c.Retailer, c.ID)
	if err != nil {
		return nil, fmt.Errorf("events of claim: %w", err)
	}
	return events, nil
}

// papersFrom is papersOf for a claim whose events have been read.
func (d *Desk) papersFrom(ctx context.Context, tx Tx, actor care.Actor, c care.Claim, events []care.Event) ([]care.Issued, error) {
	program, err := d.programOf(c)
	if err != nil {
		return nil, err
	}
	var all []care.Issued
	for _, p := range care.PapersOf(events) {
		byLaw := p.Kind == care.ClosingAct || p.Kind == care.RepairForm
		if !byLaw || program.Paper(string(p.Kind), calendar.DateOf(p.At, program.Zone())) != nil {
			all = append(all, p)
		}
	}
	further, err := d.furtherPapers(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(append(all, further...), func(p care.Issued) bool { return !mayPaper(actor, p.Kind) })
	order := care.PaperKinds()
	slices.SortStableFunc(all, func(a, b care.Issued) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return all, nil
}

// furtherPapers are those that don't come from the claim's events.
func (d *Desk) furtherPapers(ctx context.Context, tx Tx, c care.Claim) ([]care.Issued, error) {
	var out []care.Issued
	add := func(kind care.PaperKind, number string, p care.Issued) {
		p.Kind, p.Number, p.Claim = kind, number, c
		out = append(out, p)
	}
	if c.Intake != nil && !c.State.Over() {
		add(care.DeviceLabel, c.Number, care.Issued{At: c.Intake.At})
	}
	loan, n, err := lentFor(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if loan != nil {
		add(care.LoanerPaper, care.PaperNumber(c.Number, care.LoanerPaper, n), care.Issued{At: loan.LentAt})
	}
	leg, err := wayToLabel(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if leg != nil {
		add(care.ShippingLabel, c.Number, care.Issued{At: leg.Created})
	}
	if c.Sale.Certificate == "" {
		return out, nil
	}
	cert, err := tx.CertificateByNumber(ctx, c.Retailer, c.Sale.Certificate)
	if missing(&err) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("certificate of claim: %w", err)
	}
	add(care.WarrantyPaper, cert.Number, care.Issued{At: cert.SoldAt})
	return out, nil
}

// lentFor is the latest loan of a claim that a loaner was handed out for, and
// which of its loans that is; nil where there is none.
func lentFor(ctx context.Context, tx Tx, c care.Claim) (*care.Loan, int, error) {
	loans, err := tx.LoansOfClaim(ctx, c.Retailer, c.ID)
	if err != nil {
		return nil, 0, fmt.Errorf("loans of claim: %w", err)
	}
	for i := len(loans) - 1; i >= 0; i-- {
		if loans[i].Loaner != "" {
			return &loans[i], i + 1, nil
		}
	}
	return nil, 0, nil
}

// wayToLabel is the way that a label is stuck on for: one that is ordered or
// under way; nil where there is none.
func wayToLabel(ctx context.Context, tx Tx, c care.Claim) (*care.Leg, error) {
	legs, err := tx.LegsOfClaim(ctx, c.Retailer, c.ID)
	if err != nil {
		return nil, fmt.Errorf("ways of claim: %w", err)
	}
	for i := len(legs) - 1; i >= 0; i-- {
		if !legs[i].State.Over() {
			return &legs[i], nil
		}
	}
	return nil, nil
}

// paperTerms are the terms as they stood when the paper was drawn up: with the
// stays that had begun by then, and the claim's own as the paper knows them.
func (d *Desk) paperTerms(ctx context.Context, tx Tx, t terms, p care.Issued, u care.Unit, sale care.Sale, lang string) ([]policy.BasisResult, error) {
	all, err := lineageStays(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	var stays []care.Stay
	for _, s := range all {
		if s.Claim != p.Claim.ID && s.Demanded.Before(p.At) {
			stays = append(stays, s)
		}
	}
	stays = append(stays, p.Claim.Stays...)
	facts := care.UnitFactsOf(p.Claim.Pack, u, sale, stays, p.Claim.UpdatedAt, t.zone)
	var dec policy.Decision
	if p.Claim.Version == "" {
		dec, err = d.packs.Decide(facts, lang)
	} else {
		dec, err = d.packs.DecideVersion(p.Claim.Pack, p.Claim.Version, facts, lang)
	}
	if err != nil {
		return nil, fmt.Errorf("terms for paper: %w", err)
	}
	return slices.DeleteFunc(dec.Bases, func(b policy.BasisResult) bool { return b.LastDay.IsZero() || b.Basis == policy.Paid }), nil
}

// CertificateFile is the paper of a certificate as a file (A5-A15).
func (d *Desk) CertificateFile(ctx context.Context, actor care.Actor, number, lang string) (PaperFile, error) {
	full, err := d.CertificatePaper(ctx, actor, number, lang)
	if err != nil {
		return PaperFile{}, err
	}
	return d.printedCertificate(full)
}

// LinkedCertificateFile is CertificateFile for its owner, by the link.
func (d *Desk) LinkedCertificateFile(ctx context.Context, token, lang string) (PaperFile, error) {
	full, err := d.LinkedCertificate(ctx, token, lang)
	if err != nil {
		return PaperFile{}, err
	}
	return d.printedCertificate(full)
}

func (d *Desk) printedCertificate(full CertificatePaper) (PaperFile, error) {
	t, err := d.terms(full.Certificate.Retailer)
	if err != nil {
		return PaperFile{}, err
	}
	p := care.Paper{Issued: care.Issued{Kind: care.WarrantyPaper, Number: full.Number, At: full.SoldAt}, Lang: full.Lang, Zone: t.zone,
		Certificate: certificateOf(full)}
	p.Seller = (&paperWork{d: d, terms: t, p: &p}).seller()
	return d.printed(p)
}
