package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
)

func TestEveryRouteIsDocumentedAndEveryOperationIsARoute(t *testing.T) {
	w := newWorld(t, wide)
	var documented []string
	for path, item := range w.server.api.OpenAPI().Paths {
		if item.Get != nil {
			documented = append(documented, "GET "+Base+path)
		}
		if item.Post != nil {
			documented = append(documented, "POST "+Base+path)
		}
		if item.Patch != nil {
			documented = append(documented, "PATCH "+Base+path)
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
	if n := len(commandNames()); n != 34 {
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
	yaml := w.want(200, call{method: "GET", path: "/openapi.yaml"})
	if !strings.Contains(string(yaml.raw), "openapi: 3.1.0") {
		t.Errorf("no YAML document: %.100s", yaml.raw)
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
