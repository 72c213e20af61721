package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// actionView is a command as its form on the page.
type actionView struct {
	Command  care.CommandName
	Label    string
	Hint     string
	Controls []control
	Primary  bool
	Danger   bool
	Live     bool   // where it leads is shown while it is filled in
	Blocked  string // why it can't be done yet
	Wrong    wrongs
}

// claimData is the claim page.
type claimData struct {
	desk.ClaimView
	Now      time.Time
	Device   string
	Due      *dueView
	Custody  string
	Holder   string // where the device is, in words
	Centre   string
	Refusal  string      // why the last form was refused, above everything
	Again    *actionView // the form that was refused
	Primary  *actionView
	Quick    []actionView // without fields: a button each
	Often    []actionView // with a form, of every day
	Others   []actionView // with a form, rarely needed
	Blocked  []actionView
	Timeline []timelineItem
	History  []historyPart // the parts of the timeline
	Sum      *moneySum     // what is open in the ledger
	Thread   []threadItem
	Running  []deadlineRow // deadlines that still run
	Settled  []deadlineRow
	Saying   string // a message that was refused, kept
	SayWrong string
	Fresh    *freshLink
	// Foresight is where the form that is shown again would lead.
	Foresight *foresightData
	Recheck   []desk.Recheck
	Checked   bool
	AllSame   bool

	MoneyRows []moneyRow
	MoneyForm *moneyForm
	MayMoney  bool

	NoDocuments bool // they were looked for, and there are none

	Loans  claimLoansData
	Papers papersData
	Cost   *money.Amount // of the repair, as its repairer reports it

	MayAnswer, MayTrack, MayAudit, MayUnit bool

	Told []noticeRow // what the customer was told

	Ways    []legRow // by courier
	MayBook bool
	HasSlip bool
}

// freshLink is a tracking link that is shown once.
type freshLink struct{ URL string }

// deadlineRow is one deadline of the claim in words.
type deadlineRow struct {
	care.Deadline
	Due   *dueView
	Name  string
	State string
	Class string
	Why   string
	Role  string         // who answers for it
	Late  *desk.LateTerm // what the delay costs
}

// attempt is a form that was refused, to be shown again with what was typed.
type attempt struct {
	command care.CommandName
	typed   url.Values
	wrong   []wrongField
	refusal string
	looking bool // the form was not sent: where it leads is shown
}

func (s *Server) claimPage(v *visit) error {
	view, err := s.desk.ClaimPage(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	page, err := s.claimData(v, view, attempt{})
	if err != nil {
		return err
	}
	s.takeFresh(v, &page)
	return v.html(http.StatusOK, "staff/claim", page)
}

func (s *Server) claimData(v *visit, full desk.ClaimPage, a attempt) (claimData, error) {
	view := full.ClaimView
	c := view.Claim
	users, names, err := s.namedUsers(v)
	if err != nil {
		return claimData{}, err
	}
	places, err := s.desk.Places(v.r.Context(), c.Retailer)
	if err != nil {
		return claimData{}, err
	}
	at := placeNames(places, v.Lang)
	page := claimData{ClaimView: view, Now: s.now(), Device: deviceName(v.L, c.Unit.Category, c.Unit.Brand, c.Unit.Model),
		Due: due(v.L, c.Clock.Name, c.Clock.Due, s.now()), Holder: holderText(v.L, c.Custody, at), Centre: at[c.Centre], Refusal: a.refusal,
		NoDocuments: c.Documents != nil && len(c.Documents) == 0,
		MayAnswer:   desk.May(v.Actor, desk.AnswerRequests), MayTrack: desk.May(v.Actor, desk.IssueTracking),
		MayAudit: desk.May(v.Actor, desk.ReadAudit), MayUnit: desk.May(v.Actor, desk.ReadRegistry)}
	b := &controls{l: v.L, zone: view.Zone, places: places, users: users, pack: v.Pack, decision: view.Decision,
		facts: care.FactsOf(c, nil, s.now(), view.Zone), centre: c.Centre}
	if b.frozen, err = v.packOf(c); err != nil {
		return claimData{}, err
	}
	if c.Centre == c.Custody.Place {
		page.Centre = "" // said by where the device is
	}
	page.MayMoney = desk.May(v.Actor, desk.ReadMoney)
	page.MoneyRows, page.MoneyForm = moneyRows(v.L, view.Money, view.Zone, claimPath(c)+"#money"), s.moneyForm(v, view)
	page.Ways, page.MayBook = v.ways(view), desk.May(v.Actor, desk.ShipDevices) && !c.State.Over() && c.Custody.Kind != care.HeldByCourier
	page.HasSlip = c.Intake != nil && desk.May(v.Actor, desk.ReadShipments)
	page.actions(b, a)
	if page.Loans, err = s.claimLoans(v, c, full.Loans); err != nil {
		return claimData{}, err
	}
	page.Papers, page.Told = v.claimPapers(c, full.Papers), v.noticeRows(full.Told)
	page.Cost = c.Repair.Cost()
	events, err := timeline(v.L, view.Events, at, names, view.Zone)
	if err != nil {
		return claimData{}, err
	}
	page.Timeline = v.history(events, view, page.Told, page.MoneyRows)
	page.History, page.Sum = historyParts(page.Timeline), v.openSums(page.MoneyRows)
	page.Thread = thread(v.L, view)
	for _, d := range c.Deadlines {
		row := deadline(v.L, d, s.now())
		for _, l := range view.Late {
			if l.Name == d.Name && l.Basis == d.Basis && d.Late(s.now()) {
				row.Late = &l
			}
		}
		if row.Due != nil {
			page.Running = append(page.Running, row)
		} else {
			page.Settled = append(page.Settled, row)
		}
	}
	return page, nil
}

// actions sorts what may be done into the next step, what takes one click,
// what needs a form, and what has to wait.
func (d *claimData) actions(b *controls, a attempt) {
	for _, action := range d.Actions {
		again := action.Command == a.command
		refused := again && !a.looking
		b.command, b.typed, b.wrong = action.Command, nil, nil
		if again {
			b.typed, b.wrong = a.typed, wrongTexts(b.l, a.wrong)
		}
		view := actionView{Command: action.Command, Label: b.l.T(action.Label), Primary: action.Primary || again, Live: slices.Contains(foreseen, action.Command),
			Danger: slices.Contains(dangerous, action.Command)}
		if key := "staff.about." + string(action.Command); b.l.Has(key) {
			view.Hint = b.l.T(key)
		}
		if action.Blocked != nil && !refused {
			view.Blocked = failure(b.l, action.Blocked)
			d.Blocked = append(d.Blocked, view)
			continue
		}
		for _, f := range action.Fields {
			view.Controls = append(view.Controls, b.control(f))
		}
		if refused {
			view.Wrong = located(action.Command, view.Controls, wrongTexts(b.l, a.wrong))
		}
		switch {
		case refused:
			d.Again = &view
		case view.Primary:
			if d.Primary != nil { // the form that is looked at comes first
				d.later(*d.Primary)
			}
			d.Primary = &view
		default:
			d.later(view)
		}
	}
}

// later puts an action behind the next step.
func (d *claimData) later(a actionView) {
	a.Primary = false
	switch {
	case len(a.Controls) == 0:
		d.Quick = append(d.Quick, a)
	case slices.Contains(daily, a.Command):
		d.Often = append(d.Often, a)
	default:
		d.Others = append(d.Others, a)
	}
}

// packOf is the terms that a claim is decided by; those of today where the
// version is not kept any more.
func (v *visit) packOf(c care.Claim) (*policy.Pack, error) {
	if c.Version == "" {
		return v.Pack, nil
	}
	p, err := v.s.packs.Version(c.Pack, c.Version)
	if errors.Is(err, policy.ErrUnknownPack) {
		return v.Pack, nil
	}
	if err != nil {
		return nil, fmt.Errorf("terms of claim %s: %w", c.Number, err)
	}
	return p.Pack, nil
}

// daily lists what is done with a claim at any time beside its next step.
var daily = []care.CommandName{care.CmdAddNote, care.CmdAskCustomer, care.CmdRecordDocuments, care.CmdAwaitParts, care.CmdFinishRepair, care.CmdForward,
	care.CmdReceive, care.CmdAccept, care.CmdHandOver, care.CmdShip}

// dangerous lists what ends a claim or departs from its decision.
var dangerous = []care.CommandName{care.CmdRefuse, care.CmdCancel, care.CmdOverride, care.CmdFindUnrepairable, care.CmdFindImpossible}

// located puts what is wrong into the order of the fields, each with the id
// of its control.
func located(command care.CommandName, list []control, wrong map[string]string) wrongs {
	var out wrongs
	for _, c := range list {
		if e := wrong[c.Name]; e != "" {
			out = append(out, wrong1(c.ID, e))
		}
		for _, row := range c.Rows {
			if e := wrong[row.Fact]; row.Fact != "" && e != "" {
				out = append(out, wrong1(row.Cells[0].ID, e))
			}
		}
	}
	return out
}

func wrong1(field, text string) wrong { return wrong{Field: field, Text: text} }

// deadline words one deadline.
func deadline(l *i18n.Locale, d care.Deadline, now time.Time) deadlineRow {
	r := deadlineRow{Deadline: d, Name: i18n.Capital(l.Or("deadlines", d.Name)), State: l.Or("deadline_state", string(d.State)),
		Role: l.Or("role", string(d.AnswersFor()))}
	switch {
	case d.State == care.DeadlineOpen:
		r.Due = due(l, d.Name, d.DueAt, now)
	case d.State == care.DeadlineMet:
		r.Class = "good"
	case d.State == care.DeadlineMissed:
		r.Class = "bad"
	}
	if d.Reason != "" {
		r.Why = l.T(d.Reason)
	}
	return r
}

// holderText says who has the device.
func holderText(l *i18n.Locale, h care.Holder, places map[string]string) string {
	switch {
	case h.Kind == "":
		return l.T("holder." + string(care.HeldByCustomer))
	case h.Place != "":
		return l.T("staff.at_place", "holder", l.T("holder."+string(h.Kind)), "place", places[h.Place])
	case h.Kind == care.HeldByCourier:
		holder := l.T("holder." + string(h.Kind))
		if h.Carrier != "" {
			holder += " (" + h.Carrier + ")"
		}
		if h.To == "customer" {
			return l.T("staff.bound_for_customer", "holder", holder)
		}
		return l.T("staff.bound_for", "holder", holder, "place", places[h.To])
	}
	return l.T("holder." + string(h.Kind))
}

// threadItem is a message, or a note that was put on the claim.
type threadItem struct {
	At       time.Time
	Who      string
	Text     string
	Customer bool
	Internal bool
	Sent     []sentLink // documents that came along
}

// thread brings messages and notes together by time.
func thread(l *i18n.Locale, view desk.ClaimView) []threadItem {
	var out []threadItem
	if view.Request.Text != "" {
		out = append(out, threadItem{At: view.Request.ReceivedAt, Who: view.Customer.Name, Text: view.Request.Text, Customer: true})
	}
	for _, m := range view.Thread {
		out = append(out, message(l, m, view.Customer))
	}
	for _, e := range view.Events {
		if n, ok := e.Data.(*care.NoteAdded); ok {
			out = append(out, threadItem{At: e.At, Who: actorName(l, e.Actor), Text: n.Text, Internal: true})
		}
	}
	slices.SortStableFunc(out, func(a, b threadItem) int { return a.At.Compare(b.At) })
	return out
}

func message(l *i18n.Locale, m care.Message, customer care.Customer) threadItem {
	item := threadItem{At: m.At, Who: actorName(l, m.Actor), Text: m.Text, Internal: m.Internal, Customer: m.Actor.Kind == care.CustomerActor}
	if item.Customer && customer.Name != "" {
		item.Who = customer.Name
	}
	return item
}

// actorName is who did something, as the history shows it.
func actorName(l *i18n.Locale, a care.Actor) string {
	kind := i18n.Capital(l.Or("actor", string(a.Kind)))
	switch {
	case a.Name == "" || a.Kind == care.SystemActor:
		return kind
	case a.Role.Valid():
		return a.Name + ", " + l.Or("role", string(a.Role))
	}
	return a.Name
}
