package packs_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// TestADecisionIsMadeAgainBesideItsOwnStatute brings in a newer version of the
// law with other words: what was decided beside the old one stays as it was.
func TestADecisionIsMadeAgainBesideItsOwnStatute(t *testing.T) {
	before, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	facts, err := policy.ParseFacts("facts", []byte(`{pack: bg-omni, at: "2026-03-10T12:00:00+02:00", request: {kind: warranty_service},
		unit: {category: laptop, brand: asus}, sale: {date: 2025-06-01}, warranty: {months: 24, issuer: retailer}}`))
	if err != nil {
		t.Fatal(err)
	}
	first, err := before.Decide(*facts, "bg")
	if err != nil {
		t.Fatal(err)
	}
	after, err := policy.Load(withNewerStatute(t))
	if err != nil {
		t.Fatal(err)
	}
	newest, err := after.Decide(*facts, "bg")
	if err != nil {
		t.Fatal(err)
	}
	if bytesOf(t, newest) == bytesOf(t, first) || newest.StatuteVersion != "statute-bg 2099-01-01" {
		t.Fatalf("the newer law (%s) does not decide otherwise: the test proves nothing", newest.StatuteVersion)
	}
	again, err := after.DecideFrozen("bg-omni", first.PackVersion, first.StatuteVersion, *facts, "bg")
	if err != nil {
		t.Fatal(err)
	}
	if bytesOf(t, again) != bytesOf(t, first) {
		t.Errorf("beside its own law the decision is another:\n%s\n%s", bytesOf(t, first), bytesOf(t, again))
	}
	if _, err := after.DecideFrozen("bg-omni", first.PackVersion, "statute-bg 1990-01-01", *facts, "bg"); !errors.Is(err, policy.ErrUnknownPack) {
		t.Errorf("a law that is not there: %v", err)
	}
}

func withNewerStatute(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(packs.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(packs.Files, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := string(files["statute-bg/policy.yaml"].Data)
	text = regexp.MustCompile(`(?m)^(version|valid_from): .*$`).ReplaceAllString(text, `$1: "2099-01-01"`)
	files["statute-bg/policy-2099.yaml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, "ЗПЦСЦУПС", "НОВИЯ ЗАКОН"))}
	return files
}

func bytesOf(t *testing.T, d policy.Decision) string {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
