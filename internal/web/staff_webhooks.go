package web

import (
	"net/http"
	"slices"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

// webhooksData is the administrator's page of programs that are told.
type webhooksData struct {
	Items    []webhookRow
	URL      string // of a new one
	Types    []pick
	Wrong    wrongs
	Secret   string // of a new one: shown once
	SecretOf string
}

// webhookRow is one program with what was sent to it.
type webhookRow struct {
	care.Endpoint
	Told  []string
	Types []pick
	Rows  []noticeRow
}

func (s *Server) webhooksPage(v *visit) error {
	return s.webhooksAgain(v, http.StatusOK, webhooksData{Types: v.eventPicks(nil)})
}

// eventPicks are the boxes of what a program may be told.
func (v *visit) eventPicks(picked []care.Occasion) []pick {
	var out []pick
	for _, o := range care.EventTypes() {
		out = append(out, pick{Value: string(o), Text: v.L.T("occasion." + string(o)), Picked: slices.Contains(picked, o)})
	}
	return out
}

// webhookMessages is how many of a program's messages the page shows.
const webhookMessages = 10

func (s *Server) webhooksAgain(v *visit, status int, page webhooksData) error {
	list, err := s.desk.Endpoints(v.r.Context(), v.Actor)
	if err != nil {
		return err
	}
	for _, e := range list {
		row := webhookRow{Endpoint: e, Types: v.eventPicks(e.Types)}
		for _, o := range e.Types {
			row.Told = append(row.Told, v.L.T("occasion."+string(o)))
		}
		sent, _, err := s.desk.Messages(v.r.Context(), v.Actor, care.NoticeFilter{Endpoint: e.ID}, care.Page{Limit: webhookMessages})
		if err != nil {
			return err
		}
		for _, n := range sent {
			row.Rows = append(row.Rows, v.noticeRow(n, true))
		}
		page.Items = append(page.Items, row)
	}
	return v.html(status, "staff/webhooks", page)
}

func occasions(list []string) []care.Occasion {
	var out []care.Occasion
	for _, s := range list {
		out = append(out, care.Occasion(s))
	}
	return out
}

// addWebhook has a program told. Its secret is in this answer and nowhere
// else, so there is no redirect to a page that could not show it.
func (s *Server) addWebhook(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	types := occasions(form["types"])
	e, err := s.desk.AddEndpoint(v.r.Context(), v.Actor, desk.NewEndpoint{URL: form.Get("url"), Types: types})
	if err == nil {
		httpkit.Private(v.w)
		return s.webhooksAgain(v, http.StatusOK, webhooksData{Types: v.eventPicks(nil), Secret: e.Secret, SecretOf: e.URL})
	}
	page := webhooksData{URL: form.Get("url"), Types: v.eventPicks(types)}
	if err := page.Wrong.take(v.L, err); err != nil {
		return err
	}
	return s.webhooksAgain(v, httpkit.Status(err), page)
}

// changeWebhook switches a program on or off, says what it is told, or removes
// it.
func (s *Server) changeWebhook(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, do := v.r.PathValue("id"), form.Get("do")
	if do == "remove" {
		if err := s.desk.RemoveEndpoint(v.r.Context(), v.Actor, id); err != nil {
			return err
		}
		v.flash("good", "flash.webhooks.removed")
		return v.redirect("/staff/webhooks")
	}
	list, err := s.desk.Endpoints(v.r.Context(), v.Actor)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(e care.Endpoint) bool { return e.ID == id })
	if i < 0 {
		return care.Fail(care.NotFound, "no_webhook")
	}
	types, enabled := list[i].Types, list[i].Enabled
	switch do {
	case "enable", "disable":
		enabled = do == "enable"
	case "types":
		types = occasions(form["types"])
	}
	if _, err := s.desk.ChangeEndpoint(v.r.Context(), v.Actor, id, types, enabled); err != nil {
		return err
	}
	v.flash("good", "flash.webhooks.changed")
	return v.redirect("/staff/webhooks")
}

func (s *Server) testWebhook(v *visit) error {
	e, err := s.desk.TestEndpoint(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.flash("good", "flash.webhooks.tested")
	return v.redirect("/staff/webhooks#webhook-" + e.ID)
}
