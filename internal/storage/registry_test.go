package storage_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
)

// Every field of a row comes back as it was, and Put replaces the whole row.
func TestRegistryRoundTrip(t *testing.T) {
	each(t, func(f fixture) {
		place := care.Place{ID: "p1", Retailer: alpha, Kind: care.OwnCentre, Name: map[string]string{"ru": "Центр «Север»", "en": "North <&>"},
			Address: map[string]string{"ru": "ул. Лесная, 1"}, Phone: "+7 495 000-00-00", Brands: []string{"Xiaomi", "Redmi"}}
		product := care.Product{ID: "g1", Retailer: alpha, SKU: "A-100", Category: "smartphone", Brand: "Xiaomi", Model: "14T Pro",
			WarrantyMonths: ptr(12), WarrantyIssuer: "manufacturer", WeightGrams: 210, DigitalElements: ptr(true), NoLoaner: true}
		unit := care.Unit{ID: "u1", Retailer: alpha, Product: "g1", Category: "smartphone", Brand: "Xiaomi", Model: "14T Pro",
			Serial: "SN-1", IMEI: "350000000000001", IMEI2: "350000000000002", Replaces: "u0", DigitalElements: ptr(false)}
		customer := care.Customer{ID: "c1", Retailer: alpha, Name: "Мария Ёлкина", Phone: "+7 (916) 123-45-67", Email: "Maria@Example.org",
			Lang: "ru", Address: "ул. Мира, 2", Settlement: "Москва", Created: t0}
		sale := care.Sale{ID: "s1", Retailer: alpha, Key: "1c/77", Unit: "u1", Customer: "c1", Shop: "p1", Channel: "online",
			Date: calendar.MustDate("2026-01-10"), Delivered: calendar.MustDate("2026-01-12"), Rescinded: calendar.MustDate("2026-02-01"),
			Receipt: "00-17", Price: &money.Amount{Minor: 4_999_900, Currency: "RUB"}, IMEIOnReceipt: ptr(true), CardInKit: ptr(false),
			OriginalPackaging: ptr(true), WarrantyMonths: ptr(0), WarrantyIssuer: "retailer", Certificate: "С-5",
			CertificateSold: calendar.MustDate("2026-01-11"), CertificatePrice: &money.Amount{Minor: 0, Currency: "BGN"}, PackVersion: "2026.1"}
		f.put(place, product, care.Unit{ID: "u0", Retailer: alpha}, unit, customer, sale)
		check := func() {
			f.Helper()
			f.view(func(tx *storage.Tx) error {
				for _, read := range []struct {
					what string
					want any
					get  func() (any, error)
				}{
					{"retailer", retailer(alpha), func() (any, error) { return tx.Retailer(f.ctx, alpha) }},
					{"retailers", []care.Retailer{retailer(alpha), retailer(beta)}, func() (any, error) { return tx.Retailers(f.ctx) }},
					{"place", place, func() (any, error) { return tx.Place(f.ctx, alpha, "p1") }},
					{"places", []care.Place{place}, func() (any, error) { return tx.Places(f.ctx, alpha) }},
					{"product", product, func() (any, error) { return tx.Product(f.ctx, alpha, "g1") }},
					{"unit", unit, func() (any, error) { return tx.Unit(f.ctx, alpha, "u1") }},
					{"unit replacing", unit, func() (any, error) { return tx.UnitReplacing(f.ctx, alpha, "u0") }},
					{"customer", customer, func() (any, error) { return tx.Customer(f.ctx, alpha, "c1") }},
					{"sale", sale, func() (any, error) { return tx.Sale(f.ctx, alpha, "s1") }},
					{"sale of unit", sale, func() (any, error) { return tx.SaleOfUnit(f.ctx, alpha, "u1") }},
				} {
					got, err := read.get()
					if err != nil {
						f.Errorf("%s: %v", read.what, err)
					}
					f.same(read.what, got, read.want)
				}
				return nil
			})
		}
		check()
		// Rows with nothing but their keys: unknown stays unknown.
		place = care.Place{ID: "p1", Retailer: alpha}
		product = care.Product{ID: "g1", Retailer: alpha}
		unit = care.Unit{ID: "u1", Retailer: alpha, Replaces: "u0"}
		customer = care.Customer{ID: "c1", Retailer: alpha}
		sale = care.Sale{ID: "s1", Retailer: alpha, Unit: "u1"}
		f.put(place, product, unit, customer, sale)
		check()
	})
}

// fill stores one row of every kind for alpha.
func fill(f fixture) {
	unit := care.Unit{ID: "u1", Retailer: alpha, Product: "g1", Serial: "SN1", IMEI: "350000000000001"}
	f.put(
		care.Place{ID: "p1", Retailer: alpha}, care.Product{ID: "g1", Retailer: alpha, SKU: "A-100"},
		unit, care.Unit{ID: "u2", Retailer: alpha, Replaces: "u1"},
		care.Customer{ID: "c1", Retailer: alpha, Name: "Иван", Phone: "9161234567", Email: "ivan@example.org"},
		care.Sale{ID: "s1", Retailer: alpha, Key: "k1", Unit: "u1", Customer: "c1"},
		care.Request{ID: "r1", Retailer: alpha, Number: "REQ-2026-000001", Customer: "c1", Unit: "u1"},
		care.Message{ID: "m1", Retailer: alpha, Request: "r1", At: t0, Text: "Здравствуйте"},
		submitted(alpha, "k1", "RMA-2026-000001", 0, unit),
		care.Stay{Retailer: alpha, Unit: "u1", Demanded: t0},
		care.User{ID: "w1", Retailer: alpha, Email: "anna@example.org", Name: "Анна"},
		care.Client{ID: "i1", Retailer: alpha, Hash: "h1"},
		care.Audit{ID: "a1", Retailer: alpha, At: t0, Object: "claim", ObjectID: "k1"},
		care.Idempotent{Retailer: alpha, Client: "i1", Key: "x1", Created: t0},
	)
}

// A retailer's rows are there for itself, and for no other retailer.
func TestRetailersAreApart(t *testing.T) {
	each(t, func(f fixture) {
		fill(f)
		f.view(func(tx *storage.Tx) error {
			for name, read := range singles(f, tx) {
				if err := read(alpha); err != nil {
					f.Errorf("%s of the retailer itself: %v", name, err)
				}
				if err := read(beta); !errors.Is(err, care.ErrNotFound) {
					f.Errorf("%s of another retailer: got error %v, want not found", name, err)
				}
			}
			for name, count := range lists(f, tx) {
				if n := count(alpha); n == 0 {
					f.Errorf("%s of the retailer itself: nothing", name)
				}
				if n := count(beta); n != 0 {
					f.Errorf("%s of another retailer: %d rows", name, n)
				}
			}
			return nil
		})
	})
}

// singles are the reads that give one row or care.ErrNotFound.
func singles(f fixture, tx *storage.Tx) map[string]func(retailer string) error {
	one := func(_ any, err error) error { return err }
	ctx := f.ctx
	return map[string]func(retailer string) error{
		"place":           func(r string) error { return one(tx.Place(ctx, r, "p1")) },
		"product":         func(r string) error { return one(tx.Product(ctx, r, "g1")) },
		"product by SKU":  func(r string) error { return one(tx.ProductBySKU(ctx, r, "A-100")) },
		"unit":            func(r string) error { return one(tx.Unit(ctx, r, "u1")) },
		"unit replacing":  func(r string) error { return one(tx.UnitReplacing(ctx, r, "u1")) },
		"sale":            func(r string) error { return one(tx.Sale(ctx, r, "s1")) },
		"sale by key":     func(r string) error { return one(tx.SaleByKey(ctx, r, "k1")) },
		"sale of unit":    func(r string) error { return one(tx.SaleOfUnit(ctx, r, "u1")) },
		"customer":        func(r string) error { return one(tx.Customer(ctx, r, "c1")) },
		"by phone":        func(r string) error { return one(tx.CustomerByContact(ctx, r, "9161234567", "")) },
		"by e-mail":       func(r string) error { return one(tx.CustomerByContact(ctx, r, "", "ivan@example.org")) },
		"request":         func(r string) error { return one(tx.Request(ctx, r, "r1")) },
		"claim":           func(r string) error { return one(tx.Claim(ctx, r, "k1")) },
		"claim by number": func(r string) error { return one(tx.ClaimByNumber(ctx, r, "RMA-2026-000001")) },
		"user":            func(r string) error { return one(tx.User(ctx, r, "w1")) },
		"idempotent":      func(r string) error { return one(tx.Idempotent(ctx, r, "i1", "x1")) },
	}
}

// lists are the reads that give any number of rows.
func lists(f fixture, tx *storage.Tx) map[string]func(retailer string) int {
	ctx := f.ctx
	return map[string]func(retailer string) int{
		"places":            func(r string) int { l, err := tx.Places(ctx, r); return count(f, l, err) },
		"products":          func(r string) int { l, _, err := tx.Products(ctx, r, care.Page{}); return count(f, l, err) },
		"units by identity": func(r string) int { l, err := tx.UnitsByIdentity(ctx, r, "sn1"); return count(f, l, err) },
		"search units":      func(r string) int { l, _, err := tx.SearchUnits(ctx, r, "sn1", care.Page{}); return count(f, l, err) },
		"search by name": func(r string) int {
			l, _, err := tx.SearchUnits(ctx, r, "иван", care.Page{})
			return count(f, l, err)
		},
		"all units": func(r string) int { l, _, err := tx.SearchUnits(ctx, r, "", care.Page{}); return count(f, l, err) },
		"requests": func(r string) int {
			l, _, err := tx.Requests(ctx, r, care.RequestFilter{}, care.Page{})
			return count(f, l, err)
		},
		"requests by text": func(r string) int {
			l, _, err := tx.Requests(ctx, r, care.RequestFilter{Text: "иван"}, care.Page{})
			return count(f, l, err)
		},
		"messages":       func(r string) int { l, err := tx.Messages(ctx, r, "r1"); return count(f, l, err) },
		"events":         func(r string) int { l, err := tx.Events(ctx, r, "k1"); return count(f, l, err) },
		"claims of unit": func(r string) int { l, err := tx.ClaimsOfUnit(ctx, r, "u1"); return count(f, l, err) },
		"stays of unit":  func(r string) int { l, err := tx.StaysOfUnit(ctx, r, "u1"); return count(f, l, err) },
		"claim ids":      func(r string) int { l, err := tx.ClaimIDs(ctx, r, "", 10); return count(f, l, err) },
		"work": func(r string) int {
			l, _, err := tx.Work(ctx, r, care.WorkFilter{}, care.Page{})
			return count(f, l, err)
		},
		"work by text": func(r string) int {
			l, _, err := tx.Work(ctx, r, care.WorkFilter{Text: "SN1"}, care.Page{})
			return count(f, l, err)
		},
		"work counts": func(r string) int {
			c, err := tx.WorkCounts(ctx, r, care.WorkFilter{})
			return count(f, make([]struct{}, len(c.ByState)), err)
		},
		"users":   func(r string) int { l, err := tx.Users(ctx, r); return count(f, l, err) },
		"clients": func(r string) int { l, err := tx.Clients(ctx, r); return count(f, l, err) },
		"audits": func(r string) int {
			l, _, err := tx.Audits(ctx, r, care.AuditFilter{}, care.Page{})
			return count(f, l, err)
		},
		"sale keys": func(r string) int {
			m, err := tx.HaveSaleKeys(ctx, r, []string{"k1", "k2"})
			return count(f, make([]struct{}, len(m)), err)
		},
	}
}

func count[T any](f fixture, list []T, err error) int {
	f.Helper()
	if err != nil {
		f.Error(err)
	}
	return len(list)
}

// The same ids, numbers and keys may be used by two retailers.
func TestRetailersShareNoKeys(t *testing.T) {
	each(t, func(f fixture) {
		fill(f)
		unit := care.Unit{ID: "u1", Retailer: beta, Serial: "SN1"}
		f.put(care.Product{ID: "g1", Retailer: beta, SKU: "A-100"}, unit, care.Customer{ID: "c1", Retailer: beta, Name: "Пётр"},
			care.Sale{ID: "s1", Retailer: beta, Key: "k1", Unit: "u1", Customer: "c1"},
			care.Request{ID: "r1", Retailer: beta, Number: "REQ-2026-000001"}, care.Message{ID: "m1", Retailer: beta, Request: "r1", At: t0},
			submitted(beta, "k1", "RMA-2026-000001", 0, unit), care.Audit{ID: "a1", Retailer: beta, At: t0},
			care.Idempotent{Retailer: beta, Client: "i1", Key: "x1", Created: t0})
		f.view(func(tx *storage.Tx) error {
			c, err := tx.Customer(f.ctx, alpha, "c1")
			f.same("customer of alpha", c.Name, "Иван")
			return err
		})
	})
}

// A row that names another retailer's row, or none, can't be committed.
func TestReferencesStayInTheRetailer(t *testing.T) {
	each(t, func(f fixture) {
		fill(f)
		for name, row := range map[string]any{
			"unit of a product":     care.Unit{ID: "u9", Retailer: beta, Product: "g1"},
			"unit replacing a unit": care.Unit{ID: "u9", Retailer: beta, Replaces: "u1"},
			"sale of a unit":        care.Sale{ID: "s9", Retailer: beta, Unit: "u1"},
			"sale to a customer":    care.Sale{ID: "s9", Retailer: beta, Customer: "c1"},
			"request of a customer": care.Request{ID: "r9", Retailer: beta, Number: "n", Customer: "c1"},
			"message of a request":  care.Message{ID: "m9", Retailer: beta, Request: "r1", At: t0},
			"link to a request":     care.Tracking{Hash: "h", Retailer: beta, Request: "r1"},
			"claim on a unit":       submitted(beta, "k9", "n", 0, care.Unit{ID: "u1", Retailer: beta}),
			"session of a user":     care.Session{Hash: "h", Retailer: beta, User: "w1", Expires: t0},
			"place of nobody":       care.Place{ID: "p9", Retailer: "nobody"},
		} {
			if err := f.store.Tx(f.ctx, func(tx *storage.Tx) error { return put(f.ctx, tx, row) }); err == nil {
				f.Errorf("%s: committed", name)
			}
		}
	})
}

// Within a transaction the order of writes is free.
func TestReferencesAreCheckedAtCommit(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.Sale{ID: "s1", Retailer: alpha, Unit: "u1", Customer: "c1"}, care.Unit{ID: "u1", Retailer: alpha, Product: "g1"},
			care.Customer{ID: "c1", Retailer: alpha}, care.Product{ID: "g1", Retailer: alpha})
	})
}

func TestUniqueKeys(t *testing.T) {
	each(t, func(f fixture) {
		fill(f)
		unit := care.Unit{ID: "u1", Retailer: alpha}
		for name, row := range map[string]any{
			"SKU":            care.Product{ID: "g9", Retailer: alpha, SKU: "A-100"},
			"sale key":       care.Sale{ID: "s9", Retailer: alpha, Key: "k1"},
			"request number": care.Request{ID: "r9", Retailer: alpha, Number: "REQ-2026-000001"},
			"message id":     care.Message{ID: "m1", Retailer: alpha, Request: "r1", At: t0},
			"claim number":   submitted(alpha, "k9", "RMA-2026-000001", 0, unit),
			"claim id":       submitted(alpha, "k1", "RMA-2026-000009", 0, unit),
			"sign-in":        care.User{ID: "w9", Retailer: beta, Email: " ANNA@example.org"},
			"client's hash":  care.Client{ID: "i9", Retailer: beta, Hash: "h1"},
			"stay":           care.Stay{Retailer: alpha, Unit: "u1"},
			"audit id":       care.Audit{ID: "a1", Retailer: alpha, At: t0},
		} {
			err := f.store.Tx(f.ctx, func(tx *storage.Tx) error { return put(f.ctx, tx, row) })
			if !errors.Is(err, care.ErrConflict) {
				f.Errorf("%s taken: got error %v, want conflict", name, err)
			}
		}
		// No SKU and no key are not a key.
		f.put(care.Product{ID: "g2", Retailer: alpha}, care.Product{ID: "g3", Retailer: alpha},
			care.Sale{ID: "s2", Retailer: alpha}, care.Sale{ID: "s3", Retailer: alpha})
	})
}

func TestSaleKeys(t *testing.T) {
	each(t, func(f fixture) {
		var keys []string
		f.tx(func(tx *storage.Tx) error {
			for i := range 1203 { // more than one query's worth
				key := fmt.Sprintf("1c/%d", i)
				keys = append(keys, key, key+"?")
				if err := tx.PutSale(f.ctx, care.Sale{ID: fmt.Sprintf("s%d", i), Retailer: alpha, Key: key}); err != nil {
					return err
				}
			}
			return nil
		})
		f.view(func(tx *storage.Tx) error {
			there, err := tx.HaveSaleKeys(f.ctx, alpha, keys)
			for i, key := range keys {
				if there[key] != (i%2 == 0) {
					f.Errorf("key %s: there %t", key, there[key])
				}
			}
			none, err2 := tx.HaveSaleKeys(f.ctx, alpha, nil)
			f.same("no keys", none, map[string]bool{})
			return errors.Join(err, err2)
		})
	})
}

func TestLatestSaleOfUnit(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.Unit{ID: "u1", Retailer: alpha},
			care.Sale{ID: "s1", Retailer: alpha, Unit: "u1", Date: calendar.MustDate("2026-01-05")},
			care.Sale{ID: "s2", Retailer: alpha, Unit: "u1", Date: calendar.MustDate("2025-12-31")},
			care.Sale{ID: "s3", Retailer: alpha, Unit: "u1"}) // day unknown
		f.view(func(tx *storage.Tx) error {
			s, err := tx.SaleOfUnit(f.ctx, alpha, "u1")
			f.same("latest sale", s.ID, "s1")
			return err
		})
	})
}

// The units of several models are counted at once, each model by itself, and
// those of one retailer only.
func TestUnitsOfModels(t *testing.T) {
	each(t, func(f fixture) {
		for i, model := range []string{"14T", "14T", "14", "X"} {
			f.put(care.Unit{ID: fmt.Sprint("u", i), Retailer: alpha, Category: "smartphone", Brand: "Xiaomi", Model: model})
		}
		f.put(care.Unit{ID: "u9", Retailer: alpha, Category: "tv", Brand: "Xiaomi", Model: "14T"},
			care.Unit{ID: "u1", Retailer: beta, Category: "smartphone", Brand: "Xiaomi", Model: "14T"})
		of := func(model string, sold int) care.ModelCount {
			return care.ModelCount{Category: "smartphone", Brand: "Xiaomi", Model: model, Claims: 7, Sold: sold}
		}
		got := []care.ModelCount{of("14", 0), of("15", 0), of("14T", 0)}
		f.view(func(tx *storage.Tx) error { return tx.SoldOfModels(f.ctx, alpha, got) })
		f.same("units of models", got, []care.ModelCount{of("14", 1), of("15", 0), of("14T", 2)})
		f.view(func(tx *storage.Tx) error { return tx.SoldOfModels(f.ctx, alpha, nil) })
	})
}

func TestProductsByPage(t *testing.T) {
	each(t, func(f fixture) {
		var want []string
		for i := range 7 {
			id := fmt.Sprintf("g%d", i)
			want = append(want, id)
			f.put(care.Product{ID: id, Retailer: alpha}, care.Product{ID: id + "x", Retailer: beta})
		}
		for _, limit := range []int{1, 3, 7, 50} {
			f.view(func(tx *storage.Tx) error {
				list := all(f, limit, func(p care.Page) ([]care.Product, string, error) { return tx.Products(f.ctx, alpha, p) })
				f.same(fmt.Sprintf("pages of %d", limit), ids(list, func(p care.Product) string { return p.ID }), want)
				return nil
			})
		}
	})
}

func TestPlacesAndUsersAreSorted(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.Place{ID: "b", Retailer: alpha}, care.Place{ID: "a", Retailer: alpha}, care.Place{ID: "A", Retailer: alpha},
			care.User{ID: "2", Retailer: alpha, Email: "2", Name: "Вера"}, care.User{ID: "1", Retailer: alpha, Email: "1", Name: "Вера"},
			care.User{ID: "3", Retailer: alpha, Email: "3", Name: "Борис"})
		f.view(func(tx *storage.Tx) error {
			places, err := tx.Places(f.ctx, alpha)
			f.same("places", ids(places, func(p care.Place) string { return p.ID }), []string{"A", "a", "b"})
			users, err2 := tx.Users(f.ctx, alpha)
			f.same("users", ids(users, func(u care.User) string { return u.ID }), []string{"3", "1", "2"})
			return errors.Join(err, err2)
		})
	})
}
