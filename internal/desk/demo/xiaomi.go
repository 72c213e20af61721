package demo

import (
	"context"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// The people of ru-xiaomi's demo, all invented.
var (
	darya   = person{"Дарья Мельник", "+7 900 000-02-11", "melnik@mail.example", "Москва", "Москва, ул. Кленовая, 7, кв. 19"}
	artem   = person{"Артём Зуев", "+7 900 000-02-12", "zuev@mail.example", "Санкт-Петербург", "Санкт-Петербург, ул. Парусная, 3, кв. 41"}
	yana    = person{"Яна Соболь", "+7 900 000-02-13", "", "Москва", "Москва, ул. Липовая, 22, кв. 5"}
	gleb    = person{"Глеб Орлов", "+7 900 000-02-14", "orlov@mail.example", "Тверь", "Тверь, ул. Озёрная, 16"}
	inna    = person{"Инна Рябова", "+7 900 000-02-15", "ryabova@mail.example", "Москва", "Москва, пр. Яблоневый, 1, кв. 90"}
	fedor   = person{"Фёдор Чижов", "+7 900 000-02-16", "chizhov@mail.example", "Москва", "Москва, ул. Осенняя, 14, кв. 2"}
	larisa  = person{"Лариса Мухина", "+7 900 000-02-17", "", "Москва", "Москва, ул. Вишнёвая, 6, кв. 33"}
	tryout  = person{"Ольга Примерова", "+7 900 000-02-20", "olga@mail.example", "Москва", "Москва, ул. Примерная, 12, кв. 1"}
	receipt = []string{"receipt"}
)

const (
	moscow     = "xiaomi-moscow"
	petersburg = "xiaomi-petersburg"
)

// xiaomi sets up ru-xiaomi.
func xiaomi(ctx context.Context, f *film) error {
	s, err := newStage(ctx, f, stage{id: "ru-xiaomi", channel: "online", partner: moscow, courier: "Служба доставки «Стриж»",
		papers: []string{"receipt", "warranty_card"}, accepted: []string{"erase-data", "contents-may-be-lost"}})
	if err != nil {
		return err
	}
	s.hire("ru", member{care.Administrator, "Роман Тихонов", ""}, member{care.Manager, "Алла Зимина", ""},
		member{care.Clerk, "Полина Жукова", ""}, member{care.Technician, "Марк Данилов", petersburg},
		member{care.Dispatcher, "Зоя Климова", ""}, member{care.Partner, "Денис Фомин", moscow}, member{care.PolicyEditor, "Нина Громова", ""})
	s.everyday("XI", 800, xiaomiPast())
	s.xiaomiShowcase()
	s.xiaomiNew()
	s.xiaomiAtWork()
	s.xiaomiEnding()
	s.xiaomiOver()
	s.xiaomiQuestions()
	s.xiaomiMoney()
	s.xiaomiShipments()
	s.xiaomiLoaners()
	s.xiaomiCatalogue()
	return nil
}

// xiaomiShowcase is the phone whose owner claims under the law: somebody not
// authorised had opened it, so that the limited warranty refuses, while a
// defect of workmanship leaves the seller liable by law (C4).
func (s *stage) xiaomiShowcase() {
	t := thing{category: "phone", brand: "Xiaomi", model: "14T", serial: "MI14TALON1", imei: imei(201), price: "49990.00", months: 12, issuer: "manufacturer", age: 260}
	l := s.life(4.6, t, darya, ask{open: true, papers: receipt, deliver: true, text: "Телефон не включается. Раньше в нём меняли стекло в киоске."}).
		collected(0.5, moscow, "TR0000201").comes(1, moscow).
		diagnose(1, hardware("mainboard", "no-power", found("unauthorised_repair", "display", "unknown"), found("wear", "mainboard", "workmanship")),
			"Непропай контроллера питания. Экран меняли посторонние, но с неисправностью это не связано.").
		answers(care.Clerk, 0.3, "Ограниченная гарантия после чужого ремонта не действует. По закону продавец отвечает за дефект сборки: основание выбираете вы.").
		customer(0.6, care.ChooseBasis{Basis: policy.Statute})
	l.show("law-instead", map[string]string{
		"ru": "Клиент выбрал закон вместо ограниченной гарантии",
		"en": "A customer who chose the law instead of the limited warranty",
		"bg": "Клиент, избрал закона вместо ограничената гаранция"}, map[string]string{
		"ru": "Гарантия отказывает, а закон покрывает. По ссылке клиент выбирает ремонт или уменьшение цены; доведите заявку до выдачи устройства.",
		"en": "The warranty refuses and the law covers. By the link the customer chooses a repair or a lower price; take the claim to the hand-over.",
		"bg": "Гаранцията отказва, а законът покрива. По връзката клиентът избира ремонт или намаляване на цената; доведете рекламацията до предаване на устройството."})
	twin := t
	twin.serial, twin.imei, twin.age = "MI14TALON2", imei(202), 200
	s.sell(twin, tryout)
	s.guide.Devices = append(s.guide.Devices, Device{ID: "law-instead", Retailer: s.id, Identity: twin.serial, Name: "Xiaomi 14T", Look: map[string]string{
		"ru": "Подайте заявку и выберите основание: ограниченную гарантию или закон.",
		"en": "Make a request and choose the basis: the limited warranty or the law.",
		"bg": "Подайте заявка и изберете основание: ограничената гаранция или закона."}})
}

// xiaomiNew are claims that have just come in.
func (s *stage) xiaomiNew() {
	s.life(0.3, thing{category: "phone", brand: "Redmi", model: "Note 13", serial: "RN13TALON10", imei: imei(210), price: "21990.00", months: 12, issuer: "manufacturer", age: 45},
		yana, ask{open: true, papers: receipt, text: "Не работает вибрация."})
	s.life(2.5, thing{category: "accessory", brand: "Xiaomi", model: "Buds 4", serial: "XB4TALON11", price: "7990.00", months: 12, issuer: "manufacturer", age: 110},
		gleb, ask{channel: "email", text: "Правый наушник тише левого."})
	s.life(5, thing{category: "tv", brand: "Xiaomi", model: "TV A 43", serial: "XTVTALON12", price: "29990.00", months: 12, issuer: "manufacturer", age: 150},
		inna, ask{papers: s.papers, text: "Пропадает звук."}).
		by(care.Clerk, 0.3, care.AskDevice{Place: moscow, Instructions: "Телевизор заберёт наш курьер: он тяжелее пяти килограммов."})
	s.life(2, thing{category: "tablet", brand: "Xiaomi", model: "Pad 6", serial: "XP6TALON13", price: "34990.00", months: 12, issuer: "manufacturer", age: 210},
		artem, ask{papers: receipt, deliver: true, text: "Греется при зарядке."}).collected(0.6, petersburg, "TR0000213")
}

// xiaomiAtWork are claims whose device is on the bench.
func (s *stage) xiaomiAtWork() {
	s.life(4, thing{category: "phone", brand: "Poco", model: "X6", serial: "PX6TALON14", imei: imei(214), price: "24990.00", months: 12, issuer: "manufacturer", age: 75},
		fedor, ask{papers: receipt, text: "Камера не открывается."}).intake(0.5, moscow, "В чехле").by(care.Partner, 1, care.StartDiagnosis{})
	s.life(3.5, thing{category: "phone", brand: "Xiaomi", model: "13T", serial: "X13TALON15", imei: imei(215), price: "44990.00", months: 12, issuer: "manufacturer", age: 140},
		larisa, ask{open: true, papers: receipt, text: "Аккумулятор вздулся."}).
		intake(0.5, moscow, "").diagnose(1.5, hardware("battery", "swollen", found("wear", "battery", "workmanship")), "Заводской дефект ячейки.")
	s.life(48, thing{category: "laptop", brand: "Xiaomi", model: "RedmiBook 15", serial: "RB15TALON16", price: "49990.00", months: 12, issuer: "manufacturer", age: 230},
		inna, ask{papers: s.papers, basis: policy.Warranty, text: "Не работает порт зарядки."}).
		intake(1, moscow, "С адаптером").diagnose(2, hardware("port", "no-charge"), "").by(care.Partner, 1, care.StartRepair{}).
		writes(42, "Срок вышел, прошу ответить.")
	s.life(44, thing{category: "phone", brand: "Redmi", model: "13C", serial: "R13TALON17", imei: imei(217), price: "11990.00", months: 12, issuer: "manufacturer", age: 300},
		yana, ask{papers: receipt, basis: policy.Warranty, text: "Полосы на экране."}).
		intake(0.5, moscow, "").diagnose(2, hardware("display", "stripes"), "").by(care.Partner, 1, care.StartRepair{}).
		by(care.Partner, 20, care.AddNote{Text: "Первый дисплей пришёл с браком, заказали другой."}).
		by(care.Partner, 12, care.AwaitParts{Parts: []string{"Дисплей Redmi 13C"}, Expected: s.end.Add(2 * day)})
	s.life(9, thing{category: "phone", brand: "Redmi", model: "A3", serial: "RA3TALON18", imei: imei(218), price: "7990.00", months: 12, issuer: "manufacturer", age: 190},
		artem, ask{papers: receipt, text: "Разбился экран после падения."}).
		intake(0.5, petersburg, "Трещины").diagnose(1, hardware("display", "cracked", found("broken_screen", "display", "external"), found("impact", "display", "external")), "Следы удара на рамке.").
		by(care.Manager, 1, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "Постоянный покупатель, разовая замена стекла за счёт магазина."}).
		by(care.Technician, 1, care.StartRepair{})
	s.life(5, thing{category: "phone", brand: "Xiaomi", model: "12", serial: "X12TALON19", imei: imei(219), price: "39990.00", months: 12, issuer: "manufacturer", age: 480},
		gleb, ask{open: true, papers: receipt, text: "Не ловит спутники."}).
		intake(0.5, moscow, "").diagnose(1, hardware("mainboard", "no-gps"), "").by(care.Partner, 0.5, care.AskCustomer{Text: "Гарантия закончилась. Можно представить заключение о дефекте сборки или согласиться на платный ремонт."})
}

// xiaomiEnding are claims near their end.
func (s *stage) xiaomiEnding() {
	s.life(10, thing{category: "phone", brand: "Xiaomi", model: "14", serial: "X14TALON20", imei: imei(220), price: "59990.00", months: 12, issuer: "manufacturer", age: 100},
		fedor, ask{papers: receipt, basis: policy.Warranty, text: "Не включается."}).
		intake(0.5, moscow, "").diagnose(1, hardware("mainboard", "no-power"), "").by(care.Partner, 1, care.StartRepair{}).
		by(care.Partner, 2, care.FindUnrepairable{Reason: "Плата не восстанавливается."}).by(care.Manager, 1, care.ChooseRemedy{Remedy: "replacement"})
	s.life(11, thing{category: "phone", brand: "Poco", model: "F6", serial: "PF6TALON21", imei: imei(221), price: "36990.00", months: 12, issuer: "manufacturer", age: 220},
		larisa, ask{papers: receipt, basis: policy.Statute, text: "Пятно на камере, готова оставить со скидкой."}).
		intake(0.5, moscow, "").diagnose(1, hardware("image_sensor", "spot"), "").customer(1, care.ChooseRemedy{Remedy: "price_reduction"}).
		by(care.Manager, 0.5, care.ApproveRefund{Amount: amount("3500.00", "RUB")})
	s.life(8.5, thing{category: "tablet", brand: "Redmi", model: "Pad SE", serial: "RPSTALON22", price: "18990.00", months: 12, issuer: "manufacturer", age: 170},
		artem, ask{papers: receipt, deliver: true, text: "Не заряжается."}).
		collected(0.5, petersburg, "TR0000222").comes(1, petersburg).diagnose(1, hardware("port", "no-charge"), "").repair(1, 3, "hardware", "Заменён порт.", care.Part{Part: "port"}).
		ready(0.1).by(care.Dispatcher, 0.5, care.Ship{Carrier: s.courier, Tracking: "TR0000223"})
	s.life(4.5, thing{category: "phone", brand: "Redmi", model: "12", serial: "R12TALON24", imei: imei(224), price: "13990.00", months: 12, issuer: "manufacturer", age: 250},
		inna, ask{papers: receipt, text: "Утонул, но сам включился."}).
		intake(0.5, moscow, "").diagnose(1, hardware("mainboard", "corrosion", found("liquid", "mainboard", "external")), "Индикатор влаги сработал, коррозия.").by(care.Partner, 1, care.Refuse{})
}

// xiaomiOver are claims that have ended.
func (s *stage) xiaomiOver() {
	s.life(100, thing{category: "phone", brand: "Poco", model: "M6", serial: "PM6TALON25", imei: imei(225), price: "14990.00", months: 12, issuer: "manufacturer", age: 290},
		fedor, ask{papers: receipt, text: "Сам выключается."}).
		intake(0.5, moscow, "").diagnose(1, hardware("battery", "shutdown", found("wear", "battery", "material")), "").repair(1, 8, "hardware", "Заменён аккумулятор.", care.Part{Part: "battery"}).ready(0.1).home(2)
	s.life(75, thing{category: "accessory", brand: "Xiaomi", model: "Watch S3", serial: "XWSTALON26", price: "12990.00", months: 12, issuer: "manufacturer", age: 160},
		darya, ask{papers: receipt, basis: policy.Statute, text: "Не держат заряд, верните деньги."}).
		intake(0.5, moscow, "").diagnose(1, hardware("battery", "no-charge"), "").customer(0.5, care.ChooseRemedy{Remedy: "refund"}).
		by(care.Manager, 0.3, care.ApproveRefund{Amount: amount("12990.00", "RUB")}).by(care.Manager, 1, care.PayRefund{Reference: "ПП-000318"}).by(care.Clerk, 0.2, care.Close{})
	s.life(40, thing{category: "phone", brand: "Xiaomi", model: "11T", serial: "X11TALON27", imei: imei(227), price: "34990.00", months: 12, issuer: "manufacturer", age: 900},
		gleb, ask{open: true, papers: receipt, text: "Перестал заряжаться."}).
		intake(0.5, moscow, "").diagnose(1, hardware("port", "no-charge"), "").by(care.Partner, 0.5, care.OfferEstimate{Amount: amount("3900.00", "RUB"), Work: "Замена порта зарядки."}).
		customer(1, care.AnswerEstimate{Accepted: false}).ready(0.3).home(1)
	s.life(52, thing{category: "phone", brand: "Redmi", model: "Note 12", serial: "RN12TALON28", imei: imei(228), price: "19990.00", months: 12, issuer: "manufacturer", age: 310},
		yana, ask{papers: receipt, text: "Упал в воду."}).
		intake(0.5, moscow, "").diagnose(1, hardware("mainboard", "corrosion", found("liquid", "mainboard", "external")), "").by(care.Partner, 1, care.Refuse{}).ready(0.5).home(2)
}

// xiaomiQuestions are requests that are no claims.
func (s *stage) xiaomiQuestions() {
	s.about(2, thing{category: "phone", brand: "Xiaomi", model: "14T Pro", serial: "X14TTALON71", imei: imei(271), price: "64990.00", months: 12, issuer: "manufacturer", age: 40},
		larisa, ask{kind: care.TechnicalSupport, channel: "phone", text: "Как перенести данные со старого телефона?"}).
		answers(care.Clerk, 0.1, "Откройте программу переноса на обоих телефонах и отсканируйте код.")
	s.about(4, thing{category: "phone", brand: "Redmi", model: "13", serial: "RD13TALON72", imei: imei(272), price: "15990.00", months: 12, issuer: "manufacturer", age: 150},
		gleb, ask{kind: care.TechnicalSupport, text: "Телефон нагревается и перезагружается."}).
		answers(care.Clerk, 0.3, "Настройки тут не помогут: примем телефон на диагностику.").
		turned(care.Clerk, 1, desk.TurnIn{Documents: []string{"receipt"}, Basis: policy.Warranty}).intake(0.5, moscow, "В чехле")
	s.request(0.2, gleb, ask{kind: care.Documentation, channel: "email", subject: "Xiaomi 14T", text: "Пришлите, пожалуйста, руководство на русском."})
	s.request(6, inna, ask{kind: care.TechnicalSupport, subject: "Xiaomi TV A 43", text: "Телевизор не видит домашнюю сеть."})
	s.request(12, fedor, ask{kind: care.Consultation, text: "Подойдёт ли зарядка на 120 Вт к Redmi Note 13?"}).
		answers(care.Clerk, 0.3, "Подойдёт, но заряжать будет не быстрее 33 Вт.").closes(care.Clerk, 1)
	s.request(15, artem, ask{kind: care.Documentation, subject: "Xiaomi Pad 7", text: "Нужно руководство на русском."}).
		sends(care.Clerk, 0.3, "Pad 7", "Отправляем краткое руководство.").writes(0.2, "Спасибо, открылось.").closes(care.Clerk, 1)
}
