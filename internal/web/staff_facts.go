package web

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// factKind says how a fact of the decision contract is asked for, and the
// vocabulary of one that is a word: "bool", "date", "amount", "number",
// "word" or "text"; "" for a path that is none. It reads the struct that the
// facts are decoded into, so that it can't drift from it.
func factKind(path string) (kind, vocabulary string) {
	field, _, ok := factField(reflect.ValueOf(policy.Facts{}), path)
	if !ok {
		return "", ""
	}
	switch field.Type {
	case reflect.TypeFor[*bool]():
		return "bool", ""
	case reflect.TypeFor[calendar.Date]():
		return "date", ""
	case reflect.TypeFor[*money.Amount]():
		return "amount", ""
	case reflect.TypeFor[*int]():
		return "number", ""
	}
	if v := field.Tag.Get("enum"); v != "" {
		return "word", v
	}
	return "text", ""
}

// factText is a fact's value as text, in the form that care.Answer takes; ""
// for one that is not known.
func factText(f policy.Facts, path string) string {
	_, v, ok := factField(reflect.ValueOf(f), path)
	if !ok || v.Kind() == reflect.Pointer && v.IsNil() {
		return ""
	}
	switch x := v.Interface().(type) {
	case *bool:
		return strconv.FormatBool(*x)
	case *int:
		return strconv.Itoa(*x)
	case *money.Amount:
		return policy.AmountText(*x)
	case calendar.Date:
		if x.IsZero() {
			return ""
		}
		return x.String()
	case string:
		return x
	}
	return ""
}

// factField walks the facts by the names of their JSON.
func factField(v reflect.Value, path string) (field reflect.StructField, value reflect.Value, ok bool) {
	for path != "" {
		var name string
		name, path, _ = strings.Cut(path, ".")
		if v.Kind() != reflect.Struct {
			return field, v, false
		}
		i := fieldByJSON(v.Type(), name)
		if i < 0 {
			return field, v, false
		}
		field, v = v.Type().Field(i), v.Field(i)
	}
	return field, v, field.Name != ""
}

func fieldByJSON(t reflect.Type, name string) int {
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if tag == name {
			return i
		}
	}
	return -1
}
