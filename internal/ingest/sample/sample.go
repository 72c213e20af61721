package sample

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/desk"
)

// Options tune a sample; zero values stand for the shipped files.
type Options struct {
	Rows  int           // demonstration units included; 0 = 3,000
	Seed  uint64        // 0 = 1
	Until calendar.Date // last day of sale; zero = 2026-11-21
}

// The shipped files.
const (
	defaultRows = 3000
	defaultSeed = 1
	months      = 30 // that the sales stretch over
)

// Until is the last day of the shipped files.
func Until() calendar.Date { return calendar.MustDate("2026-11-21") }

func (o Options) filled() Options {
	if o.Rows <= 0 {
		o.Rows = defaultRows
	}
	if o.Seed == 0 {
		o.Seed = defaultSeed
	}
	if o.Until.IsZero() {
		o.Until = Until()
	}
	return o
}

// Retailers lists the retailers that there are samples of.
func Retailers() []string { return []string{"bg-omni", "ru-omsk", "ru-xiaomi"} }

// Unit is a unit for demonstrations.
type Unit struct {
	Name  string       // within its retailer: "laptop"
	Shows string       // what it is good for
	Sale  desk.SaleRow // as a file with it would be read
}

// Demo lists a retailer's units for demonstrations, as old on the given day as
// their descriptions say; zero = the last day of the shipped files.
func Demo(retailer string, until calendar.Date) ([]Unit, error) {
	g, err := newGenerator(retailer, Options{Until: until}.filled())
	if err != nil {
		return nil, fmt.Errorf("demonstration units: %w", err)
	}
	return g.demo()
}

// Find is the demonstration unit of a name.
func Find(retailer, name string, until calendar.Date) (Unit, error) {
	units, err := Demo(retailer, until)
	if err != nil {
		return Unit{}, err
	}
	if i := slices.IndexFunc(units, func(u Unit) bool { return u.Name == name }); i >= 0 {
		return units[i], nil
	}
	return Unit{}, fmt.Errorf("demonstration units of %s: there is no %q", retailer, name)
}

// Sales makes the rows of a sample, as its file would be read.
func Sales(retailer string, opt Options) ([]desk.SaleRow, error) {
	opt = opt.filled()
	g, err := newGenerator(retailer, opt)
	if err != nil {
		return nil, fmt.Errorf("sample sales: %w", err)
	}
	units, err := g.demo()
	if err != nil {
		return nil, fmt.Errorf("sample sales: %w", err)
	}
	rows := make([]desk.SaleRow, 0, opt.Rows)
	for _, u := range units[:min(opt.Rows, len(units))] {
		rows = append(rows, u.Sale)
	}
	return append(rows, g.sales(opt.Rows-len(rows))...), nil
}

// Write writes a sample as the file that the retailer's system would export.
func Write(w io.Writer, retailer string, opt Options) error {
	rows, err := Sales(retailer, opt)
	if err != nil {
		return err
	}
	if err := dialects()[retailer].write(w, rows, opt.filled().Seed); err != nil {
		return fmt.Errorf("write sample sales: %w", err)
	}
	return nil
}

func unknown(retailer string) error {
	return fmt.Errorf("there is no sample of %q: expected one of %s", retailer, strings.Join(Retailers(), ", "))
}
