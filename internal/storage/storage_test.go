package storage_test

import (
	"errors"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
)

// The store is what the desk needs; storage itself may not import desk.
var _ = desk.StoreOf[*storage.Tx]((*storage.Store)(nil))

func TestOpenAndReady(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := t.Context()
		if err := s.Ready(ctx); err != nil {
			t.Errorf("ready: %v", err)
		}
		if n, err := s.Migrate(ctx); n != 0 || err != nil {
			t.Errorf("second migration: %d steps, %v", n, err)
		}
		if err := s.Ping(ctx); err != nil {
			t.Errorf("ping: %v", err)
		}
		err := s.View(ctx, func(tx *storage.Tx) error {
			_, err := tx.Retailer(ctx, "nobody")
			return err
		})
		if !errors.Is(err, care.ErrNotFound) {
			t.Errorf("retailer that is not there: %v", err)
		}
	})
}
