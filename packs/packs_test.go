package packs_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

func library(t *testing.T) *policy.Library {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatalf("the shipped packs:\n%v", err)
	}
	return lib
}

func TestEveryCaseHolds(t *testing.T) {
	results, err := library(t).RunCases(packs.Files, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		for _, m := range r.Mismatches {
			t.Errorf("%s:%d: %s: %s", r.Case.Pos.File, r.Case.Pos.Line, r.Case.Name, m)
		}
	}
	if len(results) < 300 {
		t.Errorf("only %d cases were run", len(results))
	}
}

func TestNoRowWithoutClauseNoClauseWithoutCase(t *testing.T) {
	lib := library(t)
	data, err := fs.ReadFile(packs.Files, "requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := policy.ParseRows("requirements.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	results, err := lib.RunCases(packs.Files, "")
	if err != nil {
		t.Fatal(err)
	}
	c := lib.Cover(rows, results)
	for what, list := range map[string][]string{"rows without a clause": c.EmptyRows, "clauses without a biting case": c.Unbitten,
		"clauses without a sparing case": c.Unspared, "clauses of no row": c.UnknownRows} {
		if len(list) > 0 {
			t.Errorf("%s: %s", what, strings.Join(list, ", "))
		}
	}
}

// TestEachClauseIsHeldByACase removes every clause in turn: some case must
// then fail, or the pack must no longer compile.
func TestEachClauseIsHeldByACase(t *testing.T) {
	cases, err := policy.ReadCases(packs.Files, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range library(t).Packs() {
		t.Run(pack.ID, func(t *testing.T) {
			t.Parallel()
			file := pack.Pos.File
			data, err := fs.ReadFile(packs.Files, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range pack.Clauses() {
				if survives(t, cases, file, removeClause(t, data, c)) {
					t.Errorf("%s:%d: no case fails when the clause %s is removed", file, c.Pos.Line, c.ID)
				}
			}
		})
	}
}

// survives reports whether every case still holds with the changed file.
func survives(t *testing.T, cases []*policy.Case, file string, changed []byte) bool {
	t.Helper()
	files := overlay{packs.Files, file, changed}
	lib, err := policy.Load(files)
	if err != nil {
		return false
	}
	results, err := lib.Run(files, cases)
	if err != nil {
		return false
	}
	for _, r := range results {
		if len(r.Mismatches) > 0 {
			return false
		}
	}
	return true
}

// removeClause blanks the list item that starts at the clause's place.
func removeClause(t *testing.T, data []byte, c *policy.Clause) []byte {
	t.Helper()
	lines := strings.Split(string(data), "\n")
	first := c.Pos.Line - 1
	indent := strings.IndexByte(lines[first], '-')
	if indent < 0 || strings.TrimSpace(lines[first][:indent]) != "" {
		t.Fatalf("line %d does not start the clause %s", c.Pos.Line, c.ID)
	}
	out := append([]string{}, lines[:first]...)
	i := first + 1
	for ; i < len(lines); i++ {
		line := lines[i]
		if strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if depth := len(line) - len(strings.TrimLeft(line, " ")); depth <= indent {
			break
		}
	}
	if len(out) > 0 && i < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[i]), "-") && strings.HasSuffix(out[len(out)-1], ":") {
		out[len(out)-1] += " []" // the only clause of its section
	}
	return []byte(strings.Join(append(out, lines[i:]...), "\n"))
}

// overlay is a file system with one file changed.
type overlay struct {
	fs.FS
	name string
	data []byte
}

func (o overlay) ReadFile(name string) ([]byte, error) {
	if name == o.name {
		return o.data, nil
	}
	return fs.ReadFile(o.FS, name)
}

func (o overlay) Open(name string) (fs.File, error) {
	if name == o.name {
		return fstest.MapFS{name: {Data: o.data}}.Open(name)
	}
	return o.FS.Open(name)
}

func TestSameFactsSameBytes(t *testing.T) {
	lib := library(t)
	facts, err := policy.ParseFacts("facts", []byte(`{pack: bg-omni, at: 2026-03-10T12:00:00+02:00, unit: {category: laptop},
  sale: {date: 2025-01-31}, warranty: {months: 24}, documents: [receipt], services: [{demanded: 2025-06-01, accepted: 2025-06-02, released: 2025-06-20}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for range 50 {
		d, err := lib.Decide(*facts, "bg")
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", d); first == "" {
			first = text
		} else if text != first {
			t.Fatal("two decisions of the same facts differ")
		}
	}
}
