package policy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// Facts is everything a decision may look at. An absent value is unknown,
// never false: text is absent when empty, a date when zero, a pointer when
// nil, and a list when nil (an empty, non-nil list means "none").
//
// The names are fixed by docs/decision.md; programs outside rely on them.
type Facts struct {
	Pack        string           `json:"pack,omitzero" doc:"the retailer's pack: an id or a path"`
	At          time.Time        `json:"at,omitzero" doc:"the instant of the decision (RFC 3339); nothing reads the clock"`
	Request     RequestFacts     `json:"request,omitzero"`
	Unit        UnitFacts        `json:"unit,omitzero"`
	Sale        SaleFacts        `json:"sale,omitzero"`
	Warranty    WarrantyFacts    `json:"warranty,omitzero"`
	Certificate CertificateFacts `json:"certificate,omitzero"`
	Documents   []string         `json:"documents,omitzero" enum:"documents" doc:"documents present; absent = unknown, empty = none"`
	Diagnosis   DiagnosisFacts   `json:"diagnosis,omitzero"`
	Services    []Service        `json:"services,omitzero" doc:"earlier services; absent = unknown, empty = none"`
	Market      MarketFacts      `json:"market,omitzero"`
	Remedy      RemedyFacts      `json:"remedy,omitzero"`
}

// RequestFacts says what was asked for, how and when.
type RequestFacts struct {
	Kind       string    `json:"kind,omitzero" enum:"request_kinds" doc:"kind of request"`
	Basis      string    `json:"basis,omitzero" enum:"chosen_bases" doc:"basis the customer chose; empty = none yet; every basis is shown either way"`
	Channel    string    `json:"channel,omitzero" enum:"channels" doc:"how the request came in"`
	ReceivedAt time.Time `json:"received_at,omitzero" doc:"the customer's demand (RFC 3339); default: at"`
	Settlement string    `json:"settlement,omitzero" doc:"settlement of the return address"`
	Remedy     string    `json:"remedy,omitzero" enum:"remedy_kinds" doc:"remedy the customer demanded; absent = none yet"`
	RemedyAt   time.Time `json:"remedy_at,omitzero" doc:"when the customer demanded this remedy (RFC 3339); default: received_at"`
	// BeforeCheck is what gives the seller 20 days rather than 7 (RU-21.1).
	BeforeCheck *bool     `json:"before_check,omitzero" doc:"this remedy was demanded before the defect was checked; default false"`
	LoanerAt    time.Time `json:"loaner_at,omitzero" doc:"when the customer asked for a loaner (RFC 3339); absent = has not"`
	LoanerUntil time.Time `json:"loaner_until,omitzero" doc:"when a loaner was provided, or no longer had to be (RFC 3339); absent = still owed"`
}

// UnitFacts describes the device itself.
type UnitFacts struct {
	Category          string `json:"category,omitzero" enum:"categories" doc:"category of goods"`
	Brand             string `json:"brand,omitzero" doc:"brand, any letter case"`
	Model             string `json:"model,omitzero" doc:"model"`
	Serial            string `json:"serial,omitzero" doc:"serial number"`
	IMEI              string `json:"imei,omitzero" doc:"IMEI"`
	IMEIOnReceipt     *bool  `json:"imei_on_receipt,omitzero" doc:"the receipt names the IMEI"`
	CardInKit         *bool  `json:"card_in_kit,omitzero" doc:"the kit contained a warranty card"`
	PersonalUse       *bool  `json:"personal_use,omitzero" doc:"used for personal household needs; default true"`
	ReportedStolen    *bool  `json:"reported_stolen,omitzero" doc:"an authority reported it stolen; default false"`
	LockActive        *bool  `json:"lock_active,omitzero" doc:"an activation lock or password can't be turned off; default false"`
	OwnerProven       *bool  `json:"owner_proven,omitzero" doc:"the customer proved ownership"`
	OriginalPackaging *bool  `json:"original_packaging,omitzero" doc:"sold in the maker's original packaging"`
	DigitalElements   *bool  `json:"digital_elements,omitzero" doc:"goods with digital elements (ЗПЦСЦУПС 34)"`
}

// SaleFacts describes the contract of sale.
type SaleFacts struct {
	Date      calendar.Date `json:"date,omitzero" doc:"date of sale, the shop's local date"`
	Delivered calendar.Date `json:"delivered,omitzero" doc:"date of delivery; default: date"`
	Rescinded calendar.Date `json:"rescinded,omitzero" doc:"date the contract was terminated"`
	Channel   string        `json:"channel,omitzero" enum:"sale_channels" doc:"where it was bought"`
	Price     *money.Amount `json:"price,omitzero" doc:"price paid"`
}

// WarrantyFacts is what the warranty card promises.
type WarrantyFacts struct {
	Months *int   `json:"months,omitzero" doc:"months on the card; 0 = no warranty given"`
	Issuer string `json:"issuer,omitzero" enum:"issuers" doc:"who issued the card"`
}

// CertificateFacts is the post-warranty certificate; no number, no certificate.
type CertificateFacts struct {
	Number string        `json:"number,omitzero" doc:"certificate number; absent = no certificate"`
	Sold   calendar.Date `json:"sold,omitzero" doc:"date the certificate was sold"`
	Price  *money.Amount `json:"price,omitzero" doc:"price paid for the certificate"`
}

// DiagnosisFacts is what the specialists found (B7).
type DiagnosisFacts struct {
	Confirmed     *bool     `json:"confirmed,omitzero" doc:"the defect was confirmed"`
	Kind          string    `json:"kind,omitzero" enum:"diagnosis_kinds" doc:"nature of the defect"`
	Findings      []Finding `json:"findings,omitzero" doc:"what was found; absent = unknown, empty = nothing"`
	FailedPart    string    `json:"failed_part,omitzero" enum:"parts" doc:"the part to be repaired"`
	Defect        string    `json:"defect,omitzero" doc:"the retailer's code of the defect, to recognise a repeated one"`
	Insignificant *bool     `json:"insignificant,omitzero" doc:"the seller proved the defect insignificant; default false"`
}

// Finding is one thing the diagnosis found.
type Finding struct {
	Code  string `json:"code,omitzero" enum:"findings" doc:"finding code"`
	Part  string `json:"part,omitzero" enum:"parts" doc:"part that failed or is damaged"`
	Cause string `json:"cause,omitzero" enum:"causes" doc:"cause; absent = not established yet"`
}

// Service is one earlier stay in service.
type Service struct {
	Demanded Moment `json:"demanded,omitzero" doc:"when the customer demanded it"`
	Accepted Moment `json:"accepted,omitzero" doc:"when the device was accepted"`
	Released Moment `json:"released,omitzero" doc:"repaired and given to the courier, or the customer told; absent = still in service"`
	// HandedBack ends the time without the product (ЗоЗПП 20(3)).
	HandedBack Moment `json:"handed_back,omitzero" doc:"back in the customer's hands; absent = when released"`
	Kind       string `json:"kind,omitzero" enum:"service_kinds" doc:"hardware or software"`
	Outcome    string `json:"outcome,omitzero" enum:"outcomes" doc:"how it ended"`
	Centre     string `json:"centre,omitzero" enum:"centre_kinds" doc:"what kind of centre did it"`
	Basis      string `json:"basis,omitzero" enum:"bases" doc:"basis it was done on"`
	Defect     string `json:"defect,omitzero" doc:"code of the defect, to recognise a repeated one"`
}

// MarketFacts says what can be had in place of the unit.
type MarketFacts struct {
	SameModel   *bool         `json:"same_model,omitzero" doc:"the same model is to be had"`
	AnalogPrice *money.Amount `json:"analog_price,omitzero" doc:"price of the nearest other model"`
}

// RemedyFacts says how far the remedy is.
type RemedyFacts struct {
	RepairPossible *bool     `json:"repair_possible,omitzero" doc:"the defect can be repaired"`
	ReadyAt        time.Time `json:"ready_at,omitzero" doc:"repaired and given to the courier, or the customer told (RFC 3339)"`
}

// Moment is a day or an instant. An instant becomes a day in the shop's zone
// (law.md, counting rule 1).
type Moment struct {
	Date calendar.Date
	Time time.Time
}

// Day makes a moment of a date.
func Day(d calendar.Date) Moment { return Moment{Date: d} }

// Instant makes a moment of an instant.
func Instant(t time.Time) Moment { return Moment{Time: t} }

// IsZero reports whether nothing is known of the moment.
func (m Moment) IsZero() bool { return m.Date.IsZero() && m.Time.IsZero() }

// In is the local date of the moment in the shop's zone.
func (m Moment) In(loc *time.Location) calendar.Date {
	if m.Time.IsZero() {
		return m.Date
	}
	return calendar.DateOf(m.Time, loc)
}

// MarshalText writes the moment as it was given: a date or RFC 3339.
func (m Moment) MarshalText() ([]byte, error) {
	if m.Time.IsZero() {
		return m.Date.MarshalText()
	}
	return []byte(m.Time.Format(time.RFC3339)), nil
}

// UnmarshalText reads a date or an RFC 3339 instant.
func (m *Moment) UnmarshalText(text []byte) error {
	s := string(text)
	*m = Moment{}
	if len(s) == 0 {
		return nil
	}
	if len(s) == len("2006-01-02") {
		d, err := calendar.ParseDate(s)
		if err != nil {
			return err
		}
		m.Date = d
		return nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return fmt.Errorf("%q is neither a date (2026-03-01) nor an instant with its offset (2026-03-01T10:00:00+02:00)", clip(s))
	}
	m.Time = t
	return nil
}

// CanonicalJSON writes the facts in one stable form: the bytes that are
// frozen with a claim's decision.
func (f *Facts) CanonicalJSON() ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write facts: %w", err)
	}
	return b, nil
}
