package care

import (
	"slices"
	"strconv"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// PaperKind names a paper that is printed of a claim.
type PaperKind string

// The papers.
const (
	IntakeSlip     PaperKind = "intake_slip"     // the receipt for the device (B6; BG-47)
	Conclusion     PaperKind = "conclusion"      // of the diagnosis (B7)
	RefusalLetter  PaperKind = "refusal"         // with every clause that it rests on (D2; BG-54)
	RepairForm     PaperKind = "repair_form"     // European repair information form (Directive 2024/1799)
	LoanerPaper    PaperKind = "loaner"          // hand-out of a loaner (RU-20.2)
	HandBackPaper  PaperKind = "hand_back"       // what the law wants said at the hand-back (RU-20.3)
	ReplacementAct PaperKind = "replacement_act" // the device was exchanged
	RefundAct      PaperKind = "refund_act"      // money is given back
	ClosingAct     PaperKind = "closing_act"     // the claim was met, in two copies (BG-47)
	WarrantyPaper  PaperKind = "certificate"     // the post-warranty certificate with its terms (A5-A15)
	DeviceLabel    PaperKind = "device_label"
	ShippingLabel  PaperKind = "shipping_label"
)

// PaperKinds lists the papers in the order of a claim's life.
func PaperKinds() []PaperKind {
	return []PaperKind{IntakeSlip, DeviceLabel, LoanerPaper, Conclusion, RefusalLetter, RepairForm, ReplacementAct, RefundAct,
		HandBackPaper, ClosingAct, ShippingLabel, WarrantyPaper}
}

// Valid reports whether k is a paper.
func (k PaperKind) Valid() bool { return slices.Contains(PaperKinds(), k) }

// Inside reports whether the paper is the house's own and no business of the
// customer.
func (k PaperKind) Inside() bool { return k == DeviceLabel || k == ShippingLabel }

// paperLetters are the letters of the papers' numbers.
var paperLetters = map[PaperKind]string{IntakeSlip: "A", Conclusion: "D", RefusalLetter: "N", RepairForm: "E", HandBackPaper: "H",
	ReplacementAct: "X", RefundAct: "R", ClosingAct: "C", LoanerPaper: "L"}

// Issued is a paper that a claim's events have called for. Its number and day
// come from the event, and what it says from the claim as it was then, so that
// it is the same paper however often it is printed.
type Issued struct {
	Kind   PaperKind
	Number string // RMA-2026-000017-N12: of the claim, the kind and the event
	At     time.Time
	By     Actor // who caused it
	Claim  Claim // as far as it concerns this paper
	// Undated says that its day is the day of the hand-over, which is still to
	// come and is written in by hand; At is when it could first be printed.
	Undated bool
	// Replaces is the number of the paper that it takes the place of; "" = none.
	Replaces string
}

// PaperNumber is the number of a paper of a claim.
func PaperNumber(claim string, kind PaperKind, n int) string {
	if letter := paperLetters[kind]; letter != "" {
		return claim + "-" + letter + strconv.Itoa(n)
	}
	return claim
}

// PapersOf lists the papers that the events call for, the latest of each
// kind. A claim that was taken up again keeps the papers of before until new
// ones take their place.
func PapersOf(events []Event) []Issued {
	f := folder{latest: map[PaperKind]Issued{}, former: map[PaperKind]string{}, open: map[PaperKind]bool{}}
	for i, e := range events {
		f.add(e, events[i+1:])
	}
	var out []Issued
	for _, kind := range PaperKinds() {
		if p, ok := f.latest[kind]; ok {
			out = append(out, p)
		}
	}
	return out
}

// folder gathers the papers of a claim, event by event.
type folder struct {
	claim  Claim
	latest map[PaperKind]Issued
	former map[PaperKind]string // of this round: the number that the next of its kind replaces
	open   map[PaperKind]bool   // papers of this round that follow the claim until its end
	closed bool                 // one act for one claim met
}

func (f *folder) add(e Event, rest []Event) {
	if _, again := e.Data.(*WasReopened); again {
		f.former, f.open, f.closed = map[PaperKind]string{}, map[PaperKind]bool{}, false
	}
	f.claim = f.claim.When(e)
	for kind := range f.open {
		p := f.latest[kind]
		p.Claim = f.claim
		if _, given := e.Data.(*WasHandedOver); given && p.Undated {
			p.At, p.By, p.Undated = e.At, e.Actor, false
		}
		f.latest[kind] = p
	}
	for _, kind := range withdrawnAt(e) {
		if f.open[kind] {
			delete(f.latest, kind)
			delete(f.open, kind)
			f.closed = f.closed && kind != ClosingAct
		}
	}
	for _, kind := range f.claim.papersAt(e) {
		if kind == ClosingAct && f.closed {
			continue
		}
		f.issue(kind, e, rest)
	}
}

// issue lays a new paper on top of those there are.
func (f *folder) issue(kind PaperKind, e Event, rest []Event) {
	p := Issued{Kind: kind, Number: PaperNumber(f.claim.Number, kind, e.Seq), At: e.At, By: e.Actor, Claim: f.claim.withSameInstant(rest, e),
		Replaces: f.former[kind]}
	p.Undated = (kind == HandBackPaper || kind == ClosingAct) && f.claim.State == Ready && f.claim.Custody.Kind != HeldByCustomer
	f.latest[kind], f.former[kind] = p, p.Number
	f.open[kind] = follows[kind]
	if !follows[kind] {
		delete(f.open, kind)
	}
	f.closed = f.closed || kind == ClosingAct
}

// withdrawnAt are the papers that an event takes back: what they state no
// longer holds.
func withdrawnAt(e Event) []PaperKind {
	switch e.Data.(type) {
	case *WentBack:
		return []PaperKind{HandBackPaper, ClosingAct}
	case *ApprovalWithdrawn:
		return []PaperKind{RefundAct}
	}
	return nil
}

// follows are the papers that still gain something after their event: the
// hand-back its day, a refund its payment.
var follows = map[PaperKind]bool{HandBackPaper: true, ReplacementAct: true, RefundAct: true, ClosingAct: true}

// withSameInstant adds what the same command brought besides the event.
func (c Claim) withSameInstant(rest []Event, e Event) Claim {
	for _, next := range rest {
		if !next.At.Equal(e.At) {
			break
		}
		c = c.When(next)
	}
	return c
}

// papersAt are the papers that an event calls for; c is the claim after it.
func (c Claim) papersAt(e Event) []PaperKind {
	switch p := e.Data.(type) {
	case *WasAccepted:
		return []PaperKind{IntakeSlip}
	case *WasDiagnosed:
		return []PaperKind{Conclusion}
	case *WasRefused:
		return []PaperKind{RefusalLetter}
	case *EstimateOffered:
		return []PaperKind{RepairForm}
	case *WasReplaced:
		return []PaperKind{ReplacementAct}
	case *RefundApproved:
		if c.Refund.Approved() {
			return []PaperKind{RefundAct}
		}
	case *RefundPaid:
		return []PaperKind{ClosingAct}
	case *WasReady:
		if slices.Contains(claimMet, p.Final) {
			return []PaperKind{HandBackPaper, ClosingAct}
		}
		return []PaperKind{HandBackPaper}
	case *WasCancelled:
		if p.Returning {
			return []PaperKind{HandBackPaper}
		}
	}
	return nil
}

// claimMet are the outcomes after which the customer got what was claimed.
var claimMet = []Outcome{OutcomeRepaired, OutcomeReplaced, OutcomeRefunded, OutcomeReduced}

// Paper is all that a paper says. The desk fills in what the kind needs, with
// texts of the packs in the paper's language; everything else is worded when
// it is set.
type Paper struct {
	Issued
	Lang   string
	Zone   *time.Location
	Copies int    // 0 = one
	Link   string // of its QR code: where the customer follows the claim; "" = none

	Seller   PaperSeller
	Place    *Place // where it was drawn up
	Customer Customer
	Request  Request
	Author   string // who examined, refused or approved

	Acknowledged []PaperTerm          // what the customer was told and accepted (C8)
	Grounds      []PaperTerm          // clauses that a refusal rests on
	Other        []PaperBasis         // what the decision gives on other bases
	Disputes     []PaperDispute       // whom the customer may turn to
	Terms        []policy.BasisResult // as they stand, with their ledgers
	Rights       []PaperTerm          // what the law says of this paper
	Told         []string             // notices that go with the device (C9)
	Money        []Entry              // what customer and retailer owe each other
	Due          string               // by when the work is promised: a day or an instant
	ValidUntil   calendar.Date        // last day of the offer
	PriceList    string               // by which the price was made, by its name

	NewUnit     *Unit // given in exchange
	NewSale     *Sale
	Loan        *Loan
	Loaner      *Loaner
	Leg         *Leg
	From, To    Address
	Certificate *PaperCertificate
}

// PaperSeller is the head of a paper.
type PaperSeller struct {
	Name     string
	Contacts []PaperContact
}

// PaperContact is a line of the head.
type PaperContact struct{ Label, Value, Extension string }

// PaperTerm is a clause as a paper quotes it.
type PaperTerm struct {
	ID     string
	Source string
	Text   string
	At     time.Time // when it was accepted; zero = not said
}

// PaperBasis is a verdict on a basis that the refusal is not about.
type PaperBasis struct {
	Basis   policy.Basis
	Verdict policy.Verdict
}

// PaperDispute is a body or court that settles disputes.
type PaperDispute struct{ Name, Text, Source, Web, Phone string }

// PaperCertificate is the certificate with its terms, by heading.
type PaperCertificate struct {
	Certificate
	Buyer  string
	Unit   Unit
	Sale   Sale
	Maker  *policy.BasisResult // the maker's warranty before it
	Months int
	Parts  []PaperPart
}

// PaperPart is a heading of a certificate's terms with its clauses.
type PaperPart struct {
	Key   string
	Texts []string
}

// Difference is what is paid on top, above zero by the customer; nil where no
// sum is part of the remedy.
func (c Claim) Difference() *money.Amount {
	if c.Remedy == nil || c.Remedy.Kind != "replacement" || c.Remedy.Amount == nil || c.Remedy.Amount.IsZero() {
		return nil
	}
	return c.Remedy.Amount
}
