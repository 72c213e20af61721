package money

import "fmt"

// Code classifies a failure of this package; it is stable.
type Code string

// The failures of this package.
const (
	BadAmount         Code = "bad_amount"         // the text is not a decimal sum
	TooPrecise        Code = "too_precise"        // more decimals than the currency has
	UnknownCurrency   Code = "unknown_currency"   // not a currency of this product
	MixedCurrencies   Code = "mixed_currencies"   // two sums in different currencies
	Overflow          Code = "overflow"           // the result does not fit
	DivisionByZero    Code = "division_by_zero"   // a ratio with denominator zero
	NoFixedRate       Code = "no_fixed_rate"      // no law fixes a rate for the pair
	BadRepresentation Code = "bad_representation" // JSON of another shape
)

// Error is a failure a person can be told about: Key names the message in the
// locales, Args fill it in.
type Error struct {
	Code Code
	Key  string            // translation key, "error.money." and the code
	Args map[string]string // values for the message
	text string
}

func (e *Error) Error() string { return e.text }

func fail(code Code, args map[string]string, format string, values ...any) *Error {
	return &Error{
		Code: code,
		Key:  "error.money." + string(code),
		Args: args,
		text: "money: " + fmt.Sprintf(format, values...),
	}
}
