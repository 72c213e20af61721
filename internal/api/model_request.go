package api

import (
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// NewRequest is a request as a program hands it in.
type NewRequest struct {
	Kind       string    `json:"kind" vocab:"request_kinds" doc:"kind of request"`
	Channel    string    `json:"channel,omitempty" vocab:"channels" doc:"how it came in; absent = api"`
	Lang       string    `json:"lang,omitempty" maxLength:"10" doc:"language of the answers; absent = that of this call"`
	Text       string    `json:"text,omitempty" maxLength:"20000" doc:"what is asked; required but for warranty_service"`
	Subject    string    `json:"subject,omitempty" maxLength:"200" doc:"what it is about when no unit is known"`
	Customer   Contact   `json:"customer" doc:"who asks; a phone or an e-mail is required"`
	Return     *Return   `json:"return,omitempty" doc:"how the device goes back; absent = collected"`
	Settlement string    `json:"settlement,omitempty" maxLength:"200" doc:"settlement of the return address"`
	ReceivedAt time.Time `json:"received_at,omitzero" doc:"the customer's demand, where it came before now"`
	Slot       time.Time `json:"slot,omitzero" doc:"time of a video consultation: one of the retailer's slots, or a wish where it names none"`
	Identity   string    `json:"identity,omitempty" maxLength:"100" doc:"serial or IMEI of a unit in the registry"`
	Device     *Device   `json:"device,omitempty" doc:"a unit that the registry may not know"`
	Basis      string    `json:"basis,omitempty" vocab:"bases" doc:"the customer's choice, where already made"`
	Remedy     string    `json:"remedy,omitempty" vocab:"remedy_kinds" doc:"what the customer wants, of what the terms or the law may give; its terms count from received_at"`
	Documents  *[]string `json:"documents,omitempty" vocab:"documents" doc:"documents at hand; absent = not asked, empty = none"`
	Facts      []Answer  `json:"facts,omitempty" maxItems:"50" doc:"answers to the decision's questions"`
	Accepted   []string  `json:"acknowledged,omitempty" maxItems:"50" doc:"ids of the acknowledgements that the customer ticked"`
}

// Return is how the customer wants the device back.
type Return struct {
	Method  string `json:"method" vocab:"returns" doc:"collect, or deliver by courier"`
	Address string `json:"address,omitempty" maxLength:"500" doc:"return address; absent = the customer's"`
}

// Device is a unit as its owner describes it.
type Device struct {
	Category  string        `json:"category" vocab:"categories" doc:"category of goods"`
	Brand     string        `json:"brand" minLength:"1" maxLength:"100" doc:"brand"`
	Model     string        `json:"model,omitempty" maxLength:"200" doc:"model"`
	Serial    string        `json:"serial,omitempty" maxLength:"100" doc:"serial number; this or the IMEI is required"`
	IMEI      string        `json:"imei,omitempty" maxLength:"50" doc:"IMEI"`
	Channel   string        `json:"sale_channel,omitempty" vocab:"sale_channels" doc:"how it was sold; absent = third_party"`
	SoldOn    calendar.Date `json:"sold_on,omitzero" format:"date" doc:"day of the sale"`
	Delivered calendar.Date `json:"delivered,omitzero" format:"date" doc:"day of delivery"`
	Receipt   string        `json:"receipt,omitempty" maxLength:"100" doc:"number of the receipt"`
	Price     *Money        `json:"price,omitempty" doc:"price paid"`
	Papers
}

// Answer states one fact of the decision contract.
type Answer struct {
	Fact  string `json:"fact" vocab:"answerable" doc:"path of the fact" example:"unit.lock_active"`
	Value string `json:"value" maxLength:"200" doc:"its value as text: true, 2026-03-01, 1999.00 BGN; empty = unknown again" example:"false"`
}

func answerOf(a Answer) care.Answer { return care.Answer{Fact: a.Fact, Value: a.Value} }

func (n NewRequest) request(lang string) (desk.NewRequest, error) {
	out := desk.NewRequest{Kind: n.Kind, Channel: n.Channel, Lang: n.Lang, Text: n.Text, Subject: n.Subject, Customer: n.Customer.contact(),
		Settlement: n.Settlement, ReceivedAt: n.ReceivedAt, Slot: n.Slot, Identity: n.Identity, Basis: policy.Basis(n.Basis), Remedy: n.Remedy,
		Facts: each(n.Facts, answerOf), Accepted: n.Accepted}
	if out.Channel == "" {
		out.Channel = "api"
	}
	if out.Lang == "" {
		out.Lang = lang
	}
	if n.Documents != nil {
		out.Documents = *n.Documents
	}
	if n.Return != nil {
		out.Return, out.Address = care.ReturnMethod(n.Return.Method), n.Return.Address
	}
	if n.Device == nil {
		return out, nil
	}
	d, err := n.Device.device()
	out.Device = d
	return out, err
}

func (d Device) device() (*desk.Device, error) {
	sale := care.Sale{Channel: d.Channel, Date: d.SoldOn, Delivered: d.Delivered, Receipt: d.Receipt}
	var err error
	if sale.Price, err = d.Price.amount("price"); err != nil {
		return nil, err
	}
	if err := d.onto(&sale); err != nil {
		return nil, err
	}
	return &desk.Device{Category: d.Category, Brand: d.Brand, Model: d.Model, Serial: d.Serial, IMEI: d.IMEI, Sale: sale}, nil
}

// onto carries what the papers say over to a sale.
func (p Papers) onto(s *care.Sale) (err error) {
	s.IMEIOnReceipt, s.CardInKit, s.OriginalPackaging = p.IMEIOnReceipt, p.CardInKit, p.OriginalPackaging
	if p.Warranty != nil {
		s.WarrantyMonths, s.WarrantyIssuer = p.Warranty.Months, p.Warranty.Issuer
	}
	if c := p.Certificate; c != nil {
		s.Certificate, s.CertificateSold = c.Number, c.Sold
		s.CertificatePrice, err = c.Price.amount("certificate.price")
	}
	return err
}

// Request is what a customer asked.
type Request struct {
	ID          string    `json:"id" doc:"id"`
	Number      string    `json:"number" doc:"number for people" example:"REQ-2026-000004"`
	Kind        string    `json:"kind" vocab:"request_kinds" doc:"kind of request"`
	Channel     string    `json:"channel" vocab:"channels" doc:"how it came in"`
	Lang        string    `json:"lang" doc:"language of the answers"`
	State       string    `json:"state" vocab:"request_states" doc:"open while we owe an answer"`
	CustomerID  string    `json:"customer_id,omitempty" doc:"who asked"`
	UnitID      string    `json:"unit_id,omitempty" doc:"the unit it is about"`
	ClaimID     string    `json:"claim_id,omitempty" doc:"the claim it became"`
	Subject     string    `json:"subject,omitempty" doc:"what it is about when no unit is known"`
	Text        string    `json:"text,omitempty" doc:"what was asked"`
	Return      Return    `json:"return" doc:"how the device goes back"`
	Settlement  string    `json:"settlement,omitempty" doc:"settlement of the return address"`
	ReceivedAt  time.Time `json:"received_at" doc:"the customer's demand"`
	AnswerUntil string    `json:"answer_until,omitempty" doc:"end of the promised answer term as the promise words it: a date, or an instant"`
	AnswerLate  time.Time `json:"answer_late_from,omitzero" doc:"the first instant that is too late"`
	Late        bool      `json:"late" doc:"the promised answer is late and still owed; such requests are listed first"`
	LateAt      time.Time `json:"late_at,omitzero" doc:"when it was found to be late, and the manager was told"`
	AnsweredAt  time.Time `json:"answered_at,omitzero" doc:"the first answer"`
	UpdatedAt   time.Time `json:"updated_at" doc:"last change"`
	Slot        time.Time `json:"slot,omitzero" doc:"wished time of a video consultation"`
}

func requestOf(zone *time.Location) func(care.Request) Request {
	return func(r care.Request) Request {
		return Request{ID: r.ID, Number: r.Number, Kind: r.Kind, Channel: r.Channel, Lang: r.Lang, State: string(r.State), CustomerID: r.Customer,
			UnitID: r.Unit, ClaimID: r.Claim, Subject: r.Subject, Text: r.Text, Return: Return{Method: string(r.Return), Address: r.Address},
			Settlement: r.Settlement, ReceivedAt: in(r.ReceivedAt, zone), AnswerUntil: r.AnswerDue, AnswerLate: in(r.AnswerUntil, zone), Late: r.Late(), LateAt: in(r.LateAt, zone),
			AnsweredAt: in(r.AnsweredAt, zone), UpdatedAt: in(r.Updated, zone), Slot: in(r.Slot, zone)}
	}
}

// Actor is who did something.
type Actor struct {
	Kind string `json:"kind" vocab:"actor_kinds" doc:"what kind of party"`
	ID   string `json:"id,omitempty" doc:"id of the user, customer or program"`
	Name string `json:"name,omitempty" doc:"as shown in the history"`
	Role string `json:"role,omitempty" vocab:"roles" doc:"role"`
}

func actorOf(a care.Actor) Actor {
	role := string(a.Role)
	if !a.Role.Valid() {
		role = ""
	}
	return Actor{Kind: string(a.Kind), ID: a.ID, Name: a.Name, Role: role}
}

// Message is one entry of a thread.
type Message struct {
	ID       string    `json:"id" doc:"id"`
	At       time.Time `json:"at" doc:"when it was written"`
	By       Actor     `json:"by" doc:"who wrote it"`
	Text     string    `json:"text" doc:"the text"`
	Internal bool      `json:"internal" doc:"a note among staff"`
}

func messageOf(zone *time.Location) func(care.Message) Message {
	return func(m care.Message) Message {
		return Message{ID: m.ID, At: in(m.At, zone), By: actorOf(m.Actor), Text: m.Text, Internal: m.Internal}
	}
}

// RequestDetail is a request with its thread.
type RequestDetail struct {
	Request  Request   `json:"request" doc:"the request"`
	Customer *Customer `json:"customer,omitempty" doc:"who asked"`
	Unit     *Unit     `json:"unit,omitempty" doc:"the unit it is about"`
	Thread   []Message `json:"thread" doc:"what was written, oldest first"`

	Sent    []SentDocuments `json:"sent,omitempty" doc:"documents that came with messages of the thread"`
	Meeting *Meeting        `json:"meeting,omitempty" doc:"the latest booking of a video consultation, cancelled or not"`
	Support *SupportRight   `json:"support,omitempty" doc:"the right to phone support on the day of the request"`

	Attachments []Attachment `json:"attachments" doc:"photos and papers of the request and its claim, oldest first"`
}

func requestDetailOf(v desk.RequestView, zone *time.Location) RequestDetail {
	out := RequestDetail{Request: requestOf(zone)(v.Request), Unit: unitPtr(v.Unit), Thread: each(v.Thread, messageOf(zone)),
		Attachments: each(v.Attachments, attachmentOf(zone))}
	if v.Customer.ID != "" {
		c := customerOf(v.Customer)
		out.Customer = &c
	}
	for _, m := range v.Thread {
		if sent := v.Sent[m.ID]; len(sent) > 0 {
			out.Sent = append(out.Sent, SentDocuments{Message: m.ID, Documents: each(sent, documentOf)})
		}
	}
	if v.Meeting != nil {
		out.Meeting = meetingOf(*v.Meeting, v.MeetingLink, zone)
	}
	if s := v.Support; s != nil {
		out.Support = &SupportRight{From: s.From, LastDay: s.LastDay, InForce: s.InForce, Clause: s.Clause}
	}
	return out
}

// Receipt is the answer to a request.
type Receipt struct {
	Request      Request `json:"request" doc:"the request"`
	Claim        *Claim  `json:"claim,omitempty" doc:"the claim that it became"`
	TrackingLink Link    `json:"tracking" doc:"the customer's tracking link"`
}

// Link is a tracking link. Its token is told once and never again.
type Link struct {
	Token string `json:"token" doc:"128 random bits; only their hash is stored"`
	Path  string `json:"path" doc:"address of the customer's page on this server" example:"/track/…"`
}

func linkOf(token string) Link { return Link{Token: token, Path: "/track/" + token} }

// NewMessage is a message to write.
type NewMessage struct {
	Text     string `json:"text" minLength:"1" maxLength:"20000" doc:"the text"`
	Internal bool   `json:"internal,omitempty" doc:"a note among staff; the customer never sees it"`

	Documents []string `json:"documents,omitempty" maxItems:"50" doc:"ids of documents of products to send along; not with a note among staff"`
}

// CustomerMessage is a customer's message.
type CustomerMessage struct {
	Text string `json:"text" minLength:"1" maxLength:"20000" doc:"the text"`
}
