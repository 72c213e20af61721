package demo_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/desk/demo"
	"github.com/talon-care/talon/internal/document"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
)

// TestPapersOfTheDemo prints papers of the demo's claims: the first of each
// kind at each retailer in every language, with every text there.
func TestPapersOfTheDemo(t *testing.T) {
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("%s: missing %s", lang, key) }))
	if err != nil {
		t.Fatal(err)
	}
	printer, err := document.New(words)
	if err != nil {
		t.Fatal(err)
	}
	d, err := desk.New(desk.Config{Store: desk.StoreOf(storagetest.Open(t)), Packs: lib, Hasher: cheap, Now: func() time.Time { return now }, Papers: printer})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	fill(t, d, demo.Options{Now: now, Seed: 1, Password: "a long demo password"})
	printed := map[string]int{}
	numbers := map[string]string{}
	each(t, d, func(retailer, id string) {
		boss := care.System(retailer)
		list, err := d.Papers(t.Context(), boss, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			statement := p.Number != p.Claim.Number && p.Kind != care.WarrantyPaper
			if other := numbers[retailer+p.Number]; statement && other != "" {
				t.Errorf("%s and %s have one number, %s", other, p.Kind, p.Number)
			}
			numbers[retailer+p.Number] = string(p.Kind)
			key := retailer + " " + string(p.Kind)
			if printed[key]++; printed[key] > 1 {
				continue
			}
			for _, lang := range i18n.Languages() {
				f, err := d.Paper(t.Context(), boss, id, p.Kind, desk.PaperAs{Lang: lang, Link: "https://care.example/track/abc"})
				if err != nil {
					t.Errorf("%s %s in %s: %v", p.Claim.Number, p.Kind, lang, err)
					continue
				}
				if !bytes.HasPrefix(f.Content, []byte("%PDF-")) || len(f.Content) < 5_000 || len(f.Content) > 90_000 || !strings.HasSuffix(f.Name, ".pdf") {
					t.Errorf("%s %s in %s: %s, %d bytes", p.Claim.Number, p.Kind, lang, f.Name, len(f.Content))
				}
			}
		}
	})
	for _, kind := range care.PaperKinds() {
		n := 0
		for _, retailer := range retailers(t, d) {
			n += printed[retailer+" "+string(kind)]
		}
		if n == 0 {
			t.Errorf("no claim of the demo has a paper %s", kind)
		}
		for _, retailer := range []string{"ru-omsk", "ru-xiaomi"} {
			if byLaw := kind == care.ClosingAct || kind == care.RepairForm; byLaw && printed[retailer+" "+string(kind)] > 0 {
				t.Errorf("%s draws up %s, which no law there asks for", retailer, kind)
			}
		}
	}
}
