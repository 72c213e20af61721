package desk_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// buy sells somebody a device.
func (w *town) buy() {
	l := &life{retailer: pick(w, w.retailers)}
	w.numbers++
	l.serial = fmt.Sprintf("SIM%06d", w.numbers)
	sold := calendar.DateOf(w.now, time.UTC).AddDays(-w.rng.IntN(900))
	months := pick(w, []int{12, 24, 36})
	category := pick(w, []string{"laptop", "phone", "tv", "network", "ram", "hard_disk", "motherboard"})
	brand := pick(w, []string{"Lenovo", "Asus", "Samsung"})
	currency := "RUB"
	switch l.retailer {
	case "ru-xiaomi":
		brand, category = "Xiaomi", pick(w, []string{"phone", "tv", "laptop", "accessory"})
	case "bg-omni":
		currency = "EUR"
		if sold.Before(day("2026-01-01")) {
			currency = "BGN"
		}
	}
	price := amount(fmt.Sprintf("%d.99", 50+w.rng.IntN(90000)), currency)
	row := desk.SaleRow{Category: category, Brand: brand, Model: "M" + fmt.Sprint(w.rng.IntN(5)), Serial: l.serial, Date: sold, Delivered: sold.AddDays(w.rng.IntN(3)),
		Receipt: l.serial, Price: &price, WarrantyMonths: &months, WarrantyIssuer: pick(w, []string{"manufacturer", "retailer"}), CardInKit: w.maybe(), DigitalElements: w.maybe(),
		OriginalPackaging: w.maybe(), Channel: pick(w, []string{"store", "online"}), Shop: pick(w, w.places[l.retailer])}
	if done, _ := w.try("register_sale", 10, func(d *desk.Desk) error {
		_, err := d.RegisterSale(w.ctx(), w.role(l.retailer, care.Clerk), row)
		return err
	}); !done {
		return
	}
	w.lives = append(w.lives, l)
	if w.chance(60) {
		w.try("sell_certificate", 10, func(d *desk.Desk) error {
			_, err := d.SellCertificate(w.ctx(), w.role(l.retailer, care.Clerk), desk.CertificateSale{Unit: l.serial})
			return err
		})
	}
}

func (w *town) maybe() *bool {
	switch w.rng.IntN(4) {
	case 0:
		return nil
	case 1:
		return no()
	}
	return yes()
}

// act does something with a life: asks, gives the claim a command, pays, lends.
func (w *town) act(l *life) {
	if l.claim == "" {
		w.ask(l)
		return
	}
	switch n := w.rng.IntN(100); {
	case n < 3:
		w.ask(l) // a second claim on the device: refused while one is open
	case n < 12:
		w.money(l)
	case n < 18:
		w.loaner(l)
	case n < 21:
		w.say(l)
	case n < 29:
		w.courier(l)
	default:
		w.command(l)
	}
}

// ask opens a claim on the device. A repeated request with the same key, at
// whichever desk, gives the same answer and opens nothing more.
func (w *town) ask(l *life) {
	actor := care.Actor{Kind: care.CustomerActor, Retailer: l.retailer}
	if w.chance(40) {
		actor = w.role(l.retailer, care.Clerk)
	}
	in := ask(l.serial)
	in.Customer.Phone, in.Customer.Email = "+359 88 "+l.serial[3:], ""
	in.Basis = pick(w, []policy.Basis{"", policy.Warranty, policy.Statute})
	in.Remedy = pick(w, []string{"", "", "", "repair", "replacement", "refund", "price_reduction"})
	in.Documents = w.some([]string{"invoice", "receipt", "warranty_card", "return_request"}, 85)
	in.Return = pick(w, []care.ReturnMethod{care.ReturnCollect, care.ReturnDeliver})
	in.Settlement = pick(w, []string{"София", "Бургас", "Омск", "Москва", "Средец"})
	in.ReceivedAt = w.now.Add(-time.Duration(w.rng.IntN(72)) * time.Hour)
	in.Facts = []care.Answer{{Fact: "unit.personal_use", Value: fmt.Sprint(w.chance(95))}}
	var got desk.Receipt
	run := func(d *desk.Desk) error {
		r, err := d.Submit(w.ctx(), actor, in)
		if err == nil {
			got = r
		}
		return err
	}
	w.numbers++
	key := fmt.Sprintf("ask %s %d", l.serial, w.numbers)
	w.begin(actor, key)
	done, answered := w.try("submit", 15, run)
	switch {
	case !done:
		w.must(w.anyDesk().Abandon(w.ctx(), actor, key))
	case !answered:
		// The customer knows no number: asks again, and hears that it is open.
		w.must(w.anyDesk().Abandon(w.ctx(), actor, key))
		w.begin(actor, key)
		if again, _ := w.try("submit", 0, run); again {
			w.fail("%s: the request was taken twice", l.serial)
		}
		w.find(l)
	default:
		l.claim, l.token = got.Claim.ID, got.Token
		l.claims++
		w.replayed(key, actor, got.Request.Number)
	}
}

// begin notes the key under which a write comes in, as the API does.
func (w *town) begin(actor care.Actor, key string) {
	w.t.Helper()
	old, err := w.anyDesk().Begin(w.ctx(), actor, key, "hash")
	w.must(err)
	if old != nil {
		w.fail("key %s is answered before it was used: %+v", key, old)
	}
}

// replayed sends the write again under its key, at whichever desk: while it is
// in flight it is refused, and then the stored answer comes back and nothing
// is done.
func (w *town) replayed(key string, actor care.Actor, answer string) {
	w.t.Helper()
	if _, err := w.anyDesk().Begin(w.ctx(), actor, key, "hash"); care.CodeOf(err) != care.Conflict {
		w.fail("key %s is in flight, and %v", key, err)
	}
	w.must(w.anyDesk().Finish(w.ctx(), actor, key, "hash", 200, "", []byte(answer)))
	before := w.version()
	old, err := w.anyDesk().Begin(w.ctx(), actor, key, "hash")
	w.must(err)
	if old == nil || string(old.Body) != answer || w.version() != before {
		w.fail("key %s is answered with %+v", key, old)
	}
}

// find is how staff come to the claim whose answer was lost.
func (w *town) find(l *life) {
	u := w.unit(l)
	list := read(w, func(tx *storage.Tx) ([]care.Claim, error) { return tx.ClaimsOfUnit(w.ctx(), l.retailer, u.ID) })
	last := list[len(list)-1]
	if last.ID == l.claim {
		w.fail("%s: an answer was lost, and so was the claim", l.serial)
	}
	token, err := w.desks[0].IssueTracking(w.ctx(), w.role(l.retailer, care.Clerk), last.ID)
	w.must(err)
	l.claim, l.token = last.ID, token
	l.claims++
}

// command gives the claim a command: mostly the next step, sometimes another
// that the page offers, sometimes anything by anybody.
func (w *town) command(l *life) {
	c := w.claim(l)
	name, fields := w.choose(c)
	actor := w.actor(l, c, name)
	cmd := care.NewCommand(name)
	body := w.body(l, c, fields)
	if fields == nil && w.last[name] != nil {
		body = w.last[name] // made for another claim in another state
	}
	if err := json.Unmarshal(body, cmd); err != nil {
		w.fail("%s: %s: %v", name, body, err)
	}
	run := func(d *desk.Desk) error {
		_, err := d.DoAt(w.ctx(), actor, l.claim, c.Seq, cmd)
		return err
	}
	if actor.Kind == care.CustomerActor {
		run = func(d *desk.Desk) error {
			_, err := d.TrackedDo(w.ctx(), l.token, cmd)
			return err
		}
	}
	done, answered := w.try(string(name), 12, run)
	if done {
		w.last[name] = body
	}
	if actor.Kind == care.CustomerActor || !done {
		return
	}
	// Sent again, because the answer was lost or a colleague had the same page
	// open: what has moved on is not moved twice.
	if !answered || w.chance(10) {
		if again, _ := w.try("again", 0, run); again && w.claim(l).Seq > c.Seq {
			w.fail("%s was done twice", name)
		}
	}
}

// choose picks a command; the fields are nil where the state does not offer it.
func (w *town) choose(c care.Claim) (care.CommandName, []care.Field) {
	actions := slices.DeleteFunc(care.NextActions(c, w.role(c.Retailer, care.Manager)), func(a care.Action) bool {
		return a.Command == care.CmdAddNote && !w.chance(5) || a.Command == care.CmdCancel && !w.chance(20) ||
			a.Command == care.CmdReopen && !w.chance(30) || a.Command == care.CmdAskDevice && !w.chance(30)
	})
	if len(actions) == 0 || w.chance(10) {
		return pick(w, commands()), nil
	}
	a := actions[0]
	if !a.Primary || w.chance(40) {
		a = pick(w, actions)
	}
	return a.Command, a.Fields
}

// commands are those that people give.
func commands() []care.CommandName {
	var list []care.CommandName
	for _, m := range care.Moves() {
		if care.NewCommand(m.Command) != nil {
			list = append(list, m.Command)
		}
	}
	return list
}

// actor is mostly somebody who may, sometimes anybody, of any retailer.
func (w *town) actor(l *life, c care.Claim, name care.CommandName) care.Actor {
	if w.chance(4) {
		return pick(w, w.staff[pick(w, w.retailers)])
	}
	customer := care.Actor{Kind: care.CustomerActor, ID: c.Customer, Retailer: l.retailer}
	if desk.May(customer, desk.On(name)) && w.chance(50) {
		return customer
	}
	able := slices.DeleteFunc(slices.Clone(w.staff[l.retailer]), func(a care.Actor) bool { return !desk.May(a, desk.On(name)) })
	if len(able) == 0 || w.chance(4) {
		return pick(w, w.staff[l.retailer])
	}
	if w.chance(50) {
		return w.role(l.retailer, care.Manager)
	}
	return pick(w, able)
}

// body fills in a command's fields by their description, as its form does.
func (w *town) body(l *life, c care.Claim, fields []care.Field) []byte {
	doc := map[string]any{}
	for _, f := range fields {
		if !f.Required && w.chance(30) || w.chance(2) {
			continue
		}
		outer, inner, nested := strings.Cut(f.Name, ".")
		if !nested {
			doc[outer] = w.value(l, c, f)
			continue
		}
		if doc[outer] == nil {
			doc[outer] = map[string]any{}
		}
		doc[outer].(map[string]any)[inner] = w.value(l, c, f)
	}
	b, err := json.Marshal(doc)
	w.must(err)
	return b
}

func (w *town) value(l *life, c care.Claim, f care.Field) any {
	switch f.Type {
	case care.BoolField:
		return w.chance(80)
	case care.ChoiceField:
		if f.Value != "" && w.chance(70) || len(f.Options) == 0 {
			return f.Value
		}
		return pick(w, f.Options)
	case care.ChoicesField:
		return w.some(f.Options, 85)
	case care.ListField:
		return w.some([]string{"charger", "bag", "mainboard"}, 50)
	case care.AmountField:
		return w.amount(c, f.Value)
	case care.InstantField:
		return w.now.Add(time.Duration(w.rng.IntN(300)) * time.Hour)
	case care.PlaceField:
		return w.place(l, f.Value)
	case care.UserField:
		return pick(w, w.staff[l.retailer]).ID
	case care.FindingsField:
		return w.findings()
	case care.PartsField:
		return []map[string]string{{"part": pick(w, policy.Words("parts")), "name": "part"}}
	case care.FactsField:
		return w.facts(f.Options)
	}
	w.numbers++
	if f.Name == "serial" {
		return fmt.Sprintf("NEW%06d", w.numbers)
	}
	if f.Name == "imei" || f.Name == "model" {
		return ""
	}
	return fmt.Sprintf("text %d", w.numbers)
}

func (w *town) some(list []string, percent int) []string {
	return slices.DeleteFunc(slices.Clone(list), func(string) bool { return !w.chance(percent) })
}

func (w *town) place(l *life, usual string) string {
	switch {
	case usual != "" && w.chance(80):
		return usual
	case w.chance(3):
		return pick(w, w.places[pick(w, w.retailers)])
	}
	return pick(w, w.places[l.retailer])
}

func (w *town) amount(c care.Claim, usual string) money.Amount {
	if sum, currency, ok := strings.Cut(usual, " "); ok && w.chance(90) {
		return amount(sum, currency)
	}
	currency := "RUB"
	if c.Sale.Price != nil {
		currency = c.Sale.Price.Currency
	}
	return amount(fmt.Sprintf("%d.50", w.rng.IntN(3000)), currency)
}

// findings are mostly none: most devices break by themselves.
func (w *town) findings() []policy.Finding {
	if w.chance(70) {
		return nil
	}
	return []policy.Finding{{Code: pick(w, policy.Words("findings")), Part: pick(w, policy.Words("parts")), Cause: pick(w, policy.Words("causes"))}}
}

func (w *town) facts(names []string) []care.Answer {
	var list []care.Answer
	for range 1 + w.rng.IntN(3) {
		name := pick(w, append(names, "remedy.repair_possible", "market.same_model", "market.analog_price"))
		value := fmt.Sprint(w.chance(60))
		switch name {
		case "market.analog_price", "sale.price":
			value = fmt.Sprintf("%d.00 %s", 50+w.rng.IntN(90000), pick(w, []string{"RUB", "EUR"}))
		case "sale.date", "sale.delivered", "sale.rescinded":
			value = calendar.DateOf(w.now, time.UTC).AddDays(-w.rng.IntN(400)).String()
			if name == "sale.rescinded" && !w.chance(10) {
				continue
			}
		case "warranty.months":
			value = "24"
		case "sale.channel":
			value = "online"
		case "unit.category", "unit.brand", "unit.model":
			continue // the device stays what it is
		}
		list = append(list, care.Answer{Fact: name, Value: value})
	}
	return list
}

// money approves and pays what stands in the ledger, takes what customers owe,
// and now and then enters or waives something.
func (w *town) money(l *life) {
	manager := w.role(l.retailer, care.Manager)
	list := read(w, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(w.ctx(), l.retailer, l.claim) })
	if len(list) == 0 || w.chance(5) {
		c := w.claim(l)
		in := desk.NewEntry{What: care.DebtDelivery, Debtor: pick(w, care.Parties()), Creditor: pick(w, care.Parties()), Amount: w.amount(c, ""), Why: "taxi"}
		w.try("enter_money", 12, func(d *desk.Desk) error {
			_, err := d.EnterMoney(w.ctx(), manager, l.claim, in)
			return err
		})
		return
	}
	e := pick(w, list)
	switch w.rng.IntN(10) {
	case 0:
		w.try("cancel_money", 12, func(d *desk.Desk) error {
			_, err := d.CancelEntry(w.ctx(), manager, e.ID, "goodwill")
			return err
		})
	case 1, 2, 3, 4:
		w.try("approve_money", 12, func(d *desk.Desk) error {
			_, err := d.ApproveEntry(w.ctx(), manager, e.ID)
			return err
		})
	default:
		w.try("pay_money", 12, func(d *desk.Desk) error {
			_, err := d.PayEntry(w.ctx(), manager, e.ID, fmt.Sprint("PAY-", w.step))
			return err
		})
	}
}

// loaner demands one, lends it, or takes it back.
func (w *town) loaner(l *life) {
	clerk := w.role(l.retailer, care.Clerk)
	loans := read(w, func(tx *storage.Tx) ([]care.Loan, error) { return tx.LoansOfClaim(w.ctx(), l.retailer, l.claim) })
	if len(loans) == 0 {
		w.try("demand_loaner", 12, func(d *desk.Desk) error {
			_, err := d.DemandLoaner(w.ctx(), clerk, l.claim, "please")
			return err
		})
		return
	}
	loan := loans[len(loans)-1]
	if loan.State == care.LoanOut {
		w.try("return_loaner", 12, func(d *desk.Desk) error {
			_, err := d.ReturnLoaner(w.ctx(), clerk, loan.ID, desk.Returning{Condition: "good"})
			return err
		})
		return
	}
	if w.chance(15) {
		w.try("withdraw_loaner", 12, func(d *desk.Desk) error {
			_, err := d.WithdrawLoaner(w.ctx(), clerk, loan.ID, "")
			return err
		})
		return
	}
	pool := read(w, func(tx *storage.Tx) ([]care.Loaner, error) {
		list, _, err := tx.Loaners(w.ctx(), l.retailer, care.LoanerFilter{}, care.Page{})
		return list, err
	})
	w.try("lend_loaner", 12, func(d *desk.Desk) error {
		_, err := d.LendLoaner(w.ctx(), clerk, loan.ID, desk.Lending{Loaner: pick(w, pool).ID})
		return err
	})
}

// courier books one, tells what it reports, sometimes twice, or calls it off.
func (w *town) courier(l *life) {
	dispatcher := w.role(l.retailer, care.Dispatcher)
	legs := read(w, func(tx *storage.Tx) ([]care.Leg, error) { return tx.LegsOfClaim(w.ctx(), l.retailer, l.claim) })
	if len(legs) == 0 || legs[len(legs)-1].State.Over() {
		in := desk.NewLeg{Claim: l.claim, Direction: pick(w, []care.LegDirection{care.LegIn, care.LegBetween, care.LegBack}), Carrier: "horse", Bearer: "seller", Why: "ours"}
		w.try("book_leg", 12, func(d *desk.Desk) error {
			_, err := d.BookLeg(w.ctx(), dispatcher, in)
			return err
		})
		return
	}
	leg := legs[len(legs)-1]
	if w.chance(15) {
		w.try("cancel_leg", 12, func(d *desk.Desk) error {
			_, err := d.CancelLeg(w.ctx(), dispatcher, leg.ID, "not needed")
			return err
		})
		return
	}
	w.numbers++
	e := care.CarrierEvent{Carrier: leg.Carrier, ID: fmt.Sprint("report", w.numbers), Leg: leg.ID, Kind: pick(w, care.CarrierEventKinds()), At: w.now}
	report := func(d *desk.Desk) error { return d.Report(w.ctx(), e) }
	if done, answered := w.try("report", 12, report); done && (!answered || w.chance(20)) {
		before := w.version()
		if w.must(report(w.anyDesk())); w.version() != before {
			w.fail("a report that came twice was noted twice: %+v", e)
		}
	}
}

// say is a word of the customer, or an answer of staff, in the thread.
func (w *town) say(l *life) {
	w.try("say", 12, func(d *desk.Desk) error {
		if w.chance(50) {
			return d.TrackedSay(w.ctx(), l.token, "how is it?")
		}
		return d.Answer(w.ctx(), w.role(l.retailer, care.Clerk), w.claim(l).Request, "it is well", w.chance(20))
	})
}

// read reads straight from the store.
func read[T any](w *town, from func(tx *storage.Tx) (T, error)) (out T) {
	w.t.Helper()
	w.must(w.store.View(w.ctx(), func(tx *storage.Tx) (err error) {
		out, err = from(tx)
		return err
	}))
	return out
}

func (w *town) claim(l *life) care.Claim {
	return read(w, func(tx *storage.Tx) (care.Claim, error) { return tx.Claim(w.ctx(), l.retailer, l.claim) })
}

func (w *town) unit(l *life) care.Unit {
	list := read(w, func(tx *storage.Tx) ([]care.Unit, error) { return tx.UnitsByIdentity(w.ctx(), l.retailer, l.serial) })
	return list[0]
}
