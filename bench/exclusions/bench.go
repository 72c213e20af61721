package exclusions

import (
	"context"
	"fmt"
	"testing"
)

// Contender is one of the compared ways.
type Contender struct {
	Name  string
	What  string                               // in a line, for the report
	Judge func(*Claim) ([]string, error)       // which clauses; for the agreement test
	Timed func(*Claim) (refused bool, _ error) // what is timed
}

// Contenders prepares all of them.
func Contenders(ctx context.Context) ([]Contender, error) {
	clauses, err := Clauses()
	if err != nil {
		return nil, err
	}
	talon, err := NewTalon()
	if err != nil {
		return nil, err
	}
	byCEL, err := NewCEL(clauses)
	if err != nil {
		return nil, err
	}
	byRule, err := NewOPAByRule(ctx, clauses)
	if err != nil {
		return nil, err
	}
	byTable, err := NewOPAByTable(ctx, clauses)
	if err != nil {
		return nil, err
	}
	return []Contender{
		contender("ByHand", "plain Go written by hand", func(ids []string, c *Claim) ([]string, error) { return ByHand(ids, &c.Facts), nil }),
		{"Talon", "Talon's full decision, every basis", func(c *Claim) ([]string, error) { return talon.Judge(nil, c) }, talon.Refused},
		contender("CEL", "cel-go, one program a clause", byCEL.Judge),
		contender("OPARules", "OPA, one rule a clause", asked(ctx, byRule.JudgeMap)),
		contender("OPARulesParsed", "the same, input converted beforehand", asked(ctx, byRule.JudgeParsed)),
		contender("OPATable", "OPA, one rule over a table", asked(ctx, byTable.JudgeMap)),
		contender("OPATableParsed", "the same, input converted beforehand", asked(ctx, byTable.JudgeParsed)),
	}, nil
}

func asked(ctx context.Context, judge func(context.Context, []string, *Claim) ([]string, error)) func([]string, *Claim) ([]string, error) {
	return func(ids []string, c *Claim) ([]string, error) { return judge(ctx, ids, c) }
}

// contender times the same call that names the clauses, with the list reused.
func contender(name, what string, judge func([]string, *Claim) ([]string, error)) Contender {
	var ids []string
	return Contender{name, what,
		func(c *Claim) ([]string, error) { return judge(nil, c) },
		func(c *Claim) (bool, error) {
			var err error
			ids, err = judge(ids[:0], c)
			return len(ids) > 0, err
		}}
}

// Bench times a contender on the claims, one after another.
func (x Contender) Bench(claims []*Claim) func(*testing.B) {
	return func(b *testing.B) {
		b.ReportAllocs()
		i, refused := 0, 0
		for b.Loop() {
			no, err := x.Timed(claims[i])
			if err != nil {
				b.Fatal(fmt.Errorf("%s: %w", x.Name, err))
			}
			if no {
				refused++
			}
			if i++; i == len(claims) {
				i = 0
			}
		}
	}
}
