package storage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

func TestUsersAndClients(t *testing.T) {
	each(t, func(f fixture) {
		user := care.User{ID: "w1", Retailer: alpha, Email: "анна@пример.рф", Name: "Анна", Role: care.Manager, Place: "p1", Lang: "ru",
			Password: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", Disabled: true, Created: t0}
		client := care.Client{ID: "i1", Retailer: alpha, Name: "Сайт", Role: care.Clerk, Hash: "h1", Created: t0, Disabled: true}
		written := user
		written.Email = " Анна@ПРИМЕР.рф "
		f.put(written, client, care.Client{ID: "i0", Retailer: alpha, Hash: "h0"}, care.User{ID: "w2", Retailer: beta, Email: "b"})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.User(f.ctx, alpha, "w1")
			f.same("user", got, user)
			byEmail, err2 := tx.UserByEmail(f.ctx, "АННА@пример.рф ")
			f.same("user by e-mail", byEmail, user)
			other, err3 := tx.UserByEmail(f.ctx, "B")
			f.same("user of the other retailer", other.Retailer, beta)
			byHash, err4 := tx.ClientByHash(f.ctx, "h1")
			f.same("client", byHash, client)
			list, err5 := tx.Clients(f.ctx, alpha)
			f.same("clients", ids(list, func(c care.Client) string { return c.ID }), []string{"i0", "i1"})
			return errors.Join(err, err2, err3, err4, err5)
		})
		// Another address and key: the old ones are free again.
		user.Email, client.Hash = "anna@example.org", "h2"
		f.put(user, client, care.User{ID: "w3", Retailer: beta, Email: "анна@пример.рф"})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.UserByEmail(f.ctx, "анна@пример.рф")
			f.same("who has the address now", got.ID, "w3")
			if _, err := tx.ClientByHash(f.ctx, "h1"); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("by the old key: %v", err)
			}
			return err
		})
	})
}

func TestSessions(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.User{ID: "w1", Retailer: alpha, Email: "1"}, care.User{ID: "w2", Retailer: alpha, Email: "2"})
		there := func(hash string) bool {
			f.Helper()
			var err error
			f.view(func(tx *storage.Tx) error { _, err = tx.SessionByHash(f.ctx, hash); return nil })
			if err != nil && !errors.Is(err, care.ErrNotFound) {
				f.Fatal(err)
			}
			return err == nil
		}
		for i := range 4 {
			f.put(care.Session{Hash: fmt.Sprint("h", i), Retailer: alpha, User: "w1", Created: t0, Seen: t0, Expires: t0.Add(time.Duration(i) * time.Hour)})
		}
		f.put(care.Session{Hash: "other", Retailer: alpha, User: "w2", Expires: t0.Add(9 * time.Hour)})

		f.tx(func(tx *storage.Tx) error {
			return tx.TouchSession(f.ctx, "h0", t0.Add(time.Minute), t0.Add(5*time.Hour))
		})
		f.view(func(tx *storage.Tx) error {
			s, err := tx.SessionByHash(f.ctx, "h0")
			f.same("touched session", s, care.Session{Hash: "h0", Retailer: alpha, User: "w1", Created: t0, Seen: t0.Add(time.Minute), Expires: t0.Add(5 * time.Hour)})
			return err
		})
		f.refused(care.ErrNotFound, func(tx *storage.Tx) error { return tx.TouchSession(f.ctx, "none", t0, t0) })

		var dropped int
		f.tx(func(tx *storage.Tx) (err error) {
			dropped, err = tx.DeleteSessionsBefore(f.ctx, t0.Add(2*time.Hour))
			return err
		})
		if dropped != 2 || there("h1") || there("h2") || !there("h3") || !there("h0") {
			f.Errorf("dropped %d expired sessions: h1 %t, h2 %t, h3 %t, h0 %t", dropped, there("h1"), there("h2"), there("h3"), there("h0"))
		}
		f.tx(func(tx *storage.Tx) error {
			return errors.Join(tx.DeleteSession(f.ctx, "h3"), tx.DeleteSession(f.ctx, "none"))
		})
		if there("h3") {
			f.Error("signed out, and the session is there")
		}
		f.tx(func(tx *storage.Tx) error { return tx.DeleteSessionsOf(f.ctx, beta, "w1") })
		if !there("h0") {
			f.Error("another retailer ended a session")
		}
		f.tx(func(tx *storage.Tx) error { return tx.DeleteSessionsOf(f.ctx, alpha, "w1") })
		if there("h0") || !there("other") {
			f.Error("sessions of one user: the wrong ones ended")
		}
	})
}

func TestHits(t *testing.T) {
	each(t, func(f fixture) {
		hit := func(key string, window time.Time, want int) {
			f.Helper()
			f.tx(func(tx *storage.Tx) error {
				n, err := tx.Hit(f.ctx, key, window)
				if n != want {
					f.Errorf("hit of %s: %d, want %d", key, n, want)
				}
				return err
			})
		}
		hits := func(key string, window time.Time, want int) {
			f.Helper()
			f.view(func(tx *storage.Tx) error {
				n, err := tx.Hits(f.ctx, key, window)
				if n != want {
					f.Errorf("hits of %s: %d, want %d", key, n, want)
				}
				return err
			})
		}
		hits("a", t0, 0)
		hit("a", t0, 1)
		hit("a", t0, 2)
		hit("b", t0, 1)
		hits("a", t0, 2)
		next := t0.Add(15 * time.Minute)
		hits("a", next, 0)
		hit("a", next, 1)
		hits("b", t0, 1)
		f.tx(func(tx *storage.Tx) error { return tx.ForgetHits(f.ctx, "a") })
		hits("a", next, 0)
		hits("b", t0, 1)
		// A refused transaction forgets its hit: who counts failures commits.
		_ = f.store.Tx(f.ctx, func(tx *storage.Tx) error {
			_, err := tx.Hit(f.ctx, "b", t0)
			return errors.Join(err, errors.New("refused"))
		})
		hits("b", t0, 1)
		// Counts that nobody asks for any more go by themselves.
		for i := range 10 {
			hit(fmt.Sprint("old", i), t0, 1)
		}
		for range 4 {
			f.tx(func(tx *storage.Tx) error { _, err := tx.Hit(f.ctx, "now", t0.AddDate(0, 0, 3)); return err })
		}
		for i := range 10 {
			hits(fmt.Sprint("old", i), t0, 0)
		}
		hits("now", t0.AddDate(0, 0, 3), 4)
	})
}
