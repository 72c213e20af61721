package care_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// TestReplay gives random commands with random contents and checks what must
// hold of any life: nothing panics, a refusal changes nothing, the log rebuilds
// the claim exactly, also after it was stored, and the invariants stand.
func TestReplay(t *testing.T) {
	actors := []care.Actor{clerk, tech, manager, partner, owner, care.System("r")}
	rapid.Check(t, func(r *rapid.T) {
		k := &kit{t: t, claim: care.Claim{ID: "claim", Retailer: "r"}, now: start}
		k.do(owner, submit())
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			k.now = k.now.Add(time.Duration(rapid.IntRange(0, 500).Draw(r, "hours")) * time.Hour)
			before, frozen := k.claim, asJSON(r, k.claim)
			cmd := randomCommand(r, k.claim)
			err := k.try(rapid.SampledFrom(actors).Draw(r, "actor"), cmd)
			if got := asJSON(r, before); got != frozen {
				r.Fatalf("%s changed the claim before it:\n%s", cmd.Name(), cmp.Diff(frozen, got))
			}
			if err != nil {
				if care.CodeOf(err) == "" {
					r.Fatalf("%s: not a domain error: %v", cmd.Name(), err)
				}
				continue
			}
			checkMove(r, before, k.claim, cmd)
			checkClaim(r, k.claim)
			checkActions(r, k.claim)
		}
		checkLog(r, k)
	})
}

func asJSON(r *rapid.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		r.Fatal(err)
	}
	return string(b)
}

// randomCommand leans towards commands that the state allows, with contents
// that are mostly right.
func randomCommand(r *rapid.T, c care.Claim) care.Command {
	names := commands()
	if legal := legalFor(c.State); len(legal) > 0 && rapid.IntRange(0, 9).Draw(r, "lean") > 0 {
		names = legal
	}
	name := rapid.SampledFrom(names).Draw(r, "command")
	pick := func(words ...string) string { return rapid.SampledFrom(words).Draw(r, "word") }
	flag := rapid.Bool().Draw(r, "flag")
	switch name {
	case care.CmdDecide:
		return randomDecision(r, c)
	case care.CmdAccept:
		return care.Accept{Place: pick("shop", "centre", ""), PlaceKind: care.PlaceKind(pick("shop", "own", "authorised")), Carrier: pick("", "", "courier"),
			Documents: rapid.SampledFrom([][]string{nil, {}, {"receipt"}, {"receipt", "receipt"}}).Draw(r, "papers")}
	case care.CmdForward:
		return care.Forward{To: pick("shop", "centre", "elsewhere", "")}
	case care.CmdReceive:
		return care.ReceiveAtCentre{Place: pick("shop", "centre"), PlaceKind: care.PlaceKind(pick("shop", "own", "authorised"))}
	case care.CmdDiagnose:
		return care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &flag, Kind: pick("hardware", "software", "none", ""), FailedPart: pick("", "battery", "soul")}}
	case care.CmdChooseBasis:
		return care.ChooseBasis{Basis: policy.Basis(pick(policy.Words("bases")...))}
	case care.CmdChooseRemedy:
		return care.ChooseRemedy{Remedy: pick(policy.Words("remedy_kinds")...)}
	case care.CmdDemandRemedy:
		return care.DemandRemedy{Remedy: pick(policy.Words("remedy_kinds")...)}
	case care.CmdNoteLoaner:
		return care.NoteLoaner{Loan: pick("L1", "L2"), Step: care.LoanerStep(pick("asked", "provided", "not_wanted", "excepted"))}
	case care.CmdAnswerDifference:
		return care.AnswerDifference{Accepted: flag}
	case care.CmdAnswerEstimate:
		return care.AnswerEstimate{Accepted: flag}
	case care.CmdFinishRepair:
		return care.FinishRepair{Kind: pick("hardware", "software"), Outcome: pick("", "repaired", "no_fault"), Work: "work"}
	case care.CmdApproveRefund:
		if c.Remedy != nil && c.Remedy.Amount != nil {
			return care.ApproveRefund{Amount: *c.Remedy.Amount}
		}
	case care.CmdOverride:
		return care.OverrideDecision{Basis: policy.Basis(pick("warranty", "statute")), Verdict: policy.Verdict(pick("covered", "refused")), Reason: "x"}
	}
	return good(r, c, name)
}

func legalFor(s care.State) []care.CommandName {
	var list []care.CommandName
	for _, m := range care.Moves() {
		if slices.Contains(m.From, s) {
			list = append(list, m.Command)
		}
	}
	return list
}

func randomDecision(r *rapid.T, c care.Claim) care.Decide {
	var bases []policy.BasisResult
	for _, b := range policy.Words("bases") {
		if !rapid.Bool().Draw(r, "has "+b) {
			continue
		}
		res := basis(policy.Basis(b), policy.Verdict(rapid.SampledFrom(policy.Words("verdicts")).Draw(r, "verdict")))
		for _, kind := range policy.Words("remedy_kinds") {
			if rapid.Bool().Draw(r, "offers "+kind) {
				res.Remedies = append(res.Remedies, randomRemedy(r, kind))
			}
		}
		for _, name := range []string{"remedy", "repair", "return", "refund", "replacement", "loaner"} {
			if rapid.Bool().Draw(r, "term "+name) {
				days := rapid.IntRange(1, 60).Draw(r, "days")
				res.Deadlines = append(res.Deadlines, policy.Deadline{Name: name, From: c.ReceivedAt.Format(time.DateOnly), Due: c.ReceivedAt.AddDate(0, 0, days).Format(time.DateOnly)})
			}
		}
		bases = append(bases, res)
	}
	d := decide(bases...)
	if rapid.IntRange(0, 3).Draw(r, "ask") == 0 {
		d.Decision.Acknowledge = []string{"erase-data"}
	}
	return d
}

func randomRemedy(r *rapid.T, kind string) policy.Remedy {
	rem := offer(kind, rapid.SampledFrom([]string{"retailer", "customer"}).Draw(r, "chooser"))
	if rapid.Bool().Draw(r, "has a sum") {
		rem.Amount = &money.Amount{Minor: int64(rapid.IntRange(-5000, 5000).Draw(r, "sum")), Currency: "EUR"}
	}
	return rem
}

// checkMove holds a move to the table.
func checkMove(r *rapid.T, before, after care.Claim, cmd care.Command) {
	i := slices.IndexFunc(care.Moves(), func(m care.Move) bool { return m.Command == cmd.Name() })
	m := care.Moves()[i]
	if !slices.Contains(m.From, before.State) || after.State != before.State && !slices.Contains(m.To, after.State) {
		r.Fatalf("%s led from %s to %s", cmd.Name(), before.State, after.State)
	}
	if after.Seq <= before.Seq {
		r.Fatalf("%s: the version did not grow", cmd.Name())
	}
}

// checkClaim holds what is true of every claim.
func checkClaim(r *rapid.T, c care.Claim) {
	fail := func(what string) { r.Fatalf("%s (%s, %s): %s", what, c.State, c.Custody.Kind, asJSON(r, c)) }
	if c.State.Over() != c.Clock.Due.IsZero() || c.State.Over() != (c.Owner == care.Nobody) {
		fail("a living claim has a clock and an owner, one that is over has none")
	}
	if c.State == care.AwaitingCustomer && c.Wait == "" || c.State != care.AwaitingCustomer && c.Wait != "" {
		fail("the reason to wait goes with the waiting")
	}
	if c.Held() == (c.Custody.Place == "") {
		fail("a shop or centre that holds the device has a name, nobody else has")
	}
	for _, d := range c.Deadlines {
		if (d.State == care.DeadlineOpen) != d.SettledAt.IsZero() || (d.State == care.DeadlineStopped) != (d.Reason != "") {
			fail("a deadline that ran out of force says when and why")
		}
		if d.State == care.DeadlineOpen && c.State.Over() {
			fail("no deadline runs once the claim is over")
		}
		if d.State == care.DeadlineMissed && d.SettledAt.Before(d.DueAt) || d.State == care.DeadlineMet && !d.SettledAt.Before(d.DueAt) {
			fail("met is in time, missed is not")
		}
		if d.State == care.DeadlineOpen && !c.State.Over() && c.Clock.Due.After(d.DueAt) {
			fail("the clock is the nearest of the terms")
		}
	}
	for i, s := range c.Stays {
		if s.Index != i || s.Released.IsZero() && i < len(c.Stays)-1 || !s.Released.IsZero() && s.Released.Before(s.Accepted) {
			fail("stays follow one another, and only the last may be open")
		}
	}
	if slices.Contains([]care.State{care.HandedOver, care.Cancelled}, c.State) && c.Custody.Kind != care.HeldByCustomer {
		fail("the device is back")
	}
	if n := len(c.Stays); n > 0 && c.State.Over() && c.Stays[n-1].Released.IsZero() {
		fail("no stay is open once the claim is over")
	}
	if (c.State == care.Replacing || c.State == care.Refunding) && c.Remedy == nil {
		fail("there is a remedy under way")
	}
	if (c.State == care.InRepair || c.State == care.AwaitingParts) && (c.Repair == nil || c.Remedy == nil) {
		fail("there is a repair under way")
	}
}

// checkActions holds what pages rely on.
func checkActions(r *rapid.T, c care.Claim) {
	for _, actor := range []care.Actor{manager, owner} {
		primary := 0
		for i, a := range care.NextActions(c, actor) {
			if !slices.Contains(legalFor(c.State), a.Command) {
				r.Fatalf("%s is offered in %s", a.Command, c.State)
			}
			if a.Primary {
				if primary++; i != 0 || a.Blocked != nil {
					r.Fatalf("the next step %s is not the first, or is blocked", a.Command)
				}
			}
			for _, f := range a.Fields {
				if f.Name == "" || f.Label == "" || f.Type == "" {
					r.Fatalf("%s has a field without a name: %+v", a.Command, f)
				}
			}
		}
		if primary > 1 {
			r.Fatalf("%d next steps", primary)
		}
	}
}

// checkLog holds the log to the claim, before and after it was stored.
func checkLog(r *rapid.T, k *kit) {
	stored := make([]care.Event, len(k.events))
	for i, e := range k.events {
		if e.Seq != i+1 || e.Claim != k.claim.ID || e.Retailer != k.claim.Retailer {
			r.Fatalf("event %d is numbered %d", i+1, e.Seq)
		}
		data, err := care.EncodePayload(e.Data)
		if err != nil {
			r.Fatal(err)
		}
		stored[i] = e
		if stored[i].Data, err = care.DecodePayload(e.Data.EventKind(), data); err != nil {
			r.Fatal(err)
		}
	}
	want := asJSON(r, k.claim)
	for name, events := range map[string][]care.Event{"log": k.events, "stored log": stored} {
		if got := asJSON(r, care.Replay(events)); got != want {
			r.Fatalf("the %s gives another claim:\n%s", name, cmp.Diff(want, got))
		}
	}
	var read care.Claim
	if err := json.Unmarshal([]byte(want), &read); err != nil {
		r.Fatal(err)
	}
	if got := asJSON(r, read); got != want {
		r.Fatalf("the stored claim reads back otherwise:\n%s", cmp.Diff(want, got))
	}
}

// TestPayloads checks that every event has a kind of its own and that an
// unknown or broken one is an error.
func TestPayloads(t *testing.T) {
	if p, err := care.DecodePayload("flown", []byte(`{}`)); err == nil {
		t.Errorf("an unknown event gave %T", p)
	}
	if p, err := care.DecodePayload(care.EventAccepted, []byte(`{"holder": 7}`)); err == nil {
		t.Errorf("a broken event gave %+v", p)
	}
}

// FuzzDecodePayload reads payloads that anybody might have written into the
// log: it answers with an error, or with an event that can be stored again.
func FuzzDecodePayload(f *testing.F) {
	f.Add("accepted", []byte(`{"holder":{"kind":"shop","place":"x"}}`))
	f.Add("decided", []byte(`{"ruling":{"index":1,"facts":{},"decision":{}}}`))
	f.Add("note_added", []byte(`null`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		p, err := care.DecodePayload(care.EventKind(kind), data)
		if err != nil {
			return
		}
		if _, err := care.EncodePayload(p); err != nil {
			t.Errorf("%s reads but does not write: %v", kind, err)
		}
	})
}
