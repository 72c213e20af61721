package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// Decider decides by the packs; policy.Library is one.
type Decider interface {
	// Decide answers facts with the pack they name, in the version that the
	// sale is under.
	Decide(f policy.Facts, lang string) (policy.Decision, error)
	// DecideVersion answers with a frozen version.
	DecideVersion(id, version string, f policy.Facts, lang string) (policy.Decision, error)
	// DecideFrozen makes a decision again, beside the statute it was made with.
	DecideFrozen(id, version, statute string, f policy.Facts, lang string) (policy.Decision, error)
	// Program is the version of a pack for a sale date; zero is the newest.
	Program(id string, sold calendar.Date) (*policy.Program, error)
	// Version is a frozen version of a pack.
	Version(id, version string) (*policy.Program, error)
	// Retailers lists the ids of the retailers' packs.
	Retailers() []string
}

// Hasher hashes and checks passwords; Argon2id is one.
type Hasher interface {
	// Hash makes the string to store.
	Hash(password string) (string, error)
	// Verify checks a password against it.
	Verify(stored, password string) (bool, error)
}

// Config is what a Desk needs. All fields are required but Random.
type Config struct {
	Store  Store
	Packs  Decider
	Hasher Hasher
	Now    func() time.Time
	Random io.Reader // nil = crypto/rand; the demo gives a seeded one
	// Carriers are the couriers that the program tells itself, by id; any
	// other is one whom staff call.
	Carriers map[string]Carrier
	// Meetings is the address below which video consultations have their
	// rooms, "https://meet.example"; "" = they are held by telephone.
	Meetings string
	// Papers sets what is printed; nil = this desk prints nothing.
	Papers Renderer
	// Post takes messages out of the house; nil = there is no way out, and
	// messages are only noted.
	Post Post
	// Public is the address at which customers reach the pages,
	// "https://care.example"; "" = messages have no links.
	Public string
}

// Desk runs the use cases. It keeps nothing but the order of its ids: any
// number of desks may work on one store.
type Desk struct {
	store  Store
	packs  Decider
	hasher Hasher
	clock  func() time.Time

	carriers map[string]Carrier
	meetings string
	papers   Renderer
	post     Post
	public   string

	// decoding has room for one: a picture at a time is decoded, also of a
	// copy at another time, for each may take much memory.
	decoding chan struct{}

	mu     sync.Mutex // guards what follows
	random io.Reader  // may not be safe to share
	lastID int64      // millisecond of the latest id
	count  uint16     // ids made in it
}

// New makes a desk.
func New(cfg Config) (*Desk, error) {
	if cfg.Store == nil || cfg.Packs == nil || cfg.Hasher == nil || cfg.Now == nil {
		return nil, errors.New("desk: store, packs, hasher and clock are required")
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	return &Desk{store: cfg.Store, packs: cfg.Packs, hasher: cfg.Hasher, clock: cfg.Now, random: cfg.Random, carriers: cfg.Carriers, meetings: cfg.Meetings, papers: cfg.Papers,
		post: cfg.Post, public: cfg.Public, decoding: make(chan struct{}, 1)}, nil
}

// WithClock is the same desk at another time: the demo replays months.
func (d *Desk) WithClock(now func() time.Time, random io.Reader) *Desk {
	return &Desk{store: d.store, packs: d.packs, hasher: d.hasher, clock: now, random: random, carriers: d.carriers, meetings: d.meetings, papers: d.papers,
		post: d.post, public: d.public, decoding: d.decoding}
}

func (d *Desk) now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// newID makes a UUIDv7: ids sort by the time they were made, and those of one
// millisecond in the order they were made in, as far as one machine goes.
func (d *Desk) newID() (string, error) {
	var b [16]byte
	if err := d.read(b[6:]); err != nil {
		return "", err
	}
	ms, count := d.tick(d.now().UnixMilli(), binary.BigEndian.Uint16(b[6:]))
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(ms))
	copy(b[:6], at[2:])
	binary.BigEndian.PutUint16(b[6:], 0x7000|count)
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// tick gives the millisecond and the counter of the next id (RFC 9562, 6.2):
// a millisecond's counter starts at random and runs on; when it is used up,
// the next millisecond is taken early.
func (d *Desk) tick(ms int64, random uint16) (int64, uint16) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if ahead := d.lastID - ms; ahead < 0 || ahead > 1000 { // a new instant, or a clock that was set back
		d.lastID, d.count = ms, random&0x7ff
		return d.lastID, d.count
	}
	if d.count++; d.count > 0xfff {
		d.lastID, d.count = d.lastID+1, random&0x7ff
	}
	return d.lastID, d.count
}

// newToken makes a secret of so many bytes and the hash under which it is
// stored.
func (d *Desk) newToken(size int) (token, hash string, err error) {
	b := make([]byte, size)
	if err := d.read(b); err != nil {
		return "", "", err
	}
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, HashToken(token), nil
}

func (d *Desk) read(b []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := io.ReadFull(d.random, b); err != nil {
		return fmt.Errorf("read random bytes: %w", err)
	}
	return nil
}

// HashToken is the form in which tokens and keys are stored: hex SHA-256. A
// look-up by it takes the same time whatever the token is.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// terms is what a retailer's pack says of the retailer itself.
type terms struct {
	pack *policy.Pack
	zone *time.Location
}

func (d *Desk) terms(retailer string) (terms, error) {
	p, err := d.packs.Program(retailer, calendar.Date{})
	if err != nil {
		if errors.Is(err, policy.ErrUnknownPack) {
			return terms{}, care.Fail(care.NotFound, "no_retailer", "retailer", retailer)
		}
		return terms{}, fmt.Errorf("find pack: %w", err)
	}
	zone, err := time.LoadLocation(p.Pack.Zone)
	if err != nil {
		return terms{}, fmt.Errorf("zone of %s: %w", retailer, err)
	}
	return terms{pack: p.Pack, zone: zone}, nil
}

// shops are the ids of the places that take devices in and do not repair.
func (t terms) shops() (out []string) {
	for _, c := range t.pack.Centres {
		if care.PlaceKind(c.Kind) == care.ShopPlace {
			out = append(out, c.ID)
		}
	}
	return out
}

// lang is the language to answer in: the one asked for where the pack has it,
// or the pack's first.
func (t terms) lang(want string) string {
	for _, l := range t.pack.Languages {
		if l == want {
			return l
		}
	}
	return t.pack.Languages[0]
}

// Install brings every retailer of the packs, with its shops and centres,
// into the store. It may be run again after packs changed.
func (d *Desk) Install(ctx context.Context) error {
	for _, id := range d.packs.Retailers() {
		t, err := d.terms(id)
		if err != nil {
			return err
		}
		err = d.store.Tx(ctx, func(tx Tx) error { return d.install(ctx, tx, id, t.pack) })
		if err != nil {
			return fmt.Errorf("install %s: %w", id, err)
		}
	}
	return nil
}

func (d *Desk) install(ctx context.Context, tx Tx, id string, p *policy.Pack) error {
	r := care.Retailer{ID: id, Name: p.Name, Zone: p.Zone, Currency: p.Currency, Languages: p.Languages}
	if err := tx.PutRetailer(ctx, r); err != nil {
		return err
	}
	for _, c := range p.Centres {
		place := care.Place{ID: c.ID, Retailer: id, Kind: care.PlaceKind(c.Kind), Name: c.Name, Address: c.Address, Phone: c.Phone, Brands: c.Brands}
		if err := tx.PutPlace(ctx, place); err != nil {
			return err
		}
	}
	return d.audit(ctx, tx, care.System(id), "retailer.install", "retailer", id, "", map[string]string{"version": p.Version})
}

func (d *Desk) audit(ctx context.Context, tx Tx, actor care.Actor, action, object, objectID, reason string, details map[string]string) error {
	id, err := d.newID()
	if err != nil {
		return err
	}
	return tx.AddAudit(ctx, care.Audit{ID: id, Retailer: actor.Retailer, At: d.now(), Actor: actor, Action: action,
		Object: object, ObjectID: objectID, Reason: reason, Details: details})
}

// Retailers lists the retailers of the installation, for the portal's start.
func (d *Desk) Retailers(ctx context.Context) (list []care.Retailer, err error) {
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.Retailers(ctx)
		return err
	})
	return list, err
}

// Retailer is one of them; not found gives care.NotFound.
func (d *Desk) Retailer(ctx context.Context, id string) (r care.Retailer, err error) {
	err = d.store.View(ctx, func(tx Tx) error {
		r, err = tx.Retailer(ctx, id)
		return notFound(err, "no_retailer", "retailer", id)
	})
	return r, err
}

// Places lists a retailer's shops and centres.
func (d *Desk) Places(ctx context.Context, retailer string) (list []care.Place, err error) {
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.Places(ctx, retailer)
		return err
	})
	return list, err
}

// notFound words a store's "not found" for people; other errors pass.
func notFound(err error, key string, args ...string) error {
	if errors.Is(err, care.ErrNotFound) {
		return care.Fail(care.NotFound, key, args...)
	}
	return err
}

// missing reports whether err says that something is not there, and clears it
// then.
func missing(err *error) bool {
	if errors.Is(*err, care.ErrNotFound) {
		*err = nil
		return true
	}
	return false
}
