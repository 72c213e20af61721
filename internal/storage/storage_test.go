package storage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/money"
)

// The store is what the desk needs; storage itself may not import desk.
var _ = desk.StoreOf[*storage.Tx]((*storage.Store)(nil))

// Two retailers of one installation; nothing of one is the other's.
const (
	alpha = "alpha"
	beta  = "beta"
)

// t0 is the instant that the tests count from.
var t0 = time.Date(2026, 3, 2, 9, 30, 0, 123456000, time.UTC)

// fixture runs transactions on a store and fails the test when they fail.
type fixture struct {
	*testing.T
	store *storage.Store
	ctx   context.Context
}

// each runs a test on every engine, with the two retailers in the store.
func each(t *testing.T, test func(f fixture)) {
	t.Helper()
	storagetest.Each(t, func(t *testing.T, s *storage.Store) {
		f := fixture{T: t, store: s, ctx: t.Context()}
		f.put(retailer(alpha), retailer(beta))
		test(f)
	})
}

// tx runs a write transaction that must succeed.
func (f fixture) tx(fn func(tx *storage.Tx) error) {
	f.Helper()
	if err := f.store.Tx(f.ctx, fn); err != nil {
		f.Fatal(err)
	}
}

// refused runs a write transaction that must fail with want.
func (f fixture) refused(want error, fn func(tx *storage.Tx) error) {
	f.Helper()
	if err := f.store.Tx(f.ctx, fn); !errors.Is(err, want) {
		f.Fatalf("got error %v, want %v", err, want)
	}
}

// view runs a reading transaction that must succeed.
func (f fixture) view(fn func(tx *storage.Tx) error) {
	f.Helper()
	if err := f.store.View(f.ctx, fn); err != nil {
		f.Fatal(err)
	}
}

// same compares what was read with what was written.
func (f fixture) same(what string, got, want any) {
	f.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(calendar.Date{}, money.Amount{}), cmpopts.EquateEmpty()); diff != "" {
		f.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// put stores rows of any kind in one transaction.
func (f fixture) put(rows ...any) {
	f.Helper()
	f.tx(func(tx *storage.Tx) error { return put(f.ctx, tx, rows...) })
}

func put(ctx context.Context, tx *storage.Tx, rows ...any) error {
	for _, row := range rows {
		var err error
		switch row := row.(type) {
		case care.Retailer:
			err = tx.PutRetailer(ctx, row)
		case care.Place:
			err = tx.PutPlace(ctx, row)
		case care.Product:
			err = tx.PutProduct(ctx, row)
		case care.Unit:
			err = tx.PutUnit(ctx, row)
		case care.Sale:
			err = tx.PutSale(ctx, row)
		case care.Customer:
			err = tx.PutCustomer(ctx, row)
		case care.Request:
			err = tx.PutRequest(ctx, row)
		case care.Message:
			err = tx.AddMessage(ctx, row)
		case care.Tracking:
			err = tx.AddTracking(ctx, row)
		case care.User:
			err = tx.PutUser(ctx, row)
		case care.Session:
			err = tx.AddSession(ctx, row)
		case care.Client:
			err = tx.PutClient(ctx, row)
		case care.Stay:
			err = tx.AddStay(ctx, row)
		case care.Audit:
			err = tx.AddAudit(ctx, row)
		case care.Idempotent:
			err = tx.PutIdempotent(ctx, row)
		case *life:
			err = row.save(ctx, tx)
		default:
			err = fmt.Errorf("a row of type %T", row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func retailer(id string) care.Retailer {
	return care.Retailer{ID: id, Name: map[string]string{"ru": "Магазин " + id, "en": "Shop " + id}, Zone: "Europe/Moscow",
		Currency: "RUB", Languages: []string{"ru", "en"}}
}

// life builds a claim from events and saves what was not saved yet.
type life struct {
	claim   care.Claim
	pending []care.Event
}

// submitted opens a claim on a unit, at t0 and so many hours.
func submitted(retailer, id, number string, hours int, unit care.Unit, change ...func(*care.WasSubmitted)) *life {
	l := &life{claim: care.Claim{Retailer: retailer, ID: id}}
	at := t0.Add(time.Duration(hours) * time.Hour)
	p := &care.WasSubmitted{Number: number, Channel: "shop", Lang: "ru", ReceivedAt: at.Add(-time.Hour), Unit: unit, Pack: "ru-x"}
	for _, c := range change {
		c(p)
	}
	return l.then(at, p)
}

// then adds an event.
func (l *life) then(at time.Time, p care.Payload) *life {
	e := care.Event{Retailer: l.claim.Retailer, Claim: l.claim.ID, Seq: l.claim.Seq + 1, At: at,
		Actor: care.System(l.claim.Retailer), Data: p}
	l.claim = l.claim.When(e)
	l.pending = append(l.pending, e)
	return l
}

func (l *life) save(ctx context.Context, tx *storage.Tx) error {
	return tx.SaveClaim(ctx, l.claim, l.pending)
}

// saved notes that what was built so far is in the store.
func (l *life) saved() *life {
	l.pending = nil
	return l
}

// ptr gives a pointer to a value.
func ptr[T any](v T) *T { return &v }

// all reads a list page by page and checks that no page is longer than asked.
func all[T any](f fixture, limit int, read func(page care.Page) ([]T, string, error)) []T {
	f.Helper()
	var items []T
	page := care.Page{Limit: limit}
	for {
		part, next, err := read(page)
		if err != nil {
			f.Fatal(err)
		}
		if len(part) > limit {
			f.Fatalf("a page of %d rows, asked for %d", len(part), limit)
		}
		items = append(items, part...)
		if next == "" {
			return items
		}
		if len(part) < limit {
			f.Fatalf("a page of %d rows of %d is not the last", len(part), limit)
		}
		page.Cursor = next
	}
}

// ids maps a list to one field of its rows.
func ids[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = id(v)
	}
	return out
}
