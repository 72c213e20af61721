package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const smallWords = `sentences:
  left:
    ru: {one: "остался {n} день из {all}", few: "осталось {n} дня из {all}", many: "осталось {n} дней из {all}", other: "осталось {n} дня из {all}"}
    bg: {one: "остава {n} ден от {all}", other: "остават {n} дни от {all}"}
    en: {one: "{n} day of {all} is left", other: "{n} days of {all} are left"}
  plain:
    en: "Hello, {name}"
    ru: "Привет, {name}"
`

func lexicon(t *testing.T, text string) *Lexicon {
	t.Helper()
	lex, err := ParseLexicon("words.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return lex
}

// TestPluralForms holds CLDR's cardinal rules for whole numbers.
func TestPluralForms(t *testing.T) {
	lex := lexicon(t, smallWords)
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"ru", 1, "остался 1 день из 45"}, {"ru", 2, "осталось 2 дня из 45"}, {"ru", 4, "осталось 4 дня из 45"}, {"ru", 5, "осталось 5 дней из 45"},
		{"ru", 0, "осталось 0 дней из 45"}, {"ru", 11, "осталось 11 дней из 45"}, {"ru", 12, "осталось 12 дней из 45"}, {"ru", 14, "осталось 14 дней из 45"},
		{"ru", 21, "остался 21 день из 45"}, {"ru", 22, "осталось 22 дня из 45"}, {"ru", 25, "осталось 25 дней из 45"}, {"ru", 111, "осталось 111 дней из 45"},
		{"ru", 112, "осталось 112 дней из 45"}, {"ru", 121, "остался 121 день из 45"},
		{"bg", 1, "остава 1 ден от 45"}, {"bg", 0, "остават 0 дни от 45"}, {"bg", 2, "остават 2 дни от 45"}, {"bg", 21, "остават 21 дни от 45"},
		{"en", 1, "1 day of 45 is left"}, {"en", 0, "0 days of 45 are left"}, {"en", 21, "21 days of 45 are left"},
	} {
		if got := lex.Count(c.lang, "sentences.left", c.n, "all", "45"); got != c.want {
			t.Errorf("%s %d: %s, want %s", c.lang, c.n, got, c.want)
		}
	}
}

func TestTextOfWords(t *testing.T) {
	lex := lexicon(t, smallWords)
	for _, c := range []struct{ lang, name, want string }{
		{"ru", "sentences.plain", "Привет, Анна"},
		{"bg", "sentences.plain", "Hello, Анна"}, // English where a language lacks it
		{"en", "sentences.none", "sentences.none"},
	} {
		if got := lex.Text(c.lang, c.name, "name", "Анна", "odd"); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.lang, c.name, got, c.want)
		}
	}
	if got := lex.Count("en", "sentences.plain", 3, "name", "Ann"); got != "Hello, Ann" {
		t.Errorf("a text without plural forms counts as %q", got)
	}
	if got := lex.Count("en", "sentences.none", 3); got != "sentences.none" {
		t.Errorf("a missing text counts as %q", got)
	}
	if diff := cmp.Diff([]string{"ru", "en"}, lex.Languages()); diff != "" {
		t.Errorf("languages of every entry:\n%s", diff)
	}
	if lex.String() != "2 words" || !lex.Has("sentences.left") || lex.Has("sentences.none") {
		t.Errorf("%s, %v", lex, lex.Has("sentences.left"))
	}
}

func TestShippedWordsAreInEveryLanguage(t *testing.T) {
	lib := shippedLibrary(t)
	if diff := cmp.Diff([]string{"ru", "bg", "en"}, lib.Lexicon().Languages()); diff != "" {
		t.Error(diff)
	}
	for _, name := range sortedKeys(lib.Lexicon().entries) {
		for lang, forms := range lib.Lexicon().entries[name] {
			_, plural := forms["one"]
			if _, few := forms["few"]; plural && lang == "ru" && !few {
				t.Errorf("%s: the Russian text has no form for few", name)
			}
		}
	}
}

func TestWordsFaults(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a text instead of languages": {"a:\n  b: hello\n", "words.yaml:2:6: a.b: expected a text in each language"},
		"an empty text":               {"a:\n  b: {en: \"  \"}\n", "words.yaml:2:11: a.b.en: the text is empty"},
		"plural forms without other":  {"a:\n  b: {en: {one: x}}\n", "words.yaml:2:11: a.b.en: the text is empty"},
		"a list":                      {"a:\n  b: {en: [x]}\n", "words.yaml:2:11: a.b.en: expected text, found a list"},
		"a form twice":                {"a:\n  b: {en: {one: x, other: y, one: z}}\n", "words.yaml:2:"},
		"nothing":                     {"", "words.yaml:1:1: the file is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseLexicon("words.yaml", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestWordsMustSayWhatPacksNeed: a word or a question that a pack may need is
// asked for when the pack is compiled, not when a customer waits.
func TestWordsMustSayWhatPacksNeed(t *testing.T) {
	lib := shippedLibrary(t)
	for _, missing := range []string{"questions.sale.date", "questions.diagnosis.confirmed", "verdicts.refused", "remedy_kinds.refund", "why.paid", "findings.liquid", "deadlines.repair"} {
		t.Run(missing, func(t *testing.T) {
			kept := lib.lexicon.entries[missing]
			if kept == nil {
				t.Fatal("there is no such word")
			}
			delete(lib.lexicon.entries, missing)
			defer func() { lib.lexicon.entries[missing] = kept }()
			i := 0
			for lib.packs[i].ID != "bg-omni" {
				i++
			}
			_, err := lib.Compile(lib.packs[i])
			want := strings.TrimPrefix(missing, "questions.")
			if err == nil || !strings.Contains(err.Error(), "words: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
