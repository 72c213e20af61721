package api

import (
	"strings"
	"testing"
)

func TestDecideRefusesWhatItCannotRead(t *testing.T) {
	w := newWorld(t, wide)
	cases := []struct{ name, query, body, key, place string }{
		{"misspelt fact", "", `{"pack": "bg-omni", "at": "2026-03-10T12:00:00+02:00", "unit": {"categry": "laptop"}}`, "unknown_field", "/unit/categry"},
		{"no such word", "", `{"pack": "bg-omni", "at": "2026-03-10T12:00:00+02:00", "unit": {"category": "toaster"}}`, "unknown_value", "/unit/category"},
		{"wrong type", "", `{"pack": "bg-omni", "at": "2026-03-10T12:00:00+02:00", "warranty": {"months": "24"}}`, "wrong_type", "/warranty/months"},
		{"no pack", "", `{"at": "2026-03-10T12:00:00+02:00"}`, "required", "/pack"},
		{"unknown pack", "", `{"pack": "nobody", "at": "2026-03-10T12:00:00+02:00"}`, "unknown_pack", "/pack"},
		{"a file of the server", "", `{"pack": "/etc/passwd", "at": "2026-03-10T12:00:00+02:00"}`, "unknown_pack", "/pack"},
		{"a pack beside it", "", `{"pack": "../packs/bg-omni/policy.yaml", "at": "2026-03-10T12:00:00+02:00"}`, "unknown_pack", "/pack"},
		{"unknown version", "?version=1999-01-01", `{"pack": "bg-omni", "at": "2026-03-10T12:00:00+02:00"}`, "unknown_pack", "/pack"},
		{"no instant", "", `{"pack": "bg-omni"}`, "required", "/at"},
		{"instant without a zone", "", `{"pack": "bg-omni", "at": "2026-03-10T12:00:00"}`, "wrong_format", "/at"},
		{"unknown currency", "", `{"pack": "bg-omni", "at": "2026-03-10T12:00:00+02:00", "sale": {"price": {"amount": "1.00", "currency": "XXX"}}}`, "bad_facts", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.want(422, call{method: "POST", path: "/decide" + c.query, body: c.body})
			if r.str("key") != c.key || r.str("errors.0.pointer") != c.place {
				t.Errorf("%s", r.raw)
			}
			if strings.Contains(string(r.raw), "passwd:") {
				t.Errorf("a file was read: %s", r.raw)
			}
		})
	}
}

func TestDecideSpeaksTheLanguageAskedFor(t *testing.T) {
	w := newWorld(t, wide)
	for _, c := range []struct{ name, query, header, want string }{
		{"the pack's first", "", "", "bg"},
		{"header", "", "ru", "ru"},
		{"query before header", "?lang=en", "ru", "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.want(200, call{method: "POST", path: "/decide" + c.query, lang: c.header, body: examples["decide"]})
			if r.str("lang") != c.want {
				t.Errorf("language %s, want %s", r.str("lang"), c.want)
			}
		})
	}
	w.want(422, call{method: "POST", path: "/decide?lang=xx", body: examples["decide"]})
}

// The version in force at the sale decides, unless one is named.
func TestDecideByAVersion(t *testing.T) {
	w := newWorld(t, wide)
	first := w.want(200, call{method: "POST", path: "/decide", body: examples["decide"]})
	named := w.want(200, call{method: "POST", path: "/decide?version=" + first.str("pack_version"), body: examples["decide"]})
	if string(first.raw) != string(named.raw) {
		t.Error("the named version decides otherwise than itself")
	}
}
