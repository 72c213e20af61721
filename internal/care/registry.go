package care

import (
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// Retailer is one company in the installation. Its id is also the id of its
// policy pack.
type Retailer struct {
	ID        string
	Name      map[string]string // by language
	Zone      string            // IANA zone of its shops
	Currency  string
	Languages []string // the first is the default
}

// PlaceKind says what a place is, in the words of the policy packs.
type PlaceKind string

// The kinds of place.
const (
	ShopPlace       PlaceKind = "shop"
	OwnCentre       PlaceKind = "own"
	AuthorisedPlace PlaceKind = "authorised"
)

// Place is a shop or a service centre of a retailer's pack.
type Place struct {
	ID       string
	Retailer string
	Kind     PlaceKind
	Name     map[string]string // by language
	Address  map[string]string
	Phone    string
	Brands   []string
}

// Product is a model that the retailer sells.
type Product struct {
	ID              string
	Retailer        string
	SKU             string // the retailer's article, unique per retailer where not ""
	Category        string // policy vocabulary "categories"
	Brand           string
	Model           string
	WarrantyMonths  *int   // months that its cards usually state
	WarrantyIssuer  string // manufacturer or retailer
	WeightGrams     int    // 0 = unknown; over 5 kg the seller carries it
	DigitalElements *bool
	NoLoaner        bool // excluded from loaners by law
}

// Unit is one device. Search-folded forms of serial and IMEI are storage's.
type Unit struct {
	ID       string `json:"id"`
	Retailer string `json:"retailer"`
	Product  string `json:"product,omitempty"`  // Product.ID, "" for a unit that was not sold here
	Category string `json:"category,omitempty"` // copied from the product, or as identified at intake
	Brand    string `json:"brand,omitempty"`
	Model    string `json:"model,omitempty"`
	Serial   string `json:"serial,omitempty"`
	IMEI     string `json:"imei,omitempty"`
	IMEI2    string `json:"imei2,omitempty"`
	Replaces string `json:"replaces,omitempty"` // the unit this one was given for

	DigitalElements *bool `json:"digital_elements,omitempty"` // ЗПЦСЦУПС 34
}

// Identity is the number people know the unit by.
func (u Unit) Identity() string {
	if u.Serial != "" {
		return u.Serial
	}
	return u.IMEI
}

// Sale is the contract that a unit was bought under, and what its papers say.
// Zero dates, nil pointers and "" are unknown.
type Sale struct {
	ID        string        `json:"id,omitempty"`
	Retailer  string        `json:"retailer,omitempty"`
	Key       string        `json:"key,omitempty"` // stable key of an imported row; unique per retailer
	Unit      string        `json:"unit,omitempty"`
	Customer  string        `json:"customer,omitempty"`
	Shop      string        `json:"shop,omitempty"`
	Channel   string        `json:"channel,omitempty"` // policy vocabulary "sale_channels"
	Date      calendar.Date `json:"date,omitzero"`     // the shop's local date
	Delivered calendar.Date `json:"delivered,omitzero"`
	Rescinded calendar.Date `json:"rescinded,omitzero"`
	Receipt   string        `json:"receipt,omitempty"`
	Price     *money.Amount `json:"price,omitempty"`

	IMEIOnReceipt     *bool `json:"imei_on_receipt,omitempty"` // A2
	CardInKit         *bool `json:"card_in_kit,omitempty"`     // A2
	OriginalPackaging *bool `json:"original_packaging,omitempty"`

	WarrantyMonths *int   `json:"warranty_months,omitempty"` // as on the card (B4); 0 = none given
	WarrantyIssuer string `json:"warranty_issuer,omitempty"`

	Certificate      string        `json:"certificate,omitempty"` // number (A5, A6)
	CertificateSold  calendar.Date `json:"certificate_sold,omitzero"`
	CertificatePrice *money.Amount `json:"certificate_price,omitempty"`

	PackVersion string `json:"pack_version,omitempty"` // terms in force on the day of sale
}

// Customer is a person who owns a device. Personal data lives here and on
// requests only; claims, events and audit entries carry the id.
type Customer struct {
	ID         string
	Retailer   string
	Name       string
	Phone      string
	Email      string
	Lang       string
	Address    string
	Settlement string
	Created    time.Time
}

// DeviceName is what people call a device: brand and model, the brand once
// where the model begins with it or names it among its words, as in many price
// lists ("Смартфон Samsung Galaxy A55").
func DeviceName(brand, model string) string {
	brand, model = strings.TrimSpace(brand), strings.TrimSpace(model)
	begins := len(model) >= len(brand) && strings.EqualFold(model[:len(brand)], brand)
	named := slices.ContainsFunc(strings.Fields(model), func(word string) bool { return strings.EqualFold(word, brand) })
	if begins || named {
		return model
	}
	return strings.TrimSpace(brand + " " + model)
}
