package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// Messages lists what was sent to customers, and to programs where the actor
// manages those, newest first.
func (d *Desk) Messages(ctx context.Context, actor care.Actor, f care.NoticeFilter, page care.Page) (list []care.Notice, next string, err error) {
	if err := may(actor, ReadMessages); err != nil {
		return nil, "", err
	}
	if !May(actor, ManageWebhooks) {
		f.People = true
	}
	err = d.store.View(ctx, func(tx Tx) error {
		if f.Claim != "" {
			c, err := findClaim(ctx, tx, actor, f.Claim)
			if err != nil {
				return err
			}
			f.Claim = c.ID
		}
		list, next, err = messages(ctx, tx, actor, f, page)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list messages: %w", err)
	}
	return list, next, nil
}

// messages lists messages as the actor may read them.
func messages(ctx context.Context, tx Tx, actor care.Actor, f care.NoticeFilter, page care.Page) ([]care.Notice, string, error) {
	list, next, err := tx.Notices(ctx, actor.Retailer, f, page)
	for i := range list {
		list[i] = inWords(actor, list[i])
	}
	return list, next, err
}

// inWords leaves the reason of a message that did not go out; what the sending
// service said is for whoever runs the installation.
func inWords(actor care.Actor, n care.Notice) care.Notice {
	if n.Error != "" && n.Reason == "" {
		n.Reason = care.ReasonOther
	}
	if actor.Role != care.Administrator {
		n.Error = ""
	}
	return n
}

// SendAgain sends a message that was given up, or that had no channel, to the
// address that is known now.
func (d *Desk) SendAgain(ctx context.Context, actor care.Actor, id string) (n care.Notice, err error) {
	if err := may(actor, SendMessages); err != nil {
		return n, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		if n, err = tx.Notice(ctx, actor.Retailer, id); err != nil {
			return notFound(err, "no_message")
		}
		if n.Channel == care.ByWebhook && !May(actor, ManageWebhooks) {
			return care.Fail(care.NotFound, "no_message")
		}
		if n.State != care.NoticeFailed && n.State != care.NoticeUnsent {
			return care.Fail(care.Illegal, "message_not_failed", "number", n.Number)
		}
		if d.post == nil || !d.post.Has(n.Channel) {
			return care.Fail(care.Blocked, "no_channel", "channel", string(n.Channel))
		}
		if err := d.readdress(ctx, tx, &n); err != nil {
			return err
		}
		n.State, n.Attempts, n.Error, n.Reason, n.Ended, n.Retry = care.NoticeQueued, 0, "", "", time.Time{}, time.Time{}
		if err := tx.PutNotice(ctx, n); err != nil {
			return fmt.Errorf("store message: %w", err)
		}
		if err := d.enqueueNotice(ctx, tx, n); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, string(SendMessages), "message", n.ID, "", map[string]string{"number": n.Number, "channel": string(n.Channel)})
	})
	if err != nil {
		return care.Notice{}, fmt.Errorf("send message again: %w", err)
	}
	return n, nil
}

// readdress takes the customer's address of now: a wrong one was mended.
func (d *Desk) readdress(ctx context.Context, tx Tx, n *care.Notice) error {
	if n.Channel == care.ByWebhook {
		return nil
	}
	customer, err := tx.Customer(ctx, n.Retailer, n.Customer)
	if err != nil {
		return fmt.Errorf("customer to tell: %w", err)
	}
	wish, err := tx.Wish(ctx, n.Retailer, n.Customer)
	if missing(&err); err != nil {
		return fmt.Errorf("how the customer wants to be told: %w", err)
	}
	to := map[care.MessageChannel]string{care.ByEmail: customer.Email, care.BySMS: customer.Phone, care.ByTelegram: wish.Telegram}[n.Channel]
	if to == "" {
		return care.Fail(care.Blocked, "no_address", "channel", string(n.Channel))
	}
	n.To = to
	return nil
}

// TrackedContact is how the customer behind a tracking link is told.
type TrackedContact struct {
	Wish  care.ContactWish
	Known map[care.MessageChannel]string // addresses there are, some of each left out
	Ways  map[care.MessageChannel]string // the ones in use
}

// TrackedContact shows how the customer is told, and where they might be.
func (d *Desk) TrackedContact(ctx context.Context, token string) (out TrackedContact, err error) {
	err = d.store.View(ctx, func(tx Tx) error {
		link, _, err := d.follow(ctx, tx, token)
		if err != nil {
			return err
		}
		out, err = contactOf(ctx, tx, link)
		return err
	})
	if err != nil {
		return TrackedContact{}, fmt.Errorf("show contact: %w", err)
	}
	return out, nil
}

func contactOf(ctx context.Context, tx Tx, link care.Tracking) (TrackedContact, error) {
	customer, err := tx.Customer(ctx, link.Retailer, link.Customer)
	if err != nil {
		return TrackedContact{}, notFound(err, "no_tracking")
	}
	out := TrackedContact{Known: map[care.MessageChannel]string{}, Ways: map[care.MessageChannel]string{}}
	if out.Wish, err = tx.Wish(ctx, link.Retailer, link.Customer); !missing(&err) && err != nil {
		return out, err
	}
	out.Wish.Retailer, out.Wish.Customer = link.Retailer, link.Customer
	for channel, to := range out.Wish.Ways(customer) {
		out.Ways[channel] = hint(to)
	}
	for channel, to := range map[care.MessageChannel]string{care.ByEmail: customer.Email, care.BySMS: customer.Phone, care.ByTelegram: out.Wish.Telegram} {
		if to != "" {
			out.Known[channel] = hint(to)
		}
	}
	return out, nil
}

// hint is enough of an address for its owner to know it by: the page may be
// read over a shoulder.
func hint(address string) string {
	name, domain, mail := strings.Cut(address, "@")
	if mail {
		return string([]rune(name + "…")[:1]) + "…@" + domain
	}
	r := []rune(strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(address))
	if len(r) <= 4 {
		return "…"
	}
	return "…" + string(r[len(r)-4:])
}

var telegramChat = regexp.MustCompile(`^(-?[0-9]{4,20}|@[A-Za-z0-9_]{5,32})?$`)

// SetTrackedContact keeps how the customer wants to be told. What rights hang
// on goes out all the same.
func (d *Desk) SetTrackedContact(ctx context.Context, token string, in care.ContactWish) error {
	in.Telegram = strings.TrimSpace(in.Telegram)
	if !telegramChat.MatchString(in.Telegram) {
		return care.Fail(care.Invalid, "bad_chat").At("telegram")
	}
	for _, c := range in.Channels {
		if !c.Valid() || c == care.ByWebhook {
			return care.Fail(care.Invalid, "unknown_value", "field", "channels", "value", string(c), "expected", "email sms telegram").At("channels")
		}
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		link, actor, err := d.follow(ctx, tx, token)
		if err != nil {
			return err
		}
		in.Retailer, in.Customer, in.Updated = link.Retailer, link.Customer, d.now()
		in.Channels = slices.Compact(slices.Sorted(slices.Values(in.Channels)))
		if err := tx.PutWish(ctx, in); err != nil {
			return fmt.Errorf("store contact wish: %w", err)
		}
		return d.audit(ctx, tx, actor, "contact.choose", "customer", link.Customer, "", map[string]string{"off": fmt.Sprint(in.Off)})
	})
	if err != nil {
		return fmt.Errorf("choose how to be told: %w", err)
	}
	return nil
}

// NewEndpoint is a program that is to be told what happens.
type NewEndpoint struct {
	URL   string
	Types []care.Occasion // empty = all
}

// maxEndpoints is how many programs a retailer may have told.
const maxEndpoints = 20

func (in *NewEndpoint) check(post Post) error {
	in.URL = strings.TrimSpace(in.URL)
	u, err := url.Parse(in.URL)
	loopback := err == nil && isLoopback(u.Hostname())
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(in.URL) > 500, u.Scheme != "https" && u.Scheme != "http":
		return care.Fail(care.Invalid, "bad_webhook_url").At("url")
	case u.Scheme == "http" && !loopback, loopback && !inward(post):
		return care.Fail(care.Invalid, "webhook_https").At("url")
	}
	for _, o := range in.Types {
		if !slices.Contains(care.EventTypes(), o) {
			return care.Fail(care.Invalid, "unknown_value", "field", "types", "value", string(o), "expected", joinOccasions(care.EventTypes())).At("types")
		}
	}
	return nil
}

// inward reports whether programs inside the network may be told.
func inward(post Post) bool {
	p, ok := post.(interface{ Inward() bool })
	return ok && p.Inward()
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func joinOccasions(list []care.Occasion) string {
	texts := make([]string, len(list))
	for i, o := range list {
		texts[i] = string(o)
	}
	return strings.Join(texts, " ")
}

// AddEndpoint has a program told what happens. The secret in the answer is
// shown this once.
func (d *Desk) AddEndpoint(ctx context.Context, actor care.Actor, in NewEndpoint) (e care.Endpoint, err error) {
	if err := may(actor, ManageWebhooks); err != nil {
		return e, err
	}
	if err := in.check(d.post); err != nil {
		return e, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		list, err := tx.Endpoints(ctx, actor.Retailer)
		if err != nil {
			return err
		}
		if len(list) >= maxEndpoints {
			return care.Fail(care.Invalid, "too_many_webhooks", "most", fmt.Sprint(maxEndpoints))
		}
		id, err := d.newID()
		if err != nil {
			return err
		}
		secret := make([]byte, 32)
		if err := d.read(secret); err != nil {
			return err
		}
		e = care.Endpoint{ID: id, Retailer: actor.Retailer, URL: in.URL, Secret: "whsec_" + base64.StdEncoding.EncodeToString(secret), Types: in.Types,
			Enabled: true, Created: d.now()}
		if err := tx.PutEndpoint(ctx, e); err != nil {
			return fmt.Errorf("store program: %w", err)
		}
		return d.audit(ctx, tx, actor, "webhook.add", "webhook", e.ID, "", map[string]string{"host": hostOf(e.URL)})
	})
	if err != nil {
		return care.Endpoint{}, fmt.Errorf("add webhook: %w", err)
	}
	return e, nil
}

// Endpoints lists the programs that are told, without their secrets.
func (d *Desk) Endpoints(ctx context.Context, actor care.Actor) (list []care.Endpoint, err error) {
	if err := may(actor, ManageWebhooks); err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.Endpoints(ctx, actor.Retailer)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list webhooks: %w", err)
	}
	for i := range list {
		list[i].Secret = ""
	}
	return list, nil
}

// ChangeEndpoint says what a program is told, and whether.
func (d *Desk) ChangeEndpoint(ctx context.Context, actor care.Actor, id string, types []care.Occasion, enabled bool) (care.Endpoint, error) {
	return d.endpoint(ctx, actor, id, "webhook.change", func(_ Tx, e *care.Endpoint) error {
		in := NewEndpoint{URL: e.URL, Types: types}
		if err := in.check(d.post); err != nil {
			return err
		}
		if enabled && !e.Enabled {
			e.Failing, e.Stopped = time.Time{}, time.Time{}
		}
		e.Types, e.Enabled = types, enabled
		return nil
	})
}

// RemoveEndpoint has a program told no more.
func (d *Desk) RemoveEndpoint(ctx context.Context, actor care.Actor, id string) error {
	if err := may(actor, ManageWebhooks); err != nil {
		return err
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		if err := tx.DeleteEndpoint(ctx, actor.Retailer, id); err != nil {
			return notFound(err, "no_webhook")
		}
		return d.audit(ctx, tx, actor, "webhook.remove", "webhook", id, "", nil)
	})
	if err != nil {
		return fmt.Errorf("remove webhook: %w", err)
	}
	return nil
}

// TestEndpoint sends a program a message that tells of nothing.
func (d *Desk) TestEndpoint(ctx context.Context, actor care.Actor, id string) (care.Endpoint, error) {
	return d.endpoint(ctx, actor, id, "webhook.test", func(tx Tx, e *care.Endpoint) error {
		if d.post == nil || !d.post.Has(care.ByWebhook) {
			return care.Fail(care.Blocked, "no_channel", "channel", string(care.ByWebhook))
		}
		data, err := json.Marshal(map[string]string{"webhook": e.ID})
		if err != nil {
			return err
		}
		return d.queueNotice(ctx, tx, care.Notice{Retailer: e.Retailer, Key: fmt.Sprintf("%s %s %d", care.EndpointTest, e.ID, d.now().UnixMicro()),
			Occasion: care.EndpointTest, Channel: care.ByWebhook, To: e.ID, Facts: care.NoticeFacts{Data: data}})
	})
}

// endpoint runs a use case on one program: permission, change, audit.
func (d *Desk) endpoint(ctx context.Context, actor care.Actor, id, action string, change func(Tx, *care.Endpoint) error) (e care.Endpoint, err error) {
	if err := may(actor, ManageWebhooks); err != nil {
		return e, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		if e, err = tx.Endpoint(ctx, actor.Retailer, id); err != nil {
			return notFound(err, "no_webhook")
		}
		if err := change(tx, &e); err != nil {
			return err
		}
		if err := tx.PutEndpoint(ctx, e); err != nil {
			return fmt.Errorf("store program: %w", err)
		}
		return d.audit(ctx, tx, actor, action, "webhook", e.ID, "", map[string]string{"host": hostOf(e.URL), "enabled": fmt.Sprint(e.Enabled)})
	})
	if err != nil {
		return care.Endpoint{}, fmt.Errorf("%s: %w", action, err)
	}
	e.Secret = ""
	return e, nil
}

// Sends tells whether messages can go out on a channel.
func (d *Desk) Sends(channel care.MessageChannel) bool { return d.post != nil && d.post.Has(channel) }
