package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

func (s *Server) loanerRoutes(m *routes) {
	m.staff("GET /staff/loaners", s.loanersPage)
	m.staff("POST /staff/loaners", s.addLoaner)
	m.staff("POST /staff/loaners/{id}/write-off", s.writeOffLoaner)
	m.staff("GET /staff/loans/{id}/paper", s.loanPaper)
	m.staff("POST /staff/loans/{id}/lend", s.lendLoaner)
	m.staff("POST /staff/loans/{id}/return", s.returnLoaner)
	m.staff("POST /staff/claims/{id}/loaner", s.demandLoaner)
	m.staff("POST /staff/loans/{id}/withdraw", s.withdrawLoaner)
	m.open("POST /track/{token}/loaner", s.trackedLoaner)
	m.open("POST /track/{token}/loaner/withdraw", s.trackedWithdrawLoaner)
}

// loanRow is one loan in words.
type loanRow struct {
	desk.LoanView
	Due  *dueView
	Late bool // provided after the term
}

// loanersData is the page of the pool and of what is out.
type loanersData struct {
	Loans      []loanRow
	Next       string
	First      string
	Pool       []care.Loaner
	Names      map[string]string // of places
	States     []option
	MayManage  bool
	Form       url.Values
	Wrong      wrongs
	Categories []option
	Places     []option
}

func (s *Server) loanersPage(v *visit) error {
	return s.loanersAgain(v, http.StatusOK, url.Values{}, nil)
}

func (s *Server) loanersAgain(v *visit, status int, form url.Values, wrong wrongs) error {
	q := v.r.URL.Query()
	page := loanersData{Form: form, Wrong: wrong, MayManage: desk.May(v.Actor, desk.ManageLoaners)}
	loans, next, err := s.desk.Loans(v.r.Context(), v.Actor, care.LoanFilter{States: []care.LoanState{care.LoanAsked, care.LoanOut}},
		care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	for _, l := range loans {
		page.Loans = append(page.Loans, s.loanRow(v.L, l))
	}
	page.Next, page.First = pageLinks("/staff/loaners", q, next)
	page.States = options(v.L, "loaner_state", asTexts(care.LoanerStates()), q.Get("state"))
	f := care.LoanerFilter{States: []care.LoanerState{care.LoanerFree, care.LoanerLent}}
	for _, o := range page.States {
		if o.Selected {
			f.States = []care.LoanerState{care.LoanerState(o.Value)}
		}
	}
	if page.Pool, _, err = s.desk.Loaners(v.r.Context(), v.Actor, f, care.Page{Limit: 200}); err != nil {
		return err
	}
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	page.Names = placeNames(places, v.Lang)
	for _, p := range places {
		page.Places = append(page.Places, option{Value: p.ID, Text: placeLine(p, v.Lang), Selected: p.ID == form.Get("place")})
	}
	page.Categories = options(v.L, "categories", policy.Words("categories"), form.Get("category"))
	for i, o := range page.Categories {
		page.Categories[i].Text = i18n.Capital(o.Text)
	}
	return v.html(status, "staff/loaners", page)
}

func (s *Server) loanRow(l *i18n.Locale, view desk.LoanView) loanRow {
	name := "loaner"
	if view.Loan.State == care.LoanOut {
		name = "loaner_back"
	}
	return loanRow{LoanView: view, Due: due(l, name, view.Loan.NextAt(), s.now()), Late: view.Loan.ProvidedLate()}
}

func (s *Server) addLoaner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	_, err = s.desk.AddLoaner(v.r.Context(), v.Actor, desk.NewLoaner{Category: form.Get("category"), Brand: form.Get("brand"),
		Model: form.Get("model"), Serial: form.Get("serial"), Condition: form.Get("condition"), Place: form.Get("place")})
	return s.loanersDone(v, err, form, "flash.loaner.added")
}

func (s *Server) writeOffLoaner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	_, err = s.desk.WriteOffLoaner(v.r.Context(), v.Actor, v.r.PathValue("id"), care.LoanerState(form.Get("state")), form.Get("reason"))
	return s.loanersDone(v, err, url.Values{}, "flash.loaner.written_off")
}

// loanersDone answers a form of the pool.
func (s *Server) loanersDone(v *visit, err error, form url.Values, done string) error {
	if err == nil {
		v.flash("good", done)
		return v.redirect("/staff/loaners")
	}
	var wrong wrongs
	if err := wrong.take(v.L, err); err != nil {
		return err
	}
	return s.loanersAgain(v, httpkit.Status(err), form, wrong)
}

// claimLoansData is the claim page's part about loaners.
type claimLoansData struct {
	Rows      []loanRow
	Owed      *care.LoanerRight
	Refused   string // why none can be demanded, where the law is the reason
	MayDemand bool
	MayLend   bool
	MayReturn bool
	MayRead   bool
	// MayWithdraw takes a demand back.
	MayWithdraw bool
	Free        []care.Loaner // of the same category
}

// Shown reports whether there is anything to show.
func (d claimLoansData) Shown() bool { return len(d.Rows) > 0 || d.MayDemand || d.Refused != "" }

func (s *Server) claimLoans(v *visit, c care.Claim, loans desk.ClaimLoans) (claimLoansData, error) {
	var err error
	d := claimLoansData{Owed: loans.Owed, MayDemand: loans.Refused == nil && desk.May(v.Actor, desk.DemandLoaner),
		MayLend: desk.May(v.Actor, desk.LendLoaner), MayReturn: desk.May(v.Actor, desk.ReturnLoaner), MayWithdraw: desk.May(v.Actor, desk.WithdrawLoaner), MayRead: desk.May(v.Actor, desk.ReadLoaners)}
	if loans.Refused != nil && loans.Refused.Key == "error.loaner_excluded" && !c.State.Over() {
		d.Refused = failure(v.L, loans.Refused)
	}
	for _, l := range loans.Loans {
		d.Rows = append(d.Rows, s.loanRow(v.L, l))
		if l.Loan.State == care.LoanAsked && d.MayLend {
			d.Free, _, err = s.desk.Loaners(v.r.Context(), v.Actor, care.LoanerFilter{States: []care.LoanerState{care.LoanerFree}, Category: l.Loan.Category}, care.Page{Limit: 200})
			if err != nil {
				return d, err
			}
		}
	}
	return d, nil
}

func (s *Server) demandLoaner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	_, err = s.desk.DemandLoaner(v.r.Context(), v.Actor, v.r.PathValue("id"), form.Get("note"))
	return s.loanDone(v, err, v.r.PathValue("id"), "flash.loaner.demanded")
}

// withdrawLoaner notes that the customer no longer wants one.
func (s *Server) withdrawLoaner(v *visit) error {
	loan, err := s.desk.Loan(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	_, err = s.desk.WithdrawLoaner(v.r.Context(), v.Actor, loan.Loan.ID, "")
	return s.loanDone(v, err, loan.Loan.Claim, "flash.loaner.taken_back")
}

// trackedWithdrawLoaner is the same by the customer.
func (s *Server) trackedWithdrawLoaner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if _, err = s.desk.TrackedWithdrawLoaner(v.r.Context(), v.r.PathValue("token"), form.Get("loan")); err != nil {
		return s.trackedAgain(v, held{name: "loaner"}, err)
	}
	v.flash("good", "flash.portal_loaner_withdrawn")
	return v.redirect("/track/" + url.PathEscape(v.r.PathValue("token")))
}

func (s *Server) lendLoaner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	loan, err := s.desk.Loan(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	in := desk.Lending{Loaner: form.Get("loaner"), Condition: form.Get("condition")}
	if day := form.Get("back_by"); day != "" {
		at, err := time.ParseInLocation(time.DateOnly, day, v.Zone)
		if err != nil {
			return s.loanDone(v, care.Fail(care.Invalid, "bad_day", "value", day).At("back_by"), loan.Loan.Claim, "")
		}
		in.BackBy = at.AddDate(0, 0, 1) // the day itself is in time
	}
	_, err = s.desk.LendLoaner(v.r.Context(), v.Actor, loan.Loan.ID, in)
	return s.loanDone(v, err, loan.Loan.Claim, "flash.loaner.lent")
}

func (s *Server) returnLoaner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	loan, err := s.desk.Loan(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	_, err = s.desk.ReturnLoaner(v.r.Context(), v.Actor, loan.Loan.ID, desk.Returning{Condition: form.Get("condition"),
		Damage: form.Get("damage"), Withdraw: form.Get("withdraw") == "true"})
	return s.loanDone(v, err, loan.Loan.Claim, "flash.loaner.returned")
}

// loanDone goes back to the claim, with the refusal where there is one.
func (s *Server) loanDone(v *visit, err error, claim, done string) error {
	if err == nil {
		v.flash("good", done)
		return v.redirect("/staff/claims/" + url.PathEscape(claim) + "#loaner")
	}
	var why *care.Error
	if !errors.As(err, &why) || why.Code == care.Forbidden || why.Code == care.NotFound {
		return err
	}
	view, shown := s.desk.ClaimPage(v.r.Context(), v.Actor, claim, v.Lang)
	if shown != nil {
		return shown
	}
	page, shown := s.claimData(v, view, attempt{refusal: failure(v.L, why)})
	if shown != nil {
		return shown
	}
	return v.html(httpkit.Status(err), "staff/claim", page)
}

// paperData is the hand-out paper of a loaner.
type paperData struct {
	desk.LoanView
	Claim    care.Claim
	Customer care.Customer
	Device   string
	Place    care.Place
}

// loanPaper is the paper that both sign when a loaner is handed out, in the
// customer's language.
func (s *Server) loanPaper(v *visit) error {
	loan, err := s.desk.Loan(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if loan.Loaner == nil {
		return httpkit.Refuse(http.StatusNotFound, nil)
	}
	view, err := s.desk.Claim(v.r.Context(), v.Actor, loan.Loan.Claim, v.Lang)
	if err != nil {
		return err
	}
	c := view.Claim
	v.speak(c.Lang)
	return v.html(http.StatusOK, "staff/loan-paper", paperData{LoanView: loan, Claim: c, Customer: view.Customer,
		Device: deviceName(v.L, c.Unit.Category, c.Unit.Brand, c.Unit.Model), Place: view.Places[loan.Loaner.Place]})
}

// trackedLoaner is the customer's demand.
func (s *Server) trackedLoaner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if _, err = s.desk.TrackedDemandLoaner(v.r.Context(), v.r.PathValue("token"), form.Get("note")); err != nil {
		return s.trackedAgain(v, held{name: "loaner"}, err)
	}
	v.flash("good", "flash.portal_loaner")
	return v.redirect("/track/" + url.PathEscape(v.r.PathValue("token")))
}
