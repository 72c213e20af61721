package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/talon-care/talon/internal/care"
)

func TestEveryRouteIsDocumentedAndEveryOperationIsARoute(t *testing.T) {
	w := newWorld(t, wide)
	var documented []string
	for path, item := range w.server.api.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			documented = append(documented, op.Method+" "+Base+path)
		}
		if item.Put != nil || item.Delete != nil || item.Head != nil || item.Options != nil || item.Trace != nil {
			t.Errorf("%s has a method that the tests don't know", path)
		}
	}
	routes := slices.Clone(w.server.routes)
	slices.Sort(routes)
	slices.Sort(documented)
	if d := cmp.Diff(documented, routes); d != "" {
		t.Errorf("document (-) and routes (+) differ:\n%s", d)
	}
	for _, pattern := range routes {
		method, path, _ := strings.Cut(pattern, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, "http://talon.test"+strings.NewReplacer("{", "", "}", "").Replace(path), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := w.server.mux.Handler(req); got != pattern {
			t.Errorf("%s is answered by %q", pattern, got)
		}
	}
}

func TestEveryCommandHasAnAddress(t *testing.T) {
	w := newWorld(t, wide)
	for _, name := range commandNames() {
		if w.server.api.OpenAPI().Paths["/claims/{claim}/commands/"+string(name)] == nil {
			t.Errorf("no address for the command %s", name)
		}
	}
	if n := len(commandNames()); n != 39 {
		t.Errorf("%d commands; the table of commands changed, so look at the API too", n)
	}
	if !slices.Contains(commandNames(), care.CmdOverride) {
		t.Error("override is missing")
	}
}

func TestDocumentIsServed(t *testing.T) {
	w := newWorld(t, wide)
	doc := w.want(200, call{method: "GET", path: "/openapi.json"})
	if v := doc.str("openapi"); v != "3.1.0" {
		t.Errorf("openapi %q", v)
	}
	if strings.Contains(string(doc.raw), "ErrorModel") {
		t.Error("the framework's own errors are in the document")
	}
	served := w.want(200, call{method: "GET", path: "/openapi.yaml"})
	var fromYAML any
	if err := yaml.Unmarshal(served.raw, &fromYAML); err != nil {
		t.Fatal(err)
	}
	same, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	var asJSON map[string]any
	if err := json.Unmarshal(same, &asJSON); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(doc.body, asJSON); d != "" {
		t.Errorf("JSON (-) and YAML (+) differ:\n%s", d)
	}
	page := string(w.want(200, call{method: "GET", path: "/docs"}).raw)
	for _, code := range problemCodes() {
		if !strings.Contains(page, `id="problem-`+code+`"`) {
			t.Errorf("the page has no place for the problem %s", code)
		}
	}
	for _, foreign := range []string{"<script", "http://", "https://", "⟦", "<style"} {
		if strings.Contains(page, foreign) {
			t.Errorf("the page holds %q", foreign)
		}
	}
	w.want(200, call{method: "GET", path: "/docs.css"})
}

func TestEveryBodyHasAGoodExample(t *testing.T) {
	w := newWorld(t, wide)
	for id, b := range w.server.bodies {
		if examples[id] == "" {
			t.Errorf("no example of %s", id)
			continue
		}
		if err := b.check([]byte(examples[id])); err != nil {
			t.Errorf("the example of %s: %v", id, err)
		}
	}
	for id := range examples {
		if w.server.bodies[id] == nil {
			t.Errorf("an example of %s, which takes no body", id)
		}
	}
}

func TestExamplesOfAnswersAreAsDocumented(t *testing.T) {
	w := newWorld(t, wide)
	doc := w.want(200, call{method: "GET", path: "/openapi.json"}).body
	places := []string{"#/paths/~1decide/post/responses/200/content/application~1json"}
	for _, status := range problemStatuses {
		places = append(places, "#/components/responses/"+problemName(status)+"/content/application~1problem+json")
	}
	for _, place := range places {
		var v any = doc
		for _, step := range strings.Split(strings.TrimPrefix(place, "#/"), "/") {
			v = v.(map[string]any)[strings.ReplaceAll(step, "~1", "/")]
		}
		example := v.(map[string]any)["example"]
		schema, err := w.schema(place + "/schema")
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(example); err != nil || example == nil {
			t.Errorf("%s: %v", place, err)
		}
	}
}
