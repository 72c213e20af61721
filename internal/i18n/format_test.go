package i18n

import (
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// golden is what the three languages write of one value. The no-break spaces
// are shown as ~.
type golden struct{ en, ru, bg string }

func (g golden) check(t *testing.T, b *Bundle, write func(*Locale) string) {
	t.Helper()
	for lang, want := range map[string]string{"en": g.en, "ru": g.ru, "bg": g.bg} {
		if got := shown(write(b.Locale(lang))); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
}

func shown(s string) string {
	var out []rune
	for _, r := range s {
		if r == '\u00a0' {
			r = '~'
		}
		out = append(out, r)
	}
	return string(out)
}

func TestDates(t *testing.T) {
	b := shipped(t)
	for name, tt := range map[string]struct {
		date        string
		long, short golden
	}{
		"one digit":   {"2026-03-01", golden{"1~March 2026", "1~марта 2026~г.", "1~март 2026~г."}, golden{"01/03/2026", "01.03.2026", "01.03.2026~г."}},
		"two digits":  {"2025-12-31", golden{"31~December 2025", "31~декабря 2025~г.", "31~декември 2025~г."}, golden{"31/12/2025", "31.12.2025", "31.12.2025~г."}},
		"leap day":    {"2024-02-29", golden{"29~February 2024", "29~февраля 2024~г.", "29~февруари 2024~г."}, golden{"29/02/2024", "29.02.2024", "29.02.2024~г."}},
		"may, august": {"2026-05-09", golden{"9~May 2026", "9~мая 2026~г.", "9~май 2026~г."}, golden{"09/05/2026", "09.05.2026", "09.05.2026~г."}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := calendar.ParseDate(tt.date)
			if err != nil {
				t.Fatal(err)
			}
			tt.long.check(t, b, func(l *Locale) string { return l.Date(d) })
			tt.short.check(t, b, func(l *Locale) string { return l.DateShort(d) })
		})
	}
	golden{}.check(t, b, func(l *Locale) string { return l.Date(calendar.Date{}) + l.DateShort(calendar.Date{}) })
}

// TestASentenceHasOneFullStop holds that a short word's stop ends a sentence too.
func TestASentenceHasOneFullStop(t *testing.T) {
	b := shipped(t)
	d, err := calendar.ParseDate("2026-05-09")
	if err != nil {
		t.Fatal(err)
	}
	golden{"The contract of sale ended on 9~May 2026.", "Договор купли-продажи расторгнут 9~мая 2026~г.", "Договорът за продажба е развален на 9~май 2026~г."}.
		check(t, b, func(l *Locale) string { return l.T("staff.cert.rescinded", "date", d) })
	for _, before := range []string{"Что случилось?", "Подождите!", "Ждём…"} {
		if got := afterStop(before, "."); got != "" {
			t.Errorf("a stop stands after %s", before)
		}
	}
	for text, want := range map[string]string{".": "", ". Если": " Если", "…": "…", "...": "...", ", и": ", и", "": ""} {
		if got := afterStop("9 мая 2026 г.", text); got != want {
			t.Errorf("%q after a stop is written %q, want %q", text, got, want)
		}
	}
}

func TestEveryMonthAndWeekday(t *testing.T) {
	b := shipped(t)
	months := []golden{{"January", "января", "януари"}, {"February", "февраля", "февруари"}, {"March", "марта", "март"}, {"April", "апреля", "април"},
		{"May", "мая", "май"}, {"June", "июня", "юни"}, {"July", "июля", "юли"}, {"August", "августа", "август"}, {"September", "сентября", "септември"},
		{"October", "октября", "октомври"}, {"November", "ноября", "ноември"}, {"December", "декабря", "декември"}}
	for i, m := range months {
		d := calendar.DateOf(time.Date(2026, time.Month(i+1), 7, 12, 0, 0, 0, time.UTC), time.UTC)
		golden{"7~" + m.en + " 2026", "7~" + m.ru + " 2026~г.", "7~" + m.bg + " 2026~г."}.check(t, b, func(l *Locale) string { return l.Date(d) })
	}
	days := []golden{{"Sunday", "воскресенье", "неделя"}, {"Monday", "понедельник", "понеделник"}, {"Tuesday", "вторник", "вторник"},
		{"Wednesday", "среда", "сряда"}, {"Thursday", "четверг", "четвъртък"}, {"Friday", "пятница", "петък"}, {"Saturday", "суббота", "събота"}}
	for i, d := range days {
		d.check(t, b, func(l *Locale) string { return l.Weekday(time.Weekday(i)) })
	}
}

func TestInstants(t *testing.T) {
	b := shipped(t)
	sofia, err := time.LoadLocation("Europe/Sofia")
	if err != nil {
		t.Fatal(err)
	}
	omsk, err := time.LoadLocation("Asia/Omsk")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 4, 10, 22, 5, 59, 0, time.UTC) // the next day in both places
	golden{"11~April 2026, 01:05", "11~апреля 2026~г., 01:05", "11~април 2026~г., 01:05~ч."}.check(t, b, func(l *Locale) string { return l.Instant(at, sofia) })
	golden{"11/04/2026, 04:05", "11.04.2026, 04:05", "11.04.2026~г., 04:05~ч."}.check(t, b, func(l *Locale) string { return l.InstantShort(at, omsk) })
	golden{}.check(t, b, func(l *Locale) string { return l.Instant(time.Time{}, sofia) + l.InstantShort(time.Time{}, sofia) })
}

func TestSpans(t *testing.T) {
	b := shipped(t)
	for length, want := range map[time.Duration]golden{
		59 * time.Minute:                {"59 minutes", "59 минут", "59 минути"},
		119 * time.Minute:               {"119 minutes", "119 минут", "119 минути"},
		2 * time.Hour:                   {"2 hours", "2 часа", "2 часа"},
		-47*time.Hour - 59*time.Minute:  {"47 hours", "47 часов", "47 часа"},
		48 * time.Hour:                  {"2 days", "2 дня", "2 дни"},
		-21*24*time.Hour - 23*time.Hour: {"21 days", "21 день", "21 дни"},
	} {
		want.check(t, b, func(l *Locale) string { return strings.ReplaceAll(l.Span(length), "\u00a0", " ") })
	}
}

func TestMoney(t *testing.T) {
	b := shipped(t)
	for name, tt := range map[string]struct {
		amount money.Amount
		want   golden
	}{
		"euro":                {money.Amount{Minor: 199900, Currency: "EUR"}, golden{"€1,999.00", "1~999,00~€", "1999,00~€"}},
		"bulgarian groups":    {money.Amount{Minor: 1234567, Currency: "EUR"}, golden{"€12,345.67", "12~345,67~€", "12~345,67~€"}},
		"roubles":             {money.Amount{Minor: 4999000, Currency: "RUB"}, golden{"₽49,990.00", "49~990,00~₽", "49~990,00~₽"}},
		"millions":            {money.Amount{Minor: 123456789012, Currency: "RUB"}, golden{"₽1,234,567,890.12", "1~234~567~890,12~₽", "1~234~567~890,12~₽"}},
		"old leva":            {money.Amount{Minor: 210050, Currency: "BGN"}, golden{"BGN~2,100.50", "2~100,50~лв.", "2100,50~лв."}},
		"under one":           {money.Amount{Minor: 5, Currency: "EUR"}, golden{"€0.05", "0,05~€", "0,05~€"}},
		"to be paid back":     {money.Amount{Minor: -15000, Currency: "EUR"}, golden{"−€150.00", "−150,00~€", "−150,00~€"}},
		"nothing":             {money.Amount{Minor: 0, Currency: "EUR"}, golden{"€0.00", "0,00~€", "0,00~€"}},
		"no sum at all":       {money.Amount{}, golden{}},
		"a currency unsigned": {money.Amount{Minor: 100000, Currency: "USD"}, golden{"USD~1,000.00", "1~000,00~USD", "1000,00~USD"}},
	} {
		t.Run(name, func(t *testing.T) { tt.want.check(t, b, func(l *Locale) string { return l.Money(tt.amount) }) })
	}
}

func TestNumbers(t *testing.T) {
	b := shipped(t)
	for n, want := range map[int64]golden{
		0: {"0", "0", "0"}, 999: {"999", "999", "999"}, 1000: {"1,000", "1~000", "1000"}, 9999: {"9,999", "9~999", "9999"},
		10000: {"10,000", "10~000", "10~000"}, -1234567: {"−1,234,567", "−1~234~567", "−1~234~567"},
		-9223372036854775808: {"−9,223,372,036,854,775,808", "−9~223~372~036~854~775~808", "−9~223~372~036~854~775~808"},
	} {
		want.check(t, b, func(l *Locale) string { return l.Number(n) })
	}
	golden{"12.5%", "12,5~%", "12,5~%"}.check(t, b, func(l *Locale) string { return l.Percent(125) })
	golden{"0.1%", "0,1~%", "0,1~%"}.check(t, b, func(l *Locale) string { return l.Percent(1) })
}

func TestCounts(t *testing.T) {
	b := shipped(t)
	for n, want := range map[int]golden{
		0: {"0 days", "0 дней", "0 дни"}, 1: {"1 day", "1 день", "1 ден"}, 2: {"2 days", "2 дня", "2 дни"}, 5: {"5 days", "5 дней", "5 дни"},
		11: {"11 days", "11 дней", "11 дни"}, 21: {"21 days", "21 день", "21 дни"}, 45: {"45 days", "45 дней", "45 дни"},
		101: {"101 days", "101 день", "101 дни"}, 112: {"112 days", "112 дней", "112 дни"}, 1001: {"1,001 days", "1~001 день", "1001 дни"},
	} {
		want.check(t, b, func(l *Locale) string { return l.Days(n) })
	}
	golden{"24 months", "24 месяца", "24 месеца"}.check(t, b, func(l *Locale) string { return l.Months(24) })
}

func TestDurations(t *testing.T) {
	b := shipped(t)
	for name, tt := range map[string]struct {
		length time.Duration
		want   golden
	}{
		"nothing":           {0, golden{"0 minutes", "0 минут", "0 минути"}},
		"under a minute":    {59 * time.Second, golden{"0 minutes", "0 минут", "0 минути"}},
		"minutes":           {21 * time.Minute, golden{"21 minutes", "21 минута", "21 минути"}},
		"hours":             {2 * time.Hour, golden{"2 hours", "2 часа", "2 часа"}},
		"hours and minutes": {time.Hour + 5*time.Minute, golden{"1 hour 5 minutes", "1 час 5 минут", "1 час 5 минути"}},
		"days":              {48 * time.Hour, golden{"2 days", "2 дня", "2 дни"}},
		"days and hours":    {49*time.Hour + 59*time.Minute, golden{"2 days 1 hour", "2 дня 1 час", "2 дни 1 час"}},
		"days, no hours":    {24*time.Hour + 59*time.Minute, golden{"1 day", "1 день", "1 ден"}},
		"already late":      {-3 * time.Hour, golden{"3 hours", "3 часа", "3 часа"}},
	} {
		t.Run(name, func(t *testing.T) { tt.want.check(t, b, func(l *Locale) string { return l.Duration(tt.length) }) })
	}
}

func TestLists(t *testing.T) {
	b := shipped(t)
	golden{}.check(t, b, func(l *Locale) string { return l.List(nil) })
	golden{"a", "a", "a"}.check(t, b, func(l *Locale) string { return l.List([]string{"a"}) })
	golden{"a and b", "a и b", "a и b"}.check(t, b, func(l *Locale) string { return l.List([]string{"a", "b"}) })
	golden{"a, b and c", "a, b и c", "a, b и c"}.check(t, b, func(l *Locale) string { return l.List([]string{"a", "b", "c"}) })
}

// TestErrorsWriteDatesAndSums reads a day, a sum and several sums that an
// error carries as text, in the reader's manner.
func TestErrorsWriteDatesAndSums(t *testing.T) {
	l := shipped(t).Locale("ru")
	for _, c := range []struct{ key, arg, value, want string }{
		{"error.certificate_warranty_over", "date", "2026-11-23", "Гарантия изготовителя закончилась 23 ноября 2026 г., а"},
		{"error.certificate_costs", "price", "2990.00 RUB", "2 990,00 ₽."},
		{"error.money_unpaid", "amount", "20000.00 RUB, 10.50 EUR", "должен 20 000,00 ₽, 10,50 €."},
	} {
		if got := strings.ReplaceAll(l.T(c.key, c.arg, c.value), "\u00a0", " "); !strings.Contains(strings.ReplaceAll(got, "\u202f", " "), c.want) {
			t.Errorf("%s: %q does not say %q", c.key, got, c.want)
		}
	}
}
