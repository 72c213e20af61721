package care

import (
	"slices"
	"time"

	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// The reasons for which the ledger itself cancels an entry, as translation
// keys.
const (
	reasonChanged   = "money.reason.changed"   // something else is done now
	reasonWithdrawn = "money.reason.withdrawn" // the claim was taken back
	reasonReopened  = "money.reason.reopened"  // the claim was taken up again
)

// debt is an entry that a claim, as it stands, brings about.
type debt struct {
	Entry
	consents []Approval
	persons  int // how many have to consent; 0 = as many as the tariff says
	paid     *payment
}

type payment struct {
	reference, by string
	at            time.Time
}

// Settle brings the ledger in line with the claim as it stands after its
// latest events: enters what is owed now, cancels what no longer is, and
// gives back what was paid for it. It is the same however often it is run.
func (b *Book) Settle(c Claim) error {
	debts := debtsOf(c, b.Rules)
	if b.Elsewhere {
		debts = slices.DeleteFunc(debts, func(d debt) bool { return d.What == DebtCertificate })
	}
	for i, d := range debts {
		d.Cause = b.standing(d.Entry)
		debts[i] = d
		if d.What == DebtCertificate {
			d.Certificate, d.CertificateNumber = b.Certificate.ID, b.Certificate.Number
			debts[i] = d
			b.adopt(d.Entry)
		}
		if err := b.follow(d); err != nil {
			return err
		}
	}
	for i := range b.Entries {
		if err := b.reverse(c, i, debts); err != nil {
			return err
		}
	}
	return nil
}

// follow makes the entry of a debt say what the claim says.
func (b *Book) follow(d debt) error {
	if err := b.Open(d.Entry); err != nil {
		return err
	}
	i := b.about(d.What, d.Cause)
	amount, err := b.Rules.Paid(d.Amount)
	if err != nil {
		return err
	}
	if e := b.Entries[i]; e.State.Open() && e.Amount != amount {
		if err := b.amend(i, amount); err != nil {
			return err
		}
	}
	agreed := func(a Approval) bool {
		return slices.ContainsFunc(d.consents, func(x Approval) bool { return x.By == a.By })
	}
	// Where the claim's commands do not consent, people do in the ledger: that stands.
	if e := b.Entries[i]; e.Follows() && e.State.Open() && slices.ContainsFunc(e.Approvals, func(a Approval) bool { return !agreed(a) }) {
		b.withdraw(i, b.Said)
	}
	if d.persons > 0 && b.Entries[i].State == EntryDue {
		b.Entries[i].Needs = d.persons // by the limit as it was when the first consented
	}
	for _, a := range d.consents {
		known := slices.ContainsFunc(b.Entries[i].Approvals, func(x Approval) bool { return x.By == a.By })
		if known || b.Entries[i].State != EntryDue {
			continue
		}
		if err := b.approve(i, a); err != nil {
			return err
		}
	}
	if d.paid != nil && b.Entries[i].State == EntryApproved {
		return b.pay(i, d.paid.reference, d.paid.by, d.paid.at)
	}
	return nil
}

// adopt makes what the register had entered for a certificate the claim's:
// the claim's commands approve and pay it from now on, so that a price is not
// given back twice.
func (b *Book) adopt(d Entry) {
	i := slices.IndexFunc(b.Entries, func(e Entry) bool {
		return e.What == DebtCertificate && e.Certificate != "" && e.Certificate == d.Certificate && e.State.Open() && e.Claim == ""
	})
	if i < 0 {
		return
	}
	e := &b.Entries[i]
	e.Claim, e.Number, e.Cause, e.Derived, e.Round = d.Claim, d.Number, d.Cause, true, d.Round
	b.note(i, StepAmended, money.Amount{Currency: e.Amount.Currency}, d.Number)
}

// release gives the refund of a certificate that is owed whatever becomes of
// the claim back to the register; consent on the claim was to another course.
func (b *Book) release(i int) {
	e := &b.Entries[i]
	e.Claim, e.Number, e.Cause, e.Derived, e.Round = "", e.CertificateNumber, CertificateCause(e.Certificate)+" "+e.ID, false, 0
	e.State, e.Approvals, e.Needs = EntryDue, nil, b.Rules.Persons(e.Debtor, e.Amount)
	b.note(i, StepAmended, money.Amount{Currency: e.Amount.Currency}, e.CertificateNumber)
}

// reverse ends an entry that the claim brought about and no longer bears out.
func (b *Book) reverse(c Claim, i int, debts []debt) error {
	e := b.Entries[i]
	borne := slices.ContainsFunc(debts, func(d debt) bool { return d.What == e.What && d.Cause == e.Cause })
	switch {
	case e.What == DebtCertificate && e.Derived && e.Certificate == b.Certificate.ID && b.Certificate.over():
		if e.State.Open() && (!borne || c.Outcome == OutcomeWithdrawn || e.Round < c.Reopened) {
			b.release(i)
		}
		return nil
	case c.Outcome == OutcomeWithdrawn && e.State.Open() && (e.Derived || e.What == DebtPenalty):
		return b.cancel(i, reasonWithdrawn)
	case !e.Derived:
		return nil
	case e.Round < c.Reopened:
		if e.State.Open() {
			return b.cancel(i, reasonReopened)
		}
		return nil // paid for what was done then
	case borne:
		return nil
	case e.State.Open():
		return b.cancel(i, reasonChanged)
	case e.State != EntryPaid:
		return nil
	}
	return b.Open(Entry{Retailer: e.Retailer, Claim: e.Claim, Number: e.Number, What: DebtReversal, Cause: debtReversalPrefix + string(e.What) + ":" + e.Cause,
		Debtor: e.Creditor, Creditor: e.Debtor, Amount: e.Amount, Clause: e.Clause, Pack: e.Pack, PackVersion: e.PackVersion, Round: e.Round})
}

// debtsOf lists what a claim as it stands brings about.
func debtsOf(c Claim, t MoneyRules) []debt {
	var out []debt
	for _, of := range []func(Claim, MoneyRules) (debt, bool){refundOf, differenceOf, paidRepairOf, noFaultOf} {
		if d, ok := of(c, t); ok && d.Amount.Minor > 0 {
			d.Retailer, d.Claim, d.Number, d.Derived, d.Round = c.Retailer, c.ID, c.Number, true, c.Reopened
			out = append(out, d)
		}
	}
	return out
}

func cause(name string, at time.Time) string {
	return name + " " + at.UTC().Format(time.RFC3339Nano)
}

// refundOf is money back: the remedy's sum from the day it was chosen, or the
// one that was approved.
func refundOf(c Claim, _ MoneyRules) (debt, bool) {
	r := c.Remedy
	if r == nil || !DebtKind(r.Kind).refunds() || r.Amount == nil && c.Refund == nil {
		return debt{}, false
	}
	d := debt{Entry: Entry{What: DebtKind(r.Kind), Cause: cause("remedy", r.At), Debtor: RetailerParty, Creditor: CustomerParty, Clause: r.Clause}}
	d.terms(c)
	if c.RefundsCertificate() {
		d.What = DebtCertificate
	}
	if r.Amount != nil {
		d.Amount = *r.Amount
	}
	f := c.Refund
	if f == nil {
		return d, true
	}
	d.Amount, d.persons = f.Amount, 1
	if f.Two {
		d.persons = 2
	}
	d.consents = []Approval{{By: f.ApprovedBy, Name: f.ApprovedName, Kind: StaffActor, At: f.ApprovedAt}}
	if !f.SecondAt.IsZero() {
		d.consents = append(d.consents, Approval{By: f.SecondBy, Name: f.SecondName, Kind: StaffActor, At: f.SecondAt})
	}
	if !f.PaidAt.IsZero() {
		d.paid = &payment{f.Reference, f.PaidBy, f.PaidAt}
	}
	return d, true
}

// RefundsCertificate reports whether what the claim gives back is the price of
// a certificate (A13).
func (c Claim) RefundsCertificate() bool {
	return c.Remedy != nil && c.Remedy.Kind == "refund" && c.Remedy.Basis == policy.Certificate
}

// differenceOf is the difference of prices for another model (A9): above zero
// the customer pays it, below zero the retailer does.
func differenceOf(c Claim, _ MoneyRules) (debt, bool) {
	r := c.Remedy
	if r == nil || r.Kind != "replacement" || r.Amount == nil || !r.Agreed {
		return debt{}, false
	}
	d := debt{Entry: Entry{What: DebtDifference, Cause: cause("remedy", r.At), Debtor: CustomerParty, Creditor: RetailerParty, Clause: r.Clause, Amount: *r.Amount}}
	d.terms(c)
	if r.Amount.Minor < 0 {
		d.Debtor, d.Creditor, d.Amount = RetailerParty, CustomerParty, r.Amount.Neg()
		return d, true
	}
	d.consents = []Approval{agreement(c, r.At)}
	return d, true
}

// paidRepairOf is an accepted estimate; work that found no fault is no repair.
func paidRepairOf(c Claim, _ MoneyRules) (debt, bool) {
	e := c.Estimate
	if e == nil || !e.Accepted || c.Repair != nil && c.Repair.Outcome == string(OutcomeNoFault) {
		return debt{}, false
	}
	d := debt{Entry: Entry{What: DebtPaidRepair, Cause: cause("estimate", e.OfferedAt), Debtor: CustomerParty, Creditor: RetailerParty,
		Amount: e.Amount, Clause: paidClause(c)}, consents: []Approval{agreement(c, e.AnsweredAt)}}
	d.terms(c)
	return d, true
}

// paidClause is the clause by which the work is the customer's to pay (B17).
func paidClause(c Claim) string {
	if c.Ruling == nil {
		return ""
	}
	if r := c.Ruling.Result.Basis(c.BasisInUse()); r != nil && len(r.Clauses) > 0 {
		return r.Clauses[0]
	}
	return ""
}

// noFaultOf is the fee of the pack where the claim ended without a fault.
func noFaultOf(c Claim, t MoneyRules) (debt, bool) {
	f := t.NoFault
	if f == nil || c.Outcome != OutcomeNoFault || len(f.Bases) > 0 && !slices.Contains(f.Bases, c.BasisInUse()) {
		return debt{}, false
	}
	return debt{Entry: Entry{What: DebtNoFaultFee, Cause: cause("no_fault", c.ReadyAt), Debtor: CustomerParty, Creditor: RetailerParty,
		Amount: f.Amount, Clause: f.Clause, Pack: t.Pack, PackVersion: t.PackVersion}}, true
}

// terms names the version that the claim's decision rests on.
func (d *debt) terms(c Claim) {
	d.Pack, d.PackVersion = c.Pack, c.Version
}

// agreement is the customer's consent to pay.
func agreement(c Claim, at time.Time) Approval {
	return Approval{By: "customer:" + c.Customer, Kind: CustomerActor, At: at}
}

// PenaltyTerms are the terms of a claim for which a penalty may be counted
// now: those that run late, and those that ended late at this instant.
func PenaltyTerms(c Claim, at time.Time) []Deadline {
	var out []Deadline
	for _, d := range c.Deadlines {
		late := d.State == DeadlineOpen && d.Late(at) || d.State == DeadlineMissed && !d.SettledAt.Before(at)
		if late && slices.Contains(d.Breach, "penalty") {
			out = append(out, d)
		}
	}
	return out
}

// AccruedOf is what a decision counts for a term; false when it counts none.
func AccruedOf(d Deadline, dec policy.Decision) (Accrued, bool) {
	b := dec.Basis(d.Basis)
	if b == nil {
		return Accrued{}, false
	}
	for _, x := range b.Deadlines {
		if x.Name == d.Name && x.From == d.From && x.Penalty != nil && x.Penalty.Minor > 0 {
			return Accrued{Term: string(d.Basis) + " " + d.Name + " " + d.From, Clause: x.Clause, Amount: *x.Penalty}, true
		}
	}
	return Accrued{}, false
}
