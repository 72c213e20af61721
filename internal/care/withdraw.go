package care

import (
	"slices"
	"strconv"
	"strings"

	"github.com/talon-care/talon/money"
)

// CmdWithdrawApproval and EventApprovalWithdrawn are the stable names.
const (
	CmdWithdrawApproval    CommandName = "withdraw_approval"
	EventApprovalWithdrawn EventKind   = "approval_withdrawn"
)

// WithdrawApproval takes back the consent to a refund that was not paid: the
// sum is to be approved anew, or something else is done.
type WithdrawApproval struct {
	Reason string `json:"reason"` // required
}

// ApprovalWithdrawn is that; whoever had consented, nobody has now.
type ApprovalWithdrawn struct {
	Reason string `json:"reason"`
}

func (WithdrawApproval) Name() CommandName         { return CmdWithdrawApproval }    // Name implements Command.
func (*ApprovalWithdrawn) EventKind() EventKind    { return EventApprovalWithdrawn } // EventKind implements Payload.
func (*ApprovalWithdrawn) apply(c *Claim, _ Event) { c.Refund = nil }

func (w WithdrawApproval) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(w.Reason, "reason"); err != nil {
		return nil, err
	}
	if err := refundUnpaid(c); err != nil {
		return nil, err
	}
	return []Payload{&ApprovalWithdrawn{Reason: strings.TrimSpace(w.Reason)}}, nil
}

// Withdraw takes back all consent to a sum that was not paid, with the reason:
// the entry is due again. What the customer agreed to pay is not the staff's
// to take back.
func (b *Book) Withdraw(id, reason string) error {
	if err := need(reason, "reason"); err != nil {
		return err
	}
	i, err := b.index(id)
	if err != nil {
		return err
	}
	e := b.Entries[i]
	switch {
	case e.Withdrawable():
		b.withdraw(i, strings.TrimSpace(reason))
		return nil
	case slices.ContainsFunc(e.Approvals, func(a Approval) bool { return a.Kind == CustomerActor }):
		return Fail(Blocked, "customer_agreed")
	}
	return Fail(Blocked, "entry_state", "state", string(e.State))
}

func (b *Book) withdraw(i int, reason string) {
	e := &b.Entries[i]
	e.State, e.Approvals, e.Needs = EntryDue, nil, b.Rules.Persons(e.Debtor, e.Amount)
	b.note(i, StepWithdrawn, money.Amount{Currency: e.Amount.Currency}, reason)
}

// Withdrawable reports whether staff may take the consent to an entry back.
func (e Entry) Withdrawable() bool {
	return e.State.Open() && len(e.Approvals) > 0 && !slices.ContainsFunc(e.Approvals, func(a Approval) bool { return a.Kind == CustomerActor })
}

// standing is the cause under which a debt stands: what the ledger gave up
// because something else was done, and the claim brings about again, is
// entered anew.
func (b *Book) standing(d Entry) string {
	for n, cause := 2, d.Cause; ; n++ {
		i := b.about(d.What, cause)
		if i < 0 || b.Entries[i].State != EntryCancelled || b.Entries[i].Reason != reasonChanged {
			return cause
		}
		cause = d.Cause + " #" + strconv.Itoa(n)
	}
}
