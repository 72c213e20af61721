package desk_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

func amount(text, currency string) money.Amount {
	a, err := money.Parse(text, currency)
	if err != nil {
		panic(err)
	}
	return a
}

func row(n int) desk.SaleRow {
	months := 24
	return desk.SaleRow{Row: n, SKU: "T14", Category: "laptop", Brand: "Lenovo", Model: "T14", Serial: fmt.Sprintf("IMP%04d", n), Date: day("2026-02-02"),
		Receipt: fmt.Sprint(n), WarrantyMonths: &months, WarrantyIssuer: "retailer", Customer: desk.Contact{Name: "Купувач", Phone: fmt.Sprintf("+359 890 1%05d", n)}}
}

// file yields rows as a reader of files does.
func file(list ...any) iter.Seq2[desk.SaleRow, error] {
	return func(yield func(desk.SaleRow, error) bool) {
		for _, x := range list {
			switch x := x.(type) {
			case desk.SaleRow:
				if !yield(x, nil) {
					return
				}
			case error:
				if !yield(desk.SaleRow{}, x) {
					return
				}
			}
		}
	}
}

// TestImport brings in what is good, reports what is not, and adds nothing
// the second time.
func TestImport(t *testing.T) {
	on(t, func(s *shop) {
		bad := row(3)
		bad.Category = "spoon"
		list := []any{row(1), row(2), bad, &desk.RowError{Row: 4, Column: "date", Reason: errors.New("not a date")}, row(5), row(1), row(6)}
		var refused []string
		var progress []int
		opt := desk.ImportOptions{Batch: 2, Refused: func(e *desk.RowError) { refused = append(refused, fmt.Sprintf("%d %s", e.Row, e.Column)) },
			Progress: func(r desk.ImportReport) { progress = append(progress, r.Added+r.Known) }}
		report, err := s.ImportSales(s.t.Context(), as(care.Manager), file(list...), opt)
		if err != nil {
			s.t.Fatal(err)
		}
		if diff := cmp.Diff(desk.ImportReport{Read: 7, Added: 4, Known: 1, Refused: 2}, report); diff != "" {
			s.t.Errorf("report (-want +got):\n%s", diff)
		}
		if want := []string{"3 category", "4 date"}; !slices.Equal(refused, want) || !slices.Equal(progress, []int{2, 4, 5}) {
			s.t.Errorf("refused %v, progress %v", refused, progress)
		}
		again, err := s.ImportSales(s.t.Context(), as(care.Manager), file(list...), desk.ImportOptions{})
		if err != nil || again.Added != 0 || again.Known != 5 {
			s.t.Errorf("the second time: %+v, %v", again, err)
		}
		if units, _, err := s.FindUnits(s.t.Context(), as(care.Clerk), "T14", care.Page{Limit: 200}); err != nil || len(units) != 4 {
			s.t.Errorf("%d units: %v", len(units), err)
		}
		if a := s.audits("bg-omni")[0]; a.Action != "sales.import" || a.Details["known"] != "5" {
			s.t.Errorf("audited as %+v", a)
		}
	})
}

// TestBrokenImport keeps the batches before a reader's failure, and is gone on
// with by running it again.
func TestBrokenImport(t *testing.T) {
	on(t, func(s *shop) {
		broken := errors.New("the disk is gone")
		report, err := s.ImportSales(s.t.Context(), as(care.Manager), file(row(1), row(2), row(3), broken, row(4)), desk.ImportOptions{Batch: 2})
		if !errors.Is(err, broken) || report.Added != 2 {
			s.t.Errorf("%+v, %v", report, err)
		}
		report, err = s.ImportSales(s.t.Context(), as(care.Manager), file(row(1), row(2), row(3), row(4)), desk.ImportOptions{Batch: 2})
		if err != nil || report.Added != 2 || report.Known != 2 {
			s.t.Errorf("run again: %+v, %v", report, err)
		}
	})
}

// TestRowChecks names the column that is wrong.
func TestRowChecks(t *testing.T) {
	on(t, func(s *shop) {
		months := -1
		for name, c := range map[string]struct {
			change func(*desk.SaleRow)
			column string
			want   string
		}{
			"an unknown category":       {func(r *desk.SaleRow) { r.Category = "spoon" }, "category", "invalid error.unknown_value"},
			"no brand":                  {func(r *desk.SaleRow) { r.Brand = " " }, "brand", "invalid error.required"},
			"no number":                 {func(r *desk.SaleRow) { r.Serial = "" }, "serial", "invalid error.required"},
			"an unknown channel":        {func(r *desk.SaleRow) { r.Channel = "market" }, "channel", "invalid error.unknown_value"},
			"delivered before the sale": {func(r *desk.SaleRow) { r.Delivered = day("2026-02-01") }, "delivered", "invalid error.before_sale"},
			"months below none":         {func(r *desk.SaleRow) { r.WarrantyMonths = &months }, "warranty_months", "invalid error.bad_months"},
			"an unknown issuer":         {func(r *desk.SaleRow) { r.WarrantyIssuer = "king" }, "warranty_issuer", "invalid error.unknown_value"},
			"another retailer's shop":   {func(r *desk.SaleRow) { r.Shop = "omsk-service" }, "shop", "invalid error.no_place"},
		} {
			in := row(1)
			c.change(&in)
			var got *desk.RowError
			report, err := s.ImportSales(s.t.Context(), as(care.Manager), file(in), desk.ImportOptions{Refused: func(e *desk.RowError) { got = e }})
			if err != nil || report.Refused != 1 || got.Column != c.column || got.Row != 1 {
				s.t.Errorf("%s: %+v, %+v, %v", name, report, got, err)
				continue
			}
			s.fails(name, c.want, got)
			_, err = s.RegisterSale(s.t.Context(), as(care.Clerk), in)
			s.fails(name+", by hand", c.want, err)
		}
		in := row(1)
		in.Date = desk.SaleRow{}.Date
		_, err := s.RegisterSale(s.t.Context(), as(care.Clerk), in)
		s.fails("no date", "invalid error.required", err)
	})
}

// TestRegisterSale records one sale with the terms of its day.
func TestRegisterSale(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		rec, err := s.RegisterSale(ctx, as(care.Clerk), row(1))
		if err != nil || rec.Sale.PackVersion == "" || rec.Sale.Channel != "store" || rec.Customer.Name != "Купувач" || rec.Unit.Product == "" {
			s.t.Fatalf("%+v, %v", rec, err)
		}
		_, err = s.RegisterSale(ctx, as(care.Clerk), row(1))
		s.fails("the same sale", "conflict error.sale_known", err)
		resold := row(1)
		resold.Receipt, resold.Date = "R2", day("2026-03-01")
		again, err := s.RegisterSale(ctx, as(care.Clerk), resold)
		if err != nil || again.Unit.ID != rec.Unit.ID || again.Sale.ID == rec.Sale.ID || again.Sale.Date != resold.Date {
			s.t.Errorf("a unit sold again: %+v, %v", again, err)
		}
		other, err := s.RegisterSale(ctx, as(care.Clerk), row(2))
		if err != nil || other.Unit.Product != rec.Unit.Product {
			s.t.Errorf("another unit of the article: %+v, %v", other.Unit, err)
		}
		for name, c := range map[string]struct {
			want, at string
			wrong    func(*desk.SaleRow)
		}{
			"a day that has not come":    {"invalid error.sales_future", "date", func(r *desk.SaleRow) { r.Date = day("2027-01-01") }},
			"an IMEI with a wrong digit": {"invalid error.imei_check", "imei", func(r *desk.SaleRow) { r.IMEI = "356938035643808" }},
			"a second IMEI too short":    {"invalid error.imei_length", "imei2", func(r *desk.SaleRow) { r.IMEI2 = "3569" }},
			"less than nothing":          {"invalid error.cost_negative", "price", func(r *desk.SaleRow) { a := amount("-0.01", "RUB"); r.Price = &a }},
		} {
			bad := row(3)
			c.wrong(&bad)
			_, err := s.RegisterSale(ctx, as(care.Clerk), bad)
			s.fails(name, c.want, err)
			if e := new(care.Error); !errors.As(err, &e) || e.Field != c.at {
				s.t.Errorf("%s is told at %v", name, err)
			}
		}
		grouped := row(4)
		grouped.IMEI = "35-693803-564380-9"
		phone, err := s.RegisterSale(ctx, as(care.Clerk), grouped)
		if err != nil || phone.Unit.IMEI != "356938035643809" {
			s.t.Errorf("an IMEI in groups is kept as %q: %v", phone.Unit.IMEI, err)
		}
		for _, text := range []string{"IMP0001", "imp 0001", "Купувач", "T14", "R2"} {
			list, _, err := s.FindUnits(ctx, as(care.Clerk), text, care.Page{})
			if err != nil || !slices.ContainsFunc(list, func(r care.UnitRecord) bool { return r.Unit.ID == rec.Unit.ID }) {
				s.t.Errorf("%q finds %d units without it: %v", text, len(list), err)
			}
		}
	})
}

// TestCheckWarranty tells what is in force to whoever knows the number, and
// nothing about people, money or the other number.
//
// Walks: B4, D4.
func TestCheckWarranty(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		price := amount("900.00", "EUR")
		s.sell(as(care.Clerk), func(r *desk.SaleRow) {
			r.Serial, r.IMEI, r.IMEI2, r.Category, r.Customer, r.Price = "SN-77", "990000000001034", "990000000001026", "phone", contact(), &price
		})
		bySerial, err := s.CheckWarranty(ctx, "bg-omni", "sn 77", "en")
		if err != nil {
			s.t.Fatal(err)
		}
		byIMEI, err := s.CheckWarranty(ctx, "bg-omni", "990000000001034", "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		bySecond, err := s.CheckWarranty(ctx, "bg-omni", "99-0000-0000-01026", "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		for name, c := range map[string]struct {
			check desk.Check
			want  [2]string
		}{"serial": {bySerial, [2]string{"SN-77", ""}}, "IMEI": {byIMEI, [2]string{"", "990000000001034"}}, "second IMEI": {bySecond, [2]string{}}} {
			if got := [2]string{c.check.Serial, c.check.IMEI}; got != c.want {
				s.t.Errorf("asked by %s the numbers %q are told, want %q", name, got, c.want)
			}
		}
		w := cover(s.t, bySerial.Covers, "warranty")
		if !w.InForce || w.LastDay.String() != "2027-06-02" || len(w.Clauses) == 0 || w.Clauses[0].Text == cover(s.t, byIMEI.Covers, "warranty").Clauses[0].Text {
			s.t.Errorf("in force: %+v", w)
		}
		if text := asJSON(s.t, bySerial); slices.ContainsFunc([]string{contact().Name, contact().Phone, "900.00"}, func(x string) bool { return strings.Contains(text, x) }) {
			s.t.Errorf("the check tells too much:\n%s", text)
		}
		_, err = s.CheckWarranty(ctx, "bg-omni", " ", "en")
		s.fails("no number", "invalid error.required", err)
		_, err = s.CheckWarranty(ctx, "nobody", "SN-77", "en")
		s.fails("no retailer", "not_found error.no_retailer", err)
	})
}
