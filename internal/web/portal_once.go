package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

// A form carries 128 random bits. The first time it is sent, the desk notes a
// key made of them and of what was typed; a second click finds the note and
// gets the first one's answer instead of a second request. The answer holds
// the secret of the tracking link, which is stored nowhere in clear: it is
// sealed with a key made of the same bits, which only the browser has.

const onceBytes = 16

func newOnce() (string, error) {
	b := make([]byte, onceBytes)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("number of a form: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func goodOnce(once string) bool {
	b, err := base64.RawURLEncoding.DecodeString(once)
	return err == nil && len(b) == onceBytes
}

// submit makes the request, once for a form, and leads to its receipt.
func (s *Server) submit(v *visit, values url.Values, in desk.NewRequest) error {
	var token string
	full, err := in, error(nil)
	if full.Files, err = s.withKept(v, values, in.Files); err == nil {
		token, err = s.submitOnce(v, values, full)
	}
	if err != nil {
		var e *care.Error
		if errors.As(err, &e) && e.Key == "error.in_flight" {
			err = care.Fail(care.Conflict, "portal_busy")
		}
		return s.refused(v, values, in.Files, err)
	}
	s.cookies.Leave(v.w, v.r, receiptCookie, "/r/"+v.Retailer.ID+"/receipt", receiptAge, kept{Token: token, Until: s.now().Add(receiptAge)})
	return v.redirect(v.shopHref("/receipt"))
}

func (s *Server) submitOnce(v *visit, values url.Values, in desk.NewRequest) (token string, err error) {
	once := values.Get("once")
	if !goodOnce(once) {
		receipt, err := s.desk.Submit(v.r.Context(), v.Actor, in)
		return receipt.Token, err
	}
	ctx := v.r.Context()
	sent := sentHash(values)
	key := "form-" + hashOf("key", once, sent)
	before, err := s.begin(ctx, v.Actor, key, sent)
	if err != nil {
		return "", err
	}
	if before != nil {
		return unseal(once, before.Body)
	}
	// From here on the reader may leave: what was begun is finished or
	// forgotten, so that another click is not locked out.
	ctx = context.WithoutCancel(ctx)
	receipt, err := s.desk.Submit(ctx, v.Actor, in)
	if err != nil {
		return "", errors.Join(err, s.desk.Abandon(ctx, v.Actor, key))
	}
	body, err := seal(once, receipt.Token)
	if err == nil {
		err = s.desk.Finish(ctx, v.Actor, key, sent, http.StatusSeeOther, "", body)
	}
	if err != nil { // the request is there: its maker must get the link
		s.log.Error("keep receipt", "request", httpkit.RequestID(ctx), "error", err)
	}
	return receipt.Token, nil
}

// patience is how long another click waits for the first one to end.
const patience = 30 * time.Second

// begin waits for a first click that is still under way.
func (s *Server) begin(ctx context.Context, actor care.Actor, key, sent string) (*care.Idempotent, error) {
	const pause = 100 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for tries := 0; ; tries++ {
		before, err := s.desk.Begin(ctx, actor, key, sent)
		if care.CodeOf(err) != care.Conflict || tries == int(patience/pause) {
			return before, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}

// sentHash is what was typed, whatever the order of the fields.
func sentHash(values url.Values) string {
	var names []string
	for name := range values {
		if name != "step" && name != "at" && name != "once" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%q%q", name, values[name])
	}
	return hashOf("sent", b.String())
}

func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func sealer(once string) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("seal\x00" + once))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func seal(once, token string) ([]byte, error) {
	aead, err := sealer(once)
	if err != nil {
		return nil, fmt.Errorf("seal receipt: %w", err)
	}
	return aead.Seal(nil, nil, []byte(token), nil), nil
}

func unseal(once string, body []byte) (string, error) {
	aead, err := sealer(once)
	if err != nil {
		return "", fmt.Errorf("open receipt: %w", err)
	}
	token, err := aead.Open(nil, nil, body, nil)
	if err != nil {
		return "", fmt.Errorf("open receipt: %w", err)
	}
	return string(token), nil
}

const (
	receiptCookie = "talon_receipt"
	receiptAge    = 15 * time.Minute
)

// kept is what the browser holds between a request and its receipt.
type kept struct {
	Token string    `json:"t"`
	Until time.Time `json:"u"`
}

// receiptPage shows a request's number and its tracking link.
type receiptPage struct {
	Seen bool // the link was shown already, or the receipt has expired
	trackPage
	URL string
	QR  qrCode // of the same address
}

func (s *Server) receipt(v *visit) error {
	httpkit.Private(v.w)
	var k kept
	path := "/r/" + v.Retailer.ID + "/receipt"
	if !s.cookies.Take(v.w, v.r, receiptCookie, path, &k) || !s.now().Before(k.Until) {
		return v.html(http.StatusOK, "portal/receipt", receiptPage{Seen: true})
	}
	tracked, err := s.desk.Tracked(v.r.Context(), k.Token, v.Lang)
	if err != nil || tracked.Retailer.ID != v.Retailer.ID {
		return v.html(http.StatusOK, "portal/receipt", receiptPage{Seen: true})
	}
	// The page may be read again for a while: a reader who changes the
	// language, or whose line broke, must not lose the only link.
	s.cookies.Leave(v.w, v.r, receiptCookie, path, k.Until.Sub(s.now()), k)
	page := receiptPage{trackPage: v.trackPage(tracked, k.Token), URL: v.absolute("/track/" + k.Token)}
	if page.QR, err = makeQR(page.URL); err != nil {
		return err
	}
	return v.html(http.StatusOK, "portal/receipt", page)
}

// absolute is an address with the site before it.
func (v *visit) absolute(path string) string {
	scheme := "http"
	if v.s.cookies.Proxies.Secure(v.r) {
		scheme = "https"
	}
	return scheme + "://" + v.r.Host + path
}
