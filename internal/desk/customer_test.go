package desk_test

import (
	"slices"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

func called(list []care.Customer) (out []string) {
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out
}

// A clerk finds the customers of the own retailer, and nobody else's.
func TestFindCustomersOfTheRetailerOnly(t *testing.T) {
	on(t, func(s *shop) {
		s.open()
		other := of("ru-omsk", care.Clerk)
		in := ask(s.sell(other, nil).Unit.Serial)
		in.Lang, in.Basis, in.Customer.Name = "ru", "", "Мария Чужая"
		theirs := s.submit(other, in).Request.Customer
		for _, c := range []struct {
			by   desk.Contact
			want []string
		}{
			{desk.Contact{Name: "мар"}, []string{"Мария Пробна"}},
			{desk.Contact{Phone: "00 001"}, []string{"Мария Пробна"}},
			{desk.Contact{Email: "maria@"}, []string{"Мария Пробна"}},
			{desk.Contact{Name: "Пробна", Phone: "0890 000 001"}, []string{"Мария Пробна"}},
			{desk.Contact{Name: "Пробна", Phone: "0890 999 999"}, []string{"Мария Пробна"}},
			{desk.Contact{Name: "чужая"}, nil},
			{desk.Contact{}, nil},
			{desk.Contact{Name: "-", Phone: "12"}, nil},
		} {
			list, err := s.FindCustomers(s.t.Context(), as(care.Clerk), c.by)
			if err != nil || !slices.Equal(called(list), c.want) {
				s.t.Errorf("%+v finds %v, %v; want %v", c.by, called(list), err, c.want)
			}
		}
		_, err := s.Customer(s.t.Context(), as(care.Clerk), theirs)
		s.fails("a customer of another retailer", "not_found error.no_customer", err)
		for _, role := range care.Roles() {
			_, err := s.FindCustomers(s.t.Context(), as(role), desk.Contact{Name: "мария"})
			_, one := s.Customer(s.t.Context(), as(role), theirs)
			if may := slices.Contains([]care.Role{care.Clerk, care.Dispatcher, care.Manager}, role); (err == nil) != may || (care.CodeOf(one) == care.Forbidden) == may {
				s.t.Errorf("%s: searching gives %v, reading %v", role, err, one)
			}
		}
		_, err = s.FindCustomers(s.t.Context(), visitor, desk.Contact{Name: "мария"})
		s.fails("a visitor of the portal", "forbidden error.forbidden", err)
	})
}

// The customer whom a clerk chose is the one of the claim, with what was
// mended; another name is another person.
func TestSubmitForTheChosenCustomer(t *testing.T) {
	on(t, func(s *shop) {
		clerk := as(care.Clerk)
		first := s.open().Request
		// A household shares its phone: the contact alone finds the first.
		son := ask(s.sell(clerk, nil).Unit.Serial)
		son.Customer.Name = "Петър Пробен"
		second := s.submit(clerk, son).Request
		if second.Customer == first.Customer {
			s.t.Fatal("another name was taken for the same customer")
		}
		again := ask(s.sell(clerk, nil).Unit.Serial)
		again.CustomerID, again.Customer = second.Customer, desk.Contact{Name: " петър пробен ", Phone: "+359 890 000 001", Email: "petar@mail.example"}
		if got := s.submit(clerk, again).Request.Customer; got != second.Customer {
			s.t.Errorf("the claim is of %s, %s was chosen", got, second.Customer)
		}
		c, err := s.Customer(s.t.Context(), clerk, second.Customer)
		if err != nil || c.Name != "Петър Пробен" || c.Email != "petar@mail.example" || c.Settlement != "София" {
			s.t.Errorf("the chosen customer is now %+v, %v", c, err)
		}
		renamed := ask(s.sell(clerk, nil).Unit.Serial)
		renamed.CustomerID, renamed.Customer.Name, renamed.Customer.Phone = second.Customer, "Иван Друг", "+359 890 000 777"
		if got := s.submit(clerk, renamed).Request.Customer; got == second.Customer || got == first.Customer {
			s.t.Error("another name was written over a known customer")
		}
	})
}

func TestNobodyIsChosenFromOutside(t *testing.T) {
	on(t, func(s *shop) {
		theirs := s.open().Request.Customer
		in := ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		in.CustomerID = theirs
		_, err := s.Submit(s.t.Context(), visitor, in)
		s.fails("a visitor names a customer", "forbidden error.forbidden", err)

		other := of("ru-omsk", care.Clerk)
		in = ask(s.sell(other, nil).Unit.Serial)
		in.Lang, in.Basis, in.CustomerID = "ru", "", theirs
		_, err = s.Submit(s.t.Context(), other, in)
		s.fails("a customer of another retailer", "not_found error.no_customer", err)
	})
}
