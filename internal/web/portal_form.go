package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// slotLayout is how a browser sends a wished time.
const slotLayout = "2006-01-02T15:04"

// The most that a field may hold, in characters.
const (
	maxLine = 200
	maxText = 5000
)

// describes reports whether the form tells of a device that the registry may
// not know.
func describes(values url.Values) bool {
	for _, name := range []string{"described", "category", "brand", "model", "sale_date", "sale_channel", "sale_price", "warranty_months"} {
		if values.Get(name) != "" {
			return true
		}
	}
	return false
}

// reader reads a form and collects all that is wrong with it, so that the
// customer mends it in one go.
type reader struct {
	v      *visit
	values url.Values
	wrong  wrongs
}

func (r *reader) get(name string) string { return r.values.Get(name) }

func (r *reader) fail(field, key string, args ...string) {
	r.wrong = append(r.wrong, wrong{Field: field, Text: failure(r.v.L, care.Fail(care.Invalid, key, args...))})
}

func (r *reader) need(name string) {
	if r.get(name) == "" {
		r.fail(name, "portal_required", "label", r.label(name))
	}
}

// label is what a field is called on the form.
func (r *reader) label(name string) string {
	key := "portal.field." + name
	switch {
	case name == "serial":
		key = "portal.field.identity"
	case name == "text" && r.get("kind") == care.WarrantyService:
		key = "portal.field.defect"
	case name == "text":
		key += "." + r.get("kind")
	case name == "sale_price":
		return r.v.L.T(key, "currency", r.v.L.Or("currency", r.v.Pack.Currency))
	}
	if !r.v.L.Has(key) {
		return name
	}
	return r.v.L.T(key)
}

func (r *reader) date(name string) (d calendar.Date) {
	if text := r.get(name); text != "" {
		var err error
		if d, err = calendar.ParseDate(text); err != nil {
			r.fail(name, "portal_date")
		}
	}
	return d
}

// readRequest makes a request of a form; the list says what is wrong.
func readRequest(v *visit, values url.Values, now time.Time) (desk.NewRequest, wrongs) {
	r := &reader{v: v, values: values}
	r.lengths()
	in := desk.NewRequest{Kind: r.get("kind"), Channel: "portal", Lang: v.Lang, Text: r.get("text"), Subject: r.get("subject"),
		Customer: desk.Contact{Name: r.get("name"), Phone: r.get("phone"), Email: r.get("email")}, Identity: r.get("serial")}
	r.need("name")
	if in.Customer.Phone == "" && in.Customer.Email == "" {
		r.fail("phone", "contact_required")
	}
	if in.Customer.Phone != "" && !plausiblePhone(in.Customer.Phone, v.Pack.Jurisdiction) {
		r.fail("phone", "portal_phone", "example", examplePhone(v.Pack.Jurisdiction))
	}
	if in.Customer.Email != "" && !plausibleEmail(in.Customer.Email) {
		r.fail("email", "bad_email", "value", in.Customer.Email)
	}
	r.need("text")
	switch in.Kind {
	case care.WarrantyService:
		r.claim(&in, now)
	case care.VideoConsultation:
		in.Slot = r.slot(now)
	}
	return in, r.wrong
}

func (r *reader) lengths() {
	names := make([]string, 0, len(r.values))
	for name := range r.values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		most := maxLine
		if name == "text" {
			most = maxText
		}
		if utf8.RuneCountInString(r.get(name)) > most {
			r.fail(name, "portal_long", "label", r.label(name), "most", strconv.Itoa(most))
		}
	}
}

// plausiblePhone reports whether a number could be dialled: written as at home
// in the retailer's country, or with the country's code. Numbers of any kind
// pass, and numbers of plans that have changed since; a digit too few does not.
func plausiblePhone(text, country string) bool {
	n, err := phonenumbers.Parse(text, country)
	return err == nil && phonenumbers.IsPossibleNumber(n)
}

// examplePhone is a mobile number of a country as it is written.
func examplePhone(country string) string {
	n := phonenumbers.GetExampleNumberForType(country, phonenumbers.MOBILE)
	if n == nil {
		return "+1 201 555 0123"
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

func plausibleEmail(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(s, " \t\r\n<>\"") && strings.Count(s, "@") == 1
}

// claim reads what only warranty service asks.
func (r *reader) claim(in *desk.NewRequest, now time.Time) {
	r.need("serial")
	in.Documents = []string{}
	for _, d := range r.values["documents"] {
		if slices.Contains(policy.Words("documents"), d) && !slices.Contains(in.Documents, d) {
			in.Documents = append(in.Documents, d)
		}
	}
	in.Return = care.ReturnCollect
	if r.get("return") == string(care.ReturnDeliver) {
		in.Return = care.ReturnDeliver
		r.need("address")
	}
	in.Address, in.Settlement = r.get("address"), r.get("settlement")
	in.Customer.Address, in.Customer.Settlement = in.Address, in.Settlement
	if b := policy.Basis(r.get("basis")); b != "" && slices.Contains(policy.Words("bases"), string(b)) {
		in.Basis = b
	}
	if in.Remedy = r.get("remedy"); in.Remedy != "" && !slices.Contains(care.DemandableRemedies(), in.Remedy) {
		r.fail("remedy", "portal_choose")
	}
	in.Accepted = r.values["accept"]
	for _, fact := range desk.CustomerFacts() {
		switch answer := r.get("fact." + fact); {
		case answer == "":
		case strings.HasPrefix(fact, "unit."):
			if answer == "true" || answer == "false" {
				in.Facts = append(in.Facts, care.Answer{Fact: fact, Value: answer})
			}
		default:
			in.Facts = append(in.Facts, care.Answer{Fact: fact, Value: answer})
		}
	}
	if describes(r.values) {
		r.device(in, now)
	}
}

// device reads the description of a device that was not sold here (C5).
func (r *reader) device(in *desk.NewRequest, now time.Time) {
	r.need("category")
	r.need("brand")
	d := &desk.Device{Category: r.get("category"), Brand: r.get("brand"), Model: r.get("model")}
	if isIMEI(in.Identity) {
		d.IMEI = digits(in.Identity)
	} else {
		d.Serial = in.Identity
	}
	if d.Category != "" && !slices.Contains(policy.Words("categories"), d.Category) {
		r.fail("category", "portal_choose")
	}
	d.Sale.Date = r.date("sale_date")
	if today := calendar.DateOf(now, r.v.Zone); today.Before(d.Sale.Date) {
		r.fail("sale_date", "portal_future")
	}
	if c := r.get("sale_channel"); slices.Contains(policy.Words("sale_channels"), c) {
		d.Sale.Channel = c
	}
	d.Sale.Price = r.price()
	if text := r.get("warranty_months"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 240 {
			r.fail("warranty_months", "portal_months")
		}
		d.Sale.WarrantyMonths = &n
	}
	if i := r.get("warranty_issuer"); slices.Contains(policy.Words("issuers"), i) {
		d.Sale.WarrantyIssuer = i
	}
	in.Device = d
}

// price reads a sum in the retailer's currency, written with a comma or a
// point, with or without spaces between thousands.
func (r *reader) price() *money.Amount {
	text := r.get("sale_price")
	if text == "" {
		return nil
	}
	a, err := money.Parse(plainSum(text), r.v.Pack.Currency)
	if err != nil || a.Minor <= 0 {
		r.fail("sale_price", "portal_price", "currency", r.v.L.Or("currency", r.v.Pack.Currency))
		return nil
	}
	return &a
}

// plainSum leaves out what groups thousands and makes the decimal mark a
// point: "1 999,90", "1.999,90" and "1,999.90" are all 1999.90.
func plainSum(text string) string {
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(text)
	mark := strings.LastIndexAny(text, ",.")
	if mark < 0 {
		return text
	}
	whole := strings.NewReplacer(",", "", ".", "").Replace(text[:mark])
	if len(text)-mark-1 == 3 && whole != "" { // three digits after it: the mark groups thousands
		return whole + text[mark+1:]
	}
	return whole + "." + text[mark+1:]
}

// slot reads the wished time of a video consultation, in the shop's zone.
func (r *reader) slot(now time.Time) time.Time {
	text := r.get("slot")
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(slotLayout, text, r.v.Zone)
	if err != nil {
		r.fail("slot", "portal_slot")
		return time.Time{}
	}
	if t.Before(now) {
		r.fail("slot", "portal_slot_past")
	}
	return t
}
