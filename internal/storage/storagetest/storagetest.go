// Package storagetest opens databases for tests: SQLite always, PostgreSQL
// where TALON_DATABASE_URL names a server. Each database is empty, migrated,
// and the test's own, so tests may run side by side and more than once.
package storagetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/talon-care/talon/internal/storage"
)

// Variable names the environment variable that holds the URL of a PostgreSQL
// database. Tests make schemas of their own in it and drop them.
const Variable = "TALON_DATABASE_URL"

// Open gives a migrated SQLite store in a folder of the test, closed when the
// test ends.
func Open(t testing.TB) *storage.Store {
	t.Helper()
	return OpenURL(t, "sqlite:"+filepath.Join(t.TempDir(), "talon.db"))
}

// Each runs the test on SQLite, and on PostgreSQL where the environment names
// one; a server that is named and does not answer fails the test.
func Each(t *testing.T, test func(t *testing.T, s *storage.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t)) })
	if Postgres() {
		t.Run("postgres", func(t *testing.T) { test(t, OpenURL(t, PostgresURL(t))) })
	}
}

// Postgres tells whether the environment names a PostgreSQL database.
func Postgres() bool { return os.Getenv(Variable) != "" }

// OpenURL gives a migrated store at a URL, closed when the test ends.
func OpenURL(t testing.TB, url string) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), url, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// PostgresURL makes an empty schema in the database that the environment
// names, drops it when the test ends, and gives a URL that leads to it.
func PostgresURL(t testing.TB) string {
	t.Helper()
	address, err := url.Parse(os.Getenv(Variable))
	if err != nil || address.Host == "" && address.Query().Get("host") == "" {
		t.Fatalf("%s is not a URL like postgres://user@host/database", Variable)
	}
	db, err := sql.Open("pgx", address.String())
	if err != nil {
		t.Fatal(err)
	}
	schema := "test_" + strings.ToLower(rand.Text())
	if _, err := db.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatalf("make a schema at %s: %v", Variable, err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := db.ExecContext(ctx, "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Errorf("drop schema: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String()
}
