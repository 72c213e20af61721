package document

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// Printer sets papers. It is safe for concurrent use.
type Printer struct {
	words *i18n.Bundle
	has   letters
}

// New makes a printer that words papers from a bundle.
func New(words *i18n.Bundle) (*Printer, error) {
	has, err := lettersOf(regular)
	if err != nil {
		return nil, err
	}
	return &Printer{words: words, has: has}, nil
}

// Render writes a paper as PDF.
func (p *Printer) Render(paper care.Paper) ([]byte, error) {
	set, f := setters[paper.Kind], a4
	switch {
	case set == nil:
		return nil, fmt.Errorf("document: no such paper: %q", paper.Kind)
	case paper.Kind == care.DeviceLabel:
		f = onDevice
	case paper.Kind == care.ShippingLabel:
		f = onParcel
	}
	if paper.Zone == nil {
		paper.Zone = time.UTC
	}
	set1 := func(pages int, tight float64) (*sheet, error) {
		s := newSheet(p.words.Locale(paper.Lang), p.has, paper, f)
		s.pages, s.tight = pages, tight
		return s, s.copies(set)
	}
	tight := 1.0
	s, err := set1(0, tight)
	if err != nil {
		return nil, err
	}
	if s.page > 1 && s.y < almostEmpty { // a last page of a few lines is better saved
		closer, err := set1(0, 0.9)
		if err != nil {
			return nil, err
		}
		if closer.page < s.page {
			s, tight = closer, 0.9
		}
	}
	if s.page > 1 { // now that their number is known
		if s, err = set1(s.page, tight); err != nil {
			return nil, err
		}
	}
	return s.bytes()
}

// almostEmpty is how far down a last page may be written, in millimetres, to
// be worth saving.
const almostEmpty = 100.0

// copies sets the paper as often as it is drawn up, each copy with its mark
// and its own pages.
func (s *sheet) copies(set func(*sheet) error) error {
	n := max(s.p.Copies, 1)
	for i := range n {
		if n > 1 {
			s.mark = s.l.T("papers.copy", "n", i+1, "of", n)
		}
		s.begin()
		if err := set(s); err != nil {
			return fmt.Errorf("document: %s %s: %w", s.p.Kind, s.p.Number, err)
		}
	}
	return nil
}

// setters write the papers.
var setters = map[care.PaperKind]func(*sheet) error{
	care.IntakeSlip: (*sheet).intakeSlip, care.Conclusion: (*sheet).conclusion, care.RefusalLetter: (*sheet).refusal,
	care.RepairForm: (*sheet).repairForm, care.LoanerPaper: (*sheet).loaner, care.HandBackPaper: (*sheet).handBack,
	care.ReplacementAct: (*sheet).replacement, care.RefundAct: (*sheet).refund, care.ClosingAct: (*sheet).closing,
	care.WarrantyPaper: (*sheet).certificate, care.DeviceLabel: (*sheet).deviceLabel, care.ShippingLabel: (*sheet).shippingLabel,
}

// head writes who issues the paper, its title, number and day, with the codes
// of the claim at the right.
func (s *sheet) head(code string) error {
	if !printable(code) { // an imported number may be written in any letters
		code = ""
	}
	s.letter(13, true, ink)
	mark := ""
	if s.mark != "" {
		mark = s.mark
		s.letter(body, true, accent)
		s.putRight(s.wd-margin, s.y+1, body, mark)
	}
	s.lines(margin, s.width()-45, 13, true, ink, s.p.Seller.Name)
	s.gap(0.5)
	for _, c := range s.contacts() {
		s.lines(margin, s.width(), small, false, soft, c)
	}
	s.gap(1.6)
	s.rule(s.y, accent, 0.6)
	s.gap(5)
	top, room := s.y, s.width()
	if code != "" {
		const wide, tall = 62.0, 9.0
		x := s.wd - margin - wide
		room -= wide + 4
		if s.p.Link != "" {
			const side = 24.0
			if err := s.qr(s.wd-margin-side, top, side, s.p.Link); err != nil {
				return err
			}
			x -= side + 4
			room -= side + 4
		}
		if err := s.code128(x, top+1, wide, tall, code); err != nil {
			return err
		}
		s.letter(small, false, ink)
		s.put(x+(wide-s.pdf.GetStringWidth(code))/2, top+tall+1.6, small, code)
	}
	size := title
	if room < 100 {
		size = 15
	}
	s.lines(margin, room, size, true, ink, s.name())
	s.gap(0.6)
	s.lines(margin, room, body, false, soft, s.numberAndDay())
	if s.p.Replaces != "" {
		s.lines(margin, room, body, false, soft, s.l.T("papers.replaces", "number", s.p.Replaces))
	}
	if low := top + 15; code != "" && s.y < low {
		s.y = low
	}
	if low := top + 26; code != "" && s.p.Link != "" && s.y < low {
		s.y = low
	}
	s.gap(2)
	return nil
}

func (s *sheet) numberAndDay() string {
	if s.p.At.IsZero() {
		return s.l.T("papers.number", "number", s.p.Number)
	}
	return s.l.T("papers.number_of", "number", s.p.Number, "date", s.itsDay())
}

// itsDay is the paper's day, or room to write it in.
func (s *sheet) itsDay() string {
	if s.p.Undated {
		return s.l.T("papers.by_hand")
	}
	return s.day(s.p.At)
}

// contacts are the lines under the seller's name.
func (s *sheet) contacts() []string {
	var out, parts []string
	for _, c := range s.p.Seller.Contacts {
		text := c.Label + ": " + c.Value
		if c.Extension != "" || len(c.Value) <= 24 { // a number stays in one piece
			text = c.Label + ":\u00a0" + unbroken(c.Value)
		}
		if c.Extension != "" {
			text = s.l.T("papers.extension", "contact", text, "extension", c.Extension)
		}
		parts = append(parts, text)
	}
	if len(parts) > 0 {
		out = append(out, strings.Join(parts, " · "))
	}
	if p := s.p.Place; p != nil {
		out = append(out, joined(" · ", joined(", ", s.in(p.Name), s.in(p.Address)), unbroken(p.Phone)))
	}
	return out
}

// unbroken keeps a number in one piece.
func unbroken(text string) string { return strings.ReplaceAll(text, " ", "\u00a0") }

// in is a text by language, or the one there is.
func (s *sheet) in(by map[string]string) string {
	for _, lang := range append([]string{s.l.Tag()}, i18n.Languages()...) {
		if by[lang] != "" {
			return by[lang]
		}
	}
	return ""
}

func (s *sheet) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return s.l.Date(calendar.DateOf(t, s.p.Zone))
}

func (s *sheet) instant(t time.Time) string { return s.l.Instant(t, s.p.Zone) }

// due words a term as the decision gives it: a day, or an instant.
func (s *sheet) due(text string) string {
	if d, err := calendar.ParseDate(text); err == nil {
		return s.l.Date(d)
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return s.instant(t)
	}
	return text
}

func (s *sheet) money(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return s.l.Money(*a)
}

// word is a word of a vocabulary that begins a line.
func (s *sheet) word(vocabulary, value string) string {
	if value == "" {
		return ""
	}
	return i18n.Capital(s.l.Or(vocabulary, value))
}

func (s *sheet) words(vocabulary string, values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = s.l.Or(vocabulary, v)
	}
	return i18n.Capital(strings.Join(out, ", "))
}

// joined joins what is not empty.
func joined(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), between)
}

// device names a unit.
func (s *sheet) device(u care.Unit) string {
	return joined(" ", s.word("categories", u.Category), care.DeviceName(u.Brand, u.Model))
}

// deviceFacts are the lines that say which device it is.
func (s *sheet) deviceFacts(u care.Unit, sale *care.Sale) []fact {
	list := []fact{{s.l.T("papers.device"), s.device(u), true}, {s.l.T("papers.serial"), u.Serial, false},
		{"IMEI", joined(", ", u.IMEI, u.IMEI2), false}}
	if sale == nil {
		return list
	}
	return append(list, fact{s.l.T("papers.bought"), s.l.Date(sale.Date), false}, fact{s.l.T("papers.receipt"), sale.Receipt, false},
		fact{s.l.T("papers.price"), s.money(sale.Price), false})
}

// customerFacts are the lines that say who the customer is.
func (s *sheet) customerFacts() []fact {
	c := s.p.Customer
	return []fact{{s.l.T("papers.customer"), c.Name, true}, {s.l.T("papers.phone"), c.Phone, false}, {s.l.T("papers.email"), c.Email, false}}
}

// parties writes customer, claim and device, which most papers begin with.
func (s *sheet) parties() {
	c := s.p.Claim
	s.pair(append(s.customerFacts(), s.claimFact()), s.deviceFacts(c.Unit, &c.Sale))
}

// claimFact says which claim the paper belongs to.
func (s *sheet) claimFact() fact {
	c := s.p.Claim
	return fact{s.l.T("papers.claim"), s.l.T("papers.claim_of", "number", c.Number, "date", s.l.DateShort(calendar.DateOf(c.ReceivedAt, s.p.Zone))), false}
}

// terms writes how long the covers run now.
func (s *sheet) terms(list []policy.BasisResult) {
	if len(list) == 0 {
		return
	}
	var rows [][]string
	for _, b := range list {
		until := b.LastDay
		if b.Until.After(until) {
			until = b.Until
		}
		added := "–"
		if b.ProlongedDays > 0 {
			added = s.l.Days(b.ProlongedDays)
		}
		rows = append(rows, []string{s.word("bases", string(b.Basis)), s.l.DateShort(b.From), added, s.l.DateShort(until)})
	}
	s.table([]column{{s.l.T("papers.terms.basis"), 0.37, false}, {s.l.T("papers.terms.from"), 0.2, false},
		{s.l.T("papers.terms.added"), 0.2, false}, {s.l.T("papers.terms.until"), 0.23, false}}, rows)
}

// quoted writes what the law says of the paper.
func (s *sheet) quoted(list []care.PaperTerm) {
	for _, t := range list {
		s.fine(joined(" ", t.Text, parenthesis(t.Source)))
	}
}

func parenthesis(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}
