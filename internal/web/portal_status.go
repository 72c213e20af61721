package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// What the tracking page says first: where the device is, what comes next and
// by when. The browser asks for this part anew every minute.

// wants reports whether a script of the page asks for one part of it only.
func (v *visit) wants(part string) bool {
	v.w.Header().Add("Vary", "HX-Request")
	return v.r.Header.Get("HX-Request") == "true" && v.r.Header.Get("HX-Target") == part
}

// seen is the state of what a tracking page shows: it differs when there is
// news.
func seen(t desk.Tracked) string {
	state := strconv.Itoa(len(t.Request.Thread)) + "-" + string(t.Request.Request.State)
	if t.Claim != nil {
		state += "-" + strconv.Itoa(t.Claim.Claim.Seq)
	}
	if m := t.Request.Meeting; m != nil {
		state += "-" + strconv.FormatInt(m.Start.Unix(), 36) + "-" + strconv.FormatBool(m.Stands())
	}
	return state
}

// trackedStatus answers with the status part alone. That there is more news
// than the status is said, and not shown: the reader may be writing.
func (s *Server) trackedStatus(v *visit, page trackPage) error {
	if was := v.r.URL.Query().Get("seen"); was != "" && was != page.Seen {
		page.News, page.Seen = true, was
	}
	return v.fragment(http.StatusOK, "portal/track", "track-status", page)
}

// Step is the number of the stage that the claim is in, from one; 0 when it
// has passed them all.
func (p trackPage) Step() int {
	return slices.IndexFunc(p.Steps, func(s step) bool { return s.Current }) + 1
}

// StepName is what that stage is called.
func (p trackPage) StepName() string {
	if i := p.Step(); i > 0 {
		return p.Steps[i-1].Name
	}
	return ""
}

// Booked reports whether the request has an answer already: a consultation
// that is to come.
func (p trackPage) Booked() bool {
	r := p.T.Request
	return r.Request.State == care.RequestOpen && r.Meeting != nil && r.Meeting.Stands() && p.Now.Before(r.Meeting.End)
}

// Bring reports whether the device is still to be brought or sent, so that
// the addresses come first.
func (p trackPage) Bring() bool {
	c := p.T.Claim
	if slices.ContainsFunc(p.Actions, func(a trackAction) bool { return a.Command == care.CmdRoute }) {
		return false // the choice shows them
	}
	return c != nil && c.Decision != nil && len(c.Decision.Route) > 0 && c.Claim.Custody.Kind == care.HeldByCustomer &&
		slices.Contains([]care.State{care.Submitted, care.AwaitingDevice}, c.Claim.State)
}

// Early reports whether the decision is a forecast: nobody has examined the
// device yet.
func (p trackPage) Early() bool {
	return p.T.Claim != nil && p.T.Claim.Claim.Diagnosis == nil && p.T.Claim.Claim.Override == nil && p.T.Claim.Claim.Refusal == nil
}

// NewEnds are the terms that a finished service has moved: what the customer
// takes home besides the device (B7, B10).
func (p trackPage) NewEnds() []desk.Cover {
	c := p.T.Claim
	if c == nil || !slices.Contains([]care.State{care.Ready, care.Shipped, care.HandedOver, care.Closed}, c.Claim.State) {
		return nil
	}
	given := c.Replacement != nil
	return slices.DeleteFunc(slices.Clone(c.Covers), func(cover desk.Cover) bool {
		return !cover.InForce || cover.ProlongedDays == 0 && !given
	})
}

// Main is the basis that the decision is about: the chosen one, else the one
// that is recommended, else the first.
func (v *visit) Main(d *policy.Decision) *policy.BasisResult {
	if d == nil || len(d.Bases) == 0 {
		return nil
	}
	for _, basis := range []policy.Basis{d.Chosen, d.Recommended.Basis} {
		if b := d.Basis(basis); basis != "" && b != nil {
			return b
		}
	}
	return &d.Bases[0]
}

// Reasons are the clauses that a verdict rests on, the most decisive first, so
// many as are read at a glance; the term where nothing decides yet.
func (v *visit) Reasons(b policy.BasisResult) []policy.ClauseRef {
	list, _ := v.split(b)
	return list
}

// Rest are the clauses of a basis that are not among its reasons.
func (v *visit) Rest(b policy.BasisResult) []policy.ClauseRef {
	_, list := v.split(b)
	return list
}

func (v *visit) split(b policy.BasisResult) (first, rest []policy.ClauseRef) {
	list := append(v.Deciding(b.Clauses), v.Following(b.Clauses)...)
	n := min(len(v.Deciding(b.Clauses)), 3)
	if n == 0 {
		n = min(len(list), 1)
	}
	return list[:n], list[n:]
}

// Earlier are the messages before the last few.
func (p trackPage) Earlier() []said { return p.Thread[:max(0, len(p.Thread)-3)] }

// Latest are the last few messages.
func (p trackPage) Latest() []said { return p.Thread[max(0, len(p.Thread)-3):] }

// remedyDeadline is the name of the term that a remedy has.
var remedyDeadline = map[string]string{"repair": "repair", "replacement": "replacement", "refund": "refund", "price_reduction": "refund", "rescission": "refund"}

// remedyTerm tells by when a remedy is carried out if it is chosen now.
func remedyTerm(l *i18n.Locale, kind string, view *desk.ClaimView) string {
	if view.Decision == nil {
		return ""
	}
	b := view.Decision.Basis(view.Decision.Chosen)
	if b == nil {
		b = view.Decision.Basis(view.Decision.Recommended.Basis)
	}
	if b == nil {
		return ""
	}
	for _, name := range []string{remedyDeadline[kind], "remedy"} {
		for _, d := range b.Deadlines {
			if name != "" && d.Name == name {
				if _, err := calendar.ParseDate(d.Due); err == nil {
					return l.T("portal.by", "date", dueText(l, view.Zone, d.Due))
				}
			}
		}
	}
	return ""
}
