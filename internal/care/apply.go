package care

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/policy"
)

// Env is what a command needs to know of the world.
type Env struct {
	Now   time.Time
	Zone  *time.Location // of the shop: dates become instants in it
	Actor Actor
	// Respond is how soon a partner centre acts; nil, or a nil answer, where
	// nothing is agreed.
	Respond func(centre string) *Terms
}

// Apply checks a command against a claim and gives the events that follow,
// numbered and stamped, or a *Error that says why not. The claim itself is
// not changed.
func Apply(c Claim, cmd Command, env Env) ([]Event, error) {
	if err := legal(c, cmd.Name()); err != nil {
		return nil, err
	}
	if err := elsewhere(c, cmd, env.Actor); err != nil {
		return nil, err
	}
	payloads, err := cmd.run(c, env)
	if err != nil {
		return nil, err
	}
	payloads = withResponse(c, payloads, env)
	at := env.Now.UTC().Truncate(time.Microsecond)
	events := make([]Event, len(payloads))
	for i, p := range payloads {
		events[i] = Event{Retailer: c.Retailer, Claim: c.ID, Seq: c.Seq + i + 1, At: at, Actor: env.Actor, Data: p}
	}
	return events, nil
}

func legal(c Claim, name CommandName) error {
	if name == CmdSubmit {
		if c.Seq != 0 {
			return Fail(Illegal, "already_submitted", "number", c.Number)
		}
		return nil
	}
	if c.Seq == 0 {
		return Fail(NotFound, "no_claim")
	}
	if !slices.Contains(legalFrom(name), c.State) {
		return Fail(Illegal, "illegal_move", "command", string(name), "state", string(c.State))
	}
	return nil
}

// When is the claim after one more event.
func (c Claim) When(e Event) Claim {
	if c.Seq == 0 {
		c.ID, c.Retailer = e.Claim, e.Retailer
	}
	c.Seq = e.Seq
	before := c.State
	e.Data.apply(&c, e)
	c.followResponse(e)
	c.followLoaner(e)
	c.UpdatedAt = e.At
	if c.State != before {
		c.Clock.Entered = e.At
	}
	c.wind()
	return c
}

// Replay rebuilds a claim from its events, which must be all of them in
// order.
func Replay(events []Event) Claim {
	var c Claim
	for _, e := range events {
		c = c.When(e)
	}
	return c
}

// wind sets the clock and the owner from the state and the deadlines.
func (c *Claim) wind() {
	rule := stateRules[c.State]
	c.Owner = rule.owner
	c.Clock.Due, c.Clock.Name = time.Time{}, ""
	if c.State.Over() {
		return
	}
	switch {
	case c.Custody.Kind == HeldByCourier:
		c.Owner = Dispatcher
	case c.State == Accepted && c.Custody.Kind == HeldByCentre:
		c.Owner = Technician
	case c.State == Accepted && c.Centre != "" && c.Centre != c.Custody.Place:
		c.Owner = Dispatcher
	case c.State == Ready && c.Return == ReturnDeliver:
		c.Owner = Dispatcher
	}
	c.Clock.Due, c.Clock.Name = c.Clock.Entered.Add(rule.target), TargetName
	if name, due := c.PartnerDue(); name != "" { // its own terms stand in place of the house's
		c.Clock.Due, c.Clock.Name = due, name
	}
	for _, d := range c.Deadlines {
		if d.State == DeadlineOpen && d.DueAt.Before(c.Clock.Due) {
			c.Clock.Due, c.Clock.Name = d.DueAt, d.Name
		}
	}
}

// BasisInUse is the basis the claim goes by: the customer's choice, or the one
// that gives what the customer demands, or the one the decision recommends, or
// the first it lists.
func (c Claim) BasisInUse() policy.Basis {
	switch {
	case c.Basis != "":
		return c.Basis
	case c.Ruling == nil:
		return ""
	case c.demandBasis() != "":
		return c.demandBasis()
	case c.Ruling.Result.Recommended != "":
		return c.Ruling.Result.Recommended
	case len(c.Ruling.Result.Bases) > 0:
		return c.Ruling.Result.Bases[0].Basis
	}
	return ""
}

// Verdict is the verdict on the basis in use, a manager's override first;
// "" before the first decision.
func (c Claim) Verdict() policy.Verdict {
	b := c.BasisInUse()
	if c.Override != nil && c.Override.Basis == b {
		return c.Override.Verdict
	}
	if c.Ruling == nil {
		return ""
	}
	if r := c.Ruling.Result.Basis(b); r != nil {
		return r.Verdict
	}
	return policy.NotInForce
}

// Remedies are what the decision offers on the basis in use; an override to
// covered adds what the decision did not.
func (c Claim) Remedies() []policy.Remedy {
	if c.Verdict() != policy.Covered {
		return nil
	}
	var list []policy.Remedy
	if c.Ruling != nil {
		if r := c.Ruling.Result.Basis(c.BasisInUse()); r != nil {
			list = slices.Clone(r.Remedies)
		}
	}
	impossible := func(r policy.Remedy) bool { return slices.Contains(c.Impossible, r.Kind) }
	list = slices.DeleteFunc(list, impossible)
	if c.Override == nil || c.Override.Basis != c.BasisInUse() {
		return list
	}
	for _, kind := range policy.Words("remedy_kinds") {
		if !slices.ContainsFunc(list, func(r policy.Remedy) bool { return r.Kind == kind }) {
			list = append(list, policy.Remedy{Kind: kind, Chooser: "retailer"})
		}
	}
	return slices.DeleteFunc(list, impossible)
}

// MissingAcknowledgements are the ids that the decision asks for and that
// were not collected yet.
func (c Claim) MissingAcknowledgements() []string {
	if c.Ruling == nil {
		return nil
	}
	var missing []string
	for _, id := range c.Ruling.Result.Acknowledge {
		if !slices.ContainsFunc(c.Acknowledged, func(a Acknowledgement) bool { return a.ID == id }) {
			missing = append(missing, id)
		}
	}
	return missing
}

// Held reports whether the device is with us: at a shop or a centre.
func (c Claim) Held() bool { return c.Custody.Kind == HeldByShop || c.Custody.Kind == HeldByCentre }

func need(value, field string) error {
	if strings.TrimSpace(value) == "" {
		return Fail(Invalid, "required", "field", field).At(field)
	}
	return nil
}

func needWord(value, vocabulary, field string) error {
	if !slices.Contains(policy.Words(vocabulary), value) || value == "" {
		return Fail(Invalid, "unknown_value", "field", field, "value", value,
			"expected", strings.Join(policy.Words(vocabulary), " ")).At(field)
	}
	return nil
}

func needWords(values []string, vocabulary, field string) error {
	for _, v := range values {
		if err := needWord(v, vocabulary, field); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
