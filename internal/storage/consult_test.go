package storage_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

// TestMeetings keeps bookings: a seat is one person's, a cancelled one is free
// again, and the calendar lists them by their start.
func TestMeetings(t *testing.T) {
	each(t, func(f fixture) {
		ctx := f.ctx
		start := time.Date(2026, 3, 12, 4, 0, 0, 0, time.UTC)
		f.tx(func(tx *storage.Tx) error {
			for _, id := range []string{"r1", "r2"} {
				r := care.Request{ID: id, Retailer: alpha, Number: "REQ-" + id, Kind: care.VideoConsultation, Channel: "portal", Lang: "ru", State: care.RequestOpen,
					ReceivedAt: start.Add(-time.Hour), Updated: start}
				if err := tx.PutRequest(ctx, r); err != nil {
					return err
				}
			}
			return nil
		})
		m := care.Meeting{ID: "m1", Retailer: alpha, Request: "r1", Start: start, End: start.Add(30 * time.Minute), Seat: 1, Room: "room", Clause: "hours", Created: start}
		other := m
		other.ID, other.Request = "m2", "r2"
		f.tx(func(tx *storage.Tx) error {
			if err := tx.AddMeeting(ctx, m); err != nil {
				return err
			}
			if err := tx.AddMeeting(ctx, other); !errors.Is(err, care.ErrConflict) {
				f.Errorf("a taken seat: %v", err)
			}
			return nil
		})
		m.Cancelled, m.Reason, m.By, m.Sequence = start, "x", care.StaffActor, 1
		f.tx(func(tx *storage.Tx) error {
			if err := tx.PutMeeting(ctx, m); err != nil {
				return err
			}
			return tx.AddMeeting(ctx, other)
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.MeetingOf(ctx, alpha, "r1")
			if diff := cmp.Diff(m, got); diff != "" || err != nil {
				f.Errorf("booking (-want +got), %v:\n%s", err, diff)
			}
			standing, err := tx.MeetingsBetween(ctx, alpha, start.Add(29*time.Minute), start.Add(time.Hour))
			if err != nil || len(standing) != 1 || standing[0].ID != "m2" {
				f.Errorf("standing %+v, %v", standing, err)
			}
			if none, err := tx.MeetingsBetween(ctx, alpha, start.Add(30*time.Minute), start.Add(time.Hour)); err != nil || len(none) != 0 {
				f.Errorf("after the end: %+v, %v", none, err)
			}
			list, _, err := tx.Meetings(ctx, alpha, care.MeetingFilter{Cancelled: true}, care.Page{})
			if err != nil || len(list) != 2 || list[0].Number != "REQ-r1" {
				f.Errorf("calendar %+v, %v", list, err)
			}
			return nil
		})
	})
}

// TestDocumentFiles keep their bytes whatever they are.
func TestDocumentFiles(t *testing.T) {
	each(t, func(f fixture) {
		ctx := f.ctx
		content := make([]byte, 256)
		for i := range content {
			content[i] = byte(i)
		}
		doc := care.Document{ID: "d1", Retailer: alpha, Product: "p1", Title: "Руководство", Name: "a.pdf", Type: "application/pdf", Size: 256,
			Created: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
		f.tx(func(tx *storage.Tx) error {
			if err := tx.PutProduct(ctx, care.Product{ID: "p1", Retailer: alpha, Category: "phone", Brand: "Xiaomi", Model: "14"}); err != nil {
				return err
			}
			if err := tx.PutDocument(ctx, doc); err != nil {
				return err
			}
			return tx.AddDocumentFile(ctx, alpha, "d1", content)
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.DocumentFile(ctx, alpha, "d1")
			if diff := cmp.Diff(content, got); diff != "" || err != nil {
				f.Errorf("bytes (-want +got), %v:\n%s", err, diff)
			}
			list, err := tx.DocumentsOf(ctx, alpha, "p1")
			if diff := cmp.Diff([]care.Document{doc}, list); diff != "" || err != nil {
				f.Errorf("documents (-want +got), %v:\n%s", err, diff)
			}
			return nil
		})
	})
}
