package desk_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// wanting is a request that names what the customer wants, and no basis.
func wanting(remedy string) func(*desk.NewRequest) {
	return func(r *desk.NewRequest) { r.Basis, r.Remedy = "", remedy }
}

// TestDemandStartsTheTerms lets a customer demand a remedy with the request,
// before anything is checked: its term counts from the request, is the longer
// one that a check gives, and stays so once the defect is confirmed.
// Walks: RU-21.1, RU-22, RU-20.1.
func TestDemandStartsTheTerms(t *testing.T) {
	for _, c := range []struct {
		name, remedy, deadline, due string
		sale                        func(*desk.SaleRow)
		answers                     []care.Answer
		basis                       policy.Basis
	}{
		{name: "another unit in 20 days, with a check (RU-21.1)", remedy: "replacement", deadline: "replacement", due: "2026-03-30", sale: fresh, basis: policy.Statute},
		{name: "in a month where there is none (RU-21.1)", remedy: "replacement", deadline: "replacement", due: "2026-04-10", sale: fresh, basis: policy.Statute,
			answers: []care.Answer{{Fact: "market.same_model", Value: "false"}, {Fact: "market.analog_price", Value: "40000.00 RUB"}}},
		{name: "the money in 10 days (RU-22)", remedy: "refund", deadline: "refund", due: "2026-03-20", sale: fresh, basis: policy.Statute},
		{name: "a lower price in 10 days (RU-22)", remedy: "price_reduction", deadline: "refund", due: "2026-03-20", basis: policy.Statute},
		{name: "a repair in 45 days (RU-20.1)", remedy: "repair", deadline: "repair", due: "2026-04-24", basis: policy.Statute},
		{name: "what is not owed leaves the repair (RU-18.1)", remedy: "replacement", deadline: "repair", due: "2026-04-24", basis: policy.Statute},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(s *shop) {
				boss := of("ru-omsk", care.Manager)
				r := s.claimIn("ru-omsk", c.sale, wanting(c.remedy))
				if d := r.Claim.Demand; d == nil || d.Remedy != c.remedy || !d.At.Equal(r.Claim.ReceivedAt) || d.By != care.CustomerActor {
					s.t.Fatalf("the demand: %+v", d)
				}
				if len(c.answers) > 0 {
					s.do(boss, r.Claim.ID, care.RecordAnswers{Facts: c.answers})
				}
				got := s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"})
				s.same("basis", got.BasisInUse(), c.basis)
				s.same("before the check", deadlineOf(s.t, got, c.deadline).Due, c.due)
				got = s.do(boss, r.Claim.ID, hardware("mainboard"))
				s.same("after it", deadlineOf(s.t, got, c.deadline).Due, c.due)
				replayed(s, r.Claim.ID, boss)
			})
		})
	}
}

// TestDemandForAnotherUnitIsLate carries a demand made before the check past
// its 20 days: the dispatcher is warned and told, and the penalty runs, at 1 %
// a day; the choice that follows is the same demand. Walks: RU-21.1, RU-23.
func TestDemandForAnotherUnitIsLate(t *testing.T) {
	on(t, func(s *shop) {
		boss := of("ru-omsk", care.Manager)
		r := s.claimIn("ru-omsk", fresh, wanting("replacement"))
		c := s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("mainboard"))
		end := deadlineOf(s.t, c, "replacement").DueAt
		s.now = end.AddDate(0, 0, 2)
		s.runDue()
		if _, err := s.Accrue(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		s.same("told", s.told(r.Claim.ID), []string{"breached replacement penalty"})
		s.same("alerts", s.alerts(of("ru-omsk", care.Dispatcher)), []string{"breach replacement " + c.Number})
		s.same("penalty", s.owedFor(boss, r.Claim.ID, care.DebtPenalty), "1200.00 RUB")
		c = s.do(boss, r.Claim.ID, care.ChooseBasis{Basis: policy.Statute}, care.ChooseRemedy{Remedy: "replacement"}, care.Replace{Serial: "NEW-1"})
		dl := deadlineOf(s.t, c, "replacement")
		s.same("its day and end", []string{dl.From, dl.Due, string(dl.State)}, []string{"2026-03-10", "2026-03-30", "missed"})
		s.same("told once", s.told(r.Claim.ID), []string{"breached replacement penalty"})
		s.now = end.AddDate(0, 0, 20)
		if _, err := s.Accrue(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		s.same("penalty in the end", s.owedFor(boss, r.Claim.ID, care.DebtPenalty), "1200.00 RUB")
		replayed(s, r.Claim.ID, boss)
	})
}

// TestDemandInTime gives the unit before the 20 days are over: nothing is owed.
// Walks: RU-21.1.
func TestDemandInTime(t *testing.T) {
	on(t, func(s *shop) {
		boss := of("ru-omsk", care.Manager)
		r := s.claimIn("ru-omsk", fresh, wanting("replacement"))
		s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("mainboard"))
		s.now = noon.AddDate(0, 0, 19)
		c := s.do(boss, r.Claim.ID, care.ChooseBasis{Basis: policy.Statute}, care.ChooseRemedy{Remedy: "replacement"}, care.Replace{Serial: "NEW-1"})
		s.same("state", deadlineOf(s.t, c, "replacement").State, care.DeadlineMet)
		s.now = s.now.AddDate(0, 1, 0)
		s.runDue()
		s.same("penalty", s.owedFor(boss, r.Claim.ID, care.DebtPenalty), "")
	})
}

// TestWhoMayDemand lists who demands, when and what.
func TestWhoMayDemand(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of("ru-omsk", care.Clerk)
		r := s.claimIn("ru-omsk", fresh, wanting(""))
		if r.Claim.Demand != nil {
			s.t.Fatalf("a demand that nobody made: %+v", r.Claim.Demand)
		}
		demand := func(actor care.Actor, remedy string) error {
			_, err := s.Do(ctx, actor, r.Claim.ID, care.DemandRemedy{Remedy: remedy})
			return err
		}
		s.fails("a technician", "forbidden error.forbidden", demand(of("ru-omsk", care.Technician), "refund"))
		s.fails("what no law there knows", "invalid error.unknown_value", demand(clerk, "rescission"))
		s.fails("a part", "invalid error.unknown_value", demand(clerk, "part_replacement"))
		s.fails("with the request", "invalid error.unknown_value", func() error {
			in := ask(s.sell(clerk, fresh).Unit.Serial)
			in.Documents, in.Remedy = []string{"receipt"}, "rescission"
			who := visitor
			who.Retailer = "ru-omsk"
			_, err := s.Submit(ctx, who, in)
			return err
		}())
		s.now = s.now.Add(48 * time.Hour)
		if _, err := s.TrackedDo(ctx, r.Token, care.DemandRemedy{Remedy: "replacement"}); err != nil {
			s.t.Fatal(err)
		}
		s.fails("the same again", "invalid error.remedy_demanded_already", demand(clerk, "replacement"))
		v, err := s.Claim(ctx, clerk, r.Claim.ID, "ru")
		if err != nil {
			s.t.Fatal(err)
		}
		s.same("it counts from that instant", deadlineOf(s.t, v.Claim, "replacement").From, calendar.DateOf(s.now, v.Zone).String())
		for _, a := range v.Actions {
			if a.Command == care.CmdDemandRemedy {
				s.same("to choose from", a.Fields[0].Options, []string{"repair", "refund", "price_reduction"})
			}
		}
		if err := demand(clerk, "refund"); err != nil {
			s.t.Fatal(err)
		}
		c := s.do(of("ru-omsk", care.Manager), r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("mainboard"))
		s.same("the later demand", c.Demand.Remedy, "refund")
		s.fails("after the decision", "illegal error.illegal_move", demand(clerk, "repair"))
	})
}

// owedFor is what the retailer owes by a claim's ledger for a cause: "" for
// nothing.
func (s *shop) owedFor(actor care.Actor, claim string, what care.DebtKind) (sum string) {
	s.t.Helper()
	v, err := s.Claim(s.t.Context(), actor, claim, "en")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range v.Money {
		if e.Entry.What == what {
			sum += e.Entry.Amount.String() + " " + e.Entry.Amount.Currency
		}
	}
	return sum
}
