package desk_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/policy"
)

// ready brings a claim to a shop's counter, ready to be collected.
func (s *shop) ready(retailer, place string) care.Claim {
	s.t.Helper()
	boss := of(retailer, care.Manager)
	serial := s.sell(boss, func(r *desk.SaleRow) { r.Category = "phone" }).Unit.Serial
	in := ask(serial)
	if retailer == "ru-omsk" {
		in.Lang = "ru"
	}
	claim := s.submit(boss, in).Claim
	return s.do(boss, claim.ID, care.Accept{Place: place}, hardware("mainboard"),
		care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "goodwill"}, care.ChooseRemedy{Remedy: "repair"}, care.StartRepair{},
		care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
}

// Whoever does not collect is warned by the terms' steps, each once however
// often the sweep runs; the law's two months run from the latest warning; the
// fee runs up by the day where the terms have one.
//
// Walks: B9, RU-GK-738.
func TestUncollectedDevices(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, store *storage.Store) {
		s := newShop(t, store)
		ctx := t.Context()
		russian := s.ready("ru-omsk", "omsk-service")
		s.now = noon // the same day for both
		bulgarian := s.ready("bg-omni", "omni-service")
		at := func(days int) { s.now = russian.ReadyAt.AddDate(0, 0, days) }
		warnings := func() (n int) {
			for _, c := range []care.Claim{russian, bulgarian} {
				n += len(view(s, func(tx *storage.Tx) ([]care.Warned, error) { return tx.Warnings(ctx, c.Retailer, c.ID, c.ReadyAt) }))
			}
			return n
		}
		sweep := func(want int) {
			t.Helper()
			before := warnings()
			s.runDue()
			if n := warnings() - before; n != want {
				t.Errorf("%s: warned %d, want %d", s.now.Format(time.DateOnly), n, want)
			}
		}
		one := func(retailer string) desk.Uncollected {
			t.Helper()
			list, _, err := s.Uncollected(ctx, of(retailer, care.Clerk), care.Page{})
			if err != nil || len(list) != 1 {
				t.Fatalf("%d listed, %v", len(list), err)
			}
			return list[0]
		}
		at(6)
		sweep(0)
		if u := one("ru-omsk"); len(u.Warnings) != 0 || !u.DisposeFrom.IsZero() || u.Fee != nil || u.Days != 6 || u.Next == nil {
			t.Errorf("before the first step: %+v", u)
		}
		at(7) // both retailers' first step
		sweep(2)
		sweep(0)
		u := one("ru-omsk") // ready on 10 March, warned on the 17th
		if u.DisposeFrom != day("2026-05-18") || u.Overdue || u.Rule.Verified == nil || *u.Rule.Verified {
			t.Errorf("after the first warning: from %s, overdue %v", u.DisposeFrom, u.Overdue)
		}
		v, err := s.Claim(ctx, of("ru-omsk", care.Clerk), russian.ID, "ru")
		if err != nil || len(v.Thread) == 0 || v.Thread[len(v.Thread)-1].Internal || v.Thread[len(v.Thread)-1].Text != "Ваше устройство готово. Пожалуйста, заберите его в сервисном центре." {
			t.Errorf("the customer reads %+v, %v", v.Thread, err)
		}
		at(45) // the second step of both, late
		sweep(2)
		sweep(0)
		if u := one("ru-omsk"); len(u.Warnings) != 2 || u.Next != nil || u.DisposeFrom != day("2026-06-25") {
			t.Errorf("after the second: %d warnings, from %s", len(u.Warnings), u.DisposeFrom)
		}
		if b := one("bg-omni"); b.Fee == nil || b.Fee.String() != "7.50" || !b.DisposeFrom.IsZero() || b.FeeFrom != day("2026-04-10") {
			t.Errorf("in Bulgaria: fee %v from %s, disposal %s", b.Fee, b.FeeFrom, b.DisposeFrom)
		}
		s.fails("a technician warns", "forbidden error.forbidden", s.Warn(ctx, of("ru-omsk", care.Technician), russian.ID, "phone"))
		s.fails("without a way", "invalid error.required", s.Warn(ctx, of("ru-omsk", care.Clerk), russian.ID, " "))
		at(60)
		if err := s.Warn(ctx, of("ru-omsk", care.Clerk), russian.ID, "letter"); err != nil {
			t.Fatal(err)
		}
		if u := one("ru-omsk"); len(u.Warnings) != 3 || u.DisposeFrom != day("2026-07-10") || u.Overdue {
			t.Errorf("after a letter: from %s", u.DisposeFrom)
		}
		s.now = time.Date(2026, 7, 9, 12, 0, 0, 0, time.UTC)
		if one("ru-omsk").Overdue {
			t.Error("overdue on the last day of the wait")
		}
		s.now = s.now.AddDate(0, 0, 1)
		if !one("ru-omsk").Overdue {
			t.Error("not overdue after it")
		}
		s.do(of("ru-omsk", care.Manager), russian.ID, care.HandOver{})
		s.fails("nobody waits", "illegal error.not_waiting", s.Warn(ctx, of("ru-omsk", care.Clerk), russian.ID, "phone"))
		s.do(as(care.Manager), bulgarian.ID, care.Ship{Carrier: "Куриер"})
		if list, _, err := s.Uncollected(ctx, as(care.Clerk), care.Page{}); len(list) != 0 || err != nil {
			t.Errorf("a shipped device is listed: %+v, %v", list, err)
		}
		sweep(0)
	})
}

// Several machines whose runners race warn once; a clock that is set back
// warns neither early nor again, and a device that was collected is not warned
// of. Walks: B9.
func TestTwoMachinesWarnOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, store *storage.Store) {
		s := newShop(t, store)
		claim, gone := s.ready("ru-omsk", "omsk-service"), s.ready("ru-omsk", "omsk-service")
		s.do(of("ru-omsk", care.Manager), gone.ID, care.HandOver{})
		start := claim.ReadyAt
		told := func(c care.Claim) int {
			return len(view(s, func(tx *storage.Tx) ([]care.Warned, error) {
				return tx.Warnings(t.Context(), c.Retailer, c.ID, c.ReadyAt)
			}))
		}
		s.now = start.AddDate(0, 0, 8)
		machines := []*shop{s, newShop(t, store), newShop(t, store)}
		done := make(chan struct{})
		for _, m := range machines {
			m.now = s.now
			go func() {
				defer func() { done <- struct{}{} }()
				m.runDue()
			}()
		}
		for range machines {
			<-done
		}
		s.same("warned", told(claim), 1)
		s.now = start.AddDate(0, 0, 1)
		s.runDue()
		s.now = start.AddDate(0, 0, 9)
		s.runDue()
		s.same("with a clock that goes to and fro", told(claim), 1)
		s.same("who collected", told(gone), 0)
		list, err := s.Jobs(t.Context(), of("ru-omsk", care.Administrator), care.JobFilter{Undone: true, Kinds: []care.JobKind{"collect.warn"}}, care.Page{})
		if err != nil || len(list.Jobs) != 1 {
			t.Errorf("left to do: %d jobs, %v", len(list.Jobs), err)
		}
	})
}
