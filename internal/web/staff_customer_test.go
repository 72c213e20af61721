package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// picks are the customers that the counter's form offers.
func (p *screen) picks() (ids []string) {
	for _, n := range p.all(classed("person")) {
		ids = append(ids, attr(n, "value"))
	}
	return ids
}

func sellTo(t *testing.T, w *staffWorld, retailer, serial string, to desk.Contact) care.UnitRecord {
	t.Helper()
	rec, err := w.desk.RegisterSale(t.Context(), care.System(retailer), desk.SaleRow{Category: "laptop", Brand: "Asus", Model: "Zenbook", Serial: serial,
		Date: calendar.MustDate("2026-03-01"), Receipt: serial, Customer: to})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// Walks: D5.
func TestCounterFindsAndChoosesACustomer(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, "omni-shop-sofia"), staffPassword)
	mother := sellTo(t, w, "bg-omni", "WHO-1", desk.Contact{Name: "Ivana Sample", Phone: "+359888555666", Email: "ivana@mail.example", Settlement: "Varna"}).Sale.Customer
	son := sellTo(t, w, "bg-omni", "WHO-2", desk.Contact{Name: "Petar Sample", Phone: "+359888555666"}).Sale.Customer
	sellTo(t, w, "ru-omsk", "WHO-3", desk.Contact{Name: "Ivana Stranger", Phone: "+359888555666"})
	form := func(with fill) url.Values {
		return b.get("/staff/intake?new=1&q=WHO-9").want(http.StatusOK).form("/staff/intake").values(with)
	}
	for _, c := range []struct {
		name string
		with fill
		want []string
	}{
		{"a phone's end", fill{"phone": {"555666"}}, []string{mother, son}},
		{"a name cut short", fill{"name": {"ivan"}}, []string{mother}},
		{"name and phone", fill{"name": {"Petar"}, "phone": {"0888 555 666"}}, []string{son}},
		{"an e-mail", fill{"email": {"ivana@"}}, []string{mother}},
		{"nobody", fill{"name": {"Tihomir"}}, nil},
		{"nothing typed", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			plain := b.post("/staff/intake/customers", form(c.with)).want(http.StatusOK)
			if got := plain.picks(); !slices.Equal(got, c.want) {
				t.Errorf("offered %v, want %v", got, c.want)
			}
			if got := plain.form("/staff/intake").values(nil); got.Get("serial") != "WHO-9" {
				t.Errorf("what was typed is gone: %v", got)
			}
			live := b.part("/staff/intake/customers", "who-found", form(c.with))
			if found := plain.all(func(n *html.Node) bool { return attr(n, "id") == "who-found" }); words(found[0]) != live {
				t.Errorf("without a script %q, with one %q", words(found[0]), live)
			}
			if told := strings.Contains(live, "Nobody known"); told != (c.want == nil && c.with != nil) {
				t.Errorf("what is told: %q", live)
			}
		})
	}
	t.Run("the one picked is the customer of the claim, another name is not", func(t *testing.T) {
		p := b.post("/staff/intake/customers", form(fill{"phone": {"555666"}, "pick": {son}, "category": {"laptop"}, "brand": {"Asus"}})).want(http.StatusOK)
		got := p.form("/staff/intake").values(nil)
		if got.Get("customer") != son || got.Get("name") != "Petar Sample" || got.Get("brand") != "Asus" {
			t.Fatalf("the form holds %v", got)
		}
		p = p.submit("/staff/intake", fill{"condition": {"Good"}, "documents": {"-"}}).want(http.StatusOK)
		number, _ := strings.CutPrefix(p.path, "/staff/claims/")
		if view, err := w.desk.Claim(t.Context(), care.System("bg-omni"), number, "en"); err != nil || view.Claim.Customer != son {
			t.Errorf("the claim %s is of %q, %v; want %q", number, view.Claim.Customer, err, son)
		}
		renamed := b.post("/staff/intake/customers", form(fill{"customer": {son}, "name": {"Somebody Else"}})).want(http.StatusOK)
		if f := renamed.form("/staff/intake").values(nil); f.Get("customer") != "" || f.Get("name") != "Somebody Else" {
			t.Errorf("another name keeps the customer: %v", f)
		}
	})
	t.Run("the customer of the sale comes first, and may be let go", func(t *testing.T) {
		p := b.get("/staff/intake?q=WHO-1").want(http.StatusOK)
		f := p.form("/staff/intake")
		if f.values(nil).Get("customer") != mother || !strings.Contains(p.wordsOf("who"), "Ivana Sample") {
			t.Errorf("the form holds %v", f.values(nil))
		}
		p = b.post("/staff/intake/customers", f.values(fill{"pick": {"-"}})).want(http.StatusOK)
		if got := p.form("/staff/intake").values(nil); got.Get("customer") != "" || got.Get("name") != "" || got.Get("unit") == "" {
			t.Errorf("the form holds %v", got)
		}
	})
	t.Run("no other retailer's customer, and nobody's for those who open no claims", func(t *testing.T) {
		b.post("/staff/intake/customers", form(fill{"pick": {"no-such-customer"}})).want(http.StatusNotFound)
		omsk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
		omsk.post("/staff/intake/customers", url.Values{"pick": {mother}}).want(http.StatusNotFound)
		omsk.post("/staff/intake/customers", url.Values{"customer": {mother}, "name": {"Ivana Sample"}}).want(http.StatusNotFound)
		technician := w.signedIn(t, w.user(t, "bg-omni", care.Technician, ""), staffPassword)
		technician.post("/staff/intake/customers", url.Values{"name": {"ivan"}}).want(http.StatusForbidden)
	})
}
