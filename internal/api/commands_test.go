package api

import (
	"fmt"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// Every command is given through HTTP at least once, in lives that end in
// every other way than a plain repair.
func TestEveryCommandIsGiven(t *testing.T) {
	w := newWorld(t, wide)
	key := w.key("ru-omsk", care.Manager)
	t.Run("replaced with a difference, reopened and cancelled", func(t *testing.T) { w.replaced(key) })
	t.Run("refused, then repaired at the customer's cost", func(t *testing.T) { w.refused(key) })
	t.Run("refunded by an override", func(t *testing.T) { w.refunded(key) })
	t.Run("carried and mended", func(t *testing.T) { w.carried(key) })
	t.Run("demanded before anything is decided", func(t *testing.T) { w.demanded(key) })
	for _, name := range commandNames() {
		if !w.given[name] {
			t.Errorf("%s is never given", name)
		}
	}
}

func (w *world) omskUnit(key, serial, date, more string) {
	w.t.Helper()
	w.sell(key, fmt.Sprintf(`{"category": "phone", "brand": "Realme", "model": "C55", "serial": %q, "date": %q, "card_in_kit": true,
		"price": {"amount": "15990.00", "currency": "RUB"}, "warranty": {"months": 12, "issuer": "manufacturer"}%s}`, serial, date, more))
}

func (w *world) omskClaim(key, serial, basis string) *life {
	w.t.Helper()
	return w.open(key, fmt.Sprintf(`{"kind": "warranty_service", "identity": %q, "basis": %q, "customer": {"name": "Егор Пахомов", "phone": "+7 900 000-01-15"},
		"documents": ["receipt", "warranty_card", "certificate"], "facts": [{"fact": "unit.lock_active", "value": "false"}, {"fact": "unit.owner_proven", "value": "true"}]}`, serial, basis))
}

// demanded: the customer says what is wanted, and the law's term for it runs.
func (w *world) demanded(key string) {
	w.omskUnit(key, "RC-5", "2026-03-05", "")
	l := w.omskClaim(key, "RC-5", "statute")
	r := l.give(care.CmdDemandRemedy, `{"remedy": "refund"}`, care.Submitted)
	for _, d := range r.at("deadlines").([]any) {
		if d.(map[string]any)["name"] == "refund" {
			return
		}
	}
	w.t.Errorf("the money was asked for, and no term runs: %s", r.raw)
}

const hardwareFault = `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [], "failed_part": "mainboard"}, "conclusion": "dead"}`

// replaced: under the certificate, by another model that costs more (A9).
func (w *world) replaced(key string) {
	w.omskUnit(key, "RC-1", "2025-01-20", `, "certificate": {"number": "ПГО-7", "sold": "2025-01-20", "price": {"amount": "2990.00", "currency": "RUB"}}`)
	l := w.omskClaim(key, "RC-1", "certificate")
	l.give(care.CmdAskDevice, `{"place": "omsk-service", "instructions": "Без зарядного"}`, care.AwaitingDevice)
	l.give(care.CmdAccept, `{"place": "omsk-technical"}`, care.Accepted)
	l.give(care.CmdDiagnose, hardwareFault, care.Decided)
	l.give(care.CmdStartRepair, "", care.InRepair)
	l.give(care.CmdFindUnrepairable, `{"reason": "no such part"}`, care.Decided)
	l.give(care.CmdRecordAnswers, `{"facts": [{"fact": "market.same_model", "value": "false"}, {"fact": "market.analog_price", "value": "17990.00 RUB"}]}`, care.Decided)
	r := l.give(care.CmdChooseRemedy, `{"remedy": "replacement"}`, care.AwaitingCustomer)
	if r.str("wait") != "price_difference" || r.str("remedy.amount.amount") != "2000.00" {
		w.t.Fatalf("no difference to pay: %s", r.raw)
	}
	l.choose(care.CmdAnswerDifference, `{"accepted": true}`, care.Replacing)
	w.given[care.CmdAnswerDifference] = true
	if r := l.give(care.CmdReplace, `{"serial": "RC-1-NEW", "model": "C67"}`, care.Replacing); r.str("replacement.unit_id") == "" {
		w.t.Errorf("nothing was given: %s", r.raw)
	}
	l.give(care.CmdMarkReady, "", care.Ready)
	l.give(care.CmdChangeReturn, `{"return": "deliver", "address": "Омск, ул. Пробная, 1"}`, care.Ready)
	l.give(care.CmdHandOver, "", care.HandedOver)
	l.give(care.CmdClose, "", care.Closed)
	l.checkEnd(care.OutcomeReplaced)
	unit := l.want(200, call{method: "GET", path: "/units/RC-1-NEW", key: key})
	if unit.str("replaces.serial") != "RC-1" || unit.str("unit.model") != "C67" {
		w.t.Errorf("lineage: %s", unit.raw)
	}
	if r := w.want(409, call{method: "POST", path: "/requests", key: key, body: `{"kind": "warranty_service", "identity": "RC-1", "customer": {"name": "Егор", "phone": "+7 900 000 0001"}}`}); r.str("key") != "unit_replaced" {
		w.t.Errorf("the old unit is claimed again: %s", r.raw)
	}
}

// refused: broken by the owner (A4), then mended for money, and for another
// fault taken up again and given up.
func (w *world) refused(key string) {
	w.omskUnit(key, "RC-2", "2025-12-20", "")
	l := w.omskClaim(key, "RC-2", "warranty")
	l.give(care.CmdAccept, `{"place": "omsk-service"}`, care.Accepted)
	l.give(care.CmdDiagnose, `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [{"code": "broken_screen", "part": "display", "cause": "external"}], "failed_part": "display"}}`, care.Decided)
	l.give(care.CmdAskCustomer, `{"text": "Чинить за деньги?"}`, care.AwaitingCustomer)
	l.give(care.CmdChooseBasis, `{"basis": "statute"}`, care.Decided)
	if v := l.show().str("claim.verdict"); v != "refused" {
		w.t.Fatalf("verdict %s", v)
	}
	if r := l.give(care.CmdRefuse, `{"text": "Экран разбит"}`, care.Refused); len(r.at("refusal.clauses").([]any)) == 0 {
		w.t.Errorf("refused on no clause: %s", r.raw)
	}
	l.give(care.CmdOfferEstimate, `{"amount": {"amount": "6400.00", "currency": "RUB"}, "work": "new display"}`, care.AwaitingCustomer)
	l.give(care.CmdAnswerEstimate, `{"accepted": true}`, care.Decided)
	l.bench()
	l.checkEnd(care.OutcomePaid)
	l.give(care.CmdReopen, `{"reason": "the fault came back"}`, care.Submitted)
	if r := l.give(care.CmdCancel, `{"reason": "it works after all"}`, care.Cancelled); r.str("closed_at") == "" {
		w.t.Errorf("cancelled and not over: %s", r.raw)
	}
}

// refunded: a manager covers what the terms refuse, and money is paid.
func (w *world) refunded(key string) {
	w.omskUnit(key, "RC-3", "2026-03-01", "")
	l := w.omskClaim(key, "RC-3", "statute")
	l.give(care.CmdRecordDocuments, `{"documents": ["receipt"]}`, care.Submitted)
	l.give(care.CmdAccept, `{"place": "omsk-service"}`, care.Accepted)
	l.give(care.CmdStartDiagnosis, "", care.InDiagnosis)
	l.give(care.CmdDiagnose, hardwareFault, care.Decided)
	l.give(care.CmdOverride, `{"basis": "statute", "verdict": "covered", "reason": "goodwill"}`, care.Decided)
	l.give(care.CmdChooseRemedy, `{"remedy": "replacement"}`, care.Replacing)
	l.give(care.CmdFindImpossible, `{"reason": "no longer made"}`, care.Decided)
	l.give(care.CmdChooseRemedy, `{"remedy": "refund"}`, care.Refunding)
	if r := w.want(422, call{method: "POST", path: "/claims/" + l.number + "/commands/approve_refund", key: key, body: `{"amount": {"amount": "1.00", "currency": "RUB"}}`}); r.str("errors.0.pointer") != "/amount" {
		w.t.Errorf("another sum: %s", r.raw)
	}
	l.give(care.CmdApproveRefund, `{"amount": {"amount": "15990.00", "currency": "RUB"}}`, care.Refunding)
	if r := l.give(care.CmdWithdrawApproval, `{"reason": "another account"}`, care.Refunding); r.at("refund") != nil {
		w.t.Errorf("still approved: %s", r.raw)
	}
	l.give(care.CmdApproveRefund, `{"amount": {"amount": "15990.00", "currency": "RUB"}}`, care.Refunding)
	l.give(care.CmdPayRefund, `{"reference": "PAY-3"}`, care.Refunding)
	l.give(care.CmdClose, "", care.Closed)
	l.checkEnd(care.OutcomeRefunded)
}

// carried: to the centre and back, with parts awaited, worked on by somebody.
func (w *world) carried(key string) {
	admin := w.key("ru-omsk", care.Administrator)
	user := w.want(201, call{method: "POST", path: "/users", key: admin, body: `{"email": "rogov@mail.example", "name": "Степан Рогов", "role": "technician", "password": "correct horse"}`})
	w.omskUnit(key, "RC-4", "2026-01-20", "")
	l := w.omskClaim(key, "RC-4", "warranty")
	l.give(care.CmdAddNote, `{"text": "звонил"}`, care.Submitted)
	l.give(care.CmdAccept, `{"place": "omsk-service"}`, care.Accepted)
	l.give(care.CmdRoute, `{"centre": "omsk-authorised"}`, care.Accepted)
	l.give(care.CmdAssign, fmt.Sprintf(`{"user": %q}`, user.str("id")), care.Accepted)
	if v := l.show(); v.str("assignee.name") != "Степан Рогов" || v.str("places.omsk-authorised.kind") != "authorised" {
		w.t.Errorf("%s", v.raw)
	}
	l.give(care.CmdForward, `{"to": "omsk-authorised", "carrier": "Стриж"}`, care.Accepted)
	l.give(care.CmdReceive, "", care.Accepted)
	if r := w.want(422, call{method: "POST", path: "/claims/" + l.number + "/commands/acknowledge", key: key, body: `{"ids": ["nothing"]}`}); r.str("key") != "nothing_to_acknowledge" {
		w.t.Errorf("%s", r.raw)
	}
	w.given[care.CmdAcknowledge] = true // given, and there was nothing to; the Xiaomi's owner has something
	l.give(care.CmdDiagnose, hardwareFault, care.Decided)
	l.give(care.CmdChooseRemedy, `{"remedy": "repair"}`, care.Decided)
	l.give(care.CmdStartRepair, "", care.InRepair)
	l.give(care.CmdAwaitParts, `{"parts": ["board"]}`, care.AwaitingParts)
	l.give(care.CmdPartsArrived, "{}", care.InRepair)
	l.give(care.CmdFinishRepair, `{"kind": "hardware", "work": "board replaced"}`, care.InRepair)
	l.give(care.CmdReturnToBench, `{"reason": "no sound"}`, care.InRepair)
	l.give(care.CmdFinishRepair, `{"kind": "hardware", "work": "board replaced"}`, care.InRepair)
	l.give(care.CmdMarkReady, "", care.Ready)
	l.give(care.CmdShip, `{"carrier": "Стриж"}`, care.Shipped)
	l.give(care.CmdHandOver, "", care.HandedOver)
	l.give(care.CmdClose, "", care.Closed)
	l.checkEnd(care.OutcomeRepaired)
}
