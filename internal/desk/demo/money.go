package demo

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// deputy hires a second manager: dear refunds take two.
func (s *stage) deputy(lang, name string) {
	email := "deputy@" + s.id + ".example"
	s.add(s.end.Add(-4*365*day).Add(2*time.Hour), "hire "+email, func(ctx context.Context) error {
		_, err := s.desk.CreateUser(ctx, care.System(s.id), desk.NewUser{Email: email, Name: name, Role: care.Manager, Lang: lang, Password: s.guide.Password})
		s.guide.SignIns = append(s.guide.SignIns, SignIn{Retailer: s.id, Role: care.Manager, Name: name, Email: email})
		return err
	})
}

// takes records the customer's payment of everything that is approved.
func (l *life) takes(after float64, reference string) *life {
	return l.then(after, "take money", func(ctx context.Context) error {
		till := l.actors[care.Manager]
		list, err := l.desk.ClaimMoney(ctx, till, l.receipt.Claim.ID, "en")
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.Debtor == care.CustomerParty && e.State == care.EntryApproved {
				if _, err := l.desk.PayEntry(ctx, till, e.ID, reference); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// reduces approves so many percent of the price, in the money of that day.
func (l *life) reduces(after float64, percent int64) *life {
	return l.then(after, "approve a reduction", func(ctx context.Context) error {
		v, err := l.desk.Claim(ctx, l.actors[care.Manager], l.receipt.Claim.ID, "bg")
		if err != nil {
			return err
		}
		price := *v.Claim.Sale.Price
		if price.Currency == "BGN" && l.clock.In(l.zone).Year() >= 2026 {
			if price, err = price.ConvertFixed("EUR"); err != nil {
				return err
			}
		}
		sum, err := price.Percent(percent)
		if err != nil {
			return err
		}
		_, err = l.desk.Do(ctx, l.actors[care.Manager], v.Claim.ID, care.ApproveRefund{Amount: sum})
		return err
	})
}

// counted brings the penalties up to the day the demo ends on.
func (s *stage) counted() {
	s.add(s.end, "count penalties of "+s.id, func(ctx context.Context) error {
		_, err := s.desk.Accrue(ctx)
		return err
	})
}

// omniMoney is a dear computer whose price reduction waits for the second
// manager, and a repair that was paid at the till.
func (s *stage) omniMoney() {
	s.deputy("bg", "Калоян Пеев")
	s.life(6, thing{category: "desktop", brand: "MSI", model: "Infinite X3", serial: "MSITALON61", price: "2399.00", months: 24, issuer: "manufacturer", age: 90},
		dimo, ask{papers: s.papers, text: "Видеокартата дава артефакти, съгласен съм на отстъпка."}).
		intake(0.5, "omni-service", "Без забележки").diagnose(1, hardware("mainboard", "artifacts"), "").
		by(care.Manager, 0.5, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "Клиентът предпочита отстъпка пред ремонт."}).
		by(care.Manager, 0.2, care.ChooseRemedy{Remedy: "price_reduction"}).reduces(0.2, 65)
	router := thing{category: "network", brand: "Asus", model: "RT-AX57", serial: "RTTALON62", price: "129.00", months: 24, issuer: "retailer", age: 400}
	s.life(90, router, elena, ask{papers: s.papers, text: "Портът WAN не работи."}).
		intake(1, "omni-service", "С адаптер").diagnose(1, hardware("port", "wan-dead"), "").repair(0.5, 1, "hardware", "Сменен е портът.").ready(0.1).home(1)
	s.life(20, router, elena, ask{papers: s.papers, text: "Рутерът пак спря."}).
		intake(1, "omni-service", "С адаптер").diagnose(1, hardware("mainboard", "no-power"), "").
		by(care.Technician, 0.2, care.OfferEstimate{PriceList: "network", Items: []string{"net-diagnosis", "net-power"}}).
		customer(0.5, care.AnswerEstimate{Accepted: true}).repair(0.5, 1, "hardware", "Ремонтирано е захранването.").ready(0.1).
		takes(0.5, "Касов бон 004417").home(0.1)
	s.counted()
}

// omskMoney is a refund by the law that is late: the penalty grows.
func (s *stage) omskMoney() {
	s.deputy("ru", "Роман Зотов")
	s.life(25, thing{category: "phone", brand: "Realme", model: "12 Pro", serial: "RLTALON163", price: "50000.00", months: 12, issuer: "manufacturer", age: 33, onReceipt: true},
		galina, ask{papers: []string{"receipt"}, basis: policy.Statute, text: "Камера не наводит резкость, прошу вернуть деньги."}).
		intakeWith(0.5, service, "Комплект полный", []string{"receipt"}).diagnose(1, hardware("image_sensor", "no-focus"), "").
		customer(0.5, care.ChooseRemedy{Remedy: "refund"}).by(care.Manager, 20, care.ApproveRefund{Amount: amount("50000.00", "RUB")})
	s.counted()
}

// xiaomiMoney gives a phone back with new software and the part's own
// warranty (C9).
func (s *stage) xiaomiMoney() {
	s.deputy("ru", "Ирина Белых")
	s.life(15, thing{category: "phone", brand: "Xiaomi", model: "13T", serial: "X13TALON63", imei: imei(263), price: "44990.00", months: 12, issuer: "manufacturer", age: 120},
		larisa, ask{papers: []string{"receipt"}, basis: policy.Warranty, text: "Перезагружается."}).
		intake(0.5, moscow, "").diagnose(1, hardware("battery", "reboots", found("wear", "battery", "material")), "").
		by(care.Partner, 0.5, care.StartRepair{}).
		by(care.Partner, 2, care.FinishRepair{Kind: "hardware", Work: "Заменён аккумулятор, система обновлена.", Software: "updated", Parts: []care.Part{{Part: "battery", Name: "BN5N", Months: 12}}}).
		ready(0.1).home(1)
	s.counted()
}
