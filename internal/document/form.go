package document

// repairForm is the European repair information form: what Annex I of
// Directive (EU) 2024/1799 wants said before a repair is agreed, in its order.
func (s *sheet) repairForm() error {
	if err := s.head(""); err != nil {
		return err
	}
	c := s.p.Claim
	s.section(1, "repairer")
	list := []fact{{s.l.T("papers.form.repairer"), s.p.Seller.Name, true}}
	if p := s.p.Place; p != nil {
		list = append(list, fact{s.l.T("papers.form.address"), joined(", ", s.in(p.Name), s.in(p.Address)), false}, fact{s.l.T("papers.phone"), p.Phone, false})
	}
	for _, x := range s.p.Seller.Contacts {
		list = append(list, fact{x.Label, joined(" / ", x.Value, x.Extension), false})
	}
	s.facts(list...)
	s.section(2, "repair")
	s.facts(s.deviceFacts(c.Unit, nil)...)
	s.facts(fact{s.l.T("papers.form.defect"), s.defect(), false})
	if e := c.Estimate; e != nil {
		s.facts(fact{s.l.T("papers.form.type"), e.Work, false}, fact{s.l.T("papers.form.price"), s.l.Money(e.Amount), true},
			fact{s.l.T("papers.form.list"), s.priceList(), false})
	}
	s.facts(fact{s.l.T("papers.form.time"), s.l.T("papers.form.by", "date", s.due(s.p.Due)), true},
		fact{s.l.T("papers.form.loaner"), s.l.T("papers.form.loaner_ask"), false})
	if p := s.p.Place; p != nil {
		s.facts(fact{s.l.T("papers.form.place"), joined(", ", s.in(p.Name), s.in(p.Address)), false})
	}
	s.facts(fact{s.l.T("papers.form.further"), s.ancillary(), false})
	s.section(3, "valid")
	s.facts(fact{s.l.T("papers.form.given"), s.day(s.p.At), false}, fact{s.l.T("papers.form.until"), s.l.Date(s.p.ValidUntil), true})
	s.gap(1)
	s.quoted(s.p.Rights)
	s.fine(s.l.T("papers.form.claim", "number", c.Number))
	s.signatures(sign{s.l.T("papers.sign.repairer"), s.p.Author}, sign{s.l.T("papers.sign.accepts"), s.p.Customer.Name})
	return nil
}

func (s *sheet) section(n int, name string) {
	s.heading(s.l.Number(int64(n)) + ". " + s.l.T("papers.form."+name))
}

// ancillary are the services besides the repair: here, bringing it back.
func (s *sheet) ancillary() string {
	if s.p.Claim.Return == "deliver" {
		return s.l.T("papers.form.delivery")
	}
	return s.l.T("papers.form.no_further")
}

func (s *sheet) priceList() string {
	if s.p.PriceList == "" {
		return ""
	}
	return s.l.T("papers.form.by_list", "list", s.p.PriceList)
}
