package storage

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// PutAttachment stores what is known of an attachment.
func (t *Tx) PutAttachment(ctx context.Context, a care.Attachment) error {
	actor, err := encode(a.By)
	if err != nil {
		return wrap("put attachment", err)
	}
	withdrawn, err := encode(a.WithdrawnBy)
	if err != nil {
		return wrap("put attachment", err)
	}
	return wrap("put attachment", t.put(ctx, "attachment", 2, []column{
		{"retailer_id", a.Retailer}, {"attachment_id", a.ID}, {"request_id", a.Request}, {"subject", string(a.Subject)}, {"event", a.Event},
		{"kind", string(a.Kind)}, {"file_name", a.Name}, {"file_type", a.Type}, {"file_size", a.Size}, {"hash", a.Hash}, {"width", a.Width},
		{"height", a.Height}, {"preview", a.Preview}, {"actor", actor}, {"at", a.At.UnixMicro()}, {"hidden", a.Hidden},
		{"withdrawn_at", micros(a.Withdrawn)}, {"withdrawn_by", withdrawn}, {"reason", a.Reason},
	}))
}

const attachmentColumns = `retailer_id, attachment_id, request_id, subject, event, kind, file_name, file_type, file_size, hash, width, height,
	preview, actor, at, hidden, withdrawn_at, withdrawn_by, reason`

func attachmentFields(a *care.Attachment) []any {
	return []any{&a.Retailer, &a.ID, &a.Request, &a.Subject, &a.Event, &a.Kind, &a.Name, &a.Type, &a.Size, &a.Hash, &a.Width, &a.Height,
		&a.Preview, intoJSON{&a.By}, intoTime{&a.At}, &a.Hidden, intoTime{&a.Withdrawn}, intoJSON{&a.WithdrawnBy}, &a.Reason}
}

// The parts of an attachment that bytes are kept of.
const (
	originalPart = "original"
	previewPart  = "preview"
)

// AddAttachmentFile stores the bytes of an attachment, which never change;
// without a preview where that is empty.
func (t *Tx) AddAttachmentFile(ctx context.Context, retailer, attachment string, content, preview []byte) error {
	parts := map[string][]byte{originalPart: content}
	if len(preview) > 0 {
		parts[previewPart] = preview
	}
	for part, content := range parts {
		err := t.add(ctx, "attachment_file", []column{
			{"retailer_id", retailer}, {"attachment_id", attachment}, {"part", part}, {"content", content},
		})
		if err != nil {
			return wrap("add attachment file", err)
		}
	}
	return nil
}

// Attachment finds an attachment.
func (t *Tx) Attachment(ctx context.Context, retailer, id string) (care.Attachment, error) {
	var a care.Attachment
	err := t.one(ctx, "SELECT "+attachmentColumns+" FROM attachment WHERE retailer_id = $1 AND attachment_id = $2",
		[]any{retailer, id}, attachmentFields(&a)...)
	return a, wrap("attachment", err)
}

// AttachmentFile reads the bytes of an attachment, or of its preview.
func (t *Tx) AttachmentFile(ctx context.Context, retailer, id string, preview bool) (content []byte, err error) {
	part := originalPart
	if preview {
		part = previewPart
	}
	err = t.one(ctx, "SELECT content FROM attachment_file WHERE retailer_id = $1 AND attachment_id = $2 AND part = $3",
		[]any{retailer, id, part}, &content)
	return content, wrap("attachment file", err)
}

// AttachmentsOf lists the attachments of a request and its claim, oldest
// first, withdrawn ones too.
func (t *Tx) AttachmentsOf(ctx context.Context, retailer, request string) ([]care.Attachment, error) {
	items, err := list(ctx, t, attachmentFields, "SELECT "+attachmentColumns+` FROM attachment WHERE retailer_id = $1
		AND request_id = $2 ORDER BY attachment_id`, retailer, request)
	return items, wrap("attachments of request", err)
}
