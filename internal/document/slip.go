package document

import "github.com/talon-care/talon/internal/care"

// intakeSlip is what the customer takes along for the device (B6; BG-47).
func (s *sheet) intakeSlip() error {
	c := s.p.Claim
	if err := s.head(c.Number); err != nil {
		return err
	}
	if s.p.Link != "" {
		s.boxed(s.l.T("papers.intake.follow"), false)
	}
	s.parties()
	s.heading(s.l.T("papers.intake.taken"))
	in := care.Intake{}
	if c.Intake != nil {
		in = *c.Intake
	}
	accessories := s.l.T("papers.intake.without")
	if len(in.Accessories) > 0 {
		accessories = s.l.List(in.Accessories)
	}
	documents := s.l.T("papers.intake.no_documents")
	if len(c.Documents) > 0 {
		documents = s.words("documents", c.Documents)
	}
	s.facts(fact{s.l.T("papers.intake.at"), s.instant(in.At), false},
		fact{s.l.T("papers.intake.condition"), or(in.Condition, s.l.T("papers.not_noted")), false},
		fact{s.l.T("papers.intake.accessories"), accessories, false},
		fact{s.l.T("papers.intake.defect"), or(in.Defect, s.p.Request.Text), false},
		fact{s.l.T("papers.intake.documents"), documents, false},
		fact{s.l.T("papers.intake.basis"), s.word("bases", string(c.BasisInUse())), false},
		fact{s.l.T("papers.intake.return"), s.wayBack(), false},
		fact{s.l.T("papers.intake.due"), s.due(s.p.Due), true})
	if len(s.p.Acknowledged) > 0 {
		s.heading(s.l.T("papers.intake.accepted"))
		for _, a := range s.p.Acknowledged {
			s.tick(joined(" ", a.Text, parenthesis(s.instant(a.At))))
		}
	}
	s.gap(2)
	s.quoted(s.p.Rights)
	s.fine(s.l.T("papers.intake.keep"))
	s.signatures(sign{s.l.T("papers.sign.gave"), s.p.Customer.Name}, sign{s.l.T("papers.sign.took"), s.p.Author})
	return nil
}

// wayBack is how the customer wants the device back.
func (s *sheet) wayBack() string {
	c := s.p.Claim
	way := s.word("return", string(c.Return))
	if c.Return != care.ReturnDeliver {
		return way
	}
	return joined(", ", way, s.p.Request.Address, care.SettlementBeside(s.p.Request.Address, s.p.Request.Settlement))
}

func or(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// loaner is what both sign when a loaner is handed out, with room for its
// return.
func (s *sheet) loaner() error {
	if err := s.head(""); err != nil {
		return err
	}
	loan, device := care.Loan{}, care.Loaner{}
	if s.p.Loan != nil {
		loan = *s.p.Loan
	}
	if s.p.Loaner != nil {
		device = *s.p.Loaner
	}
	s.pair(s.customerFacts(), []fact{s.claimFact(),
		{s.l.T("papers.loaner.instead"), joined(", ", s.device(s.p.Claim.Unit), s.p.Claim.Unit.Identity()), false}})
	s.heading(s.l.T("papers.loaner.given"))
	back := s.l.T("papers.loaner.when_ready")
	if !loan.BackBy.IsZero() {
		back = s.instant(loan.BackBy)
	}
	s.facts(fact{s.l.T("papers.device"), joined(" ", s.word("categories", device.Category), care.DeviceName(device.Brand, device.Model)), true},
		fact{s.l.T("papers.serial"), device.Serial, false},
		fact{s.l.T("papers.intake.condition"), loan.ConditionOut, false},
		fact{s.l.T("papers.loaner.at"), s.instant(loan.LentAt), false},
		fact{s.l.T("papers.loaner.back"), back, true})
	s.gap(2)
	s.para(s.l.T("papers.loaner.terms"))
	s.signatures(sign{s.l.T("papers.sign.gave_out"), ""}, sign{s.l.T("papers.sign.received"), s.p.Customer.Name})
	s.heading(s.l.T("papers.loaner.returned"))
	if loan.ReturnedAt.IsZero() {
		s.blank(s.l.T("papers.loaner.returned_on"), s.l.T("papers.intake.condition"))
	} else {
		s.facts(fact{s.l.T("papers.loaner.returned_on"), s.instant(loan.ReturnedAt), false},
			fact{s.l.T("papers.intake.condition"), loan.ConditionIn, false}, fact{s.l.T("papers.loaner.damage"), loan.Damage, false})
	}
	s.signatures(sign{s.l.T("papers.sign.gave_back"), s.p.Customer.Name}, sign{s.l.T("papers.sign.took_back"), ""})
	return nil
}

// blank leaves lines to be filled in by hand.
func (s *sheet) blank(names ...string) {
	for _, n := range names {
		s.need(9)
		s.letter(small+0.4, false, soft)
		s.put(margin, s.y+1.5, small+0.4, s.clip(n, labels-3))
		s.ruleFrom(margin+labels, s.wd-margin, s.y+6, line, 0.25)
		s.y += 8
	}
}
