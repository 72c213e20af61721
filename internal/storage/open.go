package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Options tune a Store. The zero value is right for most installations.
type Options struct {
	// Connections bounds the connections of one process: to PostgreSQL in
	// all (0 = 16), to SQLite the readers beside the one writer (0 = 4, or
	// the number of processors if that is more).
	Connections int
	// StatementTimeout ends a statement on PostgreSQL that takes longer;
	// 0 = 30 s. SQLite statements end with their context.
	StatementTimeout time.Duration
	// BusyTimeout is how long a writer waits for another process that
	// writes to the same SQLite file; 0 = 10 s.
	BusyTimeout time.Duration
}

func (o Options) withDefaults(d dialect) Options {
	if o.Connections <= 0 {
		o.Connections = 16
		if d == sqliteDialect {
			o.Connections = max(4, runtime.NumCPU())
		}
	}
	if o.StatementTimeout <= 0 {
		o.StatementTimeout = 30 * time.Second
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 10 * time.Second
	}
	return o
}

// Store is an open database. It is safe for concurrent use, and any number of
// processes may have a Store on the same PostgreSQL database.
type Store struct {
	dialect dialect
	writer  *sql.DB
	reader  *sql.DB // the same pool as writer on PostgreSQL
	// migrator opens a connection without time limits, for schema changes.
	migrator func() (*sql.DB, error)
	path     string // of the SQLite file
	folder   string // to remove on Close: the file was a temporary one
}

// Open opens the database at url and makes sure that it answers:
//
//   - sqlite:PATH, or just PATH: a file, made if it is not there;
//   - sqlite::memory: or :memory:, a temporary file that Close removes;
//   - postgres://user:password@host/database, with the parameters of libpq
//     (several hosts, target_session_attrs, sslmode, search_path …).
//
// Open does not touch the schema: see Migrate and Ready.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	s, err := open(url, options)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	for _, db := range []*sql.DB{s.writer, s.reader} {
		if err := db.PingContext(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("open database: %w", err), s.Close())
		}
	}
	return s, nil
}

func open(url string, options Options) (*Store, error) {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return openPostgres(url, options.withDefaults(postgresDialect))
	}
	path, named := strings.CutPrefix(url, "sqlite:")
	if scheme, _, found := strings.Cut(path, "://"); found && !named {
		return nil, fmt.Errorf("a database of kind %q is not known: expected sqlite:PATH or postgres://…", scheme)
	}
	path = strings.TrimPrefix(path, "//")
	if path == "" {
		return nil, errors.New("no database is named: expected sqlite:PATH or postgres://…")
	}
	if path != ":memory:" {
		return openSQLite(path, options.withDefaults(sqliteDialect))
	}
	folder, err := os.MkdirTemp("", "talon-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	s, err := openSQLite(filepath.Join(folder, "talon.db"), options.withDefaults(sqliteDialect))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s.folder = folder
	return s, nil
}

// Close waits for running queries and closes all connections.
func (s *Store) Close() error {
	var faults []error
	if s.reader != s.writer {
		faults = append(faults, s.reader.Close())
	}
	// The writer goes last: closing the last connection folds the
	// write-ahead log of SQLite into the file.
	faults = append(faults, s.writer.Close())
	if s.folder != "" {
		faults = append(faults, os.RemoveAll(s.folder))
	}
	return errors.Join(faults...)
}

// Engine names the database engine: sqlite or postgres.
func (s *Store) Engine() string { return string(s.dialect) }

// Ping tells whether the database answers, for health checks.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.reader.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}
