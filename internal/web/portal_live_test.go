package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// part asks for one part of a page as htmx does.
func (b *customer) part(method, path, target string, values url.Values) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	for name, value := range map[string]string{"HX-Request": "true", "HX-Target": target, "Accept-Language": b.lang,
		"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"} {
		r.Header.Set(name, value)
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{t: b.t, status: res.StatusCode, path: path, header: res.Header, body: string(body), root: root}
}

// papers are those that a step of the form asks for.
func (a reply) papers() []string {
	var out []string
	for _, n := range a.all(func(n *html.Node) bool { return attrOf(n, "name") == "documents" && attrOf(n, "type") == "checkbox" }) {
		out = append(out, attrOf(n, "value"))
	}
	return out
}

// A question is on the form while its answer can change the decision, and no
// longer; a script gets only the part that changed.
//
// Walks: B3, A2, D4.
func TestPortalAsksWhatMatters(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	fill := contact("serial", laptop, "step", "check")
	whole := b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request", fill).want(http.StatusOK)
	if got := whole.papers(); !slices.Equal(got, []string{"receipt", "invoice", "warranty_card"}) {
		t.Errorf("asked for %v: a receipt and an invoice are one another's stead, the card is needed", got)
	}
	values := untouched(whole.form("/request", ""))
	values.Set("step", "check")
	values["documents"] = []string{"receipt"}
	part := b.part(http.MethodPost, "/r/bg-omni/request/stand", "stand", values).want(http.StatusOK)
	if strings.Contains(part.body, "<h1") || part.byID("stand") == nil {
		t.Errorf("more or less than the part:\n%s", part.body)
	}
	if got := part.papers(); !slices.Equal(got, []string{"receipt", "warranty_card"}) {
		t.Errorf("asked for %v after the receipt: an invoice adds nothing", got)
	}
	if !slices.Contains(part.header.Values("Vary"), "HX-Request") || part.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a part could be taken for the page: %v", part.header)
	}
	for _, name := range []string{"text", "serial", "name", "phone", "once", "kind"} {
		if part.all(func(n *html.Node) bool { return attrOf(n, "name") == name && attrOf(n, "value") == values.Get(name) }) == nil {
			t.Errorf("%s was lost", name)
		}
	}
	part.says("Търговска гаранция: необходими са документи.")
	values["documents"] = []string{"receipt", "warranty_card"}
	part = b.part(http.MethodPost, "/r/bg-omni/request/stand", "stand", values).want(http.StatusOK)
	if text := part.text(); strings.Contains(text, "необходими са документи") {
		t.Errorf("papers are still missing:\n%s", text)
	}
	values.Set("serial", "")
	back := b.part(http.MethodPost, "/r/bg-omni/request/stand", "stand", values).want(http.StatusUnprocessableEntity)
	if back.header.Get("HX-Retarget") != "body" || back.error("serial") == "" {
		t.Error("a step back replaces the part and not the page")
	}
}

// Each step checks its own fields; nothing that was typed before is lost.
func TestPortalRequestInSteps(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("ru")
	device := url.Values{"serial": {redmi}, "text": {"Не заряжается"}, "step": {"check"}}
	stand := b.send(b.get("/r/ru-xiaomi/request?kind=warranty_service"), "/request", device).want(http.StatusOK).says("Шаг 2 из 3")
	refused := b.send(stand, "/request", url.Values{"step": {"contact"}}).want(http.StatusUnprocessableEntity)
	if refused.error("accept.erase-data") == "" {
		t.Error("the data may be erased without a word")
	}
	contactStep := b.send(refused, "/request", url.Values{"step": {"contact"}, "accept": {"erase-data", "contents-may-be-lost"}, "remedy": {"repair"}}).
		want(http.StatusOK).says("Шаг 3 из 3")
	wrong := b.send(contactStep, "/request", url.Values{"step": {"send"}, "name": {"Ада"}, "phone": {"8 913 12"}}).want(http.StatusUnprocessableEntity)
	if got := wrong.error("phone"); !strings.Contains(got, "+7 9") {
		t.Errorf("the phone's message has no example: %q", got)
	}
	if v := untouched(wrong.form("/request", "")); v.Get("name") != "Ада" || v.Get("text") != "Не заряжается" || len(v["accept"]) != 2 || v.Get("remedy") != "repair" {
		t.Errorf("what was typed is lost: %v", v)
	}
	number, _ := b.receiptOf(b.send(wrong, "/request", url.Values{"step": {"send"}, "phone": {"8 913 123-45-67"}}))
	c, err := s.desk.Claim(t.Context(), manager("ru-xiaomi"), number, "ru")
	if err != nil {
		t.Fatal(err)
	}
	if c.Claim.Demand == nil || c.Claim.Demand.Remedy != "repair" || len(c.Claim.Acknowledged) != 2 {
		t.Errorf("the claim: %+v, %+v", c.Claim.Demand, c.Claim.Acknowledged)
	}
}

func TestPortalKnowsTheDevice(t *testing.T) {
	s := openPortal(t)
	s.sell()
	for serial, says := range map[string]string{laptop: "Намерихме вашето устройство: lenovo ThinkPad T14", "XX-1": "Не намираме този номер", badIMEI: "В IMEI има грешка"} {
		s.browser("bg").part(http.MethodGet, "/r/bg-omni/check?serial="+serial, "known", nil).want(http.StatusOK).says(says)
	}
	if part := s.browser("bg").part(http.MethodGet, "/r/bg-omni/check?serial=", "known", nil).want(http.StatusOK); part.text() != "" {
		t.Errorf("of nothing it says %q", part.text())
	}
}

func TestPortalStatusIsFetchedAnew(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	number, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	poll := attrOf(b.get("/track/"+token).byID("status"), "hx-get")
	same := b.part(http.MethodGet, poll, "status", nil).want(http.StatusOK).says("We have your claim")
	if strings.Contains(same.text(), "Something has changed") || same.byID("thread") != nil {
		t.Errorf("news where there is none, or more than the status:\n%s", same.text())
	}
	s.staff(manager("bg-omni"), number, care.AskDevice{Place: "omni-shop-sofia"})
	changed := b.part(http.MethodGet, poll, "status", nil).want(http.StatusOK).says("We are waiting for the device", "Something has changed")
	if again := attrOf(changed.byID("status"), "hx-get"); again != poll {
		t.Errorf("the next look forgets what the reader has seen: %s", again)
	}
	if !strings.HasPrefix(changed.path, "/track/") || changed.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the part is not private: %v", changed.header)
	}
}

// Walks: A1.
func TestPortalConsultationIsMoved(t *testing.T) {
	s := openPortal(t)
	b := s.browser("ru")
	page := b.get("/r/ru-omsk/request?kind=video_consultation").want(http.StatusOK)
	var free []string
	for _, n := range page.all(func(n *html.Node) bool { return attrOf(n, "name") == "slot" }) {
		free = append(free, attrOf(n, "value"))
	}
	if len(free) < 3 {
		t.Fatalf("times to choose from: %v", free)
	}
	_, lost := b.receiptOf(b.send(page, "/request", contact("slot", free[1])))
	followed, err := s.desk.Tracked(t.Context(), lost, "ru")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.desk.CancelSlot(t.Context(), manager("ru-omsk"), followed.Request.Request.ID, "мастер заболел"); err != nil {
		t.Fatal(err)
	}
	if text := b.get("/track/" + lost).text(); strings.Contains(text, "Вы записаны") {
		t.Errorf("still booked though the shop cancelled:\n%s", text)
	}
	_, token := b.receiptOf(b.send(b.get("/r/ru-omsk/request?kind=video_consultation"), "/request", contact("slot", free[0])))
	track := b.get("/track/" + token).says("Вы записаны на видеоконсультацию")
	moved := b.send(track, "/slot", url.Values{"slot": {free[2]}}).want(http.StatusOK).says(free[2][11:])
	if moved.byID("slot") == nil {
		t.Fatal("no booking on the page")
	}
	other := s.browser("ru").get("/r/ru-omsk/request?kind=video_consultation")
	if !strings.Contains(other.body, `value="`+free[0]+`"`) {
		t.Error("the first time is not free again")
	}
	b.send(moved, "/slot", url.Values{"slot": {"2026-03-14T03:00"}}).want(http.StatusUnprocessableEntity).says(free[2][11:])
	again := b.get("/track/" + token).says(free[2][11:])
	b.send(again, "/slot/cancel", url.Values{"reason": {"не смогу"}}).want(http.StatusOK)
	if text := b.get("/track/" + token).text(); strings.Contains(text, "Вы записаны") {
		t.Errorf("still booked:\n%s", text)
	}
}

// ofStaff are the parts of a pack that are no terms for customers: rates
// agreed with makers, how soon partners act, what couriers charge the shop.
var ofStaff = []string{"Suppliers", "Partners", "Tariffs"}

// Every clause and rule of every pack is on the terms page, whatever lists a
// pack may get later.
//
// Walks: D3.
func TestPortalTermsLeaveNothingOut(t *testing.T) {
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	s := openPortal(t)
	for _, retailer := range retailers {
		program, err := lib.Program(retailer, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"bg", "en", "ru"} {
			page := s.browser(lang).get("/r/" + retailer + "/terms").want(http.StatusOK)
			if v := page.all(func(n *html.Node) bool { return attrOf(n, "class") == "anchor" }); len(v) < 20 {
				t.Errorf("%s: %d clauses can be linked", retailer, len(v))
			}
			for _, p := range append(program.Makers, program.Pack, program.Statute) {
				for id, text := range clauseTexts(p, lang) {
					n := page.byID("clause-" + id)
					if n == nil {
						t.Errorf("%s, %s: %s of %s is not on the page", retailer, lang, id, p.ID)
					} else if got := (reply{root: n}).text(); !strings.Contains(got, strings.Join(strings.Fields(text), " ")) {
						t.Errorf("%s, %s: %s says %q, want %q", retailer, lang, id, got, text)
					}
				}
			}
			for _, link := range page.all(func(n *html.Node) bool { return n.Data == "a" && strings.HasPrefix(attrOf(n, "href"), "#") }) {
				if id := strings.TrimPrefix(attrOf(link, "href"), "#"); page.byID(id) == nil {
					t.Errorf("%s: the link to %s leads nowhere", retailer, id)
				}
			}
		}
	}
}

// clauseTexts finds what a pack says by looking at its lists, not at a list of
// them.
func clauseTexts(p *policy.Pack, lang string) map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		list := v.Field(i)
		if list.Kind() != reflect.Slice || slices.Contains(ofStaff, v.Type().Field(i).Name) {
			continue
		}
		for j := range list.Len() {
			if list.Index(j).Kind() != reflect.Struct {
				continue
			}
			for _, name := range []string{"Clause", "Rule"} {
				switch c := embedded(list.Index(j), name).(type) {
				case policy.Clause:
					out[c.ID] = c.Text.In(lang, p.Languages...)
				case policy.Rule:
					out[c.ID] = c.Text.In(lang, p.Languages...)
				}
			}
		}
	}
	return out
}

func embedded(v reflect.Value, name string) any {
	if f := v.FieldByName(name); f.IsValid() {
		return f.Interface()
	}
	return nil
}

var named = regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`)

// The first page weighs under 100 KB with everything that it names, as a
// browser gets it.
func TestPortalFirstPageIsLight(t *testing.T) {
	s := openPortal(t)
	load := func(path string) ([]byte, http.Header) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "br;q=1, gzip;q=0.8")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", path, res.StatusCode)
		}
		return body, res.Header
	}
	for _, retailer := range retailers {
		page, _ := load("/r/" + retailer)
		sum, list := len(page), []string{}
		for _, m := range named.FindAllStringSubmatch(string(page), -1) {
			if slices.Contains(list, m[1]) {
				continue
			}
			list = append(list, m[1])
			body, h := load(m[1])
			sum += len(body)
			if h.Get("Content-Encoding") != "gzip" {
				t.Errorf("%s is not packed", m[1])
				continue
			}
			if h.Get("Vary") != "Accept-Encoding" || !strings.Contains(h.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %v", m[1], h)
			}
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err == nil {
				_, err = io.Copy(io.Discard, z)
			}
			if err != nil {
				t.Errorf("%s can't be unpacked: %v", m[1], err)
			}
		}
		if len(list) < 5 || sum > 100_000 {
			t.Errorf("%s: %d bytes in %d files", retailer, sum, len(list)+1)
		}
	}
}

func TestTakesGzip(t *testing.T) {
	for header, want := range map[string]bool{"": false, "gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0": false, "*": true, "identity": false, "GZIP": true} {
		r := &http.Request{Header: http.Header{"Accept-Encoding": {header}}}
		if got := takesGzip(r); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestPlausiblePhone(t *testing.T) {
	cases := []struct {
		text, country string
		want          bool
	}{
		{"8 913 123-45-67", "RU", true}, {"+7 (913) 123-45-67", "RU", true}, {"8-800-234-12-50", "RU", true}, {"+359 88 812 3456", "RU", true},
		{"0888 123 456", "BG", true}, {"+359888123456", "BG", true}, {"02 900 0001", "BG", true},
		{"8 913 12", "RU", false}, {"12", "BG", false}, {"call me", "BG", false}, {"+359 88 812 3456 789 01", "BG", false},
	}
	for _, c := range cases {
		if got := plausiblePhone(c.text, c.country); got != c.want {
			t.Errorf("%q in %s: %v", c.text, c.country, got)
		}
	}
	for _, country := range []string{"RU", "BG"} {
		if !plausiblePhone(examplePhone(country), country) {
			t.Errorf("the example of %s is no number: %s", country, examplePhone(country))
		}
	}
}

// What is drawn is the code, module by module, with the quiet zone around.
func TestQRCode(t *testing.T) {
	const text = "https://service.example/track/EIBb7CVM3wuF8_JxN6szfA"
	drawn, err := makeQR(text)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	on := map[[2]int]bool{}
	for _, run := range strings.Split(strings.TrimSuffix(drawn.Path, "z"), "z") {
		var x, y, n, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1H%d", &x, &y, &n, &back); err != nil || back != x {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range n {
			on[[2]int{x + i, y}] = true
		}
	}
	side := code.Bounds().Dx()
	if drawn.Size != side+8 {
		t.Errorf("%d units for %d modules", drawn.Size, side)
	}
	for y := range side {
		for x := range side {
			if on[[2]int{x + 4, y + 4}] != dark(code.At(x, y)) {
				t.Fatalf("module %d, %d is wrong", x, y)
			}
			delete(on, [2]int{x + 4, y + 4})
		}
	}
	if len(on) != 0 {
		t.Errorf("%d modules are drawn outside", len(on))
	}
}

// Answers are asked about more often than forms are sent, and what is asked
// about is never stored.
func TestPortalAnswersAreNoForms(t *testing.T) {
	s := openPortal(t)
	s.sell()
	s.serve(3, 12)
	b := s.browser("bg")
	values := contact("serial", laptop, "step", "send", "kind", care.WarrantyService, "documents", "receipt")
	for range 10 {
		b.part(http.MethodPost, "/r/bg-omni/request/stand", "stand", values).want(http.StatusOK)
	}
	if list, _, err := s.desk.Work(t.Context(), manager("bg-omni"), care.WorkFilter{}, care.Page{}); err != nil || len(list) != 0 {
		t.Errorf("stored %d claims (%v)", len(list), err)
	}
	values.Set("step", "check")
	for range 3 {
		b.part(http.MethodPost, "/r/bg-omni/request", "stand", values).want(http.StatusOK)
	}
	b.refusedWithin(4, "/r/bg-omni/request", values)
	b.part(http.MethodPost, "/r/bg-omni/request/stand", "stand", values).want(http.StatusOK)
	b.refusedWithin(13, "/r/bg-omni/request/stand", values)
}

// refusedWithin asks until it is asked too much. What was asked in a minute
// that has ended counts less and less, so there may be room for as many again.
func (b *customer) refusedWithin(times int, path string, values url.Values) {
	b.t.Helper()
	for range 2 * times {
		r := b.part(http.MethodPost, path, "stand", values)
		if r.status == http.StatusTooManyRequests {
			return
		}
		r.want(http.StatusOK)
	}
	b.t.Errorf("%s: asked %d times more, and never too much", path, 2*times)
}
