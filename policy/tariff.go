package policy

import (
	"slices"
	"strings"

	"github.com/talon-care/talon/money"
)

// TariffRule is what a courier takes for a way, where the retailer has agreed
// it. Of those that fit, the first in the file answers.
type TariffRule struct {
	Rule
	Carriers    []string `json:"carriers" doc:"ids or names of carriers that it is of; empty = all"`
	Legs        []string `json:"legs" enum:"legs" doc:"ways it speaks for: in, between, back; empty = all"`
	Settlements []string `json:"settlements" doc:"settlements it holds for, any letter case; empty = all"`
	UpToGrams   int      `json:"up_to_grams" doc:"goods no heavier than this; of unknown weight none fits"`
	Price       string   `json:"price" required:"true" doc:"for one way, in the pack's currency"`
}

// Tariff is the agreed price of a way; nil where none is agreed.
func (p *Program) Tariff(carrier, leg, settlement string, grams int) (*TariffRule, money.Amount) {
	same := func(list []string, value string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, strings.TrimSpace(value)) })
	}
	for i := range p.Pack.Tariffs {
		r := &p.Pack.Tariffs[i]
		light := r.UpToGrams == 0 || grams > 0 && grams <= r.UpToGrams
		if !same(r.Carriers, carrier) || !among(r.Legs, leg) || !same(r.Settlements, settlement) || !light {
			continue
		}
		sum, _ := parseSum(r.Price, p.Pack.Currency) // checked when the pack was compiled
		return r, sum
	}
	return nil, money.Amount{}
}
