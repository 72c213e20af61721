package web

import (
	"net/http"
	"net/url"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
)

// whoData is the part of the counter's form that says whose claim it is.
type whoData struct {
	Chosen  *care.Customer // a known one
	Found   []care.Customer
	Nobody  bool // they were looked for, and nobody was found
	Returns []option
	Langs   []option
}

// nobody is picked to let go of a customer that was chosen.
const nobody = "-"

// choose puts a customer into the form.
func choose(form url.Values, c care.Customer) {
	for name, value := range map[string]string{"customer": c.ID, "name": c.Name, "phone": c.Phone, "email": c.Email, "address": c.Address,
		"settlement": c.Settlement, "lang": c.Lang} {
		form.Set(name, value)
	}
}

// who fills in the lists, and who is chosen: as long as the name is theirs.
func (s *Server) who(v *visit, page *intakeData) error {
	page.Returns = options(v.L, "return", []string{string(care.ReturnCollect), string(care.ReturnDeliver)}, page.Form.Get("return"))
	for i := range page.Returns {
		page.Returns[i].Text = i18n.Capital(page.Returns[i].Text)
	}
	for _, tag := range v.Retailer.Languages {
		page.Langs = append(page.Langs, option{Value: tag, Text: i18n.Capital(v.L.T("language." + tag)), Selected: tag == page.Form.Get("lang")})
	}
	id := page.Form.Get("customer")
	if id == "" || !desk.May(v.Actor, desk.FindCustomers) {
		return nil
	}
	c, err := s.desk.Customer(v.r.Context(), v.Actor, id)
	if err != nil {
		return err
	}
	if desk.SameName(c, page.Form.Get("name")) {
		page.Chosen = &c
	}
	return nil
}

// intakeCustomers looks for a customer by what the form says of one so far,
// or puts the one that was picked into it. A script asks for the part that
// changes; the page's buttons for the whole page with the form as it is.
// Nothing is stored.
func (s *Server) intakeCustomers(v *visit) error {
	if !desk.May(v.Actor, desk.OpenClaims) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.OpenClaims))
	}
	form, err := v.looked()
	if err != nil {
		return err
	}
	found, nobodyFound, err := s.pickCustomer(v, form)
	if err != nil {
		return err
	}
	page := intakeData{Form: form}
	script := v.wants("who") || v.wants("who-found")
	if !script {
		if page, _, err = s.readCounter(v, form); err != nil {
			return err
		}
		page.Wrong, page.Kept = nil, true // what is missing is told when the claim is opened
	}
	page.Found, page.Nobody = found, nobodyFound
	if !script {
		return s.intakeAgain(v, http.StatusOK, page)
	}
	if err := s.who(v, &page); err != nil {
		return err
	}
	if v.wants("who") {
		return v.fragment(http.StatusOK, "staff/intake", "intake-who", page)
	}
	return v.fragment(http.StatusOK, "staff/intake", "intake-found", page)
}

// pickCustomer does what the button of the form asks for.
func (s *Server) pickCustomer(v *visit, form url.Values) (found []care.Customer, none bool, err error) {
	switch pick := form.Get("pick"); pick {
	case "":
		by := desk.Contact{Name: form.Get("name"), Phone: form.Get("phone"), Email: form.Get("email")}
		found, err = s.desk.FindCustomers(v.r.Context(), v.Actor, by)
		return found, len(found) == 0 && by != desk.Contact{}, err
	case nobody:
		choose(form, care.Customer{Lang: form.Get("lang")})
		return nil, false, nil
	default:
		c, err := s.desk.Customer(v.r.Context(), v.Actor, pick)
		choose(form, c)
		return nil, false, err
	}
}
