package api

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
)

// commandOperations gives every command of a claim an address of its own, so
// that the document tells exactly what each needs.
func (s *server) commandOperations() {
	command(s, care.CmdAskDevice, "Tell the customer where to bring or send the device", AskDevice.command)
	command(s, care.CmdAccept, "Take the device in at a place, or hand it to a courier who collects it", Accept.command)
	command(s, care.CmdForward, "Give the device to a courier bound for a place", Forward.command)
	command(s, care.CmdReceive, "Take the device from the courier", Receive.command)
	command(s, care.CmdRoute, "Name the centre that will work on the device", RouteTo.command)
	command(s, care.CmdAssign, "Name the person who works on the claim", Assign.command)
	command(s, care.CmdStartDiagnosis, "Begin the diagnosis", bare(care.StartDiagnosis{}))
	command(s, care.CmdDiagnose, "Record what the specialists found; the claim is decided anew", Diagnose.command)
	command(s, care.CmdRecordDocuments, "Record which documents were seen; the claim is decided anew", RecordDocuments.command)
	command(s, care.CmdRecordAnswers, "Answer the decision's questions; the claim is decided anew", RecordAnswers.command)
	command(s, care.CmdAcknowledge, "Collect acknowledgements", Acknowledge.command)
	command(s, care.CmdChooseBasis, "Record the customer's choice of basis", ChooseBasis.command)
	command(s, care.CmdDemandRemedy, "Record what the customer wants before it is decided: the law's terms for it count from now", DemandRemedy.command)
	command(s, care.CmdAskCustomer, "Ask the customer to choose", AskCustomer.command)
	command(s, care.CmdChooseRemedy, "Fix what will be done, out of the decision's remedies", ChooseRemedy.command)
	command(s, care.CmdAnswerDifference, "Record the customer's answer on a price difference", answerDifference)
	command(s, care.CmdOfferEstimate, "Ask consent to paid work", OfferEstimate.command)
	command(s, care.CmdAnswerEstimate, "Record the customer's answer to an estimate", answerEstimate)
	command(s, care.CmdStartRepair, "Begin the repair", bare(care.StartRepair{}))
	command(s, care.CmdAwaitParts, "Stop the repair for parts", AwaitParts.command)
	command(s, care.CmdPartsArrived, "Go on with the repair", bare(care.PartsArrived{}))
	command(s, care.CmdReturnToBench, "Take a repaired device back to the bench before it is handed over: the check failed",
		func(b Reason) (care.Command, error) { return care.ReturnToBench{Reason: b.Reason}, nil })
	command(s, care.CmdFindUnrepairable, "End a repair that can't be done; the claim is decided anew",
		func(b Reason) (care.Command, error) { return care.FindUnrepairable{Reason: b.Reason}, nil })
	command(s, care.CmdFindImpossible, "End a replacement that can't be had; the claim is decided anew",
		func(b Reason) (care.Command, error) { return care.FindImpossible{Reason: b.Reason}, nil })
	command(s, care.CmdFinishRepair, "Record the work done", FinishRepair.command)
	command(s, care.CmdReplace, "Give another unit", Replace.command)
	command(s, care.CmdApproveRefund, "Consent to pay", ApproveRefund.command)
	command(s, care.CmdWithdrawApproval, "Take back the consent to a refund that was not paid",
		func(b Reason) (care.Command, error) { return care.WithdrawApproval{Reason: b.Reason}, nil })
	command(s, care.CmdPayRefund, "Record the payment", PayRefund.command)
	command(s, care.CmdRefuse, "Refuse the claim on the clauses of the decision", Refuse.command)
	command(s, care.CmdMarkReady, "Record that the customer was told that the device is ready", MarkReady.command)
	command(s, care.CmdShip, "Give the device to a courier bound for the customer", Ship.command)
	command(s, care.CmdHandOver, "End the custody: collected, or delivered", HandOver.command)
	command(s, care.CmdClose, "Close the claim", Close.command)
	command(s, care.CmdCancel, "Cancel the claim; a device that is held goes back first", cancel)
	command(s, care.CmdReopen, "Take a finished claim up again",
		func(b Reason) (care.Command, error) { return care.Reopen{Reason: b.Reason}, nil })
	command(s, care.CmdOverride, "Depart from the decision: a manager's right, always audited", OverrideDecision.command)
	command(s, care.CmdChangeReturn, "Have the device brought instead of collected, or the other way round, until it leaves", ChangeReturn.command)
	command(s, care.CmdAddNote, "Add a note among staff", AddNote.command)

	customerCommand(s, care.CmdChooseBasis, "Choose the basis", ChooseBasis.command)
	customerCommand(s, care.CmdDemandRemedy, "Say what is wanted, before it is decided", DemandRemedy.command)
	customerCommand(s, care.CmdChooseRemedy, "Choose what will be done", ChooseRemedy.command)
	customerCommand(s, care.CmdAnswerDifference, "Answer on a price difference", answerDifference)
	customerCommand(s, care.CmdAnswerEstimate, "Answer an estimate", answerEstimate)
	customerCommand(s, care.CmdAcknowledge, "Acknowledge what was told", Acknowledge.command)
	customerCommand(s, care.CmdChangeReturn, "Have the device brought instead of collected, or the other way round, until it leaves", ChangeReturn.command)
	customerCommand(s, care.CmdCancel, "Take the claim back", cancel)
}

func bare(c care.Command) func(Nothing) (care.Command, error) {
	return func(Nothing) (care.Command, error) { return c, nil }
}

func answerDifference(b AcceptOrDecline) (care.Command, error) {
	return care.AnswerDifference{Accepted: b.Accepted}, nil
}

func answerEstimate(b AcceptOrDecline) (care.Command, error) {
	return care.AnswerEstimate{Accepted: b.Accepted}, nil
}

func cancel(b Reason) (care.Command, error) { return care.Cancel{Reason: b.Reason}, nil }

type commandIn[B any] struct {
	Claim   string `path:"claim" maxLength:"100" doc:"id or number of the claim" example:"RMA-2026-000017"`
	IfMatch string `header:"If-Match" maxLength:"40" doc:"ETag of the claim as it was seen; when it has moved on since, the command is refused (412)"`
	Body    *B
}

type claimOut struct {
	ETag string `header:"ETag" doc:"version of the claim, for If-Match"`
	Body Claim
}

func command[B any](s *server, name care.CommandName, summary string, make func(B) (care.Command, error)) {
	op := huma.Operation{OperationID: "claim-" + kebab(name), Method: http.MethodPost, Path: "/claims/{claim}/commands/" + string(name),
		Tags: []string{"Commands"}, Summary: summary, Security: byKey(), RequestBody: &huma.RequestBody{}}
	register(s, op, func(ctx context.Context, who caller, in *commandIn[B]) (*claimOut, error) {
		seq, err := sequence(in.IfMatch)
		if err != nil {
			return nil, err
		}
		body := orZero(in.Body)
		cmd, err := make(body)
		if err != nil {
			return nil, err
		}
		c, err := s.desk.DoAt(ctx, who.actor, in.Claim, seq, cmd)
		if err != nil {
			if seq != 0 && isKey(err, "error.claim_moved_on") {
				err = errMovedOn.with("number", in.Claim)
			}
			return nil, inFacts(err, body)
		}
		return s.claimOut(who, c), nil
	})
}

func (s *server) claimOut(who caller, c care.Claim) *claimOut {
	return &claimOut{ETag: etag(c.Seq), Body: s.claim(s.words.Locale(who.lang), c, who.zone, s.desk.NextActions(c, who.actor))}
}

type customerCommandIn[B any] struct {
	Token string `path:"token" maxLength:"100" doc:"the secret of the tracking link"`
	Body  *B
}

type customerClaimOut struct {
	Body Claim
}

func customerCommand[B any](s *server, name care.CommandName, summary string, make func(B) (care.Command, error)) {
	op := huma.Operation{OperationID: "track-" + kebab(name), Method: http.MethodPost, Path: "/track/{token}/commands/" + string(name),
		Tags: []string{"Tracking"}, Summary: summary, RequestBody: &huma.RequestBody{}}
	register(s, op, func(ctx context.Context, who caller, in *customerCommandIn[B]) (*customerClaimOut, error) {
		body := orZero(in.Body)
		cmd, err := make(body)
		if err != nil {
			return nil, err
		}
		c, err := s.desk.TrackedDo(ctx, in.Token, cmd)
		if err != nil {
			return nil, err
		}
		if who.zone, err = s.zone(ctx, c.Retailer); err != nil {
			return nil, err
		}
		who.actor = care.Actor{Kind: care.CustomerActor, ID: c.Customer, Retailer: c.Retailer}
		return &customerClaimOut{Body: s.claimOut(who, c).Body.forCustomer()}, nil
	})
}

// inFacts points a fault in a stated fact to its place in the body.
func inFacts(err error, body any) error {
	var e *care.Error
	answers, ok := body.(RecordAnswers)
	if !ok || !errors.As(err, &e) {
		return err
	}
	return at(err, e.Field, factPointer("/facts", answers.Facts, e))
}

func factPointer(list string, facts []Answer, e *care.Error) string {
	for i, a := range facts {
		if a.Fact == e.Field {
			return list + "/" + strconv.Itoa(i) + "/value"
		}
	}
	return "/" + strings.ReplaceAll(e.Field, ".", "/")
}

func isKey(err error, key string) bool {
	var e *care.Error
	return errors.As(err, &e) && e.Key == key
}

func etag(seq int) string { return `"` + strconv.Itoa(seq) + `"` }

var etagForm = regexp.MustCompile(`^"([1-9][0-9]{0,8})"$`)

// sequence reads an If-Match header; 0 is no condition.
func sequence(header string) (int, error) {
	if header == "" || header == "*" {
		return 0, nil
	}
	m := etagForm.FindStringSubmatch(header)
	if m == nil {
		return 0, &invalidBody{http.StatusUnprocessableEntity, []violation{{parameter: "If-Match", key: "bad_parameter",
			args: map[string]string{"field": "If-Match", "value": header}}}}
	}
	return strconv.Atoi(m[1])
}

func orZero[B any](p *B) B {
	if p == nil {
		var zero B
		return zero
	}
	return *p
}

func kebab(name care.CommandName) string { return strings.ReplaceAll(string(name), "_", "-") }
