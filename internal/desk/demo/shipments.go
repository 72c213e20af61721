package demo

import (
	"context"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// books orders the courier for the claim's next way.
func (l *life) books(after float64, way care.LegDirection, to string, grams int) *life {
	return l.then(after, "order a courier", func(ctx context.Context) error {
		_, err := l.desk.BookLeg(ctx, l.actors[care.Dispatcher], desk.NewLeg{Claim: l.receipt.Claim.ID, Direction: way, To: to, Carrier: l.courier, Grams: grams})
		return err
	})
}

// omniShipments are laptops on their way between the shop in Burgas, where the
// courier drives on Tuesdays and Fridays, and the brand's centre in Varna; and
// one that its owner does not collect.
func (s *stage) omniShipments() {
	laptop := thing{category: "laptop", brand: "ASUS", model: "Vivobook 15", serial: "R1TALON61", price: "749.00", months: 24, issuer: "manufacturer", age: 220}
	in := ask{papers: s.papers, text: "Не зарежда.", deliver: true}
	s.life(2, laptop, nevena, in).shows(0.05, "лаптоп.png").intake(0.3, "omni-shop-burgas", "Драскотини по капака").
		pictured(care.Clerk, "капак.png", "дъно.png").books(0.1, care.LegBetween, "asus-varna", 2300)
	laptop.serial, in.text = "R1TALON62", "Прегрява и се изключва."
	s.life(9, laptop, nevena, in).intake(0.5, "omni-shop-burgas", "Без забележки").books(0.1, care.LegBetween, "asus-varna", 2300).
		by(care.Clerk, 1, care.Forward{To: "asus-varna", Condition: "Без забележки", Accessories: []string{"зарядно"}})
	laptop.serial, in.text = "R1TALON63", "Екранът остава черен."
	s.life(20, laptop, stoyan, in).intake(0.5, "omni-shop-burgas", "С чанта").carry(0.5, "asus-varna").
		diagnose(1, hardware("display_cable", "black-screen"), "").repair(1, 4, "hardware", "Сменен е лентовият кабел.", care.Part{Part: "display_cable"}).
		by(care.Dispatcher, 10, care.MarkReady{Told: "sms"}).by(care.Dispatcher, 0.3, care.Ship{Carrier: s.courier, Tracking: "TR0061003", Condition: "Поправен"})
	laptop.serial = "R1TALON64"
	s.life(70, laptop, radka, ask{papers: s.papers, text: "Клавиатурата не реагира."}).intake(0.5, "omni-service", "Без забележки").
		diagnose(1, hardware("keyboard", "keyboard-dead"), "").repair(1, 6, "hardware", "Сменена е клавиатурата.", care.Part{Part: "keyboard"}).ready(1)
	// After the refusal that is due here, its owner pays for the way back.
	laptop.serial = "R1TALON65"
	s.life(4, laptop, plamen, ask{papers: s.papers, text: "Не се включва, откакто беше в колата.", deliver: true}).intake(0.5, "asus-varna", "Петна под клавишите").
		diagnose(1, hardware("mainboard", "no-power", found("liquid", "mainboard", "external")), "Следи от течност по основната платка.")
}

// omskShipments is a heavy television that the seller fetches at his own cost
// (ЗоЗПП 18(7)), and a phone that its owner does not collect.
func (s *stage) omskShipments() {
	s.omskForgotten()
	tv := thing{category: "tv", brand: "LG", model: "OLED55C4", serial: "LGTALON61", price: "129990.00", months: 12, issuer: "manufacturer", age: 150}
	s.life(2, tv, egor, ask{papers: s.papers, text: "Пропало изображение.", deliver: true}).books(0.4, care.LegIn, "omsk-authorised-tv", 18700)
	phone := thing{category: "phone", brand: "Honor", model: "X8b", serial: "HNTALON62", imei: imei(62), price: "21990.00", months: 12, issuer: "manufacturer", age: 240}
	s.life(60, phone, galina, ask{papers: s.papers, text: "Не слышно собеседника."}).intake(0.5, service, "Без замечаний").
		diagnose(1, hardware("other", "no-sound"), "").
		by(care.Manager, 0.5, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "Исправляем без лишних вопросов."}).
		by(care.Manager, 0.1, care.ChooseRemedy{Remedy: "repair"}).
		repair(1, 5, "hardware", "Заменён динамик.", care.Part{Part: "other"}).ready(1)
}

// xiaomiShipments is a phone on its way to the customer's site (C2).
func (s *stage) xiaomiShipments() {
	phone := thing{category: "phone", brand: "xiaomi", model: "Redmi Note 14", serial: "XMTALON61", imei: imei(63), price: "24990.00", months: 12, issuer: "manufacturer", age: 200}
	s.life(9, phone, s.guest(), ask{papers: s.papers, text: "Не заряжается.", deliver: true}).intake(1, petersburg, "Без замечаний").
		diagnose(1, hardware("port", "no-charge"), "").
		by(care.Manager, 0.3, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "Исправляем без лишних вопросов."}).
		by(care.Manager, 0.1, care.ChooseRemedy{Remedy: "repair"}).
		repair(0.5, 2, "hardware", "Заменён разъём.", care.Part{Part: "port"}).ready(0.5).books(0.1, care.LegBack, "", 420).
		by(care.Dispatcher, 0.3, care.Ship{Carrier: s.courier, Tracking: "TR0063001", Condition: "Исправлен"})
}

// guest is a customer of ru-xiaomi, invented.
func (s *stage) guest() person {
	return person{"Лидия Орлова", "+7 900 000-02-19", "orlova@mail.example", "Санкт-Петербург", "Санкт-Петербург, ул. Примерная, 14, кв. 6"}
}
