package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

type listLoanersIn struct {
	States   []string `query:"state" vocab:"loaner_states" doc:"only in these states, joined by commas"`
	Category string   `query:"category" vocab:"categories" doc:"only of this category"`
	PageQuery
}

type listLoansIn struct {
	States []string `query:"state" vocab:"loan_states" doc:"only in these states, joined by commas"`
	PageQuery
}

// LoanPath names a loan.
type LoanPath struct {
	Loan string `path:"loan" maxLength:"100" doc:"id of the loan"`
}

// LoanerPath names a device of the pool.
type LoanerPath struct {
	Loaner string `path:"loaner" maxLength:"100" doc:"id of the loaner"`
}

type (
	newLoanerIn    struct{ Body NewLoaner }
	loanerOut      struct{ Body Loaner }
	loanOut        struct{ Body Loan }
	claimLoansOut  struct{ Body ClaimLoans }
	trackedLoansIn struct {
		TokenPath
		Body DemandLoaner
	}
	writeOffIn struct {
		LoanerPath
		Body WriteOff
	}
	demandLoanerIn struct {
		Claim string `path:"claim" maxLength:"100" doc:"id or number of the claim"`
		Body  DemandLoaner
	}
	withdrawIn struct {
		LoanPath
		Body DemandLoaner
	}
	trackedWithdrawIn struct {
		TokenPath
		LoanPath
	}
	lendIn struct {
		LoanPath
		Body LendLoaner
	}
	returnIn struct {
		LoanPath
		Body ReturnLoaner
	}
)

func (s *server) loanerOperations() {
	tag := []string{"Loaners"}
	register(s, huma.Operation{OperationID: "list-loaners", Method: http.MethodGet, Path: "/loaners", Tags: tag, Security: byKey(),
		Summary: "List the pool of devices that are lent for the time of a repair"},
		func(ctx context.Context, who caller, in *listLoanersIn) (*pageOut[Loaner], error) {
			f := care.LoanerFilter{States: each(in.States, func(x string) care.LoanerState { return care.LoanerState(x) }), Category: in.Category}
			items, next, err := s.desk.Loaners(ctx, who.actor, f, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, loanerOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "add-loaner", Method: http.MethodPost, Path: "/loaners", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Take a device into the pool"},
		func(ctx context.Context, who caller, in *newLoanerIn) (*loanerOut, error) {
			b := in.Body
			l, err := s.desk.AddLoaner(ctx, who.actor, desk.NewLoaner{Category: b.Category, Brand: b.Brand, Model: b.Model, Serial: b.Serial,
				Condition: b.Condition, Place: b.Place})
			return &loanerOut{Body: loanerOf(who.zone)(l)}, err
		})
	register(s, huma.Operation{OperationID: "write-off-loaner", Method: http.MethodPost, Path: "/loaners/{loaner}/write-off", Tags: tag,
		Security: byKey(), Summary: "Take a device out of the pool", Description: "One that is out can only be lost; its claim then goes on without it."},
		func(ctx context.Context, who caller, in *writeOffIn) (*loanerOut, error) {
			l, err := s.desk.WriteOffLoaner(ctx, who.actor, in.Loaner, care.LoanerState(in.Body.State), in.Body.Reason)
			return &loanerOut{Body: loanerOf(who.zone)(l)}, err
		})
	register(s, huma.Operation{OperationID: "list-loans", Method: http.MethodGet, Path: "/loans", Tags: tag, Security: byKey(),
		Summary: "List demands and loans, those that are late soonest first"},
		func(ctx context.Context, who caller, in *listLoansIn) (*pageOut[Loan], error) {
			f := care.LoanFilter{States: each(in.States, func(x string) care.LoanState { return care.LoanState(x) })}
			items, next, err := s.desk.Loans(ctx, who.actor, f, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, loanOf(who.zone, s.now())), nil
		})
	s.loanOperations(tag)
	s.trackedWithdrawal()
}

func (s *server) loanOperations(tag []string) {
	register(s, huma.Operation{OperationID: "list-claim-loans", Method: http.MethodGet, Path: "/claims/{claim}/loans", Tags: tag, Security: byKey(),
		Summary: "Show the loans of a claim, and whether a loaner may be demanded"},
		func(ctx context.Context, who caller, in *claimIn) (*claimLoansOut, error) {
			got, err := s.desk.ClaimLoans(ctx, who.actor, in.Claim)
			if err != nil {
				return nil, err
			}
			return &claimLoansOut{Body: s.claimLoans(who, got)}, nil
		})
	register(s, huma.Operation{OperationID: "demand-loaner", Method: http.MethodPost, Path: "/claims/{claim}/loans", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Note that the customer demands a loaner", Description: "The statutory term runs from now. Goods that the law excepts are refused with the clause."},
		func(ctx context.Context, who caller, in *demandLoanerIn) (*loanOut, error) {
			l, err := s.desk.DemandLoaner(ctx, who.actor, in.Claim, in.Body.Note)
			return s.loan(ctx, who, l, err)
		})
	register(s, huma.Operation{OperationID: "withdraw-loaner", Method: http.MethodPost, Path: "/loans/{loan}/withdraw", Tags: tag, Security: byKey(),
		Summary: "Note that the customer no longer wants the loaner", Description: "Its term stops; only while none was handed out."},
		func(ctx context.Context, who caller, in *withdrawIn) (*loanOut, error) {
			l, err := s.desk.WithdrawLoaner(ctx, who.actor, in.Loan, in.Body.Note)
			return s.loan(ctx, who, l, err)
		})
	register(s, huma.Operation{OperationID: "lend-loaner", Method: http.MethodPost, Path: "/loans/{loan}/lend", Tags: tag, Security: byKey(),
		Summary: "Hand a loaner out"},
		func(ctx context.Context, who caller, in *lendIn) (*loanOut, error) {
			l, err := s.desk.LendLoaner(ctx, who.actor, in.Loan, desk.Lending{Loaner: in.Body.Loaner, Condition: in.Body.Condition, BackBy: in.Body.BackBy})
			return s.loan(ctx, who, l, err)
		})
	register(s, huma.Operation{OperationID: "return-loaner", Method: http.MethodPost, Path: "/loans/{loan}/return", Tags: tag, Security: byKey(),
		Summary: "Take a loaner back", Description: "The claim is handed over and closed only after this."},
		func(ctx context.Context, who caller, in *returnIn) (*loanOut, error) {
			b := in.Body
			l, err := s.desk.ReturnLoaner(ctx, who.actor, in.Loan, desk.Returning{Condition: b.Condition, Damage: b.Damage, Place: b.Place, Withdraw: b.Withdraw})
			return s.loan(ctx, who, l, err)
		})
	register(s, huma.Operation{OperationID: "track-loans", Method: http.MethodGet, Path: "/track/{token}/loans", Tags: []string{"Tracking"},
		Summary: "Show the customer's loaner"},
		func(ctx context.Context, who caller, in *TokenPath) (*claimLoansOut, error) {
			return s.trackedLoans(ctx, who, in.Token)
		})
	register(s, huma.Operation{OperationID: "track-demand-loaner", Method: http.MethodPost, Path: "/track/{token}/loans", Tags: []string{"Tracking"},
		DefaultStatus: http.StatusCreated, Summary: "Demand a loaner for the time of the repair"},
		func(ctx context.Context, who caller, in *trackedLoansIn) (*claimLoansOut, error) {
			if _, err := s.desk.TrackedDemandLoaner(ctx, in.Token, in.Body.Note); err != nil {
				return nil, err
			}
			return s.trackedLoans(ctx, who, in.Token)
		})
}

// trackedWithdrawal takes the customer's demand back.
func (s *server) trackedWithdrawal() {
	register(s, huma.Operation{OperationID: "track-withdraw-loaner", Method: http.MethodPost, Path: "/track/{token}/loans/{loan}/withdraw", Tags: []string{"Tracking"},
		Summary: "Take the demand for a loaner back"},
		func(ctx context.Context, who caller, in *trackedWithdrawIn) (*claimLoansOut, error) {
			if _, err := s.desk.TrackedWithdrawLoaner(ctx, in.Token, in.Loan); err != nil {
				return nil, err
			}
			return s.trackedLoans(ctx, who, in.Token)
		})
}

// loan answers with a loan and its device.
func (s *server) loan(ctx context.Context, who caller, l care.Loan, err error) (*loanOut, error) {
	if err != nil {
		return nil, err
	}
	if !desk.May(who.actor, desk.ReadLoaners) {
		return &loanOut{Body: loanOf(who.zone, s.now())(desk.LoanView{Loan: l})}, nil
	}
	v, err := s.desk.Loan(ctx, who.actor, l.ID)
	if err != nil {
		return nil, err
	}
	return &loanOut{Body: loanOf(who.zone, s.now())(v)}, nil
}

func (s *server) claimLoans(who caller, got desk.ClaimLoans) ClaimLoans {
	out := ClaimLoans{Items: each(got.Loans, loanOf(who.zone, s.now())), May: got.Refused == nil}
	if got.Owed != nil {
		out.Due = got.Owed.Due
	}
	if got.Refused != nil {
		out.Why = s.words.Locale(who.lang).T(got.Refused.Key, got.Refused.Args)
	}
	return out
}

func (s *server) trackedLoans(ctx context.Context, who caller, token string) (*claimLoansOut, error) {
	t, err := s.desk.Tracked(ctx, token, who.lang)
	if err != nil {
		return nil, err
	}
	if who.zone, err = s.zone(ctx, t.Retailer.ID); err != nil {
		return nil, err
	}
	got, err := s.desk.TrackedLoans(ctx, token)
	if err != nil || got == nil {
		return &claimLoansOut{Body: ClaimLoans{Items: []Loan{}}}, err
	}
	return &claimLoansOut{Body: s.claimLoans(who, *got)}, nil
}
