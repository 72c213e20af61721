package storage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
)

func leg(id, claim string, change func(*care.Leg)) care.Leg {
	l := care.Leg{ID: id, Retailer: alpha, Claim: claim, Number: "RMA-" + claim, Direction: care.LegBack, State: care.LegBooked, Carrier: "rapid"}
	if change != nil {
		change(&l)
	}
	return l
}

func (f fixture) putLegs(list ...care.Leg) {
	f.Helper()
	f.tx(func(tx *storage.Tx) error {
		for _, l := range list {
			if err := tx.PutLeg(f.ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f fixture) claims() {
	f.put(device, submitted(alpha, "k1", "RMA-1", 0, device), submitted(alpha, "k2", "RMA-2", 1, device))
}

func TestLegRoundTrip(t *testing.T) {
	each(t, func(f fixture) {
		f.claims()
		l := care.Leg{ID: "l1", Retailer: alpha, Claim: "k1", Number: "RMA-1", Centre: "c1", Direction: care.LegBetween,
			From: care.Terminus{Kind: care.HeldByShop, Place: "s1"}, To: care.Terminus{Kind: care.HeldByCentre, Place: "c1"}, Settlement: "Бургас",
			Carrier: "rapid", Tracking: "T-1", Label: "L-1", State: care.LegDelivered, Fault: care.FaultCarrier, Note: "затворено", Bearer: "seller",
			Why: "x", Clause: "shop-forwards", Pack: "bg-omni", Grams: 5001, Bulky: true, Worth: &money.Amount{Minor: 65000, Currency: "EUR"},
			PickUp: calendar.MustDate("2026-03-13"), PromisedBy: t0.Add(48 * time.Hour), PromiseDay: calendar.MustDate("2026-03-17"), Promise: "p",
			HandedAt: t0, Condition: "<scratched>", Accessories: []string{"charger", "bag"}, BroughtAt: t0.Add(time.Hour), DeliveredAt: t0.Add(2 * time.Hour),
			ArrivedAs: "wet", ArrivedWith: []string{"bag"}, CancelledReason: "y", Created: t0.Add(-time.Hour), Updated: t0.Add(3 * time.Hour)}
		check := func() {
			f.Helper()
			f.view(func(tx *storage.Tx) error {
				got, err := tx.Leg(f.ctx, alpha, "l1")
				f.same("leg", got, l)
				list, err2 := tx.LegsOfClaim(f.ctx, alpha, "k1")
				f.same("legs of claim", list, []care.Leg{l})
				retailer, err3 := tx.RetailerOfLeg(f.ctx, "l1")
				f.same("retailer", retailer, alpha)
				return errors.Join(err, err2, err3)
			})
		}
		f.putLegs(l)
		check()
		l = care.Leg{ID: "l1", Retailer: alpha, Claim: "k1"}
		f.putLegs(l)
		check()
		f.view(func(tx *storage.Tx) error {
			_, err := tx.Leg(f.ctx, beta, "l1")
			_, err2 := tx.RetailerOfLeg(f.ctx, "l2")
			if !errors.Is(err, care.ErrNotFound) || !errors.Is(err2, care.ErrNotFound) {
				f.Errorf("another's leg: %v; no leg: %v", err, err2)
			}
			return nil
		})
	})
}

// The database itself refuses a second leg under way on one claim.
func TestOneLegUnderWay(t *testing.T) {
	each(t, func(f fixture) {
		f.claims()
		under := func(l *care.Leg) { l.State = care.LegUnderWay }
		f.putLegs(leg("l1", "k1", under), leg("l2", "k2", under), leg("l3", "k1", nil))
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.PutLeg(f.ctx, leg("l3", "k1", under)) })
		f.putLegs(leg("l1", "k1", func(l *care.Leg) { l.State = care.LegDelivered }), leg("l3", "k1", under))
	})
}

func TestLegs(t *testing.T) {
	each(t, func(f fixture) {
		f.claims()
		hour := func(n int) time.Time { return t0.Add(time.Duration(n) * time.Hour) }
		f.putLegs(
			leg("a", "k1", func(l *care.Leg) { l.PromisedBy, l.Centre = hour(3), "c1" }),
			leg("b", "k1", func(l *care.Leg) { l.PromisedBy, l.State, l.Direction = hour(1), care.LegUnderWay, care.LegIn }),
			leg("c", "k2", func(l *care.Leg) { l.PromisedBy, l.State, l.BroughtAt = hour(1), care.LegUnderWay, hour(0) }),
			leg("d", "k2", func(l *care.Leg) { l.PromisedBy, l.State = hour(0), care.LegDelivered }),
			leg("e", "k2", func(l *care.Leg) { l.State, l.Carrier = care.LegAsked, "other" }),
			leg("f", "k2", func(l *care.Leg) { l.State, l.Fault = care.LegAsked, care.FaultRefused }),
			leg("g", "k2", func(l *care.Leg) { l.State, l.Fault = care.LegCancelled, care.FaultCancel }),
			leg("h", "k2", func(l *care.Leg) { l.State = care.LegCancelled }))
		for _, c := range []struct {
			name   string
			filter care.LegFilter
			want   []string
		}{
			{"all, by promise", care.LegFilter{}, []string{"d", "b", "c", "a", "e", "f", "g", "h"}},
			{"open", care.LegFilter{Open: true}, []string{"b", "c", "a", "e", "f"}},
			{"late: not what the carrier brought", care.LegFilter{Late: true, At: hour(2)}, []string{"b"}},
			{"late at the very instant", care.LegFilter{Late: true, At: hour(3)}, []string{"b", "a"}},
			{"not yet late", care.LegFilter{Late: true, At: hour(1).Add(-time.Microsecond)}, nil},
			{"incoming", care.LegFilter{Directions: []care.LegDirection{care.LegIn}}, []string{"b"}},
			{"of a claim", care.LegFilter{Claim: "k1"}, []string{"b", "a"}},
			{"of a centre", care.LegFilter{Centre: "c1"}, []string{"a"}},
			{"of a carrier", care.LegFilter{Carrier: "other"}, []string{"e"}},
			{"in states", care.LegFilter{States: []care.LegState{care.LegDelivered}}, []string{"d"}},
			{"to be repeated", care.LegFilter{Stuck: true}, []string{"e", "g"}},
		} {
			for _, limit := range []int{1, 3, 50} {
				f.view(func(tx *storage.Tx) error {
					list := all(f, limit, func(p care.Page) ([]care.Leg, string, error) { return tx.Legs(f.ctx, alpha, c.filter, p) })
					f.same(fmt.Sprintf("%s, pages of %d", c.name, limit), ids(list, func(l care.Leg) string { return l.ID }), c.want)
					return nil
				})
			}
		}
		f.view(func(tx *storage.Tx) error {
			list, _, err := tx.Legs(f.ctx, beta, care.LegFilter{}, care.Page{})
			f.same("another retailer's", len(list), 0)
			return err
		})
	})
}

// A report and a step of warning are taken once; the transaction goes on.
func TestReportsAndWarningsOnce(t *testing.T) {
	each(t, func(f fixture) {
		f.claims()
		f.putLegs(leg("l1", "k1", nil))
		e := care.CarrierEvent{ID: "e1", Carrier: "rapid", Kind: care.CarrierFailed, Leg: "l1", Note: "<closed>", At: t0}
		warned := care.Warned{ID: "w1", Retailer: alpha, Claim: "k1", Ready: t0, Step: 1, Due: calendar.MustDate("2026-03-09"), At: t0.Add(time.Hour),
			Actor: care.System(alpha), How: "message"}
		byHand := care.Warned{ID: "w2", Retailer: alpha, Claim: "k1", Ready: t0, At: t0.Add(2 * time.Hour), How: "letter"}
		f.tx(func(tx *storage.Tx) error {
			return errors.Join(tx.AddCarrierEvent(f.ctx, alpha, e), tx.AddWarned(f.ctx, warned), tx.AddWarned(f.ctx, byHand))
		})
		f.tx(func(tx *storage.Tx) error {
			again, other := warned, byHand
			again.ID, other.ID = "w3", "w4"
			if err := tx.AddCarrierEvent(f.ctx, alpha, e); !errors.Is(err, care.ErrConflict) {
				f.Errorf("the same report: %v", err)
			}
			if err := tx.AddWarned(f.ctx, again); !errors.Is(err, care.ErrConflict) {
				f.Errorf("the same step: %v", err)
			}
			other.At = t0.Add(3 * time.Hour)
			e2 := e
			e2.Carrier = "other"
			later := again
			later.Ready = t0.AddDate(0, 1, 0)
			return errors.Join(tx.AddWarned(f.ctx, other), tx.AddCarrierEvent(f.ctx, alpha, e2), tx.AddWarned(f.ctx, later))
		})
		f.view(func(tx *storage.Tx) error {
			list, err := tx.Warnings(f.ctx, alpha, "k1", t0)
			f.same("warnings", ids(list, func(w care.Warned) string { return w.ID }), []string{"w1", "w2", "w4"})
			f.same("warning", list[0], warned)
			reports, err2 := tx.CarrierEvents(f.ctx, alpha, "l1")
			f.same("reports", len(reports), 2)
			f.same("report", reports[1], e)
			return errors.Join(err, err2)
		})
	})
}
