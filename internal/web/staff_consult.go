package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

// consultationsData is the calendar of video consultations.
type consultationsData struct {
	Days      []consultationDay
	From      string
	Cancelled bool
	Hours     []string
	Next      string
	First     string
}

// consultationDay is one day of it.
type consultationDay struct {
	Day  string
	Rows []consultationRow
}

// consultationRow is one booking.
type consultationRow struct {
	care.MeetingItem
	Clock string
	Link  string // of the request
	Room  string // address of the meeting; "" = by telephone
	Past  bool
}

func (s *Server) consultationsPage(v *visit) error {
	q, now := v.r.URL.Query(), s.now()
	page := consultationsData{From: q.Get("from_day"), Cancelled: q.Get("cancelled") != "", Hours: consultationHours(v)}
	from, err := calendar.ParseDate(page.From)
	if err != nil {
		from = calendar.DateOf(now, v.Zone)
		page.From = from.String()
	}
	list, next, err := s.desk.Consultations(v.r.Context(), v.Actor, care.MeetingFilter{From: from.Start(v.Zone), Cancelled: page.Cancelled},
		care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	for _, m := range list {
		day := v.dayName(m.Start)
		if len(page.Days) == 0 || page.Days[len(page.Days)-1].Day != day {
			page.Days = append(page.Days, consultationDay{Day: day})
		}
		last := &page.Days[len(page.Days)-1]
		last.Rows = append(last.Rows, consultationRow{MeetingItem: m, Link: "/staff/requests/" + url.PathEscape(m.Request), Room: s.desk.MeetingLink(m.Meeting),
			Clock: m.Start.In(v.Zone).Format("15:04") + "–" + m.End.In(v.Zone).Format("15:04"), Past: m.End.Before(now)})
	}
	page.Next, page.First = pageLinks("/staff/consultations", q, next)
	return v.html(http.StatusOK, "staff/consultations", page)
}

// requestCalendar is a request's booking as a calendar file.
func (s *Server) requestCalendar(v *visit) error {
	view, err := s.desk.Request(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.calendarFile(view, v.absolute("/staff/requests/"+url.PathEscape(view.Request.ID)))
}

// requestSlot books a time for a request, or cancels the one it has.
func (s *Server) requestSlot(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, flash := v.r.PathValue("id"), "flash.portal_slot_booked"
	if form.Get("cancel") != "" {
		flash = "flash.portal_slot_cancelled"
		err = s.desk.CancelSlot(v.r.Context(), v.Actor, id, form.Get("reason"))
	} else if start, bad := time.ParseInLocation(slotLayout, form.Get("slot"), v.Zone); bad != nil {
		err = care.Fail(care.Invalid, "slot_not_offered").At("slot")
	} else {
		err = s.desk.BookSlot(v.r.Context(), v.Actor, id, start)
	}
	return s.requestDone(v, id, flash, err)
}

// requestDone leads back to a request, or shows it with the refusal.
func (s *Server) requestDone(v *visit, id, flash string, err error) error {
	var refused *care.Error
	switch {
	case err == nil:
		v.flash("good", flash)
		return v.redirect("/staff/requests/" + url.PathEscape(id))
	case errors.As(err, &refused) && refused.Code != care.NotFound && refused.Code != care.Forbidden && refused.Code != care.SignedOut:
		return s.requestAgain(v, httpkit.Status(refused), requestData{Refused: failure(v.L, refused)})
	}
	return err
}

// turnRequest makes a claim of a request.
func (s *Server) turnRequest(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	in := desk.TurnIn{Identity: form.Get("identity"), Return: care.ReturnMethod(form.Get("return")), Address: form.Get("address")}
	documents, looked, _ := bindChoices(care.Field{Name: "documents"}, form)
	if looked {
		in.Documents, _ = documents.([]string)
	}
	var wrong wrongs
	if form.Get("category") != "" {
		sale, bad := readSale(v.L, form)
		wrong = bad
		in.Device = &desk.Device{Category: form.Get("category"), Brand: form.Get("brand"), Model: form.Get("model"), Serial: form.Get("serial"),
			IMEI: form.Get("imei"), Sale: sale}
	}
	if len(wrong) == 0 {
		claim, err := s.desk.TurnIntoClaim(v.r.Context(), v.Actor, v.r.PathValue("id"), in)
		if err == nil {
			v.flash("good", "flash.staff.claim_opened", "number", claim.Number)
			return v.redirect(claimPath(claim))
		}
		if err := wrong.take(v.L, err); err != nil {
			var missing *care.Error
			if !errors.As(err, &missing) || missing.Key != "error.no_unit" {
				return err
			}
			wrong = wrongs{{Field: "identity", Text: failure(v.L, missing)}}
		}
	}
	return s.requestAgain(v, http.StatusUnprocessableEntity, requestData{Form: form, TurnWrong: wrong})
}
