package policy

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// schema compiles one of our schemas with an independent validator.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	ours, err := Schema(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(ours)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// plain turns a YAML node into what a validator takes, as an editor does.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		return list
	}
	switch n.Tag {
	case "!!bool":
		return n.Value == "true"
	case "!!int":
		return json.Number(n.Value)
	case "!!null":
		return nil
	}
	return n.Value
}

// shippedFiles reads the shipped files of a kind.
func shippedFiles(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	shipped := os.DirFS("../packs")
	names, err := fs.Glob(shipped, pattern)
	if err != nil || len(names) < 4 {
		t.Fatalf("%s: %v, %v", pattern, names, err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		if files[name], err = fs.ReadFile(shipped, name); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func document(t *testing.T, name string, data []byte) *yaml.Node {
	t.Helper()
	n, err := parseDocument(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSchemaTakesEveryShippedPack(t *testing.T) {
	s := schema(t, "pack")
	for name, data := range shippedFiles(t, "*/policy*.yaml") {
		if err := s.Validate(plain(document(t, name, data))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaTakesEveryShippedCase(t *testing.T) {
	s := schema(t, "cases")
	for name, data := range shippedFiles(t, "*/cases/*.yaml") {
		if err := s.Validate(plain(document(t, name, data))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// place is a key or a value of a pack, without the positions in lists.
type place struct {
	path string
	node *yaml.Node
}

// keys lists one example of each key that a pack may be misspelt at.
func keys(n *yaml.Node, path string, seen map[string]bool, visit func(place)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := path + "." + n.Content[i].Value
			if !seen[key] && path != ".switches" {
				seen[key] = true
				visit(place{key, n.Content[i]})
			}
			keys(n.Content[i+1], key, seen, visit)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			keys(item, path, seen, visit)
		}
	}
}

// TestSchemaAndLoaderRefuseMisspeltKeys misspells each key that some shipped
// pack has: the editor's schema and the loader must both object.
func TestSchemaAndLoaderRefuseMisspeltKeys(t *testing.T) {
	s, lib := schema(t, "pack"), shippedLibrary(t)
	tried, seen := 0, map[string]bool{}
	for name, data := range shippedFiles(t, "*/policy*.yaml") {
		root := document(t, name, data)
		keys(root, "", seen, func(p place) {
			tried++
			right := p.node.Value
			p.node.Value = right + "x"
			defer func() { p.node.Value = right }()
			if s.Validate(plain(root)) == nil {
				t.Errorf("%s: the schema takes %sx", name, p.path)
			}
			wrong, err := yaml.Dump(root)
			if err != nil {
				t.Fatal(err)
			}
			if load(lib, name, wrong) == nil {
				t.Errorf("%s: the loader takes %sx", name, p.path)
			}
		})
	}
	if tried < 150 {
		t.Errorf("only %d keys were tried", tried)
	}
}

// load reads a pack and checks it as the command line does.
func load(lib *Library, name string, data []byte) error {
	pack, err := ParsePack(name, data)
	if err != nil {
		return err
	}
	if pack.Kind != RetailerPack {
		return lib.CheckBeside(pack)
	}
	_, err = lib.Compile(pack)
	return err
}

func TestSchemaAndLoaderRefuseWrongValues(t *testing.T) {
	const pack = `{pack: demo, kind: retailer, name: {en: Demo}, version: "1", valid_from: 2020-01-01, jurisdiction: BG, languages: [en],
  exclusions: [{id: liquid, requirement: B13, source: terms, categories: [laptop], findings: [liquid], lenient: true, text: {en: No liquid.}}],
  deadlines: [{id: soon, requirement: B5, source: terms, name: repair, from: demanded, period: P1M, penalty: {percent_per_day: 1}, text: {en: Soon.}}]}`
	s := schema(t, "pack")
	if err := s.Validate(plain(document(t, "pack", []byte(pack)))); err != nil {
		t.Fatal(err)
	}
	if _, err := ParsePack("pack", []byte(pack)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"kind: retailer", "kind: shop"}, {"version: \"1\"", "version: [1]"}, {"2020-01-01", "01.01.2020"}, {"[laptop]", "[notebook]"},
		{"[laptop]", "laptop"}, {"[liquid]", "[licuid]"}, {"lenient: true", "lenient: often"}, {"{en: No liquid.}", "No liquid."},
		{"name: repair", "name: repairs"}, {"percent_per_day: 1", "percent_per_day: -1"}, {"percent_per_day: 1", "percent_per_day: a lot"},
		{"from: demanded, ", ""}, {"id: liquid, ", ""}, {"languages: [en],", ""},
	} {
		t.Run(c[1], func(t *testing.T) {
			text := strings.Replace(pack, c[0], c[1], 1)
			if text == pack {
				t.Fatalf("%q does not stand in the pack", c[0])
			}
			if s.Validate(plain(document(t, "pack", []byte(text)))) == nil {
				t.Error("the schema takes it")
			}
			if _, err := ParsePack("pack", []byte(text)); err == nil {
				t.Error("the loader takes it")
			}
		})
	}
}

// TestSchemasTakeFactsAndDecisions validates the facts of every shipped case
// and the decision on them, in every language.
func TestSchemasTakeFactsAndDecisions(t *testing.T) {
	lib := shippedLibrary(t)
	facts, decisions := schema(t, "facts"), schema(t, "decision")
	checked := 0
	for _, c := range shippedCases(t, lib) {
		f := c.Facts()
		takes(t, facts, c.Name+": facts", &f)
		if IsPath(f.Pack) {
			continue
		}
		for _, lang := range []string{"ru", "bg", "en"} {
			d, err := lib.Decide(f, lang)
			if err != nil {
				t.Fatal(err)
			}
			takes(t, decisions, c.Name+": decision in "+lang, d)
			checked++
		}
	}
	if checked < 900 {
		t.Errorf("only %d decisions were checked", checked)
	}
}

func shippedCases(t testing.TB, lib *Library) []*Case {
	t.Helper()
	results, err := lib.RunCases(os.DirFS("../packs"), "")
	if err != nil {
		t.Fatal(err)
	}
	var list []*Case
	for _, r := range results {
		list = append(list, r.Case)
	}
	return list
}

func takes(t *testing.T, s *jsonschema.Schema, what string, value any) {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%s: %v\n%s", what, err, data)
	}
}

func TestSchemaRefusesAHalfDecision(t *testing.T) {
	s := schema(t, "decision")
	f, err := ParseFacts("f", []byte(`{pack: ru-omsk, at: "2026-03-10T12:00:00+06:00", sale: {date: 2026-01-10}, warranty: {months: 12}}`))
	if err != nil {
		t.Fatal(err)
	}
	d, err := shippedLibrary(t).Decide(*f, "ru")
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(data, &whole); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"pack", "pack_version", "at", "lang", "bases", "recommended", "support", "route", "contacts", "acknowledge", "notices", "answer_until"} {
		kept, ok := whole[key]
		if !ok {
			t.Errorf("the decision has no %s", key)
		}
		delete(whole, key)
		if s.Validate(whole) == nil {
			t.Errorf("the schema takes a decision without %s", key)
		}
		whole[key] = kept
	}
}

func TestUnknownSchema(t *testing.T) {
	_, err := Schema("fact")
	if want := `unknown schema "fact"; did you mean "facts"? Expected one of: cases, decision, facts, pack`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestSchemasNameThemselves(t *testing.T) {
	for _, name := range []string{"facts", "decision", "pack", "cases"} {
		s, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		if s["$id"] != "https://talon.care/schema/"+name+".json" || s["title"] != "Talon: "+name || s["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: %v", name, fmt.Sprint(s["$id"], s["title"], s["$schema"]))
		}
	}
}
