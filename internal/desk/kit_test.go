package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// noon is a Tuesday on which every shop works.
var noon = time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)

// shop is a desk on a database of the test's own, with a clock to move.
type shop struct {
	*desk.Desk
	t     *testing.T
	store *storage.Store
	now   time.Time
	units int
	tray  *tray // what was printed
}

func newShop(t *testing.T, s *storage.Store) *shop {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	out := &shop{t: t, store: s, now: noon, tray: newTray(t, lib)}
	// Passwords are hashed for real, with little work.
	out.Desk, err = desk.New(desk.Config{Store: desk.StoreOf(s), Packs: lib, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1},
		Now: func() time.Time { return out.now }, Papers: out.tray, Meetings: "https://meet.example/"})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

// on runs a test on each database.
func on(t *testing.T, test func(s *shop)) {
	storagetest.Each(t, func(t *testing.T, s *storage.Store) { test(newShop(t, s)) })
}

// as is an actor of bg-omni in a role, with no user behind it.
func as(role care.Role) care.Actor { return of("bg-omni", role) }

func of(retailer string, role care.Role) care.Actor {
	a := care.User{ID: "staff-" + string(role), Retailer: retailer, Role: role, Name: string(role)}.Actor()
	if role == care.Partner {
		a.Place = "asus-sofia"
	}
	return a
}

var visitor = care.Actor{Kind: care.CustomerActor, Retailer: "bg-omni"}

func contact() desk.Contact {
	return desk.Contact{Name: "Мария Пробна", Phone: "+359 890 000 001", Email: "maria@mail.example", Address: "София, ул. „Проба“ 1", Settlement: "София"}
}

func day(s string) calendar.Date { return calendar.MustDate(s) }

func yes() *bool { v := true; return &v }

func no() *bool { v := false; return &v }

// sell registers a laptop with a warranty of two years; change what it is
// before it is stored.
func (s *shop) sell(actor care.Actor, change func(*desk.SaleRow)) care.UnitRecord {
	s.t.Helper()
	s.units++
	months := 24
	row := desk.SaleRow{Category: "laptop", Brand: "Lenovo", Model: "T14", Serial: fmt.Sprintf("PROBA%03d", s.units), Date: day("2025-06-02"), Delivered: day("2025-06-02"),
		Receipt: fmt.Sprint(s.units), WarrantyMonths: &months, WarrantyIssuer: "manufacturer", CardInKit: yes(), DigitalElements: no(), OriginalPackaging: yes()}
	if change != nil {
		change(&row)
	}
	rec, err := s.RegisterSale(s.t.Context(), actor, row)
	if err != nil {
		s.t.Fatal(err)
	}
	return rec
}

// ask is a request for warranty service on a unit.
func ask(identity string) desk.NewRequest {
	return desk.NewRequest{Kind: care.WarrantyService, Channel: "portal", Lang: "bg", Customer: contact(), Identity: identity,
		Basis: policy.Warranty, Documents: []string{"invoice", "warranty_card", "return_request"}}
}

// open sells a laptop and opens a claim on it.
func (s *shop) open() desk.Receipt {
	s.t.Helper()
	return s.submit(visitor, ask(s.sell(as(care.Clerk), nil).Unit.Serial))
}

func (s *shop) submit(actor care.Actor, in desk.NewRequest) desk.Receipt {
	s.t.Helper()
	r, err := s.Submit(s.t.Context(), actor, in)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// do gives a claim commands, an hour apart, that must pass.
func (s *shop) do(actor care.Actor, claim string, cmds ...care.Command) care.Claim {
	s.t.Helper()
	var c care.Claim
	for _, cmd := range cmds {
		s.now = s.now.Add(time.Hour)
		var err error
		if c, err = s.Do(s.t.Context(), actor, claim, cmd); err != nil {
			s.t.Fatalf("%s: %v", cmd.Name(), err)
		}
	}
	return c
}

func hardware(part string) care.Diagnose {
	return care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", FailedPart: part, Defect: part}}
}

// repaired carries a claim through a repair at a centre to the hand-over.
func (s *shop) repaired(claim, centre string) care.Claim {
	s.t.Helper()
	boss := as(care.Manager)
	s.do(boss, claim, care.Accept{Place: centre, Documents: []string{"invoice", "warranty_card", "return_request"}}, hardware("mainboard"), care.StartRepair{})
	s.now = s.now.Add(5 * 24 * time.Hour)
	return s.do(boss, claim, care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{}, care.HandOver{}, care.Close{})
}

// decided opens a claim and brings it to a covered decision at the retailer's
// own centre.
func (s *shop) decided() desk.Receipt {
	s.t.Helper()
	r := s.open()
	s.do(as(care.Manager), r.Claim.ID, care.Accept{Place: "omni-service"}, hardware("mainboard"))
	return r
}

// fails checks an error's code and key: "blocked error.not_held".
func (s *shop) fails(what, want string, err error) {
	s.t.Helper()
	var e *care.Error
	got := fmt.Sprint(err)
	if errors.As(err, &e) {
		got = string(e.Code) + " " + e.Key
	}
	if got != want {
		s.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// audits is the whole audit log of a retailer, newest first.
func (s *shop) audits(retailer string) []care.Audit {
	s.t.Helper()
	var all []care.Audit
	for cursor := ""; ; {
		list, next, err := s.Audits(s.t.Context(), of(retailer, care.Administrator), care.AuditFilter{}, care.Page{Cursor: cursor, Limit: 200})
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, list...)
		if cursor = next; next == "" {
			return all
		}
	}
}

// newest is the id of bg-omni's latest audit entry.
func (s *shop) newest() string {
	s.t.Helper()
	list, _, err := s.Audits(s.t.Context(), as(care.Administrator), care.AuditFilter{}, care.Page{Limit: 1})
	if err != nil || len(list) != 1 {
		s.t.Fatalf("%v, %v", list, err)
	}
	return list[0].ID
}

// view reads something straight from the store.
func view[T any](s *shop, read func(tx *storage.Tx) (T, error)) T {
	s.t.Helper()
	var out T
	err := s.store.View(s.t.Context(), func(tx *storage.Tx) (err error) {
		out, err = read(tx)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// cover is what is in force on a basis.
func cover(t *testing.T, list []desk.Cover, basis policy.Basis) desk.Cover {
	t.Helper()
	i := slices.IndexFunc(list, func(c desk.Cover) bool { return c.Basis == basis })
	if i < 0 {
		t.Fatalf("no cover on %s in %+v", basis, list)
	}
	return list[i]
}

// fieldOf is the field that an error names.
func fieldOf(err error) string {
	var e *care.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}

// withPost gives the desk a way out of the house.
func (s *shop) withPost(post desk.Post) {
	s.t.Helper()
	lib, err := packs.Library()
	if err != nil {
		s.t.Fatal(err)
	}
	s.Desk, err = desk.New(desk.Config{Store: desk.StoreOf(s.store), Packs: lib, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1},
		Now: func() time.Time { return s.now }, Meetings: "https://meet.example/", Post: post, Public: "https://service.example"})
	if err != nil {
		s.t.Fatal(err)
	}
}
