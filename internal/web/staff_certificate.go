package web

import (
	"bytes"
	"net/http"
	"net/url"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/money"
)

// certificateRoutes are the pages of the register of certificates (A5–A15).
func (s *Server) certificateRoutes(m *routes) {
	m.staff("GET /staff/certificates", s.certificatesPage)
	m.staff("GET /staff/certificates.csv", s.certificatesFile)
	m.staff("GET /staff/certificates/report", s.certificateReport)
	m.staff("GET /staff/certificates/{number}", s.certificatePage)
	m.staff("GET /staff/certificates/{number}/paper", s.certificatePaper)
	m.staff("POST /staff/certificates/{number}/link", s.certificateLink)
	m.staff("POST /staff/certificates/{number}/cancel", s.cancelCertificate)
	m.staff("POST /staff/certificates/{number}/refund", s.stateRefund)
	m.staff("GET /staff/units/{id}/certificate", s.sellCertificatePage)
	m.staff("POST /staff/units/{id}/certificate", s.sellCertificate)
	m.staff("POST /staff/units/{id}/rescind", s.rescindSale)
	m.open("GET /certificate/{token}", s.linkedCertificate)
}

func certificatePath(number string) string { return "/staff/certificates/" + url.PathEscape(number) }

// certificatesData is the register.
type certificatesData struct {
	Text, From, To string
	States, Phases []option
	Owed           bool
	Rows           []certificateRow
	Next, First    string
	MayReport      bool
	Wrong          wrongs
}

// certificateRow is one line of it.
type certificateRow struct {
	care.CertificateItem
	Link, Device string
	Where        care.CertificatePhase
}

// certificateFilter reads the filter of the register's address.
func (v *visit) certificateFilter() (care.CertificateFilter, wrongs) {
	q := v.r.URL.Query()
	var bad wrongs
	f := care.CertificateFilter{Text: q.Get("q"), Owed: q.Get("owed") != "", Phase: care.CertificatePhase(q.Get("phase")),
		SoldFrom: bad.day(v.L, q, "sold_from"), SoldTo: bad.day(v.L, q, "sold_to")}
	for _, s := range care.CertificateStates() {
		if string(s) == q.Get("state") {
			f.States = []care.CertificateState{s}
		}
	}
	return f, bad
}

func (s *Server) certificatesPage(v *visit) error {
	q := v.r.URL.Query()
	f, bad := v.certificateFilter()
	page := certificatesData{Text: f.Text, From: q.Get("sold_from"), To: q.Get("sold_to"), Owed: f.Owed, Wrong: bad,
		States:    options(v.L, "certificate_state", wordsIn(care.CertificateStates()), q.Get("state")),
		Phases:    options(v.L, "certificate_phase", wordsIn(care.CertificatePhases()), q.Get("phase")),
		MayReport: desk.May(v.Actor, desk.ReadReports)}
	list, next, err := s.desk.Certificates(v.r.Context(), v.Actor, f, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	today := calendar.DateOf(s.now(), v.Zone)
	for _, c := range list {
		page.Rows = append(page.Rows, certificateRow{c, certificatePath(c.Number),
			deviceName(v.L, c.UnitRow.Category, c.UnitRow.Brand, c.UnitRow.Model), c.Phase(today)})
	}
	page.Next, page.First = pageLinks("/staff/certificates", q, next)
	return v.html(http.StatusOK, "staff/certificates", page)
}

// wordsIn are the values of a vocabulary of the domain.
func wordsIn[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func (s *Server) certificatesFile(v *visit) error {
	f, _ := v.certificateFilter()
	var b bytes.Buffer
	if err := s.desk.WriteCertificates(v.r.Context(), v.Actor, f, &b); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="certificates.csv"`)
	_, _ = v.w.Write(b.Bytes()) // the reader may have gone away
	return nil
}

// certificateReportData is the income report.
type certificateReportData struct {
	From, To string
	Rows     []reportRow
	Wrong    wrongs
}

type reportRow struct {
	care.CertificateMonth
	SoldMoney, RefundMoney, NetMoney money.Amount
}

func (s *Server) certificateReport(v *visit) error {
	q := v.r.URL.Query()
	page := certificateReportData{From: q.Get("from"), To: q.Get("to")}
	from, to := page.Wrong.day(v.L, q, "from"), page.Wrong.day(v.L, q, "to")
	list, err := s.desk.CertificateReport(v.r.Context(), v.Actor, from, to)
	if err != nil {
		if err := page.Wrong.take(v.L, err); err != nil {
			return err
		}
	}
	for _, m := range list {
		if m.Currency == "" {
			m.Currency = v.Retailer.Currency
		}
		sum := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: m.Currency} }
		page.Rows = append(page.Rows, reportRow{m, sum(m.SoldSum), sum(m.Refunds), sum(m.Net())})
	}
	return v.html(statusOf(page.Wrong), "staff/certificate-report", page)
}

func statusOf(bad wrongs) int {
	if len(bad) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// certificateData is one certificate's page.
type certificateData struct {
	desk.CertificateView
	Device    string
	PlanLine  *planLine
	Covers    []desk.Cover
	Form      url.Values
	Wrong     wrongs
	Fresh     *freshLink
	MaySell   bool
	MayCancel bool
	MayState  bool // what a refund is whose sum was not known
	Money     []moneyRow
}

func (s *Server) certificatePage(v *visit) error { return s.certificateAgain(v, nil, nil) }

func (s *Server) certificateAgain(v *visit, form url.Values, bad wrongs) error {
	view, err := s.desk.Certificate(v.r.Context(), v.Actor, v.r.PathValue("number"), v.Lang)
	if err != nil {
		return err
	}
	ends := view.State == care.CertificateSold || view.State == care.CertificateLapsed
	page := certificateData{CertificateView: view, Form: form, Wrong: bad,
		Device:  deviceName(v.L, view.Record.Unit.Category, view.Record.Unit.Brand, view.Record.Unit.Model),
		MaySell: desk.May(v.Actor, desk.SellCertificates), MayState: view.Unpriced() && desk.May(v.Actor, desk.StateRefunds),
		Money:     moneyRows(v.L, view.Money, v.Zone, certificatePath(view.Number)),
		MayCancel: ends && view.Law != "" && view.Price != nil && desk.May(v.Actor, desk.CancelCertificates)}
	if page.PlanLine, err = v.planNamed(view.PackVersion, view.Plan); err != nil {
		return err
	}
	for i := range page.Money { // what stands on this page already
		page.Money[i].ClauseText, page.Money[i].Why, page.Money[i].Certificate = "", "", ""
	}
	for _, c := range []*desk.Cover{view.Warranty, view.Term} {
		if c != nil {
			page.Covers = append(page.Covers, *c)
		}
	}
	var fresh freshLink
	if s.cookies.Take(v.w, v.r, freshCookie, certificatePath(view.Number), &fresh) {
		page.Fresh = &fresh
	}
	return v.html(statusOf(bad), "staff/certificate", page)
}

// leaveCertificateLink hands the customer's link to the certificate's page,
// once.
func (s *Server) leaveCertificateLink(v *visit, number, token string) {
	u := url.URL{Scheme: "http", Host: v.r.Host, Path: "/certificate/" + token}
	if s.cookies.Proxies.Secure(v.r) {
		u.Scheme = "https"
	}
	s.cookies.Leave(v.w, v.r, freshCookie, certificatePath(number), 5*time.Minute, freshLink{URL: u.String()})
}

func (s *Server) certificateLink(v *visit) error {
	number := v.r.PathValue("number")
	token, err := s.desk.IssueCertificateLink(v.r.Context(), v.Actor, number)
	if err != nil {
		return err
	}
	s.leaveCertificateLink(v, number, token)
	return v.redirect(certificatePath(number))
}

// certificateDone ends a form on a certificate: back to its page with a
// message, or the page again with what is wrong.
func (s *Server) certificateDone(v *visit, form url.Values, err error, flash string) error {
	if err == nil {
		v.flash("good", flash)
		return v.redirect(certificatePath(v.r.PathValue("number")))
	}
	var bad wrongs
	if err := bad.take(v.L, err); err != nil {
		return err
	}
	return s.certificateAgain(v, form, bad)
}

func (s *Server) cancelCertificate(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	costs, err := v.sum(form, "costs")
	if err == nil {
		if costs == nil {
			costs = &money.Amount{Currency: form.Get("currency")}
		}
		_, err = s.desk.CancelCertificate(v.r.Context(), v.Actor, v.r.PathValue("number"), desk.Cancellation{Costs: *costs, Reason: form.Get("reason")})
	}
	return s.certificateDone(v, form, err, "flash.staff.certificate_cancelled")
}

// stateRefund says what a refund is whose sum was not known.
func (s *Server) stateRefund(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	amount, err := v.sum(form, "amount")
	if err == nil {
		if amount == nil {
			amount = &money.Amount{}
		}
		_, err = s.desk.StateRefund(v.r.Context(), v.Actor, v.r.PathValue("number"), *amount)
	}
	return s.certificateDone(v, form, err, "flash.staff.certificate_refund")
}

// sum reads a sum of a form in the form's currency, or the retailer's; nil
// where the field is empty.
func (v *visit) sum(form url.Values, field string) (*money.Amount, error) {
	text, currency := form.Get(field), form.Get("currency")
	if text == "" {
		return nil, nil
	}
	if currency == "" {
		currency = v.Retailer.Currency
	}
	a, err := parseSum(text, currency)
	if err != nil {
		return nil, care.Fail(care.Invalid, "bad_sum", "value", text).At(field)
	}
	return &a, nil
}

// sellCertificateData is the offer for one unit.
type sellCertificateData struct {
	Unit    string
	Device  string
	Quote   *desk.CertificateQuote
	Plan    *planLine
	Refused string
	Form    url.Values
	Wrong   wrongs
}

func (s *Server) sellCertificatePage(v *visit) error { return s.sellCertificateAgain(v, nil, nil) }

func (s *Server) sellCertificateAgain(v *visit, form url.Values, bad wrongs) error {
	if !desk.May(v.Actor, desk.SellCertificates) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.SellCertificates))
	}
	unit, err := s.desk.Unit(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	page := sellCertificateData{Unit: unit.Unit.ID, Form: form, Wrong: bad,
		Device: deviceName(v.L, unit.Unit.Category, unit.Unit.Brand, unit.Unit.Model)}
	quote, err := s.desk.QuoteCertificate(v.r.Context(), v.Actor, unit.Unit.ID, v.Lang)
	var refused wrongs
	if err != nil {
		if err := refused.take(v.L, err); err != nil {
			return err
		}
		page.Refused = refused[0].Text
		return v.html(statusOf(refused), "staff/sell-certificate", page)
	}
	page.Quote = &quote
	if page.Plan, err = v.planNamed(quote.PackVersion, quote.Plan); err != nil {
		return err
	}
	return v.html(statusOf(bad), "staff/sell-certificate", page)
}

func (s *Server) sellCertificate(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	price, err := v.sum(form, "price")
	if err != nil {
		return err
	}
	sold, err := s.desk.SellCertificate(v.r.Context(), v.Actor, desk.CertificateSale{Unit: v.r.PathValue("id"), Price: price, Lang: v.Lang,
		Customer: desk.Contact{Name: form.Get("name"), Phone: form.Get("phone"), Email: form.Get("email")}})
	if err != nil {
		var bad wrongs
		if err := bad.take(v.L, err); err != nil {
			return err
		}
		return s.sellCertificateAgain(v, form, bad)
	}
	v.flash("good", "flash.staff.certificate_sold")
	s.leaveCertificateLink(v, sold.Number, sold.Token)
	return v.redirect(certificatePath(sold.Number))
}

// rescindSale records that the contract of sale ended.
func (s *Server) rescindSale(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	in := desk.Rescission{Unit: v.r.PathValue("id"), Reason: form.Get("reason")}
	if day := form.Get("on"); day != "" {
		if in.On, err = calendar.ParseDate(day); err != nil {
			return care.Fail(care.Invalid, "bad_day", "value", day).At("on")
		}
	}
	if _, err := s.desk.RescindSale(v.r.Context(), v.Actor, in); err != nil {
		return err
	}
	v.flash("good", "flash.staff.sale_rescinded")
	return v.redirect("/staff/units/" + url.PathEscape(in.Unit))
}

// certificatePaperData is the certificate's paper.
type certificatePaperData struct {
	desk.CertificatePaper
	Today calendar.Date
	Own   bool // the customer reads it
}

// certificatePaper is the paper as staff print it: in the customer's
// language, or the one that is asked for.
func (s *Server) certificatePaper(v *visit) error {
	lang := ""
	if v.r.URL.Query().Has("lang") {
		lang = v.Lang
	}
	paper, err := s.desk.CertificatePaper(v.r.Context(), v.Actor, v.r.PathValue("number"), lang)
	if err != nil {
		return err
	}
	v.speak(paper.Lang)
	return v.html(http.StatusOK, "portal/certificate", certificatePaperData{CertificatePaper: paper, Today: calendar.DateOf(s.now(), v.Zone)})
}

// linkedCertificate is the paper as its owner reads it.
func (s *Server) linkedCertificate(v *visit) error {
	lang := ""
	if v.r.URL.Query().Has("lang") {
		lang = v.Lang
	}
	httpkit.Private(v.w)
	paper, err := s.desk.LinkedCertificate(v.r.Context(), v.r.PathValue("token"), lang)
	if err != nil {
		return err
	}
	if err := v.at(paper.Retailer.ID, false); err != nil {
		return err
	}
	v.speak(paper.Lang)
	return v.html(http.StatusOK, "portal/certificate", certificatePaperData{CertificatePaper: paper, Today: calendar.DateOf(s.now(), v.Zone), Own: true})
}
