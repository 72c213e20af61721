package care

import (
	"time"

	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Command is something somebody wants to do to a claim. The JSON form of a
// command is what the API takes; NewCommand finds it by name.
type Command interface {
	// Name is the stable name: "start_repair".
	Name() CommandName
	// run checks the command against the claim and gives what happens.
	run(c Claim, env Env) ([]Payload, error)
}

// CommandName names a command.
type CommandName string

// Commands. Field comments say what is required; "" and nil are "not given".
type (
	// Submit opens the claim (Claim must be zero but for ID and Retailer).
	Submit struct{ WasSubmitted }

	// AskDevice tells the customer where to bring or send the device.
	AskDevice struct {
		Place        string `json:"place,omitempty"`
		Instructions string `json:"instructions,omitempty"`
	}

	// Accept takes the device in at a place, or hands it to a courier who
	// collects it. It is blocked until the acknowledgements that the
	// decision asks for are collected (C8).
	Accept struct {
		Place       string    `json:"place"` // required unless Carrier
		PlaceKind   PlaceKind `json:"-"`     // of Place; the desk fills it in
		Carrier     string    `json:"carrier,omitempty"`
		Tracking    string    `json:"tracking,omitempty"`
		Condition   string    `json:"condition,omitempty"`
		Accessories []string  `json:"accessories,omitempty"`
		Defect      string    `json:"defect,omitempty"`
		Documents   []string  `json:"documents,omitempty"` // nil = not looked at now
	}

	// Forward gives the device to a courier bound for a place (B1).
	Forward struct {
		To          string   `json:"to"` // required
		Carrier     string   `json:"carrier,omitempty"`
		Tracking    string   `json:"tracking,omitempty"`
		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
	}

	// ReceiveAtCentre takes the device from the courier.
	ReceiveAtCentre struct {
		Place     string    `json:"place"` // required
		PlaceKind PlaceKind `json:"-"`     // of Place; the desk fills it in
		Condition string    `json:"condition,omitempty"`
		// Accessories that came with it, to compare with what was sent.
		Accessories []string `json:"accessories,omitempty"`
	}

	// RouteTo names the centre that will work on the device (B2).
	RouteTo struct {
		Centre string `json:"centre"` // required
	}

	// Assign names the person who works on the claim.
	Assign struct {
		User string `json:"user"` // "" = nobody
	}

	// StartDiagnosis begins the diagnosis.
	StartDiagnosis struct{}

	// Diagnose records the findings (B7).
	Diagnose struct {
		Facts      policy.DiagnosisFacts `json:"diagnosis"`          // Confirmed is required
		Method     string                `json:"method,omitempty"`   // how it was examined
		Measured   string                `json:"measured,omitempty"` // readings, with their units
		Conclusion string                `json:"conclusion,omitempty"`
	}

	// RecordDocuments says which documents were seen (A15, B5).
	RecordDocuments struct {
		Documents []string `json:"documents"` // all that are there; empty = none
	}

	// RecordAnswers answers the decision's questions.
	RecordAnswers struct {
		Facts []Answer `json:"facts"` // at least one
	}

	// Acknowledge collects acknowledgements (C8).
	Acknowledge struct {
		IDs []string `json:"ids"` // at least one
	}

	// Decide freezes a decision that the desk had computed.
	Decide struct {
		Ruling   Ruling
		Decision policy.Decision // the same, for its deadlines
		Shops    []string        // those of the route that take devices in and do not repair (B1)
	}

	// ChooseBasis is the customer's choice of basis (C4).
	ChooseBasis struct {
		Basis policy.Basis `json:"basis"` // required
	}

	// AskCustomer asks the customer to choose a basis or a remedy.
	AskCustomer struct {
		Text string `json:"text,omitempty"`
	}

	// ChooseRemedy fixes what will be done, out of the decision's remedies.
	ChooseRemedy struct {
		Remedy string `json:"remedy"` // required; policy vocabulary "remedy_kinds"
	}

	// AnswerDifference is the customer's answer on a price difference (A9).
	AnswerDifference struct {
		Accepted bool `json:"accepted"`
	}

	// OfferEstimate asks consent to paid work (B17 and after a refusal).
	OfferEstimate struct {
		Amount    money.Amount `json:"amount"` // above zero
		PriceList string       `json:"price_list,omitempty"`
		Items     []string     `json:"items,omitempty"` // lines of the price list: the desk sums them where no amount is given
		Work      string       `json:"work"`            // required, unless items say it
	}

	// AnswerEstimate is the customer's answer to it.
	AnswerEstimate struct {
		Accepted bool `json:"accepted"`
	}

	// StartRepair begins the work.
	StartRepair struct{}

	// AwaitParts stops the work for parts.
	AwaitParts struct {
		Parts    []string  `json:"parts"` // at least one, as ordered
		Expected time.Time `json:"expected,omitzero"`
	}

	// PartsArrived goes on with it.
	PartsArrived struct{}

	// FindUnrepairable ends a repair that can't be done.
	FindUnrepairable struct {
		Reason string `json:"reason"` // required
	}

	// FinishRepair records the work done.
	FinishRepair struct {
		Kind    string `json:"kind"`    // required: hardware or software
		Outcome string `json:"outcome"` // repaired or no_fault; "" = repaired
		Parts   []Part `json:"parts,omitempty"`
		// Software says what was done to the software: restored or updated;
		// "" = nothing (A8, C9).
		Software string `json:"software,omitempty"`
		Work     string `json:"work"` // required
		// Labour is what the work cost, where it is reported, as partners do (D7).
		Labour *money.Amount `json:"labour,omitempty"`
	}

	// FindImpossible ends a replacement that can't be had.
	FindImpossible struct {
		Reason string `json:"reason"` // required
	}

	// Replace gives another unit. The desk makes the unit and its sale, with
	// lineage, before.
	Replace struct {
		Serial  string `json:"serial"` // this or IMEI is required
		IMEI    string `json:"imei,omitempty"`
		Model   string `json:"model,omitempty"` // "" = the same model
		NewUnit Unit   `json:"-"`
		SaleOf  Sale   `json:"-"`
	}

	// ApproveRefund is the manager's consent to pay.
	ApproveRefund struct {
		Amount money.Amount `json:"amount"` // as decided; up to the price where the decision names none
		// The desk fills these in: Two where the pack asks for two persons,
		// Most the price that a reduction may not exceed, Decided the sum of
		// the decision in the money of today.
		Two     bool          `json:"-"`
		Most    *money.Amount `json:"-"`
		Decided *money.Amount `json:"-"`
	}

	// PayRefund marks it paid.
	PayRefund struct {
		Reference string `json:"reference"` // required
	}

	// Refuse refuses the claim on the clauses of the decision.
	Refuse struct {
		Text string `json:"text,omitempty"` // what staff add
	}

	// MarkReady says the customer was told that the device can be collected,
	// or that it waits for the courier (B10).
	MarkReady struct {
		Told string `json:"told,omitempty"` // how: phone, sms, email
	}

	// Ship gives the device to a courier bound for the customer (B9).
	Ship struct {
		Carrier     string   `json:"carrier"` // required
		Tracking    string   `json:"tracking,omitempty"`
		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
	}

	// HandOver ends our custody: collected, or delivered by the courier.
	HandOver struct {
		Proof string   `json:"proof,omitempty"`
		Told  []string `json:"-"` // ids of the notices that go with the device; the desk fills it in

		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
	}

	// Close ends the claim. While the retailer owes money, a manager says in
	// the note why.
	Close struct {
		Note string         `json:"note,omitempty"`
		Owed []money.Amount `json:"-"` // unpaid; the desk fills it in
	}

	// Cancel ends a claim that the customer takes back, or that nothing came
	// of. While we hold the device, it has to go back first.
	Cancel struct {
		Reason string `json:"reason"` // required
	}

	// Reopen takes a finished claim up again.
	Reopen struct {
		Reason string `json:"reason"` // required
	}

	// OverrideDecision departs from the decision: a manager's right, with a
	// reason, always audited.
	OverrideDecision struct {
		Basis   policy.Basis   `json:"basis"`   // required
		Verdict policy.Verdict `json:"verdict"` // required: covered or refused
		Reason  string         `json:"reason"`  // required
	}

	// AddNote adds a note among staff.
	AddNote struct {
		Text string `json:"text"` // required
	}
)

// The stable names of commands.
const (
	CmdSubmit           CommandName = "submit"
	CmdAskDevice        CommandName = "ask_device"
	CmdAccept           CommandName = "accept"
	CmdForward          CommandName = "forward"
	CmdReceive          CommandName = "receive"
	CmdRoute            CommandName = "route"
	CmdAssign           CommandName = "assign"
	CmdStartDiagnosis   CommandName = "start_diagnosis"
	CmdDiagnose         CommandName = "diagnose"
	CmdRecordDocuments  CommandName = "record_documents"
	CmdRecordAnswers    CommandName = "record_answers"
	CmdAcknowledge      CommandName = "acknowledge"
	CmdDecide           CommandName = "decide"
	CmdChooseBasis      CommandName = "choose_basis"
	CmdAskCustomer      CommandName = "ask_customer"
	CmdChooseRemedy     CommandName = "choose_remedy"
	CmdAnswerDifference CommandName = "answer_difference"
	CmdOfferEstimate    CommandName = "offer_estimate"
	CmdAnswerEstimate   CommandName = "answer_estimate"
	CmdStartRepair      CommandName = "start_repair"
	CmdAwaitParts       CommandName = "await_parts"
	CmdPartsArrived     CommandName = "parts_arrived"
	CmdFindUnrepairable CommandName = "find_unrepairable"
	CmdFindImpossible   CommandName = "find_impossible"
	CmdFinishRepair     CommandName = "finish_repair"
	CmdReplace          CommandName = "replace"
	CmdApproveRefund    CommandName = "approve_refund"
	CmdPayRefund        CommandName = "pay_refund"
	CmdRefuse           CommandName = "refuse"
	CmdMarkReady        CommandName = "mark_ready"
	CmdShip             CommandName = "ship"
	CmdHandOver         CommandName = "hand_over"
	CmdClose            CommandName = "close"
	CmdCancel           CommandName = "cancel"
	CmdReopen           CommandName = "reopen"
	CmdOverride         CommandName = "override"
	CmdAddNote          CommandName = "add_note"
)

// Name implements Command.
func (Submit) Name() CommandName           { return CmdSubmit }
func (AskDevice) Name() CommandName        { return CmdAskDevice }        // Name implements Command.
func (Accept) Name() CommandName           { return CmdAccept }           // Name implements Command.
func (Forward) Name() CommandName          { return CmdForward }          // Name implements Command.
func (ReceiveAtCentre) Name() CommandName  { return CmdReceive }          // Name implements Command.
func (RouteTo) Name() CommandName          { return CmdRoute }            // Name implements Command.
func (Assign) Name() CommandName           { return CmdAssign }           // Name implements Command.
func (StartDiagnosis) Name() CommandName   { return CmdStartDiagnosis }   // Name implements Command.
func (Diagnose) Name() CommandName         { return CmdDiagnose }         // Name implements Command.
func (RecordDocuments) Name() CommandName  { return CmdRecordDocuments }  // Name implements Command.
func (RecordAnswers) Name() CommandName    { return CmdRecordAnswers }    // Name implements Command.
func (Acknowledge) Name() CommandName      { return CmdAcknowledge }      // Name implements Command.
func (Decide) Name() CommandName           { return CmdDecide }           // Name implements Command.
func (ChooseBasis) Name() CommandName      { return CmdChooseBasis }      // Name implements Command.
func (AskCustomer) Name() CommandName      { return CmdAskCustomer }      // Name implements Command.
func (ChooseRemedy) Name() CommandName     { return CmdChooseRemedy }     // Name implements Command.
func (AnswerDifference) Name() CommandName { return CmdAnswerDifference } // Name implements Command.
func (OfferEstimate) Name() CommandName    { return CmdOfferEstimate }    // Name implements Command.
func (AnswerEstimate) Name() CommandName   { return CmdAnswerEstimate }   // Name implements Command.
func (StartRepair) Name() CommandName      { return CmdStartRepair }      // Name implements Command.
func (AwaitParts) Name() CommandName       { return CmdAwaitParts }       // Name implements Command.
func (PartsArrived) Name() CommandName     { return CmdPartsArrived }     // Name implements Command.
func (FindUnrepairable) Name() CommandName { return CmdFindUnrepairable } // Name implements Command.
func (FindImpossible) Name() CommandName   { return CmdFindImpossible }   // Name implements Command.
func (FinishRepair) Name() CommandName     { return CmdFinishRepair }     // Name implements Command.
func (Replace) Name() CommandName          { return CmdReplace }          // Name implements Command.
func (ApproveRefund) Name() CommandName    { return CmdApproveRefund }    // Name implements Command.
func (PayRefund) Name() CommandName        { return CmdPayRefund }        // Name implements Command.
func (Refuse) Name() CommandName           { return CmdRefuse }           // Name implements Command.
func (MarkReady) Name() CommandName        { return CmdMarkReady }        // Name implements Command.
func (Ship) Name() CommandName             { return CmdShip }             // Name implements Command.
func (HandOver) Name() CommandName         { return CmdHandOver }         // Name implements Command.
func (Close) Name() CommandName            { return CmdClose }            // Name implements Command.
func (Cancel) Name() CommandName           { return CmdCancel }           // Name implements Command.
func (Reopen) Name() CommandName           { return CmdReopen }           // Name implements Command.
func (OverrideDecision) Name() CommandName { return CmdOverride }         // Name implements Command.
func (AddNote) Name() CommandName          { return CmdAddNote }          // Name implements Command.

// NewCommand gives an empty command to decode into, by its name; nil for a
// name that is none, or that only the desk itself gives (submit, decide).
func NewCommand(name CommandName) Command {
	if empty := commands[name]; empty != nil {
		return empty()
	}
	return nil
}

// commands make the empty command of a name.
var commands = map[CommandName]func() Command{
	CmdAskDevice:        func() Command { return &AskDevice{} },
	CmdAccept:           func() Command { return &Accept{} },
	CmdForward:          func() Command { return &Forward{} },
	CmdReceive:          func() Command { return &ReceiveAtCentre{} },
	CmdRoute:            func() Command { return &RouteTo{} },
	CmdAssign:           func() Command { return &Assign{} },
	CmdStartDiagnosis:   func() Command { return &StartDiagnosis{} },
	CmdDiagnose:         func() Command { return &Diagnose{} },
	CmdRecordDocuments:  func() Command { return &RecordDocuments{} },
	CmdRecordAnswers:    func() Command { return &RecordAnswers{} },
	CmdAcknowledge:      func() Command { return &Acknowledge{} },
	CmdChooseBasis:      func() Command { return &ChooseBasis{} },
	CmdAskCustomer:      func() Command { return &AskCustomer{} },
	CmdDemandRemedy:     func() Command { return &DemandRemedy{} },
	CmdChooseRemedy:     func() Command { return &ChooseRemedy{} },
	CmdAnswerDifference: func() Command { return &AnswerDifference{} },
	CmdOfferEstimate:    func() Command { return &OfferEstimate{} },
	CmdAnswerEstimate:   func() Command { return &AnswerEstimate{} },
	CmdStartRepair:      func() Command { return &StartRepair{} },
	CmdAwaitParts:       func() Command { return &AwaitParts{} },
	CmdPartsArrived:     func() Command { return &PartsArrived{} },
	CmdFindUnrepairable: func() Command { return &FindUnrepairable{} },
	CmdFindImpossible:   func() Command { return &FindImpossible{} },
	CmdFinishRepair:     func() Command { return &FinishRepair{} },
	CmdReturnToBench:    func() Command { return &ReturnToBench{} },
	CmdReplace:          func() Command { return &Replace{} },
	CmdApproveRefund:    func() Command { return &ApproveRefund{} },
	CmdPayRefund:        func() Command { return &PayRefund{} },
	CmdWithdrawApproval: func() Command { return &WithdrawApproval{} },
	CmdRefuse:           func() Command { return &Refuse{} },
	CmdMarkReady:        func() Command { return &MarkReady{} },
	CmdShip:             func() Command { return &Ship{} },
	CmdHandOver:         func() Command { return &HandOver{} },
	CmdClose:            func() Command { return &Close{} },
	CmdCancel:           func() Command { return &Cancel{} },
	CmdReopen:           func() Command { return &Reopen{} },
	CmdOverride:         func() Command { return &OverrideDecision{} },
	CmdAddNote:          func() Command { return &AddNote{} },
	CmdChangeReturn:     func() Command { return &ChangeReturn{} },
}
