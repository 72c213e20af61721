package storage

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// where gathers the conditions of a query with their arguments.
type where struct {
	with       string // goes before the query
	conditions []string
	args       []any
}

// arg adds an argument and gives its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// is adds column = value.
func (w *where) is(column string, v any) { w.and(column + " = " + w.arg(v)) }

// isUnlessEmpty adds column = value if there is a value.
func (w *where) isUnlessEmpty(column, v string) {
	if v != "" {
		w.is(column, v)
	}
}

// in adds column IN (values) if there are values.
func in[T ~string](w *where, column string, list []T) {
	if len(list) == 0 {
		return
	}
	marks := make([]string, len(list))
	for i, v := range list {
		marks[i] = w.arg(string(v))
	}
	w.and(column + " IN (" + strings.Join(marks, ",") + ")")
}

func (w *where) and(condition string) { w.conditions = append(w.conditions, condition) }

// startsWith is a condition that an index on the column serves on both
// engines, which LIKE does not. A single letter or digit begins too much to be
// of use: it has to be the whole.
func (w *where) startsWith(column, prefix string) string {
	if utf8.RuneCountInString(prefix) < 2 {
		return column + " = " + w.arg(prefix)
	}
	return column + " >= " + w.arg(prefix) + " AND " + column + " < " + w.arg(afterPrefix(prefix))
}

func (w *where) String() string { return " WHERE " + strings.Join(w.conditions, " AND ") }
