package api

import (
	"bytes"
	"strings"
	"testing"

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
