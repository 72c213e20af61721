package policy

import (
	"slices"

	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
)

// EstimateSize bounds lists and texts for the cost of a condition.
func (listSizes) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	return &cost.SizeEstimate{Min: 0, Max: maxListItems}
}

// EstimateCallCost leaves the cost of calls to cel-go.
func (listSizes) EstimateCallCost(function, overload string, target *cost.AstNode, args []cost.AstNode) *cost.CallEstimate {
	return nil
}

// items is a list that conditions walk: size is its length, false when the
// list is not known, and bind gives the variable one of its items.
type items struct {
	size intFn
	bind func(v *view, i int)
}

// list compiles services, diagnosis.findings, documents, or a filter of one.
func (k *compiler) list(e celast.Expr, slot int) (items, string) {
	switch k.path(e) {
	case "services":
		return items{
			k.length("services", func(v *view) (int, bool) { return len(v.facts.Services), v.facts.Services != nil }),
			func(v *view, i int) { v.slots[slot].service = &v.facts.Services[i] },
		}, typeService
	case "diagnosis.findings":
		return items{
			k.length("diagnosis.findings", func(v *view) (int, bool) { return len(v.facts.Diagnosis.Findings), v.facts.Diagnosis.Findings != nil }),
			func(v *view, i int) { v.slots[slot].finding = &v.facts.Diagnosis.Findings[i] },
		}, typeFinding
	case "documents":
		return items{
			k.length("documents", func(v *view) (int, bool) { return len(v.facts.Documents), v.facts.Documents != nil }),
			func(v *view, i int) { v.slots[slot].document = v.facts.Documents[i] },
		}, "document"
	}
	k.refuse(e, "conditions walk services, diagnosis.findings and documents only")
	return items{func(*view) (int64, bool) { return 0, false }, func(*view, int) {}}, ""
}

// length is the size of a list, which asks for the list when it is not known.
func (k *compiler) length(path string, of func(*view) (int, bool)) intFn {
	bit := k.index.bit(path)
	return func(v *view) (int64, bool) {
		n, known := of(v)
		if !known {
			v.unknown |= bit
		}
		return int64(n), known
	}
}

// quantifier compiles exists and all.
func (k *compiler) quantifier(e celast.Expr) boolFn {
	c := e.AsComprehension()
	step := c.LoopStep()
	exists := step.Kind() == celast.CallKind && step.AsCall().FunctionName() == operators.LogicalOr
	all := step.Kind() == celast.CallKind && step.AsCall().FunctionName() == operators.LogicalAnd
	if c.HasIterVar2() || !exists && !all || len(k.vars) >= 2 {
		k.refuse(e, "of the macros, exists, all and filter(…).size() are supported, two deep at most")
		return always
	}
	list, predicate := k.bind(c, func() celast.Expr { return step.AsCall().Args()[1] })
	stop := no
	if exists {
		stop = yes
	}
	return func(v *view) tri {
		saved, result := v.unknown, not3(stop)
		n, known := list.size(v)
		if !known {
			return unknown
		}
		for i := range int(n) {
			list.bind(v, i)
			answer := predicate(v)
			if answer == stop {
				v.unknown = saved
				return stop
			}
			if answer == unknown {
				result = unknown
			}
		}
		if result != unknown {
			v.unknown = saved
		}
		return result
	}
}

func not3(t tri) tri {
	if t == yes {
		return no
	}
	return yes
}

// bind compiles the list and the predicate of a comprehension with its
// variable bound.
func (k *compiler) bind(c celast.ComprehensionExpr, predicate func() celast.Expr) (items, boolFn) {
	slot := len(k.vars)
	if slices.Contains(rootsWithFields, c.IterVar()) || slices.Contains(plainRoots, c.IterVar()) {
		k.refuse(c.IterRange(), "the variable %s would hide the facts of that name: call it otherwise", c.IterVar())
	}
	list, item := k.list(c.IterRange(), slot)
	k.vars[c.IterVar()] = binding{slot, item}
	fn := k.truth(predicate())
	delete(k.vars, c.IterVar())
	return list, fn
}

// size compiles size() of a list or of a filter of one.
func (k *compiler) size(e celast.Expr) intFn {
	if e.Kind() != celast.ComprehensionKind {
		list, _ := k.list(e, len(k.vars))
		return list.size
	}
	c := e.AsComprehension()
	step := c.LoopStep()
	if step.Kind() != celast.CallKind || step.AsCall().FunctionName() != operators.Conditional || len(k.vars) >= 2 || !isFilter(step) {
		k.refuse(e, "of the macros, exists, all and filter(…).size() are supported, two deep at most")
		return func(*view) (int64, bool) { return 0, false }
	}
	list, predicate := k.bind(c, func() celast.Expr { return step.AsCall().Args()[0] })
	return func(v *view) (int64, bool) {
		n, settled := int64(0), true
		size, known := list.size(v)
		for i := range int(size) {
			list.bind(v, i)
			switch predicate(v) {
			case yes:
				n++
			case unknown:
				settled = false
			}
		}
		return n, known && settled
	}
}

// isFilter tells filter from map: filter adds the item itself.
func isFilter(step celast.Expr) bool {
	add := step.AsCall().Args()[1]
	if add.Kind() != celast.CallKind || add.AsCall().FunctionName() != operators.Add {
		return false
	}
	added := add.AsCall().Args()[1]
	return added.Kind() == celast.ListKind && len(added.AsList().Elements()) == 1 && added.AsList().Elements()[0].Kind() == celast.IdentKind
}
