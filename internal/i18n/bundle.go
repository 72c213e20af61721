package i18n

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

//go:embed catalog/*.json
var catalog embed.FS

// Languages lists the languages of the product; the last resort is the first.
func Languages() []string { return []string{"en", "ru", "bg"} }

// Bundle holds the messages of every language. It is safe for concurrent use.
type Bundle struct {
	locales   map[string]*Locale
	beside    Lexicon
	onMissing func(lang, key string)
}

// Lexicon holds further words, by language and dotted name. The policy
// engine's own is one: the words of its vocabularies are written once, beside
// the packs.
type Lexicon interface {
	// Has reports whether there is an entry.
	Has(name string) bool
	// Text is the entry with its {places} filled from pairs of name and value.
	Text(lang, name string, pairs ...string) string
}

type noLexicon struct{}

func (noLexicon) Has(string) bool                         { return false }
func (noLexicon) Text(_, name string, _ ...string) string { return name }

// Option changes how a bundle is made.
type Option func(*Bundle)

// OnMissing sets what hears of a message or an argument that was asked for and
// is not there: a test fails, a server logs. Pages show the key in brackets
// instead of the message and go on.
func OnMissing(report func(lang, key string)) Option {
	return func(b *Bundle) { b.onMissing = report }
}

// Beside puts a lexicon beside the catalogue: a key that the catalogue does not
// hold is looked up there.
func Beside(words Lexicon) Option { return func(b *Bundle) { b.beside = words } }

// New loads the embedded catalogue. It fails on a file that can't be read, on
// a malformed message, and on a key that two files of one language hold.
func New(options ...Option) (*Bundle, error) {
	files, err := fs.Sub(catalog, "catalog")
	if err != nil {
		return nil, fmt.Errorf("i18n: open the catalogue: %w", err)
	}
	return Load(files, options...)
}

// Load is New for a catalogue of one's own.
func Load(files fs.FS, options ...Option) (*Bundle, error) {
	b := &Bundle{locales: map[string]*Locale{}, beside: noLexicon{}, onMissing: func(string, string) {}}
	for _, o := range options {
		o(b)
	}
	for _, tag := range Languages() {
		l := &Locale{tag: tag, lang: language.MustParse(tag), bundle: b, messages: map[string]*message{}, style: styles[tag]}
		if err := l.load(files); err != nil {
			return nil, fmt.Errorf("i18n: load the catalogue: %w", err)
		}
		b.locales[tag] = l
	}
	return b, nil
}

func (l *Locale) load(files fs.FS) error {
	names, err := fs.Glob(files, "*."+l.tag+".json")
	if err != nil {
		return err
	}
	home := map[string]string{}
	for _, name := range names {
		entries, err := readFile(files, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, e := range entries {
			if first, taken := home[e.key]; taken {
				return fmt.Errorf("%s: the key %q stands in %s already", name, e.key, first)
			}
			m, err := parseMessage(e.value)
			if err != nil {
				return fmt.Errorf("%s: key %q: %w", name, e.key, err)
			}
			home[e.key], l.messages[e.key] = path.Base(name), m
		}
	}
	return nil
}

type entry struct {
	key   string
	value any
}

// readFile reads a catalogue file by tokens, because a JSON object that holds
// a key twice decodes into a map without a word.
func readFile(files fs.FS, name string) ([]entry, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("expected one object"), err)
	}
	var entries []entry
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		e := entry{key: fmt.Sprint(t)}
		if err := d.Decode(&e.value); err != nil {
			return nil, fmt.Errorf("key %q: %w", e.key, err)
		}
		entries = append(entries, e)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return entries, nil
}

// Locale gives the language of a tag such as "ru" or "ru-RU", or English for
// a language that the product does not speak.
func (b *Bundle) Locale(tag string) *Locale {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	if l, ok := b.locales[base]; ok {
		return l
	}
	return b.locales[Languages()[0]]
}

// Match picks the language out of allowed that an Accept-Language header likes
// best. Without any match, or with a malformed header, it is the first of
// allowed, the retailer's default.
func (b *Bundle) Match(acceptLanguage string, allowed []string) string {
	if len(allowed) == 0 {
		allowed = Languages()
	}
	const longest = 1000 // of a real browser's header: 100
	if len(acceptLanguage) > longest {
		return allowed[0]
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return allowed[0]
	}
	for _, t := range tags {
		base, confidence := t.Base()
		if confidence != language.No && slices.Contains(allowed, base.String()) {
			return base.String()
		}
	}
	return allowed[0]
}

// Keys lists every key of the catalogue in order.
func (b *Bundle) Keys() []string {
	keys := map[string]bool{}
	for _, l := range b.locales {
		for key := range l.messages {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}
