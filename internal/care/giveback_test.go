package care_test

import (
	"errors"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

// TestChangeReturn changes the way back until the device leaves (B9).
func TestChangeReturn(t *testing.T) {
	deliver := care.ChangeReturn{Return: care.ReturnDeliver, Address: "ul. Proba 1", Settlement: "Burgas"}
	k := in(t, care.Ready)
	k.do(owner, deliver)
	if k.claim.Return != care.ReturnDeliver || k.claim.Settlement != "Burgas" || k.claim.State != care.Ready {
		t.Errorf("%s to %s, %s", k.claim.Return, k.claim.Settlement, k.claim.State)
	}
	same := deliver
	same.SameAddress = true
	for name, c := range map[string]struct {
		state care.State
		cmd   care.ChangeReturn
		want  string
	}{
		"the same again":   {care.Ready, care.ChangeReturn{Return: in(t, care.Ready).claim.Return}, "invalid error.return_same"},
		"no way":           {care.Ready, care.ChangeReturn{Return: "fly"}, "invalid error.unknown_value"},
		"on its way":       {care.Shipped, deliver, "illegal error.illegal_move"},
		"with its owner":   {care.HandedOver, deliver, "illegal error.illegal_move"},
		"before it is in":  {care.Submitted, deliver, ""},
		"in repair":        {care.InRepair, deliver, ""},
		"only the address": {care.Ready, care.ChangeReturn{Return: in(t, care.Ready).claim.Return, Address: "elsewhere"}, ""},
	} {
		if got := reason(in(t, c.state).try(owner, c.cmd)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := reason(k.try(owner, same)); got != "invalid error.return_same" {
		t.Errorf("the same address: %q", got)
	}
}

// TestDisposal lets a device go by two persons, not before the law does.
func TestDisposal(t *testing.T) {
	sum := func(minor int64, currency string) *money.Amount {
		return &money.Amount{Minor: minor, Currency: currency}
	}
	lawful := calendar.DateOf(in(t, care.Ready).now.UTC(), time.UTC)
	sold := care.Disposal{How: care.DisposedSold, Reason: "six months, two letters", Proceeds: sum(5000, "EUR"), Costs: sum(1200, "EUR"), From: lawful}
	for name, c := range map[string]struct {
		change func(*care.Disposal)
		want   string
	}{
		"as it should be":         {func(*care.Disposal) {}, ""},
		"without a reason":        {func(d *care.Disposal) { d.Reason = " " }, "invalid error.required"},
		"in no known way":         {func(d *care.Disposal) { d.How = "lost" }, "invalid error.unknown_value"},
		"a sale for nothing":      {func(d *care.Disposal) { d.Proceeds = nil }, "invalid error.proceeds_of_sale"},
		"recycled for a price":    {func(d *care.Disposal) { d.How = care.DisposedRecycled }, "invalid error.proceeds_of_sale"},
		"costs below zero":        {func(d *care.Disposal) { d.Costs = sum(-1, "EUR") }, "invalid error.amount_not_positive"},
		"two currencies":          {func(d *care.Disposal) { d.Costs = sum(1, "RUB") }, "invalid error.two_currencies"},
		"a day early":             {func(d *care.Disposal) { d.From = lawful.AddDays(60) }, "blocked error.disposal_too_early"},
		"without notice or a law": {func(d *care.Disposal) { d.From = calendar.Date{} }, "blocked error.disposal_not_lawful"},
	} {
		d := sold
		c.change(&d)
		if got := reason(in(t, care.Ready).try(clerk, care.Dispose{Disposal: d})); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}

	for range 20 { // of two wrong sums the first is named, always
		wrong := sold
		wrong.Proceeds, wrong.Costs = sum(-1, "EUR"), sum(-1, "EUR")
		var refused *care.Error
		if err := in(t, care.Ready).try(clerk, care.Dispose{Disposal: wrong}); !errors.As(err, &refused) || refused.Field != "proceeds" {
			t.Fatalf("two wrong sums: %v", err)
		}
	}

	k := in(t, care.Ready)
	if got := reason(k.try(manager, care.ConfirmDisposal{From: lawful})); got != "blocked error.disposal_not_proposed" {
		t.Errorf("confirmed out of the blue: %q", got)
	}
	k.do(clerk, care.Dispose{Disposal: sold})
	for name, c := range map[string]struct {
		who  care.Actor
		from calendar.Date
		want string
	}{
		"the same person":      {clerk, lawful, "blocked error.second_person"},
		"no longer lawful":     {manager, calendar.Date{}, "blocked error.disposal_not_lawful"},
		"the wait began again": {manager, lawful.AddDays(60), "blocked error.disposal_too_early"},
	} {
		if got := reason(k.try(c.who, care.ConfirmDisposal{From: c.from})); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	k.do(manager, care.ConfirmDisposal{From: lawful})
	c := k.claim
	if c.State != care.Closed || c.Outcome != care.OutcomeDisposed || c.Disposal.ProposedBy != clerk.ID || c.Disposal.ConfirmedBy != manager.ID {
		t.Errorf("%s %s %+v", c.State, c.Outcome, c.Disposal)
	}
	if left, err := c.Disposal.Left(); err != nil || left.Minor != 3800 {
		t.Errorf("left %v, %v", left, err)
	}
	if got := reason(k.try(manager, care.Reopen{Reason: "x"})); got != "blocked error.device_disposed" {
		t.Errorf("taken up again: %q", got)
	}

	late := in(t, care.Ready)
	late.do(clerk, care.Dispose{Disposal: sold})
	late.do(clerk, care.HandOver{})
	if late.claim.Disposal != nil {
		t.Error("the owner came, and the proposal still stands")
	}
}
