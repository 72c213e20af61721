package desk

import (
	"context"
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// Preview is where a warranty_service request would stand if it were made
// now. Nothing is stored.
type Preview struct {
	Known    bool // the registry has the unit
	Category string
	Brand    string
	Model    string
	Decision policy.Decision
}

// Preview decides a warranty_service request before it is made, so that the
// form can show every basis and ask exactly what the decision needs. It
// refuses what Submit would refuse, but for a way to answer: where one stands
// is told to whoever asks. Like CheckWarranty it tells whoever knows
// the number no more than what is in force: the sums of a sale that the
// registry holds are left out.
func (d *Desk) Preview(ctx context.Context, actor care.Actor, in NewRequest) (Preview, error) {
	if err := may(actor, OpenClaims); err != nil {
		return Preview{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return Preview{}, err
	}
	if err := in.checkKind(t); err != nil {
		return Preview{}, err
	}
	if err := in.checkSubject(); err != nil {
		return Preview{}, err
	}
	if in.Kind != care.WarrantyService {
		return Preview{}, care.Fail(care.Invalid, "kind_not_taken", "kind", in.Kind).At("kind")
	}
	var out Preview
	err = d.store.View(ctx, func(tx Tx) error {
		out, err = d.preview(ctx, tx, actor, t, in)
		return err
	})
	if err != nil {
		return Preview{}, fmt.Errorf("preview request: %w", err)
	}
	return out, nil
}

func (d *Desk) preview(ctx context.Context, tx Tx, actor care.Actor, t terms, in NewRequest) (Preview, error) {
	rec, known, err := d.unitOf(ctx, tx, actor.Retailer, in)
	if err != nil {
		return Preview{}, err
	}
	now := d.now()
	c := care.Claim{Seq: 1, Retailer: actor.Retailer, State: care.Submitted, Pack: actor.Retailer, Channel: in.Channel, Basis: in.Basis,
		ReceivedAt: now, Settlement: in.Settlement, Unit: rec.Unit, Sale: saleOf(rec), Documents: in.Documents}
	if in.Remedy != "" {
		c.Demand = &care.Demand{Remedy: in.Remedy, At: now, By: actor.Kind}
	}
	if facts := statable(actor, in.Facts); len(facts) > 0 {
		events, err := care.Apply(c, care.RecordAnswers{Facts: facts}, care.Env{Now: now, Zone: t.zone, Actor: actor})
		if err != nil {
			return Preview{}, err
		}
		for _, e := range events {
			c = c.When(e)
		}
	}
	stays, err := lineageStays(ctx, tx, rec.Unit)
	if err != nil {
		return Preview{}, err
	}
	dec, err := d.packs.Decide(care.FactsOf(c, stays, now, t.zone), t.lang(in.Lang))
	if err != nil {
		return Preview{}, fmt.Errorf("decide preview: %w", err)
	}
	if known {
		hideSums(&dec)
	}
	u := rec.Unit
	return Preview{Known: known, Category: u.Category, Brand: u.Brand, Model: u.Model, Decision: dec}, nil
}

// unitOf is unitFor that registers nothing.
func (d *Desk) unitOf(ctx context.Context, tx Tx, retailer string, in NewRequest) (care.UnitRecord, bool, error) {
	rec, err := d.knownUnit(ctx, tx, retailer, in)
	if err == nil {
		return rec, true, nil
	}
	if care.CodeOf(err) != care.NotFound || in.Device == nil {
		return rec, false, err
	}
	if err := in.Device.check(); err != nil {
		return rec, false, err
	}
	unit, sale := in.Device.described()
	unit.Retailer = retailer
	return care.UnitRecord{Unit: unit, Sale: &sale}, false, nil
}

func hideSums(dec *policy.Decision) {
	for i := range dec.Bases {
		for j := range dec.Bases[i].Remedies {
			dec.Bases[i].Remedies[j].Amount = nil
		}
	}
}
