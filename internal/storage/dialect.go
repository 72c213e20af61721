package storage

import (
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect names an engine. Its methods are all the differences between the
// two; everything else is one SQL text.
type dialect string

const (
	sqliteDialect   dialect = "sqlite"
	postgresDialect dialect = "postgres"
)

func (d dialect) goose() goose.Dialect {
	if d == postgresDialect {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}

// forUpdate locks the rows that a query reads. SQLite has one writer, so a
// write transaction has locked everything already.
func (d dialect) forUpdate() string {
	if d == postgresDialect {
		return " FOR UPDATE"
	}
	return ""
}

// skipLocked is forUpdate that leaves out what others have locked.
func (d dialect) skipLocked() string {
	if d == postgresDialect {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// viewOptions give a transaction one consistent snapshot.
func (d dialect) viewOptions() *sql.TxOptions {
	if d == postgresDialect {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return &sql.TxOptions{ReadOnly: true}
}

// writeOptions make write transactions behave as if they ran one after the
// other; on SQLite they do.
func (d dialect) writeOptions() *sql.TxOptions {
	if d == postgresDialect {
		return &sql.TxOptions{Isolation: sql.LevelSerializable}
	}
	return nil
}

// gate is what a write transaction does first: pass the gate together with
// others, or alone. PostgreSQL takes a transaction's snapshot at its first
// statement that reads, which LOCK TABLE is not; so a transaction that waited
// at the gate sees all that the ones before it wrote, and one that is alone
// can't fail to serialise.
func (d dialect) gate(alone bool) string {
	switch {
	case d != postgresDialect:
		return ""
	case alone:
		return "LOCK TABLE write_gate IN EXCLUSIVE MODE"
	}
	return "LOCK TABLE write_gate IN ROW SHARE MODE"
}

// fault classifies what a driver reports.
type fault int

const (
	otherFault fault = iota
	uniqueFault
	retryFault // the transaction may succeed when it is run again
)

// faultOf reads the driver's error code; both drivers' types are looked for,
// so it needs no dialect.
func faultOf(err error) fault {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "23505": // unique_violation
			return uniqueFault
		case "40001", "40P01", "55P03": // serialization_failure, deadlock_detected, lock_not_available
			return retryFault
		}
		return otherFault
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch code := lite.Code(); {
		case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE, code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return uniqueFault
		case code&0xff == sqlite3.SQLITE_BUSY:
			return retryFault
		}
	}
	return otherFault
}
