package storage

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// SaveMoney stores entries as they are after their moves, and appends the
// moves. A cause that another transaction was first with is care.ErrConflict.
func (t *Tx) SaveMoney(ctx context.Context, entries []care.Entry, moves []care.MoneyMove) error {
	for _, e := range entries {
		if err := t.putEntry(ctx, e); err != nil {
			return wrap("save money", err)
		}
	}
	for _, m := range moves {
		row, err := moveRow(m)
		if err != nil {
			return wrap("save money", err)
		}
		if err := t.add(ctx, "money_move", row); err != nil {
			return wrap("save money", err)
		}
	}
	return nil
}

func moveRow(m care.MoneyMove) ([]column, error) {
	actor, err := encode(m.Actor)
	if err != nil {
		return nil, err
	}
	return []column{
		{"retailer_id", m.Retailer}, {"entry_id", m.Entry}, {"seq", m.Seq}, {"at", m.At.UnixMicro()}, {"step", string(m.Step)},
		{"change", m.Change.Minor}, {"amount", m.Amount.Minor}, {"currency", m.Amount.Currency}, {"state", string(m.State)},
		{"actor", actor}, {"note", m.Note},
	}, nil
}

func (t *Tx) putEntry(ctx context.Context, e care.Entry) error {
	row, err := entryRow(e)
	if err != nil {
		return err
	}
	return t.put(ctx, "money_entry", 2, row)
}

func entryRow(e care.Entry) ([]column, error) {
	approvals, err := encode(e.Approvals)
	if err != nil {
		return nil, err
	}
	return []column{
		{"retailer_id", e.Retailer}, {"entry_id", e.ID}, {"claim_id", some(e.Claim)}, {"number", e.Number}, {"what", string(e.What)},
		{"cause", e.Cause}, {"debtor", string(e.Debtor)}, {"creditor", string(e.Creditor)}, {"amount", e.Amount.Minor},
		{"currency", e.Amount.Currency}, {"clause", e.Clause}, {"pack", e.Pack}, {"pack_version", e.PackVersion}, {"why", e.Why},
		{"derived", e.Derived}, {"round", e.Round}, {"state", string(e.State)}, {"needs", e.Needs}, {"approvals", approvals},
		{"reference", e.Reference}, {"paid_by", e.PaidBy}, {"paid_at", micros(e.PaidAt)}, {"reason", e.Reason}, {"waived", e.Waived},
		{"seq", e.Seq}, {"created_at", e.CreatedAt.UnixMicro()}, {"updated_at", e.UpdatedAt.UnixMicro()},
		{"certificate_id", some(e.Certificate)}, {"certificate", e.CertificateNumber},
	}, nil
}

const entryColumns = `e.retailer_id, e.entry_id, e.claim_id, e.number, e.what, e.cause, e.debtor, e.creditor, e.amount, e.currency, e.clause, e.pack,
	e.pack_version, e.why, e.derived, e.round, e.state, e.needs, e.approvals, e.reference, e.paid_by, e.paid_at, e.reason, e.waived, e.seq,
	e.created_at, e.updated_at, e.certificate_id, e.certificate`

func entryFields(e *care.Entry) []any {
	return []any{&e.Retailer, &e.ID, intoText{&e.Claim}, &e.Number, &e.What, &e.Cause, &e.Debtor, &e.Creditor, &e.Amount.Minor, &e.Amount.Currency,
		&e.Clause, &e.Pack, &e.PackVersion, &e.Why, &e.Derived, &e.Round, &e.State, &e.Needs, intoJSON{&e.Approvals}, &e.Reference, &e.PaidBy,
		intoTime{&e.PaidAt}, &e.Reason, &e.Waived, &e.Seq, intoTime{&e.CreatedAt}, intoTime{&e.UpdatedAt},
		intoText{&e.Certificate}, &e.CertificateNumber}
}

const (
	entryByID      = "SELECT " + entryColumns + " FROM money_entry e WHERE e.retailer_id = $1 AND e.entry_id = $2"
	entriesOfClaim = "SELECT " + entryColumns + " FROM money_entry e WHERE e.retailer_id = $1 AND e.claim_id = $2 ORDER BY e.created_at, e.entry_id"
)

// Entry finds a line of the ledger; in a Tx it also locks it until the end.
func (t *Tx) Entry(ctx context.Context, retailer, id string) (care.Entry, error) {
	var e care.Entry
	err := t.one(ctx, entryByID+t.lock(), []any{retailer, id}, entryFields(&e)...)
	return e, wrap("entry", err)
}

// EntriesOf is the ledger of a claim, oldest first.
func (t *Tx) EntriesOf(ctx context.Context, retailer, claim string) ([]care.Entry, error) {
	list, err := list(ctx, t, entryFields, entriesOfClaim, retailer, claim)
	return list, wrap("entries of claim", err)
}

const entryOfCertificate = "SELECT " + entryColumns + ` FROM money_entry e WHERE e.retailer_id = $1 AND e.certificate_id = $2 AND e.state <> 'cancelled'`

// EntryOfCertificate is the refund of a certificate that was not given up; in
// a Tx it also locks it until the end.
func (t *Tx) EntryOfCertificate(ctx context.Context, retailer, certificate string) (care.Entry, error) {
	var e care.Entry
	err := t.one(ctx, entryOfCertificate+t.lock(), []any{retailer, certificate}, entryFields(&e)...)
	return e, wrap("entry of certificate", err)
}

// Entries lists the ledger, newest first.
func (t *Tx) Entries(ctx context.Context, retailer string, f care.EntryFilter, page care.Page) ([]care.Entry, string, error) {
	from, started, limit, err := pageOf(page)
	if err != nil {
		return nil, "", err
	}
	text, args := entriesQuery(retailer, f, from, started, limit)
	items, err := list(ctx, t, entryFields, text, args...)
	if err != nil {
		return nil, "", wrap("entries", err)
	}
	items, next := cut(items, limit, func(e care.Entry) position { return position{e.CreatedAt.UnixMicro(), e.ID} })
	return items, next, nil
}

func entriesQuery(retailer string, f care.EntryFilter, from position, started bool, limit int) (string, []any) {
	var w where
	w.is("e.retailer_id", retailer)
	in(&w, "e.state", f.States)
	in(&w, "e.what", f.Whats)
	w.isUnlessEmpty("e.debtor", string(f.Debtor))
	w.isUnlessEmpty("e.claim_id", f.Claim)
	if started {
		w.and("(e.created_at, e.entry_id) < (" + w.arg(from.value) + ", " + w.arg(from.id) + ")")
	}
	return "SELECT " + entryColumns + " FROM money_entry e" + w.String() + " ORDER BY e.created_at DESC, e.entry_id DESC LIMIT " + w.arg(limit+1), w.args
}

const balancesQuery = `SELECT currency, debtor, creditor, state, CAST(sum(amount) AS BIGINT) FROM money_entry WHERE retailer_id = $1
	GROUP BY currency, debtor, creditor, state ORDER BY currency, debtor, creditor, state`

// Balances sums a retailer's whole ledger by currency and parties.
func (t *Tx) Balances(ctx context.Context, retailer string) ([]care.Balance, error) {
	var out []care.Balance
	err := t.query(ctx, func(scan func(...any) error) error {
		var b care.Balance
		var state care.EntryState
		var sum int64
		if err := scan(&b.Currency, &b.Debtor, &b.Creditor, &state, &sum); err != nil {
			return err
		}
		n := len(out)
		if n == 0 || out[n-1].Currency != b.Currency || out[n-1].Debtor != b.Debtor || out[n-1].Creditor != b.Creditor {
			out = append(out, b)
			n++
		}
		out[n-1].Add(state, sum)
		return nil
	}, balancesQuery, retailer)
	return out, wrap("balances", err)
}

const movesBetween = "SELECT m.retailer_id, m.entry_id, m.seq, m.at, m.step, m.change, m.amount, m.currency, m.state, m.actor, m.note, " + entryColumns + `
	FROM money_move m JOIN money_entry e ON e.retailer_id = m.retailer_id AND e.entry_id = m.entry_id
	WHERE m.retailer_id = $1 AND m.at >= $2 AND m.at < $3 ORDER BY m.at, m.entry_id, m.seq`

// EachMove gives the moves of a time, from an instant on and before another,
// to each, one after the other: nothing is kept in memory.
func (t *Tx) EachMove(ctx context.Context, retailer string, from, before time.Time, each func(care.MoneyLine) error) error {
	err := t.query(ctx, func(scan func(...any) error) error {
		var l care.MoneyLine
		m := &l.MoneyMove
		fields := append([]any{&m.Retailer, &m.Entry, &m.Seq, intoTime{&m.At}, &m.Step, &m.Change.Minor, &m.Amount.Minor, &m.Amount.Currency,
			&m.State, intoJSON{&m.Actor}, &m.Note}, entryFields(&l.Of)...)
		if err := scan(fields...); err != nil {
			return err
		}
		m.Change.Currency = m.Amount.Currency
		return each(l)
	}, movesBetween, retailer, from.UnixMicro(), before.UnixMicro())
	return wrap("money moves", err)
}

const movesOfEntry = `SELECT retailer_id, entry_id, seq, at, step, change, amount, currency, state, actor, note FROM money_move
	WHERE retailer_id = $1 AND entry_id = $2 ORDER BY seq`

// MovesOf is the history of an entry.
func (t *Tx) MovesOf(ctx context.Context, retailer, entry string) ([]care.MoneyMove, error) {
	list, err := list(ctx, t, func(m *care.MoneyMove) []any {
		return []any{&m.Retailer, &m.Entry, &m.Seq, intoTime{&m.At}, &m.Step, &m.Change.Minor, &m.Amount.Minor, &m.Amount.Currency,
			&m.State, intoJSON{&m.Actor}, &m.Note}
	}, movesOfEntry, retailer, entry)
	for i := range list {
		list[i].Change.Currency = list[i].Amount.Currency
	}
	return list, wrap("moves of entry", err)
}
