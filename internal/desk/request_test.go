package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/policy"
)

// TestRequestsOfEveryKind takes each kind from each retailer that takes it,
// with the answer it promises, and refuses the others (A1, A4, B20, C11, C12).
//
// Walks: A1, A4, B20, C11, C12.
func TestRequestsOfEveryKind(t *testing.T) {
	taken := map[string]map[string]bool{
		"bg-omni":   {care.WarrantyService: true, care.Consultation: true, care.TechnicalSupport: true},
		"ru-omsk":   {care.WarrantyService: true, care.Consultation: true, care.TechnicalSupport: true, care.VideoConsultation: true},
		"ru-xiaomi": {care.WarrantyService: true, care.Consultation: true, care.TechnicalSupport: true, care.Documentation: true},
	}
	on(t, func(s *shop) {
		for retailer, kinds := range taken {
			for _, kind := range policy.Words("request_kinds") {
				unit := s.sell(of(retailer, care.Clerk), func(r *desk.SaleRow) { r.Brand = "Xiaomi" }).Unit
				in := desk.NewRequest{Kind: kind, Channel: "email", Customer: contact(), Text: "Въпрос", Identity: unit.Serial, Slot: s.now.Add(48 * time.Hour)}
				r, err := s.Submit(s.t.Context(), of(retailer, care.Clerk), in)
				if !kinds[kind] {
					s.fails(retailer+" "+kind, "invalid error.kind_not_taken", err)
					continue
				}
				if err != nil {
					s.t.Errorf("%s %s: %v", retailer, kind, err)
					continue
				}
				if (r.Claim != nil) != (kind == care.WarrantyService) || r.Request.Unit != unit.ID || r.Token == "" {
					s.t.Errorf("%s %s: claim %v, unit %q", retailer, kind, r.Claim != nil, r.Request.Unit)
				}
				if promised := retailer == "ru-xiaomi"; promised != (r.Request.AnswerDue == "2026-03-11") {
					s.t.Errorf("%s %s: to be answered by %q", retailer, kind, r.Request.AnswerDue)
				}
				if v, err := s.Tracked(s.t.Context(), r.Token, ""); err != nil || v.Request.Request.ID != r.Request.ID || (v.Claim != nil) != (r.Claim != nil) {
					s.t.Errorf("%s %s: its link gives %v", retailer, kind, err)
				}
			}
		}
	})
}

// TestSubmitChecks names what is wrong with a request.
func TestSubmitChecks(t *testing.T) {
	on(t, func(s *shop) {
		unit := s.sell(as(care.Clerk), nil).Unit
		for name, c := range map[string]struct {
			change      func(*desk.NewRequest)
			want, field string
		}{
			"no kind":                    {func(r *desk.NewRequest) { r.Kind = "" }, "invalid error.unknown_value", "kind"},
			"no channel":                 {func(r *desk.NewRequest) { r.Channel = "pigeon" }, "invalid error.unknown_value", "channel"},
			"no name":                    {func(r *desk.NewRequest) { r.Customer.Name = " " }, "invalid error.required", "name"},
			"neither phone nor address":  {func(r *desk.NewRequest) { r.Customer.Phone, r.Customer.Email = "", " " }, "invalid error.contact_required", "phone"},
			"words for a number":         {func(r *desk.NewRequest) { r.Customer.Phone = "няма, 12" }, "invalid error.bad_phone", "phone"},
			"a broken address":           {func(r *desk.NewRequest) { r.Customer.Email = "maria@" }, "invalid error.bad_email", "email"},
			"two addresses in one":       {func(r *desk.NewRequest) { r.Customer.Email = "a@b.c, d@e.f" }, "invalid error.bad_email", "email"},
			"delivery to nowhere":        {func(r *desk.NewRequest) { r.Return, r.Customer.Address = care.ReturnDeliver, "" }, "invalid error.required", "address"},
			"an unknown way back":        {func(r *desk.NewRequest) { r.Return = "drone" }, "invalid error.unknown_value", "return"},
			"a question without text":    {func(r *desk.NewRequest) { r.Kind = care.Consultation }, "invalid error.required", "text"},
			"service for no device":      {func(r *desk.NewRequest) { r.Identity = "" }, "invalid error.required", "serial"},
			"service for an unknown one": {func(r *desk.NewRequest) { r.Identity = "UNKNOWN" }, "not_found error.no_unit", "serial"},
			"a device of no category":    {func(r *desk.NewRequest) { r.Identity, r.Device = "", &desk.Device{Brand: "X", Serial: "Y"} }, "invalid error.unknown_value", "category"},
			"a device of no brand":       {func(r *desk.NewRequest) { r.Identity, r.Device = "", &desk.Device{Category: "phone", Serial: "Y"} }, "invalid error.required", "brand"},
			"a device of no number":      {func(r *desk.NewRequest) { r.Identity, r.Device = "", &desk.Device{Category: "phone", Brand: "X"} }, "invalid error.required", "serial"},
			"an unknown basis":           {func(r *desk.NewRequest) { r.Basis = "hope" }, "invalid error.unknown_value", "basis"},
		} {
			in := ask(unit.Serial)
			c.change(&in)
			_, err := s.Submit(s.t.Context(), visitor, in)
			s.fails(name, c.want, err)
			if got := fieldOf(err); got != c.field {
				s.t.Errorf("%s: at field %q, want %q", name, got, c.field)
			}
		}
		if list, _, err := s.Requests(s.t.Context(), as(care.Clerk), care.RequestFilter{}, care.Page{}); err != nil || len(list) != 0 {
			s.t.Errorf("wrong requests were stored: %v, %v", list, err)
		}
	})
}

// TestThread is the talk about a request: the first answer keeps the promise,
// notes among staff stay among staff, and what is closed stays closed.
func TestThread(t *testing.T) {
	on(t, func(s *shop) {
		ctx, clerk := s.t.Context(), of("ru-xiaomi", care.Clerk)
		who := visitor
		who.Retailer = "ru-xiaomi"
		r := s.submit(who, desk.NewRequest{Kind: care.Consultation, Channel: "portal", Customer: contact(), Text: "Подойдёт ли зарядка?"})
		id := r.Request.ID
		if err := s.Answer(ctx, clerk, id, "Спросить у склада", true); err != nil {
			s.t.Fatal(err)
		}
		v, err := s.Request(ctx, clerk, id)
		if err != nil || !v.Request.AnsweredAt.IsZero() || v.Request.State != care.RequestOpen {
			s.t.Errorf("a note counts as an answer: %+v, %v", v.Request, err)
		}
		s.now = s.now.Add(time.Hour)
		if err := s.Answer(ctx, clerk, id, "Подойдёт.", false); err != nil {
			s.t.Fatal(err)
		}
		answered := s.now
		s.now = s.now.Add(time.Hour)
		if err := s.TrackedSay(ctx, r.Token, "А быстрая?"); err != nil {
			s.t.Fatal(err)
		}
		if v, err = s.Request(ctx, clerk, id); err != nil || v.Request.State != care.RequestOpen || !v.Request.AnsweredAt.Equal(answered) || len(v.Thread) != 3 {
			s.t.Errorf("after a further question: %+v, %v", v, err)
		}
		seen, err := s.Tracked(ctx, r.Token, "ru")
		if err != nil || len(seen.Request.Thread) != 2 || slices.ContainsFunc(seen.Request.Thread, func(m care.Message) bool { return m.Internal }) {
			s.t.Errorf("the customer sees %+v, %v", seen.Request.Thread, err)
		}
		s.fails("an empty answer", "invalid error.required", s.Answer(ctx, clerk, id, " ", false))
		s.fails("an endless answer", "invalid error.too_long", s.Answer(ctx, clerk, id, strings.Repeat("я", 20_001), false))
		if err := s.CloseRequest(ctx, clerk, id); err != nil {
			s.t.Fatal(err)
		}
		s.fails("closing twice", "illegal error.request_closed", s.CloseRequest(ctx, clerk, id))
		s.fails("answering what is closed", "illegal error.request_closed", s.Answer(ctx, clerk, id, "x", false))
		s.fails("writing to what is closed", "illegal error.request_closed", s.TrackedSay(ctx, r.Token, "x"))
		if err := s.Answer(ctx, clerk, id, "Позвонить завтра", true); err != nil {
			s.t.Errorf("a note on what is closed: %v", err)
		}
		claim := s.open()
		s.fails("closing a claim's request", "illegal error.request_is_claim", s.CloseRequest(ctx, as(care.Clerk), claim.Request.ID))
	})
}

// TestTracking opens a claim by its link: what a customer may see and do, and
// nothing else.
func TestTracking(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.decided()
		u := s.hire("ana@omni.example")
		s.do(as(care.Manager), r.Claim.ID, care.Assign{User: u.ID})
		seen, err := s.Tracked(ctx, r.Token, "en")
		if err != nil {
			s.t.Fatal(err)
		}
		v := seen.Claim
		if v.Decision == nil || v.Decision.Lang != "en" || v.Events != nil || v.Assignee != nil || v.Claim.Assignee != "" || v.Claim.Sale.Receipt != "" {
			s.t.Errorf("the customer sees %+v", v)
		}
		for _, a := range v.Actions {
			if !desk.May(visitor, desk.On(a.Command)) {
				s.t.Errorf("the customer is offered %s", a.Command)
			}
		}
		for _, token := range []string{"", "x", r.Token + "x", desk.HashToken(r.Token)} {
			_, err := s.Tracked(ctx, token, "en")
			s.fails("a link that is none", "not_found error.no_tracking", err)
			_, err = s.TrackedDo(ctx, token, care.Cancel{Reason: "x"})
			s.fails("a command by it", "not_found error.no_tracking", err)
			s.fails("a message by it", "not_found error.no_tracking", s.TrackedSay(ctx, token, "x"))
		}
		_, err = s.TrackedDo(ctx, r.Token, care.StartRepair{})
		s.fails("a customer starts the repair", "forbidden error.forbidden", err)
		_, err = s.TrackedDo(ctx, r.Token, care.ChooseRemedy{Remedy: "repair"})
		s.fails("a customer chooses for the retailer", "forbidden error.retailer_chooses", err)
		second, err := s.IssueTracking(ctx, as(care.Clerk), r.Claim.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
		c, err := s.TrackedDo(ctx, second, care.ChooseBasis{Basis: policy.Statute})
		if err != nil || c.Basis != policy.Statute || c.BasisInUse() != policy.Statute {
			s.t.Errorf("chose %q: %v", c.Basis, err)
		}
		if a := s.audits("bg-omni")[0]; a.Actor.Kind != care.CustomerActor || a.Actor.ID != r.Claim.Customer {
			s.t.Errorf("audited as %+v", a)
		}
		question := s.submit(visitor, desk.NewRequest{Kind: care.Consultation, Channel: "portal", Customer: contact(), Text: "?"})
		_, err = s.TrackedDo(ctx, question.Token, care.Cancel{Reason: "x"})
		s.fails("a command on no claim", "not_found error.no_claim", err)
		link := view(s, func(tx *storage.Tx) (care.Tracking, error) { return tx.TrackingByHash(ctx, desk.HashToken(r.Token)) })
		link.Hash, link.Expires = desk.HashToken("expiring"), s.now.Add(time.Hour)
		if err := s.store.Tx(ctx, func(tx *storage.Tx) error { return tx.AddTracking(ctx, link) }); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.Tracked(ctx, "expiring", "bg"); err != nil {
			s.t.Errorf("an hour before its end: %v", err)
		}
		s.now = link.Expires
		_, err = s.Tracked(ctx, "expiring", "bg")
		s.fails("an expired link", "not_found error.no_tracking", err)
	})
}

// TestStrangers keeps a visitor from changing a customer whose phone they
// typed, and from settling what only papers can settle.
func TestStrangers(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		first := s.open()
		in := ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		in.Customer.Email = "thief@mail.example"
		in.Facts = []care.Answer{{Fact: "sale.price", Value: "9999.00 EUR"}, {Fact: "unit.personal_use", Value: "false"}}
		second := s.submit(visitor, in)
		if second.Claim.Customer == first.Claim.Customer {
			s.t.Error("a stranger with a known phone became the customer")
		}
		if second.Claim.Sale.Price != nil || second.Claim.Answers.PersonalUse == nil || *second.Claim.Answers.PersonalUse {
			s.t.Errorf("stated: price %v, personal use %v", second.Claim.Sale.Price, second.Claim.Answers.PersonalUse)
		}
		known := view(s, func(tx *storage.Tx) (care.Customer, error) { return tx.Customer(ctx, "bg-omni", first.Claim.Customer) })
		if known.Email != contact().Email {
			s.t.Errorf("the known customer's address is now %q", known.Email)
		}
		in = ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		same := s.submit(visitor, in)
		if same.Claim.Customer != first.Claim.Customer {
			s.t.Error("the same person with the same particulars became another customer")
		}
		in = ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		in.Channel, in.Customer.Settlement = "counter", "Варна"
		s.submit(as(care.Clerk), in)
		if known = view(s, func(tx *storage.Tx) (care.Customer, error) { return tx.Customer(ctx, "bg-omni", first.Claim.Customer) }); known.Settlement != "Варна" {
			s.t.Errorf("staff may bring a customer up to date, yet the town is %q", known.Settlement)
		}
	})
}

// TestUnknownDevice registers a device that the registry does not know, as
// its owner states it (C5), and finds it the next time.
//
// Walks: C5.
func TestUnknownDevice(t *testing.T) {
	on(t, func(s *shop) {
		who := visitor
		who.Retailer = "ru-xiaomi"
		in := desk.NewRequest{Kind: care.WarrantyService, Channel: "portal", Lang: "ru", Customer: contact(),
			Device:   &desk.Device{Category: "phone", Brand: "Xiaomi", Model: "14", Serial: "X14-9", Sale: care.Sale{ID: "forged", Key: "forged", Date: day("2026-01-15")}},
			Accepted: []string{"erase-data", "contents-may-be-lost", "made-up"}}
		r := s.submit(who, in)
		sale := r.Claim.Sale
		if sale.Channel != "third_party" || sale.ID == "forged" || sale.Key != "" || sale.PackVersion == "" || sale.Unit != r.Claim.Unit.ID {
			s.t.Errorf("registered as %+v", sale)
		}
		if len(r.Claim.Acknowledged) != 2 || len(r.Claim.MissingAcknowledgements()) != 0 {
			s.t.Errorf("acknowledged %+v, missing %v", r.Claim.Acknowledged, r.Claim.MissingAcknowledgements())
		}
		_, err := s.Submit(s.t.Context(), who, in)
		s.fails("the same device again", "conflict error.claim_open", err)
		if check, err := s.CheckWarranty(s.t.Context(), "ru-xiaomi", "x149", "ru"); err != nil || check.Model != "14" {
			s.t.Errorf("the next time: %+v, %v", check, err)
		}
	})
}

// TestAcknowledgementsFirst keeps a device out until the customer has accepted
// what the policy asks for (C8).
//
// Walks: C8.
func TestAcknowledgementsFirst(t *testing.T) {
	on(t, func(s *shop) {
		clerk := of("ru-xiaomi", care.Clerk)
		u := s.sell(clerk, func(r *desk.SaleRow) { r.Brand, r.Category = "Xiaomi", "phone" }).Unit
		in := ask(u.Serial)
		in.Lang = "ru"
		r := s.submit(clerk, in)
		_, err := s.Do(s.t.Context(), clerk, r.Claim.ID, care.Accept{Place: "xiaomi-moscow"})
		s.fails("intake before the acknowledgements", "blocked error.acknowledgement_missing", err)
		if _, err := s.TrackedDo(s.t.Context(), r.Token, care.Acknowledge{IDs: []string{"erase-data", "contents-may-be-lost"}}); err != nil {
			s.t.Fatal(err)
		}
		if c := s.do(clerk, r.Claim.ID, care.Accept{Place: "xiaomi-moscow"}); c.State != care.Accepted || c.Acknowledged[0].By != care.CustomerActor {
			s.t.Errorf("%s, %+v", c.State, c.Acknowledged)
		}
	})
}

// TestLateDemand counts from the day the demand came, if it came before now.
//
// Walks: B8.
func TestLateDemand(t *testing.T) {
	on(t, func(s *shop) {
		for at, want := range map[time.Time]string{s.now.Add(-5 * 24 * time.Hour): "2026-04-06", s.now.Add(24 * time.Hour): "2026-04-14"} {
			in := ask(s.sell(as(care.Clerk), nil).Unit.Serial)
			in.ReceivedAt = at
			if r := s.submit(as(care.Clerk), in); r.Claim.Deadlines[0].Due != want {
				s.t.Errorf("a demand of %s is due %s, want %s", at.Format(time.DateOnly), r.Claim.Deadlines[0].Due, want)
			}
		}
	})
}

// TestPreview decides as a request would be decided and stores nothing.
func TestPreview(t *testing.T) {
	on(t, func(s *shop) {
		price, months := amount("1000.00", "EUR"), 24
		u := s.sell(as(care.Clerk), func(r *desk.SaleRow) { r.Price, r.WarrantyMonths = &price, &months }).Unit
		before := len(s.audits("bg-omni"))
		p, err := s.Preview(s.t.Context(), visitor, ask(u.Serial))
		if err != nil || !p.Known || p.Decision.Basis(policy.Warranty) == nil {
			s.t.Fatalf("%+v, %v", p, err)
		}
		for _, b := range p.Decision.Bases {
			for _, r := range b.Remedies {
				if r.Amount != nil {
					s.t.Errorf("a visitor sees what was paid: %s %v", r.Kind, r.Amount)
				}
			}
		}
		if len(s.audits("bg-omni")) != before {
			s.t.Error("a preview was audited")
		}
		if p, err = s.Preview(s.t.Context(), visitor, desk.NewRequest{Kind: care.WarrantyService, Channel: "portal", Customer: contact(),
			Device: &desk.Device{Category: "phone", Brand: "X", Serial: "UNSEEN"}}); err != nil || p.Known {
			s.t.Errorf("an unknown device: %+v, %v", p.Known, err)
		}
		_, err = s.CheckWarranty(s.t.Context(), "bg-omni", "UNSEEN", "bg")
		s.fails("the previewed device", "not_found error.no_unit", err)
		_, err = s.Preview(s.t.Context(), visitor, desk.NewRequest{Kind: care.Consultation, Channel: "portal", Customer: contact(), Text: "?"})
		s.fails("a preview of a question", "invalid error.kind_not_taken", err)
	})
}
