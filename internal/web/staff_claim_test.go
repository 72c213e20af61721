package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk/demo"
)

// fillIn fills in a form as somebody would who knows nothing of the command:
// by the types of its fields. typed is what is known better.
func fillIn(f webForm, serial string, typed fill) fill {
	out := fill{}
	for _, c := range f.fields {
		switch {
		case typed[c.name] != nil:
			out[c.name] = typed[c.name]
		case c.kind == "radio" && c.required && out[c.name] == nil || c.kind == "radio" && c.sent:
			out[c.name] = []string{c.value}
		case c.kind == "checkbox" && c.name == "items" && out[c.name] == nil && c.value != noneOf:
			out[c.name] = []string{c.value}
		case c.kind == "checkbox" && c.name == "ids":
			out[c.name] = append(out[c.name], c.value)
		case c.kind == "select" && c.required && c.value == "":
			out[c.name] = []string{c.options[1]}
		case (c.kind == "text" || c.kind == "textarea") && c.required && c.value == "":
			out[c.name] = []string{"As seen"}
			if strings.HasSuffix(c.name, ".sum") {
				out[c.name] = []string{"120,50"}
			}
		case c.name == "serial" && c.value == "":
			out[c.name] = []string{serial}
		case c.name == "parts" && c.kind == "textarea":
			out[c.name] = []string{"Display\n\nBattery"}
		case c.name == "diagnosis.findings.0.code":
			out[c.name] = []string{"cosmetic"}
		case c.name == "facts.0.value" && c.value == "" && len(c.options) > 1:
			out[c.name] = []string{c.options[1]}
		}
	}
	return out
}

// action is the form of a command on a claim's page; nil when it is not
// offered.
func (p *screen) action(claim string, name care.CommandName) *webForm {
	return p.form("/staff/claims/" + claim + "/do/" + string(name))
}

// primary is the command of the next step, "" for none.
func (p *screen) primary() care.CommandName {
	for _, card := range p.all(func(n *html.Node) bool { return n.Data == "div" && classed("loud")(n) }) {
		return care.CommandName(strings.TrimPrefix(attr(card, "id"), "do-"))
	}
	return ""
}

func TestStaffEveryCommandHasAFormThatWorks(t *testing.T) {
	w := newStaffWorld(t)
	guide, err := demo.Fill(t.Context(), w.desk, demo.Options{Now: w.now, Seed: 11, Password: staffPassword})
	if err != nil {
		t.Fatal(err)
	}
	todo := map[care.CommandName]bool{}
	for _, m := range care.Moves() {
		todo[m.Command] = true
	}
	delete(todo, care.CmdDecide) // the desk's own
	delete(todo, care.CmdWarnDeadline)
	delete(todo, care.CmdBreachDeadline)
	delete(todo, care.CmdNoteAnswer)
	delete(todo, care.CmdNoteLoaner)
	delete(todo, care.CmdDispose) // from the list of what nobody collects, after the lawful wait; see its own test
	delete(todo, care.CmdConfirmDisposal)
	delete(todo, care.CmdAcknowledge) // in the demo everybody signed; see the counter's test
	for _, in := range guide.SignIns {
		if in.Role != care.Manager {
			continue
		}
		b := w.signedIn(t, in.Email, staffPassword)
		list, _, err := w.desk.Work(t.Context(), care.System(in.Retailer), care.WorkFilter{}, care.Page{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range list {
			p := b.get("/staff/claims/" + item.Number).want(http.StatusOK)
			for range 12 {
				name := firstOffered(p, item.Number, todo)
				if name == "" {
					break
				}
				f := p.action(item.Number, name)
				after := p.submit(f.action, fillIn(*f, fmt.Sprintf("NEW-%s-%s", in.Retailer, item.Number), nil))
				if after.status != http.StatusOK || after.path != "/staff/claims/"+item.Number || len(after.all(classed("good"))) == 0 {
					t.Errorf("%s on %s (%s): %d %s", name, item.Number, item.State, after.status, complaint(after))
					break
				}
				delete(todo, name)
				p = after
			}
		}
	}
	if len(todo) > 0 {
		t.Errorf("no claim of the demo let one give: %v", slices.Sorted(maps.Keys(todo)))
	}
}

// complaint is what a page says is wrong.
func complaint(p *screen) string {
	var out []string
	for _, n := range p.all(func(n *html.Node) bool { return attr(n, "role") == "alert" || classed("error")(n) }) {
		out = append(out, words(n))
	}
	if len(out) == 0 {
		return p.main()
	}
	return strings.Join(out, " / ")
}

func firstOffered(p *screen, claim string, todo map[care.CommandName]bool) care.CommandName {
	for _, m := range care.Moves() {
		if todo[m.Command] && p.action(claim, m.Command) != nil {
			return m.Command
		}
	}
	return ""
}

// life is one claim from the counter to its end.
type life struct {
	name     string
	retailer string
	sale     fill // the form of the sale
	intake   fill // the form of the counter
	typed    map[care.CommandName]fill
	instead  map[care.State]care.CommandName // where the next step is somebody's choice
	ends     []care.State                    // states that it must pass through, in order
	unsigned bool                            // the customer signs later
	outcome  care.Outcome
	shows    []string // what its page must say in the end
}

// Walks: B5, B7, B8, C4, C8, D5.
func TestStaffTakeAClaimFromTheCounterToItsEnd(t *testing.T) {
	w := newStaffWorld(t)
	customer := fill{"name": {"Jo Sample"}, "phone": {"+359 888 100 200"}, "documents": {"invoice", "receipt", "warranty_card", "return_request"}}
	with := func(base fill, more fill) fill {
		out := maps.Clone(base)
		maps.Copy(out, more)
		return out
	}
	sofa := []life{
		{name: "bg-omni laptop repaired", retailer: "bg-omni",
			sale: fill{"category": {"laptop"}, "brand": {"Lenovo"}, "model": {"ThinkPad T16"}, "serial": {"PF-LIFE-1"}, "date": {"2026-05-04"},
				"receipt": {"77001"}, "price": {"1 999,00"}, "warranty_months": {"24"}, "warranty_issuer": {"manufacturer"}, "card_in_kit": {"true"}},
			intake: with(customer, fill{"take": {"1"}, "place": {"omni-service"}, "condition": {"Light scratches"}, "accessories": {"Charger\nBag"}, "text": {"Does not start"}}),
			ends:   []care.State{care.InDiagnosis, care.Decided, care.InRepair, care.Ready, care.HandedOver, care.Closed}, outcome: care.OutcomeRepaired,
			shows: []string{"Light scratches", "Charger and Bag", "Does not start"}},
		{name: "ru-omsk phone repaired", retailer: "ru-omsk",
			sale: fill{"category": {"phone"}, "brand": {"Honor"}, "model": {"200"}, "serial": {"HN-LIFE-1"}, "imei": {"490154203237518"}, "date": {"2026-06-01"},
				"receipt": {"501"}, "price": {"32990.00"}, "warranty_months": {"12"}, "warranty_issuer": {"manufacturer"}, "card_in_kit": {"true"}, "imei_on_receipt": {"true"}},
			intake: with(customer, fill{"take": {"1"}, "place": {"omsk-service"}, "condition": {"As new"}, "text": {"No sound"}}),
			ends:   []care.State{care.InDiagnosis, care.Decided, care.InRepair, care.Ready, care.HandedOver, care.Closed}, outcome: care.OutcomeRepaired,
			shows: []string{"490154203237518", "No sound"}},
		{name: "ru-xiaomi by the law, money back", retailer: "ru-xiaomi",
			sale: fill{"category": {"phone"}, "brand": {"Xiaomi"}, "model": {"14T"}, "serial": {"MI-LIFE-1"}, "imei": {"356938035643809"}, "date": {"2026-11-14"},
				"receipt": {"9"}, "price": {"49990"}, "card_in_kit": {"true"}},
			intake: with(customer, fill{"take": {"1"}, "place": {"xiaomi-moscow"}, "condition": {"As new"}, "text": {"Reboots"}}),
			typed: map[care.CommandName]fill{care.CmdChooseBasis: {"basis": {"statute"}}, care.CmdChooseRemedy: {"remedy": {"refund"}},
				care.CmdPayRefund: {"reference": {"PAY-1"}}},
			instead: map[care.State]care.CommandName{care.InDiagnosis: care.CmdChooseBasis, care.Decided: care.CmdChooseRemedy},
			ends:    []care.State{care.InDiagnosis, care.Decided, care.Refunding, care.Closed}, outcome: care.OutcomeRefunded,
			shows: []string{"PAY-1"}},
		{name: "ru-xiaomi signed after opening", retailer: "ru-xiaomi", unsigned: true,
			sale: fill{"category": {"phone"}, "brand": {"Xiaomi"}, "model": {"14T"}, "serial": {"MI-LIFE-2"}, "date": {"2026-06-14"}, "receipt": {"10"},
				"price": {"49990"}, "card_in_kit": {"true"}},
			intake: with(customer, fill{"take": {"1"}, "place": {"xiaomi-moscow"}, "condition": {"As new"}, "text": {"Reboots"}}),
			ends:   []care.State{care.Submitted, care.Accepted, care.InDiagnosis, care.Decided, care.InRepair, care.Ready, care.Closed}, outcome: care.OutcomeRepaired},
	}
	for _, l := range sofa {
		t.Run(l.name, func(t *testing.T) { l.run(t, w) })
	}
}

func (l life) run(t *testing.T, w *staffWorld) {
	b := w.signedIn(t, w.user(t, l.retailer, care.Manager, ""), staffPassword)
	p := b.get("/staff/units/new").submit("/staff/units", l.sale).want(http.StatusOK)
	if !strings.HasPrefix(p.path, "/staff/intake?unit=") {
		t.Fatalf("recording the sale led to %s: %s", p.path, complaint(p))
	}
	p, number := l.open(t, p)
	if !strings.Contains(p.main(), "/track/") {
		t.Error("the tracking link is not shown")
	}
	if l.unsigned && (!strings.Contains(p.main(), "not taken in yet") || p.primary() != care.CmdAcknowledge) {
		t.Errorf("what the customer has to sign should come first, not %q: %s", p.primary(), p.main())
	}
	if again := b.get(p.path); strings.Contains(again.main(), "/track/") {
		t.Error("the tracking link is shown twice")
	}
	passed := l.drive(t, w, b, number)
	rest := passed
	for _, want := range l.ends {
		i := slices.Index(rest, want)
		if i < 0 {
			t.Fatalf("the claim went %v and not through %v", passed, l.ends)
		}
		rest = rest[i:]
	}
	view, err := w.desk.Claim(t.Context(), care.System(l.retailer), number, "en")
	if err != nil {
		t.Fatal(err)
	}
	if view.Claim.Outcome != l.outcome {
		t.Errorf("outcome %s, want %s", view.Claim.Outcome, l.outcome)
	}
	last := b.get("/staff/claims/" + number)
	for _, s := range l.shows {
		if !strings.Contains(last.main(), s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	if p := b.get("/staff/claims/" + number + "/recheck").want(http.StatusOK); !strings.Contains(p.main(), "the same, byte for byte") || strings.Contains(p.main(), "differs") {
		t.Errorf("recheck: %s", p.main())
	}
}

// open fills in the form of the counter and gives the claim's page and number.
func (l life) open(t *testing.T, counter *screen) (*screen, string) {
	t.Helper()
	in := maps.Clone(l.intake)
	for _, c := range counter.form("/staff/intake").fields {
		if c.name == "ids" && !l.unsigned { // the customer signed everything
			in["ids"] = append(in["ids"], c.value)
		}
	}
	p := counter.submit("/staff/intake", in).want(http.StatusOK)
	number, ok := strings.CutPrefix(p.path, "/staff/claims/")
	if !ok {
		t.Fatalf("the counter led to %s: %s", p.path, complaint(p))
	}
	return p, number
}

// Walks: B10, B11, D5.
func TestStaffFourthFailureAfterThreeRepairs(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	repair := life{retailer: "bg-omni", intake: fill{"name": {"Jo Sample"}, "phone": {"+359 888 100 200"}, "documents": {"invoice", "receipt", "warranty_card", "return_request"},
		"take": {"1"}, "place": {"asus-sofia"}, "condition": {"Good"}, "text": {"Does not start"}}}
	b.get("/staff/units/new").submit("/staff/units", fill{"category": {"laptop"}, "brand": {"Lenovo"}, "model": {"ThinkPad T16"}, "serial": {"PF-FOUR-1"},
		"date": {"2026-05-04"}, "receipt": {"77002"}, "price": {"1999"}, "warranty_months": {"24"}, "warranty_issuer": {"manufacturer"}, "card_in_kit": {"true"}}).want(http.StatusOK)
	for range 3 {
		_, number := repair.open(t, b.get("/staff/intake?q=PF-FOUR-1"))
		repair.drive(t, w, b, number)
		w.now = w.now.Add(5 * 24 * time.Hour)
		w.signedInAgain(t, b, "bg-omni", care.Manager)
	}
	fourth := repair
	fourth.instead = map[care.State]care.CommandName{care.Decided: care.CmdChooseRemedy}
	fourth.typed = map[care.CommandName]fill{care.CmdChooseRemedy: {"remedy": {"replacement"}}}
	_, number := fourth.open(t, b.get("/staff/intake?q=PF-FOUR-1"))
	if passed := fourth.drive(t, w, b, number); !slices.Contains(passed, care.Replacing) {
		t.Errorf("the claim went %v", passed)
	}
	p := b.get("/staff/claims/" + number).want(http.StatusOK)
	for _, s := range []string{"Prolonged by", "Replacement given", "SPARE-" + number, "replaced"} {
		if !strings.Contains(p.main(), s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	old := b.get("/staff/units/PF-FOUR-1").want(http.StatusOK)
	if rows := claimRows(old); len(rows) != 5 || // four claims and the unit that was given
		!strings.Contains(old.main(), "replaced by another: SPARE-"+number) {
		t.Errorf("the old device's page: %s", old.main())
	}
	if p := b.get("/staff/intake?q=PF-FOUR-1"); !strings.Contains(p.main(), "This device was replaced") {
		t.Errorf("a claim on a device that was given away: %s", p.main())
	}
	if p := b.get("/staff/units/SPARE-" + number).want(http.StatusOK); !strings.Contains(p.main(), "Given for PF-FOUR-1") {
		t.Errorf("the new device does not name the old: %s", p.main())
	}
	for path, want := range map[string]string{"/staff/units/PF-FOUR-1": "went along to the device", "/r/bg-omni/check?id=PF-FOUR-1&lang=en": "Another device was given for this one"} {
		if p := b.get(path).want(http.StatusOK); !strings.Contains(p.main(), want) || strings.Contains(p.raw, "tag good") {
			t.Errorf("%s tells terms of a device that was given back: %s", path, p.main())
		}
	}
}

// drive gives the claim its next command again and again, and tells the
// states that it passed through.
func (l life) drive(t *testing.T, w *staffWorld, b *browser, number string) []care.State {
	t.Helper()
	var passed []care.State
	done := map[care.CommandName]bool{}
	for range 30 {
		w.now = w.now.Add(time.Hour)
		view, err := w.desk.Claim(t.Context(), care.System(l.retailer), number, "en")
		if err != nil {
			t.Fatal(err)
		}
		state := view.Claim.State
		passed = append(passed, state)
		if state.Over() {
			return passed
		}
		p := b.get("/staff/claims/" + number).want(http.StatusOK)
		name := l.next(p, state, done)
		f := p.action(number, name)
		if f == nil {
			t.Fatalf("%s: nothing to do on the page (%q): %s", state, name, p.main())
		}
		after := p.submit(f.action, fillIn(*f, "SPARE-"+number, l.typed[name]))
		if after.status != http.StatusOK {
			t.Fatalf("%s in %s: %d: %s", name, state, after.status, complaint(after))
		}
		done[name] = true
	}
	t.Fatalf("no end in sight: %v", passed)
	return nil
}

func (l life) next(p *screen, state care.State, done map[care.CommandName]bool) care.CommandName {
	if name := l.instead[state]; name != "" && !done[name] {
		return name
	}
	return p.primary()
}

// openClaim registers a device and opens a claim by the forms.
func openClaim(t *testing.T, b *browser, serial, place string) string {
	t.Helper()
	p := b.get("/staff/units/new").submit("/staff/units", fill{"category": {"laptop"}, "brand": {"Lenovo"}, "serial": {serial}, "date": {"2026-05-04"},
		"warranty_months": {"24"}, "warranty_issuer": {"manufacturer"}})
	in := fill{"name": {"Jo Sample"}, "phone": {"+359 888 100 200"}, "take": {"1"}, "place": {place}, "condition": {"Good"}, "documents": {"invoice", "warranty_card"}}
	for _, c := range p.form("/staff/intake").fields {
		if c.name == "ids" {
			in["ids"] = append(in["ids"], c.value)
		}
	}
	p = p.submit("/staff/intake", in).want(http.StatusOK)
	number, ok := strings.CutPrefix(p.path, "/staff/claims/")
	if !ok {
		t.Fatalf("no claim: %s: %s", p.path, complaint(p))
	}
	return number
}

func TestStaffRefusalsAreSaid(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	number := openClaim(t, b, "PF-REFUSE-1", "omni-service")
	path := "/staff/claims/" + number
	t.Run("what the state does not allow", func(t *testing.T) {
		p := b.post(path+"/do/hand_over", url.Values{}).want(http.StatusConflict)
		if !strings.Contains(complaint(p), "not possible while the claim is in the state") {
			t.Errorf("no reason: %s", complaint(p))
		}
	})
	t.Run("a command that there is not", func(t *testing.T) {
		b.post(path+"/do/submit", url.Values{}).want(http.StatusNotFound)
		b.post(path+"/do/burn", url.Values{}).want(http.StatusNotFound)
	})
	t.Run("wrong fields are all named and what was typed is kept", func(t *testing.T) {
		p := b.get(path).submit(path+"/do/diagnose", fill{"conclusion": {"Battery swollen"}, "diagnosis.findings.0.part": {"battery"}})
		p.want(http.StatusUnprocessableEntity)
		for _, id := range []string{"diagnose-diagnosis-confirmed", "diagnose-diagnosis-kind", "diagnose-diagnosis-findings"} {
			if len(p.all(func(n *html.Node) bool { return attr(n, "id") == id && attr(n, "aria-invalid") == "true" })) != 1 {
				t.Errorf("%s is not marked", id)
			}
			if len(p.all(func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") == "#"+id })) != 1 {
				t.Errorf("no link to %s", id)
			}
		}
		kept := p.action(number, care.CmdDiagnose).values(nil)
		if kept.Get("conclusion") != "Battery swollen" || kept.Get("diagnosis.findings.0.part") != "battery" {
			t.Errorf("what was typed is gone: %v", kept)
		}
	})
	t.Run("what the domain refuses stands beside the field", func(t *testing.T) {
		p := b.get(path).submit(path+"/do/diagnose", fill{"diagnosis.confirmed": {"true"}, "diagnosis.kind": {"none"}}).want(http.StatusUnprocessableEntity)
		if !strings.Contains(complaint(p), "contradicts itself") {
			t.Errorf("no reason: %s", complaint(p))
		}
	})
	t.Run("a form that was sent twice", func(t *testing.T) {
		p := b.get(path)
		f := p.action(number, care.CmdAddNote)
		values := f.values(fill{"text": {"Called the customer"}})
		b.post(f.action, values).want(http.StatusOK)
		second := b.post(f.action, values).want(http.StatusConflict)
		if !strings.Contains(complaint(second), "has been changed") || second.action(number, care.CmdAddNote).values(nil).Get("text") != "Called the customer" {
			t.Errorf("no clear message: %s", complaint(second))
		}
		view, err := w.desk.Claim(t.Context(), care.System("bg-omni"), number, "en")
		if err != nil {
			t.Fatal(err)
		}
		notes := 0
		for _, e := range view.Events {
			if _, ok := e.Data.(*care.NoteAdded); ok {
				notes++
			}
		}
		if notes != 1 {
			t.Errorf("%d notes, want 1", notes)
		}
	})
	t.Run("a message that was sent twice is one", func(t *testing.T) {
		for range 2 {
			b.get(path).submit(path+"/messages", fill{"text": {"Your laptop is on the bench."}}).want(http.StatusOK)
		}
		view, err := w.desk.Claim(t.Context(), care.System("bg-omni"), number, "en")
		if err != nil {
			t.Fatal(err)
		}
		if len(view.Thread) != 1 {
			t.Errorf("%d messages, want 1", len(view.Thread))
		}
		b.get(path).submit(path+"/messages", fill{"text": {" "}}).want(http.StatusUnprocessableEntity)
	})
	t.Run("a second claim on the device", func(t *testing.T) {
		p := b.get("/staff/intake?q=PF-REFUSE-1")
		if p.form("/staff/intake") != nil && p.form("/staff/intake").method == "post" || !strings.Contains(p.main(), number) {
			t.Errorf("the open claim should be shown instead of a form: %s", p.main())
		}
	})
	t.Run("another retailer's claim is not there", func(t *testing.T) {
		other := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
		view, err := w.desk.Claim(t.Context(), care.System("bg-omni"), number, "en")
		if err != nil {
			t.Fatal(err)
		}
		id := view.Claim.ID
		other.get("/staff/claims/" + id).want(http.StatusNotFound)
		other.get("/staff/claims/" + id + "/recheck").want(http.StatusNotFound)
		other.post("/staff/claims/"+id+"/do/add_note", url.Values{"text": {"x"}}).want(http.StatusNotFound)
		other.post("/staff/claims/"+id+"/messages", url.Values{"text": {"x"}}).want(http.StatusNotFound)
		other.post("/staff/claims/"+id+"/tracking", nil).want(http.StatusNotFound)
		other.get("/staff/units/" + view.Claim.Unit.ID).want(http.StatusNotFound)
		other.get("/staff/requests/" + view.Claim.Request).want(http.StatusNotFound)
	})
	t.Run("a role that may not", func(t *testing.T) {
		clerk := w.signedIn(t, w.user(t, "bg-omni", care.Clerk, ""), staffPassword)
		p := clerk.get(path).want(http.StatusOK)
		if p.action(number, care.CmdDiagnose) != nil {
			t.Error("a clerk is offered the diagnosis")
		}
		clerk.post(path+"/do/diagnose", url.Values{"diagnosis.confirmed": {"true"}, "diagnosis.kind": {"hardware"}}).want(http.StatusForbidden)
		for _, page := range []string{"/staff/people", "/staff/audit"} {
			clerk.get(page).want(http.StatusForbidden)
		}
	})
	t.Run("a partner sees its centre's claims only", func(t *testing.T) {
		partner := w.signedIn(t, w.user(t, "bg-omni", care.Partner, "asus-sofia"), staffPassword)
		partner.get(path).want(http.StatusNotFound)
		p := b.get(path)
		f := p.action(number, care.CmdRoute)
		if f == nil {
			t.Fatalf("the claim can't be routed: %s", p.main())
		}
		p.submit(f.action, fill{"centre": {"asus-sofia"}}).want(http.StatusOK)
		seen := partner.get(path).want(http.StatusOK)
		if !strings.Contains(partner.get("/staff/work").main(), number) {
			t.Error("the list lacks the claim")
		}
		if seen.form(path+"/messages") != nil || seen.form(path+"/tracking") != nil {
			t.Error("a partner is offered to write to the customer")
		}
	})
}
