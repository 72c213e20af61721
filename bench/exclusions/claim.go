package exclusions

import (
	"math/rand/v2"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Claim is one claim in the form that each of the compared ways takes. The
// forms are made before anything is timed.
type Claim struct {
	Facts      policy.Facts
	activation map[string]any
	input      ast.Value
}

// NewClaim prepares a claim.
func NewClaim(f policy.Facts) (*Claim, error) {
	findings := make([]any, 0, len(f.Diagnosis.Findings))
	for _, x := range f.Diagnosis.Findings {
		findings = append(findings, map[string]any{"code": x.Code, "part": x.Part, "cause": x.Cause})
	}
	c := &Claim{Facts: f, activation: map[string]any{"category": f.Unit.Category, "findings": findings}}
	var err error
	c.input, err = ast.InterfaceToValue(c.activation)
	return c, err
}

// RandomClaims makes claims from a seed: every category of goods, one to
// three findings of any code, parts and causes stated or not. All of them are
// inside the warranty, with their papers, so that only the compared clauses
// can refuse them.
func RandomClaims(seed uint64, n int) ([]*Claim, error) {
	r := rand.New(rand.NewPCG(seed, seed))
	claims := make([]*Claim, n)
	for i := range claims {
		var err error
		if claims[i], err = NewClaim(randomFacts(r)); err != nil {
			return nil, err
		}
	}
	return claims, nil
}

// firstSale is the earliest date of sale: every claim is in its second year at
// the latest.
var firstSale = calendar.MustDate("2024-06-01")

func randomFacts(r *rand.Rand) policy.Facts {
	sofia := time.FixedZone("EET", 2*60*60)
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, sofia)
	sold := firstSale.AddDays(r.IntN(500))
	months := 24
	price := money.Amount{Minor: 100_00 + r.Int64N(3000_00), Currency: "EUR"}
	yes, no := true, false
	f := policy.Facts{
		Pack: Pack, At: at,
		Request: policy.RequestFacts{Kind: "warranty_service", Channel: "counter", ReceivedAt: at, Settlement: "Burgas"},
		Unit: policy.UnitFacts{Category: pick(r, policy.Words("categories")), Brand: "lenovo", Model: "X1", Serial: "PF2ABC",
			IMEIOnReceipt: &no, CardInKit: &yes, PersonalUse: &yes, ReportedStolen: &no, LockActive: &no, DigitalElements: &no},
		Sale:      policy.SaleFacts{Date: sold, Delivered: sold.AddDays(r.IntN(5)), Channel: "store", Price: &price},
		Warranty:  policy.WarrantyFacts{Months: &months, Issuer: "manufacturer"},
		Documents: []string{"invoice", "warranty_card", "return_request"},
		Diagnosis: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", Findings: []policy.Finding{}},
		Services:  []policy.Service{},
		Remedy:    policy.RemedyFacts{RepairPossible: &yes},
	}
	for range 1 + r.IntN(3) {
		f.Diagnosis.Findings = append(f.Diagnosis.Findings, policy.Finding{
			Code: pick(r, policy.Words("findings")), Part: sometimes(r, policy.Words("parts")), Cause: sometimes(r, policy.Words("causes"))})
	}
	return f
}

func pick(r *rand.Rand, words []string) string { return words[r.IntN(len(words))] }

// sometimes picks a word, or none in one of three.
func sometimes(r *rand.Rand, words []string) string {
	if r.IntN(3) == 0 {
		return ""
	}
	return pick(r, words)
}
