package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// putRefusals writes which clauses the claim's latest decision refuses by.
func (t *Tx) putRefusals(ctx context.Context, c care.Claim) error {
	_, err := t.exec(ctx, "DELETE FROM claim_refusal WHERE retailer_id = $1 AND claim_id = $2", c.Retailer, c.ID)
	if err != nil || c.Ruling == nil {
		return err
	}
	for _, row := range refusalRows(c.Retailer, c.ID, c.Ruling.Result) {
		// A clause that decides twice is one.
		if err := t.add(ctx, "claim_refusal", row); err != nil && !errors.Is(err, care.ErrConflict) {
			return err
		}
	}
	return nil
}

func refusalRows(retailer, claim string, r care.Result) (rows [][]column) {
	for _, b := range r.Bases {
		if b.Verdict != policy.Refused {
			continue
		}
		for _, clause := range b.Clauses {
			rows = append(rows, []column{{"retailer_id", retailer}, {"claim_id", claim}, {"basis", string(b.Basis)}, {"clause", clause}})
		}
	}
	return rows
}

// fillRefusals writes them for the claims that were there before the table.
func fillRefusals(ctx context.Context, tx *sql.Tx) error {
	type ruled struct{ retailer, claim, document string }
	for after := (ruled{}); ; {
		rows, err := tx.QueryContext(ctx, `SELECT retailer_id, claim_id, document FROM claim WHERE (retailer_id, claim_id) > ($1, $2)
			ORDER BY retailer_id, claim_id LIMIT 200`, after.retailer, after.claim)
		if err != nil {
			return err
		}
		var batch []ruled
		for rows.Next() {
			var r ruled
			if err := rows.Scan(&r.retailer, &r.claim, &r.document); err != nil {
				rows.Close()
				return err
			}
			batch = append(batch, r)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if len(batch) == 0 {
			return nil
		}
		for _, r := range batch {
			var c struct {
				Ruling *struct {
					Result care.Result `json:"result"`
				} `json:"ruling"`
			}
			if err := json.Unmarshal([]byte(r.document), &c); err != nil {
				return fmt.Errorf("claim %s of %s: %w", r.claim, r.retailer, err)
			}
			if c.Ruling == nil {
				continue
			}
			for _, row := range refusalRows(r.retailer, r.claim, c.Ruling.Result) {
				if _, err := tx.ExecContext(ctx, insertText("claim_refusal", row)+" ON CONFLICT DO NOTHING", values(row)...); err != nil {
					return err
				}
			}
		}
		after = batch[len(batch)-1]
	}
}

func reportWhere(retailer string, f care.ReportFilter) *where {
	w := &where{}
	w.is("c.retailer_id", retailer)
	w.and("c.opened_at >= " + w.arg(f.From.UnixMicro()))
	w.and("c.opened_at < " + w.arg(f.Before.UnixMicro()))
	w.isUnlessEmpty("c.centre", f.Centre)
	w.isUnlessEmpty("c.category", f.Category)
	return w
}

// reportQuery looks for the earlier repair in the ledger of stays, which holds
// what was done before the registry was kept as well.
func reportQuery(retailer string, f care.ReportFilter) (string, []any) {
	w := reportWhere(retailer, f)
	return `SELECT c.claim_id, c.number, c.state, c.outcome, c.category, c.brand, c.model, c.centre, c.opened_at,
		(SELECT min(s.accepted_at) FROM service_stay s WHERE s.retailer_id = c.retailer_id AND s.claim_id = c.claim_id),
		(SELECT max(s.released_at) FROM service_stay s WHERE s.retailer_id = c.retailer_id AND s.claim_id = c.claim_id),
		p.released_at, e.number
		FROM claim c
		LEFT JOIN service_stay p ON p.retailer_id = c.retailer_id AND p.unit_id = c.unit_id AND p.claim_id <> c.claim_id AND p.outcome = 'repaired'
			AND p.released_at <= c.opened_at AND p.released_at >= c.opened_at - ` + w.arg(care.RepeatWindow.Microseconds()) + `
			AND NOT EXISTS (SELECT 1 FROM service_stay q WHERE q.retailer_id = p.retailer_id AND q.unit_id = p.unit_id AND q.outcome = 'repaired'
				AND q.claim_id <> c.claim_id AND q.released_at <= c.opened_at
				AND (q.released_at, q.claim_id, q.idx) > (p.released_at, p.claim_id, p.idx))
		LEFT JOIN claim e ON e.retailer_id = p.retailer_id AND e.claim_id = p.claim_id` + w.String() + ` ORDER BY c.opened_at, c.claim_id`, w.args
}

// EachReportClaim gives the claims of a report to each, oldest first: nothing
// is kept in memory.
func (t *Tx) EachReportClaim(ctx context.Context, retailer string, f care.ReportFilter, each func(care.ReportClaim)) error {
	text, args := reportQuery(retailer, f)
	err := t.query(ctx, func(scan func(...any) error) error {
		var c care.ReportClaim
		err := scan(&c.Claim, &c.Number, &c.State, &c.Outcome, &c.Category, &c.Brand, &c.Model, intoText{&c.Centre}, intoTime{&c.OpenedAt},
			intoTime{&c.Accepted}, intoTime{&c.Released}, intoTime{&c.Before}, intoText{&c.BeforeNumber})
		if err == nil {
			each(c)
		}
		return err
	}, text, args...)
	return wrap("claims of report", err)
}

func refusalsQuery(retailer string, f care.ReportFilter) (string, []any) {
	w := reportWhere(retailer, f)
	return `SELECT r.claim_id, r.basis, r.clause, c.outcome FROM claim c
		JOIN claim_refusal r ON r.retailer_id = c.retailer_id AND r.claim_id = c.claim_id` + w.String(), w.args
}

// EachRefusal gives the refusing clauses of a report's claims to each.
func (t *Tx) EachRefusal(ctx context.Context, retailer string, f care.ReportFilter, each func(care.ReportRefusal)) error {
	text, args := refusalsQuery(retailer, f)
	err := t.query(ctx, func(scan func(...any) error) error {
		var r care.ReportRefusal
		var outcome care.Outcome
		err := scan(&r.Claim, &r.Basis, &r.Clause, &outcome)
		r.Ended = outcome == care.OutcomeRefused
		if err == nil {
			each(r)
		}
		return err
	}, text, args...)
	return wrap("refusals of report", err)
}

func soldQuery(retailer string, models []care.ModelCount) (string, []any) {
	w := &where{}
	w.is("retailer_id", retailer)
	rows := make([]string, len(models))
	for i, m := range models {
		rows[i] = "(" + w.arg(m.Category) + ", " + w.arg(m.Brand) + ", " + w.arg(m.Model) + ")"
	}
	w.and("(category, brand, model) IN (VALUES " + strings.Join(rows, ", ") + ")")
	return "SELECT category, brand, model, count(*) FROM unit" + w.String() + " GROUP BY category, brand, model", w.args
}

// SoldOfModels counts the units of each model in the registry.
func (t *Tx) SoldOfModels(ctx context.Context, retailer string, models []care.ModelCount) error {
	if len(models) == 0 {
		return nil
	}
	text, args := soldQuery(retailer, models)
	err := t.query(ctx, func(scan func(...any) error) error {
		var category, brand, model string
		var n int
		if err := scan(&category, &brand, &model, &n); err != nil {
			return err
		}
		i := slices.IndexFunc(models, func(m care.ModelCount) bool { return m.Category == category && m.Brand == brand && m.Model == model })
		models[i].Sold = n
		return nil
	}, text, args...)
	return wrap("units of models", err)
}

const supplierCosts = `SELECT v.currency, count(*), CAST(sum(CASE WHEN v.paid_at IS NULL AND v.state <> 'rejected' THEN coalesce(v.agreed, v.amount) ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN v.paid_at IS NULL THEN 0 ELSE coalesce(v.agreed, v.amount) END) AS BIGINT)
	FROM recovery v WHERE v.retailer_id = $1 AND v.earned_at >= $2 AND v.earned_at < $3 GROUP BY v.currency ORDER BY v.currency`

const ledgerCosts = `SELECT e.what, e.debtor, e.creditor, e.currency, count(*),
	CAST(sum(CASE WHEN e.state = 'paid' THEN 0 ELSE e.amount END) AS BIGINT), CAST(sum(CASE WHEN e.state = 'paid' THEN e.amount ELSE 0 END) AS BIGINT)
	FROM money_entry e WHERE e.retailer_id = $1 AND e.created_at >= $2 AND e.created_at < $3 AND e.state <> 'cancelled'
	GROUP BY e.what, e.debtor, e.creditor, e.currency ORDER BY e.what, e.debtor, e.creditor, e.currency`

// ReportCosts sums the ledger's entries of a time by kind and parties, and
// what suppliers were asked for in it.
func (t *Tx) ReportCosts(ctx context.Context, retailer string, from, before time.Time) (out []care.CostCount, err error) {
	args := []any{retailer, from.UnixMicro(), before.UnixMicro()}
	err = t.query(ctx, func(scan func(...any) error) error {
		var c care.CostCount
		err := scan(&c.What, &c.Debtor, &c.Creditor, &c.Currency, &c.Entries, &c.Open, &c.Paid)
		out = append(out, c)
		return err
	}, ledgerCosts, args...)
	if err != nil {
		return nil, wrap("costs of report", err)
	}
	err = t.query(ctx, func(scan func(...any) error) error {
		c := care.CostCount{What: "supplier"}
		err := scan(&c.Currency, &c.Entries, &c.Open, &c.Paid)
		out = append(out, c)
		return err
	}, supplierCosts, args...)
	return out, wrap("costs of report", err)
}

const urgencies = `SELECT c.owner, sum(CASE WHEN c.due <= $2 THEN 1 ELSE 0 END), sum(CASE WHEN c.due > $2 AND c.due <= $3 THEN 1 ELSE 0 END),
	sum(CASE WHEN c.due > $3 AND c.due <= $4 THEN 1 ELSE 0 END), sum(CASE WHEN c.due > $4 THEN 1 ELSE 0 END)
	FROM claim c WHERE c.retailer_id = $1 AND c.is_over = FALSE GROUP BY c.owner ORDER BY c.owner`

// Urgencies counts the open claims by role and by how soon their clock runs
// out at an instant.
func (t *Tx) Urgencies(ctx context.Context, retailer string, at time.Time) ([]care.Urgency, error) {
	fields := func(u *care.Urgency) []any { return []any{&u.Owner, &u.Late, &u.Day, &u.ThreeDays, &u.Later} }
	items, err := list(ctx, t, fields, urgencies, retailer, at.UnixMicro(), at.Add(24*time.Hour).UnixMicro(), at.Add(72*time.Hour).UnixMicro())
	return items, wrap("urgencies", err)
}
