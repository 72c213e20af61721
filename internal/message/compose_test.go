package message_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/message"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/packs"
)

var t0 = time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)

const link = "https://service.shop.example/track/AAAAAAAAAAAAAAAAAAAAAA"

// words is the catalogue; whatever is missing in it fails the test.
func words(t testing.TB) *i18n.Bundle {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	b, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("%s: missing %s", lang, key) }))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// outgoing is a message with all that any occasion may tell.
func outgoing(o care.Occasion, channel care.MessageChannel, to, lang string) care.Outgoing {
	zone, _ := time.LoadLocation("Europe/Sofia")
	sum := money.Amount{Minor: 129900, Currency: "EUR"}
	f := care.NoticeFacts{Device: "Lenovo T14", State: care.Ready, Outcome: "repaired", Due: "2026-04-10", Deadline: "repair", Opens: []string{"refund_offered", "penalty"},
		Place: &care.NoticePlace{Name: "Shop One", Address: "1 Main St", Phone: "0878 999 444"}, Carrier: "Speedy", Tracking: "PROBA123456", Amount: &sum,
		Until: calendar.MustDate("2027-07-02"), Join: "https://meet.example/room"}
	if strings.HasPrefix(string(o), "consultation.") {
		f.Meeting = &care.Meeting{ID: "m1", Start: t0.Add(48 * time.Hour), End: t0.Add(49 * time.Hour), Sequence: 1}
		if o == care.ConsultationCancelled {
			f.Meeting.Cancelled = t0
		}
	}
	if o == care.ReplySent || o == care.DeviceUncollected {
		f.Text = "Line one.\n\nLine two."
	}
	return care.Outgoing{Notice: care.Notice{ID: "0198-n", Retailer: "bg-omni", Occasion: o, Channel: channel, To: to, Lang: lang,
		Number: "RMA-2026-000017", Facts: f, Created: t0}, Name: "Мария Пробна", Shop: "omni.example", Zone: zone, Link: link,
		Contacts: []care.NoticeContact{{Label: "Help", Value: "0878 999 444", Kind: "phone"}, {Label: "Mail", Value: "help@shop.example", Kind: "email", Hours: "9–18"}}}
}

func TestEveryOccasionInEveryLanguage(t *testing.T) {
	b := words(t)
	for _, lang := range i18n.Languages() {
		for _, o := range care.CustomerOccasions() {
			for _, deliver := range []bool{false, true} {
				out := outgoing(o, care.ByEmail, "maria@mail.example", lang)
				out.Facts.Deliver = deliver
				m, err := message.Compose(b.Locale(lang), out)
				if err != nil {
					t.Fatal(err)
				}
				for part, s := range map[string]string{"subject": m.Subject, "text": m.Text, "html": m.HTML, "short": m.Short} {
					if !strings.Contains(s, out.Number) {
						t.Errorf("%s %s: the %s names no number: %s", lang, o, part, s)
					}
					if part != "subject" && !strings.Contains(s, link) {
						t.Errorf("%s %s: the %s has no link", lang, o, part)
					}
					if strings.ContainsAny(s, "⟦⟧") || regexp.MustCompile(`\{[a-z]+\}|<no value>|ZgotmplZ`).MatchString(s) {
						t.Errorf("%s %s: the %s is not whole: %s", lang, o, part, s)
					}
				}
				if n := strings.Count(m.HTML, `<span style="white-space:nowrap">`+out.Number+"</span>"); n != 1 {
					t.Errorf("%s %s: the heading's number may be broken", lang, o)
				}
				if !strings.Contains(m.HTML, "0878 999 444") || !strings.Contains(m.Text, "help@shop.example (9–18)") {
					t.Errorf("%s %s: no contacts", lang, o)
				}
				if strings.Contains(m.Subject, "\n") || m.Reply != "help@shop.example" {
					t.Errorf("%s %s: subject %q, reply to %q", lang, o, m.Subject, m.Reply)
				}
				short(t, lang, o, m.Short)
			}
		}
	}
}

// short holds that an SMS takes at most two parts: 2×67 characters where one
// is not of the old alphabet, 2×153 otherwise.
func short(t *testing.T, lang string, o care.Occasion, s string) {
	t.Helper()
	most := 2 * 153
	if strings.ContainsFunc(s, func(r rune) bool { return r > 126 && r != '€' }) {
		most = 2 * 67
	}
	if n := len(utf16.Encode([]rune(s))); n > most {
		t.Errorf("%s %s: an SMS of %d characters, at most %d: %s", lang, o, n, most, s)
	}
	if before, _, _ := strings.Cut(s, link); len([]rune(before)) > 78 {
		t.Errorf("%s %s: the words of an SMS are too long: %s", lang, o, before)
	}
}

func TestWhatACustomerWritesIsNotMarkup(t *testing.T) {
	out := outgoing(care.ReplySent, care.ByEmail, "maria@mail.example", "ru")
	out.Name, out.Facts.Device, out.Facts.Text = `<script>alert(1)</script>`, `T14 "><img src=x>`, "a <b>bold</b> claim\n& more"
	m, err := message.Compose(words(t).Locale("ru"), out)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", "<b>"} {
		if strings.Contains(m.HTML, bad) {
			t.Errorf("the HTML holds %s", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;", "a &lt;b&gt;bold&lt;/b&gt; claim"} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("the HTML lacks %s", want)
		}
	}
	if !strings.Contains(m.Text, "> a <b>bold</b> claim\n> & more") {
		t.Errorf("the text quotes otherwise:\n%s", m.Text)
	}
}

// What happens at once is told in one message: the first leads, what follows
// is said by the rest.
func TestOneMessageTellsOfAll(t *testing.T) {
	out := outgoing(care.RequestReceived, care.BySMS, "+359890000001", "en")
	out.Facts.Also = []care.Occasion{care.DeviceReceived}
	m, err := message.Compose(words(t).Locale("en"), out)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "Request RMA-2026-000017 received" || !strings.HasPrefix(m.Short, "RMA-2026-000017: your device is with us.") {
		t.Errorf("subject %q, short %q", m.Subject, m.Short)
	}
	for _, want := range []string{"We have received your request", "We have taken your device in.", "A specialist will examine it.", "The repair is finished: by 10 April 2026"} {
		if !strings.Contains(strings.ReplaceAll(m.Text, "\u00a0", " "), want) {
			t.Errorf("the text lacks %q:\n%s", want, m.Text)
		}
	}
	if strings.Contains(m.Text, "how far we are") {
		t.Error("it says twice what follows")
	}
}

// Who may switch messages off is told so, and only where it is true.
func TestOwedMessagesCannotBeSwitchedOff(t *testing.T) {
	l := words(t).Locale("en")
	for _, o := range care.CustomerOccasions() {
		m, err := message.Compose(l, outgoing(o, care.ByEmail, "maria@mail.example", "en"))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(m.Text, l.T("notices.switch")); got == o.Owed() {
			t.Errorf("%s: says it can be switched off: %v, owed: %v", o, got, o.Owed())
		}
	}
	if !care.DeviceUncollected.Owed() || !care.ClaimRefused.Owed() || care.ReplySent.Owed() {
		t.Error("what rights hang on is owed, and only that")
	}
}

// TestATimeSaysItsZone names the clock that a consultation goes by, in winter
// and in summer, and links to where it is held.
func TestATimeSaysItsZone(t *testing.T) {
	l := words(t).Locale("en")
	for _, c := range []struct{ name, zone, start, want string }{
		{"winter", "Europe/Sofia", "2026-03-12T10:00:00Z", "12 March 2026, 12:00 (UTC+2)"},
		{"summer", "Europe/Sofia", "2026-07-12T10:00:00Z", "12 July 2026, 13:00 (UTC+3)"},
		{"Omsk", "Asia/Omsk", "2026-07-12T10:00:00Z", "12 July 2026, 16:00 (UTC+6)"},
		{"half an hour", "Asia/Kolkata", "2026-07-12T10:00:00Z", "12 July 2026, 15:30 (UTC+5:30)"},
		{"west", "America/New_York", "2026-01-12T10:00:00Z", "12 January 2026, 05:00 (UTC−5)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := outgoing(care.ConsultationBooked, care.ByEmail, "maria@mail.example", "en")
			var err error
			if out.Zone, err = time.LoadLocation(c.zone); err != nil {
				t.Fatal(err)
			}
			if out.Facts.Meeting.Start, err = time.Parse(time.RFC3339, c.start); err != nil {
				t.Fatal(err)
			}
			m, err := message.Compose(l, out)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.ReplaceAll(m.Text, "\u00a0", " "), c.want) {
				t.Errorf("want %q in\n%s", c.want, m.Text)
			}
			if !strings.Contains(m.HTML, `<a href="https://meet.example/room"`) {
				t.Error("the room can't be clicked on")
			}
		})
	}
}

// TestMailsByNight gives every colour that a mail is written in another one
// for readers in the dark.
func TestMailsByNight(t *testing.T) {
	m, err := message.Compose(words(t).Locale("bg"), outgoing(care.ReplySent, care.ByEmail, "maria@mail.example", "bg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range regexp.MustCompile(`<[a-z]+[^>]*style="[^"]*#[0-9a-f]{6}[^"]*"[^>]*>`).FindAllString(m.HTML, -1) {
		if !strings.Contains(tag, "class=") && !strings.HasPrefix(tag, "<a ") {
			t.Errorf("by night it stays as it is: %s", tag)
		}
	}
	if !strings.Contains(m.HTML, "prefers-color-scheme:dark") {
		t.Error("no colours for the dark")
	}
}

func TestConsultationsComeAsCalendarFiles(t *testing.T) {
	l := words(t).Locale("bg")
	for o, want := range map[care.Occasion][]string{
		care.ConsultationBooked:    {"METHOD:PUBLISH", "STATUS:CONFIRMED", "DTSTART:20260312T100000Z"},
		care.ConsultationCancelled: {"METHOD:CANCEL", "STATUS:CANCELLED"},
	} {
		m, err := message.Compose(l, outgoing(o, care.ByEmail, "maria@mail.example", "bg"))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(m.Calendar), w+"\r\n") {
				t.Errorf("%s: the calendar file lacks %s:\n%s", o, w, m.Calendar)
			}
		}
	}
	if i := slices.Index(care.CustomerOccasions(), care.ConsultationMoved); i < 0 {
		t.Error("a booking that was moved is told")
	}
}
