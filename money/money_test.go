package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/talon-care/talon/money"
)

func code(t *testing.T, err error) money.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *money.Error
	if !errors.As(err, &e) {
		t.Fatalf("not a money error: %v", err)
	}
	if e.Key != "error.money."+string(e.Code) {
		t.Fatalf("key %q of code %q", e.Key, e.Code)
	}
	return e.Code
}

func sum(t testing.TB, amount, currency string) money.Amount {
	t.Helper()
	a, err := money.Parse(amount, currency)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in    string
		minor int64
		out   string
	}{
		{"1999.00", 199900, "1999.00"},
		{"1999", 199900, "1999.00"},
		{"1999.5", 199950, "1999.50"},
		{"0.05", 5, "0.05"},
		{"0", 0, "0.00"},
		{"-0", 0, "0.00"},
		{"-0.01", -1, "-0.01"},
		{"-12.30", -1230, "-12.30"},
		{"007", 700, "7.00"},
		{"92233720368547758.07", math.MaxInt64, "92233720368547758.07"},
		{"-92233720368547758.07", -math.MaxInt64, "-92233720368547758.07"},
	} {
		t.Run(c.in, func(t *testing.T) {
			for _, currency := range []string{"EUR", "BGN", "RUB", "USD"} {
				a, err := money.Parse(c.in, currency)
				if want := (money.Amount{Minor: c.minor, Currency: currency}); err != nil || a != want || a.String() != c.out {
					t.Errorf("got %v %+v, %v", a, a, err)
				}
			}
		})
	}
	for _, c := range []struct {
		in, currency string
		code         money.Code
	}{
		{"", "EUR", money.BadAmount}, {"-", "EUR", money.BadAmount}, {".5", "EUR", money.BadAmount}, {"5.", "EUR", money.BadAmount},
		{"1,50", "EUR", money.BadAmount}, {"1 000.00", "EUR", money.BadAmount}, {"1e3", "EUR", money.BadAmount}, {"+1", "EUR", money.BadAmount},
		{"--1", "EUR", money.BadAmount}, {"1.2.3", "EUR", money.BadAmount}, {"NaN", "EUR", money.BadAmount}, {"0x10", "EUR", money.BadAmount},
		{"1_000", "EUR", money.BadAmount}, {"１", "EUR", money.BadAmount}, {"00000000000000000000000000000000000000001", "EUR", money.BadAmount},
		{"1.005", "EUR", money.TooPrecise}, {"1.000", "EUR", money.TooPrecise},
		{"92233720368547758.08", "EUR", money.Overflow}, {"-92233720368547758.08", "EUR", money.Overflow},
		{"1.00", "eur", money.UnknownCurrency}, {"1.00", "", money.UnknownCurrency}, {"1.00", "XXX", money.UnknownCurrency},
	} {
		t.Run(c.in+c.currency, func(t *testing.T) {
			if a, err := money.Parse(c.in, c.currency); code(t, err) != c.code || a != (money.Amount{}) {
				t.Errorf("got %v, %v; want %s", a, err, c.code)
			}
		})
	}
}

func TestStringOfUnknownCurrency(t *testing.T) {
	if got := (money.Amount{Minor: -5, Currency: "XXX"}).String(); got != "-0.05" {
		t.Errorf("got %s", got)
	}
	if got := (money.Amount{Minor: math.MinInt64, Currency: "EUR"}).String(); got != "-92233720368547758.08" {
		t.Errorf("got %s", got)
	}
}

func TestJSON(t *testing.T) {
	a := sum(t, "1999.00", "EUR")
	const want = `{"amount":"1999.00","currency":"EUR"}`
	if text, err := json.Marshal(a); err != nil || string(text) != want {
		t.Fatalf("%s, %v", text, err)
	}
	var back money.Amount
	if err := json.Unmarshal([]byte(want), &back); err != nil || back != a {
		t.Fatalf("%v, %v", back, err)
	}
	if err := json.Unmarshal([]byte("null"), &back); err != nil || back != a {
		t.Errorf("null changes the sum to %v, %v", back, err)
	}
	for in, want := range map[string]money.Code{
		`{"amount":1999.00,"currency":"EUR"}`:         money.BadRepresentation,
		`{"amount":"1999.00","currency":"EUR","x":1}`: money.BadRepresentation,
		`"1999.00 EUR"`:                          money.BadRepresentation,
		`[]`:                                     money.BadRepresentation,
		`{"amount":"1999.00"}`:                   money.UnknownCurrency,
		`{"currency":"EUR"}`:                     money.BadAmount,
		`{"amount":"1999.001","currency":"EUR"}`: money.TooPrecise,
		`{"amount":"9999999999999999999","currency":"EUR"}`: money.Overflow,
	} {
		if err := json.Unmarshal([]byte(in), &back); code(t, err) != want || back != a {
			t.Errorf("%s: %v, %v; want %s", in, back, err, want)
		}
	}
}

func TestText(t *testing.T) {
	for _, a := range []money.Amount{{}, sum(t, "-12.30", "BGN"), sum(t, "0", "EUR")} {
		text, err := a.MarshalText()
		back := money.Amount{Minor: 7, Currency: "USD"}
		if err != nil || back.UnmarshalText(text) != nil || back != a {
			t.Errorf("%v becomes %q and %v, %v", a, text, back, err)
		}
	}
	var a money.Amount
	for in, want := range map[string]money.Code{"12.30": money.BadRepresentation, "12.30 XXX": money.UnknownCurrency, "12,30 EUR": money.BadAmount, " EUR": money.BadAmount} {
		if err := a.UnmarshalText([]byte(in)); code(t, err) != want || a != (money.Amount{}) {
			t.Errorf("%q: %v, %v", in, a, err)
		}
	}
}

func TestAddSubCmp(t *testing.T) {
	eur, bgn := sum(t, "10.50", "EUR"), sum(t, "1", "BGN")
	if got, err := eur.Add(sum(t, "-0.75", "EUR")); err != nil || got != sum(t, "9.75", "EUR") {
		t.Errorf("add: %v, %v", got, err)
	}
	if got, err := eur.Sub(sum(t, "11", "EUR")); err != nil || got != sum(t, "-0.50", "EUR") {
		t.Errorf("sub: %v, %v", got, err)
	}
	if got, err := eur.Cmp(sum(t, "11", "EUR")); err != nil || got != -1 {
		t.Errorf("cmp: %v, %v", got, err)
	}
	if eur.Neg() != sum(t, "-10.50", "EUR") || eur.IsZero() || !sum(t, "0", "EUR").IsZero() {
		t.Errorf("neg: %v", eur.Neg())
	}
	_, add := eur.Add(bgn)
	_, sub := eur.Sub(bgn)
	_, cmp := eur.Cmp(bgn)
	for _, err := range []error{add, sub, cmp} {
		if code(t, err) != money.MixedCurrencies {
			t.Errorf("euro with leva: %v", err)
		}
	}
}

// TestExact compares every calculation with arbitrary precision.
func TestExact(t *testing.T) {
	whole := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1_000_000, 1_000_000),
		rapid.SampledFrom([]int64{math.MaxInt64, math.MinInt64, math.MinInt64 + 1, 0, 1, -1}))
	rapid.Check(t, func(t *rapid.T) {
		x, y, den := whole.Draw(t, "x"), whole.Draw(t, "y"), whole.Draw(t, "den")
		a, b := money.Amount{Minor: x, Currency: "EUR"}, money.Amount{Minor: y, Currency: "EUR"}
		bx, by, bden := big.NewInt(x), big.NewInt(y), big.NewInt(den)
		same(t, "add", new(big.Int).Add(bx, by))(a.Add(b))
		if y != math.MinInt64 {
			same(t, "sub", new(big.Int).Sub(bx, by))(a.Sub(b))
		} else if _, err := a.Sub(b); err == nil {
			t.Fatal("the least int64 has no opposite")
		}
		if den == 0 {
			if _, err := a.MulRatio(y, den); err == nil {
				t.Fatal("divided by zero")
			}
			return
		}
		// Half away from zero: (2|xy| + |den|) / 2|den|, then the sign.
		product := new(big.Int).Mul(bx, by)
		sign := product.Sign() * bden.Sign()
		product.Abs(product).Lsh(product, 1).Add(product, bden.Abs(bden))
		product.Quo(product, new(big.Int).Lsh(bden, 1)).Mul(product, big.NewInt(int64(sign)))
		same(t, "ratio", product)(a.MulRatio(y, den))
	})
}

// same expects the exact result, or an error exactly if it is out of the range
// of the package, which leaves the least int64 out.
func same(t *rapid.T, name string, want *big.Int) func(money.Amount, error) {
	fits := want.IsInt64() && want.Int64() != math.MinInt64
	return func(got money.Amount, err error) {
		var e *money.Error
		switch {
		case fits && (err != nil || got.Minor != want.Int64() || got.Currency != "EUR"):
			t.Fatalf("%s: got %v, %v; want %v", name, got.Minor, err, want)
		case !fits && (!errors.As(err, &e) || e.Code != money.Overflow):
			t.Fatalf("%s: got %v, %v for %v", name, got.Minor, err, want)
		}
	}
}

func TestRatioRoundsHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct{ minor, num, den, want int64 }{
		{1, 1, 2, 1}, {-1, 1, 2, -1}, {1, -1, 2, -1}, {1, 1, -2, -1}, {-1, -1, 2, 1}, {3, 1, 2, 2}, {5, 1, 10, 1}, {4, 1, 10, 0}, {-4, 1, 10, 0},
		{1, 1, 3, 0}, {2, 1, 3, 1}, {math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}, {100, 0, 7, 0},
	} {
		if got, err := (money.Amount{Minor: c.minor, Currency: "EUR"}).MulRatio(c.num, c.den); err != nil || got.Minor != c.want {
			t.Errorf("%d * %d / %d = %d, %v; want %d", c.minor, c.num, c.den, got.Minor, err, c.want)
		}
	}
}

// TestPenalty is the sum of row D40: a percent a day for twenty days.
func TestPenalty(t *testing.T) {
	got, err := sum(t, "50000", "RUB").Percent(20)
	if err != nil || got != sum(t, "10000.00", "RUB") {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestConvertFixed(t *testing.T) {
	for _, c := range []struct{ from, amount, to, want string }{
		{"BGN", "100.00", "EUR", "51.13"},
		{"BGN", "1999.00", "EUR", "1022.07"},
		{"BGN", "1.96", "EUR", "1.00"},
		{"BGN", "0.01", "EUR", "0.01"},
		{"BGN", "30.00", "EUR", "15.34"},
		{"BGN", "-100.00", "EUR", "-51.13"},
		{"BGN", "0", "EUR", "0.00"},
		{"EUR", "1.00", "BGN", "1.96"},
		{"EUR", "1000.00", "BGN", "1955.83"},
		{"EUR", "-1000.00", "BGN", "-1955.83"},
		{"EUR", "12.34", "EUR", "12.34"},
	} {
		t.Run(c.amount+c.from+c.to, func(t *testing.T) {
			got, err := sum(t, c.amount, c.from).ConvertFixed(c.to)
			if err != nil || got != sum(t, c.want, c.to) {
				t.Errorf("got %v %s, %v; want %s", got, got.Currency, err, c.want)
			}
		})
	}
	for _, c := range [][2]string{{"BGN", "RUB"}, {"RUB", "EUR"}, {"EUR", "USD"}, {"EUR", ""}} {
		if _, err := sum(t, "1", c[0]).ConvertFixed(c[1]); code(t, err) != money.NoFixedRate {
			t.Errorf("%s to %s: %v", c[0], c[1], err)
		}
	}
	if _, err := sum(t, "92233720368547758.07", "EUR").ConvertFixed("BGN"); code(t, err) != money.Overflow {
		t.Errorf("too many leva: %v", err)
	}
}

// TestLevaFormula holds the conversion to the formula that other programs use,
// and to the way back: a price survives euro, leva, euro.
func TestLevaFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stotinki := rapid.Int64Range(0, 1<<40).Draw(t, "stotinki")
		a := money.Amount{Minor: stotinki, Currency: "BGN"}
		euro, err := a.ConvertFixed("EUR")
		if err != nil || euro.Minor != (stotinki*100000+97791)/195583 || euro.Currency != "EUR" {
			t.Fatalf("%v leva are %v, %v", a, euro, err)
		}
		if negative, err := a.Neg().ConvertFixed("EUR"); err != nil || negative != euro.Neg() {
			t.Fatalf("%v leva are %v, %v", a.Neg(), negative, err)
		}
		leva, err := euro.ConvertFixed("BGN")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := leva.ConvertFixed("EUR"); err != nil || again != euro {
			t.Fatalf("%v euro are %v leva, which are %v euro, %v", euro, leva, again, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1999.00", "-0.5", "1,5", "", "92233720368547758.07", "1e9", "-"} {
		f.Add(s, "EUR")
	}
	f.Add("1", "XXX")
	f.Fuzz(func(t *testing.T, s, currency string) {
		a, err := money.Parse(s, currency)
		if err != nil {
			if a != (money.Amount{}) {
				t.Errorf("%q %q: %v with %v", s, currency, a, err)
			}
			return
		}
		if again, err := money.Parse(a.String(), currency); err != nil || again != a {
			t.Errorf("%q is %v, which reads back as %v, %v", s, a, again, err)
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok || exact.Cmp(big.NewRat(a.Minor, 100)) != 0 {
			t.Errorf("%q is %v", s, a)
		}
	})
}

func BenchmarkMulRatio(b *testing.B) {
	a := sum(b, "1999.00", "BGN")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.MulRatio(100000, 195583); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNeg(t *testing.T) {
	for minor, want := range map[int64]int64{0: 0, 150: -150, -150: 150, math.MaxInt64: -math.MaxInt64, math.MinInt64: math.MaxInt64} {
		if got := (money.Amount{Minor: minor, Currency: "EUR"}).Neg(); got != (money.Amount{Minor: want, Currency: "EUR"}) {
			t.Errorf("the opposite of %d is %+v", minor, got)
		}
	}
}

func TestErrorsSayWhatWasGiven(t *testing.T) {
	_, err := money.Parse("1,50", "EUR")
	if want := `money: "1,50" is not a sum: expected digits with a decimal point, such as 1999.00`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = money.Parse("1.50", "DEM")
	if want := `money: currency "DEM" is not known: expected EUR, BGN, RUB or USD`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
