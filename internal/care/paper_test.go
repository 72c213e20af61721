package care_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// paperKinds are the kinds of the papers that the events of a claim call for.
func paperKinds(events []care.Event) string {
	var out []string
	for _, p := range care.PapersOf(events) {
		out = append(out, string(p.Kind))
	}
	return strings.Join(out, " ")
}

func paperOf(t *testing.T, events []care.Event, kind care.PaperKind) care.Issued {
	t.Helper()
	list := care.PapersOf(events)
	i := slices.IndexFunc(list, func(p care.Issued) bool { return p.Kind == kind })
	if i < 0 {
		t.Fatalf("no %s among %s", kind, paperKinds(events))
	}
	return list[i]
}

func TestPapersOfStates(t *testing.T) {
	for state, want := range map[care.State]string{
		care.Submitted:  "",
		care.Accepted:   "intake_slip",
		care.Decided:    "intake_slip conclusion",
		care.Refused:    "intake_slip conclusion refusal",
		care.InRepair:   "intake_slip conclusion",
		care.Ready:      "intake_slip conclusion hand_back closing_act",
		care.Shipped:    "intake_slip conclusion hand_back closing_act",
		care.HandedOver: "intake_slip conclusion hand_back closing_act",
		care.Closed:     "intake_slip conclusion hand_back closing_act",
	} {
		if got := paperKinds(in(t, state).events); got != want {
			t.Errorf("%s: papers %q, want %q", state, got, want)
		}
	}
}

// TestPapersStayAsTheyWere prints papers again after the claim went on.
func TestPapersStayAsTheyWere(t *testing.T) {
	k := in(t, care.Ready)
	slip, back := paperOf(t, k.events, care.IntakeSlip), paperOf(t, k.events, care.HandBackPaper)
	if !strings.HasPrefix(slip.Number, "RMA-2026-000001-A") || !strings.HasPrefix(back.Number, "RMA-2026-000001-H") || slip.At.IsZero() || !back.At.Equal(k.claim.ReadyAt) {
		t.Errorf("slip %s of %s, hand-back %s of %s", slip.Number, slip.At, back.Number, back.At)
	}
	if slip.Claim.Diagnosis != nil || slip.Claim.Intake == nil || slip.By.ID == "" {
		t.Errorf("the slip knows of %+v", slip.Claim)
	}
	k.do(clerk, care.HandOver{})
	again := paperOf(t, k.events, care.HandBackPaper)
	if again.Number != back.Number || again.Claim.Custody.Kind != care.HeldByCustomer {
		t.Errorf("after the hand-over %s with %+v", again.Number, again.Claim.Custody)
	}
	k.do(clerk, care.Close{})
	before := map[care.PaperKind]care.Issued{}
	for _, p := range care.PapersOf(k.events) {
		before[p.Kind] = p
	}
	k.do(clerk, care.Reopen{Reason: "it failed again"})
	for _, p := range care.PapersOf(k.events) {
		was := before[p.Kind]
		if p.Number != was.Number || !p.At.Equal(was.At) || p.Claim.Seq != was.Claim.Seq || p.Claim.Reopened != 0 {
			t.Errorf("taken up again, %s is %s of %s: %+v", p.Kind, p.Number, p.At, p.Claim)
		}
	}
	k.do(clerk, covers(), atCentre())
	if next := paperOf(t, k.events, care.IntakeSlip); next.Number == slip.Number || next.Claim.Reopened != 1 {
		t.Errorf("the second intake has the slip %s of the first", next.Number)
	}
	if old := paperOf(t, k.events, care.HandBackPaper); old.Number != back.Number || old.Claim.Intake == nil {
		t.Errorf("the hand-back of before became %s", old.Number)
	}
}

// TestTheDayOfAHandOver leaves the day of what is signed at the counter open
// until the device is handed over (RU-20.3).
func TestTheDayOfAHandOver(t *testing.T) {
	k := in(t, care.Ready)
	for _, kind := range []care.PaperKind{care.HandBackPaper, care.ClosingAct} {
		if p := paperOf(t, k.events, kind); !p.Undated {
			t.Errorf("%s of a device that is still here has the day %s", kind, p.At)
		}
	}
	if p := paperOf(t, k.events, care.Conclusion); p.Undated {
		t.Error("a conclusion has no day")
	}
	k.do(clerk, care.HandOver{})
	given := k.claim.Custody.Since
	k.do(clerk, care.Close{})
	for _, kind := range []care.PaperKind{care.HandBackPaper, care.ClosingAct} {
		if p := paperOf(t, k.events, kind); p.Undated || !p.At.Equal(given) || p.By.ID != clerk.ID {
			t.Errorf("%s of %s (open: %t) by %s, handed over %s by %s", kind, p.At, p.Undated, p.By.ID, given, clerk.ID)
		}
	}
}

// TestPapersTakenBack takes back what was printed of a device that was not
// ready after all, and lets the next paper say which it replaces.
func TestPapersTakenBack(t *testing.T) {
	k := in(t, care.Ready)
	back, act := paperOf(t, k.events, care.HandBackPaper), paperOf(t, k.events, care.ClosingAct)
	if back.Replaces != "" || act.Replaces != "" {
		t.Errorf("the first papers replace %q and %q", back.Replaces, act.Replaces)
	}
	k.do(tech, care.ReturnToBench{Reason: "crackles"})
	if got := paperKinds(k.events); got != "intake_slip conclusion" {
		t.Errorf("back on the bench: %s", got)
	}
	k.do(tech, care.FinishRepair{Kind: "hardware", Work: "speaker"}, care.MarkReady{})
	for kind, was := range map[care.PaperKind]care.Issued{care.HandBackPaper: back, care.ClosingAct: act} {
		p := paperOf(t, k.events, kind)
		if p.Number == was.Number || p.Replaces != was.Number || !p.At.Equal(k.claim.ReadyAt) || !p.Undated {
			t.Errorf("%s %s of %s replaces %q, want %q", kind, p.Number, p.At, p.Replaces, was.Number)
		}
	}
	k.do(clerk, care.HandOver{}, care.Close{}, care.Reopen{Reason: "it failed again"}, covers(), atCentre())
	if p := paperOf(t, k.events, care.IntakeSlip); p.Replaces != "" {
		t.Errorf("the slip of another round replaces %s", p.Replaces)
	}
}

func TestPaperKinds(t *testing.T) {
	for _, kind := range care.PaperKinds() {
		if !kind.Valid() {
			t.Errorf("%s is not valid", kind)
		}
		if kind.Inside() != (kind == care.DeviceLabel || kind == care.ShippingLabel) {
			t.Errorf("%s: inside %v", kind, kind.Inside())
		}
	}
	if care.PaperKind("letter").Valid() {
		t.Error("a letter is a paper")
	}
	letters := map[string]bool{}
	for _, kind := range care.PaperKinds() {
		n := care.PaperNumber("RMA", kind, 7)
		if n != "RMA" && letters[n] {
			t.Errorf("%s has the number of another: %s", kind, n)
		}
		letters[n] = true
	}
}
