package api

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// keyHeader is the header by which a write is done once, however often it is
// sent (draft-ietf-httpapi-idempotency-key-header).
const keyHeader = "Idempotency-Key"

// once lets a write with an Idempotency-Key through one time, and replays its
// answer after that. Answers of ours that failed are forgotten, so that the
// write may be tried again.
func (s *server) once(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	key := r.Header.Get(keyHeader)
	if key == "" || !isWrite(ctx.Operation()) {
		next(ctx)
		return
	}
	who, err := s.owner(ctx)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	hash, err := fingerprint(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	old, err := s.desk.Begin(r.Context(), who.actor, key, hash)
	switch {
	case err != nil:
		s.refuse(w, r, err)
	case old != nil:
		s.replay(w, r, who, *old)
	default:
		s.run(ctx, next, who, key, hash)
	}
}

// owner is whose key it is. A customer who comes by a tracking link has no
// name but the link, of which only the hash may be stored.
func (s *server) owner(ctx huma.Context) (caller, error) {
	who := callerOf(ctx.Context())
	token := ctx.Param("token")
	if token == "" {
		return who, nil
	}
	t, err := s.desk.Tracked(ctx.Context(), token, who.lang)
	if err != nil {
		return who, err
	}
	who.seal = token
	who.actor = care.Actor{Kind: care.CustomerActor, ID: "link:" + desk.HashToken(token)[:32], Retailer: t.Retailer.ID}
	return who, nil
}

// fingerprint tells one request from another: method, address, condition, body.
func fingerprint(r *http.Request) (string, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errBodyUnread, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", r.Method, r.URL.RequestURI(), r.Header.Get("If-Match"))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// kept are the headers that belong to an answer.
var kept = []string{"Content-Type", "Content-Language", "ETag", "Location", "Content-Disposition", "Content-Security-Policy"}

func (s *server) run(ctx huma.Context, next func(huma.Context), who caller, key, hash string) {
	r, w := humago.Unwrap(ctx)
	rec := &answer{header: w.Header(), status: http.StatusOK}
	failed := true
	// The client may hang up; what became of the write is noted all the same.
	after := context.WithoutCancel(r.Context())
	defer func() {
		if !failed {
			return
		}
		if err := s.desk.Abandon(after, who.actor, key); err != nil {
			s.log.ErrorContext(after, "api", "error", err.Error())
		}
	}()
	next(huma.WithContext(humago.NewContext(ctx.Operation(), r, rec), ctx.Context()))
	if failed = rec.status >= 500; !failed {
		// A write that is done but whose answer can't be kept stays in
		// flight: better refused for a day than done twice.
		if err := s.finish(after, who, key, hash, rec); err != nil {
			s.log.ErrorContext(after, "api", "error", err.Error())
		}
	}
	rec.send(w)
}

func (s *server) finish(ctx context.Context, who caller, key, hash string, rec *answer) error {
	header := map[string]string{}
	for _, name := range kept {
		if v := rec.header.Get(name); v != "" {
			header[name] = v
		}
	}
	h, err := json.Marshal(header)
	if err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	sealed, err := seal(who.seal, hash, rec.body.Bytes())
	if err != nil {
		return err
	}
	return s.desk.Finish(ctx, who.actor, key, hash, rec.status, string(h), sealed)
}

func (s *server) replay(w http.ResponseWriter, r *http.Request, who caller, old care.Idempotent) {
	body, err := open(who.seal, old.Request, old.Body)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	var header map[string]string
	if err := json.Unmarshal([]byte(old.Header), &header); err != nil {
		s.refuse(w, r, fmt.Errorf("read kept answer: %w", err))
		return
	}
	for name, v := range header {
		w.Header().Set(name, v)
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(old.Status)
	_, _ = w.Write(body) // the client may be gone; the answer is kept
}

// answer holds an answer back until it is stored.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *answer) send(w http.ResponseWriter) {
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // the client may be gone; the answer is kept
}

// Answers may hold what the database must not: a tracking link's secret, an
// API key, somebody's name. So they are stored sealed by the secret that the
// caller comes with and of which the database has only a hash.

func seal(secret, hash string, body []byte) ([]byte, error) {
	aead, err := aeadOf(secret)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, body, []byte(hash)), nil
}

func open(secret, hash string, sealed []byte) ([]byte, error) {
	aead, err := aeadOf(secret)
	if err != nil {
		return nil, err
	}
	body, err := aead.Open(nil, nil, sealed, []byte(hash))
	if err != nil {
		return nil, fmt.Errorf("open kept answer: %w", err)
	}
	return body, nil
}

func aeadOf(secret string) (cipher.AEAD, error) {
	if secret == "" {
		return nil, errors.New("seal answer: no secret")
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "talon idempotency 1", 32)
	if err != nil {
		return nil, fmt.Errorf("seal answer: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal answer: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal answer: %w", err)
	}
	return aead, nil
}
