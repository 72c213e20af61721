package document

import (
	"strconv"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// deviceLabel is stuck on a device while it is with us: it says whose claim it
// is without saying whose it is.
func (s *sheet) deviceLabel() error {
	const edge, side = 2.5, 13.0
	c := s.p.Claim
	width := s.wd - 2*edge
	if err := s.qr(s.wd-edge-side, edge, side, c.Number); err != nil {
		return err
	}
	s.letter(10.5, true, ink)
	s.put(edge, edge-0.6, 10.5, s.clip(c.Number, width-side-2))
	y := edge + 4.3
	for _, text := range []string{care.DeviceName(c.Unit.Brand, c.Unit.Model), c.Unit.Identity(), joined(" · ", s.shortDay(), s.placeName())} {
		if text == "" {
			continue
		}
		s.letter(6.6, false, ink)
		s.put(edge, y, 6.6, s.clip(text, width-side-2))
		y += 3.1
	}
	return s.code128(edge-1.5, s.ht-10.2, s.wd-2*(edge-1.5), 8.2, c.Number)
}

func (s *sheet) shortDay() string {
	if s.p.At.IsZero() {
		return ""
	}
	return s.l.DateShort(calendar.DateOf(s.p.At, s.p.Zone))
}

func (s *sheet) placeName() string {
	if s.p.Place == nil {
		return ""
	}
	return s.in(s.p.Place.Name)
}

// shippingLabel is stuck on a parcel.
func (s *sheet) shippingLabel() error {
	const edge = 6.0
	leg := s.p.Leg
	if leg == nil {
		return nil
	}
	width := s.wd - 2*edge
	s.letter(15, true, ink)
	s.put(edge, edge-1, 15, s.clip(leg.Carrier, width))
	s.letter(8, false, soft)
	s.put(edge, edge+6, 8, s.clip(s.word("legs", string(leg.Direction)), width))
	s.ruleFrom(edge, s.wd-edge, edge+11, ink, 0.5)
	y := edge + 13
	y = s.address(edge, y, width, s.l.T("shipment.sender"), s.p.From, 8.5) + 2
	s.ruleFrom(edge, s.wd-edge, y, line, 0.25)
	y = s.address(edge, y+2, width, s.l.T("shipment.receiver"), s.p.To, 12.5) + 2
	s.ruleFrom(edge, s.wd-edge, y, ink, 0.5)
	y += 2
	for _, f := range s.parcel(*leg) {
		s.letter(7.5, false, soft)
		s.put(edge, y, 7.5, s.clip(f.name, 32))
		s.letter(8.5, true, ink)
		s.put(edge+34, y-0.3, 8.5, s.clip(f.value, width-34))
		y += 4.6
	}
	code := leg.Tracking
	if !printable(code) {
		code = leg.Number
	}
	if err := s.code128(edge, s.ht-29, width, 17, code); err != nil {
		return err
	}
	s.letter(11, true, ink)
	s.put(s.wd/2-s.pdf.GetStringWidth(code)/2, s.ht-11, 11, code)
	return nil
}

// printable reports whether Code 128 can hold a text, in bars that a scanner
// still reads.
func printable(text string) bool {
	return text != "" && len(text) <= 24 && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// parcel says what a courier has to know.
func (s *sheet) parcel(l care.Leg) []fact {
	var out []fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{name: name, value: value})
		}
	}
	add(s.l.T("shipment.claim"), l.Number)
	add(s.l.T("papers.ship.label"), l.Label)
	if l.Grams > 0 {
		add(s.l.T("shipment.weight"), s.l.T("shipment.kg", "n", s.kilograms(l.Grams)))
	}
	if l.Bulky {
		add(s.l.T("papers.ship.note"), s.l.T("shipment.bulky"))
	}
	add(s.l.T("shipment.bearer"), s.word("bearers", l.Bearer))
	add(s.l.T("papers.ship.worth"), s.money(l.Worth))
	if !l.PromisedBy.IsZero() {
		add(s.l.T("shipment.promised"), s.instant(l.PromisedBy))
	}
	return out
}

// address writes a party of a label and tells where it ends.
func (s *sheet) address(x, y, width float64, role string, a care.Address, size float64) float64 {
	s.letter(7.5, false, soft)
	s.put(x, y, 7.5, role)
	y += 3.6
	for i, text := range []string{a.Name, a.Street, beside(a.Street, a.Settlement), a.Phone} {
		if text == "" {
			continue
		}
		s.letter(size, i == 0, ink)
		for n, row := range s.wrap(text, width) {
			if n == 3 { // what is longer has no room on a label
				break
			}
			s.put(x, y, size, row)
			y += s.lineHeight(size)
		}
	}
	return y
}

func (s *sheet) kilograms(grams int) string {
	text := strconv.FormatFloat(float64(grams)/1000, 'f', -1, 64)
	if s.l.Tag() != "en" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}
