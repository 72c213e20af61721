package storage

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// PutUser stores a member of staff; the address must be free in the whole
// installation.
func (t *Tx) PutUser(ctx context.Context, u care.User) error {
	if err := clean(u.Email); err != nil {
		return wrap("put user", err)
	}
	return wrap("put user", t.put(ctx, "staff_user", 2, []column{
		{"retailer_id", u.Retailer}, {"user_id", u.ID}, {"email", foldEmail(u.Email)}, {"name", u.Name}, {"role", string(u.Role)},
		{"place", u.Place}, {"lang", u.Lang}, {"password", u.Password}, {"disabled", u.Disabled}, {"created_at", micros(u.Created)},
	}))
}

const userColumns = "retailer_id, user_id, email, name, role, place, lang, password, disabled, created_at"

func userFields(u *care.User) []any {
	return []any{&u.Retailer, &u.ID, &u.Email, &u.Name, &u.Role, &u.Place, &u.Lang, &u.Password, &u.Disabled, intoTime{&u.Created}}
}

// User finds a member of staff.
func (t *Tx) User(ctx context.Context, retailer, id string) (care.User, error) {
	var u care.User
	err := t.one(ctx, "SELECT "+userColumns+" FROM staff_user WHERE retailer_id = $1 AND user_id = $2", []any{retailer, id}, userFields(&u)...)
	return u, wrap("user", err)
}

// UserByEmail finds a member of staff of any retailer by the sign-in.
func (t *Tx) UserByEmail(ctx context.Context, email string) (care.User, error) {
	var u care.User
	if err := clean(email); err != nil {
		return u, wrap("user by e-mail", err)
	}
	err := t.one(ctx, "SELECT "+userColumns+" FROM staff_user WHERE email = $1", []any{foldEmail(email)}, userFields(&u)...)
	return u, wrap("user by e-mail", err)
}

// Users lists a retailer's staff by name, then id.
func (t *Tx) Users(ctx context.Context, retailer string) ([]care.User, error) {
	list, err := list(ctx, t, userFields, "SELECT "+userColumns+" FROM staff_user WHERE retailer_id = $1 ORDER BY name, user_id", retailer)
	return list, wrap("users", err)
}

// AddSession stores a sign-in under the hash of its token.
func (t *Tx) AddSession(ctx context.Context, s care.Session) error {
	return wrap("add session", t.add(ctx, "session", []column{
		{"hash", s.Hash}, {"retailer_id", s.Retailer}, {"user_id", s.User}, {"created_at", micros(s.Created)},
		{"seen_at", micros(s.Seen)}, {"expires_at", s.Expires.UnixMicro()},
	}))
}

// SessionByHash finds a session; one that has expired is found too.
func (t *Tx) SessionByHash(ctx context.Context, hash string) (care.Session, error) {
	var s care.Session
	err := t.one(ctx, "SELECT hash, retailer_id, user_id, created_at, seen_at, expires_at FROM session WHERE hash = $1", []any{hash},
		&s.Hash, &s.Retailer, &s.User, intoTime{&s.Created}, intoTime{&s.Seen}, intoTime{&s.Expires})
	return s, wrap("session", err)
}

// TouchSession notes that a session was used and when it ends now.
func (t *Tx) TouchSession(ctx context.Context, hash string, seen, expires time.Time) error {
	n, err := t.exec(ctx, "UPDATE session SET seen_at = $1, expires_at = $2 WHERE hash = $3", micros(seen), expires.UnixMicro(), hash)
	if err == nil && n == 0 {
		err = care.ErrNotFound
	}
	return wrap("touch session", err)
}

// DeleteSession ends a session, if it is there.
func (t *Tx) DeleteSession(ctx context.Context, hash string) error {
	_, err := t.exec(ctx, "DELETE FROM session WHERE hash = $1", hash)
	return wrap("delete session", err)
}

// DeleteSessionsOf ends all sessions of a user.
func (t *Tx) DeleteSessionsOf(ctx context.Context, retailer, user string) error {
	_, err := t.exec(ctx, "DELETE FROM session WHERE retailer_id = $1 AND user_id = $2", retailer, user)
	return wrap("delete sessions of user", err)
}

// DeleteSessionsBefore drops the sessions that end at the instant or before,
// and tells how many.
func (t *Tx) DeleteSessionsBefore(ctx context.Context, expired time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM session WHERE expires_at <= $1", expired.UnixMicro())
	return n, wrap("delete expired sessions", err)
}

// PutClient stores a program that calls the API; its key's hash must be free.
func (t *Tx) PutClient(ctx context.Context, c care.Client) error {
	return wrap("put client", t.put(ctx, "api_client", 2, []column{
		{"retailer_id", c.Retailer}, {"client_id", c.ID}, {"name", c.Name}, {"role", string(c.Role)}, {"place", c.Place}, {"hash", c.Hash},
		{"created_at", micros(c.Created)}, {"disabled", c.Disabled},
	}))
}

const clientColumns = "retailer_id, client_id, name, role, place, hash, created_at, disabled"

func clientFields(c *care.Client) []any {
	return []any{&c.Retailer, &c.ID, &c.Name, &c.Role, &c.Place, &c.Hash, intoTime{&c.Created}, &c.Disabled}
}

// ClientByHash finds a program of any retailer by the hash of its key.
func (t *Tx) ClientByHash(ctx context.Context, hash string) (care.Client, error) {
	var c care.Client
	err := t.one(ctx, "SELECT "+clientColumns+" FROM api_client WHERE hash = $1", []any{hash}, clientFields(&c)...)
	return c, wrap("client", err)
}

// Clients lists a retailer's programs by id.
func (t *Tx) Clients(ctx context.Context, retailer string) ([]care.Client, error) {
	list, err := list(ctx, t, clientFields, "SELECT "+clientColumns+" FROM api_client WHERE retailer_id = $1 ORDER BY client_id", retailer)
	return list, wrap("clients", err)
}
