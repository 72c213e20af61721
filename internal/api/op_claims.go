package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
)

// PageQuery asks for a slice of a list.
type PageQuery struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"next, as the page before gave it; absent = from the start"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"most items of a page"`
}

func (p PageQuery) page() care.Page { return care.Page{Cursor: p.Cursor, Limit: p.Limit} }

// Page is a slice of a list.
type Page[T any] struct {
	Items []T    `json:"items" doc:"the items"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; absent on the last"`
}

type pageOut[T any] struct{ Body Page[T] }

func paged[T, U any](items []T, next string, f func(T) U) *pageOut[U] {
	return &pageOut[U]{Body: Page[U]{Items: each(items, f), Next: next}}
}

// WorkQuery narrows the work list. The embedded parts of parameters are
// exported because the framework passes over others.
type WorkQuery struct {
	States   []string `query:"state" vocab:"states" doc:"only in these states, joined by commas"`
	Owner    string   `query:"owner" vocab:"owners" doc:"only where this role has to act"`
	Centre   string   `query:"centre" maxLength:"100" doc:"only routed to this centre"`
	Assignee string   `query:"assignee" maxLength:"100" doc:"only of this user"`
	Customer string   `query:"customer" maxLength:"100" doc:"only of this customer"`
	Unit     string   `query:"unit" maxLength:"100" doc:"only on this unit"`
	Late     bool     `query:"late" doc:"only those whose clock ran out"`
	Open     bool     `query:"open" doc:"leave out closed and cancelled claims"`
	Text     string   `query:"q" maxLength:"200" doc:"number, customer's name or phone, serial or IMEI"`
}

func (in WorkQuery) filter() care.WorkFilter {
	return care.WorkFilter{States: each(in.States, func(s string) care.State { return care.State(s) }), Owner: care.Role(in.Owner), Centre: in.Centre,
		Assignee: in.Assignee, Customer: in.Customer, Unit: in.Unit, Late: in.Late, Open: in.Open, Text: in.Text}
}

type listClaimsIn struct {
	WorkQuery
	PageQuery
}

type claimIn struct {
	Claim string `path:"claim" maxLength:"100" doc:"id or number of the claim" example:"RMA-2026-000017"`
}

type claimDetailOut struct {
	ETag string `header:"ETag" doc:"version of the claim, for If-Match"`
	Body ClaimDetail
}

type eventsOut struct {
	Body struct {
		Items []Event `json:"items" doc:"the events in order"`
	} `nameHint:"Events"`
}

type recheckOut struct {
	Body struct {
		Number string    `json:"number" doc:"number of the claim"`
		Same   bool      `json:"same" doc:"every decision comes out the same, byte for byte"`
		Items  []Recheck `json:"items" doc:"each decision"`
	} `nameHint:"Rechecks"`
}

type linkOut struct{ Body Link }

type countsOut struct{ Body WorkCounts }

func (s *server) claimOperations() {
	tag := []string{"Claims"}
	register(s, huma.Operation{OperationID: "list-claims", Method: http.MethodGet, Path: "/claims", Tags: tag, Security: byKey(),
		Summary: "Work list: claims by deadline, nearest first"},
		func(ctx context.Context, who caller, in *listClaimsIn) (*pageOut[WorkItem], error) {
			items, next, err := s.desk.Work(ctx, who.actor, in.filter(), in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, s.workItem(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "count-claims", Method: http.MethodGet, Path: "/claims/counts", Tags: tag, Security: byKey(),
		Summary: "Count the work list by state and by who has to act", Description: "The filters `state`, `late` and `open` are not applied."},
		func(ctx context.Context, who caller, in *WorkQuery) (*countsOut, error) {
			counts, err := s.desk.WorkCounts(ctx, who.actor, in.filter())
			return &countsOut{Body: countsOf(counts)}, err
		})
	register(s, huma.Operation{OperationID: "get-claim", Method: http.MethodGet, Path: "/claims/{claim}", Tags: tag, Security: byKey(),
		Summary: "Show a claim with its decision, terms, thread and next actions"},
		func(ctx context.Context, who caller, in *claimIn) (*claimDetailOut, error) {
			v, err := s.desk.Claim(ctx, who.actor, in.Claim, who.lang)
			if err != nil {
				return nil, err
			}
			return &claimDetailOut{ETag: etag(v.Claim.Seq), Body: s.claimDetail(s.words.Locale(who.lang), v)}, nil
		})
	register(s, huma.Operation{OperationID: "list-claim-events", Method: http.MethodGet, Path: "/claims/{claim}/events", Tags: tag, Security: byKey(),
		Summary: "Show everything that happened to a claim"}, s.events)
	register(s, huma.Operation{OperationID: "recheck-claim", Method: http.MethodGet, Path: "/claims/{claim}/recheck", Tags: tag, Security: byKey(),
		Summary: "Make every frozen decision of a claim again and compare byte for byte"}, s.recheck)
	register(s, huma.Operation{OperationID: "issue-tracking-link", Method: http.MethodPost, Path: "/claims/{claim}/tracking-links", Tags: tag,
		Security: byKey(), DefaultStatus: http.StatusCreated, Summary: "Make another tracking link; earlier ones stay good"},
		func(ctx context.Context, who caller, in *claimIn) (*linkOut, error) {
			token, err := s.desk.IssueTracking(ctx, who.actor, in.Claim)
			if err != nil {
				return nil, err
			}
			return &linkOut{Body: linkOf(token)}, nil
		})
}

func (s *server) events(ctx context.Context, who caller, in *claimIn) (*eventsOut, error) {
	v, err := s.desk.Claim(ctx, who.actor, in.Claim, who.lang)
	if err != nil {
		return nil, err
	}
	out := &eventsOut{}
	out.Body.Items = []Event{}
	for _, e := range v.Events {
		data, err := care.EncodePayload(e.Data)
		if err != nil {
			return nil, fmt.Errorf("show events: %w", err)
		}
		out.Body.Items = append(out.Body.Items, Event{Seq: e.Seq, At: e.At.In(who.zone), By: actorOf(e.Actor), Kind: string(e.Data.EventKind()), Data: data})
	}
	return out, nil
}

func (s *server) recheck(ctx context.Context, who caller, in *claimIn) (*recheckOut, error) {
	items, err := s.desk.Recheck(ctx, who.actor, in.Claim)
	if err != nil {
		return nil, err
	}
	out := &recheckOut{}
	out.Body.Number, out.Body.Same, out.Body.Items = in.Claim, true, []Recheck{}
	for _, r := range items {
		out.Body.Number, out.Body.Same = r.Number, out.Body.Same && r.Same
		out.Body.Items = append(out.Body.Items, Recheck{Decision: r.Ruling, Same: r.Same})
	}
	return out, nil
}
