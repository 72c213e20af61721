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
