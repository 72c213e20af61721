package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages are the parsed templates by language and page: the functions of a
// template are bound to its language once, here.
type pages struct {
	byLang map[string]map[string]*template.Template
}

func (s *Server) loadPages() (*pages, error) {
	p := &pages{byLang: map[string]map[string]*template.Template{}}
	inner, err := fs.Glob(templateFiles, "templates/*/*.html")
	if err != nil {
		return nil, err
	}
	for _, lang := range i18n.Languages() {
		shared, err := template.New("").Funcs(s.functions(s.words.Locale(lang))).ParseFS(templateFiles, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("web: shared templates: %w", err)
		}
		set := map[string]*template.Template{}
		for _, name := range inner {
			t, err := shared.Clone()
			if err == nil {
				t, err = t.ParseFS(templateFiles, name)
			}
			if err != nil {
				return nil, fmt.Errorf("web: %s: %w", name, err)
			}
			set[strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")] = t
		}
		p.byLang[lang] = set
	}
	return p, nil
}

// frame is what a template gets: the visit and the page's own data.
type frame struct {
	V *visit
	D any
}

// html writes a page. It is made in full before the first byte goes out, so
// that a template that fails leaves no half page.
func (v *visit) html(status int, page string, data any) error {
	if page == "error" {
		page = "web/error"
	}
	t := v.s.pages.byLang[v.Lang][page]
	if t == nil {
		return fmt.Errorf("no page %q in %q", page, v.Lang)
	}
	if v.Flash == nil {
		v.Flash = v.s.cookies.TakeFlash(v.w, v.r)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", frame{V: v, D: data}); err != nil {
		return fmt.Errorf("make page %s: %w", page, err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	if v.large && status == http.StatusUnprocessableEntity {
		status = http.StatusRequestEntityTooLarge
	}
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(b.Bytes()) // the reader may have gone away
	}
	return nil
}

// fragment writes one block of a page, for a script that puts it in its place.
// What the last page left to say waits for the next whole one.
func (v *visit) fragment(status int, page, block string, data any) error {
	t := v.s.pages.byLang[v.Lang][page]
	if t == nil {
		return fmt.Errorf("no page %q in %q", page, v.Lang)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, frame{V: v, D: data}); err != nil {
		return fmt.Errorf("make %s of page %s: %w", block, page, err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	h.Set("Cache-Control", "no-store")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // the reader may have gone away
	return nil
}

// functions are what templates may call, in one language.
func (s *Server) functions(l *i18n.Locale) template.FuncMap {
	return template.FuncMap{
		"t":            l.T,
		"n":            func(key string, n int, args ...any) string { return l.N(key, n, args...) },
		"has":          l.Has,
		"word":         func(prefix string, value any) string { return l.Or(prefix, fmt.Sprint(value)) },
		"text":         func(by map[string]string) string { return text(by, l.Tag()) },
		"town_once":    townOnce,
		"beside":       care.SettlementBeside,
		"date":         func(d calendar.Date) string { return l.Date(d) },
		"dateShort":    func(d calendar.Date) string { return l.DateShort(d) },
		"instant":      func(t time.Time, z *time.Location) string { return l.Instant(t, z) },
		"instantShort": func(t time.Time, z *time.Location) string { return l.InstantShort(t, z) },
		"iso":          iso,
		"money":        func(a money.Amount) string { return l.Money(a) },
		"days":         l.Days,
		"months":       l.Months,
		"duration":     l.Duration,
		"percent":      l.Percent,
		"number":       func(n int) string { return l.Number(int64(n)) },
		"list":         l.List,
		"lower":        strings.ToLower,
		"upper":        upperFirst,
		"fail":         func(err error) string { return failure(l, err) },
		"dict":         dict,
		"named":        care.DeviceName,
		"link":         link,
		"asset":        func(name string) string { return s.assets.href(name) },
		"has_asset":    func(name string) bool { return s.assets[name] != nil },
		"now":          func() time.Time { return s.now() },
		"status":       statusName,
	}
}

// failure is a refusal in words; what is no domain error is not told.
func failure(l *i18n.Locale, err error) string {
	var e *care.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e) || e == nil:
		return l.T("status_text.500")
	case e.Args == nil:
		return l.T(e.Key)
	case e.Key == "error.unknown_value" && e.Args["value"] == "":
		return l.T("error.required", "field", e.Args["field"])
	case e.Key == "error.unknown_value": // its values are for programs
		return l.T("web.not_listed", "field", e.Args["field"])
	}
	return l.T(e.Key, e.Args)
}

// statusName is the part of a message key that stands for a status.
func statusName(status int) string {
	switch status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity, http.StatusTooManyRequests:
		return strconv.Itoa(status)
	}
	return "500"
}

// upperFirst begins a sentence.
func upperFirst(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToUpper(string(r)) + s[len(string(r)):]
		}
	}
	return s
}

// iso is a date or an instant for the datetime attribute of <time>.
func iso(v any) (string, error) {
	switch x := v.(type) {
	case calendar.Date:
		return x.String(), nil
	case time.Time:
		return x.UTC().Format(time.RFC3339), nil
	}
	return "", fmt.Errorf("iso: %T is neither a date nor an instant", v)
}

// dict makes a map of names and values, to hand several to a partial.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a name without a value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is not a name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// link joins fixed parts of an address (first, third …) and values between
// them, which are escaped.
func link(parts ...any) string {
	var b strings.Builder
	for i, p := range parts {
		s := fmt.Sprint(p)
		if i%2 == 1 {
			s = url.PathEscape(s)
		}
		b.WriteString(s)
	}
	return b.String()
}

// asset is one embedded file. Its address holds its hash, so that a browser
// keeps it for ever and a new one is fetched at once. It is packed once, when
// the program starts.
type asset struct {
	name, hash, kind string
	body             []byte
	packed           []byte // gzip; nil where that saves nothing
}

type assets map[string]*asset

var assetKinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon", ".wasm": "application/wasm"}

func loadAssets() (assets, error) {
	list := assets{}
	err := fs.WalkDir(staticFiles, "static", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		p, stored := strings.CutSuffix(p, ".gz")
		kind := assetKinds[path.Ext(p)]
		if kind == "" {
			return fmt.Errorf("web: %s: no content type for this kind of file", p)
		}
		body, packed, err := readAsset(p, stored)
		if err != nil {
			return fmt.Errorf("web: read %s: %w", p, err)
		}
		sum := sha256.Sum256(body)
		name := strings.TrimPrefix(p, "static/")
		list[name] = &asset{name: name, hash: hex.EncodeToString(sum[:6]), kind: kind, body: body, packed: packed}
		return nil
	})
	return list, err
}

// readAsset reads a file both ways. One that is kept packed, because it is
// large, is only unpacked.
func readAsset(p string, stored bool) (body, packed []byte, err error) {
	if !stored {
		if body, err = staticFiles.ReadFile(p); err == nil {
			packed, err = pack(body)
		}
		return body, packed, err
	}
	if packed, err = staticFiles.ReadFile(p + ".gz"); err != nil {
		return nil, nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		body, err = io.ReadAll(r)
	}
	return body, packed, err
}

// pack is a file in gzip, nil where that saves nothing.
func pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if b.Len() >= len(body) {
		return nil, nil
	}
	return b.Bytes(), nil
}

// takesGzip reports whether a reader's browser unpacks gzip (RFC 9110, 12.5.3).
func takesGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name = strings.TrimSpace(name); !strings.EqualFold(name, "gzip") && name != "*" {
			continue
		}
		q, given := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		weighed, err := strconv.ParseFloat(q, 64)
		return !given || err != nil || weighed > 0
	}
	return false
}

func (a assets) href(name string) string {
	if f := a[name]; f != nil {
		return "/static/" + name + "?v=" + f.hash
	}
	return "/static/" + name
}

// ServeHTTP answers for /static/.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := a[strings.TrimPrefix(r.URL.Path, "/static/")]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	if r.URL.Query().Get("v") == f.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag := f.body, f.hash
	if f.packed != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body, tag = f.packed, f.hash+"-gzip"
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
