package policy_test

import (
	"strings"
	"testing"

	"github.com/talon-care/talon/policy"
)

// widePack has what the small pack lacks: contacts, centres, fees.
const widePack = smallPack + `catalogue: {en: All our goods}
contacts:
  - id: desk
    requirement: B20
    source: contacts
    kind: phone
    value: "+359 2 000 0000"
    label: {en: Desk}
    hours: {en: Weekdays 9 to 18}
    text: {en: Ask the desk.}
centres:
  - {id: here, kind: shop, name: {en: Here}, address: {en: 1 Main Street}}
  - {id: there, kind: own, name: {en: There}}
routing:
  - id: to-the-shop
    requirement: B1
    source: terms
    to: [here]
    text: {en: To the shop.}
fees:
  price_lists:
    - {id: work, name: {en: Work}, items: [{id: hour, text: {en: An hour}, amount: "30.00"}]}
  certificate_plans:
    - {id: year, amount: "49.00", price_from: "100.00", lasts: P12M}
`

func TestWidePackFaults(t *testing.T) {
	if err := compileText(t, widePack); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"price that is no sum":        {`amount: "30.00"`, `amount: thirty`, `demo.yaml:53:44: price hour: amount: `},
		"price of half a cent":        {`amount: "49.00"`, `amount: "49.005"`, `plan year: `},
		"plan that lasts for hours":   {`lasts: P12M}`, `lasts: PT48H}`, `plan year: lasts: expected a period of days or months`},
		"unknown centre":              {`to: [here]`, `to: [hare]`, `demo.yaml:46:5: routing to-the-shop: unknown centre "hare"; did you mean "here"?`},
		"no centre":                   {`    to: [here]`, `    kind: authorised`, `routing to-the-shop: names no centre`},
		"centre twice":                {`{id: there`, `{id: here`, `demo.yaml:44:5: the centre "here" stands twice`},
		"centre without its name":     {`name: {en: There}`, `name: {}`, `demo.yaml:44:5: centre there: name: the translation into en is missing`},
		"address in another language": {`address: {en: 1 Main`, `address: {fr: 1 Main`, `centre here: address: "fr" is not a language of this pack (en)`},
		"hours in another language":   {`hours: {en:`, `hours: {ru:`, `contact desk: hours: the translation into en is missing`},
		"catalogue without text":      {`catalogue: {en: All our goods}`, `catalogue: {ru: Товары}`, `catalogue: the translation into en is missing`},
		"price list without name":     {`name: {en: Work}`, `name: {en: " "}`, `price list work: name: the translation into en is missing`},
		"pack id":                     {"pack: demo", "pack: Demo Shop", `pack: expected lower-case words joined by hyphens, found "Demo Shop"`},
		"unknown language":            {"languages: [en]", "languages: [en, de]", `languages: unknown language "de"; expected ru, bg or en`},
		"no language":                 {"languages: [en]", "languages: []", `languages: expected at least one of ru, bg, en`},
		"question without its fact":   {"    opens: [{remedy: refund, chooser: customer, amount: price}]", "    verdict: needs_facts", `limit often: the verdict needs_facts names the fact it asks (asks)`},
		"question about no fact":      {"    opens: [{remedy: refund, chooser: customer, amount: price}]", "    verdict: needs_facts\n    asks: unit.colour", `limit often: asks: unknown fact "unit.colour"`},
		"starts at nothing":           {"starts: sale.date", "starts: sale.day", `cover term: starts: expected sale.date, sale.delivered, always or after:BASIS, found "sale.day"`},
		"starts after no basis":       {"starts: sale.date", "starts: after:guarantee", `cover term: starts after an unknown basis`},
		"text too long":               {"No liquid.", strings.Repeat("No liquid. ", 1000), `the text has 10999 bytes; at most 10000 are read`},
		"a map where text is":         {`value: "+359 2 000 0000"`, `value: {a: b}`, `contacts[0].value: expected text, found a map`},
		"a list where a flag is":      {"    findings: [liquid]", "    findings: [liquid]\n    lenient: [true]", `exclusions[0].lenient: expected true or false, found a list`},
		"a word where a list is":      {"findings: [liquid]", "findings: liquid", `exclusions[0].findings: expected a list, found "liquid"`},
		"a list where a condition is": {"when: history.repairs >= 3", "when: [history.repairs]", `limits[0].when: expected a condition (CEL), found a list`},
		"broken YAML names its line":  {"kind: phone", "kind: [phone", `demo.yaml:38:10: not YAML: while parsing a flow sequence from 37:11: did not find expected ',' or ']'`},
		"an alias of nothing":         {"kind: phone", "kind: *phone", `not YAML: `},
		"condition in quotes":         {"when: history.repairs >= 3", `when: "history.repiars >= 3"`, `demo.yaml:29:19: condition: undefined field 'repiars'`},
		"condition in a block":        {"when: history.repairs >= 3", "when: >-\n      history.repiars >= 3", `demo.yaml:30:`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(widePack, c.old, c.new, 1)
			if text == widePack {
				t.Fatalf("%q does not stand in the pack", c.old)
			}
			err := compileText(t, text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got:\n%v\nwant: %s", err, c.want)
			}
		})
	}
}

func TestFilesOfWrongShape(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"too large":            {"pack: " + strings.Repeat("x", 5<<20), `f:1:1: the file has 5242886 bytes; at most 4194304 are read`},
		"only a comment":       {"# nothing\n", `f:1:1: the file is empty; expected a map of keys`},
		"with a mark of order": {"\ufeffpack: [1]", `f:1:`},
		"deep JSON":            {strings.Repeat(`{"unit":`, 200) + "1" + strings.Repeat("}", 200), `not JSON: nested more than 100 deep`},
		"JSON of wrong types":  {"{\"pack\": true,\n  \"at\": null, \"documents\": [\"receipt\", 7]}", `f:2:40: documents[1]: unknown value "7"`},
		"an unfolding bomb": {"pack: x\nat: 2026-03-10T12:00:00Z\ndocuments: &a [receipt, receipt, receipt, receipt, receipt, receipt, receipt, receipt]\nservices:\n" +
			strings.Repeat("  - {kind: *a}\n", 3), `services[0].kind: expected text, found a list`},
		"too many services":  {"pack: x\nat: 2026-03-10T12:00:00Z\nservices:\n" + strings.Repeat("  - {accepted: 2026-01-01}\n", 101), `services and diagnosis.findings: at most 100 items are read`},
		"a year of nonsense": {"pack: x\nat: 0026-03-10T12:00:00Z\n", `at: expected an instant with its offset`},
		"no moment":          {"pack: x\nat: 2026-03-10T12:00:00Z\nservices: [{accepted: tomorrow}]\n", `"tomorrow" is neither a date (2026-03-01) nor an instant`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.ParseFacts("f", []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got:\n%.300v\nwant: %s", err, c.want)
			}
		})
	}
}
