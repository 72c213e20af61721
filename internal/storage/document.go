package storage

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// PutDocument stores what is known of a product's document.
func (t *Tx) PutDocument(ctx context.Context, d care.Document) error {
	return wrap("put document", t.put(ctx, "product_document", 2, []column{
		{"retailer_id", d.Retailer}, {"document_id", d.ID}, {"product_id", d.Product}, {"title", d.Title}, {"lang", d.Lang},
		{"link", d.Link}, {"file_name", d.Name}, {"file_type", d.Type}, {"file_size", d.Size}, {"created_at", d.Created.UnixMicro()},
		{"withdrawn_at", micros(d.Withdrawn)},
	}))
}

// AddDocumentFile stores the bytes of a document; they never change.
func (t *Tx) AddDocumentFile(ctx context.Context, retailer, document string, content []byte) error {
	return wrap("add document file", t.add(ctx, "document_file", []column{
		{"retailer_id", retailer}, {"document_id", document}, {"content", content},
	}))
}

const documentColumns = `d.retailer_id, d.document_id, d.product_id, d.title, d.lang, d.link, d.file_name, d.file_type, d.file_size,
	d.created_at, d.withdrawn_at`

func documentFields(d *care.Document) []any {
	return []any{&d.Retailer, &d.ID, &d.Product, &d.Title, &d.Lang, &d.Link, &d.Name, &d.Type, &d.Size, intoTime{&d.Created},
		intoTime{&d.Withdrawn}}
}

// Document finds a document.
func (t *Tx) Document(ctx context.Context, retailer, id string) (care.Document, error) {
	var d care.Document
	err := t.one(ctx, "SELECT "+documentColumns+" FROM product_document d WHERE d.retailer_id = $1 AND d.document_id = $2",
		[]any{retailer, id}, documentFields(&d)...)
	return d, wrap("document", err)
}

// DocumentFile reads the bytes of a document.
func (t *Tx) DocumentFile(ctx context.Context, retailer, id string) (content []byte, err error) {
	err = t.one(ctx, "SELECT content FROM document_file WHERE retailer_id = $1 AND document_id = $2", []any{retailer, id}, &content)
	return content, wrap("document file", err)
}

// DocumentsOf lists the documents of a product, oldest first, withdrawn ones
// too.
func (t *Tx) DocumentsOf(ctx context.Context, retailer, product string) ([]care.Document, error) {
	items, err := list(ctx, t, documentFields, "SELECT "+documentColumns+` FROM product_document d WHERE d.retailer_id = $1
		AND d.product_id = $2 ORDER BY d.document_id`, retailer, product)
	return items, wrap("documents of product", err)
}

// AddSentDocument notes that a document was sent in a message.
func (t *Tx) AddSentDocument(ctx context.Context, retailer, request, message, document string) error {
	return wrap("add sent document", t.add(ctx, "sent_document", []column{
		{"retailer_id", retailer}, {"request_id", request}, {"message_id", message}, {"document_id", document},
	}))
}

// SentDocuments lists the documents that were sent in a request's thread, by
// message.
func (t *Tx) SentDocuments(ctx context.Context, retailer, request string) ([]care.SentDocument, error) {
	fields := func(s *care.SentDocument) []any { return append(documentFields(&s.Document), &s.Message) }
	items, err := list(ctx, t, fields, "SELECT "+documentColumns+`, s.message_id FROM sent_document s
		JOIN product_document d ON d.retailer_id = s.retailer_id AND d.document_id = s.document_id
		WHERE s.retailer_id = $1 AND s.request_id = $2 ORDER BY s.message_id, d.document_id`, retailer, request)
	return items, wrap("sent documents", err)
}

var productKind = kind{"product_id", productSources}

// productSources find products by brand and model, or by the beginning of the
// article as it is written.
func productSources(s *search, text string) []string {
	return []string{
		s.named(productScope, text),
		"SELECT product_id FROM product WHERE retailer_id = $1 AND " + s.w.startsWith("sku", text) + s.among("product_id"),
	}
}

// FindProducts lists a retailer's products by id, those that a text finds;
// "" finds all. Category "" is every one.
func (t *Tx) FindProducts(ctx context.Context, retailer, text, category string, page care.Page) ([]care.Product, string, error) {
	from, _, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	found, err := t.finding(ctx, retailer, productKind, text)
	if err != nil {
		return nil, "", wrap("find products", err)
	}
	query, args := findProductsQuery(retailer, category, found, from, limit)
	items, err := list(ctx, t, productFields, query, args...)
	items, next := cut(items, limit, func(p care.Product) position { return position{id: p.ID} })
	return items, next, wrap("find products", err)
}

func findProductsQuery(retailer, category string, f finding, from position, limit int) (string, []any) {
	var w where
	w.is("retailer_id", retailer) // $1
	w.and("product_id > " + w.arg(from.id))
	w.isUnlessEmpty("category", category)
	f.matches(&w, "product_id")
	return w.with + "SELECT " + productColumns + " FROM product" + w.String() + " ORDER BY product_id LIMIT " + w.arg(limit+1), w.args
}
