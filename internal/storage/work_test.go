package storage_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

// desk is a work list with a bit of everything:
//
//	k1 submitted, Мария        k4 accepted, routed to north, for w1
//	k2 submitted, Иван         k5 closed (no clock)
//	k3 awaiting the device     k6 submitted, same clock as k1
func workDesk(f fixture) map[string]*life {
	second := care.Unit{ID: "u2", Retailer: alpha, Brand: "Samsung", Model: "S24", Serial: "ZZ-9", IMEI: "350000000000001", IMEI2: "350000000000002"}
	of := func(customer string) func(*care.WasSubmitted) {
		return func(p *care.WasSubmitted) { p.Customer = customer }
	}
	hour := func(h int) time.Time { return t0.Add(time.Duration(h) * time.Hour) }
	list := map[string]*life{
		"k1": submitted(alpha, "k1", "RMA-2026-000017", 5, device, of("c1")),
		"k2": submitted(alpha, "k2", "RMA-2026-000170", 2, second, of("c2")),
		"k3": submitted(alpha, "k3", "RMA-2026-000003", 1, device, of("c1")).then(hour(1), &care.DeviceAsked{}),
		"k4": submitted(alpha, "k4", "RMA-2025-000017", 1, device).
			then(hour(2), &care.WasAccepted{Holder: care.Holder{Kind: care.HeldByShop, Place: "p1"}}).
			then(hour(2), &care.WasRouted{Centre: "north"}).then(hour(2), &care.WasAssigned{User: "w1"}),
		"k5": submitted(alpha, "k5", "RMA-2025-000018", 1, second).then(hour(3), &care.WasClosed{Outcome: "repaired"}),
		"k6": submitted(alpha, "k6", "RMA-2026-000018", 5, second),
	}
	f.put(device, second, care.Customer{ID: "c1", Retailer: alpha, Name: "Мария Ёлкина", Phone: "+7 916 123-45-67"},
		care.Customer{ID: "c2", Retailer: alpha, Name: "Иван Лес", Email: "ivan@example.org"})
	for _, id := range []string{"k6", "k5", "k4", "k3", "k2", "k1"} {
		f.put(list[id])
	}
	return list
}

func TestWorkList(t *testing.T) {
	each(t, func(f fixture) {
		claims := workDesk(f)
		late := claims["k4"].claim.Clock.Due
		for _, c := range []struct {
			name   string
			filter care.WorkFilter
			want   []string
		}{
			{"all, by clock, those without one last", care.WorkFilter{}, []string{"k2", "k1", "k6", "k4", "k3", "k5"}},
			{"open", care.WorkFilter{Open: true}, []string{"k2", "k1", "k6", "k4", "k3"}},
			{"by state", care.WorkFilter{States: []care.State{care.Submitted, care.Closed}}, []string{"k2", "k1", "k6", "k5"}},
			{"by owner", care.WorkFilter{Owner: care.CustomerRole}, []string{"k3"}},
			{"by centre", care.WorkFilter{Centre: "north"}, []string{"k4"}},
			{"by assignee", care.WorkFilter{Assignee: "w1"}, []string{"k4"}},
			{"by customer", care.WorkFilter{Customer: "c1"}, []string{"k1", "k3"}},
			{"by unit", care.WorkFilter{Unit: "u2"}, []string{"k2", "k6", "k5"}},
			{"late", care.WorkFilter{Late: true, At: late}, []string{"k2", "k1", "k6", "k4"}},
			{"late an instant before", care.WorkFilter{Late: true, At: late.Add(-time.Microsecond)}, []string{"k2", "k1", "k6"}},
			{"late and by state", care.WorkFilter{Late: true, At: late, States: []care.State{care.Accepted}}, []string{"k4"}},
			{"the whole number", care.WorkFilter{Text: "rma-2026-000017"}, []string{"k1"}},
			{"a number without zeros, or its beginning", care.WorkFilter{Text: "17"}, []string{"k2", "k1", "k4"}},
			{"the last part of a number", care.WorkFilter{Text: "000017"}, []string{"k1", "k4"}},
			{"serial in another spelling", care.WorkFilter{Text: "zz9"}, []string{"k2", "k6", "k5"}},
			{"second IMEI", care.WorkFilter{Text: "350000000000002"}, []string{"k2", "k6", "k5"}},
			{"name in another case and spelling", care.WorkFilter{Text: "ЕЛКИНА мария"}, []string{"k1", "k3"}},
			{"phone", care.WorkFilter{Text: "8-916-123-45-67"}, []string{"k1", "k3"}},
			{"e-mail", care.WorkFilter{Text: "ivan@"}, []string{"k2"}},
			{"name and serial", care.WorkFilter{Text: "иван zz-9"}, []string{"k2"}},
			{"text and state", care.WorkFilter{Text: "мария", States: []care.State{care.AwaitingDevice}}, []string{"k3"}},
			{"no match", care.WorkFilter{Text: "никто"}, nil},
		} {
			for _, limit := range []int{1, 2, 50} {
				f.view(func(tx *storage.Tx) error {
					list := all(f, limit, func(p care.Page) ([]care.WorkItem, string, error) { return tx.Work(f.ctx, alpha, c.filter, p) })
					f.same(fmt.Sprintf("%s, pages of %d", c.name, limit), ids(list, func(i care.WorkItem) string { return i.Claim }), c.want)
					return nil
				})
			}
		}
	})
}

func TestWorkItemTellsTheClaim(t *testing.T) {
	each(t, func(f fixture) {
		claims := workDesk(f)
		f.view(func(tx *storage.Tx) error {
			list, _, err := tx.Work(f.ctx, alpha, care.WorkFilter{}, care.Page{})
			for _, item := range list {
				c := claims[item.Claim].claim
				name := map[string]string{"": "", "c1": "Мария Ёлкина", "c2": "Иван Лес"}[c.Customer]
				f.same(c.ID, item, care.WorkItem{Claim: c.ID, Number: c.Number, State: c.State, Wait: c.Wait, Owner: c.Owner, Due: c.Clock.Due,
					DueName: c.Clock.Name, Custody: c.Custody.Kind, Place: c.Custody.Place, Centre: c.Centre, Assignee: c.Assignee,
					Brand: c.Unit.Brand, Model: c.Unit.Model, Category: c.Unit.Category, Serial: c.Unit.Serial, IMEI: c.Unit.IMEI,
					Basis: c.Basis, Outcome: c.Outcome, Customer: c.Customer, CustomerName: name, OpenedAt: c.OpenedAt, UpdatedAt: c.UpdatedAt})
			}
			return err
		})
	})
}

func TestWorkCounts(t *testing.T) {
	each(t, func(f fixture) {
		claims := workDesk(f)
		at := claims["k4"].claim.Clock.Due
		for _, c := range []struct {
			name   string
			filter care.WorkFilter
			want   care.WorkCounts
		}{
			{"all", care.WorkFilter{At: at}, care.WorkCounts{Late: 4,
				ByState: map[care.State]int{care.Submitted: 3, care.AwaitingDevice: 1, care.Accepted: 1, care.Closed: 1},
				ByOwner: map[care.Role]int{care.Clerk: 3, care.Dispatcher: 1, care.CustomerRole: 1}}},
			{"state, lateness and openness don't narrow", care.WorkFilter{At: t0, States: []care.State{care.Closed}, Late: true, Open: true},
				care.WorkCounts{
					ByState: map[care.State]int{care.Submitted: 3, care.AwaitingDevice: 1, care.Accepted: 1, care.Closed: 1},
					ByOwner: map[care.Role]int{care.Clerk: 3, care.Dispatcher: 1, care.CustomerRole: 1}}},
			{"a centre", care.WorkFilter{At: at, Centre: "north"}, care.WorkCounts{Late: 1,
				ByState: map[care.State]int{care.Accepted: 1}, ByOwner: map[care.Role]int{care.Dispatcher: 1}}},
			{"a text", care.WorkFilter{At: at, Text: "елкина"}, care.WorkCounts{Late: 1,
				ByState: map[care.State]int{care.Submitted: 1, care.AwaitingDevice: 1},
				ByOwner: map[care.Role]int{care.Clerk: 1, care.CustomerRole: 1}}},
			{"nothing", care.WorkFilter{At: at, Centre: "south"}, care.WorkCounts{}},
		} {
			f.view(func(tx *storage.Tx) error {
				counts, err := tx.WorkCounts(f.ctx, alpha, c.filter)
				f.same(c.name, counts, c.want)
				return err
			})
		}
	})
}

// A list may change while somebody pages through it: nobody is shown twice,
// and nobody who stayed is left out.
func TestPagesHoldWhileTheListChanges(t *testing.T) {
	each(t, func(f fixture) {
		claims := workDesk(f)
		var seen []string
		page := care.Page{Limit: 2}
		for {
			var items []care.WorkItem
			var err error
			f.view(func(tx *storage.Tx) error {
				items, page.Cursor, err = tx.Work(f.ctx, alpha, care.WorkFilter{}, page)
				return err
			})
			seen = append(seen, ids(items, func(i care.WorkItem) string { return i.Claim })...)
			if page.Cursor == "" {
				break
			}
			if len(seen) == 2 { // k1, the last one shown, is closed; k6 follows it by id only
				f.put(claims["k1"].saved().then(t0.Add(9*time.Hour), &care.WasClosed{}))
			}
		}
		slices.Sort(seen)
		f.same("seen", slices.Compact(slices.Clone(seen)), []string{"k1", "k2", "k3", "k4", "k5", "k6"})
	})
}

func TestForeignCursors(t *testing.T) {
	each(t, func(f fixture) {
		workDesk(f)
		for _, cursor := range []string{"x", "!", "MTIz", "MTIzIA", "IGlk", "0", "c2Vs'; --", "\x00"} {
			page := care.Page{Cursor: cursor}
			for name, read := range map[string]func(tx *storage.Tx) error{
				"work": func(tx *storage.Tx) error { _, _, err := tx.Work(f.ctx, alpha, care.WorkFilter{}, page); return err },
				"requests": func(tx *storage.Tx) error {
					_, _, err := tx.Requests(f.ctx, alpha, care.RequestFilter{}, page)
					return err
				},
				"units":    func(tx *storage.Tx) error { _, _, err := tx.SearchUnits(f.ctx, alpha, "", page); return err },
				"products": func(tx *storage.Tx) error { _, _, err := tx.Products(f.ctx, alpha, page); return err },
				"audits":   func(tx *storage.Tx) error { _, _, err := tx.Audits(f.ctx, alpha, care.AuditFilter{}, page); return err },
			} {
				err := f.store.View(f.ctx, read)
				if care.CodeOf(err) != care.Invalid {
					f.Errorf("%s with cursor %q: got error %v", name, cursor, err)
				}
			}
		}
	})
}
