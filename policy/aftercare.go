package policy

import (
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// SupplierRule says from whom the retailer claims back what warranty work on a
// maker's card cost, and the rates agreed with them. The first rule that names
// the brand answers, then the first that names none; a maker's own policy is
// looked at before the retailer's.
type SupplierRule struct {
	Rule
	Name     Text     `json:"name" required:"true" doc:"name of the maker or distributor"`
	Email    string   `json:"email" doc:"where claims are sent"`
	Brands   []string `json:"brands" doc:"brands; empty = all"`
	Hardware string   `json:"hardware" doc:"labour of a hardware repair, in the pack's currency, where the repairer reports none"`
	Software string   `json:"software" doc:"labour of a software repair, likewise"`
	Leg      string   `json:"leg" doc:"carrying the device one way, likewise"`
	Answer   string   `json:"answer" required:"true" doc:"period within which a claim is answered"`
}

// PartnerRule says how soon an authorised centre acts on what is routed to it.
// The first rule that names the centre answers, then the first that names
// none.
type PartnerRule struct {
	Rule
	Centres  []string `json:"centres" doc:"ids of centres; empty = every authorised one"`
	Accept   string   `json:"accept" required:"true" doc:"from being named until it takes the device in: hours (PT48H)"`
	Diagnose string   `json:"diagnose" required:"true" doc:"from taking it in until the diagnosis: hours"`
}

// Supplier finds whom to claim from for a brand; nil where the terms name
// nobody.
func (p *Program) Supplier(brand string) *SupplierRule {
	var any *SupplierRule
	for _, pack := range append(p.makersOf(brand), p.Pack) {
		for i := range pack.Suppliers {
			r := &pack.Suppliers[i]
			switch {
			case len(r.Brands) == 0 && any == nil:
				any = r
			case namesBrand(r.Brands, brand):
				return r
			}
		}
	}
	return any
}

func (p *Program) makersOf(brand string) []*Pack {
	var out []*Pack
	for _, m := range p.Makers {
		if namesBrand(m.Brands, brand) {
			out = append(out, m)
		}
	}
	return out
}

func namesBrand(list []string, brand string) bool {
	for _, b := range list {
		if foldPlace(b) == foldPlace(brand) {
			return true
		}
	}
	return false
}

// Labour is the agreed price of a repair of a kind; nil where none is agreed.
func (r *SupplierRule) Labour(kind, currency string) *money.Amount {
	if kind == "software" {
		return agreed(r.Software, currency)
	}
	return agreed(r.Hardware, currency)
}

// Carriage is the agreed price of carrying a device one way; nil where none
// is agreed.
func (r *SupplierRule) Carriage(currency string) *money.Amount { return agreed(r.Leg, currency) }

func agreed(sum, currency string) *money.Amount {
	if sum == "" {
		return nil
	}
	a, err := parseSum(sum, currency)
	if err != nil {
		return nil // refused when the pack was compiled
	}
	return &a
}

// Response is how soon a centre acts.
type Response struct {
	Rule             *PartnerRule
	Accept, Diagnose time.Duration
}

// Response finds how soon a centre acts; false where the terms say nothing.
func (p *Program) Response(centre string) (Response, bool) {
	var found *PartnerRule
	for i := range p.Pack.Partners {
		r := &p.Pack.Partners[i]
		if len(r.Centres) == 0 && found == nil || len(r.Centres) > 0 && among(r.Centres, centre) {
			if found = r; len(r.Centres) > 0 {
				break
			}
		}
	}
	if found == nil {
		return Response{}, false
	}
	accept, _ := calendar.ParsePeriod(found.Accept) // checked when the pack was compiled
	diagnose, _ := calendar.ParsePeriod(found.Diagnose)
	return Response{found, accept.Duration(), diagnose.Duration()}, true
}

// LoanerRule is the term within which a loaner is provided (RU-20.2), and
// whether goods of a category are excepted from it; false where neither the
// law nor the retailer's terms promise one.
func (p *Program) LoanerRule(category string) (rule *DeadlineClause, excepted, ok bool) {
	for _, pack := range p.lawFirst() {
		for i := range pack.Deadlines {
			if d := &pack.Deadlines[i]; d.Name == "loaner" {
				return d, slices.Contains(d.Except, category), true
			}
		}
	}
	return nil, false, false
}

// Remedies lists the kinds of remedy that the terms or the law may ever give,
// as a customer names them: what is done to a part of the device is a repair.
func (p *Program) Remedies() []string {
	known := map[string]bool{}
	note := func(offers []Offer) {
		for _, o := range offers {
			known[o.Remedy] = true
		}
	}
	for _, pack := range p.lawFirst() {
		for i := range pack.Limits {
			note(pack.Limits[i].Opens)
		}
		for i := range pack.Remedies {
			note(pack.Remedies[i].Offers)
		}
	}
	return slices.DeleteFunc(Words("remedy_kinds"), func(kind string) bool { return !known[kind] || kind == "part_replacement" })
}

// PaidIn is a sum in the currency that is paid on a day: an old currency is
// converted at its fixed rate.
func (p *Program) PaidIn(a money.Amount, on calendar.Date) money.Amount { return p.paidIn(a, on) }

// checkAftercare checks what the desk reads of suppliers and partners.
func (b *builder) checkAftercare(p *Pack) {
	for i := range p.Suppliers {
		r := &p.Suppliers[i]
		b.checkText(p, r.Pos, "supplier "+r.ID+": text", r.Text)
		b.checkText(p, r.Pos, "supplier "+r.ID+": name", r.Name)
		for _, sum := range []string{r.Hardware, r.Software, r.Leg} {
			if sum != "" {
				b.checkSum(r.Pos, "supplier "+r.ID, sum)
			}
		}
		b.period(r.Pos, "supplier "+r.ID+": answer", r.Answer, false)
	}
	for i := range p.Partners {
		r := &p.Partners[i]
		b.checkText(p, r.Pos, "partner "+r.ID+": text", r.Text)
		for _, term := range []struct{ name, period string }{{"accept", r.Accept}, {"diagnose", r.Diagnose}} {
			if got := b.period(r.Pos, "partner "+r.ID+": "+term.name, term.period, true); !got.IsClock() {
				b.faults.add(r.Pos, "partner %s: %s is counted in hours (PT48H), not %q", r.ID, term.name, term.period)
			}
		}
	}
}
