package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
)

// alertRoutes are the pages of what asks for attention.
func (s *Server) alertRoutes(m *routes) {
	m.staff("GET /staff/alerts", s.alertsPage)
	m.staff("POST /staff/alerts/seen", s.seeAlerts)
	m.staff("GET /staff/jobs", s.jobsPage)
	m.staff("POST /staff/jobs/{id}/retry", s.retryJob)
}

// alertsData lists what the reader's role is told of deadlines.
type alertsData struct {
	Rows   []alertRow
	All    bool // what was seen, too
	Unseen int
	Next   string
	First  string
}

// alertRow is one alert in words.
type alertRow struct {
	care.Alert
	Name  string // of the deadline
	Link  string
	Class string
	Role  string // whose it is, where the reader sees several roles'
}

func (s *Server) alertsPage(v *visit) error {
	q := v.r.URL.Query()
	page := alertsData{All: q.Get("all") != ""}
	list, next, err := s.desk.Alerts(v.r.Context(), v.Actor, care.AlertFilter{Unseen: !page.All}, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	if page.Unseen, err = s.desk.UnseenAlerts(v.r.Context(), v.Actor); err != nil {
		return err
	}
	for _, a := range list {
		row := alertRow{Alert: a, Name: i18n.Capital(v.L.Or("deadlines", a.Deadline)), Link: "/staff/requests/" + url.PathEscape(a.Request), Class: "wait"}
		if a.Claim != "" {
			row.Link = "/staff/claims/" + url.PathEscape(a.Number)
		}
		if a.Kind == care.AlertBreach {
			row.Class = "bad"
		}
		if a.Kind == care.AlertWebhook {
			row.Link, row.Class, row.Name = "/staff/webhooks", "bad", v.L.T("alerts.webhook_name")
		}
		if v.Actor.Role == care.Administrator {
			row.Role = v.L.Or("role", string(a.Role))
		}
		page.Rows = append(page.Rows, row)
	}
	page.Next, page.First = pageLinks("/staff/alerts", q, next)
	return v.html(http.StatusOK, "staff/alerts", page)
}

// seeAlerts marks one alert as seen, or all.
func (s *Server) seeAlerts(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var ids []string
	if id := form.Get("id"); id != "" {
		ids = []string{id}
	}
	if err := s.desk.SeeAlerts(v.r.Context(), v.Actor, ids...); err != nil {
		return err
	}
	v.flash("good", "flash.alerts.seen")
	return v.redirect("/staff/alerts")
}

// badge is what a menu entry has to count: the alerts that were not seen.
func (v *visit) badge(key string) string {
	if key != "alerts" {
		return ""
	}
	n, err := v.s.desk.UnseenAlerts(v.r.Context(), v.Actor)
	if err != nil || n == 0 { // the menu stands without it
		return ""
	}
	return strconv.Itoa(n)
}

// jobsData lists what the system has put off, for administrators.
type jobsData struct {
	desk.JobList
	Rows   []jobRow
	Parked bool
	First  string
}

// jobRow is one job in words.
type jobRow struct {
	care.Job
	Name  string
	State care.JobState
	Class string
}

func (s *Server) jobsPage(v *visit) error {
	q := v.r.URL.Query()
	page := jobsData{Parked: q.Get("parked") != ""}
	var err error
	page.JobList, err = s.desk.Jobs(v.r.Context(), v.Actor, care.JobFilter{Undone: true, Parked: page.Parked}, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	for _, j := range page.Jobs {
		row := jobRow{Job: j, Name: v.L.Or("job", string(j.Kind)), State: j.State(page.At)}
		if row.State == care.JobParked {
			row.Class = "bad"
		}
		page.Rows = append(page.Rows, row)
	}
	page.Next, page.First = pageLinks("/staff/jobs", q, page.Next)
	return v.html(http.StatusOK, "staff/jobs", page)
}

func (s *Server) retryJob(v *visit) error {
	if err := s.desk.RetryJob(v.r.Context(), v.Actor, v.r.PathValue("id")); err != nil {
		return err
	}
	v.flash("good", "flash.jobs.retry")
	return v.redirect("/staff/jobs")
}
