package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// Config is what the pages need. Desk, Packs, Words, Now and Log are required.
type Config struct {
	Desk  *desk.Desk
	Packs desk.Decider
	Words *i18n.Bundle
	Now   func() time.Time
	Log   *slog.Logger

	Proxies httpkit.Proxies // whose word about the client is believed
	Origins []string        // origins that a proxy rewrites, "https://shop.example"
	// Coverage tells how the packs' cases hold their clauses, for the page of
	// the policy; nil = the page does without.
	Coverage func() (*policy.Coverage, error)
	// Receipt finds a receipt's number in what a reader of codes gave; nil =
	// codes of receipts are searched for as they are.
	Receipt func(code string) (number string, ok bool)
	// PostLimit is how many forms a client may send a minute to pages that
	// anybody may use; 0 = UsualPosts. ReadLimit is how often it may look
	// something up there, or ask where it stands; 0 = UsualReads. Neighbours
	// behind one address are one client.
	PostLimit, ReadLimit int
}

// Server holds the pages. It keeps no state of a reader: any number of
// servers may work on one database.
type Server struct {
	desk     *desk.Desk
	packs    desk.Decider
	words    *i18n.Bundle
	now      func() time.Time
	log      *slog.Logger
	cookies  httpkit.Cookies
	cover    func() (*policy.Coverage, error)
	readCode func(code string) (number string, ok bool)
	pages    *pages
	assets   assets
	handler  http.Handler
}

const maxForm = 256 << 10 // bytes of a form: the longest message, percent-encoded

// What one network address may ask a minute where nothing else is said: forms,
// and pages that look something up for anybody, or decide without storing.
const (
	UsualPosts = 60
	UsualReads = 300
)

// New makes the pages: templates are parsed and every route is registered, so
// that what is wrong in them fails here and not before a reader.
func New(cfg Config) (*Server, error) {
	if cfg.Desk == nil || cfg.Packs == nil || cfg.Words == nil || cfg.Now == nil || cfg.Log == nil {
		return nil, errors.New("web: desk, packs, words, clock and log are required")
	}
	if cfg.PostLimit == 0 {
		cfg.PostLimit = UsualPosts
	}
	if cfg.ReadLimit == 0 {
		cfg.ReadLimit = UsualReads
	}
	s := &Server{desk: cfg.Desk, packs: cfg.Packs, words: cfg.Words, now: cfg.Now, log: cfg.Log,
		cookies: httpkit.Cookies{Proxies: cfg.Proxies}, cover: cfg.Coverage, readCode: cfg.Receipt}
	var err error
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = s.loadPages(); err != nil {
		return nil, err
	}
	m := &routes{s: s, mux: http.NewServeMux(),
		posts: httpkit.Limit(cfg.PostLimit, time.Minute, cfg.Proxies, s.tooMany),
		reads: httpkit.Limit(cfg.ReadLimit, time.Minute, cfg.Proxies, s.tooMany)}
	m.mux.Handle("GET /static/", s.assets)
	s.portalRoutes(m)
	s.staffRoutes(m)
	m.public("/", func(*visit) error { return httpkit.Refuse(http.StatusNotFound, nil) })

	guard, err := httpkit.SameOrigin(cfg.Origins, http.HandlerFunc(s.crossSite))
	if err != nil {
		return nil, err
	}
	s.handler = httpkit.Chain(m.mux,
		httpkit.Log{Logger: cfg.Log, Now: cfg.Now, Proxies: cfg.Proxies, Failed: s.panicked, Quiet: []string{"/static/"}}.Wrap,
		httpkit.Headers, guard, bodyLimit)
	return s, nil
}

// Handler answers for every page and the files that pages use.
func (s *Server) Handler() http.Handler { return s.handler }

// handler is a page. It writes through the visit, or returns why it can't.
type handler func(v *visit) error

// routes registers pages by who may open them.
type routes struct {
	s            *Server
	mux          *http.ServeMux
	posts, reads func(http.Handler) http.Handler
}

// limited counts forms for themselves: what is stored is scarcer than what is
// read.
func (m *routes) limited(pattern string, h http.Handler) {
	limit := m.reads
	if strings.HasPrefix(pattern, "POST ") {
		limit = m.posts
	}
	m.mux.Handle(pattern, limit(h))
}

// public is a page for anybody, of no retailer.
func (m *routes) public(pattern string, h handler) {
	m.limited(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.s.serve(m.s.newVisit(w, r, i18n.Languages()), h)
	}))
}

// open is a page for whoever has its address, which is a secret.
func (m *routes) open(pattern string, h handler) {
	m.public(pattern, func(v *visit) error {
		httpkit.Private(v.w)
		return h(v)
	})
}

// portal is a page of a retailer for anybody; the pattern holds {retailer}.
func (m *routes) portal(pattern string, h handler) { m.limited(pattern, m.shop(h)) }

// lookup is a page of a retailer that takes a form and stores nothing.
func (m *routes) lookup(pattern string, h handler) { m.mux.Handle(pattern, m.reads(m.shop(h))) }

// shop serves a page as anybody sees a retailer.
func (m *routes) shop(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := m.s.newVisit(w, r, i18n.Languages())
		m.s.serve(v, func(v *visit) error {
			if err := v.at(r.PathValue("retailer"), true); err != nil {
				return err
			}
			v.Actor = anybody(v.Retailer.ID)
			return h(v)
		})
	})
}

// anybody is who looks at a retailer's pages.
func anybody(retailer string) care.Actor {
	return care.Actor{Kind: care.CustomerActor, Retailer: retailer, Role: care.CustomerRole}
}

// staff is a page for who is signed in; others are asked to sign in and come
// back.
func (m *routes) staff(pattern string, h handler) {
	m.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := m.s.newVisit(w, r, i18n.Languages())
		m.s.serve(v, func(v *visit) error {
			w.Header().Set("Cache-Control", "no-store")
			httpkit.AllowWasm(w)
			user, err := m.s.desk.Authenticate(r.Context(), m.s.cookies.Session(r))
			if err != nil {
				return err
			}
			v.User, v.Actor = &user, user.Actor()
			v.speak(m.s.staffLanguage(r, user))
			if err := v.at(user.Retailer, false); err != nil {
				return err
			}
			return h(v)
		})
	}))
}

// staffLanguage is the one that was asked for, else the user's own: what the
// browser prefers does not count on a shared computer.
func (s *Server) staffLanguage(r *http.Request, u care.User) string {
	plain := r.Clone(r.Context())
	plain.Header.Del("Accept-Language")
	offered := []string{u.Lang}
	for _, l := range i18n.Languages() {
		if l != u.Lang {
			offered = append(offered, l)
		}
	}
	if u.Lang == "" {
		offered = offered[1:]
	}
	return s.cookies.Language(plain, offered)
}

// serve runs a page and turns its error into one.
func (s *Server) serve(v *visit, h handler) {
	err := h(v)
	switch {
	case err == nil:
		return
	case care.CodeOf(err) == care.SignedOut:
		if s.cookies.Session(v.r) != "" {
			s.cookies.DropSession(v.w, v.r)
		}
		next := "/staff/work"
		if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
			next = v.r.URL.RequestURI()
		}
		err = v.redirect("/staff/sign-in?next=" + url.QueryEscape(next))
	default:
		err = s.fail(v, err)
	}
	if err != nil {
		s.log.Error("write page", "request", httpkit.RequestID(v.r.Context()), "error", err)
		http.Error(v.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// problem is what an error page says.
type problem struct {
	Status int
	Reason *care.Error // nil when the status says it all
	ID     string      // of the request, for whoever is asked for help
}

func (s *Server) fail(v *visit, err error) error {
	p := problem{Status: httpkit.Status(err)}
	var reason *care.Error
	var tooLarge *http.MaxBytesError
	if errors.As(err, &reason) {
		p.Reason = reason
	} else if errors.As(err, &tooLarge) {
		p.Reason = care.Fail(care.Invalid, "form_too_large", "most", kilobytes(v, int(tooLarge.Limit)))
	}
	if p.Status >= http.StatusInternalServerError {
		p.ID = httpkit.RequestID(v.r.Context())
		s.log.Error("page failed", "request", p.ID, "path", httpkit.RedactPath(v.r.URL.Path), "error", err)
	}
	return v.html(p.Status, "error", p)
}

// refuse answers outside of a page's handler.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int) {
	v := s.newVisit(w, r, i18n.Languages())
	if err := v.html(status, "error", problem{Status: status, ID: httpkit.RequestID(r.Context())}); err != nil {
		http.Error(w, http.StatusText(status), status)
	}
}

func (s *Server) tooMany(w http.ResponseWriter, r *http.Request) {
	s.refuse(w, r, http.StatusTooManyRequests)
}

func (s *Server) crossSite(w http.ResponseWriter, r *http.Request) {
	s.refuse(w, r, http.StatusForbidden)
}

func (s *Server) panicked(w http.ResponseWriter, r *http.Request) {
	s.refuse(w, r, http.StatusInternalServerError)
}
