package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/policy"
)

// folder is a folder of packs in memory, with the shipped words.
func folder(t testing.TB, files map[string]string) fstest.MapFS {
	t.Helper()
	words, err := os.ReadFile("../packs/words.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{"words.yaml": {Data: words}}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// changed is the small pack with texts replaced, each of which must be there.
func changed(t testing.TB, pairs ...string) string {
	t.Helper()
	text := smallPack
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%q does not stand in the pack", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func threeVersions(t *testing.T) *policy.Library {
	t.Helper()
	lib, err := policy.Load(folder(t, map[string]string{
		"demo/policy-2024.yaml": changed(t, `version: "1"`, `version: "2"`, "valid_from: 2020-01-01", "valid_from: 2024-03-01"),
		"demo/policy.yaml":      smallPack,
		"demo/policy-2026.yaml": changed(t, `version: "1"`, `version: "3"`, "valid_from: 2020-01-01", "valid_from: 2026-01-01"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestASaleIsUnderTheVersionOfItsDay(t *testing.T) {
	lib := threeVersions(t)
	for sold, version := range map[string]string{
		"2019-12-31": "1", // before all of them: the oldest
		"2020-01-01": "1", "2024-02-29": "1",
		"2024-03-01": "2", "2025-12-31": "2",
		"2026-01-01": "3", "2030-01-01": "3",
		"": "3", // not known: the newest
	} {
		var day calendar.Date
		if sold != "" {
			day = calendar.MustDate(sold)
		}
		p, err := lib.Program("demo", day)
		if err != nil {
			t.Fatal(err)
		}
		if p.Pack.Version != version {
			t.Errorf("a sale on %q is under version %s, want %s", sold, p.Pack.Version, version)
		}
	}
	if got := lib.Retailers(); !slices.Equal(got, []string{"demo"}) || len(lib.Packs()) != 3 {
		t.Errorf("retailers %v, %d packs", got, len(lib.Packs()))
	}
}

func TestAFrozenVersionDecidesWhateverTheDateOfSale(t *testing.T) {
	lib := threeVersions(t)
	f, err := policy.ParseFacts("f", []byte(`{pack: demo, at: "2026-03-10T12:00:00+02:00", sale: {date: 2025-05-05}, warranty: {months: 12}}`))
	if err != nil {
		t.Fatal(err)
	}
	d, err := lib.Decide(*f, "en")
	if err != nil || d.PackVersion != "2" {
		t.Errorf("by the date of sale: version %s, %v", d.PackVersion, err)
	}
	for _, version := range []string{"1", "2", "3"} {
		d, err := lib.DecideVersion("demo", version, *f, "en")
		if err != nil || d.PackVersion != version {
			t.Errorf("frozen %s: decided by %s, %v", version, d.PackVersion, err)
		}
	}
}

func TestUnknownPacksAndVersions(t *testing.T) {
	lib := threeVersions(t)
	var f policy.Facts
	f.Pack = "dema"
	_, byDate := lib.Decide(f, "en")
	_, version := lib.Version("demo", "4")
	_, frozen := lib.DecideVersion("nobody", "1", f, "en")
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a misspelt pack":        {byDate, `unknown pack "dema"; did you mean "demo"? Expected one of: demo`},
		"a version never loaded": {version, `unknown pack "demo" version "4"`},
		"a pack never loaded":    {frozen, `unknown pack "nobody" version "1"`},
	} {
		if !errors.Is(c.err, policy.ErrUnknownPack) || c.err.Error() != c.want {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	f.Pack = "demo"
	if _, err := lib.Decide(f, "en"); !errors.Is(err, policy.ErrNoInstant) {
		t.Errorf("without an instant: %v", err)
	}
}

func TestLoadNamesEveryFault(t *testing.T) {
	maker := changed(t, "pack: demo", "pack: acme", "kind: retailer", "kind: manufacturer", "id: term", "id: m-term", "id: liquid", "id: m-liquid", "id: often", "id: m-often")
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"each file's own": {map[string]string{"a/policy.yaml": changed(t, "findings:", "finding:"), "b/policy.yaml": changed(t, "currency: EUR", "money: EUR")},
			[]string{`a/policy.yaml:23:5: exclusions[0]: unknown key "finding"`, `b/policy.yaml:8:1: pack file: unknown key "money"`}},
		"of compiling": {map[string]string{"a/policy.yaml": changed(t, "history.repairs", "history.repair")},
			[]string{`a/policy.yaml:29:18: condition: undefined field 'repair'; did you mean "repairs"?`}},
		"one version twice": {map[string]string{"a/policy.yaml": smallPack, "b/policy.yaml": changed(t, "2020-01-01", "2021-01-01")},
			[]string{`b/policy.yaml:1:1: version: demo "1" stands in a/policy.yaml already`}},
		"two versions of one day": {map[string]string{"a/policy.yaml": smallPack, "b/policy.yaml": changed(t, `version: "1"`, `version: "2"`)},
			[]string{`b/policy.yaml:1:1: valid_from: demo has a version from 2020-01-01 in a/policy.yaml already`}},
		"no such maker": {map[string]string{"a/policy.yaml": changed(t, "languages: [en]", "languages: [en]\nmanufacturers: [acme]")},
			[]string{`a/policy.yaml:1:1: manufacturers: there is no manufacturer pack "acme"`}},
		"a maker without brands": {map[string]string{"a/policy.yaml": changed(t, "languages: [en]", "languages: [en]\nmanufacturers: [acme]"), "acme/policy.yaml": maker},
			[]string{`acme/policy.yaml:1:1: brands: a manufacturer pack names the brands it speaks for`}},
		"the statute lacks the language": {map[string]string{"a/policy.yaml": smallPack,
			"law/policy.yaml": "pack: law\nkind: statute\nname: {bg: Закон}\nversion: \"1\"\nvalid_from: 2020-01-01\njurisdiction: BG\nlanguages: [bg]\n"},
			[]string{`law/policy.yaml:1:1: languages: demo decides in en, which law does not have`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Load(folder(t, c.files))
			var faults policy.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v", err)
			}
			for _, want := range c.want {
				if !slices.ContainsFunc(faults, func(f policy.Fault) bool { return strings.HasPrefix(f.Error(), want) }) {
					t.Errorf("no fault %q in:\n%v", want, err)
				}
			}
		})
	}
	if _, err := policy.Load(fstest.MapFS{}); err == nil || !strings.HasPrefix(err.Error(), "read words: ") {
		t.Errorf("without words: %v", err)
	}
	if _, err := policy.Load(fstest.MapFS{"words.yaml": {Data: []byte("a: b")}}); err == nil || !strings.Contains(err.Error(), "words.yaml:1:4: a: expected a map") {
		t.Errorf("broken words: %v", err)
	}
}

// TestAFaultOfAStatuteIsToldOnce: it is compiled beside two retailers.
func TestAFaultOfAStatuteIsToldOnce(t *testing.T) {
	law := "pack: law\nkind: statute\nname: {en: Law}\nversion: \"1\"\nvalid_from: 2020-01-01\njurisdiction: BG\nlanguages: [en]\n" +
		"notices: [{id: Loud, requirement: BG-1, source: art, text: {en: Loud.}}]\n"
	_, err := policy.Load(folder(t, map[string]string{"a/policy.yaml": smallPack, "b/policy.yaml": changed(t, "pack: demo", "pack: other"), "law/policy.yaml": law}))
	var faults policy.Faults
	if !errors.As(err, &faults) || len(faults) != 1 || !strings.HasPrefix(faults[0].Error(), `law/policy.yaml:8:11: id: expected lower-case words`) {
		t.Errorf("got %v", err)
	}
}

const smallLaw = `pack: law
kind: statute
name: {en: Law}
version: "1"
valid_from: 2020-01-01
jurisdiction: BG
languages: [en]
notices:
  - id: spoken
    requirement: BG-1
    source: article 1
    text: {en: Spoken.}
`

func TestCheckBeside(t *testing.T) {
	lib, err := policy.Load(folder(t, map[string]string{"demo/policy.yaml": changed(t, "languages: [en]", "languages: [en]\nmanufacturers: [acme]"), "law/policy.yaml": smallLaw,
		"acme/policy.yaml": "pack: acme\nkind: manufacturer\nname: {en: Acme}\nversion: \"1\"\nvalid_from: 2020-01-01\njurisdiction: RU\nlanguages: [en]\nbrands: [acme]\n"}))
	if err != nil {
		t.Fatal(err)
	}
	maker := "pack: acme\nkind: manufacturer\nname: {en: Acme}\nversion: \"2\"\nvalid_from: 2020-01-01\njurisdiction: RU\nlanguages: [en]\nbrands: [acme]\n" +
		"notices: [{id: ID, requirement: B3, source: card, text: {en: Hello.}}]\n"
	for name, c := range map[string]struct{ text, want string }{
		"takes the place of its own id":   {strings.Replace(smallLaw, `version: "1"`, `version: "2"`, 1), ""},
		"an id of the retailer's":         {strings.Replace(smallLaw, "id: spoken", "id: liquid", 1), `new.yaml:9:5: the id "liquid" stands in demo/policy.yaml:20 already`},
		"a condition of unknown facts":    {strings.Replace(smallLaw, "    text:", "    when: unit.colour == \"red\"\n    text:", 1), `new.yaml:12:15: condition: undefined field 'colour'`},
		"a maker's, by the retailer's id": {maker, `new.yaml:9:11: id: expected lower-case words joined by hyphens, found "ID"`},
		"no retailer in the jurisdiction": {strings.Replace(smallLaw, "jurisdiction: BG", "jurisdiction: RU", 1), `new.yaml:1:1: no retailer's pack stands beside law (jurisdiction RU): it can't be checked`},
	} {
		t.Run(name, func(t *testing.T) {
			pack, err := policy.ParsePack("new.yaml", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			err = lib.CheckBeside(pack)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if got := len(lib.Packs()); got != 3 {
		t.Errorf("the check left %d packs in the library", got)
	}
}

func TestIsPath(t *testing.T) {
	for pack, want := range map[string]bool{"bg-omni": false, "": false, "my/policy.yaml": true, `my\policy`: true, "policy.yml": true, "policy.yaml": true, "policy.json": false} {
		if policy.IsPath(pack) != want {
			t.Errorf("%q: %v", pack, !want)
		}
	}
}

// TestTwoLibrariesGiveTheSameBytes: nothing in a decision depends on the order
// of a map, on memory or on what was loaded before.
func TestTwoLibrariesGiveTheSameBytes(t *testing.T) {
	var first []string
	for range 3 {
		lib, err := policy.Load(os.DirFS("../packs"))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		results, err := lib.RunCases(os.DirFS("../packs"), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			f := r.Case.Facts()
			if policy.IsPath(f.Pack) {
				continue
			}
			d, err := lib.Decide(f, "ru")
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r.Case.Name+": "+string(data))
		}
		if first == nil {
			first = all
		}
		if diff := cmp.Diff(first, all); diff != "" {
			t.Fatalf("the second library decides otherwise:\n%s", diff)
		}
	}
	if len(first) < 300 {
		t.Errorf("only %d decisions were compared", len(first))
	}
}

func TestRunCasesNamesWhatIsBroken(t *testing.T) {
	const head = "cases:\n  - name: one\n    set: {pack: %s, at: \"2026-03-10T12:00:00+02:00\"}\n"
	for name, c := range map[string]struct{ cases, want string }{
		"an unknown pack":          {fmt.Sprintf(head, "dema"), `demo/cases/a.yaml:2:5: case "one": unknown pack "dema"`},
		"a path to nothing":        {fmt.Sprintf(head, "demo/none.yaml"), `case "one": read pack: open demo/none.yaml`},
		"a path to a broken pack":  {fmt.Sprintf(head, "demo/broken.yaml"), `case "one": demo/broken.yaml:1:1: pack file: unknown key "no"`},
		"a misspelt key":           {"cases:\n  - nome: one\n", `demo/cases/a.yaml:2:5: cases[0]: unknown key "nome"; did you mean "name"?`},
		"an unknown base":          {"bases:\n  whole: {}\ncases:\n  - name: one\n    base: hole\n", `demo/cases/a.yaml:4:5: case "one": unknown base "hole"; did you mean "whole"?`},
		"no facts":                 {"cases:\n  - name: one\n", `case "one": has no facts: name a base, or set them`},
		"a misspelt fact":          {"cases:\n  - name: one\n    set: {pack: demo, at: \"2026-03-10T12:00:00+02:00\", unit: {categry: laptop}}\n", `demo/cases/a.yaml:3:63: facts.unit: unknown key "categry"`},
		"facts that contradict":    {"cases:\n  - name: one\n    set: {pack: demo}\n", `at: the instant of the decision is missing`},
		"an unknown verdict":       {fmt.Sprintf(head, "demo") + "    expect: {warranty: {verdict: coverd}}\n", `unknown value "coverd"; did you mean "covered"?`},
		"a switch nobody declared": {fmt.Sprintf(head, "demo") + "    switches: {repair: true}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := folder(t, map[string]string{"demo/policy.yaml": smallPack, "demo/cases/a.yaml": c.cases, "demo/broken.yaml": "no: pack\n"})
			lib, err := policy.Load(files)
			if err != nil {
				t.Fatal(err)
			}
			results, err := lib.RunCases(files, "")
			if c.want == "" {
				if err != nil || len(results) != 1 || !strings.Contains(strings.Join(results[0].Mismatches, ""), `pack demo has no switch "repair"`) {
					t.Errorf("got %v, %v", results, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
