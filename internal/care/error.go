package care

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound is what a store answers when a row is not there, or belongs to
// another retailer.
var ErrNotFound = errors.New("not found")

// ErrConflict is what a store answers when another transaction was first: a
// claim moved on meanwhile, or a unique key is taken.
var ErrConflict = errors.New("conflict")

// ErrCarrierRefused is what a carrier answers that will not take an order as
// it is: asking again would not help.
var ErrCarrierRefused = errors.New("the carrier refused the order")

// Code classifies a domain error; the edge maps it to a status.
type Code string

// The codes of domain errors.
const (
	Invalid   Code = "invalid"   // a field is missing or wrong
	Illegal   Code = "illegal"   // the claim's state doesn't allow it
	Blocked   Code = "blocked"   // something must be done first
	Forbidden Code = "forbidden" // this actor may not
	NotFound  Code = "not_found" // not there, or not yours
	Conflict  Code = "conflict"  // somebody else was first, or a key is reused
	TooMany   Code = "too_many"  // rate limit
	SignedOut Code = "signed_out"
)

// Error is a refusal with its reason: a code for programs, a translation key
// ("error.not_ready") and the values that its text names.
type Error struct {
	Code  Code
	Key   string
	Field string            // the command's field at fault, where one is
	Args  map[string]string // values for the text's {placeholders}
}

// Error is the English reason for logs; people read the translated text.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, strings.TrimPrefix(e.Key, "error."))
	if e.Field != "" {
		fmt.Fprintf(&b, " (%s)", e.Field)
	}
	for _, k := range sortedKeys(e.Args) {
		fmt.Fprintf(&b, " %s=%q", k, e.Args[k])
	}
	return b.String()
}

// Fail makes a domain error; args are name, value pairs.
func Fail(code Code, key string, args ...string) *Error {
	e := &Error{Code: code, Key: "error." + key}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[args[i]] = args[i+1]
	}
	return e
}

// At names the field that is at fault.
func (e *Error) At(field string) *Error {
	e.Field = field
	return e
}

// CodeOf is the code of the domain error inside err, or "".
func CodeOf(err error) Code {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, ErrNotFound):
		return NotFound
	case errors.Is(err, ErrConflict):
		return Conflict
	}
	return ""
}
