package storage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
)

func noticeRow(id string, change func(*care.Notice)) care.Notice {
	n := care.Notice{ID: id, Retailer: alpha, Key: "device.ready email " + id, Occasion: care.DeviceReady, Channel: care.ByEmail, To: "m@mail.example",
		Lang: "bg", State: care.NoticeQueued, Created: t0}
	if change != nil {
		change(&n)
	}
	return n
}

func (f fixture) addNotices(list ...care.Notice) {
	f.Helper()
	f.tx(func(tx *storage.Tx) error {
		for _, n := range list {
			if _, err := tx.AddNotice(f.ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// Every field of a message comes back, and an occasion is told once.
func TestNoticeRoundTrip(t *testing.T) {
	each(t, func(f fixture) {
		full := noticeRow("1", func(n *care.Notice) {
			n.Request, n.Claim, n.Customer, n.Number = "r1", "c1", "p1", "RMA-2026-000001"
			n.Facts = care.NoticeFacts{Also: []care.Occasion{care.ClaimDecided}, Device: "Lenovo <T14>", State: care.Ready, Due: "2026-04-01", Deadline: "repair",
				Opens: []string{"penalty"}, Place: &care.NoticePlace{Name: "София"}, Amount: &money.Amount{Minor: 100, Currency: "EUR"},
				Until: calendar.MustDate("2027-01-02"), Meeting: &care.Meeting{ID: "m", Start: t0}, Data: json.RawMessage(`{"a":1}`)}
			n.State, n.Attempts, n.Retry, n.Error, n.Reason = care.NoticeSent, 2, t0.Add(time.Minute), "busy", care.ReasonLater
			n.Ended, n.Provider, n.Subject, n.Text = t0.Add(time.Hour), "<1@x>", "Тема", "Текст\nдва"
		})
		f.addNotices(full, noticeRow("2", nil))
		f.tx(func(tx *storage.Tx) error {
			added, err := tx.AddNotice(f.ctx, noticeRow("3", func(n *care.Notice) { n.Key = full.Key }))
			if added {
				f.Error("an occasion was queued twice")
			}
			if other := noticeRow("1", func(n *care.Notice) { n.Retailer, n.Key = beta, full.Key }); err == nil {
				added, err = tx.AddNotice(f.ctx, other)
				f.same("another retailer's", added, true)
			}
			return err
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.Notice(f.ctx, alpha, "1")
			f.same("message", got, full)
			if _, gone := tx.Notice(f.ctx, alpha, "3"); !errors.Is(gone, care.ErrNotFound) {
				f.Errorf("the second is there: %v", gone)
			}
			return err
		})
		full.State, full.Text, full.Reason = care.NoticeFailed, "", ""
		f.tx(func(tx *storage.Tx) error { return tx.PutNotice(f.ctx, full) })
		f.view(func(tx *storage.Tx) error {
			got, err := tx.Notice(f.ctx, alpha, "1")
			f.same("changed", got, full)
			return err
		})
	})
}

func TestNoticesAreListedNewestFirst(t *testing.T) {
	each(t, func(f fixture) {
		for i := range 5 {
			f.addNotices(noticeRow(fmt.Sprint(i), func(n *care.Notice) {
				n.Created = t0.Add(time.Duration(i/2) * time.Hour) // pairs of one instant
				switch i {
				case 1:
					n.State, n.Claim = care.NoticeFailed, "c1"
				case 2:
					n.Channel, n.To = care.ByWebhook, "e1"
				case 3:
					n.Claim, n.Request = "c1", "r1"
				case 4:
					n.Attempts = 2
				}
			}))
		}
		f.addNotices(noticeRow("x", func(n *care.Notice) { n.Retailer = beta }))
		for name, c := range map[string]struct {
			filter care.NoticeFilter
			want   []string
		}{
			"all":        {care.NoticeFilter{}, []string{"4", "3", "2", "1", "0"}},
			"of a claim": {care.NoticeFilter{Claim: "c1"}, []string{"3", "1"}},
			"of request": {care.NoticeFilter{Request: "r1"}, []string{"3"}},
			"failed":     {care.NoticeFilter{States: []care.NoticeState{care.NoticeFailed, care.NoticeUnsent}}, []string{"1"}},
			"not there":  {care.NoticeFilter{States: []care.NoticeState{care.NoticeFailed, care.NoticeQueued}, Tried: true}, []string{"4", "1"}},
			"to people":  {care.NoticeFilter{People: true}, []string{"4", "3", "1", "0"}},
			"a program":  {care.NoticeFilter{Endpoint: "e1"}, []string{"2"}},
		} {
			for limit := 1; limit <= 5; limit += 2 {
				f.view(func(tx *storage.Tx) error {
					got := all(f, limit, func(page care.Page) ([]care.Notice, string, error) { return tx.Notices(f.ctx, alpha, c.filter, page) })
					f.same(fmt.Sprint(name, " by ", limit), ids(got, func(n care.Notice) string { return n.ID }), c.want)
					return nil
				})
			}
		}
	})
}

func TestWishesAndEndpoints(t *testing.T) {
	each(t, func(f fixture) {
		f.put(care.Customer{ID: "p1", Retailer: alpha, Name: "Мария"})
		wish := care.ContactWish{Retailer: alpha, Customer: "p1", Off: true, Channels: []care.MessageChannel{care.ByEmail, care.BySMS}, Telegram: "17", Updated: t0}
		full := care.Endpoint{ID: "e1", Retailer: alpha, URL: "https://erp.example/x", Secret: "whsec_x", Types: []care.Occasion{care.DeviceReady, care.ClaimChanged},
			Enabled: true, Created: t0, Failing: t0.Add(time.Hour), Stopped: t0.Add(2 * time.Hour), LastSent: t0}
		bare := care.Endpoint{ID: "e2", Retailer: alpha, URL: "https://b.example", Created: t0}
		f.tx(func(tx *storage.Tx) error {
			return errors.Join(tx.PutWish(f.ctx, wish), tx.PutEndpoint(f.ctx, bare), tx.PutEndpoint(f.ctx, full))
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.Wish(f.ctx, alpha, "p1")
			f.same("wish", got, wish)
			list, err2 := tx.Endpoints(f.ctx, alpha)
			f.same("endpoints", list, []care.Endpoint{full, bare})
			one, err3 := tx.Endpoint(f.ctx, alpha, "e1")
			f.same("endpoint", one, full)
			if _, none := tx.Wish(f.ctx, alpha, "p2"); !errors.Is(none, care.ErrNotFound) {
				f.Errorf("nobody's wish: %v", none)
			}
			if _, other := tx.Endpoint(f.ctx, beta, "e1"); !errors.Is(other, care.ErrNotFound) {
				f.Errorf("another retailer's: %v", other)
			}
			return errors.Join(err, err2, err3)
		})
		f.refused(care.ErrNotFound, func(tx *storage.Tx) error { return tx.DeleteEndpoint(f.ctx, beta, "e1") })
		f.tx(func(tx *storage.Tx) error { return tx.DeleteEndpoint(f.ctx, alpha, "e1") })
		f.view(func(tx *storage.Tx) error {
			list, err := tx.Endpoints(f.ctx, alpha)
			f.same("what is left", list, []care.Endpoint{bare})
			return err
		})
	})
}
