package message

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// GatewayConfig says how a service that sends SMS or chat messages is called.
type GatewayConfig struct {
	URL     string
	Method  string            // "" = POST
	Headers map[string]string // with the service's secret
	// Body is the request's body, JSON in whose texts {to}, {text}, {id} and
	// {from} are replaced; "" = {"to": "{to}", "text": "{text}", "id": "{id}"}.
	Body string
	From string // what {from} stands for
	// Answer names the field of the service's answer that holds its id of the
	// message, with dots between levels: "result.message_id"; "" = none.
	Answer  string
	Secret  string        // kept out of errors: it may stand in the address
	Timeout time.Duration // 0 = 20 seconds
}

// Gateway calls such a service.
type Gateway struct {
	cfg    GatewayConfig
	body   any
	client *http.Client
	words  func(Message) string
}

// plainBody is what a gateway is told where nothing else is configured.
const plainBody = `{"to": "{to}", "text": "{text}", "id": "{id}"}`

// NewSMS makes a gateway for SMS: the short text is sent.
func NewSMS(cfg GatewayConfig) (*Gateway, error) {
	return newGateway(cfg, func(m Message) string { return m.Short })
}

// NewTelegram makes a gateway for a chat service that is called like a bot of
// Telegram's: the whole text is sent.
func NewTelegram(cfg GatewayConfig) (*Gateway, error) {
	return newGateway(cfg, func(m Message) string { return m.Subject + "\n\n" + m.Text })
}

// TelegramBot is the configuration for Telegram's own Bot API. The token is a
// secret.
func TelegramBot(token string) GatewayConfig {
	return GatewayConfig{URL: "https://api.telegram.org/bot" + token + "/sendMessage", Secret: token, Answer: "result.message_id",
		Body: `{"chat_id": "{to}", "text": "{text}", "link_preview_options": {"is_disabled": true}}`}
}

func newGateway(cfg GatewayConfig, words func(Message) string) (*Gateway, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("gateway: expected an address such as https://sms.example/send")
	}
	if cfg.Method == "" {
		cfg.Method = http.MethodPost
	}
	if cfg.Body == "" {
		cfg.Body = plainBody
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 20 * time.Second
	}
	g := &Gateway{cfg: cfg, words: words}
	if err := json.Unmarshal([]byte(cfg.Body), &g.body); err != nil {
		return nil, fmt.Errorf("gateway: the body is no JSON: %w", err)
	}
	if !strings.Contains(cfg.Body, "{to}") || !strings.Contains(cfg.Body, "{text}") {
		return nil, errors.New("gateway: the body names no {to} or no {text}")
	}
	g.client = &http.Client{Timeout: cfg.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return g, nil
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 10

// Send calls the service once. The message's id goes along, as a header that
// services which know it use to tell a repeated call.
func (g *Gateway) Send(ctx context.Context, m Message) (string, error) {
	values := strings.NewReplacer("{to}", m.To, "{text}", g.words(m), "{id}", m.ID, "{from}", g.cfg.From)
	body, err := json.Marshal(fill(g.body, values))
	if err != nil {
		return "", fmt.Errorf("write message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, g.cfg.Method, g.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return "", g.hide(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", m.ID)
	for name, value := range g.cfg.Headers {
		req.Header.Set(name, value)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return "", failed(care.ReasonConnection, g.hide(err))
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case err != nil:
		return "", failed(care.ReasonConnection, g.hide(fmt.Errorf("read answer: %w", err)))
	case resp.StatusCode/100 == 2:
		return g.id(answer), nil
	}
	err = fmt.Errorf("status %d: %s", resp.StatusCode, g.mask(excerpt(answer)))
	if refuses(resp.StatusCode) {
		err = fmt.Errorf("%w: %w", care.ErrUndeliverable, err)
	}
	return "", failed(httpReason(resp.StatusCode), err)
}

// refuses reports whether a status says that this message will never go.
func refuses(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusGone:
		return true
	}
	return false
}

// fill replaces places in all texts of a JSON value. What is put in is never
// read as JSON.
func fill(v any, values *strings.Replacer) any {
	switch x := v.(type) {
	case string:
		return values.Replace(x)
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = fill(e, values)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = fill(e, values)
		}
		return out
	}
	return v
}

// id finds the service's id of the message in its answer.
func (g *Gateway) id(answer []byte) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	if g.cfg.Answer == "" || d.Decode(&v) != nil {
		return ""
	}
	for name := range strings.SplitSeq(g.cfg.Answer, ".") {
		level, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = level[name]
	}
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// hide takes the secret out of an error: Go's names the address.
func (g *Gateway) hide(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if g.cfg.Secret != "" && strings.Contains(err.Error(), g.cfg.Secret) {
		return errors.New(g.mask(err.Error()))
	}
	return err
}

func (g *Gateway) mask(s string) string {
	if g.cfg.Secret == "" {
		return s
	}
	return strings.ReplaceAll(s, g.cfg.Secret, "…")
}

var blanks = regexp.MustCompile(`\s+`)

// excerpt is the start of an answer, for people who look what went wrong.
func excerpt(b []byte) string {
	s := []rune(strings.ToValidUTF8(blanks.ReplaceAllString(string(b), " "), "?"))
	const most = 200
	if len(s) > most {
		s = append(s[:most], '…')
	}
	return strings.TrimSpace(string(s))
}
