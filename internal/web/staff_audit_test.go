package web

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/i18n"
)

// TestAuditDetails says what the log keeps in the reader's language, with the
// shop's clock, and leaves ids to programs.
func TestAuditDetails(t *testing.T) {
	catalogue, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	sofia, err := time.LoadLocation("Europe/Sofia")
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]string{"asus-varna": "Оторизиран сервиз „Чайка“, Варна"}
	l := catalogue.Locale("bg")
	for _, c := range []struct{ object, key, value, want string }{
		{"money", "amount", "1500.50 EUR", "сума: 1500,50\u00a0€"},
		{"money", "what", "paid_repair", "за какво: платен ремонт"},
		{"money", "state", "paid", "състояние: платено"},
		{"claim", "state", "in_repair", "състояние: в ремонт"},
		{"loaner", "state", "lost", "състояние: изгубено"},
		{"claim", "kind", "transport", "вид: превоз"},
		{"request", "kind", "documentation", "вид: документация"},
		{"leg", "direction", "between", "посока: между магазина и сервиза"},
		{"leg", "carrier", "Спиди", "куриер: Спиди"},
		{"claim", "place", "asus-varna", "място: Оторизиран сервиз „Чайка“, Варна"},
		{"claim", "due", "2026-11-17T22:30:00Z", "изтича: 18.11.2026\u00a0г., 00:30\u00a0ч."},
		{"sale", "on", "2026-11-17", "дата: 17.11.2026\u00a0г."},
		{"retailer", "version", "2026-11-21", "версия: 2026-11-21"},
		{"user", "disabled", "true", "без достъп: да"},
		{"webhook", "enabled", "false", "включена: не"},
		{"certificate", "price", "79.00 EUR", "цена: 79,00\u00a0€"},
		{"product", "title", "Ръководство", "заглавие: Ръководство"},
		{"claim", "attachment", "01a1ff30", ""},
		{"claim", "number", "RMA-1", ""},
		{"user", "place", "", ""},
	} {
		got := ""
		if d, ok := auditDetail(l, sofia, places, c.object, c.key, c.value); ok {
			got = d.Name + ": " + d.Value
		}
		if got != c.want {
			t.Errorf("%s %s=%s: got %q, want %q", c.object, c.key, c.value, got, c.want)
		}
	}
}
