package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// NewRequest is a request as it comes in, by whatever way (C11, C12).
type NewRequest struct {
	Kind    string // policy vocabulary "request_kinds"
	Channel string // policy vocabulary "channels"
	Lang    string
	Text    string // required for all kinds but warranty_service
	Subject string // what it is about when no unit is known

	Customer   Contact
	CustomerID string            // of the one whom staff chose; holds as long as the name is theirs
	Return     care.ReturnMethod // "" = collect
	Address    string            // return address; "" = the customer's
	Settlement string

	// ReceivedAt is the customer's demand where it came before now (a letter,
	// a call); zero = now.
	ReceivedAt time.Time
	// Slot is the time of a video consultation: one of Slots, which is booked
	// with the request, or a wish where the retailer names no times.
	Slot time.Time

	// The device. Identity (serial or IMEI) finds a unit of the registry;
	// Device describes one that is not there (C5).
	Identity  string
	Device    *Device
	Basis     policy.Basis  // the customer's choice, where already made (C4)
	Remedy    string        // what the customer wants, one of Demandable; "" = not said
	Documents []string      // documents at hand; nil = not asked
	Facts     []care.Answer // answers to the form's questions
	Accepted  []string      // acknowledgements ticked on the form
	// Files are photos and papers that come with the request.
	Files []NewFile
}

// Contact is who asks. A name, and a phone or an e-mail, are required.
type Contact struct {
	Name, Phone, Email  string
	Address, Settlement string
}

// Device is a unit that the registry does not know, as its owner states it.
type Device struct {
	Category, Brand, Model string
	Serial, IMEI           string
	Sale                   care.Sale // date, channel, price and papers as shown; ids are ignored
}

// Receipt is the answer to a request: its number, the claim it opened, and
// the secret of its tracking link, which is shown once and never stored.
type Receipt struct {
	Request care.Request
	Claim   *care.Claim // of a warranty_service request
	Token   string
}

// Submit takes a request of any kind. A warranty_service request opens a
// claim and decides it on what is known.
func (d *Desk) Submit(ctx context.Context, actor care.Actor, in NewRequest) (Receipt, error) {
	if err := may(actor, OpenClaims); err != nil {
		return Receipt{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return Receipt{}, err
	}
	if err := in.check(t); err != nil {
		return Receipt{}, err
	}
	in.Lang = t.lang(in.Lang)
	files, err := d.readFiles(ctx, in.Files)
	if err != nil {
		return Receipt{}, err
	}
	var out Receipt
	err = d.store.Tx(ctx, func(tx Tx) error {
		if out, err = d.submit(ctx, tx, actor, t, in); err != nil {
			return err
		}
		return d.attachTo(ctx, tx, actor, out.Request, files)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("submit request: %w", err)
	}
	return out, nil
}

func required(value, field string) error {
	if strings.TrimSpace(value) == "" {
		return care.Fail(care.Invalid, "required", "field", field).At(field)
	}
	return nil
}

func oneOf(value, vocabulary, field string) error {
	if words := policy.Words(vocabulary); value == "" || !slices.Contains(words, value) {
		return care.Fail(care.Invalid, "unknown_value", "field", field, "value", value, "expected", strings.Join(words, " ")).At(field)
	}
	return nil
}

func (in *NewRequest) check(t terms) error {
	if err := in.checkKind(t); err != nil {
		return err
	}
	if err := in.checkContact(); err != nil {
		return err
	}
	return in.checkSubject()
}

func (in *NewRequest) checkKind(t terms) error {
	if err := oneOf(in.Kind, "request_kinds", "kind"); err != nil {
		return err
	}
	if !slices.ContainsFunc(t.pack.Requests, func(r policy.RequestClause) bool { return r.Kind == in.Kind }) {
		return care.Fail(care.Invalid, "kind_not_taken", "kind", in.Kind).At("kind")
	}
	return oneOf(in.Channel, "channels", "channel")
}

func (in *NewRequest) checkContact() error {
	if err := required(in.Customer.Name, "name"); err != nil {
		return err
	}
	if strings.TrimSpace(in.Customer.Phone) == "" && strings.TrimSpace(in.Customer.Email) == "" {
		return care.Fail(care.Invalid, "contact_required").At("phone")
	}
	if n := strings.TrimSpace(in.Customer.Phone); n != "" && digits(n) < 5 {
		return care.Fail(care.Invalid, "bad_phone", "value", n).At("phone")
	}
	if e := strings.TrimSpace(in.Customer.Email); e != "" && !plausibleEmail(e) {
		return care.Fail(care.Invalid, "bad_email", "value", e).At("email")
	}
	switch in.Return {
	case "":
		in.Return = care.ReturnCollect
	case care.ReturnCollect:
	case care.ReturnDeliver:
		if in.Address == "" {
			in.Address = in.Customer.Address
		}
		if err := required(in.Address, "address"); err != nil {
			return err
		}
	default:
		return care.Fail(care.Invalid, "unknown_value", "field", "return", "value", string(in.Return), "expected", "collect deliver").At("return")
	}
	return nil
}

func (in *NewRequest) checkSubject() error {
	if in.Kind != care.WarrantyService {
		return required(in.Text, "text")
	}
	if in.Identity == "" && in.Device == nil {
		return care.Fail(care.Invalid, "required", "field", "serial").At("serial")
	}
	return nil
}

// digits counts those of a text; fewer than five are nobody's number.
func digits(s string) int {
	return len(s) - len(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s))
}

func plausibleEmail(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(s, " \t\r\n<>") && strings.Count(s, "@") == 1
}

func (d *Desk) submit(ctx context.Context, tx Tx, actor care.Actor, t terms, in NewRequest) (Receipt, error) {
	now := d.now()
	if in.ReceivedAt.IsZero() || in.ReceivedAt.After(now) {
		in.ReceivedAt = now
	}
	customer, err := d.customerOf(ctx, tx, actor, in)
	if err != nil {
		return Receipt{}, err
	}
	req, err := d.newRequest(ctx, tx, actor, customer, in)
	if err != nil {
		return Receipt{}, err
	}
	out := Receipt{}
	if actor.Kind == care.CustomerActor {
		actor.ID = customer.ID
	}
	if in.Kind == care.WarrantyService {
		claim, err := d.openClaim(ctx, tx, actor, t, &req, in)
		if err != nil {
			return Receipt{}, err
		}
		out.Claim = &claim
	} else if err := d.promise(ctx, tx, t, &req, in); err != nil {
		return Receipt{}, err
	}
	if err := d.wishedSlot(ctx, tx, t, &req); err != nil {
		return Receipt{}, err
	}
	if err := tx.PutRequest(ctx, req); err != nil {
		return Receipt{}, fmt.Errorf("store request: %w", err)
	}
	if err := d.answerClock(ctx, tx, req); err != nil {
		return Receipt{}, err
	}
	if err := d.confirmRequest(ctx, tx, req); err != nil {
		return Receipt{}, err
	}
	out.Request = req
	if out.Token, err = d.track(ctx, tx, req); err != nil {
		return Receipt{}, err
	}
	return out, d.audit(ctx, tx, actor, "request.submit", "request", req.ID, "", map[string]string{"kind": req.Kind, "channel": req.Channel, "number": req.Number})
}

func (d *Desk) newRequest(ctx context.Context, tx Tx, actor care.Actor, customer care.Customer, in NewRequest) (care.Request, error) {
	id, err := d.newID()
	if err != nil {
		return care.Request{}, err
	}
	number, err := d.number(ctx, tx, actor.Retailer, "REQ")
	if err != nil {
		return care.Request{}, err
	}
	settlement := strings.TrimSpace(in.Settlement)
	if settlement == "" {
		settlement = customer.Settlement
	}
	return care.Request{ID: id, Retailer: actor.Retailer, Number: number, Kind: in.Kind, Channel: in.Channel, Lang: in.Lang,
		State: care.RequestOpen, Customer: customer.ID, Subject: strings.TrimSpace(in.Subject), Text: strings.TrimSpace(in.Text),
		Return: in.Return, Address: strings.TrimSpace(in.Address), Settlement: settlement,
		ReceivedAt: in.ReceivedAt.UTC().Truncate(time.Microsecond), Updated: d.now(), Slot: in.Slot.UTC()}, nil
}

// number gives the next human number of a series: RMA-2026-000017.
func (d *Desk) number(ctx context.Context, tx Tx, retailer, series string) (string, error) {
	year := d.now().Year()
	n, err := tx.NextNumber(ctx, retailer, series, year)
	if err != nil {
		return "", fmt.Errorf("next %s number: %w", series, err)
	}
	return fmt.Sprintf("%s-%d-%06d", series, year, n), nil
}

// customerOf is the customer whom staff chose, with what they mended, or the
// one found by the contact.
func (d *Desk) customerOf(ctx context.Context, tx Tx, actor care.Actor, in NewRequest) (care.Customer, error) {
	if in.CustomerID == "" {
		return d.customerFor(ctx, tx, actor, in.Lang, in.Customer)
	}
	if err := may(actor, FindCustomers); err != nil {
		return care.Customer{}, err
	}
	chosen, err := knownCustomer(ctx, tx, actor, in.CustomerID)
	if err != nil {
		return care.Customer{}, err
	}
	if !SameName(chosen, in.Customer.Name) {
		return d.customerFor(ctx, tx, actor, in.Lang, in.Customer)
	}
	chosen = withContact(chosen, in.Customer.trimmed())
	chosen.Lang = in.Lang
	if err := tx.PutCustomer(ctx, chosen); err != nil {
		return care.Customer{}, fmt.Errorf("store customer: %w", err)
	}
	return chosen, nil
}

func (in Contact) trimmed() Contact {
	for _, s := range []*string{&in.Name, &in.Phone, &in.Email, &in.Address, &in.Settlement} {
		*s = strings.TrimSpace(*s)
	}
	return in
}

// customerFor finds the customer by phone or e-mail, or makes a new one. Staff
// may bring a known customer's particulars up to date; a visitor of the portal
// may not, for anybody can type somebody's phone: other particulars make
// another customer.
func (d *Desk) customerFor(ctx context.Context, tx Tx, actor care.Actor, lang string, in Contact) (care.Customer, error) {
	in = in.trimmed()
	found, err := tx.CustomerByContact(ctx, actor.Retailer, in.Phone, in.Email)
	known := !missing(&err)
	if err != nil {
		return care.Customer{}, fmt.Errorf("find customer: %w", err)
	}
	next := withContact(found, in)
	stranger := actor.Kind == care.CustomerActor && next != found
	if !known || stranger || !strings.EqualFold(found.Name, in.Name) {
		id, err := d.newID()
		if err != nil {
			return care.Customer{}, err
		}
		next = withContact(care.Customer{ID: id, Retailer: actor.Retailer, Name: in.Name, Created: d.now()}, in)
	}
	next.Lang = lang
	if err := tx.PutCustomer(ctx, next); err != nil {
		return care.Customer{}, fmt.Errorf("store customer: %w", err)
	}
	return next, nil
}

// withContact is the customer with what the contact states.
func withContact(c care.Customer, in Contact) care.Customer {
	for _, f := range []struct {
		to    *string
		value string
	}{{&c.Phone, in.Phone}, {&c.Email, in.Email}, {&c.Address, in.Address}, {&c.Settlement, in.Settlement}} {
		if f.value != "" {
			*f.to = f.value
		}
	}
	return c
}

// promise finds by when the request must be answered (C11).
func (d *Desk) promise(ctx context.Context, tx Tx, t terms, req *care.Request, in NewRequest) error {
	now := d.now().In(t.zone).Truncate(time.Second)
	f := policy.Facts{Pack: req.Retailer, At: now, Request: policy.RequestFacts{Kind: req.Kind, Channel: req.Channel,
		ReceivedAt: req.ReceivedAt.In(t.zone).Truncate(time.Second), Settlement: req.Settlement}}
	if in.Identity != "" {
		rec, err := d.findUnit(ctx, tx, req.Retailer, in.Identity)
		if err == nil {
			req.Unit = rec.Unit.ID
			f = care.UnitFactsOf(req.Retailer, rec.Unit, saleOf(rec), nil, now, t.zone)
			f.Request.Kind, f.Request.Channel = req.Kind, req.Channel
			f.Request.ReceivedAt = req.ReceivedAt.In(t.zone).Truncate(time.Second)
		} else if care.CodeOf(err) != care.NotFound {
			return err
		}
	}
	dec, err := d.packs.Decide(f, req.Lang)
	if err != nil {
		return fmt.Errorf("decide request: %w", err)
	}
	if err := d.supportRight(ctx, tx, *req, dec.Support); err != nil {
		return err
	}
	if dec.AnswerUntil == nil {
		return nil
	}
	req.AnswerDue = *dec.AnswerUntil
	req.AnswerUntil, err = care.EndOfDue(req.AnswerDue, t.zone)
	if err != nil {
		return fmt.Errorf("answer term %q: %w", req.AnswerDue, err)
	}
	return nil
}

// track makes a tracking link.
func (d *Desk) track(ctx context.Context, tx Tx, req care.Request) (string, error) {
	token, hash, err := d.newToken(16)
	if err != nil {
		return "", err
	}
	link := care.Tracking{Hash: hash, Retailer: req.Retailer, Request: req.ID, Claim: req.Claim, Customer: req.Customer, Created: d.now()}
	if err := tx.AddTracking(ctx, link); err != nil {
		return "", fmt.Errorf("store tracking link: %w", err)
	}
	return token, nil
}

func saleOf(r care.UnitRecord) care.Sale {
	if r.Sale == nil {
		return care.Sale{}
	}
	return *r.Sale
}
