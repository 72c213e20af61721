package storage

import (
	"database/sql"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres opens a pool on a PostgreSQL server. Settings that the URL
// makes are left as they are.
func openPostgres(url string, options Options) (*Store, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err // pgx leaves the password out of it
	}
	// A transaction here is milliseconds of work: one that waits or idles
	// for long is a fault, and it must not hold the others up.
	setDefault(config, "application_name", "talon")
	setDefault(config, "timezone", "UTC")
	setDefault(config, "statement_timeout", milliseconds(options.StatementTimeout))
	setDefault(config, "lock_timeout", milliseconds(options.StatementTimeout/3))
	setDefault(config, "idle_in_transaction_session_timeout", milliseconds(2*options.StatementTimeout))

	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(options.Connections)
	pool.SetMaxIdleConns(options.Connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	// After a switch-over of the cluster, connections to the old primary
	// must not live on.
	pool.SetConnMaxLifetime(30 * time.Minute)

	migrator := func() (*sql.DB, error) {
		patient, err := pgx.ParseConfig(url)
		if err != nil {
			return nil, err
		}
		setDefault(patient, "application_name", "talon migrate")
		setDefault(patient, "timezone", "UTC")
		for _, limit := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
			patient.RuntimeParams[limit] = "0"
		}
		db := stdlib.OpenDB(*patient)
		db.SetMaxOpenConns(1)
		return db, nil
	}
	return &Store{dialect: postgresDialect, writer: pool, reader: pool, migrator: migrator}, nil
}

func setDefault(config *pgx.ConnConfig, name, value string) {
	if config.RuntimeParams[name] == "" {
		config.RuntimeParams[name] = value
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(1, d.Milliseconds()), 10) }
