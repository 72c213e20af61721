package care_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// commands lists every command, those of the desk itself included.
func commands() []care.CommandName {
	list := []care.CommandName{care.CmdSubmit}
	for _, m := range care.Moves() {
		list = append(list, m.Command)
	}
	return list
}

// TestMovesByState gives every command in every state and keeps what comes of
// it in a file that people can read: the new state, or the reason why not.
func TestMovesByState(t *testing.T) {
	var b strings.Builder
	for _, s := range care.States() {
		fmt.Fprintf(&b, "%s\n", s)
		for _, name := range commands() {
			k := in(t, s)
			if k.claim.State != s {
				t.Fatalf("the way into %s ends in %s", s, k.claim.State)
			}
			before := len(k.events)
			err := k.try(manager, good(t, k.claim, name))
			what := reason(err)
			switch {
			case err == nil && k.claim.State == s:
				what = "stays"
			case err == nil:
				what = "→ " + string(k.claim.State)
			case len(k.events) != before:
				t.Errorf("%s in %s: refused, yet events were made", name, s)
			}
			fmt.Fprintf(&b, "  %-18s %s\n", name, what)
		}
	}
	golden(t, "testdata/moves.txt", b.String())
}

// TestMoveTable holds Moves to what Apply does: a command is refused as
// illegal in exactly the states that the table does not list, and leads only
// to the states that it lists.
func TestMoveTable(t *testing.T) {
	for _, m := range care.Moves() {
		for _, s := range care.States() {
			k := in(t, s)
			err := k.try(manager, good(t, k.claim, m.Command))
			listed := slices.Contains(m.From, s)
			if illegal := reason(err) == "illegal error.illegal_move"; illegal == listed {
				t.Errorf("%s in %s: listed %t, got %v", m.Command, s, listed, err)
			}
			if err == nil && k.claim.State != s && !slices.Contains(m.To, k.claim.State) {
				t.Errorf("%s leads from %s to %s, which the table does not list", m.Command, s, k.claim.State)
			}
		}
	}
}

// TestIllegalMoves names moves that must never be possible, whatever the
// table says.
func TestIllegalMoves(t *testing.T) {
	for _, c := range []struct {
		command care.CommandName
		states  []care.State
	}{
		{care.CmdStartRepair, []care.State{care.Submitted, care.AwaitingDevice, care.Accepted, care.InDiagnosis, care.Refused, care.Ready, care.Closed}},
		{care.CmdPayRefund, []care.State{care.Submitted, care.Decided, care.Replacing, care.Refused, care.Closed, care.Cancelled}},
		{care.CmdReplace, []care.State{care.Submitted, care.Decided, care.InRepair, care.Refunding, care.Closed}},
		{care.CmdHandOver, []care.State{care.Submitted, care.Accepted, care.InDiagnosis, care.Decided, care.InRepair, care.Replacing, care.HandedOver, care.Closed}},
		{care.CmdAccept, []care.State{care.Accepted, care.InRepair, care.HandedOver, care.Closed, care.Cancelled}},
		{care.CmdCancel, []care.State{care.InRepair, care.Replacing, care.Refunding, care.Ready, care.HandedOver, care.Closed, care.Cancelled}},
		{care.CmdDecide, []care.State{care.Closed, care.Cancelled}},
		{care.CmdDiagnose, []care.State{care.Submitted, care.AwaitingDevice, care.InRepair, care.HandedOver, care.Closed}},
		{care.CmdOverride, []care.State{care.Submitted, care.InRepair, care.Refunding, care.HandedOver, care.Closed}},
		{care.CmdReopen, []care.State{care.Submitted, care.InRepair, care.Ready, care.Shipped}},
	} {
		for _, s := range c.states {
			k := in(t, s)
			if got := reason(k.try(manager, good(t, k.claim, c.command))); got != "illegal error.illegal_move" {
				t.Errorf("%s in %s: got %q, want an illegal move", c.command, s, got)
			}
		}
	}
}

// TestCommandNames checks that every command decodes by its name and back.
func TestCommandNames(t *testing.T) {
	for _, m := range care.Moves() {
		cmd := care.NewCommand(m.Command)
		if slices.Contains([]care.CommandName{care.CmdDecide, care.CmdWarnDeadline, care.CmdBreachDeadline, care.CmdNoteAnswer, care.CmdNoteLoaner, care.CmdDispose, care.CmdConfirmDisposal}, m.Command) {
			if cmd != nil {
				t.Errorf("%s comes from the desk alone, yet NewCommand gives %T", m.Command, cmd)
			}
			continue
		}
		if cmd == nil || cmd.Name() != m.Command {
			t.Errorf("NewCommand(%q) gives %T", m.Command, cmd)
		}
	}
	if cmd := care.NewCommand("fly"); cmd != nil {
		t.Errorf("NewCommand of an unknown name gives %T", cmd)
	}
}
