package desk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// Demandable lists the remedies that a retailer's terms or the law may ever
// give, for the forms that ask the customer what they want.
func (d *Desk) Demandable(retailer string) ([]string, error) {
	p, err := d.packs.Program(retailer, calendar.Date{})
	if err != nil {
		return nil, fmt.Errorf("remedies of %s: %w", retailer, err)
	}
	return p.Remedies(), nil
}

// demand refuses what neither the terms of the claim nor the law know.
func (w *work) demand(c care.DemandRemedy) (care.Command, error) {
	p, err := w.d.programOf(w.claim)
	if err != nil {
		return nil, err
	}
	if list := p.Remedies(); !slices.Contains(list, c.Remedy) {
		return nil, care.Fail(care.Invalid, "unknown_value", "field", "remedy", "value", c.Remedy, "expected", strings.Join(list, " ")).At("remedy")
	}
	return c, nil
}

// demanded records what the request itself asks for: its terms count from the
// request (RU-21.1, RU-22).
func (w *work) demanded(remedy string) error {
	if remedy == "" {
		return nil
	}
	cmd, err := w.demand(care.DemandRemedy{Remedy: remedy, At: w.claim.ReceivedAt})
	if err != nil {
		return err
	}
	return w.apply(cmd)
}

// NextActions are what an actor may do with a claim next, with the remedies to
// demand that its terms know; where these can't be had, whoever gives the
// command hears of it.
func (d *Desk) NextActions(c care.Claim, actor care.Actor) []care.Action {
	list := nextActions(c, actor)
	if err := d.demandable(c, list); err != nil {
		return nextActions(c, actor)
	}
	return list
}

// demandable leaves, of the remedies to demand, those that the terms know.
func (d *Desk) demandable(c care.Claim, list []care.Action) error {
	i := slices.IndexFunc(list, func(a care.Action) bool { return a.Command == care.CmdDemandRemedy })
	if i < 0 {
		return nil
	}
	p, err := d.programOf(c)
	if err != nil {
		return err
	}
	known := p.Remedies()
	f := &list[i].Fields[0]
	f.Options = slices.DeleteFunc(slices.Clone(f.Options), func(kind string) bool { return !slices.Contains(known, kind) })
	return nil
}
