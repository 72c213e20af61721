package storage

import (
	"context"
	"slices"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// AddAlert stores an alert unless the role has one of the subject already, and
// tells whether it did.
func (t *Tx) AddAlert(ctx context.Context, a care.Alert) (bool, error) {
	row := []column{{"retailer_id", a.Retailer}, {"alert_id", a.ID}, {"role", string(a.Role)}, {"subject", a.Subject}, {"kind", string(a.Kind)},
		{"claim_id", a.Claim}, {"request_id", a.Request}, {"number", a.Number}, {"centre", a.Centre}, {"deadline", a.Deadline},
		{"basis", string(a.Basis)}, {"due", a.Due}, {"due_at", a.DueAt.UnixMicro()}, {"at", a.At.UnixMicro()}, {"settled_at", micros(a.Settled)}}
	n, err := t.exec(ctx, insertText("alert", row)+" ON CONFLICT (retailer_id, subject, role) DO NOTHING", values(row)...)
	return n > 0, wrap("add alert", err)
}

// SettleAlerts notes that what the alerts of a subject tell of is settled.
func (t *Tx) SettleAlerts(ctx context.Context, retailer, subject string, at time.Time) error {
	_, err := t.exec(ctx, "UPDATE alert SET settled_at = $3 WHERE retailer_id = $1 AND subject = $2 AND settled_at IS NULL",
		retailer, subject, at.UnixMicro())
	return wrap("settle alerts", err)
}

const alertColumns = `a.alert_id, a.retailer_id, a.role, a.subject, a.kind, a.claim_id, a.request_id, a.number, a.centre, a.deadline, a.basis,
	a.due, a.due_at, a.at, a.settled_at`

func alertFields(a *care.Alert) []any {
	return []any{&a.ID, &a.Retailer, &a.Role, &a.Subject, &a.Kind, &a.Claim, &a.Request, &a.Number, &a.Centre, &a.Deadline, &a.Basis,
		&a.Due, intoTime{&a.DueAt}, intoTime{&a.At}, intoTime{&a.Settled}}
}

// narrowAlerts makes the conditions that the list and its count share.
func narrowAlerts(retailer string, f care.AlertFilter) *where {
	w := &where{}
	w.is("a.retailer_id", retailer)
	in(w, "a.role", f.Roles)
	w.isUnlessEmpty("a.centre", f.Centre)
	w.isUnlessEmpty("a.claim_id", f.Claim)
	if f.Unseen {
		w.and("NOT (a.kind IN (" + w.arg(string(care.AlertWarning)) + ", " + w.arg(string(care.AlertReply)) + ") AND a.settled_at IS NOT NULL)")
		w.and("NOT EXISTS (SELECT 1 FROM alert_seen s WHERE s.retailer_id = a.retailer_id AND s.alert_id = a.alert_id AND s.user_id = " +
			w.arg(f.User) + ")")
	}
	return w
}

// Alerts lists a retailer's alerts, newest first, with who has seen each.
func (t *Tx) Alerts(ctx context.Context, retailer string, f care.AlertFilter, page care.Page) ([]care.Alert, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	w := narrowAlerts(retailer, f)
	if started {
		w.and("(a.at, a.alert_id) < (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	items, err := list(ctx, t, alertFields, "SELECT "+alertColumns+" FROM alert a"+w.String()+" ORDER BY a.at DESC, a.alert_id DESC LIMIT "+
		w.arg(limit+1), w.args...)
	if err != nil {
		return nil, "", wrap("alerts", err)
	}
	items, next := cut(items, limit, func(a care.Alert) position { return position{a.At.UnixMicro(), a.ID} })
	return items, next, wrap("alerts", t.readers(ctx, retailer, f.User, items))
}

// readers adds who has seen the alerts.
func (t *Tx) readers(ctx context.Context, retailer, user string, items []care.Alert) error {
	if len(items) == 0 {
		return nil
	}
	ids := make([]string, len(items))
	for i, a := range items {
		ids[i] = a.ID
	}
	var w where
	w.is("retailer_id", retailer)
	in(&w, "alert_id", ids)
	return t.query(ctx, func(scan func(...any) error) error {
		var id string
		var s care.Seen
		if err := scan(&id, &s.User, intoTime{&s.At}); err != nil {
			return err
		}
		i := slices.Index(ids, id)
		items[i].SeenBy = append(items[i].SeenBy, s)
		items[i].Seen = items[i].Seen || s.User == user
		return nil
	}, "SELECT alert_id, user_id, at FROM alert_seen"+w.String()+" ORDER BY at, user_id", w.args...)
}

// CountAlerts counts what Alerts would list.
func (t *Tx) CountAlerts(ctx context.Context, retailer string, f care.AlertFilter) (n int, err error) {
	w := narrowAlerts(retailer, f)
	err = t.one(ctx, "SELECT count(*) FROM alert a"+w.String(), w.args, &n)
	return n, wrap("count alerts", err)
}

// Alert finds an alert.
func (t *Tx) Alert(ctx context.Context, retailer, id string) (care.Alert, error) {
	var a care.Alert
	err := t.one(ctx, "SELECT "+alertColumns+" FROM alert a WHERE a.retailer_id = $1 AND a.alert_id = $2", []any{retailer, id}, alertFields(&a)...)
	return a, wrap("alert", err)
}

// SeeAlert notes that a user has seen an alert; once is enough.
func (t *Tx) SeeAlert(ctx context.Context, retailer, id string, s care.Seen) error {
	row := []column{{"retailer_id", retailer}, {"alert_id", id}, {"user_id", s.User}, {"at", s.At.UnixMicro()}}
	_, err := t.exec(ctx, insertText("alert_seen", row)+" ON CONFLICT DO NOTHING", values(row)...)
	return wrap("see alert", err)
}
