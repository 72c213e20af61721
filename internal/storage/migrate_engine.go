package storage

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
)

// goMigrationNames are the steps that are no files: what the engines spell
// differently.
var goMigrationNames = map[int64]string{
	1: "00001_ground.go",
	5: "00005_append_only.go",
	6: "00006_statistics.go",
	// The statistics of the tables that came after 6, and after 20. One more
	// step like this follows whenever the list of statistics.go grows.
	20: "00020_statistics.go",
	21: "00021_refunds.go",
	27: "00027_refusals.go",
	30: "00030_statistics.go",
}

// appendOnly are the tables whose rows nobody changes or deletes since 00005;
// money_move came with 00021.
var appendOnly = []string{"claim_event", "audit"}

// goMigrations are the engine's own steps, in the numbering of the files.
func (d dialect) goMigrations() []*goose.Migration {
	return []*goose.Migration{
		goose.NewGoMigration(1, &goose.GoFunc{RunTx: runAll(d.makeGround())}, &goose.GoFunc{RunTx: runAll(d.dropGround())}),
		goose.NewGoMigration(5, &goose.GoFunc{RunTx: runAll(d.makeAppendOnly())}, &goose.GoFunc{RunTx: runAll(d.dropAppendOnly())}),
		goose.NewGoMigration(6, &goose.GoFunc{RunTx: runAll(d.makeStatistics())}, &goose.GoFunc{RunTx: runAll(d.dropStatistics())}),
		goose.NewGoMigration(20, &goose.GoFunc{RunTx: runAll(d.makeStatistics())}, &goose.GoFunc{RunTx: runAll(nil)}),
		goose.NewGoMigration(21, &goose.GoFunc{RunTx: d.makeRefunds}, &goose.GoFunc{RunTx: runAll(d.dropRefunds())}),
		goose.NewGoMigration(27, &goose.GoFunc{RunTx: fillRefusals}, &goose.GoFunc{RunTx: runAll(nil)}),
		goose.NewGoMigration(30, &goose.GoFunc{RunTx: runAll(d.makeStatistics())}, &goose.GoFunc{RunTx: runAll(nil)}),
	}
}

func runAll(statements []string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		for _, text := range statements {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
		}
		return nil
	}
}

// makeGround declares the type of all text that is compared: byte by byte,
// as SQLite does by itself (it takes any type name that contains TEXT). On
// PostgreSQL the database's collation would sort differently on each server,
// and ranges over prefixes would not use the indexes. The gate is what writers
// queue at, see dialect.gate.
func (d dialect) makeGround() []string {
	if d == postgresDialect {
		return []string{`CREATE DOMAIN key_text AS text COLLATE "C"`, `CREATE TABLE write_gate ()`}
	}
	return nil
}

func (d dialect) dropGround() []string {
	if d == postgresDialect {
		return []string{`DROP TABLE write_gate`, `DROP DOMAIN key_text`}
	}
	return nil
}

// makeAppendOnly makes the engine itself refuse to rewrite history.
func (d dialect) makeAppendOnly() []string {
	var statements []string
	if d == postgresDialect {
		statements = append(statements, `CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`)
	}
	for _, table := range appendOnly {
		statements = append(statements, d.guard(table)...)
	}
	return statements
}

func (d dialect) dropAppendOnly() []string {
	var statements []string
	for _, table := range appendOnly {
		statements = append(statements, d.unguard(table)...)
	}
	if d == postgresDialect {
		statements = append(statements, `DROP FUNCTION refuse_rewriting`)
	}
	return statements
}

// guard keeps a table's rows as they were written.
func (d dialect) guard(table string) []string {
	if d == postgresDialect {
		return []string{`CREATE TRIGGER ` + table + `_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ` + table +
			` FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`}
	}
	var statements []string
	for _, verb := range []string{"update", "delete"} {
		statements = append(statements, `CREATE TRIGGER `+table+`_no_`+verb+` BEFORE `+verb+` ON `+table+
			` BEGIN SELECT RAISE(ABORT, '`+table+` is append-only'); END`)
	}
	return statements
}

func (d dialect) unguard(table string) []string {
	if d == postgresDialect {
		return []string{`DROP TRIGGER ` + table + `_append_only ON ` + table}
	}
	return []string{`DROP TRIGGER ` + table + `_no_update`, `DROP TRIGGER ` + table + `_no_delete`}
}
