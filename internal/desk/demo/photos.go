package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

// picture draws a laptop or a telephone, seen from above, with a crack where
// one is to be seen: small, and without a camera.
func picture(wide, cracked bool) ([]byte, error) {
	w, h := 240, 320
	if wide {
		w, h = 320, 220
	}
	table, body := color.RGBA{0xd8, 0xd2, 0xc4, 0xff}, color.RGBA{0x3a, 0x42, 0x48, 0xff}
	glass, crack := color.RGBA{0x18, 0x1d, 0x22, 0xff}, color.RGBA{0xe8, 0xee, 0xf0, 0xff}
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{table, body, glass, crack})
	for y := range h {
		for x := range w {
			switch {
			case x < 24 || x >= w-24 || y < 20 || y >= h-20:
				continue
			case x < 34 || x >= w-34 || y < 30 || y >= h-30:
				img.SetColorIndex(x, y, 1)
			default:
				img.SetColorIndex(x, y, 2)
			}
			if d := 3*x - 2*y - w/3 + (y%23)/3*4; cracked && d > -4 && d < 4 {
				img.SetColorIndex(x, y, 3)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw picture: %w", err)
	}
	return b.Bytes(), nil
}

func pictures(wide, cracked bool, names ...string) ([]desk.NewFile, error) {
	var out []desk.NewFile
	for i, name := range names {
		content, err := picture(wide, cracked && i == 0)
		if err != nil {
			return nil, err
		}
		out = append(out, desk.NewFile{Kind: care.PhotoAttachment, Name: name, Content: content})
	}
	return out, nil
}

// shows has the customer send photos by the tracking link.
func (l *life) shows(after float64, names ...string) *life {
	wide := l.unit.category != "phone"
	return l.then(after, "send photos", func(ctx context.Context) error {
		files, err := pictures(wide, true, names...)
		if err != nil {
			return err
		}
		_, err = l.desk.TrackedAttach(ctx, l.receipt.Token, files)
		return err
	})
}

// pictured has staff take photos of the device at its latest hand-over.
func (l *life) pictured(role care.Role, names ...string) *life {
	wide := l.unit.category != "phone"
	return l.then(0.01, "take photos", func(ctx context.Context) error {
		files, err := pictures(wide, false, names...)
		if err != nil {
			return err
		}
		_, err = l.desk.Attach(ctx, l.actors[role], desk.AttachTo{Claim: l.receipt.Claim.ID, Event: desk.LastHandOver}, files)
		return err
	})
}

// disposed has the clerk propose to let a device go that nobody collects.
func (l *life) disposed(after float64, reason, proceeds, costs string) *life {
	return l.then(after, "propose to sell the device", func(ctx context.Context) error {
		brought, err := money.Parse(proceeds, l.currency)
		if err != nil {
			return err
		}
		cost, err := money.Parse(costs, l.currency)
		if err != nil {
			return err
		}
		_, err = l.desk.Dispose(ctx, l.actors[care.Clerk], l.receipt.Claim.ID,
			care.Disposal{How: care.DisposedSold, Reason: reason, Proceeds: &brought, Costs: &cost})
		return err
	})
}

// omskForgotten is a phone that its owner has not collected for months.
func (s *stage) omskForgotten() {
	phone := thing{category: "phone", brand: "Tecno", model: "Spark 20", serial: "TCTALON66", imei: imei(66), price: "12990.00", months: 12, issuer: "manufacturer", age: 400}
	s.underCare(s.life(175, phone, galina, ask{papers: s.papers, text: "Разбит экран, не реагирует на касания."}).shows(0.1, "экран.png")).
		disposed(110, "Клиент не отвечает на звонки и письма четыре месяца.", "4000.00", "600.00")
}

// underCare mends a phone at the retailer's own centre for goodwill.
func (s *stage) underCare(l *life) *life {
	return l.intake(0.5, service, "Разбит экран").pictured(care.Clerk, "спереди.png", "сзади.png").
		diagnose(1, hardware("other", "no-touch"), "").
		by(care.Manager, 0.5, care.OverrideDecision{Basis: "warranty", Verdict: "covered", Reason: "Исправляем без лишних вопросов."}).
		by(care.Manager, 0.1, care.ChooseRemedy{Remedy: "repair"}).
		repair(1, 5, "hardware", "Заменён экран.", care.Part{Part: "other"}).ready(1)
}
