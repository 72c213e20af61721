package api

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

const question = `{"kind": "consultation", "channel": "phone", "text": "Колко струва?", "customer": {"name": "Иван", "phone": "+359 2 900 0009"}}`

func TestAWriteWithAKeyIsDoneOnce(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Clerk)
	again := map[string]string{keyHeader: "order-1"}
	first := w.want(201, call{method: "POST", path: "/requests", key: key, body: question, header: again})
	second := w.want(201, call{method: "POST", path: "/requests", key: key, body: question, header: again, lang: "ru"})
	if !bytes.Equal(first.raw, second.raw) || second.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("not the same answer:\n%s\n%s", first.raw, second.raw)
	}
	for _, h := range []string{"Location", "Content-Type"} {
		if first.header.Get(h) == "" || first.header.Get(h) != second.header.Get(h) {
			t.Errorf("%s: %q, %q", h, first.header.Get(h), second.header.Get(h))
		}
	}
	if n := w.requests(key); n != 1 {
		t.Errorf("%d requests", n)
	}

	other := w.want(422, call{method: "POST", path: "/requests", key: key, body: strings.Replace(question, "Колко", "Какво", 1), header: again})
	if other.str("key") != "key_reused" || other.str("errors.0.parameter") != keyHeader {
		t.Errorf("another body: %s", other.raw)
	}
	path := "/requests/" + first.str("request.id") + "/close"
	if r := w.want(422, call{method: "POST", path: path, key: key, header: again}); r.str("key") != "key_reused" {
		t.Errorf("another address: %s", r.raw)
	}
	if r := w.want(201, call{method: "POST", path: "/requests", key: w.key("bg-omni", care.Manager), body: question, header: again}); r.str("request.id") == first.str("request.id") {
		t.Error("another program got the answer")
	}
	if n := w.requests(key); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func (w *world) requests(key string) int {
	w.t.Helper()
	return len(w.want(200, call{method: "GET", path: "/requests", key: key}).at("items").([]any))
}

// A refusal is an answer too; a request that is no good at all leaves its key free.
func TestARefusalIsReplayedAndABadRequestIsNot(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	w.sell(key, omniLaptop)
	h := map[string]string{keyHeader: "sale"}
	w.want(422, call{method: "POST", path: "/sales", key: key, body: `{"brand": "x"}`, header: h})
	for i := range 2 {
		r := w.want(409, call{method: "POST", path: "/sales", key: key, body: omniLaptop, header: h})
		if r.str("key") != "sale_known" || (r.header.Get("Idempotency-Replayed") == "true") != (i == 1) {
			t.Errorf("%v %s", r.header, r.raw)
		}
	}
	w.want(422, call{method: "POST", path: "/requests", key: key, body: question, header: map[string]string{keyHeader: strings.Repeat("k", 201)}})
}

func TestAWriteInFlightIsRefused(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Clerk)
	actor, err := w.desk.AuthenticateKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	// What a first request leaves behind while it runs.
	if _, err := w.desk.Begin(t.Context(), actor, "slow", "another"); err != nil {
		t.Fatal(err)
	}
	if r := w.want(422, call{method: "POST", path: "/requests", key: key, body: question, header: map[string]string{keyHeader: "slow"}}); r.str("key") != "key_reused" {
		t.Errorf("%s", r.raw)
	}

	var wg sync.WaitGroup
	results := make([]int, 8)
	for i := range results {
		wg.Go(func() {
			results[i] = w.do(call{method: "POST", path: "/requests", key: key, body: question, header: map[string]string{keyHeader: "race"}}).status
		})
	}
	wg.Wait()
	for _, status := range results {
		if status != 201 && status != 409 {
			t.Errorf("status %d", status)
		}
	}
	if n := w.requests(key); n != 1 {
		t.Errorf("%d requests out of one write sent eight times", n)
	}
}

// What the database keeps of an answer does not give its secrets away.
func TestKeptAnswersAreSealed(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Clerk)
	r := w.want(201, call{method: "POST", path: "/requests", key: key, body: question, header: map[string]string{keyHeader: "secret"}})
	actor, err := w.desk.AuthenticateKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	kept := w.kept(actor, "secret")
	if len(kept) == 0 || bytes.Contains(kept, []byte(r.str("tracking.token"))) || bytes.Contains(kept, []byte("Колко")) {
		t.Errorf("kept in clear: %q", kept)
	}
	if _, err := open("another secret", "h", kept); err == nil {
		t.Error("opened by another secret")
	}
}

func (w *world) kept(actor care.Actor, key string) []byte {
	w.t.Helper()
	var body []byte
	err := w.store.View(w.t.Context(), func(tx tx) error {
		i, err := tx.Idempotent(w.t.Context(), actor.Retailer, actor.ID, key)
		body = i.Body
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return body
}

// The customer's writes by the tracking link are done once as well.
func TestATrackedWriteIsDoneOnce(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Clerk)
	r := w.want(201, call{method: "POST", path: "/requests", key: key, body: question})
	path := "/track/" + r.str("tracking.token")
	h := map[string]string{keyHeader: "hello"}
	for range 2 {
		w.want(201, call{method: "POST", path: path + "/messages", body: `{"text": "Ало?"}`, header: h})
	}
	if n := len(w.want(200, call{method: "GET", path: path}).at("request.thread").([]any)); n != 1 {
		t.Errorf("%d messages", n)
	}
	w.want(404, call{method: "POST", path: "/track/AAAAAAAAAAAAAAAAAAAAAA/messages", body: `{"text": "Ало?"}`, header: h})
}
