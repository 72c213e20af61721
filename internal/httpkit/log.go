package httpkit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"
)

type requestIDKey struct{}

// RequestID is the id of the request that is being answered, "" outside one.
// A person reports it with a failure; the log has it too.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Log gives every request an id, writes one line per request, and turns a
// panic into what failed answers: never a stack trace.
type Log struct {
	Logger  *slog.Logger
	Now     func() time.Time
	Proxies Proxies
	// Failed answers after a panic; nothing was written yet when it is called.
	Failed func(w http.ResponseWriter, r *http.Request)
	// Quiet paths are not logged when they succeed (health checks, files).
	Quiet []string
}

// Wrap adds the log to a handler.
func (l Log) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := l.Now()
		id := newRequestID()
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", id)
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				l.Logger.Error("panic", "request", id, "value", v, "stack", string(debug.Stack()))
				if !rec.wrote {
					l.Failed(rec, r)
				}
			}
			l.line(r, rec, id, l.Now().Sub(start))
		}()
		next.ServeHTTP(rec, r)
	})
}

func (l Log) line(r *http.Request, rec *recorder, id string, took time.Duration) {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	for _, p := range l.Quiet {
		if rec.status < 400 && strings.HasPrefix(r.URL.Path, p) {
			return
		}
	}
	level := slog.LevelInfo
	if rec.status >= 500 {
		level = slog.LevelError
	}
	l.Logger.Log(r.Context(), level, "request", "request", id, "method", r.Method, "path", RedactPath(r.URL.Path),
		"status", rec.status, "bytes", rec.bytes, "took", took.Round(time.Microsecond), "client", l.Proxies.ClientIP(r))
}

// secretSegment finds the token of a customer's link or file in a path.
var secretSegment = regexp.MustCompile(`((?:^|/)(?:track|certificate|kept)/)[^/]+`)

// RedactPath is a path as logs may show it: the token of a tracking link is
// a secret that opens the page to whoever holds it. Queries are never logged.
func RedactPath(path string) string { return secretSegment.ReplaceAllString(path, "${1}…") }

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if !r.wrote {
		r.status, r.wrote = http.StatusOK, true
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the real writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
