package storage

import (
	"context"
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

const (
	// mostWords is how many words of what a person typed are looked at.
	mostWords = 6
	// fewFound is how many objects a word may find for the other words to be
	// looked for among these only.
	fewFound = 300
)

// kind is a kind of object that people search for.
type kind struct {
	id string // the column of its ids: claim_id, request_id or unit_id
	// sources give the queries that find objects by a text, each by an index.
	sources func(s *search, text string) []string
}

// finding is how a text is looked for: as a whole, or by all of its words.
type finding struct {
	kind  kind
	whole string
	words []string // the rarest first
	few   bool     // the rarest word finds few
}

// finding decides how to look for what a person typed: as a whole where that
// finds anything (a model, a full name, a serial number with a space in it),
// else by all of its words (a name and a model). Of these one may be in every
// second object; the rarest goes first, to look for the others among few. A
// text without a letter or digit narrows nothing.
func (t *Tx) finding(ctx context.Context, retailer string, k kind, text string) (finding, error) {
	if err := clean(text); err != nil || len(foldWords(text)) == 0 {
		return finding{}, err
	}
	words := slices.DeleteFunc(strings.Fields(text), func(w string) bool { return len(foldWords(w)) == 0 })
	words = words[:min(len(words), mostWords)]
	f := finding{kind: k, whole: text}
	if len(words) < 2 {
		return f, nil
	}
	if n, err := t.rarity(ctx, retailer, k, text, 1); err != nil || n > 0 {
		return f, err
	}
	found := make(map[string]int, len(words))
	for _, word := range words {
		n, err := t.rarity(ctx, retailer, k, word, fewFound)
		if err != nil {
			return f, err
		}
		found[word] = n
	}
	slices.SortStableFunc(words, func(a, b string) int { return found[a] - found[b] })
	return finding{kind: k, words: words, few: found[words[0]] < fewFound}, nil
}

// rarity counts what a text finds, up to most; what is found in two ways
// counts twice.
func (t *Tx) rarity(ctx context.Context, retailer string, k kind, text string, most int) (int, error) {
	var n int
	query, args := rarityQuery(retailer, k, text, most)
	err := t.one(ctx, query, args, &n)
	return n, err
}

func rarityQuery(retailer string, k kind, text string, most int) (string, []any) {
	var w where
	w.is("retailer_id", retailer) // $1
	s := search{w: &w, kind: k}
	return "SELECT count(*) FROM (SELECT " + k.id + " FROM (" + s.set(text) + ") AS found LIMIT " + w.arg(most) + ") AS counted", w.args
}

// search builds the conditions of a finding. It works on sets of ids; the
// first argument of the query is the retailer.
type search struct {
	w *where
	kind
	within bool // look only among the few
}

// matches adds the condition that column is among the objects found.
func (f finding) matches(w *where, column string) {
	s := search{w: w, kind: f.kind}
	if f.whole != "" {
		w.and(column + " IN (" + s.set(f.whole) + ")")
	}
	for i, word := range f.words {
		if i == 0 && f.few {
			w.with = "WITH few AS MATERIALIZED (" + s.set(word) + ") "
			w.and(column + " IN (SELECT " + s.id + " FROM few)")
			s.within = true
			continue
		}
		w.and(column + " IN (" + s.set(word) + ")")
	}
}

func (s *search) set(text string) string { return strings.Join(s.sources(s, text), " UNION ALL ") }

// among narrows a source to the few.
func (s *search) among(column string) string {
	if !s.within {
		return ""
	}
	return " AND " + column + " IN (SELECT " + s.id + " FROM few)"
}

// anyOf is a condition on a column that names another object. Among few, the
// index of that column would be the long way: hidden in an expression, it is
// not taken.
func (s *search) anyOf(column, ids string) string {
	if s.within {
		column = "coalesce(" + column + ", '')"
	}
	return column + " IN (" + ids + ")" + s.among(s.id)
}

// words finds the ids of a scope's objects that have all the words of a text;
// a word may be cut short.
func (s *search) words(scope, text, among string) string {
	words := foldWords(text)
	sets := make([]string, 0, len(words))
	for _, word := range words[:min(len(words), mostWords)] {
		sets = append(sets, "SELECT object_id FROM search_word WHERE retailer_id = $1 AND scope = '"+scope+"' AND "+
			s.w.startsWith("word", word)+among)
	}
	return strings.Join(sets, " INTERSECT ")
}

// named finds objects by their own words.
func (s *search) named(scope, text string) string {
	return "SELECT object_id AS " + s.id + " FROM (" + s.words(scope, text, s.among("object_id")) + ") AS of_words"
}

// numbered finds objects by their own number or the beginning of one of its
// parts.
func (s *search) numbered(scope, text string) string {
	return "SELECT object_id AS " + s.id + " FROM search_word WHERE retailer_id = $1 AND scope = '" + scope + "' AND " +
		s.w.startsWith("word", foldIdentity(text)) + s.among("object_id")
}

// identity finds rows by the beginning of a number.
func (s *search) identity(table, column, text string) string {
	return "SELECT " + s.id + " FROM " + table + " WHERE retailer_id = $1 AND " + s.w.startsWith(column, foldIdentity(text)) + s.among(s.id)
}

// shortestTail is the fewest digits that a phone is looked for by.
const shortestTail = 4

// customers finds a table's rows by their customer.
func (s *search) customers(table, text string) string {
	return "SELECT " + s.id + " FROM " + table + " WHERE retailer_id = $1 AND " + s.anyOf("customer_id", strings.Join(s.people(text), " UNION ALL "))
}

// people finds customers by name, e-mail, or the beginning or the end of the
// phone number, with or without the prefix of a long-distance call.
func (s *search) people(text string) []string {
	sets := []string{
		"SELECT object_id AS customer_id FROM (" + s.words(customerScope, text, "") + ") AS of_name",
		"SELECT customer_id FROM customer WHERE retailer_id = $1 AND " + s.w.startsWith("email_fold", foldEmail(text)),
	}
	if tail := phoneTail(text); len(tail) >= shortestTail {
		sets = append(sets, "SELECT customer_id FROM customer WHERE retailer_id = $1 AND "+s.w.startsWith("phone_back", backwards(tail)))
	}
	for _, head := range phoneHeads(text) {
		sets = append(sets, "SELECT customer_id FROM customer WHERE retailer_id = $1 AND "+s.w.startsWith("phone_fold", head))
	}
	return sets
}

// wholePhone is how many digits a number has that is typed to its end: its
// beginning need not be looked for.
const wholePhone = 11

// phoneHeads are the beginnings of stored numbers that a text may be the
// beginning of: with what was typed or left out before the area in either
// country.
func phoneHeads(text string) []string {
	digits := foldDigits(text)
	if !phoneLike(text) || len(digits) < shortestTail || len(digits) >= wholePhone {
		return nil
	}
	heads := []string{digits}
	for typed, stored := range map[string][]string{"": {"7", "8", "0", "359"}, "7": {"8"}, "8": {"7"}, "0": {"359"}, "359": {"0"}} {
		if rest, ok := strings.CutPrefix(digits, typed); ok {
			for _, s := range stored {
				heads = append(heads, s+rest)
			}
		}
	}
	slices.Sort(heads)
	return heads
}

// phoneLike reports whether a text may be a phone number.
func phoneLike(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789+-() .\u00a0", r) })
}

// phoneTail is the digits of a text that may be a phone number, without what
// is dialled before the area: +7 and 8 in Russia, +359 and 0 in Bulgaria.
func phoneTail(word string) string {
	if !phoneLike(word) {
		return ""
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

var unitKind = kind{"unit_id", unitSources}

// unitSources find units as SearchUnits promises.
func unitSources(s *search, text string) []string {
	sets := []string{
		s.named(unitScope, text),
		"SELECT unit_id FROM unit WHERE retailer_id = $1 AND " + s.anyOf("product_id", s.words(productScope, text, "")),
		s.identity("sale", "receipt_fold", text),
		s.identity("sale", "certificate_fold", text),
		s.customers("sale", text),
	}
	for _, column := range identityColumns {
		sets = append(sets, s.identity("unit", column, text))
	}
	return sets
}

// SearchUnits finds units by serial, IMEI, brand and model, the customer's
// name, phone or e-mail, receipt or certificate number; by id.
func (t *Tx) SearchUnits(ctx context.Context, retailer, text string, page care.Page) ([]care.UnitRecord, string, error) {
	from, _, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	f, err := t.finding(ctx, retailer, unitKind, text)
	if err != nil {
		return nil, "", wrap("search units", err)
	}
	query, args := searchUnitsQuery(retailer, f, from, limit)
	units, err := list(ctx, t, unitFields, query, args...)
	if err != nil {
		return nil, "", wrap("search units", err)
	}
	units, next := cut(units, limit, func(u care.Unit) position { return position{id: u.ID} })
	records, err := t.withSales(ctx, retailer, units)
	return records, next, wrap("search units", err)
}

func searchUnitsQuery(retailer string, f finding, from position, limit int) (string, []any) {
	var w where
	w.is("u.retailer_id", retailer) // $1
	w.and("u.unit_id > " + w.arg(from.id))
	f.matches(&w, "u.unit_id")
	return w.with + "SELECT " + unitColumns + " FROM unit u" + w.String() + " ORDER BY u.unit_id LIMIT " + w.arg(limit+1), w.args
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
