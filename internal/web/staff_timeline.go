package web

import (
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
)

// timelineItem is one event of a claim in words.
type timelineItem struct {
	Seq     int
	At      time.Time
	What    string
	Who     string
	Kind    care.EventKind
	Class   string // good, bad, wait or ""
	Details []detail
	Text    string // what somebody wrote
	Group   string // part of the history
	Link    string // where more of it is
	Again   string // how often it was repeated without any change
}

// detail is one named value.
type detail struct{ Name, Value string }

// timeline words the events of a claim, newest first. A decision that changed
// nothing is told with the one that it repeats.
func timeline(l *i18n.Locale, events []care.Event, places, users map[string]string, zone *time.Location) ([]timelineItem, error) {
	rulings, err := rulingsOf(events)
	if err != nil {
		return nil, err
	}
	out := make([]timelineItem, 0, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if rulings.folded[e.Seq] {
			continue
		}
		w := &teller{l: l, places: places, users: users, zone: zone, rulings: rulings,
			item: timelineItem{Seq: e.Seq, At: e.At, Kind: e.Data.EventKind(), Who: actorName(l, e.Actor)}}
		w.item.What = l.T("event." + string(w.item.Kind))
		w.tell(e.Data)
		out = append(out, w.item)
	}
	return out, nil
}

// teller collects the details of one event.
type teller struct {
	l             *i18n.Locale
	places, users map[string]string
	zone          *time.Location
	rulings       sameRulings
	item          timelineItem
}

// add names a value by a message key; empty values are left out.
func (w *teller) add(key, value string) {
	if value = strings.TrimSpace(value); value != "" {
		w.item.Details = append(w.item.Details, detail{w.l.T(key), value})
	}
}

func (w *teller) word(key, vocabulary, value string) {
	if value != "" {
		w.add(key, w.l.Or(vocabulary, value))
	}
}

func (w *teller) words(key, vocabulary string, values []string) {
	list := make([]string, 0, len(values))
	for _, v := range values {
		list = append(list, w.l.Or(vocabulary, v))
	}
	w.add(key, w.l.List(list))
}

func (w *teller) place(key, id string) {
	if id != "" {
		w.add(key, w.places[id])
	}
}

func (w *teller) amount(key string, a *money.Amount) {
	if a != nil && *a != (money.Amount{}) {
		w.add(key, w.l.Money(*a))
	}
}

func (w *teller) answer(accepted bool) {
	w.item.Class = "bad"
	if accepted {
		w.item.Class = "good"
	}
	w.add("field.accepted", w.yes(accepted))
}

func (w *teller) yes(b bool) string {
	if b {
		return w.l.T("yes")
	}
	return w.l.T("no")
}

// tell adds what an event says beyond its name.
func (w *teller) tell(p care.Payload) {
	switch e := p.(type) {
	case *care.WasSubmitted:
		w.word("field.channel", "channels", e.Channel)
		w.word("field.basis", "bases", string(e.Basis))
		w.documents(e.Documents)
	case *care.DeviceAsked:
		w.place("field.place", e.Place)
		w.item.Text = e.Instructions
	case *care.WasAccepted:
		w.add("staff.with", holderText(w.l, e.Holder, w.places))
		w.add("field.condition", e.Condition)
		w.add("field.accessories", w.l.List(e.Accessories))
		w.add("field.defect", e.Defect)
	case *care.WasForwarded:
		w.add("staff.with", holderText(w.l, e.Holder, w.places))
		w.add("field.tracking", e.Holder.Tracking)
	case *care.WasReceived:
		w.add("staff.with", holderText(w.l, e.Holder, w.places))
		w.add("field.condition", e.Condition)
	case *care.WasRouted:
		w.place("field.centre", e.Centre)
	case *care.WasAssigned:
		w.add("field.user", w.users[e.User])
	case *care.DocumentsRecorded:
		w.documents(e.Documents)
	case *care.AnswersRecorded:
		for _, a := range e.Facts {
			w.add("fact."+a.Fact, factWords(w.l, a))
		}
	case *care.WasDecided:
		w.ruling(w.item.Seq, e)
	default:
		w.tellWork(p)
	}
}

func (w *teller) documents(list []string) {
	switch {
	case list == nil:
	case len(list) == 0:
		w.add("field.documents", w.l.T("none"))
	default:
		w.words("field.documents", "documents", list)
	}
}

// tellWork tells of diagnosis, remedies and work.
func (w *teller) tellWork(p care.Payload) {
	switch e := p.(type) {
	case *care.WasDiagnosed:
		w.diagnosis(e.Diagnosis)
	case *care.BasisChosen:
		w.word("field.basis", "bases", string(e.Basis))
	case *care.RemedyDemanded:
		w.word("field.remedy", "remedy_kinds", e.Remedy)
	case *care.LoanerNoted:
		w.word("field.state", "loaner_step", string(e.Step))
	case *care.CustomerAsked:
		w.item.Class, w.item.Text = "wait", e.Text
	case *care.RemedyChosen:
		w.remedy(e.Remedy)
	case *care.DifferenceAnswered:
		w.answer(e.Accepted)
	case *care.EstimateOffered:
		w.item.Class, w.item.Text = "wait", e.Work
		w.amount("field.amount", &e.Amount)
	case *care.EstimateAnswered:
		w.answer(e.Accepted)
	case *care.RepairStarted:
		w.word("field.remedy", "remedy_kinds", e.Remedy.Kind)
		w.word("field.basis", "bases", string(e.Remedy.Basis))
		w.place("field.place", e.Place)
	case *care.PartsAwaited:
		w.item.Class = "wait"
		w.add("field.parts", w.l.List(e.Parts))
		w.add("field.expected", w.l.InstantShort(e.Expected, w.zone))
	case *care.WentBack:
		w.item.Class, w.item.Text = "bad", e.Reason
	case *care.FoundUnrepairable:
		w.item.Class, w.item.Text = "bad", e.Reason
	case *care.RepairFinished:
		w.item.Class, w.item.Text = "good", e.Work
		w.word("field.outcome", "outcomes", e.Outcome)
		w.parts(e.Parts)
	case *care.WasReplaced:
		w.item.Class = "good"
		w.add("staff.new_unit", strings.TrimSpace(e.Unit.Model+" "+e.Unit.Identity()))
	default:
		w.tellEnd(p)
	}
}

func (w *teller) diagnosis(d care.Diagnosis) {
	if c := d.Facts.Confirmed; c != nil {
		w.add("field.diagnosis.confirmed", w.yes(*c))
	}
	w.word("field.diagnosis.kind", "diagnosis_kinds", d.Facts.Kind)
	for _, f := range d.Facts.Findings {
		words := []string{w.l.Or("findings", f.Code)}
		if f.Part != "" {
			words = append(words, w.l.Or("parts", f.Part))
		}
		if f.Cause != "" {
			words = append(words, w.l.T("staff.cause", "cause", w.l.Or("causes", f.Cause)))
		}
		w.add("staff.finding", strings.Join(words, "; "))
	}
	w.word("field.diagnosis.failed_part", "parts", d.Facts.FailedPart)
	w.place("field.place", d.Place)
	w.item.Text = d.Conclusion
}

func (w *teller) remedy(r care.ChosenRemedy) {
	w.word("field.remedy", "remedy_kinds", r.Kind)
	w.word("field.basis", "bases", string(r.Basis))
	w.amount("field.amount", r.Amount)
}

func (w *teller) parts(list []care.Part) {
	for _, p := range list {
		words := []string{w.l.Or("parts", p.Part)}
		for _, s := range []string{p.Name, p.Serial} {
			if s != "" {
				words = append(words, s)
			}
		}
		w.add("staff.part", strings.Join(words, ", "))
	}
}

// tellEnd tells of how a claim ends.
func (w *teller) tellEnd(p care.Payload) {
	switch e := p.(type) {
	case *care.RefundApproved:
		w.word("field.remedy", "remedy_kinds", e.Kind)
		w.amount("field.amount", &e.Amount)
	case *care.ApprovalWithdrawn:
		w.item.Text = e.Reason
	case *care.RefundPaid:
		w.item.Class = "good"
		w.add("field.reference", e.Reference)
	case *care.WasRefused:
		w.item.Class, w.item.Text = "bad", e.Refusal.Text
		w.word("field.basis", "bases", string(e.Refusal.Basis))
		w.add("staff.clauses", strings.Join(e.Refusal.Clauses, ", "))
	case *care.WasReady:
		w.item.Class = "good"
		w.word("field.outcome", "outcomes", string(e.Final))
		w.add("field.told", e.Told)
	case *care.WasShipped:
		w.add("field.carrier", e.Carrier)
		w.add("field.tracking", e.Tracking)
	case *care.WasHandedOver:
		w.item.Class = "good"
		w.add("field.proof", e.Proof)
	case *care.WasClosed:
		w.item.Text = e.Note
		w.word("field.outcome", "outcomes", string(e.Outcome))
	case *care.WasCancelled:
		w.item.Class, w.item.Text = "bad", e.Reason
	case *care.WasReopened:
		w.item.Class, w.item.Text = "wait", e.Reason
	case *care.WasOverridden:
		w.item.Class, w.item.Text = "wait", e.Override.Reason
		w.word("field.basis", "bases", string(e.Override.Basis))
		w.word("field.verdict", "verdicts", string(e.Override.Verdict))
	case *care.ReturnChanged:
		w.word("field.return", "return", string(e.Return))
		w.add("field.settlement", e.Settlement)
	case *care.DisposalProposed:
		w.item.Class, w.item.Text = "wait", e.Disposal.Reason
		w.word("disposal.how", "disposal.how", e.Disposal.How)
		w.amount("disposal.proceeds", e.Disposal.Proceeds)
		w.amount("disposal.costs", e.Disposal.Costs)
	case *care.WasDisposed:
		w.item.Class = "bad"
	case *care.NoteAdded:
		w.item.Text = e.Text
	case *care.DeadlineWarned:
		w.item.Class = "wait"
		w.deadline(e.DeadlineID, e.DueAt, e.Owner)
	case *care.DeadlineBreached:
		w.item.Class = "bad"
		w.deadline(e.DeadlineID, e.DueAt, e.Owner)
		w.words("staff.late.opens", "breaches", e.Opens)
	}
}

// deadline names a deadline, its end and who answers for it.
func (w *teller) deadline(id care.DeadlineID, end time.Time, owner care.Role) {
	w.word("alerts.what", "deadlines", id.Name)
	w.word("field.basis", "bases", string(id.Basis))
	w.add("alerts.due", w.l.InstantShort(end, w.zone))
	w.word("field.role", "role", string(owner))
}

// factWords is an answer's value in the reader's language.
func factWords(l *i18n.Locale, a care.Answer) string {
	if a.Value == "" {
		return l.T("unknown")
	}
	switch kind, vocabulary := factKind(a.Fact); kind {
	case "bool":
		if a.Value == "true" {
			return l.T("yes")
		}
		return l.T("no")
	case "word":
		return l.Or(vocabulary, a.Value)
	case "date":
		if d, err := calendar.ParseDate(a.Value); err == nil {
			return l.Date(d)
		}
	case "amount":
		sum, currency, _ := strings.Cut(a.Value, " ")
		if m, err := money.Parse(sum, currency); err == nil {
			return l.Money(m)
		}
	case "number":
		return a.Value
	}
	return a.Value
}
