package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// Product is a model of the catalogue.
type Product struct {
	ID              string    `json:"id" doc:"id"`
	SKU             string    `json:"sku,omitempty" doc:"the retailer's article"`
	Category        string    `json:"category" vocab:"categories" doc:"category of goods"`
	Brand           string    `json:"brand" doc:"brand"`
	Model           string    `json:"model" doc:"model"`
	Warranty        *Warranty `json:"warranty,omitempty" doc:"what its cards usually state"`
	WeightGrams     int       `json:"weight_grams,omitempty" doc:"weight; absent = unknown"`
	DigitalElements *bool     `json:"digital_elements,omitempty" doc:"goods with digital elements"`
	NoLoaner        bool      `json:"no_loaner" doc:"no loaner is owed for it by law"`
}

func productOf(p care.Product) Product {
	return Product{ID: p.ID, SKU: p.SKU, Category: p.Category, Brand: p.Brand, Model: p.Model, WeightGrams: p.WeightGrams,
		DigitalElements: p.DigitalElements, NoLoaner: p.NoLoaner, Warranty: warrantyOf(p.WarrantyMonths, p.WarrantyIssuer)}
}

// CatalogueItem is a product as anybody sees it.
type CatalogueItem struct {
	Product Product `json:"product" doc:"the product"`
	Covers  []Cover `json:"covers" doc:"what a unit that is bought in a shop today is covered by"`
}

// NewProduct is a product to add, or the new particulars of one.
type NewProduct struct {
	SKU             string    `json:"sku,omitempty" maxLength:"100" doc:"the retailer's article"`
	Category        string    `json:"category" vocab:"categories" doc:"category of goods"`
	Brand           string    `json:"brand" minLength:"1" maxLength:"100" doc:"brand"`
	Model           string    `json:"model" minLength:"1" maxLength:"200" doc:"model"`
	Warranty        *Warranty `json:"warranty,omitempty" doc:"what its cards usually state"`
	WeightGrams     int       `json:"weight_grams,omitempty" minimum:"0" maximum:"10000000" doc:"weight; 0 = unknown"`
	DigitalElements *bool     `json:"digital_elements,omitempty" doc:"goods with digital elements"`
	NoLoaner        bool      `json:"no_loaner,omitempty" doc:"no loaner is owed for it by law"`
}

func (n NewProduct) product(id string) care.Product {
	p := care.Product{ID: id, SKU: n.SKU, Category: n.Category, Brand: n.Brand, Model: n.Model, WeightGrams: n.WeightGrams,
		DigitalElements: n.DigitalElements, NoLoaner: n.NoLoaner}
	if n.Warranty != nil {
		p.WarrantyMonths, p.WarrantyIssuer = n.Warranty.Months, n.Warranty.Issuer
	}
	return p
}

// Document is a manual or another paper of a product.
type Document struct {
	ID    string `json:"id" doc:"id"`
	Title string `json:"title" doc:"title"`
	Lang  string `json:"lang,omitempty" doc:"language it is written in"`
	Link  string `json:"link,omitempty" doc:"address elsewhere; absent for a file"`
	Name  string `json:"file_name,omitempty" doc:"name of the file"`
	Type  string `json:"file_type,omitempty" doc:"content type of the file"`
	Size  int    `json:"file_size,omitempty" doc:"bytes of the file"`
}

func documentOf(d care.Document) Document {
	return Document{ID: d.ID, Title: d.Title, Lang: d.Lang, Link: d.Link, Name: d.Name, Type: d.Type, Size: d.Size}
}

// SentDocuments are the documents that came with a message.
type SentDocuments struct {
	Message   string     `json:"message" doc:"id of the message"`
	Documents []Document `json:"documents" doc:"what was sent with it"`
}

// ProductDetail is a product with its documents.
type ProductDetail struct {
	Product   Product    `json:"product" doc:"the product"`
	Documents []Document `json:"documents" doc:"its documents, oldest first"`
}

func productDetailOf(v desk.ProductView) ProductDetail {
	return ProductDetail{Product: productOf(v.Product), Documents: each(v.Documents, documentOf)}
}

// NewDocument is a document to add: a link, or a file.
type NewDocument struct {
	Title   string `json:"title" minLength:"1" maxLength:"200" doc:"title"`
	Lang    string `json:"lang,omitempty" maxLength:"10" doc:"ru, bg or en; absent = none or several"`
	Link    string `json:"link,omitempty" maxLength:"2000" doc:"address elsewhere"`
	Name    string `json:"file_name,omitempty" maxLength:"200" doc:"name of the file"`
	Content []byte `json:"content,omitempty" doc:"the file in Base64: PDF, PNG, JPEG or plain text; larger ones than a body may hold are added on the product's page"`
}

// DocumentFile is a document with its bytes.
type DocumentFile struct {
	Document
	Content []byte `json:"content,omitempty" doc:"the file in Base64; absent for a link"`
}

type catalogueIn struct {
	RetailerPath
	Text     string `query:"q" maxLength:"200" doc:"brand, model or the beginning of the article"`
	Category string `query:"category" vocab:"categories" doc:"only of this category"`
	PageQuery
}

type productsIn struct {
	Text     string `query:"q" maxLength:"200" doc:"brand, model or the beginning of the article"`
	Category string `query:"category" vocab:"categories" doc:"only of this category"`
	PageQuery
}

// ProductPath names a product.
type ProductPath struct {
	Product string `path:"product" maxLength:"100" doc:"id or article of the product"`
}

type productOut struct {
	Body ProductDetail
}

type newProductOut struct {
	Location string `header:"Location" doc:"address of the product"`
	Body     ProductDetail
}

type saveProductIn struct{ Body NewProduct }

type changeProductIn struct {
	ProductPath
	Body NewProduct
}

type addDocumentIn struct {
	ProductPath
	Body NewDocument
}

// DocumentPath names a document.
type DocumentPath struct {
	Document string `path:"document" maxLength:"100" doc:"id of the document"`
}

type documentFileOut struct{ Body DocumentFile }

func (s *server) catalogueOperations() {
	tag := []string{"Registry"}
	register(s, huma.Operation{OperationID: "list-catalogue", Method: http.MethodGet, Path: "/retailers/{retailer}/products", Tags: []string{"Public"},
		Summary: "List what a retailer sells with the warranty each product has"},
		func(ctx context.Context, who caller, in *catalogueIn) (*pageOut[CatalogueItem], error) {
			items, next, err := s.desk.Catalogue(ctx, in.Retailer, in.Text, in.Category, who.lang, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, func(x desk.CatalogueItem) CatalogueItem {
				return CatalogueItem{Product: productOf(x.Product), Covers: each(x.Covers, coverOf)}
			}), nil
		})
	register(s, huma.Operation{OperationID: "list-products", Method: http.MethodGet, Path: "/products", Tags: tag, Security: byKey(),
		Summary: "List or search the catalogue"},
		func(ctx context.Context, who caller, in *productsIn) (*pageOut[Product], error) {
			items, next, err := s.desk.Products(ctx, who.actor, in.Text, in.Category, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, productOf), nil
		})
	register(s, huma.Operation{OperationID: "get-product", Method: http.MethodGet, Path: "/products/{product}", Tags: tag, Security: byKey(),
		Summary: "Show a product with its documents"},
		func(ctx context.Context, who caller, in *ProductPath) (*productOut, error) {
			return s.product(ctx, who, in.Product)
		})
	register(s, huma.Operation{OperationID: "add-product", Method: http.MethodPost, Path: "/products", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Add a product"},
		func(ctx context.Context, who caller, in *saveProductIn) (*newProductOut, error) {
			p, err := s.desk.SaveProduct(ctx, who.actor, in.Body.product(""))
			if err != nil {
				return nil, productPointers(err)
			}
			return &newProductOut{Location: Base + "/products/" + p.ID, Body: productDetailOf(desk.ProductView{Product: p})}, nil
		})
	register(s, huma.Operation{OperationID: "change-product", Method: http.MethodPost, Path: "/products/{product}", Tags: tag, Security: byKey(),
		Summary: "Give a product new particulars", Description: "What is absent is taken away. Units that were sold keep what their papers say."}, s.changeProduct)
	s.productDocumentOperations()
}

func (s *server) productDocumentOperations() {
	tag := []string{"Registry"}
	register(s, huma.Operation{OperationID: "add-document", Method: http.MethodPost, Path: "/products/{product}/documents", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Add a document to a product"},
		func(ctx context.Context, who caller, in *addDocumentIn) (*productOut, error) {
			_, err := s.desk.AddDocument(ctx, who.actor, in.Product, desk.NewDocument{Title: in.Body.Title, Lang: in.Body.Lang, Link: in.Body.Link,
				Name: in.Body.Name, Content: in.Body.Content})
			if err != nil {
				return nil, at(err, "title", "/title", "lang", "/lang", "link", "/link", "file", "/content")
			}
			return s.product(ctx, who, in.Product)
		})
	register(s, huma.Operation{OperationID: "get-document", Method: http.MethodGet, Path: "/documents/{document}", Tags: tag, Security: byKey(),
		Summary: "Read a document of a product"},
		func(ctx context.Context, who caller, in *DocumentPath) (*documentFileOut, error) {
			d, err := s.desk.OpenDocument(ctx, who.actor, in.Document)
			return &documentFileOut{Body: DocumentFile{documentOf(d.Document), d.Content}}, err
		})
	register(s, huma.Operation{OperationID: "withdraw-document", Method: http.MethodPost, Path: "/documents/{document}/withdraw", Tags: tag,
		Security: byKey(), DefaultStatus: http.StatusNoContent, Summary: "Offer a document no more; who was sent it keeps it"},
		func(ctx context.Context, who caller, in *DocumentPath) (*struct{}, error) {
			return nil, s.desk.WithdrawDocument(ctx, who.actor, in.Document)
		})
}

func productPointers(err error) error {
	return at(err, "sku", "/sku", "category", "/category", "brand", "/brand", "model", "/model", "warranty_months", "/warranty/months",
		"warranty_issuer", "/warranty/issuer", "weight_grams", "/weight_grams")
}

func (s *server) product(ctx context.Context, who caller, id string) (*productOut, error) {
	v, err := s.desk.Product(ctx, who.actor, id)
	if err != nil {
		return nil, err
	}
	return &productOut{Body: productDetailOf(v)}, nil
}

func (s *server) changeProduct(ctx context.Context, who caller, in *changeProductIn) (*productOut, error) {
	if !desk.May(who.actor, desk.WriteRegistry) {
		return nil, care.Fail(care.Forbidden, "forbidden", "action", string(desk.WriteRegistry))
	}
	v, err := s.desk.Product(ctx, who.actor, in.Product)
	if err != nil {
		return nil, err
	}
	if _, err := s.desk.SaveProduct(ctx, who.actor, in.Body.product(v.ID)); err != nil {
		return nil, productPointers(err)
	}
	return s.product(ctx, who, v.ID)
}
