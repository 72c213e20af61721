package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

type retailersOut struct {
	Body struct {
		Items []Retailer `json:"items" doc:"the retailers"`
	} `nameHint:"Retailers"`
}

// RetailerPath names a retailer.
type RetailerPath struct {
	Retailer string `path:"retailer" maxLength:"100" doc:"id of the retailer" example:"bg-omni"`
}

type retailerOut struct{ Body Retailer }

type placesOut struct {
	Body struct {
		Items []Place `json:"items" doc:"shops and centres"`
	} `nameHint:"Places"`
}

type checkIn struct {
	RetailerPath
	Serial string `query:"serial" required:"true" minLength:"3" maxLength:"100" doc:"serial number or IMEI; case, spaces and hyphens don't matter"`
}

type checkOut struct{ Body WarrantyCheck }

func (s *server) publicOperations() {
	tag := []string{"Public"}
	register(s, huma.Operation{OperationID: "list-retailers", Method: http.MethodGet, Path: "/retailers", Tags: tag, Summary: "List the retailers"},
		func(ctx context.Context, _ caller, _ *struct{}) (*retailersOut, error) {
			items, err := s.desk.Retailers(ctx)
			out := &retailersOut{}
			out.Body.Items = each(items, retailerOf)
			return out, err
		})
	register(s, huma.Operation{OperationID: "get-retailer", Method: http.MethodGet, Path: "/retailers/{retailer}", Tags: tag, Summary: "Show a retailer"},
		func(ctx context.Context, _ caller, in *RetailerPath) (*retailerOut, error) {
			r, err := s.desk.Retailer(ctx, in.Retailer)
			return &retailerOut{Body: retailerOf(r)}, err
		})
	register(s, huma.Operation{OperationID: "list-places", Method: http.MethodGet, Path: "/retailers/{retailer}/places", Tags: tag,
		Summary: "List a retailer's shops and service centres"},
		func(ctx context.Context, _ caller, in *RetailerPath) (*placesOut, error) {
			if _, err := s.desk.Retailer(ctx, in.Retailer); err != nil {
				return nil, err
			}
			items, err := s.desk.Places(ctx, in.Retailer)
			out := &placesOut{}
			out.Body.Items = each(items, placeOf)
			return out, err
		})
	register(s, huma.Operation{OperationID: "check-warranty", Method: http.MethodGet, Path: "/retailers/{retailer}/warranty", Tags: tag,
		Summary: "Tell what is in force for a unit, by serial or IMEI", Description: "Holds no personal data. Limited per address."},
		func(ctx context.Context, who caller, in *checkIn) (*checkOut, error) {
			c, err := s.desk.CheckWarranty(ctx, in.Retailer, in.Serial, who.lang)
			return &checkOut{Body: checkOf(c)}, err
		})
}

type findUnitsIn struct {
	Text string `query:"q" required:"true" minLength:"2" maxLength:"200" doc:"serial, IMEI, model, customer's name or phone, receipt or certificate number"`
	PageQuery
}

type unitIn struct {
	Unit string `path:"unit" maxLength:"100" doc:"id, serial or IMEI"`
}

type unitOut struct{ Body UnitDetail }

// NewSale is one sale to record.
type NewSale struct {
	Key             string        `json:"key,omitempty" maxLength:"200" doc:"the program's own stable key of the sale; absent = made of receipt, date, serial, IMEI and article"`
	SKU             string        `json:"sku,omitempty" maxLength:"100" doc:"the retailer's article"`
	Category        string        `json:"category" vocab:"categories" doc:"category of goods"`
	Brand           string        `json:"brand" minLength:"1" maxLength:"100" doc:"brand"`
	Model           string        `json:"model,omitempty" maxLength:"200" doc:"model"`
	Serial          string        `json:"serial,omitempty" maxLength:"100" doc:"serial number; this or the IMEI is required"`
	IMEI            string        `json:"imei,omitempty" maxLength:"50" doc:"IMEI"`
	IMEI2           string        `json:"imei2,omitempty" maxLength:"50" doc:"second IMEI"`
	Shop            string        `json:"shop,omitempty" maxLength:"100" doc:"id of the shop"`
	Channel         string        `json:"channel,omitempty" vocab:"sale_channels" doc:"how it was sold; absent = store"`
	Date            calendar.Date `json:"date" format:"date" doc:"day of the sale in the shop's zone"`
	Delivered       calendar.Date `json:"delivered,omitzero" format:"date" doc:"day of delivery"`
	Receipt         string        `json:"receipt,omitempty" maxLength:"100" doc:"number of the receipt"`
	Price           *Money        `json:"price,omitempty" doc:"price paid"`
	DigitalElements *bool         `json:"digital_elements,omitempty" doc:"goods with digital elements"`
	WeightGrams     int           `json:"weight_grams,omitempty" minimum:"0" maximum:"10000000" doc:"weight; 0 = unknown"`
	Customer        *Contact      `json:"customer,omitempty" doc:"the buyer, where known"`
	Papers
	SellCertificate *SaleCertificate `json:"sell_certificate,omitempty" doc:"sell a certificate with the product: both or neither; absent = none"`
}

// SaleCertificate is a certificate that is sold with the product.
type SaleCertificate struct {
	Price *Money `json:"price,omitempty" doc:"the price that the customer was told; another one today is a conflict"`
}

// RecordedSale is a sale just recorded.
type RecordedSale struct {
	UnitRecord
	SoldCertificate *SoldCertificate `json:"sold_certificate,omitempty" doc:"the certificate that was sold with it"`
}

func (n NewSale) row() (desk.SaleRow, error) {
	row := desk.SaleRow{Key: n.Key, SKU: n.SKU, Category: n.Category, Brand: n.Brand, Model: n.Model, Serial: n.Serial, IMEI: n.IMEI, IMEI2: n.IMEI2,
		Shop: n.Shop, Channel: n.Channel, Date: n.Date, Delivered: n.Delivered, Receipt: n.Receipt, DigitalElements: n.DigitalElements,
		WeightGrams: n.WeightGrams, Customer: n.Customer.contact()}
	var err error
	if row.Price, err = n.Price.amount("price"); err != nil {
		return row, err
	}
	var s care.Sale
	if err := n.onto(&s); err != nil {
		return row, err
	}
	row.IMEIOnReceipt, row.CardInKit, row.OriginalPackaging = s.IMEIOnReceipt, s.CardInKit, s.OriginalPackaging
	row.WarrantyMonths, row.WarrantyIssuer = s.WarrantyMonths, s.WarrantyIssuer
	row.Certificate, row.CertificateSold, row.CertificatePrice = s.Certificate, s.CertificateSold, s.CertificatePrice
	return row, nil
}

type saleIn struct{ Body NewSale }

type saleOut struct {
	Location string `header:"Location" doc:"address of the unit"`
	Body     RecordedSale
}

func (s *server) registryOperations() {
	tag := []string{"Registry"}
	register(s, huma.Operation{OperationID: "find-units", Method: http.MethodGet, Path: "/units", Tags: tag, Security: byKey(),
		Summary: "Search the registry of sold units"},
		func(ctx context.Context, who caller, in *findUnitsIn) (*pageOut[UnitRecord], error) {
			items, next, err := s.desk.FindUnits(ctx, who.actor, in.Text, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, recordOf), nil
		})
	register(s, huma.Operation{OperationID: "get-unit", Method: http.MethodGet, Path: "/units/{unit}", Tags: tag, Security: byKey(),
		Summary: "Show all that the registry knows of a unit: sale, terms, claims, prolongation ledger"},
		func(ctx context.Context, who caller, in *unitIn) (*unitOut, error) {
			v, err := s.desk.Unit(ctx, who.actor, in.Unit, who.lang)
			if err != nil {
				return nil, err
			}
			return &unitOut{Body: unitDetailOf(v, who.zone)}, nil
		})
	register(s, huma.Operation{OperationID: "register-sale", Method: http.MethodPost, Path: "/sales", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Record one sale", Description: "A sale that is there already is a conflict. Files are imported by `talon import sales`."}, s.sale)
}

func (s *server) sale(ctx context.Context, who caller, in *saleIn) (*saleOut, error) {
	places := []string{"warranty_months", "/warranty/months", "warranty_issuer", "/warranty/issuer", "name", "/customer/name", "email", "/customer/email"}
	row, err := in.Body.row()
	if err != nil {
		return nil, at(err, places...)
	}
	var with *desk.CertificateSale
	if c := in.Body.SellCertificate; c != nil {
		with = &desk.CertificateSale{Lang: who.lang}
		if with.Price, err = c.Price.amount("price"); err != nil {
			return nil, at(err, "price", "/sell_certificate/price")
		}
		places = append(places, "price", "/sell_certificate/price")
	}
	rec, err := s.desk.RegisterSaleWith(ctx, who.actor, row, with)
	if err != nil {
		return nil, at(err, places...)
	}
	out := &saleOut{Location: Base + "/units/" + rec.Unit.ID, Body: RecordedSale{UnitRecord: recordOf(rec.UnitRecord)}}
	if sold := rec.Certificate; sold != nil {
		out.Body.SoldCertificate = &SoldCertificate{Certificate: s.certificateOf(who.zone)(sold.Certificate), Link: certificateLinkOf(sold.Token)}
	}
	return out, nil
}
