package care

import "slices"

// Move is one row of the state machine: from which states a command is
// legal, and to which states it may lead. docs/states.md is checked against
// this table by a test.
type Move struct {
	Command CommandName
	From    []State
	To      []State // empty: the state stays
}

var (
	// device in our hands, nothing final done yet
	working = []State{Accepted, InDiagnosis, Decided, AwaitingCustomer, InRepair, AwaitingParts, Replacing, Refunding, Refused, Ready}
	// facts may still change the decision
	undecided = []State{Submitted, AwaitingDevice, Accepted, InDiagnosis, Decided, AwaitingCustomer, InRepair, AwaitingParts, Replacing, Refunding, Refused}
	alive     = append(slices.Clone(undecided), Ready, Shipped, HandedOver)
)

// moves is the state machine, in the order in which pages offer the commands.
var moves = []Move{
	{CmdAcknowledge, undecided, nil},
	{CmdAccept, []State{Submitted, AwaitingDevice}, []State{Accepted}},
	{CmdAskDevice, []State{Submitted}, []State{AwaitingDevice}},
	{CmdReceive, working, nil},
	{CmdStartDiagnosis, []State{Accepted, Decided}, []State{InDiagnosis}},
	{CmdDiagnose, []State{Accepted, InDiagnosis, Decided}, []State{InDiagnosis}},
	{CmdDecide, append(slices.Clone(undecided), Ready), []State{Decided}},
	{CmdChooseRemedy, []State{Decided, AwaitingCustomer, InRepair, AwaitingParts, Replacing, Refunding}, []State{Decided, AwaitingCustomer, Replacing, Refunding}},
	{CmdAnswerDifference, []State{AwaitingCustomer}, []State{Replacing, Decided}},
	{CmdAnswerEstimate, []State{AwaitingCustomer}, []State{Decided}},
	{CmdStartRepair, []State{Decided}, []State{InRepair}},
	{CmdFinishRepair, []State{InRepair}, nil},
	{CmdReturnToBench, []State{InRepair, Ready}, []State{InRepair}},
	{CmdPartsArrived, []State{AwaitingParts}, []State{InRepair}},
	{CmdReplace, []State{Replacing}, nil},
	{CmdApproveRefund, []State{Refunding}, nil},
	{CmdPayRefund, []State{Refunding}, nil},
	{CmdWithdrawApproval, []State{Refunding}, nil},
	{CmdMarkReady, []State{Decided, InRepair, Replacing, Refunding, Refused}, []State{Ready}},
	{CmdHandOver, []State{Ready, Shipped}, []State{HandedOver}},
	{CmdShip, []State{Ready}, []State{Shipped}},
	{CmdClose, []State{HandedOver, Refunding, Refused}, []State{Closed}},
	{CmdReopen, []State{HandedOver, Closed, Cancelled}, []State{Submitted}},
	{CmdForward, []State{Accepted, InDiagnosis, Decided, AwaitingCustomer, InRepair, Replacing, Refused, Ready}, nil},
	{CmdAwaitParts, []State{InRepair}, []State{AwaitingParts}},
	{CmdFindUnrepairable, []State{Decided, InRepair, AwaitingParts}, []State{Decided}},
	{CmdFindImpossible, []State{Replacing}, []State{Decided}},
	{CmdRefuse, []State{Submitted, AwaitingDevice, Accepted, Decided}, []State{Refused}},
	{CmdOfferEstimate, []State{Decided, Refused}, []State{AwaitingCustomer}},
	{CmdAskCustomer, []State{Decided}, []State{AwaitingCustomer}},
	{CmdChooseBasis, []State{Submitted, AwaitingDevice, Accepted, InDiagnosis, Decided, AwaitingCustomer, InRepair, AwaitingParts, Refused}, []State{Decided, Submitted, Accepted}},
	{CmdDemandRemedy, []State{Submitted, AwaitingDevice, Accepted, InDiagnosis}, nil},
	{CmdRecordDocuments, undecided, nil},
	{CmdRecordAnswers, undecided, nil},
	{CmdRoute, undecided, nil},
	{CmdAssign, alive, nil},
	{CmdOverride, []State{InDiagnosis, Decided, AwaitingCustomer, Refused}, []State{Decided}},
	{CmdCancel, []State{Submitted, AwaitingDevice, Accepted, InDiagnosis, Decided, AwaitingCustomer}, []State{Cancelled, Ready}},
	{CmdWarnDeadline, alive, nil},
	{CmdBreachDeadline, alive, nil},
	{CmdNoteAnswer, alive, nil},
	{CmdNoteLoaner, alive, nil},
	{CmdChangeReturn, append(slices.Clone(undecided), Ready), nil},
	{CmdDispose, []State{Ready}, nil},
	{CmdConfirmDisposal, []State{Ready}, []State{Closed}},
	{CmdAddNote, append(slices.Clone(alive), Closed, Cancelled), nil},
}

// Moves is a copy of the state machine.
func Moves() []Move { return slices.Clone(moves) }

func legalFrom(name CommandName) []State {
	for _, m := range moves {
		if m.Command == name {
			return m.From
		}
	}
	return nil
}
