package storage

import (
	"context"
	"slices"

	"github.com/talon-care/talon/internal/care"
)

// PutRequest stores a request; its number must be free.
func (t *Tx) PutRequest(ctx context.Context, r care.Request) error {
	err := t.put(ctx, "request", 2, []column{
		{"retailer_id", r.Retailer}, {"request_id", r.ID}, {"number", r.Number}, {"kind", r.Kind}, {"channel", r.Channel},
		{"lang", r.Lang}, {"state", string(r.State)}, {"customer_id", some(r.Customer)}, {"unit_id", some(r.Unit)},
		{"claim_id", some(r.Claim)}, {"subject", r.Subject}, {"body", r.Text}, {"return_by", string(r.Return)},
		{"address", r.Address}, {"settlement", r.Settlement}, {"received_at", micros(r.ReceivedAt)},
		{"answer_until", microsOrNever(r.AnswerUntil)}, {"answer_due", r.AnswerDue}, {"answered_at", micros(r.AnsweredAt)},
		{"updated_at", micros(r.Updated)}, {"slot", micros(r.Slot)},
		{"late_at", micros(r.LateAt)}, {"list_at", requestPlace(r)},
	})
	if err != nil {
		return wrap("put request", err)
	}
	words := append(numberWords(r.Number), foldWords(r.Subject)...)
	slices.Sort(words)
	return wrap("put request", t.indexWords(ctx, r.Retailer, requestScope, r.ID, slices.Compact(words)))
}

// lateFirst is what puts a late request before all others: further back than
// any instant that is kept.
const lateFirst = 1 << 62

// requestPlace is where a request stands in lists: by the end of the promised
// term, those that are late before all others.
func requestPlace(r care.Request) int64 {
	at := microsOrNever(r.AnswerUntil)
	if r.Late() && !r.AnswerUntil.IsZero() {
		at -= lateFirst
	}
	return at
}

const requestColumns = `retailer_id, request_id, number, kind, channel, lang, state, customer_id, unit_id, claim_id, subject, body,
	return_by, address, settlement, received_at, answer_until, answer_due, answered_at, updated_at, slot, late_at`

func requestFields(r *care.Request) []any {
	return []any{&r.Retailer, &r.ID, &r.Number, &r.Kind, &r.Channel, &r.Lang, &r.State, intoText{&r.Customer}, intoText{&r.Unit},
		intoText{&r.Claim}, &r.Subject, &r.Text, &r.Return, &r.Address, &r.Settlement, intoTime{&r.ReceivedAt},
		intoTime{&r.AnswerUntil}, &r.AnswerDue, intoTime{&r.AnsweredAt}, intoTime{&r.Updated}, intoTime{&r.Slot}, intoTime{&r.LateAt}}
}

// Request finds a request; in a read-write transaction it also locks it.
func (t *Tx) Request(ctx context.Context, retailer, id string) (care.Request, error) {
	var r care.Request
	err := t.one(ctx, "SELECT "+requestColumns+" FROM request WHERE retailer_id = $1 AND request_id = $2"+t.lock(),
		[]any{retailer, id}, requestFields(&r)...)
	return r, wrap("request", err)
}

// Requests lists requests by the end of the promised term, then id; those that
// are late come first.
func (t *Tx) Requests(ctx context.Context, retailer string, f care.RequestFilter, page care.Page) ([]care.Request, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	found, err := t.finding(ctx, retailer, requestKind, f.Text)
	if err != nil {
		return nil, "", wrap("requests", err)
	}
	text, args := requestsQuery(retailer, f, found, from, started, limit)
	items, err := list(ctx, t, requestFields, text, args...)
	if err != nil {
		return nil, "", wrap("requests", err)
	}
	items, next := cut(items, limit, func(r care.Request) position { return position{requestPlace(r), r.ID} })
	return items, next, nil
}

func requestsQuery(retailer string, f care.RequestFilter, found finding, from position, started bool, limit int) (string, []any) {
	var w where
	w.is("retailer_id", retailer) // $1
	in(&w, "kind", f.Kinds)
	in(&w, "state", f.States)
	w.isUnlessEmpty("customer_id", f.Customer)
	if f.NoClaim {
		w.and("claim_id IS NULL")
	}
	if started {
		w.and("(list_at, request_id) > (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	found.matches(&w, "request_id")
	return w.with + "SELECT " + requestColumns + " FROM request" + w.String() + " ORDER BY list_at, request_id LIMIT " + w.arg(limit+1), w.args
}

var requestKind = kind{"request_id", requestSources}

// requestSources find requests by number, subject, customer and the unit's
// serial or IMEI.
func requestSources(s *search, text string) []string {
	sets := []string{s.numbered(requestScope, text), s.named(requestScope, text), s.customers("request", text)}
	for _, column := range identityColumns {
		sets = append(sets, "SELECT request_id FROM request WHERE retailer_id = $1 AND "+
			s.anyOf("unit_id", "SELECT unit_id FROM unit WHERE retailer_id = $1 AND "+s.w.startsWith(column, foldIdentity(text))))
	}
	return sets
}

// AddMessage adds an entry to a request's thread; its id must be new.
func (t *Tx) AddMessage(ctx context.Context, m care.Message) error {
	actor, err := encode(m.Actor)
	if err != nil {
		return wrap("add message", err)
	}
	var last int64
	err = t.one(ctx, "SELECT coalesce(max(seq), 0) FROM request_message WHERE retailer_id = $1 AND request_id = $2",
		[]any{m.Retailer, m.Request}, &last)
	if err != nil {
		return wrap("add message", err)
	}
	return wrap("add message", t.add(ctx, "request_message", []column{
		{"retailer_id", m.Retailer}, {"request_id", m.Request}, {"message_id", m.ID}, {"seq", last + 1},
		{"at", m.At.UnixMicro()}, {"actor", actor}, {"body", m.Text}, {"internal", m.Internal},
	}))
}

// Messages lists the thread of a request, oldest first; entries of one
// instant as they were added.
func (t *Tx) Messages(ctx context.Context, retailer, request string) ([]care.Message, error) {
	fields := func(m *care.Message) []any {
		return []any{&m.Retailer, &m.Request, &m.ID, intoTime{&m.At}, intoJSON{&m.Actor}, &m.Text, &m.Internal}
	}
	list, err := list(ctx, t, fields, `SELECT retailer_id, request_id, message_id, at, actor, body, internal FROM request_message
		WHERE retailer_id = $1 AND request_id = $2 ORDER BY at, seq`, retailer, request)
	return list, wrap("messages", err)
}

// AddTracking stores a tracking link under the hash of its token.
func (t *Tx) AddTracking(ctx context.Context, l care.Tracking) error {
	return wrap("add tracking link", t.add(ctx, "tracking", []column{
		{"hash", l.Hash}, {"retailer_id", l.Retailer}, {"request_id", l.Request}, {"claim_id", l.Claim},
		{"customer_id", l.Customer}, {"created_at", micros(l.Created)}, {"expires_at", micros(l.Expires)},
	}))
}

// TrackingByHash finds a tracking link in all retailers; one that has expired
// is found too.
func (t *Tx) TrackingByHash(ctx context.Context, hash string) (care.Tracking, error) {
	var l care.Tracking
	err := t.one(ctx, "SELECT hash, retailer_id, request_id, claim_id, customer_id, created_at, expires_at FROM tracking WHERE hash = $1",
		[]any{hash}, &l.Hash, &l.Retailer, &l.Request, &l.Claim, &l.Customer, intoTime{&l.Created}, intoTime{&l.Expires})
	return l, wrap("tracking link", err)
}
