package demo

import (
	"context"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// The people of bg-omni's demo, all invented.
var (
	elena    = person{"Елена Димитрова", "+359 890 000 011", "elena@mail.example", "София", "София, ул. „Липа“ 4"}
	stoyan   = person{"Стоян Велев", "+359 890 000 012", "stoyan@mail.example", "Ахтопол", "Ахтопол, ул. „Крайбрежна“ 2"}
	radka    = person{"Радка Христова", "+359 890 000 013", "", "Перник", "Перник, ул. „Миньор“ 9"}
	plamen   = person{"Пламен Тодоров", "+359 890 000 014", "plamen@mail.example", "Варна", "Варна, ул. „Чайка“ 17"}
	gergana  = person{"Гергана Илиева", "+359 890 000 015", "gergana@mail.example", "Пловдив", "Пловдив, ул. „Тракия“ 6"}
	kiril    = person{"Кирил Анев", "+359 890 000 016", "", "София", "София, ул. „Явор“ 21"}
	violeta  = person{"Виолета Бонева", "+359 890 000 017", "violeta@mail.example", "Чепеларе", "Чепеларе, ул. „Смърч“ 3"}
	dimo     = person{"Димо Каров", "+359 890 000 018", "dimo@mail.example", "София", "София, ул. „Бреза“ 30"}
	nevena   = person{"Невена Станева", "+359 890 000 019", "nevena@mail.example", "Бургас", "Бургас, ул. „Фар“ 8"}
	newcomer = person{"Ивайло Примеров", "+359 890 000 020", "ivaylo@mail.example", "София", "София, ул. „Примерна“ 12"}
)

// omni sets up bg-omni.
func omni(ctx context.Context, f *film) error {
	s, err := newStage(ctx, f, stage{id: "bg-omni", channel: "online", shop: "omni-shop-sofia", partner: "asus-sofia",
		courier: "Куриер „Лястовица“", papers: []string{"invoice", "warranty_card", "return_request"}})
	if err != nil {
		return err
	}
	s.hire("bg", member{care.Administrator, "Мирослав Ганев", ""}, member{care.Manager, "Десислава Петкова", ""},
		member{care.Clerk, "Ана Колева", "omni-shop-sofia"}, member{care.Technician, "Борислав Митев", "omni-service"},
		member{care.Dispatcher, "Цветан Русев", ""}, member{care.Partner, "Светлин Марков", "asus-sofia"}, member{care.PolicyEditor, "Лилия Нейкова", ""})
	s.everyday("OM", 600, omniPast())
	s.omniShowcase()
	s.omniNew()
	s.omniAtWork()
	s.omniEnding()
	s.omniOver()
	s.omniQuestions()
	s.omniMoney()
	s.omniShipments()
	s.omniLoaners()
	s.omniCatalogue()
	return nil
}

// authorised is a whole repair at the authorised centre, from the counter
// back to the owner; it takes about twelve days.
func (l *life) authorised(part, defect, work string) *life {
	return l.intake(0.3, l.shop, "Без видими забележки").carry(0.6, l.partner).
		diagnose(1, hardware(part, defect), "").repair(1, 6, "hardware", work, care.Part{Part: part}).
		ready(0.2).home(2)
}

// omniShowcase is the laptop that failed for the fourth time (B11), and its
// twin with which a newcomer goes the whole way.
func (s *stage) omniShowcase() {
	t := thing{category: "laptop", brand: "Lenovo", model: "ThinkBook 16 G6", serial: "PF4TALON1", price: "1899.00", months: 24, issuer: "manufacturer", age: 560}
	in := ask{papers: []string{"invoice", "warranty_card"}, text: "Лаптопът не се включва."}
	s.life(430, t, elena, in).authorised("mainboard", "no-power", "Сменена е основната платка.")
	in.text = "Екранът трепти и угасва."
	s.life(290, t, elena, in).authorised("display_cable", "display-flicker", "Сменен е лентовият кабел на дисплея.")
	in.text = "Половината клавиши не реагират."
	s.life(130, t, elena, in).authorised("keyboard", "keyboard-dead", "Сменена е клавиатурата.")
	in.text, in.open = "Лаптопът пак не се включва, а гаранцията тече.", true
	l := s.life(4.5, t, elena, in).intake(0.4, s.shop, "Леки следи от употреба").carry(0.5, s.partner)
	l.diagnose(1, hardware("mainboard", "no-charge"), "Захранващата верига на основната платка е дефектна; няма следи от външно въздействие.").
		answered(0.2, "market.same_model", "true").
		answers(care.Clerk, 0.1, "Потвърдихме четвърти хардуерен дефект. Можете да изберете между нов лаптоп и връщане на цената.").
		show("fourth-failure", map[string]string{
			"bg": "Лаптоп с три ремонта в оторизиран сервиз и четвърта повреда",
			"en": "A laptop with three authorised repairs and a fourth failure",
			"ru": "Ноутбук с тремя ремонтами в авторизованном центре и четвёртой поломкой"}, map[string]string{
			"bg": "Изборът вече е на клиента: замяна или връщане на цената. Отворете връзката за проследяване и изберете; после приключете рекламацията като управител.",
			"en": "The choice is now the customer's: a replacement or the price back. Open the tracking link and choose, then finish the claim as the manager.",
			"ru": "Выбор теперь за клиентом: замена или возврат денег. Откройте ссылку для отслеживания и сделайте выбор, затем закройте заявку как руководитель."})
	twin := t
	twin.serial, twin.model = "PF4TALON2", "ThinkBook 14 G6"
	in.text, in.open = "Не се включва.", false
	s.life(440, twin, newcomer, in).authorised("mainboard", "no-power", "Сменена е основната платка.")
	s.life(300, twin, newcomer, in).authorised("battery", "no-charge", "Сменена е батерията.")
	s.life(120, twin, newcomer, in).authorised("port", "port-dead", "Сменен е захранващият порт.")
	s.guide.Devices = append(s.guide.Devices, Device{ID: "fourth-failure", Retailer: s.id, Identity: twin.serial, Name: "Lenovo " + twin.model, Look: map[string]string{
		"bg": "Подайте заявка, приемете лаптопа, потвърдете хардуерен дефект: той е четвърти.",
		"en": "Make a request, take the laptop in, confirm a hardware defect: it is the fourth.",
		"ru": "Подайте заявку, примите ноутбук, подтвердите аппаратную неисправность: она четвёртая."}})
}

// omniNew are claims that have just come in.
func (s *stage) omniNew() {
	s.life(0.2, thing{category: "phone", brand: "Samsung", model: "Galaxy A56", serial: "R5TALON10", imei: imei(10), price: "399.00", months: 24, issuer: "manufacturer", age: 210, digital: true},
		nevena, ask{papers: []string{"invoice", "warranty_card"}, deliver: true, open: true, text: "Телефонът се рестартира сам по няколко пъти на ден."})
	s.life(0.9, thing{category: "tablet", brand: "Lenovo", model: "Tab M11", serial: "HA1TALON11", price: "189.00", months: 24, issuer: "manufacturer", age: 95},
		radka, ask{open: true, text: "Таблетът не се зарежда."})
	s.life(3.2, thing{category: "printer", brand: "HP", model: "LaserJet M110w", serial: "VNTALON12", price: "139.00", months: 12, issuer: "manufacturer", age: 150},
		kiril, ask{channel: "phone", text: "Принтерът захваща по няколко листа наведнъж."})
	s.life(4, thing{category: "laptop", brand: "Asus", model: "Vivobook 15", serial: "R2TALON13", price: "649.00", months: 24, issuer: "manufacturer", age: 330},
		stoyan, ask{papers: []string{"invoice", "warranty_card"}, deliver: true, text: "Тъчпадът спря да работи."}).
		by(care.Clerk, 0.5, care.AskDevice{Place: "omni-service", Instructions: "Изпратете лаптопа с куриер, опакован, заедно с гаранционната карта."})
	s.life(1.2, thing{category: "monitor", brand: "Asus", model: "ProArt 27", serial: "M9TALON14", price: "429.00", months: 36, issuer: "manufacturer", age: 240},
		dimo, ask{channel: "counter", text: "Зелена линия през целия екран."}).
		intakeWith(0.1, s.shop, "Със стойка, без кутия", []string{"invoice"}).
		notes(care.Clerk, 0.1, "Клиентът ще донесе гаранционната карта утре.")
	// Two that the partner centre has yet to act on, each by its own term.
	s.life(0.7, thing{category: "laptop", brand: "Asus", model: "Vivobook S 16", serial: "R7TALON73", price: "899.00", months: 24, issuer: "manufacturer", age: 140},
		plamen, ask{papers: []string{"invoice", "warranty_card", "return_request"}, text: "Пантата се разхлаби и екранът пада."}).
		by(care.Dispatcher, 0.2, care.RouteTo{Centre: s.partner})
	s.life(1.8, thing{category: "laptop", brand: "Asus", model: "ExpertBook B1", serial: "R8TALON74", price: "749.00", months: 24, issuer: "manufacturer", age: 75},
		kiril, ask{papers: []string{"invoice", "warranty_card", "return_request"}, deliver: true, text: "Не открива безжични мрежи."}).
		intake(0.4, s.partner, "Като нов")
}

// omniAtWork are claims whose device is on the bench.
func (s *stage) omniAtWork() {
	s.life(5, thing{category: "laptop", brand: "HP", model: "ProBook 450", serial: "5CTALON15", price: "899.00", months: 24, issuer: "manufacturer", age: 400},
		gergana, ask{papers: s.papers, deliver: true, text: "Вентилаторът бръмчи и лаптопът прегрява."}).
		intake(1, "omni-service", "С адаптер").by(care.Technician, 1, care.StartDiagnosis{})
	s.life(5, thing{category: "tv", brand: "Samsung", model: "QE55", serial: "0ATALON16", price: "1099.00", months: 24, issuer: "manufacturer", age: 500},
		plamen, ask{papers: s.papers, text: "Няма картина, има звук."}).
		intake(1, "omni-service", "С дистанционно").
		diagnose(1.5, hardware("display", "no-picture", found("wear", "display", "workmanship")), "Подсветката е дефектна при изработката.").
		assigned(0.2, care.Technician)
	s.life(38, thing{category: "desktop", brand: "Asus", model: "ExpertCenter D5", serial: "PATALON17", price: "799.00", months: 36, issuer: "retailer", age: 610},
		dimo, ask{papers: s.papers, text: "Компютърът изключва под натоварване."}).
		intake(0.4, "omni-service", "Без периферия").diagnose(2, hardware("mainboard", "shutdown"), "").
		by(care.Technician, 3, care.StartRepair{}).
		writes(24, "Мина повече от месец. Кога ще бъде готов?").
		answers(care.Technician, 1, "Извиняваме се за забавянето, тестваме компютъра след смяната.")
	s.life(29.2, thing{category: "laptop", brand: "Asus", model: "Zenbook 14", serial: "R3TALON18", price: "1249.00", months: 24, issuer: "manufacturer", age: 260},
		gergana, ask{papers: s.papers, text: "Пантата скърца и екранът не се държи."}).
		intake(0.4, s.shop, "Без забележки").carry(0.5, s.partner).diagnose(2, hardware("casing", "hinge"), "").
		by(care.Partner, 1, care.StartRepair{}).
		by(care.Partner, 1, care.AwaitParts{Parts: []string{"Панта за Zenbook 14"}}).by(care.Partner, 18, care.PartsArrived{})
	s.life(16, thing{category: "tablet", brand: "Samsung", model: "Galaxy Tab S9 FE", serial: "R6TALON19", price: "449.00", months: 24, issuer: "manufacturer", age: 380},
		radka, ask{papers: s.papers, text: "Не реагира на допир в долния край."}).
		intake(0.6, "omni-service", "С калъф").diagnose(1, hardware("display", "touch-dead"), "").
		by(care.Technician, 0.5, care.StartRepair{}).
		by(care.Technician, 0.4, care.AwaitParts{Parts: []string{"Дисплей за Galaxy Tab S9 FE"}, Expected: s.end.Add(5 * day)})
	s.life(12, thing{category: "laptop", brand: "HP", model: "Pavilion 15", serial: "5DTALON20", price: "749.00", months: 24, issuer: "manufacturer", age: 300},
		violeta, ask{papers: s.papers, deliver: true, text: "Капакът се разцепи при пантата."}).
		intake(1, "omni-service", "Пукнат капак").
		diagnose(1, hardware("casing", "hinge", found("damaged_casing", "casing", "unknown")), "Капакът е спукан около пантата; причината не може да се установи.").
		by(care.Manager, 1, care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "Известен слаб възел на този модел; производителят признава такива случаи."}).
		by(care.Technician, 0.5, care.StartRepair{})
}

// omniEnding are claims near their end.
func (s *stage) omniEnding() {
	router := thing{category: "network", brand: "TP-Link", model: "Archer C80", serial: "22TALON21", price: "89.00", months: 24, issuer: "retailer", age: 420}
	s.life(200, router, kiril, ask{papers: s.papers, text: "Няма безжична мрежа."}).
		intake(1, "omni-service", "С адаптер").diagnose(1, hardware("mainboard", "wifi-dead"), "").repair(0.5, 1, "hardware", "Сменен е радиомодулът.").ready(0.1).home(1)
	s.life(7, router, kiril, ask{papers: s.papers, text: "Рутерът не се включва."}).
		intake(1, "omni-service", "С адаптер").diagnose(1, hardware("mainboard", "no-power"), "").
		by(care.Technician, 0.2, care.OfferEstimate{Amount: amount("35.00", "EUR"), PriceList: "network", Work: "Смяна на захранващия блок на платката."})
	s.life(10, thing{category: "phone", brand: "Samsung", model: "Galaxy S23", serial: "R7TALON22", imei: imei(22), price: "1399.00", months: 24, issuer: "manufacturer", age: 540},
		nevena, ask{papers: s.papers, text: "Телефонът не намира мрежа."}).
		intake(1, "omni-service", "Без зарядно").diagnose(1, hardware("mainboard", "no-network", found("wear", "mainboard", "material")), "").
		by(care.Technician, 1, care.StartRepair{}).by(care.Technician, 3, care.FindUnrepairable{Reason: "Платката не се доставя повече."}).
		answered(0.5, "market.same_model", "true").by(care.Manager, 0.5, care.ChooseRemedy{Remedy: "replacement"})
	s.life(9, thing{category: "mfp", brand: "HP", model: "Smart Tank 585", serial: "CNTALON23", price: "229.00", months: 24, issuer: "manufacturer", age: 200},
		plamen, ask{papers: s.papers, text: "Не печата черно."}).
		intake(1, "omni-service", "С мастила").diagnose(1, hardware("other", "no-black"), "").
		answered(1, "remedy.repair_possible", "false", "market.same_model", "false").by(care.Manager, 1, care.ChooseRemedy{Remedy: "refund"})
	s.life(5, thing{category: "laptop", brand: "Lenovo", model: "IdeaPad Slim 5", serial: "PF4TALON24", price: "999.00", months: 24, issuer: "manufacturer", age: 170},
		violeta, ask{papers: s.papers, text: "Спря да се включва след като беше в чантата."}).
		intake(0.5, s.shop, "Лепкави клавиши").carry(0.5, s.partner).
		diagnose(1, hardware("mainboard", "no-power", found("liquid", "mainboard", "external")), "По платката има следи от сладка течност.").
		by(care.Partner, 0.5, care.Refuse{Text: "Снимките на платката са приложени към протокола."})
	s.life(17, thing{category: "laptop", brand: "Asus", model: "TUF Gaming A15", serial: "R4TALON25", price: "1099.00", months: 24, issuer: "manufacturer", age: 290},
		dimo, ask{channel: "counter", text: "Прекъсва звукът."}).
		intake(0.1, "omni-service", "С адаптер").diagnose(2, software("audio-driver"), "Повреден драйвер.").repair(0.5, 0.5, "software", "Преинсталиран е драйверът за звук.").ready(0.2)
	s.life(9, thing{category: "phone", brand: "Motorola", model: "Edge 50", serial: "ZYTALON26", imei: imei(26), price: "459.00", months: 24, issuer: "retailer", age: 120, digital: true},
		stoyan, ask{papers: s.papers, deliver: true, text: "Камерата не фокусира."}).
		collected(0.3, "omni-service", "TR0000926").comes(1, "omni-service").
		diagnose(2, hardware("image_sensor", "no-focus"), "").repair(1, 3, "hardware", "Сменен е модулът на камерата.", care.Part{Part: "image_sensor"}).
		ready(0.1).by(care.Dispatcher, 0.5, care.Ship{Carrier: s.courier, Tracking: "TR0000927"})
}

// omniOver are claims that have ended.
func (s *stage) omniOver() {
	s.life(44, thing{category: "video_card", brand: "Asus", model: "Dual RTX 4060", serial: "V8TALON27", price: "619.00", months: 36, issuer: "manufacturer", age: 430},
		dimo, ask{papers: s.papers, text: "Артефакти на екрана."}).
		intake(0.5, "omni-service", "В оригинална кутия").diagnose(2, sound(), "Картата работи без грешки 48 часа.").ready(0.2).home(2)
	s.life(70, thing{category: "hard_disk", brand: "WD", model: "Blue 2TB", serial: "WXTALON28", price: "119.00", months: 24, issuer: "retailer", age: 400},
		kiril, ask{papers: s.papers, text: "Дискът не се разпознава."}).
		intake(0.5, "omni-service", "").diagnose(1, hardware("other", "dead", found("wear", "other", "material")), "").
		by(care.Technician, 1, care.FindUnrepairable{Reason: "Запоява се само в завода."}).
		answered(0.5, "market.same_model", "true").by(care.Manager, 0.5, care.ChooseRemedy{Remedy: "replacement"}).
		swapped(1, "WXTALON28N", "").ready(0.2).home(2)
	s.life(90, thing{category: "tv", brand: "LG", model: "OLED48", serial: "40TALON29", price: "2199.00", months: 24, issuer: "retailer", age: 700},
		gergana, ask{papers: s.papers, text: "Прогаряне на екрана."}).
		by(care.Clerk, 1, care.AskDevice{Place: "omni-service"}).customer(3, care.Cancel{Reason: "Ще го ползвам така."})
	s.life(28, thing{category: "laptop", brand: "HP", model: "250 G10", serial: "5ETALON30", price: "499.00", months: 24, issuer: "manufacturer", age: 330},
		elena, ask{papers: s.papers, text: "Прегрява."}).
		intake(0.5, "omni-service", "").diagnose(1, hardware("other", "overheat"), "").repair(1, 3, "hardware", "Сменен е вентилаторът.").ready(0.1).home(1).
		by(care.Clerk, 20, care.Reopen{Reason: "Повредата се появи отново."}).intake(0.2, "omni-service", "")
}

// omniQuestions are requests that are no claims, or were none at first.
func (s *stage) omniQuestions() {
	s.about(5, thing{category: "printer", brand: "Brother", model: "DCP-L2622DW", serial: "BRTALON71", price: "389.00", months: 24, issuer: "retailer", age: 200},
		gergana, ask{kind: care.TechnicalSupport, channel: "phone", text: "Принтерът засяда на всяка страница."}).
		answers(care.Technician, 0.2, "Ролката изглежда износена. Приемаме го в сервиза.").
		turned(care.Clerk, 0.5, desk.TurnIn{Documents: s.papers}).intake(1, "omni-service", "С тонер")
	s.request(0.4, violeta, ask{kind: care.Consultation, text: "Тече ли гаранцията, докато лаптопът е в сервиза?"})
	s.request(3, plamen, ask{kind: care.TechnicalSupport, channel: "phone", subject: "HP Smart Tank 585", text: "Как се почиства печатащата глава?"}).
		answers(care.Technician, 0.3, "Пуснете почистване от менюто „Поддръжка“ два пъти; ако не помогне, донесете принтера.")
	s.request(30, radka, ask{kind: care.Consultation, channel: "email", text: "Нужна ли е кутията за гаранцията?"}).
		answers(care.Clerk, 0.5, "Не, нужни са фактурата или касовият бон и гаранционната карта.").writes(0.2, "Благодаря!").closes(care.Clerk, 0.3)
}
