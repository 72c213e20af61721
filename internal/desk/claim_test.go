package desk_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// TestOpenClaim opens a claim out of a request: numbered, decided, with its
// terms frozen and its deadlines stored.
//
// Walks: B8.
func TestOpenClaim(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		c := *r.Claim
		if r.Request.Number != "REQ-2026-000001" || c.Number != "RMA-2026-000001" || r.Request.Claim != c.ID || c.Request != r.Request.ID {
			s.t.Errorf("request %s of claim %s, claim %s of request %s", r.Request.Number, r.Request.Claim, c.Number, c.Request)
		}
		if c.State != care.Submitted || c.Ruling == nil || c.Version == "" || c.Version != c.Ruling.PackVersion || c.Verdict() != policy.NeedsFacts {
			s.t.Errorf("opened %s, %q, %s", c.State, c.Version, c.Verdict())
		}
		// B8: a month from the demand, both by the warranty; noon of 10 March
		// in Sofia, so the last day is 10 April, Good Friday, and moves on.
		want := []string{"remedy 2026-04-14"}
		var got []string
		for _, d := range c.Deadlines {
			got = append(got, d.Name+" "+d.Due)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("deadlines (-want +got):\n%s", diff)
		}
		stored := view(s, func(tx *storage.Tx) (care.Claim, error) { return tx.Claim(s.t.Context(), "bg-omni", c.ID) })
		if diff := cmp.Diff(asJSON(s.t, c), asJSON(s.t, stored)); diff != "" {
			s.t.Errorf("the receipt's claim is not the stored one:\n%s", diff)
		}
		second := s.open()
		if second.Claim.Number != "RMA-2026-000002" {
			s.t.Errorf("the next claim is %s", second.Claim.Number)
		}
		list := s.audits("bg-omni")
		if a := list[0]; a.Action != "request.submit" || a.ObjectID != second.Request.ID || a.Actor.Kind != care.CustomerActor {
			s.t.Errorf("audited as %+v", a)
		}
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWholeLife takes a claim from the request to the hand-over by the people
// whose work it is.
//
// Walks: B1, B6, B7, B8, D5.
func TestWholeLife(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		id := r.Claim.ID
		partner := as(care.Partner)
		s.do(as(care.Clerk), id, care.Accept{Place: "omni-shop-sofia", Documents: []string{"invoice", "warranty_card", "return_request"}})
		s.do(as(care.Dispatcher), id, care.Forward{To: "asus-sofia", Carrier: "courier"})
		s.do(partner, id, care.ReceiveAtCentre{}, care.StartDiagnosis{}, hardware("mainboard"))
		c := s.do(partner, id, care.StartRepair{})
		if c.Custody.Place != "asus-sofia" || c.State != care.InRepair || c.Remedy.Clause == "" {
			s.t.Errorf("on the bench: %+v, %s, %+v", c.Custody, c.State, c.Remedy)
		}
		s.do(partner, id, care.FinishRepair{Kind: "hardware", Work: "new board"}, care.MarkReady{Told: "sms"})
		c = s.do(as(care.Clerk), id, care.HandOver{}, care.Close{})
		if c.State != care.Closed || c.Outcome != care.OutcomeRepaired || c.Deadlines[0].State != care.DeadlineMet {
			s.t.Errorf("ended %s, %s, %+v", c.State, c.Outcome, c.Deadlines)
		}
		v, err := s.Claim(s.t.Context(), as(care.Manager), c.Number, "en")
		if err != nil {
			s.t.Fatal(err)
		}
		if n := len(v.Events); n != c.Seq || v.Decision == nil || v.Decision.Lang != "en" || v.Customer.Name == "" || v.Places["asus-sofia"].ID == "" {
			s.t.Errorf("the page has %d events of %d, decision %v", n, c.Seq, v.Decision != nil)
		}
		if diff := cmp.Diff(asJSON(s.t, v.Claim), asJSON(s.t, care.Replay(v.Events))); diff != "" {
			s.t.Errorf("the log gives another claim:\n%s", diff)
		}
	})
}

// TestRefusalsStoreNothing gives commands that are refused at every depth and
// compares all that could have changed.
func TestRefusalsStoreNothing(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		open, decided := s.open(), s.decided()
		other := s.sell(as(care.Clerk), nil).Unit
		type picture struct {
			Audits int
			Claims []string
			Events []int
			Units  int
			Ledger int
		}
		look := func() picture {
			p := picture{Audits: len(s.audits("bg-omni"))}
			for _, id := range []string{open.Claim.ID, decided.Claim.ID} {
				v, err := s.Claim(ctx, as(care.Manager), id, "bg")
				if err != nil {
					s.t.Fatal(err)
				}
				p.Claims, p.Events = append(p.Claims, asJSON(s.t, v.Claim)), append(p.Events, len(v.Events))
			}
			units, _, err := s.FindUnits(ctx, as(care.Manager), "PROBA", care.Page{Limit: 200})
			if err != nil {
				s.t.Fatal(err)
			}
			p.Units = len(units)
			p.Ledger = len(view(s, func(tx *storage.Tx) ([]care.Stay, error) {
				return tx.StaysOfUnit(ctx, "bg-omni", decided.Claim.Unit.ID)
			}))
			return p
		}
		before := look()
		boss := as(care.Manager)
		do := func(actor care.Actor, claim string, cmd care.Command) error {
			_, err := s.Do(ctx, actor, claim, cmd)
			return err
		}
		submit := func(change func(*desk.NewRequest)) error {
			in := ask(open.Claim.Unit.Serial)
			change(&in)
			_, err := s.Submit(ctx, visitor, in)
			return err
		}
		for _, c := range []struct {
			name, want string
			err        error
		}{
			{"an illegal move", "illegal error.illegal_move", do(boss, open.Claim.ID, care.StartRepair{})},
			{"a blocked command", "blocked error.free_of_charge", do(boss, decided.Claim.ID, care.OfferEstimate{Amount: money.Amount{Minor: 1, Currency: "EUR"}, Work: "x"})},
			{"a forbidden command", "forbidden error.forbidden", do(as(care.Clerk), decided.Claim.ID, care.StartRepair{})},
			{"a command on no claim", "not_found error.no_claim", do(boss, "none", care.StartRepair{})},
			{"a place that is none", "invalid error.no_place", do(boss, open.Claim.ID, care.Accept{Place: "moon"})},
			{"no place at all", "invalid error.required", do(boss, open.Claim.ID, care.Accept{})},
			{"another retailer's place", "invalid error.no_place", do(boss, decided.Claim.ID, care.Forward{To: "omsk-service"})},
			{"a route to nowhere", "invalid error.no_place", do(boss, decided.Claim.ID, care.RouteTo{Centre: "moon"})},
			{"the customer sent nowhere", "invalid error.no_place", do(boss, open.Claim.ID, care.AskDevice{Place: "moon"})},
			{"a colleague that is none", "not_found error.no_user", do(boss, open.Claim.ID, care.Assign{User: "nobody"})},
			{"a replacement in the wrong state", "illegal error.illegal_move", do(boss, decided.Claim.ID, care.Replace{Serial: "PROBA999"})},
			{"a replacement by a unit that is known", "conflict error.unit_known", do(boss, decided.Claim.ID, care.Replace{Serial: other.Serial})},
			{"a second claim on the unit", "conflict error.claim_open", submit(func(*desk.NewRequest) {})},
			{"a claim on no unit", "not_found error.no_unit", submit(func(r *desk.NewRequest) { r.Identity = "nothing" })},
			{"a wrong answer on the form", "invalid error.bad_fact", submit(func(r *desk.NewRequest) {
				r.Identity, r.Facts = other.Serial, []care.Answer{{Fact: "unit.lock_active", Value: "perhaps"}}
			})},
			{"an unknown paper on the form", "invalid error.unknown_value", submit(func(r *desk.NewRequest) { r.Identity, r.Documents = other.Serial, []string{"napkin"} })},
		} {
			s.fails(c.name, c.want, c.err)
		}
		if diff := cmp.Diff(before, look()); diff != "" {
			s.t.Errorf("refusals have changed the store:\n%s", diff)
		}
		if next := s.open(); next.Claim.Number != "RMA-2026-000003" {
			s.t.Errorf("refused requests used up numbers: the next is %s", next.Claim.Number)
		}
	})
}

// TestRecheck makes every frozen decision again, byte for byte, and notices
// one that was tampered with.
//
// Walks: D2.
func TestRecheck(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		s.repaired(r.Claim.ID, "asus-sofia")
		list, err := s.Recheck(s.t.Context(), as(care.Manager), r.Claim.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		for i, x := range list {
			if !x.Same || x.Ruling != i+1 {
				s.t.Errorf("ruling %d: %+v", i+1, x)
			}
		}
		if len(list) < 4 {
			s.t.Errorf("%d rulings", len(list))
		}
		c := view(s, func(tx *storage.Tx) (care.Claim, error) { return tx.Claim(s.t.Context(), "bg-omni", r.Claim.ID) })
		forged := *c.Ruling
		forged.Decision = json.RawMessage(`{"pack":"bg-omni"}`)
		forged.Index++
		event := care.Event{Retailer: "bg-omni", Claim: c.ID, Seq: c.Seq + 1, At: s.now, Actor: as(care.Manager), Data: &care.WasDecided{Ruling: forged}}
		err = s.store.Tx(s.t.Context(), func(tx *storage.Tx) error { return tx.SaveClaim(s.t.Context(), c.When(event), []care.Event{event}) })
		if err != nil {
			s.t.Fatal(err)
		}
		if list, err = s.Recheck(s.t.Context(), as(care.Manager), r.Claim.ID); err != nil || list[len(list)-1].Same {
			s.t.Errorf("a forged decision passes: %v", err)
		}
	})
}

// TestFrozenVersion keeps a claim under the pack version of its first ruling.
func TestFrozenVersion(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		c := s.repaired(r.Claim.ID, "omni-service")
		for _, e := range view(s, func(tx *storage.Tx) ([]care.Event, error) { return tx.Events(s.t.Context(), "bg-omni", c.ID) }) {
			if p, ok := e.Data.(*care.WasDecided); ok && (p.Ruling.PackVersion != r.Claim.Version || p.Ruling.Facts == nil || p.Ruling.Statute == "") {
				s.t.Errorf("ruling %d: %s, statute %q", p.Ruling.Index, p.Ruling.PackVersion, p.Ruling.Statute)
			}
		}
	})
}

// TestOverride is a manager's right, with a reason in the audit log; the
// terms of the claim run on.
func TestOverride(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		diagnosis := hardware("casing")
		diagnosis.Facts.Findings = []policy.Finding{{Code: "liquid", Part: "mainboard", Cause: "external"}}
		s.do(as(care.Manager), r.Claim.ID, care.Accept{Place: "omni-service"}, diagnosis)
		_, err := s.Do(s.t.Context(), as(care.Technician), r.Claim.ID, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "x"})
		s.fails("a technician's override", "forbidden error.forbidden", err)
		_, err = s.Do(s.t.Context(), as(care.Manager), r.Claim.ID, care.StartRepair{})
		s.fails("repair of what is refused", "blocked error.not_covered", err)
		c := s.do(as(care.Manager), r.Claim.ID, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "a good customer"})
		if a := s.audits("bg-omni")[0]; a.Action != "claim.override" || a.Reason != "a good customer" || a.Actor.Role != care.Manager {
			s.t.Errorf("audited as %+v", a)
		}
		if i := slices.IndexFunc(c.Deadlines, func(d care.Deadline) bool { return d.Name == "remedy" && d.State == care.DeadlineOpen }); i < 0 {
			s.t.Errorf("the month stopped: %+v", c.Deadlines)
		}
		if c = s.do(as(care.Technician), r.Claim.ID, care.StartRepair{}); c.State != care.InRepair {
			s.t.Errorf("after the override: %s", c.State)
		}
	})
}

// TestDeadlinesAndWork stores terms with their instants and lists the work by
// them; late is what has passed.
//
// Walks: B8, D5.
func TestDeadlinesAndWork(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Manager)
		first := s.decided()
		s.do(boss, first.Claim.ID, care.StartRepair{})
		s.now = s.now.Add(3 * 24 * time.Hour)
		second := s.open()
		list, _, err := s.Work(ctx, boss, care.WorkFilter{Open: true}, care.Page{})
		if err != nil || len(list) != 2 || list[0].Claim != second.Claim.ID || list[1].Claim != first.Claim.ID {
			s.t.Fatalf("work by deadline: %+v, %v", list, err)
		}
		late := func() []string {
			list, _, err := s.Work(ctx, boss, care.WorkFilter{Late: true}, care.Page{})
			if err != nil {
				s.t.Fatal(err)
			}
			counts, err := s.WorkCounts(ctx, boss, care.WorkFilter{})
			if err != nil || counts.Late != len(list) {
				s.t.Errorf("%d late in the list, %d counted: %v", len(list), counts.Late, err)
			}
			out := []string{}
			for _, w := range list {
				out = append(out, w.Number)
			}
			return out
		}
		if got := late(); len(got) != 0 {
			s.t.Errorf("late: %v", got)
		}
		s.now = s.now.Add(25 * time.Hour)
		if got := late(); !slices.Equal(got, []string{second.Claim.Number}) {
			s.t.Errorf("a day later late: %v", got)
		}
		// 14 April was the last day of the month (B8); the shop's midnight ends it.
		v, err := s.Claim(ctx, boss, first.Claim.ID, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		end := v.Claim.Deadlines[0].DueAt
		if want := time.Date(2026, 4, 14, 21, 0, 0, 0, time.UTC); !end.Equal(want) {
			s.t.Errorf("the month ends at %v, want %v", end, want)
		}
		s.now = end.Add(time.Minute)
		c := s.do(boss, first.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
		if got := c.Deadlines[0]; got.State != care.DeadlineMissed || !got.Late(s.now) {
			s.t.Errorf("a minute too late: %+v", got)
		}
	})
}

// TestCommandsByPointer takes commands as decoders make them.
func TestCommandsByPointer(t *testing.T) {
	on(t, func(s *shop) {
		boss := as(care.Manager)
		r := s.open()
		c := s.do(boss, r.Claim.ID, &care.AskDevice{Place: "omni-shop-sofia"}, &care.Accept{Place: "omni-shop-sofia"}, &care.RouteTo{Centre: "asus-sofia"},
			&care.Assign{}, &care.Forward{To: "asus-sofia"}, &care.ReceiveAtCentre{Place: "asus-sofia"}, &care.StartDiagnosis{})
		if c.State != care.InDiagnosis || c.Custody.Kind != care.HeldByCentre {
			s.t.Errorf("%s, %+v", c.State, c.Custody)
		}
		diagnosis := hardware("mainboard")
		c = s.do(boss, r.Claim.ID, &diagnosis, &care.FindUnrepairable{Reason: "x"}, &care.RecordAnswers{Facts: []care.Answer{{Fact: "market.same_model", Value: "true"}}},
			&care.ChooseRemedy{Remedy: "replacement"}, &care.Replace{IMEI: "990000000001034", Model: "T15"})
		v, err := s.Claim(s.t.Context(), boss, c.ID, "bg")
		if err != nil || v.Replacement.IMEI != "990000000001034" || v.Replacement.Model != "T15" || v.Replacement.Product != "" {
			s.t.Errorf("given %+v: %v", v.Replacement, err)
		}
	})
}

// TestOverdue decides anew what has become late: the law then lets the
// customer have the money instead of a repair that never ends (18(1), 20(1)).
//
// Walks: D3, RU-18.1, RU-20.1.
func TestOverdue(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of("ru-omsk", care.Manager)
		price := amount("40000.00", "RUB")
		u := s.sell(of("ru-omsk", care.Clerk), func(r *desk.SaleRow) { r.Price = &price }).Unit
		who := visitor
		who.Retailer = "ru-omsk"
		in := ask(u.Serial)
		in.Documents = []string{"receipt", "warranty_card"}
		r := s.submit(who, in)
		s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("mainboard"), care.StartRepair{})
		overdue := func(want int) {
			s.t.Helper()
			if n, err := s.Overdue(ctx); err != nil || n != want {
				s.t.Errorf("%s: decided %d claims anew, want %d: %v", s.now.Format(time.DateTime), n, want, err)
			}
		}
		end := r.Claim.Deadlines[0].DueAt
		s.now = end.Add(-time.Second)
		overdue(0)
		_, err := s.TrackedDo(ctx, r.Token, care.ChooseBasis{Basis: policy.Statute})
		s.fails("on the last day", "blocked error.repair_running", err)
		s.now = end
		overdue(1)
		overdue(0)
		v, err := s.Tracked(ctx, r.Token, "ru")
		if err != nil {
			s.t.Fatal(err)
		}
		if list := v.Claim.Claim.Ruling.Result.Basis(policy.Statute).Remedies; list[0].Kind != "refund" || list[0].Chooser != "customer" {
			s.t.Errorf("the law offers %+v", list)
		}
		if a := s.audits("ru-omsk")[0]; a.Action != "claim.breach_deadline" || a.Actor.Kind != care.SystemActor {
			s.t.Errorf("audited as %+v", a)
		}
		if _, err := s.TrackedDo(ctx, r.Token, care.ChooseBasis{Basis: policy.Statute}); err != nil {
			s.t.Fatal(err)
		}
		c, err := s.TrackedDo(ctx, r.Token, care.ChooseRemedy{Remedy: "refund"})
		if err != nil || c.State != care.Refunding || *c.Remedy.Amount != price {
			s.t.Errorf("%s, %+v: %v", c.State, c.Remedy, err)
		}
		overdue(0)
	})
}

// TestOnlyOneWins lets many people give the same command at once.
func TestOnlyOneWins(t *testing.T) {
	on(t, func(s *shop) {
		r := s.decided()
		var group sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			group.Go(func() { _, errs[i] = s.Do(s.t.Context(), as(care.Manager), r.Claim.ID, care.StartRepair{}) })
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			switch code := care.CodeOf(err); {
			case err == nil:
				won++
			case code != care.Illegal && code != care.Conflict:
				s.t.Errorf("a loser is told %v", err)
			}
		}
		if won != 1 {
			s.t.Errorf("%d of 8 started the same repair", won)
		}
		events := view(s, func(tx *storage.Tx) ([]care.Event, error) { return tx.Events(s.t.Context(), "bg-omni", r.Claim.ID) })
		for i, e := range events {
			if e.Seq != i+1 {
				s.t.Errorf("event %d is numbered %d", i+1, e.Seq)
			}
		}
	})
}

// TestAnswersReachTheRegistry lets the next claim know what was corrected.
func TestAnswersReachTheRegistry(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		s.do(as(care.Clerk), r.Claim.ID, care.RecordAnswers{Facts: []care.Answer{{Fact: "unit.brand", Value: "Asus"}, {Fact: "sale.price", Value: "1200.00 EUR"}}})
		u, err := s.Unit(s.t.Context(), as(care.Clerk), r.Claim.Unit.ID, "bg")
		if err != nil || u.Unit.Brand != "Asus" || u.Sale.Price == nil || u.Sale.Price.Minor != 120_000 {
			s.t.Errorf("the registry says %+v: %v", u.UnitRecord, err)
		}
	})
}

// TestTwoAtOnceSubmit lets two requests for one device come at once: one
// claim is opened.
func TestTwoAtOnceSubmit(t *testing.T) {
	on(t, func(s *shop) {
		u := s.sell(as(care.Clerk), nil).Unit
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() { _, errs[i] = s.Submit(s.t.Context(), visitor, ask(u.Serial)) })
		}
		group.Wait()
		opened := 0
		for _, err := range errs {
			if err == nil {
				opened++
			} else if care.CodeOf(err) != care.Conflict {
				s.t.Errorf("a loser is told %v", err)
			}
		}
		if claims := view(s, func(tx *storage.Tx) ([]care.Claim, error) { return tx.ClaimsOfUnit(s.t.Context(), "bg-omni", u.ID) }); opened != 1 || len(claims) != 1 {
			s.t.Errorf("%d requests went through, %d claims are open", opened, len(claims))
		}
	})
}

// TestDoAt gives a command only to the claim that was looked at.
func TestDoAt(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		seen := r.Claim.Seq
		if _, err := s.DoAt(s.t.Context(), as(care.Clerk), r.Claim.ID, seen, care.AddNote{Text: "x"}); err != nil {
			s.t.Fatal(err)
		}
		_, err := s.DoAt(s.t.Context(), as(care.Clerk), r.Claim.ID, seen, care.AddNote{Text: "y"})
		s.fails("a claim that has moved on", "conflict error.claim_moved_on", err)
	})
}
