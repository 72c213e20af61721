package web

import (
	"testing"

	"github.com/talon-care/talon/internal/care"
)

func TestPlaceLine(t *testing.T) {
	for _, c := range []struct{ name, address, want string }{
		{"Магазин omni.bg, София", "София, ул. „Примерна“ 1", "Магазин omni.bg, София, ул. „Примерна“ 1"},
		{"Магазин, Бургас", "София, ул. „Примерна“ 1", "Магазин, Бургас, София, ул. „Примерна“ 1"},
		{"Сервисный центр", "Омск, ул. 20 Партсъезда, 8", "Сервисный центр, Омск, ул. 20 Партсъезда, 8"},
		{"Магазин, Омск", "Омск", "Магазин, Омск, Омск"},
		{"Сервисный центр", "", "Сервисный центр"},
	} {
		if got := placeLine(care.Place{ID: "p1", Name: map[string]string{"bg": c.name}, Address: map[string]string{"bg": c.address}}, "bg"); got != c.want {
			t.Errorf("placeLine(%q, %q) = %q, want %q", c.name, c.address, got, c.want)
		}
	}
}

func TestATownIsWrittenOnce(t *testing.T) {
	for _, c := range []struct{ address, settlement, want string }{
		{"Чепеларе, ул. „Смърч“ 3", "Чепеларе", ""},
		{"ул. „Смърч“ 3", "Чепеларе", "Чепеларе"},
		{"", "Чепеларе", "Чепеларе"},
		{"ул. „Смърч“ 3", "", ""},
	} {
		if got := care.SettlementBeside(c.address, c.settlement); got != c.want {
			t.Errorf("beside %q stands %q, want %q", c.address, got, c.want)
		}
	}
}
