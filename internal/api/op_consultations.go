package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// Slot is a time at which a video consultation is given.
type Slot struct {
	Start time.Time `json:"start" doc:"when it begins"`
	End   time.Time `json:"end" doc:"when it ends"`
	Left  int       `json:"left" doc:"how many may still book it"`
}

// Meeting is the booked time of a video consultation.
type Meeting struct {
	Start     time.Time `json:"start" doc:"when it begins"`
	End       time.Time `json:"end" doc:"when it ends"`
	Link      string    `json:"link,omitempty" doc:"where the parties meet; absent = by telephone, or cancelled"`
	Cancelled time.Time `json:"cancelled,omitzero" doc:"when it was cancelled"`
	Reason    string    `json:"reason,omitempty" doc:"why it was cancelled"`
}

func meetingOf(m care.Meeting, link string, zone *time.Location) *Meeting {
	return &Meeting{Start: in(m.Start, zone), End: in(m.End, zone), Link: link, Cancelled: in(m.Cancelled, zone), Reason: m.Reason}
}

// Consultation is a line of the calendar of consultations.
type Consultation struct {
	Meeting
	RequestID string `json:"request_id" doc:"the request"`
	Number    string `json:"number" doc:"number of the request" example:"REQ-2026-000004"`
	Subject   string `json:"subject,omitempty" doc:"what it is about"`
	Customer  string `json:"customer_name" doc:"who asked"`
	Phone     string `json:"phone,omitempty" doc:"phone"`
}

// SupportRight is the right to phone support on the day of a request.
type SupportRight struct {
	From    string `json:"from" doc:"day of delivery"`
	LastDay string `json:"last_day" doc:"last day, inclusive"`
	InForce bool   `json:"in_force" doc:"the request fell inside"`
	Clause  string `json:"clause" doc:"id of the clause"`
}

// BookSlot books a time.
type BookSlot struct {
	Start time.Time `json:"start" doc:"when the consultation begins: a slot"`
}

// CancelSlot gives a booked time back.
type CancelSlot struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"why; it is written in the thread. Staff must give one"`
}

// TurnIn is what a request lacks to become a claim.
type TurnIn struct {
	Identity  string    `json:"identity,omitempty" maxLength:"100" doc:"serial or IMEI; absent = the unit that the request is about"`
	Device    *Device   `json:"device,omitempty" doc:"a unit that the registry may not know"`
	Return    *Return   `json:"return,omitempty" doc:"how the device goes back; absent = as the request says"`
	Demanded  time.Time `json:"demanded_at,omitzero" doc:"when the customer asked for service; absent = now"`
	Basis     string    `json:"basis,omitempty" vocab:"bases" doc:"the customer's choice, where already made"`
	Documents *[]string `json:"documents,omitempty" vocab:"documents" doc:"documents at hand; absent = not asked, empty = none"`
	Facts     []Answer  `json:"facts,omitempty" maxItems:"50" doc:"answers to the decision's questions"`
	Accepted  []string  `json:"acknowledged,omitempty" maxItems:"50" doc:"ids of the acknowledgements that the customer made"`
}

func (t TurnIn) turn() (desk.TurnIn, error) {
	out := desk.TurnIn{Identity: t.Identity, Basis: policy.Basis(t.Basis), Facts: each(t.Facts, answerOf), Accepted: t.Accepted, Demanded: t.Demanded}
	if t.Documents != nil {
		out.Documents = *t.Documents
	}
	if t.Return != nil {
		out.Return, out.Address = care.ReturnMethod(t.Return.Method), t.Return.Address
	}
	if t.Device == nil {
		return out, nil
	}
	var err error
	out.Device, err = t.Device.device()
	return out, err
}

type slotsIn struct {
	RetailerPath
	From time.Time `query:"from" doc:"from this instant; absent = now"`
	To   time.Time `query:"to" doc:"before this instant; absent = as far ahead as can be booked"`
}

type slotsOut struct {
	Body struct {
		Items []Slot `json:"items" doc:"times that can be booked now, full ones too; empty where the retailer names no times"`
	} `nameHint:"Slots"`
}

type consultationsIn struct {
	From      time.Time `query:"from" doc:"from this instant; absent = all"`
	To        time.Time `query:"to" doc:"before this instant"`
	Cancelled bool      `query:"cancelled" doc:"cancelled ones too"`
	PageQuery
}

type bookSlotIn struct {
	RequestPath
	Body BookSlot
}

type cancelSlotIn struct {
	RequestPath
	Body CancelSlot
}

type turnIn struct {
	RequestPath
	Body TurnIn
}

type trackBookIn struct {
	TokenPath
	Body BookSlot
}

type trackCancelIn struct {
	TokenPath
	Body CancelSlot
}

type turnedOut struct {
	Location string `header:"Location" doc:"address of the claim"`
	Body     Claim
}

func (s *server) consultationOperations() {
	tag := []string{"Requests"}
	register(s, huma.Operation{OperationID: "list-slots", Method: http.MethodGet, Path: "/retailers/{retailer}/slots", Tags: []string{"Public"},
		Summary: "List the times of a retailer's video consultations"}, s.slots)
	register(s, huma.Operation{OperationID: "list-consultations", Method: http.MethodGet, Path: "/consultations", Tags: tag, Security: byKey(),
		Summary: "List the booked video consultations by their start"},
		func(ctx context.Context, who caller, in *consultationsIn) (*pageOut[Consultation], error) {
			items, next, err := s.desk.Consultations(ctx, who.actor, care.MeetingFilter{From: in.From, To: in.To, Cancelled: in.Cancelled}, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, func(m care.MeetingItem) Consultation {
				return Consultation{Meeting: *meetingOf(m.Meeting, s.desk.MeetingLink(m.Meeting), who.zone), RequestID: m.Request, Number: m.Number,
					Subject: m.Subject, Customer: m.CustomerName, Phone: m.Phone}
			}), nil
		})
	register(s, huma.Operation{OperationID: "book-slot", Method: http.MethodPost, Path: "/requests/{request}/slot", Tags: tag, Security: byKey(),
		Summary: "Book a time for a request for a video consultation"},
		func(ctx context.Context, who caller, in *bookSlotIn) (*requestOut, error) {
			if err := s.desk.BookSlot(ctx, who.actor, in.Request, in.Body.Start); err != nil {
				return nil, at(err, "slot", "/start")
			}
			return s.request(ctx, who, in.Request)
		})
	register(s, huma.Operation{OperationID: "cancel-slot", Method: http.MethodPost, Path: "/requests/{request}/slot/cancel", Tags: tag, Security: byKey(),
		Summary: "Give the booked time of a request back; the request stays open"},
		func(ctx context.Context, who caller, in *cancelSlotIn) (*requestOut, error) {
			if err := s.desk.CancelSlot(ctx, who.actor, in.Request, in.Body.Reason); err != nil {
				return nil, at(err, "reason", "/reason")
			}
			return s.request(ctx, who, in.Request)
		})
	register(s, huma.Operation{OperationID: "turn-request", Method: http.MethodPost, Path: "/requests/{request}/claim", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Make a claim of a request that is none",
		Description: "The thread, the customer and the tracking links go on with the claim."}, s.turnRequest)
	register(s, huma.Operation{OperationID: "track-book-slot", Method: http.MethodPost, Path: "/track/{token}/slot", Tags: []string{"Tracking"},
		Summary: "Book a time for the video consultation that was asked for"},
		func(ctx context.Context, who caller, in *trackBookIn) (*trackedOut, error) {
			if err := s.desk.TrackedBookSlot(ctx, in.Token, in.Body.Start); err != nil {
				return nil, at(err, "slot", "/start")
			}
			return s.tracked(ctx, who, in.Token)
		})
	register(s, huma.Operation{OperationID: "track-cancel-slot", Method: http.MethodPost, Path: "/track/{token}/slot/cancel", Tags: []string{"Tracking"},
		Summary: "Give the booked time back"},
		func(ctx context.Context, who caller, in *trackCancelIn) (*trackedOut, error) {
			if err := s.desk.TrackedCancelSlot(ctx, in.Token, in.Body.Reason); err != nil {
				return nil, err
			}
			return s.tracked(ctx, who, in.Token)
		})
}

func (s *server) slots(ctx context.Context, _ caller, q *slotsIn) (*slotsOut, error) {
	zone, err := s.zone(ctx, q.Retailer)
	if err != nil {
		return nil, err
	}
	from, to := q.From, q.To
	if from.IsZero() {
		from = s.now()
	}
	if to.IsZero() {
		to = from.AddDate(1, 0, 0)
	}
	items, err := s.desk.Slots(ctx, q.Retailer, from, to)
	if err != nil {
		return nil, err
	}
	out := &slotsOut{}
	out.Body.Items = each(items, func(x desk.Slot) Slot { return Slot{Start: in(x.Start, zone), End: in(x.End, zone), Left: x.Left} })
	return out, nil
}

func (s *server) turnRequest(ctx context.Context, who caller, in *turnIn) (*turnedOut, error) {
	turn, err := in.Body.turn()
	as := NewRequest{Identity: in.Body.Identity, Device: in.Body.Device, Facts: in.Body.Facts}
	if err != nil {
		return nil, submitPointers(err, as)
	}
	c, err := s.desk.TurnIntoClaim(ctx, who.actor, in.Request, turn)
	if err != nil {
		return nil, submitPointers(err, as)
	}
	return &turnedOut{Location: Base + "/claims/" + c.ID, Body: s.claim(s.words.Locale(who.lang), c, who.zone, s.desk.NextActions(c, who.actor))}, nil
}
