package policy_test

import (
	"testing"

	"github.com/talon-care/talon/policy"
)

// TestPartMonths gives a new part the warranty of the one it replaces, and by
// the law's rule first (RU-20.4).
func TestPartMonths(t *testing.T) {
	year := 12
	law := &policy.Pack{Parts: []policy.PartRule{{Rule: policy.Rule{ID: "law"}, Basis: []policy.Basis{policy.Statute, policy.Warranty}, Lasts: "warranty.months"}}}
	shop := &policy.Pack{Parts: []policy.PartRule{{Rule: policy.Rule{ID: "shop"}, Lasts: "P3M"}}}
	for name, c := range map[string]struct {
		program *policy.Program
		basis   policy.Basis
		before  int
		product *int
		months  int
		rule    string
	}{
		"as the product":                     {&policy.Program{Pack: shop, Statute: law}, policy.Warranty, 0, &year, 12, "law"},
		"as the part before it":              {&policy.Program{Pack: shop, Statute: law}, policy.Statute, 24, &year, 24, "law"},
		"a product of unknown warranty":      {&policy.Program{Pack: shop, Statute: law}, policy.Warranty, 0, nil, 0, "law"},
		"another basis, by the shop's terms": {&policy.Program{Pack: shop, Statute: law}, policy.Paid, 0, &year, 3, "shop"},
		"no law beside the shop":             {&policy.Program{Pack: shop}, policy.Warranty, 0, &year, 3, "shop"},
		"nothing says so":                    {&policy.Program{Pack: &policy.Pack{}, Statute: law}, policy.Paid, 6, &year, 0, ""},
	} {
		months, rule := c.program.PartMonths(c.basis, c.before, c.product)
		id := ""
		if rule != nil {
			id = rule.ID
		}
		if months != c.months || id != c.rule {
			t.Errorf("%s: %d months by %q, want %d by %q", name, months, id, c.months, c.rule)
		}
	}
}
