package storage_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/storage"
)

// TestAttachments keeps what was handed in byte for byte, apart from what
// lists need, and for one retailer only.
func TestAttachments(t *testing.T) {
	each(t, func(f fixture) {
		ctx := f.ctx
		at := time.Date(2026, 3, 1, 8, 0, 0, 5000, time.UTC)
		content := make([]byte, 256)
		for i := range content {
			content[i] = byte(i)
		}
		first := care.Attachment{ID: "a1", Retailer: alpha, Request: "r1", Subject: care.OnHandOver, Event: 3, Kind: care.PhotoAttachment,
			Name: "снимок.jpg", Type: "image/jpeg", Size: 256, Hash: "00ff", Width: 640, Height: 480, Preview: true,
			By: care.Actor{Kind: care.StaffActor, ID: "u1", Name: "Проба", Retailer: alpha, Role: care.Clerk}, At: at, Hidden: true}
		second := first
		second.ID, second.Preview, second.Type, second.Event, second.Subject = "a2", false, "application/pdf", 0, care.OnRequest
		f.tx(func(tx *storage.Tx) error {
			r := care.Request{ID: "r1", Retailer: alpha, Number: "REQ-1", Kind: care.Consultation, Channel: "portal", Lang: "ru", State: care.RequestOpen,
				ReceivedAt: at, Updated: at}
			if err := tx.PutRequest(ctx, r); err != nil {
				return err
			}
			for _, a := range []care.Attachment{second, first} {
				if err := tx.PutAttachment(ctx, a); err != nil {
					return err
				}
			}
			if err := tx.AddAttachmentFile(ctx, alpha, "a1", content, []byte{0xff, 0, 1}); err != nil {
				return err
			}
			return tx.AddAttachmentFile(ctx, alpha, "a2", content, nil)
		})
		second.Withdrawn, second.WithdrawnBy, second.Reason = at.Add(time.Hour), care.System(alpha), "x"
		f.tx(func(tx *storage.Tx) error {
			if err := tx.AddAttachmentFile(ctx, alpha, "a1", content, nil); !errors.Is(err, care.ErrConflict) {
				f.Errorf("bytes written twice: %v", err)
			}
			return tx.PutAttachment(ctx, second)
		})
		f.view(func(tx *storage.Tx) error {
			got, err := tx.AttachmentsOf(ctx, alpha, "r1")
			if diff := cmp.Diff([]care.Attachment{first, second}, got); diff != "" || err != nil {
				f.Errorf("attachments (-want +got), %v:\n%s", err, diff)
			}
			one, err := tx.Attachment(ctx, alpha, "a2")
			if diff := cmp.Diff(second, one); diff != "" || err != nil {
				f.Errorf("attachment (-want +got), %v:\n%s", err, diff)
			}
			for _, part := range []struct {
				preview bool
				want    []byte
			}{{false, content}, {true, []byte{0xff, 0, 1}}} {
				file, err := tx.AttachmentFile(ctx, alpha, "a1", part.preview)
				if diff := cmp.Diff(part.want, file); diff != "" || err != nil {
					f.Errorf("bytes of preview=%v (-want +got), %v:\n%s", part.preview, err, diff)
				}
			}
			return nil
		})
		for name, read := range map[string]func(tx *storage.Tx) error{
			"a preview that there is none of": func(tx *storage.Tx) error { _, err := tx.AttachmentFile(ctx, alpha, "a2", true); return err },
			"another retailer's bytes":        func(tx *storage.Tx) error { _, err := tx.AttachmentFile(ctx, beta, "a1", false); return err },
			"another retailer's attachment":   func(tx *storage.Tx) error { _, err := tx.Attachment(ctx, beta, "a1"); return err },
		} {
			if err := f.store.View(ctx, read); !errors.Is(err, care.ErrNotFound) {
				f.Errorf("%s: %v", name, err)
			}
		}
	})
}
