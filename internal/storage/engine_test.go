package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
)

// migrated opens an empty SQLite store; these tests look below the methods.
func migrated(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "talon.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Every step can be taken back and taken again.
func TestMigrationsGoDownAndUp(t *testing.T) {
	s, ctx := migrated(t), t.Context()
	before := schemaOf(t, s)
	if err := s.withProvider(ctx, true, func(p *goose.Provider) error { _, err := p.DownTo(ctx, 0); return err }); err != nil {
		t.Fatal(err)
	}
	if left := strings.TrimSpace(schemaOf(t, s)); left != "" {
		t.Errorf("left after all steps were taken back:\n%s", left)
	}
	if err := s.Ready(ctx); !errors.Is(err, ErrBehind) {
		t.Errorf("ready: %v", err)
	}
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if after := schemaOf(t, s); after != before {
		t.Errorf("schema after going down and up:\n%s\nwant:\n%s", after, before)
	}
}

func schemaOf(t *testing.T, s *Store) string {
	t.Helper()
	rows, err := s.writer.QueryContext(t.Context(),
		"SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name NOT LIKE '%goose%' AND name NOT LIKE 'sqlite%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all.WriteString(text + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// A database of a newer program is left alone.
func TestNewerDatabase(t *testing.T) {
	s, ctx := migrated(t), t.Context()
	if _, err := s.writer.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(ctx); !errors.Is(err, ErrNewer) {
		t.Errorf("ready: %v", err)
	}
	if _, err := s.Migrate(ctx); !errors.Is(err, ErrNewer) {
		t.Errorf("migrate: %v", err)
	}
}

// The engine itself keeps events, audit lines and the steps of money as they
// were written.
func TestHistoryIsAppendOnly(t *testing.T) {
	s, ctx := migrated(t), t.Context()
	for _, text := range []string{
		"INSERT INTO retailer VALUES ('a', '{}', 'UTC', 'EUR', '[]')",
		"INSERT INTO audit VALUES ('a', 'x', 0, '', '{}', '', '', '', '', '{}')",
		`INSERT INTO money_entry (retailer_id, entry_id, number, what, cause, debtor, creditor, amount, currency, clause, pack, pack_version, why, derived, round,
			state, needs, approvals, reference, paid_by, reason, waived, seq, created_at, updated_at)
			VALUES ('a', 'e', '', 'delivery', '', '', '', 1, 'EUR', '', '', '', '', FALSE, 0, 'due', 1, '[]', '', '', '', FALSE, 1, 0, 0)`,
		"INSERT INTO money_move VALUES ('a', 'e', 1, 0, 'made', 1, 1, 'EUR', 'due', '{}', '')",
	} {
		if _, err := s.writer.ExecContext(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"UPDATE audit SET reason = 'another'", "DELETE FROM audit", "UPDATE money_move SET change = 0", "DELETE FROM money_move"} {
		if _, err := s.writer.ExecContext(ctx, text); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The settings that protect what is committed are on in every connection.
func TestSQLiteSettings(t *testing.T) {
	s, ctx := migrated(t), t.Context()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := s.writer.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("writer: %s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
	var only string
	if err := s.reader.QueryRowContext(ctx, "PRAGMA query_only").Scan(&only); err != nil || only != "1" {
		t.Errorf("readers: query_only is %s (%v)", only, err)
	}
}

// On PostgreSQL: history is kept there too, and the database's own collation
// plays no part in the order of ids.
func TestPostgresEngine(t *testing.T) {
	url := os.Getenv("TALON_DATABASE_URL")
	if url == "" {
		t.Skip("PostgreSQL is not named")
	}
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tx, err := s.writer.BeginTx(t.Context(), nil) // rolled back: nothing stays in the database
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	ctx := context.Background()
	statements := append([]string{"CREATE SCHEMA engine_test", "SET LOCAL search_path = engine_test"}, postgresDialect.makeGround()...)
	statements = append(statements, "CREATE TABLE claim_event (id key_text)", "CREATE TABLE audit (id key_text)",
		"INSERT INTO audit VALUES ('б'), ('a'), ('B'), ('ё')")
	statements = append(statements, postgresDialect.makeAppendOnly()...)
	for _, text := range statements {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	var order string
	if err := tx.QueryRowContext(ctx, "SELECT string_agg(id, '' ORDER BY id) FROM audit").Scan(&order); err != nil || order != "Baбё" {
		t.Errorf("order of ids: %s (%v)", order, err)
	}
	for _, text := range []string{"UPDATE audit SET id = 'x'", "DELETE FROM audit", "TRUNCATE audit"} {
		if _, err := tx.ExecContext(ctx, "SAVEPOINT before"); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(ctx, text); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO before"); err != nil {
			t.Fatal(err)
		}
	}
}
