package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// paperRoutes are the files that a claim's papers are printed from.
func (s *Server) paperRoutes(m *routes) {
	m.staff("GET /staff/claims/{id}/papers/{file}", s.claimPaper)
	m.staff("POST /staff/claims/{id}/papers/intake_slip", s.printIntakeSlip)
	m.staff("GET /staff/certificates/{number}/paper.pdf", s.certificateFile)
	m.open("GET /track/{token}/papers/{file}", s.trackedPaper)
	m.open("GET /certificate/{token}/paper.pdf", s.linkedCertificateFile)
}

// papersData is what the partial "papers" shows.
type papersData struct {
	List []paperLink
	Zone *time.Location
}

// paperLink is one paper to print.
type paperLink struct {
	Name   string
	Number string // "" where it has none of its own
	Before string // number of the paper that it replaces; "" = none
	At     time.Time
	Href   string
	Print  string // where a form has it printed with a new tracking link; "" = Href will do
	Langs  []paperLang
}

// paperLang is the same paper in a language.
type paperLang struct{ Tag, Short, Href string }

// claimPapers are the papers of a claim for staff: in the customer's language,
// and in the others of the retailer.
func (v *visit) claimPapers(c care.Claim, list []care.Issued) papersData {
	base := "/staff/claims/" + url.PathEscape(c.Number) + "/papers/"
	out := v.paperLinks(list, base)
	for i, p := range list {
		l := &out.List[i]
		if p.Kind == care.IntakeSlip && desk.May(v.Actor, desk.IssueTracking) {
			l.Print = base + string(care.IntakeSlip)
		}
		for _, tag := range v.Retailer.Languages {
			l.Langs = append(l.Langs, paperLang{tag, strings.ToUpper(tag), l.Href + "?lang=" + tag})
		}
	}
	return out
}

// trackedPapers are the papers for the customer, in the language of the page.
func (s *Server) trackedPapers(v *visit, token string) (papersData, error) {
	list, err := s.desk.TrackedPapers(v.r.Context(), token)
	if err != nil {
		return papersData{}, err
	}
	out := v.paperLinks(list, "/track/"+url.PathEscape(token)+"/papers/")
	if slices.Contains(v.Retailer.Languages, v.Lang) {
		for i := range out.List {
			out.List[i].Href += "?lang=" + v.Lang
		}
	}
	return out, nil
}

func (v *visit) paperLinks(list []care.Issued, base string) papersData {
	out := papersData{Zone: v.Zone}
	for _, p := range list {
		l := paperLink{Name: v.L.T("paper_kind." + string(p.Kind)), At: p.At, Before: p.Replaces, Href: base + string(p.Kind) + ".pdf"}
		if p.Number != p.Claim.Number {
			l.Number = p.Number
		}
		out.List = append(out.List, l)
	}
	return out
}

// paperKind reads the kind of an address such as refusal.pdf.
func (v *visit) paperKind() (care.PaperKind, error) {
	name, ok := strings.CutSuffix(v.r.PathValue("file"), ".pdf")
	if kind := care.PaperKind(name); ok && kind.Valid() {
		return kind, nil
	}
	return "", care.Fail(care.NotFound, "no_paper")
}

func (s *Server) claimPaper(v *visit) error {
	kind, err := v.paperKind()
	if err != nil {
		return err
	}
	p, err := s.desk.Paper(v.r.Context(), v.Actor, v.r.PathValue("id"), kind, desk.PaperAs{Lang: v.r.URL.Query().Get("lang")})
	if err != nil {
		return err
	}
	return v.pdf(p)
}

// printIntakeSlip prints the slip that the customer takes along, with a new
// link to follow the claim by.
func (s *Server) printIntakeSlip(v *visit) error {
	p, err := s.desk.PrintIntakeSlip(v.r.Context(), v.Actor, v.r.PathValue("id"), v.r.URL.Query().Get("lang"),
		func(token string) string { return v.absolute("/track/" + token) })
	if err != nil {
		return err
	}
	return v.pdf(p)
}

func (s *Server) trackedPaper(v *visit) error {
	kind, err := v.paperKind()
	if err != nil {
		return err
	}
	token := v.r.PathValue("token")
	as := desk.PaperAs{Lang: v.r.URL.Query().Get("lang"), Link: v.absolute("/track/" + token)}
	p, err := s.desk.TrackedPaper(v.r.Context(), token, kind, as)
	if err != nil {
		return err
	}
	return v.pdf(p)
}

func (s *Server) certificateFile(v *visit) error {
	p, err := s.desk.CertificateFile(v.r.Context(), v.Actor, v.r.PathValue("number"), v.r.URL.Query().Get("lang"))
	if err != nil {
		return err
	}
	return v.pdf(p)
}

func (s *Server) linkedCertificateFile(v *visit) error {
	p, err := s.desk.LinkedCertificateFile(v.r.Context(), v.r.PathValue("token"), v.r.URL.Query().Get("lang"))
	if err != nil {
		return err
	}
	return v.pdf(p)
}

// pdf sends a paper to be read in the browser and printed from there.
func (v *visit) pdf(p desk.PaperFile) error {
	h := v.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", "inline; filename*=UTF-8''"+url.PathEscape(p.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "frame-ancestors 'none'") // that of pages keeps some browsers from showing a PDF
	h.Set("Content-Length", strconv.Itoa(len(p.Content)))
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(p.Content) // the reader may have gone away
	}
	return nil
}
