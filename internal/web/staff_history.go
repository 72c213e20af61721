package web

import (
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
)

// The parts of a claim's history, by which a reader narrows it.
const (
	historyWork    = "work"
	historyDevice  = "device"
	historyMessage = "message"
	historyMoney   = "money"
	historyTerm    = "term"
	historyFile    = "file"
)

// historyPart is a filter of the history with the number of its entries.
type historyPart struct {
	Key   string
	Count int
}

var historyOf = map[care.EventKind]string{
	care.EventDeviceAsked: historyDevice, care.EventAccepted: historyDevice, care.EventForwarded: historyDevice,
	care.EventReceived: historyDevice, care.EventRouted: historyDevice, care.EventReady: historyDevice, care.EventShipped: historyDevice,
	care.EventHandedOver: historyDevice, care.EventLoanerNoted: historyDevice, care.EventReturnChanged: historyDevice,
	care.EventDisposalProposed: historyDevice, care.EventDisposed: historyDevice,
	care.EventCustomerAsked: historyMessage, care.EventCustomerAnswered: historyMessage, care.EventNoteAdded: historyMessage,
	care.EventEstimateOffered: historyMoney, care.EventEstimateAnswered: historyMoney, care.EventRefundApproved: historyMoney,
	care.EventRefundPaid: historyMoney, care.EventApprovalWithdrawn: historyMoney, care.EventDifferenceAnswered: historyMoney,
	care.EventDeadlineWarned: historyTerm, care.EventDeadlineBreached: historyTerm, care.EventResponseDue: historyTerm,
}

// history is everything that happened on a claim, newest first: its events,
// what was written and sent, sums, and files that came by themselves.
func (v *visit) history(events []timelineItem, view desk.ClaimView, told []noticeRow, entries []moneyRow) []timelineItem {
	out := slices.Clone(events)
	for i := range out {
		if out[i].Group = historyOf[out[i].Kind]; out[i].Group == "" {
			out[i].Group = historyWork
		}
	}
	for _, m := range view.Thread {
		t := message(v.L, m, view.Customer)
		what := "desk.history.answer"
		switch {
		case t.Internal:
			what = "staff.internal"
		case t.Customer:
			what = "desk.history.message"
		}
		out = append(out, timelineItem{At: t.At, Who: t.Who, Text: t.Text, What: i18n.Capital(v.L.T(what)), Group: historyMessage})
	}
	for _, n := range told {
		out = append(out, timelineItem{At: n.Created, Who: i18n.Capital(v.L.Or("actor", string(care.SystemActor))), What: n.What, Group: historyMessage,
			Class: strings.TrimPrefix(n.Class, "good"), Details: []detail{{i18n.Capital(v.L.Or("message_channel", string(n.Channel))), strings.Trim(n.Where+", "+v.L.Or("notice_state", string(n.State)), ", ")}}})
	}
	for _, e := range entries {
		out = append(out, timelineItem{At: e.CreatedAt, What: i18n.Capital(v.L.Or("money.what", string(e.What))), Group: historyMoney, Link: "#money",
			Details: []detail{{v.L.T("field.amount"), v.L.Money(e.Amount)}, {v.L.T("staff.state"), v.L.Or("money_state", string(e.State))}}})
	}
	for _, f := range v.filePages(view.Attachments, "/staff/files/") {
		if f.Event == 0 && f.Stands() {
			out = append(out, timelineItem{At: f.At, Who: f.Who, What: f.Name, Group: historyFile, Link: "#files"})
		}
	}
	slices.SortStableFunc(out, func(a, b timelineItem) int { return b.At.Compare(a.At) })
	return out
}

// historyParts counts what the history holds, in a fixed order.
func historyParts(items []timelineItem) []historyPart {
	var out []historyPart
	for _, key := range []string{historyWork, historyDevice, historyMessage, historyMoney, historyTerm, historyFile} {
		n := 0
		for _, item := range items {
			if item.Group == key {
				n++
			}
		}
		if n > 0 {
			out = append(out, historyPart{key, n})
		}
	}
	return out
}

// moneySum is what a claim's ledger still holds open.
type moneySum struct {
	Text string
	Open int
}

// openSums adds up what is not paid yet, by who owes it.
func (v *visit) openSums(rows []moneyRow) *moneySum {
	if len(rows) == 0 {
		return nil
	}
	out := &moneySum{}
	var texts []string
	for _, r := range rows {
		if r.State == care.EntryDue || r.State == care.EntryApproved {
			out.Open++
			texts = append(texts, v.L.T("desk.money.open", "what", i18n.Capital(v.L.Or("money.what", string(r.What))), "amount", v.L.Money(r.Amount)))
		}
	}
	out.Text = strings.Join(texts, "\n")
	return out
}
