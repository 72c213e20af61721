package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/desk/demo"
)

func TestStaffPagesForEveryRoleAndLanguage(t *testing.T) {
	w := newStaffWorld(t)
	guide, err := demo.Fill(t.Context(), w.desk, demo.Options{Now: w.now, Seed: 7, Password: staffPassword})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range guide.SignIns {
		t.Run(in.Retailer+" "+string(in.Role), func(t *testing.T) {
			b := w.signedIn(t, in.Email, staffPassword)
			for _, lang := range []string{"en", "ru", "bg"} {
				crawl(t, b, lang, 60)
			}
		})
	}
}

// crawl opens every page of the desk that links lead to from the start, each
// kind of page a few times.
func crawl(t *testing.T, b *browser, lang string, most int) {
	t.Helper()
	queue := []string{"/staff/?lang=" + lang}
	seen := map[string]int{}
	for len(queue) > 0 && most > 0 {
		path := queue[0]
		queue = queue[1:]
		kind := pageKind(path)
		if seen[path] > 0 || seen[kind] >= 3 {
			continue
		}
		seen[path]++
		seen[kind]++
		most--
		p := b.get(path)
		if p.status != http.StatusOK {
			t.Errorf("%s (%s): status %d: %s", path, lang, p.status, p.main())
		}
		for _, h := range p.links() {
			if strings.HasPrefix(h, "/staff") && !strings.Contains(h, "lang=") {
				h, _, _ = strings.Cut(h, "#")
				queue = append(queue, h)
			}
		}
	}
}

// pageKind is an address without what names one thing.
func pageKind(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	if len(parts) > 3 {
		parts[3] = "*"
	}
	return strings.Join(parts, "/")
}

func TestStaffSignIn(t *testing.T) {
	w := newStaffWorld(t)
	email := w.user(t, "ru-omsk", care.Clerk, "")
	t.Run("wrong address and wrong password give the same answer", func(t *testing.T) {
		b := w.browser(t)
		p := b.get("/staff/sign-in")
		one := p.submit("/staff/sign-in", fill{"email": {"nobody@example.com"}, "password": {"whatever it is"}}).want(http.StatusForbidden)
		two := p.submit("/staff/sign-in", fill{"email": {email}, "password": {"whatever it is"}}).want(http.StatusForbidden)
		if one.main() != two.main() {
			t.Errorf("the answers differ:\n%s\n%s", one.main(), two.main())
		}
		if f := two.form("/staff/sign-in"); f.values(nil).Get("email") != email || f.values(nil).Get("password") != "" {
			t.Errorf("the address should be kept and the password not: %v", f.values(nil))
		}
	})
	t.Run("empty fields are named", func(t *testing.T) {
		p := w.browser(t).post("/staff/sign-in", url.Values{}).want(http.StatusUnprocessableEntity)
		for _, field := range []string{"email", "password"} {
			if len(p.all(func(n *html.Node) bool { return attr(n, "id") == field && attr(n, "aria-invalid") == "true" })) != 1 {
				t.Errorf("%s is not marked as wrong", field)
			}
		}
	})
	t.Run("leads to where one wanted to go, on this site only", func(t *testing.T) {
		for next, want := range map[string]string{"/staff/requests?state=all": "/staff/requests?state=all", "https://evil.example/": "/staff/work",
			"//evil.example/": "/staff/work", `/\evil.example`: "/staff/work", "": "/staff/work"} {
			p := w.browser(t).get("/staff/sign-in?next="+url.QueryEscape(next)).submit("/staff/sign-in", fill{"email": {email}, "password": {staffPassword}})
			if p.path != want {
				t.Errorf("next=%q led to %s, want %s", next, p.path, want)
			}
		}
	})
	t.Run("a page asks to sign in and comes back", func(t *testing.T) {
		p := w.browser(t).get("/staff/requests")
		if !strings.HasPrefix(p.path, "/staff/sign-in?next=") {
			t.Fatalf("led to %s", p.path)
		}
		if p = p.submit("/staff/sign-in", fill{"email": {email}, "password": {staffPassword}}); p.path != "/staff/requests" {
			t.Errorf("came back to %s", p.path)
		}
	})
	t.Run("signing out ends the session", func(t *testing.T) {
		b := w.signedIn(t, email, staffPassword)
		u, _ := url.Parse(w.http.URL)
		cookies := b.http.Jar.Cookies(u)
		b.get("/staff/work").submit("/staff/sign-out", nil)
		other := w.browser(t)
		other.http.Jar.SetCookies(u, cookies)
		if p := other.get("/staff/work"); !strings.HasPrefix(p.path, "/staff/sign-in") {
			t.Errorf("the old cookie still opens %s", p.path)
		}
	})
	t.Run("too many attempts", func(t *testing.T) {
		b := w.browser(t)
		p := b.get("/staff/sign-in")
		last := p
		for range 11 {
			last = p.submit("/staff/sign-in", fill{"email": {"guess@example.com"}, "password": {"guessing goes on"}})
		}
		if last.want(http.StatusTooManyRequests); !strings.Contains(last.main(), "Too many failed sign-ins") {
			t.Errorf("no clear message: %s", last.main())
		}
	})
}

func TestStaffForgedRequests(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Administrator, ""), staffPassword)
	for name, header := range map[string][2]string{"another site": {"Sec-Fetch-Site", "cross-site"}, "another origin": {"Origin", "https://evil.example"}} {
		t.Run(name, func(t *testing.T) {
			form := url.Values{"email": {"intruder@example.com"}, "name": {"Intruder"}, "role": {"administrator"}, "lang": {"en"}, "password": {staffPassword}}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.http.URL+"/staff/people", strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header[0], header[1])
			res, err := b.http.Do(r)
			b.screen(res, err).want(http.StatusForbidden)
			users, err := w.desk.Users(t.Context(), care.System("bg-omni"))
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(users, func(u care.User) bool { return u.Name == "Intruder" }) {
				t.Error("the forged form was obeyed")
			}
		})
	}
}

// Walks: D5, D6.
func TestStaffWorkList(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	var numbers []string
	for i := range workRows + 3 {
		numbers = append(numbers, openClaim(t, b, fmt.Sprintf("PF-LIST-%02d", i), "omni-service"))
	}
	t.Run("pages", func(t *testing.T) {
		first := b.get("/staff/work").want(http.StatusOK)
		next := first.all(func(n *html.Node) bool { return attr(n, "rel") == "next" })
		if len(next) != 1 {
			t.Fatalf("no next page: %s", first.main())
		}
		second := b.get(attr(next[0], "href")).want(http.StatusOK)
		for _, n := range numbers {
			if strings.Contains(first.main(), n) == strings.Contains(second.main(), n) {
				t.Errorf("%s is on both pages or on none", n)
			}
		}
	})
	t.Run("search", func(t *testing.T) {
		for _, q := range []string{"PF-LIST-07", "pf list 07", numbers[7]} {
			p := b.get("/staff/work").submit("/staff/work", fill{"q": {q}}).want(http.StatusOK)
			if rows := claimRows(p); !slices.Equal(rows, []string{numbers[7]}) {
				t.Errorf("%q finds %v", q, rows)
			}
		}
		p := b.get("/staff/work").submit("/staff/work", fill{"q": {"nothing like it"}})
		if len(claimRows(p)) != 0 || !strings.Contains(p.main(), "No claim fits") {
			t.Errorf("an empty list should say so: %s", p.main())
		}
	})
	t.Run("state, mine and late", func(t *testing.T) {
		b.get("/staff/claims/"+numbers[0]).submit("/staff/claims/"+numbers[0]+"/do/start_diagnosis", nil).want(http.StatusOK)
		p := b.get("/staff/work").submit("/staff/work", fill{"state": {"in_diagnosis"}})
		if rows := claimRows(p); !slices.Equal(rows, numbers[:1]) {
			t.Errorf("in diagnosis: %v", rows)
		}
		page := b.get("/staff/claims/" + numbers[1])
		me := page.action(numbers[1], care.CmdAssign)
		page.submit(me.action, fill{"user": {me.fields[1].options[1]}}).want(http.StatusOK)
		if rows := claimRows(b.get("/staff/work?mine=1")); !slices.Equal(rows, numbers[1:2]) {
			t.Errorf("mine: %v", rows)
		}
		if rows := claimRows(b.get("/staff/work?late=1")); len(rows) != 0 {
			t.Errorf("late already: %v", rows)
		}
		w.now = w.now.Add(72 * time.Hour)
		w.signedInAgain(t, b, "bg-omni", care.Manager)
		late := b.get("/staff/work?late=1").want(http.StatusOK)
		if rows := claimRows(late); len(rows) != workRows {
			t.Errorf("%d late claims on the first page", len(rows))
		}
		if len(late.all(func(n *html.Node) bool {
			return n.Data == "span" && classed("bad")(n) && strings.HasPrefix(words(n), "Late by")
		})) != workRows {
			t.Errorf("late claims are not marked: %s", late.main())
		}
	})
	t.Run("a number that is no state or cursor", func(t *testing.T) {
		b.get("/staff/work?state=burning&owner=nobody").want(http.StatusOK)
		b.get("/staff/work?from=%00broken").want(http.StatusUnprocessableEntity)
	})
}

// signedInAgain signs in once more after the session ran out.
func (w *staffWorld) signedInAgain(t *testing.T, b *browser, retailer string, role care.Role) {
	t.Helper()
	b.get("/staff/sign-in").submit("/staff/sign-in", fill{"email": {w.user(t, retailer, role, "")}, "password": {staffPassword}}).want(http.StatusOK)
}

// claimRows are the numbers that a list shows, in its order.
func claimRows(p *screen) []string {
	var out []string
	for _, n := range p.all(func(n *html.Node) bool { return n.Data == "td" && classed("head")(n) }) {
		out = append(out, words(n))
	}
	return out
}

func TestStaffRequests(t *testing.T) {
	w := newStaffWorld(t)
	ctx, customer := t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: "ru-xiaomi", Role: care.CustomerRole}
	receipt, err := w.desk.Submit(ctx, customer, desk.NewRequest{Kind: care.Consultation, Channel: "portal", Lang: "ru", Text: "Which charger <b>fits</b>?",
		Subject: "Xiaomi 14T", Customer: desk.Contact{Name: "Jo Sample", Phone: "+79000000000"}})
	if err != nil {
		t.Fatal(err)
	}
	b := w.signedIn(t, w.user(t, "ru-xiaomi", care.Clerk, ""), staffPassword)
	list := b.get("/staff/requests").want(http.StatusOK)
	if rows := claimRows(list); !slices.Equal(rows, []string{receipt.Request.Number}) || !strings.Contains(list.main(), " left") {
		t.Fatalf("list: %s", list.main())
	}
	path := "/staff/requests/" + receipt.Request.ID
	p := b.get(path).want(http.StatusOK)
	if !strings.Contains(p.main(), "Which charger <b>fits</b>?") {
		t.Errorf("the question is not shown as it was written: %s", p.main())
	}
	p.submit(path+"/answer", fill{"text": {""}}).want(http.StatusUnprocessableEntity)
	p.submit(path+"/answer", fill{"text": {"Ask the bench"}, "to": {"staff"}}).want(http.StatusOK)
	if v, _ := w.desk.Request(ctx, care.System("ru-xiaomi"), receipt.Request.ID); v.Request.State != care.RequestOpen || len(v.Thread) != 1 || !v.Thread[0].Internal {
		t.Errorf("a note among staff should answer nothing: %+v", v)
	}
	p = p.submit(path+"/answer", fill{"text": {"Any with USB-C and 67 W."}}).want(http.StatusOK)
	if v, _ := w.desk.Request(ctx, care.System("ru-xiaomi"), receipt.Request.ID); v.Request.State != care.RequestAnswered || v.Request.AnsweredAt.IsZero() {
		t.Errorf("not answered: %+v", v.Request)
	}
	stale := p
	p = p.submit(path+"/close", nil).want(http.StatusOK)
	if p.form(path+"/close") != nil || len(claimRows(b.get("/staff/requests"))) != 0 {
		t.Error("the request is still open")
	}
	if again := stale.submit(path+"/close", nil).want(http.StatusConflict); !strings.Contains(again.main(), "is closed") {
		t.Errorf("no reason: %s", again.main())
	}
	if len(claimRows(b.get("/staff/requests?state=closed&kind=consultation"))) != 1 {
		t.Error("the closed request is not found")
	}
	technician := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	technician.get(path).want(http.StatusNotFound)
	technician.post(path+"/answer", url.Values{"text": {"x"}}).want(http.StatusNotFound)
}

func TestStaffPeopleAndPrograms(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "ru-omsk", care.Administrator, ""), staffPassword)
	p := b.get("/staff/people").want(http.StatusOK)
	bad := p.submit("/staff/people", fill{"name": {"Pat Partner"}, "email": {"pat@example.com"}, "role": {"partner"}, "password": {staffPassword}})
	bad.want(http.StatusUnprocessableEntity)
	if f := bad.form("/staff/people").values(nil); f.Get("name") != "Pat Partner" || f.Get("password") != "" || f.Get("role") != "partner" {
		t.Errorf("what was typed is not kept, or the password is: %v", f)
	}
	p.submit("/staff/people", fill{"name": {"Pat Clerk"}, "email": {"pat@example.com"}, "role": {"clerk"}, "password": {"short"}}).want(http.StatusUnprocessableEntity)
	p = p.submit("/staff/people", fill{"name": {"Pat Clerk"}, "email": {"pat@example.com"}, "role": {"clerk"}, "password": {staffPassword}}).want(http.StatusOK)
	p.submit("/staff/people", fill{"name": {"Pat Again"}, "email": {"PAT@example.com"}, "role": {"clerk"}, "password": {staffPassword}}).want(http.StatusConflict)
	pat := w.signedIn(t, "pat@example.com", staffPassword)

	page := userLink(t, p, "Pat Clerk")
	b.get(page).submit(page, fill{"role": {"technician"}, "name": {"Pat Bench"}}).want(http.StatusOK)
	if in := pat.get("/staff/work"); !strings.HasPrefix(in.path, "/staff/sign-in") {
		t.Error("another role should end the sessions")
	}
	off := b.get(page)
	b.post(page, url.Values{"do": {"disable"}}).want(http.StatusOK)
	w.browser(t).get("/staff/sign-in").submit("/staff/sign-in", fill{"email": {"pat@example.com"}, "password": {staffPassword}}).want(http.StatusForbidden)
	if off.status != http.StatusOK || !strings.Contains(b.get(page).main(), "no access") {
		t.Error("the page does not say that access is closed")
	}
	b.post(page, url.Values{"do": {"enable"}}).want(http.StatusOK)
	w.signedIn(t, "pat@example.com", staffPassword)
	own := userLink(t, b.get("/staff/people"), "Test administrator")
	if p := b.post(own, url.Values{"do": {"disable"}}).want(http.StatusConflict); !strings.Contains(p.main(), "your own rights") {
		t.Errorf("no reason: %s", p.main())
	}
	b.get("/staff/people/nobody").want(http.StatusNotFound)

	shown := b.get("/staff/people").submit("/staff/clients", fill{"name": {"Till 4"}, "role": {"clerk"}}).want(http.StatusOK)
	key := words(shown.all(classed("secret"))[0])
	if actor, err := w.desk.AuthenticateKey(t.Context(), key); err != nil || actor.Name != "Till 4" {
		t.Errorf("the key that was shown does not work: %v, %v", actor, err)
	}
	if strings.Contains(b.get("/staff/people").raw, key) {
		t.Error("the key is shown twice")
	}
	b.get("/staff/people").submit("/staff/clients", fill{"name": {""}, "role": {"clerk"}}).want(http.StatusUnprocessableEntity)
	for _, f := range b.get("/staff/people").forms() {
		if strings.HasSuffix(f.action, "/disable") {
			b.post(f.action, nil).want(http.StatusOK)
		}
	}
	if _, err := w.desk.AuthenticateKey(t.Context(), key); err == nil {
		t.Error("the key still works")
	}
	log := b.get("/staff/audit").want(http.StatusOK)
	for _, what := range []string{"Add a user", "Change a user", "Add an API client", "Disable an API client"} {
		if !strings.Contains(log.main(), what) {
			t.Errorf("the audit log lacks %q", what)
		}
	}
}

// userLink is the address of a person's page.
func userLink(t *testing.T, p *screen, name string) string {
	t.Helper()
	for _, n := range p.all(element("a")) {
		if words(n) == name {
			return attr(n, "href")
		}
	}
	t.Fatalf("%s is not listed: %s", name, p.main())
	return ""
}

func TestStaffCounter(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, "omni-shop-sofia"), staffPassword)
	t.Run("a device that nobody knows", func(t *testing.T) {
		p := b.get("/staff/intake").submit("/staff/intake", fill{"q": {"490154203237518"}}).want(http.StatusOK)
		if !strings.Contains(p.main(), "The registry has nothing under “490154203237518”") {
			t.Fatalf("page: %s", p.main())
		}
		p = b.get("/staff/intake?new=1&q=490154203237518").want(http.StatusOK)
		if got := p.form("/staff/intake").values(nil).Get("imei"); got != "490154203237518" {
			t.Errorf("the IMEI is not filled in: %q", got)
		}
		bad := p.submit("/staff/intake", fill{"category": {"phone"}, "brand": {"Samsung"}, "date": {"04.05.2026"}, "price": {"many"}, "text": {"No sound"}, "take": {"1"}})
		bad.want(http.StatusUnprocessableEntity)
		for _, field := range []string{"name", "phone", "condition", "date", "price"} {
			if len(bad.all(func(n *html.Node) bool { return attr(n, "id") == field && attr(n, "aria-invalid") == "true" })) != 1 {
				t.Errorf("%s is not marked", field)
			}
		}
		if f := bad.form("/staff/intake").values(nil); f.Get("text") != "No sound" || f.Get("brand") != "Samsung" || f.Get("take") != "1" || f.Get("imei") != "490154203237518" {
			t.Errorf("what was typed is gone: %v", f)
		}
		good := bad.submit("/staff/intake", fill{"date": {"2026-05-04"}, "price": {"599.90"}, "name": {"Jo Sample"}, "phone": {"+359888100200"},
			"condition": {"Good"}, "documents": {"-"}}).want(http.StatusOK)
		if !strings.HasPrefix(good.path, "/staff/claims/RMA-") || !strings.Contains(good.main(), "the device is taken in") {
			t.Errorf("led to %s: %s", good.path, complaint(good))
		}
		again := bad.submit("/staff/intake", fill{"date": {"2026-05-04"}, "price": {"599.90"}, "name": {"Jo Sample"}, "phone": {"+359888100200"}, "condition": {"Good"}})
		if again.want(http.StatusConflict); !strings.Contains(complaint(again), "There is an open claim") {
			t.Errorf("sent twice: %s", complaint(again))
		}
	})
	t.Run("found by the customer's name", func(t *testing.T) {
		unit, err := w.desk.RegisterSale(t.Context(), care.System("bg-omni"), desk.SaleRow{Category: "laptop", Brand: "Asus", Model: "Zenbook", Serial: "AS-9",
			Date: calendar.MustDate("2026-03-01"), Customer: desk.Contact{Name: "Ivana Sample", Phone: "+359888555666"}})
		if err != nil {
			t.Fatal(err)
		}
		p := b.get("/staff/intake?q=ivana+sample").want(http.StatusOK)
		if f := p.form("/staff/intake").values(nil); f.Get("name") != "Ivana Sample" || f.Get("phone") != "+359888555666" {
			t.Errorf("the customer is not filled in: %v", f)
		}
		if !slices.Contains(p.links(), "/staff/intake?new=1") {
			t.Error("the only device found has no way to another one")
		}
		second, err := w.desk.RegisterSale(t.Context(), care.System("bg-omni"), desk.SaleRow{Category: "tv", Brand: "LG", Model: "OLED", Serial: "LG-9",
			Date: calendar.MustDate("2026-03-01"), Customer: desk.Contact{Name: "Ivana Sample", Phone: "+359888555666"}})
		if err != nil {
			t.Fatal(err)
		}
		p = b.get("/staff/intake?q=ivana+sample").want(http.StatusOK)
		for _, u := range []care.UnitRecord{unit, second} {
			if !slices.Contains(p.links(), "/staff/intake?unit="+u.Unit.ID) {
				t.Errorf("%s is not found: %s", u.Unit.Serial, p.main())
			}
		}
		b.get("/staff/units/" + unit.Unit.ID).want(http.StatusOK)
	})
	t.Run("without its condition the device is not taken in, the claim may be opened", func(t *testing.T) {
		p := b.get("/staff/intake?q=AS-9").want(http.StatusOK)
		bad := p.submit("/staff/intake", fill{"condition": {" "}}).want(http.StatusUnprocessableEntity)
		for _, id := range []string{"condition"} {
			if n := bad.all(func(n *html.Node) bool { return attr(n, "id") == id+"-error" }); len(n) != 1 || !strings.Contains(words(n[0]), "Condition") {
				t.Errorf("nothing is said beside %s: %s", id, complaint(bad))
			}
		}
		f := bad.form("/staff/intake")
		open := b.post("/staff/intake", f.values(fill{"alone": {"1"}})).want(http.StatusOK)
		if !strings.HasPrefix(open.path, "/staff/claims/RMA-") || strings.Contains(open.main(), "the device is taken in") {
			t.Errorf("led to %s: %s", open.path, complaint(open))
		}
	})
	t.Run("a sale that is recorded twice", func(t *testing.T) {
		sale := fill{"category": {"tv"}, "brand": {"LG"}, "serial": {"LG-1"}, "date": {"2026-05-04"}, "receipt": {"5"}}
		b.get("/staff/units/new?identity=LG-1").submit("/staff/units", sale).want(http.StatusOK)
		p := b.get("/staff/units/new").submit("/staff/units", sale)
		if p.status != http.StatusUnprocessableEntity && p.status != http.StatusConflict || complaint(p) == "" {
			t.Errorf("%d: %s", p.status, complaint(p))
		}
		if f := p.form("/staff/units").values(nil); f.Get("brand") != "LG" {
			t.Errorf("what was typed is gone: %v", f)
		}
	})
	t.Run("who may not", func(t *testing.T) {
		technician := w.signedIn(t, w.user(t, "bg-omni", care.Technician, ""), staffPassword)
		technician.get("/staff/intake").want(http.StatusForbidden)
		technician.get("/staff/units/new").want(http.StatusForbidden)
		technician.post("/staff/intake", url.Values{"name": {"x"}, "phone": {"1"}, "serial": {"s"}, "category": {"tv"}, "brand": {"b"}}).want(http.StatusForbidden)
	})
}
