package api

import (
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// The bodies of commands. Each has the fields of the domain's command of the
// same name, so that an error of the domain names the right place.

// AskDevice is the body of ask_device.
type AskDevice struct {
	Place        string `json:"place,omitempty" maxLength:"100" doc:"id of the place to bring or send the device to"`
	Instructions string `json:"instructions,omitempty" maxLength:"2000" doc:"what the customer is told"`
}

// Accept is the body of accept.
type Accept struct {
	Place       string    `json:"place" minLength:"1" maxLength:"100" doc:"id of the place that takes it in, or where the courier carries it"`
	Carrier     string    `json:"carrier,omitempty" maxLength:"200" doc:"the courier who collects it; absent = it was brought"`
	Tracking    string    `json:"tracking,omitempty" maxLength:"200" doc:"the courier's number"`
	Condition   string    `json:"condition,omitempty" maxLength:"2000" doc:"its condition"`
	Accessories []string  `json:"accessories,omitempty" maxItems:"50" doc:"what came with it"`
	Defect      string    `json:"defect,omitempty" maxLength:"2000" doc:"the defect in the customer's words"`
	Documents   *[]string `json:"documents,omitempty" vocab:"documents" doc:"documents seen; absent = not looked at now"`
}

// Forward is the body of forward.
type Forward struct {
	To          string   `json:"to" minLength:"1" maxLength:"100" doc:"id of the place it is carried to"`
	Carrier     string   `json:"carrier,omitempty" maxLength:"200" doc:"courier"`
	Tracking    string   `json:"tracking,omitempty" maxLength:"200" doc:"the courier's number"`
	Condition   string   `json:"condition,omitempty" maxLength:"2000" doc:"its condition at the hand-over"`
	Accessories []string `json:"accessories,omitempty" maxItems:"50" doc:"what goes with it"`
}

// Receive is the body of receive.
type Receive struct {
	Place       string   `json:"place,omitempty" maxLength:"100" doc:"id of the place; absent = the one it was bound for"`
	Condition   string   `json:"condition,omitempty" maxLength:"2000" doc:"its condition"`
	Accessories []string `json:"accessories,omitempty" maxItems:"50" doc:"what came with it"`
}

// RouteTo is the body of route.
type RouteTo struct {
	Centre string `json:"centre" minLength:"1" maxLength:"100" doc:"id of the centre that will work on it"`
}

// Assign is the body of assign.
type Assign struct {
	User string `json:"user,omitempty" maxLength:"100" doc:"id of the user; absent = nobody"`
}

// Nothing is the body of a command that needs nothing; it may be left out.
type Nothing struct{}

// Diagnose is the body of diagnose.
type Diagnose struct {
	Diagnosis  Diagnosis `json:"diagnosis" doc:"what was found"`
	Method     string    `json:"method,omitempty" maxLength:"1000" doc:"how the device was examined"`
	Measured   string    `json:"measured,omitempty" maxLength:"2000" doc:"readings, with their units"`
	Conclusion string    `json:"conclusion,omitempty" maxLength:"5000" doc:"for the technical conclusion"`
}

// RecordDocuments is the body of record_documents.
type RecordDocuments struct {
	Documents []string `json:"documents" vocab:"documents" doc:"all that are there; empty = none"`
}

// RecordAnswers is the body of record_answers.
type RecordAnswers struct {
	Facts []Answer `json:"facts" minItems:"1" maxItems:"50" doc:"the stated facts"`
}

// Acknowledge is the body of acknowledge.
type Acknowledge struct {
	IDs []string `json:"ids" minItems:"1" maxItems:"50" doc:"ids, as in the decision"`
}

// ChooseBasis is the body of choose_basis.
type ChooseBasis struct {
	Basis string `json:"basis" vocab:"bases" doc:"the customer's choice"`
}

// DemandRemedy is the body of demand_remedy.
type DemandRemedy struct {
	Remedy string `json:"remedy" vocab:"remedy_kinds" doc:"what the customer wants, of what the terms or the law may give"`
}

// AskCustomer is the body of ask_customer.
type AskCustomer struct {
	Text string `json:"text,omitempty" maxLength:"5000" doc:"what the customer is asked"`
}

// ChooseRemedy is the body of choose_remedy.
type ChooseRemedy struct {
	Remedy string `json:"remedy" vocab:"remedy_kinds" doc:"one that the decision offers"`
}

// AcceptOrDecline is the body of answer_difference and answer_estimate.
type AcceptOrDecline struct {
	Accepted bool `json:"accepted" doc:"the customer agrees"`
}

// OfferEstimate is the body of offer_estimate.
type OfferEstimate struct {
	Amount    *Money   `json:"amount,omitempty" doc:"price, above zero; absent = the sum of the items"`
	PriceList string   `json:"price_list,omitempty" maxLength:"100" doc:"id of the price list"`
	Items     []string `json:"items,omitempty" maxItems:"50" doc:"ids of lines of the price list"`
	Work      string   `json:"work,omitempty" maxLength:"2000" doc:"the work; absent = what the items say"`
}

// AwaitParts is the body of await_parts.
type AwaitParts struct {
	Parts    []string  `json:"parts" minItems:"1" maxItems:"50" doc:"parts, as ordered"`
	Expected time.Time `json:"expected,omitzero" doc:"when they are expected"`
}

// Reason is the body of a command that needs a reason.
type Reason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"why"`
}

// FinishRepair is the body of finish_repair.
type FinishRepair struct {
	Kind    string `json:"kind" vocab:"service_kinds" doc:"nature of the defect"`
	Outcome string `json:"outcome,omitempty" enum:"repaired,no_fault" doc:"absent = repaired"`
	Parts   []Part `json:"parts,omitempty" maxItems:"50" doc:"parts put in"`
	// Software is what was done to the software.
	Software string `json:"software,omitempty" enum:"restored,updated" doc:"what was done to the software; absent = nothing"`
	Work     string `json:"work" minLength:"1" maxLength:"5000" doc:"what was done"`
	Labour   *Money `json:"labour,omitempty" doc:"what the work cost the repairer"`
}

// Replace is the body of replace.
type Replace struct {
	Serial string `json:"serial,omitempty" maxLength:"100" doc:"serial number of the new unit; this or the IMEI is required"`
	IMEI   string `json:"imei,omitempty" maxLength:"50" doc:"its IMEI"`
	Model  string `json:"model,omitempty" maxLength:"200" doc:"its model; absent = the same"`
}

// ApproveRefund is the body of approve_refund.
type ApproveRefund struct {
	Amount Money `json:"amount" doc:"as decided"`
}

// PayRefund is the body of pay_refund.
type PayRefund struct {
	Reference string `json:"reference" minLength:"1" maxLength:"200" doc:"reference of the payment"`
}

// Refuse is the body of refuse.
type Refuse struct {
	Text string `json:"text,omitempty" maxLength:"5000" doc:"what staff add to the clauses"`
}

// MarkReady is the body of mark_ready.
type MarkReady struct {
	Told string `json:"told,omitempty" maxLength:"100" doc:"how the customer was told: phone, sms, email"`
}

// Ship is the body of ship.
type Ship struct {
	Carrier     string   `json:"carrier" minLength:"1" maxLength:"200" doc:"courier"`
	Tracking    string   `json:"tracking,omitempty" maxLength:"200" doc:"the courier's number"`
	Condition   string   `json:"condition,omitempty" maxLength:"2000" doc:"its condition at the hand-over"`
	Accessories []string `json:"accessories,omitempty" maxItems:"50" doc:"what goes with it"`
}

// HandOver is the body of hand_over.
type HandOver struct {
	Proof       string   `json:"proof,omitempty" maxLength:"500" doc:"signature, or the courier's confirmation"`
	Condition   string   `json:"condition,omitempty" maxLength:"2000" doc:"its condition at the hand-over"`
	Accessories []string `json:"accessories,omitempty" maxItems:"50" doc:"what goes with it"`
}

// Close is the body of close.
type Close struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"note"`
}

// OverrideDecision is the body of override.
type OverrideDecision struct {
	Basis   string `json:"basis" vocab:"bases" doc:"basis"`
	Verdict string `json:"verdict" enum:"covered,refused" doc:"the new verdict"`
	Reason  string `json:"reason" minLength:"1" maxLength:"2000" doc:"why; it is audited"`
}

// AddNote is the body of add_note.
type AddNote struct {
	Text string `json:"text" minLength:"1" maxLength:"20000" doc:"the note"`
}

func (b AskDevice) command() (care.Command, error) {
	return care.AskDevice{Place: b.Place, Instructions: b.Instructions}, nil
}

func (b Accept) command() (care.Command, error) {
	c := care.Accept{Place: b.Place, Carrier: b.Carrier, Tracking: b.Tracking, Condition: b.Condition, Accessories: b.Accessories, Defect: b.Defect}
	if b.Documents != nil {
		c.Documents = *b.Documents
	}
	return c, nil
}

func (b Forward) command() (care.Command, error) {
	return care.Forward{To: b.To, Carrier: b.Carrier, Tracking: b.Tracking, Condition: b.Condition, Accessories: b.Accessories}, nil
}

func (b Receive) command() (care.Command, error) {
	return care.ReceiveAtCentre{Place: b.Place, Condition: b.Condition, Accessories: b.Accessories}, nil
}

func (b RouteTo) command() (care.Command, error) { return care.RouteTo{Centre: b.Centre}, nil }

func (b Assign) command() (care.Command, error) { return care.Assign{User: b.User}, nil }

func (b Diagnose) command() (care.Command, error) {
	return care.Diagnose{Facts: b.Diagnosis.facts(), Method: b.Method, Measured: b.Measured, Conclusion: b.Conclusion}, nil
}

func (b RecordDocuments) command() (care.Command, error) {
	return care.RecordDocuments{Documents: list(b.Documents)}, nil
}

func (b RecordAnswers) command() (care.Command, error) {
	return care.RecordAnswers{Facts: each(b.Facts, answerOf)}, nil
}

func (b Acknowledge) command() (care.Command, error) { return care.Acknowledge{IDs: b.IDs}, nil }

func (b ChooseBasis) command() (care.Command, error) {
	return care.ChooseBasis{Basis: policy.Basis(b.Basis)}, nil
}

func (b AskCustomer) command() (care.Command, error) { return care.AskCustomer{Text: b.Text}, nil }

func (b DemandRemedy) command() (care.Command, error) {
	return care.DemandRemedy{Remedy: b.Remedy}, nil
}

func (b ChooseRemedy) command() (care.Command, error) {
	return care.ChooseRemedy{Remedy: b.Remedy}, nil
}

func (b OfferEstimate) command() (care.Command, error) {
	sum, err := b.Amount.amount("amount")
	if err != nil {
		return nil, err
	}
	out := care.OfferEstimate{PriceList: b.PriceList, Items: b.Items, Work: b.Work}
	if sum != nil {
		out.Amount = *sum
	}
	return out, nil
}

func (b AwaitParts) command() (care.Command, error) {
	return care.AwaitParts{Parts: b.Parts, Expected: b.Expected}, nil
}

func (b FinishRepair) command() (care.Command, error) {
	labour, err := b.Labour.amount("labour")
	if err != nil {
		return nil, err
	}
	c := care.FinishRepair{Kind: b.Kind, Outcome: b.Outcome, Work: b.Work, Software: b.Software, Labour: labour}
	for _, p := range b.Parts {
		price, err := p.Price.amount("parts")
		if err != nil {
			return nil, err
		}
		c.Parts = append(c.Parts, care.Part{Part: p.Part, Name: p.Name, Serial: p.Serial, Months: p.Months, Price: price})
	}
	return c, nil
}

func (b Replace) command() (care.Command, error) {
	return care.Replace{Serial: b.Serial, IMEI: b.IMEI, Model: b.Model}, nil
}

func (b ApproveRefund) command() (care.Command, error) {
	sum, err := b.Amount.amount("amount")
	if err != nil {
		return nil, err
	}
	return care.ApproveRefund{Amount: *sum}, nil
}

func (b PayRefund) command() (care.Command, error) {
	return care.PayRefund{Reference: b.Reference}, nil
}

func (b Refuse) command() (care.Command, error) { return care.Refuse{Text: b.Text}, nil }

func (b MarkReady) command() (care.Command, error) { return care.MarkReady{Told: b.Told}, nil }

func (b Ship) command() (care.Command, error) {
	return care.Ship{Carrier: b.Carrier, Tracking: b.Tracking, Condition: b.Condition, Accessories: b.Accessories}, nil
}

func (b HandOver) command() (care.Command, error) {
	return care.HandOver{Proof: b.Proof, Condition: b.Condition, Accessories: b.Accessories}, nil
}

func (b Close) command() (care.Command, error) { return care.Close{Note: b.Note}, nil }

func (b OverrideDecision) command() (care.Command, error) {
	return care.OverrideDecision{Basis: policy.Basis(b.Basis), Verdict: policy.Verdict(b.Verdict), Reason: b.Reason}, nil
}

func (b AddNote) command() (care.Command, error) { return care.AddNote{Text: b.Text}, nil }
