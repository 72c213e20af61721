package message_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// relay is a real SMTP server that keeps what it was given.
type relay struct {
	addr  string
	roots *x509.CertPool

	mu     sync.Mutex
	mails  []*received
	refuse []*smtp.SMTPError // for the next recipients, one each; nil = taken
	after  *smtp.SMTPError   // answers what follows an address that was taken
	sender *smtp.SMTPError   // answers the sender's address
}

// received is a mail as it came in.
type received struct {
	from, to string
	raw      string
	*mail.Message
}

// newRelay starts a server; secure gives it a certificate for STARTTLS.
func newRelay(t *testing.T, secure bool) *relay {
	t.Helper()
	r := &relay{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{relay: r}, nil }))
	server.Domain, server.ErrorLog = "relay.example", quiet{}
	if secure {
		server.TLSConfig = r.certificate(t)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = listener.Addr().String()
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		_, _ = server.Close(), listener.Close() // the server may not know of its listener yet
		<-done
	})
	return r
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate makes one for 127.0.0.1 that the test alone trusts.
func (r *relay) certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	r.roots = x509.NewCertPool()
	r.roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// answers is what the next recipients are answered; nil takes one.
func (r *relay) answers(list ...*smtp.SMTPError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = list
}

func (r *relay) all() []*received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*received(nil), r.mails...)
}

type session struct {
	relay    *relay
	from, to string
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	if s.relay.sender != nil {
		return s.relay.sender
	}
	return nil
}

// AuthMechanisms and Auth let nobody in.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, _ string) error { return smtp.ErrAuthFailed }), nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	if len(s.relay.refuse) > 0 {
		no := s.relay.refuse[0]
		s.relay.refuse = s.relay.refuse[1:]
		if no != nil {
			return no
		}
	}
	s.to = to
	return nil
}

func (s *session) Data(in io.Reader) error {
	if s.relay.after != nil {
		return s.relay.after
	}
	raw, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: fmt.Sprintf("no mail: %v", err)}
	}
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	s.relay.mails = append(s.relay.mails, &received{s.from, s.to, string(raw), m})
	return nil
}

var (
	busy    = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, try later"}
	unknown = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
)
