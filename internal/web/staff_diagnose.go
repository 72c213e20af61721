package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// findingGroup is a part of the list of findings.
type findingGroup struct {
	Title string
	Rows  []findingRow
	Open  bool
}

// findingRow is one code that may be ticked, with what more is asked of it.
type findingRow struct {
	Code        control
	Sources     string // of the clauses that name it for this kind of device
	Part, Cause control
	Kept        bool // ticked, or something is said of it
}

// findings lists the codes: those that the terms name for the device's
// category first. Each code is a row of the form by its place in the
// vocabulary.
func (b *controls) findings(f care.Field, c *control) {
	named, other := findingGroup{Title: b.l.T("desk.findings.named")}, findingGroup{Title: b.l.T("desk.findings.other")}
	for i, code := range policy.Words("findings") {
		cell := func(key, vocabulary string) control {
			name := rowName(f.Name, i, key)
			cell := control{Kind: "choice", Name: name, ID: fieldID(b.command, name), Label: b.cellLabel(f.Name, key), Value: b.typed.Get(name)}
			for _, w := range policy.Words(vocabulary) {
				cell.Picks = append(cell.Picks, pick{Value: w, Text: i18n.Capital(b.l.Or(vocabulary, w)), Picked: w == cell.Value})
			}
			return cell
		}
		name := rowName(f.Name, i, "code")
		row := findingRow{Part: cell("part", "parts"), Cause: cell("cause", "causes"),
			Code: control{Name: name, ID: fieldID(b.command, name), Label: i18n.Capital(b.l.Or("findings", code)), Value: code, NoneSet: b.typed.Get(name) == code}}
		row.Kept = row.Code.NoneSet || row.Part.Value != "" || row.Cause.Value != ""
		sources := b.sourcesOf(code)
		row.Sources = b.l.List(sources)
		if len(sources) > 0 {
			named.Rows = append(named.Rows, row)
		} else {
			other.Rows = append(other.Rows, row)
		}
	}
	for _, g := range []findingGroup{named, other} {
		if len(g.Rows) > 0 {
			g.Open = len(c.Findings) == 0 || slices.ContainsFunc(g.Rows, func(r findingRow) bool { return r.Kept })
			c.Findings = append(c.Findings, g)
		}
	}
}

// sourcesOf are the sections of the pack whose clauses name a finding for the
// device's category, each once.
func (b *controls) sourcesOf(code string) []string {
	var out []string
	for _, x := range b.frozen.Exclusions {
		if slices.Contains(x.Findings, code) && (len(x.Categories) == 0 || slices.Contains(x.Categories, b.facts.Unit.Category)) &&
			!slices.Contains(out, x.Source) {
			out = append(out, x.Source)
		}
	}
	return out
}

// foresightData is where the claim would stand after what is being written.
type foresightData struct {
	desk.Foresight
	Lacking string // what is missing to record it, in words
	Rows    []foreseenFinding
}

// foreseenFinding is a finding in words and what follows from it.
type foreseenFinding struct {
	Text    string
	Clauses []policy.ClauseRef
}

// foreseen are the commands whose forms show where they lead: those that bring
// what a decision rests on.
var foreseen = []care.CommandName{care.CmdDiagnose, care.CmdAccept, care.CmdRecordDocuments, care.CmdRecordAnswers, care.CmdChooseBasis}

// claimForesee shows what a form would lead to, without giving the command.
// A script asks for the answer alone; the page's button for the whole page
// with the form as it is.
func (s *Server) claimForesee(v *visit) error {
	form, err := v.looked()
	if err != nil {
		return err
	}
	name := care.CommandName(v.r.PathValue("command"))
	if !slices.Contains(foreseen, name) {
		return httpkit.Refuse(http.StatusNotFound, nil)
	}
	if !desk.May(v.Actor, desk.On(name)) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.On(name)))
	}
	view, err := s.desk.Claim(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	seen, err := s.foresee(v, view, name, form)
	if err != nil {
		return err
	}
	if v.wants("foresight-" + string(name)) {
		return v.fragment(http.StatusOK, "staff/claim", "foresight", seen)
	}
	full, err := s.desk.ClaimPage(v.r.Context(), v.Actor, view.Claim.ID, v.Lang)
	if err != nil {
		return err
	}
	page, err := s.claimData(v, full, attempt{command: name, typed: form, looking: true})
	if err != nil {
		return err
	}
	page.Foresight = seen
	return v.html(http.StatusOK, "staff/claim", page)
}

// foresee decides as far as the form says; what is wrong with it is told and
// the rest is decided.
func (s *Server) foresee(v *visit, view desk.ClaimView, name care.CommandName, form url.Values) (*foresightData, error) {
	fields := slices.Clone(fieldsFor(view, name))
	if name == care.CmdAccept { // of all that is noted there, only the papers matter to the decision
		name = care.CmdRecordDocuments
		fields = slices.DeleteFunc(fields, func(f care.Field) bool { return f.Name != "documents" })
	}
	for i := range fields {
		fields[i].Required = false
	}
	cmd, wrong, err := bindCommand(name, fields, form, view.Zone)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return &foresightData{Lacking: failure(v.L, wrong[0].Err)}, nil
	}
	seen, err := s.desk.Foresee(v.r.Context(), v.Actor, view.Claim.ID, cmd, v.Lang)
	var refused *care.Error
	switch {
	case errors.As(err, &refused) && refused.Code != care.Forbidden && refused.Code != care.NotFound:
		return &foresightData{Lacking: failure(v.L, refused)}, nil
	case err != nil:
		return nil, err
	}
	out := &foresightData{Foresight: seen}
	if seen.Lacks != nil {
		out.Lacking = failure(v.L, seen.Lacks)
	}
	for _, f := range seen.Findings {
		out.Rows = append(out.Rows, foreseenFinding{findingText(v.L, f.Finding), f.Clauses})
	}
	return out, nil
}

// findingText is a finding with its part and cause.
func findingText(l *i18n.Locale, f policy.Finding) string {
	text := i18n.Capital(l.Or("findings", f.Code))
	if f.Part != "" {
		text += ", " + l.Or("parts", f.Part)
	}
	if f.Cause != "" {
		text += ": " + l.Or("causes", f.Cause)
	}
	return text
}
