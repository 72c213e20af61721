package document

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed font/NotoSans-Regular.ttf
var regular []byte

//go:embed font/NotoSans-Bold.ttf
var bold []byte

// unknown stands for a character that the font does not have: the reader sees
// that something was there.
const unknown = '\ufffd'

// letters are the characters of the basic plane that a font has.
type letters map[rune]bool

// lettersOf reads the character map of a TrueType font.
func lettersOf(font []byte) (letters, error) {
	bad := errors.New("document: the font has no character map of the basic plane")
	u16 := func(at int) int {
		if at < 0 || at+2 > len(font) {
			return 0
		}
		return int(binary.BigEndian.Uint16(font[at:]))
	}
	u32 := func(at int) int { return u16(at)<<16 | u16(at+2) }
	table := 0
	for i := range u16(4) {
		if entry := 12 + 16*i; entry+16 <= len(font) && string(font[entry:entry+4]) == "cmap" {
			table = u32(entry + 8)
		}
	}
	if table == 0 {
		return nil, bad
	}
	for i := range u16(table + 2) {
		at := table + u32(table+4+8*i+4)
		if u16(at) != 4 { // segments of the basic plane
			continue
		}
		has, segments := letters{}, u16(at+6)/2
		for s := range segments {
			end, start := u16(at+14+2*s), u16(at+16+2*segments+2*s)
			for r := start; r <= end && r < 0xffff; r++ {
				has[rune(r)] = true
			}
		}
		return has, nil
	}
	return nil, bad
}

// clean makes a text fit to be set: composed letters, no control characters
// but line breaks, and a mark for what the font can't show.
func (has letters) clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, string(unknown)))
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\v' || r == '\f':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		case r > 0xffff || !has[r]:
			return unknown
		}
		return r
	}, s)
}
