package ingest

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
)

//go:embed data/headers.tsv
var headersTSV string

//go:embed data/words.tsv
var wordsTSV string

// headerNames are the fields by the folded names their columns have.
var headerNames = sync.OnceValue(func() map[string]Field {
	names := map[string]Field{}
	for _, cells := range tsv(headersTSV) {
		for name := range strings.SplitSeq(cells[2], "|") {
			names[fold(name)] = Field(cells[0])
		}
	}
	return names
})

// wordValues are the values of words by kind and folded word.
var wordValues = sync.OnceValue(func() map[string]map[string]string {
	kinds := map[string]map[string]string{}
	for _, cells := range tsv(wordsTSV) {
		if kinds[cells[0]] == nil {
			kinds[cells[0]] = map[string]string{}
		}
		for word := range strings.SplitSeq(cells[2], "|") {
			kinds[cells[0]][fold(word)] = strings.TrimSpace(cells[1])
		}
	}
	return kinds
})

// tsv cuts an embedded table into rows of three cells.
func tsv(text string) [][]string {
	var rows [][]string
	for row := range strings.Lines(text) {
		row = strings.TrimRight(row, "\n")
		if cells := strings.Split(row, "\t"); len(cells) == 3 && !strings.HasPrefix(row, "#") {
			rows = append(rows, cells)
		}
	}
	return rows
}

// word finds what a word means in a table.
func word(kind, text string) (string, bool) {
	table := wordValues()[kind]
	if value, ok := table[text]; ok {
		return value, true
	}
	value, ok := table[fold(text)]
	return value, ok
}

// nothings are the words that say that a cell holds nothing.
var nothings = sync.OnceValue(func() []string { return slices.Sorted(maps.Keys(wordValues()["blank"])) })

// fold makes texts comparable that people write in several ways: case, ё,
// dots, commas, brackets, quotes, underscores and runs of blanks do not count.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		r = unicode.ToLower(r)
		switch {
		case r == 'ё':
			r = 'е'
		case unicode.IsSpace(r), strings.ContainsRune(`.,:;_()[]"'«»„“”№#`, r), r == '\u200b', r == '\ufeff':
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	return b.String()
}

// trim cuts blanks of every kind from both ends, invisible ones too.
func trim(s string) string {
	if s == "" || plain(s[0]) && plain(s[len(s)-1]) {
		return s
	}
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u2060' })
}

func plain(c byte) bool { return c > ' ' && c < 0x7f }
