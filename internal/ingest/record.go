package ingest

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// maxQuotedLines bounds the lines that one record may have: a quote that is
// never closed would otherwise swallow the rest of the file.
const maxQuotedLines = 50

// record is a row of the table. Its row is the line it starts on.
type record struct {
	row    int
	fields []string
	fault  *care.Error
	column int // of the fault, from 0
}

// records cuts lines into records. Quotes count at the start of a field only,
// so `TV 55"` needs none. When a quoted field goes wrong, its record is
// refused as one line and the lines that it had taken are read again.
type records struct {
	lines *lines
	comma byte
	taken []line   // by the record under way, after its first
	cells []string // reused
}

func (rs *records) next() (record, error) {
	first, err := rs.lines.next()
	if err != nil {
		return record{}, err
	}
	rs.cells, rs.taken = rs.cells[:0], rs.taken[:0]
	out := record{row: first.number, fault: first.fault}
	if first.fault == nil {
		out.fault, err = rs.split(first.text)
	} else {
		out.column = rs.columnAt(first.text)
	}
	if err != nil {
		return record{}, err
	}
	if out.fault != nil && len(rs.taken) > 0 {
		rs.lines.giveBack(append([]line(nil), rs.taken...))
	}
	if first.fault == nil {
		out.column = len(rs.cells)
	}
	out.fields = rs.cells
	return out, nil
}

// columnAt is the column that follows the start of a line.
func (rs *records) columnAt(start string) int {
	column, quoted := 0, false
	for i := range len(start) {
		switch {
		case start[i] == '"':
			quoted = !quoted
		case start[i] == rs.comma && !quoted:
			column++
		}
	}
	return column
}

// split cuts a line into rs.cells, and takes more lines for quoted fields that
// hold line ends.
func (rs *records) split(text string) (*care.Error, error) {
	for {
		if strings.HasPrefix(text, `"`) {
			cell, rest, fault, err := rs.quoted(text[1:])
			if fault != nil || err != nil {
				return fault, err
			}
			rs.cells = append(rs.cells, cell)
			if rest == "" {
				return nil, nil
			}
			text = rest[1:]
			continue
		}
		at := strings.IndexByte(text, rs.comma)
		if at < 0 {
			rs.cells = append(rs.cells, text)
			return nil, nil
		}
		rs.cells = append(rs.cells, text[:at])
		text = text[at+1:]
	}
}

// quoted reads a field behind its opening quote. The rest is empty or starts
// with the separator.
func (rs *records) quoted(text string) (cell, rest string, fault *care.Error, err error) {
	var b strings.Builder
	size := 0
	for {
		at := strings.IndexByte(text, '"')
		switch {
		case at < 0:
			b.WriteString(text)
			b.WriteByte('\n')
			size += len(text) + 1
			if text, fault, err = rs.more(size); fault != nil || err != nil {
				return "", "", fault, err
			}
		case strings.HasPrefix(text[at+1:], `"`):
			b.WriteString(text[:at+1])
			size += at + 1
			text = text[at+2:]
		default:
			b.WriteString(text[:at])
			rest = text[at+1:]
			if rest != "" && rest[0] != rs.comma {
				// Blanks behind the quote are a frequent slip that changes nothing.
				trimmed := strings.TrimLeft(rest, " ")
				if trimmed != "" && trimmed[0] != rs.comma {
					return "", "", care.Fail(care.Invalid, "sales_text_after_quote"), nil
				}
				rest = trimmed
			}
			return b.String(), rest, nil, nil
		}
	}
}

// more takes the next line into the record.
func (rs *records) more(size int) (string, *care.Error, error) {
	open := care.Fail(care.Invalid, "sales_open_quote", "max", fmt.Sprint(maxQuotedLines))
	if len(rs.taken)+1 >= maxQuotedLines || size > maxLine {
		return "", open, nil
	}
	next, err := rs.lines.next()
	if errors.Is(err, io.EOF) {
		return "", open, nil
	}
	if err != nil {
		return "", nil, err
	}
	rs.taken = append(rs.taken, next)
	if next.fault != nil {
		return "", open, nil
	}
	return next.text, nil, nil
}
