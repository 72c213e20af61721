package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/picture"
)

// AttachmentTx keeps photos and papers of requests and claims.
type AttachmentTx interface {
	PutAttachment(ctx context.Context, a care.Attachment) error
	// AddAttachmentFile stores the bytes, which never change, and those of a
	// preview where there is one.
	AddAttachmentFile(ctx context.Context, retailer, attachment string, content, preview []byte) error
	Attachment(ctx context.Context, retailer, id string) (care.Attachment, error)
	AttachmentFile(ctx context.Context, retailer, id string, preview bool) ([]byte, error)
	// AttachmentsOf lists those of a request and its claim, oldest first,
	// withdrawn ones too.
	AttachmentsOf(ctx context.Context, retailer, request string) ([]care.Attachment, error)
}

// NewFile is a file as it is handed in. What it is, its bytes say.
type NewFile struct {
	Kind    care.AttachmentKind // "" = a photo, or a document where it is a PDF
	Name    string
	Content []byte
	Hidden  bool // from the customer; never of a file that the customer hands in
}

// AttachTo names what files are attached to: a claim by id or number, or a
// request by id. Event is the hand-over or the diagnosis of the claim that
// they belong to; 0 is none, LastHandOver the latest hand-over.
type AttachTo struct {
	Claim, Request string
	Event          int
}

// LastHandOver as AttachTo.Event is the latest hand-over, whichever it is.
const LastHandOver = -1

// readFile is a file that was looked through, before any transaction.
type readFile struct {
	picture.File
	NewFile
}

// readFiles looks files through. Pictures are decoded one at a time, for each
// may take much memory.
func (d *Desk) readFiles(ctx context.Context, files []NewFile) ([]readFile, error) {
	if len(files) > care.MaxAttachments {
		return nil, tooManyFiles()
	}
	out := make([]readFile, 0, len(files))
	for _, f := range files {
		read, err := d.readFile(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, read)
	}
	return out, nil
}

func tooManyFiles() error {
	return care.Fail(care.Invalid, "too_many_files", "most", strconv.Itoa(care.MaxAttachments)).At("files")
}

func (d *Desk) readFile(ctx context.Context, f NewFile) (readFile, error) {
	name := care.FileName(f.Name)
	refuse := func(key string) (readFile, error) {
		return readFile{}, care.Fail(care.Invalid, key, "name", name, "most", strconv.Itoa(care.MaxAttachment>>20)).At("files")
	}
	if f.Kind != "" && !slices.Contains(care.AttachmentKinds(), f.Kind) {
		return readFile{}, care.Fail(care.Invalid, "unknown_value", "field", "kind", "value", string(f.Kind), "expected", "photo receipt warranty_card document").At("kind")
	}
	switch {
	case len(f.Content) == 0:
		return refuse("attachment_empty")
	case len(f.Content) > care.MaxAttachment:
		return refuse("attachment_size")
	}
	select {
	case d.decoding <- struct{}{}:
		defer func() { <-d.decoding }()
	case <-ctx.Done():
		return readFile{}, ctx.Err()
	}
	read, err := picture.Read(f.Content)
	switch {
	case errors.Is(err, picture.ErrType):
		return refuse("attachment_type")
	case errors.Is(err, picture.ErrTooLarge):
		return refuse("attachment_pixels")
	case errors.Is(err, picture.ErrBroken):
		return refuse("attachment_broken")
	case err != nil:
		return readFile{}, fmt.Errorf("read file: %w", err)
	}
	if f.Kind == "" {
		f.Kind = care.PhotoAttachment
		if read.Type == picture.PDF {
			f.Kind = care.DocumentAttachment
		}
	}
	f.Name, f.Content = care.DocumentName(f.Name, read.Type), nil
	return readFile{File: read, NewFile: f}, nil
}

// Attach adds files to a request, a claim, a hand-over or a diagnosis (B6,
// B7, A15). Staff may, a partner on its claims; a customer's own go by
// TrackedAttach.
func (d *Desk) Attach(ctx context.Context, actor care.Actor, to AttachTo, files []NewFile) ([]care.Attachment, error) {
	if err := may(actor, AddAttachments); err != nil {
		return nil, err
	}
	if err := someFiles(files); err != nil {
		return nil, err
	}
	return d.attachFiles(ctx, to, files, func(tx Tx) (care.Actor, care.Request, error) {
		r, err := d.attachedTo(ctx, tx, actor, to)
		return actor, r, err
	})
}

func someFiles(files []NewFile) error {
	if len(files) == 0 {
		return care.Fail(care.Invalid, "required", "field", "files").At("files")
	}
	return nil
}

// attachFiles looks files through and adds them to a request, which is found
// in the same transaction, with whoever adds them.
func (d *Desk) attachFiles(ctx context.Context, to AttachTo, files []NewFile, find func(tx Tx) (care.Actor, care.Request, error)) (list []care.Attachment, err error) {
	read, err := d.readFiles(ctx, files)
	if err != nil {
		return nil, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		actor, r, err := find(tx)
		if err != nil {
			return err
		}
		subject, event, err := subjectIn(ctx, tx, r, to)
		if err != nil {
			return err
		}
		list, err = d.attach(ctx, tx, actor, r, subject, event, read)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	return list, nil
}

// attachedTo finds the request that holds the attachments of what is named,
// for an actor who sees it.
func (d *Desk) attachedTo(ctx context.Context, tx Tx, actor care.Actor, to AttachTo) (care.Request, error) {
	if to.Claim == "" {
		return d.requestSeen(ctx, tx, actor, to.Request)
	}
	c, err := findClaim(ctx, tx, actor, to.Claim)
	if err != nil {
		return care.Request{}, err
	}
	r, err := tx.Request(ctx, c.Retailer, c.Request)
	return r, notFound(err, "no_request")
}

// requestSeen reads a request that the actor sees: its own, of a customer; the
// one of a claim routed to its centre, of a partner.
func (d *Desk) requestSeen(ctx context.Context, tx Tx, actor care.Actor, id string) (care.Request, error) {
	r, err := tx.Request(ctx, actor.Retailer, id)
	switch {
	case err != nil:
		return r, notFound(err, "no_request")
	case actor.Kind == care.CustomerActor && (actor.ID == "" || r.Customer != actor.ID):
		return r, care.Fail(care.NotFound, "no_request")
	case actor.Role != care.Partner:
		return r, nil
	case r.Claim == "":
		return r, care.Fail(care.NotFound, "no_request")
	}
	c, err := tx.Claim(ctx, r.Retailer, r.Claim)
	if err != nil {
		return r, notFound(err, "no_claim")
	}
	return r, sees(actor, c)
}

// subjectIn finds the event that files are attached to, and what it is.
func subjectIn(ctx context.Context, tx Tx, r care.Request, to AttachTo) (care.AttachmentSubject, int, error) {
	switch {
	case to.Event == 0 && r.Claim == "":
		return care.OnRequest, 0, nil
	case to.Event == 0:
		return care.OnClaim, 0, nil
	case r.Claim == "":
		return "", 0, care.Fail(care.Invalid, "no_such_event", "event", strconv.Itoa(to.Event)).At("event")
	}
	events, err := tx.Events(ctx, r.Retailer, r.Claim)
	if err != nil {
		return "", 0, fmt.Errorf("events of claim: %w", err)
	}
	seq := to.Event
	if seq == LastHandOver {
		seq = care.LastHandOver(events)
	}
	for _, e := range events {
		if subject := care.SubjectOf(e); e.Seq == seq && subject != "" {
			return subject, seq, nil
		}
	}
	return "", 0, care.Fail(care.Invalid, "no_such_event", "event", strconv.Itoa(max(seq, 0))).At("event")
}

// attachTo stores the files that came with a request.
func (d *Desk) attachTo(ctx context.Context, tx Tx, actor care.Actor, r care.Request, files []readFile) error {
	if len(files) == 0 {
		return nil
	}
	if actor.Kind == care.CustomerActor {
		actor.ID = r.Customer
	}
	subject := care.OnRequest
	if r.Claim != "" {
		subject = care.OnClaim
	}
	_, err := d.attach(ctx, tx, actor, r, subject, 0, files)
	return err
}

// attach stores files that were looked through.
func (d *Desk) attach(ctx context.Context, tx Tx, actor care.Actor, r care.Request, subject care.AttachmentSubject, event int, files []readFile) ([]care.Attachment, error) {
	there, err := tx.AttachmentsOf(ctx, r.Retailer, r.ID)
	if err != nil {
		return nil, fmt.Errorf("attachments of request: %w", err)
	}
	standing := slices.DeleteFunc(care.AttachmentsOn(there, event), func(a care.Attachment) bool { return !a.Stands() })
	if len(standing)+len(files) > care.MaxAttachments {
		return nil, tooManyFiles()
	}
	var out []care.Attachment
	for _, f := range files {
		a, err := d.attachOne(ctx, tx, actor, r, subject, event, f)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (d *Desk) attachOne(ctx context.Context, tx Tx, actor care.Actor, r care.Request, subject care.AttachmentSubject, event int, f readFile) (care.Attachment, error) {
	id, err := d.newID()
	if err != nil {
		return care.Attachment{}, err
	}
	sum := sha256.Sum256(f.File.Content)
	a := care.Attachment{ID: id, Retailer: r.Retailer, Request: r.ID, Subject: subject, Event: event, Kind: f.Kind, Name: f.Name, Type: f.Type,
		Size: len(f.File.Content), Hash: hex.EncodeToString(sum[:]), Width: f.Width, Height: f.Height, Preview: len(f.Preview) > 0,
		By: actor, At: d.now(), Hidden: f.Hidden && actor.Kind != care.CustomerActor}
	if err := tx.PutAttachment(ctx, a); err != nil {
		return a, fmt.Errorf("store attachment: %w", err)
	}
	if err := tx.AddAttachmentFile(ctx, r.Retailer, id, f.File.Content, f.Preview); err != nil {
		return a, fmt.Errorf("store file: %w", err)
	}
	object, objectID := attachmentObject(r)
	return a, d.audit(ctx, tx, actor, string(AddAttachments), object, objectID, "",
		map[string]string{"attachment": id, "type": f.Type, "event": strconv.Itoa(event)})
}

// attachmentObject is what the audit log names: the claim, where there is one.
func attachmentObject(r care.Request) (object, id string) {
	if r.Claim != "" {
		return "claim", r.Claim
	}
	return "request", r.ID
}

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

// TrackedAttach adds files of the customer whose link it is, to the request or
// claim that the link opens, until it is over.
func (d *Desk) TrackedAttach(ctx context.Context, token string, files []NewFile) ([]care.Attachment, error) {
	if err := someFiles(files); err != nil {
		return nil, err
	}
	if _, _, err := d.followed(ctx, token); err != nil { // strangers' files are not even looked at
		return nil, err
	}
	return d.attachFiles(ctx, AttachTo{}, files, func(tx Tx) (care.Actor, care.Request, error) {
		link, actor, err := d.follow(ctx, tx, token)
		if err != nil {
			return actor, care.Request{}, err
		}
		r, err := d.requestSeen(ctx, tx, actor, link.Request)
		if err != nil {
			return actor, r, err
		}
		return actor, r, d.takesFiles(ctx, tx, r)
	})
}

// takesFiles refuses a customer's files where all is over.
func (d *Desk) takesFiles(ctx context.Context, tx Tx, r care.Request) error {
	if r.Claim == "" {
		if r.State == care.RequestClosed {
			return care.Fail(care.Illegal, "request_closed", "number", r.Number)
		}
		return nil
	}
	c, err := tx.Claim(ctx, r.Retailer, r.Claim)
	if err != nil {
		return notFound(err, "no_claim")
	}
	if c.State == care.Closed || c.State == care.Cancelled {
		return care.Fail(care.Illegal, "claim_over", "number", c.Number)
	}
	return nil
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

// DoWith is DoAt with files for what the command does: those of a hand-over
// or a diagnosis belong to its event, others to the claim.
func (d *Desk) DoWith(ctx context.Context, actor care.Actor, claim string, seq int, cmd care.Command, files []NewFile) (care.Claim, error) {
	if len(files) == 0 {
		return d.DoAt(ctx, actor, claim, seq, cmd)
	}
	if err := may(actor, AddAttachments); err != nil {
		return care.Claim{}, err
	}
	read, err := d.readFiles(ctx, files)
	if err != nil {
		return care.Claim{}, err
	}
	return d.doAt(ctx, actor, claim, seq, cmd, func(w *work) error {
		subject, event := care.OnClaim, 0
		for _, e := range w.events {
			if s := care.SubjectOf(e); s != "" {
				subject, event = s, e.Seq
			}
		}
		r, err := w.tx.Request(ctx, w.claim.Retailer, w.claim.Request)
		if err != nil {
			return notFound(err, "no_request")
		}
		_, err = d.attach(ctx, w.tx, actor, r, subject, event, read)
		return err
	})
}
