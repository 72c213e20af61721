package exclusions

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/talon-care/talon/policy"
)

// OPA is a prepared query of Open Policy Agent.
type OPA struct{ query rego.PreparedEvalQuery }

// NewOPAByRule writes one Rego rule for each clause.
func NewOPAByRule(ctx context.Context, clauses []policy.ExclusionClause) (*OPA, error) {
	var module strings.Builder
	module.WriteString("package exclusions\n")
	for i := range clauses {
		module.WriteString(regoRule(&clauses[i]))
	}
	return prepare(ctx, rego.Module("exclusions.rego", module.String()))
}

func regoRule(c *policy.ExclusionClause) string {
	lines := []string{
		"input.category in " + setOf(c.Categories),
		"some f in input.findings",
		"f.code in " + setOf(c.Findings),
	}
	if len(c.Parts) > 0 {
		lines = append(lines, "f.part in "+setOf(c.Parts))
	}
	if len(c.ExceptParts) > 0 {
		lines = append(lines, "not f.part in "+setOf(c.ExceptParts))
	}
	if len(c.ExceptCauses) > 0 {
		lines = append(lines, "not f.cause in "+setOf(c.ExceptCauses))
	}
	return "\nbites contains " + strconv.Quote(c.ID) + " if {\n\t" + strings.Join(lines, "\n\t") + "\n}\n"
}

func setOf(words []string) string {
	list := listOf(words)
	return "{" + list[1:len(list)-1] + "}"
}

const tableModule = `package exclusions

bites contains clause.id if {
	some f in input.findings
	some clause in data.clauses[input.category][f.code]
	part_matches(clause, f)
	not f.part in clause.except_parts
	not f.cause in clause.except_causes
}

part_matches(clause, _) if count(clause.parts) == 0

part_matches(clause, f) if f.part in clause.parts
`

// NewOPAByTable writes the clauses as data, keyed by category and finding, and
// one rule over them.
func NewOPAByTable(ctx context.Context, clauses []policy.ExclusionClause) (*OPA, error) {
	table := map[string]any{}
	for i := range clauses {
		c := &clauses[i]
		row := map[string]any{"id": c.ID, "parts": anyOf(c.Parts), "except_parts": anyOf(c.ExceptParts), "except_causes": anyOf(c.ExceptCauses)}
		for _, category := range c.Categories {
			byFinding, ok := table[category].(map[string]any)
			if !ok {
				byFinding = map[string]any{}
				table[category] = byFinding
			}
			for _, code := range c.Findings {
				list, _ := byFinding[code].([]any)
				byFinding[code] = append(list, row)
			}
		}
	}
	store := inmem.NewFromObject(map[string]any{"clauses": table})
	return prepare(ctx, rego.Module("exclusions.rego", tableModule), rego.Store(store))
}

func anyOf(words []string) []any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = w
	}
	return list
}

func prepare(ctx context.Context, options ...func(*rego.Rego)) (*OPA, error) {
	query, err := rego.New(append(options, rego.Query("data.exclusions.bites"))...).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare the query: %w", err)
	}
	return &OPA{query}, nil
}

// JudgeMap asks with the input as a Go map, which OPA converts: the call that
// its documentation shows.
func (j *OPA) JudgeMap(ctx context.Context, ids []string, c *Claim) ([]string, error) {
	return j.judge(ctx, ids, rego.EvalInput(c.activation))
}

// JudgeParsed asks with the input as OPA's own value, made beforehand: the
// fastest call there is.
func (j *OPA) JudgeParsed(ctx context.Context, ids []string, c *Claim) ([]string, error) {
	return j.judge(ctx, ids, rego.EvalParsedInput(c.input))
}

func (j *OPA) judge(ctx context.Context, ids []string, input rego.EvalOption) ([]string, error) {
	results, err := j.query.Eval(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	for _, result := range results {
		list, ok := result.Expressions[0].Value.([]any)
		if !ok {
			return nil, fmt.Errorf("the answer is %T, not a set", result.Expressions[0].Value)
		}
		for _, id := range list {
			ids = append(ids, fmt.Sprint(id))
		}
	}
	return ids, nil
}
