package storage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
)

func owed(id, claim, what, cause string, minor int64, minutes int) care.Entry {
	at := t0.Add(time.Duration(minutes) * time.Minute)
	return care.Entry{ID: id, Retailer: alpha, Claim: claim, Number: "RMA-2026-000001", What: care.DebtKind(what), Cause: cause, Debtor: care.RetailerParty,
		Creditor: care.CustomerParty, Amount: money.Amount{Minor: minor, Currency: "RUB"}, State: care.EntryDue, Needs: 1, Seq: 1, CreatedAt: at, UpdatedAt: at}
}

func moved(e care.Entry, seq int, step care.MoveStep, change int64, minutes int) care.MoneyMove {
	return care.MoneyMove{Retailer: e.Retailer, Entry: e.ID, Seq: seq, At: t0.Add(time.Duration(minutes) * time.Minute), Step: step,
		Change: money.Amount{Minor: change, Currency: e.Amount.Currency}, Amount: e.Amount, State: e.State, Actor: care.System(e.Retailer), Note: "п-1"}
}

// Entries come back as they were, in order, page by page; a cause is taken
// once; nothing of another retailer is seen.
func TestMoney(t *testing.T) {
	each(t, func(f fixture) {
		f.put(device, submitted(alpha, "k1", "RMA-2026-000001", 1, device))
		full := owed("e1", "k1", "refund", "remedy 1", 5_000, 0)
		full.Clause, full.Pack, full.PackVersion, full.Why, full.Derived, full.Round = "refund", "ru-x", "2026.1", "слова", true, 2
		full.State, full.Needs, full.Seq = care.EntryPaid, 2, 4
		full.Approvals = []care.Approval{{By: "w1", Name: "Анна", Kind: care.StaffActor, At: t0}, {By: "w2", Kind: care.StaffActor, At: t0}}
		full.Reference, full.PaidBy, full.PaidAt = "пп 17", "w1", t0.Add(time.Hour)
		late := owed("e2", "k1", "penalty", "term 1", 500, 5)
		gone := owed("e3", "k1", "penalty", "term 2", 70, 5)
		gone.State, gone.Reason, gone.Waived = care.EntryCancelled, "простили", true
		loose := owed("e4", "", "certificate_refund", "certificate С-5", 900, 9)
		moves := []care.MoneyMove{moved(full, 1, care.StepMade, 5_000, 0), moved(full, 2, care.StepPaid, 0, 60), moved(late, 1, care.StepMade, 500, 5), moved(loose, 1, care.StepMade, 900, 9)}
		f.tx(func(tx *storage.Tx) error {
			return tx.SaveMoney(f.ctx, []care.Entry{full, late, gone, loose}, moves)
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.Entry(f.ctx, alpha, "e1")
			f.same("entry", got, full)
			if err != nil {
				return err
			}
			of, err := tx.EntriesOf(f.ctx, alpha, "k1")
			f.same("of the claim", of, []care.Entry{full, late, gone})
			if err != nil {
				return err
			}
			history, err := tx.MovesOf(f.ctx, alpha, "e1")
			f.same("history", history, moves[:2])
			if err != nil {
				return err
			}
			sums, err := tx.Balances(f.ctx, alpha)
			f.same("balance", sums, []care.Balance{{Currency: "RUB", Debtor: care.RetailerParty, Creditor: care.CustomerParty, Due: 1_400, Paid: 5_000, Cancelled: 70}})
			return err
		})
		for _, c := range []struct {
			name   string
			filter care.EntryFilter
			want   []string
		}{
			{"newest first", care.EntryFilter{}, []string{"e4", "e3", "e2", "e1"}},
			{"due", care.EntryFilter{States: []care.EntryState{care.EntryDue}}, []string{"e4", "e2"}},
			{"penalties that are due or paid", care.EntryFilter{States: []care.EntryState{care.EntryDue, care.EntryPaid}, Whats: []care.DebtKind{care.DebtPenalty}}, []string{"e2"}},
			{"of a claim", care.EntryFilter{Claim: "k1"}, []string{"e3", "e2", "e1"}},
			{"what customers pay", care.EntryFilter{Debtor: care.CustomerParty}, nil},
		} {
			for _, limit := range []int{1, 3, 50} {
				f.view(func(tx *storage.Tx) error {
					list := all(f, limit, func(p care.Page) ([]care.Entry, string, error) { return tx.Entries(f.ctx, alpha, c.filter, p) })
					f.same(fmt.Sprintf("%s, pages of %d", c.name, limit), ids(list, func(e care.Entry) string { return e.ID }), c.want)
					return nil
				})
			}
		}
		f.refused(care.ErrConflict, func(tx *storage.Tx) error {
			return tx.SaveMoney(f.ctx, []care.Entry{owed("e9", "k1", "penalty", "term 1", 1, 0)}, nil)
		})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error {
			return tx.SaveMoney(f.ctx, []care.Entry{owed("e9", "", "certificate_refund", "certificate С-5", 1, 0)}, nil)
		})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.SaveMoney(f.ctx, nil, moves[:1]) })
		f.refused(care.ErrNotFound, func(tx *storage.Tx) error { _, err := tx.Entry(f.ctx, beta, "e1"); return err })
	})
}

// The moves of a time come by instant: its first instant is inside, its last
// is not.
func TestMoneyMoves(t *testing.T) {
	each(t, func(f fixture) {
		a, b := owed("e1", "", "delivery", "1", 10, 0), owed("e2", "", "delivery", "2", 20, 0)
		f.tx(func(tx *storage.Tx) error {
			return tx.SaveMoney(f.ctx, []care.Entry{a, b}, []care.MoneyMove{moved(b, 1, care.StepMade, 20, 0), moved(a, 1, care.StepMade, 10, 0),
				moved(a, 2, care.StepApproved, 0, 1), moved(a, 3, care.StepPaid, 0, 2)})
		})
		f.view(func(tx *storage.Tx) error {
			var got []string
			err := tx.EachMove(f.ctx, alpha, t0, t0.Add(2*time.Minute), func(l care.MoneyLine) error {
				f.same("the entry of a move", l.Of.ID, l.Entry)
				got = append(got, fmt.Sprintf("%s %d %s %s", l.Entry, l.Seq, l.Step, l.Change))
				return nil
			})
			f.same("moves", got, []string{"e1 1 made 0.10", "e2 1 made 0.20", "e1 2 approved 0.00"})
			return err
		})
	})
}
