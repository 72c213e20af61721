package app

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// statement writes a decision as sentences that a customer reads.
type statement struct {
	w       *strings.Builder
	lex     *policy.Lexicon
	locale  *i18n.Locale
	lang    string
	program *policy.Program
	facts   *policy.Facts
}

func writeDecision(out io.Writer, program *policy.Program, facts *policy.Facts, d *policy.Decision) error {
	bundle, err := i18n.New()
	if err != nil {
		return fmt.Errorf("texts: %w", err)
	}
	s := &statement{w: &strings.Builder{}, lex: program.Lexicon(), locale: bundle.Locale(d.Lang), lang: d.Lang, program: program, facts: facts}
	if d.Recommended.Basis != "" {
		s.line("", "recommended", "basis", s.basis(d.Recommended.Basis), "why", d.Recommended.Why)
	} else {
		fmt.Fprintln(s.w, d.Recommended.Why)
	}
	for i := range d.Bases {
		fmt.Fprintln(s.w)
		s.basisResult(&d.Bases[i])
	}
	s.besides(d)
	_, err = io.WriteString(out, s.w.String())
	return err
}

// line writes a sentence. A date's abbreviated year already ends it with a
// point in Russian and Bulgarian.
func (s *statement) line(indent, sentence string, pairs ...string) {
	text := s.lex.Text(s.lang, "sentences."+sentence, pairs...)
	fmt.Fprintf(s.w, "%s%s\n", indent, strings.ReplaceAll(text, "г..", "г."))
}

func (s *statement) basis(b policy.Basis) string { return s.lex.Text(s.lang, "bases."+string(b)) }

func (s *statement) date(d calendar.Date) string { return s.locale.Date(d) }

// due reads a deadline's date or instant.
func (s *statement) due(text string) string {
	if d, err := calendar.ParseDate(text); err == nil {
		return s.date(d)
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return s.locale.Instant(t, t.Location())
	}
	return text
}

func (s *statement) money(a money.Amount) string { return s.locale.Money(a) }

func (s *statement) basisResult(b *policy.BasisResult) {
	name := s.basis(b.Basis)
	fmt.Fprintf(s.w, "%s: %s\n", strings.ToUpper(name), s.lex.Text(s.lang, "verdicts."+string(b.Verdict)))
	s.term(b, name)
	s.verdict(b)
	for _, c := range b.Clauses {
		fmt.Fprintf(s.w, "  • %s (%s)\n", c.Text, c.Source)
	}
	s.remedies(b)
	for _, dl := range b.Deadlines {
		s.line("  ", "deadline", "what", s.lex.Text(s.lang, "deadlines."+dl.Name), "due", s.due(dl.Due))
		if dl.Provisional {
			s.line("    ", "provisional")
		}
		if dl.OverdueDays > 0 {
			fmt.Fprintf(s.w, "    %s\n", s.lex.Count(s.lang, "sentences.overdue", dl.OverdueDays))
		}
		if dl.Penalty != nil {
			s.line("    ", "penalty", "amount", s.money(*dl.Penalty))
		}
	}
}

func (s *statement) term(b *policy.BasisResult, name string) {
	switch {
	case b.LastDay.IsZero():
	case b.InForce:
		s.line("  ", "in_force", "basis", name, "from", s.date(b.From), "last_day", s.date(b.LastDay))
	case !s.facts.Sale.Rescinded.IsZero():
		s.line("  ", "not_in_force_rescinded", "basis", name)
	case s.demanded().Before(b.From):
		s.line("  ", "not_in_force_before", "basis", name, "from", s.date(b.From))
	default:
		s.line("  ", "not_in_force_after", "basis", name, "last_day", s.date(b.LastDay))
	}
	if b.InForce && b.Until != b.LastDay {
		s.line("  ", "until_moved", "until", s.date(b.Until))
		if b.Provisional {
			s.line("  ", "provisional")
		}
	}
	if b.ProlongedDays > 0 {
		fmt.Fprintf(s.w, "  %s\n", s.lex.Count(s.lang, "sentences.prolonged", b.ProlongedDays))
	}
}

func (s *statement) demanded() calendar.Date {
	at := s.facts.Request.ReceivedAt
	if at.IsZero() {
		at = s.facts.At
	}
	return calendar.DateOf(at, s.program.Zone())
}

func (s *statement) verdict(b *policy.BasisResult) {
	var papers []string
	for _, n := range b.Needs {
		if n.Document != "" {
			papers = append(papers, n.Question)
		}
	}
	switch b.Verdict {
	case policy.NotInForce:
	case policy.NeedsDocuments:
		s.line("  ", "verdict_needs_documents", "documents", strings.Join(papers, ", "))
	default:
		s.line("  ", "verdict_"+string(b.Verdict))
	}
	for _, n := range b.Needs {
		if n.Fact != "" {
			fmt.Fprintf(s.w, "    ? %s\n", n.Question)
		}
	}
}

func (s *statement) remedies(b *policy.BasisResult) {
	for _, chooser := range []string{"retailer", "customer"} {
		var names []string
		for _, r := range b.Remedies {
			if r.Chooser != chooser {
				continue
			}
			names = append(names, s.lex.Text(s.lang, "remedy_kinds."+r.Kind))
		}
		if len(names) > 0 {
			s.line("  ", "remedy_"+chooser, "remedies", strings.Join(names, ", "))
		}
	}
	for _, r := range b.Remedies {
		if r.Amount == nil || r.Amount.IsZero() {
			continue
		}
		name := s.lex.Text(s.lang, "remedy_kinds."+r.Kind)
		if r.Kind == "replacement" && r.Amount.Minor > 0 {
			fmt.Fprintf(s.w, "    %s: %s\n", name, s.lex.Text(s.lang, "sentences.amount_pays", "amount", s.money(*r.Amount)))
			continue
		}
		sum := *r.Amount
		if sum.Minor < 0 {
			sum = sum.Neg()
		}
		fmt.Fprintf(s.w, "    %s: %s\n", name, s.lex.Text(s.lang, "sentences.amount_gets", "amount", s.money(sum)))
	}
}

func (s *statement) besides(d *policy.Decision) {
	if len(d.Route) > 0 {
		fmt.Fprintln(s.w)
		s.line("", "route")
		for _, r := range d.Route {
			fmt.Fprintf(s.w, "  • %s\n", joinNonEmpty(", ", r.Name, r.Address, r.Phone))
			fmt.Fprintf(s.w, "    %s\n", r.Why)
		}
	}
	if len(d.Contacts) > 0 {
		fmt.Fprintln(s.w)
		s.line("", "contacts")
		for _, c := range d.Contacts {
			value := c.Value
			if c.Extension != "" {
				value = s.lex.Text(s.lang, "sentences.extension", "number", value, "extension", c.Extension)
			}
			fmt.Fprintf(s.w, "  • %s: %s\n", c.Label, value)
		}
	}
	s.notices(d)
}

func (s *statement) notices(d *policy.Decision) {
	if len(d.Notices) > 0 {
		fmt.Fprintln(s.w)
	}
	if len(d.Acknowledge) > 0 {
		s.line("", "acknowledge")
	}
	for i, n := range d.Notices {
		if i > 0 && i == len(d.Acknowledge) {
			fmt.Fprintln(s.w)
		}
		fmt.Fprintf(s.w, "  • %s\n", n.Text)
	}
	if d.Support != nil {
		sentence := "support_over"
		if d.Support.InForce {
			sentence = "support_in_force"
		}
		s.line("", sentence, "last_day", s.date(d.Support.LastDay))
	}
	if d.AnswerUntil != nil {
		s.line("", "answer_until", "due", s.due(*d.AnswerUntil))
	}
}

func joinNonEmpty(separator string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, separator)
}
