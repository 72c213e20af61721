package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// makeRefunds (00021) takes the refunds of certificates from the register into
// the ledger, where all other money is, and makes the engine keep the ledger's
// steps as they were written. What changes tables comes before what fills
// them: PostgreSQL alters no table with rows that wait for a check.
func (d dialect) makeRefunds(ctx context.Context, tx *sql.Tx) error {
	before := append([]string{
		`ALTER TABLE money_entry ADD COLUMN certificate_id key_text`,
		`ALTER TABLE money_entry ADD COLUMN certificate TEXT NOT NULL DEFAULT ''`,
		`CREATE UNIQUE INDEX money_entry_certificate ON money_entry (retailer_id, certificate_id) WHERE certificate_id IS NOT NULL AND state <> 'cancelled'`,
		// Terms that may have moved since they were written: of what was brought
		// over before they were counted (until_on is '' where they were counted
		// and are unknown), and of units that are in service.
		`UPDATE certificate SET until_on = '' WHERE until_on IS NULL AND (origin <> 'import' OR sold_by <> '' OR state <> 'sold')`,
		`CREATE INDEX certificate_uncounted ON certificate (retailer_id, certificate_id) WHERE state = 'sold' AND until_on IS NULL`,
		`CREATE INDEX service_stay_open ON service_stay (retailer_id, unit_id) WHERE released_at IS NULL`,
	}, d.guard("money_move")...)
	if err := runAll(before)(ctx, tx); err != nil {
		return err
	}
	taken := map[[2]string]bool{}
	if err := refundsOnClaims(ctx, tx, taken); err != nil {
		return fmt.Errorf("refunds on claims: %w", err)
	}
	if err := refundsOnRegister(ctx, tx, taken); err != nil {
		return fmt.Errorf("refunds on the register: %w", err)
	}
	return runAll([]string{
		`DROP INDEX certificate_owed`,
		`ALTER TABLE certificate DROP COLUMN owed`,
		`ALTER TABLE certificate DROP COLUMN paid_at`,
		`ALTER TABLE certificate DROP COLUMN paid_by`,
		`ALTER TABLE certificate DROP COLUMN reference`,
	})(ctx, tx)
}

func (d dialect) dropRefunds() []string {
	statements := d.unguard("money_move")
	return append(statements,
		`DROP INDEX service_stay_open`,
		`DROP INDEX certificate_uncounted`,
		`ALTER TABLE certificate ADD COLUMN paid_at BIGINT`,
		`ALTER TABLE certificate ADD COLUMN paid_by TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE certificate ADD COLUMN reference TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE certificate ADD COLUMN owed BOOLEAN NOT NULL DEFAULT FALSE`,
		`UPDATE certificate SET (paid_at, paid_by, reference, owed) = (SELECT e.paid_at, e.paid_by, e.reference, e.paid_at IS NULL FROM money_entry e
			WHERE e.retailer_id = certificate.retailer_id AND e.certificate_id = certificate.certificate_id AND e.state <> 'cancelled')
			WHERE EXISTS (SELECT 1 FROM money_entry e WHERE e.retailer_id = certificate.retailer_id
				AND e.certificate_id = certificate.certificate_id AND e.state <> 'cancelled')`,
		`CREATE INDEX certificate_owed ON certificate (retailer_id, sold_on, certificate_id) WHERE owed`,
		`DROP INDEX money_entry_certificate`,
		`ALTER TABLE money_entry DROP COLUMN certificate_id`,
		`ALTER TABLE money_entry DROP COLUMN certificate`,
		`UPDATE certificate SET until_on = NULL WHERE until_on = ''`,
	)
}

// refundsOnClaims gives the entries of claims that refund a certificate their
// kind, and the certificate where the register has it.
func refundsOnClaims(ctx context.Context, tx *sql.Tx, taken map[[2]string]bool) error {
	type row struct{ retailer, entry, state, document string }
	list, err := readAll(ctx, tx, `SELECT e.retailer_id, e.entry_id, e.state, c.document FROM money_entry e
		JOIN claim c ON c.retailer_id = e.retailer_id AND c.claim_id = e.claim_id
		WHERE e.what IN ('refund', 'certificate_refund') AND e.derived ORDER BY e.created_at, e.entry_id`,
		func(r *row) []any { return []any{&r.retailer, &r.entry, &r.state, &r.document} })
	if err != nil {
		return err
	}
	for _, r := range list {
		var c struct {
			Remedy *care.ChosenRemedy `json:"remedy"`
			Sale   struct {
				Certificate string `json:"certificate"`
			} `json:"sale"`
		}
		if err := json.Unmarshal([]byte(r.document), &c); err != nil {
			return err
		}
		if c.Remedy == nil || c.Remedy.Basis != policy.Certificate || c.Remedy.Kind != "refund" {
			continue
		}
		known, err := readAll(ctx, tx, `SELECT certificate_id, number FROM certificate WHERE retailer_id = $1 AND number_fold = $2`,
			func(r *[2]string) []any { return []any{&r[0], &r[1]} }, r.retailer, foldIdentity(c.Sale.Certificate))
		if err != nil {
			return err
		}
		var id, number any = nil, ""
		if len(known) > 0 && !taken[[2]string{r.retailer, known[0][0]}] {
			id, number = known[0][0], known[0][1]
			taken[[2]string{r.retailer, known[0][0]}] = r.state != string(care.EntryCancelled)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE money_entry SET what = 'certificate_refund', certificate_id = $3, certificate = $4
			WHERE retailer_id = $1 AND entry_id = $2`, r.retailer, r.entry, id, number); err != nil {
			return err
		}
	}
	return nil
}

// refundsOnRegister enters what the register says was owed and paid.
func refundsOnRegister(ctx context.Context, tx *sql.Tx, taken map[[2]string]bool) error {
	type row struct {
		care.Certificate
		refund money.Amount
	}
	list, err := readAll(ctx, tx, `SELECT retailer_id, certificate_id, number, clause, reason, terms_version, ended_by, ended_at, paid_by, paid_at, reference,
		refund_minor, refund_currency FROM certificate WHERE state IN ('refunded', 'cancelled') AND refund_minor > 0 ORDER BY retailer_id, certificate_id`,
		func(r *row) []any {
			return []any{&r.Retailer, &r.ID, &r.Number, &r.Clause, &r.Reason, &r.TermsVersion, &r.EndedBy, intoTime{&r.EndedAt}, &r.PaidBy,
				intoTime{&r.PaidAt}, &r.Reference, &r.refund.Minor, &r.refund.Currency}
		})
	if err != nil {
		return err
	}
	for _, r := range list {
		if taken[[2]string{r.Retailer, r.ID}] {
			continue
		}
		known, err := tx.ExecContext(ctx, `UPDATE money_entry SET certificate_id = $2, certificate = $3 WHERE retailer_id = $1 AND what = 'certificate_refund' AND cause = $4`,
			r.Retailer, r.ID, r.Number, care.CertificateCause(r.ID))
		if err != nil {
			return err
		}
		if n, err := known.RowsAffected(); err != nil || n > 0 { // it was here before a step back
			if err != nil {
				return err
			}
			continue
		}
		entry, moves := refundOf(r.Certificate, r.refund)
		rows, err := entryRow(entry)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insertText("money_entry", rows), values(rows)...); err != nil {
			return err
		}
		for _, m := range moves {
			rows, err := moveRow(m)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, insertText("money_move", rows), values(rows)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// refundOf is the entry of a refund that the register kept, with its steps:
// who paid it approved it.
func refundOf(c care.Certificate, refund money.Amount) (care.Entry, []care.MoneyMove) {
	e := care.Entry{ID: c.ID, Retailer: c.Retailer, Number: c.Number, What: care.DebtCertificate, Cause: care.CertificateCause(c.ID),
		Certificate: c.ID, CertificateNumber: c.Number, Debtor: care.RetailerParty, Creditor: care.CustomerParty, Amount: refund,
		Clause: c.Clause, Pack: c.Retailer, PackVersion: c.TermsVersion, Why: c.Reason, State: care.EntryDue, Needs: 1,
		CreatedAt: c.EndedAt, UpdatedAt: c.EndedAt}
	var moves []care.MoneyMove
	step := func(step care.MoveStep, change int64, by string, at time.Time, note string) {
		e.Seq, e.UpdatedAt = e.Seq+1, at
		moves = append(moves, care.MoneyMove{Retailer: e.Retailer, Entry: e.ID, Seq: e.Seq, At: at, Step: step,
			Change: money.Amount{Minor: change, Currency: refund.Currency}, Amount: refund, State: e.State,
			Actor: care.Actor{Kind: care.StaffActor, ID: by, Retailer: e.Retailer}, Note: note})
	}
	step(care.StepMade, refund.Minor, c.EndedBy, c.EndedAt, c.Reason)
	if c.PaidAt.IsZero() {
		return e, moves
	}
	e.State, e.Approvals = care.EntryApproved, []care.Approval{{By: c.PaidBy, Kind: care.StaffActor, At: c.PaidAt}}
	step(care.StepApproved, 0, c.PaidBy, c.PaidAt, "")
	e.State, e.Reference, e.PaidBy, e.PaidAt = care.EntryPaid, c.Reference, c.PaidBy, c.PaidAt
	step(care.StepPaid, 0, c.PaidBy, c.PaidAt, c.Reference)
	return e, moves
}

// readAll reads the rows of a query in a migration.
func readAll[T any](ctx context.Context, tx *sql.Tx, text string, fields func(*T) []any, args ...any) (out []T, err error) {
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row T
		if err := rows.Scan(fields(&row)...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
