package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/internal/care"
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
		if seen[path] > 0 || seen[kind] >= 8 {
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
