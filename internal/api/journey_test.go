package api

import (
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// TestJourneyOfACertificate sells a certificate, lets the phone break in its
// tenth month and be twenty days in repair, finds the certificate moved,
// claims on it, finds no model like it, takes the customer's consent to the
// difference, and hands the new phone over with its covers.
//
// Walks: A5, A7, A9, A15, D4, D5, RU-20.3.
func TestJourneyOfACertificate(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("ru-omsk", care.Manager)
	on := func(date string) { w.clock.add(day(t, date).Sub(w.clock.now())) }
	on("2026-03-10")
	w.omskUnit(key, "JRN-1", "2026-03-10", "")
	sold := w.want(201, call{method: "POST", path: "/units/JRN-1/certificate", key: key, body: `{}`, header: map[string]string{keyHeader: "sell"}})
	number := sold.str("certificate.number")
	if sold.str("certificate.from") != "2027-03-11" || sold.str("certificate.last_day") != "2028-03-10" {
		t.Fatalf("sold as %s", sold.raw)
	}

	on("2027-01-12") // its tenth month
	l := w.omskClaim(key, "JRN-1", "warranty")
	l.give(care.CmdAccept, `{"place": "omsk-service", "documents": ["receipt", "warranty_card"]}`, care.Accepted)
	l.give(care.CmdDiagnose, hardwareFault, care.Decided)
	l.give(care.CmdStartRepair, "", care.InRepair)
	on("2027-01-31")
	l.give(care.CmdFinishRepair, `{"kind": "hardware", "work": "board replaced"}`, care.InRepair)
	l.give(care.CmdMarkReady, "", care.Ready)
	l.give(care.CmdHandOver, "", care.HandedOver)
	l.give(care.CmdClose, "", care.Closed)
	moved := w.want(200, call{method: "GET", path: "/certificates/" + number, key: key})
	if moved.str("certificate.from") != "2027-03-31" || moved.str("certificate.last_day") != "2028-03-30" {
		t.Fatalf("twenty days later it is %s", moved.raw)
	}

	on("2027-06-08") // in its year
	l = w.omskClaim(key, "JRN-1", "certificate")
	l.give(care.CmdAccept, `{"place": "omsk-technical", "documents": ["receipt", "warranty_card", "certificate"]}`, care.Accepted)
	l.give(care.CmdRecordAnswers, `{"facts": [{"fact": "unit.personal_use", "value": "true"}]}`, care.Accepted)
	l.give(care.CmdDiagnose, hardwareFault, care.Decided)
	l.give(care.CmdFindUnrepairable, `{"reason": "no board to be had"}`, care.Decided)
	l.give(care.CmdRecordAnswers, `{"facts": [{"fact": "market.same_model", "value": "false"}, {"fact": "market.analog_price", "value": "18490.00 RUB"}]}`, care.Decided)
	r := l.give(care.CmdChooseRemedy, `{"remedy": "replacement"}`, care.AwaitingCustomer)
	if r.str("wait") != "price_difference" || r.str("remedy.amount.amount") != "2500.00" {
		t.Fatalf("the difference: %s", r.raw)
	}
	l.choose(care.CmdAnswerDifference, `{"accepted": true}`, care.Replacing)
	entry := w.want(200, call{method: "GET", path: "/claims/" + l.number + "/money", key: key})
	if entry.str("items.0.what") != "difference" || entry.str("items.0.debtor") != "customer" || entry.str("items.0.amount.amount") != "2500.00" {
		t.Errorf("what the customer owes: %s", entry.raw)
	}
	w.want(200, call{method: "POST", path: "/money/" + entry.str("items.0.id") + "/pay", key: key, body: `{"reference": "till 1"}`, header: map[string]string{keyHeader: "till"}})
	l.give(care.CmdReplace, `{"serial": "JRN-2", "model": "C75"}`, care.Replacing)
	l.give(care.CmdMarkReady, "", care.Ready)
	l.give(care.CmdHandOver, "", care.HandedOver)
	l.give(care.CmdClose, "", care.Closed)
	l.checkEnd(care.OutcomeReplaced)

	unit := w.want(200, call{method: "GET", path: "/units/JRN-2", key: key})
	if unit.str("replaces.serial") != "JRN-1" || !strings.Contains(string(unit.raw), number) {
		t.Errorf("the new phone: %s", unit.raw)
	}
	check := w.want(200, call{method: "GET", path: "/retailers/ru-omsk/warranty?serial=JRN-2"})
	inForce := map[string]bool{}
	for _, c := range check.at("covers").([]any) {
		c := c.(map[string]any)
		inForce[c["basis"].(string)] = c["in_force"].(bool)
	}
	if !inForce["certificate"] && !inForce["warranty"] {
		t.Errorf("the new phone has no cover: %s", check.raw)
	}
}

func day(t *testing.T, date string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(5 * time.Hour)
}

// TestJourneyFromBurgas sends a laptop from the shop in Burgas to the brand's
// nearest centre, and back to its owner by the courier, who drives there on
// Tuesdays and Fridays.
//
// Walks: B1, B2, B9, D5, D7.
func TestJourneyFromBurgas(t *testing.T) {
	w := newWorld(t, wide)
	key, centre := w.key("bg-omni", care.Manager), ""
	made := w.want(201, call{method: "POST", path: "/clients", key: w.key("bg-omni", care.Administrator), body: `{"name": "bench", "role": "partner", "place": "asus-varna"}`})
	centre = made.str("key")
	w.sell(key, strings.NewReplacer(`"brand": "Lenovo"`, `"brand": "ASUS"`, "omni-shop-sofia", "omni-shop-burgas", "PF2ABC77", "BRG-77").Replace(omniLaptop))
	l := w.open(key, strings.NewReplacer("pf2 abc-77", "BRG-77", "София", "Бургас", `"kind"`, `"return": {"method": "deliver"}, "kind"`,
		`"phone": "+359 2 900 0001"`, `"phone": "+359 2 900 0001", "address": "ул. „Проба“ 7", "settlement": "Бургас"`).Replace(omniRequest))
	l.give(care.CmdAccept, `{"place": "omni-shop-burgas", "condition": "scratched lid", "accessories": ["charger"], "documents": ["receipt", "warranty_card", "return_request"]}`, care.Accepted)
	if got := l.show().at("claim.centre"); got != "asus-varna" {
		w.want(200, call{method: "POST", path: "/claims/" + l.number + "/commands/route", key: key, body: `{"centre": "asus-varna"}`})
		l.etag = ""
	}
	leg := w.want(201, call{method: "POST", path: "/claims/" + l.number + "/shipments", key: key, body: `{"direction": "between", "carrier": "Куриер", "to": "asus-varna"}`, header: l.idem()})
	if leg.str("bearer") != "seller" || leg.str("clause") != "shop-forwards" {
		t.Errorf("at whose cost: %s", leg.raw)
	}
	l.etag = ""
	l.give(care.CmdForward, `{"to": "asus-varna", "condition": "scratched lid", "accessories": ["charger"]}`, care.Accepted)
	l.key = centre
	l.give(care.CmdReceive, `{"place": "asus-varna", "accessories": ["charger"]}`, care.Accepted)
	l.give(care.CmdDiagnose, hardwareFault, care.Decided)
	l.give(care.CmdStartRepair, "", care.InRepair)
	l.give(care.CmdFinishRepair, `{"kind": "hardware", "work": "board replaced"}`, care.InRepair)
	w.clock.add(time.Date(2026, 3, 14, 4, 0, 0, 0, time.UTC).Sub(w.clock.now())) // a Saturday
	l.give(care.CmdMarkReady, "", care.Ready)
	l.give(care.CmdShip, `{"carrier": "Куриер", "tracking": "BG200"}`, care.Shipped)
	back := w.want(200, call{method: "GET", path: "/shipments?direction=back", key: key})
	if back.str("items.0.promise_day") != "2026-03-17" {
		t.Errorf("the courier's next day in Burgas is Tuesday: %s", back.raw)
	}
	l.key = key
	l.give(care.CmdHandOver, `{"proof": "signed"}`, care.HandedOver)
	l.give(care.CmdClose, "", care.Closed)
	l.checkEnd(care.OutcomeRepaired)
}
