package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// whole is the bundle as the product makes it: the words of the policy engine
// beside the catalogue.
func whole(t testing.TB) *i18n.Bundle {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	b, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("%s: missing %s", lang, key) }))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// source is every Go file of the product's own packages, tests left out.
func source(t *testing.T, dirs ...string) []*ast.File {
	t.Helper()
	var files []*ast.File
	set := token.NewFileSet()
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			files = append(files, f)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatalf("no Go files in %v", dirs)
	}
	return files
}

// constants lists the values of the string constants of a type.
func constants(files []*ast.File, typeName string) []string {
	var out []string
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typeName {
					continue
				}
				for _, v := range spec.Values {
					if text, ok := literal(v); ok {
						out = append(out, text)
					}
				}
			}
		}
	}
	return out
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// calls visits every call of a function or method by its bare name.
func calls(files []*ast.File, name string, visit func(*ast.CallExpr)) {
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch fn := call.Fun.(type) {
			case *ast.Ident:
				if fn.Name == name {
					visit(call)
				}
			case *ast.SelectorExpr:
				if fn.Sel.Name == name {
					visit(call)
				}
			}
			return true
		})
	}
}

func TestEveryWordOfTheDomain(t *testing.T) {
	b, domain, desks := whole(t), source(t, "internal/care"), source(t, "internal/desk")
	tests := []struct {
		prefix string
		words  []string
		least  int // that a reader of the source finds, so that it can't find none
	}{
		{"state", constants(domain, "State"), 16},
		{"wait", constants(domain, "WaitReason"), 3},
		{"event", constants(domain, "EventKind"), 36},
		{"action", constants(domain, "CommandName"), 36},
		{"action", constants(desks, "Action"), 14},
		{"outcomes", constants(domain, "Outcome"), 9},
		{"holder", constants(domain, "HolderKind"), 4},
		{"role", constants(domain, "Role"), 9},
		{"actor", constants(domain, "ActorKind"), 5},
		{"code", constants(domain, "Code"), 8},
		{"request_state", constants(domain, "RequestState"), 3},
		{"return", constants(domain, "ReturnMethod"), 2},
		{"deadline_state", constants(domain, "DeadlineState"), 4},
		{"place_kinds", constants(domain, "PlaceKind"), 3},
		{"fact", policy.FactNames(), 60},
		{"deadlines", []string{"target"}, 1}, // care.Clock.Name
	}
	for _, tt := range tests {
		t.Run(tt.prefix, func(t *testing.T) {
			if len(tt.words) < tt.least {
				t.Fatalf("found %d words, expected at least %d: %v", len(tt.words), tt.least, tt.words)
			}
			for _, word := range tt.words {
				if word != "" {
					mustSay(t, b, tt.prefix+"."+word)
				}
			}
		})
	}
	for _, s := range care.States() {
		mustSay(t, b, "state."+string(s))
	}
	for _, r := range care.Roles() {
		mustSay(t, b, "role."+string(r))
	}
	for _, a := range desk.Actions() {
		mustName(t, b, "action", string(a))
	}
}

func mustSay(t *testing.T, b *i18n.Bundle, key string) {
	t.Helper()
	for _, lang := range i18n.Languages() {
		if !b.Locale(lang).Has(key) {
			t.Errorf("%s has no text in %s", key, lang)
		}
	}
}

// mustName is mustSay for a word that Locale.Or finds by its last part too.
func mustName(t *testing.T, b *i18n.Bundle, prefix, word string) {
	t.Helper()
	last := word[strings.LastIndexByte(word, '.')+1:]
	for _, lang := range i18n.Languages() {
		if l := b.Locale(lang); !l.Has(prefix+"."+word) && !l.Has(prefix+"."+last) {
			t.Errorf("%s %q has no text in %s", prefix, word, lang)
		}
	}
}

// The vocabularies whose words a person sees; the others only shape packs.
func TestEveryWordOfThePolicy(t *testing.T) {
	b := whole(t)
	for _, vocabulary := range []string{"request_kinds", "bases", "channels", "categories", "sale_channels", "issuers", "documents",
		"diagnosis_kinds", "findings", "parts", "causes", "service_kinds", "outcomes", "centre_kinds", "remedy_kinds", "choosers", "verdicts",
		"pack_kinds", "place_kinds", "contact_kinds", "breaches", "deadlines"} {
		t.Run(vocabulary, func(t *testing.T) {
			words := policy.Words(vocabulary)
			if len(words) == 0 {
				t.Fatal("no such vocabulary")
			}
			for _, word := range words {
				mustSay(t, b, vocabulary+"."+word)
			}
		})
	}
	for _, day := range policy.Words("weekdays") {
		mustSay(t, b, "weekday."+day)
	}
}

// What the policy's words say already is not translated twice.
func TestNothingTranslatedTwice(t *testing.T) {
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	b, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range b.Keys() {
		if lib.Lexicon().Has(key) {
			t.Errorf("%s stands in the catalogue and in packs/words.yaml", key)
		}
	}
}

func TestEveryFieldHasALabel(t *testing.T) {
	b := whole(t)
	files := source(t, "internal/care", "internal/desk", "internal/storage", "internal/ingest")
	fields := map[string]bool{}
	collect := func(files []*ast.File, arguments map[string]int) {
		for name, arg := range arguments {
			calls(files, name, func(c *ast.CallExpr) {
				if len(c.Args) > arg {
					if text, ok := literal(c.Args[arg]); ok {
						fields[text] = true
					}
				}
			})
		}
	}
	// the functions that name a field, and which argument does
	collect(files, map[string]int{"At": 0, "need": 1, "needWord": 2, "needWords": 2, "required": 1, "oneOf": 2, "notBefore": 2})
	collect(source(t, "internal/care"), map[string]int{"text": 0, "long": 0, "flag": 0, "list": 0, "place": 0, "choice": 0, "choices": 0})
	calls(files, "Fail", func(c *ast.CallExpr) {
		for i, a := range c.Args {
			if text, ok := literal(a); ok && text == "field" && i+1 < len(c.Args) {
				if field, ok := literal(c.Args[i+1]); ok {
					fields[field] = true
				}
			}
		}
	})
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok {
				if text, ok := literal(lit); ok && strings.HasPrefix(text, "field.") {
					fields[strings.TrimPrefix(text, "field.")] = true
				}
			}
			return true
		})
	}
	delete(fields, "") // the prefix alone, before a name is added
	if len(fields) < 40 {
		t.Fatalf("found only %d fields", len(fields))
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		mustSay(t, b, "field."+field)
	}
}

func TestEveryReasonOfAStoppedDeadline(t *testing.T) {
	b, found := whole(t), 0
	for _, f := range source(t, "internal/care") {
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok {
				if text, ok := literal(lit); ok && strings.HasPrefix(text, "deadline.") {
					found++
					mustSay(t, b, text)
				}
			}
			return true
		})
	}
	if found < 7 {
		t.Errorf("found only %d reasons", found)
	}
}

func TestEveryAuditedAction(t *testing.T) {
	b, found := whole(t), 0
	files := source(t, "internal/desk")
	name := regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	for _, fn := range []string{"audit", "putUser", "inRequest"} {
		calls(files, fn, func(c *ast.CallExpr) {
			for i, a := range c.Args {
				text, ok := literal(a)
				if !ok || !name.MatchString(text) {
					continue
				}
				found++
				mustName(t, b, "action", text)
				if fn == "audit" && i+1 < len(c.Args) {
					if object, ok := literal(c.Args[i+1]); ok {
						mustSay(t, b, "object."+object)
					}
				}
			}
		})
	}
	if found < 8 {
		t.Errorf("found only %d audited actions", found)
	}
}

// raised is one place in the source that makes an error.
type raised struct {
	key  string
	args []string
}

// raisedErrors finds the errors of care.Fail, and of functions that hand a
// key on to it.
func raisedErrors(t *testing.T, files []*ast.File) []raised {
	t.Helper()
	var list []raised
	take := func(c *ast.CallExpr, from int) {
		if len(c.Args) <= from {
			return
		}
		key, ok := literal(c.Args[from])
		if !ok {
			if id, isName := c.Args[from].(*ast.Ident); !isName || id.Name != "key" {
				t.Errorf("an error's key is not a literal: nobody can check that it has a text")
			}
			return
		}
		r := raised{key: key}
		for i := from + 1; i < len(c.Args); i += 2 {
			name, ok := literal(c.Args[i])
			if !ok {
				t.Errorf("error.%s: the name of an argument is not a literal", key)
			}
			r.args = append(r.args, name)
		}
		list = append(list, r)
	}
	calls(files, "Fail", func(c *ast.CallExpr) { take(c, 1) })
	calls(files, "notFound", func(c *ast.CallExpr) { take(c, 1) })
	return list
}

func TestEveryErrorHasAText(t *testing.T) {
	b := whole(t)
	list := raisedErrors(t, source(t, "internal"))
	if len(list) < 100 {
		t.Fatalf("found only %d errors", len(list))
	}
	seen := map[string]bool{}
	for _, e := range list {
		if call := e.key + " " + strings.Join(e.args, " "); seen[call] {
			continue
		} else {
			seen[call] = true
		}
		args := map[string]string{}
		for _, name := range e.args {
			args[name] = "x"
		}
		for _, lang := range i18n.Languages() {
			// A missing text, or a place that this call gives no argument for,
			// reaches OnMissing, which fails the test.
			b.Locale(lang).T("error."+e.key, args)
		}
	}
}

// An error's text must not show a code where the product has a word.
func TestErrorsSpeakPlainly(t *testing.T) {
	b := whole(t)
	tests := []struct {
		lang string
		err  *care.Error
		want string
	}{
		{"en", care.Fail(care.Invalid, "required", "field", "place"), "Please fill in “Place”."},
		{"ru", care.Fail(care.Invalid, "required", "field", "diagnosis.confirmed"), "Заполните поле «Неисправность подтвердилась»."},
		{"bg", care.Fail(care.Invalid, "required", "field", "reason"), "Попълнете полето „Причина“."},
		{"en", care.Fail(care.Illegal, "illegal_move", "command", "start_repair", "state", "submitted"),
			"“Start the repair” is not possible while the claim is in the state “Submitted”."},
		{"ru", care.Fail(care.Illegal, "illegal_move", "command", "hand_over", "state", "in_repair"),
			"Действие «Выдать клиенту» невозможно, пока заявка в состоянии «В ремонте»."},
		{"bg", care.Fail(care.Blocked, "not_held", "holder", "courier"), "Устройството не е в магазин или сервиз: то е у куриера."},
		{"ru", care.Fail(care.Blocked, "not_covered", "basis", "certificate", "verdict", "not_in_force"),
			"Основание «сертификат на послегарантийное обслуживание» не даёт бесплатного обслуживания: не действует."},
		{"bg", care.Fail(care.Blocked, "remedy_not_offered", "remedy", "refund", "basis", "warranty"),
			"Основанието „търговска гаранция“ не предвижда това: възстановяване на стойността."},
		{"ru", care.Fail(care.Invalid, "amount_differs", "decided", "1999.00 RUB", "given", "10.50 EUR"),
			"В решении указано 1\u00a0999,00\u00a0₽, а не 10,50\u00a0€."},
		{"bg", care.Fail(care.Invalid, "before_sale", "field", "delivered", "value", "2026-03-01"),
			"Поле „Дата на предаване“: 1\u00a0март 2026\u00a0г. е преди датата на продажба. Очаква се датата на продажба или по-късен ден."},
		{"en", care.Fail(care.Forbidden, "forbidden", "action", "claim.approve_refund"), "Your role does not include this: “Approve the refund”."},
		{"ru", care.Fail(care.Forbidden, "forbidden", "action", "user.manage"), "Ваша роль этого не позволяет: «Управлять пользователями»."},
		{"en", care.Fail(care.Blocked, "answer_first", "reason", "paid_estimate"), "The customer's answer is awaited first: consent to a paid repair."},
	}
	for _, tt := range tests {
		t.Run(tt.lang+" "+tt.err.Key, func(t *testing.T) {
			if got := b.Locale(tt.lang).T(tt.err.Key, tt.err.Args); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
