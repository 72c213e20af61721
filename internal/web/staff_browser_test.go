package web

import (
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

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/document"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/ingest"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
)

// staffWorld is an installation with its pages on a local address.
type staffWorld struct {
	desk *desk.Desk
	http *httptest.Server
	now  time.Time

	mu      sync.Mutex
	missing []string // texts that were asked for and are not there
}

var staffNow = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func newStaffWorld(t *testing.T, ways ...func(*i18n.Bundle) desk.Post) *staffWorld {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	w := &staffWorld{now: staffNow}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if m := lang + ": " + key; !slices.Contains(w.missing, m) {
			w.missing = append(w.missing, m)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return w.now }
	papers, err := document.New(words)
	if err != nil {
		t.Fatal(err)
	}
	cfg := desk.Config{Store: desk.StoreOf(storagetest.Open(t)), Packs: lib, Papers: papers, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1}, Now: now}
	for _, way := range ways {
		cfg.Post, cfg.Public = way(words), "https://service.example"
	}
	w.desk, err = desk.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Desk: w.desk, Packs: lib, Words: words, Now: now, Log: slog.New(slog.NewTextHandler(staffLog{t}, &slog.HandlerOptions{Level: slog.LevelError})), PostLimit: 10_000, Receipt: ingest.ReceiptNumber})
	if err != nil {
		t.Fatal(err)
	}
	w.http = httptest.NewServer(s.Handler())
	t.Cleanup(w.http.Close)
	t.Cleanup(func() {
		for _, m := range w.missing {
			t.Errorf("no text for %s", m)
		}
	})
	return w
}

// staffLog writes the server's errors into the test's output.
type staffLog struct{ t *testing.T }

func (l staffLog) Write(b []byte) (int, error) {
	l.t.Logf("%s", strings.TrimSpace(string(b)))
	return len(b), nil
}

const staffPassword = "correct horse battery"

// user adds a member of staff, once, and gives the address to sign in with.
func (w *staffWorld) user(t *testing.T, retailer string, role care.Role, place string) string {
	t.Helper()
	email := fmt.Sprintf("%s@%s.example", role, retailer)
	users, err := w.desk.Users(t.Context(), care.System(retailer))
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(users, func(u care.User) bool { return u.Email == email }) {
		return email
	}
	_, err = w.desk.CreateUser(t.Context(), care.System(retailer), desk.NewUser{Email: email, Name: "Test " + string(role), Role: role,
		Place: place, Lang: "en", Password: staffPassword})
	if err != nil {
		t.Fatal(err)
	}
	return email
}

// browser is a person's browser: it keeps cookies and follows redirects.
type browser struct {
	t    *testing.T
	w    *staffWorld
	http *http.Client
}

func (w *staffWorld) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, w: w, http: &http.Client{Jar: jar}}
}

// signedIn is the browser of somebody who signed in by the form.
func (w *staffWorld) signedIn(t *testing.T, email, password string) *browser {
	t.Helper()
	b := w.browser(t)
	p := b.get("/staff/sign-in").submit("/staff/sign-in", fill{"email": {email}, "password": {password}})
	if p.status != http.StatusOK || p.path == "/staff/sign-in" {
		t.Fatalf("sign in as %s: %d at %s: %s", email, p.status, p.path, p.main())
	}
	return b
}

// screen is a page that the browser shows.
type screen struct {
	b      *browser
	status int
	path   string // where redirects led, with the query
	doc    *html.Node
	raw    string
}

func (b *browser) get(path string) *screen {
	b.t.Helper()
	res, err := b.http.Get(b.w.http.URL + path)
	return b.screen(res, err)
}

func (b *browser) post(path string, form url.Values) *screen {
	b.t.Helper()
	res, err := b.http.PostForm(b.w.http.URL+path, form)
	return b.screen(res, err)
}

// untranslated finds words of a vocabulary that were not put into words.
var untranslated = regexp.MustCompile(`\b[a-z]+_[a-z_]+\b`)

// secrets are keys that are shown once: chance may write a word in them.
var secrets = regexp.MustCompile(`\b(talon|whsec)_\S+`)

func (b *browser) screen(res *http.Response, err error) *screen {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	p := &screen{b: b, status: res.StatusCode, path: res.Request.URL.RequestURI(), doc: doc, raw: string(body)}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return p // a file: its bytes are no words
	}
	if strings.Contains(p.raw, "ZgotmplZ") || strings.Contains(p.raw, "%!") {
		b.t.Errorf("%s: a value could not be written", p.path)
	}
	if code := untranslated.FindString(secrets.ReplaceAllString(p.main(), "")); code != "" {
		b.t.Errorf("%s: the code %q is shown to people", p.path, code)
	}
	return p
}

// want fails the test when the page has another status.
func (p *screen) want(status int) *screen {
	p.b.t.Helper()
	if p.status != status {
		p.b.t.Fatalf("%s: status %d, want %d: %s", p.path, p.status, status, p.main())
	}
	return p
}

// all walks the page's elements.
func (p *screen) all(match func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func element(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func classed(class string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), class) }
}

// words is the text inside an element.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// main is the text of the page without its frame.
func (p *screen) main() string {
	for _, n := range p.all(element("main")) {
		return words(n)
	}
	return words(p.doc)
}

// links are the addresses that the page leads to.
func (p *screen) links() []string {
	var out []string
	for _, n := range p.all(element("a")) {
		if h := attr(n, "href"); h != "" && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// webForm is a form as a browser sees it.
type webForm struct {
	action, method string
	fields         []webField
}

// webField is one control.
type webField struct {
	name, kind string
	value      string   // what it would send untouched
	options    []string // of a select
	sent       bool     // whether it is sent untouched
	required   bool
}

func (p *screen) forms() []webForm {
	var out []webForm
	for _, n := range p.all(element("form")) {
		f := webForm{action: attr(n, "action"), method: strings.ToLower(attr(n, "method"))}
		for c := range n.Descendants() {
			if c.Type == html.ElementNode {
				if field, ok := readControl(c); ok {
					f.fields = append(f.fields, field)
				}
			}
		}
		out = append(out, f)
	}
	return out
}

func readControl(n *html.Node) (webField, bool) {
	f := webField{name: attr(n, "name"), kind: n.Data, value: attr(n, "value"), sent: true, required: hasAttr(n, "required")}
	if f.name == "" || hasAttr(n, "disabled") {
		return f, false
	}
	switch n.Data {
	case "input":
		if f.kind = attr(n, "type"); f.kind == "" {
			f.kind = "text"
		}
		if f.kind == "checkbox" || f.kind == "radio" {
			f.sent = hasAttr(n, "checked")
		}
	case "textarea":
		f.value = strings.TrimPrefix(textOf(n), "\n")
	case "select":
		for c := range n.Descendants() {
			if c.Type == html.ElementNode && c.Data == "option" {
				f.options = append(f.options, attr(c, "value"))
				if hasAttr(c, "selected") {
					f.value = attr(c, "value")
				}
			}
		}
		if f.value == "" && len(f.options) > 0 {
			f.value = f.options[0]
		}
	default:
		return f, false
	}
	return f, true
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// form finds a form by its address: one that changes something before one
// that searches.
func (p *screen) form(action string) *webForm {
	var found *webForm
	for _, f := range p.forms() {
		if f.action == action && (found == nil || found.method == "get" && f.method == "post") {
			found = &f
		}
	}
	return found
}

// fill is what a person types; fields that are not named keep what they show.
type fill map[string][]string

// values are what the browser would send.
func (f webForm) values(with fill) url.Values {
	out := url.Values{}
	for _, field := range f.fields {
		if _, typed := with[field.name]; !typed && field.sent {
			out.Add(field.name, field.value)
		}
	}
	for name, list := range with {
		out[name] = list
	}
	return out
}

// submit fills in a form of the page and sends it.
func (p *screen) submit(action string, with fill) *screen {
	p.b.t.Helper()
	f := p.form(action)
	if f == nil {
		p.b.t.Fatalf("%s has no form for %s: %s", p.path, action, p.main())
	}
	for name := range with {
		if !slices.ContainsFunc(f.fields, func(x webField) bool { return x.name == name }) {
			p.b.t.Fatalf("the form %s of %s has no field %q", action, p.path, name)
		}
	}
	if f.method == "get" {
		return p.b.get(action + "?" + f.values(with).Encode())
	}
	return p.b.post(action, f.values(with))
}
