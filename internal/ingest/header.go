package ingest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// commas are the separators that are known.
const commas = ";,\t"

// maxColumns bounds a table; the widest sheet of a spreadsheet has 16,384.
const maxColumns = 1000

// layout is a header that is understood.
type layout struct {
	headers []string // as written
	order   []cellAt // in the order that rows are read in
	Layout
}

// cellAt is where a field's text comes from.
type cellAt struct {
	field Field
	index int    // of the column; -1 = constant
	text  string // of a constant
	// currency that the header names: "Цена, руб."
	currency string
}

// readHeader finds the first line that is not blank, and the separator that
// makes the most of it. A first line "sep=;" is Excel's way to say which.
func readHeader(ls *lines, opt *Options) (*layout, error) {
	comma := opt.Comma
	for {
		first, err := ls.next()
		if err != nil {
			return nil, err
		}
		if first.fault != nil {
			return nil, inLine(first.number, first.fault)
		}
		text := strings.TrimSpace(first.text)
		if sep, ok := strings.CutPrefix(strings.ToLower(text), "sep="); ok && len(sep) <= 1 && comma == 0 {
			if sep == "" || !strings.Contains(commas, sep) {
				sep = "\t" // TrimSpace took the tab
			}
			comma = rune(sep[0])
			continue
		}
		if strings.Trim(text, commas+" ") == "" {
			continue
		}
		ls.giveBack([]line{first})
		return chooseComma(ls, opt, comma)
	}
}

func inLine(number int, err error) error { return fmt.Errorf("line %d: %w", number, err) }

// chooseComma reads the header with each separator and keeps the reading that
// knows the most columns, or has the most where none is known.
func chooseComma(ls *lines, opt *Options, comma rune) (*layout, error) {
	try := commas
	if comma != 0 {
		try = string(comma)
	}
	var best *layout
	var bestErr error
	var number int
	for _, c := range try {
		rs := &records{lines: ls, comma: byte(c)}
		first := ls.back[0]
		rec, err := rs.next()
		if err != nil {
			return nil, err
		}
		number = rec.row
		used := append([]line{first}, rs.taken...)
		if rec.fault == nil {
			ls.giveBack(used)
		} else {
			ls.giveBack(used[:1]) // next has given the others back
		}
		lay, err := understand(rec, c, opt)
		if better(lay, best) {
			best, bestErr = lay, err
		}
	}
	if bestErr != nil {
		return nil, inLine(number, bestErr)
	}
	rs := &records{lines: ls, comma: byte(best.Comma)}
	if _, err := rs.next(); err != nil {
		return nil, err
	}
	best.Encoding = ls.encoding
	return best, nil
}

func better(a, b *layout) bool {
	switch {
	case b == nil:
		return true
	case len(a.Columns) != len(b.Columns):
		return len(a.Columns) > len(b.Columns)
	}
	return len(a.headers) > len(b.headers)
}

// understand finds the field of each column. An error is for the reader; the
// layout beside it tells how much was known.
func understand(rec record, comma rune, opt *Options) (*layout, error) {
	lay := &layout{Layout: Layout{Comma: comma}}
	for _, h := range rec.fields {
		lay.headers = append(lay.headers, trim(h))
	}
	if rec.fault != nil {
		return lay, rec.fault
	}
	if len(lay.headers) > maxColumns {
		return lay, care.Fail(care.Invalid, "sales_too_many_columns", "max", fmt.Sprint(maxColumns))
	}
	err := lay.place(opt)
	if err == nil {
		err = lay.complete(opt)
	}
	return lay, err
}

// place gives each column its field: the caller's word first, then the known
// names. Two columns of one field are an error unless the caller named one.
func (lay *layout) place(opt *Options) error {
	said, named := map[string]Field{}, map[Field]bool{}
	for _, header := range slices.Sorted(maps.Keys(opt.Columns)) {
		f := opt.Columns[header]
		said[fold(header)], named[f] = f, true
		if !slices.ContainsFunc(lay.headers, func(h string) bool { return fold(h) == fold(header) }) {
			return care.Fail(care.Invalid, "sales_no_such_column", "column", header, "field", string(f), "columns", strings.Join(lay.headers, ", "))
		}
	}
	at := map[Field]cellAt{}
	var fault error
	for i, h := range lay.headers {
		f, currency := knownHeader(h)
		own, byCaller := said[fold(h)]
		switch {
		case h == "" || own == Ignored:
			continue
		case byCaller && own != f:
			f, currency = own, ""
		case !byCaller && (f == "" || named[f]):
			lay.Unknown = append(lay.Unknown, h)
			continue
		}
		if first, taken := at[f]; taken && fault == nil {
			fault = care.Fail(care.Invalid, "sales_column_twice", "first", lay.headers[first.index], "second", h, "field", string(f))
		}
		at[f] = cellAt{field: f, index: i, currency: currency}
		lay.Columns = append(lay.Columns, Column{Header: h, Field: f})
	}
	lay.arrange(at, opt.Constants)
	return fault
}

// arrange puts the columns, and the constants for those that are not there,
// into the order that rows are read in.
func (lay *layout) arrange(at map[Field]cellAt, constants map[Field]string) {
	for _, f := range fields {
		text, constant := constants[f]
		switch c, ok := at[f]; {
		case ok:
			lay.order = append(lay.order, c)
		case constant:
			lay.order = append(lay.order, cellAt{field: f, index: -1, text: text})
		}
	}
}

// knownHeader finds a header's field, and the currency it names.
func knownHeader(h string) (Field, string) {
	names, name := headerNames(), fold(h)
	if f, ok := names[name]; ok {
		return f, ""
	}
	at := strings.LastIndexByte(name, ' ')
	if at < 0 {
		return "", ""
	}
	if currency, ok := word("currency", name[at+1:]); ok {
		if f := names[name[:at]]; f == FieldPrice || f == FieldCertificatePrice {
			return f, currency
		}
	}
	return "", ""
}

// complete says which required columns are missing, and how they may be
// called.
func (lay *layout) complete(opt *Options) error {
	have := func(f Field) bool { return slices.ContainsFunc(lay.order, func(c cellAt) bool { return c.field == f }) }
	var missing []string
	for _, f := range []Field{FieldDate, FieldCategory, FieldBrand, FieldSerial} {
		if !have(f) && (f != FieldSerial || !have(FieldIMEI)) {
			missing = append(missing, string(f))
		}
	}
	if len(missing) > 0 {
		var names []string
		for _, f := range missing {
			names = append(names, exampleNames(Field(f)))
		}
		return care.Fail(care.Invalid, "sales_columns_missing", "fields", strings.Join(missing, ", "),
			"expected", strings.Join(names, "; "), "columns", strings.Join(lay.headers, ", "))
	}
	priced := have(FieldPrice) || have(FieldCertificatePrice)
	if priced && opt.Currency == nil && !have(FieldCurrency) && !lay.namesCurrencies() {
		return care.Fail(care.Invalid, "sales_no_currency", "expected", exampleNames(FieldCurrency))
	}
	return nil
}

func (lay *layout) namesCurrencies() bool {
	return !slices.ContainsFunc(lay.order, func(c cellAt) bool {
		return (c.field == FieldPrice || c.field == FieldCertificatePrice) && c.currency == ""
	})
}

// exampleNames are the first names of a field's column in each language.
func exampleNames(f Field) string {
	var names []string
	for _, cells := range tsv(headersTSV) {
		name, _, _ := strings.Cut(cells[2], "|")
		if Field(cells[0]) == f && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if f == FieldSerial {
		names = append(names, "imei")
	}
	return strings.Join(names, " / ")
}
