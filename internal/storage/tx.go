package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/talon-care/talon/internal/care"
)

// Tx is one transaction. Its methods are the store's contract with desk; the
// comments there hold. A Tx is for one goroutine, and ends with the function
// that it was given to.
//
// After an error of the driver a Tx is dead on both engines: PostgreSQL
// aborts the transaction, and SQLite follows suit here, so that code which
// goes on after an error fails on both.
type Tx struct {
	dialect dialect
	tx      *sql.Tx
	write   bool
	dead    error
	texts   map[string]*sql.Stmt // prepared on their second use, see prepared
}

// attempts bounds how often a transaction is run when others get in its way;
// from alone on it runs while no other may, so that under any load it is its
// turn at last.
const (
	attempts = 8
	alone    = 4
)

// Tx runs fn in one read-write transaction: committed when fn returns nil,
// rolled back otherwise. Transactions behave as if they ran one after the
// other; on PostgreSQL fn may be run several times for that, so it must have
// no effects outside. A transaction that others beat to it every time gives
// care.ErrConflict. fn must not call Tx again: the writer is taken.
func (s *Store) Tx(ctx context.Context, fn func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		err, again := s.runTx(ctx, attempt >= alone, fn)
		if !again || ctx.Err() != nil {
			return calledOff(ctx, err)
		}
		if attempt == attempts {
			return fmt.Errorf("%w: others wrote the same rows %d times: %w", care.ErrConflict, attempt, err)
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// View runs fn in a read-only transaction: it sees one state of the
// database, and nobody waits for it.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.reader.BeginTx(ctx, s.dialect.viewOptions())
	if err != nil {
		return calledOff(ctx, fmt.Errorf("begin: %w", err))
	}
	defer tx.Rollback() // nothing to commit
	return calledOff(ctx, fn(&Tx{dialect: s.dialect, tx: tx}))
}

// calledOff says of a transaction that failed after its caller had gone away
// that this is why. The drivers have words of their own for it: "interrupted",
// "bad connection", "transaction has already been rolled back". What the domain
// refused stays as it is.
func calledOff(ctx context.Context, err error) error {
	gone := ctx.Err()
	if err == nil || gone == nil || errors.Is(err, gone) || care.CodeOf(err) != "" {
		return err
	}
	return fmt.Errorf("%w: %w", gone, err)
}

// runTx runs fn once and tells whether it should be run again.
func (s *Store) runTx(ctx context.Context, alone bool, fn func(*Tx) error) (err error, again bool) {
	begun, err := s.writer.BeginTx(ctx, s.dialect.writeOptions())
	if err != nil {
		return fmt.Errorf("begin: %w", err), faultOf(err) == retryFault
	}
	defer begun.Rollback() // does nothing after Commit; needed when fn panics
	if gate := s.dialect.gate(alone); gate != "" {
		if _, err := begun.ExecContext(ctx, gate); err != nil {
			return fmt.Errorf("begin: %w", err), faultOf(err) == retryFault
		}
	}
	tx := &Tx{dialect: s.dialect, tx: begun, write: true}
	err = fn(tx)
	if tx.dead != nil {
		// What fn made of the driver's error does not matter: it cannot
		// know that the same run may pass next time.
		if err == nil || faultOf(tx.dead) == retryFault {
			err = tx.dead
		}
		return err, faultOf(tx.dead) == retryFault
	}
	if err != nil {
		return err, false
	}
	if err := begun.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err), faultOf(err) == retryFault
	}
	return nil, false
}

// pause waits before another attempt: longer each time, and not as long as
// the others who wait too.
func pause(ctx context.Context, attempt int) error {
	longest := min(time.Millisecond<<attempt, 250*time.Millisecond)
	timer := time.NewTimer(longest/4 + rand.N(longest))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// lock ends a query whose rows nobody else may change until this transaction
// ends; reading transactions lock nothing.
func (t *Tx) lock() string {
	if !t.write {
		return ""
	}
	return t.dialect.forUpdate()
}

// skipLocked is lock that leaves out what others have locked.
func (t *Tx) skipLocked() string {
	if !t.write {
		return ""
	}
	return t.dialect.skipLocked()
}

// exec runs a statement and tells how many rows it touched.
func (t *Tx) exec(ctx context.Context, text string, args ...any) (int, error) {
	if err := t.usable(args); err != nil {
		return 0, err
	}
	stmt, err := t.prepared(ctx, text)
	if err != nil {
		return 0, t.fail(err)
	}
	var result sql.Result
	if stmt != nil {
		result, err = stmt.ExecContext(ctx, args...)
	} else {
		result, err = t.tx.ExecContext(ctx, text, args...)
	}
	if err != nil {
		return 0, t.fail(err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// query gives the rows of a statement to each.
func (t *Tx) query(ctx context.Context, each func(scan func(...any) error) error, text string, args ...any) error {
	if err := t.usable(args); err != nil {
		return err
	}
	stmt, err := t.prepared(ctx, text)
	if err != nil {
		return t.fail(err)
	}
	var rows *sql.Rows
	if stmt != nil {
		rows, err = stmt.QueryContext(ctx, args...)
	} else {
		rows, err = t.tx.QueryContext(ctx, text, args...)
	}
	if err != nil {
		return t.fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return t.fail(err)
	}
	return nil
}

// prepared is the statement to use for a text that comes again and again in
// a transaction, as in an import; nil the first time. pgx keeps prepared
// statements for each connection by itself.
func (t *Tx) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if t.dialect == postgresDialect {
		return nil, nil
	}
	stmt, seen := t.texts[text]
	if stmt != nil {
		return stmt, nil
	}
	if seen {
		var err error
		if stmt, err = t.tx.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
	}
	if t.texts == nil {
		t.texts = map[string]*sql.Stmt{}
	}
	t.texts[text] = stmt // nil the first time: seen
	return stmt, nil
}

// usable refuses text that one of the engines can't keep, and a dead
// transaction.
func (t *Tx) usable(args []any) error {
	if t.dead != nil {
		return t.dead
	}
	for _, arg := range args {
		if s, ok := arg.(string); ok {
			if err := clean(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// clean refuses text with a NUL or of invalid UTF-8. Text that is only looked
// up in a folded form is checked before folding, which would mend it.
func clean(texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return care.Fail(care.Invalid, "bad_text")
		}
	}
	return nil
}

// fail translates a driver's error into the domain's, once, and marks the
// transaction dead.
func (t *Tx) fail(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		t.dead = err
		return err
	}
	t.dead = err
	if faultOf(err) == uniqueFault {
		t.dead = fmt.Errorf("%w: %w", care.ErrConflict, err)
	}
	return t.dead
}
