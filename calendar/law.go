package calendar

import "time"

// A law is what a labour code says about days off by itself, for any year;
// yearly decrees come from the data files.
type law struct {
	since    int                      // first year the list below is good for
	holidays func(year int) []holiday // in the order of the year
	// shifted reports whether a holiday on a weekend gives another day off.
	shifted func(h holiday) bool
	// movable tells that the days given for holidays on weekends may still be
	// moved by the Government, so they are not certain before it has decided.
	movable bool
}

type holiday struct {
	date   Date
	easter bool
}

// Labour Code of the Russian Federation, article 112: the list stands since
// 2013; a day off that coincides with a holiday passes to the next working day
// after the holiday, except in 1-8 January, which the Government places. It may
// move the other days off too (part 5).
func russia() law {
	return law{
		since: 2013,
		holidays: func(year int) []holiday {
			days := make([]holiday, 0, 14)
			for d := 1; d <= 8; d++ {
				days = append(days, fixed(year, time.January, d))
			}
			return append(days, fixed(year, time.February, 23), fixed(year, time.March, 8), fixed(year, time.May, 1),
				fixed(year, time.May, 9), fixed(year, time.June, 12), fixed(year, time.November, 4))
		},
		shifted: func(h holiday) bool { _, m, _ := h.date.YMD(); return m != time.January },
		movable: true,
	}
}

// Labour Code of Bulgaria (KT), article 154(1) and, since 2017, 154(2): a
// holiday on a weekend, the Easter days aside, gives the first working days
// after it off. 1 November is a day off in schools only. The Council of
// Ministers may add days and swap weekends (154(3)).
func bulgaria() law {
	return law{
		since: 2017,
		holidays: func(year int) []holiday {
			days := []holiday{fixed(year, time.January, 1), fixed(year, time.March, 3)}
			easter := orthodoxEaster(year)
			for d := -2; d <= 1; d++ {
				days = append(days, holiday{easter.AddDays(d), true})
			}
			return append(days, fixed(year, time.May, 1), fixed(year, time.May, 6), fixed(year, time.May, 24),
				fixed(year, time.September, 6), fixed(year, time.September, 22),
				fixed(year, time.December, 24), fixed(year, time.December, 25), fixed(year, time.December, 26))
		},
		shifted: func(h holiday) bool { return !h.easter },
	}
}

func fixed(year int, m time.Month, d int) holiday {
	return holiday{date: Date{ordinal(year, int(m), d)}}
}

// orthodoxEaster returns Easter Sunday by Meeus's Julian algorithm, turned into
// the Gregorian calendar.
func orthodoxEaster(year int) Date {
	d := (19*(year%19) + 15) % 30
	e := (2*(year%4) + 4*(year%7) - d + 34) % 7
	month, day := (d+e+114)/31, (d+e+114)%31+1
	// The Julian calendar had a leap day in every year divisible by 100.
	lag := year/100 - year/400 - 2
	return Date{ordinal(year, month, day)}.AddDays(lag)
}
