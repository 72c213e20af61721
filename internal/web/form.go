package web

import (
	"errors"
	"net/url"
	"slices"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
)

// option is one choice of a list.
type option struct {
	Value, Text string
	Selected    bool
}

// options makes the choices of a vocabulary: their texts are the messages
// prefix.value.
func options(l *i18n.Locale, prefix string, values []string, chosen ...string) []option {
	list := make([]option, 0, len(values))
	for _, value := range values {
		list = append(list, option{Value: value, Text: l.Or(prefix, value), Selected: slices.Contains(chosen, value)})
	}
	return list
}

// chosen is the same choice in another form.
func chosen(list []option, value string) []option {
	list = slices.Clone(list)
	for i := range list {
		list[i].Selected = list[i].Value == value
	}
	return list
}

// wrong is one field that must be filled in otherwise. A Field that is "" is
// the form as a whole.
type wrong struct{ Field, Text string }

// wrongs collects what is wrong with a form.
type wrongs []wrong

// Of is what is wrong with a field, "" when nothing is.
func (list wrongs) Of(field string) string {
	for _, w := range list {
		if w.Field == field {
			return w.Text
		}
	}
	return ""
}

// about are those of some fields, or of all others.
func (list wrongs) about(fields []string, those bool) wrongs {
	var out wrongs
	for _, w := range list {
		if slices.Contains(fields, w.Field) == those {
			out = append(out, w)
		}
	}
	return out
}

// day reads a day of a form or an address: the zero one where none is given,
// or where what is given is none, which is added.
func (list *wrongs) day(l *i18n.Locale, from url.Values, field string) calendar.Date {
	text := from.Get(field)
	if text == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		*list = append(*list, wrong{field, failure(l, care.Fail(care.Invalid, "bad_day", "value", text))})
		return calendar.Date{}
	}
	return d
}

// take adds a refusal that the form's reader can mend. Any other error is
// given back: it is a page of its own.
func (list *wrongs) take(l *i18n.Locale, err error) error {
	var e *care.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case care.Invalid, care.Conflict, care.Illegal, care.Blocked:
		*list = append(*list, wrong{Field: e.Field, Text: failure(l, e)})
		return nil
	}
	return err
}
