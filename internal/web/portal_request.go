package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// requestPage is the form of a request, in one of its steps: the choice of a
// kind, the form, and, for warranty service, where the customer stands.
type requestPage struct {
	Kinds []kindCard // the choice; empty once a kind is chosen

	Kind, Intro string
	Problems    wrongs
	Values      url.Values // as typed
	Once        string     // makes a form that is sent twice one request

	Categories, Channels, Issuers, Documents []option
	Remedies                                 []option // what the customer may want
	Described                                bool     // the description of the device is open
	Now                                      string

	Preview   *desk.Preview // of the second step
	Questions []question
	Bases     []option
	Accept    []acceptance
	Hidden    []pair
	Live      bool // a script asked for the part that answers change
	Kept      []keptFile

	SlotDays []slotDay // times of a video consultation, where the retailer names them
	Hours    []string  // its words on them
}

// question is a need of the decision that the customer may answer.
type question struct {
	Name, Text, Answer string // Name is the form's field
	Type               string // yes-no, select, date or text
	Options            []option
}

// acceptance is what the pack asks the customer to acknowledge (C8).
type acceptance struct {
	ID, Text string
	Checked  bool
}

type pair struct{ Name, Value string }

// Value is what was typed in a field.
func (p requestPage) Value(name string) string { return p.Values.Get(name) }

func (s *Server) requestStart(v *visit) error {
	kind := v.r.URL.Query().Get("kind")
	if !slices.Contains(kindsOf(v.Pack), kind) {
		return v.html(http.StatusOK, "portal/request", requestPage{Kinds: kindCards(v)})
	}
	once, err := newOnce()
	if err != nil {
		return err
	}
	values := url.Values{"kind": {kind}, "once": {once}}
	if id := strings.TrimSpace(v.r.URL.Query().Get("id")); id != "" {
		values.Set("serial", id)
	}
	return s.showForm(v, http.StatusOK, values, nil)
}

// atContact are the fields of the last step of the guided request.
var atContact = []string{"name", "phone", "email", "return", "address", "settlement", "files"}

// inOtherWords is the step that shows the same step in another language.
const inOtherWords = "lang"

// requestSent takes any step of the form. Nothing is stored before the last
// one; every step carries what the others hold.
func (s *Server) requestSent(v *visit) error {
	values, files, err := v.formFiles()
	var problems wrongs
	if err != nil && values != nil {
		err = problems.take(v.L, err)
	}
	if err != nil {
		return err
	}
	if !slices.Contains(kindsOf(v.Pack), values.Get("kind")) {
		return v.html(http.StatusUnprocessableEntity, "portal/request", requestPage{Kinds: kindCards(v),
			Problems: wrongs{{Text: v.L.T("error.portal_kind")}}})
	}
	dropped(values)
	in, more := readRequest(v, values, s.now())
	in.Files, problems = files, append(problems, more...)
	step := values.Get("step")
	if len(problems) > 0 || values.Get("kind") == care.WarrantyService && step != "send" || step == inOtherWords {
		refused, err := s.keep(v, values, files)
		if err != nil {
			return err
		}
		in.Files, problems = nil, append(problems, refused...)
	}
	switch guided := in.Kind == care.WarrantyService; {
	case step == "edit", step == inOtherWords && (!guided || values.Get("at") == "device"):
		return s.showForm(v, http.StatusOK, values, nil)
	case step == inOtherWords && values.Get("at") == "contact":
		return s.showContact(v, http.StatusOK, values, nil)
	case guided:
		return s.guided(v, values, in, problems)
	case len(problems) > 0:
		return s.showForm(v, http.StatusUnprocessableEntity, values, problems)
	}
	return s.submit(v, values, in)
}

// requestStand tells a script where the customer stands after an answer. It
// stores nothing whatever the form says, for one answers faster than one sends.
func (s *Server) requestStand(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	values.Set("kind", care.WarrantyService)
	values.Set("step", "check")
	in, problems := readRequest(v, values, s.now())
	return s.guided(v, values, in, problems)
}

// guided takes a step of a request for warranty service: the device, where
// the customer stands, how to reach them.
func (s *Server) guided(v *visit, values url.Values, in desk.NewRequest, problems wrongs) error {
	if wrong := problems.about(atContact, false); len(wrong) > 0 {
		return s.showForm(v, http.StatusUnprocessableEntity, values, wrong)
	}
	preview, err := s.desk.Preview(v.r.Context(), v.Actor, in)
	if err == nil && !preview.Known && wrongIMEI(values) {
		err = care.Fail(care.Invalid, "portal_imei").At("serial")
	}
	step := values.Get("step")
	if care.CodeOf(err) == care.Conflict && step == "send" && len(problems) == 0 {
		return s.submit(v, values, in) // maybe the second click of the form that opened the claim
	}
	if err != nil {
		return s.refused(v, values, in.Files, err)
	}
	if step != "contact" && step != "send" {
		return s.showStand(v, http.StatusOK, values, in, preview, nil)
	}
	var missing wrongs
	for _, id := range preview.Decision.Acknowledge {
		if !slices.Contains(in.Accepted, id) {
			missing = append(missing, wrong{Field: "accept." + id, Text: v.L.T("error.portal_accept")})
		}
	}
	if len(missing) > 0 {
		if _, err := s.keep(v, values, in.Files); err != nil {
			return err
		}
		return s.showStand(v, http.StatusUnprocessableEntity, values, in, preview, missing)
	}
	if step == "contact" {
		return s.showContact(v, http.StatusOK, values, nil)
	}
	if len(problems) > 0 {
		return s.showContact(v, http.StatusUnprocessableEntity, values, problems)
	}
	return s.submit(v, values, in)
}

// refused shows the form again with the desk's refusal beside its field. The
// files that came with it wait for it.
func (s *Server) refused(v *visit, values url.Values, files []desk.NewFile, err error) error {
	problems, failed := s.keep(v, values, files)
	if failed != nil {
		return failed
	}
	var e *care.Error
	if errors.As(err, &e) && e.Key == "error.no_unit" {
		key := "error.portal_unknown_unit"
		if wrongIMEI(values) {
			key = "error.portal_imei"
		}
		problems = append(problems, wrong{Field: "serial", Text: v.L.T(key)})
		values.Set("described", "yes")
	} else if len(problems) == 0 || care.CodeOf(err) != care.Invalid { // what is wrong with a file is said already
		if e != nil && e.Field == "imei" { // the page asks for either number in one field
			err = e.At("serial")
		}
		if err := problems.take(v.L, err); err != nil {
			return err
		}
	}
	if values.Get("kind") == care.WarrantyService && len(problems.about(atContact, true)) > 0 {
		return s.showContact(v, http.StatusUnprocessableEntity, values, problems)
	}
	return s.showForm(v, http.StatusUnprocessableEntity, values, problems)
}

func wrongIMEI(values url.Values) bool {
	number := values.Get("serial")
	return isIMEI(number) && !goodIMEI(number) && slices.Contains([]string{"", "phone", "tablet"}, values.Get("category"))
}

func (s *Server) showForm(v *visit, status int, values url.Values, problems wrongs) error {
	kind := values.Get("kind")
	var err error
	page := requestPage{Kind: kind, Problems: problems, Values: values, Once: values.Get("once"), Described: describes(values),
		Now:        s.now().In(v.Zone).Format(slotLayout),
		Categories: sentenceCase(options(v.L, "categories", policy.Words("categories"), values.Get("category"))),
		Channels:   sentenceCase(options(v.L, "sale_channels", policy.Words("sale_channels"), values.Get("sale_channel"))),
		Issuers:    sentenceCase(options(v.L, "issuers", policy.Words("issuers"), values.Get("warranty_issuer")))}
	if page.Kept, err = s.keptFiles(v, values); err != nil {
		return err
	}
	for _, card := range kindCards(v) {
		if card.Kind == kind {
			page.Intro = card.Text
		}
	}
	if kind == care.WarrantyService {
		page.Hidden = hidden(values, atDevice)
	}
	if kind == care.VideoConsultation {
		page.Hours = consultationHours(v)
		if page.SlotDays, err = s.slotDays(v, values.Get("slot")); err != nil {
			return err
		}
	}
	if !goodOnce(page.Once) {
		if page.Once, err = newOnce(); err != nil {
			return err
		}
	}
	v.whole()
	v.asks, v.Enter = v.shopHref("/request"), "send"
	if kind == care.WarrantyService {
		v.Enter = "check"
	}
	return v.html(status, "portal/request", page)
}

// atDevice are the fields of the first step.
var atDevice = []string{"kind", "once", "step", "at", "serial", "described", "category", "brand", "model", "sale_date", "sale_channel", "sale_price",
	"warranty_months", "warranty_issuer", "text"}

// whole lets a script that asked for a part of the page take the page that it
// gets instead.
func (v *visit) whole() {
	if v.r.Header.Get("HX-Request") == "true" {
		v.w.Header().Set("HX-Retarget", "body")
		v.w.Header().Set("HX-Reswap", "innerHTML")
	}
}

// showContact is the last step: how to reach the customer, how the device
// comes back, photos and papers.
func (s *Server) showContact(v *visit, status int, values url.Values, problems wrongs) error {
	kept, err := s.keptFiles(v, values)
	if err != nil {
		return err
	}
	v.asks, v.Enter = v.shopHref("/request"), "send"
	return v.html(status, "portal/contact", requestPage{Kind: values.Get("kind"), Problems: problems, Values: values, Kept: kept,
		Hidden: hidden(values, append([]string{"step", "at", "kept"}, atContact...))})
}

// remedies are what a customer may want of the retailer.
func (s *Server) remedies(v *visit, chosen string) ([]option, error) {
	list, err := s.desk.Demandable(v.Retailer.ID)
	return sentenceCase(options(v.L, "remedy_kinds", list, chosen)), err
}

// documents are the papers that the terms of the pack and of the law ask for.
func (s *Server) documents(v *visit) ([]string, error) {
	program, err := s.packs.Program(v.Retailer.ID, calendar.Date{})
	if err != nil {
		return nil, fmt.Errorf("documents of %s: %w", v.Retailer.ID, err)
	}
	asked := []string{"receipt", "warranty_card"} // what everybody looks for
	for _, p := range append([]*policy.Pack{program.Pack, program.Statute}, program.Makers...) {
		if p == nil {
			continue
		}
		for _, proof := range p.Proof {
			asked = append(asked, slices.Concat(proof.Needs...)...)
		}
	}
	return slices.DeleteFunc(policy.Words("documents"), func(d string) bool { return !slices.Contains(asked, d) }), nil
}

// showStand is the second step: every basis, what the decision still needs,
// and what has to be acknowledged. A script gets the part that answers change.
func (s *Server) showStand(v *visit, status int, values url.Values, in desk.NewRequest, preview desk.Preview, problems wrongs) error {
	d := preview.Decision
	page := requestPage{Kind: values.Get("kind"), Problems: problems, Values: values, Once: values.Get("once"), Preview: &preview,
		Questions: questionsOf(v, preview, values)}
	for _, b := range d.Bases {
		page.Bases = append(page.Bases, option{Value: string(b.Basis), Text: upperFirst(v.L.Or("bases", string(b.Basis))),
			Selected: values.Get("basis") == string(b.Basis)})
	}
	for _, id := range d.Acknowledge {
		for _, n := range d.Notices {
			if n.ID == id {
				page.Accept = append(page.Accept, acceptance{ID: id, Text: n.Text, Checked: slices.Contains(values["accept"], id)})
			}
		}
	}
	papers, err := s.papersAsked(v, in, preview)
	if err != nil {
		return err
	}
	page.Documents = sentenceCase(options(v.L, "documents", papers, values["documents"]...))
	if page.Remedies, err = s.remedies(v, values.Get("remedy")); err != nil {
		return err
	}
	asked := []string{"basis", "remedy", "accept", "step", "at", "documents"}
	for _, q := range page.Questions {
		asked = append(asked, q.Name)
	}
	page.Hidden = hidden(values, asked)
	if v.wants("stand") {
		page.Live = true
		return v.fragment(status, "portal/stand", "stand-live", page)
	}
	v.asks, v.Enter = v.shopHref("/request"), "check"
	return v.html(status, "portal/stand", page)
}

// papersAsked are the papers that may change the decision, and those that were
// ticked already: a paper that leaves every basis as it is, is not asked for.
func (s *Server) papersAsked(v *visit, in desk.NewRequest, p desk.Preview) ([]string, error) {
	known, err := s.documents(v)
	if err != nil {
		return nil, err
	}
	var asked []string
	for _, paper := range policy.Words("documents") {
		if slices.Contains(in.Documents, paper) || needsPaper(p.Decision, paper) {
			asked = append(asked, paper)
			continue
		}
		if !slices.Contains(known, paper) {
			continue
		}
		with := in
		with.Documents = append(slices.Clone(in.Documents), paper)
		other, err := s.desk.Preview(v.r.Context(), v.Actor, with)
		if err != nil {
			return nil, fmt.Errorf("try %s: %w", paper, err)
		}
		if !sameStand(p.Decision, other.Decision) {
			asked = append(asked, paper)
		}
	}
	return asked, nil
}

func needsPaper(d policy.Decision, paper string) bool {
	return slices.ContainsFunc(d.Bases, func(b policy.BasisResult) bool {
		return slices.ContainsFunc(b.Needs, func(n policy.Need) bool { return n.Document == paper })
	})
}

// sameStand reports whether two decisions leave a customer in the same place.
func sameStand(a, b policy.Decision) bool {
	return slices.EqualFunc(a.Bases, b.Bases, func(x, y policy.BasisResult) bool {
		return x.Basis == y.Basis && x.Verdict == y.Verdict && slices.Equal(x.Needs, y.Needs)
	})
}

// hidden carries the fields through the second step that it does not ask.
func hidden(values url.Values, asked []string) []pair {
	var out []pair
	for name, list := range values {
		if slices.Contains(asked, name) {
			continue
		}
		for _, value := range list {
			out = append(out, pair{name, value})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// stated are the facts that a customer states in describing a device, with the
// fields of the form that hold them.
var stated = map[string]question{
	"warranty.months": {Name: "warranty_months", Type: "text"},
	"warranty.issuer": {Name: "warranty_issuer", Type: "select"},
	"sale.date":       {Name: "sale_date", Type: "date"},
	"sale.price":      {Name: "sale_price", Type: "text"},
	"sale.channel":    {Name: "sale_channel", Type: "select"},
	"unit.model":      {Name: "model", Type: "text"},
}

var statedWords = map[string]string{"warranty_issuer": "issuers", "sale_channel": "sale_channels"}

// questionsOf are the decision's needs that a customer may answer, most
// decisive first, and those that were answered already, to be corrected. Of a
// device that the registry knows, the papers are not asked again.
func questionsOf(v *visit, p desk.Preview, values url.Values) []question {
	var out []question
	add := func(fact, text string) {
		q, ok := stated[fact]
		switch {
		case slices.Contains(desk.CustomerFacts(), fact):
			q = question{Name: "fact." + fact, Type: "text"}
			if strings.HasPrefix(fact, "unit.") {
				q.Type = "yes-no"
			}
		case !ok || p.Known:
			return
		}
		if slices.ContainsFunc(out, func(other question) bool { return other.Name == q.Name }) {
			return
		}
		if q.Text = text; text == "" {
			q.Text = v.L.Or("questions", fact)
		}
		q.Answer = values.Get(q.Name)
		if vocabulary := statedWords[q.Name]; vocabulary != "" {
			q.Options = sentenceCase(options(v.L, vocabulary, policy.Words(vocabulary), q.Answer))
		}
		out = append(out, q)
	}
	for _, b := range p.Decision.Bases {
		for _, n := range b.Needs {
			add(n.Fact, n.Question)
		}
	}
	for _, fact := range desk.CustomerFacts() {
		if values.Get("fact."+fact) != "" {
			add(fact, "")
		}
	}
	return out
}

// sentenceCase begins each choice with a capital.
func sentenceCase(list []option) []option {
	for i := range list {
		list[i].Text = upperFirst(list[i].Text)
	}
	return list
}
