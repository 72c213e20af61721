package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
)

func TestErrorsAsProblems(t *testing.T) {
	w := newWorld(t, wide)
	cases := []struct {
		name      string
		err       error
		status    int
		code, key string
	}{
		{"invalid", care.Fail(care.Invalid, "required", "field", "name"), 422, "invalid", "required"},
		{"illegal", care.Fail(care.Illegal, "request_closed", "number", "REQ-1"), 409, "illegal", "request_closed"},
		{"blocked", care.Fail(care.Blocked, "choose_remedy_first"), 409, "blocked", "choose_remedy_first"},
		{"forbidden", care.Fail(care.Forbidden, "forbidden", "action", "claim.read"), 403, "forbidden", "forbidden"},
		{"not found", care.Fail(care.NotFound, "no_claim"), 404, "not_found", "no_claim"},
		{"conflict", care.Fail(care.Conflict, "claim_moved_on", "number", "RMA-1"), 409, "conflict", "claim_moved_on"},
		{"signed out", care.Fail(care.SignedOut, "signed_out"), 401, "signed_out", "signed_out"},
		{"wrapped", fmt.Errorf("show claim: %w", care.Fail(care.NotFound, "no_claim")), 404, "not_found", "no_claim"},
		{"a store's not found", fmt.Errorf("read place: %w", care.ErrNotFound), 404, "not_found", "no_route"},
		{"too late", context.DeadlineExceeded, 503, "unavailable", "unavailable"},
		{"hung up", fmt.Errorf("query: %w", context.Canceled), 503, "unavailable", "unavailable"},
		{"anything else", errors.New("pq: SECRET relation does not exist"), 500, "internal", "internal"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, lang := range i18n.Languages() {
				p := w.server.problem(t.Context(), lang, c.err, true)
				if p.Status != c.status || p.Code != c.code || p.Key != c.key || p.Type != "/api/v1/docs#problem-"+c.code {
					t.Errorf("%+v", p)
				}
				if p.Title == "" || p.Detail == "" || strings.Contains(p.Title+p.Detail, "SECRET") || strings.ContainsAny(p.Title+p.Detail, "⟦{") {
					t.Errorf("%s: %q, %q", lang, p.Title, p.Detail)
				}
				if !slices.Contains(problemCodes(), p.Code) {
					t.Errorf("the document does not know the code %s", p.Code)
				}
			}
		})
	}
}

// The problems of the edge have a text in every language, and a title.
func TestTheEdgeHasTexts(t *testing.T) {
	w := newWorld(t, wide) // reports a missing text
	edge := []*edgeError{errBadRequest, errBodyRequired, errBodyType, errBodyTooLarge.with("bytes", "1"), errBodyUnread, errNoRoute,
		errNoMethod.with("method", "PUT", "allowed", "GET"), errNotAccepted, errMovedOn.with("number", "RMA-1"), errTooMany, errInternal,
		errUnavailable, errSignedOut, errUnknownKey}
	for _, lang := range i18n.Languages() {
		for _, e := range edge {
			if p := w.server.problem(t.Context(), lang, e, true); p.Status != e.status || strings.ContainsAny(p.Detail, "⟦{") || p.Detail == p.Title {
				t.Errorf("%s: %+v", lang, p)
			}
		}
		for _, code := range problemCodes() {
			if got := title(w.server.words.Locale(lang), code); strings.Contains(got, "⟦") {
				t.Errorf("%s: no title for %s", lang, code)
			}
		}
	}
}

// A reason that has no text yet is told by its kind, and the catalogue hears
// of it.
func TestAReasonWithoutAText(t *testing.T) {
	w := newWorld(t, wide)
	var missing []string
	words, err := i18n.New(i18n.OnMissing(func(_, key string) { missing = append(missing, key) }))
	if err != nil {
		t.Fatal(err)
	}
	w.server.words = words
	p := w.server.problem(t.Context(), "en", care.Fail(care.Blocked, "new_reason", "detail", "SECRET"), true)
	if p.Detail != p.Title || p.Key != "new_reason" || strings.Contains(p.Detail, "SECRET") {
		t.Errorf("%+v", p)
	}
	if !slices.Contains(missing, "error.new_reason") {
		t.Errorf("nobody hears of it: %v", missing)
	}
}

func TestAPanicIsAnsweredByAProblem(t *testing.T) {
	w := newWorld(t, wide)
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("GET", Base+"/claims", nil)
	w.server.recoverPanic(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("SECRET") })).ServeHTTP(rec, req)
	if rec.Code != 500 || rec.Header().Get("Content-Type") != problemType || strings.Contains(rec.Body.String(), "SECRET") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if !strings.Contains(w.log.String(), "SECRET") || !strings.Contains(w.log.String(), "problem_test.go") {
		t.Errorf("the log does not tell why: %s", w.log)
	}
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("half an answer was not cut off")
		}
	}()
	w.server.recoverPanic(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
		panic("later")
	})).ServeHTTP(httptest.NewRecorder(), req)
}

// A database that fails is our fault, and says nothing of itself.
func TestAFailureOfTheStoreIsInternal(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Manager)
	w.want(200, call{method: "GET", path: "/claims", key: key})
	if err := w.raw.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.want(500, call{method: "GET", path: "/claims", key: key, lang: "ru"})
	if strings.Contains(strings.ToLower(string(r.raw)), "sql") || r.str("code") != "internal" {
		t.Errorf("%s", r.raw)
	}
	if !strings.Contains(w.log.String(), "closed") {
		t.Errorf("the log does not tell why: %s", w.log)
	}
}
