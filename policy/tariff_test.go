package policy

import "testing"

// The first tariff that fits answers: by carrier, way, settlement and weight.
func TestTariff(t *testing.T) {
	p := &Program{Pack: &Pack{Currency: "EUR", Tariffs: []TariffRule{
		{Rule: Rule{ID: "burgas"}, Carriers: []string{"Econt"}, Legs: []string{"back"}, Settlements: []string{"Бургас"}, Price: "7.50"},
		{Rule: Rule{ID: "light"}, UpToGrams: 3000, Price: "4.90"},
		{Rule: Rule{ID: "between"}, Legs: []string{"between"}, Price: "9.00"},
	}}}
	for name, c := range map[string]struct {
		carrier, leg, settlement string
		grams                    int
		want, price              string
	}{
		"its settlement in any case": {"econt", "back", " бургас ", 9000, "burgas", "7.50"},
		"another carrier":            {"Speedy", "back", "Бургас", 3000, "light", "4.90"},
		"a gram too heavy":           {"Speedy", "back", "Бургас", 3001, "", ""},
		"of unknown weight":          {"Speedy", "in", "", 0, "", ""},
		"whatever it weighs":         {"Speedy", "between", "", 0, "between", "9.00"},
	} {
		r, sum := p.Tariff(c.carrier, c.leg, c.settlement, c.grams)
		switch {
		case r == nil && c.want != "", r != nil && (r.ID != c.want || sum.String() != c.price || sum.Currency != "EUR"):
			t.Errorf("%s: %+v %s, want %q %s", name, r, sum, c.want, c.price)
		}
	}
}
