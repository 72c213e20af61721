package app

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/talon-care/talon"

// house says what each room may import of the module (by path below it) and of
// other modules. The standard library is open to all, save what outside names.
// It is the picture of docs/architecture.md, held.
var house = map[string]struct {
	rooms   []string
	modules []string
	outside []string // packages of the standard library that it must not touch
}{
	"calendar":                     {outside: world},
	"money":                        {outside: world},
	"policy":                       {rooms: []string{"calendar", "money"}, modules: []string{"cel.dev/cel-go", "go.yaml.in/yaml/v4"}, outside: world},
	"packs":                        {rooms: []string{"policy"}, outside: world},
	"packs/samples":                {outside: world},
	"internal/care":                {rooms: []string{"calendar", "money", "policy"}, outside: world},
	"internal/picture":             {modules: []string{"github.com/gabriel-vasile/mimetype", "golang.org/x/image"}, outside: world},
	"internal/desk":                {rooms: []string{"calendar", "money", "policy", "internal/care", "internal/picture"}, modules: []string{"golang.org/x/crypto"}, outside: world},
	"internal/desk/demo":           {rooms: []string{"calendar", "money", "policy", "internal/care", "internal/desk"}, outside: world},
	"internal/i18n":                {rooms: []string{"calendar", "money"}, modules: []string{"golang.org/x/text"}, outside: world},
	"internal/ingest":              {rooms: []string{"calendar", "money", "policy", "internal/care", "internal/desk"}, modules: []string{"golang.org/x/text"}, outside: world},
	"internal/ingest/sample":       {rooms: []string{"calendar", "money", "internal/care", "internal/desk", "internal/ingest"}, modules: []string{"golang.org/x/text"}, outside: world},
	"internal/jobs":                {rooms: []string{"internal/care"}, modules: []string{}, outside: world},
	"internal/storage":             {rooms: []string{"calendar", "money", "policy", "internal/care"}, modules: []string{"github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "golang.org/x/text", "modernc.org/sqlite"}, outside: []string{"net/http"}},
	"internal/storage/storagetest": {rooms: []string{"internal/storage"}, modules: []string{"github.com/jackc/pgx/v5"}, outside: []string{"net/http"}},
	"internal/document":            {rooms: []string{"calendar", "money", "policy", "internal/care", "internal/i18n"}, modules: []string{"codeberg.org/go-pdf/fpdf", "github.com/boombuler/barcode", "golang.org/x/text"}, outside: world},
	"internal/carrier":             {rooms: []string{"internal/care", "money"}, modules: []string{"github.com/standard-webhooks/standard-webhooks/libraries"}, outside: []string{"database/sql"}},
	"internal/message":             {rooms: []string{"calendar", "money", "internal/care", "internal/i18n"}, modules: []string{"github.com/standard-webhooks/standard-webhooks/libraries", "github.com/wneessen/go-mail"}, outside: []string{"database/sql"}},
	"internal/httpkit":             {rooms: []string{"internal/care"}, modules: []string{"github.com/go-chi/httprate", "golang.org/x/text"}, outside: []string{"database/sql"}},
	"internal/web":                 {rooms: edge, modules: []string{"github.com/boombuler/barcode", "github.com/nyaruka/phonenumbers"}, outside: []string{"database/sql"}},
	"internal/api":                 {rooms: edge, modules: []string{"github.com/danielgtaylor/huma/v2", "github.com/santhosh-tekuri/jsonschema/v6"}, outside: []string{"database/sql"}},
	"internal/app":                 {rooms: []string{"*"}, modules: []string{}},
	"cmd/talon":                    {rooms: []string{"internal/app"}, modules: []string{"github.com/alecthomas/kong"}, outside: []string{"database/sql", "net/http"}},
}

// edge is what the rooms that face the network may use: never each other, and
// never storage.
var edge = []string{"calendar", "money", "policy", "internal/care", "internal/desk", "internal/httpkit", "internal/i18n"}

// world is what pure rooms leave alone: files, processes, networks, databases.
var world = []string{"os", "os/exec", "net", "net/http", "database/sql", "syscall", "log"}

type listed struct {
	ImportPath, Dir string
	Imports         []string
	GoFiles         []string
	Standard        bool
}

func rooms(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestEveryRoomKeepsToItsImports(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range rooms(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		rule, ok := house[name]
		if !ok {
			t.Errorf("%s is in no room: add it to the house of docs/architecture.md and to this test", name)
			continue
		}
		seen[name] = true
		for _, imp := range p.Imports {
			if reason := breaks(imp, rule.rooms, rule.modules, rule.outside); reason != "" {
				t.Errorf("%s imports %s: %s", name, imp, reason)
			}
		}
	}
	for name := range house {
		if !seen[name] {
			t.Errorf("the house has a room %s that does not exist", name)
		}
	}
}

// breaks says why an import is against the rules, "" when it is not.
func breaks(imp string, rooms, modules, outside []string) string {
	if rest, ours := strings.CutPrefix(imp, module+"/"); ours {
		if slices.Contains(rooms, "*") || slices.Contains(rooms, rest) {
			return ""
		}
		return "this room must not know that one"
	}
	first, _, _ := strings.Cut(imp, "/")
	if !strings.Contains(first, ".") {
		if slices.Contains(outside, imp) {
			return "this room leaves the outside world alone"
		}
		return ""
	}
	for _, m := range modules {
		if imp == m || strings.HasPrefix(imp, m+"/") {
			return ""
		}
	}
	return "no such module is agreed for this room"
}

func TestTheRulesBite(t *testing.T) {
	for _, c := range []struct{ room, imp, reason string }{
		{"internal/web", module + "/internal/storage", "this room must not know that one"},
		{"internal/web", module + "/internal/api", "this room must not know that one"},
		{"internal/storage", module + "/internal/desk", "this room must not know that one"},
		{"policy", "os", "this room leaves the outside world alone"},
		{"internal/care", "github.com/jackc/pgx/v5", "no such module is agreed for this room"},
		{"internal/web", module + "/internal/desk", ""},
		{"policy", "cel.dev/cel-go/common/ast", ""},
	} {
		rule := house[c.room]
		if got := breaks(c.imp, rule.rooms, rule.modules, rule.outside); got != c.reason {
			t.Errorf("%s importing %s: got %q, want %q", c.room, c.imp, got, c.reason)
		}
	}
}

// TestNothingInsideReadsTheClock holds that time comes in as an argument:
// decisions must be the same whenever they are made again.
func TestNothingInsideReadsTheClock(t *testing.T) {
	for _, p := range rooms(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if name == "internal/app" || name == "cmd/talon" || strings.HasSuffix(name, "test") {
			continue
		}
		for _, file := range p.GoFiles {
			for _, at := range clockReads(t, filepath.Join(p.Dir, file)) {
				t.Errorf("%s reads the clock: take the time as an argument, or a func() time.Time", at)
			}
		}
	}
}

func clockReads(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(tree, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			found = append(found, set.Position(sel.Pos()).String())
		}
		return true
	})
	return found
}
