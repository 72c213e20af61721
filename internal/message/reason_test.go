package message_test

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/message"
)

// A mail that a real relay does not take is told by its class, whatever the
// relay says in words.
func TestWhyARelayTakesNothing(t *testing.T) {
	no := func(code int, enhanced smtp.EnhancedCode, words string) *smtp.SMTPError {
		return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: words}
	}
	bare := smtp.EnhancedCodeNotSet
	for name, c := range map[string]struct {
		receiver, data, sender *smtp.SMTPError
		want                   care.NoticeReason
	}{
		"no such user":                    {receiver: unknown, want: care.ReasonAddress},
		"no such user, in a bare code":    {receiver: no(550, bare, "unknown"), want: care.ReasonAddress},
		"an account that was closed":      {receiver: no(550, smtp.EnhancedCode{5, 2, 1}, "disabled"), want: care.ReasonAddress},
		"a full mailbox":                  {receiver: no(452, smtp.EnhancedCode{4, 2, 2}, "over quota"), want: care.ReasonMailboxFull},
		"a full mailbox, in a bare code":  {receiver: no(552, bare, "storage"), want: care.ReasonMailboxFull},
		"greylisted":                      {receiver: busy, want: care.ReasonLater},
		"busy":                            {receiver: no(451, bare, "try again"), want: care.ReasonLater},
		"taken for spam":                  {data: no(554, smtp.EnhancedCode{5, 7, 1}, "spam"), want: care.ReasonPolicy},
		"taken for spam, in a bare code":  {data: no(550, bare, "looks like spam"), want: care.ReasonPolicy},
		"against the rules of the sender": {receiver: no(550, smtp.EnhancedCode{5, 7, 26}, "unauthenticated"), want: care.ReasonPolicy},
		"the sender is not known":         {sender: no(550, smtp.EnhancedCode{5, 1, 8}, "bad sender"), want: care.ReasonPolicy},
		"too many":                        {receiver: no(452, smtp.EnhancedCode{4, 5, 3}, "too many recipients"), want: care.ReasonTooMany},
		"too fast":                        {receiver: no(450, smtp.EnhancedCode{4, 7, 28}, "rate"), want: care.ReasonTooMany},
		"sign in first":                   {receiver: no(530, smtp.EnhancedCode{5, 7, 0}, "authenticate"), want: care.ReasonSignIn},
		"nobody answers behind it":        {receiver: no(450, smtp.EnhancedCode{4, 4, 1}, "no answer"), want: care.ReasonConnection},
		"something else":                  {data: no(555, smtp.EnhancedCode{5, 5, 4}, "parameters"), want: care.ReasonOther},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, false)
			r.answers(c.receiver)
			r.after, r.sender = c.data, c.sender
			_, err := mailer(t, r, "none").Send(t.Context(), composed(t, care.DeviceReady, "bg"))
			if err == nil || care.ReasonOf(err) != c.want {
				t.Errorf("%v is %q, want %q", err, care.ReasonOf(err), c.want)
			}
		})
	}
}

// A relay that is not there, that wants another password, or a secured line that
// it does not have.
func TestWhyARelayIsNotReached(t *testing.T) {
	send := func(t *testing.T, cfg message.SMTPConfig) error {
		t.Helper()
		s, err := message.NewSMTP(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Send(t.Context(), composed(t, care.DeviceReady, "ru"))
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := listener.Addr().String()
	listener.Close()
	secure, open := newRelay(t, true), newRelay(t, false)
	for name, c := range map[string]struct {
		cfg  message.SMTPConfig
		want care.NoticeReason
	}{
		"nobody is there": {message.SMTPConfig{URL: "smtp://" + gone, From: "a@shop.example"}, care.ReasonConnection},
		"a wrong password": {message.SMTPConfig{URL: "smtp://shop:wrong@" + secure.addr, From: "a@shop.example", Roots: secure.roots},
			care.ReasonSignIn},
		"no secured line": {message.SMTPConfig{URL: "smtp://" + open.addr, From: "a@shop.example"}, care.ReasonConnection},
	} {
		t.Run(name, func(t *testing.T) {
			err := send(t, c.cfg)
			if err == nil || care.ReasonOf(err) != c.want || errors.Is(err, care.ErrUndeliverable) || strings.Contains(err.Error(), "wrong") {
				t.Errorf("%v is %q, want %q", err, care.ReasonOf(err), c.want)
			}
		})
	}
}
