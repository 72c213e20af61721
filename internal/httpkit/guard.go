package httpkit

import (
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/httprate"
)

// SameOrigin refuses requests that change something and come from another
// site: the browser says so in Sec-Fetch-Site or Origin. trusted are origins
// ("https://shop.example") that a proxy rewrites; denied answers the refusal.
func SameOrigin(trusted []string, denied http.Handler) (func(http.Handler) http.Handler, error) {
	cop := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := cop.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusted origin %q: %w", origin, err)
		}
	}
	if denied != nil {
		cop.SetDenyHandler(denied)
	}
	return cop.Handler, nil
}

// BodyLimit refuses bodies over a number of bytes: reading past it fails with
// *http.MaxBytesError.
func BodyLimit(bytes int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler { return http.MaxBytesHandler(next, bytes) }
}

// Limit lets each client in so many times a window; denied answers the rest.
// It counts per process; sign-ins are also counted in the database.
func Limit(times int, window time.Duration, proxies Proxies, denied http.HandlerFunc) func(http.Handler) http.Handler {
	return httprate.LimitBy(times, window, func(r *http.Request) (string, error) { return proxies.ClientIP(r), nil },
		httprate.WithLimitHandler(denied))
}

// NewServer is a server with the timeouts of the house: slow clients don't
// hold connections open.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       3 * time.Minute, // photos come in over telephone lines
		WriteTimeout:      4 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// Chain wraps a handler so that the first of the wrappers sees a request
// first.
func Chain(h http.Handler, wrappers ...func(http.Handler) http.Handler) http.Handler {
	for i := len(wrappers) - 1; i >= 0; i-- {
		h = wrappers[i](h)
	}
	return h
}
