package desk

import (
	"slices"

	"github.com/talon-care/talon/internal/care"
)

// Action is something that needs a permission: "claim.read", "user.manage",
// or "claim." and the name of a command.
type Action string

// The actions that are no commands of a claim.
const (
	ReadClaims     Action = "claim.read"
	OpenClaims     Action = "claim.open"
	ReadRequests   Action = "request.read"
	AnswerRequests Action = "request.answer"
	ReadRegistry   Action = "registry.read"
	FindCustomers  Action = "customer.find"
	WriteRegistry  Action = "registry.write"
	ImportSales    Action = "sales.import"
	IssueTracking  Action = "tracking.issue"
	ManageUsers    Action = "user.manage"
	ManageClients  Action = "client.manage"
	ReadAudit      Action = "audit.read"
	ReadReports    Action = "report.read"
	ReadPolicy     Action = "policy.read"
	WritePolicy    Action = "policy.write"

	ReadAttachments     Action = "attachment.read"
	AddAttachments      Action = "attachment.add"
	WithdrawAttachments Action = "attachment.withdraw"

	ReadShipments Action = "shipment.read"
	ShipDevices   Action = "shipment.write"
	WarnCustomers Action = "collection.warn"

	ProposeDisposals Action = "collection.dispose"
	ConfirmDisposals Action = "collection.confirm"

	ReadLoaners    Action = "loaner.read"
	DemandLoaner   Action = "loaner.demand"
	WithdrawLoaner Action = "loaner.withdraw"
	LendLoaner     Action = "loaner.lend"
	ReturnLoaner   Action = "loaner.return"
	ManageLoaners  Action = "loaner.manage"
	ReadRecovery   Action = "recovery.read"
	ManageRecovery Action = "recovery.manage"
	ReadMoney      Action = "money.read"
	EnterMoney     Action = "money.enter"
	ApproveMoney   Action = "money.approve"
	PayMoney       Action = "money.pay"
	TakeMoney      Action = "money.take"
	CancelMoney    Action = "money.cancel"
	WithdrawMoney  Action = "money.withdraw"
	ExportMoney    Action = "money.export"
	ReadAlerts     Action = "alert.read"
	ReadPapers     Action = "paper.read"
	ManageJobs     Action = "job.manage"

	ReadCertificates   Action = "certificate.read"
	SellCertificates   Action = "certificate.sell"
	CancelCertificates Action = "certificate.cancel"
	StateRefunds       Action = "certificate.refund"
	RescindSales       Action = "sale.rescind"

	ReadMessages   Action = "message.read"
	SendMessages   Action = "message.send"
	ManageWebhooks Action = "webhook.manage"
)

// On is the action of giving a claim a command.
func On(name care.CommandName) Action { return Action("claim." + string(name)) }

var (
	service    = []care.Role{care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Partner}
	benches    = []care.Role{care.Technician, care.Manager, care.Partner}
	counter    = []care.Role{care.Clerk, care.Manager}
	forCounter = []care.Role{care.Clerk, care.Manager, care.CustomerRole}
	logistics  = []care.Role{care.Clerk, care.Dispatcher, care.Manager, care.Partner}
	managers   = []care.Role{care.Manager}
	admins     = []care.Role{care.Administrator}
)

// permissions is the one table of who may do what. A partner's rights hold
// only on claims that are routed to its centre, a customer's only on the
// customer's own; see Desk.sees.
var permissions = map[Action][]care.Role{
	ReadClaims:     {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Partner, care.Administrator, care.CustomerRole},
	OpenClaims:     {care.Clerk, care.Dispatcher, care.Manager, care.CustomerRole},
	ReadRequests:   {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Administrator},
	AnswerRequests: {care.Clerk, care.Technician, care.Dispatcher, care.Manager},
	ReadRegistry:   {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Administrator},
	FindCustomers:  {care.Clerk, care.Dispatcher, care.Manager},
	WriteRegistry:  {care.Clerk, care.Manager, care.Administrator},
	ImportSales:    {care.Manager, care.Administrator},
	IssueTracking:  {care.Clerk, care.Dispatcher, care.Manager},
	ManageUsers:    admins,
	ManageClients:  admins,
	ReadAudit:      {care.Manager, care.Administrator},
	ReadReports:    {care.Manager, care.Administrator},
	ReadPolicy:     {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.PolicyEditor, care.Administrator},
	WritePolicy:    {care.PolicyEditor},
	// Of an attachment that somebody else handed in, only a manager.
	ReadAttachments:     {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Partner, care.Administrator, care.CustomerRole},
	AddAttachments:      {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Partner, care.CustomerRole},
	WithdrawAttachments: {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Partner, care.CustomerRole},

	ReadShipments: service,
	ShipDevices:   logistics,
	WarnCustomers: {care.Clerk, care.Dispatcher, care.Manager},

	ReadLoaners:    {care.Clerk, care.Technician, care.Dispatcher, care.Manager},
	DemandLoaner:   {care.Clerk, care.Dispatcher, care.Manager, care.CustomerRole},
	WithdrawLoaner: {care.Clerk, care.Dispatcher, care.Manager, care.CustomerRole},
	LendLoaner:     {care.Clerk, care.Dispatcher, care.Manager},
	ReturnLoaner:   {care.Clerk, care.Dispatcher, care.Manager},
	ManageLoaners:  managers,
	ReadRecovery:   managers,
	ManageRecovery: managers,
	ReadMoney:      {care.Clerk, care.Dispatcher, care.Manager, care.Administrator},
	EnterMoney:     {care.Clerk, care.Dispatcher, care.Manager},
	ApproveMoney:   managers,
	PayMoney:       managers,
	TakeMoney:      counter,
	CancelMoney:    managers,
	WithdrawMoney:  managers,
	ExportMoney:    {care.Manager, care.Administrator},
	ReadAlerts:     {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Partner, care.Administrator},
	ManageJobs:     admins,
	ReadPapers:     {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Partner, care.Administrator, care.CustomerRole},

	ReadCertificates:   {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Administrator},
	SellCertificates:   counter,
	CancelCertificates: managers,
	StateRefunds:       managers,
	RescindSales:       managers,

	ReadMessages:   {care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Administrator},
	SendMessages:   {care.Clerk, care.Dispatcher, care.Manager, care.Administrator},
	ManageWebhooks: admins,

	On(care.CmdAskDevice):        {care.Clerk, care.Dispatcher, care.Manager},
	On(care.CmdAcknowledge):      {care.Clerk, care.Technician, care.Manager, care.Partner, care.CustomerRole},
	On(care.CmdAccept):           service,
	On(care.CmdForward):          service,
	On(care.CmdReceive):          service,
	On(care.CmdRoute):            {care.Clerk, care.Dispatcher, care.Manager, care.CustomerRole},
	On(care.CmdAssign):           {care.Technician, care.Dispatcher, care.Manager},
	On(care.CmdRecordDocuments):  service,
	On(care.CmdRecordAnswers):    service,
	On(care.CmdStartDiagnosis):   benches,
	On(care.CmdDiagnose):         benches,
	On(care.CmdChooseBasis):      forCounter,
	On(care.CmdDemandRemedy):     forCounter,
	On(care.CmdAskCustomer):      {care.Clerk, care.Technician, care.Manager, care.Partner},
	On(care.CmdChooseRemedy):     {care.Clerk, care.Technician, care.Manager, care.CustomerRole},
	On(care.CmdAnswerDifference): forCounter,
	On(care.CmdAnswerEstimate):   forCounter,
	On(care.CmdOfferEstimate):    benches,
	On(care.CmdStartRepair):      benches,
	On(care.CmdAwaitParts):       benches,
	On(care.CmdPartsArrived):     benches,
	On(care.CmdFindUnrepairable): benches,
	On(care.CmdFindImpossible):   {care.Clerk, care.Dispatcher, care.Manager},
	On(care.CmdFinishRepair):     benches,
	On(care.CmdReturnToBench):    service,
	On(care.CmdReplace):          {care.Clerk, care.Dispatcher, care.Manager},
	On(care.CmdApproveRefund):    managers,
	On(care.CmdPayRefund):        managers,
	On(care.CmdWithdrawApproval): managers,
	On(care.CmdRefuse):           benches,
	On(care.CmdMarkReady):        service,
	On(care.CmdShip):             logistics,
	On(care.CmdHandOver):         logistics,
	On(care.CmdClose):            counter,
	On(care.CmdCancel):           forCounter,
	On(care.CmdReopen):           counter,
	On(care.CmdOverride):         managers,
	ProposeDisposals:             {care.Clerk, care.Dispatcher, care.Manager},
	ConfirmDisposals:             managers,

	On(care.CmdChangeReturn): {care.Clerk, care.Dispatcher, care.Manager, care.CustomerRole},
	On(care.CmdAddNote):      service,
}

// Actions lists every action of the table.
func Actions() []Action {
	list := make([]Action, 0, len(permissions))
	for a := range permissions {
		list = append(list, a)
	}
	slices.Sort(list)
	return list
}

// May answers from the table alone, for menus and buttons; whether a claim is
// one that the actor sees is checked where it is read.
func May(actor care.Actor, action Action) bool {
	roles, ok := permissions[action]
	switch {
	case !ok:
		return false
	case actor.Kind == care.SystemActor:
		return true
	case actor.Kind == care.CustomerActor:
		return slices.Contains(roles, care.CustomerRole)
	case actor.Kind == care.PartnerActor:
		return actor.Role == care.Partner && slices.Contains(roles, care.Partner)
	}
	return actor.Role.Valid() && slices.Contains(roles, actor.Role)
}

// may is May as an error.
func may(actor care.Actor, action Action) error {
	if actor.Retailer == "" || !May(actor, action) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(action))
	}
	return nil
}

// sees refuses a claim that is not the actor's to see, as if it were not
// there.
func sees(actor care.Actor, c care.Claim) error {
	hidden := c.Retailer != actor.Retailer ||
		actor.Role == care.Partner && (actor.Place == "" || c.Centre != actor.Place) ||
		actor.Kind == care.CustomerActor && (actor.ID == "" || c.Customer != actor.ID)
	if hidden {
		return care.Fail(care.NotFound, "no_claim")
	}
	return nil
}
