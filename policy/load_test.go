package policy_test

import (
	"os"
	"strings"
	"testing"

	"github.com/talon-care/talon/policy"
)

const smallPack = `pack: demo
kind: retailer
name: {en: Demo}
version: "1"
valid_from: 2020-01-01
jurisdiction: BG
zone: Europe/Sofia
currency: EUR
languages: [en]
covers:
  - id: term
    requirement: B4
    source: terms
    basis: [warranty]
    starts: sale.date
    lasts: warranty.months
    text: {en: The term.}
exclusions:
  - id: liquid
    requirement: B13
    source: terms
    categories: [laptop]
    findings: [liquid]
    text: {en: No liquid.}
limits:
  - id: often
    requirement: B11
    source: terms
    when: history.repairs >= 3
    opens: [{remedy: refund, chooser: customer, amount: price}]
    text: {en: Three repairs.}
`

func compileText(t testing.TB, text string) error {
	t.Helper()
	words, err := os.ReadFile("../packs/words.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lexicon, err := policy.ParseLexicon("words.yaml", words)
	if err != nil {
		t.Fatal(err)
	}
	pack, err := policy.ParsePack("demo.yaml", []byte(text))
	if err != nil {
		return err
	}
	_, err = policy.Compile(pack, nil, nil, lexicon)
	return err
}

func TestSmallPackCompiles(t *testing.T) {
	if err := compileText(t, smallPack); err != nil {
		t.Fatal(err)
	}
}

func TestPackFaultsNameThePlace(t *testing.T) {
	for name, tc := range map[string]struct{ old, new, want string }{
		"misspelt key":           {"findings: [liquid]", "finding: [liquid]", `demo.yaml:23:5: exclusions[0]: unknown key "finding"; did you mean "findings"?`},
		"misspelt fact":          {"history.repairs >= 3", "history.repiars >= 3", `demo.yaml:29:18: condition: undefined field 'repiars'; did you mean "repairs"?`},
		"unknown variable":       {"history.repairs >= 3", "histery.repairs >= 3", `demo.yaml:29:11: condition: undeclared reference to 'histery'`},
		"misspelt value":         {"history.repairs >= 3", `diagnosis.kind == "hardwere"`, `demo.yaml:29:29: condition: "hardwere" is never a value of diagnosis.kind; did you mean "hardware"?`},
		"not a condition":        {"history.repairs >= 3", "history.repairs + 3", `demo.yaml:29:11: condition: gives int; expected true or false`},
		"broken syntax":          {"history.repairs >= 3", "history.repairs >=", `demo.yaml:29:`},
		"too costly":             {"history.repairs >= 3", `services.exists(s, diagnosis.findings.exists(f, f.part == "battery" && s.basis == "warranty"))`, `demo.yaml:29:11: condition: may cost up to`},
		"unsupported macro":      {"history.repairs >= 3", `services.map(s, s.kind).size() > 1`, `condition: of the macros, exists, all and filter`},
		"missing translation":    {"text: {en: No liquid.}", "text: {}", `demo.yaml:19:5: clause liquid: text: the translation into en is missing`},
		"foreign translation":    {"text: {en: No liquid.}", "text: {en: No liquid., fr: Non}", `"fr" is not a language of this pack (en)`},
		"unknown finding code":   {"findings: [liquid]", "findings: [licuid]", `demo.yaml:23:16: exclusions[0].findings[0]: unknown value "licuid"; did you mean "liquid"?`},
		"overlapping ids":        {"- id: often", "- id: liquid", `demo.yaml:26:5: the id "liquid" stands in demo.yaml:19 already`},
		"chained to itself":      {"starts: sale.date", "starts: after:warranty", `demo.yaml:11:5: cover term: is chained to its own basis warranty`},
		"chained to nothing":     {"basis: [warranty]\n    starts: sale.date", "basis: [statute]\n    starts: after:certificate", `cover term: is chained to the basis certificate, which is not there before it`},
		"cover without basis":    {"    basis: [warranty]\n", "", `cover term: name exactly one basis`},
		"bad period":             {"lasts: warranty.months", "lasts: 12 months", `demo.yaml:11:5: cover term: lasts:`},
		"clock where days count": {"lasts: warranty.months", "lasts: PT48H", `expected a period of days or months`},
		"bad requirement":        {"requirement: B13", "requirement: thirteen", `expected a row such as B13 or RU-20.3, found "thirteen"`},
		"bad zone":               {"Europe/Sofia", "Europe/Sofya", `zone: expected an IANA time zone`},
		"bad jurisdiction":       {"jurisdiction: BG", "jurisdiction: XX", `demo.yaml:1:1: jurisdiction:`},
		"key stands twice":       {"version: \"1\"", "version: \"1\"\nversion: \"2\"", `demo.yaml:5:1: `},
		"missing key":            {"    source: terms\n    categories", "    categories", `demo.yaml:19:5: exclusions[0]: the key "source" is missing`},
		"refuses everything":     {"    categories: [laptop]\n    findings: [liquid]\n", "", `exclusion liquid: would refuse everything`},
		"opens nothing":          {"    opens: [{remedy: refund, chooser: customer, amount: price}]\n", "", `limit often: opens no remedy and gives no verdict`},
		"unknown price list":     {"    opens: [{remedy: refund, chooser: customer, amount: price}]\n", "    verdict: paid\n    price_list: network\n", `unknown price list "network"`},
		"never applies":          {"    categories: [laptop]", "    since: 2022-01-01\n    before: 2021-01-01\n    categories: [laptop]", `never applies: since 2022-01-01 is not before 2021-01-01`},
		"list where a map is":    {"text: {en: No liquid.}", "text: [no]", `exclusions[0].text: expected a map, found a list`},
		"bad date":               {"valid_from: 2020-01-01", "valid_from: 01.01.2020", `demo.yaml:5:13: valid_from: expected a date such as 2026-03-01, found "01.01.2020"`},
		"tabs":                   {"    source: terms\n    categories", "\tsource: terms\n    categories", `not YAML`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(smallPack, tc.old, tc.new, 1)
			if text == smallPack {
				t.Fatalf("%q does not stand in the pack", tc.old)
			}
			err := compileText(t, text)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got:\n%v\nwant: %s", err, tc.want)
			}
		})
	}
}

func TestFactsFaultsNameThePlace(t *testing.T) {
	const good = `{pack: bg-omni, at: 2026-03-10T12:00:00+02:00, documents: [receipt]`
	for name, tc := range map[string]struct{ text, want string }{
		"misspelt key":     {good + `, unit: {categry: laptop}}`, `f.yaml:1:77: unit: unknown key "categry"; did you mean "category"?`},
		"unknown category": {good + `, unit: {category: notebook}}`, `unit.category: unknown value "notebook"`},
		"yes is not true":  {good + `, unit: {lock_active: yes}}`, `unit.lock_active: expected true or false, found "yes"`},
		"no instant":       {`{pack: bg-omni}`, `at: the instant of the decision is missing`},
		"no offset":        {`{pack: bg-omni, at: 2026-03-10T12:00:00}`, `at: expected an instant with its offset`},
		"no pack":          {`{at: 2026-03-10T12:00:00+02:00}`, `pack: the key is missing`},
		"impossible date":  {good + `, sale: {date: 2026-02-30}}`, `sale.date: expected a date such as 2026-03-01, found "2026-02-30"`},
		"price as number":  {good + `, sale: {price: 100}}`, `sale.price: expected a map of keys, found "100"`},
		"half a cent":      {good + `, sale: {price: {amount: "1.005", currency: EUR}}}`, `sale.price: `},
		"no currency":      {good + `, sale: {price: {amount: "1.00"}}}`, `sale.price: the key "currency" is missing`},
		"negative months":  {good + `, warranty: {months: -3}}`, `warranty.months: expected a whole number from 0 to 100000, found "-3"`},
		"empty list item":  {good + `, services: [~]}`, `services[0]: a list item is empty`},
		"price below zero": {good + `, sale: {price: {amount: "-1.00", currency: EUR}}}`, `f.yaml:1:84: sale.price: expected a price of zero or more, found -1.00`},
		"long value":       {`{pack: bg-omni, at: 2026-03-10T12:00:00+02:00, documents: [` + strings.Repeat("x", 100) + `]}`, `unknown value "` + strings.Repeat("x", 60) + `…"`},
		"no service dates": {good + `, services: [{kind: hardware}]}`, `f.yaml:1:81: services[0]: demanded or accepted is missing`},
		"released before":  {good + `, services: [{accepted: 2026-03-01, released: 2026-02-01}]}`, `f.yaml:1:81: services[0]: released before it was demanded or accepted`},
		"rescinded before": {good + `, sale: {date: 2026-01-02, rescinded: 2026-01-01}}`, `f.yaml:1:106: sale.rescinded: 2026-01-01 is before the sale`},
		"key twice":        {"{\"pack\": \"bg-omni\",\n \"pack\": \"x\", \"at\": \"2026-03-10T12:00:00+02:00\"}", `f.yaml:2:2: facts file: the key "pack" stands twice`},
		"a list":           {`[1, 2]`, `f.yaml:1:1: facts file: expected a map of keys, found a list`},
		"empty":            {``, `f.yaml:1:1: the file is empty`},
		"not text":         {"\xff\xfe", `f.yaml:1:1: the file is not UTF-8 text`},
		"bombs":            {"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\n", `unknown key "a"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.ParseFacts("f.yaml", []byte(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got:\n%v\nwant: %s", err, tc.want)
			}
		})
	}
}

// TestJSONAndYAMLAreReadAlike: the same facts in both forms give the same
// canonical bytes, and tabs and Windows line ends in JSON are no trouble.
func TestJSONAndYAMLAreReadAlike(t *testing.T) {
	yaml, err := policy.ParseFacts("f.yaml", []byte(benchFacts))
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := yaml.CanonicalJSON()
	if err != nil {
		t.Fatal(err)
	}
	tabbed := strings.ReplaceAll(string(canonical), ",", ",\r\n\t")
	again, err := policy.ParseFacts("f.json", []byte(tabbed))
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := again.CanonicalJSON(); string(second) != string(canonical) {
		t.Errorf("read back:\n%s\nwant:\n%s", second, canonical)
	}
}

func FuzzParsePack(f *testing.F) {
	f.Add(smallPack)
	f.Add(strings.Replace(smallPack, "history.repairs >= 3", `services.filter(s, s.kind == "x").size() > 1`, 1))
	f.Fuzz(func(t *testing.T, text string) { _ = compileText(t, text) })
}

func FuzzParseFacts(f *testing.F) {
	f.Add(benchFacts)
	f.Add(`{"pack": "bg-omni", "at": "2026-03-10T12:00:00+02:00", "documents": []}`)
	lib, err := policy.Load(os.DirFS("../packs"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		facts, err := policy.ParseFacts("f.yaml", []byte(text))
		if err != nil {
			return
		}
		canonical, err := facts.CanonicalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.ParseFacts("f.json", canonical)
		if err != nil {
			t.Fatalf("the canonical form is not read back: %v\n%s", err, canonical)
		}
		if second, _ := again.CanonicalJSON(); string(second) != string(canonical) {
			t.Fatalf("read back:\n%s\nwant:\n%s", second, canonical)
		}
		if _, err := lib.Decide(*facts, "en"); err != nil && !policy.IsPath(facts.Pack) {
			t.Skip()
		}
	})
}
