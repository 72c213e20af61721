package web

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// A claim is decided anew after whatever may matter to it; most of that
// changes nothing. The history tells only of a decision that says something
// else than the one before it.

// rulingAspects are what makes a decision another one, in the order in which
// a change is told.
var rulingAspects = []string{"verdict", "clause", "remedy", "deadline", "terms"}

// aspects are a decision's verdicts, deciding clauses, remedies, deadlines and
// terms, each as text to compare.
func aspects(r care.Ruling) ([]string, error) {
	var frozen struct {
		Bases []struct {
			Basis     policy.Basis `json:"basis"`
			Deadlines []struct {
				Name, Due, From, Clause string
			} `json:"deadlines"`
		} `json:"bases"`
	}
	if err := json.Unmarshal(r.Decision, &frozen); err != nil {
		return nil, fmt.Errorf("read frozen decision %d: %w", r.Index, err)
	}
	var verdicts, clauses, remedies []string
	for _, b := range r.Result.Bases {
		verdicts = append(verdicts, fmt.Sprint(b.Basis, b.Verdict))
		clauses = append(clauses, fmt.Sprint(b.Basis, b.Clauses))
		for _, remedy := range b.Remedies {
			text := fmt.Sprint(b.Basis, remedy.Kind)
			if remedy.Amount != nil {
				text += policy.AmountText(*remedy.Amount)
			}
			remedies = append(remedies, text)
		}
	}
	return []string{fmt.Sprint(verdicts), fmt.Sprint(clauses), fmt.Sprint(remedies), fmt.Sprint(frozen.Bases), r.Pack + r.PackVersion + r.Statute}, nil
}

// sameRulings tells of each decision, by its number in the log, what it
// changed, and which only repeat the one before; those are counted with it.
type sameRulings struct {
	changed  map[int][]string // aspects, of all but the first
	repeated map[int][]care.Event
	folded   map[int]bool
}

func rulingsOf(events []care.Event) (sameRulings, error) {
	out := sameRulings{changed: map[int][]string{}, repeated: map[int][]care.Event{}, folded: map[int]bool{}}
	decided := slices.DeleteFunc(slices.Clone(events), func(e care.Event) bool { return e.Data.EventKind() != care.EventDecided })
	if len(decided) < 2 { // nothing to compare; reading one takes time
		return out, nil
	}
	var last []string
	var shown int
	for _, e := range decided {
		now, err := aspects(e.Data.(*care.WasDecided).Ruling)
		if err != nil {
			return out, err
		}
		if slices.Equal(last, now) {
			out.folded[e.Seq] = true
			out.repeated[shown] = append(out.repeated[shown], e)
			continue
		}
		for i, aspect := range rulingAspects {
			if last != nil && last[i] != now[i] {
				out.changed[e.Seq] = append(out.changed[e.Seq], aspect)
			}
		}
		last, shown = now, e.Seq
	}
	return out, nil
}

// ruling tells of a decision, and how often it was made again.
func (w *teller) ruling(seq int, e *care.WasDecided) {
	for _, b := range e.Ruling.Result.Bases {
		w.item.Details = append(w.item.Details, detail{i18n.Capital(w.l.Or("bases", string(b.Basis))), w.l.Or("verdicts", string(b.Verdict))})
	}
	if changed := w.rulings.changed[seq]; len(changed) > 0 {
		w.item.What = w.l.T("desk.decided.anew")
		w.words("desk.decided.changed", "desk.decided", changed)
	}
	w.add("staff.pack_version", e.Ruling.Pack+" "+e.Ruling.PackVersion)
	if again := w.rulings.repeated[seq]; len(again) > 0 {
		w.item.Again = w.l.N("desk.decided.again", len(again), "last", w.l.InstantShort(again[len(again)-1].At, w.zone))
	}
}
