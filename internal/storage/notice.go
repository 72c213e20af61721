package storage

import (
	"context"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

func noticeRow(n care.Notice) ([]column, error) {
	facts, err := encode(noticeFacts{NoticeFacts: &n.Facts, Reason: nonEmpty(n.Reason)})
	if err != nil {
		return nil, err
	}
	return []column{
		{"retailer_id", n.Retailer}, {"notice_id", n.ID}, {"notice_key", n.Key}, {"occasion", string(n.Occasion)}, {"channel", string(n.Channel)},
		{"receiver", n.To}, {"lang", n.Lang}, {"request_id", n.Request}, {"claim_id", n.Claim}, {"customer_id", n.Customer}, {"number", n.Number},
		{"facts", facts}, {"state", string(n.State)}, {"attempts", n.Attempts}, {"retry_at", micros(n.Retry)}, {"last_error", n.Error},
		{"created_at", n.Created.UnixMicro()}, {"ended_at", micros(n.Ended)}, {"provider_id", n.Provider}, {"subject", n.Subject}, {"body", n.Text},
	}, nil
}

// noticeFacts is the column of what a message tells, with why it did not go out.
type noticeFacts struct {
	*care.NoticeFacts
	Reason *care.NoticeReason `json:"reason,omitempty"`
}

func nonEmpty(r care.NoticeReason) *care.NoticeReason {
	if r == "" {
		return nil
	}
	return &r
}

const noticeColumns = `n.retailer_id, n.notice_id, n.notice_key, n.occasion, n.channel, n.receiver, n.lang, n.request_id, n.claim_id, n.customer_id,
	n.number, n.facts, n.state, n.attempts, n.retry_at, n.last_error, n.created_at, n.ended_at, n.provider_id, n.subject, n.body`

func noticeFields(n *care.Notice) []any {
	return []any{&n.Retailer, &n.ID, &n.Key, &n.Occasion, &n.Channel, &n.To, &n.Lang, &n.Request, &n.Claim, &n.Customer,
		&n.Number, intoJSON{&noticeFacts{&n.Facts, &n.Reason}}, &n.State, &n.Attempts, intoTime{&n.Retry}, &n.Error, intoTime{&n.Created}, intoTime{&n.Ended}, &n.Provider,
		&n.Subject, &n.Text}
}

// AddNotice queues a message unless the same was queued before, and tells
// whether it did.
func (t *Tx) AddNotice(ctx context.Context, n care.Notice) (bool, error) {
	row, err := noticeRow(n)
	if err != nil {
		return false, wrap("add notice", err)
	}
	added, err := t.exec(ctx, insertText("notice", row)+" ON CONFLICT (retailer_id, notice_key) DO NOTHING", values(row)...)
	return added > 0, wrap("add notice", err)
}

// PutNotice stores what became of a message.
func (t *Tx) PutNotice(ctx context.Context, n care.Notice) error {
	row, err := noticeRow(n)
	if err != nil {
		return wrap("put notice", err)
	}
	return wrap("put notice", t.put(ctx, "notice", 2, row))
}

// Notice finds a message; in a read-write transaction it also locks it.
func (t *Tx) Notice(ctx context.Context, retailer, id string) (care.Notice, error) {
	var n care.Notice
	err := t.one(ctx, "SELECT "+noticeColumns+" FROM notice n WHERE n.retailer_id = $1 AND n.notice_id = $2"+t.lock(), []any{retailer, id}, noticeFields(&n)...)
	return n, wrap("notice", err)
}

// Notices lists messages, newest first.
func (t *Tx) Notices(ctx context.Context, retailer string, f care.NoticeFilter, page care.Page) ([]care.Notice, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	text, args := noticesQuery(retailer, f, from, started, limit)
	items, err := list(ctx, t, noticeFields, text, args...)
	if err != nil {
		return nil, "", wrap("notices", err)
	}
	items, next := cut(items, limit, func(n care.Notice) position { return position{n.Created.UnixMicro(), n.ID} })
	return items, next, nil
}

func noticesQuery(retailer string, f care.NoticeFilter, from position, started bool, limit int) (string, []any) {
	var w where
	w.is("n.retailer_id", retailer)
	in(&w, "n.state", f.States)
	w.isUnlessEmpty("n.claim_id", f.Claim)
	w.isUnlessEmpty("n.request_id", f.Request)
	if f.Endpoint != "" {
		w.is("n.channel", string(care.ByWebhook))
		w.is("n.receiver", f.Endpoint)
	}
	if f.People {
		w.and("n.channel <> " + w.arg(string(care.ByWebhook)))
	}
	if f.Tried {
		w.and("(n.state <> " + w.arg(string(care.NoticeQueued)) + " OR n.attempts > 0)")
	}
	if started {
		w.and("(n.created_at, n.notice_id) < (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	return "SELECT " + noticeColumns + " FROM notice n" + w.String() + " ORDER BY n.created_at DESC, n.notice_id DESC LIMIT " + w.arg(limit+1), w.args
}

// PutWish stores how a customer wants to be told.
func (t *Tx) PutWish(ctx context.Context, w care.ContactWish) error {
	return wrap("put contact wish", t.put(ctx, "contact_wish", 2, []column{
		{"retailer_id", w.Retailer}, {"customer_id", w.Customer}, {"off", w.Off}, {"channels", joined(w.Channels)}, {"telegram", w.Telegram},
		{"updated_at", w.Updated.UnixMicro()},
	}))
}

// Wish is how a customer wants to be told; care.ErrNotFound where nothing was
// said.
func (t *Tx) Wish(ctx context.Context, retailer, customer string) (care.ContactWish, error) {
	w := care.ContactWish{Retailer: retailer, Customer: customer}
	var channels string
	err := t.one(ctx, "SELECT off, channels, telegram, updated_at FROM contact_wish WHERE retailer_id = $1 AND customer_id = $2", []any{retailer, customer},
		&w.Off, &channels, &w.Telegram, intoTime{&w.Updated})
	w.Channels = parted[care.MessageChannel](channels)
	return w, wrap("contact wish", err)
}

// PutEndpoint stores a program that is told what happens.
func (t *Tx) PutEndpoint(ctx context.Context, e care.Endpoint) error {
	return wrap("put endpoint", t.put(ctx, "webhook_endpoint", 2, []column{
		{"retailer_id", e.Retailer}, {"endpoint_id", e.ID}, {"url", e.URL}, {"secret", e.Secret}, {"types", joined(e.Types)}, {"enabled", e.Enabled},
		{"created_at", e.Created.UnixMicro()}, {"failing_at", micros(e.Failing)}, {"stopped_at", micros(e.Stopped)}, {"sent_at", micros(e.LastSent)},
	}))
}

const selectEndpoint = `SELECT retailer_id, endpoint_id, url, secret, types, enabled, created_at, failing_at, stopped_at, sent_at
	FROM webhook_endpoint WHERE retailer_id = $1`

func endpointFields(e *care.Endpoint) []any {
	return []any{&e.Retailer, &e.ID, &e.URL, &e.Secret, intoTypes{&e.Types}, &e.Enabled, intoTime{&e.Created}, intoTime{&e.Failing},
		intoTime{&e.Stopped}, intoTime{&e.LastSent}}
}

// Endpoint finds a program; in a read-write transaction it also locks it.
func (t *Tx) Endpoint(ctx context.Context, retailer, id string) (care.Endpoint, error) {
	var e care.Endpoint
	err := t.one(ctx, selectEndpoint+" AND endpoint_id = $2"+t.lock(), []any{retailer, id}, endpointFields(&e)...)
	return e, wrap("endpoint", err)
}

// Endpoints lists a retailer's programs, oldest first.
func (t *Tx) Endpoints(ctx context.Context, retailer string) ([]care.Endpoint, error) {
	items, err := list(ctx, t, endpointFields, selectEndpoint+" ORDER BY endpoint_id", retailer)
	return items, wrap("endpoints", err)
}

// DeleteEndpoint removes a program.
func (t *Tx) DeleteEndpoint(ctx context.Context, retailer, id string) error {
	n, err := t.exec(ctx, "DELETE FROM webhook_endpoint WHERE retailer_id = $1 AND endpoint_id = $2", retailer, id)
	if err == nil && n == 0 {
		err = care.ErrNotFound
	}
	return wrap("delete endpoint", err)
}

// intoTypes reads names that stand in one text.
type intoTypes struct{ to *[]care.Occasion }

// Scan implements sql.Scanner.
func (c intoTypes) Scan(v any) error {
	var s string
	if err := (intoText{&s}).Scan(v); err != nil {
		return err
	}
	*c.to = parted[care.Occasion](s)
	return nil
}

func joined[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = string(x)
	}
	return strings.Join(texts, " ")
}

func parted[T ~string](text string) []T {
	var out []T
	for _, s := range strings.Fields(text) {
		out = append(out, T(s))
	}
	return out
}
