package care_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talon-care/talon/internal/care"
)

// Over random lives the device has exactly one holder at every moment: each
// hand-over is from who had it before, the times never run back, a holder is
// complete, and the last one is the claim's custody.
func TestOneHolderAtEveryMoment(t *testing.T) {
	actors := []care.Actor{clerk, tech, manager, partner, owner, care.System("r")}
	rapid.Check(t, func(r *rapid.T) {
		k := &kit{t: t, claim: care.Claim{ID: "claim", Retailer: "r"}, now: start}
		k.do(owner, submit())
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			k.now = k.now.Add(time.Duration(rapid.IntRange(1, 200).Draw(r, "hours")) * time.Hour)
			_ = k.try(rapid.SampledFrom(actors).Draw(r, "actor"), randomCommand(r, k.claim))
		}
		passings := care.HandOvers(k.events)
		if len(passings) == 0 || passings[0].From.Kind != "" || passings[0].To.Kind != care.HeldByCustomer {
			r.Fatalf("a life begins at the customer's: %+v", passings)
		}
		for i, p := range passings {
			checkHolder(r, p.To)
			if i == 0 {
				continue
			}
			before := passings[i-1]
			if !p.From.Same(before.To) || p.At.Before(before.At) {
				r.Fatalf("%s at %s is from %+v, held by %+v since %s", p.Event, p.At, p.From, before.To, before.At)
			}
			if !slices.Contains([]care.EventKind{care.EventAccepted, care.EventForwarded, care.EventReceived, care.EventShipped, care.EventHandedOver}, p.Event) {
				r.Fatalf("%s is no hand-over", p.Event)
			}
		}
		if last := passings[len(passings)-1].To; !last.Same(k.claim.Custody) {
			r.Fatalf("the last holder %+v, the custody %+v", last, k.claim.Custody)
		}
	})
}

func checkHolder(r *rapid.T, h care.Holder) {
	ok := false
	switch h.Kind {
	case care.HeldByCustomer:
		ok = h.Place == "" && h.To == ""
	case care.HeldByShop, care.HeldByCentre:
		ok = h.Place != "" && h.To == "" && h.Carrier == ""
	case care.HeldByCourier:
		ok = h.Place == "" && h.To != ""
	}
	if !ok || h.Since.IsZero() {
		r.Fatalf("an incomplete holder: %+v", h)
	}
}

// Condition and accessories are kept with each hand-over.
func TestHandOversKeepWhatWasNoted(t *testing.T) {
	k := submitted(t)
	accept := atShop()
	accept.Condition, accept.Accessories = " scratched ", []string{"bag", " "}
	k.do(clerk, accept, care.Forward{To: "centre", Carrier: "c", Tracking: "1", Condition: "as taken in", Accessories: []string{"bag"}},
		care.ReceiveAtCentre{Place: "centre", PlaceKind: care.AuthorisedPlace, Condition: "wet", Accessories: []string{"nothing"}})
	k.do(tech, hardware(), covers(), care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{},
		care.Ship{Carrier: "c", Tracking: "2", Condition: "repaired"})
	k.do(clerk, care.HandOver{Proof: "signed", Condition: "opened", Accessories: []string{"bag"}})
	want := []care.Passing{{Condition: ""}, {Condition: "scratched", Accessories: []string{"bag"}}, {Condition: "as taken in", Accessories: []string{"bag"}},
		{Condition: "wet", Accessories: []string{"nothing"}}, {Condition: "repaired"}, {Condition: "opened", Accessories: []string{"bag"}, Proof: "signed"}}
	got := care.HandOvers(k.events)
	if len(got) != len(want) {
		t.Fatalf("%d hand-overs, want %d", len(got), len(want))
	}
	for i, w := range want {
		if g := got[i]; g.Condition != w.Condition || !slices.Equal(g.Accessories, w.Accessories) || g.Proof != w.Proof {
			t.Errorf("hand-over %d: %+v, want %+v", i, g, w)
		}
	}
}

func TestLegLate(t *testing.T) {
	until := start.Add(48 * time.Hour)
	for _, c := range []struct {
		name string
		leg  care.Leg
		at   time.Time
		want bool
	}{
		{"nothing promised", care.Leg{State: care.LegUnderWay}, until.AddDate(1, 0, 0), false},
		{"the last instant", care.Leg{State: care.LegUnderWay, PromisedBy: until}, until.Add(-time.Microsecond), false},
		{"the first too late", care.Leg{State: care.LegUnderWay, PromisedBy: until}, until, true},
		{"not handed over in time is late too", care.Leg{State: care.LegBooked, PromisedBy: until}, until, true},
		{"delivered in time", care.Leg{State: care.LegDelivered, PromisedBy: until, DeliveredAt: start}, until.AddDate(0, 1, 0), false},
		{"delivered late", care.Leg{State: care.LegDelivered, PromisedBy: until, DeliveredAt: until}, until.AddDate(0, 1, 0), true},
		{"brought in time, taken in late", care.Leg{State: care.LegDelivered, PromisedBy: until, BroughtAt: start, DeliveredAt: until}, until, false},
		{"called off", care.Leg{State: care.LegCancelled, PromisedBy: until}, until, false},
	} {
		if got := c.leg.Late(c.at); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
