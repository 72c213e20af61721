package i18n

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
)

func shipped(t testing.TB) *Bundle {
	t.Helper()
	b, err := New(OnMissing(func(lang, key string) { t.Errorf("%s: missing %s", lang, key) }))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// places lists the places of a form in order, repeats included.
func (t template) places() []string {
	var out []string
	for _, p := range t {
		if p.name != "" {
			out = append(out, p.name+":"+p.prefix)
		}
	}
	slices.Sort(out)
	return out
}

// text is the form with a digit in each place.
func (t template) text() string {
	var b strings.Builder
	for _, p := range t {
		if p.name != "" {
			b.WriteString("0")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

func TestEveryKeyInEveryLanguage(t *testing.T) {
	b := shipped(t)
	for _, key := range b.Keys() {
		en := b.locales["en"].messages[key]
		for _, lang := range Languages() {
			m := b.locales[lang].messages[key]
			switch {
			case m == nil:
				t.Errorf("%s has no text in %s", key, lang)
			case en != nil && m.counted != en.counted:
				t.Errorf("%s is counted in one of en and %s, and not in the other", key, lang)
			}
		}
	}
}

func TestSamePlacesInEveryLanguage(t *testing.T) {
	b := shipped(t)
	for _, key := range b.Keys() {
		en := b.locales["en"].messages[key]
		if en == nil {
			continue // the test above tells
		}
		want := slices.Compact(en.form(Other).places())
		for _, lang := range Languages() {
			m := b.locales[lang].messages[key]
			if m == nil {
				continue
			}
			for form, text := range m.forms {
				if got := slices.Compact(text.places()); !slices.Equal(got, want) {
					t.Errorf("%s, %s, form %s: places %v, in English %v", key, lang, form, got, want)
				}
			}
		}
	}
}

// The plural forms that a language needs are those that its rules give to
// some whole number; "other" is needed by the format, and by fractions.
func TestPluralFormsComplete(t *testing.T) {
	b := shipped(t)
	for _, lang := range Languages() {
		l := b.locales[lang]
		needed := map[Form]bool{Other: true}
		for n := range 1200 {
			needed[l.formOf(n)] = true
		}
		for key, m := range l.messages {
			for form := range needed {
				if _, ok := m.forms[form]; m.counted && !ok {
					t.Errorf("%s in %s has no plural form %q", key, lang, form)
				}
			}
			for form := range m.forms {
				if !needed[form] {
					t.Errorf("%s in %s has the plural form %q, which %s never uses", key, lang, form, lang)
				}
			}
		}
	}
}

func TestFormsFollowTheCLDR(t *testing.T) {
	b := shipped(t)
	names := map[plural.Form]Form{plural.One: One, plural.Few: Few, plural.Many: Many, plural.Other: Other}
	for _, lang := range Languages() {
		l := b.locales[lang]
		for n := range 1200 {
			// MatchPlural again would prove nothing; the digits' own rules do.
			if got, want := l.formOf(n), byHand(lang, n); got != want {
				t.Fatalf("%s %d: form %s, want %s", lang, n, got, want)
			}
			if got, want := l.formOf(-n), names[plural.Cardinal.MatchPlural(l.lang, n, 0, 0, 0, 0)]; got != want {
				t.Fatalf("%s %d: form %s, want %s", lang, -n, got, want)
			}
		}
	}
}

// byHand is the rule as the grammars teach it.
func byHand(lang string, n int) Form {
	if lang != "ru" {
		if n == 1 {
			return One
		}
		return Other
	}
	last, teens := n%10, n%100 >= 11 && n%100 <= 14
	switch {
	case last == 1 && !teens:
		return One
	case last >= 2 && last <= 4 && !teens:
		return Few
	}
	return Many
}

// The marks of another language, or of a typewriter, are the commonest slip.
func TestTextsKeepTheMarksOfTheirLanguage(t *testing.T) {
	foreign := map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`["«»„]|\p{Cyrillic}`),
		"ru": regexp.MustCompile(`["„“”ѝЍ]|\p{Cyrillic}\p{Latin}|\p{Latin}\p{Cyrillic}`),
		"bg": regexp.MustCompile(`["«»”ёыэЁЫЭ]|\p{Cyrillic}\p{Latin}|\p{Latin}\p{Cyrillic}`),
	}
	b := shipped(t)
	for _, lang := range Languages() {
		for key, m := range b.locales[lang].messages {
			if strings.Contains(key, "language.") {
				continue // each is written in itself
			}
			for form, tpl := range m.forms {
				text := tpl.text()
				if strings.TrimSpace(text) != text || len(tpl) == 0 || strings.Contains(text, "  ") {
					t.Errorf("%s, %s, form %s: empty, or a space too many: %q", key, lang, form, text)
				}
				if found := foreign[lang].FindString(text); found != "" {
					t.Errorf("%s, %s, form %s: %q does not belong there: %q", key, lang, form, found, text)
				}
				if strings.Count(text, "«") != strings.Count(text, "»") || strings.Count(text, "“") != opening(lang, text) {
					t.Errorf("%s, %s, form %s: quotation marks don't close: %q", key, lang, form, text)
				}
			}
		}
	}
}

func opening(lang, text string) int {
	if lang == "bg" {
		return strings.Count(text, "„")
	}
	return strings.Count(text, "”")
}

// A message that is asked to name a vocabulary's word must find that
// vocabulary, in the catalogue or in the words of the policy engine.
func TestPlacesNameVocabularies(t *testing.T) {
	b := shipped(t)
	known := map[string]bool{"date": true, "money": true}
	for _, key := range b.Keys() {
		prefix, _, _ := strings.Cut(key, ".")
		known[prefix] = true
	}
	for _, section := range []string{"documents", "bases", "verdicts", "remedy_kinds", "findings", "parts", "causes", "categories", "choosers"} {
		known[section] = true
	}
	for _, lang := range Languages() {
		for key, m := range b.locales[lang].messages {
			for _, tpl := range m.forms {
				for _, p := range tpl {
					if p.prefix != "" && !known[p.prefix] {
						t.Errorf("%s in %s: no vocabulary %q", key, lang, p.prefix)
					}
				}
			}
		}
	}
}
