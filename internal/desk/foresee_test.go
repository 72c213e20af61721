package desk_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// inDiagnosis is a claim whose device is on the bench.
func (s *shop) inDiagnosis() care.Claim {
	s.t.Helper()
	number := s.open().Claim.Number
	return s.do(as(care.Technician), number, care.Accept{Place: "omni-service", Condition: "as seen"}, care.StartDiagnosis{})
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestForesightIsTheDecisionThatIsStored(t *testing.T) {
	cases := map[string]care.Command{
		"hardware":   hardware("mainboard"),
		"no fault":   care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: no(), Kind: "none"}},
		"spilt":      care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", Findings: []policy.Finding{{Code: "liquid", Part: "mainboard", Cause: "external"}}}},
		"wear, drop": care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", Findings: []policy.Finding{{Code: "wear", Cause: "wear"}, {Code: "impact", Cause: "external"}}}},
		"papers":     care.RecordDocuments{Documents: []string{"invoice"}},
		"a fact":     care.RecordAnswers{Facts: []care.Answer{{Fact: "sale.date", Value: "2021-06-02"}}},
		"a basis":    care.ChooseBasis{Basis: policy.Statute},
	}
	for name, cmd := range cases {
		t.Run(name, func(t *testing.T) {
			on(t, func(s *shop) {
				c := s.inDiagnosis()
				seen, err := s.Foresee(t.Context(), as(care.Manager), c.ID, cmd, "bg")
				if err != nil || seen.Lacks != nil {
					t.Fatalf("foresee: %v, lacks %v", err, seen.Lacks)
				}
				before, err := s.Claim(t.Context(), as(care.Manager), c.ID, "bg")
				if err != nil || before.Claim.Seq != c.Seq {
					t.Fatalf("a foresight moved the claim from %d to %d, %v", c.Seq, before.Claim.Seq, err)
				}
				if _, err := s.Do(t.Context(), as(care.Manager), c.ID, cmd); err != nil {
					t.Fatal(err)
				}
				after, err := s.Claim(t.Context(), as(care.Manager), c.ID, "bg")
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(jsonOf(t, after.Decision), jsonOf(t, seen.Decision)); d != "" {
					t.Errorf("stored (-) is not what was foreseen (+):\n%s", d)
				}
			})
		})
	}
}

func TestForesightNamesTheClausesOfEachFinding(t *testing.T) {
	on(t, func(s *shop) {
		c := s.inDiagnosis()
		half := care.Diagnose{Facts: policy.DiagnosisFacts{Findings: []policy.Finding{{Code: "liquid", Cause: "external"}, {Code: "cosmetic", Cause: "material"}}}}
		seen, err := s.Foresee(t.Context(), as(care.Technician), c.ID, half, "en")
		if err != nil {
			t.Fatal(err)
		}
		if seen.Lacks == nil || seen.Lacks.Field != "diagnosis.confirmed" {
			t.Errorf("what is missing: %v", seen.Lacks)
		}
		if len(seen.Findings) != 2 || len(seen.Findings[0].Clauses) == 0 || len(seen.Findings[1].Clauses) != 0 {
			t.Fatalf("clauses of liquid and of scratches: %+v", seen.Findings)
		}
		if b := seen.Decision.Basis(policy.Warranty); b == nil || b.Verdict != policy.Refused {
			t.Errorf("the warranty after liquid: %+v", b)
		}
		_, err = s.Foresee(t.Context(), as(care.Clerk), c.ID, care.StartRepair{}, "en")
		s.fails("what the role may not do", "forbidden error.forbidden", err)
	})
}
