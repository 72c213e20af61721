package desk_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// The page of a claim shows each role what it would be shown of each part, and
// nothing else.
func TestClaimPageIsItsParts(t *testing.T) {
	on(t, func(s *shop) {
		ctx := t.Context()
		r := s.atPartner(euro("31.00"), nil)
		shown := 0
		for _, role := range care.Roles() {
			actor := as(role)
			page, err := s.ClaimPage(ctx, actor, r.Claim.Number, "bg")
			view, refused := s.Claim(ctx, actor, r.Claim.Number, "bg")
			loans, refusedLoans := s.ClaimLoans(ctx, actor, r.Claim.ID)
			papers, refusedPapers := s.Papers(ctx, actor, r.Claim.ID)
			if may := refused == nil && refusedLoans == nil && refusedPapers == nil; may != (err == nil) {
				t.Errorf("%s: the page says %v, its parts %v, %v, %v", role, err, refused, refusedLoans, refusedPapers)
			}
			if err != nil {
				continue
			}
			shown++
			want := desk.ClaimPage{ClaimView: view, Loans: loans, Papers: papers}
			if told, _, err := s.Messages(ctx, actor, care.NoticeFilter{Claim: r.Claim.ID, People: true}, care.Page{}); err == nil {
				want.Told = told
			}
			if diff := cmp.Diff(written(t, want), written(t, page)); diff != "" {
				t.Errorf("%s: %s", role, diff)
			}
		}
		if shown < 5 {
			t.Errorf("the page was shown to %d roles", shown)
		}
	})
}

func written(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
