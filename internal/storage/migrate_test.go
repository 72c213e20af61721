package storage_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
)

// eachURL runs a test with the URL of an empty database of every engine.
func eachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "talon.db")) })
	if storagetest.Postgres() {
		t.Run("postgres", func(t *testing.T) { test(t, storagetest.PostgresURL(t)) })
	}
}

func open(t *testing.T, url string) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), url, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestMigrate(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s, ctx := open(t, url), t.Context()
		if err := s.Ready(ctx); !errors.Is(err, storage.ErrBehind) {
			t.Errorf("an empty database is ready: %v", err)
		}
		steps, err := s.Migrations(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for i, step := range steps {
			if i > 0 && step.Version <= steps[i-1].Version || step.Name == "" || !step.Applied.IsZero() {
				t.Errorf("step %d before migrating: %+v", i+1, step)
			}
		}
		for run, want := range []int{len(steps), 0, 0} {
			if n, err := s.Migrate(ctx); err != nil || n != want {
				t.Errorf("migration %d: %d steps, %v; want %d", run+1, n, err, want)
			}
		}
		if err := s.Ready(ctx); err != nil {
			t.Errorf("ready: %v", err)
		}
		if steps, err = s.Migrations(ctx); err != nil || slices.ContainsFunc(steps, func(m storage.Migration) bool { return m.Applied.IsZero() }) {
			t.Errorf("after migrating: %+v, %v", steps, err)
		}
	})
}

// Programs that start together migrate once.
func TestMigrateAtOnce(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		const programs = 4
		stores := make([]*storage.Store, programs)
		for i := range stores {
			stores[i] = open(t, url)
		}
		applied, faults := make([]int, programs), make([]error, programs)
		var wg sync.WaitGroup
		for i, s := range stores {
			wg.Go(func() { applied[i], faults[i] = s.Migrate(t.Context()) })
		}
		wg.Wait()
		if err := errors.Join(faults...); err != nil {
			t.Fatal(err)
		}
		slices.Sort(applied)
		steps, err := stores[0].Migrations(t.Context())
		if err != nil || applied[programs-1] != len(steps) || applied[programs-2] != 0 {
			t.Errorf("steps that each program applied: %v of %d, %v", applied, len(steps), err)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{
		"nothing":            "",
		"only a scheme":      "sqlite:",
		"another engine":     "mysql://root@localhost/talon",
		"no such folder":     "sqlite:" + filepath.Join(t.TempDir(), "none", "talon.db"),
		"no database":        file,
		"no such server":     "postgres://nobody@127.0.0.1:1/talon?connect_timeout=2",
		"not a URL":          "postgres://%zz",
		"an unknown sslmode": "postgres://u:secret@127.0.0.1/talon?sslmode=maybe",
	} {
		s, err := storage.Open(t.Context(), url, storage.Options{})
		if err == nil {
			t.Errorf("%s: opened", name)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells the password: %v", name, err)
		}
	}
}

// All spellings of a file's name lead to that file.
func TestOpenSQLite(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "Папка с пробелом, %41 и #?")
	if runtime.GOOS == "windows" {
		folder = filepath.Join(t.TempDir(), "Папка с пробелом, %41 и #")
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "talon.db")
	for i, url := range []string{path, "sqlite:" + path, "sqlite://" + path} {
		s := open(t, url)
		if s.Engine() != "sqlite" {
			t.Errorf("engine %s", s.Engine())
		}
		n, err := s.Migrate(t.Context())
		if err != nil || (n == 0) != (i > 0) {
			t.Errorf("%s: %d steps, %v", url, n, err)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenInMemory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := storage.Open(t.Context(), ":memory:", storage.Options{Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := fixture{T: t, store: s, ctx: t.Context()}
	f.put(retailer(alpha))
	f.view(func(tx *storage.Tx) error { _, err := tx.Retailer(f.ctx, alpha); return err })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What is committed is there when the file is opened again.
func TestReopen(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s, err := storage.Open(t.Context(), url, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		f := fixture{T: t, store: s, ctx: t.Context()}
		f.put(retailer(alpha), device2())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		f.store = open(t, url)
		f.view(func(tx *storage.Tx) error {
			u, err := tx.Unit(f.ctx, alpha, "u2")
			f.same("unit", u, device2())
			return err
		})
	})
}

func device2() care.Unit { return care.Unit{ID: "u2", Retailer: alpha, Model: "Чайник"} }
