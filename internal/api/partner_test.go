package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// TestPartnersKey gives two centres a key each, and tries every operation
// there is on a claim of the one with the key of the other: whatever a
// partner may do at all is answered as if the claim were not there.
//
// Walks: D7.
func TestPartnersKey(t *testing.T) {
	w := newWorld(t, wide)
	admin, boss := w.key("bg-omni", care.Administrator), w.key("bg-omni", care.Manager)
	keyOf := func(centre string) string {
		r := w.want(http.StatusCreated, post("/clients", admin, `{"name": "bench of `+centre+`", "role": "partner", "place": "`+centre+`"}`))
		if r.str("client.place") != centre || r.str("client.role") != "partner" {
			t.Errorf("%s", r.raw)
		}
		return r.str("key")
	}
	own, other := keyOf("asus-sofia"), keyOf("hp-plovdiv")
	w.sell(boss, omniLaptop)
	l := w.open(boss, omniRequest)
	id := l.show().str("claim.id")
	for _, key := range []string{own, other} { // not routed yet: nobody's
		w.want(http.StatusNotFound, get("/claims/"+id, key))
	}
	l.give(care.CmdAccept, `{"place": "asus-sofia", "documents": ["invoice", "warranty_card", "return_request"]}`, care.Accepted)

	tried := map[string]bool{}
	for path, item := range w.server.api.OpenAPI().Paths {
		if !strings.Contains(path, "{claim}") {
			continue
		}
		for _, op := range operationsOf(item) {
			method := op.Method
			for _, name := range []string{id, l.number} {
				c := call{method: method, path: strings.NewReplacer("{claim}", name, "{", "", "}", "").Replace(path), key: other}
				if method != http.MethodGet {
					c.body = examples[op.OperationID]
				}
				if strings.HasSuffix(path, "/attachments") && method == http.MethodPost {
					c.path, c.header, c.body = c.path+"?event=-1", map[string]string{"Content-Type": "image/png"}, samplePhoto(t)
				}
				r, again := w.do(c), c
				again.key = own
				want := http.StatusNotFound
				if w.do(again).status == http.StatusForbidden {
					want = http.StatusForbidden
				}
				if r.status != want {
					t.Errorf("%s %s of another centre: %d, want %d: %s", method, path, r.status, want, r.raw)
				}
			}
			tried[op.OperationID] = true
		}
	}
	for _, name := range []string{"get-claim", "claim-diagnose", "claim-finish-repair", "claim-hand-over", "book-shipment"} {
		if !tried[name] {
			t.Errorf("%s was not tried", name)
		}
	}
	for _, path := range []string{"/claims", "/shipments", "/alerts"} {
		r := w.want(http.StatusOK, get(path, other))
		if strings.Contains(string(r.raw), l.number) || strings.Contains(string(r.raw), id) {
			t.Errorf("%s tells of another centre's claim: %s", path, r.raw)
		}
	}
	if counts := w.want(http.StatusOK, get("/claims/counts", other)); strings.Contains(string(counts.raw), ":1") {
		t.Errorf("counts of another centre's: %s", counts.raw)
	}
}

// TestPartnerWorksByKey takes a claim through a centre's own program: taken
// on, diagnosed, repaired with its parts, on its way back. The centre refuses
// only on what it found. Walks: D7, B2.
func TestPartnerWorksByKey(t *testing.T) {
	w := newWorld(t, wide)
	boss := w.key("bg-omni", care.Manager)
	centre := w.key("bg-omni", care.Partner)
	w.sell(boss, omniLaptop)
	l := w.open(boss, omniRequest)
	w.want(http.StatusOK, post("/claims/"+l.number+"/commands/route", boss, `{"centre": "asus-sofia"}`))
	if r := w.want(http.StatusOK, get("/claims", centre)); r.str("items.0.number") != l.number || len(r.at("items").([]any)) != 1 {
		t.Fatalf("the centre's work: %s", r.raw)
	}
	l.key = centre
	l.give(care.CmdAccept, `{"place": "asus-sofia", "documents": ["invoice", "warranty_card", "return_request"]}`, care.Accepted)
	bare := w.do(post("/claims/"+l.number+"/commands/refuse", centre, `{"text": "no"}`))
	if bare.status < 400 {
		t.Errorf("refused without findings: %s", bare.raw)
	}
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "failed_part": "mainboard", "findings": []}}`, care.Decided)
	l.give(care.CmdStartRepair, `{}`, care.InRepair)
	l.give(care.CmdFinishRepair, `{"kind": "hardware", "work": "board exchanged", "parts": [{"part": "mainboard", "name": "UX425", "warranty_months": 12}]}`, care.InRepair)
	l.give(care.CmdMarkReady, `{}`, care.Ready)
	events := w.want(http.StatusOK, get("/claims/"+l.number+"/events", centre))
	if !strings.Contains(string(events.raw), `"program"`) {
		t.Errorf("the history does not say that a program did it: %s", events.raw)
	}
	for _, c := range []call{
		post("/claims/"+l.number+"/commands/override", centre, `{"basis": "warranty", "verdict": "covered", "reason": "x"}`),
		get("/requests", centre), get("/units?q=abc", centre), get("/audits", centre), get("/money", centre), get("/certificates", centre),
		post("/clients", centre, `{"name": "x", "role": "administrator"}`),
	} {
		w.want(http.StatusForbidden, c)
	}
	for _, body := range []string{`{"name": "centre", "role": "partner"}`, `{"name": "centre", "role": "partner", "place": "omsk-technical"}`} {
		r := w.want(http.StatusUnprocessableEntity, post("/clients", w.key("bg-omni", care.Administrator), body))
		if r.str("errors.0.pointer") != "/place" {
			t.Errorf("%s", r.raw)
		}
	}
	audits := w.want(http.StatusOK, get("/audits?action=client.create", w.key("bg-omni", care.Administrator)))
	if !strings.Contains(string(audits.raw), `"place":"asus-sofia"`) {
		t.Errorf("the log does not say whose key it is: %s", audits.raw)
	}
	if !desk.May(care.Actor{Kind: care.ProgramActor, Role: care.Partner, Retailer: "bg-omni"}, desk.On(care.CmdDiagnose)) {
		t.Error("a centre's program may not diagnose")
	}
}
