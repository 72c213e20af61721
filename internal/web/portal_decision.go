package web

import (
	"net/url"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// What templates/decision.html asks of a visit. The portal's pages and the
// staff's show decisions by the same partial.

// Due writes a term as a decision words it: a last day, or an instant.
func (v *visit) Due(due string) string { return dueText(v.L, due) }

func dueText(l *i18n.Locale, due string) string {
	if d, err := calendar.ParseDate(due); err == nil {
		return l.Date(d)
	}
	if t, err := time.Parse(time.RFC3339, due); err == nil {
		return l.Instant(t, t.Location())
	}
	return due
}

// ClauseHref is where the terms page has a clause.
func (v *visit) ClauseHref(pack, clause string) string {
	return "/r/" + url.PathEscape(pack) + "/terms#clause-" + url.PathEscape(clause)
}

// Tone is the colour of a verdict.
func (v *visit) Tone(verdict policy.Verdict) string {
	switch verdict {
	case policy.Covered:
		return "good"
	case policy.Refused:
		return "bad"
	case policy.NeedsDocuments, policy.NeedsFacts:
		return "wait"
	}
	return ""
}

// deciding are the effects of clauses that make a verdict; the others tell
// what follows from it.
var deciding = []string{"refuse", "paid", "ask", "proof", "limit", "open"}

// Deciding are the clauses that a verdict rests on.
func (v *visit) Deciding(list []policy.ClauseRef) []policy.ClauseRef {
	return slices.DeleteFunc(slices.Clone(list), func(c policy.ClauseRef) bool { return !slices.Contains(deciding, c.Effect) })
}

// Following are the other clauses.
func (v *visit) Following(list []policy.ClauseRef) []policy.ClauseRef {
	return slices.DeleteFunc(slices.Clone(list), func(c policy.ClauseRef) bool { return slices.Contains(deciding, c.Effect) })
}

// Told are the notices of a decision that need no acknowledgement.
func (v *visit) Told(d policy.Decision) []policy.ClauseRef {
	return slices.DeleteFunc(slices.Clone(d.Notices), func(c policy.ClauseRef) bool { return slices.Contains(d.Acknowledge, c.ID) })
}

// Phone is a number as a phone dials it.
func (v *visit) Phone(number, extension string) any { return phoneHref(number, extension) }

// Unverified reports whether an article was cited without its text being read.
func (v *visit) Unverified(verified *bool) bool { return verified != nil && !*verified }
