package carrier

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

const (
	maxReport = 64 << 10
	maxName   = 200  // bytes of a number, a label or an id
	maxNote   = 2000 // bytes of a carrier's own words
	// tolerance is how old a report may be, or how far ahead its clock: a
	// copy of an old one is refused before its id is looked up.
	tolerance = 5 * time.Minute
)

// Hooks takes carriers' reports in at POST /hooks/carriers/{carrier}.
type Hooks struct {
	// Take takes a report; what it refuses by a domain error is refused.
	Take func(context.Context, care.CarrierEvent) error
	Now  func() time.Time
	Log  *slog.Logger

	carriers map[string]*Webhook
}

// NewHooks takes reports of these carriers.
func NewHooks(h Hooks, list ...*Webhook) *Hooks {
	h.carriers = map[string]*Webhook{}
	for _, c := range list {
		h.carriers[c.ID()] = c
	}
	return &h
}

// report is the body of a report.
type report struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Reference string `json:"reference"`
		Tracking  string `json:"tracking"`
		Label     string `json:"label"`
		Note      string `json:"note"`
		Cost      *struct {
			Amount   string `json:"amount"`
			Currency string `json:"currency"`
		} `json:"cost"`
		At time.Time `json:"at"`
	} `json:"data"`
}

// ServeHTTP checks the signature and the time of a report and hands it on. A
// report that was taken before is answered like a new one: the carrier need
// not repeat it.
func (h *Hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := h.take(r)
	w.Header().Set("Cache-Control", "no-store")
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	http.Error(w, http.StatusText(status), status)
}

func (h *Hooks) take(r *http.Request) int {
	c := h.carriers[r.PathValue("carrier")]
	if c == nil {
		return http.StatusNotFound
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxReport+1))
	switch {
	case err != nil:
		return http.StatusBadRequest
	case len(body) > maxReport:
		return http.StatusRequestEntityTooLarge
	case !h.genuine(c, body, r.Header):
		return http.StatusUnauthorized
	}
	e, err := readReport(body)
	if err != nil {
		return http.StatusBadRequest
	}
	e.ID, e.Carrier = r.Header.Get(standardwebhooks.HeaderWebhookID), c.ID()
	err = h.Take(r.Context(), e)
	switch care.CodeOf(err) {
	case care.NotFound:
		return http.StatusNotFound
	case care.Invalid:
		return http.StatusBadRequest
	}
	if err != nil {
		h.Log.ErrorContext(r.Context(), "carrier's report", "carrier", c.ID(), "event", e.ID, "error", err)
		return http.StatusInternalServerError // the carrier tries again
	}
	return http.StatusNoContent
}

func (h *Hooks) genuine(c *Webhook, body []byte, header http.Header) bool {
	id := header.Get(standardwebhooks.HeaderWebhookID)
	if id == "" || len(id) > maxName || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return false
	}
	if c.signer.VerifyIgnoringTimestamp(body, header) != nil {
		return false
	}
	seconds, err := strconv.ParseInt(header.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	return err == nil && h.Now().Sub(time.Unix(seconds, 0)).Abs() <= tolerance
}

var errReport = errors.New("no report")

// readReport reads a report's body.
func readReport(body []byte) (care.CarrierEvent, error) {
	var in report
	if !utf8.Valid(body) {
		return care.CarrierEvent{}, errReport
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return care.CarrierEvent{}, err
	}
	d := in.Data
	for _, s := range []string{d.Reference, d.Tracking, d.Label} {
		if len(s) > maxName || strings.ContainsRune(s, 0) {
			return care.CarrierEvent{}, errReport
		}
	}
	if d.Reference == "" || len(d.Note) > maxNote || strings.ContainsRune(d.Note, 0) {
		return care.CarrierEvent{}, errReport
	}
	e := care.CarrierEvent{Kind: care.CarrierEventKind(in.Type), Leg: d.Reference, Tracking: d.Tracking, Label: d.Label, Note: d.Note, At: d.At}
	if d.Cost != nil {
		a, err := money.Parse(d.Cost.Amount, d.Cost.Currency)
		if err != nil || a.Minor <= 0 {
			return care.CarrierEvent{}, errReport
		}
		e.Cost = &a
	}
	if e.At.IsZero() {
		e.At = in.Timestamp
	}
	if y := e.At.Year(); !e.At.IsZero() && (y < 2000 || y > 9999) {
		return care.CarrierEvent{}, errReport
	}
	return e, nil
}
