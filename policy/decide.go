package policy

import (
	"errors"
	"math/bits"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// Decider decides with one program and reuses its memory from one decision to
// the next. It is for one goroutine; Program.Decide needs no care.
type Decider struct {
	program *Program
	view    view
	bases   [4]outcome
}

// outcome is the answer on one basis before it is put into words.
type outcome struct {
	present   bool
	term      *term
	verdict   Verdict
	hits      []hit
	needs     needs
	remedies  []grantedRemedy
	offered   wordSet // their kinds
	deadlines []grantedDeadline
	missing   []string // documents known to be missing
	wanted    []string // documents that are not known
}

// hit is a clause that took part, and the finding that triggered it.
type hit struct {
	*clause
	finding int // index, -1 when none
}

// needs counts, for each fact, the clauses that it could settle: first those
// that can change the verdict, then the rest.
type needs struct {
	any      bool
	blocking [64]uint16
	other    [64]uint16
}

func (n *needs) add(set factSet, blocking bool, weight uint16) {
	n.any = n.any || set != 0
	for ; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(uint64(set))
		if blocking {
			n.blocking[i] += weight
		} else {
			n.other[i] += weight
		}
	}
}

type grantedRemedy struct {
	kind, chooser string
	amount        money.Amount
	has           bool
	clause        *clause
}

type grantedDeadline struct {
	*deadline
	date        calendar.Date
	from        calendar.Date
	at, since   time.Time
	provisional bool
	overdue     int
	penalty     money.Amount
	has         bool
}

// ErrNoInstant is given for facts without `at`: nothing here reads the clock.
var ErrNoInstant = errors.New("at: the instant of the decision is missing; expected RFC 3339 such as 2026-03-10T12:00:00+02:00")

// NewDecider makes a decider for one goroutine.
func (p *Program) NewDecider() *Decider { return &Decider{program: p} }

// Decide answers the facts on every basis, in the reader's language. The only
// error is ErrNoInstant.
func (p *Program) Decide(f *Facts, lang string) (Decision, error) {
	d := p.NewDecider()
	if err := d.Run(f); err != nil {
		return Decision{}, err
	}
	return d.Decision(lang), nil
}

// Run decides without putting the answer into words; Verdict and Decision
// then read it.
func (d *Decider) Run(f *Facts) error {
	if f.At.IsZero() {
		return ErrNoInstant
	}
	d.view.reset(f, d.program)
	d.program.terms(&d.view)
	for i := range d.bases {
		d.decideBasis(i)
	}
	return nil
}

// Verdict is the answer of the last Run on one basis; "" where the unit does
// not have the basis.
func (d *Decider) Verdict(b Basis) Verdict {
	if o := &d.bases[basisIndex(b)]; o.present {
		return o.verdict
	}
	return ""
}

func (d *Decider) decideBasis(i int) {
	o, bp, t := &d.bases[i], &d.program.bases[i], &d.view.covers[i]
	o.reset(t)
	if !t.present {
		return
	}
	if t.inForce == no {
		o.verdict = NotInForce
	} else {
		d.ground(o, bp)
	}
	o.hit(t.cover.clause, -1)
	for _, c := range [3]*clause{t.restart, t.extend, t.prolong} {
		if c != nil {
			o.hit(c, -1)
		}
	}
	d.offer(o, bp)
	d.schedule(o, bp, i)
	d.inform(o, bp)
}

// reset forgets the last decision and keeps its memory.
func (o *outcome) reset(t *term) {
	o.present, o.term, o.verdict, o.offered = t.present, t, "", 0
	o.hits, o.remedies, o.deadlines, o.missing, o.wanted = o.hits[:0], o.remedies[:0], o.deadlines[:0], o.missing[:0], o.wanted[:0]
	if o.needs.any {
		o.needs = needs{}
	}
}

func (o *outcome) hit(c *clause, finding int) { o.hits = append(o.hits, hit{c, finding}) }

// ground finds the verdict of a basis that is, or may be, in force.
func (d *Decider) ground(o *outcome, bp *basisProgram) {
	t := o.term
	refused, open := d.exclude(o, &bp.exclusions)
	paid, asked := d.limit(o, bp)
	open = d.prove(o, bp) || open
	if t.inForce == unknown {
		o.needs.add(t.unknown, true, 8)
		open = true
	}
	switch {
	case refused:
		o.verdict = Refused
	case t.inForce == unknown:
		o.verdict = NeedsFacts
	case t.cover.verdict != "":
		o.verdict = t.cover.verdict
	case paid:
		o.verdict = VerdictPaid
	case len(o.missing) > 0:
		o.verdict = NeedsDocuments
	case open || asked:
		o.verdict = NeedsFacts
	case len(o.wanted) > 0:
		o.verdict = NeedsDocuments
	default:
		o.verdict = Covered
	}
}

// exclude runs the exclusions: it reports whether one bites, and whether an
// unknown fact could still make one bite.
func (d *Decider) exclude(o *outcome, ix *exclusionIndex) (refused, open bool) {
	v := &d.view
	category := v.category
	if category < 0 {
		category = len(d.program.words.categories)
	}
	judge := func(x *exclusion, finding int, answer tri) {
		if answer == no {
			return
		}
		applies := answer.and(x.applies(v))
		switch {
		case applies == yes && x.may:
			if !slices.ContainsFunc(o.hits, func(h hit) bool { return h.clause == x.clause }) {
				o.hit(x.clause, finding)
			}
			refused = true
		case applies == unknown && !x.lenient && x.may:
			o.needs.add(v.unknown, true, 1)
			open = true
		}
	}
	findings := v.facts.Diagnosis.Findings
	for i := range findings {
		for _, x := range ix.candidatesFor(category, v.codes[i], &findings[i]) {
			v.unknown = 0
			judge(x, i, x.matches(v, &findings[i]))
		}
	}
	d.failedWithoutFinding(ix, category, judge)
	if findings == nil {
		for _, x := range ix.ifUnknown[category] {
			v.unknown = 0
			applies := x.applies(v)
			v.unknown |= v.bits.findings
			if applies != no && x.may {
				o.needs.add(v.unknown, true, 1)
				open = true
			}
		}
	}
	for _, x := range ix.plain {
		v.unknown = 0
		answer := yes
		if len(x.failed) > 0 {
			answer = x.failedPart(v)
		}
		if answer != no && x.unless != nil {
			if held := x.unless(v); held == yes {
				answer = no
			} else if held == unknown {
				answer = unknown
			}
		}
		judge(x, -1, answer)
	}
	v.unknown = 0
	return refused, open
}

// failedWithoutFinding runs the clauses about parts for a failed part that no
// finding is about: nothing was found, so no finding's cause can save it.
func (d *Decider) failedWithoutFinding(ix *exclusionIndex, category int, judge func(*exclusion, int, tri)) {
	dg := &d.view.facts.Diagnosis
	if dg.FailedPart == "" || dg.Findings == nil ||
		slices.ContainsFunc(dg.Findings, func(f Finding) bool { return f.Part == dg.FailedPart }) {
		return
	}
	for _, x := range ix.candidates(category, ix.width-1) {
		if slices.Contains(x.parts, dg.FailedPart) && len(x.causes) == 0 {
			d.view.unknown = 0
			judge(x, -1, yes)
		}
	}
}

// limit runs the limits that give a verdict.
func (d *Decider) limit(o *outcome, bp *basisProgram) (paid, asked bool) {
	v := &d.view
	for i := range bp.limits {
		l := &bp.limits[i]
		answer, missing := v.ask(l.clause)
		switch {
		case answer == unknown:
			// A limit that would only ask for what is asked already adds nothing.
			o.needs.add(missing, true, 1)
			asked = true
		case answer == yes:
			o.hit(l.clause, -1)
			if l.verdict == VerdictPaid {
				paid = true
			} else {
				asked = true
				o.needs.add(l.asks, true, 2)
			}
		}
	}
	return paid, asked
}

// prove checks the documents: those known to be missing, and those not known.
// It reports whether it is open if some paper is needed at all.
func (d *Decider) prove(o *outcome, bp *basisProgram) (open bool) {
	v := &d.view
	for i := range bp.proofs {
		pr := &bp.proofs[i]
		applies, missing := v.ask(pr.clause)
		if applies == unknown && pr.presumed {
			applies = yes
		}
		if applies == no {
			continue
		}
		if applies == yes {
			o.hit(pr.clause, -1)
		}
		if pr.satisfied(v.documents) {
			continue
		}
		if applies == unknown {
			o.needs.add(missing, true, 1)
			open = true
		}
		if applies == yes || v.facts.Documents == nil {
			d.want(o, pr)
		}
	}
	return open
}

// satisfied reports whether there is a document of each group.
func (pr *proof) satisfied(documents wordSet) bool {
	for _, group := range pr.groups {
		if group&documents == 0 {
			return false
		}
	}
	return true
}

// want notes the first document of each group that is not there.
func (d *Decider) want(o *outcome, pr *proof) {
	v := &d.view
	list := &o.missing
	if v.facts.Documents == nil {
		list = &o.wanted
	}
	for i, group := range pr.needs {
		if pr.groups[i]&v.documents == 0 && !slices.Contains(*list, group[0]) {
			*list = append(*list, group[0])
		}
	}
}
