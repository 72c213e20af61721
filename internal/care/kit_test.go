package care_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	sofia   = time.FixedZone("EET", 2*60*60)
	start   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	clerk   = care.Actor{Kind: care.StaffActor, ID: "u-clerk", Retailer: "r", Role: care.Clerk}
	tech    = care.Actor{Kind: care.StaffActor, ID: "u-tech", Retailer: "r", Role: care.Technician}
	manager = care.Actor{Kind: care.StaffActor, ID: "u-boss", Retailer: "r", Role: care.Manager}
	partner = care.Actor{Kind: care.PartnerActor, ID: "u-partner", Retailer: "r", Role: care.Partner, Place: "centre"}
	owner   = care.Actor{Kind: care.CustomerActor, ID: "c", Retailer: "r"}
	euros   = money.Amount{Minor: 10_000, Currency: "EUR"}
)

// kit is a claim under test, with the log that made it.
type kit struct {
	t      testing.TB
	claim  care.Claim
	events []care.Event
	now    time.Time
}

// try gives a command and takes what follows over.
func (k *kit) try(actor care.Actor, cmd care.Command) error {
	events, err := care.Apply(k.claim, cmd, care.Env{Now: k.now, Zone: sofia, Actor: actor})
	if err != nil {
		if len(events) > 0 {
			k.t.Errorf("%s: refused with %d events", cmd.Name(), len(events))
		}
		return err
	}
	for _, e := range events {
		k.claim = k.claim.When(e)
	}
	k.events = append(k.events, events...)
	return nil
}

// do gives commands, an hour apart, that must pass.
func (k *kit) do(actor care.Actor, cmds ...care.Command) *kit {
	k.t.Helper()
	for _, cmd := range cmds {
		k.now = k.now.Add(time.Hour)
		if err := k.try(actor, cmd); err != nil {
			k.t.Fatalf("%s in %s: %v", cmd.Name(), k.claim.State, err)
		}
	}
	return k
}

func submit() care.Submit {
	return care.Submit{WasSubmitted: care.WasSubmitted{Number: "RMA-2026-000001", Request: "q", Channel: "portal", Lang: "bg", Customer: "c",
		ReceivedAt: start, Unit: care.Unit{ID: "unit", Retailer: "r", Category: "laptop", Serial: "S1"},
		Sale: care.Sale{ID: "sale", Retailer: "r", Unit: "unit"}, Pack: "r", Return: care.ReturnDeliver}}
}

// submitted is a claim that has just come in.
func submitted(t testing.TB) *kit {
	t.Helper()
	k := &kit{t: t, claim: care.Claim{ID: "claim", Retailer: "r"}, now: start}
	return k.do(owner, submit())
}

// basis is a result on one basis.
func basis(b policy.Basis, v policy.Verdict, remedies ...policy.Remedy) policy.BasisResult {
	return policy.BasisResult{Basis: b, Verdict: v, Remedies: remedies}
}

func offer(kind, chooser string) policy.Remedy {
	return policy.Remedy{Kind: kind, Chooser: chooser, Clause: "clause"}
}

func costing(r policy.Remedy, a money.Amount) policy.Remedy {
	r.Amount = &a
	return r
}

func refusing(r policy.BasisResult, clauses ...string) policy.BasisResult {
	for _, c := range clauses {
		r.Clauses = append(r.Clauses, policy.ClauseRef{ID: c, Effect: "refuse"})
	}
	return r
}

// decide freezes a decision on these bases; the first is the recommended one.
func decide(bases ...policy.BasisResult) care.Decide {
	d := policy.Decision{Pack: "r", PackVersion: "1", Bases: bases}
	if len(bases) > 0 {
		d.Recommended.Basis = bases[0].Basis
	}
	return care.Decide{Ruling: care.Ruling{Pack: "r", PackVersion: "1", Lang: "bg", Facts: json.RawMessage(`{}`), Decision: json.RawMessage(`{}`)}, Decision: d}
}

// covers is a decision that covers under the warranty by a repair.
func covers() care.Decide {
	return decide(basis(policy.Warranty, policy.Covered, offer("repair", "retailer")))
}

func atShop() care.Accept { return care.Accept{Place: "shop", PlaceKind: care.ShopPlace} }

func atCentre() care.Accept { return care.Accept{Place: "centre", PlaceKind: care.AuthorisedPlace} }

func yes() *bool { v := true; return &v }

func no() *bool { v := false; return &v }

func hardware() care.Diagnose {
	return care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", FailedPart: "mainboard", Defect: "no-power"}}
}

// decided is a claim at a centre that was diagnosed and decided so.
func decided(t testing.TB, d care.Decide) *kit {
	t.Helper()
	return submitted(t).do(clerk, atCentre()).do(tech, hardware(), d)
}

// in brings a claim into a state; awaiting_customer takes the reason too.
func in(t testing.TB, s care.State) *kit {
	t.Helper()
	repair := func() *kit { return decided(t, covers()).do(tech, care.StartRepair{}) }
	switch s {
	case care.Submitted:
		return submitted(t).do(clerk, covers())
	case care.AwaitingDevice:
		return in(t, care.Submitted).do(clerk, care.AskDevice{Place: "shop"})
	case care.Accepted:
		return in(t, care.Submitted).do(clerk, atCentre())
	case care.InDiagnosis:
		return in(t, care.Accepted).do(tech, care.StartDiagnosis{})
	case care.Decided:
		return decided(t, covers())
	case care.AwaitingCustomer:
		return decided(t, covers()).do(tech, care.AskCustomer{})
	case care.InRepair:
		return repair()
	case care.AwaitingParts:
		return repair().do(tech, care.AwaitParts{Parts: []string{"board"}})
	case care.Replacing:
		return decided(t, decide(basis(policy.Warranty, policy.Covered, offer("replacement", "retailer")))).do(manager, care.ChooseRemedy{Remedy: "replacement"})
	case care.Refunding:
		return decided(t, decide(basis(policy.Warranty, policy.Covered, costing(offer("refund", "retailer"), euros)))).do(manager, care.ChooseRemedy{Remedy: "refund"})
	case care.Refused:
		return decided(t, decide(refusing(basis(policy.Warranty, policy.Refused), "liquid"))).do(tech, care.Refuse{})
	case care.Ready:
		return repair().do(tech, care.FinishRepair{Kind: "hardware", Work: "new board"}, care.MarkReady{Told: "sms"})
	case care.Shipped:
		return in(t, care.Ready).do(clerk, care.Ship{Carrier: "courier"})
	case care.HandedOver:
		return in(t, care.Ready).do(clerk, care.HandOver{})
	case care.Closed:
		return in(t, care.HandedOver).do(clerk, care.Close{})
	case care.Cancelled:
		return submitted(t).do(owner, care.Cancel{Reason: "works again"})
	}
	t.Fatalf("no way into state %q", s)
	return nil
}

// good is a command of each name with its fields filled in.
func good(t interface {
	Helper()
	Fatalf(string, ...any)
}, c care.Claim, name care.CommandName) care.Command {
	t.Helper()
	switch name {
	case care.CmdSubmit:
		return submit()
	case care.CmdDecide:
		return covers()
	case care.CmdAccept:
		return atCentre()
	case care.CmdChangeReturn:
		if c.Return == care.ReturnDeliver {
			return care.ChangeReturn{Return: care.ReturnCollect}
		}
		return care.ChangeReturn{Return: care.ReturnDeliver}
	case care.CmdDispose:
		return care.Dispose{Disposal: care.Disposal{How: care.DisposedRecycled, Reason: "nobody came", From: calendar.MustDate("2026-01-01")}}
	case care.CmdConfirmDisposal:
		return care.ConfirmDisposal{From: calendar.MustDate("2026-01-01")}
	case care.CmdForward:
		return care.Forward{To: "elsewhere"}
	case care.CmdReceive:
		return care.ReceiveAtCentre{Place: "centre", PlaceKind: care.AuthorisedPlace}
	case care.CmdRoute:
		return care.RouteTo{Centre: "elsewhere"}
	case care.CmdAssign:
		return care.Assign{User: "u-tech"}
	case care.CmdDiagnose:
		return hardware()
	case care.CmdRecordDocuments:
		return care.RecordDocuments{Documents: []string{"receipt"}}
	case care.CmdRecordAnswers:
		return care.RecordAnswers{Facts: []care.Answer{{Fact: "unit.lock_active", Value: "false"}}}
	case care.CmdAcknowledge:
		return care.Acknowledge{IDs: c.MissingAcknowledgements()}
	case care.CmdChooseBasis:
		return care.ChooseBasis{Basis: policy.Warranty}
	case care.CmdChooseRemedy:
		return care.ChooseRemedy{Remedy: "repair"}
	case care.CmdOfferEstimate:
		return care.OfferEstimate{Amount: euros, Work: "new screen"}
	case care.CmdAwaitParts:
		return care.AwaitParts{Parts: []string{"board"}}
	case care.CmdReturnToBench:
		return care.ReturnToBench{Reason: "the speaker still crackles"}
	case care.CmdFindUnrepairable:
		return care.FindUnrepairable{Reason: "no board to be had"}
	case care.CmdFindImpossible:
		return care.FindImpossible{Reason: "no longer made"}
	case care.CmdFinishRepair:
		return care.FinishRepair{Kind: "hardware", Work: "new board"}
	case care.CmdReplace:
		return care.Replace{Serial: "S2", NewUnit: care.Unit{ID: "unit2", Replaces: c.Unit.ID, Serial: "S2"}, SaleOf: care.Sale{ID: "sale2"}}
	case care.CmdApproveRefund:
		return care.ApproveRefund{Amount: euros}
	case care.CmdPayRefund:
		return care.PayRefund{Reference: "p-1"}
	case care.CmdWithdrawApproval:
		return care.WithdrawApproval{Reason: "the sum was another"}
	case care.CmdShip:
		return care.Ship{Carrier: "courier"}
	case care.CmdCancel:
		return care.Cancel{Reason: "no longer needed"}
	case care.CmdReopen:
		return care.Reopen{Reason: "it failed again"}
	case care.CmdOverride:
		return care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "goodwill"}
	case care.CmdAddNote:
		return care.AddNote{Text: "called"}
	case care.CmdWarnDeadline:
		return care.WarnDeadline{DeadlineID: firstDeadline(c)}
	case care.CmdBreachDeadline:
		return care.BreachDeadline{DeadlineID: firstDeadline(c)}
	case care.CmdNoteLoaner:
		return care.NoteLoaner{Loan: "L1", Step: care.LoanerAsked}
	case care.CmdNoteAnswer:
		return care.NoteAnswer{}
	}
	cmd := care.NewCommand(name)
	if cmd == nil {
		t.Fatalf("no command %q", name)
	}
	return cmd
}

// firstDeadline names a deadline of the claim, or one that it does not have.
func firstDeadline(c care.Claim) care.DeadlineID {
	for _, d := range c.Deadlines {
		return d.ID()
	}
	return care.DeadlineID{Name: "remedy"}
}

// reason is the code and key of a domain error, "" of none.
func reason(err error) string {
	var e *care.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return string(e.Code) + " " + e.Key
	}
	return err.Error()
}

// golden compares with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has drifted from the code; go test ./internal/care -update writes it anew (-file +code):\n%s", path, diff)
	}
}
