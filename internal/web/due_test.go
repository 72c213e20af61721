package web

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// A term that ends at an instant is told by the clock of the reader's shop,
// whatever clock it was written by.
func TestADueInstantIsToldByTheShopsClock(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	sofia := time.FixedZone("EET", 2*60*60)
	for due, want := range map[string]string{
		"2026-11-17T10:14:00Z":      "17\u00a0ноември 2026\u00a0г., 12:14\u00a0ч.",
		"2026-11-17T12:14:00+02:00": "17\u00a0ноември 2026\u00a0г., 12:14\u00a0ч.",
		"2026-11-17":                "17\u00a0ноември 2026\u00a0г.",
		"soon":                      "soon",
	} {
		v := &visit{L: words.Locale("bg"), Zone: sofia}
		if got := v.Due(due); got != want {
			t.Errorf("%s is told as %q, want %q", due, got, want)
		}
	}
}

// What is to be done has a day by which, and not until which, it is done.
func TestATermOfARemedyIsADayByWhich(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	view := &desk.ClaimView{Decision: &policy.Decision{Chosen: policy.Warranty, Bases: []policy.BasisResult{{Basis: policy.Warranty,
		Deadlines: []policy.Deadline{{Name: "repair", Due: "2026-12-28"}}}}}}
	for lang, want := range map[string]string{"en": "by 28\u00a0December 2026", "ru": "до 28\u00a0декабря 2026\u00a0г.", "bg": "до 28\u00a0декември 2026\u00a0г."} {
		if got := remedyTerm(words.Locale(lang), "repair", view); got != want {
			t.Errorf("in %s it is %q, want %q", lang, got, want)
		}
	}
}

func TestATelephoneNumberStaysInOneLine(t *testing.T) {
	for phones, want := range map[string]string{
		"":                         "",
		"8 (3812) 00-00-01":        "8\u00a0(3812)\u00a000\u201100\u201101",
		"02 000 0001, 02 000 0002": "02\u00a0000\u00a00001, 02\u00a0000\u00a00002",
	} {
		if got := oneLine(phones); got != want {
			t.Errorf("%q is written %q, want %q", phones, got, want)
		}
	}
}

// A list's values are words for programs: people are told to choose.
func TestAValueThatIsNotListedIsToldWithoutTheList(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	l := words.Locale("ru")
	for value, want := range map[string]string{
		"":       "Заполните поле «Вид товара».",
		"spoons": "Поле «Вид товара»: выберите из предложенного.",
	} {
		err := care.Fail(care.Invalid, "unknown_value", "field", "category", "value", value, "expected", "laptop phone")
		if got := failure(l, err); got != want {
			t.Errorf("%q is told as %q, want %q", value, got, want)
		}
	}
}
