package policy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/talon-care/talon/calendar"
)

// shippedConditions are the conditions of every shipped pack, and some that
// use the rest of the language.
func shippedConditions(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../packs/*/policy*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no packs: %v", err)
	}
	sources := []string{
		`services.filter(s, s.kind == "hardware" && s.outcome == "repaired").size() >= 2 || unit.brand == "lenovo"`,
		`services.exists(s, s.centre == "own") ? diagnosis.kind == "software" : diagnosis.kind != "hardware"`,
		`diagnosis.findings.all(f, f.cause in ["material", "workmanship"]) && !("receipt" in documents)`,
		`size(documents) > 1 && size(services) + 1 < 4 && demanded <= due(sale.delivered, "P14D")`,
		`history.repairs - 1 > 0 || unit.lock_active != unit.reported_stolen`,
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pack, err := ParsePack(file, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range pack.Clauses() {
			sources = append(sources, c.When.Source)
		}
		for i := range pack.Exclusions {
			sources = append(sources, pack.Exclusions[i].Unless.Source)
		}
		for i := range pack.Remedies {
			for _, o := range pack.Remedies[i].Offers {
				sources = append(sources, o.When.Source, o.Possible.Source)
			}
		}
	}
	slices.Sort(sources)
	return slices.DeleteFunc(slices.Compact(sources), func(s string) bool { return s == "" || strings.Contains(s, "sure(") })
}

// TestConditionsAgreeWithCEL holds our closures to cel-go's own interpreter
// with partial evaluation, over random facts of which some are unknown.
func TestConditionsAgreeWithCEL(t *testing.T) {
	days, err := calendar.For("BG")
	if err != nil {
		t.Fatal(err)
	}
	c, err := newConditions([]string{"right_to_repair"}, days)
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{Pack: &Pack{}, zone: time.UTC, days: days, index: c.index, bits: newCommonBits(c.index), words: newWordIndex(), enabled: []bool{true}}
	random := rand.New(rand.NewPCG(1, 2))
	answers := map[tri]int{}
	for _, source := range shippedConditions(t) {
		var faults Faults
		ours := c.compile(Condition{Source: source}, &faults)
		if err := faults.err(); err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		ast, _ := c.env.Compile(source)
		theirs, err := c.env.Program(ast, cel.EvalOptions(cel.OptPartialEval))
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			f := randomFacts(random)
			var v view
			v.reset(f, p)
			v.finding = &Finding{Code: "liquid", Part: pick(random, "parts"), Cause: pick(random, "causes")}
			activation, patterns := c.activation(&v)
			vars, err := cel.PartialVars(activation, patterns...)
			if err != nil {
				t.Fatal(err)
			}
			got := ours(&v)
			out, _, err := theirs.Eval(vars)
			if err != nil && out == nil {
				t.Fatalf("%s: cel-go: %v", source, err)
			}
			if want := triOfCEL(out); got != want {
				t.Fatalf("%s\nours %d, cel-go %d (%v)\nfacts %+v", source, got, want, out, *f)
			}
			if got == unknown && v.unknown == 0 && !strings.Contains(source, "cover.") {
				t.Fatalf("%s: unknown, but no fact is named", source)
			}
			answers[got]++
		}
	}
	for _, a := range []tri{no, yes, unknown} {
		if answers[a] < 1000 {
			t.Errorf("the answer %d came up only %d times: the facts are not varied enough", a, answers[a])
		}
	}
}

func triOfCEL(v ref.Val) tri {
	switch v := v.(type) {
	case types.Bool:
		return triOf(bool(v))
	default:
		return unknown
	}
}

// activation builds cel-go's variables from the same view, unknown facts as
// unknown attributes.
func (c *conditions) activation(v *view) (map[string]any, []*cel.AttributePatternType) {
	vars := map[string]any{"switch": map[string]any{"right_to_repair": true}}
	var patterns []*cel.AttributePatternType
	date := func(n int64) time.Time { return calendar.FromDays(int32(n)).Start(time.UTC) }
	for _, f := range c.index.facts {
		var value any
		switch {
		case f.truth != nil:
			if b := f.truth(v); b != unknown {
				value = b == yes
			}
		case f.text != nil:
			if s, known := f.text(v); known {
				value = s
			}
		case f.number != nil:
			if n, known := f.number(v); known && f.kind == kindDate {
				value = date(n)
			} else if known {
				value = n
			}
		default:
			continue
		}
		root, field, nested := strings.Cut(f.path, ".")
		if !nested {
			vars[root] = value
			continue
		}
		if vars[root] == nil {
			vars[root] = map[string]any{}
		}
		if value == nil {
			patterns = append(patterns, cel.AttributePattern(root).QualString(field))
		} else {
			vars[root].(map[string]any)[field] = value
		}
	}
	lists(v, vars, &patterns)
	return vars, patterns
}

func lists(v *view, vars map[string]any, patterns *[]*cel.AttributePatternType) {
	if v.facts.Documents == nil {
		*patterns = append(*patterns, cel.AttributePattern("documents"))
	}
	vars["documents"] = v.facts.Documents
	var services, findings []any
	for i := range v.facts.Services {
		item := map[string]any{}
		for name, field := range serviceFields {
			item[name] = field.get(&v.facts.Services[i])
		}
		services = append(services, item)
	}
	for i := range v.facts.Diagnosis.Findings {
		item := map[string]any{}
		for name, field := range findingFields {
			item[name] = field.get(&v.facts.Diagnosis.Findings[i])
		}
		findings = append(findings, item)
	}
	vars["services"] = services
	if v.facts.Services == nil {
		*patterns = append(*patterns, cel.AttributePattern("services"))
	}
	vars["diagnosis"].(map[string]any)["findings"] = findings
	if v.facts.Diagnosis.Findings == nil {
		*patterns = append(*patterns, cel.AttributePattern("diagnosis").QualString("findings"))
	}
	finding := map[string]any{}
	for name, field := range findingFields {
		if s := field.get(v.finding); s != "" {
			finding[name] = s
		} else {
			*patterns = append(*patterns, cel.AttributePattern("finding").QualString(name))
		}
	}
	vars["finding"] = finding
}

// pick gives a word of a vocabulary, or nothing.
func pick(r *rand.Rand, name string) string {
	words := vocabulary[name]
	if r.IntN(4) == 0 {
		return ""
	}
	return words[r.IntN(len(words))]
}

func pickSome(r *rand.Rand, name string) string {
	for {
		if s := pick(r, name); s != "" {
			return s
		}
	}
}

func maybe(r *rand.Rand) *bool {
	b := r.IntN(2) == 0
	if r.IntN(3) == 0 {
		return nil
	}
	return &b
}

func randomDate(r *rand.Rand) calendar.Date {
	return calendar.MustDate("2020-06-01").AddDays(r.IntN(2400))
}

// randomFacts are facts of which about a third are not known.
func randomFacts(r *rand.Rand) *Facts {
	f := &Facts{Pack: "x", At: randomDate(r).Start(time.UTC).Add(9 * time.Hour)}
	f.Request = RequestFacts{Kind: pick(r, "request_kinds"), Basis: pick(r, "chosen_bases"), Channel: pick(r, "channels")}
	f.Unit = UnitFacts{Category: pick(r, "categories"), Brand: []string{"", "Lenovo", "xiaomi", "vitosha"}[r.IntN(4)], IMEIOnReceipt: maybe(r), CardInKit: maybe(r),
		PersonalUse: maybe(r), ReportedStolen: maybe(r), LockActive: maybe(r), OwnerProven: maybe(r), OriginalPackaging: maybe(r), DigitalElements: maybe(r)}
	if r.IntN(4) > 0 {
		f.Sale.Date = randomDate(r)
	}
	if r.IntN(8) == 0 {
		f.Sale.Rescinded = randomDate(r)
	}
	f.Sale.Channel, f.Warranty.Issuer = pick(r, "sale_channels"), pick(r, "issuers")
	if months := r.IntN(4) * 12; r.IntN(4) > 0 {
		f.Warranty.Months = &months
	}
	if r.IntN(2) == 0 {
		f.Certificate.Number = "C-1"
	}
	if r.IntN(4) > 0 {
		f.Documents = []string{}
		for _, d := range vocabulary["documents"] {
			if r.IntN(2) == 0 {
				f.Documents = append(f.Documents, d)
			}
		}
	}
	f.Diagnosis = DiagnosisFacts{Confirmed: maybe(r), Kind: pick(r, "diagnosis_kinds"), FailedPart: pick(r, "parts"), Insignificant: maybe(r)}
	if r.IntN(4) > 0 {
		f.Diagnosis.Findings = []Finding{}
		for range r.IntN(3) {
			f.Diagnosis.Findings = append(f.Diagnosis.Findings, Finding{pickSome(r, "findings"), pickSome(r, "parts"), pickSome(r, "causes")})
		}
	}
	if r.IntN(4) > 0 {
		f.Services = []Service{}
		for range r.IntN(5) {
			accepted := randomDate(r)
			f.Services = append(f.Services, Service{Demanded: Day(accepted.AddDays(-r.IntN(3))), Accepted: Day(accepted), Released: Day(accepted.AddDays(r.IntN(30))),
				Kind: pickSome(r, "service_kinds"), Outcome: pickSome(r, "outcomes"), Centre: pickSome(r, "centre_kinds"), Basis: pickSome(r, "bases"), Defect: "D"})
		}
	}
	f.Market.SameModel, f.Remedy.RepairPossible = maybe(r), maybe(r)
	return f
}

func shippedLibrary(t testing.TB) *Library {
	t.Helper()
	lib, err := Load(os.DirFS("../packs"))
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// TestAFinalVerdictStaysFinal: a verdict that is given although some facts are
// unknown must not change when they become known, whatever they are.
func TestAFinalVerdictStaysFinal(t *testing.T) {
	lib := shippedLibrary(t)
	random := rand.New(rand.NewPCG(3, 4))
	finals := 0
	for range 4000 {
		id := lib.Retailers()[random.IntN(3)]
		p, err := lib.Program(id, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		f := randomFacts(random)
		if f.Services == nil {
			f.Services = []Service{}
		}
		if f.Sale.Date.IsZero() {
			f.Sale.Date = randomDate(random) // a refusal stands whatever the term is
		}
		if f.Warranty.Months == nil {
			months := 24
			f.Warranty.Months = &months
		}
		before, after := p.NewDecider(), p.NewDecider()
		if err := before.Run(f); err != nil {
			t.Fatal(err)
		}
		filled := fillUnknown(random, *f)
		if err := after.Run(&filled); err != nil {
			t.Fatal(err)
		}
		for _, basis := range basisOrder {
			was, is := before.Verdict(basis), after.Verdict(basis)
			if was == "" || was == NeedsFacts || was == NeedsDocuments {
				continue
			}
			if was == VerdictPaid && is == Refused {
				continue // what is paid for is not free either
			}
			finals++
			if was != is {
				t.Fatalf("%s %s: %s became %s\nbefore %s\nafter  %s", id, basis, was, is, canonical(t, f), canonical(t, &filled))
			}
		}
	}
	if finals < 2000 {
		t.Errorf("only %d final verdicts came up", finals)
	}
}

func canonical(t *testing.T, f *Facts) string {
	t.Helper()
	b, err := f.CanonicalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fillUnknown makes every unknown fact known; facts with a stated default, and
// those that a lenient clause reads, keep their default.
func fillUnknown(r *rand.Rand, f Facts) Facts {
	sure := func(b **bool) {
		for *b == nil {
			*b = maybe(r)
		}
	}
	text := func(s *string, name string) {
		if *s == "" {
			*s = pickSome(r, name)
		}
	}
	for _, b := range []**bool{&f.Unit.IMEIOnReceipt, &f.Unit.CardInKit, &f.Unit.OwnerProven, &f.Unit.DigitalElements, &f.Diagnosis.Confirmed,
		&f.Market.SameModel, &f.Remedy.RepairPossible} {
		sure(b)
	}
	text(&f.Request.Channel, "channels")
	text(&f.Unit.Category, "categories")
	text(&f.Sale.Channel, "sale_channels")
	text(&f.Warranty.Issuer, "issuers")
	text(&f.Diagnosis.Kind, "diagnosis_kinds")
	if f.Unit.Brand == "" {
		f.Unit.Brand = "xiaomi" // what the one lenient clause about brands presumes
	}
	if f.Sale.Date.IsZero() {
		f.Sale.Date = randomDate(r)
	}
	if f.Warranty.Months == nil {
		months := 12 + 12*r.IntN(3)
		f.Warranty.Months = &months
	}
	if f.Documents == nil {
		f.Documents = []string{"receipt"}
	}
	if f.Diagnosis.Findings == nil {
		f.Diagnosis.Findings = []Finding{{pickSome(r, "findings"), pickSome(r, "parts"), pickSome(r, "causes")}}
	}
	if _, known := (&view{facts: &f}).failedPart(); !known {
		f.Diagnosis.FailedPart = pickSome(r, "parts")
	}
	return f
}

func ExampleFaults() {
	_, err := ParseFacts("facts.yaml", []byte("pack: bg-omni\nat: 2026-03-10\nunit: {categry: laptop}\n"))
	fmt.Println(err)
	// Output:
	// facts.yaml:2:5: at: expected an instant with its offset such as 2026-03-01T10:00:00+02:00, found "2026-03-10"
	// facts.yaml:3:8: unit: unknown key "categry"; did you mean "category"? Expected one of: category, brand, model, serial, imei, imei_on_receipt, card_in_kit, personal_use, reported_stolen, lock_active, owner_proven, original_packaging, digital_elements
}
