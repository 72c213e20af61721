package exclusions

import (
	"fmt"
	"slices"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// Pack is the pack whose clauses are compared.
const Pack = "bg-omni"

// Rows are the rows of the requirements that the clauses come from.
var Rows = []string{"B13", "B14", "B15", "B16", "B17", "B18", "B19"}

// Clauses reads the compared clauses from the pack. It refuses one that says
// more than a category and a finding, since the others would not say it.
func Clauses() ([]policy.ExclusionClause, error) {
	lib, err := packs.Library()
	if err != nil {
		return nil, fmt.Errorf("load packs: %w", err)
	}
	for _, p := range lib.Packs() {
		if p.ID == Pack {
			return ofRows(p.Exclusions)
		}
	}
	return nil, fmt.Errorf("there is no pack %s", Pack)
}

func ofRows(all []policy.ExclusionClause) ([]policy.ExclusionClause, error) {
	var list []policy.ExclusionClause
	for _, c := range all {
		if !slices.Contains(Rows, c.Requirement) {
			continue
		}
		plain := c.When.Source == "" && c.Unless.Source == "" && len(c.Brands)+len(c.Causes)+len(c.FailedParts) == 0
		if !plain || len(c.Categories) == 0 || len(c.Findings) == 0 {
			return nil, fmt.Errorf("clause %s says more than a category and a finding", c.ID)
		}
		list = append(list, c)
	}
	return list, nil
}
