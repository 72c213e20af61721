package i18n

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"golang.org/x/text/language"
)

// Locale speaks one language. It is safe for concurrent use.
type Locale struct {
	tag      string
	lang     language.Tag
	bundle   *Bundle
	messages map[string]*message
	style    style
}

// Args are the values of a message's {places} by name.
type Args map[string]any

// Tag is the language's tag: "en", "ru" or "bg".
func (l *Locale) Tag() string { return l.tag }

// Has reports whether there is a message of the key.
func (l *Locale) Has(key string) bool { return l.messages[key] != nil || l.bundle.beside.Has(key) }

// T is the message of a key. Its arguments are Args, a map[string]string as
// errors carry it, or pairs of a name and a value. Dates, sums and numbers are
// written in the language's manner. A counted message takes its form from the
// argument n.
//
// A key that is not there gives ⟦key⟧, a place without an argument stays
// {name}, and OnMissing hears of both.
func (l *Locale) T(key string, args ...any) string {
	m, values := l.messages[key], collect(args)
	switch {
	case m == nil && l.bundle.beside.Has(key):
		return l.bundle.beside.Text(l.tag, key, l.pairs(values)...)
	case m == nil:
		l.bundle.onMissing(l.tag, key)
		return "⟦" + key + "⟧"
	}
	form := Other
	if m.counted {
		n, ok := count(values["n"])
		if !ok {
			l.bundle.onMissing(l.tag, key+" {n}")
		}
		form = l.formOf(n)
	}
	return l.fill(key, m.form(form), values)
}

// N is the message of a key for n things: the plural form that the language
// asks for, with {n} set.
func (l *Locale) N(key string, n int, args ...any) string {
	return l.T(key, append(args, "n", n)...)
}

// Or is the message of prefix.word. A word with a family before it, such as
// the permission "claim.accept", may share the message of its last part,
// prefix.accept. Where the vocabulary has neither, it is the word itself: data
// may hold words that are newer than the catalogue.
func (l *Locale) Or(prefix, word string) string {
	if key := prefix + "." + word; l.Has(key) {
		return l.T(key)
	}
	if i := strings.LastIndexByte(word, '.'); i >= 0 && l.Has(prefix+word[i:]) {
		return l.T(prefix + word[i:])
	}
	return word
}

// Cap is T with its first letter made a capital, for a message that starts a
// line.
func (l *Locale) Cap(key string, args ...any) string { return Capital(l.T(key, args...)) }

// Capital makes the first letter of a text a capital.
func Capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 || r == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(r)) + text[size:]
}

// pairs is what a lexicon takes.
func (l *Locale) pairs(values Args) []string {
	var out []string
	for name, value := range values {
		out = append(out, name, l.show(value))
	}
	return out
}

func collect(args []any) Args {
	values := Args{}
	for i := 0; i < len(args); i++ {
		switch a := args[i].(type) {
		case Args:
			for name, value := range a {
				values[name] = value
			}
		case map[string]string:
			for name, value := range a {
				values[name] = value
			}
		case string:
			if i+1 < len(args) {
				values[a] = args[i+1]
			}
			i++
		}
	}
	return values
}

// count reads the number that picks a plural form; errors carry theirs as
// text.
func count(value any) (int, bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case string:
		n := 0
		_, err := fmt.Sscanf(v, "%d", &n)
		return n, err == nil
	}
	return 0, false
}

func (l *Locale) fill(key string, t template, values Args) string {
	var b strings.Builder
	for _, p := range t {
		value, ok := values[p.name]
		switch {
		case p.name == "":
			b.WriteString(afterStop(b.String(), p.text))
		case !ok:
			l.bundle.onMissing(l.tag, key+" {"+p.name+"}")
			b.WriteString("{" + p.name + "}")
		case p.prefix != "":
			b.WriteString(l.words(p.prefix, fmt.Sprint(value)))
		default:
			b.WriteString(l.show(value))
		}
	}
	return b.String()
}

// afterStop leaves out the full stop of a sentence that has ended already: with
// a short word, "до 5 мая 2026 г.", or with a question that it names.
func afterStop(before, text string) string {
	ended := strings.HasSuffix(before, ".") || strings.HasSuffix(before, "?") || strings.HasSuffix(before, "!") || strings.HasSuffix(before, "…")
	if ended && strings.HasPrefix(text, ".") && !strings.HasPrefix(text, "..") {
		return text[1:]
	}
	return text
}

// words translates one or several words of a vocabulary, as errors list them.
// Two vocabularies are no lists of words: date and money are values that an
// error carries as text.
func (l *Locale) words(prefix, value string) string {
	switch prefix {
	case "date":
		if d, err := calendar.ParseDate(value); err == nil {
			return l.Date(d)
		}
		return value
	case "money":
		sums := strings.Split(value, ", ")
		for i, text := range sums {
			sum, currency, _ := strings.Cut(text, " ")
			if a, err := money.Parse(sum, currency); err == nil {
				sums[i] = l.Money(a)
			}
		}
		return strings.Join(sums, ", ")
	}
	list := strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' })
	if len(list) == 0 {
		return value
	}
	for i, word := range list {
		list[i] = l.Or(prefix, word)
	}
	return strings.Join(list, ", ")
}

// show writes a value in the manner of the language.
func (l *Locale) show(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return l.Number(int64(v))
	case int64:
		return l.Number(v)
	case calendar.Date:
		return l.Date(v)
	case money.Amount:
		return l.Money(v)
	case *money.Amount:
		if v != nil {
			return l.Money(*v)
		}
		return ""
	case time.Duration:
		return l.Duration(v)
	case []string:
		return l.List(v)
	}
	return fmt.Sprint(value)
}
