package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

const (
	space = "\u00a0" // no line break between a number and what it belongs to
	minus = "\u2212"
)

// style is how a language writes numbers and dates. Russian and English group
// digits from four on, Bulgarian from five on (CLDR minimumGroupingDigits).
type style struct {
	decimal, group string
	groupFrom      int
	signFirst      bool   // the currency sign stands before the number
	short          string // layout of a short date: {d}, {m} are two digits
	long           string // layout of a long date: {d} a number, {month} a name
	clock          string // layout of a date with a time of day
}

var styles = map[string]style{
	"en": {".", ",", 4, true, "{0d}/{0m}/{y}", "{d}" + space + "{month} {y}", "{date}, {time}"},
	"ru": {",", space, 4, false, "{0d}.{0m}.{y}", "{d}" + space + "{month} {y}" + space + "г.", "{date}, {time}"},
	"bg": {",", space, 5, false, "{0d}.{0m}.{y}" + space + "г.", "{d}" + space + "{month} {y}" + space + "г.", "{date}, {time}" + space + "ч."},
}

// Date writes a day in full: 10 April 2026, 10 апреля 2026 г., 10 април
// 2026 г. No date is an empty text.
func (l *Locale) Date(d calendar.Date) string { return l.date(d, l.style.long) }

// DateShort writes a day in digits: 10/04/2026, 10.04.2026, 10.04.2026 г.
func (l *Locale) DateShort(d calendar.Date) string { return l.date(d, l.style.short) }

func (l *Locale) date(d calendar.Date, layout string) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.YMD()
	return strings.NewReplacer(
		"{0d}", fmt.Sprintf("%02d", day), "{0m}", fmt.Sprintf("%02d", int(m)), "{y}", strconv.Itoa(y),
		"{d}", strconv.Itoa(day), "{month}", l.T("month."+strconv.Itoa(int(m)))).Replace(layout)
}

// Instant writes a moment as the clocks in loc show it: 10 April 2026, 14:30.
// The zero time is an empty text.
func (l *Locale) Instant(t time.Time, loc *time.Location) string {
	return l.instant(t, loc, l.style.long)
}

// InstantShort is Instant with the day in digits: 10.04.2026, 14:30.
func (l *Locale) InstantShort(t time.Time, loc *time.Location) string {
	return l.instant(t, loc, l.style.short)
}

func (l *Locale) instant(t time.Time, loc *time.Location, layout string) string {
	if t.IsZero() {
		return ""
	}
	return strings.NewReplacer("{date}", l.date(calendar.DateOf(t, loc), layout),
		"{time}", t.In(loc).Format("15:04")).Replace(l.style.clock)
}

// Weekday names a day of the week in lower case, except in English.
func (l *Locale) Weekday(d time.Weekday) string {
	return l.T("weekday." + strings.ToLower(d.String()))
}

// Money writes a sum with its sign: €1,999.00, 1 999,00 ₽, 1999,00 €. A
// currency without a sign of its own keeps its code.
func (l *Locale) Money(a money.Amount) string {
	if a == (money.Amount{}) {
		return ""
	}
	decimals, _ := money.Decimals(a.Currency)
	number, sign, name := l.decimal(a.Minor, decimals), "", l.Or("currency", a.Currency)
	if rest, negative := strings.CutPrefix(number, minus); negative {
		number, sign = rest, minus
	}
	switch {
	case !l.style.signFirst:
		return sign + number + space + name
	case len([]rune(name)) > 1:
		return sign + name + space + number
	}
	return sign + name + number
}

// Number writes a whole number with its digits grouped.
func (l *Locale) Number(n int64) string { return l.decimal(n, 0) }

// Percent writes a share given in tenths of a percent: 125 is 12.5 %.
func (l *Locale) Percent(tenths int64) string {
	if l.tag == "en" {
		return l.decimal(tenths, 1) + "%"
	}
	return l.decimal(tenths, 1) + space + "%"
}

// decimal writes minor / 10^decimals.
func (l *Locale) decimal(minor int64, decimals int) string {
	digits, sign := strconv.FormatInt(minor, 10), ""
	if minor < 0 {
		digits, sign = digits[1:], minus
	}
	if short := decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	if len(whole) >= l.style.groupFrom {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + l.style.group + whole[i:]
		}
	}
	if decimals > 0 {
		whole += l.style.decimal + fraction
	}
	return sign + whole
}

// Days writes a number of days: 21 день, 2 дни.
func (l *Locale) Days(n int) string { return l.N("unit.days", n) }

// Months writes a number of months.
func (l *Locale) Months(n int) string { return l.N("unit.months", n) }

// Duration writes a length of time by its two largest units of days, hours and
// minutes; under a minute it is 0 minutes. The sign is left out: what is late
// and what is left are different sentences.
func (l *Locale) Duration(d time.Duration) string {
	minutes := int(d.Abs() / time.Minute)
	days, hours, rest := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case days > 0 && hours > 0:
		return l.Days(days) + " " + l.N("unit.hours", hours)
	case days > 0:
		return l.Days(days)
	case hours > 0 && rest > 0:
		return l.N("unit.hours", hours) + " " + l.N("unit.minutes", rest)
	case hours > 0:
		return l.N("unit.hours", hours)
	}
	return l.N("unit.minutes", rest)
}

// Span writes a length of time by one unit, for lists that are looked over:
// days from two days on, hours from two hours on, else minutes, rounded down.
func (l *Locale) Span(d time.Duration) string {
	switch d = d.Abs(); {
	case d >= 48*time.Hour:
		return l.Days(int(d / (24 * time.Hour)))
	case d >= 2*time.Hour:
		return l.N("unit.hours", int(d/time.Hour))
	}
	return l.N("unit.minutes", int(d/time.Minute))
}

// List joins words as in a sentence: a, b and c.
func (l *Locale) List(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return l.T("list.and", "first", strings.Join(items[:last], ", "), "last", items[last])
}
