package storage

import (
	"context"
	"errors"

	"github.com/talon-care/talon/internal/care"
)

// AddStay records a service done before the registry was kept. Index tells
// several of a unit apart; one that is there already is care.ErrConflict.
func (t *Tx) AddStay(ctx context.Context, s care.Stay) error {
	if s.Claim != "" {
		return wrap("add stay", errors.New("stays of claims come from their events"))
	}
	return wrap("add stay", t.add(ctx, "service_stay", stayRow(s)))
}

// putStays makes the ledger say what the claim says: first the rows go that
// the claim no longer has, or has for another unit.
func (t *Tx) putStays(ctx context.Context, c care.Claim) error {
	_, err := t.exec(ctx, "DELETE FROM service_stay WHERE retailer_id = $1 AND claim_id = $2", c.Retailer, c.ID)
	if err != nil {
		return err
	}
	for _, s := range c.Stays {
		if s.Unit == "" {
			continue // nobody's ledger
		}
		if s.Retailer != c.Retailer || s.Claim != c.ID {
			return errors.New("a stay is of another claim")
		}
		if err := t.add(ctx, "service_stay", stayRow(s)); err != nil {
			return err
		}
	}
	return nil
}

func stayRow(s care.Stay) []column {
	return []column{
		{"retailer_id", s.Retailer}, {"unit_id", s.Unit}, {"claim_id", s.Claim}, {"idx", s.Index},
		{"demanded_at", micros(s.Demanded)}, {"accepted_at", micros(s.Accepted)}, {"released_at", micros(s.Released)}, {"handed_back_at", micros(s.HandedBack)},
		{"kind", s.Kind}, {"outcome", s.Outcome}, {"centre", s.Centre}, {"basis", string(s.Basis)}, {"defect", s.Defect},
	}
}

func stayFields(s *care.Stay) []any {
	return []any{&s.Retailer, &s.Unit, &s.Claim, &s.Index, intoTime{&s.Demanded}, intoTime{&s.Accepted}, intoTime{&s.Released}, intoTime{&s.HandedBack},
		&s.Kind, &s.Outcome, &s.Centre, &s.Basis, &s.Defect}
}

const staysOfUnit = `SELECT retailer_id, unit_id, claim_id, idx, demanded_at, accepted_at, released_at, handed_back_at, kind, outcome, centre, basis, defect
	FROM service_stay WHERE retailer_id = $1 AND unit_id = $2 ORDER BY coalesce(demanded_at, 0), claim_id, idx`

// StaysOfUnit is the prolongation ledger of a unit (B10).
func (t *Tx) StaysOfUnit(ctx context.Context, retailer, unit string) ([]care.Stay, error) {
	list, err := list(ctx, t, stayFields, staysOfUnit, retailer, unit)
	return list, wrap("stays of unit", err)
}
