package policy

import "slices"

// recommend chooses the basis that serves the customer best: what is covered
// before what is open, then what the customer may choose, then fewer papers.
func (d *Decider) recommend() (best int, why string) {
	best = -1
	for i := range d.bases {
		if d.bases[i].present && rank(d.bases[i].verdict) > 0 && (best < 0 || d.better(i, best)) {
			best = i
		}
	}
	if best < 0 {
		return d.paysBack()
	}
	o := &d.bases[best]
	switch o.verdict {
	case VerdictPaid:
		return best, "paid"
	case NeedsDocuments, NeedsFacts:
		return best, "open"
	}
	others, sameRank := 0, -1
	for i := range d.bases {
		if other := &d.bases[i]; i != best && other.present && other.open() {
			others++
			sameRank = i
		}
	}
	switch {
	case others == 0:
		return best, "only_covered"
	case d.bases[sameRank].verdict == NeedsDocuments:
		return best, "fewer_papers"
	case o.rights() > d.bases[sameRank].rights():
		return best, "more_rights"
	case d.bases[sameRank].verdict == NeedsFacts:
		return best, "only_covered"
	default:
		return best, "equal"
	}
}

// paysBack finds the basis that gives money back although it is over (A13).
func (d *Decider) paysBack() (int, string) {
	for i := range d.bases {
		if d.bases[i].present && len(d.bases[i].remedies) > 0 {
			return i, "money_back"
		}
	}
	return -1, "none"
}

// rank orders verdicts by what they are worth to the customer; 0 is worthless.
func rank(v Verdict) int {
	return slices.Index([]Verdict{NotInForce, VerdictPaid, NeedsFacts, NeedsDocuments, Covered}, v)
}

func (d *Decider) better(i, j int) bool {
	a, b := &d.bases[i], &d.bases[j]
	if x, y := rank(a.verdict), rank(b.verdict); x != y {
		return x > y
	}
	return a.rights() > b.rights()
}

// rights weighs what the customer may choose: money back most, then a new
// product, then a lower price; what the retailer chooses weighs nothing.
func (o *outcome) rights() int {
	weight := map[string]int{"refund": 4, "rescission": 4, "replacement": 2, "price_reduction": 1}
	sum := 0
	for _, r := range o.remedies {
		if r.chooser == "customer" {
			sum += weight[r.kind]
		}
	}
	return sum
}
