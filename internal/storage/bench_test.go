package storage

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// seeds make a registry of a retailer with so many units, sales, customers
// and claims, straight in SQL: what matters here is how many there are.
var seeds = []string{
	`INSERT INTO retailer VALUES ('a', '{}', 'UTC', 'EUR', '[]')`,
	`INSERT INTO product SELECT 'a', 'g' || i, 'sku' || i, 'smartphone', 'Brand', 'Model ' || i, 12, '', 0, NULL, FALSE FROM n WHERE i < 2000`,
	`INSERT INTO unit SELECT 'a', 'u' || i, 'g' || (i % 2000), 'smartphone', 'Brand', 'Model', 'SN' || i, '', '', NULL, NULL,
		'sn' || i, '35' || i, NULL FROM n`,
	`INSERT INTO customer SELECT 'a', 'c' || i, 'Name', '7' || (9160000000 + i), '', 'ru', '', '', 0, '7' || (9160000000 + i), i || '0619', 'e' || i || '@x'
		FROM n WHERE i % 3 = 0`,
	`INSERT INTO sale SELECT 'a', 's' || i, 'k' || i, 'u' || i, 'c' || (i - i % 3), '', '', '2026-01-01', NULL, NULL, 'r' || i, 100, 'EUR', NULL, NULL,
		NULL, 24, '', '', NULL, NULL, '', '', 'r' || i, NULL FROM n`,
	`INSERT INTO search_word SELECT 'a', 'customer', 'word' || (i % 5000), 'c' || i FROM n WHERE i % 3 = 0`,
	`INSERT INTO search_word SELECT 'a', 'product', 'model' || i, 'g' || i FROM n WHERE i < 2000`,
	`INSERT INTO search_word SELECT 'a', 'claim', 'rma2026' || i, 'k' || i FROM n`,
	`INSERT INTO claim SELECT 'a', 'k' || i, 'RMA-2026-' || i, 5, CASE WHEN i % 20 = 0 THEN 'submitted' WHEN i % 20 = 1 THEN 'in_repair' ELSE 'closed' END, '',
		CASE WHEN i % 20 = 0 THEN 'clerk' WHEN i % 20 = 1 THEN 'technician' ELSE '' END,
		CASE WHEN i % 20 < 2 THEN i * 1000 ELSE 9223372036854775807 END, 'target', i % 20 > 1, NULL, 'c' || (i - i % 3), 'u' || i, 'shop', 'p',
		'centre' || (i % 30), NULL, 'smartphone', 'Brand', 'Model', 'SN' || i, '', 'sn' || i, NULL, NULL, '', '', 'x', '1', 0, 0, NULL, '{}' FROM n`,
}

// filled makes a store with n units; the benchmarks below and the figures of
// docs/adr/0003-storage.md come from it.
func filled(b *testing.B, n int) *Store {
	b.Helper()
	s := migrated(b)
	tx, err := s.writer.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	for _, text := range seeds {
		numbers := "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1) "
		if _, err := tx.ExecContext(b.Context(), numbers+text, n); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkLookups times what people wait for with 300 000 units and claims
// (TALON_BENCH_UNITS sets another number).
func BenchmarkLookups(b *testing.B) {
	s := filled(b, benchUnits(b))
	for _, c := range []struct {
		name string
		run  func(ctx context.Context, tx *Tx) error
	}{
		{"units by identity", func(ctx context.Context, tx *Tx) error {
			_, err := tx.UnitsByIdentity(ctx, "a", "SN-123456")
			return err
		}},
		{"work list", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{Open: true}, care.Page{})
			return err
		}},
		{"work list of a state", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{States: []care.State{care.InRepair, care.Submitted}}, care.Page{})
			return err
		}},
		{"work list of a centre", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{Centre: "centre7", Open: true}, care.Page{})
			return err
		}},
		{"work list by a name", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{Text: "Word4321"}, care.Page{})
			return err
		}},
		{"work counts", func(ctx context.Context, tx *Tx) error {
			_, err := tx.WorkCounts(ctx, "a", care.WorkFilter{})
			return err
		}},
		{"search by serial", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "SN123456", care.Page{})
			return err
		}},
		{"search by name", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "word4321", care.Page{})
			return err
		}},
		{"search by model", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "model1234", care.Page{})
			return err
		}},
		{"search by two words", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "word4321 model", care.Page{})
			return err
		}},
		{"search by one letter", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "w", care.Page{})
			return err
		}},
		{"500 sale keys", func(ctx context.Context, tx *Tx) error {
			keys := make([]string, 500)
			for i := range keys {
				keys[i] = "k" + strings.Repeat("9", i%8) + "7"
			}
			_, err := tx.HaveSaleKeys(ctx, "a", keys)
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := s.View(b.Context(), func(tx *Tx) error { return c.run(b.Context(), tx) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchUnits(b *testing.B) int {
	b.Helper()
	text := os.Getenv("TALON_BENCH_UNITS")
	if text == "" {
		return 300_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkOpenClaim opens a claim as the desk does: its number, the claim
// with two events, an audit line; each committed by itself.
func BenchmarkOpenClaim(b *testing.B) {
	s := migrated(b)
	ctx, at := b.Context(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	unit := care.Unit{ID: "u1", Retailer: "a", Serial: "SN1"}
	if err := s.Tx(ctx, func(tx *Tx) error {
		if err := tx.PutRetailer(ctx, care.Retailer{ID: "a"}); err != nil {
			return err
		}
		return tx.PutUnit(ctx, unit)
	}); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		id := fmt.Sprintf("k%09d", n)
		if err := s.Tx(ctx, func(tx *Tx) error {
			number, err := tx.NextNumber(ctx, "a", "RMA", 2026)
			if err != nil {
				return err
			}
			events := []care.Event{
				{Retailer: "a", Claim: id, Seq: 1, At: at, Actor: care.System("a"), Data: &care.WasSubmitted{
					Number: fmt.Sprintf("RMA-2026-%06d", number), ReceivedAt: at, Unit: unit}},
				{Retailer: "a", Claim: id, Seq: 2, At: at, Actor: care.System("a"), Data: &care.WasAccepted{
					Holder: care.Holder{Kind: care.HeldByShop, Place: "p1", Since: at}}},
			}
			if err := tx.SaveClaim(ctx, care.Replay(events), events); err != nil {
				return err
			}
			return tx.AddAudit(ctx, care.Audit{ID: id, Retailer: "a", At: at, Actor: care.System("a"), Action: "claim.open"})
		}); err != nil {
			b.Fatal(err)
		}
	}
}
