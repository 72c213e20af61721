package policy

import (
	"slices"

	"github.com/talon-care/talon/calendar"
)

// PaperRule is a paper that the law of the country asks for (BG-47; Directive
// 2024/1799): a claim under that law has it, others don't.
type PaperRule struct {
	Rule
	Paper  string        `json:"paper" enum:"papers" required:"true" doc:"which paper: closing_act, repair_form or hand_back"`
	Since  calendar.Date `json:"since" doc:"first day on which it is drawn up; absent = always"`
	Copies int           `json:"copies" doc:"how many copies are drawn up; 0 = one"`
	Binds  string        `json:"binds" doc:"how long an offer made in it holds: a period in days (P30D)"`
}

// DisputeRule names whom a consumer may turn to who does not accept a refusal
// (BG-54; RU-17).
type DisputeRule struct {
	Rule
	Name  Text   `json:"name" required:"true" doc:"name of the body or court"`
	Web   string `json:"web" doc:"its address on the web"`
	Phone string `json:"phone" doc:"its telephone"`
}

// Papers lists the papers that the law and the retailer's terms ask for.
func (p *Program) Papers() []PaperRule {
	var out []PaperRule
	for _, pack := range p.lawFirst() {
		out = append(out, pack.Papers...)
	}
	return out
}

// Paper finds the rule of a paper on a day; nil where nothing asks for it.
func (p *Program) Paper(kind string, on calendar.Date) *PaperRule {
	list := p.Papers()
	if i := slices.IndexFunc(list, func(r PaperRule) bool { return r.Paper == kind && !on.Before(r.Since) }); i >= 0 {
		return &list[i]
	}
	return nil
}

// Disputes lists whom a consumer may turn to.
func (p *Program) Disputes() []DisputeRule {
	var out []DisputeRule
	for _, pack := range p.lawFirst() {
		out = append(out, pack.Disputes...)
	}
	return out
}

// checkPapers checks what the desk reads of papers.
func (b *builder) checkPapers(p *Pack) {
	for i := range p.Papers {
		r := &p.Papers[i]
		b.checkText(p, r.Pos, "paper "+r.ID+": text", r.Text)
		if r.Binds != "" {
			b.period(r.Pos, "paper "+r.ID+": binds", r.Binds, false)
		}
	}
	for i := range p.Disputes {
		r := &p.Disputes[i]
		b.checkText(p, r.Pos, "dispute "+r.ID+": text", r.Text)
		b.checkText(p, r.Pos, "dispute "+r.ID+": name", r.Name)
	}
}
