package web

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// decided is a decision on the warranty.
func decided(verdict policy.Verdict, clause, remedy, due string) *care.WasDecided {
	r := care.Ruling{Pack: "bg-omni", PackVersion: "1", Result: care.Result{Bases: []care.BasisResult{
		{Basis: policy.Warranty, Verdict: verdict, Clauses: []string{clause}, Remedies: []policy.Remedy{{Kind: remedy}}}}}}
	r.Decision = json.RawMessage(fmt.Sprintf(`{"bases":[{"basis":"warranty","deadlines":[{"name":"settle","due":%q,"from":"2026-05-01","clause":"c9","overdue_days":%d}]}]}`, due, len(remedy)))
	return &care.WasDecided{Ruling: r}
}

func TestHistoryTellsOnlyOfDecisionsThatChangeSomething(t *testing.T) {
	first := decided(policy.Covered, "c1", "repair", "2026-06-01")
	for _, c := range []struct {
		name    string
		next    []care.Payload
		what    []string // newest first
		changed string
		again   string
	}{
		{"alone", nil, []string{"Decision made"}, "", ""},
		{"the same once more", []care.Payload{first}, []string{"Decision made"}, "", "Decided again 1 time, nothing changed (last 04/05/2026, 01:00)."},
		{"the same twice, with something between", []care.Payload{first, &care.NoteAdded{Text: "x"}, first}, []string{"Note added", "Decision made"}, "",
			"Decided again 2 times, nothing changed (last 04/05/2026, 03:00)."},
		{"another answer", []care.Payload{decided(policy.Refused, "c1", "repair", "2026-06-01")}, []string{"The decision changed", "Decision made"}, "the answer", ""},
		{"another clause", []care.Payload{decided(policy.Covered, "c2", "repair", "2026-06-01")}, []string{"The decision changed", "Decision made"}, "the clause", ""},
		{"other remedies", []care.Payload{decided(policy.Covered, "c1", "refund", "2026-06-01")}, []string{"The decision changed", "Decision made"}, "the remedies", ""},
		{"another deadline", []care.Payload{decided(policy.Covered, "c1", "repair", "2026-06-09")}, []string{"The decision changed", "Decision made"}, "a deadline", ""},
		{"there and back", []care.Payload{decided(policy.Refused, "c2", "repair", "2026-06-01"), first}, []string{"The decision changed", "The decision changed", "Decision made"},
			"the answer and the clause", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			events := []care.Event{}
			for i, p := range append([]care.Payload{first}, c.next...) {
				events = append(events, care.Event{Seq: i + 1, At: time.Date(2026, 5, 4, i, 0, 0, 0, time.UTC), Data: p})
			}
			items, err := timeline(english(t), events, nil, nil, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			var what []string
			changed := ""
			for _, item := range items {
				what = append(what, item.What)
				for _, d := range item.Details {
					if d.Name == "What changed" && changed == "" {
						changed = d.Value
					}
				}
			}
			if diff := cmp.Diff(c.what, what); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if changed != c.changed {
				t.Errorf("changed %q, want %q", changed, c.changed)
			}
			if got := items[len(items)-1].Again; got != c.again {
				t.Errorf("repeated: %q, want %q", got, c.again)
			}
		})
	}
}

func TestHistoryRefusesADecisionThatIsBroken(t *testing.T) {
	broken := decided(policy.Covered, "c1", "repair", "2026-06-01")
	broken.Ruling.Decision = json.RawMessage("{")
	if _, err := timeline(english(t), []care.Event{{Seq: 1, Data: broken}, {Seq: 2, Data: broken}}, nil, nil, time.UTC); err == nil {
		t.Error("a broken record passes for a decision")
	}
}
