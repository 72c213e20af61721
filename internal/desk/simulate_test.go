package desk_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
)

var (
	simLives = flag.Int("sim.lives", 60, "how many claim lives the simulation goes through")
	simSeed  = flag.Uint64("sim.seed", 1, "seed of the simulation; 0 = another one every time")
)

// perTown is how many lives share a database.
const perTown = 40

// TestSimulation takes random claims of the three retailers through random
// lives: commands that are legal and that are not, by every role, at two desks
// on one database, with a clock that jumps and failures at every point of a
// transaction. After each step all that must always hold is checked.
//
// A town that fails names its seed: run it again alone with
// -run TestSimulation -sim.lives=40 -sim.seed=…
//
// Walks: A7, D1, D5.
func TestSimulation(t *testing.T) {
	seed := *simSeed
	if seed == 0 {
		seed = rand.Uint64() >> 16
	}
	lives := *simLives
	if raced {
		lives /= 6
	}
	t.Logf("%d lives from -sim.seed=%d", lives, seed)
	for left := lives; left > 0; left -= perTown {
		town := seed
		seed++
		t.Run(fmt.Sprintf("seed=%d", town), func(t *testing.T) {
			t.Parallel()
			newTown(t, town).live(min(left, perTown))
		})
	}
}

// life is a customer with a device and a claim on it.
type life struct {
	retailer string
	serial   string
	claim    string // "" = not asked yet
	token    string
	steps    int
	claims   int // opened on the device
	over     bool
	checked  int64 // version of the database when it was last looked at
}

// town is an installation and everybody in it.
type town struct {
	t      *testing.T
	seed   uint64
	rng    *rand.Rand
	store  *storage.Store
	faults *faulty
	desks  []*desk.Desk
	file   *sql.Conn
	now    time.Time
	step   int

	retailers []string
	staff     map[string][]care.Actor
	places    map[string][]string
	lives     []*life
	last      map[care.CommandName][]byte // how each command last looked
	numbers   int

	passed  map[string]int
	refused map[string]int
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.db")
	w := &town{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 11)), store: storagetest.OpenURL(t, "sqlite:"+path), last: map[care.CommandName][]byte{},
		staff: map[string][]care.Actor{}, places: map[string][]string{}, passed: map[string]int{}, refused: map[string]int{}}
	// In spring and autumn the clocks of Sofia change.
	w.now = time.Date(2026, time.Month(1+w.rng.IntN(12)), 1+w.rng.IntN(28), w.rng.IntN(24), w.rng.IntN(60), 0, 0, time.UTC)
	w.faults = &faulty{Store: desk.StoreOf(w.store)}
	lib, err := packs.Library()
	w.must(err)
	for i := range 2 {
		var key [32]byte
		key[0], key[1] = byte(i), byte(seed)
		skew := time.Duration(i) * 40 * time.Second // no two machines agree on the time
		d, err := desk.New(desk.Config{Store: w.faults, Packs: lib, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1},
			Now: func() time.Time { return w.now.Add(skew) }, Random: rand.NewChaCha8(key)})
		w.must(err)
		w.desks = append(w.desks, d)
	}
	w.must(w.desks[0].Install(w.ctx()))
	w.people(lib.Retailers())
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "_busy_timeout=5000&_query_only=1"}
	db, err := sql.Open("sqlite", name.String())
	w.must(err)
	w.file, err = db.Conn(w.ctx())
	w.must(err)
	t.Cleanup(func() { _ = errors.Join(w.file.Close(), db.Close()) })
	return w
}

// people brings staff of every role, two managers, a partner of each
// authorised centre, and a pool of loaners.
func (w *town) people(retailers []string) {
	w.retailers = retailers
	for _, r := range retailers {
		admin := of(r, care.Administrator)
		places, err := w.desks[0].Places(w.ctx(), r)
		w.must(err)
		hire := func(role care.Role, place string) {
			n := len(w.staff[r])
			u, err := w.desks[0].CreateUser(w.ctx(), admin, desk.NewUser{Email: fmt.Sprintf("staff%d@%s.example", n, r), Name: fmt.Sprint(role, n), Role: role,
				Place: place, Lang: "en", Password: "a long password of no use"})
			w.must(err)
			w.staff[r] = append(w.staff[r], u.Actor())
		}
		for _, role := range []care.Role{care.Clerk, care.Technician, care.Dispatcher, care.Manager, care.Manager, care.PolicyEditor, care.Administrator} {
			hire(role, "")
		}
		for _, p := range places {
			w.places[r] = append(w.places[r], p.ID)
			if p.Kind == care.AuthorisedPlace {
				hire(care.Partner, p.ID)
			}
		}
		for _, category := range []string{"phone", "laptop"} {
			_, err := w.desks[0].AddLoaner(w.ctx(), w.role(r, care.Manager), desk.NewLoaner{Category: category, Brand: "x", Model: "y", Serial: "LOAN-" + category,
				Condition: "good", Place: w.places[r][0]})
			w.must(err)
		}
	}
}

func (w *town) ctx() context.Context { return w.t.Context() }

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.fail("%v", err)
	}
}

func (w *town) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d, step %d, %s: %s", w.seed, w.step, w.now.Format(time.RFC3339), fmt.Sprintf(format, args...))
}

// chance is true so many times in a hundred.
func (w *town) chance(percent int) bool { return w.rng.IntN(100) < percent }

func pick[T any](w *town, list []T) T { return list[w.rng.IntN(len(list))] }

// role is one of the retailer's people in a role.
func (w *town) role(retailer string, role care.Role) care.Actor {
	list := slices.DeleteFunc(slices.Clone(w.staff[retailer]), func(a care.Actor) bool { return a.Role != role })
	return pick(w, list)
}

// live lets people come, and go on until each claim is over or has gone on for
// too long.
func (w *town) live(lives int) {
	for {
		w.step++
		w.tick()
		alive := slices.DeleteFunc(slices.Clone(w.lives), func(l *life) bool { return l.over })
		if len(alive) == 0 && len(w.lives) == lives {
			break
		}
		if len(w.lives) < lives && (len(alive) == 0 || w.chance(15)) {
			w.buy()
			continue
		}
		l := pick(w, alive)
		w.act(l)
		w.check(l)
		if l.steps++; l.steps > 80 {
			l.over = true
		}
	}
	w.inventory()
	w.t.Logf("seed %d: %d steps, %d failures injected; passed %v; refused %v", w.seed, w.step, w.faults.hit, w.passed, w.refused)
}

// tick moves the clock: mostly on, by what a working day brings; sometimes by
// weeks; sometimes back, as clocks are set. Then the jobs that are due run at
// one of the desks, and may fail.
func (w *town) tick() {
	switch n := w.rng.IntN(1000); {
	case n < 500:
		w.now = w.now.Add(time.Duration(w.rng.Int64N(int64(time.Hour))))
	case n < 850:
		w.now = w.now.Add(time.Duration(w.rng.Int64N(int64(8 * time.Hour))))
	case n < 980:
		w.now = w.now.Add(time.Duration(w.rng.Int64N(int64(3 * 24 * time.Hour))))
	case n < 990:
		w.now = w.now.Add(time.Duration(w.rng.Int64N(int64(40 * 24 * time.Hour))))
	default:
		w.now = w.now.Add(-time.Duration(w.rng.Int64N(int64(time.Hour))))
	}
	if !w.chance(20) {
		return
	}
	w.arm(10)
	if _, err := w.anyDesk().RunDue(w.ctx()); err != nil && !errors.Is(err, errBroken) {
		w.fail("jobs: %v", err)
	}
	w.faults.next = noFault
	if w.chance(20) {
		for _, run := range []func(context.Context) (int, error){w.anyDesk().Overdue, w.anyDesk().Accrue} {
			_, err := run(w.ctx())
			w.must(err)
		}
		_, _, err := w.anyDesk().Sweep(w.ctx())
		w.must(err)
	}
}

// arm lets the next transaction fail so many times in a hundred.
func (w *town) arm(percent int) fault {
	w.faults.next = noFault
	if w.chance(percent) {
		w.faults.next = fault(1 + w.rng.IntN(int(runTwice)))
		w.faults.writes = w.rng.IntN(8)
	}
	return w.faults.next
}

func (w *town) anyDesk() *desk.Desk { return pick(w, w.desks) }

// version changes with every commit to the database, whatever it wrote.
func (w *town) version() (v int64) {
	w.t.Helper()
	w.must(w.file.QueryRowContext(w.ctx(), "PRAGMA data_version").Scan(&v))
	return v
}

// try runs a use case, perhaps with a failure. A refusal, and a failure before
// the commit, must leave the database as it was; it reports whether the use
// case was done, and whether its answer came.
func (w *town) try(what string, percent int, run func(*desk.Desk) error) (done, answered bool) {
	w.t.Helper()
	before, hits := w.version(), w.faults.hit
	kind := w.arm(percent)
	err := run(w.anyDesk())
	w.faults.next = noFault
	changed, hit := w.version() != before, w.faults.hit > hits
	var refusal *care.Error
	switch {
	case err == nil:
		w.passed[what]++
		return true, true
	case errors.Is(err, errBroken) && hit && kind == loseCommit:
		return changed, false
	case errors.Is(err, errBroken) && hit, errors.As(err, &refusal):
		if changed {
			w.fail("%s was refused and has changed the database all the same: %v", what, err)
		}
		if refusal != nil {
			w.refused[what+" "+string(refusal.Code)]++
		}
		return false, refusal != nil
	}
	w.fail("%s: %v", what, err)
	return false, false
}
