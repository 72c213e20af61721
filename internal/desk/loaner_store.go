package desk

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// LoanerTx keeps the pool of loaners and who has them.
type LoanerTx interface {
	// PutLoaner stores a device of the pool; a serial number that another of
	// the retailer's bears gives care.ErrConflict.
	PutLoaner(ctx context.Context, l care.Loaner) error
	Loaner(ctx context.Context, retailer, id string) (care.Loaner, error)
	// LoanerBySerial compares after folding (case, spaces, hyphens).
	LoanerBySerial(ctx context.Context, retailer, serial string) (care.Loaner, error)
	Loaners(ctx context.Context, retailer string, f care.LoanerFilter, page care.Page) (items []care.Loaner, next string, err error)

	PutLoan(ctx context.Context, l care.Loan) error
	Loan(ctx context.Context, retailer, id string) (care.Loan, error)
	// LoansOfClaim is everything demanded and lent for a claim, oldest first.
	LoansOfClaim(ctx context.Context, retailer, claim string) ([]care.Loan, error)
	// Loans are listed by when they are late (those without a term last),
	// then id.
	Loans(ctx context.Context, retailer string, f care.LoanFilter, page care.Page) (items []care.Loan, next string, err error)
}

// RecoveryTx keeps what suppliers owe for warranty work.
type RecoveryTx interface {
	// AddRecovery stores a new line; one of the claim with the same cause
	// gives care.ErrConflict, and the transaction can go on.
	AddRecovery(ctx context.Context, r care.Recovery) error
	PutRecovery(ctx context.Context, r care.Recovery) error
	Recovery(ctx context.Context, retailer, id string) (care.Recovery, error)
	// Recoveries are listed by when they were earned, then id.
	Recoveries(ctx context.Context, retailer string, f care.RecoveryFilter, page care.Page) (items []care.Recovery, next string, err error)
	// OpenRecoveries are a supplier's lines that are in no batch.
	OpenRecoveries(ctx context.Context, retailer, supplier string, limit int) ([]care.Recovery, error)
	BatchLines(ctx context.Context, retailer, batch string) ([]care.Recovery, error)
	// RecoveryTotals sums by supplier, month, state and currency.
	RecoveryTotals(ctx context.Context, retailer string, f care.RecoveryFilter) ([]care.RecoveryTotal, error)

	PutRecoveryBatch(ctx context.Context, b care.RecoveryBatch) error
	RecoveryBatch(ctx context.Context, retailer, id string) (care.RecoveryBatch, error)
	RecoveryBatches(ctx context.Context, retailer string, page care.Page) (items []care.RecoveryBatch, next string, err error) // newest first
}
