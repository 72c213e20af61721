package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// The jobs of a loaner that the law promises (RU-20.2: three days from the
// demand).
const (
	warnLoan   care.JobKind = "loaner.warn"
	breachLoan care.JobKind = "loaner.breach"
)

// loanJob names the demand that a job is about.
type loanJob struct {
	Loan string `json:"loan"`
}

// putLoan stores a loan with the jobs of its term.
func (d *Desk) putLoan(ctx context.Context, tx Tx, l care.Loan) error {
	if err := tx.PutLoan(ctx, l); err != nil {
		return err
	}
	if err := d.planReminder(ctx, tx, l); err != nil {
		return fmt.Errorf("reminder of the loaner of %s: %w", l.Number, err)
	}
	if l.DueAt.IsZero() {
		return nil
	}
	list, err := d.loanPlans(l)
	if err != nil {
		return err
	}
	for _, p := range list {
		if !p.at.IsZero() {
			err = d.enqueue(ctx, tx, l.Retailer, p.kind, p.key, p.at, loanJob{l.ID})
		} else if err = tx.SettleAlerts(ctx, l.Retailer, p.key, d.now()); err == nil {
			err = tx.DropJob(ctx, p.key)
		}
		if err != nil {
			return fmt.Errorf("jobs of the loaner of %s: %w", l.Number, err)
		}
	}
	return nil
}

// loanPlans lists the jobs of a demand that is still to be met.
func (d *Desk) loanPlans(l care.Loan) ([]plan, error) {
	out := []plan{{kind: warnLoan}, {kind: breachLoan}}
	for i := range out {
		out[i].key = string(out[i].kind) + " " + l.ID
	}
	if l.State != care.LoanAsked || l.DueAt.IsZero() {
		return out, nil
	}
	out[1].at = l.DueAt
	program, err := d.packs.Program(l.Retailer, calendar.Date{})
	if err != nil {
		return nil, fmt.Errorf("find pack: %w", err)
	}
	if at, ok := program.WarnOfDeadline(l.Clause, l.DueAt); ok {
		out[0].at = at
	}
	return out, nil
}

// loanJob warns of a loaner that is still owed, or says that its term has run
// out.
func (d *Desk) loanJob(ctx context.Context, j care.Job) error {
	var what loanJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		l, err := tx.Loan(ctx, j.Retailer, what.Loan)
		if err != nil {
			return notFound(err, "no_loan")
		}
		list, err := d.loanPlans(l)
		if err != nil {
			return err
		}
		for _, p := range list {
			if p.kind == j.Kind {
				return d.tellOfLoan(ctx, tx, l, p)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s of loan %s: %w", j.Kind, what.Loan, err)
	}
	return nil
}

func (d *Desk) tellOfLoan(ctx context.Context, tx Tx, l care.Loan, p plan) error {
	now, kind := d.now(), care.AlertWarning
	switch {
	case p.at.IsZero(), p.kind == warnLoan && !now.Before(l.DueAt):
		return nil
	case now.Before(p.at):
		return care.TooEarly{Until: p.at}
	case p.kind == breachLoan:
		kind = care.AlertBreach
		if err := tx.SettleAlerts(ctx, l.Retailer, string(warnLoan)+" "+l.ID, now); err != nil {
			return err
		}
	}
	c, err := tx.Claim(ctx, l.Retailer, l.Claim)
	if err != nil {
		return notFound(err, "no_claim")
	}
	told, err := d.alert(ctx, tx, care.DeadlineOwner("loaner"), care.Alert{Retailer: l.Retailer, Subject: p.key, Kind: kind, Claim: l.Claim,
		Request: c.Request, Number: l.Number, Centre: c.Centre, Deadline: "loaner", Due: l.Due, DueAt: l.DueAt})
	if err != nil || !told {
		return err
	}
	return d.audit(ctx, tx, care.System(l.Retailer), "loaner."+string(kind), "claim", l.Claim, "",
		map[string]string{"number": l.Number, "deadline": "loaner", "due": l.Due})
}
