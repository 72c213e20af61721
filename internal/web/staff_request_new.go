package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
)

// newRequestData is the form on which staff write down what a customer asked
// by telephone, at the counter or by e-mail.
type newRequestData struct {
	Form     url.Values
	Wrong    wrongs
	Kinds    []option
	Ways     []option
	Langs    []option
	SlotDays []slotDay
	Hours    []string
	Services bool // warranty service is among the kinds
	deviceChoices
}

// staffWays are the ways by which requests come in that staff write down.
var staffWays = []string{"phone", counterChannel, "email"}

func (s *Server) newRequestPage(v *visit) error {
	if !desk.May(v.Actor, desk.OpenClaims) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.OpenClaims))
	}
	q := v.r.URL.Query()
	form := url.Values{"kind": {q.Get("kind")}, "identity": {q.Get("identity")}, "channel": {"phone"}, "lang": {v.Retailer.Languages[0]}}
	return s.newRequestAgain(v, http.StatusOK, form, nil)
}

func (s *Server) newRequestAgain(v *visit, status int, form url.Values, wrong wrongs) error {
	page := newRequestData{Form: form, Wrong: wrong, Hours: consultationHours(v), Services: slices.Contains(kindsOf(v.Pack), care.WarrantyService)}
	page.Kinds = sentenceCase(options(v.L, "request_kinds", kindsOf(v.Pack), form.Get("kind")))
	page.Ways = sentenceCase(options(v.L, "channels", staffWays, form.Get("channel")))
	for _, tag := range v.Retailer.Languages {
		page.Langs = append(page.Langs, option{Value: tag, Text: i18n.Capital(v.L.T("language." + tag)), Selected: tag == form.Get("lang")})
	}
	var err error
	if page.SlotDays, err = s.slotDays(v, form.Get("slot")); err != nil {
		return err
	}
	if page.deviceChoices, err = s.deviceChoices(v, form); err != nil {
		return err
	}
	return v.html(status, "staff/request-new", page)
}

// newRequest hands a request in for a customer.
func (s *Server) newRequest(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	in, wrong := readNewRequest(v, form)
	if len(wrong) > 0 {
		return s.newRequestAgain(v, http.StatusUnprocessableEntity, form, wrong)
	}
	receipt, err := s.desk.Submit(v.r.Context(), v.Actor, in)
	if err != nil {
		status := httpkit.Status(err)
		if care.CodeOf(err) == care.NotFound { // the device; the customer's form says the same
			wrong = wrongs{{Field: "identity", Text: failure(v.L, err)}}
			status = http.StatusUnprocessableEntity
		} else if err := wrong.take(v.L, err); err != nil {
			return err
		}
		return s.newRequestAgain(v, status, form, wrong)
	}
	v.flash("good", "flash.staff.request_taken", "number", receipt.Request.Number)
	if receipt.Claim != nil {
		s.leaveFresh(v, *receipt.Claim, receipt.Token)
		return v.redirect(claimPath(*receipt.Claim))
	}
	path := "/staff/requests/" + url.PathEscape(receipt.Request.ID)
	s.cookies.Leave(v.w, v.r, freshCookie, path, 5*time.Minute, freshLink{URL: s.trackingURL(v.r, receipt.Token)})
	return v.redirect(path)
}

func readNewRequest(v *visit, form url.Values) (desk.NewRequest, wrongs) {
	var wrong wrongs
	in := desk.NewRequest{Kind: form.Get("kind"), Channel: form.Get("channel"), Lang: form.Get("lang"), Text: form.Get("text"), Subject: form.Get("subject"),
		Customer: desk.Contact{Name: form.Get("name"), Phone: form.Get("phone"), Email: form.Get("email"), Address: form.Get("address"),
			Settlement: form.Get("settlement")},
		Settlement: form.Get("settlement"), Identity: form.Get("identity")}
	fail := func(field, key string, args ...string) {
		wrong = append(wrong, wrongOf(v, field, key, args...))
	}
	if !slices.Contains(staffWays, in.Channel) {
		fail("channel", "required", "field", "channel")
	}
	for _, name := range []string{"kind", "name"} {
		if form.Get(name) == "" {
			fail(name, "required", "field", name)
		}
	}
	if in.Text == "" {
		fail("text", "required", "field", "text")
	}
	if in.Customer.Phone == "" && in.Customer.Email == "" {
		fail("phone", "contact_required")
	}
	if text := form.Get("slot"); text != "" && in.Kind == care.VideoConsultation {
		start, err := time.ParseInLocation(slotLayout, text, v.Zone)
		if err != nil {
			fail("slot", "portal_slot")
		}
		in.Slot = start
	}
	if form.Get("category") != "" && in.Kind == care.WarrantyService {
		sale, bad := readSale(v.L, form)
		wrong = append(wrong, bad...)
		in.Device = &desk.Device{Category: form.Get("category"), Brand: form.Get("brand"), Model: form.Get("model"), Serial: form.Get("serial"),
			IMEI: form.Get("imei"), Sale: sale}
	}
	return in, wrong
}

func wrongOf(v *visit, field, key string, args ...string) wrong {
	return wrong{Field: field, Text: failure(v.L, care.Fail(care.Invalid, key, args...))}
}

// offeredDocuments are the papers that an answer may bring along.
func (s *Server) offeredDocuments(v *visit, view desk.RequestView) ([]desk.ProductView, error) {
	text := strings.TrimSpace(v.r.URL.Query().Get("product"))
	if view.Request.State == care.RequestClosed || !desk.May(v.Actor, desk.AnswerRequests) {
		return nil, nil
	}
	return s.desk.DocumentsFor(v.r.Context(), v.Actor, view.Request.ID, text)
}
