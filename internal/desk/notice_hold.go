package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// Between the queue and the post days may pass: a relay is down, an address is
// mended. What a message calls its reader to must still be so when it goes.

// stands leaves what a message to a customer tells that still holds; false
// where nothing does.
func (d *Desk) stands(ctx context.Context, tx Tx, n *care.Notice) (bool, error) {
	var told []care.Occasion
	var c care.Claim
	occasions := append([]care.Occasion{n.Occasion}, n.Facts.Also...)
	if slices.ContainsFunc(occasions, ofDevice) {
		var err error
		if c, err = tx.Claim(ctx, n.Retailer, n.Claim); err != nil {
			return false, fmt.Errorf("claim of message: %w", err)
		}
	}
	for _, o := range occasions {
		holds, err := d.holds(ctx, tx, *n, c, o)
		if err != nil {
			return false, err
		}
		if holds {
			told = append(told, o)
		}
	}
	if len(told) == 0 {
		return false, nil
	}
	if !slices.Contains(told, care.ConsultationBooked) && !slices.Contains(told, care.ConsultationMoved) && !slices.Contains(told, care.ConsultationCancelled) {
		n.Facts.Meeting, n.Facts.Join = nil, ""
	}
	n.Occasion, n.Facts.Also = told[0], told[1:]
	return true, nil
}

// ofDevice reports whether the state of the claim says if an occasion is over.
func ofDevice(o care.Occasion) bool {
	switch o {
	case care.DeviceReady, care.DeviceNotReady, care.DeviceUncollected, care.EstimateAwaited, care.ChoiceAwaited, care.DifferenceAwaited:
		return true
	}
	return false
}

// holds reports whether what a message tells of is still so. What has happened
// stays true; what waits for the customer may be over. c is the claim of an
// occasion ofDevice.
func (d *Desk) holds(ctx context.Context, tx Tx, n care.Notice, c care.Claim, o care.Occasion) (bool, error) {
	since := func(at time.Time) bool { return !n.Created.Before(at.Truncate(time.Microsecond)) } // as the store keeps instants
	awaits := func(w care.WaitReason) bool { return c.State == care.AwaitingCustomer && c.Wait == w }
	switch o {
	case care.ConsultationBooked, care.ConsultationMoved:
		return d.meetingHolds(ctx, tx, n)
	case care.DeviceReady, care.DeviceUncollected:
		return c.State == care.Ready && since(c.ReadyAt), nil
	case care.DeviceNotReady:
		return d.notReadyHolds(ctx, tx, n, c)
	case care.EstimateAwaited:
		return awaits(care.WaitPaidEstimate) && (c.Estimate == nil || since(c.Estimate.OfferedAt)), nil
	case care.DifferenceAwaited:
		return awaits(care.WaitPriceDifference), nil
	case care.ChoiceAwaited:
		return awaits(care.WaitChoice), nil
	}
	return true, nil
}

// notReadyHolds tells of a device that went back to the bench only whoever was
// told that it is ready, and only while it is not ready again or gone.
func (d *Desk) notReadyHolds(ctx context.Context, tx Tx, n care.Notice, c care.Claim) (bool, error) {
	if c.State == care.Ready || c.State == care.Shipped || c.State == care.HandedOver || c.State.Over() {
		return false, nil
	}
	list, _, err := tx.Notices(ctx, n.Retailer, care.NoticeFilter{Claim: n.Claim, People: true}, care.Page{Limit: 200})
	if err != nil {
		return false, fmt.Errorf("messages about claim: %w", err)
	}
	return slices.ContainsFunc(list, func(x care.Notice) bool {
		return (x.State == care.NoticeSent || x.State == care.NoticeKept) && !x.Created.After(n.Created) &&
			(x.Occasion == care.DeviceReady || slices.Contains(x.Facts.Also, care.DeviceReady))
	}), nil
}

// meetingHolds reports whether the time that a message tells of is still booked
// and has not passed.
func (d *Desk) meetingHolds(ctx context.Context, tx Tx, n care.Notice) (bool, error) {
	if n.Facts.Meeting == nil {
		return true, nil
	}
	m, err := tx.MeetingOf(ctx, n.Retailer, n.Request)
	if none := missing(&err); err != nil || none {
		return false, err
	}
	return m.Stands() && m.ID == n.Facts.Meeting.ID && m.Sequence == n.Facts.Meeting.Sequence && d.now().Before(m.End), nil
}
