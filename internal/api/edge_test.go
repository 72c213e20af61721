package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// What a request may be wrong in, and what it is told.
func TestWrongBodies(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	w.sell(key, omniLaptop)
	l := w.open(key, omniRequest)
	commands := "/claims/" + l.number + "/commands/"
	cases := []struct {
		name, path, body string
		status           int
		key, pointer     string
	}{
		{"no body", "/requests", "", 400, "body_required", ""},
		{"only spaces", "/requests", "  \n", 400, "body_required", ""},
		{"no JSON", "/requests", `{"kind": warranty}`, 400, "bad_json", ""},
		{"cut off", "/requests", `{"kind": "consultation"`, 400, "bad_json", ""},
		{"two values", "/requests", `{} {}`, 400, "bad_json", ""},
		{"a key twice", "/requests", `{"kind": "consultation", "kind": "documentation"}`, 400, "duplicate_key", ""},
		{"a list", "/requests", `[]`, 422, "wrong_type", ""},
		{"unknown field", "/requests", `{"kind": "consultation", "text": "?", "customer": {"name": "A", "phone": "0890 000 001", "age": 3}}`, 422, "unknown_field", "/customer/age"},
		{"misspelt field", "/requests", `{"kind": "consultation", "txt": "?", "customer": {"name": "A", "phone": "0890 000 001"}}`, 422, "unknown_field", "/txt"},
		{"missing field", "/requests", `{"kind": "consultation", "text": "?"}`, 422, "required", "/customer"},
		{"missing inside", "/requests", `{"kind": "consultation", "customer": {"phone": "0890 000 001"}}`, 422, "required", "/customer/name"},
		{"wrong type", "/requests", `{"kind": "consultation", "customer": {"name": 7, "phone": "0890 000 001"}}`, 422, "wrong_type", "/customer/name"},
		{"wrong type in a list", commands + "accept", `{"place": "omni-shop-sofia", "accessories": ["bag", 1]}`, 422, "wrong_type", "/accessories/1"},
		{"null", commands + "add_note", `{"text": null}`, 422, "wrong_type", "/text"},
		{"no word", "/requests", `{"kind": "complaint", "customer": {"name": "A", "phone": "0890 000 001"}}`, 422, "unknown_value", "/kind"},
		{"no word in a list", commands + "record_documents", `{"documents": ["receipt", "passport"]}`, 422, "unknown_value", "/documents/1"},
		{"no date", "/sales", `{"category": "phone", "brand": "A", "serial": "1", "date": "2026-02-30"}`, 422, "wrong_format", "/date"},
		{"no instant", commands + "await_parts", `{"parts": ["x"], "expected": "tomorrow"}`, 422, "wrong_format", "/expected"},
		{"a number for a sum", commands + "offer_estimate", `{"amount": {"amount": 10.5, "currency": "EUR"}, "work": "x"}`, 422, "wrong_type", "/amount/amount"},
		{"no sum", commands + "offer_estimate", `{"amount": {"amount": "10,5", "currency": "EUR"}, "work": "x"}`, 422, "wrong_format", "/amount/amount"},
		{"too precise a sum", commands + "offer_estimate", `{"amount": {"amount": "10.555", "currency": "EUR"}, "work": "x"}`, 422, "bad_amount", "/amount"},
		{"unknown currency", "/sales", `{"category": "phone", "brand": "A", "serial": "1", "date": "2026-02-03", "price": {"amount": "1", "currency": "XXX"}}`, 422, "bad_amount", "/price"},
		{"empty text", commands + "add_note", `{"text": ""}`, 422, "too_short", "/text"},
		{"too long a text", commands + "refuse", `{"text": "` + strings.Repeat("я", 5001) + `"}`, 422, "too_long", "/text"},
		{"empty list", commands + "acknowledge", `{"ids": []}`, 422, "too_short", "/ids"},
		{"out of range", "/sales", `{"category": "phone", "brand": "A", "serial": "1", "date": "2026-02-03", "warranty": {"months": -1}}`, 422, "out_of_range", "/warranty/months"},
		{"the domain: contact", "/requests", `{"kind": "consultation", "text": "?", "customer": {"name": "A"}}`, 422, "contact_required", "/customer/phone"},
		{"the domain: e-mail", "/requests", `{"kind": "consultation", "text": "?", "customer": {"name": "A", "email": "a b"}}`, 422, "bad_email", "/customer/email"},
		{"the domain: no device", "/requests", `{"kind": "warranty_service", "customer": {"name": "A", "phone": "0890 000 001"}}`, 422, "required", "/identity"},
		{"the domain: device", "/requests", `{"kind": "warranty_service", "customer": {"name": "A", "phone": "0890 000 001"}, "device": {"category": "phone", "brand": "A"}}`, 422, "required", "/device/serial"},
		{"the domain: fact", commands + "record_answers", `{"facts": [{"fact": "unit.lock_active", "value": "no"}, {"fact": "sale.date", "value": "yesterday"}]}`, 422, "bad_fact", "/facts/0/value"},
		{"the domain: fact of a request", "/requests", `{"kind": "warranty_service", "customer": {"name": "A", "phone": "0890 000 001"}, "device": {"category": "phone", "brand": "A", "serial": "Z9"},
			"facts": [{"fact": "unit.personal_use", "value": "true"}, {"fact": "unit.lock_active", "value": "no"}]}`, 422, "bad_fact", "/facts/1/value"},
		{"the domain: place", commands + "accept", `{"place": "nowhere"}`, 422, "no_place", "/place"},
		{"the domain: sale", "/sales", `{"category": "phone", "brand": "A", "date": "2026-02-03"}`, 422, "required", "/serial"},
		{"the domain: delivered", "/sales", `{"category": "phone", "brand": "A", "serial": "1", "date": "2026-02-03", "delivered": "2026-02-01"}`, 422, "before_sale", "/delivered"},
		{"the domain: shop", "/sales", `{"category": "phone", "brand": "A", "serial": "1", "date": "2026-02-03", "shop": "x"}`, 422, "no_place", "/shop"},
	}
	before := w.events(l)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.do(call{method: "POST", path: c.path, key: key, body: c.body})
			if r.status != c.status || r.str("key") != c.key {
				t.Fatalf("%d %s, want %d %s: %s", r.status, r.str("key"), c.status, c.key, r.raw)
			}
			if c.key != "body_required" && r.str("errors.0.pointer") != c.pointer {
				t.Errorf("pointer %q, want %q", r.str("errors.0.pointer"), c.pointer)
			}
			if ct := r.header.Get("Content-Type"); ct != problemType {
				t.Errorf("content type %s", ct)
			}
		})
	}
	if after := w.events(l); after != before {
		t.Errorf("something was stored: %d events, before %d", after, before)
	}
}

func (w *world) events(l *life) int {
	w.t.Helper()
	return len(w.want(200, call{method: "GET", path: "/claims/" + l.number + "/events", key: l.key}).at("items").([]any))
}

func TestBadJSONIsToldByItsByte(t *testing.T) {
	w := newWorld(t, wide)
	r := w.want(400, call{method: "POST", path: "/requests", key: w.key("bg-omni", care.Clerk), lang: "ru", body: `{"kind": "x",, }`})
	if r.at("errors.0.offset") != 14.0 || !strings.Contains(r.str("detail"), "14") {
		t.Errorf("%s", r.raw)
	}
}

func TestEveryFaultOfABodyIsTold(t *testing.T) {
	w := newWorld(t, wide)
	r := w.want(422, call{method: "POST", path: "/requests", key: w.key("bg-omni", care.Clerk),
		body: `{"kind": "x", "lang": 1, "customer": {"name": "", "zip": "1"}}`})
	var got []string
	for _, e := range r.at("errors").([]any) {
		e := e.(map[string]any)
		got = append(got, e["pointer"].(string)+" "+e["key"].(string))
	}
	if want := "[/customer/name too_short /customer/zip unknown_field /kind unknown_value /lang wrong_type]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestParameters(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	cases := []struct {
		name, path, key, parameter string
	}{
		{"unknown", "/claims?stat=ready", "unknown_parameter", "stat"},
		{"no word", "/claims?state=lost", "bad_parameter", "state"},
		{"no number", "/claims?limit=many", "bad_parameter", "limit"},
		{"too many", "/claims?limit=201", "bad_parameter", "limit"},
		{"no flag", "/claims?late=perhaps", "bad_parameter", "late"},
		{"missing", "/units", "parameter_required", "q"},
		{"too short", "/retailers/bg-omni/warranty?serial=1", "bad_parameter", "serial"},
		{"broken cursor", "/claims?cursor=%21", "bad_cursor", "cursor"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.want(422, call{method: "GET", path: c.path, key: key})
			if r.str("key") != c.key || r.str("errors.0.parameter") != c.parameter {
				t.Errorf("%s", r.raw)
			}
		})
	}
}

func TestEdgeOfHTTP(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	cases := []struct {
		name   string
		call   call
		status int
		key    string
	}{
		{"no such path", call{method: "GET", path: "/claim", unchecked: true}, 404, "no_route"},
		{"outside", call{method: "GET", path: "/../v2/claims", unchecked: true}, 404, "no_route"},
		{"no such method", call{method: "DELETE", path: "/claims/1", key: key, unchecked: true}, 405, "no_method"},
		{"no such command", call{method: "POST", path: "/claims/1/commands/decide", key: key, body: "{}", unchecked: true}, 404, "no_route"},
		{"form", call{method: "POST", path: "/requests", key: key, body: "kind=x", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, 415, "body_type"},
		{"too large", call{method: "POST", path: "/requests", key: key, body: `{"text": "` + strings.Repeat("x", int(wide.body)) + `"}`}, 413, "body_too_large"},
		{"no key", call{method: "GET", path: "/claims"}, 401, "key_required"},
		{"basic", call{method: "GET", path: "/claims", header: map[string]string{"Authorization": "Basic eDp5"}}, 401, "key_required"},
		{"unknown key", call{method: "GET", path: "/claims", key: "talon_x"}, 401, "key_unknown"},
		{"no retailer", call{method: "GET", path: "/retailers/nobody"}, 404, "no_retailer"},
		{"no retailer's places", call{method: "GET", path: "/retailers/nobody/places"}, 404, "no_retailer"},
		{"no unit", call{method: "GET", path: "/retailers/bg-omni/warranty?serial=XXXX"}, 404, "no_unit"},
		{"no claim", call{method: "GET", path: "/claims/RMA-2026-999999", key: key}, 404, "no_claim"},
		{"no request", call{method: "GET", path: "/requests/x", key: key}, 404, "no_request"},
		{"no link", call{method: "GET", path: "/track/AAAAAAAAAAAAAAAAAAAAAA"}, 404, "no_tracking"},
		{"no client", call{method: "POST", path: "/clients/x/disable", key: w.key("bg-omni", care.Administrator)}, 404, "no_client"},
		{"no user", call{method: "PATCH", path: "/users/x", key: w.key("bg-omni", care.Administrator), body: `{"disabled": true}`}, 404, "no_user"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.do(c.call)
			if r.status != c.status || r.str("key") != c.key {
				t.Errorf("%d %s", r.status, r.raw)
			}
			if r.header.Get("Content-Type") != problemType || r.header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", r.header)
			}
			if c.status == 401 && r.header.Get("WWW-Authenticate") == "" {
				t.Error("no WWW-Authenticate")
			}
			if c.status == 405 && r.header.Get("Allow") != "GET" {
				t.Errorf("Allow %q", r.header.Get("Allow"))
			}
		})
	}
}

// A browser's session is no way in: no other site can act by it.
func TestCookiesAreNotRead(t *testing.T) {
	w := newWorld(t, wide)
	if _, err := w.desk.CreateUser(t.Context(), care.System("bg-omni"), newManager); err != nil {
		t.Fatal(err)
	}
	token, _, err := w.desk.SignIn(t.Context(), newManager.Email, newManager.Password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"session", "talon_session", "__Host-session"} {
		w.want(401, call{method: "GET", path: "/claims", header: map[string]string{"Cookie": name + "=" + token}})
	}
	w.want(401, call{method: "GET", path: "/claims", key: token})
}

func TestPublicOperationsAreLimited(t *testing.T) {
	lim := wide
	lim.public, lim.all, lim.window = 3, 8, time.Hour // no minute ends while it runs
	w := newWorld(t, lim)
	key := w.key("bg-omni", care.Manager)
	for range 3 {
		w.want(200, call{method: "GET", path: "/retailers"})
	}
	r := w.want(429, call{method: "GET", path: "/retailers/bg-omni", lang: "bg"})
	if r.str("code") != "too_many" || r.header.Get("Retry-After") == "" {
		t.Errorf("%v %s", r.header, r.raw)
	}
	for range 4 {
		w.want(200, call{method: "GET", path: "/me", key: key})
	}
	w.want(429, call{method: "GET", path: "/me", key: key})
}

func TestProblemsSpeakTheReadersLanguage(t *testing.T) {
	w := newWorld(t, wide)
	for lang, want := range map[string]string{"": "Not found", "en-GB": "Not found", "ru": "Не найдено", "bg-BG, en;q=0.5": "Не е намерено", "fr": "Not found"} {
		r := w.want(404, call{method: "GET", path: "/retailers/nobody", lang: lang})
		if r.str("title") != want {
			t.Errorf("%q: %q, want %q", lang, r.str("title"), want)
		}
		if got := r.header.Get("Content-Language"); lang != "" && !strings.HasPrefix(lang, got) && lang != "fr" {
			t.Errorf("%q: Content-Language %q", lang, got)
		}
	}
}

// A claim that has moved on since it was seen is left alone.
func TestIfMatch(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	w.sell(key, omniLaptop)
	l := w.open(key, omniRequest)
	path := "/claims/" + l.number + "/commands/add_note"
	seen := l.show().header.Get("ETag")
	note := func(match string) reply {
		return w.do(call{method: "POST", path: path, key: key, body: `{"text": "x"}`, header: map[string]string{"If-Match": match}})
	}
	first := note(seen)
	if first.status != 200 || first.header.Get("ETag") == seen {
		t.Fatalf("%d %s", first.status, first.header.Get("ETag"))
	}
	if r := note(seen); r.status != 412 || r.str("key") != "claim_moved_on" || r.str("code") != "precondition" {
		t.Errorf("an old version was taken: %s", r.raw)
	}
	if r := note("*"); r.status != 200 {
		t.Errorf("any version: %s", r.raw)
	}
	for _, bad := range []string{`"x"`, "3", `W/"3"`, `"0"`, `"99999999999999999999"`} {
		if r := note(bad); r.status != 422 || r.str("errors.0.parameter") != "If-Match" {
			t.Errorf("%s: %s", bad, r.raw)
		}
	}
}

func TestWorkListPagesAndCounts(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("ru-omsk", care.Manager)
	for i := range 5 {
		w.sell(key, fmt.Sprintf(`{"category": "tv", "brand": "LG", "serial": "TV-%d", "date": "2026-01-15", "warranty": {"months": 12}}`, i))
		w.open(key, fmt.Sprintf(`{"kind": "warranty_service", "identity": "TV-%d", "customer": {"name": "Ян %d", "phone": "+7 900 000-03-0%d"}}`, i, i, i))
	}
	var seen []string
	next := ""
	for range 5 {
		r := w.want(200, call{method: "GET", path: "/claims?limit=2&open=true&cursor=" + next, key: key})
		for _, item := range r.at("items").([]any) {
			seen = append(seen, item.(map[string]any)["number"].(string))
		}
		if next = r.str("next"); next == "" {
			break
		}
	}
	if len(seen) != 5 {
		t.Errorf("pages hold %v", seen)
	}
	w.clock.add(60 * 24 * time.Hour)
	counts := w.want(200, call{method: "GET", path: "/claims/counts", key: key})
	if counts.at("late") != 5.0 || counts.at("by_state.submitted") != 5.0 {
		t.Errorf("%s", counts.raw)
	}
	late := w.want(200, call{method: "GET", path: "/claims?late=true&state=submitted,accepted&q=tv-3", key: key})
	if len(late.at("items").([]any)) != 1 || late.at("items.0.late") != true {
		t.Errorf("%s", late.raw)
	}
	if r := w.want(200, call{method: "GET", path: "/claims?state=closed", key: key}); len(r.at("items").([]any)) != 0 || r.at("items") == nil {
		t.Errorf("an empty list is not []: %s", r.raw)
	}
	units := w.want(200, call{method: "GET", path: "/units?q=TV-3&limit=1", key: key})
	if units.str("items.0.unit.serial") != "TV-3" {
		t.Errorf("%s", units.raw)
	}
}

func TestHead(t *testing.T) {
	w := newWorld(t, wide)
	res, err := w.http.Client().Head(w.http.URL + Base + "/retailers")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
}
