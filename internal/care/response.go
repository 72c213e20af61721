package care

import (
	"slices"
	"time"
)

// Response is how soon a partner centre acts on a claim that was routed to it:
// takes the device in, then diagnoses it (B2, D7). They are the house's terms
// with the centre, not the customer's.
type Response struct {
	Centre   string        `json:"centre"`
	Clause   string        `json:"clause"`
	Since    time.Time     `json:"since"` // when it was named
	AcceptBy time.Time     `json:"accept_by"`
	Diagnose time.Duration `json:"diagnose"` // from taking it in

	AcceptedAt  time.Time `json:"accepted_at,omitzero"`
	DiagnoseBy  time.Time `json:"diagnose_by,omitzero"` // known once it is taken in
	DiagnosedAt time.Time `json:"diagnosed_at,omitzero"`
}

// The names of a partner's terms on a claim's clock.
const (
	ClockAccept   = "partner_accept"
	ClockDiagnose = "partner_diagnose"
)

// Terms are what a pack says of a centre's response.
type Terms struct {
	Clause           string
	Accept, Diagnose time.Duration
}

// ResponseDue starts a partner's terms.
type ResponseDue struct {
	Response Response `json:"response"`
}

// EventResponseDue is the stored name of ResponseDue.
const EventResponseDue EventKind = "response_due"

// EventKind implements Payload.
func (*ResponseDue) EventKind() EventKind { return EventResponseDue }

func (p *ResponseDue) apply(c *Claim, _ Event) {
	r := p.Response
	c.Response = &r
}

// responding lists the states in which a centre has yet to act.
var responding = []State{Submitted, AwaitingDevice, Accepted, InDiagnosis}

// withResponse adds the start of a centre's terms where the events name one.
func withResponse(c Claim, payloads []Payload, env Env) []Payload {
	if env.Respond == nil || len(payloads) == 0 {
		return payloads
	}
	before, at := c.Centre, stamp(env)
	for _, p := range payloads {
		c = c.When(Event{Retailer: c.Retailer, Claim: c.ID, Seq: c.Seq + 1, At: at, Actor: env.Actor, Data: p})
	}
	if c.Centre == "" || c.Centre == before || !slices.Contains(responding, c.State) {
		return payloads
	}
	t := env.Respond(c.Centre)
	if t == nil {
		return payloads
	}
	return append(payloads, &ResponseDue{Response{Centre: c.Centre, Clause: t.Clause, Since: at, AcceptBy: at.Add(t.Accept), Diagnose: t.Diagnose}})
}

// followResponse notes what the centre has done by an event.
func (c *Claim) followResponse(e Event) {
	if c.Response == nil {
		return
	}
	r := *c.Response
	switch {
	case r.Centre != c.Centre:
		c.Response = nil // another centre has the claim now
		return
	case r.AcceptedAt.IsZero() && c.Custody.Kind == HeldByCentre && c.Custody.Place == r.Centre:
		r.AcceptedAt, r.DiagnoseBy = e.At, e.At.Add(r.Diagnose)
	}
	if c.Diagnosis != nil && r.DiagnosedAt.IsZero() && !r.AcceptedAt.IsZero() && !c.Diagnosis.At.Before(r.AcceptedAt) {
		r.DiagnosedAt = c.Diagnosis.At
	}
	c.Response = &r
}

// PartnerDue is what the centre has to do next, and by when; "" where it has
// nothing to do.
func (c Claim) PartnerDue() (name string, due time.Time) {
	r := c.Response
	switch {
	case r == nil || !slices.Contains(responding, c.State) || !r.DiagnosedAt.IsZero():
		return "", time.Time{}
	case r.AcceptedAt.IsZero():
		return ClockAccept, r.AcceptBy
	}
	return ClockDiagnose, r.DiagnoseBy
}
