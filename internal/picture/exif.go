package picture

import (
	"bytes"
	"encoding/binary"
)

// The tags of EXIF that are looked at.
const (
	tagOrientation = 0x0112
	tagPlace       = 0x8825 // where the directory of GPS begins
)

// exifOf is a TIFF block that says nothing but which side is up; its length is
// even.
func exifOf(turn int) []byte {
	out := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01")
	out = binary.BigEndian.AppendUint16(out, tagOrientation)
	out = append(out, 0, 3, 0, 0, 0, 1, 0, byte(turn), 0, 0) // a SHORT, once
	return append(out, 0, 0, 0, 0)                           // no directory follows
}

// tiff is a block of EXIF.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

func tiffOf(data []byte) (tiff, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("II\x2a\x00")):
		return tiff{data, binary.LittleEndian}, len(data) >= 8
	case bytes.HasPrefix(data, []byte("MM\x00\x2a")):
		return tiff{data, binary.BigEndian}, len(data) >= 8
	}
	return tiff{}, false
}

// entries are the places of the entries of the directory at an offset, which
// are twelve bytes long each.
func (t tiff) entries(at uint32) []int {
	if int64(at)+2 > int64(len(t.data)) {
		return nil
	}
	count := int(t.order.Uint16(t.data[at:]))
	var out []int
	for i := range count {
		place := int(at) + 2 + 12*i
		if place+12 > len(t.data) {
			break
		}
		out = append(out, place)
	}
	return out
}

// first are the entries of the first directory.
func (t tiff) first() []int { return t.entries(t.order.Uint32(t.data[4:])) }

// orientation tells how a picture must be turned to stand upright: 1 to 8 as
// in EXIF, 1 where nothing is said.
func orientation(kind string, content []byte) int {
	t, ok := tiffOf(exif(kind, content))
	if !ok {
		return 1
	}
	for _, at := range t.first() {
		if t.order.Uint16(t.data[at:]) != tagOrientation {
			continue
		}
		if turn := int(t.order.Uint16(t.data[at+8:])); turn >= 1 && turn <= 8 {
			return turn
		}
	}
	return 1
}

// exif finds the block of EXIF in a picture; nil where there is none.
func exif(kind string, content []byte) []byte {
	var found []byte
	switch kind {
	case JPEG:
		head, _, _ := segments(content)
		for _, s := range head {
			if body, ok := bytes.CutPrefix(s.body, []byte("Exif\x00\x00")); ok && s.marker == 0xe1 && found == nil {
				found = body
			}
		}
	case PNG:
		rest := content[min(len(content), len(pngHead)):]
		for len(rest) >= 12 {
			size := int64(binary.BigEndian.Uint32(rest))
			if size+12 > int64(len(rest)) {
				break
			}
			if string(rest[4:8]) == "eXIf" {
				found = rest[8 : 8+size]
			}
			rest = rest[size+12:]
		}
	case WebP:
		riff(content, func(name string, chunk []byte) {
			if name == "EXIF" {
				found = bytes.TrimPrefix(chunk[8:], []byte("Exif\x00\x00"))
			}
		})
	}
	return found
}

// withoutPlace gives a picture whose blocks of EXIF name no place any more,
// with nothing moved: what a HEIC is made of points to its parts by offset.
func withoutPlace(content []byte) []byte {
	out := bytes.Clone(content)
	for from := 0; ; {
		i := bytes.Index(out[from:], []byte("Exif\x00\x00"))
		if i < 0 {
			return withoutXMP(out)
		}
		from += i + 6
		if t, ok := tiffOf(out[from:]); ok {
			t.erasePlace()
		}
	}
}

// withoutXMP blanks the packets of XMP, which may tell the place once more.
func withoutXMP(out []byte) []byte {
	for from := 0; ; {
		i := bytes.Index(out[from:], []byte("<x:xmpmeta"))
		if i < 0 {
			return out
		}
		from += i
		packet := out[from:]
		if end := bytes.Index(packet, []byte("</x:xmpmeta>")); end >= 0 {
			packet = packet[:end+len("</x:xmpmeta>")]
		}
		for i := range packet {
			packet[i] = ' '
		}
	}
}

// sizes are the bytes of a value by its type (TIFF 6.0).
var sizes = map[uint16]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}

func (t tiff) erasePlace() {
	for _, at := range t.first() {
		if t.order.Uint16(t.data[at:]) != tagPlace {
			continue
		}
		where := t.order.Uint32(t.data[at+8:])
		for _, entry := range t.entries(where) {
			size := sizes[t.order.Uint16(t.data[entry+2:])] * uint64(t.order.Uint32(t.data[entry+4:]))
			value := uint64(t.order.Uint32(t.data[entry+8:]))
			if size > 4 && value < uint64(len(t.data)) && size <= uint64(len(t.data))-value {
				clear(t.data[value : value+size])
			}
			clear(t.data[entry : entry+12])
		}
		clear(t.data[at+8 : at+12])
		if int64(where)+2 <= int64(len(t.data)) {
			clear(t.data[where : where+2])
		}
	}
}
