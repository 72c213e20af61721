package api_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/api"
	"github.com/talon-care/talon/internal/app"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// Every worked case of every shipped pack, by the API and by the command
// line: the same bytes.
func TestDecideAnswersAsTheCommandLine(t *testing.T) {
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()))
	if err != nil {
		t.Fatal(err)
	}
	d, err := desk.New(desk.Config{Store: desk.StoreOf(storagetest.Open(t)), Packs: lib, Hasher: desk.StrongArgon2id(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := api.New(api.Config{Desk: d, Words: words, Now: time.Now, Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(packs.Files, "*/cases/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		data, err := fs.ReadFile(packs.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := policy.ParseCases(file, data)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cases {
			facts := c.Facts()
			if _, err := lib.Program(facts.Pack, facts.Sale.Date); err != nil {
				continue // of a pack that is made up for its case
			}
			n++
			body, err := facts.CanonicalJSON()
			if err != nil {
				t.Fatal(err)
			}
			lang := []string{"bg", "ru", "en"}[i%3]
			var want bytes.Buffer
			if err := app.Decide(bytes.NewReader(body), &want, "-", lang, true); err != nil {
				t.Fatalf("%s: %s: %v", file, c.Name, err)
			}
			rec := httptest.NewRecorder()
			req := httptest.NewRequest("POST", "/api/v1/decide?lang="+lang, bytes.NewReader(body))
			req.RemoteAddr = fmt.Sprintf("192.0.2.%d:1000", n/50) // the edge limits each address
			handler.ServeHTTP(rec, req)
			if rec.Code != 200 || !bytes.Equal(rec.Body.Bytes(), want.Bytes()) {
				t.Errorf("%s: %s: %d\n%s\ncommand line\n%s", file, c.Name, rec.Code, rec.Body.Bytes(), want.Bytes())
			}
		}
	}
	if n < 250 {
		t.Errorf("only %d cases were compared", n)
	}
}
