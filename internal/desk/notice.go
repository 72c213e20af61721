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
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// about is what a message is about and whom it is for.
type about struct {
	retailer, request, claim, customer, number, lang string
}

func aboutClaim(c care.Claim) about {
	return about{c.Retailer, c.Request, c.ID, c.Customer, c.Number, c.Lang}
}

func aboutRequest(r care.Request) about {
	return about{r.Retailer, r.ID, r.Claim, r.Customer, r.Number, r.Lang}
}

// notices queues what the customer and the retailer's programs are told of
// what has just happened to a claim, in the same transaction. Of several
// occasions the weightiest leads the one message that tells of all.
func (w *work) notices(events []care.Event) error {
	facts, err := w.noticeFacts()
	if err != nil {
		return err
	}
	var occasions []care.Occasion
	for _, e := range events {
		o, err := w.occasion(e, &facts)
		if err != nil {
			return err
		}
		if o != "" && !slices.Contains(occasions, o) {
			occasions = append(occasions, o)
		}
	}
	if wait := waitOccasions[w.claim.Wait]; wait != "" && w.claim.State == care.AwaitingCustomer && (w.from != care.AwaitingCustomer || asksAgain(events)) {
		occasions = append(occasions, wait)
	}
	if w.from != w.claim.State {
		facts.From = w.from
		occasions = append(occasions, care.ClaimChanged)
	}
	return w.d.notify(w.ctx, w.tx, w.terms, aboutClaim(w.claim), occasions, fmt.Sprintf("%s %d", w.claim.ID, w.claim.Seq), facts)
}

var waitOccasions = map[care.WaitReason]care.Occasion{
	care.WaitChoice: care.ChoiceAwaited, care.WaitPaidEstimate: care.EstimateAwaited, care.WaitPriceDifference: care.DifferenceAwaited,
}

// asksAgain reports whether the customer is asked something anew.
func asksAgain(events []care.Event) bool {
	return slices.ContainsFunc(events, func(e care.Event) bool {
		switch e.Data.(type) {
		case *care.CustomerAsked, *care.EstimateOffered:
			return true
		}
		return false
	})
}

// noticeFacts is what every message about the claim may tell.
func (w *work) noticeFacts() (care.NoticeFacts, error) {
	c := w.claim
	f := care.NoticeFacts{Device: care.DeviceName(c.Unit.Brand, c.Unit.Model), State: c.State, Wait: c.Wait,
		Deliver: c.Return == care.ReturnDeliver, Outcome: string(c.Outcome)}
	if c.Remedy != nil {
		f.Remedy, f.Amount = c.Remedy.Kind, c.Remedy.Amount
	}
	if c.Estimate != nil && c.Wait == care.WaitPaidEstimate {
		f.Amount = &c.Estimate.Amount
	}
	var next *care.Deadline
	for i, dl := range c.Deadlines {
		if dl.State == care.DeadlineOpen && (dl.Basis == "" || dl.Basis == c.BasisInUse()) && w.d.now().Before(dl.DueAt) &&
			(next == nil || dl.DueAt.Before(next.DueAt)) {
			next = &c.Deadlines[i]
		}
	}
	if next != nil {
		f.Due, f.Deadline = next.Due, next.Name
	}
	if c.Custody.Place == "" {
		return f, nil
	}
	p, err := w.tx.Place(w.ctx, c.Retailer, c.Custody.Place)
	if none := missing(&err); err != nil {
		return f, fmt.Errorf("place of device: %w", err)
	} else if !none {
		lang := w.terms.lang(c.Lang)
		f.Place = &care.NoticePlace{Name: policy.Text(p.Name).In(lang, w.terms.pack.Languages...), Address: policy.Text(p.Address).In(lang, w.terms.pack.Languages...), Phone: p.Phone}
	}
	return f, nil
}

// occasion is what an event gives the customer to know, "" for nothing.
func (w *work) occasion(e care.Event, f *care.NoticeFacts) (care.Occasion, error) {
	switch p := e.Data.(type) {
	case *care.WasSubmitted:
		return care.RequestReceived, nil
	case *care.WasAccepted:
		return care.DeviceReceived, nil
	case *care.WasReceived:
		if w.from == care.AwaitingDevice || w.from == care.Submitted { // from the customer, not from one of our places to another
			return care.DeviceReceived, nil
		}
	case *care.WasDecided:
		basis := w.claim.BasisInUse() // paid work is told of by its estimate
		if b := w.claim.Ruling.Result.Basis(basis); p.Settles && basis != policy.Paid && b != nil && b.Verdict == policy.Covered {
			return care.ClaimDecided, nil
		}
	case *care.WasRefused:
		return care.ClaimRefused, nil
	case *care.DeadlineBreached:
		f.Deadline, f.Due = p.Name, p.Due
		f.Opens = slices.DeleteFunc(slices.Clone(p.Opens), func(s string) bool { return s == "manager_told" }) // no matter of the customer's
		if slices.ContainsFunc(f.Opens, func(s string) bool { return strings.HasSuffix(s, "_offered") }) {
			return care.TermBreached, nil
		}
	case *care.RefundPaid:
		f.Amount = refundOf(w.claim)
		return care.RefundMade, nil
	case *care.WasReady:
		f.Outcome = p.Outcome
		return care.DeviceReady, nil
	case *care.WentBack:
		if w.from == care.Ready { // before that nobody was told that it is
			return care.DeviceNotReady, nil
		}
	case *care.WasShipped:
		f.Carrier, f.Tracking = p.Carrier, p.Tracking
		return care.DeviceShipped, nil
	case *care.WasHandedOver:
		var err error
		f.Until, err = w.coveredTo()
		return care.DeviceHandedOver, err
	case *care.WasClosed:
		if w.from != care.HandedOver {
			return care.ClaimEnded, nil
		}
	case *care.WasCancelled:
		return care.ClaimEnded, nil
	}
	return "", nil
}

func refundOf(c care.Claim) *money.Amount {
	if c.Refund == nil {
		return nil
	}
	sum := c.Refund.Amount
	return &sum
}

// coveredTo is the last day of the warranty of the device that the customer
// goes home with; zero where it has run out or is not known.
func (w *work) coveredTo() (calendar.Date, error) {
	c := w.claim
	rec := care.UnitRecord{Unit: c.Unit, Sale: &c.Sale}
	if r := c.Replacement; r != nil {
		unit, err := w.tx.Unit(w.ctx, c.Retailer, r.Unit)
		if err != nil {
			return calendar.Date{}, fmt.Errorf("unit that was given: %w", err)
		}
		sale, err := w.tx.Sale(w.ctx, c.Retailer, r.Sale)
		if err != nil {
			return calendar.Date{}, fmt.Errorf("its terms: %w", err)
		}
		rec = care.UnitRecord{Unit: unit, Sale: &sale}
	}
	check, err := w.d.check(w.ctx, w.tx, w.terms, rec, w.claim.Lang)
	if err != nil {
		return calendar.Date{}, err
	}
	today := calendar.DateOf(w.d.now(), w.terms.zone)
	for _, basis := range []policy.Basis{c.BasisInUse(), policy.Warranty, policy.Statute} {
		for _, cover := range check.Covers {
			if cover.Basis == basis && !cover.LastDay.Before(today) {
				return cover.LastDay, nil
			}
		}
	}
	return calendar.Date{}, nil
}

// notify queues the messages of one transaction about one thing: to the
// customer one on each channel, to each program that wants it one for each
// occasion. subject is what makes them this once.
func (d *Desk) notify(ctx context.Context, tx Tx, t terms, a about, occasions []care.Occasion, subject string, facts care.NoticeFacts) error {
	if len(occasions) == 0 {
		return nil
	}
	if err := d.notifyPrograms(ctx, tx, a, occasions, subject, facts); err != nil {
		return err
	}
	occasions = byWeight(occasions)
	if len(occasions) == 0 || a.customer == "" {
		return nil
	}
	customer, err := tx.Customer(ctx, a.retailer, a.customer)
	if err != nil {
		return fmt.Errorf("customer to tell: %w", err)
	}
	wish, err := tx.Wish(ctx, a.retailer, a.customer)
	if missing(&err); err != nil {
		return fmt.Errorf("how the customer wants to be told: %w", err)
	}
	if wish.Off && !slices.ContainsFunc(occasions, care.Occasion.Owed) {
		return nil
	}
	ways := wish.Ways(customer)
	for _, channel := range care.MessageChannels() {
		to := ways[channel]
		if to == "" {
			continue
		}
		n := care.Notice{Retailer: a.retailer, Occasion: occasions[0], Channel: channel, To: to, Lang: t.lang(a.lang), Request: a.request, Claim: a.claim,
			Customer: a.customer, Number: a.number, Facts: facts}
		n.Facts.Also = slices.Clone(occasions[1:])
		n.Key = string(occasions[0]) + " " + string(channel) + " " + subject
		if joined, err := d.joinNotice(ctx, tx, n); err != nil || joined {
			if err != nil {
				return err
			}
			continue
		}
		if err := d.queueNotice(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// byWeight keeps what customers are told of, weightiest first.
func byWeight(list []care.Occasion) []care.Occasion {
	var out []care.Occasion
	for _, o := range care.CustomerOccasions() {
		if slices.Contains(list, o) {
			out = append(out, o)
		}
	}
	return out
}

// joinTime is how close behind a message the next one is told in the same:
// what a clerk takes in at the counter is one step to the customer.
const joinTime = time.Minute

// joinNotice adds a message to the confirmation of the request that is still
// to be sent on the same channel.
func (d *Desk) joinNotice(ctx context.Context, tx Tx, n care.Notice) (bool, error) {
	if n.Claim == "" || n.Occasion != care.DeviceReceived && n.Occasion != care.ClaimDecided {
		return false, nil
	}
	list, _, err := tx.Notices(ctx, n.Retailer, care.NoticeFilter{Claim: n.Claim, States: []care.NoticeState{care.NoticeQueued, care.NoticeUnsent}, People: true}, care.Page{Limit: 10})
	if err != nil {
		return false, fmt.Errorf("messages to come: %w", err)
	}
	for _, x := range list {
		if x.Occasion != care.RequestReceived || x.Channel != n.Channel || x.To != n.To || d.now().Sub(x.Created) > joinTime {
			continue
		}
		if x, err = tx.Notice(ctx, x.Retailer, x.ID); err != nil {
			return false, fmt.Errorf("message to come: %w", err)
		}
		if x.Attempts > 0 || x.State != care.NoticeQueued && x.State != care.NoticeUnsent {
			return false, nil
		}
		also := append(x.Facts.Also, n.Occasion)
		x.Facts, x.Facts.Also = n.Facts, append(also, n.Facts.Also...)
		return true, tx.PutNotice(ctx, x)
	}
	return false, nil
}

// queueNotice stores a message with the job that sends it. Where the
// installation has no such channel it is noted as not sent.
func (d *Desk) queueNotice(ctx context.Context, tx Tx, n care.Notice) error {
	id, err := d.newID()
	if err != nil {
		return err
	}
	n.ID, n.Created, n.State = id, d.now(), care.NoticeQueued
	if d.post == nil || !d.post.Has(n.Channel) {
		n.State, n.Ended = care.NoticeUnsent, n.Created
	}
	added, err := tx.AddNotice(ctx, n)
	if err != nil {
		return fmt.Errorf("store message: %w", err)
	}
	if !added || n.State != care.NoticeQueued {
		return nil
	}
	return d.enqueueNotice(ctx, tx, n)
}

func (d *Desk) enqueueNotice(ctx context.Context, tx Tx, n care.Notice) error {
	try, err := d.newID() // the job of an earlier try is done, and stays so
	if err != nil {
		return err
	}
	return d.enqueue(ctx, tx, n.Retailer, sendNotice, string(sendNotice)+" "+n.ID+" "+try, d.now(), noticeJob{n.ID})
}

// event is what a program is told: no personal data, which it can ask for.
type event struct {
	Claim    string          `json:"claim,omitempty"`
	Number   string          `json:"number,omitempty"`
	Request  string          `json:"request,omitempty"`
	Kind     string          `json:"kind,omitempty"`
	State    care.State      `json:"state,omitempty"`
	From     care.State      `json:"from,omitempty"`
	Wait     care.WaitReason `json:"wait,omitempty"`
	Outcome  string          `json:"outcome,omitempty"`
	Remedy   string          `json:"remedy,omitempty"`
	Deadline string          `json:"deadline,omitempty"`
	Due      string          `json:"due,omitempty"`
	Opens    []string        `json:"opens,omitempty"`
	Carrier  string          `json:"carrier,omitempty"`
	Tracking string          `json:"tracking,omitempty"`
	Amount   *money.Amount   `json:"amount,omitempty"`
	Until    calendar.Date   `json:"warranty_until,omitzero"`
	Start    time.Time       `json:"start,omitzero"`
	End      time.Time       `json:"end,omitzero"`
}

func eventOf(a about, f care.NoticeFacts) ([]byte, error) {
	e := event{Claim: a.claim, Number: a.number, Request: a.request, Kind: f.Kind, State: f.State, From: f.From, Wait: f.Wait, Outcome: f.Outcome,
		Remedy: f.Remedy, Deadline: f.Deadline, Due: f.Due, Opens: f.Opens, Carrier: f.Carrier, Tracking: f.Tracking, Amount: f.Amount, Until: f.Until}
	if f.Meeting != nil {
		e.Start, e.End = f.Meeting.Start, f.Meeting.End
	}
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write event: %w", err)
	}
	return b, nil
}

func (d *Desk) notifyPrograms(ctx context.Context, tx Tx, a about, occasions []care.Occasion, subject string, facts care.NoticeFacts) error {
	programs, err := tx.Endpoints(ctx, a.retailer)
	if err != nil {
		return fmt.Errorf("programs to tell: %w", err)
	}
	for _, p := range programs {
		for _, o := range occasions {
			if !p.Wants(o) {
				continue
			}
			data, err := eventOf(a, facts)
			if err != nil {
				return err
			}
			n := care.Notice{Retailer: a.retailer, Key: string(o) + " " + p.ID + " " + subject, Occasion: o, Channel: care.ByWebhook, To: p.ID,
				Request: a.request, Claim: a.claim, Number: a.number, Facts: care.NoticeFacts{Data: data}}
			if err := d.queueNotice(ctx, tx, n); err != nil {
				return err
			}
		}
	}
	return nil
}
