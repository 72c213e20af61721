package policy

import (
	"regexp"
	"slices"
	"strings"
)

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// rowForm is a row of the requirements (B13) or of the law (RU-20.3,
// BG-33.4.2, EU-2024/1799-16).
var rowForm = regexp.MustCompile(`^([A-D][0-9]{1,2}|(RU|BG|EU)-[0-9A-Z][0-9A-Za-z./-]*)$`)

// checkPack finds what the shape of a pack alone can't: ids that overlap,
// texts that lack a language, empty clauses.
func (b *builder) checkPack(p *Pack) {
	b.checkIdentity(p)
	for _, c := range p.Clauses() {
		b.checkClause(p, c)
	}
	b.checkNamed(p)
	b.checkShipping(p)
}

func (b *builder) checkIdentity(p *Pack) {
	if !idForm.MatchString(p.ID) {
		b.faults.add(p.Pos, "pack: expected lower-case words joined by hyphens, found %q", p.ID)
	}
	if len(p.Languages) == 0 {
		b.faults.add(p.Pos, "languages: expected at least one of ru, bg, en")
	}
	for _, lang := range p.Languages {
		if !slices.Contains([]string{"ru", "bg", "en"}, lang) {
			b.faults.add(p.Pos, "languages: unknown language %q; expected ru, bg or en", lang)
		}
	}
	for _, lang := range b.Pack.Languages {
		if !slices.Contains(p.Languages, lang) {
			b.faults.add(p.Pos, "languages: %s decides in %s, which %s does not have", b.Pack.ID, lang, p.ID)
		}
	}
	b.checkText(p, p.Pos, "name", p.Name)
	if len(p.Catalogue) > 0 {
		b.checkText(p, p.Pos, "catalogue", p.Catalogue)
	}
	if p.Kind == ManufacturerPack && len(p.Brands) == 0 {
		b.faults.add(p.Pos, "brands: a manufacturer pack names the brands it speaks for")
	}
}

func (b *builder) checkClause(p *Pack, c *Clause) {
	if !idForm.MatchString(c.ID) {
		b.faults.add(c.Pos, "id: expected lower-case words joined by hyphens, found %q", c.ID)
	}
	if earlier, taken := b.seen[c.ID]; taken {
		b.faults.add(c.Pos, "the id %q stands in %s:%d already", c.ID, earlier.File, earlier.Line)
	}
	b.seen[c.ID] = c.Pos
	if !rowForm.MatchString(c.Requirement) {
		b.faults.add(c.Pos, "clause %s: requirement: expected a row such as B13 or RU-20.3, found %q", c.ID, c.Requirement)
	}
	if !c.Since.IsZero() && !c.Before.IsZero() && !c.Since.Before(c.Before) {
		b.faults.add(c.Pos, "clause %s: never applies: since %s is not before %s", c.ID, c.Since, c.Before)
	}
	b.checkText(p, c.Pos, "clause "+c.ID+": text", c.Text)
}

func (b *builder) checkText(p *Pack, pos Pos, what string, t Text) {
	for _, lang := range p.Languages {
		if strings.TrimSpace(t[lang]) == "" {
			b.faults.add(pos, "%s: the translation into %s is missing", what, lang)
		}
	}
	for _, lang := range sortedKeys(t) {
		if !slices.Contains(p.Languages, lang) {
			b.faults.add(pos, "%s: %q is not a language of this pack (%s)", what, lang, strings.Join(p.Languages, ", "))
		}
	}
}

// checkNamed checks the texts and sums of what is not a clause.
func (b *builder) checkNamed(p *Pack) {
	seen := map[string]bool{}
	for _, c := range p.Centres {
		if seen[c.ID] {
			b.faults.add(c.Pos, "the centre %q stands twice", c.ID)
		}
		seen[c.ID] = true
		b.checkText(p, c.Pos, "centre "+c.ID+": name", c.Name)
		if len(c.Address) > 0 {
			b.checkText(p, c.Pos, "centre "+c.ID+": address", c.Address)
		}
	}
	for i := range p.Contacts {
		b.checkText(p, p.Contacts[i].Pos, "contact "+p.Contacts[i].ID+": label", p.Contacts[i].Label)
		if len(p.Contacts[i].Hours) > 0 {
			b.checkText(p, p.Contacts[i].Pos, "contact "+p.Contacts[i].ID+": hours", p.Contacts[i].Hours)
		}
	}
	b.checkLeads(p)
	b.checkAftercare(p)
	b.checkPapers(p)
	b.checkParts(p)
	b.checkConsultations(p)
	b.checkCharges(p)
	lists := map[string]bool{}
	for _, list := range p.Fees.PriceLists {
		lists[list.ID] = true
		b.checkText(p, list.Pos, "price list "+list.ID+": name", list.Name)
		for _, item := range list.Items {
			b.checkText(p, item.Pos, "price "+item.ID+": text", item.Text)
			b.checkSum(item.Pos, "price "+item.ID+": amount", item.Amount)
		}
	}
	for _, plan := range p.Fees.CertificatePlans {
		for _, sum := range []string{plan.PriceFrom, plan.PriceTo, plan.Amount} {
			if sum != "" {
				b.checkSum(plan.Pos, "plan "+plan.ID, sum)
			}
		}
		b.period(plan.Pos, "plan "+plan.ID+": lasts", plan.Lasts, false)
	}
	for i := range p.Limits {
		l := &p.Limits[i]
		if l.PriceList != "" && !lists[l.PriceList] {
			b.faults.add(l.Pos, "limit %s: unknown price list %q; %s", l.ID, l.PriceList, expected(l.PriceList, sortedKeys(lists)))
		}
		if l.Verdict == NeedsFacts && l.Asks == "" {
			b.faults.add(l.Pos, "limit %s: the verdict needs_facts names the fact it asks (asks)", l.ID)
		}
		if l.Verdict == "" && len(l.Opens) == 0 {
			b.faults.add(l.Pos, "limit %s: opens no remedy and gives no verdict", l.ID)
		}
	}
	for i := range p.Exclusions {
		x := &p.Exclusions[i]
		if len(x.Findings)+len(x.Parts)+len(x.Causes)+len(x.FailedParts) == 0 && x.When.Source == "" {
			b.faults.add(x.Pos, "exclusion %s: would refuse everything: name findings, parts, causes, failed_parts or when", x.ID)
		}
	}
}

func (b *builder) checkSum(pos Pos, what, sum string) {
	if _, err := parseSum(sum, b.Pack.Currency); err != nil {
		b.faults.add(pos, "%s: %v", what, err)
	}
}

// checkTerms refuses covers that are chained in a circle, or to nothing.
func (b *builder) checkTerms() {
	for i := range b.bases {
		for _, c := range b.bases[i].covers {
			for _, next := range []int{c.after, c.longer} {
				if next < 0 {
					continue
				}
				if next == i {
					b.faults.add(c.Pos, "cover %s: is chained to its own basis %s", c.ID, basisOrder[i])
				} else if next > i || len(b.bases[next].covers) == 0 {
					b.faults.add(c.Pos, "cover %s: is chained to the basis %s, which is not there before it", c.ID, basisOrder[next])
				}
			}
		}
	}
}

// checkWords makes sure that the engine can say everything it may have to.
func (b *builder) checkWords() {
	b.lexicon.check(&b.faults, b.Pack.Pos, b.Pack.Languages)
	asked := map[string]bool{"documents": true, "diagnosis.findings": true, "diagnosis.failed_part": true, "sale.date": true,
		"warranty.months": true, "unit.category": true, "unit.brand": true, "warranty.issuer": true, "services": true}
	for _, c := range b.clauses {
		for _, path := range c.reads {
			i := b.index.byPath[path]
			if root := b.index.facts[i].root; root != "" {
				asked[root] = true
			} else if i < b.index.askable {
				asked[path] = true
			}
		}
	}
	delete(asked, "cover")
	delete(asked, "documents")
	for _, path := range sortedKeys(asked) {
		if !b.lexicon.Has("questions." + path) {
			b.faults.add(b.Pack.Pos, "words: there is no question for the fact %s", path)
		}
	}
}

// Clauses lists every clause of a pack in the order of the file's sections.
func (p *Pack) Clauses() []*Clause {
	var out []*Clause
	for i := range p.Contacts {
		out = append(out, &p.Contacts[i].Clause)
	}
	for i := range p.Requests {
		out = append(out, &p.Requests[i].Clause)
	}
	for i := range p.Covers {
		out = append(out, &p.Covers[i].Clause)
	}
	for i := range p.Prolongations {
		out = append(out, &p.Prolongations[i].Clause)
	}
	for i := range p.Restarts {
		out = append(out, &p.Restarts[i].Clause)
	}
	for i := range p.Extensions {
		out = append(out, &p.Extensions[i].Clause)
	}
	for i := range p.Proof {
		out = append(out, &p.Proof[i].Clause)
	}
	for i := range p.Exclusions {
		out = append(out, &p.Exclusions[i].Clause)
	}
	for i := range p.Limits {
		out = append(out, &p.Limits[i].Clause)
	}
	for i := range p.Remedies {
		out = append(out, &p.Remedies[i].Clause)
	}
	for i := range p.Deadlines {
		out = append(out, &p.Deadlines[i].Clause)
	}
	for i := range p.Acknowledgements {
		out = append(out, &p.Acknowledgements[i].Clause)
	}
	for i := range p.Notices {
		out = append(out, &p.Notices[i].Clause)
	}
	for i := range p.Routing {
		out = append(out, &p.Routing[i].Clause)
	}
	for i := range p.Support {
		out = append(out, &p.Support[i].Clause)
	}
	return out
}
