package api

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// TestPapers lists and prints papers by a key and by the customer's link.
func TestPapers(t *testing.T) {
	w := newWorld(t, wide)
	clerk := w.key("bg-omni", care.Clerk)
	made := w.want(201, call{method: "POST", path: "/requests", key: clerk, body: examples["submit-request"]})
	claim, token := made.str("claim.id"), made.str("tracking.token")
	list := w.want(200, call{method: "GET", path: "/claims/" + claim + "/papers", key: clerk})
	if n := len(list.at("items").([]any)); n != 0 {
		t.Errorf("before the device is there: %s", list.raw)
	}
	w.want(404, call{method: "GET", path: "/claims/" + claim + "/papers/intake_slip", key: clerk})
	w.want(200, call{method: "POST", path: "/claims/" + claim + "/commands/accept", key: clerk, body: examples["claim-accept"]})
	list = w.want(200, call{method: "GET", path: "/claims/" + claim + "/papers", key: clerk})
	if n := len(list.at("items").([]any)); n != 2 || list.str("items.0.kind") != "intake_slip" || !strings.Contains(list.str("items.0.number"), "-A") || list.str("items.0.at") == "" {
		t.Errorf("%s", list.raw)
	}
	own := w.want(200, call{method: "GET", path: "/track/" + token + "/papers"})
	if n := len(own.at("items").([]any)); n != 1 || own.str("items.0.number") != list.str("items.0.number") {
		t.Errorf("the customer's: %s", own.raw)
	}
	for _, c := range []call{{method: "GET", path: "/claims/" + claim + "/papers/device_label?lang=ru", key: clerk},
		{method: "GET", path: "/claims/" + claim + "/papers/intake_slip", key: clerk}, {method: "GET", path: "/track/" + token + "/papers/intake_slip?lang=en"}} {
		file := w.want(200, c)
		if !bytes.HasPrefix([]byte(file.raw), []byte("%PDF-")) || file.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(file.header.Get("Content-Disposition"), "inline") {
			t.Errorf("%s: %v", c.path, file.header)
		}
	}
	for _, c := range []call{{method: "GET", path: "/track/" + token + "/papers/device_label"}, {method: "GET", path: "/track/none/papers"},
		{method: "GET", path: "/track/none/papers/intake_slip"}, {method: "GET", path: "/claims/" + claim + "/papers/letter", key: clerk},
		{method: "GET", path: "/claims/" + claim + "/papers/intake_slip", key: w.key("ru-omsk", care.Manager)}} {
		w.want(404, c)
	}
}

// TestPapersOfRoles holds for each role that a program prints what people of
// that role print on the pages, and nothing else: the list is the desk's own,
// what it names opens and what it leaves out does not.
func TestPapersOfRoles(t *testing.T) {
	w := newWorld(t, wide)
	boss := w.key("bg-omni", care.Manager)
	claim := w.want(201, call{method: "POST", path: "/requests", key: boss, body: examples["submit-request"]}).str("claim.id")
	for _, name := range []string{"accept", "route", "forward", "receive", "diagnose", "cancel"} {
		w.clock.add(time.Hour)
		w.want(200, call{method: "POST", path: "/claims/" + claim + "/commands/" + strings.ReplaceAll(name, "-", "_"), key: boss, body: examples["claim-"+name]})
	}
	for _, role := range care.Roles() {
		t.Run(string(role), func(t *testing.T) {
			key := w.key("bg-omni", role)
			actor := care.Actor{Kind: care.StaffActor, ID: "somebody", Retailer: "bg-omni", Role: role, Place: centreOf("bg-omni", role)}
			list, err := w.desk.Papers(t.Context(), actor, claim)
			shown := w.do(call{method: "GET", path: "/claims/" + claim + "/papers", key: key})
			if err != nil && shown.status < 400 || err == nil && shown.status != 200 {
				t.Fatalf("on pages %v, by the API %d", err, shown.status)
			}
			has := map[care.PaperKind]bool{}
			for i, p := range list {
				has[p.Kind] = true
				at := "items." + strconv.Itoa(i)
				if shown.str(at+".kind") != string(p.Kind) || shown.str(at+".number") != p.Number {
					t.Errorf("%s %s on pages, %s by the API", p.Kind, p.Number, shown.raw)
				}
				if undated, _ := shown.at(at + ".undated").(bool); undated != p.Undated {
					t.Errorf("%s undated %v by the API, %v on pages", p.Kind, undated, p.Undated)
				}
			}
			if err == nil && !has[care.HandBackPaper] {
				t.Errorf("no hand-back paper among %v", has)
			}
			for _, kind := range care.PaperKinds() {
				got := w.do(call{method: "GET", path: "/claims/" + claim + "/papers/" + string(kind), key: key})
				if (got.status == 200) != has[kind] || got.status >= 500 {
					t.Errorf("%s: %d, on pages %v", kind, got.status, has[kind])
				}
			}
			_, err = w.desk.PrintIntakeSlip(t.Context(), actor, claim, "", func(string) string { return "https://care.example/track/x" })
			slip := w.do(call{method: "POST", path: "/claims/" + claim + "/papers/intake_slip", key: key})
			if (err == nil) != (slip.status == 200) || slip.status >= 500 {
				t.Errorf("the slip with a link: %v on pages, %d by the API", err, slip.status)
			}
		})
	}
}

// TestSlipWithALink prints the slip with a code that the plain one lacks, and
// the same slip where the call is repeated.
func TestSlipWithALink(t *testing.T) {
	w := newWorld(t, wide)
	clerk := w.key("bg-omni", care.Clerk)
	made := w.want(201, call{method: "POST", path: "/requests", key: clerk, body: examples["submit-request"]})
	path := "/claims/" + made.str("claim.id") + "/papers/intake_slip"
	if r := w.want(404, call{method: "POST", path: path, key: clerk}); r.str("key") != "no_paper" {
		t.Errorf("before the device is there: %s", r.raw)
	}
	w.want(200, call{method: "POST", path: "/claims/" + made.str("claim.id") + "/commands/accept", key: clerk, body: examples["claim-accept"]})
	plain := w.want(200, call{method: "GET", path: path + "?lang=ru", key: clerk})
	print := call{method: "POST", path: path + "?lang=ru", key: clerk, header: map[string]string{keyHeader: "slip"}}
	slip, again := w.want(200, print), w.want(200, print)
	if !bytes.HasPrefix(slip.raw, []byte("%PDF-")) || len(slip.raw) < len(plain.raw)+300 || !strings.HasPrefix(slip.header.Get("Content-Disposition"), "inline") {
		t.Errorf("%d bytes with the code, %d without, %v", len(slip.raw), len(plain.raw), slip.header)
	}
	if !bytes.Equal(again.raw, slip.raw) || again.header.Get("Content-Disposition") != slip.header.Get("Content-Disposition") {
		t.Error("the repeated call prints another slip")
	}
	own := w.want(200, call{method: "GET", path: "/track/" + made.str("tracking.token") + "/papers/intake_slip?lang=ru"})
	if len(own.raw) < len(plain.raw)+300 {
		t.Error("the customer's own slip has no code")
	}
}
