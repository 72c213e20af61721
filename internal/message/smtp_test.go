package message_test

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/message"
)

// mailer sends to a relay.
func mailer(t *testing.T, r *relay, tls string) *message.SMTP {
	t.Helper()
	s, err := message.NewSMTP(message.SMTPConfig{URL: "smtp://" + r.addr + "?tls=" + tls, From: "service@shop.example", Roots: r.roots})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func composed(t *testing.T, o care.Occasion, lang string) message.Message {
	t.Helper()
	m, err := message.Compose(words(t).Locale(lang), outgoing(o, care.ByEmail, "maria@mail.example", lang))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// part is one part of a mail, as its reader sees it.
type part struct{ kind, disposition, text string }

func parts(t *testing.T, kind, encoding string, body io.Reader) []part {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(media, "multipart/") {
		var out []part
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return out
			}
			if err != nil {
				t.Fatal(err)
			}
			list := parts(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
			list[0].disposition = p.Header.Get("Content-Disposition")
			out = append(out, list...)
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return []part{{kind: kind, text: strings.ReplaceAll(string(text), "\r\n", "\n")}}
}

func TestMailArrivesWhole(t *testing.T) {
	r := newRelay(t, true)
	m := composed(t, care.ConsultationBooked, "ru")
	m.Name = `Мария "Маша" О'Нил, <ИП>`
	id, err := mailer(t, r, "required").Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	mails := r.all()
	if len(mails) != 1 || mails[0].from != "service@shop.example" || mails[0].to != "maria@mail.example" {
		t.Fatalf("the relay has %+v", mails)
	}
	h := mails[0].Header
	for name, want := range map[string]string{"Message-Id": "<0198-n@shop.example>", "Auto-Submitted": "auto-generated",
		"List-Id": "<notices.bg-omni.shop.example>", "Content-Language": "ru", "Reply-To": "<help@shop.example>", "Date": "Tue, 10 Mar 2026 10:00:00 +0000"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
	if id != h.Get("Message-Id") {
		t.Errorf("the id told is %s", id)
	}
	for name, want := range map[string]string{"Subject": m.Subject, "To": `Мария "Маша" О'Нил, <ИП> <maria@mail.example>`} {
		got, err := new(mime.WordDecoder).DecodeHeader(h.Get(name))
		if err != nil || strings.ReplaceAll(got, `"`, "") != strings.ReplaceAll(want, `"`, "") {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
	list := parts(t, h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), mails[0].Body)
	if len(list) != 3 {
		t.Fatalf("%d parts: %+v", len(list), list)
	}
	for i, want := range []struct{ kind, text string }{{"text/plain", m.Text}, {"text/html", m.HTML}, {"text/calendar", strings.ReplaceAll(string(m.Calendar), "\r\n", "\n")}} {
		if !strings.HasPrefix(list[i].kind, want.kind) || strings.TrimSpace(list[i].text) != strings.TrimSpace(want.text) {
			t.Errorf("part %d is %s:\n%s\nwant\n%s", i, list[i].kind, list[i].text, want.text)
		}
	}
	if !strings.Contains(list[2].disposition, "RMA-2026-000017.ics") || !strings.Contains(list[2].kind, "method=PUBLISH") {
		t.Errorf("the booking comes as %s, %s", list[2].disposition, list[2].kind)
	}
}

func TestWhatARelayRefuses(t *testing.T) {
	policy := &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "authenticate first"}
	for name, c := range map[string]struct {
		answer *smtp.SMTPError
		final  bool
	}{"greylisted": {busy, false}, "no such user": {unknown, true}, "a matter of the relay's": {policy, false}} {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, false)
			r.answers(c.answer)
			_, err := mailer(t, r, "none").Send(t.Context(), composed(t, care.DeviceReady, "bg"))
			if err == nil || errors.Is(err, care.ErrUndeliverable) != c.final {
				t.Errorf("got %v, final: %v", err, c.final)
			}
			if !strings.Contains(err.Error(), c.answer.Message) {
				t.Errorf("the error does not say why: %v", err)
			}
		})
	}
}

func TestMailIsNotSentInTheClearUnlessAllowed(t *testing.T) {
	r := newRelay(t, false)
	if _, err := mailer(t, r, "required").Send(t.Context(), composed(t, care.DeviceReady, "en")); err == nil || errors.Is(err, care.ErrUndeliverable) {
		t.Errorf("a relay without TLS: %v", err)
	}
	if _, err := mailer(t, r, "try").Send(t.Context(), composed(t, care.DeviceReady, "en")); err != nil {
		t.Errorf("where TLS is only tried: %v", err)
	}
	strange := newRelay(t, true)
	strange.roots = nil // of nobody we trust
	if _, err := mailer(t, strange, "required").Send(t.Context(), composed(t, care.DeviceReady, "en")); err == nil {
		t.Error("a certificate of nobody's was taken")
	}
}

func TestBadMailConfiguration(t *testing.T) {
	for _, c := range []message.SMTPConfig{
		{URL: "", From: "a@b.example"}, {URL: "http://mail.example", From: "a@b.example"}, {URL: "smtp://mail.example", From: "nobody"},
		{URL: "smtp://mail.example?tls=maybe", From: "a@b.example"}, {URL: "smtp://u:secret word@mail.example", From: "a@b.example"},
	} {
		if _, err := message.NewSMTP(c); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	m := composed(t, care.DeviceReady, "en")
	m.To = "not an address\r\nBcc: all@x.example"
	if _, err := mailer(t, newRelay(t, false), "none").Send(t.Context(), m); !errors.Is(err, care.ErrUndeliverable) {
		t.Errorf("a broken address: %v", err)
	}
}
