package web

import (
	"net/http"
	"net/url"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
)

// peopleRoutes are the pages of who may sign in, people and programs.
func (s *Server) peopleRoutes(m *routes) {
	m.staff("GET /staff/people", s.peoplePage)
	m.staff("POST /staff/people", s.createUser)
	m.staff("GET /staff/people/{id}", s.userPage)
	m.staff("POST /staff/people/{id}", s.updateUser)
	m.staff("POST /staff/clients", s.createClient)
	m.staff("POST /staff/clients/{id}/disable", s.disableClient)
}

// peopleData is the administrator's page.
type peopleData struct {
	Users   []userRow
	Clients []care.Client
	Form    url.Values // of a user
	Wrong   wrongs
	Roles   []option
	Places  []option
	Langs   []option
	Key     string // of a new program: shown once
	KeyOf   string

	Client      url.Values // of a program
	ClientWrong wrongs

	PlaceOf      map[string]string
	ClientRoles  []option
	ClientPlaces []option
}

// userRow is one member of staff.
type userRow struct {
	care.User
	Link string
	Self bool
}

func (s *Server) peoplePage(v *visit) error {
	return s.peopleAgain(v, http.StatusOK, peopleData{Form: url.Values{}})
}

func (s *Server) peopleAgain(v *visit, status int, page peopleData) error {
	if !desk.May(v.Actor, desk.ManageUsers) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.ManageUsers))
	}
	users, err := s.desk.Users(v.r.Context(), v.Actor)
	if err != nil {
		return err
	}
	for _, u := range users {
		page.Users = append(page.Users, userRow{u, "/staff/people/" + url.PathEscape(u.ID), u.ID == v.Actor.ID})
	}
	if page.Clients, err = s.desk.Clients(v.r.Context(), v.Actor); err != nil {
		return err
	}
	if err := s.peopleChoices(v, &page); err != nil {
		return err
	}
	return v.html(status, "staff/people", page)
}

func (s *Server) peopleChoices(v *visit, page *peopleData) error {
	roles := make([]string, 0, len(care.Roles()))
	for _, r := range care.Roles() {
		roles = append(roles, string(r))
	}
	page.Roles = options(v.L, "role", roles, page.Form.Get("role"))
	for i, o := range page.Roles {
		page.Roles[i].Text = i18n.Capital(o.Text)
	}
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	page.PlaceOf = placeNames(places, v.Lang)
	for _, p := range places {
		page.Places = append(page.Places, option{Value: p.ID, Text: placeLine(p, v.Lang), Selected: p.ID == page.Form.Get("place")})
	}
	page.ClientRoles, page.ClientPlaces = chosen(page.Roles, page.Client.Get("role")), chosen(page.Places, page.Client.Get("place"))
	for _, tag := range v.Retailer.Languages {
		page.Langs = append(page.Langs, option{Value: tag, Text: v.L.T("language." + tag), Selected: tag == page.Form.Get("lang")})
	}
	return nil
}

func (s *Server) createUser(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	_, err = s.desk.CreateUser(v.r.Context(), v.Actor, desk.NewUser{Email: form.Get("email"), Name: form.Get("name"),
		Role: care.Role(form.Get("role")), Place: form.Get("place"), Lang: form.Get("lang"), Password: form.Get("password")})
	if err == nil {
		v.flash("good", "flash.staff.user_created", "name", form.Get("name"))
		return v.redirect("/staff/people")
	}
	page := peopleData{Form: form}
	if err := page.Wrong.take(v.L, err); err != nil {
		return err
	}
	return s.peopleAgain(v, httpkit.Status(err), page)
}

// userData is the page of one member of staff.
type userData struct {
	User  care.User
	Self  bool
	Form  url.Values
	Wrong wrongs
	peopleData
}

func (s *Server) userPage(v *visit) error { return s.userAgain(v, http.StatusOK, nil, nil) }

func (s *Server) userAgain(v *visit, status int, form url.Values, wrong wrongs) error {
	if !desk.May(v.Actor, desk.ManageUsers) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.ManageUsers))
	}
	users, err := s.desk.Users(v.r.Context(), v.Actor)
	if err != nil {
		return err
	}
	for _, u := range users {
		if u.ID != v.r.PathValue("id") {
			continue
		}
		if form == nil {
			form = url.Values{"name": {u.Name}, "role": {string(u.Role)}, "place": {u.Place}, "lang": {u.Lang}}
		}
		page := userData{User: u, Self: u.ID == v.Actor.ID, Form: form, Wrong: wrong, peopleData: peopleData{Form: form}}
		if err := s.peopleChoices(v, &page.peopleData); err != nil {
			return err
		}
		return v.html(status, "staff/user", page)
	}
	return care.Fail(care.NotFound, "no_user")
}

// updateUser changes a member of staff, or shuts them out or lets them in
// again by the button that was pressed.
func (s *Server) updateUser(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var change desk.UserChange
	switch form.Get("do") {
	case "disable", "enable":
		off := form.Get("do") == "disable"
		change.Disabled = &off
		form = nil
	default:
		name, place, lang, role := form.Get("name"), form.Get("place"), form.Get("lang"), care.Role(form.Get("role"))
		change = desk.UserChange{Name: &name, Place: &place, Lang: &lang, Role: &role}
		if p := form.Get("password"); p != "" {
			change.Password = &p
		}
		if name == "" {
			return s.userAgain(v, http.StatusUnprocessableEntity, form,
				wrongs{{"name", failure(v.L, care.Fail(care.Invalid, "required", "field", "name"))}})
		}
	}
	u, err := s.desk.UpdateUser(v.r.Context(), v.Actor, v.r.PathValue("id"), change)
	if err == nil {
		v.flash("good", "flash.staff.user_changed", "name", u.Name)
		return v.redirect("/staff/people")
	}
	var bad wrongs
	if err := bad.take(v.L, err); err != nil {
		return err
	}
	return s.userAgain(v, httpkit.Status(err), form, bad)
}

// createClient lets a program in. Its key is in this answer and nowhere
// else, so there is no redirect to a page that could not show it.
func (s *Server) createClient(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	client, key, err := s.desk.CreateClient(v.r.Context(), v.Actor,
		desk.NewClient{Name: form.Get("name"), Role: care.Role(form.Get("role")), Place: form.Get("place")})
	if err == nil {
		httpkit.Private(v.w)
		return s.peopleAgain(v, http.StatusOK, peopleData{Form: url.Values{}, Key: key, KeyOf: client.Name})
	}
	page := peopleData{Form: url.Values{}, Client: form}
	if err := page.ClientWrong.take(v.L, err); err != nil {
		return err
	}
	for i, w := range page.ClientWrong {
		page.ClientWrong[i].Field = "client-" + w.Field
	}
	return s.peopleAgain(v, httpkit.Status(err), page)
}

func (s *Server) disableClient(v *visit) error {
	if err := s.desk.DisableClient(v.r.Context(), v.Actor, v.r.PathValue("id")); err != nil {
		return err
	}
	v.flash("good", "flash.staff.client_disabled")
	return v.redirect("/staff/people")
}
