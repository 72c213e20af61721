package storage

import (
	"context"
	"slices"

	"github.com/talon-care/talon/internal/care"
)

func recoveryRow(r care.Recovery) []column {
	return []column{
		{"retailer_id", r.Retailer}, {"recovery_id", r.ID}, {"claim_id", r.Claim}, {"cause", r.Cause}, {"number", r.Number},
		{"supplier", r.Supplier}, {"centre", r.Centre}, {"kind", string(r.Kind)}, {"what", r.What}, {"amount", r.Amount.Minor},
		{"currency", r.Amount.Currency}, {"earned_on", r.EarnedOn.String()}, {"earned_at", r.EarnedAt.UnixMicro()},
		{"state", string(r.State)}, {"batch_id", some(r.Batch)}, {"agreed", minor(r.Agreed)}, {"reason", r.Reason},
		{"answered_at", micros(r.AnsweredAt)}, {"paid_at", micros(r.PaidAt)}, {"reference", r.Reference},
	}
}

// AddRecovery stores a new line; one of the claim with the same cause is
// care.ErrConflict, after which the transaction can go on.
func (t *Tx) AddRecovery(ctx context.Context, r care.Recovery) error {
	return wrap("add recovery", t.add(ctx, "recovery", recoveryRow(r)))
}

// PutRecovery stores what became of a line.
func (t *Tx) PutRecovery(ctx context.Context, r care.Recovery) error {
	return wrap("put recovery", t.put(ctx, "recovery", 2, recoveryRow(r)))
}

const recoveryColumns = `retailer_id, recovery_id, claim_id, cause, number, supplier, centre, kind, what, amount, currency, earned_on, earned_at,
	state, batch_id, agreed, currency, reason, answered_at, paid_at, reference`

func recoveryFields(r *care.Recovery) []any {
	return []any{&r.Retailer, &r.ID, &r.Claim, &r.Cause, &r.Number, &r.Supplier, &r.Centre, &r.Kind, &r.What, &r.Amount.Minor,
		&r.Amount.Currency, intoDate{&r.EarnedOn}, intoTime{&r.EarnedAt}, &r.State, intoText{&r.Batch}, intoPrice{&r.Agreed},
		intoCurrency{&r.Agreed}, &r.Reason, intoTime{&r.AnsweredAt}, intoTime{&r.PaidAt}, &r.Reference}
}

// Recovery finds a line; in a read-write transaction it also locks it.
func (t *Tx) Recovery(ctx context.Context, retailer, id string) (care.Recovery, error) {
	var r care.Recovery
	err := t.one(ctx, "SELECT "+recoveryColumns+" FROM recovery WHERE retailer_id = $1 AND recovery_id = $2"+t.lock(), []any{retailer, id}, recoveryFields(&r)...)
	return r, wrap("recovery", err)
}

// Recoveries lists lines in the order in which they were earned.
func (t *Tx) Recoveries(ctx context.Context, retailer string, f care.RecoveryFilter, page care.Page) ([]care.Recovery, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	w := recoveryWhere(retailer, f)
	if started {
		w.and("(earned_at, recovery_id) > (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	items, err := list(ctx, t, recoveryFields, "SELECT "+recoveryColumns+" FROM recovery"+w.String()+" ORDER BY earned_at, recovery_id LIMIT "+w.arg(limit+1), w.args...)
	if err != nil {
		return nil, "", wrap("recoveries", err)
	}
	items, next := cut(items, limit, func(r care.Recovery) position { return position{r.EarnedAt.UnixMicro(), r.ID} })
	return items, next, nil
}

// BatchLines lists all lines of a batch in the order in which they were
// earned; in a read-write transaction it also locks them.
func (t *Tx) BatchLines(ctx context.Context, retailer, batch string) ([]care.Recovery, error) {
	list, err := list(ctx, t, recoveryFields, "SELECT "+recoveryColumns+" FROM recovery WHERE retailer_id = $1 AND batch_id = $2 ORDER BY earned_at, recovery_id"+t.lock(), retailer, batch)
	return list, wrap("lines of batch", err)
}

// OpenRecoveries lists up to limit open lines of a supplier, oldest first; in
// a read-write transaction it also locks them.
func (t *Tx) OpenRecoveries(ctx context.Context, retailer, supplier string, limit int) ([]care.Recovery, error) {
	list, err := list(ctx, t, recoveryFields, "SELECT "+recoveryColumns+` FROM recovery WHERE retailer_id = $1 AND state = 'open' AND supplier = $2
		ORDER BY earned_at, recovery_id LIMIT $3`+t.lock(), retailer, supplier, limit)
	return list, wrap("open recoveries", err)
}

func recoveryWhere(retailer string, f care.RecoveryFilter) where {
	var w where
	w.is("retailer_id", retailer)
	in(&w, "state", f.States)
	for _, c := range [][2]string{{"supplier", f.Supplier}, {"batch_id", f.Batch}, {"claim_id", f.Claim}} {
		if c[1] != "" {
			w.is(c[0], c[1])
		}
	}
	return w
}

// RecoveryTotals sums lines by supplier, month, state and currency, the newest
// month first.
func (t *Tx) RecoveryTotals(ctx context.Context, retailer string, f care.RecoveryFilter) ([]care.RecoveryTotal, error) {
	w := recoveryWhere(retailer, f)
	fields := func(r *care.RecoveryTotal) []any {
		return []any{&r.Supplier, &r.Month, &r.State, &r.Currency, &r.Lines, &r.Amount.Minor, &r.Agreed.Minor}
	}
	items, err := list(ctx, t, fields, `SELECT supplier, substr(earned_on, 1, 7), state, currency, count(*), CAST(sum(amount) AS BIGINT),
		CAST(coalesce(sum(agreed), 0) AS BIGINT) FROM recovery`+w.String()+` GROUP BY 1, 2, 3, 4`, w.args...)
	for i := range items {
		items[i].Amount.Currency, items[i].Agreed.Currency = items[i].Currency, items[i].Currency
	}
	slices.SortFunc(items, compareTotals)
	return items, wrap("recovery totals", err)
}

func compareTotals(a, b care.RecoveryTotal) int {
	for _, pair := range [][2]string{{b.Month, a.Month}, {a.Supplier, b.Supplier}, {string(a.State), string(b.State)}, {a.Currency, b.Currency}} {
		switch {
		case pair[0] < pair[1]:
			return -1
		case pair[0] > pair[1]:
			return 1
		}
	}
	return 0
}

// PutRecoveryBatch stores a batch; its number must be free.
func (t *Tx) PutRecoveryBatch(ctx context.Context, b care.RecoveryBatch) error {
	return wrap("put recovery batch", t.put(ctx, "recovery_batch", 2, []column{
		{"retailer_id", b.Retailer}, {"batch_id", b.ID}, {"number", b.Number}, {"supplier", b.Supplier}, {"state", string(b.State)},
		{"created_at", b.CreatedAt.UnixMicro()}, {"created_by", b.CreatedBy}, {"sent_at", micros(b.SentAt)}, {"answer_by", day(b.AnswerBy)},
		{"paid_at", micros(b.PaidAt)}, {"reference", b.Reference},
	}))
}

const batchColumns = "retailer_id, batch_id, number, supplier, state, created_at, created_by, sent_at, answer_by, paid_at, reference"

func batchFields(b *care.RecoveryBatch) []any {
	return []any{&b.Retailer, &b.ID, &b.Number, &b.Supplier, &b.State, intoTime{&b.CreatedAt}, &b.CreatedBy, intoTime{&b.SentAt},
		intoDate{&b.AnswerBy}, intoTime{&b.PaidAt}, &b.Reference}
}

// RecoveryBatch finds a batch; in a read-write transaction it also locks it.
func (t *Tx) RecoveryBatch(ctx context.Context, retailer, id string) (care.RecoveryBatch, error) {
	var b care.RecoveryBatch
	err := t.one(ctx, "SELECT "+batchColumns+" FROM recovery_batch WHERE retailer_id = $1 AND batch_id = $2"+t.lock(), []any{retailer, id}, batchFields(&b)...)
	return b, wrap("recovery batch", err)
}

// RecoveryBatches lists a retailer's batches, newest first.
func (t *Tx) RecoveryBatches(ctx context.Context, retailer string, page care.Page) ([]care.RecoveryBatch, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	var w where
	w.is("retailer_id", retailer)
	if started {
		w.and("batch_id < " + w.arg(from.id))
	}
	items, err := list(ctx, t, batchFields, "SELECT "+batchColumns+" FROM recovery_batch"+w.String()+" ORDER BY batch_id DESC LIMIT "+w.arg(limit+1), w.args...)
	if err != nil {
		return nil, "", wrap("recovery batches", err)
	}
	items, next := cut(items, limit, func(b care.RecoveryBatch) position { return position{id: b.ID} })
	return items, next, nil
}
