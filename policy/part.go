package policy

import (
	"slices"

	"github.com/talon-care/talon/calendar"
)

// PartRule says what warranty a part carries that was put in for a faulty one
// (ЗоЗПП 20(4)). The law's rules are looked at before the retailer's, each in
// the order of the file; the first that speaks for the basis answers.
type PartRule struct {
	Rule
	Basis []Basis `json:"basis" enum:"bases" doc:"bases on which the part was put in; empty = all"`
	Lasts string  `json:"lasts" required:"true" doc:"how long where the part before it had no warranty of its own: warranty.months, as long as that of the product, or a period in months (P12M)"`
}

// PartMonths is the least warranty of a part put in on a basis, in months: as
// long as that of the part it replaces, before; where that had none of its own
// (0), what the rule says of a product with so many months of warranty (nil =
// unknown). The rule is nil, and the months 0, where nothing says so.
func (p *Program) PartMonths(basis Basis, before int, product *int) (months int, rule *PartRule) {
	for _, pack := range p.lawFirst() {
		for i := range pack.Parts {
			r := &pack.Parts[i]
			if len(r.Basis) > 0 && !slices.Contains(r.Basis, basis) {
				continue
			}
			return r.months(before, product), r
		}
	}
	return 0, nil
}

func (r *PartRule) months(before int, product *int) int {
	switch {
	case before > 0:
		return before
	case r.Lasts != lastsAsProduct:
		t, err := calendar.ParsePeriod(r.Lasts)
		if err != nil {
			return 0 // the pack was checked when it was loaded
		}
		return t.Months()
	case product != nil:
		return *product
	}
	return 0
}

// lastsAsProduct stands for the product's own months of warranty.
const lastsAsProduct = "warranty.months"

func (b *builder) checkParts(p *Pack) {
	for i := range p.Parts {
		r := &p.Parts[i]
		b.checkText(p, r.Pos, "part "+r.ID+": text", r.Text)
		if r.Lasts == lastsAsProduct {
			continue
		}
		if t := b.period(r.Pos, "part "+r.ID+": lasts", r.Lasts, false); t.Days() > 0 {
			b.faults.add(r.Pos, "part %s: lasts: expected months, found %q", r.ID, r.Lasts)
		}
	}
}
