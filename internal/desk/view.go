package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// ClaimView is a claim as a page shows it.
type ClaimView struct {
	Claim    care.Claim
	Customer care.Customer
	Request  care.Request
	Thread   []care.Message // a customer's view has no internal notes
	Events   []care.Event   // a customer's view has none
	// Decision is the frozen decision, made again in the reader's language
	// from its frozen facts; nil before the first.
	Decision *policy.Decision
	// Covers are the unit's terms as they stand now, with the prolongation
	// by this claim's own stay.
	Covers   []Cover
	Parts    []CoveredPart // of the unit, whose own warranty runs
	Actions  []care.Action // what this actor may do next
	Late     []LateTerm    // terms past due, with the penalty as it stands now
	Places   map[string]care.Place
	Assignee *care.User // nil where nobody, and for customers
	// Replacement is the unit that was given, where one was.
	Replacement *care.Unit
	// Money is the ledger: a customer's view has only what concerns the
	// customer.
	Money []EntryView
	// HandBack is what goes with the device after work on its software (C9).
	HandBack []string
	Zone     *time.Location // of the shop, to show instants in
	// Legs are its ways by courier, oldest first.
	Legs []care.Leg
	// Attachments are photos and papers of the claim and its request, oldest
	// first; a customer's view has those that are shown to the customer.
	Attachments []care.Attachment
}

// Claim shows a claim by id or number, its decision in the reader's language.
func (d *Desk) Claim(ctx context.Context, actor care.Actor, claim, lang string) (ClaimView, error) {
	if err := may(actor, ReadClaims); err != nil {
		return ClaimView{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return ClaimView{}, err
	}
	var out ClaimView
	err = d.store.View(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		out, err = d.claimView(ctx, tx, actor, t, c, lang)
		return err
	})
	if err != nil {
		return ClaimView{}, fmt.Errorf("show claim: %w", err)
	}
	return out, nil
}

func (d *Desk) claimView(ctx context.Context, tx Tx, actor care.Actor, t terms, c care.Claim, lang string) (ClaimView, error) {
	out := ClaimView{Claim: c, Zone: t.zone, Actions: nextActions(c, actor)}
	if err := holdUp(ctx, tx, c, out.Actions); err != nil {
		return out, err
	}
	if err := d.demandable(c, out.Actions); err != nil {
		return out, err
	}
	if c.Ruling != nil {
		dec, err := d.decideFrozen(*c.Ruling, t.lang(lang))
		if err != nil {
			return out, err
		}
		out.Decision = &dec
	}
	if err := d.moneyView(ctx, tx, actor, t, c, lang, &out); err != nil {
		return out, err
	}
	if !slices.Contains([]care.Outcome{care.OutcomeRefunded, care.OutcomeDisposed}, c.Outcome) { // whose device it no longer is
		sale := c.Sale
		check, err := d.inForce(ctx, tx, t, care.UnitRecord{Unit: c.Unit, Sale: &sale}, lang)
		if err != nil {
			return out, err
		}
		out.Covers, out.Parts = check.Covers, check.Parts
	}
	stays, err := lineageStays(ctx, tx, c.Unit)
	if err != nil {
		return out, err
	}
	if out.Late, err = d.late(c, out.Decision, stays, t); err != nil {
		return out, err
	}
	if err := d.people(ctx, tx, actor, &out); err != nil {
		return out, err
	}
	if err := d.ways(ctx, tx, actor, &out); err != nil {
		return out, err
	}
	places, err := tx.Places(ctx, c.Retailer)
	if err != nil {
		return out, fmt.Errorf("places: %w", err)
	}
	out.Places = map[string]care.Place{}
	for _, p := range places {
		out.Places[p.ID] = p
	}
	if c.Replacement != nil {
		u, err := tx.Unit(ctx, c.Retailer, c.Replacement.Unit)
		if err != nil {
			return out, fmt.Errorf("replacement unit: %w", err)
		}
		out.Replacement = &u
	}
	return out, nil
}

// people adds who asked, what was said, and who works on it.
func (d *Desk) people(ctx context.Context, tx Tx, actor care.Actor, out *ClaimView) error {
	c := out.Claim
	var err error
	if out.Request, err = tx.Request(ctx, c.Retailer, c.Request); err != nil {
		return fmt.Errorf("request of claim: %w", err)
	}
	if out.Customer, err = tx.Customer(ctx, c.Retailer, c.Customer); !missing(&err) && err != nil {
		return fmt.Errorf("customer of claim: %w", err)
	}
	if out.Attachments, err = attachmentsFor(ctx, tx, actor, out.Request); err != nil {
		return err
	}
	thread, err := tx.Messages(ctx, c.Retailer, c.Request)
	if err != nil {
		return fmt.Errorf("thread of claim: %w", err)
	}
	out.Thread = visible(actor, thread)
	if actor.Kind == care.CustomerActor {
		return nil
	}
	if out.Events, err = tx.Events(ctx, c.Retailer, c.ID); err != nil {
		return fmt.Errorf("events of claim: %w", err)
	}
	if c.Assignee != "" {
		u, err := tx.User(ctx, c.Retailer, c.Assignee)
		if missing(&err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("assignee: %w", err)
		}
		u.Password = ""
		out.Assignee = &u
	}
	return nil
}

func visible(actor care.Actor, thread []care.Message) []care.Message {
	if actor.Kind != care.CustomerActor {
		return thread
	}
	var out []care.Message
	for _, m := range thread {
		if !m.Internal {
			out = append(out, m)
		}
	}
	return out
}

// nextActions are those of the domain that the actor may do. A next step that
// is somebody else's leaves no primary one.
func nextActions(c care.Claim, actor care.Actor) []care.Action {
	var out []care.Action
	for _, a := range care.NextActions(c, actor) {
		if May(actor, On(a.Command)) {
			out = append(out, a)
		}
	}
	return out
}

// Work lists claims by deadline, nearest first. A partner's list holds only
// what is routed to its centre.
func (d *Desk) Work(ctx context.Context, actor care.Actor, f care.WorkFilter, page care.Page) (list []care.WorkItem, next string, err error) {
	if err := narrow(actor, &f, d.now()); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Work(ctx, actor.Retailer, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("work list: %w", err)
	}
	return list, next, nil
}

// WorkCounts counts the same list.
func (d *Desk) WorkCounts(ctx context.Context, actor care.Actor, f care.WorkFilter) (counts care.WorkCounts, err error) {
	if err := narrow(actor, &f, d.now()); err != nil {
		return counts, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		counts, err = tx.WorkCounts(ctx, actor.Retailer, f)
		return err
	})
	if err != nil {
		return counts, fmt.Errorf("count work: %w", err)
	}
	return counts, nil
}

func narrow(actor care.Actor, f *care.WorkFilter, now time.Time) error {
	if err := may(actor, ReadClaims); err != nil {
		return err
	}
	if f.At.IsZero() {
		f.At = now
	}
	switch {
	case actor.Role == care.Partner && actor.Place == "":
		return care.Fail(care.Forbidden, "partner_without_centre")
	case actor.Role == care.Partner:
		f.Centre = actor.Place
	case actor.Kind == care.CustomerActor && actor.ID == "":
		return care.Fail(care.Forbidden, "forbidden", "action", string(ReadClaims))
	case actor.Kind == care.CustomerActor:
		f.Customer = actor.ID
	}
	return nil
}

// Audits lists the audit log, newest first.
func (d *Desk) Audits(ctx context.Context, actor care.Actor, f care.AuditFilter, page care.Page) (list []care.Audit, next string, err error) {
	if err := may(actor, ReadAudit); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Audits(ctx, actor.Retailer, f, page)
		return err
	})
	return list, next, err
}
