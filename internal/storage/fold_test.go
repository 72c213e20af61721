package storage

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talon-care/talon/internal/care"
)

func TestFold(t *testing.T) {
	for _, c := range []struct {
		name      string
		fold      func(string) string
		text, out string
	}{
		{"case and ё", foldText, "ЁЛКА Ещё", "елка еще"},
		{"decomposed ё and й", foldText, "Ёлкий", "елкий"},
		{"ligatures and full width", foldText, "ﬁ Ａ１", "fi a1"},
		{"identity", foldIdentity, " AB-12\u00a034\u201356\u00ad ", "ab123456"},
		{"identity in Cyrillic", foldIdentity, "АВЕКМНОРСТУХ", "abekmhopctyx"},
		{"number sign", foldIdentity, "№ 5", "no5"},
		{"digits", foldDigits, "+7 (916) 123-45-67 доб. 8", "791612345678"},
		{"backwards", backwards, "12345", "54321"},
		{"e-mail", foldEmail, " A.B@Example.ORG ", "a.b@example.org"},
		{"phone from Russia", phoneTail, "8 (916) 123-45-67", "9161234567"},
		{"phone from abroad", phoneTail, "+7 916 123 45 67", "9161234567"},
		{"phone from Bulgaria", phoneTail, "0887 001 122", "887001122"},
		{"phone from Bulgaria with the code", phoneTail, "+359887001122", "887001122"},
		{"end of a phone", phoneTail, "45-67", "4567"},
		{"a serial is no phone", phoneTail, "AB1234567", ""},
	} {
		if got := c.fold(c.text); got != c.out {
			t.Errorf("%s: %q gives %q, want %q", c.name, c.text, got, c.out)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		name  string
		words []string
		want  []string
	}{
		{"model", foldWords("Redmi Note-13 Pro+ (Note)"), []string{"13", "note", "pro", "redmi"}},
		{"nothing", foldWords(" -/ "), nil},
		{"number", numberWords("RMA-2026-000017"), []string{"000017", "17", "rma2026000017"}},
		{"number without hyphens", numberWords("17"), []string{"17"}},
		{"zeros", numberWords("R-000"), []string{"000", "r000"}},
		{"no number", numberWords(""), nil},
	} {
		if diff := cmp.Diff(c.want, c.words); diff != "" && len(c.want)+len(c.words) > 0 {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What people write in one of many ways is found by any other: folding twice
// is folding once, and case, spaces and hyphens don't count.
func TestFoldingSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("абвгдеёжзийклмнопрстуфхцчшщъыьэюяЁЙABCabcXYZ019 -\u2011\u00a0/№"))).Draw(t, "text")
		for name, fold := range map[string]func(string) string{"text": foldText, "identity": foldIdentity, "e-mail": foldEmail} {
			once := fold(s)
			for _, other := range []string{once, strings.ToUpper(s), strings.ToLower(s)} {
				if got := fold(other); got != once {
					t.Errorf("%s: %q gives %q, %q gives %q", name, s, once, other, got)
				}
			}
		}
		if spread := strings.Join(strings.Split(s, ""), "- "); foldIdentity(spread) != foldIdentity(s) {
			t.Errorf("%q and %q differ", spread, s)
		}
	})
}

// Words are what indexWords compares with the store: sorted, single, bounded.
func TestWordsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := foldWords(rapid.String().Draw(t, "text"))
		if !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) || len(words) > maxWords {
			t.Errorf("words %q", words)
		}
		for _, w := range words {
			if w == "" || utf8.RuneCountInString(w) > maxWord || !utf8.ValidString(w) {
				t.Errorf("word %q", w)
			}
		}
	})
}

// Everything that begins with a prefix, and nothing else, lies between it and
// afterPrefix, byte by byte.
func TestAfterPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix, text := rapid.StringN(1, 3, -1).Draw(t, "prefix"), rapid.String().Draw(t, "text")
		if rapid.Bool().Draw(t, "begins with it") {
			text = prefix + text
		}
		between := text >= prefix && text < afterPrefix(prefix)
		if begins := strings.HasPrefix(text, prefix); between != begins && !strings.HasPrefix(text, afterPrefix(prefix)) {
			t.Errorf("%q begins with %q: %t, lies between: %t", text, prefix, begins, between)
		}
	})
}

// Any cursor either names a position that it was made of, or is refused as
// the reader's mistake.
func FuzzCursor(f *testing.F) {
	f.Add(position{42, "k1"}.cursor())
	f.Add(position{never, "a b"}.cursor())
	f.Add("MTIz")
	f.Add("%%%")
	f.Fuzz(func(t *testing.T, cursor string) {
		from, started, _, err := pageOf(care.Page{Cursor: cursor})
		switch {
		case err != nil && care.CodeOf(err) != care.Invalid:
			t.Errorf("error %v", err)
		case err == nil && started != (cursor != ""):
			t.Errorf("started %t with cursor %q", started, cursor)
		case err == nil && started:
			again, _, _, err := pageOf(care.Page{Cursor: from.cursor()})
			if err != nil || again != from {
				t.Errorf("%+v written and read is %+v, %v", from, again, err)
			}
		}
	})
}
