package desk

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// certificateColumns are the columns of the register's export. No customer is
// named in it.
var certificateColumns = []string{"number", "state", "phase", "origin", "plan", "category", "brand", "model", "serial", "imei", "price", "currency",
	"sold_on", "from", "last_day", "until", "ended_on", "costs", "refund", "refund_paid_at", "reference", "pack_version", "terms_version"}

// WriteCertificates writes the register, newest first, as CSV (RFC 4180) with
// a header: dates YYYY-MM-DD, sums with a point.
func (d *Desk) WriteCertificates(ctx context.Context, actor care.Actor, f care.CertificateFilter, w io.Writer) error {
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return err
	}
	today := calendar.DateOf(d.now(), t.zone)
	out := csv.NewWriter(w)
	header := false
	for cursor := ""; ; {
		list, next, err := d.Certificates(ctx, actor, f, care.Page{Cursor: cursor, Limit: 200})
		if err != nil {
			return err
		}
		if !header { // not before the permission was checked
			header = true
			if err := out.Write(certificateColumns); err != nil {
				return fmt.Errorf("write certificates: %w", err)
			}
		}
		for _, i := range list {
			if err := out.Write(certificateRow(i, today, t.zone)); err != nil {
				return fmt.Errorf("write certificates: %w", err)
			}
		}
		if cursor = next; next == "" {
			out.Flush()
			return out.Error()
		}
	}
}

func certificateRow(i care.CertificateItem, today calendar.Date, zone *time.Location) []string {
	sum := func(a *money.Amount) string {
		if a == nil {
			return ""
		}
		return a.String()
	}
	code, paid := "", ""
	if i.Price != nil {
		code = i.Price.Currency
	}
	if !i.PaidAt.IsZero() {
		paid = i.PaidAt.In(zone).Format(time.RFC3339)
	}
	row := []string{i.Number, string(i.State), string(i.Phase(today)), string(i.Origin), i.Plan, i.UnitRow.Category, i.UnitRow.Brand,
		i.UnitRow.Model, i.UnitRow.Serial, i.UnitRow.IMEI, sum(i.Price), code, i.SoldOn.String(), i.From.String(), i.LastDay.String(),
		i.Until.String(), i.EndedOn.String(), sum(i.Costs), sum(i.Refund), paid, i.Reference, i.PackVersion, i.TermsVersion}
	for n, cell := range row {
		row[n] = SafeCell(cell)
	}
	return row
}
