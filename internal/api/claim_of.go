package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
)

func trimKey(key string) string { return strings.TrimPrefix(key, "error.") }

// claim is the model of a claim as it stands.
func (s *server) claim(l *i18n.Locale, c care.Claim, zone *time.Location, actions []care.Action) Claim {
	now := s.now()
	local := func(t time.Time) time.Time { return in(t, zone) }
	out := Claim{ID: c.ID, Number: c.Number, Version: c.Seq, State: string(c.State), Wait: string(c.Wait), Owner: string(c.Owner),
		Clock:     Clock{Entered: local(c.Clock.Entered), Due: local(c.Clock.Due), Name: c.Clock.Name, Late: !c.Clock.Due.IsZero() && !now.Before(c.Clock.Due)},
		RequestID: c.Request, Channel: c.Channel, Lang: c.Lang, CustomerID: c.Customer, Return: string(c.Return), Settlement: c.Settlement,
		ReceivedAt: local(c.ReceivedAt), Unit: unitOf(c.Unit), Sale: saleOf(c.Sale), Answers: answersOf(c.Answers), Centre: c.Centre,
		AssigneeID: c.Assignee, Custody: holderOf(c.Custody, zone), Pack: c.Pack, PackVersion: c.Version, Basis: string(c.Basis),
		Verdict: string(c.Verdict()), Outcome: string(c.Outcome), ReadyAt: local(c.ReadyAt), OpenedAt: local(c.OpenedAt),
		UpdatedAt: local(c.UpdatedAt), ClosedAt: local(c.ClosedAt), Reopened: c.Reopened, Stays: each(c.Stays, stayOf(zone)),
		MissingAcknowledgements: list(c.MissingAcknowledgements()), Actions: actionsOf(l, actions)}
	if c.Documents != nil {
		out.Documents = &c.Documents
	}
	if c.Ruling != nil {
		out.BasisInUse, out.Decisions = string(c.BasisInUse()), c.Ruling.Index
	}
	out.Acknowledged = each(c.Acknowledged, func(a care.Acknowledgement) Acknowledgement {
		return Acknowledgement{ID: a.ID, At: local(a.At), By: string(a.By)}
	})
	out.Deadlines = each(c.Deadlines, func(d care.Deadline) Deadline { return deadlineOf(d, now, zone) })
	out.Intake = mapped(c.Intake, func(i care.Intake) Intake {
		return Intake{At: local(i.At), Place: i.Place, Condition: i.Condition, Accessories: list(i.Accessories), Defect: i.Defect}
	})
	out.Diagnosis = mapped(c.Diagnosis, func(d care.Diagnosis) DiagnosisRecord { return diagnosisOf(d, zone) })
	work(&out, c, zone)
	return out
}

// work adds what was chosen and done.
func work(out *Claim, c care.Claim, zone *time.Location) {
	local := func(t time.Time) time.Time { return in(t, zone) }
	out.Override = mapped(c.Override, func(o care.Override) Override {
		return Override{Basis: string(o.Basis), Verdict: string(o.Verdict), Reason: o.Reason, By: o.By, At: local(o.At)}
	})
	out.Demand = mapped(c.Demand, func(d care.Demand) Demand { return Demand{Remedy: d.Remedy, At: in(d.At, zone), By: string(d.By)} })
	out.Remedy = mapped(c.Remedy, func(r care.ChosenRemedy) Remedy {
		return Remedy{Kind: r.Kind, Basis: string(r.Basis), Clause: r.Clause, Amount: moneyOf(r.Amount), Chooser: r.Chooser,
			By: string(r.By), At: local(r.At), Agreed: r.Agreed}
	})
	out.Estimate = mapped(c.Estimate, func(e care.Estimate) Estimate {
		return Estimate{Amount: *moneyOf(&e.Amount), PriceList: e.PriceList, Work: e.Work, OfferedAt: local(e.OfferedAt),
			AnsweredAt: local(e.AnsweredAt), Accepted: e.Accepted}
	})
	out.Repair = mapped(c.Repair, func(r care.Repair) Repair {
		return Repair{StartedAt: local(r.StartedAt), Place: r.Place, By: r.By, Awaiting: list(r.Awaiting), Expected: local(r.Expected),
			FinishedAt: local(r.FinishedAt), Kind: r.Kind, Outcome: r.Outcome, Work: r.Work, Software: r.Software, Labour: moneyOf(r.Labour),
			Parts: each(r.Parts, func(p care.Part) Part {
				return Part{Part: p.Part, Name: p.Name, Serial: p.Serial, Months: p.Months, Until: p.Until.String(), Price: moneyOf(p.Price)}
			})}
	})
	out.Replacement = mapped(c.Replacement, func(r care.Replacement) Replacement {
		return Replacement{UnitID: r.Unit, SaleID: r.Sale, At: local(r.At)}
	})
	out.Refund = mapped(c.Refund, func(r care.Refund) Refund {
		return Refund{Kind: r.Kind, Amount: *moneyOf(&r.Amount), ApprovedBy: r.ApprovedBy, ApprovedAt: local(r.ApprovedAt),
			Two: r.Two, SecondBy: r.SecondBy, SecondAt: local(r.SecondAt), Reference: r.Reference, PaidAt: local(r.PaidAt)}
	})
	out.Refusal = mapped(c.Refusal, func(r care.Refusal) Refusal {
		return Refusal{Basis: string(r.Basis), Clauses: list(r.Clauses), Text: r.Text, At: local(r.At), By: r.By}
	})
	out.Shipment = mapped(c.Shipment, func(s care.Shipment) Shipment {
		return Shipment{Carrier: s.Carrier, Tracking: s.Tracking, At: local(s.At)}
	})
}

func holderOf(h care.Holder, zone *time.Location) Holder {
	return Holder{Kind: string(h.Kind), Place: h.Place, Carrier: h.Carrier, Tracking: h.Tracking, To: h.To, Since: in(h.Since, zone)}
}

func deadlineOf(d care.Deadline, now time.Time, zone *time.Location) Deadline {
	return Deadline{Name: d.Name, Basis: string(d.Basis), Due: d.Due, DueAt: in(d.DueAt, zone), From: d.From, Clause: d.Clause,
		Provisional: d.Provisional, Breach: list(d.Breach), State: string(d.State), SettledAt: in(d.SettledAt, zone), Late: d.Late(now),
		Owner: string(d.AnswersFor()), Reason: d.Reason, WarnedAt: in(d.WarnedAt, zone), BreachedAt: in(d.BreachedAt, zone)}
}

func diagnosisOf(d care.Diagnosis, zone *time.Location) DiagnosisRecord {
	f := d.Facts
	out := DiagnosisRecord{At: in(d.At, zone), By: d.By, Place: d.Place, Method: d.Method, Measured: d.Measured, Conclusion: d.Conclusion, Diagnosis: Diagnosis{
		Confirmed: f.Confirmed != nil && *f.Confirmed, Kind: f.Kind, FailedPart: f.FailedPart, Defect: f.Defect, Insignificant: f.Insignificant}}
	if f.Findings != nil {
		findings := make([]Finding, 0, len(f.Findings))
		for _, x := range f.Findings {
			findings = append(findings, Finding{Code: x.Code, Part: x.Part, Cause: x.Cause})
		}
		out.Findings = &findings
	}
	return out
}

// answersOf are the facts that were stated, in the words in which a program
// would state them.
func answersOf(a care.Answers) []Answer {
	out := []Answer{}
	flag := func(fact string, v *bool) {
		if v != nil {
			out = append(out, Answer{Fact: fact, Value: strconv.FormatBool(*v)})
		}
	}
	sum := func(fact string, v *money.Amount) {
		if v != nil {
			out = append(out, Answer{Fact: fact, Value: v.String() + " " + v.Currency})
		}
	}
	flag("unit.personal_use", a.PersonalUse)
	flag("unit.reported_stolen", a.ReportedStolen)
	flag("unit.lock_active", a.LockActive)
	flag("unit.owner_proven", a.OwnerProven)
	flag("remedy.repair_possible", a.RepairPossible)
	flag("market.same_model", a.Market.SameModel)
	sum("market.analog_price", a.Market.AnalogPrice)
	slices.SortFunc(out, func(a, b Answer) int { return cmp.Compare(a.Fact, b.Fact) })
	return out
}

// forCustomer leaves out what is the house's own business.
func (c Claim) forCustomer() Claim {
	c.Override, c.AssigneeID = nil, ""
	if c.Diagnosis != nil {
		d := *c.Diagnosis
		d.By = ""
		c.Diagnosis = &d
	}
	if c.Repair != nil {
		r := *c.Repair
		r.By = ""
		r.Labour = nil
		r.Parts = each(r.Parts, func(p Part) Part { p.Price = nil; return p })
		c.Repair = &r
	}
	if c.Refund != nil {
		r := *c.Refund
		r.ApprovedBy = ""
		c.Refund = &r
	}
	if c.Refusal != nil {
		r := *c.Refusal
		r.By = ""
		c.Refusal = &r
	}
	return c
}
