package policy

// vocabulary lists the fixed values of the decision contract by the name that
// the `enum` tags of Facts use. docs/decision.md documents each.
var vocabulary = map[string][]string{
	"request_kinds": {"warranty_service", "technical_support", "consultation", "documentation", "video_consultation"},
	"chosen_bases":  {"", "warranty", "certificate", "statute", "paid"},
	"bases":         {"warranty", "certificate", "statute", "paid"},
	"channels":      {"portal", "counter", "phone", "email", "courier", "api"},
	"categories": {"laptop", "tablet", "phone", "tv", "printer", "mfp", "desktop", "monitor", "motherboard", "video_card", "sound_card", "io_card", "modem", "cpu", "ram", "network", "optical_drive", "hard_disk", "accessory",
		"kitchen_appliance", "personal_care", "medical_appliance", "other"},
	"sale_channels":   {"store", "online", "third_party"},
	"issuers":         {"manufacturer", "retailer"},
	"documents":       {"receipt", "invoice", "warranty_card", "certificate", "return_request"},
	"diagnosis_kinds": {"hardware", "software", "none"},
	"findings": {"impact", "broken_screen", "damaged_casing", "liquid", "forced_port", "keyboard_keys", "surge_burn", "unauthorised_repair",
		"serial_illegible", "seal_damaged", "pins", "damaged_component", "damaged_pcb", "damaged_element", "damaged_die", "burnt_track",
		"damaged_connector", "missing_component", "environment", "wrong_supply", "insects", "foreign_object", "unapproved_accessory",
		"unapproved_software", "decompiled_software", "third_party_damage", "accident", "fire", "against_manual", "modified", "wear",
		"case_opened", "cosmetic"},
	"parts": {"mainboard", "display", "display_cable", "battery", "coating", "lens", "image_sensor", "charger", "car_charger", "cable",
		"handsfree_kit", "bluetooth_device", "accessory", "port", "keyboard", "casing", "other"},
	"causes":           {"external", "material", "workmanship", "wear", "unknown"},
	"service_kinds":    {"hardware", "software"},
	"fee_events":       {"no_fault"},
	"outcomes":         {"repaired", "replaced", "no_fault", "refused", "paid"},
	"centre_kinds":     {"authorised", "own", "other"},
	"remedy_kinds":     {"repair", "part_replacement", "replacement", "refund", "price_reduction", "rescission"},
	"choosers":         {"retailer", "customer"},
	"verdicts":         {"covered", "refused", "needs_documents", "needs_facts", "not_in_force", "paid"},
	"pack_kinds":       {"retailer", "statute", "manufacturer"},
	"place_kinds":      {"shop", "own", "authorised"},
	"contact_kinds":    {"phone", "email", "address", "form", "video", "catalogue"},
	"bearers":          {"seller", "customer", "maker"},
	"legs":             {"in", "between", "back"},
	"papers":           {"closing_act", "repair_form", "hand_back"},
	"weekdays":         {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"},
	"notice_subjects":  {"certificate_offer", "certificate_cancellation", "certificate_kept"},
	"service_anchors":  {"demanded", "accepted", "released", "handed_back"},
	"limit_verdicts":   {"paid", "needs_facts"},
	"amounts":          {"price", "difference", "certificate_price"},
	"deadline_anchors": {"demanded", "remedy_demanded", "loaner_demanded", "decided", "ready", "delivered"},
	"support_anchors":  {"sale.date", "sale.delivered"},
	"breaches":         {"rescission_offered", "replacement_offered", "refund_offered", "price_reduction_offered", "penalty", "manager_told"},
	"deadlines":        {"remedy", "return", "repair", "answer", "loaner", "refund", "replacement", "estimate"},
}

// Words returns the fixed values of a vocabulary ("findings", "parts",
// "categories", …) in their documented order; nil for a name that is none.
func Words(name string) []string {
	return append([]string(nil), vocabulary[name]...)
}

// wordNumbers gives each word of a vocabulary its place in it.
type wordNumbers map[string]int

func numbersOf(vocabularyName string) wordNumbers {
	words := vocabulary[vocabularyName]
	numbers := make(wordNumbers, len(words))
	for i, w := range words {
		numbers[w] = i
	}
	return numbers
}

// of is the word's number, -1 when the vocabulary lacks it.
func (n wordNumbers) of(word string) int {
	if i, ok := n[word]; ok {
		return i
	}
	return -1
}

// wordSet is a set of words of one vocabulary of at most 32.
type wordSet uint32

func (n wordNumbers) set(words []string) wordSet {
	var set wordSet
	for _, w := range words {
		if i, ok := n[w]; ok {
			set |= 1 << i
		}
	}
	return set
}

// has reports whether the word with a number, or -1, is in the set.
func (s wordSet) has(number int) bool { return number >= 0 && s&(1<<number) != 0 }

// wordIndex holds the numbers of the words that every decision looks up.
type wordIndex struct{ categories, findings, kinds, documents, remedies, verdicts wordNumbers }

func newWordIndex() *wordIndex {
	return &wordIndex{numbersOf("categories"), numbersOf("findings"), numbersOf("request_kinds"), numbersOf("documents"),
		numbersOf("remedy_kinds"), numbersOf("verdicts")}
}

// Basis names what a claim may rest on.
type Basis string

// The bases, in the order decisions list them.
const (
	Warranty    Basis = "warranty"
	Certificate Basis = "certificate"
	Statute     Basis = "statute"
	Paid        Basis = "paid"
)

// Verdict is the answer on one basis.
type Verdict string

// The verdicts of the decision contract.
const (
	Covered        Verdict = "covered"
	Refused        Verdict = "refused"
	NeedsDocuments Verdict = "needs_documents"
	NeedsFacts     Verdict = "needs_facts"
	NotInForce     Verdict = "not_in_force"
	VerdictPaid    Verdict = "paid"
)
