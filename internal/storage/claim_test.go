package storage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

// The device that the claims here are about.
var device = care.Unit{ID: "u1", Retailer: alpha, Category: "smartphone", Brand: "Xiaomi", Model: "14T", Serial: "SN-1"}

// ruling is frozen JSON with everything that an encoder likes to change.
func ruling() care.Ruling {
	return care.Ruling{Index: 1, At: t0, Pack: "ru-x", PackVersion: "2026.1", Lang: "ru",
		Facts:    json.RawMessage(`{"z":1,"a":"<b>&\u003c\u2028 ё/\/","n":1.50,"big":12345678901234567890,"e":1E+2,"a":2}`),
		Decision: json.RawMessage(`{"texts":{"ru":"срок — 14 дней","en":"<14>"},"list":[{},[],null,-0]}`),
		Result:   care.Result{Bases: []care.BasisResult{{Basis: "statutory", Verdict: "covered"}}}}
}

func TestClaimRoundTrip(t *testing.T) {
	each(t, func(f fixture) {
		l := submitted(alpha, "k1", "RMA-2026-000001", 0, device).
			then(t0.Add(time.Hour), &care.WasAccepted{Holder: care.Holder{Kind: care.HeldByShop, Place: "p1", Since: t0}, Condition: "царапины <2 мм>"}).
			then(t0.Add(2*time.Hour), &care.WasDecided{Ruling: ruling(), Settles: true, Deadlines: []care.Deadline{
				{Name: "repair", Due: "2026-04-16", DueAt: t0.AddDate(0, 0, 45), State: care.DeadlineOpen},
				{Name: "answer", Due: "2026-03-12", DueAt: t0.AddDate(0, 0, 10), State: care.DeadlineOpen}}})
		events := l.pending
		f.put(device, l)
		for name, run := range map[string]func(func(tx *storage.Tx) error){"view": f.view, "tx": f.tx} {
			run(func(tx *storage.Tx) error {
				c, err := tx.Claim(f.ctx, alpha, "k1")
				f.same(name+": claim", c, l.claim)
				byNumber, err2 := tx.ClaimByNumber(f.ctx, alpha, "RMA-2026-000001")
				f.same(name+": claim by number", byNumber, l.claim)
				log, err3 := tx.Events(f.ctx, alpha, "k1")
				f.same(name+": events", log, events)
				f.same(name+": replayed", care.Replay(log), l.claim)
				return errors.Join(err, err2, err3)
			})
		}
	})
}

// Frozen facts and decisions keep every byte, in the claim and in its events.
func TestFrozenBytesAreKept(t *testing.T) {
	each(t, func(f fixture) {
		frozen := ruling()
		f.put(device, submitted(alpha, "k1", "n", 0, device).then(t0, &care.WasDecided{Ruling: frozen}))
		f.view(func(tx *storage.Tx) error {
			c, err := tx.Claim(f.ctx, alpha, "k1")
			if err != nil {
				return err
			}
			events, err := tx.Events(f.ctx, alpha, "k1")
			if err != nil {
				return err
			}
			logged := events[1].Data.(*care.WasDecided).Ruling
			for _, got := range []*care.Ruling{c.Ruling, &logged} {
				if !bytes.Equal(got.Facts, frozen.Facts) || !bytes.Equal(got.Decision, frozen.Decision) {
					f.Errorf("got %s\n%s\nwant %s\n%s", got.Facts, got.Decision, frozen.Facts, frozen.Decision)
				}
			}
			return nil
		})
		// Bytes that would not be kept are refused, not changed.
		loose := ruling()
		loose.Facts = json.RawMessage(`{ "a": 1 }`)
		err := f.store.Tx(f.ctx, func(tx *storage.Tx) error {
			return put(f.ctx, tx, submitted(alpha, "k2", "m", 0, device).then(t0, &care.WasDecided{Ruling: loose}))
		})
		if err == nil || !strings.Contains(err.Error(), "compact") {
			f.Errorf("a ruling with spaces in it: %v", err)
		}
	})
}

func TestSaveClaimInTurn(t *testing.T) {
	each(t, func(f fixture) {
		l := submitted(alpha, "k1", "n", 0, device)
		f.put(device, l)
		stale := *l.saved()
		l.then(t0.Add(time.Hour), &care.NoteAdded{Text: "первая"}).then(t0.Add(time.Hour), &care.NoteAdded{Text: "вторая"})
		f.put(l)
		stale.then(t0.Add(2*time.Hour), &care.NoteAdded{Text: "опоздавшая"})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return stale.save(f.ctx, tx) })
		// The refusal leaves the transaction alive: read again, do it anew.
		f.tx(func(tx *storage.Tx) error {
			if err := stale.save(f.ctx, tx); !errors.Is(err, care.ErrConflict) {
				f.Errorf("stale claim: %v", err)
			}
			c, err := tx.Claim(f.ctx, alpha, "k1")
			if err != nil {
				return err
			}
			again := (&life{claim: c}).then(t0.Add(3*time.Hour), &care.NoteAdded{Text: "снова"})
			return again.save(f.ctx, tx)
		})
		f.view(func(tx *storage.Tx) error {
			events, err := tx.Events(f.ctx, alpha, "k1")
			f.same("texts", ids(events[1:], func(e care.Event) string { return e.Data.(*care.NoteAdded).Text }),
				[]string{"первая", "вторая", "снова"})
			return err
		})
		// A claim that is not there has nothing to go on from.
		ghost := submitted(alpha, "k9", "x", 0, device).saved().then(t0, &care.NoteAdded{Text: "?"})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return ghost.save(f.ctx, tx) })
	})
}

// A log with gaps or with another claim's events is refused.
func TestSaveClaimChecksEvents(t *testing.T) {
	each(t, func(f fixture) {
		f.put(device)
		good := submitted(alpha, "k1", "n", 0, device).then(t0, &care.NoteAdded{Text: "а"})
		for name, change := range map[string]func(c *care.Claim, events []care.Event) []care.Event{
			"none":             func(_ *care.Claim, _ []care.Event) []care.Event { return nil },
			"a gap":            func(_ *care.Claim, e []care.Event) []care.Event { e[1].Seq = 3; return e },
			"short of the end": func(_ *care.Claim, e []care.Event) []care.Event { return e[:1] },
			"from nought":      func(c *care.Claim, e []care.Event) []care.Event { c.Seq = 1; e[0].Seq = 0; e[1].Seq = 1; return e },
			"another claim's":  func(_ *care.Claim, e []care.Event) []care.Event { e[1].Claim = "k2"; return e },
			"another retailer": func(_ *care.Claim, e []care.Event) []care.Event { e[0].Retailer = beta; return e },
		} {
			err := f.store.Tx(f.ctx, func(tx *storage.Tx) error {
				c, events := good.claim, append([]care.Event{}, good.pending...)
				events = change(&c, events)
				return tx.SaveClaim(f.ctx, c, events)
			})
			if err == nil || errors.Is(err, care.ErrConflict) {
				f.Errorf("events %s: got error %v", name, err)
			}
		}
	})
}

// Stays in the ledger are what the claims say, by unit.
func TestStaysComeFromClaims(t *testing.T) {
	each(t, func(f fixture) {
		other := care.Unit{ID: "u2", Retailer: alpha}
		shop := care.Holder{Kind: care.HeldByShop, Place: "p1"}
		l := submitted(alpha, "k1", "n", 0, device).then(t0.Add(time.Hour), &care.WasAccepted{Holder: shop})
		f.put(device, other, l, care.Stay{Retailer: alpha, Unit: "u1", Index: 1, Demanded: t0.AddDate(-1, 0, 0), Accepted: t0.AddDate(-1, 0, 1),
			Released: t0.AddDate(-1, 0, 9), Kind: "hardware", Outcome: "repaired", Centre: "own", Basis: "statutory", Defect: "screen"},
			care.Stay{Retailer: alpha, Unit: "u1", Demanded: t0.AddDate(-2, 0, 0)})
		stays := func(unit string) (list []care.Stay) {
			f.view(func(tx *storage.Tx) (err error) {
				list, err = tx.StaysOfUnit(f.ctx, alpha, unit)
				return err
			})
			return list
		}
		got := stays("u1")
		f.same("old services first", ids(got, func(s care.Stay) string { return fmt.Sprint(s.Claim, s.Index) }), []string{"0", "1", "k10"})
		f.same("the claim's own", got[2:], l.claim.Stays)
		f.same("all of an old one", got[1].Defect+" "+got[1].Released.String(), "screen "+t0.AddDate(-1, 0, 9).String())

		// The stay ends, a second one begins: the ledger follows.
		l.saved().then(t0.AddDate(0, 0, 5), &care.WasReady{Outcome: "repaired"}).
			then(t0.AddDate(0, 0, 6), &care.WasHandedOver{}).
			then(t0.AddDate(0, 0, 7), &care.WasReopened{Reason: "снова", Demand: t0.AddDate(0, 0, 7)}).
			then(t0.AddDate(0, 0, 8), &care.WasAccepted{Holder: shop})
		f.put(l)
		f.same("after a second repair", stays("u1")[2:], l.claim.Stays)
		if len(l.claim.Stays) != 2 || l.claim.Stays[0].Released.IsZero() {
			f.Fatalf("the test's own claim is wrong: %v", l.claim.Stays)
		}

		// A correction of the unit moves them.
		l.saved()
		for i := range l.claim.Stays {
			l.claim.Stays[i].Unit = "u2"
		}
		l.pending = []care.Event{{Retailer: alpha, Claim: "k1", Seq: l.claim.Seq + 1, At: t0.AddDate(0, 0, 9), Data: &care.NoteAdded{Text: "-"}}}
		l.claim.Seq++
		f.put(l)
		f.same("left with the old unit", len(stays("u1")), 2)
		f.same("moved to the other", stays("u2"), l.claim.Stays)
	})
}

func TestAddStayIsNotForClaims(t *testing.T) {
	each(t, func(f fixture) {
		f.put(device)
		if err := f.store.Tx(f.ctx, func(tx *storage.Tx) error {
			return tx.AddStay(f.ctx, care.Stay{Retailer: alpha, Unit: "u1", Claim: "k1", Demanded: t0})
		}); err == nil {
			f.Error("a claim's stay was added by hand")
		}
	})
}

func TestClaimsOfUnitAndIDs(t *testing.T) {
	each(t, func(f fixture) {
		f.put(device, care.Unit{ID: "u2", Retailer: alpha}, submitted(alpha, "k3", "1", 1, device), submitted(alpha, "k1", "2", 2, device),
			submitted(alpha, "k2", "3", 1, device), submitted(alpha, "k4", "4", 0, care.Unit{ID: "u2", Retailer: alpha}))
		f.view(func(tx *storage.Tx) error {
			claims, err := tx.ClaimsOfUnit(f.ctx, alpha, "u1")
			f.same("oldest first", ids(claims, func(c care.Claim) string { return c.ID }), []string{"k2", "k3", "k1"})
			first, err2 := tx.ClaimIDs(f.ctx, alpha, "", 3)
			f.same("first ids", first, []string{"k1", "k2", "k3"})
			rest, err3 := tx.ClaimIDs(f.ctx, alpha, "k3", 3)
			f.same("rest of ids", rest, []string{"k4"})
			none, err4 := tx.ClaimIDs(f.ctx, alpha, "k4", 3)
			f.same("no more ids", len(none), 0)
			return errors.Join(err, err2, err3, err4)
		})
	})
}

// Saving events that are in the log already must not replace them.
func TestEventsAreNotReplaced(t *testing.T) {
	each(t, func(f fixture) {
		l := submitted(alpha, "k1", "n", 0, device)
		f.put(device, l)
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return l.save(f.ctx, tx) })
		f.view(func(tx *storage.Tx) error {
			events, err := tx.Events(f.ctx, alpha, "k1")
			f.same("events", events, l.pending)
			return err
		})
	})
}
