package exclusions

import (
	"fmt"
	"slices"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// Talon decides with the product's engine and reuses its memory.
type Talon struct {
	program *policy.Program
	decider *policy.Decider
}

// NewTalon takes the shipped pack.
func NewTalon() (*Talon, error) {
	lib, err := packs.Library()
	if err != nil {
		return nil, fmt.Errorf("load packs: %w", err)
	}
	for _, p := range lib.Packs() {
		if p.ID == Pack {
			program, err := lib.Version(Pack, p.Version)
			if err != nil {
				return nil, err
			}
			return &Talon{program, program.NewDecider()}, nil
		}
	}
	return nil, fmt.Errorf("there is no pack %s", Pack)
}

// Refused makes the full decision, texts left out, and tells whether the
// warranty refuses the claim.
func (j *Talon) Refused(c *Claim) (bool, error) {
	if err := j.decider.Run(&c.Facts); err != nil {
		return false, err
	}
	return j.decider.Verdict(policy.Warranty) == policy.Refused, nil
}

// Judge makes the full decision with its texts and appends the ids of the
// compared clauses that a claim meets.
func (j *Talon) Judge(ids []string, c *Claim) ([]string, error) {
	decision, err := j.program.Decide(&c.Facts, "en")
	if err != nil {
		return nil, err
	}
	for _, clause := range decision.Basis(policy.Warranty).Clauses {
		if clause.Effect == "refuse" && slices.Contains(Rows, clause.Requirement) {
			ids = append(ids, clause.ID)
		}
	}
	return ids, nil
}
