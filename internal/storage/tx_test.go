package storage_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
)

func TestRollback(t *testing.T) {
	each(t, func(f fixture) {
		stop := errors.New("stop")
		f.refused(stop, func(tx *storage.Tx) error {
			return errors.Join(stop, put(f.ctx, tx, device, submitted(alpha, "k1", "n", 0, device)))
		})
		f.view(func(tx *storage.Tx) error {
			if _, err := tx.Unit(f.ctx, alpha, "u1"); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("unit of a rolled back transaction: %v", err)
			}
			list, err := tx.ClaimIDs(f.ctx, alpha, "", 9)
			f.same("claims", len(list), 0)
			return err
		})
		// A panic leaves no transaction behind.
		func() {
			defer func() { _ = recover() }()
			_ = f.store.Tx(f.ctx, func(tx *storage.Tx) error {
				if err := tx.PutUnit(f.ctx, device); err != nil {
					f.Error(err)
				}
				panic("a fault")
			})
		}()
		f.put(device)
	})
}

// A view changes nothing, whatever is asked of it.
func TestViewOnlyReads(t *testing.T) {
	each(t, func(f fixture) {
		for name, write := range map[string]func(tx *storage.Tx) error{
			"unit":   func(tx *storage.Tx) error { return tx.PutUnit(f.ctx, device) },
			"claim":  func(tx *storage.Tx) error { return submitted(alpha, "k1", "n", 0, device).save(f.ctx, tx) },
			"number": func(tx *storage.Tx) error { _, err := tx.NextNumber(f.ctx, alpha, "RMA", 2026); return err },
			"delete": func(tx *storage.Tx) error { return tx.DeleteSession(f.ctx, "h") },
		} {
			if err := f.store.View(f.ctx, write); err == nil {
				f.Errorf("a view wrote: %s", name)
			}
		}
		f.put(device) // and nothing is locked
	})
}

// A view sees one state, though others commit meanwhile, and holds nobody up.
func TestViewIsOneState(t *testing.T) {
	each(t, func(f fixture) {
		f.view(func(tx *storage.Tx) error {
			if _, err := tx.Unit(f.ctx, alpha, "u1"); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("before: %v", err)
			}
			f.put(device)
			if _, err := tx.Unit(f.ctx, alpha, "u1"); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("a view sees what was committed after it began: %v", err)
			}
			return nil
		})
		f.view(func(tx *storage.Tx) error { _, err := tx.Unit(f.ctx, alpha, "u1"); return err })
	})
}

// What the engine refused can't be committed by ignoring the error.
func TestTransactionIsDeadAfterAnEnginesError(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.Product{ID: "g1", Retailer: alpha, SKU: "A"})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error {
			if err := tx.PutProduct(f.ctx, care.Product{ID: "g2", Retailer: alpha, SKU: "A"}); !errors.Is(err, care.ErrConflict) {
				f.Errorf("SKU taken: %v", err)
			}
			if err := tx.PutProduct(f.ctx, care.Product{ID: "g3", Retailer: alpha}); !errors.Is(err, care.ErrConflict) {
				f.Errorf("after an error: %v", err)
			}
			return nil
		})
		f.view(func(tx *storage.Tx) error {
			list, _, err := tx.Products(f.ctx, alpha, care.Page{})
			f.same("products", len(list), 1)
			return err
		})
	})
}

// Text that one of the engines can't keep is refused on both, before it
// reaches them; the transaction can go on.
func TestBadText(t *testing.T) {
	each(t, func(f fixture) {
		f.put(device)
		for name, text := range map[string]string{"NUL": "a\x00b", "invalid UTF-8": "a\xff", "half a letter": "\xd0", "surrogate": "\xed\xa0\x80"} {
			for where, use := range map[string]func(tx *storage.Tx) error{
				"id": func(tx *storage.Tx) error { return tx.PutCustomer(f.ctx, care.Customer{ID: text, Retailer: alpha}) },
				"text": func(tx *storage.Tx) error {
					return tx.PutCustomer(f.ctx, care.Customer{ID: "c", Retailer: alpha, Name: text})
				},
				"look-up":  func(tx *storage.Tx) error { _, err := tx.Unit(f.ctx, alpha, text); return err },
				"search":   func(tx *storage.Tx) error { _, _, err := tx.SearchUnits(f.ctx, alpha, text, care.Page{}); return err },
				"identity": func(tx *storage.Tx) error { _, err := tx.UnitsByIdentity(f.ctx, alpha, text); return err },
				"phone":    func(tx *storage.Tx) error { _, err := tx.CustomerByContact(f.ctx, alpha, text, ""); return err },
				"e-mail":   func(tx *storage.Tx) error { _, err := tx.UserByEmail(f.ctx, text); return err },
				"sign-in":  func(tx *storage.Tx) error { return tx.PutUser(f.ctx, care.User{ID: "w", Retailer: alpha, Email: text}) },
				"work": func(tx *storage.Tx) error {
					_, _, err := tx.Work(f.ctx, alpha, care.WorkFilter{Text: text}, care.Page{})
					return err
				},
				"counts": func(tx *storage.Tx) error {
					_, err := tx.WorkCounts(f.ctx, alpha, care.WorkFilter{Text: text})
					return err
				},
				"requests": func(tx *storage.Tx) error {
					_, _, err := tx.Requests(f.ctx, alpha, care.RequestFilter{Text: text}, care.Page{})
					return err
				},
				"cursor": func(tx *storage.Tx) error {
					_, _, err := tx.Products(f.ctx, alpha, care.Page{Cursor: cursorOf(text)})
					return err
				},
				"series": func(tx *storage.Tx) error { _, err := tx.NextNumber(f.ctx, alpha, text, 2026); return err },
				"hit":    func(tx *storage.Tx) error { _, err := tx.Hit(f.ctx, text, t0); return err },
				"claim": func(tx *storage.Tx) error {
					return submitted(alpha, "k1", text, 0, device).save(f.ctx, tx)
				},
			} {
				f.tx(func(tx *storage.Tx) error {
					var fault *care.Error
					if err := use(tx); !errors.As(err, &fault) || fault.Key != "error.bad_text" {
						f.Errorf("%s in %s: %v", name, where, err)
					}
					_, err := tx.Unit(f.ctx, alpha, "u1")
					return err
				})
			}
		}
	})
}

// cursorOf forges a cursor after a row with an id.
func cursorOf(id string) string { return base64.RawURLEncoding.EncodeToString([]byte("0 " + id)) }

func TestCancelledContext(t *testing.T) {
	each(t, func(f fixture) {
		ctx, cancel := context.WithCancel(f.ctx)
		f.refused(context.Canceled, func(tx *storage.Tx) error {
			cancel()
			return tx.PutUnit(ctx, device)
		})
		if err := f.store.Tx(ctx, func(*storage.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			f.Errorf("transaction with a cancelled context: %v", err)
		}
		f.put(device) // the connection is free again
	})
}

// TestCalledOffAnywhere goes away at every moment of a transaction: the error
// says so, in whatever words the driver puts it.
func TestCalledOffAnywhere(t *testing.T) {
	each(t, func(f fixture) {
		f.put(device)
		work := func(ctx context.Context) func(*storage.Tx) error {
			return func(tx *storage.Tx) error {
				_, _, err := tx.Work(ctx, alpha, care.WorkFilter{Open: true}, care.Page{})
				return err
			}
		}
		began := time.Now()
		if err := f.store.View(f.ctx, work(f.ctx)); err != nil {
			f.Fatal(err)
		}
		takes := time.Since(began)
		for i := range 600 {
			ctx, cancel := context.WithCancel(f.ctx)
			run := f.store.View
			if i%2 == 1 {
				run = f.store.Tx
			}
			timer := time.AfterFunc(takes*time.Duration(i)/400, cancel)
			if err := run(ctx, work(ctx)); err != nil && !errors.Is(err, context.Canceled) {
				f.Fatalf("called off: %v", err)
			}
			timer.Stop()
			cancel()
		}
	})
}

// at runs n workers at once and reports their errors.
func at(f fixture, workers int, work func(worker int) error) {
	f.Helper()
	var wg sync.WaitGroup
	faults := make([]error, workers)
	for i := range workers {
		wg.Go(func() { faults[i] = work(i) })
	}
	wg.Wait()
	if err := errors.Join(faults...); err != nil {
		f.Error(err)
	}
}

// Writers that open claims at the same time get all the numbers, each once,
// and nobody sees an error; readers go on meanwhile.
func TestConcurrentWriters(t *testing.T) {
	const writers, readers, rounds = 8, 4, 15
	each(t, func(f fixture) {
		f.put(device)
		stop := errors.New("stop")
		open := func(worker, i int) error {
			id := fmt.Sprintf("k%d-%d", worker, i)
			return f.store.Tx(f.ctx, func(tx *storage.Tx) error {
				n, err := tx.NextNumber(f.ctx, alpha, "RMA", 2026)
				if err != nil {
					return err
				}
				if i%5 == 4 { // some change their mind: their number is the next one's
					return stop
				}
				at := t0.Add(time.Duration(i) * time.Minute)
				return put(f.ctx, tx, submitted(alpha, id, fmt.Sprintf("RMA-2026-%06d", n), 0, device).
					then(at, &care.WasAccepted{Holder: care.Holder{Kind: care.HeldByShop, Place: "p1"}}),
					care.Audit{ID: id, Retailer: alpha, At: at, Actor: care.System(alpha)})
			})
		}
		at(f, writers+readers, func(worker int) error {
			for i := range rounds {
				if worker >= writers {
					if err := f.store.View(f.ctx, func(tx *storage.Tx) error {
						_, _, err := tx.Work(f.ctx, alpha, care.WorkFilter{Open: true}, care.Page{})
						return err
					}); err != nil {
						return err
					}
				} else if err := open(worker, i); err != nil && !errors.Is(err, stop) {
					return err
				}
			}
			return nil
		})
		f.view(func(tx *storage.Tx) error {
			list := all(f, 50, func(p care.Page) ([]care.WorkItem, string, error) { return tx.Work(f.ctx, alpha, care.WorkFilter{}, p) })
			numbers := ids(list, func(i care.WorkItem) string { return i.Number })
			slices.Sort(numbers)
			want := make([]string, writers*rounds/5*4)
			for i := range want {
				want[i] = fmt.Sprintf("RMA-2026-%06d", i+1)
			}
			f.same("numbers", numbers, want)
			return nil
		})
	})
}

// Writers of one claim come one after another: no event is lost.
func TestConcurrentWritersOfOneClaim(t *testing.T) {
	const writers, notes = 6, 10
	each(t, func(f fixture) {
		f.put(device, submitted(alpha, "k1", "n", 0, device))
		at(f, writers, func(worker int) error {
			for i := range notes {
				if err := f.store.Tx(f.ctx, func(tx *storage.Tx) error {
					c, err := tx.Claim(f.ctx, alpha, "k1")
					if err != nil {
						return err
					}
					l := (&life{claim: c}).then(t0, &care.NoteAdded{Text: fmt.Sprint(worker, " ", i)})
					return l.save(f.ctx, tx)
				}); err != nil {
					return err
				}
			}
			return nil
		})
		f.view(func(tx *storage.Tx) error {
			events, err := tx.Events(f.ctx, alpha, "k1")
			f.same("events", len(events), 1+writers*notes)
			c, err2 := tx.Claim(f.ctx, alpha, "k1")
			f.same("claim", c, care.Replay(events))
			return errors.Join(err, err2)
		})
	})
}

// A rule over several rows holds though no row is written twice: of all who
// see that there is no sign of a first user, one makes it.
func TestTransactionsAreSerial(t *testing.T) {
	each(t, func(f fixture) {
		at(f, 6, func(worker int) error {
			return f.store.Tx(f.ctx, func(tx *storage.Tx) error {
				users, err := tx.Users(f.ctx, alpha)
				if err != nil || len(users) > 0 {
					return err
				}
				return tx.PutUser(f.ctx, care.User{ID: fmt.Sprint(worker), Retailer: alpha, Email: fmt.Sprint(worker)})
			})
		})
		f.view(func(tx *storage.Tx) error {
			users, err := tx.Users(f.ctx, alpha)
			f.same("first users", len(users), 1)
			return err
		})
	})
}

// Of those who claim one idempotency key at once, one gets it.
func TestConcurrentIdempotencyKeys(t *testing.T) {
	each(t, func(f fixture) {
		var mu sync.Mutex
		got := 0
		at(f, 6, func(int) error {
			err := f.store.Tx(f.ctx, func(tx *storage.Tx) error {
				return tx.PutIdempotent(f.ctx, care.Idempotent{Retailer: alpha, Client: "i", Key: "x", Created: t0})
			})
			if errors.Is(err, care.ErrConflict) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			got++
			return err
		})
		f.same("holders of the key", got, 1)
	})
}

// Two stores on one database, as two processes are.
func TestTwoStoresOnOneDatabase(t *testing.T) {
	urls := map[string]func(t *testing.T) string{"sqlite": func(t *testing.T) string { return "sqlite:" + t.TempDir() + "/talon.db" }}
	if storagetest.Postgres() {
		urls["postgres"] = func(t *testing.T) string { return storagetest.PostgresURL(t) }
	}
	for name, newURL := range urls {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			stores := []*storage.Store{storagetest.OpenURL(t, url), storagetest.OpenURL(t, url)}
			f := fixture{T: t, store: stores[0], ctx: t.Context()}
			f.put(retailer(alpha))
			at(f, 4, func(worker int) error {
				for range 10 {
					if err := stores[worker%2].Tx(f.ctx, func(tx *storage.Tx) error {
						_, err := tx.NextNumber(f.ctx, alpha, "RMA", 2026)
						return err
					}); err != nil {
						return err
					}
				}
				return nil
			})
			f.tx(func(tx *storage.Tx) error {
				n, err := tx.NextNumber(f.ctx, alpha, "RMA", 2026)
				f.same("numbers given", n, 41)
				return err
			})
		})
	}
}

// A transaction that others beat to it time after time runs alone at last.
func TestSlowWriterHasItsTurn(t *testing.T) {
	if !storagetest.Postgres() {
		t.Skip("SQLite's writers never race; PostgreSQL is not named")
	}
	s := storagetest.OpenURL(t, storagetest.PostgresURL(t))
	f := fixture{T: t, store: s, ctx: t.Context()}
	f.put(retailer(alpha))
	next := func(tx *storage.Tx) error { _, err := tx.NextNumber(f.ctx, alpha, "RMA", 2026); return err }
	f.tx(next)

	faster := make(chan error)
	runs := 0
	f.tx(func(tx *storage.Tx) error {
		runs++
		if _, err := tx.Retailer(f.ctx, alpha); err != nil { // the snapshot is taken
			return err
		}
		go func() { faster <- s.Tx(f.ctx, next) }()
		if runs < 4 { // the faster one commits in between
			if err := <-faster; err != nil {
				return err
			}
		}
		return next(tx)
	})
	if err := <-faster; err != nil { // it had to wait the last time
		t.Error(err)
	}
	f.same("runs", runs, 4)
	f.tx(func(tx *storage.Tx) error {
		n, err := tx.NextNumber(f.ctx, alpha, "RMA", 2026)
		f.same("numbers given", n, 1+4+1+1)
		return err
	})
}
