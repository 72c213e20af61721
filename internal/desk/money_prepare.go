package desk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// approval fills in what the pack says of a refund: two persons above a sum,
// and no reduction above the price. Consent is given in the money in which the
// price is paid back; where no price is known, in the retailer's.
func (w *work) approval(a care.ApproveRefund) (care.Command, error) {
	tariff := w.d.moneyRules(w.terms)
	var err error
	if price := w.claim.Sale.Price; price == nil {
		a.Amount, err = w.d.charged(w.terms, a.Amount, "amount")
	} else {
		var most money.Amount
		if most, err = tariff.Paid(*price); err != nil {
			return nil, fmt.Errorf("price in money of today: %w", err)
		}
		a.Most = &most
		a.Amount, err = moneyOfToday(tariff, a.Amount, "amount", most.Currency)
	}
	if err != nil {
		return nil, err
	}
	if r := w.claim.Remedy; r != nil && r.Amount != nil {
		decided, err := tariff.Paid(*r.Amount)
		if err != nil {
			return nil, fmt.Errorf("decided sum in money of today: %w", err)
		}
		a.Decided = &decided
	}
	a.Two = tariff.Persons(care.RetailerParty, a.Amount) > 1
	return a, nil
}

// moneyOfToday is a sum that a person wrote in a field, an old one at the fixed
// rate, if it is in one of the currencies that are taken; the first is asked
// for. A sum without a currency is left to the domain.
func moneyOfToday(tariff care.MoneyRules, a money.Amount, field string, taken ...string) (money.Amount, error) {
	paid, err := tariff.Paid(a)
	if err != nil {
		return a, fmt.Errorf("sum in money of today: %w", err)
	}
	if paid.Currency != "" && !slices.Contains(taken, paid.Currency) {
		return a, care.Fail(care.Invalid, "foreign_currency", "currency", paid.Currency, "expected", taken[0]).At(field)
	}
	return paid, nil
}

// estimate sums lines of the pack's price list, in the customer's words
// (B17).
func (w *work) estimate(o care.OfferEstimate) (care.Command, error) {
	if o.PriceList != "" && !slices.ContainsFunc(w.terms.pack.Fees.PriceLists, func(l policy.PriceList) bool { return l.ID == o.PriceList }) {
		return nil, care.Fail(care.Invalid, "no_price", "price", o.PriceList).At("price_list")
	}
	if !o.Amount.IsZero() {
		var err error
		if o.Amount, err = w.d.charged(w.terms, o.Amount, "amount"); err != nil {
			return nil, err
		}
	}
	if len(o.Items) == 0 {
		return o, nil
	}
	total := money.Amount{Currency: w.terms.pack.Currency}
	var lines []string
	for _, item := range o.Items {
		list, item, _ := priceLine(o.PriceList, item)
		price := w.terms.pack.Price(list, item)
		if price == nil {
			return nil, care.Fail(care.Invalid, "no_price", "price", item).At("items")
		}
		var err error
		if total, err = total.Add(*price); err != nil {
			return nil, fmt.Errorf("sum of the price list: %w", err)
		}
		lines = append(lines, w.terms.pack.PriceText(list, item, w.terms.lang(w.claim.Lang)))
		if o.PriceList == "" {
			o.PriceList = list
		}
	}
	if o.Amount.IsZero() {
		o.Amount = total
	}
	if strings.TrimSpace(o.Work) == "" {
		o.Work = strings.Join(lines, "; ")
	}
	return o, nil
}

// charged is a sum that a person wrote in a field, in the money in which the
// retailer is paid today: its own, or an old one at the fixed rate.
func (d *Desk) charged(t terms, a money.Amount, field string) (money.Amount, error) {
	taken := []string{t.pack.Currency}
	for _, rate := range t.pack.Paying {
		taken = append(taken, rate.From)
	}
	return moneyOfToday(d.moneyRules(t), a, field, taken...)
}

// priceLine reads the name of a line, "network/net-power", or of one of the
// list that is named beside it.
func priceLine(list, item string) (of, line string, whole bool) {
	if l, i, ok := strings.Cut(item, "/"); ok {
		return l, i, true
	}
	return list, item, false
}

// offerable adds the pack's price lists to the form that offers an estimate:
// with lines of them, neither sum nor words are needed.
func offerable(t terms, a *care.Action) {
	var options []string
	for _, l := range t.pack.Fees.PriceLists {
		for _, x := range l.Items {
			options = append(options, l.ID+"/"+x.ID)
		}
	}
	if len(options) == 0 {
		return
	}
	fields := []care.Field{{Name: "items", Type: care.ChoicesField, Label: "field.items", Options: options}}
	for _, f := range a.Fields {
		f.Required = false
		fields = append(fields, f)
	}
	a.Fields = fields
}

// handBack are the notices that go with the device (C9).
func (w *work) handBack() []string {
	var ids []string
	for _, n := range handBackNotices(w.terms, w.claim) {
		ids = append(ids, n.ID)
	}
	return ids
}

// handBackNotices are those of the pack where software was worked on.
func handBackNotices(t terms, c care.Claim) []policy.NoticeClause {
	if c.Repair == nil || c.Repair.Software == "" {
		return nil
	}
	return t.pack.HandBackNotices()
}
