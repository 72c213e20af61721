package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// portalRoutes registers the customer's pages.
func (s *Server) portalRoutes(m *routes) {
	m.public("GET /{$}", s.home)
	m.portal("GET /r/{retailer}", s.shopHome)
	m.portal("GET /r/{retailer}/{$}", s.shopHome)
	m.portal("GET /r/{retailer}/terms", s.shopTerms)
	m.portal("GET /r/{retailer}/check", s.checkWarranty)
	m.portal("GET /r/{retailer}/request", s.requestStart)
	m.portal("POST /r/{retailer}/request", s.requestSent)
	m.lookup("POST /r/{retailer}/request/stand", s.requestStand)
	m.portal("GET /r/{retailer}/kept/{token}", s.keptPreview)
	m.portal("GET /r/{retailer}/receipt", s.receipt)
	m.portal("POST /r/{retailer}/track", s.findTracking)
	m.portal("POST /r/{retailer}/link", s.sendLink)
	m.portal("GET /r/{retailer}/products", s.shopProducts)
	m.open("GET /track/{token}", s.tracking)
	m.open("GET /track/{token}/consultation.ics", s.trackedCalendar)
	m.open("POST /track/{token}/slot", s.trackedBookSlot)
	m.open("POST /track/{token}/slot/cancel", s.trackedCancelSlot)
	m.open("GET /track/{token}/documents/{id}", s.trackedDocument)
	m.open("POST /track/{token}/do", s.trackedDo)
	m.open("POST /track/{token}/say", s.trackedSay)
	m.open("POST /track/{token}/contact", s.trackedContact)
	s.attachmentRoutes(m)
}

// shop is a retailer on the first page.
type shop struct {
	Retailer care.Retailer
	Name     string
	Kinds    []string // kinds of request it takes
}

func (s *Server) home(v *visit) error {
	list, err := s.desk.Retailers(v.r.Context())
	if err != nil {
		return err
	}
	shops := make([]shop, 0, len(list))
	for _, r := range list {
		program, err := s.packs.Program(r.ID, calendar.Date{})
		if err != nil {
			return fmt.Errorf("pack of %s: %w", r.ID, err)
		}
		shops = append(shops, shop{Retailer: r, Name: text(r.Name, v.Lang), Kinds: kindsOf(program.Pack)})
	}
	return v.html(http.StatusOK, "portal/home", shops)
}

// kindsOf lists the kinds of request that a pack takes, in the order of the
// vocabulary.
func kindsOf(p *policy.Pack) []string {
	var out []string
	for _, kind := range policy.Words("request_kinds") {
		if slices.ContainsFunc(p.Requests, func(r policy.RequestClause) bool { return r.Kind == kind }) {
			out = append(out, kind)
		}
	}
	return out
}

// department is a part of the contact directory (A1, A4, B20): the lines
// that share a label.
type department struct {
	Label string
	Lines []contactLine
}

// contactLine is one way to reach a department.
type contactLine struct {
	Phones      []phone // of a phone or video line
	Extension   string
	Text, Hours string
	Href        template.URL
}

// phone is a number as it is written and as a phone dials it.
type phone struct {
	Text string
	Href template.URL
}

// shopMenu lists the pages of a retailer's portal.
func (v *visit) shopMenu() []Place {
	base := v.shopHref("")
	list := make([]Place, 0, 4)
	for _, key := range []string{"check", "request", "products", "terms"} {
		href := base + "/" + key
		list = append(list, Place{Key: "front.menu." + key, Href: href, Current: v.Path() == href})
	}
	return list
}

// Footer is how a retailer is reached, at the foot of every page of its: one
// line of each kind, the one for devices in service where there is one.
func (v *visit) Footer() []contactLine {
	if v.Pack == nil || v.User != nil {
		return nil
	}
	var out []contactLine
	for _, kind := range []string{"phone", "email", "address"} {
		var found *policy.ContactClause
		for i, c := range v.Pack.Contacts {
			if c.Kind == kind && (found == nil || !slices.Contains(found.Requests, care.WarrantyService) && slices.Contains(c.Requests, care.WarrantyService)) {
				found = &v.Pack.Contacts[i]
			}
		}
		if found != nil {
			out = append(out, contactLineOf(v, *found))
		}
	}
	return out
}

// place is a shop or service centre of the pack.
type place struct {
	Kind, Name, Address string
	Phones              []phone
	Brands              []string
	Sample              bool
}

// shopPage is a retailer's front page.
type shopPage struct {
	Kinds    []kindCard
	Contacts []department
	Places   []place
	Link     string // what was typed as a tracking link
	Lost     *lostLink
	Problems wrongs
}

// lostLink is what a customer types who has lost the tracking link.
type lostLink struct {
	Number, Contact string
	Open            bool // the form was sent
}

// kindCard offers a kind of request with what the pack says of it.
type kindCard struct{ Kind, Text string }

func (s *Server) shopHome(v *visit) error { return v.html(http.StatusOK, "portal/shop", shopPageOf(v)) }

func shopPageOf(v *visit) shopPage {
	p := shopPage{Kinds: kindCards(v), Contacts: departments(v)}
	if v.s.desk.MaySendLinks() {
		p.Lost = &lostLink{}
	}
	for _, c := range v.Pack.Centres {
		p.Places = append(p.Places, place{Kind: c.Kind, Name: v.in(c.Name), Address: v.in(c.Address), Phones: phones(c.Phone, ""),
			Brands: brandNames(c.Brands), Sample: c.Sample})
	}
	return p
}

// in is a text of the pack in the reader's language.
func (v *visit) in(t policy.Text) string { return t.In(v.Lang, v.Pack.Languages...) }

func kindCards(v *visit) []kindCard {
	var out []kindCard
	for _, kind := range kindsOf(v.Pack) {
		i := slices.IndexFunc(v.Pack.Requests, func(r policy.RequestClause) bool { return r.Kind == kind })
		out = append(out, kindCard{Kind: kind, Text: v.in(v.Pack.Requests[i].Text)})
	}
	return out
}

// departments is the pack's whole directory: which line a request is told
// depends on the request, the front page shows them all.
func departments(v *visit) []department {
	var out []department
	for _, c := range v.Pack.Contacts {
		label := v.in(c.Label)
		i := slices.IndexFunc(out, func(d department) bool { return d.Label == label })
		if i < 0 {
			i, out = len(out), append(out, department{Label: label})
		}
		out[i].Lines = append(out[i].Lines, contactLineOf(v, c))
	}
	return out
}

func contactLineOf(v *visit, c policy.ContactClause) contactLine {
	line := contactLine{Text: c.Value, Extension: c.Extension, Hours: v.in(c.Hours)}
	switch c.Kind {
	case "phone", "video":
		line.Phones = phones(c.Value, c.Extension)
	case "email":
		line.Href = template.URL("mailto:" + url.PathEscape(c.Value)) //nolint:gosec // escaped above
	case "form":
		line.Text, line.Href = v.in(c.Text), template.URL(v.shopHref("/request")) //nolint:gosec // escaped
	case "catalogue":
		line.Text, line.Href = v.in(c.Text), template.URL(v.shopHref("/products")) //nolint:gosec // escaped
	}
	return line
}

// phones are the numbers of a text that holds one or several.
func phones(text, extension string) []phone {
	var out []phone
	for _, number := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if number = strings.TrimSpace(number); number != "" {
			out = append(out, phone{Text: number, Href: phoneHref(number, extension)})
		}
	}
	return out
}

// phoneHref is a number as a phone dials it; the comma waits before the
// extension. Only digits and a plus pass, so the result is safe in an
// attribute.
func phoneHref(number, extension string) template.URL {
	dial := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r == '+' {
				return r
			}
			return -1
		}, s)
	}
	href := dial(number)
	if href == "" {
		return ""
	}
	if extension = dial(extension); extension != "" {
		href += "," + extension
	}
	return template.URL("tel:" + href) //nolint:gosec // digits, plus and comma only
}

// brandNames writes brands, which packs keep in lower case, as names.
func brandNames(brands []string) []string {
	out := make([]string, 0, len(brands))
	for _, b := range brands {
		if len(b) <= 3 {
			out = append(out, strings.ToUpper(b))
		} else {
			out = append(out, upperFirst(b))
		}
	}
	return out
}
