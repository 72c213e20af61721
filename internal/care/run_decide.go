package care

import (
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/policy"
)

func stamp(env Env) time.Time { return env.Now.UTC().Truncate(time.Microsecond) }

func (StartDiagnosis) run(c Claim, _ Env) ([]Payload, error) {
	if err := atHand(c); err != nil {
		return nil, err
	}
	return []Payload{&DiagnosisStarted{}}, nil
}

// atHand refuses work on a device that is not at a shop or centre.
func atHand(c Claim) error {
	if !c.Held() {
		return Fail(Blocked, "not_held", "holder", string(c.Custody.Kind))
	}
	return nil
}

func (d Diagnose) run(c Claim, env Env) ([]Payload, error) {
	if err := atHand(c); err != nil {
		return nil, err
	}
	f := d.Facts
	if f.Confirmed == nil {
		return nil, Fail(Invalid, "required", "field", "diagnosis.confirmed").At("diagnosis.confirmed")
	}
	if f.Kind == "" && !*f.Confirmed {
		f.Kind = "none"
	}
	if err := needWord(f.Kind, "diagnosis_kinds", "diagnosis.kind"); err != nil {
		return nil, err
	}
	if *f.Confirmed == (f.Kind == "none") {
		return nil, Fail(Invalid, "diagnosis_contradicts").At("diagnosis.kind")
	}
	if f.FailedPart != "" {
		if err := needWord(f.FailedPart, "parts", "diagnosis.failed_part"); err != nil {
			return nil, err
		}
	}
	if err := checkFindings(f.Findings); err != nil {
		return nil, err
	}
	if f.Findings == nil {
		f.Findings = []policy.Finding{} // looked, and found nothing to note
	}
	return []Payload{&WasDiagnosed{Diagnosis{Facts: f, At: stamp(env), By: env.Actor.ID, Place: c.Custody.Place,
		Method: strings.TrimSpace(d.Method), Measured: strings.TrimSpace(d.Measured), Conclusion: strings.TrimSpace(d.Conclusion)}}}, nil
}

func checkFindings(list []policy.Finding) error {
	for _, f := range list {
		if err := needWord(f.Code, "findings", "diagnosis.findings.code"); err != nil {
			return err
		}
		if f.Part != "" {
			if err := needWord(f.Part, "parts", "diagnosis.findings.part"); err != nil {
				return err
			}
		}
		if f.Cause != "" {
			if err := needWord(f.Cause, "causes", "diagnosis.findings.cause"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d Decide) run(c Claim, env Env) ([]Payload, error) {
	r := d.Ruling
	if c.Version != "" && r.PackVersion != c.Version {
		return nil, Fail(Conflict, "version_frozen", "frozen", c.Version, "given", r.PackVersion)
	}
	r.Index, r.At = 1, stamp(env)
	if c.Ruling != nil {
		r.Index = c.Ruling.Index + 1
	}
	r.Result = resultOf(d.Decision)
	for _, id := range r.Result.Route {
		if slices.Contains(d.Shops, id) {
			r.Result.Shops = append(r.Result.Shops, id)
		}
	}
	next := c
	next.Ruling = &r
	deadlines, err := deadlinesOf(next, d.Decision, env.Zone)
	if err != nil {
		return nil, err
	}
	return []Payload{&WasDecided{Ruling: r, Deadlines: deadlines, Settles: c.State == InDiagnosis && c.Diagnosis != nil}}, nil
}

func resultOf(d policy.Decision) Result {
	r := Result{Recommended: d.Recommended.Basis, Acknowledge: slices.Clone(d.Acknowledge)}
	for _, b := range d.Bases {
		res := BasisResult{Basis: b.Basis, Verdict: b.Verdict, Remedies: slices.Clone(b.Remedies)}
		for _, cl := range b.Clauses {
			if cl.Effect == "refuse" || cl.Effect == "paid" {
				res.Clauses = append(res.Clauses, cl.ID)
			}
		}
		r.Bases = append(r.Bases, res)
	}
	for _, route := range d.Route {
		r.Route = append(r.Route, route.Centre)
	}
	return r
}

// deadlinesOf lists the deadlines of the basis in use, and the promised
// answer, with the instant each runs out in the shop's zone.
func deadlinesOf(c Claim, d policy.Decision, zone *time.Location) ([]Deadline, error) {
	var out []Deadline
	if d.AnswerUntil != nil && c.ReadyAt.IsZero() {
		out = append(out, Deadline{Name: "answer", Due: *d.AnswerUntil, From: c.ReceivedAt.In(zone).Format(time.RFC3339)})
	}
	if b := d.Basis(c.BasisInUse()); b != nil {
		for _, x := range b.Deadlines {
			if !c.runs(x.Name, *b) {
				continue
			}
			out = append(out, Deadline{Name: x.Name, Basis: b.Basis, Due: x.Due, From: x.From, Clause: x.Clause,
				Provisional: x.Provisional, Breach: slices.Clone(x.Breach)})
		}
	}
	if basis, x := c.loanerDeadline(d); x != nil && c.owesLoaner() && c.ReadyAt.IsZero() {
		out = append(out, Deadline{Name: x.Name, Basis: basis, Due: x.Due, From: x.From, Clause: x.Clause, Provisional: x.Provisional,
			Breach: slices.Clone(x.Breach)})
	}
	for i := range out {
		end, err := endOf(out[i].Due, zone)
		if err != nil {
			return nil, Fail(Invalid, "bad_deadline", "due", out[i].Due)
		}
		out[i].DueAt, out[i].State, out[i].Owner = end, DeadlineOpen, DeadlineOwner(out[i].Name)
		out[i].Pack, out[i].PackVersion = d.Pack, d.PackVersion
	}
	return out, nil
}

// runs reports whether a term that the decision names has begun for this
// claim. Money and another unit are owed from the day they are demanded, a
// loaner to those who ask for one (deadlinesOf adds it, whatever the basis),
// and the courier's term concerns only what a courier brings back (B9).
func (c Claim) runs(name string, b policy.BasisResult) bool {
	if ready := !c.ReadyAt.IsZero(); ready || name == "return" {
		return ready && name == "return" && c.Return == ReturnDeliver
	}
	switch name {
	case "loaner":
		return false
	case "refund":
		return c.wants(b, "refund", "rescission", "price_reduction")
	case "replacement":
		return c.wants(b, "replacement")
	}
	return true
}

// endOf is the first instant that is too late: the instant itself, or the
// midnight after a last day in the shop's zone.
func endOf(due string, zone *time.Location) (time.Time, error) {
	if len(due) == len("2006-01-02") {
		t, err := time.ParseInLocation("2006-01-02", due, zone)
		return t.AddDate(0, 0, 1).UTC(), err
	}
	t, err := time.Parse(time.RFC3339, due)
	return t.UTC(), err
}

// EndOfDue is the first instant that is too late for a term that a decision
// words as a last day or as an instant.
func EndOfDue(due string, zone *time.Location) (time.Time, error) { return endOf(due, zone) }

func (b ChooseBasis) run(c Claim, env Env) ([]Payload, error) {
	if err := needWord(string(b.Basis), "bases", "basis"); err != nil {
		return nil, err
	}
	if c.Basis == b.Basis {
		return nil, Fail(Invalid, "basis_chosen_already", "basis", string(b.Basis)).At("basis")
	}
	if c.Ruling != nil && c.Ruling.Result.Basis(b.Basis) == nil {
		return nil, Fail(Blocked, "basis_absent", "basis", string(b.Basis)).At("basis")
	}
	if err := c.mayLeaveRepair(env.Now); err != nil {
		return nil, err
	}
	if c.State == AwaitingCustomer && c.Wait != WaitChoice {
		return nil, Fail(Blocked, "answer_first", "reason", string(c.Wait))
	}
	return []Payload{&BasisChosen{Basis: b.Basis}}, nil
}

// repairing reports whether a repair is under way.
func (c Claim) repairing() bool { return c.State == InRepair || c.State == AwaitingParts }

// mayLeaveRepair refuses another choice while a repair is under way, until
// its term has run out: then nobody has to wait for it any longer.
func (c Claim) mayLeaveRepair(at time.Time) error {
	switch {
	case !c.repairing():
		return nil
	case c.Repair != nil && !c.Repair.FinishedAt.IsZero():
		return Fail(Blocked, "repair_finished")
	case !c.Overdue(at):
		return Fail(Blocked, "repair_running")
	}
	return nil
}

// Overdue reports whether a term for the work itself has run out unmet.
func (c Claim) Overdue(at time.Time) bool { return c.RanOut(time.Time{}, at) }

// RanOut reports whether such a term ran out after one instant and by another.
func (c Claim) RanOut(after, at time.Time) bool {
	return slices.ContainsFunc(c.Deadlines, func(d Deadline) bool {
		return d.State == DeadlineOpen && d.DueAt.After(after) && d.Late(at) &&
			slices.Contains([]string{"remedy", "repair", "replacement", "refund"}, d.Name)
	})
}

func (a AskCustomer) run(c Claim, _ Env) ([]Payload, error) {
	return []Payload{&CustomerAsked{Reason: WaitChoice, Text: strings.TrimSpace(a.Text)}}, nil
}

func (r ChooseRemedy) run(c Claim, env Env) ([]Payload, error) {
	if err := needWord(r.Remedy, "remedy_kinds", "remedy"); err != nil {
		return nil, err
	}
	if c.State == AwaitingCustomer && c.Wait != WaitChoice {
		return nil, Fail(Blocked, "answer_first", "reason", string(c.Wait))
	}
	if c.Replacement != nil || c.Refund != nil {
		return nil, Fail(Blocked, "remedy_done", "remedy", c.Remedy.Kind)
	}
	if err := covered(c); err != nil {
		return nil, err
	}
	if err := c.mayLeaveRepair(env.Now); err != nil {
		return nil, err
	}
	if c.repairing() && (r.Remedy == "repair" || r.Remedy == "part_replacement") {
		return nil, Fail(Blocked, "repair_running")
	}
	list := c.Remedies()
	i := slices.IndexFunc(list, func(x policy.Remedy) bool { return x.Kind == r.Remedy })
	if i < 0 {
		return nil, Fail(Blocked, "remedy_not_offered", "remedy", r.Remedy, "basis", string(c.BasisInUse())).At("remedy")
	}
	if list[i].Chooser == "retailer" && env.Actor.Kind == CustomerActor {
		return nil, Fail(Forbidden, "retailer_chooses", "remedy", r.Remedy).At("remedy")
	}
	return []Payload{remedyChosen(c, list[i], env)}, nil
}

func remedyChosen(c Claim, x policy.Remedy, env Env) *RemedyChosen {
	chosen := ChosenRemedy{Kind: x.Kind, Basis: c.BasisInUse(), Clause: x.Clause, Amount: x.Amount, Chooser: x.Chooser,
		By: env.Actor.Kind, At: stamp(env)}
	out := &RemedyChosen{Next: Decided}
	switch x.Kind {
	case "replacement":
		out.Next = Replacing
		switch {
		case x.Amount == nil || x.Amount.Minor == 0:
		case env.Actor.Kind == CustomerActor:
			chosen.Agreed = true // saw the difference and chose it
		default:
			out.Next, out.Wait = AwaitingCustomer, WaitPriceDifference
		}
	case "refund", "rescission", "price_reduction":
		out.Next = Refunding
	}
	out.Remedy = chosen
	return out
}

// covered refuses free work where the verdict on the basis in use is not
// covered.
func covered(c Claim) error {
	switch v := c.Verdict(); v {
	case policy.Covered:
		return nil
	case "":
		return Fail(Blocked, "not_decided")
	case policy.NeedsDocuments, policy.NeedsFacts:
		return Fail(Blocked, "facts_missing", "basis", string(c.BasisInUse()), "verdict", string(v))
	default:
		return Fail(Blocked, "not_covered", "basis", string(c.BasisInUse()), "verdict", string(v))
	}
}

func (a AnswerDifference) run(c Claim, _ Env) ([]Payload, error) {
	if c.Wait != WaitPriceDifference {
		return nil, Fail(Blocked, "no_difference")
	}
	return []Payload{&DifferenceAnswered{Accepted: a.Accepted}}, nil
}

func (o OfferEstimate) run(c Claim, _ Env) ([]Payload, error) {
	if err := need(o.Work, "work"); err != nil {
		return nil, err
	}
	if o.Amount.Minor <= 0 || o.Amount.Currency == "" {
		return nil, Fail(Invalid, "amount_not_positive").At("amount")
	}
	if err := atHand(c); err != nil {
		return nil, err
	}
	if c.Verdict() == policy.Covered && c.BasisInUse() != policy.Paid {
		return nil, Fail(Blocked, "free_of_charge", "basis", string(c.BasisInUse()))
	}
	return []Payload{&EstimateOffered{Amount: o.Amount, PriceList: o.PriceList, Work: strings.TrimSpace(o.Work)}}, nil
}

func (a AnswerEstimate) run(c Claim, _ Env) ([]Payload, error) {
	if c.Wait != WaitPaidEstimate {
		return nil, Fail(Blocked, "no_estimate")
	}
	return []Payload{&EstimateAnswered{Accepted: a.Accepted}}, nil
}

// refusable is the basis that a refusal would be on, and its verdict. Where
// only a paid repair is left, and the customer has not asked for one, that is
// the basis which gave nothing: people are told in writing why before they are
// offered to pay.
func (c Claim) refusable() (policy.Basis, policy.Verdict) {
	basis, verdict := c.BasisInUse(), c.Verdict()
	if basis != policy.Paid || c.Basis != "" || c.Ruling == nil {
		return basis, verdict
	}
	for _, b := range c.Ruling.Result.Bases {
		switch {
		case b.Basis == policy.Paid:
		case b.Verdict == policy.Refused:
			if verdict != policy.Refused {
				basis, verdict = b.Basis, b.Verdict
			}
		case b.Verdict == policy.NotInForce:
			if basis == policy.Paid {
				basis, verdict = b.Basis, b.Verdict
			}
		default: // it may still give something
			return b.Basis, b.Verdict
		}
	}
	return basis, verdict
}

func (r Refuse) run(c Claim, env Env) ([]Payload, error) {
	basis, v := c.refusable()
	switch v {
	case policy.Refused, policy.NotInForce:
	case "":
		return nil, Fail(Blocked, "not_decided")
	default:
		return nil, Fail(Blocked, "nothing_to_refuse", "basis", string(basis), "verdict", string(v))
	}
	if other := c.coveredElsewhere(); other != "" && c.Basis == "" {
		return nil, Fail(Blocked, "other_basis_covers", "basis", string(other))
	}
	if env.Actor.Role == Partner && (c.Diagnosis == nil || len(c.Diagnosis.Facts.Findings) == 0) {
		return nil, Fail(Blocked, "findings_missing")
	}
	ref := Refusal{Basis: basis, Text: strings.TrimSpace(r.Text), At: stamp(env), By: env.Actor.ID}
	if res := c.Ruling.Result.Basis(basis); res != nil {
		ref.Clauses = slices.Clone(res.Clauses)
	}
	return []Payload{&WasRefused{ref}}, nil
}

// coveredElsewhere is a basis, other than paid, on which the decision covers
// the claim; "" for none.
func (c Claim) coveredElsewhere() policy.Basis {
	for _, b := range c.Ruling.Result.Bases {
		if b.Basis != policy.Paid && b.Verdict == policy.Covered {
			return b.Basis
		}
	}
	return ""
}

func (o OverrideDecision) run(c Claim, env Env) ([]Payload, error) {
	if err := need(o.Reason, "reason"); err != nil {
		return nil, err
	}
	if err := needWord(string(o.Basis), "bases", "basis"); err != nil {
		return nil, err
	}
	if o.Verdict != policy.Covered && o.Verdict != policy.Refused {
		return nil, Fail(Invalid, "unknown_value", "field", "verdict", "value", string(o.Verdict), "expected", "covered refused").At("verdict")
	}
	if c.Ruling == nil || c.Diagnosis == nil {
		return nil, Fail(Blocked, "not_decided")
	}
	if c.State == AwaitingCustomer && c.Wait != WaitChoice {
		return nil, Fail(Blocked, "answer_first", "reason", string(c.Wait))
	}
	return []Payload{&WasOverridden{Override{Basis: o.Basis, Verdict: o.Verdict, Reason: strings.TrimSpace(o.Reason),
		By: env.Actor.ID, At: stamp(env)}}}, nil
}
