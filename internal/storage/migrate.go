package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// ErrBehind says that the database's schema is older than this program:
// migrate first.
var ErrBehind = errors.New("the database is older than this program; run talon migrate")

// ErrNewer says that a newer program has migrated the database.
var ErrNewer = errors.New("the database is newer than this program; run the newer program")

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied time.Time // zero = not yet
}

// Migrate brings the schema up to date and tells how many steps that took.
// Programs that migrate at the same time wait for one another.
func (s *Store) Migrate(ctx context.Context) (applied int, err error) {
	err = s.withProvider(ctx, true, func(p *goose.Provider) error {
		current, target, err := p.GetVersions(ctx)
		if err != nil {
			return err
		}
		if current > target {
			return fmt.Errorf("%w: it is at %d, the program at %d", ErrNewer, current, target)
		}
		results, err := p.Up(ctx)
		applied = len(results)
		return err
	})
	if err != nil {
		return applied, fmt.Errorf("migrate: %w", err)
	}
	return applied, nil
}

// Migrations lists the steps of the schema and which are applied.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	var list []Migration
	err := s.withProvider(ctx, false, func(p *goose.Provider) error {
		steps, err := p.Status(ctx)
		for _, step := range steps {
			list = append(list, Migration{Version: step.Source.Version, Name: stepName(step.Source), Applied: step.AppliedAt.UTC()})
			if step.State != goose.StateApplied {
				list[len(list)-1].Applied = time.Time{}
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	return list, nil
}

func stepName(source *goose.Source) string {
	if source.Path != "" {
		return source.Path
	}
	return goMigrationNames[source.Version]
}

// Ready tells whether the schema is the one that this program was written
// for: nil, or an error that is ErrBehind or ErrNewer. It changes nothing.
func (s *Store) Ready(ctx context.Context) error {
	target, err := newestVersion()
	if err != nil {
		return fmt.Errorf("check schema: %w", err)
	}
	current, err := s.version(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("check schema: %w", err)
	case current < target:
		return fmt.Errorf("check schema: %w (at %d of %d)", ErrBehind, current, target)
	case current > target:
		return fmt.Errorf("check schema: %w (at %d, the program at %d)", ErrNewer, current, target)
	}
	return nil
}

// version is the last step that was applied, 0 for an empty database.
func (s *Store) version(ctx context.Context) (int64, error) {
	exists := "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version'"
	if s.dialect == postgresDialect {
		exists = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'goose_db_version'"
	}
	var tables int
	if err := s.reader.QueryRowContext(ctx, exists).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	var version sql.NullInt64
	err := s.reader.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version)
	return version.Int64, err
}

func newestVersion() (int64, error) {
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, file := range files {
		version, err := goose.NumericComponent(file)
		if err != nil {
			return 0, err
		}
		newest = max(newest, version)
	}
	for version := range goMigrationNames {
		newest = max(newest, version)
	}
	return newest, nil
}

// withProvider runs do with goose on a connection of its own.
func (s *Store) withProvider(ctx context.Context, locked bool, do func(*goose.Provider) error) (err error) {
	if locked && s.dialect == sqliteDialect {
		unlock, err := lockFile(ctx, s.path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	db, err := s.migrator()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(s.dialect.goMigrations()...)}
	if locked && s.dialect == postgresDialect {
		options = append(options, goose.WithSessionLocker(advisoryLock{}))
	}
	provider, err := goose.NewProvider(s.dialect.goose(), db, files, options...)
	if err != nil {
		return err
	}
	return do(provider)
}

// advisoryLock lets one session at a time migrate a schema of a PostgreSQL
// database. goose's own locker looks every five seconds; this one waits in the
// server.
type advisoryLock struct{}

var _ lock.SessionLocker = advisoryLock{}

func (advisoryLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	key, err := lockKey(ctx, conn)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", key)
	return err
}

func (advisoryLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	key, err := lockKey(ctx, conn)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", key)
	return err
}

func lockKey(ctx context.Context, conn *sql.Conn) (int64, error) {
	var schema sql.NullString
	if err := conn.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return 0, err
	}
	hash := fnv.New64a()
	hash.Write([]byte("talon migrate " + schema.String))
	return int64(hash.Sum64()), nil
}

// lockFile lets one process at a time migrate a SQLite file. The lock is a
// transaction on an empty database beside it: it works across processes on
// every system, and ends when the process does. The file stays: removing it
// would let two processes lock two different files of that name.
func lockFile(ctx context.Context, path string) (unlock func() error, err error) {
	db, err := sql.Open("sqlite", sqliteURL(path+"-migrate")+"?_busy_timeout=300000&_txlock=exclusive")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("wait for another migration: %w", err), db.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}
