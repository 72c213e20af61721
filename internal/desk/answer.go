package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// answerJob names the request whose promised answer a job is about (C11).
type answerJob struct {
	Request string `json:"request"`
}

// answerPlans lists the jobs of a request's promised answer. A claim's answer
// is one of its deadlines.
func (d *Desk) answerPlans(r care.Request) ([]plan, error) {
	out := []plan{{kind: warnAnswer}, {kind: breachAnswer}}
	for i := range out {
		out[i].key = string(out[i].kind) + " " + r.ID
	}
	if r.Claim != "" || r.AnswerUntil.IsZero() || r.State != care.RequestOpen || !r.AnsweredAt.IsZero() {
		return out, nil
	}
	out[1].at = r.AnswerUntil
	program, err := d.packs.Program(r.Retailer, calendar.Date{})
	if err != nil {
		return nil, fmt.Errorf("find pack: %w", err)
	}
	if at, ok := program.WarnOfAnswer(r.Kind, r.AnswerUntil); ok {
		out[0].at = at
	}
	return out, nil
}

// answerClock brings the jobs of a request's promised answer in line with the
// request, in the transaction that stores it.
func (d *Desk) answerClock(ctx context.Context, tx Tx, r care.Request) error {
	if r.Claim != "" || r.AnswerUntil.IsZero() {
		return nil
	}
	list, err := d.answerPlans(r)
	if err != nil {
		return err
	}
	for _, p := range list {
		if !p.at.IsZero() {
			err = d.enqueue(ctx, tx, r.Retailer, p.kind, p.key, p.at, answerJob{r.ID})
		} else if err = tx.SettleAlerts(ctx, r.Retailer, p.key, d.now()); err == nil {
			err = tx.DropJob(ctx, p.key)
		}
		if err != nil {
			return fmt.Errorf("jobs of the answer to %s: %w", r.Number, err)
		}
	}
	return nil
}

// answerJob warns of a promised answer that is still owed, or says that its
// term has run out.
func (d *Desk) answerJob(ctx context.Context, j care.Job) error {
	var what answerJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	_, err := d.tellAnswer(ctx, j.Retailer, what.Request, j.Kind)
	return err
}

func (d *Desk) tellAnswer(ctx context.Context, retailer, request string, kind care.JobKind) (told bool, err error) {
	err = d.store.Tx(ctx, func(tx Tx) error {
		told = false
		r, err := tx.Request(ctx, retailer, request)
		if err != nil {
			return notFound(err, "no_request")
		}
		list, err := d.answerPlans(r)
		if err != nil {
			return err
		}
		for _, p := range list {
			if p.kind != kind {
				continue
			}
			if told, err = d.tellOfAnswer(ctx, tx, r, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("%s of request %s: %w", kind, request, err)
	}
	return told, nil
}

func (d *Desk) tellOfAnswer(ctx context.Context, tx Tx, r care.Request, p plan) (bool, error) {
	now, kind := d.now(), care.AlertWarning
	switch {
	case p.at.IsZero(), p.kind == warnAnswer && !now.Before(r.AnswerUntil):
		return false, nil
	case now.Before(p.at):
		return false, care.TooEarly{Until: p.at}
	case p.kind == breachAnswer:
		kind = care.AlertBreach
		if err := tx.SettleAlerts(ctx, r.Retailer, string(warnAnswer)+" "+r.ID, now); err != nil {
			return false, err
		}
		if r.LateAt.IsZero() {
			r.LateAt = now // to the top of the list
			if err := tx.PutRequest(ctx, r); err != nil {
				return false, fmt.Errorf("store request: %w", err)
			}
		}
	}
	told, err := d.alert(ctx, tx, care.DeadlineOwner("answer"), care.Alert{Retailer: r.Retailer, Subject: p.key, Kind: kind, Request: r.ID,
		Number: r.Number, Deadline: "answer", Due: r.AnswerDue, DueAt: r.AnswerUntil})
	if err != nil || !told {
		return false, err
	}
	return true, d.audit(ctx, tx, care.System(r.Retailer), "request."+string(kind), "request", r.ID, "",
		map[string]string{"number": r.Number, "due": r.AnswerUntil.UTC().Format(time.RFC3339)})
}
