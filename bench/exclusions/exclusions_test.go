package exclusions

import (
	"slices"
	"strings"
	"testing"

	"github.com/talon-care/talon/policy"
)

func contenders(tb testing.TB) []Contender {
	tb.Helper()
	list, err := Contenders(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

func claims(tb testing.TB, seed uint64, n int) []*Claim {
	tb.Helper()
	list, err := RandomClaims(seed, n)
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

func TestAllWaysAgree(t *testing.T) {
	list := contenders(t)
	refusals := 0
	for i, c := range claims(t, 41, 4000) {
		var want []string
		for n, x := range list {
			got, err := x.Judge(c)
			if err != nil {
				t.Fatalf("claim %d: %s: %v", i, x.Name, err)
			}
			slices.Sort(got)
			if n == 0 {
				want = got
			} else if !slices.Equal(got, want) {
				t.Fatalf("claim %d (%s, %+v): %s finds %v, %s finds %v", i, c.Facts.Unit.Category, c.Facts.Diagnosis.Findings,
					list[0].Name, want, x.Name, got)
			}
			if refused, err := x.Timed(c); err != nil || refused != (len(want) > 0) {
				t.Fatalf("claim %d: %s refuses: %v, %v; clauses: %v", i, x.Name, refused, err, want)
			}
		}
		if len(want) > 0 {
			refusals++
		}
	}
	if refusals < 400 || refusals > 3600 {
		t.Errorf("%d of 4000 claims are refused: the claims do not try both ways", refusals)
	}
}

func TestEveryClauseBites(t *testing.T) {
	clauses, err := Clauses()
	if err != nil {
		t.Fatal(err)
	}
	if len(clauses) < 41 {
		t.Errorf("only %d clauses are compared", len(clauses))
	}
	met := map[string]bool{}
	for _, c := range claims(t, 7, 60_000) {
		for _, id := range ByHand(nil, &c.Facts) {
			met[id] = true
		}
	}
	for _, c := range clauses {
		if !met[c.ID] {
			t.Errorf("no random claim meets %s", c.ID)
		}
	}
	if len(met) != len(clauses) {
		t.Errorf("by hand there are %d clauses, in the pack %d", len(met), len(clauses))
	}
}

func TestClausesRefuseWhatTheOthersCannotSay(t *testing.T) {
	_, err := ofRows([]policy.ExclusionClause{{Clause: policy.Clause{ID: "x", Requirement: "B13", When: policy.Condition{Source: "true"}}}})
	if err == nil || !strings.Contains(err.Error(), "x says more") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkExclusions(b *testing.B) {
	sample := claims(b, 41, 1024)
	for _, x := range contenders(b) {
		b.Run(x.Name, x.Bench(sample))
	}
}
