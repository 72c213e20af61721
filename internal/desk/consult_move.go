package desk

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// TrackedMoveSlot gives the time of the request that the link opens back and
// books another in one go: where the other can't be had, the first one stands.
func (d *Desk) TrackedMoveSlot(ctx context.Context, token string, start time.Time) error {
	link, actor, err := d.followed(ctx, token)
	if err != nil {
		return err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return err
	}
	return d.inRequest(ctx, actor, link.Request, "request.book", func(tx Tx, r *care.Request) error {
		if r.Slot.Equal(start) {
			return nil // where it was
		}
		if err := d.freeSlot(ctx, tx, actor, r, ""); err != nil {
			return err
		}
		r.State = care.RequestOpen
		if err := d.reserve(ctx, tx, t, r, start); err != nil {
			return err
		}
		return d.noticeBooked(ctx, tx, *r, true)
	})
}
