package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // decoders of what is taken in
	"slices"

	"github.com/gabriel-vasile/mimetype"
	xdraw "golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // like png
)

// The types that are taken in.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp"
	HEIC = "image/heic" // kept, never decoded: no preview
	PDF  = "application/pdf"
)

// Types lists them.
func Types() []string { return []string{JPEG, PNG, WebP, HEIC, PDF} }

// ErrType is the answer to what is none of Types.
var ErrType = errors.New("not a type that is taken in")

// ErrBroken is the answer to a picture that can't be decoded.
var ErrBroken = errors.New("the picture is broken")

// ErrTooLarge is the answer to a picture with more pixels than are decoded.
var ErrTooLarge = errors.New("the picture has too many pixels")

const (
	// MaxPixels is how many pixels a picture may have: more than telephones
	// take.
	MaxPixels = 64_000_000
	// maxMemory bounds what decoding one picture may take, in bytes.
	maxMemory = 256 << 20
	// PreviewSide is the longest side of a preview, in pixels.
	PreviewSide = 1024

	previewQuality = 80
)

// File is a file as it is kept.
type File struct {
	Type          string
	Content       []byte // without what the camera wrote besides the picture
	Width, Height int    // as it is seen, turned upright; 0 where it was not decoded
	Preview       []byte // JPEG of at most PreviewSide; nil where there is none
}

// Read looks through a file that somebody handed in. The name it came under
// plays no part.
func Read(content []byte) (File, error) {
	kind := typeOf(content)
	switch kind {
	case "":
		return File{}, ErrType
	case PDF:
		return File{Type: kind, Content: content}, nil
	case HEIC:
		return File{Type: kind, Content: withoutPlace(content)}, nil
	}
	turn := orientation(kind, content)
	clean, err := strip(kind, content, turn)
	if err != nil {
		return File{}, err
	}
	img, err := decode(kind, clean)
	if err != nil {
		return File{}, err
	}
	out := File{Type: kind, Content: clean, Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	if turn >= 5 {
		out.Width, out.Height = out.Height, out.Width
	}
	if out.Preview, err = preview(img, turn); err != nil {
		return File{}, err
	}
	return out, nil
}

// typeOf tells the type by the bytes, "" for what is not taken in.
func typeOf(content []byte) string {
	found := mimetype.Detect(content)
	for _, kind := range Types() {
		if found.Is(kind) {
			return kind
		}
	}
	if found.Is("image/heif") {
		return HEIC
	}
	return ""
}

// decode decodes what is neither too large nor broken.
func decode(kind string, content []byte) (image.Image, error) {
	cfg, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || "image/"+format != kind || cfg.Width < 1 || cfg.Height < 1 {
		return nil, ErrBroken
	}
	pixels := int64(cfg.Width) * int64(cfg.Height)
	if pixels > MaxPixels || pixels*perPixel(kind, content, cfg.ColorModel) > maxMemory {
		return nil, ErrTooLarge
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return img, nil
}

// perPixel is how many bytes decoding takes for a pixel. A progressive JPEG
// holds its coefficients, of four bytes each, until the end.
func perPixel(kind string, content []byte, model color.Model) int64 {
	switch model {
	case color.GrayModel, color.AlphaModel:
		if kind == JPEG && progressive(content) {
			return 5
		}
		return 1
	case color.YCbCrModel, color.NYCbCrAModel:
		if kind == JPEG && progressive(content) {
			return 15
		}
		return 4
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.CMYKModel:
		if progressive(content) {
			return 24
		}
		return 8
	}
	return 4
}

// preview is a small JPEG of a picture, turned upright, on white where the
// picture is transparent.
func preview(img image.Image, turn int) ([]byte, error) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if longest := max(w, h); longest > PreviewSide {
		w, h = max(1, w*PreviewSide/longest), max(1, h*PreviewSide/longest)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	xdraw.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), xdraw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(small, turn), &jpeg.Options{Quality: previewQuality}); err != nil {
		return nil, fmt.Errorf("write preview: %w", err)
	}
	return out.Bytes(), nil
}

// upright turns a picture as its orientation asks (EXIF 2.32, tag 0x0112).
func upright(in *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[out.PixOffset(tx, ty):][:4], in.Pix[in.PixOffset(x, y):][:4])
		}
	}
	return out
}

// Shown reports whether browsers show a type as a picture by themselves.
func Shown(kind string) bool { return slices.Contains([]string{JPEG, PNG, WebP}, kind) }
