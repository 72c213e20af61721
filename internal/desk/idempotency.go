package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/talon-care/talon/internal/care"
)

// Begin notes an Idempotency-Key of a client before its request runs. When
// the key was used before for the same request and has its answer, that is
// returned, to be replayed; while the first request is still in flight the
// error is care.Conflict ("in_flight"); the same key with another request is
// care.Invalid ("key_reused"). nil, nil means: go on, and Finish or Abandon.
func (d *Desk) Begin(ctx context.Context, actor care.Actor, key, requestHash string) (*care.Idempotent, error) {
	if err := required(key, "Idempotency-Key"); err != nil {
		return nil, err
	}
	if len(key) > 200 {
		return nil, care.Fail(care.Invalid, "too_long", "field", "Idempotency-Key").At("Idempotency-Key")
	}
	var found *care.Idempotent
	err := d.store.Tx(ctx, func(tx Tx) error {
		found = nil
		old, err := tx.Idempotent(ctx, actor.Retailer, actor.ID, key)
		if missing(&err) {
			return tx.PutIdempotent(ctx, care.Idempotent{Retailer: actor.Retailer, Client: actor.ID, Key: key, Request: requestHash, Created: d.now()})
		}
		if err != nil {
			return err
		}
		found = &old
		return nil
	})
	switch {
	case errors.Is(err, care.ErrConflict):
		return nil, care.Fail(care.Conflict, "in_flight", "key", key)
	case err != nil:
		return nil, fmt.Errorf("idempotency key: %w", err)
	case found == nil:
		return nil, nil
	case found.Request != requestHash:
		return nil, care.Fail(care.Invalid, "key_reused", "key", key).At("Idempotency-Key")
	case found.Status == 0:
		return nil, care.Fail(care.Conflict, "in_flight", "key", key)
	}
	return found, nil
}

// Finish stores the answer to be replayed.
func (d *Desk) Finish(ctx context.Context, actor care.Actor, key, requestHash string, status int, header string, body []byte) error {
	err := d.store.Tx(ctx, func(tx Tx) error {
		return tx.PutIdempotent(ctx, care.Idempotent{Retailer: actor.Retailer, Client: actor.ID, Key: key, Request: requestHash,
			Status: status, Header: header, Body: body, Created: d.now()})
	})
	if err != nil {
		return fmt.Errorf("store idempotent answer: %w", err)
	}
	return nil
}

// Abandon forgets a key whose request failed on our side, so that it may be
// tried again.
func (d *Desk) Abandon(ctx context.Context, actor care.Actor, key string) error {
	err := d.store.Tx(ctx, func(tx Tx) error { return tx.DeleteIdempotent(ctx, actor.Retailer, actor.ID, key) })
	if err != nil {
		return fmt.Errorf("forget idempotency key: %w", err)
	}
	return nil
}

// Sweep drops what has expired: sessions, files that wait for no form any
// more, and idempotency keys older than a day. Any machine may run it at any
// time.
func (d *Desk) Sweep(ctx context.Context) (sessions, keys int, err error) {
	now := d.now()
	err = d.store.Tx(ctx, func(tx Tx) error {
		if sessions, err = tx.DeleteSessionsBefore(ctx, now); err != nil {
			return err
		}
		if keys, err = tx.DeleteIdempotentBefore(ctx, now.Add(-keepAnswers)); err != nil {
			return err
		}
		_, err = tx.DeleteJobsBefore(ctx, now.Add(-keepJobs))
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("sweep: %w", err)
	}
	return sessions, keys, nil
}
