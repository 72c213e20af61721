package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// life is one claim on its way through HTTP, by a program with a manager's
// key; every write carries a key of its own and the version that was seen.
type life struct {
	*world
	key    string
	number string
	etag   string
	token  string
	steps  int
}

func (l *life) idem() map[string]string {
	l.steps++
	h := map[string]string{keyHeader: fmt.Sprintf("%s-%d", l.t.Name(), time.Now().UnixNano()+int64(l.steps))}
	if l.etag != "" {
		h["If-Match"] = l.etag
	}
	return h
}

func (w *world) sell(key, body string) {
	w.t.Helper()
	w.want(201, call{method: "POST", path: "/sales", key: key, body: body})
}

func (w *world) open(key, body string) *life {
	w.t.Helper()
	l := &life{world: w, key: key}
	r := w.want(201, call{method: "POST", path: "/requests", key: key, body: body, header: l.idem()})
	l.number, l.token = r.str("claim.number"), r.str("tracking.token")
	if l.number == "" || len(l.token) != 22 {
		w.t.Fatalf("no claim, or no tracking link: %s", r.raw)
	}
	if got := w.want(200, call{method: "GET", path: strings.TrimPrefix(r.header.Get("Location"), Base), key: key}); got.str("request.number") != r.str("request.number") {
		w.t.Errorf("Location leads to %s", got.raw)
	}
	return l
}

// give gives a command a day after the last one, and wants a state after it.
func (l *life) give(name care.CommandName, body string, state care.State) reply {
	l.t.Helper()
	l.clock.add(4 * time.Hour)
	r := l.want(200, call{method: "POST", path: "/claims/" + l.number + "/commands/" + string(name), key: l.key, body: body, header: l.idem()})
	if got := r.str("state"); got != string(state) {
		l.t.Fatalf("%s: state %s, want %s: %s", name, got, state, r.raw)
	}
	l.etag = r.header.Get("ETag")
	return r
}

// choose is the customer's command by the tracking link.
func (l *life) choose(name care.CommandName, body string, state care.State) reply {
	l.t.Helper()
	l.clock.add(time.Hour)
	r := l.want(200, call{method: "POST", path: "/track/" + l.token + "/commands/" + string(name), body: body, header: map[string]string{keyHeader: "track-" + string(name)}})
	if got := r.str("state"); got != string(state) {
		l.t.Fatalf("%s: state %s, want %s: %s", name, got, state, r.raw)
	}
	l.etag = etag(int(r.at("version").(float64)))
	return r
}

func (l *life) show() reply {
	l.t.Helper()
	return l.want(200, call{method: "GET", path: "/claims/" + l.number, key: l.key})
}

// basis is what the shown decision says on one basis.
func basisOf(t *testing.T, r reply, basis string) map[string]any {
	t.Helper()
	list, _ := r.at("decision.bases").([]any)
	for _, b := range list {
		if m := b.(map[string]any); m["basis"] == basis {
			return m
		}
	}
	t.Fatalf("no basis %s in %s", basis, r.raw)
	return nil
}

func kinds(b map[string]any) []string {
	var out []string
	for _, r := range b["remedies"].([]any) {
		out = append(out, r.(map[string]any)["kind"].(string))
	}
	return out
}

func clauseRows(b map[string]any) []string {
	var out []string
	for _, c := range b["clauses"].([]any) {
		out = append(out, c.(map[string]any)["requirement"].(string))
	}
	return out
}

// checkEnd looks at a closed claim from every side.
func (l *life) checkEnd(outcome care.Outcome) {
	l.t.Helper()
	claim := l.show()
	if got := claim.str("claim.outcome"); got != string(outcome) {
		l.t.Errorf("outcome %s, want %s", got, outcome)
	}
	events := l.want(200, call{method: "GET", path: "/claims/" + l.number + "/events", key: l.key})
	if n := len(events.at("items").([]any)); float64(n) != claim.at("claim.version") {
		l.t.Errorf("%d events, version %v", n, claim.at("claim.version"))
	}
	if again := l.want(200, call{method: "GET", path: "/claims/" + l.number + "/recheck", key: l.key}); again.at("same") != true || len(again.at("items").([]any)) == 0 {
		l.t.Errorf("a decision comes out otherwise: %s", again.raw)
	}
	tracked := l.want(200, call{method: "GET", path: "/track/" + l.token, lang: "ru"})
	if tracked.str("claim.claim.number") != l.number {
		l.t.Errorf("the tracking link shows %s", tracked.raw)
	}
	unit := l.want(200, call{method: "GET", path: "/units/" + claim.str("claim.unit.id"), key: l.key})
	if unit.str("claims.0.number") == "" {
		l.t.Errorf("the unit shows no claim: %s", unit.raw)
	}
}

const omniLaptop = `{"category": "laptop", "brand": "Lenovo", "model": "ThinkPad X1", "serial": "PF2ABC77", "shop": "omni-shop-sofia",
	"date": "2025-06-02", "delivered": "2025-06-02", "receipt": "0001234", "price": {"amount": "1999.00", "currency": "BGN"}, "card_in_kit": true,
	"warranty": {"months": 24, "issuer": "manufacturer"}, "customer": {"name": "Мария Петрова", "phone": "+359 2 900 0001"}}`

const omniRequest = `{"kind": "warranty_service", "channel": "counter", "lang": "bg", "basis": "warranty", "identity": "pf2 abc-77",
	"customer": {"name": "Мария Петрова", "phone": "+359 2 900 0001"}, "documents": ["receipt", "warranty_card", "return_request"],
	"facts": [{"fact": "request.settlement", "value": "София"}]}`

// A laptop with three authorised repairs and a fourth failure: the customer
// may choose between another unit and the money (B11).
func TestLifeOfABulgarianLaptop(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	w.sell(key, omniLaptop)
	check := w.want(200, call{method: "GET", path: "/retailers/bg-omni/warranty?serial=PF2ABC77", lang: "bg"})
	first := check.str("covers.0.last_day")
	for range 3 {
		l := w.open(key, omniRequest)
		repair(l)
		l.checkEnd(care.OutcomeRepaired)
		w.clock.add(30 * 24 * time.Hour)
	}
	if again := w.want(200, call{method: "GET", path: "/retailers/bg-omni/warranty?serial=PF2ABC77"}); again.str("covers.0.last_day") <= first {
		t.Errorf("time in service did not prolong the warranty: %s, before %s", again.str("covers.0.last_day"), first)
	}

	l := w.open(key, omniRequest)
	l.give(care.CmdAccept, `{"place": "omni-shop-sofia", "condition": "scratches", "documents": ["receipt", "warranty_card", "return_request"]}`, care.Accepted)
	l.give(care.CmdRoute, `{"centre": "asus-sofia"}`, care.Accepted)
	l.give(care.CmdForward, `{"to": "asus-sofia", "carrier": "Еконт", "tracking": "E1"}`, care.Accepted)
	l.give(care.CmdReceive, `{"place": "asus-sofia"}`, care.Accepted)
	l.give(care.CmdStartDiagnosis, "", care.InDiagnosis)
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [], "failed_part": "mainboard"}}`, care.Decided)
	shown := basisOf(t, l.show(), "warranty")
	if k := kinds(shown); !slices.Contains(k, "replacement") || !slices.Contains(k, "refund") || !slices.Contains(clauseRows(shown), "B11") {
		t.Fatalf("fourth failure: remedies %v, clauses %v", k, clauseRows(shown))
	}
	l.choose(care.CmdChooseRemedy, `{"remedy": "refund"}`, care.Refunding)
	amount, _ := json.Marshal(l.show().at("claim.remedy.amount"))
	l.give(care.CmdApproveRefund, `{"amount": `+string(amount)+`}`, care.Refunding)
	l.give(care.CmdPayRefund, `{"reference": "PAY-1"}`, care.Refunding)
	if r := l.give(care.CmdClose, "", care.Closed); r.str("refund.paid_at") == "" {
		t.Errorf("not paid: %s", r.raw)
	}
	l.checkEnd(care.OutcomeRefunded)
}

// repair takes a claim of the laptop from the counter through an authorised
// centre and back.
func repair(l *life) {
	l.t.Helper()
	l.give(care.CmdAccept, `{"place": "omni-shop-sofia", "condition": "scratches", "accessories": ["charger"]}`, care.Accepted)
	l.give(care.CmdRoute, `{"centre": "asus-sofia"}`, care.Accepted)
	l.give(care.CmdForward, `{"to": "asus-sofia", "carrier": "Еконт"}`, care.Accepted)
	l.give(care.CmdReceive, `{"place": "asus-sofia"}`, care.Accepted)
	l.give(care.CmdStartDiagnosis, "{}", care.InDiagnosis)
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [], "failed_part": "mainboard"}}`, care.Decided)
	l.give(care.CmdChooseRemedy, `{"remedy": "repair"}`, care.Decided)
	l.give(care.CmdStartRepair, "", care.InRepair)
	l.give(care.CmdAwaitParts, `{"parts": ["mainboard"], "expected": "2026-12-20T12:00:00+02:00"}`, care.AwaitingParts)
	l.give(care.CmdPartsArrived, "", care.InRepair)
	l.give(care.CmdFinishRepair, `{"kind": "hardware", "work": "mainboard replaced", "parts": [{"part": "mainboard", "serial": "MB-2"}]}`, care.InRepair)
	l.give(care.CmdForward, `{"to": "omni-shop-sofia", "carrier": "Еконт"}`, care.InRepair)
	l.give(care.CmdReceive, `{"place": "omni-shop-sofia"}`, care.InRepair)
	l.give(care.CmdMarkReady, `{"told": "phone"}`, care.Ready)
	l.give(care.CmdHandOver, `{"proof": "signature"}`, care.HandedOver)
	l.give(care.CmdClose, "", care.Closed)
}
