package desk_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

var update = flag.Bool("update", false, "write docs/states.md anew")

// stateWords says what each state means.
var stateWords = map[care.State]string{
	care.Submitted:        "the claim is open; nobody has dealt with it yet",
	care.AwaitingDevice:   "the customer was told where to bring or send the device",
	care.Accepted:         "we have the device: a shop, a courier or a centre",
	care.InDiagnosis:      "a specialist looks at it",
	care.Decided:          "the verdict is there, what to do has not begun",
	care.AwaitingCustomer: "the customer has to answer: a choice, a paid estimate or a price difference",
	care.InRepair:         "the device is being repaired, or the repair is done and not announced",
	care.AwaitingParts:    "the repair waits for parts",
	care.Replacing:        "another unit is being found and given",
	care.Refunding:        "money is being approved and paid",
	care.Refused:          "refused in writing on the clauses of the decision; the device goes back",
	care.Ready:            "the customer was told that it can be collected, or it waits for the courier",
	care.Shipped:          "on its way to the customer",
	care.HandedOver:       "the customer has the device, or its replacement",
	care.Closed:           "over; the outcome is kept",
	care.Cancelled:        "taken back before we had the device",
}

// commandWords says what each command does and what it needs beside its
// fields.
var commandWords = map[care.CommandName]string{
	care.CmdAskDevice:        "Tell the customer where to bring or send the device.",
	care.CmdAccept:           "Take the device in, or have a courier collect it. All acknowledgements of the decision must be there.",
	care.CmdForward:          "Give the device to a courier bound for a place. We must hold it, and no repair may be running.",
	care.CmdReceive:          "Take the device from the courier.",
	care.CmdRoute:            "Name the centre that works on it.",
	care.CmdAssign:           "Name the person who works on it.",
	care.CmdStartDiagnosis:   "Begin the diagnosis. We must hold the device.",
	care.CmdDiagnose:         "Record the findings; the claim is then decided anew. We must hold the device.",
	care.CmdRecordDocuments:  "Say which documents were seen; the claim is decided anew.",
	care.CmdRecordAnswers:    "Answer the decision's questions; the claim is decided anew.",
	care.CmdAcknowledge:      "Collect acknowledgements that the decision asks for.",
	care.CmdDecide:           "Freeze a decision. The desk gives it after every command that changes the facts; nobody else can.",
	care.CmdChooseBasis:      "The customer's choice of basis; the claim is decided anew. The decision must have that basis; a running repair is left only once its term has run out.",
	care.CmdAskCustomer:      "Ask the customer to choose a basis or a remedy.",
	care.CmdChooseRemedy:     "Fix what will be done, out of the decision's remedies; the claim is decided anew. A customer chooses only what is the customer's to choose; a running repair is left only once its term has run out.",
	care.CmdAnswerDifference: "The customer's answer on a price difference.",
	care.CmdOfferEstimate:    "Offer paid work. Only for what is not free of charge, while we hold the device.",
	care.CmdAnswerEstimate:   "The customer's answer to the estimate.",
	care.CmdStartRepair:      "Begin the repair. It must be covered or paid for, chosen where it is the customer's to choose, and with us.",
	care.CmdAwaitParts:       "Stop the repair for parts.",
	care.CmdPartsArrived:     "Go on with it.",
	care.CmdReturnToBench:    "Take a repaired device back to the bench, because the check before the hand-over failed; the stay and the terms run on.",
	care.CmdFindUnrepairable: "End a repair that can't be done; the claim is decided anew.",
	care.CmdFindImpossible:   "End a replacement that can't be had; it is not offered again, and the claim is decided anew.",
	care.CmdFinishRepair:     "Record the work done and the parts used.",
	care.CmdReplace:          "Give another unit; it is registered with its lineage. We must hold the old one.",
	care.CmdApproveRefund:    "Consent to pay. The sum is the decision's where it names one.",
	care.CmdWithdrawApproval: "Take back the consent to money that was not paid: the ledger's entry is due again.",
	care.CmdPayRefund:        "Mark the money paid. It must be approved.",
	care.CmdRefuse:           "Refuse on the clauses of the decision. No other basis may cover, unless the customer chose this one; a partner needs findings.",
	care.CmdMarkReady:        "Tell the customer. Something must be done: the repair, the new unit, the lower price, or a finding of no fault.",
	care.CmdShip:             "Give the device to a courier bound for the customer.",
	care.CmdHandOver:         "Hand it over at the counter, or note the courier's delivery.",
	care.CmdClose:            "End the claim.",
	care.CmdCancel:           "Take the claim back. What we hold goes back first: the claim is then ready.",
	care.CmdReopen:           "Take it up again under a new demand. Not after a replacement or a refund: that is a new claim.",
	care.CmdOverride:         "Depart from the decision, with a reason that the audit log keeps.",
	care.CmdChangeReturn:     "Have the device brought instead of collected, or collected instead of brought, until it leaves us. To be brought, it needs an address.",
	care.CmdDispose:          "Propose to let a device go that nobody collects, after the law's wait from a notice. The desk gives it for staff on the page of uncollected devices.",
	care.CmdConfirmDisposal:  "Another person's consent, by which the device is let go and the claim closed. The desk gives it.",
	care.CmdAddNote:          "Note something among staff.",
	care.CmdDemandRemedy:     "Say what the customer wants, before it is decided; the law's terms for it count from then, and the claim is decided anew. The terms or the law must know that remedy.",
	care.CmdNoteLoaner:       "Note that a loaner was demanded, provided, or is no longer owed; its term runs and stops by that. The desk gives it.",
	care.CmdWarnDeadline:     "Warn the owner of a running deadline before its end, once. A job of the desk gives it.",
	care.CmdBreachDeadline:   "Note that a running deadline has run out unmet, once; the claim is then decided anew. A job of the desk gives it.",
	care.CmdNoteAnswer:       "Note the first answer in the request's thread, which keeps the promised term. The desk gives it.",
}

// arrows are the moves that the picture shows: all that commonly happen.
var arrows = []struct {
	from, to care.State
	command  care.CommandName
}{
	{care.Submitted, care.AwaitingDevice, care.CmdAskDevice},
	{care.Submitted, care.Accepted, care.CmdAccept},
	{care.Submitted, care.Refused, care.CmdRefuse},
	{care.Submitted, care.Cancelled, care.CmdCancel},
	{care.AwaitingDevice, care.Accepted, care.CmdAccept},
	{care.AwaitingDevice, care.Cancelled, care.CmdCancel},
	{care.Accepted, care.InDiagnosis, care.CmdStartDiagnosis},
	{care.Accepted, care.InDiagnosis, care.CmdDiagnose},
	{care.Accepted, care.Ready, care.CmdCancel},
	{care.InDiagnosis, care.Decided, care.CmdDecide},
	{care.Decided, care.InDiagnosis, care.CmdDiagnose},
	{care.Decided, care.InRepair, care.CmdStartRepair},
	{care.Decided, care.Replacing, care.CmdChooseRemedy},
	{care.Decided, care.Refunding, care.CmdChooseRemedy},
	{care.Decided, care.AwaitingCustomer, care.CmdAskCustomer},
	{care.Decided, care.AwaitingCustomer, care.CmdOfferEstimate},
	{care.Decided, care.Refused, care.CmdRefuse},
	{care.Decided, care.Ready, care.CmdMarkReady},
	{care.AwaitingCustomer, care.Decided, care.CmdAnswerEstimate},
	{care.AwaitingCustomer, care.Decided, care.CmdChooseBasis},
	{care.AwaitingCustomer, care.Replacing, care.CmdAnswerDifference},
	{care.InRepair, care.AwaitingParts, care.CmdAwaitParts},
	{care.AwaitingParts, care.InRepair, care.CmdPartsArrived},
	{care.InRepair, care.Decided, care.CmdFindUnrepairable},
	{care.Ready, care.InRepair, care.CmdReturnToBench},
	{care.InRepair, care.Decided, care.CmdChooseBasis},
	{care.InRepair, care.Ready, care.CmdMarkReady},
	{care.Replacing, care.Ready, care.CmdMarkReady},
	{care.Replacing, care.Decided, care.CmdFindImpossible},
	{care.Refunding, care.Ready, care.CmdMarkReady},
	{care.Refunding, care.Closed, care.CmdClose},
	{care.Refused, care.AwaitingCustomer, care.CmdOfferEstimate},
	{care.Refused, care.Decided, care.CmdOverride},
	{care.Refused, care.Ready, care.CmdMarkReady},
	{care.Refused, care.Closed, care.CmdClose},
	{care.Ready, care.Shipped, care.CmdShip},
	{care.Ready, care.HandedOver, care.CmdHandOver},
	{care.Ready, care.Closed, care.CmdConfirmDisposal},
	{care.Shipped, care.HandedOver, care.CmdHandOver},
	{care.HandedOver, care.Closed, care.CmdClose},
	{care.HandedOver, care.Submitted, care.CmdReopen},
	{care.Closed, care.Submitted, care.CmdReopen},
	{care.Cancelled, care.Submitted, care.CmdReopen},
}

// TestStatesDocument keeps docs/states.md in line with the code: the tables
// are made of it, and every arrow of the picture is a move of the table.
func TestStatesDocument(t *testing.T) {
	drawn := map[care.CommandName]bool{}
	reached := map[care.State]bool{care.Submitted: true}
	for _, a := range arrows {
		m := move(t, a.command)
		if !slices.Contains(m.From, a.from) || !slices.Contains(m.To, a.to) {
			t.Errorf("%s does not lead from %s to %s", a.command, a.from, a.to)
		}
		drawn[a.command], reached[a.to] = true, true
	}
	for _, m := range care.Moves() {
		if len(m.To) > 0 && !drawn[m.Command] {
			t.Errorf("%s moves claims and is not in the picture", m.Command)
		}
		if commandWords[m.Command] == "" {
			t.Errorf("%s has no words", m.Command)
		}
	}
	for _, s := range care.States() {
		if !reached[s] || stateWords[s] == "" {
			t.Errorf("%s has no words, or no arrow to it", s)
		}
	}
	got := document()
	if *update {
		if err := os.WriteFile("../../docs/states.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("../../docs/states.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/states.md has drifted; go test ./internal/desk -run StatesDocument -update writes it anew (-file +code):\n%s", diff)
	}
}

func move(t *testing.T, name care.CommandName) care.Move {
	t.Helper()
	list := care.Moves()
	i := slices.IndexFunc(list, func(m care.Move) bool { return m.Command == name })
	if i < 0 {
		t.Fatalf("no move %q", name)
	}
	return list[i]
}

func document() string {
	var b strings.Builder
	b.WriteString(`# The states of a claim

This file is made by ` + "`go test ./internal/desk -run StatesDocument -update`" + ` from the state machine
(` + "`internal/care/move.go`" + `), the owners and targets (` + "`state.go`" + `) and the permission table
(` + "`internal/desk/permission.go`" + `); a test fails when it no longer says what they say.

A claim changes only by commands. A command is checked against the claim by a pure function; it gives events, or one
refusal with its reason: *illegal* (the state does not allow it), *blocked* (something must be done first), *invalid* (a
field is missing or wrong), *forbidden* (not this actor). The events rebuild the claim exactly. After a command that
changes the facts the desk decides the claim anew in the same transaction, by the pack version frozen at the first
decision.

## The picture

Documents, answers, acknowledgements, routing, assigning, forwarding, receiving and notes leave the state as it is, so
they are not drawn; nor are the rarer moves, which the table below lists.

`)
	b.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> submitted\n")
	for _, a := range arrows {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", a.from, a.to, a.command)
	}
	b.WriteString("    closed --> [*]\n    cancelled --> [*]\n```\n\n## The states\n\n")
	b.WriteString("Every state has an owner, who has to act, and a clock: the nearest of the open deadlines (the law's and the\n" +
		"retailer's promises, from the decision) and the house's own target for leaving the state. While a courier has the\n" +
		"device, or it has to go to another centre or to its owner by courier, the dispatcher is the owner.\n\n")
	b.WriteString("| State | Meaning | Owner | Target |\n|---|---|---|---|\n")
	for _, s := range care.States() {
		owner, target := string(s.Owner()), "–"
		if owner == "" {
			owner = "nobody"
		}
		if n := int(s.Target() / (24 * time.Hour)); n == 1 {
			target = "1 day"
		} else if n > 1 {
			target = fmt.Sprintf("%d days", n)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s, stateWords[s], owner, target)
	}
	b.WriteString("\n## The commands\n\nA partner acts only on claims that are routed to its centre, a customer only on the customer's own. Fields are\n" +
		"those of the JSON form; which of them are required is in the command's reference (`go doc ./internal/care`).\n\n")
	b.WriteString("| Command | What it does and needs | Fields | Who may | From | To |\n|---|---|---|---|---|---|\n")
	for _, m := range care.Moves() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", m.Command, commandWords[m.Command], fields(m.Command), who(m.Command), names(m.From), names(m.To))
	}
	return b.String()
}

func names(states []care.State) string {
	if len(states) == 0 {
		return "stays"
	}
	var in, out []string
	for _, s := range care.States() {
		if slices.Contains(states, s) {
			in = append(in, string(s))
		} else {
			out = append(out, string(s))
		}
	}
	switch {
	case len(out) == 0:
		return "any"
	case len(in) > 8:
		return "any but " + strings.Join(out, ", ")
	}
	return strings.Join(in, ", ")
}

// who lists the roles that may give a command.
func who(name care.CommandName) string {
	var out []string
	for _, r := range care.Roles() {
		if desk.May(care.User{Role: r, Retailer: "r"}.Actor(), desk.On(name)) {
			out = append(out, strings.ReplaceAll(string(r), "_", " "))
		}
	}
	if desk.May(care.Actor{Kind: care.CustomerActor, Retailer: "r"}, desk.On(name)) {
		out = append(out, "customer")
	}
	if len(out) == 0 {
		return "the desk itself"
	}
	return strings.Join(out, ", ")
}

// fields lists the JSON names of a command.
func fields(name care.CommandName) string {
	cmd := care.NewCommand(name)
	if cmd == nil {
		return "–"
	}
	var out []string
	typ := reflect.TypeOf(cmd).Elem()
	for i := range typ.NumField() {
		if tag, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); tag != "" && tag != "-" {
			out = append(out, "`"+tag+"`")
		}
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}
