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
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// shipmentRoutes are the pages of devices on their way and of those that
// nobody collects.
func (s *Server) shipmentRoutes(m *routes) {
	m.staff("GET /staff/shipments", s.shipmentsPage)
	m.staff("GET /staff/shipments/{id}", s.shipmentPage)
	m.staff("GET /staff/shipments/{id}/label", s.shipmentLabel)
	m.staff("POST /staff/shipments/{id}/cancel", s.cancelShipment)
	m.staff("GET /staff/claims/{id}/ship", s.bookCourierPage)
	m.staff("POST /staff/claims/{id}/ship", s.bookCourier)
	m.staff("GET /staff/claims/{id}/slip", s.slipPage)
	m.staff("GET /staff/uncollected", s.uncollectedPage)
	m.staff("POST /staff/uncollected/{id}/warn", s.warnCustomer)
	m.staff("POST /staff/uncollected/{id}/dispose", s.proposeDisposal)
	m.staff("POST /staff/uncollected/{id}/confirm", s.confirmDisposal)
}

// shipmentsData lists ways by courier.
type shipmentsData struct {
	Lists []chip
	Rows  []legRow
	Next  string
	First string
}

// legRow is one way of a list, or of a claim, in words.
type legRow struct {
	care.Leg
	Link     string
	From, To string
	Due      *dueView
	Promised string // by when, in words; "" where nothing was promised
	Late     bool
}

// shipmentLists are the lists of the page: by what they show.
var shipmentLists = []struct {
	key    string
	filter care.LegFilter
}{
	{"open", care.LegFilter{Open: true}},
	{"outgoing", care.LegFilter{Open: true, Directions: []care.LegDirection{care.LegBack}}},
	{"between", care.LegFilter{Open: true, Directions: []care.LegDirection{care.LegBetween}}},
	{"incoming", care.LegFilter{Open: true, Directions: []care.LegDirection{care.LegIn}}},
	{"late", care.LegFilter{Late: true}},
	{"done", care.LegFilter{States: []care.LegState{care.LegDelivered, care.LegCancelled}}},
}

func (s *Server) shipmentsPage(v *visit) error {
	q := v.r.URL.Query()
	var page shipmentsData
	chosen := 0
	for i, l := range shipmentLists {
		if l.key == q.Get("list") {
			chosen = i
		}
	}
	for i, l := range shipmentLists {
		c := chip{Text: v.L.T("shipment.list." + l.key), Link: "/staff/shipments?list=" + l.key, Count: -1, Current: i == chosen}
		if l.key == "late" {
			c.Class = "bad"
		}
		page.Lists = append(page.Lists, c)
	}
	list, next, err := s.desk.Legs(v.r.Context(), v.Actor, shipmentLists[chosen].filter, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	names := placeNames(places, v.Lang)
	for _, l := range list {
		page.Rows = append(page.Rows, v.legRow(l, names))
	}
	page.Next, page.First = pageLinks("/staff/shipments", q, next)
	return v.html(http.StatusOK, "staff/shipments", page)
}

// legRow words a way.
func (v *visit) legRow(l care.Leg, places map[string]string) legRow {
	now := v.s.now()
	r := legRow{Leg: l, From: v.terminus(l.From, places), To: v.terminus(l.To, places),
		Late: l.Late(now), Promised: v.promised(l)}
	if desk.May(v.Actor, desk.ReadShipments) {
		r.Link = "/staff/shipments/" + url.PathEscape(l.ID)
	}
	if !l.State.Over() && l.BroughtAt.IsZero() {
		r.Due = due(v.L, "return", l.PromisedBy, now)
	}
	return r
}

// promised is by when a way was promised: a day where the courier has fixed
// days, an instant otherwise.
func (v *visit) promised(l care.Leg) string {
	switch {
	case l.PromisedBy.IsZero():
		return ""
	case !l.PromiseDay.IsZero():
		return v.L.Date(l.PromiseDay)
	}
	return v.L.Instant(l.PromisedBy, v.Zone)
}

func (v *visit) terminus(t care.Terminus, places map[string]string) string {
	if t.Kind == care.HeldByCustomer {
		return v.L.T("shipment.customer")
	}
	if name := places[t.Place]; name != "" {
		return name
	}
	return i18n.Capital(v.L.Or("holder", string(t.Kind)))
}

// shipmentData is one way.
type shipmentData struct {
	desk.LegView
	Row       legRow
	Rule      string // why who pays, in words
	MayCancel bool
	Wrong     wrongs
	Reason    string
}

func (s *Server) shipmentPage(v *visit) error {
	return s.shipmentAgain(v, http.StatusOK, shipmentData{})
}

func (s *Server) shipmentAgain(v *visit, status int, page shipmentData) error {
	view, err := s.desk.Leg(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	page.LegView, page.Row = view, v.legRow(view.Leg, placeNames(places, v.Lang))
	if view.Rule != nil {
		page.Rule = text(view.Rule.Text, v.Lang)
	}
	page.MayCancel = desk.May(v.Actor, desk.ShipDevices) && (view.Leg.State == care.LegAsked || view.Leg.State == care.LegBooked)
	return v.html(status, "staff/shipment", page)
}

func (s *Server) shipmentLabel(v *visit) error {
	view, err := s.desk.Leg(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	return v.html(http.StatusOK, "staff/label", shipmentData{LegView: view, Row: v.legRow(view.Leg, placeNames(places, v.Lang))})
}

func (s *Server) cancelShipment(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if _, err := s.desk.CancelLeg(v.r.Context(), v.Actor, v.r.PathValue("id"), form.Get("reason")); err != nil {
		switch care.CodeOf(err) {
		case care.Invalid, care.Illegal:
			return s.shipmentAgain(v, http.StatusUnprocessableEntity, shipmentData{Wrong: wrongs{{"reason", failure(v.L, err)}}, Reason: form.Get("reason")})
		}
		return err
	}
	v.flash("good", "flash.shipment_cancelled")
	return v.redirect("/staff/shipments/" + url.PathEscape(v.r.PathValue("id")))
}

// bookData is the form that orders a courier.
type bookData struct {
	Claim      care.Claim
	Device     string
	Directions []option
	Places     []option
	Carriers   []string
	Bearers    []option
	Form       url.Values
	Wrong      wrongs
}

func (s *Server) bookCourierPage(v *visit) error {
	return s.bookCourierAgain(v, http.StatusOK, url.Values{}, nil)
}

func (s *Server) bookCourierAgain(v *visit, status int, form url.Values, wrong wrongs) error {
	view, err := s.desk.Claim(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	if !desk.May(v.Actor, desk.ShipDevices) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.ShipDevices))
	}
	c := view.Claim
	page := bookData{Claim: c, Device: deviceName(v.L, c.Unit.Category, c.Unit.Brand, c.Unit.Model), Carriers: s.desk.Carriers(), Form: form, Wrong: wrong}
	if form.Get("direction") == "" {
		form.Set("direction", string(wayNow(c)))
	}
	if form.Get("to") == "" {
		form.Set("to", care.NextPlace(c))
	}
	page.Directions = options(v.L, "legs", policy.Words("legs"), form.Get("direction"))
	page.Bearers = options(v.L, "bearers", policy.Words("bearers"), form.Get("bearer"))
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	names := placeNames(places, v.Lang)
	for _, p := range places {
		page.Places = append(page.Places, option{Value: p.ID, Text: names[p.ID], Selected: p.ID == form.Get("to")})
	}
	return v.html(status, "staff/book", page)
}

// wayNow is the way that a claim's device goes next.
func wayNow(c care.Claim) care.LegDirection {
	switch {
	case c.Custody.Kind == care.HeldByCustomer:
		return care.LegIn
	case c.State == care.Ready:
		return care.LegBack
	}
	return care.LegBetween
}

func (s *Server) bookCourier(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	in := desk.NewLeg{Claim: v.r.PathValue("id"), Direction: care.LegDirection(form.Get("direction")), To: form.Get("to"),
		Carrier: form.Get("carrier"), Tracking: form.Get("tracking"), Bulky: form.Get("bulky") != "", Bearer: form.Get("bearer"), Why: form.Get("why")}
	in.Grams, err = grams(form.Get("kilograms"))
	var leg care.Leg
	if err == nil {
		leg, err = s.desk.BookLeg(v.r.Context(), v.Actor, in)
	}
	if err != nil {
		switch care.CodeOf(err) {
		case care.Invalid, care.Blocked, care.Conflict, care.Illegal:
			return s.bookCourierAgain(v, http.StatusUnprocessableEntity, form, wrongs{{fieldOf(err), failure(v.L, err)}})
		}
		return err
	}
	if leg.Fault != "" {
		v.flash("bad", "leg_fault."+leg.Fault)
	} else {
		v.flash("good", "flash.shipment_booked")
	}
	return v.redirect("/staff/shipments/" + url.PathEscape(leg.ID))
}

// grams reads a weight in kilograms, with a point or a comma; "" = not known.
func grams(kilograms string) (int, error) {
	if kilograms == "" {
		return 0, nil
	}
	kg, err := strconv.ParseFloat(strings.ReplaceAll(kilograms, ",", "."), 64)
	if err != nil || !(kg > 0) || kg > 1000 {
		return 0, care.Fail(care.Invalid, "bad_weight").At("kilograms")
	}
	return int(kg*1000 + 0.5), nil
}

// slipData is the hand-over slip.
type slipData struct {
	desk.HandOver
	Device   string
	From, To string
	Now      time.Time
}

func (s *Server) slipPage(v *visit) error {
	seq, err := strconv.Atoi(v.r.URL.Query().Get("seq"))
	if err != nil {
		seq = 0
	}
	h, err := s.desk.HandOverSlip(v.r.Context(), v.Actor, v.r.PathValue("id"), seq)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for id, p := range h.Places {
		names[id] = text(p.Name, v.Lang)
		if a := text(p.Address, v.Lang); a != "" {
			names[id] += ", " + a
		}
	}
	u := h.Claim.Unit
	page := slipData{HandOver: h, Device: deviceName(v.L, u.Category, u.Brand, u.Model), Now: s.now(),
		From: v.holder(h.Passing.From, names, h.Customer.Name), To: v.holder(h.Passing.To, names, h.Customer.Name)}
	return v.html(http.StatusOK, "staff/slip", page)
}

// holder names one side of a hand-over.
func (v *visit) holder(h care.Holder, places map[string]string, customer string) string {
	switch h.Kind {
	case care.HeldByCustomer:
		return customer
	case care.HeldByCourier:
		out := i18n.Capital(v.L.T("shipment.courier"))
		for _, part := range []string{h.Carrier, h.Tracking} {
			if part != "" {
				out += ", " + part
			}
		}
		return out
	}
	return places[h.Place]
}

// uncollectedData lists devices that wait for their owners.
type uncollectedData struct {
	Rows    []uncollectedRow
	MayWarn bool

	MayDispose, MayConfirm bool
	Ways                   []string // in which a device is let go
	Typed                  url.Values

	Next  string
	First string
	Wrong wrongs
	Of    string // the claim that the refused form was of
}

type uncollectedRow struct {
	desk.Uncollected
	Link   string
	Device string
	Law    string
	Unsure bool // the article was cited from memory
}

func (s *Server) uncollectedPage(v *visit) error {
	return s.uncollectedAgain(v, http.StatusOK, uncollectedData{})
}

func (s *Server) uncollectedAgain(v *visit, status int, page uncollectedData) error {
	q := v.r.URL.Query()
	list, next, err := s.desk.Uncollected(v.r.Context(), v.Actor, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	page.MayWarn = desk.May(v.Actor, desk.WarnCustomers)
	page.MayDispose, page.MayConfirm = desk.May(v.Actor, desk.ProposeDisposals), desk.May(v.Actor, desk.ConfirmDisposals)
	page.Ways = care.DisposalWays()
	for _, u := range list {
		c := u.Claim
		r := uncollectedRow{Uncollected: u, Link: "/staff/claims/" + url.PathEscape(c.Number),
			Device: deviceName(v.L, c.Unit.Category, c.Unit.Brand, c.Unit.Model)}
		if u.Rule != nil {
			r.Law, r.Unsure = u.Rule.Source, u.Rule.Verified != nil && !*u.Rule.Verified
		}
		page.Rows = append(page.Rows, r)
	}
	page.Next, page.First = pageLinks("/staff/uncollected", q, next)
	return v.html(status, "staff/uncollected", page)
}

func (s *Server) warnCustomer(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if err := s.desk.Warn(v.r.Context(), v.Actor, v.r.PathValue("id"), form.Get("how")); err != nil {
		switch care.CodeOf(err) {
		case care.Invalid, care.Illegal:
			return s.uncollectedAgain(v, http.StatusUnprocessableEntity,
				uncollectedData{Of: v.r.PathValue("id"), Wrong: wrongs{{"how-" + v.r.PathValue("id"), failure(v.L, err)}}})
		}
		return err
	}
	v.flash("good", "flash.customer_warned")
	return v.redirect("/staff/uncollected")
}

// Kilograms words a weight.
func (v *visit) Kilograms(grams int) string {
	kg := strconv.FormatFloat(float64(grams)/1000, 'f', -1, 64)
	if v.Lang != "en" {
		kg = strings.ReplaceAll(kg, ".", ",")
	}
	return v.L.T("shipment.kg", "n", kg)
}

// Ends are the sender and the receiver of a way.
func (v *visit) Ends(l desk.LegView) []care.Address { return []care.Address{l.From, l.To} }

// fieldOf is the field that an error is of, "" where it is of none.
func fieldOf(err error) string {
	var e *care.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}

// ways are a claim's ways in words, for its page.
func (v *visit) ways(view desk.ClaimView) []legRow {
	names := map[string]string{}
	for id, p := range view.Places {
		names[id] = text(p.Name, v.Lang)
	}
	var out []legRow
	for _, l := range view.Legs {
		out = append(out, v.legRow(l, names))
	}
	return out
}
