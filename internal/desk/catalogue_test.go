package desk_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// TestCatalogue keeps products, finds them, and shows visitors what a buyer of
// today would be covered by.
//
// Walks: A1.
func TestCatalogue(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of("ru-omsk", care.Clerk)
		months := 24
		p, err := s.SaveProduct(ctx, clerk, care.Product{SKU: "NB-1", Category: "laptop", Brand: "Lenovo", Model: "T14", WarrantyMonths: &months, WarrantyIssuer: "manufacturer", WeightGrams: 1500})
		if err != nil {
			s.t.Fatal(err)
		}
		second, err := s.SaveProduct(ctx, clerk, care.Product{SKU: "TV-1", Category: "tv", Brand: "LG", Model: "OLED", WeightGrams: 21000, NoLoaner: true})
		if err != nil {
			s.t.Fatal(err)
		}
		for text, want := range map[string]string{"nb-1": "", "NB-1": p.ID, "NB": p.ID, "lenovo": p.ID, "t14 lenovo": p.ID, "oled": second.ID, "lg": second.ID} {
			list, _, err := s.Products(ctx, clerk, text, "", care.Page{})
			if got := len(list) == 1 && list[0].ID == want; err != nil || got != (want != "") {
				s.t.Errorf("%q finds %+v, %v", text, list, err)
			}
		}
		if list, _, err := s.Products(ctx, clerk, "", "tv", care.Page{}); err != nil || len(list) != 1 || list[0].ID != second.ID {
			s.t.Errorf("televisions: %+v, %v", list, err)
		}
		_, err = s.SaveProduct(ctx, clerk, care.Product{SKU: "NB-1", Category: "laptop", Brand: "HP", Model: "X"})
		s.fails("an article that is taken", "conflict error.sku_taken", err)
		p.Model = "T14 Gen 5"
		if p, err = s.SaveProduct(ctx, clerk, p); err != nil {
			s.t.Fatal(err)
		}
		if v, err := s.Product(ctx, clerk, "NB-1"); err != nil || v.Model != "T14 Gen 5" || v.ID != p.ID {
			s.t.Errorf("changed: %+v, %v", v, err)
		}
		for name, bad := range map[string]care.Product{"category": {Brand: "X", Model: "Y"}, "brand": {Category: "tv", Model: "Y"}, "model": {Category: "tv", Brand: "X"},
			"weight_grams": {Category: "tv", Brand: "X", Model: "Y", WeightGrams: -1}, "warranty_issuer": {Category: "tv", Brand: "X", Model: "Y", WarrantyIssuer: "aunt"}} {
			if _, err := s.SaveProduct(ctx, clerk, bad); fieldOf(err) != name {
				s.t.Errorf("wrong %s: %v", name, err)
			}
		}
		_, err = s.SaveProduct(ctx, of("ru-omsk", care.Technician), care.Product{Category: "tv", Brand: "X", Model: "Y"})
		s.fails("by a technician", "forbidden error.forbidden", err)
		items, _, err := s.Catalogue(ctx, "ru-omsk", "t14", "", "ru", care.Page{})
		if err != nil || len(items) != 1 {
			s.t.Fatalf("%+v, %v", items, err)
		}
		if c := cover(s.t, items[0].Covers, policy.Warranty); c.LastDay.String() != "2028-03-10" {
			s.t.Errorf("two years from today end on %s", c.LastDay)
		}
		if items, _, err = s.Catalogue(ctx, "bg-omni", "", "", "bg", care.Page{}); err != nil || len(items) != 0 {
			s.t.Errorf("another retailer sees %+v, %v", items, err)
		}
	})
}

// TestDocuments adds papers to a product, sends them in an answer, and keeps
// them from whoever was not sent them.
//
// Walks: C12.
func TestDocuments(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of("ru-xiaomi", care.Clerk)
		p, err := s.SaveProduct(ctx, clerk, care.Product{SKU: "X14", Category: "phone", Brand: "Xiaomi", Model: "14"})
		if err != nil {
			s.t.Fatal(err)
		}
		pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0, 1, 2, 255}, 1000)...)
		manual, err := s.AddDocument(ctx, clerk, p.ID, desk.NewDocument{Title: "Руководство", Lang: "ru", Name: `C:\docs\manual.exe`, Content: pdf})
		if err != nil || manual.Type != "application/pdf" || manual.Name != "manual.exe.pdf" || manual.Size != len(pdf) {
			s.t.Fatalf("%+v, %v", manual, err)
		}
		link, err := s.AddDocument(ctx, clerk, "X14", desk.NewDocument{Title: "Сертификат", Link: "https://docs.example/x14.pdf"})
		if err != nil {
			s.t.Fatal(err)
		}
		for name, bad := range map[string]struct {
			in   desk.NewDocument
			want string
		}{
			"no title":       {desk.NewDocument{Link: "https://docs.example/"}, "invalid error.required"},
			"nothing":        {desk.NewDocument{Title: "x"}, "invalid error.link_or_file"},
			"both":           {desk.NewDocument{Title: "x", Link: "https://docs.example/", Content: pdf}, "invalid error.link_or_file"},
			"a script":       {desk.NewDocument{Title: "x", Link: "javascript:alert(1)"}, "invalid error.bad_link"},
			"a page":         {desk.NewDocument{Title: "x", Name: "a.pdf", Content: []byte("<html><script>")}, "invalid error.file_type"},
			"a program":      {desk.NewDocument{Title: "x", Name: "a.txt", Content: []byte("MZ\x00\x01")}, "invalid error.file_type"},
			"five megabytes": {desk.NewDocument{Title: "x", Content: append([]byte("%PDF-"), make([]byte, care.MaxDocument)...)}, "invalid error.file_too_large"},
		} {
			_, err := s.AddDocument(ctx, clerk, p.ID, bad.in)
			s.fails(name, bad.want, err)
		}
		who := visitor
		who.Retailer = "ru-xiaomi"
		r := s.submit(who, desk.NewRequest{Kind: care.Documentation, Channel: "portal", Lang: "ru", Customer: contact(), Text: "Нужно руководство", Subject: "Xiaomi 14"})
		if list, err := s.DocumentsFor(ctx, clerk, r.Request.ID, ""); err != nil || len(list) != 1 || len(list[0].Documents) != 2 {
			s.t.Errorf("to be sent: %+v, %v", list, err)
		}
		_, err = s.TrackedDocument(ctx, r.Token, manual.ID)
		s.fails("before it is sent", "not_found error.no_document", err)
		s.fails("a document that is none", "invalid error.no_document", s.AnswerWith(ctx, clerk, r.Request.ID, "Вот", []string{"none"}))
		if err := s.AnswerWith(ctx, clerk, r.Request.ID, "Отправляем.", []string{manual.ID, link.ID, manual.ID}); err != nil {
			s.t.Fatal(err)
		}
		seen, err := s.Tracked(ctx, r.Token, "ru")
		if err != nil || len(seen.Request.Thread) != 1 || len(seen.Request.Sent[seen.Request.Thread[0].ID]) != 2 || seen.Request.Request.AnsweredAt.IsZero() {
			s.t.Fatalf("the customer sees %+v, %v", seen.Request, err)
		}
		if err := s.WithdrawDocument(ctx, clerk, manual.ID); err != nil {
			s.t.Fatal(err)
		}
		if got, err := s.TrackedDocument(ctx, r.Token, manual.ID); err != nil || !bytes.Equal(got.Content, pdf) {
			s.t.Errorf("what was sent is gone: %v", err)
		}
		if v, err := s.Product(ctx, clerk, p.ID); err != nil || len(v.Documents) != 1 {
			s.t.Errorf("a withdrawn document is offered: %+v, %v", v, err)
		}
		other := s.submit(who, desk.NewRequest{Kind: care.Documentation, Channel: "portal", Lang: "ru", Customer: contact(), Text: "И мне"})
		_, err = s.TrackedDocument(ctx, other.Token, link.ID)
		s.fails("by another's link", "not_found error.no_document", err)
		_, err = s.OpenDocument(ctx, of("ru-omsk", care.Manager), link.ID)
		s.fails("by another retailer", "not_found error.no_document", err)
	})
}

// TestReplacementCovers gives another unit for a broken one: in Russia its
// terms start anew, in Bulgaria those of the first one go on, with the time in
// service; its page tells the history of both.
//
// Walks: RU-21.2, BG-37.2, BG-42.2.
func TestReplacementCovers(t *testing.T) {
	for name, c := range map[string]struct {
		retailer, centre, sold string
		months                 int
		basis                  policy.Basis
		last                   string
	}{
		"D42: RU, the warranty starts anew":        {"ru-omsk", "omsk-service", "2026-02-01", 12, policy.Warranty, "2027-02-10"},
		"D43: BG, the original terms and the stay": {"bg-omni", "omni-service", "2025-03-01", 24, policy.Statute, "2027-03-01"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(s *shop) {
				ctx, boss := s.t.Context(), of(c.retailer, care.Manager)
				s.now = time.Date(2026, 2, 9, 5, 0, 0, 0, time.UTC)
				old := s.sell(boss, func(r *desk.SaleRow) { r.Date, r.Delivered, r.WarrantyMonths = day(c.sold), day(c.sold), &c.months })
				in := ask(old.Unit.Serial)
				in.Basis, in.Channel = policy.Statute, "counter"
				r := s.submit(boss, in)
				s.do(boss, r.Claim.ID, care.Accept{Place: c.centre, Documents: in.Documents}, hardware("mainboard"))
				s.now = time.Date(2026, 2, 10, 5, 0, 0, 0, time.UTC)
				s.replaced(boss, r.Claim.ID, "NEW-"+c.retailer)
				v, err := s.Unit(ctx, boss, "NEW-"+c.retailer, "en")
				if err != nil {
					s.t.Fatal(err)
				}
				got := cover(s.t, v.Check.Covers, c.basis)
				if c.retailer == "bg-omni" {
					if want := day(c.last).AddDays(got.ProlongedDays); got.LastDay != want || got.ProlongedDays < 2 {
						s.t.Errorf("covered until %s with %d days in service, want %s", got.LastDay, got.ProlongedDays, want)
					}
				} else if got.LastDay != day(c.last) {
					s.t.Errorf("covered until %s, want %s", got.LastDay, c.last)
				}
				if len(v.Before) != 1 || v.Before[0].ID != old.Unit.ID || len(v.Before[0].Claims) != 1 || v.Replaces == nil {
					s.t.Errorf("the history before: %+v", v.Before)
				}
				was, err := s.Unit(ctx, boss, old.Unit.Serial, "en")
				if err != nil || len(was.After) != 1 || was.After[0].ID != v.Unit.ID || was.Replaced == nil {
					s.t.Errorf("the history after: %+v, %v", was.After, err)
				}
			})
		})
	}
}

// replaced carries a claim through a replacement to its end.
func (s *shop) replaced(actor care.Actor, claim, serial string) {
	s.t.Helper()
	c, err := s.Claim(s.t.Context(), actor, claim, "en")
	if err != nil {
		s.t.Fatal(err)
	}
	if c.Claim.State != care.Replacing {
		s.do(actor, claim, care.ChooseRemedy{Remedy: "replacement"})
	}
	s.do(actor, claim, care.Replace{Serial: serial}, care.MarkReady{}, care.HandOver{}, care.Close{})
}
