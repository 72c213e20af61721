package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// mailed is a post that keeps what is sent.
type mailed struct{ sent []care.Outgoing }

func (*mailed) Has(channel care.MessageChannel) bool { return channel == care.ByEmail }

func (m *mailed) Send(_ context.Context, out care.Outgoing) (care.Delivery, error) {
	m.sent = append(m.sent, out)
	return care.Delivery{ID: "1"}, nil
}

// TestPortalLostLink asks for a lost link: the answer tells a stranger nothing,
// the link goes to where the customer is known, in the customer's language.
func TestPortalLostLink(t *testing.T) {
	var post mailed
	s := openPortal(t, func(cfg *desk.Config) { cfg.Post, cfg.Public = &post, "https://service.example" })
	s.sell()
	b := s.browser("bg")
	number, _ := b.claimByPortal("bg-omni", contact("serial", laptop))
	if _, err := s.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	post.sent = nil
	home := b.get("/r/bg-omni").want(http.StatusOK)
	ask := func(number, contact string) reply {
		t.Helper()
		return b.send(home, "/link", url.Values{"number": {number}, "contact": {contact}})
	}
	known := ask(number, "0880000011").want(http.StatusOK)
	strange := ask(number, "+359 88 999 99 99").want(http.StatusOK)
	if known.text() != strange.text() || known.path != strange.path {
		t.Errorf("the answers differ:\n%s\n%s", known.text(), strange.text())
	}
	if _, err := s.desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(post.sent) != 1 || post.sent[0].Occasion != care.LinkAsked || post.sent[0].To != "ada@example.com" || post.sent[0].Lang != "bg" {
		t.Fatalf("sent: %+v", post.sent)
	}
	b.get(strings.TrimPrefix(post.sent[0].Link, "https://service.example")).want(http.StatusOK).says(number)

	empty := b.post("/r/bg-omni/link", url.Values{"number": {number}}).want(http.StatusUnprocessableEntity)
	if empty.error("contact") == "" || untouched(empty.form("/link", "")).Get("number") != number {
		t.Errorf("no message beside the contact, or the number is gone:\n%s", empty.text())
	}
	ask(number, "x@y.example").want(http.StatusOK)
	ask(number, "ada@example.com").want(http.StatusTooManyRequests)
}

// TestPortalLostLinkNeedsAWay offers no link where none can be sent.
func TestPortalLostLinkNeedsAWay(t *testing.T) {
	b := openPortal(t).browser("en")
	home := b.get("/r/bg-omni").want(http.StatusOK)
	if forms := home.all(func(n *html.Node) bool { return n.Data == "form" && strings.HasSuffix(attrOf(n, "action"), "/link") }); len(forms) > 0 {
		t.Error("a link is offered that nobody can send")
	}
	b.post("/r/bg-omni/link", url.Values{"number": {"RMA-2026-000001"}, "contact": {"a@b.example"}}).want(http.StatusNotFound)
}

// TestPortalAwaitsABasis brings the choice of a basis forward where the claim
// waits for nothing else.
func TestPortalAwaitsABasis(t *testing.T) {
	basis, remedy, cancel := trackAction{Command: care.CmdChooseBasis}, trackAction{Command: care.CmdChooseRemedy}, trackAction{Command: care.CmdCancel}
	cases := []struct {
		name    string
		state   care.State
		wait    care.WaitReason
		actions []trackAction
		awaited bool
	}{
		{"no remedy to choose", care.AwaitingCustomer, care.WaitChoice, []trackAction{cancel, basis}, true},
		{"a remedy to choose", care.AwaitingCustomer, care.WaitChoice, []trackAction{remedy, basis}, false},
		{"an estimate to answer", care.AwaitingCustomer, care.WaitPaidEstimate, []trackAction{cancel, basis}, false},
		{"in diagnosis", care.InDiagnosis, "", []trackAction{cancel, basis}, false},
		{"nothing to do", care.AwaitingCustomer, care.WaitChoice, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := trackPage{Actions: c.actions}
			p.awaitBasis(care.Claim{State: c.state, Wait: c.wait})
			if len(p.Actions) != len(c.actions) {
				t.Fatalf("%d of %d actions are left", len(p.Actions), len(c.actions))
			}
			if got := len(p.Actions) > 0 && p.Actions[0].Awaited; got != c.awaited || got && p.Actions[0].Command != care.CmdChooseBasis {
				t.Errorf("first: %+v", p.Actions)
			}
		})
	}
}
