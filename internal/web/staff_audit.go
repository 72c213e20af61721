package web

import (
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
)

// auditIDs are details for programs: ids that say nothing to a reader.
var auditIDs = []string{"attachment", "document", "event", "loaner", "step", "webhook"}

// auditWords are the vocabularies in which the log keeps a detail, by its
// name; the first that knows the word says it.
var auditWords = map[string][]string{
	"state":     {"money_state", "loaner_state", "certificate_state", "recovery_state", "state"},
	"role":      {"role"},
	"kind":      {"request_kinds", "recovery_kind"},
	"deadline":  {"deadlines"},
	"channel":   {"channels", "message_channel"},
	"what":      {"money.what"},
	"direction": {"legs"},
}

// auditDetail says one detail of the log to a reader; false where it is none
// for readers.
func auditDetail(l *i18n.Locale, zone *time.Location, places map[string]string, object, key, value string) (detail, bool) {
	if value == "" || key == "number" || slices.Contains(auditIDs, key) {
		return detail{}, false
	}
	name := key
	switch {
	case key == "what":
		name = l.T("staff.audit.for")
	case l.Has("staff.audit." + key):
		name = l.T("staff.audit." + key)
	}
	return detail{name, auditValue(l, zone, places, object, key, value)}, true
}

func auditValue(l *i18n.Locale, zone *time.Location, places map[string]string, object, key, value string) string {
	lists := auditWords[key]
	if key == "state" && object == "claim" {
		lists = []string{"state", "loan_state", "recovery_state"} // a claim is paid for in another sense than a sum
	}
	for _, list := range lists {
		if l.Has(list + "." + value) {
			return strings.ToLower(l.T(list + "." + value))
		}
	}
	switch {
	case key == "place" && places[value] != "":
		return places[value]
	case value == "true":
		return l.T("yes")
	case value == "false":
		return l.T("no")
	}
	if sum, currency, two := strings.Cut(value, " "); two {
		if a, err := money.Parse(sum, currency); err == nil {
			return l.Money(a)
		}
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return l.InstantShort(at, zone)
	}
	if day, err := calendar.ParseDate(value); err == nil && key != "version" { // a version of a pack is a name
		return l.DateShort(day)
	}
	return value
}
