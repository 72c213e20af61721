package calendar_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talon-care/talon/calendar"
)

// date reads a date of a test.
func date(s string) calendar.Date { return calendar.MustDate(s) }

// code returns the code of a calendar error, or "" for nil.
func code(t *testing.T, err error) calendar.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *calendar.Error
	if !errors.As(err, &e) {
		t.Fatalf("not a calendar error: %v", err)
	}
	if e.Key != "error.calendar."+string(e.Code) {
		t.Fatalf("key %q of code %q", e.Key, e.Code)
	}
	return e.Code
}

// anyDate draws a date that ParseDate accepts.
func anyDate() *rapid.Generator[calendar.Date] {
	first, last := date("1900-01-01").Days(), date("2200-12-31").Days()
	return rapid.Map(rapid.Int32Range(first, last), calendar.FromDays)
}

// TestEveryDay walks all days of the years 1 to 9999 with nothing but the
// lengths of months and the order of weekdays, and meets the same dates.
func TestEveryDay(t *testing.T) {
	d, err := calendar.NewDate(1, time.January, 1)
	if err != nil {
		t.Fatal(err)
	}
	weekday := time.Monday
	lengths := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	for y := 1; y <= 9999; y++ {
		for m := time.January; m <= time.December; m++ {
			length := lengths[m-1]
			if m == time.February && (y%400 == 0 || y%4 == 0 && y%100 != 0) {
				length = 29
			}
			for day := 1; day <= length; day++ {
				if gy, gm, gd := d.YMD(); gy != y || gm != m || gd != day || d.Weekday() != weekday {
					t.Fatalf("%d-%d-%d %v: got %d-%d-%d %v", y, m, day, weekday, gy, gm, gd, d.Weekday())
				}
				if made, err := calendar.NewDate(y, m, day); err != nil || made != d {
					t.Fatalf("NewDate(%d, %d, %d) = %v, %v; want %v", y, m, day, made, err, d)
				}
				d, weekday = d.AddDays(1), (weekday+1)%7
			}
			if _, err := calendar.NewDate(y, m, length+1); err == nil {
				t.Fatalf("%d-%d has a day %d", y, m, length+1)
			}
		}
	}
	if d.AddDays(1) != d || d.String() != "9999-12-31" {
		t.Errorf("the day after the last is %v", d.AddDays(1))
	}
}

func TestDateAgainstTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		y, m, day := d.YMD()
		want := time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
		if got := d.Start(time.UTC); !got.Equal(want) {
			t.Fatalf("start %v, want %v", got, want)
		}
		if d.String() != want.Format(time.DateOnly) || d.Weekday() != want.Weekday() || int64(d.Days()) != want.Unix()/86400 {
			t.Fatalf("%v %v %d, want %v", d, d.Weekday(), d.Days(), want)
		}
		n := rapid.IntRange(-40000, 40000).Draw(t, "days")
		moved := d.AddDays(n)
		if moved.String() != want.AddDate(0, 0, n).Format(time.DateOnly) || moved.Sub(d) != n {
			t.Fatalf("%v + %d = %v", d, n, moved)
		}
	})
}

// TestAddMonths holds AddMonths to its definition: the month is n months on,
// and the day is the same, or the last of a shorter month.
func TestAddMonths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		n := rapid.IntRange(-1200, 1200).Draw(t, "months")
		got := d.AddMonths(n)
		y, m, day := d.YMD()
		gy, gm, gday := got.YMD()
		if gy*12+int(gm) != y*12+int(m)+n {
			t.Fatalf("%v + %d months = %v: wrong month", d, n, got)
		}
		_, nextMonth, _ := got.AddDays(1).YMD()
		if gday != day && (gday > day || nextMonth == gm) {
			t.Fatalf("%v + %d months = %v: neither the same day nor the last", d, n, got)
		}
		if later := d.AddDays(1).AddMonths(n); later.Before(got) {
			t.Fatalf("%v + %d months = %v, a day later %v", d, n, got, later)
		}
	})
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"", "2026", "2026-1-31", "2026-01-32", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
		"1899-12-31", "2201-01-01", "0202-01-01", "+026-01-01", "2026/01/31", "31.01.2026", " 2026-01-31", "2026-01-31 ", "2026-01-31T00:00:00Z", "２026-01-31"} {
		t.Run(s, func(t *testing.T) {
			if d, err := calendar.ParseDate(s); code(t, err) != calendar.BadDate || !d.IsZero() {
				t.Errorf("got %v, %v", d, err)
			}
		})
	}
	for _, s := range []string{"1900-01-01", "2000-02-29", "2024-02-29", "2026-01-31", "2200-12-31"} {
		if d, err := calendar.ParseDate(s); err != nil || d.String() != s {
			t.Errorf("%s: got %v, %v", s, d, err)
		}
	}
}

func TestMustDatePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a bad date passed")
		}
	}()
	calendar.MustDate("2026-02-30")
}

// TestNoDate holds that no date stays no date, and comes first.
func TestNoDate(t *testing.T) {
	var none calendar.Date
	y, m, d := none.YMD()
	if !none.IsZero() || none.String() != "" || none.AddDays(5) != none || none.AddMonths(5) != none || y != 0 || m != 0 || d != 0 {
		t.Errorf("arithmetic on no date: %v, %v", none.AddDays(5), none.AddMonths(5))
	}
	first, _ := calendar.NewDate(1, time.January, 1)
	if !none.Before(first) || !first.After(none) || none.Compare(first) != -1 || none.Days() >= first.Days() {
		t.Error("no date is not before the first")
	}
	if !none.Start(time.UTC).IsZero() || calendar.DateOf(time.Time{}, time.UTC) != none {
		t.Error("no date and no time do not correspond")
	}
	if calendar.FromDays(0).IsZero() || calendar.FromDays(0).String() != "1970-01-01" {
		t.Errorf("day 0 is %v", calendar.FromDays(0))
	}
}

func TestDateStaysInRange(t *testing.T) {
	d := date("2026-01-31")
	const huge = int(^uint(0) >> 1)
	for name, c := range map[string]struct {
		got  calendar.Date
		want string
	}{
		"days up":     {d.AddDays(huge), "9999-12-31"},
		"days down":   {d.AddDays(-huge), "0001-01-01"},
		"months up":   {d.AddMonths(huge), "9999-12-31"},
		"months down": {d.AddMonths(-huge), "0001-01-01"},
		"from days":   {calendar.FromDays(1<<31 - 1), "9999-12-31"},
		"far instant": {calendar.DateOf(time.Unix(1<<55, 0), time.UTC), "9999-12-31"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s: %v, want %s", name, c.got, c.want)
		}
	}
}

func TestDateJSON(t *testing.T) {
	type sale struct {
		Date      calendar.Date   `json:"date"`
		Delivered calendar.Date   `json:"delivered"`
		Warranty  calendar.Period `json:"warranty"`
		Repair    calendar.Period `json:"repair,omitzero"`
	}
	in := sale{Date: date("2026-01-31"), Warranty: calendar.MonthsPeriod(12)}
	text, err := json.Marshal(in)
	const want = `{"date":"2026-01-31","delivered":"","warranty":"P12M"}`
	if err != nil || string(text) != want {
		t.Fatalf("%s, %v", text, err)
	}
	out := sale{Delivered: date("2020-01-01"), Repair: calendar.DaysPeriod(45)}
	if err := json.Unmarshal([]byte(`{"date":"2026-01-31","delivered":"","warranty":"P1Y","repair":""}`), &out); err != nil || out != in {
		t.Errorf("%+v, %v", out, err)
	}
	for _, bad := range []string{`{"date":"2026-02-30"}`, `{"warranty":"12"}`} {
		if err := json.Unmarshal([]byte(bad), &out); code(t, err) == "" {
			t.Errorf("%s passed", bad)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-01-31", "2024-02-29", "", "2026-02-30", "9999-99-99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		if (err == nil) != (d.String() == s && s != "") {
			t.Errorf("%q gives %v, %v", s, d, err)
		}
	})
}

func BenchmarkAddMonths(b *testing.B) {
	d := date("2025-01-31")
	b.ReportAllocs()
	for b.Loop() {
		d.AddMonths(12)
	}
}

func BenchmarkAddDays(b *testing.B) {
	d := date("2025-01-31")
	b.ReportAllocs()
	for b.Loop() {
		d.AddDays(45)
	}
}

func BenchmarkParseDate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := calendar.ParseDate("2025-01-31"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDateOf(b *testing.B) {
	loc, err := calendar.LoadZone("Europe/Sofia")
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, loc)
	b.ReportAllocs()
	for b.Loop() {
		calendar.DateOf(at, loc)
	}
}
