package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// RequestView is a request that is no claim, as a page shows it.
type RequestView struct {
	Request  care.Request
	Customer care.Customer
	Unit     *care.Unit
	Thread   []care.Message
	Sent     map[string][]care.Document // documents sent in the thread, by message
	// Attachments are photos and papers of the request, as the reader sees
	// them.
	Attachments []care.Attachment
	// Meeting is the latest booking of a video consultation, cancelled or
	// not; MeetingLink is where it is held.
	Meeting     *care.Meeting
	MeetingLink string
	Support     *care.SupportRight // the right to support on the day of the request (C6)
}

// Requests lists requests by the end of their answer term.
func (d *Desk) Requests(ctx context.Context, actor care.Actor, f care.RequestFilter, page care.Page) (list []care.Request, next string, err error) {
	if err := may(actor, ReadRequests); err != nil {
		return nil, "", err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, next, err = tx.Requests(ctx, actor.Retailer, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list requests: %w", err)
	}
	return list, next, nil
}

// Request shows one.
func (d *Desk) Request(ctx context.Context, actor care.Actor, id string) (RequestView, error) {
	if err := may(actor, ReadRequests); err != nil {
		return RequestView{}, err
	}
	var out RequestView
	err := d.store.View(ctx, func(tx Tx) error {
		r, err := tx.Request(ctx, actor.Retailer, id)
		if err != nil {
			return notFound(err, "no_request")
		}
		out, err = d.requestView(ctx, tx, actor, r)
		return err
	})
	if err != nil {
		return RequestView{}, fmt.Errorf("show request: %w", err)
	}
	return out, nil
}

func (d *Desk) requestView(ctx context.Context, tx Tx, actor care.Actor, r care.Request) (RequestView, error) {
	out := RequestView{Request: r}
	thread, err := tx.Messages(ctx, r.Retailer, r.ID)
	if err != nil {
		return out, fmt.Errorf("thread: %w", err)
	}
	out.Thread = visible(actor, thread)
	if out.Attachments, err = attachmentsFor(ctx, tx, actor, r); err != nil {
		return out, err
	}
	if err := d.around(ctx, tx, &out); err != nil {
		return out, err
	}
	if out.Customer, err = tx.Customer(ctx, r.Retailer, r.Customer); !missing(&err) && err != nil {
		return out, fmt.Errorf("customer: %w", err)
	}
	if r.Unit == "" {
		return out, nil
	}
	u, err := tx.Unit(ctx, r.Retailer, r.Unit)
	if missing(&err) {
		return out, nil
	}
	out.Unit = &u
	return out, err
}

// Answer writes to the customer in a request's thread, or a note among staff.
// The first answer to the customer keeps the promised term.
func (d *Desk) Answer(ctx context.Context, actor care.Actor, request, text string, internal bool) error {
	if err := may(actor, AnswerRequests); err != nil {
		return err
	}
	return d.inRequest(ctx, actor, request, "request.answer", func(tx Tx, r *care.Request) error {
		return d.answer(ctx, tx, actor, r, text, internal, nil)
	})
}

func (d *Desk) answer(ctx context.Context, tx Tx, actor care.Actor, r *care.Request, text string, internal bool, documents []string) error {
	if r.State == care.RequestClosed && !internal {
		return care.Fail(care.Illegal, "request_closed", "number", r.Number)
	}
	if !internal {
		r.State = care.RequestAnswered
		if r.AnsweredAt.IsZero() {
			r.AnsweredAt = d.now()
		}
		if r.Claim != "" {
			if err := d.answered(ctx, tx, actor, r.Claim); err != nil {
				return err
			}
		}
	}
	if !internal {
		if err := d.settleReplies(ctx, tx, *r); err != nil {
			return err
		}
	}
	message, err := d.write(ctx, tx, actor, *r, text, internal)
	if err != nil {
		return err
	}
	if !internal {
		if err := d.noticeReply(ctx, tx, *r, message, text); err != nil {
			return err
		}
	}
	return d.send(ctx, tx, *r, message, documents)
}

// CloseRequest ends a request that is no claim.
func (d *Desk) CloseRequest(ctx context.Context, actor care.Actor, request string) error {
	if err := may(actor, AnswerRequests); err != nil {
		return err
	}
	return d.inRequest(ctx, actor, request, "request.close", func(tx Tx, r *care.Request) error {
		switch {
		case r.Claim != "":
			return care.Fail(care.Illegal, "request_is_claim", "number", r.Number)
		case r.State == care.RequestClosed:
			return care.Fail(care.Illegal, "request_closed", "number", r.Number)
		}
		r.State = care.RequestClosed
		return d.endTalk(ctx, tx, actor, r)
	})
}

func (d *Desk) inRequest(ctx context.Context, actor care.Actor, id, action string, change func(Tx, *care.Request) error) error {
	err := d.store.Tx(ctx, func(tx Tx) error {
		r, err := tx.Request(ctx, actor.Retailer, id)
		if err != nil {
			return notFound(err, "no_request")
		}
		if err := change(tx, &r); err != nil {
			return err
		}
		r.Updated = d.now()
		if err := tx.PutRequest(ctx, r); err != nil {
			return fmt.Errorf("store request: %w", err)
		}
		if err := d.answerClock(ctx, tx, r); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, action, "request", r.ID, "", map[string]string{"number": r.Number})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

const maxMessage = 20_000 // characters; a letter, not a book

func (d *Desk) say(ctx context.Context, tx Tx, actor care.Actor, r care.Request, text string, internal bool) error {
	_, err := d.write(ctx, tx, actor, r, text, internal)
	return err
}

// write adds a message to a thread and gives its id.
func (d *Desk) write(ctx context.Context, tx Tx, actor care.Actor, r care.Request, text string, internal bool) (string, error) {
	text = strings.TrimSpace(text)
	if err := required(text, "text"); err != nil {
		return "", err
	}
	if len([]rune(text)) > maxMessage {
		return "", care.Fail(care.Invalid, "too_long", "field", "text").At("text")
	}
	id, err := d.newID()
	if err != nil {
		return "", err
	}
	m := care.Message{ID: id, Retailer: r.Retailer, Request: r.ID, At: d.now(), Actor: actor, Text: text, Internal: internal}
	if err := tx.AddMessage(ctx, m); err != nil {
		return "", fmt.Errorf("store message: %w", err)
	}
	return id, nil
}

// Tracked is what a customer sees by the tracking link: the request, and the
// claim where it is one.
type Tracked struct {
	Retailer care.Retailer
	Request  RequestView
	Claim    *ClaimView
}

// Tracked opens a tracking link. A link that is none, or has expired, is not
// found; which of the two is not told.
func (d *Desk) Tracked(ctx context.Context, token, lang string) (Tracked, error) {
	var out Tracked
	err := d.store.View(ctx, func(tx Tx) error {
		link, actor, err := d.follow(ctx, tx, token)
		if err != nil {
			return err
		}
		if out.Retailer, err = tx.Retailer(ctx, link.Retailer); err != nil {
			return err
		}
		r, err := tx.Request(ctx, link.Retailer, link.Request)
		if err != nil {
			return notFound(err, "no_tracking")
		}
		if out.Request, err = d.requestView(ctx, tx, actor, r); err != nil || link.Claim == "" {
			return err
		}
		t, err := d.terms(link.Retailer)
		if err != nil {
			return err
		}
		c, err := findClaim(ctx, tx, actor, link.Claim)
		if err != nil {
			return err
		}
		view, err := d.claimView(ctx, tx, actor, t, c, lang)
		view.Claim.Sale.Receipt, view.Claim.Assignee = "", ""
		out.Claim = &view
		return err
	})
	if err != nil {
		return Tracked{}, fmt.Errorf("open tracking link: %w", err)
	}
	return out, nil
}

// follow finds what a tracking token opens, by its hash.
func (d *Desk) follow(ctx context.Context, tx Tx, token string) (care.Tracking, care.Actor, error) {
	link, err := tx.TrackingByHash(ctx, HashToken(token))
	if err != nil {
		return link, care.Actor{}, notFound(err, "no_tracking")
	}
	if !link.Expires.IsZero() && !d.now().Before(link.Expires) {
		return link, care.Actor{}, care.Fail(care.NotFound, "no_tracking")
	}
	if link.Claim == "" { // unless it has become one since
		r, err := tx.Request(ctx, link.Retailer, link.Request)
		if err != nil {
			return link, care.Actor{}, notFound(err, "no_tracking")
		}
		link.Claim = r.Claim
	}
	return link, care.Actor{Kind: care.CustomerActor, ID: link.Customer, Retailer: link.Retailer}, nil
}

// TrackedDo is the customer's command on the claim that the link opens:
// choose the basis or a remedy, answer an estimate, acknowledge, cancel.
func (d *Desk) TrackedDo(ctx context.Context, token string, cmd care.Command) (care.Claim, error) {
	link, actor, err := d.followed(ctx, token)
	if err != nil {
		return care.Claim{}, err
	}
	if link.Claim == "" {
		return care.Claim{}, care.Fail(care.NotFound, "no_claim")
	}
	return d.Do(ctx, actor, link.Claim, cmd)
}

// TrackedSay is the customer's message in the thread that the link opens.
func (d *Desk) TrackedSay(ctx context.Context, token, text string) error {
	link, actor, err := d.followed(ctx, token)
	if err != nil {
		return err
	}
	return d.inRequest(ctx, actor, link.Request, "request.write", func(tx Tx, r *care.Request) error {
		if r.State == care.RequestClosed {
			return care.Fail(care.Illegal, "request_closed", "number", r.Number)
		}
		r.State = care.RequestOpen
		message, err := d.write(ctx, tx, actor, *r, text, false)
		if err != nil {
			return err
		}
		return d.alertReply(ctx, tx, *r, message)
	})
}

func (d *Desk) followed(ctx context.Context, token string) (link care.Tracking, actor care.Actor, err error) {
	err = d.store.View(ctx, func(tx Tx) error {
		link, actor, err = d.follow(ctx, tx, token)
		return err
	})
	return link, actor, err
}

// IssueTracking makes another tracking link for a claim, for a customer who
// lost the first; earlier links stay good.
func (d *Desk) IssueTracking(ctx context.Context, actor care.Actor, claim string) (token string, err error) {
	if err := may(actor, IssueTracking); err != nil {
		return "", err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		r, err := tx.Request(ctx, c.Retailer, c.Request)
		if err != nil {
			return notFound(err, "no_request")
		}
		if token, err = d.track(ctx, tx, r); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, string(IssueTracking), "claim", c.ID, "", map[string]string{"number": c.Number})
	})
	if err != nil {
		return "", fmt.Errorf("issue tracking link: %w", err)
	}
	return token, nil
}
