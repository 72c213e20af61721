package document_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// says are texts that a paper must hold, by kind and language.
var says = map[care.PaperKind]map[string][]string{
	care.IntakeSlip: {
		"en": {"Intake slip", "No. RMA-2026-000017-A12 of 20 April 2026", "Scratches on the lid", "charger and sleeve", "Receipt, warranty card", "11 May 2026", "Contents of the device may be lost"},
		"ru": {"Квитанция о приёме", "№ RMA-2026-000017-A12 от 20 апреля 2026 г.", "Комплектность", "Кассовый чек, гарантийный талон", "С чем клиент ознакомлен и согласен", "Товар сдал"},
		"bg": {"Приемо-предавателен протокол", "№ RMA-2026-000017-A12 от 20 април 2026 г.", "Комплектация", "Касов бон, гаранционна карта", "11 май 2026 г.", "Предал стоката"}},
	care.Conclusion: {
		"en": {"Technical conclusion", "Inspection under a microscope", "3.3 V rail: 0.4 V", "The stated defect has been confirmed.", "No power rail; no traces of liquid.", "not established", "Ivan Technov"},
		"ru": {"Техническое заключение", "Заявленный недостаток подтверждён.", "Основная плата", "Дефект сборки"},
		"bg": {"Констативен протокол", "Заявеният дефект е потвърден.", "Основна платка"}},
	care.RefusalLetter: {
		"en": {"Refusal", "Shop in Burgas, 1 Sample Street · +359\u00a056\u00a0000\u00a0000", "1. Liquid got inside the product.", "Source: Warranty conditions, portable computers · clause liquid", "2. There is no warranty card.", "Whom you may turn to", "Consumer commission · commission.example · 0700 00 000"},
		"ru": {"Отказ в гарантийном обслуживании", "Основания отказа", "пункт liquid", "пункт no-card", "Куда можно обратиться"},
		"bg": {"Отказ по рекламация", "Основания за отказа", "клауза liquid", "клауза no-card", "Към кого можете да се обърнете"}},
	care.RepairForm: {
		"en": {"European repair information form", "1. Repairer", "2. Information on the repair", "Price of the repair", "€86.40", "by the price list Network repairs", "Time needed to complete the repair", "Temporary replacement goods", "Ancillary services", "3. Validity", "20 May 2026"},
		"ru": {"Европейская форма с информацией о ремонте", "86,40 €", "Условия действуют до", "20 мая 2026 г."},
		"bg": {"Европейски формуляр с информация за ремонта", "86,40 €", "Условията важат до", "20 май 2026 г."}},
	care.LoanerPaper: {"en": {"Loaner hand-out", "Acer Aspire 3", "LOAN-0007", "1 May 2026, 18:00"}, "ru": {"Подменный товар", "LOAN-0007"}, "bg": {"Заместващо устройство", "LOAN-0007"}},
	care.HandBackPaper: { // the demand, the hand-in, the repair, the hand-back, the defect, the parts, the prolonged end (RU-20.3)
		"en": {"10 April 2026", "10 April 2026, 10:05", "18 April 2026, 17:00", "21 April 2026, 16:40", "11 days", "damaged component", "Mainboard replaced, tested for 4 hours", "MB-99812", "until 21/04/2028", "14/06/2027", "€149.90", "Defect established 13 April 2026, 15:20", "Basis of the claim Warranty", "No. RMA-2026-000017-H12 of 21 April 2026", "Ivan Technov"},
		"ru": {"Обращение с требованием", "Передача товара продавцу", "Устранение недостатков", "Выдача товара клиенту", "21 апреля 2026 г., 16:40", "11 дней", "Использованные запасные части", "Недостаток установлен 13 апреля 2026 г., 15:20", "до 21.04.2028", "14.06.2027", "бесплатно"},
		"bg": {"Предявена рекламация", "Връщане на стоката", "21 април 2026 г., 16:40 ч.", "11 дни", "Вложени части", "Дефектът е установен", "14.06.2027 г."}},
	care.ReplacementAct: {
		"en": {"Replacement act", "PQ-5500-8812-0F", "PQ-7700-0001-1A", "the customer pays €149.90 on top", "Terms of the new product"},
		"ru": {"Акт замены товара", "PQ-7700-0001-1A", "клиент доплачивает 149,90 €", "Сроки на новый товар"},
		"bg": {"Протокол за замяна", "PQ-7700-0001-1A", "клиентът доплаща 149,90 €"}},
	care.RefundAct: {
		"en": {"Refund act", "the customer is paid €1,249.00", "PAY-8812", "16 April 2026", "15 April 2026, 10:00, Ivan Technov", "1. Liquid got inside the product."},
		"ru": {"Акт возврата денежных средств", "клиенту выплачивают 1 249,00 €", "PAY-8812"}, "bg": {"Протокол за връщане на сума", "на клиента се изплащат 1249,00 €"}},
	care.ClosingAct: {
		"en": {"Closing act", "Copy 1/2", "Copy 2/2"}, "ru": {"Акт об удовлетворении рекламации", "Экземпляр 1/2", "Экземпляр 2/2"},
		"bg": {"Акт за удовлетворяване на рекламация", "Екземпляр 1/2", "Екземпляр 2/2", "посочената по-долу рекламация е удовлетворена", "Потребител (подпис)"}},
	care.WarrantyPaper: {"en": {"Post-warranty certificate", "CERT-2026-000004", "13 June 2027", "12 June 2028", "Misuse."}, "ru": {"Сертификат", "13 июня 2027 г."}, "bg": {"Сертификат", "13 юни 2027 г."}},
	care.DeviceLabel:   {"en": {"RMA-2026-000017", "Asus Vivobook 15 X1504", "PQ-5500-8812-0F"}, "ru": {"20.04.2026"}, "bg": {"20.04.2026 г."}},
	care.ShippingLabel: {"en": {"Speedy", "SP-2026-551203", "2.35", "5 Example Road, entrance B, floor 3"}, "ru": {"Получатель", "Созопол"}, "bg": {"Получател", "Созопол", "2,35"}},
}

func TestEveryPaperInEveryLanguage(t *testing.T) {
	p := printer(t)
	for _, kind := range care.PaperKinds() {
		for _, lang := range langs {
			if len(says[kind][lang]) == 0 {
				t.Errorf("%s in %s is not looked at", kind, lang)
			}
			got, content := rendered(t, p, sample(t, kind, lang))
			text := flat(got.text())
			for _, want := range says[kind][lang] {
				if !strings.Contains(text, flat(want)) {
					t.Errorf("%s in %s does not say %q:\n%s", kind, lang, want, text)
				}
			}
			if strings.ContainsAny(text, "⟦⟧{}\ufffd") {
				t.Errorf("%s in %s has an unfinished text:\n%s", kind, lang, text)
			}
			if got.fonts < 5_000 || got.fonts > 45_000 {
				t.Errorf("%s in %s embeds %d bytes of fonts: expected the letters it uses, and only those", kind, lang, got.fonts)
			}
			if len(content) > 60_000 {
				t.Errorf("%s in %s is %d bytes", kind, lang, len(content))
			}
			insideThePage(t, fmt.Sprintf("%s in %s", kind, lang), got)
		}
	}
}

// insideThePage holds that nothing is written beyond the paper's edge, and
// that no two lines lie over each other.
func insideThePage(t *testing.T, what string, f pdf) {
	t.Helper()
	for n, p := range f.pages {
		edge := 3.0 // points
		if p.wd > 500 {
			edge = 40
		}
		for i, l := range p.lines {
			if l.x < edge || l.y < edge/2 || l.y > p.ht-l.size/2 || l.x > p.wd-edge {
				t.Errorf("%s, page %d: %q at %.0f, %.0f is off the page", what, n+1, l.text, l.x, l.y)
			}
			for _, other := range p.lines[i+1:] {
				if close := l.y - other.y; close > -3 && close < 3 && l.x == other.x && l.text != "" && other.text != "" {
					t.Errorf("%s, page %d: %q lies over %q", what, n+1, other.text, l.text)
				}
			}
		}
	}
}

// TestADayToBeWrittenIn leaves room for the day of a hand-over that is to
// come, and for whoever gives the device out.
func TestADayToBeWrittenIn(t *testing.T) {
	p := printer(t)
	for _, kind := range []care.PaperKind{care.HandBackPaper, care.ClosingAct} {
		for lang, want := range map[string]string{"en": "of ____ ____________ 20___", "ru": "от «____» ____________ 20___ г.", "bg": "от „____“ ____________ 20___ г."} {
			paper := sample(t, kind, lang)
			paper.Undated, paper.Claim.Custody = true, care.Holder{Kind: care.HeldByShop, Place: "shop", Since: at("2026-04-12 09:00")}
			paper.Claim.Repair.Parts = nil
			paper.Replaces = "RMA-2026-000017-H9"
			got, _ := rendered(t, p, paper)
			text := flat(got.text())
			if !strings.Contains(text, want) || strings.Contains(text, "21 апреля") || strings.Contains(text, "Ivan Technov") {
				t.Errorf("%s in %s has a day before the hand-over:\n%s", kind, lang, text)
			}
			if !strings.Contains(text, "RMA-2026-000017-H9") {
				t.Errorf("%s in %s does not say what it replaces", kind, lang)
			}
			none := map[string]string{"en": "Parts used none", "ru": "запасные части не использовались", "bg": "Вложени части няма"}[lang]
			if kind == care.HandBackPaper && !strings.Contains(text, none) {
				t.Errorf("%s in %s is silent about parts:\n%s", kind, lang, text)
			}
			insideThePage(t, string(kind)+" in "+lang, got)
		}
	}
}

func TestTheSamePaperIsTheSameFile(t *testing.T) {
	p := printer(t)
	first, err := p.Render(sample(t, care.RefusalLetter, "ru"))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			again, err := p.Render(sample(t, care.RefusalLetter, "ru"))
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("printed again, the paper is another file (%v)", err)
			}
		})
	}
	all.Wait()
}

func TestTwoCopies(t *testing.T) {
	p := printer(t)
	got, _ := rendered(t, p, sample(t, care.ClosingAct, "bg"))
	if len(got.pages) != 2 {
		t.Fatalf("%d pages, want one for each copy", len(got.pages))
	}
	for i, page := range got.pages {
		text := page.text()
		if !strings.Contains(text, fmt.Sprintf("Екземпляр %d/2", i+1)) || !strings.Contains(text, "1 / 1") {
			t.Errorf("copy %d: %s", i+1, text)
		}
	}
	one, two := strings.ReplaceAll(got.pages[0].text(), "1/2", "2/2"), got.pages[1].text()
	if one != two {
		t.Errorf("the copies differ:\n%s\n%s", one, two)
	}
}

// TestLongPapers holds that many clauses go over pages, each with its number,
// and that none is lost on the way.
func TestLongPapers(t *testing.T) {
	p := printer(t)
	paper := sample(t, care.RefusalLetter, "bg")
	paper.Grounds = nil
	for i := range 60 {
		paper.Grounds = append(paper.Grounds, care.PaperTerm{ID: fmt.Sprintf("clause-%02d", i), Source: "ЗПЦСЦУПС, чл. 33",
			Text: fmt.Sprintf("Клауза %02d: ", i) + strings.Repeat("стоката е използвана извън предназначението си и в нарушение на указанията, ", 4)})
	}
	paper.Claim.Refusal.Text = strings.Repeat("Подробно обяснение на отказа. ", 200)
	got, _ := rendered(t, p, paper)
	if len(got.pages) < 4 {
		t.Fatalf("%d pages", len(got.pages))
	}
	for i, page := range got.pages {
		if want := fmt.Sprintf("%d / %d", i+1, len(got.pages)); !strings.Contains(page.text(), want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
	}
	text := flat(got.text())
	for i := range 60 {
		for _, want := range []string{fmt.Sprintf("Клауза %02d:", i), fmt.Sprintf("клауза clause-%02d", i)} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%q is there %d times", want, strings.Count(text, want))
			}
		}
	}
	if n := strings.Count(text, "Подробно обяснение на отказа."); n != 200 {
		t.Errorf("%d of 200 sentences are there", n)
	}
	insideThePage(t, "a long refusal", got)
}

func TestAnAlmostEmptyPageIsSaved(t *testing.T) {
	p := printer(t)
	saved := false
	for n := range 30 {
		paper := sample(t, care.HandBackPaper, "ru")
		paper.Told, paper.Money = nil, nil
		for range n {
			paper.Told = append(paper.Told, "Устройство возвращается с заводскими настройками.")
		}
		got, _ := rendered(t, p, paper)
		if last := got.pages[len(got.pages)-1]; len(got.pages) == 2 && len(last.lines) < 6 {
			t.Errorf("with %d notices the second page holds %d lines", n, len(last.lines))
		}
		saved = saved || len(got.pages) == 1
	}
	if !saved {
		t.Error("no paper fits on one page: the test proves nothing")
	}
}

// TestCodesAreRead reads the codes of papers as a scanner does.
func TestCodesAreRead(t *testing.T) {
	p := printer(t)
	for _, c := range []struct {
		kind     care.PaperKind
		qr, bars string
	}{
		{care.IntakeSlip, "https://care.example/track/4uVnX1bQ9bC0tY2o6mJk2w", "RMA-2026-000017"},
		{care.DeviceLabel, "RMA-2026-000017", "RMA-2026-000017"},
		{care.ShippingLabel, "", "SP-2026-551203"},
		{care.WarrantyPaper, "", "CERT-2026-000004"},
	} {
		got, _ := rendered(t, p, sample(t, c.kind, "bg"))
		bitmap, err := gozxing.NewBinaryBitmapFromImage(got.pages[0].picture(6))
		if err != nil {
			t.Fatal(err)
		}
		if read, err := oned.NewCode128Reader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}); err != nil || read.GetText() != c.bars {
			t.Errorf("%s: Code 128 reads %v (%v), want %s", c.kind, read, err, c.bars)
		}
		if c.qr == "" {
			continue
		}
		if read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}); err != nil || read.GetText() != c.qr {
			t.Errorf("%s: QR reads %v (%v), want %s", c.kind, read, err, c.qr)
		}
	}
}

func TestWithoutALinkThereIsNoQR(t *testing.T) {
	p := printer(t)
	paper := sample(t, care.IntakeSlip, "en")
	with, _ := rendered(t, p, paper)
	paper.Link = ""
	without, _ := rendered(t, p, paper)
	if len(without.pages[0].boxes) >= len(with.pages[0].boxes)-100 || strings.Contains(without.text(), "Scan the square code") {
		t.Error("a slip without a link speaks of a code")
	}
}

func TestNumbersInAnyLetters(t *testing.T) {
	p := printer(t)
	paper := sample(t, care.WarrantyPaper, "ru")
	paper.Number, paper.Certificate.Number = "ПГО-004417", "ПГО-004417"
	got, _ := rendered(t, p, paper)
	if !strings.Contains(got.text(), "ПГО-004417") {
		t.Error("the number is not there")
	}
	label := sample(t, care.ShippingLabel, "ru")
	label.Leg.Tracking = "накладная 17"
	if got, _ = rendered(t, p, label); !strings.Contains(got.text(), "RMA-2026-000017") {
		t.Error("a label without a number that a scanner can read")
	}
}

// TestAnEmptyClaim holds that a paper of which little is known is still set.
func TestAnEmptyClaim(t *testing.T) {
	p := printer(t)
	for _, kind := range care.PaperKinds() {
		got, _ := rendered(t, p, care.Paper{Issued: care.Issued{Kind: kind, Number: "RMA-2026-000001", Claim: care.Claim{Number: "RMA-2026-000001"}}, Lang: "bg"})
		if len(got.pages) == 0 {
			t.Errorf("%s has no page", kind)
		}
	}
	if _, err := p.Render(care.Paper{Issued: care.Issued{Kind: "letter"}}); err == nil {
		t.Error("an unknown paper is printed")
	}
}

func TestRefusedByAManagerAndNotForConsumers(t *testing.T) {
	p := printer(t)
	paper := sample(t, care.RefusalLetter, "en")
	paper.Claim.Override = &care.Override{Basis: policy.Warranty, Verdict: policy.Refused, Reason: "Seen at the counter: it was opened."}
	paper.Disputes, paper.Other, paper.Claim.Diagnosis, paper.Claim.Refusal.Text = nil, nil, nil, ""
	got, _ := rendered(t, p, paper)
	text := got.text()
	if !strings.Contains(text, "Seen at the counter: it was opened.") {
		t.Error("the manager's reason is not there")
	}
	for _, gone := range []string{"Whom you may turn to", "In addition", "What the diagnosis found"} {
		if strings.Contains(text, gone) {
			t.Errorf("an empty section %q", gone)
		}
	}
}

// FuzzTexts sets papers of texts that people may type, or send by a program.
func FuzzTexts(f *testing.F) {
	p := printer(f)
	kinds := []care.PaperKind{care.IntakeSlip, care.HandBackPaper, care.ShippingLabel, care.DeviceLabel}
	for i := range kinds {
		f.Add("Ада Примерова", "Не включается", "стекло", uint8(i))
		f.Add(strings.Repeat("Ж", 3000), "a\x00\x1b[31m\r\n\u2028", "👩‍👩‍👧 完全 ẞ ﷺ", uint8(i))
		f.Add("", strings.Repeat("very-long-word-without-a-space", 90), "\xff\xfe\u202e", uint8(i))
		f.Add("   ", "\\(\\)", "e\u0301\u0301\u0301", uint8(i))
	}
	f.Fuzz(func(t *testing.T, name, text, part string, which uint8) {
		kind := kinds[int(which)%len(kinds)]
		paper := sample(t, kind, "ru")
		paper.Customer.Name, paper.To.Name, paper.Claim.Unit.Model = name, name, name
		paper.Claim.Intake.Condition, paper.Claim.Repair.Work, paper.Request.Address = text, text, text
		paper.Claim.Intake.Accessories, paper.Claim.Repair.Parts[0].Name, paper.Leg.Tracking = []string{part}, part, part
		got, _ := rendered(t, p, paper)
		for _, r := range got.text() {
			if r < ' ' && r != '\n' {
				t.Fatalf("a control character %U on the %s", r, kind)
			}
		}
		insideThePage(t, string(kind), got)
	})
}

// crowded is a sample whose names and texts are as long as people write them.
func crowded(t testing.TB, kind care.PaperKind, lang string) care.Paper {
	paper := sample(t, kind, lang)
	c := &paper.Claim
	c.Unit.Model = "Ultra Performance Workstation Edition 16-inch OLED 2026 (B7Q)"
	c.Unit.Serial = "SN-0123456789-ABCDEFGHIJ-0123456789"
	c.Intake.Defect = longComplaint
	c.Intake.Accessories = nil
	for i := range 40 {
		c.Intake.Accessories = append(c.Intake.Accessories, fmt.Sprintf("кабель № %d", i+1))
	}
	c.Repair.Parts = nil
	for i := range 25 {
		c.Repair.Parts = append(c.Repair.Parts, care.Part{Part: "mainboard", Name: fmt.Sprintf("плата %d", i+1), Serial: fmt.Sprintf("MB-%04d", i), Months: 12})
	}
	paper.Customer.Name = "Александрина-Константинополска Димитрова-Владигерова фон Примерова"
	paper.Customer.Email = "aleksandrina.konstantinopolska.dimitrova@a-rather-long-name-of-a-mail-host.example"
	paper.Seller.Name = "Общество с ограниченной ответственностью «Пример розничной торговли бытовой электроникой»"
	paper.To.Name, paper.NewUnit.Model = paper.Customer.Name, c.Unit.Model
	if x := paper.Certificate; x != nil {
		x.Unit, x.Buyer = c.Unit, paper.Customer.Name
	}
	return paper
}

var longComplaint = strings.TrimSpace(strings.Repeat("Устройство выключается само под нагрузкой. ", 7))

// TestCrowdedPapers holds that long names and lists flow on, over pages where
// they must, and that nothing of them is lost or written over.
func TestCrowdedPapers(t *testing.T) {
	p := printer(t)
	for _, kind := range care.PaperKinds() {
		for _, lang := range langs {
			got, _ := rendered(t, p, crowded(t, kind, lang))
			what := fmt.Sprintf("a crowded %s in %s", kind, lang)
			insideThePage(t, what, got)
			if kind.Inside() {
				if len(got.pages) != 1 {
					t.Errorf("%s takes %d labels", what, len(got.pages))
				}
				continue
			}
			want := map[care.PaperKind][]string{
				care.IntakeSlip:    {"кабель № 1", "кабель № 40", longComplaint},
				care.HandBackPaper: {"MB-0000", "MB-0024", "2 / 2"},
				care.ClosingAct:    {"MB-0000", "MB-0024", "2 / 2"},
			}[kind]
			text := strings.ReplaceAll(flat(got.text()), "\u00a0", " ")
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s lacks %q:\n%s", what, w, text)
				}
			}
			if kind != care.RepairForm && (!strings.Contains(text, "Димитрова-Владигерова") || strings.Contains(text, "Константинопол ска")) {
				t.Errorf("%s cuts the name:\n%s", what, text)
			}
		}
	}
}

// TestLabelsAreWhole holds that a serial and an address are never cut, and
// never run into the bars.
func TestLabelsAreWhole(t *testing.T) {
	p := printer(t)
	serials := map[string]string{"usual": "PQ-5500-8812-0F", "of an import": "SN0123456789ABCDEFGHIJKLMNOPQRS3456", "with hyphens": "SN-0123456789-ABCDEFGHIJ-0123456789-KLMNOPQR", "of sixty": strings.Repeat("0123456789", 6)}
	for name, serial := range serials {
		paper := crowded(t, care.DeviceLabel, "bg")
		paper.Claim.Unit.Serial = serial
		got, _ := rendered(t, p, paper)
		if text := strings.ReplaceAll(got.text(), "\n", ""); !strings.Contains(text, serial) {
			t.Errorf("a serial %s is cut:\n%s", name, got.text())
		}
		aboveTheBars(t, "a serial "+name, got.pages[0], 0)
	}
	for name, street := range map[string]string{
		"usual": "бул. „Сливница“ 5, вх. Б, ет. 3",
		"long":  strings.TrimSpace(strings.Repeat("ж.к. „Младост“ 4, бл. 441, вх. Б, ет. 12, ап. 156, до магазина срещу спирката; ", 3)),
	} {
		paper := crowded(t, care.ShippingLabel, "bg")
		paper.To.Street, paper.From.Name, paper.Leg.Bulky = street, paper.Seller.Name, true
		got, _ := rendered(t, p, paper)
		text := strings.ReplaceAll(flat(got.text()), "\u00a0", " ")
		for _, want := range []string{street, "фон Примерова", paper.To.Phone, "бытовой электроникой»"} {
			if !strings.Contains(text, want) {
				t.Errorf("with an address %s the label lacks %q:\n%s", name, want, text)
			}
		}
		aboveTheBars(t, "an address "+name, got.pages[0], 1)
	}
}

// aboveTheBars holds that the lines of a label end above its Code 128, but for
// those that are meant to stand under it.
func aboveTheBars(t *testing.T, what string, p page, under int) {
	t.Helper()
	top := 0.0
	for _, b := range p.boxes {
		if b.ht < -20 { // a bar, drawn downwards; the squares of a QR are lower
			top = max(top, b.y)
		}
	}
	if top == 0 {
		t.Fatalf("%s: there are no bars", what)
	}
	for _, l := range p.lines {
		if l.y-l.size*0.25 < top {
			if under--; under < 0 {
				t.Errorf("%s: %q at %.0f runs into the bars, which end at %.0f", what, l.text, l.y, top)
			}
		}
	}
}

// TestLookAtThem writes every paper to a folder, to be looked at.
func TestLookAtThem(t *testing.T) {
	dir := os.Getenv("TALON_PAPERS")
	if dir == "" {
		t.Skip("set TALON_PAPERS to a folder")
	}
	p := printer(t)
	for _, lang := range langs {
		for _, kind := range care.PaperKinds() {
			content, err := p.Render(sample(t, kind, lang))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, string(kind)+"."+lang+".pdf"), content, 0o600); err != nil {
				t.Fatal(err)
			}
			if content, err = p.Render(crowded(t, kind, lang)); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, string(kind)+"."+lang+".crowded.pdf"), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func BenchmarkRefusal(b *testing.B) {
	p := printer(b)
	paper := sample(b, care.RefusalLetter, "ru")
	for b.Loop() {
		if _, err := p.Render(paper); err != nil {
			b.Fatal(err)
		}
	}
}
