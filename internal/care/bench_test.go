package care_test

import (
	"reflect"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// TestBackOnTheBench lets a device that was called ready fail its check: the
// stay in service runs on as if nobody had called it ready, and what was
// done before is part of what is reported in the end.
func TestBackOnTheBench(t *testing.T) {
	k := in(t, care.InRepair)
	k.do(tech, care.FinishRepair{Kind: "hardware", Work: "board", Parts: []care.Part{{Part: "mainboard", Months: 12}}})
	k.do(tech, care.ReturnToBench{Reason: "no sound"})
	if r := k.claim.Repair; k.claim.State != care.InRepair || !r.FinishedAt.IsZero() || r.Work != "board" {
		t.Fatalf("%s %+v", k.claim.State, r)
	}
	k.do(tech, care.FinishRepair{Kind: "hardware", Work: "speaker", Parts: []care.Part{{Part: "display"}}}, care.MarkReady{Told: "phone"})
	first := k.claim.ReadyAt
	if len(k.claim.Stays) != 1 || k.claim.Stays[0].Outcome != "repaired" || !k.claim.Stays[0].Released.Equal(first) {
		t.Fatalf("%+v", k.claim.Stays)
	}
	k.do(tech, care.ReturnToBench{Reason: "crackles"})
	c := k.claim
	if c.State != care.InRepair || !c.ReadyAt.IsZero() || c.Outcome != "" || len(c.Stays) != 1 || !c.Stays[0].Released.IsZero() || c.Stays[0].Outcome != "" {
		t.Errorf("%s, ready %s, %q, stays %+v", c.State, c.ReadyAt, c.Outcome, c.Stays)
	}
	k.do(tech, care.FinishRepair{Kind: "hardware", Work: "speaker again"}, care.MarkReady{})
	c = k.claim
	if len(c.Stays) != 1 || !c.Stays[0].Released.Equal(c.ReadyAt) || !c.ReadyAt.After(first) || c.Stays[0].Kind != "hardware" {
		t.Errorf("one stay to the end: %+v", c.Stays)
	}
	if c.Repair.Work != "board\nspeaker\nspeaker again" || len(c.Repair.Parts) != 2 {
		t.Errorf("what was done: %+v", c.Repair)
	}
	if again := care.Replay(k.events); !reflect.DeepEqual(c, again) {
		t.Errorf("replayed %+v", again)
	}
	if err := k.do(clerk, care.HandOver{}).try(tech, care.ReturnToBench{Reason: "x"}); reason(err) != "illegal error.illegal_move" {
		t.Errorf("after the hand-over: %v", err)
	}
}
