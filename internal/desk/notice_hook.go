package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// noticeOf queues messages about a request, or about the claim that it became.
func (d *Desk) noticeOf(ctx context.Context, tx Tx, r care.Request, subject string, facts care.NoticeFacts, occasions ...care.Occasion) error {
	t, err := d.terms(r.Retailer)
	if err != nil {
		return err
	}
	a := aboutRequest(r)
	facts.Kind = r.Kind
	if r.Claim != "" {
		c, err := tx.Claim(ctx, r.Retailer, r.Claim)
		if err != nil {
			return fmt.Errorf("claim of request: %w", err)
		}
		a, facts.Kind, facts.State = aboutClaim(c), "", c.State
		facts.Device = care.DeviceName(c.Unit.Brand, c.Unit.Model)
	} else if facts.Device == "" {
		facts.Device = r.Subject
	}
	return d.notify(ctx, tx, t, a, occasions, subject, facts)
}

// confirmRequest tells the customer that a request which is no claim has come
// in, and of the time that was booked with it. A claim tells of itself.
func (d *Desk) confirmRequest(ctx context.Context, tx Tx, r care.Request) error {
	if r.Claim != "" {
		return nil
	}
	facts, occasions := care.NoticeFacts{Due: r.AnswerDue, Deadline: "answer"}, []care.Occasion{care.RequestReceived}
	if r.AnswerDue == "" {
		facts.Deadline = ""
	}
	m, err := tx.MeetingOf(ctx, r.Retailer, r.ID)
	if none := missing(&err); err != nil {
		return fmt.Errorf("booking of request: %w", err)
	} else if !none && m.Stands() {
		facts.Meeting, facts.Join, facts.Due, facts.Deadline = &m, d.MeetingLink(m), "", ""
		occasions = append(occasions, care.ConsultationBooked)
	}
	return d.noticeOf(ctx, tx, r, r.ID, facts, occasions...)
}

// noticeBooked tells of the time that a request has taken; moved where it had
// another before.
func (d *Desk) noticeBooked(ctx context.Context, tx Tx, r care.Request, moved bool) error {
	m, err := tx.MeetingOf(ctx, r.Retailer, r.ID)
	if err != nil {
		return fmt.Errorf("booking of request: %w", err)
	}
	if moved {
		return d.noticeMeeting(ctx, tx, r, m, care.ConsultationMoved)
	}
	return d.noticeMeeting(ctx, tx, r, m, care.ConsultationBooked)
}

// noticeMeeting tells of a booking, or of its end.
func (d *Desk) noticeMeeting(ctx context.Context, tx Tx, r care.Request, m care.Meeting, occasion care.Occasion) error {
	facts := care.NoticeFacts{Meeting: &m, Join: d.MeetingLink(m)}
	if !m.Stands() && m.By != care.CustomerActor {
		facts.Text = m.Reason
	}
	return d.noticeOf(ctx, tx, r, fmt.Sprintf("%s %d", m.ID, m.Sequence), facts, occasion)
}

// noticeReply tells the customer that staff wrote, and in which words.
func (d *Desk) noticeReply(ctx context.Context, tx Tx, r care.Request, message, text string) error {
	const most = 2000 // what a chat takes in one message, with room for the rest
	text = care.Shortened(strings.TrimSpace(text), most)
	return d.noticeOf(ctx, tx, r, message, care.NoticeFacts{Text: text}, care.ReplySent)
}

// replySubject names the alerts of what a customer wrote since the last answer.
func replySubject(ctx context.Context, tx Tx, r care.Request) (string, error) {
	thread, err := tx.Messages(ctx, r.Retailer, r.ID)
	if err != nil {
		return "", fmt.Errorf("thread: %w", err)
	}
	for _, m := range slices.Backward(thread) {
		if !m.Internal && m.Actor.Kind != care.CustomerActor {
			return "reply " + r.ID + " " + m.ID, nil
		}
	}
	return "reply " + r.ID, nil
}

// settleReplies notes that the customer has been answered. It is called before
// the answer is written.
func (d *Desk) settleReplies(ctx context.Context, tx Tx, r care.Request) error {
	subject, err := replySubject(ctx, tx, r)
	if err != nil {
		return err
	}
	if err := tx.SettleAlerts(ctx, r.Retailer, subject, d.now()); err != nil {
		return fmt.Errorf("settle alerts: %w", err)
	}
	return nil
}

// alertReply tells whoever has to act that the customer wrote: once until
// somebody answers. Programs are told of each message.
func (d *Desk) alertReply(ctx context.Context, tx Tx, r care.Request, message string) error {
	subject, err := replySubject(ctx, tx, r)
	if err != nil {
		return err
	}
	a, role := care.Alert{Retailer: r.Retailer, Subject: subject, Kind: care.AlertReply, Request: r.ID, Number: r.Number, Deadline: "answer"}, care.Clerk
	if r.Claim != "" {
		c, err := tx.Claim(ctx, r.Retailer, r.Claim)
		if err != nil {
			return fmt.Errorf("claim of request: %w", err)
		}
		a.Claim, a.Number, a.Centre = c.ID, c.Number, c.Centre
		if May(care.Actor{Kind: care.StaffActor, Role: c.Owner}, AnswerRequests) {
			role = c.Owner
		}
	}
	if _, err := d.alertOnly(ctx, tx, role, a); err != nil {
		return err
	}
	return d.noticeOf(ctx, tx, r, message, care.NoticeFacts{}, care.ReplyReceived)
}

// remindLoan is the job that reminds of a loaner which is due back.
const remindLoan care.JobKind = "notice.loaner"

// loanReminder is how long before its day a customer is reminded.
const loanReminder = 24 * time.Hour

// planReminder queues or drops the reminder of a loan.
func (d *Desk) planReminder(ctx context.Context, tx Tx, l care.Loan) error {
	key := string(remindLoan) + " " + l.ID
	if d.post == nil {
		return nil
	}
	if l.State != care.LoanOut || l.BackBy.IsZero() {
		return tx.DropJob(ctx, key)
	}
	return d.enqueue(ctx, tx, l.Retailer, remindLoan, key, l.BackBy.Add(-loanReminder), loanJob{l.ID})
}

// remindJob tells the customer that the loaner is due back, where it is still
// out.
func (d *Desk) remindJob(ctx context.Context, j care.Job) error {
	var what loanJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		l, err := tx.Loan(ctx, j.Retailer, what.Loan)
		if err != nil {
			return notFound(err, "no_loan")
		}
		if l.State != care.LoanOut || l.BackBy.IsZero() {
			return nil
		}
		if from := l.BackBy.Add(-loanReminder); d.now().Before(from) {
			return care.TooEarly{Until: from}
		}
		t, err := d.terms(l.Retailer)
		if err != nil {
			return err
		}
		c, err := tx.Claim(ctx, l.Retailer, l.Claim)
		if err != nil {
			return fmt.Errorf("claim of loan: %w", err)
		}
		given, err := tx.Loaner(ctx, l.Retailer, l.Loaner)
		if err != nil {
			return fmt.Errorf("loaner: %w", err)
		}
		facts := care.NoticeFacts{Device: care.DeviceName(given.Brand, given.Model), State: c.State,
			Due: calendar.DateOf(l.BackBy, t.zone).String(), Deadline: "loaner"}
		return d.notify(ctx, tx, t, aboutClaim(c), []care.Occasion{care.LoanerDue}, l.ID, facts)
	})
	if err != nil {
		return fmt.Errorf("remind of loan %s: %w", what.Loan, err)
	}
	return nil
}

// noticeUncollected warns of a device that waits, in the terms' own words.
func (d *Desk) noticeUncollected(ctx context.Context, tx Tx, t terms, c care.Claim, step int, text string) error {
	w := &work{d: d, ctx: ctx, tx: tx, actor: care.System(c.Retailer), terms: t, claim: c}
	facts, err := w.noticeFacts()
	if err != nil {
		return err
	}
	facts.Text, facts.Due, facts.Deadline = text, "", ""
	return d.notify(ctx, tx, t, aboutClaim(c), []care.Occasion{care.DeviceUncollected}, fmt.Sprintf("%s %d %d", c.ID, c.ReadyAt.UnixMicro(), step), facts)
}
