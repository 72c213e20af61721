package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// certified sells a certificate for a thing at the counter, some days after
// the thing was sold, and returns where to read its number.
func (s *stage) certified(t thing, who person, after int) *string {
	s.sell(t, who)
	s.known[t.identity()] = true
	number := new(string)
	at := s.office(s.end.AddDate(0, 0, after-t.age)).Add(20 * time.Minute)
	s.add(at, "certify "+t.identity(), func(ctx context.Context) error {
		c, err := s.desk.SellCertificate(ctx, s.actors[care.Clerk], desk.CertificateSale{Unit: t.identity(), Lang: "ru"})
		*number = c.Number
		return err
	})
	return number
}

// managed is what a manager does to a certificate so many days ago.
func (s *stage) managed(ago float64, what string, do func(ctx context.Context, boss care.Actor) error) {
	at := s.office(s.end.Add(-days(ago)))
	s.add(at, what, func(ctx context.Context) error { return do(ctx, s.actors[care.Manager]) })
}

// omskCertificates are certificates in every state: one bought with the
// device, one bought later, one that a repair has moved, one in its year, one
// of a sale that was rescinded, one that its owner cancelled (A5–A15).
func (s *stage) omskCertificates() {
	phone := func(n, age int, price string) thing {
		return thing{category: "phone", brand: "Honor", model: "X8c", imei: imei(n), price: price, months: 12, issuer: "manufacturer", age: age, onReceipt: true}
	}
	s.certified(phone(201, 40, "21990.00"), galina, 0)
	s.certified(thing{category: "laptop", brand: "Huawei", model: "MateBook D14", serial: "HWTALON202", price: "64990.00", months: 24, issuer: "manufacturer", age: 200}, anton, 25)
	s.certified(thing{category: "tv", brand: "Hisense", model: "50A6K", serial: "HSTALON203", price: "36990.00", months: 12, issuer: "manufacturer", age: 500}, oksana, 3)

	moved := phone(204, 330, "14990.00")
	s.certified(moved, marina, 10)
	s.life(60, moved, marina, ask{text: "Телефон не слышит собеседника."}).
		intakeWith(0.3, service, "Без повреждений", []string{"receipt"}).
		diagnose(2, hardware("other", "no-microphone"), "").repair(3, 14, "hardware", "Заменён микрофон.", care.Part{Part: "other", Name: "Микрофон"}).ready(0.1).home(0.5)

	returned := phone(205, 90, "18990.00")
	number := s.certified(returned, timur, 0)
	s.managed(80, "rescind "+returned.identity(), func(ctx context.Context, boss care.Actor) error {
		_, err := s.desk.RescindSale(ctx, boss, desk.Rescission{Unit: returned.identity(), Reason: "Возврат в течение 15 дней: телефон перегревался."})
		return err
	})
	s.managed(76, "pay back a certificate", func(ctx context.Context, boss care.Actor) error {
		c, err := s.desk.Certificate(ctx, boss, *number, "ru")
		if err != nil {
			return err
		}
		if _, err := s.desk.ApproveEntry(ctx, boss, c.Entry); err != nil {
			return err
		}
		_, err = s.desk.PayEntry(ctx, boss, c.Entry, "ПП-000318")
		return err
	})
	unwanted := phone(206, 120, "16990.00")
	second := s.certified(unwanted, egor, 7)
	s.managed(30, "cancel a certificate", func(ctx context.Context, boss care.Actor) error {
		costs, err := s.sum("150.00", calendar.DateOf(s.end, s.zone))
		if err != nil {
			return err
		}
		if _, err := s.desk.CancelCertificate(ctx, boss, *second, desk.Cancellation{Costs: *costs, Reason: "Клиент передумал; удержаны расходы на оформление."}); err != nil {
			return fmt.Errorf("certificate %s: %w", *second, err)
		}
		return nil
	})
}
