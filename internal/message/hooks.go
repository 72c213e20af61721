package message

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/talon-care/talon/internal/care"
)

// HooksConfig says how programs are told.
type HooksConfig struct {
	Now     func() time.Time // required
	Timeout time.Duration    // of one message; 0 = 15 seconds
	Reach   Reach
}

// Reach says which addresses programs may have. Addresses inside the network
// are closed unless the operator opens them: they would let an administrator
// of one retailer speak to what only this machine can reach.
type Reach int

// The reaches.
const (
	Outside  Reach = iota // the public internet
	Anywhere              // and inside the network
	Here                  // this machine alone, for demonstrations
)

// Hooks tells programs what happens, after Standard Webhooks.
type Hooks struct {
	cfg    HooksConfig
	client *http.Client
}

// What an address is refused with.
var (
	errInside = errors.New("the address is inside this network")
	errAway   = errors.New("a demonstration tells only programs on this machine")
)

// NewHooks makes them.
func NewHooks(cfg HooksConfig) (*Hooks, error) {
	if cfg.Now == nil {
		return nil, errors.New("webhooks: a clock is required")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 15 * time.Second
	}
	dialer := &net.Dialer{Timeout: cfg.Timeout}
	// The address is looked at once the name is resolved and right before the
	// connection is made, so that a name can't change in between.
	dialer.Control = func(_, address string, _ syscall.RawConn) error { return cfg.Reach.allows(address) }
	transport := &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: cfg.Timeout, MaxIdleConnsPerHost: 2,
		IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true} // no proxy: it would dial for us, and not look
	client := &http.Client{Timeout: cfg.Timeout, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Hooks{cfg, client}, nil
}

// closed are networks beside the private ones that lead to no program of
// anybody else's.
var closed = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2001:db8::/32"),
}

// allows refuses addresses that are out of reach.
func (r Reach) allows(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	ip := ap.Addr().Unmap()
	switch {
	case r == Anywhere, r == Here && ip.IsLoopback():
		return nil
	case r == Here:
		return errAway
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return errInside
	}
	for _, p := range closed {
		if p.Contains(ip) {
			return errInside
		}
	}
	return nil
}

// envelope is what every message looks like.
type envelope struct {
	Type      care.Occasion   `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// send posts a message once. A program that answers 410 is gone.
func (h *Hooks) send(ctx context.Context, out care.Outgoing) (care.Delivery, error) {
	id := "msg_" + out.ID
	body, err := json.Marshal(envelope{out.Occasion, out.Created.UTC(), out.Facts.Data})
	if err != nil {
		return care.Delivery{}, fmt.Errorf("write event: %w", err)
	}
	signer, err := standardwebhooks.NewWebhook(out.Endpoint.Secret)
	if err != nil {
		return care.Delivery{}, errors.New("the secret of the webhook is not base64") // never the secret itself
	}
	at := h.cfg.Now()
	signature, err := signer.Sign(id, at, body)
	if err != nil {
		return care.Delivery{}, fmt.Errorf("sign: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, out.Endpoint.URL, bytes.NewReader(body))
	if err != nil {
		return care.Delivery{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Talon")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := h.client.Do(req)
	if err != nil {
		return care.Delivery{}, failed(care.ReasonConnection, err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // what a program answers is not read: it may be anything
	if resp.StatusCode/100 == 2 {
		return care.Delivery{ID: id, Text: string(body)}, nil
	}
	err = fmt.Errorf("status %d", resp.StatusCode)
	if resp.StatusCode == http.StatusGone {
		err = fmt.Errorf("%w: %w", care.ErrUndeliverable, err)
	}
	return care.Delivery{}, failed(httpReason(resp.StatusCode), err)
}
