package document

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
)

// Sizes are in millimetres, letters in points.
const (
	margin   = 18.0
	foot     = 17.0 // kept free for the foot of a page
	body     = 9.5
	small    = 7.8
	heading  = 11.0
	title    = 17.0
	labels   = 50.0 // width of the column of names
	leading  = 1.32 // line height per letter height
	perPoint = 25.4 / 72
)

// colour is red, green and blue.
type colour [3]int

var (
	ink    = colour{28, 35, 33}
	soft   = colour{92, 102, 99}
	line   = colour{205, 208, 204}
	accent = colour{13, 95, 87}
	tint   = colour{240, 244, 243}
)

// sheet is a paper being set.
type sheet struct {
	pdf   *fpdf.Fpdf
	l     *i18n.Locale
	p     care.Paper
	has   letters
	wd    float64 // of the page
	ht    float64
	pages int // of this copy; 0 while they are being counted
	page  int // of this copy
	mark  string
	y     float64
	tight float64 // 1, or a little less where that saves a page
}

// format is the size of a page.
type format struct{ wd, ht float64 }

var (
	a4       = format{210, 297}
	onDevice = format{62, 29}
	onParcel = format{100, 150}
)

func newSheet(l *i18n.Locale, has letters, p care.Paper, f format) *sheet {
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: fpdf.SizeType{Wd: f.wd, Ht: f.ht}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	pdf.SetCatalogSort(true)
	at := p.At
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	pdf.SetCreationDate(at.UTC())
	pdf.SetModificationDate(at.UTC())
	pdf.SetProducer("Talon", true)
	pdf.SetLang(p.Lang)
	pdf.AddUTF8FontFromBytes("noto", "", bytes.Clone(regular))
	pdf.AddUTF8FontFromBytes("noto", "B", bytes.Clone(bold))
	return &sheet{pdf: pdf, l: l, p: p, has: has, wd: f.wd, ht: f.ht, tight: 1}
}

func (s *sheet) width() float64 { return s.wd - 2*margin }

// letter sets size, weight and colour of what follows.
func (s *sheet) letter(size float64, strong bool, c colour) {
	style := ""
	if strong {
		style = "B"
	}
	s.pdf.SetFont("noto", style, size)
	s.pdf.SetTextColor(c[0], c[1], c[2])
}

func (s *sheet) lineHeight(size float64) float64 { return size * perPoint * leading * s.tight }

// put writes one line with its top at y.
func (s *sheet) put(x, y, size float64, text string) {
	s.pdf.Text(x, y+size*perPoint*1.06, text)
}

// putRight writes one line that ends at x.
func (s *sheet) putRight(x, y, size float64, text string) {
	s.put(x-s.pdf.GetStringWidth(text), y, size, text)
}

// shortened words stay with their number: чл. 113, ст. 20.
var shortened = regexp.MustCompile(`((?:^|[\s(])(?:чл|ал|т|ст|п|№|Art|No)\.?) (\d)`)

// wrap breaks a text into lines of a width, in the letter that is set. Spaces
// that must not break hold; a word that is too long is parted, after a hyphen where
// it has one.
func (s *sheet) wrap(text string, width float64) []string {
	var out []string
	text = shortened.ReplaceAllString(strings.TrimRight(s.has.clean(text), "\n "), "$1\u00a0$2")
	for _, paragraph := range strings.Split(text, "\n") {
		out = append(out, s.wrapLine(paragraph, width)...)
	}
	return out
}

func (s *sheet) wrapLine(paragraph string, width float64) []string {
	var out []string
	now := ""
	for _, word := range strings.Fields(strings.ReplaceAll(paragraph, "\u00a0", "\ue000")) {
		word = strings.ReplaceAll(word, "\ue000", "\u00a0")
		next := word
		if now != "" {
			next = now + " " + word
		}
		if s.pdf.GetStringWidth(next) <= width {
			now = next
			continue
		}
		if now != "" {
			out = append(out, now)
		}
		for s.pdf.GetStringWidth(word) > width {
			head := s.fitting(word, width)
			if i := strings.LastIndexAny(head, "-/@_"); i > 0 { // where people would part it themselves
				head = head[:i+1]
			}
			out, word = append(out, head), word[len(head):]
		}
		now = word
	}
	return append(out, now)
}

// fitting is as much of a word as a line takes, at least a letter.
func (s *sheet) fitting(word string, width float64) string {
	end := 0
	for i, r := range word {
		after := i + len(string(r))
		if i > 0 && s.pdf.GetStringWidth(word[:after]) > width {
			break
		}
		end = after
	}
	return word[:end]
}

// begin opens the first page of a copy.
func (s *sheet) begin() {
	s.pdf.AddPage()
	s.page, s.y = 1, margin-2
	if !s.p.Kind.Inside() { // a label has no room for a foot
		s.footer()
	}
}

// need makes room for a height, on the next page where this one is full.
func (s *sheet) need(height float64) {
	if s.y+height <= s.ht-foot {
		return
	}
	s.pdf.AddPage()
	s.page++
	s.footer()
	s.y = margin - 4
	s.letter(small, false, soft)
	s.put(margin, s.y, small, s.clip(s.name()+" · "+s.p.Number, s.width()))
	s.y += s.lineHeight(small) + 1
	s.rule(s.y, line, 0.2)
	s.y += 4
}

// name is what the paper is called.
func (s *sheet) name() string {
	if s.p.Kind == care.WarrantyPaper {
		return s.l.T("paper.cert.title")
	}
	return s.l.T("paper_kind." + string(s.p.Kind))
}

// footer writes the number, the mark of the copy and the page.
func (s *sheet) footer() {
	y := s.ht - 12
	s.rule(y-1.5, line, 0.2)
	s.letter(small, false, soft)
	pages := fmt.Sprintf("%d / %d", s.page, max(s.pages, s.page))
	s.putRight(s.wd-margin, y, small, pages)
	left := s.p.Number + " · " + s.p.Seller.Name
	if s.mark != "" {
		left = s.mark + " · " + left
	}
	s.put(margin, y, small, s.clip(left, s.width()-s.pdf.GetStringWidth(pages)-6))
}

// clip cuts a line to a width.
func (s *sheet) clip(text string, width float64) string {
	text = strings.Join(strings.Fields(s.has.clean(text)), " ")
	if s.pdf.GetStringWidth(text) <= width {
		return text
	}
	return s.fitting(text, width-s.pdf.GetStringWidth("…")) + "…"
}

func (s *sheet) rule(y float64, c colour, thick float64) {
	s.ruleFrom(margin, s.wd-margin, y, c, thick)
}

func (s *sheet) ruleFrom(x, to, y float64, c colour, thick float64) {
	s.pdf.SetDrawColor(c[0], c[1], c[2])
	s.pdf.SetLineWidth(thick)
	s.pdf.Line(x, y, to, y)
}

func (s *sheet) gap(height float64) { s.y += height * s.tight * s.tight }

// lines writes a wrapped text at x and moves on below it; pages break between
// lines.
func (s *sheet) lines(x, width, size float64, strong bool, c colour, text string) {
	s.letter(size, strong, c)
	for _, row := range s.wrap(text, width) {
		s.need(s.lineHeight(size))
		s.letter(size, strong, c)
		s.put(x, s.y, size, row)
		s.y += s.lineHeight(size)
	}
}

// heading begins a section; it is never left alone at the foot of a page.
func (s *sheet) heading(text string) {
	s.gap(3.6)
	s.need(s.lineHeight(heading) + 12)
	s.lines(margin, s.width(), heading, true, accent, text)
	s.gap(1.2)
}

// para writes a paragraph.
func (s *sheet) para(text string) {
	if text == "" {
		return
	}
	s.gap(0.8)
	s.lines(margin, s.width(), body, false, ink, text)
	s.gap(1.4)
}

// fine writes a paragraph in small letters.
func (s *sheet) fine(text string) {
	if text == "" {
		return
	}
	s.lines(margin, s.width(), small, false, soft, text)
	s.gap(1)
}

// fact is a name with its value.
type fact struct {
	name, value string
	strong      bool
}

// facts writes names and values in two columns, leaving out those that have
// none.
func (s *sheet) facts(list ...fact) {
	for _, f := range list {
		if strings.TrimSpace(f.value) == "" {
			continue
		}
		s.row([]cell{{width: labels - 3, text: f.name, size: small + 0.4, colour: soft}, {width: s.width() - labels, text: f.value, strong: f.strong, gap: 3}}, 0.5)
	}
}

// pair writes names and values in two blocks side by side.
func (s *sheet) pair(left, right []fact) {
	const between, name = 6.0, 29.0
	width := (s.width() - between) / 2
	blocks := [2][]cellLine{s.block(left, name, width), s.block(right, name, width)}
	step := s.lineHeight(body) + 0.3
	tall := max(len(blocks[0]), len(blocks[1]))
	if float64(tall)*step > s.ht-foot-s.y { // no room side by side
		s.facts(append(left, right...)...)
		return
	}
	for side, block := range blocks {
		x := margin + float64(side)*(width+between)
		for i, parts := range block {
			for _, p := range parts {
				s.inCell(p.cell, x+p.x, s.y+float64(i)*step, p.cell.text)
			}
		}
	}
	s.y += float64(tall) * step
	s.gap(1)
}

// cellLine is what stands on a line of a block.
type cellLine []inBlock

type inBlock struct {
	cell
	x float64
}

// block wraps names and values to the width of a block.
func (s *sheet) block(list []fact, name, width float64) []cellLine {
	var out []cellLine
	for _, f := range list {
		if strings.TrimSpace(f.value) == "" {
			continue
		}
		s.letter(small, false, soft)
		names := s.wrap(f.name, name-2)
		s.letter(body, f.strong, ink)
		values := s.wrap(f.value, width-name)
		for i := range max(len(names), len(values)) {
			var row cellLine
			if i < len(names) {
				row = append(row, inBlock{cell{text: names[i], size: small, colour: soft}, 0})
			}
			if i < len(values) {
				row = append(row, inBlock{cell{text: values[i], size: body, strong: f.strong, colour: ink}, name})
			}
			out = append(out, row)
		}
	}
	return out
}

// cell is a part of a row.
type cell struct {
	width  float64
	gap    float64 // before it
	text   string
	size   float64 // 0 = that of the body
	strong bool
	right  bool
	colour colour
}

// row writes cells side by side, wrapped; rows that are taller than what is
// left of a page go on over the break.
func (s *sheet) row(cells []cell, after float64) {
	wrapped, most := make([][]string, len(cells)), 0
	for i := range cells {
		c := &cells[i]
		if c.size == 0 {
			c.size = body
		}
		if c.colour == (colour{}) {
			c.colour = ink
		}
		s.letter(c.size, c.strong, c.colour)
		wrapped[i] = s.wrap(c.text, c.width)
		most = max(most, len(wrapped[i]))
	}
	step := s.lineHeight(body)
	if most <= 12 { // short rows stay whole, and are read cell by cell
		s.need(float64(most) * step)
		x := margin
		for i, c := range cells {
			x += c.gap
			for n, text := range wrapped[i] {
				s.inCell(c, x, s.y+float64(n)*step, text)
			}
			x += c.width
		}
		s.y += float64(most)*step + after
		return
	}
	for n := range most {
		s.need(step)
		x := margin
		for i, c := range cells {
			x += c.gap
			if n < len(wrapped[i]) {
				s.inCell(c, x, s.y, wrapped[i][n])
			}
			x += c.width
		}
		s.y += step
	}
	s.y += after
}

// inCell writes a line of a cell; smaller letters stand on the same line as
// those of the body.
func (s *sheet) inCell(c cell, x, y float64, text string) {
	s.letter(c.size, c.strong, c.colour)
	y += (body - c.size) * perPoint * 0.9
	if c.right {
		s.putRight(x+c.width, y, c.size, text)
		return
	}
	s.put(x, y, c.size, text)
}

// column of a table.
type column struct {
	name  string
	share float64 // of the width
	right bool
}

// table writes rows under a head. The head comes again on a new page.
func (s *sheet) table(columns []column, rows [][]string) {
	const pad = 2.0
	make1 := func(texts []string, size float64, strong bool, c colour) []cell {
		cells := make([]cell, len(columns))
		for i, col := range columns {
			cells[i] = cell{width: col.share*s.width() - 2*pad, gap: pad, text: texts[i], size: size, strong: strong, right: col.right, colour: c}
			if i > 0 {
				cells[i].gap = 2 * pad
			}
		}
		return cells
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	head := func() {
		s.letter(small, true, soft)
		tall := 1
		for i, c := range make1(names, small, true, soft) {
			tall = max(tall, len(s.wrap(names[i], c.width)))
		}
		height := float64(tall)*s.lineHeight(body) + 2
		s.need(height + 2*s.lineHeight(body))
		s.pdf.SetFillColor(tint[0], tint[1], tint[2])
		s.pdf.Rect(margin, s.y, s.width(), height, "F")
		s.y++
		s.row(make1(names, small, true, soft), 1)
	}
	head()
	for _, r := range rows {
		page := s.page
		if s.y+2*s.lineHeight(body) > s.ht-foot {
			s.need(s.ht)
		}
		if s.page != page {
			head()
		}
		s.y++
		s.row(make1(r, 0, false, ink), 1)
		s.rule(s.y, line, 0.2)
	}
	s.gap(2)
}

// bullets writes a list.
func (s *sheet) bullets(texts []string) {
	for _, t := range texts {
		s.item("•", t, 0)
	}
	s.gap(1)
}

// item writes a text with a sign before it.
func (s *sheet) item(sign, text string, after float64) {
	s.row([]cell{{width: 5, text: sign, colour: accent, strong: true}, {width: s.width() - 5, text: text}}, after+0.6)
}

// tick writes a text with a ticked box before it.
func (s *sheet) tick(text string) {
	const side = 2.6
	s.need(2 * s.lineHeight(body))
	s.pdf.SetDrawColor(accent[0], accent[1], accent[2])
	s.pdf.SetLineWidth(0.25)
	y := s.y + 0.8
	s.pdf.Rect(margin, y, side, side, "D")
	s.pdf.SetLineWidth(0.5)
	s.pdf.Line(margin+0.5, y+1.4, margin+1.1, y+2.1)
	s.pdf.Line(margin+1.1, y+2.1, margin+2.2, y+0.5)
	s.item("", text, 0.4)
}

// numbered writes a clause with its number, and in small letters where it is
// from.
func (s *sheet) numbered(n int, text, source string) {
	s.need(2*s.lineHeight(body) + s.lineHeight(small))
	s.item(fmt.Sprintf("%d.", n), text, 0)
	if source != "" {
		s.lines(margin+5, s.width()-5, small, false, soft, source)
	}
	s.gap(1.4)
}

// boxed writes a paragraph on a tinted ground, with a stroke at its side.
func (s *sheet) boxed(text string, strong bool) {
	s.letter(body, strong, ink)
	rows := s.wrap(text, s.width()-10)
	height := float64(len(rows))*s.lineHeight(body) + 5
	if height > s.ht/2 { // too long to be kept together
		s.para(text)
		return
	}
	s.need(height)
	s.pdf.SetFillColor(tint[0], tint[1], tint[2])
	s.pdf.Rect(margin, s.y, s.width(), height, "F")
	s.pdf.SetFillColor(accent[0], accent[1], accent[2])
	s.pdf.Rect(margin, s.y, 1, height, "F")
	s.letter(body, strong, ink)
	for i, r := range rows {
		s.put(margin+5, s.y+2.5+float64(i)*s.lineHeight(body), body, r)
	}
	s.y += height + 2.5
}

// sign is a place for a signature.
type sign struct{ role, name string }

// signatures leaves room for two people to sign. They stay together.
func (s *sheet) signatures(list ...sign) {
	s.need(30)
	s.gap(11)
	const between = 12.0
	width := (s.width() - between) / 2
	top := s.y
	for i, one := range list {
		x := margin + float64(i%2)*(width+between)
		s.ruleFrom(x, x+width, top, soft, 0.25)
		y := top + 1.2
		for _, part := range []string{one.role, one.name} {
			if part == "" {
				continue
			}
			s.letter(small, part == one.name, soft)
			for n, row := range s.wrap(part, width) {
				if n == 3 { // a name longer than that has been written above
					break
				}
				s.put(x, y, small, row)
				y += s.lineHeight(small)
			}
		}
		s.y = math.Max(s.y, y)
	}
	s.gap(3)
}

// bytes is the finished file.
func (s *sheet) bytes() ([]byte, error) {
	s.pdf.SetTitle(s.has.clean(s.name()+" "+s.p.Number), true)
	s.pdf.SetAuthor(s.has.clean(s.p.Seller.Name), true)
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("write pdf: %w", err)
	}
	return b.Bytes(), nil
}
