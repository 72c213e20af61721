package policy

import "slices"

// exclusionIndex finds the exclusions that a finding can trigger by its code
// and the unit's category, so that a decision looks at a handful of clauses
// instead of evaluating them all.
type exclusionIndex struct {
	all       []*exclusion
	byFinding [][]*exclusion // [category*codes+code]: clauses that look at findings
	ifUnknown [][]*exclusion // [category]: those clauses, for when findings are unknown
	anyCode   [][]*exclusion // [category]: those and the lenient ones, for a finding without a code
	width     int            // codes in a row of byFinding
	plain     []*exclusion   // clauses without findings: failed part or condition only
}

// looksAtFindings reports whether the clause needs a matching finding.
func (x *exclusion) looksAtFindings() bool {
	return len(x.findings)+len(x.parts)+len(x.causes) > 0
}

// build fills the index; the last category slot stands for "not known".
func (ix *exclusionIndex) build() {
	categories, codes := len(vocabulary["categories"]), vocabulary["findings"]
	ix.width = len(codes) + 1 // the last column: a failed part nothing was found about
	ix.byFinding = make([][]*exclusion, (categories+1)*ix.width)
	ix.ifUnknown = make([][]*exclusion, categories+1)
	ix.anyCode = make([][]*exclusion, categories+1)
	for _, x := range ix.all {
		if !x.looksAtFindings() {
			ix.plain = append(ix.plain, x)
			continue
		}
		for c := range categories + 1 {
			if x.categories != 0 && c < categories && x.categories&(1<<c) == 0 {
				continue
			}
			ix.anyCode[c] = append(ix.anyCode[c], x)
			if !x.lenient {
				ix.ifUnknown[c] = append(ix.ifUnknown[c], x)
			}
			for j := range ix.width {
				named := len(x.findings) == 0 || j < len(codes) && slices.Contains(x.findings, codes[j])
				if named && (j < len(codes) || len(x.parts) > 0) {
					ix.byFinding[c*ix.width+j] = append(ix.byFinding[c*ix.width+j], x)
				}
			}
		}
	}
}

func (ix *exclusionIndex) candidates(category, code int) []*exclusion {
	return ix.byFinding[category*ix.width+code]
}

// candidatesFor gives the clauses that one finding could trigger.
func (ix *exclusionIndex) candidatesFor(category, code int, f *Finding) []*exclusion {
	if f.Code == "" {
		return ix.anyCode[category]
	}
	return ix.candidates(category, code)
}

// matches answers whether one finding triggers the clause; the category was
// matched by the index already, where it is known.
func (x *exclusion) matches(v *view, f *Finding) tri {
	result := yes
	if f.Code == "" && len(x.findings) > 0 {
		result = unknown
		v.unknown |= v.bits.findings
	}
	if len(x.parts) > 0 && !slices.Contains(x.parts, f.Part) {
		if f.Part != "" || len(x.findings) == 0 {
			return no
		}
		result = unknown
		v.unknown |= v.bits.findings
	}
	if len(x.causes) > 0 && f.Cause != "" && !slices.Contains(x.causes, f.Cause) {
		return no
	}
	if slices.Contains(x.except, f.Cause) || slices.Contains(x.exceptParts, f.Part) {
		return no
	}
	if len(x.causes) > 0 && f.Cause == "" {
		result = unknown
		v.unknown |= v.bits.findings
	}
	if x.unless != nil {
		v.finding = f
		held := x.unless(v)
		v.finding = nil
		if held == yes {
			return no
		}
		if held == unknown {
			result = unknown
		}
	}
	return result
}

// failed answers whether the failed part triggers the clause.
func (x *exclusion) failedPart(v *view) tri {
	part, known := v.failedPart()
	if !known {
		v.unknown |= v.bits.failedPart
		return unknown
	}
	return triOf(slices.Contains(x.failed, part))
}
