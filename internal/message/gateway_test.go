package message_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/message"
)

// service is a real HTTP service that keeps what it was asked.
func service(t *testing.T, status int, answer string) (url string, calls func() []*http.Request, bodies func() []map[string]any) {
	t.Helper()
	var asked []*http.Request
	var read []map[string]any
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Errorf("body %s: %v", b, err)
		}
		asked, read = append(asked, r), append(read, v)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []*http.Request { return asked }, func() []map[string]any { return read }
}

func TestSMSByGateway(t *testing.T) {
	url, calls, bodies := service(t, http.StatusAccepted, `{"messages": {"id": 17}}`)
	g, err := message.NewSMS(message.GatewayConfig{URL: url + "/send", Method: http.MethodPut, Headers: map[string]string{"Authorization": "Bearer geheim"},
		Body: `{"recipients": ["{to}"], "message": {"body": "{text}"}, "from": "{from}", "ref": "{id}", "flash": false}`, From: "OMNI", Answer: "messages.id"})
	if err != nil {
		t.Fatal(err)
	}
	m := composed(t, care.DeviceReady, "bg")
	m.To, m.Short = `+359 "890`, `{to} "quoted" \ готово`
	id, err := g.Send(t.Context(), m)
	if err != nil || id != "17" {
		t.Fatalf("got %q, %v", id, err)
	}
	want := []map[string]any{{"recipients": []any{m.To}, "message": map[string]any{"body": m.Short}, "from": "OMNI", "ref": "0198-n", "flash": false}}
	if diff := cmp.Diff(want, bodies()); diff != "" {
		t.Errorf("what was asked (-want +got):\n%s", diff)
	}
	r := calls()[0]
	if r.Method != http.MethodPut || r.URL.Path != "/send" || r.Header.Get("Authorization") != "Bearer geheim" || r.Header.Get("Idempotency-Key") != "0198-n" {
		t.Errorf("called %s %s with %v", r.Method, r.URL, r.Header)
	}
}

func TestTelegramBot(t *testing.T) {
	url, calls, bodies := service(t, http.StatusOK, `{"ok": true, "result": {"message_id": 42}}`)
	cfg := message.TelegramBot("12:geheim")
	if cfg.URL != "https://api.telegram.org/bot12:geheim/sendMessage" {
		t.Errorf("the address is %s", cfg.URL)
	}
	cfg.URL = strings.Replace(cfg.URL, "https://api.telegram.org", url, 1)
	g, err := message.NewTelegram(cfg)
	if err != nil {
		t.Fatal(err)
	}
	m := composed(t, care.DeviceReady, "ru")
	m.To = "123456789"
	if id, err := g.Send(t.Context(), m); err != nil || id != "42" {
		t.Fatalf("got %q, %v", id, err)
	}
	body := bodies()[0]
	if body["chat_id"] != "123456789" || !strings.HasPrefix(body["text"].(string), m.Subject+"\n\n") || calls()[0].URL.Path != "/bot12:geheim/sendMessage" {
		t.Errorf("asked %s: %v", calls()[0].URL, body)
	}
}

func TestWhatAGatewayAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		final  bool
	}{"bad number": {400, true}, "not authorised": {401, false}, "too many": {429, false}, "out of order": {503, false}, "redirect": {302, false}} {
		t.Run(name, func(t *testing.T) {
			url, _, _ := service(t, c.status, "the key geheim is\n\tno good")
			cfg := message.GatewayConfig{URL: url + "/geheim", Secret: "geheim"}
			g, err := message.NewSMS(cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, err = g.Send(t.Context(), composed(t, care.DeviceReady, "en"))
			if err == nil || errors.Is(err, care.ErrUndeliverable) != c.final {
				t.Fatalf("got %v, final: %v", err, c.final)
			}
			if strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "is no good") {
				t.Errorf("the error tells too much or too little: %v", err)
			}
		})
	}
}

func TestAGatewayThatIsNotThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	g, err := message.NewSMS(message.GatewayConfig{URL: s.URL + "/geheim", Secret: "geheim", Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = g.Send(t.Context(), composed(t, care.DeviceReady, "en")); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("got %v", err)
	}
	for _, bad := range []message.GatewayConfig{{URL: "sms.example"}, {URL: "https://sms.example", Body: "{"}, {URL: "https://sms.example", Body: `{"a": "{to}"}`}} {
		if _, err := message.NewSMS(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
