package desk_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// TestPermissionTable keeps the whole table, action by role, in a file that
// people can read and review.
func TestPermissionTable(t *testing.T) {
	var b strings.Builder
	for _, a := range desk.Actions() {
		fmt.Fprintf(&b, "%-24s", a)
		for _, actor := range everybody() {
			if desk.May(actor, a) {
				fmt.Fprintf(&b, " %s", roleOf(actor))
			}
		}
		b.WriteString("\n")
	}
	const path = "testdata/permissions.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("who may do what has changed (-file +code); -update writes it anew:\n%s", diff)
	}
}

func everybody() []care.Actor {
	list := []care.Actor{visitor}
	for _, r := range care.Roles() {
		list = append(list, as(r))
	}
	return list
}

func roleOf(a care.Actor) string {
	if a.Kind == care.CustomerActor {
		return "customer"
	}
	return string(a.Role)
}

// TestNever names rights that nobody but a few may ever have.
func TestNever(t *testing.T) {
	for _, c := range []struct {
		action desk.Action
		only   string
	}{
		{desk.On(care.CmdOverride), "manager"},
		{desk.On(care.CmdApproveRefund), "manager"},
		{desk.On(care.CmdPayRefund), "manager"},
		{desk.ManageUsers, "administrator"},
		{desk.ManageClients, "administrator"},
		{desk.WritePolicy, "policy_editor"},
		{desk.ImportSales, "manager administrator"},
		{desk.ReadAudit, "manager administrator"},
		{"claim.fly", ""},
		{desk.On(care.CmdDecide), ""},
		{desk.On(care.CmdWarnDeadline), ""},
		{desk.On(care.CmdBreachDeadline), ""},
		{desk.ManageJobs, "administrator"},
		{desk.On(care.CmdSubmit), ""},
	} {
		var who []string
		for _, a := range everybody() {
			if desk.May(a, c.action) {
				who = append(who, roleOf(a))
			}
		}
		if got := strings.Join(who, " "); got != c.only {
			t.Errorf("%s: %q may, want %q", c.action, got, c.only)
		}
	}
	for name, a := range map[string]care.Actor{
		"a staff session with a partner's role": {Kind: care.PartnerActor, Retailer: "r", Role: care.Manager},
		"a made-up role":                        {Kind: care.StaffActor, Retailer: "r", Role: "king"},
		"the customer's role on staff":          {Kind: care.StaffActor, Retailer: "r", Role: care.CustomerRole},
		"nobody":                                {},
	} {
		if desk.May(a, desk.ReadClaims) {
			t.Errorf("%s may read claims", name)
		}
	}
}

// useCases are calls that need a permission; each is made with contents that
// fail at the latest by finding nothing, so that any role may try it.
func useCases(s *shop, claim, request string) map[desk.Action]func(context.Context, care.Actor) error {
	page := care.Page{}
	calls := map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadClaims: func(ctx context.Context, a care.Actor) error { _, err := s.Claim(ctx, a, claim, "bg"); return err },
		desk.OpenClaims: func(ctx context.Context, a care.Actor) error {
			_, err := s.Submit(ctx, a, desk.NewRequest{})
			return err
		},
		desk.ReadRequests: func(ctx context.Context, a care.Actor) error {
			_, _, err := s.Requests(ctx, a, care.RequestFilter{}, page)
			if _, other := s.Request(ctx, a, request); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("list says %w, page says %w", err, other)
			}
			return err
		},
		desk.FindCustomers: func(ctx context.Context, a care.Actor) error {
			_, err := s.FindCustomers(ctx, a, desk.Contact{Name: "nobody"})
			if _, other := s.Customer(ctx, a, "none"); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("search says %w, page says %w", err, other)
			}
			return err
		},
		desk.AnswerRequests: func(ctx context.Context, a care.Actor) error { return s.Answer(ctx, a, "none", "x", false) },
		desk.ReadRegistry: func(ctx context.Context, a care.Actor) error {
			_, _, err := s.FindUnits(ctx, a, "x", page)
			if _, other := s.Unit(ctx, a, "none", "bg"); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("search says %w, page says %w", err, other)
			}
			return err
		},
		desk.WriteRegistry: func(ctx context.Context, a care.Actor) error {
			_, err := s.RegisterSale(ctx, a, desk.SaleRow{})
			return err
		},
		desk.ImportSales: func(ctx context.Context, a care.Actor) error {
			_, err := s.ImportSales(ctx, a, func(func(desk.SaleRow, error) bool) {}, desk.ImportOptions{})
			return err
		},
		desk.IssueTracking: func(ctx context.Context, a care.Actor) error { _, err := s.IssueTracking(ctx, a, "none"); return err },
		desk.ManageUsers: func(ctx context.Context, a care.Actor) error {
			_, err := s.CreateUser(ctx, a, desk.NewUser{})
			if _, other := s.UpdateUser(ctx, a, "none", desk.UserChange{}); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("create says %w, update says %w", err, other)
			}
			return err
		},
		desk.ManageClients: func(ctx context.Context, a care.Actor) error {
			_, err := s.Clients(ctx, a)
			_, _, other := s.CreateClient(ctx, a, desk.NewClient{Role: care.Clerk})
			if third := s.DisableClient(ctx, a, "none"); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) || (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(third) == care.Forbidden) {
				return fmt.Errorf("list says %w, create %w, disable %w", err, other, third)
			}
			return err
		},
		desk.ReadAudit: func(ctx context.Context, a care.Actor) error {
			_, _, err := s.Audits(ctx, a, care.AuditFilter{}, page)
			return err
		},
	}
	maps.Copy(calls, certificateCalls(s))
	maps.Copy(calls, moneyCalls(s, claim))
	maps.Copy(calls, alertCalls(s))
	maps.Copy(calls, loanerCalls(s))
	maps.Copy(calls, shipmentCalls(s))
	maps.Copy(calls, paperCalls(s, claim))
	maps.Copy(calls, attachmentCalls(s, claim))
	maps.Copy(calls, noticeCalls(s))
	for _, m := range care.Moves() {
		cmd := care.NewCommand(m.Command)
		if cmd == nil {
			continue
		}
		calls[desk.On(m.Command)] = func(ctx context.Context, a care.Actor) error { _, err := s.Do(ctx, a, "none", cmd); return err }
	}
	return calls
}

func attachmentCalls(s *shop, claim string) map[desk.Action]func(context.Context, care.Actor) error {
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadAttachments: func(ctx context.Context, a care.Actor) error {
			_, err := s.Attachments(ctx, a, desk.AttachTo{Claim: claim})
			if _, other := s.AttachmentFile(ctx, a, "none", false); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("list says %w, file says %w", err, other)
			}
			return err
		},
		desk.AddAttachments: func(ctx context.Context, a care.Actor) error {
			_, err := s.Attach(ctx, a, desk.AttachTo{Claim: "none"}, []desk.NewFile{{Name: "x.txt", Content: []byte("x")}})
			return err
		},
		desk.WithdrawAttachments: func(ctx context.Context, a care.Actor) error { return s.WithdrawAttachment(ctx, a, "none", "x") },
	}
}

func noticeCalls(s *shop) map[desk.Action]func(context.Context, care.Actor) error {
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadMessages: func(ctx context.Context, a care.Actor) error {
			_, _, err := s.Messages(ctx, a, care.NoticeFilter{}, care.Page{})
			return err
		},
		desk.SendMessages: func(ctx context.Context, a care.Actor) error { _, err := s.SendAgain(ctx, a, "none"); return err },
		desk.ManageWebhooks: func(ctx context.Context, a care.Actor) error {
			_, err := s.Endpoints(ctx, a)
			_, add := s.AddEndpoint(ctx, a, desk.NewEndpoint{})
			_, change := s.ChangeEndpoint(ctx, a, "none", nil, false)
			_, test := s.TestEndpoint(ctx, a, "none")
			for what, other := range map[string]error{"add": add, "change": change, "remove": s.RemoveEndpoint(ctx, a, "none"), "test": test} {
				if (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
					return fmt.Errorf("list says %w, %s says %w", err, what, other)
				}
			}
			return err
		},
		desk.ProposeDisposals: func(ctx context.Context, a care.Actor) error {
			_, err := s.Dispose(ctx, a, "none", care.Disposal{})
			return err
		},
		desk.ConfirmDisposals: func(ctx context.Context, a care.Actor) error { _, err := s.ConfirmDisposal(ctx, a, "none"); return err },
		desk.WithdrawLoaner: func(ctx context.Context, a care.Actor) error {
			_, err := s.WithdrawLoaner(ctx, a, "none", "x")
			return err
		},
	}
}

func paperCalls(s *shop, claim string) map[desk.Action]func(context.Context, care.Actor) error {
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadPapers: func(ctx context.Context, a care.Actor) error {
			_, err := s.Papers(ctx, a, claim)
			if _, other := s.Paper(ctx, a, claim, care.IntakeSlip, desk.PaperAs{}); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("list says %w, paper says %w", err, other)
			}
			return err
		},
	}
}

func shipmentCalls(s *shop) map[desk.Action]func(context.Context, care.Actor) error {
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadShipments: func(ctx context.Context, a care.Actor) error {
			_, _, err := s.Legs(ctx, a, care.LegFilter{}, care.Page{})
			if _, other := s.Leg(ctx, a, "none"); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("list says %w, page says %w", err, other)
			}
			return err
		},
		desk.ShipDevices: func(ctx context.Context, a care.Actor) error {
			_, err := s.BookLeg(ctx, a, desk.NewLeg{Claim: "none"})
			if _, other := s.CancelLeg(ctx, a, "none", "x"); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("booking says %w, calling off says %w", err, other)
			}
			return err
		},
		desk.WarnCustomers: func(ctx context.Context, a care.Actor) error { return s.Warn(ctx, a, "none", "x") },
	}
}

// elsewhere lists actions of the table that no use case of this package needs.
var elsewhere = map[desk.Action]string{desk.ReadReports: "reports are pages", desk.ReadPolicy: "packs are pages", desk.WritePolicy: "packs are files"}

// TestEveryActionByRole makes every call as everybody: it is forbidden in
// exactly the cases that the table forbids, and stores nothing then.
func TestEveryActionByRole(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		calls := useCases(s, r.Claim.ID, r.Request.ID)
		for _, a := range desk.Actions() {
			if calls[a] == nil && elsewhere[a] == "" {
				s.t.Errorf("no call needs %s", a)
			}
		}
		for action, call := range calls {
			for _, actor := range everybody() {
				before := s.newest()
				err := call(s.t.Context(), actor)
				if forbidden := care.CodeOf(err) == care.Forbidden; forbidden == desk.May(actor, action) {
					s.t.Errorf("%s as %s: %v, the table says %t", action, roleOf(actor), err, desk.May(actor, action))
				}
				if care.CodeOf(err) == care.Forbidden && s.newest() != before {
					s.t.Errorf("%s as %s: forbidden, yet audited", action, roleOf(actor))
				}
			}
			if err := call(s.t.Context(), care.Actor{Kind: care.StaffActor, Role: care.Administrator}); care.CodeOf(err) != care.Forbidden {
				s.t.Errorf("%s as an actor of no retailer: %v", action, err)
			}
		}
	})
}

// TestOtherRetailer finds nothing of another retailer's, whoever asks.
//
// Walks: D1.
func TestOtherRetailer(t *testing.T) {
	on(t, func(s *shop) {
		r := s.decided()
		ctx := s.t.Context()
		user, err := s.CreateUser(ctx, as(care.Administrator), desk.NewUser{Email: "a@b.example", Name: "A", Role: care.Clerk, Password: "long enough"})
		if err != nil {
			s.t.Fatal(err)
		}
		unit := r.Claim.Unit
		for _, role := range care.Roles() {
			other := of("ru-omsk", role)
			for name, call := range map[string]func() error{
				"claim by id":     func() error { _, err := s.Claim(ctx, other, r.Claim.ID, "bg"); return err },
				"claim by number": func() error { _, err := s.Claim(ctx, other, r.Claim.Number, "bg"); return err },
				"command":         func() error { _, err := s.Do(ctx, other, r.Claim.ID, care.StartRepair{}); return err },
				"override": func() error {
					_, err := s.Do(ctx, other, r.Claim.ID, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Refused, Reason: "x"})
					return err
				},
				"recheck":        func() error { _, err := s.Recheck(ctx, other, r.Claim.ID); return err },
				"request":        func() error { _, err := s.Request(ctx, other, r.Request.ID); return err },
				"answer":         func() error { return s.Answer(ctx, other, r.Request.ID, "x", false) },
				"tracking":       func() error { _, err := s.IssueTracking(ctx, other, r.Claim.ID); return err },
				"unit by id":     func() error { _, err := s.Unit(ctx, other, unit.ID, "bg"); return err },
				"unit by serial": func() error { _, err := s.Unit(ctx, other, unit.Serial, "bg"); return err },
				"user":           func() error { _, err := s.UpdateUser(ctx, other, user.ID, desk.UserChange{}); return err },
			} {
				if code := care.CodeOf(call()); code != care.NotFound && code != care.Forbidden {
					s.t.Errorf("%s as %s of another retailer: %q", name, role, code)
				}
			}
		}
		if _, err := s.CheckWarranty(ctx, "ru-omsk", unit.Serial, "ru"); care.CodeOf(err) != care.NotFound {
			s.t.Errorf("another retailer's warranty check: %v", err)
		}
		if list, _, err := s.Work(ctx, of("ru-omsk", care.Manager), care.WorkFilter{}, care.Page{}); err != nil || len(list) != 0 {
			s.t.Errorf("another retailer's work: %v, %v", list, err)
		}
		if list, _, err := s.FindUnits(ctx, of("ru-omsk", care.Manager), unit.Serial, care.Page{}); err != nil || len(list) != 0 {
			s.t.Errorf("another retailer's registry: %v, %v", list, err)
		}
		for _, a := range s.audits("ru-omsk") {
			if a.Retailer != "ru-omsk" {
				s.t.Errorf("another retailer's audit log has %+v", a)
			}
		}
	})
}

// TestPartnerSeesItsOwn lets a centre see and move only what is routed to it.
//
// Walks: D7.
func TestPartnerSeesItsOwn(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.open()
		here, there, nowhere := as(care.Partner), as(care.Partner), as(care.Partner)
		there.Place, nowhere.Place = "hp-plovdiv", ""
		sees := func(a care.Actor) bool {
			_, err := s.Claim(ctx, a, r.Claim.ID, "bg")
			_, other := s.Do(ctx, a, r.Claim.ID, care.AddNote{Text: "seen"})
			list, _, third := s.Work(ctx, a, care.WorkFilter{}, care.Page{})
			if (err == nil) != (other == nil) || (err == nil) != (third == nil && len(list) == 1) {
				s.t.Errorf("partner of %q: page %v, command %v, list %d %v", a.Place, err, other, len(list), third)
			}
			return err == nil
		}
		if sees(here) || sees(there) || sees(nowhere) {
			s.t.Error("a claim that is routed nowhere is seen by a partner")
		}
		s.do(as(care.Clerk), r.Claim.ID, care.RouteTo{Centre: "asus-sofia"})
		if !sees(here) || sees(there) || sees(nowhere) {
			s.t.Error("a claim routed to one centre is seen by that centre alone")
		}
		if _, err := s.WorkCounts(ctx, nowhere, care.WorkFilter{}); care.CodeOf(err) != care.Forbidden {
			s.t.Errorf("a partner of no centre counts work: %v", err)
		}
		wide := care.WorkFilter{Centre: "hp-plovdiv"}
		if list, _, err := s.Work(ctx, here, wide, care.Page{}); err != nil || len(list) != 1 {
			s.t.Errorf("a partner's list is its own whatever it asks for: %v, %v", list, err)
		}
	})
}

// TestPartnerWorksAtItsOwnCentre keeps a partner from taking a device in for
// another place, and from working on one that another place has; who has the
// device has the claim.
//
// Walks: D7.
func TestPartnerWorksAtItsOwnCentre(t *testing.T) {
	on(t, func(s *shop) {
		ctx, partner, clerk := s.t.Context(), as(care.Partner), as(care.Clerk)
		id := s.open().Claim.ID
		s.do(clerk, id, care.RouteTo{Centre: "asus-sofia"})
		_, err := s.Do(ctx, partner, id, care.Accept{Place: "omni-shop-burgas", Condition: "цял"})
		s.fails("a place that is not its own", "invalid error.not_your_centre", err)
		s.do(clerk, id, care.Accept{Place: "omni-shop-burgas", Condition: "цял"})
		found := care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware"}}
		for _, cmd := range []care.Command{care.StartDiagnosis{}, found, care.Forward{To: "asus-sofia", Carrier: "Куриер"}} {
			_, err := s.Do(ctx, partner, id, cmd)
			s.fails(string(cmd.Name()), "blocked error.held_elsewhere", err)
		}
		v, err := s.Claim(ctx, partner, id, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		for _, a := range v.Actions {
			if a.Command == care.CmdDiagnose && (a.Blocked == nil || a.Blocked.Key != "error.held_elsewhere") {
				s.t.Errorf("the diagnosis of a device at the shop is offered to the centre: %+v", a)
			}
		}
		s.do(clerk, id, care.Forward{To: "asus-sofia", Carrier: "Куриер"})
		_, err = s.Do(ctx, partner, id, care.ReceiveAtCentre{Place: "omni-shop-sofia"})
		s.fails("a place that is not its own", "invalid error.not_your_centre", err)
		s.do(partner, id, care.ReceiveAtCentre{})
		s.do(partner, id, found)

		other := s.open().Claim.ID
		s.do(clerk, other, care.RouteTo{Centre: "asus-varna"})
		s.do(clerk, other, care.Accept{Place: "asus-sofia", Condition: "цял"})
		s.do(partner, other, found)
	})
}

// TestCustomerSeesItsOwn keeps one customer's claim from another.
//
// Walks: D4.
func TestCustomerSeesItsOwn(t *testing.T) {
	on(t, func(s *shop) {
		r := s.open()
		own := care.Actor{Kind: care.CustomerActor, ID: r.Claim.Customer, Retailer: "bg-omni"}
		other := own
		other.ID = "somebody"
		if _, err := s.Claim(s.t.Context(), own, r.Claim.ID, "bg"); err != nil {
			s.t.Error(err)
		}
		for _, a := range []care.Actor{other, visitor} {
			if _, err := s.Claim(s.t.Context(), a, r.Claim.ID, "bg"); care.CodeOf(err) != care.NotFound {
				s.t.Errorf("a stranger sees the claim: %v", err)
			}
			if _, err := s.Do(s.t.Context(), a, r.Claim.ID, care.Cancel{Reason: "x"}); care.CodeOf(err) != care.NotFound {
				s.t.Errorf("a stranger cancels the claim: %v", err)
			}
		}
		if _, _, err := s.Work(s.t.Context(), visitor, care.WorkFilter{}, care.Page{}); care.CodeOf(err) != care.Forbidden {
			s.t.Errorf("a visitor lists work: %v", err)
		}
	})
}
