package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
)

// Tracked is what a customer sees by the tracking link.
type Tracked struct {
	Retailer Retailer      `json:"retailer" doc:"the retailer"`
	Request  RequestDetail `json:"request" doc:"the request"`
	Claim    *ClaimDetail  `json:"claim,omitempty" doc:"the claim that it became"`
}

// TokenPath names a tracking link.
type TokenPath struct {
	Token string `path:"token" maxLength:"100" doc:"the secret of the tracking link"`
}

type trackedOut struct{ Body Tracked }

type sayIn struct {
	TokenPath
	Body CustomerMessage
}

func (s *server) trackOperations() {
	tag := []string{"Tracking"}
	register(s, huma.Operation{OperationID: "track", Method: http.MethodGet, Path: "/track/{token}", Tags: tag,
		Summary: "Show the customer's request or claim", Description: "Whoever holds the token is the customer. A token that is none and one that has expired give the same answer."},
		func(ctx context.Context, who caller, in *TokenPath) (*trackedOut, error) {
			return s.tracked(ctx, who, in.Token)
		})
	register(s, huma.Operation{OperationID: "track-say", Method: http.MethodPost, Path: "/track/{token}/messages", Tags: tag,
		DefaultStatus: http.StatusCreated, Summary: "Write in the thread"},
		func(ctx context.Context, who caller, in *sayIn) (*trackedOut, error) {
			if err := s.desk.TrackedSay(ctx, in.Token, in.Body.Text); err != nil {
				return nil, err
			}
			return s.tracked(ctx, who, in.Token)
		})
}

func (s *server) tracked(ctx context.Context, who caller, token string) (*trackedOut, error) {
	t, err := s.desk.Tracked(ctx, token, who.lang)
	if err != nil {
		return nil, err
	}
	zone, err := s.zone(ctx, t.Retailer.ID)
	if err != nil {
		return nil, err
	}
	out := &trackedOut{Body: Tracked{Retailer: retailerOf(t.Retailer), Request: requestDetailOf(t.Request, zone)}}
	withoutStaffIDs(out.Body.Request.Thread)
	for i, a := range out.Body.Request.Attachments {
		out.Body.Request.Attachments[i] = a.forCustomer()
	}
	if t.Claim != nil {
		c := s.claimDetail(s.words.Locale(who.lang), *t.Claim)
		c.Claim = c.Claim.forCustomer()
		withoutStaffIDs(c.Thread)
		out.Body.Claim = &c
	}
	return out, nil
}

// withoutStaffIDs leaves the names of those who wrote, and nothing by which
// the house knows them.
func withoutStaffIDs(thread []Message) {
	for i := range thread {
		if thread[i].By.Kind != string(care.CustomerActor) {
			thread[i].By.ID, thread[i].By.Role = "", ""
		}
	}
}
