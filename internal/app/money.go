package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// ExportMoney writes the steps of a retailer's ledger on a day as CSV. The
// last finished day is yesterday's; "" means that one.
func ExportMoney(ctx context.Context, cfg Config, retailer, day string, out io.Writer) error {
	s, err := openSystem(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.store.Ready(ctx); err != nil {
		return BadInput(fmt.Errorf("the database is not ready: %w; bring it up to date with `talon migrate`", err))
	}
	r, err := s.desk.Retailer(ctx, retailer)
	if err != nil {
		return s.explain(err)
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return fmt.Errorf("zone of %s: %w", retailer, err)
	}
	on := calendar.DateOf(s.now(), zone).AddDays(-1)
	if day != "" {
		if on, err = calendar.ParseDate(day); err != nil {
			return BadInput(fmt.Errorf("day %q: %w", day, err))
		}
	}
	return s.desk.WriteMoney(ctx, care.System(retailer), on, out)
}
