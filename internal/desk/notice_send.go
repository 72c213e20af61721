package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// Post takes messages out of the house; message.Post is one.
type Post interface {
	// Has tells whether messages can go out on a channel.
	Has(channel care.MessageChannel) bool
	// Send gives a message to the next hop. A message that is given again
	// keeps its id, so that the receiver can tell. An error that is
	// care.ErrUndeliverable is final; any other is worth another try.
	Send(ctx context.Context, out care.Outgoing) (care.Delivery, error)
}

// sendNotice is the job that sends a message.
const sendNotice care.JobKind = "notice.send"

type noticeJob struct {
	Notice string `json:"notice"`
}

// noticeWaits are the pauses before another try. With the last of them a
// message has had about three days.
func noticeWaits() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour}
}

// failingTime is how long a program may not be reached before it is told no
// more.
const failingTime = 5 * 24 * time.Hour

// noticeJob sends a message. When the process dies after the message went out
// and before that was noted, it goes out once more under the same id.
func (d *Desk) noticeJob(ctx context.Context, j care.Job) error {
	var what noticeJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	var out care.Outgoing
	var going bool
	err := d.store.Tx(ctx, func(tx Tx) (err error) {
		out, going, err = d.beginNotice(ctx, tx, j.Retailer, what.Notice)
		return err
	})
	if err != nil {
		return fmt.Errorf("begin to send %s: %w", what.Notice, err)
	}
	if !going {
		return nil
	}
	got, failed := d.post.Send(ctx, out)
	if failed != nil && ctx.Err() != nil {
		return failed // stopped, not refused: the attempt is made again
	}
	var retry time.Time
	err = d.store.Tx(ctx, func(tx Tx) (err error) {
		retry, err = d.endNotice(ctx, tx, out, got, failed)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("note what came of %s: %w", what.Notice, err)
	case !retry.IsZero():
		return care.TooEarly{Until: retry}
	}
	return nil
}

// beginNotice counts an attempt and gathers what the message needs.
func (d *Desk) beginNotice(ctx context.Context, tx Tx, retailer, id string) (out care.Outgoing, going bool, err error) {
	n, err := tx.Notice(ctx, retailer, id)
	if missing(&err) || err != nil || n.State != care.NoticeQueued {
		return out, false, err
	}
	end := func(state care.NoticeState, why string) error {
		n.State, n.Error, n.Reason, n.Ended, n.Retry = state, why, "", d.now(), time.Time{}
		return tx.PutNotice(ctx, n)
	}
	if d.post == nil || !d.post.Has(n.Channel) {
		return out, false, end(care.NoticeUnsent, "")
	}
	if out.Zone, out.Shop, out.Contacts, err = d.sender(n); err != nil {
		return out, false, err
	}
	if n.Channel == care.ByWebhook {
		e, err := tx.Endpoint(ctx, retailer, n.To)
		if none := missing(&err); err != nil {
			return out, false, fmt.Errorf("program to tell: %w", err)
		} else if none || !e.Enabled && n.Occasion != care.EndpointTest {
			return out, false, end(care.NoticeDropped, "")
		}
		out.Endpoint = &e
	} else if holds, err := d.stands(ctx, tx, &n); err != nil || !holds {
		if err != nil {
			return out, false, err
		}
		return out, false, end(care.NoticeWithdrawn, "")
	} else if wanted, err := d.stillWanted(ctx, tx, n, &out); err != nil || !wanted {
		if err != nil {
			return out, false, err
		}
		return out, false, end(care.NoticeDropped, "")
	}
	n.Attempts++
	out.Notice = n
	return out, true, tx.PutNotice(ctx, n)
}

// stillWanted adds the customer to a message, with a link of its own; false
// where the customer has switched such messages off since.
func (d *Desk) stillWanted(ctx context.Context, tx Tx, n care.Notice, out *care.Outgoing) (bool, error) {
	customer, err := tx.Customer(ctx, n.Retailer, n.Customer)
	if err != nil {
		return false, fmt.Errorf("customer to tell: %w", err)
	}
	wish, err := tx.Wish(ctx, n.Retailer, n.Customer)
	if missing(&err); err != nil {
		return false, fmt.Errorf("how the customer wants to be told: %w", err)
	}
	if wish.Off && !slices.ContainsFunc(append([]care.Occasion{n.Occasion}, n.Facts.Also...), care.Occasion.Owed) {
		return false, nil
	}
	out.Name = customer.Name
	if d.public == "" || n.Request == "" {
		return true, nil
	}
	token, hash, err := d.newToken(16)
	if err != nil {
		return false, err
	}
	link := care.Tracking{Hash: hash, Retailer: n.Retailer, Request: n.Request, Claim: n.Claim, Customer: n.Customer, Created: d.now()}
	if err := tx.AddTracking(ctx, link); err != nil {
		return false, fmt.Errorf("store tracking link: %w", err)
	}
	out.Link = strings.TrimRight(d.public, "/") + "/track/" + token
	return true, nil
}

// sender is the retailer as a message names it.
func (d *Desk) sender(n care.Notice) (*time.Location, string, []care.NoticeContact, error) {
	t, err := d.terms(n.Retailer)
	if err != nil {
		return nil, "", nil, err
	}
	kind := care.WarrantyService
	if n.Facts.Kind != "" {
		kind = n.Facts.Kind
	}
	var contacts []care.NoticeContact
	for _, c := range t.pack.Contacts {
		if len(c.Requests) > 0 && !slices.Contains(c.Requests, kind) || c.Kind == "catalogue" {
			continue
		}
		value := c.Value
		if c.Extension != "" {
			value += " (" + c.Extension + ")"
		}
		contacts = append(contacts, care.NoticeContact{Label: c.Label.In(n.Lang, t.pack.Languages...), Value: value,
			Hours: c.Hours.In(n.Lang, t.pack.Languages...), Kind: c.Kind})
	}
	return t.zone, t.pack.Name.In(n.Lang, t.pack.Languages...), contacts, nil
}

// endNotice notes what came of an attempt, and when another is to be made.
func (d *Desk) endNotice(ctx context.Context, tx Tx, out care.Outgoing, got care.Delivery, failed error) (retry time.Time, err error) {
	n, err := tx.Notice(ctx, out.Retailer, out.ID)
	if missing(&err) || err != nil || n.State != care.NoticeQueued {
		return retry, err
	}
	n.Retry, n.Reason = time.Time{}, ""
	if failed != nil {
		n.Reason = care.ReasonOf(failed)
	}
	waits := noticeWaits()
	switch {
	case failed == nil:
		n.State, n.Ended, n.Provider, n.Error = care.NoticeSent, d.now(), got.ID, ""
		n.Subject, n.Text = got.Subject, got.Text
		if got.Kept {
			n.State = care.NoticeKept
		} else if out.Link != "" {
			n.Text = strings.ReplaceAll(n.Text, out.Link, "…")
		}
	case errors.Is(failed, care.ErrUndeliverable), n.Attempts > len(waits):
		n.State, n.Ended, n.Error = care.NoticeFailed, d.now(), shortError(failed)
	default:
		n.Retry, n.Error = d.now().Add(waits[n.Attempts-1]), shortError(failed)
	}
	if out.Endpoint != nil {
		stopped, err := d.endpointAfter(ctx, tx, out.Endpoint.ID, n, failed)
		if err != nil {
			return retry, err
		}
		if stopped && n.State == care.NoticeQueued {
			n.State, n.Ended, n.Retry = care.NoticeFailed, d.now(), time.Time{}
		}
	}
	return n.Retry, tx.PutNotice(ctx, n)
}

const longestNoticeError = 500 // characters of an error that are kept

func shortError(err error) string {
	text := []rune(strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "?"))
	if len(text) > longestNoticeError {
		text = text[:longestNoticeError]
	}
	return string(text)
}

// endpointAfter notes on a program whether it was reached. One that was not
// for days, or says that it is gone, is told no more, and its administrators
// hear of it.
func (d *Desk) endpointAfter(ctx context.Context, tx Tx, id string, n care.Notice, failed error) (stopped bool, err error) {
	e, err := tx.Endpoint(ctx, n.Retailer, id)
	if missing(&err) || err != nil {
		return false, err
	}
	now := d.now()
	switch {
	case failed == nil:
		e.Failing, e.LastSent = time.Time{}, now
		return false, tx.PutEndpoint(ctx, e)
	case e.Failing.IsZero():
		e.Failing = now
	}
	if e.Enabled && (now.Sub(e.Failing) >= failingTime || errors.Is(failed, care.ErrUndeliverable)) {
		e.Enabled, e.Stopped = false, now
		_, err := d.alertOnly(ctx, tx, care.Administrator, care.Alert{Retailer: e.Retailer, Kind: care.AlertWebhook, Number: hostOf(e.URL),
			Subject: fmt.Sprintf("webhook %s %d", e.ID, now.UnixMicro())})
		if err != nil {
			return false, err
		}
	}
	return !e.Enabled, tx.PutEndpoint(ctx, e)
}

// alertOnly tells one role.
func (d *Desk) alertOnly(ctx context.Context, tx Tx, role care.Role, a care.Alert) (bool, error) {
	id, err := d.newID()
	if err != nil {
		return false, err
	}
	a.ID, a.Role, a.At = id, role, d.now()
	told, err := tx.AddAlert(ctx, a)
	if err != nil {
		return false, fmt.Errorf("store alert: %w", err)
	}
	return told, nil
}

// hostOf names a program by the host of its address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
