package message

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
)

//go:embed mail.html
var layout embed.FS

// Message is a message in words.
type Message struct {
	ID       string // the notice's: the same for each attempt
	Retailer string
	To       string
	Name     string // the receiver's
	Shop     string // the sender's
	Lang     string
	Subject  string
	Text     string
	HTML     string
	Short    string // for SMS
	Calendar []byte // a booking, to be attached
	Method   string // of the calendar: PUBLISH or CANCEL
	Number   string
	Reply    string // address that answers reach; "" = none
	Created  time.Time
}

// row is one fact of a message. Link is where a click on it leads; "" = nowhere.
type row struct{ Label, Value, Link string }

// letter is what the layout shows.
type letter struct {
	Lang, Subject, Shop, Hello string
	Title                      [3]string // the subject in three: its number is not to be broken
	Leads                      []string
	Quote                      []string // paragraphs of somebody's own words
	Rows                       []row
	Opens                      []string
	OpensLabel                 string
	Nexts                      []string
	Link, Open                 string
	Contacts                   []care.NoticeContact
	ContactsLabel              string
	Small                      []string
}

// Compose words a message to a customer.
func Compose(l *i18n.Locale, out care.Outgoing) (Message, error) {
	w := wording{l: l, out: out, zone: out.Zone}
	if w.zone == nil {
		w.zone = time.UTC
	}
	v := w.letter()
	var b bytes.Buffer
	if err := mailPage.Execute(&b, v); err != nil {
		return Message{}, fmt.Errorf("word message %s: %w", out.Occasion, err)
	}
	m := Message{ID: out.ID, Retailer: out.Retailer, To: out.To, Name: out.Name, Shop: out.Shop, Lang: l.Tag(), Subject: v.Subject, HTML: b.String(),
		Text: v.text(), Short: w.short(), Number: out.Number, Created: out.Created}
	for _, c := range out.Contacts {
		if c.Kind == "email" && m.Reply == "" {
			m.Reply = c.Value
		}
	}
	w.calendar(&m)
	return m, nil
}

var mailPage = template.Must(template.ParseFS(layout, "mail.html"))

// wording is a message on its way into words.
type wording struct {
	l    *i18n.Locale
	out  care.Outgoing
	zone *time.Location
}

// key names a text of an occasion; a device that goes back by courier has
// words of its own.
func (w wording) key(o care.Occasion, part string) string {
	name := string(o)
	if o == care.DeviceReady && w.out.Facts.Deliver {
		name += ".deliver"
	}
	return "notices." + name + "." + part
}

func (w wording) say(o care.Occasion, part string) string {
	f := w.out.Facts
	start := ""
	if f.Meeting != nil {
		start = w.l.InstantShort(f.Meeting.Start, w.zone)
	}
	return w.l.T(w.key(o, part), "number", w.out.Number, "start", start, "due", w.due(f.Due))
}

func (w wording) letter() letter {
	f, l := w.out.Facts, w.l
	v := letter{Lang: l.Tag(), Subject: w.say(w.out.Occasion, "subject"), Shop: w.out.Shop, Rows: w.rows(), Link: w.out.Link, Open: l.T("notices.open"),
		Contacts: w.out.Contacts, ContactsLabel: l.T("notices.contacts"), OpensLabel: l.T("notices.row.opens")}
	v.Title[0] = v.Subject
	if before, after, ok := strings.Cut(v.Subject, w.out.Number); ok && w.out.Number != "" {
		v.Title = [3]string{before, w.out.Number, after}
	}
	if w.out.Name != "" {
		v.Hello = l.T("notices.hello", "name", w.out.Name)
	}
	occasions := append([]care.Occasion{w.out.Occasion}, f.Also...)
	for i, o := range occasions {
		v.Leads = append(v.Leads, w.say(o, "lead"))
		if i > 0 || len(occasions) == 1 || o != care.RequestReceived { // what follows on a request is said by what came of it
			v.Nexts = append(v.Nexts, w.say(o, "next"))
		}
	}
	for _, p := range strings.Split(f.Text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			v.Quote = append(v.Quote, p)
		}
	}
	if slices.Contains(occasions, care.TermBreached) {
		for _, o := range f.Opens {
			v.Opens = append(v.Opens, l.Or("breaches", o))
		}
	}
	v.Small = append(v.Small, l.T("notices.automatic"))
	if w.out.Link != "" {
		v.Small[0] += " " + l.T("notices.write")
		if !slices.ContainsFunc(occasions, care.Occasion.Owed) {
			v.Small = append(v.Small, l.T("notices.switch"))
		}
	}
	return v
}

// rows are the facts, each once.
func (w wording) rows() []row {
	f, l := w.out.Facts, w.l
	var out []row
	add := func(key, value string) {
		if value != "" {
			out = append(out, row{Label: l.T("notices.row." + key), Value: value})
		}
	}
	add("number", w.out.Number)
	add("device", f.Device)
	occasions := append([]care.Occasion{w.out.Occasion}, f.Also...)
	has := func(list ...care.Occasion) bool {
		return slices.ContainsFunc(list, func(o care.Occasion) bool { return slices.Contains(occasions, o) })
	}
	if has(care.DeviceReady) && f.Outcome != "" {
		add("outcome", i18n.Capital(l.Or("outcomes", f.Outcome)))
	}
	if f.Place != nil && (has(care.DeviceReady) && !f.Deliver || has(care.DeviceReceived, care.DeviceUncollected)) {
		add("place", strings.Join(slices.DeleteFunc([]string{f.Place.Name, f.Place.Address}, func(s string) bool { return s == "" }), ", "))
		add("phone", f.Place.Phone)
	}
	if has(care.DeviceShipped) {
		add("carrier", f.Carrier)
		add("tracking", f.Tracking)
	}
	if f.Amount != nil && has(care.RefundMade, care.EstimateAwaited, care.DifferenceAwaited) {
		add("amount", l.Money(*f.Amount))
	}
	if has(care.DeviceHandedOver) {
		add("until", l.Date(f.Until))
	}
	if f.Meeting != nil {
		add("start", l.Instant(f.Meeting.Start, w.zone)+" ("+offset(f.Meeting.Start, w.zone)+")")
		if !has(care.ConsultationCancelled) {
			where := f.Join
			if where == "" {
				where = i18n.Capital(l.T("portal.slot.by_phone"))
			}
			out = append(out, row{Label: l.T("notices.row.join"), Value: where, Link: f.Join})
		}
	}
	return append(out, w.dueRow(has)...)
}

// offset says which clock a time is by, to a reader who may be elsewhere:
// UTC+2, UTC+5:30.
func offset(t time.Time, zone *time.Location) string {
	_, seconds := t.In(zone).Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	text := fmt.Sprintf("UTC%s%d", sign, seconds/3600)
	if minutes := seconds % 3600 / 60; minutes > 0 {
		text += fmt.Sprintf(":%02d", minutes)
	}
	return text
}

// dueRow says by when, or that it is past.
func (w wording) dueRow(has func(...care.Occasion) bool) []row {
	f, l := w.out.Facts, w.l
	due := w.due(f.Due)
	switch {
	case due == "" || f.Deadline == "":
		return nil
	case has(care.LoanerDue):
		return []row{{Label: l.T("notices.row.back"), Value: due}}
	case has(care.TermBreached):
		return []row{{Label: i18n.Capital(l.Or("deadlines", f.Deadline)), Value: l.T("notices.was_due", "date", due)}}
	case has(care.RequestReceived, care.DeviceReceived, care.ClaimDecided, care.DeviceNotReady), has(care.DeviceReady) && f.Deliver && f.Deadline == "return":
		return []row{{Label: i18n.Capital(l.Or("deadlines", f.Deadline)), Value: l.T("notices.by", "date", due)}}
	}
	return nil
}

// due writes a last day or an instant.
func (w wording) due(s string) string {
	if d, err := calendar.ParseDate(s); err == nil {
		return w.l.Date(d)
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return w.l.Instant(t, w.zone)
	}
	return ""
}

// text is the letter without its looks.
func (v letter) text() string {
	var parts []string
	para := func(lines ...string) {
		if s := strings.TrimSpace(strings.Join(lines, "\n")); s != "" {
			parts = append(parts, s)
		}
	}
	para(v.Hello)
	para(strings.Join(v.Leads, " "))
	if len(v.Quote) > 0 {
		para("> " + strings.Join(v.Quote, "\n> "))
	}
	var lines []string
	for _, r := range v.Rows {
		lines = append(lines, r.Label+": "+r.Value)
	}
	para(lines...)
	if len(v.Opens) > 0 {
		para(v.OpensLabel + ":\n- " + strings.Join(v.Opens, "\n- "))
	}
	para(strings.Join(v.Nexts, " "))
	para(v.Link)
	lines = []string{v.Shop}
	for _, c := range v.Contacts {
		lines = append(lines, c.Label+": "+c.Value+hours(c))
	}
	para(lines...)
	para(strings.Join(v.Small, " "))
	return strings.Join(parts, "\n\n") + "\n"
}

func hours(c care.NoticeContact) string {
	if c.Hours == "" {
		return ""
	}
	return " (" + c.Hours + ")"
}

// short is the message for a telephone: one line and the link.
func (w wording) short() string {
	s := w.say(w.out.Occasion, "short")
	if w.out.Occasion == care.RequestReceived {
		for _, o := range w.out.Facts.Also { // the newest news, which names the number too
			s = w.say(o, "short")
		}
	}
	if w.out.Link != "" {
		s += " " + w.out.Link
	}
	return s
}

// calendar attaches a booking, or its end, for the reader's calendar.
func (w wording) calendar(m *Message) {
	b := w.out.Facts.Meeting
	if b == nil {
		return
	}
	where := w.out.Facts.Join
	if where == "" {
		where = w.l.T("portal.slot.by_phone")
	}
	e := care.CalendarEntry{Summary: w.l.T("portal.slot.summary", "name", w.out.Shop), Location: where, Name: w.out.Shop, Stamp: w.out.Created,
		Description: w.l.T("portal.slot.description", "number", w.out.Number, "where", where), Link: w.out.Link}
	if m.Reply != "" {
		e.Organizer = "mailto:" + m.Reply
	}
	m.Calendar, m.Method = b.CalendarFile(e), "PUBLISH"
	if !b.Stands() {
		m.Method = "CANCEL"
	}
}
