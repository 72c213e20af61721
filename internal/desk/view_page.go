package desk

import (
	"context"
	"fmt"

	"github.com/talon-care/talon/internal/care"
)

// ClaimPage is a claim with what stands beside it on its page.
type ClaimPage struct {
	ClaimView
	Loans  ClaimLoans
	Papers []care.Issued
	Told   []care.Notice // what the customer was told, newest first; nil for whoever may not read it
}

// toldShown is how many of a claim's messages its page shows.
const toldShown = 50

// ClaimPage shows a claim as Claim, ClaimLoans, Papers and Messages do, reading
// it once.
func (d *Desk) ClaimPage(ctx context.Context, actor care.Actor, claim, lang string) (out ClaimPage, err error) {
	for _, action := range []Action{ReadClaims, ReadPapers} {
		if err := may(actor, action); err != nil {
			return ClaimPage{}, err
		}
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return ClaimPage{}, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		if out.ClaimView, err = d.claimView(ctx, tx, actor, t, c, lang); err != nil {
			return err
		}
		if out.Loans, err = d.claimLoans(ctx, tx, actor, c); err != nil {
			return err
		}
		events := out.Events
		if events == nil { // a customer's view has none
			if events, err = eventsOf(ctx, tx, c); err != nil {
				return err
			}
		}
		if out.Papers, err = d.papersFrom(ctx, tx, actor, c, events); err != nil {
			return err
		}
		if !May(actor, ReadMessages) {
			return nil
		}
		out.Told, _, err = messages(ctx, tx, actor, care.NoticeFilter{Claim: c.ID, People: true}, care.Page{Limit: toldShown})
		return err
	})
	if err != nil {
		return ClaimPage{}, fmt.Errorf("show claim: %w", err)
	}
	return out, nil
}
