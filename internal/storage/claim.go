package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// SaveClaim stores the claim as it is after the events, appends them, and
// brings what is derived from the claim in line. When the claim's log does
// not end just before the events, it gives care.ErrConflict and the
// transaction can go on.
func (t *Tx) SaveClaim(ctx context.Context, c care.Claim, events []care.Event) error {
	if err := checkEvents(c, events); err != nil {
		return wrap("save claim", err)
	}
	if err := t.putClaim(ctx, c, events[0].Seq-1); err != nil {
		return wrap("save claim", err)
	}
	for _, e := range events {
		if err := t.addEvent(ctx, e); err != nil {
			return wrap("save claim", err)
		}
	}
	if err := t.putDeadlines(ctx, c); err != nil {
		return wrap("save claim: deadlines", err)
	}
	if err := t.putRefusals(ctx, c); err != nil {
		return wrap("save claim: refusals", err)
	}
	return wrap("save claim: stays", t.putStays(ctx, c))
}

// checkEvents refuses events that are not the claim's own or leave a gap:
// a log that can't be replayed must not come into being.
func checkEvents(c care.Claim, events []care.Event) error {
	if len(events) == 0 {
		return errors.New("no events")
	}
	for i, e := range events {
		if e.Retailer != c.Retailer || e.Claim != c.ID {
			return fmt.Errorf("event %d is of claim %s of %s, not of %s of %s", e.Seq, e.Claim, e.Retailer, c.ID, c.Retailer)
		}
		if want := c.Seq - len(events) + 1 + i; e.Seq != want || want < 1 {
			return fmt.Errorf("event %d stands where %d belongs", e.Seq, want)
		}
	}
	return nil
}

// putClaim inserts the claim, or replaces the row that is at version seen.
func (t *Tx) putClaim(ctx context.Context, c care.Claim, seen int) error {
	row, err := claimRow(c)
	if err != nil {
		return err
	}
	if seen == 0 {
		if err := t.add(ctx, "claim", row); err != nil {
			return err
		}
		return t.indexWords(ctx, c.Retailer, claimScope, c.ID, numberWords(c.Number))
	}
	var w where
	set := make([]string, 0, len(row))
	for _, c := range row[claimKeys:] {
		set = append(set, c.name+" = "+w.arg(c.value))
	}
	w.is("retailer_id", c.Retailer)
	w.is("claim_id", c.ID)
	w.is("seq", seen)
	n, err := t.exec(ctx, "UPDATE claim SET "+strings.Join(set, ", ")+w.String(), w.args...)
	if err == nil && n == 0 {
		return care.ErrConflict
	}
	return err
}

// claimKeys is how many columns of a claim's row never change.
const claimKeys = 3

func claimRow(c care.Claim) ([]column, error) {
	document, err := encode(c)
	if err != nil {
		return nil, err
	}
	if err := keeps(document, c.Ruling); err != nil {
		return nil, err
	}
	return []column{
		{"retailer_id", c.Retailer}, {"claim_id", c.ID}, {"number", c.Number}, // claimKeys
		{"seq", c.Seq}, {"state", string(c.State)}, {"wait", string(c.Wait)}, {"owner", string(c.Owner)},
		{"due", dueOf(c.State, c.Clock.Due)}, {"due_name", c.Clock.Name}, {"is_over", c.State.Over()},
		{"request_id", some(c.Request)}, {"customer_id", some(c.Customer)}, {"unit_id", some(c.Unit.ID)},
		{"holder", string(c.Custody.Kind)}, {"holder_place", c.Custody.Place}, {"centre", some(c.Centre)},
		{"assignee", some(c.Assignee)}, {"category", c.Unit.Category}, {"brand", c.Unit.Brand}, {"model", c.Unit.Model},
		{"serial", c.Unit.Serial}, {"imei", c.Unit.IMEI}, {"serial_fold", some(foldIdentity(c.Unit.Serial))},
		{"imei_fold", some(foldIdentity(c.Unit.IMEI))}, {"imei2_fold", some(foldIdentity(c.Unit.IMEI2))},
		{"basis", string(c.Basis)}, {"outcome", string(c.Outcome)}, {"pack", c.Pack}, {"pack_version", c.Version},
		{"opened_at", c.OpenedAt.UnixMicro()}, {"updated_at", c.UpdatedAt.UnixMicro()}, {"closed_at", micros(c.ClosedAt)},
		{"document", document},
	}, nil
}

// keeps makes sure that what a ruling froze will come back byte for byte.
func keeps(document string, r *care.Ruling) error {
	if r == nil || strings.Contains(document, string(r.Facts)) && strings.Contains(document, string(r.Decision)) {
		return nil
	}
	return fmt.Errorf("ruling %d is not compact JSON: its bytes would not be kept", r.Index)
}

func (t *Tx) addEvent(ctx context.Context, e care.Event) error {
	actor, err := encode(e.Actor)
	if err != nil {
		return err
	}
	data, err := care.EncodePayload(e.Data)
	if err != nil {
		return err
	}
	if d, decided := e.Data.(*care.WasDecided); decided {
		if err := keeps(string(data), &d.Ruling); err != nil {
			return err
		}
	}
	return t.add(ctx, "claim_event", []column{
		{"retailer_id", e.Retailer}, {"claim_id", e.Claim}, {"seq", e.Seq}, {"at", e.At.UnixMicro()},
		{"kind", string(e.Data.EventKind())}, {"actor", actor}, {"data", string(data)},
	})
}

// putDeadlines writes the claim's deadlines; a claim's list only grows or is
// made anew, so what is beyond its end goes.
func (t *Tx) putDeadlines(ctx context.Context, c care.Claim) error {
	for i, d := range c.Deadlines {
		err := t.put(ctx, "claim_deadline", 3, []column{
			{"retailer_id", c.Retailer}, {"claim_id", c.ID}, {"idx", i}, {"name", d.Name}, {"basis", string(d.Basis)},
			{"due_at", d.DueAt.UnixMicro()}, {"state", string(d.State)}, {"settled_at", micros(d.SettledAt)}, {"clause", d.Clause},
		})
		if err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "DELETE FROM claim_deadline WHERE retailer_id = $1 AND claim_id = $2 AND idx >= $3",
		c.Retailer, c.ID, len(c.Deadlines))
	return err
}

func (t *Tx) claimBy(ctx context.Context, retailer, column, value string) (care.Claim, error) {
	var c care.Claim
	err := t.one(ctx, "SELECT document FROM claim WHERE retailer_id = $1 AND "+column+" = $2"+t.lock(),
		[]any{retailer, value}, intoJSON{&c})
	return c, err
}

// Claim reads a claim; in a read-write transaction it also locks it.
func (t *Tx) Claim(ctx context.Context, retailer, id string) (care.Claim, error) {
	c, err := t.claimBy(ctx, retailer, "claim_id", id)
	return c, wrap("claim", err)
}

// ClaimByNumber reads a claim by its number, as written, and locks it as
// Claim does.
func (t *Tx) ClaimByNumber(ctx context.Context, retailer, number string) (care.Claim, error) {
	c, err := t.claimBy(ctx, retailer, "number", number)
	return c, wrap("claim by number", err)
}

// Events lists the events of a claim by Seq.
func (t *Tx) Events(ctx context.Context, retailer, claim string) ([]care.Event, error) {
	var events []care.Event
	err := t.query(ctx, func(scan func(...any) error) error {
		e := care.Event{Retailer: retailer, Claim: claim}
		var kind, data string
		if err := scan(&e.Seq, intoTime{&e.At}, &kind, intoJSON{&e.Actor}, &data); err != nil {
			return err
		}
		var err error
		e.Data, err = care.DecodePayload(care.EventKind(kind), []byte(data))
		events = append(events, e)
		return err
	}, "SELECT seq, at, kind, actor, data FROM claim_event WHERE retailer_id = $1 AND claim_id = $2 ORDER BY seq", retailer, claim)
	return events, wrap("events", err)
}

const claimsOfUnit = "SELECT document FROM claim WHERE retailer_id = $1 AND unit_id = $2 ORDER BY opened_at, claim_id"

// ClaimsOfUnit lists the claims on a unit, oldest first.
func (t *Tx) ClaimsOfUnit(ctx context.Context, retailer, unit string) ([]care.Claim, error) {
	fields := func(c *care.Claim) []any { return []any{intoJSON{c}} }
	list, err := list(ctx, t, fields, claimsOfUnit, retailer, unit)
	return list, wrap("claims of unit", err)
}

// ClaimIDs lists up to limit ids of a retailer's claims after the given one,
// in order of id.
func (t *Tx) ClaimIDs(ctx context.Context, retailer, after string, limit int) ([]string, error) {
	fields := func(id *string) []any { return []any{id} }
	list, err := list(ctx, t, fields, "SELECT claim_id FROM claim WHERE retailer_id = $1 AND claim_id > $2 ORDER BY claim_id LIMIT $3",
		retailer, after, max(0, limit))
	return list, wrap("claim ids", err)
}
