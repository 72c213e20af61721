package care

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// EventKind names what happened.
type EventKind string

// Event is one thing that happened to a claim. The log is append-only; Seq
// runs 1, 2, 3 … within the claim without gaps.
type Event struct {
	Retailer string
	Claim    string
	Seq      int
	At       time.Time // UTC, whole microseconds
	Actor    Actor
	Data     Payload
}

// Payload is the typed content of an event.
type Payload interface {
	// EventKind is the stable name that the payload is stored under.
	EventKind() EventKind
	// apply adds the event to the claim.
	apply(c *Claim, e Event)
}

// EncodePayload writes a payload as JSON for storing. Nothing is escaped for
// HTML, so that compact JSON frozen in a ruling keeps its bytes.
func EncodePayload(p Payload) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		return nil, fmt.Errorf("write event %s: %w", p.EventKind(), err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// DecodePayload reads what EncodePayload wrote.
func DecodePayload(kind EventKind, data []byte) (Payload, error) {
	p := newPayload(kind)
	if p == nil {
		return nil, fmt.Errorf("read event: unknown kind %q", kind)
	}
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("read event %s: %w", kind, err)
	}
	return p, nil
}

// Payloads of events. Each is what a command of the like name gave.
type (
	// WasSubmitted opens the claim.
	WasSubmitted struct {
		Number     string       `json:"number"`
		Request    string       `json:"request"`
		Channel    string       `json:"channel"`
		Lang       string       `json:"lang"`
		Customer   string       `json:"customer,omitempty"`
		Return     ReturnMethod `json:"return,omitempty"`
		Settlement string       `json:"settlement,omitempty"`
		ReceivedAt time.Time    `json:"received_at"`
		Unit       Unit         `json:"unit"`
		Sale       Sale         `json:"sale"`
		Pack       string       `json:"pack"`
		Basis      policy.Basis `json:"basis,omitempty"`
		Documents  []string     `json:"documents"`
	}

	// DeviceAsked tells the customer where to bring or send the device.
	DeviceAsked struct {
		Place        string `json:"place,omitempty"`
		Instructions string `json:"instructions,omitempty"`
	}

	// WasAccepted takes the device in.
	WasAccepted struct {
		Holder      Holder   `json:"holder"`
		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
		Defect      string   `json:"defect,omitempty"`
		Centre      string   `json:"centre,omitempty"` // kind of centre, where a centre took it in
	}

	// WasForwarded gives the device to a courier bound for a centre or shop.
	WasForwarded struct {
		Holder      Holder   `json:"holder"`
		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
	}

	// WasReceived is the courier's delivery at the place.
	WasReceived struct {
		Holder      Holder   `json:"holder"`
		CentreKind  string   `json:"centre_kind,omitempty"`
		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
	}

	// WasRouted names the centre that will work on the device.
	WasRouted struct {
		Centre string `json:"centre"`
	}

	// WasAssigned names the person who works on the claim.
	WasAssigned struct {
		User string `json:"user"`
	}

	// DiagnosisStarted begins the diagnosis.
	DiagnosisStarted struct{}

	// WasDiagnosed records the findings.
	WasDiagnosed struct {
		Diagnosis Diagnosis `json:"diagnosis"`
	}

	// DocumentsRecorded replaces the list of documents seen.
	DocumentsRecorded struct {
		Documents []string `json:"documents"`
	}

	// AnswersRecorded replaces the answers, and what they correct on the
	// unit and the sale.
	AnswersRecorded struct {
		Facts   []Answer `json:"facts"` // as given, for the history
		Answers Answers  `json:"answers"`
		Unit    Unit     `json:"unit"`
		Sale    Sale     `json:"sale"`
		Place   string   `json:"settlement,omitempty"`
	}

	// WasAcknowledged collects acknowledgements.
	WasAcknowledged struct {
		IDs []string `json:"ids"`
	}

	// WasDecided freezes a decision, with the deadlines it sets.
	WasDecided struct {
		Ruling    Ruling     `json:"ruling"`
		Deadlines []Deadline `json:"deadlines,omitempty"`
		Settles   bool       `json:"settles,omitempty"` // moves the claim to decided
	}

	// BasisChosen is the customer's choice of basis (C4).
	BasisChosen struct {
		Basis policy.Basis `json:"basis"`
	}

	// CustomerAsked waits for the customer.
	CustomerAsked struct {
		Reason WaitReason `json:"reason"`
		Text   string     `json:"text,omitempty"`
	}

	// RemedyChosen fixes what will be done.
	RemedyChosen struct {
		Remedy ChosenRemedy `json:"remedy"`
		Next   State        `json:"next"`
		Wait   WaitReason   `json:"wait,omitempty"`
	}

	// DifferenceAnswered is the customer's answer on a price difference.
	DifferenceAnswered struct {
		Accepted bool `json:"accepted"`
	}

	// EstimateOffered asks consent to paid work.
	EstimateOffered struct {
		Amount    money.Amount `json:"amount"`
		PriceList string       `json:"price_list,omitempty"`
		Work      string       `json:"work"`
	}

	// EstimateAnswered is the customer's answer to it.
	EstimateAnswered struct {
		Accepted bool `json:"accepted"`
	}

	// RepairStarted begins the work.
	RepairStarted struct {
		Remedy ChosenRemedy `json:"remedy"`
		By     string       `json:"by,omitempty"`
		Place  string       `json:"place,omitempty"`
	}

	// PartsAwaited stops the work for parts.
	PartsAwaited struct {
		Parts    []string  `json:"parts"`
		Expected time.Time `json:"expected,omitzero"`
	}

	// PartsCame goes on with it.
	PartsCame struct{}

	// FoundUnrepairable ends a repair that can't be done; the next remedy
	// has to be chosen.
	FoundUnrepairable struct {
		Reason string `json:"reason"`
	}

	// FoundImpossible ends a replacement that can't be had; the next remedy
	// has to be chosen.
	FoundImpossible struct {
		Remedy string `json:"remedy"`
		Reason string `json:"reason"`
	}

	// RepairFinished is the end of the work.
	RepairFinished struct {
		Kind     string        `json:"kind"`
		Outcome  string        `json:"outcome"`
		Parts    []Part        `json:"parts,omitempty"`
		Software string        `json:"software,omitempty"`
		Work     string        `json:"work,omitempty"`
		Labour   *money.Amount `json:"labour,omitempty"` // what the work cost, where it was reported
	}

	// WasReplaced gives another unit.
	WasReplaced struct {
		Unit Unit `json:"unit"`
		Sale Sale `json:"sale"`
	}

	// RefundApproved is the manager's consent.
	RefundApproved struct {
		Kind   string       `json:"kind"`
		Amount money.Amount `json:"amount"`
		By     string       `json:"by"`
		Two    bool         `json:"two,omitempty"`    // the sum takes two persons
		Second bool         `json:"second,omitempty"` // this is the second one's consent
	}

	// RefundPaid is the payment.
	RefundPaid struct {
		Reference string `json:"reference"`
	}

	// WasRefused refuses the claim.
	WasRefused struct {
		Refusal Refusal `json:"refusal"`
	}

	// WasReady says the device can be collected or shipped.
	WasReady struct {
		Told string `json:"told,omitempty"` // how the customer was told
		// Outcome of the service stay that ends, policy vocabulary "outcomes".
		Outcome string  `json:"outcome"`
		Final   Outcome `json:"final"`
	}

	// WasShipped gives the device to a courier bound for the customer.
	WasShipped struct {
		Carrier     string   `json:"carrier"`
		Tracking    string   `json:"tracking,omitempty"`
		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
	}

	// WasHandedOver ends our custody.
	WasHandedOver struct {
		Proof string   `json:"proof,omitempty"` // signature, courier's confirmation
		Parts []Part   `json:"parts,omitempty"` // with their warranty, which begins now
		Told  []string `json:"told,omitempty"`  // ids of the notices given with the device (C9)

		Condition   string   `json:"condition,omitempty"`
		Accessories []string `json:"accessories,omitempty"`
	}

	// WasClosed ends the claim.
	WasClosed struct {
		Outcome Outcome `json:"outcome"`
		Note    string  `json:"note,omitempty"`
	}

	// WasCancelled ends a claim that nothing came of. Returning is set while
	// we hold the device: the claim then goes to ready.
	WasCancelled struct {
		Reason    string `json:"reason"`
		Returning bool   `json:"returning,omitempty"`
	}

	// WasReopened takes a claim up again.
	WasReopened struct {
		Reason string    `json:"reason"`
		Demand time.Time `json:"demand"` // the new demand
	}

	// WasOverridden departs from the decision.
	WasOverridden struct {
		Override Override `json:"override"`
	}

	// NoteAdded is a note among staff.
	NoteAdded struct {
		Text string `json:"text"`
	}
)

// The stored names of events.
const (
	EventSubmitted          EventKind = "submitted"
	EventDeviceAsked        EventKind = "device_asked"
	EventAccepted           EventKind = "accepted"
	EventForwarded          EventKind = "forwarded"
	EventReceived           EventKind = "received"
	EventRouted             EventKind = "routed"
	EventAssigned           EventKind = "assigned"
	EventDiagnosisStarted   EventKind = "diagnosis_started"
	EventDiagnosed          EventKind = "diagnosed"
	EventDocumentsRecorded  EventKind = "documents_recorded"
	EventAnswersRecorded    EventKind = "answers_recorded"
	EventAcknowledged       EventKind = "acknowledged"
	EventDecided            EventKind = "decided"
	EventBasisChosen        EventKind = "basis_chosen"
	EventCustomerAsked      EventKind = "customer_asked"
	EventRemedyChosen       EventKind = "remedy_chosen"
	EventDifferenceAnswered EventKind = "difference_answered"
	EventEstimateOffered    EventKind = "estimate_offered"
	EventEstimateAnswered   EventKind = "estimate_answered"
	EventRepairStarted      EventKind = "repair_started"
	EventPartsAwaited       EventKind = "parts_awaited"
	EventPartsCame          EventKind = "parts_came"
	EventFoundUnrepairable  EventKind = "found_unrepairable"
	EventFoundImpossible    EventKind = "found_impossible"
	EventRepairFinished     EventKind = "repair_finished"
	EventReplaced           EventKind = "replaced"
	EventRefundApproved     EventKind = "refund_approved"
	EventRefundPaid         EventKind = "refund_paid"
	EventRefused            EventKind = "refused"
	EventReady              EventKind = "ready"
	EventShipped            EventKind = "shipped"
	EventHandedOver         EventKind = "handed_over"
	EventClosed             EventKind = "closed"
	EventCancelled          EventKind = "cancelled"
	EventReopened           EventKind = "reopened"
	EventOverridden         EventKind = "overridden"
	EventNoteAdded          EventKind = "note_added"
)
