package httpkit_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/httpkit"
)

func clock() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing wrong", nil, 200},
		{"a field is wrong", care.Fail(care.Invalid, "required"), 422},
		{"illegal move, wrapped", fmt.Errorf("accept: %w", care.Fail(care.Illegal, "illegal_move")), 409},
		{"blocked", care.Fail(care.Blocked, "not_held"), 409},
		{"forbidden", care.Fail(care.Forbidden, "forbidden"), 403},
		{"not there", care.Fail(care.NotFound, "no_claim"), 404},
		{"a store's not found", fmt.Errorf("read: %w", care.ErrNotFound), 404},
		{"a store's conflict", fmt.Errorf("save: %w", care.ErrConflict), 409},
		{"too many", care.Fail(care.TooMany, "too_many"), 429},
		{"signed out", care.Fail(care.SignedOut, "signed_out"), 401},
		{"body too large", fmt.Errorf("read form: %w", &http.MaxBytesError{Limit: 10}), 413},
		{"edge refusal", httpkit.Refuse(400, errors.New("bad form")), 400},
		{"unknown", errors.New("disk on fire"), 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := httpkit.Status(c.err); got != c.want {
				t.Errorf("Status(%v) = %d, want %d", c.err, got, c.want)
			}
		})
	}
}

func TestClientIP(t *testing.T) {
	proxies, err := httpkit.ParseProxies([]string{"10.0.0.0/8", "127.0.0.1", ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"no proxy", "203.0.113.7:555", "", "203.0.113.7"},
		{"a client's own claim is not believed", "203.0.113.7:555", "1.2.3.4", "203.0.113.7"},
		{"behind a trusted proxy", "127.0.0.1:555", "203.0.113.9", "203.0.113.9"},
		{"nearest hop that is no proxy", "127.0.0.1:555", "1.2.3.4, 203.0.113.9, 10.1.1.1", "203.0.113.9"},
		{"garbage in the header", "127.0.0.1:555", "nonsense", "127.0.0.1"},
		{"IPv6", "[2001:db8::1]:555", "", "2001:db8::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.peer
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			if got := proxies.ClientIP(r); got != c.want {
				t.Errorf("ClientIP = %q, want %q", got, c.want)
			}
		})
	}
	if _, err := httpkit.ParseProxies([]string{"10.0.0.0/99"}); err == nil {
		t.Error("a bad network was taken")
	}
}

func TestLogHidesSecretsAndSurvivesPanics(t *testing.T) {
	var out bytes.Buffer
	log := httpkit.Log{Logger: slog.New(slog.NewTextHandler(&out, nil)), Now: clock,
		Failed: func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "sorry "+httpkit.RequestID(r.Context()), 500)
		}}
	h := log.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic("secret detail") }))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/bg-omni/track/s3cr3t-token/messages?lang=bg&q=privately", nil))
	if rec.Code != 500 || strings.Contains(rec.Body.String(), "secret detail") {
		t.Errorf("answer %d %q tells the panic", rec.Code, rec.Body.String())
	}
	id := rec.Header().Get("X-Request-Id")
	if id == "" || !strings.Contains(rec.Body.String(), id) {
		t.Errorf("the answer %q lacks the request id %q", rec.Body.String(), id)
	}
	text := out.String()
	if strings.Contains(text, "s3cr3t-token") || strings.Contains(text, "privately") {
		t.Errorf("the log tells secrets:\n%s", text)
	}
	if !strings.Contains(text, "/bg-omni/track/…/messages") || !strings.Contains(text, "secret detail") {
		t.Errorf("the log lacks the path or the panic:\n%s", text)
	}
}

func TestHeaders(t *testing.T) {
	h := httpkit.Headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	for path, referrer := range map[string]string{"/bg-omni/": "same-origin", "/bg-omni/track/abc": "no-referrer"} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		csp := rec.Header().Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe-inline") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if got := rec.Header().Get("Referrer-Policy"); got != referrer {
			t.Errorf("%s: Referrer-Policy %q, want %q", path, got, referrer)
		}
		if rec.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", path)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	wrap, err := httpkit.SameOrigin([]string{"https://shop.example"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	for _, c := range []struct {
		name, method, site, origin string
		want                       int
	}{
		{"own form", "POST", "same-origin", "", 200},
		{"other site's form", "POST", "cross-site", "https://evil.example", 403},
		{"other site's origin alone", "POST", "", "https://evil.example", 403},
		{"trusted origin", "POST", "cross-site", "https://shop.example", 200},
		{"reading is free", "GET", "cross-site", "", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/staff/claims", nil)
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			if rec.Code != c.want {
				t.Errorf("status %d, want %d", rec.Code, c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	h := httpkit.Chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(httpkit.Status(err))
		}
	}), httpkit.BodyLimit(8), httpkit.Limit(2, time.Hour, httpkit.Proxies{}, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(429) }))
	send := func(peer, body string) int {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.RemoteAddr = peer
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Code
	}
	if got := send("1.1.1.1:1", "short"); got != 200 {
		t.Errorf("first: %d", got)
	}
	if got := send("1.1.1.1:2", "much too long a body"); got != 413 {
		t.Errorf("long body: %d", got)
	}
	if got := send("1.1.1.1:3", "short"); got != 429 {
		t.Errorf("third of a client: %d", got)
	}
	if got := send("2.2.2.2:1", "short"); got != 200 {
		t.Errorf("another client: %d", got)
	}
}

func TestCookies(t *testing.T) {
	proxies, err := httpkit.ParseProxies([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	cookies := httpkit.Cookies{Proxies: proxies}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "127.0.0.1:9"
	r.Header.Set("X-Forwarded-Proto", "https")
	rec := httptest.NewRecorder()
	cookies.SetSession(rec, r, "token", time.Hour)
	cookies.SetFlash(rec, r, httpkit.Flash{Kind: "good", Key: "flash.saved", Args: map[string]string{"number": "№ 1"}})
	next := httptest.NewRequest("GET", "/", nil)
	for _, c := range rec.Result().Cookies() {
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s is open: %+v", c.Name, c)
		}
		next.AddCookie(c)
	}
	if got := cookies.Session(next); got != "token" {
		t.Errorf("Session = %q", got)
	}
	after := httptest.NewRecorder()
	f := cookies.TakeFlash(after, next)
	if f == nil || f.Key != "flash.saved" || f.Args["number"] != "№ 1" {
		t.Fatalf("TakeFlash = %+v", f)
	}
	if c := after.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("the flash was not dropped: %+v", c)
	}
	planted := httptest.NewRequest("GET", "/", nil)
	planted.AddCookie(&http.Cookie{Name: "talon_flash", Value: "not-base64!"})
	if f := cookies.TakeFlash(httptest.NewRecorder(), planted); f != nil {
		t.Errorf("a broken flash was read: %+v", f)
	}
}

func TestLanguage(t *testing.T) {
	offered := []string{"bg", "en", "ru"}
	for _, c := range []struct{ name, query, cookie, header, want string }{
		{"nothing known: the retailer's first", "", "", "", "bg"},
		{"asked for", "?lang=ru", "en", "en", "ru"},
		{"chosen before", "", "en", "ru", "en"},
		{"browser's", "", "", "de-DE, ru-RU;q=0.8, en;q=0.5", "ru"},
		{"none offered", "", "", "de, fr", "bg"},
		{"not offered in the address", "?lang=de", "", "en", "en"},
		{"garbage", "", "", ";;;=", "bg"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/"+c.query, nil)
			if c.cookie != "" {
				r.AddCookie(&http.Cookie{Name: "talon_lang", Value: c.cookie})
			}
			if c.header != "" {
				r.Header.Set("Accept-Language", c.header)
			}
			if got := (httpkit.Cookies{}).Language(r, offered); got != c.want {
				t.Errorf("Language = %q, want %q", got, c.want)
			}
		})
	}
}
