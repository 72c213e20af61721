package demo

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

func (s *stage) omniLoaners() {
	s.pool("omni-service",
		desk.NewLoaner{Category: "laptop", Brand: "Lenovo", Model: "ThinkPad E14", Serial: "ZAEM-0001", Condition: "Драскотини по капака"},
		desk.NewLoaner{Category: "phone", Brand: "Nokia", Model: "G22", Serial: "ZAEM-0002", Condition: "Без забележки"},
		desk.NewLoaner{Category: "tablet", Brand: "Lenovo", Model: "Tab M9", Serial: "ZAEM-0003", Condition: "Без забележки"})
	s.lend(1, "За времето на ремонта, като жест от магазина.")
	s.claimBack("Не е по ценовата ни листа.", "BG-PAY-2026-118")
}

func (s *stage) omskLoaners() {
	s.pool(service,
		desk.NewLoaner{Category: "phone", Brand: "Nokia", Model: "105", Serial: "PODM-0001", Condition: "Потёртости на корпусе"},
		desk.NewLoaner{Category: "phone", Brand: "Honor", Model: "X5", Serial: "PODM-0002", Condition: "Без замечаний"},
		desk.NewLoaner{Category: "laptop", Brand: "Acer", Model: "Aspire 3", Serial: "PODM-0003", Condition: "Без замечаний"},
		desk.NewLoaner{Category: "tv", Brand: "Hyundai", Model: "H-LED24", Serial: "PODM-0004", Condition: "Царапина на подставке"})
	s.lend(2, "Нужен на время ремонта.")
	s.claimBack("Работа не соответствует прейскуранту.", "ПП-2026-2207")
}

func (s *stage) xiaomiLoaners() {
	s.pool(moscow, desk.NewLoaner{Category: "phone", Brand: "Xiaomi", Model: "Redmi 13C", Serial: "PODM-0101", Condition: "Без замечаний"})
	s.lend(1, "Нужен телефон для работы.")
	s.claimBack("Нет фотографии повреждённой детали.", "ПП-2026-0419")
}

// pool fills the pool, long before anything else happens.
func (s *stage) pool(place string, list ...desk.NewLoaner) {
	for i, l := range list {
		l.Place = place
		s.add(s.end.Add(-300*day).Add(time.Duration(i)*time.Minute), "add loaner "+l.Serial, func(ctx context.Context) error {
			_, err := s.desk.AddLoaner(ctx, s.actors[care.Manager], l)
			return err
		})
	}
}

// lend demands loaners on the retailer's last days: some are handed out, one
// demand waits longer than it should.
func (s *stage) lend(out int, note string) {
	clerk := func() care.Actor { return s.actors[care.Clerk] }
	s.add(s.end.Add(-5*day), "demand a loaner that nobody provides", func(ctx context.Context) error {
		_, err := s.demand(ctx, clerk(), 1, note, nil)
		return err
	})
	s.add(s.end.Add(-time.Minute), "lend loaners", func(ctx context.Context) error {
		free, _, err := s.desk.Loaners(ctx, clerk(), care.LoanerFilter{States: []care.LoanerState{care.LoanerFree}}, care.Page{})
		if err != nil {
			return err
		}
		_, err = s.demand(ctx, clerk(), out, note, free)
		return err
	})
}

// demand asks for loaners for up to so many claims in service whose terms
// allow it, and hands out what of the free ones fits.
func (s *stage) demand(ctx context.Context, clerk care.Actor, most int, note string, free []care.Loaner) (int, error) {
	work, _, err := s.desk.Work(ctx, clerk, care.WorkFilter{States: []care.State{care.InRepair, care.AwaitingParts, care.InDiagnosis}}, care.Page{Limit: 200})
	if err != nil {
		return 0, err
	}
	done := 0
	for _, w := range work {
		fits := -1
		for i, l := range free {
			if l.Category == w.Category {
				fits = i
			}
		}
		may, err := s.desk.ClaimLoans(ctx, clerk, w.Claim)
		if err != nil {
			return done, err
		}
		if done == most || may.Refused != nil || free != nil && fits < 0 || free == nil && may.Owed == nil {
			continue
		}
		loan, err := s.desk.DemandLoaner(ctx, clerk, w.Claim, note)
		if err != nil {
			return done, err
		}
		done++
		if fits < 0 {
			continue
		}
		if _, err := s.desk.LendLoaner(ctx, clerk, loan.ID, desk.Lending{Loaner: free[fits].ID}); err != nil {
			return done, err
		}
		free = append(free[:fits:fits], free[fits+1:]...)
	}
	return done, nil
}

// claimBack claims what the maker's side owes: one batch is paid, one was
// sent, and what came since is open.
func (s *stage) claimBack(reason, reference string) {
	boss := func() care.Actor { return s.actors[care.Manager] }
	var first []care.RecoveryBatch
	s.add(s.end.Add(-60*day), "claim from suppliers", func(ctx context.Context) (err error) {
		first, err = s.batches(ctx, boss())
		return err
	})
	s.add(s.end.Add(-35*day), "suppliers answer", func(ctx context.Context) error {
		for _, b := range first {
			if err := s.answered(ctx, boss(), b, reason, reference); err != nil {
				return err
			}
		}
		return nil
	})
	s.add(s.end.Add(-20*day), "claim from suppliers again", func(ctx context.Context) error {
		_, err := s.batches(ctx, boss())
		return err
	})
}

// batches sends every supplier what is open.
func (s *stage) batches(ctx context.Context, boss care.Actor) (out []care.RecoveryBatch, err error) {
	suppliers, err := s.desk.Suppliers(ctx, boss, "en")
	if err != nil {
		return nil, err
	}
	for _, x := range suppliers {
		b, err := s.desk.CreateBatch(ctx, boss, x.ID)
		if care.CodeOf(err) == care.Blocked {
			continue // nothing was earned
		}
		if err != nil {
			return nil, err
		}
		if b, err = s.desk.SendBatch(ctx, boss, b.ID); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// answered agrees to every line of a batch but the last of several, and pays.
func (s *stage) answered(ctx context.Context, boss care.Actor, b care.RecoveryBatch, reason, reference string) error {
	v, err := s.desk.Batch(ctx, boss, b.ID)
	if err != nil {
		return err
	}
	for i, l := range v.Lines {
		agreed, why := &l.Amount, ""
		if i > 0 && i == len(v.Lines)-1 {
			agreed, why = nil, reason
		}
		if _, err := s.desk.AnswerRecovery(ctx, boss, l.ID, agreed, why); err != nil {
			return err
		}
	}
	_, err = s.desk.PayBatch(ctx, boss, b.ID, reference)
	return err
}
