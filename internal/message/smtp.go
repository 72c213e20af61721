package message

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/talon-care/talon/internal/care"
)

// SMTPConfig says how mail goes out.
type SMTPConfig struct {
	// URL of the relay: smtp://user:password@host:port (STARTTLS) or
	// smtps://… (TLS from the start). ?tls=required (usual), try, or none.
	URL     string
	From    string        // the sender's address
	Timeout time.Duration // of one message; 0 = 30 seconds
	Roots   *x509.CertPool
}

// SMTP sends mail through a relay.
type SMTP struct {
	host    string
	options []mail.Option
	from    string
	domain  string
	timeout time.Duration
}

// NewSMTP reads the configuration; nothing is connected yet.
func NewSMTP(cfg SMTPConfig) (*SMTP, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("mail: expected an address such as smtp://user:password@mail.example:587") // never the password
	}
	_, domain, ok := strings.Cut(cfg.From, "@")
	if !ok || domain == "" || strings.ContainsAny(cfg.From, " <>\r\n") {
		return nil, fmt.Errorf("mail: expected a sender such as service@shop.example, not %q", cfg.From)
	}
	s := &SMTP{host: u.Hostname(), from: cfg.From, domain: domain, timeout: cfg.Timeout}
	if s.timeout <= 0 {
		s.timeout = 30 * time.Second
	}
	if s.options, err = relayOptions(u, cfg.Roots); err != nil {
		return nil, err
	}
	s.options = append(s.options, mail.WithTimeout(s.timeout))
	return s, nil
}

func relayOptions(u *url.URL, roots *x509.CertPool) ([]mail.Option, error) {
	options := []mail.Option{mail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), RootCAs: roots, MinVersion: tls.VersionTLS12})}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		options = append(options, mail.WithSSL())
	} else {
		policies := map[string]mail.TLSPolicy{"": mail.TLSMandatory, "required": mail.TLSMandatory, "try": mail.TLSOpportunistic, "none": mail.NoTLS}
		policy, ok := policies[u.Query().Get("tls")]
		if !ok {
			return nil, fmt.Errorf("mail: tls=%s is none of required, try, none", u.Query().Get("tls"))
		}
		options = append(options, mail.WithTLSPolicy(policy))
	}
	if p := u.Port(); p != "" {
		var err error
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("mail: port %q", p)
		}
	}
	options = append(options, mail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	return options, nil
}

// Send gives a mail to the relay. The id of the mail is made of the notice's:
// one that is given again after a crash is the same mail to its receiver.
func (s *SMTP) Send(ctx context.Context, m Message) (string, error) {
	id := m.ID + "@" + s.domain
	msg, err := s.mail(m, id)
	if err != nil {
		return "", err
	}
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return "", failed(mailReason(err), classify(err))
	}
	return "<" + id + ">", nil
}

// classify tells refusals for good from those worth another try. Only what the
// relay said of this very mail is final: a relay that does not answer, or
// wants another password, is the operator's to mend.
func classify(err error) error {
	var refused *mail.SendError
	if !errors.As(err, &refused) {
		return err
	}
	final := refused.Reason == mail.ErrSMTPRcptTo || refused.Reason == mail.ErrSMTPData || refused.Reason == mail.ErrSMTPDataClose
	policy := strings.HasPrefix(refused.EnhancedStatusCode(), "5.7.") // who may send what through it
	if code := refused.ErrorCode(); final && !policy && !refused.IsTemp() && code >= 500 && code < 600 {
		return fmt.Errorf("%w: %w", care.ErrUndeliverable, err)
	}
	return err
}

func (s *SMTP) mail(m Message, id string) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	to, err := netmail.ParseAddress(m.To)
	if err != nil {
		return nil, failed(care.ReasonAddress, fmt.Errorf("%w: bad address: %w", care.ErrUndeliverable, err))
	}
	msg.FromMailAddress(&netmail.Address{Name: m.Shop, Address: s.from})
	msg.AddToMailAddress(&netmail.Address{Name: m.Name, Address: to.Address})
	if m.Reply != "" {
		if err := msg.ReplyTo(m.Reply); err != nil {
			return nil, fmt.Errorf("mail: answers to %s: %w", m.Reply, err)
		}
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(id)
	msg.SetDateWithValue(m.Created)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader("List-Id", "<notices."+m.Retailer+"."+s.domain+">")
	msg.SetGenHeader("Content-Language", m.Lang)
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	if len(m.Calendar) > 0 {
		kind := mail.ContentType("text/calendar; charset=utf-8; method=" + m.Method)
		if err := msg.AttachReader(m.Number+".ics", bytes.NewReader(m.Calendar), mail.WithFileContentType(kind)); err != nil {
			return nil, fmt.Errorf("mail: attach booking: %w", err)
		}
	}
	return msg, nil
}
