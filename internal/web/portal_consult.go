package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// slotDay is a day with times of video consultations, as a group of a list.
type slotDay struct {
	Day   string
	Slots []option
}

// slotDays lists the free times of the coming days; empty where the retailer
// names no times or all are taken.
func (s *Server) slotDays(v *visit, chosen string) ([]slotDay, error) {
	if len(v.Pack.Consultations) == 0 {
		return nil, nil
	}
	now := s.now()
	free, err := s.desk.Slots(v.r.Context(), v.Retailer.ID, now, now.AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	var out []slotDay
	for _, slot := range free {
		if slot.Left == 0 {
			continue
		}
		start := slot.Start.In(v.Zone)
		day := v.dayName(slot.Start)
		if len(out) == 0 || out[len(out)-1].Day != day {
			out = append(out, slotDay{Day: day})
		}
		value := start.Format(slotLayout)
		last := &out[len(out)-1]
		last.Slots = append(last.Slots, option{Value: value, Text: start.Format("15:04"), Selected: value == chosen})
	}
	return out, nil
}

// consultationHours are the pack's words on when consultations are given.
func consultationHours(v *visit) []string {
	var out []string
	for _, r := range v.Pack.Consultations {
		out = append(out, v.in(r.Text))
	}
	return out
}

// sentLink is a document that was sent in a thread.
type sentLink struct {
	Title, Href, Kind string
	Size              string // of a file
}

func sentLinks(v *visit, list []care.Document, href func(care.Document) string) []sentLink {
	out := make([]sentLink, 0, len(list))
	for _, d := range list {
		link := sentLink{Title: d.Title, Href: d.Link}
		if d.Link == "" {
			link.Href, link.Kind, link.Size = href(d), v.L.Or("file_types", d.Type), kilobytes(v, d.Size)
		}
		out = append(out, link)
	}
	return out
}

func kilobytes(v *visit, size int) string {
	return v.L.T("web.kilobytes", "size", v.L.Number(int64((size+1023)/1024)))
}

// trackSlots tells what a customer may do about the time of a consultation.
func (s *Server) trackSlots(v *visit, page *trackPage) (err error) {
	r := page.T.Request
	if r.Request.Kind != care.VideoConsultation || page.T.Claim != nil {
		return nil
	}
	if r.Meeting != nil && r.Meeting.Stands() {
		if page.MayCancel = s.now().Before(r.Meeting.Start); !page.MayCancel {
			return nil
		}
	}
	page.SlotDays, err = s.slotDays(v, page.Typed("slot", "slot", ""))
	return err
}

// dayName is a date with the day of the week.
func (v *visit) dayName(t time.Time) string {
	return upperFirst(v.L.Weekday(t.In(v.Zone).Weekday())) + ", " + v.L.Date(calendar.DateOf(t, v.Zone))
}

// trackedCancelSlot gives a booked time back.
func (s *Server) trackedCancelSlot(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	form, token := held{name: "slot-cancel", values: values}, v.r.PathValue("token")
	if values.Get("step") == inOtherWords {
		return s.trackedAgain(v, form, nil)
	}
	if err := s.desk.TrackedCancelSlot(v.r.Context(), token, values.Get("reason")); err != nil {
		return s.trackedAgain(v, form, err)
	}
	v.flash("good", "flash.portal_slot_cancelled")
	return v.redirect("/track/" + url.PathEscape(token))
}

// trackedBookSlot books a time, or another instead of the one that is booked.
func (s *Server) trackedBookSlot(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	form, token := held{name: "slot", values: values}, v.r.PathValue("token")
	if values.Get("step") == inOtherWords {
		return s.trackedAgain(v, form, nil)
	}
	tracked, err := s.tracked(v)
	if err != nil {
		return err
	}
	start, err := time.ParseInLocation(slotLayout, values.Get("slot"), v.Zone)
	if err != nil {
		err = care.Fail(care.Invalid, "portal_choose").At("slot")
	} else {
		book := s.desk.TrackedBookSlot
		if m := tracked.Request.Meeting; m != nil && m.Stands() {
			book = s.desk.TrackedMoveSlot
		}
		err = book(v.r.Context(), token, start)
	}
	if err != nil {
		return s.trackedAgain(v, form, err)
	}
	v.flash("good", "flash.portal_slot_booked")
	return v.redirect("/track/" + url.PathEscape(token))
}

// trackedCalendar is the booking as a calendar file: of a cancelled one, what
// takes it out of the calendar again.
func (s *Server) trackedCalendar(v *visit) error {
	tracked, err := s.tracked(v)
	if err != nil {
		return err
	}
	return v.calendarFile(tracked.Request, v.absolute("/track/"+v.r.PathValue("token")))
}

func (v *visit) calendarFile(r desk.RequestView, page string) error {
	if r.Meeting == nil {
		return care.Fail(care.NotFound, "no_slot", "number", r.Request.Number)
	}
	entry := care.CalendarEntry{Summary: v.L.T("portal.slot.summary", "name", v.Name()), Location: r.MeetingLink, Link: page, Name: v.Name(),
		Organizer: v.organizer(), Stamp: v.s.now()}
	if entry.Location == "" {
		entry.Location = v.L.T("portal.slot.by_phone")
	}
	entry.Description = v.L.T("portal.slot.description", "number", r.Request.Number, "where", entry.Location)
	body := r.Meeting.CalendarFile(entry)
	method := "PUBLISH"
	if !r.Meeting.Stands() {
		method = "CANCEL"
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8; method="+method)
	h.Set("Content-Disposition", `attachment; filename="`+r.Request.Number+`.ics"`)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = v.w.Write(body) // the reader may have gone away
	return nil
}

// organizer is the retailer as a calendar names it: its e-mail, or its page.
func (v *visit) organizer() string {
	for _, c := range v.Pack.Contacts {
		if c.Kind == "email" {
			return "mailto:" + c.Value
		}
	}
	return v.absolute(v.shopHref(""))
}

// trackedDocument hands out a document that was sent in the thread.
func (s *Server) trackedDocument(v *visit) error {
	doc, err := s.desk.TrackedDocument(v.r.Context(), v.r.PathValue("token"), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.document(doc)
}

// document sends a file to be saved, whatever it holds, or leads to where it
// is.
func (v *visit) document(d desk.DocumentFile) error {
	if d.Link != "" {
		return v.redirect(d.Link)
	}
	h := v.w.Header()
	h.Set("Content-Type", d.Type)
	if d.Type == "text/plain" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(d.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", strconv.Itoa(len(d.Content)))
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(d.Content)
	}
	return nil
}

// productsPage is the public catalogue.
type productsPage struct {
	Text       string
	Categories []option
	Items      []desk.CatalogueItem
	Next       string
	First      string
	Title      string
}

// shopProducts lists what the retailer sells with the warranty each product
// has (A1).
func (s *Server) shopProducts(v *visit) error {
	q := v.r.URL.Query()
	page := productsPage{Text: q.Get("q"), Title: v.in(v.Pack.Catalogue)}
	if page.Title == "" {
		page.Title = v.L.T("front.products")
	}
	page.Categories = sentenceCase(options(v.L, "categories", policy.Words("categories"), q.Get("category")))
	var next string
	var err error
	page.Items, next, err = s.desk.Catalogue(v.r.Context(), v.Retailer.ID, page.Text, q.Get("category"), v.Lang, care.Page{Cursor: q.Get("from"), Limit: 20})
	if err != nil {
		return err
	}
	page.Next, page.First = pageLinks(v.shopHref("/products"), q, next)
	return v.html(http.StatusOK, "portal/products", page)
}
