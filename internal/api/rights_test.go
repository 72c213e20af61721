package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// needed is the right that each operation with a key asks for; whoever lacks
// it is refused before anything is looked up.
var needed = map[string]desk.Action{
	"POST /requests":                    desk.OpenClaims,
	"POST /requests/preview":            desk.OpenClaims,
	"GET /requests":                     desk.ReadRequests,
	"GET /requests/x":                   desk.ReadRequests,
	"POST /requests/x/messages":         desk.AnswerRequests,
	"POST /requests/x/close":            desk.AnswerRequests,
	"POST /requests/x/slot":             desk.AnswerRequests,
	"POST /requests/x/slot/cancel":      desk.AnswerRequests,
	"POST /requests/x/claim":            desk.OpenClaims,
	"GET /consultations":                desk.ReadRequests,
	"GET /products":                     desk.ReadRegistry,
	"GET /products/x":                   desk.ReadRegistry,
	"POST /products":                    desk.WriteRegistry,
	"POST /products/x":                  desk.WriteRegistry,
	"POST /products/x/documents":        desk.WriteRegistry,
	"GET /documents/x":                  desk.ReadRegistry,
	"POST /documents/x/withdraw":        desk.WriteRegistry,
	"GET /claims":                       desk.ReadClaims,
	"GET /claims/counts":                desk.ReadClaims,
	"GET /claims/x":                     desk.ReadClaims,
	"GET /claims/x/events":              desk.ReadClaims,
	"GET /claims/x/recheck":             desk.ReadClaims,
	"POST /claims/x/tracking-links":     desk.IssueTracking,
	"GET /units?q=abc":                  desk.ReadRegistry,
	"GET /units/x":                      desk.ReadRegistry,
	"GET /claims/x/papers":              desk.ReadPapers,
	"GET /claims/x/papers/refusal":      desk.ReadPapers,
	"POST /claims/x/papers/intake_slip": desk.IssueTracking,
	"GET /certificates/x/paper":         desk.ReadCertificates,
	"POST /claims/x/attachments":        desk.AddAttachments,
	"GET /claims/x/attachments":         desk.ReadAttachments,
	"POST /requests/x/attachments":      desk.AddAttachments,
	"GET /requests/x/attachments":       desk.ReadAttachments,
	"GET /attachments/x/content":        desk.ReadAttachments,
	"POST /attachments/x/withdraw":      desk.WithdrawAttachments,
	"GET /shipments":                    desk.ReadShipments,
	"GET /shipments/x":                  desk.ReadShipments,
	"POST /shipments/x/cancel":          desk.ShipDevices,
	"POST /claims/x/shipments":          desk.ShipDevices,
	"GET /uncollected":                  desk.ReadShipments,
	"POST /claims/x/warnings":           desk.WarnCustomers,
	"POST /claims/x/disposal":           desk.ProposeDisposals,
	"POST /claims/x/disposal/confirm":   desk.ConfirmDisposals,
	"POST /sales":                       desk.WriteRegistry,
	"GET /certificates":                 desk.ReadCertificates,
	"GET /certificates/x":               desk.ReadCertificates,
	"POST /certificates/x/cancel":       desk.CancelCertificates,
	"POST /certificates/x/refund":       desk.StateRefunds,
	"POST /certificates/x/links":        desk.SellCertificates,
	"GET /reports/certificates":         desk.ReadReports,
	"GET /reports/service":              desk.ReadReports,
	"GET /units/x/certificate-quote":    desk.SellCertificates,
	"POST /units/x/certificate":         desk.SellCertificates,
	"POST /units/x/rescission":          desk.RescindSales,
	"POST /users":                       desk.ManageUsers,
	"PATCH /users/x":                    desk.ManageUsers,
	"GET /clients":                      desk.ManageClients,
	"POST /clients":                     desk.ManageClients,
	"POST /clients/x/disable":           desk.ManageClients,
	"GET /audits":                       desk.ReadAudit,
	"GET /money":                        desk.ReadMoney,
	"GET /money/balances":               desk.ReadMoney,
	"GET /money/days/2026-11-21":        desk.ExportMoney,
	"GET /claims/x/money":               desk.ReadClaims,
	"POST /claims/x/money":              desk.EnterMoney,
	"POST /money/x/approve":             desk.ApproveMoney,
	"POST /money/x/pay":                 desk.TakeMoney,
	"POST /money/x/cancel":              desk.CancelMoney,
	"POST /money/x/withdraw":            desk.WithdrawMoney,
	"GET /alerts":                       desk.ReadAlerts,
	"POST /alerts/seen":                 desk.ReadAlerts,
	"GET /messages":                     desk.ReadMessages,
	"POST /messages/x/again":            desk.SendMessages,
	"GET /webhooks":                     desk.ManageWebhooks,
	"POST /webhooks":                    desk.ManageWebhooks,
	"POST /webhooks/x":                  desk.ManageWebhooks,
	"POST /webhooks/x/remove":           desk.ManageWebhooks,
	"POST /webhooks/x/test":             desk.ManageWebhooks,
	"GET /jobs":                         desk.ManageJobs,
	"POST /jobs/x/retry":                desk.ManageJobs,
	"POST /claims/x/commands/add_note":  desk.On(care.CmdAddNote),
	"POST /claims/x/commands/override":  desk.On(care.CmdOverride),
	"POST /claims/x/commands/diagnose":  desk.On(care.CmdDiagnose),
	"POST /claims/x/commands/replace":   desk.On(care.CmdReplace),
	"POST /claims/x/commands/hand_over": desk.On(care.CmdHandOver),
}

// sampleBodies are good bodies, out of the document's examples.
func (w *world) sampleBody(method, path string) string {
	p, _, _ := strings.Cut(path, "?")
	p = strings.NewReplacer("/requests/x", "/requests/{request}", "/claims/x", "/claims/{claim}", "/users/x", "/users/{user}",
		"/clients/x", "/clients/{client}", "/certificates/x", "/certificates/{certificate}", "/units/x", "/units/{unit}", "/shipments/x", "/shipments/{shipment}", "/products/x", "/products/{product}", "/documents/x", "/documents/{document}", "/attachments/x", "/attachments/{attachment}", "/webhooks/x", "/webhooks/{webhook}", "/money/x", "/money/{entry}", "/money/days/2026-11-21", "/money/days/{day}").Replace(p)
	op := w.server.operation(method, p)
	if op == nil || op.RequestBody == nil {
		return ""
	}
	if isUpload(op) {
		return "%PDF-1.4"
	}
	return examples[op.OperationID]
}

func TestEveryRoleMayWhatTheTableSays(t *testing.T) {
	w := newWorld(t, wide)
	for _, role := range care.Roles() {
		key := w.key("bg-omni", role)
		actor := care.Actor{Kind: care.ProgramActor, Role: role, Retailer: "bg-omni"}
		for what, action := range needed {
			t.Run(string(role)+" "+what, func(t *testing.T) {
				method, path, _ := strings.Cut(what, " ")
				r := w.do(call{method: method, path: path, key: key, body: w.sampleBody(method, path)})
				if may := desk.May(actor, action); may == (r.status == http.StatusForbidden) {
					t.Errorf("may %v, status %d: %s", may, r.status, r.raw)
				}
				if r.status >= 500 {
					t.Errorf("%s", r.raw)
				}
			})
		}
	}
}

func TestWhoAmI(t *testing.T) {
	w := newWorld(t, wide)
	r := w.want(200, call{method: "GET", path: "/me", key: w.key("ru-omsk", care.Technician)})
	may := fmt.Sprint(r.at("may"))
	if r.str("retailer.id") != "ru-omsk" || r.str("role") != "technician" || !strings.Contains(may, "claim.diagnose") || strings.Contains(may, "claim.override") {
		t.Errorf("%s", r.raw)
	}
}

// Another retailer's things are not there.
//
// Walks: D1.
func TestAnotherRetailersIDs(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	admin := w.key("bg-omni", care.Administrator)
	w.sell(key, omniLaptop)
	l := w.open(key, omniRequest)
	claim := l.show()
	user := w.want(201, call{method: "POST", path: "/users", key: admin, body: examples["create-user"]}).str("id")
	client := w.want(201, call{method: "POST", path: "/clients", key: admin, body: examples["create-client"]}).str("client.id")

	other, otherAdmin := w.key("ru-omsk", care.Manager), w.key("ru-omsk", care.Administrator)
	id := claim.str("claim.id")
	for _, c := range []call{
		{method: "GET", path: "/claims/" + id, key: other},
		{method: "GET", path: "/claims/" + l.number, key: other},
		{method: "GET", path: "/claims/" + id + "/events", key: other},
		{method: "GET", path: "/claims/" + id + "/recheck", key: other},
		{method: "POST", path: "/claims/" + id + "/tracking-links", key: other},
		{method: "POST", path: "/claims/" + id + "/commands/add_note", key: other, body: `{"text": "x"}`},
		{method: "GET", path: "/requests/" + claim.str("claim.request_id"), key: other},
		{method: "POST", path: "/requests/" + claim.str("claim.request_id") + "/messages", key: other, body: `{"text": "x"}`},
		{method: "GET", path: "/units/" + claim.str("claim.unit.id"), key: other},
		{method: "GET", path: "/units/PF2ABC77", key: other},
		{method: "GET", path: "/retailers/ru-omsk/warranty?serial=PF2ABC77"},
		{method: "PATCH", path: "/users/" + user, key: otherAdmin, body: `{"disabled": true}`},
		{method: "POST", path: "/clients/" + client + "/disable", key: otherAdmin},
	} {
		w.want(404, c)
	}
	for _, path := range []string{"/claims", "/requests", "/units?q=PF2ABC77"} {
		if r := w.want(200, call{method: "GET", path: path, key: other}); len(r.at("items").([]any)) != 0 {
			t.Errorf("%s shows another retailer's: %s", path, r.raw)
		}
	}
	for _, path := range []string{"/users", "/clients"} {
		r := w.want(200, call{method: "GET", path: path, key: otherAdmin})
		if strings.Contains(string(r.raw), user) || strings.Contains(string(r.raw), client) {
			t.Errorf("%s shows another retailer's: %s", path, r.raw)
		}
	}
	audits := w.want(200, call{method: "GET", path: "/audits?object=claim&limit=200", key: other})
	if n := len(audits.at("items").([]any)); n != 0 {
		t.Errorf("%d audit entries of another retailer", n)
	}
}

func TestStaffAndPrograms(t *testing.T) {
	w := newWorld(t, wide)
	admin := w.key("bg-omni", care.Administrator)
	u := w.want(201, call{method: "POST", path: "/users", key: admin, body: examples["create-user"]})
	if strings.Contains(string(u.raw), "password") || strings.Contains(string(u.raw), "argon2") {
		t.Errorf("the answer tells the password: %s", u.raw)
	}
	again := w.want(409, call{method: "POST", path: "/users", key: admin, body: examples["create-user"]})
	if again.str("key") != "email_taken" || again.str("errors.0.pointer") != "/email" {
		t.Errorf("%s", again.raw)
	}
	weak := w.want(422, call{method: "PATCH", path: "/users/" + u.str("id"), key: admin, body: `{"password": "short"}`})
	if weak.str("errors.0.pointer") != "/password" {
		t.Errorf("%s", weak.raw)
	}
	changed := w.want(200, call{method: "PATCH", path: "/users/" + u.str("id"), key: admin, body: `{"name": "Елена Д.", "disabled": true}`})
	if changed.str("name") != "Елена Д." || changed.at("disabled") != true || changed.str("role") != u.str("role") {
		t.Errorf("%s", changed.raw)
	}
	users := w.want(200, call{method: "GET", path: "/users", key: admin})
	if users.str("items.0.id") != u.str("id") {
		t.Errorf("%s", users.raw)
	}

	c := w.want(201, call{method: "POST", path: "/clients", key: admin, body: examples["create-client"]})
	key := c.str("key")
	w.want(200, call{method: "GET", path: "/me", key: key})
	if l := w.want(200, call{method: "GET", path: "/clients", key: admin}); strings.Contains(string(l.raw), key) || strings.Contains(string(l.raw), desk.HashToken(key)) {
		t.Error("the list tells a key or its hash")
	}
	w.want(204, call{method: "POST", path: "/clients/" + c.str("client.id") + "/disable", key: admin})
	w.want(401, call{method: "GET", path: "/me", key: key})

	audits := w.want(200, call{method: "GET", path: "/audits?action=client.disable", key: admin})
	if audits.str("items.0.object_id") != c.str("client.id") || audits.str("items.0.by.kind") != "program" {
		t.Errorf("%s", audits.raw)
	}
}

// A customer's view leaves out what is the house's own business.
func TestTheTrackingLinkTellsNoInternals(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	w.sell(key, omniLaptop)
	l := w.open(key, omniRequest)
	l.give(care.CmdAddNote, `{"text": "SECRET-NOTE"}`, care.Submitted)
	l.give(care.CmdAccept, `{"place": "omni-shop-sofia"}`, care.Accepted)
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [{"code": "liquid", "part": "mainboard", "cause": "external"}]}}`, care.Decided)
	l.give(care.CmdOverride, `{"basis": "warranty", "verdict": "covered", "reason": "SECRET-REASON"}`, care.Decided)
	r := w.want(200, call{method: "GET", path: "/track/" + l.token})
	for _, secret := range []string{"SECRET", "0001234", "assignee"} {
		if strings.Contains(string(r.raw), secret) {
			t.Errorf("the customer reads %s: %s", secret, r.raw)
		}
	}
	if r.header.Get("Referrer-Policy") != "no-referrer" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", r.header)
	}
	var names []string
	for _, a := range r.at("claim.claim.actions").([]any) {
		names = append(names, a.(map[string]any)["command"].(string))
	}
	if slices.Contains(names, "override") || !slices.Contains(names, "cancel") {
		t.Errorf("actions %v", names)
	}
}
