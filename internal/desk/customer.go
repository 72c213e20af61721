package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// mostCustomers is how many customers a search shows: who is not among them
// is found by another letter, not by reading on.
const mostCustomers = 8

// FindCustomers searches the retailer's customers by what is known of one so
// far: all of it together, else the phone, the e-mail or the name alone,
// whichever first finds anybody. A name may be cut short, of a phone the end
// is enough. No more than a few are given, to staff who open claims for them.
func (d *Desk) FindCustomers(ctx context.Context, actor care.Actor, by Contact) (list []care.Customer, err error) {
	if err := may(actor, FindCustomers); err != nil {
		return nil, err
	}
	by = by.trimmed()
	phone := strings.Join(strings.Fields(by.Phone), "") // one word of the search
	texts := []string{strings.Join([]string{by.Name, phone, by.Email}, " "), phone, by.Email, by.Name}
	err = d.store.View(ctx, func(tx Tx) error {
		for _, text := range texts {
			if list, err = tx.SearchCustomers(ctx, actor.Retailer, strings.TrimSpace(text), mostCustomers); err != nil || len(list) > 0 {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find customers: %w", err)
	}
	return list, nil
}

// Customer is one of the retailer's customers, by id.
func (d *Desk) Customer(ctx context.Context, actor care.Actor, id string) (out care.Customer, err error) {
	if err := may(actor, FindCustomers); err != nil {
		return out, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		out, err = knownCustomer(ctx, tx, actor, id)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("show customer: %w", err)
	}
	return out, nil
}

func knownCustomer(ctx context.Context, tx Tx, actor care.Actor, id string) (care.Customer, error) {
	c, err := tx.Customer(ctx, actor.Retailer, id)
	if missing(&err) {
		return c, care.Fail(care.NotFound, "no_customer")
	}
	if err != nil {
		return c, fmt.Errorf("read customer: %w", err)
	}
	return c, nil
}

// SameName tells whether a name typed is still that of the customer: particulars
// of a known customer may be mended, but another name is another person.
func SameName(c care.Customer, name string) bool {
	return strings.EqualFold(strings.TrimSpace(c.Name), strings.TrimSpace(name))
}
