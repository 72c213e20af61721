package policy

import (
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// Rule is what the rules have that decide nothing about a claim and only say
// how its device is carried and kept: they are read by the desk, not by the
// engine, so they have no condition.
type Rule struct {
	Pos         Pos    `json:"-"`
	ID          string `json:"id" required:"true" doc:"id, unique among these rules: lower-case words joined by hyphens"`
	Requirement string `json:"requirement" required:"true" doc:"row of the requirements (B9) or of the law (RU-18.7)"`
	Source      string `json:"source" required:"true" doc:"section of the page, or article of the law"`
	Text        Text   `json:"text" required:"true" doc:"what the reader is told, in each language"`
	Verified    *bool  `json:"verified" doc:"false where the article was cited from memory"`
	Sample      bool   `json:"sample" doc:"an invented figure, to be replaced by the retailer"`
}

// CarriageRule says who pays for carrying a device (C2; ЗоЗПП 18(7)). The law's
// rules are looked at before the retailer's, each in the order of the file;
// the first that fits answers.
type CarriageRule struct {
	Rule
	Bearer     string    `json:"bearer" enum:"bearers" required:"true" doc:"who pays: seller, customer or maker"`
	Legs       []string  `json:"legs" enum:"legs" doc:"ways it speaks for: in, between, back; empty = all"`
	Categories []string  `json:"categories" enum:"categories" doc:"categories of goods; empty = all"`
	Bases      []Basis   `json:"basis" enum:"bases" doc:"bases of the claim; empty = all"`
	Verdicts   []Verdict `json:"verdicts" enum:"verdicts" doc:"verdicts of the claim; empty = all"`
	OverGrams  int       `json:"over_grams" doc:"only goods heavier than this; goods said to be bulky pass as well"`
}

// UncollectedRule says what becomes of a device that nobody collects (ГК 738):
// the retailer's rule names the warnings and a fee, the law's the wait.
type UncollectedRule struct {
	Rule
	Warn      []string `json:"warn" doc:"when the customer is warned: periods after the device was ready, in order"`
	FeeAfter  string   `json:"fee_after" doc:"period after the device was ready in which keeping it is free"`
	FeePerDay string   `json:"fee_per_day" doc:"storage fee a day, in the pack's currency"`
	Wait      string   `json:"wait_after_warning" doc:"period after the latest warning before which the device may not be disposed of"`
}

// Carrying is what a carriage rule is asked about.
type Carrying struct {
	Leg      string // in, between or back
	Category string
	Basis    Basis
	Verdict  Verdict
	Grams    int // 0 = unknown
	Bulky    bool
}

// Carriage is the rule that says who pays, with the pack that it stands in.
type Carriage struct {
	*CarriageRule
	Pack string
}

// Carriage finds the rule that says who pays; nil where the terms say nothing.
func (p *Program) Carriage(of Carrying) *Carriage {
	for _, pack := range p.lawFirst() {
		for i := range pack.Carriage {
			if r := &pack.Carriage[i]; r.fits(of) {
				return &Carriage{r, pack.ID}
			}
		}
	}
	return nil
}

func (p *Program) lawFirst() []*Pack {
	if p.Statute == nil {
		return []*Pack{p.Pack}
	}
	return []*Pack{p.Statute, p.Pack}
}

func (r *CarriageRule) fits(of Carrying) bool {
	return among(r.Legs, of.Leg) && among(r.Categories, of.Category) && among(r.Bases, of.Basis) && among(r.Verdicts, of.Verdict) &&
		(r.OverGrams == 0 || of.Bulky || of.Grams > r.OverGrams)
}

// among reports whether a filter lets a value through; an empty filter lets
// everything through.
func among[T comparable](filter []T, value T) bool {
	return len(filter) == 0 || slices.Contains(filter, value)
}

// Keeping is what a device that waits for its owner is under.
type Keeping struct {
	Warnings []Warning // every one the terms have, in order
	Fee      *StorageFee
	Wait     *DisposalWait
}

// Warning is one step of warning the customer.
type Warning struct {
	Rule *UncollectedRule
	On   calendar.Date // the first day on which it is due
}

// StorageFee is what keeping the device costs.
type StorageFee struct {
	Rule   *UncollectedRule
	From   calendar.Date // the first day that is charged
	PerDay money.Amount
}

// DisposalWait is the lawful wait before the device may be disposed of.
type DisposalWait struct {
	Rule   *UncollectedRule
	Period calendar.Period
}

// Keep computes what a device that was ready on a day is under (ГК 738).
func (p *Program) Keep(ready calendar.Date) Keeping {
	var k Keeping
	for _, pack := range p.lawFirst() {
		for i := range pack.Uncollected {
			r := &pack.Uncollected[i]
			for _, step := range r.Warn {
				period, _ := calendar.ParsePeriod(step) // checked when the pack was compiled
				k.Warnings = append(k.Warnings, Warning{r, period.From(ready)})
			}
			if r.FeePerDay != "" {
				free, _ := calendar.ParsePeriod(r.FeeAfter)
				sum, _ := parseSum(r.FeePerDay, p.Pack.Currency)
				k.Fee = &StorageFee{r, free.From(ready).AddDays(1), sum}
			}
			if r.Wait != "" && k.Wait == nil {
				period, _ := calendar.ParsePeriod(r.Wait)
				k.Wait = &DisposalWait{r, period}
			}
		}
	}
	slices.SortStableFunc(k.Warnings, func(a, b Warning) int { return int(a.On.Days()) - int(b.On.Days()) })
	return k
}

// Due is the fee up to and with a day; zero where none has run up.
func (f StorageFee) Due(today calendar.Date) (money.Amount, error) {
	days := int64(today.Days()) - int64(f.From.Days()) + 1
	return f.PerDay.MulRatio(max(days, 0), 1)
}

// Allowed is the first day on which a device may be disposed of after a
// warning given on a day.
func (w DisposalWait) Allowed(warned calendar.Date) calendar.Date {
	return w.Period.From(warned).AddDays(1)
}

// Promise is by when a courier brings a device.
type Promise struct {
	Deadline *DeadlineClause // the rule
	Day      calendar.Date   // a fixed courier day; zero where the term is in hours
	Until    time.Time       // the first instant that is too late
}

// Delivery is by when a device handed to the courier at an instant is brought
// to a settlement: within the hours of the retailer's promise, elapsed, or on
// the settlement's next fixed courier day (B9). False where the terms promise
// nothing.
func (p *Program) Delivery(handed time.Time, settlement string) (Promise, bool) {
	for i := range p.Pack.Deadlines {
		d := &p.Pack.Deadlines[i]
		if d.Name != "return" {
			continue
		}
		if day, ok := p.NextCourierDay(settlement, calendar.DateOf(handed, p.zone)); ok && d.Fixed {
			return Promise{d, day, day.AddDays(1).Start(p.zone)}, true
		}
		period, _ := calendar.ParsePeriod(d.Period)
		if period.IsClock() {
			return Promise{Deadline: d, Until: handed.Add(period.Duration())}, true
		}
		counted := p.days.Deadline(calendar.DateOf(handed, p.zone), period, d.Shift)
		return Promise{d, counted.Until, counted.Until.AddDays(1).Start(p.zone)}, true
	}
	return Promise{}, false
}

// NextCourierDay is the first fixed courier day of a settlement after a day;
// false where the courier drives there any day.
func (p *Program) NextCourierDay(settlement string, after calendar.Date) (calendar.Date, bool) {
	s, ok := p.settlements[foldPlace(settlement)]
	if !ok || settlement == "" {
		return calendar.Date{}, false
	}
	for i := 1; i <= 7; i++ {
		day := after.AddDays(i)
		if slices.Contains(s.Days, weekdayName(day.Weekday())) {
			return day, true
		}
	}
	return calendar.Date{}, false
}

// Centre is a shop or centre of the packs by its id.
func (p *Program) Centre(id string) (Centre, bool) {
	c, ok := p.centres[id]
	return c, ok
}

// CarriageRuleOf finds a rule by the pack and id that a shipment kept.
func (p *Program) CarriageRuleOf(pack, id string) *CarriageRule {
	for _, from := range p.lawFirst() {
		for i := range from.Carriage {
			if from.ID == pack && from.Carriage[i].ID == id {
				return &from.Carriage[i]
			}
		}
	}
	return nil
}

// checkShipping checks the rules that the engine does not compile.
func (b *builder) checkShipping(p *Pack) {
	seen := map[string]bool{}
	rule := func(r *Rule, section string) {
		if !idForm.MatchString(r.ID) || seen[section+r.ID] {
			b.faults.add(r.Pos, "%s: id: expected lower-case words joined by hyphens, each once, found %q", section, r.ID)
		}
		seen[section+r.ID] = true
		if !rowForm.MatchString(r.Requirement) {
			b.faults.add(r.Pos, "%s %s: requirement: expected a row such as B9 or RU-18.7, found %q", section, r.ID, r.Requirement)
		}
		b.checkText(p, r.Pos, section+" "+r.ID+": text", r.Text)
	}
	for i := range p.Carriage {
		rule(&p.Carriage[i].Rule, "carriage")
	}
	for i := range p.Tariffs {
		r := &p.Tariffs[i]
		rule(&r.Rule, "tariffs")
		b.checkSum(r.Pos, "tariffs "+r.ID+": price", r.Price)
	}
	for i := range p.Uncollected {
		r := &p.Uncollected[i]
		rule(&r.Rule, "uncollected")
		for _, step := range r.Warn {
			b.period(r.Pos, "uncollected "+r.ID+": warn", step, false)
		}
		if r.Wait != "" {
			b.period(r.Pos, "uncollected "+r.ID+": wait_after_warning", r.Wait, false)
		}
		if (r.FeePerDay == "") != (r.FeeAfter == "") {
			b.faults.add(r.Pos, "uncollected %s: fee_per_day and fee_after stand together", r.ID)
		} else if r.FeePerDay != "" {
			b.checkSum(r.Pos, "uncollected "+r.ID+": fee_per_day", r.FeePerDay)
			b.period(r.Pos, "uncollected "+r.ID+": fee_after", r.FeeAfter, false)
		}
	}
}
