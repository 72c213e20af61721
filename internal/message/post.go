package message

import (
	"context"
	"errors"
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
)

// Sender gives worded messages to the next hop of one channel.
type Sender interface {
	// Send answers the next hop's id of the message, "" where it names none.
	// An error that is care.ErrUndeliverable is final.
	Send(ctx context.Context, m Message) (id string, err error)
}

// Config says which ways lead out. A nil one is not there.
type Config struct {
	Words    *i18n.Bundle // required
	Mail     Sender
	SMS      Sender
	Telegram Sender
	Hooks    *Hooks
	// Kept keeps all messages to people on this machine: they count as kept,
	// with their full text, and no Sender is asked. For demonstrations.
	Kept bool
}

// Post sends messages on the channels there are.
type Post struct{ cfg Config }

// New makes a post.
func New(cfg Config) (*Post, error) {
	if cfg.Words == nil {
		return nil, errors.New("message: words are required")
	}
	return &Post{cfg}, nil
}

// Has tells whether messages can go out on a channel.
func (p *Post) Has(channel care.MessageChannel) bool {
	if channel == care.ByWebhook {
		return p.cfg.Hooks != nil
	}
	return p.cfg.Kept || p.sender(channel) != nil
}

// Inward reports whether programs inside the network may be told.
func (p *Post) Inward() bool { return p.cfg.Hooks != nil && p.cfg.Hooks.cfg.Reach != Outside }

func (p *Post) sender(channel care.MessageChannel) Sender {
	switch channel {
	case care.ByEmail:
		return p.cfg.Mail
	case care.BySMS:
		return p.cfg.SMS
	case care.ByTelegram:
		return p.cfg.Telegram
	}
	return nil
}

// Send words a message and gives it to the next hop of its channel.
func (p *Post) Send(ctx context.Context, out care.Outgoing) (care.Delivery, error) {
	if out.Channel == care.ByWebhook {
		if p.cfg.Hooks == nil || out.Endpoint == nil {
			return care.Delivery{}, errors.New("send webhook: nobody to send it to")
		}
		return p.cfg.Hooks.send(ctx, out)
	}
	m, err := Compose(p.cfg.Words.Locale(out.Lang), out)
	if err != nil {
		return care.Delivery{}, err
	}
	got := care.Delivery{Subject: m.Subject, Text: m.Text}
	if out.Channel == care.BySMS {
		got.Subject, got.Text = "", m.Short
	}
	if p.cfg.Kept {
		got.Kept = true
		return got, nil
	}
	sender := p.sender(out.Channel)
	if sender == nil {
		return care.Delivery{}, fmt.Errorf("send by %s: there is no such channel", out.Channel)
	}
	if got.ID, err = sender.Send(ctx, m); err != nil {
		return care.Delivery{}, fmt.Errorf("send by %s: %w", out.Channel, err)
	}
	return got, nil
}
