// Package demo fills an empty installation with a shop floor's life: staff,
// devices and about two hundred claims of the three retailers in every state of
// care. It goes through the use cases only, on a clock of its own, so what it
// leaves is what months of real work would have left.
package demo

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// Options say how to fill.
type Options struct {
	// Now is the instant at which the demo ends; required. Everything is
	// dated before it, so that terms, deadlines and lateness hold at Now.
	Now time.Time
	// Seed makes ids, links and keys repeatable, for tests. 0 draws them at
	// random: a demo that others can reach has no guessable link.
	Seed uint64
	// Password of every member of staff; "" makes one up.
	Password string
}

// Guide is what somebody needs to find their way in the demo.
type Guide struct {
	Password  string // of all sign-ins
	SignIns   []SignIn
	Keys      []Key
	Showcases []Showcase
	Devices   []Device
	Claims    int
	Requests  int // those that became no claim
}

// SignIn is a member of staff.
type SignIn struct {
	Retailer string
	Role     care.Role
	Name     string
	Email    string
	Place    string // Place.ID of a partner or technician; "" = the whole retailer
}

// Key is a program's key to the API.
type Key struct{ Retailer, Name, Secret string }

// Showcase is a claim worth opening first.
type Showcase struct {
	ID       string // "fourth-failure", "certificate-year", "law-instead"
	Retailer string
	Claim    string // number
	Token    string // of its tracking link
	Title    map[string]string
	Look     map[string]string // what to look at and do next, by language
}

// Device is a unit without an open claim, to make a request with.
type Device struct {
	ID       string // that of its showcase
	Retailer string
	Identity string // serial or IMEI to type into the form
	Name     string // "Lenovo ThinkPad T16"
	Look     map[string]string
}

// Fill makes the demo. The desk's packs must be installed (desk.Install), and
// no user of the demo may be there yet: it fills an installation once.
func Fill(ctx context.Context, d *desk.Desk, opt Options) (Guide, error) {
	if opt.Now.IsZero() {
		return Guide{}, errors.New("demo: the instant it ends at is required")
	}
	f, err := newFilm(d, opt)
	if err != nil {
		return Guide{}, err
	}
	for _, set := range []func(context.Context, *film) error{omni, omsk, xiaomi} {
		if err := set(ctx, f); err != nil {
			return Guide{}, fmt.Errorf("demo: %w", err)
		}
	}
	if err := f.play(ctx); err != nil {
		return Guide{}, fmt.Errorf("demo: %w", err)
	}
	slices.SortStableFunc(f.guide.Showcases, func(a, b Showcase) int { return strings.Compare(a.Retailer, b.Retailer) })
	return f.guide, nil
}

// newFilm makes an empty film.
func newFilm(d *desk.Desk, opt Options) (*film, error) {
	f := &film{end: opt.Now.UTC().Truncate(time.Second), known: map[string]bool{}}
	random := io.Reader(cryptorand.Reader)
	if opt.Seed != 0 {
		random = source(opt.Seed)
	}
	f.desk = d.WithClock(func() time.Time { return f.clock }, random)
	f.guide.Password = opt.Password
	if opt.Password == "" {
		b := make([]byte, 9)
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, fmt.Errorf("demo: password: %w", err)
		}
		f.guide.Password = base64.RawURLEncoding.EncodeToString(b)
	}
	return f, nil
}

// source is a repeatable stream of bytes.
func source(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return mathrand.NewChaCha8(key)
}
