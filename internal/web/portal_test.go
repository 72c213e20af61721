package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/packs"
)

var retailers = []string{"bg-omni", "ru-omsk", "ru-xiaomi"}

func TestPortalPagesInEachLanguage(t *testing.T) {
	s := openPortal(t)
	s.sell()
	ids := map[string]string{"bg-omni": laptop, "ru-omsk": phoneIMEI, "ru-xiaomi": redmi}
	for _, lang := range i18n.Languages() {
		b := s.browser(lang)
		b.get("/").want(http.StatusOK).says("omni.bg")
		for _, r := range retailers {
			for _, path := range []string{"", "/terms", "/check", "/check?id=" + ids[r], "/check?id=nothing-such", "/request", "/receipt",
				"/request?kind=warranty_service", "/request?kind=consultation", "/request?kind=technical_support",
				"/request?kind=documentation", "/request?kind=video_consultation"} {
				b.get("/r/" + r + path).want(http.StatusOK)
			}
		}
		b.get("/r/nobody").want(http.StatusNotFound)
		b.get("/track/AAAAAAAAAAAAAAAAAAAAAA").want(http.StatusNotFound)
	}
}

func TestPortalHasEveryRetailerAndTheStaffDoor(t *testing.T) {
	page := openPortal(t).browser("en").get("/").want(http.StatusOK)
	var links []string
	for _, n := range page.all(func(n *html.Node) bool { return n.Data == "a" }) {
		links = append(links, attrOf(n, "href"))
	}
	for _, want := range []string{"/r/bg-omni", "/r/ru-omsk", "/r/ru-xiaomi", "/staff/sign-in"} {
		if !slices.Contains(links, want) {
			t.Errorf("no link to %s on the first page", want)
		}
	}
}

// Walks: A1.
func TestPortalContacts(t *testing.T) {
	page := openPortal(t).browser("ru").get("/r/ru-omsk").want(http.StatusOK).says("доб. 3", "доб. 6", "г. Омск, ул. 20 Партсъезда, 8")
	if !strings.Contains(page.body, `href="tel:88002341250,6"`) {
		t.Error("the number with its extension can't be dialled")
	}
	openPortal(t).browser("ru").get("/r/ru-omsk/").want(http.StatusOK).says("доб. 6") // as people type it
}

// Walks: D3.
func TestPortalTermsHaveEveryClause(t *testing.T) {
	b := openPortal(t).browser("bg")
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range retailers {
		program, err := lib.Program(r, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		page := b.get("/r/" + r + "/terms").want(http.StatusOK)
		all, parts := page.text(), append(program.Makers, program.Pack, program.Statute)
		for _, p := range parts {
			for _, c := range p.Clauses() {
				n := page.byID("clause-" + c.ID)
				if n == nil {
					t.Errorf("%s: clause %s of %s has no anchor of its own", r, c.ID, p.ID)
					continue
				}
				text := reply{root: n}.text()
				if want := strings.Join(strings.Fields(c.Text["bg"]), " "); !strings.Contains(text, want) || !strings.Contains(text, strings.Join(strings.Fields(c.Source), " ")) {
					t.Errorf("%s: clause %s lacks its text or source: %s", r, c.ID, text)
				}
			}
			for _, list := range p.Fees.PriceLists {
				for _, item := range list.Items {
					if p.Kind == "retailer" && !strings.Contains(all, item.Text["bg"]) {
						t.Errorf("%s: the price of %s is not shown", r, item.ID)
					}
				}
			}
		}
	}
}

// Walks: B4, D1, D4.
func TestPortalCheck(t *testing.T) {
	s := openPortal(t)
	s.sell()
	cases := []struct {
		name, retailer, lang, id string
		status                   int
		says                     []string
	}{
		{"known serial", "bg-omni", "en", laptop, 200, []string{"ThinkPad T14", "Last day: 12 May 2027", "Warranty", "Consumer law"}},
		{"any case and spaces", "bg-omni", "en", " nb-test-0001 ", 200, []string{"ThinkPad T14"}},
		{"known IMEI", "ru-omsk", "ru", phoneIMEI, 200, []string{"Galaxy A55", "Сертификат на послегарантийное обслуживание"}},
		{"another retailer's unit", "ru-omsk", "ru", laptop, 200, []string{"Номера NB-TEST-0001 у нас нет"}},
		{"unknown serial", "bg-omni", "bg", "XX-1", 200, []string{"Не намираме номер XX-1", "Опишете устройството и подайте заявка"}},
		{"IMEI with a wrong check digit", "ru-omsk", "ru", badIMEI, 422, []string{"В IMEI ошибка"}},
		{"nothing typed", "ru-omsk", "en", "", 422, []string{"Please fill in"}},
		{"a script", "ru-omsk", "en", `<script>alert(1)</script>`, 200, []string{`We do not know the number <script>alert(1)</script>`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			page := s.browser(c.lang).get("/r/" + c.retailer + "/check?id=" + url.QueryEscape(c.id)).want(c.status).says(c.says...)
			if c.status == http.StatusUnprocessableEntity && page.error("serial") == "" {
				t.Error("the message does not stand beside the field")
			}
			if page.header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", page.header.Get("Cache-Control"))
			}
		})
	}
}

// Walks: A1, C11, C12, D4.
func TestPortalQuestions(t *testing.T) {
	s := openPortal(t)
	s.sell()
	cases := []struct{ retailer, kind, lang, says string }{
		{"bg-omni", "consultation", "bg", "Консултация"},
		{"ru-omsk", "technical_support", "ru", "Техническая поддержка"},
		{"ru-xiaomi", "documentation", "en", "Documentation"},
		{"ru-omsk", "video_consultation", "ru", "Видеоконсультация"},
	}
	for _, c := range cases {
		t.Run(c.kind, func(t *testing.T) {
			b := s.browser(c.lang)
			fill := contact("subject", "Redmi <b>Note</b>", "serial", redmi)
			if c.kind == "video_consultation" {
				fill.Set("slot", "2026-03-12T15:30")
			}
			number, token := b.receiptOf(b.send(b.get("/r/"+c.retailer+"/request?kind="+c.kind), "/request", fill))
			if !strings.HasPrefix(number, "REQ-") {
				t.Errorf("number %s", number)
			}
			page := b.get("/track/"+token).want(http.StatusOK).says(c.says, "Не се включва", "Redmi <b>Note</b>")
			page = b.send(page, "/say", url.Values{"text": {"Ещё вопрос"}}).want(http.StatusOK).says("Ещё вопрос")
			b.send(page, "/say", url.Values{"text": {"  "}}).want(http.StatusUnprocessableEntity)
		})
	}
	t.Run("the promise is shown", func(t *testing.T) {
		b := s.browser("en")
		page := b.send(b.get("/r/ru-xiaomi/request?kind=consultation"), "/request", contact())
		page.says("We answer by 11 March 2026")
		_, token := b.receiptOf(page)
		b.get("/track/" + token).says("We answer by 11 March 2026")
	})
}

func TestPortalNamesAreEscaped(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	evil := `<script>alert("x")</script>`
	fill := contact("serial", laptop, "documents", "receipt")
	fill.Set("name", evil)
	fill.Set("text", evil)
	_, token := b.claimByPortal("bg-omni", fill)
	page := b.get("/track/" + token).says(evil)
	if strings.Contains(page.body, "<script>") {
		t.Error("a name became a script")
	}
}

func TestPortalTrackingPageIsPrivate(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	_, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	h := b.get("/track/" + token).header
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
}

func TestPortalFindTracking(t *testing.T) {
	s := openPortal(t)
	b := s.browser("en")
	_, token := b.receiptOf(b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact()))
	for name, typed := range map[string]string{"whole address": s.url + "/track/" + token, "with a slash": s.url + "/track/" + token + "/", "only the secret": " " + token + " "} {
		t.Run(name, func(t *testing.T) {
			page := b.send(b.get("/r/bg-omni"), "/track", url.Values{"link": {typed}}).want(http.StatusOK)
			if page.path != "/track/"+token {
				t.Errorf("led to %s", page.path)
			}
		})
	}
	page := b.send(b.get("/r/bg-omni"), "/track", url.Values{"link": {"https://example.com/track/nothing"}}).want(http.StatusUnprocessableEntity)
	if page.error("link") == "" {
		t.Error("no message beside the link")
	}
}

// Staff's notes among themselves stay among themselves; their answers come.
func TestPortalThread(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	number, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	v, err := s.desk.Claim(context.Background(), manager("bg-omni"), number, "en")
	if err != nil {
		t.Fatal(err)
	}
	for text, internal := range map[string]bool{"We look at it": false, "Secret remark": true} {
		if err := s.desk.Answer(t.Context(), manager("bg-omni"), v.Claim.Request, text, internal); err != nil {
			t.Fatal(err)
		}
	}
	if page := b.get("/track/" + token).says("We look at it"); strings.Contains(page.body, "Secret remark") {
		t.Error("a note among staff is shown to the customer")
	}
}
