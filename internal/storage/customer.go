package storage

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// PutCustomer stores a customer.
func (t *Tx) PutCustomer(ctx context.Context, c care.Customer) error {
	digits := foldDigits(c.Phone)
	err := t.put(ctx, "customer", 2, []column{
		{"retailer_id", c.Retailer}, {"customer_id", c.ID}, {"name", c.Name}, {"phone", c.Phone}, {"email", c.Email},
		{"lang", c.Lang}, {"address", c.Address}, {"settlement", c.Settlement}, {"created_at", micros(c.Created)},
		{"phone_fold", some(digits)}, {"phone_back", some(backwards(digits))}, {"email_fold", some(foldEmail(c.Email))},
	})
	if err == nil {
		err = t.indexWords(ctx, c.Retailer, customerScope, c.ID, foldWords(c.Name))
	}
	return wrap("put customer", err)
}

const customerColumns = "retailer_id, customer_id, name, phone, email, lang, address, settlement, created_at"

func customerFields(c *care.Customer) []any {
	return []any{&c.Retailer, &c.ID, &c.Name, &c.Phone, &c.Email, &c.Lang, &c.Address, &c.Settlement, intoTime{&c.Created}}
}

// Customer finds a customer.
func (t *Tx) Customer(ctx context.Context, retailer, id string) (care.Customer, error) {
	var c care.Customer
	err := t.one(ctx, "SELECT "+customerColumns+" FROM customer WHERE retailer_id = $1 AND customer_id = $2",
		[]any{retailer, id}, customerFields(&c)...)
	return c, wrap("customer", err)
}

// A household may share a phone: the customer with both contacts comes
// first, then the one who came first.
const customerByContact = "SELECT " + customerColumns + ` FROM customer WHERE retailer_id = $1 AND customer_id IN (
		SELECT customer_id FROM customer WHERE retailer_id = $1 AND phone_fold = $2
		UNION SELECT customer_id FROM customer WHERE retailer_id = $1 AND email_fold = $3)
	ORDER BY CASE WHEN phone_fold = $2 AND email_fold = $3 THEN 0 WHEN phone_fold = $2 THEN 1 ELSE 2 END, created_at, customer_id
	LIMIT 1`

// CustomerByContact finds a customer by phone or e-mail; "" matches nothing.
func (t *Tx) CustomerByContact(ctx context.Context, retailer, phone, email string) (care.Customer, error) {
	var c care.Customer
	if err := clean(phone, email); err != nil {
		return c, wrap("customer by contact", err)
	}
	err := t.one(ctx, customerByContact, []any{retailer, some(foldDigits(phone)), some(foldEmail(email))}, customerFields(&c)...)
	return c, wrap("customer by contact", err)
}

var customerKind = kind{"customer_id", func(s *search, text string) []string { return s.people(text) }}

// SearchCustomers finds customers by name, e-mail, or the beginning or the end
// of the phone, in the order of their names.
func (t *Tx) SearchCustomers(ctx context.Context, retailer, text string, limit int) ([]care.Customer, error) {
	f, err := t.finding(ctx, retailer, customerKind, text)
	if err != nil || f.whole == "" && len(f.words) == 0 {
		return nil, wrap("search customers", err)
	}
	query, args := searchCustomersQuery(retailer, f, limit)
	found, err := list(ctx, t, customerFields, query, args...)
	return found, wrap("search customers", err)
}

func searchCustomersQuery(retailer string, f finding, limit int) (string, []any) {
	var w where
	w.is("c.retailer_id", retailer) // $1
	f.matches(&w, "c.customer_id")
	return w.with + "SELECT " + customerColumns + " FROM customer c" + w.String() + " ORDER BY c.name, c.customer_id LIMIT " + w.arg(limit), w.args
}
