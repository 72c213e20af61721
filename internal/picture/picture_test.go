package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// flag is a picture with a red left half and a blue right one.
func flag(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			if x >= w/2 {
				c = color.RGBA{B: 255, A: 255}
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// place stands for a coordinate that a camera wrote: it must be nowhere in
// what is kept.
var place = []byte("PLACE52N41E")

// cameraEXIF is a block with an orientation and a directory of GPS.
func cameraEXIF(turn int) []byte {
	le := binary.LittleEndian
	out := []byte("II\x2a\x00\x08\x00\x00\x00\x02\x00")
	out = le.AppendUint16(out, tagOrientation)
	out = append(le.AppendUint32(le.AppendUint16(out, 3), 1), byte(turn), 0, 0, 0)
	out = le.AppendUint16(out, tagPlace)
	out = le.AppendUint32(le.AppendUint32(le.AppendUint16(out, 4), 1), 38)
	out = le.AppendUint32(out, 0) // no next directory; 38 bytes so far
	out = le.AppendUint16(out, 1)
	out = le.AppendUint16(out, 2) // latitude, as text
	out = le.AppendUint32(le.AppendUint32(le.AppendUint16(out, 2), uint32(len(place))), 38+2+12+4)
	out = le.AppendUint32(out, 0)
	return append(out, place...)
}

// withEXIF puts what a camera writes into a JPEG: EXIF, XMP, a comment, and a
// second picture behind the end.
func withEXIF(plain []byte, turn int) []byte {
	segment := func(marker byte, body []byte) []byte {
		out := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
		return append(out, body...)
	}
	out := bytes.Clone(plain[:2])
	out = append(out, segment(0xe1, append([]byte("Exif\x00\x00"), cameraEXIF(turn)...))...)
	out = append(out, segment(0xe1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), place...))...)
	out = append(out, segment(0xfe, place)...)
	out = append(out, plain[2:]...)
	return append(out, append(bytes.Clone(plain[:2]), place...)...)
}

func TestWhatACameraWroteIsTakenOut(t *testing.T) {
	camera := flag(40, 20)
	bare := asPNG(t, camera)
	ihdr := len(pngHead) + 12 + 13
	marked := append(bytes.Clone(bare[:ihdr]), chunkPNG("tEXt", append([]byte("Comment\x00"), place...))...)
	marked = append(append(marked, chunkPNG("eXIf", cameraEXIF(6))...), bare[ihdr:]...)
	for name, c := range map[string]struct {
		kind string
		in   []byte
	}{
		"a JPEG of a telephone": {JPEG, withEXIF(asJPEG(t, camera), 6)},
		"a PNG with a text":     {PNG, marked},
	} {
		t.Run(name, func(t *testing.T) {
			if !bytes.Contains(c.in, place) {
				t.Fatal("the sample has no place to take out")
			}
			f, err := Read(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if f.Type != c.kind || f.Width != 20 || f.Height != 40 {
				t.Errorf("%s of %d×%d, want it turned to 20×40", f.Type, f.Width, f.Height)
			}
			if bytes.Contains(f.Content, place) || bytes.Contains(f.Preview, place) {
				t.Error("the place is still there")
			}
			if turn := orientation(c.kind, f.Content); turn != 6 {
				t.Errorf("kept with orientation %d: it would be shown lying", turn)
			}
			again, err := Read(f.Content)
			if err != nil || !bytes.Equal(again.Content, f.Content) {
				t.Errorf("read again, it is another: %v", err)
			}
		})
	}
}

// TestPlaceOfHEIC blanks the place without moving a byte.
func TestPlaceOfHEIC(t *testing.T) {
	in := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic....")
	in = append(in, "Exif\x00\x00"...)
	in = append(append(in, cameraEXIF(1)...), "<x:xmpmeta>exif:GPSLatitude</x:xmpmeta>rest"...)
	f, err := Read(in)
	if err != nil || f.Type != HEIC || f.Preview != nil {
		t.Fatalf("%s, %v", f.Type, err)
	}
	if bytes.Contains(f.Content, place) || bytes.Contains(f.Content, []byte("GPS")) || len(f.Content) != len(in) {
		t.Errorf("%q", f.Content)
	}
	if !bytes.HasSuffix(f.Content, []byte("rest")) || !bytes.Contains(in, place) {
		t.Error("more than the place was touched")
	}
}

// TestPreviewStandsUpright turns the flag in each of the eight ways; the
// corner where the red half lies tells whether it is right.
func TestPreviewStandsUpright(t *testing.T) {
	for turn, want := range map[int]struct {
		w, h   int
		redAt  image.Point
		blueAt image.Point
	}{
		1: {40, 20, image.Pt(5, 10), image.Pt(35, 10)},
		2: {40, 20, image.Pt(35, 10), image.Pt(5, 10)},
		3: {40, 20, image.Pt(35, 10), image.Pt(5, 10)},
		4: {40, 20, image.Pt(5, 10), image.Pt(35, 10)},
		5: {20, 40, image.Pt(10, 5), image.Pt(10, 35)},
		6: {20, 40, image.Pt(10, 5), image.Pt(10, 35)},
		7: {20, 40, image.Pt(10, 35), image.Pt(10, 5)},
		8: {20, 40, image.Pt(10, 35), image.Pt(10, 5)},
	} {
		f, err := Read(withEXIF(asJPEG(t, flag(40, 20)), turn))
		if err != nil {
			t.Fatal(err)
		}
		small, err := jpeg.Decode(bytes.NewReader(f.Preview))
		if err != nil {
			t.Fatal(err)
		}
		if b := small.Bounds(); b.Dx() != want.w || b.Dy() != want.h {
			t.Errorf("orientation %d: a preview of %d×%d, want %d×%d", turn, b.Dx(), b.Dy(), want.w, want.h)
			continue
		}
		r, _, _, _ := small.At(want.redAt.X, want.redAt.Y).RGBA()
		_, _, b, _ := small.At(want.blueAt.X, want.blueAt.Y).RGBA()
		if r < 0x8000 || b < 0x8000 {
			t.Errorf("orientation %d: the halves lie wrong", turn)
		}
	}
}

// TestCornersOfTurns tells apart what the halves of a flag can't: mirrored
// from turned.
func TestCornersOfTurns(t *testing.T) {
	in := image.NewRGBA(image.Rect(0, 0, 3, 2))
	in.Set(0, 0, color.White) // the first pixel of the first row
	for turn, want := range map[int]image.Point{
		1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, // top left, top right, bottom right, bottom left
		5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2}, // left top, right top, right bottom, left bottom
	} {
		out := upright(in, turn)
		if r, _, _, _ := out.At(want.X, want.Y).RGBA(); r == 0 {
			t.Errorf("orientation %d: the corner is not at %v", turn, want)
		}
	}
}

func TestPreviewIsSmall(t *testing.T) {
	f, err := Read(asPNG(t, flag(3000, 1200)))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(f.Preview))
	if err != nil || cfg.Width != PreviewSide || cfg.Height != 409 {
		t.Errorf("%d×%d, %v", cfg.Width, cfg.Height, err)
	}
	if f.Width != 3000 || f.Height != 1200 {
		t.Errorf("the picture is said to be %d×%d", f.Width, f.Height)
	}
}

// TestSeeThrough is white where nothing is.
func TestSeeThrough(t *testing.T) {
	f, err := Read(asPNG(t, image.NewNRGBA(image.Rect(0, 0, 8, 8))))
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(f.Preview))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := img.At(4, 4).RGBA(); r < 0xf000 || g < 0xf000 || b < 0xf000 {
		t.Errorf("%x %x %x", r, g, b)
	}
}

// bomb is a PNG of few bytes that says it is large.
func bomb(w, h uint32, depth byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, w)
	head = append(binary.BigEndian.AppendUint32(head, h), depth, 2, 0, 0, 0)
	out := append([]byte(pngHead), chunkPNG("IHDR", head)...)
	return append(append(out, chunkPNG("IDAT", []byte{0x78, 0x9c})...), chunkPNG("IEND", nil)...)
}

func TestWhatIsRefused(t *testing.T) {
	whole := asJPEG(t, flag(64, 64))
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"nothing":                        {nil, ErrType},
		"a text":                         {[]byte("hello"), ErrType},
		"a page":                         {[]byte("<!DOCTYPE html><script>alert(1)</script>"), ErrType},
		"a drawing with scripts":         {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), ErrType},
		"a GIF":                          {[]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"), ErrType},
		"an archive":                     {[]byte("PK\x03\x04"), ErrType},
		"a program":                      {[]byte("MZ\x90\x00"), ErrType},
		"a head without a picture":       {[]byte(pngHead), ErrBroken},
		"half a JPEG":                    {whole[:len(whole)/3], ErrBroken},
		"a bomb of many pixels":          {bomb(60_000, 60_000, 8), ErrTooLarge},
		"a bomb of the largest numbers":  {bomb(1<<31-1, 1<<31-1, 8), ErrBroken},
		"deep pixels, half as many may":  {bomb(8000, 7000, 16), ErrTooLarge},
		"a JPEG that says it is a PNG":   {append([]byte(pngHead), whole...), ErrBroken},
		"a page behind the head of JPEG": {append([]byte{0xff, 0xd8, 0xff, 0xe0}, "<script>"...), ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			if f, err := Read(c.in); !errors.Is(err, c.want) {
				t.Errorf("%s, %v, want %v", f.Type, err, c.want)
			}
		})
	}
}

func TestPapersAreKeptAsTheyAre(t *testing.T) {
	in := []byte("%PDF-1.7\n%%EOF\n")
	f, err := Read(in)
	if err != nil || f.Type != PDF || f.Preview != nil || !bytes.Equal(f.Content, in) {
		t.Errorf("%+v, %v", f, err)
	}
}

// lossless is the smallest WebP: one pixel, VP8L.
var lossless = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

func TestWebP(t *testing.T) {
	f, err := Read(lossless)
	if err != nil || f.Type != WebP || f.Width != 1 || len(f.Preview) == 0 {
		t.Fatalf("%+v, %v", f, err)
	}
	extended := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	extended = append(extended, lossless[12:]...)
	for _, chunk := range []string{"EXIF", "XMP "} {
		body := append(cameraEXIF(6), place...)
		if len(body)%2 == 1 {
			body = append(body, 0)
		}
		extended = binary.LittleEndian.AppendUint32(append(extended, chunk...), uint32(len(body)))
		extended = append(extended, body...)
	}
	binary.LittleEndian.PutUint32(extended[4:], uint32(len(extended)-8))
	if f, err = Read(extended); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(f.Content, place) || orientation(WebP, f.Content) != 6 {
		t.Errorf("%q", f.Content)
	}
}

// FuzzRead feeds the reader what strangers may send: it must end, without
// panic, and what it keeps must be readable again and the same.
func FuzzRead(f *testing.F) {
	small := asJPEG(f, flag(16, 8))
	for _, seed := range [][]byte{nil, small, withEXIF(small, 6), asPNG(f, flag(8, 8)), lossless, bomb(60_000, 60_000, 8),
		[]byte("%PDF-1.4"), append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic....Exif\x00\x00"), cameraEXIF(3)...)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if cfg, _, err := image.DecodeConfig(bytes.NewReader(in)); err == nil && cfg.Width*cfg.Height > 1<<20 {
			t.Skip("the test would only wait for large pictures")
		}
		before := bytes.Clone(in)
		out, err := Read(in)
		if !bytes.Equal(in, before) {
			t.Fatal("what was handed in is changed")
		}
		if err != nil {
			if !errors.Is(err, ErrType) && !errors.Is(err, ErrBroken) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := Read(out.Content)
		if err != nil || again.Type != out.Type || again.Width != out.Width || again.Height != out.Height {
			t.Fatalf("kept as %s %d×%d, read again as %s %d×%d, %v", out.Type, out.Width, out.Height, again.Type, again.Width, again.Height, err)
		}
		if out.Type == JPEG && bytes.Contains(exif(JPEG, out.Content), []byte{0x25, 0x88}) {
			t.Fatal("a directory of GPS is left")
		}
	})
}
