package care

import (
	"time"

	"github.com/talon-care/talon/policy"
)

// Stay is one stay of a unit in service: an entry of the prolongation ledger
// (B10; ЗоЗПП 20(3)). It is derived from its claim's events and visible by
// unit, so that the next claim on the unit counts it.
type Stay struct {
	Retailer string    `json:"retailer"`
	Unit     string    `json:"unit"`
	Claim    string    `json:"claim"` // "" for a service done before the registry was kept
	Index    int       `json:"index"` // of the claim's stays: 0, 1 … (a reopened claim has several)
	Demanded time.Time `json:"demanded"`
	Accepted time.Time `json:"accepted"`
	Released time.Time `json:"released,omitzero"` // zero while in service
	// HandedBack is when the customer had it again; zero before, and where
	// nobody wrote it down.
	HandedBack time.Time `json:"handed_back,omitzero"`

	Kind    string       `json:"kind,omitempty"`    // hardware or software
	Outcome string       `json:"outcome,omitempty"` // policy vocabulary "outcomes"
	Centre  string       `json:"centre,omitempty"`  // policy vocabulary "centre_kinds"
	Basis   policy.Basis `json:"basis,omitempty"`
	Defect  string       `json:"defect,omitempty"`
}

// Service is the stay as the policy engine sees it, in the shop's zone.
func (s Stay) Service(zone *time.Location) policy.Service {
	at := func(t time.Time) policy.Moment {
		if t.IsZero() {
			return policy.Moment{}
		}
		return policy.Instant(t.In(zone).Truncate(time.Second))
	}
	return policy.Service{Demanded: at(s.Demanded), Accepted: at(s.Accepted), Released: at(s.Released), HandedBack: at(s.HandedBack),
		Kind: s.Kind, Outcome: s.Outcome, Centre: s.Centre, Basis: string(s.Basis), Defect: s.Defect}
}
