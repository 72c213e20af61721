package storage

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// The scopes of search words.
const (
	customerScope = "customer"
	productScope  = "product"
	unitScope     = "unit"
	requestScope  = "request"
	claimScope    = "claim"
)

// indexWords makes the words what an object is found by.
func (t *Tx) indexWords(ctx context.Context, retailer, scope, id string, words []string) error {
	var there []string
	err := t.query(ctx, func(scan func(...any) error) error {
		var word string
		err := scan(&word)
		there = append(there, word)
		return err
	}, "SELECT word FROM search_word WHERE retailer_id = $1 AND scope = $2 AND object_id = $3 ORDER BY word", retailer, scope, id)
	if err != nil || slices.Equal(there, words) {
		return err
	}
	if len(there) > 0 {
		_, err := t.exec(ctx, "DELETE FROM search_word WHERE retailer_id = $1 AND scope = $2 AND object_id = $3", retailer, scope, id)
		if err != nil {
			return err
		}
	}
	for _, word := range words {
		err := t.add(ctx, "search_word", []column{{"retailer_id", retailer}, {"scope", scope}, {"word", word}, {"object_id", id}})
		if err != nil {
			return err
		}
	}
	return nil
}

// mostWords is how many words of what a person typed are looked at.
const mostWords = 6

// search builds the condition that finds objects by what a person typed. It
// works on sets of ids, each from an index: first everything that the whole
// text names (a serial with a space in it), then what all of its words find.
type search struct {
	w  *where
	id string // the column of the ids: claim_id, request_id or unit_id
	// sources give the queries that find objects by one word.
	sources func(s *search, word string) []string
}

// matches adds the condition that column is among the objects found; a text
// without a letter or digit narrows nothing.
func (s *search) matches(column, text string) {
	words := strings.Fields(text)
	if len(foldWords(text)) == 0 {
		return
	}
	sets := []string{s.set(text)}
	if len(words) > 1 {
		each := make([]string, 0, len(words))
		for _, word := range words[:min(len(words), mostWords)] {
			if len(foldWords(word)) > 0 {
				each = append(each, "SELECT "+s.id+" FROM ("+s.set(word)+") AS of_word")
			}
		}
		sets = append(sets, strings.Join(each, " INTERSECT "))
	}
	for i, set := range sets {
		sets[i] = "SELECT " + s.id + " FROM (" + set + ") AS found"
	}
	s.w.and(column + " IN (" + strings.Join(sets, " UNION ") + ")")
}

func (s *search) set(word string) string { return strings.Join(s.sources(s, word), " UNION ") }

// words finds the objects of a scope that have all the words of a text; a
// word may be cut short.
func (s *search) words(scope, text string) string {
	words := foldWords(text)
	sets := make([]string, 0, len(words))
	for _, word := range words[:min(len(words), mostWords)] {
		sets = append(sets, "SELECT object_id FROM search_word WHERE retailer_id = $1 AND scope = '"+scope+"' AND "+s.w.startsWith("word", word))
	}
	return strings.Join(sets, " INTERSECT ")
}

// numbered finds the objects of a scope by their own number or the beginning
// of one of its parts.
func (s *search) numbered(scope, text string) string {
	return "SELECT object_id AS " + s.id + " FROM search_word WHERE retailer_id = $1 AND scope = '" + scope + "' AND " +
		s.w.startsWith("word", foldIdentity(text))
}

// identity finds rows by the beginning of a number.
func (s *search) identity(table, column, word string) string {
	return "SELECT " + s.id + " FROM " + table + " WHERE retailer_id = $1 AND " + s.w.startsWith(column, foldIdentity(word))
}

// shortestTail is the fewest digits that a phone is looked for by.
const shortestTail = 4

// customers finds a table's rows by their customer's name, e-mail or the end
// of the phone number, with or without the prefix of a long-distance call.
func (s *search) customers(table, word string) string {
	sets := []string{
		"SELECT object_id AS customer_id FROM (" + s.words(customerScope, word) + ") AS of_name",
		"SELECT customer_id FROM customer WHERE retailer_id = $1 AND " + s.w.startsWith("email_fold", foldEmail(word)),
	}
	if tail := phoneTail(word); len(tail) >= shortestTail {
		sets = append(sets, "SELECT customer_id FROM customer WHERE retailer_id = $1 AND "+s.w.startsWith("phone_back", backwards(tail)))
	}
	return "SELECT " + s.id + " FROM " + table + " WHERE retailer_id = $1 AND customer_id IN (" + strings.Join(sets, " UNION ") + ")"
}

// phoneTail is the digits of a text that may be a phone number, without what
// is dialled before the area: +7 and 8 in Russia, +359 and 0 in Bulgaria.
func phoneTail(word string) string {
	for _, r := range word {
		if !strings.ContainsRune("0123456789+-() .\u00a0", r) {
			return ""
		}
	}
	digits := foldDigits(word)
	switch {
	case len(digits) == 11 && (digits[0] == '8' || digits[0] == '7'):
		return digits[1:]
	case strings.HasPrefix(digits, "359") && len(digits) >= 11:
		return digits[3:]
	}
	return strings.TrimPrefix(digits, "0")
}

// identityColumns hold the folded numbers of a unit.
var identityColumns = []string{"serial_fold", "imei_fold", "imei2_fold"}

// unitSources find units as SearchUnits promises.
func unitSources(s *search, word string) []string {
	sets := []string{
		"SELECT object_id AS unit_id FROM (" + s.words(unitScope, word) + ") AS of_unit",
		"SELECT unit_id FROM unit WHERE retailer_id = $1 AND product_id IN (" + s.words(productScope, word) + ")",
		s.identity("sale", "receipt_fold", word),
		s.identity("sale", "certificate_fold", word),
		s.customers("sale", word),
	}
	for _, column := range identityColumns {
		sets = append(sets, s.identity("unit", column, word))
	}
	return sets
}

// SearchUnits finds units by serial, IMEI, brand and model, the customer's
// name, phone or e-mail, receipt or certificate number; by id.
func (t *Tx) SearchUnits(ctx context.Context, retailer, text string, page care.Page) ([]care.UnitRecord, string, error) {
	from, _, limit, err := pageOf(page)
	if err := errors.Join(err, clean(text)); err != nil {
		return nil, "", err
	}
	query, args := searchUnitsQuery(retailer, text, from, limit)
	units, err := list(ctx, t, unitFields, query, args...)
	if err != nil {
		return nil, "", wrap("search units", err)
	}
	units, next := cut(units, limit, func(u care.Unit) position { return position{id: u.ID} })
	records, err := t.withSales(ctx, retailer, units)
	return records, next, wrap("search units", err)
}

func searchUnitsQuery(retailer, text string, from position, limit int) (string, []any) {
	var w where
	w.is("u.retailer_id", retailer) // $1
	w.and("u.unit_id > " + w.arg(from.id))
	s := search{w: &w, id: "unit_id", sources: unitSources}
	s.matches("u.unit_id", text)
	return "SELECT " + unitColumns + " FROM unit u" + w.String() + " ORDER BY u.unit_id LIMIT " + w.arg(limit+1), w.args
}

// withSales adds to each unit its latest sale and the customer of that.
func (t *Tx) withSales(ctx context.Context, retailer string, units []care.Unit) ([]care.UnitRecord, error) {
	if len(units) == 0 {
		return nil, nil
	}
	ids := make([]string, len(units))
	for i, u := range units {
		ids[i] = u.ID
	}
	var w where
	w.is("retailer_id", retailer)
	in(&w, "unit_id", ids)
	sales, err := list(ctx, t, saleFields, "SELECT "+saleColumns+" FROM sale"+w.String()+" ORDER BY coalesce(sold_on, ''), sale_id", w.args...)
	if err != nil {
		return nil, err
	}
	saleOf := make(map[string]*care.Sale, len(sales)) // the last one stays
	var buyers []string
	for i, s := range sales {
		saleOf[s.Unit] = &sales[i]
		buyers = append(buyers, s.Customer)
	}
	customerOf, err := t.customers(ctx, retailer, buyers)
	if err != nil {
		return nil, err
	}
	records := make([]care.UnitRecord, len(units))
	for i, u := range units {
		records[i] = care.UnitRecord{Unit: u, Sale: saleOf[u.ID]}
		if s := saleOf[u.ID]; s != nil {
			records[i].Customer = customerOf[s.Customer]
		}
	}
	return records, nil
}

func (t *Tx) customers(ctx context.Context, retailer string, ids []string) (map[string]*care.Customer, error) {
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	var w where
	w.is("retailer_id", retailer)
	in(&w, "customer_id", slices.Compact(ids))
	customers, err := list(ctx, t, customerFields, "SELECT "+customerColumns+" FROM customer"+w.String(), w.args...)
	found := make(map[string]*care.Customer, len(customers))
	for i, c := range customers {
		found[c.ID] = &customers[i]
	}
	return found, err
}
