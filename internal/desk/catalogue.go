package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// CatalogueTx keeps the documents of products, and finds products.
type CatalogueTx interface {
	// FindProducts finds by brand and model or the beginning of the article;
	// "" finds all, by id.
	FindProducts(ctx context.Context, retailer, text, category string, page care.Page) (items []care.Product, next string, err error)

	PutDocument(ctx context.Context, d care.Document) error
	Document(ctx context.Context, retailer, id string) (care.Document, error)
	AddDocumentFile(ctx context.Context, retailer, document string, content []byte) error
	DocumentFile(ctx context.Context, retailer, id string) ([]byte, error)
	// DocumentsOf lists the documents of a product, withdrawn ones too.
	DocumentsOf(ctx context.Context, retailer, product string) ([]care.Document, error)
	AddSentDocument(ctx context.Context, retailer, request, message, document string) error
	SentDocuments(ctx context.Context, retailer, request string) ([]care.SentDocument, error)
}

// CatalogueItem is a product as a visitor sees it, with what a buyer of today
// would be covered by (A1).
type CatalogueItem struct {
	care.Product
	Covers []Cover
}

// Catalogue lists a retailer's products for anybody. The covers are those of
// a unit that is sold in a shop today.
func (d *Desk) Catalogue(ctx context.Context, retailer, text, category, lang string, page care.Page) (list []CatalogueItem, next string, err error) {
	t, err := d.terms(retailer)
	if err != nil {
		return nil, "", err
	}
	var products []care.Product
	err = d.store.View(ctx, func(tx Tx) error {
		products, next, err = tx.FindProducts(ctx, retailer, strings.TrimSpace(text), category, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list catalogue: %w", err)
	}
	list = make([]CatalogueItem, len(products))
	for i, p := range products {
		if list[i], err = d.catalogueItem(t, p, lang); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

func (d *Desk) catalogueItem(t terms, p care.Product, lang string) (CatalogueItem, error) {
	today := calendar.DateOf(d.now(), t.zone)
	unit := care.Unit{Retailer: p.Retailer, Product: p.ID, Category: p.Category, Brand: p.Brand, Model: p.Model, DigitalElements: p.DigitalElements}
	sale := care.Sale{Retailer: p.Retailer, Channel: "store", Date: today, Delivered: today, WarrantyMonths: p.WarrantyMonths, WarrantyIssuer: p.WarrantyIssuer}
	dec, err := d.packs.Decide(care.UnitFactsOf(p.Retailer, unit, sale, nil, d.now(), t.zone), t.lang(lang))
	if err != nil {
		return CatalogueItem{}, fmt.Errorf("decide covers of product %s: %w", p.ID, err)
	}
	out := CatalogueItem{Product: p}
	for _, b := range dec.Bases {
		if b.InForce && b.Basis != policy.Paid && !b.LastDay.IsZero() {
			out.Covers = append(out.Covers, coverOf(b))
		}
	}
	return out, nil
}

// Products lists the catalogue for staff: all, or those that a text finds.
func (d *Desk) Products(ctx context.Context, actor care.Actor, text, category string, page care.Page) (list []care.Product, next string, err error) {
	if err := may(actor, ReadRegistry); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.FindProducts(ctx, actor.Retailer, strings.TrimSpace(text), category, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list products: %w", err)
	}
	return list, next, nil
}

// ProductView is a product with its documents, those withdrawn left out.
type ProductView struct {
	care.Product
	Documents []care.Document
}

// Product shows one, by id or article.
func (d *Desk) Product(ctx context.Context, actor care.Actor, id string) (out ProductView, err error) {
	if err := may(actor, ReadRegistry); err != nil {
		return ProductView{}, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		if out.Product, err = findProduct(ctx, tx, actor.Retailer, id); err != nil {
			return err
		}
		out.Documents, err = offeredDocuments(ctx, tx, actor.Retailer, out.Product.ID)
		return err
	})
	if err != nil {
		return ProductView{}, fmt.Errorf("show product: %w", err)
	}
	return out, nil
}

func findProduct(ctx context.Context, tx Tx, retailer, id string) (care.Product, error) {
	p, err := tx.Product(ctx, retailer, id)
	if missing(&err) {
		p, err = tx.ProductBySKU(ctx, retailer, id)
	}
	return p, notFound(err, "no_product")
}

func offeredDocuments(ctx context.Context, tx Tx, retailer, product string) ([]care.Document, error) {
	list, err := tx.DocumentsOf(ctx, retailer, product)
	if err != nil {
		return nil, fmt.Errorf("documents of product: %w", err)
	}
	var out []care.Document
	for _, x := range list {
		if x.Withdrawn.IsZero() {
			out = append(out, x)
		}
	}
	return out, nil
}

// SaveProduct adds a product, where its ID is "", or changes one. Units that
// were sold keep what their sale's papers said.
func (d *Desk) SaveProduct(ctx context.Context, actor care.Actor, p care.Product) (care.Product, error) {
	if err := may(actor, WriteRegistry); err != nil {
		return care.Product{}, err
	}
	if err := checkProduct(&p); err != nil {
		return care.Product{}, err
	}
	p.Retailer = actor.Retailer
	err := d.store.Tx(ctx, func(tx Tx) error {
		action := "product.change"
		if p.ID == "" {
			id, err := d.newID()
			if err != nil {
				return err
			}
			p.ID, action = id, "product.add"
		} else if _, err := tx.Product(ctx, actor.Retailer, p.ID); err != nil {
			return notFound(err, "no_product")
		}
		other, err := tx.ProductBySKU(ctx, actor.Retailer, p.SKU)
		if none := p.SKU == "" || missing(&err); err != nil && p.SKU != "" {
			return fmt.Errorf("find product: %w", err)
		} else if !none && other.ID != p.ID {
			return care.Fail(care.Conflict, "sku_taken", "sku", p.SKU).At("sku")
		}
		if err := tx.PutProduct(ctx, p); err != nil {
			return fmt.Errorf("store product: %w", err)
		}
		if p.NoLoaner {
			if err := d.exceptLoans(ctx, tx, actor, p.ID); err != nil {
				return err
			}
		}
		return d.audit(ctx, tx, actor, action, "product", p.ID, "", map[string]string{"sku": p.SKU, "model": care.DeviceName(p.Brand, p.Model)})
	})
	if err != nil {
		return care.Product{}, fmt.Errorf("save product: %w", err)
	}
	return p, nil
}

const (
	longestWarranty = 1200       // months
	heaviestProduct = 10_000_000 // grams
	longestName     = 200        // characters
)

func checkProduct(p *care.Product) error {
	for _, text := range []struct {
		field string
		of    *string
	}{{"sku", &p.SKU}, {"brand", &p.Brand}, {"model", &p.Model}} {
		if *text.of = strings.TrimSpace(*text.of); len([]rune(*text.of)) > longestName {
			return care.Fail(care.Invalid, "too_long", "field", text.field).At(text.field)
		}
	}
	if err := oneOf(p.Category, "categories", "category"); err != nil {
		return err
	}
	if err := required(p.Brand, "brand"); err != nil {
		return err
	}
	if err := required(p.Model, "model"); err != nil {
		return err
	}
	if n := p.WarrantyMonths; n != nil && (*n < 0 || *n > longestWarranty) {
		return care.Fail(care.Invalid, "bad_months", "value", fmt.Sprint(*n)).At("warranty_months")
	}
	if p.WeightGrams < 0 || p.WeightGrams > heaviestProduct {
		return care.Fail(care.Invalid, "bad_weight", "value", fmt.Sprint(p.WeightGrams)).At("weight_grams")
	}
	if p.WarrantyIssuer == "" {
		return nil
	}
	return oneOf(p.WarrantyIssuer, "issuers", "warranty_issuer")
}
