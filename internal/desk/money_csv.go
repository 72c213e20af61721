package desk

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// moneyColumns are the columns of the export, which programs read by name.
var moneyColumns = []string{"at", "step", "claim", "entry", "move", "what", "debtor", "creditor", "change", "amount", "currency", "state",
	"clause", "pack", "pack_version", "by", "note", "certificate"}

// WriteMoney writes the steps of a day as CSV in UTF-8, row by row: a day may
// be as long as it likes. The sum of "change" over all days is what the
// entries that were not cancelled come to.
func (d *Desk) WriteMoney(ctx context.Context, actor care.Actor, day calendar.Date, w io.Writer) error {
	out := csv.NewWriter(w)
	started := false
	err := d.EachMoney(ctx, actor, day, func(l care.MoneyLine, zone *time.Location) error {
		if !started {
			started = true
			if err := out.Write(moneyColumns); err != nil {
				return err
			}
		}
		return out.Write([]string{l.At.In(zone).Format(time.RFC3339), string(l.Step), l.Of.Number, l.Entry, fmt.Sprint(l.Seq), string(l.Of.What),
			string(l.Of.Debtor), string(l.Of.Creditor), l.Change.String(), l.Amount.String(), l.Amount.Currency, string(l.State),
			l.Of.Clause, l.Of.Pack, l.Of.PackVersion, l.Actor.ID, SafeCell(l.Note), SafeCell(l.Of.CertificateNumber)})
	})
	if err != nil {
		return err
	}
	if !started {
		if err := out.Write(moneyColumns); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
