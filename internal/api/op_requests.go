package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
)

type submitIn struct{ Body NewRequest }

type submitOut struct {
	Location string `header:"Location" doc:"address of the request"`
	Body     Receipt
}

// submitPointers are the places of a request's fields in the body.
func submitPointers(err error, in NewRequest) error {
	list := []string{"slot", "/slot", "name", "/customer/name", "phone", "/customer/phone", "email", "/customer/email", "address", "/return/address",
		"return", "/return/method", "serial", "/identity"}
	if in.Device != nil {
		list = append(list, "category", "/device/category", "brand", "/device/brand", "serial", "/device/serial",
			"sale_channel", "/device/sale_channel", "price", "/device/price", "certificate.price", "/device/certificate/price")
	}
	if in.Identity != "" {
		list = append(list, "serial", "/identity")
	}
	var e *care.Error
	if errors.As(err, &e) && e.Field != "" {
		for _, a := range in.Facts {
			if a.Fact == e.Field {
				list = append(list, e.Field, factPointer("/facts", in.Facts, e))
			}
		}
	}
	return at(err, list...)
}

type listRequestsIn struct {
	Kinds    []string `query:"kind" vocab:"request_kinds" doc:"only of these kinds, joined by commas"`
	States   []string `query:"state" vocab:"request_states" doc:"only in these states, joined by commas"`
	Customer string   `query:"customer" maxLength:"100" doc:"only of this customer"`
	NoClaim  bool     `query:"no_claim" doc:"only requests that are no claim"`
	Text     string   `query:"q" maxLength:"200" doc:"search text"`
	PageQuery
}

// RequestPath names a request.
type RequestPath struct {
	Request string `path:"request" maxLength:"100" doc:"id of the request"`
}

type requestOut struct{ Body RequestDetail }

type answerIn struct {
	RequestPath
	Body NewMessage
}

type previewOut struct{ Body Preview }

// Preview is where a warranty request would stand if it were made now.
type Preview struct {
	Known    bool     `json:"known" doc:"the registry has the unit"`
	Category string   `json:"category,omitempty" vocab:"categories" doc:"category of goods"`
	Brand    string   `json:"brand,omitempty" doc:"brand"`
	Model    string   `json:"model,omitempty" doc:"model"`
	Decision Decision `json:"decision" doc:"the decision on what is known"`
}

func (s *server) requestOperations() {
	tag := []string{"Requests"}
	register(s, huma.Operation{OperationID: "submit-request", Method: http.MethodPost, Path: "/requests", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Hand a customer's request in",
		Description: "Any of the five kinds. A `warranty_service` request opens a claim, which is decided on what is known."}, s.submit)
	register(s, huma.Operation{OperationID: "preview-request", Method: http.MethodPost, Path: "/requests/preview", Tags: tag, Security: byKey(),
		Summary: "Decide a warranty request before it is made; nothing is stored", Metadata: reading()}, s.preview)
	register(s, huma.Operation{OperationID: "list-requests", Method: http.MethodGet, Path: "/requests", Tags: tag, Security: byKey(),
		Summary: "List requests by the end of their answer term"},
		func(ctx context.Context, who caller, in *listRequestsIn) (*pageOut[Request], error) {
			f := care.RequestFilter{Kinds: in.Kinds, States: each(in.States, func(s string) care.RequestState { return care.RequestState(s) }),
				Customer: in.Customer, NoClaim: in.NoClaim, Text: in.Text}
			items, next, err := s.desk.Requests(ctx, who.actor, f, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, requestOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "get-request", Method: http.MethodGet, Path: "/requests/{request}", Tags: tag, Security: byKey(),
		Summary: "Show a request with its thread"},
		func(ctx context.Context, who caller, in *RequestPath) (*requestOut, error) {
			return s.request(ctx, who, in.Request)
		})
	register(s, huma.Operation{OperationID: "answer-request", Method: http.MethodPost, Path: "/requests/{request}/messages", Tags: tag,
		Security: byKey(), Summary: "Write to the customer, or a note among staff", DefaultStatus: http.StatusCreated},
		func(ctx context.Context, who caller, in *answerIn) (*requestOut, error) {
			if err := s.answer(ctx, who, in); err != nil {
				return nil, err
			}
			return s.request(ctx, who, in.Request)
		})
	register(s, huma.Operation{OperationID: "close-request", Method: http.MethodPost, Path: "/requests/{request}/close", Tags: tag,
		Security: byKey(), Summary: "End a request that is no claim"},
		func(ctx context.Context, who caller, in *RequestPath) (*requestOut, error) {
			if err := s.desk.CloseRequest(ctx, who.actor, in.Request); err != nil {
				return nil, err
			}
			return s.request(ctx, who, in.Request)
		})
}

func (s *server) answer(ctx context.Context, who caller, in *answerIn) error {
	if len(in.Body.Documents) == 0 || in.Body.Internal {
		return s.desk.Answer(ctx, who.actor, in.Request, in.Body.Text, in.Body.Internal)
	}
	return at(s.desk.AnswerWith(ctx, who.actor, in.Request, in.Body.Text, in.Body.Documents), "documents", "/documents")
}

func (s *server) submit(ctx context.Context, who caller, in *submitIn) (*submitOut, error) {
	req, err := in.Body.request(who.lang)
	if err != nil {
		return nil, submitPointers(err, in.Body)
	}
	got, err := s.desk.Submit(ctx, who.actor, req)
	if err != nil {
		return nil, submitPointers(err, in.Body)
	}
	out := &submitOut{Location: Base + "/requests/" + got.Request.ID}
	out.Body = Receipt{Request: requestOf(who.zone)(got.Request), TrackingLink: linkOf(got.Token)}
	if got.Claim != nil {
		c := s.claim(s.words.Locale(who.lang), *got.Claim, who.zone, s.desk.NextActions(*got.Claim, who.actor))
		out.Body.Claim = &c
	}
	return out, nil
}

func (s *server) preview(ctx context.Context, who caller, in *submitIn) (*previewOut, error) {
	req, err := in.Body.request(who.lang)
	if err != nil {
		return nil, submitPointers(err, in.Body)
	}
	p, err := s.desk.Preview(ctx, who.actor, req)
	if err != nil {
		return nil, submitPointers(err, in.Body)
	}
	return &previewOut{Body: Preview{Known: p.Known, Category: p.Category, Brand: p.Brand, Model: p.Model, Decision: Decision(p.Decision)}}, nil
}

func (s *server) request(ctx context.Context, who caller, id string) (*requestOut, error) {
	v, err := s.desk.Request(ctx, who.actor, id)
	if err != nil {
		return nil, err
	}
	return &requestOut{Body: requestDetailOf(v, who.zone)}, nil
}
