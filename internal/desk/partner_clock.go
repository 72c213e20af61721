package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// breachPartner says that a centre has not acted in the term that the house
// agreed with it (B2, D7).
const breachPartner care.JobKind = "partner.breach"

// partnerJob names the claim; which term is meant stands in the job's key.
type partnerJob struct {
	Claim string `json:"claim"`
}

func partnerKey(c care.Claim, name string) string {
	return string(breachPartner) + " " + c.ID + " " + name + " " + c.Response.Since.UTC().Format(time.RFC3339Nano)
}

// partner queues the job of what the centre has to do next, and drops what it
// has done.
func (w *work) partner() error {
	if w.claim.Response == nil {
		return nil // a job of a centre that lost the claim finds nothing to do
	}
	next, due := w.claim.PartnerDue()
	for _, name := range []string{care.ClockAccept, care.ClockDiagnose} {
		key := partnerKey(w.claim, name)
		var err error
		if name == next {
			err = w.d.enqueue(w.ctx, w.tx, w.claim.Retailer, breachPartner, key, due, partnerJob{w.claim.ID})
		} else if err = w.tx.DropJob(w.ctx, key); err == nil {
			err = w.tx.SettleAlerts(w.ctx, w.claim.Retailer, key, w.d.now())
		}
		if err != nil {
			return fmt.Errorf("jobs of the centre's terms: %w", err)
		}
	}
	return nil
}

// partnerJob tells the centre and the manager that its term has run out.
func (d *Desk) partnerJob(ctx context.Context, j care.Job) error {
	var what partnerJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	actor := care.System(j.Retailer)
	err := d.store.Tx(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, what.Claim)
		if err != nil {
			return err
		}
		name, due := c.PartnerDue()
		switch {
		case name == "" || partnerKey(c, name) != j.Key:
			return nil
		case d.now().Before(due):
			return care.TooEarly{Until: due}
		}
		told, err := d.alert(ctx, tx, care.Partner, care.Alert{Retailer: c.Retailer, Subject: j.Key, Kind: care.AlertBreach, Claim: c.ID, Request: c.Request,
			Number: c.Number, Centre: c.Response.Centre, Deadline: name, Due: due.UTC().Format(time.RFC3339), DueAt: due})
		if err != nil || !told {
			return err
		}
		return d.audit(ctx, tx, actor, "partner.breach", "claim", c.ID, "", map[string]string{"number": c.Number, "deadline": name, "place": c.Response.Centre})
	})
	if err != nil {
		return fmt.Errorf("%s of claim %s: %w", j.Kind, what.Claim, err)
	}
	return nil
}
