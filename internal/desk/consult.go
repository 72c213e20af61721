package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// ConsultTx keeps the times of video consultations, and the right to support
// that was found with a request.
type ConsultTx interface {
	// AddMeeting takes a seat. A seat that is taken, or a request that has a
	// booking, is care.ErrConflict, after which the transaction can go on.
	AddMeeting(ctx context.Context, m care.Meeting) error
	PutMeeting(ctx context.Context, m care.Meeting) error
	// MeetingOf is the latest booking of a request, cancelled or not.
	MeetingOf(ctx context.Context, retailer, request string) (care.Meeting, error)
	// MeetingsBetween lists the bookings that stand and overlap a time.
	MeetingsBetween(ctx context.Context, retailer string, from, to time.Time) ([]care.Meeting, error)
	// Meetings are listed by their start.
	Meetings(ctx context.Context, retailer string, f care.MeetingFilter, page care.Page) (items []care.MeetingItem, next string, err error)

	PutSupport(ctx context.Context, retailer, request string, s care.SupportRight) error
	Support(ctx context.Context, retailer, request string) (care.SupportRight, error)
}

// Slot is a time at which a video consultation is given.
type Slot struct {
	Start, End time.Time
	Left       int // how many may still book it
}

// Slots lists the times of a retailer's video consultations that begin in
// [from, to) and can be booked now, those that are full too (A1). Anybody may
// look.
func (d *Desk) Slots(ctx context.Context, retailer string, from, to time.Time) ([]Slot, error) {
	program, err := d.program(retailer)
	if err != nil {
		return nil, err
	}
	offered := program.Slots(from, to, d.now())
	if len(offered) == 0 {
		return nil, nil
	}
	var taken []care.Meeting
	err = d.store.View(ctx, func(tx Tx) error {
		taken, err = tx.MeetingsBetween(ctx, retailer, offered[0].Start, offered[len(offered)-1].End)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list slots: %w", err)
	}
	out := make([]Slot, len(offered))
	for i, s := range offered {
		out[i] = Slot{Start: s.Start, End: s.End, Left: max(s.Capacity-overlaps(taken, s), 0)}
	}
	return out, nil
}

func overlaps(taken []care.Meeting, s policy.Slot) (n int) {
	for _, m := range taken {
		if m.Start.Before(s.End) && s.Start.Before(m.End) {
			n++
		}
	}
	return n
}

func (d *Desk) program(retailer string) (*policy.Program, error) {
	p, err := d.packs.Program(retailer, calendar.Date{})
	if errors.Is(err, policy.ErrUnknownPack) {
		return nil, care.Fail(care.NotFound, "no_retailer", "retailer", retailer)
	}
	if err != nil {
		return nil, fmt.Errorf("find pack: %w", err)
	}
	return p, nil
}

// reserve gives a request a seat at a time. The time is the end of the term in
// which the request is answered. However many book at once, a seat is one
// person's: the store takes it once.
func (d *Desk) reserve(ctx context.Context, tx Tx, t terms, r *care.Request, start time.Time) error {
	program, err := d.program(r.Retailer)
	if err != nil {
		return err
	}
	offered := program.Slots(start, start.Add(time.Minute), d.now())
	if len(offered) == 0 || !offered[0].Start.Equal(start) {
		return care.Fail(care.Invalid, "slot_not_offered").At("slot")
	}
	slot := offered[0]
	taken, err := tx.MeetingsBetween(ctx, r.Retailer, slot.Start, slot.End)
	if err != nil {
		return fmt.Errorf("bookings: %w", err)
	}
	if overlaps(taken, slot) >= slot.Capacity {
		return care.Fail(care.Conflict, "slot_full").At("slot")
	}
	id, err := d.newID()
	if err != nil {
		return err
	}
	room, _, err := d.newToken(16)
	if err != nil {
		return err
	}
	m := care.Meeting{ID: id, Retailer: r.Retailer, Request: r.ID, Customer: r.Customer, Start: slot.Start, End: slot.End, Room: room,
		Clause: slot.Rule.ID, Created: d.now()}
	for m.Seat = 1; m.Seat <= slot.Capacity; m.Seat++ {
		err := tx.AddMeeting(ctx, m)
		if errors.Is(err, care.ErrConflict) {
			continue // somebody sits there
		}
		if err != nil {
			return fmt.Errorf("store booking: %w", err)
		}
		r.Slot, r.AnswerUntil = slot.Start, slot.Start
		r.AnswerDue = slot.Start.In(t.zone).Format(time.RFC3339)
		return nil
	}
	return care.Fail(care.Conflict, "slot_full").At("slot")
}

// wishedSlot books the time that a new request names, where the retailer has
// such times; else it stays a wish.
func (d *Desk) wishedSlot(ctx context.Context, tx Tx, t terms, r *care.Request) error {
	if r.Kind != care.VideoConsultation || r.Slot.IsZero() {
		return nil
	}
	program, err := d.program(r.Retailer)
	if err != nil || !program.HasSlots() {
		return err
	}
	return d.reserve(ctx, tx, t, r, r.Slot)
}

// BookSlot books a time for a request for a video consultation, by staff or,
// by their tracking link, the customer: TrackedBookSlot.
func (d *Desk) BookSlot(ctx context.Context, actor care.Actor, request string, start time.Time) error {
	if err := may(actor, AnswerRequests); err != nil {
		return err
	}
	return d.bookSlot(ctx, actor, request, start)
}

// TrackedBookSlot books a time for the request that the link opens.
func (d *Desk) TrackedBookSlot(ctx context.Context, token string, start time.Time) error {
	link, actor, err := d.followed(ctx, token)
	if err != nil {
		return err
	}
	return d.bookSlot(ctx, actor, link.Request, start)
}

func (d *Desk) bookSlot(ctx context.Context, actor care.Actor, request string, start time.Time) error {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return err
	}
	return d.inRequest(ctx, actor, request, "request.book", func(tx Tx, r *care.Request) error {
		if r.Kind != care.VideoConsultation || r.Claim != "" {
			return care.Fail(care.Illegal, "no_consultation", "number", r.Number)
		}
		m, err := tx.MeetingOf(ctx, r.Retailer, r.ID)
		if none := missing(&err); err != nil {
			return fmt.Errorf("booking of request: %w", err)
		} else if !none && m.Stands() {
			return care.Fail(care.Illegal, "slot_booked", "number", r.Number)
		}
		r.State = care.RequestOpen
		if err := d.reserve(ctx, tx, t, r, start); err != nil {
			return err
		}
		return d.noticeBooked(ctx, tx, *r, m.ID != "")
	})
}

// CancelSlot gives a booked time back. The reason is written to the customer,
// whom staff then offer another time: the request stays open.
func (d *Desk) CancelSlot(ctx context.Context, actor care.Actor, request, reason string) error {
	if err := may(actor, AnswerRequests); err != nil {
		return err
	}
	if err := required(reason, "reason"); err != nil {
		return err
	}
	return d.cancelSlot(ctx, actor, request, reason)
}

// TrackedCancelSlot gives the time of the request that the link opens back,
// and ends the request. A reason need not be given.
func (d *Desk) TrackedCancelSlot(ctx context.Context, token, reason string) error {
	link, actor, err := d.followed(ctx, token)
	if err != nil {
		return err
	}
	return d.cancelSlot(ctx, actor, link.Request, reason)
}

func (d *Desk) cancelSlot(ctx context.Context, actor care.Actor, request, reason string) error {
	return d.inRequest(ctx, actor, request, "request.cancel_slot", func(tx Tx, r *care.Request) error {
		if err := d.freeSlot(ctx, tx, actor, r, reason); err != nil {
			return err
		}
		if r.State = care.RequestOpen; actor.Kind == care.CustomerActor {
			r.State = care.RequestClosed
		}
		if strings.TrimSpace(reason) == "" {
			return nil
		}
		return d.say(ctx, tx, actor, *r, reason, false)
	})
}

// freeSlot cancels the booking of a request that has not begun.
func (d *Desk) freeSlot(ctx context.Context, tx Tx, actor care.Actor, r *care.Request, reason string) error {
	m, err := tx.MeetingOf(ctx, r.Retailer, r.ID)
	if missing(&err) || err == nil && !m.Stands() {
		return care.Fail(care.Illegal, "no_slot", "number", r.Number)
	}
	if err != nil {
		return fmt.Errorf("booking of request: %w", err)
	}
	if !d.now().Before(m.Start) {
		return care.Fail(care.Illegal, "slot_begun", "number", r.Number)
	}
	m.Cancelled, m.By, m.Reason, m.Sequence = d.now(), actor.Kind, strings.TrimSpace(reason), m.Sequence+1
	if err := tx.PutMeeting(ctx, m); err != nil {
		return fmt.Errorf("store booking: %w", err)
	}
	if err := d.forgetAnswer(ctx, tx, *r); err != nil {
		return err
	}
	r.Slot, r.AnswerUntil, r.AnswerDue = time.Time{}, time.Time{}, ""
	return d.noticeMeeting(ctx, tx, *r, m, care.ConsultationCancelled)
}

// forgetAnswer drops the jobs of an answer that is owed no more.
func (d *Desk) forgetAnswer(ctx context.Context, tx Tx, r care.Request) error {
	list, err := d.answerPlans(r)
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := tx.SettleAlerts(ctx, r.Retailer, p.key, d.now()); err != nil {
			return fmt.Errorf("settle alerts: %w", err)
		}
		if err := tx.DropJob(ctx, p.key); err != nil {
			return fmt.Errorf("drop job: %w", err)
		}
	}
	return nil
}

// Consultations is the calendar of booked video consultations, by their start.
func (d *Desk) Consultations(ctx context.Context, actor care.Actor, f care.MeetingFilter, page care.Page) (list []care.MeetingItem, next string, err error) {
	if err := may(actor, ReadRequests); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Meetings(ctx, actor.Retailer, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list consultations: %w", err)
	}
	return list, next, nil
}

// MeetingLink is the address at which the parties of a booking meet; "" where
// the installation names no place for it, or the booking was cancelled.
func (d *Desk) MeetingLink(m care.Meeting) string {
	if d.meetings == "" || !m.Stands() {
		return ""
	}
	return strings.TrimRight(d.meetings, "/") + "/" + m.Room
}

// supportRight keeps the right to support with a request that asks for it, as
// it stands on the request's day (C6).
func (d *Desk) supportRight(ctx context.Context, tx Tx, r care.Request, s *policy.Support) error {
	if s == nil || r.Kind != care.TechnicalSupport {
		return nil
	}
	right := care.SupportRight{From: s.From.String(), LastDay: s.LastDay.String(), InForce: s.InForce, Clause: s.Clause}
	if err := tx.PutSupport(ctx, r.Retailer, r.ID, right); err != nil {
		return fmt.Errorf("store support right: %w", err)
	}
	return nil
}

// around adds to a request's view what stands beside it: its booking, the
// documents that were sent, and the right to support.
func (d *Desk) around(ctx context.Context, tx Tx, v *RequestView) error {
	r := v.Request
	m, err := tx.MeetingOf(ctx, r.Retailer, r.ID)
	if none := missing(&err); err != nil {
		return fmt.Errorf("booking of request: %w", err)
	} else if !none {
		v.Meeting, v.MeetingLink = &m, d.MeetingLink(m)
	}
	s, err := tx.Support(ctx, r.Retailer, r.ID)
	if none := missing(&err); err != nil {
		return fmt.Errorf("support right: %w", err)
	} else if !none {
		v.Support = &s
	}
	sent, err := tx.SentDocuments(ctx, r.Retailer, r.ID)
	if err != nil {
		return fmt.Errorf("sent documents: %w", err)
	}
	for _, x := range sent {
		if v.Sent == nil {
			v.Sent = map[string][]care.Document{}
		}
		v.Sent[x.Message] = append(v.Sent[x.Message], x.Document)
	}
	return nil
}
