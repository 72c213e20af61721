package desk_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// TestSoftwareIsNotCounted repairs a laptop three times and lets it fail a
// fourth time: after three hardware repairs in authorised centres the customer
// may have another one or the price back, whatever the retailer would rather
// do; a repair of its software, or one elsewhere, does not count, and neither
// does a fourth failure of the software.
//
// Walks: B11, B12.
func TestSoftwareIsNotCounted(t *testing.T) {
	type repair struct{ kind, centre string }
	hard, soft, own := repair{"hardware", "asus-sofia"}, repair{"software", "asus-sofia"}, repair{"hardware", "omni-service"}
	cases := map[string]struct {
		repairs []repair
		fourth  string
		want    bool
	}{
		"three of the hardware":              {[]repair{hard, hard, hard}, "hardware", true},
		"one of them of the software":        {[]repair{hard, soft, hard}, "hardware", false},
		"software between three of hardware": {[]repair{hard, soft, hard, hard}, "hardware", true},
		"one of them not authorised":         {[]repair{hard, own, hard}, "hardware", false},
		"the fourth failure is software":     {[]repair{hard, hard, hard}, "software", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			on(t, func(s *shop) {
				boss, u := as(care.Manager), s.sell(as(care.Clerk), nil).Unit
				diagnose := func(kind, centre string) care.Claim {
					r := s.submit(visitor, ask(u.Serial))
					d := hardware("mainboard")
					d.Facts.Kind = kind
					return s.do(boss, r.Claim.ID, care.Accept{Place: centre, Documents: []string{"invoice", "warranty_card", "return_request"}}, d)
				}
				for _, x := range c.repairs {
					id := diagnose(x.kind, x.centre).ID
					s.do(boss, id, care.StartRepair{}, care.FinishRepair{Kind: x.kind, Work: "x"}, care.MarkReady{}, care.HandOver{}, care.Close{})
					s.now = s.now.Add(20 * 24 * time.Hour)
				}
				last := diagnose(c.fourth, "asus-sofia")
				may := map[string]bool{}
				for _, r := range last.Remedies() {
					may[r.Kind] = may[r.Kind] || r.Chooser == "customer" && r.Clause == "fourth-hardware-failure"
				}
				if may["replacement"] != c.want || may["refund"] != c.want {
					t.Errorf("offered %+v", last.Remedies())
				}
			})
		})
	}
}

// TestBackOnTheBench calls a laptop ready that fails its check, and repairs it
// again: the month runs on as if it had not been ready, the stay that
// prolongs the warranty ends with the last readiness, the customer is told
// anew, the maker pays the agreed labour once, and it counts as one repair
// towards the fourth failure.
//
// Walks: B8, B10, B11.
func TestBackOnTheBench(t *testing.T) {
	on(t, func(s *shop) {
		boss, u := as(care.Manager), s.sell(as(care.Clerk), nil).Unit
		open := func() care.Claim {
			r := s.submit(visitor, ask(u.Serial))
			return s.do(boss, r.Claim.ID, care.Accept{Place: "asus-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard"), care.StartRepair{})
		}
		finish := care.FinishRepair{Kind: "hardware", Work: "board"}
		c := open()
		running := stateOf(c, "remedy")
		if running != care.DeadlineOpen {
			t.Fatalf("the month is %q: %+v", running, c.Deadlines)
		}
		if got := stateOf(s.do(boss, c.ID, finish, care.MarkReady{}), "remedy"); got != care.DeadlineMet {
			t.Errorf("ready, and the month is %q", got)
		}
		s.now = s.now.Add(40 * 24 * time.Hour) // the month is over before anybody looks
		c = s.do(boss, c.ID, care.ReturnToBench{Reason: "no sound"})
		if got := stateOf(c, "remedy"); got != care.DeadlineOpen || c.State != care.InRepair || !c.ReadyAt.IsZero() {
			t.Errorf("back on the bench the month is %q, %s, ready %s", got, c.State, c.ReadyAt)
		}
		c = s.do(boss, c.ID, finish, care.MarkReady{})
		if got := stateOf(c, "remedy"); got != care.DeadlineMissed {
			t.Errorf("ready after the month, which is %q", got)
		}
		if len(c.Stays) != 1 || !c.Stays[0].Released.Equal(s.now) || c.Stays[0].Outcome != "repaired" {
			t.Errorf("stays %+v, now %s", c.Stays, s.now)
		}
		if costs, _, err := s.Recoveries(s.t.Context(), boss, care.RecoveryFilter{Claim: c.ID}, care.Page{}); err != nil || len(costs) != 1 || costs[0].Kind != care.RecoverLabour {
			t.Errorf("the maker is asked for %+v, %v", costs, err)
		}
		s.do(boss, c.ID, care.HandOver{}, care.Close{})
		for range 2 {
			s.now = s.now.Add(24 * time.Hour)
			s.do(boss, open().ID, finish, care.MarkReady{}, care.HandOver{}, care.Close{})
		}
		s.now = s.now.Add(24 * time.Hour)
		for _, r := range s.do(boss, s.submit(visitor, ask(u.Serial)).Claim.ID, care.Accept{Place: "asus-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard")).Remedies() {
			if r.Kind == "refund" && r.Chooser == "customer" && r.Clause == "fourth-hardware-failure" {
				return
			}
		}
		t.Error("after three repairs, the first done twice, the fourth failure opens nothing")
	})
}

func stateOf(c care.Claim, term string) care.DeadlineState {
	for _, d := range c.Deadlines {
		if d.Name == term && d.Basis == c.BasisInUse() {
			return d.State
		}
	}
	return ""
}
