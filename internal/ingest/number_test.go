package ingest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/talon-care/talon/money"
)

func TestSums(t *testing.T) {
	for text, want := range map[string]money.Amount{
		"1999":                {Minor: 199900, Currency: "RUB"},
		"1999.5":              {Minor: 199950, Currency: "RUB"},
		"1 999,00":            {Minor: 199900, Currency: "RUB"},
		"1\u00a0999,00":       {Minor: 199900, Currency: "RUB"},
		"1\u202f234\u202f567": {Minor: 123456700, Currency: "RUB"},
		"1.999,00":            {Minor: 199900, Currency: "RUB"},
		"1,999.00":            {Minor: 199900, Currency: "RUB"},
		"1’999.00":            {Minor: 199900, Currency: "RUB"},
		"1,234,567":           {Minor: 123456700, Currency: "RUB"},
		"1999.0000":           {Minor: 199900, Currency: "RUB"},
		"1 999,00 руб.":       {Minor: 199900, Currency: "RUB"},
		"1 999,00 лв.":        {Minor: 199900, Currency: "BGN"},
		"€ 19,90":             {Minor: 1990, Currency: "EUR"},
		"EUR 19.90":           {Minor: 1990, Currency: "EUR"},
		"19.90€":              {Minor: 1990, Currency: "EUR"},
		"0":                   {Minor: 0, Currency: "RUB"},
		",50":                 {},
		"0,500":               {Minor: 50, Currency: "RUB"},
		"1.999":               {},
		"1999.":               {},
		"1,99,00":             {},
		"1.2.3,4,5":           {},
		"1e3":                 {},
		"--1":                 {},
		"руб.":                {},
	} {
		got, err := sum(text, "RUB")
		if err != nil {
			got = &money.Amount{}
		}
		if *got != want {
			t.Errorf("%q: %v %s, want %v %s", text, got, got.Currency, want, want.Currency)
		}
	}
	if _, err := sum("5", ""); err == nil || err.Key != "error.sales_sum_without_currency" {
		t.Errorf("sum of no currency: %v", err)
	}
}

// Whatever way a sum is written, the same sum is read.
func TestSumsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(0, 99_999_999_99).Draw(t, "minor")
		group := rapid.SampledFrom([]string{"", " ", "\u00a0", ".", "'"}).Draw(t, "group")
		whole, text := minor/100, ""
		for whole > 999 && group != "" {
			text = fmt.Sprintf("%s%03d%s", group, whole%1000, text)
			whole /= 1000
		}
		text = fmt.Sprintf("%d%s,%02d", whole, text, minor%100)
		got, err := sum(text, "EUR")
		if err != nil || got.Minor != minor {
			t.Fatalf("%q: %v, %v", text, got, err)
		}
	})
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"2025-12-31":              "2025-12-31",
		"2025-12-31 00:00:00":     "2025-12-31",
		"2025-12-31T14:05:59.123": "2025-12-31",
		"31.12.2025":              "2025-12-31",
		"31.12.2025 14:05":        "2025-12-31",
		"31.12.2025 г.":           "2025-12-31",
		"31.12.2025г.":            "2025-12-31",
		"31/12/2025":              "2025-12-31",
		"31-12-2025":              "2025-12-31",
		"31.12.25":                "2025-12-31",
		"1.2.2026":                "2026-02-01",
		"03/04/2025":              "2025-04-03",
		"2025/12/31":              "2025-12-31",
		"29.02.2024":              "2024-02-29",
		"29.02.2025":              "",
		"12/31/2025":              "",
		"2025-12-31T14:05:00Z":    "",
		"2025-12-31 25:00":        "",
		"2025-12-31 14":           "",
		"2025-12":                 "",
		"31.12":                   "",
		"31.12-2025":              "",
		"1899-12-31":              "",
		"20251231":                "",
		"..":                      "",
	} {
		got, err := date(text)
		if err == nil && got.String() != want || err != nil && want != "" {
			t.Errorf("%q: %v, %v, want %q", text, got, err, want)
		}
	}
}

func TestMonths(t *testing.T) {
	for text, want := range map[string]int{"24": 24, "0": 0, "24 мес.": 24, "24мес": 24, "2 года": 24, "1 год": 12, "2 години": 24, "3 years": 36,
		"12 months": 12, "без гарантии": 0, "няма": 0, "1200": 1200, "1201": -1, "12 дней": -1, "год": -1, "1,5 года": -1} {
		got, err := months(text)
		if err != nil {
			got = ptr(-1)
		}
		if *got != want {
			t.Errorf("%q: %d, want %d", text, *got, want)
		}
	}
}

func TestWeights(t *testing.T) {
	for _, tt := range []struct {
		text string
		kilo bool
		want int
	}{{"1850", false, 1850}, {"1 850", false, 1850}, {"1850,0", false, 1850}, {"1,85", true, 1850}, {"1.850", true, 1850}, {"2", true, 2000},
		{"0,0005", true, -1}, {"1,5", false, -1}, {"10001", true, -1}, {"heavy", true, -1}, {"-1", false, -1}, {"", true, -1}, {",", true, -1}} {
		got, err := grams(tt.text, tt.kilo)
		if err != nil {
			got = -1
		}
		if got != tt.want {
			t.Errorf("%q: %d, want %d", tt.text, got, tt.want)
		}
	}
}
