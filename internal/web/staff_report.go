package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

func (s *Server) reportRoutes(m *routes) {
	m.staff("GET /staff/report", s.reportPage)
	m.staff("GET /staff/report/{file}", s.reportFile)
}

// reportData is the manager's overview.
type reportData struct {
	View       desk.ReportView
	Tables     []reportTable
	Centres    []option
	Categories []option
	Wrong      wrongs
	From, To   string
	Refused    bool // the time asked for is none: nothing is shown
}

// reportTable is one part of the overview: bars that one can read, the figures
// behind them, and the same as a file.
type reportTable struct {
	Name    string // also the file's, and the end of the keys of its texts
	Lead    string // what it comes to, in a sentence
	Columns []reportColumn
	Rows    []reportLine
	Bars    []reportBar
	Shown   int // rows of the page; the others are behind "all"
	File    string
}

type reportColumn struct {
	Name string // of the file's column, and of its text's key
	Num  bool
}

type reportLine struct {
	Cells []reportCell
}

type reportCell struct {
	Text string // on the page
	Raw  string // in the file
	Href string
	Hint string
	Num  bool
}

// reportBar is one bar of a chart: whole percents of the widest.
type reportBar struct {
	Label string
	Value string
	Wide  int
	Part  int // of Wide, drawn darker; 0 = all the same
	Class string
	Href  string
}

func (s *Server) reportAsk(v *visit) (desk.ReportAsk, wrongs) {
	q := v.r.URL.Query()
	var bad wrongs
	ask := desk.ReportAsk{From: bad.day(v.L, q, "from"), To: bad.day(v.L, q, "to"), Centre: q.Get("place"), Category: q.Get("category")}
	return ask, bad
}

func (s *Server) reportPage(v *visit) error {
	q := v.r.URL.Query()
	ask, bad := s.reportAsk(v)
	page := reportData{Wrong: bad, From: q.Get("from"), To: q.Get("to"), Refused: len(bad) > 0}
	status := http.StatusOK
	if len(bad) == 0 {
		view, err := s.desk.Statistics(v.r.Context(), v.Actor, ask, v.Lang)
		switch {
		case care.CodeOf(err) == care.Invalid:
			page.Wrong, page.Refused = wrongs{{"from", failure(v.L, err)}}, true
		case err != nil:
			return err
		default:
			page.View, page.From, page.To = view, view.From.String(), view.To.String()
			for _, p := range v.reportParts() {
				t := p.tableOf(view)
				t.File = "/staff/report/" + t.Name + ".csv?" + q.Encode()
				page.Tables = append(page.Tables, t)
			}
		}
	} else if !desk.May(v.Actor, desk.ReadReports) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.ReadReports))
	}
	if page.Refused {
		status = http.StatusUnprocessableEntity
	}
	for _, p := range page.View.Places {
		if p.Kind != care.ShopPlace {
			page.Centres = append(page.Centres, option{Value: p.ID, Text: text(p.Name, v.Lang), Selected: p.ID == ask.Centre})
		}
	}
	page.Categories = sentenceCase(options(v.L, "categories", policy.Words("categories"), ask.Category))
	return v.html(status, "staff/report", page)
}

func (s *Server) reportFile(v *visit) error {
	name, found := strings.CutSuffix(v.r.PathValue("file"), ".csv")
	ask, bad := s.reportAsk(v)
	if !found || len(bad) > 0 {
		return httpkit.Refuse(http.StatusNotFound, nil)
	}
	ask.Part = desk.ReportPart(name)
	view, err := s.desk.Statistics(v.r.Context(), v.Actor, ask, v.Lang)
	if err != nil {
		return err
	}
	for _, p := range v.reportParts() {
		if p.Part == ask.Part {
			return v.reportCSV(p.tableOf(view), view)
		}
	}
	return httpkit.Refuse(http.StatusNotFound, nil)
}

func (v *visit) reportCSV(t reportTable, view desk.ReportView) error {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	_ = out.Write(names) // into memory
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, desk.SafeCell(c.Raw))
		}
		_ = out.Write(cells)
	}
	out.Flush()
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=\"%s-%s-%s.csv\"", t.Name, view.From, view.To))
	_, err := v.w.Write(b.Bytes())
	return err
}

// reportPart is a part of the overview with what makes its table.
type reportPart struct {
	Part  desk.ReportPart
	table func(desk.ReportView) reportTable
}

// reportParts are the parts of the overview, in the order of the page.
func (v *visit) reportParts() []reportPart {
	return []reportPart{{desk.ReportLate, v.urgencyTable}, {desk.ReportOutcomes, v.stateTable}, {desk.ReportTurnaround, v.turnaroundTable},
		{desk.ReportCentres, v.centreTable}, {desk.ReportRefusals, v.refusalTable}, {desk.ReportModels, v.modelTable},
		{desk.ReportRepeats, v.repeatTable}, {desk.ReportCosts, v.costTable}}
}

func (p reportPart) tableOf(r desk.ReportView) reportTable {
	t := p.table(r)
	t.Name = string(p.Part)
	return t
}

func textColumns(names ...string) []reportColumn {
	var out []reportColumn
	for _, n := range names {
		name, num := strings.CutPrefix(n, "#")
		out = append(out, reportColumn{Name: name, Num: num})
	}
	return out
}

func plainCell(text, raw string) reportCell { return reportCell{Text: text, Raw: raw} }

func (v *visit) count(n int) reportCell {
	return reportCell{Text: v.L.Number(int64(n)), Raw: strconv.Itoa(n), Num: true}
}

// away is a time that a device was away: days to a tenth in the file.
func (v *visit) away(d time.Duration) reportCell {
	return reportCell{Text: v.L.Duration(d), Raw: strconv.FormatFloat(d.Hours()/24, 'f', 1, 64), Num: true}
}

func share(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return (part*100 + whole/2) / whole
}

func (v *visit) urgencyTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("role", "#late", "#day", "#three_days", "#later")}
	late, all, widest := 0, 0, 0
	for _, u := range r.Urgencies {
		late, all, widest = late+u.Late, all+u.Total(), max(widest, u.Total())
	}
	for _, u := range r.Urgencies {
		name := i18n.Capital(v.L.Or("role", string(u.Owner)))
		link := "/staff/work?" + url.Values{"owner": {string(u.Owner)}}.Encode()
		t.Rows = append(t.Rows, reportLine{[]reportCell{{Text: name, Raw: string(u.Owner), Href: link},
			v.count(u.Late), v.count(u.Day), v.count(u.ThreeDays), v.count(u.Later)}})
		t.Bars = append(t.Bars, reportBar{Label: name, Value: v.L.T("report.late_of", "late", v.L.Number(int64(u.Late)), "all", v.L.Number(int64(u.Total()))),
			Wide: share(u.Total(), widest), Part: share(u.Late, u.Total()), Class: "bad", Href: link})
	}
	t.Lead = v.L.T("report.late_lead", "late", v.L.Number(int64(late)), "all", v.L.Number(int64(all)))
	return t
}

func (v *visit) stateTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("outcome", "#claims", "#percent")}
	for _, o := range r.Outcomes {
		name := v.L.T("report.still_open")
		if o.Outcome != "" {
			name = i18n.Capital(v.L.Or("outcomes", string(o.Outcome)))
		}
		percent := share(o.Claims, r.Claims)
		t.Rows = append(t.Rows, reportLine{[]reportCell{plainCell(name, string(o.Outcome)), v.count(o.Claims),
			{Text: v.L.Percent(int64(percent) * 10), Raw: strconv.Itoa(percent), Num: true}}})
		t.Bars = append(t.Bars, reportBar{Label: name, Value: v.L.Number(int64(o.Claims)), Wide: share(o.Claims, r.Outcomes[0].Claims)})
	}
	t.Lead = v.L.N("report.outcomes_lead", r.Claims, "open", v.L.Number(int64(r.Open)))
	return t
}

func (v *visit) turnaroundTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("month", "#stays", "#median_days", "#ninth_days", "#longest_days")}
	var widest time.Duration
	for _, m := range r.Months {
		widest = max(widest, m.Ninth)
	}
	for _, m := range r.Months {
		t.Rows = append(t.Rows, reportLine{[]reportCell{plainCell(v.Month(m.Month), m.Month), v.count(m.Stays), v.away(m.Median), v.away(m.Ninth), v.away(m.Longest)}})
		t.Bars = append(t.Bars, reportBar{Label: v.Month(m.Month), Value: v.L.T("report.turnaround_bar", "median", v.L.Span(m.Median), "ninth", v.L.Span(m.Ninth)),
			Wide: share(int(m.Ninth/time.Minute), int(widest/time.Minute)), Part: share(int(m.Median/time.Minute), int(m.Ninth/time.Minute))})
	}
	if r.Turnaround.Stays > 0 {
		t.Lead = v.L.T("report.turnaround_lead", "median", v.L.Duration(r.Turnaround.Median), "ninth", v.L.Duration(r.Turnaround.Ninth))
	}
	return t
}

// Month names a month that is told as 2026-03.
func (v *visit) Month(key string) string {
	first, err := calendar.ParseDate(key + "-01")
	if err != nil {
		return key
	}
	year, month, _ := first.YMD()
	return i18n.Capital(v.L.T("report.month", "month", v.L.T("report.month_"+strconv.Itoa(int(month))), "year", strconv.Itoa(year)))
}

func (v *visit) centreTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("centre", "#stays", "#median_days", "#ninth_days", "#longest_days")}
	names := map[string]string{"": v.L.T("report.no_centre")}
	for _, p := range r.Places {
		names[p.ID] = text(p.Name, v.Lang)
	}
	var widest time.Duration
	for _, c := range r.Centres {
		widest = max(widest, c.Ninth)
	}
	for _, c := range r.Centres {
		t.Rows = append(t.Rows, reportLine{[]reportCell{plainCell(names[c.Centre], c.Centre), v.count(c.Stays), v.away(c.Median), v.away(c.Ninth), v.away(c.Longest)}})
		t.Bars = append(t.Bars, reportBar{Label: names[c.Centre], Value: v.L.T("report.turnaround_bar", "median", v.L.Span(c.Median), "ninth", v.L.Span(c.Ninth)),
			Wide: share(int(c.Ninth/time.Minute), int(widest/time.Minute)), Part: share(int(c.Median/time.Minute), int(c.Ninth/time.Minute))})
	}
	return t
}

func (v *visit) refusalTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("clause", "basis", "#claims", "#ended")}
	for _, x := range r.Refusals {
		words := r.Clauses[x.Clause]
		cell := reportCell{Text: x.Clause, Raw: x.Clause, Hint: words.Text}
		if words.Pack != "" {
			cell.Href = v.ClauseHref(v.Retailer.ID, x.Clause)
		}
		basis := i18n.Capital(v.L.Or("bases", string(x.Basis)))
		t.Rows = append(t.Rows, reportLine{[]reportCell{cell, plainCell(basis, string(x.Basis)), v.count(x.Claims), v.count(x.Ended)}})
		if len(t.Bars) < barsShown {
			t.Bars = append(t.Bars, reportBar{Label: v.L.T("report.refusal_bar", "basis", basis, "clause", shorten(words.Text, x.Clause)), Value: v.L.Number(int64(x.Claims)),
				Wide: share(x.Claims, r.Refusals[0].Claims), Part: share(x.Ended, x.Claims), Class: "bad", Href: cell.Href})
		}
	}
	return t
}

// barsShown bounds a chart; the table behind it has the rest.
const barsShown = 10

// shorten keeps the beginning of a clause for a chart's label.
func shorten(text, instead string) string {
	if text == "" {
		return instead
	}
	const letters = 70
	runes := []rune(text)
	if len(runes) <= letters {
		return text
	}
	cut := strings.LastIndex(string(runes[:letters]), " ")
	if cut < 0 {
		return string(runes[:letters]) + "…"
	}
	return strings.TrimRight(string(runes[:letters])[:cut], " ,;:") + "…"
}

func (v *visit) modelTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("category", "model", "#claims", "#failures", "#sold", "#percent")}
	for _, m := range r.Models {
		tenths, rate := 0, reportCell{Text: "–", Num: true}
		if m.Sold > 0 {
			tenths = (m.Failures*1000 + m.Sold/2) / m.Sold
			rate = reportCell{Text: v.L.Percent(int64(tenths)), Raw: strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64), Num: true}
		}
		name := care.DeviceName(m.Brand, m.Model)
		t.Rows = append(t.Rows, reportLine{[]reportCell{plainCell(i18n.Capital(v.L.Or("categories", m.Category)), m.Category), plainCell(name, name),
			v.count(m.Claims), v.count(m.Failures), v.count(m.Sold), rate}})
		if len(t.Bars) < barsShown && m.Failures > 0 {
			failures := v.L.Number(int64(m.Failures))
			if m.Sold > 0 {
				failures = v.L.T("report.model_bar", "failures", failures, "rate", rate.Text)
			}
			t.Bars = append(t.Bars, reportBar{Label: name, Value: failures,
				Wide: share(m.Failures, r.Models[0].Failures)})
		}
	}
	return t
}

func (v *visit) repeatTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("claim", "model", "opened", "earlier_claim", "released", "#days")}
	for _, x := range r.Repeats {
		opened, before := calendar.DateOf(x.OpenedAt, v.Zone), calendar.DateOf(x.Before, v.Zone)
		earlier := plainCell(v.L.T("report.before_registry"), "")
		if x.BeforeNumber != "" {
			earlier = reportCell{Text: x.BeforeNumber, Raw: x.BeforeNumber, Href: claimPath(care.Claim{Number: x.BeforeNumber})}
		}
		name := care.DeviceName(x.Brand, x.Model)
		t.Rows = append(t.Rows, reportLine{[]reportCell{{Text: x.Number, Raw: x.Number, Href: claimPath(care.Claim{Number: x.Number})}, plainCell(name, name),
			plainCell(v.L.DateShort(opened), opened.String()), earlier, plainCell(v.L.DateShort(before), before.String()), v.count(opened.Sub(before))}})
	}
	t.Lead = v.L.T("report.repeats_lead", "repeats", v.L.Number(int64(len(r.Repeats))), "repaired", v.L.Number(int64(r.Repaired)))
	return t
}

func (v *visit) costTable(r desk.ReportView) reportTable {
	t := reportTable{Columns: textColumns("what", "debtor", "creditor", "#entries", "currency", "#open", "#paid")}
	for _, c := range r.Costs {
		what, who, whom := v.L.T("report.supplier"), v.L.T("report.suppliers"), v.L.Or("money.party", string(care.RetailerParty))
		if c.What != "supplier" {
			what, who, whom = v.L.Or("money.what", c.What), v.L.Or("money.party", string(c.Debtor)), v.L.Or("money.party", string(c.Creditor))
		}
		open, paid := money.Amount{Minor: c.Open, Currency: c.Currency}, money.Amount{Minor: c.Paid, Currency: c.Currency}
		t.Rows = append(t.Rows, reportLine{[]reportCell{plainCell(i18n.Capital(what), c.What), plainCell(i18n.Capital(who), string(c.Debtor)), plainCell(i18n.Capital(whom), string(c.Creditor)),
			v.count(c.Entries), plainCell(c.Currency, c.Currency), {Text: v.L.Money(open), Raw: open.String(), Num: true}, {Text: v.L.Money(paid), Raw: paid.String(), Num: true}}})
	}
	return t
}
