package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk/demo"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// The journey of a bought laptop through repair, with the new end of its
// warranty on the customer's page.
//
// Walks: B6, B7, B8, B9, B10, D4.
func TestPortalJourneyRepair(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	number, token := b.claimByPortal("bg-omni", contact("serial", laptop, "documents", "receipt", "documents", "warranty_card",
		"return", "deliver", "address", "ул. „Пробна“ 5", "settlement", "Варна"))
	b.get("/track/"+token).says("Заявката е получена", "ThinkPad T14", "при вас")
	yes := true
	s.staff(manager("bg-omni"), number, care.AskDevice{Place: "omni-shop-sofia"})
	b.get("/track/" + token).says("Очакваме устройството")
	s.staff(manager("bg-omni"), number, care.Accept{Place: "omni-service", Condition: "like new", Documents: []string{"receipt", "warranty_card"}})
	b.get("/track/"+token).says("Устройството е при нас", "Сервизен център на omni.bg")
	tech := technician("bg-omni", "omni-service")
	d := care.Diagnose{Conclusion: "Дънната платка"}
	d.Facts.Confirmed, d.Facts.Kind, d.Facts.FailedPart = &yes, "hardware", "mainboard"
	s.staff(tech, number, care.StartDiagnosis{})
	b.get("/track/" + token).says("Устройството е в диагностика")
	c := s.staff(tech, number, d)
	if c.State != care.Decided {
		t.Fatalf("state %s", c.State)
	}
	b.get("/track/"+token).says("Решението е взето", "Дънната платка", "покрива се безплатно")
	b.send(b.get("/track/"+token), "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"repair"}}).want(http.StatusOK).says("Изборът ви е записан")
	s.staff(tech, number, care.StartRepair{})
	b.get("/track/" + token).says("Устройството се ремонтира")
	s.later(20 * 24 * time.Hour)
	s.staff(tech, number, care.FinishRepair{Kind: "hardware", Work: "Сменена дънна платка"}, care.MarkReady{})
	b.get("/track/"+token).says("Устройството е готово", "Куриерът ще го донесе", "Сменена дънна платка", "Последен ден: 2 юни 2027 г.", "Добавен престой в сервиза: 21 дни")
	s.staff(manager("bg-omni"), number, care.Ship{Carrier: "Еконт", Tracking: "123"})
	b.get("/track/"+token).says("Устройството пътува към вас", "Еконт")
	s.staff(manager("bg-omni"), number, care.HandOver{})
	b.get("/track/" + token).says("Устройството е при вас")
	s.staff(manager("bg-omni"), number, care.Close{})
	b.get("/track/"+token).says("Заявката е приключена", "ремонт")
	b.get("/r/bg-omni/check?id=" + laptop).says("Последен ден: 2 юни 2027 г.")
}

// The journey of a customer who is refused on the warranty, agrees to a paid
// repair, and cancels another time.
//
// Walks: C4, C7, D4.
func TestPortalJourneyAnswers(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("ru")
	number, token := b.claimByPortal("ru-xiaomi", contact("serial", redmi, "documents", "receipt"))
	page := b.get("/track/" + token)
	page = b.send(page, "/do", url.Values{"command": {"choose_basis"}, "basis": {"statute"}}).want(http.StatusOK).says("Выбор записан", "Выбранное основание")
	b.send(page, "/do", url.Values{"command": {"choose_basis"}}).want(http.StatusUnprocessableEntity)
	b.post("/track/"+token+"/do", url.Values{"command": {"refuse"}}).want(http.StatusUnprocessableEntity).says("Здесь это сделать нельзя")
	b.post("/track/"+token+"/do", url.Values{"command": {"answer_estimate"}, "accepted": {"true"}}).want(http.StatusConflict)

	yes := true
	s.staff(manager("ru-xiaomi"), number, care.Accept{Place: "xiaomi-moscow", Condition: "cracked"})
	d := care.Diagnose{}
	d.Facts.Confirmed, d.Facts.Kind, d.Facts.FailedPart = &yes, "hardware", "display"
	d.Facts.Findings = findings("broken_screen", "display", "external")
	tech := technician("ru-xiaomi", "xiaomi-moscow")
	s.staff(tech, number, care.StartDiagnosis{}, d)
	s.staff(tech, number, care.Refuse{Text: "Экран разбит ударом."})
	b.get("/track/"+token).says("В бесплатном обслуживании отказано", "Экран разбит ударом.")
	s.staff(tech, number, care.OfferEstimate{Amount: sum(t, "8900.00", "RUB"), Work: "Замена экрана"})
	page = b.get("/track/"+token).says("Предлагаем платный ремонт", "8 900,00 ₽", "Замена экрана")
	b.send(page, "/do", url.Values{"command": {"answer_estimate"}}).want(http.StatusUnprocessableEntity)
	b.send(page, "/do", url.Values{"command": {"answer_estimate"}, "accepted": {"true"}}).want(http.StatusOK).says("Ваш ответ записан", "Решение принято")
	b.send(page, "/do", url.Values{"command": {"answer_estimate"}, "accepted": {"true"}}).want(http.StatusConflict)
	page = b.get("/track/" + token)
	if page = b.send(page, "/do", url.Values{"command": {"cancel"}}).want(http.StatusUnprocessableEntity); page.error("cancel-reason") == "" {
		t.Error("no message beside the reason")
	}
	b.send(page, "/do", url.Values{"command": {"cancel"}, "reason": {"Передумал"}}).want(http.StatusOK).says("Заявка отменена")
}

func findings(code, part, cause string) []policy.Finding {
	return []policy.Finding{{Code: code, Part: part, Cause: cause}}
}

// openDemo is the portal over the filled demo.
func openDemo(t *testing.T) (*portalSite, demo.Guide) {
	t.Helper()
	s := openPortal(t)
	s.later(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC).Sub(s.now()))
	guide, err := demo.Fill(t.Context(), s.desk, demo.Options{Now: s.now(), Seed: 1, Password: "not-a-secret-one"})
	if err != nil {
		t.Fatal(err)
	}
	return s, guide
}

func hardware(part, defect string, list ...policy.Finding) care.Diagnose {
	yes := true
	return care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", FailedPart: part, Defect: defect, Findings: list}}
}

// The three ways that a newcomer tries first, each from the request to the
// hand-over.
//
// Walks: A2, A6, A7, A15, B11, C4, C7, D4.
func TestPortalJourneys(t *testing.T) {
	s, guide := openDemo(t)
	devices := map[string][]string{}
	for _, d := range guide.Devices {
		devices[d.ID] = append(devices[d.ID], d.Identity)
	}
	t.Run("the fourth failure of a laptop", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("bg"), manager("bg-omni")
		device := devices["fourth-failure"][0]
		number, token := b.claimByPortal("bg-omni", contact("serial", device, "documents", "receipt", "documents", "warranty_card"))
		s.staff(boss, number, care.Accept{Place: "omni-service", Condition: "без забележки", Documents: []string{"receipt", "warranty_card"}},
			care.StartDiagnosis{}, hardware("mainboard", "no-power"))
		page := b.get("/track/"+token).says("Решението е взето", "След три хардуерни ремонта", "Цялостна замяна", "Изберете какво да се направи")
		b.send(page, "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"replacement"}}).want(http.StatusOK).says("Подготвяме замяна")
		s.staff(boss, number, care.Replace{Serial: "PF4-NEW-1"}, care.MarkReady{})
		b.get("/track/"+token).says("Устройството е готово", "PF4-NEW-1")
		s.staff(boss, number, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("Заявката е приключена", "Резултат: заменено")
		b.get("/r/bg-omni/check?id=PF4-NEW-1").want(http.StatusOK).says("ThinkBook 14 G6", "в сила")
		page = b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request", contact("serial", device, "step", "check")).want(http.StatusUnprocessableEntity)
		if page.error("serial") == "" {
			t.Error("the replaced laptop can be claimed again")
		}
	})
	t.Run("a phone in its warranty", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("ru"), manager("ru-omsk")
		device := devices["certificate-year"][0]
		b.get("/r/ru-omsk/check?id="+device).says("Гарантия", "действует", "ещё не начался")
		number, token := b.claimByPortal("ru-omsk", contact("serial", device, "documents", "receipt"))
		s.staff(boss, number, care.Accept{Place: "omsk-service", Condition: "новый", Documents: []string{"receipt"}}, care.StartDiagnosis{}, hardware("battery", "swollen"))
		b.send(b.get("/track/"+token), "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"repair"}}).want(http.StatusOK)
		s.staff(boss, number, care.StartRepair{})
		s.later(6 * 24 * time.Hour)
		s.staff(boss, number, care.FinishRepair{Kind: "hardware", Work: "Заменён аккумулятор"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("Заявка закрыта", "Заменён аккумулятор", "Учтено время в ремонте: 8 дней")
	})
	t.Run("a phone in its certificate year", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("ru"), manager("ru-omsk")
		papers := []string{"receipt", "warranty_card", "certificate"}
		fill := contact("serial", devices["certificate-year"][1])
		fill["documents"] = papers
		number, token := b.claimByPortal("ru-omsk", fill)
		s.staff(boss, number, care.Accept{Place: "omsk-technical", Condition: "царапины", Documents: papers}, care.StartDiagnosis{}, hardware("mainboard", "no-power"))
		b.get("/track/"+token).says("Сертификат на послегарантийное обслуживание", "Сертификат, п. 3", "обслуживается бесплатно")
		s.staff(boss, number, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "Заменена плата"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("Заявка закрыта", "Итог: отремонтировано")
	})
	t.Run("the law instead of the limited warranty", func(t *testing.T) {
		s.t = t
		b, boss := s.browser("en"), manager("ru-xiaomi")
		number, token := b.claimByPortal("ru-xiaomi", contact("serial", devices["law-instead"][0], "documents", "receipt"))
		page := b.get("/track/" + token)
		b.send(page, "/do", url.Values{"command": {"choose_basis"}, "basis": {"statute"}}).want(http.StatusOK).says("Basis you chose", "Consumer law")
		found := policy.Finding{Code: "unauthorised_repair", Part: "casing", Cause: "material"}
		s.staff(boss, number, care.Accept{Place: "xiaomi-moscow", Condition: "opened before", Documents: []string{"receipt"}}, care.StartDiagnosis{}, hardware("mainboard", "no-power", found))
		page = b.get("/track/"+token).says("chosen", "Choose what is to be done")
		b.send(page, "/do", url.Values{"command": {"choose_remedy"}, "remedy": {"repair"}}).want(http.StatusOK)
		s.staff(boss, number, care.StartRepair{}, care.FinishRepair{Kind: "hardware", Work: "New board"}, care.MarkReady{}, care.HandOver{}, care.Close{})
		b.get("/track/"+token).says("The claim is closed", "Result: repaired")
	})
}

// Every claim and request of the demo, in whatever state, has a sound page.
func TestPortalShowsEveryDemoClaim(t *testing.T) {
	s, _ := openDemo(t)
	seen := map[care.State]bool{}
	count := 0
	for _, r := range retailers {
		for cursor := ""; ; {
			items, next, err := s.desk.Work(t.Context(), manager(r), care.WorkFilter{}, care.Page{Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range items {
				langs := i18n.Languages()
				if count++; seen[item.State] { // every language once a state, then in turn
					langs = langs[count%len(langs) : count%len(langs)+1]
				}
				seen[item.State] = true
				token, err := s.desk.IssueTracking(t.Context(), manager(r), item.Claim)
				if err != nil {
					t.Fatal(err)
				}
				for _, lang := range langs {
					s.browser(lang).get("/track/" + token).want(http.StatusOK).says(item.Number)
				}
			}
			if cursor = next; cursor == "" {
				break
			}
		}
	}
	for _, state := range care.States() {
		if !seen[state] {
			t.Errorf("the demo has no claim in %s", state)
		}
	}
}
