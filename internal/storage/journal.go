package storage

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// AddAudit adds a line to the audit log. The engine refuses to change it.
func (t *Tx) AddAudit(ctx context.Context, a care.Audit) error {
	actor, err := encode(a.Actor)
	if err != nil {
		return wrap("add audit", err)
	}
	details, err := encode(a.Details)
	if err != nil {
		return wrap("add audit", err)
	}
	return wrap("add audit", t.add(ctx, "audit", []column{
		{"retailer_id", a.Retailer}, {"audit_id", a.ID}, {"at", a.At.UnixMicro()}, {"actor_id", a.Actor.ID}, {"actor", actor},
		{"action", a.Action}, {"object", a.Object}, {"object_id", a.ObjectID}, {"reason", a.Reason}, {"details", details},
	}))
}

func auditFields(a *care.Audit) []any {
	return []any{&a.Retailer, &a.ID, intoTime{&a.At}, intoJSON{&a.Actor}, &a.Action, &a.Object, &a.ObjectID, &a.Reason, intoJSON{&a.Details}}
}

// Audits lists the audit log, newest first; f.Actor is the actor's id.
func (t *Tx) Audits(ctx context.Context, retailer string, f care.AuditFilter, page care.Page) ([]care.Audit, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	text, args := auditsQuery(retailer, f, from, started, limit)
	items, err := list(ctx, t, auditFields, text, args...)
	if err != nil {
		return nil, "", wrap("audits", err)
	}
	items, next := cut(items, limit, func(a care.Audit) position { return position{a.At.UnixMicro(), a.ID} })
	return items, next, nil
}

func auditsQuery(retailer string, f care.AuditFilter, from position, started bool, limit int) (string, []any) {
	var w where
	w.is("retailer_id", retailer)
	w.isUnlessEmpty("object", f.Object)
	w.isUnlessEmpty("object_id", f.ObjectID)
	w.isUnlessEmpty("actor_id", f.Actor)
	w.isUnlessEmpty("action", f.Action)
	if started {
		w.and("(at, audit_id) < (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	return "SELECT retailer_id, audit_id, at, actor, action, object, object_id, reason, details FROM audit" + w.String() +
		" ORDER BY at DESC, audit_id DESC LIMIT " + w.arg(limit+1), w.args
}

// NextNumber gives the next number of a series. The row stays locked until
// the transaction ends, so numbers have no gaps.
func (t *Tx) NextNumber(ctx context.Context, retailer, series string, year int) (int, error) {
	var number int
	err := t.one(ctx, `INSERT INTO number_series (retailer_id, series, of_year, last_number) VALUES ($1, $2, $3, 1)
		ON CONFLICT (retailer_id, series, of_year) DO UPDATE SET last_number = number_series.last_number + 1 RETURNING last_number`,
		[]any{retailer, series, year}, &number)
	return number, wrap("next number", err)
}

// Idempotent finds a stored answer to a repeated write.
func (t *Tx) Idempotent(ctx context.Context, retailer, client, key string) (care.Idempotent, error) {
	var i care.Idempotent
	err := t.one(ctx, `SELECT retailer_id, client_id, idem_key, request_hash, status, header, body, created_at FROM idempotent
		WHERE retailer_id = $1 AND client_id = $2 AND idem_key = $3`, []any{retailer, client, key},
		&i.Retailer, &i.Client, &i.Key, &i.Request, &i.Status, &i.Header, &i.Body, intoTime{&i.Created})
	return i, wrap("idempotency key", err)
}

// PutIdempotent claims a key (Status 0), or stores the answer under it. A key
// that is taken gives care.ErrConflict, after which the transaction can go on.
func (t *Tx) PutIdempotent(ctx context.Context, i care.Idempotent) error {
	row := []column{
		{"retailer_id", i.Retailer}, {"client_id", i.Client}, {"idem_key", i.Key}, {"request_hash", i.Request},
		{"status", i.Status}, {"header", i.Header}, {"body", i.Body}, {"created_at", i.Created.UnixMicro()},
	}
	if i.Status == 0 {
		return wrap("put idempotency key", t.add(ctx, "idempotent", row))
	}
	return wrap("put idempotency key", t.put(ctx, "idempotent", 3, row))
}

// DeleteIdempotent forgets a key, if it is there.
func (t *Tx) DeleteIdempotent(ctx context.Context, retailer, client, key string) error {
	_, err := t.exec(ctx, "DELETE FROM idempotent WHERE retailer_id = $1 AND client_id = $2 AND idem_key = $3", retailer, client, key)
	return wrap("delete idempotency key", err)
}

// DeleteIdempotentBefore forgets the keys first used before the instant, and
// tells how many.
func (t *Tx) DeleteIdempotentBefore(ctx context.Context, created time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM idempotent WHERE created_at < $1", created.UnixMicro())
	return n, wrap("delete old idempotency keys", err)
}
