package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
)

// tri is a three-valued truth: a fact that is not known makes a condition
// unknown, never false.
type tri uint8

const (
	no tri = iota
	yes
	unknown
)

func triOf(b bool) tri {
	if b {
		return yes
	}
	return no
}

func (t tri) and(o tri) tri {
	if t == no || o == no {
		return no
	}
	if t == unknown || o == unknown {
		return unknown
	}
	return yes
}

// factSet is a set of facts by their index in the fact table.
type factSet uint64

// view is the facts of one decision as conditions see them: local dates,
// defaults filled in, what covers and earlier services amount to.
type view struct {
	facts     *Facts
	zone      *time.Location
	received  time.Time
	today     calendar.Date
	demanded  calendar.Date
	delivered calendar.Date
	written   string // the brand as the facts write it
	brand     string // in small letters
	category  int    // index in the vocabulary, -1 when not known
	kind      int    // index in the vocabulary of requests, -1 for a word it lacks
	codes     []int  // for each finding its index in the vocabulary; one past it for a word it lacks
	documents wordSet
	bits      *commonBits
	stays     []stay
	history   history
	covers    [4]term
	switches  []bool
	finding   *Finding
	slots     [2]slot
	unknown   factSet
}

// commonBits are the facts that the engine itself asks for.
type commonBits struct {
	category, brand, issuer, saleDate, months, findings, failedPart, documents factSet
}

func newCommonBits(x *factIndex) *commonBits {
	return &commonBits{x.bit("unit.category"), x.bit("unit.brand"), x.bit("warranty.issuer"), x.bit("sale.date"), x.bit("warranty.months"),
		x.bit("diagnosis.findings"), x.bit("diagnosis.failed_part"), x.bit("documents")}
}

// slot binds the variable of a comprehension.
type slot struct {
	service  *Service
	finding  *Finding
	document string
}

// stay is one service with its moments as the shop's local dates.
type stay struct {
	demanded, accepted, released, handedBack calendar.Date
	service                                  *Service
}

// anchor gives the date of a stay by the name a pack uses; what was not
// written down falls back to the nearest date that was.
func (s stay) anchor(name string, today calendar.Date) calendar.Date {
	switch name {
	case "demanded":
		if !s.demanded.IsZero() {
			return s.demanded
		}
		return s.accepted
	case "accepted":
		if !s.accepted.IsZero() {
			return s.accepted
		}
		return s.demanded
	case "handed_back":
		if !s.handedBack.IsZero() {
			return s.handedBack
		}
		fallthrough
	default:
		if s.released.IsZero() {
			return today
		}
		return s.released
	}
}

// inRepair tells a stay that ended with a repair, or has not ended yet.
func (s stay) inRepair() bool {
	return s.service.Outcome == "repaired" || s.service.Outcome == "" && s.released.IsZero()
}

func (s stay) free() bool {
	return s.service.Basis != string(Paid) && s.service.Outcome != "paid" && s.service.Outcome != "refused"
}

// history is what the earlier services amount to.
type history struct {
	services, repairs, hardwareRepairs, authorisedHardwareRepairs int64
	worstYearDays                                                 int64
	openFrom                                                      calendar.Date
	sameDefect                                                    bool
}

// reset fills the view from facts; slices are reused between decisions.
func (v *view) reset(f *Facts, p *Program) {
	zone := p.zone
	v.facts, v.zone, v.switches, v.bits = f, zone, p.enabled, p.bits
	v.history, v.finding, v.slots, v.unknown = history{}, nil, [2]slot{}, 0
	v.name(f, p.words)
	v.today = calendar.DateOf(f.At, zone)
	v.received, v.demanded = f.At, v.today
	if r := f.Request.ReceivedAt; !r.IsZero() && !r.Equal(f.At) {
		v.received, v.demanded = r, calendar.DateOf(r, zone)
	}
	v.delivered = f.Sale.Delivered
	if v.delivered.IsZero() {
		v.delivered = f.Sale.Date
	}
	if f.Unit.Brand != v.written {
		v.written, v.brand = f.Unit.Brand, strings.ToLower(f.Unit.Brand)
	}
	stays := v.stays[:0]
	for i := range f.Services {
		s := &f.Services[i]
		stays = append(stays, stay{s.Demanded.In(zone), s.Accepted.In(zone), s.Released.In(zone), s.HandedBack.In(zone), s})
	}
	slices.SortStableFunc(stays, func(a, b stay) int {
		return a.anchor("demanded", v.today).Compare(b.anchor("demanded", v.today))
	})
	v.stays = stays
	v.summarise()
}

// name looks up the words that clauses are filtered and indexed by.
func (v *view) name(f *Facts, words *wordIndex) {
	v.category = words.categories.of(f.Unit.Category)
	v.kind = words.kinds.of(requestKind(f))
	v.codes = v.codes[:0]
	for i := range f.Diagnosis.Findings {
		code := words.findings.of(f.Diagnosis.Findings[i].Code)
		if code < 0 {
			code = len(words.findings)
		}
		v.codes = append(v.codes, code)
	}
	v.documents = words.documents.set(f.Documents)
}

func (v *view) summarise() {
	h := &v.history
	h.services = int64(len(v.stays))
	repairs := 0
	for _, s := range v.stays {
		if !s.free() {
			continue
		}
		if s.released.IsZero() && s.service.Outcome == "" {
			h.openFrom = s.anchor("demanded", v.today)
		}
		if s.inRepair() {
			repairs++
		}
		if s.service.Outcome != "repaired" {
			continue
		}
		h.repairs++
		if s.service.Kind == "hardware" {
			h.hardwareRepairs++
			if s.service.Centre == "authorised" {
				h.authorisedHardwareRepairs++
			}
		}
		if d := v.facts.Diagnosis.Defect; d != "" && d == s.service.Defect {
			h.sameDefect = true
		}
	}
	if repairs >= 2 && !v.delivered.IsZero() {
		h.worstYearDays = v.worstYear()
	}
}

// worstYear counts the days out of use in each year from delivery and gives
// the most (ЗоЗПП 18(1): more than 30 days in a year of the warranty).
func (v *view) worstYear() int64 {
	worst, from := 0, v.delivered
	last := v.today
	for year := 1; year <= 10 && !from.After(last); year++ {
		to := v.delivered.AddMonths(12 * year)
		days, counted := 0, from.AddDays(-1)
		for _, s := range v.stays {
			if !s.free() || !s.inRepair() {
				continue
			}
			a, b := s.anchor("demanded", v.today), s.anchor("released", v.today)
			if !a.After(counted) {
				a = counted.AddDays(1)
			}
			if b.After(to) {
				b = to
			}
			if !b.Before(a) {
				days += b.Sub(a) + 1
				counted = b
			}
		}
		worst = max(worst, days)
		from = to.AddDays(1)
	}
	return int64(worst)
}

// failedPart is the part to be repaired: as stated, or the one part that the
// findings name.
func (v *view) failedPart() (string, bool) {
	d := &v.facts.Diagnosis
	if d.FailedPart != "" {
		return d.FailedPart, true
	}
	part := ""
	for i := range d.Findings {
		switch p := d.Findings[i].Part; {
		case p == "" || p == part:
		case part == "":
			part = p
		default:
			return "", false
		}
	}
	return part, part != ""
}
