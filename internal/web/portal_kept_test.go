package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func isKeptPreview(n *html.Node) bool {
	return n.Data == "img" && strings.Contains(attrOf(n, "src"), "/kept/")
}

// contactStep is the last step of a request for a laptop, and what its form
// holds.
func contactStep(b *customer) (page reply, values url.Values) {
	b.t.Helper()
	first := b.get("/r/bg-omni/request?kind=warranty_service").want(http.StatusOK)
	stand := b.send(first, "/request", url.Values{"serial": {laptop}, "text": {"Не се включва"}, "step": {"check"}}).want(http.StatusOK)
	fill := url.Values{"step": {"contact"}}
	for _, n := range stand.all(func(n *html.Node) bool { return attrOf(n, "name") == "accept" }) {
		fill.Add("accept", attrOf(n, "value"))
	}
	page = b.send(stand, "/request", fill).want(http.StatusOK)
	values = untouched(page.form("/request", ""))
	values.Set("name", "Ада Примерова")
	values.Set("step", "send")
	return page, values
}

// TestPortalFilesSurviveARefusal sends files with a wrong phone: they are there
// on the form that comes back, with a preview, through the other steps and
// languages, and go with the request in the end.
func TestPortalFilesSurviveARefusal(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	_, values := contactStep(b)
	values.Set("phone", "12")
	again := b.postFiles("/r/bg-omni/request", values, webFile{"photo", "екран.png", samplePNG(t)}, webFile{"receipt", "r.pdf", []byte("%PDF-1.4\n")},
		webFile{"document", "w.docx", []byte("PK\x03\x04")}).want(http.StatusUnprocessableEntity).says("екран.png", "r.pdf", "Вече са при нас", "„w.docx“ не е нито")
	previews := again.all(isKeptPreview)
	if len(previews) != 1 {
		t.Fatalf("%d previews", len(previews))
	}
	small := b.raw(attrOf(previews[0], "src"))
	if small.StatusCode != http.StatusOK || small.Header.Get("Content-Type") != "image/jpeg" || small.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("preview: %d %v", small.StatusCode, small.Header)
	}
	if stranger := s.browser("bg").raw(strings.Replace(attrOf(previews[0], "src"), "bg-omni", "ru-omsk", 1)); stranger.StatusCode != http.StatusNotFound {
		t.Errorf("another retailer shows it: %d", stranger.StatusCode)
	}

	back := b.send(again, "/request", url.Values{"step": {"check"}}).want(http.StatusOK)
	form := back.form("/request", "")
	values = untouched(form)
	values.Set("step", "contact")
	for _, n := range back.all(func(n *html.Node) bool { return attrOf(n, "name") == "accept" }) {
		values.Add("accept", attrOf(n, "value"))
	}
	b.lang = "en"
	there := b.post("/r/bg-omni/request?lang=en", values).want(http.StatusOK).says("екран.png", "r.pdf", "Already here")
	tokens := untouched(there.form("/request", ""))["kept"]
	if len(tokens) != 2 {
		t.Fatalf("%d files are kept, want two", len(tokens))
	}
	_, track := b.receiptOf(b.send(there, "/request", url.Values{"step": {"send"}, "phone": {"+359 88 000 00 11"}, "drop": tokens[1:]}))
	page := b.get("/track/" + track).want(http.StatusOK).says("екран.png")
	if strings.Contains(page.text(), "r.pdf") {
		t.Error("what the customer took off the form was sent")
	}
}

// TestPortalKeptFilesGo asks for files again that waited for too long.
func TestPortalKeptFilesGo(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	_, values := contactStep(b)
	values.Set("phone", "12")
	again := b.postFiles("/r/bg-omni/request", values, webFile{"photo", "a.png", samplePNG(t)}).want(http.StatusUnprocessableEntity)
	src := attrOf(again.all(isKeptPreview)[0], "src")
	s.at = s.at.Add(time.Hour)
	if _, keys, err := s.desk.Sweep(t.Context()); err != nil || keys != 0 {
		t.Errorf("swept %d at the hour itself: %v", keys, err)
	}
	if res := b.raw(src); res.StatusCode != http.StatusNotFound {
		t.Errorf("after an hour: %d", res.StatusCode)
	}
	late := b.send(again, "/request", url.Values{"step": {"send"}, "phone": {"+359 88 000 00 11"}}).want(http.StatusUnprocessableEntity).says("Choose them again")
	if len(late.all(isKeptPreview)) > 0 {
		t.Error("a file is shown that is gone")
	}
	s.at = s.at.Add(time.Second)
	if _, keys, err := s.desk.Sweep(t.Context()); err != nil || keys != 2 {
		t.Errorf("swept %d: %v", keys, err)
	}
	b.receiptOf(b.send(late, "/request", url.Values{"step": {"send"}}))
}

// TestPortalLanguageKeepsWhatWasTyped changes the language in each step of a
// request: the same step, with what was typed.
func TestPortalLanguageKeepsWhatWasTyped(t *testing.T) {
	s := openPortal(t)
	s.sell()
	cases := []struct {
		name string
		page func(b *customer) reply
		fill url.Values
	}{
		{"the device", func(b *customer) reply { return b.get("/r/bg-omni/request?kind=warranty_service") }, url.Values{"serial": {"X-7"}, "text": {"Счупен"}}},
		{"where one stands", func(b *customer) reply {
			return b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request", url.Values{"serial": {laptop}, "text": {"Счупен"}, "step": {"check"}})
		}, url.Values{"remedy": {"repair"}}},
		{"the contact", func(b *customer) reply { page, _ := contactStep(b); return page }, url.Values{"name": {"Ада"}, "phone": {"12"}}},
		{"a refused contact", func(b *customer) reply {
			page, _ := contactStep(b)
			return b.send(page, "/request", url.Values{"step": {"send"}, "name": {"Ада"}, "phone": {"1"}}).want(http.StatusUnprocessableEntity)
		}, url.Values{"phone": {"12"}}},
		{"a question", func(b *customer) reply { return b.get("/r/bg-omni/request?kind=consultation") }, url.Values{"text": {"Кой модел?"}, "email": {"a@"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := s.browser("bg")
			page := c.page(b)
			var to string
			for _, n := range page.all(func(n *html.Node) bool { return n.Data == "button" && attrOf(n, "lang") == "en" }) {
				if attrOf(n, "form") != attrOf(page.form("/request", ""), "id") || attrOf(n, "name") != "step" {
					t.Errorf("the button is not one of the form's: %v", n.Attr)
				}
				to = attrOf(n, "formaction")
			}
			values := untouched(page.form("/request", ""))
			for name, list := range c.fill {
				values[name] = list
			}
			at := values.Get("at")
			values.Set("step", "lang")
			b.lang = "en"
			got := b.post(to, values).want(http.StatusOK)
			left := untouched(got.form("/request", ""))
			for name := range c.fill {
				if left.Get(name) != c.fill.Get(name) {
					t.Errorf("%s: %q was typed, %q is left", name, c.fill.Get(name), left.Get(name))
				}
			}
			if left.Get("at") != at || attrOf(got.all(func(n *html.Node) bool { return n.Data == "html" })[0], "lang") != "en" {
				t.Errorf("step %q became %q", at, left.Get("at"))
			}
			if strings.Contains(got.body, `id="problems"`) {
				t.Error("a form that was not sent is refused")
			}
		})
	}
}

// TestPortalLanguageOfRefusals changes the language of pages that answer a
// message and the search for a link.
func TestPortalLanguageOfRefusals(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	_, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	in := func(page reply, element, attribute string) string {
		t.Helper()
		for _, n := range page.all(func(n *html.Node) bool { return n.Data == element && attrOf(n, "lang") == "en" }) {
			return attrOf(n, attribute)
		}
		t.Fatalf("%s: no %s leads to another language", page.path, element)
		return ""
	}
	empty := b.post("/track/"+token+"/say", url.Values{"text": {"   "}}).want(http.StatusUnprocessableEntity)
	link := b.post("/r/bg-omni/track", url.Values{"link": {"няма такава"}}).want(http.StatusUnprocessableEntity)
	b.lang = "en"
	said := b.post(in(empty, "button", "formaction"), url.Values{"text": {"Още не съм изпратил"}, "step": {"lang"}}).want(http.StatusOK)
	if got := untouched(said.form("/say", "")).Get("text"); got != "Още не съм изпратил" || strings.Contains(b.get("/track/"+token).text(), "изпратил") {
		t.Errorf("%q is left of the message, or it was sent", got)
	}
	again := b.post(in(link, "button", "formaction"), url.Values{"link": {"няма такава"}, "step": {"lang"}}).want(http.StatusUnprocessableEntity)
	if got := untouched(again.form("/track", "")).Get("link"); got != "няма такава" {
		t.Errorf("%q is left of the link", got)
	}
}
