package calendar_test

import (
	"database/sql"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/bg"

	"github.com/talon-care/talon/calendar"
)

// TestMonthsAgainstPostgres compares months, days and weekdays with the
// interval arithmetic of PostgreSQL, which clamps to the end of the month too.
func TestMonthsAgainstPostgres(t *testing.T) {
	url := os.Getenv("TALON_DATABASE_URL")
	if url == "" {
		t.Skip("TALON_DATABASE_URL is not set: no PostgreSQL to compare with")
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	events, months, days := samples()
	rows, err := db.QueryContext(t.Context(), `
		select s.i, to_char(s.d + make_interval(months => s.m), 'YYYY-MM-DD'),
		       to_char(s.d + s.n, 'YYYY-MM-DD'), extract(dow from s.d)::int, s.d - date '1970-01-01'
		from (select i, d::date as d, m, n from unnest($1::text[], $2::int[], $3::int[]) with ordinality as u(d, m, n, i)) as s`,
		events, months, days)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	compared := 0
	for rows.Next() {
		var i, weekday, number int
		var moved, later string
		if err := rows.Scan(&i, &moved, &later, &weekday, &number); err != nil {
			t.Fatal(err)
		}
		event, m, n := date(events[i-1]), int(months[i-1]), int(days[i-1])
		if got := event.AddMonths(m).String(); got != moved {
			t.Errorf("%v + %d months = %s, PostgreSQL says %s", event, m, got, moved)
		}
		if m > 0 && calendar.MonthsPeriod(m).From(event).String() != moved {
			t.Errorf("a term of %d months from %v ends %v, PostgreSQL says %s", m, event, calendar.MonthsPeriod(m).From(event), moved)
		}
		if got := event.AddDays(n).String(); got != later {
			t.Errorf("%v + %d days = %s, PostgreSQL says %s", event, n, got, later)
		}
		if int(event.Weekday()) != weekday || int(event.Days()) != number {
			t.Errorf("%v is weekday %d, day %d; PostgreSQL says %d, %d", event, event.Weekday(), event.Days(), weekday, number)
		}
		compared++
	}
	if err := rows.Err(); err != nil || compared != len(events) {
		t.Fatalf("%d of %d pairs compared: %v", compared, len(events), err)
	}
}

// samples are the ends of all months of eight years with many terms, and ten
// thousand pairs drawn with a fixed seed.
func samples() (events []string, months, days []int32) {
	add := func(d calendar.Date, m, n int32) {
		events, months, days = append(events, d.String()), append(months, m), append(days, n)
	}
	for d, last := date("2023-01-27"), date("2031-01-01"); d.Before(last); d = d.AddDays(1) {
		if _, _, day := d.YMD(); day >= 28 {
			for _, m := range []int32{1, 2, 3, 6, 12, 13, 24, 36, 48, -1, -12} {
				add(d, m, m*30)
			}
		}
	}
	draw := rand.New(rand.NewPCG(2026, 11))
	first, span := date("1900-01-01").Days(), date("2200-12-31").Days()-date("1900-01-01").Days()
	for range 10_000 {
		add(calendar.FromDays(first+draw.Int32N(span)), draw.Int32N(2401)-1200, draw.Int32N(80_001)-40_000)
	}
	return events, months, days
}

// TestBulgariaAgainstCal compares every day of 2017 to 2040 with another
// implementation of the Bulgarian holidays.
func TestBulgariaAgainstCal(t *testing.T) {
	other := cal.NewBusinessCalendar()
	other.AddHoliday(bg.Holidays...)
	days := workdays(t, "BG")
	// Where the other one is wrong, or cannot know. The press of 2017, 2023 and
	// 2024 names 26 December and 1 May as days off, and 7 May 2024 as work.
	differ := map[string]string{
		"2025-12-31": "one-off decision for the euro",
		"2026-01-02": "one-off decision for the euro",
		"2017-12-26": "it moves 26 December on from a Tuesday, which is a holiday itself",
		"2023-12-26": "as 2017",
		"2028-12-26": "as 2017",
		"2034-12-26": "as 2017",
		"2024-05-01": "it moves 1 May behind Easter whenever it comes before Good Friday",
		"2024-05-07": "as 1 May 2024",
		"2040-05-01": "as 2024",
	}
	for d := date("2017-01-01"); d.Before(date("2041-01-01")); d = d.AddDays(1) {
		ours, _ := days.IsWorking(d)
		theirs := other.IsWorkday(d.Start(time.UTC))
		why, known := differ[d.String()]
		if (ours != theirs) != known {
			t.Errorf("%v %v: working %v here, %v there; expected to differ: %q", d, d.Weekday(), ours, theirs, why)
		}
	}
}
