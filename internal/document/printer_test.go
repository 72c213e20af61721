package document_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// TestLookAtThem writes every paper to a folder, to be looked at.
func TestLookAtThem(t *testing.T) {
	dir := os.Getenv("TALON_PAPERS")
	if dir == "" {
		t.Skip("set TALON_PAPERS to a folder")
	}
	p := printer(t)
	for _, lang := range langs {
		for _, kind := range care.PaperKinds() {
			content, err := p.Render(sample(t, kind, lang))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, string(kind)+"."+lang+".pdf"), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
