package care

import "testing"

func TestDeviceName(t *testing.T) {
	for _, tt := range []struct{ brand, model, want string }{
		{"Redmi", "Redmi Note 14", "Redmi Note 14"},
		{"redmi", "RedmiBook 15", "RedmiBook 15"},
		{"Xiaomi", "Pad 7", "Xiaomi Pad 7"},
		{"Samsung", "Смартфон Samsung Galaxy A55", "Смартфон Samsung Galaxy A55"},
		{"HP", "Laptop HP15", "HP Laptop HP15"},
		{"Бирюса", "бирюса 10", "бирюса 10"},
		{"Ж", "a", "Ж a"}, // shorter than the letter's bytes
		{"LG", "", "LG"},
		{"", "43UR", "43UR"},
		{" ", " ", ""},
	} {
		if got := DeviceName(tt.brand, tt.model); got != tt.want {
			t.Errorf("DeviceName(%q, %q) = %q, want %q", tt.brand, tt.model, got, tt.want)
		}
	}
}
