package care

import (
	"slices"
	"strings"
	"time"
)

// CmdReturnToBench and EventBackOnBench are the stable names.
const (
	CmdReturnToBench CommandName = "return_to_bench"
	EventBackOnBench EventKind   = "back_on_bench"
)

// ReturnToBench takes a device whose repair was reported done back to the
// bench, because the check before the hand-over found it not right. The
// customer may have been told that it is ready.
type ReturnToBench struct {
	Reason string `json:"reason"` // required: what the check found
}

// WentBack is that: the repair goes on, and with it the stay in service and
// the terms that its end had settled, as if nobody had called it done.
type WentBack struct {
	Reason string `json:"reason"`
}

func (ReturnToBench) Name() CommandName { return CmdReturnToBench } // Name implements Command.
func (*WentBack) EventKind() EventKind  { return EventBackOnBench } // EventKind implements Payload.

func (r ReturnToBench) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(r.Reason, "reason"); err != nil {
		return nil, err
	}
	if c.Repair == nil || c.Repair.FinishedAt.IsZero() || c.State == Ready && c.Outcome != Outcome(c.Repair.Outcome) {
		return nil, Fail(Blocked, "repair_not_finished")
	}
	if err := atHand(c); err != nil {
		return nil, err
	}
	return []Payload{&WentBack{Reason: strings.TrimSpace(r.Reason)}}, nil
}

func (p *WentBack) apply(c *Claim, _ Event) {
	r := *c.Repair
	r.FinishedAt, r.Outcome = time.Time{}, "" // what was done stays: the next report adds to it
	c.Repair = &r
	if c.State == Ready {
		c.unsettle(c.ReadyAt, "remedy", "repair")
		if n := len(c.Stays); n > 0 && c.Stays[n-1].Released.Equal(c.ReadyAt) {
			c.Stays = slices.Clone(c.Stays)
			c.Stays[n-1].Released, c.Stays[n-1].Outcome = time.Time{}, ""
		}
	}
	c.State, c.Outcome, c.ReadyAt = InRepair, "", time.Time{}
}

// unsettle lets terms run on that were taken as kept, or as kept too late, at
// an instant; what was told of them is not told again.
func (c *Claim) unsettle(at time.Time, names ...string) {
	c.Deadlines = slices.Clone(c.Deadlines)
	for i := range c.Deadlines {
		d := &c.Deadlines[i]
		ended := d.State == DeadlineMet || d.State == DeadlineMissed
		if ended && d.SettledAt.Equal(at) && slices.Contains(names, d.Name) {
			d.State, d.SettledAt, d.Reason = DeadlineOpen, time.Time{}, ""
		}
	}
}

// add takes one more report of the work into the repair.
func (r *Repair) add(p *RepairFinished) {
	r.Parts = append(slices.Clone(r.Parts), p.Parts...)
	if r.Work != "" {
		r.Work += "\n"
	}
	r.Work += p.Work
	if p.Software != "" {
		r.Software = p.Software
	}
	if p.Labour == nil {
		return
	}
	sum := *p.Labour
	if r.Labour != nil {
		if both, err := r.Labour.Add(sum); err == nil { // another currency begins anew
			sum = both
		}
	}
	r.Labour = &sum
}
