package demo_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/desk/demo"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
)

var now = time.Date(2026, 11, 21, 7, 30, 0, 0, time.UTC)

// cheap hashes passwords for real, with little work.
var cheap = desk.Argon2id{Memory: 64, Time: 1, Threads: 1}

// open makes a desk whose packs are installed.
func open(t *testing.T, s *storage.Store, now time.Time) *desk.Desk {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	d, err := desk.New(desk.Config{Store: desk.StoreOf(s), Packs: lib, Hasher: cheap, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func fill(t *testing.T, d *desk.Desk, opt demo.Options) demo.Guide {
	t.Helper()
	guide, err := demo.Fill(t.Context(), d, opt)
	if err != nil {
		t.Fatal(err)
	}
	return guide
}

// TestDemo fills each database and checks everything that the demo promises.
func TestDemo(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		d := open(t, s, now)
		guide := fill(t, d, demo.Options{Now: now, Seed: 1, Password: "a long demo password"})
		t.Run("every state and kind", func(t *testing.T) { everyState(t, d, guide) })
		t.Run("every claim replays", func(t *testing.T) { everyClaimReplays(t, d, s) })
		t.Run("every decision is made again", func(t *testing.T) { everyDecision(t, d, s) })
		t.Run("everybody signs in", func(t *testing.T) { everybodySignsIn(t, d, guide) })
		t.Run("loaners and suppliers", func(t *testing.T) { aftercare(t, d) })
		t.Run("the showcases", func(t *testing.T) { showcases(t, d, guide) })
		t.Run("the devices to try", func(t *testing.T) { wholeWay(t, d, guide) })
		t.Run("fills once", func(t *testing.T) {
			if _, err := demo.Fill(t.Context(), d, demo.Options{Now: now}); care.CodeOf(err) != care.Conflict {
				t.Errorf("a second filling: %v", err)
			}
		})
	})
}

func retailers(t *testing.T, d *desk.Desk) []string {
	t.Helper()
	list, err := d.Retailers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	if len(ids) != 3 {
		t.Fatalf("retailers %v", ids)
	}
	return ids
}

func everyState(t *testing.T, d *desk.Desk, guide demo.Guide) {
	states, waits, outcomes, kinds := map[care.State]int{}, map[care.WaitReason]int{}, map[care.Outcome]int{}, map[string]int{}
	claims, late, reopened, overridden, prolonged, opened := 0, 0, 0, 0, 0, 0
	for _, id := range retailers(t, d) {
		actor := care.System(id)
		work, next, err := d.Work(t.Context(), actor, care.WorkFilter{}, care.Page{Limit: 200})
		if err != nil || next != "" {
			t.Fatalf("work list: %v, next %q", err, next)
		}
		for _, w := range work {
			v, err := d.Claim(t.Context(), actor, w.Claim, "en")
			if err != nil {
				t.Fatal(err)
			}
			claims++
			states[w.State]++
			waits[w.Wait]++
			outcomes[w.Outcome]++
			late += truth(!v.Claim.Clock.Due.IsZero() && v.Claim.Clock.Due.Before(now))
			reopened += v.Claim.Reopened
			opened += truth(v.Claim.Overdue(now) && slices.ContainsFunc(v.Claim.Deadlines, func(d care.Deadline) bool { return !d.BreachedAt.IsZero() }))
			overridden += truth(v.Claim.Override != nil)
			prolonged += truth(slices.ContainsFunc(v.Covers, func(c desk.Cover) bool { return c.ProlongedDays > 0 }))
		}
		requests, _, err := d.Requests(t.Context(), actor, care.RequestFilter{}, care.Page{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range requests {
			kinds[r.Kind]++
		}
	}
	if claims != guide.Claims || claims < 190 || claims > 230 {
		t.Errorf("%d claims, the guide says %d; about two hundred are promised", claims, guide.Claims)
	}
	for _, s := range care.States() {
		if states[s] == 0 {
			t.Errorf("no claim is %s", s)
		}
	}
	for _, w := range []care.WaitReason{care.WaitChoice, care.WaitPaidEstimate, care.WaitPriceDifference} {
		if waits[w] == 0 {
			t.Errorf("no claim awaits %s", w)
		}
	}
	for _, o := range []care.Outcome{care.OutcomeRepaired, care.OutcomePaid, care.OutcomeNoFault, care.OutcomeReplaced, care.OutcomeRefunded,
		care.OutcomeRefused, care.OutcomeDeclined, care.OutcomeWithdrawn} {
		if outcomes[o] == 0 {
			t.Errorf("no claim ended %s", o)
		}
	}
	for _, k := range []string{care.WarrantyService, care.TechnicalSupport, care.Consultation, care.Documentation, care.VideoConsultation} {
		if kinds[k] == 0 {
			t.Errorf("no request is a %s", k)
		}
	}
	requestsOfTheDemo(t, d)
	if opened < 3 {
		t.Errorf("%d overdue claims were found to be so", opened)
	}
	if late < 3 || late > claims/5 || reopened == 0 || overridden < 3 || prolonged < 20 {
		t.Errorf("late %d of %d, reopened %d, overridden %d, prolonged %d", late, claims, reopened, overridden, prolonged)
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// each gives every claim's id of every retailer.
func each(t *testing.T, d *desk.Desk, do func(retailer, claim string)) {
	t.Helper()
	for _, id := range retailers(t, d) {
		work, _, err := d.Work(t.Context(), care.System(id), care.WorkFilter{}, care.Page{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range work {
			do(id, w.Claim)
		}
	}
}

// everyClaimReplays is the contract of the event log: replaying it rebuilds
// the stored claim exactly.
func everyClaimReplays(t *testing.T, d *desk.Desk, s *storage.Store) {
	each(t, d, func(retailer, id string) {
		var stored care.Claim
		var events []care.Event
		err := s.View(t.Context(), func(tx *storage.Tx) (err error) {
			if stored, err = tx.Claim(t.Context(), retailer, id); err != nil {
				return err
			}
			events, err = tx.Events(t.Context(), retailer, id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want, got := indented(t, stored), indented(t, care.Replay(events))
		if want != got {
			t.Errorf("%s %s: replayed otherwise (-stored +replayed):\n%s", retailer, stored.Number, cmp.Diff(want, got))
		}
	})
}

func indented(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// everyDecision recomputes every ruling from its frozen facts, byte for byte.
func everyDecision(t *testing.T, d *desk.Desk, _ *storage.Store) {
	rulings := 0
	each(t, d, func(retailer, id string) {
		list, err := d.Recheck(t.Context(), care.System(retailer), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			rulings++
			if !r.Same {
				t.Errorf("%s %s: ruling %d comes out otherwise", retailer, r.Number, r.Ruling)
			}
		}
	})
	if rulings < 200 {
		t.Errorf("only %d rulings", rulings)
	}
}

func everybodySignsIn(t *testing.T, d *desk.Desk, guide demo.Guide) {
	seen := map[string]map[care.Role]bool{}
	for _, s := range guide.SignIns {
		_, user, err := d.SignIn(t.Context(), s.Email, guide.Password, "192.0.2.1")
		if err != nil {
			t.Fatalf("%s: %v", s.Email, err)
		}
		if user.Role != s.Role || user.Retailer != s.Retailer || user.Place != s.Place || user.Name != s.Name {
			t.Errorf("%s is %+v", s.Email, user)
		}
		if seen[s.Retailer] == nil {
			seen[s.Retailer] = map[care.Role]bool{}
		}
		seen[s.Retailer][s.Role] = true
	}
	for _, id := range retailers(t, d) {
		for _, r := range care.Roles() {
			if !seen[id][r] {
				t.Errorf("%s has no %s", id, r)
			}
		}
	}
	for _, k := range guide.Keys {
		if actor, err := d.AuthenticateKey(t.Context(), k.Secret); err != nil || actor.Retailer != k.Retailer {
			t.Errorf("key of %s: %+v, %v", k.Retailer, actor, err)
		}
	}
	if len(guide.Keys) != 3 {
		t.Errorf("%d keys", len(guide.Keys))
	}
}

// showcases takes each showcase from where it stands to the hand-over.
func showcases(t *testing.T, d *desk.Desk, guide demo.Guide) {
	ends := map[string]struct {
		customer care.Command
		staff    []care.Command
		outcome  care.Outcome
	}{
		"fourth-failure":   {care.ChooseRemedy{Remedy: "replacement"}, []care.Command{care.Replace{Serial: "PF4TALON1N"}, care.MarkReady{}}, care.OutcomeReplaced},
		"certificate-year": {nil, []care.Command{care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "Заменена плата."}, care.MarkReady{}}, care.OutcomeRepaired},
		"law-instead":      {care.ChooseRemedy{Remedy: "repair"}, []care.Command{care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "Перепаян контроллер."}, care.MarkReady{}}, care.OutcomeRepaired},
	}
	for _, s := range guide.Showcases {
		end, ok := ends[s.ID]
		if !ok {
			t.Fatalf("showcase %q", s.ID)
		}
		delete(ends, s.ID)
		tracked, err := d.Tracked(t.Context(), s.Token, "en")
		if err != nil || tracked.Claim.Claim.Number != s.Claim {
			t.Fatalf("%s: its link gives %v", s.ID, err)
		}
		for _, lang := range []string{"en", "ru", "bg"} {
			if s.Title[lang] == "" || s.Look[lang] == "" {
				t.Errorf("%s says nothing in %s", s.ID, lang)
			}
		}
		showcaseTerms(t, s.ID, tracked.Claim)
		if end.customer != nil {
			if _, err := d.TrackedDo(t.Context(), s.Token, end.customer); err != nil {
				t.Fatalf("%s: %v", s.ID, err)
			}
		}
		for _, cmd := range append(end.staff, care.HandOver{}, care.Close{}) {
			if _, err := d.Do(t.Context(), care.System(s.Retailer), s.Claim, cmd); err != nil {
				t.Fatalf("%s: %v", s.ID, err)
			}
		}
		v, err := d.Claim(t.Context(), care.System(s.Retailer), s.Claim, "en")
		if err != nil || v.Claim.State != care.Closed || v.Claim.Outcome != end.outcome {
			t.Errorf("%s ended %s, %s: %v", s.ID, v.Claim.State, v.Claim.Outcome, err)
		}
	}
	if len(ends) != 0 {
		t.Errorf("no showcase for %v", ends)
	}
}

// showcaseTerms checks what each showcase is there to show.
func showcaseTerms(t *testing.T, id string, v *desk.ClaimView) {
	t.Helper()
	cover := func(name string) desk.Cover {
		i := slices.IndexFunc(v.Covers, func(c desk.Cover) bool { return string(c.Basis) == name })
		if i < 0 {
			t.Fatalf("%s: no cover %s", id, name)
		}
		return v.Covers[i]
	}
	rows := func(name string) []string {
		var out []string
		for _, b := range v.Decision.Bases {
			for _, c := range b.Clauses {
				if string(b.Basis) == name {
					out = append(out, c.Requirement)
				}
			}
		}
		return out
	}
	switch id {
	case "fourth-failure":
		if !slices.Contains(rows("warranty"), "B11") || cover("warranty").ProlongedDays < 30 {
			t.Errorf("B11 after three stays: %v, prolonged %d", rows("warranty"), cover("warranty").ProlongedDays)
		}
		i := slices.IndexFunc(v.Actions, func(a care.Action) bool { return a.Command == care.CmdChooseRemedy })
		if i < 0 || !slices.Equal(v.Actions[i].Fields[0].Options, []string{"replacement", "refund"}) {
			t.Errorf("the customer may do %+v", v.Actions)
		}
	case "certificate-year":
		w, c := cover("warranty"), cover("certificate")
		if w.InForce || !c.InForce || w.ProlongedDays == 0 || c.From.Sub(w.LastDay) != 1 {
			t.Errorf("the certificate follows the prolonged warranty: %+v, %+v", w, c)
		}
	case "law-instead":
		if v.Claim.BasisInUse() != "statute" || v.Claim.Ruling.Result.Basis("warranty").Verdict != "refused" || v.Claim.Verdict() != "covered" {
			t.Errorf("by %s: %s", v.Claim.BasisInUse(), v.Claim.Verdict())
		}
	}
}

// TestAnyInstant fills at instants that are awkward for calendars: the turn of
// a year, a leap day, the middle of the night, the days around the euro.
func TestAnyInstant(t *testing.T) {
	for _, at := range []string{"2026-01-01T00:00:30Z", "2027-03-28T01:30:00+02:00", "2028-02-29T12:00:00+06:00"} {
		t.Run(at, func(t *testing.T) {
			end, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			d := open(t, storagetest.Open(t), end)
			guide := fill(t, d, demo.Options{Now: end, Seed: 7})
			for _, s := range guide.Showcases {
				v, err := d.Tracked(t.Context(), s.Token, "ru")
				if err != nil {
					t.Fatal(err)
				}
				showcaseTerms(t, s.ID, v.Claim)
			}
		})
	}
}

// TestOptions checks what Fill refuses, and that only a seed repeats.
func TestOptions(t *testing.T) {
	s := storagetest.Open(t)
	d := open(t, s, now)
	if _, err := demo.Fill(t.Context(), d, demo.Options{}); err == nil {
		t.Error("filled up to no instant")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := demo.Fill(ctx, d, demo.Options{Now: now}); err == nil {
		t.Error("filled after the context had ended")
	}
	same := fill(t, open(t, storagetest.Open(t), now), demo.Options{Now: now, Seed: 3})
	again := fill(t, open(t, storagetest.Open(t), now), demo.Options{Now: now, Seed: 3})
	if diff := cmp.Diff(same, again); diff != "" {
		t.Errorf("the same seed gives another demo:\n%s", diff)
	}
	other := fill(t, open(t, storagetest.Open(t), now), demo.Options{Now: now})
	if other.Password == same.Password || other.Showcases[0].Token == same.Showcases[0].Token {
		t.Error("without a seed the secrets can be guessed")
	}
	if len(other.Password) < 10 {
		t.Errorf("password %q", other.Password)
	}
}
