package calendar

import (
	"cmp"
	"fmt"
	"math"
	"time"
)

// Date is a day of the Gregorian calendar, without a time or a zone: the shop's
// local date. It is four bytes, compares with == and orders with Compare. The
// zero Date is no date; arithmetic on it gives no date again.
type Date struct{ n int32 } // days since 0001-01-01, plus 1; 0 is no date

const (
	epoch   = 719163  // n of 1970-01-01
	lastDay = 3652059 // n of 9999-12-31
	// cycle is the number of days in 400 Gregorian years.
	cycle = 146097
	// MinYear and MaxYear bound the years that ParseDate accepts: wider than
	// any sale or term, narrower than a typing error such as 20226 or 0202.
	MinYear = 1900
	MaxYear = 2200
)

// NewDate returns the day y-m-d, or an error of code BadDate if the calendar
// has no such day in the years 1 to 9999.
func NewDate(y int, m time.Month, d int) (Date, error) {
	if y < 1 || y > 9999 || m < time.January || m > time.December || d < 1 || d > daysIn(y, int(m)) {
		given := fmt.Sprintf("%04d-%02d-%02d", y, int(m), d)
		return Date{}, fail(BadDate, "calendar: there is no day "+given, "date", given)
	}
	return Date{ordinal(y, int(m), d)}, nil
}

// ParseDate reads a date written YYYY-MM-DD in the years 1900 to 2200. Any
// other form, and a day that the month does not have, is an error of code
// BadDate.
func ParseDate(s string) (Date, error) {
	y, m, d, ok := splitDate(s)
	if !ok {
		return Date{}, fail(BadDate, "calendar: "+shown(s)+" is not a date: expected YYYY-MM-DD, such as 2026-01-31", "date", s)
	}
	if y < MinYear || y > MaxYear {
		return Date{}, fail(BadDate, "calendar: the year of "+s+" is out of range: expected 1900 to 2200", "date", s)
	}
	if m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return Date{}, fail(BadDate, "calendar: there is no day "+s, "date", s)
	}
	return Date{ordinal(y, m, d)}, nil
}

// splitDate reads the digits of YYYY-MM-DD without judging the values.
func splitDate(s string) (y, m, d int, ok bool) {
	if len(s) != len("YYYY-MM-DD") || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	y, okY := number(s[:4])
	m, okM := number(s[5:7])
	d, okD := number(s[8:])
	return y, m, d, okY && okM && okD
}

// number reads decimal digits only: no sign, no space. The caller bounds the
// length.
func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

// MustDate is ParseDate for dates written in tests and data; it panics on a bad
// one.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// DateOf returns the local date of the instant in loc: the same moment is
// another day in Omsk than in Moscow. The zero time gives no date.
func DateOf(t time.Time, loc *time.Location) Date {
	if t.IsZero() {
		return Date{}
	}
	_, offset := t.In(loc).Zone()
	return clamped(floorDiv(t.Unix()+int64(offset), 24*60*60) + epoch)
}

// FromDays returns the date that lies the given days after 1970-01-01; days
// outside the years 1 to 9999 give the nearest day inside.
func FromDays(days int32) Date { return clamped(int64(days) + epoch) }

// Days returns the days from 1970-01-01 to d, negative before it. No date gives
// the least int32, which is before every date.
func (d Date) Days() int32 {
	if d.n == 0 {
		return math.MinInt32
	}
	return d.n - epoch
}

func clamped(n int64) Date { return Date{int32(min(max(n, 1), lastDay))} }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.n == 0 }

// AddDays returns the date n days later, or earlier for a negative n. It stops
// at the years 1 and 9999.
func (d Date) AddDays(n int) Date {
	if d.n == 0 {
		return d
	}
	return clamped(int64(d.n) + int64(min(max(n, -lastDay), lastDay)))
}

// AddMonths returns the same day number n months later, or that month's last
// day if it is shorter (GK RF 192(3), ZZD 72). Adding twice is not the same as
// adding the sum once: add to the original date. It stops at the years 1 and
// 9999.
func (d Date) AddMonths(n int) Date {
	if d.n == 0 {
		return d
	}
	y, m, day := civil(d.n)
	month := y*12 + m - 1 + min(max(n, -12*10000), 12*10000)
	switch {
	case month < 12: // before the year 1
		return Date{1}
	case month >= 12*10000:
		return Date{lastDay}
	}
	y, m = int(uint32(month)/12), int(uint32(month)%12)+1
	return Date{ordinal(y, m, min(day, daysIn(y, m)))}
}

// Sub returns the days from other to d: 1 if d is the day after other. Both
// must be dates.
func (d Date) Sub(other Date) int { return int(d.n) - int(other.n) }

// Before reports whether d is earlier than other. No date is before all others.
func (d Date) Before(other Date) bool { return d.n < other.n }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.n > other.n }

// Compare orders dates: -1, 0 or +1. No date comes first.
func (d Date) Compare(other Date) int { return cmp.Compare(d.n, other.n) }

// Weekday returns the day of the week; d must be a date.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.n % 7) } // 0001-01-01, n = 1, was a Monday

// YMD returns the year, month and day of the month, and zeros for no date.
func (d Date) YMD() (year int, month time.Month, day int) {
	if d.n == 0 {
		return 0, 0, 0
	}
	y, m, day := civil(d.n)
	return y, time.Month(m), day
}

// String writes YYYY-MM-DD, and nothing for no date.
func (d Date) String() string {
	if d.n == 0 {
		return ""
	}
	return string(d.append(make([]byte, 0, len("YYYY-MM-DD"))))
}

func (d Date) append(b []byte) []byte {
	y, m, day := civil(d.n)
	return append(b,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// AppendText appends what String writes; it allocates only to grow b.
func (d Date) AppendText(b []byte) ([]byte, error) {
	if d.n == 0 {
		return b, nil
	}
	return d.append(b), nil
}

// MarshalText writes YYYY-MM-DD, and empty text for no date.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText reads what ParseDate accepts; empty text is no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// daysIn returns the number of days of the month.
func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// ordinal counts days in a year that starts on 1 March, so that the leap day
// comes last and the lengths of months follow one formula. Years are 1 to 9999;
// unsigned numbers of 32 bits make the divisions cheap.
func ordinal(year, month, day int) int32 {
	y, m := uint32(year), uint32(month)
	if m <= 2 {
		y--
		m += 12
	}
	return int32(365*y+y/4-y/100+y/400+(153*m-457)/5) + int32(day) - 306
}

// civil is the inverse of ordinal.
func civil(n int32) (y, m, d int) {
	days := uint32(n) + 305 // since 1 March of the year 0
	era := days / cycle
	day := days - era*cycle
	year := (day - day/1460 + day/36524 - day/(cycle-1)) / 365
	day -= 365*year + year/4 - year/100
	month := (5*day + 2) / 153 // 0 is March
	d = int(day - (153*month+2)/5 + 1)
	y = int(year + era*400)
	if month < 10 {
		return y, int(month) + 3, d
	}
	return y + 1, int(month) - 9, d
}

// floorDiv divides downwards, where Go truncates towards zero.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
