package demo_test

import (
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// requestsOfTheDemo finds what is to be seen of requests that are no claims:
// papers that were sent, the right to support by phone, one that became a
// claim at each retailer, and video consultations before and after today.
func requestsOfTheDemo(t *testing.T, d *desk.Desk) {
	t.Helper()
	sent, supported, past, future, calledOff := 0, 0, 0, 0, 0
	for _, id := range retailers(t, d) {
		actor, turned := care.System(id), 0
		list, _, err := d.Requests(t.Context(), actor, care.RequestFilter{}, care.Page{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			v, err := d.Request(t.Context(), actor, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			sent += len(v.Sent)
			supported += truth(v.Support != nil && v.Support.InForce)
			turned += truth(r.Kind != care.WarrantyService && v.Request.Claim != "")
			if m := v.Meeting; m != nil {
				calledOff += truth(!m.Stands())
				past += truth(m.Stands() && m.End.Before(now))
				future += truth(m.Stands() && m.Start.After(now))
			}
		}
		if turned == 0 {
			t.Errorf("%s: no request became a claim", id)
		}
	}
	if sent == 0 || supported == 0 || past == 0 || future < 2 || calledOff == 0 {
		t.Errorf("papers sent %d, with support %d, consultations past %d, future %d, called off %d", sent, supported, past, future, calledOff)
	}
}
