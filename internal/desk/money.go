package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// MoneyTx keeps the ledger.
type MoneyTx interface {
	// SaveMoney stores entries as they are after their moves, and appends
	// the moves; a cause that is taken for the claim and kind gives
	// care.ErrConflict.
	SaveMoney(ctx context.Context, entries []care.Entry, moves []care.MoneyMove) error
	// Entry reads a line of the ledger; in a Tx it also locks it.
	Entry(ctx context.Context, retailer, id string) (care.Entry, error)
	// EntryOfCertificate is the refund of a certificate that was not given up.
	EntryOfCertificate(ctx context.Context, retailer, certificate string) (care.Entry, error)
	// EntriesOf is the ledger of a claim, oldest first.
	EntriesOf(ctx context.Context, retailer, claim string) ([]care.Entry, error)
	// Entries lists the ledger, newest first.
	Entries(ctx context.Context, retailer string, f care.EntryFilter, page care.Page) (items []care.Entry, next string, err error)
	// Balances sums the whole ledger by currency and parties.
	Balances(ctx context.Context, retailer string) ([]care.Balance, error)
	// MovesOf is the history of an entry.
	MovesOf(ctx context.Context, retailer, entry string) ([]care.MoneyMove, error)
	// EachMove gives the moves from an instant on and before another, by
	// instant, without keeping them.
	EachMove(ctx context.Context, retailer string, from, before time.Time, each func(care.MoneyLine) error) error
}

// moneyRules is what a retailer's pack says of money on a day.
func (d *Desk) moneyRules(t terms) care.MoneyRules {
	out := care.MoneyRules{TwoAbove: t.pack.TwoAbove(), Old: map[string]string{}, Pack: t.pack.ID, PackVersion: t.pack.Version}
	today := calendar.DateOf(d.now(), t.zone)
	for _, r := range t.pack.Paying {
		if !today.Before(r.Since) {
			out.Old[r.From] = r.To
		}
	}
	if rule := t.pack.Charge("no_fault"); rule != nil {
		if sum := t.pack.Price(rule.PriceList, rule.Item); sum != nil {
			out.NoFault = &care.Fee{Clause: rule.ID, Bases: rule.Basis, Amount: *sum}
		}
	}
	return out
}

// book opens the ledger of a claim ("" = a new one of no claim).
func (d *Desk) book(ctx context.Context, tx Tx, actor care.Actor, t terms, claim string) (*care.Book, error) {
	b := &care.Book{At: d.now(), Actor: actor, Rules: d.moneyRules(t), NewID: d.newID}
	if claim == "" {
		return b, nil
	}
	var err error
	if b.Entries, err = tx.EntriesOf(ctx, actor.Retailer, claim); err != nil {
		return nil, fmt.Errorf("ledger of claim: %w", err)
	}
	return b, nil
}

func saveBook(ctx context.Context, tx Tx, b *care.Book) error {
	if len(b.Moves) == 0 {
		return nil
	}
	if err := tx.SaveMoney(ctx, b.Changed(), b.Moves); err != nil {
		return fmt.Errorf("store ledger: %w", err)
	}
	return nil
}

// money brings the ledger in line with what has just happened to the claim.
func (w *work) money(events []care.Event) error {
	if len(events) == 0 {
		return nil
	}
	b, err := w.d.book(w.ctx, w.tx, w.actor, w.terms, w.claim.ID)
	if err != nil {
		return err
	}
	if err := w.refundBook(b, events); err != nil {
		return err
	}
	if err := w.d.penalties(w.ctx, w.tx, w.terms, w.claim, b); err != nil {
		return err
	}
	if err := w.storage(b, events); err != nil {
		return err
	}
	if err := w.proceeds(b, events); err != nil {
		return err
	}
	for _, e := range events {
		if p, ok := e.Data.(*care.ApprovalWithdrawn); ok {
			b.Said = p.Reason
		}
	}
	if err := b.Settle(w.claim); err != nil {
		return err
	}
	return saveBook(w.ctx, w.tx, b)
}

// storage enters what keeping the device has cost when its owner collects it
// (ГК 738): nothing where it was brought to them, or came in time.
func (w *work) storage(b *care.Book, events []care.Event) error {
	over := slices.ContainsFunc(events, func(e care.Event) bool { _, ok := e.Data.(*care.WasHandedOver); return ok })
	c := w.claim
	if !over && !disposed(events) || c.ReadyAt.IsZero() || c.Return == care.ReturnDeliver || c.Shipment != nil && c.Shipment.At.After(c.ReadyAt) {
		return nil
	}
	program, err := w.d.packs.Program(c.Retailer, c.Sale.Date)
	if err != nil {
		return fmt.Errorf("terms at the sale: %w", err)
	}
	keep := program.Keep(calendar.DateOf(c.ReadyAt, w.terms.zone))
	if keep.Fee == nil {
		return nil
	}
	fee, err := keep.Fee.Due(calendar.DateOf(b.At, w.terms.zone))
	if err != nil || fee.Minor <= 0 {
		return err
	}
	return b.Open(care.Entry{Retailer: c.Retailer, Claim: c.ID, Number: c.Number, What: care.DebtStorage, Cause: "ready " + c.ReadyAt.UTC().Format(time.RFC3339Nano),
		Debtor: care.CustomerParty, Creditor: care.RetailerParty, Amount: fee, Clause: keep.Fee.Rule.ID, Pack: program.Pack.ID, PackVersion: program.Pack.Version,
		Round: c.Reopened})
}

// penalties counts what late terms have cost by now, by a decision on the
// claim as it stands that is not kept.
func (d *Desk) penalties(ctx context.Context, tx Tx, t terms, c care.Claim, b *care.Book) error {
	late := care.PenaltyTerms(c, b.At)
	if len(late) == 0 || c.Version == "" {
		return nil
	}
	stays, err := lineageStays(ctx, tx, c.Unit)
	if err != nil {
		return err
	}
	dec, err := d.packs.DecideVersion(c.Pack, c.Version, care.FactsOf(c, stays, b.At, t.zone), t.lang(c.Lang))
	if err != nil {
		return fmt.Errorf("count penalty of claim %s: %w", c.Number, err)
	}
	for _, term := range late {
		if a, ok := care.AccruedOf(term, dec); ok {
			if err := b.Accrue(c, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// Accrue counts the penalties of every claim whose term has run out, up to
// now. It may be run at any time, by any machine, and tells how many claims'
// ledgers grew.
func (d *Desk) Accrue(ctx context.Context) (grown int, err error) {
	var failed []error
	for _, retailer := range d.packs.Retailers() {
		late, err := d.lateWork(ctx, retailer)
		if err != nil {
			failed = append(failed, fmt.Errorf("late claims of %s: %w", retailer, err))
		}
		for _, id := range late {
			changed, err := d.accrue(ctx, care.System(retailer), id)
			if err != nil { // one claim must not hold up the others
				failed = append(failed, fmt.Errorf("penalty of claim %s: %w", id, err))
			}
			if changed {
				grown++
			}
		}
	}
	return grown, errors.Join(failed...)
}

// lateWork lists the open claims whose clock has run out.
func (d *Desk) lateWork(ctx context.Context, retailer string) (ids []string, err error) {
	f := care.WorkFilter{Late: true, Open: true, At: d.now()}
	for page := (care.Page{Limit: 200}); ; {
		err = d.store.View(ctx, func(tx Tx) error {
			list, next, err := tx.Work(ctx, retailer, f, page)
			for _, w := range list {
				ids = append(ids, w.Claim)
			}
			page.Cursor = next
			return err
		})
		if err != nil || page.Cursor == "" {
			return ids, err
		}
	}
}

func (d *Desk) accrue(ctx context.Context, actor care.Actor, id string) (changed bool, err error) {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return false, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		b, err := d.book(ctx, tx, actor, t, c.ID)
		if err != nil {
			return err
		}
		if err := d.penalties(ctx, tx, t, c, b); err != nil {
			return err
		}
		changed = len(b.Moves) > 0
		return saveBook(ctx, tx, b)
	})
	return changed, err
}

// owed is what the retailer still owes by a claim's ledger.
func (w *work) owed() ([]money.Amount, error) {
	b, err := w.d.book(w.ctx, w.tx, w.actor, w.terms, w.claim.ID)
	if err != nil {
		return nil, err
	}
	return unpaidSums(b.Entries), nil
}

func unpaidSums(entries []care.Entry) []money.Amount {
	var out []money.Amount
	for _, b := range care.BalancesOf(care.Unpaid(entries, care.RetailerParty)) {
		if b.Creditor == care.CustomerParty {
			out = append(out, b.Open())
		}
	}
	return out
}

// mayPay lets a clerk take what customers owe, and managers pay out.
func mayPay(actor care.Actor, e care.Entry) error {
	if e.Debtor == care.CustomerParty && e.Creditor == care.RetailerParty {
		return may(actor, TakeMoney)
	}
	return may(actor, PayMoney)
}

// ApproveEntry is a person's consent to a sum; above the pack's limit two
// different persons have to give it.
func (d *Desk) ApproveEntry(ctx context.Context, actor care.Actor, id string) (care.Entry, error) {
	if err := may(actor, ApproveMoney); err != nil {
		return care.Entry{}, err
	}
	return d.onEntry(ctx, actor, id, ApproveMoney, "",
		func(w *work, e care.Entry) error { return w.do(care.ApproveRefund{Amount: e.Amount}) },
		func(b *care.Book, e care.Entry) error { return b.Approve(e.ID) })
}

// PayEntry notes the payment of an approved sum with its reference.
func (d *Desk) PayEntry(ctx context.Context, actor care.Actor, id, reference string) (care.Entry, error) {
	if err := may(actor, TakeMoney); err != nil {
		return care.Entry{}, err
	}
	return d.onEntry(ctx, actor, id, PayMoney, "",
		func(w *work, e care.Entry) error {
			if err := mayPay(actor, e); err != nil {
				return err
			}
			return w.do(care.PayRefund{Reference: reference})
		},
		func(b *care.Book, e care.Entry) error {
			if err := mayPay(actor, e); err != nil {
				return err
			}
			return b.Pay(e.ID, reference)
		})
}

// WithdrawApproval takes back the consent to a sum that was not paid, with the
// reason: it is due again, and approved anew or given up.
func (d *Desk) WithdrawApproval(ctx context.Context, actor care.Actor, id, reason string) (care.Entry, error) {
	if err := may(actor, WithdrawMoney); err != nil {
		return care.Entry{}, err
	}
	return d.onEntry(ctx, actor, id, WithdrawMoney, strings.TrimSpace(reason),
		func(w *work, _ care.Entry) error { return w.do(care.WithdrawApproval{Reason: reason}) },
		func(b *care.Book, e care.Entry) error { return b.Withdraw(e.ID, reason) })
}

// CancelEntry gives up a debt that was not paid, with the reason. What
// follows the claim's remedy is ended by another remedy.
func (d *Desk) CancelEntry(ctx context.Context, actor care.Actor, id, reason string) (care.Entry, error) {
	if err := may(actor, CancelMoney); err != nil {
		return care.Entry{}, err
	}
	return d.onEntry(ctx, actor, id, CancelMoney, strings.TrimSpace(reason),
		func(*work, care.Entry) error { return care.Fail(care.Blocked, "entry_follows_claim") },
		func(b *care.Book, e care.Entry) error { return b.Cancel(e.ID, reason) })
}

// onEntry changes an entry: through its claim where the claim's commands do
// it, in the ledger alone otherwise.
func (d *Desk) onEntry(ctx context.Context, actor care.Actor, id string, action Action, reason string,
	follow func(*work, care.Entry) error, alone func(*care.Book, care.Entry) error) (out care.Entry, err error) {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return out, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		e, err := tx.Entry(ctx, actor.Retailer, id)
		if err != nil {
			return notFound(err, "no_entry")
		}
		if e.Follows() && e.State.Open() {
			c, err := findClaim(ctx, tx, actor, e.Claim)
			if err != nil {
				return err
			}
			if err := follow(&work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}, e); err != nil {
				return err
			}
		} else {
			b := &care.Book{Entries: []care.Entry{e}, At: d.now(), Actor: actor, Rules: d.moneyRules(t), NewID: d.newID}
			if err := alone(b, e); err != nil {
				return err
			}
			if err := saveBook(ctx, tx, b); err != nil {
				return err
			}
		}
		if out, err = tx.Entry(ctx, actor.Retailer, id); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, string(action), "money", id, reason, map[string]string{"number": out.Number, "what": string(out.What),
			"amount": out.Amount.String() + " " + out.Amount.Currency, "state": string(out.State)})
	})
	if err != nil {
		return care.Entry{}, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

// NewEntry is a debt that a person enters by hand: carriage, costs to be
// given back.
type NewEntry struct {
	What     care.DebtKind
	Debtor   care.Party
	Creditor care.Party
	Amount   money.Amount
	Why      string // required
}

// byHand are the kinds that a person may enter; the others follow from what
// happens.
var byHand = []care.DebtKind{care.DebtDelivery, care.DebtReimbursement}

// EnterMoney enters a debt on a claim by hand.
func (d *Desk) EnterMoney(ctx context.Context, actor care.Actor, claim string, in NewEntry) (care.Entry, error) {
	if err := may(actor, EnterMoney); err != nil {
		return care.Entry{}, err
	}
	if err := required(strings.TrimSpace(in.Why), "why"); err != nil {
		return care.Entry{}, err
	}
	if in.What != byHand[0] && in.What != byHand[1] {
		return care.Entry{}, care.Fail(care.Invalid, "unknown_value", "field", "what", "value", string(in.What),
			"expected", string(byHand[0])+" "+string(byHand[1])).At("what")
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return care.Entry{}, err
	}
	if in.Amount, err = d.charged(t, in.Amount, "amount"); err != nil {
		return care.Entry{}, err
	}
	var out care.Entry
	err = d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		cause, err := d.newID()
		if err != nil {
			return err
		}
		b, err := d.book(ctx, tx, actor, t, c.ID)
		if err != nil {
			return err
		}
		if err := b.Open(care.Entry{Retailer: c.Retailer, Claim: c.ID, Number: c.Number, What: in.What, Cause: "hand " + cause, Debtor: in.Debtor,
			Creditor: in.Creditor, Amount: in.Amount, Why: strings.TrimSpace(in.Why), Round: c.Reopened}); err != nil {
			return err
		}
		out = b.Entries[len(b.Entries)-1]
		if err := saveBook(ctx, tx, b); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, string(EnterMoney), "money", out.ID, out.Why, map[string]string{"number": c.Number, "what": string(in.What),
			"amount": out.Amount.String() + " " + out.Amount.Currency})
	})
	if err != nil {
		return care.Entry{}, fmt.Errorf("enter money: %w", err)
	}
	return out, nil
}

// EachMoney gives every step of a day in the shops' zone, to each, one after
// the other.
func (d *Desk) EachMoney(ctx context.Context, actor care.Actor, day calendar.Date, each func(care.MoneyLine, *time.Location) error) error {
	if err := may(actor, ExportMoney); err != nil {
		return err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		return tx.EachMove(ctx, actor.Retailer, day.Start(t.zone).UTC(), day.AddDays(1).Start(t.zone).UTC(), func(l care.MoneyLine) error { return each(l, t.zone) })
	})
	if err != nil {
		return fmt.Errorf("export money: %w", err)
	}
	return nil
}
