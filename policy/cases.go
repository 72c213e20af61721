package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Case is one worked example beside a pack: facts, and what must come out.
type Case struct {
	Pos      Pos             `json:"-"`
	Name     string          `json:"name" required:"true" doc:"what it shows"`
	Base     string          `json:"base" doc:"facts it starts from"`
	Set      *yaml.Node      `json:"set" doc:"facts merged over the base; null removes, lists replace"`
	Switches map[string]bool `json:"switches" doc:"switches thrown for this case"`
	Bites    []string        `json:"bites" doc:"clauses that must take part"`
	Spares   []string        `json:"spares" doc:"clauses that must not"`
	Expect   Expectation     `json:"expect" doc:"what the decision must say"`

	facts *Facts
	pack  string // the folder it stands in
}

// Expectation is what a case expects of a decision; what is absent is not
// looked at.
type Expectation struct {
	Warranty    *BasisExpectation   `json:"warranty"`
	Certificate *BasisExpectation   `json:"certificate"`
	Statute     *BasisExpectation   `json:"statute"`
	Paid        *BasisExpectation   `json:"paid"`
	Recommended *string             `json:"recommended" doc:"the recommended basis"`
	Route       []string            `json:"route" doc:"ids of centres in order"`
	Acknowledge []string            `json:"acknowledge" doc:"ids of acknowledgements"`
	Contacts    []string            `json:"contacts" doc:"contacts that must be there"`
	Support     *SupportExpectation `json:"support"`
	AnswerUntil *string             `json:"answer_until"`
}

// SupportExpectation is what a case expects of phone support.
type SupportExpectation struct {
	LastDay string `json:"last_day"`
	InForce *bool  `json:"in_force"`
	Absent  bool   `json:"absent"`
}

// BasisExpectation is what a case expects on one basis.
type BasisExpectation struct {
	Absent        bool                `json:"absent"`
	Verdict       string              `json:"verdict" enum:"verdicts"`
	InForce       *bool               `json:"in_force"`
	From          string              `json:"from"`
	LastDay       string              `json:"last_day"`
	Until         string              `json:"until"`
	ProlongedDays *int                `json:"prolonged_days"`
	Provisional   *bool               `json:"provisional"`
	Requirement   string              `json:"requirement"`
	FirstRemedy   string              `json:"first_remedy"`
	Remedies      []string            `json:"remedies"`
	Chooser       string              `json:"chooser"`
	Amount        string              `json:"amount"`
	Amounts       map[string]string   `json:"amounts"`
	Deadline      map[string]string   `json:"deadline"`
	NoDeadline    *yaml.Node          `json:"no_deadline"`
	Asks          *yaml.Node          `json:"asks"`
	AsksFirst     string              `json:"asks_first"`
	NeverAsks     *yaml.Node          `json:"never_asks"`
	Penalty       map[string]string   `json:"penalty"`
	Breach        map[string][]string `json:"breach"`
}

type caseFile struct {
	Bases map[string]*yaml.Node `json:"bases"`
	Cases []*Case               `json:"cases" required:"true"`
}

// ParseCases reads a case file. The error is Faults.
func ParseCases(file string, data []byte) ([]*Case, error) {
	root, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: file}
	var cf caseFile
	d.decode(root, reflect.ValueOf(&cf).Elem(), "case file", "")
	for _, c := range cf.Cases {
		if c == nil {
			continue // its faults are noted
		}
		base, ok := cf.Bases[c.Base]
		if !ok && c.Base != "" {
			d.faults.add(c.Pos, "case %q: unknown base %q; %s", c.Name, c.Base, expected(c.Base, sortedKeys(cf.Bases)))
			continue
		}
		merged := merge(base, c.Set)
		if merged == nil {
			d.faults.add(c.Pos, "case %q: has no facts: name a base, or set them", c.Name)
			continue
		}
		c.facts = &Facts{}
		before := len(d.faults)
		d.decode(merged, reflect.ValueOf(c.facts).Elem(), "facts", "")
		if len(d.faults) == before {
			d.checkFacts(merged, c.facts)
		}
	}
	return cf.Cases, d.faults.err()
}

// Facts gives the facts of a case: its base with what the case sets.
func (c *Case) Facts() Facts { return *c.facts }

// merge lays one node over another: maps merge, null removes, the rest
// replaces.
func merge(base, over *yaml.Node) *yaml.Node {
	switch {
	case over == nil:
		return base
	case base == nil || base.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode:
		return over
	}
	out := &yaml.Node{Kind: yaml.MappingNode, Line: over.Line, Column: over.Column}
	out.Content = slices.Clone(base.Content)
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		at := -1
		for j := 0; j+1 < len(out.Content); j += 2 {
			if out.Content[j].Value == key.Value {
				at = j
			}
		}
		switch {
		case at < 0 && !isNull(value):
			out.Content = append(out.Content, key, value)
		case at >= 0 && isNull(value):
			out.Content = slices.Delete(out.Content, at, at+2)
		case at >= 0:
			out.Content[at+1] = merge(out.Content[at+1], value)
		}
	}
	return out
}

// Run decides the case and lists what came out otherwise than expected.
func (c *Case) Run(p *Program) []string {
	if len(c.Switches) > 0 {
		var err error
		if p, err = p.WithSwitches(c.Switches); err != nil {
			return []string{err.Error()}
		}
	}
	d, err := p.Decide(c.facts, p.Pack.Languages[0])
	if err != nil {
		return []string{err.Error()}
	}
	m := &mismatches{}
	c.compareClauses(m, &d)
	e := &c.Expect
	for basis, want := range map[Basis]*BasisExpectation{Warranty: e.Warranty, Certificate: e.Certificate, Statute: e.Statute, Paid: e.Paid} {
		if want != nil {
			m.prefix = string(basis) + " "
			want.compare(m, d.Basis(basis))
		}
	}
	m.prefix = ""
	e.compareBesides(m, &d)
	slices.Sort(m.list)
	return m.list
}

type mismatches struct {
	prefix string
	list   []string
}

func (m *mismatches) equal(what string, got, want any) {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		m.list = append(m.list, fmt.Sprintf("%s%s: got %v, want %v", m.prefix, what, got, want))
	}
}

func (m *mismatches) text(what, got, want string) {
	if want != "" {
		m.equal(what, got, want)
	}
}

// Taking lists the ids of the clauses that took part in a decision.
func (d *Decision) Taking() []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, b := range d.Bases {
		for _, c := range b.Clauses {
			add(c.ID)
		}
	}
	for _, n := range d.Notices {
		add(n.ID)
	}
	for _, r := range d.Route {
		add(r.Clause)
	}
	for _, c := range d.Contacts {
		add(c.Clause)
	}
	if d.Support != nil {
		add(d.Support.Clause)
	}
	return ids
}

func (c *Case) compareClauses(m *mismatches, d *Decision) {
	taking := d.Taking()
	for _, id := range c.Bites {
		if !slices.Contains(taking, id) {
			m.list = append(m.list, fmt.Sprintf("the clause %s does not bite; these do: %s", id, strings.Join(taking, ", ")))
		}
	}
	for _, id := range c.Spares {
		if slices.Contains(taking, id) {
			m.list = append(m.list, fmt.Sprintf("the clause %s bites", id))
		}
	}
}

func (e *BasisExpectation) compare(m *mismatches, b *BasisResult) {
	if e.Absent || b == nil {
		m.equal("absent", b == nil, e.Absent)
		return
	}
	m.text("verdict", string(b.Verdict), e.Verdict)
	if e.InForce != nil {
		m.equal("in_force", b.InForce, *e.InForce)
	}
	m.text("from", b.From.String(), e.From)
	m.text("last_day", b.LastDay.String(), e.LastDay)
	m.text("until", b.Until.String(), e.Until)
	if e.ProlongedDays != nil {
		m.equal("prolonged_days", b.ProlongedDays, *e.ProlongedDays)
	}
	if e.Provisional != nil {
		m.equal("provisional", b.Provisional, *e.Provisional)
	}
	if e.Requirement != "" && !slices.ContainsFunc(b.Clauses, func(c ClauseRef) bool { return c.Requirement == e.Requirement }) {
		m.list = append(m.list, fmt.Sprintf("%srequirement: no clause of %s", m.prefix, e.Requirement))
	}
	e.compareRemedies(m, b)
	e.compareDeadlines(m, b)
	e.compareNeeds(m, b)
}

func (e *BasisExpectation) compareRemedies(m *mismatches, b *BasisResult) {
	var kinds []string
	sums := map[string]string{}
	for _, r := range b.Remedies {
		kinds = append(kinds, r.Kind)
		sums[r.Kind] = "none"
		if r.Amount != nil {
			sums[r.Kind] = AmountText(*r.Amount)
		}
	}
	if e.Remedies != nil {
		m.equal("remedies", kinds, e.Remedies)
	}
	first := Remedy{}
	if len(b.Remedies) > 0 {
		first = b.Remedies[0]
	}
	m.text("first_remedy", first.Kind, e.FirstRemedy)
	m.text("chooser", first.Chooser, e.Chooser)
	m.text("amount", sums[first.Kind], e.Amount)
	for _, kind := range sortedKeys(e.Amounts) {
		m.equal("amount of "+kind, sums[kind], e.Amounts[kind])
	}
}

func (e *BasisExpectation) compareDeadlines(m *mismatches, b *BasisResult) {
	byName := map[string]Deadline{}
	for _, dl := range b.Deadlines {
		if _, ok := byName[dl.Name]; !ok {
			byName[dl.Name] = dl
		}
	}
	for _, name := range sortedKeys(e.Deadline) {
		m.equal("deadline "+name, byName[name].Due, e.Deadline[name])
	}
	for _, name := range words(e.NoDeadline) {
		m.equal("deadline "+name, byName[name].Due, "")
	}
	for _, name := range sortedKeys(e.Penalty) {
		got := "none"
		if p := byName[name].Penalty; p != nil {
			got = AmountText(*p)
		}
		m.equal("penalty of "+name, got, e.Penalty[name])
	}
	for _, name := range sortedKeys(e.Breach) {
		m.equal("breach of "+name, byName[name].Breach, e.Breach[name])
	}
}

func (e *BasisExpectation) compareNeeds(m *mismatches, b *BasisResult) {
	var asked []string
	for _, n := range b.Needs {
		asked = append(asked, n.Document+n.Fact)
	}
	for _, want := range words(e.Asks) {
		if !slices.Contains(asked, want) {
			m.list = append(m.list, fmt.Sprintf("%sasks: %s is not among %v", m.prefix, want, asked))
		}
	}
	for _, never := range words(e.NeverAsks) {
		if slices.Contains(asked, never) {
			m.list = append(m.list, fmt.Sprintf("%sasks %s", m.prefix, never))
		}
	}
	if e.AsksFirst != "" && (len(asked) == 0 || asked[0] != e.AsksFirst) {
		m.list = append(m.list, fmt.Sprintf("%sasks first: got %v, want %s", m.prefix, asked, e.AsksFirst))
	}
}

// words reads a word or a list of words.
func words(n *yaml.Node) []string {
	switch {
	case n == nil || isNull(n):
		return nil
	case n.Kind == yaml.SequenceNode:
		var out []string
		for _, item := range n.Content {
			out = append(out, item.Value)
		}
		return out
	default:
		return []string{n.Value}
	}
}

func (e *Expectation) compareBesides(m *mismatches, d *Decision) {
	if e.Recommended != nil {
		m.equal("recommended", d.Recommended.Basis, *e.Recommended)
	}
	if e.Route != nil {
		var ids []string
		for _, r := range d.Route {
			ids = append(ids, r.Centre)
		}
		m.equal("route", ids, e.Route)
	}
	if e.Acknowledge != nil {
		m.equal("acknowledge", d.Acknowledge, e.Acknowledge)
	}
	for _, id := range e.Contacts {
		if !slices.ContainsFunc(d.Contacts, func(c Contact) bool { return c.ID == id }) {
			m.list = append(m.list, "contact "+id+" is not there")
		}
	}
	if e.AnswerUntil != nil {
		got := "none"
		if d.AnswerUntil != nil {
			got = *d.AnswerUntil
		}
		m.equal("answer_until", got, *e.AnswerUntil)
	}
	if s := e.Support; s != nil {
		m.equal("support absent", d.Support == nil, s.Absent)
		if d.Support != nil {
			m.text("support last_day", d.Support.LastDay.String(), s.LastDay)
			if s.InForce != nil {
				m.equal("support in_force", d.Support.InForce, *s.InForce)
			}
		}
	}
}
