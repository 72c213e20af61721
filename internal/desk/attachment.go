package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/talon-care/talon/internal/care"
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

// AttachTo names what files are attached to: a claim by id or number, or a
// request by id. Event is the hand-over or the diagnosis of the claim that
// they belong to; 0 is none, LastHandOver the latest hand-over.
type AttachTo struct {
	Claim, Request string
	Event          int
}

// LastHandOver as AttachTo.Event is the latest hand-over, whichever it is.
const LastHandOver = -1

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
