package web

import (
	"net/http"
	"net/url"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// proposeDisposal takes the first person's proposal to let a device go.
func (s *Server) proposeDisposal(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	in := care.Disposal{How: form.Get("how"), Reason: form.Get("reason")}
	for _, field := range []struct {
		name string
		to   **money.Amount
	}{{"proceeds", &in.Proceeds}, {"costs", &in.Costs}} {
		if text := form.Get(field.name); text != "" && err == nil {
			var a money.Amount
			if a, err = money.Parse(plainSum(text), v.Pack.Currency); err != nil {
				err = care.Fail(care.Invalid, "amount_not_positive").At(field.name)
			}
			*field.to = &a
		}
	}
	if err == nil {
		_, err = s.desk.Dispose(v.r.Context(), v.Actor, v.r.PathValue("id"), in)
	}
	if err != nil {
		return s.disposalWrong(v, err, form)
	}
	v.flash("good", "flash.disposal.proposed")
	return v.redirect("/staff/uncollected")
}

// confirmDisposal takes the second one's consent, which closes the claim.
func (s *Server) confirmDisposal(v *visit) error {
	c, err := s.desk.ConfirmDisposal(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return s.disposalWrong(v, err, nil)
	}
	v.flash("good", "flash.disposal.confirmed", "number", c.Number)
	return v.redirect("/staff/uncollected")
}

func (s *Server) disposalWrong(v *visit, err error, typed url.Values) error {
	switch care.CodeOf(err) {
	case care.Invalid, care.Illegal, care.Blocked:
		id := v.r.PathValue("id")
		field := "dispose-" + id
		if name := fieldOf(err); name != "" {
			field = name + "-" + id
		}
		return s.uncollectedAgain(v, http.StatusUnprocessableEntity,
			uncollectedData{Of: id, Typed: typed, Wrong: wrongs{{field, failure(v.L, err)}}})
	}
	return err
}
