package i18n

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
)

// Form is a plural category of the CLDR.
type Form string

// The plural categories that our languages use.
const (
	One   Form = "one"
	Few   Form = "few"
	Many  Form = "many"
	Other Form = "other"
)

// part is a piece of a message: text as it stands, or a place to fill.
type part struct {
	text   string
	name   string // of the argument; "" for plain text
	prefix string // of the vocabulary that the argument's value belongs to
}

// template is a message cut into its parts.
type template []part

// message is one catalogue entry: Other alone when nothing is counted.
type message struct {
	counted bool
	forms   map[Form]template
}

// form picks the text for n.
func (m *message) form(f Form) template {
	if t, ok := m.forms[f]; ok {
		return t
	}
	return m.forms[Other]
}

func parseMessage(value any) (*message, error) {
	switch v := value.(type) {
	case string:
		t, err := parseTemplate(v)
		return &message{forms: map[Form]template{Other: t}}, err
	case map[string]any:
		return parseForms(v)
	}
	return nil, errors.New("expected a text or an object of plural forms")
}

func parseForms(values map[string]any) (*message, error) {
	m := &message{counted: true, forms: map[Form]template{}}
	for name, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("plural form %q is not a text", name)
		}
		t, err := parseTemplate(text)
		if err != nil {
			return nil, fmt.Errorf("plural form %q: %w", name, err)
		}
		switch f := Form(name); f {
		case One, Few, Many, Other:
			m.forms[f] = t
		default:
			return nil, fmt.Errorf("unknown plural form %q: expected one, few, many or other", name)
		}
	}
	if _, ok := m.forms[Other]; !ok {
		return nil, errors.New(`the plural form "other" is missing`)
	}
	return m, nil
}

func parseTemplate(text string) (template, error) {
	var t template
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, errors.New("a } without its {")
		}
		if before != "" {
			t = append(t, part{text: before})
		}
		if !found {
			return t, nil
		}
		inside, after, closed := strings.Cut(rest, "}")
		name, prefix, _ := strings.Cut(inside, ":")
		if !closed || !isName(name) || strings.Contains(inside, ":") && !isName(prefix) {
			return nil, fmt.Errorf("a wrong place {%s: expected {name} or {name:prefix}", inside)
		}
		t = append(t, part{name: name, prefix: prefix})
		text = after
	}
	return t, nil
}

func isName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return s != ""
}

// formOf is the plural category of the whole number n in a language.
func (l *Locale) formOf(n int) Form {
	switch plural.Cardinal.MatchPlural(l.lang, max(n, -n), 0, 0, 0, 0) {
	case plural.One:
		return One
	case plural.Few:
		return Few
	case plural.Many:
		return Many
	}
	return Other
}
