package policy

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/talon-care/talon/calendar"
)

// maxConditionCost bounds what a condition may cost by cel-go's own estimate,
// for lists of up to maxListItems.
const (
	maxConditionCost = 20_000
	maxListItems     = 100
)

// conditions compiles CEL. cel-go parses, checks types and bounds the cost;
// the checked expression is then turned into Go closures over a view, which
// answer three-valued in nanoseconds and say which facts are missing. A test
// holds the closures to cel-go's own interpreter (docs/adr/0005-conditions.md).
type conditions struct {
	env      *cel.Env
	index    *factIndex
	switches []string
	days     *calendar.WorkCalendar
}

// boolFn answers a condition; on unknown, view.unknown names the facts.
type boolFn func(*view) tri
type textFn func(*view) (string, bool)
type intFn func(*view) (int64, bool)

const (
	typeFinding = "talon.Finding"
	typeService = "talon.Service"
)

// The names that conditions begin with: those that have fields, and the rest.
var (
	rootsWithFields = []string{"request", "unit", "sale", "warranty", "certificate", "diagnosis", "market", "remedy", "known", "history", "cover", "switch"}
	plainRoots      = []string{"documents", "services", "finding", "today", "demanded"}
)

func newConditions(switches []string, days *calendar.WorkCalendar) (*conditions, error) {
	c := &conditions{index: newFactIndex(), switches: switches, days: days}
	p := &factTypes{Registry: types.NewEmptyRegistry(), structs: c.structTypes()}
	opts := []cel.EnvOption{
		cel.CustomTypeProvider(p), cel.CustomTypeAdapter(p.Registry),
		cel.Variable("documents", cel.ListType(cel.StringType)),
		cel.Variable("services", cel.ListType(cel.ObjectType(typeService))),
		cel.Variable("finding", cel.ObjectType(typeFinding)),
		cel.Variable("today", cel.TimestampType),
		cel.Variable("demanded", cel.TimestampType),
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.TimestampType, cel.UnaryBinding(celDate))),
		cel.Function("plus", cel.Overload("plus_timestamp_string", []*cel.Type{cel.TimestampType, cel.StringType}, cel.TimestampType, cel.BinaryBinding(celPlus))),
		cel.Function("due", cel.Overload("due_timestamp_string", []*cel.Type{cel.TimestampType, cel.StringType}, cel.TimestampType, cel.BinaryBinding(c.celDue))),
		cel.Function("sure", cel.Overload("sure_bool", []*cel.Type{cel.BoolType}, cel.BoolType, cel.UnaryBinding(func(v ref.Val) ref.Val { return v }))),
	}
	for _, root := range rootsWithFields {
		opts = append(opts, cel.Variable(root, cel.ObjectType("talon."+root)))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, fmt.Errorf("CEL environment: %w", err)
	}
	c.env = env
	return c, nil
}

// structTypes describes the facts to cel-go's type checker.
func (c *conditions) structTypes() map[string]map[string]*types.Type {
	celTypes := map[valueKind]*types.Type{kindBool: types.BoolType, kindText: types.StringType, kindInt: types.IntType, kindDate: types.TimestampType}
	out := map[string]map[string]*types.Type{"talon.switch": {}}
	for _, f := range c.index.facts {
		root, field, nested := strings.Cut(f.path, ".")
		if !nested || (f.truth == nil && f.text == nil && f.number == nil) {
			continue
		}
		if out["talon."+root] == nil {
			out["talon."+root] = map[string]*types.Type{}
		}
		out["talon."+root][field] = celTypes[f.kind]
	}
	out["talon.diagnosis"]["findings"] = types.NewListType(types.NewObjectType(typeFinding))
	out[typeFinding], out[typeService] = map[string]*types.Type{}, map[string]*types.Type{}
	for name := range findingFields {
		out[typeFinding][name] = types.StringType
	}
	for name := range serviceFields {
		out[typeService][name] = types.StringType
	}
	for _, name := range c.switches {
		out["talon.switch"][name] = types.BoolType
	}
	return out
}

// factTypes is cel-go's view of the facts' structure.
type factTypes struct {
	*types.Registry
	structs map[string]map[string]*types.Type
}

func (p *factTypes) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.structs[name]; ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Registry.FindStructType(name)
}

func (p *factTypes) FindStructFieldNames(name string) ([]string, bool) {
	fields, ok := p.structs[name]
	var names []string
	for f := range fields {
		names = append(names, f)
	}
	slices.Sort(names)
	return names, ok
}

func (p *factTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	t, ok := p.structs[name][field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: t}, true
}

func celDate(v ref.Val) ref.Val {
	d, err := calendar.ParseDate(string(v.(types.String)))
	if err != nil {
		return types.NewErr("%v", err)
	}
	return types.Timestamp{Time: d.Start(utc)}
}

func celPlus(t, p ref.Val) ref.Val {
	period, err := calendar.ParsePeriod(string(p.(types.String)))
	if err != nil || period.IsClock() {
		return types.NewErr("%q is not a period of days or months", p)
	}
	return types.Timestamp{Time: period.From(calendar.DateOf(t.(types.Timestamp).Time, utc)).Start(utc)}
}

// celDue is plus moved to the next working day of the jurisdiction.
func (c *conditions) celDue(t, p ref.Val) ref.Val {
	sum := celPlus(t, p)
	if at, ok := sum.(types.Timestamp); ok {
		next, _ := c.days.NextWorking(calendar.DateOf(at.Time, utc))
		return types.Timestamp{Time: next.Start(utc)}
	}
	return sum
}

// compile checks a condition and compiles it; a condition that is absent
// compiles to nil.
func (c *conditions) compile(cond Condition, faults *Faults) boolFn {
	if cond.Source == "" {
		return nil
	}
	ast, issues := c.env.Compile(cond.Source)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			faults.add(cond.at(e.Location.Line(), e.Location.Column()), "condition: %s%s", e.Message, c.hint(e.Message))
		}
		return nil
	}
	if ast.OutputType() != cel.BoolType {
		faults.add(cond.Pos, "condition: gives %s; expected true or false", ast.OutputType())
		return nil
	}
	if estimate, err := c.env.EstimateCost(ast, listSizes{}); err != nil || estimate.Max > maxConditionCost {
		faults.add(cond.Pos, "condition: may cost up to %d steps; at most %d are allowed", estimate.Max, maxConditionCost)
		return nil
	}
	k := &compiler{conditions: c, ast: ast.NativeRep(), cond: cond, faults: faults, vars: map[string]binding{}}
	before := len(*faults)
	fn := k.truth(ast.NativeRep().Expr())
	if len(*faults) > before {
		return nil
	}
	return fn
}

// at is the place in the pack file of a place in the condition.
func (cond Condition) at(line, column int) Pos {
	pos := cond.Pos
	if line > 1 {
		pos.Line += line - 1
		pos.Column = column + 1
	} else {
		pos.Column += column
	}
	return pos
}

// hint names the nearest known fact when a condition misspells one.
func (c *conditions) hint(message string) string {
	_, rest, ok := strings.Cut(message, "undefined field '")
	if !ok {
		return ""
	}
	word, _, _ := strings.Cut(rest, "'")
	var fields []string
	for _, name := range c.index.names() {
		if _, field, nested := strings.Cut(name, "."); nested {
			fields = append(fields, field)
		}
	}
	if near := closest(word, fields); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// compiler turns one checked expression into closures.
type compiler struct {
	*conditions
	ast    *celast.AST
	cond   Condition
	faults *Faults
	vars   map[string]binding
}

// binding is the variable of a comprehension: its slot and item type.
type binding struct {
	slot int
	item string
}

func (k *compiler) refuse(e celast.Expr, format string, args ...any) {
	loc := k.ast.SourceInfo().GetStartLocation(e.ID())
	k.faults.add(k.cond.at(loc.Line(), loc.Column()), "condition: "+format, args...)
}

func (k *compiler) typeOf(e celast.Expr) *types.Type { return k.ast.GetType(e.ID()) }

// path gives the dotted path of a chain of selections, or "".
func (k *compiler) path(e celast.Expr) string {
	switch e.Kind() {
	case celast.IdentKind:
		return e.AsIdent()
	case celast.SelectKind:
		if s := e.AsSelect(); !s.IsTestOnly() {
			if p := k.path(s.Operand()); p != "" {
				return p + "." + s.FieldName()
			}
		}
	}
	return ""
}

func (k *compiler) lookup(e celast.Expr) (fact, factSet, bool) {
	p := k.path(e)
	i, ok := k.index.byPath[p]
	if !ok {
		return fact{}, 0, false
	}
	return k.index.facts[i], k.index.bit(p), true
}

func always(*view) tri { return unknown }

// truth compiles an expression of type bool.
func (k *compiler) truth(e celast.Expr) boolFn {
	switch e.Kind() {
	case celast.LiteralKind:
		t := triOf(e.AsLiteral() == types.True)
		return func(*view) tri { return t }
	case celast.CallKind:
		return k.call(e)
	case celast.ComprehensionKind:
		return k.quantifier(e)
	case celast.SelectKind, celast.IdentKind:
		if name, ok := strings.CutPrefix(k.path(e), "switch."); ok {
			i := slices.Index(k.switches, name)
			return func(v *view) tri { return triOf(v.switches[i]) }
		}
		if f, bit, ok := k.lookup(e); ok && f.truth != nil {
			return func(v *view) tri {
				t := f.truth(v)
				if t == unknown {
					v.unknown |= bit
				}
				return t
			}
		}
	}
	k.refuse(e, "this form is not supported here")
	return always
}

func (k *compiler) call(e celast.Expr) boolFn {
	call := e.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case operators.LogicalAnd:
		return allOf(k.truth(args[0]), k.truth(args[1]))
	case operators.LogicalOr:
		return anyOf(k.truth(args[0]), k.truth(args[1]))
	case operators.LogicalNot:
		return not(k.truth(args[0]))
	case operators.Conditional:
		return choose(k.truth(args[0]), k.truth(args[1]), k.truth(args[2]))
	case "sure":
		fn := k.truth(args[0])
		return func(v *view) tri {
			saved := v.unknown
			known := fn(v) == yes
			v.unknown = saved
			return triOf(known)
		}
	case operators.Equals, operators.NotEquals:
		fn := k.equal(e, args[0], args[1])
		if name == operators.NotEquals {
			return not(fn)
		}
		return fn
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return k.compare(name, args[0], args[1])
	case operators.In:
		return k.in(e, args[0], args[1])
	}
	k.refuse(e, "the function %s is not supported", call.FunctionName())
	return always
}

// allOf is the three-valued and: false wins over unknown, and then nothing is
// missing.
func allOf(a, b boolFn) boolFn {
	return func(v *view) tri {
		saved := v.unknown
		x := a(v)
		if x == no {
			v.unknown = saved
			return no
		}
		y := b(v)
		if y == no {
			v.unknown = saved
			return no
		}
		return x.and(y)
	}
}

func not(fn boolFn) boolFn {
	return func(v *view) tri {
		switch fn(v) {
		case yes:
			return no
		case no:
			return yes
		default:
			return unknown
		}
	}
}

func anyOf(a, b boolFn) boolFn { return not(allOf(not(a), not(b))) }

func choose(cond, a, b boolFn) boolFn {
	return func(v *view) tri {
		switch cond(v) {
		case yes:
			return a(v)
		case no:
			return b(v)
		default:
			return unknown
		}
	}
}

func (k *compiler) equal(e, a, b celast.Expr) boolFn {
	switch k.typeOf(a).Kind() {
	case types.StringKind:
		k.checkWord(a, b)
		k.checkWord(b, a)
		x, y := k.text(a), k.text(b)
		if word, ok := textLiteral(b); ok {
			return func(v *view) tri {
				s, known := x(v)
				if !known {
					return unknown
				}
				return triOf(s == word)
			}
		}
		return func(v *view) tri {
			s, known := x(v)
			t, alsoKnown := y(v)
			if !known || !alsoKnown {
				return unknown
			}
			return triOf(s == t)
		}
	case types.BoolKind:
		x, y := k.truth(a), k.truth(b)
		return func(v *view) tri {
			s, t := x(v), y(v)
			if s == unknown || t == unknown {
				return unknown
			}
			return triOf(s == t)
		}
	case types.IntKind, types.TimestampKind:
		return k.compare(operators.Equals, a, b)
	}
	k.refuse(e, "values of type %s can't be compared", k.typeOf(a))
	return always
}

// checkWord refuses a literal that the fact's vocabulary does not have: it
// could never be equal, and is a slip of the pen.
func (k *compiler) checkWord(value, literal celast.Expr) {
	word, ok := textLiteral(literal)
	if !ok {
		return
	}
	words := vocabulary[k.enumOf(value)]
	if words != nil && !slices.Contains(words, word) {
		k.refuse(literal, "%q is never a value of %s; %s", word, k.path(value), expected(word, words))
	}
}

func (k *compiler) enumOf(e celast.Expr) string {
	if f, _, ok := k.lookup(e); ok {
		return f.enum
	}
	if e.Kind() == celast.SelectKind {
		field := e.AsSelect().FieldName()
		switch k.typeOf(e.AsSelect().Operand()).TypeName() {
		case typeFinding:
			return findingFields[field].enum
		case typeService:
			return serviceFields[field].enum
		}
	}
	return ""
}

func (k *compiler) compare(op string, a, b celast.Expr) boolFn {
	x, y := k.number(a), k.number(b)
	switch op {
	case operators.Greater:
		return less(y, x)
	case operators.GreaterEquals:
		return not(less(x, y))
	case operators.Less:
		return less(x, y)
	case operators.LessEquals:
		return not(less(y, x))
	}
	return func(v *view) tri {
		s, known := x(v)
		t, alsoKnown := y(v)
		if !known || !alsoKnown {
			return unknown
		}
		return triOf(s == t)
	}
}

func less(x, y intFn) boolFn {
	return func(v *view) tri {
		s, known := x(v)
		t, alsoKnown := y(v)
		if !known || !alsoKnown {
			return unknown
		}
		return triOf(s < t)
	}
}

// in compiles "x in [literals]" and "x in documents".
func (k *compiler) in(e, item, list celast.Expr) boolFn {
	x := k.text(item)
	if list.Kind() == celast.ListKind {
		var words []string
		for _, element := range list.AsList().Elements() {
			word, ok := textLiteral(element)
			if !ok {
				k.refuse(element, "a list in a condition holds plain words only")
				return always
			}
			k.checkWord(item, element)
			words = append(words, word)
		}
		return func(v *view) tri {
			s, known := x(v)
			if !known {
				return unknown
			}
			return triOf(slices.Contains(words, s))
		}
	}
	if k.path(list) != "documents" {
		k.refuse(e, "in takes a list of words or documents")
		return always
	}
	if word, ok := textLiteral(item); ok {
		if words := vocabulary["documents"]; !slices.Contains(words, word) {
			k.refuse(item, "%q is not a document; %s", word, expected(word, words))
		}
	}
	bit := k.index.bit("documents")
	return func(v *view) tri {
		s, known := x(v)
		if v.facts.Documents == nil {
			v.unknown |= bit
			return unknown
		}
		if !known {
			return unknown
		}
		return triOf(slices.Contains(v.facts.Documents, s))
	}
}

// text compiles an expression of type string.
func (k *compiler) text(e celast.Expr) textFn {
	if s, ok := textLiteral(e); ok {
		return func(*view) (string, bool) { return s, true }
	}
	if f, bit, ok := k.lookup(e); ok && f.text != nil {
		return func(v *view) (string, bool) {
			s, known := f.text(v)
			if !known {
				v.unknown |= bit
			}
			return s, known
		}
	}
	if fn := k.itemText(e); fn != nil {
		return fn
	}
	k.refuse(e, "this form is not supported as text")
	return func(*view) (string, bool) { return "", false }
}

// itemText reads a field of a finding or a service.
func (k *compiler) itemText(e celast.Expr) textFn {
	if e.Kind() == celast.IdentKind {
		b, ok := k.vars[e.AsIdent()]
		if !ok || b.item != "document" {
			return nil
		}
		return func(v *view) (string, bool) { return v.slots[b.slot].document, true }
	}
	if e.Kind() != celast.SelectKind || e.AsSelect().Operand().Kind() != celast.IdentKind {
		return nil
	}
	name, field := e.AsSelect().Operand().AsIdent(), e.AsSelect().FieldName()
	findings, services := k.index.bit("diagnosis.findings"), k.index.bit("services")
	if b, ok := k.vars[name]; ok && b.item == typeService {
		get := serviceFields[field].get
		return func(v *view) (string, bool) {
			service := v.slots[b.slot].service
			s := get(service)
			if s == "" && field == "outcome" && service.Released.IsZero() {
				return "", true // still in service: certainly no outcome yet
			}
			if s == "" {
				v.unknown |= services
			}
			return s, s != ""
		}
	}
	get := findingFields[field].get
	if get == nil {
		return nil
	}
	current := func(v *view) *Finding { return v.finding }
	if b, ok := k.vars[name]; ok {
		current = func(v *view) *Finding { return v.slots[b.slot].finding }
	} else if name != "finding" {
		return nil
	}
	return func(v *view) (string, bool) {
		f := current(v)
		if f == nil {
			v.unknown |= findings
			return "", false
		}
		s := get(f)
		if s == "" {
			v.unknown |= findings
		}
		return s, s != ""
	}
}

// number compiles an expression of type int, or a date as its day number.
func (k *compiler) number(e celast.Expr) intFn {
	if e.Kind() == celast.LiteralKind {
		if n, ok := e.AsLiteral().(types.Int); ok {
			return func(*view) (int64, bool) { return int64(n), true }
		}
	}
	if f, bit, ok := k.lookup(e); ok && f.number != nil {
		return func(v *view) (int64, bool) {
			n, known := f.number(v)
			if !known {
				v.unknown |= bit
			}
			return n, known
		}
	}
	if e.Kind() == celast.CallKind {
		if fn := k.numberCall(e); fn != nil {
			return fn
		}
	}
	k.refuse(e, "this form is not supported as a number or a date")
	return func(*view) (int64, bool) { return 0, false }
}

func (k *compiler) numberCall(e celast.Expr) intFn {
	call := e.AsCall()
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]celast.Expr{call.Target()}, args...)
	}
	switch call.FunctionName() {
	case operators.Add, operators.Subtract:
		if k.typeOf(e).Kind() != types.IntKind {
			return nil
		}
		x, y := k.number(args[0]), k.number(args[1])
		sign := int64(1)
		if call.FunctionName() == operators.Subtract {
			sign = -1
		}
		return func(v *view) (int64, bool) {
			a, known := x(v)
			b, alsoKnown := y(v)
			return a + sign*b, known && alsoKnown
		}
	case "date":
		d, err := calendar.ParseDate(k.literal(args[0]))
		if err != nil {
			k.refuse(e, "date() takes a date such as \"2022-01-01\"")
		}
		return func(*view) (int64, bool) { return int64(d.Days()), true }
	case "plus", "due":
		shift := call.FunctionName() == "due"
		period, err := calendar.ParsePeriod(k.literal(args[1]))
		if err != nil || period.IsClock() {
			k.refuse(e, "plus() takes a period of days or months such as \"P1Y\"")
		}
		x := k.number(args[0])
		return func(v *view) (int64, bool) {
			n, known := x(v)
			if !known || n >= farFuture {
				return n, known
			}
			d := period.From(calendar.FromDays(int32(n)))
			if shift {
				d, _ = k.days.NextWorking(d)
			}
			return int64(d.Days()), true
		}
	case "size":
		return k.size(args[0])
	}
	return nil
}

func (k *compiler) literal(e celast.Expr) string {
	s, _ := textLiteral(e)
	return s
}

// textLiteral is a word written into a condition; a number is none.
func textLiteral(e celast.Expr) (string, bool) {
	if e.Kind() != celast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// listSizes tells cel-go's cost estimate how long lists may be.
type listSizes struct{}
