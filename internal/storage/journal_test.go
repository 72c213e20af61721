package storage_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

func TestAudits(t *testing.T) {
	each(t, func(f fixture) {
		anna := care.Actor{Kind: care.StaffActor, ID: "w1", Name: "Анна", Retailer: alpha, Role: care.Manager}
		full := care.Audit{ID: "a1", Retailer: alpha, At: t0, Actor: anna, Action: "claim.override", Object: "claim", ObjectID: "k1",
			Reason: "по просьбе <клиента>", Details: map[string]string{"verdict": "covered"}}
		f.put(full,
			care.Audit{ID: "a2", Retailer: alpha, At: t0.Add(time.Hour), Actor: care.System(alpha), Action: "user.create", Object: "user", ObjectID: "w1"},
			care.Audit{ID: "a3", Retailer: alpha, At: t0, Actor: anna, Action: "user.create", Object: "user", ObjectID: "w2"},
			care.Audit{ID: "a0", Retailer: alpha, At: t0.Add(time.Minute), Actor: anna, Action: "claim.close", Object: "claim", ObjectID: "k1"},
			care.Audit{ID: "b1", Retailer: beta, At: t0})
		for _, c := range []struct {
			name   string
			filter care.AuditFilter
			want   []string
		}{
			{"newest first", care.AuditFilter{}, []string{"a2", "a0", "a3", "a1"}},
			{"object", care.AuditFilter{Object: "claim", ObjectID: "k1"}, []string{"a0", "a1"}},
			{"kind of object", care.AuditFilter{Object: "user"}, []string{"a2", "a3"}},
			{"actor", care.AuditFilter{Actor: "w1"}, []string{"a0", "a3", "a1"}},
			{"action", care.AuditFilter{Action: "user.create"}, []string{"a2", "a3"}},
			{"actor and action", care.AuditFilter{Actor: "w1", Action: "user.create"}, []string{"a3"}},
			{"nothing", care.AuditFilter{Actor: "w9"}, nil},
		} {
			for _, limit := range []int{1, 3, 50} {
				f.view(func(tx *storage.Tx) error {
					list := all(f, limit, func(p care.Page) ([]care.Audit, string, error) { return tx.Audits(f.ctx, alpha, c.filter, p) })
					f.same(fmt.Sprintf("%s, pages of %d", c.name, limit), ids(list, func(a care.Audit) string { return a.ID }), c.want)
					if len(c.want) > 0 && c.want[len(c.want)-1] == "a1" {
						f.same("the whole line", list[len(list)-1], full)
					}
					return nil
				})
			}
		}
	})
}

func TestNumbers(t *testing.T) {
	each(t, func(f fixture) {
		next := func(retailer, series string, year, want int) {
			f.Helper()
			f.tx(func(tx *storage.Tx) error {
				n, err := tx.NextNumber(f.ctx, retailer, series, year)
				if n != want {
					f.Errorf("%s %s %d: number %d, want %d", retailer, series, year, n, want)
				}
				return err
			})
		}
		next(alpha, "RMA", 2026, 1)
		next(alpha, "RMA", 2026, 2)
		next(alpha, "REQ", 2026, 1)
		next(alpha, "RMA", 2027, 1)
		next(beta, "RMA", 2026, 1)
		stop := errors.New("stop")
		f.refused(stop, func(tx *storage.Tx) error {
			n, err := tx.NextNumber(f.ctx, alpha, "RMA", 2026)
			again, err2 := tx.NextNumber(f.ctx, alpha, "RMA", 2026)
			if n != 3 || again != 4 {
				f.Errorf("two numbers in one transaction: %d and %d", n, again)
			}
			return errors.Join(stop, err, err2)
		})
		next(alpha, "RMA", 2026, 3)
	})
}

func TestIdempotencyKeys(t *testing.T) {
	each(t, func(f fixture) {
		open := care.Idempotent{Retailer: alpha, Client: "i1", Key: "x", Request: strings.Repeat("ab", 32), Created: t0}
		f.put(open)
		read := func(want care.Idempotent) {
			f.Helper()
			f.view(func(tx *storage.Tx) error {
				got, err := tx.Idempotent(f.ctx, alpha, "i1", "x")
				f.same("stored answer", got, want)
				return err
			})
		}
		read(open)
		// Taken, by the same request or another; the transaction lives on.
		f.tx(func(tx *storage.Tx) error {
			other := open
			other.Request = "another"
			for _, i := range []care.Idempotent{open, other} {
				if err := tx.PutIdempotent(f.ctx, i); !errors.Is(err, care.ErrConflict) {
					f.Errorf("a key that is taken: %v", err)
				}
			}
			_, err := tx.Retailer(f.ctx, alpha)
			return err
		})
		read(open)
		done := open
		done.Status, done.Header, done.Body = 201, `{"Location":["/v1/claims/1"]}`, []byte("{\"a\":\"\x00\xff\"}")
		f.put(done)
		read(done)
		// Taken, also after the answer.
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.PutIdempotent(f.ctx, open) })
		// The same key of another client and of another retailer is free.
		f.put(care.Idempotent{Retailer: alpha, Client: "i2", Key: "x", Created: t0.Add(time.Hour)},
			care.Idempotent{Retailer: beta, Client: "i1", Key: "x", Created: t0.Add(time.Hour)})

		var dropped int
		f.tx(func(tx *storage.Tx) (err error) {
			dropped, err = tx.DeleteIdempotentBefore(f.ctx, t0.Add(time.Hour))
			return err
		})
		f.same("dropped", dropped, 1)
		f.put(open)
		f.tx(func(tx *storage.Tx) error {
			return errors.Join(tx.DeleteIdempotent(f.ctx, alpha, "i1", "x"), tx.DeleteIdempotent(f.ctx, alpha, "i1", "x"))
		})
		f.put(open)
	})
}
