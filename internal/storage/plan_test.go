package storage

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// planned are the queries that people wait for, on tables that only grow.
func planned() map[string]struct {
	text string
	args []any
} {
	type query = struct {
		text string
		args []any
	}
	after := position{value: 1, id: "k"}
	list := map[string]query{
		"units by identity":   {unitsByIdentity, []any{"a", "sn1"}},
		"customer by contact": {customerByContact, []any{"a", "7916", "a@b"}},
		"sale of unit":        {saleOfUnit, []any{"a", "u1"}},
		"claims of unit":      {claimsOfUnit, []any{"a", "u1"}},
		"stays of unit":       {staysOfUnit, []any{"a", "u1"}},
	}
	add := func(name, text string, args []any) { list[name] = query{text, args} }
	for name, f := range map[string]care.WorkFilter{
		"all":         {},
		"open":        {Open: true},
		"late":        {Late: true},
		"of a state":  {States: []care.State{care.Submitted}},
		"of states":   {States: []care.State{care.Submitted, care.InRepair, care.Closed}, Open: true},
		"of a role":   {Owner: care.Clerk, Open: true},
		"of a centre": {Centre: "north"},
		"of a person": {Assignee: "w1"},
		"of a unit":   {Unit: "u1"},
		"of a client": {Customer: "c1"},
		"by a text":   {Text: "Иванов 4567"},
	} {
		text, args := workQuery("a", f, position{}, false, 50)
		add("work list "+name, text, args)
		text, args = workQuery("a", f, after, true, 50)
		add("next page of work list "+name, text, args)
		text, args = countsQuery("a", f)
		add("counts "+name, text, args)
	}
	text, args := searchUnitsQuery("a", "AB-123 Иванов", position{}, 50)
	add("search for units", text, args)
	for name, f := range map[string]care.RequestFilter{
		"all": {}, "of a state": {States: []care.RequestState{care.RequestOpen}}, "of a client": {Customer: "c1"}, "by a text": {Text: "Иванов 12"},
	} {
		text, args := requestsQuery("a", f, after, true, 50)
		add("requests "+name, text, args)
	}
	for name, f := range map[string]care.AuditFilter{"all": {}, "of a claim": {Object: "claim", ObjectID: "k"}, "of a person": {Actor: "w1"}, "of a kind": {Action: "x"}} {
		text, args := auditsQuery("a", f, after, true, 50)
		add("audit "+name, text, args)
	}
	var w where
	w.is("retailer_id", "a")
	in(&w, "sale_key", []string{"1", "2", "3"})
	add("sale keys of an import", "SELECT sale_key FROM sale"+w.String(), w.args)
	return list
}

// growing finds a step of a plan that reads a whole table or index. Steps
// over the rows that a part of the query has found (SCAN found) are no harm.
var growing = regexp.MustCompile(`^SCAN (c|u|s|b|claim|unit|sale|customer|request|audit|search_word|service_stay|product)\b`)

// whole are the queries that are about all rows of a retailer; the lists end
// with their page, the counts read an index and no row.
var whole = map[string]bool{"work list all": true, "work list open": true}

// Every such query seeks in an index: how long it takes doesn't grow with the
// table.
func TestQueriesSeek(t *testing.T) {
	s := migrated(t)
	for name, q := range planned() {
		steps := planOf(t, s, q.text, q.args)
		for _, step := range steps {
			if growing.MatchString(step) || strings.Contains(step, "(retailer_id=?)") && !whole[name] || strings.Contains(step, "scope=?)") {
				t.Errorf("%s reads a whole table:\n%s", name, strings.Join(steps, "\n"))
			}
		}
		// A page of a list is read in the order of an index, not sorted, where
		// nothing but the list's own order is asked for.
		switch name {
		case "work list all", "work list open", "work list late", "work list of a state", "work list of a role", "work list of a centre",
			"work list of a person", "next page of work list open", "requests all", "audit all", "audit of a claim", "audit of a person":
			for _, step := range steps {
				if strings.Contains(step, "TEMP B-TREE") {
					t.Errorf("%s is sorted:\n%s", name, strings.Join(steps, "\n"))
				}
			}
		}
	}
}

func planOf(t *testing.T, s *Store, text string, args []any) []string {
	t.Helper()
	rows, err := s.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// seeds make a registry of a retailer with so many units, sales, customers
// and claims, straight in SQL: what matters here is how many there are.
var seeds = []string{
	`INSERT INTO retailer VALUES ('a', '{}', 'UTC', 'EUR', '[]')`,
	`INSERT INTO product SELECT 'a', 'g' || i, 'sku' || i, 'smartphone', 'Brand', 'Model ' || i, 12, '', 0, NULL, FALSE FROM n WHERE i < 2000`,
	`INSERT INTO unit SELECT 'a', 'u' || i, 'g' || (i % 2000), 'smartphone', 'Brand', 'Model', 'SN' || i, '', '', NULL, NULL,
		'sn' || i, '35' || i, NULL FROM n`,
	`INSERT INTO customer SELECT 'a', 'c' || i, 'Name', '7' || (9160000000 + i), '', 'ru', '', '', 0, '7' || (9160000000 + i), i || '0619', 'e' || i || '@x'
		FROM n WHERE i % 3 = 0`,
	`INSERT INTO sale SELECT 'a', 's' || i, 'k' || i, 'u' || i, 'c' || (i - i % 3), '', '', '2026-01-01', NULL, NULL, 'r' || i, 100, 'EUR', NULL, NULL,
		NULL, 24, '', '', NULL, NULL, '', '', 'r' || i, NULL FROM n`,
	`INSERT INTO search_word SELECT 'a', 'customer', 'word' || (i % 5000), 'c' || i FROM n WHERE i % 3 = 0`,
	`INSERT INTO search_word SELECT 'a', 'product', 'model' || i, 'g' || i FROM n WHERE i < 2000`,
	`INSERT INTO search_word SELECT 'a', 'claim', 'rma2026' || i, 'k' || i FROM n`,
	`INSERT INTO claim SELECT 'a', 'k' || i, 'RMA-2026-' || i, 5, CASE WHEN i % 20 = 0 THEN 'submitted' WHEN i % 20 = 1 THEN 'in_repair' ELSE 'closed' END, '',
		CASE WHEN i % 20 = 0 THEN 'clerk' WHEN i % 20 = 1 THEN 'technician' ELSE '' END,
		CASE WHEN i % 20 < 2 THEN i * 1000 ELSE 9223372036854775807 END, 'target', i % 20 > 1, NULL, 'c' || (i - i % 3), 'u' || i, 'shop', 'p',
		'centre' || (i % 30), NULL, 'smartphone', 'Brand', 'Model', 'SN' || i, '', 'sn' || i, NULL, NULL, '', '', 'x', '1', 0, 0, NULL, '{}' FROM n`,
}

// filled makes a store with n units; the benchmarks below and the figures of
// docs/adr/0003-storage.md come from it.
func filled(b *testing.B, n int) *Store {
	b.Helper()
	s := migrated(b)
	tx, err := s.writer.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	for _, text := range seeds {
		numbers := "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1) "
		if _, err := tx.ExecContext(b.Context(), numbers+text, n); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkLookups times what people wait for with 300 000 units and claims
// (TALON_BENCH_UNITS sets another number).
func BenchmarkLookups(b *testing.B) {
	s := filled(b, benchUnits(b))
	for _, c := range []struct {
		name string
		run  func(ctx context.Context, tx *Tx) error
	}{
		{"units by identity", func(ctx context.Context, tx *Tx) error {
			_, err := tx.UnitsByIdentity(ctx, "a", "SN-123456")
			return err
		}},
		{"work list", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{Open: true}, care.Page{})
			return err
		}},
		{"work list of a state", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{States: []care.State{care.InRepair, care.Submitted}}, care.Page{})
			return err
		}},
		{"work list of a centre", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{Centre: "centre7", Open: true}, care.Page{})
			return err
		}},
		{"work list by a name", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.Work(ctx, "a", care.WorkFilter{Text: "Word4321"}, care.Page{})
			return err
		}},
		{"work counts", func(ctx context.Context, tx *Tx) error {
			_, err := tx.WorkCounts(ctx, "a", care.WorkFilter{})
			return err
		}},
		{"search by serial", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "SN123456", care.Page{})
			return err
		}},
		{"search by name", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "word4321", care.Page{})
			return err
		}},
		{"search by model", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "model1234", care.Page{})
			return err
		}},
		{"search by two words", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "word4321 model", care.Page{})
			return err
		}},
		{"search by one letter", func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.SearchUnits(ctx, "a", "w", care.Page{})
			return err
		}},
		{"500 sale keys", func(ctx context.Context, tx *Tx) error {
			keys := make([]string, 500)
			for i := range keys {
				keys[i] = "k" + strings.Repeat("9", i%8) + "7"
			}
			_, err := tx.HaveSaleKeys(ctx, "a", keys)
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := s.View(b.Context(), func(tx *Tx) error { return c.run(b.Context(), tx) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchUnits(b *testing.B) int {
	b.Helper()
	text := os.Getenv("TALON_BENCH_UNITS")
	if text == "" {
		return 300_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
