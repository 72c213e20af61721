package desk

import (
	"errors"
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// Decide answers facts on every basis by the pack they name; version "" takes
// the one in force at the sale. Nothing is stored and nobody's data is read,
// so anybody may ask; the edge limits how often. A pack may be named by its
// id only: a path would be one of this machine's files.
func (d *Desk) Decide(f policy.Facts, version, lang string) (policy.Decision, error) {
	if err := required(f.Pack, "pack"); err != nil {
		return policy.Decision{}, err
	}
	if policy.IsPath(f.Pack) {
		return policy.Decision{}, care.Fail(care.Invalid, "unknown_pack", "pack", f.Pack).At("pack")
	}
	var dec policy.Decision
	var err error
	if version == "" {
		dec, err = d.packs.Decide(f, lang)
	} else {
		dec, err = d.packs.DecideVersion(f.Pack, version, f, lang)
	}
	switch {
	case errors.Is(err, policy.ErrUnknownPack):
		return policy.Decision{}, care.Fail(care.Invalid, "unknown_pack", "pack", f.Pack).At("pack")
	case errors.Is(err, policy.ErrNoInstant):
		return policy.Decision{}, care.Fail(care.Invalid, "required", "field", "at").At("at")
	case err != nil:
		return policy.Decision{}, fmt.Errorf("decide facts: %w", err)
	}
	return dec, nil
}
