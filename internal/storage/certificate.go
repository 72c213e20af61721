package storage

import (
	"context"
	"fmt"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// PutCertificate stores a certificate; its number must be free, and no other
// one may be sold for its sale.
func (t *Tx) PutCertificate(ctx context.Context, c care.Certificate) error {
	return wrap("put certificate", t.put(ctx, "certificate", 2, []column{
		{"retailer_id", c.Retailer}, {"certificate_id", c.ID}, {"number", c.Number}, {"number_fold", foldIdentity(c.Number)},
		{"unit_id", c.Unit}, {"sale_id", c.Sale}, {"customer_id", some(c.Customer)}, {"state", string(c.State)},
		{"origin", string(c.Origin)}, {"plan", c.Plan}, {"price_minor", minor(c.Price)}, {"price_currency", currency(c.Price)},
		{"sold_on", c.SoldOn.String()}, {"sold_at", micros(c.SoldAt)}, {"sold_by", c.SoldBy}, {"pack_version", c.PackVersion},
		{"terms_version", c.TermsVersion}, {"from_on", day(c.From)}, {"last_on", day(c.LastDay)}, {"until_on", c.Until.String()},
		{"ended_on", day(c.EndedOn)}, {"ended_at", micros(c.EndedAt)}, {"ended_by", c.EndedBy}, {"clause", c.Clause},
		{"reason", c.Reason}, {"costs_minor", minor(c.Costs)}, {"costs_currency", currency(c.Costs)},
		{"refund_minor", minor(c.Refund)}, {"refund_currency", currency(c.Refund)}, {"link_hash", some(c.Link)},
	}))
}

const certificateColumns = `c.retailer_id, c.certificate_id, c.number, c.unit_id, c.sale_id, c.customer_id, c.state, c.origin, c.plan,
	c.price_minor, c.price_currency, c.sold_on, c.sold_at, c.sold_by, c.pack_version, c.terms_version, c.from_on, c.last_on, c.until_on,
	c.ended_on, c.ended_at, c.ended_by, c.clause, c.reason, c.costs_minor, c.costs_currency, c.refund_minor, c.refund_currency,
	c.link_hash, m.entry_id, m.state, m.paid_at, m.paid_by, m.reference`

// certificateFrom is the register with what the ledger says of refunds.
const certificateFrom = ` FROM certificate c LEFT JOIN money_entry m ON m.retailer_id = c.retailer_id AND m.certificate_id = c.certificate_id AND m.state <> 'cancelled'`

func certificateFields(c *care.Certificate) []any {
	return []any{&c.Retailer, &c.ID, &c.Number, &c.Unit, &c.Sale, intoText{&c.Customer}, &c.State, &c.Origin, &c.Plan,
		intoPrice{&c.Price}, intoCurrency{&c.Price}, intoDate{&c.SoldOn}, intoTime{&c.SoldAt}, &c.SoldBy, &c.PackVersion, &c.TermsVersion,
		intoDate{&c.From}, intoDate{&c.LastDay}, intoDate{&c.Until}, intoDate{&c.EndedOn}, intoTime{&c.EndedAt}, &c.EndedBy, &c.Clause,
		&c.Reason, intoPrice{&c.Costs}, intoCurrency{&c.Costs}, intoPrice{&c.Refund}, intoCurrency{&c.Refund},
		intoText{&c.Link}, intoText{&c.Entry}, intoText{(*string)(&c.EntryState)}, intoTime{&c.PaidAt}, intoText{&c.PaidBy}, intoText{&c.Reference}}
}

const certificateByNumber = "SELECT " + certificateColumns + certificateFrom + " WHERE c.retailer_id = $1 AND c.number_fold = $2"

// CertificateByNumber finds a certificate by its number, however it is spelt.
func (t *Tx) CertificateByNumber(ctx context.Context, retailer, number string) (care.Certificate, error) {
	var c care.Certificate
	err := t.one(ctx, certificateByNumber, []any{retailer, foldIdentity(number)}, certificateFields(&c)...)
	return c, wrap("certificate by number", err)
}

// CertificateByLink finds a certificate in all retailers by the hash of the
// customer's link.
func (t *Tx) CertificateByLink(ctx context.Context, hash string) (care.Certificate, error) {
	var c care.Certificate
	err := t.one(ctx, "SELECT "+certificateColumns+certificateFrom+" WHERE c.link_hash = $1", []any{hash}, certificateFields(&c)...)
	return c, wrap("certificate by link", err)
}

const certificatesOfUnit = "SELECT " + certificateColumns + certificateFrom + ` WHERE c.retailer_id = $1 AND c.unit_id = $2
	ORDER BY c.certificate_id DESC`

// CertificatesOfUnit lists a unit's certificates, newest first.
func (t *Tx) CertificatesOfUnit(ctx context.Context, retailer, unit string) ([]care.Certificate, error) {
	list, err := list(ctx, t, certificateFields, certificatesOfUnit, retailer, unit)
	return list, wrap("certificates of unit", err)
}

// Certificates lists the register by the day of sale, newest first.
func (t *Tx) Certificates(ctx context.Context, retailer string, f care.CertificateFilter, page care.Page) ([]care.CertificateItem, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	if err := clean(f.Text); err != nil {
		return nil, "", err
	}
	text, args := certificatesQuery(retailer, f, from, started, limit)
	items, err := list(ctx, t, func(i *care.CertificateItem) []any {
		return append(append(certificateFields(&i.Certificate), unitFields(&i.UnitRow)...), intoText{&i.CustomerName}, &i.Moving)
	}, text, args...)
	if err != nil {
		return nil, "", wrap("certificates", err)
	}
	items, next := cut(items, limit, func(i care.CertificateItem) position { return position{dayNumber(i.SoldOn), i.ID} })
	return items, next, nil
}

func certificatesQuery(retailer string, f care.CertificateFilter, from position, started bool, limit int) (string, []any) {
	var w where
	w.is("c.retailer_id", retailer) // $1
	in(&w, "c.state", f.States)
	if f.Phase != "" {
		w.is("c.state", string(care.CertificateSold))
		on := w.arg(f.On.String())
		w.and("(" + map[care.CertificatePhase]string{
			care.CertificateWaiting: "c.from_on > " + on,
			care.CertificateInForce: "c.from_on <= " + on + " AND (c.last_on >= " + on + " OR c.until_on >= " + on + ")",
			care.CertificateOver:    "c.last_on < " + on + " AND c.until_on < " + on,
			care.CertificateUnknown: "c.from_on IS NULL AND " + on + " <> ''",
		}[f.Phase] + " OR " + movingTerm + ")")
	}
	if f.Owed {
		w.and("(m.state IN ('due', 'approved') OR c.state = 'refunded' AND c.refund_minor IS NULL AND m.entry_id IS NULL)")
	}
	if !f.SoldFrom.IsZero() {
		w.and("c.sold_on >= " + w.arg(f.SoldFrom.String()))
	}
	if !f.SoldTo.IsZero() {
		w.and("c.sold_on <= " + w.arg(f.SoldTo.String()) + " AND c.sold_on <> ''")
	}
	if folded := foldIdentity(f.Text); folded != "" {
		one := w.arg(folded)
		w.and("(" + w.startsWith("c.number_fold", folded) + " OR c.unit_id IN (SELECT unit_id FROM unit WHERE retailer_id = $1 AND serial_fold = " + one +
			" UNION SELECT unit_id FROM unit WHERE retailer_id = $1 AND imei_fold = " + one + "))")
	}
	if started {
		w.and("(c.sold_on, c.certificate_id) < (" + w.arg(dayText(from.value)) + ", " + w.arg(from.id) + ")")
	}
	return "SELECT " + certificateColumns + ", " + unitColumns + `, p.name, CASE WHEN ` + movingTerm + ` THEN TRUE ELSE FALSE END` + certificateFrom + `
	JOIN unit u ON u.retailer_id = c.retailer_id AND u.unit_id = c.unit_id
	LEFT JOIN customer p ON p.retailer_id = c.retailer_id AND p.customer_id = c.customer_id` + w.String() +
		" ORDER BY c.sold_on DESC, c.certificate_id DESC LIMIT " + w.arg(limit+1), w.args
}

// movingTerm is whether a certificate's term may have moved since it was
// written: it was never counted, or its unit is in service and each day counts.
const movingTerm = `(c.state = 'sold' AND (c.until_on IS NULL OR EXISTS (SELECT 1 FROM service_stay y
	WHERE y.retailer_id = c.retailer_id AND y.unit_id = c.unit_id AND y.released_at IS NULL)))`

const movingCertificates = "SELECT " + certificateColumns + certificateFrom + ` WHERE c.retailer_id = $1 AND c.state = 'sold' AND c.certificate_id IN (
	SELECT o.certificate_id FROM certificate o WHERE o.retailer_id = $1 AND o.state = 'sold' AND o.until_on IS NULL
	UNION SELECT o.certificate_id FROM service_stay y JOIN certificate o ON o.retailer_id = y.retailer_id AND o.unit_id = y.unit_id
		WHERE y.retailer_id = $1 AND y.released_at IS NULL AND o.state = 'sold')
	AND c.certificate_id > $2 ORDER BY c.certificate_id LIMIT $3`

// MovingCertificates lists those whose term may have moved since it was
// written, by id, after one.
func (t *Tx) MovingCertificates(ctx context.Context, retailer, after string, limit int) ([]care.Certificate, error) {
	list, err := list(ctx, t, certificateFields, movingCertificates, retailer, after, limit)
	return list, wrap("moving certificates", err)
}

// dayNumber is a day as a number that a cursor can hold: 20260310; 0 for none.
func dayNumber(d calendar.Date) int64 {
	if d.IsZero() {
		return 0
	}
	year, month, day := d.YMD()
	return int64(year)*10000 + int64(month)*100 + int64(day)
}

func dayText(n int64) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100)
}

// CertificateMonths fills the rows of the income report, whose Month and On
// are given: one row for each currency of a month, or one without any.
func (t *Tx) CertificateMonths(ctx context.Context, retailer string, months []care.CertificateMonth) ([]care.CertificateMonth, error) {
	var out []care.CertificateMonth
	for _, m := range months {
		list, err := t.certificateMonth(ctx, retailer, m)
		if err != nil {
			return nil, wrap("certificate months", err)
		}
		out = append(out, list...)
	}
	return out, nil
}

func (t *Tx) certificateMonth(ctx context.Context, retailer string, month care.CertificateMonth) ([]care.CertificateMonth, error) {
	first, err := calendar.ParseDate(month.Month + "-01")
	if err != nil {
		return nil, err
	}
	last := first.AddMonths(1).AddDays(-1)
	var out []care.CertificateMonth
	of := func(currency string) *care.CertificateMonth {
		for i := range out {
			if out[i].Currency == currency {
				return &out[i]
			}
		}
		month.Currency = currency
		out = append(out, month)
		return &out[len(out)-1]
	}
	span, on := []any{retailer, first.String(), last.String()}, []any{retailer, month.On.String()}
	for _, part := range []struct {
		args []any
		text string
		into func(m *care.CertificateMonth, n int, sum int64)
	}{
		{span, `SELECT price_currency, count(*), CAST(coalesce(sum(price_minor), 0) AS BIGINT) FROM certificate
			WHERE retailer_id = $1 AND sold_on >= $2 AND sold_on <= $3 GROUP BY price_currency ORDER BY price_currency`,
			func(m *care.CertificateMonth, n int, sum int64) { m.Sold, m.SoldSum = n, sum }},
		{span, `SELECT refund_currency, count(*), CAST(coalesce(sum(refund_minor), 0) AS BIGINT) FROM certificate
			WHERE retailer_id = $1 AND ended_on >= $2 AND ended_on <= $3 AND refund_minor > 0 GROUP BY refund_currency ORDER BY refund_currency`,
			func(m *care.CertificateMonth, n int, sum int64) { m.Refunded, m.Refunds = n, sum }},
		{on, `SELECT price_currency, count(*), CAST(0 AS BIGINT) FROM certificate WHERE retailer_id = $1 AND last_on >= $2
			AND from_on <= $2 AND (ended_on IS NULL OR ended_on > $2) GROUP BY price_currency ORDER BY price_currency`,
			func(m *care.CertificateMonth, n int, _ int64) { m.InForce = n }},
		{on, `SELECT price_currency, count(*), CAST(0 AS BIGINT) FROM certificate WHERE retailer_id = $1 AND last_on > $2
			AND from_on > $2 AND sold_on <= $2 AND (ended_on IS NULL OR ended_on > $2) GROUP BY price_currency ORDER BY price_currency`,
			func(m *care.CertificateMonth, n int, _ int64) { m.Waiting = n }},
	} {
		err := t.query(ctx, func(scan func(...any) error) error {
			var code string
			var n int
			var sum int64
			if err := scan(&code, &n, &sum); err != nil {
				return err
			}
			part.into(of(code), n, sum)
			return nil
		}, part.text, part.args...)
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		of("")
	}
	return out, nil
}
