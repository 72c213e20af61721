package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
)

// toEnglish is what leads to a page in English: a button of a form, or a link.
func (a reply) toEnglish() *html.Node {
	a.t.Helper()
	list := a.all(func(n *html.Node) bool { return (n.Data == "button" || n.Data == "a") && attrOf(n, "lang") == "en" })
	if len(list) != 1 {
		a.t.Fatalf("%s: %d ways lead to English:\n%s", a.path, len(list), a.text())
	}
	return list[0]
}

// Every form of the tracking page that was refused keeps what was typed through
// a change of the language, and is sent from there.
func TestPortalTrackFormsKeepWhatWasTyped(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	s := openPortal(t, func(cfg *desk.Config) { cfg.Post = outbox(t, false)(words) })
	s.sell()
	b := s.browser("bg")
	_, claim := b.claimByPortal("bg-omni", contact("serial", laptop, "documents", "receipt"))
	_, bare := b.receiptOf(b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact()))
	booking := s.browser("ru")
	slots := booking.get("/r/ru-omsk/request?kind=video_consultation").all(func(n *html.Node) bool { return attrOf(n, "name") == "slot" })
	_, booked := booking.receiptOf(booking.send(booking.get("/r/ru-omsk/request?kind=video_consultation"), "/request", contact("slot", attrOf(slots[0], "value"))))

	cases := []struct {
		name, token, action, command string
		refused, typed               url.Values // nothing is refused where any reason will do
		done                         string     // said when it is sent from the other language
	}{
		{"a message", bare, "/say", "", url.Values{"text": {" "}}, url.Values{"text": {"Още\nпитам"}}, "Още питам"},
		{"an address", claim, "/do", "change_return", url.Values{"return": {"deliver"}, "settlement": {"Варна"}},
			url.Values{"return": {"deliver"}, "address": {"ул. „Пробна“ 5"}, "settlement": {"Варна"}}, "Delivery by courier"},
		{"a basis", claim, "/do", "choose_basis", url.Values{}, url.Values{"basis": {"statute"}}, "Your choice is noted"},
		{"ways to be told", claim, "/contact", "", url.Values{"channels": {"email"}, "telegram": {"чат"}},
			url.Values{"channels": {"email"}, "telegram": {"никой"}, "off": {"1"}}, ""},
		{"another time", booked, "/slot", "", url.Values{"slot": {"2026-03-14T03:00"}}, url.Values{"slot": {attrOf(slots[2], "value")}}, "booked"},
		{"why a time is given back", booked, "/slot/cancel", "", nil, url.Values{"reason": {"Не успею"}}, "cancelled"},
		{"a reason", claim, "/do", "cancel", url.Values{"reason": {""}}, url.Values{"reason": {"Тръгна отново"}}, "cancelled"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			b := s.browser("bg")
			before, err := s.desk.Tracked(t.Context(), c.token, "en")
			if err != nil {
				t.Fatal(err)
			}
			page := b.get("/track/" + c.token)
			form, to := page.form(c.action, c.command), "/track/"+c.token+c.action+"?lang=en"
			if c.refused != nil {
				page = b.send(page, c.action, with(c.refused, "command", c.command)).want(http.StatusUnprocessableEntity)
				there := page.toEnglish()
				form, to = page.byID(attrOf(there, "form")), attrOf(there, "formaction")
				if there.Data != "button" || form == nil || !strings.HasSuffix(attrOf(form, "action"), c.action) {
					t.Fatalf("what leads to English is no button of the form: %v", there.Attr)
				}
			}
			if c.refused.Get("settlement") != "" && untouched(form).Get("settlement") != "Варна" {
				t.Error("the refusal forgets the settlement")
			}
			values := untouched(form)
			for name, list := range c.typed {
				values[name] = list
			}
			b.lang = "en"
			again := b.post(to, with(values, "step", "lang")).want(http.StatusOK)
			form = again.byID("ask")
			if form == nil || !strings.HasSuffix(attrOf(form, "action"), c.action) {
				t.Fatalf("the form is not there in English:\n%s", again.text())
			}
			left := untouched(form)
			for name, want := range c.typed {
				if diff := cmp.Diff(want, left[name]); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			if folded(form) {
				t.Error("what was typed is folded away")
			}
			if again.byID("problems") != nil {
				t.Error("a form that was not sent is refused")
			}
			after, err := s.desk.Tracked(t.Context(), c.token, "en")
			if err != nil || seen(before) != seen(after) {
				t.Errorf("the change of language did something: %v", err)
			}
			if c.done != "" {
				b.post(attrOf(form, "action"), left).want(http.StatusOK).says(c.done)
			}
		})
	}
}

func with(values url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, list := range values {
		out[k] = list
	}
	if value != "" {
		out.Set(name, value)
	}
	return out
}

// folded reports whether a part of the page is in a fold that is closed.
func folded(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == "details" && !attrIs(n, "open") {
			return true
		}
	}
	return false
}

// Files that can be taken wait on the tracking page's form while the others are
// refused, in any language, and are handed in with it.
func TestPortalTrackFilesWait(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	_, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	refused := b.postFiles("/track/"+token+"/files", url.Values{}, webFile{"photo", "екран.png", samplePNG(t)},
		webFile{"document", "w.docx", []byte("PK\x03\x04")}).want(http.StatusUnprocessableEntity).says("екран.png", "„w.docx“ не е нито")
	if refused.byID("attach-files") == nil || len(refused.all(isKeptPreview)) != 1 {
		t.Errorf("%d previews, or nothing beside the files", len(refused.all(isKeptPreview)))
	}
	if small := b.raw(attrOf(refused.all(isKeptPreview)[0], "src")); small.StatusCode != http.StatusOK {
		t.Errorf("preview: %d", small.StatusCode)
	}
	b.lang = "en"
	to := attrOf(refused.toEnglish(), "formaction")
	there := b.postFiles(to, with(untouched(refused.byID("ask")), "step", "lang"), webFile{"document", "r.pdf", []byte("%PDF-1.4\n")}).
		want(http.StatusOK).says("Already here", "екран.png", "r.pdf")
	form := there.byID("ask")
	b.postFiles(attrOf(form, "action"), untouched(form)).want(http.StatusOK).says("екран.png", "r.pdf")
	tracked, err := s.desk.Tracked(t.Context(), token, "en")
	if err != nil || len(tracked.Claim.Attachments) != 2 {
		t.Errorf("%d files were handed in, %v", len(tracked.Claim.Attachments), err)
	}
}

// A form that is not on the page any more takes no change of the language: a
// link does.
func TestPortalTrackFormIsGone(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	number, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	s.staff(manager("bg-omni"), number, care.Cancel{Reason: "сгрешена"})
	late := b.post("/track/"+token+"/do", url.Values{"command": {"cancel"}, "reason": {"Размислих"}}).want(http.StatusConflict)
	there := late.toEnglish()
	if there.Data != "a" {
		t.Fatalf("a button of a form that is not there: %v", there.Attr)
	}
	b.lang = "en"
	b.get(attrOf(there, "href")).want(http.StatusOK)
}
