package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// maxFile is the largest pack, facts or case file that is read.
const maxFile = 4 << 20

const emptyFile = "the file is empty; expected a map of keys"

// maxNodes bounds what aliases may unfold to.
const maxNodes = 200_000

// decoder fills Go structs from YAML or JSON nodes and collects every fault
// with its line and column. It is driven by the structs' json and enum tags,
// so facts, packs and cases are read, checked and described by one schema.
type decoder struct {
	file   string
	faults Faults
	nodes  int
	fields map[reflect.Type][]structField // of the structs met so far
}

// parseDocument reads one YAML or JSON document into a node.
func parseDocument(file string, data []byte) (*yaml.Node, error) {
	at := Pos{File: file, Line: 1, Column: 1}
	switch {
	case len(data) > maxFile:
		return nil, Faults{{at, fmt.Sprintf("the file has %d bytes; at most %d are read", len(data), maxFile)}}
	case !utf8.Valid(data):
		return nil, Faults{{at, "the file is not UTF-8 text"}}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 {
		return nil, Faults{{at, emptyFile}}
	}
	if trimmed[0] == '{' && json.Valid(trimmed) {
		return parseJSON(file, data)
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc, yaml.WithV4Defaults()); err != nil {
		return nil, Faults{yamlFault(file, err)}
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, Faults{{at, emptyFile}}
	}
	return doc.Content[0], nil
}

// yamlFault says where a file stops being YAML, and why.
func yamlFault(file string, err error) Fault {
	pos := Pos{File: file, Line: 1, Column: 1}
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return Fault{pos, "not YAML: " + err.Error()}
	}
	if strings.Contains(load.Message, "no documents") {
		return Fault{pos, emptyFile}
	}
	if load.Mark.Line > 0 {
		pos.Line, pos.Column = load.Mark.Line, max(load.Mark.Column, 1)
	}
	why := strings.ReplaceAll(strings.TrimPrefix(load.Message, "yaml: "), "\n", " ")
	if load.ContextMsg != "" {
		why = fmt.Sprintf("%s from %d:%d: %s", load.ContextMsg, load.ContextMark.Line, max(load.ContextMark.Column, 1), why)
	}
	return Fault{pos, "not YAML: " + why}
}

func (d *decoder) pos(n *yaml.Node) Pos {
	return Pos{File: d.file, Line: max(n.Line, 1), Column: max(n.Column, 1)}
}

func (d *decoder) fault(n *yaml.Node, format string, args ...any) {
	d.faults.add(d.pos(n), format, args...)
}

// resolve follows an alias and counts nodes, so that a small file can't
// unfold into a huge one.
func (d *decoder) resolve(n *yaml.Node) *yaml.Node {
	for depth := 0; n.Kind == yaml.AliasNode && n.Alias != nil && depth < 8; depth++ {
		n = n.Alias
	}
	d.nodes++
	return n
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

var (
	typeDate      = reflect.TypeFor[calendar.Date]()
	typeTime      = reflect.TypeFor[time.Time]()
	typeMoment    = reflect.TypeFor[Moment]()
	typeAmount    = reflect.TypeFor[money.Amount]()
	typeCondition = reflect.TypeFor[Condition]()
	typePos       = reflect.TypeFor[Pos]()
	typeText      = reflect.TypeFor[Text]()
	typeNode      = reflect.TypeFor[*yaml.Node]()
)

// decode fills v from n. path names the place in words, enum the vocabulary
// that text must come from.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, path, enum string) {
	n = d.resolve(n)
	if d.nodes > maxNodes {
		if d.nodes == maxNodes+1 {
			d.fault(n, "the file unfolds to more than %d values", maxNodes)
		}
		return
	}
	if v.Type() == typeNode {
		v.Set(reflect.ValueOf(n))
		return
	}
	if isNull(n) {
		return
	}
	switch v.Type() {
	case typeDate, typeTime, typeMoment, typeAmount, typeCondition:
		d.decodeValue(n, v, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		target := reflect.New(v.Type().Elem())
		before := len(d.faults)
		d.decode(n, target.Elem(), path, enum)
		if len(d.faults) == before {
			v.Set(target)
		}
	case reflect.Struct:
		d.decodeStruct(n, v, path)
	case reflect.Slice:
		d.decodeSlice(n, v, path, enum)
	case reflect.Map:
		d.decodeMap(n, v, path)
	case reflect.String:
		d.decodeString(n, v, path, enum)
	case reflect.Bool:
		d.decodeBool(n, v, path)
	case reflect.Int:
		d.decodeInt(n, v, path)
	default:
		panic("policy: no decoding for " + v.Type().String())
	}
}

func (d *decoder) scalar(n *yaml.Node, path, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		d.fault(n, "%s: expected %s, found %s", path, what, kindName(n))
		return "", false
	}
	return n.Value, true
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	default:
		return strconv.Quote(clip(n.Value))
	}
}

// clip keeps what a message repeats of a file short.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// decodeValue reads the types that have a text form of their own.
func (d *decoder) decodeValue(n *yaml.Node, v reflect.Value, path string) {
	switch target := v.Addr().Interface().(type) {
	case *calendar.Date:
		if s, ok := d.scalar(n, path, "a date such as 2026-03-01"); ok {
			date, err := calendar.ParseDate(s)
			if err != nil {
				d.fault(n, "%s: expected a date such as 2026-03-01, found %q", path, clip(s))
			}
			*target = date
		}
	case *time.Time:
		const want = "an instant with its offset such as 2026-03-01T10:00:00+02:00"
		if s, ok := d.scalar(n, path, want); ok {
			t, err := time.Parse(time.RFC3339, s)
			if err != nil || t.Year() < 1900 || t.Year() > 2200 {
				d.fault(n, "%s: expected %s, found %q", path, want, clip(s))
				return
			}
			*target = t
		}
	case *Moment:
		if s, ok := d.scalar(n, path, "a date or an instant"); ok {
			if err := target.UnmarshalText([]byte(s)); err != nil {
				d.fault(n, "%s: %v", path, err)
			}
		}
	case *money.Amount:
		d.decodeAmount(n, target, path)
	case *Condition:
		if s, ok := d.scalar(n, path, "a condition (CEL)"); ok {
			*target = Condition{Pos: d.pos(n), Source: s}
			if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
				target.Pos.Column++
			}
			if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
				target.Pos.Line++
			}
		}
	}
}

func (d *decoder) decodeAmount(n *yaml.Node, target *money.Amount, path string) {
	var form struct {
		Amount   string `json:"amount" required:"true"`
		Currency string `json:"currency" required:"true"`
	}
	before := len(d.faults)
	d.decodeStruct(n, reflect.ValueOf(&form).Elem(), path)
	if len(d.faults) > before {
		return
	}
	amount, err := money.Parse(form.Amount, form.Currency)
	if err != nil {
		d.fault(n, "%s: %v", path, err)
		return
	}
	*target = amount
}

// structField is one key of a struct, embedded structs flattened.
type structField struct {
	name     string
	index    []int
	enum     string
	required bool
}

// fieldsOf remembers the fields of a type while one file is read.
func (d *decoder) fieldsOf(t reflect.Type) []structField {
	fields, met := d.fields[t]
	if !met {
		if d.fields == nil {
			d.fields = map[reflect.Type][]structField{}
		}
		fields = structFields(t)
		d.fields[t] = fields
	}
	return fields
}

func structFields(t reflect.Type) []structField {
	var fields []structField
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for _, inner := range structFields(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		fields = append(fields, structField{name, []int{i}, f.Tag.Get("enum"), f.Tag.Get("required") == "true"})
	}
	return fields
}

func (d *decoder) decodeStruct(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, "%s: expected a map of keys, found %s", path, kindName(n))
		return
	}
	d.setPos(n, v)
	fields := d.fieldsOf(v.Type())
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			d.fault(key, "%s: the key %q stands twice", path, clip(key.Value))
			continue
		}
		seen[key.Value] = true
		at := slices.IndexFunc(fields, func(f structField) bool { return f.name == key.Value })
		if at < 0 {
			names := make([]string, len(fields))
			for j, f := range fields {
				names[j] = f.name
			}
			d.fault(key, "%s: unknown key %q; %s", path, clip(key.Value), expected(clip(key.Value), names))
			continue
		}
		f := fields[at]
		d.decode(value, v.FieldByIndex(f.index), join(path, f.name), f.enum)
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			d.fault(n, "%s: the key %q is missing", path, f.name)
		}
	}
}

// setPos records where a struct stands, in its own or its embedded Pos.
func (d *decoder) setPos(n *yaml.Node, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Type == typePos && f.Name == "Pos" {
			v.Field(i).Set(reflect.ValueOf(d.pos(n)))
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			d.setPos(n, v.Field(i))
		}
	}
}

func join(path, name string) string {
	if path == "" || strings.HasSuffix(path, " file") {
		return name
	}
	return path + "." + name
}

func (d *decoder) decodeSlice(n *yaml.Node, v reflect.Value, path, enum string) {
	if n.Kind != yaml.SequenceNode {
		d.fault(n, "%s: expected a list, found %s", path, kindName(n))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		if isNull(d.resolve(item)) {
			d.fault(item, "%s[%d]: a list item is empty", path, i)
			continue
		}
		d.decode(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i), enum)
	}
	v.Set(out)
}

func (d *decoder) decodeMap(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, "%s: expected a map, found %s", path, kindName(n))
		return
	}
	out := reflect.MakeMap(v.Type())
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		k := reflect.ValueOf(key.Value).Convert(v.Type().Key())
		if out.MapIndex(k).IsValid() {
			d.fault(key, "%s: the key %q stands twice", path, clip(key.Value))
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.decode(value, item, join(path, key.Value), "")
		out.SetMapIndex(k, item)
	}
	v.Set(out)
}

func (d *decoder) decodeString(n *yaml.Node, v reflect.Value, path, enum string) {
	s, ok := d.scalar(n, path, "text")
	if !ok {
		return
	}
	if len(s) > 10_000 {
		d.fault(n, "%s: the text has %d bytes; at most 10000 are read", path, len(s))
		return
	}
	if words := vocabulary[enum]; enum != "" && !slices.Contains(words, s) {
		d.fault(n, "%s: unknown value %q; %s", path, clip(s), expected(clip(s), words))
		return
	}
	v.SetString(s)
}

func (d *decoder) decodeBool(n *yaml.Node, v reflect.Value, path string) {
	if s, ok := d.scalar(n, path, "true or false"); ok {
		if n.Tag != "!!bool" {
			d.fault(n, "%s: expected true or false, found %q", path, clip(s))
			return
		}
		v.SetBool(strings.EqualFold(s, "true"))
	}
}

func (d *decoder) decodeInt(n *yaml.Node, v reflect.Value, path string) {
	if s, ok := d.scalar(n, path, "a whole number"); ok {
		i, err := strconv.Atoi(s)
		if err != nil || i < 0 || i > 100_000 {
			d.fault(n, "%s: expected a whole number from 0 to 100000, found %q", path, clip(s))
			return
		}
		v.SetInt(int64(i))
	}
}
