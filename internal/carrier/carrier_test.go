package carrier_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/carrier"
	"github.com/talon-care/talon/money"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

var now = time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// company is a carrier's own server.
type company struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	seen   []map[string]any
	ids    []string
	answer func(n int, w http.ResponseWriter)
}

func newCompany(t *testing.T, answer func(n int, w http.ResponseWriter)) *company {
	c := &company{t: t, answer: answer}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verifier.VerifyIgnoringTimestamp(body, r.Header); err != nil {
			t.Errorf("signature: %v", err)
		}
		var m map[string]any
		if err := json.Unmarshal(body, &m); err != nil {
			t.Errorf("body: %v", err)
		}
		c.mu.Lock()
		c.seen, c.ids = append(c.seen, m), append(c.ids, r.Header.Get("webhook-id"))
		n := len(c.seen)
		c.mu.Unlock()
		c.answer(n, w)
	}))
	t.Cleanup(c.Close)
	return c
}

// calls are what the company was sent so far, and under which ids. A call that
// was given up may still be running, so it waits its turn.
func (c *company) calls() (seen []map[string]any, ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.seen), slices.Clone(c.ids)
}

func (c *company) carrier() *carrier.Webhook {
	c.t.Helper()
	w, err := carrier.New(carrier.Config{ID: "rapid", URL: c.URL, Secret: secret, Timeout: time.Minute, Attempts: 3, Pause: time.Millisecond, Now: clock})
	if err != nil {
		c.t.Fatal(err)
	}
	return w
}

func order() care.BookingOrder {
	return care.BookingOrder{Reference: "leg-1", Number: "RMA-2026-000001", From: care.Address{Name: "Магазин", Street: "ул. „Примерна“ 5"},
		To: care.Address{Name: "Мария Пробна", Phone: "+359 890 000 001", Settlement: "Бургас"}, Grams: 2400, Bulky: true,
		Worth: &money.Amount{Minor: 65000, Currency: "EUR"}, PickUp: calendar.MustDate("2026-03-13"), Payer: "seller"}
}

func TestBook(t *testing.T) {
	c := newCompany(t, func(_ int, w http.ResponseWriter) {
		_, _ = io.WriteString(w, `{"tracking": "BG100", "label": "L1", "promised_by": "2026-03-14T10:00:00Z"}`)
	})
	got, err := c.carrier().Book(t.Context(), order())
	if err != nil || got.Tracking != "BG100" || got.Label != "L1" || !got.PromisedBy.Equal(time.Date(2026, 3, 14, 10, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v, %v", got, err)
	}
	seen, _ := c.calls()
	data := seen[0]["data"].(map[string]any)
	for key, want := range map[string]any{"reference": "leg-1", "claim": "RMA-2026-000001", "weight_grams": 2400.0, "bulky": true,
		"declared_value": "650.00", "currency": "EUR", "pick_up_day": "2026-03-13", "payer": "seller"} {
		if data[key] != want {
			t.Errorf("%s: %v, want %v", key, data[key], want)
		}
	}
	if to := data["to"].(map[string]any); to["settlement"] != "Бургас" || seen[0]["type"] != "booking.requested" {
		t.Errorf("%v", seen[0])
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		answer  func(n int, w http.ResponseWriter)
		calls   int
		fails   bool
		refused bool
	}{
		{"an empty answer books without a number", func(_ int, w http.ResponseWriter) { w.WriteHeader(202) }, 1, false, false},
		{"busy twice, then taken", func(n int, w http.ResponseWriter) {
			if n < 3 {
				w.WriteHeader(503)
			}
		}, 3, false, false},
		{"busy all the time", func(_ int, w http.ResponseWriter) { w.WriteHeader(500) }, 3, true, false},
		{"refused once and for all", func(_ int, w http.ResponseWriter) { w.WriteHeader(422) }, 1, true, true},
		{"a wrong secret is the operator's to mend", func(_ int, w http.ResponseWriter) { w.WriteHeader(401) }, 3, true, false},
		{"a redirect is not followed", func(_ int, w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(307)
		}, 3, true, false},
		{"no JSON", func(_ int, w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") }, 1, true, false},
		{"endless", func(_ int, w http.ResponseWriter) { _, _ = io.WriteString(w, strings.Repeat(" ", 100<<10)) }, 3, true, false},
		{"hangs up", func(_ int, w http.ResponseWriter) { panic(http.ErrAbortHandler) }, 3, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			company := newCompany(t, c.answer)
			_, err := company.carrier().Book(t.Context(), order())
			seen, ids := company.calls()
			if (err != nil) != c.fails || errors.Is(err, care.ErrCarrierRefused) != c.refused || len(seen) < c.calls {
				t.Errorf("after %d calls: %v", len(seen), err)
			}
			for _, id := range ids {
				if id != ids[0] {
					t.Errorf("a repeated order has another id: %v", ids)
				}
			}
			if c.refused && len(seen) != 1 {
				t.Errorf("a refused order was repeated %d times", len(seen))
			}
		})
	}
}

func TestSlowCompanyIsGivenUp(t *testing.T) {
	done := make(chan struct{})
	c := newCompany(t, func(int, http.ResponseWriter) { <-done })
	defer close(done)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.carrier().Book(ctx, order()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestCancel(t *testing.T) {
	c := newCompany(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(204) })
	err := c.carrier().Cancel(t.Context(), "leg-1", "BG100")
	if seen, _ := c.calls(); err != nil || seen[0]["type"] != "booking.cancelled" {
		t.Errorf("%v, %v", seen, err)
	}
}

func TestNewRefuses(t *testing.T) {
	good := carrier.Config{ID: "rapid", URL: "https://courier.example/orders", Secret: secret, Now: clock}
	for name, change := range map[string]func(*carrier.Config){
		"id":       func(c *carrier.Config) { c.ID = "Rapid!" },
		"address":  func(c *carrier.Config) { c.URL = "file:///etc/passwd" },
		"secret":   func(c *carrier.Config) { c.Secret = "whsec_!" },
		"no key":   func(c *carrier.Config) { c.Secret = "" },
		"no clock": func(c *carrier.Config) { c.Now = nil },
	} {
		c := good
		change(&c)
		if _, err := carrier.New(c); err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(err.Error(), "whsec_!") {
			t.Errorf("%s: tells the secret: %v", name, err)
		}
	}
}

// reports is a server that takes reports in.
func reports(t *testing.T, take func(care.CarrierEvent) error) *httptest.Server {
	t.Helper()
	w, err := carrier.New(carrier.Config{ID: "rapid", URL: "https://courier.example", Secret: secret, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	hooks := carrier.NewHooks(carrier.Hooks{Take: func(_ context.Context, e care.CarrierEvent) error { return take(e) }, Now: clock,
		Log: slog.New(slog.DiscardHandler)}, w)
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/carriers/{carrier}", hooks)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

const good = `{"type": "shipment.collected", "timestamp": "2026-03-10T09:59:00Z", "data": {"reference": "leg-1", "tracking": "T1", "note": "x", "cost": {"amount": "6.10", "currency": "EUR"}}}`

func TestReports(t *testing.T) {
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	other, err := standardwebhooks.NewWebhook("whsec_" + strings.Repeat("QUJD", 8))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		path   string
		body   string
		at     time.Time
		signer *standardwebhooks.Webhook
		change func(h http.Header)
		takes  error
		status int
		taken  bool
	}{
		{name: "good", status: 204, taken: true},
		{name: "five minutes old", at: now.Add(-5 * time.Minute), status: 204, taken: true},
		{name: "too old: a copy of an earlier one", at: now.Add(-6 * time.Minute), status: 401},
		{name: "from the future", at: now.Add(6 * time.Minute), status: 401},
		{name: "another secret", signer: other, status: 401},
		{name: "no signature", change: func(h http.Header) { h.Del("webhook-signature") }, status: 401},
		{name: "another id", change: func(h http.Header) { h.Set("webhook-id", "msg_2") }, status: 401},
		{name: "another time", change: func(h http.Header) { h.Set("webhook-timestamp", strconv.FormatInt(now.Unix()+1, 10)) }, status: 401},
		{name: "another company", path: "/hooks/carriers/slow", status: 404},
		{name: "no JSON", body: "x", status: 400},
		{name: "no reference", body: `{"type": "shipment.collected", "data": {}}`, status: 400},
		{name: "a zero byte", body: `{"type": "shipment.collected", "data": {"reference": "a\u0000"}}`, status: 400},
		{name: "too long", body: `{"data": {"note": "` + strings.Repeat("x", 70<<10) + `"}}`, status: 413},
		{name: "unknown leg", takes: care.Fail(care.NotFound, "no_leg"), status: 404, taken: true},
		{name: "unknown kind", takes: care.Fail(care.Invalid, "unknown_value"), status: 400, taken: true},
		{name: "our fault", takes: errors.New("the database is away"), status: 500, taken: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got *care.CarrierEvent
			s := reports(t, func(e care.CarrierEvent) error { got = &e; return c.takes })
			if c.path == "" {
				c.path = "/hooks/carriers/rapid"
			}
			if c.body == "" {
				c.body = good
			}
			if c.at.IsZero() {
				c.at = now
			}
			if c.signer == nil {
				c.signer = signer
			}
			signature, err := c.signer.Sign("msg_1", c.at, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req, _ := http.NewRequest(http.MethodPost, s.URL+c.path, strings.NewReader(c.body))
			req.Header.Set("webhook-id", "msg_1")
			req.Header.Set("webhook-timestamp", strconv.FormatInt(c.at.Unix(), 10))
			req.Header.Set("webhook-signature", signature)
			if c.change != nil {
				c.change(req.Header)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			answer, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != c.status || (got != nil) != c.taken {
				t.Errorf("status %d, taken %v", resp.StatusCode, got)
			}
			if strings.Contains(string(answer), "database") {
				t.Errorf("tells too much: %s", answer)
			}
			if c.name == "good" && (got.ID != "msg_1" || got.Carrier != "rapid" || got.Leg != "leg-1" || got.Tracking != "T1" || got.Kind != care.CarrierCollected ||
				!got.At.Equal(now.Add(-time.Minute))) {
				t.Errorf("%+v", got)
			}
		})
	}
}
