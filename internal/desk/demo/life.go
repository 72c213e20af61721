package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// person is a customer.
type person struct{ name, phone, email, town, address string }

func (p person) contact() desk.Contact {
	return desk.Contact{Name: p.name, Phone: p.phone, Email: p.email, Address: p.address, Settlement: p.town}
}

// life is one request on its way; each method adds what happens next, some
// days after the step before.
type life struct {
	*stage
	at      time.Time
	unit    thing
	who     person
	place   string // where the device is, as far as the script has come
	receipt *desk.Receipt
}

// ask is how a request comes in; the zero value is the portal's form.
type ask struct {
	kind    string
	channel string
	lang    string
	text    string
	subject string
	papers  []string
	deliver bool
	basis   policy.Basis // "" = the warranty; see open
	open    bool         // the customer has not chosen a basis
	slot    int          // days ahead of a video consultation
}

// life opens a claim on a thing so many days ago.
func (s *stage) life(ago float64, t thing, who person, in ask) *life {
	if !s.known[t.identity()] {
		s.known[t.identity()] = true
		s.sell(t, who)
	}
	in.kind = care.WarrantyService
	if in.basis == "" && !in.open {
		in.basis = policy.Warranty
	}
	l := &life{stage: s, unit: t, who: who, receipt: &desk.Receipt{}, at: s.office(s.end.Add(-days(ago)))}
	l.submit(in)
	return l
}

// request asks something that is no claim.
func (s *stage) request(ago float64, who person, in ask) *life {
	l := &life{stage: s, who: who, receipt: &desk.Receipt{}, at: s.office(s.end.Add(-days(ago)))}
	l.submit(in)
	return l
}

func days(n float64) time.Duration { return time.Duration(n * float64(day)) }

func (l *life) submit(in ask) {
	req := desk.NewRequest{Kind: in.kind, Channel: in.channel, Lang: in.lang, Text: in.text, Subject: in.subject, Customer: l.who.contact(),
		Identity: l.unit.identity(), Basis: in.basis, Documents: in.papers, Accepted: l.accepted}
	if in.deliver {
		req.Return = care.ReturnDeliver
	}
	if req.Channel == "" {
		req.Channel = "portal"
	}
	l.add(l.at, "ask about "+l.unit.identity()+in.subject, func(ctx context.Context) error {
		actor := l.actors[care.Clerk]
		if req.Channel == "portal" {
			actor = care.Actor{Kind: care.CustomerActor, Retailer: l.id, Name: l.who.name}
		}
		if in.slot > 0 {
			slot, err := l.freeSlot(ctx, in.slot)
			if err != nil {
				return err
			}
			req.Slot = slot
		}
		r, err := l.desk.Submit(ctx, actor, req)
		*l.receipt = r
		if r.Claim != nil {
			l.guide.Claims++
		} else {
			l.guide.Requests++
		}
		return err
	})
}

// freeSlot is the first time of a video consultation that is free so many days
// ahead.
func (l *life) freeSlot(ctx context.Context, ahead int) (time.Time, error) {
	from := l.clock.Add(time.Duration(ahead) * day)
	slots, err := l.desk.Slots(ctx, l.id, from, from.Add(30*day))
	if err != nil {
		return time.Time{}, err
	}
	for _, s := range slots {
		if s.Left > 0 {
			return s.Start, nil
		}
	}
	return time.Time{}, fmt.Errorf("no free time within a month of %s", from.Format(time.DateOnly))
}

// then adds a step some days later.
func (l *life) then(after float64, what string, do func(context.Context) error) *life {
	next := l.office(l.at.Add(days(after)))
	if !next.After(l.at) {
		next = l.at.Add(5 * time.Minute)
	}
	l.at = next
	l.add(l.at, what+" "+l.unit.identity(), do)
	return l
}

// by gives the claim a command of a member of staff.
func (l *life) by(role care.Role, after float64, cmd care.Command) *life {
	return l.then(after, string(role)+": "+string(cmd.Name()), func(ctx context.Context) error {
		_, err := l.desk.Do(ctx, l.actors[role], l.receipt.Claim.ID, cmd)
		return err
	})
}

// customer gives the claim a command of its owner, by the tracking link.
func (l *life) customer(after float64, cmd care.Command) *life {
	return l.then(after, "customer: "+string(cmd.Name()), func(ctx context.Context) error {
		_, err := l.desk.TrackedDo(ctx, l.receipt.Token, cmd)
		return err
	})
}

// writes is the customer's message.
func (l *life) writes(after float64, text string) *life {
	return l.then(after, "customer writes", func(ctx context.Context) error { return l.desk.TrackedSay(ctx, l.receipt.Token, text) })
}

// answers is a message to the customer; notes is one among staff.
func (l *life) answers(role care.Role, after float64, text string) *life {
	return l.say(role, after, text, false)
}

func (l *life) notes(role care.Role, after float64, text string) *life {
	return l.say(role, after, text, true)
}

func (l *life) say(role care.Role, after float64, text string, internal bool) *life {
	return l.then(after, string(role)+" writes", func(ctx context.Context) error {
		return l.desk.Answer(ctx, l.actors[role], l.receipt.Request.ID, text, internal)
	})
}

func (l *life) closes(role care.Role, after float64) *life {
	return l.then(after, "close request", func(ctx context.Context) error {
		return l.desk.CloseRequest(ctx, l.actors[role], l.receipt.Request.ID)
	})
}

// intake takes the device in at a place with the usual papers.
func (l *life) intake(after float64, place, condition string) *life {
	return l.intakeWith(after, place, condition, l.papers)
}

func (l *life) intakeWith(after float64, place, condition string, papers []string) *life {
	l.place = place
	return l.by(care.Clerk, after, care.Accept{Place: place, Condition: condition, Documents: papers})
}

// carry sends the device to a place by courier, where it arrives a day later.
func (l *life) carry(after float64, to string) *life {
	l.by(care.Dispatcher, after, care.Forward{To: to, Carrier: l.courier, Tracking: fmt.Sprintf("TR%07d", 1000+len(l.steps))})
	l.place = to
	return l.by(l.worker(), 1, care.ReceiveAtCentre{Place: to})
}

// worker is who works where the device is.
func (l *life) worker() care.Role {
	if l.place == l.partner {
		return care.Partner
	}
	return care.Technician
}

// diagnose starts the diagnosis and records what was found.
func (l *life) diagnose(after float64, f policy.DiagnosisFacts, conclusion string) *life {
	l.by(l.worker(), after, care.StartDiagnosis{})
	return l.by(l.worker(), 0.5, care.Diagnose{Facts: f, Conclusion: conclusion})
}

// repair does the whole work.
func (l *life) repair(after float64, takes float64, kind, work string, parts ...care.Part) *life {
	l.by(l.worker(), after, care.StartRepair{})
	return l.by(l.worker(), takes, care.FinishRepair{Kind: kind, Work: work, Parts: parts})
}

// ready tells the customer.
func (l *life) ready(after float64) *life {
	return l.by(l.worker(), after, care.MarkReady{Told: "sms"})
}

// home hands the device over and closes the claim.
func (l *life) home(after float64) *life {
	return l.by(care.Clerk, after, care.HandOver{Proof: "signature"}).by(care.Clerk, 0.2, care.Close{})
}

// answered records facts that somebody stated.
func (l *life) answered(after float64, facts ...string) *life {
	var list []care.Answer
	for i := 0; i+1 < len(facts); i += 2 {
		list = append(list, care.Answer{Fact: facts[i], Value: facts[i+1]})
	}
	return l.by(l.worker(), after, care.RecordAnswers{Facts: list})
}

// show puts the claim into the guide.
func (l *life) show(id string, title, look map[string]string) {
	l.then(0.001, "show", func(context.Context) error {
		l.guide.Showcases = append(l.guide.Showcases, Showcase{ID: id, Retailer: l.id, Claim: l.receipt.Claim.Number, Token: l.receipt.Token, Title: title, Look: look})
		return nil
	})
}

// hardware is a confirmed hardware defect of a part, with what was found.
func hardware(part, defect string, findings ...policy.Finding) policy.DiagnosisFacts {
	return confirmed("hardware", part, defect, findings)
}

// software is a confirmed software defect.
func software(defect string) policy.DiagnosisFacts { return confirmed("software", "", defect, nil) }

func confirmed(kind, part, defect string, findings []policy.Finding) policy.DiagnosisFacts {
	yes := true
	if findings == nil {
		findings = []policy.Finding{}
	}
	return policy.DiagnosisFacts{Confirmed: &yes, Kind: kind, FailedPart: part, Defect: defect, Findings: findings}
}

// sound is a diagnosis that found no defect.
func sound() policy.DiagnosisFacts {
	no := false
	return policy.DiagnosisFacts{Confirmed: &no, Kind: "none", Findings: []policy.Finding{}}
}

func found(code, part, cause string) policy.Finding {
	return policy.Finding{Code: code, Part: part, Cause: cause}
}

// comes is the courier's delivery of a device that was collected from its
// owner.
func (l *life) comes(after float64, place string) *life {
	l.place = place
	return l.by(l.worker(), after, care.ReceiveAtCentre{Place: place})
}

// assigned names the member of staff who goes on with the claim.
func (l *life) assigned(after float64, role care.Role) *life {
	return l.then(after, "assign", func(ctx context.Context) error {
		_, err := l.desk.Do(ctx, l.actors[care.Manager], l.receipt.Claim.ID, care.Assign{User: l.actors[role].ID})
		return err
	})
}

// collected hands the device to a courier at its owner's door.
func (l *life) collected(after float64, place, tracking string) *life {
	return l.by(care.Clerk, after, care.Accept{Place: place, Carrier: l.courier, Tracking: tracking, Documents: l.papers})
}

// swapped gives another unit, which the life goes on with.
func (l *life) swapped(after float64, serial, number string) *life {
	return l.by(care.Dispatcher, after, care.Replace{Serial: serial, IMEI: number})
}

// amount is a sum that the script is sure of.
func amount(text, currency string) money.Amount {
	a, err := money.Parse(text, currency)
	if err != nil {
		panic(err) // a slip of the script's author
	}
	return a
}
