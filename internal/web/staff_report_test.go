package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk/demo"
)

// TestStaffReport reads the overview of the demo in each language: every part
// has its figures, and the file of a part has the same rows.
func TestStaffReport(t *testing.T) {
	w := newStaffWorld(t)
	guide, err := demo.Fill(t.Context(), w.desk, demo.Options{Now: w.now, Seed: 11, Password: staffPassword})
	if err != nil {
		t.Fatal(err)
	}
	people := map[care.Role]*browser{}
	for _, in := range guide.SignIns {
		if in.Retailer == "bg-omni" && people[in.Role] == nil {
			people[in.Role] = w.signedIn(t, in.Email, staffPassword)
		}
	}
	boss := people[care.Manager]
	year := "from=" + w.now.AddDate(-2, 0, 0).Format("2006-01-02") + "&to=" + w.now.Format("2006-01-02")
	for _, lang := range []string{"en", "ru", "bg"} {
		p := boss.get("/staff/report?" + year + "&lang=" + lang)
		if p.status != http.StatusOK {
			t.Fatalf("%s: %d", lang, p.status)
		}
		for _, name := range []string{"late", "outcomes", "turnaround", "centres", "refusals", "models", "repeats", "costs"} {
			if !strings.Contains(p.raw, `href="/staff/report/`+name+`.csv?`) {
				t.Errorf("%s: no figures of %q", lang, name)
			}
		}
	}
	claims := 0
	for _, row := range reportRows(t, boss, "outcomes", year) {
		n, err := strconv.Atoi(row["claims"])
		if err != nil {
			t.Fatal(err)
		}
		claims += n
	}
	if claims < 50 {
		t.Errorf("%d claims in two years of the demo", claims)
	}
	for _, row := range reportRows(t, boss, "refusals", year) {
		if row["clause"] == "" || row["basis"] == "" {
			t.Errorf("refusal %v", row)
		}
	}
	if p := boss.get("/staff/report?from=2026-05-05&to=2026-05-01&lang=en"); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.main(), "first day is after") {
		t.Errorf("days the wrong way round: %d %s", p.status, p.main())
	}
	if p := boss.get("/staff/report?from=yesterday"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: %d", p.status)
	}
	if p := boss.get("/staff/report/nothing.csv?" + year); p.status != http.StatusNotFound {
		t.Errorf("a file that is none: %d", p.status)
	}
	for _, path := range []string{"/staff/report", "/staff/report?from=x", "/staff/report/late.csv"} {
		if p := people[care.Clerk].get(path); p.status != http.StatusForbidden {
			t.Errorf("a clerk reads %s: %d", path, p.status)
		}
	}
}

func reportRows(t *testing.T, b *browser, name, query string) []map[string]string {
	t.Helper()
	status, file := download(b, "/staff/report/"+name+".csv?"+query)
	if status != http.StatusOK {
		t.Fatalf("%s.csv: %d", name, status)
	}
	lines, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%s.csv: %d lines, %v", name, len(lines), err)
	}
	var out []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		out = append(out, row)
	}
	return out
}
