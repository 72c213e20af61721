package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/talon-care/talon/internal/care"
)

// The names of the encodings.
const (
	utf8Name   = "utf-8"
	utf16Name  = "utf-16"
	cp1251Name = "windows-1251"
)

// maxLine bounds a line, and a record of several lines, in bytes.
const maxLine = 64 << 10

// line is a line of the file as text.
type line struct {
	number int
	text   string
	fault  *care.Error // why it is no text; text is what stands before that
}

// lines cuts a file into lines of bounded length and makes them UTF-8. The
// first letter beyond ASCII decides the encoding; every later line is held
// against it, for one file may be glued together of two.
type lines struct {
	src      io.Reader
	buf      []byte
	from, to int // buf[from:to] is not cut yet
	ended    error
	number   int
	encoding string // "" = only ASCII so far
	back     []line // lines given back, the next one first
}

// countingReader counts what was read of the file.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// newLines looks at the first bytes: a byte order mark, or a file that is no
// text at all.
func newLines(src io.Reader, encoding string) (*lines, error) {
	l := &lines{src: src, buf: make([]byte, 2*maxLine), encoding: encoding}
	for l.to < 4 && l.ended == nil {
		l.fill()
	}
	head := l.buf[:l.to]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		l.from, l.encoding = 3, utf8Name
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		l.utf16()
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, care.Fail(care.Invalid, "sales_spreadsheet")
	}
	return l, nil
}

// utf16 puts a decoder in front: spreadsheets call UTF-16 "Unicode text".
func (l *lines) utf16() {
	rest := l.src
	if l.ended != nil {
		rest = errReader{l.ended}
	}
	all := io.MultiReader(bytes.NewReader(bytes.Clone(l.buf[:l.to])), rest)
	l.src = transform.NewReader(all, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	l.to, l.ended, l.encoding = 0, nil, utf16Name
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func (l *lines) fill() {
	if l.from > 0 {
		l.to = copy(l.buf, l.buf[l.from:l.to])
		l.from = 0
	}
	n, err := l.src.Read(l.buf[l.to:])
	l.to += n
	if n == 0 && err == nil {
		err = l.again()
	}
	l.ended = err
}

// again reads on behind a reader that gave nothing; one that never gives
// anything is broken.
func (l *lines) again() error {
	for range 100 {
		n, err := l.src.Read(l.buf[l.to:])
		l.to += n
		if n > 0 || err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// next is the next line, without its end. The error is io.EOF after the last.
func (l *lines) next() (line, error) {
	if len(l.back) > 0 {
		first := l.back[0]
		l.back = l.back[1:]
		return first, nil
	}
	raw, long, err := l.cut()
	if err != nil {
		return line{}, err
	}
	l.number++
	out := line{number: l.number}
	if long {
		out.fault = care.Fail(care.Invalid, "sales_line_too_long", "max", fmt.Sprint(maxLine))
		return out, nil
	}
	l.decode(&out, raw)
	return out, nil
}

// giveBack puts lines in front of what is still to be read.
func (l *lines) giveBack(read []line) { l.back = append(read, l.back...) }

// cut takes the bytes up to the next line end: LF, CR LF or CR. A line beyond
// the bound is dropped, and told.
func (l *lines) cut() (raw []byte, long bool, err error) {
	seen := 0
	for {
		size, end := lineEnd(l.buf[l.from+seen:l.to], l.ended != nil)
		if end > 0 {
			raw = l.buf[l.from : l.from+seen+size]
			l.from += seen + size + end
			return raw, long || len(raw) > maxLine, nil
		}
		switch {
		case l.ended != nil && !errors.Is(l.ended, io.EOF):
			return nil, false, l.ended
		case l.ended != nil:
			raw = l.buf[l.from:l.to]
			l.from = l.to
			if len(raw) == 0 && !long {
				return nil, false, io.EOF
			}
			return raw, long || len(raw) > maxLine, nil
		case l.to-l.from > maxLine+1:
			l.from, long = l.to-1, true // the last byte may be half a CR LF
		}
		seen = max(0, l.to-l.from-1)
		l.fill()
	}
}

// lineEnd finds the first line end: the bytes before it, and its own; 0 when
// there is none, or when a CR might yet be followed by its LF.
func lineEnd(b []byte, last bool) (size, end int) {
	const step = 1 << 10 // so that a file of CR alone is not searched for LF to the end of the window, line by line
	for from := 0; from < len(b); from += step {
		part := b[from:min(from+step, len(b))]
		if lf := bytes.IndexByte(part, '\n'); lf >= 0 {
			part = part[:lf+1]
		}
		at := bytes.IndexByte(part, '\r')
		if at < 0 && part[len(part)-1] == '\n' {
			return from + len(part) - 1, 1
		}
		if at < 0 {
			continue
		}
		size = from + at
		switch {
		case size+1 < len(b) && b[size+1] == '\n':
			return size, 2
		case size+1 < len(b) || last:
			return size, 1
		}
		return 0, 0
	}
	return 0, 0
}

// decode makes text of a line, or says at which byte it is none.
func (l *lines) decode(out *line, raw []byte) {
	raw, _, nul := bytes.Cut(raw, []byte{0})
	ascii, runes, valid := survey(raw)
	if l.encoding == "" && ascii < len(raw) {
		l.encoding = cp1251Name
		if valid == len(raw) {
			l.encoding = utf8Name
		}
	}
	out.text = string(raw)
	switch {
	case ascii == len(raw):
	case l.encoding == cp1251Name && valid == len(raw) && runes > 1:
		out.refuse("sales_utf8_in_1251", ascii)
	case l.encoding == cp1251Name:
		out.text = fromCP1251(raw)
		if i := strings.IndexRune(out.text, utf8.RuneError); i >= 0 {
			out.refuse("sales_lost_letters", i)
		}
	case valid < len(raw):
		out.refuse("sales_1251_in_utf8", valid)
	default:
		if i := strings.IndexRune(out.text, utf8.RuneError); i >= 0 {
			out.refuse("sales_lost_letters", i)
		}
	}
	if nul && out.fault == nil {
		out.refuse("sales_nul", len(out.text))
	}
}

// refuse keeps the text before the fault, which tells the column.
func (out *line) refuse(key string, at int) {
	out.fault, out.text = care.Fail(care.Invalid, key), out.text[:at]
}

// survey tells how many bytes are ASCII at the start, how many characters of
// several bytes there are, and how many bytes are valid UTF-8.
func survey(raw []byte) (ascii, runes, valid int) {
	for ascii < len(raw) && raw[ascii] < utf8.RuneSelf {
		ascii++
	}
	for valid = ascii; valid < len(raw); {
		if raw[valid] < utf8.RuneSelf {
			valid++
			continue
		}
		r, size := utf8.DecodeRune(raw[valid:])
		if r == utf8.RuneError && size == 1 {
			return ascii, runes, valid
		}
		runes++
		valid += size
	}
	return ascii, runes, valid
}

func fromCP1251(raw []byte) string {
	var b strings.Builder
	b.Grow(2 * len(raw))
	for _, c := range raw {
		b.WriteRune(charmap.Windows1251.DecodeByte(c))
	}
	return b.String()
}
