package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// The jobs that give a carrier what it did not take: an order, and the news
// that one is called off. Both may be repeated, for each names the leg.
const (
	bookCarrier   care.JobKind = "carrier.book"
	cancelCarrier care.JobKind = "carrier.cancel"
)

// A carrier is asked at once, and again when that came to nothing: soon where
// nobody noted an answer, for the process may have died, later where the
// carrier gave none.
const (
	carrierUnsaid = time.Minute
	carrierAgain  = 15 * time.Minute
)

// legJob names the leg that a job is about.
type legJob struct {
	Leg string `json:"leg"`
}

// owed tells what a carrier still has to be told of a leg; "" for nothing. An
// order that was refused waits for staff.
func carrierOwed(l care.Leg) care.JobKind {
	switch {
	case l.State == care.LegAsked && l.Fault != care.FaultRefused:
		return bookCarrier
	case l.State == care.LegCancelled && l.Fault == care.FaultCancel:
		return cancelCarrier
	}
	return ""
}

// putLeg stores a leg, with the job of what its carrier has yet to be told.
func (d *Desk) putLeg(ctx context.Context, tx Tx, l care.Leg) error {
	if err := tx.PutLeg(ctx, l); err != nil {
		return err
	}
	owed := carrierOwed(l)
	for _, kind := range []care.JobKind{bookCarrier, cancelCarrier} {
		key := string(kind) + " " + l.ID
		var err error
		switch {
		case kind != owed:
			err = tx.DropJob(ctx, key)
		case l.Fault == "":
			err = d.enqueue(ctx, tx, l.Retailer, kind, key, d.now().Add(carrierUnsaid), legJob{l.ID})
		default:
			err = d.enqueue(ctx, tx, l.Retailer, kind, key, d.now().Add(carrierAgain), legJob{l.ID})
		}
		if err != nil {
			return fmt.Errorf("jobs of the carrier of %s: %w", l.Number, err)
		}
	}
	return nil
}

// carrierJob tells a carrier what it has yet to be told. What it does not take
// puts the job off, or is put off here where the leg did not change.
func (d *Desk) carrierJob(ctx context.Context, j care.Job) error {
	var what legJob
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	var l care.Leg
	err := d.store.View(ctx, func(tx Tx) (err error) {
		l, err = tx.Leg(ctx, j.Retailer, what.Leg)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s of leg %s: %w", j.Kind, what.Leg, notFound(err, "no_leg"))
	}
	switch owed := carrierOwed(l); {
	case owed != j.Kind:
		return nil
	case owed == bookCarrier:
		l, err = d.order(ctx, l)
	default:
		l, err = d.tellCancelled(ctx, l)
	}
	if err == nil && carrierOwed(l) == j.Kind {
		err = care.TooEarly{Until: d.now().Add(carrierAgain)}
	}
	return err
}
