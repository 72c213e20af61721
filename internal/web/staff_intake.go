package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/policy"
)

// intakeData is the page of the counter: find the device, see what is in
// force, open the claim.
type intakeData struct {
	Query    string
	Matches  []intakeMatch
	More     bool      // there are more than are shown
	Only     bool      // the device is the only one that the search found
	Unit     *unitData // the device that was found
	New      bool      // a device that the registry does not know
	Form     url.Values
	Wrong    wrongs
	Controls []control // the claim's own questions
	Facts    []control
	FactRows []controlRow
	Remedies []option // what the customer may want
	Chips    chips
	Stand    *standData
	Kept     bool // the form is shown as it was, though nothing is wrong
	whoData
	deviceChoices
	MayRegister, MayOpen, MayTakeIn bool
}

// intakeMatch is one device of a search.
type intakeMatch struct {
	care.UnitRecord
	Device string
	Link   string
}

func (s *Server) intakePage(v *visit) error {
	if !desk.May(v.Actor, desk.OpenClaims) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.OpenClaims))
	}
	q := v.r.URL.Query()
	page := intakeData{Query: s.searched(q.Get("q")), New: q.Get("new") != "", Form: url.Values{}}
	if page.New {
		knownIdentity(page.Form, page.Query)
		return s.intakeAgain(v, http.StatusOK, page)
	}
	if id := q.Get("unit"); id != "" {
		return s.intakeOf(v, id, page)
	}
	if page.Query == "" {
		return s.intakeAgain(v, http.StatusOK, page)
	}
	view, err := s.desk.Unit(v.r.Context(), v.Actor, page.Query, v.Lang)
	switch {
	case err == nil:
		return s.intakeOf(v, view.Unit.ID, page)
	case care.CodeOf(err) != care.NotFound:
		return err
	}
	found, next, err := s.desk.FindUnits(v.r.Context(), v.Actor, page.Query, care.Page{Limit: 20})
	if err != nil {
		return err
	}
	if page.More = next != ""; len(found) == 1 && !page.More {
		page.Only = true
		return s.intakeOf(v, found[0].Unit.ID, page)
	}
	for _, rec := range found {
		page.Matches = append(page.Matches, intakeMatch{rec, deviceName(v.L, rec.Unit.Category, rec.Unit.Brand, rec.Unit.Model),
			"/staff/intake?unit=" + url.QueryEscape(rec.Unit.ID)})
	}
	return s.intakeAgain(v, http.StatusOK, page)
}

// intakeOf starts the form for a device of the registry.
func (s *Server) intakeOf(v *visit, unit string, page intakeData) error {
	view, err := s.desk.Unit(v.r.Context(), v.Actor, unit, v.Lang)
	if err != nil {
		return err
	}
	data, err := s.unitData(v, view)
	if err != nil {
		return err
	}
	page.Unit = &data
	if c := view.Customer; c != nil {
		choose(page.Form, *c)
	}
	return s.intakeAgain(v, http.StatusOK, page)
}

// intakeAgain fills in the lists and the questions, and shows the page.
func (s *Server) intakeAgain(v *visit, status int, page intakeData) error {
	page.MayRegister, page.MayOpen = desk.May(v.Actor, desk.WriteRegistry), desk.May(v.Actor, desk.OpenClaims)
	page.MayTakeIn = desk.May(v.Actor, desk.On(care.CmdAccept))
	var err error
	if page.deviceChoices, err = s.deviceChoices(v, page.Form); err != nil {
		return err
	}
	if err = s.who(v, &page); err != nil {
		return err
	}
	if page.Remedies, err = s.remedies(v, page.Form.Get("remedy")); err != nil {
		return err
	}
	if err := s.intakeQuestions(v, &page, page.Kept || status != http.StatusOK); err != nil {
		return err
	}
	return v.html(status, "staff/intake", page)
}

// intakeQuestions asks what the decision on the device would lack: papers,
// facts, and what the customer has to be told.
func (s *Server) intakeQuestions(v *visit, page *intakeData, again bool) error {
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	b := &controls{l: v.L, zone: v.Zone, command: "intake", places: places, pack: v.Pack, wrong: map[string]string{}}
	for _, w := range page.Wrong {
		b.wrong[w.Field] = w.Text
	}
	if again {
		b.typed = page.Form
	}
	if b.decision, b.facts, err = s.preview(v, page); err != nil {
		return err
	}
	if page.Chips = chipsFor(v.L, b.facts.Unit.Category); page.Stand == nil && page.Unit != nil {
		page.Stand = &standData{Decision: b.decision}
	}
	fields := []care.Field{{Name: "documents", Type: care.ChoicesField, Label: "field.documents", Vocabulary: "documents", Options: policy.Words("documents")}}
	if len(b.decision.Acknowledge) > 0 && page.Unit != nil {
		fields = append(fields, care.Field{Name: "ids", Type: care.ChoicesField, Label: "staff.intake.told", Options: b.decision.Acknowledge, Required: true})
	}
	for _, f := range fields {
		c := b.control(f)
		if f.Name == "ids" {
			c.Required = false // the claim may be opened before
		}
		page.Controls = append(page.Controls, c)
	}
	place := care.Field{Name: "place", Type: care.PlaceField, Label: "field.place", Value: v.Actor.Place, Required: true}
	page.Facts = []control{b.control(place)}
	if page.Unit != nil {
		page.FactRows = b.factRows(care.Field{Name: "facts", Type: care.FactsField, Options: answerable(b.asked())})
	}
	return nil
}

// answerable leaves out what can't be stated at the counter: the diagnosis,
// and what follows it.
func answerable(facts []string) []string {
	known := care.AnswerableFacts()
	return slices.DeleteFunc(slices.Clone(facts), func(f string) bool {
		return !slices.Contains(known, f) || strings.HasPrefix(f, "remedy.") || strings.HasPrefix(f, "market.")
	})
}

// preview decides on what is known of the device, before any claim.
func (s *Server) preview(v *visit, page *intakeData) (*policy.Decision, policy.Facts, error) {
	var unit care.Unit
	var sale care.Sale
	var stays []care.Stay
	if page.Unit != nil {
		unit, stays = page.Unit.Unit, page.Unit.Stays
		if page.Unit.Sale != nil {
			sale = *page.Unit.Sale
		}
	}
	facts := care.UnitFactsOf(v.Retailer.ID, unit, sale, stays, s.now(), v.Zone)
	facts.Request.Channel = counterChannel
	dec, err := s.packs.Decide(facts, v.Lang)
	return &dec, facts, err
}

const counterChannel = "counter"

// intake opens a claim at the counter and takes the device in.
func (s *Server) intake(v *visit) error {
	form, files, over := v.formFiles()
	if form == nil {
		return over
	}
	page, in, err := s.readCounter(v, form)
	if err != nil {
		return err
	}
	if over != nil {
		if err := page.Wrong.take(v.L, over); err != nil {
			return err
		}
	}
	if !takes(form) {
		in.Files, files = files, nil
	}
	if len(page.Wrong) > 0 {
		return s.intakeAgain(v, http.StatusUnprocessableEntity, page)
	}
	receipt, err := s.desk.Submit(v.r.Context(), v.Actor, in)
	if err != nil {
		if err := page.Wrong.take(v.L, err); err != nil {
			return err
		}
		return s.intakeAgain(v, httpkit.Status(err), page)
	}
	s.leaveFresh(v, *receipt.Claim, receipt.Token)
	s.takeIn(v, *receipt.Claim, form, files)
	return v.redirect(claimPath(*receipt.Claim))
}

// readCounter reads the form with its device: one of the registry, or one
// that is described.
func (s *Server) readCounter(v *visit, form url.Values) (intakeData, desk.NewRequest, error) {
	page := intakeData{Query: form.Get("q"), Form: form, New: form.Get("unit") == ""}
	in, bad := readIntake(v, form)
	page.Wrong = bad
	if id := form.Get("unit"); id != "" {
		view, err := s.desk.Unit(v.r.Context(), v.Actor, id, v.Lang)
		if err != nil {
			return page, in, err
		}
		data, err := s.unitData(v, view)
		if err != nil {
			return page, in, err
		}
		page.Unit, in.Identity = &data, view.Unit.Identity()
		return page, in, nil
	}
	sale, wrong := readSale(v.L, form)
	page.Wrong = append(page.Wrong, wrong...)
	in.Device = &desk.Device{Category: form.Get("category"), Brand: form.Get("brand"), Model: form.Get("model"),
		Serial: form.Get("serial"), IMEI: form.Get("imei"), Sale: sale}
	return page, in, nil
}

// takes tells whether the device is taken in with the claim, and not the claim
// opened alone.
func takes(form url.Values) bool { return form.Get("take") != "" && form.Get("alone") == "" }

// readIntake reads the form but for the device, with what is missing all at
// once.
func readIntake(v *visit, form url.Values) (desk.NewRequest, wrongs) {
	var bad wrongs
	in := desk.NewRequest{Kind: care.WarrantyService, Channel: counterChannel, Lang: form.Get("lang"), Text: form.Get("text"),
		Customer: desk.Contact{Name: form.Get("name"), Phone: form.Get("phone"), Email: form.Get("email"), Address: form.Get("address"),
			Settlement: form.Get("settlement")}, CustomerID: form.Get("customer"),
		Return: care.ReturnMethod(form.Get("return")), Settlement: form.Get("settlement"), Accepted: form["ids"], Remedy: form.Get("remedy")}
	fail := func(field string, err *care.Error) { bad = append(bad, wrong{field, failure(v.L, err)}) }
	if in.Customer.Name == "" {
		fail("name", care.Fail(care.Invalid, "required", "field", "name"))
	}
	if in.Customer.Phone == "" && in.Customer.Email == "" {
		fail("phone", care.Fail(care.Invalid, "contact_required"))
	}
	for _, name := range []string{"condition", "place"} {
		if takes(form) && strings.TrimSpace(form.Get(name)) == "" {
			fail(name, care.Fail(care.Invalid, "required", "field", name))
		}
	}
	documents, looked, wrong := bindChoices(care.Field{Name: "documents"}, form)
	if looked {
		in.Documents, _ = documents.([]string)
	}
	facts, more := readFacts("facts", form)
	in.Facts = facts
	for _, w := range append(wrong, more...) {
		fail(w.Field, w.Err)
	}
	return in, bad
}

// takeIn takes the device in right away. The claim is open by then; where
// something is still in the way, the claim's page says what, and the device
// is taken in there.
func (s *Server) takeIn(v *visit, c care.Claim, form url.Values, photos []desk.NewFile) {
	if !takes(form) {
		v.flash("good", "flash.staff.claim_opened", "number", c.Number)
		return
	}
	_, err := s.desk.DoWith(v.r.Context(), v.Actor, c.ID, c.Seq, &care.Accept{Place: form.Get("place"), Condition: form.Get("condition"),
		Accessories: textLines(form.Get("accessories")), Defect: form.Get("text")}, photos)
	if err != nil && len(photos) > 0 { // they are there when the device is taken in later
		if _, err := s.desk.Attach(v.r.Context(), v.Actor, desk.AttachTo{Claim: c.ID}, photos); err != nil {
			s.log.Warn("keep photos of intake", "request", httpkit.RequestID(v.r.Context()), "error", err)
		}
	}
	var refused *care.Error
	switch {
	case err == nil:
		v.flash("good", "flash.staff.taken_in", "number", c.Number)
	case errors.As(err, &refused):
		v.flash("bad", "flash.staff.not_taken_in", "number", c.Number, "reason", failure(v.L, refused))
	default:
		s.log.Error("take in", "request", httpkit.RequestID(v.r.Context()), "error", err)
		v.flash("bad", "flash.staff.not_taken_in", "number", c.Number, "reason", v.L.T("status_text.500"))
	}
}
