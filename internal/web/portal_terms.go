package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// termsPage is a retailer's whole policy as its customers read it.
type termsPage struct {
	Version string
	From    calendar.Date
	Parts   []termsPart
	Prices  []priceTable
	Plans   []planLine
}

// termsPart is one pack: the retailer's own terms, a maker's, or the law.
type termsPart struct {
	ID, Name string
	Kind     policy.PackKind
	Version  string
	Groups   []termsGroup
}

// termsGroup holds the clauses of one section.
type termsGroup struct {
	Key     string // "covers"
	Clauses []termsClause
}

// termsClause is a clause as it is read.
type termsClause struct {
	ID, Text, Source   string
	Bases              []policy.Basis
	Categories, Brands []string
	Since, Before      calendar.Date
	Unverified         bool
}

type priceTable struct {
	ID, Name string
	Items    []priceLine
}

type priceLine struct {
	Text   string
	Amount money.Amount
}

// planLine is a post-warranty certificate on sale (A5).
type planLine struct {
	Categories []string
	From, To   *money.Amount // price of the goods
	Amount     money.Amount
	Months     int
	Sample     bool
}

func (s *Server) shopTerms(v *visit) error {
	program, err := s.packs.Program(v.Retailer.ID, calendar.Date{})
	if err != nil {
		return fmt.Errorf("terms of %s: %w", v.Retailer.ID, err)
	}
	page := termsPage{Version: v.Pack.Version, From: v.Pack.ValidFrom, Parts: []termsPart{v.part(program.Pack)}}
	for _, maker := range program.Makers {
		page.Parts = append(page.Parts, v.part(maker))
	}
	if program.Statute != nil {
		page.Parts = append(page.Parts, v.part(program.Statute))
	}
	if err := page.fees(v); err != nil {
		return fmt.Errorf("fees of %s: %w", v.Retailer.ID, err)
	}
	return v.html(http.StatusOK, "portal/terms", page)
}

func (v *visit) part(p *policy.Pack) termsPart {
	part := termsPart{ID: p.ID, Name: p.Name.In(v.Lang, p.Languages...), Kind: p.Kind, Version: p.Version}
	for _, section := range sections(p) {
		if len(section.clauses) == 0 {
			continue
		}
		group := termsGroup{Key: section.key}
		for _, c := range section.clauses {
			group.Clauses = append(group.Clauses, termsClause{ID: c.ID, Text: c.Text.In(v.Lang, p.Languages...), Source: c.Source,
				Bases: c.Basis, Categories: c.Categories, Brands: brandNames(c.Brands), Since: c.Since, Before: c.Before,
				Unverified: v.Unverified(c.Verified)})
		}
		part.Groups = append(part.Groups, group)
	}
	return part
}

type section struct {
	key     string
	clauses []*policy.Clause
}

// sections are those of a pack in the order in which a customer asks: what is
// promised, what is needed, what is refused, what is done and by when.
func sections(p *policy.Pack) []section {
	return []section{
		{"covers", clausesOf(p.Covers, func(c *policy.CoverClause) *policy.Clause { return &c.Clause })},
		{"prolongations", clausesOf(p.Prolongations, func(c *policy.ProlongationClause) *policy.Clause { return &c.Clause })},
		{"restarts", clausesOf(p.Restarts, func(c *policy.RestartClause) *policy.Clause { return &c.Clause })},
		{"extensions", clausesOf(p.Extensions, func(c *policy.ExtensionClause) *policy.Clause { return &c.Clause })},
		{"proof", clausesOf(p.Proof, func(c *policy.ProofClause) *policy.Clause { return &c.Clause })},
		{"exclusions", clausesOf(p.Exclusions, func(c *policy.ExclusionClause) *policy.Clause { return &c.Clause })},
		{"limits", clausesOf(p.Limits, func(c *policy.LimitClause) *policy.Clause { return &c.Clause })},
		{"remedies", clausesOf(p.Remedies, func(c *policy.RemedyClause) *policy.Clause { return &c.Clause })},
		{"deadlines", clausesOf(p.Deadlines, func(c *policy.DeadlineClause) *policy.Clause { return &c.Clause })},
		{"acknowledgements", clausesOf(p.Acknowledgements, func(c *policy.NoticeClause) *policy.Clause { return &c.Clause })},
		{"notices", clausesOf(p.Notices, func(c *policy.NoticeClause) *policy.Clause { return &c.Clause })},
		{"routing", clausesOf(p.Routing, func(c *policy.RoutingClause) *policy.Clause { return &c.Clause })},
		{"parts", clausesOf(p.Parts, func(r *policy.PartRule) *policy.Clause {
			c := clauseOf(r.Rule, nil)
			c.Basis = r.Basis
			return c
		})},
		{"papers", clausesOf(p.Papers, func(r *policy.PaperRule) *policy.Clause {
			c := clauseOf(r.Rule, nil)
			c.Since = r.Since
			return c
		})},
		{"disputes", clausesOf(p.Disputes, disputeClause)},
		{"carriage", clausesOf(p.Carriage, func(r *policy.CarriageRule) *policy.Clause { return clauseOf(r.Rule, r.Categories) })},
		{"uncollected", clausesOf(p.Uncollected, func(r *policy.UncollectedRule) *policy.Clause { return clauseOf(r.Rule, nil) })},
		{"support", clausesOf(p.Support, func(c *policy.SupportClause) *policy.Clause { return &c.Clause })},
		{"consultations", clausesOf(p.Consultations, func(r *policy.ConsultationRule) *policy.Clause { return clauseOf(r.Rule, nil) })},
		{"requests", clausesOf(p.Requests, func(c *policy.RequestClause) *policy.Clause { return &c.Clause })},
		{"contacts", clausesOf(p.Contacts, func(c *policy.ContactClause) *policy.Clause { return &c.Clause })},
	}
}

// clauseOf shows a rule that decides nothing as the clauses are shown.
func clauseOf(r policy.Rule, categories []string) *policy.Clause {
	return &policy.Clause{ID: r.ID, Text: r.Text, Source: r.Source, Verified: r.Verified, Categories: categories}
}

// disputeClause names whom a customer may turn to, and how, before it says
// what for.
func disputeClause(r *policy.DisputeRule) *policy.Clause {
	c := clauseOf(r.Rule, nil)
	c.Text = policy.Text{}
	for lang, said := range r.Text {
		lead := []string{r.Name[lang]}
		for _, way := range []string{r.Web, r.Phone} {
			if way != "" {
				lead = append(lead, way)
			}
		}
		c.Text[lang] = strings.Join(lead, ", ") + ". " + said
	}
	return c
}

func clausesOf[T any](list []T, clause func(*T) *policy.Clause) []*policy.Clause {
	out := make([]*policy.Clause, len(list))
	for i := range list {
		out[i] = clause(&list[i])
	}
	return out
}

// fees adds the price lists and the certificates on sale.
func (page *termsPage) fees(v *visit) error {
	for _, list := range v.Pack.Fees.PriceLists {
		table := priceTable{ID: list.ID, Name: v.in(list.Name)}
		for _, item := range list.Items {
			sum, err := money.Parse(item.Amount, v.Pack.Currency)
			if err != nil {
				return fmt.Errorf("price %s: %w", item.ID, err)
			}
			table.Items = append(table.Items, priceLine{Text: v.in(item.Text), Amount: sum})
		}
		page.Prices = append(page.Prices, table)
	}
	for _, p := range v.Pack.Fees.CertificatePlans {
		line, err := planOf(p, v.Pack.Currency)
		if err != nil {
			return fmt.Errorf("plan %s: %w", p.ID, err)
		}
		page.Plans = append(page.Plans, line)
	}
	return nil
}

// planNamed is the plan that a certificate was sold by, as the version of the
// terms that sold it has it; nil where that version is not kept any more.
func (v *visit) planNamed(version, id string) (*planLine, error) {
	program, err := v.s.packs.Version(v.Retailer.ID, version)
	if errors.Is(err, policy.ErrUnknownPack) || id == "" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", id, err)
	}
	for _, p := range program.Pack.Fees.CertificatePlans {
		if p.ID == id {
			line, err := planOf(p, program.Pack.Currency)
			return &line, err
		}
	}
	return nil, nil
}

func planOf(p policy.Plan, currency string) (planLine, error) {
	line := planLine{Categories: p.Categories, Sample: p.Sample}
	var err error
	if line.Amount, err = money.Parse(p.Amount, currency); err != nil {
		return line, err
	}
	for _, bound := range []struct {
		text string
		to   **money.Amount
	}{{p.PriceFrom, &line.From}, {p.PriceTo, &line.To}} {
		if bound.text == "" {
			continue
		}
		sum, err := money.Parse(bound.text, currency)
		if err != nil {
			return line, err
		}
		*bound.to = &sum
	}
	period, err := calendar.ParsePeriod(p.Lasts)
	if err != nil {
		return line, err
	}
	line.Months = period.Months()
	return line, nil
}
