package care_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/talon-care/talon/internal/care"
)

// readCalendar parses an iCalendar object strictly (RFC 5545, 3.1): it holds
// line ends and lengths, unfolds, splits names, parameters and values, checks
// that components nest, and undoes the escapes of text.
func readCalendar(t *testing.T, file []byte) (calendar, event map[string]string) {
	t.Helper()
	whole := string(file)
	if !utf8.ValidString(whole) || !strings.HasSuffix(whole, "\r\n") || strings.Contains(strings.ReplaceAll(whole, "\r\n", ""), "\n") {
		t.Fatalf("line ends or letters are broken:\n%q", whole)
	}
	for _, line := range strings.Split(strings.TrimSuffix(whole, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(whole, "\r\n ", "")
	calendar, event = map[string]string{}, map[string]string{}
	var open []string
	for _, line := range strings.Split(strings.TrimSuffix(unfolded, "\r\n"), "\r\n") {
		name, value := splitLine(t, line)
		switch {
		case name == "BEGIN":
			open = append(open, value)
		case name == "END":
			if len(open) == 0 || open[len(open)-1] != value {
				t.Fatalf("END:%s closes %v", value, open)
			}
			open = open[:len(open)-1]
		case len(open) == 1:
			put(t, calendar, name, value)
		case len(open) == 2 && open[1] == "VEVENT":
			put(t, event, name, value)
		default:
			t.Fatalf("%s stands in %v", name, open)
		}
	}
	if len(open) != 0 {
		t.Fatalf("%v is not closed", open)
	}
	return calendar, event
}

func put(t *testing.T, m map[string]string, name, value string) {
	t.Helper()
	if _, twice := m[name]; twice {
		t.Fatalf("%s stands twice", name)
	}
	switch name {
	case "SUMMARY", "DESCRIPTION", "LOCATION":
		var b strings.Builder
		for i := 0; i < len(value); i++ {
			if value[i] != '\\' {
				if value[i] == ',' || value[i] == ';' {
					t.Errorf("%s holds a bare %q", name, value[i])
				}
				b.WriteByte(value[i])
				continue
			}
			if i++; i == len(value) {
				t.Fatalf("%s ends in an escape", name)
			}
			switch value[i] {
			case 'n', 'N':
				b.WriteByte('\n')
			case '\\', ',', ';':
				b.WriteByte(value[i])
			default:
				t.Errorf("%s holds the escape \\%c", name, value[i])
			}
		}
		value = b.String()
	}
	m[name] = value
}

// splitLine takes the parameters off a content line; quoted ones may hold
// colons.
func splitLine(t *testing.T, line string) (name, value string) {
	t.Helper()
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ':' && !quoted:
			name, _, _ = strings.Cut(line[:i], ";")
			return name, line[i+1:]
		}
	}
	t.Fatalf("no value in %q", line)
	return "", ""
}

func instantOf(t *testing.T, value string) time.Time {
	t.Helper()
	at, err := time.Parse("20060102T150405Z", value)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestCalendarFile reads a booking's calendar file by a parser: the times are
// the right instants whatever the zone, long and awkward texts come back
// whole, and the cancellation takes the same entry out again.
//
// Rows: A1.
func TestCalendarFile(t *testing.T) {
	omsk := time.FixedZone("+06", 6*3600)
	start := time.Date(2026, 3, 12, 10, 0, 0, 0, omsk)
	m := care.Meeting{ID: "01960000-0000-7000-8000-000000000001", Start: start, End: start.Add(30 * time.Minute), Room: "r"}
	summary := "Видеоконсультация: Магазин электроники, Омск; «выбор \\ ноутбука»" + strings.Repeat(" и ещё", 30)
	entry := care.CalendarEntry{Summary: summary, Description: "Обращение REQ-1\nВстреча, 30 минут", Location: "https://meet.example/abcdefghijklmnopqrstuvwxyz",
		Link: "https://shop.example/track/abc", Organizer: "mailto:shop@shop.example", Name: "Магазин \"Электроника\": Омск\r\n", Stamp: start.Add(-48 * time.Hour)}
	calendar, event := readCalendar(t, m.CalendarFile(entry))
	if calendar["VERSION"] != "2.0" || calendar["PRODID"] == "" || calendar["METHOD"] != "PUBLISH" {
		t.Errorf("calendar %v", calendar)
	}
	if event["UID"] != m.ID || event["SEQUENCE"] != "0" || event["STATUS"] != "CONFIRMED" || event["ORGANIZER"] != entry.Organizer || event["URL"] != entry.Link {
		t.Errorf("event %v", event)
	}
	if !instantOf(t, event["DTSTART"]).Equal(start) || !instantOf(t, event["DTEND"]).Equal(m.End) || !instantOf(t, event["DTSTAMP"]).Equal(entry.Stamp) {
		t.Errorf("times %s, %s, %s", event["DTSTART"], event["DTEND"], event["DTSTAMP"])
	}
	if event["SUMMARY"] != summary || event["DESCRIPTION"] != entry.Description || event["LOCATION"] != entry.Location {
		t.Errorf("texts %q, %q, %q", event["SUMMARY"], event["DESCRIPTION"], event["LOCATION"])
	}
	m.Cancelled, m.Sequence = start.Add(-time.Hour), 1
	calendar, gone := readCalendar(t, m.CalendarFile(entry))
	if calendar["METHOD"] != "CANCEL" || gone["STATUS"] != "CANCELLED" || gone["UID"] != event["UID"] || gone["SEQUENCE"] <= event["SEQUENCE"] || gone["ORGANIZER"] == "" {
		t.Errorf("cancelled: %v, %v", calendar, gone)
	}
}

// FuzzDocumentName makes any name safe to offer for saving.
func FuzzDocumentName(f *testing.F) {
	for _, s := range []string{"", "manual.pdf", `..\..\a.exe`, "a/b/../c", "имя\x00\r\n.PDF", strings.Repeat("я", 300), "\"quoted\".pdf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := care.DocumentName(name, "application/pdf")
		if strings.ContainsAny(got, "/\\\"\r\n\x00") || !strings.EqualFold(got[len(got)-4:], ".pdf") || len(got) > 160 {
			t.Errorf("%q became %q", name, got)
		}
	})
}

// TestDocumentType goes by the bytes and not by the name.
func TestDocumentType(t *testing.T) {
	for content, want := range map[string]string{
		"%PDF-1.7":               "application/pdf",
		"\x89PNG\r\n\x1a\n\x00":  "image/png",
		"\xff\xd8\xff\xe0":       "image/jpeg",
		"Руководство\r\nглава 1": "text/plain",
		"<!doctype html>":        "",
		"  <svg onload=x>":       "",
		"GIF89a\x00":             "",
		"PK\x03\x04":             "",
		"\xd0\xff\xd0":           "",
		"":                       "",
	} {
		if got := care.DocumentType([]byte(content)); got != want {
			t.Errorf("%q is taken for %q, want %q", content, got, want)
		}
	}
}
