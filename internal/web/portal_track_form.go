package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/policy"
)

// held is a form of the tracking page that comes back with what it held: it was
// refused, or is to be shown in another language before it is sent.
type held struct {
	name   string // "say", "contact", "slot", "slot-cancel", "attach", "loaner" or a command
	values url.Values
	wrong  wrongs // what is known to be wrong with it
}

// at is where the form is sent, below the page's address.
func (h held) at() string {
	switch h.name {
	case "say", "contact", "slot":
		return "/" + h.name
	case "slot-cancel":
		return "/slot/cancel"
	case "attach":
		return "/files"
	}
	return "/do"
}

// Asks reports whether a form comes back, so that it is open and takes the
// change of the language.
func (p trackPage) Asks(form string) bool { return p.Held.name == form }

// Typed is what a form that comes back held in a field; of any other it is what
// the page has for it.
func (p trackPage) Typed(form, field, otherwise string) string {
	if !p.Asks(form) {
		return otherwise
	}
	return p.Held.values.Get(field)
}

// Picked reports whether a choice was made in a form that comes back.
func (p trackPage) Picked(form, field, value string) bool {
	return p.Asks(form) && slices.Contains(p.Held.values[field], value)
}

// TakesWords reports whether the customer may write.
func (p trackPage) TakesWords() bool { return p.T.Request.Request.State != care.RequestClosed }

// TakesFiles reports whether the customer may add photos and papers.
func (p trackPage) TakesFiles() bool {
	if p.T.Claim != nil {
		return !p.T.Claim.Claim.State.Over()
	}
	return p.TakesWords()
}

// stands reports whether the form that comes back is still on the page.
func (p trackPage) stands() bool {
	switch p.Held.name {
	case "say":
		return p.TakesWords()
	case "contact":
		return p.Contact != nil
	case "slot":
		return len(p.SlotDays) > 0
	case "slot-cancel":
		return p.MayCancel
	case "attach":
		return p.TakesFiles()
	}
	return slices.ContainsFunc(p.Actions, func(a trackAction) bool { return string(a.Command) == p.Held.name })
}

// trackedAgain shows the page with a form as it was sent: with the refusal, or
// without one in another language. The field's id is that of the form it stands
// in.
func (s *Server) trackedAgain(v *visit, form held, refusal error) error {
	page, err := s.openTracking(v, form)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if refusal != nil {
		status = httpkit.Status(refusal)
		if err := page.Problems.take(v.L, refusal); err != nil {
			return err
		}
	}
	for _, w := range form.wrong {
		if !slices.Contains(page.Problems, w) { // the refusal may have said it
			page.Problems = append(page.Problems, w)
		}
	}
	for i, w := range page.Problems {
		if w.Field != "" {
			page.Problems[i].Field = form.name + "-" + w.Field
		}
	}
	if page.Contact != nil && page.Asks("contact") {
		page.Contact.typed(form.values, page.Problems.Of("contact-telegram"))
	}
	v.here = "/track/" + url.PathEscape(page.Token)
	if page.stands() {
		v.asks = v.here + form.at()
	}
	return v.html(status, "portal/track", page)
}

// trackedDo gives the claim the customer's command.
func (s *Server) trackedDo(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	form := held{name: values.Get("command"), values: values}
	if values.Get("step") == inOtherWords {
		return s.trackedAgain(v, form, nil)
	}
	cmd, err := customerCommand(values)
	if err == nil {
		_, err = s.desk.TrackedDo(v.r.Context(), v.r.PathValue("token"), cmd)
	}
	if err != nil {
		return s.trackedAgain(v, form, err)
	}
	v.flash("good", "flash.portal_"+string(cmd.Name()))
	return v.redirect("/track/" + url.PathEscape(v.r.PathValue("token")))
}

// customerCommand makes the command of a form: those that a customer has.
func customerCommand(values url.Values) (care.Command, error) {
	yes, no := values.Get("accepted") == "true", values.Get("accepted") == "false"
	switch name := care.CommandName(values.Get("command")); name {
	case care.CmdAcknowledge:
		if len(values["ids"]) == 0 {
			return nil, care.Fail(care.Invalid, "portal_accept").At("ids")
		}
		return care.Acknowledge{IDs: values["ids"]}, nil
	case care.CmdChooseBasis:
		if values.Get("basis") == "" {
			return nil, care.Fail(care.Invalid, "portal_choose").At("basis")
		}
		return care.ChooseBasis{Basis: policy.Basis(values.Get("basis"))}, nil
	case care.CmdRoute:
		if values.Get("centre") == "" {
			return nil, care.Fail(care.Invalid, "portal_choose").At("centre")
		}
		return care.RouteTo{Centre: values.Get("centre")}, nil
	case care.CmdChooseRemedy:
		if values.Get("remedy") == "" {
			return nil, care.Fail(care.Invalid, "portal_choose").At("remedy")
		}
		return care.ChooseRemedy{Remedy: values.Get("remedy")}, nil
	case care.CmdDemandRemedy:
		if values.Get("remedy") == "" {
			return nil, care.Fail(care.Invalid, "portal_choose").At("remedy")
		}
		return care.DemandRemedy{Remedy: values.Get("remedy")}, nil
	case care.CmdAnswerEstimate, care.CmdAnswerDifference:
		if !yes && !no {
			return nil, care.Fail(care.Invalid, "portal_choose").At("accepted")
		}
		if name == care.CmdAnswerEstimate {
			return care.AnswerEstimate{Accepted: yes}, nil
		}
		return care.AnswerDifference{Accepted: yes}, nil
	case care.CmdChangeReturn:
		return care.ChangeReturn{Return: care.ReturnMethod(values.Get("return")), Address: values.Get("address"), Settlement: values.Get("settlement")}, nil
	case care.CmdCancel:
		if values.Get("reason") == "" {
			return nil, care.Fail(care.Invalid, "portal_reason").At("reason")
		}
		return care.Cancel{Reason: values.Get("reason")}, nil
	}
	return nil, care.Fail(care.Invalid, "portal_command")
}

// trackedSay sends the customer's message.
func (s *Server) trackedSay(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	form := held{name: "say", values: values}
	if values.Get("step") == inOtherWords {
		return s.trackedAgain(v, form, nil)
	}
	if said := values.Get("text"); said == "" {
		err = care.Fail(care.Invalid, "portal_message").At("text")
	} else {
		err = s.desk.TrackedSay(v.r.Context(), v.r.PathValue("token"), said)
	}
	if err != nil {
		return s.trackedAgain(v, form, err)
	}
	v.flash("good", "flash.portal_said")
	return v.redirect("/track/" + url.PathEscape(v.r.PathValue("token")) + "#thread")
}
