package document_test

import (
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/document"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

func printer(t testing.TB) *document.Printer {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("%s: missing %s", lang, key) }))
	if err != nil {
		t.Fatal(err)
	}
	p, err := document.New(words)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func day(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func sum(t testing.TB, text, currency string) *money.Amount {
	t.Helper()
	a, err := money.Parse(text, currency)
	if err != nil {
		t.Fatal(err)
	}
	return &a
}

func at(text string) time.Time {
	v, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return v
}

// sample is a paper of a claim that has been through everything.
func sample(t testing.TB, kind care.PaperKind, lang string) care.Paper {
	t.Helper()
	yes := true
	c := care.Claim{ID: "c", Retailer: "bg-omni", Number: "RMA-2026-000017", State: care.HandedOver, Lang: lang, Return: care.ReturnDeliver, Basis: policy.Warranty,
		ReceivedAt: at("2026-04-10 09:30"), ReadyAt: at("2026-04-20 12:00"), Outcome: care.OutcomeRepaired,
		Unit: care.Unit{ID: "u", Category: "laptop", Brand: "Asus", Model: "Vivobook 15 X1504", Serial: "PQ-5500-8812-0F", IMEI: "356938035643809"},
		Sale: care.Sale{Date: day(t, "2025-06-01"), Price: sum(t, "1249.00", "EUR"), Receipt: "0004417"}, Documents: []string{"receipt", "warranty_card"},
		Intake:    &care.Intake{At: at("2026-04-10 10:05"), Place: "shop", Condition: "Scratches on the lid, a chipped corner", Accessories: []string{"charger", "sleeve"}, Defect: "Does not switch on"},
		Diagnosis: &care.Diagnosis{At: at("2026-04-13 15:20"), Method: "Inspection under a microscope", Measured: "3.3 V rail: 0.4 V", Conclusion: "No power rail; no traces of liquid.", Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", FailedPart: "mainboard", Findings: []policy.Finding{{Code: "damaged_component", Part: "mainboard", Cause: "workmanship"}, {Code: "cosmetic", Part: "casing"}}}},
		Repair: &care.Repair{StartedAt: at("2026-04-14 09:00"), FinishedAt: at("2026-04-18 17:00"), Kind: "hardware", Outcome: "repaired", Work: "Mainboard replaced, tested for 4 hours", Software: "restored",
			Parts: []care.Part{{Part: "mainboard", Name: "X1504 rev 2.1", Serial: "MB-99812", Months: 24, Until: day(t, "2028-04-21")}}},
		Remedy:   &care.ChosenRemedy{Kind: "repair", Basis: policy.Warranty, Chooser: "retailer"},
		Estimate: &care.Estimate{Amount: *sum(t, "86.40", "EUR"), PriceList: "network", Work: "Power circuit: replace two capacitors"},
		Refusal:  &care.Refusal{Basis: policy.Warranty, Clauses: []string{"liquid", "no-card"}, Text: "The device can be repaired at the price list.", At: at("2026-04-14 11:00")},
		Refund:   &care.Refund{Kind: "refund", Amount: *sum(t, "1249.00", "EUR"), ApprovedName: "Vera Petrova", ApprovedAt: at("2026-04-15 10:00"), PaidAt: at("2026-04-16 10:00"), Reference: "PAY-8812"},
		Custody:  care.Holder{Kind: care.HeldByCustomer, Since: at("2026-04-21 16:40")},
		Stays:    []care.Stay{{Demanded: at("2026-04-10 09:30"), Accepted: at("2026-04-10 10:05"), Released: at("2026-04-20 12:00")}}}
	p := care.Paper{Issued: care.Issued{Kind: kind, Number: care.PaperNumber(c.Number, kind, 12), At: at("2026-04-20 12:00"), Claim: c}, Lang: lang, Zone: time.UTC,
		Link:     "https://care.example/track/4uVnX1bQ9bC0tY2o6mJk2w",
		Seller:   care.PaperSeller{Name: "OMNI.BG", Contacts: []care.PaperContact{{Label: "Service", Value: "+359 2 000 00 00", Extension: "6"}, {Label: "E-mail", Value: "service@omni.example"}}},
		Place:    &care.Place{Name: map[string]string{"en": "Shop in Burgas"}, Address: map[string]string{"en": "1 Sample Street"}, Phone: "+359 56 000 000"},
		Customer: care.Customer{Name: "Ада Примерова", Phone: "+359 88 000 00 11", Email: "ada@customer.example"}, Request: care.Request{Text: "It died", Address: "5 Example Road", Settlement: "Sozopol"},
		Author: "Ivan Technov", Acknowledged: []care.PaperTerm{{ID: "erase-data", Source: "C8", Text: "Contents of the device may be lost, replaced or reformatted.", At: at("2026-04-10 10:00")}},
		Grounds:  []care.PaperTerm{{ID: "liquid", Source: "Warranty conditions, portable computers", Text: "Liquid got inside the product."}, {ID: "no-card", Source: "Proof", Text: "There is no warranty card."}},
		Other:    []care.PaperBasis{{Basis: policy.Statute, Verdict: policy.NeedsFacts}, {Basis: policy.Paid, Verdict: "paid"}},
		Disputes: []care.PaperDispute{{Name: "Consumer commission", Text: "Takes complaints.", Source: "Article 54", Web: "commission.example", Phone: "0700 00 000"}},
		Terms: []policy.BasisResult{{Basis: policy.Warranty, From: day(t, "2025-06-01"), LastDay: day(t, "2027-06-12"), Until: day(t, "2027-06-14"), ProlongedDays: 11},
			{Basis: policy.Statute, From: day(t, "2025-06-01"), LastDay: day(t, "2027-06-01")}},
		Rights: []care.PaperTerm{{ID: "closing-act", Source: "Article 47", Text: "The act is drawn up in two copies."}}, Told: []string{"The device comes back with factory settings."},
		Money: []care.Entry{{What: care.DebtDifference, Debtor: care.CustomerParty, Creditor: care.RetailerParty, Amount: *sum(t, "149.90", "EUR"), State: care.EntryPaid}},
		Due:   "2026-05-11", ValidUntil: day(t, "2026-05-20"), PriceList: "Network repairs", NewUnit: &care.Unit{Category: "laptop", Brand: "Asus", Model: "Vivobook 15 X1505", Serial: "PQ-7700-0001-1A"},
		NewSale: &care.Sale{Price: sum(t, "1398.90", "EUR")},
		Loan:    &care.Loan{LentAt: at("2026-04-11 11:00"), ConditionOut: "As new", BackBy: at("2026-05-01 18:00")}, Loaner: &care.Loaner{Category: "laptop", Brand: "Acer", Model: "Aspire 3", Serial: "LOAN-0007"},
		Leg:  &care.Leg{Number: c.Number, Carrier: "Speedy", Tracking: "SP-2026-551203", Label: "L-77", Direction: care.LegBack, Bearer: "seller", Grams: 2350, Worth: sum(t, "1249.00", "EUR"), PromisedBy: at("2026-04-22 12:00")},
		From: care.Address{Name: "OMNI.BG Burgas", Street: "1 Sample Street", Phone: "+359 56 000 000"}, To: care.Address{Name: "Ада Примерова", Street: "5 Example Road, entrance B, floor 3", Settlement: "Созопол", Phone: "+359 88 000 00 11"}}
	switch kind {
	case care.HandBackPaper:
		p.At = c.Custody.Since
	case care.ClosingAct:
		p.At, p.Copies = c.Custody.Since, 2
	case care.ReplacementAct:
		p.Claim.Remedy = &care.ChosenRemedy{Kind: "replacement", Basis: policy.Warranty, Amount: sum(t, "149.90", "EUR"), Chooser: "customer"}
	case care.WarrantyPaper:
		p.Number = "CERT-2026-000004"
		p.Certificate = &care.PaperCertificate{Certificate: care.Certificate{Number: p.Number, State: care.CertificateSold, Price: sum(t, "99.00", "EUR"), SoldOn: day(t, "2025-06-02"),
			TermsVersion: "2026-11-21", From: day(t, "2027-06-13"), LastDay: day(t, "2028-06-12")}, Buyer: p.Customer.Name, Unit: c.Unit, Sale: c.Sale, Maker: &p.Terms[0], Months: 12,
			Parts: []care.PaperPart{{Key: "term", Texts: []string{"Twelve months from the day after the maker's warranty."}}, {Key: "refused", Texts: []string{"Misuse.", "Opened by somebody who is not authorised."}}}}
	}
	return p
}

var langs = []string{"en", "ru", "bg"}

// rendered sets a paper and reads it back.
func rendered(t testing.TB, printer *document.Printer, p care.Paper) (pdf, []byte) {
	t.Helper()
	content, err := printer.Render(p)
	if err != nil {
		t.Fatalf("%s in %s: %v", p.Kind, p.Lang, err)
	}
	read, err := readPDF(content)
	if err != nil {
		t.Fatalf("%s in %s: %v", p.Kind, p.Lang, err)
	}
	return read, content
}

// flat is a text without its line breaks, as a reader takes it.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }
