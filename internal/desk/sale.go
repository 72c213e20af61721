package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// SaleRow is one sale as it comes from a file, the API or the counter. Zero
// values and nil are unknown.
type SaleRow struct {
	Row int    // number in its file, for reports; 0 = none
	Key string // stable key of the row; "" = made of receipt, date, serial, IMEI and SKU

	SKU      string
	Category string // required; policy vocabulary "categories"
	Brand    string // required
	Model    string
	Serial   string // this or IMEI is required
	IMEI     string
	IMEI2    string

	Shop      string        // Place.ID
	Channel   string        // policy vocabulary "sale_channels"; "" = store
	Date      calendar.Date // required
	Delivered calendar.Date
	Receipt   string
	Price     *money.Amount

	IMEIOnReceipt     *bool
	CardInKit         *bool
	OriginalPackaging *bool
	DigitalElements   *bool
	WeightGrams       int

	WarrantyMonths *int
	WarrantyIssuer string // manufacturer or retailer

	Certificate      string
	CertificateSold  calendar.Date
	CertificatePrice *money.Amount

	Customer Contact // a zero one = sold to nobody we know
}

// RowError says why a row was refused. A reader of files yields it for rows
// that it can't read; the import goes on with the next.
type RowError struct {
	Row    int
	Column string
	Reason error // *care.Error where the desk refused it
}

// Error names the row and the column.
func (e *RowError) Error() string { return fmt.Sprintf("row %d, %s: %v", e.Row, e.Column, e.Reason) }

// Unwrap is the reason.
func (e *RowError) Unwrap() error { return e.Reason }

// ImportReport counts an import.
type ImportReport struct {
	Read    int // rows seen
	Added   int
	Known   int // there already: importing twice adds nothing
	Refused int
}

// ImportOptions tune an import; the zero value is good.
type ImportOptions struct {
	Batch    int                // rows a transaction; 0 = 500
	Progress func(ImportReport) // after every batch; nil = none
	Refused  func(*RowError)    // each refused row; nil = none
}

// ImportSales brings sales in, in batches of one transaction each. It may be
// broken off and run again: rows that are there are counted as known. An
// error of the iterator that is no *RowError ends the import.
func (d *Desk) ImportSales(ctx context.Context, actor care.Actor, rows iter.Seq2[SaleRow, error], opt ImportOptions) (ImportReport, error) {
	if err := may(actor, ImportSales); err != nil {
		return ImportReport{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return ImportReport{}, err
	}
	if opt.Batch <= 0 {
		opt.Batch = 500
	}
	im := &importer{d: d, actor: actor, terms: t, opt: opt, products: map[string]string{}}
	for row, err := range rows {
		im.report.Read++
		if err := im.take(ctx, row, err); err != nil {
			return im.report, fmt.Errorf("import sales: %w", err)
		}
	}
	if err := im.flush(ctx); err != nil {
		return im.report, fmt.Errorf("import sales: %w", err)
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		return d.audit(ctx, tx, actor, string(ImportSales), "sale", "", "", map[string]string{"read": fmt.Sprint(im.report.Read),
			"added": fmt.Sprint(im.report.Added), "known": fmt.Sprint(im.report.Known), "refused": fmt.Sprint(im.report.Refused)})
	})
	return im.report, err
}

// RegisterSale records one sale. A sale that is there already is a conflict.
func (d *Desk) RegisterSale(ctx context.Context, actor care.Actor, row SaleRow) (care.UnitRecord, error) {
	out, err := d.RegisterSaleWith(ctx, actor, row, nil)
	return out.UnitRecord, err
}

// RecordedSale is a sale just recorded, with the certificate that was sold
// with it.
type RecordedSale struct {
	care.UnitRecord
	Certificate *SoldCertificate // nil = none was
}

// RegisterSaleWith records one sale and sells a certificate with it (A5): both
// or neither. nil sells none; Unit and Customer of with are the sale's own.
func (d *Desk) RegisterSaleWith(ctx context.Context, actor care.Actor, row SaleRow, with *CertificateSale) (RecordedSale, error) {
	if err := may(actor, WriteRegistry); err != nil {
		return RecordedSale{}, err
	}
	if with != nil {
		if err := may(actor, SellCertificates); err != nil {
			return RecordedSale{}, err
		}
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return RecordedSale{}, err
	}
	if err := row.check(t); err != nil {
		return RecordedSale{}, err.Reason
	}
	if err := care.SoldBy(calendar.DateOf(d.now(), t.zone), row.Date, "date"); err != nil {
		return RecordedSale{}, err
	}
	var out RecordedSale
	im := &importer{d: d, actor: actor, terms: t, products: map[string]string{}}
	err = d.store.Tx(ctx, func(tx Tx) error {
		_, err := tx.SaleByKey(ctx, actor.Retailer, row.Key)
		if !missing(&err) {
			if err == nil {
				err = care.Fail(care.Conflict, "sale_known", "receipt", row.Receipt)
			}
			return err
		}
		unit, err := im.add(ctx, tx, row)
		if err != nil {
			return err
		}
		out = RecordedSale{}
		if out.UnitRecord, err = d.record(ctx, tx, unit); err != nil {
			return err
		}
		if err := d.audit(ctx, tx, actor, "sale.register", "sale", out.Sale.ID, "", nil); err != nil || with == nil {
			return err
		}
		sold, err := d.sellCertificate(ctx, tx, actor, t, out.UnitRecord, *with)
		if err != nil {
			return err
		}
		out.Certificate = &sold
		out.UnitRecord, err = d.record(ctx, tx, unit)
		return err
	})
	if err != nil {
		return RecordedSale{}, fmt.Errorf("register sale: %w", err)
	}
	return out, nil
}

// importer is one import under way.
type importer struct {
	d        *Desk
	actor    care.Actor
	terms    terms
	opt      ImportOptions
	report   ImportReport
	batch    []SaleRow
	products map[string]string // SKU or brand and model → Product.ID, of committed batches
}

func (im *importer) take(ctx context.Context, row SaleRow, err error) error {
	var bad *RowError
	switch {
	case errors.As(err, &bad):
	case err != nil:
		return err
	default:
		bad = row.check(im.terms)
	}
	if bad != nil {
		im.refuse(bad)
		return nil
	}
	im.batch = append(im.batch, row)
	if len(im.batch) < im.opt.Batch {
		return nil
	}
	return im.flush(ctx)
}

func (im *importer) refuse(bad *RowError) {
	im.report.Refused++
	if im.opt.Refused != nil {
		im.opt.Refused(bad)
	}
}

func (im *importer) flush(ctx context.Context) error {
	if len(im.batch) == 0 {
		return nil
	}
	keys := make([]string, len(im.batch))
	for i, row := range im.batch {
		keys[i] = row.Key
	}
	added, known := 0, 0
	var refused []*RowError
	err := im.d.store.Tx(ctx, func(tx Tx) error {
		added, known, refused = 0, 0, nil
		clear(im.products) // what a rolled back batch made is not there
		have, err := tx.HaveSaleKeys(ctx, im.actor.Retailer, keys)
		if err != nil {
			return fmt.Errorf("known sales: %w", err)
		}
		for _, row := range im.batch {
			if have[row.Key] {
				known++
				continue
			}
			bad, err := im.certificateFree(ctx, tx, row)
			if err != nil {
				return fmt.Errorf("row %d: %w", row.Row, err)
			}
			if bad != nil {
				refused = append(refused, bad)
				continue
			}
			if _, err := im.add(ctx, tx, row); err != nil {
				return fmt.Errorf("row %d: %w", row.Row, err)
			}
			if have == nil {
				have = map[string]bool{}
			}
			have[row.Key] = true // the same row twice in one file
			added++
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, bad := range refused {
		im.refuse(bad)
	}
	im.report.Added += added
	im.report.Known += known
	im.batch = im.batch[:0]
	if im.opt.Progress != nil {
		im.opt.Progress(im.report)
	}
	return nil
}

// check finds what is wrong with a row, and makes its stable key.
func (row *SaleRow) check(t terms) *RowError {
	bad := func(column string, err error) *RowError {
		if err == nil {
			return nil
		}
		return &RowError{Row: row.Row, Column: column, Reason: err}
	}
	for _, s := range []*string{&row.SKU, &row.Brand, &row.Model, &row.Serial, &row.IMEI, &row.IMEI2, &row.Receipt, &row.Certificate} {
		*s = strings.TrimSpace(*s)
	}
	if row.Channel == "" {
		row.Channel = "store"
	}
	for _, n := range []struct {
		field  string
		number *string
	}{{"imei", &row.IMEI}, {"imei2", &row.IMEI2}} {
		read, err := care.ReadIMEI(n.field, *n.number)
		if err != nil {
			return bad(n.field, err)
		}
		*n.number = read
	}
	checks := []struct {
		column string
		err    error
	}{
		{"category", oneOf(row.Category, "categories", "category")},
		{"brand", required(row.Brand, "brand")},
		{"serial", required(row.Serial+row.IMEI, "serial")},
		{"channel", oneOf(row.Channel, "sale_channels", "channel")},
		{"date", required(strings.TrimPrefix(row.Date.String(), calendar.Date{}.String()), "date")},
		{"warranty_months", monthsOK(row.WarrantyMonths)},
		{"delivered", care.NotBeforeSale(row.Delivered, row.Date, "delivered", "delivered")},
		{"price", notNegative(row.Price, "price")},
		{"certificate_price", notNegative(row.CertificatePrice, "certificate_price")},
	}
	if row.WarrantyIssuer != "" {
		checks = append(checks, struct {
			column string
			err    error
		}{"warranty_issuer", oneOf(row.WarrantyIssuer, "issuers", "warranty_issuer")})
	}
	for _, c := range checks {
		if e := bad(c.column, c.err); e != nil {
			return e
		}
	}
	if row.Shop != "" && !t.hasPlace(row.Shop) {
		return bad("shop", care.Fail(care.Invalid, "no_place", "place", row.Shop).At("shop"))
	}
	if row.Key == "" {
		row.Key = stableKey(row.Receipt, row.Date.String(), strings.ToUpper(row.Serial), row.IMEI, row.SKU)
	}
	return nil
}

func (t terms) hasPlace(id string) bool {
	for _, c := range t.pack.Centres {
		if c.ID == id {
			return true
		}
	}
	return false
}

func monthsOK(m *int) error {
	if m != nil && (*m < 0 || *m > 1200) {
		return care.Fail(care.Invalid, "bad_months", "value", fmt.Sprint(*m)).At("warranty_months")
	}
	return nil
}

func notNegative(sum *money.Amount, field string) error {
	if sum != nil && sum.Minor < 0 {
		return care.Fail(care.Invalid, "cost_negative").At(field)
	}
	return nil
}

func stableKey(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return "row:" + hex.EncodeToString(sum[:16])
}

// add stores one sale with its product, unit and customer.
func (im *importer) add(ctx context.Context, tx Tx, row SaleRow) (care.Unit, error) {
	product, err := im.product(ctx, tx, row)
	if err != nil {
		return care.Unit{}, err
	}
	unit, err := im.unit(ctx, tx, row, product)
	if err != nil {
		return care.Unit{}, err
	}
	sale, err := im.sale(ctx, tx, row, unit)
	if err != nil {
		return care.Unit{}, err
	}
	if err := tx.PutSale(ctx, sale); err != nil {
		return care.Unit{}, fmt.Errorf("store sale: %w", err)
	}
	if sale.Certificate == "" {
		return unit, nil
	}
	return unit, im.d.enterCertificate(ctx, tx, im.terms, unit, sale, care.CertificateFromImport)
}

// certificateFree refuses a row whose certificate is another device's.
func (im *importer) certificateFree(ctx context.Context, tx Tx, row SaleRow) (*RowError, error) {
	if row.Certificate == "" {
		return nil, nil
	}
	c, err := tx.CertificateByNumber(ctx, im.actor.Retailer, row.Certificate)
	if missing(&err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find certificate: %w", err)
	}
	known, err := tx.UnitsByIdentity(ctx, im.actor.Retailer, cmp.Or(row.Serial, row.IMEI))
	if err != nil {
		return nil, fmt.Errorf("find unit: %w", err)
	}
	for _, u := range known {
		if u.ID == c.Unit {
			return nil, nil
		}
	}
	return &RowError{Row: row.Row, Column: "certificate", Reason: care.Fail(care.Conflict, "certificate_taken", "number", row.Certificate).At("certificate")}, nil
}

func (im *importer) product(ctx context.Context, tx Tx, row SaleRow) (string, error) {
	if row.SKU == "" {
		return "", nil
	}
	if id, ok := im.products[row.SKU]; ok {
		return id, nil
	}
	p, err := tx.ProductBySKU(ctx, im.actor.Retailer, row.SKU)
	if missing(&err) {
		id, err := im.d.newID()
		if err != nil {
			return "", err
		}
		p = care.Product{ID: id, Retailer: im.actor.Retailer, SKU: row.SKU, Category: row.Category, Brand: row.Brand, Model: row.Model,
			WarrantyMonths: row.WarrantyMonths, WarrantyIssuer: row.WarrantyIssuer, WeightGrams: row.WeightGrams, DigitalElements: row.DigitalElements}
		if err := tx.PutProduct(ctx, p); err != nil {
			return "", fmt.Errorf("store product: %w", err)
		}
	}
	if err != nil {
		return "", fmt.Errorf("find product: %w", err)
	}
	im.products[row.SKU] = p.ID
	return p.ID, nil
}

// unit finds the unit that was sold, or makes it: a device that came back and
// was sold again is one unit with two sales.
func (im *importer) unit(ctx context.Context, tx Tx, row SaleRow, product string) (care.Unit, error) {
	identity := row.Serial
	if identity == "" {
		identity = row.IMEI
	}
	known, err := tx.UnitsByIdentity(ctx, im.actor.Retailer, identity)
	if err != nil {
		return care.Unit{}, fmt.Errorf("find unit: %w", err)
	}
	for _, u := range known {
		if strings.EqualFold(u.Brand, row.Brand) && u.Category == row.Category {
			return u, nil
		}
	}
	id, err := im.d.newID()
	if err != nil {
		return care.Unit{}, err
	}
	u := care.Unit{ID: id, Retailer: im.actor.Retailer, Product: product, Category: row.Category, Brand: row.Brand, Model: row.Model,
		Serial: row.Serial, IMEI: row.IMEI, IMEI2: row.IMEI2, DigitalElements: row.DigitalElements}
	if err := tx.PutUnit(ctx, u); err != nil {
		return care.Unit{}, fmt.Errorf("store unit: %w", err)
	}
	return u, nil
}

func (im *importer) sale(ctx context.Context, tx Tx, row SaleRow, unit care.Unit) (care.Sale, error) {
	id, err := im.d.newID()
	if err != nil {
		return care.Sale{}, err
	}
	version, err := im.d.versionAt(im.actor.Retailer, row.Date)
	if err != nil {
		return care.Sale{}, err
	}
	customer := ""
	if row.Customer.Name != "" {
		c, err := im.d.customerFor(ctx, tx, im.actor, im.terms.lang(""), row.Customer)
		if err != nil {
			return care.Sale{}, err
		}
		customer = c.ID
	}
	return care.Sale{ID: id, Retailer: im.actor.Retailer, Key: row.Key, Unit: unit.ID, Customer: customer, Shop: row.Shop,
		Channel: row.Channel, Date: row.Date, Delivered: row.Delivered, Receipt: row.Receipt, Price: row.Price,
		IMEIOnReceipt: row.IMEIOnReceipt, CardInKit: row.CardInKit, OriginalPackaging: row.OriginalPackaging,
		WarrantyMonths: row.WarrantyMonths, WarrantyIssuer: row.WarrantyIssuer, Certificate: row.Certificate,
		CertificateSold: row.CertificateSold, CertificatePrice: row.CertificatePrice, PackVersion: version}, nil
}
