package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// Recheck is the comparison of a frozen decision with the same decision made
// again.
type Recheck struct {
	Number string
	Ruling int  // index of the ruling
	Same   bool // byte for byte
	Fresh  json.RawMessage
}

// Recheck decides a claim's rulings again, each from its frozen facts and
// pack version, and compares byte for byte.
func (d *Desk) Recheck(ctx context.Context, actor care.Actor, claim string) ([]Recheck, error) {
	if err := may(actor, ReadClaims); err != nil {
		return nil, err
	}
	var events []care.Event
	var c care.Claim
	err := d.store.View(ctx, func(tx Tx) (err error) {
		if c, err = findClaim(ctx, tx, actor, claim); err != nil {
			return err
		}
		events, err = tx.Events(ctx, c.Retailer, c.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recheck: %w", err)
	}
	var out []Recheck
	for _, e := range events {
		if p, ok := e.Data.(*care.WasDecided); ok {
			r, err := d.recheck(c.Number, p.Ruling)
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
	}
	return out, nil
}

func (d *Desk) recheck(number string, r care.Ruling) (Recheck, error) {
	dec, err := d.decideFrozen(r, r.Lang)
	if err != nil {
		return Recheck{}, err
	}
	fresh, err := json.Marshal(dec)
	if err != nil {
		return Recheck{}, fmt.Errorf("write decision: %w", err)
	}
	return Recheck{Number: number, Ruling: r.Index, Same: string(fresh) == string(r.Decision), Fresh: fresh}, nil
}

// decideFrozen makes the decision of a ruling again, in any language.
func (d *Desk) decideFrozen(r care.Ruling, lang string) (policy.Decision, error) {
	f, err := policy.ReadFrozen(r.Facts)
	if err != nil {
		return policy.Decision{}, fmt.Errorf("read frozen facts: %w", err)
	}
	dec, err := d.packs.DecideFrozen(r.Pack, r.PackVersion, r.Statute, *f, lang)
	if err != nil {
		return policy.Decision{}, fmt.Errorf("decide again: %w", err)
	}
	return dec, nil
}
