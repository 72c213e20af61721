package desk

import (
	"crypto/rand"
	"regexp"
	"testing"
	"time"
)

// TestNewID makes ids that sort in the order they were made in, whatever the
// clock does between them, and that are UUIDs of version 7.
func TestNewID(t *testing.T) {
	now := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
	d := &Desk{clock: func() time.Time { return now }, random: rand.Reader}
	shape := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	last := ""
	for i := range 20_000 {
		if i%7000 == 6999 {
			now = now.Add(time.Hour)
		}
		id, err := d.newID()
		if err != nil {
			t.Fatal(err)
		}
		if !shape.MatchString(id) {
			t.Fatalf("%s is no UUIDv7", id)
		}
		if id <= last {
			t.Fatalf("id %d, %s, sorts before %s", i, id, last)
		}
		last = id
	}
	now = now.Add(-time.Hour)
	id, err := d.newID()
	if err != nil || id >= last {
		t.Errorf("an hour earlier: %s, %v", id, err)
	}
}
