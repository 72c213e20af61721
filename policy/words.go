package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// Language gives the pack's language nearest to the one asked for.
func (p *Program) Language(lang string) string {
	if slices.Contains(p.Pack.Languages, lang) {
		return lang
	}
	return p.Pack.Languages[0]
}

// Decision puts the last Run into words.
func (d *Decider) Decision(lang string) Decision {
	p, f := d.program, d.view.facts
	lang = p.Language(lang)
	out := Decision{Pack: p.Pack.ID, PackVersion: p.Pack.Version, At: f.At, Lang: lang, Chosen: Basis(f.Request.Basis),
		Bases: make([]BasisResult, 0, len(d.bases)), Route: []Route{}, Contacts: make([]Contact, 0, len(p.contacts)), Acknowledge: []string{}, Notices: []ClauseRef{}}
	if p.Statute != nil {
		out.StatuteVersion = p.Statute.ID + " " + p.Statute.Version
	}
	for i := range d.bases {
		if d.bases[i].present {
			out.Bases = append(out.Bases, d.basisResult(i, lang))
		}
	}
	out.Recommended = d.recommended(lang)
	d.besides(&out, lang)
	return out
}

func (d *Decider) basisResult(i int, lang string) BasisResult {
	o, t := &d.bases[i], d.bases[i].term
	r := BasisResult{Basis: basisOrder[i], InForce: t.inForce == yes, From: t.from, LastDay: t.lastDay, Until: t.until, Provisional: t.provisional,
		ProlongedDays: t.prolonged, Ledger: append([]LedgerEntry{}, t.ledger...), Verdict: o.verdict,
		Clauses: make([]ClauseRef, 0, len(o.hits)), Remedies: make([]Remedy, 0, len(o.remedies)), Deadlines: make([]Deadline, 0, len(o.deadlines))}
	for _, h := range o.hits {
		r.Clauses = append(r.Clauses, d.clauseRef(h, lang))
	}
	r.Needs = d.needsOf(o, lang)
	for _, g := range o.remedies {
		remedy := Remedy{Kind: g.kind, Chooser: g.chooser, Clause: g.clause.ID}
		if g.has {
			remedy.Amount = &g.amount
		}
		r.Remedies = append(r.Remedies, remedy)
	}
	for _, g := range o.deadlines {
		dl := Deadline{Name: g.name, Due: dateOrInstant(g.date, g.at, d.view.zone), From: dateOrInstant(g.from, g.since, d.view.zone),
			Clause: g.clause.ID, Provisional: g.provisional, Breach: g.breach, OverdueDays: g.overdue}
		if g.at.IsZero() {
			dl.From = g.from.String()
		}
		if g.has {
			penalty := g.penalty
			dl.Penalty = &penalty
		}
		r.Deadlines = append(r.Deadlines, dl)
	}
	return r
}

func dateOrInstant(date calendar.Date, at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return date.String()
	}
	return at.In(zone).Format(time.RFC3339)
}

// needsOf lists what is missing, most decisive first: papers that are known
// to be missing, then facts by how many clauses they settle, then papers that
// are not known of, then facts that only change what is offered.
func (d *Decider) needsOf(o *outcome, lang string) []Need {
	needs := []Need{}
	if o.verdict == Refused {
		return needs
	}
	if o.verdict == NotInForce {
		if d.mayBeProlonged(o) {
			needs = append(needs, Need{Fact: "services", Question: d.program.lexicon.Text(lang, "questions.services")})
		}
		return needs
	}
	papers := func(list []string) {
		for _, doc := range list {
			needs = append(needs, Need{Document: doc, Question: d.program.lexicon.Text(lang, "documents."+doc)})
		}
	}
	facts := func(counts *[64]uint16, skip *[64]uint16) {
		var order []int
		for i, n := range counts {
			if n > 0 && (skip == nil || skip[i] == 0) && i != d.documentsIndex() {
				order = append(order, i)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(counts[b]) - int(counts[a]) })
		for _, i := range order {
			path := d.program.index.facts[i].path
			needs = append(needs, Need{Fact: path, Question: d.program.lexicon.Text(lang, "questions."+path)})
		}
	}
	papers(o.missing)
	facts(&o.needs.blocking, nil)
	papers(o.wanted)
	facts(&o.needs.other, &o.needs.blocking)
	if o.needs.blocking[d.documentsIndex()]+o.needs.other[d.documentsIndex()] > 0 && len(o.wanted)+len(o.missing) == 0 {
		papers([]string{"receipt"})
	}
	return needs
}

// mayBeProlonged reports whether earlier services that nobody told of could
// still bring the demand inside the term.
func (d *Decider) mayBeProlonged(o *outcome) bool {
	return d.view.facts.Services == nil && !o.term.rescinded && d.view.demanded.After(o.term.until)
}

func (d *Decider) documentsIndex() int { return d.program.index.byPath["documents"] }

func (d *Decider) clauseRef(h hit, lang string) ClauseRef {
	return ClauseRef{ID: h.ID, Requirement: h.Requirement, Effect: h.effect, Source: h.Source, Verified: h.Verified,
		Text: h.Text.In(lang, h.pack.Languages...), Facts: d.because(h)}
}

// because lists the facts that made a clause part of the decision.
func (d *Decider) because(h hit) []string {
	f := d.view.facts
	facts := make([]string, 0, len(h.reads)+1)
	if h.finding >= 0 {
		x := f.Diagnosis.Findings[h.finding]
		facts = append(facts, fmt.Sprintf("diagnosis.findings[%d] = {code: %s, part: %s, cause: %s}", h.finding, orUnknown(x.Code), orUnknown(x.Part), orUnknown(x.Cause)))
	}
	if h.categories != 0 && f.Unit.Category != "" {
		facts = append(facts, "unit.category = "+f.Unit.Category)
	}
	if len(h.brands) > 0 && f.Unit.Brand != "" {
		facts = append(facts, "unit.brand = "+f.Unit.Brand)
	}
	if !h.Since.IsZero() || !h.Before.IsZero() {
		facts = append(facts, "sale.date = "+f.Sale.Date.String())
	}
	for _, path := range h.reads {
		if text, ok := d.show(path); ok {
			facts = append(facts, path+" = "+text)
		}
	}
	return facts
}

func orUnknown(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// show is the value of a fact as text.
func (d *Decider) show(path string) (string, bool) {
	v := &d.view
	saved := v.unknown
	defer func() { v.unknown = saved }()
	switch path {
	case "documents":
		return "[" + strings.Join(v.facts.Documents, ", ") + "]", v.facts.Documents != nil
	case "services":
		return fmt.Sprintf("%d", len(v.facts.Services)), v.facts.Services != nil
	case "diagnosis.findings":
		return fmt.Sprintf("%d", len(v.facts.Diagnosis.Findings)), v.facts.Diagnosis.Findings != nil
	}
	f := d.program.index.facts[d.program.index.byPath[path]]
	switch {
	case f.truth != nil:
		t := f.truth(v)
		return fmt.Sprint(t == yes), t != unknown
	case f.text != nil:
		return f.text(v)
	case f.number != nil:
		n, known := f.number(v)
		if f.kind == kindDate && known {
			return calendar.FromDays(int32(n)).String(), n < farFuture
		}
		return fmt.Sprint(n), known
	}
	return "", false
}

func (d *Decider) recommended(lang string) Recommended {
	best, why := d.recommend()
	lex := d.program.lexicon
	if best < 0 {
		return Recommended{Why: lex.Text(lang, "why."+why)}
	}
	var remedies, others []string
	for _, r := range d.bases[best].remedies {
		if r.chooser == "customer" {
			remedies = append(remedies, lex.Text(lang, "remedy_kinds."+r.kind))
		}
	}
	for i := range d.bases {
		if i != best && d.bases[i].present && d.bases[i].verdict == NeedsDocuments {
			others = append(others, lex.Text(lang, "bases."+string(basisOrder[i])))
		}
	}
	return Recommended{Basis: basisOrder[best], Why: lex.Text(lang, "why."+why,
		"remedies", strings.Join(remedies, ", "), "other", strings.Join(others, ", "))}
}

// besides fills what stands outside the bases.
func (d *Decider) besides(out *Decision, lang string) {
	p, v := d.program, &d.view
	kind := requestKind(v.facts)
	for i := range p.acks {
		if d.told(&p.acks[i]) {
			out.Acknowledge = append(out.Acknowledge, p.acks[i].ID)
			out.Notices = append(out.Notices, d.clauseRef(hit{p.acks[i].clause, -1}, lang))
		}
	}
	for i := range p.notices {
		if d.told(&p.notices[i]) {
			out.Notices = append(out.Notices, d.clauseRef(hit{p.notices[i].clause, -1}, lang))
		}
	}
	for i := range p.requests {
		r := &p.requests[i]
		if ok, _ := v.ask(r.clause); r.kind != kind || ok != yes {
			continue
		}
		out.Notices = append(out.Notices, d.clauseRef(hit{r.clause, -1}, lang))
		if r.has && out.AnswerUntil == nil {
			out.AnswerUntil = d.answerUntil(r)
		}
	}
	for i := range p.contacts {
		c := &p.contacts[i]
		if len(c.Requests) > 0 && !slices.Contains(c.Requests, kind) {
			continue
		}
		if ok, _ := v.ask(c.clause); ok == yes {
			out.Contacts = append(out.Contacts, Contact{ID: c.clause.ID, Label: c.Label.In(lang, c.pack.Languages...), Kind: c.Kind,
				Value: c.Value, Extension: c.Extension, Clause: c.clause.ID})
		}
	}
	if kind == "warranty_service" {
		out.Route = d.route(lang)
	}
	out.Support = d.support()
}

func (d *Decider) answerUntil(r *request) *string {
	v := &d.view
	var text string
	if r.answer.IsClock() {
		text = v.received.Add(r.answer.Duration()).In(v.zone).Format(time.RFC3339)
	} else {
		text = d.program.days.Deadline(v.demanded, r.answer, true).Until.String()
	}
	return &text
}

// route names the centres, the nearest first (B1, B2, A3).
func (d *Decider) route(lang string) []Route {
	v := &d.view
	out := []Route{}
	for i := range d.program.routes {
		r := &d.program.routes[i]
		if r.Unless && len(out) > 0 {
			continue
		}
		if ok, _ := v.ask(r.clause); ok != yes {
			continue
		}
		for _, c := range d.centresFor(r) {
			if slices.ContainsFunc(out, func(x Route) bool { return x.Centre == c.ID }) {
				continue
			}
			out = append(out, Route{Centre: c.ID, Name: c.Name.In(lang, r.pack.Languages...), Address: c.Address.In(lang, r.pack.Languages...),
				Phone: c.Phone, Why: r.clause.Text.In(lang, r.pack.Languages...), Clause: r.clause.ID})
		}
	}
	return out
}

func (d *Decider) centresFor(r *route) []Centre {
	v := &d.view
	var near, far []Centre
	here := foldPlace(v.facts.Request.Settlement)
	for _, c := range r.centres {
		if r.Brand && len(c.Brands) > 0 && !slices.ContainsFunc(c.Brands, func(b string) bool { return strings.EqualFold(b, v.brand) }) {
			continue
		}
		if r.Nearest && here != "" && slices.ContainsFunc(c.Near, func(n string) bool { return foldPlace(n) == here }) {
			near = append(near, c)
		} else {
			far = append(far, c)
		}
	}
	return append(near, far...)
}

func (d *Decider) support() *Support {
	v := &d.view
	for i := range d.program.supports {
		s := &d.program.supports[i]
		from := v.delivered
		if s.from == "sale.date" {
			from = v.facts.Sale.Date
		}
		if ok, _ := v.ask(s.clause); ok != yes || from.IsZero() {
			continue
		}
		last := s.period.From(from)
		return &Support{From: from, LastDay: last, InForce: !v.demanded.Before(from) && !v.demanded.After(last), Clause: s.ID}
	}
	return nil
}

// AmountText writes a sum as the contract does: "-150.00 EUR".
func AmountText(a money.Amount) string { return a.String() + " " + a.Currency }
