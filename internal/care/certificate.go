package care

import (
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// CertificateState says what became of a certificate.
type CertificateState string

// The states of a certificate.
const (
	CertificateSold CertificateState = "sold"
	// CertificateLapsed: the contract of sale ended after the maker's
	// warranty, so the certificate serves nothing and by its terms nothing is
	// refunded (A13); the law may still give the customer more.
	CertificateLapsed    CertificateState = "lapsed"
	CertificateRefunded  CertificateState = "refunded"  // the contract of sale ended within the maker's warranty (A13)
	CertificateCancelled CertificateState = "cancelled" // by the customer, on the law (RU-32)
)

// CertificateStates lists the states in the order pages show them.
func CertificateStates() []CertificateState {
	return []CertificateState{CertificateSold, CertificateLapsed, CertificateRefunded, CertificateCancelled}
}

// CertificateOrigin says how a certificate came into the register.
type CertificateOrigin string

// The origins.
const (
	CertificateFromDesk   CertificateOrigin = "desk"   // sold here
	CertificateFromImport CertificateOrigin = "import" // came with its sale, from a file or a program
	CertificateFromPaper  CertificateOrigin = "paper"  // read off the customer's paper on a claim
)

// CertificatePhase says where a certificate stands on a day.
type CertificatePhase string

// The phases; a certificate that is no longer sold has none of them.
const (
	CertificateWaiting CertificatePhase = "waiting"  // the maker's warranty still runs
	CertificateInForce CertificatePhase = "in_force" // its year runs
	CertificateOver    CertificatePhase = "over"
	CertificateUnknown CertificatePhase = "unknown" // the maker's term is not known
)

// CertificatePhases lists the phases in the order pages show them.
func CertificatePhases() []CertificatePhase {
	return []CertificatePhase{CertificateWaiting, CertificateInForce, CertificateOver, CertificateUnknown}
}

// Certificate is a post-warranty certificate on sale's register (A5–A15): a
// paid service that begins the day after the maker's warranty ends. The sale
// carries its number, day and price for decisions; the rest is here.
type Certificate struct {
	ID       string
	Retailer string
	Number   string // CERT-2026-000001, or as on an imported paper; unique per retailer
	Unit     string
	Sale     string
	Customer string // Customer.ID, "" when unknown
	State    CertificateState
	Origin   CertificateOrigin

	Plan   string        // id in the pack's fees; "" where it was not sold here
	Price  *money.Amount // nil = unknown
	SoldOn calendar.Date // day of the shop; zero = unknown
	SoldAt time.Time     // zero where it was not sold here
	SoldBy string        // User.ID or the program's name

	PackVersion  string // whose plan it was sold by
	TermsVersion string // by which it is served: that of the product's sale

	// The term, derived from the ledger of services whenever that changes
	// (A7), so that lists can be asked for by it; zero = unknown. While the
	// unit is in service it moves with each day.
	From    calendar.Date
	LastDay calendar.Date
	Until   calendar.Date // LastDay moved to a working day

	EndedOn calendar.Date // zero while it is sold
	EndedAt time.Time
	EndedBy string
	Clause  string        // id of the clause that it ended by
	Reason  string        // in somebody's words
	Costs   *money.Amount // actual costs kept on a cancellation (RU-32)
	Refund  *money.Amount // what the customer gets back; nil = not known yet, or nothing is owed

	// What the ledger says of the refund; storing a certificate doesn't store
	// it.
	Entry      string     // Entry.ID; "" = nothing is entered
	EntryState EntryState // "" = nothing is entered
	PaidAt     time.Time
	PaidBy     string
	Reference  string // of the payment

	Link string // hex SHA-256 of the token of the customer's link; "" = none
}

// Phase is where the certificate stands on a day; "" once it is no longer
// sold.
func (c Certificate) Phase(on calendar.Date) CertificatePhase {
	switch {
	case c.State != CertificateSold:
		return ""
	case c.From.IsZero() || c.LastDay.IsZero():
		return CertificateUnknown
	case on.Before(c.From):
		return CertificateWaiting
	case on.After(c.LastDay) && on.After(c.Until):
		return CertificateOver
	}
	return CertificateInForce
}

// Owed reports whether a refund waits to be paid, or its sum to be stated.
func (c Certificate) Owed() bool { return c.EntryState.Open() || c.Unpriced() }

// Unpriced reports whether a refund is owed whose sum is not known: it goes
// into the ledger once somebody states it.
func (c Certificate) Unpriced() bool {
	return c.State == CertificateRefunded && c.Refund == nil && c.Entry == ""
}

// over reports whether the register itself owes a refund, whatever becomes of
// a claim.
func (c Certificate) over() bool {
	return c.State == CertificateRefunded || c.State == CertificateCancelled
}

// CertificateCause is what brings about the refund that the register enters.
func CertificateCause(id string) string { return "certificate " + id }

// EndWithSale ends the certificate because the contract of sale did. refund
// is what the pack's terms give back (A13); given says that they do, also
// where the sum is not known.
func (c Certificate) EndWithSale(on calendar.Date, clause string, given bool, refund *money.Amount, reason string, env Env) (Certificate, error) {
	if c.State != CertificateSold {
		return c, Fail(Illegal, "certificate_ended", "number", c.Number, "state", string(c.State))
	}
	c.ended(on, clause, reason, env)
	c.State = CertificateLapsed
	if given {
		c.State, c.Refund = CertificateRefunded, refund
	}
	return c, nil
}

// Cancel ends the certificate at the customer's wish: the price less the
// actual costs is given back (RU-32). It is possible at any time while
// nothing was given back.
func (c Certificate) Cancel(on calendar.Date, costs money.Amount, clause, reason string, env Env) (Certificate, error) {
	if c.State != CertificateSold && c.State != CertificateLapsed {
		return c, Fail(Illegal, "certificate_ended", "number", c.Number, "state", string(c.State))
	}
	if err := need(reason, "reason"); err != nil {
		return c, err
	}
	if c.Price == nil {
		return c, Fail(Blocked, "certificate_price_missing", "number", c.Number)
	}
	left, err := c.Price.Sub(costs)
	if err != nil || costs.Minor < 0 || left.Minor < 0 {
		return c, Fail(Invalid, "certificate_costs", "price", c.Price.String()+" "+c.Price.Currency).At("costs")
	}
	c.ended(on, clause, reason, env)
	c.State, c.Costs, c.Refund = CertificateCancelled, &costs, &left
	return c, nil
}

func (c *Certificate) ended(on calendar.Date, clause, reason string, env Env) {
	c.EndedOn, c.EndedAt, c.EndedBy, c.Clause, c.Reason = on, stamp(env), env.Actor.ID, clause, strings.TrimSpace(reason)
}

// StateRefund says what a refund is whose sum was not known.
func (c Certificate) StateRefund(amount money.Amount) (Certificate, error) {
	switch {
	case !c.Unpriced():
		return c, Fail(Illegal, "certificate_nothing_owed", "number", c.Number)
	case amount.Minor <= 0 || amount.Currency == "":
		return c, Fail(Invalid, "amount_not_positive").At("amount")
	}
	c.Refund = &amount
	return c, nil
}

// RefundOnClaim ends a certificate whose price a claim has given back.
func (c Certificate) RefundOnClaim(on calendar.Date, clause string, refund money.Amount, reason string, env Env) Certificate {
	if c.State == CertificateSold {
		c.ended(on, clause, reason, env)
	}
	c.State, c.Refund = CertificateRefunded, &refund
	return c
}

// MoveTo carries the certificate over to the unit that was given for the one
// it was sold for, with its own sale (A9).
func (c Certificate) MoveTo(unit Unit, sale Sale) Certificate {
	c.Unit, c.Sale = unit.ID, sale.ID
	return c
}

// CertificateFilter narrows the register. Zero fields don't narrow.
type CertificateFilter struct {
	States   []CertificateState
	Phase    CertificatePhase // on On, which it needs
	On       calendar.Date
	Owed     bool // a refund waits to be paid
	SoldFrom calendar.Date
	SoldTo   calendar.Date // inclusive
	Text     string        // number, or serial or IMEI of the unit
}

// CertificateItem is one line of the register.
type CertificateItem struct {
	Certificate
	UnitRow      Unit
	CustomerName string
	Moving       bool // the term may have moved since it was written
}

// CertificateMonth is one month of the income report, in one currency.
type CertificateMonth struct {
	Month    string        // 2026-03
	On       calendar.Date // the day that InForce and Waiting are counted on: its last, or today
	Currency string
	Sold     int
	SoldSum  int64 // minor units; certificates without a known price count 0
	Refunded int   // refunds that came up in the month, paid or not
	Refunds  int64
	InForce  int
	Waiting  int // sold, not begun
}

// Net is what the month brought.
func (m CertificateMonth) Net() int64 { return m.SoldSum - m.Refunds }
