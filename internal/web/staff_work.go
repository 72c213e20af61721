package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
)

const workRows = 50 // a page of the work list

// workQuery is what the work list's form asks for.
type workQuery struct {
	Text   string
	State  string // "" = open claims, allStates, or a state
	Centre string
	Owner  string
	Mine   bool
	Late   bool
	Cursor string
}

const allStates = "all"

func readWorkQuery(q url.Values) workQuery {
	w := workQuery{Text: strings.TrimSpace(q.Get("q")), State: q.Get("state"), Centre: q.Get("place"), Owner: q.Get("owner"),
		Mine: q.Get("mine") != "", Late: q.Get("late") != "", Cursor: q.Get("from")}
	if w.State != allStates && !care.State(w.State).Valid() {
		w.State = ""
	}
	return w
}

// Link is the list's address with this query.
func (w workQuery) Link() string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("q", w.Text)
	set("state", w.State)
	set("place", w.Centre)
	set("owner", w.Owner)
	if w.Mine {
		q.Set("mine", "1")
	}
	if w.Late {
		q.Set("late", "1")
	}
	set("from", w.Cursor)
	if len(q) == 0 {
		return "/staff/work"
	}
	return "/staff/work?" + q.Encode()
}

func (w workQuery) filter(actor care.Actor) care.WorkFilter {
	f := care.WorkFilter{Text: w.Text, Centre: w.Centre, Owner: care.Role(w.Owner), Late: w.Late, Open: w.State == ""}
	if w.State != "" && w.State != allStates {
		f.States = []care.State{care.State(w.State)}
	}
	if w.Mine {
		f.Assignee = actor.ID
	}
	return f
}

// workRow is one claim of the list.
type workRow struct {
	care.WorkItem
	Link     string
	Device   string
	Identity string
	Due      *dueView
	Where    string
	Worker   string
}

// chip is a quick filter with its count.
type chip struct {
	Text    string
	Link    string
	Count   int
	Current bool
	Class   string
}

// workData is the work list.
type workData struct {
	Query   workQuery
	Rows    []workRow
	Chips   []chip
	States  []option
	Centres []option
	Owners  []option
	Partner bool // whose list is its centre's anyway
	Next    string
	First   string
	Found   bool // some filter narrows the list
	// Narrowed tells of one that is chosen among those that are folded.
	Narrowed bool
}

func (s *Server) workPage(v *visit) error {
	q := readWorkQuery(v.r.URL.Query())
	f := q.filter(v.Actor)
	items, next, err := s.desk.Work(v.r.Context(), v.Actor, f, care.Page{Cursor: q.Cursor, Limit: workRows})
	if err != nil {
		return err
	}
	counts, err := s.desk.WorkCounts(v.r.Context(), v.Actor, f)
	if err != nil {
		return err
	}
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return err
	}
	_, users, err := s.namedUsers(v)
	if err != nil {
		return err
	}
	page := workData{Query: q, Partner: v.Actor.Role == care.Partner, Found: q != workQuery{Cursor: q.Cursor},
		Narrowed: q.State != "" || q.Centre != "" || q.Owner != ""}
	names := placeNames(places, v.Lang)
	for _, item := range items {
		page.Rows = append(page.Rows, s.workRow(v, item, names, users))
	}
	page.choices(v, counts, places)
	page.Chips = workChips(v, q, counts)
	if next != "" {
		on := q
		on.Cursor = next
		page.Next = on.Link()
	}
	if q.Cursor != "" {
		start := q
		start.Cursor = ""
		page.First = start.Link()
	}
	return v.html(http.StatusOK, "staff/work", page)
}

func (s *Server) workRow(v *visit, item care.WorkItem, places, users map[string]string) workRow {
	r := workRow{WorkItem: item, Link: "/staff/claims/" + url.PathEscape(item.Number),
		Device: deviceName(v.L, item.Category, item.Brand, item.Model), Identity: item.Serial,
		Due: due(v.L, item.DueName, item.Due, s.now()), Worker: users[item.Assignee]}
	if r.Identity == "" {
		r.Identity = item.IMEI
	}
	if r.Where = places[item.Place]; r.Where == "" {
		r.Where = i18n.Capital(v.L.Or("holder", string(item.Custody)))
	}
	return r
}

// choices fills the lists of the form, with counts where they are known.
func (d *workData) choices(v *visit, counts care.WorkCounts, places []care.Place) {
	all, open := 0, 0
	for state, n := range counts.ByState {
		all += n
		if !state.Over() {
			open += n
		}
	}
	counted := func(label string, n int) string { return label + " (" + v.L.Number(int64(n)) + ")" }
	d.States = []option{{Value: "", Text: counted(v.L.T("staff.work.open"), open), Selected: d.Query.State == ""},
		{Value: allStates, Text: counted(v.L.T("staff.work.all"), all), Selected: d.Query.State == allStates}}
	for _, state := range care.States() {
		if n := counts.ByState[state]; n > 0 || d.Query.State == string(state) {
			d.States = append(d.States, option{Value: string(state), Text: counted(v.L.Or("state", string(state)), n),
				Selected: d.Query.State == string(state)})
		}
	}
	for _, role := range append(care.Roles(), care.CustomerRole) {
		if n := counts.ByOwner[role]; n > 0 || d.Query.Owner == string(role) {
			d.Owners = append(d.Owners, option{Value: string(role), Text: counted(i18n.Capital(v.L.Or("role", string(role))), n),
				Selected: d.Query.Owner == string(role)})
		}
	}
	for _, p := range places {
		if p.Kind != care.ShopPlace {
			d.Centres = append(d.Centres, option{Value: p.ID, Text: placeNames([]care.Place{p}, v.Lang)[p.ID], Selected: p.ID == d.Query.Centre})
		}
	}
}

// workChips are the lists that one opens many times a day.
func workChips(v *visit, q workQuery, counts care.WorkCounts) []chip {
	open := 0
	for state, n := range counts.ByState {
		if !state.Over() {
			open += n
		}
	}
	base := workQuery{Text: q.Text, Centre: q.Centre}
	list := []chip{{Text: v.L.T("staff.work.open"), Link: base.Link(), Count: open, Current: q.State == "" && !q.Late && !q.Mine && q.Owner == ""}}
	if q.Mine || q.Owner != "" {
		list[0].Count = -1 // counted for another list
	}
	late := base
	late.Late = true
	list = append(list, chip{Text: v.L.T("staff.work.late"), Link: late.Link(), Count: list[0].Count, Current: q.Late && !q.Mine && q.Owner == "", Class: "bad"})
	if list[1].Count >= 0 {
		list[1].Count = counts.Late
	}
	mine := base
	mine.Mine = true
	list = append(list, chip{Text: v.L.T("staff.work.mine"), Link: mine.Link(), Count: -1, Current: q.Mine})
	if role := v.Actor.Role; slices.Contains([]care.Role{care.Clerk, care.Technician, care.Dispatcher, care.Manager}, role) {
		own := base
		own.Owner = string(role)
		n := counts.ByOwner[role]
		if q.Mine || q.Owner != "" && q.Owner != string(role) {
			n = -1
		}
		list = append(list, chip{Text: v.L.T("staff.work.role", "role", v.L.Or("role", string(role))), Link: own.Link(), Count: n, Current: q.Owner == string(role) && !q.Mine})
	}
	return list
}
