package policy

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

func decisionBytes(t testing.TB, d Decision) string {
	t.Helper()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestReusedMemoryGivesTheSameBytes: a decider that has decided thousands of
// other claims answers as a fresh one does, and the program can be shared.
func TestReusedMemoryGivesTheSameBytes(t *testing.T) {
	lib := shippedLibrary(t)
	for _, id := range lib.Retailers() {
		p, err := lib.Program(id, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(5, 6))
		facts := make([]*Facts, 1500)
		want := make([]string, len(facts))
		for i := range facts {
			facts[i] = randomFacts(random)
			d, err := p.Decide(facts[i], p.Pack.Languages[0])
			if err != nil {
				t.Fatal(err)
			}
			want[i] = decisionBytes(t, d)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				d := p.NewDecider()
				for i, f := range facts {
					if err := d.Run(f); err != nil {
						t.Error(err)
						return
					}
					if got := decisionBytes(t, d.Decision(p.Pack.Languages[0])); got != want[i] {
						t.Errorf("%s, claim %d:\n%s", id, i, cmp.Diff(want[i], got))
						return
					}
				}
			})
		}
		group.Wait()
	}
}

func TestADecisionDoesNotAllocate(t *testing.T) {
	lib := shippedLibrary(t)
	random := rand.New(rand.NewPCG(7, 8))
	for _, id := range lib.Retailers() {
		p, err := lib.Program(id, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		d := p.NewDecider()
		facts := make([]*Facts, 200)
		for i := range facts {
			facts[i] = randomFacts(random)
		}
		all := func() {
			for _, f := range facts {
				if err := d.Run(f); err != nil {
					t.Fatal(err)
				}
			}
		}
		all() // the lists grow to the length they need
		// A brand written with a capital, in a quarter of the facts, is folded.
		if n := testing.AllocsPerRun(5, all) / float64(len(facts)); n > 0.5 {
			t.Errorf("%s: %v allocations a decision", id, n)
		}
	}
}

// TestEveryTextIsThere: whatever the facts, no text of a decision is empty or
// still holds a placeholder or the name of a missing word.
func TestEveryTextIsThere(t *testing.T) {
	lib := shippedLibrary(t)
	random := rand.New(rand.NewPCG(9, 10))
	texts := 0
	for range 600 {
		id := lib.Retailers()[random.IntN(3)]
		p, err := lib.Program(id, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		f := randomFacts(random)
		for _, lang := range p.Pack.Languages {
			d, err := p.Decide(f, lang)
			if err != nil {
				t.Fatal(err)
			}
			each := func(what, text string) {
				texts++
				if strings.TrimSpace(text) == "" || strings.ContainsAny(text, "{}") || strings.Contains(text, "questions.") || strings.Contains(text, "why.") {
					t.Fatalf("%s in %s: %s is %q\n%s", id, lang, what, text, canonical(t, f))
				}
			}
			each("the reason", d.Recommended.Why)
			for _, b := range d.Bases {
				for _, c := range b.Clauses {
					each("clause "+c.ID, c.Text)
				}
				for _, n := range b.Needs {
					each("question "+n.Fact+n.Document, n.Question)
				}
			}
			for _, n := range d.Notices {
				each("notice "+n.ID, n.Text)
			}
			for _, r := range d.Route {
				each("centre "+r.Centre, r.Name)
				each("reason of "+r.Centre, r.Why)
			}
			for _, c := range d.Contacts {
				each("contact "+c.ID, c.Label)
			}
		}
	}
	if texts < 20_000 {
		t.Errorf("only %d texts were read", texts)
	}
}

func TestLanguageFallsBackToTheFirst(t *testing.T) {
	lib := shippedLibrary(t)
	p, err := lib.Program("ru-omsk", calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]string{"ru": "ru", "bg": "bg", "en": "en", "de": p.Pack.Languages[0], "": p.Pack.Languages[0]} {
		if got := p.Language(asked); got != want {
			t.Errorf("%q: %s, want %s", asked, got, want)
		}
	}
	if zone := p.Zone().String(); zone != "Asia/Omsk" {
		t.Errorf("the shops are in %s", zone)
	}
	if p.Lexicon() != lib.Lexicon() {
		t.Error("the program has other words than its library")
	}
}

func TestTextFallsBack(t *testing.T) {
	text := Text{"bg": "Здравей", "en": "Hello"}
	for _, c := range []struct {
		lang     string
		fallback []string
		want     string
	}{{"bg", nil, "Здравей"}, {"ru", []string{"ru", "en"}, "Hello"}, {"ru", []string{"de"}, ""}, {"ru", nil, ""}} {
		if got := text.In(c.lang, c.fallback...); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.lang, c.fallback, got, c.want)
		}
	}
}

// TestReasonsShowFacts holds the form in which a clause's facts are shown.
func TestReasonsShowFacts(t *testing.T) {
	p, err := shippedLibrary(t).Program("bg-omni", calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := ParseFacts("f", []byte(`{pack: bg-omni, at: "2026-03-10T12:00:00+02:00", unit: {category: laptop, brand: Lenovo, lock_active: true}, sale: {date: 2025-01-31},
  warranty: {months: 24}, documents: [receipt, invoice], diagnosis: {kind: hardware, findings: [{code: liquid}]}, services: []}`))
	if err != nil {
		t.Fatal(err)
	}
	d := p.NewDecider()
	if err := d.Run(f); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"documents": "[receipt, invoice]", "services": "0", "diagnosis.findings": "1", "unit.lock_active": "true",
		"unit.brand": "lenovo", "warranty.months": "24", "sale.date": "2025-01-31", "sale.delivered": "2025-01-31", "today": "2026-03-10",
		"history.repairs": "0", "cover.warranty_last": "2027-01-31"} {
		if got, known := d.show(path); !known || got != want {
			t.Errorf("%s = %q, %v; want %q", path, got, known, want)
		}
	}
	for _, path := range []string{"market.same_model", "unit.model", "certificate.sold", "sale.rescinded", "history.open_overdue_from"} {
		if got, known := d.show(path); known {
			t.Errorf("%s is shown as %q", path, got)
		}
	}
	decision := d.Decision("en")
	clauses := decision.Basis(Warranty).Clauses
	want := []string{"diagnosis.findings[0] = {code: liquid, part: ?, cause: ?}", "unit.category = laptop"}
	if diff := cmp.Diff(want, clauses[0].Facts); diff != "" {
		t.Errorf("%s:\n%s", clauses[0].ID, diff)
	}
}

func TestVerdictOfAnAbsentBasis(t *testing.T) {
	p, err := shippedLibrary(t).Program("bg-omni", calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	d := p.NewDecider()
	if err := d.Run(&Facts{At: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	if got := d.Verdict(Certificate); got != "" {
		t.Errorf("a certificate nobody bought is %s", got)
	}
	if err := d.Run(&Facts{}); err != ErrNoInstant {
		t.Errorf("without an instant: %v", err)
	}
	if _, err := p.Decide(&Facts{}, "bg"); err != ErrNoInstant {
		t.Errorf("without an instant: %v", err)
	}
}

func TestAmountText(t *testing.T) {
	if got := AmountText(money.Amount{Minor: -15000, Currency: "EUR"}); got != "-150.00 EUR" {
		t.Errorf("got %s", got)
	}
}

func TestMomentsKeepTheirForm(t *testing.T) {
	for text, day := range map[string]string{"2026-03-01": "2026-03-01", "2025-06-29T22:30:00+03:00": "2025-06-30", "": ""} {
		var m Moment
		if err := m.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		omsk := time.FixedZone("", 6*60*60)
		if got := m.In(omsk).String(); got != day || m.IsZero() != (text == "") {
			t.Errorf("%q is the day %q in Omsk, want %q", text, got, day)
		}
		if back, err := m.MarshalText(); err != nil || string(back) != text {
			t.Errorf("%q is written as %q, %v", text, back, err)
		}
	}
	for _, text := range []string{"yesterday", "2026-02-30", "2026-03-01T10:00", "01.03.2026"} {
		if err := new(Moment).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for a moment", text)
		}
	}
}

func TestWordsAreACopy(t *testing.T) {
	words := Words("causes")
	words[0] = "changed"
	if Words("causes")[0] != "external" || Words("nothing") != nil {
		t.Errorf("got %v, %v", Words("causes"), Words("nothing"))
	}
	names := FactNames()
	for _, name := range []string{"sale.date", "unit.category", "history.repairs", "cover.warranty_last", "known.serial", "today"} {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") {
			t.Errorf("%s is not among the facts", name)
		}
	}
}

func TestNoFaultIsNoError(t *testing.T) {
	if err := (Faults{}).err(); err != nil {
		t.Errorf("got %v", err)
	}
	var many Faults
	for i := range 150 {
		many.add(Pos{"f", 150 - i, 1}, "fault %d", i)
	}
	if len(many) != maxFaults {
		t.Errorf("%d faults are kept", len(many))
	}
	if first, _, _ := strings.Cut(many.err().Error(), "\n"); first != "f:51:1: fault 99" {
		t.Errorf("the first is %s", first)
	}
}
