package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
)

// Alert tells the people of one role of a deadline.
type Alert struct {
	ID       string    `json:"id" doc:"id"`
	Kind     string    `json:"kind" vocab:"alert_kinds" doc:"warning before the end, breach after it; reply = the customer has written; webhook = a program was not reached for days"`
	Role     string    `json:"role" vocab:"roles" doc:"whose it is"`
	Claim    string    `json:"claim,omitempty" doc:"id of the claim; absent where a request waits that is no claim"`
	Request  string    `json:"request,omitempty" doc:"id of the request; absent where a webhook was switched off"`
	Number   string    `json:"number" doc:"of the claim or the request" example:"RMA-2026-000017"`
	Deadline string    `json:"deadline,omitempty" vocab:"clocks" doc:"what must be done"`
	Basis    string    `json:"basis,omitempty" vocab:"bases" doc:"basis"`
	Due      string    `json:"due,omitempty" doc:"last day, or an instant where hours are counted"`
	DueAt    time.Time `json:"late_from,omitzero" doc:"the first instant that is too late"`
	At       time.Time `json:"at" doc:"when it was told"`
	Settled  time.Time `json:"settled_at,omitzero" doc:"when the deadline was met or stopped since"`
	Seen     bool      `json:"seen" doc:"this program has marked it as seen"`
}

func alertOf(zone *time.Location) func(care.Alert) Alert {
	return func(a care.Alert) Alert {
		return Alert{ID: a.ID, Kind: string(a.Kind), Role: string(a.Role), Claim: a.Claim, Request: a.Request, Number: a.Number, Deadline: a.Deadline,
			Basis: string(a.Basis), Due: dueIn(a.Due, zone), DueAt: in(a.DueAt, zone), At: in(a.At, zone), Settled: in(a.Settled, zone), Seen: a.Seen}
	}
}

// dueIn is a last day as it stands, or an instant as the retailer's clocks show
// it.
func dueIn(due string, zone *time.Location) string {
	if t, err := time.Parse(time.RFC3339, due); err == nil {
		return t.In(zone).Format(time.RFC3339)
	}
	return due
}

// Job is work that the system has put off.
type Job struct {
	ID        string    `json:"id" doc:"id"`
	Kind      string    `json:"kind" doc:"what is to be done" example:"deadline.warn"`
	Key       string    `json:"key" doc:"its unique key"`
	State     string    `json:"state" vocab:"job_states" doc:"where it stands"`
	RunAt     time.Time `json:"run_at" doc:"not before"`
	Attempts  int       `json:"attempts" doc:"how often it was begun"`
	LastError string    `json:"last_error,omitempty" doc:"of the latest attempt that failed"`
}

func jobOf(at time.Time, zone *time.Location) func(care.Job) Job {
	return func(j care.Job) Job {
		return Job{ID: j.ID, Kind: string(j.Kind), Key: j.Key, State: string(j.State(at)), RunAt: in(j.RunAt, zone), Attempts: j.Attempts, LastError: j.LastError}
	}
}

type alertsIn struct {
	Claim  string `query:"claim" maxLength:"100" doc:"only of this claim, by its id"`
	Unseen bool   `query:"unseen" doc:"only what this program has not seen"`
	PageQuery
}

type seenIn struct{ Body Seen }

// Seen marks alerts as seen.
type Seen struct {
	IDs []string `json:"ids" maxItems:"200" doc:"ids of the alerts; empty = all that are unseen" example:"[]"`
}

type jobsIn struct {
	Parked bool `query:"parked" doc:"only those that failed too often"`
	PageQuery
}

type jobIn struct {
	Job string `path:"job" maxLength:"100" doc:"id of the job"`
}

func (s *server) alertOperations() {
	register(s, huma.Operation{OperationID: "list-alerts", Method: http.MethodGet, Path: "/alerts", Tags: []string{"Claims"}, Security: byKey(),
		Summary: "List what the key's role is told of deadlines, newest first"},
		func(ctx context.Context, who caller, in *alertsIn) (*pageOut[Alert], error) {
			items, next, err := s.desk.Alerts(ctx, who.actor, care.AlertFilter{Claim: in.Claim, Unseen: in.Unseen}, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, alertOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "see-alerts", Method: http.MethodPost, Path: "/alerts/seen", Tags: []string{"Claims"}, Security: byKey(),
		DefaultStatus: http.StatusNoContent, Summary: "Mark alerts as seen"},
		func(ctx context.Context, who caller, in *seenIn) (*struct{}, error) {
			return nil, s.desk.SeeAlerts(ctx, who.actor, in.Body.IDs...)
		})
	register(s, huma.Operation{OperationID: "list-jobs", Method: http.MethodGet, Path: "/jobs", Tags: []string{"Administration"}, Security: byKey(),
		Summary: "List the work that the system has put off and not done yet, by its time"},
		func(ctx context.Context, who caller, in *jobsIn) (*pageOut[Job], error) {
			list, err := s.desk.Jobs(ctx, who.actor, care.JobFilter{Undone: true, Parked: in.Parked}, in.page())
			if err != nil {
				return nil, err
			}
			return paged(list.Jobs, list.Next, jobOf(list.At, who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "retry-job", Method: http.MethodPost, Path: "/jobs/{job}/retry", Tags: []string{"Administration"}, Security: byKey(),
		DefaultStatus: http.StatusNoContent, Summary: "Let a job that failed too often run again"},
		func(ctx context.Context, who caller, in *jobIn) (*struct{}, error) {
			return nil, s.desk.RetryJob(ctx, who.actor, in.Job)
		})
}
