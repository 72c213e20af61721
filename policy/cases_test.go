package policy_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/policy"
)

const caseBase = `bases:
  laptop:
    pack: bg-omni
    at: "2026-03-10T12:00:00+02:00"
    request: {kind: warranty_service, channel: counter}
    unit: {category: laptop, brand: lenovo, imei_on_receipt: false, card_in_kit: true, digital_elements: false}
    sale: {date: 2025-01-31, delivered: 2025-02-02, channel: store, price: {amount: "1000.00", currency: EUR}}
    warranty: {months: 24, issuer: manufacturer}
    documents: [invoice, warranty_card, return_request]
    diagnosis: {confirmed: true, kind: hardware, findings: []}
    services: []
    market: {same_model: true}
    remedy: {repair_possible: true}
cases:
  - name: a laptop in its warranty
    base: laptop
`

// runOne runs one case against the shipped packs and gives what came out
// otherwise.
func runOne(t *testing.T, rest string) []string {
	t.Helper()
	lib := shipped(t)
	cases, err := policy.ParseCases("cases.yaml", []byte(caseBase+rest))
	if err != nil {
		t.Fatal(err)
	}
	f := cases[0].Facts()
	p, err := lib.Program(f.Pack, f.Sale.Date)
	if err != nil {
		t.Fatal(err)
	}
	return cases[0].Run(p)
}

func shipped(t testing.TB) *policy.Library {
	t.Helper()
	lib, err := policy.Load(os.DirFS("../packs"))
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestARightExpectationHolds(t *testing.T) {
	got := runOne(t, `    bites: [warranty-from-sale]
    spares: [liquid-portable]
    expect:
      warranty: {verdict: covered, in_force: true, from: 2025-01-31, last_day: 2027-01-31, until: 2027-02-01, provisional: true, prolonged_days: 0, requirement: B4, first_remedy: repair}
      certificate: {absent: true}
      recommended: warranty
`)
	if len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

// TestEveryExpectationCanFail gives each key of an expectation a wrong value:
// one that is not looked at would hold nothing.
func TestEveryExpectationCanFail(t *testing.T) {
	for want, rest := range map[string]string{
		"the clause liquid-portable does not bite; these do: ": "    bites: [liquid-portable]",
		"the clause warranty-from-sale bites":                  "    spares: [warranty-from-sale]",
		"warranty verdict: got covered, want refused":          "    expect: {warranty: {verdict: refused}}",
		"warranty in_force: got true, want false":              "    expect: {warranty: {in_force: false}}",
		"warranty from: got 2025-01-31, want 2025-02-02":       "    expect: {warranty: {from: 2025-02-02}}",
		"warranty last_day: got 2027-01-31, want 2027-02-01":   "    expect: {warranty: {last_day: 2027-02-01}}",
		"warranty until: got 2027-02-01, want 2027-01-31":      "    expect: {warranty: {until: 2027-01-31}}",
		"warranty prolonged_days: got 0, want 3":               "    expect: {warranty: {prolonged_days: 3}}",
		"warranty provisional: got true, want false":           "    expect: {warranty: {provisional: false}}",
		"warranty requirement: no clause of A1":                "    expect: {warranty: {requirement: A1}}",
		"warranty remedies: got [":                             "    expect: {warranty: {remedies: [refund]}}",
		"warranty first_remedy: got repair, want refund":       "    expect: {warranty: {first_remedy: refund}}",
		"warranty chooser: got retailer, want customer":        "    expect: {warranty: {chooser: customer}}",
		"warranty amount: got none, want 1.00 EUR":             "    expect: {warranty: {amount: 1.00 EUR}}",
		"warranty amount of refund: got ":                      "    expect: {warranty: {amounts: {refund: 1.00 EUR}}}",
		"statute deadline remedy: got 2026-04-14, want 2026-":  "    expect: {statute: {deadline: {remedy: 2026-04-10}}}",
		"statute deadline remedy: got 2026-04-14, want \x00":   "    expect: {statute: {no_deadline: remedy}}",
		"warranty penalty of repair: got none, want 1.00 EUR":  "    expect: {warranty: {penalty: {repair: 1.00 EUR}}}",
		"warranty breach of repair: got [], want [penalty]":    "    expect: {warranty: {breach: {repair: [penalty]}}}",
		"warranty asks: sale.date is not among []":             "    expect: {warranty: {asks: sale.date}}",
		"warranty asks first: got [], want sale.date":          "    expect: {warranty: {asks_first: sale.date}}",
		"statute absent: got false, want true":                 "    expect: {statute: {absent: true}}",
		"certificate absent: got true, want false":             "    expect: {certificate: {verdict: covered}}",
		"recommended: got warranty, want paid":                 "    expect: {recommended: paid}",
		"route: got [":                                         "    expect: {route: [nowhere]}",
		"acknowledge: got [":                                   "    expect: {acknowledge: [nothing]}",
		"contact nobody is not there":                          "    expect: {contacts: [nobody]}",
		"answer_until: got ":                                   "    expect: {answer_until: 2020-01-01}",
		"support absent: got ":                                 "    expect: {support: {absent: false}}",
	} {
		t.Run(strings.TrimSpace(rest), func(t *testing.T) {
			want := strings.TrimSuffix(want, "\x00")
			got := runOne(t, rest+"\n")
			if !slices.ContainsFunc(got, func(m string) bool { return strings.HasPrefix(m, want) }) {
				t.Errorf("got %v, want %s", got, want)
			}
		})
	}
}

func TestSupportCanBeExpected(t *testing.T) {
	const support = `cases:
  - name: phone support
    set: {pack: ru-xiaomi, at: "2026-03-10T12:00:00+03:00", sale: {date: 2026-01-10}, warranty: {months: 12}}
    expect: {support: {last_day: 2020-01-01, in_force: false}}
`
	cases, err := policy.ParseCases("cases.yaml", []byte(support))
	if err != nil {
		t.Fatal(err)
	}
	f := cases[0].Facts()
	p, err := shipped(t).Program(f.Pack, f.Sale.Date)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(cases[0].Run(p), "; ")
	for _, want := range []string{"support in_force: got true, want false", "support last_day: got 2026-", "want 2020-01-01"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestACaseNeverAsks(t *testing.T) {
	got := runOne(t, "    set: {documents: null, sale: {date: null}}\n    expect: {warranty: {never_asks: [sale.date, unit.category], asks_first: nothing}}\n")
	if diff := cmp.Diff([]string{"warranty asks sale.date"}, slices.DeleteFunc(slices.Clone(got), func(m string) bool { return strings.HasPrefix(m, "warranty asks first") })); diff != "" {
		t.Error(diff)
	}
	if len(got) != 2 {
		t.Errorf("got %v", got)
	}
}

// TestSetLaysOverTheBase: maps merge, null removes, lists replace, and the
// base stays as it was for the next case.
func TestSetLaysOverTheBase(t *testing.T) {
	cases, err := policy.ParseCases("cases.yaml", []byte(caseBase+`    set:
      unit: {brand: asus, digital_elements: null, imei: null}
      documents: [receipt]
      market: null
      warranty: {months: 36}
  - name: the base again
    base: laptop
  - name: only set
    set: {pack: bg-omni, at: "2026-03-10T12:00:00+02:00"}
`))
	if err != nil {
		t.Fatal(err)
	}
	f := cases[0].Facts()
	got := []any{f.Unit.Brand, f.Unit.Category, f.Unit.DigitalElements == nil, f.Documents, f.Market.SameModel == nil, *f.Warranty.Months, f.Warranty.Issuer}
	if diff := cmp.Diff([]any{"asus", "laptop", true, []string{"receipt"}, true, 36, "manufacturer"}, got); diff != "" {
		t.Errorf("laid over:\n%s", diff)
	}
	f = cases[1].Facts()
	got = []any{f.Unit.Brand, *f.Unit.DigitalElements, f.Documents, *f.Market.SameModel, *f.Warranty.Months}
	if diff := cmp.Diff([]any{"lenovo", false, []string{"invoice", "warranty_card", "return_request"}, true, 24}, got); diff != "" {
		t.Errorf("the base changed:\n%s", diff)
	}
	if f = cases[2].Facts(); f.Unit.Category != "" || f.Pack != "bg-omni" {
		t.Errorf("without a base: %+v", f)
	}
}

func TestCoverageNamesWhatIsMissing(t *testing.T) {
	lib, err := policy.Load(folder(t, map[string]string{"demo/policy.yaml": changed(t, "requirement: B11", "requirement: B99")}))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := policy.ParseRows("rows.yaml", []byte("rows:\n  - {id: B4, pack: demo, text: the term}\n  - {id: B13, pack: demo, text: liquid}\n  - {id: B12, pack: demo, text: nobody holds it}\n"))
	if err != nil {
		t.Fatal(err)
	}
	files := folder(t, map[string]string{"demo/cases/a.yaml": "cases:\n  - name: one\n    bites: [term]\n    spares: [liquid, often]\n" +
		"    set: {pack: demo, at: \"2026-03-10T12:00:00+02:00\", sale: {date: 2026-01-01}, warranty: {months: 12}, services: []}\n"})
	results, err := lib.RunCases(files, "")
	if err != nil || len(results[0].Mismatches) > 0 {
		t.Fatalf("%v, %v", results, err)
	}
	c := lib.Cover(rows, results)
	want := &policy.Coverage{
		Rows:      []policy.RowCoverage{{Row: rows[0], Clauses: []string{"term"}}, {Row: rows[1], Clauses: []string{"liquid"}}, {Row: rows[2], Clauses: []string{}}},
		EmptyRows: []string{"B12 (demo)"}, Unbitten: []string{"demo/liquid", "demo/often"}, Unspared: []string{"demo/term"},
		UnknownRows: []string{"demo/often (B99)"}, Clauses: 3, Cases: 1, Failed: []string{},
		Tried: []policy.ClauseTried{{Pack: "demo", Clause: "term", Bites: 1}, {Pack: "demo", Clause: "liquid", Spares: 1}, {Pack: "demo", Clause: "often", Spares: 1}},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if c.Complete() {
		t.Error("the coverage calls itself complete")
	}
	if !(&policy.Coverage{}).Complete() {
		t.Error("a coverage that lacks nothing is not complete")
	}
	if other, err := lib.RunCases(files, "nobody"); err != nil || len(other) != 0 {
		t.Errorf("of another pack: %v, %v", other, err)
	}
	if _, err := policy.ParseRows("rows.yaml", []byte("rows:\n  - {id: B4, text: the term}\n")); err == nil || !strings.Contains(err.Error(), `rows.yaml:2:5: rows[0]: the key "pack" is missing`) {
		t.Errorf("a row without a pack: %v", err)
	}
	if _, err := policy.ParseRows("rows.yaml", nil); err == nil {
		t.Error("an empty list of rows")
	}
}
