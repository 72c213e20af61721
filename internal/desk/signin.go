package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// The life of a session: an hour-counted idle time that each use renews, and
// an end that nothing moves.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 7 * 24 * time.Hour
)

// Sign-in attempts are counted in the store, on every machine alike: per
// address signed in with since the last good one, and those that fail per
// network address.
const (
	signInWindow   = 15 * time.Minute
	signInsByEmail = 10
	signInsByIP    = 100
)

// SignIn checks an address and a password and opens a session. The token goes
// into the cookie; only its hash is stored. A wrong address and a wrong
// password give the same answer after the same work.
func (d *Desk) SignIn(ctx context.Context, email, password, ip string) (token string, user care.User, err error) {
	email = foldEmail(email)
	window := d.now().Truncate(signInWindow)
	byEmail, byIP := "signin:email:"+HashToken(email), "signin:ip:"+ip
	tooMany := false
	err = d.store.Tx(ctx, func(tx Tx) error {
		// The attempt is counted before the password is looked at, so that
		// many at once get no more guesses than one after the other.
		guesses, err := tx.Hit(ctx, byEmail, window)
		if err != nil {
			return fmt.Errorf("count sign-ins: %w", err)
		}
		failures, err := tx.Hits(ctx, byIP, window)
		if err != nil {
			return fmt.Errorf("count sign-ins: %w", err)
		}
		user = care.User{}
		if tooMany = guesses > signInsByEmail || failures >= signInsByIP; tooMany {
			return nil // counted all the same
		}
		user, err = tx.UserByEmail(ctx, email)
		if missing(&err) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", care.User{}, fmt.Errorf("sign in: %w", err)
	}
	if tooMany {
		retry := window.Add(signInWindow).Sub(d.now()).Round(time.Second)
		return "", care.User{}, care.Fail(care.TooMany, "too_many_sign_ins", "seconds", fmt.Sprint(int(retry.Seconds())))
	}
	if !d.rightPassword(user, password) {
		if err := d.countFailure(ctx, byIP, window); err != nil {
			return "", care.User{}, err
		}
		return "", care.User{}, care.Fail(care.Forbidden, "bad_sign_in")
	}
	token, err = d.openSession(ctx, user, byEmail)
	user.Password = ""
	return token, user, err
}

// rightPassword does the same work for a user who is not there.
func (d *Desk) rightPassword(u care.User, password string) bool {
	stored := u.Password
	if stored == "" {
		// 19 MiB, two passes: as StrongArgon2id makes.
		stored = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	}
	ok, err := d.hasher.Verify(stored, password)
	return ok && err == nil && u.ID != "" && !u.Disabled
}

func (d *Desk) countFailure(ctx context.Context, key string, window time.Time) error {
	err := d.store.Tx(ctx, func(tx Tx) error {
		_, err := tx.Hit(ctx, key, window)
		return err
	})
	if err != nil {
		return fmt.Errorf("count failed sign-in: %w", err)
	}
	return nil
}

func (d *Desk) openSession(ctx context.Context, u care.User, key string) (string, error) {
	token, hash, err := d.newToken(32)
	if err != nil {
		return "", err
	}
	now := d.now()
	err = d.store.Tx(ctx, func(tx Tx) error {
		s := care.Session{Hash: hash, User: u.ID, Retailer: u.Retailer, Created: now, Seen: now, Expires: now.Add(sessionIdle)}
		if err := tx.AddSession(ctx, s); err != nil {
			return fmt.Errorf("store session: %w", err)
		}
		if err := tx.ForgetHits(ctx, key); err != nil {
			return fmt.Errorf("forget failed sign-ins: %w", err)
		}
		return d.audit(ctx, tx, u.Actor(), "session.open", "user", u.ID, "", nil)
	})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return token, nil
}

// Authenticate finds who a session token belongs to, and renews the session.
// A token that is none, expired, or of a disabled user gives care.SignedOut.
func (d *Desk) Authenticate(ctx context.Context, token string) (care.User, error) {
	var user care.User
	var session care.Session
	now := d.now()
	err := d.store.View(ctx, func(tx Tx) (err error) {
		if session, err = tx.SessionByHash(ctx, HashToken(token)); err != nil {
			return signedOut(err)
		}
		if !now.Before(session.Expires) || !now.Before(session.Created.Add(sessionLife)) {
			return care.Fail(care.SignedOut, "signed_out")
		}
		if user, err = tx.User(ctx, session.Retailer, session.User); err != nil {
			return signedOut(err)
		}
		if user.Disabled {
			return care.Fail(care.SignedOut, "signed_out")
		}
		return nil
	})
	if err != nil {
		return care.User{}, fmt.Errorf("authenticate: %w", err)
	}
	user.Password = ""
	if now.Sub(session.Seen) < time.Minute {
		return user, nil // not a write for every request
	}
	err = d.store.Tx(ctx, func(tx Tx) error { return tx.TouchSession(ctx, session.Hash, now, now.Add(sessionIdle)) })
	if err != nil {
		return care.User{}, fmt.Errorf("renew session: %w", err)
	}
	return user, nil
}

func signedOut(err error) error {
	if errors.Is(err, care.ErrNotFound) {
		return care.Fail(care.SignedOut, "signed_out")
	}
	return err
}

// SignOut ends a session. A token that is none is no error.
func (d *Desk) SignOut(ctx context.Context, token string) error {
	err := d.store.Tx(ctx, func(tx Tx) error {
		hash := HashToken(token)
		s, err := tx.SessionByHash(ctx, hash)
		if missing(&err) || err != nil {
			return err
		}
		if err := tx.DeleteSession(ctx, hash); err != nil {
			return fmt.Errorf("drop session: %w", err)
		}
		u, err := tx.User(ctx, s.Retailer, s.User)
		if missing(&err) || err != nil {
			return err
		}
		return d.audit(ctx, tx, u.Actor(), "session.close", "user", u.ID, "", nil)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
