package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// TestAlertsAndJobs carries a claim past the end of its month: the technician's
// and the manager's programs are told of it. Walks: B8, D6.
func TestAlertsAndJobs(t *testing.T) {
	w := newWorld(t, wide)
	clerk, boss, admin := w.key("bg-omni", care.Clerk), w.key("bg-omni", care.Manager), w.key("bg-omni", care.Administrator)
	claim := w.want(http.StatusCreated, call{method: http.MethodPost, path: "/requests", key: clerk, body: examples["submit-request"]}).body["claim"].(map[string]any)
	items := func(path, key string) []any {
		t.Helper()
		return w.want(http.StatusOK, call{method: http.MethodGet, path: path, key: key}).body["items"].([]any)
	}
	if jobs := items("/jobs", admin); len(jobs) != 2 || jobs[0].(map[string]any)["kind"] != "deadline.warn" || jobs[1].(map[string]any)["state"] != "waiting" {
		t.Errorf("jobs of the month: %v", jobs)
	}
	if parked := items("/jobs?parked=true", admin); len(parked) != 0 {
		t.Errorf("parked: %v", parked)
	}
	w.clock.add(40 * 24 * 60 * 60 * 1e9)
	if _, err := w.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	alerts := items("/alerts?unseen=true", boss)
	if len(alerts) != 1 {
		t.Fatalf("alerts: %v", alerts)
	}
	a := alerts[0].(map[string]any)
	if a["kind"] != "breach" || a["deadline"] != "remedy" || a["claim"] != claim["id"] || a["seen"] != false {
		t.Errorf("%v", a)
	}
	if mine := items("/alerts", clerk); len(mine) != 0 {
		t.Errorf("a clerk's: %v", mine)
	}
	shown := w.want(http.StatusOK, call{method: http.MethodGet, path: "/claims/" + claim["id"].(string), key: boss}).body["claim"].(map[string]any)["deadlines"].([]any)[0].(map[string]any)
	if shown["owner"] != "technician" || shown["breached_at"] == nil || shown["late"] != true {
		t.Errorf("%v", shown)
	}
	w.want(http.StatusNotFound, call{method: http.MethodPost, path: "/alerts/seen", key: clerk, body: `{"ids": ["` + a["id"].(string) + `"]}`})
	w.want(http.StatusNoContent, call{method: http.MethodPost, path: "/alerts/seen", key: boss, body: `{"ids": ["` + a["id"].(string) + `"]}`})
	if left := items("/alerts?unseen=true", boss); len(left) != 0 {
		t.Errorf("after they were seen: %v", left)
	}
	w.want(http.StatusNotFound, call{method: http.MethodPost, path: "/jobs/none/retry", key: admin})
	w.want(http.StatusForbidden, call{method: http.MethodGet, path: "/jobs", key: boss})
}

// TestInstantsInTheShopsZone has alerts and warnings tell the time as the
// retailer's clocks show it, and a day as a day.
func TestInstantsInTheShopsZone(t *testing.T) {
	sofia, err := time.LoadLocation("Europe/Sofia")
	if err != nil {
		t.Fatal(err)
	}
	for due, want := range map[string]string{"2026-03-28T22:30:00Z": "2026-03-29T00:30:00+02:00", "2026-03-29T01:30:00Z": "2026-03-29T04:30:00+03:00",
		"2026-03-29": "2026-03-29", "": ""} {
		if got := alertOf(sofia)(care.Alert{Due: due}).Due; got != want {
			t.Errorf("due %q is told as %q, want %q", due, got, want)
		}
	}
	warned := time.Date(2026, 1, 9, 22, 30, 0, 0, time.UTC)
	u := uncollectedOf(sofia)(desk.Uncollected{Warnings: []care.Warned{{At: warned}}})
	if got := u.Warnings[0].Format(time.RFC3339); got != "2026-01-10T00:30:00+02:00" {
		t.Errorf("warned at %s", got)
	}
}
