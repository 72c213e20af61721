// Package carrier speaks with courier companies over HTTP: orders go out as
// signed requests, reports come in as signed requests, both after Standard
// Webhooks (https://www.standardwebhooks.com).
package carrier

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
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/talon-care/talon/internal/care"
)

// Config says how one carrier is reached.
type Config struct {
	ID       string           // lower-case words joined by hyphens, as legs name it
	URL      string           // where orders are posted to
	Secret   string           // shared secret, "whsec_" and base64
	Timeout  time.Duration    // of one attempt; 0 = 10 seconds
	Attempts int              // at an order; 0 = 3
	Pause    time.Duration    // before the second attempt, doubled each time; 0 = half a second
	Now      func() time.Time // required
}

// Webhook is a carrier that takes orders by HTTP.
type Webhook struct {
	cfg    Config
	signer *standardwebhooks.Webhook
	client *http.Client
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// New makes a carrier.
func New(cfg Config) (*Webhook, error) {
	if !idForm.MatchString(cfg.ID) {
		return nil, fmt.Errorf("carrier %q: expected lower-case words joined by hyphens", cfg.ID)
	}
	if u, err := url.Parse(cfg.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("carrier %s: expected an address such as https://courier.example/orders", cfg.ID)
	}
	signer, err := standardwebhooks.NewWebhook(cfg.Secret)
	if err != nil || cfg.Secret == "" {
		return nil, fmt.Errorf("carrier %s: the secret is not base64", cfg.ID) // never the secret itself
	}
	if cfg.Now == nil {
		return nil, fmt.Errorf("carrier %s: a clock is required", cfg.ID)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Attempts <= 0 {
		cfg.Attempts = 3
	}
	if cfg.Pause <= 0 {
		cfg.Pause = 500 * time.Millisecond
	}
	// A signed order goes to the address that the operator set and nowhere
	// else.
	client := &http.Client{Timeout: cfg.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Webhook{cfg: cfg, signer: signer, client: client}, nil
}

// ID is the carrier's id.
func (w *Webhook) ID() string { return w.cfg.ID }

// envelope is what every message looks like.
type envelope struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// order is the content of "booking.requested".
type order struct {
	Reference string `json:"reference"` // to be named in every report
	Claim     string `json:"claim"`
	From      place  `json:"from"`
	To        place  `json:"to"`
	Grams     int    `json:"weight_grams,omitempty"`
	Bulky     bool   `json:"bulky,omitempty"`
	Worth     string `json:"declared_value,omitempty"`
	Currency  string `json:"currency,omitempty"`
	PickUp    string `json:"pick_up_day,omitempty"`
	Payer     string `json:"payer,omitempty"`
}

type place struct {
	Name       string `json:"name"`
	Phone      string `json:"phone,omitempty"`
	Address    string `json:"address,omitempty"`
	Settlement string `json:"settlement,omitempty"`
}

// booked is the carrier's answer to it.
type booked struct {
	Tracking   string    `json:"tracking"`
	Label      string    `json:"label"`
	PromisedBy time.Time `json:"promised_by"`
}

// Book orders a way. The message's id is the order's reference, so that the
// carrier takes a repeated order for the same one.
func (w *Webhook) Book(ctx context.Context, o care.BookingOrder) (care.Booking, error) {
	out := order{Reference: o.Reference, Claim: o.Number, From: placeOf(o.From), To: placeOf(o.To), Grams: o.Grams, Bulky: o.Bulky, Payer: o.Payer}
	if o.Worth != nil {
		out.Worth, out.Currency = o.Worth.String(), o.Worth.Currency
	}
	if !o.PickUp.IsZero() {
		out.PickUp = o.PickUp.String()
	}
	answer, err := w.send(ctx, "booking_"+o.Reference, "booking.requested", out)
	if err != nil {
		return care.Booking{}, fmt.Errorf("order at carrier %s: %w", w.cfg.ID, err)
	}
	var b booked
	if len(bytes.TrimSpace(answer)) > 0 {
		if err := json.Unmarshal(answer, &b); err != nil {
			return care.Booking{}, fmt.Errorf("order at carrier %s: its answer is no JSON: %w", w.cfg.ID, err)
		}
	}
	if len(b.Tracking) > maxName || len(b.Label) > maxName {
		return care.Booking{}, fmt.Errorf("order at carrier %s: its answer names too long a number", w.cfg.ID)
	}
	return care.Booking{Tracking: b.Tracking, Label: b.Label, PromisedBy: b.PromisedBy}, nil
}

func placeOf(a care.Address) place {
	return place{Name: a.Name, Phone: a.Phone, Address: a.Street, Settlement: a.Settlement}
}

// Cancel calls an order off.
func (w *Webhook) Cancel(ctx context.Context, reference, tracking string) error {
	data := struct {
		Reference string `json:"reference"`
		Tracking  string `json:"tracking,omitempty"`
	}{reference, tracking}
	if _, err := w.send(ctx, "cancel_"+reference, "booking.cancelled", data); err != nil {
		return fmt.Errorf("cancel at carrier %s: %w", w.cfg.ID, err)
	}
	return nil
}

// send posts a message until the carrier takes it, refuses it, or the attempts
// run out.
func (w *Webhook) send(ctx context.Context, id, kind string, data any) ([]byte, error) {
	body, err := json.Marshal(envelope{kind, w.cfg.Now().UTC(), data})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", kind, err)
	}
	pause := w.cfg.Pause
	for attempt := 1; ; attempt++ {
		answer, err := w.post(ctx, id, body)
		if err == nil || errors.Is(err, care.ErrCarrierRefused) || attempt == w.cfg.Attempts {
			return answer, err
		}
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil, errors.Join(ctx.Err(), err)
		case <-wait.C:
		}
		pause *= 2
	}
}

// maxAnswer bounds what is read of a carrier's answer.
const maxAnswer = 64 << 10

func (w *Webhook) post(ctx context.Context, id string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	at := w.cfg.Now()
	signature, err := w.signer.Sign(id, at, body)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer: %w", err)
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("its answer has more than %d bytes", maxAnswer)
	case resp.StatusCode/100 == 2:
		return answer, nil
	case refuses(resp.StatusCode):
		return nil, fmt.Errorf("status %d: %w", resp.StatusCode, care.ErrCarrierRefused)
	}
	return nil, fmt.Errorf("status %d", resp.StatusCode)
}

// refuses reports whether a status says that asking again would not help.
func refuses(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound: // the operator's to mend, not the order's
		return false
	}
	return status/100 == 4
}
