package policy

import (
	"github.com/talon-care/talon/calendar"
)

// Pos is a place in a pack, facts or case file: where an error points.
type Pos struct {
	File   string `json:"-"`
	Line   int    `json:"-"`
	Column int    `json:"-"`
}

// Text is one text in every language of the pack.
type Text map[string]string

// In returns the text in a language, or the first of the fallbacks that the
// text has. Compile makes sure that every language of the pack is there.
func (t Text) In(lang string, fallback ...string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	for _, l := range fallback {
		if s, ok := t[l]; ok {
			return s
		}
	}
	return ""
}

// PackKind says whose rules a pack holds.
type PackKind string

// The kinds of pack.
const (
	RetailerPack     PackKind = "retailer"     // a shop's published terms
	StatutePack      PackKind = "statute"      // a country's law, beside every retailer there
	ManufacturerPack PackKind = "manufacturer" // a maker's national policy, under a retailer's (B3)
)

// Pack is one policy file as written. docs/policy-pack.md explains each key.
type Pack struct {
	Pos          Pos           `json:"-"`
	ID           string        `json:"pack" required:"true" doc:"id of the pack, for example bg-omni"`
	Kind         PackKind      `json:"kind" enum:"pack_kinds" required:"true" doc:"whose rules these are"`
	Name         Text          `json:"name" required:"true" doc:"name in each language"`
	Version      string        `json:"version" required:"true" doc:"version, frozen into each sale and claim"`
	ValidFrom    calendar.Date `json:"valid_from" required:"true" doc:"sales from this date are under this version"`
	Jurisdiction string        `json:"jurisdiction" required:"true" doc:"brings the statute pack and the working days: RU or BG"`
	Zone         string        `json:"zone" doc:"IANA time zone of the shops"`
	Currency     string        `json:"currency" doc:"ISO code in which sums are paid"`
	Languages    []string      `json:"languages" required:"true" doc:"languages that every text must have; the first is the default"`
	Brands       []string      `json:"brands" doc:"of a manufacturer pack: the brands it speaks for"`
	Manufacturer []string      `json:"manufacturers" doc:"ids of manufacturer packs that stand under this one"`
	Catalogue    Text          `json:"catalogue" doc:"title of the product catalogue, where there is one"`
	Warn         string        `json:"warn" doc:"how long before the end of a term its owner is warned, where the term does not say (P5D); absent = not"`

	Switches map[string]bool `json:"switches" doc:"named switches that conditions may read as switch.name; for dated law not in force yet"`
	Paying   []FixedRate     `json:"paying" doc:"old currencies and the fixed rate at which sums in them are paid now"`

	Contacts         []ContactClause      `json:"contacts" doc:"whom the customer may turn to"`
	Centres          []Centre             `json:"centres" doc:"shops and service centres"`
	Settlements      []Settlement         `json:"settlements" doc:"settlements on a fixed courier schedule"`
	Requests         []RequestClause      `json:"requests" doc:"kinds of request taken"`
	Covers           []CoverClause        `json:"covers" doc:"the terms: what starts, how long"`
	Prolongations    []ProlongationClause `json:"prolongations" doc:"time in service that moves the end"`
	Restarts         []RestartClause      `json:"restarts" doc:"what makes a term start anew"`
	Extensions       []ExtensionClause    `json:"extensions" doc:"what lengthens a term once"`
	Proof            []ProofClause        `json:"proof" doc:"documents needed, and when"`
	Exclusions       []ExclusionClause    `json:"exclusions" doc:"what is refused"`
	Limits           []LimitClause        `json:"limits" doc:"what opens a remedy, or ends free service"`
	Remedies         []RemedyClause       `json:"remedies" doc:"what is done, in order"`
	Deadlines        []DeadlineClause     `json:"deadlines" doc:"by when"`
	Acknowledgements []NoticeClause       `json:"acknowledgements" doc:"what the customer must be told and acknowledge"`
	Notices          []NoticeClause       `json:"notices" doc:"what the reader is told with a decision"`
	Routing          []RoutingClause      `json:"routing" doc:"where the device goes"`
	Support          []SupportClause      `json:"support" doc:"the right to phone support"`
	Fees             Fees                 `json:"fees" doc:"price lists and certificate plans"`
	Carriage         []CarriageRule       `json:"carriage" doc:"who pays for carrying the device"`
	Tariffs          []TariffRule         `json:"tariffs" doc:"what couriers take for a way"`
	Uncollected      []UncollectedRule    `json:"uncollected" doc:"what becomes of a device that nobody collects"`
	Suppliers        []SupplierRule       `json:"suppliers" doc:"makers and distributors who pay back warranty work, with the agreed rates"`
	Partners         []PartnerRule        `json:"partners" doc:"how soon authorised centres act on what is routed to them"`
	Consultations    []ConsultationRule   `json:"consultations" doc:"when video consultations are given"`
	Parts            []PartRule           `json:"parts" doc:"what warranty a part carries that was put in for a faulty one"`
	Papers           []PaperRule          `json:"papers" doc:"papers that the law asks for"`
	Disputes         []DisputeRule        `json:"disputes" doc:"whom a consumer may turn to who does not accept a refusal"`
}

// Clause is what every clause of a pack has.
type Clause struct {
	Pos         Pos    `json:"-"`
	ID          string `json:"id" required:"true" doc:"id, unique in the pack: lower-case words joined by hyphens"`
	Requirement string `json:"requirement" required:"true" doc:"row of the requirements (B13) or of the law (RU-20.3)"`
	Source      string `json:"source" required:"true" doc:"section of the page, or article of the law"`
	Text        Text   `json:"text" required:"true" doc:"what the customer reads, in each language"`
	Verified    *bool  `json:"verified" doc:"false where the article was cited from memory; such a clause never refuses"`

	// The filters below are data and are checked before any condition.
	Basis      []Basis       `json:"basis" enum:"bases" doc:"bases it speaks for; the default depends on the section"`
	Categories []string      `json:"categories" enum:"categories" doc:"categories of goods; empty = all"`
	Brands     []string      `json:"brands" doc:"brands; empty = all"`
	Since      calendar.Date `json:"since" doc:"applies to contracts from this date"`
	Before     calendar.Date `json:"before" doc:"applies to contracts before this date"`
	When       Condition     `json:"when" doc:"CEL condition over the facts; absent = always"`
}

// Condition is a CEL expression with the place it stands at.
type Condition struct {
	Pos    Pos
	Source string
}

// FixedRate says at what rate sums in an old currency are paid.
type FixedRate struct {
	From  string        `json:"from" required:"true" doc:"old currency"`
	To    string        `json:"to" required:"true" doc:"currency paid now"`
	Since calendar.Date `json:"since" required:"true" doc:"first day it is paid in the new currency"`
	Rate  string        `json:"rate" required:"true" doc:"units of the old currency for one of the new"`
}

// ContactClause is one line of the contact directory (A1, A4, B20).
type ContactClause struct {
	Clause
	Kind      string   `json:"kind" enum:"contact_kinds" required:"true" doc:"phone, email, address, form, video or catalogue"`
	Value     string   `json:"value" required:"true" doc:"number, address or link"`
	Extension string   `json:"extension" doc:"extension to dial"`
	Hours     Text     `json:"hours" doc:"opening hours"`
	Label     Text     `json:"label" required:"true" doc:"department"`
	Requests  []string `json:"requests" enum:"request_kinds" doc:"kinds of request it answers; empty = all"`
}

// Centre is a shop or a service centre.
type Centre struct {
	Pos     Pos      `json:"-"`
	ID      string   `json:"id" required:"true" doc:"id"`
	Kind    string   `json:"kind" enum:"place_kinds" required:"true" doc:"shop, own or authorised"`
	Name    Text     `json:"name" required:"true" doc:"name"`
	Address Text     `json:"address" doc:"address"`
	Phone   string   `json:"phone" doc:"phone"`
	Brands  []string `json:"brands" doc:"brands it is authorised for; empty = all"`
	Near    []string `json:"near" doc:"settlements it is the nearest for"`
	Town    string   `json:"settlement" doc:"settlement it stands in, for the courier's fixed days"`
	Sample  bool     `json:"sample" doc:"an invented example, to be replaced by the retailer"`
}

// Settlement is a place the courier serves on fixed days (B9).
type Settlement struct {
	Pos   Pos      `json:"-"`
	ID    string   `json:"id" required:"true" doc:"id"`
	Names []string `json:"names" required:"true" doc:"spellings, any letter case"`
	Days  []string `json:"days" enum:"weekdays" required:"true" doc:"courier days"`
}

// RequestClause is a kind of request that is taken (C11, C12), and by when it
// is answered.
type RequestClause struct {
	Clause
	Kind   string `json:"kind" enum:"request_kinds" required:"true" doc:"kind of request"`
	Answer string `json:"answer" doc:"promised answer: an ISO 8601 period from the request; counted to a working day"`
	Warn   string `json:"warn" doc:"how long before its end staff are warned; absent = the retailer's warn"`
}

// CoverClause starts a term.
type CoverClause struct {
	Clause
	Starts   string    `json:"starts" doc:"sale.date, sale.delivered, after:BASIS for the day after that basis ends, or always (the default of a paid cover)"`
	Lasts    string    `json:"lasts" doc:"a period (P12M), or warranty.months"`
	AtLeast  string    `json:"at_least" doc:"the least it lasts, a period in months"`
	Shift    bool      `json:"shift" doc:"a last day that is not a working day moves to the next one"`
	Longer   string    `json:"longer_of" enum:"bases" doc:"never ends before this basis does"`
	Requires Condition `json:"requires" doc:"the unit has this basis only where this holds; false = the basis is absent"`
	Verdict  Verdict   `json:"verdict" enum:"verdicts" doc:"fixed verdict: paid for the paid basis"`
}

// ProlongationClause adds time in service to a term, both ends counted.
type ProlongationClause struct {
	Clause
	From     string   `json:"from" enum:"service_anchors" required:"true" doc:"first day of a stay: demanded or accepted"`
	To       string   `json:"to" enum:"service_anchors" required:"true" doc:"last day of a stay: released, or handed_back (released while that is not known)"`
	Outcomes []string `json:"outcomes" enum:"outcomes" required:"true" doc:"outcomes that count"`
	Bases    []Basis  `json:"service_bases" enum:"bases" required:"true" doc:"bases of services that count"`
}

// RestartClause makes a term start anew with a replaced product.
type RestartClause struct {
	Clause
	Outcome string `json:"outcome" enum:"outcomes" required:"true" doc:"outcome of the service that restarts it"`
	At      string `json:"at" enum:"service_anchors" required:"true" doc:"the day it restarts"`
}

// ExtensionClause lengthens a term once, for example after a repair.
type ExtensionClause struct {
	Clause
	Adds    string        `json:"adds" required:"true" doc:"period added"`
	Outcome string        `json:"outcome" enum:"outcomes" required:"true" doc:"outcome that earns it"`
	Repairs calendar.Date `json:"from_repairs" doc:"only repairs released from this date"`
}

// ProofClause names the documents without which a basis does not serve.
type ProofClause struct {
	Clause
	Needs    [][]string `json:"needs" enum:"documents" required:"true" doc:"all of these groups; any one document of each"`
	Presumed bool       `json:"presumed" doc:"applies unless when is known not to hold: the paper is asked, not the fact"`
}

// ExclusionClause refuses.
type ExclusionClause struct {
	Clause
	Findings     []string  `json:"findings" enum:"findings" doc:"finding codes, any of them"`
	Parts        []string  `json:"parts" enum:"parts" doc:"parts the finding is about, any of them"`
	Causes       []string  `json:"causes" enum:"causes" doc:"causes, any of them"`
	ExceptCauses []string  `json:"except_causes" enum:"causes" doc:"does not bite when the finding's cause is one of these; a cause not stated does not save"`
	ExceptParts  []string  `json:"except_parts" enum:"parts" doc:"does not bite when the finding's part is one of these; a part not stated does not save"`
	FailedParts  []string  `json:"failed_parts" enum:"parts" doc:"bites when the failed part is one of these"`
	Unless       Condition `json:"unless" doc:"CEL over the facts and finding: does not bite where it holds"`
	Lenient      bool      `json:"lenient" doc:"bites only on known facts; what is unknown is not asked and does not block"`
}

// LimitClause opens remedies, or turns free service into paid.
type LimitClause struct {
	Clause
	Opens     []Offer `json:"opens" doc:"remedies it opens"`
	Verdict   Verdict `json:"verdict" enum:"limit_verdicts" doc:"paid: free service is used up; needs_facts: the customer must prove"`
	PriceList string  `json:"price_list" doc:"price list by which it is paid"`
	Asks      string  `json:"asks" doc:"of needs_facts: the fact to ask"`
	First     bool    `json:"first" doc:"opened remedies come before the ordinary ones"`
}

// Offer is one remedy.
type Offer struct {
	Pos      Pos       `json:"-"`
	Remedy   string    `json:"remedy" enum:"remedy_kinds" required:"true" doc:"kind of remedy"`
	Chooser  string    `json:"chooser" enum:"choosers" required:"true" doc:"who chooses it"`
	Amount   string    `json:"amount" enum:"amounts" doc:"price, difference or certificate_price"`
	When     Condition `json:"when" doc:"offered only where this is known to hold"`
	Possible Condition `json:"possible" doc:"offered unless this is known not to hold"`
}

// RemedyClause offers remedies in order.
type RemedyClause struct {
	Clause
	Offers []Offer `json:"offers" required:"true" doc:"remedies in order"`
	Always bool    `json:"always" doc:"offered whatever the verdict is"`
}

// DeadlineClause is a term within which something must be done.
type DeadlineClause struct {
	Clause
	Name    string   `json:"name" enum:"deadlines" required:"true" doc:"what must be done"`
	From    string   `json:"from" enum:"deadline_anchors" required:"true" doc:"demanded, remedy_demanded (when this remedy was asked for), loaner_demanded (when a loaner was), decided, ready, delivered"`
	Period  string   `json:"period" required:"true" doc:"P1M, P45D, PT48H"`
	Shift   bool     `json:"shift" doc:"moves to the next working day"`
	Fixed   bool     `json:"fixed_days" doc:"a settlement with fixed courier days gets the next of them instead"`
	For     []string `json:"for" enum:"remedy_kinds" doc:"only when one of these remedies is offered; empty = always"`
	Except  []string `json:"except" enum:"categories" doc:"categories of goods that it does not run for"`
	Breach  []string `json:"breach" enum:"breaches" doc:"what a breach opens"`
	Always  bool     `json:"always" doc:"runs whatever the verdict is"`
	Penalty Penalty  `json:"penalty" doc:"penalty for each day of delay"`
	Warn    string   `json:"warn" doc:"how long before its end its owner is warned (P5D, PT12H); absent = the retailer's warn"`
}

// Penalty is what a missed term costs the seller.
type Penalty struct {
	PercentPerDay int           `json:"percent_per_day" doc:"percent of the price a day"`
	CapPercent    int           `json:"cap_percent" doc:"most it may reach, percent of the price"`
	CapSince      calendar.Date `json:"cap_since" doc:"the cap applies to days from this date on"`
}

// NoticeClause tells the reader something.
type NoticeClause struct {
	Clause
	Requests []string  `json:"requests" enum:"request_kinds" doc:"kinds of request it is told with; empty = warranty_service"`
	Verdicts []Verdict `json:"verdicts" enum:"verdicts" doc:"verdicts it is told with; empty = all"`
	Channels []string  `json:"sale_channels" enum:"sale_channels" doc:"sale channels; empty = all"`
	HandBack bool      `json:"hand_back" doc:"told again when a device is handed back on whose software work was done"`
	About    string    `json:"about" enum:"notice_subjects" doc:"what a program may rest on it: the offer of a certificate (A5), its cancellation (RU-32), or that its price is kept (A13)"`
}

// RoutingClause names centres.
type RoutingClause struct {
	Clause
	To      []string `json:"to" doc:"ids of centres, in order"`
	Kind    string   `json:"kind" enum:"place_kinds" doc:"or: every centre of this kind"`
	Brand   bool     `json:"brand" doc:"of these, those authorised for the unit's brand"`
	Nearest bool     `json:"nearest" doc:"those near the customer's settlement first"`
	Unless  bool     `json:"fallback" doc:"only when no clause before it named a centre"`
}

// SupportClause grants phone support (C6).
type SupportClause struct {
	Clause
	From   string `json:"from" enum:"support_anchors" required:"true" doc:"sale.delivered or sale.date"`
	Period string `json:"period" required:"true" doc:"how long, for example P90D"`
}

// Fees is what is sold or charged.
type Fees struct {
	PriceLists       []PriceList `json:"price_lists" doc:"paid repair"`
	CertificatePlans []Plan      `json:"certificate_plans" doc:"post-warranty certificates (A5)"`
	Charges          []FeeRule   `json:"charges" doc:"fees that the customer owes when something comes about"`
	TwoPersonsAbove  string      `json:"two_persons_above" doc:"a payment above this sum, in the pack's currency, takes two persons' consent; absent = one person's for any"`
}

// PriceList is a list of paid work.
type PriceList struct {
	Pos   Pos         `json:"-"`
	ID    string      `json:"id" required:"true" doc:"id"`
	Name  Text        `json:"name" required:"true" doc:"name"`
	Items []PriceItem `json:"items" doc:"lines"`
}

// PriceItem is one line of a price list.
type PriceItem struct {
	Pos    Pos    `json:"-"`
	ID     string `json:"id" required:"true" doc:"id"`
	Text   Text   `json:"text" required:"true" doc:"what is done"`
	Amount string `json:"amount" required:"true" doc:"price in the pack's currency"`
}

// Plan is a certificate on sale (A5).
type Plan struct {
	Pos        Pos      `json:"-"`
	ID         string   `json:"id" required:"true" doc:"id"`
	Categories []string `json:"categories" enum:"categories" doc:"goods it is sold for; empty = all"`
	PriceFrom  string   `json:"price_from" doc:"lowest price of the goods"`
	PriceTo    string   `json:"price_to" doc:"highest price of the goods"`
	Amount     string   `json:"amount" required:"true" doc:"price of the certificate"`
	Lasts      string   `json:"lasts" required:"true" doc:"a period"`
	Sample     bool     `json:"sample" doc:"an invented figure, to be replaced by the retailer"`
}
