package document

import (
	"github.com/talon-care/talon/internal/care"
)

// certificate is the paper of a post-warranty certificate with the terms that
// it is served by (A5-A15).
func (s *sheet) certificate() error {
	s.p.Link = "" // it leads to a claim
	if err := s.head(s.p.Number); err != nil {
		return err
	}
	x := s.p.Certificate
	if x == nil {
		return nil
	}
	if x.State != care.CertificateSold {
		s.boxed(s.l.T("paper.cert.ended", "state", s.l.Or("certificate_state", string(x.State))), true)
	}
	span := ""
	if !x.From.IsZero() && !x.LastDay.IsZero() {
		span = s.l.T("paper.cert.span", "from", x.From, "last", x.LastDay)
	}
	maker := ""
	if x.Maker != nil {
		maker = s.l.Date(x.Maker.LastDay)
	}
	s.facts(fact{s.l.T("paper.cert.valid"), span, true}, fact{s.l.T("paper.cert.buyer"), x.Buyer, true})
	s.facts(s.deviceFacts(x.Unit, &x.Sale)...)
	s.facts(fact{s.l.T("paper.cert.warranty_until"), maker, false}, fact{s.l.T("paper.cert.price"), s.money(x.Price), false},
		fact{s.l.T("paper.cert.sold"), s.l.Date(x.SoldOn), false})
	for _, part := range x.Parts {
		s.heading(s.l.T("paper.cert.part." + part.Key))
		s.bullets(part.Texts)
	}
	s.gap(1)
	s.fine(s.l.T("paper.cert.terms", "version", x.TermsVersion))
	s.signatures(sign{s.l.T("paper.cert.signature"), ""}, sign{s.l.T("paper.cert.signature_buyer"), x.Buyer})
	return nil
}
