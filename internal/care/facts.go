package care

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Answer is a fact that somebody states: a path of the decision contract
// ("unit.lock_active") and its value as text ("true", "2026-03-01",
// "1999.00 BGN"). An empty value makes the fact unknown again.
type Answer struct {
	Fact  string `json:"fact"`
	Value string `json:"value"`
}

// FactsOf is everything that is known of a claim, as the policy engine takes
// it. stays are the unit's other stays in service, those of other claims;
// the claim's own come from the claim. The stay that the claim is about is
// given as one that has not ended: it prolongs up to at, and it is no earlier
// repair. Instants are cut to seconds and given in the shop's zone.
func FactsOf(c Claim, stays []Stay, at time.Time, zone *time.Location) policy.Facts {
	local := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(zone).Truncate(time.Second)
	}
	f := policy.Facts{Pack: c.Pack, At: local(at)}
	f.Request = policy.RequestFacts{Kind: WarrantyService, Basis: string(c.Basis), Channel: c.Channel,
		ReceivedAt: local(c.ReceivedAt), Settlement: c.Settlement, BeforeCheck: beforeCheck(c)}
	f.Request.Remedy, f.Request.RemedyAt = demandOf(c)
	f.Request.RemedyAt = local(f.Request.RemedyAt)
	if c.Loaner != nil {
		f.Request.LoanerAt, f.Request.LoanerUntil = local(c.Loaner.At), local(c.Loaner.Until)
	}
	f.Unit, f.Sale, f.Warranty, f.Certificate = unitFacts(c.Unit, c.Sale, c.Answers), saleFacts(c.Sale), warrantyFacts(c.Sale), certificateFacts(c.Sale)
	f.Documents = c.Documents
	if c.Diagnosis != nil {
		f.Diagnosis = c.Diagnosis.Facts
	}
	f.Services = []policy.Service{}
	for _, s := range stays {
		if s.Claim != c.ID {
			f.Services = append(f.Services, s.Service(zone))
		}
	}
	for _, s := range c.Stays {
		if s.Demanded.Equal(c.ReceivedAt) {
			s.Released, s.Outcome = time.Time{}, ""
		}
		f.Services = append(f.Services, s.Service(zone))
	}
	f.Market = c.Answers.Market
	f.Remedy = policy.RemedyFacts{RepairPossible: c.Answers.RepairPossible, ReadyAt: local(c.ReadyAt)}
	return f
}

// UnitFactsOf is what is known of a unit and its sale without any claim: for
// checking what is in force.
func UnitFactsOf(pack string, u Unit, s Sale, stays []Stay, at time.Time, zone *time.Location) policy.Facts {
	c := Claim{Pack: pack, Unit: u, Sale: s, ReceivedAt: at, Channel: "portal"}
	f := FactsOf(c, nil, at, zone)
	for _, x := range stays {
		f.Services = append(f.Services, x.Service(zone))
	}
	return f
}

func unitFacts(u Unit, s Sale, a Answers) policy.UnitFacts {
	return policy.UnitFacts{Category: u.Category, Brand: u.Brand, Model: u.Model, Serial: u.Serial, IMEI: u.IMEI,
		IMEIOnReceipt: s.IMEIOnReceipt, CardInKit: s.CardInKit, OriginalPackaging: s.OriginalPackaging,
		PersonalUse: a.PersonalUse, ReportedStolen: a.ReportedStolen, LockActive: a.LockActive, OwnerProven: a.OwnerProven,
		DigitalElements: u.DigitalElements}
}

func saleFacts(s Sale) policy.SaleFacts {
	return policy.SaleFacts{Date: s.Date, Delivered: s.Delivered, Rescinded: s.Rescinded, Channel: s.Channel, Price: s.Price}
}

func warrantyFacts(s Sale) policy.WarrantyFacts {
	return policy.WarrantyFacts{Months: s.WarrantyMonths, Issuer: s.WarrantyIssuer}
}

func certificateFacts(s Sale) policy.CertificateFacts {
	if s.Certificate == "" {
		return policy.CertificateFacts{}
	}
	return policy.CertificateFacts{Number: s.Certificate, Sold: s.CertificateSold, Price: s.CertificatePrice}
}

func (r RecordAnswers) run(c Claim, env Env) ([]Payload, error) {
	if len(r.Facts) == 0 {
		return nil, Fail(Invalid, "required", "field", "facts").At("facts")
	}
	out := &AnswersRecorded{Facts: slices.Clone(r.Facts), Answers: c.Answers, Unit: c.Unit, Sale: c.Sale}
	for _, a := range r.Facts {
		set, ok := answerable(out)[a.Fact]
		if !ok {
			return nil, Fail(Invalid, "unknown_fact", "fact", a.Fact, "expected", strings.Join(AnswerableFacts(), " ")).At(a.Fact)
		}
		if err := set(strings.TrimSpace(a.Value)); err != nil {
			return nil, Fail(Invalid, "bad_fact", "fact", a.Fact, "value", a.Value).At(a.Fact)
		}
	}
	for _, a := range r.Facts {
		if err := possible(a.Fact, out.Sale, env); err != nil {
			return nil, err
		}
	}
	return []Payload{out}, nil
}

// possible refuses days that can't be: a sale yet to come, and what follows a
// sale before it.
func possible(fact string, s Sale, env Env) error {
	switch fact {
	case "sale.date":
		if err := SoldBy(calendar.DateOf(env.Now, env.Zone), s.Date, fact); err != nil {
			return err
		}
		return NotBeforeSale(s.Delivered, s.Date, "delivered", fact)
	case "sale.delivered":
		return NotBeforeSale(s.Delivered, s.Date, "delivered", fact)
	case "sale.rescinded":
		return NotBeforeSale(s.Rescinded, s.Date, "on", fact)
	}
	return nil
}

// SoldBy refuses a sale that is yet to come. The error is Invalid, at the place
// given.
func SoldBy(today, sold calendar.Date, at string) error {
	if sold.After(today) {
		return Fail(Invalid, "sales_future", "value", sold.String(), "today", today.String()).At(at)
	}
	return nil
}

// NotBeforeSale refuses a day before that of the sale; where either is not
// known there is nothing to compare. The error is Invalid, at the place given,
// and names the field.
func NotBeforeSale(d, sold calendar.Date, field, at string) error {
	if d.IsZero() || sold.IsZero() || !d.Before(sold) {
		return nil
	}
	return Fail(Invalid, "before_sale", "field", field, "value", d.String()).At(at)
}

// AnswerableFacts lists the facts that RecordAnswers takes.
func AnswerableFacts() []string { return sortedKeys(answerable(&AnswersRecorded{})) }

// answerable maps each fact to what sets it from text.
func answerable(p *AnswersRecorded) map[string]func(string) error {
	a, u, s := &p.Answers, &p.Unit, &p.Sale
	return map[string]func(string) error{
		"unit.personal_use":       setBool(&a.PersonalUse),
		"unit.reported_stolen":    setBool(&a.ReportedStolen),
		"unit.lock_active":        setBool(&a.LockActive),
		"unit.owner_proven":       setBool(&a.OwnerProven),
		"remedy.repair_possible":  setBool(&a.RepairPossible),
		"market.same_model":       setBool(&a.Market.SameModel),
		"market.analog_price":     setAmount(&a.Market.AnalogPrice),
		"unit.category":           setWord(&u.Category, "categories"),
		"unit.brand":              setText(&u.Brand),
		"unit.model":              setText(&u.Model),
		"unit.digital_elements":   setBool(&u.DigitalElements),
		"unit.imei_on_receipt":    setBool(&s.IMEIOnReceipt),
		"unit.card_in_kit":        setBool(&s.CardInKit),
		"unit.original_packaging": setBool(&s.OriginalPackaging),
		"sale.date":               setDate(&s.Date),
		"sale.delivered":          setDate(&s.Delivered),
		"sale.rescinded":          setDate(&s.Rescinded),
		"sale.channel":            setWord(&s.Channel, "sale_channels"),
		"sale.price":              setAmount(&s.Price),
		"warranty.months":         setMonths(&s.WarrantyMonths),
		"warranty.issuer":         setWord(&s.WarrantyIssuer, "issuers"),
		"certificate.number":      setText(&s.Certificate),
		"certificate.sold":        setDate(&s.CertificateSold),
		"certificate.price":       setAmount(&s.CertificatePrice),
		"request.settlement":      setText(&p.Place),
	}
}

func setBool(to **bool) func(string) error {
	return func(v string) error {
		if v == "" {
			*to = nil
			return nil
		}
		b, err := strconv.ParseBool(v)
		*to = &b
		return err
	}
}

func setAmount(to **money.Amount) func(string) error {
	return func(v string) error {
		if v == "" {
			*to = nil
			return nil
		}
		sum, currency, _ := strings.Cut(v, " ")
		amount, err := money.Parse(sum, currency)
		if err == nil && amount.Minor < 0 {
			err = strconv.ErrRange // nothing is sold for less than nothing
		}
		*to = &amount
		return err
	}
}

func setDate(to *calendar.Date) func(string) error {
	return func(v string) error {
		if v == "" {
			*to = calendar.Date{}
			return nil
		}
		d, err := calendar.ParseDate(v)
		*to = d
		return err
	}
}

func setMonths(to **int) func(string) error {
	return func(v string) error {
		if v == "" {
			*to = nil
			return nil
		}
		n, err := strconv.Atoi(v)
		if err == nil && (n < 0 || n > 1200) {
			err = strconv.ErrRange
		}
		*to = &n
		return err
	}
}

func setWord(to *string, vocabulary string) func(string) error {
	return func(v string) error {
		if v != "" {
			if err := needWord(v, vocabulary, vocabulary); err != nil {
				return err
			}
		}
		*to = v
		return nil
	}
}

func setText(to *string) func(string) error {
	return func(v string) error {
		*to = v
		return nil
	}
}
