package sample

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/talon-care/talon/calendar"
)

//go:embed data/*.tsv
var data embed.FS

// model is a thing that a retailer sells.
type model struct {
	sku, category, brand, name string
	price                      int64 // minor units, at its launch
	months                     int
	issuer                     string
	grams                      int
	launched                   calendar.Date
	sold                       int    // how often, beside the others
	tac                        string // "" = has no IMEI
	serial                     string // # = digit, @ = letter
	card                       bool   // a warranty card lies in most kits
}

// table reads an embedded table of a number of columns.
func table(name string, columns int) ([][]string, error) {
	text, err := data.ReadFile("data/" + name)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != columns {
			return nil, fmt.Errorf("%s: %q has %d columns, expected %d", name, cells[0], len(cells), columns)
		}
		for i, c := range cells {
			if c == "-" {
				cells[i] = ""
			}
		}
		rows = append(rows, cells)
	}
	return rows, nil
}

func models(retailer string) ([]model, error) {
	rows, err := table(retailer+".models.tsv", 13)
	if err != nil {
		return nil, err
	}
	var out []model
	for _, r := range rows {
		m := model{sku: r[0], category: r[1], brand: r[2], name: r[3], issuer: r[6], serial: r[11], card: r[12] == "yes"}
		if r[10] != "" {
			m.tac = testRange + r[10]
		}
		var numbers [4]int
		for i, at := range []int{4, 5, 7, 9} {
			if numbers[i], err = strconv.Atoi(r[at]); err != nil {
				return nil, fmt.Errorf("%s: %w", m.sku, err)
			}
		}
		m.price, m.months, m.grams, m.sold = int64(numbers[0])*100, numbers[1], numbers[2], numbers[3]
		if m.launched, err = calendar.ParseDate(r[8] + "-01"); err != nil {
			return nil, fmt.Errorf("%s: %w", m.sku, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// people are lists of words by set and kind: names, streets, settlements.
func people() (map[string][]string, error) {
	rows, err := table("people.tsv", 3)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, r := range rows {
		out[r[0]+" "+r[1]] = strings.Split(r[2], "|")
	}
	return out, nil
}

// back reads how long before a day another one lies: "14m", "12m1d", "90d", or
// the day itself.
func back(text string, until calendar.Date) (calendar.Date, error) {
	if strings.Contains(text, "-") {
		return calendar.ParseDate(text)
	}
	m, d, months := strings.Cut(text, "m")
	if !months {
		m, d = "0", text
	}
	d = strings.TrimSuffix(d, "d")
	if d == "" {
		d = "0"
	}
	nm, errM := strconv.Atoi(m)
	nd, errD := strconv.Atoi(d)
	if errM != nil || errD != nil {
		return calendar.Date{}, fmt.Errorf("%q is no age", text)
	}
	return until.AddMonths(-nm).AddDays(-nd), nil
}

func modelOf(models []model, sku string) (model, error) {
	if i := slices.IndexFunc(models, func(m model) bool { return m.sku == sku }); i >= 0 {
		return models[i], nil
	}
	return model{}, fmt.Errorf("there is no model %q", sku)
}
