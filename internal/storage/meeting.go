package storage

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// AddMeeting takes a seat at a time. A seat that is taken, or a request that
// has a booking, is care.ErrConflict, after which the transaction can go on;
// another transaction that takes the seat meanwhile is waited for.
func (t *Tx) AddMeeting(ctx context.Context, b care.Meeting) error {
	return wrap("add booking", t.add(ctx, "video_booking", meetingRow(b)))
}

// PutMeeting stores what became of a booking.
func (t *Tx) PutMeeting(ctx context.Context, b care.Meeting) error {
	return wrap("put booking", t.put(ctx, "video_booking", 2, meetingRow(b)))
}

func meetingRow(b care.Meeting) []column {
	return []column{
		{"retailer_id", b.Retailer}, {"booking_id", b.ID}, {"request_id", b.Request}, {"customer_id", b.Customer},
		{"start_at", b.Start.UnixMicro()}, {"end_at", b.End.UnixMicro()}, {"seat", b.Seat}, {"room", b.Room}, {"clause", b.Clause},
		{"sequence", b.Sequence}, {"created_at", b.Created.UnixMicro()}, {"cancelled_at", micros(b.Cancelled)}, {"reason", b.Reason},
		{"cancelled_by", string(b.By)},
	}
}

const meetingColumns = `b.retailer_id, b.booking_id, b.request_id, b.customer_id, b.start_at, b.end_at, b.seat, b.room, b.clause,
	b.sequence, b.created_at, b.cancelled_at, b.reason, b.cancelled_by`

func meetingFields(b *care.Meeting) []any {
	return []any{&b.Retailer, &b.ID, &b.Request, &b.Customer, intoTime{&b.Start}, intoTime{&b.End}, &b.Seat, &b.Room, &b.Clause,
		&b.Sequence, intoTime{&b.Created}, intoTime{&b.Cancelled}, &b.Reason, &b.By}
}

// MeetingOf is the latest booking of a request, cancelled or not; in a
// read-write transaction it also locks it.
func (t *Tx) MeetingOf(ctx context.Context, retailer, request string) (care.Meeting, error) {
	var b care.Meeting
	err := t.one(ctx, "SELECT "+meetingColumns+` FROM video_booking b WHERE b.retailer_id = $1 AND b.request_id = $2
		ORDER BY b.created_at DESC, b.booking_id DESC LIMIT 1`+t.lock(), []any{retailer, request}, meetingFields(&b)...)
	return b, wrap("booking of request", err)
}

// longestSlot bounds the look back for bookings that reach into a time.
const longestSlot = 24 * time.Hour

// MeetingsBetween lists the bookings that stand and overlap a time, by their
// start.
func (t *Tx) MeetingsBetween(ctx context.Context, retailer string, from, to time.Time) ([]care.Meeting, error) {
	items, err := list(ctx, t, meetingFields, "SELECT "+meetingColumns+` FROM video_booking b WHERE b.retailer_id = $1
		AND b.start_at >= $2 AND b.start_at < $3 AND b.end_at > $4 AND b.cancelled_at IS NULL ORDER BY b.start_at, b.booking_id`,
		retailer, from.Add(-longestSlot).UnixMicro(), to.UnixMicro(), from.UnixMicro())
	return items, wrap("bookings", err)
}

// Meetings is the calendar of consultations, by their start.
func (t *Tx) Meetings(ctx context.Context, retailer string, f care.MeetingFilter, page care.Page) ([]care.MeetingItem, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	text, args := meetingsQuery(retailer, f, from, started, limit)
	fields := func(b *care.MeetingItem) []any {
		return append(meetingFields(&b.Meeting), &b.Number, &b.Subject, &b.Lang, intoText{&b.CustomerName}, intoText{&b.Phone})
	}
	items, err := list(ctx, t, fields, text, args...)
	if err != nil {
		return nil, "", wrap("bookings", err)
	}
	items, next := cut(items, limit, func(b care.MeetingItem) position { return position{b.Start.UnixMicro(), b.ID} })
	return items, next, nil
}

func meetingsQuery(retailer string, f care.MeetingFilter, from position, started bool, limit int) (string, []any) {
	var w where
	w.is("b.retailer_id", retailer)
	if !f.From.IsZero() {
		w.and("b.start_at >= " + w.arg(f.From.UnixMicro()))
	}
	if !f.To.IsZero() {
		w.and("b.start_at < " + w.arg(f.To.UnixMicro()))
	}
	if !f.Cancelled {
		w.and("b.cancelled_at IS NULL")
	}
	if started {
		w.and("(b.start_at, b.booking_id) > (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	return "SELECT " + meetingColumns + `, r.number, r.subject, r.lang, c.name, c.phone FROM video_booking b
		JOIN request r ON r.retailer_id = b.retailer_id AND r.request_id = b.request_id
		LEFT JOIN customer c ON c.retailer_id = b.retailer_id AND c.customer_id = b.customer_id` + w.String() +
		" ORDER BY b.start_at, b.booking_id LIMIT " + w.arg(limit+1), w.args
}

// PutSupport keeps the right to support as it stood on the day of a request.
func (t *Tx) PutSupport(ctx context.Context, retailer, request string, s care.SupportRight) error {
	return wrap("put support right", t.put(ctx, "request_support", 2, []column{
		{"retailer_id", retailer}, {"request_id", request}, {"from_day", s.From}, {"last_day", s.LastDay}, {"in_force", s.InForce},
		{"clause", s.Clause},
	}))
}

// Support is the right to support that was kept with a request.
func (t *Tx) Support(ctx context.Context, retailer, request string) (care.SupportRight, error) {
	var s care.SupportRight
	err := t.one(ctx, `SELECT from_day, last_day, in_force, clause FROM request_support WHERE retailer_id = $1 AND request_id = $2`,
		[]any{retailer, request}, &s.From, &s.LastDay, &s.InForce, &s.Clause)
	return s, wrap("support right", err)
}
