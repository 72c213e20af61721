package storage

import (
	"context"
	"fmt"

	"github.com/talon-care/talon/internal/care"
)

// PutRetailer stores a retailer.
func (t *Tx) PutRetailer(ctx context.Context, r care.Retailer) error {
	name, err := encode(r.Name)
	if err != nil {
		return fmt.Errorf("put retailer: %w", err)
	}
	languages, err := encode(r.Languages)
	if err != nil {
		return fmt.Errorf("put retailer: %w", err)
	}
	return wrap("put retailer", t.put(ctx, "retailer", 1, []column{
		{"retailer_id", r.ID}, {"name", name}, {"zone", r.Zone}, {"currency", r.Currency}, {"languages", languages},
	}))
}

const retailerColumns = "retailer_id, name, zone, currency, languages"

func retailerFields(r *care.Retailer) []any {
	return []any{&r.ID, intoJSON{&r.Name}, &r.Zone, &r.Currency, intoJSON{&r.Languages}}
}

// Retailer finds a retailer.
func (t *Tx) Retailer(ctx context.Context, retailer string) (care.Retailer, error) {
	var r care.Retailer
	err := t.one(ctx, "SELECT "+retailerColumns+" FROM retailer WHERE retailer_id = $1", []any{retailer}, retailerFields(&r)...)
	return r, wrap("retailer", err)
}

// Retailers lists all retailers by id.
func (t *Tx) Retailers(ctx context.Context) ([]care.Retailer, error) {
	list, err := list(ctx, t, retailerFields, "SELECT "+retailerColumns+" FROM retailer ORDER BY retailer_id")
	return list, wrap("retailers", err)
}

// PutPlace stores a shop or centre.
func (t *Tx) PutPlace(ctx context.Context, p care.Place) error {
	texts := make([]string, 3)
	for i, v := range []any{p.Name, p.Address, p.Brands} {
		var err error
		if texts[i], err = encode(v); err != nil {
			return fmt.Errorf("put place: %w", err)
		}
	}
	return wrap("put place", t.put(ctx, "place", 2, []column{
		{"retailer_id", p.Retailer}, {"place_id", p.ID}, {"kind", string(p.Kind)}, {"name", texts[0]},
		{"address", texts[1]}, {"phone", p.Phone}, {"brands", texts[2]},
	}))
}

const placeColumns = "retailer_id, place_id, kind, name, address, phone, brands"

func placeFields(p *care.Place) []any {
	return []any{&p.Retailer, &p.ID, &p.Kind, intoJSON{&p.Name}, intoJSON{&p.Address}, &p.Phone, intoJSON{&p.Brands}}
}

// Place finds a shop or centre.
func (t *Tx) Place(ctx context.Context, retailer, id string) (care.Place, error) {
	var p care.Place
	err := t.one(ctx, "SELECT "+placeColumns+" FROM place WHERE retailer_id = $1 AND place_id = $2", []any{retailer, id}, placeFields(&p)...)
	return p, wrap("place", err)
}

// Places lists a retailer's shops and centres by id.
func (t *Tx) Places(ctx context.Context, retailer string) ([]care.Place, error) {
	list, err := list(ctx, t, placeFields, "SELECT "+placeColumns+" FROM place WHERE retailer_id = $1 ORDER BY place_id", retailer)
	return list, wrap("places", err)
}

// PutProduct stores a product; its SKU must be free.
func (t *Tx) PutProduct(ctx context.Context, p care.Product) error {
	err := t.put(ctx, "product", 2, []column{
		{"retailer_id", p.Retailer}, {"product_id", p.ID}, {"sku", some(p.SKU)}, {"category", p.Category},
		{"brand", p.Brand}, {"model", p.Model}, {"warranty_months", null(p.WarrantyMonths)},
		{"warranty_issuer", p.WarrantyIssuer}, {"weight_grams", p.WeightGrams},
		{"digital_elements", null(p.DigitalElements)}, {"no_loaner", p.NoLoaner},
	})
	if err == nil {
		err = t.indexWords(ctx, p.Retailer, productScope, p.ID, foldWords(p.Brand+" "+p.Model))
	}
	return wrap("put product", err)
}

const productColumns = `retailer_id, product_id, sku, category, brand, model, warranty_months, warranty_issuer, weight_grams,
	digital_elements, no_loaner`

func productFields(p *care.Product) []any {
	return []any{&p.Retailer, &p.ID, intoText{&p.SKU}, &p.Category, &p.Brand, &p.Model, &p.WarrantyMonths, &p.WarrantyIssuer,
		&p.WeightGrams, &p.DigitalElements, &p.NoLoaner}
}

// Product finds a product.
func (t *Tx) Product(ctx context.Context, retailer, id string) (care.Product, error) {
	var p care.Product
	err := t.one(ctx, "SELECT "+productColumns+" FROM product WHERE retailer_id = $1 AND product_id = $2", []any{retailer, id}, productFields(&p)...)
	return p, wrap("product", err)
}

// ProductBySKU finds a product by the retailer's article, as written.
func (t *Tx) ProductBySKU(ctx context.Context, retailer, sku string) (care.Product, error) {
	var p care.Product
	err := t.one(ctx, "SELECT "+productColumns+" FROM product WHERE retailer_id = $1 AND sku = $2", []any{retailer, sku}, productFields(&p)...)
	return p, wrap("product by SKU", err)
}

// Products lists a retailer's products by id.
func (t *Tx) Products(ctx context.Context, retailer string, page care.Page) ([]care.Product, string, error) {
	from, _, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	items, err := list(ctx, t, productFields, "SELECT "+productColumns+
		" FROM product WHERE retailer_id = $1 AND product_id > $2 ORDER BY product_id LIMIT $3", retailer, from.id, limit+1)
	items, next := cut(items, limit, func(p care.Product) position { return position{id: p.ID} })
	return items, next, wrap("products", err)
}

// list reads all rows of a query.
func list[T any](ctx context.Context, t *Tx, fields func(*T) []any, text string, args ...any) ([]T, error) {
	var items []T
	err := t.query(ctx, func(scan func(...any) error) error {
		var item T
		if err := scan(fields(&item)...); err != nil {
			return err
		}
		items = append(items, item)
		return nil
	}, text, args...)
	return items, err
}

// wrap names the operation that failed.
func wrap(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", operation, err)
}
