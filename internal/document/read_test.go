package document_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// pdf is what a test reads back from a file: for each page the lines in the
// order in which they were written, and the rectangles that were filled.
type pdf struct {
	pages []page
	fonts int // bytes of embedded fonts, as they lie in the file
}

type page struct {
	wd, ht float64 // points
	lines  []placed
	boxes  []box
}

// placed is a line of text with its left end, in points from the lower left.
type placed struct {
	x, y, size float64
	text       string
}

type box struct{ x, y, wd, ht float64 }

func (p page) text() string {
	var out []string
	for _, l := range p.lines {
		out = append(out, l.text)
	}
	return strings.Join(out, "\n")
}

func (f pdf) text() string {
	var out []string
	for _, p := range f.pages {
		out = append(out, p.text())
	}
	return strings.Join(out, "\n")
}

var (
	objects = regexp.MustCompile(`(?s)\n(\d+) 0 obj\n(.*?)\nendobj`)
	streams = regexp.MustCompile(`(?s)^(.*?)>>\nstream\n(.*)\nendstream$`)
	sizes   = regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`)
	content = regexp.MustCompile(`/Contents (\d+) 0 R`)
	fonts   = regexp.MustCompile(`/FontFile2 (\d+) 0 R`)
	texts   = regexp.MustCompile(`(?s)BT ([\d.-]+) ([\d.-]+) Td \((.*?)\) Tj ET`)
	letter  = regexp.MustCompile(`BT /F\w+ ([\d.]+) Tf ET`)
	filled  = regexp.MustCompile(`^([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f$`)
)

func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return v
}

// readPDF reads files of our own printer: what another program may write is
// not understood.
func readPDF(file []byte) (pdf, error) {
	if !bytes.HasPrefix(file, []byte("%PDF-1.")) || !bytes.HasSuffix(bytes.TrimSpace(file), []byte("%%EOF")) {
		return pdf{}, errors.New("no whole PDF")
	}
	bodies := map[string][]byte{}
	var order []string
	for _, m := range objects.FindAllSubmatch(file, -1) {
		bodies[string(m[1])] = m[2]
		order = append(order, string(m[1]))
	}
	var out pdf
	def := ""
	for _, id := range order {
		if m := sizes.FindSubmatch(bodies[id]); m != nil && bytes.Contains(bodies[id], []byte("/Kids")) {
			def = string(m[0])
		}
	}
	for _, id := range order {
		body := bodies[id]
		for _, m := range fonts.FindAllSubmatch(body, -1) {
			out.fonts += len(bodies[string(m[1])])
		}
		m := content.FindSubmatch(body)
		if m == nil {
			continue
		}
		size := sizes.FindSubmatch(body)
		if size == nil {
			size = sizes.FindSubmatch([]byte(def))
		}
		if size == nil {
			return out, errors.New("a page without a size")
		}
		plain, err := inflate(bodies[string(m[1])])
		if err != nil {
			return out, err
		}
		p, err := readPage(plain)
		if err != nil {
			return out, err
		}
		p.wd, p.ht = number(string(size[1])), number(string(size[2]))
		out.pages = append(out.pages, p)
	}
	return out, nil
}

func inflate(body []byte) ([]byte, error) {
	m := streams.FindSubmatch(body)
	if m == nil {
		return nil, errors.New("no stream")
	}
	if !bytes.Contains(m[1], []byte("FlateDecode")) {
		return m[2], nil
	}
	r, err := zlib.NewReader(bytes.NewReader(m[2]))
	if err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	return io.ReadAll(r)
}

func readPage(plain []byte) (page, error) {
	var p page
	size := 0.0
	rest := plain
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line = rest[:i]
		}
		switch {
		case letter.Match(line):
			size = number(string(letter.FindSubmatch(line)[1]))
		case filled.Match(line):
			m := filled.FindSubmatch(line)
			p.boxes = append(p.boxes, box{number(string(m[1])), number(string(m[2])), number(string(m[3])), number(string(m[4]))})
		}
		// A text may hold line breaks as bytes, so it is looked for in all
		// that is left.
		if i := bytes.Index(line, []byte("BT ")); i >= 0 && !letter.Match(line) {
			m := texts.FindSubmatch(rest[i:])
			if m == nil {
				return p, fmt.Errorf("a text that can't be read: %q", line)
			}
			text, err := decode(m[3])
			if err != nil {
				return p, err
			}
			p.lines = append(p.lines, placed{number(string(m[1])), number(string(m[2])), size, text})
			rest = rest[i+len(m[0]):]
			continue
		}
		rest = rest[min(len(line)+1, len(rest)):]
	}
	return p, nil
}

// decode reads a string of UTF-16 with PDF's escapes.
func decode(raw []byte) (string, error) {
	var plain []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			plain = append(plain, raw[i])
			continue
		}
		if i++; i == len(raw) {
			return "", errors.New("a backslash at the end")
		}
		if raw[i] == 'r' {
			plain = append(plain, '\r')
			continue
		}
		plain = append(plain, raw[i])
	}
	if len(plain)%2 != 0 {
		return "", fmt.Errorf("half a letter in %q", plain)
	}
	units := make([]uint16, len(plain)/2)
	for i := range units {
		units[i] = uint16(plain[2*i])<<8 | uint16(plain[2*i+1])
	}
	return string(utf16.Decode(units)), nil
}

// picture paints the filled rectangles of a page, to be read by a scanner.
func (p page) picture(scale float64) image.Image {
	img := image.NewGray(image.Rect(0, 0, int(p.wd*scale), int(p.ht*scale)))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, b := range p.boxes {
		top, bottom := p.ht-b.y, p.ht-(b.y+b.ht)
		if bottom < top {
			top, bottom = bottom, top
		}
		for y := int(top*scale + .5); y < int(bottom*scale+.5); y++ {
			for x := int(b.x*scale + .5); x < int((b.x+b.wd)*scale+.5); x++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	return img
}
