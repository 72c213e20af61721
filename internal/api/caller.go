package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
)

// caller is who asks and how to answer. Operations take it as an argument;
// only register knows that the framework carries it in a context.
type caller struct {
	actor care.Actor
	lang  string // of texts: one of i18n.Languages
	zone  *time.Location
	seal  string // the secret that the caller came with, to seal stored answers
	base  string // address at which the caller reached us, for links on paper
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// bearer names the way to sign in.
const bearer = "apiKey"

func isPublic(op *huma.Operation) bool { return len(op.Security) == 0 }

// language is the reader's language out of those of the product.
func (s *server) language(header string) string { return s.words.Match(header, i18n.Languages()) }

// guard stands before every operation: the rate of public ones is limited,
// and no cache keeps an answer.
func (s *server) guard(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Language, Authorization")
	if !isMeta(ctx.Operation()) {
		h.Set("Cache-Control", "no-store")
	}
	if strings.Contains(r.URL.Path, "/track/") {
		h.Set("Referrer-Policy", "no-referrer")
	}
	if !isPublic(ctx.Operation()) || isMeta(ctx.Operation()) || s.known(ctx) {
		next(ctx)
		return
	}
	s.limitPublic(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next(humago.NewContext(ctx.Operation(), r, w))
	})).ServeHTTP(w, r)
}

// known tells a program with a key, which may ask what strangers ask as often
// as anything else.
func (s *server) known(ctx huma.Context) bool {
	key := bearerKey(ctx.Header("Authorization"))
	if key == "" {
		return false
	}
	_, err := s.desk.AuthenticateKey(ctx.Context(), key)
	return err == nil
}

func bearerKey(header string) string {
	scheme, key, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

// authenticate finds the program that calls by its key. Cookies are not
// looked at: a browser's session is no way in, so no other site can ride on it.
func (s *server) authenticate(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	c := caller{lang: s.language(ctx.Header("Accept-Language")), zone: time.UTC, base: "http://" + r.Host}
	if s.proxies.Secure(r) {
		c.base = "https://" + r.Host
	}
	if isPublic(ctx.Operation()) {
		next(huma.WithValue(ctx, callerKey{}, c))
		return
	}
	if c.seal = bearerKey(ctx.Header("Authorization")); c.seal == "" {
		s.refuse(w, r, errSignedOut)
		return
	}
	var err error
	if c.actor, err = s.desk.AuthenticateKey(ctx.Context(), c.seal); err == nil {
		c.zone, err = s.zone(ctx.Context(), c.actor.Retailer)
	}
	if care.CodeOf(err) == care.SignedOut {
		err = errUnknownKey
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	next(huma.WithValue(ctx, callerKey{}, c))
}

// zone is where a retailer's clocks are. Packs change with the program, so it
// is read once.
func (s *server) zone(ctx context.Context, retailer string) (*time.Location, error) {
	if z, ok := s.zones.Load(retailer); ok {
		return z.(*time.Location), nil
	}
	r, err := s.desk.Retailer(ctx, retailer)
	if err != nil {
		return nil, err
	}
	z, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of %s: %w", retailer, err)
	}
	s.zones.Store(retailer, z)
	return z, nil
}

// register adds an operation whose function takes the caller as an argument,
// and words its errors.
func register[I, O any](s *server, op huma.Operation, fn func(ctx context.Context, who caller, in *I) (*O, error)) {
	s.complete(&op)
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		who := callerOf(ctx)
		out, err := fn(ctx, who, in)
		if err != nil {
			return nil, s.problem(ctx, who.lang, err, hasBody[I]())
		}
		return out, nil
	})
	afterRegister[I](s, op)
}

// refuse answers outside an operation.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), s.language(r.Header.Get("Accept-Language")), err, true)
	for k, v := range p.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", problemType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_ = huma.DefaultJSONFormat.Marshal(w, p) // the client may be gone; there is nobody else to tell
	}
}
