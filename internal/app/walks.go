package app

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// walks lists the tests that walk a row of the requirements through the
// running system: "row<tab>test" a line. It is collected from the comments of
// the tests ("Walks: A5, A6.") and held equal to them by a test.
//
//go:embed walks.tsv
var walks string

// SystemRow is a row of the requirements with the tests that walk it.
type SystemRow struct {
	ID    string   `json:"id"`
	Text  string   `json:"text"`
	Tests []string `json:"tests"`
}

// wholeRows are those that speak of the system and so stand in no pack.
var wholeRows = []SystemRow{
	{ID: "D1", Text: "Several retailers in one installation; none sees another's data"},
	{ID: "D2", Text: "Every decision names its clauses and what would change it, in the reader's language"},
	{ID: "D3", Text: "The statute stands beside each policy"},
	{ID: "D4", Text: "Customers check, ask, claim, choose, follow"},
	{ID: "D5", Text: "Staff take in, diagnose, decide, repair, replace, refund, ship, hand over, by deadline"},
	{ID: "D6", Text: "Managers write and check policies, see what is late, what fails, what it costs"},
	{ID: "D7", Text: "Partners see and work only on what is routed to them"},
}

// systemRows are the rows A1 to D7 and those of the law after them, each with
// its tests.
func systemRows() ([]SystemRow, error) {
	data, err := packs.Files.ReadFile("requirements.yaml")
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	rows, err := policy.ParseRows("requirements.yaml", data)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(wholeRows)
	for _, r := range rows {
		list = append(list, SystemRow{ID: r.ID, Text: r.Text})
	}
	slices.SortStableFunc(list, func(a, b SystemRow) int { return rowOrder(a.ID) - rowOrder(b.ID) })
	tests := map[string][]string{}
	for lines := bufio.NewScanner(strings.NewReader(walks)); lines.Scan(); {
		row, test, _ := strings.Cut(lines.Text(), "\t")
		tests[row] = append(tests[row], test)
	}
	for i := range list {
		list[i].Tests = tests[list[i].ID]
	}
	return list, nil
}

// rowOrder sorts A2 before A10, and the law's rows after those of the pages and
// of the system, in the order in which they are listed.
func rowOrder(id string) int {
	n, err := strconv.Atoi(id[1:])
	if err != nil {
		return 1 << 20 // an article
	}
	return int(id[0])*1000 + n
}

// SystemCoverage lists the rows A1 to D7 and the law's with the tests that walk
// each through the running system. A row without one is a gap: ErrRefused.
func SystemCoverage(out io.Writer, asJSON bool) error {
	rows, err := systemRows()
	if err != nil {
		return err
	}
	empty := 0
	for _, r := range rows {
		if len(r.Tests) == 0 {
			empty++
		}
	}
	if asJSON {
		if err := writeJSON(out, rows); err != nil {
			return err
		}
	} else {
		for _, r := range rows {
			fmt.Fprintf(out, "%-4s %s\n", r.ID, r.Text)
			for _, test := range r.Tests {
				fmt.Fprintf(out, "       %s\n", test)
			}
		}
		fmt.Fprintf(out, "%d rows, %d without a test\n", len(rows), empty)
	}
	if empty > 0 {
		return fmt.Errorf("%w: %d rows are walked by no test", ErrRefused, empty)
	}
	return nil
}
