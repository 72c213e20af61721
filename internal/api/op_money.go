package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

// MoneyEntry is a line of the ledger.
type MoneyEntry struct {
	ID          string          `json:"id" doc:"id"`
	Claim       string          `json:"claim,omitempty" doc:"id of the claim; absent = of none"`
	Number      string          `json:"number,omitempty" doc:"number of the claim; without one, of the certificate"`
	Certificate string          `json:"certificate,omitempty" doc:"number of the certificate whose price it gives back"`
	What        string          `json:"what" vocab:"debts" doc:"what for"`
	Debtor      string          `json:"debtor" vocab:"parties" doc:"who pays"`
	Creditor    string          `json:"creditor" vocab:"parties" doc:"who receives"`
	Amount      Money           `json:"amount" doc:"sum, above zero"`
	Clause      string          `json:"clause,omitempty" doc:"id of the clause it rests on"`
	ClauseText  string          `json:"clause_text,omitempty" doc:"its text in the reader's language"`
	Why         string          `json:"why,omitempty" doc:"why a person entered it"`
	State       string          `json:"state" vocab:"entry_states" doc:"how far it is"`
	Needs       int             `json:"needs" doc:"how many persons have to approve it"`
	Approvals   []MoneyApproval `json:"approvals" doc:"who approved it"`
	Reference   string          `json:"reference,omitempty" doc:"reference of the payment"`
	PaidAt      time.Time       `json:"paid_at,omitzero" doc:"paid"`
	Reason      string          `json:"reason,omitempty" doc:"why it was cancelled"`
	CreatedAt   time.Time       `json:"created_at" doc:"entered"`
}

// MoneyApproval is one person's consent.
type MoneyApproval struct {
	By string    `json:"by" doc:"who"`
	At time.Time `json:"at" doc:"when"`
}

// MoneyBalance is what one party owes another in one currency.
type MoneyBalance struct {
	Debtor   string `json:"debtor" vocab:"parties" doc:"who pays"`
	Creditor string `json:"creditor" vocab:"parties" doc:"who receives"`
	Open     Money  `json:"open" doc:"still to be paid"`
	Paid     Money  `json:"paid" doc:"paid so far"`
}

// NewMoneyEntry is the body of enter-money.
type NewMoneyEntry struct {
	What     string `json:"what" enum:"delivery,reimbursement" doc:"what for"`
	Debtor   string `json:"debtor" vocab:"parties" doc:"who pays"`
	Creditor string `json:"creditor" vocab:"parties" doc:"who receives"`
	Amount   Money  `json:"amount" doc:"sum, above zero"`
	Why      string `json:"why" minLength:"1" maxLength:"2000" doc:"why"`
}

type moneyIn struct {
	State  []string `query:"state" vocab:"entry_states" doc:"only in these states, joined by commas"`
	What   []string `query:"what" vocab:"debts" doc:"only for these, joined by commas"`
	Debtor string   `query:"debtor" vocab:"parties" doc:"only what this party pays"`
	PageQuery
}

type entryIn struct {
	Entry string `path:"entry" maxLength:"100" doc:"id of the entry"`
}

type payEntryIn struct {
	Entry string `path:"entry" maxLength:"100" doc:"id of the entry"`
	Body  PayRefund
}

type cancelEntryIn struct {
	Entry string `path:"entry" maxLength:"100" doc:"id of the entry"`
	Body  Reason
}

type entryOut struct{ Body MoneyEntry }

type entriesOut struct {
	Body struct {
		Items []MoneyEntry `json:"items" doc:"the entries, oldest first"`
	} `nameHint:"MoneyEntries"`
}

type balancesOut struct {
	Body struct {
		Items []MoneyBalance `json:"items" doc:"the balances"`
	} `nameHint:"MoneyBalances"`
}

type enterIn struct {
	Claim string `path:"claim" maxLength:"100" doc:"id or number of the claim" example:"RMA-2026-000017"`
	Body  NewMoneyEntry
}

type dayIn struct {
	Day string `path:"day" format:"date" maxLength:"10" doc:"day in the shops' zone" example:"2026-11-21"`
}

func (s *server) moneyOperations() {
	tag := []string{"Money"}
	register(s, huma.Operation{OperationID: "list-money", Method: http.MethodGet, Path: "/money", Tags: tag, Security: byKey(), Summary: "List the ledger, newest first"},
		func(ctx context.Context, who caller, in *moneyIn) (*pageOut[MoneyEntry], error) {
			f := care.EntryFilter{States: each(in.State, func(s string) care.EntryState { return care.EntryState(s) }),
				Whats: each(in.What, func(s string) care.DebtKind { return care.DebtKind(s) }), Debtor: care.Party(in.Debtor)}
			items, next, err := s.desk.Money(ctx, who.actor, f, in.page(), who.lang)
			if err != nil {
				return nil, err
			}
			return paged(items, next, entryOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "money-balances", Method: http.MethodGet, Path: "/money/balances", Tags: tag, Security: byKey(),
		Summary: "Sum the ledger by currency and parties"},
		func(ctx context.Context, who caller, _ *struct{}) (*balancesOut, error) {
			items, err := s.desk.Balances(ctx, who.actor)
			out := &balancesOut{}
			out.Body.Items = each(items, balanceOf)
			return out, err
		})
	register(s, huma.Operation{OperationID: "list-claim-money", Method: http.MethodGet, Path: "/claims/{claim}/money", Tags: tag, Security: byKey(),
		Summary: "Show what a claim makes people owe"},
		func(ctx context.Context, who caller, in *claimIn) (*entriesOut, error) {
			items, err := s.desk.ClaimMoney(ctx, who.actor, in.Claim, who.lang)
			out := &entriesOut{}
			out.Body.Items = each(items, entryOf(who.zone))
			return out, err
		})
	register(s, huma.Operation{OperationID: "enter-money", Method: http.MethodPost, Path: "/claims/{claim}/money", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Enter a sum by hand: carriage, or costs to be given back"},
		func(ctx context.Context, who caller, in *enterIn) (*entryOut, error) {
			sum, err := in.Body.Amount.amount("amount")
			if err != nil {
				return nil, err
			}
			e, err := s.desk.EnterMoney(ctx, who.actor, in.Claim, desk.NewEntry{What: care.DebtKind(in.Body.What), Debtor: care.Party(in.Body.Debtor),
				Creditor: care.Party(in.Body.Creditor), Amount: *sum, Why: in.Body.Why})
			return &entryOut{entryOf(who.zone)(desk.EntryView{Entry: e})}, err
		})
	s.entryOperations(tag)
}

func (s *server) entryOperations(tag []string) {
	answer := func(who caller, e care.Entry, err error) (*entryOut, error) {
		return &entryOut{entryOf(who.zone)(desk.EntryView{Entry: e})}, err
	}
	register(s, huma.Operation{OperationID: "approve-money", Method: http.MethodPost, Path: "/money/{entry}/approve", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusOK, Summary: "Approve a sum", Description: "Above the limit of the retailer's pack two different persons have to."},
		func(ctx context.Context, who caller, in *entryIn) (*entryOut, error) {
			e, err := s.desk.ApproveEntry(ctx, who.actor, in.Entry)
			return answer(who, e, err)
		})
	register(s, huma.Operation{OperationID: "pay-money", Method: http.MethodPost, Path: "/money/{entry}/pay", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusOK, Summary: "Record the payment of an approved sum"},
		func(ctx context.Context, who caller, in *payEntryIn) (*entryOut, error) {
			e, err := s.desk.PayEntry(ctx, who.actor, in.Entry, in.Body.Reference)
			return answer(who, e, err)
		})
	register(s, huma.Operation{OperationID: "withdraw-approval", Method: http.MethodPost, Path: "/money/{entry}/withdraw", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusOK, Summary: "Take back the consent to a sum that was not paid"},
		func(ctx context.Context, who caller, in *cancelEntryIn) (*entryOut, error) {
			e, err := s.desk.WithdrawApproval(ctx, who.actor, in.Entry, in.Body.Reason)
			return answer(who, e, err)
		})
	register(s, huma.Operation{OperationID: "cancel-money", Method: http.MethodPost, Path: "/money/{entry}/cancel", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusOK, Summary: "Give up a sum that was not paid"},
		func(ctx context.Context, who caller, in *cancelEntryIn) (*entryOut, error) {
			e, err := s.desk.CancelEntry(ctx, who.actor, in.Entry, in.Body.Reason)
			return answer(who, e, err)
		})
	register(s, huma.Operation{OperationID: "export-money", Method: http.MethodGet, Path: "/money/days/{day}", Tags: tag, Security: byKey(),
		Summary: "Export a day's steps as CSV", Description: "UTF-8, one row a step, oldest first; the columns are named in the first row.",
		Responses: map[string]*huma.Response{"200": {Description: "the rows", Content: map[string]*huma.MediaType{
			"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}}}, s.exportMoney)
}

func (s *server) exportMoney(ctx context.Context, who caller, in *dayIn) (*huma.StreamResponse, error) {
	if !desk.May(who.actor, desk.ExportMoney) {
		return nil, care.Fail(care.Forbidden, "forbidden", "action", string(desk.ExportMoney))
	}
	day, err := calendar.ParseDate(in.Day)
	if err != nil {
		return nil, care.Fail(care.Invalid, "bad_day", "value", in.Day).At("day")
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "text/csv; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="money-`+day.String()+`.csv"`)
		if err := s.desk.WriteMoney(ctx, who.actor, day, c.BodyWriter()); err != nil {
			panic(http.ErrAbortHandler) // half a file can't be mended, only cut off
		}
	}}, nil
}

func entryOf(zone *time.Location) func(desk.EntryView) MoneyEntry {
	local := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(zone)
	}
	return func(e desk.EntryView) MoneyEntry {
		return MoneyEntry{ID: e.ID, Claim: e.Claim, Number: e.Number, Certificate: e.CertificateNumber, What: string(e.What), Debtor: string(e.Debtor), Creditor: string(e.Creditor),
			Amount: *moneyOf(&e.Amount), Clause: e.Clause, ClauseText: e.ClauseText, Why: e.Why, State: string(e.State), Needs: e.Needs,
			Approvals: each(e.Approvals, func(a care.Approval) MoneyApproval { return MoneyApproval{By: a.By, At: local(a.At)} }),
			Reference: e.Reference, PaidAt: local(e.PaidAt), Reason: e.Reason, CreatedAt: local(e.CreatedAt)}
	}
}

func balanceOf(b care.Balance) MoneyBalance {
	sum := func(a money.Amount) Money { return *moneyOf(&a) }
	return MoneyBalance{Debtor: string(b.Debtor), Creditor: string(b.Creditor), Open: sum(b.Open()), Paid: sum(b.Settled())}
}
