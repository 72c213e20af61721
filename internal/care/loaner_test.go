package care_test

import (
	"errors"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// key is the key of a refusal, "" for none.
func key(err error) string {
	var e *care.Error
	if errors.As(err, &e) {
		return e.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestMayDemandLoaner lists why none is lent. Rows: RU-20.2.
func TestMayDemandLoaner(t *testing.T) {
	owed := care.LoanerRight{Owed: true, Clause: "loaner-3-days", Due: "2026-03-05", DueAt: start.Add(72 * time.Hour)}
	for name, c := range map[string]struct {
		state care.State
		loans []care.Loan
		right care.LoanerRight
		actor care.Actor
		want  string
	}{
		"owed":                        {care.Submitted, nil, owed, owner, ""},
		"owed in repair":              {care.InRepair, nil, owed, clerk, ""},
		"another after the first":     {care.InRepair, []care.Loan{{State: care.LoanReturned}}, owed, owner, ""},
		"ready":                       {care.Ready, nil, owed, owner, "error.loaner_too_late"},
		"closed":                      {care.Closed, nil, owed, clerk, "error.loaner_too_late"},
		"asked already":               {care.InRepair, []care.Loan{{State: care.LoanAsked}}, owed, owner, "error.loaner_demanded_already"},
		"out already":                 {care.InRepair, []care.Loan{{State: care.LoanOut}}, owed, clerk, "error.loaner_demanded_already"},
		"excepted by law":             {care.InRepair, nil, care.LoanerRight{Excluded: "loaner-3-days"}, owner, "error.loaner_excluded"},
		"excepted, asked by staff":    {care.InRepair, nil, care.LoanerRight{Excluded: "loaner-3-days"}, clerk, "error.loaner_excluded"},
		"no law":                      {care.InRepair, nil, care.LoanerRight{}, owner, "error.loaner_not_owed"},
		"no law, the shop's own will": {care.InRepair, nil, care.LoanerRight{}, clerk, ""},
	} {
		t.Run(name, func(t *testing.T) {
			claim := care.Claim{ID: "c", Retailer: "r", State: c.state, Unit: care.Unit{Category: "phone"}}
			l, err := claim.DemandLoaner(c.loans, c.right, " note ", care.Env{Now: start, Actor: c.actor})
			if key(err) != c.want {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if err != nil {
				return
			}
			l.ID = "l"
			if c.right.Owed { // the claim's deadline is the loan's term
				claim.Loaner = &care.LoanerDemand{Loan: "l", At: start}
				claim.Deadlines = []care.Deadline{{Name: "loaner", State: care.DeadlineOpen, Due: c.right.Due, DueAt: c.right.DueAt, Clause: c.right.Clause}}
			}
			l = l.Termed(claim)
			if !l.DueAt.Equal(c.right.DueAt) || l.Clause != c.right.Clause {
				t.Errorf("due %s by %s, want %s by %s", l.DueAt, l.Clause, c.right.DueAt, c.right.Clause)
			}
			if l.State != care.LoanAsked || l.Due != c.right.Due || l.Category != "phone" || l.Note != "note" {
				t.Errorf("%+v", l)
			}
		})
	}
}

// TestHeldUp names the commands that a loaner holds up. Rows: RU-20.2.
func TestHeldUp(t *testing.T) {
	pool := map[string]care.Loaner{"l": {ID: "l", Brand: "Nokia", Model: "105", Serial: "S"}}
	home, held := care.Holder{Kind: care.HeldByCustomer}, care.Holder{Kind: care.HeldByShop}
	for _, c := range []struct {
		command care.CommandName
		custody care.Holder
		state   care.LoanState
		want    string
	}{
		{care.CmdHandOver, held, care.LoanOut, "error.loaner_out"},
		{care.CmdShip, held, care.LoanOut, "error.loaner_out"},
		{care.CmdClose, home, care.LoanOut, "error.loaner_out"},
		{care.CmdCancel, home, care.LoanOut, "error.loaner_out"},
		{care.CmdCancel, held, care.LoanOut, ""}, // the device goes back first, and waits then
		{care.CmdMarkReady, held, care.LoanOut, ""},
		{care.CmdHandOver, held, care.LoanAsked, ""},
		{care.CmdHandOver, held, care.LoanReturned, ""},
		{care.CmdHandOver, held, care.LoanLost, ""},
	} {
		err := care.Claim{Custody: c.custody}.HeldUp(c.command, []care.Loan{{Loaner: "l", State: c.state}}, pool)
		if key(err) != c.want {
			t.Errorf("%s with a loan %s: %v, want %q", c.command, c.state, err, c.want)
		}
	}
}

// TestRecovered computes what a supplier owes from the events of a claim.
// Rows: B2.
func TestRecovered(t *testing.T) {
	sum := func(minor int64) *money.Amount { return &money.Amount{Minor: minor, Currency: "EUR"} }
	finish := func(labour, part *money.Amount) care.FinishRepair {
		return care.FinishRepair{Kind: "hardware", Work: "x", Labour: labour, Parts: []care.Part{{Part: "battery", Price: part}}}
	}
	agreed := rates{hardware: sum(2000), leg: sum(500)}
	for name, c := range map[string]struct {
		issuer string
		finish care.FinishRepair
		rates  care.Agreement
		want   map[care.RecoveryKind]int64
	}{
		"as reported":          {"manufacturer", finish(sum(3100), sum(900)), agreed, map[care.RecoveryKind]int64{"labour": 3100, "parts": 900, "transport": 500}},
		"at the agreed rate":   {"manufacturer", finish(nil, nil), agreed, map[care.RecoveryKind]int64{"labour": 2000, "transport": 500}},
		"nothing agreed":       {"manufacturer", finish(sum(100), nil), nil, map[care.RecoveryKind]int64{"labour": 100}},
		"another currency":     {"manufacturer", finish(&money.Amount{Minor: 9, Currency: "USD"}, sum(900)), nil, map[care.RecoveryKind]int64{"parts": 900}},
		"the retailer's card":  {"retailer", finish(sum(3100), sum(900)), agreed, nil},
		"no fault was found":   {"manufacturer", care.FinishRepair{Kind: "hardware", Work: "x", Outcome: "no_fault"}, agreed, nil},
		"nobody says who pays": {"", finish(sum(3100), nil), agreed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			k := &kit{t: t, claim: care.Claim{ID: "claim", Retailer: "r"}, now: start}
			in := submit()
			in.Sale.WarrantyIssuer = c.issuer
			k.do(owner, in).do(clerk, atShop(), care.Forward{To: "centre"}, care.ReceiveAtCentre{Place: "centre", PlaceKind: care.AuthorisedPlace}).
				do(tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware"}}, covers(), care.StartRepair{}, c.finish)
			lines := care.Recovered(k.claim, k.events, c.rates, "EUR", sofia, keep)
			got, causes := map[care.RecoveryKind]int64{}, map[string]bool{}
			for _, l := range lines {
				got[l.Kind] += l.Amount.Minor
				if causes[l.Cause] {
					t.Errorf("two lines of the cause %s", l.Cause)
				}
				causes[l.Cause] = true
			}
			if len(got) != len(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			for kind, want := range c.want {
				if got[kind] != want {
					t.Errorf("%s: %d, want %d", kind, got[kind], want)
				}
			}
		})
	}
}

// TestCostsAreNotNegative refuses a cost below zero. Rows: D7.
func TestCostsAreNotNegative(t *testing.T) {
	k := submitted(t).do(clerk, atCentre()).do(tech, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware"}}, covers(), care.StartRepair{})
	less := money.Amount{Minor: -1, Currency: "EUR"}
	if err := k.try(tech, care.FinishRepair{Kind: "hardware", Work: "x", Labour: &less}); key(err) != "error.cost_negative" {
		t.Errorf("labour: %v", err)
	}
	if err := k.try(tech, care.FinishRepair{Kind: "hardware", Work: "x", Parts: []care.Part{{Part: "battery", Price: &less}}}); key(err) != "error.cost_negative" {
		t.Errorf("a part: %v", err)
	}
}

// rates are what a supplier agreed to.
type rates struct{ hardware, leg *money.Amount }

func (r rates) Labour(string, string) *money.Amount { return r.hardware }
func (r rates) Carriage(string) *money.Amount       { return r.leg }

// keep is a currency that is paid as it is.
func keep(a money.Amount, _ calendar.Date) money.Amount { return a }
