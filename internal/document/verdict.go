package document

import (
	"github.com/talon-care/talon/policy"
)

// conclusion is what the specialists found (B7).
func (s *sheet) conclusion() error {
	if err := s.head(""); err != nil {
		return err
	}
	s.parties()
	if s.p.Claim.Diagnosis == nil {
		return nil
	}
	d := s.p.Claim.Diagnosis
	s.heading(s.l.T("papers.conclusion.examined"))
	complaint := s.p.Request.Text
	if in := s.p.Claim.Intake; in != nil && in.Defect != "" {
		complaint = in.Defect
	}
	s.facts(fact{s.l.T("papers.conclusion.at"), s.instant(d.At), false},
		fact{s.l.T("papers.conclusion.complaint"), complaint, false},
		fact{s.l.T("papers.conclusion.method"), or(d.Method, s.l.T("papers.conclusion.usual")), false},
		fact{s.l.T("papers.conclusion.measured"), d.Measured, false})
	s.findings(d.Facts)
	s.heading(s.l.T("papers.conclusion.result"))
	s.boxed(s.confirmed(d.Facts), true)
	s.facts(fact{s.l.T("papers.conclusion.kind"), s.word("diagnosis_kinds", d.Facts.Kind), false},
		fact{s.l.T("papers.conclusion.part"), s.word("parts", d.Facts.FailedPart), false},
		fact{s.l.T("papers.conclusion.code"), d.Facts.Defect, false})
	s.para(d.Conclusion)
	s.signatures(sign{s.l.T("papers.sign.technician"), s.p.Author}, sign{s.l.T("papers.sign.read"), s.p.Customer.Name})
	return nil
}

func (s *sheet) confirmed(f policy.DiagnosisFacts) string {
	switch {
	case f.Confirmed == nil:
		return s.l.T("papers.conclusion.open")
	case *f.Confirmed:
		return s.l.T("papers.conclusion.confirmed")
	}
	return s.l.T("papers.conclusion.unconfirmed")
}

// findings is a table of what was found.
func (s *sheet) findings(f policy.DiagnosisFacts) {
	if len(f.Findings) == 0 {
		return
	}
	s.gap(1.5)
	var rows [][]string
	for _, x := range f.Findings {
		rows = append(rows, []string{s.word("findings", x.Code), or(s.word("parts", x.Part), "–"), or(s.word("causes", x.Cause), s.l.T("papers.conclusion.no_cause"))})
	}
	s.table([]column{{s.l.T("papers.conclusion.finding"), 0.42, false}, {s.l.T("papers.conclusion.on"), 0.28, false},
		{s.l.T("papers.conclusion.cause"), 0.3, false}}, rows)
}

// refusal names every clause that it rests on, and whom the customer may turn
// to (D2; BG-54).
func (s *sheet) refusal() error {
	if err := s.head(""); err != nil {
		return err
	}
	s.parties()
	r := s.p.Claim.Refusal
	if r == nil {
		return nil
	}
	s.gap(3)
	s.boxed(s.l.T("papers.refusal.lead", "number", s.p.Claim.Number, "date", s.day(s.p.Claim.ReceivedAt), "basis", s.l.Or("bases", string(r.Basis))), true)
	if len(s.p.Grounds) > 0 {
		s.heading(s.l.T("papers.refusal.grounds"))
		for i, g := range s.p.Grounds {
			s.numbered(i+1, or(g.Text, g.ID), s.l.T("papers.refusal.source", "source", or(g.Source, "–"), "id", g.ID))
		}
	}
	if d := s.p.Claim.Diagnosis; d != nil {
		s.heading(s.l.T("papers.refusal.found"))
		s.findings(d.Facts)
		s.para(d.Conclusion)
	}
	if o := s.p.Claim.Override; o != nil && o.Verdict == policy.Refused {
		s.heading(s.l.T("papers.refusal.manager"))
		s.para(o.Reason)
	}
	if r.Text != "" {
		s.heading(s.l.T("papers.refusal.added"))
		s.para(r.Text)
	}
	if len(s.p.Other) > 0 {
		s.heading(s.l.T("papers.refusal.other"))
		for _, b := range s.p.Other {
			s.item("•", s.l.T("papers.refusal.verdict", "basis", s.word("bases", string(b.Basis)), "verdict", s.l.Or("verdicts", string(b.Verdict))), 0)
		}
	}
	s.disputes()
	s.signatures(sign{s.l.T("papers.sign.seller"), s.p.Author}, sign{s.l.T("papers.sign.handed"), s.p.Customer.Name})
	return nil
}

// disputes lists the bodies and courts.
func (s *sheet) disputes() {
	if len(s.p.Disputes) == 0 {
		return
	}
	s.heading(s.l.T("papers.refusal.disputes"))
	s.para(s.l.T("papers.refusal.disagree"))
	for _, d := range s.p.Disputes {
		s.need(3 * s.lineHeight(body))
		s.row([]cell{{width: s.width(), text: joined(" · ", d.Name, d.Web, unbroken(d.Phone)), strong: true}}, 0)
		s.row([]cell{{width: s.width(), text: joined(" ", d.Text, parenthesis(d.Source))}}, 1.6)
	}
}
