package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// What templates/decision.html asks of a visit. The portal's pages and the
// staff's show decisions by the same partial.

// Due writes a term as a decision words it: a last day, or an instant.
func (v *visit) Due(due string) string { return dueText(v.L, v.Zone, due) }

func dueText(l *i18n.Locale, zone *time.Location, due string) string {
	if d, err := calendar.ParseDate(due); err == nil {
		return l.Date(d)
	}
	if t, err := time.Parse(time.RFC3339, due); err == nil {
		return l.Instant(t, zone)
	}
	return due
}

// Version is the version alone of a pack that a decision names by id and version.
func (v *visit) Version(pack string) string { return pack[strings.LastIndex(pack, " ")+1:] }

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

// Phones are the numbers of a text, to be dialled.
func (v *visit) Phones(text string) []phone { return phones(text, "") }

// Unverified reports whether an article was cited without its text being read.
func (v *visit) Unverified(verified *bool) bool { return verified != nil && !*verified }

// Ahead reports whether a term has not begun yet.
func (v *visit) Ahead(from calendar.Date) bool {
	return calendar.DateOf(v.s.now(), v.Zone).Before(from)
}

// ours begin the facts that the retailer finds out.
var ours = []string{"diagnosis.", "services", "market.", "remedy.", "unit.digital_elements"}

func isOurs(n policy.Need) bool {
	return slices.ContainsFunc(ours, func(prefix string) bool { return strings.HasPrefix(n.Fact, prefix) })
}

// Asked are the needs that the reader may meet: staff all of them, a customer
// the papers and what only the customer knows.
func (v *visit) Asked(needs []policy.Need) []policy.Need {
	if v.User != nil {
		return needs
	}
	return slices.DeleteFunc(slices.Clone(needs), isOurs)
}

// Ours are the other needs, which a customer just waits for.
func (v *visit) Ours(needs []policy.Need) []policy.Need {
	if v.User != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(needs), func(n policy.Need) bool { return !isOurs(n) })
}

// Unless tells on what a term hangs that has not begun yet: a loaner on being
// asked for, money and another unit on being chosen. It is a message key, ""
// for a term that runs. remedy is the one chosen, nil where none is.
func (v *visit) Unless(deadline string, remedy *care.ChosenRemedy) string {
	money := []string{"refund", "rescission", "price_reduction"}
	switch {
	case deadline == "refund" && (remedy == nil || !slices.Contains(money, remedy.Kind)),
		deadline == "replacement" && (remedy == nil || remedy.Kind != "replacement"), deadline == "loaner":
		return "portal.if." + deadline
	}
	return ""
}
