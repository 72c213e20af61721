package web

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/packs"
)

func TestPortalWrongFields(t *testing.T) {
	s := openPortal(t)
	s.sell()
	good := func(more ...string) url.Values { return contact(append([]string{"serial", laptop}, more...)...) }
	cases := []struct {
		name, kind string
		fill       url.Values
		drop       string
		field      string
	}{
		{"no name", "warranty_service", good(), "name", "name"},
		{"no text", "warranty_service", good(), "text", "text"},
		{"no number", "warranty_service", good(), "serial", "serial"},
		{"unknown number", "warranty_service", contact("serial", "XX-1"), "", "serial"},
		{"bad IMEI", "warranty_service", contact("serial", badIMEI), "", "serial"},
		{"bad IMEI of a described phone", "warranty_service", contact("serial", badIMEI, "category", "phone", "brand", "Nokia"), "", "serial"},
		{"bad e-mail", "warranty_service", good("email", ""), "", ""},
		{"no address for the courier", "warranty_service", good("return", "deliver"), "", "address"},
		{"described without a brand", "warranty_service", contact("serial", "XX-1", "category", "laptop"), "", "brand"},
		{"described without a kind", "warranty_service", contact("serial", "XX-1", "brand", "Acme"), "", "category"},
		{"sold in the future", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_date", "2026-03-11"), "", "sale_date"},
		{"no date", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_date", "2026-02-30"), "", "sale_date"},
		{"price in words", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_price", "a lot"), "", "sale_price"},
		{"price of nothing", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "sale_price", "0"), "", "sale_price"},
		{"endless warranty", "warranty_service", contact("serial", "XX-1", "category", "laptop", "brand", "Acme", "warranty_months", "9999"), "", "warranty_months"},
		{"too long", "warranty_service", good("model", strings.Repeat("я", 201)), "", "model"},
		{"question without a text", "consultation", contact(), "text", "text"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := s.browser("bg")
			page := b.get("/r/bg-omni/request?kind=" + c.kind).want(http.StatusOK)
			c.fill.Set("step", "send")
			if c.drop != "" {
				c.fill.Set(c.drop, "")
			}
			if c.name == "bad e-mail" {
				c.fill["email"], c.field = []string{"ada at example"}, "email"
			}
			page = b.send(page, "/request", c.fill).want(http.StatusUnprocessableEntity)
			if page.error(c.field) == "" {
				t.Errorf("no message beside %s:\n%s", c.field, page.text())
			}
			kept := untouched(page.form("/request", ""))
			for _, name := range []string{"name", "phone", "text", "serial", "brand", "sale_price"} {
				if kept.Has(name) && kept.Get(name) != c.fill.Get(name) {
					t.Errorf("%s: %q was typed, %q is left", name, c.fill.Get(name), kept.Get(name))
				}
			}
		})
	}
	t.Run("no way to answer", func(t *testing.T) {
		b := s.browser("en")
		page := b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact("x", "y"))
		page.want(http.StatusOK) // with a phone it is taken
		fill := contact()
		fill.Set("phone", "")
		fill.Set("email", "")
		page = b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", fill).want(http.StatusUnprocessableEntity)
		if page.error("phone") == "" {
			t.Error("no message beside the phone")
		}
	})
	t.Run("a slot that has passed", func(t *testing.T) {
		b := s.browser("ru")
		page := b.send(b.get("/r/ru-omsk/request?kind=video_consultation"), "/request", contact("slot", "2026-03-09T12:00")).want(http.StatusUnprocessableEntity)
		if page.error("slot") == "" {
			t.Error("no message beside the time")
		}
	})
	t.Run("a kind that is not taken", func(t *testing.T) {
		b := s.browser("ru")
		b.post("/r/bg-omni/request", contact("kind", "video_consultation")).want(http.StatusUnprocessableEntity)
	})
	t.Run("another site's form", func(t *testing.T) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/r/bg-omni/request", strings.NewReader(contact("kind", "consultation").Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		s.browser("en").do(r).want(http.StatusForbidden)
	})
}

func TestGoodIMEI(t *testing.T) {
	for number, want := range map[string]bool{phoneIMEI: true, badIMEI: false, "35-209900-176148-1": true, "352099001761482": false} {
		if isIMEI(number) != true || goodIMEI(number) != want {
			t.Errorf("%s: IMEI %v, good %v, want %v", number, isIMEI(number), goodIMEI(number), want)
		}
	}
	for _, number := range []string{"", "49015420323751", "4901542032375181", "49015420323751a", "NB-TEST-0001"} {
		if isIMEI(number) {
			t.Errorf("%q is no IMEI", number)
		}
	}
}

func TestPlainSum(t *testing.T) {
	for text, want := range map[string]string{"1999": "1999", "1999.90": "1999.90", "1999,9": "1999.9", "1 999,90": "1999.90",
		"1.999,90": "1999.90", "1,999.90": "1999.90", "1,999": "1999", "12\u00a0000": "12000", "1,234,567.00": "1234567.00"} {
		if got := plainSum(text); got != want {
			t.Errorf("plainSum(%q) = %q, want %q", text, got, want)
		}
	}
}

// Whatever is sent, the form answers with a page.
func FuzzPortalForm(f *testing.F) {
	f.Add("warranty_service", "1,999.90", "2026-01-01", "true", "xx")
	f.Add("video_consultation", "", "2026-02-30", "", "490154203237519")
	s := &Server{now: func() time.Time { return time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC) }}
	lib, err := packs.Library()
	if err != nil {
		f.Fatal(err)
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()))
	if err != nil {
		f.Fatal(err)
	}
	program, err := lib.Program("bg-omni", calendar.Date{})
	if err != nil {
		f.Fatal(err)
	}
	v := &visit{s: s, Lang: "en", L: words.Locale("en"), Pack: program.Pack, Zone: time.UTC}
	f.Fuzz(func(t *testing.T, kind, price, date, fact, serial string) {
		values := url.Values{"kind": {kind}, "sale_price": {price}, "sale_date": {date}, "slot": {date}, "fact.unit.lock_active": {fact}, "serial": {serial},
			"warranty_months": {price}, "category": {kind}, "brand": {serial}}
		in, wrong := readRequest(v, values, s.now())
		if len(wrong) == 0 {
			t.Errorf("a request without a name was taken: %+v", in)
		}
		for _, w := range wrong {
			if w.Text == "" || strings.Contains(w.Text, "⟦") {
				t.Errorf("%s: %q", w.Field, w.Text)
			}
		}
		for _, p := range hidden(values, nil) {
			if !slices.Contains(values[p.Name], p.Value) {
				t.Errorf("%s: %q is carried on and was not sent", p.Name, p.Value)
			}
		}
	})
}

// Walks: C5, C8, D4.
func TestPortalDescribedDevice(t *testing.T) {
	s := openPortal(t)
	b := s.browser("ru")
	fill := contact("serial", "POCO-9", "category", "phone", "brand", "Poco", "model", "X7", "sale_date", "2026-01-15", "sale_channel", "third_party",
		"sale_price", "25 990,50", "documents", "receipt", "warranty_months", "12", "warranty_issuer", "manufacturer")
	page := b.get("/r/ru-xiaomi/request?kind=warranty_service")
	fill.Set("step", "check")
	stand := b.send(page, "/request", fill).want(http.StatusOK).says("На что можно рассчитывать", "по вашему описанию", "Poco X7")
	if v := untouched(stand.form("/request", "")); v.Get("sale_price") != "25 990,50" {
		t.Errorf("the second step lost what was typed: %v", v)
	}
	edit := b.send(stand, "/request", url.Values{"step": {"edit"}}).want(http.StatusOK)
	if v := untouched(edit.form("/request", "")); v.Get("sale_price") != "25 990,50" || v.Get("category") != "phone" || !slices.Equal(v["documents"], []string{"receipt"}) {
		t.Errorf("the way back lost what was typed: %v", v)
	}
	refused := b.send(stand, "/request", url.Values{"step": {"send"}}).want(http.StatusUnprocessableEntity)
	for _, id := range []string{"erase-data", "contents-may-be-lost"} {
		if refused.error("accept."+id) == "" {
			t.Errorf("%s was not asked for", id)
		}
	}
	number, token := b.receiptOf(b.send(refused, "/request", url.Values{"step": {"send"}, "accept": {"erase-data", "contents-may-be-lost"}, "basis": {"statute"}}))
	c, err := s.desk.Claim(t.Context(), manager("ru-xiaomi"), number, "ru")
	if err != nil {
		t.Fatal(err)
	}
	if c.Claim.Basis != "statute" || len(c.Claim.Acknowledged) != 2 || c.Claim.Sale.Price.Minor != 2599050 || c.Claim.Unit.Brand != "Poco" {
		t.Errorf("the claim: basis %q, %d acknowledged, sale %+v", c.Claim.Basis, len(c.Claim.Acknowledged), c.Claim.Sale)
	}
	b.get("/track/"+token).want(http.StatusOK).says("Poco X7", "Закон о защите прав потребителей")
}

func TestPortalFactsAreAsked(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("ru")
	page := b.get("/r/ru-xiaomi/request?kind=warranty_service")
	fill := contact("serial", redmi, "documents", "receipt", "step", "check")
	stand := b.send(page, "/request", fill).want(http.StatusOK)
	asked := stand.all(func(n *html.Node) bool { return strings.HasPrefix(attrOf(n, "name"), "fact.") })
	for _, n := range asked {
		if fact := strings.TrimPrefix(attrOf(n, "name"), "fact."); !slices.Contains(desk.CustomerFacts(), fact) {
			t.Errorf("%s is not the customer's to answer", fact)
		}
	}
	again := b.send(stand, "/request", url.Values{"step": {"check"}, "fact.unit.lock_active": {"true"}}).want(http.StatusOK)
	if v := untouched(again.form("/request", "")); v.Get("fact.unit.lock_active") != "true" {
		t.Error("the reply was forgotten")
	}
}

func TestPortalOneOpenClaimPerDevice(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	b.claimByPortal("bg-omni", contact("serial", laptop))
	page := b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request", contact("serial", laptop, "step", "check")).want(http.StatusUnprocessableEntity)
	if page.error("serial") == "" {
		t.Errorf("no message beside the number:\n%s", page.text())
	}
}

func TestPortalReceiptIsShownForAWhile(t *testing.T) {
	s := openPortal(t)
	b := s.browser("en")
	_, token := b.receiptOf(b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact()))
	b.get("/r/bg-omni/receipt").says(token) // read again
	s.browser("en").get("/r/bg-omni/receipt").says("The receipt has been shown already")
	s.later(receiptAge)
	if page := b.get("/r/bg-omni/receipt").says("The receipt has been shown already"); strings.Contains(page.body, token) {
		t.Error("the link is still shown")
	}
}

func TestPortalFormSentTwiceIsOneRequest(t *testing.T) {
	s := openPortal(t)
	b := s.browser("en")
	page := b.get("/r/bg-omni/request?kind=consultation")
	first, firstToken := b.receiptOf(b.send(page, "/request", contact()))
	second, secondToken := b.receiptOf(b.send(page, "/request", contact()))
	if first != second || firstToken != secondToken {
		t.Errorf("two requests: %s and %s", first, second)
	}
	other := contact()
	other.Set("text", "Another question")
	if third, _ := b.receiptOf(b.send(page, "/request", other)); third == first {
		t.Error("another question was taken for the same")
	}
	var wg sync.WaitGroup
	numbers := make([]string, 4)
	page = b.get("/r/bg-omni/request?kind=consultation")
	for i := range numbers {
		wg.Go(func() { numbers[i], _ = b.receiptOf(s.browser("en").send(page, "/request", contact())) })
	}
	wg.Wait()
	if slices.Sort(numbers); numbers[0] != numbers[3] {
		t.Errorf("clicks at once made several requests: %v", numbers)
	}

	s.sell() // a second click finds the claim that the first one opened on the device
	stand := b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request", contact("serial", laptop, "step", "check")).want(http.StatusOK)
	claim, token := b.receiptOf(b.send(stand, "/request", url.Values{"step": {"send"}}))
	again, same := b.receiptOf(b.send(stand, "/request", url.Values{"step": {"send"}}))
	if claim != again || token != same {
		t.Errorf("the second click led to %s, the first one to %s", again, claim)
	}
	if page := b.get("/track/" + token).says("Law: version 2"); strings.Contains(page.text(), "statute-bg") {
		t.Errorf("the law is named by its file:\n%s", page.text())
	}
	other = url.Values{"step": {"send"}, "text": {"Another fault"}}
	if page := b.send(stand, "/request", other).want(http.StatusUnprocessableEntity); page.error("serial") == "" {
		t.Errorf("another claim on the device:\n%s", page.text())
	}
}

func TestPortalSealedReceipt(t *testing.T) {
	once, err := newOnce()
	if err != nil {
		t.Fatal(err)
	}
	other, err := newOnce()
	if err != nil {
		t.Fatal(err)
	}
	body, err := seal(once, "secret-token")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(body, []byte("secret")) {
		t.Error("the token is stored in clear")
	}
	if got, err := unseal(once, body); got != "secret-token" || err != nil {
		t.Errorf("unseal: %q, %v", got, err)
	}
	if _, err := unseal(other, body); err == nil {
		t.Error("another form opens the receipt")
	}
}

// What the decision lacks of a described device is asked on the second step,
// and changes the answer there.
func TestPortalSecondStepAsksWhatIsMissing(t *testing.T) {
	s := openPortal(t)
	b := s.browser("en")
	stand := b.send(b.get("/r/bg-omni/request?kind=warranty_service"), "/request",
		contact("serial", "ZX-1", "category", "laptop", "brand", "Acer", "step", "check")).want(http.StatusOK)
	v := untouched(stand.form("/request", ""))
	for _, field := range []string{"sale_date", "warranty_months"} {
		if stand.byID(field) == nil {
			t.Errorf("%s is not asked:\n%s", field, stand.text())
		}
	}
	if v.Has("documents") {
		t.Error("papers are both asked and carried on")
	}
	stand.says("Still needed from you", "Receipt")
	stand = b.send(stand, "/request", url.Values{"step": {"check"}, "sale_date": {"2025-09-01"}, "warranty_months": {"24"}, "documents": {"receipt", "warranty_card"}}).
		want(http.StatusOK).says("Last day: 1 September 2027")
	if v := untouched(stand.form("/request", "")); v.Get("warranty_months") != "24" || !slices.Contains(v["documents"], "receipt") {
		t.Errorf("the answers were forgotten: %v", v)
	}
	number, _ := b.receiptOf(b.send(stand, "/request", url.Values{"step": {"send"}}))
	c, err := s.desk.Claim(t.Context(), manager("bg-omni"), number, "en")
	if err != nil {
		t.Fatal(err)
	}
	if c.Claim.Sale.Date.String() != "2025-09-01" || *c.Claim.Sale.WarrantyMonths != 24 || len(c.Claim.Documents) != 2 {
		t.Errorf("the claim: %+v, %v", c.Claim.Sale, c.Claim.Documents)
	}
}
