package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// partWarranties fills in what the law says of the parts put in (RU-20.4): the
// technician may state a longer warranty, never a shorter one.
func (w *work) partWarranties(f care.FinishRepair) (care.Command, error) {
	f, err := w.costs(f)
	if err != nil || len(f.Parts) == 0 {
		return f, err
	}
	before, err := earlierClaims(w.ctx, w.tx, w.claim)
	if err != nil {
		return nil, err
	}
	least, err := w.d.partMonths(w.claim, before)
	if err != nil {
		return nil, err
	}
	for i, p := range f.Parts {
		switch months := least(p.Part); {
		case p.Months == 0:
			f.Parts[i].Months = months
		case p.Months > 0 && p.Months < months:
			return nil, care.Fail(care.Invalid, "part_months_less", "months", strconv.Itoa(months)).At("parts")
		}
	}
	return f, nil
}

// costs puts what the work cost into the retailer's money, for suppliers are
// asked for nothing else.
func (w *work) costs(f care.FinishRepair) (care.FinishRepair, error) {
	if f.Labour != nil {
		labour, err := w.d.charged(w.terms, *f.Labour, "labour")
		if err != nil {
			return f, err
		}
		f.Labour = &labour
	}
	f.Parts = slices.Clone(f.Parts)
	for i, p := range f.Parts {
		if p.Price == nil {
			continue
		}
		price, err := w.d.charged(w.terms, *p.Price, "parts")
		if err != nil {
			return f, err
		}
		f.Parts[i].Price = &price
	}
	return f, nil
}

// partMonths tells the least warranty of a part put in on a claim, in months;
// 0 where nothing says so. before are the earlier claims on the unit.
func (d *Desk) partMonths(c care.Claim, before []care.Claim) (func(part string) int, error) {
	program, err := d.packs.Program(c.Retailer, c.Sale.Date)
	if err != nil {
		return nil, fmt.Errorf("terms at the sale: %w", err)
	}
	basis := c.BasisInUse()
	if c.Remedy != nil {
		basis = c.Remedy.Basis
	}
	return func(part string) int {
		months, _ := program.PartMonths(basis, lastMonths(before, part), c.Sale.WarrantyMonths)
		return months
	}, nil
}

// lastMonths is the warranty of the part of a kind that was put in last; 0 for
// none of its own.
func lastMonths(before []care.Claim, part string) int {
	for _, c := range slices.Backward(before) {
		if c.Repair == nil {
			continue
		}
		for _, p := range slices.Backward(c.Repair.Parts) {
			if p.Part == part && !p.Until.IsZero() {
				return p.Months
			}
		}
	}
	return 0
}

// earlierClaims are the claims on the same unit before this one, oldest first.
func earlierClaims(ctx context.Context, tx Tx, c care.Claim) ([]care.Claim, error) {
	if c.Unit.ID == "" {
		return nil, nil
	}
	list, err := tx.ClaimsOfUnit(ctx, c.Retailer, c.Unit.ID)
	if err != nil {
		return nil, fmt.Errorf("claims of unit: %w", err)
	}
	return slices.DeleteFunc(list, func(x care.Claim) bool { return x.ID == c.ID || x.OpenedAt.After(c.OpenedAt) }), nil
}

// CoveredPart is a part that was put into a unit and whose own warranty still
// runs.
type CoveredPart struct {
	care.Part
	Claim string // number of the claim on which it was put in
}

// coveredParts lists the parts of a unit whose own warranty runs on a day,
// latest first; of two that were put in for one another only the later is
// still there.
func coveredParts(claims []care.Claim, today calendar.Date) (out []CoveredPart) {
	for _, c := range slices.Backward(claims) {
		if c.Repair == nil {
			continue
		}
		for _, p := range c.Repair.Parts {
			gone := slices.ContainsFunc(out, func(x CoveredPart) bool { return x.Part.Part == p.Part && x.Claim != c.Number })
			if !gone && !p.Until.IsZero() && !p.Until.Before(today) {
				p.Price = nil
				out = append(out, CoveredPart{p, c.Number})
			}
		}
	}
	return out
}

// leastMonths tells the form that reports the repair what the law gives a part
// that is put in for the first time.
func (d *Desk) leastMonths(c care.Claim, a *care.Action) error {
	least, err := d.partMonths(c, nil)
	if err != nil {
		return err
	}
	for i := range a.Fields {
		if months := least(""); a.Fields[i].Type == care.PartsField && months > 0 {
			a.Fields[i].Value = strconv.Itoa(months)
		}
	}
	return nil
}
