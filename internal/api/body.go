package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/talon-care/talon/internal/care"
)

// bodySchema is the published schema of an operation's body, compiled.
type bodySchema struct {
	schema   *jsonschema.Schema
	required bool
}

// readBody reads and checks the body before anything else sees it: size, kind,
// JSON, schema. The operation then finds the same bytes.
func (s *server) readBody(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	r, w := humago.Unwrap(ctx)
	schema := s.bodies[op.OperationID]
	if isUpload(op) {
		data, err := readAtMost(r.Body, care.MaxAttachment)
		if err == nil && len(data) == 0 {
			err = errBodyRequired
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
	}
	if schema == nil {
		next(ctx)
		return
	}
	data, err := s.read(r)
	switch {
	case err != nil:
	case len(bytes.TrimSpace(data)) > 0:
		err = schema.check(data)
	case schema.required:
		err = errBodyRequired
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	next(ctx)
}

func (s *server) read(r *http.Request) ([]byte, error) {
	if given := r.Header.Get("Content-Type"); given != "" {
		t, _, err := mime.ParseMediaType(given)
		if err != nil || t != "application/json" {
			return nil, errBodyType
		}
	}
	return readAtMost(r.Body, s.limits.body)
}

// readAtMost reads a body of at most so many bytes.
func readAtMost(body io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, most+1))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge) || int64(len(data)) > most:
		return nil, errBodyTooLarge.with("bytes", fmt.Sprint(most))
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errBodyUnread, err)
	}
	return data, nil
}

// check tells everything that is wrong with a body, each with its place.
func (b *bodySchema) check(data []byte) error {
	var syntax *json.SyntaxError
	var any json.RawMessage
	if err := json.Unmarshal(data, &any); errors.As(err, &syntax) {
		return &invalidBody{http.StatusBadRequest, []violation{{key: "bad_json", offset: syntax.Offset,
			args: map[string]string{"offset": fmt.Sprint(syntax.Offset)}}}}
	}
	if name := duplicateKey(data); name != "" {
		return &invalidBody{http.StatusBadRequest, []violation{{key: "duplicate_key", args: map[string]string{"field": name}}}}
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w", errBodyUnread, err)
	}
	var bad *jsonschema.ValidationError
	if err := b.schema.Validate(instance); errors.As(err, &bad) {
		list := leaves(bad, nil)
		slices.SortStableFunc(list, func(a, b violation) int { return strings.Compare(a.pointer, b.pointer) })
		return &invalidBody{http.StatusUnprocessableEntity, list}
	} else if err != nil {
		return fmt.Errorf("check body: %w", err)
	}
	return nil
}

// duplicateKey finds a key that one object holds twice: readers disagree on
// which of the two counts, so neither does.
func duplicateKey(data []byte) string {
	dec := json.NewDecoder(bytes.NewReader(data))
	var walk func() string
	walk = func() string {
		t, err := dec.Token()
		if err != nil {
			return ""
		}
		switch t {
		case json.Delim('{'):
			seen := map[string]bool{}
			for dec.More() {
				k, err := dec.Token()
				if err != nil {
					return ""
				}
				name, _ := k.(string)
				if seen[name] {
					return name
				}
				seen[name] = true
				if dup := walk(); dup != "" {
					return dup
				}
			}
			_, _ = dec.Token()
		case json.Delim('['):
			for dec.More() {
				if dup := walk(); dup != "" {
					return dup
				}
			}
			_, _ = dec.Token()
		}
		return ""
	}
	return walk()
}

// leaves are the violations that a person can act on: those inside of others.
func leaves(e *jsonschema.ValidationError, list []violation) []violation {
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			list = leaves(c, list)
		}
		return list
	}
	at := pointer(e.InstanceLocation)
	one := func(key string, args ...string) []violation {
		v := violation{pointer: at, key: key, args: map[string]string{"field": strings.TrimPrefix(at, "/")}}
		for i := 0; i+1 < len(args); i += 2 {
			v.args[args[i]] = args[i+1]
		}
		return append(list, v)
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			list = append(list, violation{pointer: at + pointer([]string{name}), key: "required", args: map[string]string{"field": name}})
		}
		return list
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			list = append(list, violation{pointer: at + pointer([]string{name}), key: "unknown_field", args: map[string]string{"field": name}})
		}
		return list
	case *kind.Type:
		return one("wrong_type", "got", k.Got, "expected", strings.Join(k.Want, ", "))
	case *kind.Enum:
		return one("unknown_value", "value", short(k.Got), "expected", words(k.Want))
	case *kind.Format:
		return one("wrong_format", "value", short(k.Got), "expected", k.Want)
	case *kind.Pattern:
		return one("wrong_format", "value", short(k.Got), "expected", k.Want)
	case *kind.MinLength, *kind.MinItems:
		return one("too_short")
	case *kind.MaxLength, *kind.MaxItems:
		return one("too_long")
	case *kind.Minimum, *kind.Maximum:
		return one("out_of_range")
	}
	return one("bad_body")
}

// short is a wrong value as an answer may repeat it.
func short(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return care.Shortened(strings.Trim(string(b), `"`), 60)
}

func words(list []any) string {
	var out []string
	for _, v := range list {
		if v != nil {
			out = append(out, fmt.Sprint(v))
		}
	}
	return strings.Join(out, " ")
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is a place as a JSON Pointer (RFC 6901).
func pointer(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		b.WriteString(pointerEscapes.Replace(p))
	}
	return b.String()
}
