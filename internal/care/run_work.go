package care

import (
	"cmp"
	"strings"

	"github.com/talon-care/talon/policy"
)

// repairRemedy is the repair that may start now: the remedy chosen, an
// accepted estimate, or the decision's first remedy where that is a repair
// that the retailer chooses.
func repairRemedy(c Claim, env Env) (ChosenRemedy, error) {
	if r := c.Remedy; r != nil {
		if r.Kind != "repair" && r.Kind != "part_replacement" {
			return ChosenRemedy{}, Fail(Blocked, "other_remedy_chosen", "remedy", r.Kind)
		}
		return *r, covered(c) // new facts may have changed the verdict since
	}
	if e := c.Estimate; e != nil && e.Accepted {
		amount := e.Amount
		return ChosenRemedy{Kind: "repair", Basis: policy.Paid, Amount: &amount, Chooser: "customer", By: CustomerActor, At: e.AnsweredAt, Agreed: true}, nil
	}
	if err := covered(c); err != nil {
		return ChosenRemedy{}, err
	}
	list := c.Remedies()
	if len(list) == 0 || list[0].Chooser != "retailer" || list[0].Kind != "repair" && list[0].Kind != "part_replacement" {
		return ChosenRemedy{}, Fail(Blocked, "choose_remedy_first")
	}
	return remedyChosen(c, list[0], env).Remedy, nil
}

func (StartRepair) run(c Claim, env Env) ([]Payload, error) {
	if err := atHand(c); err != nil {
		return nil, err
	}
	if c.faultless() {
		return nil, Fail(Blocked, "no_defect")
	}
	remedy, err := repairRemedy(c, env)
	if err != nil {
		return nil, err
	}
	return []Payload{&RepairStarted{Remedy: remedy, By: env.Actor.ID, Place: c.Custody.Place}}, nil
}

func (a AwaitParts) run(c Claim, _ Env) ([]Payload, error) {
	parts := trimmed(a.Parts)
	if len(parts) == 0 {
		return nil, Fail(Invalid, "required", "field", "parts").At("parts")
	}
	if err := repairRunning(c); err != nil {
		return nil, err
	}
	return []Payload{&PartsAwaited{Parts: parts, Expected: a.Expected.UTC()}}, nil
}

func repairRunning(c Claim) error {
	if c.Repair == nil || !c.Repair.FinishedAt.IsZero() {
		return Fail(Blocked, "repair_finished")
	}
	return nil
}

func (PartsArrived) run(Claim, Env) ([]Payload, error) { return []Payload{&PartsCame{}}, nil }

func (f FindUnrepairable) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(f.Reason, "reason"); err != nil {
		return nil, err
	}
	if c.State == InRepair {
		if err := repairRunning(c); err != nil {
			return nil, err
		}
	}
	if c.Diagnosis == nil {
		return nil, Fail(Blocked, "not_decided")
	}
	return []Payload{&FoundUnrepairable{Reason: strings.TrimSpace(f.Reason)}}, nil
}

func (f FinishRepair) run(c Claim, _ Env) ([]Payload, error) {
	if err := needWord(f.Kind, "service_kinds", "kind"); err != nil {
		return nil, err
	}
	if f.Outcome == "" {
		f.Outcome = "repaired"
	}
	if f.Outcome != "repaired" && f.Outcome != "no_fault" {
		return nil, Fail(Invalid, "unknown_value", "field", "outcome", "value", f.Outcome, "expected", "repaired no_fault").At("outcome")
	}
	if err := need(f.Work, "work"); err != nil {
		return nil, err
	}
	if err := repairRunning(c); err != nil {
		return nil, err
	}
	if err := f.checkParts(c); err != nil {
		return nil, err
	}
	if err := f.checkCosts(); err != nil {
		return nil, err
	}
	if f.Software != "" && f.Software != "restored" && f.Software != "updated" {
		return nil, Fail(Invalid, "unknown_value", "field", "software", "value", f.Software, "expected", "restored updated").At("software")
	}
	if f.Outcome == "repaired" && c.Remedy != nil && c.Remedy.Basis == policy.Paid {
		f.Outcome = "paid"
	}
	return []Payload{&RepairFinished{Kind: f.Kind, Outcome: f.Outcome, Parts: f.Parts, Software: f.Software, Work: strings.TrimSpace(f.Work), Labour: f.Labour}}, nil
}

// mostMonths bounds a part's warranty; more is a slip of the pen.
const mostMonths = 1200

// checkParts checks the parts put in; a partial replacement names at least
// one (B8).
func (f FinishRepair) checkParts(c Claim) error {
	for _, p := range f.Parts {
		if err := needWord(p.Part, "parts", "parts"); err != nil {
			return err
		}
		if p.Months < 0 || p.Months > mostMonths {
			return Fail(Invalid, "part_months").At("parts")
		}
	}
	if len(f.Parts)+len(c.Repair.Parts) == 0 && f.Outcome == "repaired" && c.Remedy != nil && c.Remedy.Kind == "part_replacement" {
		return Fail(Invalid, "required", "field", "parts").At("parts")
	}
	return nil
}

func (f FindImpossible) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(f.Reason, "reason"); err != nil {
		return nil, err
	}
	if c.Replacement != nil {
		return nil, Fail(Blocked, "replaced_already")
	}
	return []Payload{&FoundImpossible{Remedy: "replacement", Reason: strings.TrimSpace(f.Reason)}}, nil
}

func (r Replace) run(c Claim, _ Env) ([]Payload, error) {
	if r.Serial == "" && r.IMEI == "" {
		return nil, Fail(Invalid, "required", "field", "serial").At("serial")
	}
	if c.Replacement != nil {
		return nil, Fail(Blocked, "replaced_already")
	}
	if err := atHand(c); err != nil {
		return nil, err
	}
	if r.NewUnit.ID == "" || r.NewUnit.ID == c.Unit.ID || r.NewUnit.Replaces != c.Unit.ID {
		return nil, Fail(Invalid, "lineage").At("serial")
	}
	return []Payload{&WasReplaced{Unit: r.NewUnit, Sale: r.SaleOf}}, nil
}

func (a ApproveRefund) run(c Claim, env Env) ([]Payload, error) {
	if a.Amount.Minor <= 0 || a.Amount.Currency == "" {
		return nil, Fail(Invalid, "amount_not_positive").At("amount")
	}
	if c.Refund != nil && !c.Refund.PaidAt.IsZero() {
		return nil, Fail(Blocked, "refund_paid")
	}
	if want := cmp.Or(a.Decided, c.Remedy.Amount); want != nil && *want != a.Amount {
		return nil, Fail(Invalid, "amount_differs", "decided", want.String()+" "+want.Currency,
			"given", a.Amount.String()+" "+a.Amount.Currency).At("amount")
	}
	if err := a.within(); err != nil {
		return nil, err
	}
	out := &RefundApproved{Kind: c.Remedy.Kind, Amount: a.Amount, By: env.Actor.ID, Two: a.Two}
	if f := c.Refund; f != nil && f.Kind == out.Kind && f.Amount == a.Amount {
		switch {
		case f.Approved():
			return nil, Fail(Blocked, "refund_approved")
		case f.ApprovedBy == env.Actor.ID:
			return nil, Fail(Blocked, "second_person")
		}
		out.Two, out.Second = true, true
	}
	return []Payload{out}, nil
}

// within refuses more than the price.
func (a ApproveRefund) within() error {
	if a.Most == nil {
		return nil
	}
	if over, err := a.Amount.Cmp(*a.Most); err != nil || over > 0 {
		return Fail(Invalid, "amount_above_price", "most", a.Most.String()+" "+a.Most.Currency).At("amount")
	}
	return nil
}

func (p PayRefund) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(p.Reference, "reference"); err != nil {
		return nil, err
	}
	if err := refundUnpaid(c); err != nil {
		return nil, err
	}
	if !c.Refund.Approved() {
		return nil, Fail(Blocked, "second_approval_missing")
	}
	return []Payload{&RefundPaid{Reference: strings.TrimSpace(p.Reference)}}, nil
}

// refundUnpaid refuses where nobody has consented to a refund, and where it
// was paid.
func refundUnpaid(c Claim) error {
	switch {
	case c.Refund == nil:
		return Fail(Blocked, "refund_not_approved")
	case !c.Refund.PaidAt.IsZero():
		return Fail(Blocked, "refund_paid")
	}
	return nil
}

// faultless reports whether the diagnosis found no defect.
func (c Claim) faultless() bool {
	return c.Diagnosis != nil && c.Diagnosis.Facts.Confirmed != nil && !*c.Diagnosis.Facts.Confirmed
}
