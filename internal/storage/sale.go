package storage

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// PutSale stores a sale; its key must be free.
func (t *Tx) PutSale(ctx context.Context, s care.Sale) error {
	return wrap("put sale", t.put(ctx, "sale", 2, []column{
		{"retailer_id", s.Retailer}, {"sale_id", s.ID}, {"sale_key", some(s.Key)}, {"unit_id", some(s.Unit)},
		{"customer_id", some(s.Customer)}, {"shop", s.Shop}, {"channel", s.Channel}, {"sold_on", day(s.Date)},
		{"delivered_on", day(s.Delivered)}, {"rescinded_on", day(s.Rescinded)}, {"receipt", s.Receipt},
		{"price_minor", minor(s.Price)}, {"price_currency", currency(s.Price)},
		{"imei_on_receipt", null(s.IMEIOnReceipt)}, {"card_in_kit", null(s.CardInKit)},
		{"original_packaging", null(s.OriginalPackaging)}, {"warranty_months", null(s.WarrantyMonths)},
		{"warranty_issuer", s.WarrantyIssuer}, {"certificate", s.Certificate},
		{"certificate_sold_on", day(s.CertificateSold)}, {"certificate_price_minor", minor(s.CertificatePrice)},
		{"certificate_price_currency", currency(s.CertificatePrice)}, {"pack_version", s.PackVersion},
		{"receipt_fold", some(foldIdentity(s.Receipt))}, {"certificate_fold", some(foldIdentity(s.Certificate))},
	}))
}

const saleColumns = `retailer_id, sale_id, sale_key, unit_id, customer_id, shop, channel, sold_on, delivered_on, rescinded_on, receipt,
	price_minor, price_currency, imei_on_receipt, card_in_kit, original_packaging, warranty_months, warranty_issuer, certificate,
	certificate_sold_on, certificate_price_minor, certificate_price_currency, pack_version`

func saleFields(s *care.Sale) []any {
	return []any{&s.Retailer, &s.ID, intoText{&s.Key}, intoText{&s.Unit}, intoText{&s.Customer}, &s.Shop, &s.Channel,
		intoDate{&s.Date}, intoDate{&s.Delivered}, intoDate{&s.Rescinded}, &s.Receipt, intoPrice{&s.Price}, intoCurrency{&s.Price},
		&s.IMEIOnReceipt, &s.CardInKit, &s.OriginalPackaging, &s.WarrantyMonths, &s.WarrantyIssuer, &s.Certificate,
		intoDate{&s.CertificateSold}, intoPrice{&s.CertificatePrice}, intoCurrency{&s.CertificatePrice}, &s.PackVersion}
}

// Sale finds a sale.
func (t *Tx) Sale(ctx context.Context, retailer, id string) (care.Sale, error) {
	var s care.Sale
	err := t.one(ctx, "SELECT "+saleColumns+" FROM sale WHERE retailer_id = $1 AND sale_id = $2", []any{retailer, id}, saleFields(&s)...)
	return s, wrap("sale", err)
}

// SaleByKey finds an imported sale.
func (t *Tx) SaleByKey(ctx context.Context, retailer, key string) (care.Sale, error) {
	var s care.Sale
	err := t.one(ctx, "SELECT "+saleColumns+" FROM sale WHERE retailer_id = $1 AND sale_key = $2", []any{retailer, key}, saleFields(&s)...)
	return s, wrap("sale by key", err)
}

const saleOfUnit = "SELECT " + saleColumns + ` FROM sale WHERE retailer_id = $1 AND unit_id = $2
	ORDER BY coalesce(sold_on, '') DESC, sale_id DESC LIMIT 1`

// SaleOfUnit is the latest sale of a unit.
func (t *Tx) SaleOfUnit(ctx context.Context, retailer, unit string) (care.Sale, error) {
	var s care.Sale
	err := t.one(ctx, saleOfUnit, []any{retailer, unit}, saleFields(&s)...)
	return s, wrap("sale of unit", err)
}

// keysAtOnce is how many keys one query asks for; the arguments of a query
// are bounded on both engines.
const keysAtOnce = 500

// HaveSaleKeys tells which of the keys are there already.
func (t *Tx) HaveSaleKeys(ctx context.Context, retailer string, keys []string) (map[string]bool, error) {
	there := make(map[string]bool, len(keys))
	for len(keys) > 0 {
		batch := keys[:min(len(keys), keysAtOnce)]
		keys = keys[len(batch):]
		var w where
		w.is("retailer_id", retailer)
		in(&w, "sale_key", batch)
		err := t.query(ctx, func(scan func(...any) error) error {
			var key string
			err := scan(&key)
			there[key] = true
			return err
		}, "SELECT sale_key FROM sale"+w.String(), w.args...)
		if err != nil {
			return nil, wrap("have sale keys", err)
		}
	}
	return there, nil
}
