package app

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestADemoBesideATakenPort serves a demo on another port and tells that one:
// it is the address that the demo's messages link to.
func TestADemoBesideATakenPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, guideFile), []byte(`{"Password":"x"}`), 0o600); err != nil { // as if it were filled already
		t.Fatal(err)
	}
	if err := Demo(t.Context(), DemoConfig{Listen: taken.Addr().String(), Fixed: true, Dir: dir}, io.Discard); err == nil {
		t.Fatal("served on a port that another has")
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := Demo(ctx, DemoConfig{Listen: taken.Addr().String(), Dir: dir}, write)
		_ = write.Close() // a pipe's end closes without fail
		ended <- err
	}()
	address := ""
	for lines := bufio.NewScanner(read); lines.Scan(); {
		if at, told := strings.CutPrefix(lines.Text(), "Talon demo"); told {
			address = strings.TrimSpace(at)
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, read) }() // what else it tells
	if address == "" || address == "http://"+taken.Addr().String() {
		t.Fatalf("told %q", address)
	}
	answer, err := http.Get(address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s answers %s, %v", address, answer.Status, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestReachedAt(t *testing.T) {
	for listen, want := range map[string]string{"127.0.0.1:0": "http://127.0.0.1:", "0.0.0.0:0": "http://localhost:", ":0": "http://localhost:"} {
		l, err := net.Listen("tcp", listen)
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		if got := reachedAt(l); got != want+port {
			t.Errorf("%s is reached at %s, want %s%s", listen, got, want, port)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
