package web

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// asusFromBurgas is a claim on an ASUS laptop of a customer in Burgas, taken in
// at the shop there.
func (w *staffWorld) asusFromBurgas(t *testing.T) (number, token string) {
	t.Helper()
	months, card := 24, true
	_, err := w.desk.RegisterSale(t.Context(), care.System("bg-omni"), desk.SaleRow{Category: "laptop", Brand: "Asus", Model: "Vivobook", Serial: "BURGAS01",
		Shop: "omni-shop-burgas", Date: calendar.DateOf(w.now.AddDate(0, -3, 0), time.UTC), CardInKit: &card, WarrantyMonths: &months, WarrantyIssuer: "manufacturer"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.desk.Submit(t.Context(), care.Actor{Kind: care.CustomerActor, Retailer: "bg-omni"}, desk.NewRequest{Kind: care.WarrantyService, Channel: "portal",
		Lang: "bg", Identity: "BURGAS01", Return: care.ReturnDeliver, Address: "ул. „Проба“ 7", Documents: []string{"invoice", "warranty_card", "return_request"},
		Customer: desk.Contact{Name: "Мария Пробна", Phone: "+359 890 000 001", Settlement: "Бургас"}})
	if err != nil {
		t.Fatal(err)
	}
	w.do(t, "bg-omni", r.Claim.Number, care.Accept{Place: "omni-shop-burgas", Condition: "scratched lid", Accessories: []string{"charger"}})
	return r.Claim.Number, r.Token
}

// A courier is ordered, called off and ordered again by the forms; the lists,
// the label, the slip and the customer's page tell the same.
//
// Walks: B1, B9.
func TestStaffShipments(t *testing.T) {
	w := newStaffWorld(t)
	number, token := w.asusFromBurgas(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Dispatcher, ""), staffPassword)
	b.get("/staff/?lang=en")
	claim, ship := "/staff/claims/"+number, "/staff/claims/"+number+"/ship"

	p := b.get(claim).says("No courier so far")
	if !slices.Contains(p.links(), ship) {
		t.Fatalf("the claim's page leads to no courier: %v", p.links())
	}
	p = b.get(ship)
	if f := p.form(ship).values(nil); f.Get("direction") != "between" || f.Get("to") != "asus-varna" {
		t.Errorf("proposed: %v", f)
	}
	p.submit(ship, fill{"carrier": {"  "}}).want(http.StatusUnprocessableEntity)
	p.submit(ship, fill{"carrier": {"Лястовица"}, "kilograms": {"two"}}).want(http.StatusUnprocessableEntity).says("Give the weight as a number")
	p = p.submit(ship, fill{"carrier": {"Лястовица"}, "kilograms": {"2,4"}, "tracking": {"BG-1"}}).want(http.StatusOK).
		says("The courier is ordered", "omni.bg shop, Burgas", "Chayka authorised centre, Varna", "2.4 kg", "The seller", "The way between the shop and the centre is paid by the seller", "BG-1")
	leg := p.path
	b.get(ship).submit(ship, fill{"carrier": {"Друг"}}).want(http.StatusUnprocessableEntity).says("already ordered")
	b.get(leg).submit(leg+"/cancel", fill{"reason": {""}}).want(http.StatusUnprocessableEntity)
	b.get(leg).submit(leg+"/cancel", fill{"reason": {"wrong company"}}).says("The courier is called off", "wrong company")
	p = b.get(ship).submit(ship, fill{"carrier": {"Лястовица"}, "tracking": {"BG-2"}, "bulky": {"1"}}).want(http.StatusOK)
	leg = p.path
	b.get(leg+"/label").says("BG-2", "056 000 005", "Чайка")

	f := b.get(claim).action(number, care.CmdForward).values(nil)
	if f.Get("carrier") != "Лястовица" || f.Get("tracking") != "BG-2" || f.Get("to") != "asus-varna" {
		t.Errorf("the form to hand it over knows nothing of the order: %v", f)
	}
	b.get(claim).submit(claim+"/do/forward", fill{"condition": {"scratched lid"}, "accessories": {"charger"}}).want(http.StatusOK)
	b.get("/staff/shipments?list=between").says(number, "BG-2", "under way")
	b.get("/staff/shipments?list=incoming").says("Nothing in this list")
	b.get("/staff/shipments?list=late").says("Nothing in this list")
	b.get(claim+"/slip").says("scratched lid", "charger", "Courier, Лястовица, BG-2", "omni.bg shop, Burgas")
	b.get("/track/"+token+"?lang=en").says("Лястовица", "BG-2", "Delivery by")
	w.later(49 * time.Hour)
	b = w.signedIn(t, w.user(t, "bg-omni", care.Dispatcher, ""), staffPassword)
	b.get("/staff/shipments?list=late&lang=en").says(number, "late")
	b.get("/track/" + token + "?lang=en").says("Delivery by 22 November 2026, 12:00 late")
	w.do(t, "bg-omni", number, care.ReceiveAtCentre{Place: "asus-varna", Accessories: []string{"nothing"}})
	b.get(leg).says("Did not arrive: charger")

	partner := w.signedIn(t, w.user(t, "bg-omni", care.Partner, "asus-sofia"), staffPassword)
	partner.get(leg).want(http.StatusNotFound)
	partner.get("/staff/shipments?list=done&lang=en").says("Nothing in this list")
}

// What nobody collects is listed with its fee and warnings, and a warning given
// by phone is noted.
func TestStaffUncollected(t *testing.T) {
	w := newStaffWorld(t)
	c := w.asusRepaired(t, "LEFT0001")
	w.do(t, "bg-omni", c.ID, care.ReceiveAtCentre{Place: "asus-sofia"}, confirmed("mainboard"), care.StartRepair{},
		care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{})
	number := c.Number
	w.later(35 * 24 * time.Hour)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, "omni-service"), staffPassword)
	b.get("/staff/uncollected?lang=en").says(number, "€2.50").submit("/staff/uncollected/"+number+"/warn", fill{"how": {" "}}).want(http.StatusUnprocessableEntity)
	b.get("/staff/uncollected").submit("/staff/uncollected/"+number+"/warn", fill{"how": {"by phone"}}).says("The warning is noted", "by phone", "no rule in the terms")
}
