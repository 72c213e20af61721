package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// What saves a clerk's keystrokes: words for what is seen on most devices and
// comes along with them, and where the claim would stand as the form is
// filled in.

var (
	marks      = []string{"none", "scratches", "dents", "cracked_screen", "chipped", "dirty", "sticker_gone", "hinge_loose"}
	marksFlat  = []string{"none", "scratches", "dents", "cracked_screen", "chipped", "dirty", "sticker_gone"}
	comesAlong = map[string][]string{
		"phone": {"charger", "cable", "case", "sim_tray", "box"}, "tablet": {"charger", "cable", "case", "stylus", "box"},
		"laptop": {"charger", "power_cord", "bag", "mouse", "box"}, "tv": {"remote", "stand", "power_cord", "box"},
		"printer": {"power_cord", "cable", "cartridges", "box"}, "mfp": {"power_cord", "cable", "cartridges", "box"},
	}
	comesOften = []string{"charger", "cable", "power_cord", "box"}
)

// chips are the words that a clerk may add with one touch.
type chips struct{ Marks, Accessories []string }

func chipsFor(l *i18n.Locale, category string) chips {
	say := func(area string, keys []string) []string {
		out := make([]string, 0, len(keys))
		for _, k := range keys {
			out = append(out, l.T(area+k))
		}
		return out
	}
	seen := marksFlat
	if category == "laptop" || category == "" {
		seen = marks
	}
	along := comesAlong[category]
	if along == nil {
		along = comesOften
	}
	return chips{Marks: say("desk.mark.", seen), Accessories: say("desk.along.", along)}
}

// searched is what a search box holds; the code of a Russian receipt stands
// for the receipt's number.
func (s *Server) searched(text string) string {
	if s.readCode != nil {
		if number, ok := s.readCode(text); ok {
			return number
		}
	}
	return text
}

// standData is where a claim would stand if it were opened as the form says.
type standData struct {
	Decision *policy.Decision
	Wrong    string
}

// intakeStand answers the form of the counter with where the claim would
// stand. A script asks for the answer alone; the page's button for the whole
// page with the form as it is. Nothing is stored.
func (s *Server) intakeStand(v *visit) error {
	if !desk.May(v.Actor, desk.OpenClaims) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.OpenClaims))
	}
	form, err := v.looked()
	if err != nil {
		return err
	}
	page, in, err := s.readCounter(v, form)
	if err != nil {
		return err
	}
	page.Wrong = nil // what is missing to open the claim is told when it is opened
	if page.Stand, err = s.stand(v, in); err != nil {
		return err
	}
	if v.wants("stand") {
		return v.fragment(http.StatusOK, "staff/intake", "intake-stand", page.Stand)
	}
	page.Kept = true
	return s.intakeAgain(v, http.StatusOK, page)
}

func (s *Server) stand(v *visit, in desk.NewRequest) (*standData, error) {
	in.Lang, in.Text = v.Lang, ""
	p, err := s.desk.Preview(v.r.Context(), v.Actor, in)
	var refused *care.Error
	switch {
	case err == nil:
		return &standData{Decision: &p.Decision}, nil
	case errors.As(err, &refused) && slices.Contains([]care.Code{care.Invalid, care.Conflict, care.NotFound, care.Blocked}, refused.Code):
		return &standData{Wrong: failure(v.L, refused)}, nil
	}
	return nil, err
}
