package demo_test

import (
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// aftercare checks that each retailer has loaners and something to claim from
// suppliers, and that a Russian customer waits too long for one.
func aftercare(t *testing.T, d *desk.Desk) {
	late := 0
	for _, id := range retailers(t, d) {
		actor := care.System(id)
		out, _, err := d.Loans(t.Context(), actor, care.LoanFilter{States: []care.LoanState{care.LoanOut}}, care.Page{})
		if err != nil || len(out) == 0 {
			t.Errorf("%s: what is out: %d, %v", id, len(out), err)
		}
		asked, _, err := d.Loans(t.Context(), actor, care.LoanFilter{States: []care.LoanState{care.LoanAsked}}, care.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range asked {
			late += truth(l.Loan.Late(now))
		}
		totals, err := d.RecoveryTotals(t.Context(), actor, care.RecoveryFilter{})
		if err != nil {
			t.Fatal(err)
		}
		states := map[care.RecoveryState]int{}
		for _, x := range totals {
			states[x.State] += x.Lines
		}
		for _, want := range []care.RecoveryState{care.RecoveryPaid, care.RecoveryRejected, care.RecoverySent, care.RecoveryOpen} {
			if states[want] == 0 {
				t.Errorf("%s: no line of recovery is %s: %v", id, want, states)
			}
		}
	}
	if late == 0 {
		t.Error("nobody waits too long for a loaner")
	}
}
