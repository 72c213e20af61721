package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// AlertTx keeps what people are told of deadlines.
type AlertTx interface {
	// AddAlert stores an alert, unless the role has one of the subject; it
	// tells whether it did.
	AddAlert(ctx context.Context, a care.Alert) (bool, error)
	// SettleAlerts notes that the alerts of a subject are settled.
	SettleAlerts(ctx context.Context, retailer, subject string, at time.Time) error
	Alert(ctx context.Context, retailer, id string) (care.Alert, error)
	// Alerts are listed newest first.
	Alerts(ctx context.Context, retailer string, f care.AlertFilter, page care.Page) (items []care.Alert, next string, err error)
	CountAlerts(ctx context.Context, retailer string, f care.AlertFilter) (int, error)
	SeeAlert(ctx context.Context, retailer, id string, s care.Seen) error
}

// alert tells the role that answers for a deadline, and the manager. It
// reports whether anybody is told for the first time.
func (d *Desk) alert(ctx context.Context, tx Tx, owner care.Role, a care.Alert) (told bool, err error) {
	a.At = d.now()
	for _, role := range slices.Compact([]care.Role{owner, care.Manager}) {
		a.Role = role
		if a.ID, err = d.newID(); err != nil {
			return told, err
		}
		added, err := tx.AddAlert(ctx, a)
		if err != nil {
			return told, fmt.Errorf("store alert: %w", err)
		}
		told = told || added
	}
	return told, nil
}

// mine narrows a list to what concerns the actor: the alerts of the role; a
// partner's its own and those for technicians, of what is routed to its centre. The
// administrator has all.
func mine(actor care.Actor, f *care.AlertFilter) error {
	f.User = actor.ID
	switch {
	case actor.Role == care.Partner && actor.Place == "":
		return care.Fail(care.Forbidden, "partner_without_centre")
	case actor.Role == care.Partner:
		f.Roles, f.Centre = []care.Role{care.Technician, care.Partner}, actor.Place
	case actor.Role != care.Administrator:
		f.Roles = []care.Role{actor.Role}
	}
	return nil
}

// Alerts lists what the actor's role is told of deadlines, newest first.
func (d *Desk) Alerts(ctx context.Context, actor care.Actor, f care.AlertFilter, page care.Page) (list []care.Alert, next string, err error) {
	if err := may(actor, ReadAlerts); err != nil {
		return nil, "", err
	}
	if err := mine(actor, &f); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Alerts(ctx, actor.Retailer, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list alerts: %w", err)
	}
	return list, next, nil
}

// UnseenAlerts counts what the actor has not seen yet.
func (d *Desk) UnseenAlerts(ctx context.Context, actor care.Actor) (n int, err error) {
	if err := may(actor, ReadAlerts); err != nil {
		return 0, err
	}
	f := care.AlertFilter{Unseen: true}
	if err := mine(actor, &f); err != nil {
		return 0, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		n, err = tx.CountAlerts(ctx, actor.Retailer, f)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count alerts: %w", err)
	}
	return n, nil
}

// SeeAlerts notes that the actor has seen alerts; none named means all that
// are unseen.
func (d *Desk) SeeAlerts(ctx context.Context, actor care.Actor, ids ...string) error {
	if err := may(actor, ReadAlerts); err != nil {
		return err
	}
	if actor.ID == "" {
		return care.Fail(care.Forbidden, "forbidden", "action", string(ReadAlerts))
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		list, err := d.unseen(ctx, tx, actor, ids)
		if err != nil {
			return err
		}
		for _, a := range list {
			if err := tx.SeeAlert(ctx, actor.Retailer, a.ID, care.Seen{User: actor.ID, At: d.now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("see alerts: %w", err)
	}
	return nil
}

// unseen finds the named alerts, each of which must be the actor's, or all
// that the actor has not seen.
func (d *Desk) unseen(ctx context.Context, tx Tx, actor care.Actor, ids []string) ([]care.Alert, error) {
	var f care.AlertFilter
	if err := mine(actor, &f); err != nil {
		return nil, err
	}
	var out []care.Alert
	for _, id := range ids {
		a, err := tx.Alert(ctx, actor.Retailer, id)
		if err != nil {
			return nil, notFound(err, "no_alert")
		}
		if len(f.Roles) > 0 && !slices.Contains(f.Roles, a.Role) || f.Centre != "" && f.Centre != a.Centre {
			return nil, care.Fail(care.NotFound, "no_alert")
		}
		out = append(out, a)
	}
	f.Unseen = true
	for page := (care.Page{Limit: 200}); len(ids) == 0; {
		list, next, err := tx.Alerts(ctx, actor.Retailer, f, page)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
		if page.Cursor = next; next == "" {
			break
		}
	}
	return out, nil
}
