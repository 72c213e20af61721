package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// Customers who lost their link are counted in the store, on every machine
// alike, whether anything is found or not.
const (
	lostWindow   = time.Hour
	lostByNumber = 3
	lostByIP     = 20
)

// MaySendLinks reports whether a customer who lost the tracking link can be
// sent another: the installation sends mails or SMS, and knows its address.
func (d *Desk) MaySendLinks() bool {
	return d.public != "" && (d.Sends(care.ByEmail) || d.Sends(care.BySMS))
}

// SendLink sends the customer of a request or claim a tracking link, where its
// number and the customer's phone or e-mail belong together (D3). It goes to
// where the customer is told of everything else, never to what was typed.
// Nobody learns from the answer whether there is such a request: only what is
// missing and care.TooMany are refused.
func (d *Desk) SendLink(ctx context.Context, retailer, number, contact, ip string) error {
	if err := required(number, "number"); err != nil {
		return err
	}
	if err := required(contact, "contact"); err != nil {
		return err
	}
	if len(number) > longestName || len(contact) > longestName {
		return nil // of nobody
	}
	number = strings.ToUpper(strings.TrimSpace(number))
	window, tooMany := d.now().Truncate(lostWindow), false
	err := d.store.Tx(ctx, func(tx Tx) error {
		tries, err := tx.Hit(ctx, "link:number:"+HashToken(retailer+" "+number), window)
		if err != nil {
			return fmt.Errorf("count links: %w", err)
		}
		from, err := tx.Hit(ctx, "link:ip:"+ip, window)
		if err != nil {
			return fmt.Errorf("count links: %w", err)
		}
		if tooMany = tries > lostByNumber || from > lostByIP; tooMany {
			return nil // counted all the same
		}
		return d.sendLink(ctx, tx, retailer, number, contact)
	})
	if err != nil {
		return fmt.Errorf("send link: %w", err)
	}
	if tooMany {
		minutes := window.Add(lostWindow).Sub(d.now()).Round(time.Minute) / time.Minute
		return care.Fail(care.TooMany, "too_many_links", "minutes", fmt.Sprint(max(1, int(minutes)))).At("number")
	}
	return nil
}

func (d *Desk) sendLink(ctx context.Context, tx Tx, retailer, number, contact string) error {
	r, err := requestByNumber(ctx, tx, retailer, number)
	if missing(&err) || err != nil {
		return err
	}
	customer, err := tx.Customer(ctx, retailer, r.Customer)
	if missing(&err) || err != nil {
		return err
	}
	if !isContact(customer, contact) {
		return nil
	}
	return d.noticeOf(ctx, tx, r, fmt.Sprintf("%s %d", r.ID, d.now().UnixMicro()), care.NoticeFacts{}, care.LinkAsked)
}

// requestByNumber finds a request by its number, or by that of its claim;
// care.ErrNotFound where there is none.
func requestByNumber(ctx context.Context, tx Tx, retailer, number string) (care.Request, error) {
	c, err := tx.ClaimByNumber(ctx, retailer, number)
	if !missing(&err) {
		if err != nil {
			return care.Request{}, fmt.Errorf("claim by number: %w", err)
		}
		return tx.Request(ctx, retailer, c.Request)
	}
	list, _, err := tx.Requests(ctx, retailer, care.RequestFilter{Text: number}, care.Page{Limit: 10})
	if err != nil {
		return care.Request{}, fmt.Errorf("requests by number: %w", err)
	}
	for _, r := range list {
		if r.Number == number {
			return r, nil
		}
	}
	return care.Request{}, care.ErrNotFound
}

// isContact reports whether a text is the customer's e-mail, or phone. Of
// phones the last nine digits count: the rest is written in many ways.
func isContact(c care.Customer, text string) bool {
	if strings.Contains(text, "@") {
		return c.Email != "" && foldEmail(text) == foldEmail(c.Email)
	}
	const local = 9
	known, typed := onlyDigits(c.Phone), onlyDigits(text)
	return len(known) >= local && len(typed) >= local && known[len(known)-local:] == typed[len(typed)-local:]
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
