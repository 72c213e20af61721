package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// post and get are calls of the API in one line.
func post(path, key, body string) call {
	return call{method: http.MethodPost, path: path, key: key, body: body}
}

func get(path, key string) call { return call{method: http.MethodGet, path: path, key: key} }

// TestLoanersByAPI lends a device of the pool by programs and the customer's
// link. Walks: RU-20.2.
func TestLoanersByAPI(t *testing.T) {
	w := newWorld(t, wide)
	clerk, boss := w.key("ru-omsk", care.Clerk), w.key("ru-omsk", care.Manager)
	places, err := w.desk.Places(t.Context(), "ru-omsk")
	if err != nil {
		t.Fatal(err)
	}
	at := places[0].ID
	loaner := w.want(http.StatusCreated, post("/loaners", boss, `{"category": "phone", "brand": "Nokia", "model": "105", "serial": "POOL-1", "condition": "new", "place": "`+at+`"}`)).str("id")
	w.want(http.StatusForbidden, post("/loaners", clerk, `{"category": "phone", "brand": "x", "model": "x", "serial": "POOL-2", "condition": "x", "place": "`+at+`"}`))
	got := w.want(http.StatusCreated, post("/requests", clerk, `{"kind": "warranty_service", "channel": "portal", "lang": "ru", "text": "Не включается",
		"customer": {"name": "Анна Пробная", "phone": "+7 900 000 0001"}, "documents": ["receipt", "warranty_card"],
		"device": {"category": "phone", "brand": "Honor", "model": "200", "serial": "API-LENT-1", "sold_on": "2026-01-15", "warranty": {"months": 12, "issuer": "manufacturer"}}}`))
	claim, token := got.str("claim.id"), got.str("tracking.token")

	before := w.want(http.StatusOK, call{method: http.MethodGet, path: "/track/" + token + "/loans", lang: "ru"})
	if before.body["may_demand"] != true || before.str("due") != "2026-03-13" {
		t.Errorf("what the customer may demand: %s", before.raw)
	}
	asked := w.want(http.StatusCreated, post("/track/"+token+"/loans", "", `{"note": "нужен телефон"}`))
	loan := asked.str("items.0.id")
	if asked.str("items.0.state") != "asked" || asked.body["may_demand"] != false || asked.str("why") == "" {
		t.Errorf("demanded: %s", asked.raw)
	}
	w.want(http.StatusConflict, post("/claims/"+claim+"/loans", clerk, `{}`))
	w.want(http.StatusOK, post("/loans/"+loan+"/lend", clerk, `{"loaner": "`+loaner+`"}`))
	if out := w.want(http.StatusOK, get("/loans?state=out", clerk)); out.str("items.0.loaner.serial") != "POOL-1" {
		t.Errorf("what is out: %s", out.raw)
	}
	w.want(http.StatusConflict, post("/loaners/"+loaner+"/write-off", boss, `{"state": "withdrawn", "reason": "old"}`))
	if back := w.want(http.StatusOK, post("/loans/"+loan+"/return", clerk, `{"condition": "as new"}`)); back.str("state") != "returned" {
		t.Errorf("returned: %s", back.raw)
	}
	if pool := w.want(http.StatusOK, get("/loaners?state=free&category=phone", clerk)); pool.str("items.0.condition") != "as new" {
		t.Errorf("the pool: %s", pool.raw)
	}
	w.want(http.StatusOK, post("/loaners/"+loaner+"/write-off", boss, `{"state": "lost", "reason": "stolen from the shop"}`))
	w.want(http.StatusNotFound, get("/claims/none/loans", clerk))
}

// TestRecoveryByAPI claims by a program what a repair on the maker's card
// cost; the customer is not told what it cost. Walks: B2.
func TestRecoveryByAPI(t *testing.T) {
	w := newWorld(t, wide)
	boss := w.key("bg-omni", care.Manager)
	got := w.want(http.StatusCreated, post("/requests", boss, strings.Replace(examples["submit-request"], "{", `{"basis": "warranty", `, 1)))
	claim := got.str("claim.id")
	do := func(name, body string) reply {
		return w.want(http.StatusOK, post("/claims/"+claim+"/commands/"+name, boss, body))
	}
	do("accept", `{"place": "omni-service", "documents": ["receipt", "invoice", "warranty_card", "return_request"]}`)
	do("diagnose", examples["claim-diagnose"])
	do("start_repair", `{}`)
	done := do("finish_repair", `{"kind": "hardware", "work": "Board replaced", "labour": {"amount": "30.00", "currency": "EUR"}, "parts": [{"part": "mainboard", "price": {"amount": "99.90", "currency": "EUR"}}]}`)
	if done.str("repair.labour.amount") != "30.00" || done.str("repair.parts.0.price.amount") != "99.90" {
		t.Errorf("the repair: %s", done.raw)
	}
	seen := w.want(http.StatusOK, get("/track/"+got.str("tracking.token"), ""))
	if strings.Contains(string(seen.raw), "99.90") || strings.Contains(string(seen.raw), `"labour"`) {
		t.Errorf("the customer is told what it cost: %s", seen.raw)
	}
	lines := w.want(http.StatusOK, get("/recoveries?state=open", boss))
	if n := len(lines.body["items"].([]any)); n != 2 {
		t.Fatalf("%d lines: %s", n, lines.raw)
	}
	w.want(http.StatusCreated, post("/recoveries", boss, fmt.Sprintf(`{"claim": %q, "kind": "transport", "what": "parking", "amount": {"amount": "2.00", "currency": "EUR"}}`, claim)))
	w.want(http.StatusUnprocessableEntity, post("/recoveries", boss, fmt.Sprintf(`{"claim": %q, "kind": "transport", "what": "x", "amount": {"amount": "2.00", "currency": "BGN"}}`, claim)))
	batch := w.want(http.StatusCreated, post("/recovery-batches", boss, `{"supplier": "`+lines.str("items.0.supplier")+`"}`)).str("id")
	w.want(http.StatusOK, post("/recovery-batches/"+batch+"/drop", boss, ""))
	batch = w.want(http.StatusCreated, post("/recovery-batches", boss, `{"supplier": "`+lines.str("items.0.supplier")+`"}`)).str("id")
	w.want(http.StatusOK, post("/recovery-batches/"+batch+"/send", boss, ""))
	w.want(http.StatusConflict, post("/recovery-batches/"+batch+"/drop", boss, ""))
	for _, l := range w.want(http.StatusOK, get("/recovery-batches/"+batch, boss)).body["lines"].([]any) {
		w.want(http.StatusOK, post("/recoveries/"+l.(map[string]any)["id"].(string)+"/answer", boss, `{"agreed": {"amount": "1.00", "currency": "EUR"}, "reason": "our list"}`))
	}
	w.want(http.StatusOK, post("/recovery-batches/"+batch+"/pay", boss, `{"reference": "PAY-1"}`))
	if totals := w.want(http.StatusOK, get("/recoveries/totals?state=paid", boss)); totals.str("items.0.agreed.amount") != "3.00" {
		t.Errorf("totals: %s", totals.raw)
	}
	if list := w.want(http.StatusOK, get("/recovery-batches", boss)); list.str("items.0.state") != "paid" {
		t.Errorf("batches: %s", list.raw)
	}
	w.want(http.StatusForbidden, get("/recoveries", w.key("bg-omni", care.Clerk)))
}
