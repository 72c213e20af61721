package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// strip takes out of a picture what its camera or program wrote besides the
// picture: EXIF with the place, XMP, IPTC, comments, thumbnails. Colours stay
// as they are, and which side is up.
func strip(kind string, content []byte, turn int) ([]byte, error) {
	switch kind {
	case JPEG:
		return stripJPEG(content, turn)
	case PNG:
		return stripPNG(content, turn)
	case WebP:
		return stripWebP(content, turn)
	}
	return content, nil
}

// segment is a part of a JPEG's head: its marker and its body without length.
type segment struct {
	marker byte
	body   []byte
}

// segments walks the head of a JPEG up to the first scan, which it gives as
// the rest; ok is false for what is no JPEG.
func segments(content []byte) (head []segment, rest []byte, ok bool) {
	if !bytes.HasPrefix(content, []byte{0xff, 0xd8}) {
		return nil, nil, false
	}
	for at := content[2:]; len(at) >= 4 && at[0] == 0xff; {
		if at[1] == 0xff { // fill
			at = at[1:]
			continue
		}
		if at[1] == 0xda {
			return head, at, true
		}
		size := int(binary.BigEndian.Uint16(at[2:]))
		if at[1] < 0xc0 || size < 2 || size+2 > len(at) {
			return nil, nil, false
		}
		head = append(head, segment{at[1], at[4 : size+2]})
		at = at[size+2:]
	}
	return nil, nil, false
}

func stripJPEG(content []byte, turn int) ([]byte, error) {
	head, rest, ok := segments(content)
	if !ok {
		return nil, ErrBroken
	}
	out := append(make([]byte, 0, len(content)), 0xff, 0xd8)
	add := func(marker byte, body []byte) {
		out = append(out, 0xff, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
		out = append(out, body...)
	}
	if turn > 1 {
		add(0xe1, append([]byte("Exif\x00\x00"), exifOf(turn)...))
	}
	for _, s := range head {
		if keepSegment(s) {
			add(s.marker, s.body)
		}
	}
	return append(out, stripScans(rest)...), nil
}

// keepSegment keeps what decoding and colours need: tables, frames, JFIF,
// colour profiles, Adobe's word on the colours.
func keepSegment(s segment) bool {
	switch {
	case s.marker == 0xe0:
		return bytes.HasPrefix(s.body, []byte("JFIF\x00"))
	case s.marker == 0xe2:
		return bytes.HasPrefix(s.body, []byte("ICC_PROFILE\x00"))
	case s.marker == 0xee:
		return bytes.HasPrefix(s.body, []byte("Adobe"))
	case s.marker >= 0xe0 && s.marker <= 0xef, s.marker == 0xfe:
		return false
	}
	return true
}

// stripScans gives the scans of a JPEG without what stands between or after
// them: telephones put whole further pictures, with EXIF of their own, behind
// the end.
func stripScans(rest []byte) []byte {
	out := make([]byte, 0, len(rest))
	for at := rest; ; {
		i := bytes.IndexByte(at, 0xff)
		if i < 0 || i+1 >= len(at) {
			return append(out, at...)
		}
		marker := at[i+1]
		switch {
		case marker == 0xd9:
			return append(out, at[:i+2]...)
		case marker == 0xff: // fill
			out, at = append(out, at[:i]...), at[i+1:]
		case marker == 0 || marker >= 0xd0 && marker <= 0xd7 || marker == 0x01:
			out, at = append(out, at[:i+2]...), at[i+2:]
		default:
			if i+4 > len(at) {
				return append(out, at...)
			}
			end := i + 2 + int(binary.BigEndian.Uint16(at[i+2:]))
			if end < i+4 || end > len(at) {
				return append(out, at...)
			}
			out = append(out, at[:i]...)
			if keepSegment(segment{marker, at[i+4 : end]}) {
				out = append(out, at[i:end]...)
			}
			at = at[end:]
		}
	}
}

// progressive reports whether a JPEG is one that needs all its scans at once.
func progressive(content []byte) bool {
	head, _, _ := segments(content)
	return slices.ContainsFunc(head, func(s segment) bool { return s.marker == 0xc2 })
}

const pngHead = "\x89PNG\r\n\x1a\n"

// keptPNG are the chunks that decoding and colours need.
var keptPNG = []string{"IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", "IDAT", "IEND"}

func stripPNG(content []byte, turn int) ([]byte, error) {
	rest, ok := bytes.CutPrefix(content, []byte(pngHead))
	if !ok {
		return nil, ErrBroken
	}
	out := append(make([]byte, 0, len(content)), pngHead...)
	for len(rest) >= 12 {
		size := int64(binary.BigEndian.Uint32(rest))
		if size+12 > int64(len(rest)) {
			return nil, ErrBroken
		}
		name := string(rest[4:8])
		if name == "IDAT" && turn > 1 {
			out, turn = append(out, chunkPNG("eXIf", exifOf(turn))...), 0
		}
		if slices.Contains(keptPNG, name) {
			out = append(out, rest[:size+12]...)
		}
		if name == "IEND" {
			return out, nil
		}
		rest = rest[size+12:]
	}
	return nil, ErrBroken
}

func chunkPNG(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// riff walks the chunks of a WebP; each gets the name and the whole chunk,
// padded to an even length.
func riff(content []byte, each func(name string, chunk []byte)) bool {
	if len(content) < 12 || string(content[:4]) != "RIFF" || string(content[8:12]) != "WEBP" {
		return false
	}
	rest := content[12:]
	for len(rest) >= 8 {
		size := int64(binary.LittleEndian.Uint32(rest[4:]))
		if size+8 > int64(len(rest)) {
			return false
		}
		end := min(size+8+size%2, int64(len(rest)))
		each(string(rest[:4]), rest[:end])
		rest = rest[end:]
	}
	return true
}

// The flags of a WebP's extended head that say what metadata follow.
const (
	webpEXIF = 0x08
	webpXMP  = 0x04
)

func stripWebP(content []byte, turn int) ([]byte, error) {
	out := append(make([]byte, 0, len(content)), "RIFF\x00\x00\x00\x00WEBP"...)
	extended := false
	ok := riff(content, func(name string, chunk []byte) {
		switch name {
		case "VP8X":
			at := len(out)
			out = append(out, chunk...)
			if extended = len(chunk) > 8; extended {
				out[at+8] &^= webpEXIF | webpXMP
				if turn > 1 {
					out[at+8] |= webpEXIF
				}
			}
		case "VP8 ", "VP8L", "ALPH", "ICCP", "ANIM", "ANMF":
			out = append(out, chunk...)
			if len(chunk)%2 == 1 {
				out = append(out, 0)
			}
		}
	})
	if !ok {
		return nil, ErrBroken
	}
	if extended && turn > 1 {
		body := exifOf(turn)
		out = binary.LittleEndian.AppendUint32(append(out, "EXIF"...), uint32(len(body)))
		out = append(out, body...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
