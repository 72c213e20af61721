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
	width -= side + 2
	s.letter(10.5, true, ink)
	s.put(edge, edge-0.6, 10.5, s.clip(c.Number, width))
	const below, above = edge + 4.3, 10.4 // the number, and the bars with a little white
	size, rows := s.onLabel(width, s.ht-above-below)
	for i, row := range rows {
		s.put(edge, below+float64(i)*s.lineHeight(size), size, row)
	}
	return s.code128(edge-1.5, s.ht-10.2, s.wd-2*(edge-1.5), 8.2, c.Number)
}

// onLabel are the lines that tell a device from others, in the largest letter
// that they fit a height in. A serial is read off the label and typed: the model
// is cut before it is.
func (s *sheet) onLabel(width, height float64) (float64, []string) {
	const large, legible, least, step = 6.6, 5.6, 4.8, 0.2
	u := s.p.Claim.Unit
	set := func(size float64, whole bool) []string {
		s.letter(size, false, ink)
		model := care.DeviceName(u.Brand, u.Model)
		if !whole {
			model = s.clip(model, width)
		}
		var rows []string
		for _, text := range []string{model, u.Identity(), s.clip(joined(" · ", s.shortDay(), s.placeName()), width)} {
			if text != "" {
				rows = append(rows, s.wrap(text, width)...)
			}
		}
		return rows
	}
	for _, model := range []struct {
		whole bool
		least float64
	}{{true, legible}, {false, least}} {
		for size := large; size > model.least-step/2; size -= step {
			if rows := set(size, model.whole); float64(len(rows))*s.lineHeight(size) <= height {
				return size, rows
			}
		}
	}
	rows, fit := set(least, false), int(height/s.lineHeight(least))
	return least, append(rows[:fit-1], s.clip(rows[fit-1]+"…", width))
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
	const edge, code, step = 6.0, 29.0, 4.6 // the code's height with its number
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
	facts, y := s.parcel(*leg), edge+13
	from, to := s.between(width, s.ht-code-2-y-8-float64(len(facts))*step)
	y = s.party(edge, y, s.l.T("shipment.sender"), from) + 2
	s.ruleFrom(edge, s.wd-edge, y, line, 0.25)
	y = s.party(edge, y+2, s.l.T("shipment.receiver"), to) + 2
	s.ruleFrom(edge, s.wd-edge, y, ink, 0.5)
	y += 2
	for _, f := range facts {
		s.letter(7.5, false, soft)
		s.put(edge, y, 7.5, s.clip(f.name, 32))
		s.letter(8.5, true, ink)
		s.put(edge+34, y-0.3, 8.5, s.clip(f.value, width-34))
		y += step
	}
	return s.tracked(edge, width, code)
}

// tracked writes the parcel's number at the foot of its label, as bars and in
// letters.
func (s *sheet) tracked(edge, width, height float64) error {
	code := s.p.Leg.Tracking
	if !printable(code) {
		code = s.p.Leg.Number
	}
	if err := s.code128(edge, s.ht-height, width, 17, code); err != nil {
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

const roleHeight = 3.6 // of the word above a party of a label

// between sets who sends and who receives, in the largest letters that both fit
// a height in: a courier needs the whole address.
func (s *sheet) between(width, height float64) (from, to []cell) {
	const smallest = 6.5
	for size := 12.5; size >= smallest; size -= 0.5 {
		from, to = s.address(width, min(size, 8.5), 0, s.p.From), s.address(width, size, 0, s.p.To)
		if 2*roleHeight+s.tall(from)+s.tall(to) <= height {
			return from, to
		}
	}
	return s.address(width, smallest, 2, s.p.From), s.address(width, smallest, 3, s.p.To)
}

// address are the lines of a party; most limits those of each part, 0 = all.
func (s *sheet) address(width, size float64, most int, a care.Address) []cell {
	var out []cell
	for i, text := range []string{a.Name, a.Street, care.SettlementBeside(a.Street, a.Settlement), a.Phone} {
		if text == "" {
			continue
		}
		s.letter(size, i == 0, ink)
		rows := s.wrap(text, width)
		if most > 0 && len(rows) > most {
			rows = append(rows[:most-1], s.clip(rows[most-1]+"…", width))
		}
		for _, row := range rows {
			out = append(out, cell{text: row, size: size, strong: i == 0})
		}
	}
	return out
}

func (s *sheet) tall(rows []cell) float64 {
	height := 0.0
	for _, row := range rows {
		height += s.lineHeight(row.size)
	}
	return height
}

// party writes a party of a label and tells where it ends.
func (s *sheet) party(x, y float64, role string, rows []cell) float64 {
	s.letter(7.5, false, soft)
	s.put(x, y, 7.5, role)
	y += roleHeight
	for _, row := range rows {
		s.letter(row.size, row.strong, ink)
		s.put(x, y, row.size, row.text)
		y += s.lineHeight(row.size)
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
