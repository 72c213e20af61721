package money

// The fixed rate of the lev: 1.95583 leva for a euro, both ways, since
// 1 January 2026 (decision of the Council of the EU of 8 July 2025; the
// Bulgarian euro law divides by the whole rate and rounds by the third decimal,
// half up).
const (
	levaNum = 195583
	levaDen = 100000
)

// ConvertFixed turns the sum into another currency at the rate that a law has
// fixed for ever: leva to euro and back at 1.95583, half away from zero to the
// cent or stotinka. Into its own currency a sum stays as it is; any other pair
// has no fixed rate and is an error.
func (a Amount) ConvertFixed(to string) (Amount, error) {
	if a.Currency == to {
		return a, nil
	}
	num, den := int64(0), int64(0)
	switch {
	case a.Currency == "BGN" && to == "EUR":
		num, den = levaDen, levaNum
	case a.Currency == "EUR" && to == "BGN":
		num, den = levaNum, levaDen
	default:
		return Amount{}, fail(NoFixedRate, map[string]string{"from": a.Currency, "to": clip(to)},
			"no law fixes a rate from %s to %s", a.Currency, clip(to))
	}
	converted, err := a.MulRatio(num, den)
	if err != nil {
		return Amount{}, err
	}
	converted.Currency = to
	return converted, nil
}
