package calendar

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// data holds one file a country and year: tab-separated lines under a comment
// that names the source. The lines are
//
//	total	247			working days of the year, as published
//	move	FROM	TO		a weekend day off moved to a weekday
//	off	DAY			a weekday declared a day off
//	work	DAY			a weekend day declared a working day
//
// What the labour code says for every year is not repeated in them.
//
//go:embed data
var data embed.FS

// decree is what a government decided about the days off of one year.
type decree struct {
	file      string
	total     int
	moved     []move
	off, work []Date
}

type move struct{ from, to Date }

// moves reports whether the day off that coincides with the holiday was given
// another place, so that the rule of the labour code does not place it.
func (d *decree) moves(holiday Date) bool {
	return d != nil && slices.ContainsFunc(d.moved, func(m move) bool { return m.from == holiday })
}

func (d *decree) fault(format string, args ...any) error {
	text := d.file + ": " + fmt.Sprintf(format, args...)
	return fail(BadData, "calendar: "+text, "file", d.file)
}

// readDecrees reads the data files of a country by year.
func readDecrees(country string) (map[int]*decree, error) {
	entries, err := data.ReadDir(path.Join("data", country))
	if err != nil {
		return nil, fmt.Errorf("calendar: read data of %s: %w", country, err)
	}
	decrees := make(map[int]*decree, len(entries))
	for _, entry := range entries {
		file := path.Join("data", country, entry.Name())
		text, err := data.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("calendar: read %s: %w", file, err)
		}
		year, err := strconv.Atoi(strings.TrimSuffix(entry.Name(), ".tsv"))
		if err != nil {
			return nil, (&decree{file: file}).fault("the name is not a year")
		}
		d, err := parseDecree(file, year, string(text))
		if err != nil {
			return nil, err
		}
		decrees[year] = d
	}
	return decrees, nil
}

// parseDecree reads one data file. A file without a source or a total is wrong,
// and so is a day of another year or a move that changes nothing.
func parseDecree(file string, year int, text string) (*decree, error) {
	d := &decree{file: file}
	sourced := false
	for i, line := range strings.Split(text, "\n") {
		if comment, is := strings.CutPrefix(line, "#"); is || line == "" {
			sourced = sourced || strings.Contains(comment, "Source:")
			continue
		}
		if err := d.line(year, strings.Split(line, "\t")); err != nil {
			return nil, d.fault("line %d: %v", i+1, err)
		}
	}
	if !sourced || d.total == 0 {
		return nil, d.fault("a source and a total are expected")
	}
	return d, nil
}

func (d *decree) line(year int, fields []string) error {
	if fields[0] == "total" && len(fields) == 2 {
		total, err := strconv.Atoi(fields[1])
		d.total = total
		return err
	}
	days := make([]Date, len(fields)-1)
	for i, field := range fields[1:] {
		day, err := ParseDate(field)
		if err != nil {
			return err
		}
		if y, _, _ := day.YMD(); y != year {
			return fmt.Errorf("%s is not in %d", day, year)
		}
		days[i] = day
	}
	switch {
	case fields[0] == "move" && len(days) == 2 && isWeekend(days[0]) && !isWeekend(days[1]):
		d.moved = append(d.moved, move{days[0], days[1]})
	case fields[0] == "off" && len(days) == 1 && !isWeekend(days[0]):
		d.off = append(d.off, days[0])
	case fields[0] == "work" && len(days) == 1 && isWeekend(days[0]):
		d.work = append(d.work, days[0])
	default:
		return fmt.Errorf("expected total, move (weekend, weekday), off (weekday) or work (weekend), not %s", strings.Join(fields, " "))
	}
	return nil
}

func isWeekend(d Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}
