package calendar_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
)

// row is a line of testdata/dates.tsv.
type row struct{ id, jurisdiction, rule, input, nominal, contrast string }

// readRows reads the table of cases, without its heading.
func readRows(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("testdata/dates.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var rows []row
	for _, line := range lines[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 6 {
			t.Fatalf("not a row: %q", line)
		}
		rows = append(rows, row{f[0], f[1], f[2], f[3], f[4], f[5]})
	}
	return rows
}

// cases says for each row what is tested of it here. Rows about the number of
// failures, of days without the product, or about a penalty are held in full by
// the cases of the policy packs; here is their counting of days.
var cases = map[string]func(*testing.T, row){
	"D01": term, "D02": term, "D04": term, "D05": term, "D08": term, "D09": term, "D10": term, "D14": term, "D15": term,
	"D17": term, "D19": term, "D48": term,
	"D27": presumption,
	"D21": notChained,
	"D22": certificate, "D24": certificate,
	"D25": prolonged, "D28": prolonged,
	"D31": elapsed,
	"D33": localDate,
	"D34": clockChange,
	"D35": union,
	"D36": daysWithout, // the comparison with 30 days: the Russian statute's pack
	"D37": daysWithout, // as D36
	"D40": penaltyDays, // the sum: package money and the Russian statute's pack
	"D42": newTerm,     // which term a replacement gets: the Russian statute's pack
	"D43": newTerm,     // that the original term is kept: the Bulgarian statute's pack
	"D44": lawInForce,  // the number of failures: the Bulgarian statute's pack
	"D45": lawInForce,  // as D44
}

func TestCases(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range readRows(t) {
		seen[r.id] = true
		t.Run(r.id, func(t *testing.T) {
			test, listed := cases[r.id]
			if !listed {
				t.Fatalf("nothing says where %q is tested", r.rule)
			}
			test(t, r)
		})
	}
	for id := range cases {
		if !seen[id] {
			t.Errorf("%s is not in the table", id)
		}
	}
}

// dates finds the n full dates in a text, in order.
func dates(t *testing.T, text string, n int) []calendar.Date {
	t.Helper()
	var found []calendar.Date
	for i := 0; i+10 <= len(text); i++ {
		if d, err := calendar.ParseDate(text[i : i+10]); err == nil {
			found, i = append(found, d), i+9
		}
	}
	if len(found) != n {
		t.Fatalf("%d dates in %q, want %d", len(found), text, n)
	}
	return found
}

// readTerm reads an event and a term such as "2025-01-31 +12 months".
func readTerm(t *testing.T, input string) (calendar.Date, calendar.Period) {
	t.Helper()
	f := strings.Fields(input)
	n, err := strconv.Atoi(strings.TrimPrefix(f[1], "+"))
	if err != nil {
		t.Fatal(err)
	}
	switch f[2] {
	case "months":
		return date(f[0]), calendar.MonthsPeriod(n)
	case "days":
		return date(f[0]), calendar.DaysPeriod(n)
	}
	t.Fatalf("no term in %q", input)
	return calendar.Date{}, calendar.Period{}
}

// term tests a term and, in a country's rows, the move to a working day.
func term(t *testing.T, r row) {
	event, p := readTerm(t, r.input)
	if got := p.From(event); got != date(r.nominal) {
		t.Errorf("last day %v, want %s", got, r.nominal)
	}
	if r.jurisdiction != "RU" && r.jurisdiction != "BG" {
		return
	}
	want := calendar.Deadline{LastDay: date(r.nominal), Until: date(r.contrast[:10]), Provisional: strings.Contains(r.contrast, "provisional")}
	if got := workdays(t, r.jurisdiction).Deadline(event, p, true); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// presumption is a term of proof: it does not move to a working day.
func presumption(t *testing.T, r row) {
	event, p := readTerm(t, r.input)
	got := workdays(t, r.jurisdiction).Deadline(event, p, false)
	if want := date(r.nominal); got.LastDay != want || got.Until != want || got.Provisional {
		t.Errorf("got %v, want %v", got, want)
	}
}

func notChained(t *testing.T, r row) {
	event := date(r.input[:10])
	one := calendar.MonthsPeriod(1)
	if chained := one.From(one.From(event)); chained != date(r.nominal) {
		t.Errorf("one month twice: %v, want %s", chained, r.nominal)
	}
	if got := calendar.MonthsPeriod(2).From(event); got != date(r.contrast) {
		t.Errorf("two months: %v, want %s", got, r.contrast)
	}
}

// certificate starts the day after the warranty, which a repair may prolong.
func certificate(t *testing.T, r row) {
	warranty := dates(t, r.input, 1)[0]
	if _, more, prolonged := strings.Cut(r.input, " +"); prolonged {
		n, err := strconv.Atoi(strings.TrimSuffix(more, "d"))
		if err != nil {
			t.Fatal(err)
		}
		warranty = warranty.AddDays(n)
	}
	want := dates(t, r.nominal, 2)
	if from, last := warranty.AddDays(1), calendar.MonthsPeriod(12).From(warranty); from != want[0] || last != want[1] {
		t.Errorf("%v to %v, want %s", from, last, r.nominal)
	}
}

// prolonged adds a stay, both ends counted, to the term.
func prolonged(t *testing.T, r row) {
	months := map[string]int{"D25": 12, "D28": 24}[r.id]
	given := dates(t, r.input, 3)
	in, err := calendar.NewStay(given[1], given[2])
	if err != nil {
		t.Fatal(err)
	}
	if got := given[0].AddMonths(months).AddDays(in.Days()); got != date(r.nominal) {
		t.Errorf("%v after %d days, want %s", got, in.Days(), r.nominal)
	}
}

func elapsed(t *testing.T, r row) {
	sofia := zone(t, "Europe/Sofia")
	text := strings.TrimSuffix(strings.TrimPrefix(r.input, "ready "), " Sofia")
	ready, err := calendar.ParseInstant(text, sofia)
	if err != nil {
		t.Fatal(err)
	}
	const clock = "2006-01-02 15:04"
	if got := calendar.AddHours(ready, 48).Format(clock); got != r.nominal {
		t.Errorf("48 hours later %s, want %s", got, r.nominal)
	}
	if got := ready.AddDate(0, 0, 2).Format("15:04"); !strings.Contains(r.contrast, got) {
		t.Errorf("two days later %s, want %s", got, r.contrast)
	}
}

func localDate(t *testing.T, r row) {
	at, err := calendar.ParseInstant(r.input[:len("2025-06-29 22:30")], zone(t, "Europe/Moscow"))
	if err != nil {
		t.Fatal(err)
	}
	if got := calendar.DateOf(at, zone(t, "Asia/Omsk")); got != date(r.nominal) {
		t.Errorf("in Omsk %v, want %s", got, r.nominal)
	}
	if got := calendar.DateOf(at, zone(t, "Europe/Moscow")); got == date(r.nominal) {
		t.Errorf("in Moscow too it is %v", got)
	}
}

func clockChange(t *testing.T, r row) {
	for _, text := range strings.Split(strings.TrimSuffix(r.input, " Sofia"), "; ") {
		_, err := calendar.ParseInstant(text, zone(t, "Europe/Sofia"))
		if code(t, err) != calendar.OffsetNeeded {
			t.Errorf("%s: %v", text, err)
		}
		for _, offset := range []string{"+02:00", "+03:00"} {
			at, err := calendar.ParseInstant(text+offset, zone(t, "Europe/Sofia"))
			want, _ := time.Parse("2006-01-02 15:04Z07:00", text+offset)
			if err != nil || !at.Equal(want) {
				t.Errorf("%s%s: %v, %v", text, offset, at, err)
			}
		}
	}
}

func union(t *testing.T, r row) {
	want, err := strconv.Atoi(r.nominal)
	if err != nil || !strings.Contains(r.input, "2026-03-01..03-20 and 03-10..03-25") {
		t.Fatalf("the row changed: %v", r)
	}
	got, err := calendar.StaySum("", []string{"2026-03-01/2026-03-20", "2026-03-10/2026-03-25"})
	if err != nil || got.Days != want {
		t.Errorf("%d days, %v; want %d", got.Days, err, want)
	}
}

// daysWithout counts the days without the product of two repairs.
func daysWithout(t *testing.T, r row) {
	first, second := 15, map[string]int{"D36": 15, "D37": 16}[r.id]
	if want := strconv.Itoa(first) + " + " + strconv.Itoa(second) + " days"; !strings.Contains(r.input, want) {
		t.Fatalf("the row changed: %s", r.input)
	}
	start := date("2026-02-02")
	later := start.AddDays(100)
	days := calendar.StayDays([]calendar.Stay{{From: start, To: start.AddDays(first - 1)}, {From: later, To: later.AddDays(second - 1)}})
	if right := days > 30; days != first+second || right != (r.id == "D37") {
		t.Errorf("%d days", days)
	}
}

func penaltyDays(t *testing.T, r row) {
	given := dates(t, r.input, 2)
	due := workdays(t, r.jurisdiction).Deadline(given[0], calendar.DaysPeriod(10), true)
	late := given[1].Sub(due.Until)
	if due.Until != dates(t, r.nominal, 1)[0] || !strings.Contains(r.nominal, " "+strconv.Itoa(late)+" d ") {
		t.Errorf("due %v, %d days late, want %s", due.Until, late, r.nominal)
	}
}

// newTerm counts the term from the day that starts it: the replacement in D42,
// the sale in D43.
func newTerm(t *testing.T, r row) {
	start, months := dates(t, r.input, map[string]int{"D42": 1, "D43": 2}[r.id])[0], map[string]int{"D42": 12, "D43": 24}[r.id]
	if got := calendar.MonthsPeriod(months).From(start); got != date(r.nominal) {
		t.Errorf("until %v, want %s", got, r.nominal)
	}
}

// lawInForce orders the contract date against the day the new law began.
func lawInForce(t *testing.T, r row) {
	_, after, _ := strings.Cut(r.rule, "contract ")
	if now := !date(after[:10]).Before(date("2022-01-01")); now != (r.id == "D44") {
		t.Errorf("contract of %s under the new law: %v", after, now)
	}
}
