package desk_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/policy"
)

// check holds all that must be true of a claim after each step.
func (w *town) check(l *life) {
	version := w.version()
	if l.claim == "" || l.checked == version {
		return // nothing was committed since
	}
	l.checked = version
	var stored string
	w.must(w.file.QueryRowContext(w.ctx(), "SELECT document FROM claim WHERE retailer_id = ? AND claim_id = ?", l.retailer, l.claim).Scan(&stored))
	events := read(w, func(tx *storage.Tx) ([]care.Event, error) { return tx.Events(w.ctx(), l.retailer, l.claim) })
	c := care.Replay(events)
	rebuilt, err := json.Marshal(c)
	w.must(err)
	if !sameJSON(stored, string(rebuilt)) {
		w.fail("the events of %s make another claim:\n%s\n%s", c.Number, stored, rebuilt)
	}
	w.checkOrder(c, events)
	w.checkHolder(c, events)
	w.checkDeadlines(c, events)
	w.checkMoney(c, events)
	w.checkStays(c)
	w.checkLegs(c)
	w.checkLoaner(c)
	w.checkJobs(c)
	if c.State.Over() {
		w.checkOver(c, events)
		l.over = w.chance(60)
	}
}

// sameJSON compares byte for byte, but for how HTML is escaped.
func sameJSON(a, b string) bool {
	plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
	return plain.Replace(a) == plain.Replace(b)
}

// checkOrder: the log runs 1, 2, 3 … and is the retailer's own.
func (w *town) checkOrder(c care.Claim, events []care.Event) {
	for i, e := range events {
		if e.Seq != i+1 || e.Claim != c.ID || e.Retailer != c.Retailer || e.Actor.Retailer != c.Retailer {
			w.fail("event %d of %s is %+v", i+1, c.Number, e)
		}
	}
}

// checkHolder: the device has exactly one holder, and each hand-over begins
// with the one whom the last made.
func (w *town) checkHolder(c care.Claim, events []care.Event) {
	h := care.Holder{Kind: care.HeldByCustomer}
	take := func(e care.Event, to care.Holder, from ...care.HolderKind) {
		if !slices.Contains(from, h.Kind) {
			w.fail("%s: event %d (%s) takes the device from %s, who does not have it", c.Number, e.Seq, e.Data.EventKind(), h.Kind)
		}
		h = to
	}
	for _, e := range events {
		switch p := e.Data.(type) {
		case *care.WasAccepted:
			take(e, p.Holder, care.HeldByCustomer)
		case *care.WasForwarded:
			take(e, p.Holder, care.HeldByShop, care.HeldByCentre)
		case *care.WasReceived:
			take(e, p.Holder, care.HeldByCourier)
		case *care.WasShipped:
			take(e, care.Holder{Kind: care.HeldByCourier, To: "customer", Carrier: p.Carrier}, care.HeldByShop, care.HeldByCentre)
		case *care.WasHandedOver:
			take(e, care.Holder{Kind: care.HeldByCustomer}, care.HeldByShop, care.HeldByCentre, care.HeldByCourier, care.HeldByCustomer)
		}
	}
	got := c.Custody
	if got.Kind != h.Kind || got.Place != h.Place || got.To != h.To || got.Carrier != h.Carrier {
		w.fail("%s is with %+v, by its history with %+v", c.Number, got, h)
	}
	whole := map[care.HolderKind]bool{
		care.HeldByCustomer: got.Place == "" && got.Carrier == "" && got.To == "",
		care.HeldByShop:     got.Place != "" && got.Carrier == "" && got.To == "",
		care.HeldByCentre:   got.Place != "" && got.Carrier == "" && got.To == "",
		care.HeldByCourier:  got.Place == "" && got.To != "",
	}
	if !whole[got.Kind] {
		w.fail("%s is with %+v: that is not one holder", c.Number, got)
	}
}

// checkDeadlines: each is there once, has an owner and a due time, and is told
// of at most once.
func (w *town) checkDeadlines(c care.Claim, events []care.Event) {
	seen := map[care.DeadlineID]bool{}
	for _, d := range c.Deadlines {
		if seen[d.ID()] {
			w.fail("%s has the deadline %+v twice", c.Number, d.ID())
		}
		seen[d.ID()] = true
		if d.State == care.DeadlineOpen && (d.DueAt.IsZero() || d.Due == "" || d.Clause == "" && d.Name != "answer" || !d.Owner.Valid()) {
			w.fail("%s: nobody owns %+v", c.Number, d)
		}
		if d.State != care.DeadlineOpen && d.SettledAt.IsZero() || d.State == care.DeadlineStopped && d.Reason == "" {
			w.fail("%s: %+v ended without a word", c.Number, d)
		}
	}
	told := map[string]bool{}
	for _, e := range events {
		var what string
		switch p := e.Data.(type) {
		case *care.DeadlineWarned:
			what = fmt.Sprint("warned ", p.DeadlineID)
		case *care.DeadlineBreached:
			what = fmt.Sprint("breached ", p.DeadlineID)
		}
		if what != "" && told[what] {
			w.fail("%s: %s, twice", c.Number, what)
		}
		told[what] = true
	}
}

// checkMoney: each entry is what its moves make it, one of a cause, and the
// sums by party are those of the entries.
func (w *town) checkMoney(c care.Claim, events []care.Event) {
	entries := read(w, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(w.ctx(), c.Retailer, c.ID) })
	causes := map[string]bool{}
	for _, e := range entries {
		if key := string(e.What) + " " + e.Cause; causes[key] {
			w.fail("%s: %s is owed twice", c.Number, key)
		} else {
			causes[key] = true
		}
		if e.Amount.Minor <= 0 || e.Debtor == e.Creditor || !e.Debtor.Valid() || !e.Creditor.Valid() {
			w.fail("%s: entry %+v", c.Number, e)
		}
		w.checkMoves(c, e)
	}
	if r := c.Refund; r != nil && !r.PaidAt.IsZero() {
		paid := slices.ContainsFunc(entries, func(e care.Entry) bool { return e.State == care.EntryPaid && string(e.What) == r.Kind })
		if !paid {
			w.fail("%s: the %s was paid, and the ledger has %+v", c.Number, r.Kind, entries)
		}
	}
}

func (w *town) checkMoves(c care.Claim, e care.Entry) {
	moves := read(w, func(tx *storage.Tx) ([]care.MoneyMove, error) { return tx.MovesOf(w.ctx(), c.Retailer, e.ID) })
	sums := map[string]int64{}
	people := map[string]bool{}
	for i, m := range moves {
		if m.Seq != i+1 {
			w.fail("%s: move %d of %s has number %d", c.Number, i+1, e.ID, m.Seq)
		}
		sums[m.Change.Currency] += m.Change.Minor
		switch m.Step {
		case care.StepAmended, care.StepWithdrawn:
			clear(people) // consent to another sum is none, nor is one that was taken back
		case care.StepApproved:
			if people[m.Actor.ID] {
				w.fail("%s: one person approved %s twice", c.Number, e.ID)
			}
			people[m.Actor.ID] = true
		}
	}
	if e.State != care.EntryCancelled {
		sums[e.Amount.Currency] -= e.Amount.Minor
	}
	for currency, rest := range sums {
		if last := moves[len(moves)-1]; rest != 0 || last.State != e.State || last.Seq != e.Seq {
			w.fail("%s: the moves of %+v leave %d %s: %+v", c.Number, e, rest, currency, moves)
		}
	}
	if e.State == care.EntryPaid && e.Debtor == care.RetailerParty && len(e.Approvals) < e.Needs {
		w.fail("%s: %+v was paid without as many approvals as it takes", c.Number, e)
	}
}

// checkStays: the times in service of a device follow each other, and add no
// more days to a term than they have.
func (w *town) checkStays(c care.Claim) {
	stays := read(w, func(tx *storage.Tx) ([]care.Stay, error) { return tx.StaysOfUnit(w.ctx(), c.Retailer, c.Unit.ID) })
	open := 0
	for _, s := range stays {
		if s.Released.IsZero() {
			open++
		}
	}
	if open > 1 {
		w.fail("the device of %s is in service %d times at once: %+v", c.Number, open, stays)
	}
}

// checkLegs: exactly while a courier holds the device, one leg is under way.
func (w *town) checkLegs(c care.Claim) {
	legs := read(w, func(tx *storage.Tx) ([]care.Leg, error) { return tx.LegsOfClaim(w.ctx(), c.Retailer, c.ID) })
	way, open := 0, 0
	for _, l := range legs {
		if l.State == care.LegUnderWay {
			way++
		}
		if !l.State.Over() {
			open++
		}
	}
	if carried := c.Custody.Kind == care.HeldByCourier; open > 1 || (way == 1) != carried {
		w.fail("%s is with %+v, its legs are %+v", c.Number, c.Custody, legs)
	}
}

// checkLoaner: the term of a loaner runs on the claim exactly where one that
// the law owes was asked for, and the loan shows the same.
func (w *town) checkLoaner(c care.Claim) {
	for _, d := range c.Deadlines {
		if d.Name == "loaner" && d.State == care.DeadlineOpen && (c.Loaner == nil || !c.Loaner.Until.IsZero()) {
			w.fail("%s: %+v runs, and nobody is owed a loaner: %+v", c.Number, d, c.Loaner)
		}
	}
	for _, loan := range read(w, func(tx *storage.Tx) ([]care.Loan, error) { return tx.LoansOfClaim(w.ctx(), c.Retailer, c.ID) }) {
		if loan.State != care.LoanAsked {
			continue
		}
		want := care.Deadline{}
		for _, d := range c.Deadlines {
			if d.Name == "loaner" && d.State == care.DeadlineOpen && c.Loaner.Loan == loan.ID {
				want = d
			}
		}
		if loan.Due != want.Due || !loan.DueAt.Equal(want.DueAt) {
			w.fail("%s: the loan is due %s, the claim says %+v", c.Number, loan.Due, want)
		}
	}
}

// checkJobs: whatever has to be done later has its job: the end of each open
// term, what a carrier was not told, and the next warning of whoever does not
// collect.
func (w *town) checkJobs(c care.Claim) {
	queued := func(prefix string) (n int) {
		w.must(w.file.QueryRowContext(w.ctx(), "SELECT count(*) FROM job WHERE substr(job_key, 1, length(?1)) = ?1 AND done_at IS NULL AND parked_at IS NULL", prefix).Scan(&n))
		return n
	}
	for _, d := range c.Deadlines {
		key := fmt.Sprintf("deadline.breach %s %s %s %s", c.ID, d.Name, d.Basis, d.From)
		if runs := d.State == care.DeadlineOpen && d.BreachedAt.IsZero(); runs != (queued(key) == 1) {
			w.fail("%s: %+v has %d jobs", c.Number, d, queued(key))
		}
	}
	for _, l := range read(w, func(tx *storage.Tx) ([]care.Leg, error) { return tx.LegsOfClaim(w.ctx(), c.Retailer, c.ID) }) {
		if asked := l.State == care.LegAsked && l.Fault != care.FaultRefused; asked != (queued("carrier.book "+l.ID) == 1) {
			w.fail("%s: leg %+v has %d jobs", c.Number, l, queued("carrier.book "+l.ID))
		}
	}
	waits := c.State == care.Ready && c.Held() && c.Return != care.ReturnDeliver
	ready := "collect.warn " + c.ID + " " + c.ReadyAt.UTC().Format(time.RFC3339Nano)
	if n := queued(ready); !c.ReadyAt.IsZero() && (n > 1 || n == 1 && !waits) {
		w.fail("%s waits to be collected: %v, and has %d warnings ahead", c.Number, waits, n)
	}
}

// checkOver: what is over owes nobody anything and holds nobody's device.
func (w *town) checkOver(c care.Claim, events []care.Event) {
	for _, d := range c.Deadlines {
		if d.State == care.DeadlineOpen {
			w.fail("%s is over, and %+v runs", c.Number, d)
		}
	}
	if c.Custody.Kind == care.HeldByCourier {
		w.fail("%s is over, and a courier has the device", c.Number)
	}
	for _, s := range c.Stays {
		if s.Released.IsZero() {
			w.fail("%s is over, and the device in service", c.Number)
		}
	}
	for _, loan := range read(w, func(tx *storage.Tx) ([]care.Loan, error) { return tx.LoansOfClaim(w.ctx(), c.Retailer, c.ID) }) {
		if loan.State == care.LoanOut {
			w.fail("%s is over, and its loaner is out", c.Number)
		}
	}
	if end, ok := events[len(events)-1].Data.(*care.WasClosed); !ok || end.Note != "" {
		return // a manager said why it closes while money is owed
	}
	entries := read(w, func(tx *storage.Tx) ([]care.Entry, error) { return tx.EntriesOf(w.ctx(), c.Retailer, c.ID) })
	for _, e := range care.Unpaid(entries, care.RetailerParty) {
		if !e.CreatedAt.After(c.ClosedAt) && e.Creditor == care.CustomerParty {
			w.fail("%s is closed, and the customer waits for %+v", c.Number, e)
		}
	}
}

// inventory holds what must be true of the whole town at the end: each number
// was given once and none was lost, each frozen decision can be made again,
// the ledger's balances are the sums of its entries, terms grow by no more
// days than the devices were in service, and no alert came twice.
func (w *town) inventory() {
	for _, r := range w.retailers {
		manager := w.role(r, care.Manager)
		for table, series := range map[string]string{"claim": "RMA", "request": "REQ", "certificate": "CERT"} {
			w.checkNumbers(r, table, series)
		}
		w.checkBalances(r)
		ids := read(w, func(tx *storage.Tx) ([]string, error) { return tx.ClaimIDs(w.ctx(), r, "", 1000) })
		for i, id := range ids {
			if i%10 != 0 {
				continue
			}
			list, err := w.desks[0].Recheck(w.ctx(), manager, id)
			w.must(err)
			for _, x := range list {
				if !x.Same {
					w.fail("%s: ruling %d of %s comes out differently", r, x.Ruling, id)
				}
			}
		}
	}
	var twice int
	w.must(w.file.QueryRowContext(w.ctx(), "SELECT count(*) FROM (SELECT 1 FROM alert GROUP BY retailer_id, subject, kind, role HAVING count(*) > 1)").Scan(&twice))
	if twice > 0 {
		w.fail("%d alerts came twice", twice)
	}
	for _, l := range w.lives {
		w.checkTerm(l)
	}
	if w.passed[string(care.CmdClose)] == 0 && len(w.lives) >= perTown {
		w.fail("no claim came to an end: %v", w.passed)
	}
}

// checkNumbers: what was committed has the numbers 1, 2, 3 … of its year. A
// certificate that came with an old sale keeps its own.
func (w *town) checkNumbers(retailer, table, series string) {
	rows, err := w.file.QueryContext(w.ctx(), "SELECT number FROM "+table+" WHERE retailer_id = ? AND number LIKE ?", retailer, series+"-%")
	w.must(err)
	defer rows.Close()
	years := map[int]map[int]bool{}
	for rows.Next() {
		var number string
		w.must(rows.Scan(&number))
		var year, n int
		if _, err := fmt.Sscanf(number, series+"-%d-%d", &year, &n); err != nil {
			w.fail("number %s: %v", number, err)
		}
		if years[year] == nil {
			years[year] = map[int]bool{}
		}
		if years[year][n] {
			w.fail("%s was given twice", number)
		}
		years[year][n] = true
	}
	w.must(rows.Err())
	for year, numbers := range years {
		for n := range len(numbers) {
			if !numbers[n+1] {
				w.fail("%s %s: number %d of %d is missing", retailer, series, n+1, year)
			}
		}
	}
}

func (w *town) checkBalances(retailer string) {
	got := read(w, func(tx *storage.Tx) ([]care.Balance, error) { return tx.Balances(w.ctx(), retailer) })
	var all []care.Entry
	for page := (care.Page{Limit: 200}); ; {
		list := read(w, func(tx *storage.Tx) (list []care.Entry, err error) {
			list, page.Cursor, err = tx.Entries(w.ctx(), retailer, care.EntryFilter{}, page)
			return list, err
		})
		if all = append(all, list...); page.Cursor == "" {
			break
		}
	}
	key := func(b care.Balance) string { return b.Currency + " " + string(b.Debtor) + " " + string(b.Creditor) }
	sort := func(list []care.Balance) []care.Balance {
		slices.SortFunc(list, func(a, b care.Balance) int { return strings.Compare(key(a), key(b)) })
		return list
	}
	if want := sort(care.BalancesOf(all)); !slices.Equal(sort(got), want) {
		w.fail("%s: the ledger says %+v, its entries %+v", retailer, got, want)
	}
}

// checkTerm: two stays on one day move a term by one day.
func (w *town) checkTerm(l *life) {
	u := w.unit(l)
	zone := w.zone(l.retailer)
	days := map[calendar.Date]bool{}
	for _, s := range read(w, func(tx *storage.Tx) ([]care.Stay, error) { return tx.StaysOfUnit(w.ctx(), l.retailer, u.ID) }) {
		to := s.Released
		switch {
		case to.IsZero():
			to = w.now
		case !s.HandedBack.IsZero():
			to = s.HandedBack
		}
		from := s.Demanded
		if s.Accepted.Before(from) && !s.Accepted.IsZero() {
			from = s.Accepted
		}
		for d := calendar.DateOf(from, zone); !d.After(calendar.DateOf(to, zone)); d = d.AddDays(1) {
			days[d] = true
		}
	}
	v, err := w.desks[0].CheckWarranty(w.ctx(), l.retailer, l.serial, "en")
	w.must(err)
	ends := map[policy.Basis]desk.Cover{}
	for _, c := range v.Covers {
		ends[c.Basis] = c
		if c.ProlongedDays < 0 || c.ProlongedDays > len(days) {
			w.fail("%s: %s is longer by %d days for %d in service", l.serial, c.Basis, c.ProlongedDays, len(days))
		}
	}
	// A certificate's year begins the day after the warranty, however far that
	// has moved.
	if c := ends[policy.Certificate]; !c.From.IsZero() && c.From != ends[policy.Warranty].LastDay.AddDays(1) {
		w.fail("%s: the certificate begins on %s, after a warranty up to %s", l.serial, c.From, ends[policy.Warranty].LastDay)
	}
}

func (w *town) zone(retailer string) *time.Location {
	r, err := w.desks[0].Retailer(w.ctx(), retailer)
	w.must(err)
	zone, err := time.LoadLocation(r.Zone)
	w.must(err)
	return zone
}
