package desk_test

import (
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

func TestPreviewIsTheDecisionOfTheClaim(t *testing.T) {
	on(t, func(s *shop) {
		price, err := money.Parse("1200.00", "EUR")
		if err != nil {
			s.t.Fatal(err)
		}
		unit := s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Price = &price }).Unit
		in := ask(unit.Serial)
		in.Basis = policy.Statute
		in.Facts = []care.Answer{{Fact: "unit.lock_active", Value: "true"}, {Fact: "sale.price", Value: "9.00 EUR"}}
		p, err := s.Preview(s.t.Context(), visitor, in)
		if err != nil {
			s.t.Fatal(err)
		}
		if !p.Known || p.Brand != "Lenovo" || p.Category != "laptop" {
			s.t.Errorf("the unit: %+v", p)
		}
		for _, b := range p.Decision.Bases {
			for _, r := range b.Remedies {
				if r.Amount != nil {
					s.t.Errorf("%s tells the sum of the sale: %v", b.Basis, r.Amount)
				}
			}
		}
		claims, _, err := s.Work(s.t.Context(), as(care.Manager), care.WorkFilter{}, care.Page{})
		if err != nil || len(claims) != 0 {
			s.t.Fatalf("a preview left %d claims, %v", len(claims), err)
		}
		r := s.submit(visitor, in)
		for _, got := range r.Claim.Ruling.Result.Bases {
			want := p.Decision.Basis(got.Basis)
			if want == nil || want.Verdict != got.Verdict {
				s.t.Errorf("%s: the claim says %s, the preview said %+v", got.Basis, got.Verdict, want)
			}
		}
	})
}

func TestPreviewRefusesWhatSubmitRefuses(t *testing.T) {
	on(t, func(s *shop) {
		open := s.open()
		cases := map[string]struct {
			change func(*desk.NewRequest)
			code   care.Code
			field  string
		}{
			"unknown unit":          {func(r *desk.NewRequest) { r.Identity = "nobody-has-it" }, care.NotFound, "serial"},
			"open claim":            {func(r *desk.NewRequest) { r.Identity = open.Claim.Unit.Serial }, care.Conflict, "serial"},
			"no name":               {func(r *desk.NewRequest) { r.Customer.Name = "" }, care.Invalid, "name"}, // asked for last
			"no claim":              {func(r *desk.NewRequest) { r.Kind, r.Text = care.Consultation, "?" }, care.Invalid, "kind"},
			"described, no brand":   {func(r *desk.NewRequest) { r.Identity, r.Device = "", &desk.Device{Category: "laptop", Serial: "X1"} }, care.Invalid, "brand"},
			"a fact that is no yes": {func(r *desk.NewRequest) { r.Facts = []care.Answer{{Fact: "unit.lock_active", Value: "perhaps"}} }, care.Invalid, "unit.lock_active"},
		}
		free := s.sell(as(care.Clerk), nil).Unit.Serial
		for name, c := range cases {
			in := ask(free)
			c.change(&in)
			_, err := s.Preview(s.t.Context(), visitor, in)
			if name == "no name" {
				if err != nil {
					s.t.Errorf("where one stands is told before who one is: %v", err)
				}
			} else {
				refusedAt(s.t, name, err, c.code, c.field)
			}
			if name == "no claim" {
				continue // it is a request of another kind
			}
			_, err = s.Submit(s.t.Context(), visitor, in)
			refusedAt(s.t, name, err, c.code, c.field)
		}
		if _, err := s.Preview(s.t.Context(), of("bg-omni", care.Technician), ask(free)); care.CodeOf(err) != care.Forbidden {
			s.t.Errorf("a technician opens no claims: %v", err)
		}
	})
}

func TestPreviewOfADescribedDevice(t *testing.T) {
	on(t, func(s *shop) {
		in := ask("")
		price, err := money.Parse("500.00", "EUR")
		if err != nil {
			s.t.Fatal(err)
		}
		in.Device = &desk.Device{Category: "phone", Brand: "Acme", Serial: "OWN-1", Sale: care.Sale{Date: day("2025-12-01"), Price: &price}}
		p, err := s.Preview(s.t.Context(), visitor, in)
		if err != nil {
			s.t.Fatal(err)
		}
		if p.Known || p.Brand != "Acme" || p.Decision.Basis(policy.Statute) == nil {
			s.t.Errorf("preview: %+v", p)
		}
		if _, err := s.CheckWarranty(s.t.Context(), "bg-omni", "OWN-1", "bg"); care.CodeOf(err) != care.NotFound {
			s.t.Errorf("a preview registered the device: %v", err)
		}
	})
}

func refusedAt(t *testing.T, name string, err error, code care.Code, field string) {
	t.Helper()
	if care.CodeOf(err) != code || fieldOf(err) != field {
		t.Errorf("%s: %v, want %s at %s", name, err, code, field)
	}
}
