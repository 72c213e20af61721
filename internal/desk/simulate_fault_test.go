package desk_test

import (
	"context"
	"errors"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// fault is what goes wrong with one transaction.
type fault int

const (
	noFault    fault = iota
	failBefore       // the database can't be reached
	failMiddle       // it goes away after some writes
	loseCommit       // it commits, and the answer is lost
	runTwice         // it rolls a serialisation failure back and runs again
)

// errBroken is every injected failure.
var errBroken = errors.New("injected failure")

// faulty is a store whose next transaction fails as it is told.
type faulty struct {
	desk.Store
	next   fault
	writes int // of failMiddle: how many pass before it
	hit    int // how many failures were injected
}

func (f *faulty) Tx(ctx context.Context, fn func(desk.Tx) error) error {
	kind := f.next
	f.next = noFault
	switch kind {
	case failBefore:
		f.hit++
		return errBroken
	case failMiddle:
		return f.Store.Tx(ctx, func(tx desk.Tx) error { return fn(&breaking{Tx: tx, f: f, left: f.writes}) })
	case loseCommit:
		if err := f.Store.Tx(ctx, fn); err != nil {
			return err
		}
		f.hit++
		return errBroken
	case runTwice:
		err := f.Store.Tx(ctx, func(tx desk.Tx) error { return errors.Join(fn(tx), errBroken) })
		if !errors.Is(err, errBroken) {
			return err
		}
		f.hit++
	}
	return f.Store.Tx(ctx, fn)
}

// breaking is a transaction that fails at one of its writes, after it was
// made. What the desk wrote before has to vanish with it.
type breaking struct {
	desk.Tx
	f    *faulty
	left int
}

func (b *breaking) after(err error) error {
	if b.left--; err != nil || b.left >= 0 {
		return err
	}
	b.f.hit++
	return errBroken
}

func (b *breaking) PutUnit(ctx context.Context, u care.Unit) error {
	return b.after(b.Tx.PutUnit(ctx, u))
}

func (b *breaking) PutSale(ctx context.Context, s care.Sale) error {
	return b.after(b.Tx.PutSale(ctx, s))
}

func (b *breaking) PutCustomer(ctx context.Context, c care.Customer) error {
	return b.after(b.Tx.PutCustomer(ctx, c))
}

func (b *breaking) PutRequest(ctx context.Context, r care.Request) error {
	return b.after(b.Tx.PutRequest(ctx, r))
}

func (b *breaking) AddTracking(ctx context.Context, t care.Tracking) error {
	return b.after(b.Tx.AddTracking(ctx, t))
}

func (b *breaking) SaveClaim(ctx context.Context, c care.Claim, events []care.Event) error {
	return b.after(b.Tx.SaveClaim(ctx, c, events))
}

func (b *breaking) SaveMoney(ctx context.Context, entries []care.Entry, moves []care.MoneyMove) error {
	return b.after(b.Tx.SaveMoney(ctx, entries, moves))
}

func (b *breaking) Enqueue(ctx context.Context, j care.Job) error {
	return b.after(b.Tx.Enqueue(ctx, j))
}

func (b *breaking) DropJob(ctx context.Context, key string) error {
	return b.after(b.Tx.DropJob(ctx, key))
}

func (b *breaking) CompleteJob(ctx context.Context, j care.Job, at time.Time) error {
	return b.after(b.Tx.CompleteJob(ctx, j, at))
}

func (b *breaking) AddAlert(ctx context.Context, a care.Alert) (bool, error) {
	added, err := b.Tx.AddAlert(ctx, a)
	return added, b.after(err)
}

func (b *breaking) PutLeg(ctx context.Context, l care.Leg) error {
	return b.after(b.Tx.PutLeg(ctx, l))
}

func (b *breaking) PutLoan(ctx context.Context, l care.Loan) error {
	return b.after(b.Tx.PutLoan(ctx, l))
}

func (b *breaking) AddRecovery(ctx context.Context, r care.Recovery) error {
	return b.after(b.Tx.AddRecovery(ctx, r))
}

func (b *breaking) AddAudit(ctx context.Context, a care.Audit) error {
	return b.after(b.Tx.AddAudit(ctx, a))
}

func (b *breaking) NextNumber(ctx context.Context, retailer, series string, year int) (int, error) {
	n, err := b.Tx.NextNumber(ctx, retailer, series, year)
	return n, b.after(err)
}
