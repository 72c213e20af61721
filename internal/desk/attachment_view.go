package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/picture"
)

// Attachments lists the attachments of a request or claim that the actor may
// open, oldest first; to whoever keeps the books those too that were
// withdrawn.
func (d *Desk) Attachments(ctx context.Context, actor care.Actor, to AttachTo) (list []care.Attachment, err error) {
	if err := may(actor, ReadAttachments); err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		r, err := d.attachedTo(ctx, tx, actor, to)
		if err != nil {
			return err
		}
		list, err = attachmentsFor(ctx, tx, actor, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	return list, nil
}

// attachmentsFor are the attachments of a request that a reader sees. Staff
// see that one was withdrawn, though not what it was.
func attachmentsFor(ctx context.Context, tx Tx, actor care.Actor, r care.Request) ([]care.Attachment, error) {
	list, err := tx.AttachmentsOf(ctx, r.Retailer, r.ID)
	if err != nil {
		return nil, fmt.Errorf("attachments of request: %w", err)
	}
	return slices.DeleteFunc(list, func(a care.Attachment) bool {
		return actor.Kind == care.CustomerActor && !a.ShownTo(actor)
	}), nil
}

// AttachmentFile is an attachment with its bytes.
type AttachmentFile struct {
	care.Attachment
	Content []byte
	Shown   bool // browsers show it as a picture
}

// AttachmentFile reads an attachment, or its preview.
func (d *Desk) AttachmentFile(ctx context.Context, actor care.Actor, id string, preview bool) (out AttachmentFile, err error) {
	if err := may(actor, ReadAttachments); err != nil {
		return AttachmentFile{}, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		out, err = d.attachmentFile(ctx, tx, actor, id, preview)
		return err
	})
	if err != nil {
		return AttachmentFile{}, fmt.Errorf("open attachment: %w", err)
	}
	return out, nil
}

func (d *Desk) attachmentFile(ctx context.Context, tx Tx, actor care.Actor, id string, preview bool) (out AttachmentFile, err error) {
	if out.Attachment, _, err = d.attachmentSeen(ctx, tx, actor, id); err != nil {
		return out, err
	}
	if !out.ShownTo(actor) || preview && !out.Preview {
		return out, care.Fail(care.NotFound, "no_attachment")
	}
	if out.Content, err = tx.AttachmentFile(ctx, out.Retailer, id, preview); err != nil {
		return out, fmt.Errorf("file of attachment: %w", err)
	}
	if out.Shown = preview || picture.Shown(out.Type); preview {
		out.Type = picture.JPEG
	}
	return out, nil
}

// attachmentSeen finds an attachment of a request or claim that the actor
// sees, with the request.
func (d *Desk) attachmentSeen(ctx context.Context, tx Tx, actor care.Actor, id string) (care.Attachment, care.Request, error) {
	a, err := tx.Attachment(ctx, actor.Retailer, id)
	if err != nil {
		return a, care.Request{}, notFound(err, "no_attachment")
	}
	r, err := d.requestSeen(ctx, tx, actor, a.Request)
	if care.CodeOf(err) == care.NotFound {
		err = care.Fail(care.NotFound, "no_attachment") // not even that it is there
	}
	return a, r, err
}

// TrackedAttachment reads an attachment of what the link opens, or its
// preview.
func (d *Desk) TrackedAttachment(ctx context.Context, token, id string, preview bool) (out AttachmentFile, err error) {
	err = d.store.View(ctx, func(tx Tx) error {
		link, actor, err := d.follow(ctx, tx, token)
		if err != nil {
			return err
		}
		if out, err = d.attachmentFile(ctx, tx, actor, id, preview); err == nil && out.Request != link.Request {
			err = care.Fail(care.NotFound, "no_attachment") // of another request of the same customer
		}
		return err
	})
	if err != nil {
		return AttachmentFile{}, fmt.Errorf("open attachment: %w", err)
	}
	return out, nil
}

// WithdrawAttachment takes an attachment out of sight, with a reason: whoever
// handed it in, or a manager. Its bytes stay for managers.
func (d *Desk) WithdrawAttachment(ctx context.Context, actor care.Actor, id, reason string) error {
	if err := may(actor, WithdrawAttachments); err != nil {
		return err
	}
	if err := required(reason, "reason"); err != nil {
		return err
	}
	err := d.store.Tx(ctx, func(tx Tx) error { return d.withdrawAttachment(ctx, tx, actor, id, reason) })
	if err != nil {
		return fmt.Errorf("withdraw attachment: %w", err)
	}
	return nil
}

func (d *Desk) withdrawAttachment(ctx context.Context, tx Tx, actor care.Actor, id, reason string) error {
	if reason = strings.TrimSpace(reason); len([]rune(reason)) > longestName {
		return care.Fail(care.Invalid, "too_long", "field", "reason").At("reason")
	}
	a, r, err := d.attachmentSeen(ctx, tx, actor, id)
	switch {
	case err != nil:
		return err
	case !a.Stands() || actor.Kind == care.CustomerActor && a.Hidden:
		return care.Fail(care.NotFound, "no_attachment")
	case actor.Role != care.Manager && (a.By.Kind != actor.Kind || a.By.ID != actor.ID):
		return care.Fail(care.Forbidden, "attachment_not_yours")
	}
	a.Withdrawn, a.WithdrawnBy, a.Reason = d.now(), actor, reason
	if err := tx.PutAttachment(ctx, a); err != nil {
		return fmt.Errorf("store attachment: %w", err)
	}
	object, objectID := attachmentObject(r)
	return d.audit(ctx, tx, actor, string(WithdrawAttachments), object, objectID, reason, map[string]string{"attachment": id})
}

// TrackedWithdraw takes back a file that the customer handed in.
func (d *Desk) TrackedWithdraw(ctx context.Context, token, id string) error {
	err := d.store.Tx(ctx, func(tx Tx) error {
		link, actor, err := d.follow(ctx, tx, token)
		if err != nil {
			return err
		}
		a, err := tx.Attachment(ctx, link.Retailer, id)
		if err != nil || a.Request != link.Request {
			return care.Fail(care.NotFound, "no_attachment")
		}
		return d.withdrawAttachment(ctx, tx, actor, id, "")
	})
	if err != nil {
		return fmt.Errorf("withdraw attachment: %w", err)
	}
	return nil
}
