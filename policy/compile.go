package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

var utc = time.UTC

// basisOrder is the order in which bases are computed and listed.
var basisOrder = [4]Basis{Warranty, Certificate, Statute, Paid}

func basisIndex(b Basis) int { return slices.Index(basisOrder[:], b) }

// Program is a retailer's pack compiled together with its statute and the
// manufacturers' packs under it. It is immutable and safe to share.
type Program struct {
	Pack    *Pack
	Statute *Pack
	Makers  []*Pack

	zone     *time.Location
	days     *calendar.WorkCalendar
	index    *factIndex
	bits     *commonBits
	words    *wordIndex
	lexicon  *Lexicon
	switches []string
	enabled  []bool
	clauses  []*clause
	bases    [4]basisProgram

	contacts    []contact
	requests    []request
	notices     []notice
	acks        []notice
	routes      []route
	supports    []support
	centres     map[string]Centre
	settlements map[string]Settlement
}

// clause is a compiled clause: the filters as data, the condition as code.
//
// What every decision looks at stands first, so that it shares a cache line.
type clause struct {
	when       boolFn
	filtered   bool // there is more than the condition to look at
	dated      bool // it holds for sales since or before a date
	maker      bool
	categories wordSet // bit set over vocabulary "categories"; 0 = all
	brands     []string
	*Clause
	pack   *Pack
	effect string
	reads  []string // facts that its conditions read
}

// basisProgram is what speaks for one basis.
type basisProgram struct {
	covers        []cover
	prolongations []prolongation
	restarts      []restart
	extensions    []extension
	proofs        []proof
	exclusions    exclusionIndex
	limits        []limit // those that give a verdict
	opens, adds   []limit // those that open remedies before the ordinary ones, and after
	remedies      []remedy
	deadlines     []deadline
	notices       []notice
}

type cover struct {
	*clause
	starts   string
	after    int // index of the basis it is chained to, -1 for none
	months   bool
	period   calendar.Period
	least    calendar.Period
	shift    bool
	longer   int
	requires boolFn
	verdict  Verdict
}

type prolongation struct {
	*clause
	from, to string
	outcomes []string
	bases    []Basis
}

type restart struct {
	*clause
	outcome, at string
}

type extension struct {
	*clause
	adds    calendar.Period
	outcome string
	since   calendar.Date
}

type proof struct {
	*clause
	needs    [][]string
	groups   []wordSet // the same needs, one of each group
	presumed bool
}

type exclusion struct {
	*clause
	findings, parts, causes, except, exceptParts, failed []string
	unless                                               boolFn
	lenient                                              bool
	may                                                  bool // may refuse (verified)
}

type limit struct {
	*clause
	opens   []offer
	verdict Verdict
	asks    factSet
}

type offer struct {
	Offer
	kind           wordSet // of the one remedy
	when, possible boolFn
}

type remedy struct {
	*clause
	offers []offer
	always bool
}

type deadline struct {
	*clause
	name, from string
	period     calendar.Period
	shift      bool
	fixed      bool
	forKinds   wordSet // remedies; none = all
	except     wordSet // categories that it does not run for
	breach     []string
	always     bool
	penalty    Penalty
}

// notice keeps what it is limited to as sets; an empty set limits nothing,
// save that no requests mean the request for warranty service.
type notice struct {
	*clause
	requests wordSet
	verdicts wordSet
	channels []string
}

type contact struct {
	*clause
	*ContactClause
}

type request struct {
	*clause
	kind   string
	answer calendar.Period
	has    bool
}

type route struct {
	*clause
	*RoutingClause
	centres []Centre
}

type support struct {
	*clause
	from   string
	period calendar.Period
}

// builder compiles packs into a program and collects faults.
type builder struct {
	*Program
	conditions *conditions
	faults     Faults
	seen       map[string]Pos // ids of clauses
}

// Compile checks a retailer's pack with its statute (may be nil) and the
// manufacturer packs under it, and compiles them. The error is Faults: every
// mistake with its file, line and column.
func Compile(pack, statute *Pack, makers []*Pack, lexicon *Lexicon) (*Program, error) {
	b := &builder{seen: map[string]Pos{}, Program: &Program{Pack: pack, Statute: statute, Makers: makers, lexicon: lexicon,
		centres: map[string]Centre{}, settlements: map[string]Settlement{}}}
	packs := []*Pack{pack}
	if statute != nil {
		packs = append(packs, statute)
	}
	packs = append(packs, makers...)
	b.collectSwitches(packs)
	b.place()
	var err error
	if b.conditions, err = newConditions(b.switches, b.days); err != nil {
		return nil, err
	}
	b.index = b.conditions.index
	b.bits = newCommonBits(b.index)
	b.words = newWordIndex()
	for _, p := range packs {
		b.checkPack(p)
		b.addPack(p)
	}
	b.checkTerms()
	b.checkWords()
	for i := range b.bases {
		b.bases[i].exclusions.build()
	}
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	return b.Program, nil
}

func (b *builder) collectSwitches(packs []*Pack) {
	for _, p := range packs {
		for _, name := range sortedKeys(p.Switches) {
			if !slices.Contains(b.switches, name) {
				b.switches = append(b.switches, name)
				b.enabled = append(b.enabled, p.Switches[name])
			}
		}
	}
}

// WithSwitches is the same program with some switches thrown otherwise, for
// trying law that is not in force yet.
func (p *Program) WithSwitches(set map[string]bool) (*Program, error) {
	other := *p
	other.enabled = slices.Clone(p.enabled)
	for name, on := range set {
		i := slices.Index(p.switches, name)
		if i < 0 {
			return nil, fmt.Errorf("pack %s has no switch %q; %s", p.Pack.ID, name, expected(name, p.switches))
		}
		other.enabled[i] = on
	}
	return &other, nil
}

func (b *builder) place() {
	zone, err := time.LoadLocation(b.Pack.Zone)
	if err != nil || b.Pack.Zone == "" {
		b.faults.add(b.Pack.Pos, "zone: expected an IANA time zone such as Europe/Sofia, found %q", b.Pack.Zone)
		zone = utc
	}
	b.zone = zone
	if b.days, err = calendar.For(b.Pack.Jurisdiction); err != nil {
		b.faults.add(b.Pack.Pos, "jurisdiction: %v", err)
	}
}

func (b *builder) addPack(p *Pack) {
	defaultBasis := Warranty
	if p.Kind == StatutePack {
		defaultBasis = Statute
	}
	for i := range p.Centres {
		b.centres[p.Centres[i].ID] = p.Centres[i]
	}
	for _, s := range p.Settlements {
		for _, name := range s.Names {
			b.settlements[foldPlace(name)] = s
		}
	}
	b.addCovers(p)
	b.addLedgers(p, defaultBasis)
	b.addGrounds(p, defaultBasis)
	b.addRemedies(p, defaultBasis)
	b.addService(p)
}

// clause compiles what every clause has and gives the bases it speaks for.
func (b *builder) clause(p *Pack, c *Clause, effect string, fallback ...Basis) (*clause, []int) {
	out := &clause{Clause: c, pack: p, effect: effect, maker: p.Kind == ManufacturerPack}
	for _, name := range c.Categories {
		if i := slices.Index(vocabulary["categories"], name); i >= 0 {
			out.categories |= 1 << i
		}
	}
	brands := c.Brands
	if out.maker && len(brands) == 0 {
		brands = p.Brands
	}
	for _, brand := range brands {
		out.brands = append(out.brands, strings.ToLower(brand))
	}
	out.when = b.condition(out, c.When)
	out.dated = !c.Since.IsZero() || !c.Before.IsZero()
	out.filtered = out.dated || out.maker || out.categories != 0 || len(out.brands) > 0
	b.clauses = append(b.clauses, out)
	bases := c.Basis
	if len(bases) == 0 {
		bases = fallback
	}
	var at []int
	for _, basis := range bases {
		at = append(at, basisIndex(basis))
	}
	return out, at
}

// condition compiles a condition of a clause and notes what it reads.
func (b *builder) condition(c *clause, cond Condition) boolFn {
	fn := b.conditions.compile(cond, &b.faults)
	for _, f := range b.index.facts {
		if containsPath(cond.Source, f.path) && !slices.Contains(c.reads, f.path) {
			c.reads = append(c.reads, f.path)
		}
	}
	return fn
}

// containsPath finds a fact's path as a whole word in a condition.
func containsPath(source, path string) bool {
	for from := 0; ; {
		i := strings.Index(source[from:], path)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(path)
		if (start == 0 || !isPathByte(source[start-1])) && (end == len(source) || !isPathByte(source[end])) {
			return true
		}
		from = end
	}
}

func isPathByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}

func (b *builder) period(pos Pos, key, value string, clockToo bool) calendar.Period {
	p, err := calendar.ParsePeriod(value)
	if err != nil {
		b.faults.add(pos, "%s: %v", key, err)
	} else if p.IsClock() && !clockToo {
		b.faults.add(pos, "%s: expected a period of days or months, found %q", key, value)
	}
	return p
}

func (b *builder) addCovers(p *Pack) {
	for i := range p.Covers {
		src := &p.Covers[i]
		c, at := b.clause(p, &src.Clause, "term")
		if len(at) != 1 {
			b.faults.add(src.Pos, "cover %s: name exactly one basis", src.ID)
			continue
		}
		out := cover{clause: c, starts: src.Starts, after: -1, longer: -1, shift: src.Shift, verdict: src.Verdict}
		if out.starts == "" && src.Verdict == VerdictPaid {
			out.starts = "always"
		}
		if chained, ok := strings.CutPrefix(src.Starts, "after:"); ok {
			if out.after = basisIndex(Basis(chained)); out.after < 0 {
				b.faults.add(src.Pos, "cover %s: starts after an unknown basis; %s", src.ID, expected(chained, vocabulary["bases"]))
			}
		} else if !slices.Contains([]string{"sale.date", "sale.delivered", "always"}, out.starts) {
			b.faults.add(src.Pos, "cover %s: starts: expected sale.date, sale.delivered, always or after:BASIS, found %q", src.ID, src.Starts)
		}
		switch {
		case out.starts == "always":
		case src.Lasts == "warranty.months":
			out.months = true
		default:
			out.period = b.period(src.Pos, "cover "+src.ID+": lasts", src.Lasts, false)
		}
		if src.AtLeast != "" {
			out.least = b.period(src.Pos, "cover "+src.ID+": at_least", src.AtLeast, false)
		}
		if src.Longer != "" {
			out.longer = basisIndex(Basis(src.Longer))
		}
		out.requires = b.condition(c, src.Requires)
		b.bases[at[0]].covers = append(b.bases[at[0]].covers, out)
	}
}

func (b *builder) addLedgers(p *Pack, basis Basis) {
	for i := range p.Prolongations {
		src := &p.Prolongations[i]
		c, at := b.clause(p, &src.Clause, "prolong", basis)
		for _, j := range at {
			b.bases[j].prolongations = append(b.bases[j].prolongations, prolongation{c, src.From, src.To, src.Outcomes, src.Bases})
		}
	}
	for i := range p.Restarts {
		src := &p.Restarts[i]
		c, at := b.clause(p, &src.Clause, "restart", basis)
		for _, j := range at {
			b.bases[j].restarts = append(b.bases[j].restarts, restart{c, src.Outcome, src.At})
		}
	}
	for i := range p.Extensions {
		src := &p.Extensions[i]
		c, at := b.clause(p, &src.Clause, "extend", Statute)
		adds := b.period(src.Pos, "extension "+src.ID+": adds", src.Adds, false)
		for _, j := range at {
			b.bases[j].extensions = append(b.bases[j].extensions, extension{c, adds, src.Outcome, src.Repairs})
		}
	}
}

func (b *builder) addGrounds(p *Pack, basis Basis) {
	for i := range p.Proof {
		src := &p.Proof[i]
		c, at := b.clause(p, &src.Clause, "proof", basis)
		var groups []wordSet
		for _, group := range src.Needs {
			groups = append(groups, b.words.documents.set(group))
		}
		for _, j := range at {
			b.bases[j].proofs = append(b.bases[j].proofs, proof{c, src.Needs, groups, src.Presumed})
		}
	}
	for i := range p.Exclusions {
		src := &p.Exclusions[i]
		c, at := b.clause(p, &src.Clause, "refuse", basis)
		x := &exclusion{clause: c, findings: src.Findings, parts: src.Parts, causes: src.Causes, except: src.ExceptCauses, exceptParts: src.ExceptParts,
			failed: src.FailedParts, unless: b.condition(c, src.Unless), lenient: src.Lenient, may: src.Verified == nil || *src.Verified}
		for _, j := range at {
			b.bases[j].exclusions.all = append(b.bases[j].exclusions.all, x)
		}
	}
	for i := range p.Limits {
		src := &p.Limits[i]
		effect := map[Verdict]string{"": "open", VerdictPaid: "paid", NeedsFacts: "ask"}[src.Verdict]
		c, at := b.clause(p, &src.Clause, effect, basis)
		l := limit{clause: c, opens: b.offers(c, src.Opens), verdict: src.Verdict}
		if src.Asks != "" {
			if _, ok := b.index.byPath[src.Asks]; !ok {
				b.faults.add(src.Pos, "limit %s: asks: unknown fact %q; %s", src.ID, src.Asks, expected(src.Asks, b.index.names()))
			} else {
				l.asks = b.index.bit(src.Asks)
			}
		}
		for _, j := range at {
			b.bases[j].addLimit(l, src.First)
		}
	}
}

func (bp *basisProgram) addLimit(l limit, first bool) {
	if l.verdict != "" {
		bp.limits = append(bp.limits, l)
	}
	if len(l.opens) > 0 && first {
		bp.opens = append(bp.opens, l)
	} else if len(l.opens) > 0 {
		bp.adds = append(bp.adds, l)
	}
}

func (b *builder) offers(c *clause, sources []Offer) []offer {
	var out []offer
	for _, src := range sources {
		out = append(out, offer{src, b.words.remedies.set([]string{src.Remedy}), b.condition(c, src.When), b.condition(c, src.Possible)})
	}
	return out
}

func (b *builder) addRemedies(p *Pack, basis Basis) {
	for i := range p.Remedies {
		src := &p.Remedies[i]
		c, at := b.clause(p, &src.Clause, "remedy", basis)
		for _, j := range at {
			b.bases[j].remedies = append(b.bases[j].remedies, remedy{c, b.offers(c, src.Offers), src.Always})
		}
	}
	for i := range p.Deadlines {
		src := &p.Deadlines[i]
		c, at := b.clause(p, &src.Clause, "deadline", basis)
		d := deadline{c, src.Name, src.From, b.period(src.Pos, "deadline "+src.ID+": period", src.Period, true),
			src.Shift, src.Fixed, b.words.remedies.set(src.For), b.words.categories.set(src.Except), src.Breach, src.Always, src.Penalty}
		for _, j := range at {
			b.bases[j].deadlines = append(b.bases[j].deadlines, d)
		}
	}
	for i := range p.Notices {
		src := &p.Notices[i]
		c, at := b.clause(p, &src.Clause, "notice")
		n := b.notice(c, src)
		if len(at) == 0 {
			b.notices = append(b.notices, n)
		}
		for _, j := range at {
			b.bases[j].notices = append(b.bases[j].notices, n)
		}
	}
}

func (b *builder) notice(c *clause, src *NoticeClause) notice {
	requests := src.Requests
	if len(requests) == 0 {
		requests = []string{"warranty_service"}
	}
	var verdicts wordSet
	for _, v := range src.Verdicts {
		verdicts |= 1 << b.words.verdicts[string(v)]
	}
	return notice{c, b.words.kinds.set(requests), verdicts, src.Channels}
}

// addService adds what stands outside the bases: whom to ask, where to go.
func (b *builder) addService(p *Pack) {
	for i := range p.Acknowledgements {
		src := &p.Acknowledgements[i]
		c, _ := b.clause(p, &src.Clause, "acknowledge")
		b.acks = append(b.acks, b.notice(c, src))
	}
	for i := range p.Contacts {
		src := &p.Contacts[i]
		c, _ := b.clause(p, &src.Clause, "contact")
		b.contacts = append(b.contacts, contact{c, src})
	}
	for i := range p.Requests {
		src := &p.Requests[i]
		c, _ := b.clause(p, &src.Clause, "request")
		r := request{clause: c, kind: src.Kind}
		if src.Answer != "" {
			r.answer, r.has = b.period(src.Pos, "request "+src.ID+": answer", src.Answer, true), true
		}
		b.requests = append(b.requests, r)
	}
	for i := range p.Routing {
		src := &p.Routing[i]
		c, _ := b.clause(p, &src.Clause, "route")
		r := route{c, src, b.routeCentres(p, src)}
		if c.maker {
			// The maker's card names its own centres: they come first (B2).
			b.routes = slices.Insert(b.routes, 0, r)
		} else {
			b.routes = append(b.routes, r)
		}
	}
	for i := range p.Support {
		src := &p.Support[i]
		c, _ := b.clause(p, &src.Clause, "support")
		b.supports = append(b.supports, support{c, src.From, b.period(src.Pos, "support "+src.ID+": period", src.Period, false)})
	}
}

func (b *builder) routeCentres(p *Pack, src *RoutingClause) []Centre {
	var out []Centre
	for _, id := range src.To {
		c, ok := b.centres[id]
		if !ok {
			b.faults.add(src.Pos, "routing %s: unknown centre %q; %s", src.ID, id, expected(id, sortedKeys(b.centres)))
			continue
		}
		out = append(out, c)
	}
	for _, c := range p.Centres {
		if src.Kind != "" && c.Kind == src.Kind && !slices.Contains(src.To, c.ID) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		b.faults.add(src.Pos, "routing %s: names no centre", src.ID)
	}
	return out
}

// paidIn converts a sum in an old currency at its fixed rate.
func (p *Program) paidIn(a money.Amount, on calendar.Date) money.Amount {
	for _, rate := range p.Pack.Paying {
		if rate.From == a.Currency && !on.Before(rate.Since) {
			if to, err := a.ConvertFixed(rate.To); err == nil {
				return to
			}
		}
	}
	return a
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// foldPlace brings spellings of a settlement together.
func foldPlace(name string) string {
	name = strings.ToLower(strings.Join(strings.Fields(name), " "))
	for _, prefix := range []string{"гр. ", "гр.", "г. ", "г.", "с. ", "с.", "град ", "село ", "город "} {
		name = strings.TrimPrefix(name, prefix)
	}
	return strings.ReplaceAll(name, "ё", "е")
}

// parseSum reads a sum of a pack, which stands in the pack's currency.
func parseSum(sum, currency string) (money.Amount, error) { return money.Parse(sum, currency) }

// Zone is the shops' time zone.
func (p *Program) Zone() *time.Location { return p.zone }

// Lexicon is the engine's words.
func (p *Program) Lexicon() *Lexicon { return p.lexicon }
