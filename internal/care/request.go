package care

import "time"

// The kinds of request (C12, A1), in the words of the decision contract.
const (
	WarrantyService   = "warranty_service"
	TechnicalSupport  = "technical_support"
	Consultation      = "consultation"
	Documentation     = "documentation"
	VideoConsultation = "video_consultation"
)

// RequestState says whether a request still waits for us.
type RequestState string

// The states of a request.
const (
	RequestOpen     RequestState = "open"     // we owe an answer
	RequestAnswered RequestState = "answered" // the customer has one and may write again
	RequestClosed   RequestState = "closed"
)

// ReturnMethod is how the customer wants the device back (B9).
type ReturnMethod string

// The ways back.
const (
	ReturnCollect ReturnMethod = "collect" // handed over at the place that took it in
	ReturnDeliver ReturnMethod = "deliver" // by courier to the address in the request
)

// Request is what a customer asked, by whatever way it came in. A
// warranty_service request becomes a claim; the others are answered in their
// thread.
type Request struct {
	ID         string
	Retailer   string
	Number     string // REQ-2026-000004
	Kind       string // policy vocabulary "request_kinds"
	Channel    string // policy vocabulary "channels"
	Lang       string
	State      RequestState
	Customer   string
	Unit       string // "" when the request is about no unit
	Claim      string // the claim it became
	Subject    string // what it is about when no unit is known: brand and model
	Text       string
	Return     ReturnMethod
	Address    string // return address
	Settlement string
	ReceivedAt time.Time // the customer's demand
	// AnswerUntil is the end of the promised answer term (C11); zero when
	// nothing is promised. AnswerDue is the same as the promise words it: a
	// date or an instant.
	AnswerUntil time.Time
	AnswerDue   string
	AnsweredAt  time.Time
	LateAt      time.Time // when it was found that the promised answer is late; zero = was not
	Updated     time.Time
	Slot        time.Time // wished time of a video consultation
}

// Late reports whether the promised answer is late and still owed: the request
// then stands at the top of the list (C11).
func (r Request) Late() bool {
	return !r.LateAt.IsZero() && r.AnsweredAt.IsZero() && r.State == RequestOpen
}

// Message is one entry of a request's thread. For a claim's request the
// thread goes on while the claim lives.
type Message struct {
	ID       string
	Retailer string
	Request  string
	At       time.Time
	Actor    Actor
	Text     string
	Internal bool // a note among staff; never shown to the customer
}

// Tracking lets a customer in by a link: 128 random bits of which only the
// hash is stored.
type Tracking struct {
	Hash     string // hex SHA-256 of the token
	Retailer string
	Request  string
	Claim    string // "" when the request is no claim
	Customer string
	Created  time.Time
	Expires  time.Time // zero = never
}
