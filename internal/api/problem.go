package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
)

// Problem is an error as RFC 9457 words it, in the reader's language.
type Problem struct {
	Type      string         `json:"type" format:"uri-reference" doc:"what kind of problem this is: the address of its description" example:"/api/v1/docs#problem-illegal"`
	Title     string         `json:"title" doc:"the kind in words, in the reader's language"`
	Status    int            `json:"status" doc:"HTTP status" example:"409"`
	Detail    string         `json:"detail" doc:"what is wrong this time, in the reader's language"`
	Code      string         `json:"code" vocab:"problems" doc:"the kind for programs"`
	Key       string         `json:"key" doc:"the reason for programs, finer than the code" example:"not_held"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"what is wrong where, if a place of the request is at fault"`
	RequestID string         `json:"request_id,omitempty" doc:"name it when you report a failure"`

	header http.Header
}

// ProblemField is one thing that is wrong with a request.
type ProblemField struct {
	Pointer   *string `json:"pointer,omitempty" doc:"JSON Pointer (RFC 6901) into the body; empty for the body as a whole" example:"/customer/email"`
	Parameter string  `json:"parameter,omitempty" doc:"name of the query, path or header parameter"`
	Key       string  `json:"key" doc:"the reason for programs" example:"required"`
	Detail    string  `json:"detail" doc:"the reason in the reader's language"`
	Offset    int64   `json:"offset,omitempty" doc:"byte of the body at which JSON ends being JSON, counted from 1"`
}

// Error is the reason for logs.
func (p *Problem) Error() string { return p.Code + ": " + p.Key }

// GetStatus makes a Problem a status of huma.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders makes huma send the problem's headers.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType makes huma send a problem as what it is.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// edgeError is a refusal that arises here and not in the domain.
type edgeError struct {
	status int
	code   string
	key    string
	args   map[string]string
}

func (e *edgeError) Error() string { return e.code + ": " + e.key }

// with is the error with the values that its text names.
func (e edgeError) with(args ...string) *edgeError {
	e.args = map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		e.args[args[i]] = args[i+1]
	}
	return &e
}

// The problems of the edge.
var (
	errBadRequest   = &edgeError{http.StatusBadRequest, "invalid", "bad_request", nil}
	errBodyRequired = &edgeError{http.StatusBadRequest, "invalid", "body_required", nil}
	errBodyType     = &edgeError{http.StatusUnsupportedMediaType, "unsupported", "body_type", nil}
	errBodyTooLarge = &edgeError{http.StatusRequestEntityTooLarge, "too_large", "body_too_large", nil}
	errBodyUnread   = &edgeError{http.StatusBadRequest, "invalid", "body_unread", nil}
	errNoRoute      = &edgeError{http.StatusNotFound, "not_found", "no_route", nil}
	errNoMethod     = &edgeError{http.StatusMethodNotAllowed, "no_method", "no_method", nil}
	errNotAccepted  = &edgeError{http.StatusNotAcceptable, "unsupported", "not_acceptable", nil}
	errMovedOn      = &edgeError{http.StatusPreconditionFailed, "precondition", "claim_moved_on", nil}
	errTooMany      = &edgeError{http.StatusTooManyRequests, "too_many", "too_many_calls", nil}
	errInternal     = &edgeError{http.StatusInternalServerError, "internal", "internal", nil}
	errUnavailable  = &edgeError{http.StatusServiceUnavailable, "unavailable", "unavailable", nil}
	errSignedOut    = &edgeError{http.StatusUnauthorized, "signed_out", "key_required", nil}
	errUnknownKey   = &edgeError{http.StatusUnauthorized, "signed_out", "key_unknown", nil}
)

// problemCodes lists every code that a problem may have, in the order in
// which the documentation describes them.
func problemCodes() []string {
	return []string{"invalid", "signed_out", "forbidden", "not_found", "no_method", "illegal", "blocked", "conflict",
		"precondition", "too_large", "unsupported", "too_many", "internal", "unavailable"}
}

// invalidBody is a body that breaks its schema, or is no JSON.
type invalidBody struct {
	status int
	fields []violation
}

// violation is one place of a body or one parameter that is wrong.
type violation struct {
	pointer   string
	parameter string
	key       string
	args      map[string]string
	offset    int64
}

func (e *invalidBody) Error() string { return "invalid body: " + e.fields[0].key }

// placed is a domain error together with where its field stands in the body.
type placed struct {
	error
	pointers map[string]string // field of the domain → JSON pointer
}

func (p placed) Unwrap() error { return p.error }

// at tells where the domain's fields stand in the body: field, pointer pairs.
// Fields that are not named stand where their dotted name says.
func at(err error, pairs ...string) error {
	if err == nil {
		return nil
	}
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return placed{err, m}
}

// problem words any error for a reader. hasBody says whether a field of the
// domain stands in the body or is a parameter.
func (s *server) problem(ctx context.Context, lang string, err error, hasBody bool) *Problem {
	p := word(s.words.Locale(lang), err, hasBody)
	p.RequestID = httpkit.RequestID(ctx)
	if p.Status >= 500 {
		s.log.ErrorContext(ctx, "api", "request", p.RequestID, "error", err.Error())
	}
	return p
}

func word(l *i18n.Locale, err error, hasBody bool) *Problem {
	p := &Problem{header: http.Header{}}
	p.header.Set("Content-Language", l.Tag())
	var edge *edgeError
	var body *invalidBody
	var domain *care.Error
	switch {
	case errors.As(err, &edge):
		p.fill(l, edge.status, edge.code, edge.key, edge.args)
	case errors.As(err, &body):
		p.fill(l, body.status, "invalid", body.fields[0].key, body.fields[0].args)
		for _, v := range body.fields {
			p.Errors = append(p.Errors, v.field(l))
		}
	case errors.As(err, &domain):
		p.fill(l, httpkit.Status(err), string(domain.Code), strings.TrimPrefix(domain.Key, "error."), domain.Args)
		if domain.Field != "" {
			p.Errors = []ProblemField{domainField(err, domain, p.Detail, hasBody)}
		}
	default:
		p.fillUnknown(l, err)
	}
	if p.Status == http.StatusUnauthorized {
		p.header.Set("WWW-Authenticate", `Bearer realm="talon"`)
	}
	return p
}

func (p *Problem) fillUnknown(l *i18n.Locale, err error) {
	e := errInternal
	switch httpkit.Status(err) {
	case http.StatusServiceUnavailable, 499:
		e = errUnavailable
	case http.StatusRequestEntityTooLarge:
		e = errBodyTooLarge
	case http.StatusNotFound:
		e = errNoRoute
	}
	p.fill(l, e.status, e.code, e.key, nil)
}

func (p *Problem) fill(l *i18n.Locale, status int, code, key string, args map[string]string) {
	p.Status, p.Code, p.Key = status, code, key
	p.Type = Base + "/docs#problem-" + code
	p.Title = title(l, code)
	p.Detail = detail(l, key, args, p.Title)
}

// title names the kind of a problem. The domain's kinds have words of their
// own; those of the edge are ours.
func title(l *i18n.Locale, code string) string {
	if key := "code." + code; l.Has(key) {
		return l.T(key)
	}
	return l.T("api.problem." + code)
}

// detail words a reason. A reason that the catalogue does not know is told by
// its kind alone: never the inner text of an error.
func detail(l *i18n.Locale, key string, args map[string]string, otherwise string) string {
	if !l.Has("error." + key) {
		_ = l.T("error." + key) // for whoever listens to missing texts
		return otherwise
	}
	return l.T("error."+key, args)
}

func (v violation) field(l *i18n.Locale) ProblemField {
	f := ProblemField{Parameter: v.parameter, Key: v.key, Detail: detail(l, v.key, v.args, title(l, "invalid")), Offset: v.offset}
	if v.parameter == "" {
		f.Pointer = &v.pointer
	}
	return f
}

func domainField(err error, e *care.Error, text string, hasBody bool) ProblemField {
	f := ProblemField{Key: strings.TrimPrefix(e.Key, "error."), Detail: text}
	if !hasBody || e.Field == "Idempotency-Key" {
		f.Parameter = e.Field
		return f
	}
	pointer := "/" + strings.ReplaceAll(e.Field, ".", "/")
	var p placed
	if errors.As(err, &p) {
		if known, ok := p.pointers[e.Field]; ok {
			pointer = known
		}
	}
	f.Pointer = &pointer
	return f
}

// ownProblems turns the framework's errors into our problems. They are
// about parameters: bodies are checked before the framework sees them.
func (s *server) ownProblems(ctx huma.Context, status string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	lang := s.language(ctx.Header("Accept-Language"))
	if e.Status >= 500 {
		return s.problem(ctx.Context(), lang, errInternal, false), nil
	}
	if e.Status == http.StatusNotAcceptable {
		return s.problem(ctx.Context(), lang, errNotAccepted, false), nil
	}
	body := &invalidBody{status: e.Status}
	for _, d := range e.Errors {
		body.fields = append(body.fields, parameterViolation(d))
	}
	if len(body.fields) == 0 {
		edge := *errBadRequest
		edge.status = e.Status
		return s.problem(ctx.Context(), lang, &edge, false), nil
	}
	slices.SortFunc(body.fields, func(a, b violation) int { return strings.Compare(a.parameter, b.parameter) })
	return s.problem(ctx.Context(), lang, body, false), nil
}

func parameterViolation(d *huma.ErrorDetail) violation {
	where, name, _ := strings.Cut(d.Location, ".")
	name, _, _ = strings.Cut(name, "[") // an item of a list
	v := violation{parameter: name, key: "bad_parameter"}
	switch {
	case where == "body":
		v.parameter, v.pointer, v.key = "", "", "bad_body"
	case d.Message == "unknown query parameter":
		v.key = "unknown_parameter"
	case strings.HasPrefix(d.Message, "required "):
		v.key = "parameter_required"
	}
	v.args = map[string]string{"field": name, "value": text(d.Value)}
	return v
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case []string:
		return strings.Join(v, ",")
	}
	return ""
}
