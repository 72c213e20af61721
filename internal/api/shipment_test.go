package api

import (
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// A program orders a courier, sees the way under way and late, and finds what
// the customer of another way was promised.
//
// Walks: B1, B9.
func TestShipmentsByTheAPI(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("bg-omni", care.Dispatcher)
	w.sell(w.key("bg-omni", care.Clerk), omniLaptop)
	l := w.open(w.key("bg-omni", care.Clerk), omniRequest)
	path := "/claims/" + l.number
	w.want(409, call{method: "POST", path: path + "/shipments", key: key, body: `{"direction": "back", "carrier": "x"}`})
	w.want(422, call{method: "POST", path: path + "/shipments", key: key, body: `{"direction": "up", "carrier": "x"}`})
	w.want(422, call{method: "POST", path: path + "/shipments", key: key, body: `{"direction": "in", "carrier": "x", "bearer": "customer"}`})
	made := w.want(201, call{method: "POST", path: path + "/shipments", key: key, body: examples["book-shipment"]})
	id := made.str("id")
	if made.str("state") != "booked" || made.str("to.place") != "asus-sofia" || made.str("bearer") == "" || made.str("clause") == "" {
		t.Errorf("%s", made.raw)
	}
	if at, err := time.Parse(time.RFC3339, made.str("created_at")); err != nil || !strings.HasSuffix(made.str("created_at"), zoned(at, "Europe/Sofia")) {
		t.Errorf("ordered at %s, want the shop's offset", made.str("created_at"))
	}
	w.want(409, call{method: "POST", path: path + "/shipments", key: key, body: examples["book-shipment"]})
	w.want(200, call{method: "POST", path: "/shipments/" + id + "/cancel", key: key, body: examples["cancel-shipment"]})
	w.want(409, call{method: "POST", path: "/shipments/" + id + "/cancel", key: key, body: examples["cancel-shipment"]})
	if got := w.want(200, call{method: "GET", path: "/shipments/" + id, key: key}); got.str("state") != "cancelled" || got.str("cancelled_reason") == "" {
		t.Errorf("%s", got.raw)
	}
	for _, c := range []struct {
		query string
		want  int
	}{{"", 1}, {"?open=true", 0}, {"?state=cancelled", 1}, {"?direction=back", 0}, {"?late=true", 0}} {
		if n := len(w.want(200, call{method: "GET", path: "/shipments" + c.query, key: key}).at("items").([]any)); n != c.want {
			t.Errorf("%q: %d, want %d", c.query, n, c.want)
		}
	}
	other := w.key("ru-omsk", care.Dispatcher)
	w.want(404, call{method: "GET", path: "/shipments/" + id, key: other})
	w.want(404, call{method: "POST", path: "/shipments/" + id + "/cancel", key: other, body: examples["cancel-shipment"]})
	w.want(404, call{method: "POST", path: path + "/shipments", key: other, body: examples["book-shipment"]})
	if n := len(w.want(200, call{method: "GET", path: "/uncollected", key: key}).at("items").([]any)); n != 0 {
		t.Errorf("%d wait", n)
	}
	w.want(409, call{method: "POST", path: path + "/warnings", key: key, body: examples["warn-customer"]})
}

// zoned is the offset of a zone at an instant, as RFC 3339 writes it.
func zoned(at time.Time, name string) string {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return err.Error()
	}
	return at.In(zone).Format("-07:00")
}
