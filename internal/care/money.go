package care

import (
	"slices"
	"time"

	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// DebtKind says what a line of a claim's ledger is for.
type DebtKind string

// What somebody owes somebody.
const (
	DebtRefund         DebtKind = "refund"             // the price back
	DebtRescission     DebtKind = "rescission"         // the price back, the contract being undone
	DebtReduction      DebtKind = "price_reduction"    // part of the price
	DebtDifference     DebtKind = "difference"         // of prices, for another model (A9); either way
	DebtPaidRepair     DebtKind = "paid_repair"        // by an accepted estimate (B17)
	DebtNoFaultFee     DebtKind = "no_fault_fee"       // the diagnosis found no defect
	DebtPenalty        DebtKind = "penalty"            // for each day past a term (RU-23)
	DebtCertificate    DebtKind = "certificate_refund" // the certificate's price (A13)
	DebtDelivery       DebtKind = "delivery"           // of a device
	DebtStorage        DebtKind = "storage_fee"        // of a device that nobody collects
	DebtProceeds       DebtKind = "proceeds"           // of its sale, less the costs
	DebtReversal       DebtKind = "reversal"           // of what was paid for something that came to nothing
	DebtReimbursement  DebtKind = "reimbursement"      // of costs that the other side had
	debtReversalPrefix          = "reversal:"
)

// DebtKinds lists the kinds in the order pages show them.
func DebtKinds() []DebtKind {
	return []DebtKind{DebtRefund, DebtRescission, DebtReduction, DebtDifference, DebtPaidRepair, DebtNoFaultFee, DebtPenalty,
		DebtCertificate, DebtDelivery, DebtStorage, DebtProceeds, DebtReimbursement, DebtReversal}
}

// Valid reports whether k is a kind of debt.
func (k DebtKind) Valid() bool { return slices.Contains(DebtKinds(), k) }

// refunds reports whether the claim's own refund commands approve and pay it.
func (k DebtKind) refunds() bool {
	return k == DebtRefund || k == DebtRescission || k == DebtReduction || k == DebtCertificate
}

// Party is one side of a debt.
type Party string

// The parties.
const (
	CustomerParty Party = "customer"
	RetailerParty Party = "retailer"
	MakerParty    Party = "maker"
	CarrierParty  Party = "carrier"
)

// Parties lists the parties.
func Parties() []Party { return []Party{CustomerParty, RetailerParty, MakerParty, CarrierParty} }

// Valid reports whether p is a party.
func (p Party) Valid() bool { return slices.Contains(Parties(), p) }

// EntryState says how far a line of the ledger is.
type EntryState string

// The states of an entry.
const (
	EntryDue       EntryState = "due"      // owed, nobody has approved it
	EntryApproved  EntryState = "approved" // by as many as it needs
	EntryPaid      EntryState = "paid"
	EntryCancelled EntryState = "cancelled"
)

// EntryStates lists the states in the order of an entry's life.
func EntryStates() []EntryState {
	return []EntryState{EntryDue, EntryApproved, EntryPaid, EntryCancelled}
}

// Valid reports whether s is a state.
func (s EntryState) Valid() bool { return slices.Contains(EntryStates(), s) }

// Open reports whether the money has still to be paid.
func (s EntryState) Open() bool { return s == EntryDue || s == EntryApproved }

// Entry is one line of the ledger: a sum that one party owes another, why,
// and how far it is. A claim has one entry of a kind for a cause, whatever
// happens twice.
type Entry struct {
	ID       string
	Retailer string
	Claim    string // "" of none
	Number   string // of the claim, or of what else it belongs to
	What     DebtKind
	Cause    string // what brought it about, unique for the claim and kind: "remedy 2026-03-02T…"

	Certificate       string // Certificate.ID whose refund it is; "" of none. One entry that was not cancelled is a certificate's.
	CertificateNumber string

	Debtor   Party
	Creditor Party
	Amount   money.Amount // above zero

	Clause      string // id of the clause it rests on; "" where a person entered it
	Pack        string
	PackVersion string
	Why         string // a person's words

	Derived bool // it follows the claim: what no longer holds is cancelled
	Round   int  // of the claim: how often it had been reopened

	State     EntryState
	Needs     int // approvals it takes
	Approvals []Approval
	Reference string // of the payment
	PaidBy    string
	PaidAt    time.Time
	Reason    string // why it was cancelled: a person's words, or a translation key
	Waived    bool   // cancelled by a person's decision

	Seq       int // of its last move
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Approval is one person's consent to a sum.
type Approval struct {
	By   string    `json:"by"` // User.ID, or of the customer who agreed
	Name string    `json:"name,omitempty"`
	Kind ActorKind `json:"kind"`
	At   time.Time `json:"at"`
}

// Follows reports whether the claim's own commands approve and pay the entry.
func (e Entry) Follows() bool { return e.Derived && e.What.refunds() }

// MoveStep is what happened to an entry.
type MoveStep string

// The steps of an entry.
const (
	StepMade      MoveStep = "made"
	StepAmended   MoveStep = "amended"
	StepApproved  MoveStep = "approved"
	StepWithdrawn MoveStep = "withdrawn" // the consent was taken back
	StepPaid      MoveStep = "paid"
	StepCancelled MoveStep = "cancelled"
)

// MoneyMove is one step of an entry. The log is append-only; Seq runs 1, 2, 3
// … within the entry.
type MoneyMove struct {
	Retailer string
	Entry    string
	Seq      int
	At       time.Time
	Step     MoveStep
	Change   money.Amount // made and amended: by how much the debt changed; cancelled: what is owed no longer, negative
	Amount   money.Amount // of the entry after it
	State    EntryState   // after it
	Actor    Actor
	Note     string // reference of a payment, reason of a cancellation
}

// MoneyLine is a move with its entry, for exports.
type MoneyLine struct {
	MoneyMove
	Of Entry
}

// EntryFilter narrows a list of entries; zero values don't.
type EntryFilter struct {
	States []EntryState
	Whats  []DebtKind
	Debtor Party
	Claim  string
}

// Balance is what one party owes another in one currency, in minor units.
type Balance struct {
	Currency  string
	Debtor    Party
	Creditor  Party
	Due       int64
	Approved  int64
	Paid      int64
	Cancelled int64
}

// Open is what is still to be paid.
func (b Balance) Open() money.Amount {
	return money.Amount{Minor: b.Due + b.Approved, Currency: b.Currency}
}

// Settled is what was paid.
func (b Balance) Settled() money.Amount { return money.Amount{Minor: b.Paid, Currency: b.Currency} }

// BalancesOf sums entries by currency and parties, in the order of their
// first entry.
func BalancesOf(entries []Entry) []Balance {
	var out []Balance
	for _, e := range entries {
		i := slices.IndexFunc(out, func(b Balance) bool {
			return b.Currency == e.Amount.Currency && b.Debtor == e.Debtor && b.Creditor == e.Creditor
		})
		if i < 0 {
			i = len(out)
			out = append(out, Balance{Currency: e.Amount.Currency, Debtor: e.Debtor, Creditor: e.Creditor})
		}
		out[i].Add(e.State, e.Amount.Minor)
	}
	return out
}

// Add counts a sum in a state.
func (b *Balance) Add(s EntryState, minor int64) {
	switch s {
	case EntryDue:
		b.Due += minor
	case EntryApproved:
		b.Approved += minor
	case EntryPaid:
		b.Paid += minor
	case EntryCancelled:
		b.Cancelled += minor
	}
}

// Unpaid are the entries that a party still has to pay.
func Unpaid(entries []Entry, debtor Party) []Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Debtor != debtor || !e.State.Open() })
}

// MoneyRules is what a retailer's pack says of money.
type MoneyRules struct {
	// TwoAbove is the sum above which two persons approve what the retailer
	// pays; nil = one is enough for any.
	TwoAbove *money.Amount
	// NoFault is the fee where a diagnosis found no defect; nil = none.
	NoFault *Fee
	// Old maps an old currency to the one in which sums in it are paid now.
	Old map[string]string
	// Pack and PackVersion are where it is said.
	Pack        string
	PackVersion string
}

// Fee is a fixed sum that the customer owes by a clause.
type Fee struct {
	Clause string
	Bases  []policy.Basis // on which it is asked; empty = all
	Amount money.Amount
}

// Paid is a sum in the currency in which it is paid: old Bulgarian prices at
// the fixed rate, half away from zero.
func (t MoneyRules) Paid(a money.Amount) (money.Amount, error) {
	if to := t.Old[a.Currency]; to != "" {
		return a.ConvertFixed(to)
	}
	return a, nil
}

// Persons is how many have to approve that the debtor pays the sum.
func (t MoneyRules) Persons(debtor Party, a money.Amount) int {
	if debtor != RetailerParty || t.TwoAbove == nil {
		return 1
	}
	if above, err := a.Cmp(*t.TwoAbove); err != nil || above > 0 {
		return 2 // a sum in another currency is no smaller for it
	}
	return 1
}
