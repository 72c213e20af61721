package app

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// A courier company with a server of its own is told to come for a laptop, and
// its reports move the claim: over real HTTP both ways, each report once.
//
// Walks: B6.
func TestCourierCompanyOverHTTP(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	ordered := make(chan string, 1)
	company := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Data struct{ Reference string } }
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		ordered <- m.Data.Reference
		fmt.Fprint(w, `{"tracking": "BG100"}`)
	}))
	defer company.Close()

	cfg := Config{Database: "sqlite:" + filepath.Join(t.TempDir(), "talon.db"),
		Carriers: Carriers{URLs: map[string]string{"rapid": company.URL}, Secrets: map[string]string{"rapid": secret}}}
	s, err := openSystem(t.Context(), cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if _, err := s.migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	handler, err := s.handler(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(handler)
	defer front.Close()

	boss := care.System("bg-omni")
	r, err := s.desk.Submit(t.Context(), boss, desk.NewRequest{Kind: care.WarrantyService, Channel: "counter", Lang: "bg",
		Customer: desk.Contact{Name: "Мария Пробна", Phone: "+359 890 000 001"}, Device: &desk.Device{Category: "laptop", Brand: "Lenovo", Serial: "HTTP1"}})
	if err != nil {
		t.Fatal(err)
	}
	leg, err := s.desk.BookLeg(t.Context(), boss, desk.NewLeg{Claim: r.Claim.ID, Direction: care.LegIn, To: "omni-service", Carrier: "rapid"})
	if err != nil || leg.Tracking != "BG100" || <-ordered != leg.ID {
		t.Fatalf("%+v, %v", leg, err)
	}
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	report := func(id, kind string) int {
		body := fmt.Sprintf(`{"type": "shipment.%s", "data": {"reference": %q}}`, kind, leg.ID)
		now := time.Now()
		signature, err := signer.Sign(id, now, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		req, _ := http.NewRequest(http.MethodPost, front.URL+"/hooks/carriers/rapid", strings.NewReader(body))
		req.Header.Set("webhook-id", id)
		req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
		req.Header.Set("webhook-signature", signature)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode
	}
	for i := range 2 {
		if status := report("e1", "collected"); status != http.StatusNoContent {
			t.Errorf("report %d: status %d", i+1, status)
		}
	}
	v, err := s.desk.Claim(t.Context(), boss, r.Claim.ID, "bg")
	if err != nil || v.Claim.State != care.Accepted || v.Claim.Custody.Kind != care.HeldByCourier || v.Claim.Custody.Tracking != "BG100" {
		t.Errorf("%s, %+v, %v", v.Claim.State, v.Claim.Custody, err)
	}
	if status := report("e2", "invented"); status != http.StatusBadRequest {
		t.Errorf("an unknown report: status %d", status)
	}
}

// A carrier without a secret, or with a bad address, stops the program at its
// start, and no message tells a secret.
func TestCarriersAreCheckedAtStart(t *testing.T) {
	for name, c := range map[string]Carriers{
		"no secret":  {URLs: map[string]string{"rapid": "https://courier.example"}},
		"no address": {URLs: map[string]string{"rapid": "courier"}, Secrets: map[string]string{"rapid": "whsec_AAAA"}},
		"bad secret": {URLs: map[string]string{"rapid": "https://courier.example"}, Secrets: map[string]string{"rapid": "whsec_not base64"}},
	} {
		if _, err := c.open(time.Now); err == nil || strings.Contains(err.Error(), "not base64 ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := SecretVariable("fast-post"); got != "TALON_CARRIER_SECRET_FAST_POST" {
		t.Error(got)
	}
}
