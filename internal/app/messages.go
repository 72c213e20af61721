package app

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/message"
)

// Messages says how messages leave the house. What is "" is not there: such
// messages are noted as not sent.
type Messages struct {
	// Public is the address at which customers reach the pages; messages
	// without it have no links.
	Public   string
	SMTP     string // URL of the relay, with its password
	From     string // sender's address of mail
	SMS      message.GatewayConfig
	Telegram message.GatewayConfig
	// Inside lets webhooks go to addresses inside the network.
	Inside bool
	// Kept keeps all on this machine: a demonstration.
	Kept bool
}

// ReadMessages reads the configuration of messages from the environment, where
// its secrets are: a flag would be seen by everybody on the machine.
func ReadMessages(get func(string) string) (Messages, error) {
	m := Messages{SMTP: get("TALON_SMTP_URL")}
	var err error
	if m.SMS, err = readGateway(get, "TALON_SMS"); err != nil {
		return m, err
	}
	m.Telegram, err = readGateway(get, "TALON_TELEGRAM")
	if token := get("TALON_TELEGRAM_TOKEN"); token != "" {
		m.Telegram = message.TelegramBot(token)
	}
	return m, err
}

// readGateway reads NAME_URL, NAME_METHOD, NAME_HEADERS, NAME_BODY, NAME_FROM
// and NAME_ANSWER.
func readGateway(get func(string) string, name string) (message.GatewayConfig, error) {
	g := message.GatewayConfig{URL: get(name + "_URL"), Method: get(name + "_METHOD"), Body: get(name + "_BODY"), From: get(name + "_FROM"),
		Answer: get(name + "_ANSWER"), Headers: map[string]string{}}
	for line := range strings.Lines(strings.ReplaceAll(get(name+"_HEADERS"), ";", "\n")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		header, value, ok := strings.Cut(line, ":")
		if !ok {
			return g, BadInput(fmt.Errorf("%s_HEADERS: expected lines such as Authorization: Bearer …", name)) // never what it holds
		}
		g.Headers[strings.TrimSpace(header)] = strings.TrimSpace(value)
	}
	return g, nil
}

// open makes the post of an installation.
func (m Messages) open(words *i18n.Bundle, now func() time.Time) (*message.Post, error) {
	if m.Public != "" && !care.WebLink(m.Public) {
		return nil, BadInput(fmt.Errorf("public address %q: expected an address such as https://care.example", m.Public))
	}
	cfg := message.Config{Words: words, Kept: m.Kept}
	reach := message.Outside
	switch {
	case m.Kept:
		reach = message.Here
	case m.Inside:
		reach = message.Anywhere
	}
	var failed []error
	note := func(name string, err error) {
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
		}
	}
	hooks, err := message.NewHooks(message.HooksConfig{Now: now, Reach: reach})
	note("webhooks", err)
	cfg.Hooks = hooks
	if m.SMTP != "" {
		sender, err := message.NewSMTP(message.SMTPConfig{URL: m.SMTP, From: m.From})
		note("TALON_SMTP_URL", err)
		cfg.Mail = sender
	}
	if m.SMS.URL != "" {
		sender, err := message.NewSMS(m.SMS)
		note("TALON_SMS_URL", err)
		cfg.SMS = sender
	}
	if m.Telegram.URL != "" {
		sender, err := message.NewTelegram(m.Telegram)
		note("TALON_TELEGRAM_URL", err)
		cfg.Telegram = sender
	}
	if err := errors.Join(failed...); err != nil {
		return nil, BadInput(err)
	}
	return message.New(cfg)
}
