package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// noneOf is the checkbox "none of these": it tells a list that was looked at
// and is empty from one that nobody looked at.
const noneOf = "-"

// maxRows bounds the rows of a list that a form may bring.
const maxRows = 50

// wrongField is one thing that is wrong with a form, beside its field.
type wrongField struct {
	Field string // name of the form's field, "" for the whole form
	Err   *care.Error
}

// bindCommand makes a command of a form by the description of its fields, in
// the same JSON that the API takes, so that no command needs a form of its
// own. It gives everything that is wrong at once.
func bindCommand(name care.CommandName, fields []care.Field, form url.Values, zone *time.Location) (care.Command, []wrongField, error) {
	doc := map[string]any{}
	var wrong []wrongField
	for _, f := range fields {
		value, ok, problems := bindField(f, form, zone)
		wrong = append(wrong, problems...)
		if ok {
			put(doc, f.Name, value)
		}
	}
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return nil, nil, fmt.Errorf("write command %s: %w", name, err)
	}
	cmd := care.NewCommand(name)
	if cmd == nil {
		return nil, nil, care.Fail(care.NotFound, "no_command", "command", string(name))
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(cmd); err != nil {
		return nil, nil, fmt.Errorf("read command %s: %w", name, err)
	}
	return cmd, nil, nil
}

// put stores a value under a dotted name: "diagnosis.kind" is inside an
// object.
func put(doc map[string]any, name string, value any) {
	for {
		head, rest, nested := strings.Cut(name, ".")
		if !nested {
			doc[head] = value
			return
		}
		inner, ok := doc[head].(map[string]any)
		if !ok {
			inner = map[string]any{}
			doc[head] = inner
		}
		doc, name = inner, rest
	}
}

// bindField reads one field; ok is false where it was left empty.
func bindField(f care.Field, form url.Values, zone *time.Location) (value any, ok bool, wrong []wrongField) {
	switch f.Type {
	case care.BoolField:
		return bindBool(f, form)
	case care.ChoicesField:
		return bindChoices(f, form)
	case care.ListField:
		lines := textLines(form.Get(f.Name))
		return lines, len(lines) > 0, missingWhen(f, len(lines) == 0)
	case care.AmountField:
		return bindAmount(f, form)
	case care.InstantField:
		return bindInstant(f, form, zone)
	case care.FindingsField:
		return bindRows(f, form, "code", "part", "cause")
	case care.PartsField:
		return bindParts(f, form)
	case care.FactsField:
		return bindFacts(f, form)
	}
	s := strings.TrimSpace(form.Get(f.Name))
	return s, s != "", missingWhen(f, s == "")
}

func missingWhen(f care.Field, empty bool) []wrongField {
	if f.Required && empty {
		return []wrongField{{f.Name, care.Fail(care.Invalid, "required", "field", f.Name).At(f.Name)}}
	}
	return nil
}

func bindBool(f care.Field, form url.Values) (any, bool, []wrongField) {
	switch s := form.Get(f.Name); s {
	case "":
		return nil, false, missingWhen(f, true)
	case "true", "false":
		return s == "true", true, nil
	default:
		return nil, false, []wrongField{{f.Name, care.Fail(care.Invalid, "unknown_value", "field", f.Name, "value", s,
			"expected", "true false").At(f.Name)}}
	}
}

func bindChoices(f care.Field, form url.Values) (any, bool, []wrongField) {
	picked := []string{}
	none := false
	for _, s := range form[f.Name] {
		switch {
		case s == noneOf:
			none = true
		case s != "" && !slices.Contains(picked, s):
			picked = append(picked, s)
		}
	}
	if none && len(picked) > 0 {
		return nil, false, []wrongField{{f.Name, care.Fail(care.Invalid, "none_and_some").At(f.Name)}}
	}
	return picked, none || len(picked) > 0, missingWhen(f, len(picked) == 0)
}

func bindAmount(f care.Field, form url.Values) (any, bool, []wrongField) {
	sum := strings.TrimSpace(form.Get(f.Name + ".sum"))
	if sum == "" {
		return nil, false, missingWhen(f, true)
	}
	a, err := parseSum(sum, form.Get(f.Name+".currency"))
	if err != nil {
		return nil, false, []wrongField{{f.Name, care.Fail(care.Invalid, "bad_sum", "value", sum).At(f.Name)}}
	}
	return a, true, nil
}

// parseSum reads a sum as people write it: spaces between thousands, a comma
// or a dot before the decimals.
func parseSum(s, currency string) (money.Amount, error) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\'':
			return -1
		case ',':
			return '.'
		}
		return r
	}, s)
	return money.Parse(s, currency)
}

func bindInstant(f care.Field, form url.Values, zone *time.Location) (any, bool, []wrongField) {
	s := strings.TrimSpace(form.Get(f.Name))
	if s == "" {
		return nil, false, missingWhen(f, true)
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, true, nil
		}
	}
	return nil, false, []wrongField{{f.Name, care.Fail(care.Invalid, "bad_instant", "value", s).At(f.Name)}}
}

// bindRows reads a list of objects; the first key is what a row must have.
func bindRows(f care.Field, form url.Values, keys ...string) (any, bool, []wrongField) {
	var rows []map[string]string
	var wrong []wrongField
	for i := range maxRows {
		row := map[string]string{}
		for _, k := range keys {
			if s := strings.TrimSpace(form.Get(rowName(f.Name, i, k))); s != "" {
				row[k] = s
			}
		}
		if len(row) == 0 {
			continue
		}
		if row[keys[0]] == "" {
			wrong = append(wrong, wrongField{f.Name, care.Fail(care.Invalid, "row_incomplete", "row", strconv.Itoa(i+1)).At(f.Name)})
			continue
		}
		rows = append(rows, row)
	}
	return rows, len(rows) > 0, append(wrong, missingWhen(f, len(rows) == 0 && len(wrong) == 0)...)
}

// bindParts reads parts; the months of a part's warranty are a number.
func bindParts(f care.Field, form url.Values) (any, bool, []wrongField) {
	list, there, wrong := bindRows(f, form, "part", "name", "serial", "warranty_months", "price")
	var out []map[string]any
	for _, row := range list.([]map[string]string) {
		part := map[string]any{}
		for k, v := range row {
			part[k] = v
		}
		if s := row["warranty_months"]; s != "" {
			n, err := strconv.Atoi(s)
			if err != nil {
				wrong = append(wrong, wrongField{f.Name, care.Fail(care.Invalid, "part_months").At(f.Name)})
			}
			part["warranty_months"] = n
		}
		if s := row["price"]; s != "" { // in the currency that is picked for the work
			a, err := parseSum(s, form.Get("labour.currency"))
			if err != nil {
				wrong = append(wrong, wrongField{f.Name, care.Fail(care.Invalid, "bad_sum", "value", s).At(f.Name)})
			}
			part["price"] = a
		}
		out = append(out, part)
	}
	return out, there, wrong
}

func rowName(field string, i int, key string) string {
	return field + "." + strconv.Itoa(i) + "." + key
}

// bindFacts reads the answers of a form that is about nothing else.
func bindFacts(f care.Field, form url.Values) (any, bool, []wrongField) {
	list, wrong := readFacts(f.Name, form)
	if len(list) == 0 && len(wrong) == 0 {
		wrong = append(wrong, wrongField{f.Name, care.Fail(care.Invalid, "no_fact_changed").At(f.Name)})
	}
	return list, len(list) > 0, wrong
}

// readFacts reads the facts that the form changed: each row brings the value
// it was shown with, so that what was not touched is not stated again.
func readFacts(name string, form url.Values) (list []care.Answer, wrong []wrongField) {
	for i := range maxRows {
		fact := form.Get(rowName(name, i, "fact"))
		value := strings.TrimSpace(form.Get(rowName(name, i, "value")))
		if fact == "" {
			continue
		}
		if currency := form.Get(rowName(name, i, "currency")); currency != "" && value != "" {
			a, err := parseSum(value, currency)
			if err != nil {
				wrong = append(wrong, wrongField{fact, care.Fail(care.Invalid, "bad_sum", "value", value).At(fact)})
				continue
			}
			value = policy.AmountText(a)
		}
		if value != form.Get(rowName(name, i, "was")) {
			list = append(list, care.Answer{Fact: fact, Value: value})
		}
	}
	return list, wrong
}

func textLines(s string) []string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
