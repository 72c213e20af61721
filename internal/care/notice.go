package care

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// ErrUndeliverable is what a sender answers of a message that will never
// arrive as it is: the address does not exist, the receiver refused it for
// good. Trying again would not help.
var ErrUndeliverable = errors.New("the message can't be delivered")

// Occasion is what a message tells of. The names are also the types of the
// events that other programs are told.
type Occasion string

// The occasions: each step that a customer cares about.
const (
	RequestReceived       Occasion = "request.received"
	DeviceReceived        Occasion = "device.received"
	ClaimDecided          Occasion = "claim.decided"
	ClaimRefused          Occasion = "claim.refused"
	ChoiceAwaited         Occasion = "choice.awaited"
	EstimateAwaited       Occasion = "estimate.awaited"
	DifferenceAwaited     Occasion = "difference.awaited"
	TermBreached          Occasion = "term.breached" // and opens a choice
	DeviceReady           Occasion = "device.ready"
	DeviceNotReady        Occasion = "device.not_ready" // after all: it went back to the bench
	DeviceShipped         Occasion = "device.shipped"
	DeviceHandedOver      Occasion = "device.handed_over"
	RefundMade            Occasion = "refund.paid"
	ClaimEnded            Occasion = "claim.closed" // without a hand-over
	ReplySent             Occasion = "reply.sent"   // staff wrote in the thread
	ConsultationBooked    Occasion = "consultation.booked"
	ConsultationMoved     Occasion = "consultation.moved"
	ConsultationCancelled Occasion = "consultation.cancelled"
	LoanerDue             Occasion = "loaner.due"
	DeviceUncollected     Occasion = "device.uncollected"
	LinkAsked             Occasion = "link.asked" // the customer lost the link

	// What only programs are told.
	ClaimChanged  Occasion = "claim.changed"  // it is in another state
	ReplyReceived Occasion = "reply.received" // the customer wrote in the thread
	EndpointTest  Occasion = "webhook.test"
)

// CustomerOccasions lists what customers are told of, weightiest first: of
// several in one transaction the first leads, and the others follow in the
// same message.
func CustomerOccasions() []Occasion {
	return []Occasion{RequestReceived, ClaimRefused, EstimateAwaited, DifferenceAwaited, ChoiceAwaited, TermBreached, DeviceHandedOver,
		RefundMade, ClaimEnded, DeviceShipped, DeviceReady, DeviceNotReady, ClaimDecided, DeviceReceived, ReplySent, ConsultationMoved, ConsultationBooked,
		ConsultationCancelled, LoanerDue, DeviceUncollected, LinkAsked}
}

// EventTypes lists what programs may be told of.
func EventTypes() []Occasion {
	return append(CustomerOccasions(), ClaimChanged, ReplyReceived)
}

// Owed reports whether the customer is told in any case: rights hang on it
// (the decision and its reasons, a choice that waits for the customer, a
// missed term that opens one), the law asks for the warning (ГК РФ 738), or
// the customer has just asked for it.
func (o Occasion) Owed() bool {
	return slices.Contains([]Occasion{ClaimDecided, ClaimRefused, ChoiceAwaited, EstimateAwaited, DifferenceAwaited, TermBreached, DeviceUncollected, LinkAsked}, o)
}

// MessageChannel is a way that a message takes.
type MessageChannel string

// The channels.
const (
	ByEmail    MessageChannel = "email"
	BySMS      MessageChannel = "sms"
	ByTelegram MessageChannel = "telegram"
	ByWebhook  MessageChannel = "webhook"
)

// MessageChannels lists the channels.
func MessageChannels() []MessageChannel {
	return []MessageChannel{ByEmail, BySMS, ByTelegram, ByWebhook}
}

// Valid reports whether c is a channel.
func (c MessageChannel) Valid() bool { return slices.Contains(MessageChannels(), c) }

// NoticeState says what became of a message.
type NoticeState string

// The states of a message.
const (
	NoticeQueued  NoticeState = "queued"  // to be sent, or tried again
	NoticeSent    NoticeState = "sent"    // the next hop has taken it
	NoticeFailed  NoticeState = "failed"  // given up; staff may send it again
	NoticeUnsent  NoticeState = "unsent"  // the installation has no such channel
	NoticeKept    NoticeState = "kept"    // a demonstration: it never leaves the machine
	NoticeDropped NoticeState = "dropped" // nobody wants it any more: switched off meanwhile
	// NoticeWithdrawn tells of what was over before it could go out: a device
	// that is no longer ready, an estimate that was answered.
	NoticeWithdrawn NoticeState = "withdrawn"
)

// NoticeStates lists the states.
func NoticeStates() []NoticeState {
	return []NoticeState{NoticeQueued, NoticeSent, NoticeFailed, NoticeUnsent, NoticeKept, NoticeDropped, NoticeWithdrawn}
}

// Valid reports whether s is a state.
func (s NoticeState) Valid() bool { return slices.Contains(NoticeStates(), s) }

// Notice is a message to a customer or to a program, queued in the transaction
// of what it tells of.
type Notice struct {
	ID       string
	Retailer string
	// Key is unique in a retailer: the same occasion never goes out twice on
	// a channel to the same receiver.
	Key      string
	Occasion Occasion
	Channel  MessageChannel
	To       string // address, number, chat, or Endpoint.ID
	Lang     string
	Request  string // Request.ID; "" = none
	Claim    string // Claim.ID; "" where it is about a request
	Customer string // Customer.ID; "" of messages to programs
	Number   string // of the claim or the request
	Facts    NoticeFacts

	State    NoticeState
	Attempts int       // since it was queued
	Retry    time.Time // when it is tried again; zero = at once, or not
	Error    string    // of the latest attempt that failed, as the next hop put it
	Reason   NoticeReason
	Created  time.Time
	Ended    time.Time // when it was sent, given up, dropped or withdrawn
	Provider string    // the next hop's id of it
	// Subject and Text are what was sent, the customer's secret link left out.
	Subject string
	Text    string
}

// NoticeFacts are what a message tells, as it stood when it was queued.
type NoticeFacts struct {
	Also   []Occasion `json:"also,omitempty"` // told in the same message
	Device string     `json:"device,omitempty"`
	State  State      `json:"state,omitempty"` // of the claim
	Wait   WaitReason `json:"wait,omitempty"`
	From   State      `json:"from,omitempty"` // of a change of state
	// Kind of the request, where it is no claim.
	Kind     string          `json:"kind,omitempty"`
	Outcome  string          `json:"outcome,omitempty"`  // policy vocabulary "outcomes", or an Outcome
	Remedy   string          `json:"remedy,omitempty"`   // policy vocabulary "remedy_kinds"
	Due      string          `json:"due,omitempty"`      // a last day, or an instant
	Deadline string          `json:"deadline,omitempty"` // of what
	Opens    []string        `json:"opens,omitempty"`    // policy vocabulary "breaches"
	Place    *NoticePlace    `json:"place,omitempty"`
	Deliver  bool            `json:"deliver,omitempty"` // it goes back by courier
	Carrier  string          `json:"carrier,omitempty"`
	Tracking string          `json:"tracking,omitempty"`
	Amount   *money.Amount   `json:"amount,omitempty"`
	Until    calendar.Date   `json:"until,omitzero"` // the last day of the warranty now
	Text     string          `json:"text,omitempty"` // staff's own words, or the terms'
	Meeting  *Meeting        `json:"meeting,omitempty"`
	Join     string          `json:"join,omitempty"` // where the meeting is held
	Data     json.RawMessage `json:"data,omitempty"` // what a program is told, in full
}

// NoticePlace is where a device can be collected, in the reader's language.
type NoticePlace struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

// Outgoing is a message on its way to a sender.
type Outgoing struct {
	Notice
	Name     string // the customer's
	Shop     string // the retailer's name in the reader's language
	Contacts []NoticeContact
	Zone     *time.Location
	Link     string    // the customer's page; "" = none
	Endpoint *Endpoint // of a message to a program
}

// NoticeContact is whom the customer may turn to.
type NoticeContact struct{ Label, Value, Hours, Kind string }

// Delivery is what became of a message that a sender took.
type Delivery struct {
	ID      string // the next hop's
	Subject string
	Text    string
	Kept    bool // it stayed on this machine
}

// NoticeFilter narrows a list of messages; it is listed newest first. Zero
// fields don't narrow.
type NoticeFilter struct {
	States   []NoticeState
	Claim    string
	Request  string
	Endpoint string // Endpoint.ID: messages to it
	People   bool   // leave out messages to programs
	Tried    bool   // leave out what waits for its first attempt
}

// ContactWish is how a customer wants to be told.
type ContactWish struct {
	Retailer string
	Customer string
	Off      bool             // nothing but what is owed
	Channels []MessageChannel // empty = the usual way
	Telegram string           // chat id; "" = none
	Updated  time.Time
}

// Ways are the channels and addresses at which a customer is told: by e-mail
// where there is one, else by SMS, and by Telegram where a chat is known; or
// those that the customer has picked.
func (w ContactWish) Ways(c Customer) map[MessageChannel]string {
	known := map[MessageChannel]string{}
	for channel, to := range map[MessageChannel]string{ByEmail: c.Email, BySMS: c.Phone, ByTelegram: w.Telegram} {
		if to != "" {
			known[channel] = to
		}
	}
	out := map[MessageChannel]string{}
	for _, channel := range w.Channels {
		if known[channel] != "" {
			out[channel] = known[channel]
		}
	}
	if len(out) > 0 {
		return out
	}
	if _, mail := known[ByEmail]; mail {
		delete(known, BySMS)
	}
	return known
}

// Endpoint is a program of the retailer's that is told what happens, after
// Standard Webhooks.
type Endpoint struct {
	ID       string
	Retailer string
	URL      string
	Secret   string // "whsec_…"
	Types    []Occasion
	Enabled  bool
	Created  time.Time
	// Failing is since when nothing has arrived; zero while all does.
	Failing  time.Time
	Stopped  time.Time // when it was switched off because nothing arrived; zero = not
	LastSent time.Time
}

// Wants reports whether the endpoint is told of an occasion.
func (e Endpoint) Wants(o Occasion) bool {
	return e.Enabled && (len(e.Types) == 0 || slices.Contains(e.Types, o) || o == EndpointTest)
}
