package care

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// CalendarEntry is what a booking's calendar file says in the reader's
// language.
type CalendarEntry struct {
	Summary     string
	Description string
	Location    string // the meeting's address or a phone
	Link        string // the customer's page; "" = none
	Organizer   string // a URI of the retailer: mailto: or an address of the web
	Name        string // of the retailer
	Stamp       time.Time
}

// CalendarFile writes a booking as an iCalendar object (RFC 5545): METHOD
// PUBLISH while it stands, and CANCEL with the same UID and a higher SEQUENCE
// once it was cancelled (RFC 5546, 3.2). All times are UTC, so that no zone
// has to be described.
func (m Meeting) CalendarFile(e CalendarEntry) []byte {
	method, status := "PUBLISH", "CONFIRMED"
	if !m.Stands() {
		method, status = "CANCEL", "CANCELLED"
	}
	var b strings.Builder
	line := func(name, value string) { b.WriteString(foldLine(name + ":" + value)) }
	prose := func(name, value string) {
		if value != "" {
			line(name, escapeText(value))
		}
	}
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Talon//Consultations//EN")
	line("METHOD", method)
	line("BEGIN", "VEVENT")
	line("UID", m.ID)
	line("DTSTAMP", utcTime(e.Stamp))
	line("SEQUENCE", fmt.Sprint(m.Sequence))
	line("STATUS", status)
	line("DTSTART", utcTime(m.Start))
	line("DTEND", utcTime(m.End))
	if e.Organizer != "" {
		line(`ORGANIZER;CN="`+paramText(e.Name)+`"`, e.Organizer)
	}
	prose("SUMMARY", e.Summary)
	prose("DESCRIPTION", e.Description)
	prose("LOCATION", e.Location)
	if e.Link != "" {
		line("URL", e.Link)
	}
	line("END", "VEVENT")
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func utcTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

var textEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

func escapeText(s string) string { return textEscapes.Replace(s) }

// paramText leaves out what a quoted parameter can't hold.
func paramText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '"' || r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// foldLine breaks a content line after at most 75 bytes, between characters,
// and ends it (RFC 5545, 3.1).
func foldLine(s string) string {
	const most = 75
	var b strings.Builder
	room := most
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], most-1
	}
	b.WriteString(s + "\r\n")
	return b.String()
}
