package care_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// withMonth is a claim whose warranty gives a month for the work.
func withMonth(t *testing.T) (*kit, care.DeadlineID) {
	t.Helper()
	k := submitted(t)
	k.do(owner, withTerm("2026-04-02"))
	return k, k.claim.Deadlines[0].ID()
}

func withTerm(due string) care.Decide {
	b := basis(policy.Warranty, policy.Covered, offer("repair", "retailer"))
	b.Deadlines = []policy.Deadline{{Name: "remedy", Due: due, From: "2026-03-02", Clause: "month", Breach: []string{"manager_told"}}}
	return decide(b)
}

// TestDeadlineIsToldOnce warns before the end and notes the breach after it,
// each once; a later decision that names the term again forgets neither.
func TestDeadlineIsToldOnce(t *testing.T) {
	k, id := withMonth(t)
	system := care.System("r")
	if got := k.claim.Deadlines[0].Owner; got != care.Technician {
		t.Errorf("%q answers for the remedy", got)
	}
	end := k.claim.Deadlines[0].DueAt
	for _, step := range []struct {
		name string
		at   time.Time
		cmd  care.Command
		want string
	}{
		{"a breach before the end", end.Add(-time.Second), care.BreachDeadline{DeadlineID: id}, "blocked error.deadline_runs_on"},
		{"a warning", end.Add(-time.Hour), care.WarnDeadline{DeadlineID: id}, ""},
		{"another", end.Add(-time.Hour), care.WarnDeadline{DeadlineID: id}, "conflict error.deadline_told"},
		{"a decision that names it again", end.Add(-time.Minute), withTerm("2026-04-02"), ""},
		{"a warning after that", end.Add(-time.Minute), care.WarnDeadline{DeadlineID: id}, "conflict error.deadline_told"},
		{"the breach", end, care.BreachDeadline{DeadlineID: id}, ""},
		{"another", end.Add(time.Hour), care.BreachDeadline{DeadlineID: id}, "conflict error.deadline_told"},
		{"of a term that is none", end, care.BreachDeadline{DeadlineID: care.DeadlineID{Name: "loaner"}}, "illegal error.deadline_not_running"},
	} {
		k.now = step.at
		if got := reason(k.try(system, step.cmd)); got != step.want {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
	}
	d := *k.claim.Deadline(id)
	if d.State != care.DeadlineOpen || !d.WarnedAt.Equal(end.Add(-time.Hour)) || !d.BreachedAt.Equal(end) {
		t.Errorf("%+v", d)
	}
	last := k.events[len(k.events)-1].Data.(*care.DeadlineBreached)
	if len(last.Opens) != 1 || last.Opens[0] != "manager_told" || last.Clause != "month" || last.Owner != care.Technician {
		t.Errorf("the breach says %+v", last)
	}
}

// TestStoppedDeadlineIsNotTold leaves alone what no longer runs.
func TestStoppedDeadlineIsNotTold(t *testing.T) {
	k, id := withMonth(t)
	end := k.claim.Deadlines[0].DueAt
	k.do(owner, care.Cancel{Reason: "works again"})
	k.now = end
	for _, cmd := range []care.Command{care.WarnDeadline{DeadlineID: id}, care.BreachDeadline{DeadlineID: id}} {
		if got := care.CodeOf(k.try(care.System("r"), cmd)); got != care.Illegal {
			t.Errorf("%s of a stopped term: %q", cmd.Name(), got)
		}
	}
}

// TestTermOnAnotherBasisIsNotToldAgain takes what was told over when the
// customer goes by the law, whose term ends with the page's.
func TestTermOnAnotherBasisIsNotToldAgain(t *testing.T) {
	k, id := withMonth(t)
	k.now = k.claim.Deadlines[0].DueAt
	if err := k.try(care.System("r"), care.BreachDeadline{DeadlineID: id}); err != nil {
		t.Fatal(err)
	}
	law := withTerm("2026-04-02")
	law.Decision.Bases[0].Basis, law.Decision.Recommended.Basis = policy.Statute, policy.Statute
	k.do(owner, law)
	for _, d := range k.claim.Deadlines {
		if d.BreachedAt.IsZero() {
			t.Errorf("the same term of the law is still to be told: %+v", d)
		}
	}
}

// TestEveryDeadlineHasAnOwner goes through the vocabulary.
func TestEveryDeadlineHasAnOwner(t *testing.T) {
	for _, name := range policy.Words("deadlines") {
		if r := care.DeadlineOwner(name); !r.Valid() {
			t.Errorf("%s: nobody answers for it", name)
		}
	}
	if r := care.DeadlineOwner("something new"); r != care.Manager {
		t.Errorf("a new kind of term is %s's", r)
	}
}
