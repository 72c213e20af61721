package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// rowCase is a device with something that a clause of a page refuses.
type rowCase struct {
	row, retailer, clause string
	category              string
	finding               string // code, and after spaces a part and a cause
	part                  string // the part that failed
	facts                 []care.Answer
	unconfirmed           bool // no defect was found
	brand                 string
}

// refusals are the exclusions of the pages, clause by clause.
func refusals() []rowCase {
	var list []rowCase
	table := func(row, retailer, categories, lines string) {
		for i, line := range strings.Split(strings.TrimSpace(lines), "\n") {
			clause, finding, _ := strings.Cut(strings.TrimSpace(line), " ")
			all := strings.Fields(categories)
			list = append(list, rowCase{row: row, retailer: retailer, clause: clause, category: all[i%len(all)], finding: finding})
		}
	}
	table("B13", "bg-omni", "laptop tablet phone tv printer mfp", `impact-portable impact
		impact-portable broken_screen
		casing-portable damaged_casing
		liquid-portable liquid
		ports-portable forced_port
		keys-portable keyboard_keys
		surge-portable surge_burn port
		unauthorised-portable unauthorised_repair
		serial-portable serial_illegible
		serial-portable seal_damaged`)
	table("B14", "bg-omni", "motherboard video_card sound_card io_card modem", `serial-board serial_illegible
		serial-board seal_damaged
		unauthorised-board unauthorised_repair
		pins-board pins
		component-board damaged_component
		pcb-board damaged_pcb
		drop-board damaged_casing
		element-board damaged_element`)
	table("B15", "bg-omni", "cpu", `die-cpu damaged_die
		look-cpu damaged_casing
		component-cpu damaged_component
		pins-cpu pins
		unauthorised-cpu unauthorised_repair
		serial-cpu serial_illegible`)
	table("B16", "bg-omni", "ram", `element-ram damaged_element
		track-ram burnt_track
		look-ram damaged_casing
		component-ram damaged_component
		unauthorised-ram unauthorised_repair
		serial-ram seal_damaged`)
	table("B17", "bg-omni", "network", `connector-network damaged_connector
		lost-connector-network missing_component port
		track-network burnt_track
		look-network damaged_casing
		pcb-network damaged_pcb
		unauthorised-network unauthorised_repair
		serial-network serial_illegible`)
	table("B18", "bg-omni", "optical_drive", `connector-optical damaged_connector
		lost-connector-optical missing_component port
		blow-optical damaged_casing
		unauthorised-optical unauthorised_repair
		serial-optical serial_illegible`)
	table("B19", "bg-omni", "hard_disk", `connector-disk damaged_connector
		missing-disk missing_component
		missing-disk damaged_component
		blow-disk damaged_casing
		unauthorised-disk unauthorised_repair
		serial-disk seal_damaged`)
	table("A11", "ru-omsk", "phone", `certificate-misuse against_manual
		certificate-environment environment
		certificate-wrong-supply wrong_supply
		certificate-liquid liquid
		certificate-insects insects
		certificate-foreign-object foreign_object
		certificate-unauthorised-repair unauthorised_repair
		certificate-case-opened case_opened
		certificate-serial serial_illegible
		certificate-accessory unapproved_accessory
		certificate-software unapproved_software
		certificate-decompiled decompiled_software`)
	table("C7", "ru-xiaomi", "phone", `worn-battery wear battery wear
		worn-coating wear coating wear
		cosmetic-damage cosmetic casing external
		third-party-product third_party_damage
		accident-damage accident
		fire-damage fire
		liquid-damage liquid
		rough-handling impact
		surroundings environment
		outside-cause damaged_component mainboard external
		against-manual against_manual
		unauthorised-service unauthorised_repair
		function-changed modified
		worn-out wear
		caused-by-wear damaged_component mainboard wear
		serial-number serial_illegible`)
	table("C10", "ru-xiaomi", "phone", `opened case_opened`)
	for clause, part := range map[string]string{"certificate-cable": "cable", "certificate-charger": "charger", "certificate-display": "display",
		"certificate-lens": "lens", "certificate-image-sensor": "image_sensor", "certificate-battery": "battery", "certificate-car-charger": "car_charger",
		"certificate-accessories": "accessory", "certificate-handsfree": "handsfree_kit", "certificate-bluetooth": "bluetooth_device"} {
		list = append(list, rowCase{row: "A12", retailer: "ru-omsk", clause: clause, category: "phone", part: part})
	}
	says := func(pairs ...string) (facts []care.Answer) {
		for i := 0; i < len(pairs); i += 2 {
			facts = append(facts, care.Answer{Fact: pairs[i], Value: pairs[i+1]})
		}
		return facts
	}
	return append(list,
		rowCase{row: "A11", retailer: "ru-omsk", clause: "certificate-personal-use", category: "phone", facts: says("unit.personal_use", "false")},
		rowCase{row: "A8", retailer: "ru-omsk", clause: "certificate-nothing-to-restore", category: "phone", unconfirmed: true},
		rowCase{row: "B7", retailer: "bg-omni", clause: "defect-not-confirmed", category: "laptop", unconfirmed: true},
		rowCase{row: "B3", retailer: "bg-omni", clause: "adapter-after-year", category: "laptop", brand: "Vitosha", part: "charger"},
		rowCase{row: "B3", retailer: "bg-omni", clause: "unapproved-adapter", category: "laptop", brand: "Vitosha", finding: "wrong_supply mainboard external"},
		rowCase{row: "C5", retailer: "ru-xiaomi", clause: "no-fault", category: "phone", unconfirmed: true},
		rowCase{row: "C5", retailer: "ru-xiaomi", clause: "other-brand", category: "phone", brand: "Nokia"},
		rowCase{row: "C5", retailer: "ru-xiaomi", clause: "not-original-packaging", category: "phone", facts: says("unit.original_packaging", "false")},
		rowCase{row: "C7", retailer: "ru-xiaomi", clause: "stolen", category: "phone", facts: says("unit.reported_stolen", "true")},
		rowCase{row: "C7", retailer: "ru-xiaomi", clause: "locked", category: "phone", facts: says("unit.lock_active", "true", "unit.owner_proven", "false")},
	)
}

// basisOf is what a customer of the retailer claims on in these cases.
var basisOf = map[string]policy.Basis{"bg-omni": policy.Warranty, "ru-omsk": policy.Certificate, "ru-xiaomi": policy.Warranty}

// TestRefusalsOfEachRow takes a claim for each clause that refuses from the
// customer's request to the refusal, and reads on the customer's page why, in
// the customer's language. The same device without the finding is repaired.
//
// Walks: A8, A11, A12, B3, B7, B13, B14, B15, B16, B17, B18, B19, C5, C7, C10,
// D2, D4.
func TestRefusalsOfEachRow(t *testing.T) {
	s := openPortal(t)
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	languages := []string{"bg", "ru", "en"}
	for i, c := range refusals() {
		lang := languages[i%len(languages)]
		t.Run(c.row+" "+c.clause+" "+lang, func(t *testing.T) {
			s.t = t
			clause := namedClause(t, lib, c)
			claim, token := s.takenIn(c, lang)
			if d := s.staff(technician(c.retailer, ""), claim.Number, c.diagnosis()); d.Verdict() != policy.Refused {
				t.Fatalf("the verdict on %s is %s", d.BasisInUse(), d.Verdict())
			}
			s.browser(lang).get("/track/"+token).want(http.StatusOK).says(clause.Text[lang], clause.Source)
			if c.unconfirmed {
				return // there is nothing to refuse: it goes back as it came
			}
			d := s.staff(technician(c.retailer, ""), claim.Number, care.Refuse{})
			if d.State != care.Refused || !slices.Contains(d.Refusal.Clauses, c.clause) {
				t.Fatalf("%s on %v", d.State, d.Refusal)
			}
			s.browser(lang).get("/track/"+token).says(clause.Text[lang], refusedWord[lang])
		})
	}
	done := map[string]bool{}
	for _, c := range refusals() {
		key := c.retailer + " " + c.category + c.brand
		if done[key] || c.brand == "Nokia" { // another brand is never covered
			continue
		}
		done[key] = true
		sound := rowCase{row: c.row, retailer: c.retailer, category: c.category, part: "mainboard", brand: c.brand}
		t.Run("sound "+key, func(t *testing.T) {
			s.t = t
			claim, _ := s.takenIn(sound, "en")
			d := s.staff(technician(c.retailer, ""), claim.Number, sound.diagnosis(), care.StartRepair{})
			if d.Verdict() != policy.Covered || d.State != care.InRepair {
				t.Errorf("a defect of the device's own is %s, %s", d.Verdict(), d.State)
			}
		})
	}
}

var refusedWord = map[string]string{"bg": "Заявката е отказана", "ru": "В бесплатном обслуживании отказано", "en": "The claim was refused"}

// namedClause finds the clause of the row in the retailer's pack, or in a maker's
// that stands under it.
func namedClause(t *testing.T, lib *policy.Library, c rowCase) *policy.Clause {
	t.Helper()
	p, err := lib.Program(c.retailer, calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range append([]*policy.Pack{p.Pack}, p.Makers...) {
		for _, x := range pack.Clauses() {
			if x.ID == c.clause && string(x.Requirement) == c.row {
				return x
			}
		}
	}
	t.Fatalf("no clause %s of row %s", c.clause, c.row)
	return nil
}

func (c rowCase) diagnosis() care.Diagnose {
	confirmed := !c.unconfirmed
	d := care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &confirmed, Kind: "hardware", FailedPart: c.part}}
	if c.unconfirmed {
		d.Facts.Kind = "none"
	}
	if words := append(strings.Fields(c.finding), "", ""); words[0] != "" {
		d.Facts.Findings = []policy.Finding{{Code: words[0], Part: words[1], Cause: words[2]}}
	}
	return d
}

// takenIn sells the device of a case, lets its owner claim, and takes it in
// with all papers.
func (s *portalSite) takenIn(c rowCase, lang string) (care.Claim, string) {
	s.t.Helper()
	yes, no, months := true, false, 24
	price := sum(s.t, "20000.00", "RUB")
	row := desk.SaleRow{Category: c.category, Brand: c.brand, Model: "M-1", Serial: "ROW-" + strings.ToUpper(c.clause) + s.now().Format("0102150405"),
		Date: calendar.MustDate("2024-12-20"), Receipt: "R-1", IMEIOnReceipt: &no, CardInKit: &yes, OriginalPackaging: &yes, DigitalElements: &no,
		WarrantyMonths: &months, WarrantyIssuer: "manufacturer"}
	papers := []string{"receipt", "warranty_card", "return_request"}
	brand := "Lenovo"
	switch c.retailer {
	case "ru-omsk":
		months, row.Price, row.CertificatePrice = 12, &price, &price
		row.Certificate, row.CertificateSold = "ПГО "+row.Serial, row.Date
		papers = []string{"receipt", "warranty_card", "certificate"}
	case "ru-xiaomi":
		brand = "Xiaomi"
		if slices.ContainsFunc(c.facts, func(a care.Answer) bool { return a.Fact == "unit.lock_active" }) {
			papers = nil // nothing proves whose it is
		}
	}
	if row.Brand == "" {
		row.Brand = brand
	}
	ctx, boss := s.t.Context(), manager(c.retailer)
	if _, err := s.desk.RegisterSale(ctx, boss, row); err != nil {
		s.t.Fatal(err)
	}
	r, err := s.desk.Submit(ctx, care.Actor{Kind: care.CustomerActor, Retailer: c.retailer}, desk.NewRequest{Kind: care.WarrantyService, Channel: "portal", Lang: lang,
		Customer: desk.Contact{Name: "Ада Примерова", Phone: "+359 88 000 00 11"}, Identity: row.Serial, Basis: basisOf[c.retailer], Documents: papers,
		Facts: []care.Answer{{Fact: "unit.personal_use", Value: "true"}, {Fact: "unit.lock_active", Value: "false"}}})
	if err != nil {
		s.t.Fatal(err)
	}
	claim := *r.Claim
	if missing := claim.MissingAcknowledgements(); len(missing) > 0 {
		claim = s.staff(boss, claim.ID, care.Acknowledge{IDs: missing})
	}
	places, err := s.desk.Places(ctx, c.retailer)
	if err != nil {
		s.t.Fatal(err)
	}
	centre := places[slices.IndexFunc(places, func(p care.Place) bool { return p.Kind != care.ShopPlace })]
	claim = s.staff(boss, claim.ID, care.Accept{Place: centre.ID, Condition: "used", Documents: papers})
	answers := append([]care.Answer{{Fact: "unit.reported_stolen", Value: "false"}, {Fact: "remedy.repair_possible", Value: "true"}}, c.facts...)
	return s.staff(boss, claim.ID, care.RecordAnswers{Facts: answers}), r.Token
}

// TestRowsOnThePages reads what a visitor or a customer has to be told, on the
// page where it is looked for, in each language of the retailer.
//
// Walks: A1, A4, A6, A7, A10, A14, A15, B2, B4, B5, B8, B20, C1, C2, C3, C5, C9,
// C10, C11.
func TestRowsOnThePages(t *testing.T) {
	s := openPortal(t)
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	certified := rowCase{retailer: "ru-omsk", category: "phone", part: "mainboard", clause: "page"}
	makers := rowCase{retailer: "bg-omni", category: "laptop", brand: "Asus", part: "mainboard", clause: "page"}
	brand := rowCase{retailer: "ru-xiaomi", category: "phone", part: "mainboard", clause: "page"}
	tracked := func(c rowCase, lang string) string {
		claim, token := s.takenIn(c, lang)
		s.staff(technician(c.retailer, ""), claim.Number, c.diagnosis())
		return "/track/" + token
	}
	contact := func(p *policy.Pack, id string) policy.ContactClause {
		i := slices.IndexFunc(p.Contacts, func(c policy.ContactClause) bool { return c.ID == id })
		if i < 0 {
			t.Fatalf("%s has no contact %s", p.ID, id)
		}
		return p.Contacts[i]
	}
	for _, c := range []struct {
		retailer string
		page     func(lang string) string
		contacts string // ids whose number or address stands there
		clauses  string // "row id" of what is said there
		centre   string // whose name, address and phones stand there
	}{
		{"ru-omsk", func(string) string { return "/r/ru-omsk" },
			"internet-shop jobs service-department service-centre-address service-centre-phone technical-advice", "", ""},
		{"bg-omni", func(string) string { return "/r/bg-omni" }, "questions-phone", "", ""},
		{"ru-xiaomi", func(string) string { return "/r/ru-xiaomi" }, "support-phone support-email", "", ""},
		{"ru-omsk", func(lang string) string { return tracked(certified, lang) }, "",
			"A6 certificate-service; A7 certificate-term; A14 certificate-adds; A15 certificate-papers; A10 certificate-desk", "omsk-technical"},
		{"bg-omni", func(lang string) string { return tracked(makers, lang) }, "",
			"B4 warranty-from-sale; B5 invoice-and-card; B8 one-month; B8 repair; B2 makers-network; B2 call-the-card", "asus-sofia"},
		{"ru-xiaomi", func(lang string) string { return tracked(brand, lang) }, "",
			"C1 official-warranty; C2 delivered-to-site; C3 voluntary; C5 limited-warranty; C9 factory-settings; C9 no-way-back; C9 third-party-programs; C9 data-not-restored; C10 brand-centres", "xiaomi-moscow"},
	} {
		p, err := lib.Program(c.retailer, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range p.Pack.Languages {
			t.Run(c.retailer+" "+c.centre+" "+lang, func(t *testing.T) {
				s.t = t
				page := s.browser(lang).get(c.page(lang)).want(http.StatusOK)
				for _, id := range strings.Fields(c.contacts) {
					x := contact(p.Pack, id)
					page.says(x.Value, x.Label[lang])
				}
				for _, x := range p.Pack.Centres {
					if x.ID == c.centre {
						page.says(append([]string{x.Name[lang], x.Address[lang]}, strings.Split(x.Phone, ", ")...)...)
					}
				}
				for _, line := range strings.Split(c.clauses, "; ") {
					if row, id, ok := strings.Cut(line, " "); ok {
						page.says(namedClause(t, lib, rowCase{retailer: c.retailer, row: row, clause: id}).Text[lang])
					}
				}
			})
		}
	}
}
