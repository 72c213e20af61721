package policy

import (
	"slices"

	"github.com/talon-care/talon/calendar"
)

// valueKind is the type of a value in conditions.
type valueKind uint8

const (
	kindBool valueKind = iota
	kindText
	kindInt
	kindDate
)

// fact is one value that conditions can read. Exactly one getter is set. A
// getter's second result is false when the value is not known.
type fact struct {
	path   string
	root   string // the fact a question is asked about
	kind   valueKind
	enum   string
	truth  func(*view) tri
	text   func(*view) (string, bool)
	number func(*view) (int64, bool)
}

func boolFact(path string, get func(*Facts) *bool) fact {
	return fact{path: path, kind: kindBool, truth: func(v *view) tri {
		if b := get(v.facts); b != nil {
			return triOf(*b)
		}
		return unknown
	}}
}

// boolDefault is a fact with a stated default.
func boolDefault(path string, otherwise bool, get func(*Facts) *bool) fact {
	return fact{path: path, kind: kindBool, truth: func(v *view) tri {
		if b := get(v.facts); b != nil {
			return triOf(*b)
		}
		return triOf(otherwise)
	}}
}

func textFact(path, enum string, get func(*Facts) string) fact {
	return fact{path: path, kind: kindText, enum: enum, text: func(v *view) (string, bool) {
		s := get(v.facts)
		return s, s != ""
	}}
}

func dateFact(path, root string, get func(*view) calendar.Date) fact {
	return fact{path: path, root: root, kind: kindDate, number: func(v *view) (int64, bool) {
		d := get(v)
		return int64(d.Days()), !d.IsZero()
	}}
}

func knownFact(name string, get func(*view) bool) fact {
	return fact{path: "known." + name, kind: kindBool, truth: func(v *view) tri { return triOf(get(v)) }}
}

func historyInt(name string, get func(*history) int64) fact {
	return fact{path: "history." + name, root: "services", kind: kindInt, number: func(v *view) (int64, bool) {
		return get(&v.history), v.facts.Services != nil
	}}
}

// factTable lists every value a condition can read, once. The first entries
// are facts that can be asked for; no more than 64 of them fit a factSet.
func factTable() []fact {
	facts := []fact{
		textFact("request.channel", "channels", func(f *Facts) string { return f.Request.Channel }),
		textFact("request.settlement", "", func(f *Facts) string { return f.Request.Settlement }),
		textFact("request.remedy", "remedy_kinds", func(f *Facts) string { return f.Request.Remedy }),
		boolDefault("request.before_check", false, func(f *Facts) *bool { return f.Request.BeforeCheck }),
		textFact("unit.category", "categories", func(f *Facts) string { return f.Unit.Category }),
		{path: "unit.brand", kind: kindText, text: func(v *view) (string, bool) { return v.brand, v.brand != "" }},
		textFact("unit.model", "", func(f *Facts) string { return f.Unit.Model }),
		textFact("unit.serial", "", func(f *Facts) string { return f.Unit.Serial }),
		textFact("unit.imei", "", func(f *Facts) string { return f.Unit.IMEI }),
		boolFact("unit.imei_on_receipt", func(f *Facts) *bool { return f.Unit.IMEIOnReceipt }),
		boolFact("unit.card_in_kit", func(f *Facts) *bool { return f.Unit.CardInKit }),
		boolDefault("unit.personal_use", true, func(f *Facts) *bool { return f.Unit.PersonalUse }),
		boolDefault("unit.reported_stolen", false, func(f *Facts) *bool { return f.Unit.ReportedStolen }),
		boolDefault("unit.lock_active", false, func(f *Facts) *bool { return f.Unit.LockActive }),
		boolFact("unit.owner_proven", func(f *Facts) *bool { return f.Unit.OwnerProven }),
		boolFact("unit.original_packaging", func(f *Facts) *bool { return f.Unit.OriginalPackaging }),
		boolFact("unit.digital_elements", func(f *Facts) *bool { return f.Unit.DigitalElements }),
		dateFact("sale.date", "", func(v *view) calendar.Date { return v.facts.Sale.Date }),
		dateFact("sale.delivered", "sale.date", func(v *view) calendar.Date { return v.delivered }),
		dateFact("sale.rescinded", "", func(v *view) calendar.Date { return v.facts.Sale.Rescinded }),
		textFact("sale.channel", "sale_channels", func(f *Facts) string { return f.Sale.Channel }),
		{path: "warranty.months", kind: kindInt, number: func(v *view) (int64, bool) {
			if m := v.facts.Warranty.Months; m != nil {
				return int64(*m), true
			}
			return 0, false
		}},
		textFact("warranty.issuer", "issuers", func(f *Facts) string { return f.Warranty.Issuer }),
		textFact("certificate.number", "", func(f *Facts) string { return f.Certificate.Number }),
		dateFact("certificate.sold", "", func(v *view) calendar.Date { return v.facts.Certificate.Sold }),
		boolFact("diagnosis.confirmed", func(f *Facts) *bool { return f.Diagnosis.Confirmed }),
		textFact("diagnosis.kind", "diagnosis_kinds", func(f *Facts) string { return f.Diagnosis.Kind }),
		{path: "diagnosis.failed_part", kind: kindText, enum: "parts", text: (*view).failedPart},
		textFact("diagnosis.defect", "", func(f *Facts) string { return f.Diagnosis.Defect }),
		boolDefault("diagnosis.insignificant", false, func(f *Facts) *bool { return f.Diagnosis.Insignificant }),
		boolFact("market.same_model", func(f *Facts) *bool { return f.Market.SameModel }),
		boolFact("remedy.repair_possible", func(f *Facts) *bool { return f.Remedy.RepairPossible }),
	}
	facts = append(facts, listFacts()...)
	return append(facts, derivedFacts()...)
}

// listFacts are read as lists or asked for, not compared.
func listFacts() []fact {
	return []fact{{path: "documents"}, {path: "diagnosis.findings"}, {path: "services"}, {path: "market.analog_price"},
		{path: "sale.price"}, {path: "certificate.price"}, {path: "remedy.ready_at"}}
}

func derivedFacts() []fact {
	facts := []fact{
		{path: "request.kind", kind: kindText, enum: "request_kinds", text: func(v *view) (string, bool) { return requestKind(v.facts), true }},
		{path: "request.basis", kind: kindText, enum: "chosen_bases", text: func(v *view) (string, bool) { return v.facts.Request.Basis, true }},
		dateFact("today", "", func(v *view) calendar.Date { return v.today }),
		dateFact("demanded", "", func(v *view) calendar.Date { return v.demanded }),
		knownFact("certificate", func(v *view) bool { return v.facts.Certificate.Number != "" }),
		knownFact("rescinded", func(v *view) bool { return !v.facts.Sale.Rescinded.IsZero() }),
		knownFact("ready", func(v *view) bool { return !v.facts.Remedy.ReadyAt.IsZero() }),
		knownFact("analog_price", func(v *view) bool { return v.facts.Market.AnalogPrice != nil }),
		knownFact("settlement", func(v *view) bool { return v.facts.Request.Settlement != "" }),
		knownFact("serial", func(v *view) bool { return v.facts.Unit.Serial != "" }),
		knownFact("open_service", func(v *view) bool { return !v.history.openFrom.IsZero() }),
		historyInt("services", func(h *history) int64 { return h.services }),
		historyInt("repairs", func(h *history) int64 { return h.repairs }),
		historyInt("hardware_repairs", func(h *history) int64 { return h.hardwareRepairs }),
		historyInt("authorised_hardware_repairs", func(h *history) int64 { return h.authorisedHardwareRepairs }),
		historyInt("worst_year_days", func(h *history) int64 { return h.worstYearDays }),
		{path: "history.open_overdue_from", root: "services", kind: kindDate, number: func(v *view) (int64, bool) {
			if v.history.openFrom.IsZero() {
				return farFuture, v.facts.Services != nil
			}
			return int64(v.history.openFrom.Days()), true
		}},
		{path: "history.same_defect", root: "services", kind: kindBool, truth: func(v *view) tri {
			if v.facts.Services == nil {
				return unknown
			}
			return triOf(v.history.sameDefect)
		}},
	}
	for i, basis := range []Basis{Warranty, Certificate, Statute} {
		facts = append(facts, coverFacts(i, basis)...)
	}
	return facts
}

// farFuture stands for "no stay is open": no date comes after it.
const farFuture = 200_000

// coverFacts are the terms as computed; an unknown term is unknown for the
// facts that it lacks.
func coverFacts(i int, basis Basis) []fact {
	date := func(name string, get func(*term) calendar.Date) fact {
		return fact{path: "cover." + string(basis) + "_" + name, root: "cover", kind: kindDate, number: func(v *view) (int64, bool) {
			t := &v.covers[i]
			if d := get(t); !d.IsZero() {
				return int64(d.Days()), true
			}
			v.unknown |= t.unknown
			return 0, false
		}}
	}
	return []fact{
		date("from", func(t *term) calendar.Date { return t.from }),
		date("last", func(t *term) calendar.Date { return t.lastDay }),
		date("until", func(t *term) calendar.Date { return t.until }),
		{path: "cover." + string(basis) + "_in_force", root: "cover", kind: kindBool, truth: func(v *view) tri {
			t := &v.covers[i]
			if t.inForce == unknown {
				v.unknown |= t.unknown
			}
			return t.inForce
		}},
	}
}

// requestKind is the kind of request; a claim, where nothing was said.
func requestKind(f *Facts) string {
	if f.Request.Kind == "" {
		return "warranty_service"
	}
	return f.Request.Kind
}

// itemFields are the fields of list items, by the type of the item.
var findingFields = map[string]struct {
	enum string
	get  func(*Finding) string
}{
	"code":  {"findings", func(f *Finding) string { return f.Code }},
	"part":  {"parts", func(f *Finding) string { return f.Part }},
	"cause": {"causes", func(f *Finding) string { return f.Cause }},
}

var serviceFields = map[string]struct {
	enum string
	get  func(*Service) string
}{
	"kind":    {"service_kinds", func(s *Service) string { return s.Kind }},
	"outcome": {"outcomes", func(s *Service) string { return s.Outcome }},
	"centre":  {"centre_kinds", func(s *Service) string { return s.Centre }},
	"basis":   {"bases", func(s *Service) string { return s.Basis }},
	"defect":  {"", func(s *Service) string { return s.Defect }},
}

// factIndex numbers the facts that can be unknown.
type factIndex struct {
	facts   []fact
	byPath  map[string]int
	askable int // the facts before this index can be unknown
}

func newFactIndex() *factIndex {
	x := &factIndex{facts: factTable(), byPath: map[string]int{}}
	x.askable = len(x.facts) - len(derivedFacts())
	for i, f := range x.facts {
		x.byPath[f.path] = i
	}
	return x
}

// FactNames lists every fact that a condition can read and a decision can name
// as its reason, in alphabetical order: what pages need a name for.
func FactNames() []string { return newFactIndex().names() }

// bit is the fact to ask for when the fact at path is not known.
func (x *factIndex) bit(path string) factSet {
	i, ok := x.byPath[path]
	if !ok {
		panic("policy: no fact " + path)
	}
	if root := x.facts[i].root; root != "" {
		if root == "cover" {
			return 0
		}
		return x.bit(root)
	}
	if i >= x.askable {
		return 0
	}
	return 1 << i
}

func (x *factIndex) names() []string {
	var names []string
	for _, f := range x.facts {
		names = append(names, f.path)
	}
	slices.Sort(names)
	return names
}
