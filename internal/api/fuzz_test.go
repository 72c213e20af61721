package api

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// Whatever is sent, nothing breaks, and what is refused is told as a problem.
func FuzzBodies(f *testing.F) {
	for _, body := range examples {
		f.Add(body)
	}
	for _, body := range []string{"", "null", "[]", `{"a":`, `{"kind": "x", "kind": 1}`, `{"at": "2026-13-01T00:00:00Z"}`, `{"date": "9999999-01-01"}`,
		`{"weight_grams": 1e9, "category": "phone", "brand": "A", "serial": "1", "date": "2026-01-01"}`, strings.Repeat("[", 20000), "{\"\\ud800\": 1}", "\xff"} {
		f.Add(body)
	}
	paths := []string{"/decide", "/requests/preview", "/sales", "/claims/x/commands/diagnose", "/users/x"}
	w := newWorld(f, wide)
	admin, manager := w.key("bg-omni", care.Administrator), w.key("bg-omni", care.Manager)
	handler := w.server.handler()
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range paths {
			method := "POST"
			if path == "/users/x" {
				method = "PATCH"
			}
			req := httptest.NewRequest(method, Base+path, strings.NewReader(body))
			req.Header.Set("Authorization", "Bearer "+manager)
			if method == "PATCH" {
				req.Header.Set("Authorization", "Bearer "+admin)
			}
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, req)
			if rec.Code >= 500 {
				t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
			}
			if rec.Code >= 400 && rec.Header().Get("Content-Type") != problemType {
				t.Errorf("%s: %d is no problem: %s", path, rec.Code, rec.Body)
			}
		}
	})
}
