package policy

import (
	"fmt"
	"reflect"
	"strings"
)

// Schema is the JSON Schema (2020-12) of "facts", "decision", "pack" or
// "cases". It is made from the same structs and tags that read the files, so
// that it can't drift from them.
func Schema(name string) (map[string]any, error) {
	types := map[string]reflect.Type{"facts": reflect.TypeFor[Facts](), "decision": reflect.TypeFor[Decision](),
		"pack": reflect.TypeFor[Pack](), "cases": reflect.TypeFor[caseFile]()}
	t, ok := types[name]
	if !ok {
		return nil, fmt.Errorf("unknown schema %q; %s", name, expected(name, sortedKeys(types)))
	}
	s := schemaOf(t, "", name == "decision")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = "https://talon.care/schema/" + name + ".json"
	s["title"] = "Talon: " + name
	return s, nil
}

func schemaOf(t reflect.Type, enum string, strict bool) map[string]any {
	switch t {
	case typeDate:
		return map[string]any{"type": "string", "format": "date"}
	case typeTime:
		return map[string]any{"type": "string", "format": "date-time"}
	case typeMoment:
		return map[string]any{"type": "string", "anyOf": []any{map[string]any{"format": "date"}, map[string]any{"format": "date-time"}}}
	case typeAmount:
		return map[string]any{"type": "object", "additionalProperties": false, "required": []string{"amount", "currency"},
			"properties": map[string]any{"amount": map[string]any{"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?$`},
				"currency": map[string]any{"type": "string", "pattern": "^[A-Z]{3}$"}}}
	case typeCondition:
		return map[string]any{"type": "string", "description": "CEL"}
	case typeText:
		return map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string", "minLength": 1},
			"propertyNames": map[string]any{"enum": []string{"ru", "bg", "en"}}}
	case typeNode:
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), enum, strict)
	case reflect.Struct:
		return structSchema(t, strict)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), enum, strict)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), "", strict)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	s := map[string]any{"type": "string"}
	if words := vocabulary[enum]; words != nil {
		s["enum"] = words
	}
	return s
}

// structSchema describes a struct; strict marks what is always written as
// required (a decision), otherwise only required keys are.
func structSchema(t reflect.Type, strict bool) map[string]any {
	properties, required := map[string]any{}, []string{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous {
				walk(f.Type)
				continue
			}
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			s := schemaOf(f.Type, f.Tag.Get("enum"), strict)
			if doc := f.Tag.Get("doc"); doc != "" {
				s["description"] = doc
			}
			always := strict && options == ""
			if always && f.Type.Kind() == reflect.Pointer {
				s = map[string]any{"anyOf": []any{s, map[string]any{"type": "null"}}}
			} else if !strict && f.Tag.Get("required") != "true" {
				s = nullable(s)
			}
			properties[name] = s
			if always || f.Tag.Get("required") == "true" {
				required = append(required, name)
			}
		}
	}
	walk(t)
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// nullable lets a key be null, which reads as absent.
func nullable(s map[string]any) map[string]any {
	if kind, ok := s["type"].(string); ok && s["enum"] == nil {
		s["type"] = []string{kind, "null"}
		return s
	}
	if words, ok := s["enum"].([]string); ok {
		values := []any{nil}
		for _, w := range words {
			values = append(values, w)
		}
		s["enum"] = values
		s["type"] = []string{"string", "null"}
	}
	return s
}
