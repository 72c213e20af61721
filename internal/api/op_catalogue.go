package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// Slot is a time at which a video consultation is given.
type Slot struct {
	Start time.Time `json:"start" doc:"when it begins"`
	End   time.Time `json:"end" doc:"when it ends"`
	Left  int       `json:"left" doc:"how many may still book it"`
}

// Meeting is the booked time of a video consultation.
type Meeting struct {
	Start     time.Time `json:"start" doc:"when it begins"`
	End       time.Time `json:"end" doc:"when it ends"`
	Link      string    `json:"link,omitempty" doc:"where the parties meet; absent = by telephone, or cancelled"`
	Cancelled time.Time `json:"cancelled,omitzero" doc:"when it was cancelled"`
	Reason    string    `json:"reason,omitempty" doc:"why it was cancelled"`
}

func meetingOf(m care.Meeting, link string, zone *time.Location) *Meeting {
	return &Meeting{Start: in(m.Start, zone), End: in(m.End, zone), Link: link, Cancelled: in(m.Cancelled, zone), Reason: m.Reason}
}

// Consultation is a line of the calendar of consultations.
type Consultation struct {
	Meeting
	RequestID string `json:"request_id" doc:"the request"`
	Number    string `json:"number" doc:"number of the request" example:"REQ-2026-000004"`
	Subject   string `json:"subject,omitempty" doc:"what it is about"`
	Customer  string `json:"customer_name" doc:"who asked"`
	Phone     string `json:"phone,omitempty" doc:"phone"`
}

// SupportRight is the right to phone support on the day of a request.
type SupportRight struct {
	From    string `json:"from" doc:"day of delivery"`
	LastDay string `json:"last_day" doc:"last day, inclusive"`
	InForce bool   `json:"in_force" doc:"the request fell inside"`
	Clause  string `json:"clause" doc:"id of the clause"`
}

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

// BookSlot books a time.
type BookSlot struct {
	Start time.Time `json:"start" doc:"when the consultation begins: a slot"`
}

// CancelSlot gives a booked time back.
type CancelSlot struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"why; it is written in the thread. Staff must give one"`
}

// TurnIn is what a request lacks to become a claim.
type TurnIn struct {
	Identity  string    `json:"identity,omitempty" maxLength:"100" doc:"serial or IMEI; absent = the unit that the request is about"`
	Device    *Device   `json:"device,omitempty" doc:"a unit that the registry may not know"`
	Return    *Return   `json:"return,omitempty" doc:"how the device goes back; absent = as the request says"`
	Demanded  time.Time `json:"demanded_at,omitzero" doc:"when the customer asked for service; absent = now"`
	Basis     string    `json:"basis,omitempty" vocab:"bases" doc:"the customer's choice, where already made"`
	Documents *[]string `json:"documents,omitempty" vocab:"documents" doc:"documents at hand; absent = not asked, empty = none"`
	Facts     []Answer  `json:"facts,omitempty" maxItems:"50" doc:"answers to the decision's questions"`
	Accepted  []string  `json:"acknowledged,omitempty" maxItems:"50" doc:"ids of the acknowledgements that the customer made"`
}

func (t TurnIn) turn() (desk.TurnIn, error) {
	out := desk.TurnIn{Identity: t.Identity, Basis: policy.Basis(t.Basis), Facts: each(t.Facts, answerOf), Accepted: t.Accepted, Demanded: t.Demanded}
	if t.Documents != nil {
		out.Documents = *t.Documents
	}
	if t.Return != nil {
		out.Return, out.Address = care.ReturnMethod(t.Return.Method), t.Return.Address
	}
	if t.Device == nil {
		return out, nil
	}
	var err error
	out.Device, err = t.Device.device()
	return out, err
}

type slotsIn struct {
	RetailerPath
	From time.Time `query:"from" doc:"from this instant; absent = now"`
	To   time.Time `query:"to" doc:"before this instant; absent = as far ahead as can be booked"`
}

type slotsOut struct {
	Body struct {
		Items []Slot `json:"items" doc:"times that can be booked now, full ones too; empty where the retailer names no times"`
	} `nameHint:"Slots"`
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

type consultationsIn struct {
	From      time.Time `query:"from" doc:"from this instant; absent = all"`
	To        time.Time `query:"to" doc:"before this instant"`
	Cancelled bool      `query:"cancelled" doc:"cancelled ones too"`
	PageQuery
}

type bookSlotIn struct {
	RequestPath
	Body BookSlot
}

type cancelSlotIn struct {
	RequestPath
	Body CancelSlot
}

type turnIn struct {
	RequestPath
	Body TurnIn
}

type trackBookIn struct {
	TokenPath
	Body BookSlot
}

type trackCancelIn struct {
	TokenPath
	Body CancelSlot
}

type turnedOut struct {
	Location string `header:"Location" doc:"address of the claim"`
	Body     Claim
}

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
	s.consultationOperations()
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

func (s *server) consultationOperations() {
	tag := []string{"Requests"}
	register(s, huma.Operation{OperationID: "list-slots", Method: http.MethodGet, Path: "/retailers/{retailer}/slots", Tags: []string{"Public"},
		Summary: "List the times of a retailer's video consultations"}, s.slots)
	register(s, huma.Operation{OperationID: "list-consultations", Method: http.MethodGet, Path: "/consultations", Tags: tag, Security: byKey(),
		Summary: "List the booked video consultations by their start"},
		func(ctx context.Context, who caller, in *consultationsIn) (*pageOut[Consultation], error) {
			items, next, err := s.desk.Consultations(ctx, who.actor, care.MeetingFilter{From: in.From, To: in.To, Cancelled: in.Cancelled}, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, func(m care.MeetingItem) Consultation {
				return Consultation{Meeting: *meetingOf(m.Meeting, s.desk.MeetingLink(m.Meeting), who.zone), RequestID: m.Request, Number: m.Number,
					Subject: m.Subject, Customer: m.CustomerName, Phone: m.Phone}
			}), nil
		})
	register(s, huma.Operation{OperationID: "book-slot", Method: http.MethodPost, Path: "/requests/{request}/slot", Tags: tag, Security: byKey(),
		Summary: "Book a time for a request for a video consultation"},
		func(ctx context.Context, who caller, in *bookSlotIn) (*requestOut, error) {
			if err := s.desk.BookSlot(ctx, who.actor, in.Request, in.Body.Start); err != nil {
				return nil, at(err, "slot", "/start")
			}
			return s.request(ctx, who, in.Request)
		})
	register(s, huma.Operation{OperationID: "cancel-slot", Method: http.MethodPost, Path: "/requests/{request}/slot/cancel", Tags: tag, Security: byKey(),
		Summary: "Give the booked time of a request back; the request stays open"},
		func(ctx context.Context, who caller, in *cancelSlotIn) (*requestOut, error) {
			if err := s.desk.CancelSlot(ctx, who.actor, in.Request, in.Body.Reason); err != nil {
				return nil, at(err, "reason", "/reason")
			}
			return s.request(ctx, who, in.Request)
		})
	register(s, huma.Operation{OperationID: "turn-request", Method: http.MethodPost, Path: "/requests/{request}/claim", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Make a claim of a request that is none",
		Description: "The thread, the customer and the tracking links go on with the claim."}, s.turnRequest)
	register(s, huma.Operation{OperationID: "track-book-slot", Method: http.MethodPost, Path: "/track/{token}/slot", Tags: []string{"Tracking"},
		Summary: "Book a time for the video consultation that was asked for"},
		func(ctx context.Context, who caller, in *trackBookIn) (*trackedOut, error) {
			if err := s.desk.TrackedBookSlot(ctx, in.Token, in.Body.Start); err != nil {
				return nil, at(err, "slot", "/start")
			}
			return s.tracked(ctx, who, in.Token)
		})
	register(s, huma.Operation{OperationID: "track-cancel-slot", Method: http.MethodPost, Path: "/track/{token}/slot/cancel", Tags: []string{"Tracking"},
		Summary: "Give the booked time back"},
		func(ctx context.Context, who caller, in *trackCancelIn) (*trackedOut, error) {
			if err := s.desk.TrackedCancelSlot(ctx, in.Token, in.Body.Reason); err != nil {
				return nil, err
			}
			return s.tracked(ctx, who, in.Token)
		})
}

func (s *server) slots(ctx context.Context, _ caller, q *slotsIn) (*slotsOut, error) {
	zone, err := s.zone(ctx, q.Retailer)
	if err != nil {
		return nil, err
	}
	from, to := q.From, q.To
	if from.IsZero() {
		from = s.now()
	}
	if to.IsZero() {
		to = from.AddDate(1, 0, 0)
	}
	items, err := s.desk.Slots(ctx, q.Retailer, from, to)
	if err != nil {
		return nil, err
	}
	out := &slotsOut{}
	out.Body.Items = each(items, func(x desk.Slot) Slot { return Slot{Start: in(x.Start, zone), End: in(x.End, zone), Left: x.Left} })
	return out, nil
}

func (s *server) turnRequest(ctx context.Context, who caller, in *turnIn) (*turnedOut, error) {
	turn, err := in.Body.turn()
	as := NewRequest{Identity: in.Body.Identity, Device: in.Body.Device, Facts: in.Body.Facts}
	if err != nil {
		return nil, submitPointers(err, as)
	}
	c, err := s.desk.TurnIntoClaim(ctx, who.actor, in.Request, turn)
	if err != nil {
		return nil, submitPointers(err, as)
	}
	return &turnedOut{Location: Base + "/claims/" + c.ID, Body: s.claim(s.words.Locale(who.lang), c, who.zone, s.desk.NextActions(c, who.actor))}, nil
}
