package httpkit

import (
	"context"
	"errors"
	"net/http"

	"github.com/talon-care/talon/internal/care"
)

// statuses is the one table from codes of domain errors to HTTP statuses.
var statuses = map[care.Code]int{
	care.Invalid:   http.StatusUnprocessableEntity,
	care.Illegal:   http.StatusConflict,
	care.Blocked:   http.StatusConflict,
	care.Forbidden: http.StatusForbidden,
	care.NotFound:  http.StatusNotFound,
	care.Conflict:  http.StatusConflict,
	care.TooMany:   http.StatusTooManyRequests,
	care.SignedOut: http.StatusUnauthorized,
}

// statusClientGone is what the log shows when the client went away before the
// answer; nobody receives it.
const statusClientGone = 499

// Status is the HTTP status that answers err. An error of no known kind is
// the server's own: 500.
func Status(err error) int {
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, context.Canceled):
		return statusClientGone
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	var httpErr *Error
	if errors.As(err, &httpErr) {
		return httpErr.Status
	}
	if s, ok := statuses[care.CodeOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Error is a refusal that arises at the edge and is no domain error: a form
// that can't be read, a page that is not there.
type Error struct {
	Status int
	Err    error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return http.StatusText(e.Status)
	}
	return e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Refuse makes an Error of a status.
func Refuse(status int, err error) error { return &Error{Status: status, Err: err} }
