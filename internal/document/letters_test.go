package document

import "testing"

func TestTheFontHasOurLetters(t *testing.T) {
	for name, font := range map[string][]byte{"regular": regular, "bold": bold} {
		has, err := lettersOf(font)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюяЁёЍѝ№«»„“”–—…€₽•·−\u00a0" + string(unknown) {
			if !has[r] {
				t.Errorf("%s has no %q", name, r)
			}
		}
		if has['中'] || len(has) > 0xffff {
			t.Errorf("%s says that it has letters which it does not have", name)
		}
	}
}

func TestClean(t *testing.T) {
	has, err := lettersOf(regular)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, in, out string }{
		{"plain", "Ада Примерова", "Ада Примерова"},
		{"decomposed letters", "и\u0306 е\u0308 и\u0300", "й ё ѝ"},
		{"control characters", "a\x00b\x1bc\x7f", "abc"},
		{"lines of every system", "a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"tabs", "a\tb", "a b"},
		{"a picture is seen to be missing", "ok 👍🏽 完", "ok " + string(unknown) + string(unknown) + " " + string(unknown)},
		{"joiners and marks of direction", "a\u200db\u202ec\ufe0f", "abc"},
		{"broken bytes", "a\xffb", "a" + string(unknown) + "b"},
	} {
		if got := has.clean(c.in); got != c.out {
			t.Errorf("%s: %q, want %q", c.name, got, c.out)
		}
	}
	for _, bad := range [][]byte{nil, {0}, regular[:40], make([]byte, 200)} {
		if _, err := lettersOf(bad); err == nil {
			t.Errorf("%d bytes are a font", len(bad))
		}
	}
}
