package app

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is generated")

// running lists the rooms whose tests run the system: its use cases over a
// database, its pages, its API and its programs.
var running = []string{"internal/api", "internal/app", "internal/desk", "internal/desk/demo", "internal/message", "internal/web"}

// rowID is a row of a page or of the system, or an article.
const rowID = `(?:[ABCD]\d+|(?:RU|BG|EU)-[A-Z0-9./-]*[A-Z0-9])`

// walking is how a test says which rows it walks; it may go on over lines.
var walking = regexp.MustCompile(`Walks:((?:[\s/#]*` + rowID + `,?)+)\.?`)

var browserTest = regexp.MustCompile("(?m)((?:^ *//.*\n)+) *test\\(['\"`](.+)['\"`], async")

// TestWalksAreThoseOfTheTests holds walks.tsv equal to what the tests say.
func TestWalksAreThoseOfTheTests(t *testing.T) {
	var found []string
	root := "../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() != ".." && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			found = append(found, goWalks(t, root, path)...)
		case strings.HasSuffix(path, ".test.mjs"):
			found = append(found, browserWalks(t, root, path)...)
		case strings.HasSuffix(path, ".txtar"):
			found = append(found, scriptWalks(t, root, path)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	slices.SortStableFunc(found, func(a, b string) int {
		x, _, _ := strings.Cut(a, "\t")
		y, _, _ := strings.Cut(b, "\t")
		return rowOrder(x) - rowOrder(y)
	})
	want := strings.Join(slices.Compact(found), "\n") + "\n"
	if *update {
		if err := os.WriteFile("walks.tsv", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, walks); diff != "" {
		t.Errorf("walks.tsv is not what the tests say; run go test ./internal/app -run Walks -update\n%s", diff)
	}
}

func goWalks(t *testing.T, root, path string) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	room := below(t, root, filepath.Dir(path))
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && strings.HasPrefix(f.Name.Name, "Test") {
			list = append(list, rowsOf(f.Doc.Text(), room+" "+f.Name.Name)...)
		}
	}
	if len(list) > 0 && !slices.Contains(running, room) {
		t.Errorf("%s does not run the system: it walks nothing", path)
	}
	return list
}

func browserWalks(t *testing.T, root, path string) (list []string) {
	t.Helper()
	text, name := fileOf(t, root, path)
	for _, m := range browserTest.FindAllStringSubmatch(text, -1) {
		list = append(list, rowsOf(m[1], name+" "+m[2])...)
	}
	return list
}

// scriptWalks reads "# Walks:" lines of a script of the command line.
func scriptWalks(t *testing.T, root, path string) []string {
	t.Helper()
	text, name := fileOf(t, root, path)
	return rowsOf(text, name)
}

// fileOf reads a file of tests and names it as the page of rows does.
func fileOf(t *testing.T, root, path string) (text, name string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content), below(t, root, path)
}

func below(t *testing.T, root, path string) string {
	t.Helper()
	name, err := filepath.Rel(root, path)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(name)
}

// TestEveryRowIsWalked holds that no row is left without a test that goes
// through the running system.
func TestEveryRowIsWalked(t *testing.T) {
	rows, err := systemRows()
	if err != nil {
		t.Fatal(err)
	}
	count, known := map[byte]int{}, map[string]bool{}
	for _, r := range rows {
		if strings.Contains(r.ID, "-") {
			count['L']++
		} else {
			count[r.ID[0]]++
		}
		known[r.ID] = true
		if len(r.Tests) == 0 {
			t.Errorf("no test walks %s: %s", r.ID, r.Text)
		}
	}
	if want := map[byte]int{'A': 15, 'B': 20, 'C': 12, 'D': 7, 'L': 44}; !maps.Equal(count, want) {
		t.Errorf("rows by letter %v, want %v", count, want)
	}
	for line := range strings.Lines(walks) {
		if row, test, _ := strings.Cut(strings.TrimSpace(line), "\t"); !known[row] {
			t.Errorf("%s walks %s, which is no row", test, row)
		}
	}
}

func rowsOf(comment, test string) (list []string) {
	for _, m := range walking.FindAllStringSubmatch(comment, -1) {
		for _, row := range regexp.MustCompile(rowID).FindAllString(m[1], -1) {
			list = append(list, row+"\t"+test)
		}
	}
	return list
}

func TestWalksAreReadFromComments(t *testing.T) {
	got := rowsOf("TestX does this.\n\nWalks: A5, B10,\nC2, RU-20.3, EU-2024/1799-4.", "x TestX")
	if diff := cmp.Diff([]string{"A5\tx TestX", "B10\tx TestX", "C2\tx TestX", "RU-20.3\tx TestX", "EU-2024/1799-4\tx TestX"}, got); diff != "" {
		t.Error(diff)
	}
	script := rowsOf("# Walks: D1,\n# D2.\n\ntalon version\n", "x.txtar")
	if diff := cmp.Diff([]string{"D1\tx.txtar", "D2\tx.txtar"}, script); diff != "" {
		t.Error(diff)
	}
	if got := rowsOf("TestX walks nothing: A5.", "x TestX"); got != nil {
		t.Errorf("got %v", got)
	}
}
