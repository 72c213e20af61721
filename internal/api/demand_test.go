package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// TestDemandByAPI demands a remedy with the request, by the customer's link and
// by a program: the law's term counts from it. Walks: RU-21.1, RU-22.
func TestDemandByAPI(t *testing.T) {
	w := newWorld(t, wide)
	clerk, boss := w.key("ru-omsk", care.Clerk), w.key("ru-omsk", care.Manager)
	request := func(serial, more string) reply {
		return w.want(http.StatusCreated, post("/requests", clerk, `{"kind": "warranty_service", "channel": "portal", "lang": "ru", "text": "Не включается",
			"customer": {"name": "Анна Пробная", "phone": "+7 900 000 0001"}, "documents": ["receipt", "warranty_card"]`+more+`,
			"device": {"category": "phone", "brand": "Honor", "model": "200", "serial": "`+serial+`", "sold_on": "2026-03-08",
				"price": {"amount": "40000.00", "currency": "RUB"}, "warranty": {"months": 12, "issuer": "manufacturer"}}}`))
	}
	due := func(r reply, name string) string {
		list, _ := r.body["deadlines"].([]any)
		if claim, ok := r.body["claim"].(map[string]any); ok {
			list, _ = claim["deadlines"].([]any)
		}
		for _, x := range list {
			if d, _ := x.(map[string]any); d["name"] == name && d["state"] == "open" {
				return d["due"].(string)
			}
		}
		return ""
	}
	first := request("API-WANT-1", `, "remedy": "replacement"`)
	if first.str("claim.demand.remedy") != "replacement" || due(first, "replacement") != "2026-03-30" {
		t.Errorf("with the request: %s", first.raw)
	}
	again := w.want(http.StatusOK, post("/claims/"+first.str("claim.id")+"/commands/demand_remedy", clerk, `{"remedy": "refund"}`))
	if again.str("demand.remedy") != "refund" || due(again, "refund") != "2026-03-20" || due(again, "replacement") != "" {
		t.Errorf("by a program: %s", again.raw)
	}
	w.want(http.StatusUnprocessableEntity, post("/claims/"+first.str("claim.id")+"/commands/demand_remedy", clerk, `{"remedy": "rescission"}`))
	w.want(http.StatusForbidden, post("/claims/"+first.str("claim.id")+"/commands/demand_remedy", w.key("ru-omsk", care.Technician), `{"remedy": "repair"}`))

	second := request("API-WANT-2", "")
	claim, token := second.str("claim.id"), second.str("tracking.token")
	if second.body["claim"].(map[string]any)["demand"] != nil {
		t.Errorf("a demand that nobody made: %s", second.raw)
	}
	actions, _ := second.body["claim"].(map[string]any)["actions"].([]any)
	for _, a := range actions {
		if x := a.(map[string]any); x["command"] == "demand_remedy" {
			options := x["fields"].([]any)[0].(map[string]any)["options"]
			if got := fmt.Sprint(options); got != "[repair replacement refund price_reduction]" {
				t.Errorf("to choose from: %s", got)
			}
		}
	}
	asked := w.want(http.StatusOK, post("/track/"+token+"/commands/demand_remedy", "", `{"remedy": "replacement"}`))
	shown := w.want(http.StatusOK, get("/claims/"+claim, boss))
	if shown.str("claim.demand.remedy") != "replacement" || shown.str("claim.demand.by") != "customer" || due(shown, "replacement") != "2026-03-30" {
		t.Errorf("by the link: %s\n%s", asked.raw, shown.raw)
	}
}

// TestLoanerTermByAPI shows the loaner's term among the claim's deadlines and
// stops it when the customer takes the demand back. Walks: RU-20.2.
func TestLoanerTermByAPI(t *testing.T) {
	w := newWorld(t, wide)
	clerk := w.key("ru-omsk", care.Clerk)
	got := w.want(http.StatusCreated, post("/requests", clerk, `{"kind": "warranty_service", "channel": "portal", "lang": "ru", "text": "Не включается",
		"customer": {"name": "Анна Пробная", "phone": "+7 900 000 0001"}, "documents": ["receipt", "warranty_card"],
		"device": {"category": "phone", "brand": "Honor", "model": "200", "serial": "API-TERM-1", "sold_on": "2026-01-15", "warranty": {"months": 12, "issuer": "manufacturer"}}}`))
	claim, token := got.str("claim.id"), got.str("tracking.token")
	term := func() (due, state, reason string) {
		r := w.want(http.StatusOK, get("/claims/"+claim, clerk))
		for _, x := range r.body["claim"].(map[string]any)["deadlines"].([]any) {
			if d := x.(map[string]any); d["name"] == "loaner" {
				reason, _ = d["reason"].(string)
				return d["due"].(string), d["state"].(string), reason
			}
		}
		return "", "", ""
	}
	for _, take := range []func(loan string) call{
		func(loan string) call { return post("/track/"+token+"/loans/"+loan+"/withdraw", "", "") },
		func(loan string) call {
			return post("/loans/"+loan+"/withdraw", clerk, `{"note": "found one at home"}`)
		},
	} {
		asked := w.want(http.StatusCreated, post("/track/"+token+"/loans", "", `{}`))
		list := asked.body["items"].([]any)
		loan := list[len(list)-1].(map[string]any)
		if due, state, _ := term(); due != loan["due"] || state != "open" {
			t.Errorf("the claim has %s %s, the loan %v", due, state, loan["due"])
		}
		w.want(http.StatusOK, take(loan["id"].(string)))
		if _, state, reason := term(); state != "stopped" || reason != "deadline.loaner_not_wanted" {
			t.Errorf("taken back: %s, %s", state, reason)
		}
		w.want(http.StatusConflict, post("/loans/"+loan["id"].(string)+"/withdraw", clerk, `{}`))
	}
}
