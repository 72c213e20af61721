package app

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/carrier"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

// Carriers says which courier companies the program tells itself.
type Carriers struct {
	URLs     map[string]string // by id: where orders are posted to
	Secrets  map[string]string // by id: "whsec_…", shared with the company
	Timeout  time.Duration     // of one attempt at an order; 0 = 10 seconds
	Attempts int               // 0 = 3
}

// SecretVariable names the environment variable that holds a carrier's secret:
// TALON_CARRIER_SECRET_FAST_POST for the carrier fast-post.
func SecretVariable(id string) string {
	return "TALON_CARRIER_SECRET_" + strings.ToUpper(strings.ReplaceAll(id, "-", "_"))
}

// open makes the carriers, in the order of their ids.
func (c Carriers) open(now func() time.Time) ([]*carrier.Webhook, error) {
	var list []*carrier.Webhook
	for _, id := range slices.Sorted(maps.Keys(c.URLs)) {
		if c.Secrets[id] == "" {
			return nil, BadInput(fmt.Errorf("carrier %s: no secret in %s", id, SecretVariable(id)))
		}
		w, err := carrier.New(carrier.Config{ID: id, URL: c.URLs[id], Secret: c.Secrets[id], Timeout: c.Timeout, Attempts: c.Attempts, Now: now})
		if err != nil {
			return nil, BadInput(err)
		}
		list = append(list, w)
	}
	return list, nil
}

// byID is the carriers as the desk wants them.
func byID(list []*carrier.Webhook) map[string]desk.Carrier {
	out := map[string]desk.Carrier{}
	for _, w := range list {
		out[w.ID()] = w
	}
	return out
}

// carrierHooks takes carriers' reports in. Reports need no session and no
// page of ours: only the signature counts.
func (s *system) carrierHooks(cfg Config, proxies httpkit.Proxies, log *slog.Logger) http.Handler {
	hooks := carrier.NewHooks(carrier.Hooks{Take: s.desk.Report, Now: s.now, Log: log}, s.carriers...)
	failed := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
	denied := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
	}
	const reportsMinute, reportBytes = 1200, 128 << 10
	return httpkit.Chain(hooks, httpkit.Log{Logger: log, Now: s.now, Proxies: proxies, Failed: failed}.Wrap,
		httpkit.Limit(reportsMinute, time.Minute, proxies, denied), httpkit.BodyLimit(reportBytes))
}
