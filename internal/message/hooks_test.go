package message_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/message"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// program is a real receiver that believes only what the published library
// verifies.
type program struct {
	*httptest.Server
	ids    []string
	bodies []string
}

func newProgram(t *testing.T, status int) *program {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if err := verifier.Verify(b, r.Header); err != nil {
			t.Errorf("not believed: %v", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		p.ids, p.bodies = append(p.ids, r.Header.Get("webhook-id")), append(p.bodies, string(b))
		w.WriteHeader(status)
	}))
	t.Cleanup(p.Close)
	return p
}

func hooks(t *testing.T, reach message.Reach) *message.Post {
	t.Helper()
	timeout := time.Minute
	if reach == message.Outside { // nothing is to be reached: don't wait for a server of names
		timeout = 5 * time.Second
	}
	h, err := message.NewHooks(message.HooksConfig{Now: time.Now, Reach: reach, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	p, err := message.New(message.Config{Words: words(t), Hooks: h})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func event(url string) care.Outgoing {
	return care.Outgoing{Notice: care.Notice{ID: "0198-e", Occasion: care.DeviceReady, Channel: care.ByWebhook, Created: t0,
		Facts: care.NoticeFacts{Data: json.RawMessage(`{"number":"RMA-2026-000017","state":"ready"}`)}}, Endpoint: &care.Endpoint{URL: url, Secret: secret}}
}

func TestProgramsBelieveTheSignature(t *testing.T) {
	p := newProgram(t, http.StatusNoContent)
	post := hooks(t, message.Here)
	for range 2 { // a crash in between: the same id, the same body
		got, err := post.Send(t.Context(), event(p.URL))
		if err != nil || got.ID != "msg_0198-e" {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	want := `{"type":"device.ready","timestamp":"2026-03-10T10:00:00Z","data":{"number":"RMA-2026-000017","state":"ready"}}`
	if len(p.bodies) != 2 || p.bodies[0] != want || p.bodies[1] != want || p.ids[0] != p.ids[1] {
		t.Errorf("the program has %v %v", p.ids, p.bodies)
	}
}

func TestWhatProgramsAnswer(t *testing.T) {
	for status, final := range map[int]bool{http.StatusGone: true, http.StatusNotFound: false, http.StatusInternalServerError: false, http.StatusFound: false} {
		_, err := hooks(t, message.Anywhere).Send(t.Context(), event(newProgram(t, status).URL))
		if err == nil || errors.Is(err, care.ErrUndeliverable) != final {
			t.Errorf("status %d: %v, final: %v", status, err, final)
		}
	}
}

// What only this machine can reach is not reached, whatever name it has.
func TestProgramsInsideTheNetworkAreNotReached(t *testing.T) {
	p := newProgram(t, http.StatusOK)
	_, port, _ := strings.Cut(strings.TrimPrefix(p.URL, "http://"), ":")
	for _, url := range []string{p.URL, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0.0.0.0:" + port, "http://169.254.169.254/",
		"http://10.0.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/", "http://2130706433:" + port} {
		if _, err := hooks(t, message.Outside).Send(t.Context(), event(url)); err == nil {
			t.Errorf("%s was reached", url)
		}
	}
	if len(p.bodies) != 0 {
		t.Errorf("the program has %v", p.bodies)
	}
	if _, err := hooks(t, message.Here).Send(t.Context(), event("http://192.0.2.1/")); err == nil || !strings.Contains(err.Error(), "demonstration") {
		t.Errorf("a demonstration reaches out: %v", err)
	}
	if post := hooks(t, message.Outside); post.Inward() || !post.Has(care.ByWebhook) || post.Has(care.ByEmail) {
		t.Error("it has the ways that it was given")
	}
}

func TestADemonstrationKeepsItsMessages(t *testing.T) {
	post, err := message.New(message.Config{Words: words(t), Kept: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := post.Send(t.Context(), outgoing(care.DeviceReady, care.ByEmail, "maria@mail.example", "bg"))
	if err != nil || !got.Kept || !strings.Contains(got.Text, link) || got.Subject == "" {
		t.Errorf("got %+v, %v", got, err)
	}
	sms, err := post.Send(t.Context(), outgoing(care.DeviceReady, care.BySMS, "+359", "bg"))
	if err != nil || !strings.HasSuffix(sms.Text, " "+link) || sms.Subject != "" {
		t.Errorf("got %+v, %v", sms, err)
	}
}

// verified is a receiver whose secret is told after it listens.
type verified struct {
	url      string
	t        *testing.T
	verifier *standardwebhooks.Webhook

	mu     sync.Mutex
	bodies []string
}

func newVerified(t *testing.T) *verified {
	t.Helper()
	v := &verified{t: t}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		v.mu.Lock()
		defer v.mu.Unlock()
		if err := v.verifier.Verify(b, r.Header); err != nil {
			t.Errorf("not believed: %v", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		v.bodies = append(v.bodies, string(b))
	}))
	t.Cleanup(s.Close)
	v.url = s.URL
	return v
}

func (v *verified) believe(secret string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var err error
	if v.verifier, err = standardwebhooks.NewWebhook(secret); err != nil {
		v.t.Fatal(err)
	}
}

func (v *verified) all() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.bodies, "\n")
}

// types are those of the messages, sorted.
func (v *verified) types() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	for _, b := range v.bodies {
		var e struct{ Type string }
		if err := json.Unmarshal([]byte(b), &e); err != nil {
			v.t.Error(err)
		}
		out = append(out, e.Type)
	}
	slices.Sort(out)
	return out
}
