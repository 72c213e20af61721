package desk_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	printing "github.com/talon-care/talon/internal/document"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// tray is a printer that keeps what it printed.
type tray struct {
	*printing.Printer
	last care.Paper
}

func newTray(t *testing.T, lib *policy.Library) *tray {
	t.Helper()
	words, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("%s: missing %s", lang, key) }))
	if err != nil {
		t.Fatal(err)
	}
	p, err := printing.New(words)
	if err != nil {
		t.Fatal(err)
	}
	return &tray{Printer: p}
}

func (t *tray) Render(p care.Paper) ([]byte, error) {
	t.last = p
	return t.Printer.Render(p)
}

// papers names the papers that an actor has of a claim.
func (s *shop) papers(actor care.Actor, claim string) string {
	s.t.Helper()
	list, err := s.Papers(s.t.Context(), actor, claim)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, p := range list {
		out = append(out, string(p.Kind))
	}
	return strings.Join(out, " ")
}

// print prints a paper that must be there.
func (s *shop) print(actor care.Actor, claim string, kind care.PaperKind, lang string) (care.Paper, desk.PaperFile) {
	s.t.Helper()
	f, err := s.Paper(s.t.Context(), actor, claim, kind, desk.PaperAs{Lang: lang})
	if err != nil {
		s.t.Fatalf("%s: %v", kind, err)
	}
	if !bytes.HasPrefix(f.Content, []byte("%PDF-")) || f.Name != s.tray.last.Number+".pdf" {
		s.t.Errorf("%s is %s, %d bytes", kind, f.Name, len(f.Content))
	}
	return s.tray.last, f
}

// wet is a claim that is refused because of liquid.
func (s *shop) wet() desk.Receipt {
	s.t.Helper()
	r := s.open()
	s.do(as(care.Manager), r.Claim.ID, care.Accept{Place: "omni-service", Condition: "stains", Documents: []string{"invoice", "warranty_card", "return_request"}},
		care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware", FailedPart: "mainboard",
			Findings: []policy.Finding{{Code: "liquid", Part: "mainboard", Cause: "external"}}}, Method: "microscope", Measured: "0.4 V", Conclusion: "wet"}, care.Refuse{Text: "sorry"})
	return r
}

// TestRefusalPaper names each clause with its text and source, what the law
// says besides, and the bodies that settle disputes (D2; BG-54).
func TestRefusalPaper(t *testing.T) {
	on(t, func(s *shop) {
		r := s.wet()
		for _, lang := range []string{"bg", "ru", "en"} {
			p, _ := s.print(as(care.Clerk), r.Claim.Number, care.RefusalLetter, lang)
			if p.Lang != lang || len(p.Grounds) == 0 || len(p.Grounds) != len(p.Claim.Refusal.Clauses) {
				s.t.Fatalf("in %s: %d grounds for %v", p.Lang, len(p.Grounds), p.Claim.Refusal.Clauses)
			}
			for i, g := range p.Grounds {
				if g.ID != p.Claim.Refusal.Clauses[i] || g.Text == "" || g.Source == "" {
					s.t.Errorf("ground %+v", g)
				}
			}
			if len(p.Disputes) != 3 || !strings.Contains(p.Disputes[0].Name, "КЗП") || !strings.Contains(p.Disputes[1].Name, "ПКП") {
				s.t.Errorf("disputes %+v", p.Disputes)
			}
			if len(p.Other) == 0 || p.Seller.Name == "" || len(p.Seller.Contacts) == 0 || p.Place == nil || p.Customer.Name != "Мария Пробна" {
				s.t.Errorf("head %+v, place %+v, other bases %+v", p.Seller, p.Place, p.Other)
			}
		}
		c, _ := s.print(as(care.Technician), r.Claim.Number, care.Conclusion, "")
		if c.Lang != "bg" || c.Claim.Diagnosis.Method != "microscope" || c.Claim.Diagnosis.Measured != "0.4 V" || c.Author != "manager" {
			s.t.Errorf("conclusion in %s by %s: %+v", c.Lang, c.Author, c.Claim.Diagnosis)
		}
	})
}

// TestAPaperIsTheSamePaperAgain prints a refusal, lets the claim be taken up
// again and covered, and prints it once more.
func TestAPaperIsTheSamePaperAgain(t *testing.T) {
	on(t, func(s *shop) {
		r := s.wet()
		boss := as(care.Manager)
		first, file := s.print(boss, r.Claim.ID, care.RefusalLetter, "bg")
		if !strings.HasPrefix(first.Number, r.Claim.Number+"-N") {
			s.t.Errorf("number %s", first.Number)
		}
		s.do(boss, r.Claim.ID, care.MarkReady{}, care.HandOver{}, care.Close{})
		s.now = s.now.Add(40 * 24 * time.Hour)
		s.do(boss, r.Claim.ID, care.Reopen{Reason: "a second look"}, care.Accept{Place: "omni-service"}, hardware("mainboard"))
		again, same := s.print(boss, r.Claim.ID, care.RefusalLetter, "bg")
		if again.Number != first.Number || !again.At.Equal(first.At) || !bytes.Equal(file.Content, same.Content) {
			s.t.Errorf("printed again: %s of %s, was %s of %s; same file %t", again.Number, again.At, first.Number, first.At, bytes.Equal(file.Content, same.Content))
		}
	})
}

// TestHandBackPaper says what RU-20.3 wants said, with the prolonged end.
func TestHandBackPaper(t *testing.T) {
	on(t, func(s *shop) {
		r := s.decided()
		boss := as(care.Manager)
		s.do(boss, r.Claim.ID, care.StartRepair{})
		s.now = s.now.Add(5 * 24 * time.Hour)
		s.do(boss, r.Claim.ID, care.FinishRepair{Kind: "hardware", Work: "mainboard", Software: "restored", Parts: []care.Part{{Part: "mainboard", Serial: "MB-1", Months: 12}}}, care.MarkReady{})
		before, _ := s.print(boss, r.Claim.ID, care.HandBackPaper, "bg")
		if before.Claim.Custody.Kind == care.HeldByCustomer || !before.Undated {
			s.t.Error("it is handed over before it is")
		}
		s.now = s.now.Add(2 * 24 * time.Hour)
		s.do(boss, r.Claim.ID, care.HandOver{})
		p, file := s.print(boss, r.Claim.ID, care.HandBackPaper, "bg")
		if p.Number != before.Number || p.Claim.Custody.Since.IsZero() || p.Claim.ReceivedAt.IsZero() || p.Claim.Intake.At.IsZero() || p.Claim.Repair.FinishedAt.IsZero() {
			s.t.Errorf("%s after %s: %+v", p.Number, before.Number, p.Claim.Custody)
		}
		days := 0
		for _, b := range p.Terms {
			if b.Basis == policy.Warranty {
				days = b.ProlongedDays
			}
		}
		if days != 6 { // 10 to 15 March, both ends
			s.t.Errorf("prolonged by %d days: %+v", days, p.Terms)
		}
		act, _ := s.print(boss, r.Claim.ID, care.ClosingAct, "bg")
		if act.Copies != 2 || len(act.Rights) == 0 {
			s.t.Errorf("closing act in %d copies, by %+v", act.Copies, act.Rights)
		}
		if !act.At.Equal(s.now) || !p.At.Equal(s.now) || act.Undated || p.Undated {
			s.t.Errorf("handed over %s: the papers are of %s and %s", s.now, p.At, act.At)
		}
		// A later stay of the device changes the terms, and not this paper.
		s.do(boss, r.Claim.ID, care.Close{})
		next := s.submit(visitor, ask(r.Claim.Unit.Serial))
		s.repaired(next.Claim.ID, "omni-service")
		if _, again := s.print(boss, r.Claim.ID, care.HandBackPaper, "bg"); !bytes.Equal(file.Content, again.Content) {
			s.t.Error("a later repair changed the paper of this one")
		}
	})
}

// TestWhoGetsWhichPaper keeps labels from the customer, money from a centre,
// and everything from strangers.
func TestWhoGetsWhichPaper(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.open()
		boss := as(care.Manager)
		s.do(boss, r.Claim.ID, care.Accept{Place: "omni-service", Documents: []string{"invoice"}})
		if got := s.papers(as(care.Clerk), r.Claim.Number); got != "intake_slip device_label" {
			s.t.Errorf("clerk: %s", got)
		}
		tracked, err := s.TrackedPapers(ctx, r.Token)
		if err != nil || len(tracked) != 1 || tracked[0].Kind != care.IntakeSlip {
			s.t.Errorf("customer: %+v, %v", tracked, err)
		}
		if _, err := s.TrackedPaper(ctx, r.Token, care.IntakeSlip, desk.PaperAs{Link: "https://care.example/track/x"}); err != nil || s.tray.last.Link == "" || s.tray.last.Lang != "bg" {
			s.t.Errorf("customer's slip in %s with %q: %v", s.tray.last.Lang, s.tray.last.Link, err)
		}
		for _, kind := range []care.PaperKind{care.DeviceLabel, care.RefusalLetter, "letter", ""} {
			_, err := s.TrackedPaper(ctx, r.Token, kind, desk.PaperAs{})
			s.fails(fmt.Sprintf("customer's %q", kind), "not_found error.no_paper", err)
		}
		_, err = s.TrackedPaper(ctx, "no-such-token", care.IntakeSlip, desk.PaperAs{})
		s.fails("a link that is none", "not_found error.no_tracking", err)
		_, err = s.Paper(ctx, of("ru-omsk", care.Manager), r.Claim.ID, care.IntakeSlip, desk.PaperAs{})
		s.fails("another retailer's claim", "not_found error.no_claim", err)
		_, err = s.Paper(ctx, as(care.Partner), r.Claim.ID, care.IntakeSlip, desk.PaperAs{})
		s.fails("a claim that is routed elsewhere", "not_found error.no_claim", err)
		_, err = s.Paper(ctx, care.Actor{Kind: care.CustomerActor, ID: "somebody", Retailer: "bg-omni"}, r.Claim.ID, care.IntakeSlip, desk.PaperAs{})
		s.fails("a stranger's claim", "not_found error.no_claim", err)
		if p, _ := s.print(boss, r.Claim.ID, care.IntakeSlip, "xx"); p.Lang != "bg" {
			s.t.Errorf("a language that is none gives %s", p.Lang)
		}
	})
}

// TestPrintIntakeSlip prints a link that opens the claim, and is audited.
func TestPrintIntakeSlip(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.open()
		made := ""
		link := func(token string) string { made = token; return "https://care.example/track/" + token }
		_, err := s.PrintIntakeSlip(ctx, as(care.Clerk), r.Claim.ID, "", link)
		s.fails("before the device is there", "not_found error.no_paper", err)
		s.do(as(care.Clerk), r.Claim.ID, care.Accept{Place: "omni-service"})
		if _, err := s.PrintIntakeSlip(ctx, as(care.Clerk), r.Claim.ID, "ru", link); err != nil {
			s.t.Fatal(err)
		}
		if t, err := s.Tracked(ctx, made, "bg"); err != nil || t.Claim == nil || t.Claim.Claim.Number != r.Claim.Number || s.tray.last.Link != "https://care.example/track/"+made {
			s.t.Errorf("the printed link %s: %v", s.tray.last.Link, err)
		}
		if a := s.audits("bg-omni")[0]; a.Action != string(desk.IssueTracking) || a.Details["paper"] != s.tray.last.Number || slices.Contains([]string{a.Reason, a.Details["token"]}, made) {
			s.t.Errorf("audit %+v", a)
		}
		for _, role := range []care.Role{care.Technician, care.Partner, care.Administrator} {
			_, err := s.PrintIntakeSlip(ctx, as(role), r.Claim.ID, "", link)
			s.fails("as "+string(role), "forbidden error.forbidden", err)
		}
	})
}
