package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// RegisteredCertificate is one certificate of the register.
type RegisteredCertificate struct {
	Number       string        `json:"number" doc:"number" example:"CERT-2026-000001"`
	UnitID       string        `json:"unit_id" doc:"the unit that it is for"`
	State        string        `json:"state" vocab:"certificate_states" doc:"what became of it"`
	Phase        string        `json:"phase,omitempty" vocab:"certificate_phases" doc:"where its term stands today; absent once it is no longer sold"`
	Origin       string        `json:"origin" vocab:"certificate_origins" doc:"how it came into the register"`
	Plan         string        `json:"plan,omitempty" doc:"id of the pack's plan; absent where it was not sold here"`
	Price        *Money        `json:"price,omitempty" doc:"price paid; absent = unknown"`
	SoldOn       calendar.Date `json:"sold_on,omitzero" format:"date" doc:"day of its sale"`
	From         calendar.Date `json:"from,omitzero" format:"date" doc:"first day: the day after the maker's warranty; it moves with that"`
	LastDay      calendar.Date `json:"last_day,omitzero" format:"date" doc:"nominal last day, inclusive"`
	Until        calendar.Date `json:"until,omitzero" format:"date" doc:"last day moved to a working day where the law says so"`
	EndedOn      calendar.Date `json:"ended_on,omitzero" format:"date" doc:"day on which it ended; absent while it is sold"`
	Clause       string        `json:"clause,omitempty" doc:"id of the clause that it ended by"`
	Reason       string        `json:"reason,omitempty" doc:"in somebody's words"`
	Costs        *Money        `json:"costs,omitempty" doc:"actual costs that were kept"`
	Refund       *Money        `json:"refund,omitempty" doc:"what the customer gets back"`
	Owed         bool          `json:"owed" doc:"the refund waits to be paid, or its sum to be stated"`
	Entry        string        `json:"entry,omitempty" doc:"id of the refund in the ledger, where it is approved and paid"`
	RefundState  string        `json:"refund_state,omitempty" vocab:"entry_states" doc:"how far the ledger has got with the refund"`
	PaidAt       time.Time     `json:"paid_at,omitzero" doc:"when the refund was paid"`
	Reference    string        `json:"reference,omitempty" doc:"of the payment"`
	PackVersion  string        `json:"pack_version,omitempty" doc:"version whose plan it was sold by"`
	TermsVersion string        `json:"terms_version,omitempty" doc:"version of the terms that it is served by"`
}

func (s *server) certificateOf(zone *time.Location) func(care.Certificate) RegisteredCertificate {
	today := calendar.DateOf(s.now(), zone)
	return func(c care.Certificate) RegisteredCertificate {
		return RegisteredCertificate{Number: c.Number, UnitID: c.Unit, State: string(c.State), Phase: string(c.Phase(today)), Origin: string(c.Origin),
			Plan: c.Plan, Price: moneyOf(c.Price), SoldOn: c.SoldOn, From: c.From, LastDay: c.LastDay, Until: c.Until, EndedOn: c.EndedOn,
			Clause: c.Clause, Reason: c.Reason, Costs: moneyOf(c.Costs), Refund: moneyOf(c.Refund), Owed: c.Owed(), Entry: c.Entry, RefundState: string(c.EntryState), PaidAt: in(c.PaidAt, zone),
			Reference: c.Reference, PackVersion: c.PackVersion, TermsVersion: c.TermsVersion}
	}
}

// CertificateDetail is a certificate with its chain of terms.
type CertificateDetail struct {
	Certificate RegisteredCertificate `json:"certificate" doc:"the certificate"`
	Unit        UnitRecord            `json:"unit" doc:"the unit with its sale"`
	Covers      []Cover               `json:"covers" doc:"the maker's warranty and the certificate's year behind it"`
	Law         string                `json:"law,omitempty" doc:"the law that lets the customer cancel it"`
}

// CertificateQuote is an offer for one unit.
type CertificateQuote struct {
	Plan    string        `json:"plan" doc:"id of the pack's plan"`
	Price   Money         `json:"price" doc:"price today"`
	Sample  bool          `json:"sample" doc:"the pack's figure is an example"`
	From    calendar.Date `json:"from" format:"date" doc:"first day that it would have"`
	LastDay calendar.Date `json:"last_day" format:"date" doc:"last day that it would have"`
	BuyBy   calendar.Date `json:"buy_by" format:"date" doc:"last day on which it is sold"`
	Ask     string        `json:"ask,omitempty" doc:"whom to ask about it"`
}

// NewCertificate sells one.
type NewCertificate struct {
	Price    *Money   `json:"price,omitempty" doc:"the price that the customer was told; another one today is a conflict"`
	Customer *Contact `json:"customer,omitempty" doc:"the buyer, where the sale names none"`
}

// SoldCertificate is a certificate just sold.
type SoldCertificate struct {
	Certificate RegisteredCertificate `json:"certificate" doc:"the certificate"`
	Link        CertificateLink       `json:"link" doc:"the customer's link to its paper"`
}

// CertificateLink leads the customer to the paper. The token is told once.
type CertificateLink struct {
	Token string `json:"token" doc:"secret of the link"`
	Path  string `json:"path" doc:"path of the page"`
}

func certificateLinkOf(token string) CertificateLink {
	return CertificateLink{Token: token, Path: "/certificate/" + token}
}

// CertificateCancellation is the customer's wish.
type CertificateCancellation struct {
	Costs  *Money `json:"costs,omitempty" doc:"what the provider has actually spent, kept; absent = nothing"`
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"why"`
}

// CertificateRefund says what a refund is whose sum was not known.
type CertificateRefund struct {
	Amount Money `json:"amount" doc:"what the customer paid for it"`
}

// SaleRescission ends a contract of sale otherwise than by a claim.
type SaleRescission struct {
	On     calendar.Date `json:"on,omitzero" format:"date" doc:"day; absent = today"`
	Reason string        `json:"reason" minLength:"1" maxLength:"500" doc:"why"`
}

// CertificateMonth is one month of the income report.
type CertificateMonth struct {
	Month    string        `json:"month" doc:"month" example:"2026-03"`
	On       calendar.Date `json:"on" format:"date" doc:"day on which in_force and waiting are counted"`
	Sold     int           `json:"sold" doc:"certificates sold"`
	SoldSum  *Money        `json:"sold_sum,omitempty" doc:"their prices"`
	Refunded int           `json:"refunded" doc:"refunds that came up"`
	Refunds  *Money        `json:"refunds,omitempty" doc:"their sums"`
	Net      *Money        `json:"net,omitempty" doc:"what the month brought"`
	InForce  int           `json:"in_force" doc:"certificates whose year runs"`
	Waiting  int           `json:"waiting" doc:"certificates that have not begun"`
}

func certificateMonthOf(m care.CertificateMonth) CertificateMonth {
	out := CertificateMonth{Month: m.Month, On: m.On, Sold: m.Sold, Refunded: m.Refunded, InForce: m.InForce, Waiting: m.Waiting}
	if m.Currency != "" {
		sum := func(n int64) *Money { return moneyOf(&money.Amount{Minor: n, Currency: m.Currency}) }
		out.SoldSum, out.Refunds, out.Net = sum(m.SoldSum), sum(m.Refunds), sum(m.Net())
	}
	return out
}

type listCertificatesIn struct {
	States   []string      `query:"state" vocab:"certificate_states" doc:"only in these states, joined by commas"`
	Phase    string        `query:"phase" vocab:"certificate_phases" doc:"only in this phase today"`
	Owed     bool          `query:"owed" doc:"only those whose refund waits to be paid"`
	SoldFrom calendar.Date `query:"sold_from" format:"date" doc:"only those sold from this day on"`
	SoldTo   calendar.Date `query:"sold_to" format:"date" doc:"only those sold up to this day"`
	Text     string        `query:"q" maxLength:"200" doc:"number, or serial or IMEI of the unit"`
	PageQuery
}

// CertificatePath names a certificate.
type CertificatePath struct {
	Certificate string `path:"certificate" maxLength:"100" doc:"number of the certificate"`
}

type certificateOut struct{ Body RegisteredCertificate }

type certificateDetailOut struct{ Body CertificateDetail }

type quoteOut struct{ Body CertificateQuote }

// UnitPath names a unit.
type UnitPath struct {
	Unit string `path:"unit" maxLength:"100" doc:"id, serial or IMEI"`
}

type sellCertificateIn struct {
	UnitPath
	Body NewCertificate
}

type soldCertificateOut struct {
	Location string `header:"Location" doc:"address of the certificate"`
	Body     SoldCertificate
}

type cancelCertificateIn struct {
	CertificatePath
	Body CertificateCancellation
}

type refundCertificateIn struct {
	CertificatePath
	Body CertificateRefund
}

type certificateLinkOut struct{ Body CertificateLink }

type rescindIn struct {
	UnitPath
	Body SaleRescission
}

type recordOut struct{ Body UnitRecord }

type certificateReportIn struct {
	From calendar.Date `query:"from" format:"date" doc:"a day of the first month; absent = eleven months before the last"`
	To   calendar.Date `query:"to" format:"date" doc:"a day of the last month; absent = this month"`
}

type certificateReportOut struct {
	Body struct {
		Items []CertificateMonth `json:"items" doc:"months, one row for each currency"`
	} `nameHint:"CertificateReport"`
}

func (s *server) certificateOperations() {
	tag := []string{"Certificates"}
	register(s, huma.Operation{OperationID: "list-certificates", Method: http.MethodGet, Path: "/certificates", Tags: tag, Security: byKey(),
		Summary: "List the register of certificates, newest first"},
		func(ctx context.Context, who caller, in *listCertificatesIn) (*pageOut[RegisteredCertificate], error) {
			f := care.CertificateFilter{States: each(in.States, func(s string) care.CertificateState { return care.CertificateState(s) }),
				Phase: care.CertificatePhase(in.Phase), Owed: in.Owed, SoldFrom: in.SoldFrom, SoldTo: in.SoldTo, Text: in.Text}
			items, next, err := s.desk.Certificates(ctx, who.actor, f, in.page())
			if err != nil {
				return nil, err
			}
			of := s.certificateOf(who.zone)
			return paged(items, next, func(i care.CertificateItem) RegisteredCertificate { return of(i.Certificate) }), nil
		})
	register(s, huma.Operation{OperationID: "get-certificate", Method: http.MethodGet, Path: "/certificates/{certificate}", Tags: tag, Security: byKey(),
		Summary: "Show a certificate with its chain of terms"},
		func(ctx context.Context, who caller, in *CertificatePath) (*certificateDetailOut, error) {
			v, err := s.desk.Certificate(ctx, who.actor, in.Certificate, who.lang)
			if err != nil {
				return nil, err
			}
			return &certificateDetailOut{Body: s.certificateDetail(v, who.zone)}, nil
		})
	register(s, huma.Operation{OperationID: "cancel-certificate", Method: http.MethodPost, Path: "/certificates/{certificate}/cancel", Tags: tag,
		Security: byKey(), Summary: "Cancel a certificate at the customer's wish, for the actual costs"}, s.cancelCertificate)
	register(s, huma.Operation{OperationID: "state-certificate-refund", Method: http.MethodPost, Path: "/certificates/{certificate}/refund", Tags: tag,
		Security: byKey(), Summary: "State a certificate's refund whose sum was not known",
		Description: "It is in the ledger from then on, and is approved and paid there."}, s.refundCertificate)
	register(s, huma.Operation{OperationID: "certificate-link", Method: http.MethodPost, Path: "/certificates/{certificate}/links", Tags: tag,
		Security: byKey(), DefaultStatus: http.StatusCreated, Summary: "Make the customer's link to the paper", Description: "The earlier link stops working."},
		func(ctx context.Context, who caller, in *CertificatePath) (*certificateLinkOut, error) {
			token, err := s.desk.IssueCertificateLink(ctx, who.actor, in.Certificate)
			return &certificateLinkOut{Body: certificateLinkOf(token)}, err
		})
	register(s, huma.Operation{OperationID: "certificate-report", Method: http.MethodGet, Path: "/reports/certificates", Tags: tag, Security: byKey(),
		Summary: "Tell the income from certificates by month"},
		func(ctx context.Context, who caller, in *certificateReportIn) (*certificateReportOut, error) {
			list, err := s.desk.CertificateReport(ctx, who.actor, in.From, in.To)
			out := &certificateReportOut{}
			out.Body.Items = each(list, certificateMonthOf)
			return out, err
		})
	s.certificateOfUnitOperations(tag)
}

// certificateOfUnitOperations are those that begin with a unit.
func (s *server) certificateOfUnitOperations(tag []string) {
	register(s, huma.Operation{OperationID: "quote-certificate", Method: http.MethodGet, Path: "/units/{unit}/certificate-quote", Tags: tag, Security: byKey(),
		Summary: "Offer a certificate for a unit", Description: "Refused with its reason, as a conflict, where none can be sold.",
		Responses: map[string]*huma.Response{"409": {Ref: "#/components/responses/" + problemName(http.StatusConflict)}}},
		func(ctx context.Context, who caller, in *unitIn) (*quoteOut, error) {
			q, err := s.desk.QuoteCertificate(ctx, who.actor, in.Unit, who.lang)
			if err != nil {
				return nil, err
			}
			return &quoteOut{Body: CertificateQuote{Plan: q.Plan, Price: *moneyOf(&q.Price), Sample: q.Sample, From: q.From, LastDay: q.LastDay,
				BuyBy: q.BuyBy, Ask: q.Ask()}}, nil
		})
	register(s, huma.Operation{OperationID: "sell-certificate", Method: http.MethodPost, Path: "/units/{unit}/certificate", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Sell a certificate for a unit"}, s.sellCertificate)
	register(s, huma.Operation{OperationID: "rescind-sale", Method: http.MethodPost, Path: "/units/{unit}/rescission", Tags: tag, Security: byKey(),
		Summary: "Record that a unit's contract of sale ended", Description: "No cover stays in force. A certificate's price is refunded where its terms say so."},
		func(ctx context.Context, who caller, in *rescindIn) (*recordOut, error) {
			rec, err := s.desk.RescindSale(ctx, who.actor, desk.Rescission{Unit: in.Unit, On: in.Body.On, Reason: in.Body.Reason})
			if err != nil {
				return nil, at(err, "on", "/on", "reason", "/reason")
			}
			return &recordOut{Body: recordOf(rec)}, nil
		})
}

func (s *server) certificateDetail(v desk.CertificateView, zone *time.Location) CertificateDetail {
	out := CertificateDetail{Certificate: s.certificateOf(zone)(v.Certificate), Unit: recordOf(v.Record), Covers: []Cover{}, Law: v.Law}
	for _, c := range []*desk.Cover{v.Warranty, v.Term} {
		if c != nil && c.Basis != policy.Paid {
			out.Covers = append(out.Covers, coverOf(*c))
		}
	}
	return out
}

func (s *server) sellCertificate(ctx context.Context, who caller, in *sellCertificateIn) (*soldCertificateOut, error) {
	price, err := in.Body.Price.amount("price")
	if err != nil {
		return nil, at(err, "price", "/price")
	}
	sold, err := s.desk.SellCertificate(ctx, who.actor, desk.CertificateSale{Unit: in.Unit, Price: price, Customer: in.Body.Customer.contact(), Lang: who.lang})
	if err != nil {
		return nil, at(err, "price", "/price", "name", "/customer/name", "email", "/customer/email")
	}
	return &soldCertificateOut{Location: Base + "/certificates/" + sold.Number,
		Body: SoldCertificate{Certificate: s.certificateOf(who.zone)(sold.Certificate), Link: certificateLinkOf(sold.Token)}}, nil
}

func (s *server) cancelCertificate(ctx context.Context, who caller, in *cancelCertificateIn) (*certificateOut, error) {
	costs, err := in.Body.Costs.amount("costs")
	if err != nil {
		return nil, at(err, "costs", "/costs")
	}
	c := desk.Cancellation{Reason: in.Body.Reason}
	if costs != nil {
		c.Costs = *costs
	}
	out, err := s.desk.CancelCertificate(ctx, who.actor, in.Certificate, c)
	if err != nil {
		return nil, at(err, "costs", "/costs", "reason", "/reason")
	}
	return &certificateOut{Body: s.certificateOf(who.zone)(out)}, nil
}

func (s *server) refundCertificate(ctx context.Context, who caller, in *refundCertificateIn) (*certificateOut, error) {
	amount, err := in.Body.Amount.amount("amount")
	if err != nil {
		return nil, at(err, "amount", "/amount")
	}
	out, err := s.desk.StateRefund(ctx, who.actor, in.Certificate, *amount)
	if err != nil {
		return nil, at(err, "amount", "/amount")
	}
	return &certificateOut{Body: s.certificateOf(who.zone)(out)}, nil
}
