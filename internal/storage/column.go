package storage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// never stands for no instant in columns that lists are sorted by, so that
// rows without one come last and a cursor can stand on them.
const never = math.MaxInt64

// clockless is the due of an open claim that has no clock: after all that have
// one, and before those that are over, so that the open ones are one range.
const clockless = never - 1

// column is a name and its value in a row to be written.
type column struct {
	name  string
	value any
}

// put inserts a row, or replaces the one with the same key: the first keys
// columns.
func (t *Tx) put(ctx context.Context, table string, keys int, row []column) error {
	var set strings.Builder
	for i, c := range row[keys:] {
		if i > 0 {
			set.WriteString(", ")
		}
		set.WriteString(c.name + " = excluded." + c.name)
	}
	text := insertText(table, row) + " ON CONFLICT (" + names(row[:keys]) + ") DO UPDATE SET " + set.String()
	_, err := t.exec(ctx, text, values(row)...)
	return err
}

// add inserts a row; a key that is taken is care.ErrConflict, after which the
// transaction can go on.
func (t *Tx) add(ctx context.Context, table string, row []column) error {
	n, err := t.exec(ctx, insertText(table, row)+" ON CONFLICT DO NOTHING", values(row)...)
	if err == nil && n == 0 {
		return care.ErrConflict
	}
	return err
}

func insertText(table string, row []column) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + names(row) + ") VALUES (")
	for i := range row {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	b.WriteByte(')')
	return b.String()
}

func names(row []column) string {
	list := make([]string, len(row))
	for i, c := range row {
		list[i] = c.name
	}
	return strings.Join(list, ", ")
}

func values(row []column) []any {
	list := make([]any, len(row))
	for i, c := range row {
		list[i] = c.value
	}
	return list
}

// one reads the single row of a query; none is care.ErrNotFound.
func (t *Tx) one(ctx context.Context, text string, args []any, into ...any) error {
	found := false
	err := t.query(ctx, func(scan func(...any) error) error {
		found = true
		return scan(into...)
	}, text, args...)
	if err == nil && !found {
		return care.ErrNotFound
	}
	return err
}

// some is "" as NULL: nothing is named, or nothing is there to be found.
func some(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// micros is an instant as stored; the zero instant is NULL.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// microsOrNever is an instant in a column that is sorted by.
func microsOrNever(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMicro()
}

// dueOf is what a claim in a state is sorted by in work lists.
func dueOf(state care.State, due time.Time) int64 {
	switch {
	case state.Over():
		return never
	case due.IsZero():
		return clockless
	}
	return due.UnixMicro()
}

func day(d calendar.Date) any { return some(d.String()) }

func minor(a *money.Amount) any {
	if a == nil {
		return nil
	}
	return a.Minor
}

func currency(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return a.Currency
}

// null is a pointer as a value; a nil pointer is NULL.
func null[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// encode writes JSON without escaping <, > and &: JSON that was frozen inside
// a document keeps its bytes.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// The types below read columns into the domain's fields; NULL reads as the
// zero value.
type (
	intoText  struct{ to *string }
	intoTime  struct{ to *time.Time }
	intoDate  struct{ to *calendar.Date }
	intoJSON  struct{ to any }
	intoPrice struct{ to **money.Amount } // the minor units; see intoCurrency
	// intoCurrency reads the currency column, which follows the price's.
	intoCurrency struct{ to **money.Amount }
)

func (c intoText) Scan(v any) error {
	var s sql.NullString
	err := s.Scan(v)
	*c.to = s.String
	return err
}

func (c intoTime) Scan(v any) error {
	var n sql.NullInt64
	err := n.Scan(v)
	*c.to = time.Time{}
	if n.Valid && n.Int64 < clockless {
		*c.to = time.UnixMicro(n.Int64).UTC()
	}
	return err
}

func (c intoDate) Scan(v any) error {
	var s sql.NullString
	if err := s.Scan(v); err != nil {
		return err
	}
	return c.to.UnmarshalText([]byte(s.String))
}

func (c intoJSON) Scan(v any) error {
	var s sql.NullString
	if err := s.Scan(v); err != nil {
		return err
	}
	if !s.Valid || s.String == "" {
		return nil
	}
	return json.Unmarshal([]byte(s.String), c.to)
}

func (c intoPrice) Scan(v any) error {
	var n sql.NullInt64
	err := n.Scan(v)
	*c.to = nil
	if n.Valid {
		*c.to = &money.Amount{Minor: n.Int64}
	}
	return err
}

func (c intoCurrency) Scan(v any) error {
	var s sql.NullString
	err := s.Scan(v)
	if *c.to != nil {
		(*c.to).Currency = s.String
	}
	return err
}
