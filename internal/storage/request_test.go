package storage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

func TestRequestRoundTrip(t *testing.T) {
	each(t, func(f fixture) {
		r := care.Request{ID: "r1", Retailer: alpha, Number: "REQ-2026-000001", Kind: care.VideoConsultation, Channel: "web", Lang: "ru",
			State: care.RequestAnswered, Customer: "c1", Unit: "u1", Claim: "k1", Subject: "Xiaomi 14T", Text: "Не включается\nсовсем",
			Return: care.ReturnDeliver, Address: "ул. Мира, 2", Settlement: "Москва", ReceivedAt: t0, AnswerUntil: t0.Add(time.Hour),
			AnswerDue: "2026-03-02T13:30:00+03:00", AnsweredAt: t0.Add(time.Minute), Updated: t0.Add(2 * time.Minute), Slot: t0.AddDate(0, 0, 1)}
		link := care.Tracking{Hash: "h1", Retailer: alpha, Request: "r1", Claim: "k1", Customer: "c1", Created: t0, Expires: t0.AddDate(1, 0, 0)}
		forever := care.Tracking{Hash: "h2", Retailer: alpha, Request: "r1"}
		f.put(care.Customer{ID: "c1", Retailer: alpha}, device, r, link, forever)
		check := func() {
			f.Helper()
			for _, run := range []func(func(tx *storage.Tx) error){f.view, f.tx} {
				run(func(tx *storage.Tx) error {
					got, err := tx.Request(f.ctx, alpha, "r1")
					f.same("request", got, r)
					list, _, err2 := tx.Requests(f.ctx, alpha, care.RequestFilter{}, care.Page{})
					f.same("requests", list, []care.Request{r})
					return errors.Join(err, err2)
				})
			}
		}
		check()
		r = care.Request{ID: "r1", Retailer: alpha, Number: "REQ-2026-000001"}
		f.put(r)
		check()
		f.view(func(tx *storage.Tx) error {
			for _, want := range []care.Tracking{link, forever} {
				got, err := tx.TrackingByHash(f.ctx, want.Hash)
				if err != nil {
					return err
				}
				f.same("tracking link", got, want)
			}
			if _, err := tx.TrackingByHash(f.ctx, ""); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("no link: %v", err)
			}
			return nil
		})
		f.refused(care.ErrConflict, func(tx *storage.Tx) error { return tx.AddTracking(f.ctx, link) })
	})
}

func TestRequests(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.Customer{ID: "c1", Retailer: alpha, Name: "Семён Лесной", Phone: "+7 916 123-45-67"}, device,
			care.Request{ID: "r1", Retailer: alpha, Number: "REQ-2026-000001", Kind: care.Consultation, State: care.RequestOpen, Subject: "Ёлочная гирлянда"},
			care.Request{ID: "r2", Retailer: alpha, Number: "REQ-2026-000002", Kind: care.Consultation, State: care.RequestAnswered, AnswerUntil: t0.Add(2 * time.Hour)},
			care.Request{ID: "r3", Retailer: alpha, Number: "REQ-2026-000003", Kind: care.WarrantyService, State: care.RequestOpen,
				AnswerUntil: t0.Add(time.Hour), Customer: "c1", Unit: "u1", Claim: "k1"},
			care.Request{ID: "r4", Retailer: alpha, Number: "REQ-2026-000012", Kind: care.Documentation, State: care.RequestClosed, Customer: "c1", AnswerUntil: t0.Add(time.Hour)},
			care.Request{ID: "r0", Retailer: alpha, Number: "REQ-2026-000020", Kind: care.TechnicalSupport, State: care.RequestOpen})
		for _, c := range []struct {
			name   string
			filter care.RequestFilter
			want   []string
		}{
			{"all, by term, those without one last", care.RequestFilter{}, []string{"r3", "r4", "r2", "r0", "r1"}},
			{"kinds", care.RequestFilter{Kinds: []string{care.Consultation, care.Documentation}}, []string{"r4", "r2", "r1"}},
			{"states", care.RequestFilter{States: []care.RequestState{care.RequestOpen}}, []string{"r3", "r0", "r1"}},
			{"customer", care.RequestFilter{Customer: "c1"}, []string{"r3", "r4"}},
			{"no claims", care.RequestFilter{NoClaim: true}, []string{"r4", "r2", "r0", "r1"}},
			{"number", care.RequestFilter{Text: "req-2026-000002"}, []string{"r2"}},
			{"end of a number", care.RequestFilter{Text: "2"}, []string{"r2"}},
			{"all digits of a number", care.RequestFilter{Text: "000002"}, []string{"r2"}},
			{"subject", care.RequestFilter{Text: "ГИРЛЯНДА елочная"}, []string{"r1"}},
			{"customer's name", care.RequestFilter{Text: "семен"}, []string{"r3", "r4"}},
			{"phone", care.RequestFilter{Text: "123-45-67"}, []string{"r3", "r4"}},
			{"serial of the unit", care.RequestFilter{Text: "sn1"}, []string{"r3"}},
			{"everything together", care.RequestFilter{Text: "лесной sn-1", Kinds: []string{care.WarrantyService}, Customer: "c1"}, []string{"r3"}},
			{"nothing", care.RequestFilter{Text: "чайник"}, nil},
		} {
			for _, limit := range []int{1, 2, 50} {
				f.view(func(tx *storage.Tx) error {
					list := all(f, limit, func(p care.Page) ([]care.Request, string, error) { return tx.Requests(f.ctx, alpha, c.filter, p) })
					f.same(fmt.Sprintf("%s, pages of %d", c.name, limit), ids(list, func(r care.Request) string { return r.ID }), c.want)
					return nil
				})
			}
		}
	})
}

// A thread is read oldest first, and in the order of writing within an
// instant.
func TestThread(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.Request{ID: "r1", Retailer: alpha, Number: "1"}, care.Request{ID: "r2", Retailer: alpha, Number: "2"})
		clerk := care.Actor{Kind: care.StaffActor, ID: "w1", Name: "Анна <&>", Retailer: alpha, Role: care.Clerk, Place: "p1"}
		m := care.Message{ID: "m3", Retailer: alpha, Request: "r1", At: t0, Actor: clerk, Text: "Ждём звонка", Internal: true}
		f.put(m, care.Message{ID: "m1", Retailer: alpha, Request: "r1", At: t0}, care.Message{ID: "m2", Retailer: alpha, Request: "r2", At: t0},
			care.Message{ID: "m0", Retailer: alpha, Request: "r1", At: t0.Add(-time.Microsecond)})
		f.view(func(tx *storage.Tx) error {
			list, err := tx.Messages(f.ctx, alpha, "r1")
			f.same("order", ids(list, func(m care.Message) string { return m.ID }), []string{"m0", "m3", "m1"})
			f.same("message", list[1], m)
			return err
		})
	})
}
