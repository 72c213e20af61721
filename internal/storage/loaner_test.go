package storage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
)

func TestLoaners(t *testing.T) {
	each(t, func(f fixture) {
		l := care.Loaner{ID: "l1", Retailer: alpha, Category: "phone", Brand: "Nokia", Model: "105", Serial: "ab-12 34", Condition: "целый",
			Place: "p1", State: care.LoanerWithdrawn, Note: "стар", Added: t0}
		f.tx(func(tx *storage.Tx) error {
			err := tx.PutLoaner(f.ctx, l)
			for i := range 5 {
				err = errors.Join(err, tx.PutLoaner(f.ctx, care.Loaner{ID: fmt.Sprint("m", i), Retailer: alpha, Category: "laptop", Serial: fmt.Sprint("S", i), State: care.LoanerFree, Added: t0}))
			}
			return errors.Join(err, tx.PutLoaner(f.ctx, care.Loaner{ID: "l1", Retailer: beta, Serial: "AB1234", State: care.LoanerFree, Added: t0}))
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.Loaner(f.ctx, alpha, "l1")
			f.same("loaner", got, l)
			bySerial, err2 := tx.LoanerBySerial(f.ctx, alpha, "AB1234")
			f.same("loaner by serial", bySerial, l)
			free := all(f, 2, func(p care.Page) ([]care.Loaner, string, error) {
				return tx.Loaners(f.ctx, alpha, care.LoanerFilter{States: []care.LoanerState{care.LoanerFree}, Category: "laptop"}, p)
			})
			f.same("free laptops", ids(free, func(l care.Loaner) string { return l.ID }), []string{"m0", "m1", "m2", "m3", "m4"})
			if _, err := tx.Loaner(f.ctx, beta, "m0"); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("the other retailer's: %v", err)
			}
			return errors.Join(err, err2)
		})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error {
			return tx.PutLoaner(f.ctx, care.Loaner{ID: "l2", Retailer: alpha, Serial: "AB 12-34", Added: t0})
		})
	})
}

func TestLoans(t *testing.T) {
	each(t, func(f fixture) {
		unit := care.Unit{ID: "u1", Retailer: alpha, Serial: "S1"}
		loan := care.Loan{ID: "n1", Retailer: alpha, Claim: "c1", Number: "RMA-1", Category: "phone", State: care.LoanReturned, DemandedAt: t0,
			DemandedBy: care.CustomerActor, Due: "2026-03-05", DueAt: t0.Add(72 * time.Hour), Clause: "loaner-3-days", Loaner: "l1",
			LentAt: t0.Add(time.Hour), LentBy: "w1", ConditionOut: "целый", BackBy: t0.Add(240 * time.Hour), ReturnedAt: t0.Add(9 * time.Hour),
			ReturnedBy: "w2", ConditionIn: "скол", Damage: "угол", Note: "просил", EndedAt: t0.Add(9 * time.Hour)}
		asked := func(id string, hours int) care.Loan {
			l := care.Loan{ID: id, Retailer: alpha, Claim: "c1", State: care.LoanAsked, DemandedAt: t0}
			if hours > 0 {
				l.DueAt = t0.Add(time.Duration(hours) * time.Hour)
			}
			return l
		}
		f.put(unit, submitted(alpha, "c1", "RMA-1", 0, unit))
		f.tx(func(tx *storage.Tx) error {
			err := tx.PutLoaner(f.ctx, care.Loaner{ID: "l1", Retailer: alpha, Serial: "x", State: care.LoanerFree, Added: t0})
			for _, l := range []care.Loan{loan, asked("n2", 0), asked("n3", 9), asked("n4", 3), asked("n5", 3)} {
				err = errors.Join(err, tx.PutLoan(f.ctx, l))
			}
			return err
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.Loan(f.ctx, alpha, "n1")
			f.same("loan", got, loan)
			late := all(f, 2, func(p care.Page) ([]care.Loan, string, error) {
				return tx.Loans(f.ctx, alpha, care.LoanFilter{States: []care.LoanState{care.LoanAsked, care.LoanOut}}, p)
			})
			f.same("by when they are late", ids(late, func(l care.Loan) string { return l.ID }), []string{"n4", "n5", "n3", "n2"})
			of, err2 := tx.LoansOfClaim(f.ctx, alpha, "c1")
			f.same("of the claim", ids(of, func(l care.Loan) string { return l.ID }), []string{"n1", "n2", "n3", "n4", "n5"})
			device, _, err3 := tx.Loans(f.ctx, alpha, care.LoanFilter{Loaner: "l1"}, care.Page{})
			f.same("of the device", ids(device, func(l care.Loan) string { return l.ID }), []string{"n1"})
			none, err4 := tx.LoansOfClaim(f.ctx, beta, "c1")
			f.same("the other retailer's", none, []care.Loan(nil))
			return errors.Join(err, err2, err3, err4)
		})
	})
}

func TestRecoveries(t *testing.T) {
	each(t, func(f fixture) {
		unit := care.Unit{ID: "u1", Retailer: alpha, Serial: "S1"}
		f.put(unit, submitted(alpha, "c1", "RMA-1", 0, unit))
		rub := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "RUB"} }
		line := func(id, cause string, day string, change func(*care.Recovery)) care.Recovery {
			r := care.Recovery{ID: id, Retailer: alpha, Claim: "c1", Cause: cause, Number: "RMA-1", Supplier: "maker", Centre: "p1", Kind: care.RecoverLabour,
				What: "ремонт", Amount: rub(150000), EarnedOn: calendar.MustDate(day), EarnedAt: t0, State: care.RecoveryOpen}
			if change != nil {
				change(&r)
			}
			return r
		}
		paid := line("r4", "d", "2026-04-02", func(r *care.Recovery) {
			agreed := rub(100000)
			r.State, r.Batch, r.Agreed, r.Reason, r.AnsweredAt, r.PaidAt, r.Reference = care.RecoveryPaid, "b1", &agreed, "по договору", t0, t0, "PAY-1"
		})
		batch := care.RecoveryBatch{ID: "b1", Retailer: alpha, Number: "REC-1", Supplier: "maker", State: care.BatchPaid, CreatedAt: t0, CreatedBy: "w1",
			SentAt: t0, AnswerBy: calendar.MustDate("2026-05-01"), PaidAt: t0, Reference: "PAY-1"}
		f.tx(func(tx *storage.Tx) error {
			err := tx.PutRecoveryBatch(f.ctx, batch)
			for _, r := range []care.Recovery{line("r1", "a", "2026-03-01", nil), line("r2", "b", "2026-03-31", nil), paid,
				line("r3", "c", "2026-03-31", func(r *care.Recovery) { r.Supplier = "other" })} {
				err = errors.Join(err, tx.AddRecovery(f.ctx, r))
			}
			if again := tx.AddRecovery(f.ctx, line("r9", "a", "2026-03-01", nil)); !errors.Is(again, care.ErrConflict) {
				f.Errorf("the same cause again: %v", again)
			}
			return err
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.Recovery(f.ctx, alpha, "r4")
			f.same("line", got, paid)
			kept, err2 := tx.RecoveryBatch(f.ctx, alpha, "b1")
			f.same("batch", kept, batch)
			open, err3 := tx.OpenRecoveries(f.ctx, alpha, "maker", 10)
			f.same("open lines", ids(open, func(r care.Recovery) string { return r.ID }), []string{"r1", "r2"})
			list := all(f, 2, func(p care.Page) ([]care.Recovery, string, error) {
				return tx.Recoveries(f.ctx, alpha, care.RecoveryFilter{}, p)
			})
			f.same("all lines", ids(list, func(r care.Recovery) string { return r.ID }), []string{"r1", "r2", "r3", "r4"})
			in, err4 := tx.BatchLines(f.ctx, alpha, "b1")
			f.same("lines of the batch", ids(in, func(r care.Recovery) string { return r.ID }), []string{"r4"})
			totals, err5 := tx.RecoveryTotals(f.ctx, alpha, care.RecoveryFilter{})
			f.same("totals", totals, []care.RecoveryTotal{
				{Supplier: "maker", Month: "2026-04", State: care.RecoveryPaid, Currency: "RUB", Lines: 1, Amount: rub(150000), Agreed: rub(100000)},
				{Supplier: "maker", Month: "2026-03", State: care.RecoveryOpen, Currency: "RUB", Lines: 2, Amount: rub(300000), Agreed: rub(0)},
				{Supplier: "other", Month: "2026-03", State: care.RecoveryOpen, Currency: "RUB", Lines: 1, Amount: rub(150000), Agreed: rub(0)}})
			none, err6 := tx.RecoveryTotals(f.ctx, beta, care.RecoveryFilter{})
			f.same("the other retailer's", len(none), 0)
			return errors.Join(err, err2, err3, err4, err5, err6)
		})
	})
}
