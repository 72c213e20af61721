package storage

import (
	"errors"
	"regexp"
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
		"units by identity":       {unitsByIdentity, []any{"a", "sn1"}},
		"customer by contact":     {customerByContact, []any{"a", "7916", "a@b"}},
		"sale of unit":            {saleOfUnit, []any{"a", "u1"}},
		"claims of unit":          {claimsOfUnit, []any{"a", "u1"}},
		"stays of unit":           {staysOfUnit, []any{"a", "u1"}},
		"money of claim":          {entriesOfClaim, []any{"a", "k1"}},
		"refund of a certificate": {entryOfCertificate, []any{"a", "c1"}},
		"money of a day":          {movesBetween, []any{"a", 1, 2}},
		"history of an entry":     {movesOfEntry, []any{"a", "e1"}},
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
	} {
		text, args := workQuery("a", f, finding{}, position{}, false, 50)
		add("work list "+name, text, args)
		text, args = workQuery("a", f, finding{}, after, true, 50)
		add("next page of work list "+name, text, args)
		text, args = countsQuery("a", f, finding{})
		add("counts "+name, text, args)
	}
	for name, f := range map[string]care.RequestFilter{
		"all": {}, "of a state": {States: []care.RequestState{care.RequestOpen}}, "of a client": {Customer: "c1"},
	} {
		text, args := requestsQuery("a", f, finding{}, after, true, 50)
		add("requests "+name, text, args)
	}
	for name, f := range map[string]finding{
		"as a whole": {whole: "AB-12 4567"}, "by words": {words: []string{"Иванов", "4567"}}, "among few": {words: []string{"Иванов", "4567"}, few: true},
	} {
		f.kind = claimKind
		text, args := workQuery("a", care.WorkFilter{Open: true}, f, after, true, 50)
		add("work list found "+name, text, args)
		text, args = countsQuery("a", care.WorkFilter{}, f)
		add("counts found "+name, text, args)
		f.kind = requestKind
		text, args = requestsQuery("a", care.RequestFilter{}, f, after, true, 50)
		add("requests found "+name, text, args)
		f.kind = unitKind
		text, args = searchUnitsQuery("a", f, position{}, 50)
		add("units found "+name, text, args)
		f.kind = customerKind
		text, args = searchCustomersQuery("a", f, 8)
		add("customers found "+name, text, args)
	}
	for _, k := range []kind{claimKind, requestKind, unitKind, customerKind} {
		text, args := rarityQuery("a", k, "Иванов 4567", 50)
		add("rarity by "+k.id, text, args)
	}
	for name, f := range map[string]care.AuditFilter{"all": {}, "of a claim": {Object: "claim", ObjectID: "k"}, "of a person": {Actor: "w1"}, "of a kind": {Action: "x"}} {
		text, args := auditsQuery("a", f, after, true, 50)
		add("audit "+name, text, args)
	}
	for name, f := range map[string]care.EntryFilter{"all": {}, "due": {States: []care.EntryState{care.EntryDue}}, "of a claim": {Claim: "k"}} {
		text, args := entriesQuery("a", f, after, true, 50)
		add("money "+name, text, args)
	}
	text, args := soldQuery("a", []care.ModelCount{{Category: "tv", Brand: "B", Model: "1"}, {Category: "tv", Brand: "B", Model: "2"}})
	add("units of models", text, args)
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

// Every index of a table that has statistics is among them, with a figure for
// each of its columns: one without would be taken for a good one.
func TestStatisticsAreComplete(t *testing.T) {
	s := migrated(t)
	for table, indexes := range statistics {
		rows, err := s.reader.QueryContext(t.Context(),
			"SELECT l.name, count(*) FROM pragma_index_list($1) l, pragma_index_info(l.name) GROUP BY l.name", table)
		if err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for rows.Next() {
			var index string
			var columns int
			if err := rows.Scan(&index, &columns); err != nil {
				t.Fatal(err)
			}
			there[index] = true
			if figures := len(strings.Fields(indexes[index])); figures != columns+1 {
				t.Errorf("index %s of %s has %d columns and %d figures, want one more", index, table, columns, figures)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		for index := range indexes {
			if !there[index] {
				t.Errorf("table %s has no index %s", table, index)
			}
		}
	}
}
