package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// policyRoutes are the pages of the terms and of the audit log.
func (s *Server) policyRoutes(m *routes) {
	m.staff("GET /staff/audit", s.auditPage)
	m.staff("GET /staff/policy", s.policyPage)
}

// policyData is the page of the terms that the retailer works by.
type policyData struct {
	Pack     *policy.Pack
	Versions []packVersion
	Beside   []*policy.Pack // the statute and makers' packs that decide with it
	Counts   []policyCount
	Clauses  []clauseGroup
	Checked  *policyChecked // nil = the cases are not at hand
}

// policyChecked is what the cases beside the packs say of them.
type policyChecked struct {
	Cases, Failed, Gaps int
	Tried               map[string]policy.ClauseTried // by pack and clause
	Problems            []string
}

// Of is how often a clause is tried.
func (c *policyChecked) Of(pack, clause string) policy.ClauseTried { return c.Tried[pack+" "+clause] }

// packVersion is one version of the retailer's pack.
type packVersion struct {
	Version   string
	ValidFrom calendar.Date
	InUse     bool // for a sale of today
}

// policyCount is one figure about a pack.
type policyCount struct {
	Pack       string
	Version    string
	Clauses    int
	Rows       int // of the requirements or of the law that some clause holds
	Unverified int // clauses whose article was cited from memory; they never refuse
}

// clauseGroup is the clauses of one pack.
type clauseGroup struct {
	Pack    *policy.Pack
	Clauses []clauseRow
}

type clauseRow struct {
	*policy.Clause
	Words string
}

func (s *Server) policyPage(v *visit) error {
	if !desk.May(v.Actor, desk.ReadPolicy) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.ReadPolicy))
	}
	today := calendar.DateOf(s.now(), v.Zone)
	program, err := s.packs.Program(v.Retailer.ID, today)
	if err != nil {
		return err
	}
	page := policyData{Pack: program.Pack, Versions: s.packVersions(program.Pack)}
	if program.Statute != nil {
		page.Beside = append(page.Beside, program.Statute)
	}
	page.Beside = append(page.Beside, program.Makers...)
	for _, p := range append([]*policy.Pack{program.Pack}, page.Beside...) {
		page.Counts = append(page.Counts, countPack(p, v.Lang))
		g := clauseGroup{Pack: p}
		for _, c := range p.Clauses() {
			g.Clauses = append(g.Clauses, clauseRow{c, c.Text.In(v.Lang, p.Languages...)})
		}
		page.Clauses = append(page.Clauses, g)
	}
	if page.Checked, err = s.checkedPolicy(); err != nil {
		return err
	}
	return v.html(http.StatusOK, "staff/policy", page)
}

// checkedPolicy tells of all packs: a clause of one may fail another's case.
func (s *Server) checkedPolicy() (*policyChecked, error) {
	if s.cover == nil {
		return nil, nil
	}
	cover, err := s.cover()
	if err != nil {
		return nil, fmt.Errorf("coverage of the packs: %w", err)
	}
	out := &policyChecked{Cases: cover.Cases, Failed: len(cover.Failed), Tried: map[string]policy.ClauseTried{},
		Problems: slices.Concat(cover.Failed, cover.EmptyRows, cover.Unbitten, cover.Unspared, cover.UnknownRows)}
	out.Gaps = len(out.Problems) - out.Failed
	for _, t := range cover.Tried {
		out.Tried[t.Pack+" "+t.Clause] = t
	}
	return out, nil
}

// packVersions lists the versions of a pack, newest first, where the source
// of packs can tell them.
func (s *Server) packVersions(used *policy.Pack) []packVersion {
	library, ok := s.packs.(interface{ Packs() []*policy.Pack })
	if !ok {
		return []packVersion{{used.Version, used.ValidFrom, true}}
	}
	var out []packVersion
	for _, p := range library.Packs() {
		if p.ID == used.ID {
			out = append(out, packVersion{p.Version, p.ValidFrom, p.Version == used.Version})
		}
	}
	slices.SortFunc(out, func(a, b packVersion) int { return b.ValidFrom.Compare(a.ValidFrom) })
	return out
}

func countPack(p *policy.Pack, lang string) policyCount {
	n := policyCount{Pack: p.Name.In(lang, p.Languages...), Version: p.Version}
	rows := map[string]bool{}
	for _, c := range p.Clauses() {
		n.Clauses++
		rows[c.Requirement] = true
		if c.Verified != nil && !*c.Verified {
			n.Unverified++
		}
	}
	n.Rows = len(rows)
	return n
}

// auditData is the audit log.
type auditData struct {
	Filter  care.AuditFilter
	Object  string // its number, where the log is of one claim
	Rows    []auditRow
	Objects []option
	Actors  []option
	Next    string
	First   string
}

// auditRow is one line of the log in words.
type auditRow struct {
	At      time.Time
	Who     string
	What    string
	Object  string
	Number  string
	Link    string
	Reason  string
	Details []detail
}

func (s *Server) auditPage(v *visit) error {
	q := v.r.URL.Query()
	f := care.AuditFilter{Object: q.Get("object"), ObjectID: q.Get("id"), Actor: q.Get("actor"), Action: q.Get("action")}
	if f.ObjectID != "" && f.Object == "claim" { // a claim may be named by its number
		view, err := s.desk.Claim(v.r.Context(), v.Actor, f.ObjectID, v.Lang)
		if err != nil {
			return err
		}
		f.ObjectID = view.Claim.ID
	}
	list, next, err := s.desk.Audits(v.r.Context(), v.Actor, f, care.Page{Cursor: q.Get("from"), Limit: 50})
	if err != nil {
		return err
	}
	page := auditData{Filter: f, Object: q.Get("id")}
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	at := placeNames(places, v.Lang)
	for _, a := range list {
		page.Rows = append(page.Rows, auditLine(v.L, v.Zone, at, a))
	}
	page.Objects = options(v.L, "object", []string{"claim", "request", "sale", "user", "client", "retailer"}, f.Object)
	for i := range page.Objects {
		page.Objects[i].Text = i18n.Capital(page.Objects[i].Text)
	}
	users, _, err := s.namedUsers(v)
	if err != nil {
		return err
	}
	for _, u := range users {
		page.Actors = append(page.Actors, option{Value: u.ID, Text: u.Name, Selected: u.ID == f.Actor})
	}
	page.Next, page.First = pageLinks("/staff/audit", q, next)
	return v.html(http.StatusOK, "staff/audit", page)
}

func auditLine(l *i18n.Locale, zone *time.Location, places map[string]string, a care.Audit) auditRow {
	r := auditRow{At: a.At, Who: actorName(l, a.Actor), What: l.Or("action", a.Action), Object: i18n.Capital(l.Or("object", a.Object)),
		Number: a.Details["number"], Reason: a.Reason}
	switch a.Object {
	case "claim":
		r.Link = "/staff/claims/" + url.PathEscape(a.ObjectID)
	case "request":
		r.Link = "/staff/requests/" + url.PathEscape(a.ObjectID)
	}
	names := make([]string, 0, len(a.Details))
	for k := range a.Details {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		if d, ok := auditDetail(l, zone, places, a.Object, k, a.Details[k]); ok {
			r.Details = append(r.Details, d)
		}
	}
	return r
}
