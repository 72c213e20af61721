package ingest

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

func bad(key, value string) *care.Error {
	return care.Fail(care.Invalid, key, "value", shorten(value))
}

// shorten bounds what an error repeats of a file.
func shorten(s string) string { return care.Shortened(s, 60) }

// plainNumber makes 1999.00 of the ways people write it: "1 999,00",
// "1.999,00", "1,999.00", "1'999.00". One comma or point before exactly three
// last digits may be either, so that is refused rather than guessed.
func plainNumber(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, trim(s))
	if s == "" || strings.Trim(s, "0123456789 .,'’") != "" {
		return "", false
	}
	s = strings.ReplaceAll(s, "’", "'")
	whole, fraction := s, ""
	if at := strings.LastIndexAny(s, ".,"); at >= 0 {
		other := strings.ContainsAny(s[:at], " '") || strings.ContainsAny(s[:at], strings.Trim(".,", s[at:at+1]))
		again := strings.Contains(s[:at], s[at:at+1])
		switch {
		case again && other, !again && !other && len(s)-at == 4 && at > 0 && strings.Trim(s[:at], "0") != "":
			return "", false
		case !again:
			whole, fraction = s[:at], s[at+1:]
		}
	}
	digits, ok := ungroup(whole)
	if !ok || strings.Trim(fraction, "0123456789") != "" {
		return "", false
	}
	if fraction == "" && strings.ContainsAny(s[len(s)-1:], ".,") {
		return "", false
	}
	if fraction != "" {
		return digits + "." + fraction, true
	}
	return digits, true
}

// ungroup takes the marks of thousands out: one kind, groups of three.
func ungroup(s string) (string, bool) {
	at := strings.IndexAny(s, " .,'")
	if at < 0 {
		return s, s != ""
	}
	groups := strings.Split(s, s[at:at+1])
	for i, g := range groups {
		if strings.Trim(g, "0123456789") != "" || g == "" || len(g) > 3 || i > 0 && len(g) != 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// sum reads a sum with or without its currency beside it.
func sum(text, currency string) (*money.Amount, *care.Error) {
	from, to := strings.IndexAny(text, "0123456789"), strings.LastIndexAny(text, "0123456789")+1
	if from < 0 {
		return nil, bad("sales_bad_sum", text)
	}
	for _, mark := range []string{trim(text[:from]), trim(text[to:])} {
		if mark == "" {
			continue
		}
		code, ok := word("currency", mark)
		if !ok {
			return nil, bad("sales_bad_sum", text)
		}
		currency = code
	}
	if currency == "" {
		return nil, bad("sales_sum_without_currency", text)
	}
	digits, ok := plainNumber(text[from:to])
	if !ok {
		return nil, bad("sales_bad_sum", text)
	}
	if whole, fraction, pointed := strings.Cut(digits, "."); pointed {
		// Exports write 1999.0000; zeros beyond the cents say nothing.
		decimals, _ := money.Decimals(currency)
		if len(fraction) > decimals && strings.Trim(fraction[decimals:], "0") == "" {
			digits = whole + "." + fraction[:decimals]
		}
	}
	amount, err := money.Parse(digits, currency)
	if err != nil {
		return nil, bad("sales_bad_sum", text)
	}
	return &amount, nil
}

// months reads "24", "24 мес." or "2 години".
func months(text string) (*int, *care.Error) {
	if v, ok := word("months_zero", text); ok {
		n, _ := strconv.Atoi(v)
		return &n, nil
	}
	f := fold(text)
	at := strings.IndexFunc(f, func(r rune) bool { return r < '0' || r > '9' })
	if at < 0 {
		at = len(f)
	}
	n, err := strconv.Atoi(f[:at])
	per := 1
	if unit := strings.TrimSpace(f[at:]); unit != "" && err == nil {
		v, ok := word("months", unit)
		if !ok {
			return nil, bad("sales_bad_months", text)
		}
		per, _ = strconv.Atoi(v)
	}
	if err != nil || n < 0 || n > 1200/per {
		return nil, bad("sales_bad_months", text)
	}
	n *= per
	return &n, nil
}

// maxGrams bounds a weight at ten tonnes.
const maxGrams = 10_000_000

// grams reads a weight in grams or, with kilo, in kilograms.
func grams(text string, kilo bool) (int, *care.Error) {
	digits, ok := plainNumber(text)
	if kilo && strings.Count(text, ",")+strings.Count(text, ".") == 1 {
		digits, ok = strings.ReplaceAll(text, ",", "."), true // 1,250 kg is no thousand kilograms
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	fraction = strings.TrimRight(fraction, "0")
	if !ok || !digitsOnly(whole) || len(whole) > 8 || fraction != "" && (!kilo || len(fraction) > 3 || !digitsOnly(fraction)) {
		return 0, bad("sales_bad_weight", text)
	}
	if kilo {
		whole += (fraction + "000")[:3]
	}
	n, err := strconv.Atoi(whole)
	if err != nil || n > maxGrams {
		return 0, bad("sales_bad_weight", text)
	}
	return n, nil
}

// date reads 2025-12-31, 31.12.2025, 31/12/2025, 31-12-2025 and 31.12.25, each
// with or without a time of day behind it. The day stands first where the year
// is last, as Russia and Bulgaria write it.
func date(text string) (calendar.Date, *care.Error) {
	day := text
	if at := strings.IndexAny(text, " T"); at > 0 {
		if !clock(trim(text[at+1:])) {
			return calendar.Date{}, bad("sales_bad_date", text)
		}
		day = text[:at]
	}
	d, err := calendar.ParseDate(isoDay(strings.TrimSuffix(day, "г.")))
	if err != nil {
		return calendar.Date{}, bad("sales_bad_date", text)
	}
	return d, nil
}

// isoDay puts the parts of a day in the order of ISO 8601; what is no day
// stays as it is, or comes out as none.
func isoDay(day string) string {
	at := strings.IndexAny(day, "-./")
	if at < 0 {
		return day
	}
	mark := day[at : at+1]
	if mark == "-" && at == 4 && len(day) == len("YYYY-MM-DD") {
		return day
	}
	first, rest, _ := strings.Cut(day, mark)
	second, third, _ := strings.Cut(rest, mark)
	if len(first) != 4 {
		first, third = third, first
	}
	if len(first) == 2 {
		first = "20" + first
	}
	return first + "-" + twoDigits(second) + "-" + twoDigits(third)
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// clock knows what may stand behind a date: a time of day, or the word for
// year. A zone is none of it: the instant may be another day in the shop.
func clock(s string) bool {
	if s == "г." || s == "г" {
		return true
	}
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	for i, p := range parts {
		p, frac, dot := strings.Cut(p, ".")
		n, err := strconv.Atoi(p)
		if err != nil || len(p) > 2 || n < 0 || i == 0 && n > 23 || n > 59 {
			return false
		}
		if dot && (i != 2 || strings.Trim(frac, "0123456789") != "") {
			return false
		}
	}
	return true
}
