package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// EntryView is a line of the ledger as a page shows it.
type EntryView struct {
	care.Entry
	ClauseText string // in the reader's language; "" where no clause is named
	Moves      []care.MoneyMove
	MayApprove bool
	MayUndo    bool // take the consent back
	MayPay     bool
	MayCancel  bool
}

// Money lists the ledger, newest first.
func (d *Desk) Money(ctx context.Context, actor care.Actor, f care.EntryFilter, page care.Page, lang string) (list []EntryView, next string, err error) {
	if err := may(actor, ReadMoney); err != nil {
		return nil, "", err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		var entries []care.Entry
		entries, next, err = tx.Entries(ctx, actor.Retailer, f, page)
		list = nil
		for _, e := range entries {
			list = append(list, d.entryView(actor, t, e, lang))
		}
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list money: %w", err)
	}
	return list, next, nil
}

// Balances sums the retailer's ledger by currency and parties.
func (d *Desk) Balances(ctx context.Context, actor care.Actor) (list []care.Balance, err error) {
	if err := may(actor, ReadMoney); err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.Balances(ctx, actor.Retailer)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	return list, nil
}

// ClaimMoney is the ledger of a claim that the actor sees: what a customer
// gets and owes, or all of it with its history for staff.
func (d *Desk) ClaimMoney(ctx context.Context, actor care.Actor, claim, lang string) (list []EntryView, err error) {
	if err := may(actor, ReadClaims); err != nil {
		return nil, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		list, err = d.claimMoney(ctx, tx, actor, t, c, lang)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("money of claim: %w", err)
	}
	return list, nil
}

func (d *Desk) claimMoney(ctx context.Context, tx Tx, actor care.Actor, t terms, c care.Claim, lang string) ([]EntryView, error) {
	entries, err := tx.EntriesOf(ctx, c.Retailer, c.ID)
	if err != nil {
		return nil, fmt.Errorf("ledger of claim: %w", err)
	}
	var out []EntryView
	for _, e := range entries {
		switch {
		case actor.Kind == care.CustomerActor && !concerns(e):
			continue
		case actor.Kind == care.CustomerActor:
			e.Approvals, e.PaidBy, e.Why = nil, "", ""
		case !May(actor, ReadMoney):
			continue // a centre is not told who pays whom
		}
		v := d.entryView(actor, t, e, lang)
		if May(actor, ReadMoney) && actor.Kind != care.CustomerActor {
			if v.Moves, err = tx.MovesOf(ctx, e.Retailer, e.ID); err != nil {
				return nil, fmt.Errorf("history of entry: %w", err)
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// moneyView adds the ledger to a claim's page, and what it says of closing.
func (d *Desk) moneyView(ctx context.Context, tx Tx, actor care.Actor, t terms, c care.Claim, lang string, out *ClaimView) (err error) {
	if out.Money, err = d.claimMoney(ctx, tx, actor, t, c, lang); err != nil {
		return err
	}
	for _, n := range handBackNotices(t, c) {
		out.HandBack = append(out.HandBack, n.Text.In(t.lang(lang), t.pack.Languages...))
	}
	if actor.Kind == care.CustomerActor {
		return nil
	}
	for i, a := range out.Actions {
		switch {
		case a.Command == care.CmdOfferEstimate:
			offerable(t, &out.Actions[i])
		case a.Command == care.CmdFinishRepair:
			if err := d.leastMonths(c, &out.Actions[i]); err != nil {
				return err
			}
		case a.Command == care.CmdClose && a.Blocked == nil:
			if err := d.closing(ctx, tx, actor, c, &out.Actions[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// closing says on the page what closing takes while the retailer owes money.
func (d *Desk) closing(ctx context.Context, tx Tx, actor care.Actor, c care.Claim, a *care.Action) error {
	entries, err := tx.EntriesOf(ctx, c.Retailer, c.ID)
	if err != nil {
		return fmt.Errorf("ledger of claim: %w", err)
	}
	owed := unpaidSums(entries)
	if len(owed) == 0 {
		return nil
	}
	a.Primary = false
	if actor.Role != care.Manager {
		a.Blocked = care.Fail(care.Blocked, "money_unpaid", "amount", sumsText(owed))
		return nil
	}
	for i := range a.Fields {
		if a.Fields[i].Name == "note" {
			a.Fields[i].Required = true
		}
	}
	return nil
}

func sumsText(list []money.Amount) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String() + " " + a.Currency
	}
	return strings.Join(out, ", ")
}

// concerns reports whether an entry is the customer's business.
func concerns(e care.Entry) bool {
	return (e.Debtor == care.CustomerParty || e.Creditor == care.CustomerParty) && e.State != care.EntryCancelled
}

func (d *Desk) entryView(actor care.Actor, t terms, e care.Entry, lang string) EntryView {
	v := EntryView{Entry: e, ClauseText: d.clauseText(t, e, lang)}
	if actor.Kind == care.CustomerActor {
		return v
	}
	consented := false
	for _, a := range e.Approvals {
		consented = consented || a.By == actor.ID
	}
	v.MayApprove = e.State == care.EntryDue && May(actor, ApproveMoney) && !consented && (!e.Follows() || May(actor, On(care.CmdApproveRefund)))
	v.MayUndo = e.Withdrawable() && May(actor, WithdrawMoney)
	v.MayPay = e.State == care.EntryApproved && mayPay(actor, e) == nil
	v.MayCancel = e.State.Open() && !e.Follows() && May(actor, CancelMoney)
	return v
}

// clauseText is the text of the clause that an entry rests on.
func (d *Desk) clauseText(t terms, e care.Entry, lang string) string {
	if e.Clause == "" {
		return ""
	}
	p, err := d.packs.Program(t.pack.ID, calendar.Date{})
	if err != nil {
		return ""
	}
	for _, pack := range append([]*policy.Pack{p.Pack, p.Statute}, p.Makers...) {
		if pack == nil {
			continue
		}
		for _, c := range pack.Clauses() {
			if c.ID == e.Clause {
				return c.Text.In(t.lang(lang), pack.Languages...)
			}
		}
		for _, r := range pack.Uncollected {
			if r.ID == e.Clause {
				return r.Text.In(t.lang(lang), pack.Languages...)
			}
		}
		for _, r := range pack.Fees.Charges {
			if r.ID == e.Clause {
				return r.Text.In(t.lang(lang), pack.Languages...)
			}
		}
	}
	return ""
}
