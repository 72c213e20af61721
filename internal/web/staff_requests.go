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

// requestRoutes are the pages of requests and of consultations.
func (s *Server) requestRoutes(m *routes) {
	m.staff("GET /staff/requests", s.requestsPage)
	m.staff("GET /staff/requests/new", s.newRequestPage)
	m.staff("POST /staff/requests", s.newRequest)
	m.staff("GET /staff/requests/{id}", s.requestPage)
	m.staff("GET /staff/requests/{id}/consultation.ics", s.requestCalendar)
	m.staff("POST /staff/requests/{id}/slot", s.requestSlot)
	m.staff("POST /staff/requests/{id}/claim", s.turnRequest)
	m.staff("GET /staff/consultations", s.consultationsPage)
	m.staff("POST /staff/requests/{id}/answer", s.answerRequest)
	m.staff("POST /staff/requests/{id}/close", s.closeRequest)
}

// requestsData lists requests.
type requestsData struct {
	Text   string
	Kinds  []option
	States []option
	Rows   []requestRow
	Next   string
	First  string
	MayNew bool
}

// requestRow is one request of the list.
type requestRow struct {
	care.Request
	Link string
	Due  *dueView
}

func (s *Server) requestsPage(v *visit) error {
	q := v.r.URL.Query()
	f := care.RequestFilter{Text: q.Get("q"), NoClaim: q.Get("kind") == ""}
	page := requestsData{Text: f.Text, MayNew: desk.May(v.Actor, desk.OpenClaims)}
	page.Kinds = options(v.L, "request_kinds", policy.Words("request_kinds"), q.Get("kind"))
	for i, o := range page.Kinds {
		page.Kinds[i].Text = i18n.Capital(o.Text)
		if o.Selected {
			f.Kinds = []string{o.Value}
		}
	}
	states := []string{string(care.RequestOpen), string(care.RequestAnswered), string(care.RequestClosed)}
	page.States = options(v.L, "request_state", states, q.Get("state"))
	for _, o := range page.States {
		if o.Selected {
			f.States = []care.RequestState{care.RequestState(o.Value)}
		}
	}
	if len(f.States) == 0 && q.Get("state") != allStates {
		f.States = []care.RequestState{care.RequestOpen, care.RequestAnswered}
	}
	page.States = append([]option{{Value: "", Text: v.L.T("staff.requests.not_closed")}}, page.States...)
	page.States = append(page.States, option{Value: allStates, Text: v.L.T("staff.work.all"), Selected: q.Get("state") == allStates})
	list, next, err := s.desk.Requests(v.r.Context(), v.Actor, f, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	for _, r := range list {
		page.Rows = append(page.Rows, requestRow{r, "/staff/requests/" + url.PathEscape(r.ID), answerDue(v.L, r, s.now())})
	}
	page.Next, page.First = pageLinks("/staff/requests", q, next)
	return v.html(http.StatusOK, "staff/requests", page)
}

// answerDue words the promised answer; nil once it was given.
func answerDue(l *i18n.Locale, r care.Request, now time.Time) *dueView {
	if r.State != care.RequestOpen || !r.AnsweredAt.IsZero() {
		return nil
	}
	return due(l, "answer", r.AnswerUntil, now)
}

// pageLinks are the addresses of the next page of a list and of its start.
func pageLinks(path string, q url.Values, next string) (after, start string) {
	at := func(cursor string) string {
		to := url.Values{}
		for k, values := range q {
			if k != "from" && k != "lang" {
				to[k] = values
			}
		}
		if cursor != "" {
			to.Set("from", cursor)
		}
		if len(to) == 0 {
			return path
		}
		return path + "?" + to.Encode()
	}
	if next != "" {
		after = at(next)
	}
	if q.Get("from") != "" {
		start = at("")
	}
	return after, start
}

// requestData is one request.
type requestData struct {
	desk.RequestView
	Due      *dueView
	Device   string
	Thread   []threadItem
	Text     string
	Internal bool
	Wrong    string
	MaySay   bool
	Open     bool
	MayUnit  bool

	Fresh     *freshLink // the tracking link of a request that was just written down
	Refused   string     // why the last command was
	Form      url.Values // of turning it into a claim
	TurnWrong wrongs
	MayTurn   bool
	Papers    []option
	SlotDays  []slotDay // times that may be booked; empty where one is
	MayCancel bool      // the booked time has not begun
	Told      []noticeRow
	Offered   []desk.ProductView
	Product   string // what documents were looked for
	Chosen    []string
	deviceChoices
}

func (s *Server) requestPage(v *visit) error {
	return s.requestAgain(v, http.StatusOK, requestData{})
}

func (s *Server) requestAgain(v *visit, status int, page requestData) error {
	view, err := s.desk.Request(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if view.Request.Claim != "" { // its thread is on the claim's page
		return v.redirect("/staff/claims/" + url.PathEscape(view.Request.Claim))
	}
	page.RequestView, page.Due = view, answerDue(v.L, view.Request, s.now())
	page.MaySay, page.Open = desk.May(v.Actor, desk.AnswerRequests), view.Request.State != care.RequestClosed
	page.MayUnit = desk.May(v.Actor, desk.ReadRegistry)
	page.Device = view.Request.Subject
	if view.Unit != nil {
		page.Device = deviceName(v.L, view.Unit.Category, view.Unit.Brand, view.Unit.Model)
	}
	page.Thread = []threadItem{{At: view.Request.ReceivedAt, Who: view.Customer.Name, Text: view.Request.Text, Customer: true}}
	for _, m := range view.Thread {
		item := message(v.L, m, view.Customer)
		item.Sent = sentLinks(v, view.Sent[m.ID], func(d care.Document) string { return "/staff/documents/" + url.PathEscape(d.ID) })
		page.Thread = append(page.Thread, item)
	}
	if err := s.requestBeside(v, &page); err != nil {
		return err
	}
	return v.html(status, "staff/request", page)
}

// requestBeside fills in what may be done with a request: book a time, send
// documents, make it a claim.
func (s *Server) requestBeside(v *visit, page *requestData) error {
	r := page.Request
	var fresh freshLink
	if s.cookies.Take(v.w, v.r, freshCookie, "/staff/requests/"+url.PathEscape(r.ID), &fresh) {
		page.Fresh = &fresh
	}
	if page.Form == nil {
		page.Form = url.Values{}
	}
	page.Product = v.r.URL.Query().Get("product")
	page.MayTurn = page.Open && desk.May(v.Actor, desk.OpenClaims)
	booked := page.Meeting != nil && page.Meeting.Stands()
	page.MayCancel = booked && page.MaySay && s.now().Before(page.Meeting.Start)
	var err error
	if r.Kind == care.VideoConsultation && page.MaySay && !booked {
		if page.SlotDays, err = s.slotDays(v, ""); err != nil {
			return err
		}
	}
	if page.Told, err = v.noticesBy(care.NoticeFilter{Request: r.ID, People: true}); err != nil {
		return err
	}
	if page.Offered, err = s.offeredDocuments(v, page.RequestView); err != nil {
		return err
	}
	if !page.MayTurn {
		return nil
	}
	page.Papers = sentenceCase(options(v.L, "documents", policy.Words("documents"), page.Form["documents"]...))
	page.deviceChoices, err = s.deviceChoices(v, page.Form)
	return err
}

// answerRequest writes to the customer, or a note among staff.
func (s *Server) answerRequest(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, internal := v.r.PathValue("id"), form.Get("to") == "staff"
	view, err := s.desk.Request(v.r.Context(), v.Actor, id)
	if err != nil {
		return err
	}
	switch {
	case saidAlready(view.Thread, v.Actor, form.Get("text"), s.now()):
	case len(form["document"]) > 0 && !internal:
		err = s.desk.AnswerWith(v.r.Context(), v.Actor, id, form.Get("text"), form["document"])
	default:
		err = s.desk.Answer(v.r.Context(), v.Actor, id, form.Get("text"), internal)
	}
	var refused *care.Error
	switch {
	case err == nil:
		v.flash("good", "flash.staff.message_sent")
		return v.redirect("/staff/requests/" + url.PathEscape(id))
	case errors.As(err, &refused) && (refused.Code == care.Invalid || refused.Code == care.Illegal):
		return s.requestAgain(v, httpkit.Status(refused), requestData{Text: form.Get("text"), Internal: internal, Wrong: failure(v.L, refused), Chosen: form["document"]})
	}
	return err
}

func (s *Server) closeRequest(v *visit) error {
	id := v.r.PathValue("id")
	err := s.desk.CloseRequest(v.r.Context(), v.Actor, id)
	var refused *care.Error
	switch {
	case err == nil:
		v.flash("good", "flash.staff.request_closed")
	case errors.As(err, &refused) && refused.Code == care.Illegal:
		return s.requestAgain(v, httpkit.Status(refused), requestData{Wrong: failure(v.L, refused)})
	default:
		return err
	}
	return v.redirect("/staff/requests/" + url.PathEscape(id))
}
