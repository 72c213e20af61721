package document

import (
	"fmt"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
)

// qr draws a QR code of a side's length, as rectangles: sharp at any size.
func (s *sheet) qr(x, y, side float64, text string) error {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("qr code: %w", err)
	}
	n := code.Bounds().Dx()
	dot := side / float64(n)
	s.pdf.SetFillColor(0, 0, 0)
	for row := range n {
		s.runs(code, n, row, func(from, count int) {
			s.pdf.Rect(x+float64(from)*dot, y+float64(row)*dot, float64(count)*dot, dot, "F")
		})
	}
	return nil
}

// quiet is how many bars' widths stay white at each end of a Code 128.
const quiet = 10

// code128 draws a Code 128 within a width, its quiet zones included.
func (s *sheet) code128(x, y, width, height float64, text string) error {
	code, err := code128.Encode(text)
	if err != nil {
		return fmt.Errorf("code 128 of %q: %w", text, err)
	}
	n := code.Bounds().Dx()
	bar := width / float64(n+2*quiet)
	s.pdf.SetFillColor(0, 0, 0)
	s.runs(code, n, 0, func(from, count int) {
		s.pdf.Rect(x+float64(from+quiet)*bar, y, float64(count)*bar, height, "F")
	})
	return nil
}

// runs finds the dark stretches of a row.
func (s *sheet) runs(code barcode.Barcode, n, row int, draw func(from, count int)) {
	from := -1
	for i := 0; i <= n; i++ {
		dark := false
		if i < n {
			r, _, _, _ := code.At(i, row).RGBA()
			dark = r == 0
		}
		switch {
		case dark && from < 0:
			from = i
		case !dark && from >= 0:
			draw(from, i-from)
			from = -1
		}
	}
}
