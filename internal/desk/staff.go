package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

const minPassword = 10 // characters

func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// NewUser is a member of staff to be. The retailer is the actor's.
type NewUser struct {
	Email, Name string
	Role        care.Role
	Place       string // required for a partner
	Lang        string
	Password    string
}

// CreateUser adds a member of staff.
func (d *Desk) CreateUser(ctx context.Context, actor care.Actor, in NewUser) (care.User, error) {
	if err := may(actor, ManageUsers); err != nil {
		return care.User{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return care.User{}, err
	}
	if err := in.check(); err != nil {
		return care.User{}, err
	}
	id, err := d.newID()
	if err != nil {
		return care.User{}, err
	}
	hash, err := d.hasher.Hash(in.Password)
	if err != nil {
		return care.User{}, fmt.Errorf("hash password: %w", err)
	}
	u := care.User{ID: id, Retailer: actor.Retailer, Email: foldEmail(in.Email), Name: strings.TrimSpace(in.Name), Role: in.Role,
		Place: in.Place, Lang: t.lang(in.Lang), Password: hash, Created: d.now()}
	err = d.store.Tx(ctx, func(tx Tx) error {
		if err := d.freeEmail(ctx, tx, u); err != nil {
			return err
		}
		return d.putUser(ctx, tx, actor, "user.create", u)
	})
	if err != nil {
		return care.User{}, fmt.Errorf("create user: %w", err)
	}
	u.Password = ""
	return u, nil
}

func (in NewUser) check() error {
	if !plausibleEmail(foldEmail(in.Email)) {
		return care.Fail(care.Invalid, "bad_email", "value", in.Email).At("email")
	}
	if err := required(in.Name, "name"); err != nil {
		return err
	}
	if err := checkRole(in.Role, in.Place); err != nil {
		return err
	}
	return checkPassword(in.Password)
}

func checkRole(role care.Role, place string) error {
	if !role.Valid() {
		return care.Fail(care.Invalid, "unknown_role", "value", string(role)).At("role")
	}
	if role == care.Partner && place == "" {
		return care.Fail(care.Invalid, "partner_without_centre").At("place")
	}
	return nil
}

func checkPassword(p string) error {
	if n := len([]rune(p)); n < minPassword || len(p) > 1000 {
		return care.Fail(care.Invalid, "weak_password", "least", fmt.Sprint(minPassword)).At("password")
	}
	return nil
}

func (d *Desk) freeEmail(ctx context.Context, tx Tx, u care.User) error {
	other, err := tx.UserByEmail(ctx, u.Email)
	if missing(&err) {
		return nil
	}
	if err == nil && other.ID != u.ID {
		return care.Fail(care.Conflict, "email_taken", "value", u.Email).At("email")
	}
	return err
}

// placeExists refuses a shop or centre that the retailer has not; none is fine.
func placeExists(ctx context.Context, tx Tx, retailer, place string) error {
	if place == "" {
		return nil
	}
	_, err := tx.Place(ctx, retailer, place)
	if errors.Is(err, care.ErrNotFound) {
		return care.Fail(care.Invalid, "no_place", "place", place).At("place")
	}
	return err
}

func (d *Desk) putUser(ctx context.Context, tx Tx, actor care.Actor, action string, u care.User) error {
	if err := placeExists(ctx, tx, u.Retailer, u.Place); err != nil {
		return err
	}
	if err := tx.PutUser(ctx, u); err != nil {
		return fmt.Errorf("store user: %w", err)
	}
	return d.audit(ctx, tx, actor, action, "user", u.ID, "", map[string]string{"role": string(u.Role), "place": u.Place, "disabled": fmt.Sprint(u.Disabled)})
}

// UserChange is what may change of a user; nil stays.
type UserChange struct {
	Name     *string
	Role     *care.Role
	Place    *string
	Lang     *string
	Password *string
	Disabled *bool
}

// UpdateUser changes a member of staff. Another password, role or place, or
// disabling, ends the user's sessions. Nobody takes away their own rights.
func (d *Desk) UpdateUser(ctx context.Context, actor care.Actor, id string, in UserChange) (care.User, error) {
	if err := may(actor, ManageUsers); err != nil {
		return care.User{}, err
	}
	if in.Password != nil {
		if err := checkPassword(*in.Password); err != nil {
			return care.User{}, err
		}
	}
	if actor.ID == id && (in.Disabled != nil && *in.Disabled || in.Role != nil && *in.Role != actor.Role) {
		return care.User{}, care.Fail(care.Blocked, "own_rights")
	}
	hash := ""
	if in.Password != nil {
		var err error
		if hash, err = d.hasher.Hash(*in.Password); err != nil {
			return care.User{}, fmt.Errorf("hash password: %w", err)
		}
	}
	var u care.User
	err := d.store.Tx(ctx, func(tx Tx) (err error) {
		if u, err = tx.User(ctx, actor.Retailer, id); err != nil {
			return notFound(err, "no_user")
		}
		before := u
		in.onto(&u, hash)
		if err := checkRole(u.Role, u.Place); err != nil {
			return err
		}
		if u.Password != before.Password || u.Role != before.Role || u.Place != before.Place || u.Disabled {
			if err := tx.DeleteSessionsOf(ctx, actor.Retailer, u.ID); err != nil {
				return fmt.Errorf("drop sessions: %w", err)
			}
		}
		return d.putUser(ctx, tx, actor, "user.update", u)
	})
	if err != nil {
		return care.User{}, fmt.Errorf("update user: %w", err)
	}
	u.Password = ""
	return u, nil
}

func (in UserChange) onto(u *care.User, hash string) {
	set := func(to *string, v *string) {
		if v != nil {
			*to = strings.TrimSpace(*v)
		}
	}
	set(&u.Name, in.Name)
	set(&u.Place, in.Place)
	set(&u.Lang, in.Lang)
	if in.Role != nil {
		u.Role = *in.Role
	}
	if in.Disabled != nil {
		u.Disabled = *in.Disabled
	}
	if hash != "" {
		u.Password = hash
	}
}

// Users lists the retailer's staff; staff may see who works here, to assign.
func (d *Desk) Users(ctx context.Context, actor care.Actor) (list []care.User, err error) {
	if !May(actor, ManageUsers) {
		if err := may(actor, On(care.CmdAssign)); err != nil {
			return nil, err
		}
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.Users(ctx, actor.Retailer)
		return err
	})
	for i := range list {
		list[i].Password = ""
	}
	return list, err
}
