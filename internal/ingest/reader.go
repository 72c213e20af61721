package ingest

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

func itoa(n int) string { return strconv.Itoa(n) }

// ReadSales reads a table of sales, row by row: text in UTF-8, UTF-16 or
// Windows-1251, with commas, semicolons or tabs, the first row that is not
// blank naming the columns. It yields each row as a sale, or as the
// *desk.RowError that says why it is none; another error ends the reading, as
// a missing column does. Blank rows are passed over.
//
// SaleRow.Row and RowError.Row count the lines of the file from 1, as a
// spreadsheet shows them; RowError.Column is the header as the file has it.
//
// The sequence reads r and can be run once.
func ReadSales(r io.Reader, opt Options) iter.Seq2[desk.SaleRow, error] {
	return func(yield func(desk.SaleRow, error) bool) {
		if err := readSales(r, &opt, yield); err != nil {
			yield(desk.SaleRow{}, fmt.Errorf("read sales: %w", err))
		}
	}
}

// readSales runs the reading; it returns what ends it early.
func readSales(r io.Reader, opt *Options, yield func(desk.SaleRow, error) bool) error {
	if err := opt.check(); err != nil {
		return err
	}
	counter := &countingReader{r: r}
	ls, err := newLines(counter, opt.Encoding)
	if err != nil {
		return err
	}
	lay, err := readHeader(ls, opt)
	if errors.Is(err, io.EOF) {
		return care.Fail(care.Invalid, "sales_empty")
	}
	if err != nil {
		return err
	}
	if opt.Opened != nil {
		opt.Opened(lay.Layout)
	}
	rows := 0
	tell := func() {
		if opt.Progress != nil {
			opt.Progress(Progress{Bytes: counter.n, Rows: rows})
		}
	}
	for rec, err := range (&records{lines: ls, comma: byte(lay.Comma)}).all() {
		if err != nil {
			return inLine(ls.number, err)
		}
		row, bad := lay.row(rec, opt)
		if bad != nil {
			row, err = desk.SaleRow{}, bad
		}
		if rows++; !yield(row, err) {
			return nil
		}
		if rows%ProgressEvery == 0 {
			tell()
		}
	}
	tell()
	return nil
}

// all runs the records that are not blank; an error is the last.
func (rs *records) all() iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for {
			rec, err := rs.next()
			if errors.Is(err, io.EOF) || err == nil && !rec.blank() && !yield(rec, nil) {
				return
			}
			if err != nil {
				yield(record{}, err)
				return
			}
		}
	}
}

func (rec *record) blank() bool {
	if rec.fault != nil {
		return false
	}
	for _, cell := range rec.fields {
		if trim(cell) != "" {
			return false
		}
	}
	return true
}
