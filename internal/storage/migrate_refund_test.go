package storage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

// oldCertificate is a row of the register as it was before 00021.
func oldCertificate(id, state string, refund, paidAt string, reference string) []string {
	return []string{
		fmt.Sprintf(`INSERT INTO unit (retailer_id, unit_id, category, brand, model, serial, imei, imei2) VALUES ('alpha', 'u-%s', 'phone', '', '', 'SN%[1]s', '', '')`, id),
		fmt.Sprintf(`INSERT INTO sale (retailer_id, sale_id, unit_id, shop, channel, receipt, price_currency, warranty_issuer, certificate, certificate_price_currency, pack_version)
			VALUES ('alpha', 's-%s', 'u-%[1]s', '', '', '', '', '', '', '', '')`, id),
		fmt.Sprintf(`INSERT INTO certificate (retailer_id, certificate_id, number, number_fold, unit_id, sale_id, state, origin, plan, price_currency, sold_on, sold_by,
			pack_version, terms_version, ended_at, ended_by, clause, reason, costs_currency, refund_minor, refund_currency, paid_at, paid_by, reference, owed)
			VALUES ('alpha', '%s', 'CERT-%[1]s', 'cert%[1]s', 'u-%[1]s', 's-%[1]s', '%s', 'desk', '', 'RUB', '2026-01-01', '', '1', '1', 1000000, 'w1',
			'certificate-refund', 'returned', '', %s, 'RUB', %s, 'w2', '%s', %[4]s IS NULL AND '%[2]s' <> 'sold')`, id, state, refund, paidAt, reference),
	}
}

// The refunds that the register kept are lines of the ledger after migrating,
// once each, and the register says of them what it said; back and forth again
// nothing is lost.
// Rows: A13, RU-32.
func TestMigrateRefunds(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s, ctx := open(t, url), t.Context()
		if err := s.MigrateTo(ctx, 20); err != nil {
			t.Fatal(err)
		}
		statements := []string{"INSERT INTO retailer VALUES ('alpha', '{}', 'UTC', 'RUB', '[]')"}
		for _, c := range [][]string{
			oldCertificate("1", "refunded", "299000", "NULL", ""), oldCertificate("2", "cancelled", "250000", "5000000", "PP-1"),
			oldCertificate("3", "refunded", "NULL", "NULL", ""), oldCertificate("4", "sold", "NULL", "NULL", ""),
			oldCertificate("5", "refunded", "149000", "6000000", "PP-7"), oldCertificate("6", "cancelled", "0", "NULL", ""),
		} {
			statements = append(statements, c...)
		}
		for _, id := range []string{"k5", "k9"} {
			certificate, basis := "CERT-5", "certificate"
			if id == "k9" {
				certificate, basis = "", "statute"
			}
			statements = append(statements, fmt.Sprintf(`INSERT INTO claim (retailer_id, claim_id, number, seq, state, wait, owner, due, due_name, is_over, holder, holder_place,
				category, brand, model, serial, imei, basis, outcome, pack, pack_version, opened_at, updated_at, document)
				VALUES ('alpha', '%s', 'RMA-%[1]s', 1, 'refunding', '', '', 0, '', FALSE, '', '', '', '', '', '', '', '', '', '', '', 0, 0,
				'{"remedy": {"kind": "refund", "basis": "%s"}, "sale": {"certificate": "%s"}}')`, id, basis, certificate),
				fmt.Sprintf(`INSERT INTO money_entry (retailer_id, entry_id, claim_id, number, what, cause, debtor, creditor, amount, currency, clause, pack, pack_version, why,
				derived, round, state, needs, approvals, reference, paid_by, paid_at, reason, waived, seq, created_at, updated_at)
				VALUES ('alpha', 'e-%s', '%[1]s', 'RMA-%[1]s', 'refund', 'remedy', 'retailer', 'customer', 149000, 'RUB', '', '', '', '', TRUE, 0, 'paid', 1, '[]',
				'PP-7', 'w2', 6000000, '', FALSE, 3, 0, 0)`, id))
		}
		if err := s.Exec(ctx, statements...); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		f := fixture{T: t, store: s, ctx: ctx}
		say := func(when string) {
			t.Helper()
			f.view(func(tx *storage.Tx) error {
				var got []string
				entries, _, err := tx.Entries(ctx, "alpha", care.EntryFilter{}, care.Page{})
				for _, e := range entries {
					moves, err := tx.MovesOf(ctx, "alpha", e.ID)
					if err != nil {
						return err
					}
					var steps []string
					for _, m := range moves {
						steps = append(steps, string(m.Step)+" "+m.Actor.ID)
					}
					got = append(got, fmt.Sprintf("%s %s %s %s %s [%s]", e.What, e.Number, e.CertificateNumber, e.Amount, e.State, strings.Join(steps, ", ")))
				}
				f.same(when+": the ledger", got, []string{
					"certificate_refund CERT-2 CERT-2 2500.00 paid [made w1, approved w2, paid w2]", "certificate_refund CERT-1 CERT-1 2990.00 due [made w1]",
					"refund RMA-k9  1490.00 paid []", "certificate_refund RMA-k5 CERT-5 1490.00 paid []",
				})
				if err != nil {
					return err
				}
				for number, want := range map[string]string{"CERT-1": "due  true", "CERT-2": "paid PP-1 false", "CERT-3": "  true", "CERT-4": "  false", "CERT-5": "paid PP-7 false", "CERT-6": "  false"} {
					c, err := tx.CertificateByNumber(ctx, "alpha", number)
					if err != nil {
						return err
					}
					f.same(when+": "+number, fmt.Sprint(c.EntryState, " ", c.Reference, " ", c.Owed()), want)
					if number == "CERT-2" {
						f.same(when+": paid at", c.PaidAt, time.UnixMicro(5000000).UTC())
					}
				}
				return nil
			})
		}
		say("after migrating")
		if err := s.MigrateTo(ctx, 20); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		say("back and forth")
		if err := s.Exec(ctx, "UPDATE money_move SET note = 'x'"); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("a step is written anew: %v", err)
		}
	})
}
