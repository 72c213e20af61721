package calendar

import (
	"fmt"
	"strings"
)

// Code classifies a failure of this package; it is stable.
type Code string

// The failures of this package.
const (
	BadDate             Code = "bad_date"             // not a day of the calendar, or out of range
	BadPeriod           Code = "bad_period"           // not an ISO 8601 period, or of absurd size
	BadInstant          Code = "bad_instant"          // not a date with a time of day
	OffsetNeeded        Code = "offset_needed"        // a local time that exists twice or never, or without a zone
	BadStay             Code = "bad_stay"             // not two ends, or the last before the first
	UnknownZone         Code = "unknown_zone"         // not a name of the IANA zone database
	UnknownJurisdiction Code = "unknown_jurisdiction" // no calendar of this country
	BadData             Code = "bad_data"             // an embedded calendar file is wrong
)

// Error is a failure a person can be told about: Key names the message in the
// locales, Args fill it in.
type Error struct {
	Code Code
	Key  string            // translation key, "error.calendar." and the code
	Args map[string]string // values for the message
	text string
}

// Error is the English reason for logs and for the command line.
func (e *Error) Error() string { return e.text }

// fail makes an error about an input; pairs are argument names and values.
func fail(code Code, text string, pairs ...string) *Error {
	e := &Error{Code: code, Key: "error.calendar." + string(code), Args: map[string]string{}, text: text}
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Args[pairs[i]] = pairs[i+1]
	}
	return e
}

// shown quotes an input for an error text, cut so that hostile input does not
// fill a log.
func shown(input string) string {
	const most = 60
	if len(input) > most {
		input = strings.ToValidUTF8(input[:most], "") + "…"
	}
	return fmt.Sprintf("%q", input)
}
