package policy

import (
	"slices"

	"github.com/talon-care/talon/money"
)

// FeeRule is a fee that the customer owes when something comes about.
type FeeRule struct {
	Rule
	On        string  `json:"on" enum:"fee_events" required:"true" doc:"what brings it about; no_fault: the diagnosis found no defect"`
	Basis     []Basis `json:"basis" enum:"bases" doc:"bases on which it is asked; empty = all"`
	PriceList string  `json:"price_list" required:"true" doc:"price list it is taken from"`
	Item      string  `json:"item" required:"true" doc:"line of that list"`
}

// Charge finds the fee for an event; nil where the terms ask none.
func (p *Pack) Charge(event string) *FeeRule {
	for i := range p.Fees.Charges {
		if p.Fees.Charges[i].On == event {
			return &p.Fees.Charges[i]
		}
	}
	return nil
}

// Price is a line of a price list in the pack's currency; nil where there is
// none.
func (p *Pack) Price(list, item string) *money.Amount {
	for _, l := range p.Fees.PriceLists {
		for _, x := range l.Items {
			if l.ID == list && x.ID == item {
				return agreed(x.Amount, p.Currency)
			}
		}
	}
	return nil
}

// PriceText is what a line of a price list is for, in a language.
func (p *Pack) PriceText(list, item, lang string) string {
	for _, l := range p.Fees.PriceLists {
		for _, x := range l.Items {
			if l.ID == list && x.ID == item {
				return x.Text.In(lang, p.Languages...)
			}
		}
	}
	return ""
}

// TwoAbove is the sum above which two persons approve a payment; nil where
// one is enough for any.
func (p *Pack) TwoAbove() *money.Amount {
	if p.Fees.TwoPersonsAbove == "" {
		return nil
	}
	return agreed(p.Fees.TwoPersonsAbove, p.Currency)
}

// HandBackNotices are what is told with a device on whose software work was
// done (C9).
func (p *Pack) HandBackNotices() []NoticeClause {
	return slices.DeleteFunc(slices.Clone(p.Notices), func(n NoticeClause) bool { return !n.HandBack })
}

// checkCharges checks what the desk reads of fees and approvals.
func (b *builder) checkCharges(p *Pack) {
	if sum := p.Fees.TwoPersonsAbove; sum != "" {
		b.checkSum(p.Pos, "fees: two_persons_above", sum)
	}
	for i := range p.Fees.Charges {
		r := &p.Fees.Charges[i]
		b.checkText(p, r.Pos, "charge "+r.ID+": text", r.Text)
		if p.Price(r.PriceList, r.Item) == nil {
			b.faults.add(r.Pos, "charge %s: price list %q has no line %q", r.ID, r.PriceList, r.Item)
		}
	}
}
