package storage

import (
	"context"
	"time"
)

// staleHits is how long counts of other keys stay at most; no window is
// longer. Each Hit drops up to staleAtOnce of them, so that the table stays
// as small as its traffic without a sweep.
const (
	staleHits   = 48 * time.Hour
	staleAtOnce = 4
)

// Hit counts one more event under the key in the window and tells the count.
func (t *Tx) Hit(ctx context.Context, key string, window time.Time) (int, error) {
	start := window.UnixMicro()
	var hits int
	err := t.one(ctx, `INSERT INTO attempt (attempt_key, window_start, hits) VALUES ($1, $2, 1)
		ON CONFLICT (attempt_key, window_start) DO UPDATE SET hits = attempt.hits + 1 RETURNING hits`, []any{key, start}, &hits)
	if err != nil {
		return 0, wrap("hit", err)
	}
	if _, err := t.exec(ctx, "DELETE FROM attempt WHERE attempt_key = $1 AND window_start < $2", key, start); err != nil {
		return 0, wrap("hit", err)
	}
	_, err = t.exec(ctx, `DELETE FROM attempt WHERE (attempt_key, window_start) IN (
		SELECT attempt_key, window_start FROM attempt WHERE window_start < $1 ORDER BY window_start LIMIT $2`+t.skipLocked()+`)`,
		window.Add(-staleHits).UnixMicro(), staleAtOnce)
	return hits, wrap("hit", err)
}

// Hits tells the count under the key in the window.
func (t *Tx) Hits(ctx context.Context, key string, window time.Time) (int, error) {
	var hits int
	err := t.one(ctx, "SELECT coalesce(sum(hits), 0) FROM attempt WHERE attempt_key = $1 AND window_start = $2",
		[]any{key, window.UnixMicro()}, &hits)
	return hits, wrap("hits", err)
}

// ForgetHits drops the key's counts.
func (t *Tx) ForgetHits(ctx context.Context, key string) error {
	_, err := t.exec(ctx, "DELETE FROM attempt WHERE attempt_key = $1", key)
	return wrap("forget hits", err)
}
