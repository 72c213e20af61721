package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

const day = 24 * time.Hour

// film is the time that the demo replays: what happens when, on whose clock.
type film struct {
	desk  *desk.Desk // on the film's clock
	clock time.Time
	ran   time.Time // when jobs were done last
	end   time.Time
	steps []step
	known map[string]bool // identities given to units
	guide Guide
}

// step is one thing that happens.
type step struct {
	at   time.Time
	what string
	do   func(context.Context) error
}

// play runs the steps of all lives in the order of time, so that numbers,
// ids and the audit log run on as in real work.
func (f *film) play(ctx context.Context) error {
	slices.SortStableFunc(f.steps, func(a, b step) int { return a.at.Compare(b.at) })
	for _, s := range f.steps {
		if s.at.After(f.end) {
			return fmt.Errorf("%s: %s is after the end of the demo", s.what, s.at.Format(time.RFC3339))
		}
		f.clock = s.at
		if err := f.jobs(ctx); err != nil {
			return err
		}
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s (%s): %w", s.what, s.at.Format(time.DateOnly), err)
		}
	}
	f.clock, f.ran = f.end, time.Time{}
	return f.jobs(ctx)
}

// jobs does what fell due since it was done last, as a running system does at
// once: deadlines that warn, and that have run out.
func (f *film) jobs(ctx context.Context) error {
	if f.clock.Sub(f.ran) < 12*time.Hour {
		return nil
	}
	f.ran = f.clock
	if _, err := f.desk.RunDue(ctx); err != nil {
		return fmt.Errorf("jobs of %s: %w", f.clock.Format(time.DateOnly), err)
	}
	return nil
}

func (f *film) add(at time.Time, what string, do func(context.Context) error) {
	f.steps = append(f.steps, step{at, what, do})
}

// stage is one retailer's part of the film.
type stage struct {
	*film
	id       string
	zone     *time.Location
	currency string
	channel  string // of most sales
	shop     string // where the counter is: Place.ID
	partner  string // the authorised centre whose people sign in
	courier  string
	actors   map[care.Role]care.Actor
	papers   []string // what customers usually bring
	accepted []string // what has to be acknowledged
	sold     int      // sales so far, for receipt numbers
}

// newStage prepares the part of a retailer whose pack is installed.
func newStage(ctx context.Context, f *film, s stage) (*stage, error) {
	r, err := f.desk.Retailer(ctx, s.id)
	if err != nil {
		return nil, err
	}
	if s.zone, err = time.LoadLocation(r.Zone); err != nil {
		return nil, err
	}
	s.film, s.currency, s.actors = f, r.Currency, map[care.Role]care.Actor{}
	return &s, nil
}

// member is a member of staff to hire.
type member struct {
	role        care.Role
	name, place string
}

// hire takes the staff on, long before anything else happens, and lets one
// program in.
func (s *stage) hire(lang string, staff ...member) {
	at := s.end.Add(-4 * 365 * day)
	for _, m := range staff {
		email := string(m.role) + "@" + s.id + ".example"
		if m.role == care.PolicyEditor {
			email = "editor@" + s.id + ".example"
		}
		s.add(at, "hire "+email, func(ctx context.Context) error {
			u, err := s.desk.CreateUser(ctx, care.System(s.id), desk.NewUser{Email: email, Name: m.name, Role: m.role, Place: m.place,
				Lang: lang, Password: s.guide.Password})
			s.actors[m.role] = u.Actor()
			s.guide.SignIns = append(s.guide.SignIns, SignIn{Retailer: s.id, Role: m.role, Name: m.name, Email: email, Place: m.place})
			return err
		})
	}
	s.add(at.Add(time.Hour), "key of "+s.id, func(ctx context.Context) error {
		c, key, err := s.desk.CreateClient(ctx, s.actors[care.Administrator], desk.NewClient{Name: "Online shop", Role: care.Clerk})
		s.guide.Keys = append(s.guide.Keys, Key{Retailer: s.id, Name: c.Name, Secret: key})
		return err
	})
}

// thing is a device of the demo as it was sold.
type thing struct {
	category, brand, model string
	serial, imei           string
	price                  string
	months                 int
	issuer                 string
	age                    int    // days since the sale
	channel                string // "" = the stage's
	certificate            string // number
	certificatePrice       string
	onReceipt              bool // the receipt names the IMEI
	noCard                 bool // no warranty card in the kit
	digital                bool
}

// sell registers the sale of a thing to a person.
func (s *stage) sell(t thing, who person) {
	s.sold++
	number := s.sold
	at := s.office(s.end.Add(-time.Duration(t.age) * day))
	date := calendar.DateOf(at, s.zone)
	card, original := !t.noCard, true
	row := desk.SaleRow{Category: t.category, Brand: t.brand, Model: t.model, Serial: t.serial, IMEI: t.imei, Channel: t.channel,
		Date: date, Delivered: date, Receipt: fmt.Sprintf("%06d", 4100+7*number), IMEIOnReceipt: &t.onReceipt, CardInKit: &card,
		OriginalPackaging: &original, DigitalElements: &t.digital, WarrantyMonths: &t.months, WarrantyIssuer: t.issuer,
		Customer: who.contact()}
	if row.Channel == "" {
		row.Channel = s.channel
	}
	if s.shop != "" && row.Channel == "store" {
		row.Shop = s.shop
	}
	s.add(at, "sell "+t.identity(), func(ctx context.Context) (err error) {
		if row.Price, err = s.sum(t.price, date); err != nil {
			return err
		}
		if t.certificate != "" {
			row.Certificate, row.CertificateSold = t.certificate, date
			if row.CertificatePrice, err = s.sum(t.certificatePrice, date); err != nil {
				return err
			}
		}
		_, err = s.desk.RegisterSale(ctx, care.System(s.id), row)
		return err
	})
}

// sum is a price on a date: Bulgarian shops took levs until 2026.
func (s *stage) sum(text string, date calendar.Date) (*money.Amount, error) {
	currency := s.currency
	if currency == "EUR" && date.Before(calendar.MustDate("2026-01-01")) {
		currency = "BGN"
	}
	a, err := money.Parse(text, currency)
	return &a, err
}

func (t thing) identity() string {
	if t.serial != "" {
		return t.serial
	}
	return t.imei
}

// office moves an instant that is some days back into working hours.
func (s *stage) office(at time.Time) time.Time {
	if at.After(s.end.Add(-2 * day)) {
		return at
	}
	local := at.In(s.zone)
	switch h := local.Hour(); {
	case h < 9:
		local = local.Add(time.Duration(9-h) * time.Hour)
	case h >= 19:
		local = local.Add(time.Duration(18-h) * time.Hour)
	}
	return local.UTC()
}

// imei makes the n-th IMEI of the demo with its check digit.
func imei(n int) string {
	body := fmt.Sprintf("99000%09d", n)
	sum := 0
	for i, c := range body {
		v := int(c - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return body + fmt.Sprint((10-sum%10)%10)
}
