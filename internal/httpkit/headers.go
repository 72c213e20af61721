package httpkit

import (
	"net/http"
	"strings"
)

// contentPolicy lets pages use their own files and nothing else: no inline
// script or style, no frames, no foreign form targets.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Headers sets the security headers of pages. They are set before the handler
// runs, so that a handler may tighten them.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
		if strings.Contains(r.URL.Path, "/track/") {
			Private(w)
		}
		next.ServeHTTP(w, r)
	})
}

// AllowWasm lets a page compile WebAssembly of its own files, as the reader of
// codes needs; scripts from text stay forbidden.
func AllowWasm(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1))
}

// Private marks an answer that only its reader may keep: no cache stores it,
// no search engine lists it, and its address, which may hold a secret, is not
// told to any other page.
func Private(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}
