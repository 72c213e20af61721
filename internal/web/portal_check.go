package web

import (
	"net/http"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

// checkPage is the warranty check (D4).
type checkPage struct {
	Asked    string
	Check    *desk.Check // nil before a question, and for a unit that nobody knows
	Unknown  bool
	Problems wrongs
}

// check fills the page with what is known of the unit asked for, or with why
// nothing is.
func (p *checkPage) check(v *visit) error {
	check, err := v.s.desk.CheckWarranty(v.r.Context(), v.Retailer.ID, p.Asked, v.Lang)
	switch {
	case err == nil:
		p.Check = &check
	case care.CodeOf(err) != care.NotFound:
		return p.Problems.take(v.L, err)
	case isIMEI(p.Asked) && !goodIMEI(p.Asked):
		p.Problems = wrongs{{Field: "serial", Text: v.L.T("error.portal_imei")}}
	default:
		p.Unknown = true
	}
	return nil
}

func (s *Server) checkWarranty(v *visit) error {
	httpkit.Private(v.w)
	page := checkPage{Asked: strings.TrimSpace(v.r.URL.Query().Get("id"))}
	if v.wants("known") {
		return s.knownUnit(v)
	}
	if !v.r.URL.Query().Has("id") {
		return v.html(http.StatusOK, "portal/check", page)
	}
	if err := page.check(v); err != nil {
		return err
	}
	return v.html(statusOf(page.Problems), "portal/check", page)
}

// knownUnit tells beside the number on a form whose device it is. It hinders
// nobody: what it can't find may be described.
func (s *Server) knownUnit(v *visit) error {
	page := checkPage{Asked: strings.TrimSpace(v.r.URL.Query().Get("serial"))}
	if page.Asked == "" {
		return v.fragment(http.StatusOK, "portal/check", "check-known", page)
	}
	if err := page.check(v); err != nil {
		return err
	}
	return v.fragment(http.StatusOK, "portal/check", "check-known", page)
}

// digits leaves out what people write between groups of digits.
func digits(number string) string {
	return strings.NewReplacer(" ", "", "-", "", "/", "").Replace(number)
}

// isIMEI tells an IMEI from a serial number: fifteen digits.
func isIMEI(number string) bool {
	d := digits(number)
	return len(d) == 15 && strings.Trim(d, "0123456789") == ""
}

// goodIMEI checks the last digit of an IMEI.
func goodIMEI(number string) bool {
	d := digits(number)
	return d[14] == '0'+care.LuhnDigit(d[:14])
}
