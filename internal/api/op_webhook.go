package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// Webhook is a program that is told what happens, after Standard Webhooks.
type Webhook struct {
	ID       string    `json:"id" doc:"id"`
	URL      string    `json:"url" doc:"where messages are posted to" example:"https://erp.example/hooks"`
	Types    []string  `json:"types" vocab:"event_types" doc:"what it is told; empty = everything"`
	Enabled  bool      `json:"enabled" doc:"it is told"`
	Secret   string    `json:"secret,omitempty" doc:"key of the signatures; told once, when the webhook is made" example:"whsec_…"`
	Created  time.Time `json:"created_at" doc:"when it was made"`
	Failing  time.Time `json:"failing_since,omitzero" doc:"since when nothing has arrived"`
	Stopped  time.Time `json:"stopped_at,omitzero" doc:"when it was switched off because nothing arrived"`
	LastSent time.Time `json:"last_sent_at,omitzero" doc:"when it was last reached"`
}

func webhookOf(zone *time.Location) func(care.Endpoint) Webhook {
	return func(e care.Endpoint) Webhook {
		return Webhook{ID: e.ID, URL: e.URL, Types: append([]string{}, texts(e.Types)...), Enabled: e.Enabled, Secret: e.Secret, Created: in(e.Created, zone),
			Failing: in(e.Failing, zone), Stopped: in(e.Stopped, zone), LastSent: in(e.LastSent, zone)}
	}
}

// NewWebhook has a program told.
type NewWebhook struct {
	URL   string   `json:"url" maxLength:"500" doc:"an address by HTTPS that leads out of this network" example:"https://erp.example/hooks"`
	Types []string `json:"types,omitempty" vocab:"event_types" doc:"what it is told; empty = everything"`
}

// ChangeWebhook says what a program is told, and whether.
type ChangeWebhook struct {
	Types   []string `json:"types" vocab:"event_types" doc:"what it is told; empty = everything"`
	Enabled bool     `json:"enabled" doc:"it is told"`
}

// Webhooks are all there are.
type Webhooks struct {
	Items []Webhook `json:"items" doc:"oldest first"`
}

// WebhookPath names a webhook.
type WebhookPath struct {
	Webhook string `path:"webhook" maxLength:"100" doc:"id of the webhook"`
}

type (
	newWebhookIn    struct{ Body NewWebhook }
	changeWebhookIn struct {
		WebhookPath
		Body ChangeWebhook
	}
	webhookOut  struct{ Body Webhook }
	webhooksOut struct{ Body Webhooks }
)

func (s *server) webhookOperations() {
	tag := []string{"Administration"}
	of := func(list []string) []care.Occasion {
		return each(list, func(x string) care.Occasion { return care.Occasion(x) })
	}
	register(s, huma.Operation{OperationID: "list-webhooks", Method: http.MethodGet, Path: "/webhooks", Tags: tag, Security: byKey(),
		Summary: "List the programs that are told what happens"},
		func(ctx context.Context, who caller, _ *struct{}) (*webhooksOut, error) {
			list, err := s.desk.Endpoints(ctx, who.actor)
			return &webhooksOut{Body: Webhooks{Items: append([]Webhook{}, each(list, webhookOf(who.zone))...)}}, err
		})
	register(s, huma.Operation{OperationID: "add-webhook", Method: http.MethodPost, Path: "/webhooks", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Have a program told what happens", Description: "The secret in the answer is told this once."},
		func(ctx context.Context, who caller, in *newWebhookIn) (*webhookOut, error) {
			e, err := s.desk.AddEndpoint(ctx, who.actor, desk.NewEndpoint{URL: in.Body.URL, Types: of(in.Body.Types)})
			return &webhookOut{Body: webhookOf(who.zone)(e)}, err
		})
	register(s, huma.Operation{OperationID: "change-webhook", Method: http.MethodPost, Path: "/webhooks/{webhook}", Tags: tag, Security: byKey(),
		Summary: "Say what a program is told, and whether"},
		func(ctx context.Context, who caller, in *changeWebhookIn) (*webhookOut, error) {
			e, err := s.desk.ChangeEndpoint(ctx, who.actor, in.Webhook, of(in.Body.Types), in.Body.Enabled)
			return &webhookOut{Body: webhookOf(who.zone)(e)}, err
		})
	register(s, huma.Operation{OperationID: "remove-webhook", Method: http.MethodPost, Path: "/webhooks/{webhook}/remove", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusNoContent, Summary: "Have a program told no more"},
		func(ctx context.Context, who caller, in *WebhookPath) (*struct{}, error) {
			return nil, s.desk.RemoveEndpoint(ctx, who.actor, in.Webhook)
		})
	register(s, huma.Operation{OperationID: "test-webhook", Method: http.MethodPost, Path: "/webhooks/{webhook}/test", Tags: tag, Security: byKey(),
		Summary: "Send a program a message that tells of nothing", Description: "What came of it is among the messages."},
		func(ctx context.Context, who caller, in *WebhookPath) (*webhookOut, error) {
			e, err := s.desk.TestEndpoint(ctx, who.actor, in.Webhook)
			return &webhookOut{Body: webhookOf(who.zone)(e)}, err
		})
}
