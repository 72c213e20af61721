package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
	"golang.org/x/net/html"
)

// part asks for one part of a page, as the page's script does.
func (b *browser) part(path, target string, form url.Values) string {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.w.http.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Target", target)
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: status %d, %v: %s", path, res.StatusCode, err, body)
	}
	if strings.Contains(string(body), "<html") {
		b.t.Fatalf("%s gave a whole page", path)
	}
	n, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	return words(n)
}

func english(t *testing.T) *i18n.Locale {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := i18n.New(i18n.Beside(lib.Lexicon()))
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Locale("en")
}

// wordsOf are the words of the element with an id.
func (p *screen) wordsOf(id string) string {
	for _, n := range p.all(func(n *html.Node) bool { return attr(n, "id") == id }) {
		return words(n)
	}
	return ""
}

func TestLiveDiagnosisIsWhatIsRecorded(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	number := openClaim(t, b, "PF-LIVE-1", "omni-service")
	page := "/staff/claims/" + number
	p := b.get(page)
	if f := p.action(number, care.CmdStartDiagnosis); f != nil {
		p = p.submit(page+"/do/start_diagnosis", nil).want(http.StatusOK)
	}
	code := ""
	for _, f := range p.action(number, care.CmdDiagnose).fields {
		if strings.HasSuffix(f.name, ".code") && f.value == "liquid" {
			code = strings.TrimSuffix(f.name, ".code")
		}
	}
	if code == "" {
		t.Fatal("the findings have no liquid")
	}
	half := url.Values{code + ".code": {"liquid"}, code + ".cause": {"external"}}
	before := b.part(page+"/foresee/diagnose", "foresight-diagnose", half)
	for _, want := range []string{"Traces of liquid", "Cannot be recorded yet"} {
		if !strings.Contains(before, want) {
			t.Errorf("half a diagnosis lacks %q: %s", want, before)
		}
	}
	whole := url.Values{"diagnosis.confirmed": {"true"}, "diagnosis.kind": {"hardware"}, code + ".code": {"liquid"}, code + ".cause": {"external"}}
	live := b.part(page+"/foresee/diagnose", "foresight-diagnose", whole)
	if strings.Contains(live, "Cannot be recorded yet") {
		t.Errorf("a whole diagnosis lacks something: %s", live)
	}
	plain := b.post(page+"/foresee/diagnose", whole).want(http.StatusOK)
	if got := plain.wordsOf("foresight-diagnose"); got != live {
		t.Errorf("without a script:\n%s\nwith one:\n%s", got, live)
	}
	if kept := plain.action(number, care.CmdDiagnose).values(nil); kept.Get(code+".code") != "liquid" || kept.Get("diagnosis.kind") != "hardware" {
		t.Errorf("what was typed is gone: %v", kept)
	}
	view, err := w.desk.Claim(t.Context(), care.System("bg-omni"), number, "en")
	if err != nil || view.Claim.Diagnosis != nil {
		t.Fatalf("something was recorded: %v, %v", view.Claim.Diagnosis, err)
	}
	b.post(page+"/do/diagnose", whole).want(http.StatusOK)
	after, err := w.desk.Claim(t.Context(), care.System("bg-omni"), number, "en")
	if err != nil {
		t.Fatal(err)
	}
	l := english(t)
	for _, basis := range after.Decision.Bases {
		if want := i18n.Capital(l.Or("bases", string(basis.Basis))) + " " + l.Or("verdicts", string(basis.Verdict)); !strings.Contains(live, want) {
			t.Errorf("the live decision lacks %q: %s", want, live)
		}
	}
}

// What else a decision rests on shows where it leads too, with a script and
// without, and is not recorded by looking.
func TestLiveDecisionOfOtherForms(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	p := b.get("/staff/units/new").submit("/staff/units", fill{"category": {"laptop"}, "brand": {"Lenovo"}, "serial": {"PF-SEE-1"}, "date": {"2026-05-04"},
		"warranty_months": {"24"}, "warranty_issuer": {"manufacturer"}})
	p = b.post("/staff/intake", p.form("/staff/intake").values(fill{"name": {"Jo Sample"}, "phone": {"+359888100200"}, "alone": {"1"}})).want(http.StatusOK)
	number := strings.TrimPrefix(p.path, "/staff/claims/")
	page := "/staff/claims/" + number
	answer := func(fact, value string) fill {
		for _, f := range p.action(number, care.CmdRecordAnswers).fields {
			if strings.HasSuffix(f.name, ".fact") && f.value == fact {
				return fill{strings.TrimSuffix(f.name, "fact") + "value": {value}}
			}
		}
		t.Fatalf("nothing asks for %s", fact)
		return nil
	}
	for _, c := range []struct {
		command care.CommandName
		typed   fill
		want    string // of what is shown; "" = the form leaves it as it is
	}{
		{care.CmdRecordDocuments, fill{"documents": {"invoice", "warranty_card", "return_request"}}, "Warranty information needed"},
		{care.CmdAccept, fill{"documents": {"invoice", "warranty_card"}}, "Return request"},
		{care.CmdRecordAnswers, answer("sale.date", "2021-05-04"), "Warranty not in force"},
		{care.CmdRecordAnswers, nil, "Cannot be recorded yet"},
		{care.CmdChooseBasis, fill{"basis": {"statute"}}, "Consumer law information needed"},
	} {
		t.Run(string(c.command), func(t *testing.T) {
			form := b.get(page).action(number, c.command)
			if form == nil {
				t.Fatal("the form is not offered")
			}
			path, part := page+"/foresee/"+string(c.command), "foresight-"+string(c.command)
			live := b.part(path, part, form.values(c.typed))
			if !strings.Contains(live, c.want) {
				t.Errorf("lacks %q: %s", c.want, live)
			}
			plain := b.post(path, form.values(c.typed)).want(http.StatusOK)
			if got := plain.wordsOf(part); got != live {
				t.Errorf("without a script:\n%s\nwith one:\n%s", got, live)
			}
			for _, name := range []care.CommandName{care.CmdAccept, care.CmdRecordDocuments} { // nothing is pushed off the page
				if plain.action(number, name) == nil {
					t.Errorf("%s is gone", name)
				}
			}
		})
	}
	b.post(page+"/foresee/add_note", url.Values{"text": {"x"}}).want(http.StatusNotFound)
	view, err := w.desk.Claim(t.Context(), care.System("bg-omni"), number, "en")
	if err != nil || view.Claim.Documents != nil || view.Claim.State != care.Submitted || view.Claim.Sale.Date.String() != "2026-05-04" {
		t.Errorf("a look left %+v, %v", view.Claim, err)
	}
}

func TestLiveCounterIsThePageOfThePlainForm(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, "omni-shop-sofia"), staffPassword)
	p := b.get("/staff/intake?new=1&q=PF-COUNTER-1").want(http.StatusOK)
	if !strings.Contains(p.wordsOf("stand"), "Describe the device") {
		t.Errorf("nothing is said of what to do: %s", p.wordsOf("stand"))
	}
	typed := p.form("/staff/intake").values(fill{"category": {"laptop"}, "brand": {"Lenovo"}, "date": {"2026-05-04"}, "warranty_months": {"24"},
		"documents": {"invoice", "warranty_card"}, "text": {"Does not start"}})
	live := b.part("/staff/intake/stand", "stand", typed)
	if !strings.Contains(live, "Warranty") && !strings.Contains(live, "warranty") {
		t.Errorf("no basis is named: %s", live)
	}
	plain := b.post("/staff/intake/stand", typed).want(http.StatusOK)
	if got := plain.wordsOf("stand"); got != live {
		t.Errorf("without a script:\n%s\nwith one:\n%s", got, live)
	}
	if kept := plain.form("/staff/intake").values(nil); kept.Get("text") != "Does not start" || kept.Get("brand") != "Lenovo" {
		t.Errorf("what was typed is gone: %v", kept)
	}
	work, _, err := w.desk.Work(t.Context(), care.System("bg-omni"), care.WorkFilter{}, care.Page{})
	if err != nil || len(work) != 0 {
		t.Errorf("a look left %d claims, %v", len(work), err)
	}
}

func TestReaderOfCodes(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	p := b.get("/staff/intake").want(http.StatusOK)
	parts := p.all(func(n *html.Node) bool { return attr(n, "id") == "scan-parts" })
	if len(parts) != 1 {
		t.Fatal("the page has no reader")
	}
	status, h, body := b.bytesAt(attr(parts[0], "data-wasm"))
	if status != http.StatusOK || h.Get("Content-Type") != "application/wasm" || !strings.HasPrefix(string(body), "\x00asm") {
		t.Errorf("the reader's program: status %d, %v, %q", status, h, body[:min(len(body), 8)])
	}
	_, h, _ = b.bytesAt("/staff/intake")
	if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self' 'wasm-unsafe-eval';") || strings.Contains(policy, "'unsafe-eval'") {
		t.Errorf("policy of the page: %s", policy)
	}
	_, err := w.desk.RegisterSale(t.Context(), care.System("ru-omsk"), desk.SaleRow{Category: "phone", Brand: "Tecno", Model: "Spark", IMEI: "490154203237518",
		Date: calendar.MustDate("2026-03-01"), Receipt: "9288000100192401-439"})
	if err != nil {
		t.Fatal(err)
	}
	p = b.get("/staff/intake?q=" + url.QueryEscape("t=20260301T1432&s=1999.00&fn=9288000100192401&i=439&fp=2880362760&n=1")).want(http.StatusOK)
	if !strings.Contains(p.main(), "Spark") {
		t.Errorf("the receipt's code did not find the device: %s", p.main())
	}
}

// BenchmarkPages makes the claim's page and a list of fifty claims.
func BenchmarkPages(b *testing.B) {
	w, s, token := benchDesk(b, 50)
	for _, page := range []struct{ name, path string }{{"claim", "/staff/claims/" + w}, {"list", "/staff/work"}, {"intake", "/staff/intake?new=1"}} {
		b.Run(page.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, page.path, nil)
				r.AddCookie(token)
				rec := httptest.NewRecorder()
				s.Handler().ServeHTTP(rec, r)
				if rec.Code != http.StatusOK {
					b.Fatalf("status %d", rec.Code)
				}
			}
		})
	}
}

// benchDesk is a desk with claims, and a signed-in manager's cookie.
func benchDesk(b *testing.B, claims int) (number string, s *Server, token *http.Cookie) {
	b.Helper()
	fatal := func(err error) {
		if err != nil {
			b.Helper()
			b.Fatal(err)
		}
	}
	lib, err := packs.Library()
	fatal(err)
	words, err := i18n.New(i18n.Beside(lib.Lexicon()))
	fatal(err)
	now := func() time.Time { return staffNow }
	d, err := desk.New(desk.Config{Store: desk.StoreOf(storagetest.Open(b)), Packs: lib, Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1}, Now: now})
	fatal(err)
	ctx := context.Background()
	fatal(d.Install(ctx))
	s, err = New(Config{Desk: d, Packs: lib, Words: words, Now: now, Log: slog.New(slog.DiscardHandler)})
	fatal(err)
	boss := care.System("bg-omni")
	_, err = d.CreateUser(ctx, boss, desk.NewUser{Email: "bench@bg-omni.example", Name: "Bench", Role: care.Manager, Lang: "bg", Password: staffPassword})
	fatal(err)
	for i := range claims {
		sold, err := d.RegisterSale(ctx, boss, desk.SaleRow{Category: "laptop", Brand: "Lenovo", Model: "IdeaPad", Serial: fmt.Sprintf("BENCH-%03d", i),
			Date: calendar.MustDate("2026-03-01"), Customer: desk.Contact{Name: "Jo Sample", Phone: "+359888100200"}})
		fatal(err)
		r, err := d.Submit(ctx, boss, desk.NewRequest{Kind: care.WarrantyService, Channel: "counter", Lang: "bg", Identity: sold.Unit.Serial,
			Customer: desk.Contact{Name: "Jo Sample", Phone: "+359888100200"}, Return: care.ReturnCollect, Text: "Does not start"})
		fatal(err)
		number = r.Claim.Number
	}
	session, _, err := d.SignIn(ctx, "bench@bg-omni.example", staffPassword, "192.0.2.1")
	fatal(err)
	rec := httptest.NewRecorder()
	s.cookies.SetSession(rec, httptest.NewRequest(http.MethodGet, "/", nil), session, time.Hour)
	return number, s, rec.Result().Cookies()[0]
}
