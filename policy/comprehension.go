package policy

import (
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"cel.dev/cel-go/checker"
)

// EstimateSize bounds lists and texts for the cost of a condition.
func (listSizes) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	return &checker.SizeEstimate{Min: 0, Max: maxListItems}
}

// EstimateCallCost leaves the cost of calls to cel-go.
func (listSizes) EstimateCallCost(function, overload string, target *checker.AstNode, args []checker.AstNode) *checker.CallEstimate {
	return nil
}

// items walks a list: it binds each item in turn and calls visit until that
// gives false. known is false when the list is not known.
type items func(v *view, visit func() bool) (known bool)

// list compiles services, diagnosis.findings, documents, or a filter of one.
func (k *compiler) list(e celast.Expr, slot int) (items, string) {
	switch k.path(e) {
	case "services":
		bit := k.index.bit("services")
		return func(v *view, visit func() bool) bool {
			if v.facts.Services == nil {
				v.unknown |= bit
				return false
			}
			for i := range v.facts.Services {
				v.slots[slot].service = &v.facts.Services[i]
				if !visit() {
					break
				}
			}
			return true
		}, typeService
	case "diagnosis.findings":
		bit := k.index.bit("diagnosis.findings")
		return func(v *view, visit func() bool) bool {
			if v.facts.Diagnosis.Findings == nil {
				v.unknown |= bit
				return false
			}
			for i := range v.facts.Diagnosis.Findings {
				v.slots[slot].finding = &v.facts.Diagnosis.Findings[i]
				if !visit() {
					break
				}
			}
			return true
		}, typeFinding
	case "documents":
		bit := k.index.bit("documents")
		return func(v *view, visit func() bool) bool {
			if v.facts.Documents == nil {
				v.unknown |= bit
				return false
			}
			for _, d := range v.facts.Documents {
				v.slots[slot].document = d
				if !visit() {
					break
				}
			}
			return true
		}, "document"
	}
	k.refuse(e, "conditions walk services, diagnosis.findings and documents only")
	return func(*view, func() bool) bool { return false }, ""
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
	walk, predicate := k.bind(c, func() celast.Expr { return step.AsCall().Args()[1] })
	stop := no
	if exists {
		stop = yes
	}
	return func(v *view) tri {
		saved, result := v.unknown, not3(stop)
		known := walk(v, func() bool {
			switch predicate(v) {
			case stop:
				result = stop
				return false
			case unknown:
				result = unknown
			}
			return true
		})
		if !known {
			return unknown
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
	walk, item := k.list(c.IterRange(), slot)
	k.vars[c.IterVar()] = binding{slot, item}
	fn := k.truth(predicate())
	delete(k.vars, c.IterVar())
	return walk, fn
}

// size compiles size() of a list or of a filter of one.
func (k *compiler) size(e celast.Expr) intFn {
	if e.Kind() != celast.ComprehensionKind {
		walk, _ := k.list(e, len(k.vars))
		return func(v *view) (int64, bool) {
			n := int64(0)
			known := walk(v, func() bool { n++; return true })
			return n, known
		}
	}
	c := e.AsComprehension()
	step := c.LoopStep()
	if step.Kind() != celast.CallKind || step.AsCall().FunctionName() != operators.Conditional || len(k.vars) >= 2 || !isFilter(step) {
		k.refuse(e, "of the macros, exists, all and filter(…).size() are supported, two deep at most")
		return func(*view) (int64, bool) { return 0, false }
	}
	walk, predicate := k.bind(c, func() celast.Expr { return step.AsCall().Args()[0] })
	return func(v *view) (int64, bool) {
		n, settled := int64(0), true
		known := walk(v, func() bool {
			switch predicate(v) {
			case yes:
				n++
			case unknown:
				settled = false
			}
			return true
		})
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
