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
}

func (l *life) idem() map[string]string {
	h := map[string]string{keyHeader: fmt.Sprintf("write %d", l.writes.Add(1))}
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
	l.given[name] = true
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
//
// Walks: B1, B2, B8, B10, B11, D5.
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

const omskPhone = `{"category": "phone", "brand": "Honor", "model": "200 Lite", "imei": "001010000000016", "date": "2025-06-01",
	"receipt": "77-1", "price": {"amount": "24990.00", "currency": "RUB"}, "imei_on_receipt": true, "card_in_kit": true,
	"warranty": {"months": 12, "issuer": "manufacturer"},
	"certificate": {"number": "ПГО-1", "sold": "2025-06-01", "price": {"amount": "2990.00", "currency": "RUB"}},
	"customer": {"name": "Антон Лебедев", "phone": "+7 900 000-01-11", "settlement": "Омск"}}`

const omskRequest = `{"kind": "warranty_service", "channel": "counter", "lang": "ru", "basis": "%s", "identity": "001010000000016",
	"customer": {"name": "Антон Лебедев", "phone": "+7 900 000-01-11"}, "text": "Не заряжается",
	"facts": [{"fact": "unit.lock_active", "value": "false"}, {"fact": "unit.owner_proven", "value": "true"}]}`

// A phone whose receipt names its IMEI is repaired on the receipt alone (A2),
// and in the year of its certificate on certificate, card and receipt (A15).
//
// Walks: A2, A6, A7, A15, D5.
func TestLifeOfAPhoneAndOfItsCertificateInOmsk(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("ru-omsk", care.Manager)
	w.sell(key, omskPhone)
	l := w.open(key, fmt.Sprintf(omskRequest, "warranty"))
	l.give(care.CmdAccept, `{"place": "omsk-service", "documents": ["receipt"]}`, care.Accepted)
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [], "failed_part": "port"}}`, care.Decided)
	b := basisOf(t, l.show(), "warranty")
	if b["verdict"] != "covered" {
		t.Fatalf("on the receipt alone: %v, needs %v", b["verdict"], b["needs"])
	}
	l.bench()
	l.checkEnd(care.OutcomeRepaired)

	w.clock.add(140 * 24 * time.Hour)
	check := w.want(200, call{method: "GET", path: "/retailers/ru-omsk/warranty?serial=001010000000016"})
	for _, c := range check.at("covers").([]any) {
		c := c.(map[string]any)
		if c["basis"] == "warranty" && c["in_force"] != false || c["basis"] == "certificate" && c["in_force"] != true {
			t.Errorf("in the certificate year: %v", c)
		}
	}
	l = w.open(key, fmt.Sprintf(omskRequest, "certificate"))
	if r := l.show(); r.at("claim.documents") != nil || !needs(basisOf(t, r, "certificate"), "certificate") {
		t.Errorf("before the papers were seen: %v", basisOf(t, r, "certificate")["needs"])
	}
	l.give(care.CmdAccept, `{"place": "omsk-technical", "documents": ["receipt", "warranty_card", "certificate"]}`, care.Accepted)
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [], "failed_part": "mainboard"}}`, care.Decided)
	if b := basisOf(t, l.show(), "certificate"); b["verdict"] != "covered" {
		t.Fatalf("in the certificate year: %v, needs %v", b["verdict"], b["needs"])
	}
	l.bench()
	l.checkEnd(care.OutcomeRepaired)
}

func needs(basis map[string]any, document string) bool {
	return slices.ContainsFunc(basis["needs"].([]any), func(n any) bool { return n.(map[string]any)["document"] == document })
}

// bench is a repair at the place that took the device in.
func (l *life) bench() {
	l.t.Helper()
	l.give(care.CmdStartRepair, "", care.InRepair)
	l.give(care.CmdFinishRepair, `{"kind": "hardware", "work": "part replaced", "parts": [{"part": "port"}]}`, care.InRepair)
	l.give(care.CmdMarkReady, `{"told": "sms"}`, care.Ready)
	l.give(care.CmdShip, `{"carrier": "Стриж", "tracking": "S-1"}`, care.Shipped)
	l.give(care.CmdHandOver, `{"proof": "courier"}`, care.HandedOver)
	l.give(care.CmdClose, `{"note": "done"}`, care.Closed)
}

const xiaomiPhone = `{"category": "phone", "brand": "xiaomi", "model": "14T", "imei": "001010000000024", "date": "2025-12-01", "delivered": "2025-12-01",
	"price": {"amount": "54990.00", "currency": "RUB"}, "channel": "online", "warranty": {"months": 12, "issuer": "manufacturer"},
	"customer": {"name": "Ирина Соколова", "email": "irina@mail.example"}}`

// The customer chooses the law instead of the limited warranty (C4), by the
// tracking link; the data wipe is acknowledged first (C8).
//
// Walks: C4, C8, D3, D4.
func TestLifeOfAXiaomiWhoseOwnerChoosesTheLaw(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("ru-xiaomi", care.Manager)
	w.sell(key, xiaomiPhone)
	l := w.open(key, `{"kind": "warranty_service", "lang": "ru", "identity": "001010000000024", "text": "Экран гаснет",
		"customer": {"name": "Ирина Соколова", "email": "irina@mail.example"}, "documents": ["receipt"], "settlement": "Москва"}`)
	missing, _ := json.Marshal(l.show().at("claim.missing_acknowledgements"))
	if string(missing) == "[]" {
		t.Fatal("nothing to acknowledge before the device is taken in")
	}
	blocked := w.want(409, call{method: "POST", path: "/claims/" + l.number + "/commands/accept", key: key, lang: "ru", body: `{"place": "xiaomi-moscow"}`})
	if blocked.str("code") != "blocked" {
		t.Errorf("not blocked: %s", blocked.raw)
	}
	l.choose(care.CmdAcknowledge, `{"ids": `+string(missing)+`}`, care.Submitted)
	l.choose(care.CmdChooseBasis, `{"basis": "statute"}`, care.Submitted)
	l.give(care.CmdAccept, `{"place": "xiaomi-moscow", "documents": ["receipt"]}`, care.Accepted)
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [{"code": "cosmetic", "part": "casing", "cause": "wear"}], "failed_part": "display"}}`, care.Decided)
	r := l.show()
	if r.str("claim.basis_in_use") != "statute" || r.str("claim.verdict") != "covered" {
		t.Fatalf("by the law: %s %s", r.str("claim.basis_in_use"), r.str("claim.verdict"))
	}
	if len(r.at("claim.deadlines").([]any)) == 0 {
		t.Error("the law sets no deadline")
	}
	said := w.want(201, call{method: "POST", path: "/track/" + l.token + "/messages", body: `{"text": "Когда будет готово?"}`})
	if said.str("claim.thread.0.by.kind") != "customer" {
		t.Errorf("the message is not in the thread: %s", said.raw)
	}
	l.choose(care.CmdChooseRemedy, `{"remedy": "repair"}`, care.Decided)
	l.bench()
	l.checkEnd(care.OutcomeRepaired)
}

// The four kinds of request that are no claim.
//
// Walks: A1, C11, C12.
func TestRequestsThatAreNoClaim(t *testing.T) {
	w := newWorld(t, wide)
	taken := map[string]string{"technical_support": "bg-omni", "consultation": "ru-omsk", "documentation": "ru-xiaomi", "video_consultation": "ru-omsk"}
	for kind, retailer := range taken {
		t.Run(kind, func(t *testing.T) {
			key := w.key(retailer, care.Clerk)
			r := w.do(call{method: "POST", path: "/requests", key: key, body: `{"kind": "` + kind + `", "channel": "phone", "text": "Вопрос", "subject": "Honor",
				"slot": "2026-03-12T10:00:00+06:00", "customer": {"name": "Ольга", "phone": "+7 900 000-02-22"}}`})
			if r.status != 201 || r.at("claim") != nil {
				t.Fatalf("%d %s", r.status, r.raw)
			}
			id := r.str("request.id")
			path := "/requests/" + id
			w.want(201, call{method: "POST", path: path + "/messages", key: key, body: `{"text": "между собой", "internal": true}`})
			answered := w.want(201, call{method: "POST", path: path + "/messages", key: key, body: `{"text": "Ответ"}`})
			if answered.str("request.state") != "answered" || len(answered.at("thread").([]any)) != 2 {
				t.Errorf("not answered: %s", answered.raw)
			}
			seen := w.want(200, call{method: "GET", path: "/track/" + r.str("tracking.token")})
			if len(seen.at("request.thread").([]any)) != 1 {
				t.Errorf("the customer sees a note among staff: %s", seen.raw)
			}
			w.want(200, call{method: "POST", path: path + "/close", key: key})
			if again := w.want(409, call{method: "POST", path: path + "/close", key: key}); again.str("key") != "request_closed" {
				t.Errorf("closed twice: %s", again.raw)
			}
			found := w.want(200, call{method: "GET", path: "/requests?kind=" + kind + "&state=closed&no_claim=true", key: key})
			if n := len(found.at("items").([]any)); n != 1 {
				t.Errorf("%d requests found", n)
			}
		})
	}
}
