package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
)

// staffRoutes are the pages of staff and partners. What they may do is the
// desk's to say; the pages only leave out what it would refuse.
func (s *Server) staffRoutes(m *routes) {
	m.public("GET /staff/sign-in", s.signInPage)
	m.public("POST /staff/sign-in", s.signIn)
	m.public("POST /staff/sign-out", s.signOut)
	m.staff("GET /staff", s.staffHome)
	m.staff("GET /staff/{$}", s.staffHome)

	m.staff("GET /staff/work", s.workPage)
	m.staff("GET /staff/claims/{id}", s.claimPage)
	m.staff("POST /staff/claims/{id}/do/{command}", s.claimDo)
	m.staff("POST /staff/claims/{id}/foresee/{command}", s.claimForesee)
	m.staff("POST /staff/claims/{id}/messages", s.claimMessage)
	m.staff("POST /staff/claims/{id}/tracking", s.claimTracking)
	m.staff("GET /staff/claims/{id}/recheck", s.claimRecheck)

	m.staff("GET /staff/intake", s.intakePage)
	m.staff("POST /staff/intake", s.intake)
	m.staff("POST /staff/intake/stand", s.intakeStand)
	m.staff("POST /staff/intake/customers", s.intakeCustomers)
	m.staff("GET /staff/units/new", s.newUnitPage)
	m.staff("POST /staff/units", s.newUnit)
	m.staff("GET /staff/units/{id}", s.unitPage)

	s.requestRoutes(m)
	s.productRoutes(m)
	s.peopleRoutes(m)
	s.alertRoutes(m)
	s.policyRoutes(m)
	s.shipmentRoutes(m)
	s.paperRoutes(m)
	s.moneyRoutes(m)
	s.reportRoutes(m)
	s.messageRoutes(m)
	s.certificateRoutes(m)
	s.loanerRoutes(m)
	s.recoveryRoutes(m)
}

// sessionCookieAge is how long the browser keeps the token; the desk ends
// idle sessions sooner.
const sessionCookieAge = 7 * 24 * time.Hour

// signInData is the sign-in page.
type signInData struct {
	Email, Next string
	Wrong       wrongs
}

func (s *Server) signInPage(v *visit) error {
	next := localPath(v.r.URL.Query().Get("next"), "")
	if token := s.cookies.Session(v.r); token != "" {
		if user, err := s.desk.Authenticate(v.r.Context(), token); err == nil {
			return v.redirect(startPage(user.Actor(), next))
		}
	}
	return v.html(http.StatusOK, "staff/sign-in", signInData{Next: next})
}

// signIn opens a session. What was wrong, the address or the password, is
// not told.
func (s *Server) signIn(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	page := signInData{Email: form.Get("email"), Next: localPath(form.Get("next"), "")}
	for _, name := range []string{"email", "password"} {
		if v.r.PostForm.Get(name) == "" {
			page.Wrong = append(page.Wrong, wrong{name, failure(v.L, care.Fail(care.Invalid, "required", "field", name))})
		}
	}
	if len(page.Wrong) > 0 {
		return v.html(http.StatusUnprocessableEntity, "staff/sign-in", page)
	}
	// A session of before is not taken over by whoever signs in now.
	if old := s.cookies.Session(v.r); old != "" {
		if err := s.desk.SignOut(v.r.Context(), old); err != nil {
			return err
		}
	}
	token, user, err := s.desk.SignIn(v.r.Context(), page.Email, v.r.PostForm.Get("password"), s.cookies.Proxies.ClientIP(v.r))
	switch care.CodeOf(err) {
	case care.Forbidden, care.TooMany:
		page.Wrong = wrongs{{Text: failure(v.L, err)}}
		return v.html(httpkit.Status(err), "staff/sign-in", page)
	}
	if err != nil {
		return err
	}
	s.cookies.SetSession(v.w, v.r, token, sessionCookieAge)
	return v.redirect(startPage(user.Actor(), page.Next))
}

func (s *Server) signOut(v *visit) error {
	if token := s.cookies.Session(v.r); token != "" {
		if err := s.desk.SignOut(v.r.Context(), token); err != nil {
			return err
		}
		s.cookies.DropSession(v.w, v.r)
	}
	return v.redirect("/staff/sign-in")
}

func (s *Server) staffHome(v *visit) error { return v.redirect(startPage(v.Actor, "")) }

// startPage is where to go after signing in: where one wanted to, or the
// first page that the role may open.
func startPage(actor care.Actor, next string) string {
	if next != "" && next != "/staff/sign-in" {
		return next
	}
	for _, p := range staffMenu {
		for _, e := range p.entries {
			if desk.May(actor, e.action) {
				return e.href
			}
		}
	}
	return "/staff/work"
}

// claimPath is a claim's page.
func claimPath(c care.Claim) string { return "/staff/claims/" + url.PathEscape(c.Number) }

// placeNames maps places to their names in the reader's language.
func placeNames(places []care.Place, lang string) map[string]string {
	out := make(map[string]string, len(places))
	for _, p := range places {
		if out[p.ID] = text(p.Name, lang); out[p.ID] == "" {
			out[p.ID] = p.ID
		}
	}
	return out
}

// namedUsers maps members of staff to their names where the actor may list
// them; for others it is empty.
func (s *Server) namedUsers(v *visit) ([]care.User, map[string]string, error) {
	names := map[string]string{v.Actor.ID: v.Actor.Name}
	if !desk.May(v.Actor, desk.ManageUsers) && !desk.May(v.Actor, desk.On(care.CmdAssign)) {
		return nil, names, nil
	}
	users, err := s.desk.Users(v.r.Context(), v.Actor)
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return users, names, err
}

// deviceName is brand and model, or the category of a device without.
func deviceName(l *i18n.Locale, category, brand, model string) string {
	name := care.DeviceName(brand, model)
	if name == "" && category != "" {
		name = i18n.Capital(l.Or("categories", category))
	}
	if name == "" {
		name = l.T("staff.device_unknown")
	}
	return name
}

// dueView is a term on the way to its end, in words.
type dueView struct {
	At    time.Time
	Name  string // of the deadline
	Words string // late by 2 days 3 hours; 3 hours 5 minutes left
	Brief string // late by 2 days; 3 hours left
	Class string // of the tag: bad, wait, "" (calm)
	// Promised: policy or law set the term, not the house for itself.
	Promised bool
}

// nearly is how long before its end a term turns amber.
const nearly = 48 * time.Hour

// due words a term; a zero instant is none.
func due(l *i18n.Locale, name string, at, now time.Time) *dueView {
	if at.IsZero() {
		return nil
	}
	d := &dueView{At: at, Name: i18n.Capital(l.Or("deadlines", name)), Promised: name != care.TargetName}
	left, key := at.Sub(now), "staff.due.left"
	switch {
	case left <= 0:
		key, d.Class = "staff.due.late", "bad"
	case left <= nearly:
		d.Class = "wait"
	}
	d.Words, d.Brief = l.T(key, "time", l.Duration(left)), l.T(key, "time", l.Span(left))
	return d
}
