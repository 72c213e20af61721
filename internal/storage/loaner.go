package storage

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// PutLoaner stores a device of the pool; its serial number must be free among
// the retailer's loaners.
func (t *Tx) PutLoaner(ctx context.Context, l care.Loaner) error {
	return wrap("put loaner", t.put(ctx, "loaner", 2, []column{
		{"retailer_id", l.Retailer}, {"loaner_id", l.ID}, {"category", l.Category}, {"brand", l.Brand}, {"model", l.Model},
		{"serial", l.Serial}, {"serial_fold", foldIdentity(l.Serial)}, {"condition", l.Condition}, {"place", l.Place},
		{"state", string(l.State)}, {"note", l.Note}, {"added_at", l.Added.UnixMicro()},
	}))
}

const loanerColumns = "retailer_id, loaner_id, category, brand, model, serial, condition, place, state, note, added_at"

func loanerFields(l *care.Loaner) []any {
	return []any{&l.Retailer, &l.ID, &l.Category, &l.Brand, &l.Model, &l.Serial, &l.Condition, &l.Place, &l.State, &l.Note, intoTime{&l.Added}}
}

// Loaner finds a device of the pool; in a read-write transaction it also locks
// it.
func (t *Tx) Loaner(ctx context.Context, retailer, id string) (care.Loaner, error) {
	var l care.Loaner
	err := t.one(ctx, "SELECT "+loanerColumns+" FROM loaner WHERE retailer_id = $1 AND loaner_id = $2"+t.lock(), []any{retailer, id}, loanerFields(&l)...)
	return l, wrap("loaner", err)
}

// LoanerBySerial finds a device of the pool by its serial number, folded.
func (t *Tx) LoanerBySerial(ctx context.Context, retailer, serial string) (care.Loaner, error) {
	var l care.Loaner
	if err := clean(serial); err != nil {
		return l, wrap("loaner by serial", err)
	}
	err := t.one(ctx, "SELECT "+loanerColumns+" FROM loaner WHERE retailer_id = $1 AND serial_fold = $2", []any{retailer, foldIdentity(serial)}, loanerFields(&l)...)
	return l, wrap("loaner by serial", err)
}

// Loaners lists the pool in the order in which it grew.
func (t *Tx) Loaners(ctx context.Context, retailer string, f care.LoanerFilter, page care.Page) ([]care.Loaner, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	var w where
	w.is("retailer_id", retailer)
	in(&w, "state", f.States)
	if f.Category != "" {
		w.is("category", f.Category)
	}
	if started {
		w.and("loaner_id > " + w.arg(from.id))
	}
	items, err := list(ctx, t, loanerFields, "SELECT "+loanerColumns+" FROM loaner"+w.String()+" ORDER BY loaner_id LIMIT "+w.arg(limit+1), w.args...)
	if err != nil {
		return nil, "", wrap("loaners", err)
	}
	items, next := cut(items, limit, func(l care.Loaner) position { return position{id: l.ID} })
	return items, next, nil
}

// PutLoan stores a demand for a loaner and what came of it.
func (t *Tx) PutLoan(ctx context.Context, l care.Loan) error {
	return wrap("put loan", t.put(ctx, "loan", 2, []column{
		{"retailer_id", l.Retailer}, {"loan_id", l.ID}, {"claim_id", l.Claim}, {"number", l.Number}, {"category", l.Category},
		{"state", string(l.State)}, {"next_at", microsOrNever(l.NextAt())}, {"demanded_at", l.DemandedAt.UnixMicro()},
		{"demanded_by", string(l.DemandedBy)}, {"due", l.Due}, {"due_at", micros(l.DueAt)}, {"clause", l.Clause},
		{"loaner_id", some(l.Loaner)}, {"lent_at", micros(l.LentAt)}, {"lent_by", l.LentBy}, {"condition_out", l.ConditionOut},
		{"back_by", micros(l.BackBy)}, {"returned_at", micros(l.ReturnedAt)}, {"returned_by", l.ReturnedBy},
		{"condition_in", l.ConditionIn}, {"damage", l.Damage}, {"note", l.Note}, {"ended_at", micros(l.EndedAt)},
	}))
}

const loanColumns = `retailer_id, loan_id, claim_id, number, category, state, demanded_at, demanded_by, due, due_at, clause, loaner_id, lent_at,
	lent_by, condition_out, back_by, returned_at, returned_by, condition_in, damage, note, ended_at`

func loanFields(l *care.Loan) []any {
	return []any{&l.Retailer, &l.ID, &l.Claim, &l.Number, &l.Category, &l.State, intoTime{&l.DemandedAt}, &l.DemandedBy, &l.Due,
		intoTime{&l.DueAt}, &l.Clause, intoText{&l.Loaner}, intoTime{&l.LentAt}, &l.LentBy, &l.ConditionOut, intoTime{&l.BackBy},
		intoTime{&l.ReturnedAt}, &l.ReturnedBy, &l.ConditionIn, &l.Damage, &l.Note, intoTime{&l.EndedAt}}
}

// Loan finds a loan; in a read-write transaction it also locks it.
func (t *Tx) Loan(ctx context.Context, retailer, id string) (care.Loan, error) {
	var l care.Loan
	err := t.one(ctx, "SELECT "+loanColumns+" FROM loan WHERE retailer_id = $1 AND loan_id = $2"+t.lock(), []any{retailer, id}, loanFields(&l)...)
	return l, wrap("loan", err)
}

// LoansOfClaim lists what was demanded and lent for a claim, oldest first.
func (t *Tx) LoansOfClaim(ctx context.Context, retailer, claim string) ([]care.Loan, error) {
	list, err := list(ctx, t, loanFields, "SELECT "+loanColumns+" FROM loan WHERE retailer_id = $1 AND claim_id = $2 ORDER BY loan_id", retailer, claim)
	return list, wrap("loans of claim", err)
}

// Loans lists loans by when they are late, those without a term last.
func (t *Tx) Loans(ctx context.Context, retailer string, f care.LoanFilter, page care.Page) ([]care.Loan, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	var w where
	w.is("retailer_id", retailer)
	in(&w, "state", f.States)
	if f.Loaner != "" {
		w.is("loaner_id", f.Loaner)
	}
	if started {
		w.and("(next_at, loan_id) > (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	items, err := list(ctx, t, loanFields, "SELECT "+loanColumns+" FROM loan"+w.String()+" ORDER BY next_at, loan_id LIMIT "+w.arg(limit+1), w.args...)
	if err != nil {
		return nil, "", wrap("loans", err)
	}
	items, next := cut(items, limit, func(l care.Loan) position { return position{microsOrNever(l.NextAt()), l.ID} })
	return items, next, nil
}
