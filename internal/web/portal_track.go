package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/policy"
)

// trackPage is what a tracking link opens.
type trackPage struct {
	Contact  *contactView // how the customer is told
	T        desk.Tracked
	Token    string
	State    string         // message keys: State is the headline, State.next what comes now
	Soonest  *care.Deadline // the nearest term that is still open
	Steps    []step
	Where    string  // who has the device now
	Way      *legRow // the way by courier that is under way or ordered
	Actions  []trackAction
	Thread   []said
	Held     held // the form that comes back
	Problems wrongs
	Kept     []keptFile // files that wait to be sent
	Now      time.Time
	Loans    *desk.ClaimLoans
	Papers   papersData

	SlotDays  []slotDay // times that may be booked, where none is
	MayCancel bool      // the booked time has not begun

	Seen string // of what the page shows
	News bool   // there is more than it shows
}

// step is one stage of a claim's way.
type step struct {
	Name          string
	Done, Current bool
}

// said is one message of the thread.
type said struct {
	Own  bool
	At   time.Time
	Text string
	Sent []sentLink // documents that came along
}

// trackAction is something that the customer may do now.
type trackAction struct {
	Command care.CommandName
	Primary bool
	Awaited bool // nothing goes on without it
	Options []actionOption
}

type actionOption struct{ Value, Text, Hint string }

func (s *Server) tracking(v *visit) error {
	page, err := s.openTracking(v, held{})
	if err != nil {
		return err
	}
	if v.wants("status") {
		return s.trackedStatus(v, page)
	}
	return v.html(http.StatusOK, "portal/track", page)
}

// tracked is what the visit's link leads to; the visit is its retailer's.
func (s *Server) tracked(v *visit) (desk.Tracked, error) {
	t, err := s.desk.Tracked(v.r.Context(), v.r.PathValue("token"), v.Lang)
	if err == nil {
		err = v.at(t.Retailer.ID, false)
		v.Actor = anybody(t.Retailer.ID)
	}
	return t, err
}

func (s *Server) openTracking(v *visit, form held) (trackPage, error) {
	tracked, err := s.tracked(v)
	if err != nil {
		return trackPage{}, err
	}
	token := v.r.PathValue("token")
	page := v.trackPage(tracked, token)
	page.Held = form
	if tracked.Claim != nil {
		if page.Loans, err = s.desk.TrackedLoans(v.r.Context(), token); err != nil {
			return page, err
		}
		if page.Papers, err = s.trackedPapers(v, token); err != nil {
			return page, err
		}
	}
	if page.Contact, err = v.contactOf(token); err != nil {
		return page, err
	}
	if page.Asks("attach") {
		if page.Kept, err = s.keptFiles(v, form.values); err != nil {
			return page, err
		}
	}
	return page, s.trackSlots(v, &page)
}

func (v *visit) trackPage(t desk.Tracked, token string) trackPage {
	p := trackPage{T: t, Token: token, Now: v.s.now(), Seen: seen(t)}
	for _, m := range t.Request.Thread {
		p.Thread = append(p.Thread, said{Own: m.Actor.Kind == care.CustomerActor, At: m.At, Text: m.Text,
			Sent: sentLinks(v, t.Request.Sent[m.ID], func(d care.Document) string {
				return "/track/" + url.PathEscape(token) + "/documents/" + url.PathEscape(d.ID)
			})})
	}
	if t.Claim == nil {
		p.State = "portal.request." + string(t.Request.Request.State)
		if p.Booked() {
			p.State = "portal.request.booked"
		}
		return p
	}
	c := t.Claim.Claim
	p.State, p.Soonest, p.Steps, p.Where = stateKey(c), soonest(c), v.steps(c), v.where(t.Claim)
	for _, way := range v.ways(*t.Claim) {
		if !way.State.Over() {
			p.Way = &way
		}
	}
	for _, a := range t.Claim.Actions {
		if a.Blocked != nil {
			continue
		}
		if act := v.trackAction(a, t.Claim); a.Command != care.CmdRoute || len(act.Options) > 0 {
			p.Actions = append(p.Actions, act)
		}
	}
	p.awaitBasis(c)
	return p
}

// awaitBasis brings the choice of a basis to the front where the claim waits
// for a choice and the decision leaves no remedy to choose.
func (p *trackPage) awaitBasis(c care.Claim) {
	is := func(name care.CommandName) func(trackAction) bool {
		return func(a trackAction) bool { return a.Command == name }
	}
	at := slices.IndexFunc(p.Actions, is(care.CmdChooseBasis))
	if c.State != care.AwaitingCustomer || c.Wait != care.WaitChoice || at < 0 || slices.ContainsFunc(p.Actions, is(care.CmdChooseRemedy)) {
		return
	}
	a := p.Actions[at]
	a.Awaited = true
	p.Actions = slices.Insert(slices.Delete(p.Actions, at, at+1), 0, a)
}

// stateKey is the message that tells a customer where the claim stands; its
// ".next" tells what happens now.
func stateKey(c care.Claim) string {
	key := "portal.state." + string(c.State)
	switch {
	case c.State == care.AwaitingCustomer && c.Wait != "":
		key += "." + string(c.Wait)
	case c.State == care.Accepted && c.Custody.Kind == care.HeldByCourier:
		key += ".courier"
	case c.State == care.Ready && c.Return == care.ReturnDeliver:
		key += ".deliver"
	case c.State == care.Refunding && c.Refund != nil && !c.Refund.PaidAt.IsZero():
		key += ".paid"
	}
	return key
}

func soonest(c care.Claim) *care.Deadline {
	var out *care.Deadline
	for i, d := range c.Deadlines {
		if d.State == care.DeadlineOpen && (out == nil || d.DueAt.Before(out.DueAt)) {
			out = &c.Deadlines[i]
		}
	}
	return out
}

var stepOf = map[care.State]int{
	care.Submitted: 0, care.AwaitingDevice: 1, care.Accepted: 1, care.InDiagnosis: 2, care.Decided: 3, care.AwaitingCustomer: 3,
	care.InRepair: 4, care.AwaitingParts: 4, care.Replacing: 4, care.Refunding: 4, care.Refused: 5, care.Ready: 5, care.Shipped: 5,
	care.HandedOver: 6, care.Closed: 6,
}

// steps are the stages of the claim's way; a cancelled claim has none.
func (v *visit) steps(c care.Claim) []step {
	at, ok := stepOf[c.State]
	if !ok {
		return nil
	}
	names := []string{v.L.T("portal.step.request"), v.L.T("portal.step.device"), v.L.T("portal.step.diagnosis"),
		v.L.T("portal.step.decision"), v.L.T("portal.step.work"), v.L.T("portal.step.return")}
	if c.Remedy != nil {
		names[4] = upperFirst(v.L.Or("remedy_kinds", c.Remedy.Kind))
	}
	if c.Refusal != nil && c.Outcome != care.OutcomePaid {
		names = slices.Delete(names, 4, 5)
		if at > 4 {
			at--
		}
	}
	out := make([]step, len(names))
	for i, name := range names {
		out[i] = step{Name: name, Done: i < at, Current: i == at}
	}
	return out
}

// where tells who has the device.
func (v *visit) where(view *desk.ClaimView) string {
	h := view.Claim.Custody
	switch h.Kind {
	case care.HeldByShop, care.HeldByCentre:
		p, ok := view.Places[h.Place]
		if !ok {
			return v.L.T("portal.where.us")
		}
		return placeLine(p, v.Lang)
	case care.HeldByCourier:
		if h.Carrier == "" {
			return v.L.T("portal.where.courier")
		}
		if h.Tracking == "" {
			return v.L.T("portal.where.carrier", "carrier", h.Carrier)
		}
		return v.L.T("portal.where.waybill", "carrier", h.Carrier, "number", h.Tracking)
	}
	return v.L.T("portal.where.you")
}

func (v *visit) trackAction(a care.Action, view *desk.ClaimView) trackAction {
	out := trackAction{Command: a.Command, Primary: a.Primary}
	if len(a.Fields) == 0 {
		return out
	}
	for _, value := range a.Fields[0].Options {
		if a.Command == care.CmdRoute && view.Places[value].Kind == care.ShopPlace {
			continue // takes in and forwards, but does not repair (B1)
		}
		out.Options = append(out.Options, v.actionOption(a.Command, value, view))
	}
	return out
}

func (v *visit) actionOption(cmd care.CommandName, value string, view *desk.ClaimView) actionOption {
	o := actionOption{Value: value, Text: value}
	switch cmd {
	case care.CmdChooseBasis:
		o.Text, o.Hint = upperFirst(v.L.Or("bases", value)), v.L.T("portal.basis."+value)
		if d := view.Decision; d != nil && d.Basis(policy.Basis(value)) != nil {
			o.Text = v.L.T("list.dash", "first", o.Text, "last", v.L.Or("verdicts", string(d.Basis(policy.Basis(value)).Verdict)))
		}
	case care.CmdChooseRemedy:
		o.Text = upperFirst(v.L.Or("remedy_kinds", value))
		o.Hint = joined(v.remedyHint(value, view.Claim), remedyTerm(v.L, value, view))
	case care.CmdDemandRemedy:
		o.Text = upperFirst(v.L.Or("remedy_kinds", value))
	case care.CmdRoute:
		p := view.Places[value]
		o.Text, o.Hint = text(p.Name, v.Lang), joined(text(p.Address, v.Lang), oneLine(p.Phone))
	case care.CmdAcknowledge:
		if view.Decision == nil {
			break
		}
		for _, n := range view.Decision.Notices {
			if n.ID == value {
				o.Text = n.Text
			}
		}
	}
	return o
}

// joined puts two hints into one.
func joined(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + ", " + second
}

// oneLine keeps each telephone number of a text in one piece.
func oneLine(phones string) string {
	return strings.NewReplacer(", ", ", ", "; ", "; ", " ", "\u00a0", "-", "\u2011").Replace(phones)
}

// remedyHint tells what a remedy pays or costs.
func (v *visit) remedyHint(kind string, c care.Claim) string {
	for _, r := range c.Remedies() {
		switch {
		case r.Kind != kind || r.Amount == nil || r.Amount.IsZero():
		case kind != "replacement":
			return v.L.T("portal.gets", "sum", *r.Amount)
		case r.Amount.Minor > 0:
			return v.L.T("portal.pays", "sum", *r.Amount)
		default:
			return v.L.T("portal.gets_back", "sum", r.Amount.Neg())
		}
	}
	return ""
}

// findTracking opens a link, or its last part, that was typed or pasted.
func (s *Server) findTracking(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	typed := values.Get("link")
	token := typed
	if i := strings.LastIndexByte(strings.TrimRight(typed, "/"), '/'); i >= 0 {
		token = strings.TrimRight(typed, "/")[i+1:]
	}
	token, _, _ = strings.Cut(token, "?")
	token, _, _ = strings.Cut(token, "#")
	_, err = s.desk.Tracked(v.r.Context(), token, v.Lang)
	if err == nil {
		return v.redirect("/track/" + url.PathEscape(token))
	}
	if care.CodeOf(err) != care.NotFound {
		return err
	}
	page := shopPageOf(v)
	v.asks, v.Enter = v.shopHref("/track"), "find"
	page.Link, page.Problems = typed, wrongs{{Field: "link", Text: v.L.T("error.portal_link")}}
	return v.html(http.StatusUnprocessableEntity, "portal/shop", page)
}

// sendLink sends a customer who lost it the tracking link again. The answer is
// the same whether there is such a request or not.
func (s *Server) sendLink(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	if !s.desk.MaySendLinks() {
		return httpkit.Refuse(http.StatusNotFound, nil)
	}
	page := shopPageOf(v)
	page.Lost = &lostLink{Number: values.Get("number"), Contact: values.Get("contact"), Open: true}
	v.asks, v.Enter = v.shopHref("/link"), "send"
	if values.Get("step") == inOtherWords {
		return v.html(http.StatusOK, "portal/shop", page)
	}
	err = s.desk.SendLink(v.r.Context(), v.Retailer.ID, page.Lost.Number, page.Lost.Contact, s.cookies.Proxies.ClientIP(v.r))
	if err == nil {
		v.flash("good", "flash.link_asked")
		return v.redirect(v.shopHref("#track"))
	}
	if care.CodeOf(err) == care.TooMany {
		page.Problems = wrongs{{Field: "number", Text: failure(v.L, err)}}
		return v.html(http.StatusTooManyRequests, "portal/shop", page)
	}
	if err := page.Problems.take(v.L, err); err != nil {
		return err
	}
	return v.html(http.StatusUnprocessableEntity, "portal/shop", page)
}
