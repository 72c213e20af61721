package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/desk/demo"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// portalSite is the portal over the real desk on a store of its own, at a
// frozen time that a test may move.
type portalSite struct {
	t    *testing.T
	desk *desk.Desk
	url  string
	mu   sync.Mutex
	at   time.Time
}

func (s *portalSite) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *portalSite) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

func openPortal(t *testing.T) *portalSite {
	t.Helper()
	s := &portalSite{t: t, at: time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)}
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	s.desk, err = desk.New(desk.Config{Store: desk.StoreOf(storagetest.Open(t)), Packs: lib, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1}, Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.desk.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("no message %q in %s", key, lang) }))
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Desk: s.desk, Packs: lib, Words: words, Now: s.now, Log: slog.New(slog.NewTextHandler(portalLog{t}, nil)), PostLimit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server.Handler())
	t.Cleanup(front.Close)
	s.url = front.URL
	return s
}

// portalLog shows the failures of pages in the test's log.
type portalLog struct{ t *testing.T }

func (l portalLog) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("level=ERROR")) {
		l.t.Helper()
		l.t.Logf("%s", bytes.TrimSpace(b))
	}
	return len(b), nil
}

// customer is one browser without JavaScript.
type customer struct {
	*portalSite
	client *http.Client
	lang   string
}

func (s *portalSite) browser(lang string) *customer {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &customer{portalSite: s, client: &http.Client{Jar: jar}, lang: lang}
}

// reply is a page as it came.
type reply struct {
	t      *testing.T
	status int
	path   string
	header http.Header
	body   string
	root   *html.Node
}

func (b *customer) do(r *http.Request) reply {
	b.t.Helper()
	r.Header.Set("Accept-Language", b.lang)
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
	a := reply{t: b.t, status: res.StatusCode, path: res.Request.URL.RequestURI(), header: res.Header, body: string(body), root: root}
	a.sound(b.lang)
	return a
}

func (b *customer) get(path string) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *customer) post(path string, values url.Values) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// send fills a form of the page in and sends it by a button.
func (b *customer) send(page reply, action string, fill url.Values) reply {
	b.t.Helper()
	form := page.form(action, fill.Get("command"))
	values := untouched(form)
	for name, list := range fill {
		values[name] = list
	}
	return b.post(attrOf(form, "action"), values)
}

func (a reply) want(status int) reply {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d\n%s", a.path, a.status, status, a.text())
	}
	return a
}

// says fails unless the page has each text.
func (a reply) says(texts ...string) reply {
	a.t.Helper()
	all := a.text()
	for _, s := range texts {
		if !strings.Contains(all, s) {
			a.t.Errorf("%s: %q is not on the page:\n%s", a.path, s, all)
		}
	}
	return a
}

func (a reply) text() string {
	var b strings.Builder
	eachNode(a.root, func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "script" {
			b.WriteString(n.Data)
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

func eachNode(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		eachNode(c, visit)
	}
}

func attrOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func attrIs(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func (a reply) all(match func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	eachNode(a.root, func(n *html.Node) {
		if n.Type == html.ElementNode && match(n) {
			out = append(out, n)
		}
	})
	return out
}

func (a reply) byID(id string) *html.Node {
	list := a.all(func(n *html.Node) bool { return attrOf(n, "id") == id })
	if len(list) != 1 {
		return nil
	}
	return list[0]
}

// form finds the form that goes to an address and holds a command.
func (a reply) form(action, command string) *html.Node {
	a.t.Helper()
	for _, f := range a.all(func(n *html.Node) bool { return n.Data == "form" && strings.HasSuffix(attrOf(n, "action"), action) }) {
		if command == "" || untouched(f).Get("command") == command {
			return f
		}
	}
	a.t.Fatalf("%s: no form to %s (%s):\n%s", a.path, action, command, a.text())
	return nil
}

// untouched are what a browser sends of a form that nobody touched.
func untouched(form *html.Node) url.Values {
	values := url.Values{}
	eachNode(form, func(n *html.Node) {
		name := attrOf(n, "name")
		if n.Type != html.ElementNode || name == "" {
			return
		}
		switch n.Data {
		case "input":
			if k := attrOf(n, "type"); (k == "radio" || k == "checkbox") && !attrIs(n, "checked") {
				return
			}
			values.Add(name, attrOf(n, "value"))
		case "textarea":
			if n.FirstChild != nil {
				values.Add(name, n.FirstChild.Data)
			} else {
				values.Add(name, "")
			}
		case "select":
			values.Set(name, "")
			eachNode(n, func(o *html.Node) {
				if o.Data == "option" && attrIs(o, "selected") {
					values.Set(name, attrOf(o, "value"))
				}
			})
		}
	})
	return values
}

// sound checks what every page must be.
func (a reply) sound(lang string) {
	a.t.Helper()
	if strings.Contains(a.body, "⟦") {
		a.t.Errorf("%s: a message is missing: …%s…", a.path, a.body[strings.Index(a.body, "⟦"):min(len(a.body), strings.Index(a.body, "⟦")+80)])
	}
	if regexp.MustCompile(`>\s*\{[a-z]+\}|&lt;nil&gt;|%!|map\[`).MatchString(a.body) {
		a.t.Errorf("%s: a value was not filled in:\n%s", a.path, a.body)
	}
	if root := a.all(func(n *html.Node) bool { return n.Data == "html" }); attrOf(root[0], "lang") != lang {
		a.t.Errorf("%s: lang=%q, want %q", a.path, attrOf(root[0], "lang"), lang)
	}
	if h := a.all(func(n *html.Node) bool { return n.Data == "h1" }); len(h) != 1 {
		a.t.Errorf("%s: %d h1 on the page", a.path, len(h))
	}
	if s := a.all(func(n *html.Node) bool { return n.Data == "script" || attrIs(n, "style") }); len(s) != 0 {
		a.t.Errorf("%s: %d scripts or inline styles", a.path, len(s))
	}
	ids := map[string]int{}
	labels := map[string]bool{}
	eachNode(a.root, func(n *html.Node) {
		if id := attrOf(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attrOf(n, "for")] = true
		}
	})
	for id, n := range ids {
		if n > 1 {
			a.t.Errorf("%s: id %q stands %d times", a.path, id, n)
		}
	}
	for _, n := range a.all(func(n *html.Node) bool { return n.Data == "input" || n.Data == "select" || n.Data == "textarea" }) {
		if attrOf(n, "type") != "hidden" && !labels[attrOf(n, "id")] {
			a.t.Errorf("%s: the field %q has no label", a.path, attrOf(n, "name"))
		}
		for _, id := range strings.Fields(attrOf(n, "aria-describedby")) {
			if ids[id] != 1 {
				a.t.Errorf("%s: the field %q is described by %q, which is not there", a.path, attrOf(n, "name"), id)
			}
		}
	}
	for _, n := range a.all(func(n *html.Node) bool { return n.Data == "a" && strings.HasPrefix(attrOf(n, "href"), "#") }) {
		if id := attrOf(n, "href")[1:]; ids[id] == 0 {
			a.t.Errorf("%s: the link %s leads nowhere", a.path, attrOf(n, "href"))
		}
	}
}

// error is what stands beside a field.
func (a reply) error(field string) string {
	n := a.byID(field + "-error")
	if n == nil {
		return ""
	}
	return strings.TrimSpace(reply{root: n}.text())
}

// Devices of the tests.
const (
	laptop    = "NB-TEST-0001"
	phoneIMEI = "490154203237518" // a good check digit
	badIMEI   = "490154203237519"
	redmi     = "RM-TEST-0003"
)

func manager(retailer string) care.Actor {
	return care.Actor{Kind: care.StaffActor, ID: "u-manager", Name: "Manager", Retailer: retailer, Role: care.Manager}
}

func technician(retailer, place string) care.Actor {
	return care.Actor{Kind: care.StaffActor, ID: "u-technician", Name: "Technician", Retailer: retailer, Role: care.Technician, Place: place}
}

// sell registers the tests' devices.
func (s *portalSite) sell() {
	s.t.Helper()
	months, twelve, yes, no := 24, 12, true, false
	lv, rub, phonePrice := sum(s.t, "1899.00", "BGN"), sum(s.t, "24990.00", "RUB"), sum(s.t, "32990.00", "RUB")
	plan := sum(s.t, "2990.00", "RUB")
	for retailer, row := range map[string]desk.SaleRow{
		"bg-omni": {Category: "laptop", Brand: "lenovo", Model: "ThinkPad T14", Serial: laptop, Date: calendar.MustDate("2025-05-12"), Receipt: "R-1",
			Price: &lv, CardInKit: &yes, WarrantyMonths: &months, WarrantyIssuer: "retailer"},
		"ru-omsk": {Category: "phone", Brand: "samsung", Model: "Galaxy A55", IMEI: phoneIMEI, Date: calendar.MustDate("2025-02-20"), Receipt: "R-2",
			Price: &phonePrice, IMEIOnReceipt: &yes, CardInKit: &no, WarrantyMonths: &twelve, WarrantyIssuer: "manufacturer",
			Certificate: "C-77", CertificateSold: calendar.MustDate("2025-02-20"), CertificatePrice: &plan},
		"ru-xiaomi": {Category: "phone", Brand: "xiaomi", Model: "Redmi Note 14", Serial: redmi, Date: calendar.MustDate("2025-06-01"), Receipt: "R-3",
			Price: &rub, CardInKit: &yes, OriginalPackaging: &yes, WarrantyMonths: &twelve, WarrantyIssuer: "manufacturer"},
	} {
		if _, err := s.desk.RegisterSale(s.t.Context(), manager(retailer), row); err != nil {
			s.t.Fatal(retailer, err)
		}
	}
}

func sum(t *testing.T, text, currency string) money.Amount {
	t.Helper()
	a, err := money.Parse(text, currency)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// staff gives a claim commands.
func (s *portalSite) staff(actor care.Actor, number string, cmds ...care.Command) care.Claim {
	s.t.Helper()
	var c care.Claim
	for _, cmd := range cmds {
		var err error
		if c, err = s.desk.Do(s.t.Context(), actor, number, cmd); err != nil {
			s.t.Fatalf("%s: %v", cmd.Name(), err)
		}
		s.later(time.Hour)
	}
	return c
}

// contact is what every request needs.
func contact(more ...string) url.Values {
	v := url.Values{"name": {"Ада Примерова"}, "phone": {"+359 88 000 00 11"}, "email": {"ada@example.com"}, "text": {"Не се включва"}}
	for i := 0; i+1 < len(more); i += 2 {
		v[more[i]] = append(v[more[i]], more[i+1])
	}
	return v
}

// claimByPortal makes a warranty request and gives its number and token.
func (b *customer) claimByPortal(retailer string, fill url.Values) (number, token string) {
	b.t.Helper()
	page := b.get("/r/" + retailer + "/request?kind=warranty_service").want(http.StatusOK)
	fill.Set("step", "check")
	stand := b.send(page, "/request", fill).want(http.StatusOK)
	send := url.Values{"step": {"send"}}
	for _, n := range stand.all(func(n *html.Node) bool { return attrOf(n, "name") == "accept" }) {
		send.Add("accept", attrOf(n, "value"))
	}
	return b.receiptOf(b.send(stand, "/request", send))
}

var trackLink = regexp.MustCompile(`/track/([A-Za-z0-9_-]{22})`)

func (b *customer) receiptOf(page reply) (number, token string) {
	b.t.Helper()
	page.want(http.StatusOK)
	if !strings.HasSuffix(page.path, "/receipt") {
		b.t.Fatalf("no receipt but %s:\n%s", page.path, page.text())
	}
	m := trackLink.FindStringSubmatch(page.body)
	n := regexp.MustCompile(`(RMA|REQ)-\d{4}-\d{6}`).FindString(page.body)
	if m == nil || n == "" {
		b.t.Fatalf("the receipt has no link or number:\n%s", page.text())
	}
	if !strings.Contains(page.text(), b.url+"/track/"+m[1]) {
		b.t.Errorf("the receipt does not show the whole address")
	}
	return n, m[1]
}

var retailers = []string{"bg-omni", "ru-omsk", "ru-xiaomi"}

func TestPortalPagesInEachLanguage(t *testing.T) {
	s := openPortal(t)
	s.sell()
	ids := map[string]string{"bg-omni": laptop, "ru-omsk": phoneIMEI, "ru-xiaomi": redmi}
	for _, lang := range i18n.Languages() {
		b := s.browser(lang)
		b.get("/").want(http.StatusOK).says("omni.bg")
		for _, r := range retailers {
			for _, path := range []string{"", "/terms", "/check", "/check?id=" + ids[r], "/check?id=nothing-such", "/request", "/receipt",
				"/request?kind=warranty_service", "/request?kind=consultation", "/request?kind=technical_support",
				"/request?kind=documentation", "/request?kind=video_consultation"} {
				b.get("/r/" + r + path).want(http.StatusOK)
			}
		}
		b.get("/r/nobody").want(http.StatusNotFound)
		b.get("/track/AAAAAAAAAAAAAAAAAAAAAA").want(http.StatusNotFound)
	}
}

func TestPortalHasEveryRetailerAndTheStaffDoor(t *testing.T) {
	page := openPortal(t).browser("en").get("/").want(http.StatusOK)
	var links []string
	for _, n := range page.all(func(n *html.Node) bool { return n.Data == "a" }) {
		links = append(links, attrOf(n, "href"))
	}
	for _, want := range []string{"/r/bg-omni", "/r/ru-omsk", "/r/ru-xiaomi", "/staff/sign-in"} {
		if !slices.Contains(links, want) {
			t.Errorf("no link to %s on the first page", want)
		}
	}
}

func TestPortalContacts(t *testing.T) {
	page := openPortal(t).browser("ru").get("/r/ru-omsk").want(http.StatusOK).says("доб. 3", "доб. 6", "г. Омск, ул. 20 Партсъезда, 8")
	if !strings.Contains(page.body, `href="tel:88002341250,6"`) {
		t.Error("the number with its extension can't be dialled")
	}
}

func TestPortalTermsHaveEveryClause(t *testing.T) {
	b := openPortal(t).browser("bg")
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range retailers {
		program, err := lib.Program(r, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		page := b.get("/r/" + r + "/terms").want(http.StatusOK)
		all, parts := page.text(), append(program.Makers, program.Pack, program.Statute)
		for _, p := range parts {
			for _, c := range p.Clauses() {
				n := page.byID("clause-" + c.ID)
				if n == nil {
					t.Errorf("%s: clause %s of %s has no anchor of its own", r, c.ID, p.ID)
					continue
				}
				text := reply{root: n}.text()
				if want := strings.Join(strings.Fields(c.Text["bg"]), " "); !strings.Contains(text, want) || !strings.Contains(text, strings.Join(strings.Fields(c.Source), " ")) {
					t.Errorf("%s: clause %s lacks its text or source: %s", r, c.ID, text)
				}
			}
			for _, list := range p.Fees.PriceLists {
				for _, item := range list.Items {
					if p.Kind == "retailer" && !strings.Contains(all, item.Text["bg"]) {
						t.Errorf("%s: the price of %s is not shown", r, item.ID)
					}
				}
			}
		}
	}
}

func TestPortalCheck(t *testing.T) {
	s := openPortal(t)
	s.sell()
	cases := []struct {
		name, retailer, lang, id string
		status                   int
		says                     []string
	}{
		{"known serial", "bg-omni", "en", laptop, 200, []string{"ThinkPad T14", "Last day: 12 May 2027", "Warranty", "Consumer law"}},
		{"any case and spaces", "bg-omni", "en", " nb-test-0001 ", 200, []string{"ThinkPad T14"}},
		{"known IMEI", "ru-omsk", "ru", phoneIMEI, 200, []string{"Galaxy A55", "Сертификат на послегарантийное обслуживание"}},
		{"another retailer's unit", "ru-omsk", "ru", laptop, 200, []string{"Номера NB-TEST-0001 у нас нет"}},
		{"unknown serial", "bg-omni", "bg", "XX-1", 200, []string{"Номер XX-1 не е при нас", "Опишете устройството и подайте заявка"}},
		{"IMEI with a wrong check digit", "ru-omsk", "ru", badIMEI, 422, []string{"В IMEI ошибка"}},
		{"nothing typed", "ru-omsk", "en", "", 422, []string{"Please fill in"}},
		{"a script", "ru-omsk", "en", `<script>alert(1)</script>`, 200, []string{`We do not know the number <script>alert(1)</script>`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			page := s.browser(c.lang).get("/r/" + c.retailer + "/check?id=" + url.QueryEscape(c.id)).want(c.status).says(c.says...)
			if c.status == http.StatusUnprocessableEntity && page.error("serial") == "" {
				t.Error("the message does not stand beside the field")
			}
			if page.header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", page.header.Get("Cache-Control"))
			}
		})
	}
}

func TestPortalWrongFields(t *testing.T) {
	s := openPortal(t)
	s.sell()
	good := func(more ...string) url.Values { return contact(append([]string{"serial", laptop}, more...)...) }
	cases := []struct {
		name, kind string
		fill       url.Values
		drop       string
		field      string
	}{
		{"no name", "warranty_service", good(), "name", "name"},
		{"no text", "warranty_service", good(), "text", "text"},
		{"no number", "warranty_service", good(), "serial", "serial"},
		{"unknown number", "warranty_service", contact("serial", "XX-1"), "", "serial"},
		{"bad IMEI", "warranty_service", contact("serial", badIMEI), "", "serial"},
		{"bad IMEI of a described phone", "warranty_service", contact("serial", badIMEI, "category", "phone", "brand", "Nokia"), "", "serial"},
		{"bad e-mail", "warranty_service", good("email", ""), "", ""},
		{"no address for the courier", "warranty_service", good("return", "deliver"), "", "address"},
		{"described without a brand", "warranty_service", contact("serial", "XX-1", "category", "laptop"), "", "brand"},
		{"described without a kind", "warranty_service", contact("serial", "XX-1", "brand", "Acme"), "", "category"},
		{"sold in the future", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_date", "2026-03-11"), "", "sale_date"},
		{"no date", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_date", "2026-02-30"), "", "sale_date"},
		{"price in words", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_price", "a lot"), "", "sale_price"},
		{"price of nothing", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_price", "0"), "", "sale_price"},
		{"endless warranty", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "warranty_months", "9999"), "", "warranty_months"},
		{"too long", "warranty_service", good("model", strings.Repeat("я", 201)), "", "model"},
		{"question without a text", "consultation", contact(), "text", "text"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := s.browser("bg")
			page := b.get("/r/bg-omni/request?kind=" + c.kind).want(http.StatusOK)
			c.fill.Set("step", "check")
			if c.drop != "" {
				c.fill.Set(c.drop, "")
			}
			if c.name == "bad e-mail" {
				c.fill["email"], c.field = []string{"ada at example"}, "email"
			}
			page = b.send(page, "/request", c.fill).want(http.StatusUnprocessableEntity)
			if page.error(c.field) == "" {
				t.Errorf("no message beside %s:\n%s", c.field, page.text())
			}
			kept := untouched(page.form("/request", ""))
			for _, name := range []string{"name", "phone", "text", "serial", "brand", "sale_price"} {
				if kept.Has(name) && kept.Get(name) != c.fill.Get(name) {
					t.Errorf("%s: %q was typed, %q is left", name, c.fill.Get(name), kept.Get(name))
				}
			}
		})
	}
	t.Run("no way to answer", func(t *testing.T) {
		b := s.browser("en")
		page := b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact("x", "y"))
		page.want(http.StatusOK) // with a phone it is taken
		fill := contact()
		fill.Set("phone", "")
		fill.Set("email", "")
		page = b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", fill).want(http.StatusUnprocessableEntity)
		if page.error("phone") == "" {
			t.Error("no message beside the phone")
		}
	})
	t.Run("a slot that has passed", func(t *testing.T) {
		b := s.browser("ru")
		page := b.send(b.get("/r/ru-omsk/request?kind=video_consultation"), "/request", contact("slot", "2026-03-09T12:00")).want(http.StatusUnprocessableEntity)
		if page.error("slot") == "" {
			t.Error("no message beside the time")
		}
	})
	t.Run("a kind that is not taken", func(t *testing.T) {
		b := s.browser("ru")
		b.post("/r/bg-omni/request", contact("kind", "video_consultation")).want(http.StatusUnprocessableEntity)
	})
	t.Run("another site's form", func(t *testing.T) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/r/bg-omni/request", strings.NewReader(contact("kind", "consultation").Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		s.browser("en").do(r).want(http.StatusForbidden)
	})
}

func TestPortalQuestions(t *testing.T) {
	s := openPortal(t)
	s.sell()
	cases := []struct{ retailer, kind, lang, says string }{
		{"bg-omni", "consultation", "bg", "Консултация"},
		{"ru-omsk", "technical_support", "ru", "Техническая поддержка"},
		{"ru-xiaomi", "documentation", "en", "Documentation"},
		{"ru-omsk", "video_consultation", "ru", "Видеоконсультация"},
	}
	for _, c := range cases {
		t.Run(c.kind, func(t *testing.T) {
			b := s.browser(c.lang)
			fill := contact("subject", "Redmi <b>Note</b>", "serial", redmi)
			if c.kind == "video_consultation" {
				fill.Set("slot", "2026-03-12T15:30")
			}
			number, token := b.receiptOf(b.send(b.get("/r/"+c.retailer+"/request?kind="+c.kind), "/request", fill))
			if !strings.HasPrefix(number, "REQ-") {
				t.Errorf("number %s", number)
			}
			page := b.get("/track/"+token).want(http.StatusOK).says(c.says, "Не се включва", "Redmi <b>Note</b>")
			page = b.send(page, "/say", url.Values{"text": {"Ещё вопрос"}}).want(http.StatusOK).says("Ещё вопрос")
			b.send(page, "/say", url.Values{"text": {"  "}}).want(http.StatusUnprocessableEntity)
		})
	}
	t.Run("the promise is shown", func(t *testing.T) {
		b := s.browser("en")
		page := b.send(b.get("/r/ru-xiaomi/request?kind=consultation"), "/request", contact())
		page.says("We answer by 11 March 2026")
		_, token := b.receiptOf(page)
		b.get("/track/" + token).says("We answer by 11 March 2026")
	})
}

func TestPortalNamesAreEscaped(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	evil := `<script>alert("x")</script>`
	fill := contact("serial", laptop, "documents", "receipt")
	fill.Set("name", evil)
	fill.Set("text", evil)
	_, token := b.claimByPortal("bg-omni", fill)
	page := b.get("/track/" + token).says(evil)
	if strings.Contains(page.body, "<script>") {
		t.Error("a name became a script")
	}
}

func TestPortalTrackingPageIsPrivate(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	_, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	h := b.get("/track/" + token).header
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
}

func TestPortalReceiptIsShownForAWhile(t *testing.T) {
	s := openPortal(t)
	b := s.browser("en")
	_, token := b.receiptOf(b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact()))
	b.get("/r/bg-omni/receipt").says(token) // read again
	s.browser("en").get("/r/bg-omni/receipt").says("The receipt has been shown already")
	s.later(receiptAge)
	if page := b.get("/r/bg-omni/receipt").says("The receipt has been shown already"); strings.Contains(page.body, token) {
		t.Error("the link is still shown")
	}
}

func TestPortalFormSentTwiceIsOneRequest(t *testing.T) {
	s := openPortal(t)
	b := s.browser("en")
	page := b.get("/r/bg-omni/request?kind=consultation")
	first, firstToken := b.receiptOf(b.send(page, "/request", contact()))
	second, secondToken := b.receiptOf(b.send(page, "/request", contact()))
	if first != second || firstToken != secondToken {
		t.Errorf("two requests: %s and %s", first, second)
	}
	other := contact()
	other.Set("text", "Another question")
	if third, _ := b.receiptOf(b.send(page, "/request", other)); third == first {
		t.Error("another question was taken for the same")
	}
	var wg sync.WaitGroup
	numbers := make([]string, 4)
	page = b.get("/r/bg-omni/request?kind=consultation")
	for i := range numbers {
		wg.Go(func() { numbers[i], _ = b.receiptOf(s.browser("en").send(page, "/request", contact())) })
	}
	wg.Wait()
	if slices.Sort(numbers); numbers[0] != numbers[3] {
		t.Errorf("clicks at once made several requests: %v", numbers)
	}
}

func TestPortalSealedReceipt(t *testing.T) {
	once, err := newOnce()
	if err != nil {
		t.Fatal(err)
	}
	other, err := newOnce()
	if err != nil {
		t.Fatal(err)
	}
	body, err := seal(once, "secret-token")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(body, []byte("secret")) {
		t.Error("the token is stored in clear")
	}
	if got, err := unseal(once, body); got != "secret-token" || err != nil {
		t.Errorf("unseal: %q, %v", got, err)
	}
	if _, err := unseal(other, body); err == nil {
		t.Error("another form opens the receipt")
	}
}

func TestPortalDescribedDevice(t *testing.T) {
	s := openPortal(t)
	b := s.browser("ru")
	fill := contact("serial", "POCO-9", "category", "phone", "brand", "Poco", "model", "X7", "sale_date", "2026-01-15", "sale_channel", "third_party",
		"sale_price", "25 990,50", "documents", "receipt", "warranty_months", "12", "warranty_issuer", "manufacturer")
	page := b.get("/r/ru-xiaomi/request?kind=warranty_service")
	fill.Set("step", "check")
	stand := b.send(page, "/request", fill).want(http.StatusOK).says("На что можно рассчитывать", "по вашему описанию", "Poco X7")
	edit := b.send(stand, "/request", url.Values{"step": {"edit"}}).want(http.StatusOK)
	if v := untouched(edit.form("/request", "")); v.Get("sale_price") != "25 990,50" || v.Get("category") != "phone" || !slices.Equal(v["documents"], []string{"receipt"}) {
		t.Errorf("the way back lost what was typed: %v", v)
	}
	refused := b.send(stand, "/request", url.Values{"step": {"send"}}).want(http.StatusUnprocessableEntity)
	for _, id := range []string{"erase-data", "contents-may-be-lost"} {
		if refused.error("accept."+id) == "" {
			t.Errorf("%s was not asked for", id)
		}
	}
	number, token := b.receiptOf(b.send(refused, "/request", url.Values{"step": {"send"}, "accept": {"erase-data", "contents-may-be-lost"}, "basis": {"statute"}}))
	c, err := s.desk.Claim(t.Context(), manager("ru-xiaomi"), number, "ru")
	if err != nil {
		t.Fatal(err)
	}
	if c.Claim.Basis != "statute" || len(c.Claim.Acknowledged) != 2 || c.Claim.Sale.Price.Minor != 2599050 || c.Claim.Unit.Brand != "Poco" {
		t.Errorf("the claim: basis %q, %d acknowledged, sale %+v", c.Claim.Basis, len(c.Claim.Acknowledged), c.Claim.Sale)
	}
	b.get("/track/"+token).want(http.StatusOK).says("Poco X7", "Закон о защите прав потребителей")
}

func TestPortalFactsAreAsked(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("ru")
	page := b.get("/r/ru-xiaomi/request?kind=warranty_service")
	fill := contact("serial", redmi, "documents", "receipt", "step", "check")
	stand := b.send(page, "/request", fill).want(http.StatusOK)
	asked := stand.all(func(n *html.Node) bool { return strings.HasPrefix(attrOf(n, "name"), "fact.") })
	for _, n := range asked {
		if fact := strings.TrimPrefix(attrOf(n, "name"), "fact."); !slices.Contains(desk.CustomerFacts(), fact) {
			t.Errorf("%s is not the customer's to answer", fact)
		}
	}
	again := b.send(stand, "/request", url.Values{"step": {"check"}, "fact.unit.lock_active": {"true"}}).want(http.StatusOK)
	if v := untouched(again.form("/request", "")); v.Get("fact.unit.lock_active") != "true" {
		t.Error("the reply was forgotten")
	}
}

func TestPortalOneOpenClaimPerDevice(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	b.claimByPortal("bg-omni", contact("serial", laptop))
	page := b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request", contact("serial", laptop, "step", "check")).want(http.StatusUnprocessableEntity)
	if page.error("serial") == "" {
		t.Errorf("no message beside the number:\n%s", page.text())
	}
}

func TestPortalFindTracking(t *testing.T) {
	s := openPortal(t)
	b := s.browser("en")
	_, token := b.receiptOf(b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact()))
	for name, typed := range map[string]string{"whole address": s.url + "/track/" + token, "with a slash": s.url + "/track/" + token + "/", "only the secret": " " + token + " "} {
		t.Run(name, func(t *testing.T) {
			page := b.send(b.get("/r/bg-omni"), "/track", url.Values{"link": {typed}}).want(http.StatusOK)
			if page.path != "/track/"+token {
				t.Errorf("led to %s", page.path)
			}
		})
	}
	page := b.send(b.get("/r/bg-omni"), "/track", url.Values{"link": {"https://example.com/track/nothing"}}).want(http.StatusUnprocessableEntity)
	if page.error("link") == "" {
		t.Error("no message beside the link")
	}
}

// The journey of a bought laptop through repair, with the new end of its
// warranty on the customer's page.
func TestPortalJourneyRepair(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	number, token := b.claimByPortal("bg-omni", contact("serial", laptop, "documents", "receipt", "documents", "warranty_card",
		"return", "deliver", "address", "ул. „Пробна“ 5", "settlement", "Варна"))
	b.get("/track/"+token).says("Заявката е получена", "ThinkPad T14", "при вас")
	yes := true
	s.staff(manager("bg-omni"), number, care.AskDevice{Place: "omni-shop-sofia"})
	b.get("/track/" + token).says("Очакваме устройството")
	s.staff(manager("bg-omni"), number, care.Accept{Place: "omni-service", Condition: "like new", Documents: []string{"receipt", "warranty_card"}})
	b.get("/track/"+token).says("Устройството е при нас", "Сервизен център на omni.bg")
	tech := technician("bg-omni", "omni-service")
	d := care.Diagnose{Conclusion: "Дънната платка"}
	d.Facts.Confirmed, d.Facts.Kind, d.Facts.FailedPart = &yes, "hardware", "mainboard"
	s.staff(tech, number, care.StartDiagnosis{})
	b.get("/track/" + token).says("Устройството се диагностицира")
	c := s.staff(tech, number, d)
	if c.State != care.Decided {
		t.Fatalf("state %s", c.State)
	}
	b.get("/track/"+token).says("Решението е взето", "Дънната платка", "покрива се безплатно")
	b.send(b.get("/track/"+token), "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"repair"}}).want(http.StatusOK).says("Изборът ви е записан")
	s.staff(tech, number, care.StartRepair{})
	b.get("/track/" + token).says("Устройството се ремонтира")
	s.later(20 * 24 * time.Hour)
	s.staff(tech, number, care.FinishRepair{Kind: "hardware", Work: "Сменена дънна платка"}, care.MarkReady{})
	b.get("/track/"+token).says("Устройството е готово", "Куриерът ще го донесе", "Сменена дънна платка", "Последен ден: 2 юни 2027 г.", "Добавен престой в сервиза: 21 дни")
	s.staff(manager("bg-omni"), number, care.Ship{Carrier: "Еконт", Tracking: "123"})
	b.get("/track/"+token).says("Устройството пътува към вас", "Еконт")
	s.staff(manager("bg-omni"), number, care.HandOver{})
	b.get("/track/" + token).says("Устройството е при вас")
	s.staff(manager("bg-omni"), number, care.Close{})
	b.get("/track/"+token).says("Заявката е приключена", "ремонт")
	b.get("/r/bg-omni/check?id=" + laptop).says("Последен ден: 2 юни 2027 г.")
}

// The journey of a customer who is refused on the warranty, agrees to a paid
// repair, and cancels another time.
func TestPortalJourneyAnswers(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("ru")
	number, token := b.claimByPortal("ru-xiaomi", contact("serial", redmi, "documents", "receipt"))
	page := b.get("/track/" + token)
	page = b.send(page, "/do", url.Values{"command": {"choose_basis"}, "basis": {"statute"}}).want(http.StatusOK).says("Выбор записан", "Выбранное основание")
	b.send(page, "/do", url.Values{"command": {"choose_basis"}}).want(http.StatusUnprocessableEntity)
	b.post("/track/"+token+"/do", url.Values{"command": {"refuse"}}).want(http.StatusUnprocessableEntity).says("Здесь это сделать нельзя")
	b.post("/track/"+token+"/do", url.Values{"command": {"answer_estimate"}, "accepted": {"true"}}).want(http.StatusConflict)

	yes := true
	s.staff(manager("ru-xiaomi"), number, care.Accept{Place: "xiaomi-moscow", Condition: "cracked"})
	d := care.Diagnose{}
	d.Facts.Confirmed, d.Facts.Kind, d.Facts.FailedPart = &yes, "hardware", "display"
	d.Facts.Findings = findings("broken_screen", "display", "external")
	tech := technician("ru-xiaomi", "xiaomi-moscow")
	s.staff(tech, number, care.StartDiagnosis{}, d)
	s.staff(tech, number, care.Refuse{Text: "Экран разбит ударом."})
	b.get("/track/"+token).says("В бесплатном обслуживании отказано", "Экран разбит ударом.")
	s.staff(tech, number, care.OfferEstimate{Amount: sum(t, "8900.00", "RUB"), Work: "Замена экрана"})
	page = b.get("/track/"+token).says("Предлагаем платный ремонт", "8 900,00 ₽", "Замена экрана")
	b.send(page, "/do", url.Values{"command": {"answer_estimate"}}).want(http.StatusUnprocessableEntity)
	b.send(page, "/do", url.Values{"command": {"answer_estimate"}, "accepted": {"true"}}).want(http.StatusOK).says("Ваш ответ записан", "Решение принято")
	b.send(page, "/do", url.Values{"command": {"answer_estimate"}, "accepted": {"true"}}).want(http.StatusConflict)
	page = b.get("/track/" + token)
	if page = b.send(page, "/do", url.Values{"command": {"cancel"}}).want(http.StatusUnprocessableEntity); page.error("cancel-reason") == "" {
		t.Error("no message beside the reason")
	}
	b.send(page, "/do", url.Values{"command": {"cancel"}, "reason": {"Передумал"}}).want(http.StatusOK).says("Заявка отменена")
}

// Staff's notes among themselves stay among themselves; their answers come.
func TestPortalThread(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	number, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	v, err := s.desk.Claim(context.Background(), manager("bg-omni"), number, "en")
	if err != nil {
		t.Fatal(err)
	}
	for text, internal := range map[string]bool{"We look at it": false, "Secret remark": true} {
		if err := s.desk.Answer(t.Context(), manager("bg-omni"), v.Claim.Request, text, internal); err != nil {
			t.Fatal(err)
		}
	}
	if page := b.get("/track/" + token).says("We look at it"); strings.Contains(page.body, "Secret remark") {
		t.Error("a note among staff is shown to the customer")
	}
}

func TestGoodIMEI(t *testing.T) {
	for number, want := range map[string]bool{phoneIMEI: true, badIMEI: false, "35-209900-176148-1": true, "352099001761482": false} {
		if isIMEI(number) != true || goodIMEI(number) != want {
			t.Errorf("%s: IMEI %v, good %v, want %v", number, isIMEI(number), goodIMEI(number), want)
		}
	}
	for _, number := range []string{"", "49015420323751", "4901542032375181", "49015420323751a", "NB-TEST-0001"} {
		if isIMEI(number) {
			t.Errorf("%q is no IMEI", number)
		}
	}
}

func TestPlainSum(t *testing.T) {
	for text, want := range map[string]string{"1999": "1999", "1999.90": "1999.90", "1999,9": "1999.9", "1 999,90": "1999.90",
		"1.999,90": "1999.90", "1,999.90": "1999.90", "1,999": "1999", "12\u00a0000": "12000", "1,234,567.00": "1234567.00"} {
		if got := plainSum(text); got != want {
			t.Errorf("plainSum(%q) = %q, want %q", text, got, want)
		}
	}
}

// Whatever is sent, the form answers with a page.
func FuzzPortalForm(f *testing.F) {
	f.Add("warranty_service", "1,999.90", "2026-01-01", "true", "xx")
	f.Add("video_consultation", "", "2026-02-30", "", "490154203237519")
	f.Fuzz(func(t *testing.T, kind, price, date, fact, serial string) {
		s := &Server{now: func() time.Time { return time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC) }}
		lib, err := packs.Library()
		if err != nil {
			t.Fatal(err)
		}
		words, err := i18n.New(i18n.Beside(lib.Lexicon()))
		if err != nil {
			t.Fatal(err)
		}
		program, err := lib.Program("bg-omni", calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		v := &visit{s: s, Lang: "en", L: words.Locale("en"), Pack: program.Pack, Zone: time.UTC}
		values := url.Values{"kind": {kind}, "sale_price": {price}, "sale_date": {date}, "slot": {date}, "fact.unit.lock_active": {fact}, "serial": {serial},
			"warranty_months": {price}, "category": {kind}, "brand": {serial}}
		in, wrong := readRequest(v, values, s.now())
		if len(wrong) == 0 {
			t.Errorf("a request without a name was taken: %+v", in)
		}
		for _, w := range wrong {
			if w.Text == "" || strings.Contains(w.Text, "⟦") {
				t.Errorf("%s: %q", w.Field, w.Text)
			}
		}
		_ = fmt.Sprint(hidden(values))
	})
}

func findings(code, part, cause string) []policy.Finding {
	return []policy.Finding{{Code: code, Part: part, Cause: cause}}
}

// openDemo is the portal over the filled demo.
func openDemo(t *testing.T) (*portalSite, demo.Guide) {
	t.Helper()
	s := openPortal(t)
	s.later(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC).Sub(s.now()))
	guide, err := demo.Fill(t.Context(), s.desk, demo.Options{Now: s.now(), Seed: 1, Password: "not-a-secret-one"})
	if err != nil {
		t.Fatal(err)
	}
	return s, guide
}

func hardware(part, defect string, list ...policy.Finding) care.Diagnose {
	yes := true
	return care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", FailedPart: part, Defect: defect, Findings: list}}
}

// The three ways that a newcomer tries first, each from the request to the
// hand-over.
func TestPortalJourneys(t *testing.T) {
	s, guide := openDemo(t)
	devices := map[string][]string{}
	for _, d := range guide.Devices {
		devices[d.ID] = append(devices[d.ID], d.Identity)
	}
	t.Run("the fourth failure of a laptop", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("bg"), manager("bg-omni")
		device := devices["fourth-failure"][0]
		number, token := b.claimByPortal("bg-omni", contact("serial", device, "documents", "receipt", "documents", "warranty_card"))
		s.staff(boss, number, care.Accept{Place: "omni-service", Condition: "без забележки", Documents: []string{"receipt", "warranty_card"}},
			care.StartDiagnosis{}, hardware("mainboard", "no-power"))
		page := b.get("/track/"+token).says("Решението е взето", "След три хардуерни ремонта", "Цялостна замяна", "Изберете какво да се направи")
		page = b.send(page, "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"replacement"}}).want(http.StatusOK).says("Подготвяме замяна")
		s.staff(boss, number, care.Replace{Serial: "PF4-NEW-1"}, care.MarkReady{})
		b.get("/track/"+token).says("Устройството е готово", "PF4-NEW-1")
		s.staff(boss, number, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("Заявката е приключена", "Резултат: заменено")
		b.get("/r/bg-omni/check?id=PF4-NEW-1").want(http.StatusOK).says("ThinkBook 14 G6", "в сила")
		page = b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request", contact("serial", device, "step", "check")).want(http.StatusUnprocessableEntity)
		if page.error("serial") == "" {
			t.Error("the replaced laptop can be claimed again")
		}
	})
	t.Run("a phone in its warranty", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("ru"), manager("ru-omsk")
		device := devices["certificate-year"][0]
		b.get("/r/ru-omsk/check?id="+device).says("Гарантия", "действует", "ещё не начался")
		number, token := b.claimByPortal("ru-omsk", contact("serial", device, "documents", "receipt"))
		s.staff(boss, number, care.Accept{Place: "omsk-service", Condition: "новый", Documents: []string{"receipt"}}, care.StartDiagnosis{}, hardware("battery", "swollen"))
		b.send(b.get("/track/"+token), "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"repair"}}).want(http.StatusOK)
		s.staff(boss, number, care.StartRepair{})
		s.later(6 * 24 * time.Hour)
		s.staff(boss, number, care.FinishRepair{Kind: "hardware", Work: "Заменён аккумулятор"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("Заявка закрыта", "Заменён аккумулятор", "Учтено время в ремонте: 8 дней")
	})
	t.Run("a phone in its certificate year", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("ru"), manager("ru-omsk")
		papers := []string{"receipt", "warranty_card", "certificate"}
		fill := contact("serial", devices["certificate-year"][1])
		fill["documents"] = papers
		number, token := b.claimByPortal("ru-omsk", fill)
		s.staff(boss, number, care.Accept{Place: "omsk-technical", Condition: "царапины", Documents: papers}, care.StartDiagnosis{}, hardware("mainboard", "no-power"))
		b.get("/track/"+token).says("Сертификат на послегарантийное обслуживание", "Сертификат, п. 3", "обслуживается бесплатно")
		s.staff(boss, number, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "Заменена плата"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("Заявка закрыта", "Итог: отремонтировано")
	})
	t.Run("the law instead of the limited warranty", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("en"), manager("ru-xiaomi")
		number, token := b.claimByPortal("ru-xiaomi", contact("serial", devices["law-instead"][0], "documents", "receipt"))
		page := b.get("/track/" + token)
		b.send(page, "/do", url.Values{"command": {"choose_basis"}, "basis": {"statute"}}).want(http.StatusOK).says("Basis you chose", "Consumer law")
		found := policy.Finding{Code: "unauthorised_repair", Part: "casing", Cause: "material"}
		s.staff(boss, number, care.Accept{Place: "xiaomi-moscow", Condition: "opened before", Documents: []string{"receipt"}}, care.StartDiagnosis{}, hardware("mainboard", "no-power", found))
		page = b.get("/track/"+token).says("your choice", "Choose what is to be done")
		b.send(page, "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"repair"}}).want(http.StatusOK)
		s.staff(boss, number, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "New board"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("The claim is closed", "Result: repaired")
	})
}

// Every claim and request of the demo, in whatever state, has a sound page.
func TestPortalShowsEveryDemoClaim(t *testing.T) {
	s, _ := openDemo(t)
	seen := map[care.State]bool{}
	for _, r := range retailers {
		for cursor := ""; ; {
			items, next, err := s.desk.Work(t.Context(), manager(r), care.WorkFilter{}, care.Page{Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range items {
				seen[item.State] = true
				token, err := s.desk.IssueTracking(t.Context(), manager(r), item.Claim)
				if err != nil {
					t.Fatal(err)
				}
				for _, lang := range i18n.Languages() {
					s.browser(lang).get("/track/" + token).want(http.StatusOK).says(item.Number)
				}
			}
			if cursor = next; cursor == "" {
				break
			}
		}
	}
	for _, state := range care.States() {
		if !seen[state] {
			t.Errorf("the demo has no claim in %s", state)
		}
	}
}
