package money

import (
	"cmp"
	"encoding/json"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Amount is a sum: Minor units (cents, stotinki, kopecks) of an ISO 4217
// Currency. The zero Amount is no sum in no currency. Amounts compare with ==.
type Amount struct {
	Minor    int64
	Currency string
}

// Decimals returns how many decimals the currency is written with, and whether
// this product knows the currency at all.
func Decimals(currency string) (int, bool) {
	switch currency {
	case "EUR", "BGN", "RUB", "USD":
		return 2, true
	}
	return 0, false
}

// maxText is far longer than the longest sum that fits, so that hostile input
// is refused before it is looked at.
const maxText = 40

// Parse reads a decimal sum such as "1999.00", "1999" or "-0.5" in a currency.
// The point is the only separator, there are no digit groups and no exponent,
// and there are at most as many decimals as the currency has.
func Parse(amount, currency string) (Amount, error) {
	decimals, known := Decimals(currency)
	if !known {
		return Amount{}, fail(UnknownCurrency, map[string]string{"currency": currency},
			"currency %q is not known: expected EUR, BGN, RUB or USD", clip(currency))
	}
	digits, negative := strings.CutPrefix(amount, "-")
	whole, fraction, pointed := strings.Cut(digits, ".")
	if len(amount) > maxText || !allDigits(whole) || pointed && !allDigits(fraction) {
		return Amount{}, fail(BadAmount, map[string]string{"amount": clip(amount)},
			"%q is not a sum: expected digits with a decimal point, such as 1999.00", clip(amount))
	}
	if len(fraction) > decimals {
		return Amount{}, fail(TooPrecise, map[string]string{"amount": amount, "currency": currency, "decimals": strconv.Itoa(decimals)},
			"%q has more than the %d decimals of %s", amount, decimals, currency)
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	if err != nil {
		return Amount{}, fail(Overflow, map[string]string{"amount": amount}, "%q is too large a sum", amount)
	}
	if negative {
		minor = -minor
	}
	return Amount{minor, currency}, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func clip(s string) string {
	if len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return s
}

// String writes the sum without its currency, with all decimals: "1999.00".
// An unknown currency is written with two decimals.
func (a Amount) String() string {
	decimals, known := Decimals(a.Currency)
	if !known {
		decimals = 2
	}
	digits := strconv.FormatUint(magnitude(a.Minor), 10)
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - decimals
	sum := digits[:point] + "." + digits[point:]
	if a.Minor < 0 {
		return "-" + sum
	}
	return sum
}

// form is the shape of an amount in JSON and in YAML.
type form struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// MarshalJSON writes {"amount": "1999.00", "currency": "EUR"}.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(form{a.String(), a.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes. The amount must be text: a JSON
// number has been through floating point in too many programs.
func (a *Amount) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var f form
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return fail(BadRepresentation, nil,
			`expected {"amount": "1999.00", "currency": "EUR"}: %v`, err)
	}
	parsed, err := Parse(f.Amount, f.Currency)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// MarshalText writes "1999.00 EUR", and nothing for the zero Amount.
func (a Amount) MarshalText() ([]byte, error) {
	if a == (Amount{}) {
		return nil, nil
	}
	return []byte(a.String() + " " + a.Currency), nil
}

// UnmarshalText reads what MarshalText writes; empty text is the zero Amount.
func (a *Amount) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = Amount{}
		return nil
	}
	sum, currency, found := strings.Cut(string(text), " ")
	if !found {
		return fail(BadRepresentation, map[string]string{"amount": clip(string(text))},
			"%q is not a sum with its currency: expected 1999.00 EUR", clip(string(text)))
	}
	parsed, err := Parse(sum, currency)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// IsZero reports whether the sum is nothing, in whatever currency.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Neg returns the sum with the opposite sign.
func (a Amount) Neg() Amount {
	// The range kept by this package is symmetrical; only a literal can hold
	// MinInt64, which has no opposite.
	if a.Minor == math.MinInt64 {
		return Amount{math.MaxInt64, a.Currency}
	}
	return Amount{-a.Minor, a.Currency}
}

// Add returns a + b. Both must be in one currency.
func (a Amount) Add(b Amount) (Amount, error) {
	if err := a.sameCurrency(b); err != nil {
		return Amount{}, err
	}
	sum := a.Minor + b.Minor
	overflowed := (sum > a.Minor) != (b.Minor > 0) && b.Minor != 0
	if overflowed || sum == math.MinInt64 {
		return Amount{}, a.overflow()
	}
	return Amount{sum, a.Currency}, nil
}

// Sub returns a - b. Both must be in one currency.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b.Minor == math.MinInt64 {
		return Amount{}, b.overflow()
	}
	return a.Add(b.Neg())
}

// Cmp orders two sums of one currency: -1, 0 or +1.
func (a Amount) Cmp(b Amount) (int, error) {
	if err := a.sameCurrency(b); err != nil {
		return 0, err
	}
	return cmp.Compare(a.Minor, b.Minor), nil
}

// Percent returns the given whole percent of the sum, rounded half away from
// zero to the minor unit.
func (a Amount) Percent(percent int64) (Amount, error) { return a.MulRatio(percent, 100) }

// MulRatio returns the sum times num/den, rounded half away from zero to the
// minor unit. The product is held in 128 bits, so only a result that does not
// fit is an error, and a denominator of zero.
func (a Amount) MulRatio(num, den int64) (Amount, error) {
	if den == 0 {
		return Amount{}, fail(DivisionByZero, nil, "a ratio with denominator zero")
	}
	negative := (a.Minor < 0) != (num < 0) != (den < 0)
	divisor := magnitude(den)
	hi, lo := bits.Mul64(magnitude(a.Minor), magnitude(num))
	lo, carry := bits.Add64(lo, divisor/2, 0)
	hi += carry
	if hi >= divisor {
		return Amount{}, a.overflow()
	}
	// With an odd divisor the half added above was rounded down, and the floor
	// still is the half-up result, because an exact half cannot occur.
	quotient, _ := bits.Div64(hi, lo, divisor)
	if quotient > math.MaxInt64 {
		return Amount{}, a.overflow()
	}
	minor := int64(quotient)
	if negative {
		minor = -minor
	}
	return Amount{minor, a.Currency}, nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func (a Amount) sameCurrency(b Amount) error {
	if a.Currency == b.Currency {
		return nil
	}
	return fail(MixedCurrencies, map[string]string{"first": a.Currency, "second": b.Currency},
		"%s and %s do not mix without a conversion", a.Currency, b.Currency)
}

func (a Amount) overflow() error {
	return fail(Overflow, map[string]string{"amount": a.String()}, "a calculation with %s is too large", a)
}
