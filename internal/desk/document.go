package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// NewDocument is a document of a product as staff hand it in: a link, or a
// file.
type NewDocument struct {
	Title   string
	Lang    string
	Link    string
	Name    string // of the file
	Content []byte
}

// AddDocument adds a document to a product. What a file is, its bytes say;
// only PDF, PNG, JPEG and plain text are kept, of at most care.MaxDocument.
func (d *Desk) AddDocument(ctx context.Context, actor care.Actor, product string, in NewDocument) (care.Document, error) {
	if err := may(actor, WriteRegistry); err != nil {
		return care.Document{}, err
	}
	doc, err := in.document()
	if err != nil {
		return care.Document{}, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		p, err := findProduct(ctx, tx, actor.Retailer, product)
		if err != nil {
			return err
		}
		if doc.ID, err = d.newID(); err != nil {
			return err
		}
		doc.Retailer, doc.Product, doc.Created = actor.Retailer, p.ID, d.now()
		if err := tx.PutDocument(ctx, doc); err != nil {
			return fmt.Errorf("store document: %w", err)
		}
		if doc.Link == "" {
			if err := tx.AddDocumentFile(ctx, doc.Retailer, doc.ID, in.Content); err != nil {
				return fmt.Errorf("store file: %w", err)
			}
		}
		return d.audit(ctx, tx, actor, "document.add", "product", p.ID, "", map[string]string{"document": doc.ID, "title": doc.Title})
	})
	if err != nil {
		return care.Document{}, fmt.Errorf("add document: %w", err)
	}
	return doc, nil
}

func (in NewDocument) document() (care.Document, error) {
	doc := care.Document{Title: strings.TrimSpace(in.Title), Lang: in.Lang, Link: strings.TrimSpace(in.Link)}
	if err := required(doc.Title, "title"); err != nil {
		return doc, err
	}
	if len([]rune(doc.Title)) > longestName {
		return doc, care.Fail(care.Invalid, "too_long", "field", "title").At("title")
	}
	if doc.Lang != "" && !slices.Contains([]string{"ru", "bg", "en"}, doc.Lang) {
		return doc, care.Fail(care.Invalid, "unknown_value", "field", "lang", "value", doc.Lang, "expected", "ru bg en").At("lang")
	}
	if (doc.Link == "") == (len(in.Content) == 0) {
		return doc, care.Fail(care.Invalid, "link_or_file").At("link")
	}
	if doc.Link != "" {
		if !care.WebLink(doc.Link) {
			return doc, care.Fail(care.Invalid, "bad_link", "value", doc.Link).At("link")
		}
		return doc, nil
	}
	if len(in.Content) > care.MaxDocument {
		return doc, care.Fail(care.Invalid, "file_too_large").At("file")
	}
	if doc.Type = care.DocumentType(in.Content); doc.Type == "" {
		return doc, care.Fail(care.Invalid, "file_type").At("file")
	}
	doc.Name, doc.Size = care.DocumentName(in.Name, doc.Type), len(in.Content)
	return doc, nil
}

// WithdrawDocument offers a document no more. Who was sent it keeps it.
func (d *Desk) WithdrawDocument(ctx context.Context, actor care.Actor, id string) error {
	if err := may(actor, WriteRegistry); err != nil {
		return err
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		doc, err := tx.Document(ctx, actor.Retailer, id)
		if err != nil || !doc.Withdrawn.IsZero() {
			return notFound(err, "no_document")
		}
		doc.Withdrawn = d.now()
		if err := tx.PutDocument(ctx, doc); err != nil {
			return fmt.Errorf("store document: %w", err)
		}
		return d.audit(ctx, tx, actor, "document.withdraw", "product", doc.Product, "", map[string]string{"document": doc.ID, "title": doc.Title})
	})
	if err != nil {
		return fmt.Errorf("withdraw document: %w", err)
	}
	return nil
}

// DocumentFile is a document with its bytes, which are empty for a link.
type DocumentFile struct {
	care.Document
	Content []byte
}

// OpenDocument reads a document for staff.
func (d *Desk) OpenDocument(ctx context.Context, actor care.Actor, id string) (out DocumentFile, err error) {
	if err := may(actor, ReadRegistry); err != nil {
		return DocumentFile{}, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		out, err = readDocument(ctx, tx, actor.Retailer, id)
		return err
	})
	if err != nil {
		return DocumentFile{}, fmt.Errorf("open document: %w", err)
	}
	return out, nil
}

// TrackedDocument reads a document that was sent in the thread that the link
// opens; others are not found.
func (d *Desk) TrackedDocument(ctx context.Context, token, id string) (out DocumentFile, err error) {
	err = d.store.View(ctx, func(tx Tx) error {
		link, _, err := d.follow(ctx, tx, token)
		if err != nil {
			return err
		}
		sent, err := tx.SentDocuments(ctx, link.Retailer, link.Request)
		if err != nil {
			return fmt.Errorf("sent documents: %w", err)
		}
		if !slices.ContainsFunc(sent, func(s care.SentDocument) bool { return s.ID == id }) {
			return care.Fail(care.NotFound, "no_document")
		}
		out, err = readDocument(ctx, tx, link.Retailer, id)
		return err
	})
	if err != nil {
		return DocumentFile{}, fmt.Errorf("open document: %w", err)
	}
	return out, nil
}

func readDocument(ctx context.Context, tx Tx, retailer, id string) (out DocumentFile, err error) {
	if out.Document, err = tx.Document(ctx, retailer, id); err != nil {
		return out, notFound(err, "no_document")
	}
	if out.Link != "" {
		return out, nil
	}
	if out.Content, err = tx.DocumentFile(ctx, retailer, id); err != nil {
		return out, fmt.Errorf("file of document: %w", err)
	}
	return out, nil
}

// DocumentsFor lists the documents that may be sent with an answer to a
// request: those of the product of its unit, or of the products that a text
// finds.
func (d *Desk) DocumentsFor(ctx context.Context, actor care.Actor, request, text string) (list []ProductView, err error) {
	if err := may(actor, AnswerRequests); err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		r, err := tx.Request(ctx, actor.Retailer, request)
		if err != nil {
			return notFound(err, "no_request")
		}
		products, err := d.productsFor(ctx, tx, r, strings.TrimSpace(text))
		if err != nil {
			return err
		}
		list = nil
		for _, p := range products {
			documents, err := offeredDocuments(ctx, tx, r.Retailer, p.ID)
			if err != nil {
				return err
			}
			if len(documents) > 0 {
				list = append(list, ProductView{p, documents})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("documents for request: %w", err)
	}
	return list, nil
}

func (d *Desk) productsFor(ctx context.Context, tx Tx, r care.Request, text string) ([]care.Product, error) {
	var out []care.Product
	if r.Unit != "" && text == "" {
		u, err := tx.Unit(ctx, r.Retailer, r.Unit)
		if err != nil {
			return nil, fmt.Errorf("unit of request: %w", err)
		}
		if u.Product != "" {
			p, err := tx.Product(ctx, r.Retailer, u.Product)
			if err != nil {
				return nil, fmt.Errorf("product of unit: %w", err)
			}
			return []care.Product{p}, nil
		}
		text = care.DeviceName(u.Brand, u.Model)
	}
	if text == "" {
		text = r.Subject
	}
	if text == "" {
		return nil, nil
	}
	out, _, err := tx.FindProducts(ctx, r.Retailer, text, "", care.Page{Limit: 20})
	if err != nil {
		return nil, fmt.Errorf("find products: %w", err)
	}
	return out, nil
}

// AnswerWith is Answer with documents of products in it (C12).
func (d *Desk) AnswerWith(ctx context.Context, actor care.Actor, request, text string, documents []string) error {
	if err := may(actor, AnswerRequests); err != nil {
		return err
	}
	return d.inRequest(ctx, actor, request, "request.answer", func(tx Tx, r *care.Request) error {
		return d.answer(ctx, tx, actor, r, text, false, documents)
	})
}

// send notes the documents that a message brings.
func (d *Desk) send(ctx context.Context, tx Tx, r care.Request, message string, documents []string) error {
	slices.Sort(documents)
	for _, id := range slices.Compact(documents) {
		doc, err := tx.Document(ctx, r.Retailer, id)
		if err != nil || !doc.Withdrawn.IsZero() {
			return notOffered(err)
		}
		if err := tx.AddSentDocument(ctx, r.Retailer, r.ID, message, doc.ID); err != nil {
			return fmt.Errorf("store sent document: %w", err)
		}
	}
	return nil
}

// notOffered says that a document is not there, be it unknown or withdrawn.
func notOffered(err error) error {
	if err == nil || missing(&err) {
		return care.Fail(care.Invalid, "no_document").At("documents")
	}
	return err
}
