package desk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/jobs"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/policy"
)

// runDue does the jobs that are due on the shop's clock, by a runner that was
// started for it: a restart every time.
func (s *shop) runDue() {
	s.t.Helper()
	handlers := map[care.JobKind]jobs.Handler{}
	for kind, h := range s.JobHandlers() {
		handlers[kind] = jobs.Handler(h)
	}
	r, err := jobs.New(jobs.Config{Queue: s.Desk, Handlers: handlers, Now: func() time.Time { return s.now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := r.RunDue(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// told lists what a claim's history says of its deadlines.
func (s *shop) told(claim string) []string {
	s.t.Helper()
	out := []string{}
	c := view(s, func(tx *storage.Tx) (care.Claim, error) { return tx.Claim(s.t.Context(), s.retailerOf(claim), claim) })
	for _, e := range view(s, func(tx *storage.Tx) ([]care.Event, error) { return tx.Events(s.t.Context(), c.Retailer, c.ID) }) {
		switch p := e.Data.(type) {
		case *care.DeadlineWarned:
			out = append(out, "warned "+p.Name)
		case *care.DeadlineBreached:
			out = append(out, strings.TrimSpace("breached "+p.Name+" "+strings.Join(p.Opens, " ")))
		}
	}
	return out
}

// retailerOf finds whose claim it is.
func (s *shop) retailerOf(claim string) string {
	s.t.Helper()
	for _, r := range []string{"bg-omni", "ru-omsk", "ru-xiaomi"} {
		if _, err := s.Claim(s.t.Context(), of(r, care.Manager), claim, "en"); err == nil {
			return r
		}
	}
	s.t.Fatalf("claim %s is nobody's", claim)
	return ""
}

// alerts lists what a role is told: "breach remedy RMA-2026-000001".
func (s *shop) alerts(actor care.Actor) []string {
	s.t.Helper()
	list, _, err := s.Alerts(s.t.Context(), actor, care.AlertFilter{}, care.Page{})
	if err != nil {
		s.t.Fatal(err)
	}
	out := []string{}
	for _, a := range list {
		out = append(out, string(a.Kind)+" "+a.Deadline+" "+a.Number)
	}
	return out
}

func (s *shop) same(what string, got, want any) {
	s.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// claimIn sells a phone for 40 000 and opens a claim on it at a retailer.
func (s *shop) claimIn(retailer string, change func(*desk.SaleRow), ask1 func(*desk.NewRequest)) desk.Receipt {
	s.t.Helper()
	price := amount("40000.00", "RUB")
	if retailer == "bg-omni" {
		price = amount("1000.00", "EUR")
	}
	u := s.sell(of(retailer, care.Clerk), func(r *desk.SaleRow) {
		r.Price = &price
		if change != nil {
			change(r)
		}
	}).Unit
	who := visitor
	who.Retailer = retailer
	in := ask(u.Serial)
	if retailer != "bg-omni" {
		in.Documents, in.Lang = []string{"receipt", "warranty_card"}, "ru"
	}
	if ask1 != nil {
		ask1(&in)
	}
	return s.submit(who, in)
}

func deadlineOf(t *testing.T, c care.Claim, name string) care.Deadline {
	t.Helper()
	i := slices.IndexFunc(c.Deadlines, func(d care.Deadline) bool { return d.Name == name && d.State != care.DeadlineStopped })
	if i < 0 {
		t.Fatalf("no deadline %s in %+v", name, c.Deadlines)
	}
	return c.Deadlines[i]
}

// TestDeadlinesAct carries each term of the pages and of the law past its
// warning and its end: the owner and the manager are told, each once, and the
// claim's history says so. Walks: B8, B9, A9, C11, RU-20.1, RU-21.1, RU-22, BG-34.2.
func TestDeadlinesAct(t *testing.T) {
	replacing := func(s *shop, actor care.Actor, id string, answers ...care.Answer) {
		if len(answers) > 0 {
			s.do(actor, id, care.RecordAnswers{Facts: answers})
		}
		s.do(actor, id, care.ChooseBasis{Basis: policy.Statute}, care.ChooseRemedy{Remedy: "replacement"})
	}
	for _, c := range []struct {
		name, retailer, deadline string
		owner                    care.Role
		lead                     time.Duration
		opens                    string
		sale                     func(*desk.SaleRow)
		ask                      func(*desk.NewRequest)
		before                   func(s *shop, boss care.Actor, id string)
	}{
		{name: "a month for every remedy (B8)", retailer: "bg-omni", deadline: "remedy", owner: care.Technician, lead: 5 * 24 * time.Hour,
			opens: "price_reduction_offered rescission_offered manager_told"},
		{name: "a month of a device with digital elements (B8)", retailer: "bg-omni", deadline: "remedy", owner: care.Technician, lead: 5 * 24 * time.Hour,
			opens: "manager_told", sale: func(r *desk.SaleRow) { r.DigitalElements = yes() }},
		{name: "a month by the law (BG-34.2)", retailer: "bg-omni", deadline: "remedy", owner: care.Technician, lead: 5 * 24 * time.Hour,
			opens: "price_reduction_offered rescission_offered", ask: func(r *desk.NewRequest) { r.Basis = policy.Statute }},
		{name: "48 hours back to the customer (B9)", retailer: "bg-omni", deadline: "return", owner: care.Dispatcher, lead: 12 * time.Hour,
			ask: func(r *desk.NewRequest) { r.Return, r.Settlement = care.ReturnDeliver, "София" },
			before: func(s *shop, boss care.Actor, id string) {
				s.do(boss, id, care.Accept{Place: "omni-service", Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard"),
					care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
			}},
		{name: "45 days for a repair (RU-20.1)", retailer: "ru-omsk", deadline: "repair", owner: care.Technician, lead: 7 * 24 * time.Hour,
			opens: "refund_offered replacement_offered penalty"},
		{name: "45 days under the certificate (A9)", retailer: "ru-omsk", deadline: "repair", owner: care.Technician, lead: 7 * 24 * time.Hour, opens: "replacement_offered",
			sale: func(r *desk.SaleRow) {
				months := 12
				r.Date, r.Delivered, r.WarrantyMonths, r.Certificate, r.CertificateSold = day("2025-02-03"), day("2025-02-03"), &months, "CERT-1", day("2025-02-03")
				price := amount("4000.00", "RUB")
				r.CertificatePrice = &price
			},
			ask: func(r *desk.NewRequest) {
				r.Basis, r.Documents = policy.Certificate, []string{"receipt", "warranty_card", "certificate"}
			}},
		{name: "7 days for a replacement (RU-21.1)", retailer: "ru-omsk", deadline: "replacement", owner: care.Dispatcher,
			lead: 2 * 24 * time.Hour, opens: "penalty", sale: fresh,
			before: func(s *shop, boss care.Actor, id string) {
				s.do(boss, id, care.Accept{Place: "omsk-service"}, hardware("mainboard"))
				replacing(s, boss, id)
			}},
		{name: "a month where there is none in stock (RU-21.1)", retailer: "ru-omsk", deadline: "replacement", owner: care.Dispatcher,
			lead: 5 * 24 * time.Hour, opens: "penalty", sale: fresh,
			before: func(s *shop, boss care.Actor, id string) {
				s.do(boss, id, care.Accept{Place: "omsk-service"}, hardware("mainboard"))
				replacing(s, boss, id, care.Answer{Fact: "market.same_model", Value: "false"}, care.Answer{Fact: "market.analog_price", Value: "40000.00 RUB"})
			}},
		{name: "10 days for the money (RU-22)", retailer: "ru-omsk", deadline: "refund", owner: care.Manager, lead: 3 * 24 * time.Hour, opens: "penalty", sale: fresh,
			before: func(s *shop, boss care.Actor, id string) {
				s.do(boss, id, care.Accept{Place: "omsk-service"}, hardware("mainboard"), care.ChooseBasis{Basis: policy.Statute}, care.ChooseRemedy{Remedy: "refund"})
			}},
		{name: "a prompt answer (C11)", retailer: "ru-xiaomi", deadline: "answer", owner: care.Clerk, lead: 4 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(s *shop) {
				boss := of(c.retailer, care.Manager)
				r := s.claimIn(c.retailer, c.sale, c.ask)
				if c.before != nil {
					c.before(s, boss, r.Claim.ID)
				}
				v, err := s.Claim(s.t.Context(), boss, r.Claim.ID, "en")
				if err != nil {
					s.t.Fatal(err)
				}
				dl := deadlineOf(s.t, v.Claim, c.deadline)
				if dl.Owner != c.owner {
					s.t.Errorf("%s answers for it, want %s", dl.Owner, c.owner)
				}
				only := func() (out []string) {
					for _, x := range s.told(r.Claim.ID) {
						if strings.Fields(x)[1] == c.deadline {
							out = append(out, x)
						}
					}
					return out
				}
				warning, breach := "warned "+c.deadline, strings.TrimSpace("breached "+c.deadline+" "+c.opens)
				s.now = dl.DueAt.Add(-c.lead - time.Second)
				s.runDue()
				s.same("before the warning", only(), []string(nil))
				s.now = dl.DueAt.Add(-c.lead)
				s.runDue()
				s.runDue()
				s.same("at the warning", only(), []string{warning})
				s.now = dl.DueAt.Add(-time.Second)
				s.runDue()
				s.same("in the last second", only(), []string{warning})
				s.now = dl.DueAt
				s.runDue()
				s.runDue()
				if n, err := s.Overdue(s.t.Context()); err != nil || n != 0 {
					s.t.Errorf("the sweep notes %d breaches that are noted: %v", n, err)
				}
				s.same("at the end", only(), []string{warning, breach})
				for _, actor := range []care.Actor{of(c.retailer, c.owner), boss} {
					var kinds []string
					for _, a := range s.alerts(actor) {
						if strings.Contains(a, " "+c.deadline+" ") {
							kinds = append(kinds, a)
						}
					}
					s.same(string(actor.Role)+" is told", kinds, []string{"breach " + c.deadline + " " + r.Claim.Number, "warning " + c.deadline + " " + r.Claim.Number})
				}
				replayed(s, r.Claim.ID, boss)
			})
		})
	}
}

// monthOver is the breach of B8's month, as told.
const monthOver = "breached remedy price_reduction_offered rescission_offered manager_told"

// later lets time pass, and does the jobs that fall due.
func (s *shop) later(by time.Duration) {
	s.t.Helper()
	s.now = s.now.Add(by)
	s.runDue()
}

// fresh is a sale of two days ago: the customer may have the money or another
// unit at once (RU-18.1).
func fresh(r *desk.SaleRow) { r.Date, r.Delivered = day("2026-03-08"), day("2026-03-08") }

// replayed checks that the log gives the stored claim.
func replayed(s *shop, claim string, boss care.Actor) {
	s.t.Helper()
	v, err := s.Claim(s.t.Context(), boss, claim, "en")
	if err != nil {
		s.t.Fatal(err)
	}
	s.same("the claim by its log", asJSON(s.t, care.Replay(v.Events)), asJSON(s.t, v.Claim))
}

// TestBreachOpensRemedies lets the 45 days of a repair pass: the law's
// remedies are offered, and the penalty runs at 1 % a day. Walks: RU-20.1, RU-23.
func TestBreachOpensRemedies(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of("ru-omsk", care.Manager)
		r := s.claimIn("ru-omsk", nil, func(in *desk.NewRequest) { in.Basis = policy.Statute })
		s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("mainboard"), care.ChooseRemedy{Remedy: "repair"}, care.StartRepair{})
		remedies := func() string {
			v, err := s.Tracked(ctx, r.Token, "ru")
			if err != nil {
				s.t.Fatal(err)
			}
			return v.Claim.Claim.Ruling.Result.Basis(policy.Statute).Remedies[0].Kind
		}
		end := deadlineOf(s.t, *r.Claim, "repair").DueAt
		s.now = end.Add(-time.Second)
		s.runDue()
		s.same("offered on the last day", remedies(), "repair")
		s.now = end
		s.runDue()
		s.same("offered after it", remedies(), "refund")
		late := func() desk.LateTerm {
			v, err := s.Claim(ctx, boss, r.Claim.ID, "ru")
			if err != nil || len(v.Late) != 1 {
				s.t.Fatalf("late: %+v, %v", v.Late, err)
			}
			return v.Late[0]
		}
		s.same("a day late", late(), desk.LateTerm{Name: "repair", Basis: policy.Statute, Days: 1, PerDay: ptr(amount("400.00", "RUB")), Penalty: ptr(amount("400.00", "RUB"))})
		s.now = end.Add(9 * 24 * time.Hour)
		s.same("ten days late", late(), desk.LateTerm{Name: "repair", Basis: policy.Statute, Days: 10, PerDay: ptr(amount("400.00", "RUB")), Penalty: ptr(amount("4000.00", "RUB"))})
	})
}

// TestMonthOverOffersRemedies lets the month of B8 pass while the device is
// repaired: the customer is offered the lower price and the end of the contract,
// and takes the latter, with the law's 14 days for the money; where the device
// has digital elements, the month alone offers nothing. Walks: B8, BG-33.4.1, BG-36.3.
func TestMonthOverOffersRemedies(t *testing.T) {
	offered := func(s *shop, token string) (out []string) {
		v, err := s.Tracked(s.t.Context(), token, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		for _, a := range v.Claim.Actions {
			if a.Command == care.CmdChooseRemedy && a.Blocked == nil {
				out = a.Fields[0].Options
			}
		}
		return out
	}
	for _, c := range []struct {
		name    string
		digital *bool
		want    []string
	}{
		{"without digital elements", no(), []string{"price_reduction", "rescission"}},
		{"with digital elements", yes(), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(s *shop) {
				boss := as(care.Manager)
				price := amount("650.00", "EUR")
				r := s.claimIn("bg-omni", func(r *desk.SaleRow) { r.Price, r.DigitalElements = &price, c.digital }, nil)
				claim := s.do(boss, r.Claim.ID, care.Accept{Place: "omni-service"}, hardware("mainboard"), care.StartRepair{})
				end := deadlineOf(s.t, claim, "remedy").DueAt
				s.now = end.Add(-time.Second)
				s.runDue()
				s.same("on the last day", offered(s, r.Token), []string(nil))
				s.now = end
				s.runDue()
				s.same("after it", offered(s, r.Token), c.want)
				if c.want == nil {
					_, err := s.TrackedDo(s.t.Context(), r.Token, care.ChooseRemedy{Remedy: "rescission"})
					s.fails("what is not offered", "blocked error.remedy_not_offered", err)
					return
				}
				got, err := s.TrackedDo(s.t.Context(), r.Token, care.ChooseRemedy{Remedy: "rescission"})
				if err != nil {
					s.t.Fatal(err)
				}
				if got.State != care.Refunding || got.Remedy.Amount == nil || *got.Remedy.Amount != price {
					s.t.Errorf("the end of the contract: %s, %+v", got.State, got.Remedy)
				}
				s.same("the money", deadlineOf(s.t, got, "refund").Clause, "refund-in-fourteen-days")
				replayed(s, r.Claim.ID, boss)
			})
		})
	}
}

func ptr[T any](v T) *T { return &v }

// TestDeadlineThatIsMet drops its jobs; one that the law stops, too, and is
// shown with its reason.
func TestDeadlineThatIsMet(t *testing.T) {
	on(t, func(s *shop) {
		boss := as(care.Manager)
		met, stopped := s.decided(), s.open()
		s.do(boss, met.Claim.ID, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
		c := s.do(as(care.Clerk), stopped.Claim.ID, care.Cancel{Reason: "works again"})
		if dl := c.Deadlines[0]; dl.State != care.DeadlineStopped || dl.Reason != "deadline.withdrawn" {
			s.t.Errorf("%+v", dl)
		}
		list, err := s.Jobs(s.t.Context(), as(care.Administrator), care.JobFilter{Undone: true, Kinds: []care.JobKind{"deadline.warn", "deadline.breach"}}, care.Page{})
		if err != nil || len(list.Jobs) != 0 {
			s.t.Errorf("left to do: %+v, %v", list.Jobs, err)
		}
		s.now = s.now.AddDate(1, 0, 0)
		s.runDue()
		s.same("told of what was met", s.told(met.Claim.ID), []string{})
		s.same("told of what was stopped", s.told(stopped.Claim.ID), []string{})
		s.same("alerts", s.alerts(boss), []string{})
	})
}

// TestDeadlineThatMoves moves its jobs: a reopened claim has another demand,
// and is told of that term alone.
func TestDeadlineThatMoves(t *testing.T) {
	on(t, func(s *shop) {
		boss := as(care.Manager)
		r := s.open()
		s.repaired(r.Claim.ID, "omni-service")
		s.now = s.now.AddDate(0, 0, 20)
		c := s.do(boss, r.Claim.ID, care.Reopen{Reason: "it failed again"}, care.Accept{Place: "omni-service"})
		dl := deadlineOf(s.t, c, "remedy")
		for _, x := range c.Deadlines {
			if x.State == care.DeadlineOpen {
				dl = x
			}
		}
		s.now = dl.DueAt.Add(-time.Second)
		s.runDue()
		s.same("before the new end", s.told(r.Claim.ID), []string{"warned remedy"})
		s.now = dl.DueAt
		s.runDue()
		s.same("after it", s.told(r.Claim.ID), []string{"warned remedy", monthOver})
	})
}

// TestClockIsSetBack does nothing early, and nothing twice.
func TestClockIsSetBack(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.open()
		end := r.Claim.Deadlines[0].DueAt
		// A runner whose clock is a day ahead leases the breach; the desk's own
		// clock decides.
		s.now = end.Add(-time.Hour)
		kinds := []care.JobKind{"deadline.breach"}
		list, err := s.LeaseJobs(ctx, end.Add(24*time.Hour), end.Add(25*time.Hour), 9, kinds)
		if err != nil || len(list) != 1 {
			s.t.Fatalf("%v, %v", list, err)
		}
		err = s.JobHandlers()["deadline.breach"](ctx, list[0])
		if early := (care.TooEarly{}); !errors.As(err, &early) || !early.Until.Equal(end) {
			s.t.Errorf("before its time: %v", err)
		}
		s.runDue()
		s.same("an hour before", s.told(r.Claim.ID), []string{"warned remedy"})
		s.now = end
		s.runDue()
		s.now = end.AddDate(0, 0, -20)
		s.runDue()
		s.now = end.AddDate(0, 0, 1)
		s.runDue()
		s.same("with a clock that goes to and fro", s.told(r.Claim.ID), []string{"warned remedy", monthOver})
	})
}

// TestTwoDesksOneDatabase lets two installations' runners race for the same
// deadlines: each is noted once.
func TestTwoDesksOneDatabase(t *testing.T) {
	on(t, func(s *shop) {
		const claims = 12
		var open []desk.Receipt
		for range claims {
			open = append(open, s.open())
		}
		other := newShop(s.t, s.store)
		s.now = open[claims-1].Claim.Deadlines[0].DueAt
		other.now = s.now
		done := make(chan struct{})
		for _, x := range []*shop{s, other} {
			go func() {
				defer func() { done <- struct{}{} }()
				x.runDue()
				if _, err := x.Overdue(s.t.Context()); err != nil && care.CodeOf(err) != care.Conflict {
					s.t.Error(err)
				}
			}()
		}
		<-done
		<-done
		for _, r := range open {
			s.same(r.Claim.Number, s.told(r.Claim.ID), []string{monthOver})
		}
		s.same("the manager's alerts", len(s.alerts(as(care.Manager))), claims)
	})
}

// TestSweepQueuesWhatIsLacking finds claims of before there were jobs.
func TestSweepQueuesWhatIsLacking(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.open()
		question := s.submit(of("ru-xiaomi", care.Clerk), desk.NewRequest{Kind: care.Consultation, Channel: "phone", Lang: "ru", Text: "?", Customer: contact()})
		drop := func() int {
			all, err := s.Jobs(ctx, as(care.Administrator), care.JobFilter{}, care.Page{})
			more, err2 := s.Jobs(ctx, of("ru-xiaomi", care.Administrator), care.JobFilter{}, care.Page{})
			if err != nil || err2 != nil {
				s.t.Fatal(err, err2)
			}
			keys := append(all.Jobs, more.Jobs...)
			err = s.store.Tx(ctx, func(tx *storage.Tx) error {
				for _, j := range keys {
					if err := tx.DropJob(ctx, j.Key); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				s.t.Fatal(err)
			}
			return len(keys)
		}
		s.same("queued by the use cases", drop(), 4)
		if n, err := s.Overdue(ctx); err != nil || n != 0 {
			s.t.Errorf("%d breaches: %v", n, err)
		}
		s.same("queued by the sweep", drop(), 4)
		s.now = r.Claim.Deadlines[0].DueAt
		if n, err := s.Overdue(ctx); err != nil || n != 2 {
			s.t.Errorf("%d breaches, want the claim's and the request's: %v", n, err)
		}
		s.same("told", s.told(r.Claim.ID), []string{monthOver})
		s.same("the clerk", s.alerts(of("ru-xiaomi", care.Clerk)), []string{"breach answer " + question.Request.Number})
	})
}

// TestPromisedAnswer warns of an answer that is owed and says when it is late;
// an answer in time, in the thread of a claim too, ends it. Walks: C11.
func TestPromisedAnswer(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk, boss := s.t.Context(), of("ru-xiaomi", care.Clerk), of("ru-xiaomi", care.Manager)
		question := func() care.Request {
			return s.submit(clerk, desk.NewRequest{Kind: care.Consultation, Channel: "phone", Lang: "ru", Text: "?", Customer: contact()}).Request
		}
		owed, kept := question(), question()
		claim := s.claimIn("ru-xiaomi", nil, nil)
		for _, id := range []string{kept.ID, claim.Request.ID} {
			if err := s.Answer(ctx, clerk, id, "yes", false); err != nil {
				s.t.Fatal(err)
			}
		}
		s.now = owed.AnswerUntil.Add(-4 * time.Hour)
		s.runDue()
		s.same("warned", s.alerts(clerk), []string{"warning answer " + owed.Number})
		s.now = owed.AnswerUntil
		s.runDue()
		s.runDue()
		want := []string{"breach answer " + owed.Number, "warning answer " + owed.Number}
		s.same("late", s.alerts(clerk), want)
		s.same("the manager", s.alerts(boss), want)
		if a := s.audits("ru-xiaomi")[0]; a.Action != "request.breach" || a.ObjectID != owed.ID {
			s.t.Errorf("audited as %+v", a)
		}
		v, err := s.Claim(ctx, boss, claim.Claim.ID, "ru")
		if err != nil || deadlineOf(s.t, v.Claim, "answer").State != care.DeadlineMet {
			s.t.Errorf("the claim's answer: %+v, %v", v.Claim.Deadlines, err)
		}
	})
}

// TestLateAnswerComesFirst puts a request whose promised answer is late at the
// top of the list, over those that were asked before it and answered, page by
// page, until it is answered; the manager is told once. Walks: C11.
func TestLateAnswerComesFirst(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk, boss := s.t.Context(), of("ru-xiaomi", care.Clerk), of("ru-xiaomi", care.Manager)
		who := visitor
		who.Retailer = "ru-xiaomi"
		asks := func() care.Request {
			s.now = s.now.Add(24 * time.Hour)
			return s.submit(who, desk.NewRequest{Kind: care.TechnicalSupport, Channel: "portal", Lang: "ru", Text: "?", Customer: contact()}).Request
		}
		answered, late, next := asks(), asks(), asks()
		list := func() (ids []string) {
			for page := (care.Page{Limit: 1}); ; {
				items, after, err := s.Requests(ctx, clerk, care.RequestFilter{NoClaim: true}, page)
				if err != nil {
					s.t.Fatal(err)
				}
				for _, r := range items {
					ids = append(ids, r.ID)
				}
				if page.Cursor = after; after == "" {
					return ids
				}
			}
		}
		if err := s.Answer(ctx, clerk, answered.ID, "yes", false); err != nil {
			s.t.Fatal(err)
		}
		s.now = late.AnswerUntil.Add(-time.Second)
		s.runDue()
		s.same("in the last second", list(), []string{answered.ID, late.ID, next.ID})
		s.now = late.AnswerUntil
		s.runDue()
		s.runDue()
		s.same("when it is late", list(), []string{late.ID, answered.ID, next.ID})
		v, err := s.Request(ctx, clerk, late.ID)
		if err != nil || !v.Request.Late() || !v.Request.LateAt.Equal(s.now) {
			s.t.Errorf("%+v, %v", v.Request, err)
		}
		breaches := slices.DeleteFunc(s.alerts(boss), func(a string) bool { return !strings.HasPrefix(a, "breach ") })
		s.same("the manager", breaches, []string{"breach answer " + late.Number})
		if err := s.Answer(ctx, clerk, late.ID, "yes", false); err != nil {
			s.t.Fatal(err)
		}
		s.same("once it is answered", list(), []string{answered.ID, late.ID, next.ID})
	})
}

// TestLoanerTerm tells the counter of a loaner that is owed and not lent in
// three days; one that is lent in time drops its jobs. Walks: RU-20.2.
func TestLoanerTerm(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk, boss := s.t.Context(), of("ru-omsk", care.Clerk), of("ru-omsk", care.Manager)
		owed := s.claimIn("ru-omsk", func(r *desk.SaleRow) { r.Category = "phone" }, nil)
		kept := s.claimIn("ru-omsk", func(r *desk.SaleRow) { r.Category = "phone" }, nil)
		demand := func(r desk.Receipt) care.Loan {
			l, err := s.TrackedDemandLoaner(ctx, r.Token, "")
			if err != nil {
				s.t.Fatal(err)
			}
			return l
		}
		late, lent := demand(owed), demand(kept)
		phone := s.pooled("phone", "POOL-1")
		if _, err := s.LendLoaner(ctx, clerk, lent.ID, desk.Lending{Loaner: phone.ID}); err != nil {
			s.t.Fatal(err)
		}
		only := func(actor care.Actor) []string {
			return slices.DeleteFunc(s.alerts(actor), func(a string) bool { return !strings.Contains(a, " loaner ") })
		}
		s.now = late.DueAt.AddDate(0, 0, -1).Add(-time.Second)
		s.runDue()
		s.same("before the warning", only(clerk), []string{})
		s.now = s.now.Add(time.Second)
		s.runDue()
		s.same("a day before the end", only(clerk), []string{"warning loaner " + owed.Claim.Number})
		s.now = late.DueAt
		s.runDue()
		s.runDue()
		want := []string{"breach loaner " + owed.Claim.Number, "warning loaner " + owed.Claim.Number}
		s.same("at the end", only(clerk), want)
		s.same("the manager", only(boss), want)
		s.same("told in the claim", s.told(owed.Claim.ID), []string{"warned loaner", "breached loaner penalty manager_told"})
	})
}

// TestLoanerEndsWithTheRepair counts no days without a loaner for who chose the
// price back instead of the late repair, and none of them twice.
// Walks: RU-20.2, RU-23.
func TestLoanerEndsWithTheRepair(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), of("ru-omsk", care.Manager)
		r := s.claimIn("ru-omsk", func(r *desk.SaleRow) { r.Category = "phone" }, nil)
		if _, err := s.TrackedDemandLoaner(ctx, r.Token, ""); err != nil {
			s.t.Fatal(err)
		}
		s.do(boss, r.Claim.ID, care.Accept{Place: "omsk-service"}, hardware("mainboard"), care.ChooseBasis{Basis: policy.Statute}, care.ChooseRemedy{Remedy: "repair"})
		s.now = s.now.AddDate(0, 0, 50) // past the 45 days
		s.runDue()
		c := s.do(boss, r.Claim.ID, care.ChooseRemedy{Remedy: "refund"})
		if _, err := s.Accrue(ctx); err != nil {
			s.t.Fatal(err)
		}
		owed := s.owedFor(boss, r.Claim.ID, care.DebtPenalty)
		loaners := slices.DeleteFunc(slices.Clone(c.Deadlines), func(d care.Deadline) bool { return d.Name != "loaner" })
		if len(loaners) != 1 || loaners[0].State == care.DeadlineOpen || owed == "" {
			s.t.Fatalf("%d terms of a loaner, penalty %q: %+v", len(loaners), owed, loaners)
		}
		s.now = s.now.AddDate(0, 0, 5) // the price is owed in ten
		s.runDue()
		if _, err := s.Accrue(ctx); err != nil {
			s.t.Fatal(err)
		}
		s.same("nothing more for the loaner", s.owedFor(boss, r.Claim.ID, care.DebtPenalty), owed)
		replayed(s, r.Claim.ID, boss)
	})
}

// TestLoanerIsADeadline counts the term of the loaner once, among the claim's
// deadlines, with the penalty for each day without one; the loan shows the
// same. Walks: RU-20.2, RU-23.
func TestLoanerIsADeadline(t *testing.T) {
	phone := func(r *desk.SaleRow) { r.Category = "phone" }
	on(t, func(s *shop) {
		ctx, clerk, boss := s.t.Context(), of("ru-omsk", care.Clerk), of("ru-omsk", care.Manager)
		r := s.claimIn("ru-omsk", phone, nil)
		s.now = s.now.Add(24 * time.Hour) // asked for on the 11th; the 14th is a Saturday, so the 16th
		l, err := s.TrackedDemandLoaner(ctx, r.Token, "")
		if err != nil {
			s.t.Fatal(err)
		}
		claim := func() care.Claim {
			v, err := s.Claim(ctx, boss, r.Claim.ID, "ru")
			if err != nil {
				s.t.Fatal(err)
			}
			return v.Claim
		}
		dl := deadlineOf(s.t, claim(), "loaner")
		s.same("the deadline", []string{string(dl.Basis), dl.From, dl.Due, dl.Clause, string(dl.Owner)}, []string{"statute", "2026-03-11", "2026-03-16", "loaner-3-days", "clerk"})
		s.same("the loan", []string{l.Due, l.DueAt.String(), l.Clause}, []string{dl.Due, dl.DueAt.String(), dl.Clause})
		s.do(boss, r.Claim.ID, care.ChooseBasis{Basis: policy.Statute}, care.ChooseBasis{Basis: policy.Warranty})
		same := deadlineOf(s.t, claim(), "loaner")
		s.same("whatever the basis", same.ID(), dl.ID())
		s.now = dl.DueAt.Add(36 * time.Hour)
		s.runDue()
		if _, err := s.Accrue(ctx); err != nil {
			s.t.Fatal(err)
		}
		s.same("two days without one", s.owedFor(boss, r.Claim.ID, care.DebtPenalty), "800.00 RUB")
		pool := s.pooled("phone", "POOL-1")
		s.now = s.now.AddDate(0, 0, 1)
		if _, err := s.LendLoaner(ctx, clerk, l.ID, desk.Lending{Loaner: pool.ID}); err != nil {
			s.t.Fatal(err)
		}
		s.same("handed out late", deadlineOf(s.t, claim(), "loaner").State, care.DeadlineMissed)
		s.same("three days without one", s.owedFor(boss, r.Claim.ID, care.DebtPenalty), "1200.00 RUB")
		s.now = s.now.AddDate(0, 0, 10)
		s.runDue()
		if _, err := s.Accrue(ctx); err != nil {
			s.t.Fatal(err)
		}
		s.same("and no more", s.owedFor(boss, r.Claim.ID, care.DebtPenalty), "1200.00 RUB")
		s.same("told once", s.told(r.Claim.ID), []string{"breached loaner penalty manager_told"})
		replayed(s, r.Claim.ID, boss)
	})
}

// TestLoanerDeadlineStops stops the term with a reason: the customer no longer
// wants one, the catalogue excepts the product, the device is ready, or the
// category is one that the law excepts. Walks: RU-20.2.
func TestLoanerDeadlineStops(t *testing.T) {
	for _, c := range []struct {
		name, reason string
		state        care.LoanState
		act          func(s *shop, boss care.Actor, r desk.Receipt, l care.Loan) error
	}{
		{"no longer wanted", "deadline.loaner_not_wanted", care.LoanLapsed, func(s *shop, _ care.Actor, r desk.Receipt, l care.Loan) error {
			_, err := s.TrackedWithdrawLoaner(s.t.Context(), r.Token, l.ID)
			return err
		}},
		{"excepted in the catalogue", "deadline.loaner_excepted", care.LoanLapsed, func(s *shop, boss care.Actor, r desk.Receipt, _ care.Loan) error {
			p := view(s, func(tx *storage.Tx) (care.Product, error) {
				return tx.Product(s.t.Context(), "ru-omsk", r.Claim.Unit.Product)
			})
			p.NoLoaner = true
			_, err := s.SaveProduct(s.t.Context(), boss, p)
			return err
		}},
		{"of an excepted category", "deadline.loaner_not_owed", care.LoanAsked, func(s *shop, boss care.Actor, r desk.Receipt, _ care.Loan) error {
			_, err := s.Do(s.t.Context(), boss, r.Claim.ID, care.RecordAnswers{Facts: []care.Answer{{Fact: "unit.category", Value: "kitchen_appliance"}}})
			return err
		}},
		{"taken back altogether", "deadline.withdrawn", care.LoanLapsed, func(s *shop, boss care.Actor, r desk.Receipt, _ care.Loan) error {
			_, err := s.Do(s.t.Context(), boss, r.Claim.ID, care.Cancel{Reason: "works again"})
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(s *shop) {
				ctx, boss := s.t.Context(), of("ru-omsk", care.Manager)
				r := s.claimIn("ru-omsk", func(r *desk.SaleRow) { r.Category, r.SKU = "phone", "P-1" }, nil)
				l, err := s.TrackedDemandLoaner(ctx, r.Token, "")
				if err != nil {
					s.t.Fatal(err)
				}
				s.now = s.now.Add(time.Hour)
				if err := c.act(s, boss, r, l); err != nil {
					s.t.Fatal(err)
				}
				v, err := s.Claim(ctx, boss, r.Claim.ID, "ru")
				if err != nil {
					s.t.Fatal(err)
				}
				i := slices.IndexFunc(v.Claim.Deadlines, func(d care.Deadline) bool { return d.Name == "loaner" })
				got := v.Claim.Deadlines[i]
				s.same("the deadline", []string{string(got.State), got.Reason}, []string{"stopped", c.reason})
				loan, err := s.Loan(ctx, boss, l.ID)
				if err != nil {
					s.t.Fatal(err)
				}
				s.same("the loan", loan.Loan.State, c.state)
				s.now = s.now.AddDate(0, 1, 0)
				s.runDue()
				for _, x := range s.told(r.Claim.ID) {
					if strings.Contains(x, "loaner") {
						s.t.Errorf("told of a term that stopped: %s", x)
					}
				}
				replayed(s, r.Claim.ID, boss)
			})
		})
	}
}

// TestPartnerTerm tells the centre and the manager that a device waits too
// long there. Walks: B2, D7.
func TestPartnerTerm(t *testing.T) {
	on(t, func(s *shop) {
		partner, boss := as(care.Partner), as(care.Manager)
		slow, quick := s.open(), s.open()
		c := s.do(as(care.Dispatcher), slow.Claim.ID, care.RouteTo{Centre: "asus-sofia"})
		name, due := c.PartnerDue()
		if name != care.ClockAccept {
			s.t.Fatalf("the centre has no term: %q", name)
		}
		s.do(as(care.Dispatcher), quick.Claim.ID, care.RouteTo{Centre: "asus-sofia"})
		s.do(partner, quick.Claim.ID, care.Accept{Place: "asus-sofia"}, hardware("mainboard"))
		s.now = due.Add(-time.Second)
		s.runDue()
		s.same("before the end", s.alerts(partner), []string{})
		s.now = due
		s.runDue()
		s.runDue()
		want := []string{"breach " + care.ClockAccept + " " + slow.Claim.Number}
		s.same("the centre", s.alerts(partner), want)
		s.same("the manager", s.alerts(boss), want)
		s.same("the technician", s.alerts(as(care.Technician)), []string{})
	})
}

// TestAlertsAreSeen counts what each has not seen, and keeps others' alerts
// out of sight.
func TestAlertsAreSeen(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		tech, clerk, boss, partner := as(care.Technician), as(care.Clerk), as(care.Manager), as(care.Partner)
		r, other := s.open(), s.open()
		s.do(as(care.Dispatcher), r.Claim.ID, care.RouteTo{Centre: "asus-sofia"})
		s.now = other.Claim.Deadlines[0].DueAt.Add(-time.Hour)
		s.runDue()
		unseen := func(a care.Actor) int {
			n, err := s.UnseenAlerts(ctx, a)
			if err != nil {
				s.t.Fatal(err)
			}
			return n
		}
		s.same("unseen", []int{unseen(tech), unseen(clerk), unseen(boss), unseen(partner), unseen(as(care.Administrator)), unseen(of("ru-omsk", care.Manager))},
			[]int{2, 0, 3, 2, 6, 0}) // the centre's own term has run out, too
		list, _, err := s.Alerts(ctx, tech, care.AlertFilter{}, care.Page{})
		if err != nil {
			s.t.Fatal(err)
		}
		s.fails("another role's alert", "not_found error.no_alert", s.SeeAlerts(ctx, clerk, list[0].ID))
		s.fails("another retailer's alert", "not_found error.no_alert", s.SeeAlerts(ctx, of("ru-omsk", care.Technician), list[0].ID))
		if err := s.SeeAlerts(ctx, tech, list[0].ID); err != nil {
			s.t.Fatal(err)
		}
		s.same("after one was seen", []int{unseen(tech), unseen(boss)}, []int{1, 3})
		if err := s.SeeAlerts(ctx, boss); err != nil {
			s.t.Fatal(err)
		}
		s.same("after all were", unseen(boss), 0)
		s.do(as(care.Manager), r.Claim.ID, care.Cancel{Reason: "x"})
		s.do(as(care.Manager), other.Claim.ID, care.Cancel{Reason: "x"})
		s.same("warnings of what is settled", unseen(tech), 0)
		_, _, err = s.Alerts(ctx, visitor, care.AlertFilter{}, care.Page{})
		s.fails("a customer", "forbidden error.forbidden", err)
	})
}

// TestParkedJobs shows an administrator what failed too often, to be tried
// again.
func TestParkedJobs(t *testing.T) {
	on(t, func(s *shop) {
		ctx, admin := s.t.Context(), as(care.Administrator)
		s.open()
		s.now = s.now.AddDate(0, 2, 0)
		broken := map[care.JobKind]jobs.Handler{}
		for kind := range s.JobHandlers() {
			broken[kind] = func(context.Context, care.Job) error { return fmt.Errorf("no such thing") }
		}
		r, err := jobs.New(jobs.Config{Queue: s.Desk, Handlers: broken, Now: func() time.Time { return s.now }, Attempts: 1, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := r.RunDue(ctx); err != nil {
			s.t.Fatal(err)
		}
		list, err := s.Jobs(ctx, admin, care.JobFilter{Parked: true}, care.Page{})
		if err != nil || list.Counts.Parked != 2 || len(list.Jobs) != 2 || list.Jobs[1].LastError != "no such thing" {
			s.t.Fatalf("%+v, %v", list, err)
		}
		s.fails("a manager", "forbidden error.forbidden", s.RetryJob(ctx, as(care.Manager), list.Jobs[1].ID))
		s.fails("another retailer", "not_found error.no_job", s.RetryJob(ctx, of("ru-omsk", care.Administrator), list.Jobs[1].ID))
		if err := s.RetryJob(ctx, admin, list.Jobs[1].ID); err != nil {
			s.t.Fatal(err)
		}
		s.runDue()
		s.same("done at last", s.alerts(as(care.Manager)), []string{"breach remedy RMA-2026-000001"})
		list, err = s.Jobs(ctx, admin, care.JobFilter{Undone: true}, care.Page{})
		if err != nil || len(list.Jobs) != 0 && !slices.ContainsFunc(list.Jobs, func(j care.Job) bool { return j.State(s.now) == care.JobParked }) {
			s.t.Errorf("left: %+v, %v", list, err)
		}
	})
}

// alertCalls are the calls that need the permissions of alerts and jobs.
func alertCalls(s *shop) map[desk.Action]func(context.Context, care.Actor) error {
	return map[desk.Action]func(context.Context, care.Actor) error{
		desk.ReadAlerts: func(ctx context.Context, a care.Actor) error {
			_, _, err := s.Alerts(ctx, a, care.AlertFilter{}, care.Page{})
			_, second := s.UnseenAlerts(ctx, a)
			if third := s.SeeAlerts(ctx, a, "none"); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(second) == care.Forbidden) ||
				(care.CodeOf(err) == care.Forbidden) != (care.CodeOf(third) == care.Forbidden) {
				return fmt.Errorf("list says %w, count %w, seeing %w", err, second, third)
			}
			return err
		},
		desk.ManageJobs: func(ctx context.Context, a care.Actor) error {
			_, err := s.Jobs(ctx, a, care.JobFilter{}, care.Page{})
			if other := s.RetryJob(ctx, a, "none"); (care.CodeOf(err) == care.Forbidden) != (care.CodeOf(other) == care.Forbidden) {
				return fmt.Errorf("list says %w, retry %w", err, other)
			}
			return err
		},
	}
}

// TestJobRunsAgain does a job's work again and again: it is noted once.
func TestJobRunsAgain(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.open()
		s.now = r.Claim.Deadlines[0].DueAt
		kinds := []care.JobKind{"deadline.breach"}
		list, err := s.LeaseJobs(ctx, s.now, s.now.Add(time.Minute), 1, kinds)
		if err != nil || len(list) != 1 {
			s.t.Fatalf("%v, %v", list, err)
		}
		for range 3 { // the process dies before it can say that it is done
			if err := s.JobHandlers()["deadline.breach"](ctx, list[0]); err != nil {
				s.t.Fatal(err)
			}
		}
		s.now = s.now.Add(time.Hour)
		s.runDue()
		s.same("told", s.told(r.Claim.ID), []string{monthOver})
		s.same("alerts", s.alerts(as(care.Manager)), []string{"breach remedy RMA-2026-000001"})
		if n := len(slices.DeleteFunc(s.audits("bg-omni"), func(a care.Audit) bool { return a.Action != "claim.breach_deadline" })); n != 1 {
			s.t.Errorf("audited %d times", n)
		}
	})
}
