package care

import (
	"errors"
	"slices"
	"time"

	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Action is a command that a page may offer now.
type Action struct {
	Command CommandName
	Label   string  // translation key: "action.start_repair"
	Fields  []Field // what it needs, in order
	Primary bool    // the next step; at most one
	Blocked *Error  // why it can't be done yet; nil when it can
}

// FieldType says how a field is asked for.
type FieldType string

// The types of field.
const (
	TextField     FieldType = "text"
	LongTextField FieldType = "long_text"
	BoolField     FieldType = "bool"
	ChoiceField   FieldType = "choice"   // one of Options
	ChoicesField  FieldType = "choices"  // any of Options
	ListField     FieldType = "list"     // several texts
	AmountField   FieldType = "amount"   // money.Amount
	InstantField  FieldType = "instant"  // RFC 3339
	PlaceField    FieldType = "place"    // id of a shop or centre
	UserField     FieldType = "user"     // id of a member of staff
	FindingsField FieldType = "findings" // list of {code, part, cause}
	PartsField    FieldType = "parts"    // list of {part, name, serial}
	FactsField    FieldType = "facts"    // list of {fact, value}
)

// Field is one thing that a command needs. Its name is the JSON name in the
// command ("diagnosis.kind" is inside an object).
type Field struct {
	Name       string
	Type       FieldType
	Label      string   // translation key: "field.place"
	Required   bool     //
	Vocabulary string   // policy vocabulary of the options, for their labels
	Options    []string // of a choice
	Value      string   // what to start with
}

// NextActions lists the commands that the claim's state allows, the next step
// first, with the reason of each that is blocked. It knows nothing of
// permissions: the desk filters by them.
func NextActions(c Claim, actor Actor) []Action {
	env := Env{Now: c.UpdatedAt, Zone: time.UTC, Actor: actor} // what comes of it is not looked at, only whether it may be
	var list []Action
	for _, m := range moves {
		if fromDesk(m.Command) || !slices.Contains(m.From, c.State) {
			continue
		}
		fields, ok := fieldsOf(c, m.Command, actor)
		if !ok {
			continue
		}
		a := Action{Command: m.Command, Label: "action." + string(m.Command), Fields: fields}
		cmd := probe(c, m.Command, actor)
		err := elsewhere(c, cmd, actor)
		if CodeOf(err) != Blocked {
			_, err = cmd.run(c, env)
		}
		var why *Error
		if errors.As(err, &why) && why.Code == Blocked {
			a.Blocked = why
		}
		list = append(list, a)
	}
	markPrimary(c, list)
	slices.SortStableFunc(list, func(a, b Action) int { return rank(a) - rank(b) })
	return list
}

func rank(a Action) int {
	switch {
	case a.Primary:
		return 0
	case a.Blocked == nil:
		return 1
	}
	return 2
}

// nextSteps lists, for each state, what usually comes next.
var nextSteps = map[State][]CommandName{
	Submitted:        {CmdAcknowledge, CmdAccept},
	AwaitingDevice:   {CmdAcknowledge, CmdAccept},
	Accepted:         {CmdReceive, CmdForward, CmdStartDiagnosis},
	InDiagnosis:      {CmdReceive, CmdDiagnose},
	Decided:          {CmdReceive, CmdStartRepair, CmdMarkReady, CmdChooseRemedy, CmdRefuse, CmdOfferEstimate},
	AwaitingCustomer: {CmdReceive, CmdAnswerEstimate, CmdAnswerDifference, CmdChooseRemedy},
	InRepair:         {CmdReceive, CmdMarkReady, CmdFinishRepair},
	AwaitingParts:    {CmdPartsArrived},
	Replacing:        {CmdReceive, CmdMarkReady, CmdReplace},
	Refunding:        {CmdReceive, CmdMarkReady, CmdClose, CmdPayRefund, CmdApproveRefund},
	Refused:          {CmdReceive, CmdMarkReady, CmdClose},
	Ready:            {CmdReceive, CmdShip, CmdHandOver},
	Shipped:          {CmdHandOver},
	HandedOver:       {CmdClose},
}

func markPrimary(c Claim, list []Action) {
	for _, name := range nextSteps[c.State] {
		switch {
		case name == CmdForward && (c.Centre == "" || c.Centre == c.Custody.Place),
			name == CmdShip && c.Return != ReturnDeliver,
			name == CmdApproveRefund && c.Refund != nil && c.Refund.Approved():
			continue
		}
		i := slices.IndexFunc(list, func(a Action) bool { return a.Command == name })
		if i >= 0 && list[i].Blocked == nil {
			list[i].Primary = true
			return
		}
	}
}

// probe is a command with its fields filled in with something that passes,
// to learn whether the claim would let it through.
func probe(c Claim, name CommandName, actor Actor) Command {
	sum := money.Amount{Minor: 1, Currency: "EUR"}
	yes := true
	switch name {
	case CmdAccept:
		return Accept{Place: "?"}
	case CmdForward:
		return Forward{To: "?"}
	case CmdReceive:
		return ReceiveAtCentre{Place: "?"}
	case CmdDiagnose:
		return Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware"}}
	case CmdChooseBasis:
		for _, b := range policy.Words("bases") {
			if policy.Basis(b) != c.Basis && (c.Ruling == nil || c.Ruling.Result.Basis(policy.Basis(b)) != nil) {
				return ChooseBasis{Basis: policy.Basis(b)}
			}
		}
		return ChooseBasis{Basis: c.Basis}
	case CmdChooseRemedy:
		if list := remedyOptions(c, actor); len(list) > 0 {
			return ChooseRemedy{Remedy: list[0]}
		}
		return ChooseRemedy{Remedy: "repair"}
	case CmdDemandRemedy:
		return DemandRemedy{Remedy: demandable(c)[0]}
	case CmdOfferEstimate:
		return OfferEstimate{Amount: sum, Work: "?"}
	case CmdAwaitParts:
		return AwaitParts{Parts: []string{"?"}}
	case CmdReturnToBench:
		return ReturnToBench{Reason: "?"}
	case CmdFindUnrepairable:
		return FindUnrepairable{Reason: "?"}
	case CmdFindImpossible:
		return FindImpossible{Reason: "?"}
	case CmdFinishRepair:
		return FinishRepair{Kind: "hardware", Work: "?", Parts: []Part{{Part: policy.Words("parts")[0]}}}
	case CmdReplace:
		return Replace{Serial: "?", NewUnit: Unit{ID: "?", Replaces: c.Unit.ID}}
	case CmdApproveRefund:
		return ApproveRefund{Amount: approvable(c, sum)}
	case CmdPayRefund:
		return PayRefund{Reference: "?"}
	case CmdWithdrawApproval:
		return WithdrawApproval{Reason: "?"}
	case CmdShip:
		return Ship{Carrier: "?"}
	case CmdChangeReturn:
		return ChangeReturn{Return: otherReturn(c)}
	case CmdCancel:
		return Cancel{Reason: "?"}
	case CmdReopen:
		return Reopen{Reason: "?"}
	case CmdOverride:
		return OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "?"}
	}
	return NewCommand(name)
}

func approvable(c Claim, fallback money.Amount) money.Amount {
	if c.Refund != nil {
		return c.Refund.Amount
	}
	if c.Remedy != nil && c.Remedy.Amount != nil {
		return *c.Remedy.Amount
	}
	return fallback
}
