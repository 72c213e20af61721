package api

import (
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// The models are the API's own: the domain may be renamed without anybody
// outside noticing. Field names are snake_case and, where the decision
// contract has a name, that one.

// Money is a sum. The amount is text, so that no reader puts it through
// floating point.
type Money struct {
	Amount   string `json:"amount" pattern:"^-?[0-9]+(\\.[0-9]+)?$" maxLength:"20" doc:"decimal sum with a point" example:"1999.00"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" doc:"ISO 4217" example:"BGN"`
}

func moneyOf(a *money.Amount) *Money {
	if a == nil {
		return nil
	}
	return &Money{Amount: a.String(), Currency: a.Currency}
}

// amount reads a sum; nil gives nil.
func (m *Money) amount(field string) (*money.Amount, error) {
	if m == nil {
		return nil, nil
	}
	a, err := money.Parse(m.Amount, m.Currency)
	if err != nil {
		return nil, care.Fail(care.Invalid, "bad_amount", "field", field, "value", m.Amount+" "+m.Currency).At(field)
	}
	return &a, nil
}

// Retailer is one company of the installation.
type Retailer struct {
	ID        string            `json:"id" doc:"id, also of its policy pack" example:"bg-omni"`
	Name      map[string]string `json:"name" doc:"name by language"`
	Zone      string            `json:"zone" doc:"IANA time zone of its shops" example:"Europe/Sofia"`
	Currency  string            `json:"currency" doc:"ISO 4217 code in which it pays" example:"EUR"`
	Languages []string          `json:"languages" doc:"languages of its texts; the first is the default"`
}

func retailerOf(r care.Retailer) Retailer {
	return Retailer{ID: r.ID, Name: nonNil(r.Name), Zone: r.Zone, Currency: r.Currency, Languages: list(r.Languages)}
}

// Place is a shop or a service centre.
type Place struct {
	ID      string            `json:"id" doc:"id, as commands name it"`
	Kind    string            `json:"kind" vocab:"place_kinds" doc:"shop, own or authorised centre"`
	Name    map[string]string `json:"name" doc:"name by language"`
	Address map[string]string `json:"address" doc:"address by language"`
	Phone   string            `json:"phone,omitempty" doc:"phone"`
	Brands  []string          `json:"brands" doc:"brands it is authorised for; empty = all"`
}

func placeOf(p care.Place) Place {
	return Place{ID: p.ID, Kind: string(p.Kind), Name: nonNil(p.Name), Address: nonNil(p.Address), Phone: p.Phone, Brands: list(p.Brands)}
}

// Unit is one device.
type Unit struct {
	ID              string `json:"id" doc:"id"`
	Category        string `json:"category,omitempty" vocab:"categories" doc:"category of goods"`
	Brand           string `json:"brand,omitempty" doc:"brand" example:"Lenovo"`
	Model           string `json:"model,omitempty" doc:"model" example:"ThinkPad X1"`
	Serial          string `json:"serial,omitempty" doc:"serial number"`
	IMEI            string `json:"imei,omitempty" doc:"IMEI"`
	IMEI2           string `json:"imei2,omitempty" doc:"second IMEI"`
	ReplacesID      string `json:"replaces_id,omitempty" doc:"the unit that this one was given for"`
	DigitalElements *bool  `json:"digital_elements,omitempty" doc:"goods with digital elements"`
}

func unitOf(u care.Unit) Unit {
	return Unit{ID: u.ID, Category: u.Category, Brand: u.Brand, Model: u.Model, Serial: u.Serial, IMEI: u.IMEI, IMEI2: u.IMEI2,
		ReplacesID: u.Replaces, DigitalElements: u.DigitalElements}
}

func unitPtr(u *care.Unit) *Unit { return mapped(u, unitOf) }

// Papers are what the sale's papers say.
type Papers struct {
	IMEIOnReceipt     *bool        `json:"imei_on_receipt,omitempty" doc:"the receipt names the IMEI"`
	CardInKit         *bool        `json:"card_in_kit,omitempty" doc:"the maker's warranty card is in the kit"`
	OriginalPackaging *bool        `json:"original_packaging,omitempty" doc:"the original packaging is kept"`
	Warranty          *Warranty    `json:"warranty,omitempty" doc:"the warranty card"`
	Certificate       *Certificate `json:"certificate,omitempty" doc:"the post-warranty certificate"`
}

// Warranty is what the card says.
type Warranty struct {
	Months *int   `json:"months,omitempty" minimum:"0" maximum:"1200" doc:"months as on the card; 0 = none given"`
	Issuer string `json:"issuer,omitempty" vocab:"issuers" doc:"who gives it"`
}

func warrantyOf(months *int, issuer string) *Warranty {
	if months == nil && issuer == "" {
		return nil
	}
	return &Warranty{Months: months, Issuer: issuer}
}

// Certificate is a post-warranty certificate.
type Certificate struct {
	Number string        `json:"number" minLength:"1" maxLength:"100" doc:"number"`
	Sold   calendar.Date `json:"sold,omitzero" format:"date" doc:"day on which it was sold"`
	Price  *Money        `json:"price,omitempty" doc:"price paid for it"`
}

// Sale is the contract under which a unit was bought. What is absent is
// unknown.
type Sale struct {
	ID          string        `json:"id,omitempty" doc:"id"`
	Shop        string        `json:"shop,omitempty" doc:"id of the shop"`
	Channel     string        `json:"channel,omitempty" vocab:"sale_channels" doc:"how it was sold"`
	Date        calendar.Date `json:"date,omitzero" format:"date" doc:"day of the sale in the shop's zone"`
	Delivered   calendar.Date `json:"delivered,omitzero" format:"date" doc:"day of delivery"`
	Rescinded   calendar.Date `json:"rescinded,omitzero" format:"date" doc:"day on which the contract was rescinded"`
	Receipt     string        `json:"receipt,omitempty" doc:"number of the receipt"`
	Price       *Money        `json:"price,omitempty" doc:"price paid"`
	PackVersion string        `json:"pack_version,omitempty" doc:"version of the terms that the sale is under"`
	Papers
}

func saleOf(s care.Sale) Sale {
	out := Sale{ID: s.ID, Shop: s.Shop, Channel: s.Channel, Date: s.Date, Delivered: s.Delivered, Rescinded: s.Rescinded,
		Receipt: s.Receipt, Price: moneyOf(s.Price), PackVersion: s.PackVersion,
		Papers: Papers{IMEIOnReceipt: s.IMEIOnReceipt, CardInKit: s.CardInKit, OriginalPackaging: s.OriginalPackaging,
			Warranty: warrantyOf(s.WarrantyMonths, s.WarrantyIssuer)}}
	if s.Certificate != "" {
		out.Certificate = &Certificate{Number: s.Certificate, Sold: s.CertificateSold, Price: moneyOf(s.CertificatePrice)}
	}
	return out
}

// Contact is who asks or bought.
type Contact struct {
	Name       string `json:"name" minLength:"1" maxLength:"200" doc:"name"`
	Phone      string `json:"phone,omitempty" maxLength:"50" doc:"phone; this or the e-mail is required"`
	Email      string `json:"email,omitempty" maxLength:"254" doc:"e-mail"`
	Address    string `json:"address,omitempty" maxLength:"500" doc:"postal address"`
	Settlement string `json:"settlement,omitempty" maxLength:"200" doc:"town or village, for routing and courier days"`
}

func (c *Contact) contact() desk.Contact {
	if c == nil {
		return desk.Contact{}
	}
	return desk.Contact{Name: c.Name, Phone: c.Phone, Email: c.Email, Address: c.Address, Settlement: c.Settlement}
}

// Customer is a person who owns a device.
type Customer struct {
	ID         string `json:"id" doc:"id"`
	Name       string `json:"name" doc:"name"`
	Phone      string `json:"phone,omitempty" doc:"phone"`
	Email      string `json:"email,omitempty" doc:"e-mail"`
	Lang       string `json:"lang,omitempty" doc:"language"`
	Address    string `json:"address,omitempty" doc:"postal address"`
	Settlement string `json:"settlement,omitempty" doc:"town or village"`
}

func customerOf(c care.Customer) Customer {
	return Customer{ID: c.ID, Name: c.Name, Phone: c.Phone, Email: c.Email, Lang: c.Lang, Address: c.Address, Settlement: c.Settlement}
}

// UnitRecord is a unit with what the registry knows of it.
type UnitRecord struct {
	Unit     Unit      `json:"unit" doc:"the unit"`
	Sale     *Sale     `json:"sale,omitempty" doc:"its latest sale; absent when it was not sold here"`
	Customer *Customer `json:"customer,omitempty" doc:"its owner, where known"`
}

func recordOf(r care.UnitRecord) UnitRecord {
	return UnitRecord{Unit: unitOf(r.Unit), Sale: mapped(r.Sale, saleOf), Customer: mapped(r.Customer, customerOf)}
}

// Clause is a clause of the terms or of the law as shown to a reader.
type Clause struct {
	ID          string   `json:"id" doc:"clause id"`
	Requirement string   `json:"requirement" doc:"row of the requirements or of the law" example:"B13"`
	Effect      string   `json:"effect" doc:"what it does"`
	Source      string   `json:"source" doc:"section of the page, or article of the law"`
	Verified    *bool    `json:"verified,omitempty" doc:"false where the article's text was not read"`
	Text        string   `json:"text" doc:"text in the reader's language"`
	Facts       []string `json:"facts" doc:"the facts that made it true"`
}

func clauseOf(c policy.ClauseRef) Clause {
	return Clause{ID: c.ID, Requirement: c.Requirement, Effect: c.Effect, Source: c.Source, Verified: c.Verified, Text: c.Text, Facts: list(c.Facts)}
}

// LedgerEntry is one stay in service that moved the end of a term.
type LedgerEntry struct {
	From   calendar.Date `json:"from" format:"date" doc:"first day of the stay"`
	To     calendar.Date `json:"to" format:"date" doc:"last day, counted"`
	Days   int           `json:"days" doc:"days it adds"`
	Open   bool          `json:"open" doc:"still in service"`
	Clause string        `json:"clause" doc:"id of the prolongation clause"`
}

func ledgerOf(e policy.LedgerEntry) LedgerEntry {
	return LedgerEntry{From: e.From, To: e.To, Days: e.Days, Open: e.Open, Clause: e.Clause}
}

// Cover is what is in force for a unit on one basis.
type Cover struct {
	Basis         string        `json:"basis" vocab:"bases" doc:"basis"`
	InForce       bool          `json:"in_force" doc:"it is in force now"`
	From          calendar.Date `json:"from,omitzero" format:"date" doc:"first day"`
	LastDay       calendar.Date `json:"last_day,omitzero" format:"date" doc:"nominal last day, inclusive"`
	Until         calendar.Date `json:"until,omitzero" format:"date" doc:"last day moved to a working day where the law says so"`
	Provisional   bool          `json:"provisional" doc:"rests on a year whose transferred days off are not published"`
	ProlongedDays int           `json:"prolonged_days" doc:"days added for time in service"`
	Ledger        []LedgerEntry `json:"ledger" doc:"the stays behind prolonged_days"`
	Clauses       []Clause      `json:"clauses" doc:"the clauses of the term"`
}

func coverOf(c desk.Cover) Cover {
	return Cover{Basis: string(c.Basis), InForce: c.InForce, From: c.From, LastDay: c.LastDay, Until: c.Until, Provisional: c.Provisional,
		ProlongedDays: c.ProlongedDays, Ledger: each(c.Ledger, ledgerOf), Clauses: each(c.Clauses, clauseOf)}
}

// Support is the right to phone support.
type Support struct {
	From    calendar.Date `json:"from" format:"date" doc:"day of delivery"`
	LastDay calendar.Date `json:"last_day" format:"date" doc:"last day, inclusive"`
	InForce bool          `json:"in_force" doc:"it is in force now"`
	Clause  string        `json:"clause" doc:"id of the clause"`
}

// WarrantyCheck is the answer to "is it under warranty?". It holds no
// personal data.
type WarrantyCheck struct {
	Retailer string        `json:"retailer" doc:"id of the retailer"`
	Category string        `json:"category,omitempty" vocab:"categories" doc:"category of goods"`
	Brand    string        `json:"brand,omitempty" doc:"brand"`
	Model    string        `json:"model,omitempty" doc:"model"`
	Serial   string        `json:"serial,omitempty" doc:"as asked, when that was a serial"`
	IMEI     string        `json:"imei,omitempty" doc:"as asked, when that was an IMEI"`
	SoldOn   calendar.Date `json:"sold_on,omitzero" format:"date" doc:"day of the sale"`
	Covers   []Cover       `json:"covers" doc:"each cover, in force or not"`
	Parts    []CoveredPart `json:"parts" doc:"parts put in earlier whose own warranty runs"`
	Support  *Support      `json:"support,omitempty" doc:"the right to phone support, where the terms grant one"`
	Offer    *Offer        `json:"certificate_offer,omitempty" doc:"the certificate that can still be bought"`
	Replaced bool          `json:"replaced,omitempty" doc:"another unit was given for this one; its terms went along, so that none is told here"`
	Ended    calendar.Date `json:"rescinded,omitzero" format:"date" doc:"the contract of sale ended on it, so that no term holds"`
	At       time.Time     `json:"at" doc:"when this was found"`
}

// CoveredPart is a part that was put in, with a warranty of its own.
type CoveredPart struct {
	Part  string        `json:"part" vocab:"parts" doc:"which part"`
	Name  string        `json:"name,omitempty" doc:"its name"`
	Until calendar.Date `json:"until" format:"date" doc:"last day of its warranty"`
}

func coveredPartOf(p desk.CoveredPart) CoveredPart {
	return CoveredPart{Part: p.Part.Part, Name: p.Name, Until: p.Until}
}

// Offer is a post-warranty certificate that can still be bought for a unit.
type Offer struct {
	Price   Money         `json:"price" doc:"price today"`
	From    calendar.Date `json:"from" format:"date" doc:"first day that it would have"`
	LastDay calendar.Date `json:"last_day" format:"date" doc:"last day that it would have"`
	BuyBy   calendar.Date `json:"buy_by" format:"date" doc:"last day on which it is sold"`
	Ask     string        `json:"ask,omitempty" doc:"whom to ask about it"`
	Clause  string        `json:"clause,omitempty" doc:"id of the clause that says so"`
}

func checkOf(c desk.Check) WarrantyCheck {
	out := WarrantyCheck{Retailer: c.Retailer, Category: c.Category, Brand: c.Brand, Model: c.Model, Serial: c.Serial, IMEI: c.IMEI,
		SoldOn: c.SoldOn, Covers: each(c.Covers, coverOf), Parts: each(c.Parts, coveredPartOf), Replaced: c.Replaced, Ended: c.Ended, At: c.At}
	if o := c.Offer; o != nil {
		out.Offer = &Offer{Price: *moneyOf(&o.Price), From: o.From, LastDay: o.LastDay, BuyBy: o.BuyBy, Ask: o.Ask, Clause: o.Clause}
	}
	if s := c.Support; s != nil {
		out.Support = &Support{From: s.From, LastDay: s.LastDay, InForce: s.InForce, Clause: s.Clause}
	}
	return out
}

// Stay is one stay of a unit in service: an entry of the prolongation ledger.
type Stay struct {
	ClaimID    string    `json:"claim_id,omitempty" doc:"the claim; absent for a service from before the registry was kept"`
	Demanded   time.Time `json:"demanded" doc:"the customer's demand"`
	Accepted   time.Time `json:"accepted" doc:"the device was taken in"`
	Released   time.Time `json:"released,omitzero" doc:"the customer was told that it is ready; absent while in service"`
	HandedBack time.Time `json:"handed_back,omitzero" doc:"the customer had it again; absent before, and where it was not written down"`
	Kind       string    `json:"kind,omitempty" vocab:"service_kinds" doc:"nature of the defect"`
	Outcome    string    `json:"outcome,omitempty" vocab:"outcomes" doc:"how it ended"`
	Centre     string    `json:"centre,omitempty" vocab:"centre_kinds" doc:"kind of centre"`
	Basis      string    `json:"basis,omitempty" vocab:"bases" doc:"basis"`
}

func stayOf(zone *time.Location) func(care.Stay) Stay {
	return func(s care.Stay) Stay {
		return Stay{ClaimID: s.Claim, Demanded: in(s.Demanded, zone), Accepted: in(s.Accepted, zone), Released: in(s.Released, zone), HandedBack: in(s.HandedBack, zone),
			Kind: s.Kind, Outcome: s.Outcome, Centre: s.Centre, Basis: string(s.Basis)}
	}
}

// ClaimRef names a claim in another answer.
type ClaimRef struct {
	ID       string    `json:"id" doc:"id"`
	Number   string    `json:"number" doc:"number for people" example:"RMA-2026-000017"`
	State    string    `json:"state" vocab:"states" doc:"state"`
	Outcome  string    `json:"outcome,omitempty" vocab:"claim_outcomes" doc:"how it ended"`
	OpenedAt time.Time `json:"opened_at" doc:"when it was opened"`
}

func claimRefOf(zone *time.Location) func(care.Claim) ClaimRef {
	return func(c care.Claim) ClaimRef {
		return ClaimRef{ID: c.ID, Number: c.Number, State: string(c.State), Outcome: string(c.Outcome), OpenedAt: in(c.OpenedAt, zone)}
	}
}

// UnitDetail is all that the registry knows of a unit.
type UnitDetail struct {
	UnitRecord
	Check    WarrantyCheck `json:"check" doc:"what is in force"`
	Claims   []ClaimRef    `json:"claims" doc:"its claims, oldest first"`
	Stays    []Stay        `json:"stays" doc:"the prolongation ledger, with that of the units it replaces"`
	Replaces *Unit         `json:"replaces,omitempty" doc:"the unit that it was given for"`
	Replaced *Unit         `json:"replaced_by,omitempty" doc:"the unit that was given for it"`
	Before   []UnitLife    `json:"before" doc:"the units it was given for, latest first"`
	After    []UnitLife    `json:"after" doc:"the units that were given for it, earliest first"`
}

// UnitLife is another unit of the same contract.
type UnitLife struct {
	Unit   Unit       `json:"unit" doc:"the unit"`
	Claims []ClaimRef `json:"claims" doc:"its claims, oldest first"`
}

func unitLifeOf(zone *time.Location) func(desk.UnitLife) UnitLife {
	return func(l desk.UnitLife) UnitLife {
		return UnitLife{Unit: unitOf(l.Unit), Claims: each(l.Claims, claimRefOf(zone))}
	}
}

func unitDetailOf(v desk.UnitView, zone *time.Location) UnitDetail {
	return UnitDetail{UnitRecord: recordOf(v.UnitRecord), Check: checkOf(v.Check), Claims: each(v.Claims, claimRefOf(zone)),
		Stays: each(v.Stays, stayOf(zone)), Replaces: unitPtr(v.Replaces), Replaced: unitPtr(v.Replaced),
		Before: each(v.Before, unitLifeOf(zone)), After: each(v.After, unitLifeOf(zone))}
}

// in is an instant as the retailer's clocks show it; the zero time stays.
func in(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}

// list is never null in JSON.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func nonNil(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func each[T, U any](l []T, f func(T) U) []U {
	out := make([]U, 0, len(l))
	for _, x := range l {
		out = append(out, f(x))
	}
	return out
}

func mapped[T, U any](p *T, f func(T) U) *U {
	if p == nil {
		return nil
	}
	v := f(*p)
	return &v
}
