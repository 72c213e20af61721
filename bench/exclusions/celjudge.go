package exclusions

import (
	"fmt"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/talon-care/talon/policy"
)

// CEL holds one program for each clause.
type CEL struct {
	ids      []string
	programs []cel.Program
}

// NewCEL compiles the clauses.
func NewCEL(clauses []policy.ExclusionClause) (*CEL, error) {
	env, err := cel.NewEnv(
		cel.Variable("category", cel.StringType),
		cel.Variable("findings", cel.ListType(cel.MapType(cel.StringType, cel.StringType))))
	if err != nil {
		return nil, fmt.Errorf("make the environment: %w", err)
	}
	j := &CEL{}
	for _, c := range clauses {
		checked, issues := env.Compile(celSource(&c))
		if issues.Err() != nil {
			return nil, fmt.Errorf("clause %s: %w", c.ID, issues.Err())
		}
		program, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			return nil, fmt.Errorf("clause %s: %w", c.ID, err)
		}
		j.ids = append(j.ids, c.ID)
		j.programs = append(j.programs, program)
	}
	return j, nil
}

// celSource writes a clause as a condition.
func celSource(c *policy.ExclusionClause) string {
	conditions := []string{"f.code in " + listOf(c.Findings)}
	if len(c.Parts) > 0 {
		conditions = append(conditions, "f.part in "+listOf(c.Parts))
	}
	if len(c.ExceptParts) > 0 {
		conditions = append(conditions, "!(f.part in "+listOf(c.ExceptParts)+")")
	}
	if len(c.ExceptCauses) > 0 {
		conditions = append(conditions, "!(f.cause in "+listOf(c.ExceptCauses)+")")
	}
	return "category in " + listOf(c.Categories) + " && findings.exists(f, " + strings.Join(conditions, " && ") + ")"
}

// listOf writes words as a list, which CEL and Rego write alike.
func listOf(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// Judge appends the ids of the clauses that a claim meets.
func (j *CEL) Judge(ids []string, c *Claim) ([]string, error) {
	for i, program := range j.programs {
		out, _, err := program.Eval(c.activation)
		if err != nil {
			return nil, fmt.Errorf("clause %s: %w", j.ids[i], err)
		}
		if out == types.True {
			ids = append(ids, j.ids[i])
		}
	}
	return ids, nil
}
