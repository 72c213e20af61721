package storage

import (
	"context"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

const workColumns = `c.claim_id, c.number, c.state, c.wait, c.owner, c.due, c.due_name, c.holder, c.holder_place, c.centre, c.assignee,
	c.brand, c.model, c.category, c.serial, c.imei, c.basis, c.outcome, c.customer_id, b.name, c.opened_at, c.updated_at`

func workFields(i *care.WorkItem) []any {
	return []any{&i.Claim, &i.Number, &i.State, &i.Wait, &i.Owner, intoTime{&i.Due}, &i.DueName, &i.Custody, &i.Place,
		intoText{&i.Centre}, intoText{&i.Assignee}, &i.Brand, &i.Model, &i.Category, &i.Serial, &i.IMEI, &i.Basis, &i.Outcome,
		intoText{&i.Customer}, intoText{&i.CustomerName}, intoTime{&i.OpenedAt}, intoTime{&i.UpdatedAt}}
}

// Work lists claims by the clock of their state (those without one last),
// then id.
func (t *Tx) Work(ctx context.Context, retailer string, f care.WorkFilter, page care.Page) ([]care.WorkItem, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	found, err := t.finding(ctx, retailer, claimKind, f.Text)
	if err != nil {
		return nil, "", wrap("work list", err)
	}
	text, args := workQuery(retailer, f, found, from, started, limit)
	items, err := list(ctx, t, workFields, text, args...)
	if err != nil {
		return nil, "", wrap("work list", err)
	}
	items, next := cut(items, limit, func(i care.WorkItem) position { return position{dueOf(i.State, i.Due), i.Claim} })
	return items, next, nil
}

func workQuery(retailer string, f care.WorkFilter, found finding, from position, started bool, limit int) (string, []any) {
	w := narrow(retailer, f, found)
	if f.Open {
		w.and("c.due < " + w.arg(int64(never)))
	}
	if f.Late {
		w.and("c.due <= " + w.arg(f.At.UnixMicro()))
	}
	if started {
		w.and("(c.due, c.claim_id) > (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	order := " ORDER BY c.due, c.claim_id LIMIT " + w.arg(limit+1)
	if len(f.States) < 2 || f.Text != "" || f.Customer != "" || f.Unit != "" {
		in(w, "c.state", f.States)
	} else {
		w.firstOfStates(f.States, order)
	}
	return w.with + "SELECT " + workColumns + ` FROM claim c
		LEFT JOIN customer b ON b.retailer_id = c.retailer_id AND b.customer_id = c.customer_id` + w.String() + order, w.args
}

// firstOfStates takes the first page of each state by itself, in the order of
// the index, and nothing else: all claims of several states would have to be
// sorted for one page.
func (w *where) firstOfStates(states []care.State, order string) {
	firsts := make([]string, len(states))
	for i, state := range states {
		firsts[i] = "SELECT claim_id FROM (SELECT c.claim_id FROM claim c" + w.String() + " AND c.state = " + w.arg(string(state)) +
			order + ") AS of_state"
	}
	w.and("c.claim_id IN (" + strings.Join(firsts, " UNION ALL ") + ")")
}

// narrow makes the conditions that a work list and its counts share.
func narrow(retailer string, f care.WorkFilter, found finding) *where {
	w := &where{}
	w.is("c.retailer_id", retailer) // $1
	w.isUnlessEmpty("c.owner", string(f.Owner))
	w.isUnlessEmpty("c.centre", f.Centre)
	w.isUnlessEmpty("c.assignee", f.Assignee)
	w.isUnlessEmpty("c.customer_id", f.Customer)
	w.isUnlessEmpty("c.unit_id", f.Unit)
	found.matches(w, "c.claim_id")
	return w
}

var claimKind = kind{"claim_id", claimSources}

// claimSources find claims by number, serial, IMEI and customer.
func claimSources(s *search, text string) []string {
	sets := []string{s.numbered(claimScope, text)}
	for _, column := range identityColumns {
		sets = append(sets, s.identity("claim", column, text))
	}
	return append(sets, s.customers("claim", text))
}

// WorkCounts counts a work list by state, and its open claims by owner and
// lateness at f.At.
func (t *Tx) WorkCounts(ctx context.Context, retailer string, f care.WorkFilter) (care.WorkCounts, error) {
	counts := care.WorkCounts{ByState: map[care.State]int{}, ByOwner: map[care.Role]int{}}
	found, err := t.finding(ctx, retailer, claimKind, f.Text)
	if err != nil {
		return counts, wrap("work counts", err)
	}
	text, args := countsQuery(retailer, f, found)
	err = t.query(ctx, func(scan func(...any) error) error {
		var state care.State
		var owner *care.Role
		var claims, late int
		if err := scan(&state, &owner, &claims, &late); err != nil {
			return err
		}
		counts.ByState[state] += claims
		counts.Late += late
		if owner != nil {
			counts.ByOwner[*owner] += claims
		}
		return nil
	}, text, args...)
	return counts, wrap("work counts", err)
}

// countsQuery counts open claims by state and owner, then those that are over,
// of which there are most, by state alone: their owner is NULL.
func countsQuery(retailer string, f care.WorkFilter, found finding) (string, []any) {
	w := narrow(retailer, f, found)
	at := w.arg(f.At.UnixMicro())
	return w.with + "SELECT c.state, c.owner, count(*), sum(CASE WHEN c.due <= " + at + " THEN 1 ELSE 0 END) FROM claim c" + w.String() +
		" AND c.is_over = FALSE GROUP BY c.state, c.owner UNION ALL SELECT c.state, NULL, count(*), 0 FROM claim c" + w.String() +
		" AND c.is_over = TRUE GROUP BY c.state", w.args
}
