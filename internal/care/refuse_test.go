package care_test

import (
	"errors"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// coveredBy is a decided claim that the warranty covers by these remedies.
func coveredBy(t testing.TB, remedies ...policy.Remedy) *kit {
	t.Helper()
	return decided(t, decide(basis(policy.Warranty, policy.Covered, remedies...)))
}

// awaiting is a claim that waits for the customer for a reason.
func awaiting(t testing.TB, why care.WaitReason) *kit {
	t.Helper()
	var k *kit
	switch why {
	case care.WaitPaidEstimate:
		k = decided(t, decide(refusing(basis(policy.Warranty, policy.Refused), "liquid"))).do(tech, care.OfferEstimate{Amount: euros, Work: "new board"})
	case care.WaitPriceDifference:
		k = coveredBy(t, costing(offer("replacement", "retailer"), euros)).do(manager, care.ChooseRemedy{Remedy: "replacement"})
	default:
		k = in(t, care.AwaitingCustomer)
	}
	if k.claim.State != care.AwaitingCustomer || k.claim.Wait != why {
		t.Fatalf("awaits %s %q, want %q", k.claim.State, k.claim.Wait, why)
	}
	return k
}

// withCourier is an accepted claim whose device is on its way to a place.
func withCourier(t testing.TB) *kit {
	t.Helper()
	return submitted(t).do(clerk, care.Accept{Place: "centre", PlaceKind: care.AuthorisedPlace, Carrier: "courier"})
}

// TestRefusals gives a command that the state allows and the claim does not,
// and wants the reason.
func TestRefusals(t *testing.T) {
	finished := func(t testing.TB) *kit {
		return in(t, care.InRepair).do(tech, care.FinishRepair{Kind: "hardware", Work: "new board"})
	}
	refundApproved := func(t testing.TB) *kit { return in(t, care.Refunding).do(manager, care.ApproveRefund{Amount: euros}) }
	bad := func(change func(*care.Submit)) care.Command {
		s := submit()
		change(&s)
		return s
	}
	state := func(s care.State) func(testing.TB) *kit { return func(t testing.TB) *kit { return in(t, s) } }
	empty := func(t testing.TB) *kit { return &kit{t: t, claim: care.Claim{ID: "claim", Retailer: "r"}, now: start} }
	for name, c := range map[string]struct {
		from  func(testing.TB) *kit
		actor care.Actor
		cmd   care.Command
		want  string
	}{
		"a command before the claim is there":      {empty, clerk, atShop(), "not_found error.no_claim"},
		"a claim without a number":                 {empty, owner, bad(func(s *care.Submit) { s.Number = " " }), "invalid error.required"},
		"a claim on no unit":                       {empty, owner, bad(func(s *care.Submit) { s.Unit = care.Unit{ID: "u"} }), "invalid error.required"},
		"a claim without a demand":                 {empty, owner, bad(func(s *care.Submit) { s.ReceivedAt = time.Time{} }), "invalid error.required"},
		"a claim by an unknown way":                {empty, owner, bad(func(s *care.Submit) { s.Channel = "pigeon" }), "invalid error.unknown_value"},
		"a claim with an unknown paper":            {empty, owner, bad(func(s *care.Submit) { s.Documents = []string{"napkin"} }), "invalid error.unknown_value"},
		"a claim on an unknown basis":              {empty, owner, bad(func(s *care.Submit) { s.Basis = "hope" }), "invalid error.unknown_value"},
		"intake without what must be acknowledged": {func(t testing.TB) *kit { return acknowledging(t) }, clerk, atShop(), "blocked error.acknowledgement_missing"},
		"intake nowhere":                           {state(care.Submitted), clerk, care.Accept{}, "invalid error.required"},
		"intake by a courier bound nowhere":        {state(care.Submitted), clerk, care.Accept{Carrier: "courier"}, "invalid error.required"},
		"intake with an unknown paper":             {state(care.Submitted), clerk, care.Accept{Place: "shop", PlaceKind: care.ShopPlace, Documents: []string{"napkin"}}, "invalid error.unknown_value"},
		"forwarding nowhere":                       {state(care.Accepted), clerk, care.Forward{}, "invalid error.required"},
		"forwarding to where it is":                {state(care.Accepted), clerk, care.Forward{To: "centre"}, "invalid error.already_there"},
		"forwarding what the courier has":          {withCourier, clerk, care.Forward{To: "shop"}, "blocked error.not_held"},
		"forwarding amid a repair":                 {state(care.InRepair), clerk, care.Forward{To: "shop"}, "blocked error.repair_running"},
		"receiving what nobody sent":               {state(care.Accepted), clerk, care.ReceiveAtCentre{Place: "centre"}, "blocked error.not_with_courier"},
		"receiving nowhere":                        {withCourier, clerk, care.ReceiveAtCentre{}, "invalid error.required"},
		"routing nowhere":                          {state(care.Submitted), clerk, care.RouteTo{}, "invalid error.required"},
		"routing to where it is routed":            {state(care.Accepted), clerk, care.RouteTo{Centre: "centre"}, "invalid error.already_there"},
		"acknowledging nothing":                    {state(care.Submitted), owner, care.Acknowledge{IDs: []string{"erase-data"}}, "invalid error.nothing_to_acknowledge"},
		"an empty note":                            {state(care.Submitted), clerk, care.AddNote{Text: " "}, "invalid error.required"},
		"diagnosis of what the courier has":        {withCourier, tech, care.StartDiagnosis{}, "blocked error.not_held"},
		"findings on what the courier has":         {withCourier, tech, hardware(), "blocked error.not_held"},
		"a diagnosis that says nothing":            {state(care.InDiagnosis), tech, care.Diagnose{}, "invalid error.required"},
		"a confirmed defect of no kind":            {state(care.InDiagnosis), tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes()}}, "invalid error.unknown_value"},
		"a confirmed defect of kind none":          {state(care.InDiagnosis), tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "none"}}, "invalid error.diagnosis_contradicts"},
		"no defect, yet in the hardware":           {state(care.InDiagnosis), tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: no(), Kind: "hardware"}}, "invalid error.diagnosis_contradicts"},
		"an unknown failed part":                   {state(care.InDiagnosis), tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", FailedPart: "soul"}}, "invalid error.unknown_value"},
		"an unknown finding":                       {state(care.InDiagnosis), tech, finding("magic", "", ""), "invalid error.unknown_value"},
		"a finding on an unknown part":             {state(care.InDiagnosis), tech, finding("liquid", "soul", ""), "invalid error.unknown_value"},
		"a finding of an unknown cause":            {state(care.InDiagnosis), tech, finding("liquid", "", "fate"), "invalid error.unknown_value"},
		"unknown documents":                        {state(care.Submitted), clerk, care.RecordDocuments{Documents: []string{"napkin"}}, "invalid error.unknown_value"},
		"no answers":                               {state(care.Submitted), clerk, care.RecordAnswers{}, "invalid error.required"},
		"another pack version":                     {state(care.Submitted), clerk, otherVersion(), "conflict error.version_frozen"},
		"choosing no basis":                        {state(care.Submitted), owner, care.ChooseBasis{}, "invalid error.unknown_value"},
		"choosing the chosen basis": {func(t testing.TB) *kit {
			return in(t, care.Submitted).do(owner, care.ChooseBasis{Basis: policy.Warranty})
		}, owner, care.ChooseBasis{Basis: policy.Warranty}, "invalid error.basis_chosen_already"},
		"choosing a basis the unit hasn't":           {state(care.Submitted), owner, care.ChooseBasis{Basis: policy.Certificate}, "blocked error.basis_absent"},
		"choosing a basis while an estimate is out":  {func(t testing.TB) *kit { return awaiting(t, care.WaitPaidEstimate) }, owner, care.ChooseBasis{Basis: policy.Warranty}, "blocked error.answer_first"},
		"choosing an unknown remedy":                 {state(care.Decided), owner, care.ChooseRemedy{Remedy: "magic"}, "invalid error.unknown_value"},
		"choosing a remedy while an estimate is out": {func(t testing.TB) *kit { return awaiting(t, care.WaitPaidEstimate) }, owner, care.ChooseRemedy{Remedy: "repair"}, "blocked error.answer_first"},
		"choosing a remedy of a refused claim":       {func(t testing.TB) *kit { return decided(t, decide(basis(policy.Warranty, policy.Refused))) }, clerk, care.ChooseRemedy{Remedy: "repair"}, "blocked error.not_covered"},
		"choosing a remedy while facts are missing":  {func(t testing.TB) *kit { return decided(t, decide(basis(policy.Warranty, policy.NeedsFacts))) }, clerk, care.ChooseRemedy{Remedy: "repair"}, "blocked error.facts_missing"},
		"choosing what is not offered":               {state(care.Decided), clerk, care.ChooseRemedy{Remedy: "refund"}, "blocked error.remedy_not_offered"},
		"a customer choosing for the retailer":       {state(care.Decided), owner, care.ChooseRemedy{Remedy: "repair"}, "forbidden error.retailer_chooses"},
		"another remedy after a replacement":         {func(t testing.TB) *kit { return replaced(t) }, manager, care.ChooseRemedy{Remedy: "replacement"}, "blocked error.remedy_done"},
		"another remedy after a refund was approved": {refundApproved, manager, care.ChooseRemedy{Remedy: "refund"}, "blocked error.remedy_done"},
		"answering no difference":                    {func(t testing.TB) *kit { return awaiting(t, care.WaitChoice) }, owner, care.AnswerDifference{Accepted: true}, "blocked error.no_difference"},
		"answering no estimate":                      {func(t testing.TB) *kit { return awaiting(t, care.WaitPriceDifference) }, owner, care.AnswerEstimate{Accepted: true}, "blocked error.no_estimate"},
		"an estimate for nothing":                    {state(care.Refused), tech, care.OfferEstimate{Work: "x"}, "invalid error.amount_not_positive"},
		"an estimate of no work":                     {state(care.Refused), tech, care.OfferEstimate{Amount: euros}, "invalid error.required"},
		"an estimate for what is free":               {state(care.Decided), tech, care.OfferEstimate{Amount: euros, Work: "x"}, "blocked error.free_of_charge"},
		"refusing what is covered":                   {state(care.Decided), tech, care.Refuse{}, "blocked error.nothing_to_refuse"},
		"refusing before a decision":                 {submitted, tech, care.Refuse{}, "blocked error.not_decided"},
		"refusing what another basis covers": {func(t testing.TB) *kit {
			return decided(t, decide(basis(policy.Warranty, policy.Refused), basis(policy.Statute, policy.Covered)))
		}, tech, care.Refuse{}, "blocked error.other_basis_covers"},
		"a partner refusing without findings":    {func(t testing.TB) *kit { return decided(t, decide(basis(policy.Warranty, policy.Refused))) }, partner, care.Refuse{}, "blocked error.findings_missing"},
		"an override without a reason":           {state(care.Decided), manager, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered}, "invalid error.required"},
		"an override on no basis":                {state(care.Decided), manager, care.OverrideDecision{Verdict: policy.Covered, Reason: "x"}, "invalid error.unknown_value"},
		"an override to a doubt":                 {state(care.Decided), manager, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.NeedsFacts, Reason: "x"}, "invalid error.unknown_value"},
		"an override before the diagnosis":       {state(care.InDiagnosis), manager, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "x"}, "blocked error.not_decided"},
		"an override while an estimate is out":   {func(t testing.TB) *kit { return awaiting(t, care.WaitPaidEstimate) }, manager, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "x"}, "blocked error.answer_first"},
		"repair of a sound device":               {func(t testing.TB) *kit { return sound(t) }, tech, care.StartRepair{}, "blocked error.no_defect"},
		"repair that nobody decided":             {func(t testing.TB) *kit { return decided(t, decide(basis(policy.Warranty, policy.NeedsDocuments))) }, tech, care.StartRepair{}, "blocked error.facts_missing"},
		"repair of what is refused":              {func(t testing.TB) *kit { return decided(t, decide(basis(policy.Warranty, policy.Refused))) }, tech, care.StartRepair{}, "blocked error.not_covered"},
		"repair before the customer chose":       {func(t testing.TB) *kit { return coveredBy(t, offer("repair", "customer")) }, tech, care.StartRepair{}, "blocked error.choose_remedy_first"},
		"repair on its way":                      {func(t testing.TB) *kit { return in(t, care.Decided).do(clerk, care.Forward{To: "elsewhere"}) }, tech, care.StartRepair{}, "blocked error.not_held"},
		"waiting for no parts":                   {state(care.InRepair), tech, care.AwaitParts{Parts: []string{" "}}, "invalid error.required"},
		"waiting for parts of a finished repair": {finished, tech, care.AwaitParts{Parts: []string{"board"}}, "blocked error.repair_finished"},
		"finishing twice":                        {finished, tech, care.FinishRepair{Kind: "hardware", Work: "x"}, "blocked error.repair_finished"},
		"finishing a repair of an unknown kind":  {state(care.InRepair), tech, care.FinishRepair{Kind: "moral", Work: "x"}, "invalid error.unknown_value"},
		"finishing a repair with an unknown end": {state(care.InRepair), tech, care.FinishRepair{Kind: "hardware", Outcome: "better", Work: "x"}, "invalid error.unknown_value"},
		"finishing a repair of no work":          {state(care.InRepair), tech, care.FinishRepair{Kind: "hardware"}, "invalid error.required"},
		"an unknown spare part":                  {state(care.InRepair), tech, care.FinishRepair{Kind: "hardware", Work: "x", Parts: []care.Part{{Part: "soul"}}}, "invalid error.unknown_value"},
		"unrepairable without a reason":          {state(care.InRepair), tech, care.FindUnrepairable{}, "invalid error.required"},
		"unrepairable after the repair":          {finished, tech, care.FindUnrepairable{Reason: "x"}, "blocked error.repair_finished"},
		"back to the bench amid the repair":      {state(care.InRepair), tech, care.ReturnToBench{Reason: "x"}, "blocked error.repair_not_finished"},
		"back to the bench for no reason":        {finished, tech, care.ReturnToBench{Reason: " "}, "invalid error.required"},
		"back to a bench it never was on":        {func(t testing.TB) *kit { return in(t, care.Refused).do(clerk, care.MarkReady{}) }, tech, care.ReturnToBench{Reason: "x"}, "blocked error.repair_not_finished"},
		"back to the bench from the courier":     {func(t testing.TB) *kit { return finished(t).do(clerk, care.Forward{To: "shop"}) }, tech, care.ReturnToBench{Reason: "x"}, "blocked error.not_held"},
		"a replacement without a serial":         {state(care.Replacing), clerk, care.Replace{}, "invalid error.required"},
		"a replacement by itself":                {state(care.Replacing), clerk, care.Replace{Serial: "S1", NewUnit: care.Unit{ID: "unit", Replaces: "unit"}}, "invalid error.lineage"},
		"a replacement of another unit":          {state(care.Replacing), clerk, care.Replace{Serial: "S2", NewUnit: care.Unit{ID: "u2", Replaces: "other"}}, "invalid error.lineage"},
		"a second replacement":                   {func(t testing.TB) *kit { return replaced(t) }, clerk, care.Replace{Serial: "S3", NewUnit: care.Unit{ID: "u3", Replaces: "unit"}}, "blocked error.replaced_already"},
		"a refund of nothing":                    {state(care.Refunding), manager, care.ApproveRefund{}, "invalid error.amount_not_positive"},
		"a refund of another sum":                {state(care.Refunding), manager, care.ApproveRefund{Amount: money.Amount{Minor: 1, Currency: "EUR"}}, "invalid error.amount_differs"},
		"a refund in another currency":           {state(care.Refunding), manager, care.ApproveRefund{Amount: money.Amount{Minor: 10_000, Currency: "RUB"}}, "invalid error.amount_differs"},
		"paying before approval":                 {state(care.Refunding), manager, care.PayRefund{Reference: "x"}, "blocked error.refund_not_approved"},
		"paying without a reference":             {refundApproved, manager, care.PayRefund{}, "invalid error.required"},
		"ready amid the repair":                  {state(care.InRepair), tech, care.MarkReady{}, "blocked error.repair_running"},
		"ready before the new unit":              {state(care.Replacing), clerk, care.MarkReady{}, "blocked error.not_replaced"},
		"ready before the money":                 {refundApproved, clerk, care.MarkReady{}, "blocked error.refund_not_paid"},
		"ready with nothing done":                {state(care.Decided), clerk, care.MarkReady{}, "blocked error.nothing_done"},
		"the refunded device is ours":            {paid, clerk, care.MarkReady{}, "blocked error.device_stays"},
		"shipping by nobody":                     {state(care.Ready), clerk, care.Ship{}, "invalid error.required"},
		"closing while we hold it":               {state(care.Refused), clerk, care.Close{}, "blocked error.device_held"},
		"closing before the money":               {refundApproved, clerk, care.Close{}, "blocked error.refund_not_paid"},
		"cancelling without a reason":            {state(care.Submitted), owner, care.Cancel{}, "invalid error.required"},
		"cancelling what the courier has":        {withCourier, owner, care.Cancel{Reason: "x"}, "blocked error.not_held"},
		"reopening without a reason":             {state(care.Closed), clerk, care.Reopen{}, "invalid error.required"},
		"reopening what was replaced":            {func(t testing.TB) *kit { return replaced(t).do(clerk, care.MarkReady{}, care.HandOver{}) }, clerk, care.Reopen{Reason: "x"}, "blocked error.open_new_claim"},
		"reopening what was refunded":            {func(t testing.TB) *kit { return paid(t).do(clerk, care.Close{}) }, clerk, care.Reopen{Reason: "x"}, "blocked error.open_new_claim"},
	} {
		t.Run(name, func(t *testing.T) {
			k := c.from(t)
			before := k.claim
			err := k.try(c.actor, c.cmd)
			if got := reason(err); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if k.claim.Seq != before.Seq {
				t.Error("a refused command made events")
			}
		})
	}
}

// acknowledging is a claim whose decision asks for an acknowledgement (C8).
func acknowledging(t testing.TB) *kit {
	t.Helper()
	d := covers()
	d.Decision.Acknowledge = []string{"erase-data", "contents-may-be-lost"}
	return submitted(t).do(clerk, d)
}

func finding(code, part, cause string) care.Diagnose {
	d := hardware()
	d.Facts.Findings = []policy.Finding{{Code: code, Part: part, Cause: cause}}
	return d
}

func otherVersion() care.Decide {
	d := covers()
	d.Ruling.PackVersion = "2"
	return d
}

// sound is a decided claim whose diagnosis found nothing.
func sound(t testing.TB) *kit {
	t.Helper()
	return submitted(t).do(clerk, atCentre()).do(tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: no()}}, decide(basis(policy.Warranty, policy.Refused)))
}

func replaced(t testing.TB) *kit {
	t.Helper()
	k := in(t, care.Replacing)
	return k.do(clerk, good(t, k.claim, care.CmdReplace))
}

func paid(t testing.TB) *kit {
	t.Helper()
	return in(t, care.Refunding).do(manager, care.ApproveRefund{Amount: euros}, care.PayRefund{Reference: "p-1"})
}

// TestErrors checks what programs and logs see of an error.
func TestErrors(t *testing.T) {
	err := care.Fail(care.Invalid, "unknown_value", "value", "x", "field", "y").At("y")
	if got, want := err.Error(), `invalid: unknown_value (y) field="y" value="x"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for want, err := range map[care.Code]error{
		care.Invalid: errors.Join(err, errors.New("x")), care.NotFound: care.ErrNotFound, care.Conflict: care.ErrConflict, "": errors.New("x"),
	} {
		if got := care.CodeOf(err); got != want {
			t.Errorf("code of %v: got %q, want %q", err, got, want)
		}
	}
}
