package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
)

// claimDo gives a claim a command out of its form.
func (s *Server) claimDo(v *visit) error {
	form, files, over := v.formFiles()
	if form == nil {
		return over
	}
	name := care.CommandName(v.r.PathValue("command"))
	if care.NewCommand(name) == nil {
		return httpkit.Refuse(http.StatusNotFound, nil)
	}
	view, err := s.desk.Claim(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	if !desk.May(v.Actor, desk.On(name)) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.On(name)))
	}
	cmd, wrong, err := bindCommand(name, fieldsFor(view, name), form, view.Zone)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		a := attempt{command: name, typed: form, wrong: wrong}
		if over != nil {
			a.refusal = failure(v.L, over)
		}
		return s.claimAgain(v, http.StatusUnprocessableEntity, a)
	}
	seq, _ := strconv.Atoi(form.Get("seq")) // without one there is nothing to compare
	if err = over; err == nil {
		_, err = s.desk.DoWith(v.r.Context(), v.Actor, view.Claim.ID, seq, cmd, files)
	}
	if err != nil {
		a := attempt{command: name, typed: form}
		if err := a.refused(v.L, fieldsFor(view, name), err); err != nil {
			return err
		}
		return s.claimAgain(v, httpkit.Status(err), a)
	}
	v.flash("good", "flash.staff.done", "action", v.L.T("action."+string(name)))
	return v.redirect(claimPath(view.Claim))
}

// refused puts the desk's refusal beside the field it speaks of, or above the
// page. An error that is none that the form's reader can mend is given back.
func (a *attempt) refused(l *i18n.Locale, fields []care.Field, err error) error {
	var why *care.Error
	if !errors.As(err, &why) {
		return err
	}
	switch why.Code {
	case care.Invalid, care.Blocked, care.Conflict, care.Illegal:
		if field := controlOf(fields, why.Field); field != "" {
			a.wrong = []wrongField{{field, why}}
		} else {
			a.refusal = failure(l, why)
		}
		return nil
	}
	return err
}

// fieldsFor are the fields of a command's form as it is offered now; nil for
// one that is not, which the desk then refuses with its reason.
func fieldsFor(view desk.ClaimView, name care.CommandName) []care.Field {
	for _, a := range view.Actions {
		if a.Command == name {
			return a.Fields
		}
	}
	return nil
}

// controlOf is the form's field that a refusal speaks of: the domain names
// the parts of a list too ("diagnosis.findings.code"), and facts by path.
func controlOf(fields []care.Field, name string) string {
	for _, f := range fields {
		if f.Name == name || strings.HasPrefix(name, f.Name+".") {
			return f.Name
		}
		if f.Type == care.FactsField {
			for _, fact := range f.Options {
				if fact == name {
					return fact
				}
			}
		}
	}
	return ""
}

// claimAgain shows the claim as it is now, with a form that was refused and
// what was typed into it.
func (s *Server) claimAgain(v *visit, status int, a attempt) error {
	view, err := s.desk.ClaimPage(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	page, err := s.claimData(v, view, a)
	if err != nil {
		return err
	}
	return v.html(status, "staff/claim", page)
}

// claimMessage writes to the customer.
func (s *Server) claimMessage(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	view, err := s.desk.ClaimPage(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	said := form.Get("text")
	if saidAlready(view.Thread, v.Actor, said, s.now()) {
		v.flash("good", "flash.staff.message_sent")
		return v.redirect(claimPath(view.Claim) + "#messages")
	}
	err = s.desk.Answer(v.r.Context(), v.Actor, view.Claim.Request, said, false)
	var refused *care.Error
	switch {
	case err == nil:
		v.flash("good", "flash.staff.message_sent")
		return v.redirect(claimPath(view.Claim) + "#messages")
	case !errors.As(err, &refused) || refused.Code != care.Invalid && refused.Code != care.Illegal:
		return err
	}
	page, err := s.claimData(v, view, attempt{})
	if err != nil {
		return err
	}
	page.Saying, page.SayWrong = said, failure(v.L, refused)
	return v.html(httpkit.Status(refused), "staff/claim", page)
}

// saidAlready reports whether the last message is the same one, sent a
// moment ago: a form that was sent twice is one message.
func saidAlready(thread []care.Message, actor care.Actor, said string, now time.Time) bool {
	if len(thread) == 0 {
		return false
	}
	last := thread[len(thread)-1]
	return last.Actor.ID == actor.ID && last.Text == said && now.Sub(last.At) < 2*time.Minute
}

// claimTracking makes another tracking link. The link is shown once: the
// desk keeps only its hash.
func (s *Server) claimTracking(v *visit) error {
	view, err := s.desk.Claim(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	token, err := s.desk.IssueTracking(v.r.Context(), v.Actor, view.Claim.ID)
	if err != nil {
		return err
	}
	s.leaveFresh(v, view.Claim, token)
	return v.redirect(claimPath(view.Claim))
}

const freshCookie = "talon_fresh"

// leaveFresh hands a new tracking link to the claim's page, once.
func (s *Server) leaveFresh(v *visit, c care.Claim, token string) {
	s.cookies.Leave(v.w, v.r, freshCookie, claimPath(c), 5*time.Minute, freshLink{URL: s.trackingURL(v.r, token)})
}

func (s *Server) takeFresh(v *visit, page *claimData) {
	var fresh freshLink
	if s.cookies.Take(v.w, v.r, freshCookie, claimPath(page.Claim), &fresh) {
		page.Fresh = &fresh
	}
}

// trackingURL is the whole address of a tracking link, to be read out or
// sent.
func (s *Server) trackingURL(r *http.Request, token string) string {
	u := url.URL{Scheme: "http", Host: r.Host, Path: "/track/" + token}
	if s.cookies.Proxies.Secure(r) {
		u.Scheme = "https"
	}
	return u.String()
}

// claimRecheck decides the claim's rulings again and compares them with the
// frozen ones.
func (s *Server) claimRecheck(v *visit) error {
	view, err := s.desk.ClaimPage(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	page, err := s.claimData(v, view, attempt{})
	if err != nil {
		return err
	}
	if page.Recheck, err = s.desk.Recheck(v.r.Context(), v.Actor, view.Claim.ID); err != nil {
		return err
	}
	page.Checked, page.AllSame = true, true
	for _, r := range page.Recheck {
		page.AllSame = page.AllSame && r.Same
	}
	return v.html(http.StatusOK, "staff/claim", page)
}
