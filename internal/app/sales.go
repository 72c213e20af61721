package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/ingest"
	"github.com/talon-care/talon/internal/ingest/sample"
)

// explain tells a refusal in English; what the database or the network said
// stays as it is.
func (s *system) explain(err error) error { return explain(s.words.Locale("en"), err) }

func explain(l *i18n.Locale, err error) error {
	var e *care.Error
	if !errors.As(err, &e) {
		return err
	}
	told := errors.New(l.T(e.Key, e.Args))
	if e.Args == nil {
		told = errors.New(l.T(e.Key))
	}
	if e.Code == care.Invalid || e.Code == care.NotFound {
		return BadInput(told)
	}
	return errors.Join(ErrRefused, told)
}

// SalesImport is what `talon import sales` brings in.
type SalesImport struct {
	Retailer  string
	File      string            // "-" for standard input
	Columns   []string          // HEADER=FIELD, see ingest.ParseMapping
	Constants map[string]string // field → what every row has
	Words     map[string]string // a word of the file → the vocabulary's
	Encoding  string            // "" = found out
	Refused   string            // CSV file for the refused rows; "" = none
	Lang      string            // of the reasons; "" = English
	Progress  bool              // tell how far it is
}

// ImportSales reads a file of sales into the registry. Rows that are wrong are
// reported and left out; the rest goes in. It answers ErrRefused when no row
// of the file could be taken.
func ImportSales(ctx context.Context, cfg Config, in SalesImport, stdin io.Reader, out, notes io.Writer) error {
	s, err := openSystem(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.store.Ready(ctx); err != nil {
		return BadInput(fmt.Errorf("the database is not ready: %w", err))
	}
	l := s.words.Locale(in.Lang)
	file, size, err := openInput(stdin, in.File)
	if err != nil {
		return BadInput(err)
	}
	defer file.Close()
	opt, err := s.readOptions(in)
	if err != nil {
		return explain(l, err)
	}
	opt.Opened = func(f ingest.Layout) {
		if len(f.Unknown) > 0 {
			fmt.Fprintf(notes, "columns that nothing is read from: %s\n", strings.Join(f.Unknown, ", "))
		}
	}
	if in.Progress {
		opt.Progress = func(p ingest.Progress) { showProgress(notes, p, size) }
	}
	refused, err := newRefusals(in.Refused, l, notes)
	if err != nil {
		return BadInput(err)
	}
	report, err := s.desk.ImportSales(ctx, care.System(in.Retailer), ingest.ReadSales(file, opt), desk.ImportOptions{Refused: refused.add})
	if err := errors.Join(err, refused.close()); err != nil {
		return explain(l, err)
	}
	fmt.Fprintf(out, "%d rows read: %d added, %d already there, %d refused\n", report.Read, report.Added, report.Known, report.Refused)
	if report.Refused > 0 && report.Added+report.Known == 0 {
		return fmt.Errorf("no row of the file could be taken: %w", ErrRefused)
	}
	return nil
}

func (s *system) readOptions(in SalesImport) (ingest.Options, error) {
	program, err := s.packs.Program(in.Retailer, calendar.Date{})
	if err != nil {
		return ingest.Options{}, BadInput(fmt.Errorf("retailer %q: %w; there are: %s", in.Retailer, err, strings.Join(s.packs.Retailers(), ", ")))
	}
	opt := ingest.OptionsFor(program.Pack)
	opt.Encoding, opt.Words, opt.Columns, opt.Constants = in.Encoding, in.Words, map[string]ingest.Field{}, map[ingest.Field]string{}
	zone, err := time.LoadLocation(program.Pack.Zone)
	if err != nil {
		return opt, err
	}
	opt.Today = calendar.DateOf(s.now(), zone)
	for _, text := range in.Columns {
		header, field, err := ingest.ParseMapping(text)
		if err != nil {
			return opt, err
		}
		opt.Columns[header] = field
	}
	for field, value := range in.Constants {
		opt.Constants[ingest.Field(field)] = value
	}
	return opt, nil
}

// openInput opens a file, or standard input for "-", and tells its size where
// it has one.
func openInput(stdin io.Reader, name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(stdin), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func showProgress(w io.Writer, p ingest.Progress, size int64) {
	if size > 0 {
		fmt.Fprintf(w, "\r%3d %%  %d rows", min(100, p.Bytes*100/size), p.Rows)
		if p.Bytes >= size {
			fmt.Fprintln(w)
		}
		return
	}
	fmt.Fprintf(w, "\r%d rows", p.Rows)
}

// refusals tells each refused row: a line for a person, and a row of a CSV
// file for whoever mends the sales.
type refusals struct {
	l     *i18n.Locale
	notes io.Writer
	file  *os.File
	csv   *csv.Writer
	told  int
}

// mostTold is how many refused rows a person is told of; the file has all.
const mostTold = 50

func newRefusals(file string, l *i18n.Locale, notes io.Writer) (*refusals, error) {
	r := &refusals{l: l, notes: notes}
	if file == "" {
		return r, nil
	}
	var err error
	if r.file, err = os.Create(file); err != nil {
		return nil, err
	}
	r.csv = csv.NewWriter(r.file)
	return r, r.csv.Write([]string{"row", "column", "reason"})
}

func (r *refusals) add(e *desk.RowError) {
	reason := explain(r.l, e.Reason).Error()
	switch r.told++; {
	case r.told <= mostTold:
		fmt.Fprintf(r.notes, "row %d, %s: %s\n", e.Row, e.Column, reason)
	case r.told == mostTold+1 && r.csv == nil:
		fmt.Fprintln(r.notes, "… further refused rows are only counted; --refused FILE keeps all")
	}
	if r.csv != nil {
		_ = r.csv.Write([]string{strconv.Itoa(e.Row), e.Column, reason}) // close tells of a full disk
	}
}

func (r *refusals) close() error {
	if r.csv == nil {
		return nil
	}
	r.csv.Flush()
	return errors.Join(r.csv.Error(), r.file.Close())
}

// SampleSales writes a retailer's sample file of sales.
func SampleSales(w io.Writer, retailer string, rows int, seed uint64) error {
	return BadInput(sample.Write(w, retailer, sample.Options{Rows: rows, Seed: seed}))
}
