package care

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/money"
)

// Book is the ledger of one claim, with the moves that were made in it since
// it was read.
type Book struct {
	Entries []Entry
	Moves   []MoneyMove

	At    time.Time
	Actor Actor
	Rules MoneyRules
	// Certificate is that of the register which the claim's sale bears, where
	// the claim gives its price back; zero for none.
	Certificate Certificate
	// Elsewhere says that the certificate's refund was paid otherwise, or is
	// another claim's.
	Elsewhere bool
	// Said is why what the claim's command takes back is taken back.
	Said string
	// NewID makes the id of a new entry.
	NewID func() (string, error)
}

// Changed are the entries that the moves are of.
func (b *Book) Changed() []Entry {
	return slices.DeleteFunc(slices.Clone(b.Entries), func(e Entry) bool {
		return !slices.ContainsFunc(b.Moves, func(m MoneyMove) bool { return m.Entry == e.ID })
	})
}

// Find gives the entry with an id.
func (b *Book) Find(id string) (Entry, error) {
	i, err := b.index(id)
	if err != nil {
		return Entry{}, err
	}
	return b.Entries[i], nil
}

func (b *Book) index(id string) (int, error) {
	i := slices.IndexFunc(b.Entries, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return 0, Fail(NotFound, "no_entry")
	}
	return i, nil
}

// about finds the entry of a kind and cause; -1 for none.
func (b *Book) about(what DebtKind, cause string) int {
	return slices.IndexFunc(b.Entries, func(e Entry) bool { return e.What == what && e.Cause == cause })
}

// Open enters a debt. One that is there for the same cause stays as it is:
// nothing is counted twice.
func (b *Book) Open(e Entry) error {
	if b.about(e.What, e.Cause) >= 0 {
		return nil
	}
	if err := e.check(); err != nil {
		return err
	}
	var err error
	if e.Amount, err = b.Rules.Paid(e.Amount); err != nil {
		return Fail(Invalid, "amount_not_positive").At("amount")
	}
	if e.ID, err = b.NewID(); err != nil {
		return err
	}
	e.State, e.Needs, e.Seq, e.CreatedAt = EntryDue, b.Rules.Persons(e.Debtor, e.Amount), 0, b.At
	e.Approvals, e.Reference, e.PaidBy, e.PaidAt, e.Reason, e.Waived = nil, "", "", time.Time{}, "", false
	b.Entries = append(b.Entries, e)
	b.note(len(b.Entries)-1, StepMade, e.Amount, e.Why)
	return nil
}

func (e Entry) check() error {
	switch {
	case !e.What.Valid():
		return Fail(Invalid, "unknown_value", "field", "what", "value", string(e.What), "expected", joined(DebtKinds())).At("what")
	case !e.Debtor.Valid():
		return Fail(Invalid, "unknown_value", "field", "debtor", "value", string(e.Debtor), "expected", joined(Parties())).At("debtor")
	case e.Creditor == e.Debtor:
		return Fail(Invalid, "owes_oneself").At("creditor")
	case !e.Creditor.Valid():
		return Fail(Invalid, "unknown_value", "field", "creditor", "value", string(e.Creditor), "expected", joined(Parties())).At("creditor")
	case e.Amount.Minor <= 0 || e.Amount.Currency == "":
		return Fail(Invalid, "amount_not_positive").At("amount")
	case e.Cause == "":
		return Fail(Invalid, "required", "field", "cause").At("cause")
	}
	return nil
}

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return strings.Join(out, " ")
}

// note logs a move of the i-th entry.
func (b *Book) note(i int, step MoveStep, change money.Amount, note string) {
	e := &b.Entries[i]
	e.Seq++
	e.UpdatedAt = b.At
	b.Moves = append(b.Moves, MoneyMove{Retailer: e.Retailer, Entry: e.ID, Seq: e.Seq, At: b.At, Step: step, Change: change,
		Amount: e.Amount, State: e.State, Actor: b.Actor, Note: note})
}

// amend changes what is owed; consent to another sum is none. A price that was
// corrected to another currency takes the old debt back in its own first.
func (b *Book) amend(i int, to money.Amount) error {
	e := &b.Entries[i]
	b.recoin(i, to.Currency)
	change, err := to.Sub(e.Amount)
	if err != nil {
		return err
	}
	e.Amount, e.State, e.Approvals = to, EntryDue, nil
	e.Needs = b.Rules.Persons(e.Debtor, to)
	b.note(i, StepAmended, change, "")
	return nil
}

// recoin turns an entry to another currency, in which nothing is owed yet.
func (b *Book) recoin(i int, currency string) {
	e := &b.Entries[i]
	was := e.Amount
	if was.Currency == currency {
		return
	}
	e.Amount.Minor, e.State, e.Approvals = 0, EntryDue, nil
	b.note(i, StepAmended, was.Neg(), "")
	e.Amount.Currency = currency
}

// Approve adds the actor's consent. A sum above the limit takes two persons,
// never the same one twice.
func (b *Book) Approve(id string) error {
	i, err := b.index(id)
	if err != nil {
		return err
	}
	return b.approve(i, Approval{By: b.Actor.ID, Name: b.Actor.Name, Kind: b.Actor.Kind, At: b.At})
}

func (b *Book) approve(i int, a Approval) error {
	e := &b.Entries[i]
	if e.State != EntryDue {
		return Fail(Blocked, "entry_state", "state", string(e.State))
	}
	if slices.ContainsFunc(e.Approvals, func(x Approval) bool { return x.By == a.By }) {
		return Fail(Blocked, "second_person")
	}
	e.Approvals = append(slices.Clone(e.Approvals), a)
	if len(e.Approvals) >= e.Needs {
		e.State = EntryApproved
	}
	b.note(i, StepApproved, money.Amount{Currency: e.Amount.Currency}, a.Name)
	return nil
}

// Pay notes the payment of what was approved.
func (b *Book) Pay(id, reference string) error {
	if err := need(reference, "reference"); err != nil {
		return err
	}
	i, err := b.index(id)
	if err != nil {
		return err
	}
	return b.pay(i, strings.TrimSpace(reference), b.Actor.ID, b.At)
}

func (b *Book) pay(i int, reference, by string, at time.Time) error {
	e := &b.Entries[i]
	switch {
	case e.State == EntryDue && len(e.Approvals) > 0:
		return Fail(Blocked, "second_approval_missing")
	case e.State != EntryApproved:
		return Fail(Blocked, "entry_state", "state", string(e.State))
	}
	e.State, e.Reference, e.PaidBy, e.PaidAt = EntryPaid, reference, by, at
	b.note(i, StepPaid, money.Amount{Currency: e.Amount.Currency}, reference)
	return nil
}

// Cancel gives up a debt that was not paid, with the reason.
func (b *Book) Cancel(id, reason string) error {
	if err := need(reason, "reason"); err != nil {
		return err
	}
	i, err := b.index(id)
	if err != nil {
		return err
	}
	if err := b.cancel(i, strings.TrimSpace(reason)); err != nil {
		return err
	}
	b.Entries[i].Waived = true
	return nil
}

func (b *Book) cancel(i int, reason string) error {
	e := &b.Entries[i]
	if !e.State.Open() {
		return Fail(Blocked, "entry_state", "state", string(e.State))
	}
	e.State, e.Reason = EntryCancelled, reason
	b.note(i, StepCancelled, e.Amount.Neg(), reason)
	return nil
}

// Accrued is a penalty as a decision counts it: all of it, from the first day
// past the term.
type Accrued struct {
	Term   string // what tells the term from others: its name, basis and first day
	Clause string
	Amount money.Amount
}

// Accrue brings the penalty for a term up to the whole sum: the entry that
// nobody has approved yet grows, and what was approved or paid before stays,
// so that the parts are the whole to the minor unit. A part that was approved
// in an old currency counts as what it is in the one of today.
func (b *Book) Accrue(c Claim, a Accrued) error {
	open, parts := -1, 0
	rest, err := b.Rules.Paid(a.Amount)
	if err != nil {
		return err
	}
	for i, e := range b.Entries {
		if e.What != DebtPenalty || !strings.HasPrefix(e.Cause, a.Term+" ") {
			continue
		}
		parts++
		if e.State == EntryCancelled && !e.Waived {
			continue
		}
		unapproved := e.State == EntryDue && len(e.Approvals) == 0
		part, err := b.Rules.Paid(e.Amount)
		if err != nil {
			return err
		}
		switch {
		case !unapproved && part.Currency != rest.Currency:
			return nil // a price corrected to a currency that has no fixed rate is a person's to settle
		case unapproved && part.Currency != rest.Currency:
			b.recoin(i, rest.Currency)
			part = b.Entries[i].Amount
		case unapproved && part != e.Amount:
			if err := b.amend(i, part); err != nil {
				return err
			}
		}
		if rest, err = rest.Sub(part); err != nil {
			return err
		}
		if unapproved {
			open = i
		}
	}
	switch {
	case rest.Minor == 0 || open < 0 && rest.Minor < 0:
		return nil
	case open < 0:
		return b.Open(Entry{Retailer: c.Retailer, Claim: c.ID, Number: c.Number, What: DebtPenalty, Cause: a.Term + " " + strconv.Itoa(parts+1),
			Debtor: RetailerParty, Creditor: CustomerParty, Amount: rest, Clause: a.Clause, Pack: b.Rules.Pack, PackVersion: b.Rules.PackVersion,
			Round: c.Reopened})
	}
	to, err := b.Entries[open].Amount.Add(rest)
	if err != nil {
		return err
	}
	if to.Minor <= 0 {
		return b.cancel(open, reasonChanged)
	}
	return b.amend(open, to)
}
