package web

import (
	"bytes"
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
	"github.com/talon-care/talon/internal/document"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/packs"
)

// portalSite is the portal over the real desk on a store of its own, at a
// frozen time that a test may move.
type portalSite struct {
	t    *testing.T
	desk *desk.Desk
	url  string
	cfg  Config
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

func openPortal(t *testing.T, more ...func(*desk.Config)) *portalSite {
	t.Helper()
	s := &portalSite{t: t, at: time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)}
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("no message %q in %s", key, lang) }))
	if err != nil {
		t.Fatal(err)
	}
	papers, err := document.New(words)
	if err != nil {
		t.Fatal(err)
	}
	cfg := desk.Config{Store: desk.StoreOf(storagetest.Open(t)), Packs: lib, Papers: papers, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1}, Now: s.now}
	for _, f := range more {
		f(&cfg)
	}
	s.desk, err = desk.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.desk.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.cfg = Config{Desk: s.desk, Packs: lib, Words: words, Now: s.now, Log: slog.New(slog.NewTextHandler(portalLog{t}, nil))}
	s.serve(10_000, 10_000)
	return s
}

// serve puts the pages at a new address, with limits of a minute.
func (s *portalSite) serve(posts, reads int) {
	s.t.Helper()
	cfg := s.cfg
	cfg.PostLimit, cfg.ReadLimit = posts, reads
	server, err := New(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	front := httptest.NewServer(server.Handler())
	s.t.Cleanup(front.Close)
	s.url = front.URL
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
	if s := a.all(func(n *html.Node) bool {
		return n.Data == "script" && (n.FirstChild != nil || !strings.HasPrefix(attrOf(n, "src"), "/static/")) || attrIs(n, "style")
	}); len(s) != 0 {
		a.t.Errorf("%s: %d inline or foreign scripts, or inline styles", a.path, len(s))
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
		if !slices.Contains([]string{"hidden", "submit"}, attrOf(n, "type")) && !labels[attrOf(n, "id")] {
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
