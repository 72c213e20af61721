package storage_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

func TestUnitsByIdentity(t *testing.T) {
	each(t, func(f fixture) {
		f.put(
			care.Unit{ID: "u1", Retailer: alpha, Serial: "SN-12 34/AB", IMEI: "35 000000 000000 1"},
			care.Unit{ID: "u2", Retailer: alpha, Serial: "sn1234/ab", IMEI2: "350000000000001"},
			care.Unit{ID: "u3", Retailer: alpha, Serial: "SN1234/ABC"},
			care.Unit{ID: "u4", Retailer: alpha, Serial: "ХР-5"}, // typed in Cyrillic
			care.Unit{ID: "u5", Retailer: alpha},
			care.Sale{ID: "s1", Retailer: alpha, Unit: "u1", Date: calendar.MustDate("2026-02-01")},
			care.Sale{ID: "s2", Retailer: alpha, Unit: "u2", Date: calendar.MustDate("2025-02-01")},
			care.Sale{ID: "s3", Retailer: alpha, Unit: "u1", Date: calendar.MustDate("2024-02-01")})
		for _, c := range []struct {
			name, text string
			want       []string
		}{
			{"as one was written", "SN-12 34/AB", []string{"u1", "u2"}},
			{"case, spaces and hyphens", " sn 12‑34/aB\u00ad", []string{"u1", "u2"}}, // a non-breaking and a soft hyphen
			{"IMEI or second IMEI", "350000000000001", []string{"u1", "u2"}},
			{"full-width digits", "３５００００００００００００１", []string{"u1", "u2"}},
			{"Cyrillic lookalikes", "SN1234/АВС", []string{"u3"}},
			{"Latin for what was typed in Cyrillic", "xp5", []string{"u4"}},
			{"the beginning is not the whole", "SN1234", nil},
			{"nothing", "", nil},
			{"only hyphens", " - ", nil},
		} {
			f.view(func(tx *storage.Tx) error {
				units, err := tx.UnitsByIdentity(f.ctx, alpha, c.text)
				f.same(c.name, ids(units, func(u care.Unit) string { return u.ID }), c.want)
				return err
			})
		}
	})
}

func TestCustomerByContact(t *testing.T) {
	each(t, func(f fixture) {
		f.put(
			care.Customer{ID: "c1", Retailer: alpha, Phone: "+7 (916) 123-45-67", Created: t0},
			care.Customer{ID: "c2", Retailer: alpha, Phone: "79161234567", Email: "Ivan@Example.ORG", Created: t0.AddDate(0, 0, 1)},
			care.Customer{ID: "c3", Retailer: alpha, Email: "Елена@пример.рф"},
			care.Customer{ID: "c4", Retailer: alpha})
		for _, c := range []struct{ name, phone, email, want string }{
			{"phone by digits: who came first", "+7 916 123 45 67", "", "c1"},
			{"e-mail in another case", "", " ivan@example.org ", "c2"},
			{"Cyrillic e-mail in another case", "", "елена@ПРИМЕР.рф", "c3"},
			{"both are known best", "79161234567", "ivan@example.org", "c2"},
			{"phone goes before e-mail", "79161234567", "елена@пример.рф", "c1"},
			{"either is enough", "70000000000", "ivan@example.org", "c2"},
			{"neither", "70000000000", "nobody@example.org", ""},
			{"nothing given", "", "", ""},
			{"no digits in it", "-", " ", ""},
		} {
			f.view(func(tx *storage.Tx) error {
				got, err := tx.CustomerByContact(f.ctx, alpha, c.phone, c.email)
				if c.want == "" && errors.Is(err, care.ErrNotFound) {
					return nil
				}
				f.same(c.name, got.ID, c.want)
				return err
			})
		}
	})
}

// market is what the search tests look in.
func market(f fixture) {
	f.put(
		care.Product{ID: "g1", Retailer: alpha, Brand: "Xiaomi", Model: "Redmi Note 13 Pro+"},
		care.Product{ID: "g2", Retailer: alpha, Brand: "Ёлка", Model: "Чайник Е-5"},
		care.Unit{ID: "u1", Retailer: alpha, Product: "g1", Serial: "AB-123 45", IMEI: "350000000000001"},
		care.Unit{ID: "u2", Retailer: alpha, Product: "g2", Serial: "ZZ9"},
		care.Unit{ID: "u3", Retailer: alpha, Brand: "Samsung", Model: "Galaxy S24", IMEI2: "350000000000009"},
		care.Customer{ID: "c1", Retailer: alpha, Name: "Семён Королёв-Лесной", Phone: "+7 (916) 123-45-67", Email: "semen@example.org"},
		care.Customer{ID: "c2", Retailer: alpha, Name: "Мария Королева", Phone: "+359 88 700 1122"},
		care.Sale{ID: "s1", Retailer: alpha, Unit: "u1", Customer: "c1", Receipt: "00-0017", Date: calendar.MustDate("2026-01-05")},
		care.Sale{ID: "s0", Retailer: alpha, Unit: "u1", Customer: "c2", Receipt: "99", Date: calendar.MustDate("2025-01-05")},
		care.Sale{ID: "s2", Retailer: alpha, Unit: "u2", Customer: "c2", Certificate: "ДГ № 7/A"})
}

func TestSearchUnits(t *testing.T) {
	each(t, func(f fixture) {
		market(f)
		for _, c := range []struct {
			name, text string
			want       []string
		}{
			{"nothing narrows nothing", "", []string{"u1", "u2", "u3"}},
			{"only signs narrow nothing", " -/ ", []string{"u1", "u2", "u3"}},
			{"serial in another spelling", "ab12345", []string{"u1"}},
			{"serial with spaces and hyphens", "AB-123 45", []string{"u1"}},
			{"beginning of a serial", "ab-1", []string{"u1"}},
			{"IMEI", "350000000000001", []string{"u1"}},
			{"beginning of either IMEI", "35000000", []string{"u1", "u3"}},
			{"model of a product", "redmi", []string{"u1"}},
			{"several words of a model", "note xiaomi 13", []string{"u1"}},
			{"model of a unit without a product", "galaxy s24", []string{"u3"}},
			{"words of different models", "galaxy redmi", nil},
			{"Cyrillic in capitals", "ЧАЙНИК", []string{"u2"}},
			{"е for ё", "елка", []string{"u2"}},
			{"ё for е", "ёлка", []string{"u2"}},
			{"model with a hyphen", "Е-5", []string{"u2"}},
			{"name in another case", "семен", []string{"u1"}},
			{"surname with е or ё", "КОРОЛЕВ", []string{"u1", "u2"}},
			{"double surname", "Королёв-Лесной", []string{"u1"}},
			{"decomposed letters", "Королёв Семён", []string{"u1"}},
			{"a full name", "Королева Мария", []string{"u1", "u2"}},
			{"three words of three things", "королев samsung zz9", nil},
			{"name, model and serial together", "королева чайник zz9", []string{"u2"}},
			{"name and model together", "королева чайник", []string{"u2"}},
			{"an earlier customer of the unit", "мария xiaomi", []string{"u1"}},
			{"phone as written", "+7 (916) 123-45-67", []string{"u1"}},
			{"phone from within the country", "8 916 1234567", []string{"u1"}},
			{"Bulgarian phone from within the country", "088 7001122", []string{"u1", "u2"}},
			{"end of a phone", "45-67", []string{"u1"}},
			{"three digits are too few for a phone", "567", nil},
			{"e-mail", "Semen@Example", []string{"u1"}},
			{"receipt", "000017", []string{"u1"}},
			{"certificate", "дг№7/a", []string{"u2"}},
			{"wildcards are letters", "%", []string{"u1", "u2", "u3"}},
			{"quotes are letters", "o'brien\"; --", nil},
			{"nobody", "Тихомиров", nil},
		} {
			f.view(func(tx *storage.Tx) error {
				list := all(f, 2, func(p care.Page) ([]care.UnitRecord, string, error) { return tx.SearchUnits(f.ctx, alpha, c.text, p) })
				f.same(c.name+": "+c.text, ids(list, func(r care.UnitRecord) string { return r.Unit.ID }), c.want)
				return nil
			})
		}
	})
}

func TestSearchCustomers(t *testing.T) {
	each(t, func(f fixture) {
		market(f)
		f.put(care.Customer{ID: "b1", Retailer: beta, Name: "Семён Королёв", Phone: "+7 (916) 123-45-67", Email: "semen@example.org"})
		for _, c := range []struct {
			name, text string
			want       []string
		}{
			{"nothing finds nobody", "", nil},
			{"only signs find nobody", " -/ ", nil},
			{"beginning of a name", "корол", []string{"c2", "c1"}},
			{"a full name in another order", "Лесной Семен", []string{"c1"}},
			{"phone as written", "+7 (916) 123-45-67", []string{"c1"}},
			{"phone from within the country", "8 916 123-45-67", []string{"c1"}},
			{"end of a phone", "1122", []string{"c2"}},
			{"beginning of a phone", "+7 916 12", []string{"c1"}},
			{"beginning of a phone from within the country", "8 (916) 1", []string{"c1"}},
			{"beginning of a phone without what is dialled first", "916-1", []string{"c1"}},
			{"beginning of a Bulgarian phone", "+359 88", []string{"c2"}},
			{"beginning of a Bulgarian phone from within the country", "088 7", []string{"c2"}},
			{"beginning of a Bulgarian phone without its zero", "88 70", []string{"c2"}},
			{"a name and a phone's beginning", "королев 8916", []string{"c1"}},
			{"three digits are too few for a phone's beginning", "916", nil},
			{"three digits are too few for a phone", "122", nil},
			{"beginning of an e-mail", "SEMEN@", []string{"c1"}},
			{"words of two people", "мария лесной", nil},
			{"a name and a phone's end", "королева 1122", []string{"c2"}},
			{"quotes are letters", "o'brien\"; --", nil},
		} {
			f.view(func(tx *storage.Tx) error {
				list, err := tx.SearchCustomers(f.ctx, alpha, c.text, 8)
				f.same(c.name+": "+c.text, ids(list, func(c care.Customer) string { return c.ID }), c.want)
				return err
			})
		}
		f.view(func(tx *storage.Tx) error {
			list, err := tx.SearchCustomers(f.ctx, alpha, "корол", 1)
			f.same("no more than asked for", ids(list, func(c care.Customer) string { return c.ID }), []string{"c2"})
			return err
		})
	})
}

// A record carries the latest sale and its customer, where they are known.
func TestSearchedUnitsHaveTheirSales(t *testing.T) {
	each(t, func(f fixture) {
		market(f)
		f.view(func(tx *storage.Tx) error {
			list, _, err := tx.SearchUnits(f.ctx, alpha, "", care.Page{})
			if err != nil {
				return err
			}
			for i, want := range []struct{ sale, customer string }{{"s1", "c1"}, {"s2", "c2"}, {"", ""}} {
				var sale, customer string
				if list[i].Sale != nil {
					sale = list[i].Sale.ID
				}
				if list[i].Customer != nil {
					customer = list[i].Customer.ID
				}
				if sale != want.sale || customer != want.customer {
					f.Errorf("unit %s: sale %q to %q, want %q to %q", list[i].Unit.ID, sale, customer, want.sale, want.customer)
				}
			}
			return nil
		})
	})
}

// What was renamed is found by its new words only.
func TestSearchFollowsChanges(t *testing.T) {
	each(t, func(f fixture) {
		market(f)
		f.put(care.Customer{ID: "c1", Retailer: alpha, Name: "Семён Полевой"}, care.Product{ID: "g1", Retailer: alpha, Model: "Redmi"},
			care.Unit{ID: "u3", Retailer: alpha, Product: "g2", Brand: "Samsung", Model: "Galaxy S24"})
		for text, want := range map[string][]string{"Королёв-Лесной": nil, "полевой": {"u1"}, "note": nil, "galaxy": nil, "чайник": {"u2", "u3"}} {
			f.view(func(tx *storage.Tx) error {
				list, _, err := tx.SearchUnits(f.ctx, alpha, text, care.Page{})
				f.same(text, ids(list, func(r care.UnitRecord) string { return r.Unit.ID }), want)
				return err
			})
		}
	})
}

// Long texts are cut, not refused: names come from imports.
func TestSearchOfLongTexts(t *testing.T) {
	each(t, func(f fixture) {
		long := ""
		for i := range 200 {
			long += fmt.Sprintf("слово%d ", i)
		}
		f.put(care.Unit{ID: "u1", Retailer: alpha, Model: long})
		f.view(func(tx *storage.Tx) error {
			list, _, err := tx.SearchUnits(f.ctx, alpha, long, care.Page{})
			if len(list) != 1 {
				f.Errorf("found %d units", len(list))
			}
			return err
		})
	})
}

func TestPagesOfSearchAreBounded(t *testing.T) {
	each(t, func(f fixture) {
		f.tx(func(tx *storage.Tx) error {
			for i := range 230 {
				if err := tx.PutUnit(f.ctx, care.Unit{ID: fmt.Sprintf("u%03d", i), Retailer: alpha, Model: "Чайник"}); err != nil {
					return err
				}
			}
			return nil
		})
		for limit, want := range map[int]int{0: 50, -1: 50, 7: 7, 200: 200, 1000: 200} {
			f.view(func(tx *storage.Tx) error {
				list, next, err := tx.SearchUnits(f.ctx, alpha, "чайник", care.Page{Limit: limit})
				if len(list) != want || next == "" {
					f.Errorf("limit %d: %d rows, next %q; want %d rows", limit, len(list), next, want)
				}
				return err
			})
		}
	})
}
