package api

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

func samplePhoto(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAttachments hands photos in by the API at a hand-over and by the
// customer's link, reads them back, and takes one out of sight.
//
// Walks: B6.
func TestAttachments(t *testing.T) {
	w := newWorld(t, wide)
	clerk, photo := w.key("bg-omni", care.Clerk), samplePhoto(t)
	made := w.want(201, call{method: "POST", path: "/requests", key: clerk, body: examples["submit-request"]})
	claim, token := made.str("claim.id"), made.str("tracking.token")
	raw := map[string]string{"Content-Type": "application/octet-stream", keyHeader: "photo-1"}

	w.want(409, call{method: "POST", path: "/claims/" + claim + "/commands/hand_over", key: clerk, body: `{}`})
	w.want(422, call{method: "POST", path: "/claims/" + claim + "/attachments?event=-1", key: clerk, body: photo, header: map[string]string{"Content-Type": "image/png"}})
	w.want(200, call{method: "POST", path: "/claims/" + claim + "/commands/accept", key: clerk, body: examples["claim-accept"]})
	first := w.want(201, call{method: "POST", path: "/claims/" + claim + "/attachments?event=-1&name=lid.png&hidden=true", key: clerk, body: photo, header: raw})
	if first.str("subject") != "hand_over" || first.at("event") == nil || first.str("type") != "image/png" || first.str("name") != "lid.png" || first.at("hidden") != true {
		t.Errorf("%s", first.raw)
	}
	if again := w.want(201, call{method: "POST", path: "/claims/" + claim + "/attachments?event=-1&name=lid.png&hidden=true", key: clerk, body: photo, header: raw}); again.str("id") != first.str("id") {
		t.Error("sent again with one key, it is two attachments")
	}
	own := w.want(201, call{method: "POST", path: "/track/" + token + "/attachments?kind=receipt", body: photo, header: map[string]string{"Content-Type": "image/png"}})
	if own.str("subject") != "claim" || own.str("kind") != "receipt" || own.at("hidden") != false {
		t.Errorf("%s", own.raw)
	}

	list := w.want(200, call{method: "GET", path: "/claims/" + claim + "/attachments", key: clerk})
	if n := len(list.at("items").([]any)); n != 2 {
		t.Errorf("%d attachments: %s", n, list.raw)
	}
	page := w.want(200, call{method: "GET", path: "/track/" + token})
	if n := len(page.at("request.attachments").([]any)); n != 1 {
		t.Errorf("the customer sees %d: %s", n, page.raw)
	}
	file := w.want(200, call{method: "GET", path: "/attachments/" + first.str("id") + "/content", key: clerk})
	if string(file.raw) == "" || file.header.Get("Content-Type") != "image/png" || fmt.Sprint(len(file.raw)) != fmt.Sprint(first.at("size")) ||
		!strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") || !strings.Contains(file.header.Get("Content-Security-Policy"), "sandbox") ||
		file.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", file.header)
	}
	small := w.want(200, call{method: "GET", path: "/track/" + token + "/attachments/" + own.str("id") + "/content?preview=true"})
	if small.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%v", small.header)
	}
	for _, c := range []call{
		{method: "GET", path: "/track/" + token + "/attachments/" + first.str("id") + "/content"},
		{method: "GET", path: "/attachments/" + first.str("id") + "/content", key: w.key("ru-omsk", care.Manager)},
		{method: "GET", path: "/attachments/x/content", key: clerk},
		{method: "POST", path: "/track/" + token + "/attachments/" + first.str("id") + "/withdraw"},
	} {
		w.want(404, c)
	}
	w.want(204, call{method: "POST", path: "/track/" + token + "/attachments/" + own.str("id") + "/withdraw"})
	w.want(404, call{method: "GET", path: "/track/" + token + "/attachments/" + own.str("id") + "/content"})
	w.want(204, call{method: "POST", path: "/attachments/" + first.str("id") + "/withdraw", key: clerk, body: examples["withdraw-attachment"]})
}

func TestFilesThatAreRefused(t *testing.T) {
	w := newWorld(t, wide)
	clerk := w.key("bg-omni", care.Clerk)
	request := w.want(201, call{method: "POST", path: "/requests", key: clerk, body: examples["submit-request"]}).str("request.id")
	path := "/requests/" + request + "/attachments"
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"nothing":     {"", 400},
		"a page":      {"<html>", 422},
		"half a PNG":  {samplePhoto(t)[:20], 422},
		"a large one": {"%PDF-1.4" + strings.Repeat(" ", care.MaxAttachment), 413},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.do(call{method: http.MethodPost, path: path, key: clerk, body: c.body, header: map[string]string{"Content-Type": "image/png"}})
			if r.status != c.status {
				t.Errorf("%d: %s", r.status, r.raw)
			}
		})
	}
	list := w.want(200, call{method: "GET", path: path, key: clerk})
	if n := len(list.at("items").([]any)); n != 0 {
		t.Errorf("%d attachments are kept", n)
	}
}

// TestDisposalByPrograms lets a device go by the API, two programs of two
// persons, and changes a way back.
//
// Walks: B9.
func TestDisposalByPrograms(t *testing.T) {
	w := newWorld(t, wide)
	clerk, boss := w.key("ru-omsk", care.Clerk), w.key("ru-omsk", care.Manager)
	made := w.want(201, call{method: "POST", path: "/requests", key: clerk, body: strings.Replace(examples["submit-request"], `"bg"`, `"ru"`, 1)})
	claim, token := made.str("claim.id"), made.str("tracking.token")
	changed := w.want(200, call{method: "POST", path: "/track/" + token + "/commands/change_return", body: `{"return": "deliver", "address": "ул. Пробная, 1"}`})
	if changed.str("return") != "deliver" {
		t.Errorf("%s", changed.raw)
	}
	w.want(422, call{method: "POST", path: "/claims/" + claim + "/commands/change_return", key: clerk, body: `{"return": "deliver"}`})
	w.want(200, call{method: "POST", path: "/claims/" + claim + "/commands/change_return", key: clerk, body: `{"return": "collect"}`})
	for _, c := range []struct{ command, body string }{
		{"accept", `{"place": "omsk-service", "documents": ["receipt"]}`},
		{"diagnose", examples["claim-diagnose"]},
		{"override", examples["claim-override"]},
		{"choose_remedy", `{"remedy": "repair"}`},
		{"start_repair", `{}`},
		{"finish_repair", examples["claim-finish-repair"]},
		{"mark_ready", `{}`},
	} {
		w.want(200, call{method: "POST", path: "/claims/" + claim + "/commands/" + c.command, key: boss, body: c.body})
	}
	path := "/claims/" + claim + "/disposal"
	w.want(409, call{method: "POST", path: path, key: clerk, body: examples["propose-disposal"]})
	w.want(204, call{method: "POST", path: "/claims/" + claim + "/warnings", key: clerk, body: examples["warn-customer"]})
	w.want(409, call{method: "POST", path: path, key: clerk, body: examples["propose-disposal"]})
	w.clock.add(70 * 24 * time.Hour)
	w.want(409, call{method: "POST", path: path + "/confirm", key: boss})
	w.want(200, call{method: "POST", path: path, key: clerk, body: examples["propose-disposal"]})
	w.want(403, call{method: "POST", path: path + "/confirm", key: clerk})
	done := w.want(200, call{method: "POST", path: path + "/confirm", key: boss})
	if done.str("state") != "closed" || done.str("outcome") != "disposed" {
		t.Errorf("%s", done.raw)
	}
}
