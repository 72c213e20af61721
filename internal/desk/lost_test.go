package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// A customer who lost the link gets another where messages go, if the number
// and the contact belong together; nobody else gets anything, nor learns more.
func TestLostLink(t *testing.T) {
	on(t, func(s *shop) {
		if s.MaySendLinks() {
			t.Error("links are offered without a way out of the house")
		}
		s.withPost(kept{})
		ctx := t.Context()
		got := s.open()
		if _, err := s.RunDue(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.SetTrackedContact(ctx, got.Token, care.ContactWish{Off: true}); err != nil {
			t.Fatal(err)
		}
		sent := func() (links []care.Notice) {
			t.Helper()
			if _, err := s.RunDue(ctx); err != nil {
				t.Fatal(err)
			}
			for _, n := range s.messages(care.NoticeFilter{Claim: got.Claim.ID}) {
				if n.Occasion == care.LinkAsked {
					links = append(links, n)
				}
			}
			return links
		}
		customer := struct{ Phone, Email string }{"+359 890 000 001", "maria@mail.example"}
		cases := []struct {
			name, retailer, number, contact string
			more                            int
		}{
			{"the claim's number and the phone", "bg-omni", got.Claim.Number, customer.Phone, 1},
			{"the request's number and the e-mail in capitals", "bg-omni", strings.ToLower(got.Request.Number), strings.ToUpper(customer.Email), 1},
			{"the phone as at home", "bg-omni", " " + got.Claim.Number + " ", "0890/000-001", 1},
			{"a phone a digit short", "bg-omni", got.Request.Number, customer.Phone[:len(customer.Phone)-1], 0},
			{"the end of the phone", "bg-omni", got.Request.Number, customer.Phone[len(customer.Phone)-4:], 0},
			{"another mail", "bg-omni", "REQ-2020-000001", "eve@mail.example", 0},
			{"another retailer", "ru-omsk", got.Claim.Number, customer.Phone, 0},
			{"an endless number", "bg-omni", strings.Repeat("9", 5000), customer.Phone, 0},
		}
		want := 0
		for i, c := range cases {
			s.now = s.now.Add(time.Second)
			if err := s.SendLink(ctx, c.retailer, c.number, c.contact, "192.0.2.1"); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			want += c.more
			list := sent()
			if len(list) != want {
				t.Fatalf("%d %s: %d messages, want %d", i, c.name, len(list), want)
			}
			if c.more == 0 {
				continue
			}
			n := list[0]
			if n.To != customer.Email || n.Number != got.Claim.Number {
				t.Errorf("%s: %+v", c.name, n)
			}
			token := n.Text[strings.LastIndexByte(n.Text, '/')+1:]
			if opened, err := s.Tracked(ctx, token, "bg"); err != nil || opened.Claim.Claim.ID != got.Claim.ID {
				t.Errorf("%s: the link opens %v", c.name, err)
			}
		}
		s.fails("no number", "invalid error.required", s.SendLink(ctx, "bg-omni", " ", customer.Phone, "192.0.2.1"))
		s.fails("no contact", "invalid error.required", s.SendLink(ctx, "bg-omni", got.Claim.Number, "", "192.0.2.1"))
	})
}

// Asking is counted by number and by address, the same for what is there and
// what is not.
func TestLostLinkTooOften(t *testing.T) {
	on(t, func(s *shop) {
		s.withPost(kept{})
		ctx := t.Context()
		got := s.open()
		for _, number := range []string{got.Claim.Number, "RMA-2020-000009"} {
			for i := range 3 {
				if err := s.SendLink(ctx, "bg-omni", number, "eve@mail.example", fmt.Sprintf("192.0.2.%d", i)); err != nil {
					t.Fatal(err)
				}
			}
			s.fails("a fourth time", "too_many error.too_many_links", s.SendLink(ctx, "bg-omni", number, "maria@mail.example", "192.0.2.9"))
		}
		for i := range 20 {
			if err := s.SendLink(ctx, "bg-omni", fmt.Sprintf("RMA-2021-%06d", i), "x@y.example", "198.51.100.7"); err != nil {
				t.Fatal(err)
			}
		}
		s.fails("a twenty-first number", "too_many error.too_many_links", s.SendLink(ctx, "bg-omni", "RMA-2021-000099", "x@y.example", "198.51.100.7"))
		if list := s.messages(care.NoticeFilter{Claim: got.Claim.ID}); len(list) != 1 || list[0].Occasion != care.RequestReceived {
			t.Errorf("strangers made messages: %v", occasionsOf(list))
		}
		s.now = s.now.Add(time.Hour)
		if err := s.SendLink(ctx, "bg-omni", got.Claim.Number, "maria@mail.example", "198.51.100.7"); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}
