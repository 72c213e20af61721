package demo_test

import (
	"slices"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/desk/demo"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// turn is one step of a way: whose it is, and what they do.
type turn struct {
	who care.Role
	cmd care.Command
}

// way is how a device goes from the request to its end.
type way struct {
	papers  []string
	turns   []turn
	outcome care.Outcome
	rows    []string // of the requirements or the law, that the last decision shows
}

func diagnosis(part string, findings ...policy.Finding) care.Diagnose {
	yes := true
	return care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", FailedPart: part, Defect: part + "-again", Findings: findings}}
}

// ways are those of the guide's devices, in its order: what a newcomer does
// with each, by the people whose work it is.
func ways(price money.Amount) []way {
	repair := func(bench care.Role) []turn {
		return []turn{{bench, care.StartRepair{}}, {bench, care.FinishRepair{Kind: "hardware", Work: "x"}}, {bench, care.MarkReady{Told: "sms"}},
			{care.Clerk, care.HandOver{}}, {care.Clerk, care.Close{}}}
	}
	return []way{
		{[]string{"invoice", "warranty_card"}, []turn{{care.Clerk, care.Accept{Place: "omni-shop-sofia"}}, {care.Dispatcher, care.Forward{To: "asus-sofia"}},
			{care.Partner, care.ReceiveAtCentre{Place: "asus-sofia"}}, {care.Partner, care.StartDiagnosis{}}, {care.Partner, diagnosis("mainboard")},
			{care.CustomerRole, care.ChooseRemedy{Remedy: "refund"}}, {care.Manager, care.ApproveRefund{Amount: price}}, {care.Manager, care.PayRefund{Reference: "1"}},
			{care.Clerk, care.Close{}}}, care.OutcomeRefunded, []string{"B8", "B10", "B11"}},
		{[]string{"receipt"}, append([]turn{{care.Clerk, care.Accept{Place: "omsk-service"}}, {care.Technician, diagnosis("battery")},
			{care.Clerk, care.ChooseBasis{Basis: policy.Warranty}}}, repair(care.Technician)...), care.OutcomeRepaired, []string{"A2", "RU-20.1"}},
		{[]string{"receipt", "warranty_card", "certificate"}, append([]turn{{care.Clerk, care.Accept{Place: "omsk-technical"}}, {care.Technician, diagnosis("mainboard")}},
			repair(care.Technician)...), care.OutcomeRepaired, []string{"A7", "A8", "A9"}},
		{[]string{"receipt"}, append([]turn{{care.Clerk, care.Accept{Place: "xiaomi-moscow"}},
			{care.Partner, diagnosis("mainboard", policy.Finding{Code: "unauthorised_repair", Cause: "unknown"})},
			{care.CustomerRole, care.ChooseBasis{Basis: policy.Statute}}, {care.CustomerRole, care.ChooseRemedy{Remedy: "repair"}}}, repair(care.Partner)...),
			care.OutcomeRepaired, []string{"C7", "RU-18.1", "RU-20.1"}},
	}
}

// wholeWay takes every device that the guide gives away from the request to
// its end, each step by somebody who has signed in to do it.
func wholeWay(t *testing.T, d *desk.Desk, guide demo.Guide) {
	price, err := money.Parse("970.94", "EUR") // 1899.00 BGN at the fixed rate
	if err != nil {
		t.Fatal(err)
	}
	list := ways(price)
	if len(guide.Devices) != len(list) {
		t.Fatalf("%d devices, %d ways", len(guide.Devices), len(list))
	}
	staff := signedIn(t, d, guide)
	for i, x := range guide.Devices {
		w := list[i]
		check, err := d.CheckWarranty(t.Context(), x.Retailer, x.Identity, "en")
		if err != nil || !slices.ContainsFunc(check.Covers, func(c desk.Cover) bool { return c.InForce }) {
			t.Errorf("%s: nothing is in force: %v", x.Identity, err)
		}
		r, err := d.Submit(t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: x.Retailer}, desk.NewRequest{Kind: care.WarrantyService,
			Channel: "portal", Identity: x.Identity, Documents: w.papers, Accepted: []string{"erase-data", "contents-may-be-lost"},
			Customer: desk.Contact{Name: "A Visitor", Email: "visitor@mail.example"}})
		if err != nil {
			t.Fatalf("%s: %v", x.Identity, err)
		}
		var c care.Claim
		for _, s := range w.turns {
			if s.who == care.CustomerRole {
				c, err = d.TrackedDo(t.Context(), r.Token, s.cmd)
			} else {
				c, err = d.Do(t.Context(), staff[x.Retailer][s.who], r.Claim.ID, s.cmd)
			}
			if err != nil {
				t.Fatalf("%s, %s: %v", x.Identity, s.who, err)
			}
		}
		if c.State != care.Closed || c.Outcome != w.outcome {
			t.Errorf("%s ended %s, %s; want closed, %s", x.Identity, c.State, c.Outcome, w.outcome)
		}
		shows(t, d, x, r.Token, w.rows)
	}
}

// shows looks for the rows in the decision that the customer sees at the end.
func shows(t *testing.T, d *desk.Desk, x demo.Device, token string, rows []string) {
	t.Helper()
	v, err := d.Tracked(t.Context(), token, "en")
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, b := range v.Claim.Decision.Bases {
		for _, c := range b.Clauses {
			seen = append(seen, c.Requirement)
		}
	}
	for _, row := range rows {
		if !slices.Contains(seen, row) {
			t.Errorf("%s: the decision shows %v, not %s", x.Identity, seen, row)
		}
	}
}

func signedIn(t *testing.T, d *desk.Desk, guide demo.Guide) map[string]map[care.Role]care.Actor {
	t.Helper()
	staff := map[string]map[care.Role]care.Actor{}
	for _, s := range guide.SignIns {
		_, u, err := d.SignIn(t.Context(), s.Email, guide.Password, "192.0.2.3")
		if err != nil {
			t.Fatal(err)
		}
		if staff[s.Retailer] == nil {
			staff[s.Retailer] = map[care.Role]care.Actor{}
		}
		staff[s.Retailer][s.Role] = u.Actor()
	}
	return staff
}
