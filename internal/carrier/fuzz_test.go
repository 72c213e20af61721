package carrier

import (
	"strings"
	"testing"
)

// A report may hold anything: it is refused, or it names a leg and nothing is
// longer than what is kept.
func FuzzReadReport(f *testing.F) {
	f.Add([]byte(`{"type": "shipment.collected", "timestamp": "2026-03-10T09:59:00Z", "data": {"reference": "leg-1", "tracking": "T1", "at": "2026-03-10T09:59:00Z"}}`))
	f.Add([]byte(`{"data": {"reference": "\u0000"}}`))
	f.Add([]byte(`{"data": {"reference": "a", "at": "0001-01-01T00:00:01Z"}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := readReport(body)
		if err != nil {
			return
		}
		if e.Leg == "" || len(e.Leg) > maxName || len(e.Tracking) > maxName || len(e.Note) > maxNote || strings.ContainsRune(e.Leg+e.Tracking+e.Label+e.Note, 0) {
			t.Errorf("%q gave %+v", body, e)
		}
		if !e.At.IsZero() && (e.At.Year() < 2000 || e.At.Year() > 9999) {
			t.Errorf("%q happened in %d", body, e.At.Year())
		}
	})
}
