package demo_test

import (
	"testing"
	"time"

	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/desk/demo"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
)

func TestFill(t *testing.T) {
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 7, 30, 0, 0, time.UTC)
	d, err := desk.New(desk.Config{Store: desk.StoreOf(storagetest.Open(t)), Packs: lib, Hasher: desk.StrongArgon2id(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	guide, err := demo.Fill(t.Context(), d, demo.Options{Now: now, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v: %d claims, %d requests", time.Since(start), guide.Claims, guide.Requests)
}
