package demo

import (
	"context"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// The people of ru-omsk's demo, all invented.
var (
	anton   = person{"Антон Лебедев", "+7 900 000-01-11", "lebedev@mail.example", "Омск", "г. Омск, ул. Тополиная, 5, кв. 12"}
	marina  = person{"Марина Шубина", "+7 900 000-01-12", "", "Омск", "г. Омск, пр. Сиреневый, 40, кв. 3"}
	ruslan  = person{"Руслан Каримов", "+7 900 000-01-13", "karimov@mail.example", "Тара", "г. Тара, ул. Лесная, 18"}
	oksana  = person{"Оксана Дьякова", "+7 900 000-01-14", "dyakova@mail.example", "Омск", "г. Омск, ул. Рябиновая, 9, кв. 77"}
	egor    = person{"Егор Пахомов", "+7 900 000-01-15", "pahomov@mail.example", "Калачинск", "г. Калачинск, ул. Садовая, 31"}
	galina  = person{"Галина Устинова", "+7 900 000-01-16", "", "Омск", "г. Омск, ул. Ивовая, 2, кв. 54"}
	timur   = person{"Тимур Ахметов", "+7 900 000-01-17", "ahmetov@mail.example", "Омск", "г. Омск, бул. Весенний, 11, кв. 8"}
	visitor = person{"Павел Примеров", "+7 900 000-01-20", "primerov@mail.example", "Омск", "г. Омск, ул. Примерная, 12, кв. 1"}
)

const (
	service   = "omsk-service"
	technical = "omsk-technical"
)

// omsk sets up ru-omsk.
func omsk(ctx context.Context, f *film) error {
	s, err := newStage(ctx, f, stage{id: "ru-omsk", channel: "store", partner: "omsk-authorised",
		courier: "Служба доставки «Стриж»", papers: []string{"receipt", "warranty_card"}})
	if err != nil {
		return err
	}
	s.hire("ru", member{care.Administrator, "Вадим Юрченко", ""}, member{care.Manager, "Людмила Савина", ""},
		member{care.Clerk, "Алёна Гусева", service}, member{care.Technician, "Степан Рогов", service},
		member{care.Dispatcher, "Игорь Власов", ""}, member{care.Partner, "Никита Ершов", "omsk-authorised"}, member{care.PolicyEditor, "Вера Котова", ""})
	s.everyday("OK", 700, omskPast())
	s.omskShowcase()
	s.omskNew()
	s.omskAtWork()
	s.omskEnding()
	s.omskOver()
	s.omskQuestions()
	s.omskCertificates()
	s.omskMoney()
	s.omskShipments()
	s.omskLoaners()
	s.omskCatalogue()
	return nil
}

// omskShowcase is the phone with its IMEI on the receipt: repaired under the
// warranty, then again in the year of its certificate (A2, A6, A7).
func (s *stage) omskShowcase() {
	t := thing{category: "phone", brand: "Honor", model: "200 Lite", imei: imei(101), price: "24990.00", months: 12, issuer: "manufacturer",
		age: 430, certificate: "ПГО-004417", certificatePrice: "2990.00", onReceipt: true}
	s.underWarranty(t, anton)
	l := s.life(3, t, anton, ask{open: true, text: "Телефон перестал ловить сеть. Гарантия кончилась, но есть сертификат."}).
		intakeWith(0.4, technical, "Потёртости на рамке", []string{"receipt", "warranty_card", "certificate"}).
		diagnose(1, hardware("mainboard", "no-network"), "Неисправен радиотракт основной платы, следов внешнего воздействия нет.")
	l.show("certificate-year", map[string]string{
		"ru": "Телефон в год действия сертификата после ремонта по гарантии",
		"en": "A phone in its certificate year after a warranty repair",
		"bg": "Телефон в годината на сертификата след гаранционен ремонт"}, map[string]string{
		"ru": "Гарантия продлена на дни ремонта, и сертификат сдвинулся вместе с ней. Начните ремонт, завершите его и выдайте телефон.",
		"en": "The warranty grew by the days of the repair and the certificate moved with it. Start the repair, finish it and hand the phone over.",
		"bg": "Гаранцията е удължена с дните на ремонта, а сертификатът се е преместил с нея. Започнете ремонта, завършете го и предайте телефона."})
	twin := t
	twin.imei, twin.certificate = imei(102), "ПГО-004418"
	s.underWarranty(twin, visitor)
	fresh := t
	fresh.imei, fresh.certificate, fresh.age = imei(103), "ПГО-006120", 150
	s.sell(fresh, visitor)
	s.guide.Devices = append(s.guide.Devices, Device{ID: "certificate-year", Retailer: s.id, Identity: fresh.imei, Name: "Honor 200 Lite", Look: map[string]string{
		"ru": "На гарантии: IMEI есть в чеке, поэтому достаточно одного чека.",
		"en": "Under warranty: the receipt names the IMEI, so the receipt alone is enough.",
		"bg": "В гаранция: IMEI е вписан в касовия бон, затова той е достатъчен."}},
		Device{ID: "certificate-year", Retailer: s.id, Identity: twin.imei, Name: "Honor 200 Lite", Look: map[string]string{
			"ru": "Такой же телефон в год сертификата: нужны сертификат, талон и чек.",
			"en": "The same phone in its certificate year: certificate, card and receipt are needed.",
			"bg": "Същият телефон в годината на сертификата: нужни са сертификат, карта и касов бон."}})
}

// underWarranty is the repair in the warranty year, on the receipt alone.
func (s *stage) underWarranty(t thing, who person) {
	s.life(250, t, who, ask{text: "Телефон не заряжается."}).
		intakeWith(0.3, service, "Без повреждений", []string{"receipt"}).
		diagnose(2, hardware("port", "no-charge"), "").repair(3, 10, "hardware", "Заменён разъём зарядки.", care.Part{Part: "port"}).ready(0.1).home(2)
}

// omskNew are claims that have just come in.
func (s *stage) omskNew() {
	s.life(0.1, thing{category: "phone", brand: "Samsung", model: "Galaxy A35", imei: imei(110), price: "28990.00", months: 12, issuer: "manufacturer", age: 80, onReceipt: true},
		oksana, ask{open: true, papers: []string{"receipt"}, text: "Не работает динамик."})
	s.life(0.95, thing{category: "tv", brand: "TCL", model: "43P745", serial: "TCTALON111", price: "31990.00", months: 12, issuer: "manufacturer", age: 190},
		galina, ask{channel: "phone", text: "Телевизор сам переключает каналы."})
	s.life(6, thing{category: "laptop", brand: "Lenovo", model: "IdeaPad 1", serial: "PFTALON112", price: "42990.00", months: 12, issuer: "manufacturer", age: 220, channel: "online"},
		ruslan, ask{papers: s.papers, text: "Клавиши залипают, не падал и не заливали."}).
		by(care.Dispatcher, 0.4, care.AskDevice{Place: "omsk-authorised", Instructions: "Можно сразу обратиться в авторизованный центр или привезти ноутбук к нам."})
	s.life(1.8, thing{category: "accessory", brand: "JBL", model: "Tune 520BT", serial: "JBTALON113", price: "4490.00", months: 12, issuer: "retailer", age: 60, noCard: true},
		timur, ask{channel: "counter", text: "Нет звука в левом наушнике."}).intakeWith(0.1, service, "В чехле", []string{"receipt"})
}

// omskAtWork are claims whose device is on the bench.
func (s *stage) omskAtWork() {
	s.life(4, thing{category: "tablet", brand: "Huawei", model: "MatePad SE", serial: "HWTALON114", price: "17990.00", months: 12, issuer: "manufacturer", age: 130},
		marina, ask{papers: s.papers, text: "Планшет зависает на заставке."}).intake(1, service, "Плёнка на экране").by(care.Technician, 1, care.StartDiagnosis{})
	s.life(6, thing{category: "phone", brand: "Tecno", model: "Camon 30", imei: imei(115), price: "19990.00", months: 12, issuer: "manufacturer", age: 300},
		egor, ask{open: true, papers: []string{"receipt"}, text: "Экран не откликается."}).
		intakeWith(1, service, "Без зарядного устройства", []string{"receipt"}).diagnose(1, hardware("display", "touch-dead"), "").
		answers(care.Clerk, 0.3, "Для ремонта по гарантии нужен талон: он был в комплекте. По закону довольно и чека, скажите, что вам удобнее.").
		by(care.Technician, 0.1, care.AskCustomer{Text: "На что опереться: на гарантию (нужен талон) или на закон?"})
	s.life(50, thing{category: "laptop", brand: "MSI", model: "Modern 15", serial: "K2TALON116", price: "58990.00", months: 24, issuer: "manufacturer", age: 340},
		timur, ask{papers: s.papers, text: "Не включается после обновления."}).
		intake(0.5, service, "С адаптером").diagnose(2, hardware("mainboard", "no-power"), "").by(care.Technician, 2, care.StartRepair{}).
		by(care.Technician, 1, care.AwaitParts{Parts: []string{"Материнская плата Modern 15"}, Expected: s.end.Add(9 * day)}).
		writes(40, "Сорок пять дней прошли. Что с ноутбуком?").notes(care.Technician, 0.2, "Плату обещали ещё на той неделе, звонил поставщику дважды.")
	s.life(43.5, thing{category: "printer", brand: "Pantum", model: "P2207", serial: "PNTALON117", price: "8990.00", months: 12, issuer: "manufacturer", age: 250},
		oksana, ask{papers: s.papers, text: "Полосы на печати."}).
		intake(1, service, "С картриджем").diagnose(2, hardware("other", "stripes"), "").by(care.Technician, 3, care.StartRepair{}).
		by(care.Technician, 1, care.AwaitParts{Parts: []string{"Узел термозакрепления P2207"}}).by(care.Technician, 30, care.PartsArrived{})
	s.life(11, thing{category: "tv", brand: "Haier", model: "55 S4", serial: "HRTALON118", price: "52990.00", months: 12, issuer: "manufacturer", age: 200, channel: "online"},
		galina, ask{papers: s.papers, text: "Щёлкает и не включается."}).
		intake(1, service, "С пультом").carry(0.5, "omsk-authorised").diagnose(1, hardware("mainboard", "no-power"), "").
		by(care.Partner, 1, care.StartRepair{})
	s.life(3.5, thing{category: "monitor", brand: "AOC", model: "24B2", serial: "AOTALON119", price: "11990.00", months: 24, issuer: "manufacturer", age: 120},
		marina, ask{papers: s.papers, text: "Мигает подсветка."}).
		intake(0.5, service, "").diagnose(1, hardware("display", "flicker"), "").assigned(0.1, care.Technician)
}

// omskEnding are claims near their end.
func (s *stage) omskEnding() {
	old := thing{category: "phone", brand: "Realme", model: "C55", imei: imei(120), price: "15990.00", months: 12, issuer: "manufacturer", age: 500,
		certificate: "ПГО-003902", certificatePrice: "2990.00"}
	all := []string{"receipt", "warranty_card", "certificate"}
	s.life(9, old, egor, ask{open: true, text: "Не включается."}).
		intakeWith(1, technical, "", all).diagnose(1, hardware("mainboard", "no-power"), "").
		answered(1, "remedy.repair_possible", "false", "market.same_model", "false", "market.analog_price", "17990.00 RUB").
		by(care.Manager, 0.5, care.ChooseRemedy{Remedy: "replacement"})
	broken := old
	broken.imei, broken.certificate, broken.age = imei(121), "ПГО-003915", 520
	s.life(8, broken, ruslan, ask{open: true, text: "Треснул экран."}).
		intakeWith(1, technical, "Трещина через весь экран", all).
		diagnose(1, hardware("display", "cracked", found("broken_screen", "display", "external")), "Экран разбит ударом.").
		by(care.Technician, 0.5, care.OfferEstimate{Amount: amount("6400.00", "RUB"), Work: "Замена дисплейного модуля."})
	s.life(10, thing{category: "tablet", brand: "Samsung", model: "Tab A9", serial: "R9TALON122", price: "16990.00", months: 12, issuer: "manufacturer", age: 180},
		oksana, ask{papers: s.papers, text: "Вздулась батарея."}).
		intake(1, service, "").diagnose(1, hardware("battery", "swollen"), "").repair(1, 4, "hardware", "Заменён аккумулятор.", care.Part{Part: "battery"}).ready(0.1)
	s.life(7, thing{category: "phone", brand: "Samsung", model: "Galaxy A15", imei: imei(123), price: "16990.00", months: 12, issuer: "manufacturer", age: 14, onReceipt: true},
		marina, ask{papers: []string{"receipt"}, basis: policy.Statute, text: "Телефон перегревается и выключается, прошу вернуть деньги."}).
		intakeWith(0.5, service, "Комплект полный", []string{"receipt"}).diagnose(1, hardware("mainboard", "overheat"), "").
		by(care.Manager, 0.5, care.ChooseRemedy{Remedy: "refund"}).by(care.Manager, 0.3, care.ApproveRefund{Amount: amount("16990.00", "RUB")})
	s.life(13, thing{category: "desktop", brand: "Acer", model: "Veriton S", serial: "DTTALON124", price: "45990.00", months: 12, issuer: "manufacturer", age: 150},
		timur, ask{papers: s.papers, text: "Сгорел после грозы."}).
		intake(1, service, "").diagnose(1, hardware("mainboard", "burnt", found("surge_burn", "port", "external")), "Выгорание порта от скачка напряжения.").
		by(care.Manager, 1, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Refused, Reason: "Экспертиза подтвердила грозовой разряд; отказ по всем основаниям."}).
		by(care.Technician, 0.5, care.Refuse{Text: "Заключение прилагаем."}).ready(0.3)
}

// omskOver are claims that have ended.
func (s *stage) omskOver() {
	s.life(60, thing{category: "laptop", brand: "Asus", model: "VivoBook Go", serial: "R8TALON125", price: "39990.00", months: 12, issuer: "manufacturer", age: 600},
		anton, ask{open: true, text: "Не держит заряд."}).
		intake(0.5, service, "").diagnose(1, hardware("battery", "no-charge"), "Ёмкость батареи исчерпана.").
		by(care.Technician, 0.5, care.OfferEstimate{Amount: amount("5200.00", "RUB"), Work: "Замена аккумулятора."}).
		customer(1, care.AnswerEstimate{Accepted: true}).repair(0.5, 3, "hardware", "Заменён аккумулятор.", care.Part{Part: "battery"}).ready(0.1).home(1)
	s.life(80, thing{category: "phone", brand: "Infinix", model: "Note 40", imei: imei(126), price: "18990.00", months: 12, issuer: "manufacturer", age: 320, onReceipt: true},
		ruslan, ask{text: "Не читает сим-карту."}).
		intakeWith(0.5, service, "", []string{"receipt"}).diagnose(1, hardware("other", "no-sim"), "").
		repair(1, 5, "hardware", "Заменён лоток и шлейф сим-карты.", care.Part{Part: "other", Name: "Лоток сим-карты"}).ready(0.1).home(3)
	s.life(95, thing{category: "printer", brand: "Xerox", model: "B230", serial: "XRTALON127", price: "21990.00", months: 12, issuer: "manufacturer", age: 260},
		oksana, ask{papers: s.papers, basis: policy.Statute, text: "Скрипит и мнёт бумагу, прошу обменять."}).
		intake(0.5, service, "").diagnose(1, hardware("other", "jams"), "").answered(0.1, "market.same_model", "true").
		customer(0.2, care.ChooseRemedy{Remedy: "replacement"}).swapped(2, "XRTALON127N", "").ready(0.1).home(1)
	s.life(33, thing{category: "accessory", brand: "Logitech", model: "M650", serial: "LGTALON128", price: "3490.00", months: 24, issuer: "manufacturer", age: 100, noCard: true},
		galina, ask{text: "Двойной щелчок вместо одного."}).customer(2, care.Cancel{Reason: "Помогла чистка, спасибо."})
	s.life(5.8, thing{category: "tablet", brand: "Digma", model: "Citi 10", serial: "DGTALON129", price: "7990.00", months: 12, issuer: "manufacturer", age: 170},
		egor, ask{papers: s.papers, text: "Быстро садится."}).
		intake(1, service, "").diagnose(1, sound(), "Ёмкость в норме, нагрузку давало приложение.").ready(0.1).by(care.Clerk, 2, care.HandOver{Proof: "signature"})
}

// omskQuestions are requests that are no claims.
func (s *stage) omskQuestions() {
	s.request(0.6, ruslan, ask{kind: care.VideoConsultation, text: "Хочу выбрать ноутбук для учёбы.", slot: 3})
	s.request(1.5, oksana, ask{kind: care.VideoConsultation, text: "Покажите, пожалуйста, разницу между двумя телевизорами.", slot: 4})
	s.request(19, galina, ask{kind: care.VideoConsultation, text: "Какой планшет взять ребёнку?", slot: 2}).
		answers(care.Clerk, 4, "Как и договорились, прислали список из трёх моделей.").closes(care.Clerk, 1)
	s.request(33, egor, ask{kind: care.VideoConsultation, text: "Нужен совет по роутеру для дома.", slot: 5}).
		calledOff(care.Clerk, 1, "Консультант заболел, просим выбрать другое время")
	s.about(9, thing{category: "laptop", brand: "Acer", model: "Aspire 5", serial: "AC5TALON71", price: "54990.00", months: 12, issuer: "manufacturer", age: 120},
		anton, ask{kind: care.Consultation, text: "Ноутбук сам выключается. Это можно решить настройками?"}).
		answers(care.Technician, 0.2, "Похоже на поломку. Приносите с гарантийным талоном, оформим заявку.").
		turned(care.Clerk, 1, desk.TurnIn{Documents: s.papers, Basis: policy.Warranty}).intake(1, "omsk-service", "Без царапин").
		diagnose(1, hardware("mainboard", "overheat"), "Неисправен датчик температуры на плате.").by(care.Technician, 0.5, care.StartRepair{})
	s.request(2, marina, ask{kind: care.Consultation, text: "Можно ли купить сертификат через полгода после покупки?"}).
		answers(care.Clerk, 0.2, "Подскажем по телефону 8 (3812) 23-05-01: это зависит от товара и его гарантии.")
	s.request(21, timur, ask{kind: care.TechnicalSupport, channel: "phone", subject: "Роутер", text: "Как сбросить пароль роутера?"}).
		answers(care.Technician, 0.1, "Подержите кнопку сброса десять секунд и войдите с паролем с наклейки.").closes(care.Technician, 0.1)
}
