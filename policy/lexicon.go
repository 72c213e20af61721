package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Lexicon holds the engine's own words in every language: the questions for
// facts, names of codes, and the sentences around a clause's text. It is data
// (packs/words.yaml), like the packs.
type Lexicon struct {
	entries map[string]map[string]phrase // "questions.sale.date" → language → phrase
}

// phrase is a text, or its plural forms (CLDR: one, few, many, other).
type phrase map[string]string

// ParseLexicon reads a words file.
func ParseLexicon(file string, data []byte) (*Lexicon, error) {
	root, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: file}
	lex := &Lexicon{entries: map[string]map[string]phrase{}}
	var sections map[string]map[string]*yaml.Node
	d.decode(root, reflect.ValueOf(&sections).Elem(), "words file", "")
	for _, section := range sortedKeys(sections) {
		for _, key := range sortedKeys(sections[section]) {
			lex.read(d, section+"."+key, sections[section][key])
		}
	}
	return lex, d.faults.err()
}

func (lex *Lexicon) read(d *decoder, name string, n *yaml.Node) {
	byLang := map[string]phrase{}
	if n.Kind != yaml.MappingNode {
		d.fault(n, "%s: expected a text in each language", name)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		lang, value := n.Content[i].Value, n.Content[i+1]
		p := phrase{}
		if value.Kind == yaml.MappingNode {
			d.decode(value, reflect.ValueOf(&p).Elem(), name+"."+lang, "")
		} else {
			var text string
			d.decode(value, reflect.ValueOf(&text).Elem(), name+"."+lang, "")
			p["other"] = text
		}
		if strings.TrimSpace(p["other"]) == "" {
			d.fault(value, "%s.%s: the text is empty", name, lang)
		}
		byLang[lang] = p
	}
	lex.entries[name] = byLang
}

// Languages lists the languages in which every entry has a text.
func (lex *Lexicon) Languages() []string {
	var langs []string
	for _, lang := range []string{"ru", "bg", "en"} {
		if !slices.ContainsFunc(sortedKeys(lex.entries), func(name string) bool { return lex.entries[name][lang] == nil }) {
			langs = append(langs, lang)
		}
	}
	return langs
}

// Has reports whether the words file has an entry.
func (lex *Lexicon) Has(name string) bool { return lex.entries[name] != nil }

// Text is the text of an entry with its {placeholders} filled: pairs of name
// and value. An entry that is missing shows its name: the check of the words
// file makes sure that none is.
func (lex *Lexicon) Text(lang, name string, pairs ...string) string {
	p := lex.entries[name][lang]
	if p == nil {
		p = lex.entries[name]["en"]
	}
	text, ok := p["other"]
	if !ok {
		return name
	}
	return fill(text, pairs)
}

// Count is Text with the plural form for n, and {n} filled.
func (lex *Lexicon) Count(lang, name string, n int, pairs ...string) string {
	p := lex.entries[name][lang]
	text, ok := p[pluralForm(lang, n)]
	if !ok {
		if text, ok = p["other"]; !ok {
			return name
		}
	}
	return fill(text, append([]string{"n", strconv.Itoa(n), "days", strconv.Itoa(n)}, pairs...))
}

func fill(text string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// pluralForm is the CLDR cardinal category of a whole number.
func pluralForm(lang string, n int) string {
	if lang != "ru" {
		if n == 1 {
			return "one"
		}
		return "other"
	}
	switch {
	case n%10 == 1 && n%100 != 11:
		return "one"
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return "few"
	default:
		return "many"
	}
}

// check faults an entry that the engine needs and the file does not have.
func (lex *Lexicon) check(faults *Faults, pos Pos, langs []string) {
	need := func(name string) {
		for _, lang := range langs {
			if lex.entries[name][lang] == nil {
				faults.add(pos, "words: %s has no text in %s", name, lang)
			}
		}
	}
	for _, section := range []string{"documents", "bases", "verdicts", "remedy_kinds", "deadlines", "choosers", "findings", "parts", "causes",
		"categories", "breaches"} {
		for _, word := range vocabulary[section] {
			need(section + "." + word)
		}
	}
	for _, why := range []string{"more_rights", "only_covered", "fewer_papers", "equal", "open", "paid", "money_back", "none"} {
		need("why." + why)
	}
}

// String describes the lexicon for a log line.
func (lex *Lexicon) String() string { return fmt.Sprintf("%d words", len(lex.entries)) }
