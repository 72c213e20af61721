package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
)

// messageRoutes are the pages of messages to customers and programs.
func (s *Server) messageRoutes(m *routes) {
	m.staff("GET /staff/messages", s.messagesPage)
	m.staff("POST /staff/messages/{id}/again", s.messageAgain)
	m.staff("GET /staff/webhooks", s.webhooksPage)
	m.staff("POST /staff/webhooks", s.addWebhook)
	m.staff("POST /staff/webhooks/{id}", s.changeWebhook)
	m.staff("POST /staff/webhooks/{id}/test", s.testWebhook)
}

// noticeRow is one message in words.
type noticeRow struct {
	care.Notice
	What  string // what it tells of
	Where string // the address
	Link  string // of the claim or request; "" on its own page
	Now   string // its state in words
	Class string // of the tag
	Why   string // why it did not go out
	Said  string // what the sending service said of it, for administrators
	Again bool   // it may be sent again
}

func (v *visit) noticeRow(n care.Notice, linked bool) noticeRow {
	row := noticeRow{Notice: n, Class: map[care.NoticeState]string{care.NoticeSent: "good", care.NoticeKept: "good", care.NoticeFailed: "bad",
		care.NoticeUnsent: "wait", care.NoticeQueued: "wait"}[n.State], Now: v.L.Or("notice_state", string(n.State))}
	if n.State == care.NoticeQueued && n.Attempts > 0 {
		row.Now = v.L.T("outbox.trying")
	}
	if n.Reason != "" {
		row.Why, row.Said = v.L.T("notice_reason."+string(n.Reason)), care.Shortened(n.Error, 200)
	}
	if n.State == care.NoticeWithdrawn {
		row.Why = v.L.T("notice_over." + string(n.Occasion))
	}
	var told []string
	for _, o := range append([]care.Occasion{n.Occasion}, n.Facts.Also...) {
		told = append(told, v.L.T("occasion."+string(o)))
	}
	row.What = strings.Join(told, "; ")
	if n.Channel != care.ByWebhook {
		row.Where = n.To
	}
	if linked && n.Number != "" {
		row.Link = "/staff/requests/" + url.PathEscape(n.Request)
		if n.Claim != "" {
			row.Link = "/staff/claims/" + url.PathEscape(n.Number)
		}
	}
	row.Again = (n.State == care.NoticeFailed || n.State == care.NoticeUnsent) && desk.May(v.Actor, desk.SendMessages) &&
		v.s.desk.Sends(n.Channel)
	return row
}

// noticesShown is how many of a request's messages its page shows.
const noticesShown = 50

// noticesBy are messages to customers, for staff who may read them.
func (v *visit) noticesBy(f care.NoticeFilter) ([]noticeRow, error) {
	if !desk.May(v.Actor, desk.ReadMessages) {
		return nil, nil
	}
	list, _, err := v.s.desk.Messages(v.r.Context(), v.Actor, f, care.Page{Limit: noticesShown})
	if err != nil {
		return nil, err
	}
	return v.noticeRows(list), nil
}

func (v *visit) noticeRows(list []care.Notice) []noticeRow {
	rows := make([]noticeRow, 0, len(list))
	for _, n := range list {
		rows = append(rows, v.noticeRow(n, false))
	}
	return rows
}

// messagesData lists messages, those that failed first of all.
type messagesData struct {
	Rows  []noticeRow
	All   bool
	Next  string
	First string
}

func (s *Server) messagesPage(v *visit) error {
	q := v.r.URL.Query()
	page := messagesData{All: q.Get("all") != ""}
	f := care.NoticeFilter{States: []care.NoticeState{care.NoticeFailed, care.NoticeUnsent, care.NoticeQueued}, Tried: true}
	if page.All {
		f.States, f.Tried = nil, false
	}
	list, next, err := s.desk.Messages(v.r.Context(), v.Actor, f, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	for _, n := range list {
		page.Rows = append(page.Rows, v.noticeRow(n, true))
	}
	page.Next, page.First = pageLinks("/staff/messages", q, next)
	return v.html(http.StatusOK, "staff/messages", page)
}

func (s *Server) messageAgain(v *visit) error {
	n, err := s.desk.SendAgain(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.flash("good", "flash.outbox.again")
	if n.Claim != "" {
		return v.redirect("/staff/claims/" + url.PathEscape(n.Number) + "#told")
	}
	return v.redirect("/staff/messages")
}

// contactView is how the customer is told, on the tracking page.
type contactView struct {
	Now      string
	Channels []pick
	Telegram string
	MayChat  bool
	Off      bool
	Wrong    string
}

// contactOf words it.
func (v *visit) contactOf(token string) (*contactView, error) {
	got, err := v.s.desk.TrackedContact(v.r.Context(), token)
	if err != nil {
		return nil, err
	}
	out := &contactView{Telegram: got.Wish.Telegram, Off: got.Wish.Off, MayChat: v.s.desk.Sends(care.ByTelegram)}
	var ways []string
	for _, c := range care.MessageChannels() {
		to, known := got.Known[c]
		if !known || !v.s.desk.Sends(c) {
			continue
		}
		words := i18n.Capital(v.L.T("message_channel."+string(c))) + " " + to
		_, used := got.Ways[c]
		if used {
			ways = append(ways, words)
		}
		out.Channels = append(out.Channels, pick{Value: string(c), Text: words, Picked: used})
	}
	out.Now = strings.Join(ways, ", ")
	if len(out.Channels) == 0 && !out.MayChat {
		return nil, nil // there is nothing to choose from
	}
	return out, nil
}

// typed shows what a form held instead of what is kept.
func (c *contactView) typed(values url.Values, wrong string) {
	c.Telegram, c.Off, c.Wrong = values.Get("telegram"), values.Get("off") != "", wrong
	for i := range c.Channels {
		c.Channels[i].Picked = slices.Contains(values["channels"], c.Channels[i].Value)
	}
}

// trackedContact keeps how the customer wants to be told.
func (s *Server) trackedContact(v *visit) error {
	token := v.r.PathValue("token")
	form, err := v.form()
	if err != nil {
		return err
	}
	typed := held{name: "contact", values: form}
	if form.Get("step") == inOtherWords {
		return s.trackedAgain(v, typed, nil)
	}
	wish := care.ContactWish{Off: form.Get("off") != "", Telegram: form.Get("telegram")}
	for _, c := range form["channels"] {
		wish.Channels = append(wish.Channels, care.MessageChannel(c))
	}
	before, err := s.desk.TrackedContact(v.r.Context(), token)
	if err != nil {
		return err
	}
	if wish.Telegram != "" && wish.Telegram != before.Wish.Telegram && len(wish.Channels) > 0 {
		wish.Channels = append(wish.Channels, care.ByTelegram) // a chat that is new has no box to tick yet
	}
	if err := s.desk.SetTrackedContact(v.r.Context(), token, wish); err != nil {
		return s.trackedAgain(v, typed, err)
	}
	v.flash("good", "flash.portal_contact")
	return v.redirect("/track/" + url.PathEscape(token) + "#contact")
}
