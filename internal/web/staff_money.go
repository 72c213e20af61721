package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
)

// moneyRoutes are the pages of the ledger.
func (s *Server) moneyRoutes(m *routes) {
	m.staff("GET /staff/money", s.moneyPage)
	m.staff("GET /staff/money/export", s.moneyExport)
	m.staff("POST /staff/money/{id}/{do}", s.moneyDo)
	m.staff("POST /staff/claims/{id}/money", s.moneyEnter)
}

// moneyRow is a line of the ledger on a page.
type moneyRow struct {
	desk.EntryView
	Link        string // of the claim; "" of none
	Certificate string // page of the certificate whose refund it is; "" of none
	Back        string // the page to come back to
	Zone        *time.Location
	Why         string
	Gone        string // why it was cancelled
}

// moneyData lists the ledger.
type moneyData struct {
	Rows      []moneyRow
	Balances  []care.Balance
	States    []option
	Whats     []option
	Today     string
	MayExport bool
	Next      string
	First     string
}

func (s *Server) moneyPage(v *visit) error {
	q := v.r.URL.Query()
	var f care.EntryFilter
	state, what := q.Get("state"), q.Get("what")
	page := moneyData{MayExport: desk.May(v.Actor, desk.ExportMoney)}
	switch {
	case state == "":
		f.States = []care.EntryState{care.EntryDue, care.EntryApproved}
	case care.EntryState(state).Valid():
		f.States = []care.EntryState{care.EntryState(state)}
	}
	if care.DebtKind(what).Valid() {
		f.Whats = []care.DebtKind{care.DebtKind(what)}
	}
	page.States = append(capital(options(v.L, "money_state", asTexts(care.EntryStates()), state)), option{Value: allStates, Text: v.L.T("staff.work.all"), Selected: state == allStates})
	page.Whats = capital(options(v.L, "money.what", asTexts(care.DebtKinds()), what))
	list, next, err := s.desk.Money(v.r.Context(), v.Actor, f, care.Page{Cursor: q.Get("from"), Limit: workRows}, v.Lang)
	if err != nil {
		return err
	}
	page.Rows = moneyRows(v.L, list, v.Zone, v.r.URL.RequestURI())
	page.Today = calendar.DateOf(s.now(), v.Zone).String()
	if page.Balances, err = s.desk.Balances(v.r.Context(), v.Actor); err != nil {
		return err
	}
	page.Next, page.First = pageLinks("/staff/money", q, next)
	return v.html(http.StatusOK, "staff/money", page)
}

func asTexts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

func capital(list []option) []option {
	for i := range list {
		list[i].Text = i18n.Capital(list[i].Text)
	}
	return list
}

// moneyRows words the lines of a ledger.
func moneyRows(l *i18n.Locale, list []desk.EntryView, zone *time.Location, back string) []moneyRow {
	var out []moneyRow
	for _, e := range list {
		r := moneyRow{EntryView: e, Back: back, Zone: zone, Why: e.Entry.Why, Gone: e.Reason}
		if e.Claim != "" {
			r.Link = "/staff/claims/" + url.PathEscape(e.Claim)
		}
		if e.CertificateNumber != "" {
			r.Certificate = certificatePath(e.CertificateNumber)
		}
		if !e.Waived && e.Reason != "" {
			r.Gone = l.T(e.Reason)
		}
		out = append(out, r)
	}
	return out
}

// moneyDo approves, takes consent back, pays or cancels a line of the ledger, and goes back to
// where the button stood.
func (s *Server) moneyDo(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, what := v.r.PathValue("id"), v.r.PathValue("do")
	switch what {
	case "approve":
		_, err = s.desk.ApproveEntry(v.r.Context(), v.Actor, id)
	case "pay":
		_, err = s.desk.PayEntry(v.r.Context(), v.Actor, id, form.Get("reference"))
	case "withdraw":
		_, err = s.desk.WithdrawApproval(v.r.Context(), v.Actor, id, form.Get("reason"))
	case "cancel":
		_, err = s.desk.CancelEntry(v.r.Context(), v.Actor, id, form.Get("reason"))
	default:
		return httpkit.Refuse(http.StatusNotFound, nil)
	}
	back := localPath(form.Get("back"), "/staff/money")
	if err := s.moneySaid(v, err, "flash.money."+what); err != nil {
		return err
	}
	return v.redirect(back)
}

// moneySaid leaves a message of what was done, or of why it was not.
func (s *Server) moneySaid(v *visit, err error, done string) error {
	var why *care.Error
	switch {
	case err == nil:
		v.flash("good", done)
		return nil
	case errors.As(err, &why) && why.Code != care.Forbidden && why.Code != care.NotFound && why.Code != care.SignedOut:
		v.flash("bad", "flash.money.refused", "why", failure(v.L, why))
		return nil
	}
	return err
}

// moneyEnter enters a debt by hand.
func (s *Server) moneyEnter(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	in := desk.NewEntry{What: care.DebtKind(form.Get("what")), Debtor: care.Party(form.Get("debtor")), Creditor: care.Party(form.Get("creditor")), Why: form.Get("why")}
	in.Amount, err = money.Parse(form.Get("amount"), v.Retailer.Currency)
	if err != nil {
		err = care.Fail(care.Invalid, "amount_not_positive").At("amount")
	} else {
		_, err = s.desk.EnterMoney(v.r.Context(), v.Actor, v.r.PathValue("id"), in)
	}
	if err := s.moneySaid(v, err, "flash.money.enter"); err != nil {
		return err
	}
	return v.redirect("/staff/claims/" + url.PathEscape(v.r.PathValue("id")) + "#money")
}

// moneyExport is the day's steps as a file.
func (s *Server) moneyExport(v *visit) error {
	if !desk.May(v.Actor, desk.ExportMoney) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.ExportMoney))
	}
	day, err := calendar.ParseDate(v.r.URL.Query().Get("day"))
	if err != nil {
		return httpkit.Refuse(http.StatusBadRequest, err)
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="money-`+day.String()+`.csv"`)
	if err := s.desk.WriteMoney(v.r.Context(), v.Actor, day, v.w); err != nil {
		panic(http.ErrAbortHandler) // half a file can't be mended, only cut off
	}
	return nil
}

// moneyForm is what the form that enters a debt offers.
type moneyForm struct {
	Whats    []option
	Parties  []option
	Currency string
	Payee    care.Party
	// Amount and Why begin as what the latest way cost that nobody has entered.
	Amount, Why string
}

// moneyForm offers the cost of the latest way by courier as what to enter,
// where it is known and nobody entered it.
func (s *Server) moneyForm(v *visit, view desk.ClaimView) *moneyForm {
	f := s.emptyMoneyForm(v)
	if f == nil || slices.ContainsFunc(view.Money, func(e desk.EntryView) bool { return e.What == care.DebtDelivery }) {
		return f
	}
	for _, l := range slices.Backward(view.Legs) {
		if l.Cost == nil || l.HandedAt.IsZero() || l.Cost.Currency != f.Currency {
			continue
		}
		f.Amount = l.Cost.String()
		if debtorOf(l.Bearer) == care.RetailerParty {
			f.Payee = care.CarrierParty
		}
		f.Why = v.L.T("shipment.cost_why", "carrier", l.Carrier, "way", v.L.Or("legs", string(l.Direction)))
		for i, o := range f.Parties {
			f.Parties[i].Selected = o.Value == string(debtorOf(l.Bearer))
		}
		return f
	}
	return f
}

// debtorOf is who owes the cost of a way that the retailer laid out, or else
// the retailer itself.
func debtorOf(bearer string) care.Party {
	switch bearer {
	case "customer":
		return care.CustomerParty
	case "maker":
		return care.MakerParty
	}
	return care.RetailerParty
}

func (s *Server) emptyMoneyForm(v *visit) *moneyForm {
	if !desk.May(v.Actor, desk.EnterMoney) {
		return nil
	}
	return &moneyForm{Payee: care.RetailerParty, Whats: capital(options(v.L, "money.what", []string{string(care.DebtDelivery), string(care.DebtReimbursement)}, "")),
		Parties: capital(options(v.L, "money.party", asTexts(care.Parties()), "")), Currency: v.Retailer.Currency}
}
