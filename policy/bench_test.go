package policy_test

import (
	"testing"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

const benchFacts = `{pack: bg-omni, at: 2026-03-10T12:00:00+02:00,
  request: {kind: warranty_service, channel: counter, received_at: 2026-03-10T12:00:00+02:00},
  unit: {category: laptop, brand: lenovo, imei_on_receipt: false, card_in_kit: true, personal_use: true, digital_elements: false},
  sale: {date: 2025-01-31, delivered: 2025-02-02, channel: store, price: {amount: "1999.00", currency: BGN}},
  warranty: {months: 24, issuer: manufacturer}, documents: [invoice, warranty_card, return_request],
  diagnosis: {confirmed: true, kind: hardware, findings: [{code: liquid, part: mainboard, cause: external}]},
  services: [{demanded: 2025-06-01, accepted: 2025-06-02, released: 2025-06-20, kind: hardware, outcome: repaired, centre: authorised, basis: warranty}],
  market: {same_model: false, analog_price: {amount: "2100.00", currency: BGN}}, remedy: {repair_possible: true}}`

func BenchmarkRun(b *testing.B) {
	lib, err := packs.Library()
	if err != nil {
		b.Fatal(err)
	}
	f, err := policy.ParseFacts("facts", []byte(benchFacts))
	if err != nil {
		b.Fatal(err)
	}
	p, err := lib.Program("bg-omni", f.Sale.Date)
	if err != nil {
		b.Fatal(err)
	}
	d := p.NewDecider()
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Run(f); err != nil {
			b.Fatal(err)
		}
	}
}
