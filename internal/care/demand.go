package care

import (
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/policy"
)

// CmdDemandRemedy is what a customer gives who says, before the decision, what
// they want: a repair, another unit, the money (RU-18.1, BG-33).
const CmdDemandRemedy CommandName = "demand_remedy"

// Demand is the remedy that the customer demanded before anything was decided.
// The law's terms for it count from its instant (RU-21.1, RU-22), whatever
// becomes of the device meanwhile.
type Demand struct {
	Remedy string    `json:"remedy"` // policy vocabulary "remedy_kinds"
	At     time.Time `json:"at"`
	By     ActorKind `json:"by"` // the customer, or staff who were told
}

type (
	// DemandRemedy says what the customer wants, while it is not decided yet.
	DemandRemedy struct {
		Remedy string `json:"remedy"` // required; one of DemandableRemedies
		// At is the instant of the demand where it came before now, with the
		// request itself; the desk fills it in.
		At time.Time `json:"-"`
	}

	// RemedyDemanded is that demand.
	RemedyDemanded struct {
		Remedy string    `json:"remedy"`
		At     time.Time `json:"at"`
	}
)

// EventRemedyDemanded is the stored name of a demand.
const EventRemedyDemanded EventKind = "remedy_demanded"

func (DemandRemedy) Name() CommandName { return CmdDemandRemedy } // Name implements Command.

// EventKind implements Payload.
func (*RemedyDemanded) EventKind() EventKind { return EventRemedyDemanded }

// DemandableRemedies lists what a customer may demand: all that the contract
// knows but the replacement of a part, which is a way of repairing.
func DemandableRemedies() []string {
	return slices.DeleteFunc(policy.Words("remedy_kinds"), func(kind string) bool { return kind == "part_replacement" })
}

func (d DemandRemedy) run(c Claim, env Env) ([]Payload, error) {
	if list := DemandableRemedies(); !slices.Contains(list, d.Remedy) {
		return nil, Fail(Invalid, "unknown_value", "field", "remedy", "value", d.Remedy, "expected", strings.Join(list, " ")).At("remedy")
	}
	if c.Demand != nil && c.Demand.Remedy == d.Remedy {
		return nil, Fail(Invalid, "remedy_demanded_already", "remedy", d.Remedy).At("remedy")
	}
	at := stamp(env)
	if !d.At.IsZero() && d.At.Before(at) {
		at = d.At.UTC().Truncate(time.Microsecond)
	}
	return []Payload{&RemedyDemanded{Remedy: d.Remedy, At: at}}, nil
}

func (p *RemedyDemanded) apply(c *Claim, e Event) {
	c.Demand = &Demand{Remedy: p.Remedy, At: p.At, By: e.Actor.Kind}
}

// demandable lists what the customer may demand now: not the same again.
func demandable(c Claim) []string {
	return slices.DeleteFunc(DemandableRemedies(), func(kind string) bool { return c.Demand != nil && c.Demand.Remedy == kind })
}

// demandOf is the remedy that the customer demands, and since when: the one
// chosen, where the choice was the customer's, or the one demanded before.
// Terms of what was not demanded don't run.
func demandOf(c Claim) (kind string, at time.Time) {
	if c.Remedy == nil || c.Remedy.Chooser != "customer" {
		if c.Demand == nil {
			return "", time.Time{}
		}
		return c.Demand.Remedy, c.Demand.At
	}
	kind, at = c.Remedy.Kind, c.Remedy.At
	if kind == "part_replacement" {
		kind = "repair"
	}
	if c.Demand != nil && c.Demand.Remedy == kind {
		at = c.Demand.At // chosen now, but asked for before
	}
	return kind, at
}

// beforeCheck reports whether the remedy was demanded before the defect was
// checked, which gives the seller the longer term (RU-21.1); nil without a
// demand or a check.
func beforeCheck(c Claim) *bool {
	kind, at := demandOf(c)
	if kind == "" || c.Diagnosis == nil {
		return nil
	}
	before := at.Before(c.Diagnosis.At)
	return &before
}

// demandBasis is a basis that gives what the customer demands of right, while
// the customer has chosen none: the recommended one first; "" where none does.
func (c Claim) demandBasis() policy.Basis {
	if c.Demand == nil || c.Ruling == nil || c.Remedy != nil {
		return ""
	}
	gives := func(b BasisResult) bool {
		return b.Verdict != policy.Refused && b.Verdict != policy.NotInForce && b.Basis != policy.Paid &&
			slices.ContainsFunc(b.Remedies, func(r policy.Remedy) bool { return r.Kind == c.Demand.Remedy && r.Chooser == "customer" })
	}
	list := c.Ruling.Result.Bases
	if i := slices.IndexFunc(list, func(b BasisResult) bool { return b.Basis == c.Ruling.Result.Recommended }); i >= 0 && gives(list[i]) {
		return list[i].Basis
	}
	if i := slices.IndexFunc(list, gives); i >= 0 {
		return list[i].Basis
	}
	return ""
}

// wants reports whether one of these remedies is being carried out, or is what
// the customer demands of right on a basis of the decision.
func (c Claim) wants(b policy.BasisResult, kinds ...string) bool {
	if c.Remedy != nil && slices.Contains(kinds, c.Remedy.Kind) {
		return true
	}
	kind, _ := demandOf(c)
	return slices.Contains(kinds, kind) && slices.ContainsFunc(b.Remedies, func(r policy.Remedy) bool { return r.Kind == kind })
}
