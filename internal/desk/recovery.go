package desk

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// maxBatch bounds what is claimed at once; the rest goes into the next batch.
const maxBatch = 1000

// recovery enters what a claim's events have cost that the maker or
// distributor pays back: a hook of save. It may run any number of times: a
// cause that is entered already is left as it is.
func (w *work) recovery(events []care.Event) error {
	if !w.claim.Recoverable() || !slices.ContainsFunc(events, costs) {
		return nil
	}
	program, err := w.d.programOf(w.claim)
	if err != nil {
		return err
	}
	all, err := w.tx.Events(w.ctx, w.claim.Retailer, w.claim.ID)
	if err != nil {
		return err
	}
	supplier, agreement := supplierOf(program, w.claim.Unit.Brand)
	for _, line := range care.Recovered(w.claim, all, agreement, program.Pack.Currency, w.terms.zone, program.PaidIn) {
		if line.ID, err = w.d.newID(); err != nil {
			return err
		}
		line.Supplier = supplier
		if err := w.tx.AddRecovery(w.ctx, line); err != nil && !errors.Is(err, care.ErrConflict) {
			return fmt.Errorf("store recovery: %w", err)
		}
	}
	return nil
}

// costs reports whether an event may be one that a supplier pays for.
func costs(e care.Event) bool {
	switch e.Data.(type) {
	case *care.RepairFinished, *care.WasReplaced, *care.RefundPaid, *care.WasForwarded, *care.WasShipped:
		return true
	}
	return false
}

// supplierOf names whom to claim from for a brand; where the terms name
// nobody, that is the brand itself, and nothing is agreed.
func supplierOf(p *policy.Program, brand string) (string, care.Agreement) {
	if r := p.Supplier(brand); r != nil {
		return r.ID, r
	}
	return strings.ToLower(strings.TrimSpace(brand)), nil
}

// Supplier is a maker or distributor as pages name it.
type Supplier struct {
	ID, Name, Email string
	Answer          string // agreed period of an answer, ISO 8601; "" = none
	Sample          bool
}

// Suppliers lists those of the terms in force.
func (d *Desk) Suppliers(ctx context.Context, actor care.Actor, lang string) ([]Supplier, error) {
	if err := may(actor, ReadRecovery); err != nil {
		return nil, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return nil, err
	}
	var out []Supplier
	for _, r := range t.pack.Suppliers {
		out = append(out, Supplier{ID: r.ID, Name: r.Name.In(lang, t.pack.Languages...), Email: r.Email, Answer: r.Answer, Sample: r.Sample})
	}
	return out, ctx.Err()
}

// Recoveries lists what suppliers owe, by when it was earned.
func (d *Desk) Recoveries(ctx context.Context, actor care.Actor, f care.RecoveryFilter, page care.Page) (list []care.Recovery, next string, err error) {
	if err := may(actor, ReadRecovery); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Recoveries(ctx, actor.Retailer, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list recovery: %w", err)
	}
	return list, next, nil
}

// RecoveryTotals sums it by supplier, month and state.
func (d *Desk) RecoveryTotals(ctx context.Context, actor care.Actor, f care.RecoveryFilter) (list []care.RecoveryTotal, err error) {
	if err := may(actor, ReadRecovery); err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.RecoveryTotals(ctx, actor.Retailer, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sum recovery: %w", err)
	}
	return list, nil
}

// NewRecovery is a cost that no event tells of.
type NewRecovery struct {
	Claim  string // id or number
	Kind   care.RecoveryKind
	What   string
	Amount money.Amount
}

// AddRecovery enters a cost by hand.
func (d *Desk) AddRecovery(ctx context.Context, actor care.Actor, in NewRecovery) (out care.Recovery, err error) {
	if err := may(actor, ManageRecovery); err != nil {
		return out, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return out, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, in.Claim)
		if err != nil {
			return err
		}
		if err := checkRecovery(in, c, t.pack.Currency); err != nil {
			return err
		}
		program, err := d.programOf(c)
		if err != nil {
			return err
		}
		supplier, _ := supplierOf(program, c.Unit.Brand)
		id, err := d.newID()
		if err != nil {
			return err
		}
		out = care.Recovery{ID: id, Retailer: c.Retailer, Claim: c.ID, Number: c.Number, Cause: "hand:" + id, Supplier: supplier, Centre: c.Centre,
			Kind: in.Kind, What: strings.TrimSpace(in.What), Amount: in.Amount, EarnedOn: calendar.DateOf(d.now(), t.zone), EarnedAt: d.now(),
			State: care.RecoveryOpen}
		if err := tx.AddRecovery(ctx, out); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, "recovery.add", "claim", c.ID, out.What, map[string]string{"number": c.Number, "kind": string(in.Kind)})
	})
	if err != nil {
		return care.Recovery{}, fmt.Errorf("add recovery: %w", err)
	}
	return out, nil
}

func checkRecovery(in NewRecovery, c care.Claim, currency string) error {
	switch {
	case !slices.Contains(care.RecoveryKinds(), in.Kind):
		return care.Fail(care.Invalid, "required", "field", "kind").At("kind")
	case strings.TrimSpace(in.What) == "":
		return care.Fail(care.Invalid, "required", "field", "what").At("what")
	case in.Amount.Minor <= 0:
		return care.Fail(care.Invalid, "amount_not_positive").At("amount")
	case in.Amount.Currency != currency:
		return care.Fail(care.Invalid, "recovery_currency", "currency", currency).At("amount")
	case c.Sale.WarrantyIssuer != "manufacturer":
		return care.Fail(care.Blocked, "recovery_not_makers", "number", c.Number)
	}
	return nil
}

// BatchView is a batch with its lines.
type BatchView struct {
	Batch  care.RecoveryBatch
	Lines  []care.Recovery
	Total  money.Amount
	Agreed money.Amount
	Late   bool // the agreed term of the answer has run out
}

// CreateBatch gathers a supplier's open lines, oldest first.
func (d *Desk) CreateBatch(ctx context.Context, actor care.Actor, supplier string) (out care.RecoveryBatch, err error) {
	return d.batch(ctx, actor, "recovery.batch", func(tx Tx, t terms) (care.RecoveryBatch, []care.Recovery, error) {
		lines, err := tx.OpenRecoveries(ctx, actor.Retailer, supplier, maxBatch)
		if err != nil {
			return out, nil, err
		}
		if len(lines) == 0 {
			return out, nil, care.Fail(care.Blocked, "recovery_nothing", "supplier", supplier).At("supplier")
		}
		b := care.RecoveryBatch{Retailer: actor.Retailer, Supplier: supplier, State: care.BatchDraft, CreatedAt: d.now(), CreatedBy: actor.ID}
		if b.ID, err = d.newID(); err != nil {
			return b, nil, err
		}
		if b.Number, err = d.number(ctx, tx, actor.Retailer, "REC"); err != nil {
			return b, nil, err
		}
		for i := range lines {
			lines[i].State, lines[i].Batch = care.RecoveryBatched, b.ID
		}
		return b, lines, nil
	})
}

// SendBatch claims the lines of a draft from the supplier; the answer is due
// within the agreed term.
func (d *Desk) SendBatch(ctx context.Context, actor care.Actor, batch string) (care.RecoveryBatch, error) {
	return d.batch(ctx, actor, "recovery.send", func(tx Tx, t terms) (care.RecoveryBatch, []care.Recovery, error) {
		b, lines, err := batchOf(ctx, tx, actor, batch)
		if err != nil {
			return b, nil, err
		}
		if b.State != care.BatchDraft {
			return b, nil, care.Fail(care.Illegal, "batch_sent", "number", b.Number)
		}
		b.State, b.SentAt = care.BatchSent, d.now()
		for _, r := range t.pack.Suppliers {
			if r.ID == b.Supplier {
				period, err := calendar.ParsePeriod(r.Answer)
				if err != nil {
					return b, nil, err
				}
				b.AnswerBy = period.From(calendar.DateOf(b.SentAt, t.zone))
			}
		}
		for i := range lines {
			lines[i].State = care.RecoverySent
		}
		return b, lines, nil
	})
}

// DropBatch takes a draft apart: its lines are open again.
func (d *Desk) DropBatch(ctx context.Context, actor care.Actor, batch string) (care.RecoveryBatch, error) {
	return d.batch(ctx, actor, "recovery.drop", func(tx Tx, t terms) (care.RecoveryBatch, []care.Recovery, error) {
		b, lines, err := batchOf(ctx, tx, actor, batch)
		if err != nil {
			return b, nil, err
		}
		if b.State != care.BatchDraft {
			return b, nil, care.Fail(care.Illegal, "batch_sent", "number", b.Number)
		}
		for i := range lines {
			lines[i].State, lines[i].Batch = care.RecoveryOpen, ""
		}
		b.State = care.BatchDropped
		return b, lines, nil
	})
}

// AnswerRecovery records what the supplier says to a line: the sum agreed, or
// nil and the reason of the rejection.
func (d *Desk) AnswerRecovery(ctx context.Context, actor care.Actor, line string, agreed *money.Amount, reason string) (out care.Recovery, err error) {
	if err := may(actor, ManageRecovery); err != nil {
		return out, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		r, err := tx.Recovery(ctx, actor.Retailer, line)
		if err != nil {
			return notFound(err, "no_recovery")
		}
		if out, err = r.Answer(agreed, reason, d.now()); err != nil {
			return err
		}
		if err := tx.PutRecovery(ctx, out); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, "recovery.answer", "claim", r.Claim, out.Reason, map[string]string{"number": r.Number, "state": string(out.State)})
	})
	if err != nil {
		return care.Recovery{}, fmt.Errorf("answer recovery: %w", err)
	}
	return out, nil
}

// PayBatch records the supplier's payment of what was agreed. Every line must
// be answered.
func (d *Desk) PayBatch(ctx context.Context, actor care.Actor, batch, reference string) (care.RecoveryBatch, error) {
	return d.batch(ctx, actor, "recovery.pay", func(tx Tx, t terms) (care.RecoveryBatch, []care.Recovery, error) {
		b, lines, err := batchOf(ctx, tx, actor, batch)
		if err != nil {
			return b, nil, err
		}
		if err := required(reference, "reference"); err != nil {
			return b, nil, err
		}
		if b.State != care.BatchSent {
			return b, nil, care.Fail(care.Illegal, "batch_not_sent", "number", b.Number)
		}
		for i := range lines {
			switch lines[i].State {
			case care.RecoverySent:
				return b, nil, care.Fail(care.Blocked, "recovery_unanswered", "number", lines[i].Number)
			case care.RecoveryAgreed:
				lines[i].State, lines[i].PaidAt, lines[i].Reference = care.RecoveryPaid, d.now(), strings.TrimSpace(reference)
			}
		}
		b.State, b.PaidAt, b.Reference = care.BatchPaid, d.now(), strings.TrimSpace(reference)
		return b, lines, nil
	})
}

// batch runs a use case on a batch and its lines: permission, change, audit.
func (d *Desk) batch(ctx context.Context, actor care.Actor, action string, change func(Tx, terms) (care.RecoveryBatch, []care.Recovery, error)) (out care.RecoveryBatch, err error) {
	if err := may(actor, ManageRecovery); err != nil {
		return out, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return out, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		b, lines, err := change(tx, t)
		if err != nil {
			return err
		}
		if err := tx.PutRecoveryBatch(ctx, b); err != nil {
			return err
		}
		for _, r := range lines {
			if err := tx.PutRecovery(ctx, r); err != nil {
				return err
			}
		}
		out = b
		return d.audit(ctx, tx, actor, action, "batch", b.ID, b.Reference, map[string]string{"number": b.Number, "lines": strconv.Itoa(len(lines))})
	})
	if err != nil {
		return care.RecoveryBatch{}, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

func batchOf(ctx context.Context, tx Tx, actor care.Actor, id string) (care.RecoveryBatch, []care.Recovery, error) {
	b, err := tx.RecoveryBatch(ctx, actor.Retailer, id)
	if err != nil {
		return b, nil, notFound(err, "no_batch")
	}
	lines, err := tx.BatchLines(ctx, actor.Retailer, b.ID)
	return b, lines, err
}

// Batch shows a batch with its lines.
func (d *Desk) Batch(ctx context.Context, actor care.Actor, id string) (out BatchView, err error) {
	if err := may(actor, ReadRecovery); err != nil {
		return out, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return out, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		out.Batch, out.Lines, err = batchOf(ctx, tx, actor, id)
		return err
	})
	if err != nil {
		return BatchView{}, fmt.Errorf("show batch: %w", err)
	}
	out.Total, out.Agreed = money.Amount{Currency: t.pack.Currency}, money.Amount{Currency: t.pack.Currency}
	for _, r := range out.Lines {
		if out.Total, err = out.Total.Add(r.Amount); err != nil {
			return out, err
		}
		if r.Agreed == nil {
			continue
		}
		if out.Agreed, err = out.Agreed.Add(*r.Agreed); err != nil {
			return out, err
		}
	}
	today := calendar.DateOf(d.now(), t.zone)
	out.Late = out.Batch.State == care.BatchSent && !out.Batch.AnswerBy.IsZero() && today.After(out.Batch.AnswerBy)
	return out, nil
}

// Batches lists them, newest first.
func (d *Desk) Batches(ctx context.Context, actor care.Actor, page care.Page) (list []care.RecoveryBatch, next string, err error) {
	if err := may(actor, ReadRecovery); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.RecoveryBatches(ctx, actor.Retailer, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list batches: %w", err)
	}
	return list, next, nil
}

// WriteCSV writes a batch as it is sent to the supplier: what was done on
// which claim and for how much, and no customer.
func (b BatchView) WriteCSV(to io.Writer) error {
	w := csv.NewWriter(to)
	rows := [][]string{{"batch", "claim", "date", "kind", "what", "amount", "currency", "state", "agreed", "reason"}}
	for _, r := range b.Lines {
		agreed := ""
		if r.Agreed != nil {
			agreed = r.Agreed.String()
		}
		rows = append(rows, []string{b.Batch.Number, r.Number, r.EarnedOn.String(), string(r.Kind), SafeCell(r.What), r.Amount.String(),
			r.Amount.Currency, string(r.State), agreed, SafeCell(r.Reason)})
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	return nil
}

// respond is how soon an authorised centre acts on what is routed to it, by
// the terms with the centres that are in force now.
func (w *work) respond(centre string) *care.Terms {
	program, err := w.d.packs.Program(w.claim.Retailer, calendar.Date{})
	if err != nil {
		return nil // no terms, no term
	}
	place, ok := program.Centre(centre)
	if !ok || care.PlaceKind(place.Kind) != care.AuthorisedPlace {
		return nil
	}
	r, ok := program.Response(centre)
	if !ok {
		return nil
	}
	return &care.Terms{Clause: r.Rule.ID, Accept: r.Accept, Diagnose: r.Diagnose}
}
