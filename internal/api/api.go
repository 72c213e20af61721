package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
)

// Base is the path that the API is mounted under. The handler takes whole
// paths: mount it at Base + "/" without stripping anything.
const Base = "/api/v1"

// Config is what the API needs. All fields are required but Proxies.
type Config struct {
	Desk    *desk.Desk
	Words   *i18n.Bundle
	Now     func() time.Time
	Log     *slog.Logger
	Proxies httpkit.Proxies
	Version string // of the product, for the document
}

// limits are the rates and sizes that the edge allows.
type limits struct {
	body   int64         // bytes of a request's body
	public int           // calls without a key, for one address
	all    int           // calls of any kind, for one address
	window time.Duration // in which they are counted
}

// The public operations tell a stranger about a serial number, or compute: a
// person looks up a few, a scanner thousands. A busy program at one address
// makes twenty calls a second.
var usual = limits{body: 1 << 20, public: 60, all: 1200, window: time.Minute}

// server answers the operations.
type server struct {
	desk  *desk.Desk
	words *i18n.Bundle
	now   func() time.Time
	log   *slog.Logger

	api    huma.API
	mux    *http.ServeMux
	routes []string // "GET /api/v1/claims": every pattern of the mux
	bodies map[string]*bodySchema
	zones  sync.Map // retailer → *time.Location

	proxies httpkit.Proxies

	limits                limits
	limitPublic, limitAll func(http.Handler) http.Handler
	document              document
}

// New makes the handler of the API.
func New(cfg Config) (http.Handler, error) {
	s, err := newServer(cfg, usual)
	if err != nil {
		return nil, err
	}
	return s.handler(), nil
}

func newServer(cfg Config, lim limits) (*server, error) {
	if cfg.Desk == nil || cfg.Words == nil || cfg.Now == nil || cfg.Log == nil {
		return nil, errors.New("api: desk, words, clock and log are required")
	}
	s := &server{desk: cfg.Desk, words: cfg.Words, now: cfg.Now, log: cfg.Log, proxies: cfg.Proxies, mux: http.NewServeMux(),
		bodies: map[string]*bodySchema{}, limits: lim}
	denied := func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, errTooMany) }
	s.limitPublic = httpkit.Limit(lim.public, lim.window, cfg.Proxies, denied)
	s.limitAll = httpkit.Limit(lim.all, lim.window, cfg.Proxies, denied)

	s.api = humago.NewWithPrefix(recordingMux{s}, Base, s.config(cfg.Version))
	s.api.UseMiddleware(s.guard, s.authenticate, s.readBody, s.once)
	s.operations()
	if err := s.finishDocument(); err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	s.mux.HandleFunc("/", s.noRoute)
	return s, nil
}

// handler is the API with what stands before every route.
func (s *server) handler() http.Handler {
	return httpkit.Chain(s.mux, s.recoverPanic, s.limitAll, s.limitBody)
}

// uploadTime is how long a file may take to come in.
const uploadTime = 2 * time.Minute

// limitBody lets larger bodies in where files are handed in.
func (s *server) limitBody(next http.Handler) http.Handler {
	small, large := httpkit.BodyLimit(s.limits.body+1)(next), httpkit.BodyLimit(care.MaxAttachment+1)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isUploadPath(r) {
			large.ServeHTTP(w, r)
			return
		}
		small.ServeHTTP(w, r)
	})
}

// recoverPanic answers a panic by a problem; the stack goes to the log only.
func (s *server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := &noting{ResponseWriter: w}
		defer func() {
			v := recover()
			switch {
			case v == nil:
			case v == http.ErrAbortHandler:
				panic(v)
			default:
				s.log.ErrorContext(r.Context(), "panic", "request", httpkit.RequestID(r.Context()), "value", v, "stack", string(debug.Stack()))
				if noted.wrote {
					panic(http.ErrAbortHandler) // half an answer can't be mended, only cut off
				}
				s.refuse(w, r, errInternal)
			}
		}()
		next.ServeHTTP(noted, r)
	})
}

// noting notes whether an answer was begun.
type noting struct {
	http.ResponseWriter
	wrote bool
}

func (n *noting) WriteHeader(status int) {
	n.wrote = true
	n.ResponseWriter.WriteHeader(status)
}

func (n *noting) Write(b []byte) (int, error) {
	n.wrote = true
	return n.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the real writer.
func (n *noting) Unwrap() http.ResponseWriter { return n.ResponseWriter }

func (s *server) config(version string) huma.Config {
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: json.Unmarshal}
	return huma.Config{
		OpenAPI:       newOpenAPI(version),
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
		// Nothing of the framework's own reaches a reader: what it words is
		// turned into our problems. Its global hooks stay as they are.
		Transformers:                 []huma.Transformer{s.ownProblems},
		RejectUnknownQueryParameters: true,
	}
}

// recordingMux remembers the patterns, which http.ServeMux doesn't tell.
type recordingMux struct{ s *server }

func (m recordingMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	m.s.routes = append(m.s.routes, pattern)
	m.s.mux.HandleFunc(pattern, h)
}

func (m recordingMux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.s.mux.ServeHTTP(w, r) }

// noRoute answers what no route takes: an unknown path, or a method that a
// path does not have.
func (s *server) noRoute(w http.ResponseWriter, r *http.Request) {
	allowed := ""
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPatch} {
		probe := r.Clone(r.Context())
		probe.Method = m
		if _, pattern := s.mux.Handler(probe); pattern != "/" {
			if allowed != "" {
				allowed += ", "
			}
			allowed += m
		}
	}
	if allowed == "" {
		s.refuse(w, r, errNoRoute)
		return
	}
	w.Header().Set("Allow", allowed)
	s.refuse(w, r, errNoMethod.with("method", r.Method, "allowed", allowed))
}
