package web

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// qrCode is an address as a picture that a telephone reads, drawn as squares
// of one unit within a quiet zone of four (ISO/IEC 18004).
type qrCode struct {
	Size int    // units of a side
	Path string // for an SVG's path
}

const qrQuiet = 4

func makeQR(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return qrCode{}, fmt.Errorf("QR code: %w", err)
	}
	side := code.Bounds().Dx()
	var b strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for x < side && dark(code.At(x, y)) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1H%dz", from+qrQuiet, y+qrQuiet, x-from, from+qrQuiet)
			}
		}
	}
	return qrCode{Size: side + 2*qrQuiet, Path: b.String()}, nil
}

func dark(c interface{ RGBA() (r, g, b, a uint32) }) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
