package document

import (
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// handBack says what the law wants said when a device is given back: the
// dates, the defect, the parts, and how long the terms run now (RU-20.3).
func (s *sheet) handBack() error {
	c := s.p.Claim
	if err := s.head(""); err != nil {
		return err
	}
	s.parties()
	s.heading(s.l.T("papers.back.course"))
	s.facts(s.course()...)
	s.work()
	s.parts()
	if len(s.p.Terms) > 0 {
		s.heading(s.l.T("papers.terms.title"))
		s.terms(s.p.Terms)
	}
	s.ledger()
	if len(s.p.Told) > 0 {
		s.heading(s.l.T("papers.back.told"))
		s.bullets(s.p.Told)
	}
	s.gap(1)
	s.quoted(s.p.Rights)
	s.para(s.l.T("papers.back.received", "device", s.device(c.Unit)))
	s.signatures(sign{s.l.T("papers.sign.gave_out"), s.giver()}, sign{s.l.T("papers.sign.received"), s.p.Customer.Name})
	return nil
}

// giver is who handed the device over; nobody while that is to come.
func (s *sheet) giver() string {
	if s.p.Undated {
		return ""
	}
	return s.p.Author
}

// course lists the dates of the claim.
func (s *sheet) course() []fact {
	c := s.p.Claim
	list := []fact{{s.l.T("papers.back.demanded"), s.day(c.ReceivedAt), false}}
	if c.Intake != nil {
		list = append(list, fact{s.l.T("papers.back.taken"), s.instant(c.Intake.At), false})
	}
	if d := c.Diagnosis; d != nil {
		name := "papers.back.examined"
		if d.Facts.Confirmed != nil && *d.Facts.Confirmed {
			name = "papers.back.found"
		}
		list = append(list, fact{s.l.T(name), s.instant(d.At), false})
	}
	if c.Repair != nil {
		list = append(list, fact{s.l.T("papers.back.repaired"), s.instant(c.Repair.FinishedAt), false})
	}
	list = append(list, fact{s.l.T("papers.back.ready"), s.instant(c.ReadyAt), false})
	given := s.instant(handedOver(c))
	if given == "" {
		given = s.l.T("papers.by_hand")
	}
	list = append(list, fact{s.l.T("papers.back.given"), given, true})
	if days := s.inService(); days > 0 {
		list = append(list, fact{s.l.T("papers.back.days"), s.l.Days(days), false})
	}
	return list
}

// handedOver is when the customer got the device back; zero while it is with
// us, and where it never was.
func handedOver(c care.Claim) time.Time {
	if c.ReadyAt.IsZero() || c.Custody.Kind != care.HeldByCustomer || c.Custody.Since.Before(c.ReadyAt) {
		return time.Time{}
	}
	return c.Custody.Since
}

// inService counts the days of the claim's latest stay, both ends included.
func (s *sheet) inService() int {
	stays := s.p.Claim.Stays
	if len(stays) == 0 || stays[len(stays)-1].Released.IsZero() {
		return 0
	}
	last := stays[len(stays)-1]
	return calendar.DateOf(last.Released, s.p.Zone).Sub(calendar.DateOf(last.Accepted, s.p.Zone)) + 1
}

// work says what was wrong and what was done.
func (s *sheet) work() {
	c := s.p.Claim
	s.heading(s.l.T("papers.back.work"))
	basis := ""
	if c.Remedy != nil {
		basis = s.word("bases", string(c.Remedy.Basis))
	}
	s.facts(fact{s.l.T("papers.back.result"), s.word("outcomes", string(c.Outcome)), true}, fact{s.l.T("papers.intake.basis"), basis, false},
		fact{s.l.T("papers.back.defect"), s.defect(), false})
	if d := c.Diagnosis; d != nil {
		s.facts(fact{s.l.T("papers.conclusion.title"), d.Conclusion, false})
	}
	r := c.Repair
	if r == nil || r.FinishedAt.IsZero() {
		return
	}
	cost := s.l.T("papers.back.free")
	if c.Remedy != nil && c.Remedy.Amount != nil && c.Remedy.Kind == "repair" {
		cost = s.money(c.Remedy.Amount)
	}
	s.facts(fact{s.l.T("papers.back.kind"), s.word("service_kinds", r.Kind), false}, fact{s.l.T("papers.back.done"), r.Work, false},
		fact{s.l.T("papers.back.software"), s.word("software_work", r.Software), false}, fact{s.l.T("papers.back.cost"), cost, false})
	if len(r.Parts) == 0 { // the law wants the parts named: that there are none is told too
		s.facts(fact{s.l.T("papers.back.parts"), s.l.T("papers.back.no_parts"), false})
	}
}

// defect is what was found, or what the customer complained of.
func (s *sheet) defect() string {
	c := s.p.Claim
	if d := c.Diagnosis; d != nil {
		var found []string
		for _, f := range d.Facts.Findings {
			one := s.l.Or("findings", f.Code)
			if f.Part != "" {
				one = s.l.T("list.dash", "first", one, "last", s.l.Or("parts", f.Part))
			}
			found = append(found, one)
		}
		if d.Facts.FailedPart != "" {
			found = append(found, s.l.T("papers.back.failed", "part", s.l.Or("parts", d.Facts.FailedPart)))
		}
		if len(found) > 0 {
			text := strings.Join(found, "; ")
			return strings.ToUpper(string([]rune(text)[:1])) + string([]rune(text)[1:])
		}
	}
	if c.Intake != nil && c.Intake.Defect != "" {
		return c.Intake.Defect
	}
	return s.p.Request.Text
}

// parts is a table of what was put in, with its own warranty (RU-20.4).
func (s *sheet) parts() {
	r := s.p.Claim.Repair
	if r == nil || len(r.Parts) == 0 {
		return
	}
	s.heading(s.l.T("papers.back.parts"))
	var rows [][]string
	for _, p := range r.Parts {
		until := "–"
		switch {
		case !p.Until.IsZero():
			until = s.l.T("papers.until", "date", s.l.DateShort(p.Until))
		case p.Months > 0:
			until = s.l.Months(p.Months)
		}
		rows = append(rows, []string{joined(", ", s.word("parts", p.Part), p.Name), or(p.Serial, "–"), until})
	}
	s.table([]column{{s.l.T("papers.back.part"), 0.42, false}, {s.l.T("papers.serial"), 0.3, false}, {s.l.T("papers.back.part_warranty"), 0.28, false}}, rows)
}

// ledger is a table of what customer and retailer owe each other.
func (s *sheet) ledger() {
	var rows [][]string
	for _, e := range s.p.Money {
		who := s.l.T("papers.money.to_customer")
		if e.Debtor == care.CustomerParty {
			who = s.l.T("papers.money.by_customer")
		}
		rows = append(rows, []string{s.word("money.what", string(e.What)), who, s.word("money_state", string(e.State)), s.l.Money(e.Amount)})
	}
	if len(rows) == 0 {
		return
	}
	s.heading(s.l.T("papers.money.title"))
	s.table([]column{{s.l.T("papers.money.what"), 0.36, false}, {s.l.T("papers.money.who"), 0.22, false}, {s.l.T("papers.money.state"), 0.2, false},
		{s.l.T("papers.money.sum"), 0.22, true}}, rows)
}

// replacement is the act of an exchange: the old device, the new one, the
// recalculated difference and the terms of the new one (A9; B11).
func (s *sheet) replacement() error {
	c := s.p.Claim
	if err := s.head(""); err != nil {
		return err
	}
	claim := []fact{s.claimFact()}
	if c.Remedy != nil {
		claim = append(claim, fact{s.l.T("papers.intake.basis"), s.word("bases", string(c.Remedy.Basis)), false})
	}
	s.pair(s.customerFacts(), claim)
	s.heading(s.l.T("papers.exchange.old"))
	s.facts(s.deviceFacts(c.Unit, &c.Sale)...)
	s.facts(fact{s.l.T("papers.back.defect"), s.defect(), false})
	if s.p.NewUnit != nil {
		s.heading(s.l.T("papers.exchange.new"))
		s.facts(s.deviceFacts(*s.p.NewUnit, nil)...)
		if s.p.NewSale != nil {
			s.facts(fact{s.l.T("papers.price"), s.money(s.p.NewSale.Price), false})
		}
		s.facts(fact{s.l.T("papers.exchange.at"), s.instant(s.p.At), false})
	}
	s.heading(s.l.T("papers.exchange.difference"))
	s.para(s.difference(c.Difference()))
	s.ledger()
	if len(s.p.Terms) > 0 {
		s.heading(s.l.T("papers.terms.new"))
		s.terms(s.p.Terms)
	}
	s.quoted(s.p.Rights)
	s.signatures(sign{s.l.T("papers.sign.gave_out"), s.p.Author}, sign{s.l.T("papers.sign.received"), s.p.Customer.Name})
	return nil
}

// difference words what is paid on top, and by whom.
func (s *sheet) difference(a *money.Amount) string {
	switch {
	case a == nil:
		return s.l.T("papers.exchange.even")
	case a.Minor > 0:
		return s.l.T("papers.exchange.pays", "sum", *a)
	}
	return s.l.T("papers.exchange.gets", "sum", a.Neg())
}

// refund is the act of money given back.
func (s *sheet) refund() error {
	c := s.p.Claim
	if err := s.head(""); err != nil {
		return err
	}
	s.parties()
	r := c.Refund
	if r == nil {
		return nil
	}
	s.gap(2)
	s.boxed(s.l.T("papers.refund.sum", "what", s.word("remedy_kinds", r.Kind), "sum", r.Amount), true)
	paid := s.l.T("papers.by_hand")
	if !r.PaidAt.IsZero() {
		paid = s.instant(r.PaidAt)
	}
	s.facts(fact{s.l.T("papers.price"), s.money(c.Sale.Price), false})
	if c.Remedy != nil {
		s.facts(fact{s.l.T("papers.intake.basis"), s.word("bases", string(c.Remedy.Basis)), false})
	}
	s.facts(fact{s.l.T("papers.back.defect"), s.defect(), false},
		fact{s.l.T("papers.refund.approved"), joined(", ", s.instant(r.ApprovedAt), s.p.Author), false},
		fact{s.l.T("papers.refund.paid"), paid, false}, fact{s.l.T("papers.refund.reference"), r.Reference, false})
	if len(s.p.Grounds) > 0 {
		s.heading(s.l.T("papers.refund.grounds"))
		for i, g := range s.p.Grounds {
			s.numbered(i+1, or(g.Text, g.ID), s.l.T("papers.refusal.source", "source", or(g.Source, "–"), "id", g.ID))
		}
	}
	s.ledger()
	device := s.l.T("papers.refund.device_stays")
	if r.Kind == "price_reduction" {
		device = s.l.T("papers.refund.device_back")
	}
	s.gap(1)
	s.para(device)
	s.signatures(sign{s.l.T("papers.sign.seller"), s.p.Author}, sign{s.l.T("papers.sign.money"), s.p.Customer.Name})
	return nil
}

// closing is the act that a claim was met, of which the customer gets one of
// two copies (BG-47).
func (s *sheet) closing() error {
	c := s.p.Claim
	if err := s.head(""); err != nil {
		return err
	}
	s.para(s.l.T("papers.closing.lead", "date", s.itsDay(), "seller", s.p.Seller.Name, "customer", s.p.Customer.Name))
	s.parties()
	complaint := s.p.Request.Text
	if c.Intake != nil && c.Intake.Defect != "" {
		complaint = c.Intake.Defect
	}
	s.facts(fact{s.l.T("papers.closing.complaint"), complaint, false})
	s.heading(s.l.T("papers.closing.met"))
	s.facts(s.course()...)
	how := s.word("outcomes", string(c.Outcome))
	if c.Remedy != nil {
		how = s.word("remedy_kinds", c.Remedy.Kind)
	}
	s.facts(fact{s.l.T("papers.closing.how"), how, true})
	if c.Repair != nil {
		s.facts(fact{s.l.T("papers.back.done"), c.Repair.Work, false})
	}
	if s.p.NewUnit != nil {
		s.facts(fact{s.l.T("papers.exchange.new"), joined(", ", s.device(*s.p.NewUnit), s.p.NewUnit.Identity()), false})
	}
	if c.Refund != nil {
		s.facts(fact{s.l.T("papers.closing.sum"), s.l.Money(c.Refund.Amount), false})
	}
	s.parts()
	if len(s.p.Terms) > 0 {
		s.heading(s.l.T("papers.terms.title"))
		s.terms(s.p.Terms)
	}
	s.gap(1)
	s.para(s.l.T("papers.closing.content"))
	s.quoted(s.p.Rights)
	s.signatures(sign{s.l.T("papers.sign.seller"), s.giver()}, sign{s.l.T("papers.sign.consumer"), s.p.Customer.Name})
	return nil
}
