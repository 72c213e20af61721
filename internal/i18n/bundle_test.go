package i18n

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// loaded is a small catalogue and what was asked of it in vain.
func loaded(t *testing.T, files map[string]string, options ...Option) (b *Bundle, missing *[]string) {
	t.Helper()
	missing = &[]string{}
	b, err := Load(asFS(files), append(options, OnMissing(func(lang, key string) { *missing = append(*missing, lang+" "+key) }))...)
	if err != nil {
		t.Fatal(err)
	}
	return b, missing
}

func asFS(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestLoadNamesTheFault(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no JSON":            {map[string]string{"a.en.json": "{"}, "a.en.json"},
		"a list":             {map[string]string{"a.en.json": `["x"]`}, "expected one object"},
		"two objects":        {map[string]string{"a.en.json": `{} {}`}, "something follows the object"},
		"twice in one file":  {map[string]string{"a.en.json": `{"k": "x", "k": "y"}`}, `the key "k" stands in a.en.json already`},
		"twice in two files": {map[string]string{"a.en.json": `{"k": "x"}`, "b.en.json": `{"k": "y"}`}, `b.en.json: the key "k" stands in a.en.json already`},
		"a number":           {map[string]string{"a.en.json": `{"k": 7}`}, `key "k": expected a text or an object of plural forms`},
		"an unknown form":    {map[string]string{"a.en.json": `{"k": {"two": "x", "other": "y"}}`}, `unknown plural form "two"`},
		"no other form":      {map[string]string{"a.en.json": `{"k": {"one": "x"}}`}, `"other" is missing`},
		"a form no text":     {map[string]string{"a.en.json": `{"k": {"other": 1}}`}, `plural form "other" is not a text`},
		"an open place":      {map[string]string{"a.en.json": `{"k": "a {name"}`}, "a wrong place {name"},
		"a place unopened":   {map[string]string{"a.en.json": `{"k": "a name}"}`}, "a } without its {"},
		"a nameless place":   {map[string]string{"a.en.json": `{"k": "{}"}`}, "a wrong place"},
		"a capital place":    {map[string]string{"a.en.json": `{"k": "{Name}"}`}, "a wrong place {Name"},
		"no vocabulary":      {map[string]string{"a.en.json": `{"k": "{name:}"}`}, "a wrong place {name:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(asFS(tt.files))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestMessages(t *testing.T) {
	b, missing := loaded(t, map[string]string{
		"a.en.json": `{"hello": "Hello, {name}!", "claims": {"one": "{n} claim of {who}", "other": "{n} claims of {who}"}, "is": "It is {state:state}.",
			"state.ready": "ready", "state.late": "late", "day": "On {d:date} for {sum:money}.", "month.3": "March", "currency.EUR": "€", "list.and": "{first} and {last}", "all": "{x}"}`,
	})
	l := b.Locale("en")
	date, err := calendar.ParseDate("2026-03-01")
	if err != nil {
		t.Fatal(err)
	}
	sum := money.Amount{Minor: 1050, Currency: "EUR"}
	for name, tt := range map[string]struct{ got, want string }{
		"pairs":                {l.T("hello", "name", "Ann"), "Hello, Ann!"},
		"Args":                 {l.T("hello", Args{"name": "Ann"}), "Hello, Ann!"},
		"an error's arguments": {l.T("hello", map[string]string{"name": "Ann"}), "Hello, Ann!"},
		"braces in a value":    {l.T("hello", "name", "{name}"), "Hello, {name}!"},
		"one":                  {l.N("claims", 1, "who", "Ann"), "1 claim of Ann"},
		"many":                 {l.N("claims", 1200, "who", "Ann"), "1,200 claims of Ann"},
		"minus one":            {l.N("claims", -1, "who", "Ann"), "−1 claim of Ann"},
		"counted by text":      {l.T("claims", map[string]string{"n": "1", "who": "Ann"}), "1 claim of Ann"},
		"counted by int64":     {l.T("claims", "n", int64(3), "who", "Ann"), "3 claims of Ann"},
		"a word":               {l.T("is", "state", "ready"), "It is ready."},
		"several words":        {l.T("is", "state", "ready, late"), "It is ready, late."},
		"a newer word":         {l.T("is", "state", "melted"), "It is melted."},
		"no word":              {l.T("is", "state", ""), "It is ."},
		"date and money":       {l.T("day", "d", "2026-03-01", "sum", "10.50 EUR"), "On 1\u00a0March 2026 for €10.50."},
		"neither":              {l.T("day", "d", "soon", "sum", "much"), "On soon for much."},
		"a date":               {l.T("all", "x", date), "1\u00a0March 2026"},
		"a sum":                {l.T("all", "x", sum), "€10.50"},
		"a pointer to a sum":   {l.T("all", "x", &sum), "€10.50"},
		"no sum":               {l.T("all", "x", (*money.Amount)(nil)), ""},
		"a list":               {l.T("all", "x", []string{"a", "b"}), "a and b"},
		"a number":             {l.T("all", "x", 12345), "12,345"},
		"anything else":        {l.T("all", "x", time.March), "March"},
		"Or finds":             {l.Or("state", "ready"), "ready"},
		"Or by the last part":  {l.Or("state", "claim.late"), "late"},
		"Or gives back":        {l.Or("state", "claim.melted"), "claim.melted"},
		"Cap":                  {l.Cap("state.ready"), "Ready"},
		"Capital of Cyrillic":  {Capital("ёлка"), "Ёлка"},
		"Capital of nothing":   {Capital(""), ""},
		"Capital of rubbish":   {Capital("\xff"), "\xff"},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
	if len(*missing) > 0 {
		t.Errorf("missing: %v", *missing)
	}
}

func TestWhatIsMissingIsHeard(t *testing.T) {
	b, missing := loaded(t, map[string]string{
		"a.en.json": `{"hello": "Hello, {name}!", "claims": {"one": "{n} claim", "other": "{n} claims"}}`,
	})
	l := b.Locale("en")
	for want, got := range map[string]string{
		"⟦nope⟧":         l.T("nope"),
		"Hello, {name}!": l.T("hello"),
		"{n} claims":     l.T("claims"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	slices.Sort(*missing)
	want := []string{"en claims {n}", "en claims {n}", "en hello {name}", "en nope"}
	if diff := cmp.Diff(want, *missing); diff != "" {
		t.Error(diff)
	}
}

// shelf is a lexicon in the tests.
type shelf map[string]string

func (s shelf) Has(name string) bool { return s[name] != "" }
func (s shelf) Text(lang, name string, pairs ...string) string {
	return lang + ":" + strings.NewReplacer(pairs...).Replace(s[name])
}

func TestBesideTheCatalogue(t *testing.T) {
	b, missing := loaded(t, map[string]string{"a.en.json": `{"parts.lens": "lens", "is": "It is {part:parts}."}`},
		Beside(shelf{"parts.battery": "battery", "parts.lens": "never read", "why": "because of N"}))
	l := b.Locale("en")
	for want, got := range map[string]string{
		"en:battery":          l.T("parts.battery"),
		"lens":                l.T("parts.lens"),
		"It is en:battery.":   l.T("is", "part", "battery"),
		"en:because of 1,000": l.T("why", "N", 1000),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if !l.Has("parts.battery") || l.Has("parts.cable") {
		t.Error("Has does not look beside the catalogue, or finds what is not there")
	}
	if len(*missing) > 0 {
		t.Errorf("missing: %v", *missing)
	}
}

func TestLocaleOfATag(t *testing.T) {
	b := shipped(t)
	for tag, want := range map[string]string{"ru": "ru", "ru-RU": "ru", "bg_BG": "bg", "BG": "bg", "de": "en", "": "en", "-": "en"} {
		if got := b.Locale(tag).Tag(); got != want {
			t.Errorf("%q: got %s, want %s", tag, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	b := shipped(t)
	for name, tt := range map[string]struct {
		header  string
		allowed []string
		want    string
	}{
		"the first":               {"bg-BG,bg;q=0.9,en;q=0.8", []string{"en", "ru", "bg"}, "bg"},
		"by weight":               {"en;q=0.3, ru;q=0.7", []string{"bg", "en", "ru"}, "ru"},
		"the next that is there":  {"de, ru;q=0.5", []string{"en", "ru"}, "ru"},
		"not allowed here":        {"ru", []string{"bg", "en"}, "bg"},
		"none":                    {"", []string{"bg", "en"}, "bg"},
		"any":                     {"*", []string{"bg", "en"}, "bg"},
		"rubbish":                 {";;;=", []string{"ru", "en"}, "ru"},
		"longer than any browser": {strings.Repeat("ru,", 400), []string{"en", "ru"}, "en"},
		"all languages":           {"bg", nil, "bg"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := b.Match(tt.header, tt.allowed); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"", "ru", "bg-BG,bg;q=0.9,en;q=0.8", "*", "x-y-z;q=2", "en;q=-1", "\x00", "zh-Hant-TW-x-private"} {
		f.Add(s)
	}
	b := shipped(f)
	allowed := []string{"bg", "en"}
	f.Fuzz(func(t *testing.T, header string) {
		if got := b.Match(header, allowed); !slices.Contains(allowed, got) {
			t.Errorf("%q: %q is not on offer", header, got)
		}
	})
}

// A text that parses says again what it was made from: nothing is lost or
// added between the braces.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"", "a", "{a}", "a {b} c {d:e}", "{", "}", "{}", "{a:}", "{{a}}", "я {имя}", "{a}{b}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts, err := parseTemplate(text)
		if err != nil {
			return
		}
		var again strings.Builder
		for _, p := range parts {
			switch {
			case p.name == "":
				again.WriteString(p.text)
			case p.prefix == "":
				again.WriteString("{" + p.name + "}")
			default:
				again.WriteString("{" + p.name + ":" + p.prefix + "}")
			}
		}
		if again.String() != text {
			t.Errorf("got %q, want %q", again.String(), text)
		}
	})
}

func FuzzLoad(f *testing.F) {
	for _, s := range []string{`{}`, `{"a": "b"}`, `{"a": {"one": "x", "other": "{n}"}}`, `[`, `{"a": null}`, `{"a": "{"}`, `{"a":"b"}{"a":"b"}`} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, file string, n int) {
		b, err := Load(asFS(map[string]string{"x.ru.json": file}))
		if err != nil {
			return
		}
		for _, key := range b.Keys() {
			b.Locale("ru").N(key, n) // must not panic, whatever the file holds
		}
	})
}
